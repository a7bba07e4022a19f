/* Cases as the pages work with them: over HTTP, with the program's own money. */
#include "store/api_case.h"
#include "unit/test_case_town.h"

static struct api_case *begin(void *state)
{
    struct api_case *k = api_case_over(state, case_home());
    check_ok(calendar_init(k->t.c, k->t.home.path, 0, err));
    family(k->t.c, CASE_FAMILY, VILLAGE_1);
    return k;
}

static const char *path_of(struct api_case *k, str ref, const char *behind)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%.*s%s", STR_ARG(ref), behind));
}

/* Once with this key; If-Match 0: none. */
static struct api_reply sent(struct api_case *k, const struct api_session *s, const char *method,
                             const char *path, const char *body, int version, const char *key)
{
    struct sbuf head;
    sbuf_init(&head, 1000);
    sbuf_addz(&head, "Content-Type: application/json\r\n");
    if (version > 0)
        sbuf_fmt(&head, "If-Match: \"%d\"\r\n", version);
    if (key != NULL)
        sbuf_fmt(&head, "Idempotency-Key: %s\r\n", key);
    struct api_reply r =
        ask_with(k, s, method, path, str_from(body), str_z(&k->t.a, sbuf_str(&head)));
    sbuf_deinit(&head);
    return r;
}

static const char taken[] =
    "{\"household\":\"990102-500\",\"services\":[{\"service\":\"urgent_relief\",\"person\":null},"
    "{\"service\":\"dibao_application\",\"person\":null}],\"applicant\":{\"ref\":null,\"name\":\"张三\","
    "\"relation\":\"本人\"},\"day\":\"2020-12-07\",\"facts\":[{\"person\":null,\"field\":\"event_month\","
    "\"value\":\"2020-12\"},{\"person\":null,\"field\":\"event_persons\",\"value\":1},{\"person\":null,"
    "\"field\":\"event_kind\",\"value\":\"illness\"},{\"person\":null,\"field\":\"hardship\",\"value\":"
    "\"slight\"}],\"papers\":[{\"paper\":\"application\",\"have\":\"yes\"}],\"note\":\"火灾\"}";

struct two {
    str relief, dibao;
};

static struct two take(struct api_case *k, const struct api_session *s)
{
    struct api_reply r = sent(k, s, "POST", "/api/v1/cases", taken, 0, "one");
    check_status(r, 201);
    check_text(reply_str(r, "number"), "990102-2020-000001");
    assert_int_equal(reply_n(r, "cases"), 2);
    check_text(reply_str(r, "cases.0.service"), "urgent_relief");
    check_text(reply_str(r, "cases.0.state"), "open");
    /* Sent again on a weak network: the first receipt, and no second case. */
    struct api_reply again = sent(k, s, "POST", "/api/v1/cases", taken, 0, "one");
    check_status(again, 201);
    assert_true(str_eq(again.body, r.body));
    return (struct two){str_dup(&k->t.a, reply_str(r, "cases.0.ref")),
                        str_dup(&k->t.a, reply_str(r, "cases.1.ref"))};
}

/* ---- one case ------------------------------------------------------------------------------- */

static void from_the_window_to_the_money(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct two two = take(k, clerk);
    const char *events = path_of(k, two.relief, "/events");
    struct api_reply r = ask(k, clerk, "GET", path_of(k, two.relief, ""), NULL);
    check_status(r, 200);
    check_text(reply_str(r, "number"), "990102-2020-000001-1");
    check_text(reply_str(r, "steps.1.name"), "survey");
    check_text(reply_str(r, "steps.1.state"), "open");
    assert_true(json_is_true(reply_at(r, "steps.1.can")));
    check_text(reply_str(r, "steps.1.light"), "red"); /* due on 8 December, today is the 21st */
    check_text(reply_str(r, "proposed.0.programme"), "relief_urgent");
    assert_int_equal(reply_int(r, "proposed.0.amount_fen"), 61000);
    check_text(reply_str(r, "actions.0.event"), "step_done");
    check_text(reply_str(r, "story.0.text.zh"), "受理：急难型临时救助申请，录入4项情况。火灾");
    assert_true(reply_n(r, "programmes") > 0);
    check_text(reply_str(r, "papers.0.have"), "yes");
    check_status(sent(k, clerk, "POST", events,
                      "{\"event\":\"step_done\",\"step\":\"survey\",\"text\":\"属实\",\"data\":{}}",
                      1, "a"),
                 200);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"decided\",\"grant\":true}", 2, "b"),
                 200);
    r = sent(k, clerk, "POST", events, "{\"event\":\"paid\",\"data\":{\"fen\":61000}}", 3, "c");
    check_status(r, 200);
    assert_int_equal(reply_int(r, "version"), 4);
    r = ask(k, clerk, "GET", path_of(k, two.relief, ""), NULL);
    check_text(reply_str(r, "state"), "decided");
    check_text(reply_str(r, "result"), "grant");
    assert_int_equal(reply_int(r, "decision.programmes.0.fen"), 61000);
    check_text(reply_str(r, "papers_due"), "2021-01-05");
    assert_int_equal(reply_n(r, "notices"), 2);
    assert_true(reply_n(r, "programmes") > 0); /* the calculation of what was decided */
    check_text(rows_of(k->t.c, "SELECT programme, amount_fen FROM one_off", "ti", &k->t.a),
               "relief_urgent|61000");
    api_case_end(k);
}

/* The second clerk is told what happened since, and nothing of theirs is lost or done twice. */
static void versions_and_mistakes(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct two two = take(k, clerk);
    const char *events = path_of(k, two.dibao, "/events");
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"note\",\"text\":\"甲\"}", 1, "a"),
                 200);
    struct api_reply r =
        sent(k, clerk, "POST", events, "{\"event\":\"note\",\"text\":\"乙\"}", 1, "b");
    check_status(r, 409);
    assert_int_equal(reply_int(r, "current.version"), 2);
    check_text(reply_str(r, "current.story.0.text.zh"), "备注。甲");
    assert_int_equal(reply_n(r, "current.story"), 1);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"note\",\"text\":\"乙\"}", 0, "c"),
                 400);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"dance\"}", 2, "d"), 400);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"note\",\"data\":[1]}", 2, "e"), 400);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"decided\",\"grant\":true}", 2, "f"),
                 422);
    check_status(sent(k, clerk, "POST", events, "{\"event\":\"note\",\"text\":\"\"}", 2, "g"), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/cases/990102-5", NULL), 404);
    check_status(ask(k, clerk, "GET", "/api/v1/cases/x", NULL), 400);
    /* Another place, another line: as if there were no such case. */
    const struct api_session *far = api_login(k, ROLE_CLERK, "", 990103001000);
    const struct api_session *other = api_login(k, ROLE_CLERK, "disability", CASE_TOWN_1);
    check_status(ask(k, far, "GET", path_of(k, two.dibao, ""), NULL), 404);
    check_status(ask(k, other, "GET", path_of(k, two.dibao, ""), NULL), 404);
    check_status(sent(k, other, "POST", events, "{\"event\":\"note\",\"text\":\"丙\"}", 2, "h"),
                 404);
    check_status(ask(k, other, "PUT", path_of(k, two.dibao, "/draft"), "{}"), 404);
    api_case_end(k);
}

static void drafts_and_files(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct two two = take(k, clerk);
    const char *draft = path_of(k, two.dibao, "/draft");
    struct api_reply r = ask(k, clerk, "PUT", draft, "{\"facts\":[1,null,true,\"x\"]}");
    check_status(r, 200);
    assert_int_equal(reply_int(r, "version"), 1);
    check_status(sent(k, clerk, "PUT", draft, "{\"facts\":[]}", 1, NULL), 200);
    check_status(sent(k, clerk, "PUT", draft, "{\"facts\":[2]}", 1, NULL), 409);
    check_status(ask(k, clerk, "PUT", draft, "[]"), 400);
    r = ask(k, clerk, "GET", path_of(k, two.dibao, ""), NULL);
    assert_int_equal(reply_n(r, "draft.facts"), 0);
    assert_int_equal(reply_int(r, "draft_version"), 2);
    assert_int_equal(reply_int(r, "version"), 1);
    static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n";
    r = ask_with(k, clerk, "POST", path_of(k, two.dibao, "/files?paper=hukou_book&name=book.jpg"),
                 S("GIF89a"), "Content-Type: application/octet-stream\r\n");
    check_status(r, 400);
    r = ask_with(k, clerk, "POST", path_of(k, two.dibao, "/files?paper=hukou_book&name=book.jpg"),
                 str_from(pdf), "Content-Type: application/octet-stream\r\n");
    check_status(r, 201);
    check_text(reply_str(r, "type"), "application/pdf");
    str id = str_dup(&k->t.a, reply_str(r, "id"));
    r = ask(k, clerk, "GET", path_of(k, two.dibao, ""), NULL);
    check_text(reply_str(r, "files.0.paper"), "hukou_book");
    r = ask(k, clerk, "GET",
            path_of(k, two.dibao, str_z(&k->t.a, str_fmt(&k->t.a, "/files/%.*s", STR_ARG(id)))),
            NULL);
    check_status(r, 200);
    assert_true(str_eq(r.body, str_from(pdf)));
    check_status(ask_with(k, clerk, "POST", path_of(k, two.dibao, "/files?paper=passport&name=x"),
                          str_from(pdf), "Content-Type: application/octet-stream\r\n"),
                 400);
    api_case_end(k);
}

/* ---- many ----------------------------------------------------------------------------------- */

static void event_on(struct api_case *k, const struct api_session *s, str ref, const char *body)
{
    struct api_reply r = ask(k, s, "GET", path_of(k, ref, ""), NULL);
    static int n;
    const char *key = str_z(&k->t.a, str_fmt(&k->t.a, "k%d", n++));
    check_status(
        sent(k, s, "POST", path_of(k, ref, "/events"), body, (int)reply_int(r, "version"), key),
        200);
}

/* Each is decided by itself: what can't be is told with its reason, the others are decided. */
static void decided_in_a_batch(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *verifier = api_login(k, ROLE_VERIFIER, "", 990102000000);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", 990102000000);
    struct two two = take(k, clerk);
    event_on(k, clerk, two.dibao,
             "{\"event\":\"step_done\",\"step\":\"survey\",\"day\":\"2020-12-08\"}");
    event_on(k, verifier, two.dibao,
             "{\"event\":\"step_done\",\"step\":\"verify\",\"day\":\"2020-12-09\"}");
    event_on(k, clerk, two.dibao, "{\"event\":\"opinion\",\"grant\":true,\"day\":\"2020-12-10\"}");
    event_on(
        k, clerk, two.dibao,
        "{\"event\":\"posting_began\",\"data\":{\"place\":\"公告栏\"},\"day\":\"2020-12-11\"}");
    event_on(k, clerk, two.dibao, "{\"event\":\"posting_ended\",\"day\":\"2020-12-18\"}");
    struct api_reply r = ask(k, decider, "GET", "/api/v1/cases?step=decide", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_int_equal(reply_int(r, "count.n"), 1);
    check_text(reply_str(r, "items.0.number"), "990102-2020-000001-2");
    const char *body =
        str_z(&k->t.a, str_fmt(&k->t.a,
                               "{\"cases\":[{\"case\":\"%.*s\",\"version\":6,\"grant\":"
                               "true},{\"case\":\"%.*s\",\"version\":1,\"grant\":true},"
                               "{\"case\":\"990102-7\",\"version\":1,\"grant\":true}]}",
                               STR_ARG(two.dibao), STR_ARG(two.relief)));
    r = sent(k, decider, "POST", "/api/v1/decisions", body, 0, "batch");
    check_status(r, 200);
    assert_int_equal(reply_int(r, "decided"), 1);
    assert_int_equal(reply_int(r, "failed"), 2);
    assert_true(json_is_true(reply_at(r, "items.0.decided")));
    check_text(reply_str(r, "items.1.code"), "rule");
    check_text(reply_str(r, "items.2.code"), "not_found");
    check_status(sent(k, clerk, "POST", "/api/v1/decisions", body, 0, "mine"), 403);
    r = ask(k, clerk, "GET", "/api/v1/households/990102-500", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "enrolments.0.programme"), "dibao");
    check_text(reply_str(r, "enrolments.0.from"), "2021-01-01");
    assert_int_equal(reply_n(r, "cases"), 2);
    api_case_end(k);
}

/* The same emergency again: what was paid isn't paid twice; and the first case ends with its papers. */
static void relief_is_paid_once(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct two two = take(k, clerk);
    event_on(k, clerk, two.relief, "{\"event\":\"step_done\",\"step\":\"survey\"}");
    event_on(k, clerk, two.relief, "{\"event\":\"decided\",\"grant\":true}");
    event_on(k, clerk, two.relief, "{\"event\":\"paid\",\"data\":{\"fen\":61000}}");
    event_on(k, clerk, two.relief, "{\"event\":\"told\",\"data\":{\"channel\":\"当面送达\"}}");
    event_on(k, clerk, two.relief, "{\"event\":\"step_done\",\"step\":\"complete\"}");
    struct api_reply r = ask(k, clerk, "GET", path_of(k, two.relief, ""), NULL);
    check_text(reply_str(r, "state"), "decided");
    event_on(k, clerk, two.relief,
             "{\"event\":\"paper\",\"data\":{\"paper\":\"id_card\",\"have\":\"yes\"}}");
    event_on(k, clerk, two.relief,
             "{\"event\":\"paper\",\"data\":{\"paper\":\"event_proof\",\"have\":\"yes\"}}");
    event_on(k, clerk, two.relief,
             "{\"event\":\"paper\",\"data\":{\"paper\":\"signatures\",\"have\":\"fetched\"}}");
    r = ask(k, clerk, "GET", path_of(k, two.relief, ""), NULL);
    check_text(reply_str(r, "state"), "done");
    check_text(reply_str(r, "closed"), "2020-12-21");
    assert_int_equal(reply_n(r, "actions"), 1); /* a note */
    r = sent(
        k, clerk, "POST", "/api/v1/cases",
        "{\"household\":\"990102-500\",\"services\":[{\"service\":\"urgent_relief\",\"person\":"
        "null}],\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":\"本人\"},\"day\":"
        "\"2020-12-21\"}",
        0, "again");
    check_status(r, 201);
    str again = str_dup(&k->t.a, reply_str(r, "cases.0.ref"));
    event_on(k, clerk, again, "{\"event\":\"step_done\",\"step\":\"survey\"}");
    r = sent(k, clerk, "POST", path_of(k, again, "/events"),
             "{\"event\":\"decided\",\"grant\":true}", 2, "twice");
    check_status(r, 409);
    assert_true(str_find(r.body, S("was paid to household 990102-500 already")) >= 0);
    check_text(rows_of(k->t.c, "SELECT programme, amount_fen FROM one_off", "ti", &k->t.a),
               "relief_urgent|61000");
    api_case_end(k);
}

/* A review right after the grant, before any month was run: the sum stays, and no letter says it changed. */
static void what_stays_needs_no_letter(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *verifier = api_login(k, ROLE_VERIFIER, "", 990102000000);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", 990102000000);
    check_ok(put_enrolment(k->t.c,
                           (struct enrolment_row){.household_id = CASE_FAMILY,
                                                  .programme = S("dibao"),
                                                  .valid_from = S("2020-06-01"),
                                                  .valid_to = S(DAY_OPEN),
                                                  .cause = S("test")},
                           err));
    for (int round = 0; round < 3; round++) {
        const char *body = str_z(
            &k->t.a, str_fmt(&k->t.a,
                             "{\"household\":\"990102-500\",\"services\":[{\"service\":"
                             "\"dibao_review\",\"person\":null}],\"applicant\":{\"ref\":null,"
                             "\"name\":\"张三\",\"relation\":\"本人\"},\"day\":\"2020-12-1%d\"}",
                             round));
        struct api_reply r = sent(k, clerk, "POST", "/api/v1/cases", body, 0,
                                  round == 0   ? "r0"
                                  : round == 1 ? "r1"
                                               : "r2");
        check_status(r, 201);
        str ref = str_dup(&k->t.a, reply_str(r, "cases.0.ref"));
        event_on(k, clerk, ref,
                 round < 2 ? "{\"event\":\"step_done\",\"step\":\"survey\"}"
                           : "{\"event\":\"step_done\",\"step\":\"survey\",\"facts\":[{\"person\":"
                             "\"990102-1500\",\"field\":\"income\",\"value\":10000}]}");
        event_on(k, verifier, ref, "{\"event\":\"step_done\",\"step\":\"verify\"}");
        event_on(k, clerk, ref, "{\"event\":\"opinion\",\"grant\":true}");
        event_on(k, decider, ref, "{\"event\":\"decided\",\"grant\":true}");
        /* The first decides a sum where none was; the second the same; the third another. */
        check_text(
            rows_of(k->t.c, "SELECT count(*) FROM notice WHERE kind = 'change'", "i", &k->t.a),
            round == 2 ? "2" : "1");
        event_on(k, clerk, ref, "{\"event\":\"told\",\"data\":{\"channel\":\"当面送达\"}}");
    }
    api_case_end(k);
}

/* An edge family is recognised: enrolled, with no amount; the month pays and proposes nothing for it. */
static void an_edge_family_gets_no_money(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *verifier = api_login(k, ROLE_VERIFIER, "", 990102000000);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", 990102000000);
    person_from(k->t.c, CASE_HEAD, "2019-01-01", "income 70000");
    struct api_reply r =
        sent(k, clerk, "POST", "/api/v1/cases",
             "{\"household\":\"990102-500\",\"services\":[{\"service\":\"edge_application\","
             "\"person\":null}],\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":"
             "\"本人\"},\"day\":\"2020-12-07\"}",
             0, "edge");
    check_status(r, 201);
    str ref = str_dup(&k->t.a, reply_str(r, "cases.0.ref"));
    event_on(k, clerk, ref, "{\"event\":\"step_done\",\"step\":\"survey\",\"day\":\"2020-12-08\"}");
    event_on(k, verifier, ref,
             "{\"event\":\"step_done\",\"step\":\"verify\",\"day\":\"2020-12-08\"}");
    event_on(k, clerk, ref, "{\"event\":\"opinion\",\"grant\":true,\"day\":\"2020-12-09\"}");
    event_on(
        k, clerk, ref,
        "{\"event\":\"posting_began\",\"data\":{\"place\":\"公告栏\"},\"day\":\"2020-12-09\"}");
    event_on(k, clerk, ref, "{\"event\":\"posting_ended\",\"day\":\"2020-12-17\"}");
    event_on(k, decider, ref, "{\"event\":\"decided\",\"grant\":true}");
    r = ask(k, clerk, "GET", path_of(k, ref, ""), NULL);
    check_text(reply_str(r, "result"), "grant");
    assert_int_equal(reply_int(r, "decision.programmes.0.fen"), 0);
    check_text(
        rows_of(k->t.c, "SELECT programme, valid_from, valid_to FROM enrolment", "ttt", &k->t.a),
        "edge_family|2021-01-01|9999-12-31");
    check_text(rows_of(k->t.c, "SELECT count(*) FROM decided_amount", "i", &k->t.a), "0");
    check_text(rows_of(k->t.c,
                       "SELECT count(*) FROM notice WHERE kind = 'grant' AND content LIKE "
                       "'%已认定%' AND content NOT LIKE '%元%'",
                       "i", &k->t.a),
               "1");
    (void)run_of(&k->t, "2021-01");
    check_text(rows_of(k->t.c, "SELECT count(*) FROM proposal", "i", &k->t.a), "0");
    check_text(rows_of(k->t.c, "SELECT count(*) FROM award", "i", &k->t.a), "0");
    check_text(rows_of(k->t.c, "SELECT programme, valid_to FROM enrolment", "tt", &k->t.a),
               "edge_family|9999-12-31");
    api_case_end(k);
}

static void the_list(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct two two = take(k, clerk);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/cases?limit=1&sort=number&order=desc", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_int_equal(reply_int(r, "count.n"), 2);
    assert_true(json_is_true(reply_at(r, "count.exact")));
    assert_true(str_eq(reply_str(r, "items.0.ref"), two.dibao));
    check_text(reply_str(r, "items.0.division.name"), "一社区");
    check_text(reply_str(r, "items.0.step.name"), "survey");
    check_text(reply_str(r, "items.0.due"), "2021-01-19");
    r = ask(
        k, clerk, "GET",
        str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases?limit=1&sort=number&order=desc&cursor=%.*s",
                               STR_ARG(reply_str(r, "next")))),
        NULL);
    check_status(r, 200);
    assert_true(str_eq(reply_str(r, "items.0.ref"), two.relief));
    assert_true(json_is_null(reply_at(r, "next")));
    check_status(ask(k, clerk, "GET", "/api/v1/cases?sort=age", NULL), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/cases?division=99", NULL), 400);
    r = ask(k, clerk, "GET", "/api/v1/cases?q=990102-2020-000001-1", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(from_the_window_to_the_money),
        BOTH(versions_and_mistakes),
        BOTH(drafts_and_files),
        BOTH(decided_in_a_batch),
        BOTH(relief_is_paid_once),
        BOTH(what_stays_needs_no_letter),
        BOTH(an_edge_family_gets_no_money),
        BOTH(the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
