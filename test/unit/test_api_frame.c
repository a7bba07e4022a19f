/* The frame of the API: who may call what, and how replies and refusals look. */
#include "store/api_case.h"

#include <sys/socket.h>
#include "api/api_in.h"
#include "base/file.h"

#define EAST INT64_C(990102001000)
#define CITY INT64_C(990100000000)
#define JSON "Content-Type: application/json\r\n"

static void status_needs_nobody(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/status", NULL);

    check_status(r, 200);
    check_str(reply_str(r, "today"), "2020-12-21");
    check_str(reply_header(r, "X-Content-Type-Options"), "nosniff");
    check_str(reply_header(r, "Referrer-Policy"), "no-referrer");
    check_str(reply_header(r, "Cache-Control"), "no-store");
    check_str(reply_header(r, "Content-Type"), "application/json");
    assert_true(str_find(reply_header(r, "Content-Security-Policy"), S("default-src 'self'")) >= 0);
    assert_true(str_find(reply_header(r, "Content-Security-Policy"), S("unsafe")) < 0);
    r = ask(k, NULL, "HEAD", "/api/v1/status", NULL);
    check_status(r, 200);
    assert_int_equal(r.body.n, 0);
    api_case_end(k);
}

static void an_address_or_method_that_is_not_there(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/nowhere", NULL);

    check_status(r, 404);
    check_str(reply_str(r, "code"), "not_found");
    check_str(reply_str(r, "type"), "urn:huimin:problem:not_found");
    check_str(reply_header(r, "Content-Type"), "application/problem+json");
    check_status(ask(k, NULL, "GET", "/api/v1/cases/", NULL), 404);
    check_status(ask(k, NULL, "GET", "/api/v1/cases/a/b/c/d/e/f", NULL), 404);
    check_status(ask(k, NULL, "GET", "/api/", NULL), 404);
    r = ask(k, NULL, "DELETE", "/api/v1/accounts", NULL);
    check_status(r, 405);
    check_str(reply_header(r, "Allow"), "GET, HEAD, POST");
    check_status(ask(k, NULL, "BREW", "/api/v1/accounts", NULL), 405);
    r = ask_with(k, NULL, "GET", "/api/v1/nowhere", S(""), "Accept-Language: en-GB\r\n");
    check_str(reply_str(r, "title"), "No such record, or none that may be seen.");
    api_case_end(k);
}

static void a_session_is_asked_for(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    struct api_session wrong = *clerk;
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/accounts", NULL);

    check_status(r, 401);
    check_str(reply_str(r, "code"), "no_session");
    wrong.token = S("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    check_status(ask(k, &wrong, "GET", "/api/v1/session", NULL), 401);
    wrong.token = S("not'a;token");
    check_status(ask(k, &wrong, "GET", "/api/v1/session", NULL), 401);
    r = ask(k, clerk, "GET", "/api/v1/accounts", NULL);
    check_status(r, 403);
    check_str(reply_str(r, "code"), "forbidden");
    check_status(ask(k, clerk, "GET", "/api/v1/session", NULL), 200);
    api_case_end(k);
}

static void a_write_proves_where_it_comes_from(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    struct api_session wrong = *clerk;
    char same[64];

    wrong.csrf = S("");
    check_status(ask(k, &wrong, "DELETE", "/api/v1/session", NULL), 403);
    wrong.csrf = S("0000");
    check_status(ask(k, &wrong, "DELETE", "/api/v1/session", NULL), 403);
    check_status(ask_with(k, clerk, "DELETE", "/api/v1/session", S(""),
                          "Origin: http://elsewhere.example\r\n"),
                 403);
    check_status(ask_with(k, clerk, "DELETE", "/api/v1/session", S(""), "Origin: null\r\n"), 403);
    /* Also where no session is needed. */
    check_status(ask_with(k, NULL, "POST", "/api/v1/session", S("{\"login\":\"a\"}"),
                          JSON "Origin: http://elsewhere.example\r\n"),
                 403);
    check_status(ask(k, clerk, "GET", "/api/v1/session", NULL), 200);
    snprintf(same, sizeof same, "Origin: http://127.0.0.1:%u\r\n", k->port);
    check_status(ask_with(k, clerk, "DELETE", "/api/v1/session", S(""), same), 204);
    check_status(ask(k, clerk, "GET", "/api/v1/session", NULL), 401);
    api_case_end(k);
}

static void an_auditor_writes_nothing(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *auditor = api_login(k, ROLE_AUDITOR, "", CITY);

    check_status(ask(k, auditor, "POST", "/api/v1/cases/990102-1/events", "{}"), 403);
    check_status(ask(k, auditor, "PUT", "/api/v1/cases/990102-1/draft", "{}"), 403);
    check_status(ask(k, auditor, "POST", "/api/v1/runs", "{}"), 403);
    assert_int_not_equal(ask(k, auditor, "GET", "/api/v1/runs", NULL).status, 403);
    api_case_end(k);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void a_body_must_be_readable(void **state)
{
    struct api_case *k = api_case_begin(*state);
    static const struct {
        const char *body, *detail;
    } wrong[] = {
        {"", "empty"},
        {"[]", "object"},
        {"\"text\"", "expected near"},
        {"{\"login\": }", "line 1"},
        {"{\"login\":\"a\",\"login\":\"b\"}", "duplicate"},
        {"{\"login\":\"a\"", "line 1"},
        {"{\"login\":\"a\"} x", "line 1"},
        {"{\"login\":\"\xff\"}", "UTF-8"},
        {"{\"login\":\"\xc0\x80\"}", "UTF-8"},
        {"{\"login\":\"\\u0000\"}", "u0000"},
        {"{\"login\":99999999999999999999}", "integer"},
        {"{\"login\":\"\\ud800\"}", "invalid Unicode"},
        {"{\"login\":1e400}", "overflow"},
        {"{\"login\":7}", "login"},
    };
    struct sbuf deep;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct api_reply r = ask(k, NULL, "POST", "/api/v1/session", wrong[i].body);
        check_status(r, 400);
        check_str(reply_str(r, "code"), "bad_input");
        if (str_find(reply_str(r, "detail"), str_from(wrong[i].detail)) < 0)
            fail_msg("%s: found %.*s", wrong[i].detail, STR_ARG(r.body));
    }
    sbuf_init(&deep, 1 << 20);
    sbuf_addz(&deep, "{\"login\":");
    sbuf_add_n(&deep, '[', 300000);
    struct api_reply r = ask_with(k, NULL, "POST", "/api/v1/session", sbuf_str(&deep), JSON);
    check_status(r, 400);
    assert_true(str_find(reply_str(r, "detail"), S("300001 brackets")) >= 0);
    check_status(ask_with(k, NULL, "POST", "/api/v1/session", S("login=a"),
                          "Content-Type: application/x-www-form-urlencoded\r\n"),
                 400);
    r = ask_with(k, NULL, "POST", "/api/v1/session", S("{}"),
                 "Content-Type: application/jsonx\r\n");
    check_status(r, 400);
    assert_true(str_find(reply_str(r, "detail"), S("application/jsonx")) >= 0);
    r = ask_with(k, NULL, "POST", "/api/v1/session", S("{}"),
                 "Content-Type: application/json; charset=utf-8\r\n");
    assert_true(str_find(reply_str(r, "detail"), S("login")) >= 0);
    sbuf_deinit(&deep);
    api_case_end(k);
}

static void a_body_has_its_bounds(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct sbuf b;

    sbuf_init(&b, 4 << 20);
    sbuf_addz(&b, "{\"login\":\"");
    sbuf_add_n(&b, 'x', API_JSON_BYTES);
    sbuf_addz(&b, "\"}");
    struct api_reply r = ask_with(k, NULL, "POST", "/api/v1/session", sbuf_str(&b), JSON);
    check_status(r, 413);
    check_str(reply_str(r, "code"), "limit");
    /* Cut off half-way: no answer, and nothing happened. */
    r = ask_raw(
        k, S("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"login\":"),
        true, 20);
    assert_int_equal(r.status, 0);
    /* A large upload of nobody's is not read. */
    r = ask_raw(k,
                S("POST /api/v1/cases/990102-1/files HTTP/1.1\r\nHost: x\r\nContent-Length: "
                  "20000000\r\n\r\n"),
                false, 20);
    check_status(r, 401);
    sbuf_deinit(&b);
    api_case_end(k);
}

static size_t uploads(struct api_case *k)
{
    struct arena a = {0};
    str *names = NULL;
    size_t n = 0, found = 0;

    check_ok(dir_list(k->files.path, &a, &names, &n, err));
    for (size_t i = 0; i < n; i++)
        found += str_starts(names[i], S("upload-"));
    arena_deinit(&a);
    return found;
}

static void an_upload_cut_off_half_way(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    struct sbuf b;

    sbuf_init(&b, 1 << 20);
    sbuf_fmt(&b,
             "POST /api/v1/cases/990102-1/files?name=a.jpg HTTP/1.1\r\nHost: x\r\n"
             "Cookie: huimin=%.*s\r\nX-CSRF: %.*s\r\nContent-Type: image/jpeg\r\n"
             "Content-Length: 400000\r\n\r\n\xff\xd8\xff",
             STR_ARG(clerk->token), STR_ARG(clerk->csrf));
    sbuf_add_n(&b, 'x', 200000);
    struct api_reply r = ask_raw(k, sbuf_str(&b), true, 20);
    assert_int_equal(r.status, 0);
    for (int i = 0; i < 500 && uploads(k) > 0; i++)
        usleep(20000);
    assert_int_equal(uploads(k), 0);
    check_text(rows_of(k->t.c, "SELECT count(*) FROM case_file", "i", &k->t.a), "0");
    sbuf_deinit(&b);
    api_case_end(k);
}

/* ---- once ------------------------------------------------------------------------------------ */

static const char *account_body(struct arena *a, const char *login)
{
    return str_fmt(a,
                   "{\"login\":\"%s\",\"name\":\"某人\",\"division\":\"990102001000\","
                   "\"roles\":[{\"role\":\"clerk\"}]}",
                   login)
        .p;
}

static int64_t accounts_of(struct api_case *k, const char *login)
{
    char sql[200];
    str rows;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM account WHERE login = '%s'", login);
    rows = rows_of(k->t.c, sql, "i", &k->t.a);
    int64_t n = -1;
    assert_true(str_int(rows, &n));
    return n;
}

struct sender {
    struct api_case *k;
    const struct api_session *s;
    struct arena a;
    char request[1000];
    int status;
};

/* On its own connection and with its own memory: the case's arena belongs to one thread. */
static void *send_one(void *ctx)
{
    struct sender *me = ctx;
    char part[4096];
    int fd = api_connect(me->k);

    assert_true(send(fd, me->request, strlen(me->request), MSG_NOSIGNAL) > 0);
    ssize_t n = recv(fd, part, sizeof part, 0);
    if (n > 12)
        me->status = (part[9] - '0') * 100 + (part[10] - '0') * 10 + (part[11] - '0');
    close(fd);
    return NULL;
}

static void two_at_once_make_one(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const char *body = account_body(&k->t.a, "twice");
    struct sender s[4];
    pthread_t thread[4];
    int made = 0;

    for (int i = 0; i < 4; i++) {
        s[i] = (struct sender){.k = k, .s = admin};
        snprintf(s[i].request, sizeof s[i].request,
                 "POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" JSON
                 "Cookie: huimin=%.*s\r\nX-CSRF: %.*s\r\nIdempotency-Key: k1\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 STR_ARG(admin->token), STR_ARG(admin->csrf), strlen(body), body);
        pthread_create(&thread[i], NULL, send_one, &s[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        /* A password is not kept to be shown again: the others are told that it was done. */
        assert_true(s[i].status == 201 || s[i].status == 409);
        made += s[i].status == 201;
    }
    assert_int_equal(made, 1);
    assert_int_equal(accounts_of(k, "twice"), 1);
    api_case_end(k);
}

static int64_t one_person(struct api_case *k)
{
    family(k->t.c, 71, VILLAGE_1);
    return 71;
}

static void a_repeat_gets_the_first_answer(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    struct arena *a = &k->t.a;

    one_person(k);
    str person = rows_of(k->t.c, "SELECT person_id FROM person ORDER BY person_id LIMIT 1", "i", a);
    const char *body = str_fmt(a,
                               "{\"account\":\"%lld\",\"person\":\"990102-%.*s\","
                               "\"relation\":\"姐妹\",\"since\":\"2020-01-01\"}",
                               (long long)clerk->account_id, STR_ARG(person))
                           .p;
    struct api_reply one = ask_with(k, admin, "POST", "/api/v1/relatives", str_from(body),
                                    JSON "Idempotency-Key: r1\r\n");
    struct api_reply two = ask_with(k, admin, "POST", "/api/v1/relatives", str_from(body),
                                    JSON "Idempotency-Key: r1\r\n");
    assert_true(one.status == 200 || one.status == 201);
    assert_int_equal(two.status, one.status);
    assert_true(str_eq(one.body, two.body));
    check_str(reply_header(one, "Idempotency-Replayed"), "");
    check_str(reply_header(two, "Idempotency-Replayed"), "true");
    /* After a restart as well. */
    api_case_restart(k);
    two = ask_with(k, admin, "POST", "/api/v1/relatives", str_from(body),
                   JSON "Idempotency-Key: r1\r\n");
    assert_true(str_eq(one.body, two.body));
    /* The same key for something else is a slip. */
    two = ask_with(k, admin, "POST", "/api/v1/relatives", S("{\"account\":\"1\"}"),
                   JSON "Idempotency-Key: r1\r\n");
    check_status(two, 409);
    check_str(reply_str(two, "field"), "Idempotency-Key");
    api_case_end(k);
}

static void a_failure_is_not_kept(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);

    check_status(ask_with(k, admin, "POST", "/api/v1/accounts", S("{\"login\":\"Nö\"}"),
                          JSON "Idempotency-Key: f1\r\n"),
                 400);
    check_status(ask_with(k, admin, "POST", "/api/v1/accounts",
                          str_from(account_body(&k->t.a, "later")), JSON "Idempotency-Key: f1\r\n"),
                 201);
    api_case_end(k);
}

/* What a server that died leaves behind: begun only, or with something written. */
static void a_row_left_behind(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const struct statement put = {
        .name = "test_once",
        .n_params = 1,
        .sql = "UPDATE api_once SET state = $1, at_ms = at_ms - 60000, reply = '', status = 0"};
    const struct value begun = V_INT(0), written = V_INT(1);
    const char *body = account_body(&k->t.a, "lost");

    check_status(ask_with(k, admin, "POST", "/api/v1/accounts", str_from(body),
                          JSON "Idempotency-Key: c1\r\n"),
                 201);
    check_ok(fresh_exec(k->t.c->store, &put, &written, 1, err));
    struct api_reply r = ask_with(k, admin, "POST", "/api/v1/accounts", str_from(body),
                                  JSON "Idempotency-Key: c1\r\n");
    check_status(r, 409);
    assert_true(str_find(reply_str(r, "detail"), S("was recorded")) >= 0);
    /* Nothing was written: it is done now, and the login is found taken. */
    check_ok(fresh_exec(k->t.c->store, &put, &begun, 1, err));
    r = ask_with(k, admin, "POST", "/api/v1/accounts", str_from(body),
                 JSON "Idempotency-Key: c1\r\n");
    check_status(r, 409);
    assert_true(str_find(reply_str(r, "detail"), S("lost")) >= 0);
    assert_int_equal(accounts_of(k, "lost"), 1);
    api_case_end(k);
}

/* The mark is made by the change itself: both or neither. */
static void the_mark_stands_with_the_change(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);

    check_status(ask_with(k, admin, "POST", "/api/v1/accounts",
                          str_from(account_body(&k->t.a, "marked")),
                          JSON "Idempotency-Key: m1\r\n"),
                 201);
    check_text(rows_of(k->t.c, "SELECT once_key, state, status, kept, reply FROM api_once", "tiiit",
                       &k->t.a),
               "m1|2|201|0|");
    api_case_end(k);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void too_many_are_slowed_down(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", EAST);
    struct api_insides *in = k->api->insides;

    /* Filled so slowly that nothing comes in while the test runs. */
    in->sessions.per_second = in->addresses.per_second = 1;
    in->sessions.burst = in->addresses.burst = 5;
    for (struct rate *r = &in->sessions; r != NULL; r = r == &in->sessions ? &in->addresses : NULL)
        memset(r->slots, 0, sizeof r->slots);
    int refused = 0;
    for (int i = 0; i < 200; i++)
        refused += ask(k, clerk, "GET", "/api/v1/session", NULL).status == 429;
    assert_true(refused > 50);
    struct api_reply r = {0};
    for (int i = 0; i < 20 && r.status != 429; i++)
        r = ask(k, clerk, "GET", "/api/v1/session", NULL);
    check_status(r, 429);
    check_str(reply_str(r, "code"), "too_many");
    assert_true(reply_header(r, "Retry-After").n > 0);
    /* Another's session has its own measure. */
    check_status(ask(k, other, "GET", "/api/v1/session", NULL), 200);
    for (int i = 0; i < 20 && r.status == 429; i++)
        r = ask(k, NULL, "GET", "/api/v1/status", NULL);
    check_status(r, 200);
    for (int i = 0; i < 50 && r.status != 429; i++)
        r = ask(k, NULL, "GET", "/api/v1/status", NULL);
    check_status(r, 429);
    api_case_end(k);
}

static void what_one_has_is_not_sent_again(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct api_reply r = ask(k, NULL, "GET", "/api/v1/openapi.json", NULL);
    str tag = reply_header(r, "ETag");

    check_status(r, 200);
    assert_true(tag.n > 2);
    r = ask_with(k, NULL, "GET", "/api/v1/openapi.json", S(""),
                 str_fmt(&k->t.a, "If-None-Match: \"x\", W/%.*s\r\n", STR_ARG(tag)).p);
    check_status(r, 304);
    assert_int_equal(r.body.n, 0);
    check_status(
        ask_with(k, NULL, "GET", "/api/v1/openapi.json", S(""), "If-None-Match: \"other\"\r\n"),
        200);
    api_case_end(k);
}

static void pages_are_asked_for_properly(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    struct api_reply r;
    str seen[8];
    size_t n = 0;

    for (int i = 0; i < 4; i++)
        api_login(k, ROLE_CLERK, "", EAST);
    check_status(ask(k, admin, "GET", "/api/v1/accounts?limit=0", NULL), 400);
    check_status(ask(k, admin, "GET", "/api/v1/accounts?limit=201", NULL), 400);
    check_status(ask(k, admin, "GET", "/api/v1/accounts?limit=x", NULL), 400);
    check_status(ask(k, admin, "GET", "/api/v1/accounts?cursor=%25%25", NULL), 400);
    check_status(ask(k, admin, "GET", "/api/v1/accounts?cursor=AAAA", NULL), 400);
    r = ask(k, admin, "GET", "/api/v1/accounts?cursor=OTk6YQ", NULL); /* 99:a */
    check_status(r, 400);
    check_str(reply_str(r, "field"), "cursor");
    /* One by one: each once, and then the end. */
    str next = S("");
    do {
        r = ask(k, admin, "GET",
                str_fmt(&k->t.a, "/api/v1/accounts?limit=1&cursor=%.*s", STR_ARG(next)).p, NULL);
        check_status(r, 200);
        assert_int_equal(reply_n(r, "items"), 1);
        seen[n] = reply_str(r, "items.0.login");
        for (size_t i = 0; i < n; i++)
            assert_false(str_eq(seen[i], seen[n]));
        n++;
        next = reply_str(r, "next");
    } while (!str_eq(next, S("null")) && n < 8);
    assert_int_equal(n, 5);
    api_case_end(k);
}

static void a_failing_store_is_a_number(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);

    store_fail_after(0);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/session", NULL);
    store_fail_after(-1);
    check_status(r, 500);
    check_str(reply_str(r, "code"), "io");
    check_str(reply_str(r, "detail"), "failure number 1, see the server's log");
    check_status(ask(k, clerk, "GET", "/api/v1/session", NULL), 200);
    api_case_end(k);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void pages_come_from_their_folder(void **state)
{
    struct api_case *k = api_case_begin(*state);
    struct home web = {"/tmp/huimin-web-XXXXXX"};
    struct api_reply r;

    assert_non_null(mkdtemp(web.path));
    home_put(&web, "index.html", "<html>front</html>");
    home_put(&web, "assets/a-1234.js", "plain");
    home_put(&web, "assets/a-1234.js.gz", "packed");
    home_put(&web, ".secret.txt", "no");
    check_status(ask(k, NULL, "GET", "/", NULL), 404);
    k->api->web = web.path;
    r = ask(k, NULL, "GET", "/", NULL);
    check_status(r, 200);
    check_str(r.body, "<html>front</html>");
    check_str(reply_header(r, "Content-Type"), "text/html; charset=utf-8");
    check_str(reply_header(r, "Cache-Control"), "no-cache");
    assert_true(reply_header(r, "Content-Security-Policy").n > 0);
    r = ask_with(k, NULL, "GET", "/", S(""),
                 str_fmt(&k->t.a, "If-None-Match: %.*s\r\n", STR_ARG(reply_header(r, "ETag"))).p);
    check_status(r, 304);
    /* A page of the application is its front page, wherever it is. */
    check_str(ask(k, NULL, "GET", "/cases/510402-1", NULL).body, "<html>front</html>");
    r = ask(k, NULL, "GET", "/assets/a-1234.js", NULL);
    check_str(r.body, "plain");
    check_str(reply_header(r, "Cache-Control"), "public, max-age=31536000, immutable");
    r = ask_with(k, NULL, "GET", "/assets/a-1234.js", S(""), "Accept-Encoding: br, gzip\r\n");
    check_str(r.body, "packed");
    check_str(reply_header(r, "Content-Encoding"), "gzip");
    check_str(reply_header(r, "Content-Type"), "text/javascript; charset=utf-8");
    check_str(reply_header(r, "Vary"), "Accept-Encoding");
    static const char *const none[] = {"/assets/none.js",
                                       "/../the.key",
                                       "/%2e%2e/%2e%2e/etc/passwd.txt",
                                       "/assets/../index.js",
                                       "/..%2findex.html",
                                       "/.secret.txt",
                                       "/assets",
                                       "/index.html/x.html",
                                       "/assets/..%5c..%5cindex.html"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        r = ask(k, NULL, "GET", none[i], NULL);
        if (r.status != 404 && !str_eq(r.body, S("<html>front</html>")))
            fail_msg("%s: found %d", none[i], r.status);
        if (strchr(none[i], '.') != NULL)
            check_status(r, 404);
    }
    check_status(ask(k, NULL, "POST", "/index.html", NULL), 405);
    home_drop(&web);
    api_case_end(k);
}

/* A session that ended while a form was open: 401, and the same request does after logging in. */
static void a_session_that_ended(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", CITY);
    const char *body = account_body(&k->t.a, "typed");

    check_status(ask(k, admin, "DELETE", "/api/v1/session", NULL), 204);
    check_status(ask_with(k, admin, "POST", "/api/v1/accounts", str_from(body),
                          JSON "Idempotency-Key: e1\r\n"),
                 401);
    admin = api_login(k, ROLE_ADMIN, "", CITY);
    check_status(ask_with(k, admin, "POST", "/api/v1/accounts", str_from(body),
                          JSON "Idempotency-Key: e1\r\n"),
                 201);
    api_case_end(k);
}

/* All of a home's addresses are one; this machine's own is nobody's. */
static void addresses_are_counted_by_network(void **state)
{
    struct arena a = {0};
    (void)state;
    check_str(rate_address(S("203.0.113.7"), &a), "203.0.113.7");
    check_str(rate_address(S("127.0.0.1"), &a), "");
    check_str(rate_address(S("::1"), &a), "");
    str one = rate_address(S("2001:db8:1:2::1"), &a);
    check_str(one, "2001:0db8:0001:0002::/64");
    assert_true(str_eq(one, rate_address(S("2001:db8:1:2:ffff:0:9:1"), &a)));
    assert_false(str_eq(one, rate_address(S("2001:db8:1:3::1"), &a)));
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(status_needs_nobody),
        BOTH(an_address_or_method_that_is_not_there),
        BOTH(a_session_is_asked_for),
        BOTH(a_write_proves_where_it_comes_from),
        BOTH(an_auditor_writes_nothing),
        BOTH(a_body_must_be_readable),
        BOTH(a_body_has_its_bounds),
        BOTH(an_upload_cut_off_half_way),
        BOTH(two_at_once_make_one),
        BOTH(a_repeat_gets_the_first_answer),
        BOTH(a_failure_is_not_kept),
        BOTH(a_row_left_behind),
        BOTH(the_mark_stands_with_the_change),
        BOTH(too_many_are_slowed_down),
        BOTH(what_one_has_is_not_sent_again),
        BOTH(pages_are_asked_for_properly),
        BOTH(a_failing_store_is_a_number),
        BOTH(pages_come_from_their_folder),
        BOTH(a_session_that_ended),
        cmocka_unit_test(addresses_are_counted_by_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
