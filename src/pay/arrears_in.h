/*
 * Inside of finding back-pay and recovery: what arrears.c (counties, threads), arrears_job.c (the job in
 * the store), arrears_take.c (what was paid), arrears_due.c (what should have been) and arrears_compare.c
 * (the difference) share.
 */
#ifndef HUIMIN_PAY_ARREARS_IN_H
#define HUIMIN_PAY_ARREARS_IN_H

#include "eval/eval.h"
#include "pay/arrears.h"
#include "pay/run.h"
#include "people/facts_span.h"

enum { ARREARS_SLICE = 2048 /* households */ };

/* A month of the span. */
struct hunt_month {
    month month;
    char text[8];
    bool paid;              /* its list is frozen, or it was taken over */
    int64_t run;            /* the visible run; 0: not run */
    int64_t position;       /* that it was read at */
    bool other_rules;       /* it was run by other rules than those in force */
    struct policy **wanted; /* whose programmes are awarded in it, by the rules in force */
    size_t n_wanted;        /* 0: none is switched on */
};

/* The finding of one county. */
struct hunt {
    const struct arrears_spec *spec;
    struct city *city;
    struct arena *a; /* for as long as the county is worked on */
    int64_t county, division, job_id, position;
    int64_t since;             /* the oldest position of a run of the span */
    struct hunt_month *months; /* from the first paid one to the last */
    size_t n_months;
    int64_t before_run; /* the visible run of the month before the first; 0: none */
    str runs;           /* of every paid month the run that stands */
    char from[8], upto[8], why[32];
    int64_t next; /* the first household not yet done */
    struct arrears_found found;
};

/* ---- beside the facts ------------------------------------------------------------------------- */

struct hunt_enrolment {
    uint32_t number; /* of the household in the slice */
    int64_t person;  /* 0: the household */
    const struct policy *policy;
    day from, to;
    int64_t position, past;
};
struct hunt_amount {
    uint32_t number;
    int64_t person;
    const struct policy *policy; /* NULL: one that the rules don't have any more */
    int64_t fen;
};
/* Of a month: decided before (a difference), or left or rejected (paid beside due). */
struct hunt_before {
    uint32_t number;
    month month;
    int64_t person;
    const struct policy *policy;
    bool settled;
    int64_t paid, due;
};
struct hunt_carried {
    uint32_t number;
    int64_t person;
    const struct policy *policy;
    const struct field *field;
    int64_t value;
};
struct hunt_rejected {
    uint32_t number;
    month month;
    int64_t person;
    const struct policy *policy;
    str amounts; /* as in proposal.h */
};

typedef VEC(struct hunt_amount) hunt_amounts;

/* A slice being worked on; rows are in the order of households. */
struct hunt_slice {
    struct arena a;
    int64_t ids[ARREARS_SLICE];
    size_t n;
    int64_t upto; /* ids that it covers; INT64_MAX: nobody is behind it */
    VEC(struct hunt_enrolment) enrolments;
    hunt_amounts *paid;         /* by month of the hunt */
    hunt_amounts last, decided; /* of the month before the first */
    VEC(struct hunt_carried) carried;
    VEC(struct hunt_before) before;
    VEC(struct hunt_rejected) rejected;
};
/* The ids of the next slice, on the connection. n 0: nobody is left. */
MUST_CHECK enum rc hunt_ids(const struct hunt *h, struct conn *c, int64_t from,
                            struct hunt_slice *s, struct err *err);
MUST_CHECK enum rc hunt_take(const struct hunt *h, struct conn *c, struct hunt_slice *s,
                             struct err *err);
bool hunt_enrolled(const struct hunt_enrolment *e, day on, int64_t position);

/* ---- what should have been ------------------------------------------------------------------- */

/* Programs and working memory of one thread. */
struct reckoner;
MUST_CHECK enum rc reckoner_open(const struct hunt *h, struct reckoner **out, struct err *err);
void reckoner_close(struct reckoner *r);

/* A unit of which nobody can tell. person 0: the whole household. */
struct hunt_open {
    uint32_t number;
    int64_t person;
    const struct policy *policy;
};
/* A month of the slice, in the order of households. It holds until the next month. */
struct reckoned {
    hunt_amounts due;
    VEC(struct hunt_open) open;
};
/* Read the versions of the slice's households; then month after month (k: in months), from the first on. */
MUST_CHECK enum rc reckon_read(struct reckoner *r, struct conn *c, struct hunt_slice *s,
                               struct err *err);
MUST_CHECK enum rc reckon_month(struct reckoner *r, size_t k, const struct reckoned **out,
                                struct err *err);
struct facts_span *reckoner_span(struct reckoner *r);

/* ---- the difference -------------------------------------------------------------------------- */

struct hunt_line {
    int64_t household, person, division;
    const struct policy *policy;
    month month;
    int64_t paid, due;
    const char *cause, *reason, *state;
};
struct hunt_count {
    int64_t division;
    const struct policy *policy;
    int64_t households, lines, backpay, recovery, left;
};
/* What a slice gave. */
struct hunt_result {
    struct arena a;
    int64_t upto;
    VEC(struct hunt_line) lines;
    VEC(struct hunt_count) counts;
    int64_t households, months, undecided;
};
MUST_CHECK enum rc hunt_compare(const struct hunt *h, struct reckoner *r, struct hunt_slice *s,
                                struct hunt_result *out, struct err *err);

/* ---- the job in the store --------------------------------------------------------------------- */

/* Which months are paid. RC_NOT_FOUND: none. */
MUST_CHECK enum rc hunt_months(struct hunt *h, struct err *err);
/* Go on with one that was stopped, or begin one. *done: what stands was found from the same. */
MUST_CHECK enum rc hunt_begin(struct hunt *h, bool *done, struct err *err);
MUST_CHECK enum rc hunt_write(struct hunt *h, const struct hunt_result *r, struct err *err);
MUST_CHECK enum rc hunt_finish(struct hunt *h, struct err *err);
MUST_CHECK enum rc hunt_drop(const struct hunt *h, struct err *err);

#endif
