/* Reading whole files and folders; writing beside and renaming. */
#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM_MAX = 65536, BUFFER = 4 * ROOM_MAX, MANY_NAMES = 1000 };

static enum rc failed(const char *path, int e, struct err *err)
{
    enum rc rc = e == ENOENT || e == ENOTDIR ? RC_NOT_FOUND : RC_IO;

    return err_set(err, rc, "%s: %s", path, strerror(e));
}

/* Read fd to its end. The size told by the system is a guess only: it may be a pipe, or growing. */
static enum rc read_all(int fd, const char *path, size_t guess, size_t max, struct arena *a,
                        str *out, struct err *err)
{
    size_t cap = guess + 1, n = 0;
    char *p = arena_alloc_raw(a, cap + 1, 1);

    for (;;) {
        ssize_t got;
        if (n == cap) {
            char *more = arena_alloc_raw(a, cap * 2 + 1, 1);
            memcpy(more, p, n);
            p = more;
            cap *= 2;
        }
        got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(path, errno, err);
        if (got == 0)
            break;
        n += (size_t)got;
        if (n > max)
            return err_set(err, RC_LIMIT, "%s: longer than %zu bytes", path, max);
    }
    p[n] = '\0';
    *out = (str){p, n};
    return RC_OK;
}

enum rc file_read(const char *path, size_t max, struct arena *a, str *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t guess = ROOM_MAX;
    struct stat st;
    enum rc rc;

    if (fd < 0)
        return failed(path, errno, err);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        guess = (size_t)st.st_size;
    if (guess > max && S_ISREG(st.st_mode))
        rc = err_set(err, RC_LIMIT, "%s: %zu bytes, at most %zu are accepted", path, guess, max);
    else
        rc = read_all(fd, path, guess, max, a, out, err);
    close(fd);
    return rc;
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

enum rc dir_list(const char *path, struct arena *a, str **names, size_t *n, struct err *err)
{
    VEC(str) found = {0};
    DIR *dir = opendir(path);
    struct dirent *e;
    int failure;

    if (!dir)
        return failed(path, errno, err);
    while (errno = 0, (e = readdir(dir)) != NULL) {
        str name = str_from(e->d_name);
        if (!str_eq(name, S(".")) && !str_eq(name, S("..")))
            *VEC_PUSH(a, &found) = str_dup(a, name);
    }
    failure = errno;
    closedir(dir);
    if (failure)
        return failed(path, failure, err);
    if (found.n)
        qsort(found.at, found.n, sizeof *found.at, by_bytes);
    *names = found.at;
    *n = found.n;
    return RC_OK;
}

bool path_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool path_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

static char *copy(const char *z, size_t extra)
{
    size_t n = strlen(z) + 1;
    char *p = mem_resize(NULL, n + extra);

    memcpy(p, z, n);
    return p;
}

/* Create the temporary file; a name that is taken (by another run) is stepped over. */
static int open_temp(struct file_out *f, mode_t mode)
{
    size_t n = strlen(f->path);

    f->temp = copy(f->path, 40);
    for (int i = 0; i < MANY_NAMES; i++) {
        snprintf(f->temp + n, 40, ".%ld-%d.tmp", (long)getpid(), i);
        f->fd = open(f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (f->fd >= 0 || errno != EEXIST)
            break;
    }
    return f->fd < 0 ? errno : 0;
}

/*
 * What is already there decides. A link is followed, so that it stays a link; a device or pipe is
 * written in place, because renaming over /dev/null would take it from the whole machine.
 */
static int open_out(struct file_out *f, const char *path)
{
    struct stat st;
    char *real;
    int e;

    if (stat(path, &st) != 0) {
        f->path = copy(path, 0);
        return open_temp(f, 0666);
    }
    if (S_ISDIR(st.st_mode))
        return EISDIR;
    if (!S_ISREG(st.st_mode)) {
        f->path = copy(path, 0);
        f->fd = open(path, O_WRONLY | O_CLOEXEC);
        return f->fd < 0 ? errno : 0;
    }
    real = realpath(path, NULL);
    if (!real)
        return errno;
    f->path = real;
    e = open_temp(f, 0666);
    if (e == 0 && fchmod(f->fd, st.st_mode & 0777) != 0)
        e = errno;
    return e;
}

enum rc file_out_open(struct file_out *f, const char *path, struct err *err)
{
    int e = 0;

    *f = (struct file_out){.fd = -1};
    if (strcmp(path, "-") == 0) {
        f->path = copy("standard output", 0);
        f->fd = STDOUT_FILENO;
    } else {
        e = open_out(f, path);
    }
    if (e) {
        file_out_abort(f);
        return failed(path, e, err);
    }
    f->cap = BUFFER;
    f->buf = mem_resize(NULL, f->cap);
    return RC_OK;
}

static void put_all(struct file_out *f, const char *p, size_t n)
{
    while (n > 0 && !f->failed) {
        ssize_t put = write(f->fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            f->failed = errno;
            return;
        }
        p += put;
        n -= (size_t)put;
    }
}

static void flush(struct file_out *f)
{
    put_all(f, f->buf, f->n);
    f->n = 0;
}

void file_out_write(struct file_out *f, const char *p, size_t n)
{
    if (n > f->cap - f->n)
        flush(f);
    if (n >= f->cap) {
        put_all(f, p, n);
    } else if (n) {
        memcpy(f->buf + f->n, p, n);
        f->n += n;
    }
}

void file_out_str(struct file_out *f, str s)
{
    file_out_write(f, s.p, s.n);
}

char *file_out_room(struct file_out *f, size_t n)
{
    assert(n <= ROOM_MAX);
    if (n > f->cap - f->n)
        flush(f);
    return f->buf + f->n;
}

void file_out_used(struct file_out *f, size_t n)
{
    assert(n <= f->cap - f->n);
    f->n += n;
}

/* The rename itself is on the disk only when the folder is. */
static int sync_folder(const char *path)
{
    char *folder = copy(path, 2), *slash = strrchr(folder, '/');
    int fd, e = 0;

    if (!slash)
        memcpy(folder, ".", 2);
    else
        slash[slash == folder] = '\0';
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems cannot sync a folder and say EINVAL; a folder may also be unreadable. */
    if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL)
        e = errno;
    if (fd >= 0)
        close(fd);
    mem_free(folder);
    return e;
}

enum rc file_out_commit(struct file_out *f, struct err *err)
{
    enum rc rc = RC_OK;

    assert(f->buf);
    flush(f);
    if (!f->failed && f->temp && fsync(f->fd) != 0)
        f->failed = errno;
    if (f->fd != STDOUT_FILENO && close(f->fd) != 0 && !f->failed)
        f->failed = errno;
    f->fd = -1;
    if (!f->failed && f->temp) {
        if (rename(f->temp, f->path) != 0) {
            f->failed = errno;
        } else {
            mem_free(f->temp);
            f->temp = NULL;
            f->failed = sync_folder(f->path);
        }
    }
    if (f->failed)
        rc = err_set(err, RC_IO, "%s: %s", f->path, strerror(f->failed));
    file_out_abort(f);
    return rc;
}

void file_out_abort(struct file_out *f)
{
    if (f->fd >= 0 && f->fd != STDOUT_FILENO)
        close(f->fd);
    if (f->temp)
        unlink(f->temp);
    mem_free(f->temp);
    mem_free(f->path);
    mem_free(f->buf);
    *f = (struct file_out){.fd = -1};
}
