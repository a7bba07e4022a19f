/*
 * Slices read ahead: one thread reads, the run takes them in order. Each slot has a reader of facts
 * of its own, since a slice's arrays belong to its reader.
 */
#include <pthread.h>

#include "pay/intake.h"

enum { RING = 3 };

struct ring {
    struct intake_spec spec;
    struct intake slots[RING];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int64_t from;
    size_t filled, taken; /* slices ever read and given back */
    bool started, stop;
    enum rc rc; /* of the last slice read */
    struct err err;
};

static bool wait_for_room(struct ring *g)
{
    pthread_mutex_lock(&g->lock);
    while (g->filled - g->taken == RING && !g->stop)
        pthread_cond_wait(&g->moved, &g->lock);
    bool stop = g->stop;
    pthread_mutex_unlock(&g->lock);
    return !stop;
}

static void *ring_fill(void *arg)
{
    struct ring *g = arg;
    for (bool more = true; more && wait_for_room(g);) {
        struct intake *in = &g->slots[g->filled % RING];
        enum rc rc = intake_read(&g->spec, in, g->from, &g->err);
        more = rc == RC_OK && !in->last;
        if (more)
            g->from = in->upto + 1;
        pthread_mutex_lock(&g->lock);
        g->rc = rc;
        g->filled++;
        pthread_cond_signal(&g->moved);
        pthread_mutex_unlock(&g->lock);
    }
    return NULL;
}

enum rc ring_open(const struct intake_spec *spec, int64_t from, struct ring **out, struct err *err)
{
    struct ring *g = mem_resize(NULL, sizeof *g);
    enum rc rc = RC_OK;
    *g = (struct ring){.spec = *spec, .from = from};
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->moved, NULL);
    for (size_t i = 0; rc == RC_OK && i < RING; i++)
        rc = intake_open(&g->spec, &g->slots[i], err);
    if (rc == RC_OK && pthread_create(&g->thread, NULL, ring_fill, g) != 0)
        rc = err_set(err, RC_LIMIT, "no thread can be started");
    g->started = rc == RC_OK;
    *out = g;
    if (rc != RC_OK) {
        ring_close(g);
        *out = NULL;
    }
    return rc;
}

enum rc ring_take(struct ring *g, struct intake **out, struct err *err)
{
    pthread_mutex_lock(&g->lock);
    while (g->filled == g->taken)
        pthread_cond_wait(&g->moved, &g->lock);
    bool failed = g->filled - g->taken == 1 && g->rc != RC_OK;
    pthread_mutex_unlock(&g->lock);
    *out = &g->slots[g->taken % RING];
    return failed ? err_set(err, g->rc, "%s", g->err.text) : RC_OK;
}

void ring_give(struct ring *g)
{
    pthread_mutex_lock(&g->lock);
    g->taken++;
    pthread_cond_signal(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

void ring_close(struct ring *g)
{
    if (g == NULL)
        return;
    pthread_mutex_lock(&g->lock);
    g->stop = true;
    pthread_cond_signal(&g->moved);
    pthread_mutex_unlock(&g->lock);
    if (g->started)
        pthread_join(g->thread, NULL);
    for (size_t i = 0; i < RING; i++)
        intake_close(&g->slots[i]);
    pthread_mutex_destroy(&g->lock);
    pthread_cond_destroy(&g->moved);
    mem_free(g);
}
