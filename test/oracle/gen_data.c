/* Random facts: at the edges of what the program compares with, and unknown. See gen.h. */
#include "gen.h"

#include <string.h>

/* Values that the places set, for facts that equal them or miss them by one. */
struct edges {
    VEC(int64_t) fen;
    VEC(int64_t) number;
};

struct data {
    struct rng *r;
    struct arena *a;
    const struct gen_options *o;
    struct edges edges;
};

static void find_edges(struct data *d, const struct rules *rules)
{
    for (size_t i = 0; i < rules->places.n; i++) {
        const struct place *pl = rules->places.at[i];
        for (size_t k = 0; k < pl->n_sets; k++)
            for (size_t v = 0; v < pl->sets[k].n_values; v++) {
                enum kind kind = pl->sets[k].param->type.kind;
                int64_t value = pl->sets[k].values[v].lit.i;
                if (kind == K_MONEY || kind == K_MONEY_MONTH || kind == K_MONEY_YEAR)
                    *VEC_PUSH(d->a, &d->edges.fen) = value;
                else if (kind != K_RATE)
                    *VEC_PUSH(d->a, &d->edges.number) = value;
            }
    }
}

static int64_t one_off(struct data *d, int64_t v)
{
    return v + rng_below(d->r, 3) - 1;
}

static int64_t random_fen(struct data *d)
{
    int what = rng_below(d->r, 100);
    if (d->o->huge && what < 50) {
        int64_t big = LIMIT_FEN - rng_below(d->r, 3);
        return rng_percent(d->r, 30) ? -big : big;
    }
    if (what < 20)
        return 0;
    if (what < 30)
        return one_off(d, 0);
    if (what < 60 && d->edges.fen.n > 0) {
        int64_t v = d->edges.fen.at[rng_below(d->r, (int)d->edges.fen.n)];
        return one_off(d, rng_percent(d->r, 20) ? v * (1 + rng_below(d->r, 24)) : v);
    }
    if (what < 65)
        return -rng_below(d->r, 200000);
    return rng_below(d->r, what < 90 ? 200000 : 20000000);
}

static int64_t random_number(struct data *d)
{
    int what = rng_below(d->r, 100);
    if (d->o->huge && what < 60)
        return rng_percent(d->r, 30) ? INT32_MIN : INT32_MAX;
    if (what < 3)
        return -1;
    if (what < 20 && d->edges.number.n > 0)
        return one_off(d, d->edges.number.at[rng_below(d->r, (int)d->edges.number.n)]);
    return rng_below(d->r, what < 85 ? 5 : 100);
}

static int64_t random_day(struct data *d)
{
    static const int edges[][3] = {{2020, 12, 1}, {2020, 12, 2}, {2020, 11, 30}, {1980, 6, 15},
                                   {2000, 2, 29}, {2002, 12, 1}, {2021, 3, 31},  {1950, 12, 1}};
    if (rng_percent(d->r, 30)) {
        const int *e = edges[rng_below(d->r, 8)];
        return one_off(d, date_day(e[0], e[1], e[2]));
    }
    return date_day(1930, 1, 1) + rng_below(d->r, 91 * 365 + 200);
}

static int64_t random_value(struct data *d, struct type t)
{
    switch (t.kind) {
    case K_BOOL:
        return rng_below(d->r, 2);
    case K_CODE:
        return rng_below(d->r, (int)t.code->n_values);
    case K_DATE:
        return random_day(d);
    case K_MONTH:
        return month_of(2018 + rng_below(d->r, 4), 1 + rng_below(d->r, 12));
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        return random_number(d);
    default:
        return random_fen(d);
    }
}

static void put(void *at, size_t width, size_t i, int64_t v)
{
    if (width == 1)
        ((uint8_t *)at)[i] = (uint8_t)v;
    else if (width == 4)
        ((int32_t *)at)[i] = (int32_t)v;
    else
        ((int64_t *)at)[i] = v;
}

static struct column random_column(struct data *d, const struct field *f, size_t n)
{
    size_t width = column_width(f->type);
    struct column c = {0};
    if (width == 0 || (d->o->unknown_percent > 0 && rng_percent(d->r, 2)))
        return c;
    void *at = arena_alloc_n(d->a, n + 1, width, 64);
    uint8_t *unknown = NEW_N(d->a, uint8_t, n + 1);
    bool some = false, known = false;
    for (size_t i = 0; i < n; i++) {
        int64_t v = random_value(d, f->type);
        if (rng_percent(d->r, d->o->unknown_percent)) {
            unknown[i] = 1;
            some = true;
            continue;
        }
        put(at, width, i, v);
        c.min = !known || v < c.min ? v : c.min;
        c.max = !known || v > c.max ? v : c.max;
        known = true;
    }
    if (rng_percent(d->r, 20) && f->type.kind != K_CODE && f->type.kind != K_BOOL) {
        c.min -= rng_below(d->r, 1000); /* bounds need not be tight */
        c.max += rng_below(d->r, 1000);
    }
    c.at = at;
    c.unknown = some || rng_percent(d->r, 10) ? unknown : NULL;
    return c;
}

static const struct column *random_columns(struct data *d, const struct reg *reg, size_t n)
{
    struct column *c = NEW_N(d->a, struct column, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++)
        c[i] = random_column(d, reg->slots[i], n);
    return c;
}

static const struct column *random_paid(struct data *d, const struct rules *rules,
                                        const struct block *b)
{
    struct column *c = NEW_N(d->a, struct column, rules->policies.n + 1);
    for (size_t i = 0; i < rules->policies.n; i++) {
        size_t n = rules->policies.at[i]->of_member ? b->n_members : b->n;
        if (rng_percent(d->r, 30))
            continue;
        int64_t *fen = NEW_N(d->a, int64_t, n + 1);
        for (size_t k = 0; k < n; k++) {
            fen[k] = rng_percent(d->r, 50) ? 0 : random_fen(d);
            fen[k] = fen[k] < 0 ? 0 : fen[k];
            c[i].max = fen[k] > c[i].max ? fen[k] : c[i].max;
        }
        c[i].at = fen;
    }
    return c;
}

static const struct reg *list_of(const struct reg *subject)
{
    for (size_t i = 0; i < subject->n_fields; i++)
        if (subject->fields[i]->type.kind == K_LIST)
            return subject->fields[i]->type.reg;
    return NULL;
}

/* Mostly a few, none at times, seldom a crowd. */
static int random_members(struct rng *r)
{
    if (rng_percent(r, 1))
        return rng_below(r, rng_percent(r, 5) ? 70 : 40);
    return rng_below(r, rng_percent(r, 10) ? 13 : 5);
}

void gen_block(struct rng *r, const struct rules *rules, const struct reg *subject,
               const struct gen_options *o, struct arena *a, struct block *out)
{
    struct data d = {.r = r, .a = a, .o = o};
    const struct reg *members = list_of(subject);
    uint32_t *first = NEW_N(a, uint32_t, o->n + 1);
    find_edges(&d, rules);
    for (size_t i = 0; i < o->n && members != NULL; i++)
        first[i + 1] = first[i] + (uint32_t)random_members(r);
    *out = (struct block){.n = o->n, .n_members = first[o->n]};
    out->subject = random_columns(&d, subject, out->n);
    if (members != NULL) {
        out->first = first;
        out->member = random_columns(&d, members, out->n_members);
    }
    out->paid_last = random_paid(&d, rules, out);
}

/* ---- fewer subjects ------------------------------------------------------------------------- */

static void pick_columns(const struct column *from, struct column *to, size_t n_columns,
                         const size_t *width, const uint32_t *rows, size_t n, struct arena *a)
{
    for (size_t k = 0; k < n_columns; k++) {
        to[k] = from[k];
        if (from[k].at == NULL)
            continue;
        char *at = arena_alloc_n(a, n + 1, width[k], 64);
        uint8_t *unknown = NEW_N(a, uint8_t, n + 1);
        for (size_t i = 0; i < n; i++) {
            memcpy(at + i * width[k], (const char *)from[k].at + rows[i] * width[k], width[k]);
            if (from[k].unknown != NULL)
                unknown[i] = from[k].unknown[rows[i]];
        }
        to[k].at = at;
        to[k].unknown = from[k].unknown == NULL ? NULL : unknown;
    }
}

static const struct column *pick_register(const struct column *from, const struct reg *reg,
                                          const uint32_t *rows, size_t n, struct arena *a)
{
    struct column *to = NEW_N(a, struct column, reg->n_slots + 1);
    size_t *width = NEW_N(a, size_t, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++)
        width[i] = column_width(reg->slots[i]->type);
    pick_columns(from, to, reg->n_slots, width, rows, n, a);
    return to;
}

void block_pick(const struct block *b, const struct rules *rules, const struct reg *subject,
                const uint8_t *keep, struct arena *a, struct block *out)
{
    uint32_t *rows = NEW_N(a, uint32_t, b->n + 1), *members = NEW_N(a, uint32_t, b->n_members + 1);
    uint32_t *first = NEW_N(a, uint32_t, b->n + 1);
    size_t n = 0, m = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        if (!keep[i])
            continue;
        for (uint32_t k = 0; b->first != NULL && b->first[i] + k < b->first[i + 1]; k++)
            members[m++] = b->first[i] + k;
        rows[n++] = i;
        first[n] = (uint32_t)m;
    }
    *out = (struct block){.n = n, .n_members = m};
    out->subject = pick_register(b->subject, subject, rows, n, a);
    if (b->first != NULL) {
        out->first = first;
        out->member = pick_register(b->member, list_of(subject), members, m, a);
    }
    struct column *paid = NEW_N(a, struct column, rules->policies.n + 1);
    const size_t width = sizeof(int64_t);
    for (size_t i = 0; i < rules->policies.n; i++) {
        bool of_member = rules->policies.at[i]->of_member;
        pick_columns(&b->paid_last[i], &paid[i], 1, &width, of_member ? members : rows,
                     of_member ? m : n, a);
    }
    out->paid_last = paid;
}
