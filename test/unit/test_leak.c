/* What looks like a personal number is found however it is written, and what merely has digits is not. */
#include "unit/test.h"

#include "guard/leak.h"
#include "vault/vault.h"

struct sample {
    const char *text;
    enum leak_kind kind;
};

static void check_all(const struct sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct leak l = leak_find(str_from(s[i].text));
        if (l.kind != s[i].kind)
            fail_msg("“%s”: found “%s”, expected “%s”", s[i].text, leak_word(l.kind, true),
                     leak_word(s[i].kind, true));
    }
}
#define CHECK_ALL(s) check_all((s), sizeof(s) / sizeof(s)[0])

static void identity_numbers_are_found(void **state)
{
    (void)state;
    static const struct sample s[] = {
        {"510402199003070019", LEAK_ID_NUMBER},
        {"51040219900307001X", LEAK_ID_NUMBER},
        {"51040219900307001x", LEAK_ID_NUMBER},
        {"５１０４０２１９９００３０７００１９", LEAK_ID_NUMBER},
        {"５１０４０２１９９００３０７００１Ｘ", LEAK_ID_NUMBER},
        {"510402 19900307 0019", LEAK_ID_NUMBER},
        {"510402-19900307-0019", LEAK_ID_NUMBER},
        {"510402-1990-03-07-0019", LEAK_ID_NUMBER},
        {"510402.19900307.001.X", LEAK_ID_NUMBER},
        {"510402·19900307·0019", LEAK_ID_NUMBER},
        {"510402　1990　0307　0019", LEAK_ID_NUMBER},
        {"510402－19900307－0019", LEAK_ID_NUMBER},
        {"510402 — 19900307 — 0019", LEAK_ID_NUMBER},
        {"51 04 02 19 90 03 07 00 19", LEAK_ID_NUMBER},
        {"5 1 0 4 0 2 1 9 9 0 0 3 0 7 0 0 1 9", LEAK_ID_NUMBER},
        {"5-1-0-4-0-2-1-9-9-0-0-3-0-7-0-0-1-X", LEAK_ID_NUMBER},
        {"510402/19900307/0019", LEAK_ID_NUMBER},
        {"5104021990030700​19", LEAK_ID_NUMBER}, /* a blank of no width */
        {"王510402199003070019", LEAK_ID_NUMBER},
        {"王小明（510402199003070019）之子", LEAK_ID_NUMBER},
        {"证号510402199003070019号", LEAK_ID_NUMBER},
        {"id510402199003070019x", LEAK_ID_NUMBER}, /* a digit too many */
        {"510402900307001", LEAK_ID_NUMBER},       /* of fifteen digits */
        {"510402 900307 001", LEAK_ID_NUMBER},
        {"５１０４０２９００３０７００１", LEAK_ID_NUMBER},
        {"51040219900307001943", LEAK_ID_NUMBER}, /* a disability certificate has it in it */
        {"510402199003070010", LEAK_ID_NUMBER},   /* wrong by its check digit */
        {"110101189912310019", LEAK_ID_NUMBER},
        {"2020-12-21 510402199003070019", LEAK_ID_NUMBER},
        {"510402-2020-000123 510402199003070019", LEAK_ID_NUMBER},
        {"1 510402199003070019 2", LEAK_ID_NUMBER},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 "
         "34 35 36 37 38 39 510402 19900307 0019",
         LEAK_ID_NUMBER},
        {"𝟓𝟏𝟎𝟒𝟎𝟐𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟎𝟎𝟏𝟗", LEAK_ID_NUMBER},
    };
    CHECK_ALL(s);
}

static void cards_are_found(void **state)
{
    (void)state;
    static const struct sample s[] = {
        {"6217003670001231", LEAK_CARD},
        {"62170036700012312", LEAK_CARD},
        {"621700367000123123", LEAK_CARD},
        {"6217003670001231234", LEAK_CARD},
        {"６２１７００３６７０００１２３１２３４", LEAK_CARD},
        {"6217 0036 7000 1231 234", LEAK_CARD},
        {"6217-0036-7000-1231", LEAK_CARD},
        {"6217　0036　7000　1231", LEAK_CARD},
        {"621700 3670001231234", LEAK_CARD},
        {"6217.0036.7000.1231", LEAK_CARD},
        {"开户行工行，卡号6217 0036 7000 1231 234，户名", LEAK_CARD},
        {"6 2 1 7 0 0 3 6 7 0 0 0 1 2 3 1", LEAK_CARD},
        {"1234567890123456", LEAK_CARD},          /* sixteen in a row, whatever they are */
        {"12345678901234567890", LEAK_CARD},      /* twenty too */
        {"510402-117533616560406529", LEAK_CARD}, /* a reference: it belongs on no posting */
        {"99999999999999999999999999999999999999999999", LEAK_CARD},
    };
    CHECK_ALL(s);
}

static void phones_are_found(void **state)
{
    (void)state;
    static const struct sample s[] = {
        {"13812341234", LEAK_PHONE},           {"１３８１２３４１２３４", LEAK_PHONE},
        {"138 1234 1234", LEAK_PHONE},         {"138-1234-1234", LEAK_PHONE},
        {"1381234 1234", LEAK_PHONE},          {"+8613812341234", LEAK_PHONE},
        {"+86 138 1234 1234", LEAK_PHONE},     {"+86-13812341234", LEAK_PHONE},
        {"86 13812341234", LEAK_PHONE},        {"008613812341234", LEAK_PHONE},
        {"013812341234", LEAK_PHONE},          {"0 138 1234 1234", LEAK_PHONE},
        {"电话13812341234。", LEAK_PHONE},     {"13812341234转1", LEAK_PHONE},
        {"张三13812341234李四", LEAK_PHONE},   {"138．1234．1234", LEAK_PHONE},
        {"1 3 8 1 2 3 4 1 2 3 4", LEAK_PHONE}, {"13 81 23 41 23 4", LEAK_PHONE},
        {"19912341234", LEAK_PHONE},           {"2020-12-21 13812341234", LEAK_PHONE},
    };
    CHECK_ALL(s);
}

static void what_has_only_digits_passes(void **state)
{
    (void)state;
    static const struct sample s[] = {
        {"", LEAK_NONE},
        {"610.00", LEAK_NONE},
        {"1,234,567.00元", LEAK_NONE},
        {"1234567.89", LEAK_NONE},
        {"6100.00 2020-12-21 1234", LEAK_NONE},
        {"2020-12-21", LEAK_NONE},
        {"2020-12-21 2020-12-28", LEAK_NONE},
        {"2020.12.21-2020.12.28", LEAK_NONE},
        {"2020.12.21 — 2020.12.28", LEAK_NONE},
        {"2020年12月21日至2020年12月28日", LEAK_NONE},
        {"2020-12-21T08:30:00", LEAK_NONE},
        {"2020-12 2021-01 2021-02 2021-03", LEAK_NONE},
        {"150 2020-12-21", LEAK_NONE},
        {"510402-2020-000123", LEAK_NONE},
        {"510402-2020-000123-1", LEAK_NONE},
        {"510402-2020-010112 12月", LEAK_NONE},
        {"510402-2020-010112，510402-2020-010113", LEAK_NONE},
        {"510402-2020-010112 510402-2020-010113 510402-2020-010114", LEAK_NONE},
        {"510402-2020-P000123", LEAK_NONE},
        {"510402001001", LEAK_NONE},
        {"510402001001 510402001002", LEAK_NONE},
        {"510402001001 123", LEAK_NONE},
        {"510402001001 2020", LEAK_NONE},
        {"5104**********0019", LEAK_NONE},
        {"138****1234", LEAK_NONE},
        {"6217********1231", LEAK_NONE},
        {"0812-3334444", LEAK_NONE}, /* an office's phone, which a posting must name */
        {"（0812）3334444", LEAK_NONE},
        {"12345", LEAK_NONE},
        {"民发〔2021〕57号", LEAK_NONE},
        {"2018 2019 2020 2021", LEAK_NONE},
        {"10 11 12 13 14 15 16 17 18 19 20 21", LEAK_NONE},
        {"30 31 32 33 34 35 36 37", LEAK_NONE},
        {"1 2 3 4 5 6 7 8 9", LEAK_NONE},
        {"1500\n1234567", LEAK_NONE}, /* two lines of a table */
        {"1500,1234567", LEAK_NONE},
        {"邮编617000", LEAK_NONE},
        {"第3批，共12户34人，合计12345.60元", LEAK_NONE},
        {"1000000000", LEAK_NONE},
    };
    CHECK_ALL(s);
}

static void it_says_where(void **state)
{
    (void)state;
    str text = S("姓名：王510402199003070019，电话13812341234");
    struct leak l = leak_find(text);
    check_str(str_sub(text, l.at, l.at + l.n), "510402199003070019");
    l = leak_find(S("电话138 1234 1234，证号510402199003070019"));
    assert_int_equal(l.kind, LEAK_PHONE); /* the first */
    l = leak_find(S("a 510402 19900307 0019 b"));
    assert_int_equal(l.at, 2);
    assert_int_equal(l.n, strlen("510402 19900307 0019"));
}

static void it_refuses_without_telling_the_number(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(leak_refuse(S("王510402199003070019"), "姓名", &err), RC_RULE);
    assert_non_null(strstr(err.text, "姓名: character 2"));
    assert_non_null(strstr(err.text, "an identity number"));
    assert_non_null(strstr(err.text, "身份证号码"));
    assert_null(strstr(err.text, "1990"));
    assert_int_equal(leak_refuse(S("王小明"), "name", &err), RC_OK);
    assert_int_equal(leak_refuse(S("6217003670001231"), "text", &err), RC_RULE);
    assert_non_null(strstr(err.text, "a bank card number"));
    assert_int_equal(leak_refuse(S("13812341234"), "text", &err), RC_RULE);
    assert_non_null(strstr(err.text, "手机号码"));
}

/* Any number, in any spelling, in any place of a text. */
static void every_spelling_of_any_number(void **state)
{
    static const char *const separators[] = {"", " ", "-", ".", "  ", "－", "·", "　", " - "};
    static const size_t at[][4] = {{0}, {6, 14, 0}, {6, 10, 14, 0}, {4, 8, 12, 16}, {3, 6, 0}};
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char id[19], text[128] = "某某";
        for (int i = 0; i < 18; i++) {
            seed = seed * 1664525u + 1013904223u;
            id[i] = (char)('0' + (seed >> 24) % 10);
        }
        id[18] = '\0';
        memcpy(id, "510402", 6);
        memcpy(id + 6, (seed & 64) != 0 ? "19" : "20", 2);
        snprintf(id + 10, 5, "%02u%02u", 1 + (seed >> 9) % 12, 1 + (seed >> 13) % 28);
        id[14] = (char)('0' + (seed >> 17) % 10);
        const char *between = separators[seed % 9];
        const size_t *cut = at[(seed >> 5) % 5];
        for (size_t i = 0, k = 0; i < 18; i++) {
            if (k < 4 && cut[k] != 0 && cut[k] == i) {
                strncat(text, between, sizeof text - strlen(text) - 1);
                k++;
            }
            strncat(text, (char[]){id[i], '\0'}, sizeof text - strlen(text) - 1);
        }
        if (leak_find(str_from(text)).kind == LEAK_NONE)
            fail_msg("“%s” passed", text);
    }
}

static void masks_pass(void **state)
{
    struct arena a = {0};
    (void)state;
    assert_int_equal(leak_find(number_masked(NUMBER_IDENTITY, S("510402199003070019"), &a)).kind,
                     LEAK_NONE);
    assert_int_equal(leak_find(number_masked(NUMBER_PHONE, S("13812341234"), &a)).kind, LEAK_NONE);
    assert_int_equal(leak_find(number_masked(NUMBER_CARD, S("6217003670001231"), &a)).kind,
                     LEAK_NONE);
    arena_deinit(&a);
}

static void minors(void **state)
{
    (void)state;
    day on = date_day(2020, 12, 21);
    assert_true(is_minor(date_day(2002, 12, 22), on));
    assert_false(is_minor(date_day(2002, 12, 21), on));
    assert_true(is_minor(date_day(2004, 2, 29), date_day(2022, 2, 28)));
    assert_false(is_minor(date_day(2004, 2, 29), date_day(2022, 3, 1)));
    assert_true(is_minor(date_day(2020, 12, 21), on));
    assert_true(is_minor(0, on)); /* nobody knows */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_numbers_are_found),
        cmocka_unit_test(cards_are_found),
        cmocka_unit_test(phones_are_found),
        cmocka_unit_test(what_has_only_digits_passes),
        cmocka_unit_test(it_says_where),
        cmocka_unit_test(it_refuses_without_telling_the_number),
        cmocka_unit_test(every_spelling_of_any_number),
        cmocka_unit_test(masks_pass),
        cmocka_unit_test(minors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
