/*
 * A case load taken over: what load_read() found right goes into the store, and the amounts that it brings
 * along for the month before stand there as awards of that month, so that the next run knows what was paid
 * last.
 */
#ifndef HUIMIN_PAY_PAST_H
#define HUIMIN_PAY_PAST_H

#include "people/load_file.h"

/* decided: they are the amounts decided from that month on as well, so that later runs pay them.
 * RC_CONFLICT: the household has an amount of that month already. */
MUST_CHECK enum rc past_awards_put(struct change *c, struct city *city, month m, bool decided,
                                   const struct load_award *list, size_t n, struct err *err);

struct past_spec {
    struct city *city; /* its `who` is recorded */
    month month;       /* of the amounts; 0: there are none */
    str why;
    /* Called in the change of the last county, with the rows: what must stand exactly when they do. NULL:
     * nothing. May run again, as the change may. */
    enum rc (*last)(struct change *c, void *ctx, struct err *err);
    void *ctx;
};
/* County after county, each in one change. A failure says how many counties were stored before. */
MUST_CHECK enum rc past_store(const struct past_spec *spec, struct load *l, struct err *err);

#endif
