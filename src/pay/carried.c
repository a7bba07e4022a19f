/* See carried.h. */
#include "pay/carried.h"

#include <inttypes.h>

void fact_text(struct type t, int64_t v, struct sbuf *out)
{
    char date[11];

    if (t.kind == K_CODE)
        sbuf_add(out, code_name(t.code, (size_t)v));
    else if (t.kind == K_DATE)
        sbuf_addz(out, date_text((day)v, date));
    else if (t.kind == K_MONTH)
        sbuf_addz(out, month_text((month)v, date));
    else
        sbuf_fmt(out, "%" PRId64, v);
}

static bool fact_parse(struct type t, str s, int64_t *out)
{
    int32_t v = 0;
    bool ok = false;

    if (t.kind == K_CODE) {
        *out = code_index(t.code, s);
        return *out >= 0;
    }
    if (t.kind != K_DATE && t.kind != K_MONTH)
        return str_int(s, out);
    ok = t.kind == K_DATE ? date_parse(s, &v) : month_parse(s, &v);
    *out = v;
    return ok;
}

str carried_text(const struct policy *p, const struct carried *list, struct arena *a)
{
    struct sbuf text;

    sbuf_init(&text, 1 << 16);
    for (size_t i = 0; i < p->n_carries; i++) {
        if (!list[i].known)
            continue;
        sbuf_fmt(&text, "%s%.*s=", text.n > 0 ? "+" : "", STR_ARG(list[i].field->name.text));
        fact_text(list[i].field->type, list[i].value, &text);
    }
    str out = str_dup(a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

bool carried_parse(const struct policy *p, str text, struct arena *a, struct carried **out)
{
    struct carried *list = NEW_N(a, struct carried, p->n_carries + 1);
    str one, name, value;

    for (size_t i = 0; i < p->n_carries; i++)
        list[i].field = p->carries[i].field;
    *out = list;
    while (text.n > 0) {
        if (!str_cut(text, '+', &one, &text))
            text = S("");
        if (!str_cut(one, '=', &name, &value))
            return false;
        for (size_t i = 0; i < p->n_carries; i++) {
            if (!str_eq(list[i].field->name.text, name))
                continue;
            list[i].known = true;
            if (!fact_parse(list[i].field->type, value, &list[i].value))
                return false;
        }
    }
    return true;
}
