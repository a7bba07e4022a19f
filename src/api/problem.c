/* What went wrong, as problem details (RFC 9457). */
#include <stdio.h>
#include <string.h>

#include "api/api_in.h"

static const struct {
    int http;
    const char *code, *en, *zh;
} kinds[] = {
    {200, "ok", "", ""},
#define RC(name, http, code, en, zh) {http, code, en, zh},
#include "base/rc.def"
#undef RC
};

static bool wants_english(const struct http_request *r)
{
    return str_starts(http_header(r, "Accept-Language"), S("en"));
}

static void begin(struct json *j, const struct http_request *r, int status, const char *code,
                  const char *en, const char *zh)
{
    json_obj(j);
    JSON_STR(j, "type", str_fmt(r->arena, "urn:huimin:problem:%s", code));
    JSON_STR(j, "title", str_from(wants_english(r) ? en : zh));
    JSON_INT(j, "status", status);
    JSON_STR(j, "code", str_from(code));
}

/* A failure of the machine: the log has it in full, under a number that the reply names. */
static str logged(struct call *c, const struct err *err)
{
    int number = atomic_fetch_add(&c->api->insides->failures, 1) + 1;

    fprintf(stderr, "huimin: failure %d: %s: %s\n", number,
            c->route != NULL ? c->route->name : "no route", err->text);
    return str_fmt(c->arena, "failure number %d, see the server's log", number);
}

static void methods(struct call *c, unsigned allow)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    struct sbuf *list = http_text(c->arena, 100);

    if (allow & 1u << HTTP_GET)
        allow |= 1u << HTTP_HEAD;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (allow & 1u << i)
            sbuf_fmt(list, "%s%s", list->n > 0 ? ", " : "", names[i]);
    call_header(c, "Allow", sbuf_str(list));
}

void problem_write(struct call *c, const struct err *err)
{
    struct http_reply *out = c->reply;
    struct call_insides *in = c->insides;
    struct json *j = &c->json;
    enum rc rc = err->rc > RC_OK && err->rc < RC__COUNT ? err->rc : RC_IO;
    const struct http_header_line *cookie = NULL;

    for (size_t i = 0; i < out->n_headers && cookie == NULL; i++)
        if (strcmp(out->headers[i].name, "Set-Cookie") == 0)
            cookie = &out->headers[i];
    struct http_header_line kept = cookie != NULL ? *cookie : (struct http_header_line){0};
    out->n_headers = 0;
    if (kept.name != NULL)
        out->headers[out->n_headers++] = kept;
    out->status = kinds[rc].http;
    out->type = "application/problem+json";
    out->next = NULL;
    sbuf_clear(out->body);
    out->body->failed = false;
    json_init(j, out->body);
    begin(j, c->request, kinds[rc].http, kinds[rc].code, kinds[rc].en, kinds[rc].zh);
    JSON_STR(j, "detail", rc == RC_IO ? logged(c, err) : str_from(err->text));
    if (c->field.n > 0)
        JSON_STR(j, "field", c->field);
    if (c->hint.n > 0)
        JSON_STR(j, "hint", c->hint);
    if (in->errors != NULL)
        json_key(j, "errors"),
            json_raw(j, str_fmt(c->arena, "[%.*s]", STR_ARG(sbuf_str(in->errors))));
    if (in->current != NULL && in->current->n > 0 && in->current_json.depth == 0)
        json_key(j, "current"), json_raw(j, sbuf_str(in->current));
    json_obj_end(j);
    if (rc == RC_METHOD)
        methods(c, in->allow);
    if (rc == RC_TOO_MANY && in->wait_s > 0)
        call_header(c, "Retry-After", str_fmt(c->arena, "%d", in->wait_s));
    reply_headers(out, "no-store");
}

void problem_bare(struct api *api, struct http_request *r, int status, const char *code,
                  const char *detail, struct http_reply *out)
{
    struct json j;
    const char *en = "The request can't be taken.", *zh = "请求无法处理";

    (void)api;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].code, code) == 0) {
            en = kinds[i].en;
            zh = kinds[i].zh;
        }
    }
    out->status = status;
    out->type = "application/problem+json";
    out->body = http_text(r->arena, 8192);
    json_init(&j, out->body);
    begin(&j, r, status, code, en, zh);
    JSON_STR(&j, "detail", str_from(detail));
    json_obj_end(&j);
    reply_headers(out, "no-store");
}
