/* What the month before left, for previews of a household: registered with people/preview.h. */
#ifndef HUIMIN_PAY_LAST_H
#define HUIMIN_PAY_LAST_H

#include "people/preview.h"

/* Sums paid for the month before `m` and facts carried over, by the run *job (0: nobody's), or (NULL) the one
 * that is visible; nothing when that month was not run. On the connection, in the arena. */
MUST_CHECK enum rc last_of_household(const struct rules *rules, struct conn *c, int64_t county,
                                     int64_t household, month m, const int64_t *job,
                                     struct arena *a, struct preview_last *out, struct err *err);

#endif
