/*
 * What a citizen can apply for and what is asked, made of the rules in force: the services that somebody
 * of the place may apply for, their programmes with what must hold, the facts of their forms.
 */
#include "api/handlers.h"
#include "api/public_in.h"
#include "eval/trace.h"

bool public_service(const struct call *c, const struct service *s)
{
    bool out = false;

    for (size_t i = 0; i < s->n_steps; i++)
        out |= s->steps[i].form == STEP_DECIDE && s->steps[i].at == AT_NONE;
    return s->form == SERVICE_APPLICATION && s->n_decides > 0 && s->applicant.zh.n > 0 && !out &&
           place_line_on(c->city->place, s->line, date_month(c->today));
}

const struct field *public_field(const struct rules *r, const struct service *s, str name)
{
    const struct reg *household = rules_reg(r, S("household")), *person = rules_reg(r, S("person"));
    const struct field *of_household = household != NULL ? reg_field(household, name) : NULL;
    const struct field *of_person = person != NULL ? reg_field(person, name) : NULL;
    const struct field *f =
        (s->of_member && of_person != NULL) || of_household == NULL ? of_person : of_household;

    /* What follows from an identity number, or from other facts, is asked of nobody. */
    if (f == NULL || f->value != NULL || f->carried_by != NULL || f->type.kind == K_LIST ||
        str_eq(f->name.text, S("birth_date")) || str_eq(f->name.text, S("sex")) ||
        str_eq(f->name.text, S("name")))
        return NULL;
    return f;
}

static void add_label(struct json *j, const char *key, const struct label *l, str name)
{
    const struct label named = {.zh = l->zh.n > 0 ? l->zh : name,
                                .en = l->en.n > 0   ? l->en
                                      : l->zh.n > 0 ? l->zh
                                                    : name};

    json_key(j, key);
    json_label(j, &named);
}

/* ---- programmes ------------------------------------------------------------------------------ */

/* What must hold for whoever gets it: the conditions of the outcomes that pay, or of all but the last. */
static void add_conditions(struct json *j, const struct policy *p)
{
    bool pays = false;

    for (size_t i = 0; i < p->n_alts; i++)
        pays |= p->alts[i].n_pays > 0;
    json_key(j, "ways");
    json_arr(j);
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *a = &p->alts[i];
        if (a->otherwise || (pays && a->n_pays == 0))
            continue;
        json_obj(j);
        add_label(j, "label", &p->outcome_code.values[a->value].label, a->name.text);
        json_key(j, "conditions");
        json_arr(j);
        for (size_t k = 0; k < a->n_conds; k++) {
            const struct label l = {
                .zh = a->conds[k].label.zh.n > 0 ? a->conds[k].label.zh : a->conds[k].name.text,
                .en = a->conds[k].label.en.n > 0 ? a->conds[k].label.en : a->conds[k].name.text};
            json_label(j, &l);
        }
        json_arr_end(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* A parameter of money by its keys, as it holds in the place this month: what the amounts are made of. */
static void add_amounts(struct call *c, const struct policy *p)
{
    struct json *j = &c->json;
    month m = date_month(c->today);

    json_key(j, "amounts");
    json_arr(j);
    for (size_t i = 0; i < p->n_params; i++) {
        const struct param *q = p->params[i];
        bool money = q->type.kind == K_MONEY || q->type.kind == K_MONEY_MONTH;
        /* What is read by grounds has a value for each of them: that is for the calculation. */
        const struct code *code = q->by_field != NULL ? q->by_field->type.code : NULL;
        for (size_t k = 0; money && k < q->n_keys && (code != NULL || q->n_keys == 1); k++) {
            const struct place_set *set = NULL;
            const struct literal *v =
                param_has_key(q, k)
                    ? param_value(c->city->rules, q, k, c->city->place->division, m, &set)
                    : NULL;
            if (v == NULL)
                continue;
            json_obj(j);
            add_label(j, "label", &q->label, q->name.text);
            json_key(j, "of");
            if (code != NULL)
                json_label(j, &code->values[k].label);
            else
                json_nil(j);
            JSON_INT(j, "fen", v->i);
            JSON_BOOL(j, "monthly", q->type.kind == K_MONEY_MONTH);
            json_obj_end(j);
        }
    }
    json_arr_end(j);
}

static void add_programme(struct call *c, const struct policy *p)
{
    struct json *j = &c->json;

    json_obj(j);
    JSON_STR(j, "name", p->name.text);
    add_label(j, "label", &p->label, p->name.text);
    trace_basis_json(p->basis, j);
    add_conditions(j, p);
    add_amounts(c, p);
    json_obj_end(j);
}

/* ---- services -------------------------------------------------------------------------------- */

static void add_papers(struct json *j, const struct service *s)
{
    static const char *const sources[] = {"applicant", "office", "promise"};

    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *p = &s->papers[i];
        json_obj(j);
        JSON_STR(j, "name", p->name.text);
        add_label(j, "label", &p->label, p->name.text);
        JSON_STR(j, "source", str_from(sources[p->source]));
        json_key(j, "only_for");
        if (p->only_for.zh.n > 0)
            json_label(j, &p->only_for);
        else
            json_nil(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void add_forms(struct json *j, const struct rules *r, const struct service *s)
{
    json_key(j, "fields");
    json_arr(j);
    for (size_t i = 0; i < s->n_forms; i++) {
        for (size_t k = 0; k < s->forms[i].n; k++) {
            const struct field *f = public_field(r, s, s->forms[i].names[k].text);
            if (f == NULL)
                continue;
            json_obj(j);
            JSON_STR(j, "register", f->reg->name.text);
            JSON_STR(j, "name", f->name.text);
            add_label(j, "label", &f->label, f->name.text);
            JSON_STR(j, "kind", str_from(kind_word(f->type.kind)));
            json_key(j, "options");
            json_arr(j);
            for (size_t o = 0; f->type.kind == K_CODE && o < f->type.code->n_values; o++) {
                json_obj(j);
                JSON_STR(j, "name", code_name(f->type.code, o));
                add_label(j, "label", &f->type.code->values[o].label, code_name(f->type.code, o));
                json_obj_end(j);
            }
            json_arr_end(j);
            json_obj_end(j);
        }
    }
    json_arr_end(j);
}

static void add_steps(struct json *j, const struct service *s)
{
    json_key(j, "steps");
    json_arr(j);
    for (size_t i = 0; i < s->n_steps; i++) {
        json_obj(j);
        add_label(j, "label", &s->steps[i].label, s->steps[i].name.text);
        json_key(j, "within");
        json_deadline(j, &s->steps[i].within);
        json_key(j, "lasts");
        json_deadline(j, &s->steps[i].lasts);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void add_service(struct call *c, const struct service *s)
{
    struct json *j = &c->json;

    json_obj(j);
    JSON_STR(j, "name", s->name.text);
    add_label(j, "label", &s->label, s->name.text);
    JSON_STR(j, "line", s->line);
    JSON_BOOL(j, "of_member", s->of_member);
    json_key(j, "applicant");
    json_label(j, &s->applicant);
    trace_basis_json(s->basis, j);
    json_key(j, "within");
    json_deadline(j, &s->within);
    json_key(j, "programmes");
    json_arr(j);
    for (size_t i = 0; i < s->n_decides; i++)
        add_programme(c, s->policies[i]);
    json_arr_end(j);
    add_papers(j, s);
    add_forms(j, c->city->rules, s);
    add_steps(j, s);
    json_obj_end(j);
}

enum rc public_meta(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    const struct rules *r = c->city->rules;
    char on[11];

    (void)err;
    if (call_fresh(c, str_fmt(c->arena, "%.16s-%s", c->city->rule_hash, date_text(c->today, on))))
        return RC_OK;
    json_obj(j);
    json_key(j, "today");
    json_day(j, c->today);
    JSON_BOOL(j, "demo", c->api->demo);
    json_key(j, "place");
    json_obj(j);
    json_key(j, "code");
    json_division(j, c->city->place->division);
    add_label(j, "label", &c->city->place->label, c->city->place->name.text);
    json_obj_end(j);
    json_key(j, "services");
    json_arr(j);
    for (size_t i = 0; i < r->services.n; i++)
        if (public_service(c, r->services.at[i]))
            add_service(c, r->services.at[i]);
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}
