/* See stops.h. */
#include "people/stops.h"

#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"

/* One person's time in the household: as believed now, or once. */
struct stay {
    int64_t person;
    str from, to;
    int64_t last; /* the change that ended it; INT64_MAX: the person belongs to it still */
};

struct stopping {
    const struct city *city;
    struct conn *c;
    struct arena *a;
    int64_t county, household;
    VEC(int64_t) positions;
    VEC(struct stay) stays;
};

static void stop_at(struct stopping *g, int64_t position)
{
    if (position > 0)
        *VEC_PUSH(g->a, &g->positions) = position;
}

MUST_CHECK static enum rc read_own(struct stopping *g, struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_INT(g->household)};
    struct query *q = NULL;

    TRY(query(g->c, &stmt_stop_positions, v, 2, &q, err));
    while (query_next(q))
        stop_at(g, query_int(q, 0));
    return query_end(q, err);
}

MUST_CHECK static enum rc read_stays(struct stopping *g, struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_INT(g->household)};
    struct query *q = NULL;

    TRY(query(g->c, &stmt_stop_members, v, 2, &q, err));
    while (query_next(q)) {
        bool open = str_eq(query_text(q, 2), S(DAY_OPEN)) && query_int(q, 4) == 0;
        *VEC_PUSH(g->a, &g->stays) = (struct stay){
            .person = query_int(q, 0),
            .from = str_dup(g->a, query_text(q, 1)),
            .to = str_dup(g->a, query_text(q, 2)),
            .last = open                   ? INT64_MAX
                    : query_int(q, 4) != 0 ? query_int(q, 4)
                                           : query_int(q, 3),
        };
    }
    return query_end(q, err);
}

/* What is said of a person who has left belongs to another household: up to then it was this one's. */
MUST_CHECK static enum rc read_person(struct stopping *g, int64_t person, int64_t last,
                                      struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_INT(person)};
    struct query *q = NULL;

    TRY(query(g->c, &stmt_stop_person, v, 2, &q, err));
    while (query_next(q))
        if (query_int(q, 0) <= last)
            stop_at(g, query_int(q, 0));
    return query_end(q, err);
}

/* Rows of one subject that hold on some day from `from` to before `to`. */
MUST_CHECK static enum rc read_facts(struct stopping *g, const struct fact_table *t, int64_t id,
                                     str from, str to, struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_INT(id),  V_INT(id),
                              V_TEXT(from),     V_TEXT(to), V_INT(0)};
    const struct statement *const both[] = {&t->span, &t->span_past};

    for (size_t i = 0; i < 2; i++) {
        struct query *q = NULL;
        TRY(query(g->c, both[i], v, both[i]->n_params, &q, err));
        while (query_next(q)) {
            if (str_cmp(query_text(q, 1), to) >= 0)
                continue;
            stop_at(g, query_int(q, 3));
            stop_at(g, query_int(q, 4));
        }
        TRY(query_end(q, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_members(struct stopping *g, struct err *err)
{
    const struct registers *r = g->city->registers;

    for (size_t i = 0; i < g->stays.n; i++) {
        const struct stay *s = &g->stays.at[i];
        int64_t last = s->last;
        for (size_t k = 0; k < g->stays.n; k++)
            if (g->stays.at[k].person == s->person && g->stays.at[k].last > last)
                last = g->stays.at[k].last;
        if (i == 0 || g->stays.at[i - 1].person != s->person)
            TRY(read_person(g, s->person, last, err));
        for (size_t k = 0; k < r->n; k++)
            if (r->tables[k].of_person)
                TRY(read_facts(g, &r->tables[k], s->person, s->from, s->to, err));
    }
    for (size_t k = 0; k < r->n; k++)
        if (str_eq(r->tables[k].key, S("household_id")))
            TRY(read_facts(g, &r->tables[k], g->household, S(""), S(DAY_OPEN), err));
    return RC_OK;
}

static int newest_first(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*y > *x) - (*y < *x);
}

/* Those of one time are one stop: nobody could ask for what was known between them. */
MUST_CHECK static enum rc tell(struct stopping *g, size_t most, struct household_stops *out,
                               struct err *err)
{
    int64_t last = 0;

    *out = (struct household_stops){.at = NEW_N(g->a, struct household_stop, most + 1)};
    qsort(g->positions.at, g->positions.n, sizeof *g->positions.at, newest_first);
    for (size_t i = 0; i < g->positions.n && !out->more; i++) {
        const struct value v[] = {V_INT(g->county), V_INT(g->positions.at[i])};
        struct household_stop *s = &out->at[out->n];
        struct query *q = NULL;
        if (g->positions.at[i] == last)
            continue;
        last = g->positions.at[i];
        TRY(query(g->c, &stmt_view_change, v, 2, &q, err));
        if (query_next(q) && (out->n == 0 || out->at[out->n - 1].at_ms != query_int(q, 0))) {
            *s = (struct household_stop){.position = last,
                                         .at_ms = query_int(q, 0),
                                         .who = str_dup(g->a, query_text(q, 1)),
                                         .why = str_dup(g->a, query_text(q, 2))};
            out->more = out->n == most;
            out->n += !out->more;
        }
        TRY(query_end(q, err));
    }
    return RC_OK;
}

enum rc household_changes(const struct city *city, struct conn *c, int64_t county,
                          int64_t household, const int64_t *also, size_t n_also, size_t most,
                          struct arena *a, struct household_stops *out, struct err *err)
{
    struct stopping g = {.city = city, .c = c, .a = a, .county = county, .household = household};

    TRY(read_own(&g, err));
    if (g.positions.n == 0)
        return err_set(err, RC_NOT_FOUND, "there is no household %lld-%lld", (long long)county,
                       (long long)household);
    for (size_t i = 0; i < n_also; i++)
        stop_at(&g, also[i]);
    TRY(read_stays(&g, err));
    TRY(read_members(&g, err));
    return tell(&g, most, out, err);
}
