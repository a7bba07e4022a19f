/* See amounts.h. */
#include "pay/amounts.h"

#include <stdlib.h>

#include "pay/pay_sql.h"

typedef VEC(struct month_award) award_list;

/* Stored months and days are well-formed; what is not is none. */
static month month_read(str text)
{
    month m = 0;
    return month_parse(text, &m) ? m : 0;
}

MUST_CHECK static enum rc read_awards(struct conn *c, const struct statement *s,
                                      const struct value *v, struct arena *a, award_list *list,
                                      struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, s, v, s->n_params, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, list) = (struct month_award){.month = month_read(query_text(q, 0)),
                                                  .person_id = query_int(q, 1),
                                                  .programme = str_dup(a, query_text(q, 2)),
                                                  .fen = query_int(q, 3),
                                                  .ground = str_dup(a, query_text(q, 4)),
                                                  .cause = S("")};
    return query_end(q, err);
}

MUST_CHECK static enum rc read_once(struct conn *c, const struct statement *s,
                                    const struct value *v, struct arena *a, award_list *list,
                                    struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, s, v, s->n_params, &q, err));
    while (query_next(q)) {
        struct month_award *w = VEC_PUSH(a, list);
        *w = (struct month_award){.person_id = query_int(q, 0),
                                  .programme = str_dup(a, query_text(q, 1)),
                                  .month = month_read(query_text(q, 2)),
                                  .fen = query_int(q, 3),
                                  .cause = str_dup(a, query_text(q, 4)),
                                  .ground = S("once")};
        if (!date_parse(query_text(q, 5), &w->paid))
            w->paid = 0;
    }
    return query_end(q, err);
}

static int newest_first(const void *x, const void *y)
{
    const struct month_award *a = x, *b = y;
    int c = (b->month > a->month) - (b->month < a->month);

    c = c != 0 ? c : str_cmp(a->programme, b->programme);
    c = c != 0 ? c : (a->person_id > b->person_id) - (a->person_id < b->person_id);
    return c != 0 ? c : (a->paid > b->paid) - (a->paid < b->paid);
}

static void in_order(award_list *list, int most, struct month_award **out, size_t *n)
{
    if (list->n > 1)
        qsort(list->at, list->n, sizeof *list->at, newest_first);
    *out = list->at;
    *n = list->n < (size_t)most ? list->n : (size_t)most;
}

enum rc awards_of_household(struct conn *c, int64_t county, int64_t household, int most,
                            struct arena *a, struct month_award **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(most)};
    award_list list = {0};

    TRY(read_awards(c, &stmt_awards_of, v, a, &list, err));
    TRY(read_once(c, &stmt_one_off_of, v, a, &list, err));
    in_order(&list, most, out, n);
    return RC_OK;
}

static int64_t or_now(int64_t of)
{
    return of != 0 ? of : INT64_MAX;
}

enum rc awards_of_household_then(struct conn *c, int64_t county, int64_t household,
                                 const struct amounts_then *then, int most, struct arena *a,
                                 struct month_award **out, size_t *n, struct err *err)
{
    char text[8];
    const struct value m = V_TEXT(str_from(month_text(then->month, text)));
    const struct value monthly[] = {V_INT(county), V_INT(household), V_INT(most), m,
                                    V_INT(or_now(then->known_at_ms))};
    const struct value once[] = {V_INT(county), V_INT(household), m, V_INT(or_now(then->position))};
    award_list list = {0};

    TRY(read_awards(c, &stmt_amounts_awards_then, monthly, a, &list, err));
    TRY(read_once(c, &stmt_amounts_once_then, once, a, &list, err));
    in_order(&list, most, out, n);
    return RC_OK;
}

enum rc amounts_positions(struct conn *c, int64_t county, int64_t household, struct arena *a,
                          int64_t **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    VEC(int64_t) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_amounts_positions, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = query_int(q, 0);
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc amounts_of_household(struct conn *c, int64_t county, int64_t household, month m,
                             struct arena *a, struct decided_amount **out, size_t *n,
                             struct err *err)
{
    return amounts_of_household_then(c, county, household, &(struct amounts_then){.month = m}, a,
                                     out, n, err);
}

enum rc amounts_of_household_then(struct conn *c, int64_t county, int64_t household,
                                  const struct amounts_then *then, struct arena *a,
                                  struct decided_amount **out, size_t *n, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_INT(household),
                              V_TEXT(str_from(month_text(then->month, text))),
                              V_INT(or_now(then->position))};
    VEC(struct decided_amount) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_amounts_then, v, 4, &q, err));
    while (query_next(q)) {
        struct decided_amount *last = list.n > 0 ? &list.at[list.n - 1] : NULL;
        bool again = last != NULL && last->person_id == query_int(q, 0) &&
                     str_eq(last->programme, query_text(q, 1));
        if (!again)
            last = VEC_PUSH(a, &list);
        *last = (struct decided_amount){.person_id = query_int(q, 0),
                                        .programme = str_dup(a, query_text(q, 1)),
                                        .fen = query_int(q, 2),
                                        .from = month_read(query_text(q, 3)),
                                        .cause = str_dup(a, query_text(q, 5)),
                                        .who = str_dup(a, query_text(q, 6))};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

int64_t amounts_sum(const struct decided_amount *list, size_t n, str programme, int64_t person)
{
    int64_t fen = 0;

    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].programme, programme) && (person == 0 || list[i].person_id == person))
            fen += list[i].fen;
    return fen;
}
