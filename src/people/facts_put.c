/* Writing what lines declare: values checked against their field, rows by their valid time. */
#include <stdio.h>
#include <string.h>

#include "people/registers.h"
#include "people/versioned.h"

MUST_CHECK static enum rc refuse(const struct field *f, const struct value *v, struct err *err,
                                 const char *expected)
{
    char number[24];
    str found = v->s;
    if (v->kind == VALUE_INT)
        found = (str){number, (size_t)snprintf(number, sizeof number, "%lld", (long long)v->i)};
    if (v->kind == VALUE_NULL)
        found = S("nothing");
    return err_set(err, RC_BAD_INPUT, "%.*s: found “%.*s”, expected %s", STR_ARG(f->name.text),
                   STR_ARG(found), expected);
}

MUST_CHECK static enum rc bounds_check(const struct field *f, const struct value *v,
                                       struct err *err)
{
    if (f->at_least != NULL && f->at_least->op == E_LIT && v->i < f->at_least->lit.i)
        return refuse(f, v, err, "no less than its lowest value");
    if (f->at_most != NULL && f->at_most->op == E_LIT && v->i > f->at_most->lit.i)
        return refuse(f, v, err, "no more than its highest value");
    return RC_OK;
}

/* By name only: numbers and labels are for files that people write. */
static bool code_has(const struct code *c, str name)
{
    for (size_t i = 0; i < c->n_values; i++)
        if (str_eq(code_name(c, i), name))
            return true;
    return false;
}

MUST_CHECK static enum rc int_check(const struct field *f, const struct value *v, struct err *err)
{
    if (v->kind != VALUE_INT)
        return refuse(f, v, err, "a whole number");
    switch (f->type.kind) {
    case K_BOOL:
        return v->i == 0 || v->i == 1 ? RC_OK : refuse(f, v, err, "0 or 1");
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        if (v->i < INT32_MIN || v->i > INT32_MAX)
            return refuse(f, v, err, "a number within two thousand million");
        return bounds_check(f, v, err);
    case K_REF:
        return RC_OK;
    default:
        return bounds_check(f, v, err);
    }
}

MUST_CHECK static enum rc text_check(const struct field *f, const struct value *v, struct err *err)
{
    day d;
    month m;
    if (v->kind != VALUE_TEXT)
        return refuse(f, v, err, "a text");
    switch (f->type.kind) {
    case K_CODE:
        return code_has(f->type.code, v->s) ? RC_OK : refuse(f, v, err, "a value of its code list");
    case K_DATE:
        return date_parse(v->s, &d) ? RC_OK : refuse(f, v, err, "a day like 2020-12-01");
    case K_MONTH:
        return month_parse(v->s, &m) ? RC_OK : refuse(f, v, err, "a month like 2020-12");
    default:
        return utf8_valid(v->s, NULL) ? RC_OK : refuse(f, v, err, "UTF-8");
    }
}

enum rc fact_value_check(const struct field *f, const struct value *v, struct err *err)
{
    if (v->kind == VALUE_NULL)
        return f->required ? refuse(f, v, err, "a value") : RC_OK;
    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
    case K_BOOL:
    case K_REF:
        return int_check(f, v, err);
    default:
        return text_check(f, v, err);
    }
}

enum rc facts_put(struct change *c, const struct fact_table *t, int64_t id, str valid_from,
                  str valid_to, const struct value *values, struct err *err)
{
    for (size_t i = 0; i < t->n_fields; i++)
        TRY(fact_value_check(t->fields[i], &values[i], err));
    const struct value key = V_INT(id);
    const struct version v = {&key, valid_from, valid_to, values};
    return versioned_put(c, t->versions, &v, err);
}
