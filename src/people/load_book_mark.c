/*
 * The workbook given back: a first sheet that lists what is wrong, then its own sheets with every cell where
 * it stood, the wrong ones marked and commented. Rows go from the reader to the writer one by one.
 */
#include <string.h>

#include "people/load_book_in.h"

struct mark {
    struct load_book *b;
    struct load_mistake *list; /* by kind and row */
    size_t n;
    int64_t all; /* mistakes, more than are listed */
    struct xlsx_out *x;
    struct arena *a;
};

/* ---- the list ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc list_write(struct mark *m, struct err *err)
{
    static const struct xlsx_column columns[] = {
        {.title = S("工作表"), .width = 10}, {.title = S("单元格"), .width = 9},
        {.title = S("栏目"), .width = 16},   {.title = S("问题"), .width = 36},
        {.title = S("应为"), .width = 60},
    };
    const struct load_warning *w = NULL;
    size_t n_warnings = 0;
    load_book_warnings(m->b, &w, &n_warnings);
    TRY(xlsx_sheet(m->x, S("问题清单"), columns, 5, err));
    xlsx_line(m->x,
              str_fmt(m->a,
                      "共 %lld 处问题，什么也没有导入。改正标红的单元格后，把本文件再次上传即可。",
                      (long long)m->all),
              XLSX_SUM);
    for (size_t i = 0; i < m->n; i++) {
        const struct load_mistake *k = &m->list[i];
        xlsx_text(m->x, load_book_sheet(m->b, k->kind), XLSX_PLAIN);
        xlsx_text(m->x, load_book_cell(m->b, k), XLSX_WRONG);
        xlsx_text(m->x, k->column, XLSX_PLAIN);
        xlsx_text(m->x, k->found.zh, XLSX_PLAIN);
        xlsx_text(m->x, k->expected.zh, XLSX_PLAIN);
        xlsx_end_row(m->x);
    }
    if (m->all > (int64_t)m->n)
        xlsx_line(m->x,
                  str_fmt(m->a, "还有 %lld 处没有列出。", (long long)m->all - (long long)m->n),
                  XLSX_NOTE);
    for (size_t i = 0; i < n_warnings; i++) {
        xlsx_text(m->x, load_book_sheet(m->b, w[i].kind), XLSX_NOTE);
        xlsx_text(m->x, w[i].cell, XLSX_NOTE);
        xlsx_text(m->x, S("提醒"), XLSX_NOTE);
        xlsx_text(m->x, w[i].text.zh, XLSX_NOTE);
        xlsx_end_row(m->x);
    }
    return RC_OK;
}

/* ---- the sheets ----------------------------------------------------------------------------- */

static void copy_cell(struct mark *m, const struct xlsx_cell *c, enum xlsx_look look)
{
    if (c->kind == XLSX_DAY && c->day != 0)
        xlsx_day(m->x, c->day, look);
    else if (c->kind == XLSX_NUMBER)
        xlsx_number(m->x, c->text, look);
    else
        xlsx_text(m->x, c->text, look);
}

/* What is wrong with a cell (column -1: with the row as a whole), together; empty: nothing. */
static str wrong_with(const struct mark *m, const struct book_sheet *s, size_t from, size_t to,
                      int column)
{
    struct sbuf b;
    sbuf_init(&b, 4096);
    for (size_t i = from; i < to; i++) {
        const struct load_mistake *k = &m->list[i];
        int at = -1;
        for (size_t c = 0; c < s->columns && at < 0; c++)
            if (k->column.n > 0 && str_eq(s->heads[c], k->column))
                at = (int)c;
        if (at == column)
            sbuf_fmt(&b, "%s问题：%.*s\n应为：%.*s", b.n > 0 ? "\n" : "", STR_ARG(k->found.zh),
                     STR_ARG(k->expected.zh));
    }
    str text = str_dup(m->a, sbuf_str(&b));
    sbuf_deinit(&b);
    return text;
}

/* A row with the mistakes [from, to) of the list. */
static void copy_row(struct mark *m, const struct book_sheet *s, const struct xlsx_cell *cells,
                     size_t n, bool above, size_t from, size_t to)
{
    size_t columns = from < to && s->columns > n ? s->columns : n;
    str of_row = from < to ? wrong_with(m, s, from, to, -1) : S("");
    for (size_t i = 0; i < columns; i++) {
        static const struct xlsx_cell none = {.text = {"", 0}};
        const struct xlsx_cell *c = i < n ? &cells[i] : &none;
        str what = from < to ? wrong_with(m, s, from, to, (int)i) : S("");
        if (i == 0 && of_row.n > 0)
            what =
                what.n > 0 ? str_fmt(m->a, "%.*s\n%.*s", STR_ARG(of_row), STR_ARG(what)) : of_row;
        /* A title over several columns stays in the first of them. */
        if (above && c->merged)
            xlsx_empty(m->x);
        else
            copy_cell(m, c, what.n > 0 ? XLSX_WRONG : XLSX_PLAIN);
        if (what.n > 0)
            xlsx_comment(m->x, what);
    }
    xlsx_end_row(m->x);
}

/* Widths, and columns that keep digits as they are typed. */
static struct xlsx_column *columns_of(const struct mark *m, const struct load_table *t,
                                      const struct book_sheet *s)
{
    struct xlsx_column *columns = NEW_N(m->a, struct xlsx_column, s->columns + 1);
    for (size_t i = 0; i < s->columns; i++) {
        columns[i].width = 14;
        columns[i].text = s->heads[i].n > 0 && t->of_file != NULL && i < t->fields &&
                          t->of_file[i] >= 0 && t->columns.at[t->of_file[i]].csv.type == CSV_TEXT;
    }
    return columns;
}

MUST_CHECK static enum rc copy_sheet(struct mark *m, const struct load *l, size_t sheet,
                                     struct err *err)
{
    static const struct book_sheet unknown;
    const struct book_sheet *s = &unknown;
    const struct xlsx_cell *cells = NULL;
    size_t from = 0, to = 0, n = 0;
    int row = 0, done = 0, kind = LOAD_KINDS;
    struct xlsx_column *columns = NULL;
    for (int k = 0; k < LOAD_KINDS; k++)
        if (m->b->of[k].there && m->b->of[k].sheet == sheet)
            kind = k;
    if (kind != LOAD_KINDS) {
        s = &m->b->of[kind];
        columns = columns_of(m, &l->tables[kind], s);
        while (from < m->n && (int)m->list[from].kind < kind)
            from++;
    }
    TRY(xlsx_sheet(m->x, xlsx_sheet_name(m->b->in, sheet), columns, s->columns, err));
    TRY(xlsx_use(m->b->in, sheet, err));
    for (;;) {
        TRY(xlsx_row(m->b->in, &cells, &n, &row, err));
        if (n == 0)
            return RC_OK;
        for (; done < row - 1; done++)
            xlsx_end_row(m->x);
        while (from < m->n && (int)m->list[from].kind == kind && m->list[from].row < row)
            from++;
        for (to = from; to < m->n && (int)m->list[to].kind == kind && m->list[to].row == row;)
            to++;
        copy_row(m, s, cells, n, kind == LOAD_KINDS || row <= s->head_row, from, to);
        done = row;
    }
}

enum rc load_book_marked(struct load_book *b, const struct load *l, const char *path,
                         struct err *err)
{
    struct arena a = {0};
    struct mark m = {.b = b, .a = &a};
    m.all = load_mistake_list(l, &a, &m.list, &m.n);
    TRY(xlsx_create(path, &m.x, err));
    enum rc rc = list_write(&m, err);
    for (size_t i = 0; rc == RC_OK && i < xlsx_sheets(b->in); i++) {
        /* The list of the last round is not wanted any more. */
        if (!xlsx_sheet_hidden(b->in, i) && !str_eq(xlsx_sheet_name(b->in, i), S("问题清单")))
            rc = copy_sheet(&m, l, i, err);
    }
    if (rc == RC_OK)
        rc = xlsx_close(m.x, err);
    else
        xlsx_abandon(m.x);
    arena_deinit(&a);
    return rc;
}
