/* Facts of a form: read, checked, and put into the household's record. */
#include <string.h>

#include "work/case_facts.h"
#include "work/case_in.h"
#include "work/work_sql.h"

const struct field *case_field(const struct rules *r, str name, bool of_person)
{
    const struct reg *reg = rules_reg(r, of_person ? S("person") : S("household"));
    const struct field *f = reg != NULL ? reg_field(reg, name) : NULL;
    return f != NULL && f->value == NULL && f->type.kind != K_LIST ? f : NULL;
}

MUST_CHECK static enum rc refuse(const struct field *f, const char *expected, struct err *err)
{
    return err_set(err, RC_BAD_INPUT, "%.*s: expected %s", STR_ARG(f->name.text), expected);
}

/* ---- values --------------------------------------------------------------------------------- */

static bool is_text(enum kind k)
{
    switch (k) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
    case K_BOOL:
    case K_REF:
        return false;
    default:
        return true;
    }
}

enum rc case_fact_value(const struct field *f, const json_t *v, struct value *out, struct err *err)
{
    *out = V_NULL;
    if (v == NULL || json_is_null(v))
        return fact_value_check(f, out, err);
    if (json_is_boolean(v) && f->type.kind == K_BOOL)
        *out = V_INT(json_is_true(v));
    else if (json_is_integer(v) && !is_text(f->type.kind))
        *out = V_INT(json_integer_value(v));
    else if (json_is_string(v) && is_text(f->type.kind))
        *out = V_TEXT(((str){json_string_value(v), json_string_length(v)}));
    else
        return refuse(f, is_text(f->type.kind) ? "a text" : "a whole number, or true or false",
                      err);
    return fact_value_check(f, out, err);
}

enum rc case_fact_column(const struct field *f, const json_t *v, struct preview_fact *out,
                         struct err *err)
{
    struct value value;
    day d = 0;
    month m = 0;
    out->field = f;
    out->unknown = v == NULL || json_is_null(v);
    if (out->unknown)
        return RC_OK;
    TRY(case_fact_value(f, v, &value, err));
    out->value = value.i;
    switch (f->type.kind) {
    case K_CODE:
        out->value = code_index(f->type.code, value.s);
        break;
    case K_DATE:
        (void)date_parse(value.s, &d);
        out->value = d;
        break;
    case K_MONTH:
        (void)month_parse(value.s, &m);
        out->value = m;
        break;
    default:
        break;
    }
    return RC_OK;
}

enum rc case_facts_waiting(const struct case_whole *k, struct arena *a, struct preview_fact **out,
                           size_t *n, struct err *err)
{
    *out = NEW_N(a, struct preview_fact, k->state->facts.n + 1);
    *n = 0;
    for (size_t i = 0; i < k->state->facts.n; i++) {
        const struct case_fact *from = &k->state->facts.at[i];
        const struct field *f = case_field(k->ground.rules, from->field, from->person_id != 0);
        if (from->applied != 0 || f == NULL)
            continue;
        TRY(case_fact_column(f, from->value, &(*out)[*n], err));
        (*out)[(*n)++].person_id = from->person_id;
    }
    return RC_OK;
}

/* ---- checking ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc is_member(struct conn *c, int64_t county, int64_t household,
                                    int64_t person, day on, struct err *err)
{
    char text[11];
    int64_t n = 0;
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(person),
                              V_TEXT(str_from(date_text(on, text)))};
    TRY(query_one(c, &stmt_case_member, v, 4, &n, err));
    return n > 0 ? RC_OK
                 : err_set(err, RC_BAD_INPUT,
                           "facts: person %lld is no member of the household: members are added on "
                           "the household's page first",
                           (long long)person);
}

enum rc case_facts_check(struct city *city, struct conn *c, int64_t county, int64_t household,
                         const json_t *facts, day on, struct err *err)
{
    if (facts == NULL || json_is_null(facts))
        return RC_OK;
    if (!json_is_array(facts))
        return err_set(err, RC_BAD_INPUT, "facts: expected an array of {person, field, value}");
    for (size_t i = 0; i < json_array_size(facts); i++) {
        const json_t *one = json_array_get(facts, i), *who = json_object_get(one, "person");
        int64_t person = case_ref_id(who);
        struct value value;
        size_t at = 0;
        if (person == 0 && who != NULL && !json_is_null(who))
            return err_set(err, RC_BAD_INPUT,
                           "facts: person: expected null or a member's reference: new members are "
                           "added on the household's page first");
        str name = case_text(one, "field");
        const struct field *f = case_field(city->rules, name, person != 0);
        if (f == NULL || registers_table_of(city->registers, f, &at) == NULL)
            return err_set(err, RC_BAD_INPUT,
                           "facts: field “%.*s”: there is no such fact of a %s that a form records",
                           STR_ARG(name), person != 0 ? "person" : "household");
        TRY(case_fact_value(f, json_object_get(one, "value"), &value, err));
        if (person != 0)
            TRY(is_member(c, county, household, person, on, err));
    }
    return RC_OK;
}

/* ---- into the record ------------------------------------------------------------------------ */

bool case_records(const struct service *s, enum event_kind kind, const struct service_step *step,
                  bool grant)
{
    if (kind == EVENT_STEP_DONE)
        return step->form == STEP_SURVEY || step->form == STEP_VERIFY;
    /* What a review or a report of a change found is so whatever is decided. */
    return kind == EVENT_DECIDED && (grant || s->form != SERVICE_APPLICATION);
}

struct row_was {
    str from, to;
    struct value *values;
};
typedef VEC(struct row_was) rows_were;

MUST_CHECK static enum rc read_overlap(struct conn *c, int64_t county, const struct fact_table *t,
                                       int64_t id, str from, struct arena *a, rows_were *out,
                                       struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id), V_TEXT(from), V_TEXT(S(DAY_OPEN))};
    struct query *q = NULL;
    TRY(query(c, &t->overlap, v, 4, &q, err));
    while (query_next(q)) {
        struct row_was *r = VEC_PUSH(a, out);
        r->from = str_dup(a, query_text(q, 0));
        r->to = str_dup(a, query_text(q, 1));
        r->values = NEW_N(a, struct value, t->n_fields + 1);
        for (size_t i = 0; i < t->n_fields; i++) {
            if (query_null(q, 3 + i))
                r->values[i] = V_NULL;
            else if (is_text(t->fields[i]->type.kind))
                r->values[i] = V_TEXT(str_dup(a, query_text(q, 3 + i)));
            else
                r->values[i] = V_INT(query_int(q, 3 + i));
        }
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc put_over(struct change *c, const struct fact_table *t, int64_t id,
                                   str from, str to, const struct value *base,
                                   const struct value *values, const bool *given, struct arena *a,
                                   struct err *err)
{
    struct value *all = NEW_N(a, struct value, t->n_fields + 1);
    for (size_t i = 0; i < t->n_fields; i++)
        all[i] = given[i] ? values[i] : base != NULL ? base[i] : V_NULL;
    return facts_put(c, t, id, from, to, all, err);
}

static bool is_complete(const struct fact_table *t, const struct value *values, const bool *given)
{
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->fields[i]->required && (!given[i] || values[i].kind == VALUE_NULL))
            return false;
    return true;
}

enum rc facts_merge(struct change *c, const struct fact_table *t, int64_t id, day from,
                    const struct value *values, const bool *given, struct arena *a, struct err *err)
{
    char text[11];
    str begin = str_from(date_text(from, text)), end = S(DAY_OPEN);
    rows_were were = {0};
    TRY(read_overlap(c->conn, c->county_code, t, id, begin, a, &were, err));
    for (size_t i = 0; i < were.n; i++) {
        const struct row_was *r = &were.at[i];
        /* A gap, in which nothing was known; where too little is, the record begins with the row. */
        if (str_cmp(r->from, begin) > 0 && is_complete(t, values, given))
            TRY(put_over(c, t, id, begin, r->from, NULL, values, given, a, err));
        str at = str_cmp(r->from, begin) > 0 ? r->from : begin;
        TRY(put_over(c, t, id, at, r->to, r->values, values, given, a, err));
        begin = r->to;
    }
    if (str_cmp(begin, end) < 0)
        TRY(put_over(c, t, id, begin, end, NULL, values, given, a, err));
    return RC_OK;
}

/* Those of one subject's table that hold from the same day go in together. */
MUST_CHECK static enum rc record_one(struct change *c, struct city *city,
                                     const struct case_whole *k, size_t first, bool *done,
                                     struct arena *a, struct err *err)
{
    const struct case_fact *all = k->state->facts.at, *head = &all[first];
    size_t place = 0;
    const struct field *f = case_field(city->rules, head->field, head->person_id != 0);
    const struct fact_table *t = f != NULL ? registers_table_of(city->registers, f, &place) : NULL;
    int64_t id = head->person_id != 0 ? head->person_id : k->row.household_id;
    if (t == NULL)
        return err_set(err, RC_RULE, "“%.*s” is no fact any more that the rules in force record",
                       STR_ARG(head->field));
    struct value *values = NEW_N(a, struct value, t->n_fields + 1);
    bool *given = NEW_N(a, bool, t->n_fields + 1);
    for (size_t i = first; i < k->state->facts.n; i++) {
        size_t at = 0;
        const struct field *g = case_field(city->rules, all[i].field, all[i].person_id != 0);
        if (done[i] || all[i].person_id != head->person_id || all[i].from != head->from ||
            g == NULL || registers_table_of(city->registers, g, &at) != t)
            continue;
        TRY(case_fact_value(g, all[i].value, &values[at], err));
        given[at] = true;
        done[i] = true;
    }
    return facts_merge(c, t, id, head->from, values, given, a, err);
}

enum rc case_facts_record(struct change *c, struct city *city, const struct case_whole *k,
                          struct arena *a, struct err *err)
{
    size_t n = k->state->facts.n;
    bool *done = NEW_N(a, bool, n + 1);
    for (size_t i = 0; i < n; i++)
        done[i] = k->state->facts.at[i].applied != k->state->version;
    for (size_t i = 0; i < n; i++)
        if (!done[i])
            TRY(record_one(c, city, k, i, done, a, err));
    return RC_OK;
}
