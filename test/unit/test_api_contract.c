/*
 * The program's real answers have the forms that the OpenAPI document gives them. The validator knows
 * the part of JSON Schema that schemas/ *.json use; a keyword it doesn't know fails the test.
 */
#include "store/api_case.h"

#include <regex.h>

#define EAST   INT64_C(990102001000)
#define COUNTY INT64_C(990102000000)
#define CITY   INT64_C(990100000000)

struct form {
    json_t *doc;
    char wrong[600];
};

static bool fits(struct form *f, json_t *schema, json_t *v, const char *where);

static bool no(struct form *f, const char *where, const char *what, const char *more)
{
    if (f->wrong[0] == '\0')
        snprintf(f->wrong, sizeof f->wrong, "%s: %s %s", where, what, more);
    return false;
}

static bool type_is(const char *type, json_t *v)
{
    return (strcmp(type, "object") == 0 && json_is_object(v)) ||
           (strcmp(type, "array") == 0 && json_is_array(v)) ||
           (strcmp(type, "string") == 0 && json_is_string(v)) ||
           (strcmp(type, "integer") == 0 && json_is_integer(v)) ||
           (strcmp(type, "number") == 0 && json_is_number(v)) ||
           (strcmp(type, "boolean") == 0 && json_is_boolean(v)) ||
           (strcmp(type, "null") == 0 && json_is_null(v));
}

static bool type_fits(json_t *type, json_t *v)
{
    size_t i;
    json_t *one;

    if (json_is_string(type))
        return type_is(json_string_value(type), v);
    json_array_foreach(type, i, one) if (type_is(json_string_value(one), v)) return true;
    return false;
}

static bool any_equal(json_t *list, json_t *v)
{
    size_t i;
    json_t *one;

    json_array_foreach(list, i, one) if (json_equal(one, v)) return true;
    return false;
}

static json_t *target(struct form *f, const char *ref)
{
    const char *name = strrchr(ref, '/');
    json_t *schemas = json_object_get(json_object_get(f->doc, "components"), "schemas");
    json_t *found = json_object_get(schemas, name != NULL ? name + 1 : ref);

    if (found == NULL)
        fail_msg("no schema %s", ref);
    return found;
}

static bool pattern_fits(const char *pattern, json_t *v)
{
    regex_t re;

    if (!json_is_string(v))
        return true;
    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool good = regexec(&re, json_string_value(v), 0, NULL, 0) == 0;
    regfree(&re);
    return good;
}

static bool members_fit(struct form *f, json_t *schema, json_t *v, const char *where)
{
    json_t *properties = json_object_get(schema, "properties");
    json_t *more = json_object_get(schema, "additionalProperties");
    const char *key;
    json_t *value;

    json_object_foreach(v, key, value)
    {
        char at[300];
        json_t *own = json_object_get(properties, key);
        snprintf(at, sizeof at, "%.200s.%.80s", where, key);
        if (own == NULL && json_is_false(more))
            return no(f, at, "is not declared", "");
        if (own == NULL && !json_is_object(more))
            continue;
        if (!fits(f, own != NULL ? own : more, value, at))
            return false;
    }
    return true;
}

static bool required_there(struct form *f, json_t *list, json_t *v, const char *where)
{
    size_t i;
    json_t *one;

    if (!json_is_object(v))
        return true;
    json_array_foreach(list, i, one)
    {
        if (json_object_get(v, json_string_value(one)) == NULL)
            return no(f, where, "lacks", json_string_value(one));
    }
    return true;
}

/* How many of the alternatives fit; what is said of those that don't is dropped. */
static size_t how_many(struct form *f, json_t *list, json_t *v, const char *where)
{
    size_t i, n = 0;
    json_t *one;

    json_array_foreach(list, i, one)
    {
        struct form inner = {.doc = f->doc};
        n += fits(&inner, one, v, where);
    }
    return n;
}

static bool keyword_fits(struct form *f, const char *key, json_t *value, json_t *v,
                         const char *where)
{
    static const char *const silent[] = {"title",      "description",      "format",
                                         "readOnly",   "properties",       "additionalProperties",
                                         "default",    "examples",         "writeOnly",
                                         "x-required", "contentMediaType", "deprecated"};
    size_t i;
    json_t *one;

    for (i = 0; i < sizeof silent / sizeof *silent; i++)
        if (strcmp(key, silent[i]) == 0)
            return true;
    if (strcmp(key, "$ref") == 0)
        return fits(f, target(f, json_string_value(value)), v, where);
    if (strcmp(key, "type") == 0)
        return type_fits(value, v) || no(f, where, "is not of the type that is declared", "");
    if (strcmp(key, "enum") == 0)
        return any_equal(value, v) ||
               no(f, where, "is none of the enum:", json_is_string(v) ? json_string_value(v) : "");
    if (strcmp(key, "const") == 0)
        return json_equal(value, v) || no(f, where, "is not the const", "");
    if (strcmp(key, "required") == 0)
        return required_there(f, value, v, where);
    if (strcmp(key, "pattern") == 0)
        return pattern_fits(json_string_value(value), v) ||
               no(f, where, "does not fit", json_string_value(value));
    if (strcmp(key, "items") == 0) {
        json_array_foreach(v, i, one)
        {
            char at[300];
            snprintf(at, sizeof at, "%.250s[%zu]", where, i);
            if (!fits(f, value, one, at))
                return false;
        }
        return true;
    }
    if (strcmp(key, "allOf") == 0) {
        json_array_foreach(value, i, one) if (!fits(f, one, v, where)) return false;
        return true;
    }
    if (strcmp(key, "oneOf") == 0)
        return how_many(f, value, v, where) == 1 ||
               no(f, where, "fits not exactly one of oneOf", "");
    if (strcmp(key, "anyOf") == 0)
        return how_many(f, value, v, where) > 0 || no(f, where, "fits none of anyOf", "");
    if (strcmp(key, "minimum") == 0)
        return !json_is_integer(v) || json_integer_value(v) >= json_integer_value(value) ||
               no(f, where, "is below the minimum", "");
    if (strcmp(key, "maximum") == 0)
        return !json_is_integer(v) || json_integer_value(v) <= json_integer_value(value) ||
               no(f, where, "is above the maximum", "");
    if (strncmp(key, "max", 3) == 0 || strncmp(key, "min", 3) == 0)
        return true; /* of what is sent, judged by the handlers */
    fail_msg("%s: the validator doesn't know the keyword %s", where, key);
    return false;
}

static bool fits(struct form *f, json_t *schema, json_t *v, const char *where)
{
    const char *key;
    json_t *value;

    json_object_foreach(schema, key, value)
    {
        if (!keyword_fits(f, key, value, v, where))
            return false;
    }
    return !json_is_object(v) || members_fit(f, schema, v, where);
}

static const struct route *route_named(const char *name)
{
    for (size_t i = 0; i < routes_n; i++)
        if (strcmp(routes[i].name, name) == 0)
            return &routes[i];
    fail_msg("no route %s", name);
    return NULL;
}

static struct api_reply asked(struct api_case *k, json_t *doc, const struct api_session *s,
                              const char *route, const char *path, const char *body)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    const struct route *r = route_named(route);
    struct api_reply reply = ask(k, s, methods[r->method], path, body);
    struct form f = {.doc = doc};
    json_t *schema = r->gives[0] != '\0' ? target(&f, r->gives) : NULL;

    if (reply.status / 100 != 2)
        fail_msg("%s %s: found %d %.*s", route, path, reply.status, STR_ARG(reply.body));
    if (schema != NULL && !fits(&f, schema, reply.json, r->gives))
        fail_msg("%s: %s in %.*s", path, f.wrong, (int)(reply.body.n < 1500 ? reply.body.n : 1500),
                 reply.body.p);
    return reply;
}

/* A problem has the form of one as well. */
static void problem(struct api_case *k, json_t *doc, const struct api_session *s, const char *path)
{
    struct api_reply reply = ask(k, s, "GET", path, NULL);
    struct form f = {.doc = doc};

    assert_true(reply.status >= 400);
    if (!fits(&f, target(&f, "problem"), reply.json, "problem"))
        fail_msg("%s: %s", path, f.wrong);
}

static void a_case_goes_its_way(struct api_case *k, json_t *doc, const struct api_session *clerk)
{
    const char *household = "990102-71";
    struct arena *a = &k->t.a;
    const char *body =
        str_fmt(a,
                "{\"household\":\"%s\",\"services\":[{\"service\":\"dibao_application\","
                "\"person\":null}],\"applicant\":{\"ref\":null,\"name\":\"张三\","
                "\"relation\":\"本人\"},\"day\":\"2020-12-21\",\"facts\":[],\"papers\":[],"
                "\"note\":\"\"}",
                household)
            .p;
    struct api_reply made = asked(k, doc, clerk, "cases_open", "/api/v1/cases", body);
    const char *path = str_fmt(a, "/api/v1/cases/%.*s", STR_ARG(reply_str(made, "cases.0.ref"))).p;
    struct api_reply page = asked(k, doc, clerk, "cases_get", path, NULL);

    assert_true(reply_header(page, "ETag").n > 0);
    asked(k, doc, clerk, "cases_list", "/api/v1/cases", NULL);
    asked(k, doc, clerk, "cases_list", "/api/v1/cases?sort=number&order=desc&limit=1", NULL);
    asked(k, doc, clerk, "desk_list", "/api/v1/desk", NULL);
    asked(k, doc, clerk, "desk_handover", "/api/v1/desk/handover", NULL);
    asked(k, doc, clerk, "notices_list", "/api/v1/notices", NULL);
    asked(k, doc, clerk, "households_get", "/api/v1/households/990102-71", NULL);
}

/* Records have the values that their register declares. */
static void registers(struct api_case *k, json_t *doc, const struct api_session *clerk)
{
    const struct rules *rules = k->t.c->rules;

    for (size_t i = 0; i < rules->regs.n; i++) {
        const char *path =
            str_fmt(&k->t.a, "/api/v1/registers/%.*s", STR_ARG(rules->regs.at[i]->name.text)).p;
        struct form f = {.doc = doc};
        struct api_reply r = asked(k, doc, clerk, "records_list", path, NULL);
        json_t *at = json_object_get(json_object_get(doc, "paths"), path);
        static const char *const steps[] = {"get",     "responses",        "200",
                                            "content", "application/json", "schema"};
        for (size_t n = 0; n < sizeof steps / sizeof *steps; n++)
            at = json_object_get(at, steps[n]);
        assert_non_null(at);
        if (!fits(&f, at, r.json, path))
            fail_msg("%s: %s in %.*s", path, f.wrong, STR_ARG(r.body));
    }
}

static void answers_have_their_forms(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    json_t *doc = ask(k, NULL, "GET", "/api/v1/openapi.json", NULL).json;

    family(k->t.c, 71, VILLAGE_1);
    family(k->t.c, 73, VILLAGE_2);
    asked(k, doc, NULL, "status_get", "/api/v1/status", NULL);
    asked(k, doc, clerk, "session_get", "/api/v1/session", NULL);
    asked(k, doc, clerk, "meta_get", "/api/v1/meta", NULL);
    asked(k, doc, clerk, "divisions_list", "/api/v1/divisions", NULL);
    asked(k, doc, clerk, "divisions_list", "/api/v1/divisions?parent=990102000000", NULL);
    asked(k, doc, clerk, "search_get", "/api/v1/search?q=zhang", NULL);
    asked(k, doc, clerk, "households_list", "/api/v1/households", NULL);
    asked(k, doc, clerk, "households_list", "/api/v1/households?limit=1&sort=name", NULL);
    asked(k, doc, clerk, "persons_list", "/api/v1/persons?limit=1", NULL);
    asked(k, doc, clerk, "households_get", "/api/v1/households/990102-71", NULL);
    asked(k, doc, clerk, "households_history", "/api/v1/households/990102-71/history", NULL);
    asked(k, doc, clerk, "households_preview", "/api/v1/households/990102-71/preview",
          "{\"month\":\"2020-12\",\"facts\":[],\"added\":[],\"without\":[]}");
    registers(k, doc, clerk);
    asked(k, doc, admin, "accounts_list", "/api/v1/accounts", NULL);
    asked(k, doc, admin, "relatives_list", "/api/v1/relatives", NULL);
    asked(k, doc, payer, "runs_list", "/api/v1/runs", NULL);
    asked(k, doc, payer, "proposals_list", "/api/v1/proposals", NULL);
    a_case_goes_its_way(k, doc, clerk);
    asked(k, doc, payer, "runs_start", "/api/v1/runs", "{\"month\":\"2020-12\"}");
    asked(k, doc, payer, "runs_get", "/api/v1/runs/2020-12", NULL);
    asked(k, doc, payer, "runs_list", "/api/v1/runs", NULL);
    problem(k, doc, clerk, "/api/v1/households/990102-9");
    problem(k, doc, clerk, "/api/v1/households?limit=0");
    problem(k, doc, NULL, "/api/v1/desk");
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(answers_have_their_forms)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
