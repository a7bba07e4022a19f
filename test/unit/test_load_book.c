/*
 * A workbook of households, persons and cases into a store, on both databases: the template taken in again,
 * what other programs make of a sheet, each mistake at its cell, the marked copy mended and taken.
 */
#include "store/harness.h"

#include "pay/past.h"
#include "people/load_book.h"
#include "unit/test_xlsx_pack.h"

struct town {
    struct fresh *f;
    struct arena a;
    struct city *city;
    struct load_spec spec;
    struct load_book *book;
    struct load *load;
    struct load_mistake *list;
    size_t n;
};

static void town_open(struct town *t, void *state)
{
    *t = (struct town){.f = state};
    const char *key = fresh_path(t->f, &t->a, "key");
    const struct init_spec init = {.url = t->f->url,
                                   .key_path = key,
                                   .home = HUIMIN_SRC,
                                   .place = "panzhihua",
                                   .who = "tester"};
    check_ok(city_init(&init, &t->a, err));
    check_ok(city_open(t->f->url, key, "tester", &t->a, &t->city, err));
    t->spec = (struct load_spec){.city = t->city,
                                 .from = date_day(2020, 1, 1),
                                 .today = date_day(2020, 12, 24),
                                 .month = month_of(2020, 11)};
}

static void town_close(struct town *t)
{
    city_close(t->city);
    arena_deinit(&t->a);
}

/* ---- a workbook as text --------------------------------------------------------------------- */

/* Rows by \n, cells by |; 1.5# a number, 2020-12-01! a day. */
static void sheet_put(struct xlsx_out *x, const char *name, const char *text)
{
    struct err e = {0};
    struct xlsx_column columns[20] = {0};
    str rest = str_from(text);
    assert_int_equal(xlsx_sheet(x, str_from(name), columns, 20, &e), RC_OK);
    while (rest.n > 0) {
        str row = {0}, after = {0};
        bool more_rows = str_cut(rest, '\n', &row, &after);
        for (bool more = true; more;) {
            str cell = {0}, next = {0};
            day d = 0;
            more = str_cut(row, '|', &cell, &next);
            if (str_ends(cell, S("#")))
                xlsx_number(x, str_sub(cell, 0, cell.n - 1), XLSX_PLAIN);
            else if (str_ends(cell, S("!")) && date_parse(str_sub(cell, 0, cell.n - 1), &d))
                xlsx_day(x, d, XLSX_PLAIN);
            else
                xlsx_text(x, cell, XLSX_PLAIN);
            row = next;
        }
        xlsx_end_row(x);
        rest = more_rows ? after : S("");
    }
}

static const char *book_put(struct town *t, const char *households, const char *persons,
                            const char *cases)
{
    struct err e = {0};
    struct xlsx_out *x = NULL;
    const char *path = fresh_path(t->f, &t->a, "book.xlsx");
    assert_int_equal(xlsx_create(path, &x, &e), RC_OK);
    if (households != NULL)
        sheet_put(x, "家庭", households);
    if (persons != NULL)
        sheet_put(x, "人员", persons);
    if (cases != NULL)
        sheet_put(x, "在享", cases);
    assert_int_equal(xlsx_close(x, &e), RC_OK);
    return path;
}

static enum rc read_book(struct town *t, const char *path, struct err *e)
{
    t->load = NULL;
    t->n = 0;
    TRY(load_book_open(t->city, path, &t->a, &t->book, e));
    load_book_rows(t->book, &t->spec);
    enum rc rc = load_read(&t->spec, &t->a, &t->load, e);
    load_mistake_list(t->load, &t->a, &t->list, &t->n);
    return rc;
}

static void check_right(struct town *t, const char *path, int households, int persons, int cases)
{
    struct err e = {0};
    struct load_counts n;
    if (read_book(t, path, &e) != RC_OK) {
        struct sbuf b;
        sbuf_init(&b, 1 << 16);
        if (t->load != NULL)
            load_mistakes(t->load, &b);
        fail_msg("%s: %s", e.text, b.p != NULL ? b.p : "");
    }
    load_counts(t->load, &n);
    assert_int_equal(n.households, households);
    assert_int_equal(n.persons, persons);
    assert_int_equal(n.cases, cases);
}

/* A mistake: its cell, and words of what was found and expected, in Chinese. */
static void check_wrong(struct town *t, const char *path, const char *cell, const char *found,
                        const char *expected)
{
    struct err e = {0};
    assert_int_equal(read_book(t, path, &e), RC_BAD_INPUT);
    if (t->n == 0)
        fail_msg("no mistake: %s", e.text);
    for (size_t i = 0; i < t->n; i++) {
        const struct load_mistake *m = &t->list[i];
        if (str_eq(load_book_cell(t->book, m), str_from(cell)) &&
            str_find(m->found.zh, str_from(found)) >= 0 &&
            str_find(m->expected.zh, str_from(expected)) >= 0)
            return;
        print_error("%.*s: %.*s, %.*s\n", STR_ARG(load_book_cell(t->book, m)), STR_ARG(m->found.zh),
                    STR_ARG(m->expected.zh));
    }
    fail_msg("expected %s: %s, %s", cell, found, expected);
}

static void store(struct town *t)
{
    check_ok(
        past_store(&(struct past_spec){.city = t->city, .month = t->spec.month, .why = S("test")},
                   t->load, err));
}

#define H_HEAD "家庭编号*|区划代码*|户口类别|家庭财产\n"
#define P_HEAD "家庭编号*|姓名*|与户主关系|身份证号|出生日期|月收入\n"
#define C_HEAD "家庭编号|救助项目*|起始日期*|上月金额|首次超标月份\n"
static const char households[] = H_HEAD "1#|510402001002#|城市|1,000.50\n2|510411001001|农村|0#";
static const char persons[] = P_HEAD "1#|张三|户主|510402199003070019|1990/3/7|300#\n"
                                     "1|李 四|配偶|510411195506150027|1955-06-15!|0\n"
                                     "2#|王五|户主|510402550615002||410.5#";
static const char cases[] = C_HEAD "1#|最低生活保障|2019-05-01!|720#|\n"
                                   "2|最低生活保障|2020年3月1日|88.80|202009#";

/* ---- right ---------------------------------------------------------------------------------- */

static void as_people_fill_it(void **state)
{
    struct town t;
    town_open(&t, *state);
    check_right(&t, book_put(&t, households, persons, cases), 2, 3, 2);
    store(&t);
    /* Once more it says who is there already, at the cell. */
    check_wrong(&t, book_put(&t, households, persons, cases), "D2", "系统中人员",
                "没有人用过的号码");
    town_close(&t);
}

static void the_template_as_it_comes(void **state)
{
    struct town t;
    struct xlsx_in *x = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    town_open(&t, *state);
    const char *path = fresh_path(t.f, &t.a, "template.xlsx");
    check_ok(load_book_template(t.city, path, err));
    check_right(&t, path, 0, 0, 0);
    check_ok(xlsx_open(path, &x, err));
    assert_true(xlsx_sheets(x) >= 4);
    check_str(xlsx_sheet_name(x, 0), "填写说明");
    check_str(xlsx_sheet_name(x, 2), "人员");
    check_ok(xlsx_use(x, 2, err));
    check_ok(xlsx_row(x, &cells, &n, &row, err));
    assert_true(n > 10);
    check_str(cells[0].text, "家庭编号*");
    xlsx_shut(x);
    town_close(&t);
}

/* Titles above the heads, a household's number merged over its members, formulas, hidden rows, dates as
 * numbers, sheets under other names. */
static void another_programs_workbook(void **state)
{
    static const char styles[] = "<styleSheet " MAIN_NS "><cellXfs><xf numFmtId=\"0\"/>"
                                 "<xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    struct town t;
    const struct load_warning *w = NULL;
    size_t n = 0;
    town_open(&t, *state);
    const char *path = fresh_path(t.f, &t.a, "other.xlsx");
#define TX(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
    const struct piece pieces[] = {
        {"_rels/.rels", RELS(REL("a", "officeDocument", "xl/workbook.xml"))},
        {"xl/workbook.xml",
         "<workbook " MAIN_NS " " REL_NS "><sheets><sheet name=\"Sheet1\" sheetId=\"1\" "
         "r:id=\"r1\"/><sheet name=\"花名册\" sheetId=\"2\" r:id=\"r2\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", RELS(REL("r1", "worksheet", "worksheets/sheet1.xml")
                                                REL("r2", "worksheet", "worksheets/sheet2.xml")
                                                    REL("r3", "styles", "styles.xml"))},
        {"xl/styles.xml", styles},
        {"xl/worksheets/sheet1.xml",
         SHEET(
             "<sheetData><row>" TX("仁和区低保家庭") "</row><row>" TX("家庭编号") TX("区划代码")
                 TX("户 口 类 别") "</row><row r=\"4\" hidden=\"1\">" TX("甲") "<c><f>A1</f><v>510402001002</v></c>" TX(
                     "城市") "</row></sheetData><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells>")},
        {"xl/worksheets/sheet2.xml",
         SHEET(
             "<sheetData><row>" TX("家庭编号")
                 TX("姓名") TX("与户主关系") TX("出生日期") "</row><row>" TX("甲") TX("张三") TX(
                     "户主") "<c s=\"1\"><v>32939</v></c></row><row><c r=\"B3\" t=\"inlineStr\"><is>"
                             "<t>李四</t></is></c>" TX(
                                 "配偶") "<c s=\"1\"><v>20255.5</v></c></row>"
                                         "</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>")}};
    pack(path, pieces, 6);
    check_right(&t, path, 1, 2, 0);
    assert_int_equal(load_book_warnings(t.book, &w, &n), 2);
    check_str(w[0].cell, "B4");
    check_str(w[0].text.zh, "公式，按其结果“510402001002”取用");
    check_str(w[1].cell, "4");
    store(&t);
    town_close(&t);
}

/* ---- wrong ---------------------------------------------------------------------------------- */

#define H1 H_HEAD "1|510402001002|城市|0"
#define P1 P_HEAD "1|张三|户主|510402199003070019||0"

static void each_mistake_at_its_cell(void **state)
{
    static const struct {
        const char *households, *persons, *cases, *cell, *found, *expected;
    } list[] = {
        {H_HEAD "1|510402001003|城市|0", P1, NULL, "B2", "510402001003", "本市有的区划"},
        {H_HEAD "1|510402001002|乡村|0", P1, NULL, "C2", "“乡村”", "以下之一：城市、农村"},
        {H_HEAD "1|510402001002||0", P1, NULL, "C2", "空", "必须填写"},
        {H_HEAD "1|510402001002|城市|12.345#", P1, NULL, "D2", "“12.345”", "以元为单位"},
        {H_HEAD "1|510402001002|城市|0\n1|510402001002|城市|0", P1, NULL, "A3", "“1”",
         "第 2 行已有"},
        {H1, P_HEAD "1|张三|户主|510402199003070018||0", NULL, "D2", "最后一位是 “8”", "“9”"},
        {H1, P_HEAD "1|张三|户主|5104021990||0", NULL, "D2", "10 个字符", "17 位数字"},
        {H1, P_HEAD "1|张三|户主|510402199013070012||0", NULL, "D2", "出生日期 1990-13-07",
         "真实的"},
        {H1, P_HEAD "1|张三|户主|510402199003070019|1990-03-08!|0", NULL, "E2", "“1990-03-08”",
         "1990-03-07（与身份证号一致）"},
        {H1, P_HEAD "1||户主|510402199003070019||0", NULL, "B2", "空", "姓名"},
        {H1, P_HEAD "9|张三|户主|510402199003070019||0", NULL, "A2", "没有它的成员", ""},
        {H1, P_HEAD "1|张三|户主|510402199003070019||三百", NULL, "F2", "“三百”", "以元为单位"},
        {H1, P1, C_HEAD "1|低保|2020-01-01|1|", "B2", "“低保”", "最低生活保障"},
        {H1, P1, C_HEAD "1|最低生活保障|2020-13-01|1|", "C2", "“2020-13-01”", "真实的日期"},
        {H1, P1, C_HEAD "1|最低生活保障|2021-01-01|1|", "C2", "“2021-01-01”", "不晚于今天"},
    };
    struct town t;
    town_open(&t, *state);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const char *cell = list[i].cell;
        const char *path = book_put(&t, list[i].households, list[i].persons, list[i].cases);
        /* A household without members is a mistake of its whole row. */
        check_wrong(&t, path, i == 10 ? "2" : cell, list[i].found, list[i].expected);
    }
    town_close(&t);
}

static void what_a_spreadsheet_loses(void **state)
{
    struct town t;
    town_open(&t, *state);
    const char *path = fresh_path(t.f, &t.a, "lost.xlsx");
    /* 510402199003070019 as a number: its last digits are gone, and must not be guessed. */
    pack_book(path,
              &(struct book_parts){
                  .sheet = ROWS("<row>" TX("家庭编号") TX("姓名") TX("身份证号") "</row><row>" TX(
                      "510402-1") TX("张三") "<c><v>510402199003070019</v></c></row>")});
    check_wrong(&t, path, "C2", "超过 15 位的数字", "文本");
    pack_book(path, &(struct book_parts){
                        .sheet = ROWS("<row>" TX("家庭编号") TX("姓名")
                                          TX("月收入") "</row><row>" TX("510402-1")
                                              TX("张三") "<c><f>SUM(A1)</f></c></row>")});
    check_wrong(&t, path, "C2", "没有结果的公式", "直接填写");
    pack_book(
        path,
        &(struct book_parts){
            .sheet = SHEET(
                "<sheetData><row>" TX("家庭编号") TX("姓名") TX("月收入") TX(
                    "出生日期") "</row><row>" TX("510402-1")
                    TX("张三") "<c><v>5</v></c>" TX("1990-01-01") "</row><row>" TX("510402-1") TX(
                        "李四") "<c/>" TX("1990-01-01") "</row></sheetData><mergeCells><mergeCell "
                                                        "ref=\"C2:C3\"/></mergeCells>")});
    check_wrong(&t, path, "C3", "合并的单元格", "每行各填各的值");
    town_close(&t);
}

static void a_workbook_that_is_none_of_ours(void **state)
{
    struct town t;
    struct err e = {0};
    struct xlsx_out *x = NULL;
    town_open(&t, *state);
    const char *path = fresh_path(t.f, &t.a, "book.xlsx");
    assert_int_equal(xlsx_create(path, &x, &e), RC_OK);
    sheet_put(x, "Sheet1", "商品|单价\n米|5");
    assert_int_equal(xlsx_close(x, &e), RC_OK);
    assert_int_equal(read_book(&t, path, &e), RC_BAD_INPUT);
    check_str(load_book_refusal(&e, &t.a).zh,
              "没有找到家庭、人员或在享工作表：请使用模板，并保留表头");
    /* A sheet by its name, without its heads. */
    assert_int_equal(read_book(&t, book_put(&t, "1|2\n3|4", NULL, NULL), &e), RC_BAD_INPUT);
    check_str(load_book_refusal(&e, &t.a).zh, "有工作表没有表头：请保留模板的表头行");
    /* Some of the heads, not those that must be there. */
    assert_int_equal(read_book(&t, book_put(&t, "家庭编号|家庭财产\n1|4", NULL, NULL), &e),
                     RC_BAD_INPUT);
    check_str(load_book_refusal(&e, &t.a).zh, "表头缺少必填的栏目：请使用模板，并保留表头");
    assert_int_equal(xlsx_create(path, &x, &e), RC_OK);
    sheet_put(x, "甲", households);
    sheet_put(x, "乙", households);
    assert_int_equal(xlsx_close(x, &e), RC_OK);
    assert_int_equal(read_book(&t, path, &e), RC_BAD_INPUT);
    check_str(load_book_refusal(&e, &t.a).zh, "同一种工作表有两张，请只留一张");
    town_close(&t);
}

/* ---- who may -------------------------------------------------------------------------------- */

static bool in_510402001(void *ctx, int64_t division)
{
    (void)ctx;
    return division / 1000 == 510402001;
}

static void only_within_ones_own_division(void **state)
{
    struct town t;
    struct err e = {0};
    town_open(&t, *state);
    check_right(&t, book_put(&t, households, persons, cases), 2, 3, 2);
    store(&t);
    t.spec.within = in_510402001;
    check_wrong(
        &t, book_put(&t, H_HEAD "7|510411001001|农村|0", P_HEAD "7|赵六|户主||1980-01-01|0", NULL),
        "B2", "别处的家庭", "本单位辖区内");
    /* Not by a case of somebody who lives there, and without being told who it is. */
    assert_int_equal(
        read_book(
            &t,
            book_put(&t, NULL, NULL,
                     "身份证号|救助项目|起始日期\n510402195506150021|最低生活保障|2020-01-01"),
            &e),
        RC_BAD_INPUT);
    check_wrong(&t, book_put(&t, H1, P_HEAD "1|张三|户主|510402199003070019||0", NULL), "D2",
                "系统中已有此号码", "没有人用过的号码");
    check_right(
        &t, book_put(&t, H_HEAD "8|510402001002|城市|0", P_HEAD "8|钱七|户主||1980-01-01|0", NULL),
        1, 1, 0);
    town_close(&t);
}

/* ---- given back ----------------------------------------------------------------------------- */

/* Marked, mended in its cell and taken: the other cells are what they were. */
static void the_marked_copy(void **state)
{
    struct town t;
    struct err e = {0};
    struct sbuf b;
    town_open(&t, *state);
    const char *marked = fresh_path(t.f, &t.a, "marked.xlsx");
    check_wrong(&t,
                book_put(&t, households,
                         P_HEAD "1#|张三|户主|510402199003070018|1990/3/7|300#\n\n"
                                "1|李 四|配偶|510411195506150027|1955-06-15!|0\n"
                                "2#|王五|户主|510402550615002||410.5#",
                         cases),
                "D2", "最后一位是", "“9”");
    check_ok(load_book_marked(t.book, t.load, marked, err));
    check_rows(
        marked, 0,
        "1: 共 1 处问题，什么也没有导入。改正标红的单元格后，把本文件再次上传即可。|共 1 处问题，什么也没有导入。改正标红的"
        "单元格后，把本文件再次上传即可。m|共 1 处问题，什么也没有导入。改正标红的单元格后，把本文件再次上传即可。m|共 1 "
        "处问题，什么也没有导入。改正标红的单元格后，把本文件再次上传即可。m|共 1 "
        "处问题，什么也没有导入。改正标红的单元格后，把本文件再次上传即可。m\n"
        "2: 工作表|单元格|栏目|问题|应为\n3: 人员|D2|身份证号|最后一位是 “8”|校验码 “9”，请与证件核对\n");
    check_rows(marked, 2,
               "1: 家庭编号*|姓名*|与户主关系|身份证号|出生日期|月收入\n"
               "2: 1n|张三|户主|510402199003070018|1990/3/7|300n\n"
               "4: 1|李 四|配偶|510411195506150027|1955-06-15d|0\n"
               "5: 2n|王五|户主|510402550615002||410.5n\n");
    /* Sent again as it is, the same mistake is found at the same cell: the list on top is passed over. */
    check_wrong(&t, marked, "D2", "最后一位是", "“9”");
    sbuf_init(&b, 1 << 16);
    assert_int_equal(file_text(marked, 3, &b, &e), RC_OK);
    assert_true(str_find(sbuf_str(&b), S("2: 1n|最低生活保障|2019-05-01d|720n")) >= 0);
    sbuf_deinit(&b);
    town_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(as_people_fill_it),
        BOTH(the_template_as_it_comes),
        BOTH(another_programs_workbook),
        BOTH(each_mistake_at_its_cell),
        BOTH(what_a_spreadsheet_loses),
        BOTH(a_workbook_that_is_none_of_ours),
        BOTH(only_within_ones_own_division),
        BOTH(the_marked_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
