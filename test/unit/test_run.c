/* The month over a hand-made county: what each family gets, month after month. */
#include "unit/test_run_case.h"

/* ---- the gradual exit ----------------------------------------------------------------------- */

static void exit_runs_out_in_month_13(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    person_from(t.c, 1001, "2020-02-01", "income 70000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    /* Fourteen months: one regular, twelve of gradual exit, and one that is too many. */
    struct run_result r = run_months(&t, "2020-01", "2021-02");
    check_text(story(&t, 1, "dibao"),
               "2020-01|0|regular||10000|\n"
               "2020-02|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-03|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-04|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-05|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-06|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-07|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-08|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-09|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-10|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-11|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2020-12|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2021-01|0|gradual_exit||10000|first_month_above=2020-02\n"
               "2021-02|0|none|income+exit_expired|0|first_month_above=2020-02");
    const struct run_row *row = row_of(&r, CASE_COUNTY, "dibao");
    assert_int_equal(row->no_more, 1);
    assert_int_equal(row->households, 0);
    town_done(&t);
}

static void below_the_line_begins_anew(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 70000");
    person_from(t.c, 1001, "2020-04-01", "income 50000");
    person_from(t.c, 1001, "2020-05-01", "income 70000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_months(&t, "2020-02", "2020-06");
    check_text(story(&t, 1, "dibao"), "2020-02|0|none|income|0|first_month_above=2020-02\n"
                                      "2020-03|0|none|income|0|first_month_above=2020-02\n"
                                      "2020-04|0|regular||10000|\n"
                                      "2020-05|0|gradual_exit||10000|first_month_above=2020-05\n"
                                      "2020-06|0|gradual_exit||10000|first_month_above=2020-05");
    town_done(&t);
}

/* What single persons got last month is not what the household was paid. */
static void single_awards_are_not_the_households(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    facts_from(t.c, "x_assistance_household", 1, "2019-01-01", "assets 9999999");
    person_from(t.c, 1001, "2019-01-01", "income 10000 disease severe");
    person_from(t.c, 1001, "2020-02-01", "income 70000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    struct run_result r = run_months(&t, "2020-01", "2020-01");
    assert_int_equal(row_of(&r, 0, "dibao")->persons, 1);
    run_of(&t, "2020-02");
    check_text(awards(&t, 1, "dibao"), "2020-01|1001|60000|determined");
    check_text(story(&t, 1, "dibao"), "2020-01|0|single_person|assets|0|\n"
                                      "2020-02|0|none|income+assets|0|first_month_above=2020-02");
    town_done(&t);
}

/* ---- undecided ------------------------------------------------------------------------------ */

static void undecided_keeps_the_amount(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    person_from(t.c, 1001, "2020-02-01", "income ?");
    person_from(t.c, 1001, "2020-04-01", "income 70000");
    person_from(t.c, 1001, "2020-05-01", "income ?");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_of(&t, "2020-01");
    struct run_result r = run_of(&t, "2020-02");
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->undecided, 1);
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->fen, 10000);
    assert_int_equal(r.payments, 1);
    run_months(&t, "2020-03", "2020-05");
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n"
                                       "2020-02|0|10000|kept\n"
                                       "2020-03|0|10000|kept\n"
                                       "2020-04|0|10000|determined\n"
                                       "2020-05|0|10000|kept");
    check_text(story(&t, 1, "dibao"), "2020-01|0|regular||10000|\n"
                                      "2020-02|0|undecided||null|\n"
                                      "2020-03|0|undecided||null|\n"
                                      "2020-04|0|gradual_exit||10000|first_month_above=2020-04\n"
                                      "2020-05|0|undecided||null|first_month_above=2020-04");
    town_done(&t);
}

static void single_awards_are_kept_as_well(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    joins(t.c, 1, 2001);
    facts_from(t.c, "x_assistance_household", 1, "2019-01-01", "assets 9999999");
    person_from(t.c, 1001, "2019-01-01", "disease severe");
    person_from(t.c, 2001, "2019-01-01", "disease severe");
    person_from(t.c, 1001, "2020-02-01", "disease ? income ?");
    check_ok(put_person(
        t.c, (struct person_row){2001, S("李四"), 2, S("1990-01-15"), S("2020-01-20")}, err));
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_months(&t, "2020-01", "2020-02");
    /* To the one who is still there. */
    check_text(awards(&t, 1, "dibao"), "2020-01|1001|60000|determined\n"
                                       "2020-01|2001|60000|determined\n"
                                       "2020-02|1001|60000|kept");
    town_done(&t);
}

/* ---- who is there --------------------------------------------------------------------------- */

static void the_dead_are_paid_no_more(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "destitute 1 self_care full");
    enrol(t.c, 1, 1001, "tekun", DAY_OPEN);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    check_ok(put_person(
        t.c, (struct person_row){1001, S("张三"), 1, S("1980-06-15"), S("2020-01-20")}, err));
    struct run_result r = run_of(&t, "2020-01");
    assert_int_equal(row_of(&r, 0, "tekun")->fen, 92000);
    r = run_of(&t, "2020-02");
    assert_int_equal(row_of(&r, 0, "tekun")->fen, 0);
    assert_int_equal(row_of(&r, 0, "tekun")->no_more, 1);
    assert_int_equal(row_of(&r, 0, "dibao")->no_more, 1);
    check_text(awards(&t, 1, "tekun"), "2020-01|1001|92000|determined");
    check_text(story(&t, 1, "dibao"), "2020-01|0|none|no_unit|0|\n2020-02|0|none|no_unit|0|");
    town_done(&t);
}

static void a_member_who_moved(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_2);
    check_ok(put_person(t.c, (struct person_row){2001, S("李四"), 2, S("1990-01-15"), S("")}, err));
    person_from(t.c, 2001, "2019-01-01", "");
    grade_from(t.c, 2001, "2019-01-01", 1);
    check_ok(put_membership(
        t.c, (struct membership_row){1, 2001, S("2019-01-01"), S("2020-02-15"), S("10")}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){2, 2001, S("2020-02-15"), S(DAY_OPEN), S("10")}, err));
    enrol(t.c, 1, 2001, "disability_care", DAY_OPEN);
    struct run_result r = run_months(&t, "2020-02", "2020-02");
    assert_int_equal(row_of(&r, 0, "disability_care")->persons, 1);
    r = run_of(&t, "2020-03");
    /* Enrolled where he lives no more; where he lives now he only could be. */
    assert_int_equal(row_of(&r, 0, "disability_care")->persons, 0);
    assert_int_equal(row_of(&r, 0, "disability_care")->no_more, 1);
    assert_int_equal(row_of(&r, 0, "disability_care")->not_enrolled, 1);
    check_text(awards(&t, 1, "disability_care"), "2020-02|2001|8000|determined");
    town_done(&t);
}

static void a_household_that_is_no_more(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    check_ok(put_household(
        t.c, (struct household_row){1, S("2020-01-01"), S("2020-02-01"), VILLAGE_1, 1001}, err));
    check_ok(fresh_exec(t.c->store,
                        &(struct statement){.name = "gone",
                                            .sql = "DELETE FROM household WHERE household_id = 1 "
                                                   "AND valid_from >= '2020-02-01'"},
                        NULL, 0, err));
    run_of(&t, "2020-01");
    struct run_result r = run_of(&t, "2020-02");
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->no_more, 1);
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->households, 0);
    town_done(&t);
}

static void enrolment_ends(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", "2020-03-01");
    struct run_result r = run_months(&t, "2020-01", "2020-02");
    assert_int_equal(row_of(&r, 0, "dibao")->households, 1);
    assert_int_equal(row_of(&r, 0, "dibao")->not_enrolled, 0);
    r = run_of(&t, "2020-03");
    assert_int_equal(row_of(&r, 0, "dibao")->households, 0);
    assert_int_equal(row_of(&r, 0, "dibao")->not_enrolled, 1);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|60000|determined\n2020-02|0|60000|determined");
    town_done(&t);
}

/* ---- values of places ----------------------------------------------------------------------- */

static void standards_by_place_and_month(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_R);
    family(t.c, 3, VILLAGE_2);
    facts_from(t.c, "x_people_household", 3, "2019-01-01", "hukou_type rural");
    for (int64_t h = 1; h <= 3; h++)
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
    struct run_result r = run_months(&t, "2020-06", "2020-07");
    check_text(awards(&t, 1, "dibao"), "2020-06|0|60000|determined\n2020-07|0|65000|determined");
    check_text(awards(&t, 2, "dibao"), "2020-06|0|30000|determined\n2020-07|0|30000|determined");
    check_text(awards(&t, 3, "dibao"), "2020-06|0|40000|determined\n2020-07|0|45000|determined");
    assert_int_equal(row_of(&r, 0, "dibao")->fen, 65000 + 30000 + 45000);
    town_done(&t);
}

/* ---- sums, payees --------------------------------------------------------------------------- */

static void one_line_a_payee(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    joins(t.c, 1, 2001);
    joins(t.c, 1, 3001);
    for (int64_t p = 1001; p <= 3001; p += 1000) {
        grade_from(t.c, p, "2019-01-01", 1);
        check_ok(put_enrolment(t.c,
                               (struct enrolment_row){.household_id = 1,
                                                      .person_id = p,
                                                      .programme = S("disability_care"),
                                                      .valid_from = S("2019-01-01"),
                                                      .valid_to = S(DAY_OPEN),
                                                      .cause = S("test"),
                                                      .account_id = p == 3001 ? 3001 : 0},
                               err));
    }
    struct run_result r = run_of(&t, "2020-02");
    /* Two to the head's account, one to her own. */
    check_text(rows_of(t.c,
                       "SELECT payee_id, programme, kind, amount_fen FROM payment "
                       "ORDER BY payee_id",
                       "itti", &t.a),
               "1001|disability_care|month|16000\n3001|disability_care|month|8000");
    assert_int_equal(r.payments, 2);
    assert_int_equal(r.payment_fen, 24000);
    assert_int_equal(row_of(&r, 0, "disability_care")->households, 1);
    assert_int_equal(row_of(&r, 0, "disability_care")->persons, 3);
    town_done(&t);
}

/* A county with a bit of everything. */
static void settle_many(struct town *t)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    for (int64_t h = 1; h <= 24; h++) {
        char facts[80];
        family(t->c, h, villages[h % 3]);
        snprintf(facts, sizeof facts, "income %d disease %s", (int)(h % 8) * 13000,
                 h % 5 == 0 ? "severe" : "none");
        person_from(t->c, 1000 + h, "2019-01-01", h % 11 == 0 ? "income ?" : facts);
        if (h % 6 == 0) {
            facts_from(t->c, "x_assistance_household", h, "2019-01-01", "assets 9999999");
            grade_from(t->c, 1000 + h, "2019-01-01", 2);
        }
        if (h % 4 != 0)
            enrol(t->c, h, 0, "dibao", DAY_OPEN);
        if (h % 6 == 0)
            enrol(t->c, h, 1000 + h, "disability_care", DAY_OPEN);
    }
}

static void the_table_adds_up(void **state)
{
    struct town t = town_begin(*state);
    settle_many(&t);
    struct run_result r = run_months(&t, "2020-01", "2020-03");
    int64_t fen = 0, households = 0, counties = 0;
    for (size_t i = 0; i < r.n; i++) {
        fen += r.rows[i].county_code == 0 ? r.rows[i].fen : 0;
        households += r.rows[i].county_code == 0 ? r.rows[i].households : 0;
        counties += r.rows[i].county_code != 0 ? r.rows[i].fen : 0;
    }
    assert_true(fen > 0);
    assert_int_equal(fen, counties);
    assert_int_equal(fen, r.payment_fen);
    struct statement sum = {.name = "sum",
                            .sql = "SELECT CAST(sum(amount_fen) AS BIGINT) FROM award "
                                   "WHERE month = '2020-03'",
                            .reads = true};
    assert_int_equal(fresh_int(t.c->store, &sum, NULL, 0), fen);
    sum.sql = "SELECT CAST(sum(amount_fen) AS BIGINT) FROM payment WHERE month = '2020-03'";
    assert_int_equal(fresh_int(t.c->store, &sum, NULL, 0), fen);
    sum.sql = "SELECT count(*) FROM (SELECT DISTINCT household_id, programme FROM award "
              "WHERE month = '2020-03') AS a";
    assert_int_equal(fresh_int(t.c->store, &sum, NULL, 0), households);
    sum.sql = "SELECT count(*) FROM (SELECT household_id, payee_id, programme FROM payment "
              "WHERE month = '2020-03' GROUP BY household_id, payee_id, programme "
              "HAVING count(*) > 1) AS a";
    assert_int_equal(fresh_int(t.c->store, &sum, NULL, 0), 0);
    town_done(&t);
}

static str table_of(struct town *t, const struct run_result *r, const char *text)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    run_table(r, month_at(text), EXPLAIN_ZH, &out);
    str copy = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return copy;
}

/* ---- again ---------------------------------------------------------------------------------- */

static void again_changes_nothing(void **state)
{
    struct town t = town_begin(*state);
    settle_many(&t);
    struct run_result first = run_months(&t, "2020-01", "2020-02");
    str before = table_of(&t, &first, "2020-02");
    int64_t position = position_now(t.c, CASE_COUNTY);
    struct run_result r = run_of(&t, "2020-02");
    assert_true(r.unchanged);
    assert_int_equal(position_now(t.c, CASE_COUNTY), position);
    check_text(table_of(&t, &r, "2020-02"), before.p);
    /* Another month's run is no change of what this one read. */
    run_of(&t, "2020-03");
    r = run_of(&t, "2020-02");
    assert_true(r.unchanged);
    struct run_result standing;
    check_ok(run_read(t.c, month_at("2020-02"), &t.a, &standing, err));
    check_text(table_of(&t, &standing, "2020-02"), before.p);
    check_fails(run_read(t.c, month_at("2020-04"), &t.a, &standing, err), RC_NOT_FOUND,
                "2020-04 was not run");
    town_done(&t);
}

static void again_after_a_change(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_months(&t, "2020-01", "2020-02");
    person_from(t.c, 1001, "2019-01-01", "income 10000");
    struct run_result r = run_of(&t, "2020-01");
    assert_false(r.unchanged);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|50000|determined\n2020-02|0|60000|determined");
    /* February took last month's amount from the run that was replaced. */
    r = run_of(&t, "2020-02");
    assert_false(r.unchanged);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|50000|determined\n2020-02|0|50000|determined");
    check_text(rows_of(t.c,
                       "SELECT month, state FROM run_job WHERE county_code = 990102 "
                       "ORDER BY month, job_id",
                       "tt", &t.a),
               "2020-01|replaced\n2020-01|done\n2020-02|replaced\n2020-02|done");
    town_done(&t);
}

/* ---- a part of a county --------------------------------------------------------------------- */

static void a_part_takes_the_rest_over(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_R);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    enrol(t.c, 2, 0, "dibao", DAY_OPEN);
    struct run_result r = run_of(&t, "2020-02");
    assert_int_equal(row_of(&r, 0, "dibao")->fen, 90000);
    person_from(t.c, 1001, "2019-01-01", "income 10000");
    person_from(t.c, 1002, "2019-01-01", "income 10000");
    struct run_spec spec = run_spec_of(t.c, month_at("2020-02"));
    spec.division = 990102100000;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(awards(&t, 1, "dibao"), "2020-02|0|60000|determined");
    check_text(awards(&t, 2, "dibao"), "2020-02|0|20000|determined");
    assert_int_equal(row_of(&r, 0, "dibao")->fen, 80000);
    assert_int_equal(row_of(&r, 0, "dibao")->households, 2);
    assert_int_equal(r.payment_fen, 80000);
    check_ok(run_month(&spec, &t.a, &r, err));
    assert_true(r.unchanged);
    spec.division = 990102900000;
    check_fails(run_month(&spec, &t.a, &r, err), RC_NOT_FOUND, "990102900000");
    /* Explained each by the run that determined it. */
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    struct explain_spec e = {.city = t.c, .household = 1, .month = spec.month, .lang = EXPLAIN_EN};
    check_ok(explain_stored(&e, &out, err));
    e.household = 2;
    check_ok(explain_stored(&e, &out, err));
    sbuf_deinit(&out);
    town_done(&t);
}

static void who_crossed_the_border(void **state)
{
    struct town t = town_begin(*state);
    struct run_result r;
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_of(&t, "2020-02");
    check_ok(put_household(
        t.c, (struct household_row){1, S("2020-01-01"), S(DAY_OPEN), VILLAGE_R, 1001}, err));
    struct run_spec spec = run_spec_of(t.c, month_at("2020-02"));
    spec.division = 990102100000;
    check_fails(run_month(&spec, &t.a, &r, err), RC_CONFLICT,
                "household 990102-1 moved over the border of 990102100000");
    spec.division = 990102000000;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(awards(&t, 1, "dibao"), "2020-02|0|30000|determined");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(exit_runs_out_in_month_13),
        BOTH(below_the_line_begins_anew),
        BOTH(single_awards_are_not_the_households),
        BOTH(undecided_keeps_the_amount),
        BOTH(single_awards_are_kept_as_well),
        BOTH(the_dead_are_paid_no_more),
        BOTH(a_member_who_moved),
        BOTH(a_household_that_is_no_more),
        BOTH(enrolment_ends),
        BOTH(standards_by_place_and_month),
        BOTH(one_line_a_payee),
        BOTH(the_table_adds_up),
        BOTH(again_changes_nothing),
        BOTH(again_after_a_change),
        BOTH(a_part_takes_the_rest_over),
        BOTH(who_crossed_the_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
