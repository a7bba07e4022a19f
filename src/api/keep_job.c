/* See keep_job.h. Keys of persons are destroyed by nobody but a person (pay/retention.h). */
#include "api/keep_job.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "pay/retention.h"
#include "pay/unclaimed.h"
#include "work/clock.h"

enum { EVERY_S = 900 };

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stop;
    day cleared; /* the day on which it was done last */
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Until the time is over, or it is to stop: then true. */
static bool wait_for_stop(void)
{
    struct timespec until;
    int waited = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += EVERY_S;
    pthread_mutex_lock(&worker.lock);
    while (!worker.stop && waited == 0)
        waited = pthread_cond_timedwait(&worker.changed, &worker.lock, &until);
    bool stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return stop;
}

MUST_CHECK static enum rc count_villages(struct city *city, day today, struct err *err)
{
    struct arena a = {0};
    struct conn *c = NULL;
    char on[11];
    int64_t *counties = NULL;
    size_t n = 0;
    enum rc rc = store_reader(city->store, &c, err);
    if (rc == RC_OK) {
        rc = division_counties(c, str_from(date_text(today, on)), &a, &counties, &n, err);
        store_reader_done(c);
    }
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = unclaimed_tasks(city, counties[i], today, err);
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc once_a_day(struct city *city, day today, struct err *err)
{
    const struct retention_spec spec = {.city = city, .today = today, .upto = today};
    int64_t rows = 0;
    if (worker.cleared == today)
        return RC_OK;
    TRY(retention_daily(&spec, &rows, err));
    worker.cleared = today;
    return RC_OK;
}

/* What can't be done is told and passed over: the next time does it. */
static void *work(void *arg)
{
    const struct api *api = arg;
    do {
        struct err err = {0};
        day today = program_day(api->today);
        if (once_a_day(api->city, today, &err) != RC_OK ||
            count_villages(api->city, today, &err) != RC_OK)
            fprintf(stderr, "huimin: keeping: %s\n", err.text);
    } while (!wait_for_stop());
    return NULL;
}

enum rc keep_start(struct api *api, struct err *err)
{
    worker.stop = false;
    worker.cleared = 0;
    worker.started = pthread_create(&worker.thread, NULL, work, api) == 0;
    return worker.started ? RC_OK : err_set(err, RC_LIMIT, "no thread can be started");
}

void keep_park(struct api *api)
{
    (void)api;
    pthread_mutex_lock(&worker.lock);
    worker.stop = true;
    pthread_cond_broadcast(&worker.changed);
    bool started = worker.started;
    worker.started = false;
    pthread_mutex_unlock(&worker.lock);
    if (started)
        pthread_join(worker.thread, NULL);
}
