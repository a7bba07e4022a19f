/*
 * From the checked tree to a list of kernel calls, for the files of this module:
 *
 *     compile_term.c    exact fractions over nodes of the graph
 *     compile_expr.c    expressions, parameters, definitions
 *     compile_set.c     groups, aggregates, lists of grounds
 *     compile_policy.c  outcomes, reasons, payments
 *     compile_need.c    which rows must be determined exactly
 *     compile_emit.c    graph -> calls in order, with their temporaries
 *
 * A variant is made for one shape of blocks: which columns there are, whether some values are
 * unknown, within which powers of two they lie, how large families are, which results are wanted.
 */
#ifndef HUIMIN_EVAL_COMPILE_H
#define HUIMIN_EVAL_COMPILE_H

#include "eval/bind.h"
#include "eval/ir.h"

/* ---- shapes --------------------------------------------------------------------------------- */

enum { BLOCK_SUBJECTS = 4096, BLOCK_MEMBERS = 16384 };

enum { COLUMN_ABSENT = 1, COLUMN_UNKNOWN = 2 }; /* nobody's value is known; somebody's is not */
struct column_shape {
    uint8_t flags;
    uint8_t below, above; /* classes of -min and max: see range.c */
};

enum { WANT_OUTCOME = 1, WANT_REASONS = 2, WANT_SUBJECT_FEN = 4, WANT_MEMBER_FEN = 8 };

struct shape {
    uint8_t size;                 /* class of the largest family */
    uint8_t wanted[64];           /* by position of the policy */
    struct column_shape column[]; /* subject's slots, members' slots, last payments by position */
};

enum { SHAPE_POLICIES = 64 };

int64_t range_least(uint8_t class);     /* of class `below` */
int64_t range_most(uint8_t class);      /* of class `above` */
uint8_t range_class(int64_t magnitude); /* the smallest that holds 0 .. magnitude */
int64_t range_size(uint8_t class);      /* members at most */
uint8_t range_size_class(int64_t members);
struct column_shape range_of_column(const struct column *c, struct type t);

/* Where columns stand in a shape. */
struct layout {
    size_t subject, member, paid, n;
};
struct layout shape_layout(const struct binding *b);

/* ---- terms ---------------------------------------------------------------------------------- */

/* A number n / (den * divisors), each divisor > 0 wherever the number counts; a mask; a key. */
enum { TERM_DIVISORS = 4 };
struct term {
    node_id n;
    int64_t den; /* > 0 */
    size_t n_by;
    node_id by[TERM_DIVISORS];
};

/* All set ir->overflow when something doesn't fit. */
struct term term_node(node_id n);
struct term term_const(struct ir *ir, int64_t num, int64_t den);
struct term term_add(struct ir *ir, struct term a, struct term b, bool minus);
struct term term_mul(struct ir *ir, struct term a, struct term b);
struct term term_div(struct ir *ir, struct term a, struct term b);
struct term term_extreme(struct ir *ir, struct term a, struct term b, bool highest);
struct term term_select(struct ir *ir, node_id mask, struct term a, struct term b);
/* A value that isn't looked at everywhere, about to be joined with others that are. */
struct term term_guarded(struct ir *ir, struct term t);
struct term term_round(struct ir *ir, struct term a, enum rounding how, int64_t unit);
node_id term_compare(struct ir *ir, enum rel rel, struct term a, struct term b);
/* a and b over one divisor: their numerators in a->n and b->n. */
void term_common(struct ir *ir, struct term *a, struct term *b);
/* A table of n fractions by key, over one divisor. num[i] / den[i]. */
struct term term_table(struct ir *ir, node_id key, const int64_t *num, const int64_t *den,
                       size_t n);

/* ---- a compilation -------------------------------------------------------------------------- */

/* A column read. */
struct leaf {
    size_t column; /* in the shape */
    enum level level;
    enum elem type;
};

enum memo { MEMO_NONE, MEMO_DONE, MEMO_UNSURE };

/*
 * Subjects for whom both hold (of one of their members) are determined exactly: when something is
 * wrong with a value, and where the value is needed.
 */
struct trap {
    node_id when, where;
    bool where_first; /* `where` is the cheaper one to look for */
};

/* What was compiled of one policy; level of its unit throughout. */
struct policy_code {
    bool done;
    node_id *tried, *chosen; /* by alternative */
    node_id outcome;
};

struct compile {
    const struct binding *bind;
    const struct shape *shape;
    struct layout layout;
    struct arena *a; /* borrowed: what lives as long as the variant */
    struct ir ir;
    VEC(struct leaf) leaves;
    uint32_t *leaf_of; /* by column: number + 1 */
    uint8_t *expr_state, *def_state;
    struct term *expr_term, *def_term;
    node_id *expr_unknown;        /* what compile_unknown() found, + 1; 0 not yet */
    node_id *group;               /* by def->index: 0 not yet */
    struct policy_code *policies; /* by position */
    VEC(struct trap) traps;
    uint32_t ground;             /* spoken of; NO_GROUND */
    const struct policy *policy; /* whose words are read */
};

#define NO_GROUND UINT32_MAX

void compile_init(struct compile *c, const struct binding *bind, const struct shape *shape,
                  struct arena *a);

struct term compile_expr(struct compile *c, const struct expr *e);
node_id compile_mask(struct compile *c, const struct expr *e);
struct term compile_def(struct compile *c, const struct def *d);
node_id compile_param_key(struct compile *c, const struct param *p);
/* The unknown bytes of all facts of a strict expression; 0: it is not strict. */
node_id compile_unknown(struct compile *c, const struct expr *e);
/* Column of a stored field; the node of its unknown bytes (a mask). */
node_id compile_field_unknown(struct compile *c, const struct field *f, enum level level);

const struct def *compile_grounds(const struct set *s); /* NULL: a set of members */
/* Who is in a set of members; whether ground number `ground` is in a set of grounds. */
node_id compile_members(struct compile *c, const struct set *s);
node_id compile_ground(struct compile *c, const struct set *s, uint32_t ground);
struct term compile_aggregate(struct compile *c, const struct expr *e, const struct expr *none);

struct policy_code *compile_policy(struct compile *c, const struct policy *p);
/* Does the policy pay the subject (of_member false) or the member spoken of? */
node_id compile_gets(struct compile *c, const struct policy *p, bool of_member);

/* Find the traps of all policies, which are compiled already. */
void compile_needs(struct compile *c);
/* For whom a payment of alternative i is; level of the policy's unit, or of members. */
node_id compile_payee(struct compile *c, const struct policy *p, size_t i, const struct pay *pay);

/* ---- what comes out ------------------------------------------------------------------------- */

/* Values are numbered; some have fixed places. */
enum { VALUE_NONE, VALUE_FIRST, VALUE_FLAGS, VALUE_FREE };

struct call {
    kernel_fn *fn;
    bool padded;    /* n is rounded up to whole groups */
    uint32_t rows;  /* domain whose count is n */
    uint32_t picks; /* domain whose count the result is; 0: none */
    uint32_t d, a, b, c;
    struct kernel_const k;
};

struct variant_leaf {
    uint32_t value;
    size_t column;
    enum level level;
    uint8_t width;
    bool unknown; /* the unknown bytes */
};

struct variant_out {
    uint32_t value;
    size_t policy; /* position */
    uint8_t what;  /* WANT_… */
};

struct variant {
    bool exact_all; /* nothing but the exact path */
    struct call *calls;
    size_t n_calls;
    size_t n_domains, n_values;
    size_t *offset; /* by value: in the working memory; SIZE_MAX: a leaf, a result, fixed */
    size_t memory;  /* bytes of working memory */
    struct variant_leaf *leaves;
    size_t n_leaves;
    struct variant_out *outs;
    size_t n_outs;
};

/* Compile for a shape; everything in the arena. */
struct variant *compile_variant(const struct binding *bind, const struct shape *shape,
                                struct arena *a);
/* Which columns the policies read: flags by column of the layout. */
bool *compile_columns(const struct binding *bind, struct arena *a);

struct variant *compile_emit(struct compile *c);

#endif
