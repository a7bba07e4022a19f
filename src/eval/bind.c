/* See bind.h: which policies take part, and the values that hold. Nothing is evaluated here. */
#include "eval/bind.h"

#include <inttypes.h>

/* ---- which policies are needed -------------------------------------------------------------- */

/* What was reached already: outcomes by policy, definitions by index. */
struct reach {
    const struct rules *rules;
    bool *policies, *defs;
};

static void reach_def(struct reach *r, const struct def *d);
static void reach_policy(struct reach *r, const struct policy *p);

static void reach_expr(struct reach *r, const struct expr *e);

static void reach_set(struct reach *r, const struct set *s)
{
    if (!s)
        return;
    reach_set(r, s->base);
    reach_expr(r, s->who);
    if (s->def)
        reach_def(r, s->def);
}

static void reach_expr(struct reach *r, const struct expr *e)
{
    if (!e)
        return;
    if ((e->op == E_OUTCOME || e->op == E_GETS) && e->policy)
        reach_policy(r, e->policy);
    if (e->op == E_DEF && e->def)
        reach_def(r, e->def);
    if (e->op == E_FIELD && e->field)
        reach_expr(r, e->field->value);
    if (e->op == E_PARAM && e->param && e->param->by_def)
        reach_def(r, e->param->by_def);
    reach_expr(r, e->a);
    reach_expr(r, e->b);
    reach_expr(r, e->c);
    for (size_t i = 0; i < e->n_args; i++)
        reach_expr(r, e->args[i]);
    reach_set(r, e->set);
}

static void reach_def(struct reach *r, const struct def *d)
{
    if (r->defs[d->index])
        return;
    r->defs[d->index] = true;
    reach_expr(r, d->value);
    reach_set(r, d->group);
    for (size_t i = 0; i < d->n_cases; i++) {
        reach_expr(r, d->cases[i].when);
        reach_expr(r, d->cases[i].value);
    }
    for (size_t i = 0; i < d->n_grounds; i++)
        reach_expr(r, d->grounds[i].expr);
}

static void reach_policy(struct reach *r, const struct policy *p)
{
    if (r->policies[p->index])
        return;
    r->policies[p->index] = true;
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];
        for (size_t k = 0; k < alt->n_conds; k++)
            reach_expr(r, alt->conds[k].expr);
        for (size_t k = 0; k < alt->n_because; k++)
            reach_expr(r, alt->because[k].when);
        for (size_t k = 0; k < alt->n_pays; k++) {
            reach_set(r, alt->pays[k].set);
            reach_expr(r, alt->pays[k].value);
        }
    }
    for (size_t i = 0; i < p->n_carries; i++)
        for (size_t k = 0; k < p->carries[i].n_cases; k++) {
            reach_expr(r, p->carries[i].cases[k].when);
            reach_expr(r, p->carries[i].cases[k].value);
        }
}

static enum rc bind_policies(const struct binding_spec *spec, struct arena *a, struct binding *b,
                             struct err *err)
{
    const struct rules *rules = spec->rules;
    struct reach r = {rules, NEW_N(a, bool, rules->policies.n + 1),
                      NEW_N(a, bool, rules->defs.n + 1)};

    for (size_t i = 0; i < spec->n_policies; i++)
        reach_policy(&r, spec->policies[i]);
    b->policies = NEW_N(a, struct policy *, rules->policies.n + 1);
    b->position = NEW_N(a, size_t, rules->policies.n + 1);
    for (size_t i = 0; i < rules->policies.n; i++)
        b->position[i] = SIZE_MAX;
    for (size_t i = 0; i < rules->policies.n; i++) {
        struct policy *p = rules->order[i];
        if (!r.policies[p->index])
            continue;
        b->position[p->index] = b->n_policies;
        b->policies[b->n_policies++] = p;
        if (!b->subject)
            b->subject = p->subject;
        if (!b->list)
            b->list = p->list;
        if (p->subject != b->subject || (p->list && p->list != b->list))
            return err_set(err, RC_RULE,
                           "%.*s and %.*s are not determined for the same subject and members",
                           STR_ARG(b->policies[0]->name.text), STR_ARG(p->name.text));
    }
    return RC_OK;
}

/* ---- values --------------------------------------------------------------------------------- */

static void bind_params(const struct binding_spec *spec, struct arena *a, struct binding *b)
{
    const struct rules *rules = spec->rules;

    b->params = NEW_N(a, struct bound_param, rules->params.n + 1);
    for (size_t i = 0; i < rules->params.n; i++) {
        const struct param *p = rules->params.at[i];
        struct bound_param *bp = &b->params[i];
        bp->values = NEW_N(a, const struct literal *, p->n_keys + 1);
        bp->sets = NEW_N(a, const struct place_set *, p->n_keys + 1);
        for (size_t k = 0; k < p->n_keys; k++)
            bp->values[k] = param_value(rules, p, k, spec->division, spec->month, &bp->sets[k]);
    }
    for (size_t i = 0; i < spec->n_overrides; i++) {
        const struct override *o = &spec->overrides[i];
        struct bound_param *bp = &b->params[o->param->index];
        struct literal *value = NEW(a, struct literal);
        *value = o->value;
        bp->overridden = true;
        for (size_t k = 0; k < o->param->n_keys; k++) {
            if (o->key != SIZE_MAX && o->key != k)
                continue;
            bp->values[k] = value;
            bp->sets[k] = NULL;
        }
    }
}

enum rc bind_new(const struct binding_spec *spec, struct arena *a, const struct binding **out,
                 struct err *err)
{
    struct binding *b = NEW(a, struct binding);

    *out = b;
    b->rules = spec->rules;
    b->division = spec->division;
    b->month = spec->month;
    b->first_day = month_first(spec->month);
    TRY(bind_policies(spec, a, b, err));
    bind_params(spec, a, b);
    return RC_OK;
}

/* National codes nest by pairs of digits, so that putting zeros in goes up one level. */
const struct place *bind_place(const struct rules *rules, int64_t division)
{
    static const int64_t steps[] = {1, 1000, 1000000, 100000000, 10000000000, 0};

    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        int64_t code = steps[s] ? division / steps[s] * steps[s] : 0;
        for (size_t i = 0; i < rules->places.n; i++)
            if (rules->places.at[i]->division == code)
                return rules->places.at[i];
    }
    return NULL;
}

str bind_missing_text(const struct binding *b, const struct param *p, struct arena *a)
{
    const struct place *place = bind_place(b->rules, b->division);
    str where = place ? place->name.text : S("place");
    char m[8];

    return str_fmt(a, "%.*s %012" PRId64 ", %s: %.*s.%.*s (“%.*s”) has no value", STR_ARG(where),
                   b->division, month_text(b->month, m), STR_ARG(p->policy->name.text),
                   STR_ARG(p->name.text), STR_ARG(p->label.zh));
}
