/* Notices read: one, those of a case or household, and the lists of an office. */
#include <stdlib.h>

#include "work/desk_in.h"
#include "work/notice.h"
#include "work/work_sql.h"

#define DUE_NONE DAY_OPEN /* sorts behind every day */
enum { OF_ONE_MOST = 500, CHUNK = 200, COUNT_MOST = 10000 };

typedef VEC(struct notice) notice_vec;

static day day_or_none(str text)
{
    day d = 0;
    return !str_eq(text, S(DUE_NONE)) && date_parse(text, &d) ? d : 0;
}

static struct notice notice_row(const struct query *q, int64_t county, struct arena *a)
{
    return (struct notice){
        .county_code = county,
        .notice_id = query_int(q, 0),
        .case_id = query_int(q, 1),
        .household_id = query_int(q, 2),
        .person_id = query_int(q, 3),
        .division = query_int(q, 4),
        .line = str_dup(a, query_text(q, 5)),
        .kind = str_dup(a, query_text(q, 6)),
        .title = str_dup(a, query_text(q, 7)),
        .text = str_dup(a, query_text(q, 8)),
        .subject = str_dup(a, query_text(q, 9)),
        .channels = (unsigned)query_int(q, 10),
        .sent = (unsigned)query_int(q, 11),
        .made = day_or_none(query_text(q, 12)),
        .due = day_or_none(query_text(q, 13)),
        .version = query_int(q, 14),
    };
}

MUST_CHECK static enum rc rows_read(struct conn *c, const struct statement *st,
                                    const struct value *v, struct arena *a, notice_vec *rows,
                                    struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, st, v, st->n_params, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, rows) = notice_row(q, v[0].i, a);
    return query_end(q, err);
}

enum rc notice_find(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                    struct notice *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(notice_id)};
    notice_vec rows = {0};
    TRY(rows_read(c, &stmt_notice_read, v, a, &rows, err));
    if (rows.n == 0)
        return err_set(err, RC_NOT_FOUND, "no notice %lld-%lld that may be seen", (long long)county,
                       (long long)notice_id);
    *out = rows.at[0];
    return RC_OK;
}

MUST_CHECK static enum rc of_one(struct conn *c, const struct statement *st, int64_t county,
                                 int64_t id, struct arena *a, struct notice **out, size_t *n,
                                 struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id), V_INT(0), V_INT(OF_ONE_MOST)};
    notice_vec rows = {0};
    TRY(rows_read(c, st, v, a, &rows, err));
    *out = rows.at;
    *n = rows.n;
    return RC_OK;
}

enum rc notices_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                        struct notice **out, size_t *n, struct err *err)
{
    return of_one(c, &stmt_notice_of_case, county, case_id, a, out, n, err);
}

enum rc notices_of_household(struct conn *c, int64_t county, int64_t household, struct arena *a,
                             struct notice **out, size_t *n, struct err *err)
{
    return of_one(c, &stmt_notice_of_household, county, household, a, out, n, err);
}

enum rc notice_ways(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                    struct notice_way **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(notice_id)};
    VEC(struct notice_way) ways = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_notice_ways, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &ways) = (struct notice_way){
            .channel = (unsigned)query_int(q, 0),
            .on = day_or_none(query_text(q, 1)),
            .how = str_dup(a, query_text(q, 2)),
            .who = str_dup(a, query_text(q, 3)),
        };
    *out = ways.at;
    *n = ways.n;
    return query_end(q, err);
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct behind {
    day due;
    int64_t id;
};

MUST_CHECK static enum rc chunk_read(const struct notice_query *q, int64_t county, str line,
                                     struct behind from, struct conn *c, struct arena *a,
                                     notice_vec *rows, struct err *err)
{
    char text[11];
    const struct scope *s = q->scope;
    bool township = scope_in_township(s);
    const struct statement *st =
        q->gone ? (township ? &stmt_notice_gone_township : &stmt_notice_gone_county)
                : (township ? &stmt_notice_waiting_township : &stmt_notice_waiting_county);
    str due = str_from(from.due == 0 ? DUE_NONE : date_text(from.due, text));
    if (from.id == 0) /* the start: before every day, or behind every day */
        due = q->gone ? S("A") : S("");
    const struct value v[] = {
        V_INT(county), V_TEXT(due),  V_INT(from.id),   V_INT(s->lo),
        V_INT(s->hi),  V_TEXT(line), V_INT(CHUNK + 1), V_INT(s->lo / 1000 * 1000)};
    return rows_read(c, st, v, a, rows, err);
}

enum rc notice_seen(const struct scope *s, struct conn *c, const struct notice *n, bool *out,
                    struct err *err)
{
    *out = (s->county_code == 0 || s->county_code == n->county_code) &&
           scope_covers(s, n->division) && scope_acts(s, ~0u, n->line);
    if (!*out || !s->assigned_only || n->household_id == 0)
        return RC_OK;
    enum rc rc = scope_household(s, c, n->county_code, n->household_id, err);
    *out = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

MUST_CHECK static enum rc keep(const struct notice_query *q, struct conn *c, const struct notice *n,
                               bool *out, struct err *err)
{
    *out = (q->kind.n == 0 || str_eq(q->kind, n->kind)) &&
           (q->channel == 0 || (n->channels & ~n->sent & q->channel));
    return *out ? notice_seen(q->scope, c, n, out, err) : RC_OK;
}

MUST_CHECK static enum rc county_read(const struct notice_query *q, int64_t county, str line,
                                      struct conn *c, struct arena *a, notice_vec *out,
                                      struct err *err)
{
    struct behind from = {q->after_due, q->after_id};
    int taken = 0;
    for (bool more = true; more && taken <= q->limit;) {
        notice_vec rows = {0};
        TRY(chunk_read(q, county, line, from, c, a, &rows, err));
        more = rows.n > CHUNK;
        for (size_t i = 0; i < rows.n && taken <= q->limit; i++) {
            bool shown;
            TRY(keep(q, c, &rows.at[i], &shown, err));
            if (shown)
                *VEC_PUSH(a, out) = rows.at[i];
            taken += shown;
        }
        if (rows.n > 0)
            from = (struct behind){rows.at[rows.n - 1].due, rows.at[rows.n - 1].notice_id};
    }
    return RC_OK;
}

static int by_due(const void *x, const void *y)
{
    const struct notice *a = x, *b = y;
    if (a->due != b->due)
        return a->due == 0 ? 1 : b->due == 0 ? -1 : a->due < b->due ? -1 : 1;
    return a->notice_id < b->notice_id ? -1 : a->notice_id > b->notice_id;
}

static int latest_first(const void *x, const void *y)
{
    return by_due(y, x);
}

enum rc notice_list(const struct notice_query *q, struct conn *c, struct arena *a,
                    struct notice **out, size_t *n, bool *more, struct err *err)
{
    notice_vec list = {0};
    int64_t *counties = NULL;
    size_t n_counties = 0;
    str *lines = NULL;
    size_t n_lines = desk_lines(q->scope, q->line, a, &lines);
    TRY(desk_counties(q->scope, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        for (size_t k = 0; k < n_lines; k++)
            TRY(county_read(q, counties[i], lines[k], c, a, &list, err));
    if (n_counties * n_lines > 1 && list.n > 1)
        qsort(list.at, list.n, sizeof *list.at, q->gone ? latest_first : by_due);
    *more = list.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : list.n;
    *out = list.at;
    return RC_OK;
}

MUST_CHECK static enum rc count_in(const struct notice_query *q, int64_t county, str line,
                                   struct conn *c, int64_t *n, bool *exact, struct err *err)
{
    const struct scope *s = q->scope;
    const struct statement *st =
        scope_in_township(s) ? &stmt_notice_count_township : &stmt_notice_count_county;
    const struct value v[] = {
        V_INT(county),         V_INT(!q->gone),           V_INT(s->lo), V_INT(s->hi), V_TEXT(line),
        V_INT(COUNT_MOST + 1), V_INT(s->lo / 1000 * 1000)};
    int64_t here = 0;
    TRY(query_one(c, st, v, st->n_params, &here, err));
    *exact = *exact && here <= COUNT_MOST;
    *n += here;
    return RC_OK;
}

/* A scope of assigned households has few: they are read. */
MUST_CHECK static enum rc count_assigned(const struct notice_query *q, struct conn *c,
                                         struct arena *a, int64_t *n, bool *exact, struct err *err)
{
    struct notice_query all = {
        .scope = q->scope, .gone = q->gone, .line = q->line, .limit = COUNT_MOST};
    struct notice *list = NULL;
    size_t found = 0;
    bool more = false;
    TRY(notice_list(&all, c, a, &list, &found, &more, err));
    *n = (int64_t)found;
    *exact = !more;
    return RC_OK;
}

MUST_CHECK static enum rc count_all(const struct notice_query *q, struct conn *c, struct arena *a,
                                    int64_t *n, bool *exact, struct err *err)
{
    int64_t *counties = NULL;
    size_t n_counties = 0;
    str *lines = NULL;
    size_t n_lines = desk_lines(q->scope, q->line, a, &lines);
    TRY(desk_counties(q->scope, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        for (size_t k = 0; k < n_lines; k++)
            TRY(count_in(q, counties[i], lines[k], c, n, exact, err));
    return RC_OK;
}

enum rc notice_count(const struct notice_query *q, struct conn *c, int64_t *n, bool *exact,
                     struct err *err)
{
    struct arena a = {0};
    *n = 0;
    *exact = true;
    enum rc rc = q->scope->assigned_only ? count_assigned(q, c, &a, n, exact, err)
                                         : count_all(q, c, &a, n, exact, err);
    arena_deinit(&a);
    return rc;
}
