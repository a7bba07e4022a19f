/* Inside of jobs: what job.c and write.c share. */
#ifndef HUIMIN_PAY_JOB_IN_H
#define HUIMIN_PAY_JOB_IN_H

#include "pay/job.h"

struct change_spec job_change(const struct job *j);
/* The change is this job's own, and none that changes what a run reads. In each of its changes. */
MUST_CHECK enum rc job_mark(struct change *c, int64_t job_id, struct err *err);
/* What the run decided is decided now, and what it found otherwise proposed (settle.c). */
MUST_CHECK enum rc job_settle(struct change *c, const struct job *j, struct err *err);
/* Where those lived who are paid no more, who moved, and the counts of all that (compare.c). */
MUST_CHECK enum rc compare_settle(struct change *c, const struct job *j, struct err *err);
/* Take out every row of a job that nobody sees. */
MUST_CHECK enum rc job_remove(struct change *c, const struct job *j, int64_t job_id,
                              struct err *err);

#endif
