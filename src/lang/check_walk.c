/* Visiting expressions: for passes that look for one thing in all of them. */
#include "lang/check.h"

void walk_set(struct set *set, expr_fn *fn, void *ctx)
{
    for (; set; set = set->base)
        if (set->who)
            walk_expr(set->who, fn, ctx);
}

void walk_expr(struct expr *e, expr_fn *fn, void *ctx)
{
    if (!e)
        return;
    fn(e, ctx);
    walk_expr(e->a, fn, ctx);
    walk_expr(e->b, fn, ctx);
    walk_expr(e->c, fn, ctx);
    for (size_t i = 0; i < e->n_args; i++)
        walk_expr(e->args[i], fn, ctx);
    walk_set(e->set, fn, ctx);
}
