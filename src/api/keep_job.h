/* Once a day: what the program keeps for itself, where its time is over, and the tasks of rights that nobody
 * claims. Inside api/ only. */
#ifndef HUIMIN_API_KEEP_JOB_H
#define HUIMIN_API_KEEP_JOB_H

#include "api/api.h"

MUST_CHECK enum rc keep_start(struct api *api, struct err *err);
void keep_park(struct api *api);

#endif
