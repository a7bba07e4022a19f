/* Inside of the program generator: gen_expr.c makes sentences, gen_program.c what they stand in. */
#ifndef HUIMIN_TEST_GEN_IN_H
#define HUIMIN_TEST_GEN_IN_H

#include "gen.h"

/* How tightly a text holds together, to know where brackets are needed. */
enum prec { P_VALUE, P_LOGIC, P_NOT, P_TEST, P_SUM, P_PRODUCT, P_PRIMARY };

struct text {
    str t;
    enum prec prec;
    bool whole;  /* never has parts of a unit */
    double cost; /* steps of the oracle, roughly */
};

enum sym_form { SYM_LIST, SYM_FIELD, SYM_PARAM, SYM_DEF, SYM_GROUP, SYM_GROUNDS };

/* A word that sentences may use. */
struct sym {
    enum sym_form form;
    str name;
    enum kind kind; /* of its value */
    int code;       /* K_CODE: which */
    bool member;    /* belongs to each member */
    int policy;     /* whose word; -1: a field */
    int by;         /* SYM_PARAM: the word it is read by; -1: none */
    bool whole;
    double cost;
};

/* A code list, or the outcomes of a policy. */
struct gcode {
    str name;
    size_t n;
    str values[6]; /* as written; bare numbers when numbered */
    bool numbered;
    bool bare; /* numbers without names */
};

struct gpolicy {
    str name;
    bool of_member;
    bool decided;                   /* its outcome was written: others may ask for it */
    bool pays_subject, pays_member; /* some alternative does */
    struct gcode outcome;
    size_t n_alts;
    double cost; /* of all its conditions */
    struct sbuf *body;
    str reasons[62];
    size_t n_reasons;
};

/* The city, its province and a county of it, and the country. */
enum { PLACE_CITY, PLACE_PROVINCE, PLACE_COUNTY, PLACE_COUNTRY, PLACES };

struct gen {
    struct rng rng;
    struct arena *a;
    bool brackets;
    struct gcode codes[12]; /* lists of grounds stand here as well */
    int n_codes;
    struct gpolicy policies[4];
    int n_policies;
    VEC(struct sym) syms;
    int names; /* given so far */
    str subject, list;
    bool no_list; /* a subject without members */
    struct sbuf *registers, *places[PLACES];
};

/* Where a sentence stands. */
struct ctx {
    int policy;  /* -1: in a register */
    bool member; /* the talk is of each member */
    bool in_set; /* of each member of a set, not of the policy's own */
    int grounds; /* inside `over` this list of grounds (a word's index); -1: none */
};

enum { COST_MAX = 400, MEMBERS_COST = 5 };

#define PICK(g, ...)                                                                               \
    (((const char *const[]){__VA_ARGS__})[rng_below(                                               \
        &(g)->rng, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))])

#define PICK_KIND(g, ...)                                                                          \
    (((const enum kind[]){__VA_ARGS__})[rng_below(                                                 \
        &(g)->rng, (int)(sizeof((const enum kind[]){__VA_ARGS__}) / sizeof(enum kind)))])

bool may_use_sets(const struct gen *g, struct ctx c);
str wrap(struct gen *g, struct text x, enum prec least);
str gen_name(struct gen *g);
bool has_kind(struct gen *g, struct ctx c, enum kind k);
struct text gen_number(struct gen *g, struct ctx c, enum kind k, int depth);
struct text gen_literal(struct gen *g, enum kind k);
struct text gen_truth(struct gen *g, struct ctx c, int depth);
struct text gen_any_word(struct gen *g, struct ctx c, enum kind k, int *code); /* t.n == 0: none */
struct text gen_group(struct gen *g, struct ctx c, int depth); /* "unit who are …", no brackets */
struct text gen_value(struct gen *g, struct ctx c, enum kind k, int depth); /* with its tail */

#endif
