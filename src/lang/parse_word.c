/*
 * Names, labels, bases, numbers: what all declarations are made of.
 */
#include "lang/parse.h"

/* ---- names and labels ----------------------------------------------------------------------- */

struct ident take_ident(struct parser *p)
{
    const struct token *t = take(p);
    return (struct ident){t->text, {p->file, t->from, t->to}};
}

static void reserved(struct parser *p)
{
    const struct token *t = &p->toks[p->pos];
    struct diag *g =
        parse_fault(p, 102, span_here(p), "“%.*s” is a word of the language and can't be a name",
                    STR_ARG(t->text));
    diag_help(g, p->d, "choose another, e.g. %.*s_1", STR_ARG(t->text));
}

struct ident take_name(struct parser *p, const char *what)
{
    enum tok t = peek(p);
    if (t == T_NAME)
        return take_ident(p);
    str text = str_fmt(p->a, "%s", what);
    struct diag *g = expected(p, str_z(p->a, text));
    if (tok_is_word(t))
        diag_help(g, p->d, "“%s” is a word of the language and can't be a name", tok_text(t));
    return (struct ident){.at = span_here(p)};
}

bool at_declared(const struct parser *p)
{
    enum tok t = peek(p), next = peek_at(p, 1);
    if (t == T_NAME)
        return true;
    return tok_is_word(t) && t != W_BASIS && t != W_ASSUMED && next == T_STRING;
}

struct ident declared_name(struct parser *p, const char *what)
{
    enum tok t = peek(p);
    if (tok_is_word(t) && peek_at(p, 1) == T_STRING) {
        reserved(p);
        return take_ident(p);
    }
    return take_name(p, what);
}

static str label_text(struct parser *p)
{
    const struct token *t = take(p);
    if (str_trim(t->text).n == 0 && !t->bad)
        parse_fault(p, 104, (struct span){p->file, t->from, t->to}, "an empty label");
    return t->text;
}

/*
 *| label    = STRING [ "/" STRING ]                    -- Chinese, then English
 */
struct label take_label(struct parser *p)
{
    size_t first = p->pos;
    struct label l = {0};
    if (peek(p) != T_STRING) {
        /* What stands on the next line is not in its place: the label is forgotten. */
        if (p->toks[p->pos].first && p->pos > 0 && peek(p) != T_END) {
            uint32_t end = p->toks[p->pos - 1].to;
            parse_error(p, 100, (struct span){p->file, end, end},
                        "expected a label in quotes, found the end of the line");
        } else {
            expected(p, "a label in quotes");
        }
        l.at = span_here(p);
        return l;
    }
    l.zh = label_text(p);
    if (peek(p) == T_SLASH) {
        take(p);
        if (peek(p) == T_STRING)
            l.en = label_text(p);
        else
            expected(p, "the English label in quotes");
    }
    l.at = span_from(p, first);
    return l;
}

void take_names(struct parser *p, struct ident **names, size_t *n, const char *what)
{
    VEC(struct ident) list = {0};
    do {
        struct ident id = take_name(p, what);
        if (id.text.n)
            *VEC_PUSH(p->a, &list) = id;
    } while (peek_at(p, 1) != W_SORTED && got(p, T_COMMA));
    *names = list.at;
    *n = list.n;
}

size_t take_one_of(struct parser *p, const char *const *words, size_t n, const char *what)
{
    str names[16];
    for (size_t i = 0; i < n && i < 16; i++) {
        names[i] = str_from(words[i]);
        if (got_word(p, words[i]))
            return i;
    }
    str near = peek(p) == T_NAME ? nearest_name(p->toks[p->pos].text, names, n) : S("");
    struct diag *g = expected(p, what);
    if (near.n)
        diag_help(g, p->d, "did you mean %.*s?", STR_ARG(near));
    return n;
}

/* ---- basis ---------------------------------------------------------------------------------- */

bool at_basis(const struct parser *p)
{
    enum tok t = peek(p);
    return t == W_BASIS || t == W_ASSUMED;
}

/*
 *| basis    = "basis" STRING [ ( "article" | "articles" ) range { "," range } ]
 *|          | "assumed" STRING
 */
static struct basis *parse_basis(struct parser *p)
{
    struct basis *b = NEW(p->a, struct basis);
    size_t first = p->pos;
    b->assumed = take(p)->kind == W_ASSUMED;
    if (peek(p) != T_STRING) {
        expected(p, b->assumed ? "why it is assumed, in quotes" : "the law or document in quotes");
        b->at = span_from(p, first);
        return b;
    }
    b->text = label_text(p);
    if (!b->assumed && (got(p, W_ARTICLE) || got(p, W_ARTICLES))) {
        VEC(struct article) list = {0};
        do {
            int64_t lo = 0, hi = 0;
            size_t range = p->pos;
            take_range(p, &lo, &hi);
            if (hi > INT32_MAX || hi < lo) {
                parse_fault(p, 107, span_from(p, range), "there are no articles %lld..%lld",
                            (long long)lo, (long long)hi);
                lo = hi = 1;
            }
            *VEC_PUSH(p->a, &list) = (struct article){(int)lo, (int)hi};
        } while (got(p, T_COMMA));
        b->articles = list.at;
        b->n_articles = list.n;
    }
    b->at = span_from(p, first);
    return b;
}

void take_basis(struct parser *p, struct basis **list, int indent)
{
    while (*list)
        list = &(*list)->next;
    if (indent == BESIDE && at_basis(p))
        mark_column(p, COLUMN_BASIS);
    while (at_basis(p)) {
        if (indent != BESIDE)
            mark_line(p, indent, TABLE_NONE);
        *list = parse_basis(p);
        list = &(*list)->next;
    }
}

/* ---- numbers -------------------------------------------------------------------------------- */

int64_t take_int(struct parser *p, const char *what)
{
    if (peek(p) == T_INT)
        return take(p)->value;
    expected(p, what);
    return 0;
}

/*
 *| range    = INT [ ".." INT ]                         -- both ends in
 */
void take_range(struct parser *p, int64_t *lo, int64_t *hi)
{
    *lo = *hi = take_int(p, "a whole number");
    if (got(p, T_DOTDOT))
        *hi = take_int(p, "the last number of the range");
}

month take_month(struct parser *p)
{
    if (peek(p) == T_MONTHLIT)
        return (month)take(p)->value;
    bool is_date = peek(p) == T_DATELIT;
    str date = p->toks[p->pos].text;
    struct diag *g = expected(p, "a month such as 2020-12");
    if (is_date)
        diag_help(g, p->d, "values hold for whole months: %.*s", STR_ARG(str_sub(date, 0, 7)));
    return 0;
}

bool at_literal(const struct parser *p)
{
    enum tok t = peek(p);
    return t == T_INT || t == T_DECIMAL || t == T_MONTHLIT || t == T_DATELIT;
}

static void set_rate(struct literal *lit, int64_t value, unsigned decimals, int64_t per)
{
    i128 den = per;
    for (unsigned i = 0; i < decimals; i++)
        den *= 10;
    rat v = rat_of(value, den);
    lit->num = (int64_t)v.num;
    lit->den = (int64_t)v.den;
}

/* 1.3 alone: is it an amount or a rate? */
static void bare_decimal(struct parser *p, const struct token *t, size_t first)
{
    rat percent = rat_of((i128)t->value * 100, 1);
    for (unsigned i = 0; i < t->decimals; i++)
        percent = rat_of(percent.num, percent.den * 10);
    str text = rat_text(p->a, percent);
    struct diag *g = parse_fault(p, 103, span_from(p, first), "“%.*s” says neither rate nor amount",
                                 STR_ARG(t->text));
    if (t->decimals == 1)
        diag_help(g, p->d, "a rate is %.*s%% or %.*s times, an amount in yuan %.*s0", STR_ARG(text),
                  STR_ARG(t->text), STR_ARG(t->text));
    else
        diag_help(g, p->d, "a rate is %.*s%% or %.*s times, an amount has two decimals",
                  STR_ARG(text), STR_ARG(t->text));
}

static void whole_literal(struct parser *p, const struct token *t, size_t first, struct type *type,
                          struct literal *lit)
{
    lit->i = t->value;
    type->kind = t->value == 0 ? K_ZERO : K_COUNT;
    if (got(p, W_MONTHS) || got(p, W_MONTH)) {
        type->kind = K_MONTHS;
    } else if (got(p, W_DAYS) || got_word(p, "day")) {
        type->kind = K_DAYS;
    } else if (got(p, W_YEARS) || got(p, W_YEAR)) {
        struct diag *g = parse_fault(p, 107, span_from(p, first), "a period is given in months");
        diag_help(g, p->d, "write %lld months", (long long)t->value * 12);
        type->kind = K_NONE;
    } else if (got(p, W_WORKDAYS)) {
        parse_fault(p, 105, span_from(p, first),
                    "workdays are for steps and limits, not part of the language yet");
        type->kind = K_NONE;
    }
}

/*
 *| literal  = INT [ "months" | "month" | "days" | "day" ] | AMOUNT | MONTH | DATE
 *|          | ( INT | DECIMAL ) ( "%" | "times" )      -- 0 is zero of any unit
 */
void take_literal(struct parser *p, struct type *type, struct literal *lit)
{
    size_t first = p->pos;
    *type = (struct type){.kind = K_NONE};
    *lit = (struct literal){.den = 1};
    if (!at_literal(p)) {
        expected(p, "a number, an amount, a rate, a month or a date");
        return;
    }
    const struct token *t = take(p);
    if (t->kind == T_MONTHLIT || t->kind == T_DATELIT) {
        type->kind = t->kind == T_MONTHLIT ? K_MONTH : K_DATE;
        lit->i = t->value;
    } else if (peek(p) == T_PERCENT || peek(p) == W_TIMES) {
        type->kind = K_RATE;
        set_rate(lit, t->value, t->decimals, take(p)->kind == T_PERCENT ? 100 : 1);
    } else if (t->kind == T_INT) {
        whole_literal(p, t, first, type, lit);
    } else if (t->decimals == 2) {
        type->kind = K_MONEY;
        lit->i = t->value;
    } else {
        bare_decimal(p, t, first);
    }
}
