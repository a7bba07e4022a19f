/* Groups, aggregates over members, lists of grounds: see compile.h. */
#include "eval/compile.h"

const struct def *compile_grounds(const struct set *s)
{
    while (s->form == SET_WHO)
        s = s->base;
    return s->form == SET_GROUNDS ? s->def : NULL;
}

/* ---- membership ----------------------------------------------------------------------------- */

node_id compile_members(struct compile *c, const struct set *s)
{
    const struct policy *policy = c->policy;
    node_id n;

    switch (s->form) {
    case SET_DEF:
        if (c->group[s->def->index])
            return c->group[s->def->index];
        c->policy = s->def->policy;
        n = compile_members(c, s->def->group);
        c->policy = policy;
        return c->group[s->def->index] = n;
    case SET_WHO:
        return ir_and(&c->ir, compile_members(c, s->base), compile_mask(c, s->who));
    default:
        return ir_truth(&c->ir, true);
    }
}

node_id compile_ground(struct compile *c, const struct set *s, uint32_t ground)
{
    uint32_t outer = c->ground;
    node_id n;

    if (s->form == SET_GROUNDS) {
        c->ground = NO_GROUND;
        n = compile_mask(c, s->def->grounds[ground].expr);
        c->ground = outer;
        return n;
    }
    n = compile_ground(c, s->base, ground);
    c->ground = ground;
    n = ir_and(&c->ir, n, compile_mask(c, s->who));
    c->ground = outer;
    return n;
}

/* ---- over members --------------------------------------------------------------------------- */

/* A divisor that differs by member can't be taken out of the sum. */
static void divisors_of_family(struct compile *c, const struct term *t)
{
    for (size_t i = 0; i < t->n_by; i++)
        if (ir_at(&c->ir, t->by[i])->level == LEVEL_MEMBER)
            c->ir.overflow = true;
}

static struct term over_members(struct compile *c, const struct expr *e, const struct expr *none)
{
    struct ir *ir = &c->ir;
    node_id in = compile_members(c, e->set), said;
    struct term a, b;

    switch ((int)e->op) {
    case E_COUNT:
        return term_node(ir_count(ir, in));
    case E_SUM:
        a = term_guarded(ir, compile_expr(c, e->a));
        divisors_of_family(c, &a);
        a.n = ir_sum(ir, in, a.n);
        return a;
    case E_HIGHEST:
    case E_LOWEST:
        a = term_guarded(ir, compile_expr(c, e->a));
        b = term_guarded(ir, compile_expr(c, none));
        term_common(ir, &a, &b);
        divisors_of_family(c, &a);
        a.n = ir_extreme(ir, e->op == E_HIGHEST, in, a.n, b.n);
        return a;
    default:
        said = compile_mask(c, e->a);
        if (e->op == E_EVERY)
            said = ir_not(ir, said);
        said = ir_any(ir, ir_and(ir, in, said));
        return term_node(e->op == E_ANY ? said : ir_not(ir, said));
    }
}

/* ---- over grounds --------------------------------------------------------------------------- */

/* A ground's value where the ground holds. */
static struct term ground_value(struct compile *c, const struct expr *e, uint32_t ground)
{
    uint32_t outer = c->ground;

    c->ground = ground;
    struct term t = term_guarded(&c->ir, compile_expr(c, e->a));
    c->ground = outer;
    return t;
}

/*
 * The highest (lowest) value of the grounds that hold. When `none` can't beat any of the values the
 * search starts from it; else a mask remembers whether something was found.
 */
static struct term best_ground(struct compile *c, const struct expr *e, const struct expr *none)
{
    struct ir *ir = &c->ir;
    const struct def *d = compile_grounds(e->set);
    bool highest = e->op == E_HIGHEST, plain = true;
    struct term last = term_guarded(ir, compile_expr(c, none)), best = last;
    struct term *v = NEW_N(c->a, struct term, d->n_grounds + 1);
    node_id found = ir_truth(ir, false);
    uint32_t n = (uint32_t)d->n_grounds;

    for (uint32_t g = 0; g < n; g++) {
        v[g] = ground_value(c, e, g);
        term_common(ir, &best, &v[g]);
    }
    for (uint32_t g = 0; g < n; g++) {
        term_common(ir, &best, &v[g]);
        struct node x = *ir_at(ir, v[g].n), y = *ir_at(ir, best.n);
        plain = plain && (highest ? x.lo >= y.hi && y.lo >= 0 : x.hi <= y.lo);
    }
    for (uint32_t g = 0; g < n; g++) {
        node_id in = compile_ground(c, e->set, g);
        struct term other = v[g];
        if (plain) {
            /* Where the ground doesn't hold the value is 0, or the best so far, and never wins. */
            other.n = ir_select(ir, in, v[g].n, highest ? ir_const(ir, 0) : best.n);
            best.n = highest ? ir_max(ir, best.n, other.n) : ir_min(ir, best.n, other.n);
            continue;
        }
        node_id wins = highest ? ir_lt(ir, best.n, v[g].n) : ir_lt(ir, v[g].n, best.n);
        wins = ir_and(ir, in, ir_or(ir, ir_not(ir, found), wins));
        best.n = ir_select(ir, wins, v[g].n, best.n);
        found = ir_or(ir, found, in);
    }
    return plain ? best : term_select(ir, found, best, last);
}

static struct term over_grounds(struct compile *c, const struct expr *e, const struct expr *none)
{
    struct ir *ir = &c->ir;
    const struct def *d = compile_grounds(e->set);
    struct term total = term_node(ir_const(ir, 0));
    node_id any = ir_truth(ir, false);

    if (e->op == E_HIGHEST || e->op == E_LOWEST)
        return best_ground(c, e, none);
    for (uint32_t g = 0; g < d->n_grounds; g++) {
        node_id in = compile_ground(c, e->set, g);
        struct term v = term_const(ir, 1, 1), zero = term_const(ir, 0, 1);
        if (e->op != E_COUNT)
            v = ground_value(c, e, g);
        if (e->op == E_EVERY)
            v.n = ir_not(ir, v.n);
        if (e->op == E_COUNT || e->op == E_SUM)
            total = term_add(ir, total, term_select(ir, in, v, zero), false);
        else
            any = ir_or(ir, any, ir_and(ir, in, v.n));
    }
    if (e->op == E_COUNT || e->op == E_SUM)
        return total;
    return term_node(e->op == E_ANY ? any : ir_not(ir, any));
}

struct term compile_aggregate(struct compile *c, const struct expr *e, const struct expr *none)
{
    return compile_grounds(e->set) ? over_grounds(c, e, none) : over_members(c, e, none);
}
