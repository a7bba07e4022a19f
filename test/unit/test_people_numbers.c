/* Identity numbers, bank cards and mobile phones by their own rules. */
#include "unit/test.h"

#include "people/people.h"

static day today(void)
{
    return date_day(2026, 11, 22);
}

static void reads(const char *typed, const char *expected)
{
    char id[19];
    struct err err = {0};
    if (id_number_read(str_from(typed), today(), id, &err) != RC_OK)
        fail_msg("%s: %s", typed, err.text);
    assert_string_equal(id, expected);
}

static void refuses(const char *typed, const char *words)
{
    char id[19];
    struct err err = {0};
    assert_int_equal(id_number_read(str_from(typed), today(), id, &err), RC_BAD_INPUT);
    if (strstr(err.text, words) == NULL)
        fail_msg("%s: found “%s”, expected “%s”", typed, err.text, words);
    /* Messages end up in logs: the number itself is not in them. */
    assert_null(strlen(typed) > 10 ? strstr(err.text, typed) : NULL);
}

static void id_numbers_as_typed(void **state)
{
    (void)state;
    reads("510402199003070019", "510402199003070019");
    reads("510411195506150027", "510411195506150027");
    reads("51040320121231002X", "51040320121231002X");
    reads("51040320121231002x", "51040320121231002X");
    reads("510402550615002", "510402195506150020");
    reads("510411780101001", "510411197801010018");
    reads("  510402199003070019 ", "510402199003070019");
}

static void id_numbers_that_are_wrong(void **state)
{
    (void)state;
    refuses("510422201502290011", "2015-02-29");
    refuses("510402199003070018", "expected “9”");
    refuses("51040219900307001X", "expected “9”");
    refuses("51040219900307001", "found 17 characters");
    refuses("5104021990030700199", "found 19 characters");
    refuses("5104021990O3070019", "found 18 characters");
    refuses("51040219900307001é", "found 18 characters");
    refuses("", "found 0 characters");
    refuses("510402559915002", "1955-99-15");
    refuses("五一零四零二", "found 6 characters");
}

static void id_numbers_not_yet_born(void **state)
{
    char id[19], first[18] = "51040220261123001";
    struct err err = {0};
    (void)state;
    snprintf(id, sizeof id, "%s%c", first, id_number_check(first));
    assert_int_equal(id_number_read(str_from(id), today(), id, &err), RC_BAD_INPUT);
    assert_non_null(strstr(err.text, "not after today"));
    assert_int_equal(id_number_read(str_from(id), today() + 1, id, &err), RC_OK);
}

static void id_numbers_of_any_area(void **state)
{
    char id[19];
    /* An area that is no more, residence permits of Hong Kong, Macau and Taiwan. */
    static const char *const firsts[] = {"53322419900307001", "81000019900307001",
                                         "82000019900307001", "83000019900307001"};
    (void)state;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        snprintf(id, sizeof id, "%s%c", firsts[i], id_number_check(firsts[i]));
        reads(id, id);
    }
}

static void id_numbers_tell_birth_and_sex(void **state)
{
    (void)state;
    assert_int_equal(id_number_birth("510402199003070019"), date_day(1990, 3, 7));
    assert_int_equal(id_number_sex("510402199003070019"), 1);
    assert_int_equal(id_number_birth("510411195506150027"), date_day(1955, 6, 15));
    assert_int_equal(id_number_sex("510411195506150027"), 2);
}

static void cards_by_luhn(void **state)
{
    char card[] = "6217003670000001231";
    (void)state;
    assert_true(card_luhn(str_from(card)));
    for (size_t i = 0; i < strlen(card); i++) {
        char was = card[i];
        for (char d = '0'; d <= '9'; d++) {
            card[i] = d;
            assert_int_equal(card_luhn(str_from(card)), d == was);
        }
        card[i] = was;
    }
    assert_false(card_luhn(S("")));
    assert_false(card_luhn(S("000000000000000"))); /* 15 digits */
    assert_true(card_luhn(S("0000000000000000")));
    assert_false(card_luhn(S("00000000000000000000"))); /* 20 */
    assert_false(card_luhn(S("62170036700000012 1")));
}

static void mobiles(void **state)
{
    (void)state;
    assert_true(mobile_valid(S("13812341234")));
    assert_true(mobile_valid(S("19912341234")));
    assert_false(mobile_valid(S("12812341234")));
    assert_false(mobile_valid(S("23812341234")));
    assert_false(mobile_valid(S("1381234123")));
    assert_false(mobile_valid(S("138123412345")));
    assert_false(mobile_valid(S("1381234123a")));
    assert_false(mobile_valid(S("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_numbers_as_typed),
        cmocka_unit_test(id_numbers_that_are_wrong),
        cmocka_unit_test(id_numbers_not_yet_born),
        cmocka_unit_test(id_numbers_of_any_area),
        cmocka_unit_test(id_numbers_tell_birth_and_sex),
        cmocka_unit_test(cards_by_luhn),
        cmocka_unit_test(mobiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
