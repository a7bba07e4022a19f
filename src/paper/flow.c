/* From blocks to strips: text, and what all kinds of blocks are made of. */
#include <pango/pangocairo.h>
#include <string.h>

#include "paper/inside.h"

struct strip *flow_strip(struct flow *w, int gap, int height)
{
    struct strip *s = VEC_PUSH(w->a, &w->strips);
    s->gap = gap > w->after ? gap : w->after;
    w->after = 0;
    s->height = height;
    return s;
}

void flow_level(struct flow *w, struct strip *s, int x, int x2, int y, int width)
{
    *VEC_PUSH(w->a, &s->strokes) = (struct stroke){x, y, x2, y, width};
}

void flow_upright(struct flow *w, struct strip *s, int x, int y, int y2, int width)
{
    *VEC_PUSH(w->a, &s->strokes) = (struct stroke){x, y, x, y2, width};
}

/* ---- text ----------------------------------------------------------------------------------- */

static PangoFontDescription *describe(struct type t)
{
    PangoFontDescription *d = pango_font_description_new();
    pango_font_description_set_family_static(
        d, t.face == FACE_SANS ? "Noto Sans CJK SC" : "Noto Serif CJK SC,Noto Sans CJK SC");
    pango_font_description_set_weight(d, t.face == FACE_BOLD ? PANGO_WEIGHT_BOLD
                                                             : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(d, t.size);
    return d;
}

static PangoLayout *layout_of(struct flow *w, str text, const PangoFontDescription *d, int width,
                              int indent)
{
    PangoLayout *l = *VEC_PUSH(w->a, &w->layouts) = pango_layout_new(w->fonts->context);
    pango_layout_set_font_description(l, d);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(l, indent);
    if (width > 0)
        pango_layout_set_width(l, width);
    pango_layout_set_text(l, text.p, (int)text.n);
    return l;
}

/* The first bytes of a text, at most so many, cut between characters. */
static str beginning(str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most > 0 && ((unsigned char)s.p[most] & 0xC0) == 0x80)
        most--;
    return str_sub(s, 0, most);
}

/*
 * One paragraph's lines. Pango takes time by the square of a paragraph's length, and its widths overflow: so a
 * long one is broken piece by piece, each going on with what was the last line of the one before.
 */
static void lay_paragraph(struct flow *w, str text, const PangoFontDescription *d, struct laid *t)
{
    enum { PIECE = 3000 };
    int width = t->width > 0 && t->width < t->type.size ? t->type.size : t->width;
    for (;;) {
        str piece = beginning(text, PIECE);
        bool whole = piece.n == text.n;
        PangoLayout *l = layout_of(w, piece, d, width, t->n == 0 ? t->indent : 0);
        int n = pango_layout_get_line_count(l);
        for (GSList *one = pango_layout_get_lines(l); one != NULL; one = one->next) {
            PangoLayoutLine *line = one->data;
            if (!whole && n > 1 && one->next == NULL) {
                piece.n = (size_t)line->start_index;
                break;
            }
            *VEC_PUSH(w->a, &w->lines) = line;
            t->n++;
        }
        if (whole)
            return;
        text = str_sub(text, piece.n, text.n);
    }
}

static struct laid lay(struct flow *w, str text, struct type type, int width, int indent)
{
    struct laid t = {.type = type, .width = width, .indent = indent};
    str clean = text_clean(w->fonts, text, w->a, &w->lacks), one;
    PangoFontDescription *d = describe(type);
    w->lines.n = 0;
    while (str_ends(clean, S("\n")))
        clean.n--;
    for (bool more = clean.n > 0; more;) {
        more = str_cut(clean, '\n', &one, &clean);
        lay_paragraph(w, one, d, &t);
    }
    pango_font_description_free(d);
    t.line = NEW_N(w->a, PangoLayoutLine *, t.n);
    if (t.n > 0)
        memcpy(t.line, w->lines.at, (size_t)t.n * sizeof(PangoLayoutLine *));
    return t;
}

struct laid flow_lay(struct flow *w, str text, struct type type, int width)
{
    return lay(w, text, type, width, 0);
}

int flow_line_width(PangoLayoutLine *line)
{
    PangoRectangle r;
    pango_layout_line_get_extents(line, NULL, &r);
    return r.width;
}

int flow_laid_width(const struct laid *t)
{
    int most = 0;
    for (int i = 0; i < t->n; i++) {
        int one = flow_line_width(t->line[i]);
        most = one > most ? one : most;
    }
    return most;
}

void flow_put(struct flow *w, struct strip *s, const struct laid *t, int first, int n, int x, int y)
{
    /* Letters of these fonts stand 0.88 of their size above the line. */
    int down = (t->type.pitch - t->type.size) / 2 + t->type.size / 100 * 88;
    for (int i = first; i < first + n && i < t->n; i++) {
        int off = i == 0 ? t->indent : 0;
        if (t->align != ALIGN_LEFT)
            off = (t->width - flow_line_width(t->line[i])) / (t->align == ALIGN_CENTRE ? 2 : 1);
        *VEC_PUSH(w->a, &s->pieces) =
            (struct piece){t->line[i], x + off, y + (i - first) * t->type.pitch + down};
    }
}

void flow_text(struct flow *w, const struct laid *t, int gap, int x)
{
    for (int i = 0; i < t->n; i++) {
        struct strip *s = flow_strip(w, i == 0 ? gap : 0, t->type.pitch);
        s->keep = (i == 0 && t->n > 1) || i + 2 == t->n;
        flow_put(w, s, t, i, 1, x, 0);
    }
}

void flow_hold(struct flow *w, size_t n)
{
    for (size_t i = w->strips.n; i > 0 && n > 0; i--, n--)
        w->strips.at[i - 1].keep = true;
}

void flow_hold_some(struct flow *w)
{
    int height = 0;
    for (size_t i = w->strips.n; i > 0 && height < 2 * w->look->text.pitch; i--) {
        w->strips.at[i - 1].keep = true;
        height += w->strips.at[i - 1].height;
    }
}

/* ---- paragraphs ----------------------------------------------------------------------------- */

static bool ends_with_colon(str s)
{
    return str_ends(s, S("：")) || str_ends(s, S(":"));
}

/*
 * Make a line `width` wide by room behind its Chinese characters: `how` 0 counts them, else each gets as much. Pango
 * would part the digits of a number too.
 */
static int stretch(PangoLayoutLine *line, int how)
{
    int n = 0;
    const char *text = pango_layout_get_text(line->layout);
    for (GSList *run = line->runs; run != NULL; run = run->next) {
        const PangoGlyphItem *item = run->data;
        const PangoGlyphString *g = item->glyphs;
        for (int i = 0; i + (run->next == NULL) < g->num_glyphs; i++) {
            size_t at = (size_t)item->item->offset + (size_t)g->log_clusters[i];
            str rest = {text, strlen(text)};
            if (!utf8_is_wide(utf8_next(rest, &at)))
                continue;
            g->glyphs[i].geometry.width += how;
            n++;
        }
    }
    return n;
}

static void fill_line(PangoLayoutLine *line, int width, int size)
{
    int extra = width - flow_line_width(line), places = stretch(line, 0);
    if (extra > 0 && extra < 3 * size && places > 4)
        stretch(line, extra / places);
}

/* One paragraph: indented, its lines made equally long. */
static void paragraph(struct flow *w, str text, struct type type, int gap)
{
    bool colon = ends_with_colon(text);
    struct laid t = {0};
    if (colon)
        t = flow_lay(w, text, type, w->width);
    if (!colon || t.n > 1) {
        t = lay(w, text, type, w->width, 2 * type.size);
        for (int i = 0; i + 1 < t.n; i++)
            fill_line(t.line[i], w->width - (i == 0 ? t.indent : 0), type.size);
    }
    flow_text(w, &t, gap, 0);
    if (t.n > 0 && colon)
        flow_hold(w, 1);
}

/* Without blanks at both ends, wide ones too. */
static str trimmed(str s)
{
    for (size_t n = s.n + 1; n != s.n;) {
        n = s.n;
        s = str_trim(s);
        if (str_starts(s, S("　")))
            s = str_sub(s, 3, s.n);
        if (str_ends(s, S("　")))
            s = str_sub(s, 0, s.n - 3);
    }
    return s;
}

static void paragraphs(struct flow *w, str text, struct type type, int gap)
{
    str one, rest = text;
    while (rest.n > 0) {
        if (!str_cut(rest, '\n', &one, &rest))
            rest = (str){0};
        paragraph(w, trimmed(one), type, gap);
    }
}

static void heading(struct flow *w, str text)
{
    struct laid t = flow_lay(w, text, w->look->heading, w->width);
    flow_text(w, &t, w->look->heading.pitch / 2, 0);
    flow_hold(w, (size_t)t.n);
}

/* ---- the head of the first page -------------------------------------------------------------- */

static void centred(struct flow *w, str text, struct type type, int gap)
{
    struct laid t = flow_lay(w, text, type, w->width);
    t.align = ALIGN_CENTRE;
    flow_text(w, &t, gap, 0);
    flow_hold(w, (size_t)t.n);
}

static void head(struct flow *w)
{
    bool cover = w->paper->look == PAPER_COVER;
    size_t before = w->strips.n;
    centred(w, w->paper->office, w->look->office, 0);
    centred(w, w->paper->title, w->look->title, cover ? MM(38) : MM(3));
    centred(w, w->paper->subtitle, w->look->subtitle, cover ? MM(8) : MM(1));
    if (w->strips.n > before)
        w->after = cover ? MM(30) : MM(5);
}

void flow_blocks(struct flow *w)
{
    bool fresh = false;
    head(w);
    for (size_t i = 0; i < w->paper->n_blocks; i++) {
        const struct paper_block *b = &w->paper->blocks[i];
        size_t from = w->strips.n;
        switch (b->kind) {
        case PAPER_TEXT:
            paragraphs(w, b->text, w->look->text, 0);
            break;
        case PAPER_HEADING:
            heading(w, b->text);
            break;
        case PAPER_NOTE:
            paragraphs(w, b->text, w->look->note, w->look->note.pitch / 4);
            break;
        case PAPER_PAIRS:
            flow_pairs(w, b);
            break;
        case PAPER_TABLE:
            flow_table(w, b);
            break;
        case PAPER_LINES:
            flow_lines(w, b);
            break;
        case PAPER_SIGN:
            flow_sign(w, b);
            break;
        case PAPER_SEAL:
            flow_seal(w, b);
            break;
        case PAPER_BOX:
            flow_box(w, b);
            break;
        case PAPER_BREAK:
            fresh = true;
            continue;
        case PAPER_BLOCK__COUNT:
            break;
        }
        if (fresh && w->strips.n > from) {
            w->strips.at[from].fresh = true;
            fresh = false;
        }
    }
}
