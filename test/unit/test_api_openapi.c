/* The OpenAPI document: whole, and true of the routes, the registers and the code. */
#include "store/api_case.h"

#include "base/file.h"

static const char *const methods[] = {"get", "head", "post", "put", "patch", "delete"};

/* Every $ref below points to something. */
static void refs_resolve(json_t *at, struct api_reply doc)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_array(at)) {
        json_array_foreach(at, i, value) refs_resolve(value, doc);
        return;
    }
    if (!json_is_object(at))
        return;
    json_object_foreach(at, key, value)
    {
        if (strcmp(key, "$ref") != 0 || !json_is_string(value)) {
            refs_resolve(value, doc);
            continue;
        }
        str rest = str_from(json_string_value(value)), one;
        json_t *target = doc.json;
        assert_true(str_cut(rest, '/', &one, &rest));
        while (rest.n > 0) {
            char name[200];
            if (!str_cut(rest, '/', &one, &rest))
                rest = S("");
            snprintf(name, sizeof name, "%.*s", STR_ARG(one));
            target = json_object_get(target, name);
        }
        if (target == NULL)
            fail_msg("%s leads nowhere", json_string_value(value));
    }
}

static struct api_reply document(struct api_case *k)
{
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/openapi.json", NULL);
    check_status(r, 200);
    return r;
}

static void references_lead_somewhere(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply doc = document(k);

    check_str(reply_str(doc, "openapi"), "3.1.0");
    refs_resolve(doc.json, doc);
    api_case_end(k);
}

static json_t *operation(struct api_reply doc, const char *path, const char *method)
{
    json_t *op = json_object_get(json_object_get(reply_at(doc, "paths"), path), method);
    if (op == NULL)
        fail_msg("no %s %s", method, path);
    return op;
}

/* Open endpoints declare `security: []`, every other asks for the session, a write for CSRF too. */
static void check_security(const struct route *r, json_t *op)
{
    json_t *security = json_object_get(op, "security");
    assert_true(json_is_array(security));
    if (r->may & FOR_EVERYBODY) {
        assert_int_equal(json_array_size(security), 0);
        return;
    }
    json_t *one = json_array_get(security, 0);
    assert_non_null(json_object_get(one, "session"));
    assert_int_equal(json_object_get(one, "csrf") != NULL, r->method != HTTP_GET);
}

static void every_route_is_there(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply doc = document(k);
    const struct rules *rules = k->t.c->rules;
    size_t expected = 0, found = 0;
    const char *path, *method;
    json_t *item, *op;
    json_t *ids = json_object();

    for (size_t i = 0; i < routes_n; i++) {
        const struct route *r = &routes[i];
        const char *at = strstr(r->path, "{register}");
        if (at == NULL) {
            check_security(r, operation(doc, r->path, methods[r->method]));
            expected++;
            continue;
        }
        for (size_t n = 0; n < rules->regs.n; n++) {
            str own = str_fmt(&k->t.a, "%.*s%.*s%s", (int)(at - r->path), r->path,
                              STR_ARG(rules->regs.at[n]->name.text), at + strlen("{register}"));
            check_security(r, operation(doc, own.p, methods[r->method]));
            expected++;
        }
    }
    json_object_foreach(reply_at(doc, "paths"), path, item)
    {
        json_object_foreach(item, method, op)
        {
            const char *id = json_string_value(json_object_get(op, "operationId"));
            assert_non_null(id);
            if (json_object_get(ids, id) != NULL)
                fail_msg("%s is there twice", id);
            json_object_set_new(ids, id, json_true());
            assert_non_null(json_object_get(json_object_get(op, "responses"), "default"));
            found++;
        }
    }
    assert_int_equal(found, expected);
    json_decref(ids);
    api_case_end(k);
}

static void every_form_is_described(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply doc = document(k);
    struct sbuf missing;
    const char *name;
    json_t *schema;

    sbuf_init(&missing, 1 << 16);
    json_object_foreach(reply_at(doc, "components.schemas"), name, schema)
    {
        if (json_object_get(schema, "x-undescribed") != NULL)
            sbuf_fmt(&missing, " %s", name);
    }
    if (missing.n > 0)
        fail_msg("no schema in src/api/schemas for:%.*s", STR_ARG(sbuf_str(&missing)));
    sbuf_deinit(&missing);
    api_case_end(k);
}

static void registers_have_their_fields(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply doc = document(k);

    reply_at(doc, "components.schemas.values_household.properties.hukou_type.enum");
    reply_at(doc, "components.schemas.values_person.properties.birth_date.format");
    assert_true(
        json_is_true(reply_at(doc, "components.schemas.values_person.properties.age.readOnly")));
    reply_at(doc, "paths./api/v1/registers/household/{record}.get");
    api_case_end(k);
}

/* ---- queries: what the handlers ask for is declared, what is declared is asked for ------------ */

/* The names between `before` and a quote, one a line. */
static void names_behind(str text, str before, struct sbuf *out)
{
    for (;;) {
        long at = str_find(text, before);
        str name;
        if (at < 0)
            return;
        text = str_sub(text, (size_t)at + before.n, text.n);
        if (str_cut(text, '"', &name, &text))
            sbuf_fmt(out, "%.*s\n", STR_ARG(name));
    }
}

static bool listed(const struct sbuf *names, str name)
{
    str rest = sbuf_str(names), one;
    while (str_cut(rest, '\n', &one, &rest))
        if (str_eq(one, name))
            return true;
    return false;
}

static void check_all_listed(const struct sbuf *names, const struct sbuf *in, const char *what)
{
    str rest = sbuf_str(names), one;
    while (str_cut(rest, '\n', &one, &rest))
        if (!listed(in, one))
            fail_msg("“%.*s” is not %s", STR_ARG(one), what);
}

static void queries_are_declared(void **state)
{
    static const char *const declared_text[] = {
#define QUERY(operation, name, about) name,
#include "api/queries.def"
#undef QUERY
        NULL};
    struct arena a = {0};
    struct sbuf asked, declared;
    str *files = NULL;
    size_t n = 0;

    (void)state;
    sbuf_init(&asked, 1 << 16);
    sbuf_init(&declared, 1 << 16);
    /* Those of call_page() belong to every list. */
    check_ok(dir_list(HUIMIN_SRC "/src/api", &a, &files, &n, err));
    for (size_t i = 0; i < n; i++) {
        str text;
        if (!str_ends(files[i], S(".c")))
            continue;
        check_ok(file_read(str_fmt(&a, HUIMIN_SRC "/src/api/%.*s", STR_ARG(files[i])).p, 1 << 20,
                           &a, &text, err));
        /* Directly, or through a helper that reads a flag or a number. */
        names_behind(text, S("query_of(c, \""), &asked);
        names_behind(text, S("query_flag(c, \""), &asked);
        names_behind(text, S("read_number(c, \""), &asked);
        names_behind(text, S("http_query(c->request, \""), &asked);
    }
    for (size_t i = 0; declared_text[i] != NULL; i++)
        sbuf_fmt(&declared, "%s\n", declared_text[i]);
    assert_true(asked.n > 0);
    check_all_listed(&asked, &declared, "in src/api/queries.def");
    check_all_listed(&declared, &asked, "asked for by a handler");
    sbuf_deinit(&asked);
    sbuf_deinit(&declared);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(references_lead_somewhere),   ON_SQLITE(every_route_is_there),
        ON_SQLITE(every_form_is_described),     ON_SQLITE(registers_have_their_fields),
        cmocka_unit_test(queries_are_declared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
