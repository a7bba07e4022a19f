/*
 * /api/v1/openapi.json: the whole API as OpenAPI 3.1. Paths from routes.def, queries from queries.def,
 * schemas from schemas/ *.json, and for each register of the rules in force paths and schemas of its own.
 */
#include <string.h>

#include "api/api_in.h"
#include "api/handlers.h"
#include "api/schemas.h"

#define REGISTER_PATH "/api/v1/registers/{register}"

static const struct {
    const char *operation, *name, *about;
} queries[] = {
#define QUERY(operation, name, about) {#operation, name, about},
#include "api/queries.def"
#undef QUERY
    {NULL, NULL, NULL},
};

static const char *const methods[] = {"get", "head", "post", "put", "patch", "delete"};

static json_t *text_of(str s)
{
    return json_stringn(s.p != NULL ? s.p : "", s.n);
}

static json_t *ref_to(const char *kind, const char *name)
{
    return json_pack("{s:s+}", "$ref", kind, name);
}

static json_t *schema_ref(const char *name)
{
    return ref_to("#/components/schemas/", name);
}

/* ---- schemas --------------------------------------------------------------------------------- */

/* Every file's schemas. A mistake in one is one of the build: test_api_openapi finds it. */
static json_t *schemas_read(struct err *err)
{
    json_t *all = json_object();

    for (const struct schema_file *f = schema_files; f->name != NULL; f++) {
        json_error_t wrong;
        json_t *one = json_loadb((const char *)f->text, f->n, JSON_REJECT_DUPLICATES, &wrong);
        if (one == NULL || !json_is_object(one) || json_object_update_missing(all, one) != 0) {
            err_set(err, RC_IO, "schemas/%s: line %d: %s", f->name, wrong.line, wrong.text);
            json_decref(all);
            json_decref(one);
            return NULL;
        }
        json_decref(one);
    }
    return all;
}

static void bound(json_t *schema, const char *name, const struct expr *e)
{
    if (e != NULL && e->op == E_LIT)
        json_object_set_new(schema, name, json_integer(e->lit.i));
}

static json_t *code_schema(const struct code *code)
{
    json_t *values = json_array();

    for (size_t i = 0; i < code->n_values; i++)
        json_array_append_new(values, text_of(code_name(code, i)));
    json_array_append_new(values, json_null());
    return json_pack("{s:[ss], s:o}", "type", "string", "null", "enum", values);
}

/* A field's value as it stands in JSON; null is unknown. */
static json_t *field_schema(const struct field *f)
{
    json_t *s;

    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        s = json_pack("{s:[ss]}", "type", "integer", "null");
        bound(s, "minimum", f->at_least);
        bound(s, "maximum", f->at_most);
        break;
    case K_BOOL:
        s = json_pack("{s:[ss]}", "type", "boolean", "null");
        break;
    case K_DATE:
        s = json_pack("{s:[ss], s:s}", "type", "string", "null", "format", "date");
        break;
    case K_MONTH:
        s = json_pack("{s:[ss], s:s}", "type", "string", "null", "pattern", "^[0-9]{4}-[0-9]{2}$");
        break;
    case K_CODE:
        s = code_schema(f->type.code);
        break;
    default:
        s = json_pack("{s:[ss]}", "type", "string", "null");
    }
    json_object_set_new(s, "title", text_of(f->label.zh));
    if (f->value != NULL || f->carried_by != NULL)
        json_object_set_new(s, "readOnly", json_true());
    return s;
}

/* "values_household": the values of a record of the register. */
static void register_schema(json_t *schemas, const struct reg *reg, struct arena *a)
{
    json_t *properties = json_object(), *required = json_array();

    for (size_t i = 0; i < reg->n_fields; i++) {
        const struct field *f = reg->fields[i];
        if (f->type.kind == K_LIST)
            continue;
        json_object_set_new(properties, str_z(a, f->name.text), field_schema(f));
        if (f->required && f->value == NULL)
            json_array_append_new(required, text_of(f->name.text));
    }
    json_object_set_new(schemas, str_fmt(a, "values_%.*s", STR_ARG(reg->name.text)).p,
                        json_pack("{s:s, s:o, s:o, s:o}", "type", "object", "title",
                                  text_of(reg->label.zh), "properties", properties, "x-required",
                                  required));
}

/* What routes.def names and no file describes: said so, and found by the tests. */
static void undescribed(json_t *schemas, const char *name)
{
    if (name[0] == '\0' || json_object_get(schemas, name) != NULL)
        return;
    json_object_set_new(schemas, name,
                        json_pack("{s:s, s:b}", "type", "object", "x-undescribed", 1));
}

/* ---- paths ----------------------------------------------------------------------------------- */

static json_t *parameter(const char *in, str name, const char *about, bool required)
{
    return json_pack("{s:s, s:o, s:s, s:b, s:{s:s}}", "in", in, "name", text_of(name),
                     "description", about, "required", (int)required, "schema", "type", "string");
}

static const char *about_part(str name)
{
    if (str_eq(name, S("month")))
        return "A month, 2020-12.";
    if (str_eq(name, S("account")))
        return "The account's id.";
    return "A reference, 510402-117533616560406529.";
}

static json_t *parameters(const struct route *r, const char *path)
{
    json_t *list = json_array();
    str rest = str_from(path), before, name;

    while (str_cut(rest, '{', &before, &rest)) {
        str_cut(rest, '}', &name, &rest);
        json_array_append_new(list, parameter("path", name, about_part(name), true));
    }
    for (size_t i = 0; queries[i].operation != NULL; i++)
        if (strcmp(queries[i].operation, r->name) == 0)
            json_array_append_new(
                list, parameter("query", str_from(queries[i].name), queries[i].about, false));
    if (route_once(r))
        json_array_append_new(list, ref_to("#/components/parameters/", "Idempotency-Key"));
    if (r->method != HTTP_GET && (r->method != HTTP_POST || strchr(path, '{') != NULL) &&
        !(r->may & FOR_EVERYBODY))
        json_array_append_new(list, ref_to("#/components/parameters/", "If-Match"));
    return list;
}

/* The route's schema; for a register, with the values that it declares. */
static json_t *schema_for(const char *name, const struct reg *reg, struct arena *a)
{
    if (reg == NULL)
        return schema_ref(name);
    json_t *values = schema_ref(str_fmt(a, "values_%.*s", STR_ARG(reg->name.text)).p);
    json_t *own = json_pack("{s:s, s:{s:o}}", "type", "object", "properties", "values", values);
    if (strcmp(name, "records") == 0)
        own = json_pack("{s:s, s:{s:{s:s, s:{s:[oo]}}}}", "type", "object", "properties", "items",
                        "type", "array", "items", "allOf", schema_ref("record"), own);
    else if (strcmp(name, "record") != 0 && strcmp(name, "record_new") != 0) {
        json_decref(own);
        return schema_ref(name);
    }
    return json_pack("{s:[oo]}", "allOf", schema_ref(name), own);
}

static json_t *content(const char *type, json_t *schema)
{
    return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *responses(const struct route *r, const struct reg *reg, struct arena *a)
{
    json_t *all = json_object();
    json_t *problem = json_pack("{s:s, s:o}", "description", "What went wrong.", "content",
                                content("application/problem+json", schema_ref("problem")));

    if (strcmp(r->name, "runs_watch") == 0)
        json_object_set_new(
            all, "200",
            json_pack("{s:s, s:o}", "description", "Server-sent events.", "content",
                      content("text/event-stream", json_pack("{s:s}", "type", "string"))));
    else if (strcmp(r->name, "openapi_get") == 0)
        json_object_set_new(
            all, "200",
            json_pack("{s:s, s:o}", "description", "This document.", "content",
                      content("application/json", json_pack("{s:s}", "type", "object"))));
    else if (strcmp(r->name, "files_get") == 0)
        json_object_set_new(all, "200",
                            json_pack("{s:s, s:o}", "description", "The file.", "content",
                                      content("application/octet-stream", schema_ref("file"))));
    else if (r->gives[0] == '\0')
        json_object_set_new(all, "204", json_pack("{s:s}", "description", "Done."));
    else
        json_object_set_new(all, "200",
                            json_pack("{s:s, s:o}", "description", r->about, "content",
                                      content("application/json", schema_for(r->gives, reg, a))));
    if (r->method == HTTP_POST && r->gives[0] != '\0' && route_once(r))
        json_object_set_new(all, "201",
                            json_pack("{s:s, s:o}", "description", "Made; Location says where.",
                                      "content",
                                      content("application/json", schema_for(r->gives, reg, a))));
    json_object_set_new(all, "default", problem);
    return all;
}

static json_t *operation(const struct route *r, const char *path, const struct reg *reg,
                         struct arena *a)
{
    str tag = str_sub(str_from(path), strlen("/api/v1/"), strlen(path)), rest;
    str_cut(tag, '/', &tag, &rest);
    json_t *op = json_object();
    const char *id =
        reg == NULL ? r->name : str_fmt(a, "%s_%.*s", r->name, STR_ARG(reg->name.text)).p;

    json_object_set_new(op, "operationId", json_string(id));
    json_object_set_new(op, "summary", json_string(r->about));
    json_object_set_new(op, "tags", json_pack("[o]", text_of(tag)));
    if (r->may & FOR_EVERYBODY)
        json_object_set_new(op, "security", json_array());
    else if (route_writes(r))
        json_object_set_new(op, "security", json_pack("[{s:[], s:[]}]", "session", "csrf"));
    else
        json_object_set_new(op, "security", json_pack("[{s:[]}]", "session"));
    json_object_set_new(op, "parameters", parameters(r, path));
    if (strcmp(r->takes, "file") == 0)
        json_object_set_new(op, "requestBody",
                            json_pack("{s:b, s:o}", "required", 1, "content",
                                      content("application/octet-stream", schema_ref("file"))));
    else if (r->takes[0] != '\0')
        json_object_set_new(op, "requestBody",
                            json_pack("{s:b, s:o}", "required", 1, "content",
                                      content("application/json", schema_for(r->takes, reg, a))));
    json_object_set_new(op, "responses", responses(r, reg, a));
    return op;
}

static void add_path(json_t *paths, const struct route *r, const char *path, const struct reg *reg,
                     struct arena *a)
{
    json_t *item = json_object_get(paths, path);

    if (item == NULL) {
        item = json_object();
        json_object_set_new(paths, path, item);
    }
    json_object_set_new(item, methods[r->method], operation(r, path, reg, a));
}

static json_t *paths_of(const struct rules *rules, struct arena *a)
{
    json_t *paths = json_object();

    for (size_t i = 0; i < routes_n; i++) {
        const struct route *r = &routes[i];
        if (!str_starts(str_from(r->path), S(REGISTER_PATH))) {
            add_path(paths, r, r->path, NULL, a);
            continue;
        }
        for (size_t k = 0; k < rules->regs.n; k++) {
            const struct reg *reg = rules->regs.at[k];
            str path = str_fmt(a, "/api/v1/registers/%.*s%s", STR_ARG(reg->name.text),
                               r->path + strlen(REGISTER_PATH));
            add_path(paths, r, path.p, reg, a);
        }
    }
    return paths;
}

/* ---- the document ---------------------------------------------------------------------------- */

static json_t *components(const struct rules *rules, json_t *schemas, struct arena *a)
{
    for (size_t i = 0; i < routes_n; i++) {
        undescribed(schemas, routes[i].takes);
        undescribed(schemas, routes[i].gives);
    }
    for (size_t i = 0; i < rules->regs.n; i++)
        register_schema(schemas, rules->regs.at[i], a);
    json_t *once = parameter("header", S("Idempotency-Key"),
                             "Made anew for each thing that is created; a repeat with the same key "
                             "gets the first answer again.",
                             false);
    json_t *match = parameter("header", S("If-Match"),
                              "The ETag of what is changed; 409 when it has changed since.", false);
    json_t *session =
        json_pack("{s:s, s:s, s:s}", "type", "apiKey", "in", "cookie", "name", "huimin");
    json_t *csrf = json_pack("{s:s, s:s, s:s}", "type", "apiKey", "in", "header", "name", "X-CSRF");
    return json_pack("{s:o, s:{s:o, s:o}, s:{s:o, s:o}}", "schemas", schemas, "parameters",
                     "Idempotency-Key", once, "If-Match", match, "securitySchemes", "session",
                     session, "csrf", csrf);
}

static enum rc document(struct api *api, struct arena *a, str *out, struct err *err)
{
    const struct rules *rules = api->city->rules;
    json_t *schemas = schemas_read(err);

    if (schemas == NULL)
        return RC_IO;
    json_t *info = json_pack("{s:s, s:s, s:s}", "title", "Huimin", "version", "1", "description",
                             "See docs/api.md for what the endpoints have in common.");
    json_t *doc = json_pack("{s:s, s:o, s:[{s:s}], s:o, s:o}", "openapi", "3.1.0", "info", info,
                            "servers", "url", "/", "paths", paths_of(rules, a), "components",
                            components(rules, schemas, a));
    char *text = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    if (text == NULL)
        return err_set(err, RC_IO, "the OpenAPI document can't be put together");
    *out = str_dup(a, str_from(text));
    free(text); /* tidy: raw memory, because jansson made it */
    return RC_OK;
}

/* Made once, when first asked for: the rules in force don't change while the program runs. */
static enum rc made_once(struct api *api, struct err *err)
{
    struct api_insides *in = api->insides;
    enum rc rc = RC_OK;

    pthread_mutex_lock(&in->lock);
    if (in->openapi.n == 0) {
        uint8_t hash[VAULT_HASH];
        rc = document(api, &in->arena, &in->openapi, err);
        if (rc == RC_OK) {
            sm3_once(in->openapi.p, in->openapi.n, hash);
            in->openapi_tag = str_sub(hash_text(hash, &in->arena), 0, 16);
        }
    }
    pthread_mutex_unlock(&in->lock);
    return rc;
}

enum rc openapi_get(struct call *c, struct err *err)
{
    TRY(made_once(c->api, err));
    if (!call_fresh(c, c->api->insides->openapi_tag))
        json_raw(&c->json, c->api->insides->openapi);
    return RC_OK;
}
