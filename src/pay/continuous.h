/*
 * Continuous determination: a change marks the households that it touches (people/touched.h); they are
 * determined again at once, for the month at hand and the next one, with all that is known now. What
 * comes out is stored, becomes a proposal where it differs from what is decided, and a right where
 * somebody qualifies and is not enrolled. A pass over everybody does the same each night and after loads; it counts
 * what the marks had missed.
 *
 * The month at hand is the first that is not paid (frozen or taken over) and not before today's. A mark goes in the change
 * that stores what it led to, so that a kill loses nothing and two at once do nothing twice.
 */
#ifndef HUIMIN_PAY_CONTINUOUS_H
#define HUIMIN_PAY_CONTINUOUS_H

#include "people/people.h"

struct continuous_spec {
    struct city *city;
    day today;
    /* NULL: never stopped, nobody is told. Asked between short changes: what was stored stays. */
    bool (*stop)(void *ctx);
    void (*progress)(void *ctx, int64_t households);
    void *ctx;
};

/* One thread's; determined are the households of all counties. */
struct continuous;
struct continuous *continuous_open(const struct continuous_spec *spec);
void continuous_close(struct continuous *w);
/* The day has changed. */
void continuous_day(struct continuous *w, day today);

struct continuous_done {
    int64_t households, results; /* determined; of them those whose stored result was another */
    int64_t proposals, voided;   /* new; void */
    int64_t failed; /* a rule's error: the mark stays until the household changes again */
};

/* A pass over everybody of one county. */
struct pass_done {
    int64_t county;
    const char
        *kind; /* first; month, rules, run, load: what had changed since the last; check: nothing */
    month month;
    int64_t households, differing, failed;
    int64_t missed; /* differing ones of a pass of the kind check */
};

/*
 * Take all marks that are there; a county marked as a whole gets its pass. RC_CONFLICT: rules were
 * released since the city was opened. RC_INTERRUPTED: stopped. *out may be NULL.
 */
MUST_CHECK enum rc continuous_pending(struct continuous *w, struct continuous_done *out,
                                      struct err *err);
/* The marks, then everybody. Goes on with a pass that was stopped. *out in the arena: one a county. */
MUST_CHECK enum rc continuous_all(struct continuous *w, struct arena *a, struct pass_done **out,
                                  size_t *n, struct err *err);

/* ---- reading -------------------------------------------------------------------------------- */

/* How things stand for a household. */
struct present {
    bool waiting;            /* marked: what follows is of before */
    str error;               /* why it can't be determined; empty: it can */
    int64_t position, at_ms; /* determined by its own mark; 0: never, so by a pass alone */
    month month;             /* the month at hand then; 0 */
    struct present_unit {
        int64_t person; /* 0: the household */
        str programme;
        month month;
        str outcome, reasons; /* outcome empty: neither enrolled nor qualifying */
        int64_t fen;          /* -1: open */
        bool enrolled, qualifies;
    } * units;
    size_t n_units;
};
/* Without a look at who reads. In the arena. */
MUST_CHECK enum rc present_of_household(struct conn *c, int64_t county, int64_t household,
                                        struct arena *a, struct present *out, struct err *err);

/* The month at hand in a county. */
MUST_CHECK enum rc month_at_hand(struct conn *c, int64_t county, day today, month *out,
                                 struct err *err);

#endif
