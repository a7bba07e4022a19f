/*
 * The evaluator. A rule set is bound to a place's values of one month and compiled once into column
 * operations; the same compiled program serves
 *     one case       explain.h: three-valued, 128-bit, with its trace
 *     everybody      program_run(): a block at a time, narrow integers, no branches
 *     what if        program_bind() again with other parameter values
 *
 * The dense pass is exact for every row that it keeps. Rows that it can't be sure of (an unknown
 * fact that matters, a possible overflow, a division by zero under a guard) are determined again
 * one by one in the exact three-valued form, so they cost by their share.
 */
#ifndef HUIMIN_EVAL_EVAL_H
#define HUIMIN_EVAL_EVAL_H

#include "eval/facts.h"

struct program;

/* One value to take instead of the place's, for what-if. */
struct override {
    const struct param *param;
    size_t key; /* SIZE_MAX: every key */
    struct literal value;
};

struct binding_spec {
    const struct rules *rules;
    struct policy *const
        *policies; /* wanted, of one subject register; those that they use are added */
    size_t n_policies;
    int64_t division; /* 12 digits: whose values hold */
    month month;
    const struct override *overrides;
    size_t n_overrides;
};

/*
 * Bind and compile. The program lives in the arena; it is not shared between threads unless each
 * gives its own scratch. A parameter without a value is no error here: whoever needs it is
 * (the error then names parameter, place and month). RC_RULE when the policies don't share a subject.
 */
MUST_CHECK enum rc program_bind(const struct binding_spec *spec, struct arena *a,
                                struct program **out, struct err *err);

/* The policies that the program determines, in the order of their results. */
size_t program_policies(const struct program *p, struct policy *const **out);

enum { OUTCOME_UNDECIDED = 255 };
#define AMOUNT_OPEN INT64_MIN /* decided, but the amount waits for a fact */

/*
 * Results of one policy over one block, in caller's arrays (NULL: not wanted). "Units" are the
 * block's subjects for a policy of the subject, its members for a policy of the member.
 */
struct policy_result {
    uint8_t *outcome;     /* per unit: index in policy->outcome_code.values, or OUTCOME_UNDECIDED */
    uint64_t *reasons;    /* per unit: bit i: reason i of the policy was given */
    int64_t *subject_fen; /* per subject: paid to the subject itself (subject policies) */
    int64_t *member_fen;  /* per member: paid to the member */
};

struct scratch; /* working memory of one thread */
struct scratch *scratch_open(void);
void scratch_close(struct scratch *s);

/*
 * Determine every subject of the block. results[i] belongs to policy i of program_policies().
 * An error of a rule (division by zero, overflow, negative payment, a parameter without a value)
 * ends it with RC_RULE: *row is the subject; err names policy, rule and what went wrong, and the
 * caller puts the subject's name before it.
 */
MUST_CHECK enum rc program_run(struct program *p, const struct block *b,
                               struct policy_result *results, struct scratch *s, size_t *row,
                               struct err *err);

/* How many rows of the last run took the exact path; for tests and the benchmark. */
size_t scratch_exact_rows(const struct scratch *s);

/* For tests: send every row down the exact path. */
void program_exact_only(struct program *p, bool on);

#endif
