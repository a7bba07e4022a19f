/* Inside of replaying: what replay.c and replay_compare.c share. */
#ifndef HUIMIN_PAY_REPLAY_IN_H
#define HUIMIN_PAY_REPLAY_IN_H

#include "pay/determine.h"
#include "pay/replay.h"

/* A run of which something is visible. */
struct replay_job {
    int64_t job_id, position, division, last_job;
    str rule_hash, engine;
    enum decide decide;
    uint8_t digest[VAULT_HASH];
    int64_t lo, hi; /* the divisions that it determined */
};

/* What a run stored of a block of everybody. */
struct replay_block {
    int64_t first, last, households, persons;
    uint8_t hash[VAULT_HASH];
};

/* What a programme counted, of all that stands. */
enum { REPLAY_COUNTS = 6 };
struct replay_tally {
    str programme;
    int64_t n[REPLAY_COUNTS]; /* households, persons, fen, not enrolled, no more, undecided */
};

/* One county being proven. */
struct replaying {
    const struct replay_spec *spec;
    struct replay_county *out;
    struct arena *a;    /* the result's */
    struct arena own;   /* the county's */
    struct arena slice; /* of one slice */
    char month_text[8];
    int64_t visible;         /* the job that the month shows */
    struct replay_job *jobs; /* the newest first; each stands but where a newer one does */
    size_t n_jobs;
    VEC(struct replay_tally) tallies;
    bool known; /* the programme is one of the rules */

    /* The job at hand. */
    size_t at;
    bool whole; /* all that it determined is read */
    struct replay_block *blocks;
    size_t n_blocks, block;
    uint8_t digest[VAULT_HASH];
    int64_t households; /* of all counties */
};

/* Noted: household 0 is the county as a whole, programme may be empty. */
void replay_differs(struct replaying *r, int64_t household, int64_t person, str programme,
                    str what);

/* What a slice came to beside what is stored of it. */
MUST_CHECK enum rc replay_compare(struct replaying *r, const struct intake *in,
                                  const struct found *now, struct err *err);
/* Everything stored of the county was compared: counts and sums. */
MUST_CHECK enum rc replay_totals(struct replaying *r, struct err *err);

#endif
