/*
 * The changes that touched a household: what a slider through what was known stops at. A change touches it
 * when it recorded or replaced a row of the household, of its membership or enrolments, of a person while
 * they belonged to it, or of a fact that holds on a day of that time.
 */
#ifndef HUIMIN_PEOPLE_STOPS_H
#define HUIMIN_PEOPLE_STOPS_H

#include "people/registers.h"

struct household_stop {
    int64_t position; /* of the county's changes; the last of those at that time */
    int64_t at_ms;
    str who, why;
};
struct household_stops {
    struct household_stop *at; /* the newest first; one for each time */
    size_t n;
    bool more; /* there are older ones */
};
/*
 * At most `most`. `also`: positions that touched the household in tables above this module (amounts decided).
 * Everything in the arena. Says nothing about who may see it: ask scope_household() before. RC_NOT_FOUND:
 * there never was such a household.
 */
MUST_CHECK enum rc household_changes(const struct city *city, struct conn *c, int64_t county,
                                     int64_t household, const int64_t *also, size_t n_also,
                                     size_t most, struct arena *a, struct household_stops *out,
                                     struct err *err);

#endif
