/* Recognising and converting encodings. */
#include "test.h"
#include <unicode/ucnv.h>
#include "sheet/csv.h"

static void note(void *ctx, str text)
{
    struct sbuf *b = ctx;
    sbuf_fmt(b, "note %.*s\n", STR_ARG(text));
}

/* Notes, rows as a|b, the error; to be freed with sbuf_deinit(). */
static struct sbuf read_as(str bytes, enum csv_encoding encoding, size_t chunk)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    struct sbuf notes, dump;
    const str *fields;
    size_t n;
    sbuf_init(&notes, 1 << 26);
    sbuf_init(&dump, 1 << 26);
    struct csv_options options = {.name = "t.csv",
                                  .bytes = bytes,
                                  .encoding = encoding,
                                  .chunk = chunk,
                                  .note = note,
                                  .note_ctx = &notes};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    enum rc rc = csv_rows_begin(r, &fields, &n, &err);
    while (rc == RC_OK && fields != NULL) {
        for (size_t i = 0; i < n; i++) {
            assert_true(utf8_valid(fields[i], NULL));
            sbuf_addz(&dump, i > 0 ? "|" : "");
            sbuf_add(&dump, fields[i]);
        }
        sbuf_addc(&dump, '\n');
        rc = csv_row(r, &fields, &err);
    }
    sbuf_add(&notes, sbuf_str(&dump));
    if (rc != RC_OK)
        sbuf_addz(&notes, err.text);
    sbuf_deinit(&dump);
    arena_deinit(&a);
    return notes;
}

static const size_t chunks[] = {0, 1, 2, 3, 4, 5, 7, 16, 63, 64, 65, 1000, 65536, 100000};

static void check_as(str bytes, enum csv_encoding encoding, const char *expected)
{
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        struct sbuf dump = read_as(bytes, encoding, chunks[i]);
        if (!str_eq(sbuf_str(&dump), str_from(expected)))
            fail_msg("chunk %zu: found\n%.*s\nexpected\n%s", chunks[i], STR_ARG(sbuf_str(&dump)),
                     expected);
        sbuf_deinit(&dump);
    }
}

static void check(str bytes, const char *expected)
{
    check_as(bytes, CSV_DETECT, expected);
}

static void utf8(void **state)
{
    (void)state;
    check(S("a,b\n1,2\n"), "a|b\n1|2\n");
    check(S("\xef\xbb\xbf"
            "a,b\n1,2\n"),
          "a|b\n1|2\n");
    check(S("编号,姓名\n1,王小明\n2,𠮷野\n3,é\n"), "编号|姓名\n1|王小明\n2|𠮷野\n3|é\n");
    check(S("\xef\xbb\xbf编号,姓名\n1,王小明"), "编号|姓名\n1|王小明\n");
    check(S("\xef\xbb\xbf"), "t.csv row 1: found an empty file, expected a line of column names");
    check(S("\xef"), "note t.csv: read as GB18030\n"
                     "t.csv row 1: found the byte EF, expected UTF-8 or GB18030");
}

static void gb18030(void **state)
{
    (void)state;
    /* 编号,姓名 / 1,王小明 / 2,一 / 3,𠮷 (four bytes) */
    check(S("\xb1\xe0\xba\xc5,\xd0\xd5\xc3\xfb\n1,\xcd\xf5\xd0\xa1\xc3\xf7\n2,\xd2\xbb\n"
            "3,\x95\x34\xb2\x35\n"),
          "note t.csv: read as GB18030\n编号|姓名\n1|王小明\n2|一\n3|𠮷\n");
    check(S("\x84\x31\x95\x33"
            "a,b\n\xd2\xbb,2\n"),
          "note t.csv: read as GB18030\na|b\n一|2\n");
    check_as(S("a,b\n\xd2\xbb,2\n"), CSV_GB18030, "note t.csv: read as GB18030\na|b\n一|2\n");
    /* the second byte of a character may look like ASCII, never like a comma or a quote */
    check(S("a,b\n\x8c\x7c,\x81\x40\n"), "note t.csv: read as GB18030\na|b\n寍|丂\n");
}

static void utf16(void **state)
{
    (void)state;
    check(S("\xff\xfe"
            "a\0,\0b\0\n\0"
            "1\0,\0\x8b\x73\n\0"
            "2\0,\0\x42\xd8\xb7\xdf\r\0\n\0"),
          "note t.csv: read as UTF-16\na|b\n1|王\n2|𠮷\n");
    check(S("\xfe\xff"
            "\0a\0,\0b\0\n"
            "\0"
            "1\0,\x73\x8b\0\n"
            "\0"
            "2\0,\xd8\x42\xdf\xb7"),
          "note t.csv: read as UTF-16\na|b\n1|王\n2|𠮷\n");
    check(S("\xff\xfe"
            "a\0,\0b\0\n\0"
            "1\0,\0\x42\xd8x\0\n\0"),
          "note t.csv: read as UTF-16\na|b\nt.csv row 2, column b: found the bytes 78 00, expected "
          "UTF-16, with surrogates in pairs");
    check(S("\xff\xfe"
            "a\0,\0b\0\n\0"
            "1\0,\0\xb7\xdf\n\0"),
          "note t.csv: read as UTF-16\na|b\nt.csv row 2, column b: found the bytes B7 DF, expected "
          "UTF-16, with surrogates in pairs");
    check(S("\xff\xfe"
            "a\0,\0b\0\n\0"
            "1\0,"),
          "note t.csv: read as UTF-16\na|b\nt.csv row 2, column a: found the byte 2C, expected "
          "UTF-16, with a whole last character");
    check(S("\xff\xfe"
            "a\0\n\0\x42\xd8"),
          "note t.csv: read as UTF-16\na\nt.csv row 2, column a: found half a character, expected "
          "UTF-16, with a whole last character");
    /* without its mark UTF-16 is text full of zero bytes */
    check(S("a\0,\0b\0\n\0"), "t.csv row 1, column 1: found a zero byte, expected text; is the "
                              "file damaged, or not a CSV file?");
}

static void neither(void **state)
{
    (void)state;
    check(S("a,b\n1,x\n2,\xff\xff\n3,z\n"),
          "note t.csv: read as GB18030\na|b\n1|x\n"
          "t.csv row 3, column b: found the byte FF, expected UTF-8 or GB18030");
    check_as(S("a,b\n1,x\n2,\xd2\xbb\xff\n"), CSV_UTF8,
             "a|b\n1|x\n"
             "t.csv row 3, column b: found the byte FF, expected UTF-8, as the rest of the file");
}

/* A byte lost in a UTF-8 file must not turn its names into other ones. */
static void damaged_utf8(void **state)
{
    (void)state;
    check(
        S("编号,姓名\n1,王小明\n2,王\xe5\xb0,\n3,张三\n"),
        "编号|姓名\n1|王小明\nt.csv row 3, column 姓名: found the bytes E5 B0, expected UTF-8, as "
        "the rest of the file");
    check(
        S("编号,姓名\n1,王小明\n2,王\xe5\xb0"),
        "编号|姓名\n1|王小明\nt.csv row 3, column 姓名: found the bytes E5 B0, expected UTF-8, as "
        "the rest of the file");
    static const char *const wrong[] = {"\xc0\xaf", "\xed\xa0\x80",     "\xf4\x90\x80\x80",
                                        "\x80",     "\xf8\x88\x80\x80", "\xe0\x80\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sbuf in;
        sbuf_init(&in, 1000);
        sbuf_fmt(&in, "编号,姓名\n一二三四五六七八九十,王%s\n", wrong[i]);
        struct sbuf dump = read_as(sbuf_str(&in), CSV_DETECT, 0);
        assert_true(str_find(sbuf_str(&dump), S("row 2, column 姓名")) >= 0);
        assert_true(str_find(sbuf_str(&dump), S("expected UTF-8")) >= 0);
        sbuf_deinit(&dump);
        sbuf_deinit(&in);
    }
}

/* ASCII for a long while, then something else, over all kinds of boundaries. */
static void late_decision(void **state)
{
    static const struct {
        str name;
        const char *converter;
    } encodings[] = {{S("一"), "UTF-8"},
                     {S("王小明"), "gb18030"},
                     {S("𠮷野家"), "gb18030"},
                     {S("𠮷野家"), "UTF-8"}};
    (void)state;
    for (size_t k = 0; k < sizeof encodings / sizeof *encodings; k++) {
        for (size_t pad = 65530; pad < 65542; pad++) {
            UErrorCode status = U_ZERO_ERROR;
            char name[64];
            struct sbuf in, out;
            int n = (int)ucnv_convert(encodings[k].converter, "UTF-8", name, sizeof name,
                                      encodings[k].name.p, (int32_t)encodings[k].name.n, &status);
            assert_true(U_SUCCESS(status));
            sbuf_init(&in, 1 << 20);
            sbuf_init(&out, 1 << 20);
            for (size_t i = 0; i < pad; i++)
                sbuf_addc(&in, i % 10 == 9 ? '\n' : 'x');
            sbuf_addz(&in, "x\n");
            sbuf_add(&out, sbuf_str(&in));
            for (int i = 0; i < 40000; i++) {
                sbuf_fmt(&in, "%.*s\n", n, name);
                sbuf_fmt(&out, "%.*s\n", STR_ARG(encodings[k].name));
            }
            struct sbuf dump = read_as(sbuf_str(&in), CSV_DETECT, pad % 2 ? 0 : 4096);
            str got = sbuf_str(&dump);
            assert_int_equal(str_starts(got, S("note ")),
                             strcmp(encodings[k].converter, "UTF-8") != 0);
            assert_true(str_ends(got, sbuf_str(&out)));
            sbuf_deinit(&dump);
            sbuf_deinit(&in);
            sbuf_deinit(&out);
        }
    }
}

/* All characters there are, in each encoding. */
static void every_character(void **state)
{
    static const char *const names[] = {"UTF-8", "UTF-16LE", "UTF-16BE", "gb18030"};
    static const str boms[] = {S(""), S("\xff\xfe"), S("\xfe\xff"), S("")};
    struct sbuf text;
    (void)state;
    sbuf_init(&text, 1 << 24);
    sbuf_addz(&text, "编号与姓名\n");
    for (uint32_t c = 1; c < 0x110000; c++) {
        char out[4];
        if (c == '\n' || c == '\r' || c == '"' || c == ',' || (c >= 0xd800 && c < 0xe000))
            continue;
        sbuf_add(&text, (str){out, utf8_put(c, out)});
        if (c % 64 == 0)
            sbuf_addc(&text, '\n');
    }
    sbuf_addc(&text, '\n');
    for (size_t k = 0; k < 4; k++) {
        UErrorCode status = U_ZERO_ERROR;
        size_t cap = text.n * 4 + 16;
        char *bytes = malloc(cap);
        memcpy(bytes, boms[k].p, boms[k].n);
        size_t n = (size_t)ucnv_convert(names[k], "UTF-8", bytes + boms[k].n, (int32_t)cap - 16,
                                        text.p, (int32_t)text.n, &status);
        assert_true(U_SUCCESS(status));
        for (size_t chunk = 0; chunk < 5000; chunk += 4999) {
            struct sbuf dump = read_as((str){bytes, n + boms[k].n}, CSV_DETECT, chunk);
            assert_true(str_ends(sbuf_str(&dump), sbuf_str(&text)));
            sbuf_deinit(&dump);
        }
        free(bytes);
    }
    sbuf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8),
        cmocka_unit_test(gb18030),
        cmocka_unit_test(utf16),
        cmocka_unit_test(neither),
        cmocka_unit_test(damaged_utf8),
        cmocka_unit_test(late_decision),
        cmocka_unit_test(every_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
