/* Reading CSV: many rows, long code lists, rows of text, the caller's own mistakes, files. */
#include "test.h"
#include "sheet/csv.h"

/* Many blocks: every row has its own numbers. */
static void many_blocks(void **state)
{
    enum { ROWS = 200000 };
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    struct sbuf in;
    (void)state;
    sbuf_init(&in, 1 << 28);
    sbuf_addz(&in, "n,t\n");
    for (int i = 0; i < ROWS; i++)
        sbuf_fmt(&in, "%d,\"%d\"\n", i, i * 7);
    int64_t *n = calloc(ROWS, sizeof *n);
    str *t = calloc(ROWS, sizeof *t);
    struct csv_column columns[] = {
        {.names = CSV_NAMES(S("n")), .type = CSV_FEN, .required = true, .out = {.i64 = n}},
        {.names = CSV_NAMES(S("t")), .type = CSV_TEXT, .required = true, .out = {.text = t}},
    };
    struct csv_options options = {.bytes = sbuf_str(&in), .chunk = 1 << 20};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, columns, 2, &err), RC_OK);
    for (size_t at = 0, got = 1; got > 0; at += got) {
        assert_int_equal(csv_read(r, at, SIZE_MAX, &got, &err), RC_OK);
        assert_true(got <= CSV_READ_MAX);
        for (size_t i = at; i < at + got; i++) {
            int64_t v;
            assert_true(n[i] == (int64_t)i && str_int(t[i], &v) && v == (int64_t)i * 7);
        }
        if (got > 0)
            assert_true(columns[0].low == (int64_t)at &&
                        columns[0].high == (int64_t)(at + got - 1));
        else
            assert_int_equal(at, ROWS);
    }
    free(n);
    free(t);
    sbuf_deinit(&in);
    arena_deinit(&a);
}

static void one_column(void **state)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    str text[8];
    size_t got;
    (void)state;
    struct csv_column c = {.names = CSV_NAMES(S("t")), .type = CSV_TEXT, .out = {.text = text}};
    struct csv_options options = {.bytes = S("t\r\na\r\n\"\"\r\nb\r\n\r\n")};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, &c, 1, &err), RC_OK);
    assert_int_equal(csv_read(r, 0, 8, &got, &err), RC_OK);
    assert_int_equal(got, 3);
    check_str(text[0], "a");
    check_str(text[1], "");
    check_str(text[2], "b");
    assert_int_equal(c.null_count, 1);
    assert_int_equal(csv_read(r, 0, 8, &got, &err), RC_OK);
    assert_int_equal(got, 0);
    arena_deinit(&a);
}

static void empty_as_a_code_and_lacking_columns(void **state)
{
    static const struct csv_code care[] = {{S("self"), 0}, {S(""), 0}, {S("half"), 1}};
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    uint8_t code[4], nulls[4];
    int32_t count[4] = {9, 9, 9, 9};
    size_t got;
    (void)state;
    struct csv_column c[] = {
        {.names = CSV_NAMES(S("care")),
         .type = CSV_CODE,
         .codes = care,
         .code_count = 3,
         .out = {.u8 = code},
         .nulls = nulls},
        {.names = CSV_NAMES(S("n")), .type = CSV_COUNT, .may_lack = true, .out = {.i32 = count}},
    };
    struct csv_options options = {.bytes = S("care,x\nhalf,\n,\n\"\",\n")};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, c, 2, &err), RC_OK);
    assert_int_equal(csv_read(r, 0, 4, &got, &err), RC_OK);
    assert_int_equal(got, 3);
    assert_int_equal(c[0].null_count, 0);
    assert_true(code[0] == 1 && code[1] == 0 && code[2] == 0 && !nulls[1] && !nulls[2]);
    assert_int_equal(c[1].null_count, 3);
    assert_true(count[0] == 0 && count[2] == 0 && count[3] == 9 && !c[1].present);
    arena_deinit(&a);
}

static void longest_code_list(void **state)
{
    enum { LISTED = CSV_SPELLINGS_MAX };
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    struct sbuf in;
    struct csv_code *codes = calloc(LISTED, sizeof *codes);
    uint8_t *out = calloc(LISTED, 1);
    size_t got;
    (void)state;
    sbuf_init(&in, 1 << 20);
    sbuf_addz(&in, "c,d\n");
    for (size_t i = 0; i < LISTED; i++) {
        codes[i] = (struct csv_code){str_fmt(&a, "%0*zu", (int)(i % 20), i), (uint8_t)i};
        sbuf_fmt(&in, "%.*s,\n", STR_ARG(codes[i].text));
    }
    struct csv_column c = {.names = CSV_NAMES(S("c")),
                           .type = CSV_CODE,
                           .codes = codes,
                           .code_count = LISTED,
                           .out = {.u8 = out}};
    assert_int_equal(csv_open(&a, &(struct csv_options){.bytes = sbuf_str(&in)}, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, &c, 1, &err), RC_OK);
    assert_int_equal(csv_read(r, 0, LISTED, &got, &err), RC_OK);
    assert_int_equal(got, LISTED);
    for (size_t i = 0; i < LISTED; i++)
        assert_int_equal(out[i], (uint8_t)i);
    free(codes);
    free(out);
    sbuf_deinit(&in);
    arena_deinit(&a);
}

static void rows_of_text(void **state)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    const str *names, *fields;
    size_t n;
    (void)state;
    struct csv_options options = {.bytes = S("a,a,\n1,\"x\"\"y\",\n,,z\n1\n")};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    assert_int_equal(csv_rows_begin(r, &names, &n, &err), RC_OK);
    assert_int_equal(n, 3);
    check_str(names[0], "a");
    check_str(names[2], "");
    assert_int_equal(csv_row(r, &fields, &err), RC_OK);
    check_str(fields[0], "1");
    check_str(fields[1], "x\"y");
    assert_int_equal(csv_row(r, &fields, &err), RC_OK);
    check_str(fields[0], "");
    check_str(fields[2], "z");
    assert_int_equal(csv_row(r, &fields, &err), RC_BAD_INPUT);
    assert_null(fields);
    assert_string_equal(err.text, "input row 4: found 1 field, expected 3 as in the header");
    arena_deinit(&a);
}

static void mistakes_of_the_caller(void **state)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    str text[8];
    size_t got;
    (void)state;
    struct csv_column c = {
        .names = CSV_NAMES(S("t"), S("编号")), .type = CSV_TEXT, .out = {.text = text}};
    struct csv_options options = {
        .path = NULL, .name = "x.csv", .bytes = S("编号,u\na,\n\"b\n\",\nc,\nd,\n")};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, &c, 1, &err), RC_OK);
    assert_int_equal(csv_read(r, 0, 8, &got, &err), RC_OK);
    assert_int_equal(got, 4);
    csv_give_back(r, 2);
    assert_int_equal(csv_read(r, 0, 8, &got, &err), RC_OK);
    assert_int_equal(got, 2);
    check_str(text[0], "c");
    csv_mistake_add(r, 1, &c, text[1], S("an id that is in households.csv"));
    csv_mistake_add(r, 0, &c, text[0], S("each id once"));
    assert_int_equal(csv_read(r, 0, 8, &got, &err), RC_BAD_INPUT);
    assert_string_equal(err.text, "x.csv row 4 (line 5), column 编号: found “c”, expected each id "
                                  "once (and 1 more mistake)");
    assert_int_equal(csv_mistakes(r)->list.n, 2);
    arena_deinit(&a);
}

static void files(void **state)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    int64_t assets[200];
    size_t got;
    (void)state;
    struct csv_options none = {.path = "/nowhere/households.csv"};
    assert_int_equal(csv_open(&a, &none, &r, &err), RC_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nowhere/households.csv"));
    struct csv_options folder = {.path = "/"};
    struct csv_column c = {
        .names = CSV_NAMES(S("assets_fen")), .type = CSV_FEN, .out = {.i64 = assets}};
    assert_int_equal(csv_open(&a, &folder, &r, &err), RC_OK);
    assert_int_equal(csv_header(r, &c, 1, &err), RC_IO);
    char path[] = "/tmp/test_csv_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "assets_fen,x\n12,\n-3,y";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_int_equal(csv_open(&a, &(struct csv_options){.path = path}, &r, &err), RC_OK);
    assert_string_equal(csv_name(r), strrchr(path, '/') + 1);
    assert_int_equal(csv_header(r, &c, 1, &err), RC_OK);
    for (size_t at = 0; at < 2; at += got)
        assert_int_equal(csv_read(r, at, 200 - at, &got, &err), RC_OK);
    assert_true(assets[0] == 12 && assets[1] == -3);
    csv_close(r);
    csv_close(r);
    unlink(path);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_blocks),
        cmocka_unit_test(one_column),
        cmocka_unit_test(empty_as_a_code_and_lacking_columns),
        cmocka_unit_test(longest_code_list),
        cmocka_unit_test(rows_of_text),
        cmocka_unit_test(mistakes_of_the_caller),
        cmocka_unit_test(files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
