/* See rules_json.h: policies, and what their rules say of nobody in particular. */
#include "api/rules_json.h"

#include "api/people_json.h"
#include "eval/outline.h"
#include "eval/trace.h"
#include "lang/parts.h"

/* ---- words ---------------------------------------------------------------------------------- */

typedef str outline(const struct expr *e, enum explain_lang lang, struct arena *a);

static void words(struct call *c, const char *key, const struct expr *e, outline *tell)
{
    if (e == NULL) {
        json_key(&c->json, key);
        json_nil(&c->json);
        return;
    }
    people_both(&c->json, key, tell(e, EXPLAIN_ZH, c->arena), tell(e, EXPLAIN_EN, c->arena));
}

void rules_condition(struct call *c, const char *key, const struct expr *e)
{
    words(c, key, e, outline_condition);
}

void rules_formula(struct call *c, const char *key, const struct expr *e)
{
    words(c, key, e, outline_formula);
}

void rules_named(struct json *j, str name, const struct label *l)
{
    JSON_STR(j, "name", name);
    people_both(j, "label", l->zh.n > 0 ? l->zh : name, l->en.n > 0 ? l->en : name);
}

void rules_basis(struct json *j, const struct basis *b)
{
    if (b != NULL) {
        trace_basis_json(b, j);
        return;
    }
    json_key(j, "basis");
    json_arr(j);
    json_arr_end(j);
}

void rules_source_json(struct call *c, str kind, str name)
{
    const struct rules *r = c->city->rules;
    str file = S(""), text = S("");

    for (size_t i = 0; i < r->sources.list.n; i++) {
        const struct source *s = &r->sources.list.at[i];
        struct rule_part *parts = NULL;
        size_t n = 0;
        rule_parts(s->path, s->text, c->arena, &parts, &n);
        for (size_t k = 0; k < n; k++)
            if (str_eq(parts[k].kind, kind) && str_eq(parts[k].name, name)) {
                file = parts[k].file;
                text = parts[k].text;
            }
    }
    JSON_STR(&c->json, "file", file);
    JSON_STR(&c->json, "source", text);
}

/* ---- definitions ---------------------------------------------------------------------------- */

static void cases_json(struct call *c, const struct choice_case *cases, size_t n)
{
    struct json *j = &c->json;

    json_key(j, "cases");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        rules_condition(c, "when", cases[i].when);
        rules_formula(c, "value", cases[i].value);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void grounds_json(struct call *c, const struct def *d)
{
    struct json *j = &c->json;

    json_key(j, "grounds");
    json_arr(j);
    for (size_t i = 0; i < d->n_grounds; i++) {
        json_obj(j);
        rules_named(j, d->grounds[i].name.text, &d->grounds[i].label);
        rules_condition(c, "when", d->grounds[i].expr);
        rules_basis(j, d->grounds[i].basis);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void def_json(struct call *c, const struct def *d)
{
    struct json *j = &c->json;

    json_obj(j);
    rules_named(j, d->name.text, &d->label);
    JSON_BOOL(j, "of_member", d->of_member);
    if (d->form == DEF_GROUP)
        people_both(j, "value", outline_set(d->group, EXPLAIN_ZH, c->arena),
                    outline_set(d->group, EXPLAIN_EN, c->arena));
    else
        rules_formula(c, "value", d->value);
    cases_json(c, d->cases, d->n_cases);
    grounds_json(c, d);
    rules_basis(j, d->basis);
    json_obj_end(j);
}

/* ---- the outcome ---------------------------------------------------------------------------- */

static void pays_json(struct call *c, const struct alternative *a)
{
    struct json *j = &c->json;

    json_key(j, "pays");
    json_arr(j);
    for (size_t i = 0; i < a->n_pays; i++) {
        const struct pay *p = &a->pays[i];
        json_obj(j);
        if (p->form == PAY_EACH)
            people_both(j, "to", outline_set(p->set, EXPLAIN_ZH, c->arena),
                        outline_set(p->set, EXPLAIN_EN, c->arena));
        else if (p->form == PAY_MEMBER)
            people_both(j, "to", S("本人"), S("the person"));
        else
            people_both(j, "to", S("家庭"), S("the household"));
        rules_formula(c, "value", p->value);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void reasons_json(struct call *c, const struct alternative *a)
{
    struct json *j = &c->json;

    json_key(j, "reasons");
    json_arr(j);
    for (size_t i = 0; i < a->n_because; i++) {
        const struct because *b = &a->because[i];
        if (b->form == BECAUSE_FAILED)
            continue;
        json_obj(j);
        rules_named(j, b->name.text, &b->label);
        rules_condition(c, "when", b->when);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void alternative_json(struct call *c, const struct policy *p, size_t i)
{
    const struct alternative *a = &p->alts[i];
    const struct label *l = a->label.zh.n > 0 ? &a->label : &p->outcome_code.values[a->value].label;
    struct json *j = &c->json;

    json_obj(j);
    rules_named(j, a->name.text, l);
    JSON_BOOL(j, "otherwise", a->otherwise);
    json_key(j, "conditions");
    json_arr(j);
    for (size_t k = 0; k < a->n_conds; k++) {
        json_obj(j);
        rules_named(j, a->conds[k].name.text, &a->conds[k].label);
        rules_condition(c, "when", a->conds[k].expr);
        rules_basis(j, a->conds[k].basis);
        json_obj_end(j);
    }
    json_arr_end(j);
    pays_json(c, a);
    reasons_json(c, a);
    json_obj_end(j);
}

static void carry_json(struct call *c, const struct carry *x)
{
    struct json *j = &c->json;

    json_obj(j);
    if (x->field != NULL)
        rules_named(j, x->name.text, &x->field->label);
    else
        rules_named(j, x->name.text, &(struct label){0});
    cases_json(c, x->cases, x->n_cases);
    rules_basis(j, x->basis);
    json_obj_end(j);
}

void rules_policy_json(struct call *c, const struct policy *p)
{
    struct json *j = &c->json;

    json_key(j, "definitions");
    json_arr(j);
    for (size_t i = 0; i < p->n_defs; i++)
        def_json(c, p->defs[i]);
    json_arr_end(j);
    people_both(j, "outcome", p->outcome_label.zh, p->outcome_label.en);
    json_key(j, "alternatives");
    json_arr(j);
    for (size_t i = 0; i < p->n_alts; i++)
        alternative_json(c, p, i);
    json_arr_end(j);
    json_key(j, "carries");
    json_arr(j);
    for (size_t i = 0; i < p->n_carries; i++)
        carry_json(c, &p->carries[i]);
    json_arr_end(j);
}
