/* Rights that nobody claims, seen and visited through the API. */
#include "store/api_case.h"

#include "pay/unclaimed.h"

static void right(struct api_case *k, int64_t household, int64_t person, const char *programme,
                  int64_t division, int64_t fen)
{
    str sql = str_fmt(&k->t.a,
                      "INSERT INTO unclaimed_right (county_code, household_id, person_id, "
                      "programme, division, month, amount_fen, since, position) VALUES (990102, "
                      "%lld, %lld, '%s', %lld, '2020-12', %lld, '2020-12-01', 1) ON CONFLICT "
                      "(county_code, household_id, person_id, programme) DO NOTHING",
                      (long long)household, (long long)person, programme, (long long)division,
                      (long long)fen);
    const struct statement st = {.name = "test_right", .sql = str_z(&k->t.a, sql)};
    check_ok(fresh_exec(k->t.c->store, &st, NULL, 0, err));
}

static struct api_case *town(void *state)
{
    struct api_case *k = api_case_begin(state);
    family(k->t.c, 1, VILLAGE_1);
    family(k->t.c, 2, VILLAGE_2);
    family(k->t.c, 3, VILLAGE_R);
    right(k, 1, 0, "dibao", VILLAGE_1, 65000);
    right(k, 2, 0, "dibao", VILLAGE_2, 65000);
    right(k, 2, 1002, "disability_care", VILLAGE_2, 8000);
    right(k, 3, 0, "dibao", VILLAGE_R, 30000);
    return k;
}

static int64_t many(struct api_case *k, const struct api_session *s, const char *query)
{
    struct api_reply r = ask(
        k, s, "GET", str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/unclaimed-rights%s", query)), NULL);
    check_status(r, 200);
    return reply_int(r, "count.n");
}

static void each_office_sees_its_own(void **state)
{
    struct api_case *k = town(*state);
    const struct api_session *county = api_login(k, ROLE_DECIDER, "", 990102000000);
    const struct api_session *street = api_login(k, ROLE_CLERK, "", 990102001000);
    const struct api_session *beyond = api_login(k, ROLE_CLERK, "", 990103001000);
    const struct api_session *care = api_login(k, ROLE_CLERK, "disability", 990102001000);
    const struct api_session *village = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    assert_int_equal(many(k, county, ""), 4);
    assert_int_equal(many(k, street, ""), 3);
    assert_int_equal(many(k, street, "?programme=dibao"), 2);
    assert_int_equal(many(k, beyond, ""), 0);
    assert_int_equal(many(k, care, ""), 1);
    assert_int_equal(many(k, village, ""), 0); /* none is assigned to it */
    check_status(ask(k, beyond, "GET", "/api/v1/unclaimed-rights?division=990102001001", NULL),
                 404);
    check_status(ask(k, street, "GET", "/api/v1/unclaimed-rights?programme=x", NULL), 400);
    check_status(ask(k, street, "GET", "/api/v1/unclaimed-rights?declined=x", NULL), 400);
    check_status(ask(k, street, "GET", "/api/v1/unclaimed-rights?cursor=x", NULL), 400);
    api_case_end(k);
}

static void papers_and_missing_facts_are_told(void **state)
{
    struct api_case *k = town(*state);
    const struct api_session *s = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, s, "GET", "/api/v1/unclaimed-rights?programme=dibao", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "items.0.service"), "dibao_application");
    check_text(reply_str(r, "items.0.papers.0.paper"), "application");
    check_text(reply_str(r, "items.0.papers.0.way"), "brought");
    check_text(reply_str(r, "items.0.papers.2.way"), "promised");
    check_text(reply_str(r, "items.0.papers.3.way"), "fetched");
    check_text(reply_str(r, "items.0.state"), "none");
    assert_int_equal(reply_int(r, "items.0.fen"), 65000);
    assert_int_equal(reply_int(r, "unvisited"), 2);
    person_from(k->t.c, 1001, "2020-12-01", "income ? student ?");
    r = ask(k, s, "GET", "/api/v1/unclaimed-rights?programme=dibao&limit=1", NULL);
    check_text(reply_str(r, "items.0.facts.0.field"), "income");
    assert_int_equal(reply_int(r, "items.0.facts.0.members"), 1);
    check_text(reply_str(r, "items.0.facts.1.field"), "student");
    const char *next = str_z(&k->t.a, str_fmt(&k->t.a,
                                              "/api/v1/unclaimed-rights?programme=dibao&limit=1"
                                              "&cursor=%.*s",
                                              STR_ARG(reply_str(r, "next"))));
    r = ask(k, s, "GET", next, NULL);
    check_status(r, 200);
    check_text(reply_str(r, "items.0.household"), "990102-2");
    api_case_end(k);
}

static struct api_reply visit(struct api_case *k, const struct api_session *s, const char *body)
{
    return ask(k, s, "POST", "/api/v1/households/990102-1/unclaimed-visits", body);
}

static void a_visit_is_remembered(void **state)
{
    struct api_case *k = town(*state);
    const struct api_session *s = api_login(k, ROLE_CLERK, "", 990102001000);
    const struct api_session *beyond = api_login(k, ROLE_CLERK, "", 990103001000);
    check_ok(unclaimed_tasks(k->t.c, CASE_COUNTY, 18617, err));
    const char *tasks = "SELECT division, line, title, ended FROM task WHERE kind = 'unclaimed' "
                        "ORDER BY division, line";
    check_text(rows_of(k->t.c, tasks, "ittt", &k->t.a),
               "990102001001|assistance|应享未享：1 项待走访|\n"
               "990102001002|assistance|应享未享：1 项待走访|\n"
               "990102001002|disability|应享未享：1 项待走访|\n"
               "990102100201|assistance|应享未享：1 项待走访|");
    check_status(visit(k, beyond, "{\"programme\":\"dibao\",\"state\":\"away\",\"version\":0}"),
                 404);
    check_status(visit(k, s, "{\"programme\":\"dibao\",\"state\":\"gone\",\"version\":0}"), 400);
    check_status(visit(k, s, "{\"programme\":\"dibao\",\"state\":\"declined\",\"version\":0}"),
                 400);
    check_status(visit(k, s, "{\"programme\":\"tekun\",\"state\":\"away\",\"version\":0}"), 404);
    struct api_reply r =
        visit(k, s,
              "{\"programme\":\"dibao\",\"state\":\"declined\",\"version\":0,\"text\":"
              "\"子女已接去同住\"}");
    check_status(r, 200);
    assert_int_equal(reply_int(r, "version"), 1);
    r = visit(k, s, "{\"programme\":\"dibao\",\"state\":\"away\",\"version\":0}");
    if (r.status != 409 && r.status != 412)
        fail_msg("found %d, expected a conflict", r.status);
    assert_int_equal(many(k, s, "?programme=dibao"), 1);
    assert_int_equal(many(k, s, "?programme=dibao&declined=true"), 2);
    r = ask(k, s, "GET", "/api/v1/unclaimed-rights?declined=true", NULL);
    check_text(reply_str(r, "items.0.visit.text"), "子女已接去同住");
    check_text(reply_str(r, "items.0.visit.until"), "2021-06-21");
    check_text(rows_of(k->t.c,
                       "SELECT count(*) FROM task WHERE kind = 'unclaimed' AND open = 1 "
                       "AND division = 990102001001",
                       "i", &k->t.a),
               "0");
    check_status(visit(k, s, "{\"programme\":\"dibao\",\"state\":\"wants\",\"version\":1}"), 200);
    assert_int_equal(many(k, s, "?programme=dibao"), 2);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(each_office_sees_its_own),
        BOTH(papers_and_missing_facts_are_told),
        BOTH(a_visit_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
