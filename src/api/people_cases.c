/* The cases of a household, as its page lists them. */
#include "api/case_json.h"
#include "api/people_json.h"

enum rc people_cases(struct call *c, struct conn *conn, int64_t county, int64_t household,
                     struct err *err)
{
    struct calendar *calendar = NULL;
    struct case_row *rows = NULL;
    size_t n = 0;
    TRY(cases_of_household(c->scope, conn, county, household, c->arena, &rows, &n, err));
    if (n > 0)
        TRY(calendar_read(conn, c->arena, &calendar, err));
    json_key(&c->json, "cases");
    json_arr(&c->json);
    for (size_t i = 0; i < n; i++)
        TRY(json_case_brief(c, conn, calendar, &rows[i], err));
    json_arr_end(&c->json);
    return RC_OK;
}

enum rc people_open_cases(struct call *c, struct conn *conn, int64_t county, int64_t household,
                          int64_t *out, struct err *err)
{
    struct case_row *rows = NULL;
    size_t n = 0;
    TRY(cases_of_household(c->scope, conn, county, household, c->arena, &rows, &n, err));
    *out = 0;
    for (size_t i = 0; i < n; i++)
        *out += case_status_open(rows[i].status);
    return RC_OK;
}
