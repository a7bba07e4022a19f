/* See rules_json.h: values of places over time, and examples worked out. */
#include <inttypes.h>

#include "api/people_json.h"
#include "api/rules_json.h"
#include "eval/example.h"
#include "eval/outline.h"
#include "eval/trace.h"

enum { RATE_PARTS = 1000000 };

/* ---- parameters ----------------------------------------------------------------------------- */

static const struct label no_label;

static const struct label *key_label(const struct param *p, size_t key)
{
    const struct code *c = p->by_field != NULL ? p->by_field->type.code
                           : p->by_def != NULL ? p->by_def->type.code
                                               : NULL;

    if (p->by_def != NULL && p->by_def->form == DEF_GROUNDS)
        return &p->by_def->grounds[key].label;
    return c != NULL && key < c->n_values ? &c->values[key].label : &no_label;
}

/* A number to draw by: fen, months, or millionths of a rate. */
static int64_t drawn(struct type t, const struct literal *l)
{
    return t.kind == K_RATE && l->den != 0 ? l->num * RATE_PARTS / l->den : l->i;
}

static void value_json(struct call *c, const struct param *p, const struct set_value *v)
{
    struct json *j = &c->json;
    bool one = v->key.text.n > 0 || v->key_is_number;

    json_obj(j);
    json_key(j, "of");
    if (one)
        json_label(j, key_label(p, v->key_index));
    else
        json_nil(j);
    JSON_INT(j, "number", drawn(p->type, &v->lit));
    people_both(j, "text", outline_value(p->type, &v->lit, EXPLAIN_ZH, c->arena),
                outline_value(p->type, &v->lit, EXPLAIN_EN, c->arena));
    json_obj_end(j);
}

static const struct place_area *area_of(const struct place *p, str name)
{
    for (size_t i = 0; i < p->n_areas; i++)
        if (str_eq(p->areas[i].name.text, name))
            return &p->areas[i];
    return NULL;
}

/* Of the values of one area the last that had begun, unless it has ended without another. */
static bool in_force(const struct place *place, const struct place_set *s, month m)
{
    for (size_t i = 0; i < place->n_sets; i++) {
        const struct place_set *o = &place->sets[i];
        if (o->param == s->param && str_eq(o->area.text, s->area.text) && o->from <= m &&
            o->from > s->from)
            return false;
    }
    return s->from <= m && s->through >= m;
}

static void set_json(struct call *c, const struct place *place, const struct place_set *s, month m)
{
    const struct place_area *area = s->area.text.n > 0 ? area_of(place, s->area.text) : NULL;
    struct json *j = &c->json;

    json_obj(j);
    people_both(j, "place", place->label.zh, place->label.en);
    json_key(j, "area");
    if (area != NULL)
        json_label(j, &area->label);
    else
        json_nil(j);
    json_key(j, "from");
    json_month(j, s->from);
    json_key(j, "through");
    if (s->through != INT32_MAX)
        json_month(j, s->through);
    else
        json_nil(j);
    JSON_BOOL(j, "in_force", in_force(place, s, m));
    json_key(j, "values");
    json_arr(j);
    for (size_t i = 0; i < s->n_values; i++)
        value_json(c, s->param, &s->values[i]);
    json_arr_end(j);
    rules_basis(j, s->basis != NULL ? s->basis : place->basis);
    json_obj_end(j);
}

/* The city's own, the places that it lies in, and those that lie in it. */
static bool concerns(const struct call *c, const struct place *p)
{
    int64_t own = c->city->place->division, lo = 0, hi = 0;

    if (p->division == 0 || p == c->city->place)
        return true;
    division_bounds(own, &lo, &hi);
    if (p->division >= lo && p->division <= hi)
        return true;
    division_bounds(p->division, &lo, &hi);
    return own >= lo && own <= hi;
}

static void param_json(struct call *c, const struct param *p, month m)
{
    const struct rules *r = c->city->rules;
    struct json *j = &c->json;

    json_obj(j);
    rules_named(j, p->name.text, &p->label);
    JSON_STR(j, "kind", str_from(kind_word(p->type.kind)));
    rules_basis(j, p->basis);
    json_key(j, "sets");
    json_arr(j);
    for (size_t i = 0; i < r->places.n; i++) {
        const struct place *place = r->places.at[i];
        for (size_t k = 0; concerns(c, place) && k < place->n_sets; k++)
            if (place->sets[k].param == p)
                set_json(c, place, &place->sets[k], m);
    }
    json_arr_end(j);
    json_obj_end(j);
}

void rules_parameters_json(struct call *c, const struct policy *p, month m)
{
    struct json *j = &c->json;

    json_key(j, "parameters");
    json_arr(j);
    for (size_t i = 0; i < p->n_params; i++)
        param_json(c, p->params[i], m);
    json_arr_end(j);
}

/* ---- examples ------------------------------------------------------------------------------- */

static void fact_json(struct call *c, const struct fact *f)
{
    struct json *j = &c->json;
    static const struct literal nothing;

    json_obj(j);
    if (f->paid_last)
        people_both(j, "label", S("上月发放"), S("paid last month"));
    else if (f->field != NULL)
        people_both(j, "label", f->field->label.zh, f->field->label.en);
    else
        people_both(j, "label", f->name.text, f->name.text);
    if (f->unknown) {
        people_both(j, "value", S("未知"), S("not known"));
    } else {
        struct type t = f->field != NULL ? f->field->type : f->type;
        const struct literal *l = f->field != NULL || f->paid_last ? &f->lit : &nothing;
        people_both(j, "value", outline_value(t, l, EXPLAIN_ZH, c->arena),
                    outline_value(t, l, EXPLAIN_EN, c->arena));
    }
    json_obj_end(j);
}

static void facts_json(struct call *c, const struct fact *list, size_t n)
{
    json_arr(&c->json);
    for (size_t i = 0; i < n; i++)
        fact_json(c, &list[i]);
    json_arr_end(&c->json);
}

MUST_CHECK static enum rc example_json(struct call *c, struct policy *p, const struct example *x,
                                       struct err *err)
{
    const struct place *place = rules_place(c->city->rules, x->place.text);
    struct json *j = &c->json;
    struct trace *trace = NULL;
    bool as_expected = false;

    TRY(example_trace(c->city->rules, p, x, c->arena, &trace, &as_expected, err));
    json_obj(j);
    JSON_STR(j, "title", x->title);
    people_both(j, "place", place->label.zh, place->label.en);
    json_key(j, "month");
    json_month(j, x->month);
    json_key(j, "household");
    facts_json(c, x->subject, x->n_subject);
    json_key(j, "members");
    json_arr(j);
    for (size_t i = 0; i < x->n_members; i++)
        facts_json(c, x->members[i].facts, x->members[i].n);
    json_arr_end(j);
    JSON_BOOL(j, "as_expected", as_expected);
    json_key(j, "trace");
    trace_json(trace, j);
    json_obj_end(j);
    return RC_OK;
}

enum rc rules_examples_json(struct call *c, struct policy *p, struct err *err)
{
    json_key(&c->json, "examples");
    json_arr(&c->json);
    for (size_t i = 0; i < p->n_examples; i++)
        TRY(example_json(c, p, &p->examples[i], err));
    json_arr_end(&c->json);
    return RC_OK;
}
