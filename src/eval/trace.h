/*
 * The trace of one subject as data: why each policy decided as it did, in words and numbers, in both
 * languages at once. Built by walking the outcomes that were decided; printed as text by explain.c,
 * written for pages by trace_json().
 */
#ifndef HUIMIN_EVAL_TRACE_H
#define HUIMIN_EVAL_TRACE_H

#include "base/json.h"
#include "eval/row.h"

enum { TRACE_LANGS = 2 }; /* arrays by enum explain_lang */

enum trace_kind {
    TRACE_ALTERNATIVE, /* one way to an outcome: whether it was taken */
    TRACE_CONDITION,   /* of the alternative before it */
    TRACE_PAYMENT,     /* an amount, with the numbers put in */
    TRACE_VALUE,       /* a definition, a total or a group that was used above, once */
    TRACE_PARAMETER,   /* a value of the place, and where it comes from */
    TRACE_CHANGE,      /* a single change that would turn the refusal */
};

enum trace_state { TRACE_HOLDS, TRACE_FAILS, TRACE_OPEN };

struct trace_step {
    enum trace_kind kind;
    enum trace_state state;
    str name; /* in the rule text; may be empty */
    str label[TRACE_LANGS];
    str text[TRACE_LANGS];       /* a sentence, or a calculation with its result */
    str value[TRACE_LANGS];      /* the result alone; may be empty */
    uint32_t member;             /* of whom, from 1; 0: the subject */
    const struct basis *basis;   /* its own; for a parameter its value's, else its place's */
    const struct place *place;   /* TRACE_PARAMETER: whose value; NULL: given for this question */
    const struct place_set *set; /* TRACE_PARAMETER: where it stands */
};

struct trace_unit {
    struct determination d;
    str result[TRACE_LANGS]; /* the outcome and what is paid, a sentence */
    str needs[TRACE_LANGS];  /* the facts still needed; empty: none */
    bool explained;          /* false: nothing more to say of it than the result */
    bool searched;           /* the smallest changes were looked for */
    bool all_searched;       /* and none was passed over */
    VEC(struct trace_step) steps;
};

struct trace_policy {
    const struct policy *policy;
    struct trace_unit *units; /* one, or one for each member */
    size_t n_units;
    bool applies; /* to somebody; else one line says all */
};

struct trace {
    month month;
    int64_t division;
    const struct place *place; /* NULL: none of the rule set covers the division */
    struct trace_policy *policies;
    size_t n_policies;
};

/* Everything in the arena. RC_RULE as for row_determine(). */
MUST_CHECK enum rc trace_build(const struct binding *bind, const struct block *b, size_t row,
                               struct arena *a, struct trace **out, struct err *err);

/* One object; texts in both languages. */
void trace_json(const struct trace *t, struct json *j);
/* The steps of one unit: an array. */
void trace_steps_json(const struct trace_unit *u, struct json *j);
/* What a rule rests on: the member "basis"; nothing without one. */
void trace_basis_json(const struct basis *b, struct json *j);

/* ---- words (explain_words.c, explain_phrase.c): only for those who build and print a trace ---- */

enum use_kind { USE_DEF, USE_FIELD, USE_TOTAL, USE_PARAM };

/* What a text mentioned, to be explained below. */
struct trace_use {
    enum use_kind kind;
    const struct def *def;     /* USE_DEF */
    const struct field *field; /* USE_FIELD: a computed one */
    const struct expr *total;  /* USE_TOTAL: a sum */
    const struct param *param;
    size_t key;
    struct row_at at;
};

/* A text being made in one language. */
struct say {
    struct row *r;
    enum explain_lang lang;
    bool exact; /* amounts with all their decimals, where two would look the same */
    struct sbuf out;
    VEC(struct trace_use) uses;
    size_t used; /* of these were explained */
};

void say_zh_en(struct say *s, const char *zh, const char *en);
str say_take(struct say *s); /* what was said, in the row's arena; begins anew */

str word_label(struct arena *a, enum explain_lang lang, const struct label *l, str name);
str word_outcome(struct arena *a, enum explain_lang lang, const struct policy *p, size_t alt);
enum rel word_turned(enum rel rel); /* a < b is b > a */
bool word_in_yuan(enum kind k);
void say_label(struct say *s, const struct label *l, str name);
void say_member(struct say *s, uint32_t member); /* 成员2 */
void say_whose(struct say *s, uint32_t member);  /* （成员2）, nothing for the subject */
void say_val(struct say *s, struct type t, struct val v); /* 1,050.00 */
bool say_is_rounded(struct type t, struct val v);         /* say_val() would drop parts of a fen */
void say_name(struct say *s, const struct expr *e);       /* the label of a fact, word, value */
void say_set(struct say *s, const struct set *set);
void say_described(struct say *s, const struct expr *e); /* a condition without anybody's values */
void say_basis(struct say *s, const struct basis *b); /* 社会救助暂行办法 第9至13条（推定：…） */
void say_relation(struct say *s, enum rel rel, bool holds);
void say_needs(struct say *s, const struct need *needs, size_t n);

/* A condition as it was found, in words of what is so: true or the opposite. */
void say_sentence(struct say *s, const struct expr *e, struct row_at at);
/* A calculation with the numbers put in, without its result unless it is a single value … */
void say_formula(struct say *s, const struct expr *e, struct row_at at);
/* … and with it, for a line of its own. */
void say_calculation(struct say *s, const struct expr *e, struct row_at at);
/* A used definition or total, worked out. */
void say_definition(struct say *s, const struct def *d, struct row_at at);
void say_total(struct say *s, const struct expr *e, struct row_at at);
void say_use(struct say *s, struct trace_use use);

/* explain_change.c */
void say_changes(struct say *s, const struct trace_unit *u, const struct change_found *c, size_t n);

#endif
