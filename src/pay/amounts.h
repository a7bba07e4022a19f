/*
 * What a household is paid, for its page: month by month as its runs awarded it, what is decided to be
 * paid from now on, and sums paid once.
 */
#ifndef HUIMIN_PAY_AMOUNTS_H
#define HUIMIN_PAY_AMOUNTS_H

#include "guard/guard.h"

/* A month's award, or a sum paid once. */
struct month_award {
    month month;
    str programme;     /* the policy's name */
    int64_t person_id; /* 0: to the household */
    int64_t fen;
    str ground; /* decided, determined, kept, imported; once */
    str cause;  /* of a sum paid once: "case 510402-2020-000123"; else empty */
    day paid;   /* of a sum paid once; else 0 */
};
/*
 * Of the months as they stand now and of sums paid once, together, the newest first, at most `most`.
 * In the arena. Says nothing about who may see it: ask scope_household() before.
 */
MUST_CHECK enum rc awards_of_household(struct conn *c, int64_t county, int64_t household, int most,
                                       struct arena *a, struct month_award **out, size_t *n,
                                       struct err *err);

/* Another time: what was decided by a change position; 0 and 0: now. */
struct amounts_then {
    month month;         /* months up to this one */
    int64_t position;    /* of the county's changes */
    int64_t known_at_ms; /* its time: runs that had ended by then */
};
/* The same as it was then. Of a month that was run again since nothing is told: what its earlier run had
 * awarded was never paid and is not kept as the month's. */
MUST_CHECK enum rc awards_of_household_then(struct conn *c, int64_t county, int64_t household,
                                            const struct amounts_then *then, int most,
                                            struct arena *a, struct month_award **out, size_t *n,
                                            struct err *err);

/* The amount last decided for a person or the household. */
struct decided_amount {
    str programme;
    int64_t person_id; /* 0: the household */
    int64_t fen;       /* 0: decided that nothing is paid */
    month from;
    str cause, who;
};
/* As they hold in a month, by what is decided now. */
MUST_CHECK enum rc amounts_of_household(struct conn *c, int64_t county, int64_t household, month m,
                                        struct arena *a, struct decided_amount **out, size_t *n,
                                        struct err *err);

/* In then->month, by what was decided then. */
MUST_CHECK enum rc amounts_of_household_then(struct conn *c, int64_t county, int64_t household,
                                             const struct amounts_then *then, struct arena *a,
                                             struct decided_amount **out, size_t *n,
                                             struct err *err);
/* Positions of the changes that decided something for the household, in no order. In the arena. */
MUST_CHECK enum rc amounts_positions(struct conn *c, int64_t county, int64_t household,
                                     struct arena *a, int64_t **out, size_t *n, struct err *err);

/* The sum of a programme's amounts for a unit (person 0: the household with all its members). */
int64_t amounts_sum(const struct decided_amount *list, size_t n, str programme, int64_t person);

#endif
