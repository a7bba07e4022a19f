/*
 * A month proven: every determination that is stored of it is worked out again from the store — the facts at the
 * position that its run read, the rules by their hash, last month by its job — and compared: hash, outcome,
 * amount, what is carried over, awards, payment lines; of everybody the hash of each block,
 * and what was counted. Parts that a run took
 * over from the one before are proven by the job that determined them. Nothing is written.
 */
#ifndef HUIMIN_PAY_REPLAY_H
#define HUIMIN_PAY_REPLAY_H

#include "people/people.h"

struct replay_spec {
    const struct city *city;
    month month;
    int64_t
        division; /* a county's or lower; 0: the whole city. Blocks are compared when all of one is read */
    str programme; /* only its determinations, awards and payments; empty: all */
    void (*progress)(void *ctx, int64_t households);
    void *progress_ctx;
};

struct replay_sums {
    int64_t households;                     /* worked out again */
    int64_t determinations, awards, blocks; /* compared */
    int64_t payments, fen;                  /* compared; their sum */
    int64_t cases;                          /* determinations of cases decided in the month */
    int64_t
        taken_over;  /* determinations of a month taken over: nothing here that they follow from */
    int64_t foreign; /* by another version of the engine, which alone can prove them */
    int64_t differences;
};

struct replay_county {
    int64_t county;
    str name; /* Chinese */
    struct replay_sums n;
    str engine; /* of the foreign ones */
    str first; /* the first difference: household, programme, what is stored, what came out; empty: none */
};

/*
 * The counties that were run, by code; all in the arena. One difference does not end it. RC_NOT_FOUND: the month
 * was not run, or no rules of it have the programme.
 */
MUST_CHECK enum rc replay_month(const struct replay_spec *spec, struct arena *a,
                                struct replay_county **out, size_t *n, struct err *err);
void replay_add(struct replay_sums *sum, const struct replay_sums *n);

#endif
