/*
 * Lists as of a day and as known at a time (list_spec.at): the rows believed then are gone through county by
 * county, and the page's are kept, so that a page costs about as much as reading the households once. Inside
 * people/ only; the same words, orders and cursors as the lists of now (tokens.h).
 */
#ifndef HUIMIN_PEOPLE_LIST_THEN_H
#define HUIMIN_PEOPLE_LIST_THEN_H

#include "people/list.h"

/* Is another point in time asked for than now? */
bool list_is_then(const struct list_spec *s);

MUST_CHECK enum rc list_households_then(const struct list_spec *s, struct conn *c, struct arena *a,
                                        struct household_item **out, size_t *n,
                                        struct list_after *next, struct err *err);
MUST_CHECK enum rc list_persons_then(const struct list_spec *s, struct conn *c, struct arena *a,
                                     struct person_item **out, size_t *n, struct list_after *next,
                                     struct err *err);
MUST_CHECK enum rc list_count_then(const struct list_spec *s, bool persons, struct conn *c,
                                   struct list_count *out, struct err *err);

/* The position of each county between lo and hi at the time; 0: nothing was known of it. RC_BAD_INPUT: the
 * time is to come, or before the first change of all of them. */
struct county_then {
    int64_t county, position;
};
MUST_CHECK enum rc counties_then(const struct list_spec *s, struct conn *c, struct arena *a,
                                 struct county_then **out, size_t *n, struct err *err);

#endif
