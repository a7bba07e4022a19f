/* Papers made, kept under their number, and found again. */
#include "work/paper.h"

#include <sys/random.h>

#include "work/paper_in.h"
#include "work/work_sql.h"

enum { SLICE = 100, SHOWN_MOST = 200 };

/* ---- reading ---------------------------------------------------------------------------------- */

static void row_read(const struct query *q, int64_t county, struct arena *a, struct paper_row *r)
{
    *r = (struct paper_row){.county_code = county,
                            .paper_id = query_int(q, 0),
                            .number = str_dup(a, query_text(q, 1)),
                            .code = str_dup(a, query_text(q, 2)),
                            .document = str_dup(a, query_text(q, 3)),
                            .form = str_dup(a, query_text(q, 4)),
                            .title = str_dup(a, query_text(q, 5)),
                            .office = str_dup(a, query_text(q, 6)),
                            .line = str_dup(a, query_text(q, 7)),
                            .case_id = query_int(q, 8),
                            .household_id = query_int(q, 9),
                            .person_id = query_int(q, 10),
                            .notice_id = query_int(q, 11),
                            .subject = str_dup(a, query_text(q, 12)),
                            .at_ms = query_int(q, 14),
                            .who = str_dup(a, query_text(q, 15)),
                            .digest = str_dup(a, query_text(q, 16)),
                            .said = str_dup(a, query_text(q, 17)),
                            .replaced = !str_eq(query_text(q, 18), S("valid"))};
    if (!date_parse(query_text(q, 13), &r->made))
        r->made = 0;
}

MUST_CHECK static enum rc read_rows(struct conn *c, const struct statement *st, int64_t county,
                                    int64_t id, struct arena *a, struct paper_row **out, size_t *n,
                                    struct err *err)
{
    VEC(struct paper_row) all = {0};
    const struct value v[] = {V_INT(county), V_INT(id), V_INT(SHOWN_MOST)};
    struct query *q = NULL;
    TRY(query(c, st, v, 3, &q, err));
    while (query_next(q))
        row_read(q, county, a, VEC_PUSH(a, &all));
    *out = all.at;
    *n = all.n;
    return query_end(q, err);
}

enum rc papers_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                       struct paper_row **out, size_t *n, struct err *err)
{
    return read_rows(c, &stmt_paper_of_case, county, case_id, a, out, n, err);
}

enum rc paper_of_notice(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                        struct paper_row *out, struct err *err)
{
    struct paper_row *all = NULL;
    size_t n = 0;
    *out = (struct paper_row){.county_code = county};
    TRY(read_rows(c, &stmt_paper_of_notice, county, notice_id, a, &all, &n, err));
    for (size_t i = n; i > 0; i--)
        if (!all[i - 1].replaced)
            *out = all[i - 1];
    return RC_OK;
}

MUST_CHECK static enum rc read_one(struct conn *c, const struct statement *st, int64_t county,
                                   struct value key, struct arena *a, struct paper_row *out,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), key};
    struct query *q = NULL;
    *out = (struct paper_row){.county_code = county};
    TRY(query(c, st, v, 2, &q, err));
    while (query_next(q))
        row_read(q, county, a, out);
    return query_end(q, err);
}

/* Who may see it: whoever sees what it was made of. */
MUST_CHECK static enum rc may_see(struct city *city, const struct scope *s, struct conn *c,
                                  const struct paper_row *r, struct arena *a, struct err *err)
{
    if (!scope_reasons(s))
        return err_set(err, RC_FORBIDDEN, "papers are for those who work on cases");
    if (r->case_id != 0) {
        struct case_whole k;
        return case_load(city, s, c, r->county_code, r->case_id, a, &k, err);
    }
    if (r->notice_id != 0) {
        struct notice n = {0};
        bool seen = false;
        TRY(notice_find(c, r->county_code, r->notice_id, a, &n, err));
        TRY(notice_seen(s, c, &n, &seen, err));
        return seen ? RC_OK
                    : err_set(err, RC_NOT_FOUND, "no notice %lld-%lld that may be seen",
                              (long long)r->county_code, (long long)r->notice_id);
    }
    return scope_household(s, c, r->county_code, r->household_id, err);
}

enum rc paper_find(struct city *city, const struct scope *s, struct conn *c, int64_t county,
                   int64_t paper_id, struct arena *a, struct paper_row *out, struct err *err)
{
    TRY(read_one(c, &stmt_paper_read, county, V_INT(paper_id), a, out, err));
    if (out->paper_id == 0)
        return err_set(err, RC_NOT_FOUND, "there is no such paper");
    struct err own = {0};
    enum rc rc = may_see(city, s, c, out, a, &own);
    if (rc == RC_NOT_FOUND) /* in the words of one that isn't there */
        return err_set(err, rc, "there is no such paper");
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", own.text);
}

enum rc paper_content(struct conn *c, int64_t county, int64_t paper_id, struct arena *a,
                      struct paper *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(paper_id)};
    struct query *q = NULL;
    json_t *j = NULL;
    TRY(query(c, &stmt_paper_content, v, 2, &q, err));
    while (query_next(q))
        j = case_json(query_text(q, 0), a);
    TRY(query_end(q, err));
    return j != NULL ? paper_read(j, a, out, err)
                     : err_set(err, RC_NOT_FOUND, "there is no such paper");
}

/* ---- the public check -------------------------------------------------------------------------- */

/* Every character is looked at, whichever is wrong. */
static bool same_code(str have, str given)
{
    unsigned differs = have.n != PAPER_CODE || given.n != PAPER_CODE;
    for (size_t i = 0; i < PAPER_CODE; i++) {
        char h = i < have.n ? have.p[i] : '-', g = i < given.n ? given.p[i] : '+';
        if (g >= 'a' && g <= 'z')
            g = (char)(g - 'a' + 'A');
        differs |= (unsigned)(h ^ g);
    }
    return differs == 0;
}

enum rc paper_check(struct conn *c, str number, str code, struct arena *a, struct paper_row *out,
                    struct err *err)
{
    int64_t county = 0;
    number = str_trim(number);
    if (number.n > 64 || !str_int(str_sub(number, 0, 6), &county))
        county = 0;
    TRY(read_one(c, &stmt_paper_by_number, county, V_TEXT(number), a, out, err));
    bool same = same_code(out->paper_id != 0 ? out->code : S("--------"), str_trim(code));
    return same && out->paper_id != 0
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "there is no paper with this number and code");
}

/* ---- putting one together ----------------------------------------------------------------------- */

static struct paper bare(const struct paper_ground *g, const paper_blocks *blocks)
{
    enum document_form f = g->doc->form;
    struct paper p = {.look = f == DOCUMENT_COVER     ? PAPER_COVER
                              : f == DOCUMENT_POSTING ? PAPER_POSTING
                                                      : PAPER_LETTER,
                      .office = g->words[SHOWN_OFFICE],
                      .title = g->doc->label.zh,
                      .blocks = blocks->at,
                      .n_blocks = blocks->n};
    if (f == DOCUMENT_COVER)
        p.subtitle = str_fmt(g->a, "%.*s户", STR_ARG(g->words[SHOWN_NAME]));
    return p;
}

static str text_of(const struct paper *p, struct arena *a)
{
    struct sbuf out;
    struct json j;
    sbuf_init(&out, 16 << 20);
    json_init(&j, &out);
    paper_write(p, &j);
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static str digest_of(str text, struct arena *a)
{
    uint8_t hash[VAULT_HASH];
    sm3_once(text.p, text.n, hash);
    return hash_text(hash, a);
}

/* What is to be written: the paper without its number, and the row without what a change gives. */
struct plan {
    struct paper paper;
    struct paper_row row;
    str public_url;
    bool once; /* of a notice: never made anew */
};

MUST_CHECK static enum rc plan_of(struct paper_ground *g, struct plan *out, struct err *err)
{
    paper_blocks blocks = {0};
    TRY(paper_ground_read(g, err));
    TRY(paper_blocks_of(g, &blocks, err));
    *out = (struct plan){
        .paper = bare(g, &blocks), .public_url = g->want->public_url, .once = g->notice != NULL};
    out->row = (struct paper_row){
        .county_code = g->county,
        .document = g->doc->name.text,
        .form = str_from(document_form_word(g->doc->form)),
        .title = g->doc->label.zh,
        .office = g->words[SHOWN_OFFICE],
        .line = g->doc->line,
        .case_id = g->k != NULL ? g->k->row.case_id : 0,
        .household_id = g->household,
        .person_id = g->person,
        .notice_id = g->notice != NULL ? g->notice->notice_id : 0,
        .subject = mask_name(g->words[SHOWN_NAME], g->a),
        .made = g->scope->today,
        .said = digest_of(text_of(&out->paper, g->a), g->a),
    };
    return RC_OK;
}

/* The one that stands for the same: of the notice, else the same document for the same person. */
MUST_CHECK static enum rc standing(struct conn *c, const struct plan *p, struct arena *a,
                                   struct paper_row *out, struct err *err)
{
    const struct paper_row *r = &p->row;
    struct paper_row *all = NULL;
    size_t n = 0;
    if (r->notice_id != 0)
        return paper_of_notice(c, r->county_code, r->notice_id, a, out, err);
    *out = (struct paper_row){.county_code = r->county_code};
    TRY(read_rows(c, r->case_id != 0 ? &stmt_paper_of_case : &stmt_paper_of_household,
                  r->county_code, r->case_id != 0 ? r->case_id : r->household_id, a, &all, &n,
                  err));
    for (size_t i = n; i > 0; i--) {
        const struct paper_row *o = &all[i - 1];
        if (!o->replaced && str_eq(o->document, r->document) && o->person_id == r->person_id &&
            o->case_id == r->case_id && o->notice_id == 0)
            *out = *o;
    }
    return RC_OK;
}

/* ---- numbers ------------------------------------------------------------------------------------- */

static str new_code(struct arena *a)
{
    /* Neither I, O, 0 nor 1: 32 characters, five bits each. */
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    uint8_t bytes[PAPER_CODE];
    char text[PAPER_CODE];
    size_t have = 0;
    while (have < sizeof bytes) {
        ssize_t n = getrandom(bytes + have, sizeof bytes - have, 0);
        have += n > 0 ? (size_t)n : 0;
    }
    for (size_t i = 0; i < PAPER_CODE; i++)
        text[i] = letters[bytes[i] & 31];
    return str_dup(a, (str){text, PAPER_CODE});
}

MUST_CHECK static enum rc next_number(struct change *c, day on, struct arena *a, str *out,
                                      struct err *err)
{
    int year, m, d;
    int64_t last = 0;
    struct query *q = NULL;
    date_civil(on, &year, &m, &d);
    const struct value v[] = {V_INT(c->county_code), V_INT(year)};
    TRY(query(c->conn, &stmt_paper_number_next, v, 2, &q, err));
    while (query_next(q))
        last = query_int(q, 0);
    TRY(query_end(q, err));
    *out = str_fmt(a, "%06lld-%04d-P%06lld", (long long)c->county_code, year, (long long)last);
    return RC_OK;
}

MUST_CHECK static enum rc insert(struct change *c, struct id_source *ids, const struct plan *p,
                                 struct arena *a, struct paper_row *out, struct err *err)
{
    struct paper_row r = p->row;
    struct paper paper = p->paper;
    char made[11];
    r.paper_id = id_next(ids);
    r.code = new_code(a);
    r.at_ms = c->at_ms;
    r.who = c->who;
    TRY(next_number(c, r.made, a, &r.number, err));
    paper.number = r.number;
    if (p->public_url.n > 0) {
        paper.qr = str_fmt(a, "%.*s/check/%.*s?code=%.*s", STR_ARG(p->public_url),
                           STR_ARG(r.number), STR_ARG(r.code));
        paper.qr_text = S("扫码核验");
    }
    paper.foot = str_fmt(a, "校验码 %.*s", STR_ARG(r.code));
    str content = text_of(&paper, a);
    r.digest = digest_of(content, a);
    const struct value v[] = {
        V_INT(r.county_code), V_INT(r.paper_id),     V_TEXT(r.number),
        V_TEXT(r.code),       V_TEXT(r.document),    V_TEXT(r.form),
        V_TEXT(r.title),      V_TEXT(r.office),      V_TEXT(r.line),
        V_INT(r.case_id),     V_INT(r.household_id), V_INT(r.person_id),
        V_INT(r.notice_id),   V_TEXT(r.subject),     V_TEXT(str_from(date_text(r.made, made))),
        V_INT(r.at_ms),       V_TEXT(r.who),         V_TEXT(r.digest),
        V_TEXT(r.said),       V_TEXT(content),       V_INT(c->position)};
    change_note(c, "paper", v, 19); /* the content is in its digest */
    TRY(exec(c->conn, &stmt_paper_insert, v, sizeof v / sizeof *v, NULL, err));
    *out = r;
    return RC_OK;
}

MUST_CHECK static enum rc replace(struct change *c, const struct paper_row *old, struct err *err)
{
    const struct value v[] = {V_INT(old->county_code), V_INT(old->paper_id), V_INT(c->position)};
    if (old->paper_id == 0)
        return RC_OK;
    change_note(c, "paper_replaced", v, 2);
    return exec(c->conn, &stmt_paper_replace, v, 3, NULL, err);
}

/* ---- making -------------------------------------------------------------------------------------- */

struct making {
    struct city *city;
    const struct plan *plans;
    size_t n;
    struct arena *a;
    struct paper_row **rows; /* where each goes */
};

static enum rc make_all(struct change *c, void *ctx, struct err *err)
{
    struct making *m = ctx;
    for (size_t i = 0; i < m->n; i++) {
        const struct plan *p = &m->plans[i];
        struct paper_row old;
        TRY(standing(c->conn, p, m->a, &old, err));
        if (old.paper_id != 0 && (p->once || str_eq(old.said, p->row.said))) {
            *m->rows[i] = old; /* somebody was quicker */
            continue;
        }
        TRY(replace(c, &old, err));
        TRY(insert(c, &m->city->ids, p, m->a, m->rows[i], err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc write_plans(struct city *city, const struct scope *s,
                                      const struct plan *plans, size_t n, struct paper_row **rows,
                                      struct arena *a, struct err *err)
{
    struct making m = {.city = city, .plans = plans, .n = n, .a = a, .rows = rows};
    if (n == 0)
        return RC_OK;
    const struct change_spec spec = {
        .store = city->store,
        .county_code = plans[0].row.county_code,
        .who = s->login,
        .why = n == 1 ? str_fmt(a, "a paper made: %.*s", STR_ARG(plans[0].row.title))
                      : str_fmt(a, "%zu papers made", n)};
    return change_write(&spec, make_all, &m, NULL, err);
}

/* The notice that says the same as the paper wanted of a case, if there is one. */
MUST_CHECK static enum rc find_notice(struct conn *c, struct paper_wanted *w, struct arena *a,
                                      struct err *err)
{
    static const char *const kinds[DOCUMENT__COUNT] = {
        [DOCUMENT_RECEIPT] = "accept",   [DOCUMENT_MISSING] = "supplement",
        [DOCUMENT_GRANT] = "grant",      [DOCUMENT_REFUSAL] = "refusal",
        [DOCUMENT_CHANGE] = "change",    [DOCUMENT_STOP] = "stop",
        [DOCUMENT_TRANSFER] = "transfer"};
    struct notice *all = NULL;
    size_t n = 0;
    if (w->case_id == 0 || w->notice_id != 0 || w->form >= DOCUMENT__COUNT ||
        kinds[w->form] == NULL)
        return RC_OK;
    TRY(notices_of_case(c, w->county, w->case_id, a, &all, &n, err));
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].kind, str_from(kinds[w->form])) && all[i].notice_id > w->notice_id)
            w->notice_id = all[i].notice_id;
    return RC_OK;
}

/* Everything that is read, on one snapshot. */
MUST_CHECK static enum rc prepare(struct city *city, const struct scope *s, struct conn *c,
                                  struct paper_wanted *w, struct arena *a, struct plan *plan,
                                  struct paper_row *old, struct err *err)
{
    struct paper_ground *g = NEW(a, struct paper_ground);
    *g = (struct paper_ground){.city = city, .scope = s, .c = c, .want = w, .a = a};
    if (w->case_id != 0) { /* before anything is told of it */
        struct case_whole k;
        TRY(case_load(city, s, c, w->county, w->case_id, a, &k, err));
    }
    TRY(find_notice(c, w, a, err));
    if (w->notice_id != 0) {
        TRY(paper_of_notice(c, w->county, w->notice_id, a, old, err));
        if (old->paper_id != 0)
            return may_see(city, s, c, old, a, err);
    }
    TRY(plan_of(g, plan, err));
    return standing(c, plan, a, old, err);
}

MUST_CHECK static enum rc on_snapshot(struct city *city, const struct scope *s,
                                      struct paper_wanted *w, struct arena *a, struct plan *plan,
                                      struct paper_row *old, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = prepare(city, s, c, w, a, plan, old, err);
    read_end(c);
    store_reader_done(c);
    return rc;
}

enum rc paper_make(struct city *city, const struct scope *s, const struct paper_wanted *w,
                   struct arena *a, struct paper_row *out, struct err *err)
{
    struct plan plan = {0};
    struct paper_wanted want = *w;
    struct paper_row *rows[] = {out};
    TRY(on_snapshot(city, s, &want, a, &plan, out, err));
    if (out->paper_id != 0 && (want.notice_id != 0 || str_eq(out->said, plan.row.said)))
        return RC_OK;
    return write_plans(city, s, &plan, 1, rows, a, err);
}

enum rc paper_preview(struct city *city, const struct scope *s, struct conn *c,
                      const struct paper_wanted *w, struct arena *a, struct paper *out,
                      struct err *err)
{
    struct paper_ground *g = NEW(a, struct paper_ground);
    paper_blocks blocks = {0};
    *g =
        (struct paper_ground){.city = city, .scope = s, .c = c, .want = w, .a = a, .preview = true};
    TRY(paper_ground_read(g, err));
    TRY(paper_blocks_of(g, &blocks, err));
    *out = bare(g, &blocks);
    out->mark = S("预览");
    out->foot = S("预览，不作凭据");
    return RC_OK;
}

/* ---- many ---------------------------------------------------------------------------------------- */

/* A slice: some of one county, by their place in the list; what it needs lasts no longer than it. */
struct slice {
    struct city *city;
    const struct scope *scope;
    const struct paper_many *many;
    size_t at[SLICE], n;
    struct paper_row *rows;
    struct arena scratch;
};

/* What is there is taken, the rest planned and written in a change of the county. */
MUST_CHECK static enum rc make_slice(struct slice *x, struct err *err)
{
    struct plan *plans = NEW_N(&x->scratch, struct plan, x->n + 1);
    struct paper_row **open = NEW_N(&x->scratch, struct paper_row *, x->n + 1);
    struct conn *c = NULL;
    size_t n = 0;
    TRY(store_reader(x->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    for (size_t i = 0; rc == RC_OK && i < x->n; i++) {
        const struct paper_ref *ref = &x->many->notices[x->at[i]];
        struct paper_row *row = &x->rows[x->at[i]];
        struct paper_wanted *w = NEW(&x->scratch, struct paper_wanted);
        *w = (struct paper_wanted){
            .county = ref->county, .notice_id = ref->id, .public_url = x->many->public_url};
        rc = prepare(x->city, x->scope, c, w, &x->scratch, &plans[n], row, err);
        if (rc == RC_OK && row->paper_id == 0)
            open[n++] = row;
    }
    read_end(c);
    store_reader_done(c);
    TRY(rc);
    return write_plans(x->city, x->scope, plans, n, open, &x->scratch, err);
}

static void keep_row(struct paper_row *r, struct arena *a)
{
    str *const texts[] = {&r->number, &r->code,    &r->document, &r->form,   &r->title, &r->office,
                          &r->line,   &r->subject, &r->who,      &r->digest, &r->said};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = str_dup(a, *texts[i]);
}

/* The next of those that are not made yet, all of the county of the first. */
static void fill_slice(struct slice *x, const bool *made)
{
    int64_t county = 0;
    x->n = 0;
    for (size_t i = 0; i < x->many->n && x->n < SLICE; i++) {
        if (made[i] || (x->n > 0 && x->many->notices[i].county != county))
            continue;
        county = x->many->notices[i].county;
        x->at[x->n++] = i;
    }
}

enum rc papers_of_notices(struct city *city, const struct scope *s, const struct paper_many *m,
                          struct arena *a, struct paper_row **rows, struct err *err)
{
    struct slice x = {.city = city, .scope = s, .many = m};
    bool *made = NEW_N(a, bool, m->n + 1);
    size_t done = 0;
    enum rc rc = RC_OK;
    *rows = x.rows = NEW_N(a, struct paper_row, m->n + 1);
    while (rc == RC_OK && done < m->n) {
        fill_slice(&x, made);
        rc = make_slice(&x, err);
        for (size_t i = 0; rc == RC_OK && i < x.n; i++) {
            made[x.at[i]] = true;
            keep_row(&x.rows[x.at[i]], a);
        }
        done += x.n;
        arena_reset(&x.scratch);
        if (rc == RC_OK && m->go_on != NULL && done < m->n && !m->go_on(m->ctx, done))
            rc = err_set(err, RC_INTERRUPTED, "stopped after %zu of %zu papers", done, m->n);
    }
    arena_deinit(&x.scratch);
    return rc;
}
