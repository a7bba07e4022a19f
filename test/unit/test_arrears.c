/* Back-pay and recovery found: what is known late, month by month, to the fen. */
#include "unit/test_arrears_case.h"

/* ---- a standard signed late ---------------------------------------------------------------------- */

/* 650.00 for the town and 300.00 for the hills were paid; 700.00 and 330.00 should have been since October. */
static void a_standard_from_then_on(void **state)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    struct town t = town_begin(*state);
    pay_tie();
    for (int64_t h = 1; h <= 3; h++) {
        family(t.c, h, villages[h - 1]);
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
    }
    pay_months(&t, "2020-09", "2020-12");
    struct arrears_found f = find(&t, "2020-09", "2020-12");
    assert_int_equal(f.lines, 0);
    assert_int_equal(f.months, 12);
    release(&t, *state,
            "  set dibao.standard          from 2020-10: 700.00 for urban, 500.00 for rural\n"
            "  set dibao.standard in hills from 2020-10: 330.00\n");
    f = find(&t, "2020-09", "2020-12");
    assert_int_equal(f.lines, 9);
    assert_int_equal(f.backpay_fen, 2 * 3 * 5000 + 3 * 3000);
    assert_int_equal(f.recovery_fen + f.left_fen, 0);
    check_text(lines_found(&t), "1|0|dibao|2020-10|65000|70000|underpaid|standard|open\n"
                                "1|0|dibao|2020-11|65000|70000|underpaid|standard|open\n"
                                "1|0|dibao|2020-12|65000|70000|underpaid|standard|open\n"
                                "2|0|dibao|2020-10|65000|70000|underpaid|standard|open\n"
                                "2|0|dibao|2020-11|65000|70000|underpaid|standard|open\n"
                                "2|0|dibao|2020-12|65000|70000|underpaid|standard|open\n"
                                "3|0|dibao|2020-10|30000|33000|underpaid|standard|open\n"
                                "3|0|dibao|2020-11|30000|33000|underpaid|standard|open\n"
                                "3|0|dibao|2020-12|30000|33000|underpaid|standard|open");
    check_text(rows_of(t.c,
                       "SELECT division, programme, households, line_rows, backpay_fen "
                       "FROM arrears_count ORDER BY division",
                       "itiii", &t.a),
               "990102001001|dibao|1|3|15000\n990102001002|dibao|1|3|15000\n"
               "990102100201|dibao|1|3|9000");
    town_done(&t);
}

/* A standard that was too high: not the family's doing, so that nothing is taken back. */
static void a_standard_that_was_too_high(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-11", "2020-12");
    release(&t, *state, "  set dibao.standard from 2020-12: 640.00 for urban, 440.00 for rural\n");
    struct arrears_found f = find(&t, "2020-11", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-12|65000|64000|office_error|standard|left");
    assert_int_equal(f.recovery_fen, 0);
    assert_int_equal(f.left_fen, 1000);
    check_text(rows_of(t.c, "SELECT state FROM arrears_job", "t", &t.a), "closed");
    /* What was left is not found again, whatever else is. */
    person_from(t.c, 1001, "2020-11-01", "income 1000");
    find(&t, "2020-11", "2020-11");
    check_text(lines_found(&t), "1|0|dibao|2020-11|65000|64000|unreported|facts|open\n"
                                "1|0|dibao|2020-12|65000|64000|office_error|standard|left");
    town_done(&t);
}

/* ---- facts found late ---------------------------------------------------------------------------- */

static void an_income_found_late(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    for (int64_t h = 1; h <= 2; h++) {
        family(t.c, h, VILLAGE_1);
        person_from(t.c, 1000 + h, "2019-01-01", "income 10000");
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
    }
    pay_months(&t, "2020-09", "2020-12");
    person_from(t.c, 1001, "2020-10-15", "income 25000"); /* holds on the first of November */
    person_from(t.c, 1002, "2020-12-01", "income 4000");
    struct arrears_found f = find(&t, "2020-09", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-11|55000|40000|unreported|facts|open\n"
                                "1|0|dibao|2020-12|55000|40000|unreported|facts|open\n"
                                "2|0|dibao|2020-12|55000|61000|underpaid|facts|open");
    assert_int_equal(f.recovery_fen, 30000);
    assert_int_equal(f.backpay_fen, 6000);
    assert_int_equal(f.households, 2);
    town_done(&t);
}

static void a_death_reported_late(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    joins(t.c, 1, 2001);
    family(t.c, 2, VILLAGE_1);
    grade_from(t.c, 1002, "2019-01-01", 1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    enrol(t.c, 2, 1002, "disability_care", DAY_OPEN);
    pay_months(&t, "2020-10", "2020-12");
    check_ok(put_person(
        t.c, (struct person_row){2001, S("李四"), 2, S("1990-01-15"), S("2020-10-20")}, err));
    check_ok(put_person(
        t.c, (struct person_row){1002, S("张三"), 1, S("1980-06-15"), S("2020-11-02")}, err));
    enrol(t.c, 2, 1002, "disability_care", "2020-11-03");
    find(&t, "2020-10", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-11|130000|65000|death|death|open\n"
                                "1|0|dibao|2020-12|130000|65000|death|death|open\n"
                                "2|1002|disability_care|2020-12|8000|0|death|death|open");
    town_done(&t);
}

static void an_enrolment_ended_late(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_2);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    enrol(t.c, 2, 0, "dibao", "2020-11-01");
    pay_months(&t, "2020-10", "2020-12");
    enrol(t.c, 1, 0, "dibao", "2020-11-10");
    enrol(t.c, 2, 0, "dibao", DAY_OPEN);
    find(&t, "2020-10", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-12|65000|0|unreported|enrolment|open\n"
                                "2|0|dibao|2020-11|0|65000|underpaid|enrolment|open\n"
                                "2|0|dibao|2020-12|0|65000|underpaid|enrolment|open");
    town_done(&t);
}

/* Enrolled where she was believed to live; it is the household that was paid which gives it back. */
static void a_member_who_had_moved(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_2);
    joins(t.c, 1, 2001);
    grade_from(t.c, 2001, "2019-01-01", 1);
    enrol(t.c, 1, 2001, "disability_care", DAY_OPEN);
    pay_months(&t, "2020-11", "2020-12");
    check_ok(put_membership(
        t.c, (struct membership_row){1, 2001, S("2019-01-01"), S("2020-11-15"), S("10")}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){2, 2001, S("2020-11-15"), S(DAY_OPEN), S("10")}, err));
    find(&t, "2020-11", "2020-12");
    check_text(lines_found(&t), "1|2001|disability_care|2020-12|8000|0|unreported|facts|open");
    town_done(&t);
}

/* ---- one month from the other -------------------------------------------------------------------- */

/* The exit pays what the month before should have been. */
static void paid_last_month_is_recomputed(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 40000");
    person_from(t.c, 1001, "2020-11-01", "income 70000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-09", "2020-12");
    person_from(t.c, 1001, "2020-10-01", "income 45000");
    person_from(t.c, 1001, "2020-11-01", "income 70000");
    find(&t, "2020-09", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-10|25000|20000|unreported|facts|open\n"
                                "1|0|dibao|2020-11|25000|20000|unreported|facts|open\n"
                                "1|0|dibao|2020-12|25000|20000|unreported|facts|open");
    /* Of a later part the month before it stands as it was paid, and was put right. */
    decide_open(&t);
    assert_int_equal(find(&t, "2020-11", "2020-12").lines, 0);
    town_done(&t);
}

/* Above the line since one month earlier, the exit is over one month earlier. */
static void what_is_carried_is_recomputed(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    person_from(t.c, 1001, "2020-03-01", "income 70000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-01", "2021-02");
    check_text(rows_of(t.c, "SELECT max(month) FROM award", "t", &t.a), "2021-02");
    person_from(t.c, 1001, "2020-02-01", "income 70000");
    find(&t, "2020-01", "2021-02");
    check_text(lines_found(&t), "1|0|dibao|2021-02|10000|0|unreported|facts|open");
    town_done(&t);
}

/* ---- which months, which households -------------------------------------------------------------- */

static void only_months_that_are_paid(void **state)
{
    struct town t = town_begin(*state);
    struct run_result r;
    struct arrears_found *found = NULL;
    size_t n = 0;
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    bank_of(&t);
    struct arrears_spec spec = arrears_spec_of(&t, "2020-08", "2020-12");
    struct run_spec past = run_spec_of(t.c, month_at("2020-08"));
    past.decide = DECIDE_PAST;
    check_ok(run_month(&past, &t.a, &r, err));
    run_months(&t, "2020-09", "2020-12");
    person_from(t.c, 1001, "2020-07-01", "income 5000");
    struct arrears_spec none = arrears_spec_of(&t, "2020-09", "2020-12");
    check_fails(arrears_find(&none, &t.a, &found, &n, err), RC_NOT_FOUND,
                "no month from 2020-09 to 2020-12 is paid");
    freeze_at(&t, "2020-10");
    freeze_at(&t, "2020-12");
    find_in(&t, &spec);
    check_text(lines_found(&t), "1|0|dibao|2020-08|65000|60000|unreported|facts|open\n"
                                "1|0|dibao|2020-10|65000|60000|unreported|facts|open\n"
                                "1|0|dibao|2020-12|65000|60000|unreported|facts|open");
    town_done(&t);
}

static void only_what_is_asked_for(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    for (int64_t h = 1; h <= 3; h++) {
        family(t.c, h, h == 3 ? VILLAGE_R : VILLAGE_1);
        grade_from(t.c, 1000 + h, "2019-01-01", 1);
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
        enrol(t.c, h, 1000 + h, "disability_care", DAY_OPEN);
    }
    pay_months(&t, "2020-12", "2020-12");
    for (int64_t h = 1; h <= 3; h++) {
        grade_from(t.c, 1000 + h, "2019-01-01", 2);
        person_from(t.c, 1000 + h, "2020-12-01", "income 100");
    }
    struct arrears_spec spec = arrears_spec_of(&t, "2020-12", "2020-12");
    spec.programme = S("disability_care");
    spec.household = 2;
    assert_int_equal(find_in(&t, &spec).lines, 1);
    check_text(lines_found(&t), "2|1002|disability_care|2020-12|8000|5000|unreported|facts|open");
    spec.programme = S("dibao");
    spec.household = 0;
    spec.division = INT64_C(990102100000);
    struct arrears_found f = find_in(&t, &spec);
    assert_int_equal(f.households, 1);
    assert_int_equal(f.lines, 1);
    /* The whole takes over what parts of it have found and nobody decided. */
    spec = arrears_spec_of(&t, "2020-12", "2020-12");
    spec.programme = S("dibao");
    assert_int_equal(find_in(&t, &spec).lines, 3);
    check_text(rows_of(t.c,
                       "SELECT programme, state, count(*) FROM arrears_line "
                       "GROUP BY programme, state ORDER BY programme, state",
                       "tti", &t.a),
               "dibao|open|3\ndibao|stale|1\ndisability_care|open|1");
    town_done(&t);
}

static void of_whom_nobody_can_tell(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-10", "2020-12");
    person_from(t.c, 1001, "2020-11-01", "income ?");
    person_from(t.c, 1001, "2020-12-01", "income 5000");
    struct arrears_found f = find(&t, "2020-10", "2020-12");
    assert_int_equal(f.undecided, 1);
    assert_int_equal(f.months, 3);
    check_text(lines_found(&t), "1|0|dibao|2020-12|65000|60000|unreported|facts|open");
    town_done(&t);
}

/* ---- decided -------------------------------------------------------------------------------------- */

static void found_again_nothing_changes(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-11", "2020-12");
    person_from(t.c, 1001, "2020-11-01", "income 5000");
    struct arrears_found f = find(&t, "2020-11", "2020-12");
    int64_t position = position_now(t.c, CASE_COUNTY);
    struct arrears_found again = find(&t, "2020-11", "2020-12");
    assert_int_equal(again.job_id, f.job_id);
    assert_int_equal(again.lines, 2);
    assert_int_equal(position_now(t.c, CASE_COUNTY), position);
    decide_open(&t);
    person_from(t.c, 1001, "2020-12-01", "income 6000");
    again = find(&t, "2020-11", "2020-12");
    assert_true(again.job_id > f.job_id);
    /* November is settled; December by what is still wrong. */
    check_text(rows_of(t.c,
                       "SELECT month, paid_fen, due_fen, state FROM arrears_line "
                       "ORDER BY job_id, month",
                       "tiit", &t.a),
               "2020-11|65000|60000|decided\n2020-12|65000|60000|decided\n"
               "2020-12|60000|59000|open");
    int64_t now = 0;
    struct conn *c = NULL;
    const struct arrears_key key = {CASE_COUNTY, 1, 0, S("dibao"), month_at("2020-12")};
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(arrears_paid_now(c, &key, &now, err));
    store_reader_done(c);
    assert_int_equal(now, 60000);
    decide_open(&t);
    person_from(t.c, 1001, "2021-06-01",
                "income 7000"); /* something changed, not for these months */
    again = find(&t, "2020-11", "2020-12");
    assert_int_equal(again.lines, 0);
    town_done(&t);
}

/* Somebody looked at the month's difference and rejected it: what is decided stays. */
static void what_was_rejected_stays(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-11", "2020-12");
    person_from(t.c, 1001, "2020-11-01", "income 5000");
    sql_put(
        &t,
        "INSERT INTO proposal (county_code, proposal_id, month, household_id, person_id, "
        "programme, kind, old_fen, new_fen, difference, amounts, outcome, reasons, division, "
        "state, batch, job_id, seen, decided_by, decided_on, words) VALUES (990102, 1, "
        "'2020-11', 1, 0, 'dibao', 'cut', 65000, 60000, 5000, '0=60000', 'regular', '', "
        "990102001001, 'rejected', 0, 1, '2020-11', 'jue', '2020-11-20', '赡养费没有实际支付')");
    find(&t, "2020-11", "2020-12");
    check_text(lines_found(&t), "1|0|dibao|2020-12|65000|60000|unreported|facts|open");
    town_done(&t);
}

/* What a finding left that nobody sees yet, or ever will, hides nothing. */
static void what_is_not_visible_settles_nothing(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    pay_months(&t, "2020-11", "2020-12");
    release(&t, *state, "  set dibao.standard from 2020-12: 640.00 for urban, 440.00 for rural\n");
    assert_int_equal(find(&t, "2020-12", "2020-12").left_fen, 1000);
    assert_int_equal(find(&t, "2020-11", "2020-12").left_fen, 0);
    sql_put(&t, "UPDATE arrears_job SET state = 'running' WHERE county_code = 990102");
    struct arrears_spec part = arrears_spec_of(&t, "2020-12", "2020-12");
    part.programme = S("dibao");
    assert_int_equal(find_in(&t, &part).left_fen, 1000);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_standard_from_then_on),       BOTH(a_standard_that_was_too_high),
        BOTH(an_income_found_late),          BOTH(a_death_reported_late),
        BOTH(an_enrolment_ended_late),       BOTH(a_member_who_had_moved),
        BOTH(paid_last_month_is_recomputed), BOTH(what_is_carried_is_recomputed),
        BOTH(only_months_that_are_paid),     BOTH(only_what_is_asked_for),
        BOTH(of_whom_nobody_can_tell),       BOTH(found_again_nothing_changes),
        BOTH(what_was_rejected_stays),       BOTH(what_is_not_visible_settles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
