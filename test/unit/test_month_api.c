/* The month's lists over HTTP, the letters and sums of what it found, and a frozen month. */
#include "store/api_case.h"

#include "pay/decide.h"

#define COUNTY 990102000000
#define CITY   990100000000
#define EAST   990102001000

static void run_as(struct api_case *k, const char *m, enum decide decide)
{
    struct run_spec spec = run_spec_of(k->t.c, month_at(m));
    struct run_result r;
    spec.decide = decide;
    assert_true(date_parse(S("2020-12-21"), &spec.today));
    check_ok(run_month(&spec, &k->t.a, &r, err));
}

/* Families 1 to 4 on dibao with 100.00; in December 2 and 3 have less, 4 has too much; 5 qualifies. */
static struct api_case *some_months(void *state)
{
    struct api_case *k = api_case_begin(state);
    pay_tie();
    for (int64_t h = 1; h <= 5; h++) {
        family(k->t.c, h, h == 3 ? VILLAGE_2 : VILLAGE_1);
        person_from(k->t.c, 1000 + h, "2019-01-01", "income 55000");
        if (h <= 4)
            enrol(k->t.c, h, 0, "dibao", DAY_OPEN);
    }
    run_as(k, "2020-11", DECIDE_ALL);
    person_from(k->t.c, 1002, "2020-12-01", "income 50000");
    person_from(k->t.c, 1003, "2020-12-01", "income 45000");
    person_from(k->t.c, 1004, "2020-12-01", "income 99900");
    return k;
}

static void the_month_is_compared(void **state)
{
    struct api_case *k = some_months(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", COUNTY);
    const struct api_session *other = api_login(k, ROLE_PAYER, "", 990103000000);
    run_as(k, "2020-12", DECIDE_ALL);
    struct api_reply r = ask(k, payer, "GET", "/api/v1/runs/2020-12/compare", NULL);
    check_status(r, 200);
    assert_true(json_is_true(reply_at(r, "compared")));
    check_text(reply_str(r, "before"), "2020-11");
    check_text(reply_str(r, "way.0.name"), "甲区");
    check_text(reply_str(r, "rows.0.division.name"), "东街道");
    check_text(reply_str(r, "rows.0.programme"), "dibao");
    assert_int_equal(reply_int(r, "rows.0.households"), 3);
    assert_int_equal(reply_int(r, "rows.0.was.households"), 4);
    assert_int_equal(reply_int(r, "rows.0.gone"), 1);
    assert_int_equal(reply_int(r, "rows.0.more"), 2);
    assert_int_equal(reply_int(r, "rows.0.same"), 1);
    assert_int_equal(reply_int(r, "rows.0.not_enrolled"), 1);
    r = ask(k, payer, "GET", "/api/v1/runs/2020-12/compare?division=990102001000", NULL);
    check_text(reply_str(r, "way.1.name"), "东街道");
    check_text(reply_str(r, "rows.0.division.name"), "一社区");
    assert_int_equal(reply_int(r, "rows.0.households"), 2);
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-12/compare?division=990103000000", NULL),
                 404);
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-10/compare", NULL), 404);
    /* The list behind a number, with its reasons for whoever may read them. */
    r = ask(k, decider, "GET", "/api/v1/runs/2020-12/changes?kind=more", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "count.n"), 2);
    check_text(reply_str(r, "items.0.household"), "990102-2");
    assert_int_equal(reply_int(r, "items.0.old_fen"), 10000);
    assert_int_equal(reply_int(r, "items.0.new_fen"), 15000);
    check_text(reply_str(r, "items.0.why.0.text.zh"), "2020-12 计算认定：按标施保");
    r = ask(k, payer, "GET", "/api/v1/runs/2020-12/changes?kind=more", NULL);
    assert_int_equal(reply_n(r, "items.0.why"), 0);
    /* Page after page each is there once. */
    r = ask(k, payer, "GET", "/api/v1/runs/2020-12/changes?limit=2", NULL);
    assert_int_equal(reply_n(r, "items"), 2);
    assert_int_equal(reply_int(r, "count.n"), 3);
    const char *next = str_fmt(&k->t.a, "/api/v1/runs/2020-12/changes?limit=2&cursor=%.*s",
                               STR_ARG(reply_str(r, "next")))
                           .p;
    r = ask(k, payer, "GET", next, NULL);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.household"), "990102-3");
    assert_true(json_is_null(reply_at(r, "next")));
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-12/changes?kind=better", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-12/changes?cursor=x", NULL), 400);
    check_status(ask(k, payer, "GET", "/api/v1/runs/12/changes", NULL), 400);
    r = ask(k, other, "GET", "/api/v1/runs/2020-12/changes", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    api_case_end(k);
}

static void candidates_and_payments_are_listed(void **state)
{
    struct api_case *k = some_months(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    const struct api_session *line = api_login(k, ROLE_PAYER, "disability", COUNTY);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", EAST);
    struct api_reply r = ask(k, payer, "GET", "/api/v1/runs/2020-11/candidates", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "items"), 1);
    check_text(reply_str(r, "items.0.household"), "990102-5");
    assert_int_equal(reply_int(r, "items.0.fen"), 10000);
    assert_true(json_is_null(reply_at(r, "items.0.person")));
    r = ask(k, payer, "GET", "/api/v1/runs/2020-11/payments?division=990102001001", NULL);
    assert_int_equal(reply_n(r, "items"), 3);
    assert_int_equal(reply_int(r, "count.n"), 3);
    assert_int_equal(reply_int(r, "fen"), 30000);
    check_text(reply_str(r, "items.0.payee.ref"), "990102-1001");
    r = ask(k, payer, "GET", "/api/v1/runs/2020-11/payments?programme=tekun", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    assert_int_equal(reply_int(r, "fen"), 0);
    check_status(ask(k, payer, "GET", "/api/v1/runs/2020-11/payments?programme=none", NULL), 400);
    r = ask(k, line, "GET", "/api/v1/runs/2020-11/payments", NULL);
    assert_int_equal(reply_n(r, "items"), 0);
    assert_int_equal(reply_int(r, "count.n"), 0);
    check_status(ask(k, clerk, "GET", "/api/v1/runs/2020-11/payments", NULL), 403);
    api_case_end(k);
}

/* Before anything is decided: what it comes to, and the letters as they will be sent. */
static void letters_and_sums_before_deciding(void **state)
{
    struct api_case *k = some_months(*state);
    const struct api_session *decider = api_login(k, ROLE_DECIDER, "", COUNTY);
    const struct api_session *other = api_login(k, ROLE_DECIDER, "", 990103000000);
    run_as(k, "2020-12", DECIDE_NONE);
    struct api_reply r = ask(k, decider, "GET", "/api/v1/proposals/sums", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "rows"), 2);
    check_text(reply_str(r, "rows.0.division.name"), "东街道");
    check_text(reply_str(r, "rows.0.kind"), "raise");
    assert_int_equal(reply_int(r, "rows.0.n"), 2);
    assert_int_equal(reply_int(r, "rows.0.old_fen"), 20000);
    assert_int_equal(reply_int(r, "rows.0.new_fen"), 35000);
    check_text(reply_str(r, "rows.1.kind"), "stop");
    r = ask(k, decider, "GET",
            "/api/v1/proposals/sums?kind=raise&division=990102001000&programme=dibao", NULL);
    assert_int_equal(reply_n(r, "rows"), 2);
    check_text(reply_str(r, "rows.1.division.name"), "二社区");
    r = ask(k, other, "GET", "/api/v1/proposals/sums", NULL);
    assert_int_equal(reply_n(r, "rows"), 0);
    r = ask(k, decider, "GET", "/api/v1/proposals?letters=true&kind=raise&sort=id", NULL);
    check_status(r, 200);
    str letter = str_dup(&k->t.a, reply_str(r, "items.0.letter.text"));
    assert_true(str_find(letter, S("150.00")) >= 0);
    r = ask(k, decider, "GET", "/api/v1/proposals?kind=raise", NULL);
    assert_null(json_object_get(json_array_get(json_object_get(r.json, "items"), 0), "letter"));
    /* The notice that is sent is the letter that was shown, word by word. */
    r = ask(k, decider, "POST", "/api/v1/proposals/decide",
            "{\"filter\":{\"programme\":\"dibao\",\"kind\":\"raise\"},\"accept\":true}");
    check_status(r, 200);
    assert_int_equal(reply_int(r, "notices"), 2);
    check_text(rows_of(k->t.c, "SELECT content FROM notice WHERE household_id = 2", "t", &k->t.a),
               str_z(&k->t.a, letter));
    api_case_end(k);
}

static void a_frozen_month_is_not_run(void **state)
{
    struct api_case *k = some_months(*state);
    const struct api_session *payer = api_login(k, ROLE_PAYER, "", COUNTY);
    struct api_reply r = ask(k, payer, "POST", "/api/v1/batches", "{\"month\":\"2020-11\"}");
    check_status(r, 201);
    r = ask(k, payer, "POST", "/api/v1/runs", "{\"month\":\"2020-11\"}");
    check_status(r, 409);
    assert_true(str_find(reply_str(r, "detail"), S("frozen")) >= 0);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_month_is_compared),
        BOTH(candidates_and_payments_are_listed),
        BOTH(letters_and_sums_before_deciding),
        BOTH(a_frozen_month_is_not_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
