/* Workbooks of households, persons and cases: the template, sending one in, how it went, the marked copy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_in.h"
#include "api/api_sql.h"
#include "api/handlers.h"
#include "api/import_job.h"
#include "people/load_book.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum { LISTED = 20, NAME_CHARS = 120 };

/* ---- a file out ----------------------------------------------------------------------------- */

/* Sent from where it lies; gone from there before it is sent, when it is only for this answer. */
MUST_CHECK static enum rc file_give(struct call *c, const char *path, bool drop, str name,
                                    struct err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_set(err, RC_NOT_FOUND, "the file is not kept any more");
    }
    if (drop)
        unlink(path);
    call_file(c, fd, st.st_size, S(XLSX_TYPE), name);
    return RC_OK;
}

enum rc imports_template(struct call *c, struct err *err)
{
    static const char name[] = "template";
    TRY(imports_folder(c->api, err));
    const char *path = str_fmt(c->arena, "%s/imports/%s-%lld.xlsx", c->api->files, name,
                               (long long)id_next(&c->city->ids))
                           .p;
    TRY(load_book_template(c->city, path, err));
    return file_give(c, path, true, S("导入模板.xlsx"), err);
}

/* ---- sending one in ------------------------------------------------------------------------- */

struct adding {
    struct call *c;
    int64_t county, id;
    str name, from, month;
};

static enum rc add(struct change *change, void *ctx, struct err *err)
{
    const struct adding *x = ctx;
    const struct scope *s = x->c->scope;
    const struct value v[] = {V_INT(x->county),
                              V_INT(x->id),
                              V_INT(s->account_id),
                              V_TEXT(s->login),
                              V_INT(s->division),
                              V_TEXT(x->name),
                              V_INT(x->c->request->body_file_bytes),
                              V_TEXT(x->from),
                              V_TEXT(x->month),
                              V_INT(change->at_ms)};
    change_note(change, "import_book", v, sizeof v / sizeof *v);
    return exec(change->conn, &stmt_import_add, v, sizeof v / sizeof *v, NULL, err);
}

/* The county whose row it is: the office's, or the city's own. */
static int64_t county_of(const struct call *c)
{
    return c->scope->county_code != 0 ? c->scope->county_code : c->city->place->division / 1000000;
}

MUST_CHECK static enum rc waiting_check(struct call *c, int64_t county, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(c->scope->account_id)};
    struct conn *conn = NULL;
    int64_t n = 0;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = query_one(conn, &stmt_import_waiting_count, v, 2, &n, err);
    store_reader_done(conn);
    TRY(rc);
    return n < IMPORTS_WAITING
               ? RC_OK
               : err_set(err, RC_TOO_MANY, "found %lld workbooks that wait, expected fewer than %d",
                         (long long)n, IMPORTS_WAITING);
}

/* As it was called where it came from: without a path, not too long. */
static str name_clean(struct call *c, str s)
{
    size_t end = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '/' || s.p[i] == '\\')
            s = str_sub(s, i + 1, s.n), i = (size_t)-1;
    for (size_t n = 0; end < s.n && n < NAME_CHARS; n++)
        utf8_next(s, &end);
    s = str_sub(s, 0, end);
    return s.n > 0 ? str_dup(c->arena, s) : S("未命名.xlsx");
}

MUST_CHECK static enum rc take_query(struct call *c, struct adding *x, struct err *err)
{
    char text[11];
    day from = month_first(date_month(c->today));
    month m = 0;
    str given = query_of(c, "from");
    if (given.n > 0 && !date_parse(given, &from))
        return call_wrong(c, RC_BAD_INPUT, "from", "a day like 2020-12-01", err,
                          "found “%.*s”, expected a day", STR_ARG(given));
    if (from > c->today)
        return call_wrong(c, RC_BAD_INPUT, "from", "a day that is not after today", err,
                          "found a day that is still to come");
    x->from = str_dup(c->arena, str_from(date_text(from, text)));
    x->month = query_of(c, "month");
    if (x->month.n > 0 && !month_parse(x->month, &m))
        return call_wrong(c, RC_BAD_INPUT, "month", "a month like 2020-11", err,
                          "found “%.*s”, expected a month", STR_ARG(x->month));
    if (x->month.n > 0 && m > date_month(c->today))
        return call_wrong(c, RC_BAD_INPUT, "month", "a month that has begun", err,
                          "found a month that is still to come");
    x->name = name_clean(c, query_of(c, "name"));
    return RC_OK;
}

enum rc imports_add(struct call *c, struct err *err)
{
    struct adding x = {.c = c, .county = county_of(c)};
    if (c->request->body_file == NULL)
        return call_wrong(c, RC_BAD_INPUT, "", "the workbook as the body", err, "no file was sent");
    TRY(take_query(c, &x, err));
    TRY(waiting_check(c, x.county, err));
    TRY(imports_folder(c->api, err));
    x.id = id_next(&c->city->ids);
    const char *path = import_path(c->api, x.id, false, c->arena).p;
    if (rename(c->request->body_file, path) != 0)
        return err_set(err, RC_IO, "the workbook can't be kept: %s", strerror(errno));
    const struct change_spec spec = {.store = c->city->store,
                                     .county_code = x.county,
                                     .who = c->scope->login,
                                     .why = S("a workbook was sent in")};
    enum rc rc = change_write(&spec, add, &x, NULL, err);
    if (rc != RC_OK) {
        unlink(path);
        return rc;
    }
    imports_wake();
    call_created(
        c, str_fmt(c->arena, "/api/v1/imports/%06lld-%lld", (long long)x.county, (long long)x.id));
    json_obj(&c->json);
    json_key(&c->json, "ref");
    json_ref(&c->json, x.county, x.id);
    json_obj_end(&c->json);
    return RC_OK;
}

/* ---- how it went ---------------------------------------------------------------------------- */

struct import_row {
    int64_t id, account_id, bytes, rows, households, persons, cases, mistakes, at_ms, ended_ms;
    str name, state, from, month, told;
    bool marked;
};

static struct import_row row_read(const struct query *q, struct arena *a)
{
    return (struct import_row){.id = query_int(q, 0),
                               .account_id = query_int(q, 1),
                               .name = str_dup(a, query_text(q, 2)),
                               .bytes = query_int(q, 3),
                               .state = str_dup(a, query_text(q, 4)),
                               .from = str_dup(a, query_text(q, 5)),
                               .month = str_dup(a, query_text(q, 6)),
                               .rows = query_int(q, 7),
                               .households = query_int(q, 8),
                               .persons = query_int(q, 9),
                               .cases = query_int(q, 10),
                               .mistakes = query_int(q, 11),
                               .marked = query_int(q, 12) != 0,
                               .told = str_dup(a, query_text(q, 13)),
                               .at_ms = query_int(q, 14),
                               .ended_ms = query_int(q, 15)};
}

static void row_write(struct json *j, int64_t county, const struct import_row *r)
{
    int64_t done = str_eq(r->state, S("waiting")) ? import_progress(r->id) : -1;
    json_key(j, "ref");
    json_ref(j, county, r->id);
    JSON_STR(j, "name", r->name);
    JSON_INT(j, "bytes", r->bytes);
    JSON_STR(j, "state", done >= 0 ? S("checking") : r->state);
    JSON_STR(j, "from", r->from);
    json_key(j, "month");
    if (r->month.n > 0)
        json_str(j, r->month);
    else
        json_nil(j);
    JSON_INT(j, "rows", done >= 0 ? done : r->rows);
    JSON_INT(j, "households", r->households);
    JSON_INT(j, "persons", r->persons);
    JSON_INT(j, "cases", r->cases);
    JSON_INT(j, "wrong", r->mistakes);
    JSON_BOOL(j, "marked", r->marked);
    JSON_INT(j, "at_ms", r->at_ms);
    json_key(j, "ended_ms");
    if (r->ended_ms != 0)
        json_int(j, r->ended_ms);
    else
        json_nil(j);
}

/* The one of the path; RC_NOT_FOUND: there is none, or it is somebody else's. */
MUST_CHECK static enum rc row_get(struct call *c, int64_t *county, struct import_row *out,
                                  struct err *err)
{
    int64_t id = 0;
    struct conn *conn = NULL;
    struct query *q = NULL;
    TRY(call_ref(c, c->at[0], "import", county, &id, err));
    const struct value v[] = {V_INT(*county), V_INT(id)};
    *out = (struct import_row){0};
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = query(conn, &stmt_import_get, v, 2, &q, err);
    if (rc == RC_OK) {
        if (query_next(q))
            *out = row_read(q, c->arena);
        rc = query_end(q, err);
    }
    store_reader_done(conn);
    TRY(rc);
    return out->id != 0 && out->account_id == c->scope->account_id
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "there is no such workbook");
}

enum rc imports_get(struct call *c, struct err *err)
{
    struct import_row row;
    struct json *j = &c->json;
    int64_t county = 0;
    TRY(row_get(c, &county, &row, err));
    json_obj(j);
    row_write(j, county, &row);
    json_key(j, "told");
    if (row.told.n > 0)
        json_raw(j, row.told);
    else
        json_nil(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc imports_marked(struct call *c, struct err *err)
{
    struct import_row row;
    int64_t county = 0;
    TRY(row_get(c, &county, &row, err));
    str name = row.name;
    if (str_ends(name, S(".xlsx")))
        name.n -= 5;
    return file_give(c, import_path(c->api, row.id, true, c->arena).p, false,
                     str_fmt(c->arena, "%.*s（已标注）.xlsx", STR_ARG(name)), err);
}

enum rc imports_list(struct call *c, struct err *err)
{
    int64_t county = county_of(c);
    const struct value v[] = {V_INT(county), V_INT(c->scope->account_id), V_INT(INT64_MAX),
                              V_INT(LISTED)};
    struct json *j = &c->json;
    struct conn *conn = NULL;
    struct query *q = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = query(conn, &stmt_import_list, v, 4, &q, err);
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    if (rc == RC_OK) {
        while (query_next(q)) {
            struct import_row row = row_read(q, c->arena);
            json_obj(j);
            row_write(j, county, &row);
            json_obj_end(j);
        }
        rc = query_end(q, err);
    }
    store_reader_done(conn);
    json_arr_end(j);
    json_obj_end(j);
    return rc;
}
