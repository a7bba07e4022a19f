/* Ruled cells: label and value, and tables. */
#include "paper/inside.h"

enum { RULE = POINT(1) / 2 };

/* ---- rows ----------------------------------------------------------------------------------- */

static void row_box(struct flow *w, struct strip *s, const int *x, size_t n)
{
    flow_level(w, s, x[0], x[n], 0, RULE);
    flow_level(w, s, x[0], x[n], s->height, RULE);
    for (size_t i = 0; i <= n; i++)
        flow_upright(w, s, x[i], 0, s->height, RULE);
}

/* Lines from `first`, at most `most` of each cell, as one strip with them in the middle. */
static void row_strip(struct flow *w, const struct laid *cells, const int *x, size_t n, int first,
                      int most, int height, int gap)
{
    struct strip *s = flow_strip(w, gap, height);
    for (size_t i = 0; i < n; i++) {
        int lines = cells[i].n - first;
        lines = lines < 0 ? 0 : lines > most ? most : lines;
        int y = (height - lines * cells[i].type.pitch) / 2;
        flow_put(w, s, &cells[i], first, lines, x[i] + w->look->pad, y);
    }
    row_box(w, s, x, n);
}

void flow_row(struct flow *w, const struct laid *cells, const int *x, size_t n, int gap, int least)
{
    int pad = w->look->pad * 2 / 3, pitch = 1, lines = 0;
    int64_t height = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t one = (int64_t)cells[i].n * cells[i].type.pitch;
        height = one > height ? one : height;
        pitch = cells[i].type.pitch > pitch ? cells[i].type.pitch : pitch;
        lines = cells[i].n > lines ? cells[i].n : lines;
    }
    height += 2 * pad;
    height = height < least ? least : height;
    if (height <= w->room) {
        row_strip(w, cells, x, n, 0, lines, (int)height, gap);
        return;
    }
    int most = (w->room - 2 * pad) / pitch;
    most = most < 1 ? 1 : most;
    for (int first = 0; first < lines; first += most) {
        int some = lines - first < most ? lines - first : most;
        row_strip(w, cells, x, n, first, most, some * pitch + 2 * pad, first == 0 ? gap : 0);
    }
}

static int inner(const struct flow *w, const int *x, size_t i)
{
    return x[i + 1] - x[i] - 2 * w->look->pad;
}

static struct laid cell(struct flow *w, str text, struct type type, const int *x, size_t i,
                        enum align align)
{
    struct laid t = flow_lay(w, text, type, inner(w, x, i));
    t.align = align;
    return t;
}

/* ---- label and value ------------------------------------------------------------------------ */

/* Wide enough for every label in one line, within reason. */
static int label_width(struct flow *w, const struct paper_block *b)
{
    int most = 4 * w->look->label.size, limit = w->width / 5;
    for (size_t i = 0; i < b->n_pairs; i++) {
        struct laid t = flow_lay(w, b->pairs[i].label, w->look->label, 0);
        int one = flow_laid_width(&t) + POINT(1);
        most = one > most ? one : most;
    }
    most += 2 * w->look->pad;
    return most > limit ? limit : most;
}

static bool fits(struct flow *w, str value, int width)
{
    struct laid t = flow_lay(w, value, w->look->cell, 0);
    return t.n <= 1 && flow_laid_width(&t) <= width;
}

void flow_pairs(struct flow *w, const struct paper_block *b)
{
    int label = label_width(w, b), half = w->width / 2;
    const int two[] = {0, label, half, half + label, w->width};
    const int one[] = {0, label, w->width};
    int least = w->look->cell.pitch + MM(3);
    for (size_t i = 0; i < b->n_pairs; i++) {
        const struct paper_pair *p = &b->pairs[i];
        bool both = w->look->pair && i + 1 < b->n_pairs && fits(w, p[0].value, inner(w, two, 1)) &&
                    fits(w, p[1].value, inner(w, two, 3));
        const int *x = both ? two : one;
        struct laid cells[4];
        for (size_t k = 0; k < (both ? 2 : 1); k++) {
            cells[2 * k] = cell(w, p[k].label, w->look->label, x, 2 * k, ALIGN_CENTRE);
            cells[2 * k + 1] = cell(w, p[k].value, w->look->cell, x, 2 * k + 1, ALIGN_LEFT);
        }
        flow_row(w, cells, x, both ? 4 : 2, i == 0 ? MM(2) : 0, least);
        i += both;
    }
    w->after = MM(3);
}

/* ---- tables --------------------------------------------------------------------------------- */

/* Edges by shares; every column has room for a letter. */
static int *edges(struct flow *w, const struct paper_block *b)
{
    int *x = NEW_N(w->a, int, b->n_columns + 1);
    int64_t all = 0, so_far = 0;
    int least = w->look->cell.size + 2 * w->look->pad;
    for (size_t i = 0; i < b->n_columns; i++)
        all += b->widths[i];
    int64_t rest = w->width - (int64_t)least * (int64_t)b->n_columns;
    rest = rest < 0 ? 0 : rest;
    for (size_t i = 0; i < b->n_columns; i++) {
        so_far += b->widths[i];
        x[i + 1] = (int)((int64_t)least * (int64_t)(i + 1) + rest * so_far / all);
    }
    return x;
}

static void table_head(struct flow *w, const struct paper_block *b, const int *x)
{
    struct laid *cells = NEW_N(w->a, struct laid, b->n_columns);
    for (size_t i = 0; i < b->n_columns; i++)
        cells[i] = cell(w, b->head[i], w->look->label, x, i, ALIGN_CENTRE);
    flow_row(w, cells, x, b->n_columns, MM(2), 0);
}

void flow_table(struct flow *w, const struct paper_block *b)
{
    if (b->n_columns == 0)
        return;
    int *x = edges(w, b);
    size_t head = w->strips.n;
    table_head(w, b, x);
    bool repeats = w->strips.n == head + 1; /* one that fills a page is not drawn twice */
    w->strips.at[w->strips.n - 1].keep = true;
    int room = w->room;
    if (repeats)
        w->room -= w->strips.at[head].height;
    struct laid *cells = NEW_N(w->a, struct laid, b->n_columns);
    for (size_t r = 0; r < b->n_rows; r++) {
        size_t from = w->strips.n;
        for (size_t i = 0; i < b->n_columns; i++) {
            const struct paper_cell *c = &b->cells[r * b->n_columns + i];
            cells[i] = cell(w, c->text, w->look->cell, x, i, c->right ? ALIGN_RIGHT : ALIGN_LEFT);
        }
        flow_row(w, cells, x, b->n_columns, 0, w->look->cell.pitch + MM(2));
        /* No single row is left at the end of a page, nor at the top of the last. */
        if (b->n_rows > 1 && (r == 0 || r + 2 == b->n_rows))
            w->strips.at[w->strips.n - 1].keep = true;
        for (size_t k = from; repeats && k < w->strips.n; k++) {
            w->strips.at[k].under = true;
            w->strips.at[k].head = head;
        }
    }
    w->room = room;
    w->after = MM(3);
}
