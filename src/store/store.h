/*
 * The store: one interface, SQLite and PostgreSQL behind it. The only module that knows a database
 * library; above it nobody writes SQL text into a function call. What can be said is a closed set of
 * statements: those of the modules' .sql files (made into arrays by tools/sqlgen) and those that the
 * generator of declared registers fills from checked names (people/registers.c).
 *
 * SQLite: one file, WAL, synchronous FULL; one writing connection and a few reading ones.
 * PostgreSQL 15: the same statements ($1, $2 …) through libpq, prepared once a connection; a lost
 * connection is opened again, a serialisation failure or deadlock is tried again (store_write).
 *
 * Values are int64, UTF-8 text, bytes or null. Days and months are text (2020-12-01, 2020-12),
 * flags 0 or 1, money fen, ids 64 bits. Every row that belongs to a place has county_code first in
 * its key.
 */
#ifndef HUIMIN_STORE_STORE_H
#define HUIMIN_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"

struct store;
struct conn;  /* one connection: one thread at a time */
struct query; /* a running read; belongs to its connection */

enum store_kind { STORE_SQLITE, STORE_POSTGRES };

/* ---- statements ----------------------------------------------------------------------------- */

/* A statement of the closed set. Two texts only where the engines differ (-- dialect: pg). */
struct statement {
    const char *name; /* e.g. "person_find", unique */
    const char *sql;  /* SQLite's, and PostgreSQL's when pg is NULL */
    const char *pg;
    bool reads;       /* changes nothing: a reading connection takes it */
    uint8_t n_params; /* $1 to $n_params */
};

/* One value to bind. Text and bytes are borrowed for the call. Text with a NUL in it is refused
 * (RC_BAD_INPUT): PostgreSQL can't hold it. */
enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };
struct value {
    enum value_kind kind;
    int64_t i;
    str s;
};
#define V_INT(x)  ((struct value){.kind = VALUE_INT, .i = (int64_t)(x)})
#define V_TEXT(x) ((struct value){.kind = VALUE_TEXT, .s = (x)})
#define V_BLOB(x) ((struct value){.kind = VALUE_BLOB, .s = (x)})
#define V_NULL    ((struct value){.kind = VALUE_NULL})

/* ---- opening -------------------------------------------------------------------------------- */

struct store_options {
    bool create;      /* make the SQLite file; else a missing one is RC_NOT_FOUND */
    uint32_t busy_ms; /* how long to wait for another process's write; 0 = 10 s */
    uint32_t readers; /* reading connections at most, the others wait; 0 = 8 */
};

/*
 * "sqlite:PATH" or a postgresql:// URL. RC_BAD_INPUT (not such a URL, not a SQLite file, not a UTF-8
 * database), RC_NOT_FOUND (no such file or database), RC_IO; the text says what an operator can do
 * about it. A new SQLite file is readable by its owner only.
 */
MUST_CHECK enum rc store_open(const char *url, const struct store_options *o, struct store **out,
                              struct err *err);
void store_close(struct store *s);
enum store_kind store_kind(const struct store *s);
const char *store_url(const struct store *s); /* without a password */

/* ---- schema --------------------------------------------------------------------------------- */

/*
 * Run data definition text: one or several statements, written once for both. For SQLite BIGINT
 * becomes INTEGER, BYTEA BLOB, and tables are STRICT; a table whose closing line is ") -- clustered"
 * is WITHOUT ROWID. For PostgreSQL TEXT becomes TEXT COLLATE "C", so that order is by bytes on both
 * whatever the server's locale. Only migrations call this, inside a store_write().
 */
MUST_CHECK enum rc store_define(struct conn *c, str ddl, struct err *err);

/* A table's columns in order; *n is 0 when there is no such table. */
struct column_info {
    str name;
    bool is_text, is_blob; /* neither: int64 */
    bool not_null;
};
MUST_CHECK enum rc store_columns(struct conn *c, str table, struct arena *a,
                                 struct column_info **out, size_t *n, struct err *err);

/* ---- connections and transactions ----------------------------------------------------------- */

/* A reading connection from the pool (waits for one); give it back, with no query left running. A
 * thread that holds one and waits for another can wait for ever. */
MUST_CHECK enum rc store_reader(struct store *s, struct conn **out, struct err *err);
void store_reader_done(struct conn *c);

/*
 * One reading connection and one snapshot for all that this thread reads until store_release(): each
 * store_reader() gives this one. For what asks the same list for page after page. Not within another.
 */
MUST_CHECK enum rc store_hold(struct store *s, struct err *err);
void store_release(void);

/* One snapshot for several reads on a reading connection. */
MUST_CHECK enum rc read_begin(struct conn *c, struct err *err);
void read_end(struct conn *c);

/*
 * Run fn in one writing transaction; commit when it returns RC_OK, else roll back. It is run again
 * from its start when the database asks for that or the connection is lost (at most 10 times), so fn
 * has no effect but on the database and what it may repeat. The first statement that fails ends
 * the transaction: every later one gives the same failure without being run, and so does
 * store_write() even if fn returns RC_OK; what may be there already says ON CONFLICT DO NOTHING.
 * PostgreSQL runs it REPEATABLE READ: of two writers that change the same row one is run again.
 * RC_IO when the connection is lost in the commit itself and the outcome can't be known; else fn's
 * own result. Not within another store_write() of the same thread.
 */
MUST_CHECK enum rc store_write(struct store *s,
                               enum rc (*fn)(struct conn *c, void *ctx, struct err *err), void *ctx,
                               struct err *err);

/* ---- running statements --------------------------------------------------------------------- */

/* A write; *changed (may be NULL) is the number of rows. RC_CONFLICT for a key that is there
 * already, RC_BAD_INPUT for a reference to nothing, a failed check or a wrong type. */
MUST_CHECK enum rc exec(struct conn *c, const struct statement *st, const struct value *v, size_t n,
                        int64_t *changed, struct err *err);

/*
 * Start a read, or a write with RETURNING (then take all its rows). Rows come one at a time and are
 * not held in memory, but for one case: on PostgreSQL, when another statement of the same connection
 * starts while this one is running, what is left of this one is fetched first. Don't change a table
 * that a running query reads. Always end with query_end().
 */
MUST_CHECK enum rc query(struct conn *c, const struct statement *st, const struct value *v,
                         size_t n, struct query **out, struct err *err);
/* True: there is a row. False at the end or on a failure; query_end() tells which. */
bool query_next(struct query *q);
int64_t query_int(const struct query *q, size_t col); /* null gives 0 */
str query_text(const struct query *q, size_t col);    /* valid until the next query_next() */
str query_blob(const struct query *q, size_t col);
bool query_null(const struct query *q, size_t col);
MUST_CHECK enum rc query_end(struct query *q, struct err *err);

/* One row, one integer. RC_NOT_FOUND when there is no row; that does not end a transaction. */
MUST_CHECK enum rc query_one(struct conn *c, const struct statement *st, const struct value *v,
                             size_t n, int64_t *out, struct err *err);

/* Only check that the database accepts the statement. RC_IO names it and says what is wrong. */
MUST_CHECK enum rc store_prepare(struct conn *c, const struct statement *st, struct err *err);

/* ---- bulk loading --------------------------------------------------------------------------- */

/*
 * Many rows into one table inside the caller's store_write(): COPY on PostgreSQL, a prepared insert
 * on SQLite. Several may be open at once. The rows are there, and a conflict is told, at the latest
 * after bulk_close(). Column names come from checked names only.
 */
struct bulk;
MUST_CHECK enum rc bulk_open(struct conn *c, str table, const str *columns, size_t n,
                             struct bulk **out, struct err *err);
void bulk_int(struct bulk *b, int64_t v); /* the next column of the row */
void bulk_text(struct bulk *b, str v);
void bulk_blob(struct bulk *b, str v);
void bulk_null(struct bulk *b);
MUST_CHECK enum rc bulk_row(struct bulk *b, struct err *err);   /* all its columns were given */
MUST_CHECK enum rc bulk_close(struct bulk *b, struct err *err); /* also after a failure */

/* ---- copies --------------------------------------------------------------------------------- */

/*
 * Copy a SQLite store, as it is at the start, while others read and write. Made beside and renamed:
 * under `path` stands a whole copy or nothing. progress (may be NULL) is told per cent. RC_CONFLICT
 * when there is something at `path`, RC_IO; RC_BAD_INPUT on PostgreSQL, which has pg_dump.
 */
MUST_CHECK enum rc store_copy(struct store *s, const char *path, void (*progress)(void *, int),
                              void *ctx, struct err *err);

/*
 * For tests of faults: the next `after` statements of the process succeed (begin and commit count,
 * and so does each row of a bulk), all after them fail as if the database were out of reach, until
 * it is called again; negative: off.
 */
void store_fail_after(int64_t after);

#endif
