/*
 * Kernels: loops over columns, free functions over restrict pointers, without allocation and
 * without branches on data where it can be helped. All have one signature, so that a compiled
 * program is a list of them; what a, b, c are is said by the lists in ir.def and kernel.c.
 *
 * Temporaries are aligned to 64 bytes and padded by KERNEL_PAD elements. Element-wise kernels over
 * temporaries alone are called for whole groups of KERNEL_PAD, with garbage behind the end, which
 * saves the loops for remainders; those that read a block's columns or write results are not.
 */
#ifndef HUIMIN_EVAL_KERNEL_H
#define HUIMIN_EVAL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum elem { EL_U8, EL_I32, EL_I64, EL__COUNT };

enum ir_op {
#define NODE(op)           IR_##op,
#define MAP2(op, types, v) IR_##op,
#define MAPK(op, types, v) IR_##op,
#define TEST2              MAP2
#define TESTK              MAPK
#include "eval/ir.def"
#undef NODE
#undef MAP2
#undef MAPK
#undef TEST2
#undef TESTK
    IR__COUNT
};

enum { KERNEL_PAD = 64, KERNEL_TABLE = 256 };

/* What does not vary by row. */
struct kernel_const {
    int64_t k, k2;
    const void *table; /* KERNEL_TABLE elements of the result's type */
};

/* n elements of d (or for COMPACT: of a); the result counts only for kernels that pick rows. */
typedef size_t kernel_fn(size_t n, void *restrict d, const void *restrict a, const void *restrict b,
                         const void *restrict c, const struct kernel_const *k);

/* Element-wise, by operation and by type of the operands; NULL: not made. */
kernel_fn *kernel_map(enum ir_op op, enum elem type);

kernel_fn *kernel_convert(enum elem to, enum elem from);
kernel_fn *kernel_fill(enum elem type);          /* k everywhere */
kernel_fn *kernel_select(enum elem type);        /* a ? b : c */
kernel_fn *kernel_masked(enum elem type);        /* a ? b : 0 */
kernel_fn *kernel_pick(enum elem type);          /* a ? k : k2 */
kernel_fn *kernel_lut(enum elem type, bool two); /* table[a]; two: a is 0 or 1 */
kernel_fn *kernel_bcast(enum elem type);         /* a by subject, b first */
kernel_fn *kernel_gather(enum elem type);        /* a[idx b[i]] */

/*
 * Aggregates over the members of each subject: a by member, b first (n + 1), c the subjects looked
 * at or NULL for all. `picked` chooses the latter.
 */
kernel_fn *kernel_any(bool picked);
kernel_fn *kernel_count(enum elem to, bool picked);
kernel_fn *kernel_size(enum elem to, bool picked); /* a is not read */
kernel_fn *kernel_sum_picked(enum elem to, enum elem from);
kernel_fn *kernel_extreme(enum ir_op op, enum elem type, bool picked);
/* Sums for all subjects: running sums of a, then their differences at b first. */
kernel_fn *kernel_running(enum elem to, enum elem from);
kernel_fn *kernel_difference(enum elem type);

kernel_fn kernel_years, kernel_months;  /* since a until day k; int32 */
kernel_fn kernel_floor, kernel_floor_k; /* int64 */
kernel_fn kernel_compact;               /* d: numbers of the rows whose a is odd; their count */
kernel_fn kernel_owner;                 /* d: subject of each member in a; b first, k its n */
kernel_fn kernel_mark;                  /* d[b[i]] = 1 where a[i] */
kernel_fn kernel_add_at;                /* d[b[i]] += a[i], int64 */
kernel_fn kernel_out_const;             /* d = a ? k : 0, int64 */
kernel_fn kernel_out_zero;              /* d = 0, int64 */
kernel_fn kernel_out_bytes;             /* d = a, bytes */
kernel_fn kernel_out_bits;              /* d = a, bytes into uint64 */
kernel_fn kernel_out_bits2;             /* d = a | b << 8 */
kernel_fn kernel_or_bits;               /* d |= a << k */

/* The compiler's flags for the kernels, as the build gave them; "" when it did not say. */
const char *kernels_built_with(void);

#endif
