/*
 * A point in both times: as of which day (facts hold from a day), and known at which time (each fact is
 * believed since a change). Known-at is a position of the county's change sequence; clock time is its label.
 */
#ifndef HUIMIN_PEOPLE_INSTANT_H
#define HUIMIN_PEOPLE_INSTANT_H

#include "people/people.h"

struct instant {
    day as_of;           /* 0: today (of a month: its first day) */
    int64_t known_at_ms; /* milliseconds since 1970, the whole of it included; 0: now */
};

/*
 * "2021-03-01", "2021-03-01T17:30", to the second "2021-03-01T17:30:05" or the thousandth of it
 * "2021-03-01T17:30:05.123" in China Standard Time: milliseconds since 1970 at the end of the day, minute
 * or second. False: none of these.
 */
bool known_at_read(str text, int64_t *ms);
/* The same as such a text again, to the minute. out holds 17 bytes. */
const char *known_at_text(int64_t ms, char out[17]);

/*
 * The county's change position at that time; ms 0: its position now, however young the county. RC_BAD_INPUT: the
 * time is to come (but for the rest of today or of this minute), or before the county's first change; the text
 * says which, and since when something is known.
 */
MUST_CHECK enum rc instant_position(struct conn *c, int64_t county, int64_t known_at_ms,
                                    int64_t *position, struct err *err);
/* Only whether the time is to come: for lists over several counties. RC_BAD_INPUT. */
MUST_CHECK enum rc instant_check(int64_t known_at_ms, struct err *err);

#endif
