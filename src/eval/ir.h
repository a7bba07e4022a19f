/*
 * The graph that a program is compiled into: each node is a column of whole numbers, of bytes that
 * are 0 or 255 (a mask), or a constant. Equal nodes are one node, so that what several rules use is
 * worked out once. A node knows between which ends its values lie; its element type follows from
 * that. Arithmetic that would not fit 64 bits gives 0 and sets `overflow`, which the compiler reads
 * and clears: rows that need such a node are determined exactly.
 *
 * Makers simplify as they go: constants fold, tables absorb arithmetic, what is the same for a whole
 * family is worked out by subject and spread afterwards, sums of one group are joined.
 */
#ifndef HUIMIN_EVAL_IR_H
#define HUIMIN_EVAL_IR_H

#include "base/arena.h"
#include "base/date.h"
#include "base/money.h"
#include "eval/kernel.h"
#include "lang/ast.h"

struct sbuf;

typedef uint32_t node_id; /* 0: none */

/* Values by key. Beyond n: 0. */
struct lut {
    size_t n;
    int64_t v[];
};

struct node {
    enum ir_op op;
    enum elem type;
    enum level level; /* LEVEL_CONST, LEVEL_SUBJECT, LEVEL_MEMBER */
    bool mask;
    node_id a, b, c;
    int64_t k, k2;
    const struct lut *lut;
    i128 lo, hi;
};

struct ir {
    struct arena *arena; /* borrowed */
    VEC(struct node) nodes;
    uint32_t *slots;
    size_t n_slots;
    int64_t size_max; /* members of one subject at most */
    int choices;      /* that a test is being pushed through right now */
    bool overflow;    /* sticky: some node did not fit */
};

void ir_init(struct ir *ir, struct arena *a, int64_t size_max);

static inline const struct node *ir_at(const struct ir *ir, node_id n)
{
    return &ir->nodes.at[n];
}

/* ---- leaves --------------------------------------------------------------------------------- */

node_id ir_const(struct ir *ir, int64_t k);
node_id ir_truth(struct ir *ir, bool v); /* the constant masks */
/* Column number `leaf`, stored as `type`, its values between lo and hi. */
node_id ir_fact(struct ir *ir, uint32_t leaf, enum elem type, enum level level, int64_t lo,
                int64_t hi);
node_id ir_unknown(struct ir *ir, uint32_t leaf, enum level level);
node_id ir_size(struct ir *ir);

/* ---- numbers -------------------------------------------------------------------------------- */

node_id ir_add(struct ir *ir, node_id a, node_id b);
node_id ir_sub(struct ir *ir, node_id a, node_id b);
node_id ir_mul(struct ir *ir, node_id a, node_id b);
node_id ir_mulk(struct ir *ir, node_id a, int64_t k);
node_id ir_min(struct ir *ir, node_id a, node_id b);
node_id ir_max(struct ir *ir, node_id a, node_id b);
node_id ir_floor(struct ir *ir, node_id a, node_id b); /* a / b, down; b > 0 where it counts */
node_id ir_since(struct ir *ir, enum since how, node_id date, day at);
node_id ir_select(struct ir *ir, node_id mask, node_id a, node_id b); /* numbers, keys, masks */
node_id ir_lut(struct ir *ir, node_id key, const int64_t *v, size_t n);
/* The largest number known to divide every value; 0 for the constant 0. */
int64_t ir_content(const struct ir *ir, node_id a);
node_id ir_divide_exactly(struct ir *ir, node_id a, int64_t k); /* k divides its content */

/* ---- masks ---------------------------------------------------------------------------------- */

node_id ir_lt(struct ir *ir, node_id a, node_id b);
node_id ir_eq(struct ir *ir, node_id a, node_id b);
node_id ir_range(struct ir *ir, node_id a, int64_t lo, int64_t hi); /* both ends in */
node_id ir_not(struct ir *ir, node_id a);
node_id ir_and(struct ir *ir, node_id a, node_id b);
node_id ir_or(struct ir *ir, node_id a, node_id b);
/* Not masks but bytes: `bits` where the mask holds, else 0; and the union of two such. */
node_id ir_bit(struct ir *ir, node_id mask, uint8_t bits);
node_id ir_merge(struct ir *ir, node_id a, node_id b);

/* ---- subjects and members ------------------------------------------------------------------- */

node_id ir_spread(struct ir *ir, node_id a); /* by member; constants stay */
node_id ir_any(struct ir *ir, node_id mask);
node_id ir_count(struct ir *ir, node_id mask);
/* The sum of a over the members for whom `in` holds. */
node_id ir_sum(struct ir *ir, node_id in, node_id a);
/* The highest (or lowest) of a over them, `none` without any. */
node_id ir_extreme(struct ir *ir, bool highest, node_id in, node_id a, node_id none);

/* As text, for tests and for looking at. */
void ir_dump(const struct ir *ir, node_id n, struct sbuf *out);

/* ---- for the files of this module ----------------------------------------------------------- */

bool ir_is_const(const struct ir *ir, node_id a);
node_id ir_make(struct ir *ir, struct node n); /* the node equal to n, or a new one */
enum elem ir_type_for(i128 lo, i128 hi);
node_id ir_as(struct ir *ir, node_id a, enum elem type);
node_id ir_too_large(struct ir *ir);
node_id ir_elementwise(struct ir *ir, struct node n); /* levels joined, spread where needed */
typedef bool ir_fold(int64_t a, int64_t b, int64_t *out);
/* A constant, or values by key in *v (n of them) for *key; false: not of that form. */
bool ir_tabulate(struct ir *ir, node_id a, node_id b, ir_fold *fn, node_id *key, int64_t **v,
                 size_t *n);

#endif
