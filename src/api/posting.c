/* What hangs out in public: looked at before, begun, photographed, objected to; and what everybody reads. */
#include "api/case_json.h"
#include "api/desk_json.h"
#include "api/handlers.h"
#include "api/paper_pdf.h"
#include "api/public_in.h"
#include "work/posting.h"

enum { SHEET_MOST = 200 };

/* ---- JSON -------------------------------------------------------------------------------------- */

static void write_lines(struct json *j, const struct posting_content *content)
{
    json_key(j, "says");
    json_arr(j);
    for (size_t i = 0; i < content->n_says; i++)
        json_label(j, &content->says[i]);
    json_arr_end(j);
    json_key(j, "lines");
    json_arr(j);
    for (size_t i = 0; i < content->n_lines; i++) {
        const struct posting_line *l = &content->lines[i];
        json_obj(j);
        json_key(j, "label");
        json_label(j, &l->label);
        JSON_STR(j, "value", l->value);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* What stands on it: the same for the staff, before and after it began, and for everybody. */
MUST_CHECK static enum rc write_shown(struct desk_json *d, const struct posting *p, struct err *err)
{
    struct json *j = &d->c->json;
    struct posting_content content;
    TRY(posting_content_read(p->content, d->c->arena, &content, err));
    JSON_STR(j, "kind", str_from(posting_kind_word(p->kind)));
    json_key(j, "title");
    json_label(j, &content.title);
    write_lines(j, &content);
    json_key(j, "division");
    TRY(desk_json_place(d, p->division, err));
    JSON_STR(j, "place", p->place);
    json_key(j, "begins");
    json_day(j, p->begins);
    json_day_or_null(j, "ends", p->ends);
    return RC_OK;
}

/* Whom it names. */
MUST_CHECK static enum rc read_subject(struct call *c, const struct posting *p, str *out,
                                       struct err *err)
{
    struct posting_content content;
    TRY(posting_content_read(p->content, c->arena, &content, err));
    *out = S("");
    for (size_t i = 0; i < content.n_lines; i++)
        if (content.lines[i].field == SHOWN_NAME)
            *out = content.lines[i].value;
    return RC_OK;
}

MUST_CHECK static enum rc write_posting(struct desk_json *d, const struct posting *p,
                                        struct err *err)
{
    struct json *j = &d->c->json;
    str subject = S("");
    TRY(read_subject(d->c, p, &subject, err));
    json_key(j, "ref");
    json_ref(j, p->county_code, p->posting_id);
    JSON_STR(j, "state", str_from(posting_state_word(p->state)));
    json_key(j, "sheet");
    json_ref(j, p->county_code, p->sheet_id);
    json_key(j, "case");
    json_ref(j, p->county_code, p->case_id);
    json_key(j, "household");
    json_ref(j, p->county_code, p->household_id);
    JSON_STR(j, "subject", subject);
    JSON_STR(j, "service", p->service);
    JSON_STR(j, "line", p->line);
    TRY(write_shown(d, p, err));
    json_key(j, "photo");
    if (p->photo != 0)
        json_id(j, p->photo);
    else
        json_nil(j);
    JSON_STR(j, "who", p->who);
    json_day_or_null(j, "ended", p->ended);
    JSON_STR(j, "why", p->why);
    return RC_OK;
}

/* ---- the list ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_place(struct call *c, int64_t *division, struct err *err)
{
    str text = query_of(c, "division");
    return text.n == 0 || (text.n == 12 && str_int(text, division))
               ? RC_OK
               : call_wrong(c, RC_BAD_INPUT, "division", "twelve digits", err,
                            "found “%.*s”, expected a division of twelve digits", STR_ARG(text));
}

MUST_CHECK static enum rc read_kind(struct call *c, enum posting_kind *out, struct err *err)
{
    str text = query_of(c, "kind");
    return text.n == 0 || posting_kind_find(text, out)
               ? RC_OK
               : call_wrong(c, RC_BAD_INPUT, "kind", "case or result", err,
                            "found “%.*s”, expected case or result", STR_ARG(text));
}

/* A cursor of county, village and id. */
MUST_CHECK static enum rc read_cursor(struct call *c, const struct page *page, int64_t *county,
                                      int64_t *division, int64_t *id, struct err *err)
{
    if (page->cursor_n == 0)
        return RC_OK;
    return page->cursor_n == 3 && str_int(page->cursor[0], county) &&
                   str_int(page->cursor[1], division) && str_int(page->cursor[2], id) && *id > 0
               ? RC_OK
               : call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                            "cursor: not one that this list gave");
}

MUST_CHECK static enum rc read_query(struct call *c, const struct page *page,
                                     struct posting_query *q, struct err *err)
{
    str state = query_of(c, "state"), until = query_of(c, "until");
    *q = (struct posting_query){.scope = c->scope,
                                .line = query_of(c, "line"),
                                .no_photo = str_eq(query_of(c, "photo"), S("none")),
                                .limit = page->limit};
    TRY(read_kind(c, &q->kind, err));
    TRY(read_place(c, &q->division, err));
    if (state.n > 0 && !posting_state_find(state, &q->state))
        return call_wrong(c, RC_BAD_INPUT, "state", "open, ended or withdrawn", err,
                          "found “%.*s”, expected open, ended or withdrawn", STR_ARG(state));
    if (until.n > 0 && !date_parse(until, &q->until))
        return call_wrong(c, RC_BAD_INPUT, "until", "2020-12-21", err,
                          "found “%.*s”, expected a day like 2020-12-21", STR_ARG(until));
    return read_cursor(c, page, &q->after_county, &q->after_division, &q->after_id, err);
}

static void write_next(struct call *c, bool more, int64_t county, int64_t division, int64_t id)
{
    const str key[] = {str_fmt(c->arena, "%lld", (long long)county),
                       str_fmt(c->arena, "%lld", (long long)division),
                       str_fmt(c->arena, "%lld", (long long)id)};
    page_next(c, more, key, 3);
}

/* All of one case that may be seen, the newest first, on one page. */
MUST_CHECK static enum rc read_case(struct call *c, struct conn *conn, str ref,
                                    struct posting **rows, size_t *n, struct err *err)
{
    struct case_whole k;
    int64_t county = 0, id = 0;
    TRY(call_ref(c, ref, "case", &county, &id, err));
    TRY(case_load(c->city, c->scope, conn, county, id, c->arena, &k, err));
    return postings_of_case(conn, county, id, c->arena, rows, n, err);
}

MUST_CHECK static enum rc write_list(struct call *c, struct conn *conn,
                                     const struct posting_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d;
    struct posting *rows = NULL;
    size_t n = 0;
    bool more = false, exact = true;
    int64_t count = 0;
    str of_case = query_of(c, "case");
    TRY(desk_json_begin(c, conn, &d, err));
    if (of_case.n > 0) {
        TRY(read_case(c, conn, of_case, &rows, &n, err));
        count = (int64_t)n;
    } else {
        TRY(posting_list(q, conn, c->arena, &rows, &n, &more, err));
        TRY(posting_count(q, conn, c->arena, &count, &exact, err));
    }
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(write_posting(&d, &rows[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    if (n > 0)
        write_next(c, more, rows[n - 1].county_code, rows[n - 1].division, rows[n - 1].posting_id);
    else
        page_next(c, false, NULL, 0);
    page_count(j, count, exact);
    json_obj_end(j);
    return RC_OK;
}

enum rc postings_list(struct call *c, struct err *err)
{
    struct page page;
    struct posting_query q;
    struct conn *conn = NULL;
    TRY(call_page(c, &page, err));
    TRY(read_query(c, &page, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_list(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- one --------------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_ref(struct call *c, int64_t *county, int64_t *id, struct err *err)
{
    return call_ref(c, c->at[0], "posting", county, id, err);
}

MUST_CHECK static enum rc write_objections(struct call *c, struct conn *conn,
                                           const struct posting *p, struct err *err)
{
    struct json *j = &c->json;
    struct posting_objection *all = NULL;
    size_t n = 0;
    TRY(posting_objections(conn, p->county_code, p->posting_id, c->arena, &all, &n, err));
    json_key(j, "objections");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        const struct posting_objection *o = &all[i];
        json_obj(j);
        json_key(j, "ref");
        json_ref(j, p->county_code, o->objection_id);
        json_key(j, "day");
        json_day(j, o->day);
        JSON_STR(j, "text", o->text);
        JSON_STR(j, "by", o->by);
        JSON_STR(j, "contact", o->contact);
        JSON_BOOL(j, "of_case", o->event != 0);
        JSON_STR(j, "answer", o->answer);
        json_day_or_null(j, "answered", o->answered);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_sheet(struct desk_json *d, const struct posting *p, struct err *err)
{
    struct json *j = &d->c->json;
    struct posting *all = NULL;
    size_t n = 0;
    TRY(postings_of_sheet(d->c->scope, d->conn, p->county_code, p->sheet_id, d->c->arena, &all, &n,
                          err));
    json_key(j, "on_sheet");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        json_ref(j, all[i].county_code, all[i].posting_id);
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_one(struct call *c, struct conn *conn, struct err *err)
{
    struct desk_json d;
    struct posting p;
    int64_t county = 0, id = 0;
    TRY(read_ref(c, &county, &id, err));
    TRY(desk_json_begin(c, conn, &d, err));
    TRY(posting_find(c->scope, conn, county, id, c->arena, &p, err));
    json_obj(&c->json);
    TRY(write_posting(&d, &p, err));
    TRY(write_sheet(&d, &p, err));
    TRY(write_objections(c, conn, &p, err));
    json_obj_end(&c->json);
    return RC_OK;
}

enum rc postings_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_one(c, conn, err);
    store_reader_done(conn);
    return rc;
}

/* The sheet for the wall, with all that hang on it. */
MUST_CHECK static enum rc read_sheet(struct call *c, struct conn *conn, struct paper *out,
                                     struct err *err)
{
    struct posting p, *all = NULL;
    size_t n = 0;
    int64_t county = 0, id = 0;
    TRY(read_ref(c, &county, &id, err));
    TRY(posting_find(c->scope, conn, county, id, c->arena, &p, err));
    TRY(postings_of_sheet(c->scope, conn, county, p.sheet_id, c->arena, &all, &n, err));
    return posting_paper(conn, all, n, str_from(c->api->public_url), c->arena, out, err);
}

enum rc postings_sheet(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct paper paper;
    struct pdf pdf;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_sheet(c, conn, &paper, err);
    store_reader_done(conn);
    TRY(rc);
    TRY(pdf_draw(&paper, 1, &pdf, err));
    pdf_reply(c, &pdf, paper.title);
    return RC_OK;
}

/* ---- before it begins --------------------------------------------------------------------------- */

static void write_bar(struct json *j, const struct posting_bar *bar)
{
    json_key(j, "not_posted");
    if (bar->word == NULL) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_STR(j, "why", str_from(bar->word));
    JSON_STR(j, "zh", str_from(bar->zh));
    JSON_STR(j, "en", str_from(bar->en));
    json_obj_end(j);
}

/* What keeps it from being posted is told, not failed with: the page shows it beside the place to mend it. */
MUST_CHECK static enum rc write_preview(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d;
    struct case_whole k;
    struct posting p;
    struct posting_bar bar;
    struct err why = {0};
    int64_t county = 0, id = 0;
    TRY(call_ref(c, c->at[0], "case", &county, &id, err));
    TRY(desk_json_begin(c, conn, &d, err));
    TRY(case_load(c->city, c->scope, conn, county, id, c->arena, &k, err));
    TRY(posting_forbidden(conn, &k, c->today, &bar, err));
    enum rc rc = posting_preview(conn, &k, POSTING_CASE, query_of(c, "place"), c->today, c->arena,
                                 &p, NULL, &why);
    if (rc != RC_OK && rc != RC_RULE)
        return err_set(err, rc, "%s", why.text);
    json_obj(j);
    write_bar(j, &bar);
    json_key(j, "problem");
    if (rc == RC_RULE)
        json_str(j, str_from(why.text));
    else
        json_nil(j);
    json_key(j, "posting");
    if (rc == RC_OK) {
        json_obj(j);
        TRY(write_shown(&d, &p, err));
        json_obj_end(j);
    } else {
        json_nil(j);
    }
    json_obj_end(j);
    return RC_OK;
}

enum rc posting_preview_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_preview(c, conn, err);
    store_reader_done(conn);
    return rc;
}

/* ---- several on one sheet ------------------------------------------------------------------------ */

/* The newest posting of the case: the one just begun. */
MUST_CHECK static enum rc newest(struct call *c, int64_t county, int64_t case_id,
                                 struct posting *out, struct err *err)
{
    struct conn *conn = NULL;
    struct posting *all = NULL;
    size_t n = 0;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = postings_of_case(conn, county, case_id, c->arena, &all, &n, err);
    store_reader_done(conn);
    TRY(rc);
    if (n == 0)
        return err_set(err, RC_NOT_FOUND, "the posting is gone");
    *out = all[0];
    return RC_OK;
}

MUST_CHECK static enum rc begin_one(struct call *c, const json_t *one, str place, str text,
                                    int64_t *sheet, int64_t *county, struct posting *out,
                                    struct err *err)
{
    struct case_act act = {.kind = EVENT_POSTING_BEGAN, .step = S(""), .text = text};
    int64_t id = 0, version = 0, at = 0;
    if (!json_is_string(one))
        return err_set(err, RC_BAD_INPUT, "cases: expected references");
    TRY(call_ref(c, str_from(json_string_value(one)), "cases", &at, &id, err));
    *out = (struct posting){.county_code = at, .case_id = id};
    if (*county != 0 && at != *county)
        return err_set(err, RC_BAD_INPUT, "cases: a sheet is of one county");
    act.data = json_pack("{s:s%,s:I}", "place", place.p, place.n, "sheet", (json_int_t)*sheet);
    enum rc rc = case_do(c->city, c->scope, at, id, &act, c->arena, &version, err);
    json_decref(act.data);
    TRY(rc);
    TRY(newest(c, at, id, out, err));
    *county = at;
    *sheet = out->sheet_id;
    return RC_OK;
}

/* Each is an event of its case: one that can't be posted does not keep the others from it. */
enum rc postings_begin(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    const json_t *cases = json_object_get(c->body, "cases");
    str place = S(""), text = S("");
    int64_t sheet = 0, county = 0, begun = 0;
    TRY(body_text(c, "place", true, &place, err));
    TRY(body_text(c, "text", false, &text, err));
    if (!json_is_array(cases) || json_array_size(cases) == 0 || json_array_size(cases) > SHEET_MOST)
        return call_wrong(c, RC_BAD_INPUT, "cases", "1 to 200 cases", err,
                          "expected 1 to 200 cases");
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        struct err own = {0};
        struct posting p = {0};
        enum rc rc = begin_one(c, json_array_get(cases, i), place, text, &sheet, &county, &p, &own);
        json_obj(j);
        json_key(j, "case");
        json_ref(j, p.county_code, p.case_id);
        json_key(j, "posting");
        json_ref(j, p.county_code, rc == RC_OK ? p.posting_id : 0);
        JSON_STR(j, "code", rc == RC_OK ? S("") : str_from(rc_code(rc)));
        JSON_STR(j, "detail", rc == RC_OK ? S("") : str_from(own.text));
        json_obj_end(j);
        begun += rc == RC_OK;
    }
    json_arr_end(j);
    json_key(j, "sheet");
    json_ref(j, county, sheet);
    JSON_INT(j, "begun", begun);
    json_obj_end(j);
    return RC_OK;
}

/* ---- what is done with one ----------------------------------------------------------------------- */

enum rc postings_stop(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0;
    str text = S("");
    TRY(read_ref(c, &county, &id, err));
    TRY(body_text(c, "text", true, &text, err));
    TRY(posting_stop(c->city, c->scope, county, id, text, c->arena, err));
    call_nothing(c);
    return RC_OK;
}

MUST_CHECK static enum rc read_objection(struct call *c, int64_t *county, int64_t *id,
                                         int64_t *objection, struct err *err)
{
    int64_t other = 0;
    TRY(read_ref(c, county, id, err));
    TRY(call_ref(c, c->at[1], "objection", &other, objection, err));
    return other == *county ? RC_OK : err_set(err, RC_NOT_FOUND, "objection: there is none");
}

enum rc objections_answer(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0, objection = 0;
    str text = S("");
    TRY(read_objection(c, &county, &id, &objection, err));
    TRY(body_text(c, "text", true, &text, err));
    TRY(posting_answer(c->city, c->scope, county, id, objection, text, err));
    call_nothing(c);
    return RC_OK;
}

enum rc objections_contact(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0, objection = 0;
    str why = S(""), contact = S("");
    TRY(read_objection(c, &county, &id, &objection, err));
    TRY(body_text(c, "why", true, &why, err));
    TRY(posting_contact(c->city, c->scope, county, id, objection, why, c->arena, &contact, err));
    json_obj(&c->json);
    JSON_STR(&c->json, "contact", contact);
    json_obj_end(&c->json);
    return RC_OK;
}

/* ---- for everybody ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_public(struct desk_json *d, const struct posting *p,
                                       struct err *err)
{
    struct json *j = &d->c->json;
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, p->county_code, p->posting_id);
    TRY(write_shown(d, p, err));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_public_list(struct call *c, struct conn *conn,
                                            struct posting_public_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d = {.c = c, .conn = conn};
    struct posting *rows = NULL;
    size_t n = 0;
    bool more = false;
    TRY(posting_public_list(q, conn, c->today, c->arena, &rows, &n, &more, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(write_public(&d, &rows[i], err));
    json_arr_end(j);
    write_next(c, more, 0, q->after_division, q->after_id);
    json_obj_end(j);
    return RC_OK;
}

enum rc public_postings_list(struct call *c, struct err *err)
{
    struct page page;
    struct conn *conn = NULL;
    struct posting_public_query q = {0};
    int64_t none = 0;
    TRY(call_page(c, &page, err));
    TRY(read_kind(c, &q.kind, err));
    TRY(read_place(c, &q.division, err));
    TRY(read_cursor(c, &page, &none, &q.after_division, &q.after_id, err));
    q.limit = page.limit;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_public_list(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

enum rc public_postings_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct posting p;
    int64_t county = 0, id = 0;
    TRY(read_ref(c, &county, &id, err));
    TRY(store_reader(c->city->store, &conn, err));
    struct desk_json d = {.c = c, .conn = conn};
    enum rc rc = posting_public_get(conn, county, id, c->today, c->arena, &p, err);
    if (rc == RC_OK)
        rc = write_public(&d, &p, err);
    store_reader_done(conn);
    return rc;
}

enum rc public_postings_object(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0, made = 0;
    struct posting_said said = {.text = S(""), .by = S(""), .contact = S("")};
    TRY(read_ref(c, &county, &id, err));
    TRY(public_texts(c, err));
    TRY(body_text(c, "text", true, &said.text, err));
    TRY(body_text(c, "by", false, &said.by, err));
    TRY(body_text(c, "contact", false, &said.contact, err));
    const struct scope *program = scope_system(c->city, c->today, c->arena);
    TRY(posting_object(c->city, program, county, id, &said, c->arena, &made, err));
    c->reply->status = 201;
    json_obj(&c->json);
    json_key(&c->json, "ref");
    json_ref(&c->json, county, made);
    json_obj_end(&c->json);
    return RC_OK;
}
