/*
 * What needs what: definitions, computed fields and outcomes must not need themselves, and policies
 * are put so that an outcome comes before those who ask for it. Two policies may use each other's
 * words; only what the words stand on makes a circle.
 */
#include "lang/check.h"

#include "base/map.h"

enum node_form { NODE_DEF, NODE_FIELD, NODE_OUTCOME };
struct node {
    enum node_form form;
    struct def *def;
    struct field *field;
    struct policy *policy;
};

struct order {
    struct check *c;
    uint8_t *defs, *outcomes; /* by index: STATE_… */
    struct map fields;        /* name of register and field -> its state */
    VEC(struct node) way;     /* from where it began to where it is */
    size_t n_ordered;
};

enum { STATE_NEW, STATE_OPEN, STATE_DONE };

static str node_name(struct order *o, const struct node *n, bool alone)
{
    struct arena *a = o->c->a;

    switch (n->form) {
    case NODE_DEF:
        if (alone)
            return n->def->name.text;
        return str_fmt(a, "%.*s.%.*s", STR_ARG(n->def->policy->name.text),
                       STR_ARG(n->def->name.text));
    case NODE_FIELD:
        return n->field->name.text;
    default:
        if (alone)
            return S("outcome");
        return str_fmt(a, "%.*s.outcome", STR_ARG(n->policy->name.text));
    }
}

static const struct policy *node_policy(const struct node *n)
{
    return n->form == NODE_DEF ? n->def->policy : n->form == NODE_OUTCOME ? n->policy : NULL;
}

static struct span node_at(const struct node *n)
{
    return n->form == NODE_DEF     ? n->def->name.at
           : n->form == NODE_FIELD ? n->field->name.at
                                   : n->policy->outcome_label.at;
}

static bool same_node(const struct node *a, const struct node *b)
{
    return a->form == b->form && a->def == b->def && a->field == b->field && a->policy == b->policy;
}

static void report_circle(struct order *o, const struct node *n)
{
    struct check *c = o->c;
    size_t start = o->way.n;
    bool alone = true;
    str way = S("");

    while (!same_node(&o->way.at[--start], n))
        ;
    for (size_t i = start; i < o->way.n; i++) {
        const struct policy *p = node_policy(&o->way.at[i]);

        alone = alone && (!p || p == node_policy(n));
    }
    for (size_t i = start; i < o->way.n; i++)
        way = str_fmt(c->a, "%.*s%.*s -> ", STR_ARG(way),
                      STR_ARG(node_name(o, &o->way.at[i], alone)));
    diag_add(c->d, R_CIRCLE, node_at(n), "this needs itself: %.*s%.*s", STR_ARG(way),
             STR_ARG(node_name(o, n, alone)));
}

static bool too_deep(struct order *o, const struct node *n)
{
    if (o->way.n < CHECK_DEPTH)
        return false;
    if (!o->c->deep)
        diag_add(o->c->d, R_TOO_MANY, node_at(n), "this stands on more than %d others in a row",
                 CHECK_DEPTH);
    o->c->deep = true;
    return true;
}

/* ---- what a node needs ----------------------------------------------------------------------- */

/* Collected first and visited afterwards, so that recursion is no deeper than the way is long. */
struct needs {
    struct arena *a;
    VEC(struct node) list;
};

static void need(struct needs *w, struct node n)
{
    *VEC_PUSH(w->a, &w->list) = n;
}

static void need_field(struct needs *w, struct field *f)
{
    if (f->value)
        need(w, (struct node){.form = NODE_FIELD, .field = f});
}

static void need_set(struct needs *w, const struct set *set)
{
    for (; set; set = set->base)
        if (set->def)
            need(w, (struct node){.form = NODE_DEF, .def = set->def});
}

static void need_expr(struct expr *e, void *ctx)
{
    struct needs *w = ctx;

    if (e->op == E_DEF)
        need(w, (struct node){.form = NODE_DEF, .def = e->def});
    else if (e->op == E_FIELD)
        need_field(w, e->field);
    else if (e->op == E_PARAM && e->param->by_def)
        need(w, (struct node){.form = NODE_DEF, .def = e->param->by_def});
    else if (e->op == E_PARAM && e->param->by_field)
        need_field(w, e->param->by_field);
    else if ((e->op == E_OUTCOME || e->op == E_GETS) && e->policy)
        need(w, (struct node){.form = NODE_OUTCOME, .policy = e->policy});
    need_set(w, e->set);
}

static void needs_of_def(struct needs *w, struct def *def)
{
    walk_expr(def->form == DEF_VALUE ? def->value : NULL, need_expr, w);
    if (def->form == DEF_GROUP) {
        walk_set(def->group, need_expr, w);
        need_set(w, def->group);
    }
    for (size_t i = 0; i < def->n_cases; i++) {
        walk_expr(def->cases[i].when, need_expr, w);
        walk_expr(def->cases[i].value, need_expr, w);
    }
    for (size_t i = 0; i < def->n_grounds; i++)
        walk_expr(def->grounds[i].expr, need_expr, w);
}

static void needs_of_outcome(struct needs *w, struct policy *p)
{
    for (size_t i = 0; i < p->n_alts; i++) {
        struct alternative *alt = &p->alts[i];

        for (size_t k = 0; k < alt->n_conds; k++)
            walk_expr(alt->conds[k].expr, need_expr, w);
        for (size_t k = 0; k < alt->n_because; k++)
            walk_expr(alt->because[k].when, need_expr, w);
        for (size_t k = 0; k < alt->n_pays; k++) {
            walk_set(alt->pays[k].set, need_expr, w);
            need_set(w, alt->pays[k].set);
            walk_expr(alt->pays[k].value, need_expr, w);
        }
    }
}

/* ---- going through them ---------------------------------------------------------------------- */

static uint8_t *field_state(struct order *o, struct field *f)
{
    str key = str_fmt(o->c->a, "%.*s.%.*s", STR_ARG(f->reg->name.text), STR_ARG(f->name.text));
    uint8_t *state = map_get(&o->fields, key);

    if (!state) {
        state = NEW(o->c->a, uint8_t);
        map_put(&o->fields, key, state);
    }
    return state;
}

static void visit(struct order *o, struct node n)
{
    uint8_t *state = n.form == NODE_DEF     ? &o->defs[n.def->index]
                     : n.form == NODE_FIELD ? field_state(o, n.field)
                                            : &o->outcomes[n.policy->index];

    struct needs w = {.a = o->c->a};

    if (*state == STATE_OPEN)
        report_circle(o, &n);
    if (*state != STATE_NEW || too_deep(o, &n))
        return;
    *state = STATE_OPEN;
    *VEC_PUSH(o->c->a, &o->way) = n;
    if (n.form == NODE_DEF)
        needs_of_def(&w, n.def);
    else if (n.form == NODE_FIELD)
        walk_expr(n.field->value, need_expr, &w);
    else
        needs_of_outcome(&w, n.policy);
    for (size_t i = 0; i < w.list.n; i++)
        visit(o, w.list.at[i]);
    if (n.form == NODE_OUTCOME) {
        n.policy->order = o->n_ordered;
        o->c->r->order[o->n_ordered++] = n.policy;
    }
    o->way.n--;
    *state = STATE_DONE;
}

void check_order(struct check *c)
{
    struct rules *r = c->r;
    struct order o = {.c = c};

    o.defs = NEW_N(c->a, uint8_t, r->defs.n);
    o.outcomes = NEW_N(c->a, uint8_t, r->policies.n);
    map_init(&o.fields, c->a);
    r->order = NEW_N(c->a, struct policy *, r->policies.n);
    for (size_t i = 0; i < r->policies.n; i++)
        visit(&o, (struct node){.form = NODE_OUTCOME, .policy = r->policies.at[i]});
    for (size_t i = 0; i < r->defs.n; i++)
        visit(&o, (struct node){.form = NODE_DEF, .def = r->defs.at[i]});
    for (size_t i = 0; i < r->regs.n; i++)
        for (size_t k = 0; k < r->regs.at[i]->n_fields; k++)
            if (r->regs.at[i]->fields[k]->value)
                visit(&o, (struct node){.form = NODE_FIELD, .field = r->regs.at[i]->fields[k]});
}
