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

#include "eval/explain.h"
#include "people/facts_read.h"

/* Part of every determination's hash: a change of what the engine computes changes it. */
#define ENGINE_VERSION "huimin-eval-1"

struct run_spec {
    struct city *city;
    month month;
    int64_t division; /* a county's or lower; 0: the whole city */
    int64_t at_ms;    /* 0: the clock; synthetic stores give their own */
    void (*progress)(void *ctx, int64_t households);
    void *progress_ctx;
};

/* The table's row: one county (0: the city) and programme. */
struct run_row {
    int64_t county_code;
    str county;                       /* its name in Chinese */
    str programme, programme_en;      /* labels */
    str policy;                       /* the programme's name */
    int64_t households, persons, fen; /* awarded */
    int64_t not_enrolled, no_more, undecided;
};

struct run_result {
    struct run_row
        *rows; /* counties by code, programmes in the order of the rules, then the city */
    size_t n;
    int64_t payments, payment_fen;
    bool unchanged; /* nothing had changed since the run that is visible */
};

/* RC_CONFLICT: another run is alive. RC_RULE: a rule's error, naming household and month. */
MUST_CHECK enum rc run_month(const struct run_spec *spec, struct arena *a, struct run_result *out,
                             struct err *err);

/* What stands in the store for a month, without running. RC_NOT_FOUND: not run. */
MUST_CHECK enum rc run_read(const struct city *city, month m, struct arena *a,
                            struct run_result *out, struct err *err);

/* As a table, in Chinese or English: the same text whenever the state is the same. */
void run_table(const struct run_result *r, month m, enum explain_lang lang, struct sbuf *out);

/*
 * The trace of a household's stored determinations of a month, recomputed from the store as known
 * at the run's position, with each stored hash checked; with known_at_ms the trace is that of what
 * was known at that later time (0: none), and says what would be determined otherwise. A household
 * of which nobody is enrolled has no stored determination: its trace is recomputed all the same.
 * county 0: the one that has the household. RC_NOT_FOUND: no such household, or the month was not
 * run. RC_CONFLICT: several counties have a household of that number. RC_RULE: a hash differs.
 */
struct explain_spec {
    const struct city *city;
    int64_t county, household;
    month month;
    int64_t known_at_ms;
    enum explain_lang lang;
};
MUST_CHECK enum rc explain_stored(const struct explain_spec *spec, struct sbuf *out,
                                  struct err *err);

#endif
