/* What the files of postings share; inside work/ only. */
#ifndef HUIMIN_WORK_POSTING_IN_H
#define HUIMIN_WORK_POSTING_IN_H

#include "work/case_in.h"
#include "work/posting.h"

struct query;
void posting_read(const struct query *q, int64_t county, struct arena *a, struct posting *out);
/* A new row; makes the id, and the sheet's when that is 0. */
MUST_CHECK enum rc posting_put(struct change *c, struct id_source *ids, struct posting *p,
                               struct err *err);
/* It does not hang out any more; one that is down already stays as it is. */
MUST_CHECK enum rc posting_close(struct change *c, int64_t posting_id, enum posting_state state,
                                 day on, str why, struct err *err);
/* Every value of it and its place; RC_RULE names the line. */
MUST_CHECK enum rc posting_scan(const struct posting_content *content, str place, struct err *err);
/* 2020年12月21日 */
str posting_day(day d, struct arena *a);

#endif
