/* What is stored of a month is recomputed, compared with its hash, and told; what was touched since
 * is refused. */
#include "unit/test_run_case.h"

static enum rc explain_of(struct town *t, int64_t household, const char *text, int64_t known_at_ms,
                          struct sbuf *out, struct err *err)
{
    const struct explain_spec spec = {.city = t->c,
                                      .household = household,
                                      .month = month_at(text),
                                      .known_at_ms = known_at_ms,
                                      .lang = EXPLAIN_EN};
    sbuf_clear(out);
    return explain_stored(&spec, out, err);
}

static void check_says(const struct sbuf *out, const char *words)
{
    if (str_find(sbuf_str(out), str_from(words)) < 0)
        fail_msg("no “%s” in:\n%.*s", words, STR_ARG(sbuf_str(out)));
}

static void tamper(struct town *t, const char *sql)
{
    check_ok(
        fresh_exec(t->c->store, &(struct statement){.name = "tamper", .sql = sql}, NULL, 0, err));
}

/* An award in its gradual exit, and somebody who has too much. */
static struct town some_month(void *state)
{
    struct town t = town_begin(state);
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    person_from(t.c, 1001, "2020-02-01", "income 70000");
    family(t.c, 2, VILLAGE_2);
    person_from(t.c, 1002, "2019-01-01", "income 90000");
    family(t.c, 3, VILLAGE_2);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    enrol(t.c, 2, 0, "dibao", DAY_OPEN);
    run_months(&t, "2020-01", "2020-03");
    return t;
}

static void award_and_refusal(void **state)
{
    struct town t = some_month(*state);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    check_ok(explain_of(&t, 1, "2020-03", 0, &out, err));
    check_says(&out, "from: county 990102, run of 2020-03");
    check_says(&out, "hash verified (1)");
    check_says(&out, "gradual exit");
    check_says(&out, "first month above the standard 2020-02");
    check_ok(explain_of(&t, 2, "2020-03", 0, &out, err));
    check_says(&out, "hash verified (1)");
    check_says(&out, "is not below dibao standard 600.00");
    check_ok(explain_of(&t, 3, "2020-03", 0, &out, err));
    check_says(&out, "nobody enrolled, nothing stored");
    check_says(&out, "covered at the standard");
    sbuf_deinit(&out);
    town_done(&t);
}

static void what_is_not_there(void **state)
{
    struct town t = some_month(*state);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    check_fails(explain_of(&t, 4, "2020-03", 0, &out, err), RC_NOT_FOUND, "no household 4");
    check_fails(explain_of(&t, 1, "2020-04", 0, &out, err), RC_NOT_FOUND, "2020-04 was not run");
    assert_int_equal(out.n, 0);
    sbuf_deinit(&out);
    town_done(&t);
}

/* Later changes of facts, and later runs, change nothing in what a run read. */
static void later_changes(void **state)
{
    struct town t = some_month(*state);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    person_from(t.c, 1001, "2020-02-01", "income 10000");
    check_ok(explain_of(&t, 1, "2020-03", 0, &out, err));
    check_says(&out, "gradual exit, 100.00");
    check_ok(explain_of(&t, 1, "2020-03", clock_ms(), &out, err));
    check_says(&out, "dibao: stored outcome gradual_exit, recomputed regular");
    check_says(&out, "covered at the standard, 500.00");
    check_fails(explain_of(&t, 1, "2020-03", 1, &out, err), RC_BAD_INPUT, "nothing was known");
    check_fails(explain_of(&t, 1, "2020-03", INT64_MAX / 2, &out, err), RC_BAD_INPUT, "to come");
    sbuf_deinit(&out);
    town_done(&t);
}

static void tampered(void **state)
{
    static const struct {
        const char *sql, *says;
    } cases[] = {
        {"UPDATE determination SET amount_fen = 99900 WHERE household_id = 1",
         "amount 999.00, recomputed 100.00"},
        {"UPDATE determination SET amount_fen = 10000 WHERE household_id = 1", NULL},
        {"UPDATE determination SET carried = 'first_month_above=2020-03' WHERE household_id = 1 "
         "AND month = '2020-03'",
         "carried over"},
        {"UPDATE determination SET carried = 'first_month_above=2020-02' WHERE household_id = 1 "
         "AND month = '2020-03'",
         NULL},
        {"UPDATE award SET amount_fen = 99900 WHERE household_id = 1 AND month = '2020-03'",
         "award 999.00, recomputed 100.00"},
        {"UPDATE award SET amount_fen = 10000 WHERE household_id = 1 AND month = '2020-03'", NULL},
        /* A fact that changes no result, rewritten behind everybody's back. */
        {"UPDATE x_assistance_person SET income = 70001 WHERE person_id = 1001 "
         "AND valid_from = '2020-02-01'",
         "what it follows from is not what it was"},
        {"UPDATE x_assistance_person SET income = 70000 WHERE person_id = 1001 "
         "AND valid_from = '2020-02-01'",
         NULL},
        /* What was paid last month. */
        {"UPDATE award SET amount_fen = 10001 WHERE household_id = 1 AND month = '2020-02'",
         "amount 100.00, recomputed 100.01"},
        {"UPDATE award SET amount_fen = 10000 WHERE household_id = 1 AND month = '2020-02'", NULL},
        {"DELETE FROM determination WHERE household_id = 1 AND month = '2020-03'",
         "no determination, recomputed one"},
    };
    struct town t = some_month(*state);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tamper(&t, cases[i].sql);
        if (cases[i].says != NULL)
            check_fails(explain_of(&t, 1, "2020-03", 0, &out, err), RC_RULE, cases[i].says);
        else
            check_ok(explain_of(&t, 1, "2020-03", 0, &out, err));
    }
    sbuf_deinit(&out);
    town_done(&t);
}

/* What was decided when the run read it is what is awarded; not what was decided since. */
static void by_what_was_decided(void **state)
{
    struct town t = some_month(*state);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    struct run_spec spec = run_spec_of(t.c, month_at("2020-04"));
    struct run_result r;
    person_from(t.c, 1001, "2020-04-01", "income 20000");
    spec.decide = DECIDE_NONE;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_ok(explain_of(&t, 1, "2020-04", 0, &out, err));
    check_says(&out, "covered at the standard, 400.00");
    check_says(&out, "awarded: minimum living allowance 100.00 yuan, the amount last decided");
    /* In May everything that is found is decided: April stays what it was. */
    spec = run_spec_of(t.c, month_at("2020-05"));
    check_ok(run_month(&spec, &t.a, &r, err));
    check_ok(explain_of(&t, 1, "2020-04", 0, &out, err));
    check_ok(explain_of(&t, 1, "2020-05", 0, &out, err));
    check_says(&out, "awarded: minimum living allowance 400.00 yuan, as determined");
    tamper(&t, "UPDATE decided_amount SET amount_fen = 10100 WHERE from_month = '2020-01'");
    check_fails(explain_of(&t, 1, "2020-04", 0, &out, err), RC_RULE,
                "award 100.00, recomputed 101.00");
    sbuf_deinit(&out);
    town_done(&t);
}

/* Other rules are in force by now: the old ones are still there under their hash. */
static void under_the_rules_of_then(void **state)
{
    struct town t = some_month(*state);
    char changed[sizeof run_place + 100];
    struct init_spec spec = case_spec(*state, &t.home, &t.a);
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    snprintf(changed, sizeof changed, "%s  set dibao.exit_months from 2020-02: 1 months\n",
             run_place);
    city_close(t.c);
    home_put(&t.home, "places/town.hm", changed);
    check_ok(city_init(&spec, &t.a, err));
    check_ok(city_open(spec.url, spec.key_path, "tester", &t.a, &t.c, err));
    check_ok(explain_of(&t, 1, "2020-03", 0, &out, err));
    check_says(&out, "hash verified (1)");
    check_says(&out, "gradual exit, 100.00");
    struct run_result r = run_of(&t, "2020-03");
    assert_false(r.unchanged);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|10000|determined");
    check_ok(explain_of(&t, 1, "2020-03", 0, &out, err));
    check_says(&out, "period of gradual exit over");
    sbuf_deinit(&out);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(award_and_refusal), BOTH(what_is_not_there),   BOTH(later_changes),
        BOTH(tampered),          BOTH(by_what_was_decided), BOTH(under_the_rules_of_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
