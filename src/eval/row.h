/*
 * The row form: one subject at a time, lazily, with exact fractions and three answers. It works
 * straight on the checked tree and a binding, and is what the column form is held against; the
 * trace and the search for the smallest change stand on it as well.
 *
 * A value is known, or unknown with the facts that it waits for, or an error of a rule. For the
 * search one fact may be *varied*: it then stands for every value between two ends at once, a number
 * may be a range, and what isn't the same over the whole range is unknown and `open`.
 */
#ifndef HUIMIN_EVAL_ROW_H
#define HUIMIN_EVAL_ROW_H

#include "eval/bind.h"
#include "eval/explain.h"

#define ROW_SUBJECT UINT32_MAX /* the subject itself, where otherwise a member's number stands */

/* ---- values --------------------------------------------------------------------------------- */

/* Facts waited for, as a tree of unions: joining two is one small node, whatever their size. */
struct need_node {
    struct need_node *left, *right; /* both NULL: a fact */
    const struct field *field;
    uint32_t member;
    uint32_t seen; /* stamp of the last walk that came by */
};

enum val_form {
    VAL_NUMBER,  /* num: fen, count, months, days or rate, exact */
    VAL_PLAIN,   /* plain: yes or no, code index, day, month */
    VAL_RANGE,   /* range: a number somewhere between two ends; only while a fact is varied */
    VAL_UNKNOWN, /* needs */
    VAL_ERROR,   /* error */
};

struct val_range {
    rat lo, hi;
};

struct val {
    enum val_form form;
    bool open; /* VAL_UNKNOWN: (also) because the varied fact has no one value */
    union {
        rat num;
        int64_t plain;
        const struct val_range *range;
        struct need_node *needs;
        const str *error;
    };
};

static inline struct val val_plain(int64_t v)
{
    return (struct val){.form = VAL_PLAIN, .plain = v};
}

static inline struct val val_number(rat v)
{
    return (struct val){.form = VAL_NUMBER, .num = v};
}

static inline struct val val_unknown(struct need_node *needs, bool open)
{
    return (struct val){.form = VAL_UNKNOWN, .open = open, .needs = needs};
}

static inline bool val_is(struct val v, int64_t plain)
{
    return v.form == VAL_PLAIN && v.plain == plain;
}

/* Known and the same. */
bool val_same(struct val a, struct val b);

/* ---- one subject ---------------------------------------------------------------------------- */

/* Of whom a word is said: the subject or a member; inside `over` a list of grounds also which. */
struct row_at {
    uint32_t who;
    uint32_t ground;
    const struct policy *policy; /* whose words: for `paid last month` */
};

/* A fact given another value, or every value from lo to hi. */
struct row_vary {
    const struct field *field;
    uint32_t member;
    int64_t lo, hi;
};

struct row_read {
    const struct field *field;
    uint32_t member;
};

/* The outcome of one policy for one unit, with what became of each condition. */
struct row_unit {
    bool begun, done;
    bool undecided;
    bool open;                  /* undecided (also) because of the varied fact */
    const str *error;           /* NULL: none */
    size_t alt;                 /* that holds; undecided: that can't be told */
    struct need_node *needs;    /* undecided: of that alternative */
    uint64_t held, failed;      /* by number of the condition; tried ones in neither are unknown */
    uint64_t tried;             /* by alternative */
    uint64_t possible;          /* alternatives that may hold; more than one only while varied */
    bool may_stay_undecided;    /* at some of the varied values */
    struct need_node **unknown; /* by number of the condition; NULL while none was unknown */
};

/* What a definition was found to be, for the subject or one member. */
struct row_memo {
    bool done;
    struct val v;
};

struct row_computed;
struct row_shared;

struct row {
    const struct binding *bind; /* borrowed */
    const struct block *block;  /* borrowed */
    struct arena *a;            /* borrowed: everything worked out lives there */
    size_t row, first;
    uint32_t n_members;
    const struct row_vary *vary; /* NULL: facts as they are */
    /* Worked out so far: */
    struct row_memo **defs;        /* by def->index; then by slot of whom */
    struct row_computed *computed; /* computed fields met */
    struct row_shared *shared;     /* sums and the like met in sentences about a member */
    struct row_unit **units;       /* by position in bind->policies; then by unit */
    /* Where an error happens. */
    const struct def *def;
    const struct named *named;
    /* Facts read, when asked for. */
    bool recording;
    VEC(struct row_read) reads;
    uint32_t stamp;
};

void row_open(struct row *r, const struct binding *bind, const struct block *block, size_t row,
              struct arena *a);

struct val row_value(struct row *r, const struct expr *e, struct row_at at);
struct val row_def(struct row *r, const struct def *d, struct row_at at);
struct val row_field(struct row *r, const struct field *f, uint32_t member);
/* A parameter's value for the one spoken of; *key (may be NULL) is SIZE_MAX when it is not known. */
struct val row_param(struct row *r, const struct param *p, struct row_at at, size_t *key);

/* A set's elements: how many there might be, whether element i is in, and how it is spoken of. */
size_t row_set_n(const struct row *r, const struct set *s);
struct val row_set_has(struct row *r, const struct set *s, size_t i, struct row_at at);
struct row_at row_set_at(const struct set *s, size_t i, struct row_at at);

struct row_memo *row_memo(struct row *r, const struct def *d, uint32_t who);
/* any, no, every, count, sum, highest or lowest (by way of its E_IF_NONE). */
struct val row_over_set(struct row *r, const struct expr *e, struct row_at at);
/* `and` of two answers of which the left one guards the right one. */
struct val row_both(struct row *r, struct val left, struct val right);

/* `who` is ROW_SUBJECT for a policy of the subject. */
const struct row_unit *row_unit(struct row *r, const struct policy *p, uint32_t who);
struct val row_gets(struct row *r, const struct policy *p, uint32_t who);
struct row_at row_unit_at(const struct policy *p, uint32_t who);

/* The facts of a tree, sorted (the subject's first, then by member, then by slot), none twice. */
struct need *row_needs(struct row *r, struct need_node *needs, size_t *n);
struct need_node *row_need_join(struct row *r, struct need_node *a, struct need_node *b);
struct val row_error(struct row *r, const char *what);

/* ---- arithmetic (row_value.c) --------------------------------------------------------------- */

/* Strict: an error wins over unknown, unknown over everything known. `op` one of E_ADD … E_AT_MOST. */
struct val row_arith(struct row *r, enum expr_op op, struct val a, struct val b);
struct val row_round(struct row *r, struct val a, enum rounding how, int64_t unit_fen);
struct val row_compare(struct row *r, enum rel rel, struct val a, struct val b);
/* Of two values of which neither is an error nor both known: unknown for the facts of both. */
struct val row_unknown2(struct row *r, struct val a, struct val b);

/* ---- results -------------------------------------------------------------------------------- */

/* The determination of one unit from an opened row. */
MUST_CHECK enum rc row_determination(struct row *r, const struct policy *p, uint32_t who,
                                     struct determination *d, struct err *err);

/* RC_RULE with an error's text, naming the policy unless the text does. */
enum rc row_rule_error(const struct policy *p, const str *text, struct err *err);

/* As row_determine(), for a binding without its program. */
MUST_CHECK enum rc row_determine_bound(const struct binding *bind, const struct block *b,
                                       size_t row, struct arena *a, struct determination **out,
                                       size_t *n, struct err *err);

/*
 * Determine one subject and write its results at their positions (see eval.h). The arena is scratch
 * that the caller resets. Needs no more memory than the subject's own size asks for.
 */
MUST_CHECK enum rc row_fill(const struct binding *bind, const struct block *b, size_t row,
                            struct arena *scratch, struct policy_result *results, struct err *err);

/* ---- what reads a determination (row_changes in changes.c, explain.c) ----------------------- */

/* A change found, and whether every value beyond `to`, away from `from`, gives that outcome too. */
struct change_found {
    struct turn change;
    bool beyond;
};

MUST_CHECK enum rc row_changes_bound(const struct binding *bind, const struct block *b, size_t row,
                                     const struct determination *d, struct arena *a,
                                     struct change_found **out, size_t *n, bool *complete,
                                     struct err *err);

/* explain_text() for a binding without its program. */
MUST_CHECK enum rc explain_text_bound(const struct binding *bind, const struct block *b, size_t row,
                                      str who, enum explain_lang lang, struct sbuf *out,
                                      struct err *err);

#endif
