/*
 * A month beside the month before: how many are paid by place and programme, who is new, gone, paid
 * more or less, and why; who qualifies and is not enrolled; the payments themselves. Each is read off an
 * index, for the divisions between two codes.
 *
 * A run compares with the run that is visible for the month before when it begins (its "last month").
 */
#ifndef HUIMIN_PAY_COMPARE_H
#define HUIMIN_PAY_COMPARE_H

#include "guard/guard.h"

/* ---- figures -------------------------------------------------------------------------------- */

struct compare_sums {
    int64_t households, persons, fen, payments;
};
struct compare_row {
    int64_t division; /* of the part; what lives nowhere in it stands at the whole's own code */
    str programme;
    struct compare_sums now, was;
    int64_t not_enrolled;
    /* Households: new, gone, paid more, less, the same for other persons; moved in and away while
     * paid; paid the same. */
    int64_t began, ended, more, less, other, came, went, same;
};
struct compare_spec {
    const struct city *city;
    const struct scope *scope; /* which lines it sees; its divisions */
    month month;
    int64_t division; /* within the scope's; 0: its own */
};
struct compare {
    bool any;  /* the month before was run in at least one county that counts */
    bool each; /* ... and in each of them */
    struct compare_row *rows;
    size_t n;
};
/*
 * By the parts of the division (of a city counties, of a county townships, of a township villages) and
 * programme, in their order; those of nothing left out. RC_NOT_FOUND: the month was not run there.
 */
MUST_CHECK enum rc compare_read(const struct compare_spec *spec, struct conn *c, struct arena *a,
                                struct compare *out, struct err *err);

/* ---- lists ---------------------------------------------------------------------------------- */

/* A page of a month's list, in the order of divisions. */
struct month_query {
    const struct city *city;
    const struct scope *scope;
    month month;
    int64_t division; /* 0: all that the scope sees */
    str programme;    /* empty: all */
    str kind;         /* of a change; empty: all */
    bool behind;      /* go on behind this key: */
    int64_t after_division, after_household, after_id;
    str after_programme, after_kind;
    int limit; /* rows at most */
};
struct month_line {
    int64_t county_code, division, household_id, head_id;
    str head;          /* name */
    int64_t person_id; /* candidate: who; payment: whose account; 0: the household */
    str person;        /* name */
    str programme;
    str kind;                 /* of a change */
    int64_t old_fen, new_fen; /* candidate: new_fen may be open (amount_open) */
    bool amount_open;
};
enum month_list_kind { MONTH_CHANGES, MONTH_CANDIDATES, MONTH_PAYMENTS };
/* *more: there are others behind them. `sums` is of the whole list: its number and fen (candidates: 0). */
MUST_CHECK enum rc month_list(const struct month_query *q, enum month_list_kind what,
                              struct conn *c, struct arena *a, struct month_line **out, size_t *n,
                              bool *more, struct err *err);
MUST_CHECK enum rc month_list_sums(const struct month_query *q, enum month_list_kind what,
                                   struct conn *c, int64_t *n, int64_t *fen, struct err *err);
/* A household's payments of the month; nothing when it has none. */
MUST_CHECK enum rc month_payments_of(const struct month_query *q, int64_t county, int64_t household,
                                     struct conn *c, struct arena *a, struct month_line **out,
                                     size_t *n, struct err *err);

/* Why a household is paid otherwise, each in words; what was decided first, then what happened. */
struct change_why {
    const char *kind; /* case, proposal, run, import; joined, left, died, moved, enrolled ... */
    str text[2];      /* Chinese, English */
    str case_number;  /* of a case; empty */
};
MUST_CHECK enum rc change_whys(const struct city *city, struct conn *c, month m,
                               const struct month_line *line, struct arena *a,
                               struct change_why **out, size_t *n, struct err *err);

#endif
