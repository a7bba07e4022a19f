/* See posting_job.h. */
#include "api/posting_job.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "work/posting.h"

enum { EVERY_S = 3600 };

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stop;
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

/* An hour in which it can't be done is told and passed over: the next one does it. */
static void *work(void *arg)
{
    const struct api *api = arg;
    do {
        struct err err = {0};
        struct posting_ends ends = {0};
        if (postings_end_all(api->city, program_day(api->today), END_CASES | END_RESULTS, &ends,
                             &err) != RC_OK)
            fprintf(stderr, "huimin: postings: %s\n", err.text);
    } while (!wait_for_stop());
    return NULL;
}

enum rc postings_start(struct api *api, struct err *err)
{
    struct posting_ends ends = {0};
    TRY(postings_end_all(api->city, program_day(api->today), END_CASES, &ends, err));
    worker.stop = false;
    worker.started = pthread_create(&worker.thread, NULL, work, api) == 0;
    return worker.started ? RC_OK : err_set(err, RC_LIMIT, "no thread can be started");
}

void postings_park(struct api *api)
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
