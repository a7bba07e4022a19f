/*
 * The regular review: whoever is enrolled is looked at again some months after it was decided last, or
 * after the enrolment began. Nobody applies for that, so the program puts it on the township's desk.
 */
#ifndef HUIMIN_WORK_REVIEW_H
#define HUIMIN_WORK_REVIEW_H

#include "guard/guard.h"

struct review_spec {
    int64_t county;
    day today;
    int64_t most; /* tasks put on desks by one call, those due first; the rest waits for the next */
};
struct review_count {
    int64_t enrolled, put, there, ended, left; /* left: due, but beyond `most` */
    int64_t unknown; /* of whom facts are missing that tell how often: taken as due after a year */
};
/*
 * For each service that reviews a programme: a task for every enrolled household or person whose review
 * falls due by the end of today's month; those who are not enrolled any more lose theirs. Doing it again
 * changes nothing. The households are read in slices, holding no transaction; tasks are written a few
 * hundred a change. *out is added to.
 */
MUST_CHECK enum rc review_tasks(struct city *city, const struct review_spec *spec,
                                struct review_count *out, struct err *err);

struct service;
/* The case is open: its task is done. Inside a change. */
MUST_CHECK enum rc review_begun(struct change *c, const struct service *s, int64_t household,
                                int64_t person, day on, struct err *err);

#endif
