/*
 * Statements on PostgreSQL: prepared once a connection, values in binary both ways, rows one at a
 * time as they come.
 */
#include "store/postgres.h"

#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

static struct pg_link *of(struct conn *c)
{
    return (struct pg_link *)c;
}

/* ---- preparing ------------------------------------------------------------------------------ */

static enum cell_type cell_type(Oid type)
{
    switch (type) {
    case PG_INT8:
        return CELL_INT8;
    case PG_INT4:
        return CELL_INT4;
    case PG_INT2:
        return CELL_INT2;
    case PG_TEXT:
    case PG_NAME:
    case PG_VARCHAR:
        return CELL_TEXT;
    case PG_BYTEA:
        return CELL_BYTES;
    default:
        return CELL_OTHER;
    }
}

static void free_handle(struct pg_prepared *h)
{
    PQclear(h->row);
    mem_free(h->params);
    mem_free(h->types);
    mem_free(h->cells);
    mem_free(h->spool);
    mem_free(h);
}

/* Ask the server for the types of parameters and columns. */
static enum rc describe(struct pg_link *c, struct pg_prepared *h, const char *name)
{
    PGresult *r = PQdescribePrepared(c->pg, h->name);
    enum rc rc = RC_OK;

    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        rc = pg_failed(c, r, name);
        PQclear(r);
        return rc;
    }
    h->n_params = PQnparams(r);
    h->n_columns = PQnfields(r);
    h->params = mem_resize(NULL, ((size_t)h->n_params + 1) * sizeof *h->params);
    h->types = mem_resize(NULL, (size_t)h->n_columns + 1);
    h->cells = mem_resize(NULL, ((size_t)h->n_columns + 1) * sizeof *h->cells);
    for (int i = 0; i < h->n_params; i++)
        h->params[i] = PQparamtype(r, i);
    for (int i = 0; i < h->n_columns; i++) {
        h->types[i] = (uint8_t)cell_type(PQftype(r, i));
        if (h->types[i] == CELL_OTHER && rc == RC_OK)
            rc = conn_failed(&c->conn, RC_IO,
                             "%s: column %d (%s) is of PostgreSQL's type number %u: expected it to "
                             "be cast to BIGINT, TEXT or BYTEA",
                             name, i + 1, PQfname(r, i), PQftype(r, i));
    }
    PQclear(r);
    return rc;
}

enum rc pg_make_prepared(struct conn *conn, const struct statement *st, struct prepared *p)
{
    struct pg_link *c = of(conn);
    struct pg_prepared *h = mem_resize(NULL, sizeof *h);
    PGresult *r;
    enum rc rc = RC_OK;

    *h = (struct pg_prepared){0};
    snprintf(h->name, sizeof h->name, "s%u", c->next_name++);
    r = PQprepare(c->pg, h->name, p->text, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        rc = pg_failed(c, r, st->name);
    PQclear(r);
    if (rc == RC_OK)
        rc = describe(c, h, st->name);
    /* The text has as many parameters as the statement says, and no type is left open. */
    if (rc == RC_OK && h->n_params > st->n_params)
        rc = conn_failed(conn, RC_IO, "%s: %d parameters in the text for PostgreSQL, expected %d",
                         st->name, h->n_params, st->n_params);
    if (rc != RC_OK) {
        free_handle(h);
        return rc;
    }
    p->handle = h;
    p->query.prepared = p;
    p->query.conn = conn;
    p->query.cells = h->cells;
    p->query.types = h->types;
    p->query.columns = (size_t)h->n_columns;
    return RC_OK;
}

void pg_end_prepared(struct conn *conn, struct prepared *p)
{
    struct pg_prepared *h = p->handle;
    char text[32];

    /* On a connection that is lost, or in a failed transaction, there is nobody to tell. */
    if (!conn->lost && !conn->failed && pg_land(of(conn)) == RC_OK) {
        snprintf(text, sizeof text, "DEALLOCATE %s", h->name);
        PQclear(PQexec(of(conn)->pg, text));
    }
    free_handle(h);
}

/* ---- values --------------------------------------------------------------------------------- */

enum { PARAMS = 255 };

struct params {
    const char *value[PARAMS];
    int length[PARAMS];
    int format[PARAMS]; /* 1: binary */
    char number[PARAMS][24];
    struct arena scratch; /* of texts that had to be terminated */
};

static bool fits(int64_t v, Oid type)
{
    return type == PG_INT8 || (type == PG_INT4 && v >= INT32_MIN && v <= INT32_MAX) ||
           (type == PG_INT2 && v >= INT16_MIN && v <= INT16_MAX);
}

static void bind_int(struct params *b, int i, int64_t v, Oid type)
{
    int bytes = type == PG_INT8 ? 8 : type == PG_INT4 ? 4 : 2;

    b->value[i] = b->number[i];
    b->format[i] = fits(v, type);
    b->length[i] = bytes;
    if (b->format[i])
        pg_put_int(b->number[i], (uint64_t)v, bytes);
    else
        snprintf(b->number[i], sizeof b->number[i], "%" PRId64, v);
}

static enum rc bind_one(struct pg_link *c, struct params *b, int i, const struct value *v, Oid type,
                        const char *name)
{
    b->value[i] = NULL;
    b->length[i] = 0;
    b->format[i] = 1;
    if (v->kind == VALUE_NULL)
        return RC_OK;
    if ((v->kind == VALUE_BLOB) != (type == PG_BYTEA))
        return conn_failed(&c->conn, RC_BAD_INPUT, "%s: $%d is %s, expected %s", name, i + 1,
                           v->kind == VALUE_BLOB ? "bytes" : "not bytes",
                           type == PG_BYTEA ? "bytes" : "text or a number");
    if (v->s.n > INT32_MAX / 2)
        return conn_failed(&c->conn, RC_LIMIT, "%s: a value is too large", name);
    if (v->kind == VALUE_INT) {
        bind_int(b, i, v->i, type);
        return RC_OK;
    }
    b->length[i] = (int)v->s.n;
    b->value[i] = v->s.p ? v->s.p : "";
    if (v->kind == VALUE_TEXT && type != PG_TEXT && type != PG_VARCHAR) {
        b->format[i] = 0;
        b->value[i] = str_z(&b->scratch, v->s);
    }
    return RC_OK;
}

static enum rc bind(struct pg_link *c, struct params *b, const struct prepared *p,
                    const struct value *v, size_t n)
{
    const struct pg_prepared *h = p->handle;

    b->scratch = (struct arena){0};
    /* The text may use fewer than the statement has. */
    for (int i = 0; i < h->n_params && i < (int)n; i++)
        TRY(bind_one(c, b, i, &v[i], h->params[i], p->st->name));
    return RC_OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

enum fetched { FETCHED_ROW, FETCHED_END, FETCHED_FAILURE };

/* The next row of the flying query. */
static enum fetched fetch(struct pg_link *c, PGresult **row)
{
    struct prepared *p = c->flying;
    PGresult *r = PQgetResult(c->pg);
    ExecStatusType status = PQresultStatus(r);
    enum fetched f = FETCHED_END;

    if (status == PGRES_SINGLE_TUPLE) {
        *row = r;
        return FETCHED_ROW;
    }
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        pg_failed(c, r, p->st->name);
        p->query.failed = true;
        f = FETCHED_FAILURE;
    }
    PQclear(r);
    while ((r = PQgetResult(c->pg)) != NULL)
        PQclear(r);
    c->flying = NULL;
    return f;
}

static void spool_add(struct pg_prepared *h, const PGresult *row)
{
    size_t need = h->spool_n;

    for (int i = 0; i < h->n_columns; i++)
        need += sizeof(int) + (size_t)PQgetlength(row, 0, i);
    if (need > h->spool_cap) {
        h->spool_cap = need * 2 + 4096;
        h->spool = mem_resize(h->spool, h->spool_cap);
    }
    for (int i = 0; i < h->n_columns; i++) {
        int n = PQgetisnull(row, 0, i) ? -1 : PQgetlength(row, 0, i);
        memcpy(h->spool + h->spool_n, &n, sizeof n);
        h->spool_n += sizeof n;
        if (n > 0)
            memcpy(h->spool + h->spool_n, PQgetvalue(row, 0, i), (size_t)n);
        h->spool_n += n > 0 ? (size_t)n : 0;
    }
}

enum rc pg_land(struct pg_link *c)
{
    struct pg_prepared *h;
    PGresult *row;
    enum fetched f;

    if (!c->flying)
        return RC_OK;
    h = c->flying->handle;
    while ((f = fetch(c, &row)) == FETCHED_ROW) {
        spool_add(h, row);
        PQclear(row);
    }
    return f == FETCHED_END ? RC_OK : c->conn.err.rc;
}

static void show_row(struct pg_prepared *h)
{
    for (int i = 0; i < h->n_columns; i++) {
        h->cells[i].p = PQgetvalue(h->row, 0, i);
        h->cells[i].n = PQgetisnull(h->row, 0, i) ? -1 : PQgetlength(h->row, 0, i);
    }
}

static void show_spooled(struct pg_prepared *h)
{
    for (int i = 0; i < h->n_columns; i++) {
        memcpy(&h->cells[i].n, h->spool + h->spool_at, sizeof h->cells[i].n);
        h->spool_at += sizeof h->cells[i].n;
        h->cells[i].p = h->spool + h->spool_at;
        h->spool_at += h->cells[i].n > 0 ? (size_t)h->cells[i].n : 0;
    }
}

bool pg_next(struct query *q)
{
    struct pg_link *c = of(q->conn);
    struct pg_prepared *h = q->prepared->handle;

    q->at_row = false;
    if (q->done)
        return false;
    if (!h->ahead) {
        PQclear(h->row);
        h->row = NULL;
        if (c->flying == q->prepared)
            h->ahead = fetch(c, &h->row) == FETCHED_ROW;
    }
    if (h->ahead)
        show_row(h);
    else if (h->spool_at < h->spool_n)
        show_spooled(h);
    else
        q->done = true;
    h->ahead = false;
    q->at_row = !q->done;
    return q->at_row;
}

enum rc pg_end(struct query *q)
{
    struct pg_link *c = of(q->conn);
    struct pg_prepared *h = q->prepared->handle;
    PGresult *row;
    enum rc rc;

    while (c->flying == q->prepared && fetch(c, &row) == FETCHED_ROW)
        PQclear(row);
    PQclear(h->row);
    h->row = NULL;
    mem_free(h->spool);
    h->spool = NULL;
    h->spool_n = h->spool_at = h->spool_cap = 0;
    rc = q->failed ? q->conn->err.rc : RC_OK;
    cache_done(q->conn->cache, q->prepared);
    return rc;
}

/* ---- running -------------------------------------------------------------------------------- */

/* Send the statement and take its first answer, so that what is wrong with it is told at once. */
static enum rc start(struct pg_link *c, const struct statement *st, const struct value *v, size_t n,
                     struct prepared **out)
{
    struct pg_prepared *h;
    struct params b;
    struct prepared *p;
    enum rc rc;
    int sent;

    TRY(pg_land(c));
    TRY(cache_get(c->conn.cache, st, &p));
    h = p->handle;
    p->query.done = p->query.failed = p->query.at_row = h->ahead = false;
    rc = bind(c, &b, p, v, n);
    if (rc == RC_OK) {
        sent = PQsendQueryPrepared(c->pg, h->name, h->n_params, b.value, b.length, b.format, 1);
        if (!sent)
            rc = pg_failed(c, NULL, st->name);
    }
    if (rc == RC_OK) {
        PQsetSingleRowMode(c->pg);
        c->flying = p;
        switch (fetch(c, &h->row)) {
        case FETCHED_ROW:
            h->ahead = true;
            break;
        case FETCHED_END:
            break;
        case FETCHED_FAILURE:
            rc = c->conn.err.rc;
        }
    }
    arena_deinit(&b.scratch);
    if (rc != RC_OK)
        cache_done(c->conn.cache, p);
    else
        *out = p;
    return rc;
}

static bool can_retry(const struct pg_link *c)
{
    return c->conn.lost && !c->conn.in_transaction && c->conn.running == 0;
}

enum rc pg_query(struct conn *conn, const struct statement *st, const struct value *v, size_t n,
                 struct query **out)
{
    struct pg_link *c = of(conn);
    struct prepared *p;
    enum rc rc = RC_OK;

    if (can_retry(c))
        rc = pg_again(c);
    if (rc == RC_OK)
        rc = start(c, st, v, n, &p);
    /* The server may have been restarted since this connection was last used. */
    if (rc != RC_OK && can_retry(c)) {
        TRY(pg_again(c));
        rc = start(c, st, v, n, &p);
    }
    if (rc == RC_OK)
        *out = &p->query;
    return rc;
}

enum rc pg_prepare(struct conn *conn, const struct statement *st)
{
    struct prepared *p;

    TRY(pg_land(of(conn)));
    TRY(cache_get(conn->cache, st, &p));
    cache_done(conn->cache, p);
    return RC_OK;
}

enum rc pg_exec(struct conn *conn, const struct statement *st, const struct value *v, size_t n,
                int64_t *changed)
{
    struct pg_link *c = of(conn);
    struct pg_prepared *h;
    struct prepared *p;
    struct params b;
    PGresult *r = NULL;
    ExecStatusType status;
    enum rc rc;

    TRY(pg_land(c));
    TRY(cache_get(conn->cache, st, &p));
    h = p->handle;
    rc = bind(c, &b, p, v, n);
    if (rc == RC_OK) {
        r = PQexecPrepared(c->pg, h->name, h->n_params, b.value, b.length, b.format, 1);
        status = PQresultStatus(r);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            rc = pg_failed(c, r, st->name);
        else if (st->reads || !str_int(str_from(PQcmdTuples(r)), changed))
            *changed = 0;
    }
    PQclear(r);
    arena_deinit(&b.scratch);
    cache_done(conn->cache, p);
    return rc;
}
