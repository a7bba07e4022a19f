/*
 * Finding, county after county. Two threads take slices of households in turns, each reading and working
 * out its own; this one writes what they found in the order of households, so that a finding goes on
 * behind the last slice that was written.
 */
#include "pay/arrears.h"

#include <pthread.h>

#include "pay/arrears_in.h"
#include "pay/lock.h"

enum { WORKERS = 2, SLOTS = 4 };

/* A slice that is being worked on or waits to be written. */
struct slot {
    struct hunt_result result;
    size_t number; /* of the slice, from 1; 0: free */
    bool done;
};

struct crew {
    const struct hunt *hunt;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int64_t from;          /* where the next slice begins */
    size_t taken, written; /* slices ever begun, and written */
    bool ended, stop;      /* ended: nobody is behind the slice taken last */
    enum rc rc;
    struct err err; /* of the first that failed */
    struct slot slots[SLOTS];
};

struct worker {
    struct crew *crew;
    pthread_t thread;
    struct hunt_slice slice;
    struct reckoner *reckoner;
};

/* ---- a worker ------------------------------------------------------------------------------- */

/* Without a connection in hand. */
static void wait_for_room(struct crew *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->stop && !g->ended && g->taken - g->written >= SLOTS)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

/* The ids of the next slice, and the slot for it. NULL: there is none, or all are to stop. */
MUST_CHECK static enum rc next_slice(struct worker *w, struct conn *c, struct slot **out,
                                     struct err *err)
{
    struct crew *g = w->crew;
    enum rc rc = RC_OK;

    *out = NULL;
    pthread_mutex_lock(&g->lock);
    while (!g->stop && !g->ended && g->taken - g->written >= SLOTS)
        pthread_cond_wait(&g->moved, &g->lock);
    if (!g->stop && !g->ended) {
        rc = hunt_ids(g->hunt, c, g->from, &w->slice, err);
        if (rc == RC_OK) {
            *out = &g->slots[g->taken % SLOTS];
            (*out)->number = ++g->taken;
            (*out)->done = false;
            g->ended = w->slice.upto == INT64_MAX;
            g->from = w->slice.upto + !g->ended;
        }
    }
    pthread_mutex_unlock(&g->lock);
    return rc;
}

MUST_CHECK static enum rc work_slice(struct worker *w, struct conn *c, struct hunt_result *out,
                                     struct err *err)
{
    const struct hunt *h = w->crew->hunt;

    out->upto = w->slice.upto;
    out->lines.n = out->lines.cap = 0;
    out->counts.n = out->counts.cap = 0;
    out->households = out->months = out->undecided = 0;
    arena_reset(&out->a);
    if (w->slice.n == 0)
        return RC_OK;
    TRY(hunt_take(h, c, &w->slice, err));
    TRY(reckon_read(w->reckoner, c, &w->slice, err));
    return RC_OK;
}

/* One slice: read in one snapshot, then compared without the store. */
MUST_CHECK static enum rc work_once(struct worker *w, bool *more, struct err *err)
{
    struct conn *c = NULL;
    struct slot *slot = NULL;

    arena_reset(&w->slice.a);
    wait_for_room(w->crew);
    TRY(store_reader(w->crew->hunt->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = next_slice(w, c, &slot, err);
    if (rc == RC_OK && slot != NULL)
        rc = work_slice(w, c, &slot->result, err);
    read_end(c);
    store_reader_done(c);
    *more = rc == RC_OK && slot != NULL;
    if (*more && w->slice.n > 0)
        rc = hunt_compare(w->crew->hunt, w->reckoner, &w->slice, &slot->result, err);
    if (rc == RC_OK && slot != NULL) {
        pthread_mutex_lock(&w->crew->lock);
        slot->done = true;
        pthread_cond_broadcast(&w->crew->moved);
        pthread_mutex_unlock(&w->crew->lock);
    }
    return rc;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct crew *g = w->crew;
    struct err err = {0};
    enum rc rc = reckoner_open(g->hunt, &w->reckoner, &err);

    for (bool more = true; rc == RC_OK && more;)
        rc = work_once(w, &more, &err);
    if (rc != RC_OK) {
        pthread_mutex_lock(&g->lock);
        if (g->rc == RC_OK) {
            g->rc = rc;
            g->err = err;
        }
        g->stop = true;
        pthread_cond_broadcast(&g->moved);
        pthread_mutex_unlock(&g->lock);
    }
    return NULL;
}

/* ---- writing what they found ---------------------------------------------------------------- */

/* The slice that comes next; NULL: there is none any more. */
MUST_CHECK static enum rc next_done(struct crew *g, struct slot **out, struct err *err)
{
    pthread_mutex_lock(&g->lock);
    struct slot *s = &g->slots[g->written % SLOTS];
    while (!g->stop && !(s->number == g->written + 1 && s->done) &&
           !(g->ended && g->written == g->taken))
        pthread_cond_wait(&g->moved, &g->lock);
    bool stop = g->stop;
    *out = !stop && s->number == g->written + 1 && s->done ? s : NULL;
    pthread_mutex_unlock(&g->lock);
    return stop ? err_set(err, g->rc, "%s", g->err.text) : RC_OK;
}

static void give_back(struct crew *g, struct slot *s)
{
    pthread_mutex_lock(&g->lock);
    s->number = 0;
    g->written++;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void stop_all(struct crew *g)
{
    pthread_mutex_lock(&g->lock);
    g->stop = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

MUST_CHECK static enum rc write_all(struct hunt *h, struct crew *g, int64_t *progress,
                                    struct err *err)
{
    const struct arrears_spec *spec = h->spec;

    for (;;) {
        struct slot *s = NULL;
        TRY(next_done(g, &s, err));
        if (s == NULL)
            return RC_OK;
        TRY(hunt_write(h, &s->result, err));
        *progress += s->result.households * (int64_t)h->n_months;
        give_back(g, s);
        if (spec->progress != NULL)
            spec->progress(spec->ctx, *progress);
        if (spec->stop != NULL && spec->stop(spec->ctx))
            return err_set(err, RC_INTERRUPTED, "finding back-pay was stopped");
    }
}

MUST_CHECK static enum rc hunt_work(struct hunt *h, int64_t *progress, struct err *err)
{
    struct crew *g = NEW(h->a, struct crew);
    struct worker *workers = NEW_N(h->a, struct worker, WORKERS);
    size_t started = 0;
    enum rc rc = RC_OK;

    *g = (struct crew){.hunt = h, .from = h->next, .ended = h->next == INT64_MAX};
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->moved, NULL);
    for (size_t i = 0; rc == RC_OK && i < WORKERS; i++) {
        workers[i].crew = g;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            rc = err_set(err, RC_LIMIT, "no thread can be started");
        else
            started++;
    }
    if (rc == RC_OK)
        rc = write_all(h, g, progress, err);
    stop_all(g);
    for (size_t i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        reckoner_close(workers[i].reckoner);
        arena_deinit(&workers[i].slice.a);
    }
    for (size_t i = 0; i < SLOTS; i++)
        arena_deinit(&g->slots[i].result.a);
    pthread_mutex_destroy(&g->lock);
    pthread_cond_destroy(&g->moved);
    return rc;
}

/* ---- a county ------------------------------------------------------------------------------- */

/* A rule's error ends the job, as it would find the same facts again; a fault only stops it. */
static enum rc stopped(const struct hunt *h, enum rc rc, struct err *err)
{
    struct err second = {0};
    struct err first = *err;

    if (rc == RC_RULE && hunt_drop(h, &second) == RC_OK)
        return rc;
    if (rc == RC_CONFLICT)
        return rc;
    return err_set(err, rc,
                   "%s; county %lld stands before household %lld: start it again and it goes on "
                   "from there",
                   first.text, (long long)h->county, (long long)h->next);
}

/* Behind the lock of runs: what is paid doesn't change meanwhile. */
MUST_CHECK static enum rc hunt_county(struct hunt *h, int64_t *progress, struct err *err)
{
    struct run_lock lock;
    bool done = false;

    TRY(run_lock(h->city->store, h->county, &lock, err));
    enum rc rc = hunt_months(h, err);
    if (rc == RC_OK)
        rc = hunt_begin(h, &done, err);
    if (rc == RC_OK && !done) {
        rc = hunt_work(h, progress, err);
        if (rc == RC_OK)
            rc = hunt_finish(h, err);
        if (rc != RC_OK)
            rc = stopped(h, rc, err);
    }
    run_unlock(&lock);
    return rc;
}

/* ---- which counties ------------------------------------------------------------------------- */

struct extent {
    int64_t *counties;
    size_t n;
    int64_t division; /* below a county's own; 0: whole counties */
};

MUST_CHECK static enum rc find_extent(struct conn *c, const struct arrears_spec *spec,
                                      struct arena *a, struct extent *out, struct err *err)
{
    char on[11];
    struct division_info info;

    *out = (struct extent){0};
    date_text(month_first(spec->upto), on);
    TRY(division_counties(c, str_from(on), a, &out->counties, &out->n, err));
    if (spec->division == 0)
        return RC_OK;
    TRY(division_find(c, spec->division, str_from(on), a, &info, err));
    if (str_eq(info.kind, S("city")))
        return RC_OK;
    out->counties[0] = info.county_code;
    out->n = 1;
    /* A county's own code may be another than the one that its rows were given at birth. */
    if (info.division % 1000000 != 0)
        out->division = info.division;
    return RC_OK;
}

MUST_CHECK static enum rc spec_check(const struct arrears_spec *s, struct err *err)
{
    char from[8], upto[8];

    if (s->from > s->upto)
        return err_set(err, RC_BAD_INPUT, "months from %s up to %s: expected the earlier one first",
                       month_text(s->from, from), month_text(s->upto, upto));
    if (s->programme.n > 0 && rules_policy(s->city->rules, s->programme) == NULL)
        return err_set(err, RC_NOT_FOUND, "the rules in force have no programme “%.*s”",
                       STR_ARG(s->programme));
    if (str_trim(s->why).n == 0)
        return err_set(err, RC_BAD_INPUT, "what is looked for needs words");
    return RC_OK;
}

enum rc arrears_find(const struct arrears_spec *spec, struct arena *a, struct arrears_found **out,
                     size_t *n, struct err *err)
{
    struct extent e = {0};
    struct conn *c = NULL;
    int64_t progress = 0;
    size_t unpaid = 0;
    struct err own = {0};

    err = err != NULL ? err : &own; /* its text is read and added to */
    *n = 0;
    TRY(spec_check(spec, err));
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = find_extent(c, spec, a, &e, err);
    store_reader_done(c);
    *out = NEW_N(a, struct arrears_found, e.n + 1);
    for (size_t i = 0; rc == RC_OK && i < e.n; i++) {
        struct arena work = {0};
        struct hunt h = {.spec = spec,
                         .city = spec->city,
                         .a = &work,
                         .county = e.counties[i],
                         .division = e.division};
        rc = hunt_county(&h, &progress, err);
        if (rc == RC_OK)
            (*out)[(*n)++] = h.found;
        if (rc == RC_NOT_FOUND && h.n_months == 0) {
            unpaid++;
            rc = RC_OK;
        }
        arena_deinit(&work);
    }
    TRY(rc);
    if (unpaid > 0 && *n == 0)
        return RC_NOT_FOUND;
    return RC_OK;
}
