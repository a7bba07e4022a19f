/*
 * Expressions of the row form: facts, parameters, definitions and conditions. Sets and what is said
 * over them are in row_set.c, outcomes in row_outcome.c, arithmetic in row_value.c.
 */
#include "eval/row.h"

#include <assert.h>
#include <string.h>

struct row_computed {
    struct row_computed *next;
    const struct field *field;
    struct row_memo *memo;
};

void row_open(struct row *r, const struct binding *bind, const struct block *block, size_t row,
              struct arena *a)
{
    *r = (struct row){.bind = bind, .block = block, .a = a, .row = row};
    if (block->first && bind->list) {
        r->first = block->first[row];
        r->n_members = block->first[row + 1] - block->first[row];
    }
    r->defs = NEW_N(a, struct row_memo *, bind->rules->defs.n + 1);
    r->units = NEW_N(a, struct row_unit *, bind->n_policies + 1);
}

static struct row_memo *memo_new(struct row *r)
{
    return NEW_N(r->a, struct row_memo, (size_t)r->n_members + 1);
}

static size_t slot_of(uint32_t who)
{
    return who == ROW_SUBJECT ? 0 : (size_t)who + 1;
}

struct row_memo *row_memo(struct row *r, const struct def *d, uint32_t who)
{
    if (!r->defs[d->index])
        r->defs[d->index] = memo_new(r);
    return &r->defs[d->index][slot_of(who)];
}

/* ---- facts ---------------------------------------------------------------------------------- */

static struct val known(struct type t, int64_t v)
{
    switch (t.kind) {
    case K_BOOL:
    case K_CODE:
    case K_DATE:
    case K_MONTH:
        return val_plain(v);
    default:
        return val_number(rat_int(v));
    }
}

static struct val varied(struct row *r)
{
    const struct row_vary *v = r->vary;
    struct val_range *range;

    if (v->lo == v->hi)
        return known(v->field->type, v->lo);
    range = NEW(r->a, struct val_range);
    *range = (struct val_range){rat_int(v->lo), rat_int(v->hi)};
    return (struct val){.form = VAL_RANGE, .range = range};
}

static struct val need(struct row *r, const struct field *f, uint32_t member)
{
    struct need_node *n = NEW(r->a, struct need_node);

    n->field = f;
    n->member = member;
    return val_unknown(n, false);
}

/* The element types are those of facts.h. */
static struct val column_read(const struct column *c, struct type t, size_t i)
{
    switch (t.kind) {
    case K_BOOL:
    case K_CODE:
        return val_plain(((const uint8_t *)c->at)[i]);
    case K_DATE:
    case K_MONTH:
        return val_plain(((const int32_t *)c->at)[i]);
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        return val_number(rat_int(((const int64_t *)c->at)[i]));
    default:
        return val_number(rat_int(((const int32_t *)c->at)[i]));
    }
}

static struct val computed(struct row *r, const struct field *f, uint32_t member)
{
    struct row_computed *c = r->computed;
    struct row_memo *m;

    while (c && c->field != f)
        c = c->next;
    if (!c) {
        c = NEW(r->a, struct row_computed);
        c->next = r->computed;
        c->field = f;
        c->memo = memo_new(r);
        r->computed = c;
    }
    m = &c->memo[slot_of(member)];
    if (!m->done) {
        m->v = row_value(r, f->value, (struct row_at){member, 0, NULL});
        m->done = true;
    }
    return m->v;
}

struct val row_field(struct row *r, const struct field *f, uint32_t member)
{
    const struct column *c = member == ROW_SUBJECT ? r->block->subject : r->block->member;
    size_t i = member == ROW_SUBJECT ? r->row : r->first + member;

    if (f->value)
        return computed(r, f, member);
    if (r->recording)
        *VEC_PUSH(r->a, &r->reads) = (struct row_read){f, member};
    if (r->vary && r->vary->field == f && r->vary->member == member)
        return varied(r);
    if (!c || !c[f->slot].at)
        return need(r, f, member);
    c += f->slot;
    if (c->unknown && c->unknown[i])
        return need(r, f, member);
    return column_read(c, f->type, i);
}

static struct val paid_last(struct row *r, const struct expr *e, struct row_at at)
{
    const struct policy *p = e->policy ? e->policy : at.policy;
    const struct column *c = r->block->paid_last;
    size_t i = p->of_member ? r->first + at.who : r->row;

    if (!c || !c[p->index].at)
        return val_number(rat_int(0));
    return val_number(rat_int(((const int64_t *)c[p->index].at)[i]));
}

/* ---- parameters ----------------------------------------------------------------------------- */

static struct val literal_val(struct type t, const struct literal *l)
{
    if (t.kind == K_RATE)
        return val_number(l->den == 1 ? rat_int(l->num) : rat_of(l->num, l->den));
    return known(t, l->i);
}

static struct val param_key(struct row *r, const struct param *p, struct row_at at)
{
    if (p->by_field) {
        bool subject = at.who == ROW_SUBJECT || p->by_field->reg == r->bind->subject;
        if (subject && r->bind->list && r->bind->list->type.reg == r->bind->subject)
            subject = at.who == ROW_SUBJECT;
        return row_field(r, p->by_field, subject ? ROW_SUBJECT : at.who);
    }
    if (!p->by_def)
        return val_plain(0);
    if (p->by_def->form == DEF_GROUNDS)
        return val_plain(at.ground);
    return row_def(r, p->by_def, at);
}

static struct val no_value(struct row *r, const struct param *p)
{
    str *text = NEW(r->a, str);

    *text = bind_missing_text(r->bind, p, r->a);
    return (struct val){.form = VAL_ERROR, .error = text};
}

struct val row_param(struct row *r, const struct param *p, struct row_at at, size_t *key)
{
    const struct bound_param *bp = &r->bind->params[p->index];
    struct val k = param_key(r, p, at);

    if (key)
        *key = SIZE_MAX;
    if (k.form != VAL_PLAIN)
        return k;
    if (k.plain < 0 || (size_t)k.plain >= p->n_keys || !bp->values[k.plain])
        return no_value(r, p);
    if (key)
        *key = (size_t)k.plain;
    return literal_val(p->type, bp->values[k.plain]);
}

/* ---- definitions and choices ---------------------------------------------------------------- */

/* The branches of a choice that are still open, joined into one value. */
struct branches {
    struct need_node *needs;
    bool any, differ, open;
    struct val first;
};

static void branch_add(struct row *r, struct branches *b, struct val v)
{
    if (v.form == VAL_UNKNOWN) {
        b->needs = row_need_join(r, b->needs, v.needs);
        b->open |= v.open;
    }
    /* A range may agree with the others at some of its values. */
    b->open |= v.form == VAL_RANGE;
    if (!b->any)
        b->first = v;
    if (v.form == VAL_ERROR || !val_same(b->first, v))
        b->differ = true;
    b->any = true;
}

static struct val choice(struct row *r, const struct def *d, struct row_at at)
{
    struct branches b = {0};
    struct need_node *waits = NULL;
    bool undecided = false;

    for (size_t i = 0; i < d->n_cases; i++) {
        const struct choice_case *c = &d->cases[i];
        struct val w = c->when ? row_value(r, c->when, at) : val_plain(1);
        if (w.form == VAL_ERROR) {
            /* Behind an open condition it may never be asked: then it is no error yet. */
            if (!undecided)
                return w;
            b.differ = true;
            break;
        }
        if (w.form == VAL_UNKNOWN) {
            undecided = true;
            waits = row_need_join(r, waits, w.needs);
            b.open |= w.open;
        } else if (!w.plain) {
            continue;
        } else if (!undecided) {
            return row_value(r, c->value, at);
        }
        branch_add(r, &b, row_value(r, c->value, at));
        if (w.form == VAL_PLAIN)
            break;
    }
    if (b.any && !b.differ)
        return b.first;
    return val_unknown(row_need_join(r, waits, b.needs), b.open);
}

struct val row_def(struct row *r, const struct def *d, struct row_at at)
{
    const struct def *outer = r->def;
    struct row_memo *m;

    if (d->level != LEVEL_MEMBER)
        at.who = ROW_SUBJECT;
    at.policy = d->policy;
    m = row_memo(r, d, at.who);
    if (m->done)
        return m->v;
    r->def = d;
    m->v = d->form == DEF_CHOICE ? choice(r, d, at) : row_value(r, d->value, at);
    m->done = true;
    r->def = outer;
    return m->v;
}

/* ---- conditions ----------------------------------------------------------------------------- */

/* `and` (stop: no) and `or` (stop: yes), guarding from left to right. */
static struct val joined(struct row *r, const struct expr *e, int64_t stop, struct row_at at)
{
    struct val all = val_plain(!stop);

    for (size_t i = 0; i < e->n_args; i++) {
        struct val v = row_value(r, e->args[i], at);
        if (v.form == VAL_ERROR)
            return all.form == VAL_UNKNOWN ? all : v;
        if (val_is(v, stop))
            return v;
        if (v.form == VAL_UNKNOWN)
            all = row_unknown2(r, all, v);
    }
    return all;
}

static struct val chain(struct row *r, const struct expr *e, struct row_at at)
{
    struct val a = row_value(r, e->a, at), b = row_value(r, e->b, at), c, x, y;

    x = row_compare(r, e->rel, a, b);
    if (!e->c)
        return x;
    c = row_value(r, e->c, at);
    y = row_compare(r, e->rel2, b, c);
    if (x.form == VAL_ERROR || y.form == VAL_ERROR)
        return x.form == VAL_ERROR ? x : y;
    if (val_is(x, 0) || val_is(y, 0))
        return val_plain(0);
    if (x.form == VAL_UNKNOWN || y.form == VAL_UNKNOWN)
        return row_unknown2(r, x, y);
    return val_plain(1);
}

static struct val is_one_of(struct row *r, const struct expr *e, struct row_at at)
{
    struct val v = row_value(r, e->a, at);
    bool found = false;

    if (v.form != VAL_PLAIN)
        return v;
    for (size_t i = 0; i < e->n_args; i++)
        found |= e->args[i]->lit.i == v.plain;
    return val_plain(found != e->negated);
}

static struct val in_range(struct row *r, const struct expr *e, struct row_at at)
{
    struct val v = row_value(r, e->a, at), lo, hi;
    const struct code *code = e->a->type.code;

    if (v.form == VAL_PLAIN && e->a->type.kind == K_CODE) {
        const struct code_value *c = &code->values[v.plain];
        return val_plain(c->has_number && c->number >= e->b->lit.i && c->number <= e->c->lit.i);
    }
    lo = row_compare(r, REL_GE, v, val_number(rat_int(e->b->lit.i)));
    hi = row_compare(r, REL_LE, v, val_number(rat_int(e->c->lit.i)));
    if (lo.form == VAL_ERROR || val_is(lo, 0))
        return lo;
    return row_both(r, lo, hi);
}

/* A date stands before a month when its own month does. */
static struct val in_order(struct row *r, const struct expr *e, struct row_at at)
{
    struct val a = row_value(r, e->a, at), b = row_value(r, e->b, at);
    enum kind ka = e->a->type.kind, kb = e->b->type.kind;

    if (ka != kb && a.form == VAL_PLAIN && ka == K_DATE)
        a.plain = date_month((day)a.plain);
    if (ka != kb && b.form == VAL_PLAIN && kb == K_DATE)
        b.plain = date_month((day)b.plain);
    return row_compare(r, e->op == E_BEFORE ? REL_LT : REL_GT, a, b);
}

/* Completed on the first day of the month; of a month, the difference. */
static struct val since(struct row *r, const struct expr *e, struct row_at at)
{
    struct val v = row_value(r, e->a, at);
    const struct binding *b = r->bind;
    int64_t n;

    if (v.form != VAL_PLAIN)
        return v;
    if (e->a->type.kind == K_MONTH) {
        n = b->month - v.plain;
        if (e->since == SINCE_YEARS)
            n = (n >= 0 ? n : n - 11) / 12;
        else if (e->since == SINCE_DAYS)
            n = b->first_day - month_first((month)v.plain);
    } else if (e->since == SINCE_DAYS) {
        n = b->first_day - v.plain;
    } else if (e->since == SINCE_MONTHS) {
        n = date_months((day)v.plain, b->first_day);
    } else {
        n = date_years((day)v.plain, b->first_day);
    }
    return val_number(rat_int(n));
}

static struct val outcome_of(struct row *r, const struct expr *e, struct row_at at)
{
    const struct policy *p = e->policy ? e->policy : at.policy;
    const struct row_unit *u = row_unit(r, p, p->of_member ? at.who : ROW_SUBJECT);

    if (u->error)
        return (struct val){.form = VAL_ERROR, .error = u->error};
    if (u->undecided)
        return val_unknown(u->needs, u->open);
    return val_plain((int64_t)p->alts[u->alt].value);
}

/* `taken as` when unknown: not when it is only the varied fact that has no one value. */
static struct val if_unknown(struct row *r, const struct expr *e, struct row_at at)
{
    struct val v = row_value(r, e->a, at);

    if (v.form != VAL_UNKNOWN)
        return v;
    return v.open ? val_unknown(NULL, true) : row_value(r, e->b, at);
}

/* ---- one expression ------------------------------------------------------------------------- */

static struct val condition(struct row *r, const struct expr *e, struct row_at at)
{
    struct val v;

    switch (e->op) {
    case E_REL:
        return chain(r, e, at);
    case E_IS:
        return is_one_of(r, e, at);
    case E_IN:
        return in_range(r, e, at);
    case E_BEFORE:
    case E_AFTER:
        return in_order(r, e, at);
    case E_AND:
        return joined(r, e, 0, at);
    case E_OR:
        return joined(r, e, 1, at);
    case E_NOT:
        v = row_value(r, e->a, at);
        if (v.form == VAL_PLAIN)
            v.plain = !v.plain;
        return v;
    default:
        assert(e->op == E_GETS);
        return row_gets(r, e->policy, e->of_member ? at.who : ROW_SUBJECT);
    }
}

struct val row_value(struct row *r, const struct expr *e, struct row_at at)
{
    switch (e->op) {
    case E_FIELD:
        return row_field(r, e->field, e->level == LEVEL_SUBJECT ? ROW_SUBJECT : at.who);
    case E_DEF:
        return row_def(r, e->def, at);
    case E_PARAM:
        return row_param(r, e->param, at, NULL);
    case E_CODE:
        return val_plain(e->lit.i);
    case E_LIT:
        return literal_val(e->type, &e->lit);
    case E_OUTCOME:
        return outcome_of(r, e, at);
    case E_PAID_LAST:
        return paid_last(r, e, at);
    case E_THIS_MONTH:
        return val_plain(r->bind->month);
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_DIV:
    case E_AT_LEAST:
    case E_AT_MOST:
        return row_arith(r, e->op, row_value(r, e->a, at), row_value(r, e->b, at));
    case E_SINCE:
        return since(r, e, at);
    case E_ANY:
    case E_NO:
    case E_EVERY:
    case E_COUNT:
    case E_SUM:
    case E_IF_NONE:
        return row_over_set(r, e, at);
    case E_ROUND:
        return row_round(r, row_value(r, e->a, at), e->round, e->unit_fen);
    case E_IF_UNKNOWN:
        return if_unknown(r, e, at);
    case E_HIGHEST:
    case E_LOWEST:
        /* The checker puts one under E_IF_NONE always. */
        return row_error(r, "nothing is said for the case of none");
    default:
        return condition(r, e, at);
    }
}
