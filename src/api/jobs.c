/* What goes on beside the requests. */
#include "api/month_job.h"

const struct api_job api_jobs[] = {{"month", month_start, month_park}, {0}};
