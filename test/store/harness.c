#include "store/harness.h"

#include <libpq-fe.h>
#include <inttypes.h>
#include "base/file.h"

enum store_kind fresh_sqlite = STORE_SQLITE, fresh_postgres = STORE_POSTGRES;

/* The server's URL with a database's name in it. */
static void server_url(const char *database, char *out, size_t size)
{
    const char *given = getenv("HUIMIN_PG_URL"), *file = getenv("HUIMIN_PG_FILE");
    struct arena a = {0};
    str url = {0}, before, after;

    if (!given && file && file_read(file, 4096, &a, &url, NULL) == RC_OK)
        url = str_trim(url);
    else if (given)
        url = str_from(given);
    if (url.n == 0)
        fail_msg("no PostgreSQL server: run this through ctest, or set HUIMIN_PG_URL");
    str_cut(url, '%', &before, &after);
    snprintf(out, size, "%.*s%s%.*s", STR_ARG(before), database,
             STR_ARG(str_sub(after, 1, after.n)));
    arena_deinit(&a);
}

static str run_sql(const char *database, struct arena *a, const char *sql)
{
    char url[400];
    PGconn *pg;
    PGresult *r;
    str value = S("");

    server_url(database, url, sizeof url);
    pg = PQconnectdb(url);
    if (PQstatus(pg) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(pg));
    r = PQexec(pg, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(pg));
    if (a && PQntuples(r) > 0)
        value = str_dup(a, str_from(PQgetvalue(r, 0, 0)));
    PQclear(r);
    PQfinish(pg);
    return value;
}

str fresh_sql(const void *state, struct arena *a, const char *sql)
{
    return run_sql(((const struct fresh *)state)->database, a, sql);
}

int fresh_open(void **state)
{
    static int count;
    enum store_kind kind = *(const enum store_kind *)*state;
    struct fresh *f = mem_resize(NULL, sizeof *f);
    struct store_options o = {.create = true};
    struct err err;
    char sql[200];

    *f = (struct fresh){.kind = kind};
    snprintf(f->folder, sizeof f->folder, "/tmp/huimin-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    if (kind == STORE_SQLITE) {
        snprintf(f->url, sizeof f->url, "sqlite:%s/store.db", f->folder);
    } else {
        snprintf(f->database, sizeof f->database, "t_%d_%d", (int)getpid(), count++);
        snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0", f->database);
        run_sql("postgres", NULL, sql);
        server_url(f->database, f->url, sizeof f->url);
    }
    *state = f;
    if (store_open(f->url, &o, &f->store, &err) != RC_OK)
        fail_msg("%s", err.text);
    return 0;
}

int fresh_close(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    str *names;
    size_t n;
    char sql[200];

    store_close(f->store);
    if (f->kind == STORE_POSTGRES) {
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", f->database);
        run_sql("postgres", NULL, sql);
    }
    if (dir_list(f->folder, &a, &names, &n, NULL) == RC_OK) {
        for (size_t i = 0; i < n; i++)
            remove(fresh_path(f, &a, str_z(&a, names[i])));
    }
    rmdir(f->folder);
    arena_deinit(&a);
    mem_free(f);
    return 0;
}

struct store *fresh_store(const void *state)
{
    return ((const struct fresh *)state)->store;
}

const char *fresh_path(const void *state, struct arena *a, const char *name)
{
    return str_fmt(a, "%s/%s", ((const struct fresh *)state)->folder, name).p;
}

struct store *fresh_reopen(void *state, const struct store_options *o)
{
    struct fresh *f = state;

    store_close(f->store);
    f->store = NULL;
    check_ok(store_open(f->url, o, &f->store, err));
    return f->store;
}

static enum rc define(struct conn *c, void *ctx, struct err *err)
{
    return store_define(c, str_from(ctx), err);
}

enum rc fresh_define(struct store *s, const char *ddl, struct err *err)
{
    struct arena a = {0};
    char *text = arena_alloc(&a, strlen(ddl) + 1, 1);
    enum rc rc;

    memcpy(text, ddl, strlen(ddl));
    rc = store_write(s, define, text, err);
    arena_deinit(&a);
    return rc;
}

struct call {
    const struct statement *st;
    const struct value *v;
    size_t n;
};

static enum rc run_call(struct conn *c, void *ctx, struct err *err)
{
    const struct call *k = ctx;

    return exec(c, k->st, k->v, k->n, NULL, err);
}

enum rc fresh_exec(struct store *s, const struct statement *st, const struct value *v, size_t n,
                   struct err *err)
{
    struct call k = {st, v, n};

    return store_write(s, run_call, &k, err);
}

int64_t fresh_int(struct store *s, const struct statement *st, const struct value *v, size_t n)
{
    struct conn *c;
    int64_t out = 0;

    check_ok(store_reader(s, &c, err));
    check_ok(query_one(c, st, v, n, &out, err));
    store_reader_done(c);
    return out;
}

str fresh_rows(struct store *s, const struct statement *st, const struct value *v, size_t n,
               const char *types, struct arena *a)
{
    struct sbuf out;
    struct query *q;
    struct conn *c;
    str text;

    sbuf_init(&out, 1 << 20);
    check_ok(store_reader(s, &c, err));
    check_ok(query(c, st, v, n, &q, err));
    while (query_next(q)) {
        for (size_t i = 0; types[i]; i++) {
            sbuf_addz(&out, i ? "|" : out.n ? "\n" : "");
            if (query_null(q, i))
                sbuf_addz(&out, "null");
            else if (types[i] == 'i')
                sbuf_fmt(&out, "%" PRId64, query_int(q, i));
            else
                sbuf_add(&out, types[i] == 't' ? query_text(q, i) : query_blob(q, i));
        }
    }
    check_ok(query_end(q, err));
    store_reader_done(c);
    text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}
