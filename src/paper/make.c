/* The asking side: start the helper, give it the papers, wait. */
#define _GNU_SOURCE /* memfd_create, pipe2, addclosefrom_np */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "paper/inside.h"

enum { IDLE_MS = 60 * 1000, SAID_MAX = 900 };

/* ---- which program -------------------------------------------------------------------------- */

static str folder_of(str path)
{
    while (path.n > 0 && path.p[path.n - 1] != '/')
        path.n--;
    return path.n > 1 ? str_sub(path, 0, path.n - 1) : path;
}

/* This process's own file when it is huimin; else (a test) the one beside it or above. */
static const char *program_find(struct arena *a)
{
    char own[4096];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own);
    if (n <= 0 || (size_t)n >= sizeof own)
        return "/proc/self/exe";
    str path = {own, (size_t)n}, folder = folder_of(path);
    if (str_ends(path, S("/huimin")) || str_ends(path, S("/huimin (deleted)")))
        return "/proc/self/exe"; /* also when an update has put another in its place */
    const char *beside = str_fmt(a, "%.*s/huimin", STR_ARG(folder)).p;
    if (path_exists(beside) && !path_is_dir(beside))
        return beside;
    folder = folder_of(folder);
    return str_fmt(a, "%.*s/huimin", STR_ARG(folder)).p;
}

/* ---- starting it ---------------------------------------------------------------------------- */

struct child {
    pid_t pid;
    int out, err;           /* our ends of its pipes; -1 once they ended */
    struct sbuf said, told; /* what it wrote to either, told: standard error */
};

/* The helper needs no more of our surroundings; a key or a database's password least of all. */
static const char *const passed_on[] = {"HUIMIN_FONTS", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                        "LSAN_OPTIONS", "LD_LIBRARY_PATH"};

static char **surroundings(struct arena *a)
{
    size_t n = sizeof passed_on / sizeof passed_on[0], at = 0;
    char **env = NEW_N(a, char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (getenv(passed_on[i]) != NULL) {
            str one = str_fmt(a, "%s=%s", passed_on[i], getenv(passed_on[i]));
            env[at] = NEW_N(a, char, one.n + 1);
            memcpy(env[at++], one.p, one.n);
        }
    return env;
}

MUST_CHECK static enum rc start(struct child *c, const struct helper *h, int lines, struct arena *a,
                                struct err *err)
{
    int out[2] = {-1, -1}, told[2] = {-1, -1};
    const char *program = h->program != NULL ? h->program : program_find(a);
    char *args[] = {"huimin", "paper", h->book != NULL ? "--book" : NULL, NULL, NULL};
    if (h->book != NULL) {
        args[3] = NEW_N(a, char, strlen(h->book) + 1);
        memcpy(args[3], h->book, strlen(h->book));
    }
    if (pipe2(out, O_CLOEXEC) != 0)
        return err_set(err, RC_IO, "no pipe: %s", strerror(errno));
    if (pipe2(told, O_CLOEXEC) != 0) {
        close(out[0]), close(out[1]);
        return err_set(err, RC_IO, "no pipe: %s", strerror(errno));
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, lines, 0);
    posix_spawn_file_actions_adddup2(&files, out[1], 1);
    posix_spawn_file_actions_adddup2(&files, told[1], 2);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawn(&c->pid, program, &files, &how, args, surroundings(a));
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    close(out[1]), close(told[1]);
    c->out = out[0], c->err = told[0];
    if (failed != 0) {
        close(out[0]), close(told[0]);
        return err_set(err, RC_IO, "%s can't be started: %s", program, strerror(failed));
    }
    return RC_OK;
}

/* ---- listening ------------------------------------------------------------------------------ */

/* What is there to read; the end closes it. True: something was read. */
static bool hear(int *fd, struct sbuf *into)
{
    char buffer[4096];
    ssize_t n = read(*fd, buffer, sizeof buffer);
    if (n > 0) {
        sbuf_add(into, (str){buffer, (size_t)n});
        return true;
    }
    if (n == 0 || errno != EINTR) {
        close(*fd);
        *fd = -1;
    }
    return false;
}

/* Take the whole lines off what it wrote: a paper each. */
static void count(struct child *c, size_t *done, int *pages)
{
    str one, rest = sbuf_str(&c->said);
    while (memchr(rest.p, '\n', rest.n) != NULL && str_cut(rest, '\n', &one, &rest)) {
        json_t *j = json_loadb(one.p, one.n, 0, NULL);
        const json_t *n = json_object_get(j, "pages");
        if (json_is_integer(n)) {
            *pages += (int)json_integer_value(n);
            ++*done;
        }
        json_decref(j);
    }
    memmove(c->said.p, rest.p, rest.n);
    c->said.n = rest.n;
}

/* Until both ends are closed; false: too long without a word. */
static bool listen_to(struct child *c, int idle_ms, size_t *done, int *pages)
{
    while (c->out >= 0 || c->err >= 0) {
        struct pollfd from[2] = {{c->out, POLLIN, 0}, {c->err, POLLIN, 0}};
        int n = poll(from, 2, idle_ms);
        if (n == 0)
            return false;
        if (n < 0)
            continue;
        if (c->out >= 0 && from[0].revents != 0 && hear(&c->out, &c->said))
            count(c, done, pages);
        if (c->err >= 0 && from[1].revents != 0)
            hear(&c->err, &c->told);
    }
    return true;
}

/* How it ended, when not well; `name` is the paper that it was at. */
MUST_CHECK static enum rc ended(const struct child *c, bool in_time, str name, struct err *err)
{
    int status = 0;
    if (!in_time)
        kill(c->pid, SIGKILL);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!in_time)
        return err_set(err, RC_IO, "paper %.*s: the helper did not finish it in time",
                       STR_ARG(name));
    if (WIFSIGNALED(status))
        return err_set(err, RC_IO, "paper %.*s: the helper ended by signal %d", STR_ARG(name),
                       WTERMSIG(status));
    if (WEXITSTATUS(status) == 0)
        return RC_OK;
    str told = str_trim(sbuf_str(&c->told));
    if (str_starts(told, S("huimin: ")))
        told = str_sub(told, 8, told.n);
    enum rc rc = WEXITSTATUS(status) == HELPER_REFUSED ? RC_BAD_INPUT
                 : WEXITSTATUS(status) == HELPER_LIMIT ? RC_LIMIT
                                                       : RC_IO;
    return err_set(err, rc, "paper %.*s: %.*s", STR_ARG(name), STR_ARG(told));
}

/* The papers as lines in memory that has a descriptor: the helper reads them twice. */
MUST_CHECK static enum rc lines_make(const struct helper *h, const struct paper *papers,
                                     const char *const *paths, size_t n, int *fd, struct err *err)
{
    FILE *out;
    *fd = memfd_create("papers", MFD_CLOEXEC);
    if (*fd < 0 || (out = fdopen(dup(*fd), "wb")) == NULL)
        return err_set(err, RC_IO, "no room for the papers: %s", strerror(errno));
    struct sbuf b;
    sbuf_init(&b, (size_t)8 * PAPER_MAX_TEXT);
    bool fits = true;
    for (size_t i = 0; i < n && fits; i++) {
        struct json j;
        sbuf_clear(&b);
        json_init(&j, &b);
        json_obj(&j);
        if (h->book == NULL) {
            json_key(&j, "file");
            json_str(&j, str_from(paths[i]));
        }
        paper_write_members(&papers[i], &j);
        json_obj_end(&j);
        sbuf_addc(&b, '\n');
        fits = !b.failed && fwrite(b.p, 1, b.n, out) == b.n;
    }
    sbuf_deinit(&b);
    fits &= fclose(out) == 0 && lseek(*fd, 0, SEEK_SET) == 0;
    return fits ? RC_OK : err_set(err, RC_LIMIT, "no room for the papers");
}

enum rc helper_run(const struct helper *h, const struct paper *papers, const char *const *paths,
                   size_t n, size_t *done, int *pages, struct err *err)
{
    struct arena a = {0};
    struct child c = {.out = -1, .err = -1};
    int lines = -1;
    *done = 0;
    *pages = 0;
    if (n == 0)
        return RC_OK;
    sbuf_init(&c.said, 1 << 20);
    sbuf_init(&c.told, SAID_MAX);
    enum rc rc = lines_make(h, papers, paths, n, &lines, err);
    if (rc == RC_OK)
        rc = start(&c, h, lines, &a, err);
    if (rc == RC_OK) {
        bool in_time = listen_to(&c, h->idle_ms, done, pages);
        const struct paper *at = &papers[*done < n ? *done : n - 1];
        rc = ended(&c, in_time, at->number.n > 0 ? at->number : at->title, err);
        if (rc == RC_OK && *done != n)
            rc = err_set(err, RC_IO, "the helper made %zu papers of %zu", *done, n);
    }
    if (c.out >= 0)
        close(c.out);
    if (c.err >= 0)
        close(c.err);
    if (lines >= 0)
        close(lines);
    sbuf_deinit(&c.said);
    sbuf_deinit(&c.told);
    arena_deinit(&a);
    return rc;
}

enum rc papers_make(const char *program, const struct paper *papers, const char *const *paths,
                    size_t n, size_t *done, struct err *err)
{
    struct helper h = {.program = program, .idle_ms = IDLE_MS};
    int pages;
    return helper_run(&h, papers, paths, n, done, &pages, err);
}

enum rc papers_book(const char *program, const struct paper *papers, size_t n, const char *path,
                    size_t *done, struct err *err)
{
    struct helper h = {.program = program, .book = path, .idle_ms = IDLE_MS};
    int pages;
    return helper_run(&h, papers, NULL, n, done, &pages, err);
}
