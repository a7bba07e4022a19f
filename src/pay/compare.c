/* See compare.h: figures. Lists are in compare_list.c, reasons in compare_why.c. */
#include "pay/compare.h"

#include <string.h>

#include "pay/job_in.h"
#include "pay/pay_sql.h"

/* ---- with the run --------------------------------------------------------------------------- */

/* Somebody who is paid and moved within the county. */
struct moved {
    int64_t household, from, to;
};

MUST_CHECK static enum rc put_moved(struct change *c, const struct job *j, const struct moved *m,
                                    struct err *err)
{
    char before[8];
    str was = str_from(month_text(j->month - 1, before));

    for (int k = 0; k < 2; k++) {
        const struct value v[] = {V_INT(j->county),
                                  V_INT(m->household),
                                  V_TEXT(str_from(j->month_text)),
                                  V_INT(j->job_id),
                                  V_TEXT(k == 0 ? S("came") : S("went")),
                                  V_INT(k == 0 ? m->to : m->from),
                                  V_TEXT(was),
                                  V_INT(j->last_job)};
        change_note(c, "award_change", v, 8);
        TRY(exec(c->conn, &stmt_compare_put_moved, v, 8, NULL, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc find_moved(struct change *c, const struct job *j, struct arena *a,
                                     struct err *err)
{
    char first_before[11], first[11];
    const struct value v[] = {V_INT(j->county), V_INT(j->job_id),
                              V_TEXT(str_from(date_text(month_first(j->month - 1), first_before))),
                              V_TEXT(str_from(date_text(month_first(j->month), first))),
                              V_TEXT(str_from(j->month_text))};
    VEC(struct moved) list = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_compare_moved, v, 5, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct moved){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++)
        TRY(put_moved(c, j, &list.at[i], err));
    return RC_OK;
}

enum rc compare_settle(struct change *c, const struct job *j, struct err *err)
{
    char first_before[11];
    const struct value replaced[] = {V_INT(j->county), V_INT(j->visible)};
    const struct value v[] = {V_INT(j->county), V_INT(j->job_id),
                              V_TEXT(str_from(date_text(month_first(j->month - 1), first_before)))};
    struct arena a = {0};

    /* Nobody reads the lists of a run that is replaced. */
    if (j->visible != 0) {
        TRY(exec(c->conn, &stmt_run_drop_changes, replaced, 2, NULL, err));
        TRY(exec(c->conn, &stmt_run_drop_candidates, replaced, 2, NULL, err));
    }
    if (j->last_job == 0)
        return RC_OK;
    TRY(exec(c->conn, &stmt_compare_gone_place, v, 3, NULL, err));
    enum rc rc = find_moved(c, j, &a, err);
    arena_deinit(&a);
    TRY(rc);
    return exec(c->conn, &stmt_compare_count, v, 2, NULL, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

#define ALL_ROLES ((1U << ROLE__COUNT) - 1)

struct comparing {
    const struct compare_spec *spec;
    struct conn *conn;
    struct arena *a;
    int64_t lo, hi, part; /* part: how many codes one takes */
    VEC(struct compare_row) rows;
    struct compare *out;
    size_t counties;
};

static int64_t part_of(int64_t division)
{
    switch (division_level(division)) {
    case AT_CITY:
        return 1000000;
    case AT_COUNTY:
        return 1000;
    default:
        return 1;
    }
}

static bool sees(const struct comparing *r, str programme)
{
    const struct policy *p = rules_policy(r->spec->city->rules, programme);

    return p != NULL && scope_acts(r->spec->scope, ALL_ROLES, p->line);
}

static struct compare_row *row_at(struct comparing *r, size_t from, int64_t division, str programme)
{
    for (size_t i = from; i < r->rows.n; i++)
        if (r->rows.at[i].division == division && str_eq(r->rows.at[i].programme, programme))
            return &r->rows.at[i];
    struct compare_row *new = VEC_PUSH(r->a, &r->rows);
    *new = (struct compare_row){.division = division, .programme = str_dup(r->a, programme)};
    return new;
}

static void take_row(const struct query *q, bool now, struct compare_row *row)
{
    const struct compare_sums sums = {.households = query_int(q, 2),
                                      .persons = query_int(q, 3),
                                      .fen = query_int(q, 4),
                                      .payments = query_int(q, 5)};

    if (!now) {
        row->was = sums;
        return;
    }
    row->now = sums;
    row->not_enrolled = query_int(q, 6);
    row->began = query_int(q, 7);
    row->ended = query_int(q, 8);
    row->more = query_int(q, 9);
    row->less = query_int(q, 10);
    row->other = query_int(q, 11);
    row->came = query_int(q, 12);
    row->went = query_int(q, 13);
    /* Paid now, less those who are named for a change; who came is named twice when also paid more. */
    row->same = row->now.households - row->began - row->more - row->less - row->other;
}

MUST_CHECK static enum rc read_job(struct comparing *r, int64_t county, int64_t job, size_t from,
                                   bool now, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(job), V_INT(r->lo), V_INT(r->hi),
                              V_INT(r->part)};
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_compare_counts, v, 5, &q, err));
    while (query_next(q))
        if (sees(r, query_text(q, 1)))
            take_row(q, now, row_at(r, from, query_int(q, 0), query_text(q, 1)));
    return query_end(q, err);
}

/* The month before: as its run counted it, or by its awards when it was taken over from elsewhere. */
MUST_CHECK static enum rc read_last(struct comparing *r, int64_t county, int64_t last, size_t from,
                                    struct err *err)
{
    char day_text[11], before[8];
    month m = r->spec->month - 1;
    const struct value v[] = {V_INT(county),
                              V_INT(last),
                              V_INT(r->lo),
                              V_INT(r->hi),
                              V_INT(r->part),
                              V_TEXT(str_from(date_text(month_first(m), day_text))),
                              V_TEXT(str_from(month_text(m, before)))};
    const struct value job[] = {V_INT(county), V_INT(last)};
    struct query *q = NULL;
    bool taken_over = false;

    TRY(query(r->conn, &stmt_run_job_find, job, 2, &q, err));
    if (query_next(q))
        taken_over = str_eq(query_text(q, 2), S("import"));
    TRY(query_end(q, err));
    if (!taken_over)
        return read_job(r, county, last, from, false, err);
    TRY(query(r->conn, &stmt_compare_awards, v, 7, &q, err));
    while (query_next(q))
        if (sees(r, query_text(q, 1)))
            take_row(q, false, row_at(r, from, query_int(q, 0), query_text(q, 1)));
    return query_end(q, err);
}

/* Was the county's run compared? One by an older program counted no payments and no changes. */
static bool was_compared(const struct comparing *r, size_t from)
{
    int64_t households = 0, payments = 0;

    for (size_t i = from; i < r->rows.n; i++) {
        households += r->rows.at[i].now.households;
        payments += r->rows.at[i].now.payments;
    }
    return households == 0 || payments > 0;
}

MUST_CHECK static enum rc read_county(struct comparing *r, int64_t county, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(month_text(r->spec->month, text)))};
    int64_t job = 0, last = 0;
    size_t from = r->rows.n;
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q)) {
        job = query_int(q, 0);
        last = query_int(q, 5);
    }
    TRY(query_end(q, err));
    if (job == 0)
        return RC_OK;
    r->counties++;
    TRY(read_job(r, county, job, from, true, err));
    bool compared = last != 0 && was_compared(r, from);
    r->out->any |= compared;
    r->out->each &= compared;
    return compared ? read_last(r, county, last, from, err) : RC_OK;
}

static bool is_nothing(const struct compare_row *r)
{
    return (r->now.households | r->was.households | r->not_enrolled | r->came | r->went) == 0;
}

enum rc compare_read(const struct compare_spec *spec, struct conn *c, struct arena *a,
                     struct compare *out, struct err *err)
{
    int64_t division = spec->division != 0 ? spec->division : spec->scope->division;
    struct comparing r = {.spec = spec, .conn = c, .a = a, .out = out, .part = part_of(division)};
    int64_t *counties = NULL;
    size_t n = 0;
    char text[11];

    *out = (struct compare){.each = true};
    division_bounds(division, &r.lo, &r.hi);
    r.lo = r.lo > spec->scope->lo ? r.lo : spec->scope->lo;
    r.hi = r.hi < spec->scope->hi ? r.hi : spec->scope->hi;
    str first = str_from(date_text(month_first(spec->month), text));
    TRY(division_counties(c, first, a, &counties, &n, err));
    for (size_t i = 0; i < n; i++)
        if ((spec->scope->county_code == 0 || spec->scope->county_code == counties[i]) &&
            counties[i] * 1000000 <= r.hi && counties[i] * 1000000 + 999999 >= r.lo)
            TRY(read_county(&r, counties[i], err));
    if (r.counties == 0)
        return err_set(err, RC_NOT_FOUND, "%s was not run", month_text(spec->month, text));
    out->rows = r.rows.at;
    for (size_t i = 0; i < r.rows.n; i++)
        if (!is_nothing(&r.rows.at[i]))
            out->rows[out->n++] = r.rows.at[i];
    out->each &= out->any;
    return RC_OK;
}
