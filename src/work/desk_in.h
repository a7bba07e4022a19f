/* What the lists of the desk and of notices share; inside work/ only. */
#ifndef HUIMIN_WORK_DESK_IN_H
#define HUIMIN_WORK_DESK_IN_H

#include "work/desk.h"

/* A township's or village's scope: its codes differ in the last three digits only. */
static inline bool scope_in_township(const struct scope *s)
{
    return s->lo / 1000 == s->hi / 1000;
}

/* The counties that a scope's lists are put together from. */
MUST_CHECK enum rc desk_counties(const struct scope *s, struct conn *c, struct arena *a,
                                 int64_t **out, size_t *n, struct err *err);

/* The lines that it may see; one empty: all of them. `wanted` empty: all that it may. */
size_t desk_lines(const struct scope *s, str wanted, struct arena *a, str **out);

#endif
