/* Taking requests apart. Whatever is wrong is said of a field, with what was expected. */
#include <stdio.h>
#include <string.h>

#include "api/api_in.h"

enum { TEXT_CHARS = 10000 };

enum rc call_wrong(struct call *c, enum rc rc, const char *field, const char *hint, struct err *err,
                   const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    c->field = str_dup(c->arena, str_from(field));
    c->hint = str_dup(c->arena, str_from(hint));
    return err_set(err, rc, "%s", text);
}

void call_error(struct call *c, const char *field, const char *fmt, ...)
{
    struct call_insides *in = c->insides;
    struct sbuf detail;
    struct json j;
    va_list ap;

    if (in->errors == NULL)
        in->errors = http_text(c->arena, 1 << 16);
    size_t was = in->errors->n;
    if (was > 0)
        sbuf_addc(in->errors, ',');
    if (c->field.n == 0)
        c->field = str_dup(c->arena, str_from(field));
    sbuf_init(&detail, 4096);
    va_start(ap, fmt);
    sbuf_vfmt(&detail, fmt, ap);
    va_end(ap);
    json_init(&j, in->errors);
    json_obj(&j);
    JSON_STR(&j, "field", str_from(field));
    JSON_STR(&j, "detail", sbuf_str(&detail));
    json_obj_end(&j);
    /* The last one that fits is whole: what follows is left out. */
    if (in->errors->failed)
        in->errors->n = was;
    sbuf_deinit(&detail);
}

enum rc call_errors(struct call *c, struct err *err)
{
    if (c->insides->errors == NULL)
        return RC_OK;
    return err_set(err, RC_BAD_INPUT, "some fields are wrong; see errors");
}

struct json *call_current(struct call *c)
{
    struct call_insides *in = c->insides;

    if (in->current == NULL)
        in->current = http_text(c->arena, API_REPLY_BYTES);
    sbuf_clear(in->current);
    json_init(&in->current_json, in->current);
    return &in->current_json;
}

enum rc call_ref(struct call *c, str text, const char *field, int64_t *county, int64_t *id,
                 struct err *err)
{
    str left, right;

    if (str_cut(text, '-', &left, &right) && left.n == 6 && str_int(left, county) && *county > 0 &&
        right.n <= 19 && str_int(right, id) && *id > 0)
        return RC_OK;
    *county = *id = 0;
    return call_wrong(c, RC_BAD_INPUT, field, "take the reference from a list or page", err,
                      "%s: found “%.*s”, expected a reference like 510402-1175", field,
                      STR_ARG(str_sub(text, 0, 60)));
}

str query_of(struct call *c, const char *name)
{
    return http_query(c->request, name, NULL);
}

/* ---- the body ------------------------------------------------------------------------------- */

/* How deep its brackets go, strings left out; jansson itself would go to 2048. */
static int depth_of(str s)
{
    int depth = 0, most = 0;
    bool quoted = false;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            most = ++depth > most ? depth : most;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return most;
}

static void drop_body(void *json)
{
    json_decref(json);
}

enum rc call_read_body(struct call *c, struct err *err)
{
    str text = c->request->body;
    json_error_t wrong = {0};
    size_t bad_at = 0;

    if (text.n == 0)
        return RC_OK;
    str type = http_header(c->request, "Content-Type");
    str media, parameters;
    if (!str_cut(type, ';', &media, &parameters))
        media = type;
    if (!str_eq(str_trim(media), S("application/json")))
        return call_wrong(c, RC_BAD_INPUT, "Content-Type", "send application/json", err,
                          "Content-Type: found “%.*s”, expected application/json",
                          STR_ARG(str_sub(type, 0, 60)));
    if (!utf8_valid(text, &bad_at))
        return err_set(err, RC_BAD_INPUT, "the body: byte %zu is not UTF-8", bad_at + 1);
    int depth = depth_of(text);
    if (depth > API_JSON_DEPTH)
        return err_set(err, RC_BAD_INPUT,
                       "the body: found %d brackets within brackets, expected at most %d", depth,
                       API_JSON_DEPTH);
    c->body = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &wrong);
    if (c->body == NULL)
        return err_set(err, RC_BAD_INPUT, "the body: line %d, column %d: %s", wrong.line,
                       wrong.column, wrong.text);
    arena_on_reset(c->arena, drop_body, c->body);
    if (!json_is_object(c->body))
        return err_set(err, RC_BAD_INPUT, "the body: expected an object { … }");
    return RC_OK;
}

/* The member; NULL when it isn't there or null, which is an error if it must be. */
static enum rc member(struct call *c, const char *field, bool must, json_t **out, struct err *err)
{
    json_t *value = c->body != NULL ? json_object_get(c->body, field) : NULL;

    *out = json_is_null(value) ? NULL : value;
    if (*out == NULL && must)
        return call_wrong(c, RC_BAD_INPUT, field, "fill it in", err, "%s: is missing", field);
    return RC_OK;
}

static enum rc not_a(struct call *c, const char *field, const char *expected, struct err *err)
{
    return call_wrong(c, RC_BAD_INPUT, field, NULL, err, "%s: expected %s", field, expected);
}

enum rc body_text(struct call *c, const char *field, bool must, str *out, struct err *err)
{
    json_t *value = NULL;

    TRY(member(c, field, must, &value, err));
    if (value == NULL)
        return RC_OK;
    if (!json_is_string(value))
        return not_a(c, field, "a text", err);
    str text = str_trim((str){json_string_value(value), json_string_length(value)});
    if (text.n == 0 && must)
        return call_wrong(c, RC_BAD_INPUT, field, "fill it in", err, "%s: is empty", field);
    if (utf8_count(text) > TEXT_CHARS)
        return call_wrong(c, RC_BAD_INPUT, field, "make it shorter", err,
                          "%s: found %zu characters, expected at most %d", field, utf8_count(text),
                          TEXT_CHARS);
    *out = text;
    return RC_OK;
}

enum rc body_int(struct call *c, const char *field, bool must, int64_t *out, struct err *err)
{
    json_t *value = NULL;

    TRY(member(c, field, must, &value, err));
    if (value == NULL)
        return RC_OK;
    if (!json_is_integer(value))
        return not_a(c, field, "a whole number", err);
    *out = json_integer_value(value);
    return RC_OK;
}

enum rc body_flag(struct call *c, const char *field, bool must, bool *out, struct err *err)
{
    json_t *value = NULL;

    TRY(member(c, field, must, &value, err));
    if (value == NULL)
        return RC_OK;
    if (!json_is_boolean(value))
        return not_a(c, field, "true or false", err);
    *out = json_is_true(value);
    return RC_OK;
}

enum rc body_day(struct call *c, const char *field, bool must, day *out, struct err *err)
{
    str text = S("");

    TRY(body_text(c, field, must, &text, err));
    if (text.n == 0)
        return RC_OK;
    if (!date_parse(text, out))
        return call_wrong(c, RC_BAD_INPUT, field, "write it like 2020-12-21", err,
                          "%s: found “%.*s”, expected a day like 2020-12-21", field,
                          STR_ARG(str_sub(text, 0, 40)));
    return RC_OK;
}

enum rc body_ref(struct call *c, const char *field, bool must, int64_t *county, int64_t *id,
                 struct err *err)
{
    str text = S("");

    TRY(body_text(c, field, must, &text, err));
    return text.n > 0 ? call_ref(c, text, field, county, id, err) : RC_OK;
}
