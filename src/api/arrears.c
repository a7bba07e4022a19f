/* Back-pay and recovery: what was found, by place, household and line. */
#include "api/arrears_json.h"
#include "api/arrears_job.h"
#include "api/handlers.h"
#include "api/people_json.h"

/* ---- asked for ---------------------------------------------------------------------------------- */

enum rc arrears_of_path(struct call *c, int64_t *county, int64_t *job, struct err *err)
{
    return call_ref(c, c->at[0], "arrears", county, job, err);
}

enum rc arrears_division(struct call *c, str text, int64_t *out, struct err *err)
{
    *out = 0;
    if (text.n == 0 || (text.n == 12 && str_int(text, out) && *out > 0))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                      "division: found “%.*s”, expected twelve digits",
                      STR_ARG(str_sub(text, 0, 20)));
}

enum rc arrears_programme(struct call *c, str text, struct err *err)
{
    if (text.n == 0 || rules_policy(c->city->rules, text) != NULL)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err, "programme: there is no “%.*s”",
                      STR_ARG(str_sub(text, 0, 60)));
}

enum rc arrears_same_county(struct call *c, int64_t household, int64_t county, struct err *err)
{
    if (household == 0 || household == county)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "household", NULL, err,
                      "household: found one of county %lld, expected one of %lld",
                      (long long)household, (long long)county);
}

MUST_CHECK static enum rc state_asked(struct call *c, const char *const *known, size_t n, str *out,
                                      struct err *err)
{
    *out = query_of(c, "state");
    for (size_t i = 0; i < n; i++)
        if (out->n == 0 || str_eq(*out, str_from(known[i])))
            return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "state", NULL, err, "state: there is no “%.*s”",
                      STR_ARG(str_sub(*out, 0, 20)));
}

MUST_CHECK static enum rc lines_asked(struct call *c, struct arrears_line_query *q, struct err *err)
{
    static const char *const states[] = {"open", "decided", "listed", "left", "rejected", "stale"};
    str household = query_of(c, "household");
    int64_t county = 0;

    *q = (struct arrears_line_query){
        .scope = c->scope, .rules = c->city->rules, .programme = query_of(c, "programme")};
    TRY(arrears_of_path(c, &q->county, &q->job_id, err));
    TRY(state_asked(c, states, sizeof states / sizeof *states, &q->state, err));
    TRY(arrears_division(c, query_of(c, "division"), &q->division, err));
    TRY(arrears_programme(c, q->programme, err));
    if (household.n > 0)
        TRY(call_ref(c, household, "household", &county, &q->household, err));
    return arrears_same_county(c, county, q->county, err);
}

MUST_CHECK static enum rc cursor_wrong(struct call *c, struct err *err)
{
    return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                      "cursor: it is none of this list's");
}

static void programme_json(struct call *c, str name)
{
    const struct policy *p = rules_policy(c->city->rules, name);

    JSON_STR(&c->json, "programme", name);
    people_both(&c->json, "label", p != NULL ? p->label.zh : name, p != NULL ? p->label.en : name);
}

/* ---- findings ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc job_json(struct call *c, struct conn *conn, const struct arrears_job *a,
                                   struct err *err)
{
    struct json *j = &c->json;

    json_key(j, "ref");
    json_ref(j, a->county, a->job_id);
    TRY(people_division(c, conn, "division", a->division != 0 ? a->division : a->county * 1000000,
                        err));
    json_key(j, "from");
    json_month(j, a->from);
    json_key(j, "upto");
    json_month(j, a->upto);
    programme_json(c, a->programme);
    JSON_STR(j, "why", a->why);
    JSON_STR(j, "state", a->state);
    JSON_STR(j, "who", a->who);
    JSON_INT(j, "at_ms", a->at_ms);
    JSON_INT(j, "lines", a->lines);
    JSON_INT(j, "open_lines", a->open_lines);
    JSON_INT(j, "backpay_fen", a->backpay_fen);
    JSON_INT(j, "recovery_fen", a->recovery_fen);
    JSON_INT(j, "left_fen", a->left_fen);
    return RC_OK;
}

/* Who may see it: the county's own and the city; a finding of another county is nobody else's business, nor
 * is that of a programme whose line one has no role for. Its words may name a family: they are for those
 * whose divisions and lines are looked through whole. */
enum rc arrears_progress_json(struct call *c, struct conn *conn, struct err *err)
{
    struct arrears_progress p = arrears_running(c->arena);
    struct json *j = &c->json;
    const struct scope *s = c->scope;
    bool sees = arrears_sees(s, c->city->rules, p.order.programme);
    bool own = (s->county_code == 0 || p.order.division / 1000000 == s->county_code) &&
               (sees || p.order.programme.n == 0);
    bool words = sees && (s->county_code == 0 || scope_covers(s, p.order.division));

    if (p.order.upto == 0 || !own) {
        json_nil(j);
        return RC_OK;
    }
    json_obj(j);
    JSON_BOOL(j, "busy", p.busy);
    TRY(people_division(c, conn, "division", p.order.division, err));
    json_key(j, "from");
    json_month(j, p.order.from);
    json_key(j, "upto");
    json_month(j, p.order.upto);
    programme_json(c, p.order.programme);
    JSON_STR(j, "why", words ? p.order.why : S(""));
    JSON_INT(j, "done", p.done);
    JSON_INT(j, "lines", p.lines);
    json_key(j, "error");
    if (words && p.error.n > 0)
        json_str(j, p.error);
    else
        json_nil(j);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc jobs_json(struct call *c, struct conn *conn,
                                    const struct arrears_job_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_job *list = NULL;
    size_t n = 0;
    bool more = false;

    TRY(arrears_jobs_read(q, conn, c->arena, &list, &n, &more, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(job_json(c, conn, &list[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    str key = n > 0 ? str_fmt(c->arena, "%lld", (long long)list[n - 1].job_id) : S("");
    page_next(c, more, &key, 1);
    json_key(j, "running");
    TRY(arrears_progress_json(c, conn, err));
    json_obj_end(j);
    return RC_OK;
}

enum rc arrears_list_get(struct call *c, struct err *err)
{
    static const char *const states[] = {"running", "open", "closed"};
    struct arrears_job_query q = {.scope = c->scope, .rules = c->city->rules};
    struct page page;
    struct conn *conn = NULL;

    TRY(state_asked(c, states, sizeof states / sizeof *states, &q.state, err));
    TRY(call_page(c, &page, err));
    q.limit = page.limit;
    if (page.cursor_n > 0 && (page.cursor_n != 1 || !str_int(page.cursor[0], &q.before)))
        return cursor_wrong(c, err);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = jobs_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- one ---------------------------------------------------------------------------------------- */

MUST_CHECK static enum rc sums_json(struct call *c, struct conn *conn,
                                    const struct arrears_line_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_sum *sums = NULL;
    size_t n = 0;

    TRY(arrears_sums(q, conn, c->arena, &sums, &n, err));
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(people_division(c, conn, "division", sums[i].division, err));
        programme_json(c, sums[i].programme);
        JSON_INT(j, "households", sums[i].households);
        JSON_INT(j, "lines", sums[i].lines);
        JSON_INT(j, "backpay_fen", sums[i].backpay_fen);
        JSON_INT(j, "recovery_fen", sums[i].recovery_fen);
        JSON_INT(j, "left_fen", sums[i].left_fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc states_json(struct call *c, struct conn *conn,
                                      const struct arrears_line_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_state *states = NULL;
    size_t n = 0;
    bool exact = true;

    TRY(arrears_states(q, conn, c->arena, &states, &n, &exact, err));
    json_key(j, "states");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "state", states[i].state);
        JSON_INT(j, "n", states[i].n);
        json_obj_end(j);
    }
    json_arr_end(j);
    JSON_BOOL(j, "exact", exact);
    return RC_OK;
}

MUST_CHECK static enum rc whole_json(struct call *c, struct conn *conn,
                                     const struct arrears_line_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_job job;

    TRY(arrears_job_read(c->scope, c->city->rules, conn, q->county, q->job_id, c->arena, &job,
                         err));
    json_obj(j);
    TRY(job_json(c, conn, &job, err));
    TRY(sums_json(c, conn, q, err));
    TRY(states_json(c, conn, q, err));
    json_obj_end(j);
    return RC_OK;
}

enum rc arrears_get(struct call *c, struct err *err)
{
    struct arrears_line_query q = {
        .scope = c->scope, .rules = c->city->rules, .programme = query_of(c, "programme")};
    struct conn *conn = NULL;

    TRY(arrears_of_path(c, &q.county, &q.job_id, err));
    TRY(arrears_division(c, query_of(c, "division"), &q.division, err));
    TRY(arrears_programme(c, q.programme, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = whole_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- households --------------------------------------------------------------------------------- */

static void head_json(struct json *j, int64_t county, int64_t id, str name)
{
    json_key(j, "head");
    if (id == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, county, id);
    JSON_STR(j, "name", name);
    json_obj_end(j);
}

MUST_CHECK static enum rc family_json(struct call *c, struct conn *conn, int64_t county,
                                      const struct arrears_family *f, struct err *err)
{
    struct json *j = &c->json;

    json_key(j, "household");
    json_ref(j, county, f->household_id);
    head_json(j, county, f->head_id, f->head);
    TRY(people_division(c, conn, "division", f->division, err));
    programme_json(c, f->programme);
    json_key(j, "from");
    json_month(j, f->from);
    json_key(j, "upto");
    json_month(j, f->upto);
    JSON_INT(j, "lines", f->lines);
    JSON_INT(j, "open_lines", f->open_lines);
    JSON_INT(j, "backpay_fen", f->backpay_fen);
    JSON_INT(j, "recovery_fen", f->recovery_fen);
    JSON_INT(j, "left_fen", f->left_fen);
    return RC_OK;
}

MUST_CHECK static enum rc families_json(struct call *c, struct conn *conn,
                                        const struct arrears_line_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_family *list = NULL;
    struct arrears_job job;
    size_t n = 0;
    bool more = false;

    TRY(arrears_job_read(c->scope, c->city->rules, conn, q->county, q->job_id, c->arena, &job,
                         err));
    TRY(arrears_families_read(q, conn, c->arena, &list, &n, &more, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(family_json(c, conn, q->county, &list[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    str key[2] = {0};
    if (n > 0) {
        key[0] = str_fmt(c->arena, "%lld", (long long)list[n - 1].division);
        key[1] = str_fmt(c->arena, "%lld", (long long)list[n - 1].household_id);
    }
    page_next(c, more, key, 2);
    json_obj_end(j);
    return RC_OK;
}

enum rc arrears_households(struct call *c, struct err *err)
{
    struct arrears_line_query q;
    struct page page;
    struct conn *conn = NULL;

    TRY(lines_asked(c, &q, err));
    TRY(call_page(c, &page, err));
    q.limit = page.limit;
    q.behind = page.cursor_n > 0;
    if (q.behind && (page.cursor_n != 2 || !str_int(page.cursor[0], &q.after_division) ||
                     !str_int(page.cursor[1], &q.after_household)))
        return cursor_wrong(c, err);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = families_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- lines -------------------------------------------------------------------------------------- */

MUST_CHECK static enum rc line_json(struct call *c, struct conn *conn, int64_t county,
                                    const struct arrears_line *l, const struct arrears_names *names,
                                    struct err *err)
{
    struct json *j = &c->json;

    json_key(j, "household");
    json_ref(j, county, l->household_id);
    head_json(j, county, names->head_id, names->head);
    json_key(j, "person");
    json_ref(j, county, l->person_id);
    JSON_STR(j, "person_name", names->person);
    programme_json(c, l->programme);
    json_key(j, "month");
    json_month(j, l->month);
    TRY(people_division(c, conn, "division", l->division, err));
    JSON_INT(j, "paid_fen", l->paid_fen);
    JSON_INT(j, "due_fen", l->due_fen);
    JSON_INT(j, "fen", l->due_fen - l->paid_fen);
    JSON_STR(j, "cause", l->cause);
    people_both(j, "cause_label", arrears_cause_label(c->city->rules, l->cause, false),
                arrears_cause_label(c->city->rules, l->cause, true));
    JSON_STR(j, "reason", l->reason);
    people_both(j, "reason_label", str_from(arrears_reason_label(l->reason, false)),
                str_from(arrears_reason_label(l->reason, true)));
    JSON_STR(j, "state", l->state);
    JSON_STR(j, "decided_by", l->decided_by);
    json_key(j, "decided_on");
    json_day(j, l->decided_on);
    JSON_STR(j, "text", l->words);
    json_key(j, "batch");
    json_ref(j, county, l->batch_id);
    JSON_INT(j, "seq", l->seq);
    JSON_INT(j, "settled_fen", l->settled_fen);
    return RC_OK;
}

MUST_CHECK static enum rc lines_json(struct call *c, struct conn *conn,
                                     const struct arrears_line_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_line *list = NULL;
    struct arrears_names *names = NULL;
    struct arrears_job job;
    size_t n = 0;
    bool more = false, exact = true;
    int64_t count = 0;

    TRY(arrears_job_read(c->scope, c->city->rules, conn, q->county, q->job_id, c->arena, &job,
                         err));
    TRY(arrears_lines_read(q, conn, c->arena, &list, &n, &more, err));
    TRY(arrears_lines_count(q, conn, &count, &exact, err));
    TRY(arrears_names_read(conn, q->county, list, n, c->arena, &names, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(line_json(c, conn, q->county, &list[i], &names[i], err));
        json_obj_end(j);
    }
    json_arr_end(j);
    str key[4] = {0};
    if (n > 0) {
        const struct arrears_line *l = &list[n - 1];
        char text[8];
        key[0] = str_fmt(c->arena, "%lld", (long long)l->division);
        key[1] = str_fmt(c->arena, "%lld", (long long)l->household_id);
        key[2] = str_fmt(c->arena, "%lld", (long long)l->person_id);
        key[3] = str_fmt(c->arena, "%s%.*s", month_text(l->month, text), STR_ARG(l->programme));
    }
    page_next(c, more, key, 4);
    page_count(j, count, exact);
    json_obj_end(j);
    return RC_OK;
}

enum rc arrears_lines_get(struct call *c, struct err *err)
{
    struct arrears_line_query q;
    struct page page;
    struct conn *conn = NULL;

    TRY(lines_asked(c, &q, err));
    TRY(call_page(c, &page, err));
    q.limit = page.limit;
    q.behind = page.cursor_n > 0;
    if (q.behind && (page.cursor_n != 4 || !str_int(page.cursor[0], &q.after_division) ||
                     !str_int(page.cursor[1], &q.after_household) ||
                     !str_int(page.cursor[2], &q.after_person) ||
                     !month_parse(str_sub(page.cursor[3], 0, 7), &q.after_month)))
        return cursor_wrong(c, err);
    if (q.behind)
        q.after_programme = str_sub(page.cursor[3], 7, page.cursor[3].n);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = lines_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}
