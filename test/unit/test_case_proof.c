/* The determination of a decided case is kept with what it follows from, and comes out the same later on,
 * whatever was recorded, run and released since. */
#include "unit/test_case_town.h"

#include "pay/case_proof.h"
#include "pay/decide.h"
#include "pay/replay.h"

enum { HILL_FAMILY = 600, HILL_HEAD = 1600 };

static const char fire[] = "[{\"person\":null,\"field\":\"event_month\",\"value\":\"2020-11\"},"
                           "{\"person\":null,\"field\":\"event_kind\",\"value\":\"accident\"},"
                           "{\"person\":null,\"field\":\"event_persons\",\"value\":1},"
                           "{\"person\":null,\"field\":\"hardship\",\"value\":\"heavy\"}]";

static struct town town_with_money(void *state)
{
    struct town t = case_begin(state);
    pay_tie();
    return t;
}

static struct case_proven proof(struct town *t, int64_t id)
{
    const struct case_asked asked = {.county = CASE_COUNTY,
                                     .number = whole(t, id).row.number,
                                     .hi = INT64_MAX,
                                     .programme = S("")};
    struct case_proven p;
    check_ok(case_prove(t->c, &asked, &t->a, &p, err));
    return p;
}

static void check_proven(struct town *t, int64_t id, int64_t units)
{
    struct case_proven p = proof(t, id);
    if (p.differences != 0)
        fail_msg("%.*s", STR_ARG(p.first));
    assert_int_equal(p.compared, units);
    assert_int_equal(p.foreign, 0);
}

static void home_add(const struct home *h, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", h->path, name);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Relief in November, with facts that the form brought; decided, and then all is other than it was. */
static int64_t relief(struct town *t)
{
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(t, &s, "urgent_relief", fire);
    event_ok(t, s, id, "step_done", "survey", "现场属实", "{}");
    event_ok(t, s, id, "decided", "", "", "{\"grant\":true}");
    return id;
}

static void whatever_comes_later(void **state)
{
    struct town t = town_with_money(*state);
    struct init_spec spec = case_spec(*state, &t.home, &t.a);
    enrol(t.c, CASE_FAMILY, 0, "dibao", DAY_OPEN);
    run_of(&t, "2020-10");
    int64_t id = relief(&t);
    check_text(rows_of(t.c,
                       "SELECT programme, person_id, decided, month, outcome, amount_fen "
                       "FROM case_determination",
                       "tittti", &t.a),
               "relief_urgent|0|2020-11-02|2020-11|relieved|122000");
    check_proven(&t, id, 1);
    /* The month before run again by another job, facts corrected, who lives there, other rules. */
    person_from(t.c, CASE_HEAD, "2020-01-01", "income 15000");
    run_of(&t, "2020-10");
    joins(t.c, CASE_FAMILY, 1501);
    check_proven(&t, id, 1);
    city_close(t.c);
    town_place(&t.home);
    home_add(&t.home, "places/town.hm",
             "  set dibao.standard from 2020-11: 999.00 for urban, 888.00 for rural\n");
    check_ok(city_init(&spec, &t.a, err));
    check_ok(city_open(spec.url, spec.key_path, "tester", &t.a, &t.c, err));
    check_proven(&t, id, 1);
    town_done(&t);
}

static void tamper(struct town *t, const char *sql)
{
    check_ok(
        fresh_exec(t->c->store, &(struct statement){.name = "tamper", .sql = sql}, NULL, 0, err));
}

static void check_first(str first, const char *words)
{
    if (str_find(first, str_from(words)) < 0)
        fail_msg("no “%s” in “%.*s”", words, STR_ARG(first));
}

/* The month that is proven has its decided cases too. */
static struct replay_county november(struct town *t, int64_t division, const char *programme)
{
    const struct replay_spec spec = {.city = t->c,
                                     .month = month_at("2020-11"),
                                     .division = division,
                                     .programme = str_from(programme)};
    struct replay_county *list = NULL;
    size_t n = 0;
    check_ok(replay_month(&spec, &t->a, &list, &n, err));
    for (size_t i = 0; i < n; i++)
        if (list[i].county == CASE_COUNTY)
            return list[i];
    fail_msg("not run");
    return list[0];
}

static void with_the_month(void **state)
{
    static const struct {
        const char *sql, *back, *says;
    } cases[] = {
        {"UPDATE case_determination SET amount_fen = 1",
         "UPDATE case_determination SET amount_fen = 122000",
         "stored amount 0.01, recomputed 1220.00"},
        {"UPDATE case_determination SET outcome = 'none'",
         "UPDATE case_determination SET outcome = 'relieved'",
         "stored outcome none, recomputed relieved"},
        {"UPDATE case_determination SET position = position + 1",
         "UPDATE case_determination SET position = position - 1", NULL},
        {"UPDATE case_determination SET month = '2020-10'",
         "UPDATE case_determination SET month = '2020-11'",
         "stored outcome relieved, recomputed none"},
        {"UPDATE case_determination SET programme = 'relief_costly'",
         "UPDATE case_determination SET programme = 'relief_urgent'", "relief_costly: stored"},
        /* What was paid the month before, and what the form brought. */
        {"UPDATE award SET amount_fen = amount_fen + 1 WHERE household_id = 500 AND month = '2020-10'",
         "UPDATE award SET amount_fen = amount_fen - 1 WHERE household_id = 500 AND month = '2020-10'",
         "what it follows from is not what it was"},
        {"UPDATE x_relief_household SET hardship = 'slight' WHERE household_id = 500",
         "UPDATE x_relief_household SET hardship = 'heavy' WHERE household_id = 500",
         "stored amount 1220.00"},
        {"UPDATE work_case SET rule_hash = 'x'", NULL, NULL},
    };
    struct town t = town_with_money(*state);
    enrol(t.c, CASE_FAMILY, 0, "dibao", DAY_OPEN);
    run_of(&t, "2020-10");
    int64_t id = relief(&t);
    run_of(&t, "2020-11");
    struct replay_county c = november(&t, 0, "");
    assert_int_equal(c.n.differences, 0);
    assert_int_equal(c.n.cases, 1);
    assert_int_equal(november(&t, VILLAGE_1, "").n.cases, 1);
    assert_int_equal(november(&t, VILLAGE_2, "").n.cases, 0);
    assert_int_equal(november(&t, 0, "dibao").n.cases, 0);
    for (size_t i = 0; cases[i].back != NULL; i++) {
        tamper(&t, cases[i].sql);
        struct case_proven p = proof(&t, id);
        if (cases[i].says != NULL) {
            assert_int_equal(p.differences, 1);
            check_first(p.first, "case 990102-2020-000001, ");
            check_first(p.first, cases[i].says);
            if (i != 5) /* that one the month itself tells first */
                check_first(november(&t, 0, "relief_urgent").first, i == 4 ? "" : cases[i].says);
        }
        tamper(&t, cases[i].back);
        check_proven(&t, id, 1);
    }
    tamper(&t, "UPDATE case_determination SET engine = 'huimin-eval-0'");
    assert_int_equal(november(&t, 0, "").n.foreign, 1);
    assert_int_equal(november(&t, 0, "").n.cases, 0);
    town_done(&t);
}

static void what_keeps_none(void **state)
{
    struct town t = town_with_money(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "urgent_relief", fire);
    struct case_asked asked = {.county = CASE_COUNTY,
                               .number = whole(&t, id).row.number,
                               .hi = INT64_MAX,
                               .programme = S("")};
    struct case_proven p;
    check_fails(case_prove(t.c, &asked, &t.a, &p, err), RC_NOT_FOUND, "it is not decided");
    asked.number = S("990102-2020-000009");
    check_fails(case_prove(t.c, &asked, &t.a, &p, err), RC_NOT_FOUND, "there is none");
    /* Refused with reasons: what the rules gave is kept as well. */
    event_ok(&t, s, id, "step_done", "survey", "现场属实", "{}");
    event_ok(&t, s, id, "decided", "", "重复申请", "{\"grant\":false}");
    check_proven(&t, id, 1);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(whatever_comes_later), BOTH(with_the_month),
                                       BOTH(what_keeps_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
