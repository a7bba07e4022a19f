/*
 * Facts in columns: what a policy is run over. A block is a run of subjects (households, say) that
 * stand in one place, with their members behind one another. Columns borrow: whoever loads a block
 * owns its storage until the results were taken.
 *
 * The element type follows from the field's kind:
 *     yes or no, code          uint8_t   0/1; index of the code's value
 *     count, months, days,
 *     date, month              int32_t
 *     money (all three)        int64_t   fen
 * A slot whose value is unknown holds 0 and has 1 in `unknown`. Other kinds are never read by a
 * policy (the checker refuses it) and have no column here.
 */
#ifndef HUIMIN_EVAL_FACTS_H
#define HUIMIN_EVAL_FACTS_H

#include "lang/rules.h"

struct column {
    const void *at;         /* NULL: nobody's value is known */
    const uint8_t *unknown; /* one byte a row; NULL: every value is known */
    int64_t min, max;       /* bounds of the known values; need not be tight */
};

struct block {
    size_t n; /* subjects */
    size_t n_members;
    const uint32_t *first;          /* n + 1: members of subject i are [first[i], first[i + 1]);
                                       NULL when the subject's register has no list */
    const struct column *subject;   /* by slot of the subject's register */
    const struct column *member;    /* by slot of the members' register */
    const struct column *paid_last; /* by policy index: fen paid for the month before, at the level
                                       of the policy; at == NULL: nothing was paid. Never unknown. */
};

/* Bytes of one element of a field's column: 1, 4 or 8; 0 when it has none. */
size_t column_width(struct type t);

#endif
