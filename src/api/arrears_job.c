/*
 * A finding of arrears beside the requests: one at a time, in a thread of its own. Asked to stop it parks
 * between two slices; its job stays `running` in the store, and is taken up when the server starts again.
 */
#include "api/arrears_job.h"

#include <pthread.h>
#include <stdio.h>

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    bool started; /* there is a thread to join */
    bool busy, stop;
    struct api *api;
    struct arrears_order order; /* its texts are those below */
    char programme[64], why[400], who[128], error[300];
    int64_t done, lines;
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void told(void *ctx, int64_t months)
{
    (void)ctx;
    pthread_mutex_lock(&worker.lock);
    worker.done = months;
    pthread_mutex_unlock(&worker.lock);
}

static bool asked_to_stop(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&worker.lock);
    bool stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return stop || api_stopping(worker.api);
}

struct arrears_progress arrears_running(struct arena *a)
{
    pthread_mutex_lock(&worker.lock);
    struct arrears_progress p = {
        .busy = worker.busy, .order = worker.order, .done = worker.done, .lines = worker.lines};
    p.order.programme = str_dup(a, worker.order.programme);
    p.order.why = str_dup(a, worker.order.why);
    p.order.who = str_dup(a, worker.order.who);
    p.error = str_dup(a, str_from(worker.error));
    pthread_mutex_unlock(&worker.lock);
    return p;
}

static void *work(void *arg)
{
    struct api *api = arg;
    struct arena a = {0};
    struct city city = *api->city;
    struct arrears_order order = worker.order;
    struct arrears_found *found = NULL;
    struct err err = {0};
    size_t n = 0;
    int64_t lines = 0;

    city.who = order.who;
    const struct arrears_spec spec = {.city = &city,
                                      .division = order.division,
                                      .household = order.household,
                                      .programme = order.programme,
                                      .from = order.from,
                                      .upto = order.upto,
                                      .why = order.why,
                                      .progress = told,
                                      .stop = asked_to_stop};
    enum rc rc = arrears_find(&spec, &a, &found, &n, &err);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        lines += found[i].lines;
    arena_deinit(&a);
    pthread_mutex_lock(&worker.lock);
    worker.lines = lines;
    if (rc != RC_OK && rc != RC_INTERRUPTED)
        snprintf(worker.error, sizeof worker.error, "%.250s", err.text);
    worker.busy = false;
    pthread_mutex_unlock(&worker.lock);
    return NULL;
}

static str kept(char *to, size_t room, str s)
{
    snprintf(to, room, "%.*s", STR_ARG(s));
    return str_from(to);
}

enum rc arrears_begin(struct api *api, const struct arrears_order *order, struct err *err)
{
    enum rc rc = RC_OK;

    pthread_mutex_lock(&worker.lock);
    if (worker.busy) {
        rc = err_set(err, RC_CONFLICT, "arrears are being found; wait until that has ended");
    } else {
        if (worker.started)
            pthread_join(worker.thread, NULL);
        worker.api = api;
        worker.order = *order;
        worker.order.programme = kept(worker.programme, sizeof worker.programme, order->programme);
        worker.order.why = kept(worker.why, sizeof worker.why, order->why);
        worker.order.who = kept(worker.who, sizeof worker.who, order->who);
        worker.error[0] = '\0';
        worker.done = worker.lines = 0;
        worker.stop = false;
        worker.busy = pthread_create(&worker.thread, NULL, work, api) == 0;
        worker.started = worker.busy;
        if (!worker.busy)
            rc = err_set(err, RC_LIMIT, "no thread can be started");
    }
    pthread_mutex_unlock(&worker.lock);
    return rc;
}

/* ---- with the server ------------------------------------------------------------------------ */

/* One that somebody began and left. */
MUST_CHECK static enum rc find_left(struct api *api, struct arena *a, struct arrears_job *out,
                                    struct err *err)
{
    day today = api->today != 0 ? api->today : (day)(clock_ms() / 86400000);
    const struct arrears_job_query q = {.scope = scope_system(api->city, today, a),
                                        .rules = api->city->rules,
                                        .state = S("running"),
                                        .limit = 1};
    struct arrears_job *jobs = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;

    *out = (struct arrears_job){0};
    TRY(store_reader(api->city->store, &c, err));
    enum rc rc = arrears_jobs_read(&q, c, a, &jobs, &n, &more, err);
    store_reader_done(c);
    if (rc == RC_OK && n > 0)
        *out = jobs[0];
    return rc;
}

enum rc arrears_start(struct api *api, struct err *err)
{
    struct arena a = {0};
    struct arrears_job left;
    enum rc rc = find_left(api, &a, &left, err);

    if (rc == RC_OK && left.job_id != 0) {
        const struct arrears_order order = {.division = left.division != 0 ? left.division
                                                                           : left.county * 1000000,
                                            .household = left.household,
                                            .programme = left.programme,
                                            .why = left.why,
                                            .who = left.who,
                                            .from = left.from,
                                            .upto = left.upto};
        rc = arrears_begin(api, &order, err);
    }
    arena_deinit(&a);
    return rc;
}

void arrears_park(struct api *api)
{
    (void)api;
    pthread_mutex_lock(&worker.lock);
    worker.stop = true;
    bool started = worker.started;
    worker.started = false;
    pthread_mutex_unlock(&worker.lock);
    if (started)
        pthread_join(worker.thread, NULL);
}
