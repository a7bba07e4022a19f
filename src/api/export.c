/* See export.h: page after page into a file, which is recorded, sent and gone. */
#include "api/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/people_json.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const struct {
    const char *query, *zh, *en;
} filters[] = {
#define EXPORT(operation, rows, zh, en)
#define COLUMN(operation, path, how, width, zh, en)
#define WORD(operation, path, code, zh, en)
#define FILTER(query, zh, en) {query, zh, en},
#include "api/export.def"
#undef EXPORT
#undef COLUMN
#undef WORD
#undef FILTER
};

enum rc export_asked(struct call *c, bool *out, struct err *err)
{
    str format = query_of(c, "format");
    *out = str_eq(format, S("xlsx"));
    if (format.n == 0 || *out || str_eq(format, S("json")))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "format", NULL, err,
                      "format: found “%.*s”, expected json or xlsx",
                      STR_ARG(str_sub(format, 0, 20)));
}

/* ---- the file -------------------------------------------------------------------------------- */

str export_says(const struct export_file *f, const char *zh, const char *en)
{
    return str_from(f->english ? en : zh);
}

static bool enter(struct api_insides *in)
{
    if (atomic_fetch_add(&in->exports, 1) < EXPORTS_AT_ONCE)
        return true;
    atomic_fetch_sub(&in->exports, 1);
    return false;
}

enum rc export_begin(struct call *c, str title, struct export_file *out, struct err *err)
{
    struct arena *a = c->arena;
    *out = (struct export_file){
        .c = c, .title = title, .english = str_eq(query_of(c, "lang"), S("en"))};
    if (c->api->files == NULL)
        return err_set(err, RC_IO, "there is no folder for files: expected --files");
    if (!enter(c->api->insides)) {
        c->insides->wait_s = 5;
        return err_set(err, RC_TOO_MANY,
                       "found %d lists being exported already, expected to wait a little",
                       EXPORTS_AT_ONCE);
    }
    const char *folder = str_fmt(a, "%s/incoming", c->api->files).p;
    /* The server's start takes away what begins with upload-. */
    out->path = str_fmt(a, "%s/upload-%lld.xlsx", folder, (long long)id_next(&c->city->ids)).p;
    enum rc rc = RC_OK;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        rc = err_set(err, RC_IO, "%s: %s", folder, strerror(errno));
    if (rc == RC_OK)
        rc = xlsx_create(out->path, &out->x, err);
    if (rc != RC_OK)
        atomic_fetch_sub(&c->api->insides->exports, 1);
    return rc;
}

void export_drop(struct export_file *f)
{
    if (f->x != NULL)
        xlsx_abandon(f->x);
    f->x = NULL;
    atomic_fetch_sub(&f->c->api->insides->exports, 1);
}

static str filter_text(const struct export_file *f)
{
    struct call *c = f->c;
    str all = S("");
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        str value = query_of(c, filters[i].query);
        const struct policy *p = NULL;
        if (value.n == 0)
            continue;
        if (strcmp(filters[i].query, "programme") == 0)
            p = rules_policy(c->city->rules, value);
        if (p != NULL && p->label.zh.n > 0)
            value = f->english ? p->label.en : p->label.zh;
        all = str_fmt(c->arena, "%.*s%s%s %.*s", STR_ARG(all),
                      all.n > 0 ? (f->english ? "; " : "；") : "",
                      f->english ? filters[i].en : filters[i].zh, STR_ARG(str_sub(value, 0, 200)));
    }
    return all;
}

str export_mark(const struct export_file *f, struct err *err)
{
    struct call *c = f->c;
    char on[11];
    struct conn *conn = NULL;
    str place = S(""), filter = filter_text(f);
    if (store_reader(c->city->store, &conn, err) == RC_OK) {
        if (division_name(c, conn, c->scope->division, &place, err) != RC_OK)
            place = S("");
        store_reader_done(conn);
    }
    date_text(c->today, on);
    if (filter.n == 0)
        filter = export_says(f, "全部", "all of it");
    if (f->english)
        return str_fmt(c->arena, "%.*s · taken by %.*s (%.*s), %.*s, on %s · asked for: %.*s",
                       STR_ARG(f->title), STR_ARG(c->scope->name), STR_ARG(c->scope->login),
                       STR_ARG(place), on, STR_ARG(filter));
    return str_fmt(c->arena, "%.*s · %.*s（账号 %.*s，%.*s）%s 导出 · 条件：%.*s · 仅限工作使用",
                   STR_ARG(f->title), STR_ARG(c->scope->name), STR_ARG(c->scope->login),
                   STR_ARG(place), on, STR_ARG(filter));
}

struct recording {
    const struct export_file *f;
    str filter;
};

static enum rc record(struct change *change, void *ctx, struct err *err)
{
    const struct recording *r = ctx;
    const struct value v[] = {V_TEXT(str_from(r->f->c->route->name)), V_TEXT(r->f->c->scope->login),
                              V_TEXT(r->filter), V_INT(r->f->rows)};
    (void)err;
    change_note(change, "export", v, 4);
    return RC_OK;
}

/* Who has taken it is on record before anything of it goes. */
MUST_CHECK static enum rc put_on_record(const struct export_file *f, struct err *err)
{
    struct call *c = f->c;
    struct recording r = {f, filter_text(f)};
    int64_t county =
        c->scope->county_code != 0 ? c->scope->county_code : c->city->place->division / 1000000;
    const struct change_spec spec = {
        .store = c->city->store,
        .county_code = county,
        .who = c->scope->login,
        .why = str_fmt(c->arena, "taken as a spreadsheet: %s, %lld rows%s%.*s", c->route->name,
                       (long long)f->rows, r.filter.n > 0 ? "; " : "", STR_ARG(r.filter))};
    return change_write(&spec, record, &r, NULL, err);
}

MUST_CHECK static enum rc open_file(const char *path, int *fd, int64_t *bytes, struct err *err)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = *fd >= 0 && fstat(*fd, &st) == 0;
    if (!good)
        err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    unlink(path); /* what is open stays until it was sent */
    if (!good && *fd >= 0)
        close(*fd);
    *bytes = good ? st.st_size : 0;
    return good ? RC_OK : RC_IO;
}

enum rc export_send(struct export_file *f, struct err *err)
{
    struct call *c = f->c;
    int fd = -1;
    int64_t bytes = 0;
    char on[11];
    enum rc rc = xlsx_close(f->x, err);
    f->x = NULL;
    if (rc == RC_OK)
        rc = open_file(f->path, &fd, &bytes, err);
    if (rc == RC_OK)
        rc = put_on_record(f, err);
    if (rc == RC_OK) {
        date_text(c->today, on);
        call_file(c, fd, bytes, S(XLSX_TYPE),
                  str_fmt(c->arena, "%.*s %s.xlsx", STR_ARG(f->title), on));
    } else if (fd >= 0) {
        close(fd);
    }
    export_drop(f);
    return rc;
}

/* ---- page after page ------------------------------------------------------------------------- */

struct paging {
    struct export_file *f;
    const struct export_list *list;
    struct export_column *columns;
    size_t n_columns;
    struct arena arena; /* of one page */
    struct page_over over;
    struct sbuf cursor; /* the next page's */
};

/* What the handler found wrong is wrong with the request. */
static void take_over(struct call *c, const struct call *page)
{
    c->field = str_dup(c->arena, page->field);
    c->hint = str_dup(c->arena, page->hint);
}

MUST_CHECK static enum rc read_page(struct paging *p, json_t **out, struct err *err)
{
    struct call *c = p->f->c;
    json_error_t wrong;
    arena_reset(&p->arena);
    struct call *page = NEW(&p->arena, struct call);
    struct http_reply *reply = NEW(&p->arena, struct http_reply);
    *page = *c;
    page->arena = &p->arena;
    page->reply = reply;
    page->insides = NEW(&p->arena, struct call_insides);
    page->insides->over = &p->over;
    reply->file = -1;
    reply->body = http_text(&p->arena, API_REPLY_BYTES);
    json_init(&page->json, reply->body);
    enum rc rc = c->route->handler(page, err);
    if (rc != RC_OK) {
        take_over(c, page);
        return rc;
    }
    str text = sbuf_str(reply->body);
    *out = json_loadb(text.p, text.n, 0, &wrong);
    return *out != NULL && !reply->body->failed
               ? RC_OK
               : err_set(err, RC_LIMIT, "a page of the list is larger than %d bytes",
                         API_REPLY_BYTES);
}

MUST_CHECK static enum rc too_long(int64_t n, struct err *err)
{
    if (n <= EXPORT_ROWS_MOST)
        return RC_OK;
    return err_set(err, RC_LIMIT,
                   "the list has more than %d rows: narrow it by division or another filter",
                   EXPORT_ROWS_MOST);
}

MUST_CHECK static enum rc begin_sheet(struct paging *p, struct err *err)
{
    struct export_file *f = p->f;
    struct xlsx_column *heads = NEW_N(f->c->arena, struct xlsx_column, p->n_columns + 1);
    for (size_t i = 0; i < p->n_columns; i++)
        heads[i] = (struct xlsx_column){.title = f->english ? p->columns[i].en : p->columns[i].zh,
                                        .width = p->columns[i].width};
    TRY(xlsx_sheet(f->x, f->title, heads, p->n_columns, err));
    xlsx_line(f->x, export_mark(f, err), XLSX_NOTE);
    return RC_OK;
}

MUST_CHECK static enum rc write_page(struct paging *p, json_t *page, bool *more, struct err *err)
{
    json_t *rows = json_object_get(page, p->list->rows), *row;
    const char *next = json_string_value(json_object_get(page, "next"));
    const json_t *count = json_object_get(json_object_get(page, "count"), "n");
    size_t i;
    TRY(too_long(json_integer_value(count), err));
    json_array_foreach(rows, i, row)
    {
        for (size_t k = 0; k < p->n_columns; k++)
            export_cell(p->f, &p->columns[k], row);
        xlsx_end_row(p->f->x);
    }
    p->f->rows += (int64_t)json_array_size(rows);
    *more = next != NULL;
    sbuf_clear(&p->cursor);
    sbuf_addz(&p->cursor, next != NULL ? next : "");
    p->over.cursor = sbuf_str(&p->cursor);
    p->over.uncounted = true;
    return too_long(p->f->rows + *more, err);
}

MUST_CHECK static enum rc write_all(struct paging *p, struct err *err)
{
    bool more = true;
    TRY(begin_sheet(p, err));
    while (more) {
        json_t *page = NULL;
        if (api_stopping(p->f->c->api))
            return err_set(err, RC_INTERRUPTED, "the program is being stopped");
        TRY(read_page(p, &page, err));
        enum rc rc = write_page(p, page, &more, err);
        json_decref(page);
        TRY(rc);
    }
    str end = p->f->english ? str_fmt(p->f->c->arena, "%lld rows", (long long)p->f->rows)
                            : str_fmt(p->f->c->arena, "共 %lld 条", (long long)p->f->rows);
    xlsx_line(p->f->x, end, XLSX_NOTE);
    if (p->f->covered > 0)
        xlsx_line(p->f->x,
                  export_says(p->f, "文字中的证件、银行卡和电话号码已遮盖。",
                              "Numbers of persons within texts were made unreadable."),
                  XLSX_NOTE);
    return RC_OK;
}

/* The month of a run and the name of a register belong to the title. */
static str title_of(struct call *c, const struct export_list *l)
{
    bool english = str_eq(query_of(c, "lang"), S("en"));
    str title = str_from(english ? l->en : l->zh);
    if (strcmp(l->operation, "records_list") == 0) {
        const struct reg *reg = rules_reg(c->city->rules, c->at[0]);
        if (reg != NULL && reg->label.zh.n > 0)
            return english && reg->label.en.n > 0 ? reg->label.en : reg->label.zh;
    } else if (strstr(c->route->path, "{month}") != NULL) {
        return str_fmt(c->arena, "%.*s %.*s", STR_ARG(title), STR_ARG(str_sub(c->at[0], 0, 7)));
    }
    return title;
}

enum rc export_run(struct call *c, struct err *err)
{
    struct export_file f;
    struct paging p = {.f = &f,
                       .list = export_find(c->route->name),
                       .over = {.limit = EXPORT_PAGE, .arena = c->arena}};
    TRY(export_columns(c, p.list, &p.columns, &p.n_columns, err));
    TRY(export_begin(c, title_of(c, p.list), &f, err));
    sbuf_init(&p.cursor, 1 << 14);
    enum rc rc = store_hold(c->city->store, err);
    if (rc == RC_OK)
        rc = write_all(&p, err);
    store_release();
    arena_deinit(&p.arena);
    sbuf_deinit(&p.cursor);
    if (rc == RC_OK)
        return export_send(&f, err);
    export_drop(&f);
    return rc;
}
