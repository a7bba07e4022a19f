/* A part of a block as a block of its own: where a run of subjects has values of its own. */
#ifndef HUIMIN_EVAL_SLICE_H
#define HUIMIN_EVAL_SLICE_H

#include "eval/bind.h"

/* Subjects [from, to) of the block with their members. Columns are shared; what had to be made anew
 * is in the arena. */
struct block block_slice(const struct binding *bind, const struct block *b, size_t from, size_t to,
                         struct arena *a);

#endif
