/* Binding, and the life of programs and working memory: see eval.h. */
#include "eval/program.h"

#include <stdatomic.h>

static atomic_uint_fast64_t last_serial;

enum rc program_bind(const struct binding_spec *spec, struct arena *a, struct program **out,
                     struct err *err)
{
    struct program *p = NEW(a, struct program);
    struct arena work = {0};

    TRY(bind_new(spec, a, &p->bind, err));
    if (p->bind->n_policies > SHAPE_POLICIES)
        return err_set(err, RC_LIMIT, "%zu policies, but at most %d are determined at once",
                       p->bind->n_policies, SHAPE_POLICIES);
    p->serial = atomic_fetch_add(&last_serial, 1) + 1;
    size_t n = shape_layout(p->bind).n;
    bool *used = compile_columns(p->bind, &work);
    p->used = NEW_N(a, bool, n + 1);
    for (size_t i = 0; i < n; i++)
        p->used[i] = used[i];
    arena_deinit(&work);
    *out = p;
    return RC_OK;
}

size_t program_policies(const struct program *p, struct policy *const **out)
{
    *out = p->bind->policies;
    return p->bind->n_policies;
}

const struct binding *program_binding(const struct program *p)
{
    return p->bind;
}

void program_exact_only(struct program *p, bool on)
{
    p->exact_only = on;
}

struct scratch *scratch_open(void)
{
    struct scratch *s = mem_resize(NULL, sizeof *s);

    *s = (struct scratch){0};
    s->first = mem_resize(NULL, (BLOCK_SUBJECTS + 1 + KERNEL_PAD) * sizeof *s->first);
    s->flags = mem_resize(NULL, BLOCK_SUBJECTS + KERNEL_PAD);
    return s;
}

void scratch_close(struct scratch *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < KEPT_VARIANTS; i++)
        arena_deinit(&s->kept[i].arena);
    arena_deinit(&s->rows);
    mem_free(s->shape);
    mem_free(s->memory);
    mem_free(s->value);
    mem_free(s->count);
    mem_free(s->first);
    mem_free(s->flags);
    mem_free(s);
}

size_t scratch_exact_rows(const struct scratch *s)
{
    return s->exact_rows;
}
