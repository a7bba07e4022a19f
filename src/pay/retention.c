/* See retention.h: who is due, and clearing them. */
#include "pay/retention.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pay/pay_sql.h"
#include "pay/retention_in.h"
#include "people/forget.h"

enum { PAGE = 2000, AT_ONCE = 25, WHY_MOST = 500 };

static const struct {
    const char *word, *zh, *en;
} holds[HOLD__COUNT] = {
    [HOLD_NOTHING] = {"nothing", "无", "nothing"},
    [HOLD_HOME] = {"home", "在册家庭成员", "lives in a household on record"},
    [HOLD_REGISTER] = {"register", "登记注销后", "on record until not long ago"},
    [HOLD_ENROLLED] = {"enrolled", "在享", "is enrolled"},
    [HOLD_POLICY] = {"policy", "享受结束后", "was enrolled or paid"},
    [HOLD_OPEN_CASE] = {"open_case", "办理中", "a case is open"},
    [HOLD_SERVICE] = {"service", "办结后", "a case was closed"},
    [HOLD_MONEY] = {"money", "款项未结清", "money is not settled"},
    [HOLD_STAFF] = {"staff", "工作人员或其近亲属", "of the staff, or a relative of them"},
    [HOLD_UNDECLARED] = {"undeclared", "未定保存期限", "no end is declared"},
};

const char *hold_word(enum hold h)
{
    return holds[h].word;
}

const char *hold_label(enum hold h, bool english)
{
    return english ? holds[h].en : holds[h].zh;
}

/* ---- who is held by what ---------------------------------------------------------------------- */

struct candidate {
    int64_t person;
    day death;
    bool home, cleared;
};

/* A page of persons in the order of their ids. */
MUST_CHECK static enum rc read_page(struct conn *c, int64_t county, int64_t after, day upto,
                                    struct candidate *out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(after), V_INT(PAGE)};
    char text[11];
    str on = str_from(date_text(upto, text));
    struct query *q = NULL;
    *n = 0;
    TRY(query(c, &stmt_retention_persons, v, 3, &q, err));
    while (*n < PAGE && query_next(q)) {
        struct candidate *p = &out[(*n)++];
        *p = (struct candidate){.person = query_int(q, 0), .cleared = query_int(q, 3) != 0};
        if (!date_parse(query_text(q, 1), &p->death))
            p->death = 0;
        p->home = p->death == 0 && str_cmp(query_text(q, 2), on) > 0;
    }
    return query_end(q, err);
}

static void name_ground(const struct rules *r, struct retention_ground *g, struct arena *a)
{
    const struct reg *reg = rules_reg(r, g->name);
    const struct policy *p = rules_policy(r, g->name);
    const struct service *s = rules_service(r, g->name);
    for (int k = 0; k < 2; k++) {
        const struct label *l = NULL;
        if (g->hold == HOLD_SERVICE || g->hold == HOLD_OPEN_CASE)
            l = s != NULL ? &s->label : NULL;
        else if (g->hold == HOLD_POLICY || g->hold == HOLD_ENROLLED)
            l = p != NULL ? &p->label : NULL;
        else
            l = reg != NULL ? &reg->label : p != NULL ? &p->label : s != NULL ? &s->label : NULL;
        str what = l == NULL ? g->name : k == 0 || l->en.n == 0 ? l->zh : l->en;
        g->label[k] = what.n == 0
                          ? str_from(hold_label(g->hold, k == 1))
                          : str_fmt(a, "%s: %.*s", hold_label(g->hold, k == 1), STR_ARG(what));
    }
}

static void count_held(const struct city *city, struct retention *r, const struct held *h,
                       struct arena *a)
{
    struct retention_ground *g = NULL;
    for (size_t i = 0; g == NULL && i < r->grounds.n; i++)
        if (r->grounds.at[i].hold == h->hold && str_eq(r->grounds.at[i].name, h->name))
            g = &r->grounds.at[i];
    if (g == NULL) {
        g = VEC_PUSH(a, &r->grounds);
        *g = (struct retention_ground){.hold = h->hold, .name = str_dup(a, h->name)};
        name_ground(city->rules, g, a);
    }
    g->persons++;
    if (h->until == INT32_MAX)
        return;
    if (g->first == 0 || h->until < g->first)
        g->first = h->until;
    if (h->until > g->last)
        g->last = h->until;
}

/* Each person of the page who is not cleared: what holds him. */
MUST_CHECK static enum rc hold_page(const struct retention_spec *spec, struct conn *c,
                                    int64_t county, const struct candidate *page, size_t n,
                                    struct retention *r, struct arena *a, struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct arena one = {0};
        struct held h = {.hold = HOLD_HOME, .until = INT32_MAX};
        r->persons++;
        if (page[i].cleared) {
            r->cleared++;
            continue;
        }
        if (!page[i].home)
            rc = person_held(spec->city, c, county, page[i].person, page[i].death, spec->upto, &one,
                             &h, err);
        if (rc == RC_OK && h.until <= spec->upto)
            r->due++;
        else if (rc == RC_OK)
            count_held(spec->city, r, &h, a);
        arena_deinit(&one);
    }
    return rc;
}

MUST_CHECK static enum rc read_county(const struct retention_spec *spec, struct conn *c,
                                      int64_t county, struct retention *r, struct arena *a,
                                      struct err *err)
{
    struct candidate *page = NEW_N(a, struct candidate, PAGE);
    int64_t after = 0;
    for (;;) {
        size_t n = 0;
        TRY(read_page(c, county, after, spec->upto, page, &n, err));
        if (n == 0)
            return RC_OK;
        TRY(hold_page(spec, c, county, page, n, r, a, err));
        after = page[n - 1].person;
        if (spec->progress != NULL)
            spec->progress(spec->ctx, r->persons);
    }
}

MUST_CHECK static enum rc counties_of(const struct retention_spec *spec, struct arena *a,
                                      int64_t **out, size_t *n, struct err *err)
{
    char text[11];
    struct conn *c = NULL;
    if (spec->county != 0) {
        *out = NEW(a, int64_t);
        **out = spec->county;
        *n = 1;
        return RC_OK;
    }
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = division_counties(c, str_from(date_text(spec->today, text)), a, out, n, err);
    store_reader_done(c);
    return rc;
}

/* ---- what the program keeps for itself -------------------------------------------------------- */

struct own_kept {
    const char *name, *zh, *en;
    int days;
    const struct statement *due, *clear;
};
#define KEPT(name, days, zh, en, why)                                                              \
    {#name, zh, en, days, &stmt_kept_##name##_due, &stmt_kept_##name##_clear},
static const struct own_kept own[] = {
#include "pay/kept.def"
};
#undef KEPT
enum { OWN = sizeof own / sizeof own[0] };

/* $1 county, $2 the day or time, $3 the mark, $4 nothing: as many as the statement takes. */
struct own_values {
    struct value v[4];
    char text[11];
};
static void own_values(const struct own_kept *k, int64_t county, day today, struct own_values *out)
{
    day before = today - k->days;
    bool by_time = strcmp(k->name, "book") == 0;
    out->v[0] = V_INT(county);
    out->v[1] = by_time ? V_INT((int64_t)before * 86400000)
                        : V_TEXT(str_from(date_text(before, out->text)));
    out->v[2] = V_TEXT(S(FORGOTTEN));
    out->v[3] = V_BLOB(S(""));
}

MUST_CHECK static enum rc own_due(struct conn *c, int64_t county, day today, struct retention *r,
                                  struct err *err)
{
    for (size_t i = 0; i < OWN; i++) {
        struct own_values v;
        int64_t n = 0;
        own_values(&own[i], county, today, &v);
        TRY(query_one(c, own[i].due, v.v, own[i].due->n_params, &n, err));
        r->kept.at[i].due += n;
    }
    return RC_OK;
}

static enum rc clear_own(struct change *c, void *ctx, struct err *err)
{
    const struct retention_spec *spec = ctx;
    for (size_t i = 0; i < OWN; i++) {
        struct own_values v;
        own_values(&own[i], c->county_code, spec->today, &v);
        change_note(c, own[i].name, v.v, 2);
        TRY(exec(c->conn, own[i].clear, v.v, own[i].clear->n_params, NULL, err));
    }
    return RC_OK;
}

enum rc retention_daily(const struct retention_spec *spec, int64_t *rows, struct err *err)
{
    struct arena a = {0};
    int64_t *counties = NULL;
    size_t n = 0;
    *rows = 0;
    enum rc rc = counties_of(spec, &a, &counties, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct conn *c = NULL;
        struct retention r = {0};
        const struct change_spec change = {.store = spec->city->store,
                                           .county_code = counties[i],
                                           .who = spec->city->who,
                                           .why = S("kept for as long as it was needed")};
        for (size_t k = 0; k < OWN; k++)
            *VEC_PUSH(&a, &r.kept) = (struct retention_kept){0};
        rc = store_reader(spec->city->store, &c, err);
        if (rc == RC_OK) {
            rc = own_due(c, counties[i], spec->today, &r, err);
            store_reader_done(c);
        }
        int64_t due = 0;
        for (size_t k = 0; k < OWN; k++)
            due += r.kept.at[k].due;
        if (rc == RC_OK && due > 0)
            rc = change_write(&change, clear_own, (void *)(uintptr_t)spec, NULL, err);
        *rows += rc == RC_OK ? due : 0;
    }
    arena_deinit(&a);
    return rc;
}

/* ---- shown ------------------------------------------------------------------------------------ */

enum rc retention_read(const struct retention_spec *spec, struct arena *a, struct retention *out,
                       struct err *err)
{
    struct conn *c = NULL;
    int64_t *counties = NULL;
    size_t n = 0;
    *out = (struct retention){0};
    for (size_t i = 0; i < OWN; i++)
        *VEC_PUSH(a, &out->kept) = (struct retention_kept){
            .name = own[i].name, .zh = own[i].zh, .en = own[i].en, .days = own[i].days};
    TRY(counties_of(spec, a, &counties, &n, err));
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = read_county(spec, c, counties[i], out, a, err);
        if (rc == RC_OK)
            rc = own_due(c, counties[i], spec->today, out, err);
    }
    store_reader_done(c);
    return rc;
}

/* ---- done ------------------------------------------------------------------------------------- */

struct doing {
    const struct retention_spec *spec;
    struct candidate due[AT_ONCE];
    size_t n;
    int64_t cleared;
};

/* Looked at once more: somebody may have come back since, or another call may have been here. */
MUST_CHECK static enum rc clear_one(struct doing *d, struct change *c, const struct candidate *p,
                                    struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(p->person)};
    struct arena a = {0};
    struct held h = {0};
    struct query *q = NULL;
    int64_t before = 0;
    day death = 0;
    TRY(query_one(c->conn, &stmt_retention_cleared, v, 2, &before, err));
    if (before > 0)
        return RC_OK;
    TRY(query(c->conn, &stmt_retention_person, v, 2, &q, err));
    if (query_next(q) && !date_parse(query_text(q, 1), &death))
        death = 0;
    TRY(query_end(q, err));
    enum rc rc = person_held(d->spec->city, c->conn, c->county_code, p->person, death,
                             d->spec->upto, &a, &h, err);
    if (rc == RC_OK && h.until <= d->spec->upto) {
        rc = person_clear(c, d->spec->city, p->person, &h, d->spec->today, err);
        d->cleared++;
    }
    arena_deinit(&a);
    return rc;
}

static enum rc clear_slice(struct change *c, void *ctx, struct err *err)
{
    struct doing *d = ctx;
    d->cleared = 0;
    for (size_t i = 0; i < d->n; i++)
        TRY(clear_one(d, c, &d->due[i], err));
    return RC_OK;
}

static enum rc file_done(struct change *c, void *ctx, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_TEXT(*(const str *)ctx)};
    change_note(c, "file_cleared", v, 2);
    return exec(c->conn, &stmt_file_cleared_done, v, 2, NULL, err);
}

MUST_CHECK static enum rc remove_file(const struct retention_spec *spec, int64_t county, str hash,
                                      struct err *err)
{
    const struct value v = V_TEXT(hash);
    struct arena a = {0};
    struct conn *c = NULL;
    int64_t used = 0;
    const struct change_spec change = {.store = spec->city->store,
                                       .county_code = county,
                                       .who = spec->city->who,
                                       .why = spec->why};
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = query_one(c, &stmt_file_cleared_used, &v, 1, &used, err);
    store_reader_done(c);
    const char *path =
        str_z(&a, str_fmt(&a, "%s/%.2s/%.*s", spec->files, hash.p, (int)(hash.n - 2), hash.p + 2));
    if (rc == RC_OK && used == 0 && unlink(path) != 0 && errno != ENOENT)
        rc = err_set(err, RC_IO, "%s: can't be removed: %s", path, strerror(errno));
    arena_deinit(&a);
    TRY(rc);
    return change_write(&change, file_done, &hash, NULL, err);
}

/* Contents that no case has any more leave the folder; one that is gone already is gone. */
MUST_CHECK static enum rc remove_files(const struct retention_spec *spec, int64_t county,
                                       struct err *err)
{
    const struct value v = V_INT(county);
    struct arena a = {0};
    struct conn *c = NULL;
    struct query *q = NULL;
    VEC(str) list = {0};
    if (spec->files == NULL)
        return RC_OK;
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = query(c, &stmt_file_cleared_list, &v, 1, &q, err);
    if (rc == RC_OK) {
        while (query_next(q))
            *VEC_PUSH(&a, &list) = str_dup(&a, query_text(q, 0));
        rc = query_end(q, err);
    }
    store_reader_done(c);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++)
        rc = list.at[i].n > 2 ? remove_file(spec, county, list.at[i], err) : RC_OK;
    arena_deinit(&a);
    return rc;
}

static bool stopped(const struct retention_spec *spec)
{
    return spec->stop != NULL && spec->stop(spec->ctx);
}

MUST_CHECK static enum rc write_slice(struct doing *d, int64_t county, int64_t *cleared,
                                      struct err *err)
{
    const struct change_spec change = {.store = d->spec->city->store,
                                       .county_code = county,
                                       .who = d->spec->city->who,
                                       .why = d->spec->why};
    if (d->n == 0)
        return RC_OK;
    TRY(change_write(&change, clear_slice, d, NULL, err));
    *cleared += d->cleared;
    d->n = 0;
    if (d->spec->progress != NULL)
        d->spec->progress(d->spec->ctx, *cleared);
    return remove_files(d->spec, county, err);
}

/* Who of a page is due, without holding a connection while it is written. */
MUST_CHECK static enum rc find_due(const struct retention_spec *spec, int64_t county,
                                   const struct candidate *page, size_t n, bool *due,
                                   struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct arena a = {0};
        struct held h = {.until = INT32_MAX};
        if (!page[i].home && !page[i].cleared)
            rc = person_held(spec->city, c, county, page[i].person, page[i].death, spec->upto, &a,
                             &h, err);
        due[i] = rc == RC_OK && h.until <= spec->upto;
        arena_deinit(&a);
    }
    store_reader_done(c);
    return rc;
}

MUST_CHECK static enum rc clear_county(const struct retention_spec *spec, int64_t county,
                                       struct arena *a, int64_t *cleared, struct err *err)
{
    struct candidate *page = NEW_N(a, struct candidate, PAGE);
    bool *due = NEW_N(a, bool, PAGE);
    struct doing *d = NEW(a, struct doing);
    int64_t after = 0;
    d->spec = spec;
    TRY(remove_files(spec, county, err));
    while (!stopped(spec)) {
        struct conn *c = NULL;
        size_t n = 0;
        TRY(store_reader(spec->city->store, &c, err));
        enum rc rc = read_page(c, county, after, spec->upto, page, &n, err);
        store_reader_done(c);
        TRY(rc);
        if (n == 0)
            break;
        TRY(find_due(spec, county, page, n, due, err));
        for (size_t i = 0; i < n && !stopped(spec); i++) {
            if (due[i])
                d->due[d->n++] = page[i];
            if (d->n == AT_ONCE)
                TRY(write_slice(d, county, cleared, err));
        }
        TRY(write_slice(d, county, cleared, err));
        after = page[n - 1].person;
    }
    return RC_OK;
}

enum rc retention_do(const struct retention_spec *spec, int64_t *cleared, struct err *err)
{
    struct arena a = {0};
    int64_t *counties = NULL;
    size_t n = 0;
    char text[11];
    *cleared = 0;
    if (str_trim(spec->why).n == 0 || spec->why.n > WHY_MOST)
        return err_set(err, RC_BAD_INPUT, "the reason: expected 1 to %d bytes", WHY_MOST);
    if (spec->upto > spec->today)
        return err_set(err, RC_BAD_INPUT, "found %s, which is not over: expected today or before",
                       date_text(spec->upto, text));
    enum rc rc = counties_of(spec, &a, &counties, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n && !stopped(spec); i++)
        rc = clear_county(spec, counties[i], &a, cleared, err);
    arena_deinit(&a);
    return rc;
}

enum rc household_cleared_on(struct conn *c, int64_t county, int64_t household, day *out,
                             struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    struct query *q = NULL;
    *out = 0;
    TRY(query(c, &stmt_household_cleared_on, v, 2, &q, err));
    if (query_next(q) && !date_parse(query_text(q, 0), out))
        *out = 0;
    return query_end(q, err);
}
