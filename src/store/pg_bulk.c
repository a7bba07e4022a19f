/*
 * Many rows into one table on PostgreSQL: COPY in binary. A connection can do nothing else while a
 * COPY is open, so rows are gathered here and go over a megabyte at a time, each a COPY of its own;
 * between them other statements, and other bulks, have the connection.
 */
#include "store/postgres.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

enum { FLUSH_BYTES = 1 << 20 };

struct pg_bulk {
    struct bulk bulk;
    char *copy; /* owned; the COPY command */
    Oid *types; /* owned; of the columns */
    char *rows; /* owned; in COPY's binary format */
    size_t n, cap;
};

static struct pg_bulk *of(struct bulk *b)
{
    return (struct pg_bulk *)b;
}

static char *room(struct pg_bulk *b, size_t n)
{
    char *p;

    if (b->n + n > b->cap) {
        b->cap = (b->n + n) * 2;
        b->rows = mem_resize(b->rows, b->cap);
    }
    p = b->rows + b->n;
    b->n += n;
    return p;
}

static void put_number(struct pg_bulk *b, int64_t v, int bytes)
{
    char *p = room(b, 4 + (size_t)bytes);

    pg_put_int(p, (uint64_t)bytes, 4);
    pg_put_int(p + 4, (uint64_t)v, bytes);
}

static void refuse(struct bulk *b, const char *what)
{
    b->failed = true;
    conn_failed(b->conn, RC_BAD_INPUT, "bulk: column %zu: %s", b->at + 1, what);
}

static void put(struct bulk *bulk, const struct value *v)
{
    struct pg_bulk *b = of(bulk);
    Oid type = b->types[bulk->at];
    char *p;

    if (bulk->at == 0)
        pg_put_int(room(b, 2), bulk->columns, 2);
    if (v->kind == VALUE_NULL) {
        pg_put_int(room(b, 4), UINT32_MAX, 4);
    } else if (v->kind == VALUE_INT && type == PG_INT8) {
        put_number(b, v->i, 8);
    } else if (v->kind == VALUE_INT && type == PG_INT4 && v->i >= INT32_MIN && v->i <= INT32_MAX) {
        put_number(b, v->i, 4);
    } else if ((v->kind == VALUE_TEXT && type == PG_TEXT) ||
               (v->kind == VALUE_BLOB && type == PG_BYTEA)) {
        p = room(b, 4 + v->s.n);
        pg_put_int(p, v->s.n, 4);
        if (v->s.n > 0)
            memcpy(p + 4, v->s.p, v->s.n);
    } else {
        refuse(bulk, "the value is of another type than the column");
    }
}

static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

static void start_rows(struct pg_bulk *b)
{
    b->n = 0;
    memcpy(room(b, 19), head, 19);
}

static enum rc flush(struct pg_bulk *b)
{
    struct pg_link *c = (struct pg_link *)b->bulk.conn;
    PGresult *r;
    enum rc rc = RC_OK;

    TRY(pg_land(c));
    r = PQexec(c->pg, b->copy);
    if (PQresultStatus(r) != PGRES_COPY_IN) {
        rc = pg_failed(c, r, "bulk");
        PQclear(r);
        return rc;
    }
    PQclear(r);
    pg_put_int(room(b, 2), UINT16_MAX, 2);
    if (PQputCopyData(c->pg, b->rows, (int)b->n) != 1 || PQputCopyEnd(c->pg, NULL) != 1)
        rc = pg_failed(c, NULL, "bulk");
    while ((r = PQgetResult(c->pg)) != NULL) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK && rc == RC_OK)
            rc = pg_failed(c, r, "bulk");
        PQclear(r);
    }
    start_rows(b);
    return rc;
}

/* The columns' types, from the server. */
static enum rc find_types(struct pg_bulk *b, const char *select)
{
    struct pg_link *c = (struct pg_link *)b->bulk.conn;
    PGresult *r;
    enum rc rc = RC_OK;

    TRY(pg_land(c));
    r = PQexec(c->pg, select);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        rc = pg_failed(c, r, "bulk");
    } else {
        for (size_t i = 0; i < b->bulk.columns; i++)
            b->types[i] = PQftype(r, (int)i);
    }
    PQclear(r);
    return rc;
}

static void names(struct sbuf *out, const str *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(out, "%s%.*s", i ? ", " : "", STR_ARG(columns[i]));
}

enum rc pg_bulk_open(struct conn *c, str table, const str *columns, size_t n, struct bulk **out)
{
    struct pg_bulk *b = mem_resize(NULL, sizeof *b);
    struct sbuf copy, select;
    enum rc rc;

    *b = (struct pg_bulk){.bulk = {.conn = c, .columns = n, .put = put}};
    sbuf_init(&copy, 1 << 16);
    sbuf_init(&select, 1 << 16);
    sbuf_fmt(&copy, "COPY %.*s (", STR_ARG(table));
    names(&copy, columns, n);
    sbuf_addz(&copy, ") FROM STDIN (FORMAT binary)");
    sbuf_addz(&select, "SELECT ");
    names(&select, columns, n);
    sbuf_fmt(&select, " FROM %.*s LIMIT 0", STR_ARG(table));
    assert(!copy.failed && !select.failed);
    b->copy = copy.p;
    b->types = mem_resize(NULL, n * sizeof *b->types);
    start_rows(b);
    rc = find_types(b, select.p);
    sbuf_deinit(&select);
    if (rc != RC_OK) {
        b->bulk.failed = true;
        pg_bulk_close(&b->bulk);
    } else {
        *out = &b->bulk;
    }
    return rc;
}

enum rc pg_bulk_row(struct bulk *bulk)
{
    struct pg_bulk *b = of(bulk);

    return b->n >= FLUSH_BYTES ? flush(b) : RC_OK;
}

enum rc pg_bulk_close(struct bulk *bulk)
{
    struct pg_bulk *b = of(bulk);
    enum rc rc = RC_OK;

    if (bulk->failed)
        rc = bulk->conn->err.rc;
    else if (b->n > 19)
        rc = flush(b);
    mem_free(b->copy);
    mem_free(b->types);
    mem_free(b->rows);
    mem_free(b);
    return rc;
}
