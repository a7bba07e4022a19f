/*
 * Months as they stand, and runs that were asked for at the server: an order is kept in the store, so that
 * one that was parked or killed goes on when the server starts again.
 */
#ifndef HUIMIN_PAY_MONTHS_H
#define HUIMIN_PAY_MONTHS_H

#include "pay/run.h"

enum month_status {
    MONTH_UNFINISHED, /* a run of some county began and has not ended */
    MONTH_DONE,       /* visible in every county that was ever run for it */
    MONTH_PAST        /* taken over with a case load */
};
const char *month_status_word(enum month_status s); /* unfinished, done, past */

struct month_standing {
    month month;
    enum month_status status;
    int64_t households, fen, proposals; /* determined; paid and proposed within the extent */
    int64_t started_ms, ended_ms;       /* ended 0: not yet */
    bool changed; /* something was recorded since: run again it may come out otherwise */
    size_t counties;
};
/* The newest `most` months within the extent, the newest first. */
MUST_CHECK enum rc months_read(struct conn *c, const struct run_extent *extent, day today, int most,
                               struct arena *a, struct month_standing **out, size_t *n,
                               struct err *err);

struct run_order {
    month month;
    int64_t division; /* a county's; 0: the whole city */
    enum decide decide;
    str who, state; /* open, done, failed */
    int64_t started_ms, total;
    str error;
};
/* Put or changed, as a change of the city's own code by order->who. */
MUST_CHECK enum rc run_order_put(const struct city *city, const struct run_order *order,
                                 struct err *err);
/* The latest `most`, the newest first. In the arena. */
MUST_CHECK enum rc run_orders(const struct city *city, struct conn *c, int most, struct arena *a,
                              struct run_order **out, size_t *n, struct err *err);
/* How many households a run of it will have to do, as far as one can tell beforehand. */
MUST_CHECK enum rc run_order_total(struct conn *c, const struct run_order *order, struct arena *a,
                                   int64_t *out, struct err *err);
/* A run that nobody ordered here but that began and has not ended: as an order; month 0: there is none. */
MUST_CHECK enum rc run_order_left(struct conn *c, day today, struct arena *a, struct run_order *out,
                                  struct err *err);

#endif
