/* Putting replies together: what every handler writes alike, and the headers around it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/api_in.h"

void json_ref(struct json *j, int64_t county, int64_t id)
{
    char text[48];

    if (id == 0) {
        json_nil(j);
        return;
    }
    snprintf(text, sizeof text, "%lld-%lld", (long long)county, (long long)id);
    json_str(j, str_from(text));
}

void json_day(struct json *j, day d)
{
    char text[11];

    if (d == 0)
        json_nil(j);
    else
        json_str(j, str_from(date_text(d, text)));
}

void json_month(struct json *j, month m)
{
    char text[8];

    if (m == 0)
        json_nil(j);
    else
        json_str(j, str_from(month_text(m, text)));
}

void json_division(struct json *j, int64_t division)
{
    char text[32];

    if (division == 0) {
        json_nil(j);
        return;
    }
    snprintf(text, sizeof text, "%012lld", (long long)division);
    json_str(j, str_from(text));
}

void json_label(struct json *j, const struct label *l)
{
    json_obj(j);
    JSON_STR(j, "zh", l->zh);
    JSON_STR(j, "en", l->en.n > 0 ? l->en : l->zh);
    json_obj_end(j);
}

str unit_word(enum deadline_unit unit)
{
    static const char *const words[] = {"workdays", "days", "months"};
    return str_from(words[unit]);
}

void json_deadline(struct json *j, const struct deadline *d)
{
    if (d->n == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_INT(j, "n", d->n);
    JSON_STR(j, "unit", unit_word(d->unit));
    json_obj_end(j);
}

/* ---- headers -------------------------------------------------------------------------------- */

static void headers_with(struct http_reply *out, str policy, const char *cache)
{
    http_reply_header(out, "Content-Security-Policy", policy);
    http_reply_header(out, "X-Content-Type-Options", S("nosniff"));
    http_reply_header(out, "Referrer-Policy", S("no-referrer"));
    http_reply_header(out, "Cache-Control", str_from(cache));
}

void reply_headers(struct http_reply *out, const char *cache)
{
    headers_with(out,
                 S("default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
                   "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
                 cache);
}

/* What somebody sent in: opened by itself it is no page of this server. */
void reply_headers_file(struct http_reply *out, const char *cache)
{
    headers_with(out,
                 S("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
                   "frame-ancestors 'none'; sandbox"),
                 cache);
    http_reply_header(out, "Cross-Origin-Resource-Policy", S("same-origin"));
}

void call_header(struct call *c, const char *name, str value)
{
    http_reply_header(c->reply, name, str_dup(c->arena, value));
}

void call_created(struct call *c, str location)
{
    c->reply->status = 201;
    c->insides->created = true;
    call_header(c, "Location", location);
}

void call_nothing(struct call *c)
{
    c->reply->status = 204;
    c->insides->nothing = true;
}

/* A file's name in a header: everything but plain letters as %xx (RFC 8187). */
static void name_quoted(struct sbuf *out, str name)
{
    for (size_t i = 0; i < name.n; i++) {
        unsigned char b = (unsigned char)name.p[i];
        bool plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
                     b == '.' || b == '-' || b == '_';
        if (plain)
            sbuf_addc(out, (char)b);
        else
            sbuf_fmt(out, "%%%02X", b);
    }
}

void call_file(struct call *c, int fd, int64_t bytes, str type, str name)
{
    c->insides->other = true;
    if (c->reply->file >= 0)
        close(c->reply->file);
    c->reply->file = fd;
    c->reply->file_bytes = bytes;
    c->reply->type = str_z(c->arena, type);
    if (name.n == 0)
        return;
    struct sbuf *line = http_text(c->arena, 4096);
    sbuf_addz(line, "inline; filename*=UTF-8''");
    name_quoted(line, name);
    call_header(c, "Content-Disposition", sbuf_str(line));
}

void call_stream(struct call *c, bool (*next)(void *ctx, struct sbuf *out), void (*end)(void *ctx),
                 void *ctx)
{
    c->insides->other = true;
    c->reply->next = next;
    c->reply->end = end;
    c->reply->ctx = ctx;
    c->reply->type = "text/event-stream";
}

/* ---- versions ------------------------------------------------------------------------------- */

/* Is the tag one of a list like "a", W/"b"? */
static bool tag_listed(str list, str tag)
{
    while (list.n > 0) {
        str one, rest;
        if (!str_cut(list, ',', &one, &rest))
            rest = S("");
        list = rest;
        one = str_trim(one);
        if (str_eq(one, S("*")))
            return true;
        if (str_starts(one, S("W/")))
            one = str_sub(one, 2, one.n);
        if (str_eq(one, tag))
            return true;
    }
    return false;
}

bool call_fresh(struct call *c, str version)
{
    str tag = str_fmt(c->arena, "\"%.*s\"", STR_ARG(version));

    call_header(c, "ETag", tag);
    c->insides->cacheable = true;
    if (!tag_listed(http_header(c->request, "If-None-Match"), tag))
        return false;
    c->reply->status = 304;
    c->insides->nothing = true;
    return true;
}

enum rc call_version(struct call *c, int64_t *out, struct err *err)
{
    str tag = str_trim(http_header(c->request, "If-Match"));

    *out = 0;
    if (tag.n == 0 || str_eq(tag, S("*")))
        return RC_OK;
    if (str_starts(tag, S("W/")))
        tag = str_sub(tag, 2, tag.n);
    if (tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"')
        tag = str_sub(tag, 1, tag.n - 1);
    if (!str_int(tag, out) || *out <= 0)
        return call_wrong(c, RC_BAD_INPUT, "If-Match",
                          "send back the ETag that came with what is changed", err,
                          "If-Match: found “%.*s”, expected a version like \"12\"", STR_ARG(tag));
    return RC_OK;
}
