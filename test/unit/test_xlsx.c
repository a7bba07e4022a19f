/* Spreadsheets: what is written is read again, and what other programs write is read as people see it. */
#include "test_xlsx_pack.h"

#include <sys/stat.h>
#include "base/file.h"
#include "base/limits.h"
#include "sheet/xlsx_in.h"

/* ---- written and read ----------------------------------------------------------------------- */

static const struct xlsx_column two[] = {{.title = S("姓名"), .width = 10},
                                         {.title = S("金额"), .width = 10}};

static void begin(const char *path, struct xlsx_out **x, const struct xlsx_column *columns,
                  size_t n)
{
    struct err err = {0};
    assert_int_equal(xlsx_create(path, x, &err), RC_OK);
    assert_int_equal(xlsx_sheet(*x, S("名册"), columns, n, &err), RC_OK);
}

static void every_kind_of_cell(void **state)
{
    char path[64];
    struct xlsx_out *x = NULL;
    struct err err = {0};
    (void)state;
    temp_path(path);
    begin(path, &x, two, 2);
    xlsx_line(x, S("一月"), XLSX_NOTE);
    xlsx_text(x, S("=1+1"), XLSX_PLAIN);
    xlsx_fen(x, 41000, XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_text(x, S("@a\nb <&> \"'"), XLSX_WRONG);
    xlsx_fen(x, -7, XLSX_SUM);
    xlsx_comment(x, S("小于零"));
    xlsx_end_row(x);
    xlsx_empty(x);
    xlsx_count(x, 12345, XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_day(x, date_day(2020, 2, 29), XLSX_PLAIN);
    xlsx_day(x, date_day(1899, 12, 31), XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_number(x, S("410.10"), XLSX_PLAIN);
    xlsx_number(x, S("510402199001011234"), XLSX_PLAIN);
    xlsx_number(x, S("510402199001011000"), XLSX_PLAIN);
    xlsx_number(x, S("-0.00012"), XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_text(x,
              S("\x01_x000D_\r"
                "\xe2\x80\xa8"
                "𠮷"),
              XLSX_PLAIN);
    xlsx_fen(x, INT64_MIN, XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_day(x, date_day(1900, 3, 1), XLSX_PLAIN);
    xlsx_day(x, date_day(1900, 2, 28), XLSX_PLAIN);
    xlsx_end_row(x);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    check_rows(
        path, 0,
        "1: 一月|一月m\n2: 姓名|金额\n3: =1+1|410n\n4: @a\nb <&> \"'|-0.07n\n5: |12345n\n"
        "6: 2020-02-29d|1899-12-31\n7: 410.1n|510402199001011234|510402199001011000n|-0.00012n\n"
        "8: \x01_x000D_\r\xe2\x80\xa8𠮷|-92233720368547758.08\n9: 1900-03-01d|1900-02-28\n");
    unlink(path);
}

static void numbers_stay_what_they_are(void **state)
{
    static const int64_t fen[] = {0,
                                  1,
                                  9,
                                  10,
                                  99,
                                  100,
                                  101,
                                  12345,
                                  999999999999999,
                                  -999999999999999,
                                  123456789012345,
                                  29000,
                                  7,
                                  100000000000001};
    char path[64];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    struct err err = {0};
    (void)state;
    temp_path(path);
    begin(path, &x, two, 2);
    for (size_t i = 0; i < sizeof fen / sizeof *fen; i++) {
        xlsx_fen(x, fen[i], XLSX_PLAIN);
        xlsx_count(x, fen[i], XLSX_PLAIN);
        xlsx_end_row(x);
    }
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_use(in, 0, &err), RC_OK);
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    for (size_t i = 0; i < sizeof fen / sizeof *fen; i++) {
        int64_t count = 0;
        char money[40];
        long long size = fen[i] < 0 ? -fen[i] : fen[i];
        assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
        assert_int_equal(n, 2);
        snprintf(money, sizeof money, "%s%lld.%02lld", fen[i] < 0 ? "-" : "", size / 100,
                 size % 100);
        while (size % 100 == 0 && strchr(money, '.') != NULL)
            *strchr(money, '.') = '\0';
        if (size % 100 != 0 && size % 10 == 0)
            money[strlen(money) - 1] = '\0';
        assert_true(str_eq(cells[0].text, str_from(money)));
        assert_true(str_int(cells[1].text, &count) && count == fen[i]);
    }
    xlsx_shut(in);
    unlink(path);
}

/* Every day that a spreadsheet knows comes back, and from 1900-03-01 on it is a day there. */
static void days_stay_what_they_are(void **state)
{
    char path[64];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    struct err err = {0};
    day from = date_day(1899, 12, 1), to = date_day(1901, 1, 31);
    (void)state;
    temp_path(path);
    begin(path, &x, two, 2);
    for (day d = from; d <= to; d++) {
        xlsx_day(x, d, XLSX_PLAIN);
        xlsx_day(x, d + 40000, XLSX_PLAIN);
        xlsx_end_row(x);
    }
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_use(in, 0, &err), RC_OK);
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    for (day d = from; d <= to; d++) {
        char text[11];
        assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
        assert_true(str_eq(cells[0].text, str_from(date_text(d, text))));
        assert_int_equal(cells[0].kind, d < date_day(1900, 3, 1) ? XLSX_TEXT : XLSX_DAY);
        assert_int_equal(cells[1].day, d + 40000);
    }
    xlsx_shut(in);
    unlink(path);
}

static void names_of_sheets(void **state)
{
    char path[64];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    struct err err = {0};
    (void)state;
    temp_path(path);
    begin(path, &x, two, 2);
    assert_int_equal(xlsx_sheet(x, S("名册"), two, 2, &err), RC_OK);
    assert_int_equal(xlsx_sheet(x, S("a/b[c]:*?\\'d"), two, 2, &err), RC_OK);
    assert_int_equal(xlsx_sheet(x, S(""), two, 0, &err), RC_OK);
    assert_int_equal(
        xlsx_sheet(x, S("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三"), two,
                   2, &err),
        RC_OK);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_sheets(in), 5);
    check_str(xlsx_sheet_name(in, 0), "名册");
    check_str(xlsx_sheet_name(in, 1), "名册 (2)");
    check_str(xlsx_sheet_name(in, 2), "abcd");
    check_str(xlsx_sheet_name(in, 3), "Sheet");
    assert_int_equal(utf8_count(xlsx_sheet_name(in, 4)), 31);
    xlsx_shut(in);
    unlink(path);
}

/* Short lists stand with their cells, long ones in a hidden sheet. */
static void picks(void **state)
{
    enum { MANY = 100 };
    char path[64];
    char words[MANY][16];
    str few[] = {S("男"), S("女")}, many[MANY];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    struct err err = {0};
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(words[i], sizeof words[i], "第%d项", i);
        many[i] = str_from(words[i]);
    }
    const struct xlsx_column columns[] = {
        {.title = S("性别"), .picks = few, .n_picks = 2, .note = S("男或女")},
        {.title = S("项目"), .picks = many, .n_picks = MANY, .text = true}};
    temp_path(path);
    begin(path, &x, columns, 2);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_sheets(in), 2);
    assert_false(xlsx_sheet_hidden(in, 0));
    assert_true(xlsx_sheet_hidden(in, 1));
    xlsx_shut(in);
    unlink(path);
}

static void too_long_a_text_is_an_error(void **state)
{
    char path[64];
    struct xlsx_out *x = NULL;
    struct err err = {0};
    struct sbuf b;
    (void)state;
    temp_path(path);
    sbuf_init(&b, 1 << 20);
    for (int i = 0; i < XLSX_CELL_CHARS; i++)
        sbuf_addz(&b, "字");
    begin(path, &x, two, 2);
    xlsx_text(x, sbuf_str(&b), XLSX_PLAIN);
    xlsx_end_row(x);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    sbuf_addz(&b, "字");
    begin(path, &x, two, 2);
    xlsx_text(x, sbuf_str(&b), XLSX_PLAIN);
    xlsx_end_row(x);
    assert_int_equal(xlsx_close(x, &err), RC_LIMIT);
    assert_non_null(strstr(err.text, "row 2, column 1: a text of 32768 characters"));
    sbuf_deinit(&b);
    unlink(path);
}

/* A character that has to be escaped takes seven places of a cell. */
static void escaped_characters_count_more(void **state)
{
    char path[64];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    struct err err = {0};
    struct sbuf b;
    (void)state;
    temp_path(path);
    sbuf_init(&b, 1 << 20);
    sbuf_add_n(&b, '\x02', XLSX_CELL_CHARS / 7);
    begin(path, &x, two, 2);
    xlsx_text(x, sbuf_str(&b), XLSX_PLAIN);
    xlsx_end_row(x);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_use(in, 0, &err), RC_OK);
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    assert_true(n == 1 && str_eq(cells[0].text, sbuf_str(&b)));
    xlsx_shut(in);
    sbuf_addz(&b, "\x02");
    begin(path, &x, two, 2);
    xlsx_text(x, sbuf_str(&b), XLSX_PLAIN);
    xlsx_end_row(x);
    assert_int_equal(xlsx_close(x, &err), RC_LIMIT);
    sbuf_deinit(&b);
    unlink(path);
}

static void more_rows_than_a_sheet(void **state)
{
    const struct xlsx_column one = {.title = S("n")};
    char path[64];
    struct xlsx_out *x = NULL;
    struct xlsx_in *in = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    struct err err = {0};
    (void)state;
    temp_path(path);
    begin(path, &x, &one, 1);
    for (int i = 0; i < XLSX_ROWS; i++) {
        xlsx_count(x, i, XLSX_PLAIN);
        xlsx_end_row(x);
    }
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    assert_int_equal(xlsx_open(path, &in, &err), RC_OK);
    assert_int_equal(xlsx_sheets(in), 2);
    assert_int_equal(xlsx_use(in, 1, &err), RC_OK);
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    check_str(cells[0].text, "n");
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    check_str(cells[0].text, "1048575");
    assert_int_equal(xlsx_row(in, &cells, &n, &row, &err), RC_OK);
    assert_int_equal(n, 0);
    xlsx_shut(in);
    unlink(path);
}

/* An abandoned or failed file leaves what stood under the name, and nothing beside it. */
static void whole_or_not_there(void **state)
{
    char folder[] = "/tmp/test_xlsx_d_XXXXXX";
    char path[128];
    struct xlsx_out *x = NULL;
    struct arena a = {0};
    struct err err = {0};
    str *names = NULL;
    size_t n = 0;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.xlsx", folder);
    begin(path, &x, two, 2);
    xlsx_abandon(x);
    assert_int_equal(dir_list(folder, &a, &names, &n, &err), RC_OK);
    assert_int_equal(n, 0);
    begin(path, &x, two, 2);
    assert_int_equal(xlsx_close(x, &err), RC_OK);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct rlimit was, small = {20000, 20000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small.rlim_max = was.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    begin(path, &x, two, 2);
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 5000; i++) {
        xlsx_count(x, i, XLSX_PLAIN);
        xlsx_count(x, i * 7919, XLSX_PLAIN);
        xlsx_end_row(x);
    }
    assert_int_equal(xlsx_close(x, &err), RC_IO);
    setrlimit(RLIMIT_FSIZE, &was);
    check_rows(path, 0, "1: 姓名|金额\n");
    assert_int_equal(dir_list(folder, &a, &names, &n, &err), RC_OK);
    assert_int_equal(n, 1);
    assert_int_equal(xlsx_create("/nowhere/at/all.xlsx", &x, &err), RC_NOT_FOUND);
    unlink(path);
    rmdir(folder);
    arena_deinit(&a);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static void numbers_as_shown(void **state)
{
    static const char *const cases[][2] = {
        {"410", "410"},
        {"4.1E2", "410"},
        {"410.09999999999997", "410.1"},
        {"0.30000000000000004", "0.3"},
        {"1E-7", "0.0000001"},
        {"-0.5", "-0.5"},
        {"-0", "0"},
        {"0.0", "0"},
        {"+5", "5"},
        {"1.10", "1.1"},
        {"123456789012345", "123456789012345"},
        {"5.10402199001011E+17", "510402199001011000"},
        {"510402199001011234", "510402199001011000"},
        {"999999999999999.9", "1000000000000000"},
        {"9.9999999999999999", "10"},
        {"0.1E1", "1"},
        {"1e+100", "1.E100"},
        {"1.5E-200", "1.5E-200"},
        {"000123", "123"},
        {".5", "0.5"},
        {"1E15", "1000000000000000"},
    };
    static const char *const wrong[] = {"",    "-",   "1,5",  "1.2.3",    "1e",
                                        "abc", "1 2", "0x10", "1e9999999"};
    char out[XLSX_NUMBER_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(xlsx_number_text(str_from(cases[i][0]), out));
        assert_string_equal(out, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(xlsx_number_text(str_from(wrong[i]), out));
}

static void formats_that_show_days(void **state)
{
    static const struct {
        const char *format;
        int is;
    } cases[] = {{"yyyy-mm-dd", 1},
                 {"yyyy\"年\"m\"月\"d\"日\"", 1},
                 {"yyyy年m月d日", 1},
                 {"yyyy\"年\"m\"月\"", 2},
                 {"mmm-yy", 2},
                 {"m\"月\"", 2},
                 {"yyyy", 1},
                 {"[$-F800]dddd, mmmm dd, yyyy", 1},
                 {"[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@", 1},
                 {"General", 0},
                 {"0.00", 0},
                 {"#,##0.00\\ \"yuan per day\"", 0},
                 {"[Red]0", 0},
                 {"h:mm:ss", 0},
                 {"mm:ss", 0},
                 {"[h]:mm", 0},
                 {"m/d/yy h:mm", 1},
                 {"@", 0},
                 {"0.00E+00", 0},
                 {"\\d0", 0},
                 {"0_d", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (xlsx_format_dated(str_from(cases[i].format)) != cases[i].is)
            fail_msg("%s: expected %d", cases[i].format, cases[i].is);
}

static void serial_numbers(void **state)
{
    day d = 0;
    char t[11];
    (void)state;
    assert_true(xlsx_serial_day("44166", false, &d));
    assert_string_equal(date_text(d, t), "2020-12-01");
    assert_true(xlsx_serial_day("44166.75", false, &d));
    assert_string_equal(date_text(d, t), "2020-12-01");
    assert_true(xlsx_serial_day("42704", true, &d));
    assert_string_equal(date_text(d, t), "2020-12-01");
    assert_true(xlsx_serial_day("1", false, &d));
    assert_string_equal(date_text(d, t), "1900-01-01");
    assert_true(xlsx_serial_day("59", false, &d));
    assert_string_equal(date_text(d, t), "1900-02-28");
    assert_true(xlsx_serial_day("61", false, &d));
    assert_string_equal(date_text(d, t), "1900-03-01");
    assert_true(xlsx_serial_day("0", true, &d));
    assert_string_equal(date_text(d, t), "1904-01-01");
    assert_false(xlsx_serial_day("60", false, &d));
    assert_false(xlsx_serial_day("0", false, &d));
    assert_false(xlsx_serial_day("-5", false, &d));
    assert_false(xlsx_serial_day("99999999", false, &d));
}

/* ---- what others write ---------------------------------------------------------------------- */

static const char styles[] =
    "<styleSheet " MAIN_NS "><numFmts count=\"2\"><numFmt numFmtId=\"176\" "
    "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
    "<numFmt numFmtId=\"177\" formatCode=\"0.00\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
    "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/>"
    "<xf numFmtId=\"177\"/><xf numFmtId=\"31\"/></cellXfs></styleSheet>";

static void cells_of_other_programs(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    pack_book(
        path,
        &(struct book_parts){
            .sheet = ROWS(
                "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c></row>"
                "<row r=\"3\" hidden=\"1\"><c r=\"B3\" s=\"1\"><v>44166</v></c>"
                "<c s=\"2\"><v>44166.4</v></c><c r=\"E3\" s=\"3\"><v>44166</v></c>"
                "<c s=\"4\"><v>29221</v></c></row>"
                "<row r=\"4\"><c r=\"A4\" s=\"1\"/></row>"
                "<row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a</t></is></c>"
                "<c r=\"B5\" t=\"b\"><v>1</v></c><c r=\"C5\" t=\"e\"><v>#N/A</v></c>"
                "<c r=\"D5\" t=\"str\"><f>A5&amp;\"x\"</f><v>ax</v></c>"
                "<c r=\"E5\"><f>1+1</f><v>2</v></c><c r=\"F5\"><f>B9</f></c>"
                "<c r=\"G5\" t=\"d\"><v>2020-12-01T00:00:00</v></c></row>"),
            .strings =
                "<sst " MAIN_NS "><si><t>姓名</t></si>"
                "<si><r><rPr><b/></rPr><t>张</t></r><r><t>三</t></r>"
                "<rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si><si><t>a_x000D_b&#10;c</t></si></sst>",
            .styles = styles});
    check_rows(path, 0,
               "1: 姓名|张三|a\rb\nc\n3: |2020-12-01d|2020-12-01d||44166n|1980-01-01d\n"
               "5:  a|TRUEb|#N/Ae|axf|2nf|f|2020-12-01d\n");
    unlink(path);
}

static void days_of_1904(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){
                        .sheet = ROWS("<row><c s=\"1\"><v>42704</v></c></row>"),
                        .styles = styles,
                        .workbook = "<workbook " MAIN_NS " " REL_NS
                                    "><workbookPr date1904=\"1\"/><sheets><sheet name=\"a\" "
                                    "sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"});
    check_rows(path, 0, "1: 2020-12-01d\n");
    unlink(path);
}

static void merged_ranges(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){
                        .sheet = SHEET("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"
                                       "<row r=\"2\"><c r=\"B2\"><v>2</v></c></row>"
                                       "<row r=\"3\"><c r=\"B3\"><v>3</v></c></row>"
                                       "<row r=\"4\"><c r=\"B4\"><v>4</v></c></row>"
                                       "</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/>"
                                       "<mergeCell ref=\"A1:C1\"/><mergeCell ref=\"B4:C7\"/>"
                                       "</mergeCells>")});
    /* A2, the first of its range, is not in the file: the others are as empty as it is. */
    check_rows(path, 0, "1: 1n|1nm|1nm\n2: |2n\n3: m|3n\n4: |4n|4nm\n");
    unlink(path);
}

static void sheets_by_their_relations(void **state)
{
    static const struct piece pieces[] = {
        {"_rels/.rels", RELS(REL("a", "officeDocument", "/office/book.xml"))},
        {"office/book.xml",
         "<x:workbook xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
         "xmlns:rel=\"http://purl.oclc.org/ooxml/officeDocument/relationships\">"
         "<x:sheets><x:sheet name=\"第一\" sheetId=\"7\" rel:id=\"s7\"/>"
         "<x:sheet name=\"空\" sheetId=\"8\" rel:id=\"s8\" state=\"hidden\"/></x:sheets></x:workbook>"},
        {"office/_rels/book.xml.rels",
         RELS(REL("s8", "worksheet", "one.xml") REL("s7", "worksheet", "../Other/./two.xml"))},
        {"office/one.xml", SHEET("<sheetData/>")},
        {"other/two.xml",
         "<x:worksheet xmlns:x=\"u\"><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row>"
         "</x:sheetData></x:worksheet>"}};
    char path[64];
    struct xlsx_in *x = NULL;
    struct err err = {0};
    (void)state;
    temp_path(path);
    pack(path, pieces, 5);
    check_rows(path, 0, "1: 7n\n");
    check_rows(path, 1, "");
    assert_int_equal(xlsx_open(path, &x, &err), RC_OK);
    assert_int_equal(xlsx_sheets(x), 2);
    check_str(xlsx_sheet_name(x, 0), "第一");
    assert_true(xlsx_sheet_hidden(x, 1));
    xlsx_shut(x);
    unlink(path);
}

static void hidden_rows_are_told(void **state)
{
    char path[64];
    struct xlsx_in *x = NULL;
    struct err err = {0};
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){.sheet = ROWS("<row hidden=\"true\"><c><v>1</v></c></row>"
                                                       "<row><c><v>2</v></c></row>")});
    assert_int_equal(xlsx_open(path, &x, &err), RC_OK);
    assert_int_equal(xlsx_use(x, 0, &err), RC_OK);
    assert_int_equal(xlsx_row(x, &cells, &n, &row, &err), RC_OK);
    assert_true(xlsx_row_hidden(x));
    assert_int_equal(xlsx_row(x, &cells, &n, &row, &err), RC_OK);
    assert_false(xlsx_row_hidden(x));
    xlsx_shut(x);
    unlink(path);
}

#ifdef __SANITIZE_ADDRESS__
/* libxlsxwriter 1.1.5 forgets the formula of a list to choose from: some twenty bytes for each such column. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:lxw_strdup\nleak:worksheet_data_validation_range\n";
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_cell),
        cmocka_unit_test(numbers_stay_what_they_are),
        cmocka_unit_test(days_stay_what_they_are),
        cmocka_unit_test(names_of_sheets),
        cmocka_unit_test(picks),
        cmocka_unit_test(too_long_a_text_is_an_error),
        cmocka_unit_test(escaped_characters_count_more),
        cmocka_unit_test(more_rows_than_a_sheet),
        cmocka_unit_test(whole_or_not_there),
        cmocka_unit_test(numbers_as_shown),
        cmocka_unit_test(formats_that_show_days),
        cmocka_unit_test(serial_numbers),
        cmocka_unit_test(cells_of_other_programs),
        cmocka_unit_test(days_of_1904),
        cmocka_unit_test(merged_ranges),
        cmocka_unit_test(sheets_by_their_relations),
        cmocka_unit_test(hidden_rows_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
