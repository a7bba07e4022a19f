/* Both times through the API: as of a day, as known at a time; what is refused, and who sees which past. */
#include "store/api_case.h"

#include <string.h>

#define HOUSE  "/api/v1/households/990102-100"
#define TOWN_1 990102001000
#define TOWN_R 990102100000
#define COUNTY 990102000000

/* Changes of one thousandth of a second are one stop: the next one is later. */
static void tick(void)
{
    int64_t now = clock_ms();

    while (clock_ms() == now) {
    }
}

static const char *path_of(struct api_case *k, const char *before, str known_at)
{
    return str_fmt(&k->t.a, "%s%.*s", before, STR_ARG(known_at)).p;
}

/* The text of known_at for this moment, which is over then. */
static str moment(struct api_case *k)
{
    char minute[17];
    int64_t now = clock_ms();

    tick();
    known_at_text(now, minute);
    return str_fmt(&k->t.a, "%s:%02d.%03d", minute, (int)(now / 1000 % 60), (int)(now % 1000));
}

static struct api_reply correct(struct api_case *k, const struct api_session *s, const char *body)
{
    struct api_reply r = ask(k, s, "GET", HOUSE, NULL);
    str head = str_fmt(&k->t.a, "Content-Type: application/json\r\nIf-Match: \"%lld\"\r\n",
                       (long long)reply_int(r, "version"));
    tick();
    r = ask_with(k, s, "POST", HOUSE "/changes", str_from(body), head.p);
    tick();
    return r;
}

/* Of a preview: the amount of the household on dibao; -1: none. */
static int64_t dibao_of(struct api_reply r)
{
    check_status(r, 200);
    for (size_t i = 0; i < reply_n(r, "programmes"); i++) {
        json_t *p = json_array_get(reply_at(r, "programmes"), i);
        if (strcmp(json_string_value(json_object_get(p, "name")), "dibao") != 0)
            continue;
        const json_t *fen =
            json_object_get(json_array_get(json_object_get(p, "units"), 0), "amount_fen");
        return json_is_integer(fen) ? json_integer_value(fen) : -1;
    }
    fail_msg("no dibao in the preview");
    return 0;
}

static int64_t income_of(struct api_reply r)
{
    check_status(r, 200);
    return reply_int(r, "members.0.facts.income");
}

#define INCOME(day, fen)                                                                           \
    "{\"kind\":\"fact\",\"day\":\"" day "\",\"evidence\":\"工资流水\",\"facts\":[{\"person\":" \
    "\"990102-1100\",\"field\":\"income\",\"value\":" fen "}]}"

/* The income of October was found late, in another amount than had been told. */
static void a_fact_is_corrected(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    check_status(correct(k, clerk, INCOME("2020-10-01", "40000")), 200);
    str before = moment(k);
    check_status(correct(k, clerk, INCOME("2020-10-01", "120000")), 200);

    assert_int_equal(income_of(ask(k, clerk, "GET", HOUSE, NULL)), 120000);
    assert_int_equal(income_of(ask(k, clerk, "GET", HOUSE "?as_of=2020-10-01", NULL)), 120000);
    assert_int_equal(income_of(ask(k, clerk, "GET", HOUSE "?as_of=2020-09-30", NULL)), 0);
    assert_int_equal(income_of(ask(k, clerk, "GET", path_of(k, HOUSE "?known_at=", before), NULL)),
                     40000);
    struct api_reply r =
        ask(k, clerk, "GET", path_of(k, HOUSE "?as_of=2020-09-30&known_at=", before), NULL);
    assert_int_equal(income_of(r), 0);
    check_text(reply_str(r, "as_of"), "2020-09-30");
    check_text(reply_str(r, "known_at"), str_z(&k->t.a, before));
    assert_int_equal(reply_header(r, "ETag").n, 0);
    r = ask(k, clerk, "GET", HOUSE, NULL);
    assert_true(json_is_null(reply_at(r, "known_at")));
    assert_true(reply_header(r, "ETag").n > 0);

    /* Ages, masks and words are those of then. */
    r = ask(k, clerk, "GET", HOUSE "?as_of=2020-06-14", NULL);
    assert_int_equal(reply_int(r, "members.0.age"), 39);
    r = ask(k, clerk, "GET", HOUSE "/history", NULL);
    assert_true(str_find(r.body, S("由 0.00 变为 1,200.00")) > 0);
    r = ask(k, clerk, "GET", path_of(k, HOUSE "/history?known_at=", before), NULL);
    assert_true(str_find(r.body, S("由 0.00 变为 400.00")) > 0);
    assert_true(str_find(r.body, S("1,200.00")) < 0);

    /* And so is what the programmes would have given. */
    assert_int_equal(dibao_of(ask(k, clerk, "POST", HOUSE "/preview", "{}")), 0);
    assert_int_equal(
        dibao_of(ask(k, clerk, "POST", path_of(k, HOUSE "/preview?known_at=", before), "{}")),
        25000);
    r = ask(k, clerk, "POST", HOUSE "/preview?as_of=2020-06-30", "{}");
    assert_int_equal(dibao_of(r), 60000);
    check_text(reply_str(r, "month"), "2020-06");
    api_case_end(k);
}

static void stops_are_told(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    check_status(correct(k, clerk, INCOME("2020-10-01", "40000")), 200);
    str before = moment(k);
    check_status(correct(k, clerk, INCOME("2020-11-01", "50000")), 200);

    struct api_reply r = ask(k, clerk, "GET", HOUSE "/times", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "days.0.day"), "2020-11-01");
    assert_true(str_find(reply_str(r, "days.0.what.0.zh"), S("由 400.00 变为 500.00")) > 0);
    check_text(reply_str(r, "days.1.day"), "2020-10-01");
    check_text(reply_str(r, "changes.0.who"), str_z(&k->t.a, clerk->login));
    assert_true(str_find(reply_str(r, "changes.0.why.zh"), S("工资流水")) > 0);
    assert_true(reply_int(r, "changes.0.position") > reply_int(r, "changes.1.position"));
    assert_true(json_is_false(reply_at(r, "more")));
    /* Each stop can be gone to as it is. */
    str stop = reply_str(r, "changes.1.known_at");
    r = ask(k, clerk, "GET", path_of(k, HOUSE "?as_of=2020-11-15&known_at=", stop), NULL);
    assert_int_equal(income_of(r), 40000);
    /* Days are those that were known then; the changes are all there. */
    size_t all = reply_n(ask(k, clerk, "GET", HOUSE "/times", NULL), "changes");
    r = ask(k, clerk, "GET", path_of(k, HOUSE "/times?known_at=", before), NULL);
    check_text(reply_str(r, "days.0.day"), "2020-10-01");
    assert_int_equal(reply_n(r, "changes"), all);
    /* What is said of somebody else, or of another household, is no stop of this one. */
    family(k->t.c, 200, VILLAGE_1);
    person_from(k->t.c, 1200, "2020-12-01", "income 100");
    assert_int_equal(reply_n(ask(k, clerk, "GET", HOUSE "/times", NULL), "changes"), all);
    api_case_end(k);
}

static void check_refused(struct api_case *k, const struct api_session *s, const char *path,
                          const char *field, const char *words)
{
    struct api_reply r = ask(k, s, "GET", path, NULL);

    check_status(r, 400);
    check_text(reply_str(r, "field"), field);
    if (str_find(reply_str(r, "detail"), str_from(words)) < 0)
        fail_msg("%s: found “%.*s”, expected “%s” in it", path, STR_ARG(reply_str(r, "detail")),
                 words);
}

static void wrong_times_are_refused(void **state)
{
    static const char *const paths[] = {HOUSE,
                                        "/api/v1/households",
                                        "/api/v1/persons",
                                        "/api/v1/registers/clue",
                                        "/api/v1/registers/household/990102-100",
                                        "/api/v1/rules",
                                        "/api/v1/rules/dibao",
                                        HOUSE "/explain"};
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        check_refused(k, clerk, path_of(k, paths[i], S("?as_of=2020-02-30")), "as_of",
                      "found “2020-02-30”, expected a day");
        check_refused(k, clerk, path_of(k, paths[i], S("?known_at=yesterday")), "known_at",
                      "found “yesterday”, expected a time");
        check_refused(k, clerk, path_of(k, paths[i], S("?known_at=2020-12-01T25:00")), "known_at",
                      "expected a time");
        check_refused(k, clerk, path_of(k, paths[i], S("?known_at=2190-01-01")), "known_at",
                      "is to come");
    }
    /* Before the county's first change nothing was known of anybody. */
    check_refused(k, clerk, HOUSE "?known_at=1999-01-01", "known_at", "nothing was known");
    check_refused(k, clerk, HOUSE "/times?known_at=1999-01-01", "known_at", "nothing was known");
    check_refused(k, clerk, HOUSE "/history?known_at=1999-01-01", "known_at", "nothing was known");
    api_case_end(k);
}

static void a_household_unknown_then_is_not_there(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 200, VILLAGE_1);
    str before = moment(k);
    family(k->t.c, 100, VILLAGE_1);
    check_status(ask(k, clerk, "GET", path_of(k, HOUSE "?known_at=", before), NULL), 404);
    struct api_reply r =
        ask(k, clerk, "GET", path_of(k, "/api/v1/households?known_at=", before), NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "count.n"), 1);
    check_text(reply_str(r, "items.0.ref"), "990102-200");
    r = ask(k, clerk, "GET", path_of(k, "/api/v1/persons?known_at=", before), NULL);
    assert_int_equal(reply_int(r, "count.n"), 1);
    r = ask(k, clerk, "GET", "/api/v1/households?as_of=2019-06-01", NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    /* The sheet of such a list has its rows, and says in its first line which time was asked for. */
    r = ask(k, clerk, "GET",
            path_of(k, "/api/v1/households?format=xlsx&as_of=2020-12-01&known_at=", before), NULL);
    check_status(r, 200);
    const char *why = "SELECT why FROM audit_entry WHERE why LIKE 'taken as a spreadsheet%'";
    str said = rows_of(k->t.c, why, "t", &k->t.a);
    assert_true(str_find(said, S(" 1 rows")) > 0);
    assert_true(str_find(said, S("截至 2020-12-01")) > 0 && str_find(said, before) > 0);
    api_case_end(k);
}

/* It lived in one township until November and lives in another since. */
static void the_past_is_for_whom_the_present_is(void **state)
{
    static const char then[] = HOUSE "?as_of=2020-10-01";
    struct api_case *k = api_case_begin(*state);
    const struct api_session *was = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *is = api_login(k, ROLE_CLERK, "", TOWN_R);
    const struct api_session *county = api_login(k, ROLE_DECIDER, "", COUNTY);
    family(k->t.c, 100, VILLAGE_1);
    str before = moment(k);
    check_status(ask(k, was, "GET", HOUSE, NULL), 200);
    check_ok(put_household(
        k->t.c, (struct household_row){100, S("2020-11-01"), S(DAY_OPEN), VILLAGE_R, 1100}, err));
    check_status(ask(k, was, "GET", then, NULL), 404);
    check_status(ask(k, was, "GET", path_of(k, HOUSE "?known_at=", before), NULL), 404);
    check_status(ask(k, was, "GET", HOUSE "/times", NULL), 404);
    check_status(ask(k, was, "POST", HOUSE "/preview?as_of=2020-10-01", "{}"), 404);
    struct api_reply r = ask(k, is, "GET", then, NULL);
    check_status(r, 200);
    check_text(reply_str(r, "division.code"), "990102001001");
    r = ask(k, is, "GET", HOUSE, NULL);
    check_text(reply_str(r, "division.code"), "990102100201");
    /* Nor is it counted where it lived. */
    r = ask(k, was, "GET", "/api/v1/households?as_of=2020-10-01", NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    r = ask(k, was, "GET", path_of(k, "/api/v1/persons?known_at=", before), NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    r = ask(k, was, "GET", "/api/v1/registers/household?as_of=2020-10-01", NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    r = ask(k, county, "GET", "/api/v1/households?as_of=2020-10-01", NULL);
    assert_int_equal(reply_int(r, "count.n"), 1);
    check_text(reply_str(r, "items.0.division.code"), "990102001001");
    api_case_end(k);
}

static void records_have_a_past(void **state)
{
    static const char clue[] = "{\"division\":\"990102001001\",\"values\":{\"about\":\"老王\","
                               "\"spot\":\"东楼\",\"kind\":\"illness\",\"found_on\":\"2020-12-01\","
                               "\"reporter\":\"grid\",\"urgency\":\"urgent\",\"state\":\"new\"}}";
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 200, VILLAGE_1);
    str none = moment(k);
    struct api_reply r = ask(k, clerk, "POST", "/api/v1/registers/clue", clue);
    check_status(r, 201);
    str before = (tick(), moment(k));
    const char *path = path_of(k, "/api/v1/registers/clue/", reply_str(r, "ref"));
    check_status(ask(k, clerk, "PUT", path, "{\"values\":{\"state\":\"visited\"}}"), 200);
    check_text(reply_str(ask(k, clerk, "GET", path, NULL), "values.state"), "visited");
    r = ask(k, clerk, "GET", path_of(k, str_fmt(&k->t.a, "%s?known_at=", path).p, before), NULL);
    check_text(reply_str(r, "values.state"), "new");
    assert_int_equal(reply_n(r, "history"), 1);
    assert_int_equal(reply_header(r, "ETag").n, 0);
    r = ask(k, clerk, "GET", path_of(k, "/api/v1/registers/clue?known_at=", before), NULL);
    check_text(reply_str(r, "items.0.values.state"), "new");
    r = ask(k, clerk, "GET", path_of(k, "/api/v1/registers/clue?known_at=", none), NULL);
    assert_int_equal(reply_int(r, "count.n"), 0);
    check_status(
        ask(k, clerk, "GET", path_of(k, str_fmt(&k->t.a, "%s?known_at=", path).p, none), NULL),
        404);
    api_case_end(k);
}

/* Of the standard in town the value that holds: 600.00 up to June, 650.00 since July. */
static void check_standard(struct api_reply r, const char *from)
{
    int found = 0;

    check_status(r, 200);
    for (size_t i = 0; i < reply_n(r, "policy.parameters"); i++) {
        json_t *p = json_array_get(reply_at(r, "policy.parameters"), i), *set;
        size_t n;
        if (strcmp(json_string_value(json_object_get(p, "name")), "standard") != 0)
            continue;
        json_array_foreach(json_object_get(p, "sets"), n, set)
        {
            const char *place =
                json_string_value(json_object_get(json_object_get(set, "place"), "zh"));
            if (strcmp(place, "试城") != 0 || !json_is_null(json_object_get(set, "area")) ||
                !json_is_true(json_object_get(set, "in_force")))
                continue;
            check_text(str_from(json_string_value(json_object_get(set, "from"))), from);
            found++;
        }
    }
    assert_int_equal(found, from[0] != '\0' ? 1 : 0);
}

/* The server works by the release that it was started with; another was made since. */
static void rules_of_a_day_and_a_release(void **state)
{
    static const char dibao[] = "/api/v1/rules/dibao";
    struct api_case *k = api_case_begin(*state);
    struct init_spec spec = case_spec(*state, &k->t.home, &k->t.a);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    struct arena other = {0};
    str before = moment(k);
    str text = str_fmt(&k->t.a,
                       "%s  set dibao.standard from 2020-12: 700.00 for urban, 500.00 for rural\n",
                       run_place);
    home_put(&k->t.home, "places/town.hm", text.p);
    check_ok(city_init(&spec, &other, err));
    arena_deinit(&other);
    tick();
    str after = moment(k);

    struct api_reply r = ask(k, clerk, "GET", "/api/v1/rules", NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "release"), 1);
    check_text(reply_str(r, "month"), "2020-12");
    r = ask(k, clerk, "GET", path_of(k, "/api/v1/rules?as_of=2020-06-30&known_at=", before), NULL);
    assert_int_equal(reply_int(r, "release"), 1);
    check_text(reply_str(r, "month"), "2020-06");
    str first = reply_str(r, "hash");
    r = ask(k, clerk, "GET", path_of(k, "/api/v1/rules?known_at=", after), NULL);
    assert_int_equal(reply_int(r, "release"), 2);
    assert_false(str_eq(reply_str(r, "hash"), first));
    check_standard(ask(k, clerk, "GET", path_of(k, dibao, S("?as_of=2020-06-30")), NULL),
                   "2019-01");
    check_standard(ask(k, clerk, "GET", path_of(k, dibao, S("?as_of=2018-06-30")), NULL), "");
    check_standard(ask(k, clerk, "GET", path_of(k, "/api/v1/rules/dibao?known_at=", before), NULL),
                   "2020-07");
    check_standard(ask(k, clerk, "GET", path_of(k, "/api/v1/rules/dibao?known_at=", after), NULL),
                   "2020-12");
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_fact_is_corrected),
        BOTH(stops_are_told),
        BOTH(wrong_times_are_refused),
        BOTH(a_household_unknown_then_is_not_there),
        BOTH(the_past_is_for_whom_the_present_is),
        BOTH(records_have_a_past),
        BOTH(rules_of_a_day_and_a_release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
