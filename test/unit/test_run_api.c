/* Months and proposals over HTTP: who sees and does what, a run in the server, decisions, the explained
 * month. */
#include "store/api_case.h"

#include <time.h>

#include "pay/months.h"

#define COUNTY 990102000000
#define CITY   990100000000

/* Three families on dibao; what was decided in November is 100.00 for each. */
static struct api_case *some_town(void *state)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    struct api_case *k = api_case_begin(state);
    struct run_result r;
    for (int64_t h = 1; h <= 3; h++) {
        family(k->t.c, h, villages[h - 1]);
        person_from(k->t.c, 1000 + h, "2019-01-01", h < 3 ? "income 55000" : "income 20000");
        enrol(k->t.c, h, 0, "dibao", DAY_OPEN);
    }
    struct run_spec spec = run_spec_of(k->t.c, month_at("2020-11"));
    spec.decide = DECIDE_FIRST;
    check_ok(run_month(&spec, &k->t.a, &r, err));
    return k;
}

static void pause_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

/* The month once its run is over. */
static struct api_reply month_over(struct api_case *k, const struct api_session *s,
                                   const char *text)
{
    const char *path = str_fmt(&k->t.a, "/api/v1/runs/%s", text).p;
    struct api_reply r = ask(k, s, "GET", path, NULL);
    for (int i = 0; i < 600 && r.status == 200 && str_eq(reply_str(r, "state"), S("running"));
         i++) {
        pause_ms(50);
        r = ask(k, s, "GET", path, NULL);
    }
    check_status(r, 200);
    return r;
}

static struct api_reply run_december(struct api_case *k, const struct api_session *s)
{
    struct api_reply r = ask(k, s, "POST", "/api/v1/runs", "{\"month\": \"2020-12\"}");
    check_status(r, 201);
    check_text(reply_header(r, "Location"), "/api/v1/runs/2020-12");
    return month_over(k, s, "2020-12");
}

static void a_month_is_run(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *other = api_login(k, ROLE_PAYER, "", 990103000000);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, payer, "GET", "/api/v1/runs", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.month"), "2020-11");
    check_text(reply_str(r, "items.0.state"), "done");
    check_status(ask(k, clerk, "GET", "/api/v1/runs", NULL), 403);
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-12", NULL), 404);
    check_status(ask(k, payer, "GET", "/api/v1/runs/soon", NULL), 400);

    person_from(k->t.c, 1001, "2020-12-01", "income 50000");
    r = run_december(k, payer);
    check_text(reply_str(r, "state"), "done");
    assert_int_equal(reply_int(r, "households"), 3);
    assert_int_equal(reply_int(r, "total"), 3);
    assert_int_equal(reply_int(r, "proposals"), 1);
    assert_int_equal(reply_int(r, "payments"), 3);
    check_text(reply_str(r, "rows.0.county.name"), "甲区");
    check_text(reply_str(r, "rows.0.programme"), "dibao");
    assert_int_equal(reply_int(r, "rows.0.households"), 3);
    assert_int_equal(reply_int(r, "rows.0.proposals"), 1);
    /* Another county has no such month. */
    r = ask(k, other, "GET", "/api/v1/runs/2020-12", NULL);
    check_status(r, 404);
    r = ask(k, other, "GET", "/api/v1/runs", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_int_equal(reply_int(r, "items.0.households"), 0);
    /* Something recorded since is told. */
    r = ask(k, payer, "GET", "/api/v1/runs/2020-12", NULL);
    assert_true(json_is_false(reply_at(r, "changed")));
    person_from(k->t.c, 1002, "2020-12-01", "income 50000");
    r = ask(k, payer, "GET", "/api/v1/runs/2020-12", NULL);
    assert_true(json_is_true(reply_at(r, "changed")));
    api_case_end(k);
}

static void what_is_refused(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *officer = api_login(k, ROLE_OFFICER, "", CITY);
    struct api_reply r;
    check_status(ask(k, payer, "POST", "/api/v1/runs", "{\"month\": \"2020-13\"}"), 400);
    check_status(ask(k, payer, "POST", "/api/v1/runs", "{}"), 400);
    check_status(ask(k, payer, "POST", "/api/v1/runs", "{\"month\": \"2021-06\"}"), 400);
    check_status(ask(k, payer, "POST", "/api/v1/runs", "{\"month\": \"2018-12\"}"), 404);
    r = ask(k, payer, "POST", "/api/v1/runs", "{\"month\": \"2020-12\", \"decide\": \"all\"}");
    check_status(r, 403);
    r = ask(k, officer, "POST", "/api/v1/runs", "{\"month\": \"2020-12\", \"decide\": \"past\"}");
    check_status(r, 400);
    check_text(reply_str(r, "field"), "decide");
    r = ask(k, officer, "POST", "/api/v1/runs", "{\"month\": \"2020-12\", \"decide\": \"all\"}");
    check_status(r, 201);
    r = month_over(k, officer, "2020-12");
    check_text(reply_str(r, "state"), "done");
    check_status(ask(k, payer, "GET", "/api/v1/proposals?sort=name", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/proposals?kind=more", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/proposals?programme=none", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/proposals?month=12", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/proposals?division=1", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/proposals?cursor=zzz", NULL), 400);
    api_case_end(k);
}

static void two_proposals(struct api_case *k, const struct api_session *payer)
{
    person_from(k->t.c, 1001, "2020-12-01", "income 50000");
    person_from(k->t.c, 1003, "2020-12-01", "income 99900");
    run_december(k, payer);
}

static void proposals_are_listed(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "assistance", COUNTY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102100000);
    two_proposals(k, api_login(k, ROLE_PAYER, "", COUNTY));
    struct api_reply r = ask(k, decider, "GET", "/api/v1/proposals", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "count.n"), 2);
    /* The largest difference first. */
    check_text(reply_str(r, "items.0.household"), "990102-3");
    check_text(reply_str(r, "items.0.kind"), "stop");
    assert_true(reply_n(r, "items.0.reasons") > 0);
    check_text(reply_str(r, "items.1.household"), "990102-1");
    check_text(reply_str(r, "items.1.kind"), "raise");
    check_text(reply_str(r, "items.1.kind_label.zh"), "增发");
    check_text(reply_str(r, "items.1.head.name"), "张三");
    check_text(reply_str(r, "items.1.division.name"), "一社区");
    assert_int_equal(reply_int(r, "items.1.old_fen"), 10000);
    assert_int_equal(reply_int(r, "items.1.new_fen"), 15000);
    /* The other township sees its own family only. */
    r = ask(k, clerk, "GET", "/api/v1/proposals", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_int_equal(reply_int(r, "count.n"), 1);
    check_text(reply_str(r, "items.0.household"), "990102-3");
    /* One by one, in pages. */
    r = ask(k, decider, "GET", "/api/v1/proposals?limit=1&sort=difference&order=asc", NULL);
    check_text(reply_str(r, "items.0.household"), "990102-1");
    const char *next =
        str_fmt(&k->t.a, "/api/v1/proposals?limit=1&sort=difference&order=asc&cursor=%.*s",
                STR_ARG(reply_str(r, "next")))
            .p;
    r = ask(k, decider, "GET", next, NULL);
    check_text(reply_str(r, "items.0.household"), "990102-3");
    assert_true(json_is_null(reply_at(r, "next")));

    api_case_end(k);
}

static void proposals_are_decided(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "assistance", COUNTY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102100000);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    two_proposals(k, payer);
    struct api_reply r = ask(k, decider, "GET", "/api/v1/proposals?kind=raise", NULL);
    str id = reply_str(r, "items.0.id");
    const char *body = str_fmt(&k->t.a, "{\"ids\": [\"%.*s\"], \"accept\": true}", STR_ARG(id)).p;
    check_status(ask(k, clerk, "POST", "/api/v1/proposals/decide", body), 403);
    check_status(ask(k, payer, "POST", "/api/v1/proposals/decide", body), 403);
    r = ask(k, decider, "POST", "/api/v1/proposals/decide", "{\"accept\": true}");
    check_status(r, 400);
    r = ask(k, decider, "POST", "/api/v1/proposals/decide", body);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "decided"), 1);
    assert_int_equal(reply_int(r, "notices"), 1);
    assert_int_equal(reply_int(r, "fen"), 5000);
    r = ask(k, decider, "POST", "/api/v1/proposals/decide", body);
    assert_int_equal(reply_int(r, "decided"), 0);
    assert_int_equal(reply_int(r, "settled"), 1);
    /* By a filter; a rejection says why. */
    body = "{\"filter\": {\"programme\": \"dibao\", \"kind\": \"stop\"}, \"accept\": false}";
    check_status(ask(k, decider, "POST", "/api/v1/proposals/decide", body), 400);
    body = "{\"filter\": {\"programme\": \"dibao\", \"kind\": \"stop\"}, \"accept\": false, "
           "\"text\": \"工资证明有误\"}";
    r = ask(k, decider, "POST", "/api/v1/proposals/decide", body);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "decided"), 1);
    assert_int_equal(reply_int(r, "notices"), 0);
    r = ask(k, decider, "GET", "/api/v1/proposals?state=rejected", NULL);
    check_text(reply_str(r, "items.0.text"), "工资证明有误");
    r = ask(k, decider, "GET", "/api/v1/proposals", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    r = run_december(k, payer);
    assert_int_equal(reply_int(r, "proposals"), 0);
    assert_int_equal(reply_int(r, "fen"), 15000 + 10000 + 10000);
    api_case_end(k);
}

static void a_month_is_explained(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    person_from(k->t.c, 1001, "2020-12-01", "income 50000");
    run_december(k, payer);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/households/990102-1/explain", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "month"), "2020-12");
    assert_int_equal(reply_int(r, "source.verified"), 1);
    assert_int_equal(reply_int(r, "determinations.0.fen"), 15000);
    assert_int_equal(reply_int(r, "awards.0.fen"), 10000);
    check_text(reply_str(r, "awards.0.ground"), "decided");
    check_text(reply_str(r, "members.0"), "990102-1001");
    check_text(reply_str(r, "trace.policies.0.name"), "dibao");
    assert_true(reply_n(r, "trace.policies.0.units.0.steps") > 3);
    assert_true(reply_str(r, "trace.policies.0.units.0.steps.1.text.zh").n > 0);
    assert_true(json_is_null(reply_at(r, "later")));
    r = ask(k, clerk, "GET", "/api/v1/households/990102-1/explain?month=2020-11", NULL);
    check_text(reply_str(r, "awards.0.ground"), "determined");
    char now[17], path[120];
    snprintf(path, sizeof path, "/api/v1/households/990102-1/explain?month=2020-11&known_at=%s",
             known_at_text(clock_ms(), now));
    r = ask(k, clerk, "GET", path, NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "later.differences"), 0);
    check_status(ask(k, clerk, "GET", "/api/v1/households/990102-1/explain?known_at=x", NULL), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/households/990102-1/explain?month=2019-05", NULL),
                 404);
    /* Of another township, and nobody's. */
    check_status(ask(k, clerk, "GET", "/api/v1/households/990102-3/explain", NULL), 404);
    check_status(ask(k, clerk, "GET", "/api/v1/households/990102-77/explain", NULL), 404);
    api_case_end(k);
}

/* An order that was open when the server ended is taken up when it starts. */
static void an_open_order_is_taken_up(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct run_order order = {.month = month_at("2020-12"),
                                    .division = COUNTY,
                                    .who = S("somebody"),
                                    .state = S("open"),
                                    .started_ms = clock_ms(),
                                    .total = 3,
                                    .error = S("")};
    check_ok(run_order_put(k->t.c, &order, err));
    struct api_reply r = ask(k, payer, "GET", "/api/v1/runs/2020-12", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "state"), "parked");
    api_case_restart(k);
    r = month_over(k, payer, "2020-12");
    for (int i = 0; i < 200 && str_eq(reply_str(r, "state"), S("parked")); i++) {
        pause_ms(50);
        r = month_over(k, payer, "2020-12");
    }
    check_text(reply_str(r, "state"), "done");
    check_text(
        rows_of(k->t.c, "SELECT who, state FROM run_job WHERE month = '2020-12'", "tt", &k->t.a),
        "somebody|done");
    check_text(rows_of(k->t.c, "SELECT state FROM run_order", "t", &k->t.a), "done");
    api_case_end(k);
}

/* A month that is not being run ends the stream at once, and says so. */
static void watching(void **state)
{
    struct api_case *k = some_town(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    struct api_reply r = ask(k, payer, "GET", "/api/v1/runs/2020-11/watch", NULL);
    check_status(r, 200);
    check_text(reply_header(r, "Content-Type"), "text/event-stream");
    assert_true(str_find(r.body, S("event: done\ndata: {\"month\":\"2020-11\",\"done\":3")) >= 0);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_month_is_run),
        BOTH(what_is_refused),
        BOTH(proposals_are_listed),
        BOTH(proposals_are_decided),
        BOTH(a_month_is_explained),
        BOTH(an_open_order_is_taken_up),
        BOTH(watching),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
