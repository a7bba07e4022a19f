/*
 * One value the long way round: quotes undone, every form accepted that the type has, and for the
 * rest a mistake that tells a clerk what to write instead.
 */
#include <inttypes.h>
#include "base/money.h"
#include "sheet/csv_in.h"

str csv_unquote(str raw, struct arena *a)
{
    if (raw.n < 2 || raw.p[0] != '"')
        return raw;
    str inner = {raw.p + 1, raw.n - 2};
    if (inner.n == 0 || memchr(inner.p, '"', inner.n) == NULL)
        return inner;
    char *text = arena_alloc_raw(a, inner.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        text[n++] = inner.p[i];
        i += inner.p[i] == '"';
    }
    return (str){text, n};
}

/* The last day of the month that was meant, where that much can be read, else any date. */
static str date_example(struct arena *a, str text)
{
    month m;
    if (text.n != 10 || !month_parse(str_sub(text, 0, 7), &m))
        return S("2015-02-28");
    char out[11];
    return str_dup(a, str_from(date_text(month_first(m + 1) - 1, out)));
}

static str code_list(struct arena *a, const struct csv_bound *b)
{
    enum { SHOWN = 12 };
    struct sbuf list;
    sbuf_init(&list, 1000);
    sbuf_addz(&list, "one of");
    for (size_t i = 0; i < b->code_count && i < SHOWN; i++) {
        sbuf_addz(&list, i == 0 ? " " : ", ");
        sbuf_add(&list, b->codes[i].text.n > 0 ? b->codes[i].text : S("nothing"));
    }
    if (b->code_count > SHOWN)
        sbuf_fmt(&list, " and %zu more", b->code_count - SHOWN);
    str text = str_dup(a, sbuf_str(&list));
    sbuf_deinit(&list);
    return text;
}

/* A slip that a form of number shares with others, or NULL. */
static const char *number_slip(str text)
{
    if (str_find(text, S(",")) >= 0 || str_find(text, S("，")) >= 0)
        return "digits without separators";
    if (str_find(text, S("０")) >= 0 || str_find(text, S("\xef\xbc")) >= 0)
        return "half-width digits";
    if (str_starts(text, S("+")))
        return "a number without +";
    return NULL;
}

static bool has_blank_ends(str text)
{
    static const str wide = S("　"), hard = S("\xc2\xa0");
    return str_trim(text).n != text.n || str_starts(text, wide) || str_ends(text, wide) ||
           str_starts(text, hard) || str_ends(text, hard);
}

static str expected_form(struct arena *a, const struct csv_bound *b, str text)
{
    enum csv_type type = b->col->type;
    bool number = type == CSV_FEN || type == CSV_YUAN || type == CSV_COUNT;
    if (text.n == 0)
        return S("a value");
    if (has_blank_ends(text))
        return S("no blanks before or after the value");
    if (number && number_slip(text) != NULL)
        return str_from(number_slip(text));
    switch (type) {
    case CSV_FEN:
        return S("a whole number of fen like 61000 (digits only, - in front if negative)");
    case CSV_YUAN:
        return S("an amount in yuan like 610 or 610.50 (digits, at most two decimals)");
    case CSV_COUNT:
        return S("a whole number like 3 (digits only)");
    case CSV_DATE:
        return str_fmt(a, "a date like %.*s that exists, of the years %d to %d",
                       STR_ARG(date_example(a, text)), DATE_YEAR_MIN, DATE_YEAR_MAX);
    case CSV_MONTH:
        return str_fmt(a, "a month like 2015-02 that exists, of the years %d to %d", DATE_YEAR_MIN,
                       DATE_YEAR_MAX);
    case CSV_FLAG:
        return S("0 or 1 (or 否/是, no/yes, false/true)");
    case CSV_CODE:
        return code_list(a, b);
    case CSV_SKIP:
    case CSV_TEXT:
        break;
    }
    return S("a text");
}

/* A bound as the file would write it. */
static str bound_text(struct arena *a, enum csv_type type, int64_t v)
{
    char out[32];
    switch (type) {
    case CSV_YUAN:
        return str_dup(a, str_from(money_text(v, false, out)));
    case CSV_DATE:
        return str_dup(a, str_from(date_text((day)v, out)));
    case CSV_MONTH:
        return str_dup(a, str_from(month_text((month)v, out)));
    default:
        return str_fmt(a, "%" PRId64, v);
    }
}

static void mistake(struct csv_reader *r, const struct csv_bound *b, const struct csv_span *s,
                    size_t i, str text, str expected)
{
    size_t row = s->first + i;
    str found = text.n == 0 ? S("nothing") : csv_shown(&r->texts, text);
    csv_mistake_put(r, csv_row_number(r, row), csv_line_number(r, row), b->header, found, expected);
}

static void store_unknown(struct csv_reader *r, struct csv_column *c, const struct csv_span *s,
                          size_t i)
{
    size_t at = s->out + i;
    csv_column_lacking(c, at, 1);
    if (c->nulls == NULL)
        r->no_nulls[i] = 1;
}

static void store_number(struct csv_column *c, size_t at, int64_t v)
{
    if (c->type == CSV_FEN || c->type == CSV_YUAN)
        c->out.i64[at] = v;
    else
        c->out.i32[at] = (int32_t)v;
    c->low = v < c->low ? v : c->low;
    c->high = v > c->high ? v : c->high;
}

static bool code_value(const struct csv_bound *b, str text, uint8_t *value, bool *null)
{
    if (text.n <= CSV_SLOT_BYTES) {
        char key[CSV_SLOT_BYTES] = {0};
        if (text.n > 0)
            memcpy(key, text.p, text.n);
        const struct csv_slot *slot = csv_slot_find(b, key, text.n);
        if (slot == NULL)
            return false;
        *value = slot->value;
        *null = slot->null;
        return true;
    }
    *null = false;
    for (size_t i = 0; i < b->code_count; i++)
        if (str_eq(b->codes[i].text, text)) {
            *value = b->codes[i].value;
            return true;
        }
    return false;
}

static bool number_value(enum csv_type type, str text, int64_t *v)
{
    int32_t small = 0;
    bool ok;
    switch (type) {
    case CSV_YUAN:
        return money_parse(text, v);
    case CSV_DATE:
        ok = date_parse(text, &small);
        break;
    case CSV_MONTH:
        ok = month_parse(text, &small);
        break;
    default:
        return str_int(text, v);
    }
    *v = small;
    return ok;
}

static void say_outside(struct csv_reader *r, const struct csv_bound *b, const struct csv_span *s,
                        size_t i, str text)
{
    enum csv_type type = b->col->type;
    mistake(r, b, s, i, text,
            str_fmt(&r->texts, "at least %.*s and at most %.*s",
                    STR_ARG(bound_text(&r->texts, type, b->min)),
                    STR_ARG(bound_text(&r->texts, type, b->max))));
}

void csv_value_read(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s, size_t i)
{
    struct csv_column *c = b->col;
    str text = csv_unquote(csv_span_field(s, i), &r->texts);
    bool ok = false, null = text.n == 0 && !c->required;
    int64_t v = 0;
    uint8_t code = 0;
    if (c->type == CSV_CODE || c->type == CSV_FLAG) {
        ok = code_value(b, text, &code, &null);
        if (ok && !null)
            c->out.u8[s->out + i] = code;
    } else if (c->type == CSV_TEXT) {
        ok = text.n > 0;
        c->out.text[s->out + i] = text;
    } else if (!null) {
        ok = number_value(c->type, text, &v);
        if (ok && (v < b->min || v > b->max)) {
            store_unknown(r, c, s, i);
            say_outside(r, b, s, i, text);
            return;
        }
        if (ok)
            store_number(c, s->out + i, v);
    }
    if (null || !ok)
        store_unknown(r, c, s, i);
    if (!null && !ok)
        mistake(r, b, s, i, text, expected_form(&r->texts, b, text));
    else if (c->nulls != NULL && !null)
        c->nulls[s->out + i] = 0;
}

void csv_value_outside(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s,
                       size_t i)
{
    store_unknown(r, b->col, s, i);
    say_outside(r, b, s, i, csv_unquote(csv_span_field(s, i), &r->texts));
}
