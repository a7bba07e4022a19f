/* See lock.h. */
#define _GNU_SOURCE /* F_OFD_SETLK: a lock of the open file, also against this process itself */
#include "pay/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pay/pay_sql.h"

/* One number for runs of a county among all advisory locks of the database. */
#define LOCK_CLASS INT64_C(0x4875696d00000000)

static enum rc taken(int64_t county, struct err *err)
{
    return err_set(err, RC_CONFLICT,
                   "county %lld is being run already; wait until that run has ended",
                   (long long)county);
}

MUST_CHECK static enum rc lock_file(struct store *s, int64_t county, struct run_lock *out,
                                    struct err *err)
{
    struct arena a = {0};
    str url = str_from(store_url(s));
    const char *path = str_z(&a, str_fmt(&a, "%.*s.run", STR_ARG(str_sub(url, 7, url.n))));
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)county, .l_len = 1};
    enum rc rc = RC_OK;

    out->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (out->fd < 0)
        rc = err_set(err, RC_IO, "%s: can't be opened: %s", path, strerror(errno));
    else if (fcntl(out->fd, F_OFD_SETLK, &range) == 0)
        rc = RC_OK;
    else if (errno == EAGAIN || errno == EACCES)
        rc = taken(county, err);
    else
        rc = err_set(err, RC_IO, "%s: can't be locked: %s", path, strerror(errno));
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc lock_session(struct store *s, int64_t county, struct run_lock *out,
                                       struct err *err)
{
    const struct value v = V_INT(LOCK_CLASS + county);
    int64_t got = 0;

    TRY(store_reader(s, &out->conn, err));
    TRY(query_one(out->conn, &stmt_run_lock, &v, 1, &got, err));
    return got != 0 ? RC_OK : taken(county, err);
}

enum rc run_lock(struct store *s, int64_t county, struct run_lock *out, struct err *err)
{
    *out = (struct run_lock){.fd = -1, .county = county};
    enum rc rc = store_kind(s) == STORE_SQLITE ? lock_file(s, county, out, err)
                                               : lock_session(s, county, out, err);
    if (rc == RC_OK)
        return rc;
    if (out->fd >= 0)
        close(out->fd);
    if (out->conn != NULL)
        store_reader_done(out->conn);
    *out = (struct run_lock){.fd = -1};
    return rc;
}

void run_unlock(struct run_lock *l)
{
    const struct value v = V_INT(LOCK_CLASS + l->county);
    int64_t gone = 0;

    if (l->fd >= 0)
        close(l->fd);
    /* A session that was lost has lost its locks as well. */
    if (l->conn != NULL) {
        if (query_one(l->conn, &stmt_run_unlock, &v, 1, &gone, NULL) != RC_OK)
            gone = 0;
        store_reader_done(l->conn);
    }
    *l = (struct run_lock){.fd = -1};
}
