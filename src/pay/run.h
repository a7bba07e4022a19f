/*
 * The month. A run determines every household of the city (or of one division), makes awards for
 * what is enrolled, counts "qualifies, not enrolled" and "enrolled, qualifies no more" by division,
 * and makes the month's list of payments: one line a payee, programme and month.
 *
 * A run is a job per county: it reads at one change position, slice by slice, holding no
 * transaction; writes each slice in a short change under its job number, which nobody reads; and
 * becomes visible by the one row of month_run. Killed at any moment and started again it goes on
 * after the last slice that was written. Run again when nothing has changed it changes nothing.
 * Two runs of one county and month at once: the second is refused while the first is alive.
 */
#ifndef HUIMIN_PAY_RUN_H
#define HUIMIN_PAY_RUN_H

#include "base/json.h"
#include "eval/explain.h"
#include "people/facts_read.h"
#include "people/instant.h"

/* Part of every determination's hash: a change of what the engine computes changes it. */
#define ENGINE_VERSION "huimin-eval-1"

/*
 * What counts as decided without a person's decision. A run pays the amount last decided; what it finds
 * otherwise is a proposal (proposal.h), decided one by one or as a batch.
 */
enum decide {
    DECIDE_NONE, /* nothing: of whom nothing is decided gets nothing, and is proposed */
    DECIDE_FIRST, /* what is found for units that have no amount decided yet: a case load taken over */
    DECIDE_ALL,  /* everything that is found */
    DECIDE_PAST, /* a month before this store began: awarded as found, decided for no later month */
    DECIDE__COUNT
};
const char *decide_word(enum decide d); /* none, first, all, past */
enum decide decide_find(str word);      /* DECIDE__COUNT: it is none of them */

struct run_spec {
    struct city *city;
    month month;
    int64_t division; /* a county's or lower; 0: the whole city */
    int64_t at_ms;    /* 0: the clock; synthetic stores give their own */
    void (*progress)(void *ctx, int64_t households);
    void *progress_ctx;
    enum decide decide;
    day today; /* when its proposals come up on the desk; 0: the day of at_ms */
    /* Asked between two slices; true: stop here (RC_INTERRUPTED), to be gone on with. May be NULL. */
    bool (*stop)(void *ctx);
};

/* The policies whose programmes are awarded, in the order of the rules. */
MUST_CHECK enum rc wanted_policies(const struct rules *rules, const struct place *place, month m,
                                   struct arena *a, struct policy ***out, size_t *n,
                                   struct err *err);

/* The table's row: one county (0: the city) and programme. */
struct run_row {
    int64_t county_code;
    str county;                       /* its name in Chinese */
    str programme, programme_en;      /* labels */
    str policy;                       /* the programme's name */
    int64_t households, persons, fen; /* awarded */
    int64_t not_enrolled, no_more, undecided;
    int64_t proposals; /* open ones that this run found */
};

struct run_result {
    struct run_row
        *rows; /* counties by code, programmes in the order of the rules, then the city */
    size_t n;
    int64_t payments, payment_fen;
    bool unchanged; /* nothing had changed since the run that is visible */
};

/* RC_CONFLICT: another run is alive, or the list is frozen (of several counties in all of them; else
 * the frozen ones stay as they are). RC_RULE: a rule's error, naming household and month. */
MUST_CHECK enum rc run_month(const struct run_spec *spec, struct arena *a, struct run_result *out,
                             struct err *err);

/*
 * The same on trial: nothing is written, and a month may be frozen or run. Facts and enrolments are as of
 * at->as_of (0: the first of the month) and as known at at->known_at_ms (0: now), by the rules in force then,
 * beside what stood of the month before at that time. A county of which nothing was known then has no numbers.
 * `proposals` counts every difference from what is decided. RC_BAD_INPUT: the time is to come, or before the
 * first change. RC_RULE: a rule's error.
 */
MUST_CHECK enum rc run_trial(const struct run_spec *spec, const struct instant *at, struct arena *a,
                             struct run_result *out, struct err *err);

/* What stands in the store for a month, without running. RC_NOT_FOUND: not run. */
MUST_CHECK enum rc run_read(const struct city *city, month m, struct arena *a,
                            struct run_result *out, struct err *err);

/* Only divisions lo to hi, of one county (0: all). Payments of a run by an older program are counted
 * by whole counties. */
struct run_extent {
    int64_t county, lo, hi;
};
MUST_CHECK enum rc run_read_within(const struct city *city, month m,
                                   const struct run_extent *extent, struct arena *a,
                                   struct run_result *out, struct err *err);

/* The run whose results stood for a month at a time; 0: there was none. known_at_ms 0: now. */
MUST_CHECK enum rc run_job_then(struct conn *c, int64_t county, month m, int64_t known_at_ms,
                                int64_t *job, struct err *err);

/* As a table, in Chinese or English: the same text whenever the state is the same. */
void run_table(const struct run_result *r, month m, enum explain_lang lang, struct sbuf *out);

/*
 * The trace of a household's stored determinations of a month, recomputed from the store as known
 * at the run's position, with each stored hash checked. With known_at_ms (0: none) the trace is that of what
 * was known at that time, earlier or later, by the rules in force then; with as_of (0: the first of the month) of
 * facts and enrolments as on that day, as known to the run where no time is given; and it says what would be
 * determined otherwise. A household
 * of which nobody is enrolled has no stored determination: its trace is recomputed all the same.
 * county 0: the one that has the household. RC_NOT_FOUND: no such household, or the month was not
 * run. RC_CONFLICT: several counties have a household of that number. RC_RULE: a hash differs.
 * RC_BAD_INPUT: the time is to come, or before the county's first change.
 */
struct explain_spec {
    const struct city *city;
    int64_t county, household;
    month month;
    int64_t known_at_ms;
    day as_of;
    enum explain_lang lang;
};
MUST_CHECK enum rc explain_stored(const struct explain_spec *spec, struct sbuf *out,
                                  struct err *err);
/*
 * The same as one JSON object, in both languages (lang is not asked): household, month, source {run,
 * position, rules, engine, verified}, determinations and awards as stored, later (null, or what would
 * be otherwise), members in the order of the trace, trace (trace_json). Written only when RC_OK.
 */
MUST_CHECK enum rc explain_stored_json(const struct explain_spec *spec, struct json *j,
                                       struct err *err);

#endif
