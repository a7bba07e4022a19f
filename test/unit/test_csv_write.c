/* Writing CSV, and reading back what was written. */
#include "test.h"
#include <inttypes.h>
#include "sheet/csv.h"

struct out_file {
    char path[64];
    struct file_out f;
    struct csv_out o;
};

static void begin(struct out_file *t, bool bom)
{
    struct err err;
    strcpy(t->path, "/tmp/test_csv_write_XXXXXX");
    int fd = mkstemp(t->path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(file_out_open(&t->f, t->path, &err), RC_OK);
    csv_out_init(&t->o, &t->f, bom);
}

/* What was written, in the arena. */
static str finish(struct out_file *t, struct arena *a)
{
    struct err err;
    str text;
    assert_int_equal(file_out_commit(&t->f, &err), RC_OK);
    assert_int_equal(file_read(t->path, 1 << 30, a, &text, &err), RC_OK);
    unlink(t->path);
    return text;
}

static void quoting(void **state)
{
    struct arena a = {0};
    struct out_file t;
    static const char *const texts[] = {"a",   "a,b",    "a\"b", "\"",  "a\nb", "a\rb",
                                        " a",  "a ",     "=1",   "+1",  "-1",   "@a",
                                        "a=1", "王小明", "\t",   "a-b", "",     "1 2"};
    (void)state;
    begin(&t, false);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        csv_out_text(&t.o, str_from(texts[i]));
    csv_out_end(&t.o);
    check_str(finish(&t, &a),
              "a,\"a,b\",\"a\"\"b\",\"\"\"\",\"a\nb\",\"a\rb\",\" a\",\"a \",\"=1\",\"+1\",\"-1\","
              "\"@a\",a=1,王小明,\"\t\",a-b,,1 2\n");
    arena_deinit(&a);
}

static void numbers_and_dates(void **state)
{
    struct arena a = {0};
    struct out_file t;
    static const int64_t values[] = {0, 9, 10, 99, 100, 12345, -1, -10, INT64_MAX, INT64_MIN};
    (void)state;
    begin(&t, true);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        csv_out_int(&t.o, values[i]);
    csv_out_end(&t.o);
    csv_out_date(&t.o, date_day(2020, 2, 29));
    csv_out_month(&t.o, month_of(2020, 12));
    csv_out_plain(&t.o, S("dibao"));
    csv_out_plain(&t.o, S(""));
    csv_out_empty(&t.o);
    csv_out_end(&t.o);
    check_str(finish(&t, &a), "\xef\xbb\xbf"
                              "0,9,10,99,100,12345,-1,-10,9223372036854775807,"
                              "-9223372036854775808\n2020-02-29,2020-12,dibao,,\n");
    arena_deinit(&a);
}

static void one_empty_field_is_a_row(void **state)
{
    struct arena a = {0};
    struct out_file t;
    (void)state;
    begin(&t, false);
    csv_out_empty(&t.o);
    csv_out_end(&t.o);
    csv_out_text(&t.o, S(""));
    csv_out_end(&t.o);
    csv_out_plain(&t.o, S(""));
    csv_out_end(&t.o);
    csv_out_plain(&t.o, S(""));
    csv_out_plain(&t.o, S(""));
    csv_out_end(&t.o);
    csv_out_int(&t.o, 1);
    csv_out_end(&t.o);
    check_str(finish(&t, &a), "\"\"\n\"\"\n\"\"\n,\n1\n");
    arena_deinit(&a);
}

static uint64_t seed = 1;

static size_t below(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((seed >> 33) % n);
}

static void written_is_read_again(void **state)
{
    enum { ROWS = 3000, WIDTH = 5 };
    static const char *const pieces[] = {"a", "\"", ",", "\n", "\r", " ", "王", "=", "0", "x\ty"};
    struct arena a = {0};
    struct out_file t;
    struct err err;
    struct csv_reader *r;
    const str *fields;
    size_t n;
    str *texts = NEW_N(&a, str, ROWS * WIDTH);
    (void)state;
    begin(&t, true);
    for (size_t i = 0; i < WIDTH; i++)
        csv_out_text(&t.o, S("name"));
    csv_out_end(&t.o);
    for (size_t i = 0; i < (size_t)ROWS * WIDTH; i++) {
        struct sbuf b;
        sbuf_init(&b, 1000);
        for (size_t k = below(6); k > 0; k--)
            sbuf_addz(&b, pieces[below(sizeof pieces / sizeof *pieces)]);
        texts[i] = str_dup(&a, sbuf_str(&b));
        sbuf_deinit(&b);
        csv_out_text(&t.o, texts[i]);
        if (i % WIDTH == WIDTH - 1)
            csv_out_end(&t.o);
    }
    str bytes = finish(&t, &a);
    assert_int_equal(csv_open(&a, &(struct csv_options){.bytes = bytes, .chunk = 777}, &r, &err),
                     RC_OK);
    assert_int_equal(csv_rows_begin(r, &fields, &n, &err), RC_OK);
    assert_int_equal(n, WIDTH);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(csv_row(r, &fields, &err), RC_OK);
        for (size_t c = 0; c < WIDTH; c++)
            assert_true(str_eq(fields[c], texts[i * WIDTH + c]));
    }
    assert_int_equal(csv_row(r, &fields, &err), RC_OK);
    assert_null(fields);
    arena_deinit(&a);
}

static void write_comma_plainly(void *p)
{
    csv_out_plain(p, S("a,b"));
}

static void plain_must_be_plain(void **state)
{
    struct out_file t;
    (void)state;
    begin(&t, false);
    check_aborts(write_comma_plainly, &t.o);
    file_out_abort(&t.f);
    unlink(t.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting),
        cmocka_unit_test(numbers_and_dates),
        cmocka_unit_test(one_empty_field_is_a_row),
        cmocka_unit_test(written_is_read_again),
        cmocka_unit_test(plain_must_be_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
