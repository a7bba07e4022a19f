/* The store in a SQLite file: connections, transactions and statements. */
#include "store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITER_CACHE_KB = 64 << 10,
    READER_CACHE_KB = 16 << 10,
    CHECKPOINT_PAGES = 4096,
};
#define MMAP_BYTES     (INT64_C(1) << 30)
#define WAL_BYTES_KEPT (INT64_C(64) << 20)

static struct sqlite_conn *of(struct conn *c)
{
    return (struct sqlite_conn *)c;
}

/* ---- what went wrong ------------------------------------------------------------------------ */

static const char *path_of(const struct sqlite_conn *c)
{
    return c->conn.store->path;
}

static enum rc io_failed(struct sqlite_conn *c, const char *doing, const char *what)
{
    int e = sqlite3_system_errno(c->db);

    if (e == EFBIG)
        return conn_failed(&c->conn, RC_IO,
                           "%s: %s: the file may not grow beyond the size that is allowed to this "
                           "program (ulimit -f); nothing of this change was stored",
                           path_of(c), doing);
    return conn_failed(&c->conn, RC_IO, "%s: %s: %s%s%s", path_of(c), doing, what, e ? ": " : "",
                       e ? strerror(e) : "");
}

static enum rc not_a_store(struct sqlite_conn *c)
{
    return conn_failed(&c->conn, RC_BAD_INPUT,
                       "%s is not a store: expected a SQLite file that `huimin init` made",
                       path_of(c));
}

/* A rule of the schema was broken; SQLite's text names the columns, not the values. */
static enum rc constraint_failed(struct sqlite_conn *c, int code, const char *doing)
{
    switch (code) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_ROWID:
        return conn_failed(&c->conn, RC_CONFLICT, "%s: a row with this key is there already (%s)",
                           doing, sqlite3_errmsg(c->db));
    default:
        return conn_failed(&c->conn, RC_BAD_INPUT, "%s: %s", doing, sqlite3_errmsg(c->db));
    }
}

enum rc sqlite_failed(struct sqlite_conn *c, int code, const char *doing)
{
    int extended = sqlite3_extended_errcode(c->db);

    switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return constraint_failed(c, extended, doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return conn_failed(&c->conn, RC_IO,
                           "%s: %s: another program holds the file locked, waited %u s; try again "
                           "when it has finished",
                           path_of(c), doing, c->conn.store->busy_ms / 1000);
    case SQLITE_FULL:
        return conn_failed(&c->conn, RC_IO,
                           "%s: %s: the disk is full; nothing of this change was stored, free some "
                           "space and do it again",
                           path_of(c), doing);
    case SQLITE_NOTADB:
        return not_a_store(c);
    case SQLITE_CORRUPT:
        return conn_failed(&c->conn, RC_IO,
                           "%s: %s: the file is damaged (%s): restore it from a copy", path_of(c),
                           doing, sqlite3_errmsg(c->db));
    case SQLITE_READONLY:
        return conn_failed(&c->conn, RC_IO,
                           "%s: %s: the file or its folder may not be written by this user",
                           path_of(c), doing);
    case SQLITE_TOOBIG:
        return conn_failed(&c->conn, RC_LIMIT, "%s: a value is too large", doing);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return io_failed(c, doing, sqlite3_errmsg(c->db));
    default:
        return conn_failed(&c->conn, RC_IO, "%s: %s: %s", path_of(c), doing, sqlite3_errmsg(c->db));
    }
}

/* ---- connections ---------------------------------------------------------------------------- */

static void set_up_once(void)
{
    /* Counting all memory in one place makes threads wait for each other. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

static int run(struct sqlite_conn *c, const char *sql)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL);
}

/* The file must be there, or is made: empty, and readable by its owner alone. */
static enum rc find_file(const char *path, bool create, struct err *err)
{
    struct stat st;
    int fd;

    if (stat(path, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return RC_OK;
        return err_set(err, RC_BAD_INPUT, "%s is a %s: expected the name of a file", path,
                       S_ISDIR(st.st_mode) ? "folder" : "device or pipe");
    }
    if (errno == ENOENT && create) {
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: can't be made: %s",
                           path, errno == ENOENT ? "no such folder" : strerror(errno));
        close(fd);
        return RC_OK;
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return err_set(err, RC_NOT_FOUND,
                       "there is no store at %s: make one with `huimin init --db sqlite:%s`", path,
                       path);
    return err_set(err, RC_IO, "%s: %s", path, strerror(errno));
}

/* Write-ahead logging is a property of the file; it is set when the file is made. */
static int set_wal(struct sqlite_conn *c, bool *is_wal)
{
    sqlite3_stmt *st;
    int code = sqlite3_prepare_v2(c->db, "PRAGMA journal_mode = WAL", -1, &st, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(st);
    *is_wal =
        code == SQLITE_ROW && sqlite3_stricmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
    sqlite3_finalize(st);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* Every commit is on the disk before it is told. HUIMIN_SYNC=off gives that up, for tests and stores
 * that are thrown away: a power cut may then lose what was last said to be saved. */
static const char *synchronous(void)
{
    const char *wish = getenv("HUIMIN_SYNC");
    return wish != NULL && strcmp(wish, "off") == 0 ? "OFF" : "FULL";
}

static enum rc set_up(struct sqlite_conn *c, bool writes)
{
    char text[512];
    bool is_wal = false;
    int code;

    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, (int)c->conn.store->busy_ms);
    snprintf(text, sizeof text,
             "PRAGMA cache_size = -%d; PRAGMA mmap_size = %lld; PRAGMA synchronous = %s;"
             "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON;"
             "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %lld;"
             "PRAGMA trusted_schema = OFF",
             writes ? WRITER_CACHE_KB : READER_CACHE_KB, (long long)MMAP_BYTES, synchronous(),
             CHECKPOINT_PAGES, (long long)WAL_BYTES_KEPT);
    code = run(c, text);
    if (code == SQLITE_OK)
        code = set_wal(c, &is_wal);
    if (code == SQLITE_OK && !writes)
        code = run(c, "PRAGMA query_only = ON");
    if (code != SQLITE_OK)
        return sqlite_failed(c, code, "opening");
    if (!is_wal)
        return conn_failed(&c->conn, RC_IO,
                           "%s: no write-ahead log can be kept beside it: expected a folder that "
                           "may be written, on a disk of this machine",
                           path_of(c));
    if (writes && sqlite3_db_readonly(c->db, "main") == 1)
        return sqlite_failed(c, SQLITE_READONLY, "opening");
    return RC_OK;
}

static enum rc make_prepared(struct conn *conn, const struct statement *st, struct prepared *p);

static void end_prepared(struct conn *conn, struct prepared *p)
{
    struct sqlite_prepared *h = p->handle;

    (void)conn;
    sqlite3_finalize(h->stmt);
    mem_free(h);
}

static void sqlite_close(struct conn *conn)
{
    struct sqlite_conn *c = of(conn);

    cache_close(conn->cache);
    sqlite3_finalize(c->begin);
    sqlite3_finalize(c->commit);
    sqlite3_finalize(c->rollback);
    sqlite3_close(c->db);
    mem_free(c);
}

static enum rc sqlite_open(struct store *s, bool writes, bool create, struct conn **out,
                           struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sqlite_conn *c;
    enum rc rc;
    int code;

    pthread_once(&once, set_up_once);
    TRY(find_file(s->path, create, err));
    c = mem_resize(NULL, sizeof *c);
    *c = (struct sqlite_conn){.conn = {.store = s, .engine = &engine_sqlite, .writes = writes}};
    c->conn.cache = cache_open(&c->conn, make_prepared, end_prepared);
    code = sqlite3_open_v2(s->path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    rc = code == SQLITE_OK ? set_up(c, writes) : sqlite_failed(c, code, "opening");
    if (rc == RC_OK && (sqlite3_prepare_v2(c->db, "BEGIN IMMEDIATE", -1, &c->begin, NULL) ||
                        sqlite3_prepare_v2(c->db, "COMMIT", -1, &c->commit, NULL) ||
                        sqlite3_prepare_v2(c->db, "ROLLBACK", -1, &c->rollback, NULL)))
        rc = sqlite_failed(c, SQLITE_ERROR, "opening");
    if (rc != RC_OK) {
        if (err)
            *err = c->conn.err;
        sqlite_close(&c->conn);
        return rc;
    }
    *out = &c->conn;
    return RC_OK;
}

/* ---- transactions --------------------------------------------------------------------------- */

static int step_once(sqlite3_stmt *st)
{
    int code = sqlite3_step(st);

    sqlite3_reset(st);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void sqlite_rollback(struct conn *conn)
{
    struct sqlite_conn *c = of(conn);

    /* A full disk has it rolled back already. */
    if (!sqlite3_get_autocommit(c->db))
        step_once(c->rollback);
}

static enum rc sqlite_begin(struct conn *conn)
{
    struct sqlite_conn *c = of(conn);
    int code;

    if (conn->writes) {
        code = step_once(c->begin);
    } else {
        /* The snapshot is taken by the first read. */
        code = run(c, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
        if (code != SQLITE_OK)
            sqlite_rollback(conn);
    }
    return code == SQLITE_OK ? RC_OK : sqlite_failed(c, code, "beginning");
}

static enum rc sqlite_commit(struct conn *conn)
{
    struct sqlite_conn *c = of(conn);
    int code = step_once(c->commit);

    return code == SQLITE_OK ? RC_OK : sqlite_failed(c, code, "committing");
}

/* ---- statements ----------------------------------------------------------------------------- */

static enum rc make_prepared(struct conn *conn, const struct statement *st, struct prepared *p)
{
    struct sqlite_conn *c = of(conn);
    struct sqlite_prepared *h = mem_resize(NULL, sizeof *h + st->n_params * sizeof h->param[0]);
    int code = sqlite3_prepare_v3(c->db, st->sql, -1, SQLITE_PREPARE_PERSISTENT, &h->stmt, NULL);
    char name[16];

    if (code != SQLITE_OK || !h->stmt) {
        mem_free(h);
        return sqlite_failed(c, code, st->name);
    }
    /* Marked as a read, it reads. */
    assert(!st->reads || sqlite3_stmt_readonly(h->stmt));
    h->n_params = st->n_params;
    for (int i = 0; i < h->n_params; i++) {
        snprintf(name, sizeof name, "$%d", i + 1);
        h->param[i] = sqlite3_bind_parameter_index(h->stmt, name);
    }
    p->handle = h;
    p->query.prepared = p;
    p->query.conn = conn;
    p->query.stmt = h->stmt;
    p->query.columns = (size_t)sqlite3_column_count(h->stmt);
    return RC_OK;
}

int sqlite_bind(sqlite3_stmt *stmt, int i, const struct value *v, bool keep)
{
    sqlite3_destructor_type life = keep ? SQLITE_TRANSIENT : SQLITE_STATIC;

    switch (v->kind) {
    case VALUE_INT:
        return sqlite3_bind_int64(stmt, i, v->i);
    case VALUE_TEXT:
        return sqlite3_bind_text64(stmt, i, v->s.p ? v->s.p : "", v->s.n, life, SQLITE_UTF8);
    case VALUE_BLOB:
        return sqlite3_bind_blob64(stmt, i, v->s.p ? v->s.p : "", v->s.n, life);
    default:
        return sqlite3_bind_null(stmt, i);
    }
}

/* `keep`: the values must outlive the call. */
static enum rc bind(struct sqlite_conn *c, struct prepared *p, const struct value *v, size_t n,
                    bool keep)
{
    struct sqlite_prepared *h = p->handle;

    for (size_t i = 0; i < n; i++) {
        int code = h->param[i] ? sqlite_bind(h->stmt, h->param[i], &v[i], keep) : SQLITE_OK;
        if (code != SQLITE_OK)
            return sqlite_failed(c, code, p->st->name);
    }
    return RC_OK;
}

static enum rc sqlite_prepare(struct conn *conn, const struct statement *st)
{
    struct prepared *p;

    TRY(cache_get(conn->cache, st, &p));
    cache_done(conn->cache, p);
    return RC_OK;
}

static enum rc sqlite_exec(struct conn *conn, const struct statement *st, const struct value *v,
                           size_t n, int64_t *changed)
{
    struct sqlite_conn *c = of(conn);
    struct prepared *p;
    struct sqlite_prepared *h;
    enum rc rc;
    int code;

    TRY(cache_get(conn->cache, st, &p));
    h = p->handle;
    rc = bind(c, p, v, n, false);
    if (rc == RC_OK) {
        do
            code = sqlite3_step(h->stmt);
        while (code == SQLITE_ROW);
        if (code != SQLITE_DONE)
            rc = sqlite_failed(c, code, st->name);
        else
            *changed = sqlite3_stmt_readonly(h->stmt) ? 0 : sqlite3_changes64(c->db);
        sqlite3_reset(h->stmt);
    }
    cache_done(conn->cache, p);
    return rc;
}

static enum rc sqlite_query(struct conn *conn, const struct statement *st, const struct value *v,
                            size_t n, struct query **out)
{
    struct prepared *p;
    enum rc rc;

    TRY(cache_get(conn->cache, st, &p));
    rc = bind(of(conn), p, v, n, true);
    if (rc != RC_OK) {
        cache_done(conn->cache, p);
        return rc;
    }
    p->query.done = p->query.failed = p->query.at_row = false;
    *out = &p->query;
    return RC_OK;
}

static bool sqlite_next(struct query *q)
{
    int code;

    if (q->done)
        return false;
    code = sqlite3_step(q->stmt);
    q->at_row = code == SQLITE_ROW;
    if (q->at_row)
        return true;
    q->done = true;
    if (code != SQLITE_DONE) {
        q->failed = true;
        sqlite_failed(of(q->conn), code, "reading");
    }
    return false;
}

static enum rc sqlite_end(struct query *q)
{
    struct conn *conn = q->conn;
    enum rc rc = q->failed ? conn->err.rc : RC_OK;

    sqlite3_reset(q->stmt);
    q->at_row = false;
    cache_done(conn->cache, q->prepared);
    return rc;
}

static enum rc sqlite_define(struct conn *conn, str ddl)
{
    struct sqlite_conn *c = of(conn);
    int code = run(c, ddl.p);

    if (code == SQLITE_ERROR)
        return conn_failed(conn, RC_IO, "%s in: %.*s", sqlite3_errmsg(c->db), STR_ARG(ddl));
    return code == SQLITE_OK ? RC_OK : sqlite_failed(c, code, "defining");
}

const struct engine engine_sqlite = {
    .kind = STORE_SQLITE,
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .prepare = sqlite_prepare,
    .exec = sqlite_exec,
    .query = sqlite_query,
    .next = sqlite_next,
    .end = sqlite_end,
    .define = sqlite_define,
    .bulk_open = sqlite_bulk_open,
    .bulk_row = sqlite_bulk_row,
    .bulk_close = sqlite_bulk_close,
};
