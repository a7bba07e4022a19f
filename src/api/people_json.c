/* See people_json.h. */
#include "api/people_json.h"

#include <stdio.h>
#include <string.h>

#include "api/api_in.h"
#include "base/limits.h"

/* ---- out ------------------------------------------------------------------------------------ */

enum rc division_name(struct call *c, struct conn *conn, int64_t division, str *out,
                      struct err *err)
{
    char on[11];
    struct division_info info = {0};
    struct page_over *over = c->insides->over;
    for (size_t i = 0; over != NULL && i < over->places.n; i++)
        if (over->places.at[i].division == division) {
            *out = over->places.at[i].name;
            return RC_OK;
        }
    enum rc rc =
        division_now(conn, division, str_from(date_text(c->today, on)), c->arena, &info, err);
    if (rc == RC_NOT_FOUND || rc == RC_CONFLICT)
        *out = str_fmt(c->arena, "%lld", (long long)division);
    else if (rc == RC_OK)
        *out = info.name;
    else
        return rc;
    if (over != NULL)
        *VEC_PUSH(over->arena, &over->places) =
            (struct place_name){division, str_dup(over->arena, *out)};
    return RC_OK;
}

enum rc people_division(struct call *c, struct conn *conn, const char *key, int64_t division,
                        struct err *err)
{
    struct json *j = &c->json;
    str name = {0};
    json_key(j, key);
    if (division == 0) {
        json_nil(j);
        return RC_OK;
    }
    TRY(division_name(c, conn, division, &name, err));
    json_obj(j);
    json_key(j, "code");
    json_division(j, division);
    JSON_STR(j, "name", name);
    json_obj_end(j);
    return RC_OK;
}

void people_names(struct json *j, const char *key, str list)
{
    str one;
    json_key(j, key);
    json_arr(j);
    while (list.n > 0) {
        if (!str_cut(list, ' ', &one, &list))
            list = S("");
        json_str(j, one);
    }
    json_arr_end(j);
}

void people_both(struct json *j, const char *key, str zh, str en)
{
    const struct label l = {.zh = zh, .en = en};
    json_key(j, key);
    json_label(j, &l);
}

void people_value(struct json *j, const struct field *f, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        json_nil(j);
    else if (f->type.kind == K_BOOL)
        json_bool(j, v->i != 0);
    else if (f->type.kind == K_REF)
        json_id(j, v->i);
    else if (v->kind == VALUE_INT)
        json_int(j, v->i);
    else
        json_str(j, v->s);
}

/* ---- in ------------------------------------------------------------------------------------- */

enum rc people_bounds(struct call *c, int64_t *lo, int64_t *hi, struct err *err)
{
    str given = query_of(c, "division");
    int64_t division = 0;
    *lo = c->scope->lo;
    *hi = c->scope->hi;
    if (given.n == 0)
        return RC_OK;
    if (!str_int(given, &division) || given.n != 12)
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(given, 0, 20)));
    int64_t from = 0, to = 0;
    division_bounds(division, &from, &to);
    /* One above or beside one's own: what is one's own of it. */
    *lo = from > *lo ? from : *lo;
    *hi = to < *hi ? to : *hi;
    return RC_OK;
}

enum rc people_limit(struct call *c, struct conn *conn, struct list_spec *s, struct err *err)
{
    struct scope_ref *list = NULL;
    if (!c->scope->assigned_only)
        return RC_OK;
    TRY(scope_assigned(c->scope, conn, c->arena, &list, &s->n_only, err));
    struct household_key *only = NEW_N(c->arena, struct household_key, s->n_only + 1);
    for (size_t i = 0; i < s->n_only; i++)
        only[i] = (struct household_key){list[i].county, list[i].id};
    s->limited = true;
    s->only = only;
    return RC_OK;
}

MUST_CHECK static enum rc refuse(struct call *c, const struct field *f, const char *expected,
                                 struct err *err)
{
    str label = f->label.zh.n > 0 ? f->label.zh : f->name.text;
    return call_wrong(c, RC_BAD_INPUT, str_z(c->arena, f->name.text), NULL, err,
                      "%.*s (%.*s): expected %s", STR_ARG(f->name.text), STR_ARG(label), expected);
}

/* Within its declared bounds; amounts never beyond what the program counts with. */
MUST_CHECK static enum rc check_number(struct call *c, const struct field *f, int64_t v,
                                       struct err *err)
{
    bool money =
        f->type.kind == K_MONEY || f->type.kind == K_MONEY_MONTH || f->type.kind == K_MONEY_YEAR;
    if (f->at_least != NULL && f->at_least->op == E_LIT && v < f->at_least->lit.i)
        return refuse(c, f, "no less than its lowest value", err);
    if (f->at_most != NULL && f->at_most->op == E_LIT && v > f->at_most->lit.i)
        return refuse(c, f, "no more than its highest value", err);
    if (money && (v < -LIMIT_FEN || v > LIMIT_FEN))
        return refuse(c, f, "an amount in whole fen below 1,000,000,000,000 yuan", err);
    if (!money && (v < INT32_MIN || v > INT32_MAX))
        return refuse(c, f, "a number within two thousand million", err);
    return RC_OK;
}

MUST_CHECK static enum rc read_text(struct call *c, const struct field *f, str text,
                                    int64_t *column, struct value *stored, struct err *err)
{
    day d = 0;
    month m = 0;
    *stored = V_TEXT(text);
    switch (f->type.kind) {
    case K_CODE:
        for (size_t i = 0; i < f->type.code->n_values; i++)
            if (str_eq(code_name(f->type.code, i), text)) {
                *column = (int64_t)i;
                return RC_OK;
            }
        return refuse(c, f, "a name of its code list", err);
    case K_DATE:
        *column = date_parse(text, &d) ? d : INT64_MIN;
        return *column != INT64_MIN ? RC_OK : refuse(c, f, "a day like 2020-12-21", err);
    case K_MONTH:
        *column = month_parse(text, &m) ? m : INT64_MIN;
        return *column != INT64_MIN ? RC_OK : refuse(c, f, "a month like 2020-12", err);
    case K_TEXT:
    case K_NAME:
    case K_ADDRESS:
    case K_CREDIT_CODE:
        return utf8_count(text) <= 1000 ? RC_OK : refuse(c, f, "at most 1,000 characters", err);
    default:
        return refuse(c, f, "a whole number", err);
    }
}

enum rc people_value_read(struct call *c, const struct field *f, const json_t *given, bool *unknown,
                          int64_t *column, struct value *stored, struct err *err)
{
    *unknown = given == NULL || json_is_null(given);
    *column = 0;
    *stored = V_NULL;
    if (*unknown)
        return RC_OK;
    if (f->type.kind == K_BOOL) {
        if (!json_is_boolean(given))
            return refuse(c, f, "true or false", err);
        *column = json_is_true(given);
        *stored = V_INT(*column);
        return RC_OK;
    }
    if (json_is_string(given)) {
        str text = {json_string_value(given), json_string_length(given)};
        return read_text(c, f, str_dup(c->arena, text), column, stored, err);
    }
    if (!json_is_integer(given) || f->type.kind == K_CODE || f->type.kind >= K_TEXT)
        return refuse(c, f, f->type.kind == K_CODE ? "a name of its code list" : "a whole number",
                      err);
    *column = json_integer_value(given);
    *stored = V_INT(*column);
    return check_number(c, f, *column, err);
}

enum rc people_id_number(struct call *c, struct conn *conn, int64_t county, int64_t person,
                         struct err *err)
{
    str number = {0};
    enum rc rc = person_number_get(conn, c->city->vault, county, person, NUMBER_IDENTITY, c->arena,
                                   &number, err);
    json_key(&c->json, "id_number");
    if (rc == RC_NOT_FOUND) {
        json_nil(&c->json);
        return RC_OK;
    }
    TRY(rc);
    json_str(&c->json, mask_number(NUMBER_IDENTITY, number, c->arena));
    return RC_OK;
}
