/* What is said of files: mistakes, rows left out, counts, and bad rows as a file of their own. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "people/load_in.h"

enum { KEPT_MISTAKES = 1000 };

/* ---- mistakes ------------------------------------------------------------------------------- */

struct told load_told(const struct load *l, const char *en, const char *zh, ...)
{
    struct sbuf b;
    va_list ap;
    struct told told = {0};
    sbuf_init(&b, 8192);
    va_start(ap, zh);
    sbuf_vfmt(&b, en, ap);
    va_end(ap);
    told.en = str_dup(l->arena, sbuf_str(&b));
    sbuf_clear(&b);
    va_start(ap, zh);
    sbuf_vfmt(&b, zh, ap);
    va_end(ap);
    told.zh = str_dup(l->arena, sbuf_str(&b));
    sbuf_deinit(&b);
    return told;
}

struct told load_shown(const struct load *l, str text)
{
    enum { SHOWN_CHARS = 40 };
    struct sbuf b;
    size_t at = 0;
    if (text.n == 0)
        return TOLD("nothing", "空");
    sbuf_init(&b, 1024);
    sbuf_addz(&b, "“");
    for (size_t chars = 0; at < text.n && chars < SHOWN_CHARS; chars++) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        sbuf_add(&b, c < 0x20 || c == 0x7f ? S("⏎") : str_sub(text, from, at));
    }
    sbuf_addz(&b, at < text.n ? "…”" : "”");
    str shown = str_dup(l->arena, sbuf_str(&b));
    sbuf_deinit(&b);
    return (struct told){shown, shown};
}

str load_column_name(const struct load *l, enum load_kind kind, enum load_core core)
{
    const struct load_table *t = &l->tables[kind];
    if (t->headers != NULL && t->where[core] >= 0)
        return t->headers[t->where[core]];
    for (size_t i = 0; i < t->columns.n; i++)
        if (t->columns.at[i].core == core)
            return t->columns.at[i].csv.names.at[0];
    return S("");
}

void load_leave_out(struct load *l, enum load_kind kind, int64_t row, str reason)
{
    struct load_table *t = &l->tables[kind];
    if (row == 0 || (t->bad_rows.n > 0 && t->bad_rows.at[t->bad_rows.n - 1] == row))
        return;
    *VEC_PUSH(l->arena, &t->bad_rows) = row;
    *VEC_PUSH(l->arena, &t->reasons) = reason;
}

void load_mistake_named(struct load *l, enum load_kind kind, int64_t row, str column,
                        struct told found, struct told expected)
{
    l->n_mistakes++;
    if (l->mistakes.n < KEPT_MISTAKES)
        *VEC_PUSH(l->arena, &l->mistakes) =
            (struct load_mistake){kind, row, column, found, expected};
    load_leave_out(l, kind, row,
                   str_fmt(l->arena, "%.*s%sfound %.*s, expected %.*s", STR_ARG(column),
                           column.n > 0 ? ": " : "", STR_ARG(found.en), STR_ARG(expected.en)));
}

void load_mistake(struct load *l, enum load_kind kind, int64_t row, enum load_core core,
                  struct told found, struct told expected)
{
    load_mistake_named(l, kind, row, load_column_name(l, kind, core), found, expected);
}

void load_mistake_row(struct load *l, enum load_kind kind, int64_t row, struct told found,
                      struct told expected)
{
    load_mistake_named(l, kind, row, S(""), found, expected);
}

static int mistake_order(const void *a, const void *b)
{
    const struct load_mistake *x = a;
    const struct load_mistake *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->row != y->row ? (x->row < y->row ? -1 : 1) : 0;
}

int64_t load_mistake_list(const struct load *l, struct arena *a, struct load_mistake **out,
                          size_t *n)
{
    struct load_mistake *list = NEW_N(a, struct load_mistake, l->mistakes.n + 1);
    if (l->mistakes.n > 0) {
        memcpy(list, l->mistakes.at, l->mistakes.n * sizeof *list);
        qsort(list, l->mistakes.n, sizeof *list, mistake_order);
    }
    *out = list;
    *n = l->mistakes.n;
    return l->n_mistakes;
}

void load_mistakes(const struct load *l, struct sbuf *out)
{
    struct load_mistake *list = NULL;
    size_t n = 0;
    load_mistake_list(l, l->arena, &list, &n);
    for (size_t i = 0; i < n && i < LIMIT_CSV_ERRORS; i++) {
        const struct load_mistake *m = &list[i];
        sbuf_fmt(out, "%s row %lld", l->tables[m->kind].name, (long long)m->row);
        if (m->column.n > 0)
            sbuf_fmt(out, ", column %.*s", STR_ARG(m->column));
        sbuf_fmt(out, ": found %.*s, expected %.*s\n", STR_ARG(m->found.en),
                 STR_ARG(m->expected.en));
    }
    if (l->n_mistakes > LIMIT_CSV_ERRORS)
        sbuf_fmt(out, "… and %lld more mistakes\n", (long long)l->n_mistakes - LIMIT_CSV_ERRORS);
}

/* ---- counts and bad rows -------------------------------------------------------------------- */

static int row_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* A row may have been left out for several reasons. */
static int64_t rows_left_out(const struct load_table *t)
{
    struct arena a = {0};
    int64_t *rows = NEW_N(&a, int64_t, t->bad_rows.n + 1);
    int64_t n = 0;
    if (t->bad_rows.n > 0) {
        memcpy(rows, t->bad_rows.at, t->bad_rows.n * sizeof *rows);
        qsort(rows, t->bad_rows.n, sizeof *rows, row_order);
    }
    for (size_t i = 0; i < t->bad_rows.n; i++)
        n += i == 0 || rows[i] != rows[i - 1];
    arena_deinit(&a);
    return n;
}

void load_counts(const struct load *l, struct load_counts *out)
{
    *out = (struct load_counts){0};
    for (int k = 0; k < LOAD_KINDS; k++) {
        out->rows[k] = l->tables[k].rows;
        out->bad[k] = rows_left_out(&l->tables[k]);
    }
    for (size_t i = 0; i < l->households.n; i++)
        out->households += l->households.at[i]->s.row > 0 && !l->households.at[i]->s.bad;
    for (size_t i = 0; i < l->persons.n; i++)
        out->persons += !l->persons.at[i]->s.bad;
    for (size_t i = 0; i < l->cases.n; i++)
        out->cases += !l->cases.at[i]->bad;
}

struct bad_order {
    int64_t row;
    str reason;
};

static int by_row(const void *a, const void *b)
{
    const struct bad_order *x = a;
    const struct bad_order *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

MUST_CHECK static enum rc copy_bad(struct csv_reader *reader, const struct bad_order *bad, size_t n,
                                   struct csv_out *out, struct err *err)
{
    const str *names = NULL;
    const str *fields = NULL;
    size_t columns = 0;
    size_t next = 0;
    TRY(csv_rows_begin(reader, &names, &columns, err));
    for (size_t i = 0; i < columns; i++)
        csv_out_text(out, names[i]);
    csv_out_text(out, S("reason"));
    csv_out_end(out);
    for (;;) {
        TRY(csv_row(reader, &fields, err));
        if (fields == NULL)
            return RC_OK;
        int64_t row = csv_row_number(reader, 0);
        while (next < n && bad[next].row < row)
            next++;
        if (next == n || bad[next].row != row)
            continue;
        for (size_t i = 0; i < columns; i++)
            csv_out_text(out, fields[i]);
        csv_out_text(out, bad[next].reason);
        csv_out_end(out);
    }
}

enum rc load_bad_rows(const struct load *l, enum load_kind kind, const char *path, struct err *err)
{
    const struct load_table *t = &l->tables[kind];
    struct arena a = {0};
    struct csv_options o = {.path = l->spec.path[kind]};
    struct csv_reader *reader = NULL;
    struct file_out f;
    struct csv_out out;
    size_t n = t->bad_rows.n;
    if (n == 0)
        return err_set(err, RC_NOT_FOUND, "no row was left out");
    struct bad_order *bad = NEW_N(&a, struct bad_order, n);
    for (size_t i = 0; i < n; i++)
        bad[i] = (struct bad_order){t->bad_rows.at[i], t->reasons.at[i]};
    qsort(bad, n, sizeof *bad, by_row);
    TRY(file_out_open(&f, path, err));
    csv_out_init(&out, &f, true);
    enum rc rc = csv_open(&a, &o, &reader, err);
    if (rc == RC_OK)
        rc = copy_bad(reader, bad, n, &out, err);
    if (rc == RC_OK)
        rc = file_out_commit(&f, err);
    file_out_abort(&f);
    arena_deinit(&a);
    return rc;
}
