/*
 * Sets of members and lists of grounds in the row form: who is in, and what is said over all of
 * them: any, no, every, count, sum, highest, lowest.
 */
#include "eval/row.h"

size_t row_set_n(const struct row *r, const struct set *s)
{
    while (s->form == SET_WHO)
        s = s->base;
    if (s->form == SET_GROUNDS)
        return s->def->n_grounds;
    return r->n_members;
}

/* The list of grounds behind a set, or NULL when it is of members. */
static const struct def *grounds_of(const struct set *s)
{
    while (s->form == SET_WHO)
        s = s->base;
    return s->form == SET_GROUNDS ? s->def : NULL;
}

struct row_at row_set_at(const struct set *s, size_t i, struct row_at at)
{
    if (grounds_of(s))
        at.ground = (uint32_t)i;
    else
        at.who = (uint32_t)i;
    return at;
}

/* Membership of a named group is said of the member alone, so it is worked out once. */
static struct val group_has(struct row *r, const struct def *d, size_t i)
{
    struct row_at at = {(uint32_t)i, 0, d->policy};
    const struct def *outer = r->def;
    struct row_memo *m;

    m = row_memo(r, d, (uint32_t)i);
    if (!m->done) {
        r->def = d;
        m->v = row_set_has(r, d->group, i, at);
        m->done = true;
        r->def = outer;
    }
    return m->v;
}

struct val row_both(struct row *r, struct val left, struct val right)
{
    if (right.form == VAL_ERROR)
        return left.form == VAL_UNKNOWN ? left : right;
    if (val_is(right, 0))
        return right;
    if (left.form == VAL_UNKNOWN)
        return row_unknown2(r, left, right);
    return right;
}

struct val row_set_has(struct row *r, const struct set *s, size_t i, struct row_at at)
{
    struct val in;

    switch (s->form) {
    case SET_DEF:
        return group_has(r, s->def, i);
    case SET_GROUNDS:
        return row_value(r, s->def->grounds[i].expr, at);
    case SET_WHO:
        in = row_set_has(r, s->base, i, at);
        if (in.form == VAL_ERROR || val_is(in, 0))
            return in;
        return row_both(r, in, row_value(r, s->who, row_set_at(s, i, at)));
    default:
        return val_plain(1);
    }
}

/*
 * any, no, every: is there one who is in and of whom it can (every: can't) be said? All are looked
 * at, so that an error of one doesn't depend on who stands before him.
 */
static struct val quantified(struct row *r, const struct expr *e, struct row_at at)
{
    struct val any = val_plain(0);
    size_t n = row_set_n(r, e->set);

    for (size_t i = 0; i < n; i++) {
        struct val v = row_set_has(r, e->set, i, at);
        if (v.form != VAL_ERROR && !val_is(v, 0)) {
            struct val said = row_value(r, e->a, row_set_at(e->set, i, at));
            if (e->op == E_EVERY && said.form == VAL_PLAIN)
                said.plain = !said.plain;
            v = row_both(r, v, said);
        }
        if (v.form == VAL_ERROR)
            return v;
        if (val_is(v, 1))
            any = v;
        else if (v.form == VAL_UNKNOWN && !val_is(any, 1))
            any = row_unknown2(r, any, v);
    }
    if (any.form == VAL_PLAIN && e->op != E_ANY)
        any.plain = !any.plain;
    return any;
}

static struct val count(struct row *r, const struct expr *e, struct row_at at)
{
    struct val open = val_plain(0);
    size_t n = row_set_n(r, e->set);
    int64_t in = 0;

    for (size_t i = 0; i < n; i++) {
        struct val v = row_set_has(r, e->set, i, at);
        if (v.form == VAL_ERROR)
            return v;
        if (v.form == VAL_UNKNOWN)
            open = row_unknown2(r, open, v);
        else
            in += v.plain;
    }
    return open.form == VAL_UNKNOWN ? open : val_number(rat_int(in));
}

static struct val sum(struct row *r, const struct expr *e, struct row_at at)
{
    struct val total = val_number(rat_int(0));
    size_t n = row_set_n(r, e->set);

    for (size_t i = 0; i < n; i++) {
        struct val in = row_set_has(r, e->set, i, at), x;
        if (in.form == VAL_ERROR)
            return in;
        if (val_is(in, 0))
            continue;
        x = row_value(r, e->a, row_set_at(e->set, i, at));
        if (in.form == VAL_UNKNOWN)
            x = row_unknown2(r, in, x);
        total = row_arith(r, E_ADD, total, x);
        if (total.form == VAL_ERROR)
            return total;
    }
    return total;
}

/* ---- highest, lowest ------------------------------------------------------------------------ */

/* Can an open element with this value be better than the best one that is certain and known? */
static bool could_win(struct row *r, bool highest, struct val x, struct val best)
{
    if (x.form == VAL_ERROR || x.form == VAL_UNKNOWN)
        return true;
    return !val_is(row_compare(r, highest ? REL_GT : REL_LT, x, best), 0);
}

/*
 * The best of those that are certainly in, or `none` when nothing is in or may be. One whose
 * membership is open matters only when it would be better.
 */
static struct val best_of(struct row *r, const struct expr *e, const struct expr *none,
                          struct row_at at)
{
    bool highest = e->op == E_HIGHEST, certain = false, anything = false;
    struct val best = val_plain(0), open = val_plain(0);
    size_t n = row_set_n(r, e->set);
    struct val *in = NEW_N(r->a, struct val, n + 1), *x = NEW_N(r->a, struct val, n + 1);

    for (size_t i = 0; i < n; i++) {
        in[i] = row_set_has(r, e->set, i, at);
        if (in[i].form == VAL_ERROR)
            return in[i];
        if (val_is(in[i], 0))
            continue;
        anything = true;
        x[i] = row_value(r, e->a, row_set_at(e->set, i, at));
        if (in[i].form == VAL_UNKNOWN)
            continue;
        if (x[i].form == VAL_ERROR)
            return x[i];
        if (x[i].form == VAL_UNKNOWN)
            open = row_unknown2(r, open, x[i]);
        else if (certain)
            best = row_arith(r, highest ? E_AT_LEAST : E_AT_MOST, best, x[i]);
        else
            best = x[i];
        certain |= x[i].form != VAL_UNKNOWN;
    }
    if (!anything)
        return row_value(r, none, at);
    for (size_t i = 0; i < n; i++)
        if (in[i].form == VAL_UNKNOWN && (!certain || could_win(r, highest, x[i], best)))
            open = row_unknown2(r, open, row_unknown2(r, in[i], x[i]));
    if (open.form != VAL_UNKNOWN)
        return best;
    open.open |= best.form == VAL_RANGE;
    return open;
}

/* ---- what is the same for every member ------------------------------------------------------ */

struct row_shared {
    struct row_shared *next;
    const struct expr *expr;
    struct val v;
};

static struct val over_set(struct row *r, const struct expr *e, struct row_at at)
{
    switch (e->op) {
    case E_COUNT:
        return count(r, e, at);
    case E_SUM:
        return sum(r, e, at);
    case E_IF_NONE:
        return best_of(r, e->a, e->b, at);
    default:
        return quantified(r, e, at);
    }
}

/*
 * What is said over a set of members is said of each of them and of nobody outside. Within a
 * sentence about one member it is therefore worked out once, or sets within sets would cost the
 * product of their sizes.
 */
struct val row_over_set(struct row *r, const struct expr *e, struct row_at at)
{
    const struct set *set = e->op == E_IF_NONE ? e->a->set : e->set;
    struct row_shared *x = r->shared;

    if (at.who == ROW_SUBJECT || grounds_of(set) ||
        (e->op == E_IF_NONE && e->b->level > LEVEL_SUBJECT))
        return over_set(r, e, at);
    while (x && x->expr != e)
        x = x->next;
    if (!x) {
        struct val v = over_set(r, e, at);
        x = NEW(r->a, struct row_shared);
        *x = (struct row_shared){r->shared, e, v};
        r->shared = x;
    }
    return x->v;
}
