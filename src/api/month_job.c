/*
 * A month's run beside the requests: one at a time, in a thread of its own. Asked to stop it parks
 * between two slices; its order stays open in the store, and is taken up when the server starts again.
 */
#include "api/month_job.h"

#include <pthread.h>
#include <stdio.h>

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    bool started; /* there is a thread to join */
    bool busy, stop;
    struct api *api;
    struct run_order order;
    char who[128];
    int64_t done;
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void told(void *ctx, int64_t households)
{
    (void)ctx;
    pthread_mutex_lock(&worker.lock);
    worker.done = households;
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

struct month_progress month_running(void)
{
    pthread_mutex_lock(&worker.lock);
    struct month_progress p = {worker.order.month, worker.order.division, worker.done};
    if (!worker.busy)
        p = (struct month_progress){0};
    pthread_mutex_unlock(&worker.lock);
    return p;
}

/* How the order ended; parked it stays open. */
static void ended(const struct city *city, struct run_order *o, enum rc rc, const struct err *run)
{
    struct err err = {0};

    if (rc == RC_INTERRUPTED)
        return;
    o->state = rc == RC_OK ? S("done") : S("failed");
    o->error = rc == RC_OK ? S("") : str_from(run->text);
    /* Else it is found open at the next start, and done again: it then changes nothing. */
    if (run_order_put(city, o, &err) != RC_OK)
        o->state = S("open");
}

static void *work(void *arg)
{
    struct api *api = arg;
    struct arena a = {0};
    struct city city = *api->city;
    struct run_order order = worker.order;
    struct run_result result;
    struct err err = {0};

    order.who = city.who = str_from(worker.who);
    const struct run_spec spec = {.city = &city,
                                  .month = order.month,
                                  .division = order.division,
                                  .decide = order.decide,
                                  .today = api->today,
                                  .progress = told,
                                  .stop = asked_to_stop};
    enum rc rc = run_month(&spec, &a, &result, &err);
    ended(&city, &order, rc, &err);
    arena_deinit(&a);
    pthread_mutex_lock(&worker.lock);
    worker.busy = false;
    pthread_mutex_unlock(&worker.lock);
    return NULL;
}

enum rc month_begin(struct api *api, const struct run_order *order, struct err *err)
{
    enum rc rc = RC_OK;
    char text[8];

    pthread_mutex_lock(&worker.lock);
    if (worker.busy) {
        rc = err_set(err, RC_CONFLICT, "%s is being run; wait until that has ended",
                     month_text(worker.order.month, text));
    } else {
        if (worker.started)
            pthread_join(worker.thread, NULL);
        worker.api = api;
        worker.order = *order;
        snprintf(worker.who, sizeof worker.who, "%.*s", STR_ARG(order->who));
        worker.done = 0;
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

/* An order that is open, else a run that somebody began and left. */
MUST_CHECK static enum rc find_open(struct api *api, struct arena *a, struct run_order *out,
                                    struct err *err)
{
    struct run_order *orders = NULL;
    struct conn *c = NULL;
    size_t n = 0;

    *out = (struct run_order){0};
    TRY(store_reader(api->city->store, &c, err));
    enum rc rc = run_orders(api->city, c, 50, a, &orders, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n && out->month == 0; i++)
        if (str_eq(orders[i].state, S("open")))
            *out = orders[i];
    if (rc == RC_OK && out->month == 0) {
        day today = api->today != 0 ? api->today : (day)(clock_ms() / 86400000);
        rc = run_order_left(c, today, a, out, err);
        out->who = api->city->who;
    }
    store_reader_done(c);
    return rc;
}

enum rc month_start(struct api *api, struct err *err)
{
    struct arena a = {0};
    struct run_order order;
    enum rc rc = find_open(api, &a, &order, err);

    if (rc == RC_OK && order.month != 0)
        rc = month_begin(api, &order, err);
    arena_deinit(&a);
    return rc;
}

void month_park(struct api *api)
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
