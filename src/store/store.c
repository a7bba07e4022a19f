/*
 * What is the same on both databases: the URL, the pools of connections, the transaction that is run
 * again, and the rule that one failure ends a transaction. Statements go on to the engine.
 */
#include "store/engine.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BUSY_MS = 10000, READERS = 8, PG_WRITERS = 8, TRIES = 10 };

/* Apart from struct store, so that only this file needs threads. */
struct store_locks {
    pthread_mutex_t pool;
    pthread_cond_t freed;
    /* Writers that PostgreSQL sent back twice write alone, so that they get through. */
    pthread_rwlock_t writing;
};

/* The store that this thread is writing to: store_write() within itself would wait for itself. */
static _Thread_local const struct store *writing_to;

/* ---- faults --------------------------------------------------------------------------------- */

static atomic_int_least64_t faults_after = -1;

void store_fail_after(int64_t after)
{
    atomic_store(&faults_after, after < 0 ? -1 : after);
}

bool store_fault(struct conn *c)
{
    int64_t left = atomic_load_explicit(&faults_after, memory_order_relaxed);

    while (left > 0) {
        if (atomic_compare_exchange_weak(&faults_after, &left, left - 1))
            return false;
    }
    if (left < 0)
        return false;
    conn_failed(c, RC_IO, "the database is out of reach (a fault for tests)");
    return true;
}

enum rc conn_failed(struct conn *c, enum rc rc, const char *fmt, ...)
{
    va_list ap;
    char text[sizeof c->err.text];

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(&c->err, rc, "%s", text);
}

/* ---- opening -------------------------------------------------------------------------------- */

/* A URL without what is between ":" and "@" of its user, and without password parameters. */
static char *shown_url(str url)
{
    struct sbuf out;
    long scheme = str_find(url, S("://"));
    size_t host = scheme < 0 ? 0 : (size_t)scheme + 3, end = host, at = host, colon = 0;
    str rest, one;
    char sep = '?';
    bool more;

    while (end < url.n && url.p[end] != '/' && url.p[end] != '?')
        end++;
    for (size_t i = host; i < end; i++) {
        if (url.p[i] == '@')
            at = i;
    }
    for (size_t i = at; i > host; i--) {
        if (url.p[i - 1] == ':')
            colon = i - 1;
    }
    sbuf_init(&out, url.n + 1);
    sbuf_add(&out, str_sub(url, 0, colon ? colon : at));
    str_cut(str_sub(url, at, url.n), '?', &one, &rest);
    sbuf_add(&out, one);
    more = rest.n > 0;
    while (more) {
        more = str_cut(rest, '&', &one, &rest);
        if (str_find(one, S("password")) >= 0)
            continue;
        sbuf_addc(&out, sep);
        sbuf_add(&out, one);
        sep = '&';
    }
    return out.p;
}

static char *copy(str s)
{
    char *p = mem_resize(NULL, s.n + 1);

    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

static struct store_locks *locks_open(void)
{
    struct store_locks *l = mem_resize(NULL, sizeof *l);
    pthread_rwlockattr_t attr;

    pthread_mutex_init(&l->pool, NULL);
    pthread_cond_init(&l->freed, NULL);
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&l->writing, &attr);
    pthread_rwlockattr_destroy(&attr);
    return l;
}

static struct conn *pool_idle(struct pool *p)
{
    struct conn *c = p->idle;

    if (c)
        p->idle = c->next_idle;
    return c;
}

void store_close(struct store *s)
{
    struct conn *c;

    if (!s)
        return;
    while ((c = pool_idle(&s->readers)) != NULL) {
        s->readers.open--;
        s->engine->close(c);
    }
    while ((c = pool_idle(&s->writers)) != NULL) {
        s->writers.open--;
        s->engine->close(c);
    }
    /* Every connection was given back. */
    assert(s->readers.open == 0 && s->writers.open == 0);
    pthread_mutex_destroy(&s->locks->pool);
    pthread_cond_destroy(&s->locks->freed);
    pthread_rwlock_destroy(&s->locks->writing);
    mem_free(s->locks);
    mem_free(s->url);
    mem_free(s->shown);
    mem_free(s);
}

enum rc store_open(const char *url, const struct store_options *o, struct store **out,
                   struct err *err)
{
    static const struct store_options plain;
    str u = str_from(url);
    bool sqlite = str_starts(u, S("sqlite:")) && u.n > 7;
    struct conn *first;
    struct store *s;
    enum rc rc;

    *out = NULL;
    o = o ? o : &plain;
    if (!sqlite && !str_starts(u, S("postgresql://")) && !str_starts(u, S("postgres://")))
        return err_set(err, RC_BAD_INPUT,
                       "\"%s\" names no store: expected sqlite:PATH or "
                       "postgresql://USER@HOST/DATABASE",
                       url);
    s = mem_resize(NULL, sizeof *s);
    *s = (struct store){.engine = sqlite ? &engine_sqlite : &engine_postgres,
                        .url = copy(u),
                        .shown = sqlite ? copy(u) : shown_url(u),
                        .busy_ms = o->busy_ms ? o->busy_ms : BUSY_MS,
                        .readers = {.most = o->readers ? o->readers : READERS},
                        .writers = {.most = sqlite ? 1 : PG_WRITERS},
                        .locks = locks_open()};
    s->path = s->url + (sqlite ? 7 : 0);
    rc = s->engine->open(s, false, o->create, &first, err);
    if (rc != RC_OK) {
        store_close(s);
        return rc;
    }
    s->readers.idle = first;
    s->readers.open = 1;
    *out = s;
    return RC_OK;
}

enum store_kind store_kind(const struct store *s)
{
    return s->engine->kind;
}

const char *store_url(const struct store *s)
{
    return s->shown;
}

/* ---- connections ---------------------------------------------------------------------------- */

/* An idle connection, or a new one, or the next that somebody gives back. */
static enum rc pool_take(struct store *s, struct pool *p, struct conn **out, struct err *err)
{
    struct conn *c;
    enum rc rc;

    pthread_mutex_lock(&s->locks->pool);
    while (!(c = pool_idle(p)) && p->open >= p->most)
        pthread_cond_wait(&s->locks->freed, &s->locks->pool);
    if (!c)
        p->open++;
    pthread_mutex_unlock(&s->locks->pool);
    *out = c;
    if (c)
        return RC_OK;
    rc = s->engine->open(s, p == &s->writers, false, out, err);
    if (rc != RC_OK) {
        pthread_mutex_lock(&s->locks->pool);
        p->open--;
        pthread_cond_broadcast(&s->locks->freed);
        pthread_mutex_unlock(&s->locks->pool);
    }
    return rc;
}

static void pool_give(struct store *s, struct pool *p, struct conn *c)
{
    bool lost = c->lost;

    /* Every query and bulk was ended. */
    assert(c->running == 0 && !c->in_transaction);
    if (lost)
        s->engine->close(c);
    pthread_mutex_lock(&s->locks->pool);
    if (lost) {
        p->open--;
    } else {
        c->next_idle = p->idle;
        p->idle = c;
    }
    pthread_cond_broadcast(&s->locks->freed);
    pthread_mutex_unlock(&s->locks->pool);
}

/* The reader that this thread holds for all it reads; NULL: none. */
static _Thread_local struct conn *held;

enum rc store_hold(struct store *s, struct err *err)
{
    struct conn *c = NULL;
    enum rc rc;

    assert(held == NULL);
    rc = pool_take(s, &s->readers, &c, err);
    if (rc != RC_OK)
        return rc;
    rc = read_begin(c, err);
    if (rc == RC_OK)
        held = c;
    else
        store_reader_done(c);
    return rc;
}

void store_release(void)
{
    struct conn *c = held;

    if (c == NULL)
        return;
    held = NULL;
    read_end(c);
    store_reader_done(c);
}

enum rc store_reader(struct store *s, struct conn **out, struct err *err)
{
    if (held != NULL && held->store == s) {
        *out = held;
        return RC_OK;
    }
    return pool_take(s, &s->readers, out, err);
}

void store_reader_done(struct conn *c)
{
    if (!c || c == held)
        return;
    assert(!c->writes);
    pool_give(c->store, &c->store->readers, c);
}

/* ---- transactions --------------------------------------------------------------------------- */

static void start_clean(struct conn *c)
{
    c->failed = c->again = c->unknown = false;
    c->err.rc = RC_OK;
}

static enum rc tell(const struct conn *c, enum rc rc, struct err *err)
{
    if (rc != RC_OK && err)
        *err = c->err;
    return rc;
}

enum rc read_begin(struct conn *c, struct err *err)
{
    enum rc rc;

    if (c == held)
        return RC_OK;
    assert(!c->writes && !c->in_transaction && c->running == 0);
    start_clean(c);
    if (store_fault(c))
        return tell(c, RC_IO, err);
    rc = c->engine->begin(c);
    c->in_transaction = rc == RC_OK;
    return tell(c, rc, err);
}

void read_end(struct conn *c)
{
    if (c == held)
        return;
    assert(!c->writes && c->running == 0);
    if (c->in_transaction)
        c->engine->rollback(c);
    c->in_transaction = false;
    start_clean(c);
}

/* Wait a little longer each time, and not all for the same time. */
static void pause_before(int attempt)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec = (long)(1 << (attempt < 7 ? attempt : 7)) * 1000000L + t.tv_nsec % 1000000L;
    t.tv_sec = 0;
    nanosleep(&t, NULL);
}

static enum rc run_in(struct conn *c, enum rc (*fn)(struct conn *c, void *ctx, struct err *err),
                      void *ctx, struct err *err)
{
    enum rc rc;

    start_clean(c);
    if (store_fault(c) || c->engine->begin(c) != RC_OK)
        return tell(c, c->err.rc, err);
    c->in_transaction = true;
    rc = fn(c, ctx, err);
    assert(c->running == 0);
    if (rc == RC_OK && c->failed)
        rc = tell(c, c->err.rc, err);
    if (rc == RC_OK && (store_fault(c) || c->engine->commit(c) != RC_OK))
        rc = tell(c, c->err.rc, err);
    if (rc != RC_OK && !c->lost)
        c->engine->rollback(c);
    c->in_transaction = false;
    return rc;
}

/* *again: the database asks for it, or the connection was lost before the commit. */
static enum rc write_once(struct store *s,
                          enum rc (*fn)(struct conn *c, void *ctx, struct err *err), void *ctx,
                          bool *again, struct err *err)
{
    struct conn *c;
    enum rc rc = pool_take(s, &s->writers, &c, err);

    *again = false;
    if (rc != RC_OK)
        return rc;
    writing_to = s;
    rc = run_in(c, fn, ctx, err);
    writing_to = NULL;
    *again = rc != RC_OK && (c->again || c->lost) && !c->unknown;
    pool_give(s, &s->writers, c);
    return rc;
}

enum rc store_write(struct store *s, enum rc (*fn)(struct conn *c, void *ctx, struct err *err),
                    void *ctx, struct err *err)
{
    bool many = s->writers.most > 1, again = true;
    struct err own;
    enum rc rc = RC_OK;

    assert(writing_to != s);
    err = err ? err : &own;
    for (int attempt = 0; again && attempt < TRIES; attempt++) {
        if (attempt > 0)
            pause_before(attempt);
        if (many && attempt < 2)
            pthread_rwlock_rdlock(&s->locks->writing);
        else if (many)
            pthread_rwlock_wrlock(&s->locks->writing);
        rc = write_once(s, fn, ctx, &again, err);
        if (many)
            pthread_rwlock_unlock(&s->locks->writing);
    }
    if (again && rc != RC_OK)
        err_prefix(err, "tried %d times", TRIES);
    return rc;
}

/* ---- statements ----------------------------------------------------------------------------- */

/* May this statement run here and now? */
static enum rc admit(struct conn *c, const struct statement *st, const struct value *v, size_t n)
{
    assert(n == st->n_params);
    /* A write is run within store_write() only. */
    assert(st->reads || (c->writes && c->in_transaction));
    if (c->failed)
        return c->err.rc;
    if (store_fault(c))
        return RC_IO;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind == VALUE_TEXT && v[i].s.n > 0 && memchr(v[i].s.p, '\0', v[i].s.n))
            return conn_failed(c, RC_BAD_INPUT, "%s: text of $%zu holds a NUL character", st->name,
                               i + 1);
    }
    return RC_OK;
}

/* A statement that failed ends its transaction. */
static enum rc ended(struct conn *c, enum rc rc, struct err *err)
{
    if (rc != RC_OK && c->in_transaction)
        c->failed = true;
    return tell(c, rc, err);
}

enum rc store_prepare(struct conn *c, const struct statement *st, struct err *err)
{
    enum rc rc = c->failed ? c->err.rc : c->engine->prepare(c, st);

    return ended(c, rc, err);
}

enum rc exec(struct conn *c, const struct statement *st, const struct value *v, size_t n,
             int64_t *changed, struct err *err)
{
    int64_t rows = 0;
    enum rc rc = admit(c, st, v, n);

    if (rc == RC_OK)
        rc = c->engine->exec(c, st, v, n, &rows);
    if (changed)
        *changed = rc == RC_OK ? rows : 0;
    return ended(c, rc, err);
}

enum rc query(struct conn *c, const struct statement *st, const struct value *v, size_t n,
              struct query **out, struct err *err)
{
    enum rc rc = admit(c, st, v, n);

    *out = NULL;
    if (rc == RC_OK)
        rc = c->engine->query(c, st, v, n, out);
    if (rc == RC_OK)
        c->running++;
    return ended(c, rc, err);
}

enum rc query_end(struct query *q, struct err *err)
{
    struct conn *c;

    if (!q)
        return RC_OK;
    c = q->conn;
    assert(c->running > 0);
    c->running--;
    return ended(c, c->engine->end(q), err);
}

enum rc query_one(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                  int64_t *out, struct err *err)
{
    struct query *q;
    bool found;

    TRY(query(c, st, v, n, &q, err));
    found = query_next(q);
    if (found)
        *out = query_int(q, 0);
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "%s: no row", st->name);
    return RC_OK;
}

enum rc store_define(struct conn *c, str ddl, struct err *err)
{
    struct arena a = {0};
    enum rc rc;

    assert(c->writes && c->in_transaction);
    rc = c->failed ? c->err.rc : store_fault(c) ? RC_IO : RC_OK;
    if (rc == RC_OK)
        rc = c->engine->define(c, ddl_for(c->engine->kind, ddl, &a));
    arena_deinit(&a);
    return ended(c, rc, err);
}

enum rc store_columns(struct conn *c, str table, struct arena *a, struct column_info **out,
                      size_t *n, struct err *err)
{
    static const struct statement columns = {
        .name = "store_columns",
        .sql = "SELECT name, CASE type WHEN 'TEXT' THEN 1 WHEN 'BLOB' THEN 2 ELSE 0 END, "
               "CASE WHEN \"notnull\" = 1 OR pk > 0 THEN 1 ELSE 0 END "
               "FROM pragma_table_info($1) ORDER BY cid",
        .pg = "SELECT CAST(a.attname AS TEXT), CASE CAST(a.atttypid AS BIGINT) WHEN 25 THEN 1 "
              "WHEN 17 THEN 2 ELSE 0 END, CASE WHEN a.attnotnull THEN 1 ELSE 0 END "
              "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
              "WHERE c.relname = CAST($1 AS TEXT) AND pg_table_is_visible(c.oid) "
              "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
              "ORDER BY a.attnum",
        .reads = true,
        .n_params = 1,
    };
    VEC(struct column_info) found = {0};
    struct query *q;

    *n = 0;
    TRY(query(c, &columns, &V_TEXT(table), 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &found) = (struct column_info){.name = str_dup(a, query_text(q, 0)),
                                                    .is_text = query_int(q, 1) == 1,
                                                    .is_blob = query_int(q, 1) == 2,
                                                    .not_null = query_int(q, 2) != 0};
    TRY(query_end(q, err));
    *out = found.at;
    *n = found.n;
    return RC_OK;
}

/* ---- bulk ----------------------------------------------------------------------------------- */

enum rc bulk_open(struct conn *c, str table, const str *columns, size_t n, struct bulk **out,
                  struct err *err)
{
    enum rc rc;

    assert(c->writes && c->in_transaction && n > 0);
    *out = NULL;
    rc = c->failed ? c->err.rc : store_fault(c) ? RC_IO : RC_OK;
    if (rc == RC_OK)
        rc = c->engine->bulk_open(c, table, columns, n, out);
    if (rc == RC_OK)
        c->running++;
    return ended(c, rc, err);
}

static void bulk_put(struct bulk *b, const struct value *v)
{
    assert(b->at < b->columns);
    if (v->kind == VALUE_TEXT && v->s.n > 0 && memchr(v->s.p, '\0', v->s.n) && !b->failed) {
        b->failed = true;
        conn_failed(b->conn, RC_BAD_INPUT, "bulk: text of column %zu holds a NUL character",
                    b->at + 1);
    }
    if (!b->failed)
        b->put(b, v);
    b->at++;
}

void bulk_int(struct bulk *b, int64_t v)
{
    bulk_put(b, &V_INT(v));
}

void bulk_text(struct bulk *b, str v)
{
    bulk_put(b, &V_TEXT(v));
}

void bulk_blob(struct bulk *b, str v)
{
    bulk_put(b, &V_BLOB(v));
}

void bulk_null(struct bulk *b)
{
    bulk_put(b, &V_NULL);
}

enum rc bulk_row(struct bulk *b, struct err *err)
{
    struct conn *c = b->conn;
    enum rc rc;

    assert(b->at == b->columns);
    b->at = 0;
    rc = c->failed || b->failed ? c->err.rc : store_fault(c) ? RC_IO : c->engine->bulk_row(b);
    b->failed = b->failed || rc != RC_OK;
    return ended(c, rc, err);
}

enum rc bulk_close(struct bulk *b, struct err *err)
{
    struct conn *c;
    enum rc rc;

    if (!b)
        return RC_OK;
    c = b->conn;
    assert(c->running > 0);
    c->running--;
    b->failed = b->failed || c->failed;
    rc = c->engine->bulk_close(b);
    return ended(c, c->failed ? c->err.rc : rc, err);
}
