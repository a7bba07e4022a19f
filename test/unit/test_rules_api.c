/* The rules over HTTP: read, tried on made-up facts, and what one version changed against another. */
#include "store/api_case.h"

#define COUNTY 990102000000

/* Of an array of objects the one with that name. */
static const json_t *named(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(one, "name")), name) == 0)
            return one;
    }
    fail_msg("there is no %s", name);
    return NULL;
}

static void check_words(const json_t *o, const char *key, const char *zh, const char *en)
{
    const json_t *both = json_object_get(o, key);
    assert_string_equal(json_string_value(json_object_get(both, "zh")), zh);
    assert_string_equal(json_string_value(json_object_get(both, "en")), en);
}

static void a_policy_is_read(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/rules", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "place.name"), "town");
    assert_true(json_is_true(json_object_get(named(reply_at(r, "policies"), "dibao"), "on")));
    assert_true(
        json_is_false(json_object_get(named(reply_at(r, "policies"), "edge_family"), "on")));
    r = ask(k, clerk, "GET", "/api/v1/rules/dibao", NULL);
    check_status(r, 200);
    const json_t *regular = named(reply_at(r, "policy.alternatives"), "regular");
    check_words(named(json_object_get(regular, "conditions"), "income"), "when",
                "人均月收入 低于 低保标准", "monthly income per head is below dibao standard");
    /* What is added first stands in brackets where it is multiplied. */
    check_words(json_array_get(json_object_get(regular, "pays"), 0), "value",
                "（低保标准 − 人均月收入） × 保障人数 + 增发金额合计（保障人口），四舍五入到分",
                "(dibao standard − monthly income per head) × number of people covered + total of "
                "uplift (over people covered), rounded half up to fen");
    const json_t *standard = named(reply_at(r, "policy.parameters"), "standard");
    const json_t *sets = json_object_get(standard, "sets");
    assert_int_equal(json_array_size(sets), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(sets, 1), "from")),
                        "2020-07");
    const json_t *value = json_array_get(json_object_get(json_array_get(sets, 1), "values"), 0);
    check_words(value, "text", "650.00", "650.00");
    check_words(value, "of", "城市", "urban");
    assert_int_equal(json_integer_value(json_object_get(value, "number")), 65000);
    check_words(json_array_get(sets, 2), "area", "山区", "hills");
    /* The examples are worked out now, each as it expects. */
    const json_t *examples = reply_at(r, "policy.examples");
    assert_true(json_array_size(examples) > 10);
    for (size_t i = 0; i < json_array_size(examples); i++)
        assert_true(json_is_true(json_object_get(json_array_get(examples, i), "as_expected")));
    assert_true(str_starts(reply_str(r, "policy.source"), S("policy dibao")));
    check_text(reply_str(r, "policy.file"), "lines/assistance/dibao.hm");
    assert_true(reply_n(r, "services") > 0);
    assert_true(reply_n(r, "services.0.steps") > 0);
    check_status(ask(k, clerk, "GET", "/api/v1/rules/nothing", NULL), 404);
    api_case_end(k);
}

static const json_t *programme(struct api_reply r, const char *name)
{
    return json_array_get(json_object_get(named(reply_at(r, "programmes"), name), "units"), 0);
}

static str everything(struct api_case *k)
{
    return rows_of(k->t.c, "SELECT county_code, position FROM county ORDER BY county_code", "ii",
                   &k->t.a);
}

static void made_up_facts_are_tried(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *village = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    str before = everything(k);
    const char *facts = "\"added\":[{}],\"facts\":["
                        "{\"person\":null,\"field\":\"hukou_type\",\"value\":\"urban\"},"
                        "{\"person\":null,\"field\":\"assets\",\"value\":0},"
                        "{\"person\":null,\"field\":\"vehicles\",\"value\":0},"
                        "{\"person\":null,\"field\":\"disability_vehicle\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"birth_date\",\"value\":\"1980-06-15\"},"
                        "{\"person\":\"new1\",\"field\":\"income\",\"value\":20000},"
                        "{\"person\":\"new1\",\"field\":\"wage\",\"value\":0},"
                        "{\"person\":\"new1\",\"field\":\"employed\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"student\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"second_house\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"lost_only_child\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"destitute\",\"value\":false},"
                        "{\"person\":\"new1\",\"field\":\"disease\",\"value\":\"none\"},"
                        "{\"person\":\"new1\",\"field\":\"disability_grade\",\"value\":\"none\"}]}";
    static const struct {
        const char *month, *division;
        int64_t fen;
    } asked[] = {{"2020-06", "990102001001", 40000},  /* 600.00 less 200.00 */
                 {"2020-07", "990102001001", 45000},  /* the standard rose to 650.00 */
                 {"2020-07", "990102100201", 10000}}; /* in the hills it is 300.00 */
    struct api_reply r;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char body[4000];
        snprintf(body, sizeof body, "{\"month\":\"%s\",\"division\":\"%s\",%s", asked[i].month,
                 asked[i].division, facts);
        r = ask(k, village, "POST", "/api/v1/rules/try", body);
        check_status(r, 200);
        const json_t *dibao = programme(r, "dibao");
        assert_int_equal(json_integer_value(json_object_get(dibao, "amount_fen")), asked[i].fen);
        assert_true(json_array_size(json_object_get(dibao, "steps")) > 5);
    }
    /* What is not given is not known. */
    r = ask(k, village, "POST", "/api/v1/rules/try", "{\"facts\":[],\"added\":[{}]}");
    check_status(r, 200);
    assert_string_equal(json_string_value(json_object_get(programme(r, "dibao"), "fits")), "open");
    check_status(ask(k, village, "POST", "/api/v1/rules/try", "{\"division\":\"123456789012\"}"),
                 400);
    check_status(ask(k, village, "POST", "/api/v1/rules/try",
                     "{\"facts\":[{\"person\":null,\"field\":\"shoe_size\",\"value\":1}]}"),
                 400);
    /* A reference to somebody real is nobody here. */
    family(k->t.c, 1, VILLAGE_1);
    str settled = everything(k);
    r = ask(k, village, "POST", "/api/v1/rules/try",
            "{\"facts\":[{\"person\":\"990102-1001\",\"field\":\"income\",\"value\":1}]}");
    check_status(r, 200);
    assert_int_equal(reply_n(r, "members"), 0);
    check_text(everything(k), settled.p);
    assert_false(str_eq(before, settled));
    api_case_end(k);
}

/* Two versions: a standard that rose, a rule changed, one gone and one new. */
static void versions_are_compared(void **state)
{
    struct home home = home_make();
    struct arena a = {0};
    home_put(&home, "lines/care/gift.hm",
             "code colour \"颜色\"\n  red \"红\"\n\ncode size \"大小\"\n  small \"小\"\n");
    struct api_case *k = api_case_over(*state, home);
    const struct api_session *auditor = api_login(k, ROLE_AUDITOR, "", COUNTY);
    struct api_reply r = ask(k, auditor, "GET", "/api/v1/rules/versions", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    home_put(
        &home, "lines/care/gift.hm",
        "code colour \"颜色\"\n  red \"红\"\n  blue \"蓝\"\n\ncode shape \"形状\"\n  round \"圆\"\n");
    struct init_spec spec = case_spec(*state, &home, &a);
    spec.who = "somebody";
    check_ok(city_init(&spec, &a, err));
    r = ask(k, auditor, "GET", "/api/v1/rules/versions", NULL);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "items.0.number"), 2);
    check_text(reply_str(r, "items.0.who"), "somebody");
    r = ask(k, auditor, "GET", "/api/v1/rules/diff?from=1&to=2", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 3);
    check_text(reply_str(r, "items.0.change"), "changed");
    check_text(reply_str(r, "items.0.name"), "colour");
    check_text(reply_str(r, "items.0.after"),
               "code colour \"颜色\"\n  red \"红\"\n  blue \"蓝\"\n\n");
    check_text(reply_str(r, "items.1.change"), "added");
    check_text(reply_str(r, "items.1.label.zh"), "形状");
    check_text(reply_str(r, "items.2.change"), "removed");
    check_text(reply_str(r, "items.2.name"), "size");
    r = ask(k, auditor, "GET", "/api/v1/rules/diff?from=2&to=2", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    check_status(ask(k, auditor, "GET", "/api/v1/rules/diff?from=1&to=3", NULL), 400);
    check_status(ask(k, auditor, "GET", "/api/v1/rules/diff", NULL), 400);
    arena_deinit(&a);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_policy_is_read),
        BOTH(made_up_facts_are_tried),
        BOTH(versions_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
