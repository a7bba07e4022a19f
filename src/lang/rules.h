/*
 * A rule set: everything that a tree of definition files says, parsed and checked. This header is
 * what the layers above use; they never see tokens.
 *
 *     rules_load()  files -> sources -> lex -> parse -> check -> struct rules
 *     param_value() which value of a parameter holds for a division and month
 */
#ifndef HUIMIN_LANG_RULES_H
#define HUIMIN_LANG_RULES_H

#include "lang/ast.h"
#include "lang/diag.h"
#include "lang/source.h"

struct rules {
    bool require_english; /* a label without its English is a mistake: the shipped tree */
    struct arena *arena;  /* borrowed: everything lives there */
    struct sources sources;
    VEC(struct code *) codes;
    VEC(struct reg *) regs;    /* extends merged in */
    VEC(struct reg *) extends; /* as parsed; for fmt and listings */
    VEC(struct policy *) policies;
    VEC(struct service *) services;
    VEC(struct document *) documents;
    VEC(struct place *) places;
    VEC(struct param *) params;
    VEC(struct def *) defs;
    struct policy **order; /* policies so that used outcomes come first */
    uint32_t n_exprs;
};

void rules_init(struct rules *r, struct arena *a);

/* Lex and parse every source of r->sources that was not parsed yet. Mistakes go to d. */
void rules_parse(struct rules *r, struct diags *d);

/* Resolve, type and order all that was parsed. Examples are not run here (see eval/example.h). */
void rules_check(struct rules *r, struct diags *d);

/* Read home/lines and home/places, parse and check. RC_RULE when d->errors > 0. */
MUST_CHECK enum rc rules_load(struct rules *r, const char *home, struct diags *d, struct err *err);

struct policy *rules_policy(const struct rules *r, str name);
struct reg *rules_reg(const struct rules *r, str name);
struct code *rules_code(const struct rules *r, str name);
struct place *rules_place(const struct rules *r, str name);
struct service *rules_service(const struct rules *r, str name);
/* What the policy says of money that it paid too much, by cause (a value of code overpayment_cause); NULL:
 * nothing, so that it is left with the family. */
const struct taking_back *policy_taking(const struct policy *p, str cause);
bool policy_takes_back(const struct policy *p, str cause);
/* The document of that form for a service: one that names it, else its line's; NULL: none is declared. */
const struct document *rules_document(const struct rules *r, const struct service *s,
                                      enum document_form form);
struct field *reg_field(const struct reg *reg, str name); /* by name, then by Chinese label */

/* Index of a code's value by name, by number ("3") or by Chinese label; -1: none. */
long code_index(const struct code *c, str text);
str code_name(const struct code *c, size_t index); /* "urban", "3" */

/* Is the policy's line switched on in the place (its own `lines`) in that month? */
bool place_line_on(const struct place *p, str line, month m);

/* Did the place give this service's decisions in the division to the township in that month? */
bool place_delegates(const struct place *p, const struct service *s, int64_t division, month m);

/*
 * The value that holds: nearest place first: an area of a place that names the division (or its
 * county), the place of the county, of the city, of the province, of the country. `division` is 12
 * digits; a place's own code asks for the place as a whole. Within one place the last `from` not
 * after m holds; when its `through` is over, the place above is asked. NULL: no value.
 * *set (may be NULL) is where it was found, for its basis.
 */
const struct literal *param_value(const struct rules *r, const struct param *p, size_t key,
                                  int64_t division, month m, const struct place_set **set);

/* Is the key one that the parameter is declared by: within its `in` range, if it has one? */
bool param_has_key(const struct param *p, size_t key);

/* Does an area of some place tell these divisions apart? Equal numbers: the same values hold. */
uint32_t param_zone(const struct rules *r, int64_t division);

const char *kind_word(enum kind k);              /* "money per month" */
void type_text(struct sbuf *out, struct type t); /* "money per month", "code disease" */

/* A quoted thing for messages: name (“label”). */
void named_text(struct sbuf *out, str name, const struct label *l);

#endif
