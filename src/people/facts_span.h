/*
 * Facts of many months at once: every version of some households, with all who ever lived in them, is
 * read once; then the households stand as a slice (facts_read.h) on any day of the span, as known at one
 * position, without the store being asked again. And what was known otherwise at an earlier position can
 * be told, household by household.
 */
#ifndef HUIMIN_PEOPLE_FACTS_SPAN_H
#define HUIMIN_PEOPLE_FACTS_SPAN_H

#include "people/facts_read.h"

struct span_spec {
    const struct city *city;
    int64_t county_code;
    day first, last;  /* days that will be asked for */
    int64_t position; /* as known then */
    int64_t since;    /* the earliest position that it will be compared with */
};

struct facts_span;
MUST_CHECK enum rc facts_span_open(const struct span_spec *spec, struct facts_span **out,
                                   struct err *err);
void facts_span_close(struct facts_span *s);

/* Read these households, ids in ascending order, at most FACTS_SLICE; what was read before is gone. On the
 * connection, in its snapshot. */
MUST_CHECK enum rc facts_span_read(struct facts_span *s, struct conn *c, const int64_t *households,
                                   size_t n, struct err *err);
/* As on a day. Arrays belong to the span and hold until the next call. `numbers` (may be NULL): of each
 * household of the slice its place among those read. Those that aren't there on the day are left out.
 * RC_LIMIT: too many members. */
MUST_CHECK enum rc facts_span_on(struct facts_span *s, day on, struct facts_slice *slice,
                                 const uint32_t **numbers, struct err *err);

/* The last division that household number i of those read is known to have lived in; 0: never there. */
int64_t facts_span_division(const struct facts_span *s, size_t i);

/* What of household number i on a day was known otherwise at an earlier position. */
enum span_differs { SPAN_SAME, SPAN_FACTS, SPAN_DEATH /* somebody was not known to be dead */ };
enum span_differs facts_span_differs(struct facts_span *s, size_t i, day on, int64_t then);
/* Is the person, of one of the households read, known to have died before the day? */
bool facts_span_dead(const struct facts_span *s, int64_t person, day on);

#endif
