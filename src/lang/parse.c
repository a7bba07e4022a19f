/*
 * The parser's ground: looking at tokens, mistakes and going on after them, items and their
 * layout, names and numbers; and the file as a whole. What it reads is in parse_*.c.
 */
#include "lang/parse.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"

/* ---- looking and taking --------------------------------------------------------------------- */

/* Does the token stand outside of the item being read? */
static bool is_outside(const struct parser *p, size_t i)
{
    const struct token *t = &p->toks[i];
    return t->kind == T_EOF || (t->first && i != p->anchor && (int64_t)t->col <= p->limit);
}

enum tok peek_at(const struct parser *p, size_t k)
{
    if (p->panic)
        return T_END;
    for (size_t i = p->pos; i <= p->pos + k; i++)
        if (is_outside(p, i))
            return T_END;
    return p->toks[p->pos + k].kind;
}

enum tok peek(const struct parser *p)
{
    return peek_at(p, 0);
}

bool ahead_word(const struct parser *p, size_t k, const char *word)
{
    return peek_at(p, k) == T_NAME && str_eq(p->toks[p->pos + k].text, str_from(word));
}

bool at_word(const struct parser *p, const char *word)
{
    return ahead_word(p, 0, word);
}

const struct token *take(struct parser *p)
{
    return &p->toks[p->pos++];
}

bool got(struct parser *p, enum tok t)
{
    if (peek(p) != t)
        return false;
    p->pos++;
    return true;
}

bool got_word(struct parser *p, const char *word)
{
    if (!at_word(p, word))
        return false;
    p->pos++;
    return true;
}

/* ---- mistakes ------------------------------------------------------------------------------- */

struct span span_here(const struct parser *p)
{
    const struct token *t = &p->toks[p->pos];
    if (is_outside(p, p->pos) && p->pos > 0) {
        uint32_t end = p->toks[p->pos - 1].to;
        return (struct span){p->file, end, end};
    }
    return (struct span){p->file, t->from, t->to};
}

struct span span_from(const struct parser *p, size_t first)
{
    size_t last = p->pos > first ? p->pos - 1 : first;
    return (struct span){p->file, p->toks[first].from, p->toks[last].to};
}

/* A mistake that was reported by lex() explains what goes wrong at or just behind it. */
static bool is_explained(const struct parser *p)
{
    return p->toks[p->pos].bad || (p->pos > 0 && p->toks[p->pos - 1].bad);
}

static struct diag *report(struct parser *p, int code, struct span at, const char *fmt, va_list ap)
    PRINTF_LIKE(4, 0);
static struct diag *report(struct parser *p, int code, struct span at, const char *fmt, va_list ap)
{
    struct sbuf text;
    sbuf_init(&text, 4096);
    sbuf_vfmt(&text, fmt, ap);
    struct diag *g = diag_add(p->d, code, at, "%.*s", STR_ARG(sbuf_str(&text)));
    sbuf_deinit(&text);
    return g;
}

/* Where what is said of a mistake goes that isn't shown. */
static struct diag *unseen(struct parser *p)
{
    p->unseen = (struct diag){0};
    return &p->unseen;
}

struct diag *parse_error(struct parser *p, int code, struct span at, const char *fmt, ...)
{
    struct diag *g;
    if (p->panic || is_explained(p)) {
        g = unseen(p);
    } else {
        va_list ap;
        va_start(ap, fmt);
        g = report(p, code, at, fmt, ap);
        va_end(ap);
    }
    if (!p->panic)
        p->error_line = is_outside(p, p->pos) ? 0 : p->toks[p->pos].line;
    p->panic = true;
    return g;
}

struct diag *parse_fault(struct parser *p, int code, struct span at, const char *fmt, ...)
{
    if (p->panic)
        return unseen(p);
    va_list ap;
    va_start(ap, fmt);
    struct diag *g = report(p, code, at, fmt, ap);
    va_end(ap);
    return g;
}

/* What stands at the next token, as a message calls it. */
static str found(const struct parser *p)
{
    enum { SHOWN = 40 };
    const struct token *t = &p->toks[p->pos];
    if (t->kind == T_EOF)
        return S("the end of the file");
    if (is_outside(p, p->pos))
        return S("the end of the line");
    str raw = t->kind == T_STRING ? t->text : str_sub(p->src->text, t->from, t->to);
    const char *dots = "";
    for (size_t at = 0, n = 0; at < raw.n; n++) {
        if (n == SHOWN) {
            raw.n = at;
            dots = "…";
            break;
        }
        utf8_next(raw, &at);
    }
    return str_fmt(p->a, "%s“%.*s%s”", t->kind == T_STRING ? "the text " : "", STR_ARG(raw), dots);
}

struct diag *expected(struct parser *p, const char *what)
{
    if (p->panic)
        return unseen(p);
    str f = found(p);
    return parse_error(p, 100, span_here(p), "expected %s, found %.*s", what, STR_ARG(f));
}

/* The word may only be misspelt. */
static void expected_word(struct parser *p, const char *word)
{
    enum tok t = peek(p);
    str text = t == T_NAME || tok_is_word(t) ? p->toks[p->pos].text : S("");
    str meant = str_from(word);
    struct diag *g = expected(p, str_z(p->a, str_fmt(p->a, "“%s”", word)));
    if (text.n && nearest_name(text, &meant, 1).n)
        diag_help(g, p->d, "did you mean %s?", word);
}

bool want(struct parser *p, enum tok t)
{
    if (got(p, t))
        return true;
    if (p->panic)
        return false;
    if (tok_is_word(t)) {
        expected_word(p, tok_text(t));
    } else {
        bool is_sign = t >= T_COMMA;
        str what = str_fmt(p->a, is_sign ? "“%s”" : "%s", tok_text(t));
        expected(p, str_z(p->a, what));
    }
    return false;
}

bool want_word(struct parser *p, const char *word)
{
    if (got_word(p, word))
        return true;
    if (!p->panic)
        expected_word(p, word);
    return false;
}

/* ---- items ---------------------------------------------------------------------------------- */

struct item item_begin(struct parser *p)
{
    struct item it = {.limit = p->limit, .anchor = p->anchor, .first = p->pos};
    p->limit = p->toks[p->pos].indent;
    p->anchor = p->pos;
    return it;
}

/* What has a label begins an item: NAME "…", NAME of member "…", 1 "…". */
static bool begins_labelled(const struct parser *p, size_t i)
{
    enum tok t = p->toks[i].kind, next = p->toks[i + 1].kind;
    if (t != T_NAME && t != T_INT)
        return t == W_PARAMETER || t == W_OUTCOME || t == W_EXAMPLE || t == W_SUPPOSE;
    if (next == W_OF && p->toks[i + 2].kind == W_MEMBER)
        return p->toks[i + 3].kind == T_STRING;
    return next == T_STRING || (next == T_INT && t == T_NAME && p->toks[i + 2].kind == T_STRING);
}

void item_end(struct parser *p, struct item *it, enum recover how)
{
    if (p->panic) {
        size_t error_at = p->pos;
        if (p->pos == it->first && p->toks[p->pos].kind != T_EOF)
            p->pos++;
        while (!is_outside(p, p->pos)) {
            const struct token *t = &p->toks[p->pos];
            if (how == RECOVER_LABEL && p->pos > error_at && t->line == p->error_line &&
                begins_labelled(p, p->pos))
                break;
            p->pos++;
        }
        p->panic = false;
    }
    p->limit = it->limit;
    p->anchor = it->anchor;
}

static bool is_head(enum tok t)
{
    switch (t) {
    case W_CODE:
    case W_REGISTER:
    case W_EXTEND:
    case W_POLICY:
    case W_PLACE:
    case W_SOURCE:
    case W_CHECK:
    case W_INDICATOR:
    case W_DOCUMENT:
    case W_SERVICE:
        return true;
    default:
        return false;
    }
}

/* A head, unless it is only a word in a name's place: code "…" */
static bool at_head(const struct parser *p, size_t i)
{
    return is_head(p->toks[i].kind) && (p->toks[i].first || p->toks[i + 1].kind != T_STRING);
}

static bool among(str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(word, str_from(words[i])))
            return true;
    return false;
}

/* Is the token, which stands at the margin, for all that of an item that belongs into another? */
static bool begins_part(const struct parser *p, size_t i)
{
    static const char *const parts[] = {
        "set",    "area",        "lines",   "delegate", "step",   "paper",      "notice", "within",
        "papers", "open",        "clock",   "grants",   "county", "supplement", "says",   "shows",
        "lists",  "calculation", "reasons", "nearest",  "signed", "sealed"};
    const struct token *t = &p->toks[i];
    switch (t->kind) {
    case W_BASIS:
    case W_ASSUMED:
    case W_FORM:
    case W_PUBLIC:
    case W_LIST:
        return true;
    case T_NAME:
        if (among(t->text, parts, sizeof parts / sizeof *parts))
            return true;
        break;
    default:
        break;
    }
    return begins_labelled(p, i);
}

bool body_goes_on(struct parser *p, bool *reported, const char *what, struct ident name)
{
    const struct token *t = &p->toks[p->pos];
    if (t->kind == T_EOF || at_head(p, p->pos))
        return false;
    if (!is_outside(p, p->pos))
        return true;
    if (!begins_part(p, p->pos))
        return false;
    if (!*reported && !is_explained(p)) {
        struct span at = {p->file, t->from, t->to};
        str raw = str_sub(p->src->text, t->from, t->to);
        struct diag *g = diag_add(p->d, 401, at, "“%.*s” stands too far left", STR_ARG(raw));
        diag_help(g, p->d, "what belongs to %s %.*s stands further right than it", what,
                  STR_ARG(name.text.n ? name.text : S("…")));
    }
    *reported = true;
    return true;
}

void head_end(struct parser *p)
{
    if (!p->panic)
        return;
    while (!is_outside(p, p->pos) && p->toks[p->pos].line == p->error_line &&
           !begins_labelled(p, p->pos))
        p->pos++;
    p->panic = false;
}

bool adopt(struct parser *p, enum tok t)
{
    const struct token *next = &p->toks[p->pos];
    if (p->panic || next->kind != t || peek(p) != T_END)
        return false;
    struct span at = {p->file, next->from, next->to};
    struct diag *g = parse_fault(p, 401, at, "“%.*s” stands too far left", STR_ARG(next->text));
    diag_help(g, p->d,
              "what continues an item stands further right than the line on which it began");
    p->anchor = p->pos;
    return true;
}

bool begins_item(const struct parser *p)
{
    return p->toks[p->pos].first || begins_labelled(p, p->pos) ||
           (at_declared(p) && peek(p) != T_NAME);
}

/* The word that the next token may be meant for, or an empty str. */
static str meant_word(const struct parser *p, const char *const *words, size_t n)
{
    str names[16];
    const struct token *t = &p->toks[p->pos];
    assert(n <= sizeof names / sizeof *names);
    if (t->kind != T_NAME && !tok_is_word(t->kind))
        return S("");
    for (size_t i = 0; i < n; i++)
        names[i] = str_from(words[i]);
    return nearest_name(t->text, names, n);
}

bool is_misspelt(const struct parser *p, const char *const *words, size_t n)
{
    return peek(p) == T_NAME && !begins_labelled(p, p->pos) && meant_word(p, words, n).n > 0;
}

void expected_item(struct parser *p, const char *what, const char *const *words, size_t n)
{
    const struct token *t = &p->toks[p->pos];
    if (!t->first) {
        struct diag *g = expected(p, "the end of the item");
        if (t->kind == T_NAME)
            diag_help(g, p->d, "a sign or word is missing before “%.*s”, or a label behind it",
                      STR_ARG(t->text));
        return;
    }
    str near = meant_word(p, words, n);
    struct diag *g = expected(p, what);
    if (near.n == 0)
        return;
    diag_help(g, p->d, "did you mean %.*s?", STR_ARG(near));
    p->error_line = 0; /* the rest of the line belongs to the word */
}

void mark_line(struct parser *p, int indent, int table)
{
    if (p->panic)
        return;
    struct layout *l = &p->toks[p->pos].layout;
    l->indent = (int16_t)indent;
    l->table = (uint8_t)table;
    l->soft = -1;
}

void mark_soft(struct parser *p, int indent)
{
    if (!p->panic)
        p->toks[p->pos].layout.soft = (int16_t)indent;
}

void mark_column(struct parser *p, int column)
{
    if (!p->panic)
        p->toks[p->pos].layout.column = (uint8_t)column;
}

void mark_tight(struct parser *p)
{
    if (!p->panic)
        p->toks[p->pos].layout.tight = true;
}

/* ---- the file ------------------------------------------------------------------------------- */

static void skip_to_head(struct parser *p)
{
    while (p->toks[p->pos].kind != T_EOF &&
           !(p->toks[p->pos].first && is_head(p->toks[p->pos].kind)))
        p->pos++;
}

static void not_yet(struct parser *p)
{
    const struct token *t = &p->toks[p->pos];
    parse_fault(p, 105, span_here(p), "“%s” is not part of the language yet", tok_text(t->kind));
    p->pos++;
    skip_to_head(p);
}

static void no_head(struct parser *p)
{
    static const char *const heads[] = {"code",    "register", "extend", "policy",
                                        "service", "document", "place"};
    enum { HEADS = sizeof heads / sizeof *heads };
    str names[HEADS];
    for (size_t i = 0; i < HEADS; i++)
        names[i] = str_from(heads[i]);
    const struct token *t = &p->toks[p->pos];
    str near = t->kind == T_NAME ? nearest_name(t->text, names, HEADS) : S("");
    struct diag *g = expected(p, "code, register, extend, policy, service, document or place");
    if (near.n)
        diag_help(g, p->d, "did you mean %.*s?", STR_ARG(near));
    p->panic = false;
    p->pos++;
    skip_to_head(p);
}

/*
 *| file     = { code | register | extend | policy | service | document | place }
 */
void parse_tokens(struct rules *r, struct diags *d, uint32_t file, struct tokens *toks)
{
    struct parser p = {.r = r,
                       .a = r->arena,
                       .d = d,
                       .src = &r->sources.list.at[file],
                       .file = file,
                       .toks = toks->list.at,
                       .n = toks->list.n,
                       .limit = -1,
                       .anchor = SIZE_MAX};
    while (p.toks[p.pos].kind != T_EOF) {
        mark_line(&p, 0, TABLE_NONE);
        struct item it = item_begin(&p);
        switch (p.toks[p.pos].kind) {
        case W_CODE:
            parse_code(&p);
            break;
        case W_REGISTER:
        case W_EXTEND:
            parse_register(&p, p.toks[p.pos].kind == W_EXTEND);
            break;
        case W_POLICY:
            parse_policy(&p);
            break;
        case W_SERVICE:
            parse_service(&p);
            break;
        case W_DOCUMENT:
            parse_document(&p);
            break;
        case W_PLACE:
            parse_place(&p);
            break;
        default:
            if (is_head(p.toks[p.pos].kind))
                not_yet(&p);
            else
                no_head(&p);
        }
        item_end(&p, &it, RECOVER_LINE);
    }
}

void rules_parse(struct rules *r, struct diags *d)
{
    for (size_t i = 0; i < r->sources.list.n; i++) {
        struct source *src = &r->sources.list.at[i];
        if (src->parsed)
            continue;
        src->parsed = true;
        struct tokens toks;
        lex(src, (uint32_t)i, r->arena, &toks, d);
        parse_tokens(r, d, (uint32_t)i, &toks);
    }
}
