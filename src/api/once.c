/*
 * A request that creates, sent twice: the second gets the first one's answer. The key's row is begun
 * before the work, marked by the work's own transaction (change_witness) and answered after it, so that
 * after a crash it is known whether anything was written.
 */
#include <string.h>
#include <time.h>

#include "api/api_in.h"
#include "api/api_sql.h"
#include "base/file.h"

enum { KEY_CHARS = 200, LEASE_MS = 30000, POLL_MS = 200, REPLY_BYTES = 1 << 20 };

struct once_running {
    struct once_running *next;
    int64_t county, account;
    str key;
};

struct once {
    struct call *c;
    int64_t county, account;
    str key, digest;
    /* The row as it was found. */
    bool mine;
    str found_digest;
    int64_t state, status, kept, at_ms;
    str location, tag, reply;
};

/* ---- one at a time in this process ----------------------------------------------------------- */

static bool is_running(const struct api_insides *in, const struct once *o)
{
    for (const struct once_running *r = in->once; r != NULL; r = r->next)
        if (r->county == o->county && r->account == o->account && str_eq(r->key, o->key))
            return true;
    return false;
}

static void later(struct timespec *t, int64_t ms)
{
    clock_gettime(CLOCK_MONOTONIC, t);
    t->tv_sec += ms / 1000;
    t->tv_nsec += ms % 1000 * 1000000L;
    if (t->tv_nsec >= 1000000000L) {
        t->tv_nsec -= 1000000000L;
        t->tv_sec++;
    }
}

/* Wait until nobody works on the key, then it is ours. False: it took too long. */
static bool once_enter(struct api_insides *in, const struct once *o, struct once_running *me)
{
    struct timespec end;
    bool good = true;

    later(&end, API_ONCE_WAIT_MS);
    pthread_mutex_lock(&in->lock);
    while (is_running(in, o) && good)
        good = pthread_cond_timedwait(&in->changed, &in->lock, &end) == 0;
    good = !is_running(in, o);
    if (good) {
        *me = (struct once_running){in->once, o->county, o->account, o->key};
        in->once = me;
    }
    pthread_mutex_unlock(&in->lock);
    return good;
}

static void once_leave(struct api_insides *in, struct once_running *me)
{
    pthread_mutex_lock(&in->lock);
    for (struct once_running **at = &in->once; *at != NULL; at = &(*at)->next) {
        if (*at == me) {
            *at = me->next;
            break;
        }
    }
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

/* ---- the row --------------------------------------------------------------------------------- */

#define ONCE_KEY(o) V_INT((o)->county), V_INT((o)->account), V_TEXT((o)->key)

static enum rc once_read(struct conn *conn, struct once *o, struct err *err)
{
    const struct value v[] = {ONCE_KEY(o)};
    struct arena *a = o->c->arena;
    struct query *q = NULL;

    TRY(query(conn, &stmt_once_find, v, 3, &q, err));
    if (query_next(q)) {
        o->found_digest = str_dup(a, query_blob(q, 0));
        o->state = query_int(q, 1);
        o->status = query_int(q, 2);
        o->location = str_dup(a, query_text(q, 3));
        o->tag = str_dup(a, query_text(q, 4));
        o->reply = str_dup(a, query_text(q, 5));
        o->kept = query_int(q, 6);
        o->at_ms = query_int(q, 7);
    }
    return query_end(q, err);
}

static enum rc claim(struct conn *conn, void *ctx, struct err *err)
{
    struct once *o = ctx;
    int64_t now = clock_ms(), changed = 0;
    const struct value old[] = {V_INT(o->county),
                                V_INT(now - (int64_t)API_ONCE_DAYS * 24 * 3600 * 1000)};
    const struct value row[] = {ONCE_KEY(o), V_BLOB(o->digest), V_INT(now)};
    const struct value over[] = {ONCE_KEY(o), V_BLOB(o->digest), V_INT(now), V_INT(now - LEASE_MS)};

    o->mine = false;
    TRY(exec(conn, &stmt_once_forget, old, 2, NULL, err));
    TRY(exec(conn, &stmt_once_begin, row, 5, &changed, err));
    if (changed == 0)
        TRY(exec(conn, &stmt_once_take_over, over, 6, &changed, err));
    o->mine = changed > 0;
    return o->mine ? RC_OK : once_read(conn, o, err);
}

static enum rc witness(struct change *change, void *ctx, struct err *err)
{
    const struct once *o = ctx;
    const struct value v[] = {ONCE_KEY(o)};

    return exec(change->conn, &stmt_once_written, v, 3, NULL, err);
}

static enum rc forget(struct conn *conn, void *ctx, struct err *err)
{
    const struct once *o = ctx;
    const struct value v[] = {ONCE_KEY(o)};

    return exec(conn, &stmt_once_failed, v, 3, NULL, err);
}

static str header_of(const struct http_reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (strcmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return S("");
}

static enum rc answered(struct conn *conn, void *ctx, struct err *err)
{
    const struct once *o = ctx;
    const struct http_reply *r = o->c->reply;
    const char *gives = o->c->route->gives;
    /* A password or a number in full isn't kept anywhere else either. */
    bool secret = strcmp(gives, "account_made") == 0 || strcmp(gives, "revealed") == 0 ||
                  strcmp(gives, "account") == 0 || strcmp(gives, "online") == 0;
    str body = r->body != NULL ? sbuf_str(r->body) : S("");
    bool keep = !secret && body.n <= REPLY_BYTES && !o->c->insides->other;
    const struct value v[] = {ONCE_KEY(o),
                              V_INT(r->status),
                              V_TEXT(header_of(r, "Location")),
                              V_TEXT(header_of(r, "ETag")),
                              V_TEXT(keep ? body : S("")),
                              V_INT(keep)};

    return exec(conn, &stmt_once_answered, v, 8, NULL, err);
}

/* ---- the work -------------------------------------------------------------------------------- */

static enum rc work(struct once *o, struct err *err)
{
    struct call *c = o->c;
    struct err late = {0};

    change_witness(witness, o);
    enum rc rc = c->route->handler(c, err);
    change_witness(NULL, NULL);
    if (rc == RC_OK && c->reply->status == 0)
        c->reply->status = 200;
    /* What was done stays done, even if its answer can't be kept: a repeat is then told so. */
    if (store_write(c->city->store, rc == RC_OK ? answered : forget, o, &late) != RC_OK)
        atomic_fetch_add(&c->api->insides->failures, 1);
    return rc;
}

static enum rc repeat(struct once *o, struct err *err)
{
    struct call *c = o->c;

    c->reply->status = (int)o->status;
    if (o->location.n > 0)
        call_header(c, "Location", o->location);
    if (o->tag.n > 0)
        call_header(c, "ETag", o->tag);
    call_header(c, "Idempotency-Replayed", S("true"));
    if (!o->kept)
        return call_wrong(c, RC_CONFLICT, "Idempotency-Key", "look at the list: it is there", err,
                          "this was done the first time; its answer is not kept");
    if (o->reply.n > 0)
        json_raw(&c->json, o->reply);
    else
        c->insides->nothing = true;
    return RC_OK;
}

static void nap(void)
{
    struct timespec t = {0, POLL_MS * 1000000L};
    nanosleep(&t, NULL);
}

static enum rc once_answer(struct once *o, struct err *err)
{
    struct call *c = o->c;
    int64_t end = clock_ms() + API_ONCE_WAIT_MS;

    for (;;) {
        TRY(store_write(c->city->store, claim, o, err));
        if (o->mine)
            return work(o, err);
        if (!str_eq(o->found_digest, o->digest))
            return call_wrong(c, RC_CONFLICT, "Idempotency-Key", "take a new key for a new request",
                              err, "the key was used for another request");
        if (o->state == 2)
            return repeat(o, err);
        /* Another server may be at it; one that died leaves its row, which is taken over later. */
        if (clock_ms() - o->at_ms > LEASE_MS && o->state == 1)
            return call_wrong(c, RC_CONFLICT, "Idempotency-Key", "look at the list: it is there",
                              err,
                              "this was recorded the first time, but the server ended before it "
                              "answered");
        if (clock_ms() > end || api_stopping(c->api))
            return call_wrong(c, RC_CONFLICT, "Idempotency-Key", "ask again in a minute", err,
                              "the first request with this key is still being worked on");
        nap();
    }
}

static enum rc digest_of(struct call *c, str *out, struct err *err)
{
    const struct http_request *r = c->request;
    uint8_t *hash = arena_alloc(c->arena, VAULT_HASH, 1);
    struct arena a = {0};
    str body = r->body;
    enum rc rc = RC_OK;

    if (r->body_file != NULL)
        rc = file_read(r->body_file, API_FILE_BYTES, &a, &body, err);
    if (rc == RC_OK) {
        struct sm3 *h = sm3_open();
        sm3_str(h, str_from(c->route->name));
        sm3_str(h, r->path);
        sm3_str(h, body);
        sm3_end(h, hash);
        sm3_close(h);
    }
    arena_deinit(&a);
    *out = (str){(const char *)hash, VAULT_HASH};
    return rc;
}

enum rc once_run(struct call *c, str key, struct err *err)
{
    struct once o = {.c = c, .county = c->scope->county_code, .account = c->scope->account_id};
    struct once_running me;

    if (utf8_count(key) > KEY_CHARS)
        return call_wrong(c, RC_BAD_INPUT, "Idempotency-Key", NULL, err,
                          "Idempotency-Key: expected at most %d characters", KEY_CHARS);
    o.key = str_dup(c->arena, key);
    TRY(digest_of(c, &o.digest, err));
    if (!once_enter(c->api->insides, &o, &me))
        return call_wrong(c, RC_CONFLICT, "Idempotency-Key", "ask again in a minute", err,
                          "the first request with this key is still being worked on");
    enum rc rc = once_answer(&o, err);
    once_leave(c->api->insides, &me);
    return rc;
}
