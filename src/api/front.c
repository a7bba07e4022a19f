/*
 * The frame around the handlers: whose request it is, whether it may, what it gets. All that a route's
 * line says is held here, so that no handler can forget it.
 */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "api/api_in.h"
#include "api/export.h"
#include "guard/session.h"
#include "work/clock.h"

enum { SESSION_PER_S = 100, SESSION_BURST = 400, ADDRESS_PER_S = 50, ADDRESS_BURST = 400 };
/* Without an account. A committee helps a whole village from one address: thirty at once, then twenty an
 * hour; a photo is no application, so files have the pace of guesses. */
enum { TRIES_PER_S = 1, TRIES_BURST = 40, SENT_EVERY_S = 180, SENT_BURST = 30 };

static bool is_api(str path)
{
    return str_starts(path, S("/api/")) || str_eq(path, S("/api"));
}

/* A page of another site must not make a browser write here: its Origin is another host. */
static bool origin_good(const struct http_request *r)
{
    str origin = http_header(r, "Origin"), host = http_header(r, "Host");
    long at = str_find(origin, S("://"));

    if (origin.n == 0)
        return true;
    return at >= 0 && host.n > 0 && str_eq(str_sub(origin, (size_t)at + 3, origin.n), host);
}

/* ---- before the body ------------------------------------------------------------------------- */

static enum rc check_rate(struct call *c, struct rate *rate, str who, struct err *err)
{
    if (rate_take(rate, who, &c->insides->wait_s))
        return RC_OK;
    return err_set(err, RC_TOO_MANY, "found too many requests, expected at most %d a second",
                   rate->per_second);
}

static enum rc check_session(struct call *c, struct err *err)
{
    const struct http_request *r = c->request;
    const struct route *route = c->route;
    str token = http_cookie(r, "huimin");

    if (token.n == 0)
        return err_set(err, RC_NO_SESSION, "log in first");
    TRY(session_find(c->city, token, http_header(r, "X-CSRF"), route_writes(route), c->today,
                     c->arena, &c->scope, &c->session, err));
    TRY(check_rate(c, &c->api->insides->sessions, c->session, err));
    if (c->scope->must_change && !str_starts(str_from(route->name), S("session_")))
        return call_wrong(c, RC_FORBIDDEN, "password", "choose a password of your own first", err,
                          "the password was given by somebody else and must be changed first");
    if (!route_may(route, c->scope->roles))
        return err_set(err, RC_FORBIDDEN, "none of the account's roles may do this");
    return RC_OK;
}

/* What is sent in by nobody known is few and small; a file needs a pass before its bytes are read. */
static enum rc check_everybody(struct call *c, struct err *err)
{
    struct api_insides *in = c->api->insides;
    const struct route *route = c->route;
    bool of_public = str_starts(str_from(route->path), S("/api/v1/public/"));
    bool file = strcmp(route->takes, "file") == 0;
    str who = rate_address(c->request->remote, c->arena);

    TRY(check_rate(c, &in->addresses, who.n > 0 ? who : c->request->remote, err));
    if (!of_public || !route_writes(route))
        return RC_OK;
    if (who.n > 0 && (file || strcmp(route->takes, "public_try") == 0))
        TRY(check_rate(c, &in->tries, who, err));
    else if (who.n > 0)
        TRY(check_rate(c, &in->sent, who, err));
    return file ? public_file_may(c, err) : RC_OK;
}

static enum rc check_call(struct call *c, struct err *err)
{
    const struct http_request *r = c->request;

    c->route = route_find(r->method, r->path, c->arena, c->at, &c->insides->allow);
    if (c->route == NULL && c->insides->allow != 0)
        return err_set(err, RC_METHOD, "this address takes other methods; see the header Allow");
    if (c->route == NULL)
        return err_set(err, RC_NOT_FOUND, "there is no such address; see /api/v1/openapi.json");
    if (route_writes(c->route) && !origin_good(r))
        return err_set(err, RC_FORBIDDEN, "the request comes from a page of another site");
    if (c->route->may & FOR_EVERYBODY)
        return check_everybody(c, err);
    return check_session(c, err);
}

static struct call *call_new(struct api *api, struct http_request *r)
{
    struct call *c = NEW(r->arena, struct call);

    c->api = api;
    c->city = api->city;
    c->request = r;
    c->arena = r->arena;
    c->today = program_day(api->today);
    c->insides = NEW(r->arena, struct call_insides);
    return c;
}

static struct http_intake intake(void *ctx, struct http_request *r)
{
    struct api *api = ctx;

    if (!is_api(r->path))
        return (struct http_intake){.refuse = true};
    struct call *c = call_new(api, r);
    r->app = c;
    c->insides->rc = check_call(c, &c->insides->err);
    if (c->insides->rc != RC_OK)
        return (struct http_intake){.refuse = true};
    if (strcmp(c->route->takes, "file") == 0)
        return (struct http_intake){.most = c->route->may & FOR_EVERYBODY ? PUBLIC_FILE_BYTES
                                                                          : API_FILE_BYTES,
                                    .to_file = true};
    return (struct http_intake){.most = API_JSON_BYTES};
}

/* ---- the answer ------------------------------------------------------------------------------ */

static enum rc run_handler(struct call *c, struct err *err)
{
    const struct route *route = c->route;
    str key = http_header(c->request, "Idempotency-Key");
    bool takes_json = route->takes[0] != '\0' && strcmp(route->takes, "file") != 0;

    if (takes_json) {
        TRY(call_read_body(c, err));
        if (c->body == NULL)
            return err_set(err, RC_BAD_INPUT, "the body: is empty, expected an object { … }");
    }
    if (route_once(route) && c->scope != NULL && key.n > 0)
        return once_run(c, key, err);
    if (route->method == HTTP_GET && c->scope != NULL && export_find(route->name) != NULL) {
        bool sheet = false;
        TRY(export_asked(c, &sheet, err));
        if (sheet)
            return export_run(c, err);
    }
    return route->handler(c, err);
}

static bool has_header(const struct http_reply *out, const char *name)
{
    for (size_t i = 0; i < out->n_headers; i++)
        if (strcmp(out->headers[i].name, name) == 0)
            return true;
    return false;
}

/* A reply that its handler finished: what it left open. */
static enum rc finish(struct call *c, struct err *err)
{
    struct http_reply *out = c->reply;
    struct call_insides *in = c->insides;

    if (out->status == 0)
        out->status = 200;
    if (in->nothing) {
        sbuf_clear(out->body);
        out->body = NULL;
        if (out->status == 200)
            out->status = 204;
    } else if (in->other) {
        out->body = NULL;
    } else {
        if (out->body->failed)
            return err_set(err, RC_LIMIT, "the answer is larger than %d bytes; ask for less of it",
                           API_REPLY_BYTES);
        assert(c->json.depth == 0 && !c->json.after_key);
        if (out->body->n == 0) {
            out->body = NULL;
            if (out->status == 200)
                out->status = 204;
        } else {
            out->type = "application/json";
        }
    }
    const char *cache = in->cacheable ? "private, no-cache" : "no-store";
    if (!has_header(out, "X-Robots-Tag"))
        http_reply_header(out, "X-Robots-Tag", S("noindex, noarchive"));
    if (out->file >= 0 && !in->own)
        reply_headers_file(out, cache);
    else
        reply_headers(out, cache);
    return RC_OK;
}

static void answer(void *ctx, struct http_request *r, struct http_reply *out)
{
    struct api *api = ctx;
    struct call *c = r->app;

    if (c == NULL) {
        static_answer(api, r, out);
        return;
    }
    struct err err = c->insides->err;
    enum rc rc = c->insides->rc;
    struct sbuf *body = http_text(r->arena, API_REPLY_BYTES);
    c->reply = out;
    out->body = body;
    json_init(&c->json, body);
    if (rc == RC_OK)
        rc = run_handler(c, &err);
    if (rc == RC_OK)
        rc = finish(c, &err);
    if (rc == RC_OK)
        return;
    err.rc = rc;
    if (out->file >= 0)
        close(out->file);
    out->file = -1;
    if (out->next != NULL && out->end != NULL)
        out->end(out->ctx);
    out->body = body;
    problem_write(c, &err);
}

static void wrong(void *ctx, struct http_request *r, int status, const char *what,
                  struct http_reply *out)
{
    const char *code = status == 413 ? "limit" : status == 500 ? "io" : "bad_input";

    problem_bare(ctx, r, status, code, what, out);
}

/* ---- open, serve, close ---------------------------------------------------------------------- */

static void insides_init(struct api_insides *in)
{
    pthread_condattr_t monotonic;

    rate_init(&in->sessions, SESSION_PER_S, SESSION_BURST);
    rate_init(&in->addresses, ADDRESS_PER_S, ADDRESS_BURST);
    rate_init(&in->tries, TRIES_PER_S, TRIES_BURST);
    rate_init_slow(&in->sent, SENT_EVERY_S, SENT_BURST);
    pthread_mutex_init(&in->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&in->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

enum rc api_open(const struct api *given, const struct api_job *jobs, struct api **out,
                 struct err *err)
{
    struct api *api = NEW(given->city->arena, struct api);

    *api = *given;
    api->insides = NEW(given->city->arena, struct api_insides);
    insides_init(api->insides);
    api->insides->jobs = jobs;
    *out = api;
    for (const struct api_job *j = jobs; j != NULL && j->name != NULL; j++) {
        enum rc rc = j->start != NULL ? j->start(api, err) : RC_OK;
        if (rc != RC_OK) {
            api_close(api);
            return rc;
        }
        api->insides->jobs_started++;
    }
    return RC_OK;
}

enum rc api_serve(struct api *api, struct http_spec *spec, struct err *err)
{
    spec->intake = intake;
    spec->answer = answer;
    spec->wrong = wrong;
    spec->ctx = api;
    return http_start(spec, &api->insides->server, err);
}

unsigned api_port(const struct api *api)
{
    return http_port(api->insides->server);
}

bool api_stopping(const struct api *api)
{
    return api->insides->server != NULL && http_stopping(api->insides->server);
}

void api_close(struct api *api)
{
    struct api_insides *in = api->insides;

    /* Requests first: a job is parked when nobody can start another. */
    http_stop(in->server, API_STOP_MS);
    while (in->jobs_started > 0) {
        const struct api_job *j = &in->jobs[--in->jobs_started];
        if (j->stop != NULL)
            j->stop(api);
    }
    in->server = NULL;
    arena_deinit(&in->arena);
    pthread_cond_destroy(&in->changed);
    pthread_mutex_destroy(&in->lock);
    pthread_mutex_destroy(&in->sessions.lock);
    pthread_mutex_destroy(&in->addresses.lock);
    pthread_mutex_destroy(&in->tries.lock);
    pthread_mutex_destroy(&in->sent.lock);
}
