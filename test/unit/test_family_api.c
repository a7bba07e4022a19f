/* Family changes over HTTP: shown, recorded by a township, decided by the county, once. */
#include "store/api_case.h"

#include "pay/decide.h"
#include "people/edit.h"

#define TOWN_1 990102001000
#define COUNTY 990102000000
#define OTHER  990103001000
#define HOME   "/api/v1/households/990102-1/family-changes"
#define SHOWN  HOME "/preview"
#define DEATH  "{\"kind\":\"death\",\"person\":\"990102-2001\",\"evidence\":\"死亡证明\"}"

/* Two people on dibao with what December gives: 650.00 each. */
static struct api_case *begin(void *state)
{
    struct api_case *k = api_case_begin(state);
    struct run_spec spec = run_spec_of(k->t.c, month_at("2020-12"));
    struct run_result r;
    pay_tie();
    family(k->t.c, 1, VILLAGE_1);
    joins(k->t.c, 1, 2001);
    enrol(k->t.c, 1, 0, "dibao", DAY_OPEN);
    spec.decide = DECIDE_FIRST;
    spec.today = date_day(2020, 12, 21);
    check_ok(run_month(&spec, &k->t.a, &r, err));
    return k;
}

static void shown_and_not_done(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    int64_t before = position_now(k->t.c, CASE_COUNTY);
    struct api_reply r = ask(k, clerk, "POST", SHOWN,
                             "{\"kind\":\"death\",\"person\":\"990102-2001\",\"traces\":true}");
    check_status(r, 200);
    check_text(reply_str(r, "month"), "2021-01");
    check_text(reply_str(r, "households.0.rows.0.programme"), "dibao");
    check_text(reply_str(r, "households.0.rows.0.means"), "cut");
    check_text(reply_str(r, "households.0.rows.0.by"), "proposal");
    assert_int_equal(reply_int(r, "households.0.rows.0.before_fen"), 130000);
    assert_int_equal(reply_int(r, "households.0.rows.0.after_fen"), 65000);
    assert_int_equal(reply_int(r, "households.0.before_fen"), 130000);
    assert_int_equal(reply_n(r, "households.0.trace_before.members"), 2);
    assert_int_equal(reply_n(r, "households.0.trace_after.members"), 1);
    assert_int_equal(reply_int(r, "decided") + reply_int(r, "proposed"), 0);
    assert_int_equal(position_now(k->t.c, CASE_COUNTY), before);
    /* What is missing is asked by its name. */
    r = ask(k, clerk, "POST", SHOWN,
            "{\"kind\":\"birth\",\"name\":\"张小\",\"sex\":2,\"relation\":\"30\"}");
    check_status(r, 200);
    check_text(reply_str(r, "households.0.rows.0.means"), "open");
    check_text(reply_str(r, "households.0.rows.0.needs.0.person"), "new1");
    r = ask(k, clerk, "POST", SHOWN, "{\"kind\":\"flood\"}");
    check_status(r, 400);
    check_text(reply_str(r, "field"), "kind");
    r = ask(k, clerk, "POST", SHOWN, "{\"kind\":\"death\",\"person\":\"990102-1001\"}");
    check_status(r, 400);
    check_text(reply_str(r, "field"), "head");
    r = ask(k, clerk, "POST", HOME, "{\"kind\":\"death\",\"person\":\"990102-2001\"}");
    check_status(r, 400);
    check_text(reply_str(r, "field"), "evidence");
    /* Nor is it kept as a reply to be given again. */
    r = ask_with(k, clerk, "POST", SHOWN, S(DEATH),
                 "Content-Type: application/json\r\nIdempotency-Key: p1\r\n");
    check_status(r, 200);
    check_text(rows_of(k->t.c, "SELECT once_key FROM api_once WHERE once_key = 'p1'", "t", &k->t.a),
               "");
    assert_int_equal(position_now(k->t.c, CASE_COUNTY), before);
    api_case_end(k);
}

static void done_once(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", COUNTY);
    struct api_reply page = ask(k, decider, "GET", "/api/v1/households/990102-1", NULL);
    str headers = str_fmt(&k->t.a,
                          "Content-Type: application/json\r\nIdempotency-Key: d1\r\nIf-Match: "
                          "\"%lld\"\r\n",
                          (long long)reply_int(page, "version"));
    struct api_reply one = ask_with(k, decider, "POST", HOME, S(DEATH), str_z(&k->t.a, headers));
    check_status(one, 200);
    assert_int_equal(reply_int(one, "decided"), 1);
    assert_int_equal(reply_int(one, "notices"), 1);
    assert_int_equal(reply_int(one, "proposed"), 0);
    int64_t after = position_now(k->t.c, CASE_COUNTY);
    struct api_reply two = ask_with(k, decider, "POST", HOME, S(DEATH), str_z(&k->t.a, headers));
    check_status(two, 200);
    check_text(two.body, str_z(&k->t.a, one.body));
    /* With another key the version is over. */
    headers = str_fmt(&k->t.a, "Content-Type: application/json\r\nIf-Match: \"%lld\"\r\n",
                      (long long)reply_int(page, "version"));
    two = ask_with(k, decider, "POST", HOME, S(DEATH), str_z(&k->t.a, headers));
    check_status(two, 409);
    assert_int_equal(reply_int(two, "current.version"), reply_int(one, "version"));
    assert_int_equal(position_now(k->t.c, CASE_COUNTY), after);
    check_text(rows_of(k->t.c,
                       "SELECT from_month, amount_fen FROM decided_amount WHERE cause LIKE "
                       "'proposal%'",
                       "ti", &k->t.a),
               "2021-01|65000");
    api_case_end(k);
}

static void a_township_and_a_stranger(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", OTHER);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    check_status(ask(k, other, "POST", SHOWN, DEATH), 404);
    check_status(ask(k, other, "POST", HOME, DEATH), 404);
    check_status(ask(k, payer, "POST", SHOWN, DEATH), 403);
    struct api_reply r = ask(k, clerk, "POST", HOME, DEATH);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "decided"), 0);
    assert_int_equal(reply_int(r, "proposed"), 1);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", COUNTY);
    r = ask(k, decider, "GET", "/api/v1/proposals", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.kind"), "cut");
    api_case_end(k);
}

/* Somebody of another county is known by the whole number, and nothing of his family is told. */
static void whom_one_may_not_see(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    str number = str_fmt(&k->t.a, "99010319850102002%c", id_number_check("99010319850102002"));
    const struct edit_person people[] = {
        {.name = S("陆小明"), .birth = date_day(1958, 3, 4), .sex = 1},
        {.name = S("陆小曼"),
         .identity = number,
         .sex = -1,
         .birth = BIRTH_NOT_TOLD,
         .relation = S("女")},
    };
    struct household_edit e = {.city = k->t.c,
                               .kind = EDIT_NEW,
                               .county = CASE_OTHER,
                               .division = VILLAGE_W,
                               .who = S("clerk"),
                               .day = date_day(2020, 2, 1),
                               .today = date_day(2020, 12, 21),
                               .evidence = S("户口簿"),
                               .people = people,
                               .n_people = 2};
    struct edit_result made;
    check_ok(household_edit(&e, &made, err));
    static const char *const wheres[] = {"here", "there", "new"};
    int64_t before = position_now(k->t.c, CASE_OTHER);
    struct api_reply r;
    for (size_t i = 0; i < 3; i++) {
        str body = str_fmt(&k->t.a,
                           "{\"kind\":\"marriage\",\"person\":\"990102-2001\",\"partner_id\":"
                           "\"%.*s\",\"where\":\"%s\",\"traces\":true,\"evidence\":\"结婚证\"}",
                           STR_ARG(number), wheres[i]);
        r = ask(k, clerk, "POST", SHOWN, str_z(&k->t.a, body));
        check_status(r, 200);
        assert_int_equal(reply_n(r, "households"), 0);
        assert_int_equal(reply_int(r, "unseen"), 1);
        check_text(reply_str(r, "kept_by.code"), "990103001000");
        assert_int_equal(str_find(r.body, S("陆小")), -1);
        assert_int_equal(str_find(r.body, S("990103-")), -1);
        r = ask(k, clerk, "POST", HOME, str_z(&k->t.a, body));
        check_status(r, 422);
        check_text(reply_str(r, "field"), "partner");
        assert_int_equal(str_find(r.body, S("陆小")), -1);
        assert_int_equal(str_find(r.body, S("990103")), -1);
    }
    assert_int_equal(position_now(k->t.c, CASE_OTHER), before);
    r = ask(k, clerk, "POST", SHOWN,
            "{\"kind\":\"marriage\",\"person\":\"990102-2001\",\"partner\":\"990103-1\"}");
    check_status(r, 404);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(shown_and_not_done),
        BOTH(done_once),
        BOTH(a_township_and_a_stranger),
        BOTH(whom_one_may_not_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
