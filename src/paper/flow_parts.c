/* A calculation, lines to sign, the place of the seal, boxes. */
#include "paper/inside.h"

enum { RULE = POINT(1) / 2, HAIR = -POINT(1) / 3 };

/* ---- a calculation -------------------------------------------------------------------------- */

static int amounts_width(struct flow *w, const struct paper_block *b)
{
    int most = 0, limit = w->width * 2 / 5;
    for (size_t i = 0; i < b->n_lines; i++) {
        struct type type = w->look->line;
        type.face = b->lines[i].strong ? FACE_BOLD : type.face;
        struct laid t = flow_lay(w, b->lines[i].amount, type, 0);
        int one = flow_laid_width(&t) + POINT(1);
        most = one > most ? one : most;
    }
    return most > limit ? limit : most;
}

/* Its text with the amount beside the last line, the source below. */
static void calculation_line(struct flow *w, const struct paper_line *l, int amounts)
{
    struct type type = w->look->line;
    type.face = l->strong ? FACE_BOLD : type.face;
    int depth = l->depth > 8 ? 8 : l->depth;
    int x = depth * type.size * 3 / 2, gap = amounts > 0 ? MM(4) : 0;
    struct laid text = flow_lay(w, l->text, type, w->width - x - amounts - gap);
    struct laid amount = flow_lay(w, l->amount, type, amounts);
    struct laid source = flow_lay(w, l->source, w->look->source, w->width - x - amounts - gap);
    amount.align = ALIGN_RIGHT;
    int rows = text.n > amount.n ? text.n : amount.n;
    for (int i = 0; i < rows + source.n; i++) {
        bool small = i >= rows, last = i + 1 == rows + source.n;
        int above = i == 0 ? MM(1) : 0;
        int height = above + (small ? source.type.pitch : type.pitch) + (last ? MM(1) : 0);
        struct strip *s = flow_strip(w, 0, height);
        if (i == 0 && l->strong)
            flow_level(w, s, 0, w->width, 0, RULE);
        if (small) {
            flow_put(w, s, &source, i - rows, 1, x, above);
        } else {
            flow_put(w, s, &text, i, 1, x, above);
            int first = amount.n - (rows - i); /* the amount ends beside the text's end */
            if (first >= 0)
                flow_put(w, s, &amount, first, 1, w->width - amounts, above);
        }
        if (last)
            flow_level(w, s, 0, w->width, height, HAIR);
        s->keep = !last && (rows + source.n <= 6 || i == 0 || i + 2 == rows + source.n);
    }
}

void flow_lines(struct flow *w, const struct paper_block *b)
{
    int amounts = amounts_width(w, b);
    if (b->n_lines > 0)
        flow_level(w, flow_strip(w, 0, MM(1)), 0, w->width, MM(1), RULE);
    flow_hold(w, b->n_lines > 0);
    for (size_t i = 0; i < b->n_lines; i++)
        calculation_line(w, &b->lines[i], amounts);
    w->after = MM(3);
}

/* ---- to sign -------------------------------------------------------------------------------- */

static struct laid sign_label(struct flow *w, str said, int width)
{
    bool colon = said.n == 0 || str_ends(said, S("：")) || str_ends(said, S(":"));
    return flow_lay(w, str_fmt(w->a, "%.*s%s", STR_ARG(said), colon ? "" : "："), w->look->sign,
                    width);
}

void flow_sign(struct flow *w, const struct paper_block *b)
{
    struct type type = w->look->sign;
    struct laid dated = flow_lay(w, S("日期：        年    月    日"), type, 0);
    int day_width = flow_laid_width(&dated), room = w->width - day_width - MM(8), most = 0;
    struct laid *labels = NEW_N(w->a, struct laid, b->n_pairs);
    for (size_t i = 0; i < b->n_pairs; i++) {
        labels[i] = sign_label(w, b->pairs[i].label, room - MM(35));
        int one = flow_laid_width(&labels[i]);
        most = one > most ? one : most;
    }
    /* Some of what is signed stands on the same sheet. */
    flow_hold_some(w);
    for (size_t i = 0; i < b->n_pairs; i++) {
        struct laid value = flow_lay(w, b->pairs[i].value, type, room - most);
        int height = (labels[i].n > 1 ? labels[i].n : 1) * type.pitch, last = height - type.pitch;
        struct strip *s = flow_strip(w, i == 0 ? MM(7) : MM(4), height);
        flow_put(w, s, &labels[i], 0, labels[i].n, 0, 0);
        flow_put(w, s, &value, 0, 1, most + MM(2), last);
        flow_level(w, s, most, room, height - POINT(2), RULE);
        flow_put(w, s, &dated, 0, 1, w->width - day_width, last);
        /* A few stay together; of many, two at least on each side of a page's end. */
        s->keep = i + 1 < b->n_pairs && (b->n_pairs <= 4 || i == 0 || i + 2 == b->n_pairs);
    }
    w->after = MM(3);
}

/* ---- the seal ------------------------------------------------------------------------------- */

/* A county's seal is 42 mm across and lies over its name and the day. */
void flow_seal(struct flow *w, const struct paper_block *b)
{
    struct type type = w->look->sign;
    type.size = w->look->text.size;
    type.pitch = w->look->text.pitch;
    int limit = w->width * 3 / 5, indent = 2 * type.size;
    struct laid office = flow_lay(w, b->text, type, limit);
    struct laid dated = flow_lay(w, b->more, type, limit);
    int width = flow_laid_width(&office), other = flow_laid_width(&dated);
    width = width > other ? width : other;
    width = width < MM(42) ? MM(42) : width;
    office.width = dated.width = width;
    office.align = dated.align = ALIGN_CENTRE;
    flow_hold_some(w);
    int lines = (office.n + dated.n) * type.pitch;
    int room = lines < MM(42) ? (MM(42) - lines) / 2 : 0;
    struct strip *s = flow_strip(w, MM(2), lines + 2 * room);
    int x = w->width - width - indent;
    flow_put(w, s, &office, 0, office.n, x, room);
    flow_put(w, s, &dated, 0, dated.n, x, room + office.n * type.pitch);
}

/* ---- boxes ---------------------------------------------------------------------------------- */

/* One strip of the box: the sides, its top or bottom. */
static struct strip *box_strip(struct flow *w, int gap, int height, bool first, bool last)
{
    struct strip *s = flow_strip(w, gap, height);
    flow_upright(w, s, 0, 0, height, RULE);
    flow_upright(w, s, w->width, 0, height, RULE);
    if (first)
        flow_level(w, s, 0, w->width, 0, RULE);
    if (last)
        flow_level(w, s, 0, w->width, height, RULE);
    return s;
}

void flow_box(struct flow *w, const struct paper_block *b)
{
    int pad = w->look->pad, pitch = w->look->cell.pitch * 6 / 5;
    struct type type = w->look->cell;
    type.pitch = pitch;
    struct laid label = flow_lay(w, b->text, w->look->label, w->width - 2 * pad);
    struct laid text = flow_lay(w, b->more, type, w->width - 2 * pad);
    size_t from = w->strips.n;
    int top = pad / 2 + label.n * w->look->label.pitch;
    struct strip *s = box_strip(w, MM(2), top, true, false);
    flow_put(w, s, &label, 0, label.n, pad, pad / 2);
    for (int i = 0; i < text.n; i++)
        flow_put(w, box_strip(w, 0, pitch, false, false), &text, i, 1, pad, 0);
    int rows = b->rows > 0 ? b->rows : 1;
    int blank = rows > text.n ? (rows - text.n) * pitch : 0;
    int most = w->room - top - pad;
    box_strip(w, 0, (blank > most ? most : blank) + pad / 2, false, true);
    /* One of less than half a page stays in one piece; a longer one is cut between lines. */
    bool whole = top + (int64_t)text.n * pitch + blank < w->room / 2;
    for (size_t i = from; i + 1 < w->strips.n; i++)
        w->strips.at[i].keep = whole || i == from || i + 3 >= w->strips.n;
    w->after = MM(3);
}
