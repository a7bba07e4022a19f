/*
 * huimin serve: the API and the pages. Two processes: the worker answers; its parent only waits, starts
 * another when the worker dies of a fault, and passes on the wish to stop.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/db.h"
#include "guard/account.h"
#include "pay/decide.h"

static const char *opt_db, *opt_key, *opt_listen, *opt_today, *opt_web, *opt_files, *opt_home,
    *opt_public, *opt_night;
static bool opt_demo, opt_single;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"listen", "ADDRESS:PORT", "where it is reached (127.0.0.1:8080); port 0: a free one",
     &opt_listen, NULL},
    {"today", "DAY", "the program's day (else the clock's, in China's time)", &opt_today, NULL},
    {"demo", NULL, "every page says that this is a demonstration", NULL, &opt_demo},
    {"web", "DIR", "the built pages (else build/web of --home, else beside the program)", &opt_web,
     NULL},
    {"files", "DIR", "photos and scans (else the SQLite file's name with .files added)", &opt_files,
     NULL},
    {"public-url", "URL",
     "where citizens reach the pages, as QR codes name it (else that of --listen)", &opt_public,
     NULL},
    {"night", "HOUR|off", "the hour in China at which everybody is determined (2)", &opt_night,
     NULL},
    {"home", "DIR", "folder with lines/ and places/", &opt_home, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"single", NULL, "one process: nothing restarts it", NULL, &opt_single},
};
static const struct usage usage = {
    "serve --db URL [--listen 127.0.0.1:8080]",
    "Serves the pages and the API under /api/v1 until it is told to stop (Ctrl-C, SIGTERM): requests\n"
    "under way end, jobs are parked and go on at the next start. A worker that dies of a fault is\n"
    "started again. TLS is a proxy's work in front of it: on the same machine it is believed when it\n"
    "names the client in X-Forwarded-For and X-Forwarded-Proto.",
    opts,
    sizeof opts / sizeof opts[0],
};

enum {
    WAIT_FIRST_MS = 100,
    WAIT_MOST_MS = 10000,
    STEADY_MS = 60000,  /* who lived so long begins again with the first wait */
    STOP_MOST_S = 40,   /* then the worker is ended by force */
    ADDRESS_MOST = 128, /* connections of one address, where no proxy stands between */
};

/* ---- the worker ------------------------------------------------------------------------------ */

static const char *web_folder(struct arena *a)
{
    char exe[PATH_MAX];
    const char *home = home_find(a, opt_home);
    const char *dir = home != NULL ? str_fmt(a, "%s/build/web", home).p : NULL;

    if (opt_web != NULL)
        return opt_web;
    if (dir != NULL && path_exists(str_fmt(a, "%s/index.html", dir).p))
        return dir;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);
    while (n > 0 && exe[n - 1] != '/')
        n--;
    dir = str_fmt(a, "%.*sweb", n > 0 ? (int)n : 0, exe).p;
    return path_exists(str_fmt(a, "%s/index.html", dir).p) ? dir : NULL;
}

/* Where photos and scans lie; made when it isn't there. */
static enum rc files_folder(const char *url, struct arena *a, const char **out, struct err *err)
{
    str path = str_from(url);

    if (opt_files != NULL)
        *out = opt_files;
    else if (str_starts(path, S("sqlite:")))
        *out = str_fmt(a, "%.*s.files", STR_ARG(str_sub(path, 7, path.n))).p;
    else
        return err_set(err, RC_BAD_INPUT, "--files is needed: where photos and scans are kept");
    if (mkdir(*out, 0700) != 0 && errno != EEXIST)
        return err_set(err, RC_IO, "%s: %s", *out, strerror(errno));
    return RC_OK;
}

/* What uploads of an earlier server left behind. */
static enum rc upload_folder(const char *files, struct arena *a, const char **out, struct err *err)
{
    str *names = NULL;
    size_t n = 0;

    *out = str_fmt(a, "%s/incoming", files).p;
    if (mkdir(*out, 0700) != 0 && errno != EEXIST)
        return err_set(err, RC_IO, "%s: %s", *out, strerror(errno));
    TRY(dir_list(*out, a, &names, &n, err));
    for (size_t i = 0; i < n; i++)
        if (str_starts(names[i], S("upload-")))
            unlink(str_fmt(a, "%s/%.*s", *out, STR_ARG(names[i])).p);
    return RC_OK;
}

static bool is_local(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 ||
           strncmp(listen, "localhost", 9) == 0;
}

/* Until it is told to stop. The signals are blocked in every thread, so they wait for this one. */
static void wait_for_stop(const sigset_t *stop)
{
    int signal_number = 0;

    while (sigwait(stop, &signal_number) != 0)
        continue;
}

/* A store without any account gets its administrator; the password is nowhere but here. */
MUST_CHECK static enum rc first_account(struct city *city, struct arena *a, struct err *err)
{
    str login, password;

    TRY(account_first(city, a, &login, &password, err));
    if (password.n > 0)
        complain("administrator: login %.*s, password %.*s (shown once; to be changed at the first "
                 "login)",
                 STR_ARG(login), STR_ARG(password));
    return RC_OK;
}

static day today_given;        /* 0: the clock's */
static int64_t night_hour = 2; /* -1: never */

static bool night_read(void)
{
    if (opt_night == NULL)
        return true;
    if (strcmp(opt_night, "off") == 0) {
        night_hour = -1;
        return true;
    }
    return str_int(str_from(opt_night), &night_hour) && night_hour >= 0 && night_hour < 24;
}

static enum rc run_worker(const sigset_t *stop, int ready, struct arena *a, struct err *err)
{
    struct api given = {.today = today_given,
                        .demo = opt_demo,
                        .web = web_folder(a),
                        .continuous = true,
                        .night_off = night_hour < 0,
                        .night_hour = (int)night_hour};
    struct http_spec spec = {.listen = opt_listen};
    struct api *api = NULL;

    TRY(files_folder(db_url(opt_db), a, &given.files, err));
    given.public_url = opt_public != NULL
                           ? opt_public
                           : str_fmt(a, "http://%s", opt_listen ? opt_listen : "127.0.0.1:8080").p;
    TRY(upload_folder(given.files, a, &spec.folder, err));
    TRY(city_open(db_url(opt_db), opt_key, NULL, a, &given.city, err));
    pay_tie();
    spec.per_address = is_local(opt_listen) ? 0 : ADDRESS_MOST;
    spec.idle_seconds = 5;
    enum rc rc = first_account(given.city, a, err);
    if (rc == RC_OK)
        rc = api_open(&given, api_jobs, &api, err);
    if (rc == RC_OK) {
        rc = api_serve(api, &spec, err);
        if (rc == RC_OK) {
            str host = str_from(opt_listen);
            host = str_sub(host, 0, (size_t)(strrchr(opt_listen, ':') - opt_listen));
            printf("http://%.*s:%u/\n", STR_ARG(host), api_port(api));
            fflush(stdout);
            if (given.web == NULL)
                complain("there are no pages to serve: expected build/web, or --web DIR");
            if (ready >= 0 && write(ready, "+", 1) != 1)
                complain("the parent process is gone");
            wait_for_stop(stop);
        }
        api_close(api);
    }
    city_close(given.city);
    return rc;
}

static int worker(const sigset_t *stop, int ready)
{
    struct arena a = {0};
    struct err err = {0};

    signal(SIGPIPE, SIG_IGN);
    enum rc rc = run_worker(stop, ready, &a, &err);
    if (rc != RC_OK)
        complain("%s", err.text);
    arena_deinit(&a);
    return rc == RC_OK ? EXIT_DONE : EXIT_MISTAKE;
}

/* ---- the parent ------------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The signal that came within the time; 0: none. */
static int wait_signal(const sigset_t *set, int64_t ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    int found = sigtimedwait(set, NULL, &t);

    return found > 0 ? found : 0;
}

/* How the worker ended; stops it when the parent is told to stop, which *stopped says. */
static int watch_worker(pid_t pid, const sigset_t *all, bool *stopped)
{
    int64_t force_ms = 0;
    int status = 0;

    for (;;) {
        pid_t gone = waitpid(pid, &status, WNOHANG);
        if (gone == pid || (gone < 0 && errno == ECHILD))
            return status;
        int what = wait_signal(all, 1000);
        if (what == SIGTERM || what == SIGINT) {
            if (!*stopped)
                force_ms = now_ms() + (int64_t)STOP_MOST_S * 1000;
            *stopped = true;
            kill(pid, SIGTERM);
        }
        if (*stopped && now_ms() > force_ms)
            kill(pid, SIGKILL);
    }
}

static bool came_up(int fd)
{
    char c = 0;
    return read(fd, &c, 1) == 1;
}

/* One worker's life. True: it died of a fault after it had been up, or on its first try. */
static bool one_life(const sigset_t *stop, const sigset_t *all, int *status, bool *up,
                     bool *stopped)
{
    int ends[2];
    pid_t parent = getpid();

    if (pipe(ends) != 0) {
        complain("%s", strerror(errno));
        *status = EXIT_MISTAKE;
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        /* Nobody would stop a worker whose parent was killed. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(EXIT_MISTAKE);
        int result = worker(stop, ends[1]);
        fflush(NULL);
        _exit(result);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        complain("%s", strerror(errno));
        *status = EXIT_MISTAKE;
        return false;
    }
    int how = watch_worker(pid, all, stopped);
    *up = came_up(ends[0]) || *up;
    close(ends[0]);
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : EXIT_MISTAKE;
    /* 70: out of memory. Any other exit status is a decision, not a fault. */
    bool fault = WIFSIGNALED(how) || *status == 70;
    if (fault && !*stopped)
        complain("the worker ended: %s",
                 WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "out of memory");
    return fault;
}

static int parent(const sigset_t *stop)
{
    sigset_t all = *stop;
    int64_t wait_ms = WAIT_FIRST_MS;
    bool up = false, stopped = false;
    int status = EXIT_DONE;

    sigaddset(&all, SIGCHLD);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;) {
        int64_t began = now_ms();
        bool fault = one_life(stop, &all, &status, &up, &stopped);
        if (stopped)
            return fault ? EXIT_MISTAKE : status;
        if (!fault || !up)
            return status;
        if (now_ms() - began > STEADY_MS)
            wait_ms = WAIT_FIRST_MS;
        if (wait_signal(stop, wait_ms) != 0)
            return EXIT_DONE;
        wait_ms = wait_ms * 2 > WAIT_MOST_MS ? WAIT_MOST_MS : wait_ms * 2;
    }
}

int cmd_serve(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    sigset_t stop;

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc)
        return usage_wrong(&usage, "serve takes options only");
    if (db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today_given))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    if (!night_read())
        return usage_wrong(&usage, "--night: expected an hour from 0 to 23, or off");
    if (opt_listen == NULL)
        opt_listen = "127.0.0.1:8080";
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    return opt_single ? worker(&stop, -1) : parent(&stop);
}
