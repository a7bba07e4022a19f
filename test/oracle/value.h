/*
 * The oracle's values: an exact fraction of any size, or unknown with the facts it waits for, or an
 * error. For the oracle's own files only.
 */
#ifndef HUIMIN_TEST_VALUE_H
#define HUIMIN_TEST_VALUE_H

#include <gmp.h>
#include "oracle.h"

enum state { KNOWN, UNKNOWN, ERROR };

struct facts {
    struct need *at;
    size_t n;
};

/* yes or no: 1, 0; a code: the index of its value; dates and months: their numbers; money: fen. */
struct val {
    enum state state;
    mpq_t q;
    struct facts needs;
    enum oracle_error error;
};

/* Who is spoken of, and which ground, inside `over`. */
struct who {
    long member; /* number within the subject; -1: the subject alone */
    const struct def *grounds;
    size_t ground;
    const struct who *outer; /* whose grounds are spoken of as well */
};

struct walk {
    const struct oracle_case *o;
    const struct block *block;
    size_t row;
    struct arena *a;
    struct oracle_counts *counts;
    bool big;
};

/* Send GMP's memory to the arena; nothing is freed before the arena's end. */
void value_memory(struct arena *a);

struct val val_int(int64_t n);
struct val val_bool(bool yes);
struct val val_unknown(struct facts needs);
struct val val_error(enum oracle_error error);
bool val_yes(struct val v); /* known and yes */
bool val_no(struct val v);  /* known and no */
int64_t val_index(struct val v);

struct facts facts_one(struct arena *a, const struct field *f, uint32_t member);
struct facts facts_union(struct arena *a, struct facts x, struct facts y);
int need_cmp(const struct need *x, const struct need *y);

/* Of two parts that are both worked out: the first error, else both one's facts, else known. */
struct val val_join(struct walk *w, struct val x, struct val y);

/* Known operands only. */
struct val val_arith(struct walk *w, enum expr_op op, struct val x, struct val y);
int val_cmp(struct walk *w, struct val x, struct val y);
struct val val_round(struct walk *w, struct val x, enum rounding how, int64_t unit);

/* eval.c */
struct val eval(struct walk *w, const struct expr *e, const struct who *who);
struct val eval_member_of(struct walk *w, const struct set *s, const struct who *who);

/* oracle.c: rule 7 and 9 */
struct decision {
    enum state state;
    size_t alt;         /* KNOWN: the alternative that holds; UNKNOWN: the one that can't be told */
    struct facts needs; /* UNKNOWN */
    enum oracle_error error;
};
struct decision decide(struct walk *w, const struct policy *p, const struct who *who);
struct val gets(struct walk *w, const struct policy *p, bool of_member, const struct who *who);

#endif
