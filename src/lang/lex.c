/*
 * From text to tokens: language.md section 1. A sign that is none of the language is reported and
 * left out; the token behind it is marked bad, so that the parser does not complain once more.
 */
#include "lang/lex.h"

#include <string.h>

#include "base/limits.h"

struct lexer {
    const struct source *src; /* borrowed */
    str text;                 /* the source's */
    uint32_t file;
    struct arena *arena;
    struct diags *d;
    struct tokens *out;
    size_t at;       /* byte */
    uint32_t line;   /* 1-based */
    uint32_t col;    /* terminal columns before `at` */
    uint32_t indent; /* of this line's first token */
    unsigned breaks; /* line breaks since the last token or comment */
    bool line_used;  /* a token stands on this line already */
    bool blank;      /* an empty line was passed since the last token or comment */
    bool bad_next;   /* the next token follows something that was left out */
};

static const char *const tok_texts[TOK__COUNT] = {[T_EOF] = "the end of the file",
                                                  [T_END] = "the end of the line",
                                                  [T_NAME] = "a name",
                                                  [T_STRING] = "a text in quotes",
                                                  [T_INT] = "a whole number",
                                                  [T_DECIMAL] = "an amount",
                                                  [T_MONTHLIT] = "a month",
                                                  [T_DATELIT] = "a date",
#define LEX_SIGN(name, text) [T_##name] = text,
                                                  LEX_SIGNS
#undef LEX_SIGN
#define LEX_WORD(name, text) [W_##name] = text,
                                                      LEX_WORDS
#undef LEX_WORD
};

const char *tok_text(enum tok t)
{
    return tok_texts[t];
}

/* ---- characters ----------------------------------------------------------------------------- */

/* LE, GE, NE as one character; all else maps to ASCII. */
enum { SIGN_LE = 0x2264, SIGN_GE = 0x2265, SIGN_NE = 0x2260 };

/* The plain form of a full-width or typographic character, or the character itself. */
static uint32_t plain(uint32_t cp)
{
    if (cp < 0x80)
        return cp;
    switch (cp) {
    case 0x3000: /* space */
        return ' ';
    case 0x3001: /* 、 */
    case 0xFF0C:
        return ',';
    case 0x00D7:
    case 0xFF0A:
        return '*';
    case 0x00F7:
    case 0xFF0F:
        return '/';
    case 0xFF05: /* ％ （ ） ＋ － ． ： ＜ ＝ ＞ */
    case 0xFF08:
    case 0xFF09:
    case 0xFF0B:
    case 0xFF0D:
    case 0xFF0E:
    case 0xFF1A:
    case 0xFF1C:
    case 0xFF1D:
    case 0xFF1E:
        return cp - 0xFEE0;
    default:
        return cp >= 0xFF10 && cp <= 0xFF19 ? cp - 0xFEE0 : cp;
    }
}

/* Ranges that hold no letters: signs, spaces, symbols, full-width forms, private use. */
static const struct {
    uint32_t from, to;
} no_letters[] = {
    {0x0080, 0x00A9},   {0x00AB, 0x00B4},   {0x00B6, 0x00B9},     {0x00BB, 0x00BF},
    {0x00D7, 0x00D7},   {0x00F7, 0x00F7},   {0x0300, 0x036F},     {0x1680, 0x1680},
    {0x2000, 0x2BFF},   {0x2E00, 0x2E7F},   {0x2FF0, 0x2FFF},     {0x3000, 0x3004},
    {0x3008, 0x3020},   {0x3030, 0x3030},   {0x3036, 0x3037},     {0x303D, 0x303F},
    {0x30FB, 0x30FB},   {0x3200, 0x33FF},   {0xE000, 0xF8FF},     {0xFE00, 0xFE6F},
    {0xFEFF, 0xFEFF},   {0xFF00, 0xFF65},   {0xFFE0, 0xFFFF},     {0x1F000, 0x1FAFF},
    {0xE0000, 0xE0FFF}, {0xF0000, 0xFFFFF}, {0x100000, 0x10FFFF},
};

static bool is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
    for (size_t i = 0; i < sizeof no_letters / sizeof *no_letters; i++)
        if (cp >= no_letters[i].from && cp <= no_letters[i].to)
            return false;
    return true;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_combining(uint32_t cp)
{
    return cp >= 0x0300 && cp <= 0x036F;
}

static bool is_latin(uint32_t cp)
{
    return (cp < 0x250 && is_letter(cp)) || (cp >= 0x1E00 && cp <= 0x1EFF);
}

/* Marks that turn the reading direction, and what has no width: text that isn't what it seems. */
static bool is_hidden(uint32_t cp)
{
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x2069) || cp == 0xFEFF || (cp < 0x20 && cp != '\t') ||
           (cp >= 0x7F && cp < 0xA0) || (cp >= 0xE0000 && cp <= 0xE0FFF);
}

/* The character at byte `at` in its plain form; *next (may be NULL) is the byte behind it. */
static uint32_t look(const struct lexer *l, size_t at, size_t *next)
{
    size_t to = at;
    uint32_t cp = 0;
    if (at < l->text.n) {
        cp = utf8_next(l->text, &to);
        cp = cp == 0 ? 1 : cp; /* 0 is the end; a NUL in the text is a sign like any other */
    }
    if (next)
        *next = to;
    return plain(cp);
}

/* Move to byte `to`, counting columns; not over a line break. */
static void move(struct lexer *l, size_t to)
{
    while (l->at < to) {
        uint32_t cp = utf8_next(l->text, &l->at);
        if (cp == '\t')
            l->col = (l->col / 8 + 1) * 8;
        else
            l->col += utf8_is_wide(cp) ? 2 : 1;
    }
}

static struct span span_of(const struct lexer *l, size_t from, size_t to)
{
    return (struct span){l->file, (uint32_t)from, (uint32_t)to};
}

/* ---- tokens --------------------------------------------------------------------------------- */

/* A token from `from` (where l->at still stands) up to `to`; moves there. */
static struct token *add_token(struct lexer *l, enum tok kind, size_t to)
{
    struct token *t = VEC_PUSH(l->arena, &l->out->list);
    if (!l->line_used)
        l->indent = l->col;
    t->kind = kind;
    t->from = (uint32_t)l->at;
    t->to = (uint32_t)to;
    t->line = l->line;
    t->col = l->col;
    t->indent = l->indent;
    t->first = !l->line_used;
    t->blank_before = l->blank;
    t->bad = l->bad_next;
    t->layout.indent = -1;
    t->layout.soft = -1;
    l->line_used = true;
    l->blank = l->bad_next = false;
    l->breaks = 0;
    move(l, to);
    return t;
}

static void lex_comment(struct lexer *l)
{
    size_t to = l->at;
    while (to < l->text.n && l->text.p[to] != '\n')
        to++;
    struct comment *c = VEC_PUSH(l->arena, &l->out->comments);
    c->from = (uint32_t)l->at;
    c->to = (uint32_t)(l->at + str_trim(str_sub(l->text, l->at, to)).n);
    c->col = l->col;
    c->own_line = !l->line_used;
    c->blank_before = l->breaks > 1;
    c->next = l->out->list.n;
    l->breaks = 0;
    l->blank = false;
    for (size_t i = c->from; i < c->to;) {
        size_t here = i;
        uint32_t cp = utf8_next(l->text, &i);
        if (is_hidden(cp)) {
            diag_add(l->d, 101, span_of(l, here, i), "an invisible character (U+%04X) in a comment",
                     (unsigned)cp);
            break;
        }
    }
    move(l, to);
}

/* ---- texts ---------------------------------------------------------------------------------- */

static void check_text(struct lexer *l, size_t from, size_t to)
{
    uint32_t last = 0;
    size_t n = 0, letter = from;
    for (size_t at = from; at < to; n++) {
        size_t here = at;
        uint32_t cp = utf8_next(l->text, &at);
        if (is_hidden(cp) || cp == 0xFFFD) {
            diag_add(l->d, 101, span_of(l, here, at), "an invisible character (U+%04X) in a text",
                     (unsigned)cp);
            return;
        }
        if (is_combining(cp) && is_latin(last)) {
            struct diag *g = diag_add(l->d, 102, span_of(l, letter, at),
                                      "a letter with a separate accent (U+%04X)", (unsigned)cp);
            diag_help(g, l->d, "write the letter and its accent as one character (NFC)");
            return;
        }
        last = cp;
        letter = here;
    }
    if (n > LIMIT_TEXT_CHARS)
        diag_add(l->d, 108, span_of(l, from, to),
                 "a text of %zu characters; at most %d can be kept", n, LIMIT_TEXT_CHARS);
}

/* “ ” and 「 」 may stand in one another: “关于“十三五”规划的通知”. */
static void lex_text(struct lexer *l, uint32_t open, size_t first)
{
    uint32_t close = open == '"' ? '"' : open == 0x201C ? 0x201D : 0x300D;
    unsigned depth = 1;
    size_t at = first, end = first;
    while (at < l->text.n && l->text.p[at] != '\n') {
        end = at;
        uint32_t cp = utf8_next(l->text, &at);
        if (cp == close && --depth == 0)
            break;
        if (cp == open && open != close)
            depth++;
        end = at;
    }
    size_t from = l->at;
    struct token *t = add_token(l, T_STRING, depth ? end : at);
    t->text = str_sub(l->text, first, end);
    if (depth) {
        t->text = str_trim(t->text);
        t->to = (uint32_t)(first + t->text.n);
        struct diag *g =
            diag_add(l->d, 104, span_of(l, from, first), "the text that begins here has no end");
        diag_help(g, l->d, "a text ends on its line, with %s",
                  close == '"'      ? "\""
                  : close == 0x201D ? "”"
                                    : "」");
        t->bad = true;
        l->bad_next = true;
        return;
    }
    check_text(l, first, end);
}

/* ---- names and words ------------------------------------------------------------------------ */

static enum tok word_of(str s)
{
    for (int t = W_AFTER; t < TOK__COUNT; t++)
        if (str_eq(s, str_from(tok_texts[t])))
            return (enum tok)t;
    return T_NAME;
}

/* What was wrong with a name, found while it was read. */
struct name_faults {
    bool upper, combined;
    size_t from, to; /* of the first fault */
};

static size_t read_name(struct lexer *l, struct sbuf *text, struct name_faults *f)
{
    size_t at = l->at, next, letter = at;
    uint32_t last = 0;
    for (;;) {
        size_t raw_end = at;
        uint32_t cp = look(l, at, &next);
        bool upper = (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7);
        bool combined = is_combining(cp) && is_latin(last);
        if (!is_letter(cp) && !is_digit(cp) && cp != '_' && !is_combining(cp))
            return raw_end;
        if ((upper || combined) && !f->upper && !f->combined) {
            f->upper = upper;
            f->combined = combined;
            f->from = combined ? letter : at;
            f->to = next;
        }
        char utf8[4];
        size_t n = utf8_put(upper ? cp + 0x20 : cp, utf8);
        if (!combined)
            sbuf_add(text, (str){utf8, n});
        last = cp;
        letter = at;
        at = next;
    }
}

static void lex_name(struct lexer *l)
{
    struct sbuf text;
    struct name_faults f = {0};
    sbuf_init(&text, LIMIT_SOURCE_BYTES * 2);
    size_t from = l->at, to = read_name(l, &text, &f);
    str raw = str_sub(l->text, from, to);
    str name = str_eq(raw, sbuf_str(&text)) ? raw : str_dup(l->arena, sbuf_str(&text));
    sbuf_deinit(&text);
    struct token *t = add_token(l, word_of(name), to);
    t->text = name;
    size_t chars = utf8_count(name);
    if (f.upper) {
        struct diag *g =
            diag_add(l->d, 102, span_of(l, from, to), "names and words are written in lower case");
        if (chars <= LIMIT_NAME_CHARS)
            diag_help(g, l->d, "write %.*s", STR_ARG(name));
    } else if (f.combined) {
        struct diag *g =
            diag_add(l->d, 102, span_of(l, f.from, f.to), "a letter with a separate accent");
        diag_help(g, l->d, "write the letter and its accent as one character (NFC)");
    }
    if (chars > LIMIT_NAME_CHARS)
        diag_add(l->d, 108, span_of(l, from, to),
                 "a name of %zu characters; at most %d can be kept", chars, LIMIT_NAME_CHARS);
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* Digits from `at`: how many, their value (-1: too big), and the byte behind. */
struct digits {
    size_t n, to;
    int64_t value;
};

/* `value` 0 starts a number; a decimal part goes on with the whole part's value. */
static struct digits read_digits(const struct lexer *l, size_t at, int64_t value)
{
    struct digits g = {.to = at, .value = value};
    for (;;) {
        size_t next;
        uint32_t cp = look(l, at, &next);
        if (!is_digit(cp))
            return g;
        if (g.value >= 0)
            g.value = g.value * 10 + (int64_t)(cp - '0');
        if (g.value > LIMIT_FEN)
            g.value = -1;
        g.n++;
        g.to = at = next;
    }
}

/* The number in plain digits, for fmt and messages. */
static str plain_text(const struct lexer *l, size_t from, size_t to)
{
    char *p = arena_alloc_raw(l->arena, to - from + 1, 1);
    size_t n = 0;
    while (from < to) {
        uint32_t cp = look(l, from, &from);
        p[n++] = cp < 0x80 ? (char)cp : '?';
    }
    return (str){p, n};
}

static bool lex_date(struct lexer *l, struct digits year)
{
    size_t next;
    if (year.n != 4 || look(l, year.to, &next) != '-')
        return false;
    struct digits mon = read_digits(l, next, 0), dd = {0};
    if (mon.n == 0)
        return false;
    size_t to = mon.to;
    if (look(l, to, &next) == '-') {
        dd = read_digits(l, next, 0);
        to = dd.n ? dd.to : to;
    }
    size_t from = l->at;
    struct token *t = add_token(l, dd.n ? T_DATELIT : T_MONTHLIT, to);
    t->text = plain_text(l, from, to);
    day d = 0;
    month m = 0;
    if (dd.n ? date_parse(t->text, &d) : month_parse(t->text, &m)) {
        t->value = dd.n ? d : m;
        return true;
    }
    struct diag *g = diag_add(l->d, 103, span_of(l, from, to), "%.*s is no %s", STR_ARG(t->text),
                              dd.n ? "day of the calendar" : "month");
    if (year.value < DATE_YEAR_MIN || year.value > DATE_YEAR_MAX)
        diag_help(g, l->d, "years go from %d to %d", DATE_YEAR_MIN, DATE_YEAR_MAX);
    else if (mon.n != 2 || (dd.n && dd.n != 2))
        diag_help(g, l->d, "months and days have two digits: 2020-06, 2020-06-05");
    else if (mon.value >= 1 && mon.value <= 12 && dd.n)
        diag_help(g, l->d, "%d-%02d ends on the %dth", (int)year.value, (int)mon.value,
                  date_valid((int)year.value, (int)mon.value, 31)   ? 31
                  : date_valid((int)year.value, (int)mon.value, 30) ? 30
                  : date_valid((int)year.value, (int)mon.value, 29) ? 29
                                                                    : 28);
    t->value = dd.n ? date_day(2000, 1, 1) : month_of(2000, 1);
    return true;
}

/* 1,234.00: a comma with three digits close behind it is no list. */
static bool lex_grouped(struct lexer *l, struct digits head)
{
    size_t to = head.to, next;
    if (head.n > 3)
        return false;
    while (look(l, to, &next) == ',') {
        struct digits g = read_digits(l, next, 0);
        if (g.n != 3)
            break;
        to = g.to;
    }
    if (to == head.to)
        return false;
    if (look(l, to, &next) == '.') {
        struct digits g = read_digits(l, next, 0);
        to = g.n ? g.to : to;
    }
    str raw = plain_text(l, l->at, to);
    char *p = arena_alloc_raw(l->arena, raw.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] != ',')
            p[n++] = raw.p[i];
    struct diag *g =
        diag_add(l->d, 103, span_of(l, l->at, to), "a number is written without commas");
    diag_help(g, l->d, "write %.*s; in a list a space follows the comma", STR_ARG(((str){p, n})));
    long dot = str_find((str){p, n}, S("."));
    struct token *t = add_token(l, dot < 0 ? T_INT : T_DECIMAL, to);
    t->text = (str){p, n};
    t->decimals = dot < 0 ? 0 : (uint8_t)2;
    t->value = 1;
    t->bad = true;
    return true;
}

static void lex_number(struct lexer *l)
{
    struct digits whole = read_digits(l, l->at, 0);
    size_t next, to = whole.to, from = l->at;
    if (lex_date(l, whole) || lex_grouped(l, whole))
        return;
    struct digits part = {.value = whole.value};
    if (look(l, to, &next) == '.' && is_digit(look(l, next, NULL))) {
        part = read_digits(l, next, whole.value);
        to = part.to;
    }
    struct token *t = add_token(l, part.n ? T_DECIMAL : T_INT, to);
    t->text = plain_text(l, from, to);
    t->value = part.value;
    t->decimals = (uint8_t)(part.n > 15 ? 15 : part.n);
    if (part.value < 0 || part.n > 15) {
        diag_add(l->d, 103, span_of(l, from, to), "the number is too big");
        t->value = 1;
    }
    if (is_letter(look(l, to, NULL)) || look(l, to, NULL) == '_') {
        struct lexer ahead = *l;
        struct sbuf text;
        struct name_faults f = {0};
        sbuf_init(&text, LIMIT_SOURCE_BYTES * 2);
        size_t end = read_name(&ahead, &text, &f);
        sbuf_deinit(&text);
        struct diag *g =
            diag_add(l->d, 103, span_of(l, from, end), "a number and a word are written apart");
        diag_help(g, l->d, "a name begins with a letter");
        l->bad_next = true;
    }
}

/* ---- signs ---------------------------------------------------------------------------------- */

static enum tok two_signs(uint32_t a, uint32_t b)
{
    return a == '<' && b == '='   ? T_LE
           : a == '>' && b == '=' ? T_GE
           : a == '<' && b == '>' ? T_NE
           : a == '.' && b == '.' ? T_DOTDOT
                                  : T_EOF;
}

static enum tok one_sign(uint32_t cp)
{
    switch (cp) {
    case ',':
        return T_COMMA;
    case ':':
        return T_COLON;
    case '(':
        return T_OPEN;
    case ')':
        return T_CLOSE;
    case '%':
        return T_PERCENT;
    case '=':
        return T_EQ;
    case SIGN_NE:
        return T_NE;
    case '<':
        return T_LT;
    case SIGN_LE:
        return T_LE;
    case '>':
        return T_GT;
    case SIGN_GE:
        return T_GE;
    case '+':
        return T_PLUS;
    case '-':
        return T_MINUS;
    case '*':
        return T_STAR;
    case '/':
        return T_SLASH;
    case '.':
        return T_DOT;
    default:
        return T_EOF;
    }
}

/* What somebody probably meant who wrote a sign that is none. */
static const char *sign_help(uint32_t cp)
{
    switch (cp) {
    case '!':
        return "“not equal” is written <>";
    case '&':
        return "“both” is written and";
    case '|':
        return "“one or both” is written or";
    case ';':
    case 0xFF1B:
    case 0x3002:
        return "an item ends with its line; nothing stands behind it";
    case '#':
        return "a comment begins with --";
    case '\'':
    case 0x2018:
    case 0x2019:
    case 0x201D:
    case 0xFF02:
    case 0x300D:
        return "a text stands in \"…\", “…” or 「…」";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
        return "minus is -, a comment begins with --";
    case '[':
    case ']':
    case '{':
    case '}':
        return "only round brackets are used";
    default:
        return NULL;
    }
}

static void no_sign(struct lexer *l, uint32_t cp, size_t next)
{
    struct diag *g;
    if (is_hidden(cp) || cp == 0xFFFD)
        g = diag_add(l->d, 101, span_of(l, l->at, next), "an invisible character (U+%04X)",
                     (unsigned)cp);
    else
        g = diag_add(l->d, 101, span_of(l, l->at, next), "“%.*s” is no sign of the language",
                     STR_ARG(str_sub(l->text, l->at, next)));
    const char *help = sign_help(cp);
    if (help)
        diag_help(g, l->d, "%s", help);
    /* One message for a run of the same: "!!!" */
    size_t after;
    while (look(l, next, &after) == cp)
        next = after;
    move(l, next);
    l->bad_next = true;
}

static void lex_sign(struct lexer *l, uint32_t cp, size_t next)
{
    size_t after;
    uint32_t cp2 = look(l, next, &after);
    enum tok t = two_signs(cp, cp2);
    if (t != T_EOF)
        add_token(l, t, after);
    else if ((t = one_sign(cp)) != T_EOF)
        add_token(l, t, next);
    else if (cp == '!' && cp2 == '=')
        no_sign(l, cp, after);
    else
        no_sign(l, cp, next);
}

static void line_break(struct lexer *l)
{
    l->at++;
    l->line++;
    l->col = 0;
    l->line_used = false;
    l->breaks++;
    if (l->breaks > 1)
        l->blank = true;
}

static void lex_one(struct lexer *l)
{
    size_t next;
    uint32_t cp = look(l, l->at, &next);
    if (cp == '\n')
        line_break(l);
    else if (cp == ' ' || cp == '\t' || cp == '\r')
        move(l, next);
    else if (cp == '-' && look(l, next, NULL) == '-')
        lex_comment(l);
    else if (cp == '"' || cp == 0x201C || cp == 0x300C)
        lex_text(l, cp, next);
    else if (is_digit(cp))
        lex_number(l);
    else if (is_letter(cp))
        lex_name(l);
    else
        lex_sign(l, cp, next);
}

void lex(const struct source *src, uint32_t file, struct arena *a, struct tokens *out,
         struct diags *d)
{
    struct lexer l = {
        .src = src, .text = src->text, .file = file, .arena = a, .d = d, .out = out, .line = 1};
    memset(out, 0, sizeof *out);
    if (l.text.n > LIMIT_SOURCE_BYTES) {
        diag_add(d, 108, span_of(&l, 0, 1), "a file of %zu bytes; at most %d are read", l.text.n,
                 LIMIT_SOURCE_BYTES);
        l.text.n = 0;
    }
    while (l.at < l.text.n)
        lex_one(&l);
    add_token(&l, T_EOF, l.at);
}
