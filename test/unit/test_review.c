/* Regular reviews come by themselves: who is due, when, once, and who is not any more. */
#include "unit/test_case_town.h"

#include "work/review.h"

enum { OLD_FAMILY = 700, TEKUN_FAMILY = 800 };

/* Put on the desks as of a day: "put/there/ended/left". */
static str reviewed(struct town *t, const char *today, int64_t most)
{
    const struct review_spec spec = {.county = CASE_COUNTY, .today = day_at(today), .most = most};
    struct review_count n = {0};
    check_ok(review_tasks(t->c, &spec, &n, err));
    return str_fmt(&t->a, "%lld/%lld/%lld/%lld", (long long)n.put, (long long)n.there,
                   (long long)n.ended, (long long)n.left);
}

static str desk(struct town *t)
{
    return rows_of(t->c,
                   "SELECT step, household_id, person_id, division, role, due, subject, title "
                   "FROM task WHERE kind = 'review' AND open = 1 ORDER BY due, household_id",
                   "tiiitttt", &t->a);
}

static void enrolled_from(struct town *t, int64_t household, int64_t person, const char *programme,
                          const char *from, const char *to)
{
    check_ok(put_enrolment(t->c,
                           (struct enrolment_row){.household_id = household,
                                                  .person_id = person,
                                                  .programme = str_from(programme),
                                                  .valid_from = str_from(from),
                                                  .valid_to = str_from(to),
                                                  .cause = S("test")},
                           err));
}

/* Six months where somebody can work, twelve where nobody can; a person's each year. */
static void due_by_the_rules_period(void **state)
{
    struct town t = case_begin(*state);
    family(t.c, OLD_FAMILY, VILLAGE_1);
    family(t.c, TEKUN_FAMILY, VILLAGE_R);
    check_ok(put_person(
        t.c, (struct person_row){OLD_FAMILY + 1000, S("王老"), 1, S("1940-06-15"), S("")}, err));
    enrolled_from(&t, CASE_FAMILY, 0, "dibao", "2020-06-11", DAY_OPEN);
    enrolled_from(&t, OLD_FAMILY, 0, "dibao", "2020-06-11", DAY_OPEN);
    enrolled_from(&t, TEKUN_FAMILY, TEKUN_FAMILY + 1000, "tekun", "2020-01-01", DAY_OPEN);
    check_text(reviewed(&t, "2020-11-30", 100), "0/0/0/0");
    check_text(reviewed(&t, "2020-12-01", 100), "1/0/0/0");
    check_text(desk(&t), "dibao_review|500|0|990102001000|clerk|2020-12-11|张三|低保定期核查");
    check_text(reviewed(&t, "2020-12-21", 100), "0/1/0/0");
    check_text(reviewed(&t, "2021-01-01", 100), "1/1/0/0");
    check_text(desk(&t), "dibao_review|500|0|990102001000|clerk|2020-12-11|张三|低保定期核查\n"
                         "tekun_review|800|1800|990102100000|clerk|2021-01-01|张三|特困人员复核");
    check_text(reviewed(&t, "2021-06-01", 100), "1/2/0/0");
    town_done(&t);
}

/* Taken up, the task is done and does not come back while the review runs; decided, it comes round. */
static void taken_up_and_decided(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-12-02");
    enrolled_from(&t, CASE_FAMILY, 0, "dibao", "2020-06-11", DAY_OPEN);
    check_text(reviewed(&t, "2020-12-01", 100), "1/0/0/0");
    int64_t id = opened(&t, &s, "dibao_review", "[]");
    check_text(desk(&t), "");
    check_text(reviewed(&t, "2020-12-21", 100), "0/0/0/0");
    event_ok(&t, s, id, "step_done", "survey", "", "{}");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-12-03"), id, "step_done", "verify", "", "{}");
    event_ok(&t, at_town("2020-12-04"), id, "opinion", "", "", "{\"grant\":true}");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-12-07"), id, "decided", "", "", "{\"grant\":true}");
    check_text(reviewed(&t, "2021-05-31", 100), "0/0/0/0");
    check_text(reviewed(&t, "2021-06-01", 100), "1/0/0/0");
    check_text(rows_of(t.c, "SELECT due FROM task WHERE kind = 'review' AND open = 1", "t", &t.a),
               "2021-06-07");
    /* Withdrawn, it is still owed. */
    struct scope later = at_town("2021-06-02");
    id = opened(&t, &later, "dibao_review", "[]");
    check_text(desk(&t), "");
    event_ok(&t, later, id, "withdrawn", "", "误启动", "{}");
    check_text(reviewed(&t, "2021-06-03", 100), "1/0/0/0");
    town_done(&t);
}

/* Whoever is not enrolled any more is not reviewed; more than fit wait, those due first go first. */
static void ended_and_bounded(void **state)
{
    struct town t = case_begin(*state);
    family(t.c, OLD_FAMILY, VILLAGE_1);
    family(t.c, TEKUN_FAMILY, VILLAGE_1);
    enrolled_from(&t, CASE_FAMILY, 0, "dibao", "2020-06-11", DAY_OPEN);
    enrolled_from(&t, OLD_FAMILY, 0, "dibao", "2020-03-01", DAY_OPEN);
    enrolled_from(&t, TEKUN_FAMILY, 0, "dibao", "2020-04-01", DAY_OPEN);
    check_text(reviewed(&t, "2020-12-21", 2), "2/0/0/1");
    check_text(
        rows_of(t.c, "SELECT household_id FROM task WHERE kind = 'review' ORDER BY due", "i", &t.a),
        "700\n800");
    check_text(reviewed(&t, "2020-12-21", 2), "1/2/0/0");
    enrolled_from(&t, OLD_FAMILY, 0, "dibao", "2020-03-01", "2020-12-01");
    check_text(reviewed(&t, "2020-12-22", 2), "0/2/1/0");
    check_text(rows_of(t.c,
                       "SELECT household_id FROM task WHERE kind = 'review' AND open = 1 ORDER BY "
                       "household_id",
                       "i", &t.a),
               "500\n800");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(due_by_the_rules_period),
        BOTH(taken_up_and_decided),
        BOTH(ended_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
