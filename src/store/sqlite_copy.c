/* A copy of a SQLite store by SQLite's backup interface. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

enum { PAGES_AT_ONCE = 256 };

struct copy {
    struct sqlite_conn *from;
    const char *path, *beside;
    void (*progress)(void *, int);
    void *ctx;
};

/* The connection holds one snapshot all the while, so that nothing written meanwhile starts it anew. */
static int copy_pages(const struct copy *k, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", k->from->db, "main");
    int code, done, told = -1;

    if (!b)
        return sqlite3_errcode(to);
    do {
        code = sqlite3_backup_step(b, PAGES_AT_ONCE);
        done = sqlite3_backup_pagecount(b);
        done = done ? (int)(100 - INT64_C(100) * sqlite3_backup_remaining(b) / done) : 100;
        if (k->progress && done != told && code <= SQLITE_DONE)
            k->progress(k->ctx, done);
        told = done;
    } while (code == SQLITE_OK);
    sqlite3_backup_finish(b);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void sync_folder(const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? str_fmt(a, "%.*s/", (int)(slash - path), path).p : ".";
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static enum rc copy_failed(const struct copy *k, sqlite3 *to, int code, struct err *err)
{
    int e = sqlite3_system_errno(to);

    if (code == SQLITE_FULL || e == EFBIG)
        return err_set(err, RC_IO,
                       "%s: no room for the whole copy (disk full, or a limit of file sizes); "
                       "nothing was left behind",
                       k->path);
    return err_set(err, RC_IO, "%s: copying: %s", k->path, sqlite3_errstr(code));
}

static enum rc copy_to(const struct copy *k, struct err *err)
{
    sqlite3 *to;
    int fd = open(k->beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), code;
    enum rc rc = RC_OK;

    if (fd < 0)
        return err_set(err, RC_IO, "%s: can't be made: %s", k->path, strerror(errno));
    close(fd);
    code = sqlite3_open_v2(k->beside, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = copy_pages(k, to);
    if (code != SQLITE_OK)
        rc = copy_failed(k, to, code, err);
    /* Closing takes the copy's own log away. */
    sqlite3_close(to);
    return rc;
}

enum rc store_copy(struct store *s, const char *path, void (*progress)(void *, int), void *ctx,
                   struct err *err)
{
    struct arena a = {0};
    struct copy k = {.path = path, .progress = progress, .ctx = ctx};
    struct conn *c;
    enum rc rc;

    if (s->engine->kind != STORE_SQLITE)
        return err_set(err, RC_BAD_INPUT,
                       "%s is copied by PostgreSQL's own means: expected pg_dump or pg_basebackup",
                       s->shown);
    if (path_exists(path))
        return err_set(err, RC_CONFLICT, "%s is there already: expected a new name", path);
    TRY(store_reader(s, &c, err));
    k.from = (struct sqlite_conn *)c;
    k.beside = str_fmt(&a, "%s.part", path).p;
    rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = copy_to(&k, err);
    read_end(c);
    store_reader_done(c);
    if (rc == RC_OK && rename(k.beside, path) != 0)
        rc = err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    if (rc != RC_OK)
        unlink(k.beside);
    else
        sync_folder(path, &a);
    arena_deinit(&a);
    return rc;
}
