/* What the files of the PostgreSQL engine share. */
#ifndef HUIMIN_STORE_POSTGRES_H
#define HUIMIN_STORE_POSTGRES_H

#include "store/engine.h"

/* libpq's PGconn and PGresult, without its header, which is in no standard folder. */
struct pg_conn;
struct pg_result;

/* Types of PostgreSQL that are met; the numbers are fixed in its catalogue. */
enum pg_type {
    PG_BYTEA = 17,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_VARCHAR = 1043
};

struct pg_link {
    struct conn conn;
    struct pg_conn *pg;
    unsigned next_name;      /* of prepared statements */
    struct prepared *flying; /* its rows are still coming; NULL: none's */
    bool committing;
};

/* A prepared statement, and its query when one is running. */
struct pg_prepared {
    char name[16];
    int n_params, n_columns;
    unsigned *params;      /* owned; of each parameter */
    uint8_t *types;        /* owned; enum cell_type of each column */
    struct cell *cells;    /* owned; the row */
    struct pg_result *row; /* what cells point into, or a row not yet given out */
    bool ahead;            /* the latter */
    /* Rows fetched before their time: for each value its length, four bytes, and its bytes. */
    char *spool; /* owned */
    size_t spool_n, spool_at, spool_cap;
};

/* Fill conn.err from a result (NULL: from the connection), with flags for what to do about it. */
enum rc pg_failed(struct pg_link *c, const struct pg_result *r, const char *doing);

/* pg_error.c: why no connection could be made. */
enum rc pg_connect_failed(const struct store *s, struct pg_conn *pg, struct err *err);

/* postgres.c: a connection that is lost and has nothing running is opened again. */
enum rc pg_again(struct pg_link *c);

/* Run a command without parameters. */
enum rc pg_run(struct pg_link *c, const char *sql, const char *doing);

/* Fetch what is left of the flying query, so that something else can be asked. */
enum rc pg_land(struct pg_link *c);

void pg_put_int(char *p, uint64_t v, int bytes); /* big end first */

/* pg_query.c */
enum rc pg_make_prepared(struct conn *c, const struct statement *st, struct prepared *p);
void pg_end_prepared(struct conn *c, struct prepared *p);
enum rc pg_prepare(struct conn *c, const struct statement *st);
enum rc pg_exec(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                int64_t *changed);
enum rc pg_query(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                 struct query **out);
bool pg_next(struct query *q);
enum rc pg_end(struct query *q);

/* pg_bulk.c */
enum rc pg_bulk_open(struct conn *c, str table, const str *columns, size_t n, struct bulk **out);
enum rc pg_bulk_row(struct bulk *b);
enum rc pg_bulk_close(struct bulk *b);

#endif
