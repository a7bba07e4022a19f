/* Registers, households, lists and search through the API: forms, refusals, and who sees what. */
#include "store/api_case.h"

#define NEW_CLUE                                                                                       \
    "{\"division\":\"990102001001\",\"values\":{\"about\":\"老王\",\"spot\":\"东楼\","             \
    "\"kind\":\"illness\",\"found_on\":\"2020-12-%02d\",\"reporter\":\"grid\",\"urgency\":\"urgent\"," \
    "\"state\":\"new\"}}"

static struct api_reply add_clue(struct api_case *k, const struct api_session *s, int on)
{
    char body[600];
    snprintf(body, sizeof body, NEW_CLUE, on);
    return ask(k, s, "POST", "/api/v1/registers/clue", body);
}

/* An address with a reference behind it, and perhaps more. */
static const char *at(struct api_case *k, const char *before, str ref, const char *behind)
{
    return str_fmt(&k->t.a, "%s%.*s%s", before, STR_ARG(ref), behind).p;
}

static struct api_reply if_match(struct api_case *k, const struct api_session *s,
                                 const char *method, const char *path, int64_t version,
                                 const char *body)
{
    str head = str_fmt(&k->t.a, "Content-Type: application/json\r\nIf-Match: \"%lld\"\r\n",
                       (long long)version);
    return ask_with(k, s, method, path, str_from(body), head.p);
}

static void a_register_of_its_own(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *village = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", 990102100000);
    struct api_reply r = add_clue(k, village, 20);
    check_status(r, 201);
    str ref = reply_str(r, "ref");
    int64_t version = reply_int(r, "version");
    check_status(add_clue(k, village, 3), 201);
    check_status(add_clue(k, village, 11), 201);

    /* In the declared order, by the day on which it was noticed. */
    r = ask(k, clerk, "GET", "/api/v1/registers/clue?limit=2", NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "count.n"), 3);
    check_text(reply_str(r, "items.0.values.found_on"), "2020-12-03");
    check_text(reply_str(r, "items.1.values.found_on"), "2020-12-11");
    r = ask(k, clerk, "GET",
            at(k, "/api/v1/registers/clue?limit=2&cursor=", reply_str(r, "next"), ""), NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.ref"), str_z(&k->t.a, ref));
    r = ask(k, clerk, "GET", "/api/v1/registers/clue?order=desc", NULL);
    check_text(reply_str(r, "items.0.values.found_on"), "2020-12-20");

    /* The township changes it; whoever saw the version before is told. */
    const char *path = at(k, "/api/v1/registers/clue/", ref, "");
    static const char visited[] = "{\"values\":{\"state\":\"visited\",\"result\":\"已入户\"}}";
    check_status(if_match(k, clerk, "PUT", path, version, visited), 200);
    r = if_match(k, clerk, "PUT", path, version, visited);
    check_status(r, 409);
    assert_true(reply_int(r, "current.version") > version);
    r = ask(k, clerk, "GET", path, NULL);
    check_text(reply_str(r, "values.state"), "visited");
    check_text(reply_str(r, "values.about"), "老王");

    /* Another township sees nothing of it. */
    check_status(ask(k, other, "GET", path, NULL), 404);
    check_status(if_match(k, other, "PUT", path, 0, visited), 404);
    r = ask(k, other, "GET", "/api/v1/registers/clue", NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    check_status(add_clue(k, other, 1), 400);
    api_case_end(k);
}

static void wrong_values_all_at_once(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, clerk, "POST", "/api/v1/registers/clue",
                             "{\"division\":\"990102001001\",\"values\":{\"about\":\"\",\"kind\":"
                             "\"none\",\"zzz\":1,\"found_on\":\"2020-13-01\",\"urgency\":7}}");
    check_status(r, 400);
    bool about = false, kind = false, zzz = false, found = false, spot = false, urgency = false;
    for (size_t i = 0; i < reply_n(r, "errors"); i++) {
        str f = reply_str(r, str_fmt(&k->t.a, "errors.%zu.field", i).p);
        kind = kind || str_eq(f, S("kind"));
        zzz = zzz || str_eq(f, S("zzz"));
        found = found || str_eq(f, S("found_on"));
        spot = spot || str_eq(f, S("spot"));
        urgency = urgency || str_eq(f, S("urgency"));
        about = about || str_eq(f, S("about"));
    }
    assert_true(kind && zzz && found && spot && urgency);
    (void)about;
    check_status(ask(k, clerk, "POST", "/api/v1/registers/clue", "{\"division\":\"990102001001\"}"),
                 400);
    check_status(ask(k, clerk, "POST", "/api/v1/registers/none", "{}"), 404);
    check_status(ask(k, clerk, "POST", "/api/v1/registers/person",
                     "{\"division\":\"990102001001\",\"values\":{}}"),
                 422);
    api_case_end(k);
}

static const char new_family[] =
    "{\"division\":\"990102001001\",\"evidence\":\"户口簿\",\"day\":\"2020-12-01\",\"members\":["
    "{\"name\":\"诸葛亮\",\"birth\":\"1970-01-01\",\"sex\":1},"
    "{\"name\":\"黄月英\",\"birth\":\"1972-03-04\",\"sex\":2,\"relation\":\"10\","
    "\"phone\":\"13812345678\"}],\"facts\":[{\"person\":null,\"field\":\"hukou_type\",\"value\":"
    "\"rural\"},{\"person\":\"new2\",\"field\":\"income\",\"value\":34500}]}";

static void a_household_from_the_window(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, clerk, "POST", "/api/v1/households", new_family);
    check_status(r, 201);
    const char *path = at(k, "/api/v1/households/", reply_str(r, "ref"), "");
    const char *changes = str_fmt(&k->t.a, "%s/changes", path).p;
    int64_t version = reply_int(r, "version");
    r = ask(k, clerk, "GET", path, NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "version"), version);
    check_text(reply_str(r, "head.name"), "诸葛亮");
    check_text(reply_str(r, "address"), "一社区 ****");
    check_text(reply_str(r, "hukou_type"), "rural");
    check_text(reply_str(r, "members.0.birth"), "1970-01-01");
    check_text(reply_str(r, "members.1.phone"), "138****5678");
    check_text(reply_str(r, "members.1.relation_label.zh"), "配偶");
    assert_int_equal(reply_int(r, "members.1.facts.income"), 34500);
    assert_null(strstr(str_z(&k->t.a, r.body), "13812345678"));
    str wife = reply_str(r, "members.1.ref");

    str body = str_fmt(&k->t.a,
                       "{\"kind\":\"fact\",\"day\":\"2020-12-15\",\"evidence\":\"工资条\","
                       "\"facts\":[{\"person\":\"%.*s\",\"field\":\"income\",\"value\":50000}]}",
                       STR_ARG(wife));
    r = if_match(k, clerk, "POST", changes, version, body.p);
    check_status(r, 200);
    r = if_match(k, clerk, "POST", changes, version, body.p);
    check_status(r, 409);
    assert_true(reply_int(r, "current.version") > version);
    r = ask(k, clerk, "POST", changes,
            "{\"kind\":\"born\",\"day\":\"2020-12-20\",\"evidence\":\"出生证\",\"name\":\"诸葛瞻\","
            "\"sex\":1,\"relation\":\"20\"}");
    check_status(r, 200);
    r = ask(k, clerk, "POST", changes,
            "{\"kind\":\"born\",\"day\":\"2020-12-20\",\"evidence\":\"出生证\",\"name\":\"\"}");
    check_status(r, 400);
    r = ask(k, clerk, "POST", changes, "{\"kind\":\"dissolved\",\"evidence\":\"无\"}");
    check_status(r, 400);
    check_text(reply_str(r, "field"), "kind");
    r = ask(k, clerk, "GET", path, NULL);
    assert_int_equal(reply_n(r, "members"), 3);
    r = ask(k, clerk, "GET", str_fmt(&k->t.a, "%s/history", path).p, NULL);
    check_status(r, 200);
    assert_true(strstr(str_z(&k->t.a, r.body), "345.00 变为 500.00") != NULL);

    /* The decision as facts are typed. */
    body = str_fmt(&k->t.a,
                   "{\"month\":\"2021-01\",\"facts\":[{\"person\":\"%.*s\",\"field\":\"income\","
                   "\"value\":null}]}",
                   STR_ARG(wife));
    r = ask(k, clerk, "POST", str_fmt(&k->t.a, "%s/preview", path).p, body.p);
    check_status(r, 200);
    check_text(reply_str(r, "programmes.0.name"), "dibao");
    check_text(reply_str(r, "programmes.0.units.0.fits"), "open");
    assert_true(reply_n(r, "programmes.0.units.0.needs") > 0);
    assert_true(reply_n(r, "services") > 0);
    r = ask(k, clerk, "POST", "/api/v1/households/new/preview",
            "{\"division\":\"990102001001\",\"added\":[{}],\"facts\":[{\"person\":\"new2\","
            "\"field\":\"income\",\"value\":1}]}");
    check_status(r, 400);
    api_case_end(k);
}

static void only_ones_own(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", 990102100000);
    const struct api_session *county = api_login(k, ROLE_DECIDER, "", 990102000000);
    const struct api_session *village = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    struct api_reply r = ask(k, clerk, "POST", "/api/v1/households", new_family);
    check_status(r, 201);
    str ref = reply_str(r, "ref");
    static const char *const paths[] = {
        "/api/v1/households",           "/api/v1/persons",
        "/api/v1/search?q=zhugeliang",  "/api/v1/search?q=%E8%AF%B8%E8%91%9B",
        "/api/v1/search?q=13812345678", "/api/v1/registers/household",
        "/api/v1/registers/person"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_true(reply_n(ask(k, clerk, "GET", paths[i], NULL), "items") > 0);
        assert_true(reply_n(ask(k, county, "GET", paths[i], NULL), "items") > 0);
        r = ask(k, other, "GET", paths[i], NULL);
        check_status(r, 200);
        assert_int_equal(reply_n(r, "items"), 0);
        /* In the village, but not assigned. */
        r = ask(k, village, "GET", paths[i], NULL);
        check_status(r, 200);
        assert_int_equal(reply_n(r, "items"), 0);
    }
    check_status(ask(k, other, "GET", at(k, "/api/v1/households/", ref, ""), NULL), 404);
    check_status(ask(k, other, "GET", at(k, "/api/v1/households/", ref, "/history"), NULL), 404);
    check_status(ask(k, other, "POST", at(k, "/api/v1/households/", ref, "/preview"), "{}"), 404);
    check_status(ask(k, other, "POST", at(k, "/api/v1/households/", ref, "/changes"),
                     "{\"kind\":\"moved\",\"division\":\"990102100201\",\"evidence\":\"迁移证\"}"),
                 404);
    check_status(ask(k, other, "POST", "/api/v1/households", new_family), 400);
    r = ask(k, other, "GET", "/api/v1/households?division=990102001000", NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "count.n"), 0);
    r = ask(k, clerk, "GET", "/api/v1/persons?sort=birth&order=desc", NULL);
    check_text(reply_str(r, "items.0.name"), "黄月英");
    check_text(reply_str(r, "items.1.birth"), "1970-01-01");
    check_status(ask(k, clerk, "GET", "/api/v1/persons?sort=shoe", NULL), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/households?programme=none", NULL), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/persons?age_from=-1", NULL), 400);
    api_case_end(k);
}

static void what_is_declared(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/meta", NULL);
    check_status(r, 200);
    assert_true(reply_n(r, "registers") >= 3);
    assert_true(reply_n(r, "programmes") >= 4);
    assert_true(reply_n(r, "services") > 0);
    assert_int_equal(reply_n(r, "roles"), ROLE__COUNT);
    str etag = reply_header(r, "ETag");
    assert_true(etag.n > 0);
    str head = str_fmt(&k->t.a, "If-None-Match: %.*s\r\n", STR_ARG(etag));
    check_status(ask_with(k, clerk, "GET", "/api/v1/meta", S(""), head.p), 304);
    r = ask(k, clerk, "GET", "/api/v1/divisions?parent=990102001000", NULL);
    assert_int_equal(reply_n(r, "items"), 2);
    check_text(reply_str(r, "items.1.name"), "二社区");
    check_status(ask(k, clerk, "GET", "/api/v1/divisions?parent=1", NULL), 400);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_register_of_its_own),
        BOTH(wrong_values_all_at_once),
        BOTH(a_household_from_the_window),
        BOTH(only_ones_own),
        BOTH(what_is_declared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
