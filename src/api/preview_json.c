/* See preview_json.h. */
#include "api/preview_json.h"

#include <stdio.h>
#include <string.h>

#include "api/people_json.h"

enum { ADDED_MOST = 20, FACTS_MOST = 2000 };

/* ---- asked for ------------------------------------------------------------------------------ */

/* null: the household; "new1": added; else a person's reference. */
MUST_CHECK static enum rc read_person(struct call *c, const struct preview_spec *spec,
                                      const json_t *given, int64_t *out, struct err *err)
{
    int64_t county = 0;
    *out = 0;
    if (given == NULL || json_is_null(given))
        return RC_OK;
    if (!json_is_string(given))
        return call_wrong(c, RC_BAD_INPUT, "facts.person", NULL, err,
                          "person: expected null, “new1” or a person's reference");
    str text = {json_string_value(given), json_string_length(given)};
    if (str_starts(text, S("new"))) {
        if (!str_int(str_sub(text, 3, text.n), out) || *out < 1 || *out > spec->n_added)
            return call_wrong(c, RC_BAD_INPUT, "facts.person", NULL, err,
                              "person: found “%.*s”, expected new1 to new%d",
                              STR_ARG(str_sub(text, 0, 12)), spec->n_added);
        *out = -*out;
        return RC_OK;
    }
    return call_ref(c, text, "facts.person", &county, out, err);
}

MUST_CHECK static enum rc read_fact(struct call *c, const struct preview_spec *spec,
                                    const json_t *given, struct preview_fact *out, struct err *err)
{
    const struct rules *rules = spec->rules != NULL ? spec->rules : spec->city->rules;
    const json_t *name = json_object_get(given, "field");
    struct value stored;
    TRY(read_person(c, spec, json_object_get(given, "person"), &out->person_id, err));
    if (!json_is_string(name))
        return call_wrong(c, RC_BAD_INPUT, "facts.field", NULL, err,
                          "field: expected the name of a fact");
    str text = {json_string_value(name), json_string_length(name)};
    const struct reg *reg = rules_reg(rules, out->person_id != 0 ? S("person") : S("household"));
    out->field = reg != NULL ? reg_field(reg, text) : NULL;
    if (out->field == NULL || out->field->value != NULL)
        return call_wrong(c, RC_BAD_INPUT, "facts.field", NULL, err,
                          "field: found “%.*s”, expected a recorded fact of a %s",
                          STR_ARG(str_sub(text, 0, 60)),
                          out->person_id != 0 ? "person" : "household");
    return people_value_read(c, out->field, json_object_get(given, "value"), &out->unknown,
                             &out->value, &stored, err);
}

MUST_CHECK static enum rc read_without(struct call *c, const json_t *list,
                                       struct preview_spec *spec, struct err *err)
{
    size_t n = json_is_array(list) ? json_array_size(list) : 0;
    int64_t *out = NEW_N(c->arena, int64_t, n + 1), county = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i);
        str text = {json_is_string(one) ? json_string_value(one) : "",
                    json_is_string(one) ? json_string_length(one) : 0};
        TRY(call_ref(c, text, "without", &county, &out[i], err));
    }
    spec->without = out;
    spec->n_without = n;
    return RC_OK;
}

enum rc preview_read(struct call *c, const json_t *body, struct preview_spec *spec, struct err *err)
{
    const json_t *facts = json_object_get(body, "facts"), *added = json_object_get(body, "added");
    const json_t *m = json_object_get(body, "month");
    if (json_is_string(m) && !month_parse(str_from(json_string_value(m)), &spec->month))
        return call_wrong(c, RC_BAD_INPUT, "month", NULL, err, "month: expected one like 2020-12");
    size_t n_added = json_is_array(added) ? json_array_size(added) : 0;
    size_t n = json_is_array(facts) ? json_array_size(facts) : 0;
    if (n_added > ADDED_MOST || n > FACTS_MOST)
        return call_wrong(c, RC_LIMIT, "added", NULL, err,
                          "expected at most %d added persons and %d facts", ADDED_MOST, FACTS_MOST);
    spec->n_added = (int)n_added;
    TRY(read_without(c, json_object_get(body, "without"), spec, err));
    struct preview_fact *list = NEW_N(c->arena, struct preview_fact, n + 1);
    for (size_t i = 0; i < n; i++)
        TRY(read_fact(c, spec, json_array_get(facts, i), &list[i], err));
    spec->facts = list;
    spec->n_facts = n;
    return RC_OK;
}

/* ---- told ----------------------------------------------------------------------------------- */

int64_t preview_fen(const struct trace_unit *u)
{
    int64_t sum = u->d.has_subject_pay ? u->d.subject_fen : 0;
    for (size_t i = 0; i < u->d.n_member_pays; i++) {
        if (sum == AMOUNT_OPEN || u->d.member_pays[i].fen == AMOUNT_OPEN)
            return AMOUNT_OPEN;
        sum += u->d.member_pays[i].fen;
    }
    return sum;
}

/* A policy that pays nobody (a status) is got by every outcome but its last. */
enum preview_fits preview_fits(const struct trace_unit *u)
{
    const struct policy *p = u->d.policy;
    bool pays = false;
    if (u->d.undecided)
        return FITS_OPEN;
    for (size_t i = 0; i < p->n_alts; i++)
        pays = pays || p->alts[i].n_pays > 0;
    if (!pays)
        return p->alts[u->d.alt].otherwise ? FITS_NO : FITS_YES;
    return p->alts[u->d.alt].n_pays > 0 && preview_fen(u) != 0 ? FITS_YES : FITS_NO;
}

static const char *const fits_words[] = {
    [FITS_NO] = "no", [FITS_YES] = "yes", [FITS_OPEN] = "open"};

static void write_person(struct json *j, int64_t county, const struct preview *p, uint32_t member)
{
    char text[32];
    if (member >= p->n_persons) {
        json_nil(j);
    } else if (p->persons[member] < 0) {
        snprintf(text, sizeof text, "new%lld", (long long)-p->persons[member]);
        json_str(j, str_from(text));
    } else {
        json_ref(j, county, p->persons[member]);
    }
}

static void write_needs(struct json *j, int64_t county, const struct preview *p,
                        const struct trace_unit *u)
{
    json_key(j, "needs");
    json_arr(j);
    for (size_t i = 0; i < u->d.n_needs; i++) {
        json_obj(j);
        JSON_STR(j, "field", u->d.needs[i].field->name.text);
        json_key(j, "person");
        write_person(j, county, p, u->d.needs[i].member);
        json_obj_end(j);
    }
    json_arr_end(j);
    people_both(j, "needs_text", u->needs[EXPLAIN_ZH], u->needs[EXPLAIN_EN]);
}

static void write_changes(struct json *j, const struct trace_unit *u)
{
    json_key(j, "changes");
    json_arr(j);
    for (size_t i = 0; i < u->steps.n; i++) {
        const struct label l = {.zh = u->steps.at[i].text[EXPLAIN_ZH],
                                .en = u->steps.at[i].text[EXPLAIN_EN]};
        if (u->steps.at[i].kind == TRACE_CHANGE)
            json_label(j, &l);
    }
    json_arr_end(j);
}

static void write_member_fen(struct json *j, int64_t county, const struct preview *p,
                             const struct trace_unit *u)
{
    json_key(j, "member_payments");
    json_arr(j);
    for (size_t i = 0; i < u->d.n_member_pays; i++) {
        json_obj(j);
        json_key(j, "person");
        write_person(j, county, p, u->d.member_pays[i].member);
        json_key(j, "amount_fen");
        if (u->d.member_pays[i].fen == AMOUNT_OPEN)
            json_nil(j);
        else
            json_int(j, u->d.member_pays[i].fen);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* `why`: with the steps, which tell what is known of the family. */
static void write_unit(struct json *j, int64_t county, const struct preview *p,
                       const struct trace_unit *u, bool why)
{
    const struct policy *policy = u->d.policy;
    int64_t fen = preview_fen(u);
    json_obj(j);
    json_key(j, "person");
    write_person(j, county, p, u->d.member);
    json_key(j, "outcome");
    if (u->d.undecided) {
        json_nil(j);
    } else {
        const struct code_value *v = &policy->outcome_code.values[u->d.outcome];
        json_str(j, v->name.text);
        people_both(j, "label", v->label.zh.n > 0 ? v->label.zh : v->name.text, v->label.en);
    }
    json_key(j, "amount_fen");
    if (fen == AMOUNT_OPEN || u->d.undecided)
        json_nil(j);
    else
        json_int(j, fen);
    write_member_fen(j, county, p, u);
    people_both(j, "result", u->result[EXPLAIN_ZH], u->result[EXPLAIN_EN]);
    write_needs(j, county, p, u);
    JSON_STR(j, "fits", str_from(fits_words[preview_fits(u)]));
    static const struct trace_unit nothing = {0};
    json_key(j, "steps");
    trace_steps_json(why ? u : &nothing, j);
    write_changes(j, why ? u : &nothing);
    json_obj_end(j);
}

void preview_write(struct call *c, int64_t county, const struct preview *p, int64_t person)
{
    struct json *j = &c->json;
    json_key(j, "members");
    json_arr(j);
    for (uint32_t i = 0; i < p->n_persons; i++)
        write_person(j, county, p, i);
    json_arr_end(j);
    json_key(j, "programmes");
    json_arr(j);
    for (size_t i = 0; i < p->trace->n_policies; i++) {
        const struct trace_policy *t = &p->trace->policies[i];
        json_obj(j);
        JSON_STR(j, "name", t->policy->name.text);
        json_key(j, "label");
        json_label(j, &t->policy->label);
        JSON_BOOL(j, "of_member", t->policy->of_member);
        JSON_BOOL(j, "applies", t->applies);
        trace_basis_json(t->policy->basis, j);
        json_key(j, "units");
        json_arr(j);
        for (size_t k = 0; k < t->n_units; k++) {
            uint32_t m = t->units[k].d.member;
            if (person == 0 || m >= p->n_persons || p->persons[m] == person)
                write_unit(j, county, p, &t->units[k], scope_reasons(c->scope));
        }
        json_arr_end(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}
