/* Worked examples: which hold, and what is said of those that don't. */
#include "test_row_case.h"

static const char *const PEOPLE = "register household \"家庭\", at village\n"
                                  "  wealth \"财产\" money, over time\n"
                                  "  members \"家庭成员\" many person\n"
                                  "  suppose: wealth 0.00\n"
                                  "register person \"人员\", at village\n"
                                  "  income \"月收入\" money per month, over time\n"
                                  "  employed \"在业\" yes or no, over time\n"
                                  "  suppose: income 0.00, employed no\n";

static const char *const RULE_P =
    "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
    "  parameter line \"线\" money\n"
    "  parameter cap \"上限\" money per month\n"
    "  earners \"在业成员\" = members who are employed\n"
    "  outcome \"结论\"\n"
    "    full \"全额\" when poor \"贫\": wealth < line\n"
    "      pays household: paid last month + 1.00\n"
    "    part \"部分\" when earns \"有人在业\": any member of members is employed\n"
    "      because full failed\n"
    "      pays each member of earners: income\n"
    "    capped \"封顶\" when rich \"富\": wealth > 1000.00\n"
    "      pays household: cap\n"
    "    otherwise none \"无\" because full failed because part failed\n";

static const char *const RULE_Q =
    "policy q \"目\"\n  for each member, each month\n  assumed \"test\"\n"
    "  outcome \"结论\"\n"
    "    yes_ \"是\" when works \"在业\": employed\n      pays member: income\n"
    "    otherwise none \"否\" because yes_ failed\n";

static const char *const PLACE = "place town \"镇\", division 510400000000\n  basis \"表\"\n"
                                 "  set p.line from 2020-01: 10.00\n";

static void add_example(struct sbuf *rule, const char *text)
{
    if (text[0])
        sbuf_fmt(rule, "  example \"case\" in town, 2020-12\n    %s\n", text);
}

/* Runs one example of p or of q; what is wrong with it as the first line of the message. */
static void check_example(const char *of_p, const char *of_q, const char *expected)
{
    struct sbuf rule;
    struct world w;

    sbuf_init(&rule, 1 << 16);
    sbuf_addz(&rule, RULE_P);
    add_example(&rule, of_p);
    sbuf_addz(&rule, RULE_Q);
    add_example(&rule, of_q);
    world_open(&w);
    world_add(&w, "lines/people/people.hm", PEOPLE);
    world_add(&w, "lines/test/test.hm", rule.p);
    world_add(&w, "places/town.hm", PLACE);
    world_check(&w);
    assert_int_equal(examples_run(&w.rules, &w.diags), 1);
    if (expected == NULL && w.diags.errors)
        world_fail(&w);
    if (expected) {
        assert_int_equal(w.diags.errors, 1);
        assert_int_equal(w.diags.list.at[0].code, 300);
        if (!str_eq(w.diags.list.at[0].text, str_from(expected)))
            fail_msg("found “%.*s”, expected “%s”", STR_ARG(w.diags.list.at[0].text), expected);
    }
    world_close(&w);
    sbuf_deinit(&rule);
}

static void those_that_hold(void **state)
{
    (void)state;
    check_example("expect full, 1.00", "", NULL);
    check_example("household: paid last month 2.00 expect full, 3.00", "", NULL);
    check_example("household: wealth 10.00 expect none because poor, earns", "", NULL);
    check_example("household: wealth 10.00 expect none because earns, poor", "", NULL);
    check_example("household: wealth 10.00 member: employed yes, income 5.00\n"
                  "    expect part because poor, 5.00 to member 1",
                  "", NULL);
    /* a payment under one fen is none */
    check_example("household: wealth 10.00 member: employed yes expect part because poor", "",
                  NULL);
    check_example("household: wealth unknown expect undecided, needs wealth of household", "",
                  NULL);
    check_example("household: wealth 10.00 member: employed unknown member: employed unknown\n"
                  "    expect undecided, needs employed of member 2, employed of member 1",
                  "", NULL);
    /* decided, but the amount still waits for a fact */
    check_example("household: wealth 10.00 member: employed yes, income unknown\n"
                  "    expect part because poor, needs income of member 1",
                  "", NULL);
    check_example("", "member: employed yes, income 2.00 expect yes_, 2.00", NULL);
    check_example("",
                  "member: employed yes, income 2.00 member: income 0.00\n"
                  "    expect member 2 none because works expect member 1 yes_, 2.00",
                  NULL);
}

static void those_that_do_not(void **state)
{
    (void)state;
    check_example("expect full, 2.00", "", "this gives: full, 1.00");
    check_example("expect full", "", "this gives: full, 1.00");
    check_example("household: wealth 10.00 expect full, 1.00", "",
                  "this gives: none because poor, earns");
    check_example("household: wealth 10.00 expect none because poor", "",
                  "this gives: none because poor, earns");
    check_example("household: wealth 10.00 member: employed yes, income 5.00\n"
                  "    expect part because poor, 6.00 to member 1",
                  "", "this gives: part because poor, 5.00 to member 1");
    check_example("household: wealth 10.00 member: employed yes, income 5.00 member: income 1.00\n"
                  "    expect part because poor, 5.00 to member 2",
                  "", "this gives: part because poor, 5.00 to member 1");
    check_example("household: wealth unknown expect full, 1.00", "",
                  "this gives: undecided, needs wealth of household");
    check_example("expect undecided, needs wealth of household", "", "this gives: full, 1.00");
    check_example("household: wealth 10.00 member: employed unknown\n"
                  "    expect undecided, needs income of member 1",
                  "", "this gives: undecided, needs employed of member 1");
    check_example("household: wealth 10.00 member: employed yes, income unknown\n"
                  "    expect part because poor",
                  "", "this gives: part because poor, needs income of member 1");
    check_example("", "member: employed yes, income 2.00 expect yes_, 3.00",
                  "this gives: yes_, 2.00");
    check_example(
        "household: wealth 2000.00 expect capped, 1.00", "",
        "this can't be worked out: town 510400000000, 2020-12: p.cap (“上限”) has no value");
    check_example("household: wealth 10.00 member: employed yes, income -1.00\n"
                  "    expect part because poor",
                  "", "this can't be worked out: p: part (“部分”): the payment is negative");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_hold),
        cmocka_unit_test(those_that_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
