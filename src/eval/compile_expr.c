/* Expressions, parameters and definitions into terms: see compile.h. */
#include "eval/compile.h"

#include <string.h>

void compile_init(struct compile *c, const struct binding *bind, const struct shape *shape,
                  struct arena *a)
{
    const struct rules *r = bind->rules;

    *c = (struct compile){.bind = bind, .shape = shape, .a = a, .ground = NO_GROUND};
    c->layout = shape_layout(bind);
    ir_init(&c->ir, a, bind->list ? range_size(shape->size) : 0);
    c->leaf_of = NEW_N(a, uint32_t, c->layout.n + 1);
    c->expr_state = NEW_N(a, uint8_t, r->n_exprs + 1);
    c->expr_term = NEW_N(a, struct term, r->n_exprs + 1);
    c->expr_unknown = NEW_N(a, node_id, r->n_exprs + 1);
    c->def_state = NEW_N(a, uint8_t, r->defs.n + 1);
    c->def_term = NEW_N(a, struct term, r->defs.n + 1);
    c->group = NEW_N(a, node_id, r->defs.n + 1);
    c->policies = NEW_N(a, struct policy_code, bind->n_policies + 1);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static uint32_t leaf_number(struct compile *c, size_t column, enum level level, enum elem type)
{
    if (!c->leaf_of[column]) {
        *VEC_PUSH(c->a, &c->leaves) = (struct leaf){column, level, type};
        c->leaf_of[column] = (uint32_t)c->leaves.n;
    }
    return c->leaf_of[column] - 1;
}

static size_t field_column(const struct compile *c, const struct field *f, enum level level)
{
    return (level == LEVEL_MEMBER ? c->layout.member : c->layout.subject) + f->slot;
}

static enum elem elem_of_width(size_t width)
{
    return width == 1 ? EL_U8 : width == 4 ? EL_I32 : EL_I64;
}

static struct term field_term(struct compile *c, const struct field *f, enum level level)
{
    struct ir *ir = &c->ir;

    if (f->value) {
        uint32_t ground = c->ground;
        c->ground = NO_GROUND;
        struct term t = compile_expr(c, f->value);
        c->ground = ground;
        return t;
    }
    size_t column = field_column(c, f, level);
    const struct column_shape *s = &c->shape->column[column];
    enum elem type = elem_of_width(column_width(f->type));
    uint32_t leaf = leaf_number(c, column, level, type);
    bool truth = f->type.kind == K_BOOL;
    if (s->flags & COLUMN_ABSENT)
        return term_node(truth ? ir_truth(ir, false) : ir_const(ir, 0));
    if (truth) {
        node_id n = ir_fact(ir, leaf, EL_U8, level, 0, 1);
        return term_node(ir_eq(ir, n, ir_const(ir, 1)));
    }
    int64_t lo = range_least(s->below), hi = range_most(s->above);
    if (f->type.kind == K_CODE) {
        lo = 0;
        hi = (int64_t)f->type.code->n_values - 1;
    } else if (type == EL_I32) {
        lo = lo < INT32_MIN ? INT32_MIN : lo;
        hi = hi > INT32_MAX ? INT32_MAX : hi;
    }
    return term_node(ir_fact(ir, leaf, type, level, lo, hi));
}

node_id compile_field_unknown(struct compile *c, const struct field *f, enum level level)
{
    size_t column = field_column(c, f, level);
    const struct column_shape *s = &c->shape->column[column];

    if (s->flags & COLUMN_ABSENT)
        return ir_truth(&c->ir, true);
    if (!(s->flags & COLUMN_UNKNOWN))
        return ir_truth(&c->ir, false);
    uint32_t leaf = leaf_number(c, column, level, elem_of_width(column_width(f->type)));
    return ir_unknown(&c->ir, leaf, level);
}

static struct term paid_term(struct compile *c, const struct policy *p)
{
    size_t column = c->layout.paid + c->bind->position[p->index];
    const struct column_shape *s = &c->shape->column[column];
    enum level level = p->of_member ? LEVEL_MEMBER : LEVEL_SUBJECT;

    if (c->bind->position[p->index] == SIZE_MAX) {
        c->ir.overflow = true;
        return term_node(ir_const(&c->ir, 0));
    }
    uint32_t leaf = leaf_number(c, column, level, EL_I64);
    if (s->flags & COLUMN_ABSENT)
        return term_node(ir_const(&c->ir, 0));
    return term_node(
        ir_fact(&c->ir, leaf, EL_I64, level, range_least(s->below), range_most(s->above)));
}

/* ---- parameters ----------------------------------------------------------------------------- */

static void literal_fraction(struct type t, const struct literal *l, int64_t *num, int64_t *den)
{
    *num = t.kind == K_RATE ? l->num : l->i;
    *den = t.kind == K_RATE ? l->den : 1;
}

node_id compile_param_key(struct compile *c, const struct param *p)
{
    if (p->by_field) {
        bool member = p->by_field->reg != c->bind->subject;
        /* When members are subjects too, it depends on who is spoken of; the row form knows. */
        if (c->bind->list && c->bind->list->type.reg == c->bind->subject)
            c->ir.overflow = true;
        return field_term(c, p->by_field, member ? LEVEL_MEMBER : LEVEL_SUBJECT).n;
    }
    if (!p->by_def)
        return ir_const(&c->ir, 0);
    if (p->by_def->form != DEF_GROUNDS)
        return compile_def(c, p->by_def).n;
    if (c->ground == NO_GROUND)
        c->ir.overflow = true;
    return ir_const(&c->ir, c->ground == NO_GROUND ? 0 : c->ground);
}

/* Keys without a value count as 0 here; compile_need.c sends their rows elsewhere. */
static struct term param_term(struct compile *c, const struct param *p)
{
    const struct bound_param *bp = &c->bind->params[p->index];
    node_id key = compile_param_key(c, p);
    struct node k = *ir_at(&c->ir, key);
    int64_t *num = NEW_N(c->a, int64_t, p->n_keys), *den = NEW_N(c->a, int64_t, p->n_keys);

    if (k.lo < 0 || k.hi > UINT8_MAX)
        c->ir.overflow = true;
    for (size_t i = 0; i < p->n_keys; i++) {
        num[i] = 0;
        den[i] = 1;
        if (bp->values[i])
            literal_fraction(p->type, bp->values[i], &num[i], &den[i]);
    }
    if (p->type.kind == K_BOOL)
        return term_node(ir_not(
            &c->ir, ir_eq(&c->ir, ir_lut(&c->ir, key, num, p->n_keys), ir_const(&c->ir, 0))));
    return term_table(&c->ir, key, num, den, p->n_keys);
}

/* ---- conditions ----------------------------------------------------------------------------- */

node_id compile_mask(struct compile *c, const struct expr *e)
{
    return compile_expr(c, e).n;
}

static node_id chain(struct compile *c, const struct expr *e)
{
    struct term a = compile_expr(c, e->a), b = compile_expr(c, e->b);
    node_id n = term_compare(&c->ir, e->rel, a, b);

    if (!e->c)
        return n;
    return ir_and(&c->ir, n, term_compare(&c->ir, e->rel2, b, compile_expr(c, e->c)));
}

static node_id is_one_of(struct compile *c, const struct expr *e)
{
    node_id a = compile_expr(c, e->a).n, any = ir_truth(&c->ir, false);

    for (size_t i = 0; i < e->n_args; i++)
        any = ir_or(&c->ir, any, ir_eq(&c->ir, a, ir_const(&c->ir, e->args[i]->lit.i)));
    return e->negated ? ir_not(&c->ir, any) : any;
}

/* Numbered codes: those whose numbers lie within, mostly neighbours. */
static node_id code_in(struct compile *c, const struct expr *e)
{
    const struct code *code = e->a->type.code;
    node_id a = compile_expr(c, e->a).n, any = ir_truth(&c->ir, false);

    for (size_t i = 0, from; i < code->n_values; i++) {
        for (from = i; i < code->n_values && code->values[i].has_number &&
                       code->values[i].number >= e->b->lit.i &&
                       code->values[i].number <= e->c->lit.i;)
            i++;
        if (i > from)
            any = ir_or(&c->ir, any, ir_range(&c->ir, a, (int64_t)from, (int64_t)i - 1));
    }
    return any;
}

static node_id in_range(struct compile *c, const struct expr *e)
{
    if (e->a->type.kind == K_CODE)
        return code_in(c, e);
    struct term a = compile_expr(c, e->a);
    if (a.den == 1 && a.n_by == 0)
        return ir_range(&c->ir, a.n, e->b->lit.i, e->c->lit.i);
    return ir_and(&c->ir, term_compare(&c->ir, REL_GE, a, term_const(&c->ir, e->b->lit.i, 1)),
                  term_compare(&c->ir, REL_LE, a, term_const(&c->ir, e->c->lit.i, 1)));
}

/* A date stands before a month when it is before the month's first day. */
static node_id in_order(struct compile *c, const struct expr *e)
{
    const struct expr *x = e->op == E_BEFORE ? e->a : e->b, *y = e->op == E_BEFORE ? e->b : e->a;
    node_id a = compile_expr(c, x).n, b = compile_expr(c, y).n;
    struct node p = *ir_at(&c->ir, a), q = *ir_at(&c->ir, b);

    if (x->type.kind == y->type.kind)
        return ir_lt(&c->ir, a, b);
    if (x->type.kind == K_DATE && q.op == IR_CONST)
        return ir_lt(&c->ir, a, ir_const(&c->ir, month_first((month)q.k)));
    if (x->type.kind == K_MONTH && p.op == IR_CONST)
        return ir_not(&c->ir, ir_lt(&c->ir, b, ir_const(&c->ir, month_first((month)p.k + 1))));
    c->ir.overflow = true;
    return ir_truth(&c->ir, false);
}

/* What is the same for the whole family is joined first, and spread once. */
static node_id joined(struct compile *c, const struct expr *e)
{
    bool all = e->op == E_AND;
    node_id family = ir_truth(&c->ir, all), member = family;

    for (size_t i = 0; i < e->n_args; i++) {
        node_id n = compile_mask(c, e->args[i]);
        node_id *into = ir_at(&c->ir, n)->level == LEVEL_MEMBER ? &member : &family;
        *into = all ? ir_and(&c->ir, *into, n) : ir_or(&c->ir, *into, n);
    }
    return all ? ir_and(&c->ir, family, member) : ir_or(&c->ir, family, member);
}

static node_id condition(struct compile *c, const struct expr *e)
{
    switch ((int)e->op) {
    case E_REL:
        return chain(c, e);
    case E_IS:
        return is_one_of(c, e);
    case E_IN:
        return in_range(c, e);
    case E_BEFORE:
    case E_AFTER:
        return in_order(c, e);
    case E_AND:
    case E_OR:
        return joined(c, e);
    case E_NOT:
        return ir_not(&c->ir, compile_mask(c, e->a));
    case E_GETS:
        return compile_gets(c, e->policy, e->of_member);
    default:
        c->ir.overflow = true;
        return ir_truth(&c->ir, false);
    }
}

/* ---- values --------------------------------------------------------------------------------- */

static struct term since(struct compile *c, const struct expr *e)
{
    struct ir *ir = &c->ir;
    node_id a = compile_expr(c, e->a).n;

    if (e->a->type.kind != K_MONTH)
        return term_node(ir_since(ir, e->since, a, c->bind->first_day));
    node_id n = ir_sub(ir, ir_const(ir, c->bind->month), a);
    if (e->since == SINCE_YEARS)
        n = ir_floor(ir, n, ir_const(ir, 12));
    if (e->since == SINCE_DAYS)
        ir->overflow = true;
    return term_node(n);
}

static node_id unknown_field(struct compile *c, const struct field *f, enum level level)
{
    return f->value ? compile_unknown(c, f->value) : compile_field_unknown(c, f, level);
}

static node_id unknown_key(struct compile *c, const struct param *p)
{
    bool subject = p->by_field && p->by_field->reg == c->bind->subject;

    if (p->by_def)
        return 0;
    return p->by_field ? unknown_field(c, p->by_field, subject ? LEVEL_SUBJECT : LEVEL_MEMBER)
                       : ir_truth(&c->ir, false);
}

static node_id unknown_of(struct compile *c, const struct expr *e)
{
    node_id a, b;

    switch ((int)e->op) {
    case E_FIELD:
        return unknown_field(c, e->field, e->level);
    case E_DEF:
        return e->def->form == DEF_VALUE ? compile_unknown(c, e->def->value) : 0;
    case E_LIT:
    case E_CODE:
    case E_THIS_MONTH:
    case E_PAID_LAST:
        return ir_truth(&c->ir, false);
    case E_PARAM:
        return unknown_key(c, e->param);
    case E_SINCE:
    case E_ROUND:
        return compile_unknown(c, e->a);
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_AT_LEAST:
    case E_AT_MOST:
        a = compile_unknown(c, e->a);
        b = compile_unknown(c, e->b);
        return a && b ? ir_or(&c->ir, a, b) : 0;
    default:
        return 0;
    }
}

node_id compile_unknown(struct compile *c, const struct expr *e)
{
    if (!c->expr_unknown[e->id])
        c->expr_unknown[e->id] = unknown_of(c, e) + 1;
    return c->expr_unknown[e->id] - 1;
}

static struct term if_unknown(struct compile *c, const struct expr *e)
{
    struct term a = compile_expr(c, e->a), b = compile_expr(c, e->b);
    node_id unknown = compile_unknown(c, e->a);

    return unknown ? term_select(&c->ir, unknown, b, a) : a;
}

static struct term arith(struct compile *c, const struct expr *e)
{
    struct term a = compile_expr(c, e->a), b = compile_expr(c, e->b);

    switch ((int)e->op) {
    case E_ADD:
        return term_add(&c->ir, a, b, false);
    case E_SUB:
        return term_add(&c->ir, a, b, true);
    case E_MUL:
        return term_mul(&c->ir, a, b);
    case E_DIV:
        return term_div(&c->ir, a, b);
    default:
        return term_extreme(&c->ir, a, b, e->op == E_AT_LEAST);
    }
}

static struct term value(struct compile *c, const struct expr *e)
{
    int64_t num, den;

    switch ((int)e->op) {
    case E_FIELD:
        return field_term(c, e->field, e->level);
    case E_DEF:
        return compile_def(c, e->def);
    case E_PARAM:
        return param_term(c, e->param);
    case E_CODE:
        return term_node(ir_const(&c->ir, e->lit.i));
    case E_LIT:
        if (e->type.kind == K_BOOL)
            return term_node(ir_truth(&c->ir, e->lit.i));
        literal_fraction(e->type, &e->lit, &num, &den);
        return term_const(&c->ir, num, den);
    case E_OUTCOME:
        return term_node(compile_policy(c, e->policy ? e->policy : c->policy)->outcome);
    case E_PAID_LAST:
        return paid_term(c, e->policy ? e->policy : c->policy);
    case E_THIS_MONTH:
        return term_node(ir_const(&c->ir, c->bind->month));
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_DIV:
    case E_AT_LEAST:
    case E_AT_MOST:
        return arith(c, e);
    case E_SINCE:
        return since(c, e);
    case E_ROUND:
        return term_round(&c->ir, compile_expr(c, e->a), e->round, e->unit_fen);
    case E_IF_UNKNOWN:
        return if_unknown(c, e);
    case E_IF_NONE:
        return compile_aggregate(c, e->a, e->b);
    case E_COUNT:
    case E_SUM:
    case E_ANY:
    case E_NO:
    case E_EVERY:
        return compile_aggregate(c, e, NULL);
    default:
        return term_node(condition(c, e));
    }
}

struct term compile_expr(struct compile *c, const struct expr *e)
{
    bool memo = c->ground == NO_GROUND;

    if (memo && c->expr_state[e->id] != MEMO_NONE)
        return c->expr_term[e->id];
    bool outer = c->ir.overflow;
    c->ir.overflow = false;
    struct term t = value(c, e);
    if (c->ir.overflow) {
        c->expr_state[e->id] = MEMO_UNSURE;
        t = term_node(e->type.kind == K_BOOL ? ir_truth(&c->ir, false) : ir_const(&c->ir, 0));
    } else if (memo) {
        c->expr_state[e->id] = MEMO_DONE;
    }
    c->ir.overflow = outer;
    if (memo)
        c->expr_term[e->id] = t;
    return t;
}

/* ---- definitions ---------------------------------------------------------------------------- */

static struct term choice(struct compile *c, const struct def *d)
{
    struct term t = compile_expr(c, d->cases[d->n_cases - 1].value);

    for (size_t i = d->n_cases - 1; i-- > 0;)
        t = term_select(&c->ir, compile_mask(c, d->cases[i].when),
                        compile_expr(c, d->cases[i].value), t);
    return t;
}

struct term compile_def(struct compile *c, const struct def *d)
{
    uint32_t ground = c->ground;
    const struct policy *policy = c->policy;
    bool outer = c->ir.overflow;

    if (c->def_state[d->index] != MEMO_NONE)
        return c->def_term[d->index];
    c->ground = NO_GROUND;
    c->policy = d->policy;
    c->ir.overflow = false;
    struct term t = d->form == DEF_CHOICE ? choice(c, d) : compile_expr(c, d->value);
    c->def_state[d->index] = c->ir.overflow ? MEMO_UNSURE : MEMO_DONE;
    if (c->ir.overflow)
        t = term_node(d->type.kind == K_BOOL ? ir_truth(&c->ir, false) : ir_const(&c->ir, 0));
    c->def_term[d->index] = t;
    c->ir.overflow = outer;
    c->ground = ground;
    c->policy = policy;
    return t;
}
