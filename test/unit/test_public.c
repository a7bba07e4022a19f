/* Citizens without an account: an application from a phone, how far it is, what is said and what is not. */
#include "store/api_case.h"
#include "unit/test_case_town.h"
#include "work/office.h"

#define PHONE    "13812345678"
#define TAIL     "5678"
#define IDENTITY "990102198006150012"
#define JSON     "Content-Type: application/json\r\n"

static enum rc has_phone(struct change *c, void *ctx, struct err *err)
{
    struct city *city = ctx;
    TRY(person_number_put(c, city->vault, CASE_HEAD, NUMBER_PHONE, S(PHONE), err));
    return person_number_put(c, city->vault, CASE_HEAD, NUMBER_IDENTITY, S(IDENTITY), err);
}

static struct api_case *begin(void *state)
{
    struct api_case *k = api_case_over(state, case_home());
    check_ok(calendar_init(k->t.c, k->t.home.path, 0, err));
    family(k->t.c, CASE_FAMILY, VILLAGE_1);
    check_ok(change_in(k->t.c, CASE_COUNTY, has_phone, k->t.c, NULL, err));
    return k;
}

/* Without a session; `headers` besides the type. */
static struct api_reply send_to(struct api_case *k, const char *path, const char *body,
                                const char *headers)
{
    return ask_with(k, NULL, "POST", path, str_from(body),
                    str_z(&k->t.a, str_fmt(&k->t.a, JSON "%s", headers)));
}

static const char typed[] =
    "{\"services\":[{\"service\":\"dibao_application\"}],\"division\":\"990102001001\",\"members\":["
    "{\"name\":\"张三丰\",\"relation\":\"02\",\"id_number\":\"" IDENTITY "\"},"
    "{\"name\":\"李小红\",\"relation\":\"10\"}],\"phone\":\"" PHONE "\",\"facts\":["
    "{\"field\":\"assets\",\"value\":500000},{\"member\":0,\"field\":\"income\",\"value\":120000},"
    "{\"member\":1,\"field\":\"employed\",\"value\":false}],\"note\":\"急\",\"consent\":true,"
    "\"truthful\":true}";
#define KEY "Idempotency-Key: 0123456789abcdef0123456789abcdef\r\n"

static struct api_reply apply(struct api_case *k)
{
    struct api_reply r = send_to(k, "/api/v1/public/applications", typed, KEY);
    check_status(r, 201);
    return r;
}

static const char *pass_header(struct api_case *k, str pass)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "X-Public: %.*s\r\n", STR_ARG(pass)));
}

static struct api_reply progress_of(struct api_case *k, str pass)
{
    return ask_with(k, NULL, "GET", "/api/v1/public/progress", S(""), pass_header(k, pass));
}

static struct api_reply try_from(struct api_case *k, const char *number, const char *tail,
                                 const char *address)
{
    return send_to(
        k, "/api/v1/public/session",
        str_z(&k->t.a, str_fmt(&k->t.a, "{\"number\":\"%s\",\"tail\":\"%s\"}", number, tail)),
        str_z(&k->t.a, str_fmt(&k->t.a, "X-Forwarded-For: %s\r\n", address)));
}

static bool says(struct api_reply r, const char *what)
{
    return str_find(r.body, str_from(what)) >= 0;
}

/* ---- an application ------------------------------------------------------------------------- */

static void from_a_phone_to_the_desk(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct api_reply r = apply(k);
    check_text(reply_str(r, "number"), "990102-2020-W000001");
    check_text(reply_str(r, "made"), "2020-12-21");
    check_text(reply_str(r, "due"), "2020-12-24");
    str pass = str_dup(&k->t.a, reply_str(r, "pass"));
    /* Sent again on a weak network it is the same one; with the key of another it is refused. */
    r = apply(k);
    check_text(reply_str(r, "number"), "990102-2020-W000001");
    check_str(reply_header(r, "Idempotency-Replayed"), "true");
    const char *other = "{\"services\":[{\"service\":\"dibao_application\"}],\"division\":"
                        "\"990102001001\",\"members\":[{\"name\":\"王五\",\"relation\":\"02\","
                        "\"id_number\":\"" IDENTITY "\"}],\"phone\":\"" PHONE
                        "\",\"consent\":true,\"truthful\":true}";
    check_status(send_to(k, "/api/v1/public/applications", other, KEY), 409);
    /* Nothing of it stands in the store in the clear. */
    str rows = rows_of(k->t.c, "SELECT content FROM online_application", "b", &k->t.a);
    assert_true(str_find(rows, S(IDENTITY)) < 0 && str_find(rows, S("李小红")) < 0);

    r = ask(k, clerk, "GET", "/api/v1/desk?kind=online", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.subject"), "张三丰");
    check_text(reply_str(r, "items.0.title.zh"), "看网上申请：低保申请");
    check_text(reply_str(r, "items.0.due"), "2020-12-24");
    const char *path = str_z(
        &k->t.a, str_fmt(&k->t.a, "/api/v1/online/%.*s", STR_ARG(reply_str(r, "items.0.ref"))));
    r = ask(k, clerk, "GET", path, NULL);
    check_status(r, 200);
    check_text(reply_str(r, "content.members.0.id_number"), "9901**********0012");
    check_text(reply_str(r, "content.phone"), "138****5678");
    const char *numbers = str_z(&k->t.a, str_fmt(&k->t.a, "%s/numbers", path));
    check_status(ask(k, clerk, "POST", numbers, "{\"why\":\"\"}"), 400);
    struct api_reply full = ask(k, clerk, "POST", numbers, "{\"why\":\"核对身份\"}");
    check_text(reply_str(full, "content.members.0.id_number"), IDENTITY);
    assert_true(str_find(rows_of(k->t.c, "SELECT why FROM audit_entry WHERE county_code = 990102",
                                 "t", &k->t.a),
                         S("numbers of an online application shown: 核对身份")) >= 0);
    check_text(reply_str(r, "content.members.1.name"), "李小红");
    check_text(reply_str(r, "person"), "990102-1500"); /* known by the number */
    check_text(reply_str(r, "household"), "990102-500");
    /* Of another place, and for another line, there is none. */
    const struct api_session *far = api_login(k, ROLE_CLERK, "", 990103001000);
    const struct api_session *line = api_login(k, ROLE_CLERK, "disability", CASE_TOWN_1);
    check_status(ask(k, far, "GET", path, NULL), 404);
    check_status(ask(k, line, "GET", path, NULL), 404);
    r = progress_of(k, pass);
    check_status(r, 200);
    check_text(reply_str(r, "application.state"), "waiting");
    check_text(reply_str(r, "application.applicant"), "张*丰");
    assert_false(says(r, "张三丰") || says(r, IDENTITY) || says(r, PHONE));
    api_case_end(k);
}

static str online_ref(struct api_case *k)
{
    str id = rows_of(k->t.c, "SELECT online_id FROM online_application", "i", &k->t.a);
    return str_fmt(&k->t.a, "990102-%.*s", STR_ARG(id));
}

/* A case is made of it by a clerk alone; its photos go along, and the phone's page says under which number. */
static void taken_by_a_clerk(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    struct api_reply r = apply(k);
    str pass = str_dup(&k->t.a, reply_str(r, "pass"));
    static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n";
    const char *with = str_z(
        &k->t.a, str_fmt(&k->t.a, "Content-Type: application/pdf\r\n%s", pass_header(k, pass)));
    r = ask_with(k, NULL, "POST", "/api/v1/public/files?paper=hukou_book&name=a.pdf", str_from(pdf),
                 with);
    check_status(r, 201);
    check_status(ask_with(k, NULL, "POST", "/api/v1/public/files?paper=nothing&name=a.pdf",
                          str_from(pdf), with),
                 400);
    check_status(ask_with(k, NULL, "POST", "/api/v1/public/files?name=a.gif", S("GIF89a"), with),
                 400);
    check_status(ask_with(k, NULL, "POST", "/api/v1/public/files?name=a.pdf", str_from(pdf),
                          "Content-Type: application/pdf\r\n"),
                 401);
    assert_int_equal(reply_int(progress_of(k, pass), "application.files"), 1);
    const char *body =
        str_z(&k->t.a, str_fmt(&k->t.a,
                               "{\"household\":\"990102-500\",\"services\":[{\"service\":"
                               "\"dibao_application\",\"person\":null}],\"applicant\":{\"ref\":"
                               "\"990102-1500\",\"name\":\"张三\",\"relation\":\"本人\"},\"day\":"
                               "\"2020-12-21\",\"online\":\"%.*s\"}",
                               STR_ARG(online_ref(k))));
    r = ask(k, clerk, "POST", "/api/v1/cases", body);
    check_status(r, 201);
    str number = str_dup(&k->t.a, reply_str(r, "number"));
    const char *path = str_z(
        &k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%.*s", STR_ARG(reply_str(r, "cases.0.ref"))));
    r = ask(k, clerk, "GET", path, NULL);
    check_text(reply_str(r, "files.0.paper"), "hukou_book");
    r = ask(k, clerk, "GET", "/api/v1/desk?kind=online", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    r = progress_of(k, pass);
    check_text(reply_str(r, "application.state"), "accepted");
    check_text(reply_str(r, "application.case_number"), str_z(&k->t.a, number));
    assert_int_equal(reply_n(r, "cases"), 0); /* who it is was not proven on the phone */
    /* Once: neither taken nor sent back again, and no photo more. */
    check_status(ask(k, clerk, "POST", "/api/v1/cases", body), 409);
    const char *back =
        str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/online/%.*s/returned", STR_ARG(online_ref(k))));
    check_status(ask(k, clerk, "POST", back, "{\"text\":\"缺材料\"}"), 409);
    check_status(ask_with(k, NULL, "POST", "/api/v1/public/files?name=b.pdf", str_from(pdf), with),
                 422);
    api_case_end(k);
}

static void sent_back_with_words(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str pass = str_dup(&k->t.a, reply_str(apply(k), "pass"));
    const char *back =
        str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/online/%.*s/returned", STR_ARG(online_ref(k))));
    check_status(ask(k, clerk, "POST", back, "{\"text\":\"  \"}"), 400);
    check_status(ask(k, clerk, "POST", back, "{\"text\":\"身份证号与户口簿不符，请核对后重新填\"}"),
                 204);
    struct api_reply r = progress_of(k, pass);
    check_text(reply_str(r, "application.state"), "returned");
    check_text(reply_str(r, "application.words"), "身份证号与户口簿不符，请核对后重新填");
    assert_int_equal(reply_n(ask(k, clerk, "GET", "/api/v1/desk?kind=online", NULL), "items"), 0);
    api_case_end(k);
}

/* Everything that is wrong is told with its place, and nothing is kept. */
static void what_is_wrong_is_told(void **state)
{
    struct api_case *k = begin(*state);
#define HALF                                                                                       \
    "{\"services\":[{\"service\":\"dibao_application\"}],\"division\":\"990102001001\",\"members\":["
#define ONE  "{\"name\":\"张三丰\",\"relation\":\"02\",\"id_number\":\"" IDENTITY "\"}"
#define REST "],\"phone\":\"" PHONE "\",\"consent\":true,\"truthful\":true"
    static const struct {
        const char *body;
        int status;
        const char *tells;
    } of[] = {
        {"{}", 400, "members"},
        {HALF "{\"name\":\"张三丰\",\"relation\":\"02\"}" REST "}", 400, "members.0.id_number"},
        {HALF "{\"name\":\"张三丰\",\"relation\":\"02\",\"id_number\":\"990102198006150013\"}" REST
              "}",
         400, "members.0.id_number"},
        {HALF "{\"name\":\"张\",\"relation\":\"xx\",\"id_number\":\"" IDENTITY "\"}" REST "}", 400,
         "members.0.relation"},
        {HALF ONE "," ONE REST "}", 400, "heads"},
        {HALF ONE "],\"phone\":\"12345\",\"consent\":true,\"truthful\":true}", 400, "phone"},
        {HALF ONE "],\"phone\":\"" PHONE "\",\"consent\":false,\"truthful\":true}", 400, "consent"},
        {HALF ONE "],\"phone\":\"" PHONE "\",\"consent\":true,\"truthful\":false}", 400,
         "truthful"},
        {HALF ONE REST ",\"facts\":[{\"field\":\"event_month\",\"value\":\"2020-12\"}]}", 400,
         "event_month"},
        {HALF ONE REST ",\"facts\":[{\"member\":3,\"field\":\"income\",\"value\":1}]}", 400,
         "income"},
        {HALF ONE REST ",\"facts\":[{\"member\":0,\"field\":\"income\",\"value\":\"viel\"}]}", 400,
         "income"},
        {"{\"services\":[{\"service\":\"dibao_review\"}],\"division\":\"990102001001\",\"members\":"
         "[" ONE REST "}",
         400, "dibao_review"},
        {"{\"services\":[{\"service\":\"tekun_application\"}],\"division\":\"990102001001\","
         "\"members\":[" ONE REST "}",
         400, "expected which"},
        {"{\"services\":[{\"service\":\"dibao_application\"}],\"division\":\"990102009999\","
         "\"members\":[" ONE REST "}",
         400, "place"},
        {"{\"services\":[{\"service\":\"dibao_application\"}],\"division\":\"990102000000\","
         "\"members\":[" ONE REST "}",
         400, "township"},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct api_reply r = send_to(k, "/api/v1/public/applications", of[i].body, KEY);
        if (r.status != of[i].status || !says(r, of[i].tells))
            fail_msg("%s: found %d %.*s, expected %d with %s", of[i].body, r.status,
                     STR_ARG(r.body), of[i].status, of[i].tells);
        assert_false(says(r, IDENTITY));
    }
    check_status(send_to(k, "/api/v1/public/applications", typed, ""), 400); /* no key */
    check_text(rows_of(k->t.c, "SELECT count(*) FROM online_application", "i", &k->t.a), "0");
    api_case_end(k);
}

/* One applicant has three that wait, no more; an address thirty at once. */
static void not_too_many(void **state)
{
    struct api_case *k = begin(*state);
    for (int i = 0; i < 4; i++) {
        const char *key =
            str_z(&k->t.a, str_fmt(&k->t.a, "Idempotency-Key: key-of-a-phone-%d\r\n", i));
        check_status(send_to(k, "/api/v1/public/applications", typed, key), i < 3 ? 201 : 429);
    }
    int refused = 0;
    for (int i = 0; i < 31; i++) {
        struct api_reply r =
            send_to(k, "/api/v1/public/applications", "{}", "X-Forwarded-For: 203.0.113.9\r\n");
        refused += r.status == 429;
        if (r.status == 429)
            assert_true(reply_header(r, "Retry-After").n > 0);
    }
    assert_int_equal(refused, 1);
    check_status(
        send_to(k, "/api/v1/public/applications", "{}", "X-Forwarded-For: 203.0.113.10\r\n"), 400);
    api_case_end(k);
}

/* ---- number and phone ------------------------------------------------------------------------ */

static str one_case(struct api_case *k, const struct api_session *clerk)
{
    struct api_reply r =
        ask(k, clerk, "POST", "/api/v1/cases",
            "{\"household\":\"990102-500\",\"services\":[{\"service\":\"dibao_application\","
            "\"person\":null}],\"applicant\":{\"ref\":\"990102-1500\",\"name\":\"张三\","
            "\"relation\":\"本人\"},\"day\":\"2020-12-07\",\"facts\":[{\"person\":\"990102-1500\","
            "\"field\":\"income\",\"value\":260000}]}");
    check_status(r, 201);
    return str_dup(&k->t.a, reply_str(r, "cases.0.ref"));
}

static void number_and_phone_open_it(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    (void)one_case(k, clerk);
    int64_t before = clock_ms();
    struct api_reply r = try_from(k, " 990102－2020－000001 ", TAIL, "198.51.100.1");
    check_status(r, 200);
    assert_true(clock_ms() - before >= 240); /* as long as a wrong one */
    r = progress_of(k, reply_str(r, "pass"));
    check_status(r, 200);
    check_text(reply_str(r, "cases.0.number"), "990102-2020-000001");
    check_text(reply_str(r, "cases.0.subject"), "张*");
    check_text(reply_str(r, "cases.0.office.name"), "东街道");
    check_text(reply_str(r, "cases.0.steps.0.state"), "done");
    check_text(reply_str(r, "cases.0.steps.1.state"), "open");
    assert_int_equal(reply_n(r, "cases.0.calculation"), 0); /* nothing is promised */
    assert_false(says(r, "张三") || says(r, IDENTITY) || says(r, PHONE) || says(r, "990102-1500"));
    check_str(reply_header(r, "Cache-Control"), "no-store");
    check_str(reply_header(r, "X-Robots-Tag"), "noindex, noarchive");
    api_case_end(k);
}

/* A wrong tail and a number that nobody has look the same; passes that were not given open nothing. */
static void nothing_is_learnt_by_trying(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    (void)one_case(k, clerk);
    struct api_reply wrong = try_from(k, "990102-2020-000001", "0000", "198.51.100.2");
    int64_t before = clock_ms();
    struct api_reply none = try_from(k, "990102-2020-000002", "0000", "198.51.100.3");
    assert_true(clock_ms() - before >= 240);
    check_status(wrong, 404);
    check_status(none, 404);
    assert_true(str_eq(wrong.body, none.body));
    assert_true(str_eq(try_from(k, "'; DROP", "x", "198.51.100.4").body, none.body));
    struct api_reply r = try_from(k, "990102-2020-000001", TAIL, "198.51.100.1");
    check_status(r, 200);
    str pass = str_dup(&k->t.a, reply_str(r, "pass"));
    check_status(progress_of(k, S("")), 401);
    check_status(progress_of(k, S("c.990102.1.9999999999999.00000000000000000000000000000000")),
                 401);
    /* Another case, a later end: the code does not fit any more. */
    char changed[200];
    snprintf(changed, sizeof changed, "%.*s", STR_ARG(pass));
    changed[10]++;
    check_status(progress_of(k, str_from(changed)), 401);
    check_status(progress_of(k, str_sub(pass, 0, pass.n - 1)), 401);
    check_status(progress_of(k, pass), 200);
    api_case_end(k);
}

/* Who guesses waits, longer each time; whoever opened it before from their own address does not. */
static void guesses_wait(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    (void)one_case(k, clerk);
    check_status(try_from(k, "990102-2020-000001", TAIL, "198.51.100.1"), 200);
    for (int i = 0; i < 3; i++)
        check_status(try_from(k, "990102-2020-000001", "0000", "203.0.113.1"), 404);
    check_status(try_from(k, "990102-2020-000001", "0000", "203.0.113.1"), 429);
    check_status(try_from(k, "990102-2020-000001", TAIL, "203.0.113.2"), 429);
    check_status(try_from(k, "990102-2020-000001", TAIL, "198.51.100.1"), 200);
    check_status(try_from(k, "990102-2020-000009", "0000", "203.0.113.2"), 404);
    api_case_end(k);
}

/* -1 and -2 behind the number are the same family's phone: no guesses more. */
static void an_acceptance_is_guessed_at_as_one(void **state)
{
    struct api_case *k = begin(*state);
    check_status(try_from(k, "990102-2020-000001", "0000", "203.0.113.1"), 404);
    check_status(try_from(k, "990102-2020-000001-1", "0001", "203.0.113.2"), 404);
    check_status(try_from(k, "990102-2020-000001-2", "0002", "203.0.113.3"), 404);
    check_status(try_from(k, "990102-2020-000001-3", "0003", "203.0.113.4"), 429);
    check_status(try_from(k, "990102-2020-000001", "0004", "203.0.113.5"), 429);
    api_case_end(k);
}

/* Letters that nobody sees, and those that turn others about, come neither onto a desk nor onto paper. */
static void what_cannot_be_printed_is_refused(void **state)
{
    static const char *const bad[][2] = {{"张三丰", "张\\u0007丰"},
                                         {"张三丰", "张\\n三"},
                                         {"李小红", "\\u202e红小李"},
                                         {"急", "急\\u001b[2J"},
                                         {"急", "\\u2066急"}};
    struct api_case *k = begin(*state);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        str before = S(""), rest = S("");
        long at = str_find(str_from(typed), str_from(bad[i][0]));
        assert_true(at > 0);
        before = str_sub(str_from(typed), 0, (size_t)at);
        rest = str_sub(str_from(typed), (size_t)at + strlen(bad[i][0]), sizeof typed - 1);
        const char *body = str_z(
            &k->t.a, str_fmt(&k->t.a, "%.*s%s%.*s", STR_ARG(before), bad[i][1], STR_ARG(rest)));
        struct api_reply r = send_to(k, "/api/v1/public/applications", body, KEY);
        check_status(r, 400);
        assert_true(says(r, "can't be printed"));
    }
    check_text(rows_of(k->t.c, "SELECT count(*) FROM online_application", "i", &k->t.a), "0");
    api_case_end(k);
}

/* ---- a refusal, and what is said against it --------------------------------------------------- */

static void event_on(struct api_case *k, const struct api_session *s, str ref, const char *body)
{
    const char *path = str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%.*s", STR_ARG(ref)));
    struct api_reply r = ask(k, s, "GET", path, NULL);
    const char *head = str_z(&k->t.a, str_fmt(&k->t.a, JSON "If-Match: \"%lld\"\r\n",
                                              (long long)reply_int(r, "version")));
    path = str_z(&k->t.a, str_fmt(&k->t.a, "%s/events", path));
    check_status(ask_with(k, s, "POST", path, str_from(body), head), 200);
}

static str refused_case(struct api_case *k, const struct api_session *clerk,
                        const struct api_session *decider)
{
    const struct api_session *verifier = api_login(k, ROLE_VERIFIER, "", 990102000000);
    str ref = one_case(k, clerk);
    event_on(k, clerk, ref, "{\"event\":\"step_done\",\"step\":\"survey\",\"day\":\"2020-12-08\"}");
    event_on(k, verifier, ref,
             "{\"event\":\"step_done\",\"step\":\"verify\",\"day\":\"2020-12-09\"}");
    event_on(k, clerk, ref,
             "{\"event\":\"opinion\",\"grant\":false,\"text\":\"收入高\",\"day\":\"2020-12-10\"}");
    event_on(
        k, clerk, ref,
        "{\"event\":\"posting_began\",\"data\":{\"place\":\"公告栏\"},\"day\":\"2020-12-11\"}");
    event_on(k, clerk, ref, "{\"event\":\"posting_ended\",\"day\":\"2020-12-18\"}");
    event_on(k, decider, ref,
             "{\"event\":\"decided\",\"grant\":false,\"text\":\"张三家庭收入超过标准\"}");
    return ref;
}

static void a_refusal_is_explained_and_appealed(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", 990102000000);
    str ref = refused_case(k, clerk, decider);
    struct api_reply r = try_from(k, "990102-2020-000001", TAIL, "198.51.100.1");
    str pass = str_dup(&k->t.a, reply_str(r, "pass"));
    r = progress_of(k, pass);
    check_status(r, 200);
    assert_true(json_is_false(reply_at(r, "cases.0.decision.grant")));
    check_text(reply_str(r, "cases.0.decision.text"), "张*家庭收入超过标准");
    check_text(reply_str(r, "cases.0.appeal.review_until"), "2021-02-19");
    check_text(reply_str(r, "cases.0.appeal.court_until"), "2021-06-21");
    check_text(reply_str(r, "cases.0.calculation.0.fits"), "no");
    assert_true(says(r, "\"kind\":\"change\"")); /* the nearest that would turn it */
    assert_true(says(r, "六十日内申请行政复议"));
    assert_false(says(r, "张三"));

    const char *message = "{\"number\":\"990102-2020-000001\",\"kind\":\"appeal\",\"text\":"
                          "\"我十一月就没有工作了\"}";
    check_status(send_to(k, "/api/v1/public/messages", message, ""), 401);
    check_status(send_to(k, "/api/v1/public/messages", message, pass_header(k, pass)), 201);
    check_status(send_to(k, "/api/v1/public/messages",
                         "{\"number\":\"990102-2020-000002\",\"kind\":\"appeal\",\"text\":\"x\"}",
                         pass_header(k, pass)),
                 404);
    check_status(send_to(k, "/api/v1/public/messages",
                         "{\"number\":\"990102-2020-000001\",\"kind\":\"rant\",\"text\":\"x\"}",
                         pass_header(k, pass)),
                 400);
    /* It lies on the county's desk, and in the case's story; the township answers no appeal. */
    r = ask(k, decider, "GET", "/api/v1/desk?kind=message", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.title.zh"), "答复申诉");
    const char *path = str_z(
        &k->t.a, str_fmt(&k->t.a, "/api/v1/messages/%.*s", STR_ARG(reply_str(r, "items.0.ref"))));
    r = ask(k, clerk, "GET", str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/cases/%.*s", STR_ARG(ref))),
            NULL);
    assert_true(says(r, "申请人申诉：我十一月就没有工作了"));
    check_status(ask(k, clerk, "GET", path, NULL), 404);
    r = ask(k, decider, "GET", path, NULL);
    check_text(reply_str(r, "text"), "我十一月就没有工作了");
    const char *answer = str_z(&k->t.a, str_fmt(&k->t.a, "%s/answer", path));
    check_status(ask(k, decider, "POST", answer, "{\"text\":\"请带离职证明来，我们重新核实\"}"),
                 204);
    check_status(ask(k, decider, "POST", answer, "{\"text\":\"又\"}"), 409);
    assert_int_equal(reply_n(ask(k, decider, "GET", "/api/v1/desk?kind=message", NULL), "items"),
                     0);
    r = progress_of(k, pass);
    check_text(reply_str(r, "cases.0.messages.0.answer"), "请带离职证明来，我们重新核实");
    api_case_end(k);
}

/* The letter itself, once the office has made its paper; with no pass, or another's, there is none. */
static void the_letter_as_it_was_printed(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    str ref = one_case(k, clerk);
    struct arena *a = &k->t.a;
    struct api_reply r =
        ask(k, clerk, "GET", str_z(a, str_fmt(a, "/api/v1/notices?case=%.*s", STR_ARG(ref))), NULL);
    const char *make =
        str_z(a, str_fmt(a, "/api/v1/notices/%.*s/paper", STR_ARG(reply_str(r, "items.0.id"))));
    r = ask(k, clerk, "POST", make, "{}");
    assert_true(r.status == 200 || r.status == 201);
    r = try_from(k, "990102-2020-000001", TAIL, "198.51.100.1");
    const char *pass = pass_header(k, reply_str(r, "pass"));
    r = ask_with(k, NULL, "GET", "/api/v1/public/progress", S(""), pass);
    const char *path = str_z(a, str_fmt(a, "/api/v1/public/progress/papers/%.*s",
                                        STR_ARG(reply_str(r, "cases.0.notices.0.paper"))));
    r = ask_with(k, NULL, "GET", path, S(""), pass);
    check_status(r, 200);
    assert_true(str_starts(r.body, S("%PDF-")));
    check_status(ask(k, NULL, "GET", path, NULL), 401);
    str online = str_dup(a, reply_str(apply(k), "pass"));
    check_status(ask_with(k, NULL, "GET", path, S(""), pass_header(k, online)), 404);
    check_status(
        ask_with(k, NULL, "GET", "/api/v1/public/progress/papers/990102-2020-P000999", S(""), pass),
        404);
    api_case_end(k);
}

/* Before a decision there is nothing to appeal against; a question goes to whose turn it is. */
static void a_question_goes_to_the_township(void **state)
{
    struct api_case *k = begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", CASE_TOWN_1);
    (void)one_case(k, clerk);
    str pass = str_dup(&k->t.a,
                       reply_str(try_from(k, "990102-2020-000001", TAIL, "198.51.100.1"), "pass"));
    const char *head = pass_header(k, pass);
    check_status(
        send_to(k, "/api/v1/public/messages",
                "{\"number\":\"990102-2020-000001\",\"kind\":\"appeal\",\"text\":\"不服\"}", head),
        422);
    check_status(
        send_to(k, "/api/v1/public/messages",
                "{\"number\":\"990102-2020-000001\",\"kind\":\"question\",\"text\":\"哪天来\"}",
                head),
        201);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/desk?kind=message", NULL);
    check_text(reply_str(r, "items.0.title.zh"), "答复询问");
    check_text(reply_str(r, "items.0.due"), "2020-12-24");
    api_case_end(k);
}

/* ---- what anybody reads ---------------------------------------------------------------------- */

static void what_can_be_applied_for(void **state)
{
    struct api_case *k = begin(*state);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/public/meta", NULL);
    check_status(r, 200);
    assert_true(says(r, "dibao_application") && says(r, "urgent_relief"));
    /* Reviews, reports and what another place decides are no citizen's to begin. */
    assert_false(says(r, "dibao_review") || says(r, "change_report") ||
                 says(r, "disability_elsewhere"));
    assert_false(says(r, "birth_date")); /* follows from the number */
    assert_true(says(r, "\"fen\":61000"));
    const char *tag = str_z(
        &k->t.a, str_fmt(&k->t.a, "If-None-Match: %.*s\r\n", STR_ARG(reply_header(r, "ETag"))));
    check_status(ask_with(k, NULL, "GET", "/api/v1/public/meta", S(""), tag), 304);
    r = ask(k, NULL, "GET", "/api/v1/public/divisions?parent=990102000000", NULL);
    check_status(r, 200);
    check_text(reply_str(r, "items.0.name"), "东街道");
    check_status(ask(k, NULL, "GET", "/api/v1/public/divisions?parent=9", NULL), 400);
    /* A page of another site writes nothing. */
    check_status(send_to(k, "/api/v1/public/session", "{\"number\":\"1\",\"tail\":\"2\"}",
                         "Origin: https://evil.example\r\n"),
                 403);
    api_case_end(k);
}

static void pages_of_citizens(void **state)
{
    struct api_case *k = begin(*state);
    struct home web = {"/tmp/huimin-web-XXXXXX"};
    assert_non_null(mkdtemp(web.path));
    home_put(&web, "index.html", "staff");
    home_put(&web, "robots.txt", "Disallow");
    home_put(&web, "p/index.html", "citizens");
    home_put(&web, "p/assets/a-1.js", "script");
    k->api->web = web.path;
    assert_true(str_eq(ask(k, NULL, "GET", "/p/", NULL).body, S("citizens")));
    assert_true(str_eq(ask(k, NULL, "GET", "/p/apply", NULL).body, S("citizens")));
    assert_true(
        str_eq(ask(k, NULL, "GET", "/p/check/510402-2020-P000001", NULL).body, S("citizens")));
    assert_true(str_eq(ask(k, NULL, "GET", "/window", NULL).body, S("staff")));
    struct api_reply r = ask(k, NULL, "GET", "/check/510402-2020-P000001?code=ab12", NULL);
    check_status(r, 302);
    check_str(reply_header(r, "Location"), "/p/check/510402-2020-P000001?code=ab12");
    r = ask(k, NULL, "GET", "/check/510402-2020-P000001?code=a%3Cb", NULL);
    check_str(reply_header(r, "Location"), "/p/check/510402-2020-P000001");
    check_str(reply_header(ask(k, NULL, "GET", "/p", NULL), "Location"), "/p/");
    check_status(ask(k, NULL, "GET", "/check/..%2f..%2fx", NULL), 404);
    check_str(reply_header(ask(k, NULL, "GET", "/p/postings", NULL), "X-Robots-Tag"),
              "noindex, noarchive");
    assert_int_equal(reply_header(ask(k, NULL, "GET", "/p/", NULL), "X-Robots-Tag").n, 0);
    assert_true(
        str_find(reply_header(ask(k, NULL, "GET", "/p/assets/a-1.js", NULL), "Cache-Control"),
                 S("immutable")) >= 0);
    api_case_end(k);
    home_drop(&web);
}

/* How to reach the offices: the place's own file, the nearest first. */
static void whom_to_call(void **state)
{
    struct api_case *k = begin(*state);
    home_put(&k->t.home, "places/town/offices.csv",
             "division,name,phone,address,hours\n,热线,12345,,\n"
             "990102001000,东街道便民服务中心,,东街1号,工作日\n990103001000,西,1,,\n");
    check_ok(office_init(k->t.c, k->t.home.path, 0, err));
    check_ok(office_init(k->t.c, k->t.home.path, 0, err));
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/public/divisions?parent=990102001001", NULL);
    assert_int_equal(reply_n(r, "contacts"), 2);
    check_text(reply_str(r, "contacts.0.address"), "东街1号");
    check_text(reply_str(r, "contacts.1.phone"), "12345");
    home_put(&k->t.home, "places/town/offices.csv",
             "division,name,phone,address,hours\n12,热线,12345,,\n");
    check_fails(office_init(k->t.c, k->t.home.path, 0, err), RC_BAD_INPUT,
                "row 2, column division: found “12”");
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(from_a_phone_to_the_desk),
        BOTH(taken_by_a_clerk),
        BOTH(sent_back_with_words),
        BOTH(what_is_wrong_is_told),
        BOTH(not_too_many),
        BOTH(number_and_phone_open_it),
        BOTH(nothing_is_learnt_by_trying),
        BOTH(guesses_wait),
        BOTH(an_acceptance_is_guessed_at_as_one),
        BOTH(what_cannot_be_printed_is_refused),
        BOTH(a_refusal_is_explained_and_appealed),
        BOTH(the_letter_as_it_was_printed),
        BOTH(a_question_goes_to_the_township),
        BOTH(what_can_be_applied_for),
        BOTH(pages_of_citizens),
        BOTH(whom_to_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
