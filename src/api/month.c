/* Money: months and their runs, and one stored month explained. */
#include "api/month_job.h"

#include <stdio.h>
#include <time.h>

#include "api/handlers.h"
#include "pay/batch.h"

enum { MONTHS_SHOWN = 36, ORDERS_SHOWN = 50, WATCH_MS = 500, WATCH_STEP_MS = 50 };

/* Within what the account sees. */
static struct run_extent extent_of(const struct scope *s)
{
    return (struct run_extent){s->county_code, s->lo, s->hi};
}

MUST_CHECK static enum rc month_of_path(struct call *c, str text, const char *field, month *out,
                                        struct err *err)
{
    if (month_parse(text, out))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, field, "a month like 2020-12", err,
                      "%s: found “%.*s”, expected a month like 2020-12", field,
                      STR_ARG(str_sub(text, 0, 20)));
}

/* ---- how a month stands --------------------------------------------------------------------- */

struct month_view {
    month month;
    const struct month_standing *standing; /* NULL: never run */
    const struct run_order *order;         /* the last one of the account's extent; NULL: none */
    bool running;                          /* by this server, now */
    int64_t done;
};

static const char *state_of(const struct month_view *v)
{
    if (v->running)
        return "running";
    if (v->order != NULL && str_eq(v->order->state, S("open")))
        return "parked";
    if (v->standing == NULL || v->standing->status == MONTH_UNFINISHED)
        return v->order != NULL && str_eq(v->order->state, S("failed")) ? "failed" : "parked";
    return month_status_word(v->standing->status);
}

static void view_json(struct json *j, const struct month_view *v)
{
    const struct month_standing *s = v->standing;
    const struct run_order *o = v->order;

    json_key(j, "month");
    json_month(j, v->month);
    JSON_STR(j, "state", str_from(state_of(v)));
    JSON_INT(j, "households", s != NULL ? s->households : 0);
    JSON_INT(j, "fen", s != NULL ? s->fen : 0);
    JSON_INT(j, "proposals", s != NULL ? s->proposals : 0);
    JSON_INT(j, "started_ms", o != NULL ? o->started_ms : s != NULL ? s->started_ms : 0);
    json_key(j, "ended_ms");
    if (s != NULL && s->ended_ms != 0 && !v->running)
        json_int(j, s->ended_ms);
    else
        json_nil(j);
    JSON_BOOL(j, "changed", s != NULL && s->changed);
    JSON_INT(j, "done", v->running ? v->done : s != NULL ? s->households : 0);
    JSON_INT(j, "total", o != NULL ? o->total : s != NULL ? s->households : 0);
    json_key(j, "error");
    if (o != NULL && o->error.n > 0)
        json_str(j, o->error);
    else
        json_nil(j);
}

static bool concerns(const struct scope *s, int64_t division)
{
    return s->county_code == 0 || division == 0 || division / 1000000 == s->county_code;
}

struct views {
    struct month_standing *standing;
    struct run_order *orders;
    size_t n_standing, n_orders;
    struct month_progress now;
};

MUST_CHECK static enum rc views_read(struct call *c, struct views *v, struct err *err)
{
    const struct run_extent extent = extent_of(c->scope);
    struct conn *conn = NULL;

    v->now = month_running();
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = months_read(conn, &extent, c->today, MONTHS_SHOWN, c->arena, &v->standing,
                             &v->n_standing, err);
    if (rc == RC_OK)
        rc = run_orders(c->city, conn, ORDERS_SHOWN, c->arena, &v->orders, &v->n_orders, err);
    store_reader_done(conn);
    return rc;
}

static struct month_view view_of(const struct call *c, const struct views *v, month m)
{
    struct month_view out = {.month = m};

    for (size_t i = 0; i < v->n_standing; i++)
        if (v->standing[i].month == m)
            out.standing = &v->standing[i];
    for (size_t i = v->n_orders; i-- > 0;)
        if (v->orders[i].month == m && concerns(c->scope, v->orders[i].division))
            out.order = &v->orders[i];
    out.running = v->now.month == m && concerns(c->scope, v->now.division);
    out.done = v->now.done;
    return out;
}

enum rc runs_list(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct views v;

    TRY(views_read(c, &v, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    /* A month that is asked for the first time stands nowhere yet. */
    struct month_view first = view_of(c, &v, v.now.month);
    if (v.now.month != 0 && first.running && first.standing == NULL) {
        json_obj(j);
        view_json(j, &first);
        json_obj_end(j);
    }
    for (size_t i = 0; i < v.n_standing; i++) {
        struct month_view one = view_of(c, &v, v.standing[i].month);
        json_obj(j);
        view_json(j, &one);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

/* ---- one month ------------------------------------------------------------------------------ */

static void row_json(struct json *j, const struct run_row *r)
{
    const struct label programme = {.zh = r->programme, .en = r->programme_en};

    json_obj(j);
    json_key(j, "county");
    if (r->county_code == 0) {
        json_nil(j);
    } else {
        json_obj(j);
        json_key(j, "code");
        json_division(j, r->county_code * 1000000);
        JSON_STR(j, "name", r->county);
        json_obj_end(j);
    }
    JSON_STR(j, "programme", r->policy);
    json_key(j, "label");
    json_label(j, &programme);
    JSON_INT(j, "households", r->households);
    JSON_INT(j, "persons", r->persons);
    JSON_INT(j, "fen", r->fen);
    JSON_INT(j, "not_enrolled", r->not_enrolled);
    JSON_INT(j, "no_more", r->no_more);
    JSON_INT(j, "undecided", r->undecided);
    JSON_INT(j, "proposals", r->proposals);
    json_obj_end(j);
}

MUST_CHECK static enum rc month_json(struct call *c, month m, struct err *err)
{
    const struct run_extent extent = extent_of(c->scope);
    struct json *j = &c->json;
    struct run_result result = {0};
    struct views v;
    char text[8];

    TRY(views_read(c, &v, err));
    struct month_view view = view_of(c, &v, m);
    if (view.standing == NULL && view.order == NULL && !view.running)
        return err_set(err, RC_NOT_FOUND, "%s was not run", month_text(m, text));
    enum rc rc = run_read_within(c->city, m, &extent, c->arena, &result, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    json_obj(j);
    view_json(j, &view);
    JSON_INT(j, "payments", result.payments);
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < result.n; i++)
        row_json(j, &result.rows[i]);
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc runs_get(struct call *c, struct err *err)
{
    month m = 0;

    TRY(month_of_path(c, c->at[0], "month", &m, err));
    return month_json(c, m, err);
}

/* ---- starting one --------------------------------------------------------------------------- */

MUST_CHECK static enum rc order_read(struct call *c, struct run_order *o, struct err *err)
{
    str text = S(""), decide = S("none");
    struct policy **wanted = NULL;
    size_t n = 0;

    TRY(body_text(c, "month", true, &text, err));
    TRY(body_text(c, "decide", false, &decide, err));
    TRY(month_of_path(c, text, "month", &o->month, err));
    o->decide = decide_find(decide);
    if (o->decide == DECIDE__COUNT || o->decide == DECIDE_PAST)
        return call_wrong(c, RC_BAD_INPUT, "decide", NULL, err,
                          "decide: found “%.*s”, expected none, first or all",
                          STR_ARG(str_sub(decide, 0, 20)));
    if (o->decide != DECIDE_NONE && !scope_acts(c->scope, ROLE_BIT(ROLE_OFFICER), S("")))
        return call_wrong(c, RC_FORBIDDEN, "decide", "leave it out", err,
                          "only an officer of the city can take what a run finds as decided");
    if (o->month > date_month(c->today) + 1)
        return call_wrong(c, RC_BAD_INPUT, "month", "run a month when it is near", err,
                          "month: %.*s is later than the month to come", STR_ARG(text));
    if (c->scope->level > AT_COUNTY)
        return err_set(err, RC_FORBIDDEN, "a month is run by the county or the city");
    return wanted_policies(c->city->rules, c->city->place, o->month, c->arena, &wanted, &n, err);
}

/* A county's own run of a month whose list is frozen is refused at once; the city's leaves it out. */
MUST_CHECK static enum rc not_frozen(struct conn *conn, const struct run_order *o, struct err *err)
{
    char text[8];
    bool frozen = false;

    if (o->division != 0)
        TRY(batch_frozen(conn, o->division / 1000000, o->month, &frozen, err));
    if (!frozen)
        return RC_OK;
    return err_set(err, RC_CONFLICT,
                   "the list of %s is frozen; what changes goes with the next month",
                   month_text(o->month, text));
}

enum rc runs_start(struct call *c, struct err *err)
{
    struct run_order order = {.who = c->scope->login, .state = S("open"), .error = S("")};
    struct conn *conn = NULL;
    char text[8];

    TRY(order_read(c, &order, err));
    order.division = c->scope->county_code * 1000000;
    order.started_ms = clock_ms();
    struct month_progress now = month_running();
    bool same = now.month == order.month && now.division == order.division;
    if (!same) {
        TRY(store_reader(c->city->store, &conn, err));
        enum rc rc = not_frozen(conn, &order, err);
        if (rc == RC_OK)
            rc = run_order_total(conn, &order, c->arena, &order.total, err);
        store_reader_done(conn);
        TRY(rc);
        if (now.month != 0)
            return err_set(err, RC_CONFLICT, "%s is being run; wait until that has ended",
                           month_text(now.month, text));
        TRY(run_order_put(c->city, &order, err));
        TRY(month_begin(c->api, &order, err));
    }
    call_created(c, str_fmt(c->arena, "/api/v1/runs/%s", month_text(order.month, text)));
    return month_json(c, order.month, err);
}

/* ---- watching ------------------------------------------------------------------------------- */

struct watch {
    struct api *api;
    month month;
    int64_t total;
    int64_t shown; /* -1: nothing yet */
    bool ended;
};

static void rest(const struct api *api, int64_t shown)
{
    const struct timespec step = {0, WATCH_STEP_MS * 1000000L};

    for (int ms = 0; ms < WATCH_MS && !api_stopping(api); ms += WATCH_STEP_MS) {
        struct month_progress now = month_running();
        if (now.month == 0 || now.done != shown)
            break;
        nanosleep(&step, NULL);
    }
}

/* One event each time: progress while it is run, then done. The page reads the month again. */
static bool watch_next(void *ctx, struct sbuf *out)
{
    struct watch *w = ctx;
    char text[8];

    if (w->ended || api_stopping(w->api))
        return false;
    if (w->shown >= 0)
        rest(w->api, w->shown);
    struct month_progress now = month_running();
    w->ended = now.month != w->month;
    if (!w->ended && now.done == w->shown) {
        sbuf_addz(out, ": still there\n\n");
        return true;
    }
    w->shown = now.done;
    sbuf_fmt(out, "event: %s\ndata: {\"month\":\"%s\",\"done\":%lld,\"total\":%lld}\n\n",
             w->ended ? "done" : "progress", month_text(w->month, text),
             (long long)(w->ended ? w->total : now.done), (long long)w->total);
    return true;
}

enum rc runs_watch(struct call *c, struct err *err)
{
    struct watch *w = NEW(c->arena, struct watch);
    struct views v;

    *w = (struct watch){.api = c->api, .shown = -1};
    TRY(month_of_path(c, c->at[0], "month", &w->month, err));
    TRY(views_read(c, &v, err));
    struct month_view view = view_of(c, &v, w->month);
    w->total = view.order != NULL      ? view.order->total
               : view.standing != NULL ? view.standing->households
                                       : 0;
    call_stream(c, watch_next, NULL, w);
    return RC_OK;
}

/* ---- one household's month ------------------------------------------------------------------ */

MUST_CHECK static enum rc newest_month(struct call *c, int64_t county, month *out, struct err *err)
{
    const struct run_extent extent = {county, 0, INT64_MAX};
    struct month_standing *list = NULL;
    struct conn *conn = NULL;
    size_t n = 0;

    *out = 0;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = months_read(conn, &extent, c->today, MONTHS_SHOWN, c->arena, &list, &n, err);
    store_reader_done(conn);
    for (size_t i = 0; rc == RC_OK && i < n && *out == 0; i++)
        if (list[i].counties > 0)
            *out = list[i].month;
    if (rc == RC_OK && *out == 0)
        return err_set(err, RC_NOT_FOUND, "no month was run yet");
    return rc;
}

enum rc households_explain(struct call *c, struct err *err)
{
    struct explain_spec spec = {.city = c->city, .lang = EXPLAIN_ZH};
    str m = query_of(c, "month");
    struct conn *conn = NULL;
    struct instant at;

    TRY(call_ref(c, c->at[0], "household", &spec.county, &spec.household, err));
    TRY(request_instant(c, &at, err));
    spec.known_at_ms = at.known_at_ms;
    spec.as_of = at.as_of;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = scope_household(c->scope, conn, spec.county, spec.household, err);
    store_reader_done(conn);
    TRY(rc);
    if (m.n > 0)
        TRY(month_of_path(c, m, "month", &spec.month, err));
    else
        TRY(newest_month(c, spec.county, &spec.month, err));
    return explain_stored_json(&spec, &c->json, err);
}
