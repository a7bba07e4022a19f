/*
 * Continuous determination in the server: a thread of its own takes the marks of changes, woken by each
 * change of this process and looking for those of others several times a second; at night it determines
 * everybody. Inside api/ only.
 */
#ifndef HUIMIN_API_CONTINUOUS_JOB_H
#define HUIMIN_API_CONTINUOUS_JOB_H

#include "api/api.h"

/* Nothing is started unless api->continuous. */
MUST_CHECK enum rc continuous_start(struct api *api, struct err *err);
void continuous_park(struct api *api);

#endif
