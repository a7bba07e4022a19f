/* Many rows into one table of a SQLite file: one prepared insert, stepped for each row. */
#include "store/sqlite.h"

#include <assert.h>

struct sqlite_bulk {
    struct bulk bulk;
    sqlite3_stmt *stmt;
};

static struct sqlite_bulk *of(struct bulk *b)
{
    return (struct sqlite_bulk *)b;
}

static void put(struct bulk *b, const struct value *v)
{
    /* Copied: the caller's text need not live until bulk_row(). */
    int code = sqlite_bind(of(b)->stmt, (int)b->at + 1, v, true);

    if (code != SQLITE_OK) {
        b->failed = true;
        sqlite_failed((struct sqlite_conn *)b->conn, code, "bulk");
    }
}

enum rc sqlite_bulk_open(struct conn *c, str table, const str *columns, size_t n, struct bulk **out)
{
    struct sqlite_conn *sc = (struct sqlite_conn *)c;
    struct sqlite_bulk *b;
    struct sbuf sql;
    int code;

    sbuf_init(&sql, 1 << 16);
    sbuf_fmt(&sql, "INSERT INTO %.*s (", STR_ARG(table));
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&sql, "%s%.*s", i ? ", " : "", STR_ARG(columns[i]));
    sbuf_addz(&sql, ") VALUES (");
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&sql, "%s?%zu", i ? ", " : "", i + 1);
    sbuf_addz(&sql, ")");
    assert(!sql.failed);
    b = mem_resize(NULL, sizeof *b);
    *b = (struct sqlite_bulk){.bulk = {.conn = c, .columns = n, .put = put}};
    code = sqlite3_prepare_v3(sc->db, sql.p, -1, SQLITE_PREPARE_PERSISTENT, &b->stmt, NULL);
    sbuf_deinit(&sql);
    if (code != SQLITE_OK) {
        mem_free(b);
        return sqlite_failed(sc, code, "bulk");
    }
    *out = &b->bulk;
    return RC_OK;
}

enum rc sqlite_bulk_row(struct bulk *b)
{
    int code = sqlite3_step(of(b)->stmt);
    enum rc rc = RC_OK;

    if (code != SQLITE_DONE)
        rc = sqlite_failed((struct sqlite_conn *)b->conn, code, "bulk");
    sqlite3_reset(of(b)->stmt);
    return rc;
}

enum rc sqlite_bulk_close(struct bulk *b)
{
    enum rc rc = b->failed ? b->conn->err.rc : RC_OK;

    sqlite3_finalize(of(b)->stmt);
    mem_free(b);
    return rc;
}
