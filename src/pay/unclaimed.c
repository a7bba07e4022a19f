/* See unclaimed.h: the list, and what came of visits. */
#include "pay/unclaimed.h"

#include <stdlib.h>

#include "pay/pay_sql.h"
#include "work/desk.h"

enum { COUNTY_DIVISION = 1000000 };
#define VISITORS (ROLE_BIT(ROLE_VILLAGE) | ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD))

/* ---- rows ------------------------------------------------------------------------------------- */

static day day_of(str text)
{
    day d = 0;
    return date_parse(text, &d) ? d : 0;
}

static void row_of(const struct query *q, int64_t county, struct arena *a, struct unclaimed *u)
{
    *u = (struct unclaimed){.county = county,
                            .household = query_int(q, 0),
                            .person = query_int(q, 1),
                            .programme = str_dup(a, query_text(q, 2)),
                            .division = query_int(q, 3),
                            .fen = query_null(q, 5) ? -1 : query_int(q, 5),
                            .since = day_of(query_text(q, 6)),
                            .state = str_dup(a, query_text(q, 7)),
                            .words = str_dup(a, query_text(q, 8)),
                            .until = day_of(query_text(q, 9)),
                            .on = day_of(query_text(q, 10)),
                            .who = str_dup(a, query_text(q, 11)),
                            .version = query_int(q, 12)};
    if (!month_parse(query_text(q, 4), &u->month))
        u->month = 0;
}

struct listing {
    const struct unclaimed_query *q;
    struct conn *c;
    struct arena *a;
    int64_t lo, hi;
    int64_t *counties;
    size_t n_counties;
    VEC(struct unclaimed) rows;
};

/* The divisions asked for, within the scope's; the counties they lie in. */
MUST_CHECK static enum rc begin(struct listing *l, struct err *err)
{
    const struct scope *s = l->q->scope;
    char on[11];
    int64_t division = l->q->division != 0 ? l->q->division : s->division;
    l->lo = s->lo;
    l->hi = s->hi;
    if (l->q->division != 0 && !scope_covers(s, l->q->division))
        return err_set(err, RC_NOT_FOUND, "no such division within one's own");
    if (l->q->division != 0)
        division_bounds(l->q->division, &l->lo, &l->hi);
    if (division_level(division) != AT_CITY) {
        l->counties = NEW(l->a, int64_t);
        *l->counties = division / COUNTY_DIVISION;
        l->n_counties = 1;
        return RC_OK;
    }
    return division_counties(l->c, str_from(date_text(s->today, on)), l->a, &l->counties,
                             &l->n_counties, err);
}

static bool acts(const struct listing *l, str programme)
{
    const struct policy *p = rules_policy(l->q->city->rules, programme);
    return p != NULL && scope_acts(l->q->scope, ~0u, p->line);
}

MUST_CHECK static enum rc read_county(struct listing *l, int64_t county, struct err *err)
{
    const struct unclaimed_after *after = &l->q->after;
    char on[11];
    bool behind = after->county == county;
    if (county < after->county)
        return RC_OK;
    struct unclaimed_after at = behind ? *after : (struct unclaimed_after){0};
    size_t wanted = (size_t)l->q->limit + 1;
    for (bool end = false; !end && l->rows.n < wanted;) {
        const struct value v[] = {V_INT(county),
                                  V_INT(l->lo),
                                  V_INT(l->hi),
                                  V_TEXT(l->q->programme),
                                  V_INT(at.division),
                                  V_TEXT(at.programme),
                                  V_INT(at.household),
                                  V_INT(at.person),
                                  V_TEXT(str_from(date_text(l->q->scope->today, on))),
                                  V_INT(l->q->declined),
                                  V_INT(wanted)};
        struct query *q = NULL;
        size_t got = 0;
        TRY(query(l->c, &stmt_unclaimed_page, v, 11, &q, err));
        while (query_next(q)) {
            struct unclaimed u;
            row_of(q, county, l->a, &u);
            at = (struct unclaimed_after){county, u.division, u.programme, u.household, u.person};
            got++;
            if (l->rows.n < wanted && acts(l, u.programme))
                *VEC_PUSH(l->a, &l->rows) = u;
        }
        TRY(query_end(q, err));
        end = got < wanted;
    }
    return RC_OK;
}

/* ---- households that are assigned ------------------------------------------------------------- */

static int in_order(const void *x, const void *y)
{
    const struct unclaimed *a = x, *b = y;
    if (a->county != b->county)
        return a->county < b->county ? -1 : 1;
    if (a->division != b->division)
        return a->division < b->division ? -1 : 1;
    int by = str_cmp(a->programme, b->programme);
    if (by != 0)
        return by;
    if (a->household != b->household)
        return a->household < b->household ? -1 : 1;
    return (a->person > b->person) - (a->person < b->person);
}

static bool wanted_here(const struct listing *l, const struct unclaimed *u)
{
    const struct unclaimed_after *k = &l->q->after;
    const struct unclaimed last = {.county = k->county,
                                   .division = k->division,
                                   .programme = k->programme,
                                   .household = k->household,
                                   .person = k->person};
    return u->division >= l->lo && u->division <= l->hi &&
           (l->q->programme.n == 0 || str_eq(u->programme, l->q->programme)) &&
           (l->q->declined || u->until <= l->q->scope->today) && acts(l, u->programme) &&
           (k->county == 0 || in_order(u, &last) > 0);
}

MUST_CHECK static enum rc read_one(struct listing *l, int64_t county, int64_t household,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(-1), V_TEXT(S(""))};
    struct query *q = NULL;
    TRY(query(l->c, &stmt_unclaimed_one, v, 4, &q, err));
    while (query_next(q)) {
        struct unclaimed u;
        row_of(q, county, l->a, &u);
        if (wanted_here(l, &u))
            *VEC_PUSH(l->a, &l->rows) = u;
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_assigned(struct listing *l, struct err *err)
{
    struct scope_ref *list = NULL;
    size_t n = 0;
    TRY(scope_assigned(l->q->scope, l->c, l->a, &list, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(read_one(l, list[i].county, list[i].id, err));
    if (l->rows.n > 1)
        qsort(l->rows.at, l->rows.n, sizeof *l->rows.at, in_order);
    return RC_OK;
}

enum rc unclaimed_read(const struct unclaimed_query *q, struct conn *c, struct arena *a,
                       struct unclaimed **out, size_t *n, bool *more, struct err *err)
{
    struct listing l = {.q = q, .c = c, .a = a};
    TRY(begin(&l, err));
    if (q->scope->assigned_only)
        TRY(read_assigned(&l, err));
    for (size_t i = 0; !q->scope->assigned_only && i < l.n_counties; i++)
        if (l.rows.n <= (size_t)q->limit)
            TRY(read_county(&l, l.counties[i], err));
    *more = l.rows.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : l.rows.n;
    *out = l.rows.at;
    return RC_OK;
}

/* ---- counted ---------------------------------------------------------------------------------- */

static void add_count(struct arena *a, struct unclaimed_count **list, size_t *n, size_t *cap,
                      struct unclaimed_count one)
{
    VEC(struct unclaimed_count) v = {*list, *n, *cap};
    for (size_t i = 0; i < v.n; i++)
        if (v.at[i].county == one.county && v.at[i].division == one.division) {
            v.at[i].n += one.n;
            v.at[i].unvisited += one.unvisited;
            return;
        }
    *VEC_PUSH(a, &v) = one;
    *list = v.at;
    *n = v.n;
    *cap = v.cap;
}

enum rc unclaimed_counts(const struct unclaimed_query *q, struct conn *c, struct arena *a,
                         struct unclaimed_count **out, size_t *n, struct err *err)
{
    struct listing l = {.q = q, .c = c, .a = a};
    struct query *rows = NULL;
    size_t cap = 0;
    char on[11];
    *out = NULL;
    *n = 0;
    TRY(begin(&l, err));
    if (q->scope->assigned_only) {
        struct unclaimed_query all = *q;
        all.after = (struct unclaimed_after){0};
        l.q = &all;
        TRY(read_assigned(&l, err));
        for (size_t i = 0; i < l.rows.n; i++)
            add_count(a, out, n, &cap,
                      (struct unclaimed_count){l.rows.at[i].county, l.rows.at[i].division, 1,
                                               l.rows.at[i].state.n == 0});
        return RC_OK;
    }
    for (size_t i = 0; i < l.n_counties; i++) {
        const struct value v[] = {V_INT(l.counties[i]),
                                  V_INT(l.lo),
                                  V_INT(l.hi),
                                  V_TEXT(q->programme),
                                  V_TEXT(str_from(date_text(q->scope->today, on))),
                                  V_INT(q->declined)};
        TRY(query(c, &stmt_unclaimed_counts, v, 6, &rows, err));
        while (query_next(rows))
            if (acts(&l, query_text(rows, 1)))
                add_count(a, out, n, &cap,
                          (struct unclaimed_count){l.counties[i], query_int(rows, 0),
                                                   query_int(rows, 2), query_int(rows, 3)});
        TRY(query_end(rows, err));
    }
    return RC_OK;
}

/* ---- visits ----------------------------------------------------------------------------------- */

struct visiting {
    struct city *city;
    const struct scope *s;
    const struct unclaimed_said *said;
    int64_t version;
};

static day rest_until(day today)
{
    int y, m, d;
    date_civil(today, &y, &m, &d);
    month to = month_of(y, m) + UNCLAIMED_REST_MONTHS;
    day last = month_first(to + 1) - 1, out = month_first(to) + d - 1;
    return out > last ? last : out;
}

static enum rc visit_once(struct change *c, void *ctx, struct err *err)
{
    struct visiting *k = ctx;
    const struct unclaimed_said *x = k->said;
    const struct value one[] = {V_INT(c->county_code), V_INT(x->household), V_INT(x->person),
                                V_TEXT(x->programme)};
    char on[11], until[11];
    struct query *q = NULL;
    bool there = false;
    TRY(query(c->conn, &stmt_unclaimed_one, one, 4, &q, err));
    if (query_next(q)) {
        there = true;
        k->version = query_int(q, 12);
    }
    TRY(query_end(q, err));
    if (!there)
        return err_set(err, RC_NOT_FOUND, "there is no such right, or it is claimed by now");
    if (k->version != x->version)
        return err_set(err, RC_CONFLICT, "somebody wrote of a visit since: found version %lld",
                       (long long)k->version);
    bool declined = str_eq(x->state, S("declined"));
    const struct value v[] = {
        one[0],
        one[1],
        one[2],
        one[3],
        V_TEXT(x->state),
        V_TEXT(x->words),
        V_TEXT(declined ? str_from(date_text(rest_until(k->s->today), until)) : S("")),
        V_TEXT(str_from(date_text(k->s->today, on))),
        V_TEXT(k->s->login),
        V_INT(c->position)};
    change_note(c, "unclaimed_visit", v, 9);
    k->version++;
    return exec(c->conn, &stmt_unclaimed_visit_put, v, 10, NULL, err);
}

MUST_CHECK static enum rc check_said(const struct unclaimed_said *x, struct err *err)
{
    static const char *const states[] = {"visited", "wants", "declined", "away"};
    bool known = false;
    for (size_t i = 0; i < 4; i++)
        known = known || str_eq(x->state, str_from(states[i]));
    if (!known)
        return err_set(err, RC_BAD_INPUT,
                       "state: found “%.*s”, expected visited, wants, declined or away",
                       STR_ARG(str_sub(x->state, 0, 20)));
    if (utf8_count(x->words) > 500)
        return err_set(err, RC_BAD_INPUT, "the words: at most 500 characters");
    if (str_eq(x->state, S("declined")) && str_trim(x->words).n == 0)
        return err_set(err, RC_BAD_INPUT, "who does not want to says why, in a few words");
    return RC_OK;
}

enum rc unclaimed_visit(struct city *city, const struct scope *s, const struct unclaimed_said *said,
                        int64_t *out, struct err *err)
{
    const struct policy *p = rules_policy(city->rules, said->programme);
    struct visiting k = {.city = city, .s = s, .said = said};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = said->county,
                                     .who = s->login,
                                     .why = S("visited for a right that is not claimed")};
    struct conn *c = NULL;
    TRY(check_said(said, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = scope_household(s, c, said->county, said->household, err);
    store_reader_done(c);
    TRY(rc);
    if (p == NULL)
        return err_set(err, RC_NOT_FOUND, "there is no such programme");
    if (!scope_acts(s, VISITORS, p->line))
        return err_set(err, RC_FORBIDDEN,
                       "visits are written by whoever looks after the household");
    TRY(change_write(&spec, visit_once, &k, NULL, err));
    *out = k.version;
    return unclaimed_tasks(city, said->county, s->today, err);
}

/* ---- tasks ------------------------------------------------------------------------------------ */

struct village {
    int64_t division, unvisited;
    str line;
    str was; /* title of the task that is open; empty: there is none */
    str title, title_en;
};
typedef VEC(struct village) villages;
struct tasking {
    struct city *city;
    day today;
    struct arena *a;
    villages list;
};

static enum rc put_tasks(struct change *c, void *ctx, struct err *err)
{
    const struct tasking *k = ctx;
    for (size_t i = 0; i < k->list.n; i++) {
        const struct village *v = &k->list.at[i];
        if (str_eq(v->title, v->was))
            continue;
        if (v->unvisited == 0) {
            TRY(task_end(c, S("unclaimed"), 0, v->division, v->line, k->today, err));
            continue;
        }
        struct task t = {.kind = S("unclaimed"),
                         .ref_id = v->division,
                         .step = v->line,
                         .division = v->division,
                         .role = ROLE_VILLAGE,
                         .line = v->line,
                         .title = v->title,
                         .title_en = v->title_en,
                         .subject = S(""),
                         .opened = k->today};
        TRY(task_put(c, &t, err));
    }
    /* None of what a run reads has changed. */
    const struct value own[] = {V_INT(c->county_code), V_INT(c->position), V_INT(0)};
    return exec(c->conn, &stmt_run_change_add, own, 3, NULL, err);
}

static struct village *village_at(struct tasking *k, int64_t division, str line)
{
    for (size_t i = 0; i < k->list.n; i++)
        if (k->list.at[i].division == division && str_eq(k->list.at[i].line, line))
            return &k->list.at[i];
    struct village *v = VEC_PUSH(k->a, &k->list);
    *v = (struct village){.division = division, .line = str_dup(k->a, line)};
    return v;
}

MUST_CHECK static enum rc read_villages(struct tasking *k, struct conn *c, int64_t county,
                                        struct err *err)
{
    char on[11];
    int64_t lo, hi;
    struct query *q = NULL;
    division_bounds(county * COUNTY_DIVISION, &lo, &hi);
    const struct value v[] = {V_INT(county),
                              V_INT(lo),
                              V_INT(hi),
                              V_TEXT(S("")),
                              V_TEXT(str_from(date_text(k->today, on))),
                              V_INT(0)};
    TRY(query(c, &stmt_unclaimed_counts, v, 6, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(k->city->rules, query_text(q, 1));
        if (p != NULL)
            village_at(k, query_int(q, 0), p->line)->unvisited += query_int(q, 3);
    }
    TRY(query_end(q, err));
    TRY(query(c, &stmt_unclaimed_tasks, v, 1, &q, err));
    while (query_next(q))
        village_at(k, query_int(q, 0), query_text(q, 1))->was = str_dup(k->a, query_text(q, 2));
    return query_end(q, err);
}

/* True: some task is not as it should be. */
static bool title_all(struct tasking *k)
{
    bool any = false;
    for (size_t i = 0; i < k->list.n; i++) {
        struct village *v = &k->list.at[i];
        if (v->unvisited > 0) {
            v->title = str_fmt(k->a, "应享未享：%lld 项待走访", (long long)v->unvisited);
            v->title_en =
                str_fmt(k->a, "Rights not claimed: %lld to visit", (long long)v->unvisited);
        }
        any = any || !str_eq(v->title, v->was);
    }
    return any;
}

enum rc unclaimed_tasks(struct city *city, int64_t county, day today, struct err *err)
{
    struct arena a = {0};
    struct tasking k = {.city = city, .today = today, .a = &a};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = city->who,
                                     .why = S("rights that nobody claims, counted by village")};
    struct conn *c = NULL;
    enum rc rc = store_reader(city->store, &c, err);
    if (rc == RC_OK) {
        rc = read_villages(&k, c, county, err);
        store_reader_done(c);
    }
    if (rc == RC_OK && title_all(&k))
        rc = change_write(&spec, put_tasks, &k, NULL, err);
    arena_deinit(&a);
    return rc;
}
