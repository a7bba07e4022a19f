/* What expressions and outcomes mean (section 4 of the language), one table after the other. */
#include "test_row_case.h"
#include "base/limits.h"

static const char *const PEOPLE =
    "code colour \"颜色\"  red \"红\"  blue \"蓝\"  green \"绿\"\n"
    "code grade \"等级\"  none 0 \"无\"  1 \"一级\"  2 \"二级\"  3 \"三级\"\n"
    "register household \"家庭\", at village\n"
    "  colour \"颜色\" colour, over time\n"
    "  wealth \"财产\" money per month, over time\n"
    "  rooms \"房间数\" count, over time\n"
    "  big \"大数\" count, over time\n"
    "  flag \"有旗\" yes or no, over time\n"
    "  moved \"迁入月份\" month\n"
    "  members \"家庭成员\" many person\n"
    "  suppose: colour red, wealth 0.00, rooms 3, big 2000000000, flag no\n"
    "register person \"人员\", at village\n"
    "  birth_date \"出生日期\" date, required\n"
    "  age \"年龄\" = years since birth_date, at least 0\n"
    "  income \"月收入\" money per month, over time\n"
    "  employed \"在业\" yes or no, over time\n"
    "  grade \"残疾等级\" grade, over time\n"
    "  suppose: birth_date 1980-01-01, income 0.00, employed no, grade none\n";

static const char *const PLACES =
    "place town \"镇\" , division 510400000000\n  basis \"表\"\n"
    "  set q.line from 2020-01: 10.00 for red, 20.00 for blue, 10.00 for green\n"
    "  set q.share from 2020-01: 10% for a, 30% for b, 20% for c\n";

static void open_with(struct world *w, const char *policies)
{
    world_open(w);
    world_add(w, "lines/people/people.hm", PEOPLE);
    world_add(w, "lines/test/test.hm", policies);
    if (strstr(policies, "policy q"))
        world_add(w, "places/town.hm", PLACES);
    else
        world_add(w, "places/town.hm", "place town \"镇\", division 510400000000\n");
    world_check(w);
}

/* As an example would write it, with what is still open behind a bar. */
static str text_of(struct world *w, const struct determination *d)
{
    struct sbuf out;
    bool first = true;
    char money[32];
    str text;

    sbuf_init(&out, 4096);
    if (d->undecided)
        sbuf_addz(&out, "undecided");
    else
        sbuf_add(&out, d->policy->alts[d->alt].name.text);
    for (size_t i = 0; i < d->policy->n_reasons; i++) {
        if (!(d->reasons >> i & 1))
            continue;
        sbuf_fmt(&out, "%s%.*s", first ? " because " : ", ",
                 STR_ARG(d->policy->reason_names[i].text));
        first = false;
    }
    if (d->has_subject_pay)
        sbuf_fmt(&out, ", %s",
                 d->subject_fen == AMOUNT_OPEN ? "open" : money_text(d->subject_fen, false, money));
    for (size_t i = 0; i < d->n_member_pays; i++)
        sbuf_fmt(&out, ", %s to member %u",
                 d->member_pays[i].fen == AMOUNT_OPEN
                     ? "open"
                     : money_text(d->member_pays[i].fen, false, money),
                 d->member_pays[i].member + 1);
    for (size_t i = 0; i < d->n_needs; i++) {
        sbuf_fmt(&out, "%s%.*s", i ? ", " : " | ", STR_ARG(d->needs[i].field->name.text));
        if (d->needs[i].member != ROW_SUBJECT)
            sbuf_fmt(&out, " %u", d->needs[i].member + 1);
    }
    text = str_dup(&w->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static str result_of(struct world *w, const char *policy, const char *month_, const char *household,
                     size_t unit)
{
    const struct binding *bind = world_bind(w, policy, "town", month_);
    struct block b = block_one(w, household);
    struct determination *d;
    struct err err;
    size_t n;

    if (row_determine_bound(bind, &b, 0, &w->a, &d, &n, &err) != RC_OK)
        return str_fmt(&w->a, "error: %s", err.text);
    for (size_t i = 0; i < n; i++)
        if (str_eq(d[i].policy->name.text, str_from(policy)) && unit-- == 0)
            return text_of(w, &d[i]);
    fail_msg("no result");
    return S("");
}

struct line {
    const char *expr, *household, *expected;
};

/* Each expression is the only condition of an outcome. */
static void run_lines(const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct world w;
        struct sbuf policy;
        str got;
        sbuf_init(&policy, 4096);
        sbuf_fmt(&policy,
                 "policy p \"项\"\n  for each household, each month\n  assumed \"test\"\n"
                 "  outcome \"结论\"\n    yes_ \"是\" when c \"条件\": %s\n"
                 "      pays household: 1.00\n    otherwise none \"否\"\n",
                 lines[i].expr);
        open_with(&w, policy.p);
        got = result_of(&w, "p", "2020-12", lines[i].household, 0);
        if (!str_eq(got, str_from(lines[i].expected)))
            fail_msg("%s with %s: found %.*s, expected %s", lines[i].expr, lines[i].household,
                     STR_ARG(got), lines[i].expected);
        world_close(&w);
        sbuf_deinit(&policy);
    }
}

#define RUN(lines) run_lines((lines), sizeof(lines) / sizeof *(lines))
#define YES        "yes_, 1.00"

static void and_or_not(void **state)
{
    static const struct line lines[] = {
        {"flag and wealth > 1.00", "flag no, wealth unknown", "none"},
        {"flag and wealth > 1.00", "flag unknown, wealth 0.00", "none"},
        {"flag and wealth > 1.00", "flag unknown, wealth 2.00", "undecided | flag"},
        {"flag and wealth > 1.00", "flag unknown, wealth unknown", "undecided | wealth, flag"},
        {"flag and wealth > 1.00", "flag yes, wealth 2.00", YES},
        {"flag or wealth > 1.00", "flag yes, wealth unknown", YES},
        {"flag or wealth > 1.00", "flag unknown, wealth 2.00", YES},
        {"flag or wealth > 1.00", "flag unknown, wealth 1.00", "undecided | flag"},
        {"not flag", "flag no", YES},
        {"not flag", "flag unknown", "undecided | flag"},
        {"rooms > 0 and wealth / rooms > 1.00", "rooms 0", "none"},
        {"rooms = 0 or wealth / rooms > 1.00", "rooms 0", YES},
        {"wealth / rooms > 1.00", "rooms 0", "error: p: c (“条件”): division by zero"},
        {"wealth / rooms > 1.00 and flag", "rooms 0", "error: p: c (“条件”): division by zero"},
        {"flag and wealth / rooms > 1.00", "flag unknown, rooms 0", "undecided | flag"},
    };

    (void)state;
    RUN(lines);
}

static void comparisons(void **state)
{
    static const struct line lines[] = {
        {"1.00 <= wealth < 2.00", "wealth 1.00", YES},
        {"1.00 <= wealth < 2.00", "wealth 2.00", "none"},
        {"1.00 <= wealth < 2.00", "wealth 0.99", "none"},
        {"wealth = 0", "", YES},
        {"wealth <> 0", "", "none"},
        {"wealth > 0", "wealth unknown", "undecided | wealth"},
        {"wealth * 2 - 1.00 >= 3.00", "wealth 2.00", YES},
        {"wealth / 3 < 0.33", "wealth 1.00", "none"},
        {"wealth / 3 > 0.33", "wealth 1.00", YES},
        {"wealth / 3 * 3 = 1.00", "wealth 1.00", YES},
        {"(wealth / 3, rounded half up to fen) = 0.33", "wealth 1.00", YES},
        {"(wealth / 8, rounded half up to jiao) = 0.10", "wealth 0.40", YES},
        {"(wealth / 3, rounded up to yuan) = 1.00", "wealth 0.01", YES},
        {"(wealth - 5.00, at least 0) = 0", "wealth 1.00", YES},
        {"(wealth, at most 3.00) = 3.00", "wealth 9.00", YES},
        {"(wealth, taken as 7.00 when unknown) = 7.00", "wealth unknown", YES},
        {"(wealth, taken as 7.00 when unknown) = 7.00", "wealth 6.00", "none"},
        {"colour is red", "", YES},
        {"colour is not red", "colour blue", YES},
        {"colour is one of blue, green", "colour green", YES},
        {"colour is blue", "colour unknown", "undecided | colour"},
        {"rooms in 1..3", "rooms 3", YES},
        {"rooms in 1..3", "rooms 4", "none"},
        {"moved before 2020-12", "moved 2020-11", YES},
        {"moved before 2020-12", "moved 2020-12", "none"},
        {"moved after 2020-10", "moved 2020-11", YES},
        {"moved before this month", "moved 2020-11", YES},
        {"months since moved = 12 months", "moved 2019-12", YES},
        {"months since moved < 0", "moved 2021-01", YES},
        {"wealth * big * big * big * big > 0", "wealth 1000000000000.00",
         "error: p: c (“条件”): the number is too large"},
    };

    (void)state;
    RUN(lines);
}

static void members(void **state)
{
    static const struct line lines[] = {
        {"any member of members is employed", "", "none"},
        {"no member of members is employed", "", YES},
        {"every member of members is employed", "", YES},
        {"any member of members is employed", "| employed no | employed yes", YES},
        {"every member of members is employed", "| employed no | employed yes", "none"},
        {"no member of members is employed", "| employed no | employed unknown",
         "undecided | employed 2"},
        {"any member of members is employed", "| employed yes | employed unknown", YES},
        {"count of members = 2", "||", YES},
        {"count of (members who are employed) = 1", "| employed yes | employed no", YES},
        {"count of (members who are employed) = 1", "| employed yes | employed unknown",
         "undecided | employed 2"},
        {"sum of income over members = 0", "", YES},
        {"sum of income over members = 3.00", "| income 1.00 | income 2.00", YES},
        {"sum of income over (members who are employed) = 1.00",
         "| income 1.00, employed yes | income unknown", YES},
        {"sum of income over members = 1.00", "| income 1.00 | income unknown",
         "undecided | income 2"},
        {"sum of income over (members who are employed) = 1.00", "| income 1.00, employed unknown",
         "undecided | employed 1"},
        {"(highest of income over members, taken as 9.00 when none) = 2.00",
         "| income 1.00 | income 2.00", YES},
        {"(highest of income over members, taken as 9.00 when none) = 9.00", "", YES},
        {"(lowest of income over members, taken as 9.00 when none) = 1.00",
         "| income 1.00 | income 2.00", YES},
        {"(highest of income over (members who are employed), taken as 0 when none) = 5.00",
         "| income 5.00, employed yes | income 4.00, employed unknown", YES},
        {"(highest of income over (members who are employed), taken as 0 when none) = 5.00",
         "| income 5.00, employed yes | income 6.00, employed unknown", "undecided | employed 2"},
        {"any member of members has grade in 1..2", "| grade 2", YES},
        {"any member of members has grade in 1..2", "| grade none | grade 3", "none"},
        {"any member of members has age >= 18", "| birth_date 2002-12-01", YES},
        {"any member of members has age >= 18", "| birth_date 2002-12-02", "none"},
        {"any member of members has age = 0", "| birth_date 2020-12-20", YES},
        {"any member of (members whose age >= 18) is employed",
         "| birth_date 2010-01-01, employed yes", "none"},
        {"any member of (members whose age >= 18) is employed",
         "| birth_date unknown, employed no | employed no", "none"},
        {"any member of (members who are employed) has income / (count of members - 1) > 0",
         "| employed no", "none"},
        {"any member of (members who are employed) has income / (count of members - 1) > 0",
         "| employed unknown", "undecided | employed 1"},
    };

    (void)state;
    RUN(lines);
}

/* ---- outcomes ------------------------------------------------------------------------------- */

struct outcome_line {
    const char *policy, *household, *expected;
    size_t unit;
};

static const char *const POLICIES =
    "policy q \"甲\"\n  for each household, each month\n  basis \"法\"\n"
    "  parameter line \"线\" money per month by colour\n"
    "  parameter cap \"上限\" money per month\n"
    "  parameter share \"比例\" rate by g\n"
    "  earners \"在业成员\" = members who are employed\n"
    "  g of member \"情形\" any of\n"
    "    a \"子\": employed\n    b \"丑\": grade is 1\n    c \"寅\": grade in 1..2\n"
    "  best of member \"最高\" = highest of share over g, taken as 5% when none\n"
    "  extra of member \"额\" = income * best, rounded half up to fen\n"
    "  step \"档\"\n"
    "    when rooms = 2: cap\n    when flag: 1.00\n    when wealth > 5.00: 1.00\n    otherwise: 2.00\n"
    "  outcome \"结论\"\n"
    "    nobody \"无人\" when empty \"无人\": count of members = 0\n"
    "    full \"全额\" when\n"
    "        poor \"贫\": wealth < line\n        small \"小\": rooms <= 3\n"
    "      pays household: step\n"
    "    part \"部分\" when\n"
    "        earns \"有人在业\": any member of members is employed\n"
    "        edge \"边缘\": wealth < line * 2\n"
    "      because full failed\n"
    "      pays each member of earners: extra\n"
    "    otherwise none \"无\"\n"
    "      because full failed\n"
    "      because nearly \"差一点\" when only edge failed in part\n"
    "      because marked \"有旗\" when flag\n"
    "policy r \"乙\"\n  for each member, each month\n  basis \"法\"\n"
    "  outcome \"结论\"\n"
    "    yes_ \"是\" when got \"已得\": member gets q or household gets q\n"
    "      pays member: income\n"
    "    other \"别\" when named \"其\": q.outcome is none\n"
    "      pays member: 0.00\n"
    "    otherwise none \"否\"\n"
    "      because yes_ failed\n";

static void outcomes(void **state)
{
    static const struct outcome_line lines[] = {
        /* an earlier alternative guards, and lists its own conditions */
        {"q", "", "nobody because empty", 0},
        {"q", "|", "full, 2.00", 0},
        /* a choice whose open branches agree */
        {"q", "flag unknown, wealth 6.00 |", "full, 1.00", 0},
        {"q", "flag unknown |", "full, open | flag", 0},
        /* the key of a parameter; one without a value */
        {"q", "colour blue, wealth 15.00 |", "full, 1.00", 0},
        {"q", "rooms 2 |", "error: town 510400000000, 2020-12: q.cap (“上限”) has no value", 0},
        {"q", "colour unknown |", "undecided | colour", 0},
        /* unknown and no: fails; what is open in it stays open as a reason */
        {"q", "rooms 4, wealth unknown |", "none because small | wealth", 0},
        {"q", "rooms unknown, wealth 10.00 |", "none because poor | rooms", 0},
        {"q", "rooms unknown |", "undecided | rooms", 0},
        /* payments to members, their highest share */
        {"q", "wealth 10.00 | employed yes, income 1.00", "part because poor, 0.10 to member 1", 0},
        {"q", "wealth 10.00 | employed yes, income 1.00, grade 1 | income 7.00",
         "part because poor, 0.30 to member 1", 0},
        {"q", "wealth 10.00 | employed yes, income 1.00 | employed unknown, income 2.00",
         "part because poor, 0.10 to member 1, open to member 2 | employed 2", 0},
        {"q", "wealth 10.00 | employed yes, income 1.00, grade unknown",
         "part because poor, open to member 1 | grade 1", 0},
        /* reasons: failed ones, only one failed, one that holds */
        {"q", "wealth 30.00 | employed yes", "none because poor, nearly", 0},
        {"q", "wealth 30.00 |", "none because poor", 0},
        {"q", "wealth 30.00, rooms 9, flag yes | employed yes",
         "none because poor, small, nearly, marked", 0},
        {"q", "wealth 30.00, flag unknown |", "none because poor | flag", 0},
        /* all conditions of a tried alternative are worked out, errors too */
        {"q", "wealth 10.00 | employed yes, income -1.00",
         "error: q: part (“部分”): the payment is negative", 0},
        /* who gets something of another policy */
        {"r", "| income 3.00", "yes_, 3.00", 0},
        {"r", "wealth 10.00 | employed yes, income 1.00 | income 2.00", "yes_, 1.00", 0},
        {"r", "wealth 10.00 | employed yes, income 1.00 | income 2.00", "none because got", 1},
        {"r", "wealth 30.00 |", "other, 0.00", 0},
        {"r", "rooms unknown |", "undecided | rooms", 0},
    };
    struct world w;

    (void)state;
    open_with(&w, POLICIES);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        str got = result_of(&w, lines[i].policy, "2020-12", lines[i].household, lines[i].unit);
        if (!str_eq(got, str_from(lines[i].expected)))
            fail_msg("%s with %s: found %.*s, expected %s", lines[i].policy, lines[i].household,
                     STR_ARG(got), lines[i].expected);
    }
    world_close(&w);
}

static void only_what_is_needed_takes_part(void **state)
{
    struct world w;
    const struct binding *b;

    (void)state;
    open_with(&w, POLICIES);
    b = world_bind(&w, "q", "town", "2020-12");
    assert_int_equal(b->n_policies, 1);
    b = world_bind(&w, "r", "town", "2020-12");
    assert_int_equal(b->n_policies, 2);
    check_str(b->policies[0]->name.text, "q");
    check_str(b->policies[1]->name.text, "r");
    world_close(&w);
}

/* The last value of a key that an override gives wins over the place's; the others stay. */
static void overrides_stand_in_for_the_place(void **state)
{
    struct world w;
    const struct binding *bind;
    struct policy *wanted;
    struct override o = {.key = 0, .value = {.i = 100}};
    struct binding_spec spec = {.policies = &wanted, .n_policies = 1, .overrides = &o};
    struct determination *d;
    struct block b;
    struct err err;
    size_t n;

    (void)state;
    open_with(&w, POLICIES);
    wanted = rules_policy(&w.rules, S("q"));
    spec.rules = &w.rules;
    spec.division = 510400000000;
    spec.month = month_of(2020, 12);
    spec.n_overrides = 1;
    o.param = wanted->params[0];
    assert_int_equal(bind_new(&spec, &w.a, &bind, &err), RC_OK);
    assert_true(bind->params[o.param->index].overridden);
    b = block_one(&w, "wealth 1.00 |");
    assert_int_equal(row_determine_bound(bind, &b, 0, &w.a, &d, &n, &err), RC_OK);
    check_str(text_of(&w, d), "none because poor");
    b = block_one(&w, "wealth 1.00, colour blue |");
    assert_int_equal(row_determine_bound(bind, &b, 0, &w.a, &d, &n, &err), RC_OK);
    check_str(text_of(&w, d), "full, 2.00");
    world_close(&w);
}

/* A subject at the limit of members stays within reach of one arena. */
static void a_subject_may_have_many_members(void **state)
{
    struct world w;
    struct sbuf text;
    str got;

    (void)state;
    open_with(&w, POLICIES);
    sbuf_init(&text, 1 << 20);
    sbuf_addz(&text, "wealth 10.00 ");
    for (size_t i = 0; i < LIMIT_MEMBERS; i++)
        sbuf_addz(&text, i ? "| employed unknown" : "| employed yes, income 1.00");
    got = result_of(&w, "q", "2020-12", text.p, 0);
    assert_true(str_starts(got, S("part because poor, 0.10 to member 1, open to member 2,")));
    sbuf_deinit(&text);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(and_or_not),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(members),
        cmocka_unit_test(outcomes),
        cmocka_unit_test(only_what_is_needed_takes_part),
        cmocka_unit_test(overrides_stand_in_for_the_place),
        cmocka_unit_test(a_subject_may_have_many_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
