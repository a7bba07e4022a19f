/* The store in a PostgreSQL database: connections and transactions. */
#include "store/postgres.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_LEAST = 150000 };

static struct pg_link *of(struct conn *c)
{
    return (struct pg_link *)c;
}

void pg_put_int(char *p, uint64_t v, int bytes)
{
    while (bytes-- > 0) {
        p[bytes] = (char)(v & 0xFF);
        v >>= 8;
    }
}

enum rc pg_run(struct pg_link *c, const char *sql, const char *doing)
{
    PGresult *r = PQexec(c->pg, sql);
    ExecStatusType status = PQresultStatus(r);
    enum rc rc = RC_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = pg_failed(c, r, doing);
    PQclear(r);
    return rc;
}

/* ---- connections ---------------------------------------------------------------------------- */

static void no_notice(void *ctx, const PGresult *r)
{
    (void)ctx;
    (void)r;
}

static PGconn *connect_to(const char *url)
{
    /* What stands before dbname is overridden by what the URL says. */
    static const char *const names[] = {"fallback_application_name", "connect_timeout", "dbname",
                                        "client_encoding", NULL};
    const char *const values[] = {"huimin", "10", url, "UTF8", NULL};

    return PQconnectdbParams(names, values, 1);
}

static enum rc check_server(struct pg_link *c)
{
    const char *encoding = PQparameterStatus(c->pg, "server_encoding");
    int version = PQserverVersion(c->pg);

    if (version < VERSION_LEAST)
        return conn_failed(&c->conn, RC_BAD_INPUT,
                           "%s: the server is PostgreSQL %d: expected 15 or newer",
                           c->conn.store->shown, version / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return conn_failed(&c->conn, RC_BAD_INPUT,
                           "%s: the database's encoding is %s: expected UTF8 (createdb "
                           "--template=template0 --encoding=UTF8 --locale=C.UTF-8)",
                           c->conn.store->shown, encoding ? encoding : "unknown");
    return RC_OK;
}

static enum rc set_up(struct pg_link *c)
{
    char text[200];

    PQsetNoticeReceiver(c->pg, no_notice, NULL);
    TRY(check_server(c));
    snprintf(text, sizeof text, "SET lock_timeout = %u;%s", c->conn.store->busy_ms,
             c->conn.writes ? "" : "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    return pg_run(c, text, "opening");
}

static void pg_close(struct conn *conn)
{
    struct pg_link *c = of(conn);

    /* With the connection its prepared statements go. */
    conn->lost = true;
    cache_close(conn->cache);
    PQfinish(c->pg);
    mem_free(c);
}

static enum rc pg_open(struct store *s, bool writes, bool create, struct conn **out,
                       struct err *err)
{
    struct pg_link *c = mem_resize(NULL, sizeof *c);
    enum rc rc;

    (void)create;
    *c = (struct pg_link){.conn = {.store = s, .engine = &engine_postgres, .writes = writes}};
    c->conn.cache = cache_open(&c->conn, pg_make_prepared, pg_end_prepared);
    c->pg = connect_to(s->url);
    if (!c->pg)
        mem_out(sizeof *c);
    if (PQstatus(c->pg) != CONNECTION_OK) {
        rc = pg_connect_failed(s, c->pg, err);
    } else {
        rc = set_up(c);
        if (rc != RC_OK && err)
            *err = c->conn.err;
    }
    if (rc != RC_OK)
        pg_close(&c->conn);
    else
        *out = &c->conn;
    return rc;
}

enum rc pg_again(struct pg_link *c)
{
    struct err err;

    /* What is running has its rows on the old connection. */
    if (c->conn.in_transaction || c->conn.running > 0)
        return c->conn.err.rc;
    cache_close(c->conn.cache);
    c->conn.cache = cache_open(&c->conn, pg_make_prepared, pg_end_prepared);
    c->flying = NULL;
    PQreset(c->pg);
    if (PQstatus(c->pg) != CONNECTION_OK) {
        pg_connect_failed(c->conn.store, c->pg, &err);
        return conn_failed(&c->conn, err.rc, "%s", err.text);
    }
    c->conn.lost = c->conn.again = false;
    return set_up(c);
}

/* ---- transactions --------------------------------------------------------------------------- */

static enum rc pg_begin(struct conn *conn)
{
    struct pg_link *c = of(conn);
    /* The snapshot is taken by the first read. */
    static const char reads[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
    enum rc rc;

    if (conn->writes)
        return pg_run(c, "BEGIN ISOLATION LEVEL REPEATABLE READ", "beginning");
    rc = pg_run(c, reads, "beginning");
    if (rc != RC_OK && conn->lost && pg_again(c) == RC_OK)
        rc = pg_run(c, reads, "beginning");
    return rc;
}

static enum rc pg_commit(struct conn *conn)
{
    struct pg_link *c = of(conn);
    PGresult *r;
    enum rc rc = RC_OK;

    c->committing = true;
    r = PQexec(c->pg, "COMMIT");
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        rc = pg_failed(c, r, "committing");
    else if (strcmp(PQcmdStatus(r), "COMMIT") != 0)
        rc = conn_failed(conn, RC_IO, "committing: the server rolled the change back");
    c->committing = false;
    PQclear(r);
    return rc;
}

static void pg_rollback(struct conn *conn)
{
    struct pg_link *c = of(conn);
    PGTransactionStatusType status;
    PGresult *r;

    if (conn->lost)
        return;
    status = PQtransactionStatus(c->pg);
    if (status == PQTRANS_IDLE)
        return;
    r = PQexec(c->pg, "ROLLBACK");
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        conn->lost = true;
    PQclear(r);
}

static enum rc pg_define(struct conn *conn, str ddl)
{
    struct pg_link *c = of(conn);

    TRY(pg_land(c));
    return pg_run(c, ddl.p, "defining");
}

const struct engine engine_postgres = {
    .kind = STORE_POSTGRES,
    .open = pg_open,
    .close = pg_close,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .prepare = pg_prepare,
    .exec = pg_exec,
    .query = pg_query,
    .next = pg_next,
    .end = pg_end,
    .define = pg_define,
    .bulk_open = pg_bulk_open,
    .bulk_row = pg_bulk_row,
    .bulk_close = pg_bulk_close,
};
