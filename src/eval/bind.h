/*
 * A rule set bound to one place and month: which policies are determined, in which order, and every
 * parameter's value. Both forms of the evaluator, columns and rows, start from it and change nothing
 * in it, so that threads may share one.
 */
#ifndef HUIMIN_EVAL_BIND_H
#define HUIMIN_EVAL_BIND_H

#include "eval/eval.h"

struct bound_param {
    const struct literal **values; /* by key; NULL: no value */
    const struct place_set **sets; /* by key: where it was found; NULL: nowhere, or overridden */
    bool overridden;               /* at least one value is not the place's */
};

struct binding {
    const struct rules *rules; /* borrowed */
    int64_t division;
    month month;
    day first_day;            /* of the month: facts hold as on this day */
    struct policy **policies; /* wanted and needed ones, used outcomes first */
    size_t n_policies;
    const struct reg *subject;  /* of all the policies; NULL without policies */
    const struct field *list;   /* that holds its members; NULL: none */
    struct bound_param *params; /* by param->index */
    size_t *position;           /* by policy->index: place in policies; SIZE_MAX: not there */
};

/*
 * Everything in the arena. RC_RULE when the policies don't share a subject and its members. A
 * parameter without a value is no error here.
 */
MUST_CHECK enum rc bind_new(const struct binding_spec *spec, struct arena *a,
                            const struct binding **out, struct err *err);

/* The binding of a compiled program. */
const struct binding *program_binding(const struct program *p);

/* The nearest place that covers the division: its own, its county's, city's, province's; or NULL. */
const struct place *bind_place(const struct rules *rules, int64_t division);

/*
 * The text for a parameter without a value that a decision needs, as in
 * `chengdu 510104000000, 2021-03: dibao.asset_months (“财产限额月数”) has no value`.
 */
str bind_missing_text(const struct binding *b, const struct param *p, struct arena *a);

#endif
