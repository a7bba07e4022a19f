/*
 * What a policy carries over to next month: the values of its `carry`s after this month's outcome.
 * Exact, one unit at a time: only what is enrolled has something carried.
 */
#ifndef HUIMIN_EVAL_CARRY_H
#define HUIMIN_EVAL_CARRY_H

#include "eval/bind.h"

struct carried {
    const struct field *field;
    bool known;
    int64_t value; /* as in the column: fen, count, 0/1, index of the code's value, day, month */
};

/*
 * For subject `row` of the block, or its member number `member` in a policy of members: one entry a
 * `carry` of the policy, in the arena. What can't be told, since a fact is not known, stays as it
 * was given for this month. RC_RULE as for program_run().
 */
MUST_CHECK enum rc row_carry(const struct binding *bind, const struct block *b, size_t row,
                             const struct policy *p, uint32_t member, struct arena *a,
                             struct carried **out, struct err *err);

/*
 * For how many members a payment to subject `row` itself is: those in the policy's group that is
 * called `unit`, all where it has none. One of whom it can't be told is counted.
 */
size_t row_covered(const struct binding *bind, const struct block *b, size_t row,
                   const struct policy *p, struct arena *a);

#endif
