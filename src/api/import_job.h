/*
 * Workbooks that were sent in, checked and stored beside the requests, one after the other, in a thread of
 * its own. What is not finished when the server stops is begun again when it starts: a workbook goes in whole
 * or not at all.
 */
#ifndef HUIMIN_API_IMPORT_JOB_H
#define HUIMIN_API_IMPORT_JOB_H

#include "api/api.h"

enum {
    IMPORTS_WAITING = 3,   /* of one account at a time */
    IMPORT_KEPT_DAYS = 30, /* marked copies and what they say */
    IMPORT_TOLD = 200,     /* mistakes that the page lists; the marked copy has more */
};

/* Where a workbook and its marked copy lie. In the arena. */
str import_path(const struct api *api, int64_t id, bool marked, struct arena *a);
/* The folder is there after this. */
MUST_CHECK enum rc imports_folder(const struct api *api, struct err *err);
/* There is a new one. */
void imports_wake(void);
/* Rows read of the one that is being checked; -1: it is another, or none. */
int64_t import_progress(int64_t id);
/* Of the api_job. */
MUST_CHECK enum rc imports_start(struct api *api, struct err *err);
void imports_park(struct api *api);

#endif
