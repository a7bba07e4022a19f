/*
 * Files: read whole; write beside and rename, so that a failure (a full disk, a signal) never
 * leaves half a file under the final name.
 */
#ifndef HUIMIN_BASE_FILE_H
#define HUIMIN_BASE_FILE_H

#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"

/* The whole file in the arena. RC_NOT_FOUND, RC_IO; RC_LIMIT above max bytes. */
MUST_CHECK enum rc file_read(const char *path, size_t max, struct arena *a, str *out,
                             struct err *err);

/* Names in a folder, sorted by bytes, without "." and "..", in the arena. RC_NOT_FOUND, RC_IO. */
MUST_CHECK enum rc dir_list(const char *path, struct arena *a, str **names, size_t *n,
                            struct err *err);
bool path_is_dir(const char *path);
bool path_exists(const char *path);

/*
 * A file being written under a temporary name in the same folder. Writes are buffered; the first
 * failure is kept and reported by file_out_commit(), which flushes, syncs and renames.
 * file_out_abort() removes the temporary file; it may be called after commit and then does nothing.
 * Path "-" is standard output. A link stays a link and a file keeps its permissions; a device or
 * pipe is written in place. main.c ignores SIGXFSZ, so that a file too large is an error as well.
 */
struct file_out {
    int fd;
    char *path, *temp; /* owned */
    char *buf;         /* owned */
    size_t n, cap;
    int failed; /* errno of the first failure */
};
MUST_CHECK enum rc file_out_open(struct file_out *f, const char *path, struct err *err);
void file_out_write(struct file_out *f, const char *p, size_t n);
void file_out_str(struct file_out *f, str s);
/* Room for n bytes (n at most 65536) to be filled by the caller, who then says how many he used. */
char *file_out_room(struct file_out *f, size_t n);
void file_out_used(struct file_out *f, size_t n);
MUST_CHECK enum rc file_out_commit(struct file_out *f, struct err *err);
void file_out_abort(struct file_out *f);

#endif
