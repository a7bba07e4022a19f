/* See paper_pdf.h. */
#include "api/paper_pdf.h"

#include "api/api_in.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <errno.h>

/* Each paper that is being drawn is a process: a hundred requests at once must not be a hundred. */
enum { DRAWN_AT_ONCE = 6, WAIT_MS = 20000 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t less;
    int drawing;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .less = PTHREAD_COND_INITIALIZER};

bool pdf_enter(int wait_ms)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&gate.lock);
    while (gate.drawing >= DRAWN_AT_ONCE && late == 0)
        late = pthread_cond_timedwait(&gate.less, &gate.lock, &until);
    bool in = gate.drawing < DRAWN_AT_ONCE;
    gate.drawing += in;
    pthread_mutex_unlock(&gate.lock);
    return in;
}

void pdf_leave(void)
{
    pthread_mutex_lock(&gate.lock);
    gate.drawing--;
    pthread_cond_signal(&gate.less);
    pthread_mutex_unlock(&gate.lock);
}

MUST_CHECK static enum rc opened(const char *path, struct pdf *out, struct err *err)
{
    struct stat st;
    out->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (out->fd < 0 || fstat(out->fd, &st) != 0) {
        if (out->fd >= 0)
            close(out->fd);
        return err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    }
    out->bytes = st.st_size;
    return RC_OK;
}

MUST_CHECK static enum rc draw(const struct paper *papers, size_t n, struct pdf *out,
                               struct err *err)
{
    const char *base = getenv("TMPDIR");
    char folder[512], path[600];
    const char *const paths[] = {path};
    size_t done = 0;
    snprintf(folder, sizeof folder, "%s/huimin-paper-XXXXXX",
             base != NULL && base[0] == '/' && strlen(base) < 400 ? base : P_tmpdir);
    if (mkdtemp(folder) == NULL)
        return err_set(err, RC_IO, "%s: %s", folder, strerror(errno));
    snprintf(path, sizeof path, "%s/papers.pdf", folder);
    enum rc rc = n == 1 ? papers_make(NULL, papers, paths, 1, &done, err)
                        : papers_book(NULL, papers, n, path, &done, err);
    if (rc == RC_OK)
        rc = opened(path, out, err);
    unlink(path);
    rmdir(folder);
    return rc;
}

enum rc pdf_draw(const struct paper *papers, size_t n, struct pdf *out, struct err *err)
{
    if (n != 1) /* the printing thread's, one at a time */
        return draw(papers, n, out, err);
    if (!pdf_enter(WAIT_MS))
        return err_set(err, RC_TOO_MANY, "many papers are being drawn: try again");
    enum rc rc = draw(papers, n, out, err);
    pdf_leave();
    return rc;
}

void pdf_reply(struct call *c, struct pdf *pdf, str name)
{
    call_file(c, pdf->fd, pdf->bytes, S("application/pdf"),
              str_fmt(c->arena, "%.*s.pdf", STR_ARG(name)));
    c->insides->own = true;
}
