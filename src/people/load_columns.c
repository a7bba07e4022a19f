/* Fields as columns of a file, and single values of such columns. */
#include "people/load_columns.h"

#include <stdio.h>

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

static struct told spellings_text(const struct csv_column *c, struct arena *a)
{
    enum { SHOWN = 12 };
    struct sbuf list;
    struct told told = {0};
    sbuf_init(&list, 4096);
    sbuf_addz(&list, "one of");
    for (size_t i = 0; i < c->code_count && i < SHOWN; i++)
        sbuf_fmt(&list, "%s%.*s", i == 0 ? " " : ", ", STR_ARG(c->codes[i].text));
    if (c->code_count > SHOWN)
        sbuf_fmt(&list, " and %zu more", c->code_count - SHOWN);
    told.en = str_dup(a, sbuf_str(&list));
    sbuf_clear(&list);
    sbuf_addz(&list, "以下之一：");
    /* Those that are words of Chinese; names and numbers stand for the same. */
    size_t shown = 0;
    for (size_t i = 0; i < c->code_count && shown < SHOWN; i++)
        if (utf8_width(c->codes[i].text) > utf8_count(c->codes[i].text))
            sbuf_fmt(&list, "%s%.*s", shown++ == 0 ? "" : "、", STR_ARG(c->codes[i].text));
    sbuf_addz(&list, shown == SHOWN ? "等" : "");
    told.zh = shown > 0 ? str_dup(a, sbuf_str(&list)) : told.en;
    sbuf_deinit(&list);
    return told;
}

static struct told form_of(const struct csv_column *c, struct arena *a)
{
    switch (c->type) {
    case CSV_FEN:
        return TOLD("a whole number of fen like 61000 (digits only, - in front if negative)",
                    "整数的分，如 61000");
    case CSV_YUAN:
        return TOLD("an amount in yuan like 610 or 610.50 (digits, at most two decimals)",
                    "以元为单位的金额，如 610 或 610.50");
    case CSV_COUNT:
        return TOLD("a whole number like 3 (digits only)", "整数，如 3");
    case CSV_DATE:
        return TOLD("a date like 2015-02-28 that exists", "真实的日期，如 2015-02-28");
    case CSV_MONTH:
        return TOLD("a month like 2015-02 that exists", "真实的月份，如 2015-02");
    case CSV_FLAG:
        return TOLD("0 or 1 (or 否/是, no/yes, false/true)", "是或否");
    case CSV_CODE:
        return spellings_text(c, a);
    default:
        return TOLD("a text", "文字");
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
                  struct told *expected)
{
    char lo[32];
    char hi[32];
    bool bounded = (c->min != 0 || c->max != 0) && c->type != CSV_FLAG && c->type != CSV_CODE;
    if (!plain_value(c, text, out)) {
        *expected = str_trim(text).n != text.n
                        ? TOLD("no blanks before or after the value", "前后没有空格")
                        : form_of(c, a);
        return false;
    }
    if (!bounded || (*out >= c->min && *out <= c->max))
        return true;
    if (c->type == CSV_YUAN) {
        money_text(c->min, false, lo);
        money_text(c->max, false, hi);
    } else {
        snprintf(lo, sizeof lo, "%lld", (long long)c->min);
        snprintf(hi, sizeof hi, "%lld", (long long)c->max);
    }
    *expected = (struct told){str_fmt(a, "at least %s and at most %s", lo, hi),
                              str_fmt(a, "%s 至 %s", lo, hi)};
    return false;
}
