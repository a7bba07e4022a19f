/* Papers of cases, notices and households: made, shown before they are made, opened, checked by anybody. */
#include "api/case_json.h"
#include "api/handlers.h"
#include "api/paper_pdf.h"
#include "api/people_json.h"
#include "pay/proposal.h"

static str public_url(const struct call *c)
{
    return str_from(c->api->public_url);
}

/* ---- as JSON ----------------------------------------------------------------------------------- */

static void ref_or_null(struct json *j, const char *key, int64_t county, int64_t id)
{
    json_key(j, key);
    json_ref(j, county, id);
}

static void write_paper(struct call *c, const struct paper_row *r)
{
    struct json *j = &c->json;
    json_obj(j);
    ref_or_null(j, "ref", r->county_code, r->paper_id);
    JSON_STR(j, "number", r->number);
    JSON_STR(j, "form", r->form);
    JSON_STR(j, "title", r->title);
    JSON_STR(j, "office", r->office);
    ref_or_null(j, "case", r->county_code, r->case_id);
    ref_or_null(j, "household", r->county_code, r->household_id);
    ref_or_null(j, "person", r->county_code, r->person_id);
    ref_or_null(j, "notice", r->county_code, r->notice_id);
    json_key(j, "made");
    json_day(j, r->made);
    JSON_INT(j, "at_ms", r->at_ms);
    JSON_STR(j, "who", r->who);
    JSON_STR(j, "digest", r->digest);
    JSON_STR(j, "state", r->replaced ? S("replaced") : S("valid"));
    json_obj_end(j);
}

static void write_offer(struct call *c, int64_t county, const struct paper_offer *o)
{
    struct json *j = &c->json;
    json_obj(j);
    JSON_STR(j, "form", str_from(document_form_word(o->document->form)));
    json_key(j, "label");
    json_label(j, &o->document->label);
    ref_or_null(j, "person", county, o->person_id);
    JSON_STR(j, "name", o->person);
    JSON_BOOL(j, "can", o->can);
    if (o->can) {
        json_key(j, "why");
        json_nil(j);
    } else {
        json_words(j, "why", o->why[0], o->why[1]);
    }
    ref_or_null(j, "paper", county, o->paper_id);
    json_obj_end(j);
}

/* ---- of a case --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_list(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct paper_offer *offers = NULL;
    struct paper_row *rows = NULL;
    size_t n_offers = 0, n_rows = 0;
    int64_t county = 0, id = 0;
    TRY(call_ref(c, c->at[0], "case", &county, &id, err));
    TRY(paper_offers(c->city, c->scope, conn, county, id, c->arena, &offers, &n_offers, err));
    TRY(papers_of_case(conn, county, id, c->arena, &rows, &n_rows, err));
    json_obj(j);
    json_key(j, "made");
    json_arr(j);
    for (size_t i = 0; i < n_rows; i++)
        write_paper(c, &rows[i]);
    json_arr_end(j);
    json_key(j, "offers");
    json_arr(j);
    for (size_t i = 0; i < n_offers; i++)
        write_offer(c, county, &offers[i]);
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

/* Run a reader on one snapshot. */
MUST_CHECK static enum rc on_snapshot(struct call *c,
                                      enum rc (*fn)(struct call *c, struct conn *conn,
                                                    struct err *err),
                                      struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = fn(c, conn, err);
    read_end(conn);
    store_reader_done(conn);
    return rc;
}

enum rc cases_papers(struct call *c, struct err *err)
{
    return on_snapshot(c, write_list, err);
}

MUST_CHECK static enum rc form_of(struct call *c, enum document_form *out, struct err *err)
{
    str word = S("");
    TRY(body_text(c, "form", true, &word, err));
    *out = document_form_find(word);
    if (*out == DOCUMENT__COUNT)
        return call_wrong(c, RC_BAD_INPUT, "form", "receipt, missing, survey, grant …", err,
                          "found “%.*s”, expected the form of a document", STR_ARG(word));
    return RC_OK;
}

static void made(struct call *c, const struct paper_row *r)
{
    call_created(c, str_fmt(c->arena, "/api/v1/papers/%06lld-%lld/pdf", (long long)r->county_code,
                            (long long)r->paper_id));
    write_paper(c, r);
}

enum rc cases_paper(struct call *c, struct err *err)
{
    struct paper_wanted w = {.public_url = public_url(c)};
    struct paper_row r;
    int64_t person_county = 0;
    TRY(call_ref(c, c->at[0], "case", &w.county, &w.case_id, err));
    TRY(form_of(c, &w.form, err));
    TRY(body_ref(c, "person", false, &person_county, &w.person_id, err));
    TRY(paper_make(c->city, c->scope, &w, c->arena, &r, err));
    made(c, &r);
    return RC_OK;
}

enum rc notices_paper(struct call *c, struct err *err)
{
    struct paper_wanted w = {.public_url = public_url(c)};
    struct paper_row r;
    TRY(call_ref(c, c->at[0], "notice", &w.county, &w.notice_id, err));
    TRY(paper_make(c->city, c->scope, &w, c->arena, &r, err));
    made(c, &r);
    return RC_OK;
}

/* ---- files ------------------------------------------------------------------------------------- */

MUST_CHECK static enum rc draw_one(struct call *c, const struct paper *p, str name, struct err *err)
{
    struct pdf pdf;
    TRY(pdf_draw(p, 1, &pdf, err));
    pdf_reply(c, &pdf, name);
    return RC_OK;
}

MUST_CHECK static enum rc read_paper(struct call *c, struct conn *conn, struct paper *out,
                                     str *name, struct err *err)
{
    int64_t county = 0, id = 0;
    struct paper_row r;
    TRY(call_ref(c, c->at[0], "paper", &county, &id, err));
    TRY(paper_find(c->city, c->scope, conn, county, id, c->arena, &r, err));
    *name = r.number;
    return paper_content(conn, county, id, c->arena, out, err);
}

enum rc papers_pdf(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct paper p;
    str name = S("");
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_paper(c, conn, &p, &name, err);
    store_reader_done(conn);
    TRY(rc);
    return draw_one(c, &p, name, err);
}

/* How it will look: drawn without a paper being made. */
MUST_CHECK static enum rc draw_preview(struct call *c, const struct paper_wanted *w, bool marked,
                                       struct pdf *out, struct err *err)
{
    struct conn *conn = NULL;
    struct paper p;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = paper_preview(c->city, c->scope, conn, w, c->arena, &p, err);
    read_end(conn);
    store_reader_done(conn);
    TRY(rc);
    if (!marked)
        p.mark = p.foot = S("");
    return pdf_draw(&p, 1, out, err);
}

/* What the decision that is being typed would send. */
enum rc cases_letter(struct call *c, struct err *err)
{
    struct paper_wanted w = {.decision = c->body, .text = S("")};
    struct pdf pdf;
    TRY(call_ref(c, c->at[0], "case", &w.county, &w.case_id, err));
    TRY(form_of(c, &w.form, err));
    TRY(body_text(c, "text", false, &w.text, err));
    TRY(draw_preview(c, &w, true, &pdf, err));
    return print_keep(c, &pdf, err);
}

/* The cover of a file goes nowhere: it has no number. */
enum rc households_cover(struct call *c, struct err *err)
{
    struct paper_wanted w = {.form = DOCUMENT_COVER};
    struct pdf pdf;
    TRY(call_ref(c, c->at[0], "household", &w.county, &w.household_id, err));
    TRY(draw_preview(c, &w, false, &pdf, err));
    pdf_reply(c, &pdf, S("cover"));
    return RC_OK;
}

MUST_CHECK static enum rc find_letter(struct call *c, struct conn *conn, struct paper_wanted *w,
                                      struct err *err)
{
    struct proposal p;
    struct proposal_letter letter;
    int64_t id = 0;
    TRY(call_ref(c, c->at[0], "proposal", &w->county, &id, err));
    TRY(proposal_find(conn, w->county, id, c->arena, &p, err));
    TRY(proposal_letter(conn, c->city, &p, c->today, c->arena, &letter, err));
    w->letter = letter.notice;
    return letter.notice != NULL
               ? RC_OK
               : err_set(err, RC_RULE, "nobody of them is left to be told: there is no letter");
}

enum rc proposals_letter(struct call *c, struct err *err)
{
    struct paper_wanted w = {0};
    struct conn *conn = NULL;
    struct pdf pdf;
    struct err own = {0};
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = find_letter(c, conn, &w, err);
    store_reader_done(conn);
    TRY(rc);
    rc = draw_preview(c, &w, true, &pdf, &own);
    if (rc == RC_NOT_FOUND) /* in the words of one that isn't there */
        return err_set(err, rc, "no proposal %.*s that may be seen", STR_ARG(c->at[0]));
    if (rc != RC_OK)
        return err_set(err, rc, "%s", own.text);
    pdf_reply(c, &pdf, S("preview"));
    return RC_OK;
}

/* ---- by anybody --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_check(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct paper_row r;
    TRY(paper_check(conn, c->at[0], query_of(c, "code"), c->arena, &r, err));
    json_obj(j);
    JSON_STR(j, "number", r.number);
    JSON_STR(j, "title", r.title);
    JSON_STR(j, "office", r.office);
    json_key(j, "made");
    json_day(j, r.made);
    JSON_STR(j, "state", r.replaced ? S("replaced") : S("valid"));
    JSON_STR(j, "subject", r.subject);
    JSON_STR(j, "digest", r.digest);
    json_obj_end(j);
    call_header(c, "X-Robots-Tag", S("noindex"));
    return RC_OK;
}

enum rc public_papers_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_check(c, conn, err);
    store_reader_done(conn);
    return rc;
}
