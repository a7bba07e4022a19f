/* Compiling for one shape, from policies to calls: see compile.h. */
#include "eval/compile.h"

#include <string.h>

struct variant *compile_variant(const struct binding *bind, const struct shape *shape,
                                struct arena *a)
{
    struct compile c;

    compile_init(&c, bind, shape, a);
    for (size_t i = 0; i < bind->n_policies; i++)
        compile_policy(&c, bind->policies[i]);
    compile_needs(&c);
    return compile_emit(&c);
}

bool *compile_columns(const struct binding *bind, struct arena *a)
{
    struct layout l = shape_layout(bind);
    size_t bytes = sizeof(struct shape) + l.n * sizeof(struct column_shape);
    struct shape *shape = arena_alloc(a, bytes, _Alignof(struct shape));
    bool *used = NEW_N(a, bool, l.n + 1);
    struct compile c;

    /* Everything there, everything perhaps unknown: then all that may ever be read is read. */
    for (size_t i = 0; i < l.n; i++)
        shape->column[i] = (struct column_shape){.flags = i < l.paid ? COLUMN_UNKNOWN : 0,
                                                 .below = range_class(1),
                                                 .above = range_class(1)};
    compile_init(&c, bind, shape, a);
    for (size_t i = 0; i < bind->n_policies; i++) {
        const struct policy *p = bind->policies[i];
        compile_policy(&c, p);
        c.policy = p;
        for (size_t k = 0; k < p->n_alts; k++) {
            for (size_t b = 0; b < p->alts[k].n_because; b++)
                if (p->alts[k].because[b].when)
                    compile_mask(&c, p->alts[k].because[b].when);
            for (size_t b = 0; b < p->alts[k].n_pays; b++) {
                compile_expr(&c, p->alts[k].pays[b].value);
                if (p->alts[k].pays[b].set)
                    compile_members(&c, p->alts[k].pays[b].set);
            }
        }
    }
    for (size_t i = 0; i < c.leaves.n; i++)
        used[c.leaves.at[i].column] = true;
    return used;
}
