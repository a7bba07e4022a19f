/* See months.h. */
#include "pay/months.h"

#include <stdlib.h>

#include "pay/pay_sql.h"

enum { COUNTY_MONTHS = 240 };

const char *month_status_word(enum month_status s)
{
    static const char *const words[] = {"unfinished", "done", "past"};
    return words[s];
}

/* ---- months --------------------------------------------------------------------------------- */

struct stand {
    struct conn *conn;
    struct arena *a;
    const struct run_extent *extent;
    VEC(struct month_standing) months;
};

/* One county's job of a month. */
struct seen {
    month month;
    int64_t job, started_ms, ended_ms, position;
    bool past, unfinished;
};
typedef VEC(struct seen) seen_list;

MUST_CHECK static enum rc read_jobs(struct stand *s, int64_t county, bool unfinished,
                                    seen_list *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(COUNTY_MONTHS)};
    struct query *q = NULL;

    TRY(query(s->conn, unfinished ? &stmt_months_unfinished : &stmt_months_visible, v,
              unfinished ? 1 : 2, &q, err));
    while (query_next(q)) {
        struct seen j = {.job = query_int(q, 1),
                         .started_ms = query_int(q, 2),
                         .ended_ms = query_int(q, 3),
                         .position = query_int(q, 4),
                         .past = str_eq(query_text(q, 5), S("import")) ||
                                 decide_find(query_text(q, 6)) == DECIDE_PAST,
                         .unfinished = unfinished};
        if (month_parse(query_text(q, 0), &j.month))
            *VEC_PUSH(s->a, out) = j;
    }
    return query_end(q, err);
}

static struct month_standing *month_at(struct stand *s, month m)
{
    for (size_t i = 0; i < s->months.n; i++)
        if (s->months.at[i].month == m)
            return &s->months.at[i];
    struct month_standing *new = VEC_PUSH(s->a, &s->months);
    *new = (struct month_standing){.month = m, .status = MONTH_DONE};
    return new;
}

MUST_CHECK static enum rc add_job(struct stand *s, int64_t county, const struct seen *j,
                                  int64_t position, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(j->job), V_INT(s->extent->lo),
                              V_INT(s->extent->hi)};
    const struct value since[] = {V_INT(county), V_INT(j->position)};
    struct month_standing *m = month_at(s, j->month);
    int64_t households = 0, fen = 0, proposals = 0, own = 0;

    TRY(query_one(s->conn, &stmt_month_households, v, 2, &households, err));
    m->households += households;
    if (m->started_ms == 0 || j->started_ms < m->started_ms)
        m->started_ms = j->started_ms;
    if (j->unfinished) {
        m->status = MONTH_UNFINISHED;
        return RC_OK;
    }
    TRY(query_one(s->conn, &stmt_month_fen, v, 4, &fen, err));
    TRY(query_one(s->conn, &stmt_month_proposals, v, 4, &proposals, err));
    TRY(query_one(s->conn, &stmt_run_change_count, since, 2, &own, err));
    m->fen += fen;
    m->proposals += proposals;
    m->changed |= position - j->position != own;
    m->ended_ms = j->ended_ms > m->ended_ms ? j->ended_ms : m->ended_ms;
    m->counties++;
    if (j->past && m->status == MONTH_DONE)
        m->status = MONTH_PAST;
    return RC_OK;
}

MUST_CHECK static enum rc add_county(struct stand *s, int64_t county, int most, struct err *err)
{
    seen_list jobs = {0};
    int64_t position = 0;

    TRY(change_position(s->conn, county, &position, err));
    TRY(read_jobs(s, county, false, &jobs, err));
    if (jobs.n > (size_t)most)
        jobs.n = (size_t)most;
    TRY(read_jobs(s, county, true, &jobs, err));
    for (size_t i = 0; i < jobs.n; i++)
        TRY(add_job(s, county, &jobs.at[i], position, err));
    return RC_OK;
}

static int newest_first(const void *x, const void *y)
{
    const struct month_standing *a = x, *b = y;

    return (b->month > a->month) - (b->month < a->month);
}

enum rc months_read(struct conn *c, const struct run_extent *extent, day today, int most,
                    struct arena *a, struct month_standing **out, size_t *n, struct err *err)
{
    struct stand s = {.conn = c, .a = a, .extent = extent};
    char on[11];
    int64_t *counties = NULL;
    size_t n_counties = 0;

    TRY(division_counties(c, str_from(date_text(today, on)), a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        if (extent->county == 0 || extent->county == counties[i])
            TRY(add_county(&s, counties[i], most, err));
    if (s.months.n > 1)
        qsort(s.months.at, s.months.n, sizeof *s.months.at, newest_first);
    *out = s.months.at;
    *n = s.months.n < (size_t)most ? s.months.n : (size_t)most;
    return RC_OK;
}

/* ---- orders --------------------------------------------------------------------------------- */

static int64_t city_code(const struct city *city)
{
    return city->place->division / 1000000;
}

static enum rc put_once(struct change *c, void *ctx, struct err *err)
{
    const struct run_order *o = ctx;
    char text[8];
    const struct value v[] = {V_INT(c->county_code), V_TEXT(str_from(month_text(o->month, text))),
                              V_INT(o->division),    V_TEXT(str_from(decide_word(o->decide))),
                              V_TEXT(o->who),        V_TEXT(o->state),
                              V_INT(o->started_ms),  V_INT(o->total),
                              V_TEXT(o->error)};

    change_note(c, "run_order", v, 9);
    return exec(c->conn, &stmt_run_order_put, v, 9, NULL, err);
}

enum rc run_order_put(const struct city *city, const struct run_order *order, struct err *err)
{
    struct run_order copy = *order;
    const struct change_spec change = {.store = city->store,
                                       .county_code = city_code(city),
                                       .who = order->who,
                                       .why = S("a run was asked for")};

    return change_write(&change, put_once, &copy, NULL, err);
}

enum rc run_orders(const struct city *city, struct conn *c, int most, struct arena *a,
                   struct run_order **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(city_code(city)), V_INT(most)};
    VEC(struct run_order) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_run_orders, v, 2, &q, err));
    while (query_next(q)) {
        struct run_order o = {.division = query_int(q, 1),
                              .decide = decide_find(query_text(q, 2)),
                              .who = str_dup(a, query_text(q, 3)),
                              .state = str_dup(a, query_text(q, 4)),
                              .started_ms = query_int(q, 5),
                              .total = query_int(q, 6),
                              .error = str_dup(a, query_text(q, 7))};
        if (month_parse(query_text(q, 0), &o.month))
            *VEC_PUSH(a, &list) = o;
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc run_order_total(struct conn *c, const struct run_order *order, struct arena *a,
                        int64_t *out, struct err *err)
{
    char on[11];
    str first = str_from(date_text(month_first(order->month), on));
    int64_t *counties = NULL;
    size_t n = 0;

    *out = 0;
    TRY(division_counties(c, first, a, &counties, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct value v[] = {V_INT(counties[i]), V_TEXT(first)};
        int64_t households = 0;
        if (order->division != 0 && order->division / 1000000 != counties[i])
            continue;
        TRY(query_one(c, &stmt_county_households, v, 2, &households, err));
        *out += households;
    }
    return RC_OK;
}

enum rc run_order_left(struct conn *c, day today, struct arena *a, struct run_order *out,
                       struct err *err)
{
    char on[11];
    int64_t *counties = NULL;
    size_t n = 0;

    *out = (struct run_order){0};
    TRY(division_counties(c, str_from(date_text(today, on)), a, &counties, &n, err));
    for (size_t i = 0; i < n && out->month == 0; i++) {
        const struct value v = V_INT(counties[i]);
        struct query *q = NULL;
        TRY(query(c, &stmt_months_unfinished, &v, 1, &q, err));
        if (query_next(q) && month_parse(query_text(q, 0), &out->month)) {
            out->division = query_int(q, 7) != 0 ? query_int(q, 7) : counties[i] * 1000000;
            out->decide = decide_find(query_text(q, 6));
            out->started_ms = query_int(q, 2);
        }
        TRY(query_end(q, err));
    }
    return RC_OK;
}
