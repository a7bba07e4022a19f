/*
 * Which rows the columns can't be sure of. Expressions are walked with the mask of where their value
 * is needed: an alternative's conditions where it is tried, the right of `and` where the left holds,
 * a branch where its condition does, an amount where its alternative was chosen. What may be wrong
 * with a value there (a fact unknown, a divisor of 0, a parameter without a value, a number too
 * large, a negative payment) becomes a trap.
 */
#include "eval/compile.h"

/* An expression was walked for this mask already. */
struct seen {
    struct seen *next;
    node_id where;
    bool taken; /* unknown facts are taken as something */
};

enum { MASKS_WALKED = 12 };

struct walk {
    struct compile *c;
    struct seen **seen; /* by expr->id */
    bool taken;
};

static void need(struct walk *w, const struct expr *e, node_id where);
static void need_def(struct walk *w, const struct def *d, node_id where);

static void trap(struct walk *w, node_id when, node_id where, bool where_first)
{
    struct compile *c = w->c;
    struct ir *ir = &c->ir;
    node_id both = ir_and(ir, when, where);

    if (ir_is_const(ir, both) && !ir_at(ir, both)->k)
        return;
    for (size_t i = 0; i < c->traps.n; i++) {
        struct trap *t = &c->traps.at[i];
        if (t->when != when || t->where_first != where_first ||
            ir_at(ir, t->where)->level != ir_at(ir, where)->level)
            continue;
        t->where = ir_or(ir, t->where, where);
        return;
    }
    *VEC_PUSH(c->a, &c->traps) = (struct trap){when, where, where_first};
}

static void trap_always(struct walk *w, node_id where)
{
    trap(w, ir_truth(&w->c->ir, true), where, true);
}

/* ---- facts and parameters ------------------------------------------------------------------- */

static void need_field(struct walk *w, const struct field *f, enum level level, node_id where)
{
    if (f->value)
        need(w, f->value, where);
    else if (!w->taken)
        trap(w, compile_field_unknown(w->c, f, level), where, false);
}

static void need_param(struct walk *w, const struct param *p, node_id where)
{
    const struct bound_param *bp = &w->c->bind->params[p->index];
    struct ir *ir = &w->c->ir;
    int64_t *missing = NEW_N(w->c->a, int64_t, p->n_keys + 1);
    bool any = false;

    if (p->by_field)
        need_field(w, p->by_field,
                   p->by_field->reg == w->c->bind->subject ? LEVEL_SUBJECT : LEVEL_MEMBER, where);
    else if (p->by_def && p->by_def->form != DEF_GROUNDS)
        need_def(w, p->by_def, where);
    for (size_t i = 0; i < p->n_keys; i++)
        any |= (missing[i] = !bp->values[i]);
    if (!any)
        return;
    node_id none = ir_lut(ir, compile_param_key(w->c, p), missing, p->n_keys);
    trap(w, ir_not(ir, ir_eq(ir, none, ir_const(ir, 0))), where, false);
}

/* ---- sets ----------------------------------------------------------------------------------- */

static void need_members(struct walk *w, const struct set *s, node_id where)
{
    const struct policy *policy = w->c->policy;

    if (s->form == SET_DEF) {
        w->c->policy = s->def->policy;
        need_members(w, s->def->group, where);
        w->c->policy = policy;
    } else if (s->form == SET_WHO) {
        need_members(w, s->base, where);
        need(w, s->who, ir_and(&w->c->ir, where, compile_members(w->c, s->base)));
    }
}

/* All members of a family are looked at when one of them needs it. */
static node_id of_family(struct walk *w, node_id where)
{
    return ir_at(&w->c->ir, where)->level == LEVEL_MEMBER ? ir_any(&w->c->ir, where) : where;
}

static void need_ground(struct walk *w, const struct set *s, uint32_t ground, node_id where)
{
    struct compile *c = w->c;
    uint32_t outer = c->ground;

    if (s->form == SET_GROUNDS) {
        c->ground = NO_GROUND;
        need(w, s->def->grounds[ground].expr, where);
    } else {
        need_ground(w, s->base, ground, where);
        node_id base = compile_ground(c, s->base, ground);
        c->ground = ground;
        need(w, s->who, ir_and(&c->ir, where, base));
    }
    c->ground = outer;
}

static void need_grounds(struct walk *w, const struct expr *e, node_id where)
{
    struct compile *c = w->c;
    const struct def *d = compile_grounds(e->set);
    uint32_t outer = c->ground;

    for (uint32_t g = 0; g < d->n_grounds; g++) {
        need_ground(w, e->set, g, where);
        if (!e->a)
            continue;
        node_id in = compile_ground(c, e->set, g);
        c->ground = g;
        need(w, e->a, ir_and(&c->ir, where, in));
        c->ground = outer;
    }
}

static void need_aggregate(struct walk *w, const struct expr *e, node_id where)
{
    if (compile_grounds(e->set)) {
        need_grounds(w, e, where);
        return;
    }
    where = of_family(w, where);
    need_members(w, e->set, where);
    if (e->a)
        need(w, e->a, ir_and(&w->c->ir, where, compile_members(w->c, e->set)));
}

/* `taken as b when none`: b is needed where nobody is in. */
static void need_if_none(struct walk *w, const struct expr *e, node_id where)
{
    struct ir *ir = &w->c->ir;
    const struct def *d = compile_grounds(e->a->set);
    node_id any = ir_truth(ir, false);

    need_aggregate(w, e->a, where);
    if (e->b->op == E_LIT)
        return;
    if (!d)
        any = ir_any(ir, compile_members(w->c, e->a->set));
    for (uint32_t g = 0; d && g < d->n_grounds; g++)
        any = ir_or(ir, any, compile_ground(w->c, e->a->set, g));
    need(w, e->b, ir_and(ir, where, ir_not(ir, any)));
}

/* ---- expressions ---------------------------------------------------------------------------- */

static void need_joined(struct walk *w, const struct expr *e, node_id where)
{
    struct ir *ir = &w->c->ir;

    for (size_t i = 0; i < e->n_args; i++) {
        need(w, e->args[i], where);
        node_id n = compile_mask(w->c, e->args[i]);
        where = ir_and(ir, where, e->op == E_AND ? n : ir_not(ir, n));
    }
}

static void need_division(struct walk *w, const struct expr *e, node_id where)
{
    struct ir *ir = &w->c->ir;
    node_id by = compile_expr(w->c, e->b).n;

    need(w, e->a, where);
    need(w, e->b, where);
    if (!ir_is_const(ir, by))
        trap(w, ir_lt(ir, by, ir_const(ir, 1)), where, false);
}

/* Strict arithmetic of unknown facts is unknown, so that they are covered; the rest is needed. */
static void need_if_unknown(struct walk *w, const struct expr *e, node_id where)
{
    struct ir *ir = &w->c->ir;
    node_id unknown = compile_unknown(w->c, e->a);
    bool outer = w->taken;

    if (!unknown) {
        need(w, e->a, where);
        return;
    }
    w->taken = true;
    need(w, e->a, where);
    w->taken = outer;
    need(w, e->b, ir_and(ir, where, unknown));
}

/*
 * Was it walked for this mask, or for everybody? Behind many conditions there are very many masks;
 * after some, everybody stands for all that come: rows too many are only slower.
 */
static bool walked(struct walk *w, const struct expr *e, node_id *where)
{
    struct seen *s = w->seen[e->id];
    node_id everybody = ir_truth(&w->c->ir, true);
    size_t n = 0;

    if (w->c->ground != NO_GROUND)
        return false;
    for (; s; s = s->next, n++)
        if ((s->where == *where || s->where == everybody) && s->taken == w->taken)
            return true;
    if (n >= MASKS_WALKED)
        *where = everybody;
    s = NEW(w->c->a, struct seen);
    *s = (struct seen){w->seen[e->id], *where, w->taken};
    w->seen[e->id] = s;
    return false;
}

static void need_parts(struct walk *w, const struct expr *e, node_id where)
{
    if (e->a)
        need(w, e->a, where);
    if (e->b && e->op != E_IN)
        need(w, e->b, where);
    if (e->c && e->op != E_IN)
        need(w, e->c, where);
}

static void need(struct walk *w, const struct expr *e, node_id where)
{
    const struct node *n = ir_at(&w->c->ir, where);

    if ((n->op == IR_CONST && !n->k) || walked(w, e, &where))
        return;
    compile_expr(w->c, e);
    if (w->c->expr_state[e->id] == MEMO_UNSURE) {
        trap_always(w, where);
        return;
    }
    switch ((int)e->op) {
    case E_FIELD:
        need_field(w, e->field, e->level, where);
        break;
    case E_DEF:
        need_def(w, e->def, where);
        break;
    case E_PARAM:
        need_param(w, e->param, where);
        break;
    case E_AND:
    case E_OR:
        need_joined(w, e, where);
        break;
    case E_DIV:
        need_division(w, e, where);
        break;
    case E_IF_UNKNOWN:
        need_if_unknown(w, e, where);
        break;
    case E_IF_NONE:
        need_if_none(w, e, where);
        break;
    case E_ANY:
    case E_NO:
    case E_EVERY:
    case E_COUNT:
    case E_SUM:
        need_aggregate(w, e, where);
        break;
    default:
        need_parts(w, e, where);
    }
}

static void need_def(struct walk *w, const struct def *d, node_id where)
{
    struct compile *c = w->c;
    struct ir *ir = &c->ir;
    const struct policy *policy = c->policy;
    uint32_t ground = c->ground;

    compile_def(c, d);
    if (c->def_state[d->index] == MEMO_UNSURE) {
        trap_always(w, where);
        return;
    }
    c->policy = d->policy;
    c->ground = NO_GROUND;
    if (d->form == DEF_VALUE)
        need(w, d->value, where);
    for (size_t i = 0; d->form == DEF_CHOICE && i < d->n_cases; i++) {
        node_id here = where;
        if (d->cases[i].when) {
            need(w, d->cases[i].when, where);
            node_id when = compile_mask(c, d->cases[i].when);
            here = ir_and(ir, where, when);
            where = ir_and(ir, where, ir_not(ir, when));
        }
        need(w, d->cases[i].value, here);
    }
    c->policy = policy;
    c->ground = ground;
}

/* ---- policies ------------------------------------------------------------------------------- */

static void need_pay(struct walk *w, const struct policy *p, size_t i, const struct pay *pay)
{
    struct compile *c = w->c;
    struct ir *ir = &c->ir;
    node_id who = compile_payee(c, p, i, pay);
    struct term v = compile_expr(c, pay->value);

    if (pay->form == PAY_EACH)
        need_members(w, pay->set, compile_policy(c, p)->chosen[i]);
    need(w, pay->value, who);
    struct node n = *ir_at(ir, v.n);
    /* Several payments for one person are added; half the range leaves room for that. */
    if (v.den != 1 || v.n_by || (p->alts[i].n_pays > 1 && n.hi > INT64_MAX / 64))
        trap_always(w, who);
    else
        trap(w, ir_lt(ir, v.n, ir_const(ir, 0)), who, true);
}

static void need_policy(struct walk *w, const struct policy *p)
{
    struct compile *c = w->c;
    struct policy_code *code = compile_policy(c, p);

    c->policy = p;
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];
        for (size_t k = 0; k < alt->n_conds; k++)
            need(w, alt->conds[k].expr, code->tried[i]);
        for (size_t k = 0; k < alt->n_because; k++)
            if (alt->because[k].form == BECAUSE_WHEN)
                need(w, alt->because[k].when, code->chosen[i]);
        for (size_t k = 0; k < alt->n_pays; k++)
            need_pay(w, p, i, &alt->pays[k]);
        if (alt->n_pays > 32)
            trap_always(w, code->chosen[i]);
    }
}

void compile_needs(struct compile *c)
{
    struct walk w = {.c = c, .seen = NEW_N(c->a, struct seen *, c->bind->rules->n_exprs + 1)};

    for (size_t i = 0; i < c->bind->n_policies; i++)
        need_policy(&w, c->bind->policies[i]);
}
