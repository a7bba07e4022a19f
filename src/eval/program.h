/* Inside of programs and of working memory: see eval.h. */
#ifndef HUIMIN_EVAL_PROGRAM_H
#define HUIMIN_EVAL_PROGRAM_H

#include "eval/compile.h"

struct program {
    const struct binding *bind;
    uint64_t serial; /* tells programs apart whose memory was at one address */
    bool *used;      /* by column of the layout: policies read it */
    bool exact_only;
};

/*
 * A thread keeps the variants that it used last, each in an arena of its own, and makes them itself:
 * that takes less time than a block, and needs no lock.
 */
enum { KEPT_VARIANTS = 12 };

struct kept_variant {
    struct arena arena;
    uint64_t serial; /* 0: free */
    uint64_t used_at;
    struct shape *shape;
    size_t shape_bytes;
    struct variant *variant;
};

struct scratch {
    struct kept_variant kept[KEPT_VARIANTS];
    struct arena rows;   /* for rows determined exactly */
    struct shape *shape; /* owned */
    size_t shape_room;
    uint64_t clock;
    char *memory; /* owned; temporaries */
    size_t memory_bytes;
    void **value; /* owned; by number of the value */
    size_t value_room;
    size_t *count; /* owned; by domain */
    size_t count_room;
    uint32_t *first; /* owned; first members, from the block's own */
    uint8_t *flags;  /* owned; rows for the exact path */
    size_t exact_rows;
};

#endif
