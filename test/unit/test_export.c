/* Lists as spreadsheets: every list has one, it holds what the list shows, and its taking is on record. */
#include "store/api_case.h"

#include "api/export.h"
#include "guard/account.h"
#include "guard/leak.h"
#include "work/desk.h"
#include "work/notice.h"

#define TOWN_1 990102001000
#define TODAY  18617 /* 2020-12-21 */

/* ---- every list ------------------------------------------------------------------------------ */

static const struct {
    const char *operation, *name;
} queries[] = {
#define QUERY(operation, name, about) {#operation, name},
#include "api/queries.def"
#undef QUERY
};

static bool is_paged(const char *operation)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (strcmp(queries[i].operation, operation) == 0 && strcmp(queries[i].name, "cursor") == 0)
            return true;
    return false;
}

/* Any list goes out: whoever adds one declares its columns. */
static void every_list_has_a_sheet(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *r = &routes[i];
        bool is_list = r->method == HTTP_GET && !(r->may & FOR_EVERYBODY) && is_paged(r->name);
        if (is_list && export_find(r->name) == NULL)
            fail_msg("%s is a list without a line EXPORT in src/api/export.def", r->name);
    }
}

/* ---- sheets read again ----------------------------------------------------------------------- */

/* Cells joined by |, rows by lines. */
static str sheet(struct api_case *k, const struct api_session *s, const char *path)
{
    struct api_reply r = ask(k, s, "GET", path, NULL);
    char name[128];
    struct xlsx_in *x = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    struct sbuf out;
    check_status(r, 200);
    assert_true(str_find(reply_header(r, "Content-Type"), S("spreadsheetml")) > 0);
    snprintf(name, sizeof name, "%s/taken.xlsx", k->files.path);
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(r.body.p, 1, r.body.n, f), r.body.n);
    fclose(f);
    sbuf_init(&out, 16 << 20);
    check_ok(xlsx_open(name, &x, err));
    check_ok(xlsx_use(x, 0, err));
    for (;;) {
        check_ok(xlsx_row(x, &cells, &n, &row, err));
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            if (!cells[i].merged || i == 0)
                sbuf_fmt(&out, "%s%.*s", i > 0 ? "|" : "", STR_ARG(cells[i].text));
        sbuf_addc(&out, '\n');
    }
    xlsx_shut(x);
    str text = str_dup(&k->t.a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void check_has(str text, const char *words)
{
    if (str_find(text, str_from(words)) < 0)
        fail_msg("found no “%s” in:\n%.*s", words, STR_ARG(text));
}

static int lines_of(str text)
{
    int n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

/* Nothing that looks like a number of a person, cell by cell. */
static void check_no_leak(str text)
{
    str line, cell;
    while (text.n > 0) {
        str_cut(text, '\n', &line, &text);
        while (line.n > 0) {
            if (!str_cut(line, '|', &cell, &line))
                line = S("");
            if (leak_find(cell).kind != LEAK_NONE)
                fail_msg("“%.*s” looks like a number", STR_ARG(cell));
        }
    }
}

static str last_why(struct api_case *k, int64_t county)
{
    return rows_of(k->t.c,
                   str_z(&k->t.a, str_fmt(&k->t.a,
                                          "SELECT who, why FROM audit_entry WHERE county_code = "
                                          "%lld ORDER BY position DESC LIMIT 1",
                                          (long long)county)),
                   "tt", &k->t.a);
}

static void a_sheet_holds_what_the_list_shows(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    family(k->t.c, 200, VILLAGE_2);
    family(k->t.c, 300, VILLAGE_R);
    enrol(k->t.c, 200, 0, "dibao", DAY_OPEN);
    joins(k->t.c, 200, 4000);
    str text = sheet(k, clerk, "/api/v1/households?format=xlsx&sort=division");
    check_has(text, str_z(&k->t.a, str_fmt(&k->t.a, "账号 %.*s，东街道", STR_ARG(clerk->login))));
    check_has(text, "2020-12-21 导出");
    check_has(text, "户主|人口|村（社区）|在册项目|未办结\n");
    check_has(text, "张三|1|一社区||0\n张三|2|二社区|最低生活保障|0\n");
    check_has(text, "共 2 条\n"); /* the third is another office's */
    str why = last_why(k, CASE_COUNTY);
    check_has(
        why, str_z(&k->t.a, str_fmt(&k->t.a, "%.*s|taken as a spreadsheet: households_list, 2 rows",
                                    STR_ARG(clerk->login))));
    text = sheet(k, clerk, "/api/v1/households?format=xlsx&lang=en&programme=dibao");
    check_has(text, "asked for: programme minimum living allowance\n");
    check_has(
        text,
        "head|members|village|programmes|open cases\n张三|2|二社区|minimum living allowance|0\n");
    check_has(text, "1 rows\n");
    text = sheet(k, clerk, "/api/v1/persons?format=xlsx&sort=birth");
    check_has(text, "张三|男|1980-06-15|40|");
    check_has(text, "李四|女|1990-01-15|30|");
    api_case_end(k);
}

static enum rc put_tasks(struct change *c, void *ctx, struct err *err)
{
    int n = *(int *)ctx;
    for (int i = 0; i < n; i++) {
        char name[40];
        snprintf(name, sizeof name, i == 7 ? "王五，电话138 1234 1234" : "第%d户", i);
        struct task t = {.kind = S("step"),
                         .case_id = 1 + i,
                         .step = S("survey"),
                         .division = TOWN_1,
                         .role = ROLE_CLERK,
                         .line = S("assistance"),
                         .title = S("入户调查"),
                         .title_en = S("household survey"),
                         .subject = str_from(name),
                         .opened = TODAY - 10,
                         .due = TODAY + 3 + i % 5,
                         .warn = TODAY + 2};
        TRY(task_put(c, &t, err));
    }
    return RC_OK;
}

/* More than one page of the list, each once, in the list's order; numbers in texts can't be read. */
static void all_pages_and_no_numbers(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    int n = EXPORT_PAGE + 100;
    check_ok(change_in(k->t.c, CASE_COUNTY, put_tasks, &n, NULL, err));
    str text = sheet(k, clerk, "/api/v1/desk?format=xlsx");
    check_has(text, str_z(&k->t.a, str_fmt(&k->t.a, "共 %d 条\n", n)));
    assert_int_equal(lines_of(text), n + 4); /* mark, head, rows, sum, a word on what was covered */
    check_has(text, "入户调查|王五，电话***|办件环节|东街道");
    check_has(text, "已遮盖");
    check_no_leak(text);
    for (int i = 0; i < n; i += 399) {
        str one = str_fmt(&k->t.a, "|第%d户|", i);
        check_has(text, str_z(&k->t.a, one));
    }
    api_case_end(k);
}

static void what_is_asked_wrongly(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    const struct api_session *auditor = api_login(k, ROLE_AUDITOR, "", TOWN_1);
    const struct api_session *worker = api_login(k, ROLE_VILLAGE, "", VILLAGE_1);
    int64_t before = position_now(k->t.c, CASE_COUNTY);
    struct api_reply r = ask(k, clerk, "GET", "/api/v1/households?format=pdf", NULL);
    check_status(r, 400);
    check_str(reply_str(r, "field"), "format");
    r = ask(k, clerk, "GET", "/api/v1/households?format=xlsx&sort=colour", NULL);
    check_status(r, 400);
    check_str(reply_str(r, "field"), "sort");
    check_status(ask(k, NULL, "GET", "/api/v1/households?format=xlsx", NULL), 401);
    check_status(ask(k, worker, "GET", "/api/v1/accounts?format=xlsx", NULL), 403);
    check_status(ask(k, clerk, "GET", "/api/v1/registers/nowhere?format=xlsx", NULL), 404);
    assert_int_equal(position_now(k->t.c, CASE_COUNTY),
                     before); /* nothing went, nothing is on record */
    check_has(sheet(k, auditor, "/api/v1/households?format=xlsx"), "共 0 条\n");
    check_has(sheet(k, worker, "/api/v1/households?format=xlsx"), "共 0 条\n");
    api_case_end(k);
}

/* The columns of each list are there in what the list answers. */
static void columns_are_members(void **state)
{
    struct api_case *k = api_case_begin(*state);
    const struct api_session *admin = api_login(k, ROLE_ADMIN, "", 990100000000);
    api_login(k, ROLE_CLERK, "assistance", TOWN_1);
    str text = sheet(k, admin, "/api/v1/accounts?format=xlsx");
    check_has(text, "账号|姓名|单位所在区划|角色|状态\n");
    check_has(text, "|东街道|乡镇（街道）经办人员 (assistance)|在用\n");
    const struct api_session *clerk = api_login(k, ROLE_CLERK, "", TOWN_1);
    family(k->t.c, 100, VILLAGE_1);
    text = sheet(k, clerk, "/api/v1/registers/household?format=xlsx");
    check_has(text, "户口类别|");
    check_has(text, "城市|");
    check_no_leak(text);
    api_case_end(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_has_a_sheet),
        BOTH(a_sheet_holds_what_the_list_shows),
        BOTH(all_pages_and_no_numbers),
        BOTH(what_is_asked_wrongly),
        BOTH(columns_are_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
