/* What a policy carries over to next month: each kind of fact, nothing, and what can't be told. */
#include "test_row_case.h"
#include "eval/carry.h"

static const char *const RULES =
    "code colour \"颜色\"  red \"红\"  blue \"蓝\"\n"
    "register household \"家庭\", at village\n"
    "  wealth \"财产\" money per month, over time\n"
    "  rooms \"房间数\" count, over time\n"
    "  began \"起始月份\" month\n"
    "  seen \"见过\" date\n"
    "  shade \"色\" colour\n"
    "  often \"次数\" count\n"
    "  rich \"富\" yes or no\n"
    "  most \"最高\" money per month\n"
    "  members \"家庭成员\" many person\n"
    "  suppose: wealth 0.00, rooms 3\n"
    "register person \"人员\", at village\n"
    "  born \"出生日期\" date, required\n"
    "  income \"月收入\" money per month, over time\n"
    "  months_in \"月数\" count\n"
    "  suppose: born 1980-01-01, income 0.00\n"
    "policy p \"试\"\n"
    "  for each household, each month\n"
    "  basis \"法\"\n"
    "  poor \"穷\" = members who are small\n"
    "  small of member \"低\" = income < 100.00\n"
    "  outcome \"结论\"\n"
    "    given \"给\" when low \"少\": wealth < 100.00\n"
    "      pays household: 10.00\n"
    "    otherwise none \"不给\"\n"
    "  carry began\n"
    "    when wealth < 100.00: began, taken as this month when unknown\n"
    "    otherwise: unknown\n"
    "  carry seen\n"
    "    otherwise: seen, taken as 2020-02-29 when unknown\n"
    "  carry shade\n"
    "    when outcome is given: blue\n"
    "    otherwise: red\n"
    "  carry often\n"
    "    when household gets p: (often, taken as 0 when unknown) + 1\n"
    "    otherwise: unknown\n"
    "  carry rich\n"
    "    otherwise: wealth > 1000.00\n"
    "  carry most\n"
    "    otherwise: (most, taken as 0.00 when unknown), at least wealth\n"
    "policy m \"人\"\n"
    "  for each member of household, each month\n"
    "  basis \"法\"\n"
    "  outcome \"结论\"\n"
    "    given \"给\" when low \"少\": income < 100.00\n"
    "      pays member: 1.00\n"
    "    otherwise none \"不给\"\n"
    "  carry months_in\n"
    "    when income < 100.00: (months_in, taken as 0 when unknown) + 1\n"
    "    otherwise: unknown\n"
    "policy q \"误\"\n"
    "  for each household, each month\n"
    "  basis \"法\"\n"
    "  outcome \"结论\"\n"
    "    otherwise none \"不给\"\n";

static void open_rules(struct world *w)
{
    world_open(w);
    world_add(w, "lines/test/test.hm", RULES);
    world_add(w, "places/town.hm", "place town \"镇\", division 510400000000\n");
    world_check(w);
}

/* "since 2020-05, shade blue": what is known. */
static str carried_of(struct world *w, const char *policy, const char *facts, uint32_t member)
{
    const struct binding *bind = world_bind(w, policy, "town", "2020-05");
    const struct policy *p = rules_policy(&w->rules, str_from(policy));
    struct block b = block_one(w, facts);
    struct carried *list = NULL;
    struct sbuf out;
    char text[32];
    struct err err;

    if (row_carry(bind, &b, 0, p, member, &w->a, &list, &err) != RC_OK)
        return str_fmt(&w->a, "%s", err.text);
    sbuf_init(&out, 4096);
    for (size_t i = 0; i < p->n_carries; i++) {
        const struct field *f = list[i].field;
        if (!list[i].known)
            continue;
        sbuf_fmt(&out, "%s%.*s ", out.n ? ", " : "", STR_ARG(f->name.text));
        if (f->type.kind == K_MONTH)
            sbuf_addz(&out, month_text((month)list[i].value, text));
        else if (f->type.kind == K_DATE)
            sbuf_addz(&out, date_text((day)list[i].value, text));
        else if (f->type.kind == K_CODE)
            sbuf_add(&out, code_name(f->type.code, (size_t)list[i].value));
        else
            sbuf_fmt(&out, "%lld", (long long)list[i].value);
    }
    str all = str_dup(&w->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return all;
}

static void check_carried(struct world *w, const char *policy, const char *facts, uint32_t member,
                          const char *expected)
{
    str found = carried_of(w, policy, facts, member);

    if (!str_eq(found, str_from(expected)))
        fail_msg("%s of “%s”: found “%.*s”, expected “%s”", policy, facts, STR_ARG(found),
                 expected);
}

static void each_kind(void **state)
{
    struct world w;
    (void)state;
    open_rules(&w);
    check_carried(&w, "p", "wealth 50.00", ROW_SUBJECT,
                  "began 2020-05, seen 2020-02-29, shade blue, often 1, rich 0, most 5000");
    check_carried(
        &w, "p", "wealth 50.00, began 2020-01, seen 2019-12-31, shade red, often 7, most 60.00",
        ROW_SUBJECT, "began 2020-01, seen 2019-12-31, shade blue, often 8, rich 0, most 6000");
    check_carried(&w, "p", "wealth 2000.00, began 2020-01, often 7", ROW_SUBJECT,
                  "seen 2020-02-29, shade red, rich 1, most 200000");
    world_close(&w);
}

/* What a missing fact leaves open stays as it was. */
static void open_stays(void **state)
{
    struct world w;
    (void)state;
    open_rules(&w);
    check_carried(&w, "p", "wealth unknown, began 2020-01, often 7, rich yes, most 5.00",
                  ROW_SUBJECT, "began 2020-01, seen 2020-02-29, often 7, rich 1, most 500");
    check_carried(&w, "p", "wealth unknown", ROW_SUBJECT, "seen 2020-02-29");
    world_close(&w);
}

static void of_members(void **state)
{
    struct world w;
    (void)state;
    open_rules(&w);
    check_carried(&w, "m", " | income 0.00, months_in 3 | income 500.00, months_in 3 | income 0.00",
                  0, "months_in 4");
    check_carried(&w, "m", " | income 0.00, months_in 3 | income 500.00, months_in 3 | income 0.00",
                  1, "");
    check_carried(&w, "m", " | income 0.00, months_in 3 | income 500.00, months_in 3 | income 0.00",
                  2, "months_in 1");
    check_carried(&w, "q", "wealth 0.00", ROW_SUBJECT, "");
    world_close(&w);
}

static void too_large(void **state)
{
    struct world w;
    (void)state;
    open_rules(&w);
    check_carried(&w, "p", "wealth 50.00, often 2147483647", ROW_SUBJECT,
                  "p: often (“次数”): the number is too large");
    world_close(&w);
}

static void whom_a_payment_covers(void **state)
{
    struct world w;
    (void)state;
    world_golden(&w);
    const struct binding *bind = world_bind(&w, "dibao tekun", "panzhihua", "2020-12");
    struct block b = block_one(&w, " | income 0.00 | destitute yes | destitute unknown");
    /* `unit` leaves out the destitute; of whom it is not known is counted. */
    assert_int_equal(row_covered(bind, &b, 0, rules_policy(&w.rules, S("dibao")), &w.a), 2);
    /* A policy without a `unit`: everybody. */
    assert_int_equal(row_covered(bind, &b, 0, rules_policy(&w.rules, S("tekun")), &w.a), 3);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),
        cmocka_unit_test(open_stays),
        cmocka_unit_test(of_members),
        cmocka_unit_test(too_large),
        cmocka_unit_test(whom_a_payment_covers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
