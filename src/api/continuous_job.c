/* See continuous_job.h. */
#include "api/continuous_job.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pay/continuous.h"
#include "work/clock.h"

enum {
    POLL_MS = 200, /* for marks of other processes */
    AFTER_ERROR_MS = 2000,
    HOUR_MS = 3600000,
    DAY_HOURS = 24,
    CHINA_HOURS = 8,
};

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stop, woken;
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void wake(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&worker.lock);
    worker.woken = true;
    pthread_cond_signal(&worker.changed);
    pthread_mutex_unlock(&worker.lock);
}

static bool stopping(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&worker.lock);
    bool stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return stop;
}

/* Until something has changed (`by_change`), the time is over, or it is to stop: then true. */
static bool wait_for_change(int ms, bool by_change)
{
    struct timespec until;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&worker.lock);
    while (!worker.stop && !(worker.woken && by_change) && waited == 0)
        waited = pthread_cond_timedwait(&worker.changed, &worker.lock, &until);
    worker.woken = false;
    bool stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return stop;
}

/* The next time that it is this hour in China. */
static int64_t next_night(int hour)
{
    int64_t hours = clock_ms() / HOUR_MS + CHINA_HOURS;
    int64_t next = hours - hours % DAY_HOURS + hour;

    if (next <= hours)
        next += DAY_HOURS;
    return (next - CHINA_HOURS) * HOUR_MS;
}

MUST_CHECK static enum rc night(struct continuous *w, struct err *err)
{
    struct arena a = {0};
    struct pass_done *list = NULL;
    size_t n = 0;

    enum rc rc = continuous_all(w, &a, &list, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (list[i].missed > 0 || list[i].failed > 0)
            fprintf(stderr,
                    "huimin: county %lld: %lld households had not been determined again, %lld "
                    "can't be\n",
                    (long long)list[i].county, (long long)list[i].missed,
                    (long long)list[i].failed);
    arena_deinit(&a);
    return rc;
}

/* Each message once, until there is another or it has gone. */
static void tell(char said[], size_t size, enum rc rc, const struct err *err)
{
    if (rc == RC_INTERRUPTED)
        return;
    if (rc != RC_OK && strcmp(said, err->text) != 0)
        fprintf(stderr, "huimin: continuous determination: %s\n", err->text);
    snprintf(said, size, "%s", rc == RC_OK ? "" : err->text);
}

static void *work(void *arg)
{
    const struct api *api = arg;
    const struct continuous_spec spec = {
        .city = api->city, .today = program_day(api->today), .stop = stopping};
    struct continuous *w = continuous_open(&spec);
    int64_t night_ms = api->night_off ? INT64_MAX : next_night(api->night_hour);
    char said[sizeof(struct err)] = "";
    bool stop = false;

    while (!stop) {
        struct err err = {0};
        continuous_day(w, program_day(api->today));
        enum rc rc = continuous_pending(w, NULL, &err);
        if (rc == RC_OK && clock_ms() >= night_ms) {
            rc = night(w, &err);
            if (rc == RC_OK)
                night_ms = next_night(api->night_hour);
        }
        tell(said, sizeof said, rc, &err);
        stop = wait_for_change(rc == RC_OK ? POLL_MS : AFTER_ERROR_MS, rc == RC_OK);
    }
    continuous_close(w);
    return NULL;
}

enum rc continuous_start(struct api *api, struct err *err)
{
    if (!api->continuous)
        return RC_OK;
    worker.stop = worker.woken = false;
    worker.started = pthread_create(&worker.thread, NULL, work, api) == 0;
    if (!worker.started)
        return err_set(err, RC_LIMIT, "no thread can be started");
    change_listen(wake, NULL);
    return RC_OK;
}

void continuous_park(struct api *api)
{
    (void)api;
    pthread_mutex_lock(&worker.lock);
    worker.stop = true;
    pthread_cond_broadcast(&worker.changed);
    bool started = worker.started;
    worker.started = false;
    pthread_mutex_unlock(&worker.lock);
    if (!started)
        return;
    change_listen(NULL, NULL);
    pthread_join(worker.thread, NULL);
}
