/*
 * Rows: a buffer of text that is refilled when no whole row is left in it, blocks of rows whose
 * separators are found and checked in one go, then column after column over the block. A row that
 * is not CSV ends its block, is reported alone and left out.
 */
#include <assert.h>
#include "sheet/csv_in.h"

enum { CHUNK = 1 << 18, BLOCK_FIELDS = 8192, BLOCK_MIN = 16, BLOCK_MAX = 1024 };

/* ---- where we are ---- */

static size_t count_lines(const struct csv_reader *r, size_t to)
{
    size_t n = 0;
    const char *end = r->buf + to;
    for (const char *p = r->buf + r->base; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        n++;
    return n;
}

static size_t rows_skipped(const struct csv_reader *r, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < r->skip_count && r->skips[k].before <= i; k++)
        n += r->skips[k].rows;
    return n;
}

int64_t csv_row_number(const struct csv_reader *r, size_t i)
{
    return r->row + (int64_t)(i + rows_skipped(r, i));
}

int64_t csv_line_number(const struct csv_reader *r, size_t i)
{
    return r->line + (int64_t)count_lines(r, r->row_at[i]);
}

/* Begin a new read at `pos`. */
static void rebase(struct csv_reader *r)
{
    r->line += r->plain ? (int64_t)r->got : (int64_t)count_lines(r, r->pos);
    r->row = csv_row_number(r, r->got);
    r->base = r->pos;
    r->got = 0;
    r->skip_count = 0;
    r->plain = true;
}

void csv_give_back(struct csv_reader *r, size_t rows)
{
    assert(rows <= r->got);
    if (rows == 0)
        return;
    /* empty lines just behind were not reported: they will be met again */
    int64_t last = (r->blank_row > 0 ? r->blank_row : csv_row_number(r, r->got)) - 1;
    r->seen_row = last > r->seen_row ? last : r->seen_row;
    r->blank_row = 0;
    r->got -= rows;
    r->pos = r->row_at[r->got];
    while (r->skip_count > 0 && r->skips[r->skip_count - 1].before > r->got)
        r->skip_count--;
}

/* ---- the buffer ---- */

static void buffer_grow(struct csv_reader *r)
{
    size_t cap = r->cap * 2;
    char *buf = arena_alloc_raw(r->arena, cap + (size_t)2 * CSV_PAD, 64);
    memcpy(buf + CSV_PAD, r->buf + CSV_PAD, r->end - CSV_PAD);
    r->buf = buf;
    r->cap = cap;
}

/*
 * More text behind what is left from `pos`, which holds no whole row. *got = 0: there is none. The
 * last line gets a line end if it has none.
 */
static enum rc refill(struct csv_reader *r, size_t *got, struct err *err)
{
    rebase(r);
    memmove(r->buf + CSV_PAD, r->buf + r->pos, r->end - r->pos);
    r->end = CSV_PAD + r->end - r->pos;
    r->base = r->pos = CSV_PAD;
    if (r->cap - (r->end - CSV_PAD) < CSV_PAD + 1)
        buffer_grow(r);
    TRY(csv_source_fill(&r->source, r->buf + r->end, r->cap - (r->end - CSV_PAD) - 1, got, err));
    r->end += *got;
    if (*got == 0 && !r->source.fault && !r->closed) {
        r->closed = true;
        if (r->end > r->pos && r->buf[r->end - 1] != '\n') {
            r->buf[r->end++] = '\n';
            *got = 1;
        }
    }
    memset(r->buf + r->end, '\n', CSV_PAD);
    return RC_OK;
}

/* The line end of the row at `pos`, if it is there yet. */
static bool row_end(struct csv_reader *r, size_t *end)
{
    struct csv_seen seen;
    for (size_t at = r->pos;;) {
        size_t n = r->scan(r->buf, at, r->end, 64, r->seps, &seen);
        for (size_t i = 0; i < n; i++)
            if (r->buf[r->seps[i]] == '\n') {
                *end = r->seps[i];
                return true;
            }
        if (n < 64)
            return false;
        at = r->seps[n - 1] + (size_t)1;
    }
}

/* [pos, end) without the CR before its line end. */
static str row_text(const struct csv_reader *r, size_t end)
{
    end -= end > r->pos && r->buf[end - 1] == '\r';
    return (str){r->buf + r->pos, end - r->pos};
}

/* ---- ends ---- */

static enum rc stop(struct csv_reader *r, size_t *got, struct err *err)
{
    *got = 0;
    r->ended = true;
    return r->mistakes.list.n > 0 ? csv_mistakes_err(r, err) : RC_OK;
}

/* A mistake in the unfinished row at `pos`, after which nothing can be read. */
static void broken_off(struct csv_reader *r, const struct csv_row_check *c, str found, str expected)
{
    str column = S("");
    if (c->fields - 1 < r->fields)
        column = r->bounds[c->fields - 1].header;
    int64_t line = r->line + (int64_t)count_lines(r, r->pos);
    csv_mistake_put(r, csv_row_number(r, r->got), line, column, found, expected);
}

/* The text has come to its end: in order, inside of a quoted field, or at bytes that are no text. */
static void end_reached(struct csv_reader *r)
{
    struct csv_row_check c = csv_row_check((str){r->buf + r->pos, r->end - r->pos}, r->fields);
    if (r->source.fault)
        broken_off(r, &c, str_from(r->source.fault_found), str_from(r->source.fault_expected));
    else if (r->pos < r->end)
        broken_off(r, &c, S("the end of the file inside of quotes"), S("a closing quote"));
}

/* An unfinished row must not grow without end: true when it is no row for us in any case. */
static bool row_hopeless(struct csv_reader *r)
{
    if (r->end - r->pos <= LIMIT_CSV_FIELD)
        return false;
    struct csv_row_check c = csv_row_check((str){r->buf + r->pos, r->end - r->pos}, r->fields);
    if (c.longest > LIMIT_CSV_FIELD)
        broken_off(r, &c, str_fmt(&r->texts, "a field of more than %d bytes", LIMIT_CSV_FIELD),
                   S("shorter ones; is a closing quote missing?"));
    else if (c.fields > LIMIT_CSV_COLUMNS)
        broken_off(r, &c, str_fmt(&r->texts, "%zu fields without a line end", c.fields),
                   str_fmt(&r->texts, "at most %d columns", LIMIT_CSV_COLUMNS));
    else
        return false;
    return true;
}

/* ---- one block of rows ---- */

/* Whether separators and quotes of the i-th row are in order. Line ends have lost their CR. */
static bool row_good(const struct csv_reader *r, size_t i, bool careful)
{
    const uint32_t *seps = r->seps + i * r->fields;
    size_t last = r->fields - 1, from = r->row_at[r->got + i];
    for (size_t f = 0; f < last; f++)
        if (r->buf[seps[f]] == '\n')
            return false;
    str row = {r->buf + from, seps[last] - from};
    return !careful || csv_row_check(row, r->fields).fault == CSV_ROW_GOOD;
}

/*
 * How many of the `rows` rows in seps[0..n) are well formed from the first on. Fills row_at and
 * takes the CR off line ends. Each row must end in its last separator; that no other one is a line
 * end follows from their number.
 */
static size_t good_rows(struct csv_reader *r, size_t rows, size_t n, const struct csv_seen *seen)
{
    const char *buf = r->buf;
    size_t fields = r->fields, spare = 0, i;
    uint32_t *end = r->seps + fields - 1, *row_at = r->row_at + r->got;
    uint32_t from = (uint32_t)r->pos, longest = 0;
    bool careful = seen->odd || seen->nul;
    for (i = rows * fields; i < n; i++)
        spare += buf[r->seps[i]] == '\n';
    bool counted = seen->line_ends - spare == rows;
    for (i = 0; i < rows; i++, end += fields) {
        uint32_t at = *end;
        row_at[i] = from;
        if (buf[at] != '\n')
            break;
        uint32_t stop_at = at - (at > from && buf[at - 1] == '\r');
        uint32_t len = stop_at - from;
        if (len == 0 && fields == 1)
            break;
        longest = len > longest ? len : longest;
        *end = stop_at;
        from = at + 1;
    }
    row_at[i] = from;
    careful |= longest > LIMIT_CSV_FIELD;
    if (i < rows || !counted || careful)
        for (size_t k = 0; k < i; k++)
            if (!row_good(r, k, careful))
                return k;
    return i;
}

static void read_columns(struct csv_reader *r, size_t out, size_t rows, bool quoted)
{
    struct csv_span s = {.base = r->buf,
                         .end_step = r->fields,
                         .rows = rows,
                         .out = out,
                         .first = r->got,
                         .quoted = quoted};
    for (size_t f = 0; f < r->fields; f++) {
        if (r->bounds[f].col == NULL)
            continue;
        s.starts = f == 0 ? r->row_at + r->got : r->seps + f - 1;
        s.start_step = f == 0 ? 1 : r->fields;
        s.start_add = f > 0;
        s.ends = r->seps + f;
        csv_column_read(r, &r->bounds[f], &s);
    }
}

static void report_blank(struct csv_reader *r)
{
    if (r->blank_row == 0)
        return;
    csv_row_report(r, &(struct csv_row_check){.fault = CSV_ROW_BLANK}, r->blank_row, r->blank_line);
    r->blank_row = 0;
}

/* Report the row at `pos`, which is not well formed, and go on behind it. */
static void skip_row(struct csv_reader *r, size_t end)
{
    struct csv_row_check c = csv_row_check(row_text(r, end), r->fields);
    int64_t row = csv_row_number(r, r->got), line = r->line + (int64_t)count_lines(r, r->pos);
    assert(c.fault != CSV_ROW_GOOD);
    if (c.fault == CSV_ROW_BLANK) {
        /* at the end of the file empty lines do no harm; wait and see what follows */
        if (r->blank_row == 0) {
            r->blank_row = row;
            r->blank_line = line;
        }
    } else {
        report_blank(r);
        csv_row_report(r, &c, row, line);
    }
    if (r->skip_count == 0 || r->skips[r->skip_count - 1].before != r->got) {
        r->skips[r->skip_count].before = r->got;
        r->skips[r->skip_count++].rows = 0;
    }
    r->skips[r->skip_count - 1].rows++;
    r->pos = end + 1;
    r->plain = false;
}

/* As many rows as a block takes; 0 when the row at `pos` is not whole or not well formed. */
static size_t read_block(struct csv_reader *r, size_t at, size_t max_rows)
{
    struct csv_seen seen;
    size_t most = max_rows - r->got < r->block ? max_rows - r->got : r->block;
    size_t n = r->scan(r->buf, r->pos, r->end, most * r->fields, r->seps, &seen);
    size_t rows = n / r->fields < most ? n / r->fields : most;
    rows = good_rows(r, rows, n, &seen);
    if (rows == 0)
        return 0;
    r->plain &= !seen.quotes;
    report_blank(r);
    read_columns(r, at + r->got, rows, seen.quotes);
    r->got += rows;
    r->pos = r->row_at[r->got];
    return rows;
}

static void begin(struct csv_reader *r)
{
    rebase(r);
    arena_reset(&r->texts);
    for (size_t i = 0; i < r->column_count; i++) {
        r->columns[i].null_count = 0;
        r->columns[i].low = INT64_MAX;
        r->columns[i].high = INT64_MIN;
    }
}

enum rc csv_read(struct csv_reader *r, size_t at, size_t max_rows, size_t *got, struct err *err)
{
    assert(r->fields > 0 && max_rows > 0); /* the header was read */
    size_t end, fresh, most = max_rows < CSV_READ_MAX ? max_rows : CSV_READ_MAX;
    *got = 0;
    begin(r);
    while (r->got < most && !r->ended && !r->mistakes.more) {
        if (read_block(r, at, most) > 0)
            continue;
        if (r->skip_count > LIMIT_CSV_ERRORS && r->got > 0)
            break;
        if (row_end(r, &end)) {
            skip_row(r, end);
            continue;
        }
        if (r->got > 0)
            break;
        if (row_hopeless(r))
            return stop(r, got, err);
        TRY(refill(r, &fresh, err));
        if (fresh == 0) {
            end_reached(r);
            return stop(r, got, err);
        }
    }
    csv_mistakes_sort(r);
    if (r->ended || r->mistakes.more)
        return stop(r, got, err);
    for (size_t i = 0; i < r->column_count; i++)
        if (!r->columns[i].present)
            csv_column_lacking(&r->columns[i], at, r->got);
    *got = r->got;
    return RC_OK;
}

/* ---- the header ---- */

/* The end of row 1; a mistake when there is none. */
static enum rc header_end(struct csv_reader *r, size_t *end, struct err *err)
{
    size_t fresh;
    while (!row_end(r, end)) {
        if (row_hopeless(r))
            return stop(r, &fresh, err);
        TRY(refill(r, &fresh, err));
        if (fresh > 0)
            continue;
        if (r->pos == r->end && !r->source.fault)
            csv_mistake_put(r, 1, 1, S(""), S("an empty file"), S("a line of column names"));
        else
            end_reached(r);
        return stop(r, &fresh, err);
    }
    return RC_OK;
}

static enum rc header_check(struct csv_reader *r, str row, size_t *fields, struct err *err)
{
    size_t ignored;
    struct csv_row_check c = csv_row_check(row, 0);
    if (c.fault == CSV_ROW_BLANK)
        csv_mistake_put(r, 1, 1, S(""), S("an empty line"), S("a line of column names"));
    else if (c.fault != CSV_ROW_FIELDS)
        csv_row_report(r, &c, 1, 1);
    else if (c.fields > LIMIT_CSV_COLUMNS)
        csv_mistake_put(r, 1, 1, S(""), str_fmt(&r->texts, "%zu columns", c.fields),
                        str_fmt(&r->texts, "at most %d", LIMIT_CSV_COLUMNS));
    *fields = c.fields;
    return r->mistakes.list.n > 0 ? stop(r, &ignored, err) : RC_OK;
}

/* Row 1 into `bounds[].header`. */
static enum rc header_row(struct csv_reader *r, struct err *err)
{
    size_t end = 0, n, from = CSV_PAD;
    struct csv_seen seen;
    TRY(header_end(r, &end, err));
    str row = row_text(r, end);
    TRY(header_check(r, row, &n, err));
    r->bounds = NEW_N(r->arena, struct csv_bound, n);
    size_t found = r->scan(r->buf, r->pos, end + 1, n, r->seps, &seen);
    assert(found == n && r->pos == from);
    for (size_t f = 0; f < n; f++) {
        size_t to = f + 1 < n ? r->seps[f] : r->pos + row.n;
        str raw = {r->buf + from, to - from};
        r->bounds[f].header = str_dup(r->arena, csv_unquote(raw, &r->texts));
        from = r->seps[f] + (size_t)1;
    }
    r->fields = n;
    r->pos = end + 1;
    r->row = 2;
    r->line += (int64_t)count_lines(r, r->pos);
    r->base = r->pos;
    return RC_OK;
}

static struct csv_column *column_named(struct csv_column *columns, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < CSV_NAMES_MAX; k++)
            if (columns[i].names.at[k].n > 0 && str_eq(columns[i].names.at[k], name))
                return &columns[i];
    return NULL;
}

static void note_unused(struct csv_reader *r, size_t f)
{
    str name = r->bounds[f].header, text;
    if (r->source.note == NULL)
        return;
    if (name.n == 0)
        text = str_fmt(&r->texts, "%s: column %zu has no name and is not used", r->name, f + 1);
    else
        text = str_fmt(&r->texts, "%s: column %.*s is not used", r->name,
                       STR_ARG(csv_shown(&r->texts, name)));
    r->source.note(r->source.note_ctx, text);
}

static void say_missing(struct csv_reader *r, const struct csv_column *c)
{
    enum { SHOWN = 20 };
    struct sbuf found, expected;
    sbuf_init(&found, 1 << 16);
    sbuf_init(&expected, 1 << 16);
    sbuf_addz(&found, "the columns");
    for (size_t f = 0; f < r->fields && f < SHOWN; f++)
        sbuf_fmt(&found, "%s %.*s", f == 0 ? "" : ",",
                 STR_ARG(csv_shown(&r->texts, r->bounds[f].header)));
    if (r->fields > SHOWN)
        sbuf_fmt(&found, " and %zu more", r->fields - SHOWN);
    sbuf_fmt(&expected, "a column %.*s", STR_ARG(c->names.at[0]));
    for (size_t k = 1; k < CSV_NAMES_MAX; k++)
        if (c->names.at[k].n > 0)
            sbuf_fmt(&expected, " or %.*s", STR_ARG(c->names.at[k]));
    csv_mistake_put(r, 1, 1, c->names.at[0], sbuf_str(&found), sbuf_str(&expected));
    sbuf_deinit(&found);
    sbuf_deinit(&expected);
}

static void make_month_days(struct csv_reader *r)
{
    size_t months = (size_t)(DATE_YEAR_MAX - DATE_YEAR_MIN + 1) * 12;
    int32_t *days = NEW_N(r->arena, int32_t, months + 1);
    for (size_t i = 0; i < months; i++)
        days[i] = month_first(month_of(DATE_YEAR_MIN, 1) + (month)i);
    days[months] = days[months - 1] + 31;
    r->month_days = days;
}

/* What reading rows needs, now that their width is known. */
static void prepare(struct csv_reader *r)
{
    size_t block = BLOCK_FIELDS / r->fields;
    r->block = block < BLOCK_MIN ? BLOCK_MIN : block > BLOCK_MAX ? BLOCK_MAX : block;
    r->seps = arena_alloc_raw(r->arena,
                              (r->block * r->fields + (size_t)2 * CSV_PAD) * sizeof *r->seps, 64);
    r->row_at = arena_alloc_raw(r->arena, (CSV_READ_MAX + 1) * sizeof *r->row_at, 64);
    r->no_nulls = NEW_N(r->arena, uint8_t, r->block);
    make_month_days(r);
    r->plain = true;
}

static enum rc bind(struct csv_reader *r, struct csv_column *columns, size_t count, struct err *err)
{
    size_t ignored;
    r->columns = columns;
    r->column_count = count;
    for (size_t i = 0; i < count; i++)
        columns[i].present = false;
    for (size_t f = 0; f < r->fields; f++) {
        struct csv_column *c = column_named(columns, count, r->bounds[f].header);
        if (c == NULL) {
            note_unused(r, f);
        } else if (c->present) {
            csv_mistake_put(r, 1, 1, r->bounds[f].header, S("the column twice"), S("it once"));
        } else {
            c->present = true;
            r->bounds[f].col = c;
            csv_bind(r, &r->bounds[f]);
        }
    }
    for (size_t i = 0; i < count; i++)
        if (!columns[i].present && !columns[i].may_lack)
            say_missing(r, &columns[i]);
    return r->mistakes.list.n > 0 ? stop(r, &ignored, err) : RC_OK;
}

enum rc csv_header(struct csv_reader *r, struct csv_column *columns, size_t count, struct err *err)
{
    assert(r->fields == 0);
    TRY(header_row(r, err));
    prepare(r);
    return bind(r, columns, count, err);
}

enum rc csv_rows_begin(struct csv_reader *r, const str **names, size_t *n, struct err *err)
{
    assert(r->fields == 0);
    TRY(header_row(r, err));
    prepare(r);
    r->columns = NEW_N(r->arena, struct csv_column, r->fields);
    r->column_count = r->fields;
    r->row_fields = NEW_N(r->arena, str, r->fields);
    str *headers = NEW_N(r->arena, str, r->fields);
    for (size_t f = 0; f < r->fields; f++) {
        headers[f] = r->bounds[f].header;
        r->columns[f] = (struct csv_column){.type = CSV_TEXT, .present = true};
        r->columns[f].out.text = &r->row_fields[f];
        r->bounds[f].col = &r->columns[f];
    }
    *names = headers;
    *n = r->fields;
    return RC_OK;
}

static str joined(const char *const *columns, size_t n, struct sbuf *b)
{
    for (size_t i = 0; i < n; i++) {
        sbuf_addz(b, i > 0 ? ", " : "");
        sbuf_addz(b, columns[i]);
    }
    return sbuf_str(b);
}

enum rc csv_rows_columns(struct csv_reader *r, const char *const *columns, size_t n, size_t *at,
                         struct err *err)
{
    const str *names = NULL;
    size_t fields = 0;

    TRY(csv_rows_begin(r, &names, &fields, err));
    for (size_t c = 0; c < n; c++) {
        for (at[c] = 0; at[c] < fields; at[c]++)
            if (str_eq(names[at[c]], str_from(columns[c])))
                break;
        if (at[c] < fields)
            continue;
        struct sbuf all;
        sbuf_init(&all, 1024);
        str expected = joined(columns, n, &all);
        enum rc rc = err_set(err, RC_BAD_INPUT, "%s row 1: found no column %s, expected %.*s",
                             csv_name(r), columns[c], STR_ARG(expected));
        sbuf_deinit(&all);
        return rc;
    }
    return RC_OK;
}

enum rc csv_row(struct csv_reader *r, const str **fields, struct err *err)
{
    size_t got;
    *fields = NULL;
    TRY(csv_read(r, 0, 1, &got, err));
    if (got > 0)
        *fields = r->row_fields;
    return RC_OK;
}

/* ---- opening and closing ---- */

static void undo(void *p)
{
    struct csv_reader *r = p;
    csv_source_close(&r->source);
    arena_deinit(&r->texts);
}

enum rc csv_open(struct arena *a, const struct csv_options *o, struct csv_reader **out,
                 struct err *err)
{
    struct csv_reader *r = NEW(a, struct csv_reader);
    struct csv_options options = *o;
    *out = NULL;
    if (options.chunk == 0)
        options.chunk = CHUNK;
    const char *name = options.name;
    if (name == NULL && options.path != NULL && str_eq(str_from(options.path), S("-")))
        name = "standard input";
    if (name == NULL && options.path != NULL)
        name = strrchr(options.path, '/') != NULL ? strrchr(options.path, '/') + 1 : options.path;
    r->arena = a;
    r->name = str_z(a, name != NULL ? str_from(name) : S("input"));
    TRY(csv_source_open(&r->source, a, &options, err));
    r->source.name = r->name;
    r->scan = options.portable ? csv_scan_portable : csv_scan_best();
    r->cap = options.chunk + (size_t)2 * CSV_PAD;
    r->buf = arena_alloc_raw(a, r->cap + (size_t)2 * CSV_PAD, 64);
    memset(r->buf, '\n', (size_t)2 * CSV_PAD);
    r->pos = r->end = r->base = CSV_PAD;
    r->row = r->line = 1;
    r->plain = true;
    r->seps = NEW_N(a, uint32_t, LIMIT_CSV_COLUMNS + (size_t)2 * CSV_PAD);
    arena_init(&r->texts, 0);
    arena_on_reset(a, undo, r);
    *out = r;
    return RC_OK;
}

void csv_close(struct csv_reader *r)
{
    if (r != NULL) {
        undo(r);
        r->ended = true;
    }
}

const char *csv_name(const struct csv_reader *r)
{
    return r->name;
}
