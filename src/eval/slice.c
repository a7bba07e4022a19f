/* See slice.h. */
#include "eval/slice.h"

/* The register's columns from row `shift` on. */
static const struct column *moved(const struct reg *reg, const struct column *columns, size_t shift,
                                  struct arena *a)
{
    struct column *out = NEW_N(a, struct column, reg->n_slots + 1);

    for (size_t i = 0; i < reg->n_slots; i++) {
        out[i] = columns[i];
        if (!out[i].at)
            continue;
        out[i].at = (const char *)out[i].at + shift * column_width(reg->slots[i]->type);
        if (out[i].unknown)
            out[i].unknown += shift;
    }
    return out;
}

static const struct column *moved_paid(const struct rules *rules, const struct column *paid,
                                       size_t shift, size_t member_shift, struct arena *a)
{
    struct column *out = NEW_N(a, struct column, rules->policies.n + 1);

    for (size_t i = 0; i < rules->policies.n; i++) {
        out[i] = paid[i];
        if (out[i].at)
            out[i].at = (const int64_t *)out[i].at +
                        (rules->policies.at[i]->of_member ? member_shift : shift);
    }
    return out;
}

struct block block_slice(const struct binding *bind, const struct block *b, size_t from, size_t to,
                         struct arena *a)
{
    struct block s = *b;
    uint32_t base = b->first ? b->first[from] : 0;

    if (from == 0 && to == b->n)
        return s;
    s.n = to - from;
    if (b->subject)
        s.subject = moved(bind->subject, b->subject, from, a);
    if (b->member && bind->list)
        s.member = moved(bind->list->type.reg, b->member, base, a);
    if (b->paid_last)
        s.paid_last = moved_paid(bind->rules, b->paid_last, from, base, a);
    if (b->first) {
        uint32_t *first = NEW_N(a, uint32_t, s.n + 1);
        for (size_t i = 0; i <= s.n; i++)
            first[i] = b->first[from + i] - base;
        s.first = first;
        s.n_members = first[s.n];
    }
    return s;
}
