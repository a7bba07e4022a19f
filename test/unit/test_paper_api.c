/* Papers over HTTP: made and opened, seen before they are decided, many as one file, checked by anybody. */
#include "api/paper_pdf.h"
#include "store/api_case.h"

#include <unistd.h>

#include "work/case.h"

#define TOWNSHIP 990102001000
#define COUNTY   990102000000

/* A case of dibao for a family without income; its reference. */
static str a_case(struct api_case *k, const struct api_session *clerk)
{
    family(k->t.c, 500, VILLAGE_1);
    struct api_reply r = ask(
        k, clerk, "POST", "/api/v1/cases",
        "{\"household\":\"990102-500\",\"services\":[{\"service\":\"dibao_application\","
        "\"person\":null}],\"applicant\":{\"ref\":null,\"name\":\"张三\",\"relation\":\"本人\"},"
        "\"day\":\"2020-12-21\",\"facts\":[],\"papers\":[],\"note\":\"\"}");
    check_status(r, 201);
    return reply_str(r, "cases.0.ref");
}

/* /api/v1/KIND/REF and what stands behind it. */
static struct api_reply at(struct api_case *k, const struct api_session *s, const char *method,
                           const char *kind, str ref, const char *rest, const char *body)
{
    return ask(k, s, method, str_fmt(&k->t.a, "/api/v1/%s/%.*s%s", kind, STR_ARG(ref), rest).p,
               body);
}

static void check_pdf(struct api_reply r)
{
    check_status(r, 200);
    assert_true(str_eq(reply_header(r, "Content-Type"), S("application/pdf")));
    assert_true(str_starts(r.body, S("%PDF-")));
    assert_true(str_find(reply_header(r, "Content-Security-Policy"), S("sandbox")) < 0);
}

static void made_opened_and_checked(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP);
    str ref = a_case(k, clerk);
    struct api_reply r = at(k, clerk, "GET", "cases", ref, "/papers", NULL);
    check_status(r, 200);
    assert_int_equal(reply_n(r, "made"), 0);
    assert_true(str_eq(reply_str(r, "offers.0.form"), S("receipt")));
    r = at(k, clerk, "POST", "cases", ref, "/papers", "{\"form\":\"receipt\"}");
    check_status(r, 201);
    str paper = reply_str(r, "ref"), number = reply_str(r, "number");
    assert_true(str_eq(number, S("990102-2020-P000001")));
    check_pdf(at(k, clerk, "GET", "papers", paper, "/pdf", NULL));
    r = at(k, clerk, "POST", "cases", ref, "/papers", "{\"form\":\"receipt\"}");
    assert_true(str_eq(reply_str(r, "ref"), paper));
    r = at(k, clerk, "POST", "cases", ref, "/papers", "{\"form\":\"grant\"}");
    check_status(r, 422);
    r = at(k, clerk, "POST", "cases", ref, "/papers", "{\"form\":\"love_letter\"}");
    check_status(r, 400);
    assert_true(str_eq(reply_str(r, "field"), S("form")));
    /* Anybody who has it in hand. */
    str code = rows_of(k->t.c, "SELECT code FROM paper", "t", &k->t.a);
    r = at(k, NULL, "GET", "public/papers", number, str_fmt(&k->t.a, "?code=%.*s", STR_ARG(code)).p,
           NULL);
    check_status(r, 200);
    assert_true(str_eq(reply_str(r, "state"), S("valid")));
    assert_true(str_find(r.body, S("990102-500")) < 0);
    assert_true(str_find(r.body, code) < 0);
    r = at(k, NULL, "GET", "public/papers", number, "?code=AAAAAAAA", NULL);
    check_status(r, 404);
    r = at(k, NULL, "GET", "public/papers", number, "", NULL);
    check_status(r, 404);
    check_pdf(ask(k, clerk, "GET", "/api/v1/households/990102-500/cover", NULL));
    assert_true(str_eq(rows_of(k->t.c, "SELECT count(*) FROM paper", "i", &k->t.a), S("1")));
    api_case_end(k);
}

static struct api_reply printed(struct api_case *k, const struct api_session *s, const char *body)
{
    struct api_reply r = ask(k, s, "POST", "/api/v1/papers/print", body);
    check_status(r, 201);
    str id = reply_str(r, "print");
    for (int i = 0; i < 600 && (str_eq(reply_str(r, "state"), S("waiting")) ||
                                str_eq(reply_str(r, "state"), S("running")));
         i++) {
        usleep(50000);
        r = at(k, s, "GET", "prints", id, "", NULL);
        check_status(r, 200);
    }
    return r;
}

static void letters_before_and_many(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWNSHIP),
                             *decider = api_login(k, ROLE_DECIDER, "", COUNTY);
    str ref = a_case(k, clerk);
    struct api_reply r =
        at(k, decider, "POST", "cases", ref, "/letter", "{\"form\":\"grant\",\"grant\":true}");
    check_status(r, 201);
    str print = reply_str(r, "print");
    check_pdf(at(k, decider, "GET", "prints", print, "/pdf", NULL));
    check_pdf(at(k, decider, "GET", "prints", print, "/pdf", NULL));
    check_status(at(k, clerk, "GET", "prints", print, "/pdf", NULL), 404);
    r = at(k, decider, "POST", "cases", ref, "/letter", "{\"form\":\"refusal\",\"grant\":false}");
    check_status(r, 422); /* what the rules give is refused with words only */
    /* What waits for paper: the notice of acceptance. */
    r = printed(k, clerk, "{}");
    assert_true(str_eq(reply_str(r, "state"), S("done")));
    assert_int_equal(reply_int(r, "done"), 1);
    check_pdf(at(k, clerk, "GET", "prints", reply_str(r, "print"), "/pdf", NULL));
    assert_true(str_eq(rows_of(k->t.c, "SELECT form FROM paper", "t", &k->t.a), S("receipt")));
    r = printed(k, clerk, "{\"notices\":[\"990102-77\"]}");
    assert_true(str_eq(reply_str(r, "state"), S("failed")));
    assert_true(str_find(reply_str(r, "error"), S("no notice")) >= 0);
    check_status(at(k, clerk, "GET", "prints", reply_str(r, "print"), "/pdf", NULL), 409);
    check_status(ask(k, clerk, "POST", "/api/v1/papers/print", "{\"kind\":\"stop\"}"), 400);
    check_status(ask(k, clerk, "POST", "/api/v1/papers/print", "{\"notices\":[\"x\"]}"), 400);
    check_status(ask(k, clerk, "GET", "/api/v1/prints/x", NULL), 404);
    api_case_end(k);
}

/* A few are drawn at a time; who comes then waits, and is sent away when nobody leaves. */
static void few_are_drawn_at_once(void **state)
{
    int in = 0;
    (void)state;
    while (in < 100 && pdf_enter(0))
        in++;
    assert_int_equal(in, 6);
    assert_false(pdf_enter(10));
    pdf_leave();
    assert_true(pdf_enter(0));
    assert_false(pdf_enter(0));
    while (in-- > 0)
        pdf_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(made_opened_and_checked),
        BOTH(letters_before_and_many),
        cmocka_unit_test(few_are_drawn_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
