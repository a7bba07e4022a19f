/*
 * Money that goes no further where it was, since the family or one of its members lives elsewhere now: the
 * office there is told.
 */
#ifndef HUIMIN_WORK_OVER_H
#define HUIMIN_WORK_OVER_H

#include "people/edit.h"
#include "work/desk.h"

struct over_ctx {
    const struct rules *rules;
    day today;
    struct arena *a; /* for the task's words */
};
/*
 * For household_edit.over, with a struct over_ctx as ctx: a task for the township where they live now, due
 * by the end of the month, so that the next one's money isn't missed: to take the application. It is done
 * when a case of the service is open.
 */
MUST_CHECK enum rc over_task(struct change *c, void *ctx, const struct edit_over *o,
                             struct err *err);

#endif
