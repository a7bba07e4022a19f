#include "test.h"
#include "base/date.h"

static day at(const char *text)
{
    day d = 0;

    if (!date_parse(str_from(text), &d))
        fail_msg("%s is not a date", text);
    return d;
}

static void every_day_there_and_back(void **state)
{
    day expected = date_day(1800, 1, 1);
    char text[11];
    day parsed;

    (void)state;
    for (int y = 1800; y <= 2199; y++) {
        for (int m = 1; m <= 12; m++) {
            assert_int_equal(month_first(month_of(y, m)), expected);
            for (int d = 1; d <= 31; d++) {
                int yy, mm, dd;
                if (!date_valid(y, m, d))
                    continue;
                assert_int_equal(date_day(y, m, d), expected);
                date_civil(expected, &yy, &mm, &dd);
                assert_true(yy == y && mm == m && dd == d);
                assert_true(date_parse(str_from(date_text(expected, text)), &parsed));
                assert_int_equal(parsed, expected);
                assert_int_equal(date_month(expected), month_of(y, m));
                expected++;
            }
        }
    }
    assert_int_equal(date_day(1970, 1, 1), 0);
    assert_int_equal(date_day(2020, 12, 1), 18597);
    assert_int_equal(expected, date_day(2199, 12, 31) + 1);
}

static void what_is_no_date(void **state)
{
    static const char *const bad[] = {
        "",           "2021-02-29", "1900-02-29", "2020-02-30",  "2020-13-01",
        "2020-00-01", "2020-04-31", "2020-01-00", "1799-12-31",  "2200-01-01",
        "2020-1-01",  "2020/01/01", "2020-01-1",  "2020-01-012", "20200101",
        "2020-01-0x", " 2020-01-1", "-020-01-01", "2020-01-:0",
    };
    day d = 7;
    month m = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(date_parse(str_from(bad[i]), &d));
    assert_int_equal(d, 7);
    assert_true(date_parse(S("2000-02-29"), &d));
    assert_false(month_parse(S("2020-13"), &m));
    assert_false(month_parse(S("2020-00"), &m));
    assert_false(month_parse(S("2020-1"), &m));
    assert_false(month_parse(S("2020-12-01"), &m));
    assert_false(month_parse(S("2200-01"), &m));
    assert_int_equal(m, 7);
    assert_false(date_valid(2021, 2, 29) || date_valid(2020, 0, 1) || date_valid(2020, 13, 1));
    assert_true(date_valid(2020, 2, 29) && date_valid(2000, 2, 29));
}

static void months(void **state)
{
    month m;
    char text[8];

    (void)state;
    assert_true(month_parse(S("2020-12"), &m));
    assert_int_equal(month_year(m), 2020);
    assert_int_equal(month_number(m), 12);
    assert_string_equal(month_text(m, text), "2020-12");
    assert_string_equal(month_text(m + 1, text), "2021-01");
    assert_int_equal(month_first(m + 1) - month_first(m), 31);
    assert_int_equal(month_year(-1), -1);
    assert_int_equal(month_number(-1), 12);
    assert_string_equal(month_text(-1, text), "(none)");
    assert_string_equal(month_text(0, text), "0000-01");
}

static void completed_years(void **state)
{
    (void)state;
    assert_int_equal(date_years(at("1960-06-15"), at("2020-06-14")), 59);
    assert_int_equal(date_years(at("1960-06-15"), at("2020-06-15")), 60);
    assert_int_equal(date_years(at("2020-06-15"), at("2020-06-15")), 0);
    /* Born on 29 February. */
    assert_int_equal(date_years(at("2004-02-29"), at("2020-02-28")), 15);
    assert_int_equal(date_years(at("2004-02-29"), at("2020-02-29")), 16);
    assert_int_equal(date_years(at("2004-02-29"), at("2021-02-28")), 16);
    assert_int_equal(date_years(at("2004-02-29"), at("2021-03-01")), 17);
    /* Not born yet. */
    assert_int_equal(date_years(at("2020-06-15"), at("2020-06-14")), -1);
    assert_int_equal(date_years(at("2020-06-15"), at("2019-06-15")), -1);
    assert_int_equal(date_years(at("2020-06-15"), at("2019-06-14")), -2);
}

static void completed_months(void **state)
{
    (void)state;
    assert_int_equal(date_months(at("2020-01-31"), at("2020-02-29")), 0);
    assert_int_equal(date_months(at("2020-01-31"), at("2020-03-01")), 1);
    assert_int_equal(date_months(at("2020-01-31"), at("2020-03-31")), 2);
    assert_int_equal(date_months(at("2020-06-15"), at("2020-06-14")), -1);
    assert_int_equal(date_months(at("2020-06-15"), at("2020-05-15")), -1);
    assert_int_equal(date_months(at("2020-06-15"), at("2020-05-14")), -2);
}

static void adding_years_agrees_with_counting_them(void **state)
{
    char text[11];

    (void)state;
    for (day from = date_day(1996, 1, 1); from <= date_day(2004, 12, 31); from++) {
        for (int years = 0; years <= 100; years++) {
            day d = date_add_years(from, years);
            assert_int_equal(date_years(from, d), years);
            assert_int_equal(date_years(from, d - 1), years - 1);
        }
    }
    assert_string_equal(date_text(date_add_years(at("2004-02-29"), 18), text), "2022-03-01");
    assert_string_equal(date_text(date_add_years(at("2004-02-29"), 16), text), "2020-02-29");
    assert_string_equal(date_text(date_add_years(at("2004-02-29"), -1), text), "2003-03-01");
}

static void far_away_days_have_a_text(void **state)
{
    char text[11];
    int y, m, d;

    (void)state;
    assert_string_equal(date_text(INT32_MAX, text), "(no date)");
    assert_string_equal(date_text(INT32_MIN, text), "(no date)");
    date_civil(INT32_MIN, &y, &m, &d);
    assert_true(y == -5877641 && m == 6 && d == 23);
    date_civil(date_add_years(at("2020-06-15"), INT32_MAX), &y, &m, &d);
    assert_true(y == 5000000 && m == 6 && d == 15);
    date_civil(date_add_years(at("2020-06-15"), INT32_MIN), &y, &m, &d);
    assert_true(y == -5000000 && m == 6 && d == 15);
    date_civil(month_first(INT32_MAX), &y, &m, &d);
    assert_true(y == 5000000 && m == 8 && d == 1);
    date_civil(-719468, &y, &m, &d);
    assert_true(y == 0 && m == 3 && d == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_there_and_back),
        cmocka_unit_test(what_is_no_date),
        cmocka_unit_test(months),
        cmocka_unit_test(completed_years),
        cmocka_unit_test(completed_months),
        cmocka_unit_test(adding_years_agrees_with_counting_them),
        cmocka_unit_test(far_away_days_have_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
