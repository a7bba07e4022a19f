/* The smallest single changes, above all where the outcome goes up and down with a fact. */
#include "test_row_case.h"

static const char *const PEOPLE = "code colour \"颜色\"  red \"红\"  blue \"蓝\"  green \"绿\"\n"
                                  "register household \"家庭\", at village\n"
                                  "  colour \"颜色\" colour, over time\n"
                                  "  wealth \"财产\" money, over time\n"
                                  "  rooms \"房间数\" count, at least 1, at most 50, over time\n"
                                  "  since_month \"起始月份\" month\n"
                                  "  flag \"有旗\" yes or no, over time\n"
                                  "  members \"家庭成员\" many person\n"
                                  "  suppose: colour red, wealth 0.00, rooms 3, flag no\n"
                                  "register person \"人员\", at village\n"
                                  "  birth_date \"出生日期\" date, required\n"
                                  "  income \"月收入\" money per month, over time\n"
                                  "  suppose: birth_date 1980-01-01, income 0.00\n";

static void open_with(struct world *w, const char *policies)
{
    world_open(w);
    world_add(w, "lines/people/people.hm", PEOPLE);
    world_add(w, "lines/test/test.hm", policies);
    world_add(w, "places/town.hm", "place town \"镇\", division 510400000000\n");
    world_check(w);
}

struct got {
    struct change_found *at;
    size_t n;
    bool complete;
};

static struct got changes_of(struct world *w, const char *policy, const char *household)
{
    const struct binding *bind = world_bind(w, policy, "town", "2020-12");
    struct block b = block_one(w, household);
    struct determination *d;
    struct got g = {0};
    struct err err;
    size_t n;

    if (row_determine_bound(bind, &b, 0, &w->a, &d, &n, &err) != RC_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < n; i++)
        if (str_eq(d[i].policy->name.text, str_from(policy)) &&
            row_changes_bound(bind, &b, 0, &d[i], &w->a, &g.at, &g.n, &g.complete, &err) != RC_OK)
            fail_msg("%s", err.text);
    return g;
}

static void check_change(const struct got *g, size_t i, const char *field, uint32_t member,
                         int64_t to, bool beyond)
{
    assert_true(i < g->n);
    assert_true(str_eq(g->at[i].change.field->name.text, str_from(field)));
    assert_int_equal(g->at[i].change.member, member);
    assert_int_equal(g->at[i].change.to, to);
    assert_int_equal(g->at[i].beyond, beyond);
}

/* Paid from 100 to 200 yuan and again from 1,000 on: neither rises nor falls throughout. */
static void finds_the_nearest_window(void **state)
{
    static const struct {
        const char *household;
        int64_t to;
        bool beyond;
    } cases[] = {
        {"wealth 0.00", 10000, false},   {"wealth 99.99", 10000, false},
        {"wealth 200.01", 20000, false}, {"wealth 599.00", 20000, false},
        {"wealth 600.01", 100000, true}, {"wealth 999.99", 100000, true},
        {"wealth 600.00", 100000, true},
    };
    struct world w;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    low \"低\" when a \"甲\": 100.00 <= wealth <= 200.00\n"
                  "      pays household: 1.00\n"
                  "    high \"高\" when b \"乙\": wealth >= 1000.00\n"
                  "      pays household: 2.00\n"
                  "    otherwise none \"无\" because low failed\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct got g = changes_of(&w, "p", cases[i].household);
        assert_int_equal(g.n, 1);
        assert_true(g.complete);
        check_change(&g, 0, "wealth", ROW_SUBJECT, cases[i].to, cases[i].beyond);
    }
    world_close(&w);
}

/* One single point of a wide range, behind a product of the fact with itself. */
static void finds_a_single_point(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  far \"距\" = rooms - 17, at least 17 - rooms\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when a \"甲\": far = 0\n      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "rooms 40");
    assert_int_equal(g.n, 1);
    assert_true(g.complete);
    check_change(&g, 0, "rooms", ROW_SUBJECT, 17, false);
    assert_int_equal(g.at[0].change.from, 40);
    world_close(&w);
}

static void stays_within_declared_bounds(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when a \"甲\": rooms > 50\n      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "rooms 3");
    assert_int_equal(g.n, 0);
    assert_true(g.complete);
    world_close(&w);
}

static void tries_codes_and_flags_but_no_dates(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(
        &w,
        "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
        "  late \"晚\" = months since since_month, taken as 0 when unknown\n"
        "  outcome \"结论\"\n"
        "    yes_ \"是\" when a \"甲\": colour is one of blue, green or flag or late > 5 months\n"
        "      pays household: 1.00\n"
        "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "since_month 2020-11");
    assert_int_equal(g.n, 3);
    assert_true(g.complete);
    check_change(&g, 0, "colour", ROW_SUBJECT, 1, false);
    check_change(&g, 1, "colour", ROW_SUBJECT, 2, false);
    check_change(&g, 2, "flag", ROW_SUBJECT, 1, false);
    world_close(&w);
}

/* Two conditions fail on different facts: neither alone turns it. */
static void says_when_no_single_change_would(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when a \"甲\": wealth < 10.00  b \"乙\": flag\n"
                  "      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "wealth 20.00");
    assert_int_equal(g.n, 0);
    assert_true(g.complete);
    world_close(&w);
}

/* A refusal that holds can be undone too, and an unknown fact be given a value. */
static void undoes_a_refusal_and_fills_in_the_unknown(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  seen \"所见\" = wealth, taken as 50.00 when unknown\n"
                  "  outcome \"结论\"\n"
                  "    none \"无\" when a \"甲\": seen > 10.00\n"
                  "    otherwise yes_ \"是\"\n      pays household: 1.00\n");
    g = changes_of(&w, "p", "wealth unknown");
    assert_int_equal(g.n, 1);
    check_change(&g, 0, "wealth", ROW_SUBJECT, 0, false);
    assert_true(g.at[0].change.was_unknown);
    g = changes_of(&w, "p", "wealth 12.00");
    assert_int_equal(g.n, 1);
    check_change(&g, 0, "wealth", ROW_SUBJECT, 1000, true);
    assert_false(g.at[0].change.was_unknown);
    world_close(&w);
}

/* Per head, through a division, of each member; and a member's own negative income. */
static void goes_through_definitions_of_members(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  size \"人数\" = count of members\n"
                  "  head \"人均\" = sum of income over members / size\n"
                  "  outcome \"结论\"\n"
                  "    nobody \"无人\" when z \"零\": size = 0\n"
                  "    yes_ \"是\" when a \"甲\": head < 100.00\n      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "|income 100.00|income 50.00|income 151.00");
    assert_int_equal(g.n, 3);
    check_change(&g, 0, "income", 0, 9899, true);
    check_change(&g, 1, "income", 1, 4899, true);
    check_change(&g, 2, "income", 2, 14999, true);
    g = changes_of(&w, "p", "|income 10.00|income 1000.00");
    assert_int_equal(g.n, 2);
    check_change(&g, 0, "income", 0, -80001, true);
    check_change(&g, 1, "income", 1, 18999, true);
    world_close(&w);
}

/* What depends on another policy's outcome is found through it. */
static void goes_through_other_outcomes(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when a \"甲\": wealth < 100.00\n      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n"
                  "policy q \"目\"\n  for each member, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when b \"乙\": household gets p\n      pays member: 2.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "q", "wealth 500.00|");
    assert_int_equal(g.n, 1);
    check_change(&g, 0, "wealth", ROW_SUBJECT, 9999, true);
    world_close(&w);
}

/* Every value that is found or left is held against trying the values out one by one. */
static void agrees_with_trying_every_value(void **state)
{
    static const char *const rules =
        "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
        "  bent \"折\" \n"
        "    when rooms in 10..20: 30 - rooms\n"
        "    when rooms * 3 > 100: rooms - 20\n"
        "    otherwise: rooms * 2 - 5, at most 12\n"
        "  outcome \"结论\"\n"
        "    none \"无\" when x \"无\": 3 <= bent <= 4\n"
        "    yes_ \"是\" when a \"甲\": 17 < bent <= 19  b \"乙\": rooms - bent < 40\n"
        "      pays household: 1.00\n"
        "    otherwise none because yes_ failed\n";
    struct world w;

    (void)state;
    open_with(&w, rules);
    const struct binding *bind = world_bind(&w, "p", "town", "2020-12");
    bool paid[51] = {0};
    for (int v = 1; v <= 50; v++) {
        struct block b = block_one(&w, str_fmt(&w.a, "rooms %d", v).p);
        struct determination *d;
        struct err err;
        size_t n;
        assert_int_equal(row_determine_bound(bind, &b, 0, &w.a, &d, &n, &err), RC_OK);
        paid[v] = d->has_subject_pay;
    }
    for (int v = 1; v <= 50; v++) {
        struct got g;
        int best = 0;
        if (paid[v])
            continue;
        for (int x = 1; x <= 50; x++)
            if (paid[x] && (best == 0 || abs(x - v) < abs(best - v)))
                best = x;
        g = changes_of(&w, "p", str_fmt(&w.a, "rooms %d", v).p);
        assert_true(best != 0);
        assert_int_equal(g.n, 1);
        assert_int_equal(llabs(g.at[0].change.to - v), abs(best - v));
    }
    world_close(&w);
}

static void an_award_has_none(void **state)
{
    struct world w;
    struct got g;

    (void)state;
    open_with(&w, "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                  "  outcome \"结论\"\n"
                  "    yes_ \"是\" when a \"甲\": wealth < 100.00\n      pays household: 1.00\n"
                  "    otherwise none \"无\" because yes_ failed\n");
    g = changes_of(&w, "p", "wealth 1.00");
    assert_int_equal(g.n, 0);
    assert_true(g.complete);
    g = changes_of(&w, "p", "wealth unknown");
    assert_int_equal(g.n, 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest_window),
        cmocka_unit_test(finds_a_single_point),
        cmocka_unit_test(stays_within_declared_bounds),
        cmocka_unit_test(tries_codes_and_flags_but_no_dates),
        cmocka_unit_test(says_when_no_single_change_would),
        cmocka_unit_test(undoes_a_refusal_and_fills_in_the_unknown),
        cmocka_unit_test(goes_through_definitions_of_members),
        cmocka_unit_test(goes_through_other_outcomes),
        cmocka_unit_test(agrees_with_trying_every_value),
        cmocka_unit_test(an_award_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
