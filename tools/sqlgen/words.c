/* SQL text cut into words. Knows brackets, not grammar. */
#include "sqlgen.h"

#include <string.h>

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool same_name(str a, str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

bool is(const struct word *w, const char *name)
{
    if (w->kind == W_NAME)
        return same_name(w->text, str_from(name));
    return w->kind == W_SIGN && str_eq(w->text, str_from(name));
}

bool is_one_of(const struct word *w, const char *names)
{
    str rest = str_from(names), one;
    bool more = w->kind == W_NAME;

    while (more) {
        more = str_cut(rest, ' ', &one, &rest);
        if (same_name(w->text, one))
            return true;
    }
    return false;
}

/* The byte after the blank and comment at `at`; counts lines. */
static size_t skip(str t, size_t at, int *line)
{
    while (at < t.n) {
        if (t.p[at] == '-' && at + 1 < t.n && t.p[at + 1] == '-') {
            while (at < t.n && t.p[at] != '\n')
                at++;
        } else if (t.p[at] == ' ' || t.p[at] == '\t' || t.p[at] == '\n' || t.p[at] == '\r') {
            *line += t.p[at] == '\n';
            at++;
        } else {
            break;
        }
    }
    return at;
}

/* The byte after the quoted text at `at`; 0 when it does not end. */
static size_t quoted(str t, size_t at)
{
    char quote = t.p[at++];

    for (; at < t.n; at++) {
        if (t.p[at] != quote)
            continue;
        if (at + 1 == t.n || t.p[at + 1] != quote)
            return at + 1;
        at++;
    }
    return 0;
}

static size_t sign(str t, size_t at)
{
    static const char two[][3] = {"<=", ">=", "<>", "!=", "||", "->"};

    for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
        if (at + 1 < t.n && memcmp(t.p + at, two[i], 2) == 0)
            return at + 2;
    }
    return at + 1;
}

/* The end of the word at `from`, and its kind; 0 when a quote is left open. */
static size_t word_end(str t, size_t from, enum word_kind *kind)
{
    size_t to = from;

    if (letter(t.p[from])) {
        *kind = W_NAME;
        while (to < t.n && (letter(t.p[to]) || digit(t.p[to])))
            to++;
    } else if (digit(t.p[from]) || (t.p[from] == '$' && from + 1 < t.n && digit(t.p[from + 1]))) {
        *kind = t.p[from] == '$' ? W_PARAM : W_NUMBER;
        do
            to++;
        while (to < t.n && digit(t.p[to]));
    } else if (t.p[from] == '\'' || t.p[from] == '"') {
        *kind = W_STRING;
        to = quoted(t, from);
    } else {
        *kind = W_SIGN;
        to = sign(t, from);
    }
    return to;
}

static bool match_brackets(struct word *w, int n)
{
    int open[64], depth = 0;

    for (int i = 0; i < n; i++) {
        if (is(&w[i], "(")) {
            if (depth == 64)
                return false;
            open[depth++] = i;
        } else if (is(&w[i], ")")) {
            if (depth == 0)
                return false;
            w[open[--depth]].close = i;
        }
    }
    return depth == 0;
}

bool words_of(struct arena *a, str text, int line, struct word **out, int *n)
{
    VEC(struct word) words = {0};
    size_t at = skip(text, 0, &line);

    while (at < text.n) {
        struct word w = {.line = line, .close = -1};
        size_t to = word_end(text, at, &w.kind);
        if (to == 0)
            return false;
        w.text = str_sub(text, at + (w.kind == W_PARAM), to);
        for (size_t i = at; i < to; i++)
            line += text.p[i] == '\n';
        *VEC_PUSH(a, &words) = w;
        at = skip(text, to, &line);
    }
    *n = (int)words.n;
    /* Several, so that a reader may look a few words ahead without asking. */
    for (int i = 0; i < 8; i++)
        *VEC_PUSH(a, &words) = (struct word){.kind = W_END, .line = line, .close = -1};
    *out = words.at;
    return match_brackets(words.at, *n);
}

int params_of(struct arena *a, str sql)
{
    struct word *w;
    int n, most = 0;

    if (!words_of(a, sql, 1, &w, &n))
        return 0;
    for (int i = 0; i < n; i++) {
        int64_t v;
        if (w[i].kind == W_PARAM && str_int(w[i].text, &v) && v > most)
            most = v > 1000 ? 1000 : (int)v;
    }
    return most;
}
