/*
 * Inside the store: what the two databases have in common. store.c is the only caller of an
 * engine; it keeps the rules that hold for both (one failure ends a transaction, writes only on
 * writing connections), so an engine does what it is told and fills conn.err when it can't.
 */
#ifndef HUIMIN_STORE_ENGINE_H
#define HUIMIN_STORE_ENGINE_H

#include "store/store.h"

struct sqlite3_stmt;
struct cache;

struct conn {
    struct store *store;
    const struct engine *engine;
    bool writes; /* a writing connection */
    bool in_transaction;
    bool failed;      /* in this transaction: err says why, nothing more is run */
    bool again;       /* the database asks for the transaction to be run again */
    bool lost;        /* the connection is of no use any more */
    bool unknown;     /* lost in a commit: nobody knows whether it was done */
    unsigned running; /* queries and bulks not yet ended */
    struct err err;
    struct cache *cache; /* owned; prepared statements */
    struct conn *next_idle;
};

/* A value as PostgreSQL sent it; n < 0 is null. */
struct cell {
    const char *p;
    int n;
};

/* A running read. SQLite's row is asked where it stands; PostgreSQL's is laid out in cells. */
struct query {
    struct conn *conn;
    struct prepared *prepared;
    struct sqlite3_stmt *stmt; /* NULL: PostgreSQL */
    const struct cell *cells;
    const uint8_t *types; /* enum cell_type of each column, PostgreSQL only */
    size_t columns;
    bool done, failed;
    bool at_row;
};

enum cell_type { CELL_INT8, CELL_INT4, CELL_INT2, CELL_TEXT, CELL_BYTES, CELL_OTHER };

struct engine {
    enum store_kind kind;
    enum rc (*open)(struct store *s, bool writes, bool create, struct conn **out, struct err *err);
    void (*close)(struct conn *c);
    /* A transaction: for writing, or one snapshot for reads. */
    enum rc (*begin)(struct conn *c);
    enum rc (*commit)(struct conn *c);
    void (*rollback)(struct conn *c);
    enum rc (*prepare)(struct conn *c, const struct statement *st);
    enum rc (*exec)(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                    int64_t *changed);
    enum rc (*query)(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                     struct query **out);
    bool (*next)(struct query *q);
    enum rc (*end)(struct query *q); /* RC_OK, or what stopped it, also in conn.err */
    enum rc (*define)(struct conn *c, str ddl);
    enum rc (*bulk_open)(struct conn *c, str table, const str *columns, size_t n,
                         struct bulk **out);
    enum rc (*bulk_row)(struct bulk *b);
    enum rc (*bulk_close)(struct bulk *b); /* of a bulk that failed: only clears up */
};
extern const struct engine engine_sqlite, engine_postgres;

/* What a bulk shows of itself to store.c; each engine's own struct begins with it. */
struct bulk {
    struct conn *conn;
    size_t columns, at; /* at: the next column */
    void (*put)(struct bulk *b, const struct value *v);
    bool failed;
};

struct pool {
    struct conn *idle;
    unsigned open, most;
};

struct store {
    const struct engine *engine;
    char *url;        /* owned; as given */
    char *shown;      /* owned; without a password */
    const char *path; /* of a SQLite file, in url */
    uint32_t busy_ms;
    struct pool readers, writers;
    struct store_locks *locks;
};

/* Fill c->err and return rc. */
enum rc conn_failed(struct conn *c, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The faults of store_fail_after(): true when this statement is to fail. */
bool store_fault(struct conn *c);

/* Text for SQLite or PostgreSQL from definition text for both, in the arena. */
str ddl_for(enum store_kind kind, str ddl, struct arena *a);

/* ---- prepared statements of a connection ---------------------------------------------------- */

/*
 * Kept by the address of the statement and compared with its text, as the statements of declared
 * registers come and go. At most CACHE_MOST; the one longest unused goes first.
 */
enum { CACHE_MOST = 512 };

struct prepared {
    const struct statement *st; /* only an address: it may be gone */
    char *text;                 /* owned */
    uint64_t used;              /* clock of the cache */
    bool busy;                  /* a query of it is running */
    bool kept;                  /* in the cache; else it ends with its query */
    struct query query;
    void *handle; /* the engine's */
};

struct cache *cache_open(struct conn *c,
                         enum rc (*make)(struct conn *c, const struct statement *st,
                                         struct prepared *p),
                         void (*end)(struct conn *c, struct prepared *p));
void cache_close(struct cache *k);

/*
 * The prepared statement, made when it is not there. One that is busy is made a second time, for
 * this use alone. Given back with cache_done() when its query ends.
 */
enum rc cache_get(struct cache *k, const struct statement *st, struct prepared **out);
void cache_done(struct cache *k, struct prepared *p);

#endif
