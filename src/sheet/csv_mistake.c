/*
 * Mistakes: collecting them, putting them into words, and finding out what is wrong with a row that
 * is not CSV. This runs only when something is wrong, so it is simple rather than fast.
 */
#include <inttypes.h>
#include "sheet/csv_in.h"

enum { SHOWN_CHARS = 40 };

str csv_shown(struct arena *a, str text)
{
    struct sbuf b;
    size_t at = 0;
    sbuf_init(&b, 1024);
    sbuf_addz(&b, "“");
    for (size_t chars = 0; at < text.n && chars < SHOWN_CHARS; chars++) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (c == '\n' || c == '\r')
            sbuf_addz(&b, "⏎");
        else if (c < 0x20 || c == 0x7f)
            sbuf_fmt(&b, "\\x%02X", (unsigned)c);
        else
            sbuf_add(&b, str_sub(text, from, at));
    }
    sbuf_addz(&b, at < text.n ? "…”" : "”");
    str shown = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return shown;
}

static void put(struct csv_reader *r, int64_t row, int64_t line, str column, str found,
                str expected)
{
    struct csv_mistakes *m = &r->mistakes;
    if (m->list.n == LIMIT_CSV_ERRORS) {
        m->more = true;
        return;
    }
    struct csv_mistake *new = VEC_PUSH(r->arena, &m->list);
    new->row = row;
    new->line = line;
    new->column = column;
    new->found = str_dup(r->arena, found);
    new->expected = str_dup(r->arena, expected);
}

void csv_mistake_put(struct csv_reader *r, int64_t row, int64_t line, str column, str found,
                     str expected)
{
    if (row > r->seen_row)
        put(r, row, line, column, found, expected);
}

void csv_mistake_add(struct csv_reader *r, size_t i, const struct csv_column *column, str found,
                     str expected)
{
    str header = column->names.at[0];
    for (size_t f = 0; f < r->fields; f++)
        if (r->bounds[f].col == column)
            header = r->bounds[f].header;
    put(r, csv_row_number(r, i), csv_line_number(r, i), str_dup(r->arena, header),
        csv_shown(&r->texts, found), expected);
    csv_mistakes_sort(r);
}

/* Columns are read one after the other, so a block's mistakes come in column by column. */
void csv_mistakes_sort(struct csv_reader *r)
{
    struct csv_mistake *at = r->mistakes.list.at;
    for (size_t i = 1; i < r->mistakes.list.n; i++) {
        struct csv_mistake m = at[i];
        size_t j = i;
        for (; j > 0 && at[j - 1].row > m.row; j--)
            at[j] = at[j - 1];
        at[j] = m;
    }
}

const struct csv_mistakes *csv_mistakes(const struct csv_reader *r)
{
    return &r->mistakes;
}

str csv_mistake_text(const struct csv_reader *r, const struct csv_mistake *m, struct arena *a)
{
    str line = S(""), column = S("");
    if (m->line != m->row)
        line = str_fmt(a, " (line %" PRId64 ")", m->line);
    if (m->column.n > 0)
        column = str_fmt(a, ", column %.*s", STR_ARG(m->column));
    return str_fmt(a, "%s row %" PRId64 "%.*s%.*s: found %.*s, expected %.*s", r->name, m->row,
                   STR_ARG(line), STR_ARG(column), STR_ARG(m->found), STR_ARG(m->expected));
}

enum rc csv_mistakes_err(const struct csv_reader *r, struct err *err)
{
    const struct csv_mistakes *m = &r->mistakes;
    struct arena a;
    arena_init(&a, 0);
    str first = csv_mistake_text(r, &m->list.at[0], &a);
    str rest = S("");
    if (m->more)
        rest = str_fmt(&a, " (and %zu more mistakes; the rest was not read)", m->list.n - 1);
    else if (m->list.n > 1)
        rest = str_fmt(&a, " (and %zu more mistake%s)", m->list.n - 1, m->list.n > 2 ? "s" : "");
    enum rc rc = err_set(err, RC_BAD_INPUT, "%.*s%.*s", STR_ARG(first), STR_ARG(rest));
    arena_deinit(&a);
    return rc;
}

/* ---- rows that are not CSV ---- */

/* The end of the field at `at`, and whether its quotes are as they should be. */
static size_t field_end(str row, size_t at, enum csv_fault *fault)
{
    size_t i = at;
    bool quoted = i < row.n && row.p[i] == '"';
    *fault = CSV_ROW_GOOD;
    if (quoted) {
        for (i++; i < row.n; i++) {
            if (row.p[i] != '"')
                continue;
            if (i + 1 == row.n || row.p[i + 1] != '"')
                break;
            i++;
        }
        i += i < row.n;
        if (i < row.n && row.p[i] != ',')
            *fault = CSV_ROW_AFTER_QUOTE;
    }
    for (; i < row.n && row.p[i] != ','; i++)
        if (row.p[i] == '"' && !quoted)
            *fault = CSV_ROW_QUOTE;
    return i;
}

struct csv_row_check csv_row_check(str row, size_t fields)
{
    struct csv_row_check c = {0};
    if (row.n == 0)
        c.fault = CSV_ROW_BLANK;
    for (size_t at = 0;; at++) {
        size_t from = at;
        enum csv_fault fault;
        at = field_end(row, from, &fault);
        str text = str_sub(row, from, at);
        if (text.n > LIMIT_CSV_FIELD)
            fault = CSV_ROW_LONG;
        else if (text.n > 0 && memchr(text.p, 0, text.n) != NULL)
            fault = CSV_ROW_NUL;
        if (fault != CSV_ROW_GOOD && c.fault == CSV_ROW_GOOD) {
            c.fault = fault;
            c.field = c.fields;
            c.text = text;
        }
        c.longest = text.n > c.longest ? text.n : c.longest;
        c.fields++;
        if (at >= row.n)
            break;
    }
    if (c.fault == CSV_ROW_GOOD && c.fields != fields)
        c.fault = CSV_ROW_FIELDS;
    return c;
}

void csv_row_report(struct csv_reader *r, const struct csv_row_check *c, int64_t row, int64_t line)
{
    str column = S(""), found = csv_shown(&r->texts, c->text), expected = S("");
    if (c->fault != CSV_ROW_BLANK && c->fault != CSV_ROW_FIELDS)
        column = c->field < r->fields ? r->bounds[c->field].header
                                      : str_fmt(r->arena, "%zu", c->field + 1);
    switch (c->fault) {
    case CSV_ROW_BLANK:
        found = S("an empty line");
        expected = S("none between the rows");
        break;
    case CSV_ROW_FIELDS:
        found = str_fmt(&r->texts, "%zu field%s", c->fields, c->fields == 1 ? "" : "s");
        expected = str_fmt(&r->texts, "%zu as in the header", r->fields);
        break;
    case CSV_ROW_QUOTE:
        expected =
            S("quotes around the whole field only, and each quote within them written twice");
        break;
    case CSV_ROW_AFTER_QUOTE:
        expected = S("a comma or the end of the line after the closing quote");
        break;
    case CSV_ROW_NUL:
        found = S("a zero byte");
        expected = S("text; is the file damaged, or not a CSV file?");
        break;
    case CSV_ROW_LONG:
        found = str_fmt(&r->texts, "a field of %zu bytes", c->text.n);
        expected = str_fmt(&r->texts, "at most %d; is a closing quote missing?", LIMIT_CSV_FIELD);
        break;
    case CSV_ROW_GOOD:
        return;
    }
    csv_mistake_put(r, row, line, column, found, expected);
}
