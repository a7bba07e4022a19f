/* Postings as the pages and everybody see them, over HTTP. */
#include "store/api_case.h"
#include "unit/test_case_town.h"

#include "work/posting.h"

enum { SECOND = 510, THIRD = 520 };

static struct api_case *begin(void *state)
{
    struct api_case *k = api_case_over(state, case_home());
    check_ok(calendar_init(k->t.c, k->t.home.path, 0, err));
    family(k->t.c, CASE_FAMILY, VILLAGE_1);
    family(k->t.c, SECOND, VILLAGE_1);
    family(k->t.c, THIRD, VILLAGE_1);
    return k;
}

/* A dibao case as far as the opinion; its reference. */
static str before_posting(struct api_case *k, int64_t household)
{
    struct town *t = &k->t;
    const struct scope s = at_town("2020-12-07");
    struct case_made made;
    check_ok(try_open(t, &s, household, 0, "dibao_application", "[]",
                      "[{\"paper\":\"application\",\"have\":\"yes\"}]", &made, err));
    int64_t id = made.cases[0].case_id;
    event_ok(t, at_town("2020-12-08"), id, "step_done", "survey", "", "{}");
    event_ok(t, at_county(ROLE_VERIFIER, "2020-12-08"), id, "step_done", "verify", "", "{}");
    event_ok(t, at_town("2020-12-09"), id, "opinion", "", "", "{\"grant\":true}");
    return str_fmt(&t->a, "990102-%lld", (long long)id);
}

static const char *path(struct api_case *k, const char *fmt, str ref)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "%s%.*s", fmt, STR_ARG(ref)));
}
static const char *below(struct api_case *k, const char *of, str ref, const char *behind)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "%s%.*s%s", of, STR_ARG(ref), behind));
}

static void child(struct api_case *k, int64_t household)
{
    check_ok(put_person(
        k->t.c, (struct person_row){household + 1000, S("张小三"), 1, S("2010-06-15"), S("")},
        err));
}

/* The next event of a case that has its opinion. */
static struct api_reply event(struct api_case *k, const struct api_session *s, str ref,
                              const char *body)
{
    return ask_with(k, s, "POST", below(k, "/api/v1/cases/", ref, "/events"), str_from(body),
                    "Content-Type: application/json\r\nIf-Match: \"4\"\r\n");
}

static const char png[] =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    "\0\0\0\rIDATx\x9c"
    "c\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff"
    "\x56\xc7\x2f\x0d"
    "\0\0\0\0IEND\xae"
    "B`\x82";

/* Two families of a village on one sheet; the third is about a child and stays off it. */
static void several_on_one_sheet(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str one = before_posting(k, CASE_FAMILY), two = before_posting(k, SECOND),
        three = before_posting(k, THIRD);
    child(k, THIRD);
    struct api_reply r =
        ask(k, clerk, "POST", "/api/v1/postings",
            str_z(&k->t.a,
                  str_fmt(&k->t.a, "{\"cases\":[\"%.*s\",\"%.*s\",\"%.*s\"],\"place\":\"公开栏\"}",
                          STR_ARG(one), STR_ARG(two), STR_ARG(three))));
    check_status(r, 200);
    assert_int_equal(reply_int(r, "begun"), 2);
    check_text(reply_str(r, "items.2.code"), "rule");
    assert_true(str_find(reply_str(r, "items.2.detail"), S("未满十八周岁")) >= 0);
    str sheet = str_dup(&k->t.a, reply_str(r, "sheet")),
        second = str_dup(&k->t.a, reply_str(r, "items.1.posting"));
    r = ask(k, clerk, "GET", path(k, "/api/v1/postings/", second), NULL);
    check_status(r, 200);
    assert_true(str_eq(reply_str(r, "sheet"), sheet));
    assert_int_equal(reply_n(r, "on_sheet"), 2);
    check_text(reply_str(r, "subject"), "张三");
    check_text(reply_str(r, "ends"), "2020-12-28");
    assert_true(json_is_null(reply_at(r, "photo")));
    r = ask(k, clerk, "GET", "/api/v1/postings?photo=none&until=2020-12-28", NULL);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "count.n"), 2);
    r = ask(k, clerk, "GET", below(k, "/api/v1/postings/", second, "/sheet"), NULL);
    check_status(r, 200);
    assert_true(str_starts(r.body, S("%PDF")));

    /* The proof that it hangs: a photo with the case's files. */
    r = ask_with(k, clerk, "POST",
                 below(k, "/api/v1/cases/", two, "/files?paper=posting&name=a.png"),
                 (str){png, sizeof png - 1}, "Content-Type: image/png\r\n");
    check_status(r, 201);
    r = ask_with(k, clerk, "POST",
                 below(k, "/api/v1/cases/", three, "/files?paper=posting&name=a.png"),
                 (str){png, sizeof png - 1}, "Content-Type: image/png\r\n");
    check_status(r, 422);
    r = ask(k, clerk, "GET", "/api/v1/postings?photo=none", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_true(str_eq(reply_str(r, "items.0.case"), one));
    api_case_end(k);
}

/* A sheet is of one village: what somebody makes up as one is refused. */
static void a_sheet_is_of_one_village(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str one = before_posting(k, CASE_FAMILY);
    struct api_reply r =
        event(k, clerk, one,
              "{\"event\":\"posting_began\",\"data\":{\"place\":\"公开栏\",\"sheet\":77}}");
    check_status(r, 404);
    api_case_end(k);
}

static void a_child_is_passed_over(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str one = before_posting(k, CASE_FAMILY);
    const char *preview = below(k, "/api/v1/cases/", one, "/posting/preview?place=%E6%A0%8F");
    struct api_reply r = ask(k, clerk, "GET", preview, NULL);
    check_status(r, 200);
    assert_true(json_is_null(reply_at(r, "not_posted")));
    assert_true(json_is_null(reply_at(r, "problem")));
    check_text(reply_str(r, "posting.lines.0.value"), "张三");
    check_text(reply_str(r, "posting.place"), "栏");
    r = ask(k, clerk, "GET", below(k, "/api/v1/cases/", one, "/posting/preview?place=13812341234"),
            NULL);
    assert_true(json_is_null(reply_at(r, "posting")));
    assert_true(str_find(reply_str(r, "problem"), S("phone number")) >= 0);
    child(k, CASE_FAMILY);
    r = ask(k, clerk, "GET", preview, NULL);
    check_text(reply_str(r, "not_posted.why"), "child");
    assert_true(json_is_null(reply_at(r, "posting")));
    r = event(k, clerk, one, "{\"event\":\"posting_ended\",\"data\":{\"not_posted\":\"child\"}}");
    check_status(r, 200);
    r = ask(k, clerk, "GET", path(k, "/api/v1/cases/", one), NULL);
    check_text(reply_str(r, "steps.4.state"), "done");
    check_text(reply_str(r, "steps.4.result"), "child");
    check_text(reply_str(r, "steps.5.state"), "open");
    api_case_end(k);
}

/* Without a session: what hangs out, exactly what is whitelisted, and a way to object. */
static void everybody_reads_and_objects(void **state)
{
    static const char *const shown[] = {"ref",      "kind",  "title",  "says", "lines",
                                        "division", "place", "begins", "ends"};
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str one = before_posting(k, CASE_FAMILY);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/public/postings?division=990102001001", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 0);
    assert_true(str_find(reply_header(r, "X-Robots-Tag"), S("noindex")) >= 0);
    check_status(ask(k, NULL, "GET", "/api/v1/public/postings?division=990100000000", NULL), 400);
    check_status(ask(k, NULL, "GET", "/api/v1/public/postings", NULL), 400);
    check_status(
        event(k, clerk, one, "{\"event\":\"posting_began\",\"data\":{\"place\":\"公开栏\"}}"), 200);
    r = ask(k, NULL, "GET", "/api/v1/public/postings?division=990102001001", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    json_t *item = reply_at(r, "items.0");
    assert_int_equal(json_object_size(item), sizeof shown / sizeof shown[0]);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        assert_non_null(json_object_get(item, shown[i]));
    str ref = str_dup(&k->t.a, reply_str(r, "items.0.ref"));
    const char *object = below(k, "/api/v1/public/postings/", ref, "/objections");
    check_status(ask(k, NULL, "POST", object, "{\"text\":\"\"}"), 400);
    check_status(ask(k, NULL, "POST", object, "{}"), 400);
    check_status(
        ask(k, NULL, "POST", object, "{\"text\":\"不实\",\"by\":\"王某\",\"contact\":\"a@b.cn\"}"),
        201);
    check_status(ask(k, NULL, "GET", path(k, "/api/v1/public/postings/", ref), NULL), 404);
    check_status(ask(k, NULL, "POST", object, "{\"text\":\"再次\"}"), 404);
    r = ask(k, clerk, "GET", path(k, "/api/v1/postings/", ref), NULL);
    check_text(reply_str(r, "state"), "withdrawn");
    check_text(reply_str(r, "objections.0.by"), "王某");
    check_text(reply_str(r, "objections.0.contact"), "a****");
    assert_true(json_is_true(reply_at(r, "objections.0.of_case")));
    str objection = str_fmt(&k->t.a, "%.*s/objections/%.*s", STR_ARG(ref),
                            STR_ARG(reply_str(r, "objections.0.ref")));
    r = ask(k, clerk, "POST", below(k, "/api/v1/postings/", objection, "/contact"),
            "{\"why\":\"回复异议人\"}");
    check_status(r, 200);
    check_text(reply_str(r, "contact"), "a@b.cn");
    const char *answer = below(k, "/api/v1/postings/", objection, "/answer");
    check_status(ask(k, clerk, "POST", answer, "{\"text\":\"已核实，不属实\"}"), 204);
    check_status(ask(k, clerk, "POST", answer, "{\"text\":\"再答一次\"}"), 409);
    r = ask(k, clerk, "GET", path(k, "/api/v1/postings?case=", one), NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    api_case_end(k);
}

/* A posting that hangs out, with one objection on it; its reference. */
static str objected_to(struct api_case *k, const struct api_session *clerk)
{
    static const struct statement open = {.name = "open",
                                          .sql = "UPDATE posting SET state = 'open'"};
    str one = before_posting(k, CASE_FAMILY);
    check_status(
        event(k, clerk, one, "{\"event\":\"posting_began\",\"data\":{\"place\":\"公开栏\"}}"), 200);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/public/postings?division=990102001001", NULL);
    str ref = str_dup(&k->t.a, reply_str(r, "items.0.ref"));
    check_status(ask(k, NULL, "POST", below(k, "/api/v1/public/postings/", ref, "/objections"),
                     "{\"text\":\"不实\",\"by\":\"王某\",\"contact\":\"a@b.cn\"}"),
                 201);
    check_ok(fresh_exec(k->t.c->store, &open, NULL, 0, err));
    return ref;
}

/* Who may look at all lines and is a clerk of another one deals with no objection of this one; nor does who is
 * of the family, nor learn who objected. */
static void objections_are_the_clerks_of_the_line(void **state)
{
    static const struct statement other = {
        .name = "other",
        .n_params = 1,
        .sql =
            "UPDATE account_role SET line = 'disability' WHERE account_id = $1 AND role = 'clerk'"};
    static const struct statement looks = {
        .name = "looks",
        .n_params = 1,
        .sql = "INSERT INTO account_role (account_id, role, line) VALUES ($1, 'auditor', '')"};
    static const struct statement near = {
        .name = "near",
        .n_params = 1,
        .sql = "INSERT INTO staff_relative (account_id, person_county, person_id, relation, since, "
               "made_ms) VALUES ($1, 990102, 1500, '姐', '2020-01-01', 1)"};
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *both = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *sister = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct value id = V_INT(both->account_id), of = V_INT(sister->account_id);
    str ref = objected_to(k, clerk);
    check_ok(fresh_exec(k->t.c->store, &other, &id, 1, err));
    check_ok(fresh_exec(k->t.c->store, &looks, &id, 1, err));
    check_ok(fresh_exec(k->t.c->store, &near, &of, 1, err));
    struct api_reply r = ask(k, both, "GET", path(k, "/api/v1/postings/", ref), NULL);
    check_status(r, 200);
    str objection = str_fmt(&k->t.a, "%.*s/objections/%.*s", STR_ARG(ref),
                            STR_ARG(reply_str(r, "objections.0.ref")));
    const char *contact = below(k, "/api/v1/postings/", objection, "/contact");
    const char *answer = below(k, "/api/v1/postings/", objection, "/answer");
    const struct api_session *const wrong[] = {both, sister};
    for (size_t i = 0; i < 2; i++) {
        r = ask(k, wrong[i], "POST", contact, "{\"why\":\"回复异议人\"}");
        check_status(r, 403);
        assert_true(str_find(r.body, S("a@b.cn")) < 0);
        check_status(ask(k, wrong[i], "POST", answer, "{\"text\":\"不属实\"}"), 403);
        check_status(ask(k, wrong[i], "POST", below(k, "/api/v1/postings/", ref, "/stop"),
                         "{\"text\":\"不想公示\"}"),
                     403);
    }
    check_status(ask(k, clerk, "POST", answer, "{\"text\":\"不属实\"}"), 204);
    api_case_end(k);
}

/* Nobody fills the office's desk from a phone. */
static void objections_have_an_end(void **state)
{
    static const struct statement more = {
        .name = "more",
        .n_params = 1,
        .sql =
            "INSERT INTO posting_objection (county_code, objection_id, position, posting_id, "
            "case_id, event, day, text, by_name, contact, wrapped, sealed, answer, answered, "
            "answered_by) SELECT county_code, objection_id + $1, position, posting_id, case_id, 0, "
            "day, text, by_name, '', wrapped, sealed, '', '', '' FROM posting_objection "
            "WHERE objection_id = (SELECT min(objection_id) FROM posting_objection)"};
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str ref = objected_to(k, clerk);
    const char *object = below(k, "/api/v1/public/postings/", ref, "/objections");
    for (int64_t i = 1; i < 50; i++) {
        const struct value v = V_INT(i);
        check_ok(fresh_exec(k->t.c->store, &more, &v, 1, err));
    }
    struct api_reply r = ask(k, NULL, "POST", object, "{\"text\":\"再次\"}");
    check_status(r, 429);
    check_text(rows_of(k->t.c, "SELECT count(*) FROM posting_objection", "i", &k->t.a), "50");
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(several_on_one_sheet),
        BOTH(a_sheet_is_of_one_village),
        BOTH(a_child_is_passed_over),
        BOTH(everybody_reads_and_objects),
        BOTH(objections_are_the_clerks_of_the_line),
        BOTH(objections_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
