/*
 * Random programs as text, and random facts to run them over. A seed gives the same program and the
 * same facts everywhere.
 */
#ifndef HUIMIN_TEST_GEN_H
#define HUIMIN_TEST_GEN_H

#include "rng.h"
#include "base/limits.h"
#include "eval/facts.h"

struct gen_program {
    str rules, places; /* texts of definition files */
    str subject;       /* the register that the policies are about */
    size_t n_policies;
    str policies[4];
};

/*
 * `brackets`: the same program with every bracket written out that its precedence leaves away, to
 * see that both mean the same.
 */
void gen_program(uint64_t seed, bool brackets, struct arena *a, struct gen_program *out);

/* Where and when the program's values hold, or don't. */
int64_t gen_division(struct rng *r);
month gen_month(struct rng *r);

struct gen_options {
    size_t n;            /* subjects */
    int unknown_percent; /* of all facts */
    bool huge;           /* amounts that overflow when they are multiplied */
};

/* A block for the policies' subject in a checked rule set. Everything is in the arena. */
void gen_block(struct rng *r, const struct rules *rules, const struct reg *subject,
               const struct gen_options *o, struct arena *a, struct block *out);

/* A copy of the block without all but the subjects that `keep` names. */
void block_pick(const struct block *b, const struct rules *rules, const struct reg *subject,
                const uint8_t *keep, struct arena *a, struct block *out);

#endif
