/* What the files of the SQLite engine share. */
#ifndef HUIMIN_STORE_SQLITE_H
#define HUIMIN_STORE_SQLITE_H

#include <sqlite3.h>
#include "store/engine.h"

struct sqlite_conn {
    struct conn conn;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *rollback;
};

/* A prepared statement: $1, $2 ... are names to SQLite, which numbers them as they appear. */
struct sqlite_prepared {
    sqlite3_stmt *stmt;
    int n_params;
    int param[]; /* of $(i + 1); 0: not in the text */
};

/* What went wrong on the connection, as an operator wants it told; fills conn.err. */
enum rc sqlite_failed(struct sqlite_conn *c, int code, const char *doing);

/* Bind one value to SQLite's parameter number i. */
int sqlite_bind(sqlite3_stmt *stmt, int i, const struct value *v, bool keep);

enum rc sqlite_bulk_open(struct conn *c, str table, const str *columns, size_t n,
                         struct bulk **out);
enum rc sqlite_bulk_row(struct bulk *b);
enum rc sqlite_bulk_close(struct bulk *b);

#endif
