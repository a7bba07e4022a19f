/* The month's list on its way to the bank: frozen, sent, answered, paid again. */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/batch_json.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "base/file.h"
#include "pay/bank_layout.h"

enum { UPLOAD_MOST = 64 << 20 };

/* ---- written alike ------------------------------------------------------------------------------ */

enum rc json_batch(struct call *c, struct conn *conn, const struct batch *b, struct err *err)
{
    struct json *j = &c->json;

    json_key(j, "ref");
    json_ref(j, b->county_code, b->batch_id);
    JSON_STR(j, "number", b->number);
    json_key(j, "month");
    json_month(j, b->month);
    TRY(people_division(c, conn, "county", b->county_code * 1000000, err));
    JSON_STR(j, "kind", b->kind);
    JSON_STR(j, "state", b->state);
    JSON_INT(j, "rows", b->rows);
    JSON_INT(j, "fen", b->fen);
    JSON_INT(j, "held_rows", b->held_rows);
    JSON_INT(j, "held_fen", b->held_fen);
    JSON_INT(j, "paid_rows", b->paid_rows);
    JSON_INT(j, "paid_fen", b->paid_fen);
    JSON_INT(j, "failed_rows", b->failed_rows);
    JSON_INT(j, "failed_fen", b->failed_fen);
    JSON_STR(j, "digest", b->digest);
    json_key(j, "frozen_on");
    json_day(j, b->frozen_on);
    JSON_STR(j, "frozen_by", b->frozen_by);
    JSON_INT(j, "version", b->version);
    return RC_OK;
}

static void json_other(struct json *j, const char *key, int64_t county, int64_t batch, int64_t seq)
{
    json_key(j, key);
    if (batch == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "batch");
    json_ref(j, county, batch);
    JSON_INT(j, "seq", seq);
    json_obj_end(j);
}

enum rc json_batch_line(struct call *c, struct conn *conn, int64_t county,
                        const struct batch_line *l, struct err *err)
{
    const struct policy *p = rules_policy(c->city->rules, l->programme);
    struct json *j = &c->json;

    JSON_INT(j, "seq", l->seq);
    json_key(j, "household");
    json_ref(j, county, l->household_id);
    json_key(j, "payee");
    json_ref(j, county, l->payee_id);
    JSON_STR(j, "name", l->name);
    JSON_STR(j, "programme", l->programme);
    people_both(j, "label", p != NULL ? p->label.zh : l->programme,
                p != NULL ? p->label.en : l->programme);
    json_key(j, "month");
    json_month(j, l->month);
    JSON_STR(j, "kind", l->kind);
    JSON_INT(j, "fen", l->fen);
    JSON_INT(j, "deducted_fen", l->deducted_fen);
    TRY(people_division(c, conn, "division", l->division, err));
    JSON_STR(j, "account_kind", l->account_kind);
    JSON_STR(j, "holder", l->holder);
    JSON_STR(j, "bank", l->bank);
    JSON_STR(j, "account", l->account);
    JSON_STR(j, "state", l->state);
    JSON_STR(j, "reason_code", l->reason_code);
    JSON_STR(j, "reason", l->reason);
    json_key(j, "settled_on");
    json_day(j, l->settled);
    JSON_STR(j, "words", l->words);
    json_other(j, "again", county, l->again_batch, l->again_seq);
    json_other(j, "from", county, l->from_batch, l->from_seq);
    json_key(j, "arrears");
    json_ref(j, county, l->arrears_job);
    return RC_OK;
}

enum rc call_upload(struct call *c, str *out, struct err *err)
{
    if (c->request->body_file == NULL)
        return call_wrong(c, RC_BAD_INPUT, "", "the file as the body", err, "no file was sent");
    return file_read(c->request->body_file, UPLOAD_MOST, c->arena, out, err);
}

static void tell_mistakes(struct call *c, const struct batch_mistakes *m)
{
    bool english = str_starts(http_header(c->request, "Accept-Language"), S("en"));
    char field[32];

    for (size_t i = 0; i < m->n; i++) {
        if (m->at[i].seq > 0)
            snprintf(field, sizeof field, "%lld", (long long)m->at[i].seq);
        call_error(c, m->at[i].seq > 0 ? field : "", "%.*s",
                   STR_ARG(english ? m->at[i].text : m->at[i].zh));
    }
}

/* ---- asked for ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc batch_of_path(struct call *c, int64_t *county, int64_t *id,
                                        struct err *err)
{
    return call_ref(c, c->at[0], "batch", county, id, err);
}

MUST_CHECK static enum rc month_asked(struct call *c, str text, month *out, struct err *err)
{
    if (month_parse(text, out))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "month", "a month like 2020-12", err,
                      "month: found “%.*s”, expected a month like 2020-12",
                      STR_ARG(str_sub(text, 0, 20)));
}

/* A county's twelve digits, or six of it; none: the account's own. */
MUST_CHECK static enum rc county_asked(struct call *c, str text, bool must, int64_t *out,
                                       struct err *err)
{
    int64_t code = 0;

    *out = c->scope->county_code;
    if (text.n == 0 && (!must || *out != 0))
        return RC_OK;
    if (text.n == 12 && str_int(text, &code) && code % 1000000 == 0) {
        *out = code / 1000000;
        return RC_OK;
    }
    return call_wrong(c, RC_BAD_INPUT, "county", "a county's twelve digits", err,
                      "county: found “%.*s”, expected a county's twelve digits",
                      STR_ARG(str_sub(text, 0, 20)));
}

MUST_CHECK static enum rc batch_reply(struct call *c, const struct batch *b, bool made,
                                      struct err *err)
{
    struct conn *conn = NULL;

    if (made)
        call_created(c, str_fmt(c->arena, "/api/v1/batches/%lld-%lld", (long long)b->county_code,
                                (long long)b->batch_id));
    TRY(store_reader(c->city->store, &conn, err));
    json_obj(&c->json);
    enum rc rc = json_batch(c, conn, b, err);
    json_obj_end(&c->json);
    store_reader_done(conn);
    return rc;
}

/* ---- the list ----------------------------------------------------------------------------------- */

/* What came back and waits, of each county that one sees. */
MUST_CHECK static enum rc back_json(struct call *c, struct conn *conn, int64_t only,
                                    struct err *err)
{
    struct json *j = &c->json;
    struct batch_back b;
    int64_t *counties = NULL;
    size_t n = 0;
    char on[11];

    TRY(division_counties(conn, str_from(date_text(c->today, on)), c->arena, &counties, &n, err));
    json_key(j, "back");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        if (only != 0 && counties[i] != only)
            continue;
        TRY(batch_back_count(c->scope, conn, counties[i], &b, err));
        if (b.failed + b.held + b.mended == 0)
            continue;
        json_obj(j);
        TRY(people_division(c, conn, "county", counties[i] * 1000000, err));
        JSON_INT(j, "failed", b.failed);
        JSON_INT(j, "failed_fen", b.failed_fen);
        JSON_INT(j, "held", b.held);
        JSON_INT(j, "held_fen", b.held_fen);
        JSON_INT(j, "mended", b.mended);
        JSON_INT(j, "mended_fen", b.mended_fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc list_json(struct call *c, struct conn *conn, struct batch_query *q,
                                    struct err *err)
{
    struct json *j = &c->json;
    struct batch *list = NULL;
    size_t n = 0;
    bool more = false;
    int64_t count = 0;

    TRY(batches_read(q, conn, c->arena, &list, &n, &more, err));
    TRY(batches_count(q, conn, &count, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(json_batch(c, conn, &list[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    str key = n > 0 ? str_fmt(c->arena, "%lld", (long long)list[n - 1].batch_id) : S("");
    page_next(c, more, &key, 1);
    page_count(j, count, true);
    TRY(back_json(c, conn, q->county != 0 ? q->county : c->scope->county_code, err));
    json_obj_end(j);
    return RC_OK;
}

enum rc batches_list(struct call *c, struct err *err)
{
    struct batch_query q = {.scope = c->scope};
    str month_text_ = query_of(c, "month");
    struct page page;
    struct conn *conn = NULL;

    if (month_text_.n > 0)
        TRY(month_asked(c, month_text_, &q.month, err));
    TRY(county_asked(c, query_of(c, "county"), false, &q.county, err));
    TRY(call_page(c, &page, err));
    q.limit = page.limit;
    if (page.cursor_n > 0 && (page.cursor_n != 1 || !str_int(page.cursor[0], &q.before)))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                          "cursor: it is none of this list's");
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = list_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- one ---------------------------------------------------------------------------------------- */

static void layouts_json(struct json *j, const char *key, const struct bank_layout *list, size_t n)
{
    json_key(j, key);
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "name", list[i].name);
        people_both(j, "label", list[i].label.zh, list[i].label.en);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void kinds_json(struct json *j, const struct batch_kind *kinds, size_t n)
{
    json_key(j, "kinds");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", kinds[i].kind);
        JSON_INT(j, "n", kinds[i].n);
        JSON_INT(j, "fen", kinds[i].fen);
        JSON_INT(j, "deducted_fen", kinds[i].deducted_fen);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void papers_json(struct json *j, const struct batch_made *made, size_t n_made,
                        const struct batch_answered *answers, size_t n_answers)
{
    json_key(j, "made");
    json_arr(j);
    for (size_t i = 0; i < n_made; i++) {
        json_obj(j);
        JSON_STR(j, "layout", made[i].layout);
        JSON_STR(j, "hash", made[i].hash);
        JSON_INT(j, "bytes", made[i].bytes);
        JSON_STR(j, "who", made[i].who);
        JSON_STR(j, "why", made[i].why);
        JSON_INT(j, "at_ms", made[i].made_ms);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "answers");
    json_arr(j);
    for (size_t i = 0; i < n_answers; i++) {
        json_obj(j);
        JSON_STR(j, "layout", answers[i].layout);
        JSON_INT(j, "rows", answers[i].rows);
        JSON_INT(j, "paid", answers[i].paid);
        JSON_INT(j, "failed", answers[i].failed);
        JSON_INT(j, "news", answers[i].news);
        json_key(j, "on");
        json_day(j, answers[i].on);
        JSON_STR(j, "who", answers[i].who);
        JSON_INT(j, "at_ms", answers[i].read_ms);
        json_obj_end(j);
    }
    json_arr_end(j);
}

MUST_CHECK static enum rc whole_json(struct call *c, struct conn *conn, int64_t county, int64_t id,
                                     struct err *err)
{
    struct json *j = &c->json;
    struct batch b;
    struct bank bank;
    struct batch_state *states = NULL;
    struct batch_kind *kinds = NULL;
    struct batch_made *made = NULL;
    struct batch_answered *answers = NULL;
    size_t n_states = 0, n_kinds = 0, n_made = 0, n_answers = 0;

    TRY(batch_read(c->scope, conn, county, id, c->arena, &b, err));
    TRY(batch_states(conn, county, id, c->arena, &states, &n_states, err));
    TRY(batch_kinds(conn, county, id, c->arena, &kinds, &n_kinds, err));
    TRY(batch_papers(conn, county, id, c->arena, &made, &n_made, &answers, &n_answers, err));
    TRY(bank_known(conn, c->arena, &bank, err));
    json_obj(j);
    TRY(json_batch(c, conn, &b, err));
    json_key(j, "states");
    json_arr(j);
    for (size_t i = 0; i < n_states; i++) {
        json_obj(j);
        JSON_STR(j, "state", states[i].state);
        JSON_INT(j, "n", states[i].n);
        JSON_INT(j, "fen", states[i].fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    kinds_json(j, kinds, n_kinds);
    papers_json(j, made, n_made, answers, n_answers);
    layouts_json(j, "file_layouts", bank.files, bank.n_files);
    layouts_json(j, "answer_layouts", bank.answers, bank.n_answers);
    JSON_STR(j, "assumed", bank.assumed);
    json_obj_end(j);
    return RC_OK;
}

enum rc batches_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    int64_t county = 0, id = 0;

    TRY(batch_of_path(c, &county, &id, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = whole_json(c, conn, county, id, err);
    store_reader_done(conn);
    return rc;
}

/* ---- its lines ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc line_query_read(struct call *c, struct line_query *q, struct err *err)
{
    static const char *const states[] = {"frozen", "held",  "paid",    "failed",
                                         "mended", "again", "deducted"};
    str division = query_of(c, "division");
    struct page page;
    bool known;

    *q = (struct line_query){.scope = c->scope,
                             .city = c->city,
                             .state = query_of(c, "state"),
                             .programme = query_of(c, "programme"),
                             .q = str_trim(query_of(c, "q"))};
    TRY(batch_of_path(c, &q->county, &q->batch_id, err));
    known = q->state.n == 0;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        known |= str_eq(q->state, str_from(states[i]));
    if (!known)
        return call_wrong(
            c, RC_BAD_INPUT, "state", NULL, err,
            "state: found “%.*s”, expected frozen, held, paid, failed, mended, again or deducted",
            STR_ARG(str_sub(q->state, 0, 20)));
    if (division.n > 0 && (division.n != 12 || !str_int(division, &q->division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(division, 0, 20)));
    TRY(call_page(c, &page, err));
    q->limit = page.limit;
    if (page.cursor_n > 0 && (page.cursor_n != 1 || !str_int(page.cursor[0], &q->after)))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                          "cursor: it is none of this list's");
    return RC_OK;
}

MUST_CHECK static enum rc lines_json(struct call *c, struct conn *conn, const struct line_query *q,
                                     struct err *err)
{
    struct json *j = &c->json;
    struct batch_line *list = NULL;
    size_t n = 0;
    bool more = false;
    int64_t count = 0, fen = 0;

    TRY(batch_lines(q, conn, c->arena, &list, &n, &more, err));
    TRY(batch_lines_count(q, conn, &count, &fen, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(json_batch_line(c, conn, q->county, &list[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    str key = n > 0 ? str_fmt(c->arena, "%lld", (long long)list[n - 1].seq) : S("");
    page_next(c, more, &key, 1);
    page_count(j, count, true);
    JSON_INT(j, "sum_fen", fen);
    json_obj_end(j);
    return RC_OK;
}

enum rc batches_lines(struct call *c, struct err *err)
{
    struct line_query q;
    struct conn *conn = NULL;

    TRY(line_query_read(c, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = lines_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

enum rc batches_mend(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0, seq = 0;
    str words = S("");

    TRY(batch_of_path(c, &county, &id, err));
    if (!str_int(c->at[1], &seq) || seq <= 0)
        return call_wrong(c, RC_BAD_INPUT, "line", NULL, err,
                          "line: found “%.*s”, expected its number",
                          STR_ARG(str_sub(c->at[1], 0, 20)));
    TRY(body_text(c, "text", true, &words, err));
    TRY(batch_mend(c->city, c->scope, county, id, seq, words, err));
    call_nothing(c);
    return RC_OK;
}

/* ---- freezing ----------------------------------------------------------------------------------- */

enum rc batches_freeze(struct call *c, struct err *err)
{
    str text = S(""), county_text = S("");
    struct batch b;
    int64_t county = 0;
    month m = 0;

    TRY(body_text(c, "month", true, &text, err));
    TRY(body_text(c, "county", false, &county_text, err));
    TRY(month_asked(c, text, &m, err));
    TRY(county_asked(c, county_text, true, &county, err));
    TRY(batch_freeze(c->city, c->scope, county, m, c->arena, &b, err));
    return batch_reply(c, &b, true, err);
}

enum rc batches_again(struct call *c, struct err *err)
{
    str county_text = S("");
    struct batch b;
    int64_t county = 0;

    TRY(body_text(c, "county", false, &county_text, err));
    TRY(county_asked(c, county_text, true, &county, err));
    TRY(batch_again(c->city, c->scope, county, c->arena, &b, err));
    return batch_reply(c, &b, true, err);
}

/* ---- the bank ----------------------------------------------------------------------------------- */

/* The bytes as an open file that nobody else can open. */
MUST_CHECK static enum rc file_of(str bytes, int *fd, struct err *err)
{
    *fd = memfd_create("bank", MFD_CLOEXEC);
    for (size_t at = 0; *fd >= 0 && at < bytes.n;) {
        ssize_t n = write(*fd, bytes.p + at, bytes.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(*fd);
            *fd = -1;
            break;
        }
        at += (size_t)n;
    }
    if (*fd >= 0 && lseek(*fd, 0, SEEK_SET) == 0)
        return RC_OK;
    return err_set(err, RC_IO, "the bank's file can't be kept for sending: %s", strerror(errno));
}

enum rc batches_file(struct call *c, struct err *err)
{
    struct batch_mistakes wrong;
    int64_t county = 0, id = 0;
    str bytes, name;
    int fd = -1;

    TRY(batch_of_path(c, &county, &id, err));
    enum rc rc = batch_file(c->city, c->scope, county, id, query_of(c, "layout"),
                            query_of(c, "why"), c->arena, &bytes, &name, &wrong, err);
    if (rc != RC_OK) {
        tell_mistakes(c, &wrong);
        return rc;
    }
    TRY(file_of(bytes, &fd, err));
    call_file(c, fd, (int64_t)bytes.n, S("application/octet-stream"), name);
    return RC_OK;
}

enum rc batches_answer(struct call *c, struct err *err)
{
    struct batch_mistakes wrong;
    struct batch_taken taken;
    struct conn *conn = NULL;
    struct json *j = &c->json;
    int64_t county = 0, id = 0;
    str bytes = S("");

    TRY(batch_of_path(c, &county, &id, err));
    TRY(call_upload(c, &bytes, err));
    enum rc rc = batch_answer(c->city, c->scope, county, id, query_of(c, "layout"), bytes, c->arena,
                              &taken, &wrong, err);
    if (rc != RC_OK) {
        tell_mistakes(c, &wrong);
        return rc;
    }
    TRY(store_reader(c->city->store, &conn, err));
    json_obj(j);
    JSON_INT(j, "rows", taken.rows);
    JSON_INT(j, "paid", taken.paid);
    JSON_INT(j, "failed", taken.failed);
    JSON_INT(j, "news", taken.news);
    JSON_BOOL(j, "again", taken.again);
    json_key(j, "batch");
    json_obj(j);
    rc = json_batch(c, conn, &taken.batch, err);
    json_obj_end(j);
    json_obj_end(j);
    store_reader_done(conn);
    return rc;
}
