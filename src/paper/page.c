/* From strips to pages: where each stands, and drawing them. */
#include <hb.h>
#include <pango/pangocairo.h>

#include "paper/inside.h"

/* A strip at its place. */
struct spot {
    size_t strip;
    int page, y;
};
struct book {
    struct flow flow;
    struct qr qr;
    VEC(struct spot) spots;
    int page, y;      /* where the next strip goes */
    bool empty;       /* nothing on this page yet */
    int head, bottom; /* where text begins on the first page, and ends on each */
    struct laid foot, note;
};

enum { QR_TOP = MM(9), QR_LEAST = MM(22), QR_MODULE = MM(9) / 20, FOOT_GAP = MM(4) };

/* ---- placing -------------------------------------------------------------------------------- */

static void turn(struct book *b)
{
    b->page++;
    b->y = b->flow.look->top;
    b->empty = true;
}

static void place(struct book *b, size_t i)
{
    const struct strip *s = &b->flow.strips.at[i];
    if (b->empty && s->under) {
        *VEC_PUSH(b->flow.a, &b->spots) = (struct spot){s->head, b->page, b->y};
        b->y += b->flow.strips.at[s->head].height;
    } else if (!b->empty) {
        b->y += s->gap;
    }
    *VEC_PUSH(b->flow.a, &b->spots) = (struct spot){i, b->page, b->y};
    b->y += s->height;
    b->empty = false;
}

/* How much the strips from i to the last one tied to it need here; *end: the one after it. */
static int need(const struct book *b, size_t i, bool at_top, size_t *end)
{
    const struct flow *w = &b->flow;
    int height = 0;
    for (size_t k = i; k < w->strips.n; k++) {
        const struct strip *s = &w->strips.at[k];
        if (k == i && at_top)
            height += s->under ? w->strips.at[s->head].height : 0;
        else
            height += s->gap;
        height += s->height;
        *end = k + 1;
        if (!s->keep || (k + 1 < w->strips.n && w->strips.at[k + 1].fresh) || height > SHEET_HEIGHT)
            break;
    }
    return height;
}

/* False: too many pages. */
static bool place_all(struct book *b)
{
    const struct flow *w = &b->flow;
    b->y = b->head;
    b->empty = true;
    for (size_t i = 0, end; i < w->strips.n && b->page < PAPER_MAX_PAGES; i = end) {
        if (w->strips.at[i].fresh && !b->empty)
            turn(b);
        if (!b->empty && b->y + need(b, i, false, &end) > b->bottom &&
            w->look->top + need(b, i, true, &end) <= b->bottom)
            turn(b);
        need(b, i, b->empty, &end);
        for (size_t k = i; k < end; k++) {
            if (!b->empty && b->y + w->strips.at[k].gap + w->strips.at[k].height > b->bottom)
                turn(b);
            place(b, k);
        }
    }
    return b->page < PAPER_MAX_PAGES;
}

/* ---- drawing -------------------------------------------------------------------------------- */

/* Shares of white, in 1,024: text, thin lines between texts, a mark behind them. */
enum { BLACK = 0, GREY = 720, PALE = 940 };

static void ink(cairo_t *cr, int white)
{
    cairo_set_source_rgb(cr, pango_units_to_double(white), pango_units_to_double(white),
                         pango_units_to_double(white));
}

static void line_at(cairo_t *cr, PangoLayoutLine *line, int x, int y)
{
    cairo_move_to(cr, pango_units_to_double(x), pango_units_to_double(y));
    pango_cairo_show_layout_line(cr, line);
}

static void stroke_at(cairo_t *cr, const struct stroke *s, int x, int y)
{
    int width = s->width < 0 ? -s->width : s->width;
    ink(cr, s->width < 0 ? GREY : BLACK);
    cairo_set_line_width(cr, pango_units_to_double(width));
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_SQUARE);
    cairo_move_to(cr, pango_units_to_double(x + s->x), pango_units_to_double(y + s->y));
    cairo_line_to(cr, pango_units_to_double(x + s->x2), pango_units_to_double(y + s->y2));
    cairo_stroke(cr);
}

static void strip_at(cairo_t *cr, const struct strip *s, int x, int y)
{
    for (size_t i = 0; i < s->strokes.n; i++)
        stroke_at(cr, &s->strokes.at[i], x, y);
    for (size_t i = 0; i < s->pieces.n; i++) {
        const struct piece *p = &s->pieces.at[i];
        ink(cr, BLACK);
        line_at(cr, p->line, x + p->x, y + p->y);
    }
}

static void laid_at(struct book *b, cairo_t *cr, const struct laid *t, int x, int y)
{
    struct strip s = {0};
    flow_put(&b->flow, &s, t, 0, t->n, x, y);
    strip_at(cr, &s, 0, 0);
}

static int qr_side(const struct book *b)
{
    int side = b->qr.n * QR_MODULE;
    return b->qr.n == 0 ? 0 : side < QR_LEAST ? QR_LEAST : side;
}

/*
 * The code as a stencil of some dots a module: squares as paths would be four numbers each, ten times as long
 * and slow as all else on the page; one dot a module some viewers would blur.
 */
static void qr_at(cairo_t *cr, const struct qr *q, int x, int y, int side)
{
    enum { DOTS = 6 };
    cairo_surface_t *dots = cairo_image_surface_create(CAIRO_FORMAT_A1, q->n * DOTS, q->n * DOTS);
    cairo_t *on = cairo_create(dots);
    cairo_set_antialias(on, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < q->n; row++)
        for (int from = 0, to; from < q->n; from = to + 1) {
            for (to = from; to < q->n && q->dark[row * q->n + to]; to++)
                ;
            if (to > from)
                cairo_rectangle(on, from * DOTS, row * DOTS, (to - from) * DOTS, DOTS);
        }
    cairo_fill(on);
    cairo_destroy(on);
    cairo_save(cr);
    ink(cr, BLACK);
    cairo_translate(cr, pango_units_to_double(x), pango_units_to_double(y));
    cairo_scale(cr, pango_units_to_double(side / (q->n * DOTS)),
                pango_units_to_double(side / (q->n * DOTS)));
    cairo_mask_surface(cr, dots, 0, 0);
    cairo_restore(cr);
    cairo_surface_destroy(dots);
}

/* The code in the corner; beside it what it is for, and the number. */
static void draw_top(struct book *b, cairo_t *cr)
{
    struct flow *w = &b->flow;
    int side = qr_side(b), right = w->look->left + w->width;
    struct type type = w->look->foot;
    struct laid lines[] = {flow_lay(w, w->paper->qr_text, type, 0),
                           flow_lay(w, w->paper->number, type, 0)};
    if (side > 0)
        qr_at(cr, &b->qr, right - side, QR_TOP, side);
    int x = side > 0 ? right - side - MM(3) : right, y = QR_TOP;
    if (side > 0)
        y += side - (lines[0].n + lines[1].n) * type.pitch;
    for (size_t i = side > 0 ? 0 : 1; i < 2; i++) {
        lines[i].width = flow_laid_width(&lines[i]);
        lines[i].align = ALIGN_RIGHT;
        laid_at(b, cr, &lines[i], x - lines[i].width, y);
        y += lines[i].n * type.pitch;
    }
}

static void draw_foot(struct book *b, cairo_t *cr, int page)
{
    struct flow *w = &b->flow;
    struct type type = w->look->foot;
    int x = w->look->left, y = b->bottom + FOOT_GAP;
    struct stroke rule = {x, y, x + w->width, y, -POINT(1) / 2};
    stroke_at(cr, &rule, 0, 0);
    y += POINT(3);
    laid_at(b, cr, &b->foot, x, y);
    y += b->foot.n * type.pitch;
    laid_at(b, cr, &b->note, x, y);
    y += b->note.n * type.pitch;
    struct laid number = flow_lay(w, w->paper->number, type, 0);
    struct laid count =
        flow_lay(w, str_fmt(w->a, "第 %d 页  共 %d 页", page + 1, b->page + 1), type, 0);
    laid_at(b, cr, &number, x, y);
    laid_at(b, cr, &count, x + w->width - flow_laid_width(&count), y);
}

/* Across the page, behind everything. */
static void draw_mark(struct book *b, cairo_t *cr)
{
    struct type type = {FACE_SANS, POINT(120), POINT(120)};
    struct laid t = flow_lay(&b->flow, b->flow.paper->mark, type, 0);
    if (t.n == 0)
        return;
    int width = flow_laid_width(&t);
    if (width > SHEET_WIDTH) {
        type.size = type.size / 8 * (SHEET_WIDTH / 1024) / (width / 1024) * 8;
        t = flow_lay(&b->flow, b->flow.paper->mark, type, 0);
        width = flow_laid_width(&t);
    }
    cairo_save(cr);
    ink(cr, PALE);
    cairo_translate(cr, pango_units_to_double(SHEET_WIDTH / 2),
                    pango_units_to_double(SHEET_HEIGHT / 2));
    cairo_rotate(cr, pango_units_to_double(-900));
    line_at(cr, t.line[0], -width / 2, type.size / 3);
    cairo_restore(cr);
}

static void draw_all(struct book *b, cairo_t *cr)
{
    size_t at = 0;
    for (int page = 0; page <= b->page; page++) {
        draw_mark(b, cr);
        if (page == 0)
            draw_top(b, cr);
        for (; at < b->spots.n && b->spots.at[at].page == page; at++) {
            const struct spot *s = &b->spots.at[at];
            strip_at(cr, &b->flow.strips.at[s->strip], b->flow.look->left, s->y);
        }
        draw_foot(b, cr, page);
        cairo_show_page(cr);
    }
}

/* ---- one paper ------------------------------------------------------------------------------ */

/* The foot grows upwards: at most two lines of its text, and what the fonts lack. */
static void margins(struct book *b)
{
    struct flow *w = &b->flow;
    const struct look *look = w->look;
    b->foot = flow_lay(w, w->paper->foot, look->foot, w->width);
    b->foot.n = b->foot.n > 2 ? 2 : b->foot.n;
    if (w->lacks.n > 0)
        b->note = flow_lay(w, text_lacks_note(&w->lacks, w->a), look->foot, w->width);
    b->note.n = b->note.n > 2 ? 2 : b->note.n;
    int lines = b->foot.n + b->note.n > 2 ? b->foot.n + b->note.n - 2 : 0;
    b->bottom = SHEET_HEIGHT - look->bottom - lines * look->foot.pitch;
    int head = QR_TOP + qr_side(b) + MM(4);
    b->head = qr_side(b) > 0 && head > look->top ? head : look->top;
}

/* Lay it out and place it on pages, in one of the sets of measures. */
MUST_CHECK static enum rc book_make(struct book *b, struct arena *a, const struct fonts *f,
                                    const struct paper *p, const struct look *look, struct err *err)
{
    struct flow *w = &b->flow;
    *b = (struct book){.flow = {.a = a, .fonts = f, .paper = p, .look = look}};
    w->width = SHEET_WIDTH - look->left - look->right;
    w->room = SHEET_HEIGHT - look->top - look->bottom - 2 * look->foot.pitch;
    TRY(qr_make(p->qr, a, &b->qr, err));
    flow_blocks(w);
    /* What stands outside the blocks can lack letters too. */
    flow_lay(w, p->number, look->foot, 0);
    flow_lay(w, p->qr_text, look->foot, 0);
    flow_lay(w, p->foot, look->foot, 0);
    margins(b);
    if (!place_all(b))
        return err_set(err, RC_LIMIT, "more than %d pages", PAPER_MAX_PAGES);
    return RC_OK;
}

static void book_end(struct book *b)
{
    for (size_t i = 0; i < b->flow.layouts.n; i++)
        g_object_unref(b->flow.layouts.at[i]);
    hb_set_destroy(b->flow.lacks.seen);
}

/* The last of a few pages holds little: worth a try with smaller type. */
static bool nearly_empty(const struct book *b)
{
    return b->page > 0 && b->page < 4 && b->y < b->flow.look->top + (b->bottom - b->head) * 2 / 5;
}

enum rc page_paper(const struct fonts *f, const struct paper *p, cairo_t *cr, int *pages,
                   struct err *err)
{
    struct arena a = {0};
    struct book wide, tight, *b = &wide;
    const struct look *other = look_of(p->look, true);
    enum rc rc = book_make(&wide, &a, f, p, look_of(p->look, false), err);
    bool both = rc == RC_OK && other != NULL && nearly_empty(&wide);
    if (both)
        rc = book_make(&tight, &a, f, p, other, err);
    if (both && tight.page < wide.page)
        b = &tight;
    if (rc == RC_OK)
        draw_all(b, cr);
    if (rc == RC_OK && cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        rc = err_set(err, RC_IO, "can't be written: %s", cairo_status_to_string(cairo_status(cr)));
    *pages = b->page + 1;
    book_end(&wide);
    if (both)
        book_end(&tight);
    arena_deinit(&a);
    return rc;
}
