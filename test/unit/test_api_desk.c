/* The desk, the outbox and the hand-over as endpoints. */
#include "store/api_case.h"
#include "work/notice.h"

#define TOWN_1 990102001000
#define TOWN_R 990102100000
#define TODAY  18617 /* 2020-12-21 */

struct put {
    struct api_case *k;
    struct task *task;
    struct notice *notice;
};

static enum rc put_it(struct change *c, void *ctx, struct err *err)
{
    const struct put *p = ctx;
    if (p->task != NULL)
        return task_put(c, p->task, err);
    return notice_put(c, &p->k->t.c->ids, p->notice, err);
}

static enum rc end_it(struct change *c, void *ctx, struct err *err)
{
    return task_end_case(c, *(int64_t *)ctx, TODAY, err);
}

static enum rc calendar_it(struct change *c, void *ctx, struct err *err)
{
    (void)ctx;
    return calendar_load(c, HUIMIN_SRC "/places/calendar.csv", err);
}

static struct api_case *begin(void *state)
{
    struct api_case *k = api_case_begin(state);
    check_ok(change_in(k->t.c, CASE_CITY, calendar_it, NULL, NULL, err));
    return k;
}

static int64_t add_task(struct api_case *k, int64_t case_id, int64_t division, day due,
                        const char *subject)
{
    struct task t = {.kind = S("step"),
                     .case_id = case_id,
                     .step = S("survey"),
                     .household_id = 1000 + case_id,
                     .division = division,
                     .role = ROLE_CLERK,
                     .line = S("assistance"),
                     .title = S("入户调查"),
                     .title_en = S("household survey"),
                     .subject = str_from(subject),
                     .opened = TODAY - 10,
                     .due = due,
                     .warn = due == 0 ? 0 : due - 2};
    struct put p = {.k = k, .task = &t};
    check_ok(change_in(k->t.c, division / 1000000, put_it, &p, NULL, err));
    return t.task_id;
}

static int64_t add_notice(struct api_case *k, int64_t division, day due, const char *subject)
{
    struct notice n = {.household_id = 1001,
                       .division = division,
                       .kind = S("refusal"),
                       .title = S("不予批准通知书"),
                       .text = S("不符合条件"),
                       .channels = BY_PAPER | BY_PAGE,
                       .made = TODAY - 1,
                       .due = due,
                       .line = S("assistance"),
                       .subject = str_from(subject)};
    struct put p = {.k = k, .notice = &n};
    check_ok(change_in(k->t.c, division / 1000000, put_it, &p, NULL, err));
    return n.notice_id;
}

static const char *path_of(struct api_case *k, const char *before, int64_t id, const char *behind)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "%s990102-%lld%s", before, (long long)id, behind));
}

/* ---- the desk ------------------------------------------------------------------------------- */

static void a_desk_as_the_page_reads_it(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/desk", NULL);
    check_status(r, 200);
    check_str(reply_str(r, "today"), "2020-12-21");
    assert_int_equal(reply_n(r, "items"), 0);
    assert_int_equal(reply_int(r, "counts.open"), 0);
    assert_true(json_is_null(reply_at(r, "next")));
    int64_t id = add_task(k, 5, TOWN_1, TODAY + 3, "甲");
    add_task(k, 6, VILLAGE_1, TODAY - 3, "乙");
    add_task(k, 7, TOWN_R, TODAY, "丙");
    add_task(k, 8, TOWN_1, 0, "丁");
    r = ask(k, clerk, "GET", "/api/v1/desk", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 3);
    check_str(reply_str(r, "items.0.subject"), "乙");
    check_str(reply_str(r, "items.0.light"), "red");
    assert_int_equal(reply_int(r, "items.0.left"), -1); /* Friday to Monday */
    check_str(reply_str(r, "items.0.division.code"), "990102001001");
    check_str(reply_str(r, "items.0.division.name"), "一社区");
    assert_true(str_eq(reply_str(r, "items.1.id"), str_from(path_of(k, "", id, ""))));
    check_str(reply_str(r, "items.1.kind"), "step");
    check_str(reply_str(r, "items.1.case"), "990102-5");
    check_str(reply_str(r, "items.1.household"), "990102-1005");
    check_str(reply_str(r, "items.1.title.zh"), "入户调查");
    check_str(reply_str(r, "items.1.title.en"), "household survey");
    check_str(reply_str(r, "items.1.line"), "assistance");
    check_str(reply_str(r, "items.1.division.name"), "东街道");
    assert_true(json_is_null(reply_at(r, "items.1.village")));
    check_str(reply_str(r, "items.1.opened"), "2020-12-11");
    check_str(reply_str(r, "items.1.due"), "2020-12-24");
    check_str(reply_str(r, "items.1.unit"), "workdays");
    check_str(reply_str(r, "items.1.light"), "grey");
    assert_int_equal(reply_int(r, "items.1.left"), 3);
    assert_true(json_is_null(reply_at(r, "items.1.ref")));
    assert_true(json_is_true(reply_at(r, "items.1.mine")));
    assert_int_equal(reply_n(ask(k, clerk, "GET", "/api/v1/desk?until=2020-12-21", NULL), "items"),
                     1);
    assert_true(json_is_null(reply_at(r, "items.2.due")));
    assert_true(json_is_null(reply_at(r, "items.2.left")));
    assert_int_equal(reply_int(r, "counts.open"), 3);
    assert_int_equal(reply_int(r, "counts.late"), 1);
    int64_t done_case = 6;
    check_ok(change_in(k->t.c, CASE_COUNTY, end_it, &done_case, NULL, err));
    r = ask(k, clerk, "GET", "/api/v1/desk?done=true", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_str(reply_str(r, "items.0.subject"), "乙");
    assert_int_equal(reply_int(r, "counts.done_today"), 1);
    api_case_end(k);
}

static void everybody_sees_their_own(void **state)
{
    struct api_case *k = begin(*state);
    add_task(k, 5, TOWN_1, TODAY + 3, "甲");
    add_task(k, 6, 990103001000, TODAY + 3, "乙");
    const struct {
        enum role role;
        const char *line;
        int64_t division;
        int n;
        bool mine;
    } rows[] = {
        {ROLE_CLERK, "", TOWN_1, 1, true},
        {ROLE_CLERK, "", TOWN_R, 0, false},
        {ROLE_HEAD, "", TOWN_1, 1, false},
        {ROLE_DECIDER, "", 990102000000, 1, false},
        {ROLE_DECIDER, "", 990103000000, 1, false},
        {ROLE_OFFICER, "", 990100000000, 2, false},
        {ROLE_CLERK, "disability", TOWN_1, 0, false},
        {ROLE_CLERK, "assistance", TOWN_1, 1, true},
        {ROLE_AUDITOR, "", 990100000000, 2, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct api_session *s = api_login(k, rows[i].role, rows[i].line, rows[i].division);
        struct api_reply r = ask(k, s, "GET", "/api/v1/desk", NULL);
        check_status(r, 200);
        assert_int_equal(reply_n(r, "items"), rows[i].n);
        assert_int_equal(reply_int(r, "counts.open"), rows[i].n);
        r = ask(k, s, "GET", "/api/v1/desk?mine=true", NULL);
        assert_int_equal(reply_n(r, "items"), rows[i].mine);
    }
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", 990100000000);
    check_status(ask(k, admin, "GET", "/api/v1/desk", NULL), 403);
    check_status(ask(k, NULL, "GET", "/api/v1/desk", NULL), 401);
    api_case_end(k);
}

static void page_by_page(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    for (int i = 1; i <= 5; i++)
        add_task(k, i, TOWN_1, i > 3 ? 0 : TODAY + 1, "甲");
    const char *path = "/api/v1/desk?limit=2";
    size_t seen = 0;
    for (int page = 0; page < 3; page++) {
        struct api_reply r = ask(k, clerk, "GET", path, NULL);
        check_status(r, 200);
        seen += reply_n(r, "items");
        assert_int_equal(json_is_null(reply_at(r, "next")), page == 2);
        if (page < 2)
            path = str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/desk?limit=2&cursor=%.*s",
                                          STR_ARG(reply_str(r, "next"))));
    }
    assert_int_equal(seen, 5);
    static const char *const wrong[] = {"limit=0", "limit=x",  "until=today",
                                        "mine=1",  "done=yes", "cursor=%21"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct api_reply r = ask(
            k, clerk, "GET", str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/desk?%s", wrong[i])), NULL);
        check_status(r, 400);
        str field, rest;
        str_cut(str_from(wrong[i]), '=', &field, &rest);
        assert_true(str_eq(reply_str(r, "field"), field));
    }
    api_case_end(k);
}

/* ---- notices -------------------------------------------------------------------------------- */

static struct api_reply send(struct api_case *k, const struct api_session *s, int64_t id,
                             const char *body, const char *version)
{
    char headers[100];
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\n%s%s%s",
             version != NULL ? "If-Match: \"" : "", version != NULL ? version : "",
             version != NULL ? "\"\r\n" : "");
    return ask_with(k, s, "POST", path_of(k, "/api/v1/notices/", id, "/sent"), str_from(body),
                    headers);
}

static void a_notice_goes_out(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", TOWN_R);
    int64_t id = add_notice(k, TOWN_1, TODAY + 2, "甲");
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/notices", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_str(reply_str(r, "items.0.title"), "不予批准通知书");
    check_str(reply_str(r, "items.0.text"), "不符合条件");
    check_str(reply_str(r, "items.0.household"), "990102-1001");
    check_str(reply_str(r, "items.0.channels.0"), "paper");
    check_str(reply_str(r, "items.0.channels.1"), "page");
    check_str(reply_str(r, "items.0.due"), "2020-12-23");
    assert_int_equal(reply_n(r, "items.0.sent"), 0);
    assert_int_equal(reply_int(r, "items.0.version"), 1);
    assert_int_equal(reply_int(r, "count.n"), 1);
    r = ask(k, clerk, "GET", "/api/v1/desk?kind=notice", NULL);
    check_str(reply_str(r, "items.0.title.zh"), "送达：不予批准通知书");
    assert_true(str_eq(reply_str(r, "items.0.ref"), str_from(path_of(k, "", id, ""))));
    /* Not another office's, and not wrongly. */
    check_status(send(k, other, id, "{\"channel\":\"paper\"}", "1"), 404);
    check_status(send(k, clerk, id + 1, "{\"channel\":\"paper\"}", "1"), 404);
    r = send(k, clerk, id, "{\"channel\":\"radio\"}", "1");
    check_status(r, 400);
    check_str(reply_str(r, "field"), "channel");
    check_status(send(k, clerk, id, "{\"channel\":\"message\"}", "1"), 400);
    r = send(k, clerk, id, "{\"channel\":\"paper\",\"on\":\"2020-12-22\"}", "1");
    check_status(r, 400);
    check_str(reply_str(r, "field"), "on");
    r = send(k, clerk, id, "{\"channel\":\"paper\",\"how\":\"本人签收\"}", "7");
    check_status(r, 409);
    assert_int_equal(reply_int(r, "current.version"), 1);
    check_status(send(k, clerk, id, "{\"channel\":\"paper\",\"how\":\"本人签收\"}", "1"), 204);
    r = send(k, clerk, id, "{\"channel\":\"paper\"}", "2");
    check_status(r, 409);
    check_str(reply_str(r, "current.sent.0"), "paper");
    r = ask(k, clerk, "GET", "/api/v1/notices", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    r = ask(k, clerk, "GET", "/api/v1/notices?state=gone", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_int_equal(reply_int(r, "items.0.version"), 2);
    r = ask(k, clerk, "GET", "/api/v1/desk?kind=notice", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    check_status(ask(k, clerk, "GET", "/api/v1/notices?state=lost", NULL), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/notices?channel=radio", NULL), 400);
    api_case_end(k);
}

static void notices_of_one_household(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", TOWN_R);
    settle(k->t.c, 1001, VILLAGE_1);
    int64_t first = add_notice(k, TOWN_1, TODAY + 2, "甲");
    add_notice(k, TOWN_1, TODAY + 2, "甲");
    check_status(send(k, clerk, first, "{\"channel\":\"paper\"}", NULL), 204);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/notices?household=990102-1001", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 2);
    r = ask(k, clerk, "GET", "/api/v1/notices?household=990102-1001&unsent=true", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    check_status(ask(k, other, "GET", "/api/v1/notices?household=990102-1001", NULL), 404);
    check_status(ask(k, clerk, "GET", "/api/v1/notices?household=990102-77", NULL), 404);
    check_status(ask(k, clerk, "GET", "/api/v1/notices?household=x", NULL), 400);
    api_case_end(k);
}

/* ---- the hand-over -------------------------------------------------------------------------- */

static const char *take(struct api_case *k, const struct api_session *clerk, int64_t household)
{
    char headers[120];
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\nIdempotency-Key: take-%lld\r\n",
             (long long)household);
    str body = str_fmt(&k->t.a,
                       "{\"household\":\"990102-%lld\",\"services\":[\"dibao_application\"],"
                       "\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":\"本人\"},"
                       "\"papers\":[{\"paper\":\"commitment\",\"have\":\"promised\"}]}",
                       (long long)household);
    struct api_reply r = ask_with(k, clerk, "POST", "/api/v1/cases", body, headers);
    check_status(r, 201);
    return str_z(&k->t.a, reply_str(r, "cases.0.ref"));
}

/* Two cases: the first waits for papers, in the second's household lives the clerk's wife. */
static const char *two_cases(struct api_case *k, const struct api_session *clerk)
{
    family(k->t.c, 1001, VILLAGE_1);
    family(k->t.c, 1002, VILLAGE_1);
    const char *first = take(k, clerk, 1001);
    take(k, clerk, 1002);
    str events = str_fmt(&k->t.a, "/api/v1/cases/%s/events", first);
    struct api_reply r =
        ask(k, clerk, "GET", str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%s", first)), NULL);
    check_status(r, 200);
    char headers[120];
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\nIf-Match: \"%lld\"\r\n",
             (long long)reply_int(r, "version"));
    check_status(
        ask_with(k, clerk, "POST", str_z(&k->t.a, events),
                 S("{\"event\":\"supplement_asked\",\"text\":\"请补\",\"data\":{\"papers\":"
                   "[\"application\",\"authorisation\"]}}"),
                 headers),
        200);
    check_status(ask(k, api_login(k, ROLE_ADMIN, "", 990100000000), "POST", "/api/v1/relatives",
                     str_z(&k->t.a, str_fmt(&k->t.a,
                                            "{\"account\":\"%lld\",\"person\":\"990102-2002\","
                                            "\"relation\":\"配偶\",\"since\":\"2020-01-01\"}",
                                            (long long)clerk->account_id))),
                 201);
    return first;
}

static void what_a_successor_must_know(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", TOWN_R);
    const struct api_session *county = api_login(k, ROLE_DECIDER, "", 990102000000);
    const struct api_session *line = api_login(k, ROLE_CLERK, "disability", TOWN_1);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/desk/handover", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "cases"), 0);
    assert_int_equal(reply_n(r, "words"), 4);
    const char *first = two_cases(k, clerk);
    r = ask(k, clerk, "GET", "/api/v1/desk/handover", NULL);
    check_status(r, 200);
    check_str(reply_str(r, "division.name"), "东街道");
    check_str(reply_str(ask(k, clerk, "GET", "/api/v1/desk", NULL), "items.0.village.name"),
              "一社区");
    assert_true(json_is_null(reply_at(r, "account")));
    assert_int_equal(reply_n(r, "cases"), 2);
    size_t paused = 0;
    for (size_t i = 0; i < 2; i++) {
        char path[40];
        snprintf(path, sizeof path, "cases.%zu", i);
        json_t *one = reply_at(r, path);
        if (!json_is_true(json_object_get(one, "paused")))
            continue;
        paused++;
        assert_string_equal(json_string_value(json_object_get(one, "ref")), first);
        assert_string_equal(json_string_value(json_object_get(json_object_get(one, "why"), "zh")),
                            "等待补正材料");
        assert_true(json_is_null(json_object_get(one, "left")));
    }
    assert_int_equal(paused, 1);
    assert_int_equal(reply_n(r, "promises"), 2);
    check_str(reply_str(r, "promises.0.kind"), "promise");
    assert_int_equal(reply_n(r, "risks"), 1);
    check_str(reply_str(r, "risks.0.kind"), "related");
    assert_true(reply_n(r, "notices") >= 3); /* accepted twice, what is missing */
    check_str(reply_str(r, "words.0.zh"), "在办 2 件：超期 0 件，今日到期 0 件，中止计时 1 件。");
    check_str(reply_str(r, "words.0.en"),
              "2 cases under way: 0 late, 0 due today, 1 with the clock stopped.");
    /* For somebody of the office, for a village of it, and from above. */
    str path = str_fmt(&k->t.a, "/api/v1/desk/handover?account=%.*s", STR_ARG(clerk->login));
    r = ask(k, county, "GET", str_z(&k->t.a, path), NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "cases"), 2);
    assert_true(str_eq(reply_str(r, "account.login"), clerk->login));
    check_str(reply_str(r, "division.code"), "990102001000");
    check_status(ask(k, clerk, "GET", "/api/v1/desk/handover?division=990102001002", NULL), 200);
    /* Not of others, nor of other lines. */
    r = ask(k, line, "GET", "/api/v1/desk/handover", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "cases"), 0);
    assert_int_equal(reply_n(r, "notices"), 0);
    check_status(ask(k, other, "GET", str_z(&k->t.a, path), NULL), 404);
    check_status(ask(k, other, "GET", "/api/v1/desk/handover?division=990102001000", NULL), 404);
    check_status(ask(k, other, "GET", "/api/v1/desk/handover?division=9901", NULL), 400);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_desk_as_the_page_reads_it), BOTH(everybody_sees_their_own),
        ON_SQLITE(page_by_page),           BOTH(what_a_successor_must_know),
        BOTH(a_notice_goes_out),           BOTH(notices_of_one_household),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
