/*
 * Classes of size. Element types are chosen by them and not by a block's exact ends, so that a few
 * variants serve all blocks.
 */
#include "eval/compile.h"

#include <string.h>

static const uint8_t bits[] = {0, 7, 12, 15, 17, 20, 22, 24, 31, 34, 40, 47, 56, 63};
enum { N_BITS = sizeof bits / sizeof *bits };

static const int32_t sizes[] = {8, 16, 64, 255, BLOCK_MEMBERS};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

int64_t range_most(uint8_t class)
{
    return (int64_t)(((uint64_t)1 << bits[class]) - 1);
}

int64_t range_least(uint8_t class)
{
    return bits[class] == 63 ? INT64_MIN : -range_most(class);
}

uint8_t range_class(int64_t magnitude)
{
    uint8_t class = 0;

    while (class < N_BITS - 1 && range_most(class) < magnitude)
        class ++;
    return class;
}

int64_t range_size(uint8_t class)
{
    return sizes[class];
}

uint8_t range_size_class(int64_t members)
{
    uint8_t class = 0;

    while (class < N_SIZES - 1 && sizes[class] < members)
        class ++;
    return class;
}

struct column_shape range_of_column(const struct column *c, struct type t)
{
    struct column_shape s = {0};

    if (!c || !c->at)
        return (struct column_shape){.flags = COLUMN_ABSENT};
    s.flags = c->unknown ? COLUMN_UNKNOWN : 0;
    /* Bytes are small as they are. */
    if (column_width(t) == 1)
        return s;
    s.below = range_class(c->min >= 0 ? 0 : c->min == INT64_MIN ? INT64_MAX : -c->min);
    s.above = range_class(c->max <= 0 ? 0 : c->max);
    return s;
}

struct layout shape_layout(const struct binding *b)
{
    struct layout l = {0};

    l.member = b->subject ? b->subject->n_slots : 0;
    l.paid = l.member + (b->list ? b->list->type.reg->n_slots : 0);
    l.n = l.paid + b->n_policies;
    return l;
}

size_t column_width(struct type t)
{
    switch (t.kind) {
    case K_BOOL:
    case K_CODE:
        return 1;
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
    case K_DATE:
    case K_MONTH:
        return 4;
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        return 8;
    default:
        return 0;
    }
}
