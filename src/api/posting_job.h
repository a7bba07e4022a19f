/* Postings that end by themselves: at the start of the server and once an hour. Inside api/ only. */
#ifndef HUIMIN_API_POSTING_JOB_H
#define HUIMIN_API_POSTING_JOB_H

#include "api/api.h"

/* Cases whose postings are over when the server starts go on before it answers; RC_... of postings_end_all(). */
MUST_CHECK enum rc postings_start(struct api *api, struct err *err);
void postings_park(struct api *api);

#endif
