#include "test.h"
#include "base/err.h"

static void comparing(void **state)
{
    (void)state;
    assert_true(str_eq(S(""), (str){NULL, 0}));
    assert_true(str_eq(S("低保"), str_from("低保")));
    assert_false(str_eq(S("a"), S("ab")));
    assert_true(str_eq(str_from(NULL), S("")));
    assert_true(str_cmp(S("a"), S("b")) < 0);
    assert_true(str_cmp(S("a"), S("ab")) < 0);
    assert_true(str_cmp(S("\xE4"), S("z")) > 0);
    assert_int_equal(str_cmp(S(""), (str){NULL, 0}), 0);
    assert_true(str_starts(S("abc"), S("ab")) && str_starts(S("abc"), S("")));
    assert_false(str_starts(S("ab"), S("abc")));
    assert_true(str_ends(S("abc"), S("bc")) && str_ends(S(""), S("")));
    assert_false(str_ends(S("bc"), S("abc")));
}

static void cutting(void **state)
{
    str before, after;

    (void)state;
    check_str(str_sub(S("abcdef"), 2, 4), "cd");
    check_str(str_sub(S("abc"), 2, 99), "c");
    check_str(str_sub(S("abc"), 9, 99), "");
    check_str(str_sub(S("abc"), 2, 1), "");
    check_str(str_trim(S(" \t\r\n a b \n")), "a b");
    check_str(str_trim(S(" \t ")), "");
    assert_true(str_cut(S("a=b=c"), '=', &before, &after));
    check_str(before, "a");
    check_str(after, "b=c");
    assert_true(str_cut(S("a="), '=', &before, &after));
    check_str(after, "");
    assert_false(str_cut(S("abc"), '=', &before, &after));
    check_str(before, "abc");
    check_str(after, "");
    assert_false(str_cut((str){NULL, 0}, '=', &before, &after));
    assert_int_equal(str_find(S("aab"), S("ab")), 1);
    assert_int_equal(str_find(S("aab"), S("aab")), 0);
    assert_int_equal(str_find(S("aab"), S("aabb")), -1);
    assert_int_equal(str_find(S("aaa"), S("b")), -1);
    assert_int_equal(str_find(S("x"), S("")), 0);
    assert_int_equal(str_find(S(""), S("x")), -1);
}

static void copying(void **state)
{
    struct arena a = {0};
    str s;

    (void)state;
    s = str_dup(&a, str_sub(S("abcdef"), 1, 3));
    check_str(s, "bc");
    assert_int_equal(s.p[2], 0);
    assert_string_equal(str_z(&a, (str){NULL, 0}), "");
    check_str(str_fmt(&a, "%d %.*s", 7, STR_ARG(S("户"))), "7 户");
    s = str_fmt(&a, "%5000d", 1);
    assert_int_equal(s.n, 5000);
    assert_int_equal(s.p[4999], '1');
    assert_true(str_hash(S("a")) == 0xaf63dc4c8601ec8c);
    arena_deinit(&a);
}

static void whole_numbers(void **state)
{
    int64_t v = 5;

    (void)state;
    assert_true(str_int(S("0"), &v) && v == 0);
    assert_true(str_int(S("-0"), &v) && v == 0);
    assert_true(str_int(S("007"), &v) && v == 7);
    assert_true(str_int(S("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(str_int(S("-9223372036854775808"), &v) && v == INT64_MIN);
    v = 5;
    assert_false(str_int(S("9223372036854775808"), &v));
    assert_false(str_int(S("-9223372036854775809"), &v));
    assert_false(str_int(S("99999999999999999999"), &v));
    assert_false(str_int(S(""), &v));
    assert_false(str_int(S("-"), &v));
    assert_false(str_int(S("+1"), &v));
    assert_false(str_int(S(" 1"), &v));
    assert_false(str_int(S("1.0"), &v));
    assert_false(str_int(S("1\0"), &v));
    assert_int_equal(v, 5);
}

static void utf8_is_strict(void **state)
{
    static const struct {
        str s;
        size_t bad_at;
    } bad[] = {
        {S("\x80"), 0},             /* a tail without a head */
        {S("a\xC3"), 1},            /* cut off */
        {S("ab\xE4\xBD"), 2},       /* cut off */
        {S("\xC0\x80"), 0},         /* overlong NUL */
        {S("\xC1\xBF"), 0},         /* overlong */
        {S("\xE0\x9F\xBF"), 0},     /* overlong */
        {S("\xF0\x8F\xBF\xBF"), 0}, /* overlong */
        {S("\xED\xA0\x80"), 0},     /* surrogate */
        {S("\xED\xBF\xBF"), 0},     /* surrogate */
        {S("\xF4\x90\x80\x80"), 0}, /* above U+10FFFF */
        {S("\xF5\x80\x80\x80"), 0}, /* no such head */
        {S("好\xFF"), 3},           /* never in UTF-8 */
        {S("\xC3(\xA9"), 0},        /* the tail is missing */
        {S("\xE4(\xA9"), 0},        /* the tail is missing */
        {S("\xE4\xBD("), 0},        /* the second tail is missing */
    };
    size_t at;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        at = 99;
        assert_false(utf8_valid(bad[i].s, &at));
        assert_int_equal(at, bad[i].bad_at);
        assert_false(utf8_valid(bad[i].s, NULL));
    }
    assert_true(utf8_valid(S(""), &at));
    assert_true(utf8_valid(S("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"), &at));
    /* One byte at a time over what is bad; the rest is read. */
    at = 0;
    assert_int_equal(utf8_next(S("\xE4\xBD好"), &at), 0xFFFD);
    assert_int_equal(at, 1);
    assert_int_equal(utf8_count(S("\xE4\xBD好")), 3);
}

static void utf8_there_and_back(void **state)
{
    char out[4];

    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        size_t n = utf8_put(cp, out), at = 0;
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        assert_true(utf8_next((str){out, n}, &at) == (surrogate ? 0xFFFD : cp));
        assert_int_equal(at, n);
    }
    assert_int_equal(utf8_put(0x110000, out), 3);
}

static void utf8_measures(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(S("攀枝花a")), 4);
    assert_int_equal(utf8_width(S("攀枝花a")), 7);
    assert_int_equal(utf8_width(S("，。「」")), 8);
    assert_int_equal(utf8_width(S("𠀀e\xCC\x81")),
                     3); /* a character of extension B; e and accent */
    assert_int_equal(utf8_width(S("“—”…")), 4);
    assert_int_equal(utf8_width(S("\x1B\x7F")), 0);
    assert_false(utf8_is_wide('a'));
    assert_true(utf8_is_wide(0x3000) && utf8_is_wide(0xFF5E) && !utf8_is_wide(0xFF61));
}

static void growing_text(void **state)
{
    struct sbuf b;

    (void)state;
    sbuf_init(&b, 1 << 20);
    check_str(sbuf_str(&b), "");
    sbuf_addz(&b, "a");
    sbuf_addc(&b, 'b');
    sbuf_add_n(&b, '-', 3);
    sbuf_fmt(&b, "%03d", 7);
    check_str(sbuf_str(&b), "ab---007");
    assert_int_equal(b.p[b.n], 0);
    sbuf_clear(&b);
    check_str(sbuf_str(&b), "");
    sbuf_fmt(&b, "%2000d", 3);
    assert_int_equal(b.n, 2000);
    assert_false(b.failed);
    sbuf_deinit(&b);
}

static void text_stops_at_its_maximum(void **state)
{
    struct sbuf b;

    (void)state;
    sbuf_init(&b, 8);
    sbuf_add(&b, S("攀枝"));
    sbuf_addz(&b, "ab");
    assert_false(b.failed); /* exactly full */
    sbuf_addc(&b, 'c');
    assert_true(b.failed);
    check_str(sbuf_str(&b), "攀枝ab");
    sbuf_clear(&b);
    sbuf_add(&b, S("攀枝花")); /* cut between characters */
    check_str(sbuf_str(&b), "攀枝");
    sbuf_addc(&b, 'x'); /* the failure is kept, although there would be room */
    check_str(sbuf_str(&b), "攀枝");
    sbuf_clear(&b);
    sbuf_add_n(&b, 'x', 100);
    check_str(sbuf_str(&b), "xxxxxxxx");
    assert_true(b.failed);
    sbuf_deinit(&b);
    sbuf_init(&b, 0);
    sbuf_addc(&b, 'x');
    check_str(sbuf_str(&b), "");
    assert_true(b.failed);
    sbuf_deinit(&b);
}

static void errors(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err_set(NULL, RC_IO, "x"), RC_IO);
    assert_int_equal(err_set(&err, RC_LIMIT, "%d rows, at most %d", 7, 5), RC_LIMIT);
    assert_int_equal(err.rc, RC_LIMIT);
    assert_string_equal(err.text, "7 rows, at most 5");
    assert_int_equal(err_prefix(&err, "%s", "a.csv"), RC_LIMIT);
    assert_string_equal(err.text, "a.csv: 7 rows, at most 5");
    /* The old message may be part of the new. */
    err_set(&err, RC_IO, "again: %s", err.text);
    assert_string_equal(err.text, "again: a.csv: 7 rows, at most 5");
    assert_string_equal(rc_code(RC_OK), "ok");
    assert_string_equal(rc_code(RC_NOT_FOUND), "not_found");
    assert_string_equal(rc_code(RC_INTERRUPTED), "interrupted");
}

static void long_errors_stay_utf8(void **state)
{
    struct err err = {0};
    char text[2000];

    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "好", 4);
        err_set(&err, RC_IO, "%s", text);
        assert_true(utf8_valid(str_from(err.text), NULL));
        assert_true(strlen(err.text) >= sizeof err.text - 3);
        err_prefix(&err, "%s", "x");
        assert_true(utf8_valid(str_from(err.text), NULL));
        assert_true(strlen(err.text) >= sizeof err.text - 3);
        assert_true(str_starts(str_from(err.text), S("x: ")));
        err_prefix(&err, "%s", text);
        assert_true(utf8_valid(str_from(err.text), NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(cutting),
        cmocka_unit_test(copying),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(utf8_there_and_back),
        cmocka_unit_test(utf8_measures),
        cmocka_unit_test(growing_text),
        cmocka_unit_test(errors),
        cmocka_unit_test(long_errors_stay_utf8),
        cmocka_unit_test(text_stops_at_its_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
