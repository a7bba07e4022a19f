/*
 * Writing spreadsheets, over libxlsxwriter with constant_memory: a row is on the disk when the next one
 * begins. The library takes numbers as double; an amount of 15 digits comes out of it as it went in.
 */
#include "sheet/xlsx.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "sheet/xlsx_in.h"

enum {
    WIDTH_USUAL = 12,
    INLINE_PICKS = 255, /* characters of a list that can stand with its cells */
    NAME_CHARS = 31,
    ESCAPED = 7, /* characters of one that is written as _x0002_ */
    LOOKS = XLSX_SUM + 1,
    WHOLE_EXACT_DIGITS = 15,
    NUMBER_BYTES = 64,
    PICKS_ROWS =
        10000, /* that offer a choice: programs there are that hold each cell of the range */
};

enum form { AS_TEXT, AS_TYPED, AS_FEN, AS_COUNT, AS_NUMBER, AS_DAY, FORMS };

struct out_column {
    str title, note;
    int width;
    bool text;
    char *list; /* formula or NULL */
    char **picks;
    size_t n_picks;
};

/* A list too long to stand with its cells: a column of a sheet of its own. */
struct out_list {
    char **picks;
    size_t n;
};

struct out_sheet {
    lxw_worksheet *ws;
    long bytes; /* of its rows, when it was done */
};

struct xlsx_out {
    struct arena arena;
    char *path, *temp; /* in the arena; the file stands under temp until it is whole */
    lxw_workbook *book;
    lxw_format *formats[LOOKS][FORMS];
    lxw_format *typed; /* of whole columns of text */
    VEC(struct out_sheet) sheets;
    VEC(struct out_list) lists;
    VEC(str) names;
    const char *lists_name;

    str name; /* of the sheet at hand, as asked for */
    struct out_column *columns;
    size_t n_columns;
    lxw_worksheet *ws; /* NULL: none yet */
    lxw_row_t row, head_row;
    size_t col;
    bool head_done;

    struct sbuf text;
    struct err failed; /* rc RC_OK: nothing has */
};

static void fail(struct xlsx_out *x, enum rc rc, const char *what)
{
    if (x->failed.rc == RC_OK)
        err_set(&x->failed, rc, "%s", what);
}

static void heed(struct xlsx_out *x, lxw_error e)
{
    if (e != LXW_NO_ERROR)
        fail(x, RC_IO, lxw_strerror(e));
}

/* The library takes texts that it does not change without const. */
static char *z_dup(struct arena *a, str s)
{
    char *z = arena_alloc_raw(a, s.n + 1, 1);
    if (s.n > 0)
        memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    return z;
}

/* ---- text ----------------------------------------------------------------------------------- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* _x000D_ in a text means a character to a spreadsheet. */
static bool looks_escaped(str s, size_t at)
{
    if (s.n - at < 7 || s.p[at] != '_' || s.p[at + 1] != 'x' || s.p[at + 6] != '_')
        return false;
    for (size_t i = at + 2; i < at + 6; i++)
        if (!is_hex(s.p[i]))
            return false;
    return true;
}

/* XML can't hold every character: those are written as spreadsheets do it. Returns NULL after a failure. */
static const char *cell_text(struct xlsx_out *x, str s)
{
    size_t at = 0;
    size_t units = 0;
    sbuf_clear(&x->text);
    sbuf_addz(&x->text, "");
    while (at < s.n) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        bool escaped = (c < 0x20 && c != '\t' && c != '\n') || c == 0xfffe || c == 0xffff ||
                       (c == '_' && looks_escaped(s, from));
        units += escaped ? ESCAPED : c > 0xffff ? 2 : 1;
        if (escaped)
            sbuf_fmt(&x->text, "_x%04X_", (unsigned)c);
        else if (c == 0xfffd)
            sbuf_addz(&x->text, "\xef\xbf\xbd");
        else
            sbuf_add(&x->text, str_sub(s, from, at));
    }
    if (units > XLSX_CELL_CHARS || x->text.failed) {
        char what[160];
        snprintf(what, sizeof what,
                 "row %u, column %zu: a text of %zu characters; a cell holds at most %d",
                 x->row + 1, x->col + 1, units, XLSX_CELL_CHARS);
        fail(x, RC_LIMIT, what);
        return NULL;
    }
    return x->text.p != NULL ? x->text.p : "";
}

/* In a name or a comment there is no way to write them. */
static char *plain_text(struct arena *a, str s, size_t most)
{
    struct sbuf b;
    size_t at = 0;
    sbuf_init(&b, 1 << 20);
    sbuf_addz(&b, "");
    for (size_t n = 0; at < s.n && n < most; n++) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        bool bad = (c < 0x20 && c != '\n') || c == 0xfffe || c == 0xffff || c == 0xfffd;
        sbuf_add(&b, bad ? S(" ") : str_sub(s, from, at));
    }
    char *out = z_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

/* ---- looks ---------------------------------------------------------------------------------- */

static lxw_format *format_new(struct xlsx_out *x, enum xlsx_look look, enum form form)
{
    static const char *const number[FORMS] = {
        [AS_TYPED] = "@", [AS_FEN] = "#,##0.00", [AS_COUNT] = "#,##0", [AS_DAY] = "yyyy-mm-dd"};
    lxw_format *f = workbook_add_format(x->book);
    if (number[form] != NULL)
        format_set_num_format(f, number[form]);
    switch (look) {
    case XLSX_HEAD:
        format_set_bold(f);
        format_set_text_wrap(f);
        format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
        format_set_bg_color(f, 0xE8EDF3);
        format_set_bottom(f, LXW_BORDER_THIN);
        break;
    case XLSX_WRONG:
        format_set_bg_color(f, 0xFFD9D6);
        format_set_font_color(f, 0x9C0006);
        break;
    case XLSX_NOTE:
        format_set_font_color(f, 0x555555);
        format_set_text_wrap(f);
        format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
        break;
    case XLSX_SUM:
        format_set_bold(f);
        format_set_top(f, LXW_BORDER_THIN);
        break;
    default:
        break;
    }
    return f;
}

static lxw_format *format_of(struct xlsx_out *x, enum xlsx_look look, enum form form)
{
    bool typed = x->col < x->n_columns && x->columns[x->col].text;
    if (form == AS_TEXT && typed)
        form = AS_TYPED;
    if (look == XLSX_PLAIN && (form == AS_TEXT || form == AS_NUMBER))
        return NULL;
    if (x->formats[look][form] == NULL)
        x->formats[look][form] = format_new(x, look, form);
    return x->formats[look][form];
}

/* ---- opening -------------------------------------------------------------------------------- */

/* Beside the file, for its owner only: it may hold people's data. */
MUST_CHECK static enum rc temp_make(struct xlsx_out *x, const char *path, struct err *err)
{
    struct stat st;
    x->path = z_dup(&x->arena, str_from(path));
    x->temp = z_dup(&x->arena, str_fmt(&x->arena, "%s.XXXXXX", path));
    int fd = mkstemp(x->temp);
    if (fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", path,
                       strerror(errno));
    if (stat(path, &st) == 0 && fchmod(fd, st.st_mode & 0777) != 0)
        err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    close(fd);
    return RC_OK;
}

static char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return z_dup(a, S("."));
    return z_dup(a, (str){path, slash == path ? 1 : (size_t)(slash - path)});
}

static void set_free(struct xlsx_out *x)
{
    sbuf_deinit(&x->text);
    arena_deinit(&x->arena);
    mem_free(x);
}

enum rc xlsx_create(const char *path, struct xlsx_out **out, struct err *err)
{
    struct xlsx_out *x = mem_resize(NULL, sizeof *x);
    *out = NULL;
    *x = (struct xlsx_out){0};
    sbuf_init(&x->text, 8 * (XLSX_CELL_CHARS + 1));
    enum rc rc = temp_make(x, path, err);
    if (rc != RC_OK) {
        set_free(x);
        return rc;
    }
    lxw_workbook_options o = {
        .constant_memory = LXW_TRUE,
        .tmpdir = folder_of(&x->arena, path),
        .use_zip64 = LXW_FALSE,
    };
    x->book = workbook_new_opt(x->temp, &o);
    if (x->book == NULL) {
        unlink(x->temp);
        set_free(x);
        return err_set(err, RC_IO, "%s: the spreadsheet can't be begun", path);
    }
    *out = x;
    return RC_OK;
}

/* ---- sheets --------------------------------------------------------------------------------- */

static bool name_taken(const struct xlsx_out *x, str name)
{
    for (size_t i = 0; i < x->names.n; i++)
        if (str_eq(x->names.at[i], name))
            return true;
    return false;
}

/* What a name can't hold left out, at most 31 characters, each once. */
static const char *name_free(struct xlsx_out *x, str wanted)
{
    struct sbuf b;
    size_t chars = 0;
    size_t at = 0;
    sbuf_init(&b, 1024);
    while (at < wanted.n && chars < NAME_CHARS) {
        size_t from = at;
        uint32_t c = utf8_next(wanted, &at);
        if (c < 0x20 || c == 0xfffd || (c < 0x80 && strchr("[]:*?/\\'", (int)c) != NULL))
            continue;
        chars += c > 0xffff ? 2 : 1;
        sbuf_add(&b, str_sub(wanted, from, at));
    }
    str base = str_trim(str_dup(&x->arena, sbuf_str(&b)));
    sbuf_deinit(&b);
    if (base.n == 0)
        base = S("Sheet");
    str name = base;
    for (int i = 2; name_taken(x, name); i++) {
        size_t cut = 0;
        for (size_t n = 0; cut < base.n && n < NAME_CHARS - 8; n++)
            utf8_next(base, &cut);
        name = str_fmt(&x->arena, "%.*s (%d)", (int)cut, base.p, i);
    }
    *VEC_PUSH(&x->arena, &x->names) = name;
    return str_z(&x->arena, name);
}

static char *formula_of(struct xlsx_out *x, const struct out_column *c)
{
    char col[8];
    size_t n = 0;
    for (size_t i = 0; i < c->n_picks; i++) {
        n += utf8_count(str_from(c->picks[i])) + 1;
        if (strchr(c->picks[i], ',') != NULL)
            n = INLINE_PICKS + 2;
    }
    if (n <= INLINE_PICKS + 1)
        return NULL;
    if (x->lists_name == NULL)
        x->lists_name = name_free(x, S("选项"));
    lxw_col_to_name(col, (lxw_col_t)x->lists.n, 0);
    *VEC_PUSH(&x->arena, &x->lists) = (struct out_list){c->picks, c->n_picks};
    return z_dup(&x->arena,
                 str_fmt(&x->arena, "='%s'!$%s$1:$%s$%zu", x->lists_name, col, col, c->n_picks));
}

static void columns_copy(struct xlsx_out *x, const struct xlsx_column *columns, size_t n)
{
    x->columns = NEW_N(&x->arena, struct out_column, n + 1);
    x->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        struct out_column *c = &x->columns[i];
        c->title = str_dup(&x->arena, columns[i].title);
        c->note = str_dup(&x->arena, columns[i].note);
        c->width = columns[i].width > 0 ? columns[i].width : WIDTH_USUAL;
        c->text = columns[i].text;
        c->picks = NEW_N(&x->arena, char *, columns[i].n_picks + 1);
        for (size_t k = 0; columns[i].picks != NULL && k < columns[i].n_picks; k++)
            if (columns[i].picks[k].n > 0)
                c->picks[c->n_picks++] = plain_text(&x->arena, columns[i].picks[k], 200);
        if (c->n_picks > 0)
            c->list = formula_of(x, c);
    }
}

static void part_begin(struct xlsx_out *x)
{
    x->ws = workbook_add_worksheet(x->book, name_free(x, x->name));
    x->row = 0;
    x->col = 0;
    x->head_done = false;
    if (x->ws == NULL) {
        fail(x, RC_IO, "a sheet can't be begun");
        return;
    }
    for (size_t i = 0; i < x->n_columns; i++) {
        if (x->columns[i].text && x->typed == NULL)
            x->typed = format_new(x, XLSX_PLAIN, AS_TYPED);
        heed(x, worksheet_set_column(x->ws, (lxw_col_t)i, (lxw_col_t)i, x->columns[i].width,
                                     x->columns[i].text ? x->typed : NULL));
    }
    worksheet_set_landscape(x->ws);
    worksheet_set_paper(x->ws, 9); /* A4 */
    worksheet_fit_to_pages(x->ws, 1, 0);
}

static void picks_offer(struct xlsx_out *x, size_t i)
{
    const struct out_column *c = &x->columns[i];
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST,
                             .value_list = c->picks,
                             .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING,
                             .error_title = "不在列表中",
                             .error_message = "请从下拉列表中选择。"};
    if (c->list != NULL) {
        v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
        v.value_list = NULL;
        v.value_formula = c->list;
    }
    heed(x, worksheet_data_validation_range(x->ws, x->head_row + 1, (lxw_col_t)i,
                                            x->head_row + PICKS_ROWS, (lxw_col_t)i, &v));
}

static void note_put(struct xlsx_out *x, lxw_row_t row, size_t col, str text)
{
    enum { CHARS_A_LINE = 16, MOST = 1000 };
    size_t lines = 2 + utf8_count(text) / CHARS_A_LINE;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    lxw_comment_options o = {.width = 240, .height = (uint16_t)(20 * (lines < 30 ? lines : 30))};
    heed(x, worksheet_write_comment_opt(x->ws, row, (lxw_col_t)col,
                                        plain_text(&x->arena, text, MOST), &o));
}

static bool titled(const struct xlsx_out *x)
{
    for (size_t i = 0; i < x->n_columns; i++)
        if (x->columns[i].title.n > 0)
            return true;
    return false;
}

static void head_write(struct xlsx_out *x)
{
    if (x->head_done || x->ws == NULL)
        return;
    x->head_done = true;
    x->head_row = x->row;
    if (!titled(x)) {
        for (size_t i = 0; i < x->n_columns; i++)
            if (x->columns[i].n_picks > 0)
                picks_offer(x, i);
        return;
    }
    for (x->col = 0; x->col < x->n_columns; x->col++) {
        const struct out_column *c = &x->columns[x->col];
        const char *z = cell_text(x, c->title);
        if (x->formats[XLSX_HEAD][AS_TEXT] == NULL)
            x->formats[XLSX_HEAD][AS_TEXT] = format_new(x, XLSX_HEAD, AS_TEXT);
        if (z != NULL)
            heed(x, worksheet_write_string(x->ws, x->row, (lxw_col_t)x->col, z,
                                           x->formats[XLSX_HEAD][AS_TEXT]));
        if (c->note.n > 0)
            note_put(x, x->row, x->col, c->note);
        if (c->n_picks > 0)
            picks_offer(x, x->col);
    }
    x->col = 0;
    x->row++;
    worksheet_freeze_panes(x->ws, x->row, 0);
    heed(x, worksheet_repeat_rows(x->ws, x->head_row, x->head_row));
}

static void part_end(struct xlsx_out *x)
{
    if (x->ws == NULL)
        return;
    if (x->col > 0)
        x->row++;
    head_write(x);
    *VEC_PUSH(&x->arena, &x->sheets) = (struct out_sheet){.ws = x->ws};
    x->ws = NULL;
}

enum rc xlsx_sheet(struct xlsx_out *x, str name, const struct xlsx_column *columns, size_t n,
                   struct err *err)
{
    part_end(x);
    if (n > XLSX_COLUMNS)
        fail(x, RC_LIMIT, "a sheet holds at most 16,384 columns");
    if (x->failed.rc == RC_OK) {
        x->name = str_dup(&x->arena, name);
        columns_copy(x, columns, n);
        part_begin(x);
    }
    return x->failed.rc != RC_OK ? err_set(err, x->failed.rc, "%s", x->failed.text) : RC_OK;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* Where the next cell stands; false: nowhere. */
static bool cell_at(struct xlsx_out *x)
{
    assert(x->ws != NULL || x->failed.rc != RC_OK); /* a cell needs a sheet */
    if (x->failed.rc != RC_OK)
        return false;
    head_write(x);
    if (x->row >= LXW_ROW_MAX) {
        part_end(x);
        part_begin(x);
        head_write(x);
    }
    if (x->col >= XLSX_COLUMNS)
        fail(x, RC_LIMIT, "a sheet holds at most 16,384 columns");
    return x->failed.rc == RC_OK;
}

void xlsx_line(struct xlsx_out *x, str text, enum xlsx_look look)
{
    if (x->col > 0)
        xlsx_end_row(x);
    if (x->ws == NULL || x->failed.rc != RC_OK)
        return;
    if (x->row >= LXW_ROW_MAX && !cell_at(x))
        return;
    const char *z = cell_text(x, text);
    lxw_format *f = look == XLSX_PLAIN ? NULL : x->formats[look][AS_TEXT];
    if (look != XLSX_PLAIN && f == NULL)
        f = x->formats[look][AS_TEXT] = format_new(x, look, AS_TEXT);
    if (z != NULL && x->n_columns > 1)
        heed(x,
             worksheet_merge_range(x->ws, x->row, 0, x->row, (lxw_col_t)(x->n_columns - 1), z, f));
    else if (z != NULL)
        heed(x, worksheet_write_string(x->ws, x->row, 0, z, f));
    x->row++;
}

static void text_write(struct xlsx_out *x, str text, enum xlsx_look look, enum form form)
{
    lxw_format *f = format_of(x, look, form);
    const char *z = text.n > 0 ? cell_text(x, text) : NULL;
    if (z != NULL)
        heed(x, worksheet_write_string(x->ws, x->row, (lxw_col_t)x->col, z, f));
    else if (f != NULL && x->failed.rc == RC_OK)
        heed(x, worksheet_write_blank(x->ws, x->row, (lxw_col_t)x->col, f));
    x->col++;
}

void xlsx_text(struct xlsx_out *x, str text, enum xlsx_look look)
{
    if (cell_at(x))
        text_write(x, text, look, AS_TEXT);
}

static void number_write(struct xlsx_out *x, double v, enum xlsx_look look, enum form form)
{
    lxw_format *f = format_of(x, look, form);
    heed(x, worksheet_write_number(x->ws, x->row, (lxw_col_t)x->col, v, f));
    x->col++;
}

static bool exact(int64_t v)
{
    return v < 1000000000000000 && v > -1000000000000000;
}

void xlsx_fen(struct xlsx_out *x, int64_t fen, enum xlsx_look look)
{
    char text[40];
    uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    if (!cell_at(x))
        return;
    if (exact(fen)) {
        number_write(x, (double)fen / 100.0, look, AS_FEN);
        return;
    }
    snprintf(text, sizeof text, "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(size / 100),
             (unsigned)(size % 100));
    text_write(x, str_from(text), look, AS_TEXT);
}

void xlsx_count(struct xlsx_out *x, int64_t n, enum xlsx_look look)
{
    char text[32];
    if (!cell_at(x))
        return;
    if (exact(n)) {
        number_write(x, (double)n, look, AS_COUNT);
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)n);
    text_write(x, str_from(text), look, AS_TEXT);
}

/* Digits with a sign and a point; from the first that is not 0 to the last such no more than a double keeps. */
static bool number_keeps(str s)
{
    size_t digits = 0;
    size_t zeros = 0;
    size_t points = 0;
    bool any = false;
    for (size_t i = s.n > 0 && s.p[0] == '-'; i < s.n; i++) {
        if (s.p[i] == '.')
            points++;
        else if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        any = any || s.p[i] != '.';
        if (s.p[i] == '0') {
            zeros++;
        } else if (s.p[i] != '.') {
            digits += (digits > 0 ? zeros : 0) + 1;
            zeros = 0;
        }
    }
    return any && digits <= WHOLE_EXACT_DIGITS && points <= 1 && s.n < NUMBER_BYTES;
}

void xlsx_number(struct xlsx_out *x, str text, enum xlsx_look look)
{
    char z[NUMBER_BYTES];
    if (!cell_at(x))
        return;
    if (!number_keeps(text)) {
        text_write(x, text, look, AS_TEXT);
        return;
    }
    snprintf(z, sizeof z, "%.*s", STR_ARG(text));
    number_write(x, strtod(z, NULL), look, AS_NUMBER);
}

void xlsx_day(struct xlsx_out *x, day d, enum xlsx_look look)
{
    char text[11];
    if (!cell_at(x))
        return;
    /* Spreadsheets begin with 1900, and take that year for a leap year. */
    if (d == 0)
        text_write(x, S(""), look, AS_DAY);
    else if (d >= XLSX_EPOCH_1900 + 61)
        number_write(x, (double)(d - XLSX_EPOCH_1900), look, AS_DAY);
    else
        text_write(x, str_from(date_text(d, text)), look, AS_TEXT);
}

void xlsx_empty(struct xlsx_out *x)
{
    if (cell_at(x))
        x->col++;
}

void xlsx_comment(struct xlsx_out *x, str text)
{
    if (x->ws != NULL && x->failed.rc == RC_OK && x->col > 0 && text.n > 0)
        note_put(x, x->row, x->col - 1, text);
}

void xlsx_end_row(struct xlsx_out *x)
{
    if (!cell_at(x))
        return;
    x->row++;
    x->col = 0;
}

/* ---- closing -------------------------------------------------------------------------------- */

static void lists_write(struct xlsx_out *x)
{
    size_t rows = 0;
    if (x->lists.n == 0)
        return;
    lxw_worksheet *ws = workbook_add_worksheet(x->book, x->lists_name);
    if (ws == NULL) {
        fail(x, RC_IO, "the sheet of choices can't be begun");
        return;
    }
    for (size_t i = 0; i < x->lists.n; i++)
        rows = x->lists.at[i].n > rows ? x->lists.at[i].n : rows;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < x->lists.n; i++)
            if (r < x->lists.at[i].n)
                heed(x, worksheet_write_string(ws, (lxw_row_t)r, (lxw_col_t)i,
                                               x->lists.at[i].picks[r], NULL));
    worksheet_hide(ws);
}

/* The library does not ask whether its temporary files took what it wrote. */
static void rows_flushed(struct xlsx_out *x)
{
    for (size_t i = 0; i < x->sheets.n; i++) {
        FILE *f = x->sheets.at[i].ws->optimize_tmpfile;
        if (f == NULL)
            continue;
        errno = 0;
        if (fflush(f) != 0 || ferror(f))
            fail(x, RC_IO, errno != 0 ? strerror(errno) : "a row could not be written");
        x->sheets.at[i].bytes = ftell(f);
    }
}

/* Every sheet in the file must have at least the bytes of its rows. */
MUST_CHECK static enum rc whole(const struct xlsx_out *x, struct err *err)
{
    int e = 0;
    zip_t *z = zip_open(x->temp, ZIP_RDONLY, &e);
    bool good = z != NULL;
    for (size_t i = 0; good && i < x->sheets.n; i++) {
        char name[64];
        zip_stat_t st;
        snprintf(name, sizeof name, "xl/worksheets/sheet%zu.xml", i + 1);
        good = zip_stat(z, name, 0, &st) == 0 && (st.valid & ZIP_STAT_SIZE) != 0 &&
               st.size > (zip_uint64_t)x->sheets.at[i].bytes;
    }
    if (z != NULL)
        zip_discard(z);
    return good ? RC_OK
                : err_set(err, RC_IO, "%s: could not be written whole; is the disk full?", x->path);
}

MUST_CHECK static enum rc settle(const struct xlsx_out *x, struct err *err)
{
    int fd = open(x->temp, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int e = errno;
    if (fd >= 0)
        close(fd);
    if (good && rename(x->temp, x->path) == 0)
        return RC_OK;
    return err_set(err, RC_IO, "%s: %s", x->path, strerror(good ? errno : e));
}

enum rc xlsx_close(struct xlsx_out *x, struct err *err)
{
    part_end(x);
    assert(x->sheets.n > 0 || x->failed.rc != RC_OK);
    lists_write(x);
    rows_flushed(x);
    if (x->failed.rc != RC_OK) {
        enum rc rc = err_set(err, x->failed.rc, "%s", x->failed.text);
        xlsx_abandon(x);
        return rc;
    }
    lxw_error e = workbook_close(x->book);
    enum rc rc =
        e == LXW_NO_ERROR ? whole(x, err) : err_set(err, RC_IO, "%s: %s", x->path, lxw_strerror(e));
    if (rc == RC_OK)
        rc = settle(x, err);
    if (rc != RC_OK)
        unlink(x->temp);
    set_free(x);
    return rc;
}

void xlsx_abandon(struct xlsx_out *x)
{
    lxw_workbook_free(x->book);
    unlink(x->temp);
    set_free(x);
}
