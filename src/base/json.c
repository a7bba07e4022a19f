/* The streaming JSON writer of json.h. */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

void json_init(struct json *j, struct sbuf *out)
{
    *j = (struct json){.out = out, .first = {true}};
}

/* Before a value: a comma where one is due; inside an object a key must have come first. */
static void before_value(struct json *j)
{
    assert(j->after_key == j->in_obj[j->depth]);
    assert(j->depth > 0 || j->first[0]);
    if (!j->after_key && !j->first[j->depth])
        sbuf_addc(j->out, ',');
    j->first[j->depth] = false;
    j->after_key = false;
}

static void enter(struct json *j, bool obj)
{
    before_value(j);
    assert(j->depth + 1u < sizeof j->first / sizeof j->first[0]);
    j->depth++;
    j->first[j->depth] = true;
    j->in_obj[j->depth] = obj;
    sbuf_addc(j->out, obj ? '{' : '[');
}

static void leave(struct json *j, bool obj)
{
    assert(j->depth > 0 && j->in_obj[j->depth] == obj && !j->after_key);
    j->depth--;
    sbuf_addc(j->out, obj ? '}' : ']');
}

void json_obj(struct json *j)
{
    enter(j, true);
}

void json_obj_end(struct json *j)
{
    leave(j, true);
}

void json_arr(struct json *j)
{
    enter(j, false);
}

void json_arr_end(struct json *j)
{
    leave(j, false);
}

/* Quoted; what must be escaped is, and a byte that is not UTF-8 becomes U+FFFD. */
static void quoted(struct sbuf *b, str s)
{
    size_t done = 0, at = 0;

    sbuf_addc(b, '"');
    while (at < s.n) {
        size_t from = at;
        uint32_t cp = utf8_next(s, &at);
        bool bad = cp == 0xFFFD && at - from == 1;
        if (cp >= 0x20 && cp != '"' && cp != '\\' && !bad)
            continue;
        sbuf_add(b, str_sub(s, done, from));
        done = at;
        if (bad)
            sbuf_add(b, S("\xEF\xBF\xBD"));
        else if (cp == '"' || cp == '\\')
            sbuf_add(b, cp == '"' ? S("\\\"") : S("\\\\"));
        else if (cp == '\n')
            sbuf_add(b, S("\\n"));
        else
            sbuf_fmt(b, "\\u%04x", (unsigned)cp);
    }
    sbuf_add(b, str_sub(s, done, s.n));
    sbuf_addc(b, '"');
}

void json_key(struct json *j, const char *key)
{
    assert(j->in_obj[j->depth] && !j->after_key);
    if (!j->first[j->depth])
        sbuf_addc(j->out, ',');
    j->first[j->depth] = false;
    j->after_key = true;
    quoted(j->out, str_from(key));
    sbuf_addc(j->out, ':');
}

void json_str(struct json *j, str s)
{
    before_value(j);
    quoted(j->out, s);
}

void json_int(struct json *j, int64_t v)
{
    before_value(j);
    sbuf_fmt(j->out, "%" PRId64, v);
}

void json_id(struct json *j, int64_t id)
{
    before_value(j);
    sbuf_fmt(j->out, "\"%" PRId64 "\"", id);
}

void json_bool(struct json *j, bool v)
{
    before_value(j);
    sbuf_add(j->out, v ? S("true") : S("false"));
}

void json_nil(struct json *j)
{
    before_value(j);
    sbuf_add(j->out, S("null"));
}

void json_raw(struct json *j, str value)
{
    before_value(j);
    sbuf_add(j->out, value);
}
