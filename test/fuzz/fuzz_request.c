/*
 * A request from its first line to the handler's door: any bytes as method and address, headers and
 * body. Whatever comes, what is read of it is UTF-8 and within its bounds, what is refused is refused
 * in well-formed JSON, no file outside the pages' folder is opened, and a cursor that is taken is the
 * one that would be given for its parts.
 *
 *     METHOD ADDRESS \n NAME: VALUE \n ... \n \n BODY
 */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "api/api_in.h"
#include "fuzz/fuzz.h"
#include "http/http_in.h"

enum { HEADERS = 32, BODY_MOST = 1 << 16, TEXT_MOST = 10000 };

static struct {
    const char *name, *value;
} headers[HEADERS];
static size_t headers_n;

/* The driver is the connection: these stand before those of libmicrohttpd. */
const char *MHD_lookup_connection_value(struct MHD_Connection *connection, enum MHD_ValueKind kind,
                                        const char *key)
{
    (void)connection, (void)kind;
    for (size_t i = 0; i < headers_n; i++)
        if (strcasecmp(headers[i].name, key) == 0)
            return headers[i].value;
    return NULL;
}

int MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
                              MHD_KeyValueIterator iterator, void *ctx)
{
    int n = 0;
    (void)connection;
    for (size_t i = 0; i < headers_n; i++, n++)
        if (iterator(ctx, kind, headers[i].name, headers[i].value) == MHD_NO)
            break;
    return n;
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType type, ...)
{
    (void)connection, (void)type;
    return NULL;
}

static struct http_intake take_all(void *ctx, struct http_request *head)
{
    (void)ctx, (void)head;
    return (struct http_intake){.most = BODY_MOST};
}

static str line_of(str *text)
{
    str line, rest;
    if (!str_cut(*text, '\n', &line, &rest))
        rest = S("");
    *text = rest;
    return line;
}

static struct http_req *receive(struct http_server *s, str text, struct arena *a)
{
    str method, address, first = line_of(&text);
    if (!str_cut(first, ' ', &method, &address))
        address = S("/");
    headers_n = 0;
    for (str line = line_of(&text); line.n > 0; line = line_of(&text)) {
        str name, value;
        if (!str_cut(line, ':', &name, &value) || headers_n == HEADERS)
            continue;
        headers[headers_n].name = str_z(a, name);
        headers[headers_n++].value = str_z(a, value);
    }
    struct http_req *r = http_req_new(s, NULL, str_z(a, address));
    http_req_begin(r, str_z(a, method));
    for (size_t at = 0, part = 1; at < text.n; at += part, part *= 2) {
        str piece = str_sub(text, at, at + part);
        if (!http_req_take(r, piece.p, piece.n))
            break;
    }
    http_req_whole(r);
    return r;
}

static void check_text(str s)
{
    assert(utf8_valid(s, NULL));
    for (size_t i = 0; i < s.n; i++)
        assert((unsigned char)s.p[i] >= ' ' && s.p[i] != 127);
}

static void check_head(const struct http_req *r)
{
    assert(r->pub.path.n > 0 && r->pub.path.p[0] == '/');
    check_text(r->pub.path);
    for (size_t i = 0; i < r->query.n; i++) {
        check_text(r->query.at[i].name);
        check_text(r->query.at[i].value);
    }
    assert(r->wrong != 0 || utf8_valid(http_cookie(&r->pub, "huimin"), NULL));
    assert(r->pub.body.n <= BODY_MOST);
}

static void check_route(struct call *c)
{
    struct err err = {0};
    unsigned allow = 0;
    int64_t county, id;
    c->route = route_find(c->request->method, c->request->path, c->arena, c->at, &allow);
    assert(c->route == NULL || allow != 0);
    for (size_t i = 0; i < 4; i++) {
        assert(c->route == NULL || memchr(c->at[i].p ? c->at[i].p : "", '/', c->at[i].n) == NULL);
        if (call_ref(c, c->at[i], "ref", &county, &id, &err) == RC_OK)
            assert(county > 0 && county <= 999999 && id > 0);
        else
            assert(county == 0 && id == 0);
    }
}

/* The refusal, as it would be sent. */
static void check_problem(struct call *c, const struct err *err)
{
    struct http_reply out = {.file = -1, .body = http_text(c->arena, API_REPLY_BYTES)};
    json_error_t wrong;
    c->reply = &out;
    json_init(&c->json, out.body);
    problem_write(c, err);
    json_t *problem = json_loadb(out.body->p, out.body->n, 0, &wrong);
    assert(problem != NULL && out.status >= 400 && out.status < 500);
    json_decref(problem);
}

static void check_members(struct call *c)
{
    const char *field;
    json_t *value;
    json_object_foreach(c->body, field, value)
    {
        struct err err = {0};
        str text = S("");
        int64_t n = 0, county = 0, id = 0;
        bool flag = false;
        day d = 0;
        if (body_text(c, field, true, &text, &err) == RC_OK)
            assert(text.n > 0 && utf8_valid(text, NULL) && utf8_count(text) <= TEXT_MOST);
        else
            check_problem(c, &err);
        if (body_int(c, field, true, &n, &err) == RC_OK)
            assert(json_is_integer(value));
        if (body_flag(c, field, true, &flag, &err) == RC_OK)
            assert(json_is_boolean(value));
        if (body_day(c, field, true, &d, &err) == RC_OK)
            assert(date_month(d) > 0);
        else
            call_error(c, field, "%s", err.text);
        if (body_ref(c, field, true, &county, &id, &err) == RC_OK)
            assert(county > 0 && id > 0);
    }
    struct err err = {0};
    if (call_errors(c, &err) != RC_OK)
        check_problem(c, &err);
}

static str cursor_of(struct call *c, const struct page *p)
{
    struct sbuf *out = http_text(c->arena, API_REPLY_BYTES);
    str before, text;
    json_init(&c->json, out);
    json_obj(&c->json);
    page_next(c, true, p->cursor, p->cursor_n);
    json_obj_end(&c->json);
    bool cut = str_cut(sbuf_str(out), ':', &before, &text);
    assert(cut && text.n > 3);
    return str_sub(text, 1, text.n - 2);
}

static void check_page(struct call *c, struct http_server *s)
{
    struct err err = {0};
    struct page one, two;
    if (call_page(c, &one, &err) != RC_OK) {
        check_problem(c, &err);
        return;
    }
    assert(one.limit >= 1 && one.limit <= 200 && one.cursor_n <= 4);
    if (one.cursor_n == 0)
        return;
    str address = str_fmt(c->arena, "/?cursor=%.*s", STR_ARG(cursor_of(c, &one)));
    struct http_req *again = http_req_new(s, NULL, address.p);
    struct call next = *c;
    next.request = &again->pub;
    enum rc rc = call_page(&next, &two, &err);
    assert(rc == RC_OK && two.cursor_n == one.cursor_n);
    for (size_t i = 0; i < one.cursor_n; i++) {
        assert(utf8_valid(one.cursor[i], NULL));
        assert(str_eq(one.cursor[i], two.cursor[i]));
    }
    http_req_free(again);
}

static void check_static(struct api *api, struct http_req *r)
{
    struct http_reply out = {.file = -1};
    static_answer(api, &r->pub, &out);
    assert(out.status == 200 || out.status == 304 || out.status == 404 || out.status == 405);
    assert((out.status == 200) == (out.file >= 0));
    if (out.file < 0)
        return;
    char link[64], is[PATH_MAX] = "", *within = realpath(api->web, NULL);
    snprintf(link, sizeof link, "/proc/self/fd/%d", out.file);
    assert(within != NULL && readlink(link, is, sizeof is - 1) > 0);
    assert(strncmp(is, within, strlen(within)) == 0 && is[strlen(within)] == '/');
    free(within);
    close(out.file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_server server = {
        .spec = {.folder = ".", .body_seconds = 60, .intake = take_all}};
    struct arena a = {0};
    struct err err = {0};
    struct api api = {.web = HUIMIN_SRC "/src/api"};
    struct call_insides in = {0};
    struct http_req *r = receive(&server, (str){(const char *)data, size}, &a);
    check_head(r);
    if (r->wrong == 0) {
        struct call c = {.api = &api, .request = &r->pub, .arena = r->pub.arena, .insides = &in};
        check_route(&c);
        check_page(&c, &server);
        check_static(&api, r);
        if (call_read_body(&c, &err) != RC_OK)
            check_problem(&c, &err);
        else if (c.body != NULL)
            check_members(&c);
    }
    http_req_free(r);
    arena_deinit(&a);
    return 0;
}
