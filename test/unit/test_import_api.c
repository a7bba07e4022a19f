/* Workbooks over HTTP: sent in, found wrong with their cells, given back marked, sent again and stored. */
#include "store/api_case.h"
#include "base/file.h"
#include "unit/test_case_town.h"
#include "unit/test_xlsx_pack.h"

#define TOWN_1    990102001000
#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static str book(struct api_case *k, const char *division, const char *identity)
{
    struct xlsx_out *x = NULL;
    struct xlsx_column columns[6] = {
        {.title = S("家庭编号*")}, {.title = S("区划代码")}, {.title = S("户口类别")}};
    char path[64];
    str bytes = {0};
    temp_path(path);
    check_ok(xlsx_create(path, &x, err));
    check_ok(xlsx_sheet(x, S("家庭"), columns, 3, err));
    xlsx_text(x, S("1"), XLSX_PLAIN);
    xlsx_text(x, str_from(division), XLSX_PLAIN);
    xlsx_text(x, S("城市"), XLSX_PLAIN);
    xlsx_end_row(x);
    columns[1].title = S("姓名");
    columns[2].title = S("身份证号");
    check_ok(xlsx_sheet(x, S("人员"), columns, 3, err));
    xlsx_text(x, S("1"), XLSX_PLAIN);
    xlsx_text(x, S("司马懿"), XLSX_PLAIN);
    xlsx_text(x, str_from(identity), XLSX_PLAIN);
    xlsx_end_row(x);
    check_ok(xlsx_close(x, err));
    check_ok(file_read(path, 1 << 20, &k->t.a, &bytes, err));
    unlink(path);
    return bytes;
}

static struct api_reply send_in(struct api_case *k, const struct api_session *s, str bytes)
{
    return ask_with(k, s, "POST", "/api/v1/imports?name=%E5%90%8D%E5%86%8C.xlsx&from=2020-12-01",
                    bytes, "Content-Type: " XLSX_TYPE "\r\n");
}

static const char *at(struct api_case *k, str ref, const char *behind)
{
    return str_z(&k->t.a, str_fmt(&k->t.a, "/api/v1/imports/%.*s%s", STR_ARG(ref), behind));
}

/* How it stands once the worker is through with it. */
static struct api_reply outcome(struct api_case *k, const struct api_session *s,
                                struct api_reply made)
{
    check_status(made, 201);
    const char *path = at(k, reply_str(made, "ref"), "");
    for (int i = 0; i < 600; i++) {
        struct api_reply r = ask(k, s, "GET", path, NULL);
        check_status(r, 200);
        str state = reply_str(r, "state");
        if (!str_eq(state, S("waiting")) && !str_eq(state, S("checking")))
            return r;
        usleep(50000);
    }
    fail_msg("the workbook is not done after half a minute");
    return made;
}

static int64_t households(struct api_case *k, const struct api_session *s)
{
    return reply_int(ask(k, s, "GET", "/api/v1/households", NULL), "count.n");
}

static void wrong_then_right(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    int64_t before = households(k, head);
    struct api_reply r =
        outcome(k, head, send_in(k, head, book(k, "990102001001", "510402199003070018")));
    check_text(reply_str(r, "state"), "wrong");
    check_text(reply_str(r, "name"), "名册.xlsx");
    assert_int_equal(reply_int(r, "wrong"), 1);
    check_text(reply_str(r, "told.mistakes.0.sheet"), "人员");
    check_text(reply_str(r, "told.mistakes.0.cell"), "C2");
    check_text(reply_str(r, "told.mistakes.0.column"), "身份证号");
    check_text(reply_str(r, "told.mistakes.0.expected.zh"), "校验码 “9”，请与证件核对");
    assert_int_equal(households(k, head), before);
    /* The marked copy, of the same form, with the cell told. */
    str ref = str_dup(&k->t.a, reply_str(r, "ref"));
    struct api_reply marked = ask(k, head, "GET", at(k, ref, "/marked"), NULL);
    check_status(marked, 200);
    check_text(reply_header(marked, "Content-Type"), XLSX_TYPE);
    char path[64];
    temp_path(path);
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(marked.body.p, 1, marked.body.n, f), marked.body.n);
    fclose(f);
    check_rows(path, 2, "1: 家庭编号*|姓名|身份证号\n2: 1|司马懿|510402199003070018\n");
    unlink(path);
    /* Right: stored once, and not a second time. */
    r = outcome(k, head, send_in(k, head, book(k, "990102001001", "510402199003070019")));
    check_text(reply_str(r, "state"), "stored");
    assert_int_equal(reply_int(r, "households"), 1);
    assert_int_equal(reply_int(r, "persons"), 1);
    assert_int_equal(households(k, head), before + 1);
    check_status(ask(k, head, "GET", at(k, reply_str(r, "ref"), "/marked"), NULL), 404);
    r = outcome(k, head, send_in(k, head, book(k, "990102001001", "510402199003070019")));
    check_text(reply_str(r, "state"), "wrong");
    check_text(reply_str(r, "told.mistakes.0.found.zh"), "系统中已有此号码");
    r = ask(k, head, "GET", "/api/v1/imports", NULL);
    assert_int_equal(reply_n(r, "items"), 3);
    check_text(reply_str(r, "items.1.state"), "stored");
    api_case_end(k);
}

static void only_for_ones_own_division(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    const struct api_session *other = api_login(k, ROLE_HEAD, "", TOWN_1);
    const struct api_session *county = api_login(k, ROLE_DECIDER, "", CASE_COUNTY * 1000000LL);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    str bytes = book(k, "990102100201", "510402199003070019");
    check_status(send_in(k, clerk, bytes), 403);
    struct api_reply r = outcome(k, head, send_in(k, head, bytes));
    check_text(reply_str(r, "state"), "wrong");
    check_text(reply_str(r, "told.mistakes.0.found.zh"), "别处的家庭");
    /* Somebody else's is not there, even in the same office. */
    check_status(ask(k, other, "GET", at(k, reply_str(r, "ref"), ""), NULL), 404);
    check_status(ask(k, other, "GET", at(k, reply_str(r, "ref"), "/marked"), NULL), 404);
    assert_int_equal(reply_n(ask(k, other, "GET", "/api/v1/imports", NULL), "items"), 0);
    /* The county's may. */
    r = outcome(k, county, send_in(k, county, bytes));
    check_text(reply_str(r, "state"), "stored");
    api_case_end(k);
}

/* The workbook with a family that gets something already. */
static str book_in_force(struct api_case *k)
{
    static const char *const heads[] = {"家庭编号*", "姓名", "身份证号"};
    static const char *const cases[] = {"家庭编号", "救助项目*", "起始日期*"};
    static const char *const households[] = {"家庭编号*", "区划代码", "户口类别"};
    static const char *const rows[][3] = {{"1", "990102001001", "城市"},
                                          {"1", "司马懿", "510402199003070019"},
                                          {"1", "最低生活保障", "2019-05-01"}};
    const char *const *const of[] = {households, heads, cases};
    static const char *const names[] = {"家庭", "人员", "在享"};
    struct xlsx_out *x = NULL;
    char file[64];
    str bytes = {0};
    temp_path(file);
    check_ok(xlsx_create(file, &x, err));
    for (size_t s = 0; s < 3; s++) {
        struct xlsx_column columns[3] = {{.title = S("")}};
        for (size_t i = 0; i < 3; i++)
            columns[i].title = str_from(of[s][i]);
        check_ok(xlsx_sheet(x, str_from(names[s]), columns, 3, err));
        for (size_t i = 0; i < 3; i++)
            xlsx_text(x, str_from(rows[s][i]), XLSX_PLAIN);
        xlsx_end_row(x);
    }
    check_ok(xlsx_close(x, err));
    check_ok(file_read(file, 1 << 20, &k->t.a, &bytes, err));
    unlink(file);
    return bytes;
}

/* Who is on a programme is paid from then on: no township puts a family there by a workbook, nor who decides
 * another line. */
static void a_case_load_is_for_who_decides(void **state)
{
    struct api_case *k = api_case_over(*state, case_home());
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    const struct api_session *other =
        api_login(k, ROLE_DECIDER, "disability", CASE_COUNTY * 1000000LL);
    const struct api_session *decider =
        api_login(k, ROLE_DECIDER, "assistance", CASE_COUNTY * 1000000LL);
    const struct api_session *const wrong[] = {head, other};
    for (size_t i = 0; i < 2; i++) {
        struct api_reply r = outcome(k, wrong[i], send_in(k, wrong[i], book_in_force(k)));
        check_text(reply_str(r, "state"), "wrong");
        assert_int_equal(reply_int(r, "wrong"), 1);
        check_text(reply_str(r, "told.mistakes.0.sheet"), "在享");
        check_text(reply_str(r, "told.mistakes.0.cell"), "B2");
    }
    check_text(rows_of(k->t.c, "SELECT count(*) FROM enrolment", "i", &k->t.a), "0");
    struct api_reply r = outcome(k, decider, send_in(k, decider, book_in_force(k)));
    check_text(reply_str(r, "state"), "stored");
    assert_int_equal(reply_int(r, "cases"), 1);
    api_case_end(k);
}

static void no_workbook_at_all(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    struct api_reply r = outcome(k, head, send_in(k, head, S("姓名,金额\n张三,5\n")));
    check_text(reply_str(r, "state"), "refused");
    check_text(reply_str(r, "told.problem.zh"), "这不是 .xlsx 表格");
    check_text(reply_str(r, "told.problem.en"),
               "found another kind of file, expected a spreadsheet (.xlsx)");
    r = outcome(k, head, send_in(k, head, S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")));
    check_text(reply_str(r, "told.problem.zh"),
               "这是旧版表格（.xls）：请用表格程序打开，另存为 .xlsx 后再上传");
    str whole = book(k, "990102001001", "510402199003070019");
    r = outcome(k, head, send_in(k, head, str_sub(whole, 0, whole.n / 2)));
    check_text(reply_str(r, "told.problem.zh"), "文件不完整：请重新上传");
    check_status(ask_with(k, head, "POST", "/api/v1/imports?from=2021-01-01", whole, NULL), 400);
    check_status(ask_with(k, head, "POST", "/api/v1/imports?month=2020-13", whole, NULL), 400);
    api_case_end(k);
}

/* Sent in, and the server stopped before it was looked at or after: in the end it is there once. */
static void over_a_restart(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    int64_t before = households(k, head);
    struct api_reply made = send_in(k, head, book(k, "990102001001", "510402199003070019"));
    check_status(made, 201);
    api_case_restart(k);
    struct api_reply r = outcome(k, head, made);
    check_text(reply_str(r, "state"), "stored");
    assert_int_equal(households(k, head), before + 1);
    api_case_end(k);
}

static void the_template(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *head = api_login(k, ROLE_HEAD, "", TOWN_1);
    struct api_reply r = ask(k, head, "GET", "/api/v1/imports/template", NULL);
    check_status(r, 200);
    check_text(reply_header(r, "Content-Type"), XLSX_TYPE);
    assert_true(str_starts(r.body, S("PK\3\4")));
    /* As it comes there is nothing in it. */
    r = outcome(k, head, send_in(k, head, r.body));
    check_text(reply_str(r, "state"), "refused");
    check_text(reply_str(r, "told.problem.zh"), "只有表头，没有可导入的行");
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(wrong_then_right),
                                       BOTH(only_for_ones_own_division),
                                       BOTH(a_case_load_is_for_who_decides),
                                       BOTH(no_workbook_at_all),
                                       BOTH(over_a_restart),
                                       BOTH(the_template)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
