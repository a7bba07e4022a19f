/*
 * Pages of a list. A cursor is the parts of the last row's key, each with its length, in base64url:
 * opaque to others, checked when it comes back.
 */
#include <string.h>

#include "api/api_in.h"

enum { LIMIT_USUAL = 50, LIMIT_MOST = 200, CURSOR_BYTES = 4096 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static str pack(struct arena *a, str s)
{
    struct sbuf *out = http_text(a, 2 * CURSOR_BYTES);

    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;
        size_t n = s.n - i < 3 ? s.n - i : 3;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k <= n; k++)
            sbuf_addc(out, digits[v >> (18 - 6 * k) & 63]);
    }
    return sbuf_str(out);
}

static bool unpack(struct arena *a, str s, str *out)
{
    char *p = arena_alloc_raw(a, s.n + 1, 1);
    size_t n = 0;
    uint32_t v = 0;
    int bits = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *at = s.p[i] != '\0' ? strchr(digits, s.p[i]) : NULL;
        if (at == NULL)
            return false;
        v = v << 6 | (uint32_t)(at - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            p[n++] = (char)(v >> bits & 255);
            v &= (1u << bits) - 1;
        }
    }
    p[n] = '\0';
    *out = (str){p, n};
    return true;
}

/* "3:abc0:5:hello" into its parts. */
static bool split(str s, struct page *out)
{
    while (s.n > 0) {
        str length, rest;
        int64_t n = 0;
        if (out->cursor_n == 4 || !str_cut(s, ':', &length, &rest) || !str_int(length, &n) ||
            n < 0 || (uint64_t)n > rest.n)
            return false;
        out->cursor[out->cursor_n++] = str_sub(rest, 0, (size_t)n);
        s = str_sub(rest, (size_t)n, rest.n);
    }
    return out->cursor_n > 0;
}

enum rc call_page(struct call *c, struct page *out, struct err *err)
{
    str limit = query_of(c, "limit"), cursor = query_of(c, "cursor"), text = S("");
    const struct page_over *over = c->insides->over;
    int64_t n = LIMIT_USUAL;

    if (over != NULL) {
        limit = S("");
        cursor = over->cursor;
    }

    *out = (struct page){0};
    if (limit.n > 0 && (!str_int(limit, &n) || n < 1 || n > LIMIT_MOST))
        return call_wrong(c, RC_BAD_INPUT, "limit", NULL, err,
                          "limit: found “%.*s”, expected 1 to %d", STR_ARG(str_sub(limit, 0, 20)),
                          LIMIT_MOST);
    out->limit = over != NULL ? over->limit : (int)n;
    if (cursor.n == 0)
        return RC_OK;
    if (cursor.n > 2 * CURSOR_BYTES || !unpack(c->arena, cursor, &text) ||
        !utf8_valid(text, NULL) || !split(text, out))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin with the first page again", err,
                          "cursor: expected the text that the last page gave as next");
    return RC_OK;
}

void page_count(struct json *j, int64_t n, bool exact)
{
    json_key(j, "count");
    json_obj(j);
    JSON_INT(j, "n", n);
    JSON_BOOL(j, "exact", exact);
    json_obj_end(j);
}

void page_next(struct call *c, bool more, const str *parts, size_t n)
{
    json_key(&c->json, "next");
    if (!more) {
        json_nil(&c->json);
        return;
    }
    struct sbuf *text = http_text(c->arena, CURSOR_BYTES);
    for (size_t i = 0; i < n; i++) {
        sbuf_fmt(text, "%zu:", parts[i].n);
        sbuf_add(text, parts[i]);
    }
    json_str(&c->json, pack(c->arena, sbuf_str(text)));
}
