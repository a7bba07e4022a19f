/* What happens to a household, from the page into people/edit.h. */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "people/edit.h"
#include "work/over.h"

enum { PEOPLE_MOST = 30, FACTS_MOST = 2000 };

struct editing {
    struct call *c;
    struct household_edit e;
    struct edit_result result;
    VEC(struct edit_person) people;
    VEC(struct edit_fact) facts;
    VEC(int64_t) persons;
};

/* ---- read ----------------------------------------------------------------------------------- */

static str text_of(struct call *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (!json_is_string(v))
        return S("");
    return str_dup(c->arena, str_trim((str){json_string_value(v), json_string_length(v)}));
}

MUST_CHECK static enum rc read_sex(struct call *c, const json_t *o, int *out, struct err *err)
{
    const json_t *v = json_object_get(o, "sex");
    *out = -1;
    if (v == NULL || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0))
        return RC_OK;
    if (json_is_integer(v))
        *out = (int)json_integer_value(v);
    else if (json_is_string(v) && json_string_length(v) == 1)
        *out = json_string_value(v)[0] - '0';
    if (*out == 0 || *out == 1 || *out == 2 || *out == 9)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "sex", NULL, err, "sex: expected 1 male or 2 female");
}

/* No names longer than a page has room for, no controls in them. */
MUST_CHECK static enum rc read_one(struct editing *g, const json_t *o, struct err *err)
{
    struct call *c = g->c;
    struct edit_person *p = VEC_PUSH(c->arena, &g->people);
    str birth = text_of(c, o, "birth");
    *p = (struct edit_person){.name = text_of(c, o, "name"),
                              .identity = text_of(c, o, "id_number"),
                              .phone = text_of(c, o, "phone"),
                              .card = text_of(c, o, "card"),
                              .relation = text_of(c, o, "relation"),
                              .birth = BIRTH_NOT_TOLD};
    if (birth.n > 0 && !date_parse(birth, &p->birth))
        return call_wrong(c, RC_BAD_INPUT, "birth", NULL, err,
                          "birth: expected a day like 1980-06-15");
    return read_sex(c, o, &p->sex, err);
}

MUST_CHECK static enum rc read_people(struct editing *g, struct err *err)
{
    const json_t *members = json_object_get(g->c->body, "members");
    size_t n = json_is_array(members) ? json_array_size(members) : 0;
    if (n > PEOPLE_MOST)
        return call_wrong(g->c, RC_LIMIT, "members", NULL, err, "members: expected at most %d",
                          PEOPLE_MOST);
    for (size_t i = 0; i < n; i++)
        TRY(read_one(g, json_array_get(members, i), err));
    if (n == 0)
        TRY(read_one(g, g->c->body, err));
    g->e.people = g->people.at;
    g->e.n_people = g->people.n;
    return RC_OK;
}

/* null: the household; "new1": the first of `members`; else a reference within the county. */
MUST_CHECK static enum rc read_whose(struct editing *g, const json_t *v, const char *field,
                                     int64_t *out, struct err *err)
{
    int64_t county = 0;
    *out = 0;
    if (v == NULL || json_is_null(v))
        return RC_OK;
    str text = {json_is_string(v) ? json_string_value(v) : "",
                json_is_string(v) ? json_string_length(v) : 0};
    if (g->e.kind == EDIT_NEW) {
        if (!str_starts(text, S("new")) || !str_int(str_sub(text, 3, text.n), out) || *out < 1 ||
            (size_t)*out > g->people.n)
            return call_wrong(g->c, RC_BAD_INPUT, field, NULL, err,
                              "%s: expected null or new1 to new%zu", field, g->people.n);
        *out = -*out;
        return RC_OK;
    }
    TRY(call_ref(g->c, text, field, &county, out, err));
    if (county != g->e.county)
        return call_wrong(g->c, RC_BAD_INPUT, field, NULL, err,
                          "%s: expected somebody of county %lld", field, (long long)g->e.county);
    return RC_OK;
}

MUST_CHECK static enum rc read_fact(struct editing *g, const json_t *o, struct err *err)
{
    struct edit_fact *f = VEC_PUSH(g->c->arena, &g->facts);
    const struct rules *rules = g->c->city->rules;
    str name = text_of(g->c, o, "field");
    bool unknown = false;
    int64_t column = 0;
    TRY(read_whose(g, json_object_get(o, "person"), "facts", &f->person, err));
    const struct reg *reg = rules_reg(rules, f->person != 0 ? S("person") : S("household"));
    f->field = reg != NULL ? reg_field(reg, name) : NULL;
    if (f->field == NULL || f->field->value != NULL || f->field->carried_by != NULL)
        return call_wrong(g->c, RC_BAD_INPUT, "facts", NULL, err,
                          "facts: found “%.*s”, expected a recorded fact of a %s",
                          STR_ARG(str_sub(name, 0, 60)), f->person != 0 ? "person" : "household");
    return people_value_read(g->c, f->field, json_object_get(o, "value"), &unknown, &column,
                             &f->value, err);
}

MUST_CHECK static enum rc read_facts(struct editing *g, struct err *err)
{
    const json_t *facts = json_object_get(g->c->body, "facts");
    size_t n = json_is_array(facts) ? json_array_size(facts) : 0;
    if (n > FACTS_MOST)
        return call_wrong(g->c, RC_LIMIT, "facts", NULL, err, "facts: expected at most %d",
                          FACTS_MOST);
    for (size_t i = 0; i < n; i++)
        TRY(read_fact(g, json_array_get(facts, i), err));
    g->e.facts = g->facts.at;
    g->e.n_facts = g->facts.n;
    return RC_OK;
}

MUST_CHECK static enum rc read_persons(struct editing *g, struct err *err)
{
    const json_t *list = json_object_get(g->c->body, "persons");
    size_t n = json_is_array(list) ? json_array_size(list) : 0;
    for (size_t i = 0; i < n && i < PEOPLE_MOST; i++)
        TRY(read_whose(g, json_array_get(list, i), "persons", VEC_PUSH(g->c->arena, &g->persons),
                       err));
    g->e.persons = g->persons.at;
    g->e.n_persons = g->persons.n;
    return RC_OK;
}

/* A village to move or be made in; of one's own where a household is made. */
MUST_CHECK static enum rc read_division(struct editing *g, bool must, struct err *err)
{
    str text = S("");
    TRY(body_text(g->c, "division", must, &text, err));
    if (text.n > 0 && (text.n != 12 || !str_int(text, &g->e.division)))
        return call_wrong(g->c, RC_BAD_INPUT, "division", NULL, err,
                          "division: expected the twelve digits of a village or community");
    return RC_OK;
}

MUST_CHECK static enum rc read_common(struct editing *g, struct err *err)
{
    struct call *c = g->c;
    g->e.city = c->city;
    g->e.today = g->e.day = c->today;
    g->e.who = c->scope->login;
    TRY(body_day(c, "day", false, &g->e.day, err));
    return body_text(c, "evidence", true, &g->e.evidence, err);
}

/* ---- done ----------------------------------------------------------------------------------- */

static void write_made(struct editing *g)
{
    struct json *j = &g->c->json;
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, g->result.county, g->result.household);
    JSON_INT(j, "version", g->result.version);
    json_key(j, "household");
    json_ref(j, g->result.county, g->result.made);
    json_obj_end(j);
}

/* What stands now, for whoever saw an earlier version. */
static void write_current(struct editing *g)
{
    struct json *j = call_current(g->c);
    struct household_view v = {0};
    struct conn *conn = NULL;
    struct err ignored;
    if (store_reader(g->c->city->store, &conn, &ignored) != RC_OK)
        return;
    enum rc rc = household_view(g->c->city, conn, g->e.county, g->e.household, g->c->today, true,
                                g->c->arena, &v, &ignored);
    store_reader_done(conn);
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, g->e.county, g->e.household);
    JSON_INT(j, "version", rc == RC_OK ? v.version : 0);
    json_obj_end(j);
}

MUST_CHECK static enum rc run(struct editing *g, struct err *err)
{
    enum rc rc = household_edit(&g->e, &g->result, err);
    if (rc == RC_OK) {
        call_header(g->c, "ETag", str_fmt(g->c->arena, "\"%lld\"", (long long)g->result.version));
        write_made(g);
        return RC_OK;
    }
    if (rc == RC_CONFLICT && g->result.field == NULL)
        write_current(g);
    if (g->result.field != NULL)
        g->c->field = str_from(g->result.field);
    return rc;
}

MUST_CHECK static enum rc in_own_place(struct call *c, int64_t division, int64_t *county,
                                       struct err *err)
{
    struct conn *conn = NULL;
    struct division_info info = {0};
    char on[11];
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc =
        division_find(conn, division, str_from(date_text(c->today, on)), c->arena, &info, err);
    store_reader_done(conn);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !scope_covers(c->scope, division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: expected the code of a village or community of your own");
    *county = info.county_code;
    return rc;
}

enum rc households_add(struct call *c, struct err *err)
{
    struct editing g = {.c = c, .e = {.kind = EDIT_NEW}};
    TRY(read_common(&g, err));
    TRY(read_division(&g, true, err));
    TRY(in_own_place(c, g.e.division, &g.e.county, err));
    TRY(read_people(&g, err));
    TRY(read_facts(&g, err));
    TRY(run(&g, err));
    call_created(c, str_fmt(c->arena, "/api/v1/households/%lld-%lld", (long long)g.result.county,
                            (long long)g.result.household));
    return RC_OK;
}

/* The household of the path, and the other one of a joining, must be one's own to see. */
MUST_CHECK static enum rc check_seen(struct editing *g, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(g->c->city->store, &conn, err));
    enum rc rc = scope_household(g->c->scope, conn, g->e.county, g->e.household, err);
    if (rc == RC_OK && g->e.kind == EDIT_JOINED && g->e.other != 0)
        rc = scope_household(g->c->scope, conn, g->e.county, g->e.other, err);
    store_reader_done(conn);
    return rc;
}

MUST_CHECK static enum rc read_change(struct editing *g, struct err *err)
{
    struct call *c = g->c;
    str kind = {0};
    int64_t county = 0;
    TRY(body_text(c, "kind", true, &kind, err));
    g->e.kind = edit_kind_find(kind);
    if (g->e.kind == EDIT_KINDS)
        return call_wrong(c, RC_BAD_INPUT, "kind", NULL, err,
                          "kind: found “%.*s”, expected born, died, in, out, moved, split, joined, "
                          "fact or numbers",
                          STR_ARG(str_sub(kind, 0, 30)));
    TRY(call_version(c, &g->e.version, err));
    TRY(read_whose(g, json_object_get(c->body, "person"), "person", &g->e.person, err));
    TRY(read_whose(g, json_object_get(c->body, "head"), "head", &g->e.head, err));
    if (g->e.kind == EDIT_JOINED)
        TRY(body_ref(c, "household", true, &county, &g->e.other, err));
    if (county != 0 && county != g->e.county)
        return call_wrong(c, RC_BAD_INPUT, "household", NULL, err,
                          "household: expected one of the same county");
    g->e.relation = text_of(c, c->body, "relation");
    TRY(read_division(g, g->e.kind == EDIT_MOVED, err));
    TRY(read_persons(g, err));
    if (g->e.kind == EDIT_BORN || g->e.kind == EDIT_NUMBERS ||
        (g->e.kind == EDIT_IN && g->e.person == 0))
        TRY(read_people(g, err));
    return read_facts(g, err);
}

enum rc households_change(struct call *c, struct err *err)
{
    struct editing g = {.c = c};
    TRY(call_ref(c, c->at[0], "household", &g.e.county, &g.e.household, err));
    TRY(read_common(&g, err));
    TRY(read_change(&g, err));
    TRY(check_seen(&g, err));
    struct over_ctx over = {c->city->rules, c->today, c->arena};
    g.e.over = over_task;
    g.e.over_ctx = &over;
    return run(&g, err);
}
