/* See report.h. */
#include "work/report.h"

#include <stdlib.h>

#include "work/work_sql.h"

struct counting {
    const struct scope *s;
    struct arena *a;
    int64_t division;
    int64_t lo, hi;
    month month;
    str service;
    VEC(struct report_row) rows;
    VEC(struct report_service) services;
    struct report_line sum;
};

/* ---- where it is counted --------------------------------------------------------------------- */

/* The part of the division in which an office lies. */
static int64_t part_of(int64_t division, int64_t office)
{
    enum { CODES_BELOW_COUNTY = 1000000, CODES_BELOW_TOWN = 1000 };
    enum place_level level = division_level(division);
    if (office == division)
        return division;
    if (level <= AT_CITY)
        return office / CODES_BELOW_COUNTY * CODES_BELOW_COUNTY;
    return level == AT_COUNTY ? office / CODES_BELOW_TOWN * CODES_BELOW_TOWN : office;
}

static struct report_line *row_of(struct counting *k, int64_t office)
{
    int64_t part = part_of(k->division, office);
    bool own = office == k->division;
    for (size_t i = 0; i < k->rows.n; i++)
        if (k->rows.at[i].division == part && k->rows.at[i].own == own)
            return &k->rows.at[i].line;
    struct report_row *r = VEC_PUSH(k->a, &k->rows);
    r->division = part;
    r->own = own;
    return &r->line;
}

static struct report_line *service_of(struct counting *k, str service, str step)
{
    for (size_t i = 0; i < k->services.n; i++)
        if (str_eq(k->services.at[i].service, service) && str_eq(k->services.at[i].step, step))
            return &k->services.at[i].line;
    struct report_service *s = VEC_PUSH(k->a, &k->services);
    s->service = str_dup(k->a, service);
    s->step = str_dup(k->a, step);
    return &s->line;
}

static void add(struct report_line *to, const struct report_line *l)
{
    to->open += l->open;
    to->late += l->late;
    to->warned += l->warned;
    to->due_today += l->due_today;
    to->paused += l->paused;
    to->done += l->done;
    to->in_time += l->in_time;
    to->days += l->days;
    to->limited += l->limited;
    to->limit_days += l->limit_days;
}

static void count(struct counting *k, int64_t office, str service, str step,
                  const struct report_line *l)
{
    add(row_of(k, office), l);
    add(service_of(k, service, S("")), l);
    if (step.n > 0)
        add(service_of(k, service, step), l);
    add(&k->sum, l);
}

/* ---- counted --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc count_open(struct counting *k, struct conn *c, int64_t county,
                                     struct err *err)
{
    char today[11];
    const struct value v[] = {V_INT(county), V_INT(k->lo), V_INT(k->hi), V_TEXT(k->service),
                              V_TEXT(str_from(date_text(k->s->today, today)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_report_open, v, 5, &q, err));
    while (query_next(q)) {
        const struct report_line l = {.open = query_int(q, 4),
                                      .paused = query_int(q, 5),
                                      .late = query_int(q, 6),
                                      .warned = query_int(q, 7),
                                      .due_today = query_int(q, 8)};
        if (scope_acts(k->s, ~0u, query_text(q, 2)))
            count(k, query_int(q, 0), query_text(q, 1), query_text(q, 3), &l);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc count_closed(struct counting *k, struct conn *c, int64_t county,
                                       struct err *err)
{
    char from[11], to[11];
    date_text(month_first(k->month), from);
    date_text(month_first(k->month + 1) - 1, to);
    const struct value v[] = {V_INT(county),      V_INT(k->lo),           V_INT(k->hi),
                              V_TEXT(k->service), V_TEXT(str_from(from)), V_TEXT(str_from(to))};
    struct query *q = NULL;
    TRY(query(c, &stmt_report_closed, v, 6, &q, err));
    while (query_next(q)) {
        day accepted = 0, closed = 0, due = 0;
        int64_t n = query_int(q, 6);
        struct report_line l = {.done = n};
        bool limited = !str_eq(query_text(q, 5), S(DAY_OPEN)) && date_parse(query_text(q, 5), &due);
        if (date_parse(query_text(q, 3), &accepted) && date_parse(query_text(q, 4), &closed))
            l.days = n * (closed - accepted);
        l.in_time = !limited || closed <= due ? n : 0;
        l.limited = limited ? n : 0;
        l.limit_days = limited ? n * (due - accepted) : 0;
        if (scope_acts(k->s, ~0u, query_text(q, 2)))
            count(k, query_int(q, 0), query_text(q, 1), S(""), &l);
    }
    return query_end(q, err);
}

/* ---- in order -------------------------------------------------------------------------------- */

static int row_order(const void *x, const void *y)
{
    const struct report_row *a = x, *b = y;
    if (a->own != b->own)
        return a->own ? -1 : 1;
    return (a->division > b->division) - (a->division < b->division);
}

static int service_order(const void *x, const void *y)
{
    const struct report_service *a = x, *b = y;
    int order = str_cmp(a->service, b->service);
    return order != 0 ? order : str_cmp(a->step, b->step);
}

MUST_CHECK static enum rc counties_of(const struct counting *k, struct conn *c, int64_t **out,
                                      size_t *n, struct err *err)
{
    char on[11];
    struct division_info info;
    date_text(k->s->today, on);
    if (division_level(k->division) < AT_COUNTY)
        return division_counties(c, str_from(on), k->a, out, n, err);
    TRY(division_find(c, k->division, str_from(on), k->a, &info, err));
    *out = NEW(k->a, int64_t);
    **out = info.county_code;
    *n = 1;
    return RC_OK;
}

enum rc report_read(const struct scope *s, struct conn *c, int64_t division, month m, str service,
                    struct arena *a, struct report *out, struct err *err)
{
    struct counting k = {.s = s, .a = a, .division = division, .month = m, .service = service};
    int64_t *counties = NULL;
    size_t n = 0;
    if (!scope_covers(s, division))
        return err_set(err, RC_NOT_FOUND, "no division %lld that may be seen", (long long)division);
    if (s->assigned_only)
        return err_set(err, RC_FORBIDDEN,
                       "who looks after assigned households only sees no office's figures");
    division_bounds(division, &k.lo, &k.hi);
    TRY(counties_of(&k, c, &counties, &n, err));
    for (size_t i = 0; i < n; i++) {
        TRY(count_open(&k, c, counties[i], err));
        TRY(count_closed(&k, c, counties[i], err));
    }
    if (k.rows.n > 0)
        qsort(k.rows.at, k.rows.n, sizeof *k.rows.at, row_order);
    if (k.services.n > 0)
        qsort(k.services.at, k.services.n, sizeof *k.services.at, service_order);
    *out = (struct report){.division = division,
                           .month = m,
                           .rows = k.rows.at,
                           .n_rows = k.rows.n,
                           .services = k.services.at,
                           .n_services = k.services.n,
                           .sum = k.sum};
    return RC_OK;
}

enum rc report_people(struct conn *c, int64_t division, struct arena *a, struct report_person **out,
                      size_t *n, struct err *err)
{
    VEC(struct report_person) list = {0};
    struct query *q = NULL;
    const struct value v[] = {V_INT(division), V_INT(division / 1000 * 1000),
                              V_INT(division / 1000000 * 1000000)};
    TRY(query(c, &stmt_report_people, v, 3, &q, err));
    while (query_next(q)) {
        enum role role = role_find(query_text(q, 3));
        if (role != ROLE__COUNT)
            *VEC_PUSH(a, &list) =
                (struct report_person){str_dup(a, query_text(q, 0)), str_dup(a, query_text(q, 1)),
                                       query_int(q, 2), role, str_dup(a, query_text(q, 4))};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}
