/*
 * Inside of the checker: what its passes share. The layers above see rules.h.
 *
 * One mistake is one message: whoever reports it leaves K_NONE, and K_NONE fits everything.
 */
#ifndef HUIMIN_LANG_CHECK_H
#define HUIMIN_LANG_CHECK_H

#include "base/limits.h"
#include "base/map.h"
#include "lang/rules.h"

enum diag_code { /* R_UNKNOWN is 201 */
#define DIAG(number, name, text) R_##name = number,
#include "lang/codes.def"
#undef DIAG
};

struct check {
    struct rules *r;
    struct diags *d;
    struct arena *a;
    uint8_t *def_state; /* by def index: see check_def() */
    bool unread;        /* reading found mistakes: what is missing may be there in the file */
    size_t depth;       /* of expressions and definitions within one another */
    bool deep;          /* that they are too deep was reported */
};

enum { CHECK_DEPTH = 2000 }; /* of expressions and what they read within one another */

/* Slots of computed fields before they are settled; afterwards SLOT_COMPUTED. */
#define SLOT_COMPUTED ((size_t)-1)
#define SLOT_RUNNING  ((size_t)-2)
#define SLOT_UNTYPED  ((size_t)-3)

#define KEY_EVERY ((size_t)-1) /* set_value.key_index: for every key */

/* Whose words a sentence may use, and of whom it speaks. */
struct scope {
    struct check *c;
    struct policy *policy; /* NULL in a register's own expressions */
    struct reg *subject;
    struct reg *member;       /* of the subject's list, or of the set spoken of; NULL: none */
    struct field *list;       /* the policy's list of members; NULL in registers */
    enum level self;          /* level of the subject's own words */
    bool of_member;           /* the talk is of each member */
    struct def *grounds;      /* inside `over` this list of grounds */
    const struct expr *under; /* the highest/lowest that stands under a `when none` */
};

/* ---- texts for messages (types.c) ------------------------------------------------------------ */

str check_phrase(struct check *c, struct type t);                  /* "a rate" */
str check_named(struct check *c, str name, const struct label *l); /* name (“label”) */
str check_text(const struct check *c, struct span at);             /* as written */
const char *op_text(const struct expr *e);                         /* "+", "at least" */

/* ---- types (types.c) ------------------------------------------------------------------------- */

bool kind_numeric(enum kind k);
bool kind_money(enum kind k);
/* Result kind of an operator from the table of typing.def; K_NONE: it has no such row. */
enum kind type_of_op(enum expr_op op, enum kind left, enum kind right);
/* May `e` be read as `want`: an amount or 0 that is written out takes the kind beside it. */
bool type_fits(const struct expr *e, struct type want);
void type_settle(struct expr *e, struct type want); /* and so it is */
/* One kind for both, settling what is written out; false: they have none. */
bool type_join(struct expr *a, struct expr *b, struct type *out);
bool literal_fits(struct type *have, struct literal *lit, struct type want);

/* ---- declarations (check_decl.c) ------------------------------------------------------------- */

void check_declarations(struct check *c);
void check_registers(struct check *c);
void check_lines(struct check *c);
void check_fact(struct check *c, struct fact *f, const struct reg *reg, bool paid_last_fits);

/* ---- names (check_name.c) -------------------------------------------------------------------- */

struct word {
    enum { WORD_NONE, WORD_FIELD, WORD_DEF, WORD_PARAM } form;
    struct field *field;
    struct def *def;
    struct param *param;
    bool of_member; /* a field of the members' register */
    bool both;      /* a field of both registers */
};
struct word find_word(const struct scope *s, str name);
struct word find_policy_word(const struct policy *p, str name);
/* E_NAME becomes what it stands for; a mistake leaves E_BAD. */
void resolve_name(struct scope *s, struct expr *e);
/* A value of a code list written as a name or number becomes E_CODE. */
void resolve_code(struct scope *s, struct expr *e, struct code *code);
bool names_value(const struct expr *e, const struct code *code);
void unknown_name(struct scope *s, const struct ident *name);
/* The same for names that stand in a list of their own. `labels` may be NULL. */
void unknown_among(struct check *c, const struct ident *name, const str *names,
                   const struct label *const *labels, size_t n);
void unknown_field(struct check *c, const struct ident *name, const struct reg *reg);
void name_twice(struct check *c, const struct ident *name, const struct ident *first);
str names_listed(struct arena *a, const str *names, size_t n); /* "a, b, c" */
struct policy *find_policy(struct scope *s, const struct ident *name);
/* Are another policy's words of the same subject, and of the same members where it matters? */
bool same_subject(struct scope *s, const struct policy *q, struct span at, bool members);

/* ---- expressions (check_expr.c, check_set.c) ------------------------------------------------- */

void check_expr(struct scope *s, struct expr *e);
/* `code`: the list whose values may stand there bare; NULL: none. */
void check_value(struct scope *s, struct expr *e, struct code *code);
void check_condition(struct scope *s, struct expr *e); /* must be yes or no */
void check_name_expr(struct scope *s, struct expr *e);
void check_set_expr(struct scope *s, struct expr *e); /* quantifiers, count, sum, highest */
bool check_set(struct scope *s, struct set *set);
bool check_whose(struct scope *s, enum level level, struct span at, str name,
                 const struct label *label, enum kind kind);
struct scope scope_of_policy(struct check *c, struct policy *p, bool of_member);
struct scope scope_of_reg(struct check *c, struct reg *reg);
void check_field_type(struct check *c, struct field *f); /* computed fields, when first read */
void number_expr(struct scope *s, struct expr *e);

/* ---- policies (check_policy.c, check_outcome.c) ---------------------------------------------- */

void check_policy_heads(struct check *c); /* subjects, words, outcomes' names */
void check_policy_bodies(struct check *c);
void check_def(struct check *c, struct def *def);
void check_outcome_names(struct check *c, struct policy *p);
void check_outcome(struct check *c, struct policy *p);
void check_carries(struct check *c, struct policy *p); /* check_carry.c */
void check_carries(struct check *c, struct policy *p); /* check_carry.c */

/* ---- services (check_service.c, check_step.c, check_form.c) ---------------------------------- */

void check_services(struct check *c);
void check_steps(struct check *c, struct service *s);
void check_form(struct check *c, struct service *s);
void check_reads(struct check *c); /* check_form.c: which fields everybody's policies read */
void check_place_delegates(struct check *c, struct place *p);
void check_area_name(struct check *c, const struct place *p, const struct ident *area);
void check_documents(struct check *c); /* check_document.c; after the services */
/* check_decl.c: the name or label of one more of a list; reports what is there already */
void check_name_once(struct check *c, struct map *names, struct ident *name);
void check_label_once(struct check *c, struct map *labels, const struct label *l,
                      struct ident *name);

/* ---- trees (check_walk.c) --------------------------------------------------------------------- */

/* Every node of an expression, those of the sets in it included; a node before what is in it. */
typedef void expr_fn(struct expr *e, void *ctx);
void walk_expr(struct expr *e, expr_fn *fn, void *ctx);
void walk_set(struct set *set, expr_fn *fn, void *ctx);

/* ---- the rest -------------------------------------------------------------------------------- */

bool expr_whole(const struct expr *e); /* check_whole.c: no parts of a fen */
bool def_whole(const struct def *def);
void check_order(struct check *c);    /* order.c */
void check_places(struct check *c);   /* check_place.c */
void check_coverage(struct check *c); /* check_cover.c */
void check_examples(struct check *c); /* check_example.c */
void check_takings(struct check *c);  /* check_taking.c */
void check_manners(struct check *c);  /* check_label.c: English, basis */

/* A code and what contains it, nearest first; returns how many. (params.c) */
enum { DIVISION_LEVELS = 6 };
size_t division_chain(int64_t division, int64_t chain[DIVISION_LEVELS]);

#endif
