/* Findings, their lines and sums, read within a scope. */
#include <stdlib.h>

#include "pay/arrears_money.h"

#include "pay/pay_sql.h"

/* ---- rows ------------------------------------------------------------------------------------- */

struct arrears_job arrears_job_row(const struct query *q, int64_t county, struct arena *a)
{
    struct arrears_job j = {.county = county,
                            .job_id = query_int(q, 0),
                            .state = str_dup(a, query_text(q, 1)),
                            .division = query_int(q, 2),
                            .household = query_int(q, 3),
                            .programme = str_dup(a, query_text(q, 4)),
                            .why = str_dup(a, query_text(q, 7)),
                            .who = str_dup(a, query_text(q, 8)),
                            .at_ms = query_int(q, 9),
                            .position = query_int(q, 11),
                            .lines = query_int(q, 14),
                            .backpay_fen = query_int(q, 15),
                            .recovery_fen = query_int(q, 16),
                            .left_fen = query_int(q, 17)};

    if (!month_parse(query_text(q, 5), &j.from))
        j.from = 0;
    if (!month_parse(query_text(q, 6), &j.upto))
        j.upto = 0;
    return j;
}

static struct arrears_line line_row(const struct query *q, struct arena *a)
{
    struct arrears_line l = {.household_id = query_int(q, 0),
                             .person_id = query_int(q, 1),
                             .programme = str_dup(a, query_text(q, 2)),
                             .division = query_int(q, 4),
                             .paid_fen = query_int(q, 5),
                             .due_fen = query_int(q, 6),
                             .cause = str_dup(a, query_text(q, 7)),
                             .reason = str_dup(a, query_text(q, 8)),
                             .state = str_dup(a, query_text(q, 9)),
                             .decided_by = str_dup(a, query_text(q, 10)),
                             .words = str_dup(a, query_text(q, 12)),
                             .batch_id = query_int(q, 13),
                             .seq = query_int(q, 14),
                             .settled_fen = query_int(q, 15)};

    if (!month_parse(query_text(q, 3), &l.month))
        l.month = 0;
    if (!date_parse(query_text(q, 11), &l.decided_on))
        l.decided_on = 0;
    return l;
}

/* ---- lines of business ------------------------------------------------------------------------ */

#define ALL_ROLES ((1U << ROLE__COUNT) - 1)

static bool every_line(const struct scope *s)
{
    for (size_t i = 0; i < s->n_roles; i++)
        if (s->role[i].line.n == 0)
            return true;
    return false;
}

bool arrears_sees(const struct scope *s, const struct rules *rules, str programme)
{
    const struct policy *p = programme.n > 0 ? rules_policy(rules, programme) : NULL;

    return every_line(s) || (p != NULL && scope_acts(s, ALL_ROLES, p->line));
}

/* As the statements take them: ",dibao,tekun,"; empty: all. */
static str seen_programmes(const struct scope *s, const struct rules *rules, struct arena *a)
{
    struct sbuf out;

    if (every_line(s))
        return S("");
    sbuf_init(&out, 1u << 20);
    sbuf_add(&out, S(","));
    for (size_t i = 0; i < rules->policies.n; i++) {
        const struct policy *p = rules->policies.at[i];
        if (!scope_acts(s, ALL_ROLES, p->line))
            continue;
        sbuf_add(&out, p->name.text);
        sbuf_add(&out, S(","));
    }
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

/* ---- jobs ------------------------------------------------------------------------------------- */

/* Within the scope's divisions: what was found, and how much of it is open. */
MUST_CHECK static enum rc job_sums(const struct scope *s, str seen, struct conn *c,
                                   struct arrears_job *j, struct err *err)
{
    const struct value v[] = {V_INT(j->county), V_INT(j->job_id), V_INT(s->lo), V_INT(s->hi),
                              V_TEXT(seen)};
    const struct value open[] = {V_INT(j->county), V_TEXT(S("open")), V_INT(j->job_id),
                                 V_INT(s->lo),     V_INT(s->hi),      V_INT(ARREARS_COUNT_MOST + 1),
                                 V_TEXT(seen)};
    struct query *q = NULL;

    TRY(query(c, &stmt_arrears_job_sums, v, 5, &q, err));
    if (query_next(q)) {
        j->lines = query_int(q, 0);
        j->backpay_fen = query_int(q, 1);
        j->recovery_fen = query_int(q, 2);
        j->left_fen = query_int(q, 3);
    }
    TRY(query_end(q, err));
    return query_one(c, &stmt_arrears_state_count, open, 7, &j->open_lines, err);
}

static int newest_first(const void *x, const void *y)
{
    const struct arrears_job *a = x, *b = y;
    return (b->job_id > a->job_id) - (b->job_id < a->job_id);
}

static bool sees(const struct scope *s, int64_t county)
{
    return !s->assigned_only && (s->county_code == 0 || s->county_code == county);
}

MUST_CHECK static enum rc counties_of(const struct arrears_job_query *q, struct conn *c,
                                      struct arena *a, int64_t **out, size_t *n, struct err *err)
{
    const struct scope *s = q->scope;
    int64_t one = q->county != 0 ? q->county : s->county_code;
    char on[11];

    *n = 0;
    if (s->assigned_only || (q->county != 0 && !sees(s, q->county)))
        return RC_OK;
    if (one == 0)
        return division_counties(c, str_from(date_text(s->today, on)), a, out, n, err);
    *out = NEW(a, int64_t);
    **out = one;
    *n = 1;
    return RC_OK;
}

/* Whose programme it is, and below the county: whether it found something there. */
static bool shows(const struct scope *s, const struct rules *rules, const struct arrears_job *j)
{
    return (j->programme.n == 0 || arrears_sees(s, rules, j->programme)) &&
           (s->level <= AT_COUNTY || j->lines > 0);
}

typedef VEC(struct arrears_job) job_list;

/* At most the query's limit and one more of one county. */
MUST_CHECK static enum rc jobs_in(const struct arrears_job_query *q, int64_t county, str seen,
                                  struct conn *c, struct arena *a, job_list *list, struct err *err)
{
    size_t most = list->n + (size_t)q->limit + 1;
    int64_t before = q->before != 0 ? q->before : INT64_MAX;

    for (bool more = true; more && list->n < most;) {
        const struct value v[] = {V_INT(county), V_INT(before), V_TEXT(q->state),
                                  V_TEXT(q->state.n > 0 ? q->state : S("~")), V_INT(q->limit + 1)};
        job_list page = {0};
        struct query *rows = NULL;
        TRY(query(c, &stmt_arrears_jobs, v, 5, &rows, err));
        while (query_next(rows))
            *VEC_PUSH(a, &page) = arrears_job_row(rows, county, a);
        TRY(query_end(rows, err));
        for (size_t i = 0; i < page.n && list->n < most; i++) {
            struct arrears_job *j = &page.at[i];
            before = j->job_id;
            TRY(job_sums(q->scope, seen, c, j, err));
            if (shows(q->scope, q->rules, j))
                *VEC_PUSH(a, list) = *j;
        }
        more = page.n > (size_t)q->limit;
    }
    return RC_OK;
}

enum rc arrears_jobs_read(const struct arrears_job_query *q, struct conn *c, struct arena *a,
                          struct arrears_job **out, size_t *n, bool *more, struct err *err)
{
    job_list list = {0};
    int64_t *counties = NULL;
    size_t n_counties = 0;
    str seen = seen_programmes(q->scope, q->rules, a);

    TRY(counties_of(q, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        TRY(jobs_in(q, counties[i], seen, c, a, &list, err));
    if (list.n > 1)
        qsort(list.at, list.n, sizeof *list.at, newest_first);
    *more = list.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : list.n;
    *out = list.at;
    return RC_OK;
}

enum rc arrears_job_read(const struct scope *s, const struct rules *rules, struct conn *c,
                         int64_t county, int64_t job_id, struct arena *a, struct arrears_job *out,
                         struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(job_id)};
    struct query *q = NULL;
    bool found = false;

    if (!sees(s, county))
        return err_set(err, RC_NOT_FOUND, "no such arrears that may be seen");
    TRY(query(c, &stmt_arrears_job_find, v, 2, &q, err));
    found = query_next(q);
    if (found)
        *out = arrears_job_row(q, county, a);
    TRY(query_end(q, err));
    if (!found || str_eq(out->state, S("dropped")))
        return err_set(err, RC_NOT_FOUND, "no such arrears that may be seen");
    TRY(job_sums(s, seen_programmes(s, rules, a), c, out, err));
    return shows(s, rules, out) ? RC_OK
                                : err_set(err, RC_NOT_FOUND, "no such arrears that may be seen");
}

/* ---- lines ------------------------------------------------------------------------------------ */

/* The first eight parameters: county, job, divisions, households, programmes; as ranges. */
MUST_CHECK static enum rc ranges(const struct arrears_line_query *q, struct value v[8],
                                 struct err *err)
{
    const struct scope *s = q->scope;
    int64_t lo = s->lo, hi = s->hi;

    if (!sees(s, q->county))
        return err_set(err, RC_NOT_FOUND, "no such arrears that may be seen");
    if (q->division != 0) {
        int64_t from = 0, to = 0;
        division_bounds(q->division, &from, &to);
        lo = from > lo ? from : lo;
        hi = to < hi ? to : hi;
    }
    v[0] = V_INT(q->county);
    v[1] = V_INT(q->job_id);
    v[2] = V_INT(lo);
    v[3] = V_INT(hi);
    v[4] = V_INT(q->household);
    v[5] = V_INT(q->household != 0 ? q->household : INT64_MAX);
    v[6] = V_TEXT(q->programme);
    v[7] = V_TEXT(q->programme.n > 0 ? q->programme : S("~"));
    return RC_OK;
}

enum rc arrears_lines_read(const struct arrears_line_query *q, struct conn *c, struct arena *a,
                           struct arrears_line **out, size_t *n, bool *more, struct err *err)
{
    bool of_state = q->state.n > 0;
    char text[8];
    struct value v[16];
    struct query *rows = NULL;
    str seen = seen_programmes(q->scope, q->rules, a);

    TRY(ranges(q, v, err));
    v[8] = V_INT(q->behind ? q->after_division : -1);
    v[9] = V_INT(q->behind ? q->after_household : -1);
    v[10] = V_INT(q->behind ? q->after_person : -1);
    v[11] = V_TEXT(q->behind ? q->after_programme : S(""));
    v[12] = V_TEXT(q->behind ? str_from(month_text(q->after_month, text)) : S(""));
    v[13] = V_INT(q->limit + 1);
    v[14] = V_TEXT(of_state ? q->state : seen);
    v[15] = V_TEXT(seen);
    *out = NEW_N(a, struct arrears_line, q->limit + 1);
    *n = 0;
    TRY(query(c, of_state ? &stmt_arrears_lines_state : &stmt_arrears_lines, v, of_state ? 16 : 15,
              &rows, err));
    while (*n <= (size_t)q->limit && query_next(rows))
        (*out)[(*n)++] = line_row(rows, a);
    TRY(query_end(rows, err));
    *more = *n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : *n;
    return RC_OK;
}

enum rc arrears_lines_count(const struct arrears_line_query *q, struct conn *c, int64_t *n,
                            bool *exact, struct err *err)
{
    bool of_state = q->state.n > 0;
    struct value v[11];
    struct arena a = {0};
    str seen = seen_programmes(q->scope, q->rules, &a);
    enum rc rc = ranges(q, v, err);

    v[8] = V_INT(ARREARS_COUNT_MOST + 1);
    v[9] = V_TEXT(of_state ? q->state : seen);
    v[10] = V_TEXT(seen);
    if (rc == RC_OK)
        rc = query_one(c, of_state ? &stmt_arrears_lines_state_count : &stmt_arrears_lines_count, v,
                       of_state ? 11 : 10, n, err);
    arena_deinit(&a);
    TRY(rc);
    *exact = *n <= ARREARS_COUNT_MOST;
    *n = *exact ? *n : ARREARS_COUNT_MOST;
    return RC_OK;
}

/* ---- sums ------------------------------------------------------------------------------------- */

static int64_t part_of(int64_t division)
{
    enum place_level level = division_level(division);

    return level == AT_CITY ? 1000000 : level == AT_COUNTY ? 1000 : 1;
}

enum rc arrears_sums(const struct arrears_line_query *q, struct conn *c, struct arena *a,
                     struct arrears_sum **out, size_t *n, struct err *err)
{
    int64_t county = q->county * 1000000;
    int64_t within = q->division != 0              ? q->division
                     : q->scope->division > county ? q->scope->division
                                                   : county;
    VEC(struct arrears_sum) list = {0};
    struct value v[8];
    struct query *rows = NULL;

    TRY(ranges(q, v, err));
    const struct value sums[] = {v[0],
                                 v[1],
                                 v[2],
                                 v[3],
                                 v[6],
                                 v[7],
                                 V_INT(part_of(within)),
                                 V_TEXT(seen_programmes(q->scope, q->rules, a))};
    TRY(query(c, &stmt_arrears_sums, sums, 8, &rows, err));
    while (query_next(rows))
        *VEC_PUSH(a, &list) = (struct arrears_sum){.division = query_int(rows, 0),
                                                   .programme = str_dup(a, query_text(rows, 1)),
                                                   .households = query_int(rows, 2),
                                                   .lines = query_int(rows, 3),
                                                   .backpay_fen = query_int(rows, 4),
                                                   .recovery_fen = query_int(rows, 5),
                                                   .left_fen = query_int(rows, 6)};
    *out = list.at;
    *n = list.n;
    return query_end(rows, err);
}

enum rc arrears_states(const struct arrears_line_query *q, struct conn *c, struct arena *a,
                       struct arrears_state **out, size_t *n, bool *exact, struct err *err)
{
    static const char *const states[] = {"open", "decided", "listed", "left", "rejected", "stale"};
    struct value v[8];
    str seen = seen_programmes(q->scope, q->rules, a);

    TRY(ranges(q, v, err));
    *out = NEW_N(a, struct arrears_state, sizeof states / sizeof *states);
    *n = 0;
    *exact = true;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        const struct value one[] = {v[0], V_TEXT(str_from(states[i])),   v[1],        v[2],
                                    v[3], V_INT(ARREARS_COUNT_MOST + 1), V_TEXT(seen)};
        int64_t found = 0;
        TRY(query_one(c, &stmt_arrears_state_count, one, 7, &found, err));
        if (found == 0)
            continue;
        *exact &= found <= ARREARS_COUNT_MOST;
        (*out)[(*n)++] = (struct arrears_state){
            str_from(states[i]), found <= ARREARS_COUNT_MOST ? found : ARREARS_COUNT_MOST};
    }
    return RC_OK;
}

/* ---- households ------------------------------------------------------------------------------- */

struct home_at {
    int64_t division, household;
};

MUST_CHECK static enum rc places_of(const struct arrears_line_query *q, struct conn *c,
                                    struct arena *a, struct home_at **out, size_t *n,
                                    struct err *err)
{
    bool of_state = q->state.n > 0;
    struct value v[13];
    struct query *rows = NULL;
    str seen = seen_programmes(q->scope, q->rules, a);

    TRY(ranges(q, v, err));
    v[8] = V_INT(q->behind ? q->after_division : -1);
    v[9] = V_INT(q->behind ? q->after_household : -1);
    v[10] = V_INT(q->limit + 1);
    v[11] = V_TEXT(of_state ? q->state : seen);
    v[12] = V_TEXT(seen);
    *out = NEW_N(a, struct home_at, q->limit + 1);
    *n = 0;
    TRY(query(c, of_state ? &stmt_arrears_families_state : &stmt_arrears_families, v,
              of_state ? 13 : 12, &rows, err));
    while (*n <= (size_t)q->limit && query_next(rows))
        (*out)[(*n)++] = (struct home_at){query_int(rows, 0), query_int(rows, 1)};
    return query_end(rows, err);
}

MUST_CHECK static enum rc head_of(struct conn *c, int64_t county, struct arrears_family *f,
                                  struct arena *a, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(f->household_id)};
    struct query *q = NULL;

    f->head = S("");
    TRY(query(c, &stmt_proposal_head, v, 2, &q, err));
    if (query_next(q)) {
        f->head_id = query_int(q, 0);
        f->head = str_dup(a, query_text(q, 1));
    }
    return query_end(q, err);
}

typedef VEC(struct arrears_family) family_list;

MUST_CHECK static enum rc programmes_of(const struct arrears_line_query *q, struct conn *c,
                                        const struct home_at *p, struct arena *a, family_list *list,
                                        struct err *err)
{
    const struct value v[] = {V_INT(q->county),
                              V_INT(p->household),
                              V_INT(q->job_id),
                              V_TEXT(q->programme),
                              V_TEXT(q->programme.n > 0 ? q->programme : S("~")),
                              V_TEXT(seen_programmes(q->scope, q->rules, a))};
    struct arrears_family one = {.division = p->division, .household_id = p->household};
    struct query *rows = NULL;

    TRY(head_of(c, q->county, &one, a, err));
    TRY(query(c, &stmt_arrears_family_sums, v, 6, &rows, err));
    while (query_next(rows)) {
        one.programme = str_dup(a, query_text(rows, 0));
        one.lines = query_int(rows, 1);
        one.open_lines = query_int(rows, 2);
        one.from = one.upto = 0;
        if (!month_parse(query_text(rows, 3), &one.from) ||
            !month_parse(query_text(rows, 4), &one.upto))
            one.upto = one.from;
        one.backpay_fen = query_int(rows, 5);
        one.recovery_fen = query_int(rows, 6);
        one.left_fen = query_int(rows, 7);
        *VEC_PUSH(a, list) = one;
    }
    return query_end(rows, err);
}

enum rc arrears_families_read(const struct arrears_line_query *q, struct conn *c, struct arena *a,
                              struct arrears_family **out, size_t *n, bool *more, struct err *err)
{
    family_list list = {0};
    struct home_at *places = NULL;
    size_t n_places = 0;

    TRY(places_of(q, c, a, &places, &n_places, err));
    *more = n_places > (size_t)q->limit;
    n_places = *more ? (size_t)q->limit : n_places;
    for (size_t i = 0; i < n_places; i++)
        TRY(programmes_of(q, c, &places[i], a, &list, err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

enum rc arrears_names_read(struct conn *c, int64_t county, const struct arrears_line *lines,
                           size_t n, struct arena *a, struct arrears_names **out, struct err *err)
{
    struct arrears_names *names = NEW_N(a, struct arrears_names, n + 1);

    *out = names;
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && lines[i].household_id == lines[i - 1].household_id;
        bool person = same && lines[i].person_id == lines[i - 1].person_id;
        struct arrears_family f = {.household_id = lines[i].household_id};
        if (same)
            names[i] = names[i - 1];
        else
            TRY(head_of(c, county, &f, a, err));
        if (!same)
            names[i] = (struct arrears_names){f.head_id, f.head, S("")};
        if (!person)
            names[i].person = S("");
        if (lines[i].person_id == 0 || person)
            continue;
        const struct value v[] = {V_INT(county), V_INT(lines[i].person_id)};
        struct query *q = NULL;
        TRY(query(c, &stmt_proposal_person, v, 2, &q, err));
        if (query_next(q))
            names[i].person = str_dup(a, query_text(q, 0));
        TRY(query_end(q, err));
    }
    return RC_OK;
}

/* ---- one household ---------------------------------------------------------------------------- */

enum rc arrears_of_household(const struct scope *s, struct conn *c, int64_t county,
                             int64_t household, struct arena *a, struct arrears_owed **owed,
                             size_t *n_owed, struct arrears_repaid **back, size_t *n_back,
                             struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    VEC(struct arrears_owed) owes = {0};
    VEC(struct arrears_repaid) paid = {0};
    struct query *q = NULL;

    TRY(scope_household(s, c, county, household, err));
    TRY(query(c, &stmt_arrears_owed_of, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &owes) = (struct arrears_owed){.programme = str_dup(a, query_text(q, 0)),
                                                    .fen = query_int(q, 1)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < owes.n; i++)
        TRY(arrears_all_paid(c, county, household, owes.at[i].programme, &owes.at[i].deducted,
                             err));
    TRY(query(c, &stmt_arrears_backs, v, 2, &q, err));
    while (query_next(q)) {
        struct arrears_repaid *r = VEC_PUSH(a, &paid);
        *r = (struct arrears_repaid){.programme = str_dup(a, query_text(q, 0)),
                                     .fen = query_int(q, 1),
                                     .words = str_dup(a, query_text(q, 3)),
                                     .who = str_dup(a, query_text(q, 4)),
                                     .at_ms = query_int(q, 5)};
        if (!date_parse(query_text(q, 2), &r->on))
            r->on = 0;
    }
    *owed = owes.at;
    *n_owed = owes.n;
    *back = paid.at;
    *n_back = paid.n;
    return query_end(q, err);
}
