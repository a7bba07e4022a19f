/* Fields as columns of a file, and single values of such columns. */
#include "people/load_columns.h"

#include "base/limits.h"
#include "base/money.h"

/* ---- columns -------------------------------------------------------------------------------- */

const struct csv_code *code_spellings(struct arena *a, const struct code *c, size_t *n)
{
    VEC(struct csv_code) list = {0};
    for (size_t i = 0; i < c->n_values; i++) {
        const struct code_value *v = &c->values[i];
        str spellings[] = {v->name.text, v->label.zh, v->label.en,
                           v->has_number ? str_fmt(a, "%lld", (long long)v->number) : S("")};
        for (size_t k = 0; k < sizeof spellings / sizeof spellings[0]; k++) {
            bool known = spellings[k].n == 0;
            for (size_t j = 0; j < list.n && !known; j++)
                known = str_eq(list.at[j].text, spellings[k]);
            if (!known)
                *VEC_PUSH(a, &list) = (struct csv_code){spellings[k], (uint8_t)i};
        }
    }
    *n = list.n;
    return list.at;
}

static bool literal_bound(const struct expr *e, int64_t *out)
{
    if (e == NULL || e->op != E_LIT)
        return false;
    *out = e->lit.i;
    return true;
}

static enum csv_type type_of(enum kind k, int64_t *min, int64_t *max)
{
    switch (k) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        *min = -LIMIT_FEN;
        *max = LIMIT_FEN;
        return CSV_YUAN;
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        *min = 0;
        *max = INT32_MAX;
        return CSV_COUNT;
    case K_DATE:
        return CSV_DATE;
    case K_MONTH:
        return CSV_MONTH;
    case K_BOOL:
        return CSV_FLAG;
    case K_CODE:
        return CSV_CODE;
    case K_TEXT:
    case K_NAME:
    case K_CREDIT_CODE:
    case K_ADDRESS:
        return CSV_TEXT;
    default:
        return CSV_SKIP;
    }
}

struct csv_column field_column(struct arena *a, const struct field *f)
{
    struct csv_column c = {.may_lack = true, .required = f->required};
    c.names = (struct csv_names)CSV_NAMES(f->name.text, f->label.zh);
    c.type = type_of(f->type.kind, &c.min, &c.max);
    literal_bound(f->at_least, &c.min);
    literal_bound(f->at_most, &c.max);
    if (c.type == CSV_CODE)
        c.codes = code_spellings(a, f->type.code, &c.code_count);
    return c;
}

struct csv_column field_column_fen(struct arena *a, const struct field *f,
                                   const struct csv_column *own)
{
    struct csv_column c = *own;
    c.type = CSV_FEN;
    c.names = (struct csv_names)CSV_NAMES(str_fmt(a, "%.*s_fen", STR_ARG(f->name.text)));
    return c;
}

/* ---- values --------------------------------------------------------------------------------- */

static str spellings_text(const struct csv_column *c, struct arena *a)
{
    enum { SHOWN = 12 };
    struct sbuf list;
    sbuf_init(&list, 4096);
    sbuf_addz(&list, "one of");
    for (size_t i = 0; i < c->code_count && i < SHOWN; i++)
        sbuf_fmt(&list, "%s%.*s", i == 0 ? " " : ", ", STR_ARG(c->codes[i].text));
    if (c->code_count > SHOWN)
        sbuf_fmt(&list, " and %zu more", c->code_count - SHOWN);
    str text = str_dup(a, sbuf_str(&list));
    sbuf_deinit(&list);
    return text;
}

static str form_of(const struct csv_column *c, struct arena *a)
{
    switch (c->type) {
    case CSV_FEN:
        return S("a whole number of fen like 61000 (digits only, - in front if negative)");
    case CSV_YUAN:
        return S("an amount in yuan like 610 or 610.50 (digits, at most two decimals)");
    case CSV_COUNT:
        return S("a whole number like 3 (digits only)");
    case CSV_DATE:
        return S("a date like 2015-02-28 that exists");
    case CSV_MONTH:
        return S("a month like 2015-02 that exists");
    case CSV_FLAG:
        return S("0 or 1 (or 否/是, no/yes, false/true)");
    case CSV_CODE:
        return spellings_text(c, a);
    default:
        return S("a text");
    }
}

static bool flag_value(str s, int64_t *out)
{
    static const str yes[] = {{"1", 1},   {"是", 3},   {"yes", 3}, {"true", 4},
                              {"Yes", 3}, {"True", 4}, {"YES", 3}, {"TRUE", 4}};
    static const str no[] = {{"0", 1},  {"否", 3},    {"no", 2}, {"false", 5},
                             {"No", 2}, {"False", 5}, {"NO", 2}, {"FALSE", 5}};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq(s, yes[i]) || str_eq(s, no[i])) {
            *out = str_eq(s, yes[i]);
            return true;
        }
    return false;
}

static bool code_value(const struct csv_column *c, str s, int64_t *out)
{
    for (size_t i = 0; i < c->code_count; i++)
        if (str_eq(c->codes[i].text, s)) {
            *out = c->codes[i].value;
            return true;
        }
    return false;
}

static bool plain_value(const struct csv_column *c, str s, int64_t *out)
{
    int32_t small = 0;
    bool ok = false;
    switch (c->type) {
    case CSV_YUAN:
        return money_parse(s, out);
    case CSV_DATE:
        ok = date_parse(s, &small);
        break;
    case CSV_MONTH:
        ok = month_parse(s, &small);
        break;
    case CSV_FLAG:
        return flag_value(s, out);
    case CSV_CODE:
        return code_value(c, s, out);
    default:
        return str_int(s, out);
    }
    *out = small;
    return ok;
}

bool column_value(const struct csv_column *c, str text, struct arena *a, int64_t *out,
                  str *expected)
{
    char lo[32];
    char hi[32];
    bool bounded = (c->min != 0 || c->max != 0) && c->type != CSV_FLAG && c->type != CSV_CODE;
    if (!plain_value(c, text, out)) {
        *expected =
            str_trim(text).n != text.n ? S("no blanks before or after the value") : form_of(c, a);
        return false;
    }
    if (!bounded || (*out >= c->min && *out <= c->max))
        return true;
    if (c->type == CSV_YUAN)
        *expected = str_fmt(a, "at least %s and at most %s", money_text(c->min, false, lo),
                            money_text(c->max, false, hi));
    else
        *expected =
            str_fmt(a, "at least %lld and at most %lld", (long long)c->min, (long long)c->max);
    return false;
}
