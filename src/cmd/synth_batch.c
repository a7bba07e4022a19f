/*
 * A county, made by one thread while another writes it: families are composed and numbered one after
 * the other, and their personal numbers sealed, which takes most of the time.
 */
#include <pthread.h>
#include <string.h>

#include "cmd/synth.h"

enum { RING = 3, BATCH_HOUSEHOLDS = 1024, BATCH_PERSONS = BATCH_HOUSEHOLDS * SYNTH_FAMILY_MAX };

/* A village being filled. */
struct filling {
    const struct synth_village *village;
    uint32_t persons_left;
    uint32_t left[CASES][2];
    uint32_t cases_left;
    struct rng rng;
};

struct synth_source {
    struct synth_source_spec spec;
    struct arena arena;
    struct synth_maker maker;
    struct identity_book book;
    size_t village; /* in the plan */
    struct filling at;
    /* Batches, filled by one thread and given back by the other. */
    struct synth_batch ring[RING];
    pthread_t thread;
    bool started, holding;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t filled, taken;
    bool stop;
    enum rc rc; /* of the last fill */
    struct err err;
};

/* ---- one family ----------------------------------------------------------------------------- */

static void village_begin(struct synth_source *s, const struct synth_village *v)
{
    s->at = (struct filling){.village = v,
                             .persons_left = v->persons,
                             .rng = rng_of(s->spec.seed, 'h', (uint64_t)v->division)};
    memcpy(s->at.left, v->cases, sizeof s->at.left);
    for (int k = 0; k < 2 * CASES; k++)
        s->at.cases_left += v->cases[k / 2][k % 2];
}

/* Go on to the next village of the county that still has room; false: the county is full. */
static bool village_next(struct synth_source *s)
{
    const struct synth_plan *p = s->spec.plan;
    while (s->at.village == NULL || s->at.persons_left == 0) {
        while (s->village < p->n && p->villages[s->village].county != s->spec.county)
            s->village++;
        if (s->village == p->n)
            return false;
        village_begin(s, &p->villages[s->village++]);
    }
    return true;
}

/* Cases come in among the ordinary families as their shares of those still to come say. */
static bool case_comes(struct filling *f)
{
    int64_t ordinary = ((int64_t)f->persons_left * 10 - (int64_t)f->cases_left * 22) / 24;
    if (f->cases_left == 0)
        return false;
    ordinary = ordinary > 0 ? ordinary : 0;
    return rng_below(&f->rng, f->cases_left + (uint32_t)ordinary) < f->cases_left;
}

static void case_pick(struct filling *f, enum synth_case *kind, bool *urban)
{
    uint32_t at = rng_below(&f->rng, f->cases_left);
    int k = 0;
    while (at >= f->left[k / 2][k % 2]) {
        at -= f->left[k / 2][k % 2];
        k++;
    }
    f->left[k / 2][k % 2]--;
    f->cases_left--;
    *kind = (enum synth_case)(k / 2);
    *urban = k % 2 == 1;
}

static void next_family(struct synth_source *s, struct synth_household *h)
{
    static const enum story stories[CASES] = {
        [CASE_DIBAO] = ON_DIBAO,  [CASE_NEAR_DIBAO] = NEAR_DIBAO, [CASE_EDGE] = EDGE,
        [CASE_TEKUN] = DESTITUTE, [CASE_NEAR_TEKUN] = NEAR_TEKUN,
    };
    struct filling *f = &s->at;
    h->division = f->village->division;
    if (case_comes(f)) {
        enum synth_case kind = CASE_DIBAO;
        case_pick(f, &kind, &h->urban);
        enum story story = kind == CASE_DIBAO ? story_of_dibao(&s->maker) : stories[kind];
        household_of_story(&s->maker, &f->rng, h, story, f->persons_left);
    } else {
        h->urban = rng_chance(&f->rng, f->village->urban_of_10000);
        household_ordinary(&s->maker, &f->rng, h, f->persons_left);
    }
    f->persons_left -= (uint32_t)h->n;
    numbers_make(&s->maker, &f->rng, h);
}

/* ---- numbers and ids ------------------------------------------------------------------------ */

MUST_CHECK static enum rc person_finish(struct synth_source *s, struct synth_batch *b,
                                        struct synth_person *p, struct err *err)
{
    if (!identity_make(&s->book, s->spec.county, p))
        return err_set(err, RC_LIMIT,
                       "county %lld has no identity numbers left: expected fewer --persons",
                       (long long)s->spec.county);
    p->id = id_next(s->spec.ids);
    const str numbers[NUMBER_CARD + 1] = {[NUMBER_IDENTITY] = str_from(p->identity),
                                          [NUMBER_PHONE] = str_from(p->phone),
                                          [NUMBER_CARD] = str_from(p->card)};
    numbers_ready(s->spec.vault, s->spec.county, p->id, numbers, &b->arena,
                  &b->numbers[b->n_persons++]);
    return RC_OK;
}

MUST_CHECK static enum rc batch_fill(struct synth_source *s, struct synth_batch *b, struct err *err)
{
    arena_reset(&b->arena);
    b->n = b->n_persons = 0;
    while (b->n < BATCH_HOUSEHOLDS && village_next(s)) {
        struct synth_household *h = &b->households[b->n++];
        *h = (struct synth_household){.members = &b->persons[b->n_persons]};
        next_family(s, h);
        h->id = id_next(s->spec.ids);
        for (size_t i = 0; i < h->n; i++)
            TRY(person_finish(s, b, &h->members[i], err));
    }
    return RC_OK;
}

/* ---- the two threads ------------------------------------------------------------------------ */

static void *fill_ring(void *arg)
{
    struct synth_source *s = arg;
    for (bool more = true; more;) {
        pthread_mutex_lock(&s->lock);
        while (s->filled - s->taken == RING && !s->stop)
            pthread_cond_wait(&s->moved, &s->lock);
        bool stop = s->stop;
        pthread_mutex_unlock(&s->lock);
        if (stop)
            break;
        struct synth_batch *b = &s->ring[s->filled % RING];
        enum rc rc = batch_fill(s, b, &s->err);
        more = rc == RC_OK && b->n > 0;
        pthread_mutex_lock(&s->lock);
        s->rc = rc;
        s->filled++;
        pthread_cond_signal(&s->moved);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

enum rc synth_source_open(const struct synth_source_spec *spec, struct synth_source **out,
                          struct err *err)
{
    struct synth_source *s = mem_resize(NULL, sizeof *s);
    *s = (struct synth_source){.spec = *spec};
    maker_init(&s->maker, spec->rules, spec->seed, spec->county);
    identity_book_init(&s->book, &s->arena);
    for (size_t i = 0; i < RING; i++) {
        struct synth_batch *b = &s->ring[i];
        b->households = NEW_N(&s->arena, struct synth_household, BATCH_HOUSEHOLDS);
        b->persons = NEW_N(&s->arena, struct synth_person, BATCH_PERSONS);
        b->numbers = NEW_N(&s->arena, struct ready_numbers, BATCH_PERSONS);
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->moved, NULL);
    s->started = pthread_create(&s->thread, NULL, fill_ring, s) == 0;
    if (!s->started) {
        synth_source_close(s);
        return err_set(err, RC_LIMIT, "no thread can be started");
    }
    *out = s;
    return RC_OK;
}

static void give_back(struct synth_source *s)
{
    pthread_mutex_lock(&s->lock);
    s->taken++;
    pthread_cond_signal(&s->moved);
    pthread_mutex_unlock(&s->lock);
    s->holding = false;
}

enum rc synth_source_next(struct synth_source *s, struct synth_batch **out, struct err *err)
{
    if (s->holding)
        give_back(s);
    pthread_mutex_lock(&s->lock);
    while (s->filled == s->taken)
        pthread_cond_wait(&s->moved, &s->lock);
    struct synth_batch *b = &s->ring[s->taken % RING];
    bool failed = s->filled - s->taken == 1 && s->rc != RC_OK;
    pthread_mutex_unlock(&s->lock);
    *out = !failed && b->n > 0 ? b : NULL;
    s->holding = *out != NULL;
    return failed ? err_set(err, s->rc, "%s", s->err.text) : RC_OK;
}

void synth_source_close(struct synth_source *s)
{
    if (s == NULL)
        return;
    if (s->started) {
        pthread_mutex_lock(&s->lock);
        s->stop = true;
        pthread_cond_signal(&s->moved);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
    }
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->moved);
    for (size_t i = 0; i < RING; i++)
        arena_deinit(&s->ring[i].arena);
    arena_deinit(&s->arena);
    mem_free(s);
}
