/* Spreadsheets that are none, are meant to do harm, or are broken: each is refused in words. */
#include "test_xlsx_pack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/limits.h"

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void another_kind_of_file(void **state)
{
    static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W\0o\0r\0k\0b\0o\0o\0k\0";
    static const char locked[] =
        "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    static const char page[] =
        "<html xmlns:x=\"urn\"><body><TABLE><tr><td>1</td></tr></TABLE></body></html>";
    static const char csv[] = "姓名,金额\n张三,410\n";
    static const struct piece ods = {"content.xml", "<a/>"};
    static const struct piece binary[] = {
        {"_rels/.rels", RELS(REL("a", "officeDocument", "xl/workbook.bin"))},
        {"xl/workbook.bin", "x"}};
    static const struct piece word[] = {
        {"_rels/.rels", RELS(REL("a", "officeDocument", "word/document.xml"))},
        {"word/document.xml", "<a/>"}};
    static const struct piece other = {"a.txt", "x"};
    char path[64];
    struct xlsx_in *x = NULL;
    struct err err = {0};
    (void)state;
    temp_path(path);
    check_refused(path, "an empty file");
    write_file(path, ole, sizeof ole);
    check_refused(path, "an old spreadsheet (.xls), expected .xlsx");
    write_file(path, locked, sizeof locked);
    check_refused(path, "remove the password");
    write_file(path, page, sizeof page - 1);
    check_refused(path, "a web page under a spreadsheet's name");
    write_file(path, csv, sizeof csv - 1);
    check_refused(path, "another kind of file");
    pack(path, &ods, 1);
    check_refused(path, "OpenDocument");
    pack(path, binary, 2);
    check_refused(path, "binary spreadsheet");
    pack(path, word, 2);
    check_refused(path, "text document");
    pack(path, &other, 1);
    check_refused(path, "another kind of packed file");
    unlink(path);
    assert_int_equal(xlsx_open(path, &x, &err), RC_NOT_FOUND);
    assert_int_equal(xlsx_open("/tmp", &x, &err), RC_BAD_INPUT);
}

static void with_a_password_on_a_part(void **state)
{
    char path[64];
    int e = 0;
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){.sheet = ROWS("")});
    zip_t *z = zip_open(path, 0, &e);
    assert_non_null(z);
    if (zip_file_set_encryption(z, 1, ZIP_EM_AES_256, "secret") == 0)
        assert_int_equal(zip_close(z), 0);
    else
        fail_msg("%s", zip_strerror(z));
    check_refused(path, "an encrypted file");
    unlink(path);
}

/* Cut anywhere, a file is refused or, without its last bytes that say nothing, read as it is. */
static void cut_off(void **state)
{
    char path[64];
    struct arena a = {0};
    struct err err = {0};
    str whole = {0};
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){.sheet = ROWS("<row><c><v>1</v></c></row>")});
    assert_int_equal(file_read(path, 1 << 20, &a, &whole, &err), RC_OK);
    for (size_t n = 1; n < whole.n; n += 7) {
        struct sbuf b;
        sbuf_init(&b, 1 << 20);
        write_file(path, whole.p, n);
        if (file_text(path, 0, &b, &err) != RC_BAD_INPUT)
            fail_msg("%zu of %zu bytes were read: %s", n, whole.n, err.text);
        sbuf_deinit(&b);
    }
    write_file(path, whole.p, whole.n / 2);
    check_refused(path, "cut off");
    arena_deinit(&a);
    unlink(path);
}

static void entities_and_document_types(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    pack_book(path,
              &(struct book_parts){
                  .sheet = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>" ROWS(
                      "<row><c t=\"inlineStr\"><is><t>&b;</t></is></c></row>")});
    check_refused(path, "a document type");
    pack_book(path,
              &(struct book_parts){.sheet = "<!DOCTYPE w SYSTEM \"file:///etc/passwd\">" ROWS("")});
    check_refused(path, "a document type");
    pack_book(path, &(struct book_parts){.sheet = ROWS("<row><c t=\"str\"><v>&x;</v></c></row>")});
    check_refused(path, "damaged");
    pack_book(path,
              &(struct book_parts){
                  .sheet = ROWS("<row><c t=\"s\"><v>0</v></c></row>"),
                  .strings = "<!DOCTYPE s [<!ENTITY a \"x\">]><sst><si><t>&a;</t></si></sst>"});
    check_refused(path, "a document type");
    unlink(path);
}

/* Megabytes of blanks in some kilobytes. */
static void zip_bomb(void **state)
{
    enum { BYTES = 40 << 20 };
    char path[64];
    char *big = mem_resize(NULL, BYTES + 1);
    (void)state;
    temp_path(path);
    memset(big, ' ', BYTES);
    big[BYTES] = '\0';
    for (size_t i = 0; i + 16 < BYTES; i += 4096)
        memcpy(big + i, "<a></a>", 7);
    memcpy(big, "<worksheet><sheetData>", 22);
    pack_book(path, &(struct book_parts){.sheet = big});
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < BYTES / LIMIT_XLSX_RATIO);
    check_refused(path, "unpacks to far more than a spreadsheet does");
    pack_book(path, &(struct book_parts){.sheet = ROWS(""), .strings = big});
    check_refused(path, "unpacks to far more");
    mem_free(big);
    unlink(path);
}

/* The same with one element that never ends: nothing of it is kept. */
static void one_endless_element(void **state)
{
    enum { BYTES = 3 << 20 };
    char path[64];
    char *big = mem_resize(NULL, BYTES + 1);
    (void)state;
    temp_path(path);
    memset(big, 'a', BYTES);
    big[BYTES] = '\0';
    memcpy(big, "<worksheet x=\"", 14);
    pack_book(path, &(struct book_parts){.sheet = big});
    check_refused(path, "one element of more than");
    unlink(path);
    mem_free(big);
}

static void more_of_everything_than_is_accepted(void **state)
{
    struct sbuf b;
    char path[64];
    (void)state;
    temp_path(path);
    sbuf_init(&b, 1 << 26);
    sbuf_addz(&b, "<worksheet>");
    for (int i = 0; i < LIMIT_XLSX_DEPTH; i++)
        sbuf_addz(&b, "<a>");
    pack_book(path, &(struct book_parts){.sheet = b.p});
    check_refused(path, "elements within elements");
    sbuf_clear(&b);
    sbuf_addz(&b, "<worksheet><sheetData><row><c t=\"str\"><v>");
    sbuf_add_n(&b, 'a', 300000);
    sbuf_addz(&b, "</v></c></row></sheetData></worksheet>");
    pack_book(path, &(struct book_parts){.sheet = b.p});
    check_refused(path, "a text longer than a cell holds");
    sbuf_clear(&b);
    sbuf_addz(&b, "<worksheet><sheetData><row>");
    for (int i = 0; i < 200; i++) {
        sbuf_addz(&b, "<c t=\"str\"><v>");
        for (int k = 0; k < 8000; k++)
            sbuf_addz(&b, "字");
        sbuf_addz(&b, "</v></c>");
    }
    sbuf_addz(&b, "</row></sheetData></worksheet>");
    pack_book(path, &(struct book_parts){.sheet = b.p});
    check_refused(path, "a row with more text");
    pack_book(path,
              &(struct book_parts){.sheet = ROWS("<row r=\"1048577\"><c><v>1</v></c></row>")});
    check_refused(path, "more rows than a sheet holds");
    pack_book(path,
              &(struct book_parts){.sheet = ROWS("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>")});
    check_refused(path, "a cell in another row than its own");
    pack_book(path,
              &(struct book_parts){
                  .sheet = SHEET(
                      "<sheetData/><mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>")});
    check_refused(path, "more merged cells");
    sbuf_clear(&b);
    sbuf_addz(&b, "<workbook><sheets>");
    for (int i = 0; i <= LIMIT_XLSX_SHEETS; i++)
        sbuf_addz(&b, "<sheet name=\"a\"/>");
    sbuf_addz(&b, "</sheets></workbook>");
    pack_book(path, &(struct book_parts){.sheet = ROWS(""), .workbook = b.p});
    check_refused(path, "more sheets than are accepted");
    sbuf_clear(&b);
    sbuf_addz(&b, "<styleSheet><cellXfs>");
    for (int i = 0; i <= LIMIT_XLSX_STYLES; i++)
        sbuf_addz(&b, "<xf numFmtId=\"1\"/>");
    sbuf_addz(&b, "</cellXfs></styleSheet>");
    pack_book(path, &(struct book_parts){.sheet = ROWS(""), .styles = b.p});
    check_refused(path, "more styles than are accepted");
    sbuf_deinit(&b);
    unlink(path);
}

static void more_texts_than_are_accepted(void **state)
{
    struct sbuf b;
    char path[64];
    (void)state;
    temp_path(path);
    sbuf_init(&b, 1 << 27);
    sbuf_addz(&b, "<sst>");
    /* Not so alike that it would be taken for a bomb. */
    for (unsigned i = 0, v = 1; i < 1200; i++) {
        sbuf_addz(&b, "<si><t>");
        for (int k = 0; k < 60000; k++)
            sbuf_addc(&b, (char)('a' + (v = v * 1664525 + 1013904223) / 4096 % 16));
        sbuf_addz(&b, "</t></si>");
    }
    pack_book(path, &(struct book_parts){.sheet = ROWS(""), .strings = b.p});
    check_refused(path, "more text in its cells than is accepted");
    sbuf_deinit(&b);
    unlink(path);
}

static void out_of_order_and_out_of_place(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    pack_book(path, &(struct book_parts){
                        .sheet = ROWS("<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"/>")});
    check_refused(path, "rows that are not in their order");
    pack_book(path,
              &(struct book_parts){.sheet = ROWS("<row r=\"2\"><c r=\"A3\"><v>1</v></c></row>")});
    check_refused(path, "a cell in another row");
    pack_book(path, &(struct book_parts){.sheet = ROWS("<row><c t=\"s\"><v>0</v></c></row>")});
    check_refused(path, "a cell whose text is not in the file");
    pack_book(path, &(struct book_parts){.sheet = ROWS("<row><c><v>1</v></row>")});
    check_refused(path, "damaged");
    pack_book(path, &(struct book_parts){.sheet = ROWS(""), .rels = RELS("")});
    check_refused(path, "no rows of the sheet");
    pack_book(path, &(struct book_parts){.sheet = ROWS(""),
                                         .workbook = "<workbook><sheets/></workbook>"});
    check_refused(path, "no sheet in it");
    unlink(path);
}

/* Names of packed files lead nowhere: nothing is ever written under them. */
static void names_that_lead_out(void **state)
{
    static const struct piece pieces[] = {
        {"../../../../tmp/test_xlsx_evil", "x"},
        {"/tmp/test_xlsx_evil", "x"},
        {"_rels/.rels", RELS(REL("a", "officeDocument", "../../../etc/passwd"))}};
    char path[64];
    (void)state;
    temp_path(path);
    pack(path, pieces, 3);
    check_refused(path, "another kind of packed file");
    assert_int_not_equal(access("/tmp/test_xlsx_evil", F_OK), 0);
    unlink(path);
}

static uint32_t crc_of_x(void)
{
    return 0x8cdc1683; /* of the one letter x */
}

static void put(struct sbuf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        sbuf_addc(b, (char)(i < 8 ? v >> 8 * i & 255 : 0));
}

/* Files of one letter, stored, packed by hand, since no library packs a name twice or says too much. */
static void pack_raw(struct sbuf *b, const char *const *names, size_t n, uint32_t told)
{
    size_t at[8];
    for (size_t i = 0; i < n; i++) {
        at[i] = b->n;
        put(b, 0x04034b50, 4);
        put(b, 20, 2);
        put(b, 0, 8);
        put(b, crc_of_x(), 4);
        put(b, 1, 4);
        put(b, 1, 4);
        put(b, strlen(names[i]), 2);
        put(b, 0, 2);
        sbuf_addz(b, names[i]);
        sbuf_addc(b, 'x');
    }
    size_t from = b->n;
    for (size_t i = 0; i < n; i++) {
        put(b, 0x02014b50, 4);
        put(b, 20, 2);
        put(b, 20, 2);
        put(b, 0, 8);
        put(b, crc_of_x(), 4);
        put(b, 1, 4);
        put(b, 1, 4);
        put(b, strlen(names[i]), 2);
        put(b, 0, 12);
        put(b, at[i], 4);
        sbuf_addz(b, names[i]);
    }
    size_t bytes = b->n - from;
    put(b, 0x06054b50, 4);
    put(b, 0, 4);
    put(b, n, 2);
    put(b, n, 2);
    put(b, told != 0 ? told : bytes, 4);
    put(b, from, 4);
    put(b, 0, 2);
}

static void a_name_twice_and_a_list_too_long(void **state)
{
    static const char *const twice[] = {"xl/workbook.xml", "a", "xl/workbook.xml"};
    char path[64];
    struct sbuf b;
    (void)state;
    temp_path(path);
    sbuf_init(&b, 1 << 20);
    pack_raw(&b, twice, 3, 0);
    write_file(path, b.p, b.n);
    check_refused(path, "“xl/workbook.xml” packed into it twice");
    sbuf_clear(&b);
    pack_raw(&b, twice, 2, 1 << 24);
    write_file(path, b.p, b.n);
    check_refused(path, "more than 10000 files packed into it");
    sbuf_deinit(&b);
    unlink(path);
}

static void too_large_a_file(void **state)
{
    char path[64];
    (void)state;
    temp_path(path);
    assert_int_equal(truncate(path, (off_t)LIMIT_XLSX_BYTES + 1), 0);
    check_refused(path, "expected at most");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_kind_of_file),
        cmocka_unit_test(with_a_password_on_a_part),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(entities_and_document_types),
        cmocka_unit_test(zip_bomb),
        cmocka_unit_test(one_endless_element),
        cmocka_unit_test(more_of_everything_than_is_accepted),
        cmocka_unit_test(more_texts_than_are_accepted),
        cmocka_unit_test(out_of_order_and_out_of_place),
        cmocka_unit_test(names_that_lead_out),
        cmocka_unit_test(a_name_twice_and_a_list_too_long),
        cmocka_unit_test(too_large_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
