/* Expressions and sets, a function for each construct; the numbers are those of section 4. */
#include "value.h"

#include <assert.h>

static int64_t element(const void *at, size_t width, size_t i)
{
    if (width == 1)
        return ((const uint8_t *)at)[i];
    if (width == 4)
        return ((const int32_t *)at)[i];
    assert(width == 8);
    return ((const int64_t *)at)[i];
}

/* Rule 2, whose; rule 11: a fact without a value is unknown and names itself. */
static struct val eval_field(struct walk *w, const struct field *f, const struct who *who)
{
    bool subject = f->reg == w->o->policies[0]->subject;
    if (f->value != NULL) {
        struct who owner = {.member = subject ? -1 : who->member};
        return eval(w, f->value, &owner);
    }
    assert(subject || who->member >= 0);
    size_t i = subject ? w->row : members_from(w->block, w->row) + (size_t)who->member;
    const struct column *c = subject ? &w->block->subject[f->slot] : &w->block->member[f->slot];
    if (c->at == NULL || (c->unknown != NULL && c->unknown[i]))
        return val_unknown(facts_one(w->a, f, subject ? UINT32_MAX : (uint32_t)who->member));
    size_t width = f->type.kind == K_BOOL || f->type.kind == K_CODE ? 1 : 8;
    if (f->type.kind == K_COUNT || f->type.kind == K_MONTHS || f->type.kind == K_DAYS ||
        f->type.kind == K_DATE || f->type.kind == K_MONTH)
        width = 4;
    return val_int(element(c->at, width, i));
}

/*
 * Rules 6 and 11, `when … otherwise`: the first that holds. An unknown `when` leaves its branch
 * open and goes on; open branches that agree have that value. What goes wrong behind an open `when`
 * may never be reached: then the choice waits for the `when`.
 */
static struct val eval_choice(struct walk *w, const struct def *d, const struct who *who)
{
    struct facts needs = {0};
    struct val agreed = {0};
    bool open = false, agree = true, first = true;
    for (size_t i = 0; i < d->n_cases; i++) {
        struct val when =
            d->cases[i].when == NULL ? val_bool(true) : eval(w, d->cases[i].when, who);
        if (val_no(when))
            continue;
        if (when.state == ERROR)
            return open ? val_unknown(needs) : when;
        struct val v = eval(w, d->cases[i].value, who);
        if (!open && when.state == KNOWN)
            return v;
        open = true;
        needs = facts_union(w->a, needs, when.needs);
        needs = facts_union(w->a, needs, v.needs);
        if (v.state != KNOWN || (!first && mpq_cmp(v.q, agreed.q) != 0))
            agree = false;
        if (first)
            agreed = v;
        first = false;
        if (when.state == KNOWN)
            break;
    }
    return agree ? agreed : val_unknown(needs);
}

/* Rule 2: a definition belongs to the subject, or to the member spoken of. */
static struct val eval_def(struct walk *w, const struct def *d, const struct who *who)
{
    struct who owner = {.member = d->of_member || d->policy->of_member ? who->member : -1};
    if (d->form == DEF_CHOICE)
        return eval_choice(w, d, &owner);
    assert(d->form == DEF_VALUE);
    return eval(w, d->value, &owner);
}

/* Rule 3: read with the key of the one spoken of; by grounds, with the ground. */
static struct val eval_param(struct walk *w, const struct param *p, const struct who *who)
{
    struct val key = val_int(0);
    if (p->by_field != NULL) {
        key = eval_field(w, p->by_field, who);
    } else if (p->by_def != NULL && p->by_def->form == DEF_GROUNDS) {
        const struct who *at = who;
        while (at != NULL && at->grounds != p->by_def)
            at = at->outer;
        assert(at != NULL);
        key = val_int((int64_t)at->ground);
    } else if (p->by_def != NULL) {
        key = eval_def(w, p->by_def, who);
    }
    if (key.state != KNOWN)
        return key;
    const struct literal *lit =
        oracle_param_value(w->o->rules, p, (size_t)val_index(key), w->o->division, w->o->month);
    for (size_t i = 0; i < w->o->n_overrides; i++) {
        const struct override *o = &w->o->overrides[i];
        if (o->param == p && (o->key == SIZE_MAX || o->key == (size_t)val_index(key)))
            lit = &o->value;
    }
    if (lit == NULL)
        return val_error(ORACLE_NO_VALUE);
    struct val v = val_int(lit->i);
    if (p->type.kind == K_RATE) {
        mpq_set_si(v.q, lit->num, (unsigned long)lit->den);
        mpq_canonicalize(v.q);
    }
    return v;
}

static struct val eval_literal(const struct expr *e)
{
    struct val v = val_int(e->lit.i);
    if (e->op == E_LIT && e->type.kind == K_RATE && e->lit.den != 0) {
        mpq_set_si(v.q, e->lit.num, (unsigned long)e->lit.den);
        mpq_canonicalize(v.q);
    }
    return v;
}

/* `outcome`, `policy.outcome`: a code; undecided is unknown and waits for the same facts. */
static struct val eval_outcome(struct walk *w, const struct expr *e, const struct who *who)
{
    struct decision d = decide(w, e->policy, who);
    if (d.state == ERROR)
        return val_error(d.error);
    if (d.state == UNKNOWN)
        return val_unknown(d.needs);
    return val_int((int64_t)e->policy->alts[d.alt].value);
}

/* Rule 10: what this policy paid its subject itself; an award under one fen is none. */
static struct val eval_paid_last(struct walk *w, const struct expr *e, const struct who *who)
{
    const struct column *c = &w->block->paid_last[e->policy->index];
    if (w->block->paid_last == NULL || c->at == NULL)
        return val_int(0);
    size_t i = e->policy->of_member ? members_from(w->block, w->row) + (size_t)who->member : w->row;
    return val_int(((const int64_t *)c->at)[i]);
}

/* Section 2: a + b and the like; nothing guards, so both are worked out. */
static struct val eval_arith(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val x = eval(w, e->a, who), y = eval(w, e->b, who), both = val_join(w, x, y);
    return both.state == KNOWN ? val_arith(w, e->op, x, y) : both;
}

static struct val compare(struct walk *w, struct val x, enum rel rel, struct val y)
{
    struct val both = val_join(w, x, y);
    if (both.state != KNOWN)
        return both;
    int order = val_cmp(w, x, y);
    switch (rel) {
    case REL_LT:
        return val_bool(order < 0);
    case REL_LE:
        return val_bool(order <= 0);
    case REL_EQ:
        return val_bool(order == 0);
    case REL_NE:
        return val_bool(order != 0);
    case REL_GE:
        return val_bool(order >= 0);
    case REL_GT:
        return val_bool(order > 0);
    }
    assert(false);
    return val_bool(false);
}

/* Rule 11: a no settles it, else the unknown ones' facts go on. Errors come before either. */
static struct val both_hold(struct walk *w, struct val x, struct val y)
{
    struct val joint = val_join(w, x, y);
    if (joint.state == ERROR)
        return joint;
    if (val_no(x) || val_no(y))
        return val_bool(false);
    return joint;
}

/* Rule 4: `a <= b < c` is one comparison. */
static struct val eval_rel(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who), b = eval(w, e->b, who);
    struct val first = compare(w, a, e->rel, b);
    if (e->c == NULL)
        return first;
    return both_hold(w, first, compare(w, b, e->rel2, eval(w, e->c, who)));
}

static struct val eval_is(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who);
    if (a.state != KNOWN)
        return a;
    bool found = false;
    for (size_t i = 0; i < e->n_args; i++)
        if (e->args[i]->lit.i == val_index(a))
            found = true;
    return val_bool(found != e->negated);
}

/* Both ends in; of a numbered code the stored number. */
static struct val eval_in(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who);
    if (a.state != KNOWN)
        return a;
    if (e->a->type.kind == K_CODE) {
        const struct code_value *v = &e->a->type.code->values[val_index(a)];
        if (!v->has_number)
            return val_bool(false);
        a = val_int(v->number);
    }
    struct val low = eval(w, e->b, who), high = eval(w, e->c, who);
    return both_hold(w, compare(w, low, REL_LE, a), compare(w, a, REL_LE, high));
}

/* Rules 7 and 11: from left to right; `decides` (no for and, yes for or) ends it. */
static struct val eval_and_or(struct walk *w, const struct expr *e, const struct who *who)
{
    struct facts needs = {0};
    bool decides = e->op == E_OR;
    for (size_t i = 0; i < e->n_args; i++) {
        struct val v = eval(w, e->args[i], who);
        if (decides ? val_yes(v) : val_no(v))
            return v;
        if (v.state == ERROR)
            return needs.n > 0 ? val_unknown(needs) : v;
        needs = facts_union(w->a, needs, v.needs);
    }
    return needs.n > 0 ? val_unknown(needs) : val_bool(!decides);
}

static struct val negate(struct val v)
{
    return v.state == KNOWN ? val_bool(val_no(v)) : v;
}

/* ---- sets ----------------------------------------------------------------------------------- */

/* The grounds that a set consists of, or NULL: members. */
static const struct def *grounds_of(const struct set *s)
{
    while (s->form == SET_WHO)
        s = s->base;
    return s->form == SET_GROUNDS ? s->def : NULL;
}

static size_t set_size(const struct walk *w, const struct set *s)
{
    const struct def *g = grounds_of(s);
    return g != NULL ? g->n_grounds : members_of(w->block, w->row);
}

/* Candidate i of a set; `who` is the one spoken of outside. */
static struct who candidate(const struct set *s, size_t i, const struct who *who)
{
    const struct def *g = grounds_of(s);
    if (g != NULL)
        return (struct who){.member = who->member, .grounds = g, .ground = i, .outer = who};
    return (struct who){.member = (long)i, .outer = who};
}

/* Does the candidate belong? A group guards its own condition; a ground holds or not. */
struct val eval_member_of(struct walk *w, const struct set *s, const struct who *who)
{
    if (s->form == SET_LIST)
        return val_bool(true);
    if (s->form == SET_GROUNDS) {
        bool of_member = s->def->of_member || s->def->policy->of_member;
        struct who owner = {.member = of_member ? who->member : -1};
        return eval(w, s->def->grounds[who->ground].expr, &owner);
    }
    if (s->form == SET_DEF)
        return eval_member_of(w, s->def->group, who);
    assert(s->form == SET_WHO);
    struct val in = eval_member_of(w, s->base, who);
    if (in.state == ERROR || val_no(in))
        return in;
    struct val holds = eval(w, s->who, who);
    if (in.state == KNOWN)
        return holds;
    if (val_no(holds))
        return holds;
    return val_unknown(facts_union(w->a, in.needs, holds.needs));
}

/*
 * What is said of a candidate who belongs, or may belong: membership guards it. *in tells whether
 * he belongs; a no leaves *said alone. An error of one who only may belong is unknown like him.
 */
static void look_at(struct walk *w, const struct expr *e, const struct who *one, struct val *in,
                    struct val *said)
{
    if (in->state == ERROR || val_no(*in))
        return;
    *said = eval(w, e->a, one);
    if (in->state == UNKNOWN && said->state == ERROR)
        *said = *in;
}

/* Rule 6: `any` of nobody doesn't hold, `every` and `no` do. All members are looked at. */
static struct val eval_quantifier(struct walk *w, const struct expr *e, const struct who *who)
{
    struct facts needs = {0};
    struct val failed = val_bool(false); /* state ERROR: the first error */
    bool settled = false;
    for (size_t i = 0; i < set_size(w, e->set); i++) {
        struct who one = candidate(e->set, i, who);
        struct val in = eval_member_of(w, e->set, &one), said = val_bool(e->op == E_EVERY);
        look_at(w, e, &one, &in, &said);
        if (failed.state != ERROR && (in.state == ERROR || said.state == ERROR))
            failed = in.state == ERROR ? in : said;
        if (e->op == E_EVERY)
            said = negate(said); /* the search is for one who spoils it */
        if (in.state == ERROR || said.state == ERROR || val_no(in) || val_no(said))
            continue;
        if (val_yes(in) && val_yes(said))
            settled = true;
        needs = facts_union(w->a, needs, facts_union(w->a, in.needs, said.needs));
    }
    if (failed.state == ERROR)
        return failed;
    if (!settled && needs.n > 0)
        return val_unknown(needs);
    return val_bool(settled == (e->op == E_ANY));
}

/* Rule 6: count of nobody is 0. */
static struct val eval_count(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val failed = val_bool(false);
    struct facts needs = {0};
    int64_t n = 0;
    for (size_t i = 0; i < set_size(w, e->set); i++) {
        struct who one = candidate(e->set, i, who);
        struct val in = eval_member_of(w, e->set, &one);
        if (in.state == ERROR && failed.state != ERROR)
            failed = in;
        needs = facts_union(w->a, needs, in.needs);
        n += val_yes(in);
    }
    if (failed.state == ERROR)
        return failed;
    return needs.n > 0 ? val_unknown(needs) : val_int(n);
}

/* Rule 6: sum over nobody is 0. */
static struct val eval_sum(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val total = val_int(0);
    for (size_t i = 0; i < set_size(w, e->set); i++) {
        struct who one = candidate(e->set, i, who);
        struct val in = eval_member_of(w, e->set, &one), said = val_int(0);
        look_at(w, e, &one, &in, &said);
        if (val_no(in))
            continue;
        struct val both = val_join(w, total, val_join(w, in, said));
        total = both.state == KNOWN ? val_arith(w, E_ADD, total, said) : both;
    }
    return total;
}

/*
 * Rules 6 and 11: highest, lowest. The best of those who surely belong; an open one who can't beat
 * it is passed over. *none: nobody belongs, nor may.
 */
static struct val best_of(struct walk *w, const struct expr *e, const struct who *who, bool *none)
{
    size_t n = set_size(w, e->set);
    struct val *in = NEW_N(w->a, struct val, n), *said = NEW_N(w->a, struct val, n);
    struct val best = val_int(0);
    bool have = false;
    *none = true;
    for (size_t i = 0; i < n; i++) {
        struct who one = candidate(e->set, i, who);
        in[i] = eval_member_of(w, e->set, &one);
        said[i] = val_int(0);
        look_at(w, e, &one, &in[i], &said[i]);
        if (val_no(in[i]))
            continue;
        *none = false;
        if (!val_yes(in[i]) || said[i].state != KNOWN)
            continue;
        int order = have ? val_cmp(w, said[i], best) : 0;
        if (!have || (e->op == E_HIGHEST ? order > 0 : order < 0))
            best = said[i];
        have = true;
    }
    struct val open = val_bool(true);
    for (size_t i = 0; i < n; i++) {
        if (val_no(in[i]))
            continue;
        if (in[i].state == UNKNOWN && said[i].state == KNOWN && have) {
            int order = val_cmp(w, said[i], best);
            if (e->op == E_HIGHEST ? order <= 0 : order >= 0)
                continue;
        }
        open = val_join(w, open, val_join(w, in[i], said[i]));
    }
    return open.state == KNOWN ? best : open;
}

/* Rule 6: `taken as … when none`. */
static struct val eval_if_none(struct walk *w, const struct expr *e, const struct who *who)
{
    bool none = false;
    assert(e->a->op == E_HIGHEST || e->a->op == E_LOWEST);
    w->counts->ops[e->a->op]++;
    struct val best = best_of(w, e->a, who, &none);
    if (best.state == UNKNOWN)
        w->counts->unknown[e->a->op]++;
    return none ? eval(w, e->b, who) : best;
}

/* ---- the rest ------------------------------------------------------------------------------- */

/*
 * Section 2: completed on the first day of the month. A month after the n-th of a month is complete
 * on the n-th, or on the 1st of the month after when there is no n-th; seen from a first of a month
 * both come to this: every month begun after the date, less one unless the date is a first itself.
 */
static struct val eval_since(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who);
    if (a.state != KNOWN)
        return a;
    int64_t from = val_index(a), now = w->o->month;
    if (e->a->type.kind == K_MONTH)
        return val_int(now - from);
    if (e->since == SINCE_DAYS)
        return val_int(date_day(month_year((month)now), month_number((month)now), 1) - from);
    int y = 0, m = 0, d = 0;
    date_civil((day)from, &y, &m, &d);
    int64_t months = now - ((int64_t)y * 12 + m - 1) - (d > 1);
    if (e->since == SINCE_MONTHS)
        return val_int(months);
    return val_int(months >= 0 ? months / 12 : -((-months + 11) / 12));
}

/* Rule 4: `, at least b` and `, at most b`. */
static struct val eval_bound(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who), b = eval(w, e->b, who), both = val_join(w, a, b);
    if (both.state != KNOWN)
        return both;
    int order = val_cmp(w, a, b);
    return (e->op == E_AT_LEAST ? order < 0 : order > 0) ? b : a;
}

static struct val eval_round(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who);
    return a.state == KNOWN ? val_round(w, a, e->round, e->unit_fen) : a;
}

/* Rule 11: with `taken as V when unknown` a fact is never required. */
static struct val eval_if_unknown(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val a = eval(w, e->a, who);
    return a.state == UNKNOWN ? eval(w, e->b, who) : a;
}

static struct val eval_op(struct walk *w, const struct expr *e, const struct who *who)
{
    switch (e->op) {
    case E_FIELD:
        return eval_field(w, e->field, who);
    case E_DEF:
        return eval_def(w, e->def, who);
    case E_PARAM:
        return eval_param(w, e->param, who);
    case E_CODE:
    case E_LIT:
        return eval_literal(e);
    case E_OUTCOME:
        return eval_outcome(w, e, who);
    case E_PAID_LAST:
        return eval_paid_last(w, e, who);
    case E_THIS_MONTH:
        return val_int(w->o->month);
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_DIV:
        return eval_arith(w, e, who);
    case E_REL:
        return eval_rel(w, e, who);
    case E_IS:
        return eval_is(w, e, who);
    case E_IN:
        return eval_in(w, e, who);
    case E_BEFORE:
        return compare(w, eval(w, e->a, who), REL_LT, eval(w, e->b, who));
    case E_AFTER:
        return compare(w, eval(w, e->a, who), REL_GT, eval(w, e->b, who));
    case E_AND:
    case E_OR:
        return eval_and_or(w, e, who);
    case E_NOT:
        return negate(eval(w, e->a, who));
    case E_ANY:
    case E_NO:
    case E_EVERY:
        return eval_quantifier(w, e, who);
    case E_COUNT:
        return eval_count(w, e, who);
    case E_SUM:
        return eval_sum(w, e, who);
    case E_SINCE:
        return eval_since(w, e, who);
    case E_GETS:
        return gets(w, e->policy, e->of_member, who);
    case E_AT_LEAST:
    case E_AT_MOST:
        return eval_bound(w, e, who);
    case E_ROUND:
        return eval_round(w, e, who);
    case E_IF_UNKNOWN:
        return eval_if_unknown(w, e, who);
    case E_IF_NONE:
        return eval_if_none(w, e, who);
    case E_HIGHEST: /* only under E_IF_NONE */
    case E_LOWEST:
    case E_NAME:
    case E_BAD:
        break;
    }
    assert(false); /* no checked tree has these */
    return val_error(ORACLE_FINE);
}

struct val eval(struct walk *w, const struct expr *e, const struct who *who)
{
    struct val v = eval_op(w, e, who);
    w->counts->ops[e->op]++;
    if (v.state == UNKNOWN)
        w->counts->unknown[e->op]++;
    return v;
}
