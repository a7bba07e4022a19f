/*
 * Rows of a sheet. The parser is stopped at the end of each row and goes on when the next is asked for, so
 * that no more than one row is held. Merged ranges stand behind the rows in the file: the sheet is gone
 * through once for them, and to see that it is whole, before its first row is given out.
 */
#include <stdlib.h>
#include <string.h>

#include "sheet/xlsx_in.h"

enum where { ELSEWHERE, IN_DATA, IN_ROW, IN_CELL };

struct xlsx_row_in {
    struct xlsx_in *x;
    struct xlsx_part part;
    struct arena arena; /* of the sheet: merged ranges and their values */
    VEC(struct xlsx_merge) merges;
    size_t next_merge;
    VEC(size_t) active; /* merges that reach into the row at hand, or did */
    int64_t merged_cells;

    enum where where;
    int row, col; /* from 0, of the row and cell at hand */
    bool hidden, ready;

    struct xlsx_cell *cells; /* owned */
    size_t *text_at; /* owned; beginning of the text in `texts`, SIZE_MAX: it stands elsewhere */
    size_t n, cap;
    struct sbuf texts; /* of the row */

    char type; /* of the cell: n s b e d; i inline, f a formula's text */
    uint32_t style;
    struct sbuf value;
    bool in_value, in_text, in_reading;
};

/* ---- addresses ------------------------------------------------------------------------------ */

/* "C7" from 0; false: it is none. */
static bool address(const char *s, int *row, int *col, const char **end)
{
    int c = 0;
    int r = 0;
    const char *p = s;
    while (*p == '$')
        p++;
    for (; (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'); p++) {
        c = c * 26 + (*p & 31);
        if (c > XLSX_COLUMNS)
            return false;
    }
    while (*p == '$')
        p++;
    for (; *p >= '0' && *p <= '9'; p++) {
        r = r * 10 + (*p - '0');
        if (r > XLSX_ROWS)
            return false;
    }
    *row = r - 1;
    *col = c - 1;
    *end = p;
    return c > 0 && r > 0;
}

/* ---- merged ranges -------------------------------------------------------------------------- */

static void merge_start(void *ctx, const char *name, const char **atts)
{
    struct xlsx_row_in *r = ctx;
    struct xlsx_merge m = {0};
    const char *end = NULL;
    if (strcmp(name, "mergeCell") != 0)
        return;
    const char *ref = xlsx_att(atts, "ref");
    if (ref == NULL || !address(ref, &m.r1, &m.c1, &end) || *end != ':' ||
        !address(end + 1, &m.r2, &m.c2, &end) || m.r2 < m.r1 || m.c2 < m.c1)
        return;
    r->merged_cells += (int64_t)(m.r2 - m.r1 + 1) * (m.c2 - m.c1 + 1);
    if (r->merged_cells > LIMIT_XLSX_MERGED)
        xlsx_part_refuse(&r->part, "found more merged cells than are accepted");
    else
        *VEC_PUSH(&r->arena, &r->merges) = m;
}

static int by_row(const void *a, const void *b)
{
    const struct xlsx_merge *x = a;
    const struct xlsx_merge *y = b;
    return x->r1 != y->r1 ? (x->r1 < y->r1 ? -1 : 1) : (x->c1 > y->c1) - (x->c1 < y->c1);
}

MUST_CHECK static enum rc part_begin(struct xlsx_row_in *r, const char *name, struct err *err)
{
    enum rc rc = xlsx_part_open(&r->part, r->x->file, r->x->zip, name, err);
    r->part.ctx = r;
    return rc;
}

MUST_CHECK static enum rc merges_read(struct xlsx_row_in *r, const char *name, struct err *err)
{
    TRY(part_begin(r, name, err));
    r->part.start = merge_start;
    TRY(xlsx_part_all(&r->part, err));
    xlsx_part_close(&r->part);
    if (r->merges.n > 0)
        qsort(r->merges.at, r->merges.n, sizeof *r->merges.at, by_row);
    return RC_OK;
}

/* ---- cells ---------------------------------------------------------------------------------- */

static struct xlsx_cell *cell_at(struct xlsx_row_in *r, size_t col)
{
    if (col >= r->cap) {
        r->cap = col + 1 > 2 * r->cap ? col + 17 : 2 * r->cap;
        r->cells = mem_resize(r->cells, r->cap * sizeof *r->cells);
        r->text_at = mem_resize(r->text_at, r->cap * sizeof *r->text_at);
    }
    for (; r->n <= col; r->n++) {
        r->cells[r->n] = (struct xlsx_cell){.text = S("")};
        r->text_at[r->n] = SIZE_MAX;
    }
    return &r->cells[col];
}

static void text_set(struct xlsx_row_in *r, struct xlsx_cell *c, str text)
{
    r->text_at[c - r->cells] = r->texts.n;
    sbuf_add(&r->texts, text);
    c->text.n = text.n;
    if (r->texts.failed)
        xlsx_part_refuse(&r->part, "found a row with more text than is accepted");
}

static void shared_set(struct xlsx_row_in *r, struct xlsx_cell *c, str value)
{
    const struct xlsx_strings *s = &r->x->strings;
    int64_t i = 0;
    if (!str_int(value, &i) || i < 0 || (size_t)i >= s->n) {
        xlsx_part_refuse(&r->part, "found a cell whose text is not in the file");
        return;
    }
    c->text = (str){s->bytes + s->at[i], s->at[i + 1] - s->at[i]};
    c->kind = c->text.n > 0 ? XLSX_TEXT : XLSX_NONE;
}

/* A date in words: 2020-12-01, with or without a time behind it. */
static bool iso_set(struct xlsx_row_in *r, struct xlsx_cell *c, str value)
{
    char text[11];
    if (!date_parse(str_sub(value, 0, 10), &c->day))
        return false;
    c->kind = XLSX_DAY;
    text_set(r, c, str_from(date_text(c->day, text)));
    return true;
}

static void number_set(struct xlsx_row_in *r, struct xlsx_cell *c, str value)
{
    char text[XLSX_NUMBER_TEXT];
    char shown[11];
    uint8_t dated = r->style < r->x->dated.n ? r->x->dated.at[r->style] : 0;
    if (!xlsx_number_text(value, text)) {
        c->kind = XLSX_TEXT;
        text_set(r, c, value);
    } else if (dated != 0 && xlsx_serial_day(text, r->x->from_1904, &c->day)) {
        c->kind = XLSX_DAY;
        text_set(r, c, str_from(date_text(c->day, shown)));
    } else {
        c->kind = XLSX_NUMBER;
        text_set(r, c, str_from(text));
    }
}

static void value_set(struct xlsx_row_in *r, struct xlsx_cell *c)
{
    str value = sbuf_str(&r->value);
    bool text = r->type == 'i' || r->type == 'f';
    if (text && r->value.n > 0)
        value = str_sub(value, 0, xlsx_unescape(r->value.p, r->value.n));
    else if (!text)
        value = str_trim(value);
    if (value.n == 0)
        return;
    switch (r->type) {
    case 's':
        shared_set(r, c, value);
        return;
    case 'b':
        c->kind = XLSX_FLAG;
        text_set(r, c, str_eq(value, S("0")) || str_eq(value, S("false")) ? S("FALSE") : S("TRUE"));
        return;
    case 'd':
        if (iso_set(r, c, value))
            return;
        break;
    case 'n':
        number_set(r, c, value);
        return;
    default:
        break;
    }
    c->kind = r->type == 'e' ? XLSX_ERROR : XLSX_TEXT;
    text_set(r, c, value);
}

/* ---- the parser's calls --------------------------------------------------------------------- */

static void row_start(struct xlsx_row_in *r, const char **atts)
{
    const char *at = xlsx_att(atts, "r");
    const char *hidden = xlsx_att(atts, "hidden");
    int64_t n = r->row + 2;
    if (at != NULL && (!str_int(str_from(at), &n) || n < r->row + 2)) {
        xlsx_part_refuse(&r->part, "found rows that are not in their order");
        return;
    }
    if (n > XLSX_ROWS) {
        xlsx_part_refuse(&r->part, "found more rows than a sheet holds");
        return;
    }
    r->row = (int)n - 1;
    r->col = -1;
    r->n = 0;
    r->hidden = hidden != NULL && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
    sbuf_clear(&r->texts);
    r->where = IN_ROW;
}

static char type_of(const char *t)
{
    if (t == NULL || strcmp(t, "n") == 0)
        return 'n';
    if (strcmp(t, "inlineStr") == 0)
        return 'i';
    if (strcmp(t, "str") == 0)
        return 'f';
    return t[0];
}

static void cell_start(struct xlsx_row_in *r, const char **atts)
{
    const char *at = NULL;
    const char *end = NULL;
    int row = 0;
    r->type = 'n';
    r->style = 0;
    for (size_t i = 0; atts[i] != NULL; i += 2) {
        if (strcmp(atts[i], "r") == 0)
            at = atts[i + 1];
        else if (strcmp(atts[i], "t") == 0)
            r->type = type_of(atts[i + 1]);
        else if (strcmp(atts[i], "s") == 0)
            r->style = (uint32_t)strtoul(atts[i + 1], NULL, 10);
    }
    r->col++;
    if (at != NULL && (!address(at, &row, &r->col, &end) || *end != '\0' || row != r->row)) {
        xlsx_part_refuse(&r->part, "found a cell in another row than its own");
        return;
    }
    if (r->col >= XLSX_COLUMNS) {
        xlsx_part_refuse(&r->part, "found more columns than a sheet holds");
        return;
    }
    struct xlsx_cell *c = cell_at(r, (size_t)r->col);
    *c = (struct xlsx_cell){.text = S("")};
    r->text_at[r->col] = SIZE_MAX;
    sbuf_clear(&r->value);
    r->in_reading = false;
    r->where = IN_CELL;
}

static void on_start(void *ctx, const char *name, const char **atts)
{
    struct xlsx_row_in *r = ctx;
    switch (r->where) {
    case ELSEWHERE:
        if (strcmp(name, "sheetData") == 0)
            r->where = IN_DATA;
        break;
    case IN_DATA:
        if (strcmp(name, "row") == 0)
            row_start(r, atts);
        break;
    case IN_ROW:
        if (strcmp(name, "c") == 0)
            cell_start(r, atts);
        break;
    case IN_CELL:
        if (strcmp(name, "v") == 0)
            r->in_value = r->type != 'i';
        else if (strcmp(name, "t") == 0)
            r->in_text = r->type == 'i' && !r->in_reading;
        else if (strcmp(name, "rPh") == 0)
            r->in_reading = true;
        else if (strcmp(name, "f") == 0)
            r->cells[r->col].formula = true;
        break;
    }
}

static void on_end(void *ctx, const char *name)
{
    struct xlsx_row_in *r = ctx;
    if (r->where == IN_CELL) {
        if (strcmp(name, "c") == 0) {
            value_set(r, &r->cells[r->col]);
            r->where = IN_ROW;
        } else if (strcmp(name, "rPh") == 0) {
            r->in_reading = false;
        }
        r->in_value = false;
        r->in_text = false;
    } else if (r->where == IN_ROW && strcmp(name, "row") == 0) {
        r->where = IN_DATA;
        r->ready = true;
        xlsx_part_pause(&r->part);
    } else if (r->where == IN_DATA && strcmp(name, "sheetData") == 0) {
        r->where = ELSEWHERE;
    }
}

static void on_chars(void *ctx, const char *s, int n)
{
    struct xlsx_row_in *r = ctx;
    if (!r->in_value && !r->in_text)
        return;
    sbuf_add(&r->value, (str){s, (size_t)n});
    if (r->value.failed)
        xlsx_part_refuse(&r->part, "found a text longer than a cell holds");
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void texts_place(struct xlsx_row_in *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->text_at[i] != SIZE_MAX)
            r->cells[i].text.p = r->texts.p + r->text_at[i];
}

static bool any_cell(const struct xlsx_row_in *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->cells[i].kind != XLSX_NONE || r->cells[i].formula)
            return true;
    return false;
}

/* The first cell of a range is kept for its others, which get its value. */
static void merge_fill(struct xlsx_row_in *r, struct xlsx_merge *m)
{
    if (m->r1 == r->row) {
        struct xlsx_cell *first = cell_at(r, (size_t)m->c1);
        m->cell = *first;
        m->cell.text = str_dup(&r->arena, first->text);
        m->cell.merged = true;
    }
    for (int c = m->c1; c <= m->c2; c++)
        if (m->r1 != r->row || c != m->c1)
            *cell_at(r, (size_t)c) = m->cell;
}

MUST_CHECK static enum rc merges_fill(struct xlsx_row_in *r, struct err *err)
{
    size_t kept = 0;
    while (r->next_merge < r->merges.n && r->merges.at[r->next_merge].r1 <= r->row)
        *VEC_PUSH(&r->arena, &r->active) = r->next_merge++;
    for (size_t i = 0; i < r->active.n; i++) {
        struct xlsx_merge *m = &r->merges.at[r->active.at[i]];
        if (m->r2 < r->row)
            continue;
        r->active.at[kept++] = r->active.at[i];
        merge_fill(r, m);
    }
    r->active.n = kept;
    if (r->arena.used > LIMIT_XLSX_STRING_BYTES * (size_t)4)
        return err_set(err, RC_BAD_INPUT, "%s: found more merged text than is accepted",
                       r->x->file);
    return RC_OK;
}

enum rc xlsx_row(struct xlsx_in *x, const struct xlsx_cell **cells, size_t *n, int *row,
                 struct err *err)
{
    struct xlsx_row_in *r = x->rows;
    *cells = NULL;
    *n = 0;
    *row = 0;
    if (r == NULL)
        return RC_OK;
    for (;;) {
        while (!r->ready && !r->part.finished)
            TRY(xlsx_part_step(&r->part, err));
        if (!r->ready)
            return RC_OK;
        r->ready = false;
        bool any = any_cell(r);
        texts_place(r);
        TRY(merges_fill(r, err));
        if (!any)
            continue;
        *cells = r->cells;
        *n = r->n;
        *row = r->row + 1;
        return RC_OK;
    }
}

bool xlsx_row_hidden(const struct xlsx_in *x)
{
    return x->rows != NULL && x->rows->hidden;
}

/* ---- sheets --------------------------------------------------------------------------------- */

void xlsx_rows_end(struct xlsx_in *x)
{
    struct xlsx_row_in *r = x->rows;
    if (r == NULL)
        return;
    xlsx_part_close(&r->part);
    sbuf_deinit(&r->texts);
    sbuf_deinit(&r->value);
    mem_free(r->cells);
    mem_free(r->text_at);
    arena_deinit(&r->arena);
    mem_free(r);
    x->rows = NULL;
}

enum rc xlsx_use(struct xlsx_in *x, size_t sheet, struct err *err)
{
    const char *part = x->sheets.at[sheet].part;
    xlsx_rows_end(x);
    if (part == NULL)
        return err_set(err, RC_BAD_INPUT, "%s: found no rows of the sheet “%.*s”", x->file,
                       STR_ARG(x->sheets.at[sheet].name));
    struct xlsx_row_in *r = mem_resize(NULL, sizeof *r);
    *r = (struct xlsx_row_in){.x = x, .row = -1};
    sbuf_init(&r->texts, LIMIT_XLSX_ROW_BYTES);
    sbuf_init(&r->value, XLSX_CELL_BYTES);
    x->rows = r;
    enum rc rc = merges_read(r, part, err);
    if (rc == RC_OK)
        rc = part_begin(r, part, err);
    r->part.start = on_start;
    r->part.end = on_end;
    r->part.chars = on_chars;
    if (rc != RC_OK)
        xlsx_rows_end(x);
    return rc == RC_NOT_FOUND ? RC_BAD_INPUT : rc;
}

size_t xlsx_sheets(const struct xlsx_in *x)
{
    return x->sheets.n;
}

str xlsx_sheet_name(const struct xlsx_in *x, size_t sheet)
{
    return x->sheets.at[sheet].name;
}

bool xlsx_sheet_hidden(const struct xlsx_in *x, size_t sheet)
{
    return x->sheets.at[sheet].hidden;
}

enum rc xlsx_open(const char *path, struct xlsx_in **out, struct err *err)
{
    struct xlsx_in *x = mem_resize(NULL, sizeof *x);
    *x = (struct xlsx_in){0};
    *out = NULL;
    enum rc rc = xlsx_package_open(x, path, err);
    if (rc == RC_OK)
        rc = xlsx_book_read(x, err);
    if (rc != RC_OK) {
        xlsx_shut(x);
        return rc;
    }
    *out = x;
    return RC_OK;
}

void xlsx_shut(struct xlsx_in *x)
{
    if (x == NULL)
        return;
    xlsx_rows_end(x);
    if (x->zip != NULL)
        zip_discard(x->zip);
    mem_free(x->strings.bytes);
    mem_free(x->strings.at);
    arena_deinit(&x->arena);
    mem_free(x);
}
