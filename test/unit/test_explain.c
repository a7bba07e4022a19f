/*
 * The trace as people read it: three golden households in both languages against committed files,
 * and the cases that these don't have.
 */
#include "test_row_case.h"

/* Facts of the golden households 27, 210 and 3. */
static const char *const HOUSEHOLD_27 =
    "hukou_type urban | income 10002, wage 10002, employed yes, self_care unknown";
static const char *const HOUSEHOLD_210 =
    "hukou_type rural, assets 1000000000 | income 1000 | disability_grade 1";
static const char *const HOUSEHOLD_3 = "hukou_type urban | income 61001";

static const char *const ALL = "dibao tekun disability_living disability_care";

static str explain(struct world *w, const char *policies, const char *household, const char *who,
                   enum explain_lang lang)
{
    const struct binding *bind = world_bind(w, policies, "panzhihua", "2020-12");
    struct block b = block_one(w, household);
    struct sbuf out;
    struct err err;
    str text;

    sbuf_init(&out, 1 << 20);
    if (explain_text_bound(bind, &b, 0, str_from(who), lang, &out, &err) != RC_OK)
        fail_msg("%s", err.text);
    text = str_dup(&w->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void check_same_text(str got, str expected, const char *name)
{
    for (size_t line = 1; got.n || expected.n; line++) {
        str x, y;
        if (!str_cut(got, '\n', &x, &got))
            got = S("");
        if (!str_cut(expected, '\n', &y, &expected))
            expected = S("");
        if (!str_eq(x, y))
            fail_msg("%s:%zu: found “%.*s”, expected “%.*s”", name, line, STR_ARG(x), STR_ARG(y));
    }
}

static void check_file(struct world *w, const char *household, const char *who,
                       enum explain_lang lang, const char *name)
{
    str path = str_fmt(&w->a, HUIMIN_SRC "/test/golden/%s", name), expected;
    str got = explain(w, ALL, household, who, lang);
    struct err err;

    if (file_read(path.p, 1 << 20, &w->a, &expected, &err) != RC_OK)
        fail_msg("%s", err.text);
    check_same_text(got, expected, name);
}

static void golden_households(void **state)
{
    struct world w;

    (void)state;
    world_golden(&w);
    check_file(&w, HOUSEHOLD_27, "家庭 27", EXPLAIN_ZH, "explain-27.zh.txt");
    check_file(&w, HOUSEHOLD_27, "household 27", EXPLAIN_EN, "explain-27.en.txt");
    check_file(&w, HOUSEHOLD_210, "家庭 210", EXPLAIN_ZH, "explain-210.zh.txt");
    check_file(&w, HOUSEHOLD_210, "household 210", EXPLAIN_EN, "explain-210.en.txt");
    check_file(&w, HOUSEHOLD_3, "家庭 3", EXPLAIN_ZH, "explain-3.zh.txt");
    check_file(&w, HOUSEHOLD_3, "household 3", EXPLAIN_EN, "explain-3.en.txt");
    world_close(&w);
}

struct says {
    const char *household, *zh, *en;
};

static void check_says(struct world *w, const struct says *s)
{
    str zh = explain(w, ALL, s->household, "x", EXPLAIN_ZH);
    str en = explain(w, ALL, s->household, "x", EXPLAIN_EN);

    if (str_find(zh, str_from(s->zh)) < 0)
        fail_msg("%s: no “%s” in\n%.*s", s->household, s->zh, STR_ARG(zh));
    if (str_find(en, str_from(s->en)) < 0)
        fail_msg("%s: no “%s” in\n%.*s", s->household, s->en, STR_ARG(en));
}

static void sentences(void **state)
{
    static const struct says lines[] = {
        /* what is not known is asked for, where it matters */
        {"| employed yes, wage unknown", "  结论：尚不能确定\n  还需：其中工资（成员1）\n",
         "  result: not decided yet\n  still needed: wage (member 1)\n"},
        {"| employed yes, wage unknown", "      收入：尚不能确定，还需：其中工资（成员1）\n",
         "      income: can't be told yet; still needed: wage (member 1)\n"},
        {"| student unknown", "  结论：按标施保，金额尚不能确定\n  还需：在校就读（成员1）\n",
         "  result: regular, amount still open\n  still needed: student (member 1)\n"},
        /* two amounts that only differ by parts of a fen are told apart */
        {"| income 762.49, wage 762.46, employed yes",
         "收入：人均月收入 609.998 低于 低保标准 610.00\n",
         "income: income per head 609.998 is below standard 610.00\n"},
        {"| income 762.49, wage 762.46, employed yes", "每月 0.00 元（不足一分，不发放）",
         "0.00 yuan a month (under one fen, so nothing is paid)"},
        /* a refusal that applies */
        {"| destitute yes", "    适用“不予保障”：\n      无保障人口：保障人数为 0\n",
         "    “none” applies:\n      no unit: size is 0\n"},
        {"| destitute yes", "    保障人口：没有成员（不含 成员1）\n",
         "    unit: nobody (without member 1)\n"},
        {"| destitute yes", "若 特困人员（成员1）为 否（现为 是），则为 按标施保。",
         "If destitute (member 1) were no (now yes), the outcome would be regular."},
        /* quantifiers and who they are about */
        {"| second_house yes | second_house yes", "保障人口中有成员另有住房（成员1、成员2）\n",
         "some of unit: second house (member 1, member 2)\n"},
        {"vehicles 2, disability_vehicle yes |", "车辆：计入车辆 1 不等于 0\n",
         "vehicle: counted vehicles 1 is not 0\n"},
        {"vehicles 2, disability_vehicle yes |", "若 车辆数不高于 1（现为 2），则为 按标施保。",
         "If vehicles were at most 1 (now 2), the outcome would be regular."},
        /* grounds, with what was seen, and a law of their own */
        {"| student yes, birth_date 2004-01-01",
         "适用增发比例（成员1）：未成年 20%、就学 15%，取最高 = 20%\n",
         "uplift rate (member 1): highest of minor 20%, in school 15% = 20%\n"},
        {"| student yes, birth_date 2004-01-01",
         "增发情形（成员1）：未成年（年龄 16 低于 18）、就学（在校就读：是）\n",
         "ground (member 1): minor (age 16 is below 18), in school (student: yes)\n"},
        {"| student yes, birth_date 2004-01-01",
         "年龄（成员1）：自 出生日期 2004-01-01 起满 16 年，不少于 0 = 16\n",
         "age (member 1): 16 years since birth date 2004-01-01, at least 0 = 16\n"},
        {"| student yes", "= 75.00〔社会救助暂行办法 第12条〕\n",
         "= 75.00 [社会救助暂行办法, art. 12]\n"},
        /* a member that the policy is meant for is told why not */
        {"| disability_grade 3, income 5000.00",
         "    不符合“发放”：\n      困难家庭：家庭不享受最低生活保障，且 成员1不享受最低生活保障，且 "
         "人均月收入 5,000.00 不低于 边缘线 915.00\n",
         "    “granted” does not apply:\n      hardship: household does not get minimum living "
         "allowance, and member 1 does not get minimum living allowance, and income per head "
         "5,000.00 is not below edge line 915.00\n"},
        {"| disability_grade 3, income 5000.00",
         "若 月收入（成员1）不高于 914.99 元（现为 5,000.00 元），则为 发放。",
         "If income (member 1) were at most 914.99 yuan (now 5,000.00 yuan), the outcome would be "
         "granted."},
        {"| disability_grade 3 |", "  结论（成员2）：不发放，不符合：持证残疾\n",
         "  result (member 2): none, not met: disabled\n"},
        /* values of the place with where they stand and what was assumed */
        {"|", "财产限额月数 24 个月：攀枝花市，2020-01 起（推定：not printed）\n",
         "asset months 24 months: Panzhihua, from 2020-01 (assumed: not printed)\n"},
        {"| destitute yes", "  结论（成员1）：救助供养，每月 850.00 元\n",
         "  result (member 1): supported, 850.00 yuan a month\n"},
        {"| destitute yes, self_care unknown", "照料护理标准（全自理） 50.00", "care (self) 50.00"},
    };
    struct world w;

    (void)state;
    world_golden(&w);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        check_says(&w, &lines[i]);
    world_close(&w);
}

static void nothing_would_change_it(void **state)
{
    struct says line = {"vehicles 1 | income 3000.00, second_house yes",
                        "    单项改变无法改变结论。\n", "    No single change would turn it.\n"};
    struct world w;

    (void)state;
    world_golden(&w);
    check_says(&w, &line);
    world_close(&w);
}

static void each_definition_stands_once(void **state)
{
    struct world w;
    str text;
    long at;

    (void)state;
    world_golden(&w);
    text = explain(&w, ALL, "| disability_grade 1 | disability_grade 2, income 5000.00", "x",
                   EXPLAIN_ZH);
    at = str_find(text, S("\n    人均月收入："));
    assert_true(at >= 0);
    text = str_sub(text, (size_t)at + 1, text.n);
    assert_true(str_find(text, S("\n    人均月收入：")) < 0);
    world_close(&w);
}

static void a_rule_without_its_value_is_an_error(void **state)
{
    const struct binding *bind;
    struct world w;
    struct block b;
    struct sbuf out;
    struct err err;

    (void)state;
    world_golden(&w);
    bind = world_bind(&w, "dibao", "chengdu", "2021-03");
    b = block_one(&w, "|");
    sbuf_init(&out, 1 << 16);
    assert_int_equal(explain_text_bound(bind, &b, 0, S("x"), EXPLAIN_ZH, &out, &err), RC_RULE);
    assert_string_equal(err.text, "chengdu 510100000000, 2021-03: dibao.asset_months "
                                  "(“财产限额月数”) has no value");
    sbuf_deinit(&out);
    world_close(&w);
}

static void as_json(void **state)
{
    static const char *const parts[] = {
        "{\"month\":\"2020-12\",\"place\":\"panzhihua\",\"division\":\"510400000000\",",
        "\"outcome\":\"single_person\",\"reasons\":[\"assets\"],"
        "\"member_payments\":[{\"member\":2,\"fen\":41000}]",
        "{\"kind\":\"condition\",\"state\":\"fails\",\"name\":\"assets\",\"label\":{\"zh\":\"财产\","
        "\"en\":\"assets\"},\"text\":{\"zh\":\"家庭财产 10,000,000.00 超过 财产限额 19,680.00\",",
        "{\"assumed\":\"not printed\"}",
        "\"articles\":[[9,13]]",
    };
    const struct binding *bind;
    struct trace *t;
    struct world w;
    struct block b;
    struct sbuf out;
    struct json j;
    struct err err;

    (void)state;
    world_golden(&w);
    bind = world_bind(&w, ALL, "panzhihua", "2020-12");
    b = block_one(&w, HOUSEHOLD_210);
    assert_int_equal(trace_build(bind, &b, 0, &w.a, &t, &err), RC_OK);
    sbuf_init(&out, 1 << 20);
    json_init(&j, &out);
    trace_json(t, &j);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_find(sbuf_str(&out), str_from(parts[i])) < 0)
            fail_msg("no %s in\n%s", parts[i], out.p);
    assert_int_equal(out.p[out.n - 1], '}');
    sbuf_deinit(&out);
    world_close(&w);
}

/* One sum is told as one; who is only recognised is told no amount. The rules of the tree. */
static void single_sums(void **state)
{
    struct world w;
    struct err err;
    static const char fire[] = "event_month 2020-12, event_kind accident, event_persons 3, "
                               "hardship heavy | income 0 | income 0 | income 0";

    (void)state;
    world_open(&w);
    if (rules_load(&w.rules, HUIMIN_SRC, &w.diags, &err) != RC_OK)
        world_fail(&w);
    str zh = explain(&w, "relief_urgent", fire, "x", EXPLAIN_ZH);
    str en = explain(&w, "relief_urgent", fire, "x", EXPLAIN_EN);
    assert_true(str_find(zh, S("结论：给予救助，一次 3,660.00 元\n")) >= 0);
    assert_true(str_find(en, S("result: relieved, 3,660.00 yuan, once\n")) >= 0);
    assert_true(str_find(zh, S("一次金额")) >= 0 && str_find(zh, S("每月金额")) < 0);
    zh = explain(&w, "edge_family", "| income 700.00", "x", EXPLAIN_ZH);
    assert_true(str_find(zh, S("结论：认定\n")) >= 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_households),
        cmocka_unit_test(sentences),
        cmocka_unit_test(nothing_would_change_it),
        cmocka_unit_test(each_definition_stands_once),
        cmocka_unit_test(a_rule_without_its_value_is_an_error),
        cmocka_unit_test(as_json),
        cmocka_unit_test(single_sums),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
