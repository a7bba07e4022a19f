/* The one run that this server is doing; inside api/ only. */
#ifndef HUIMIN_API_MONTH_JOB_H
#define HUIMIN_API_MONTH_JOB_H

#include "api/api.h"
#include "pay/months.h"

struct month_progress {
    month month; /* 0: nothing is being run */
    int64_t division, done;
};
/* What is being run now. */
struct month_progress month_running(void);
/* Begin it in a thread of its own. RC_CONFLICT: another one is being run. */
MUST_CHECK enum rc month_begin(struct api *api, const struct run_order *order, struct err *err);
/* Of the api_job: take up what is open, and park. */
MUST_CHECK enum rc month_start(struct api *api, struct err *err);
void month_park(struct api *api);

#endif
