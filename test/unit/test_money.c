#include "test.h"
#include "base/money.h"

#define I128_MAX ((i128)(~(u128)0 >> 1))
#define I128_MIN (-I128_MAX - 1)

static bool same(rat a, rat b)
{
    return a.num == b.num && a.den == b.den;
}

static void lowest_terms(void **state)
{
    (void)state;
    assert_true(same(rat_of(6, 4), (rat){3, 2}));
    assert_true(same(rat_of(6, -4), (rat){-3, 2}));
    assert_true(same(rat_of(-6, -4), (rat){3, 2}));
    assert_true(same(rat_of(0, -7), (rat){0, 1}));
    assert_true(same(rat_of(I128_MIN, I128_MIN), (rat){1, 1}));
    assert_true(same(rat_of(I128_MIN, 2), (rat){I128_MIN / 2, 1}));
    assert_true(same(rat_of(I128_MIN, -2), (rat){I128_MAX / 2 + 1, 1}));
    assert_true(same(rat_int(INT64_MIN), (rat){INT64_MIN, 1}));
    assert_true(rat_is_int(rat_of(8, 4)) && !rat_is_int(rat_of(1, 3)));
}

static void arithmetic_is_exact(void **state)
{
    rat r;

    (void)state;
    assert_true(rat_add(rat_of(1, 6), rat_of(1, 10), &r) && same(r, (rat){4, 15}));
    assert_true(rat_add(rat_of(1, 6), rat_of(-1, 6), &r) && same(r, (rat){0, 1}));
    assert_true(rat_sub(rat_of(1, 6), rat_of(1, 2), &r) && same(r, (rat){-1, 3}));
    assert_true(rat_sub(rat_int(0), rat_int(0), &r) && same(r, (rat){0, 1}));
    assert_true(rat_mul(rat_of(-2, 3), rat_of(9, 4), &r) && same(r, (rat){-3, 2}));
    assert_true(rat_mul(rat_int(0), rat_of(-9, 4), &r) && same(r, (rat){0, 1}));
    assert_true(rat_div(rat_of(2, 3), rat_of(-4, 9), &r) && same(r, (rat){-3, 2}));
    assert_false(rat_div(rat_int(1), rat_int(0), &r));
}

/* Every small fraction against plain integers over a common denominator. */
static void small_fractions_agree(void **state)
{
    enum { N = 9 };

    (void)state;
    for (int a = -N; a <= N; a++) {
        for (int b = 1; b <= N; b++) {
            for (int c = -N; c <= N; c++) {
                for (int d = 1; d <= N; d++) {
                    rat x = rat_of(a, b), y = rat_of(c, d), r;
                    int order;
                    assert_true(rat_add(x, y, &r) && same(r, rat_of(a * d + c * b, b * d)));
                    assert_true(rat_sub(x, y, &r) && same(r, rat_of(a * d - c * b, b * d)));
                    assert_true(rat_mul(x, y, &r) && same(r, rat_of(a * c, b * d)));
                    assert_true(rat_div(x, y, &r) == (c != 0));
                    assert_true(c == 0 || same(r, rat_of(a * d, b * c)));
                    assert_true(rat_cmp(x, y, &order));
                    assert_int_equal(order, (a * d > c * b) - (a * d < c * b));
                }
            }
        }
    }
}

static void overflow_is_told(void **state)
{
    rat most = {I128_MAX, 1}, least = {I128_MIN, 1}, tiny = {1, I128_MAX}, r;

    (void)state;
    assert_false(rat_add(most, rat_int(1), &r));
    assert_true(rat_add(most, rat_int(-1), &r) && same(r, (rat){I128_MAX - 1, 1}));
    assert_true(rat_add(most, rat_int(0), &r) && same(r, most));
    assert_false(rat_add(least, rat_int(-1), &r));
    assert_true(rat_add(least, rat_int(0), &r) && same(r, least));
    assert_true(rat_add(least, most, &r) && same(r, rat_int(-1)));
    assert_false(rat_add(least, least, &r));
    assert_false(rat_sub(rat_int(0), least, &r));
    assert_false(rat_sub(least, rat_int(1), &r));
    assert_false(rat_mul(most, rat_int(2), &r));
    assert_false(rat_mul(least, rat_int(-1), &r));
    assert_true(rat_mul(least, rat_int(1), &r) && same(r, least));
    assert_true(rat_mul(most, tiny, &r) && same(r, rat_int(1)));
    assert_false(rat_mul(tiny, tiny, &r));
    assert_false(rat_mul(tiny, rat_of(1, 2), &r));
    assert_false(rat_mul((rat){(i128)1 << 64, 1}, (rat){(i128)1 << 64, 1}, &r));
    assert_true(rat_mul((rat){(i128)1 << 63, 1}, (rat){(i128)1 << 63, 1}, &r));
    assert_true(r.num == (i128)1 << 126);
    assert_false(rat_div(rat_int(1), least, &r)); /* its denominator would be 2^127 */
    assert_true(rat_div(least, least, &r) == false || same(r, rat_int(1)));
    assert_false(rat_add(tiny, rat_of(1, 2), &r));
}

static void comparison_never_overflows(void **state)
{
    rat most = {I128_MAX, 1}, nearly = {I128_MAX - 1, 1};
    rat a = {I128_MAX, I128_MAX - 1}, b = {I128_MAX - 1, I128_MAX - 2};
    int order;

    (void)state;
    assert_true(rat_cmp(most, nearly, &order) && order == 1);
    assert_true(rat_cmp(a, b, &order) && order == -1); /* 1 + 1/(n+1) < 1 + 1/n */
    a.num = -a.num;
    b.num = -b.num;
    assert_true(rat_cmp(a, b, &order) && order == 1);
    assert_true(rat_cmp((rat){I128_MIN, 1}, most, &order) && order == -1);
    assert_true(rat_cmp(rat_int(0), rat_int(0), &order) && order == 0);
    assert_true(rat_cmp(rat_int(0), rat_of(-1, 9), &order) && order == 1);
}

static void rounding(void **state)
{
    static const struct {
        int num, den, unit, up, half, down;
    } row[] = {
        {5, 2, 1, 3, 3, 2},
        {-5, 2, 1, -2, -2, -3}, /* the tie goes up */
        {-7, 2, 1, -3, -3, -4},
        {7, 3, 1, 3, 2, 2},
        {-7, 3, 1, -2, -2, -3},
        {-8, 3, 1, -2, -3, -3},
        {0, 1, 100, 0, 0, 0},
        {50, 1, 100, 100, 100, 0},
        {-50, 1, 100, 0, 0, -100},
        {-51, 1, 100, 0, -100, -100},
        {99, 2, 100, 100, 0, 0},
        {101, 2, 100, 100, 100, 0},
        {-101, 2, 100, 0, -100, -100},
        {200, 1, 100, 200, 200, 200},
        {-200, 1, 100, -200, -200, -200},
        {1, 1000, 10, 10, 0, 0},
        {-1, 1000, 10, 0, 0, -10},
        {9, 2, 3, 6, 6, 3}, /* an odd unit has its tie between whole numbers */
        {13, 3, 3, 6, 3, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        rat a = rat_of(row[i].num, row[i].den), r;
        assert_true(rat_round(a, ROUND_UP, row[i].unit, &r) && same(r, rat_int(row[i].up)));
        assert_true(rat_round(a, ROUND_HALF_UP, row[i].unit, &r) && same(r, rat_int(row[i].half)));
        assert_true(rat_round(a, ROUND_DOWN, row[i].unit, &r) && same(r, rat_int(row[i].down)));
    }
}

static void rounding_at_the_ends(void **state)
{
    rat r, huge = {I128_MAX, 2};

    (void)state;
    assert_true(rat_round((rat){I128_MAX, 1}, ROUND_HALF_UP, 1, &r) && r.num == I128_MAX);
    assert_true(rat_round((rat){I128_MIN, 1}, ROUND_DOWN, 1, &r) && r.num == I128_MIN);
    assert_false(rat_round((rat){I128_MAX, 1}, ROUND_UP, 100, &r));
    assert_false(rat_round((rat){I128_MIN, 1}, ROUND_DOWN, 100, &r));
    assert_true(rat_round(huge, ROUND_HALF_UP, 1, &r) && r.num == I128_MAX / 2 + 1);
    assert_true(rat_round((rat){1, I128_MAX}, ROUND_UP, INT64_MAX, &r) && r.num == INT64_MAX);
    assert_true(rat_round((rat){-1, I128_MAX}, ROUND_HALF_UP, 1, &r) && r.num == 0);
}

static void to_fen(void **state)
{
    int64_t fen;

    (void)state;
    assert_true(rat_fen(rat_int(INT64_MAX), &fen) && fen == INT64_MAX);
    assert_true(rat_fen(rat_int(INT64_MIN), &fen) && fen == INT64_MIN);
    assert_false(rat_fen((rat){(i128)INT64_MAX + 1, 1}, &fen));
    assert_false(rat_fen((rat){(i128)INT64_MIN - 1, 1}, &fen));
    assert_false(rat_fen(rat_of(1, 2), &fen));
}

static void money_in_and_out(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      ".",
                                      "1.",
                                      ".5",
                                      "1.234",
                                      "1,000",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "--1",
                                      "1.-1",
                                      "1..2",
                                      "-.50",
                                      "1.2.",
                                      "0x10",
                                      "1e3",
                                      "一",
                                      "92233720368547758.08",
                                      "-92233720368547758.09",
                                      "00000000000000000000000000000000001"};
    char out[32];
    int64_t fen = 7;

    (void)state;
    assert_string_equal(money_text(0, true, out), "0.00");
    assert_string_equal(money_text(-5, true, out), "-0.05");
    assert_string_equal(money_text(123456, true, out), "1,234.56");
    assert_string_equal(money_text(123456, false, out), "1234.56");
    assert_string_equal(money_text(99999, true, out), "999.99");
    assert_string_equal(money_text(100000000, true, out), "1,000,000.00");
    assert_string_equal(money_text(INT64_MIN, true, out), "-92,233,720,368,547,758.08");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (money_parse(str_from(bad[i]), &fen))
            fail_msg("\"%s\" was read as money", bad[i]);
    assert_int_equal(fen, 7);
    assert_true(money_parse(S("650"), &fen) && fen == 65000);
    assert_true(money_parse(S("650.5"), &fen) && fen == 65050);
    assert_true(money_parse(S("-0.05"), &fen) && fen == -5);
    assert_true(money_parse(S("0007"), &fen) && fen == 700);
    assert_true(money_parse(S("92233720368547758.07"), &fen) && fen == INT64_MAX);
    assert_true(money_parse(S("-92233720368547758.08"), &fen) && fen == INT64_MIN);
}

static void fractions_as_text(void **state)
{
    struct arena a = {0};

    (void)state;
    check_str(rat_text(&a, rat_of(3, 2)), "1.5");
    check_str(rat_text(&a, rat_int(12)), "12");
    check_str(rat_text(&a, rat_of(-2, 3)), "-2/3");
    check_str(rat_text(&a, rat_of(7, 3)), "7/3");
    check_str(rat_text(&a, rat_of(-1, 80)), "-0.0125");
    check_str(rat_text(&a, (rat){I128_MIN, 1}), "-170141183460469231731687303715884105728");
    check_str(
        rat_text(&a, (rat){1, (i128)1 << 120}),
        "0.00000000000000000000000000000000000075231638452626400509999138382223723380394595633"
        "4136013765601092018187046051025390625");
    check_str(rat_text(&a, (rat){1, (i128)1 << 126}), "1/85070591730234615865843651857942052864");
    check_str(rat_yuan_text(&a, rat_int(41050)), "410.5");
    check_str(rat_yuan_text(&a, rat_int(41000)), "410");
    check_str(rat_yuan_text(&a, rat_of(25, 2)), "0.125");
    check_str(rat_yuan_text(&a, rat_of(1000, 3)), "3 1/3");
    check_str(rat_yuan_text(&a, rat_of(-1000, 3)), "-3 1/3");
    check_str(rat_yuan_text(&a, rat_of(100, 3)), "1/3");
    check_str(rat_yuan_text(&a, rat_int(0)), "0");
    check_str(rat_yuan_text(&a, (rat){1, I128_MAX}),
              "1/170141183460469231731687303715884105727/100");
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowest_terms),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(small_fractions_agree),
        cmocka_unit_test(overflow_is_told),
        cmocka_unit_test(rounding),
        cmocka_unit_test(comparison_never_overflows),
        cmocka_unit_test(rounding_at_the_ends),
        cmocka_unit_test(to_fen),
        cmocka_unit_test(money_in_and_out),
        cmocka_unit_test(fractions_as_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
