/*
 * Running a program over a block: cut into runs of a few thousand subjects, so that temporaries stay
 * in the nearest caches, each run by the variant for its shape; then the rows in doubt, exactly.
 */
#include "eval/program.h"
#include "eval/row.h"

#include <assert.h>
#include <string.h>

/* One call of program_run(). */
struct run {
    struct program *p;
    const struct block *b;
    struct policy_result *results;
    struct scratch *s;
    struct layout layout;
};

/* Subjects [from, from + n) and their members [first, first + members). */
struct cut {
    size_t from, n, first, members;
};

static void *room(void *old, size_t *have, size_t want, size_t size)
{
    if (want <= *have && old)
        return old;
    *have = want + want / 2 + 16;
    return mem_resize(old, *have * size);
}

/* ---- the variant for a shape ---------------------------------------------------------------- */

static const struct column *column_at(const struct run *r, size_t i, struct type *t)
{
    const struct binding *bind = r->p->bind;

    if (i >= r->layout.paid) {
        *t = (struct type){.kind = K_MONEY};
        return r->b->paid_last ? &r->b->paid_last[bind->policies[i - r->layout.paid]->index] : NULL;
    }
    if (i >= r->layout.member) {
        *t = bind->list->type.reg->slots[i - r->layout.member]->type;
        return r->b->member ? &r->b->member[i - r->layout.member] : NULL;
    }
    *t = bind->subject->slots[i]->type;
    return r->b->subject ? &r->b->subject[i] : NULL;
}

static size_t shape_bytes(const struct run *r)
{
    return sizeof(struct shape) + r->layout.n * sizeof(struct column_shape);
}

/* The shape of the whole block, but for the size of families. */
static void shape_block(struct run *r)
{
    struct scratch *s = r->s;
    const struct binding *bind = r->p->bind;

    s->shape = room(s->shape, &s->shape_room, shape_bytes(r), 1);
    memset(s->shape, 0, shape_bytes(r));
    for (size_t i = 0; i < r->layout.n; i++) {
        struct type t;
        const struct column *c = column_at(r, i, &t);
        if (r->p->used[i])
            s->shape->column[i] = range_of_column(c, t);
    }
    for (size_t i = 0; i < bind->n_policies; i++) {
        const struct policy_result *out = &r->results[i];
        s->shape->wanted[i] =
            (uint8_t)((out->outcome ? WANT_OUTCOME : 0) | (out->reasons ? WANT_REASONS : 0) |
                      (out->subject_fen ? WANT_SUBJECT_FEN : 0) |
                      (out->member_fen ? WANT_MEMBER_FEN : 0));
    }
}

static const struct variant *variant_for(struct run *r)
{
    struct scratch *s = r->s;
    struct kept_variant *oldest = &s->kept[0];
    size_t bytes = shape_bytes(r);

    s->clock++;
    for (size_t i = 0; i < KEPT_VARIANTS; i++) {
        struct kept_variant *k = &s->kept[i];
        if (k->serial == r->p->serial && k->shape_bytes == bytes &&
            memcmp(k->shape, s->shape, bytes) == 0) {
            k->used_at = s->clock;
            return k->variant;
        }
        if (k->used_at < oldest->used_at)
            oldest = k;
    }
    arena_reset(&oldest->arena);
    oldest->serial = r->p->serial;
    oldest->used_at = s->clock;
    oldest->shape = arena_alloc(&oldest->arena, bytes, _Alignof(struct shape));
    oldest->shape_bytes = bytes;
    memcpy(oldest->shape, s->shape, bytes);
    oldest->variant = compile_variant(r->p->bind, oldest->shape, &oldest->arena);
    return oldest->variant;
}

/* ---- columns of a cut ----------------------------------------------------------------------- */

/* As many subjects from `from` on as go into one run; 0: the first alone has too many members. */
static struct cut cut_at(const struct run *r, size_t from)
{
    const struct block *b = r->b;
    struct cut c = {.from = from, .n = b->n - from < BLOCK_SUBJECTS ? b->n - from : BLOCK_SUBJECTS};

    if (b->first && r->p->bind->list) {
        c.first = b->first[from];
        if (b->first[from + c.n] - c.first > BLOCK_MEMBERS) {
            size_t lo = 0, hi = c.n; /* lo fit, hi don't */
            while (hi - lo > 1) {
                size_t mid = lo + (hi - lo) / 2;
                if (b->first[from + mid] - c.first <= BLOCK_MEMBERS)
                    lo = mid;
                else
                    hi = mid;
            }
            c.n = lo;
        }
        c.members = b->first[from + c.n] - c.first;
    }
    return c;
}

/* First members counted from the cut's own; the largest family. */
static uint32_t cut_families(const struct run *r, const struct cut *c)
{
    uint32_t *restrict first = r->s->first, most = 0;
    const uint32_t *restrict from = r->b->first;

    if (!c->members) {
        memset(first, 0, (BLOCK_SUBJECTS + 1) * sizeof *first);
        return 0;
    }
    from += c->from;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t m = from[i + 1] - from[i];
        first[i] = from[i] - from[0];
        most = m > most ? m : most;
    }
    first[c->n] = (uint32_t)c->members;
    memset(first + c->n + 1, 0xff, (BLOCK_SUBJECTS - c->n) * sizeof *first);
    return most;
}

static const char *column_bytes(const struct run *r, const struct variant_leaf *leaf)
{
    struct type t;
    const struct column *c = column_at(r, leaf->column, &t);

    return leaf->unknown ? (const char *)c->unknown : (const char *)c->at;
}

static void set_leaves(struct run *r, const struct variant *v, const struct cut *c)
{
    for (size_t i = 0; i < v->n_leaves; i++) {
        const struct variant_leaf *leaf = &v->leaves[i];
        size_t from = leaf->level == LEVEL_MEMBER ? c->first : c->from;
        union {
            const char *in; /* kernels that read it don't write it */
            void *out;
        } u = {.in = column_bytes(r, leaf) + from * leaf->width};
        r->s->value[leaf->value] = u.out;
    }
}

static void set_outs(struct run *r, const struct variant *v, const struct cut *c)
{
    for (size_t i = 0; i < v->n_outs; i++) {
        const struct variant_out *o = &v->outs[i];
        const struct policy_result *out = &r->results[o->policy];
        size_t unit = r->p->bind->policies[o->policy]->of_member ? c->first : c->from;
        void **at = &r->s->value[o->value];
        if (o->what == WANT_OUTCOME)
            *at = out->outcome + unit;
        else if (o->what == WANT_REASONS)
            *at = out->reasons + unit;
        else if (o->what == WANT_SUBJECT_FEN)
            *at = out->subject_fen + c->from;
        else
            *at = out->member_fen + c->first;
    }
}

/* ---- running -------------------------------------------------------------------------------- */

static void set_memory(struct scratch *s, const struct variant *v)
{
    if (v->memory > s->memory_bytes || !s->memory) {
        mem_free(s->memory);
        s->memory = NULL;
        s->memory = room(NULL, &s->memory_bytes, v->memory + 64, 1);
        /* Garbage behind the ends must at least be somebody's. */
        memset(s->memory, 0, s->memory_bytes);
    }
    s->value = room(s->value, &s->value_room, v->n_values, sizeof *s->value);
    s->count = room(s->count, &s->count_room, v->n_domains, sizeof *s->count);
    char *base = s->memory + (-(uintptr_t)s->memory & 63);
    for (size_t i = 0; i < v->n_values; i++)
        s->value[i] = v->offset[i] == SIZE_MAX ? NULL : base + v->offset[i];
    s->value[VALUE_FIRST] = s->first;
    s->value[VALUE_FLAGS] = s->flags;
}

static void run_calls(struct scratch *s, const struct variant *v, const struct cut *c)
{
    void *const *value = s->value;
    size_t *count = s->count;

    memset(count, 0, v->n_domains * sizeof *count);
    count[0] = c->n;
    count[1] = c->members;
    for (size_t i = 0; i < v->n_calls; i++) {
        const struct call *call = &v->calls[i];
        size_t rows = count[call->rows];
        if (!rows)
            continue;
        if (call->padded)
            rows = (rows + KERNEL_PAD - 1) & ~(size_t)(KERNEL_PAD - 1);
        size_t n = call->fn(rows, value[call->d], value[call->a], value[call->b], value[call->c],
                            &call->k);
        if (call->picks)
            count[call->picks] = n;
    }
}

static enum rc run_exact(struct run *r, size_t row, size_t *failed, struct err *err)
{
    r->s->exact_rows++;
    enum rc rc = row_fill(r->p->bind, r->b, row, &r->s->rows, r->results, err);
    arena_reset(&r->s->rows);
    if (rc != RC_OK)
        *failed = row;
    return rc;
}

static enum rc run_cut(struct run *r, const struct cut *c, size_t *failed, struct err *err)
{
    struct scratch *s = r->s;
    bool all = r->p->exact_only;

    if (!all) {
        s->shape->size = range_size_class(cut_families(r, c));
        const struct variant *v = variant_for(r);
        all = v->exact_all;
        if (!all) {
            set_memory(s, v);
            set_leaves(r, v, c);
            set_outs(r, v, c);
            memset(s->flags, 0, c->n);
            run_calls(s, v, c);
        }
    }
    if (!all && !memchr(s->flags, 1, c->n))
        return RC_OK;
    for (size_t i = 0; i < c->n; i++)
        if (all || s->flags[i])
            TRY(run_exact(r, c->from + i, failed, err));
    return RC_OK;
}

enum rc program_run(struct program *p, const struct block *b, struct policy_result *results,
                    struct scratch *s, size_t *row, struct err *err)
{
    struct run r = {p, b, results, s, shape_layout(p->bind)};

    s->exact_rows = 0;
    if (p->bind->n_policies == 0)
        return RC_OK;
    shape_block(&r);
    for (size_t from = 0; from < b->n;) {
        struct cut c = cut_at(&r, from);
        if (c.n == 0) {
            TRY(run_exact(&r, from++, row, err));
            continue;
        }
        TRY(run_cut(&r, &c, row, err));
        from += c.n;
    }
    return RC_OK;
}
