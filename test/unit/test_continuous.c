/*
 * Continuous determination: what a change leads to is stored, proposed and taken back by itself; and
 * after hundreds of changes, taken in any portions, a pass over everybody finds nothing that was missed.
 */
#include "unit/test_run_case.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pay/batch.h"
#include "pay/continuous.h"
#include "pay/decide.h"
#include "pay/proposal.h"

#define TODAY "2020-12-21"

static day today(void)
{
    day d = 0;
    assert_true(date_parse(S(TODAY), &d));
    return d;
}

static struct continuous *worker_of(struct city *c)
{
    const struct continuous_spec spec = {.city = c, .today = today()};
    return continuous_open(&spec);
}

static struct continuous_done pending(struct city *c)
{
    struct continuous *w = worker_of(c);
    struct continuous_done done;
    check_ok(continuous_pending(w, &done, err));
    continuous_close(w);
    return done;
}

/* A pass over everybody; that of the one county with people. */
static struct pass_done everybody(struct city *c)
{
    struct arena a = {0};
    struct continuous *w = worker_of(c);
    struct pass_done *list = NULL, out;
    size_t n = 0;
    check_ok(continuous_all(w, &a, &list, &n, err));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].county, CASE_COUNTY);
    out = list[0];
    continuous_close(w);
    arena_deinit(&a);
    return out;
}

static str present(struct town *t)
{
    return rows_of(
        t->c,
        "SELECT household_id, person_id, programme, month, outcome, reasons, amount_fen, "
        "enrolled, qualifies FROM present_determination "
        "ORDER BY household_id, person_id, programme, month",
        "iittttiii", &t->a);
}

static str rights(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, person_id, programme, division, month, amount_fen "
                   "FROM unclaimed_right ORDER BY household_id, person_id, programme",
                   "iititi", &t->a);
}

static str open_ones(struct town *t)
{
    return rows_of(
        t->c,
        "SELECT household_id, person_id, programme, month, kind, old_fen, new_fen, amounts, "
        "outcome, reasons FROM proposal WHERE state = 'open' "
        "ORDER BY household_id, person_id, programme",
        "iitttiittt", &t->a);
}

static str open_tasks(struct town *t)
{
    return rows_of(t->c,
                   "SELECT step, household_id FROM task WHERE ended = '' AND kind = 'proposal' "
                   "ORDER BY step, household_id",
                   "ti", &t->a);
}

static str marks(struct town *t)
{
    return rows_of(t->c, "SELECT household_id, error FROM touched ORDER BY household_id", "it",
                   &t->a);
}

static struct run_result run_with(struct town *t, const char *text, enum decide decide)
{
    struct run_spec spec = run_spec_of(t->c, month_at(text));
    struct run_result r;
    spec.decide = decide;
    spec.today = today();
    check_ok(run_month(&spec, &t->a, &r, err));
    return r;
}

/* Family 1 on dibao with 100.00 a month decided, determined. */
static struct town one_family(void *state)
{
    struct town t = town_begin(state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 55000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_with(&t, "2020-11", DECIDE_ALL);
    pending(t.c);
    return t;
}

/* ---- one change ------------------------------------------------------------------------------ */

static void a_change_is_proposed_and_taken_back(void **state)
{
    struct town t = one_family(*state);
    check_text(present(&t), "1|0|dibao|2020-12|regular||10000|1|1");
    check_text(open_ones(&t), "");
    check_text(marks(&t), "");

    person_from(t.c, 1001, "2019-01-01", "income 45000");
    check_text(marks(&t), "1|");
    struct continuous_done d = pending(t.c);
    assert_int_equal(d.households, 1);
    assert_int_equal(d.proposals, 1);
    check_text(marks(&t), "");
    check_text(present(&t), "1|0|dibao|2020-12|regular||20000|1|1");
    check_text(open_ones(&t), "1|0|dibao|2020-12|raise|10000|20000|0=20000|regular|");
    check_text(open_tasks(&t), "dibao:raise|1");

    person_from(t.c, 1001, "2019-01-01", "income 55000");
    d = pending(t.c);
    assert_int_equal(d.voided, 1);
    check_text(present(&t), "1|0|dibao|2020-12|regular||10000|1|1");
    check_text(open_ones(&t), "");
    check_text(open_tasks(&t), "");
    assert_int_equal(everybody(t.c).differing, 0);
    town_done(&t);
}

static void a_stop_is_proposed(void **state)
{
    struct town t = one_family(*state);
    facts_from(t.c, "x_assistance_household", 1, "2019-01-01", "assets 9999999");
    pending(t.c);
    check_text(present(&t), "1|0|dibao|2020-12|none|assets|0|1|0");
    check_text(open_ones(&t), "1|0|dibao|2020-12|stop|10000|0||none|assets");
    check_text(open_tasks(&t), "dibao:stop|1");
    facts_from(t.c, "x_assistance_household", 1, "2019-01-01", "");
    pending(t.c);
    check_text(open_ones(&t), "");
    check_text(open_tasks(&t), "");
    town_done(&t);
}

/* What holds from within the month counts for the next one. */
static void a_fact_from_within_the_month(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2020-12-15", "income 45000");
    pending(t.c);
    check_text(present(&t), "1|0|dibao|2020-12|regular||10000|1|1\n"
                            "1|0|dibao|2021-01|regular||20000|1|1");
    check_text(open_ones(&t), "1|0|dibao|2021-01|raise|10000|20000|0=20000|regular|");
    /* It held earlier: now the month at hand is concerned as well. */
    person_from(t.c, 1001, "2020-12-01", "income 45000");
    pending(t.c);
    check_text(present(&t), "1|0|dibao|2020-12|regular||20000|1|1");
    check_text(open_ones(&t), "1|0|dibao|2020-12|raise|10000|20000|0=20000|regular|");
    check_text(open_tasks(&t), "dibao:raise|1");
    town_done(&t);
}

static void a_right_appears_and_goes(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 99900");
    pending(t.c);
    check_text(rights(&t), "");
    person_from(t.c, 1001, "2019-01-01", "income 45000");
    pending(t.c);
    check_text(rights(&t), "1|0|dibao|990102001001|2020-12|20000");
    check_text(present(&t), "1|0|dibao|2020-12|regular||20000|0|1");
    /* Enrolled from the next month on: it is claimed. */
    check_ok(put_enrolment(t.c,
                           (struct enrolment_row){.household_id = 1,
                                                  .programme = S("dibao"),
                                                  .valid_from = S("2021-01-01"),
                                                  .valid_to = S(DAY_OPEN),
                                                  .cause = S("test")},
                           err));
    pending(t.c);
    check_text(rights(&t), "");
    assert_int_equal(everybody(t.c).missed, 0);
    town_done(&t);
}

/* Who dies is paid no more: the household's own change, by its person. */
static void a_death_touches_the_household(void **state)
{
    struct town t = one_family(*state);
    check_ok(put_person(
        t.c, (struct person_row){1001, S("张三"), 1, S("1980-06-15"), S("2020-11-20")}, err));
    check_text(marks(&t), "1|");
    pending(t.c);
    check_text(open_ones(&t), "1|0|dibao|2020-12|stop|10000|0||none|no_unit");
    town_done(&t);
}

static void what_is_rejected_stays_so_for_the_month(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2019-01-01", "income 45000");
    pending(t.c);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    const struct proposal_query all = {.city = t.c, .scope = s, .limit = 50};
    struct proposal_choice choice = {
        .city = t.c, .scope = s, .filter = &all, .words = S("测试"), .today = today()};
    struct proposal_result r;
    check_ok(proposals_settle(&choice, &t.a, &r, err));
    assert_int_equal(r.decided, 1);
    person_from(t.c, 1001, "2019-06-01", "income 45000 disease severe");
    person_from(t.c, 1001, "2019-06-01", "income 45000");
    pending(t.c);
    check_text(open_ones(&t), "");
    assert_int_equal(everybody(t.c).differing, 0);
    /* Another amount is another matter; and what is accepted is decided, and found no more. */
    person_from(t.c, 1001, "2019-01-01", "income 44000");
    person_from(t.c, 1001, "2019-06-01", "income 44000");
    pending(t.c);
    check_text(open_ones(&t), "1|0|dibao|2020-12|raise|10000|21000|0=21000|regular|");
    choice.accept = true;
    check_ok(proposals_settle(&choice, &t.a, &r, err));
    assert_int_equal(r.decided, 1);
    check_text(marks(&t), "1|");
    pending(t.c);
    check_text(open_ones(&t), "");
    assert_int_equal(everybody(t.c).differing, 0);
    town_done(&t);
}

/* A run that began before the change must not have the last word. */
static void a_frozen_month_moves_the_month_at_hand(void **state)
{
    struct town t = one_family(*state);
    run_with(&t, "2020-12", DECIDE_NONE);
    person_from(t.c, 1001, "2019-01-01", "income 45000");
    pending(t.c);
    check_text(open_ones(&t), "1|0|dibao|2020-12|raise|10000|20000|0=20000|regular|");
    const struct scope *s = scope_system(t.c, today(), &t.a);
    struct batch batch;
    check_ok(batch_freeze(t.c, s, CASE_COUNTY, month_at("2020-12"), &t.a, &batch, err));
    struct pass_done d = everybody(t.c);
    assert_string_equal(d.kind, "month");
    assert_int_equal(d.missed, 0);
    check_text(present(&t), "1|0|dibao|2021-01|regular||20000|1|1");
    /* The same proposal: what is paid stays paid. */
    check_text(open_ones(&t), "1|0|dibao|2020-12|raise|10000|20000|0=20000|regular|");
    assert_int_equal(everybody(t.c).differing, 0);
    town_done(&t);
}

/* ---- errors of rules, kills, two at once ----------------------------------------------------- */

static const char grant[] = "extend household\n"
                            "  spent \"已支出\" money per month, over time\n"
                            "\n"
                            "policy grant \"补助\"\n"
                            "  for each household, each month\n"
                            "  assumed \"试\"\n"
                            "  outcome \"结论\"\n"
                            "    given \"给\" when any_spent \"有\": spent > 0.00\n"
                            "      pays household: 100.00 - spent\n"
                            "    otherwise none \"不给\"\n";

/* Who spent more than a hundred would be paid less than nothing, which is an error. */
static void one_error_stops_nobody_else(void **state)
{
    struct town t = {.home = home_make()};
    pay_tie();
    home_put(&t.home, "lines/care/care.hm", grant);
    home_put(&t.home, "places/town.hm",
             "place town \"试城\", division 990100000000\n  lines care from 2020-01\n");
    t.c = case_city(*state, &t.home, &t.a);
    for (int64_t h = 1; h <= 3; h++) {
        settle(t.c, h, VILLAGE_1);
        facts_from(t.c, "x_people_household", h, "2020-01-01", "hukou_type urban");
        facts_from(t.c, "x_care_household", h, "2020-01-01", "spent 1000");
        enrol(t.c, h, 0, "grant", DAY_OPEN);
    }
    pending(t.c);
    facts_from(t.c, "x_care_household", 1, "2020-01-01", "spent 2000");
    facts_from(t.c, "x_care_household", 2, "2020-01-01", "spent 10001");
    facts_from(t.c, "x_care_household", 3, "2020-01-01", "spent 3000");
    struct continuous_done d = pending(t.c);
    assert_int_equal(d.households, 3);
    assert_int_equal(d.failed, 1);
    const char *three = "1|0|grant|2020-12|add|0|8000|0=8000|given|\n"
                        "2|0|grant|2020-12|add|0|9000|0=9000|given|\n"
                        "3|0|grant|2020-12|add|0|7000|0=7000|given|";
    check_text(open_ones(&t), three);
    str failed = marks(&t);
    assert_true(str_starts(failed, S("2|household 990102-2, 2020-12: grant: given")));
    assert_int_equal(pending(t.c).households, 0);
    /* Everybody: it alone is left out, and said to be. */
    assert_int_equal(everybody(t.c).failed, 1);
    struct pass_done p = everybody(t.c);
    assert_int_equal(p.failed, 1);
    assert_int_equal(p.missed, 0);
    check_text(open_ones(&t), three);
    check_text(marks(&t), str_z(&t.a, failed));
    facts_from(t.c, "x_care_household", 2, "2020-01-01", "spent 4000");
    d = pending(t.c);
    assert_int_equal(d.failed, 0);
    assert_int_equal(d.proposals, 1);
    check_text(marks(&t), "");
    assert_int_equal(everybody(t.c).differing, 0);
    town_done(&t);
}

/* Wherever the database goes away: what is stored and its mark are of one change. */
static void a_fault_anywhere_loses_nothing(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2019-01-01", "income 45000");
    bool done = false;
    for (int64_t after = 0; !done; after++) {
        struct continuous *w = worker_of(t.c);
        store_fail_after(after);
        enum rc rc = continuous_pending(w, NULL, NULL);
        store_fail_after(-1);
        continuous_close(w);
        done = rc == RC_OK;
        bool marked = marks(&t).n > 0;
        assert_int_equal(marked, open_ones(&t).n == 0);
        assert_int_equal(marked, open_tasks(&t).n == 0);
        assert_true(after < 1000);
    }
    check_text(present(&t), "1|0|dibao|2020-12|regular||20000|1|1");
    check_text(open_tasks(&t), "dibao:raise|1");
    assert_int_equal(everybody(t.c).differing, 0);
    town_done(&t);
}

/* ---- hundreds of changes --------------------------------------------------------------------- */

struct dice {
    uint64_t state;
};

static int64_t roll(struct dice *d, int64_t n)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((d->state >> 33) % (uint64_t)n);
}

static const char *a_day(struct dice *d, char text[11])
{
    static const char *const days[] = {"2019-01-01", "2020-03-01", "2020-11-10", "2020-12-01",
                                       "2020-12-09", "2021-01-01", "2021-01-20"};
    snprintf(text, 11, "%s", days[roll(d, 7)]);
    return text;
}

enum { FAMILIES = 40 };

static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};

/* Something happens that can't (somebody lives in two places): nothing is written then. */
static void may_fail(enum rc rc)
{
    assert_true(rc == RC_OK || rc == RC_CONFLICT || rc == RC_BAD_INPUT);
}

static void income_changes(struct town *t, struct dice *d, int64_t person)
{
    char on[11], facts[120];
    snprintf(facts, sizeof facts, "income %s disease %s self_care %s destitute %d",
             roll(d, 12) == 0 ? "?"
             : roll(d, 2)     ? "45000"
             : roll(d, 2)     ? "62000"
                              : "99900",
             roll(d, 4) == 0 ? "severe" : "none", roll(d, 3) == 0 ? "half" : "full",
             roll(d, 8) == 0);
    person_from(t->c, person, a_day(d, on), facts);
}

static void enrolment_changes(struct town *t, struct dice *d, int64_t household)
{
    static const char *const programmes[] = {"dibao", "tekun", "disability_living",
                                             "disability_care"};
    char from[11], to[11];
    size_t which = (size_t)roll(d, 4);
    bool open = roll(d, 3) > 0;
    may_fail(put_enrolment(
        t->c,
        (struct enrolment_row){.household_id = household,
                               .person_id = which == 0 ? 0 : household + 1000,
                               .programme = str_from(programmes[which]),
                               .valid_from = str_from(a_day(d, from)),
                               .valid_to = open ? S(DAY_OPEN) : str_from(a_day(d, to)),
                               .cause = S("test")},
        NULL));
}

static void somebody_moves(struct town *t, struct dice *d, int64_t household, int64_t person)
{
    char on[11];
    int64_t other = 1 + roll(d, FAMILIES);
    a_day(d, on);
    may_fail(put_membership(
        t->c, (struct membership_row){household, person, S("2019-01-01"), str_from(on), S("10")},
        NULL));
    may_fail(put_membership(
        t->c, (struct membership_row){other, person, str_from(on), S(DAY_OPEN), S("10")}, NULL));
}

static void one_thing(struct town *t, struct dice *d)
{
    char on[11], to[11];
    int64_t household = 1 + roll(d, FAMILIES), person = household + 1000 * (1 + roll(d, 2));
    switch (roll(d, 9)) {
    case 0:
    case 1:
        income_changes(t, d, person);
        break;
    case 2:
        grade_from(t->c, person, a_day(d, on), (int)roll(d, 5));
        break;
    case 3:
        facts_from(t->c, "x_assistance_household", household, a_day(d, on),
                   roll(d, 3) == 0 ? "assets 9999999" : "");
        break;
    case 4:
        enrolment_changes(t, d, household);
        break;
    case 5:
        somebody_moves(t, d, household, person);
        break;
    case 6: /* dies, or was not dead after all */
        may_fail(put_person(t->c,
                            (struct person_row){person, S("李四"), 2, S("1990-01-15"),
                                                roll(d, 2) ? str_from(a_day(d, on)) : S("")},
                            NULL));
        break;
    case 7: /* the household moves, or ends */
        may_fail(
            put_household(t->c,
                          (struct household_row){household, str_from(a_day(d, on)),
                                                 roll(d, 4) ? S(DAY_OPEN) : str_from(a_day(d, to)),
                                                 villages[roll(d, 3)], household + 1000},
                          NULL));
        break;
    default: /* a birth */
        person = 10000 + roll(d, 200);
        may_fail(put_person(
            t->c, (struct person_row){person, S("王五"), 1, str_from(a_day(d, on)), S("")}, NULL));
        may_fail(put_membership(
            t->c, (struct membership_row){household, person, str_from(on), S(DAY_OPEN), S("20")},
            NULL));
        break;
    }
}

static void decide_some(struct town *t, struct dice *d)
{
    const struct scope *s = scope_system(t->c, today(), &t->a);
    const struct proposal_query q = {.city = t->c, .scope = s, .limit = 3};
    struct proposal *list = NULL;
    struct proposal_ref refs[3];
    struct proposal_result r;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(proposals_read(&q, c, &t->a, &list, &n, &more, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        refs[i] = (struct proposal_ref){list[i].county_code, list[i].proposal_id};
    const struct proposal_choice choice = {.city = t->c,
                                           .scope = s,
                                           .refs = refs,
                                           .n = n,
                                           .accept = roll(d, 3) > 0,
                                           .words = S("测试"),
                                           .today = today()};
    if (n > 0)
        check_ok(proposals_settle(&choice, &t->a, &r, err));
}

static void people(struct town *t)
{
    for (int64_t h = 1; h <= FAMILIES; h++) {
        family(t->c, h, villages[h % 3]);
        joins(t->c, h, h + 2000);
        if (h % 2 == 0) {
            person_from(t->c, h + 1000, "2019-01-01", h % 4 ? "income 90000" : "income 30000");
            enrol(t->c, h, 0, "dibao", DAY_OPEN);
        }
    }
}

/* Everything that is stored of it is what a determination of everybody from nothing would store. */
static void nothing_was_missed(struct town *t)
{
    struct pass_done d = everybody(t->c);
    if (d.missed > 0)
        fail_msg("%lld households were missed", (long long)d.missed);
    str now = present(t), open = rights(t), proposed = open_ones(t);
    struct store *s = t->c->store;
    check_ok(fresh_define(s, "DELETE FROM present_determination", err));
    check_ok(fresh_define(s, "DELETE FROM unclaimed_right", err));
    check_ok(fresh_define(s, "DELETE FROM present_household", err));
    check_ok(fresh_define(s, "DELETE FROM determine_pass", err));
    assert_string_equal(everybody(t->c).kind, "first");
    check_text(present(t), str_z(&t->a, now));
    check_text(rights(t), str_z(&t->a, open));
    check_text(open_ones(t), str_z(&t->a, proposed));
}

/* A run of the month finds what stands there already. */
static void a_run_finds_the_same(struct town *t, const char *text)
{
    str before = open_ones(t);
    run_with(t, text, DECIDE_NONE);
    check_text(open_ones(t), str_z(&t->a, before));
    char sql[1000];
    snprintf(sql, sizeof sql,
             "SELECT d.household_id, d.person_id, d.programme, d.outcome, d.reasons "
             "FROM determination d JOIN month_run m ON m.county_code = d.county_code AND "
             "m.month = d.month AND m.job_id = d.job_id WHERE d.month = '%s' "
             "ORDER BY d.household_id, d.person_id, d.programme",
             text);
    str run = rows_of(t->c, sql, "iittt", &t->a);
    snprintf(sql, sizeof sql,
             "SELECT household_id, person_id, programme, outcome, reasons "
             "FROM present_determination WHERE month = '%s' AND enrolled = 1 AND outcome <> 'gone' "
             "ORDER BY household_id, person_id, programme",
             text);
    check_text(rows_of(t->c, sql, "iittt", &t->a), str_z(&t->a, run));
}

static void freeze(struct town *t, const char *text)
{
    const struct scope *s = scope_system(t->c, today(), &t->a);
    struct batch batch;
    check_ok(batch_freeze(t->c, s, CASE_COUNTY, month_at(text), &t->a, &batch, err));
}

static void random_changes(void **state)
{
    struct town t = town_begin(*state);
    struct dice d = {20201221};
    pay_tie();
    people(&t);
    run_with(&t, "2020-11", DECIDE_ALL);
    everybody(t.c);
    const char *at_hand = "2020-12";
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 50; i++) {
            one_thing(&t, &d);
            if (roll(&d, 4) == 0)
                pending(t.c);
            if (roll(&d, 15) == 0)
                decide_some(&t, &d);
        }
        pending(t.c);
        check_text(marks(&t), "");
        nothing_was_missed(&t);
        if (round % 3 == 1)
            a_run_finds_the_same(&t, at_hand);
        if (round == 7) {
            run_with(&t, at_hand, DECIDE_NONE);
            freeze(&t, at_hand);
            at_hand = "2021-01";
        }
    }
    /* It was worth looking at. */
    assert_true(present(&t).n > 1000);
    assert_true(rights(&t).n > 100);
    str proposed = rows_of(t.c, "SELECT state FROM proposal WHERE state <> 'open'", "t", &t.a);
    assert_true(proposed.n > 400);
    town_done(&t);
}

/* ---- two at once, and killed ----------------------------------------------------------------- */

/* A process of its own that takes marks until it has had nothing to do for a while. */
static pid_t other_worker(const void *state, struct town *t)
{
    const struct fresh *f = state;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct arena a = {0};
    struct city *c = NULL;
    int idle = 0;
    if (city_open(f->url, case_key(state, &a), "other", &a, &c, NULL) != RC_OK)
        _exit(1);
    (void)t;
    pay_tie();
    const struct continuous_spec spec = {.city = c, .today = today()};
    struct continuous *w = continuous_open(&spec);
    while (idle < 40) {
        struct continuous_done done;
        if (continuous_pending(w, &done, NULL) != RC_OK)
            _exit(2);
        idle = done.households > 0 ? 0 : idle + 1;
        usleep(5000);
    }
    _exit(0);
}

static void two_workers_do_nothing_twice(void **state)
{
    struct town t = town_begin(*state);
    struct dice d = {7};
    int status = 0;
    pay_tie();
    people(&t);
    run_with(&t, "2020-11", DECIDE_ALL);
    everybody(t.c);
    pid_t killed = other_worker(*state, &t), other = other_worker(*state, &t);
    for (int i = 0; i < 150; i++) {
        one_thing(&t, &d);
        if (i % 3 == 0)
            pending(t.c);
        if (i == 70)
            assert_int_equal(kill(killed, SIGKILL), 0);
    }
    assert_int_equal(waitpid(killed, &status, 0), killed);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    pending(t.c);
    check_text(marks(&t), "");
    nothing_was_missed(&t);
    /* One task a proposal, or one for all of a kind. */
    check_text(rows_of(t.c,
                       "SELECT p.household_id, count(*) FROM task AS p WHERE p.ended = '' AND "
                       "p.kind = 'proposal' AND p.ref_id <> 0 GROUP BY p.household_id, p.ref_id "
                       "HAVING count(*) > 1",
                       "ii", &t.a),
               "");
    int64_t checked = 0;
    check_ok(audit_verify(t.c->store, &checked, err));
    town_done(&t);
}

/* A pass that is stopped goes on, and one that is killed between two slices is whole all the same. */
static void a_pass_goes_on(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    people(&t);
    run_with(&t, "2020-11", DECIDE_ALL);
    int64_t after = 0;
    enum rc rc = RC_IO;
    for (; rc != RC_OK; after += 7) {
        struct arena a = {0};
        struct pass_done *list = NULL;
        size_t n = 0;
        struct continuous *w = worker_of(t.c);
        store_fail_after(after);
        rc = continuous_all(w, &a, &list, &n, NULL);
        store_fail_after(-1);
        continuous_close(w);
        arena_deinit(&a);
        assert_true(after < 5000);
    }
    nothing_was_missed(&t);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_change_is_proposed_and_taken_back),    BOTH(a_stop_is_proposed),
        BOTH(a_fact_from_within_the_month),           BOTH(a_right_appears_and_goes),
        BOTH(a_death_touches_the_household),          BOTH(what_is_rejected_stays_so_for_the_month),
        BOTH(a_frozen_month_moves_the_month_at_hand), BOTH(one_error_stops_nobody_else),
        BOTH(a_fault_anywhere_loses_nothing),         BOTH(random_changes),
        BOTH(two_workers_do_nothing_twice),           BOTH(a_pass_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
