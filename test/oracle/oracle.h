/*
 * The judge of the evaluator: what docs/language.md section 4 says, worked out one subject at a
 * time by walking the checked tree, with GMP's fractions and nothing remembered between two
 * questions. It shares no code with src/eval but the shape of facts and results, is slow on
 * purpose, and is right before it is anything else.
 *
 * Where section 4 leaves a choice, these readings hold:
 *
 *   Guards. `and`, `or`, `when`, `who` guard from left to right. Behind an unknown guard the rest is
 *   still worked out, for "unknown and no" is no; but an error there (a division by zero, a
 *   parameter without a value) ends nothing: the whole is unknown and names the guard's facts,
 *   since the guard may turn out to fail. Whether a member belongs to a set guards what is said of
 *   him. Nothing else guards: a comparison, a sum, the conditions of one alternative, the members of
 *   a set among themselves are all worked out, and an error of any of them is an error.
 *
 *   Unknown. There is no algebra (0 * unknown is unknown). The facts named are those of all unknown
 *   parts. highest/lowest leave out an open candidate that can't win, and his facts.
 */
#ifndef HUIMIN_TEST_ORACLE_H
#define HUIMIN_TEST_ORACLE_H

#include "eval/explain.h"

enum oracle_error {
    ORACLE_FINE,
    ORACLE_ZERO,     /* a division by zero */
    ORACLE_NO_VALUE, /* a parameter without a value */
    ORACLE_NEGATIVE, /* a negative payment */
    ORACLE_OVERFLOW, /* a payment that int64 can't hold */
    ORACLE__ERRORS
};

struct oracle_case {
    const struct rules *rules;
    struct policy *const *policies; /* all that the program determines, in its order */
    size_t n_policies;
    int64_t division;
    month month;
    const struct override *overrides; /* values to take instead of the place's */
    size_t n_overrides;
};

struct oracle_result {
    unsigned errors;          /* bit e: some unit of the subject met error e; 0: none */
    bool big;                 /* some step needs more than 120 bits: 128 may overflow or may not */
    struct determination *at; /* as row_determine(); worthless when there are errors */
    size_t n;
};

/* How often each construct was worked out, and with what: for the test that tests don't go blind. */
struct oracle_counts {
    uint64_t ops[E_IF_NONE + 1];
    uint64_t unknown[E_IF_NONE + 1];
    uint64_t errors[ORACLE__ERRORS];
};

/* A subject's members: where they begin, and how many; without a list there are none. */
static inline uint32_t members_from(const struct block *b, size_t row)
{
    return b->first == NULL ? 0 : b->first[row];
}

static inline uint32_t members_of(const struct block *b, size_t row)
{
    return b->first == NULL ? 0 : b->first[row + 1] - b->first[row];
}

/* Everything in *out is in the arena. `counts` (may be NULL) is added to. */
void oracle_determine(const struct oracle_case *o, const struct block *b, size_t row,
                      struct arena *a, struct oracle_counts *counts, struct oracle_result *out);

/* Rule 13: the value of a parameter's key that holds in a division in a month, or NULL. */
const struct literal *oracle_param_value(const struct rules *r, const struct param *p, size_t key,
                                         int64_t division, month m);

#endif
