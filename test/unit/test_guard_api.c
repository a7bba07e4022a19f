/* Sessions, accounts, relatives, numbers in full and village workers, as a page uses them. */
#include "store/api_case.h"

#include "guard/account.h"
#include "guard/session.h"

#define TOWNSHIP 990102001000
#define RIVER    990102100000
#define COUNTY   990102000000
#define CITY     990100000000
#define ELSE     990103001000
#define PASSWORD "Ein langer Tag 2020"
#define IDENTITY "990102198006150012"
#define PHONE    "13812341234"

static str path(struct api_case *k, const char *fmt, ...) PRINTF_LIKE(2, 3);
static str path(struct api_case *k, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return str_dup(&k->t.a, str_from(text));
}

static struct api_reply log_in(struct api_case *k, const char *login, str password,
                               const char *headers)
{
    str body =
        str_fmt(&k->t.a, "{\"login\":\"%s\",\"password\":\"%.*s\"}", login, STR_ARG(password));
    char lines[400];
    snprintf(lines, sizeof lines, "Content-Type: application/json\r\n%s", headers);
    return ask_with(k, NULL, "POST", "/api/v1/session", body, lines);
}

/* What a browser would keep of the reply. */
static const struct api_session *kept(struct api_case *k, struct api_reply r)
{
    struct api_session *s = NEW(&k->t.a, struct api_session);
    str cookie = reply_header(r, "Set-Cookie");
    str rest = {0};
    assert_true(str_starts(cookie, S("huimin=")));
    str_cut(str_sub(cookie, 7, cookie.n), ';', &s->token, &rest);
    s->csrf = reply_str(r, "csrf");
    return s;
}

static void one_logs_in_and_out(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "assistance", TOWNSHIP);
    struct api_reply r = log_in(k, str_z(&k->t.a, clerk->login), S(PASSWORD), "");
    check_status(r, 200);
    str cookie = reply_header(r, "Set-Cookie");
    assert_true(str_find(cookie, S("; HttpOnly")) > 0);
    assert_true(str_find(cookie, S("; SameSite=Strict")) > 0);
    assert_true(str_find(cookie, S("; Path=/")) > 0);
    assert_int_equal(str_find(cookie, S("Secure")), -1);
    assert_true(str_eq(reply_str(r, "account.login"), clerk->login));
    check_str(reply_str(r, "division.code"), "990102001000");
    check_str(reply_str(r, "division.name"), "东街道");
    check_str(reply_str(r, "division.level"), "township");
    check_str(reply_str(r, "roles.0.role"), "clerk");
    check_str(reply_str(r, "roles.0.line"), "assistance");
    check_str(reply_str(r, "roles.0.label.en"), "township clerk");
    check_str(reply_str(r, "today"), "2020-12-21");
    assert_true(json_is_false(reply_at(r, "must_change")));
    check_str(reply_str(r, "place.name"), "town");
    const struct api_session *here = kept(k, r);
    r = ask(k, here, "GET", "/api/v1/session", NULL);
    check_status(r, 200);
    assert_true(str_eq(reply_str(r, "csrf"), here->csrf));
    struct api_session bare = {.token = here->token, .csrf = clerk->csrf};
    check_status(ask(k, &bare, "DELETE", "/api/v1/session", NULL), 403);
    check_status(ask(k, here, "GET", "/api/v1/session", NULL), 200);
    check_status(ask(k, here, "DELETE", "/api/v1/session", NULL), 204);
    check_status(ask(k, here, "GET", "/api/v1/session", NULL), 401);
    check_status(ask(k, clerk, "GET", "/api/v1/session", NULL), 200);
    /* Behind TLS the cookie never goes without it. */
    r = log_in(k, str_z(&k->t.a, clerk->login), S(PASSWORD), "X-Forwarded-Proto: https\r\n");
    check_status(r, 200);
    assert_true(str_find(reply_header(r, "Set-Cookie"), S("; Secure")) > 0);
    api_case_end(k);
}

static void a_wrong_login_says_nothing(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const char *login = str_z(&k->t.a, clerk->login);
    for (int i = 0; i < 3; i++) {
        struct api_reply known = log_in(k, login, S("Ein kurzer Tag 2020"), "");
        struct api_reply unknown = log_in(k, "nobody", S("Ein kurzer Tag 2020"), "");
        check_status(known, 401);
        check_status(unknown, 401);
        check_str(reply_str(known, "code"), "no_session");
        assert_true(str_eq(reply_str(known, "detail"), reply_str(unknown, "detail")));
        assert_int_equal(reply_header(known, "Set-Cookie").n, 0);
    }
    struct api_reply r = log_in(k, login, S(PASSWORD), "");
    check_status(r, 429);
    check_str(reply_str(r, "code"), "too_many");
    /* Of five seconds some may be over. */
    str before, wait = reply_str(r, "detail");
    int64_t seconds = 0;
    while (str_cut(wait, ' ', &before, &wait) && !str_int(before, &seconds))
        continue;
    assert_in_range(seconds, 1, 5);
    check_status(ask(k, NULL, "POST", "/api/v1/session", "{}"), 400);
    check_status(ask(k, NULL, "POST", "/api/v1/session", NULL), 400);
    check_status(ask(k, NULL, "POST", "/api/v1/session", "{\"login\":1,\"password\":[]}"), 400);
    api_case_end(k);
}

static void accounts_are_kept(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *keeper = api_login(k, ROLE_ADMIN, "", COUNTY);
    const char *fresh = "{\"login\":\"wang\",\"name\":\"王五\",\"division\":\"990102001000\","
                        "\"roles\":[{\"role\":\"clerk\",\"line\":\"assistance\"},"
                        "{\"role\":\"township_head\"}]}";
    struct api_reply r = ask(k, keeper, "POST", "/api/v1/accounts", fresh);
    check_status(r, 201);
    check_str(reply_str(r, "division.name"), "东街道");
    assert_int_equal(reply_n(r, "roles"), 2);
    assert_true(json_is_true(reply_at(r, "must_change")));
    str id = reply_str(r, "id");
    str password = reply_str(r, "password");
    assert_true(str_eq(reply_header(r, "Location"), path(k, "/api/v1/accounts/%.*s", STR_ARG(id))));
    r = ask(k, keeper, "POST", "/api/v1/accounts", fresh);
    check_status(r, 409);
    check_str(reply_str(r, "field"), "login");
    /* Before a password of one's own nothing goes but that. */
    r = log_in(k, "wang", password, "");
    check_status(r, 200);
    assert_true(json_is_true(reply_at(r, "must_change")));
    const struct api_session *wang = kept(k, r);
    check_status(ask(k, wang, "GET", "/api/v1/meta", NULL), 403);
    check_status(ask(k, wang, "GET", "/api/v1/households", NULL), 403);
    check_status(ask(k, wang, "GET", "/api/v1/session", NULL), 200);
    str own = str_fmt(&k->t.a, "{\"old\":\"%.*s\",\"new\":\"kurz\"}", STR_ARG(password));
    r = ask(k, wang, "PUT", "/api/v1/session/password", str_z(&k->t.a, own));
    check_status(r, 400);
    check_str(reply_str(r, "field"), "new");
    check_status(ask(k, wang, "PUT", "/api/v1/session/password",
                     "{\"old\":\"wrong\",\"new\":\"Noch ein Tag 2021\"}"),
                 403);
    own = str_fmt(&k->t.a, "{\"old\":\"%.*s\",\"new\":\"Noch ein Tag 2021\"}", STR_ARG(password));
    check_status(ask(k, wang, "PUT", "/api/v1/session/password", str_z(&k->t.a, own)), 204);
    check_status(ask(k, wang, "GET", "/api/v1/accounts", NULL), 403);
    /* Altered: with the version that was seen. */
    const char *of = str_z(&k->t.a, path(k, "/api/v1/accounts/%.*s", STR_ARG(id)));
    r = ask_with(k, keeper, "PATCH", of, S("{\"state\":\"closed\"}"),
                 "Content-Type: application/json\r\nIf-Match: \"1\"\r\n");
    check_status(r, 409);
    r = ask_with(k, keeper, "PATCH", of, S("{\"state\":\"closed\"}"),
                 "Content-Type: application/json\r\nIf-Match: \"2\"\r\n");
    check_status(r, 200);
    check_str(reply_str(r, "state"), "closed");
    check_status(ask(k, wang, "GET", "/api/v1/session", NULL), 401);
    r = ask(k, keeper, "PATCH", of, "{\"state\":\"active\",\"new_password\":true}");
    check_status(r, 200);
    check_status(log_in(k, "wang", reply_str(r, "password"), ""), 200);
    check_status(ask(k, keeper, "PATCH", of, "{\"state\":\"gone\"}"), 400);
    check_status(ask(k, keeper, "PATCH", of, "{\"roles\":[{\"role\":\"king\"}]}"), 400);
    check_status(ask(k, keeper, "PATCH", of, "{\"roles\":[]}"), 400);
    check_status(ask(k, keeper, "PATCH", of, "{\"division\":\"990103000000\"}"), 404);
    check_status(ask(k, keeper, "PATCH", "/api/v1/accounts/nobody", "{\"name\":\"x\"}"), 404);
    api_case_end(k);
}

static void accounts_come_in_pages(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *keeper = api_login(k, ROLE_ADMIN, "", COUNTY);
    const struct api_session *one = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const struct api_session *two = api_login(k, ROLE_CLERK, "", RIVER);
    const struct api_session *out = api_login(k, ROLE_CLERK, "", ELSE);
    struct api_reply r = ask(k, keeper, "GET", "/api/v1/accounts?limit=2", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "count.n"), 3);
    assert_int_equal(json_object_size(reply_at(r, "items.0")), 10);
    str next = reply_str(r, "next");
    r = ask(k, keeper, "GET",
            str_z(&k->t.a, path(k, "/api/v1/accounts?limit=2&cursor=%.*s", STR_ARG(next))), NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    check_str(reply_str(r, "next"), "null");
    r = ask(k, keeper, "GET", "/api/v1/accounts?division=990102100000", NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    assert_true(str_eq(reply_str(r, "items.0.login"), two->login));
    /* Another county: as if it had none. */
    r = ask(k, keeper, "GET", "/api/v1/accounts?division=990103000000", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 0);
    assert_int_equal(reply_int(r, "count.n"), 0);
    check_status(ask(k, keeper, "GET", "/api/v1/accounts?division=x", NULL), 400);
    struct api_reply theirs =
        ask(k, keeper, "PATCH",
            str_z(&k->t.a, path(k, "/api/v1/accounts/%lld", (long long)out->account_id)),
            "{\"name\":\"x\"}");
    struct api_reply none = ask(k, keeper, "PATCH", "/api/v1/accounts/1", "{\"name\":\"x\"}");
    check_status(theirs, 404);
    check_status(none, 404);
    assert_true(str_eq(reply_str(theirs, "title"), reply_str(none, "title")));
    assert_true(one != NULL);
    api_case_end(k);
}

/* ---- numbers --------------------------------------------------------------------------------- */

struct numbers {
    struct city *city;
    int64_t person;
};

static enum rc put_numbers(struct change *c, void *ctx, struct err *err)
{
    const struct numbers *n = ctx;
    TRY(person_number_put(c, n->city->vault, n->person, NUMBER_IDENTITY, S(IDENTITY), err));
    return person_number_put(c, n->city->vault, n->person, NUMBER_PHONE, S(PHONE), err);
}

static void a_number_is_shown_for_a_reason(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *auditor = api_login(k, ROLE_AUDITOR, "", CITY);
    const struct api_session *river = api_login(k, ROLE_CLERK, "", RIVER);
    const char *of = "/api/v1/persons/990102-1100/reveal";
    const char *none = "/api/v1/persons/990102-1101/reveal";
    const char *body = "{\"kind\":\"phone\",\"why\":\"通知补正材料\"}";
    struct numbers n = {k->t.c, 1100};
    settle(k->t.c, 100, VILLAGE_1);
    check_ok(change_in(k->t.c, CASE_COUNTY, put_numbers, &n, NULL, err));
    struct api_reply r = ask_with(k, clerk, "POST", of, str_from(body),
                                  "Content-Type: application/json\r\nIdempotency-Key: k1\r\n");
    check_status(r, 200);
    check_str(reply_str(r, "value"), PHONE);
    check_status(ask(k, clerk, "POST", of, "{\"kind\":\"phone\",\"why\":\"要\"}"), 400);
    check_status(ask(k, clerk, "POST", of, "{\"kind\":\"phone\",\"why\":\"      \"}"), 400);
    check_status(ask(k, clerk, "POST", of, "{\"kind\":\"shoe\",\"why\":\"通知补正材料\"}"), 400);
    check_status(ask(k, clerk, "POST", of, "{\"kind\":\"card\",\"why\":\"通知补正材料\"}"), 404);
    check_status(ask(k, payer, "POST", of, body), 403);
    check_status(ask(k, auditor, "POST", of, body), 403);
    /* Another township's: like nobody. */
    struct api_reply theirs = ask(k, river, "POST", of, body);
    struct api_reply nobody = ask(k, river, "POST", none, body);
    check_status(theirs, 404);
    check_status(nobody, 404);
    check_str(reply_str(theirs, "detail"), "no person 990102-1100 that may be seen");
    check_str(reply_str(nobody, "detail"), "no person 990102-1101 that may be seen");
    check_status(ask(k, clerk, "POST", "/api/v1/persons/123456-1/reveal", body), 404);
    /* It stays with the person: once, whoever tried. */
    r = ask(k, auditor, "GET", "/api/v1/persons/990102-1100/reveals", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_str(reply_str(r, "items.0.kind"), "phone");
    assert_true(str_eq(reply_str(r, "items.0.who"), clerk->login));
    check_str(reply_str(r, "items.0.why"), "通知补正材料");
    check_status(ask(k, river, "GET", "/api/v1/persons/990102-1100/reveals", NULL), 404);
    str chain = rows_of(k->t.c,
                        "SELECT count(*) FROM audit_entry WHERE county_code = 990102 AND why LIKE "
                        "'shown in full, phone:%'",
                        "i", &k->t.a);
    check_str(chain, "1");
    str counties =
        rows_of(k->t.c, "SELECT county_code FROM county ORDER BY county_code", "i", &k->t.a);
    check_str(counties, "990100\n990102");
    api_case_end(k);
}

/* What was shown must not lie about in the store: neither where keys of requests are kept. */
static void what_was_shown_is_not_kept(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const struct api_session *keeper = api_login(k, ROLE_ADMIN, "", COUNTY);
    struct numbers n = {k->t.c, 1100};
    settle(k->t.c, 100, VILLAGE_1);
    check_ok(change_in(k->t.c, CASE_COUNTY, put_numbers, &n, NULL, err));
    const char *once = "Content-Type: application/json\r\nIdempotency-Key: \"a-key\"\r\n";
    struct api_reply r = ask_with(k, clerk, "POST", "/api/v1/persons/990102-1100/reveal",
                                  S("{\"kind\":\"id_number\",\"why\":\"核对身份\"}"), once);
    check_status(r, 200);
    check_str(reply_str(r, "value"), IDENTITY);
    r = ask_with(k, keeper, "POST", "/api/v1/accounts",
                 S("{\"login\":\"wang\",\"name\":\"王五\",\"division\":\"990102001000\","
                   "\"roles\":[{\"role\":\"clerk\"}]}"),
                 once);
    check_status(r, 201);
    str kept_answers = rows_of(k->t.c, "SELECT reply FROM api_once", "t", &k->t.a);
    assert_int_equal(str_find(kept_answers, S(IDENTITY)), -1);
    assert_int_equal(str_find(kept_answers, reply_str(r, "password")), -1);
    api_case_end(k);
}

/* ---- relatives, village workers -------------------------------------------------------------- */

static void relatives_are_on_record(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *keeper = api_login(k, ROLE_ADMIN, "", COUNTY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const struct api_session *other = api_login(k, ROLE_CLERK, "", ELSE);
    struct numbers n = {k->t.c, 1100};
    settle(k->t.c, 100, VILLAGE_1);
    check_ok(change_in(k->t.c, CASE_COUNTY, put_numbers, &n, NULL, err));
    str body = str_fmt(&k->t.a,
                       "{\"account\":\"%lld\",\"id_number\":\"" IDENTITY
                       "\",\"relation\":\"姐\",\"since\":\"2020-01-02\"}",
                       (long long)clerk->account_id);
    struct api_reply r = ask(k, keeper, "POST", "/api/v1/relatives", str_z(&k->t.a, body));
    check_status(r, 201);
    check_str(reply_str(r, "person.ref"), "990102-1100");
    body = str_fmt(&k->t.a, "{\"account\":\"%lld\",\"person\":\"990102-1100\",\"relation\":\"姐\"}",
                   (long long)other->account_id);
    check_status(ask(k, keeper, "POST", "/api/v1/relatives", str_z(&k->t.a, body)), 404);
    r = ask(k, keeper, "GET", "/api/v1/relatives", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_str(reply_str(r, "items.0.person.name"), "张*");
    check_str(reply_str(r, "items.0.since"), "2020-01-02");
    assert_true(str_eq(reply_str(r, "items.0.account.login"), clerk->login));
    check_str(reply_str(r, "next"), "null");
    check_status(ask(k, keeper, "POST", "/api/v1/relatives", "{\"relation\":\"姐\"}"), 400);
    api_case_end(k);
}

static void a_township_assigns_households(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    const struct api_session *river = api_login(k, ROLE_CLERK, "", RIVER);
    const struct api_session *worker = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    const char *of = "/api/v1/households/990102-100/workers";
    settle(k->t.c, 100, VILLAGE_1);
    struct api_reply r = ask(k, clerk, "GET", of, NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "assigned"), 0);
    assert_int_equal(reply_n(r, "workers"), 1);
    assert_true(str_eq(reply_str(r, "workers.0.login"), worker->login));
    check_status(ask(k, worker, "GET", of, NULL), 404);
    const char *body = str_z(
        &k->t.a, str_fmt(&k->t.a, "{\"accounts\":[\"%lld\"]}", (long long)worker->account_id));
    check_status(ask(k, river, "PUT", of, body), 404);
    check_status(ask(k, worker, "PUT", of, body), 403);
    check_status(ask(k, clerk, "PUT", of, "{\"accounts\":\"all\"}"), 400);
    r = ask(k, clerk, "PUT", of, body);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "assigned"), 1);
    check_status(ask(k, worker, "GET", of, NULL), 200);
    check_status(ask(k, clerk, "PUT", of, "{\"accounts\":[]}"), 200);
    check_status(ask(k, worker, "GET", of, NULL), 404);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(one_logs_in_and_out),
        BOTH(a_wrong_login_says_nothing),
        BOTH(accounts_are_kept),
        BOTH(accounts_come_in_pages),
        BOTH(a_number_is_shown_for_a_reason),
        BOTH(what_was_shown_is_not_kept),
        BOTH(relatives_are_on_record),
        BOTH(a_township_assigns_households),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
