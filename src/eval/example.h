/*
 * The worked examples of definition files, run: each `example` of a policy is determined with the
 * facts it gives, those of `suppose` for the rest, and the values of its place; the whole result
 * must be what it expects. Differences become diagnostics R0300 at the example.
 */
#ifndef HUIMIN_EVAL_EXAMPLE_H
#define HUIMIN_EVAL_EXAMPLE_H

#include "eval/explain.h"

/* Run every example of every policy; returns how many ran. */
size_t examples_run(const struct rules *r, struct diags *d);

#endif
