/*
 * Mistakes: collecting them, and writing one for people.
 */
#include "lang/diag.h"

#include <string.h>

#include "base/limits.h"

void diags_init(struct diags *d, struct arena *a)
{
    memset(d, 0, sizeof *d);
    d->arena = a;
}

struct diag *diag_add(struct diags *d, int code, struct span at, const char *fmt, ...)
{
    d->errors++;
    struct diag *g = VEC_PUSH(d->arena, &d->list);
    *g = (struct diag){.code = code, .at = at};
    if (d->list.n > LIMIT_DIAGS) {
        d->list.n = LIMIT_DIAGS; /* the slot behind the last takes all those that aren't shown */
        return g;
    }
    struct sbuf text;
    sbuf_init(&text, 4096);
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&text, fmt, ap);
    va_end(ap);
    g->text = str_dup(d->arena, sbuf_str(&text));
    sbuf_deinit(&text);
    return g;
}

void diag_help(struct diag *g, struct diags *d, const char *fmt, ...)
{
    if (d->list.n == LIMIT_DIAGS && g == d->list.at + LIMIT_DIAGS)
        return;
    struct sbuf text;
    sbuf_init(&text, 4096);
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&text, fmt, ap);
    va_end(ap);
    g->help = str_dup(d->arena, sbuf_str(&text));
    sbuf_deinit(&text);
}

static bool comes_before(const struct diag *a, const struct diag *b)
{
    if (a->at.file != b->at.file)
        return a->at.file < b->at.file;
    return a->at.from < b->at.from;
}

void diags_sort(struct diags *d)
{
    for (size_t i = 1; i < d->list.n; i++) {
        struct diag x = d->list.at[i];
        size_t j = i;
        for (; j > 0 && comes_before(&x, &d->list.at[j - 1]); j--)
            d->list.at[j] = d->list.at[j - 1];
        d->list.at[j] = x;
    }
}

/* ---- rendering ------------------------------------------------------------------------------ */

/* A line is shown up to this many characters around the mistake. */
enum { SHOWN_BEFORE = 120, SHOWN_AFTER = 120 };

/* The part of a line that is shown: characters [first, last), and the caret's [from, to). */
struct window {
    size_t first, last, from, to;
};

/* One character of the source; what would move the terminal's cursor is made visible. */
static void show_character(struct sbuf *out, str line, size_t from, size_t to, uint32_t cp)
{
    if ((cp < 0x20 && cp != '\t') || cp == 0x7F || (cp >= 0x80 && cp < 0xA0) ||
        (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
        (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFFFD)
        sbuf_addz(out, "\xEF\xBF\xBD");
    else
        sbuf_add(out, str_sub(line, from, to));
}

static void render_line(struct sbuf *out, str line, struct window w)
{
    struct sbuf caret;
    sbuf_init(&caret, 1 << 12);
    if (w.first > 0) {
        sbuf_addz(out, "…");
        sbuf_addc(&caret, ' ');
    }
    size_t at = 0, i = 0;
    while (at < line.n) {
        size_t from = at;
        uint32_t cp = utf8_next(line, &at);
        if (i >= w.first && i < w.last) {
            show_character(out, line, from, at, cp);
            char c = i >= w.from && i < w.to ? '^' : cp == '\t' ? '\t' : ' ';
            if (i < w.to)
                sbuf_add_n(&caret, c, utf8_is_wide(cp) ? 2 : 1);
        }
        i++;
    }
    if (w.last < i)
        sbuf_addz(out, "…");
    if (w.from >= i)
        sbuf_addc(&caret, '^');
    sbuf_addz(out, "\n     | ");
    sbuf_add(out, sbuf_str(&caret));
    sbuf_addc(out, '\n');
    sbuf_deinit(&caret);
}

static void render_source(struct sbuf *out, const struct source *f, const struct diag *g,
                          size_t number, size_t column)
{
    str line = source_line(f, number);
    size_t start = f->starts[number - 1];
    size_t end = g->at.to > start + line.n ? start + line.n : g->at.to;
    size_t chars = utf8_count(line);
    struct window w = {.from = column - 1};
    w.to = utf8_count(str_sub(f->text, start, end));
    if (w.to <= w.from)
        w.to = w.from + 1;
    w.first =
        chars > SHOWN_BEFORE + SHOWN_AFTER && w.from > SHOWN_BEFORE ? w.from - SHOWN_BEFORE : 0;
    w.last = w.first + SHOWN_BEFORE + SHOWN_AFTER;
    if (w.to > w.last)
        w.to = w.last;
    sbuf_fmt(out, "%4zu | ", number);
    render_line(out, line, w);
}

void diag_render(struct sbuf *out, const struct sources *s, const struct diag *g)
{
    const char *what = g->warning ? "warning" : "error";
    if (g->at.to == 0 || g->at.file >= s->list.n) {
        sbuf_fmt(out, "%s R%04d: %.*s\n", what, g->code, STR_ARG(g->text));
    } else {
        const struct source *f = &s->list.at[g->at.file];
        size_t line, column;
        source_position(f, g->at.from, &line, &column);
        sbuf_fmt(out, "%.*s:%zu:%zu: %s R%04d: %.*s\n", STR_ARG(f->path), line, column, what,
                 g->code, STR_ARG(g->text));
        render_source(out, f, g, line, column);
    }
    if (g->help.n > 0)
        sbuf_fmt(out, "       %.*s\n", STR_ARG(g->help));
}

/* ---- names that are nearly the same --------------------------------------------------------- */

enum { NEAR_CHARS = LIMIT_NAME_CHARS };

static size_t characters(str s, uint32_t *out, size_t max)
{
    size_t n = 0, at = 0;
    while (at < s.n && n < max)
        out[n++] = utf8_next(s, &at);
    return at < s.n ? max + 1 : n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that make a out of b. */
static size_t edits(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t rows[3][NEAR_CHARS + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    memset(rows, 0, sizeof rows);
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t same = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(same, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *t = before;
        before = last;
        last = now;
        now = t;
    }
    return last[m];
}

str nearest_name(str found, const str *names, size_t n)
{
    uint32_t a[NEAR_CHARS], b[NEAR_CHARS];
    size_t na = characters(found, a, NEAR_CHARS);
    str best = S("");
    if (na == 0 || na > NEAR_CHARS)
        return best;
    size_t allowed = na / 3 > 0 ? na / 3 : 1;
    size_t best_edits = allowed + 1;
    for (size_t i = 0; i < n; i++) {
        size_t nb = characters(names[i], b, NEAR_CHARS);
        if (nb == 0 || nb > NEAR_CHARS || nb > na + allowed || na > nb + allowed)
            continue;
        size_t e = edits(a, na, b, nb);
        /* A name of one or two characters is not "nearly" another when all of it differs. */
        if (e < best_edits && e < na) {
            best_edits = e;
            best = names[i];
        }
    }
    return best;
}
