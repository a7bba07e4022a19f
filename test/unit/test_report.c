/* Reports of offices over the API: every number is the length of the list that it leads to. */
#include "store/api_case.h"

#include "work/clock.h"

#define TOWN_1 990102001000
#define TOWN_R 990102100000
#define COUNTY 990102000000

static enum rc calendar_it(struct change *c, void *ctx, struct err *err)
{
    (void)ctx;
    return calendar_load(c, HUIMIN_SRC "/places/calendar.csv", err);
}

static str apply(struct api_case *k, const struct api_session *s, int64_t household,
                 const char *service, const char *on)
{
    str body =
        str_fmt(&k->t.a,
                "{\"household\":\"990102-%lld\",\"services\":[{\"service\":\"%s\",\"person\":"
                "null}],\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":\"本人\"},"
                "\"day\":\"%s\",\"facts\":[],\"papers\":[],\"note\":\"\"}",
                (long long)household, service, on);
    struct api_reply r = ask(k, s, "POST", "/api/v1/cases", str_z(&k->t.a, body));
    check_status(r, 201);
    return reply_str(r, "cases.0.ref");
}

static void withdraw(struct api_case *k, const struct api_session *s, str ref, const char *on)
{
    str path = str_fmt(&k->t.a, "/api/v1/cases/%.*s/events", STR_ARG(ref));
    str body = str_fmt(
        &k->t.a, "{\"event\":\"withdrawn\",\"text\":\"不再申请\",\"day\":\"%s\",\"data\":{}}", on);
    struct api_reply r = ask_with(k, s, "POST", str_z(&k->t.a, path), body,
                                  "Content-Type: application/json\r\nIf-Match: \"1\"\r\n");
    check_status(r, 200);
}

static int64_t length(struct api_case *k, const struct api_session *s, const char *query)
{
    str path = str_fmt(&k->t.a, "/api/v1/cases?limit=200&%s", query);
    struct api_reply r = ask(k, s, "GET", str_z(&k->t.a, path), NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), reply_int(r, "count.n"));
    return reply_int(r, "count.n");
}

static const struct {
    const char *number, *query;
} numbers[] = {{"open", "state=open"},
               {"late", "clock=late"},
               {"warned", "clock=warned"},
               {"due_today", "clock=due_today"},
               {"paused", "clock=paused"},
               {"done", "closed=2020-12"},
               {"in_time", "closed=2020-12&in_time=yes"}};

/* Of each row of the report each number. */
static int check_rows(struct api_case *k, const struct api_session *s, struct api_reply r)
{
    int checked = 0;
    for (size_t i = 0; i < reply_n(r, "rows"); i++)
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
            char row[40], number[60], query[200];
            snprintf(row, sizeof row, "rows.%zu", i);
            snprintf(number, sizeof number, "%s.%s", row, numbers[n].number);
            bool own = json_is_true(reply_at(r, str_z(&k->t.a, str_fmt(&k->t.a, "%s.own", row))));
            str code = reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "%s.division.code", row)));
            snprintf(query, sizeof query, "%s&%s=%.*s", numbers[n].query,
                     own ? "office" : "division", STR_ARG(code));
            assert_int_equal(reply_int(r, number), length(k, s, query));
            checked++;
        }
    for (size_t i = 0; i < reply_n(r, "services"); i++)
        for (size_t n = 0; n < 5; n++) {
            char number[60], query[200];
            str row = str_fmt(&k->t.a, "services.%zu", i);
            snprintf(number, sizeof number, "%.*s.%s", STR_ARG(row), numbers[n].number);
            str service =
                reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "%.*s.service", STR_ARG(row))));
            str step = reply_str(r, str_z(&k->t.a, str_fmt(&k->t.a, "%.*s.step", STR_ARG(row))));
            snprintf(query, sizeof query, "%s&service=%.*s&step=%.*s", numbers[n].query,
                     STR_ARG(service), STR_ARG(step));
            assert_int_equal(reply_int(r, number), length(k, s, query));
            checked++;
        }
    return checked;
}

static void numbers_are_lengths_of_lists(void **state)
{
    struct api_case *k = api_case_begin(*state);
    check_ok(change_in(k->t.c, CASE_CITY, calendar_it, NULL, NULL, err));
    const struct api_session *one = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *river = api_login(k, ROLE_CLERK, "", TOWN_R);
    const struct api_session *county = api_login(k, ROLE_VERIFIER, "", COUNTY);
    for (int i = 0; i < 6; i++)
        family(k->t.c, 500 + i, i < 4 ? VILLAGE_1 : VILLAGE_R);
    apply(k, one, 500, "dibao_application", "2020-12-18");
    apply(k, one, 501, "dibao_application", "2020-09-01"); /* late by now */
    withdraw(k, one, apply(k, one, 502, "dibao_application", "2020-12-01"), "2020-12-11");
    withdraw(k, one, apply(k, one, 503, "dibao_application", "2020-09-02"), "2020-12-02");
    withdraw(k, river, apply(k, river, 504, "dibao_application", "2020-10-08"), "2020-11-30");
    apply(k, river, 505, "dibao_application", "2020-12-18");
    struct api_reply r = ask(k, county, "GET", "/api/v1/reports/desk?month=2020-12", NULL);
    check_status(r, 200);
    assert_int_equal(reply_int(r, "sum.open"), 3);
    assert_int_equal(reply_int(r, "sum.late"), 1);
    assert_int_equal(reply_int(r, "sum.done"), 2);          /* the third was closed in November */
    assert_int_equal(reply_int(r, "sum.in_time"), 1);       /* one of them took three months */
    assert_int_equal(reply_int(r, "sum.days_tenths"), 505); /* 10 and 91 days */
    assert_int_equal(reply_n(r, "rows"), 2);
    check_str(reply_str(r, "rows.0.division.code"), "990102001000");
    assert_int_equal(reply_int(r, "rows.1.open"), 1);
    assert_int_equal(check_rows(k, county, r), 2 * 7 + (int)reply_n(r, "services") * 5);
    r = ask(k, one, "GET", "/api/v1/reports/desk", NULL);
    check_status(r, 200);
    check_str(reply_str(r, "rows.0.division.code"), "990102001001"); /* its villages */
    assert_int_equal(reply_int(r, "sum.open"), 2);
    check_rows(k, one, r);
    r = ask(k, county, "GET", "/api/v1/reports/desk?month=2020-11&division=990102100000", NULL);
    assert_int_equal(reply_int(r, "sum.done"), 1);
    r = ask(k, county, "GET", "/api/v1/reports/desk?service=edge_application", NULL);
    assert_int_equal(reply_int(r, "sum.open"), 0);
    api_case_end(k);
}

/* Pages of such a list go on where the last one ended, both ways. */
static void pages_by_the_clock(void **state)
{
    struct api_case *k = api_case_begin(*state);
    check_ok(change_in(k->t.c, CASE_CITY, calendar_it, NULL, NULL, err));
    const struct api_session *one = api_login(k, ROLE_CLERK, "", TOWN_1);
    for (int i = 0; i < 3; i++) {
        family(k->t.c, 500 + i, VILLAGE_1);
        withdraw(k, one, apply(k, one, 500 + i, "dibao_application", "2020-12-01"),
                 i == 1 ? "2020-12-09" : "2020-12-08");
    }
    static const char *const orders[] = {"asc", "desc"};
    for (int o = 0; o < 2; o++) {
        str all = S(""), cursor = S("");
        for (int page = 0; page < 3; page++) {
            str path = str_fmt(&k->t.a, "/api/v1/cases?closed=2020-12&limit=1&order=%s&cursor=%.*s",
                               orders[o], STR_ARG(cursor));
            struct api_reply r = ask(k, one, "GET", str_z(&k->t.a, path), NULL);
            check_status(r, 200);
            all = str_fmt(&k->t.a, "%.*s%.*s ", STR_ARG(all),
                          STR_ARG(reply_str(r, "items.0.household")));
            if (page < 2)
                cursor = reply_str(r, "next");
            else
                assert_true(json_is_null(reply_at(r, "next")));
        }
        check_text(all, o == 0 ? "990102-500 990102-502 990102-501 "
                               : "990102-501 990102-502 990102-500 ");
    }
    check_status(ask(k, one, "GET", "/api/v1/cases?clock=soon", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/cases?closed=2020", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/cases?in_time=yes", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/cases?clock=late&closed=2020-12", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/cases?clock=late&sort=number", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/cases?office=12", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/reports/desk?month=x", NULL), 400);
    check_status(ask(k, one, "GET", "/api/v1/reports/desk?division=990103000000", NULL), 404);
    check_status(ask(k, one, "GET", "/api/v1/reports/desk?service=none", NULL), 400);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(numbers_are_lengths_of_lists),
                                       BOTH(pages_by_the_clock)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
