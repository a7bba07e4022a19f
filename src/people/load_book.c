/* Reading a workbook for load_read(): which sheet is which, and each cell as the text that a CSV file would
 * have there. */
#include "people/load_book.h"

#include <stdio.h>
#include <string.h>

#include "people/load_book_in.h"

enum { HEAD_WITHIN = 30, KEPT_WARNINGS = 100, NUMBER_DIGITS = 15 };

const struct told book_sheet_names[LOAD_KINDS] = {
    {{"households", 10}, {"家庭", 6}}, {{"persons", 7}, {"人员", 6}}, {{"cases", 5}, {"在享", 6}}};

/* ---- texts ---------------------------------------------------------------------------------- */

static bool is_blank(uint32_t c)
{
    return c <= 0x20 || c == 0xa0 || c == 0x3000 || c == 0x200b || c == 0xfeff;
}

static str trimmed(str s)
{
    size_t from = 0;
    size_t end = 0;
    for (size_t at = 0; at < s.n;) {
        size_t was = at;
        if (is_blank(utf8_next(s, &at)))
            continue;
        if (end == 0)
            from = was;
        end = at;
    }
    return str_sub(s, from, end);
}

/* A head as it is matched: 姓 名* is 姓名. */
static str head_text(struct arena *a, str s)
{
    struct sbuf b;
    sbuf_init(&b, 4096);
    for (size_t at = 0; at < s.n;) {
        size_t was = at;
        uint32_t c = utf8_next(s, &at);
        if (!is_blank(c) && c != '*' && c != 0xff0a)
            sbuf_add(&b, str_sub(s, was, at));
    }
    str out = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    if (str_ends(out, S("（必填）")))
        out.n -= sizeof "（必填）" - 1;
    return out;
}

str book_cell(struct arena *a, int64_t row, int column)
{
    char letters[8];
    size_t at = sizeof letters - 1;
    letters[at] = '\0';
    for (int n = column + 1; n > 0; n = (n - 1) / 26)
        letters[--at] = (char)('A' + (n - 1) % 26);
    return row > 0 ? str_fmt(a, "%s%lld", letters + at, (long long)row) : S("");
}

/* ---- which sheet is which ------------------------------------------------------------------- */

/* The kind that a sheet's name says; LOAD_KINDS: none. */
static int kind_named(str name)
{
    str s = trimmed(name);
    for (int k = 0; k < LOAD_KINDS; k++)
        if (str_eq(s, book_sheet_names[k].en) || str_eq(s, book_sheet_names[k].zh))
            return k;
    return LOAD_KINDS;
}

/* Columns of a kind that a row names; *whole: none that must be there is missing. */
static size_t heads_known(const struct load_table *t, const str *heads, size_t n, bool *whole)
{
    size_t known = 0;
    *whole = true;
    for (size_t i = 0; i < n; i++)
        known += heads[i].n > 0 && load_column_of(t, heads[i]) >= 0;
    for (size_t c = 0; c < t->columns.n && *whole; c++) {
        bool found = !t->columns.at[c].csv.required;
        for (size_t i = 0; i < n && !found; i++)
            found = heads[i].n > 0 && load_column_of(t, heads[i]) == (int)c;
        *whole = found;
    }
    return known;
}

static void heads_take(struct load_book *b, const struct xlsx_cell *cells, size_t n, str **out)
{
    str *heads = NEW_N(b->arena, str, n + 1);
    for (size_t i = 0; i < n; i++)
        heads[i] = cells[i].merged ? S("") : head_text(b->arena, cells[i].text);
    *out = heads;
}

/* Is this row the head of the sheet? A sheet that is called so needs two columns of its kind. */
static int kind_of_row(const struct load *columns, int named, const str *heads, size_t n)
{
    for (int k = 0; k < LOAD_KINDS; k++) {
        /* Cases before persons before households: their heads say more. */
        int kind = LOAD_KINDS - 1 - k;
        bool whole = false;
        if (named != LOAD_KINDS && kind != named)
            continue;
        size_t known = heads_known(&columns->tables[kind], heads, n, &whole);
        if (known >= 2 && (whole || kind == named))
            return kind;
    }
    return LOAD_KINDS;
}

MUST_CHECK static enum rc sheet_look(struct load_book *b, const struct load *columns, size_t sheet,
                                     struct err *err)
{
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    str name = xlsx_sheet_name(b->in, sheet);
    int named = kind_named(name);
    TRY(xlsx_use(b->in, sheet, err));
    for (int i = 0; i < HEAD_WITHIN; i++) {
        str *heads = NULL;
        TRY(xlsx_row(b->in, &cells, &n, &row, err));
        if (n == 0)
            break;
        heads_take(b, cells, n, &heads);
        int kind = kind_of_row(columns, named, heads, n);
        if (kind == LOAD_KINDS)
            continue;
        if (b->of[kind].there)
            return err_set(err, RC_BAD_INPUT,
                           "found two sheets of %s, “%.*s” and “%.*s”, expected one",
                           book_sheet_names[kind].en.p,
                           STR_ARG(xlsx_sheet_name(b->in, b->of[kind].sheet)), STR_ARG(name));
        b->of[kind] = (struct book_sheet){true, sheet, row, heads, n};
        return RC_OK;
    }
    if (named != LOAD_KINDS)
        return err_set(err, RC_BAD_INPUT,
                       "sheet “%.*s”: found no row with heads, expected those of the template",
                       STR_ARG(name));
    return RC_OK;
}

MUST_CHECK static enum rc sheets_look(struct load_book *b, struct err *err)
{
    struct load *columns = NEW(b->arena, struct load);
    bool any = false;
    columns->arena = b->arena;
    columns->spec.city = b->city;
    for (int k = 0; k < LOAD_KINDS; k++)
        load_table_init(columns, (enum load_kind)k);
    for (size_t i = 0; i < xlsx_sheets(b->in); i++)
        if (!xlsx_sheet_hidden(b->in, i))
            TRY(sheet_look(b, columns, i, err));
    for (int k = 0; k < LOAD_KINDS; k++)
        any = any || b->of[k].there;
    return any ? RC_OK
               : err_set(
                     err, RC_BAD_INPUT,
                     "found no sheet of households, persons or cases, expected one with the heads "
                     "of the template");
}

/* ---- cells as text -------------------------------------------------------------------------- */

static void warn(struct load_book *b, enum load_kind kind, int64_t row, int column,
                 struct told text)
{
    b->n_warnings++;
    if (b->warnings.n < KEPT_WARNINGS)
        *VEC_PUSH(b->arena, &b->warnings) =
            (struct load_warning){kind, row, book_cell(b->arena, row, column), text};
}

/* Three numbers with anything between them: 2020/12/1, 2020.12.01, 2020年12月1日, 20201201. */
static size_t numbers_in(str s, int64_t out[3])
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
            at++;
        if (at > from) {
            if (n == 3 || at - from > 8 || !str_int(str_sub(s, from, at), &out[n]))
                return 0;
            n++;
        } else {
            uint32_t c = utf8_next(s, &at);
            if (c != '-' && c != '/' && c != '.' && c != 0x5e74 && c != 0x6708 && c != 0x65e5)
                return 0;
        }
    }
    return n;
}

static str day_written(struct arena *a, str s, bool month_only)
{
    int64_t v[3] = {0};
    size_t n = numbers_in(s, v);
    if (n == 1 && s.n == 8) {
        v[2] = v[0] % 100;
        v[1] = v[0] / 100 % 100;
        v[0] /= 10000;
        n = 3;
    } else if (n == 1 && s.n == 6 && month_only) {
        v[1] = v[0] % 100;
        v[0] /= 100;
        n = 2;
    }
    if (month_only && (n == 2 || n == 3))
        return str_fmt(a, "%04lld-%02lld", (long long)v[0], (long long)v[1]);
    if (n == 3)
        return str_fmt(a, "%04lld-%02lld-%02lld", (long long)v[0], (long long)v[1],
                       (long long)v[2]);
    return s;
}

static str without_commas(struct arena *a, str s)
{
    char *out = arena_alloc(a, s.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ',')
            out[n++] = s.p[i];
    return (str){out, n};
}

static size_t digits_of(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] >= '0' && s.p[i] <= '9';
    return n;
}

/* Does a value repeated by merging mean what it says? Who and where does; an amount would be counted twice. */
static bool may_repeat(enum load_core core)
{
    return core == COL_HOUSEHOLD || core == COL_DIVISION || core == COL_FROM ||
           core == COL_PROGRAMME || core == COL_SINCE || core == COL_FIRST_ABOVE;
}

struct spot {
    struct load_book *b;
    enum load_kind kind;
    int row, column;
    const struct load_column *c;
};

static void wrong(const struct spot *p, struct told found, struct told expected)
{
    load_mistake_named(p->b->load, p->kind, p->row, p->b->of[p->kind].heads[p->column], found,
                       expected);
}

/* What can't be taken for a value, whatever the column is. */
static bool cell_refused(const struct spot *p, const struct xlsx_cell *cell)
{
    if (cell->kind == XLSX_ERROR)
        wrong(p, load_shown(p->b->load, cell->text), TOLD("a value", "一个值，不是出错的公式"));
    else if (cell->formula && cell->kind == XLSX_NONE)
        wrong(p, TOLD("a formula without a value", "没有结果的公式"),
              TOLD("its value: open and save the file in the spreadsheet program, or type it",
                   "公式的结果：用表格程序打开并保存一次，或直接填写"));
    else if (cell->merged && cell->text.n > 0 && !may_repeat(p->c->core))
        wrong(p, TOLD("a merged cell", "合并的单元格"),
              TOLD("each row with a value of its own", "每行各填各的值"));
    else if (cell->kind == XLSX_NUMBER && p->c->csv.type == CSV_TEXT &&
             digits_of(cell->text) > NUMBER_DIGITS)
        wrong(p,
              TOLD("a number of more than 15 digits, of which the spreadsheet has lost the last",
                   "超过 15 位的数字，末几位已被表格程序改成 0"),
              TOLD("text: format the column as text, then type it again",
                   "文本：先把该列设为“文本”格式，再重新填写"));
    else
        return false;
    return true;
}

static str cell_text(const struct spot *p, const struct xlsx_cell *cell)
{
    struct arena *a = &p->b->row;
    str s = trimmed(cell->text);
    if (s.n == 0)
        return S("");
    if (cell->kind == XLSX_DAY)
        return str_dup(a, p->c->csv.type == CSV_MONTH ? str_sub(s, 0, 7) : s);
    switch (p->c->csv.type) {
    case CSV_DATE:
        return day_written(a, str_dup(a, s), false);
    case CSV_MONTH:
        return day_written(a, str_dup(a, s), true);
    case CSV_YUAN:
    case CSV_COUNT:
        return without_commas(a, s);
    default:
        return str_dup(a, s);
    }
}

/* ---- the source of rows --------------------------------------------------------------------- */

static enum rc begin(void *ctx, struct load *l, const str **names, size_t *n, struct err *err)
{
    struct book_source *s = ctx;
    const struct book_sheet *sheet = &s->b->of[s->kind];
    const struct xlsx_cell *cells = NULL;
    size_t columns = 0;
    int row = 0;
    s->b->load = l;
    TRY(xlsx_use(s->b->in, sheet->sheet, err));
    while (row < sheet->head_row)
        TRY(xlsx_row(s->b->in, &cells, &columns, &row, err));
    *names = sheet->heads;
    *n = sheet->columns;
    return RC_OK;
}

static enum rc next(void *ctx, const str **fields, int64_t *number, bool *bad, struct err *err)
{
    struct book_source *s = ctx;
    struct load_book *b = s->b;
    const struct book_sheet *sheet = &b->of[s->kind];
    const struct load_table *t = &b->load->tables[s->kind];
    const struct xlsx_cell *cells = NULL;
    struct spot p = {.b = b, .kind = s->kind};
    size_t n = 0;
    TRY(xlsx_row(b->in, &cells, &n, &p.row, err));
    *fields = NULL;
    *number = p.row;
    if (n == 0)
        return RC_OK;
    arena_reset(&b->row);
    str *out = NEW_N(&b->row, str, sheet->columns + 1);
    for (size_t i = 0; i < sheet->columns; i++) {
        out[i] = S("");
        if (i >= n || t->of_file[i] < 0)
            continue;
        p.column = (int)i;
        p.c = &t->columns.at[t->of_file[i]];
        if (cell_refused(&p, &cells[i])) {
            *bad = true;
            continue;
        }
        out[i] = cell_text(&p, &cells[i]);
        if (cells[i].formula && !cells[i].merged)
            warn(b, s->kind, p.row, p.column,
                 load_told(b->load, "a formula: its value “%.*s” is taken",
                           "公式，按其结果“%.*s”取用", STR_ARG(cells[i].text)));
    }
    if (xlsx_row_hidden(b->in))
        warn(b, s->kind, p.row, -1,
             TOLD("a hidden row: it is taken as well", "隐藏的行，也会导入"));
    *fields = out;
    return RC_OK;
}

/* ---- for others ----------------------------------------------------------------------------- */

static void let_go(void *p)
{
    struct load_book *b = p;
    xlsx_shut(b->in);
    arena_deinit(&b->row);
}

enum rc load_book_open(struct city *city, const char *path, struct arena *a, struct load_book **out,
                       struct err *err)
{
    struct load_book *b = NEW(a, struct load_book);
    b->city = city;
    b->arena = a;
    *out = NULL;
    TRY(xlsx_open(path, &b->in, err));
    arena_on_reset(a, let_go, b);
    TRY(sheets_look(b, err));
    for (int k = 0; k < LOAD_KINDS; k++) {
        b->sources[k] = (struct book_source){b, (enum load_kind)k};
        b->rows[k] = (struct load_rows){
            b->of[k].there ? str_z(a, xlsx_sheet_name(b->in, b->of[k].sheet)) : "", begin, next,
            &b->sources[k]};
    }
    *out = b;
    return RC_OK;
}

void load_book_rows(struct load_book *b, struct load_spec *spec)
{
    for (int k = 0; k < LOAD_KINDS; k++)
        spec->rows[k] = b->of[k].there ? &b->rows[k] : NULL;
}

str load_book_sheet(const struct load_book *b, enum load_kind kind)
{
    return b->of[kind].there ? xlsx_sheet_name(b->in, b->of[kind].sheet) : S("");
}

str load_book_cell(const struct load_book *b, const struct load_mistake *m)
{
    const struct book_sheet *s = &b->of[m->kind];
    for (size_t i = 0; i < s->columns; i++)
        if (m->column.n > 0 && str_eq(s->heads[i], m->column))
            return book_cell(b->arena, m->row, (int)i);
    return book_cell(b->arena, m->row, -1);
}

int64_t load_book_warnings(const struct load_book *b, const struct load_warning **out, size_t *n)
{
    *out = b->warnings.at;
    *n = b->warnings.n;
    return b->n_warnings;
}

struct told load_book_refusal(const struct err *e, struct arena *a)
{
    static const struct {
        str en, zh;
    } known[] = {
        {S("(.xls)"), S("这是旧版表格（.xls）：请用表格程序打开，另存为 .xlsx 后再上传")},
        {S("password"), S("文件带有密码：请取消密码，保存后再上传")},
        {S("web page"), S("这是改了名的网页：请用表格程序打开，另存为 .xlsx 后再上传")},
        {S("empty file"), S("这是空文件")},
        {S("account that sent it in is closed"), S("上传文件的账号已停用")},
        {S("OpenDocument"), S("这是 .ods 等格式的文件：请另存为 .xlsx 后再上传")},
        {S("(.xlsb)"), S("这是 .xlsb 格式的文件：请另存为 .xlsx 后再上传")},
        {S("(.docx)"), S("这是 Word 文档，不是表格")},
        {S("another kind of"), S("这不是 .xlsx 表格")},
        {S("cut off"), S("文件不完整：请重新上传")},
        {S("damaged"), S("文件已损坏：请用表格程序打开，另存后再上传")},
        {S("unpacks to far more"), S("文件解开后异常庞大，未予读取")},
        {S("two sheets of"), S("同一种工作表有两张，请只留一张")},
        {S("no row with heads"), S("有工作表没有表头：请保留模板的表头行")},
        {S("no sheet of households"), S("没有找到家庭、人员或在享工作表：请使用模板，并保留表头")},
        {S("found both"), S("表头中有两栏意思相同，请只留一栏")},
        {S("expected a column"), S("表头缺少必填的栏目：请使用模板，并保留表头")},
    };
    str en = str_dup(a, str_from(e->text));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_find(en, known[i].en) >= 0)
            return (struct told){en, known[i].zh};
    return (struct told){en, str_fmt(a, "表格不能读取：%.*s", STR_ARG(en))};
}
