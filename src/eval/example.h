/*
 * The worked examples of definition files, run: each `example` of a policy is determined with the
 * facts it gives, those of `suppose` for the rest, and the values of its place; the whole result
 * must be what it expects. Differences become diagnostics R0300 at the example.
 */
#ifndef HUIMIN_EVAL_EXAMPLE_H
#define HUIMIN_EVAL_EXAMPLE_H

#include "eval/explain.h"

struct trace;

/* Run every example of every policy; returns how many ran. */
size_t examples_run(const struct rules *r, struct diags *d);

/*
 * One example determined now, with its trace. *as_expected: all that it expects came out. Everything in
 * the arena. RC_NOT_FOUND: its place is none of these rules; RC_RULE: it can't be worked out.
 */
MUST_CHECK enum rc example_trace(const struct rules *r, struct policy *p, const struct example *x,
                                 struct arena *a, struct trace **out, bool *as_expected,
                                 struct err *err);

#endif
