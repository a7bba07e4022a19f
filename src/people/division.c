/* Divisions as in force on a day, and what became of those that are no more. */
#include <stdio.h>
#include <string.h>

#include "people/people.h"
#include "people/people_sql.h"

enum { SUCCESSIONS_MOST = 64 }; /* a circle of codes would never end */

MUST_CHECK static enum rc find(struct conn *c, int64_t division, str on_day, struct arena *a,
                               struct division_info *out, bool *found, struct err *err)
{
    const struct value v[] = {V_INT(division), V_TEXT(on_day)};
    struct query *q = NULL;
    TRY(query(c, &stmt_division_on, v, 2, &q, err));
    *found = query_next(q);
    if (*found)
        *out = (struct division_info){
            .division = query_int(q, 0),
            .parent = query_int(q, 1),
            .county_code = query_int(q, 2),
            .name = str_dup(a, query_text(q, 3)),
            .kind = str_dup(a, query_text(q, 4)),
            .valid_from = str_dup(a, query_text(q, 5)),
            .valid_to = str_dup(a, query_text(q, 6)),
        };
    return query_end(q, err);
}

enum rc division_find(struct conn *c, int64_t division, str on_day, struct arena *a,
                      struct division_info *out, struct err *err)
{
    bool found = false;
    TRY(find(c, division, on_day, a, out, &found, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "the place has no division %lld on %.*s",
                           (long long)division, STR_ARG(on_day));
}

/* Those of the last day on which something became of it; how many. */
MUST_CHECK static enum rc successors(struct conn *c, int64_t division, str on_day, int64_t *first,
                                     size_t *n, struct sbuf *names, struct err *err)
{
    const struct value v[] = {V_INT(division), V_TEXT(on_day)};
    char day_of[16] = {0};
    struct query *q = NULL;
    *n = 0;
    TRY(query(c, &stmt_division_successors, v, 2, &q, err));
    while (query_next(q)) {
        str on = query_text(q, 1);
        if (*n == 0) {
            *first = query_int(q, 0);
            snprintf(day_of, sizeof day_of, "%.*s", STR_ARG(on));
        } else if (!str_eq(on, str_from(day_of))) {
            break;
        }
        sbuf_fmt(names, "%s%lld", *n > 0 ? ", " : "", (long long)query_int(q, 0));
        ++*n;
    }
    return query_end(q, err);
}

enum rc division_now(struct conn *c, int64_t division, str on_day, struct arena *a,
                     struct division_info *out, struct err *err)
{
    int64_t at = division;
    for (int i = 0; i < SUCCESSIONS_MOST; i++) {
        bool found = false;
        size_t n = 0;
        int64_t next = 0;
        struct sbuf names;
        TRY(find(c, at, on_day, a, out, &found, err));
        if (found)
            return RC_OK;
        sbuf_init(&names, 400);
        enum rc rc = successors(c, at, on_day, &next, &n, &names, err);
        if (rc == RC_OK && n > 1)
            rc = err_set(err, RC_CONFLICT,
                         "division %lld was split into %.*s: which one must be recorded",
                         (long long)at, STR_ARG(sbuf_str(&names)));
        sbuf_deinit(&names);
        TRY(rc);
        if (n == 0)
            break;
        at = next;
    }
    return err_set(err, RC_NOT_FOUND, "the place has no division %lld on %.*s", (long long)division,
                   STR_ARG(on_day));
}

enum rc household_division(struct conn *c, int64_t county, int64_t household, str on_day,
                           struct arena *a, struct division_info *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_TEXT(on_day)};
    int64_t division = 0;
    enum rc rc = query_one(c, &stmt_household_division_on, v, 3, &division, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "county %lld has no household %lld on %.*s", (long long)county,
                       (long long)household, STR_ARG(on_day));
    TRY(rc);
    return division_now(c, division, on_day, a, out, err);
}

enum rc division_counties(struct conn *c, str on_day, struct arena *a, int64_t **out, size_t *n,
                          struct err *err)
{
    const struct value v = V_TEXT(on_day);
    VEC(int64_t) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_division_county_codes, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = query_int(q, 0);
    TRY(query_end(q, err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}
