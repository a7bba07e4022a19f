/* The one finding of arrears that this server is doing; inside api/ only. */
#ifndef HUIMIN_API_ARREARS_JOB_H
#define HUIMIN_API_ARREARS_JOB_H

#include "api/api.h"
#include "pay/arrears.h"

struct arrears_order {
    int64_t division, household; /* 0: the whole city; all */
    str programme, why, who;
    month from, upto;
};
struct arrears_progress {
    bool busy;
    struct arrears_order
        order;     /* of the one that is going on, else of the last; texts in the arena */
    int64_t done;  /* household-months */
    int64_t lines; /* found by the last one */
    str error;     /* why the last one failed; empty */
};
/* What is being found now, or how the last one ended. upto 0: there was none. */
struct arrears_progress arrears_running(struct arena *a);
/* Begin it in a thread of its own. RC_CONFLICT: another one is being found. */
MUST_CHECK enum rc arrears_begin(struct api *api, const struct arrears_order *order,
                                 struct err *err);
/* Of the api_job: take up what was left, and park. */
MUST_CHECK enum rc arrears_start(struct api *api, struct err *err);
void arrears_park(struct api *api);

#endif
