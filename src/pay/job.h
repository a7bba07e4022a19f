/*
 * A run as a job of one county: begun, moved on slice by slice, made visible; each a change of its
 * own, so that it may be killed between any two and goes on where it stood. Inside pay/ only.
 */
#ifndef HUIMIN_PAY_JOB_H
#define HUIMIN_PAY_JOB_H

#include "pay/determine.h"
#include "pay/run.h"

struct job {
    const struct city *city;
    int64_t county, job_id;
    month month;
    char month_text[8];
    char why[16];  /* of its changes */
    int64_t at_ms; /* of its changes; 0: the clock */
    int64_t position, division, last_job;
    int64_t next;             /* the first household not yet done */
    int64_t visible;          /* the job whose results it is going to replace; 0: none */
    int64_t visible_position; /* the oldest that any part of it was read at */
    uint8_t digest[VAULT_HASH];
    str who;
    enum decide decide;
    day today; /* of the desk: when its proposals came up */
};

struct job_spec {
    const struct city *city;
    int64_t county;
    int64_t division; /* 0: the whole county */
    month month;
    int64_t at_ms;
    int64_t number; /* of the county among those run, from 0 */
    enum decide decide;
    day today;
};

/*
 * Go on with the job that was stopped, or begin one. *unchanged: what is visible came from the same
 * rules, amounts and facts, and there is nothing to do. RC_CONFLICT: the month was taken over from
 * elsewhere with its amounts.
 */
MUST_CHECK enum rc job_begin(const struct job_spec *spec, struct arena *a, struct job *out,
                             bool *unchanged, struct err *err);
/* What a slice gave, and the job moved on behind it. */
MUST_CHECK enum rc job_slice(struct job *j, const struct found *f, struct err *err);
/* What was found behind the last slice, and the whole made visible. */
MUST_CHECK enum rc job_finish(struct job *j, const struct found *f, struct err *err);
/* Give it up: none of its rows stay. */
MUST_CHECK enum rc job_drop(const struct job *j, struct err *err);
/* ---- what runs and trials share --------------------------------------------------------------- */

/* A division below a county's own is run alone; above that, all the counties. */
struct run_counties {
    int64_t *counties;
    size_t n;
    int64_t division; /* 0: whole counties */
};
/* By spec->month and spec->division; in the arena. RC_NOT_FOUND: no such division. */
MUST_CHECK enum rc run_counties(struct conn *c, const struct run_spec *spec, struct arena *a,
                                struct run_counties *out, struct err *err);

/* Named rows without numbers: of each county, in their order, *n_wanted programmes, then the city's. */
MUST_CHECK enum rc run_rows_name(const struct city *city, struct conn *c, month m,
                                 const struct run_counties *counties, struct arena *a,
                                 struct run_result *out, size_t *n_wanted, struct err *err);
/* The counties' numbers added up as the city's, which are the last rows. */
void run_rows_sum(struct run_result *r, size_t n_wanted);

#endif
