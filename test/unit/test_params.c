/* Values of parameters: the nearest place, the month, the key; divisions that are alike. */
#include "test.h"

#include "lang/rules.h"

static const char text[] = "code grade \"等级\"\n"
                           "  none 0 \"无\"\n"
                           "  1 \"一级\"\n"
                           "  2 \"二级\"\n"
                           "register household \"家庭\"\n"
                           "  grade \"等级\" grade\n"
                           "policy aid \"助\"\n"
                           "  for each household, each month\n"
                           "  basis \"办法\"\n"
                           "  parameter amount \"标准\" money per month\n"
                           "  parameter care   \"照料\" money per month by grade in 1..2\n"
                           "  parameter share  \"比例\" rate\n"
                           "  outcome \"结论\"\n"
                           "    otherwise none \"无\"\n"
                           "place country \"国家\", division 000000000000\n"
                           "  basis \"办法\"\n"
                           "  set aid.amount from 2000-01: 1.00\n"
                           "place sichuan \"四川省\", division 510000000000\n"
                           "  basis \"办法\"\n"
                           "  area cities \"两市\" = 510100000000, 510400000000\n"
                           "  set aid.amount from 2010-01: 10.00\n"
                           "  set aid.share in cities from 2015-01: 50%\n"
                           "place panzhihua \"攀枝花市\", division 510400000000\n"
                           "  basis \"办法\"\n"
                           "  lines aid from 2020-01\n"
                           "  area districts \"区\" = 510402000000, 510403000000\n"
                           "  area town \"镇\" = 510411001000\n"
                           "  set aid.amount from 2020-01 through 2020-06: 100.00\n"
                           "  set aid.amount from 2020-09: 120.00\n"
                           "  set aid.amount in districts from 2020-03 through 2020-04: 200.00\n"
                           "  set aid.amount in town from 2020-01: 300.00\n"
                           "  set aid.care from 2020-01: 80.00 for 1, 50.00 for 2\n"
                           "  set aid.care from 2020-05: 90.00\n"
                           "  set aid.share from 2020-01: 0\n"
                           "place miyi \"米易县\", division 510421000000\n"
                           "  basis \"办法\"\n"
                           "  set aid.amount from 2020-02: 150.00\n";

static struct arena arena;
static struct rules rules;

static int load(void **state)
{
    struct diags d;

    (void)state;
    diags_init(&d, &arena);
    rules_init(&rules, &arena);
    source_add(&rules.sources, S("lines/aid/aid.hm"), str_from(text));
    rules_parse(&rules, &d);
    rules_check(&rules, &d);
    return d.errors != 0;
}

static int unload(void **state)
{
    (void)state;
    arena_deinit(&arena);
    return 0;
}

static const struct param *param(const char *name)
{
    const struct policy *p = rules_policy(&rules, S("aid"));

    for (size_t i = 0; i < p->n_params; i++)
        if (str_eq(p->params[i]->name.text, str_from(name)))
            return p->params[i];
    return NULL;
}

/* Fen, or -1 when there is no value. */
static int64_t value(const char *name, size_t key, int64_t division, int year, int number)
{
    const struct literal *v =
        param_value(&rules, param(name), key, division, month_of(year, number), NULL);

    return v ? v->i : -1;
}

static void nearest_place(void **state)
{
    (void)state;
    assert_int_equal(value("amount", 0, 510400000000, 2020, 1), 10000);
    assert_int_equal(value("amount", 0, 510402001001, 2020, 1), 10000);
    assert_int_equal(value("amount", 0, 510402001001, 2020, 3), 20000);
    assert_int_equal(value("amount", 0, 510404000000, 2020, 3), 10000);
    assert_int_equal(value("amount", 0, 510411001002, 2020, 3), 30000);
    assert_int_equal(value("amount", 0, 510411002000, 2020, 3), 10000);
    assert_int_equal(value("amount", 0, 510421001000, 2020, 1), 10000);
    assert_int_equal(value("amount", 0, 510421001000, 2020, 2), 15000);
    assert_int_equal(value("amount", 0, 510100000000, 2020, 1), 1000);
    assert_int_equal(value("amount", 0, 110101000000, 2020, 1), 100);
    assert_int_equal(value("amount", 0, 0, 2020, 1), 100);
    assert_int_equal(value("amount", 0, 0, 1999, 12), -1);
}

static void month_and_end(void **state)
{
    (void)state;
    assert_int_equal(value("amount", 0, 510400000000, 2019, 12), 1000);
    assert_int_equal(value("amount", 0, 510400000000, 2020, 6), 10000);
    /* Over, so the place above is asked. */
    assert_int_equal(value("amount", 0, 510400000000, 2020, 7), 1000);
    assert_int_equal(value("amount", 0, 510400000000, 2020, 9), 12000);
    assert_int_equal(value("amount", 0, 510400000000, 2199, 12), 12000);
    assert_int_equal(value("amount", 0, 510402000000, 2020, 5), 10000);
}

static void keys(void **state)
{
    (void)state;
    assert_int_equal(param("amount")->n_keys, 1);
    assert_int_equal(param("care")->n_keys, 3);
    assert_int_equal(value("care", 0, 510400000000, 2020, 1), -1);
    assert_int_equal(value("care", 1, 510400000000, 2020, 1), 8000);
    assert_int_equal(value("care", 2, 510400000000, 2020, 1), 5000);
    assert_int_equal(value("care", 2, 510400000000, 2020, 5), 9000);
}

static void rates_and_where(void **state)
{
    const struct place_set *set = NULL;
    const struct literal *v =
        param_value(&rules, param("share"), 0, 510403000000, month_of(2020, 1), &set);

    (void)state;
    assert_non_null(v);
    assert_true(v->num == 0 && v->den == 1);
    assert_ptr_equal(set, &rules_place(&rules, S("panzhihua"))->sets[6]);
    v = param_value(&rules, param("share"), 0, 510100001000, month_of(2020, 1), &set);
    assert_non_null(v);
    assert_true(v->num * 2 == v->den);
    check_str(set->area.text, "cities");
    assert_null(param_value(&rules, param("share"), 0, 510300000000, month_of(2020, 1), &set));
    assert_null(set);
}

static void zones(void **state)
{
    uint32_t city = param_zone(&rules, 510400000000);

    (void)state;
    assert_int_equal(param_zone(&rules, 510404000000), city);
    assert_int_equal(param_zone(&rules, 510404001002), city);
    assert_int_not_equal(param_zone(&rules, 510402000000), city);
    assert_int_not_equal(param_zone(&rules, 510421000000), city);
    assert_int_equal(param_zone(&rules, 510421001000), param_zone(&rules, 510421000000));
    assert_int_not_equal(param_zone(&rules, 510411001000), city);
    assert_int_equal(param_zone(&rules, 510411002000), city);
    assert_int_not_equal(param_zone(&rules, 510100000000), param_zone(&rules, 510300000000));
    assert_int_equal(param_zone(&rules, 110101000000), param_zone(&rules, 0));
}

static void lines_and_codes(void **state)
{
    const struct place *p = rules_place(&rules, S("panzhihua"));
    const struct code *c = rules_code(&rules, S("grade"));

    (void)state;
    assert_false(place_line_on(p, S("aid"), month_of(2019, 12)));
    assert_true(place_line_on(p, S("aid"), month_of(2020, 1)));
    assert_false(place_line_on(p, S("other"), month_of(2020, 1)));
    assert_int_equal(code_index(c, S("none")), 0);
    assert_int_equal(code_index(c, S("0")), 0);
    assert_int_equal(code_index(c, S("2")), 2);
    assert_int_equal(code_index(c, S("一级")), 1);
    assert_int_equal(code_index(c, S("3")), -1);
    check_str(code_name(c, 1), "1");
    assert_ptr_equal(reg_field(rules_reg(&rules, S("household")), S("等级")),
                     rules_reg(&rules, S("household"))->fields[0]);
    assert_null(rules_policy(&rules, S("no")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_place), cmocka_unit_test(month_and_end),
        cmocka_unit_test(keys),          cmocka_unit_test(rates_and_where),
        cmocka_unit_test(zones),         cmocka_unit_test(lines_and_codes),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
