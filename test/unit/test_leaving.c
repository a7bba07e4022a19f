/* Closing an account loses no work: what it has in hand is shown, goes to whom is named, or is refused. */
#include "store/api_case.h"

#include "guard/account.h"
#include "work/clock.h"
#include "work/desk.h"

#define TOWN_1 990102001000
#define CITY   990100000000

static enum rc calendar_it(struct change *c, void *ctx, struct err *err)
{
    (void)ctx;
    return calendar_load(c, HUIMIN_SRC "/places/calendar.csv", err);
}

static str of_account(struct api_case *k, const struct api_session *s, const char *behind)
{
    return str_fmt(&k->t.a, "/api/v1/accounts/%lld%s", (long long)s->account_id, behind);
}

static struct api_reply close_to(struct api_case *k, const struct api_session *admin,
                                 const struct api_session *who, const char *successor)
{
    str body = successor == NULL
                   ? S("{\"state\":\"closed\"}")
                   : str_fmt(&k->t.a, "{\"state\":\"closed\",\"successor\":\"%s\"}", successor);
    return ask(k, admin, "PATCH", str_z(&k->t.a, of_account(k, who, "")), str_z(&k->t.a, body));
}

static const char *id_of(struct api_case *k, const struct api_session *s)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "%lld", (long long)s->account_id));
}

static str assigned(struct api_case *k)
{
    return rows_of(k->t.c,
                   "SELECT household_id, account_id FROM account_household ORDER BY household_id",
                   "ii", &k->t.a);
}

static void a_village_worker_hands_over(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *old = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    const struct api_session *new = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    const struct api_session *other = api_login(k, ROLE_VILLAGE, "", VILLAGE_2);
    family(k->t.c, 100, VILLAGE_1);
    family(k->t.c, 200, VILLAGE_1);
    for (int h = 100; h <= 200; h += 100) {
        str path = str_fmt(&k->t.a, "/api/v1/households/990102-%d/workers", h);
        str body = str_fmt(&k->t.a, "{\"accounts\":[\"%s\"]}", id_of(k, old));
        check_status(ask(k, clerk, "PUT", str_z(&k->t.a, path), str_z(&k->t.a, body)), 200);
    }
    struct api_reply r = ask(k, admin, "GET", str_z(&k->t.a, of_account(k, old, "/work")), NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "households"), 2);
    check_str(reply_str(r, "villages.0.code"), "990102001001");
    assert_int_equal(reply_int(r, "villages.0.households"), 2);
    check_str(reply_str(r, "roles.0.role"), "village_worker");
    assert_int_equal(reply_int(r, "roles.0.others"), 1);
    assert_int_equal(str_find(r.body, S("张三")), -1); /* who keeps accounts sees no families */

    int64_t before = position_now(k->t.c, CASE_COUNTY);
    r = close_to(k, admin, old, NULL);
    check_status(r, 409);
    check_str(reply_str(r, "field"), "successor");
    assert_int_equal(reply_int(r, "current.households"), 2);
    check_status(close_to(k, admin, old, id_of(k, other)), 400); /* works in another village */
    check_status(close_to(k, admin, old, id_of(k, clerk)), 400); /* is no village worker */
    check_status(close_to(k, admin, old, id_of(k, old)), 400);   /* itself */
    check_status(close_to(k, admin, old, "nobody"), 400);
    assert_int_equal(position_now(k->t.c, CASE_COUNTY), before);
    check_status(ask(k, old, "GET", "/api/v1/households", NULL), 200); /* still in use */

    check_status(close_to(k, admin, old, id_of(k, new)), 200);
    check_text(assigned(k),
               str_z(&k->t.a, str_fmt(&k->t.a, "100|%s\n200|%s", id_of(k, new), id_of(k, new))));
    check_status(ask(k, old, "GET", "/api/v1/households", NULL), 401); /* at once */
    assert_int_equal(reply_n(ask(k, new, "GET", "/api/v1/households", NULL), "items"), 2);
    assert_int_equal(position_now(k->t.c, CASE_COUNTY), before + 1); /* in the county's chain too */
    int64_t checked = 0;
    check_ok(audit_verify(k->t.c->store, &checked, err));
    /* Or nobody for now: they stay with the office. */
    check_status(close_to(k, admin, new, "office"), 200);
    check_text(assigned(k), "");
    check_status(close_to(k, admin, other, NULL), 200); /* with nothing in hand nothing is asked */
    api_case_end(k);
}

static str apply(struct api_case *k, const struct api_session *s, int64_t household)
{
    str body =
        str_fmt(&k->t.a,
                "{\"household\":\"990102-%lld\",\"services\":[{\"service\":\"dibao_application\","
                "\"person\":null}],\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":"
                "\"本人\"},\"day\":\"2020-12-18\",\"facts\":[],\"papers\":[],\"note\":\"\"}",
                (long long)household);
    struct api_reply r = ask(k, s, "POST", "/api/v1/cases", str_z(&k->t.a, body));
    check_status(r, 201);
    return reply_str(r, "cases.0.ref");
}

static void a_clerk_leaves_drafts_and_tasks(void **state)
{
    struct api_case *k = api_case_begin(*state);
    check_ok(change_in(k->t.c, CASE_CITY, calendar_it, NULL, NULL, err));
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const struct api_session *old = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    const struct api_session *new = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    str ref = apply(k, old, 100);
    str path = str_fmt(&k->t.a, "/api/v1/cases/%.*s/draft", STR_ARG(ref));
    check_status(ask(k, old, "PUT", str_z(&k->t.a, path), "{\"text\":\"访问时\"}"), 200);
    struct api_reply r = ask(k, admin, "GET", str_z(&k->t.a, of_account(k, old, "/work")), NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "drafts"), 1);
    assert_true(str_eq(reply_str(r, "drafts.0.case"), ref));
    assert_true(reply_int(r, "tasks") > 0);
    assert_int_equal(reply_int(r, "roles.0.others"), 1);
    r = close_to(k, admin, old, NULL);
    check_status(r, 409);
    assert_int_equal(reply_n(r, "current.drafts"), 1);
    check_status(close_to(k, admin, old, id_of(k, head)), 400); /* has not the role of the tasks */
    check_status(close_to(k, admin, old, id_of(k, new)), 200);
    check_text(rows_of(k->t.c, "SELECT draft_by FROM work_case", "t", &k->t.a),
               str_z(&k->t.a, new->login));
    r = ask(k, new, "GET", str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%.*s", STR_ARG(ref))),
            NULL);
    check_status(r, 200);
    check_str(reply_str(r, "draft.text"), "访问时");
    /* What it did stays its own. */
    assert_true(str_eq(reply_str(r, "story.0.who"), old->login));
    assert_true(reply_int(ask(k, new, "GET", "/api/v1/desk?mine=true", NULL), "counts.open") > 0);
    api_case_end(k);
}

/* The first morning of whoever comes. */
static void a_successor_knows(void **state)
{
    struct api_case *k = api_case_begin(*state);
    check_ok(change_in(k->t.c, CASE_CITY, calendar_it, NULL, NULL, err));
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", 990102000000);
    family(k->t.c, 100, VILLAGE_1);
    str ref = apply(k, clerk, 100);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/desk/handover", NULL);
    check_status(r, 200);
    bool found = false, decides = false;
    for (size_t i = 0; i < reply_n(r, "open"); i++) {
        str at = str_fmt(&k->t.a, "open.%zu", i);
        assert_true(reply_int(r, str_z(&k->t.a, str_fmt(&k->t.a, "%.*s.n", STR_ARG(at)))) > 0);
        str one =
            reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "%.*s.subjects.0.case", STR_ARG(at))));
        found |= str_eq(one, ref);
    }
    assert_true(found);
    for (size_t i = 0; i < reply_n(r, "people"); i++)
        decides |= str_eq(reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "people.%zu.login", i))),
                          decider->login);
    assert_true(decides); /* whom to ask at the county */
    for (size_t i = 0; i < reply_n(r, "week"); i++) {
        str due = reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "week.%zu.due", i)));
        assert_true(str_cmp(due, S("2020-12-28")) <= 0);
    }
    assert_true(json_is_false(reply_at(r, "week_more")));
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(a_village_worker_hands_over),
                                       BOTH(a_clerk_leaves_drafts_and_tasks),
                                       BOTH(a_successor_knows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
