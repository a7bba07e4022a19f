/* The prepared statements of one connection. */
#include "store/engine.h"

#include <assert.h>
#include <string.h>

enum { SLOTS = 2 * CACHE_MOST };

struct cache {
    struct conn *conn; /* borrowed */
    enum rc (*make)(struct conn *c, const struct statement *st, struct prepared *p);
    void (*end)(struct conn *c, struct prepared *p);
    uint64_t clock;
    size_t n;
    struct prepared *slot[SLOTS]; /* owned; open addressing by address */
};

struct cache *cache_open(struct conn *c,
                         enum rc (*make)(struct conn *c, const struct statement *st,
                                         struct prepared *p),
                         void (*end)(struct conn *c, struct prepared *p))
{
    struct cache *k = mem_resize(NULL, sizeof *k);

    memset(k, 0, sizeof *k);
    k->conn = c;
    k->make = make;
    k->end = end;
    return k;
}

static const char *text_of(const struct cache *k, const struct statement *st)
{
    return k->conn->engine->kind == STORE_POSTGRES && st->pg ? st->pg : st->sql;
}

static size_t place_of(const struct cache *k, const struct statement *st)
{
    size_t i = (size_t)(((uintptr_t)st >> 3) * 0x9E3779B97F4A7C15u >> 54) & (SLOTS - 1);

    while (k->slot[i] && k->slot[i]->st != st)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

static void destroy(struct cache *k, struct prepared *p)
{
    k->end(k->conn, p);
    mem_free(p->text);
    mem_free(p);
}

void cache_close(struct cache *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        if (k->slot[i])
            destroy(k, k->slot[i]);
    }
    mem_free(k);
}

/* Take slot i out and put what follows it in its run where it is found again. */
static void take_out(struct cache *k, size_t i)
{
    struct prepared *p = k->slot[i];

    k->slot[i] = NULL;
    k->n--;
    if (p->busy)
        p->kept = false;
    else
        destroy(k, p);
    for (i = (i + 1) & (SLOTS - 1); k->slot[i]; i = (i + 1) & (SLOTS - 1)) {
        p = k->slot[i];
        k->slot[i] = NULL;
        k->slot[place_of(k, p->st)] = p;
    }
}

static void make_room(struct cache *k)
{
    size_t oldest = SLOTS;

    if (k->n < CACHE_MOST)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        if (k->slot[i] && (oldest == SLOTS || k->slot[i]->used < k->slot[oldest]->used))
            oldest = i;
    }
    take_out(k, oldest);
}

static enum rc make(struct cache *k, const struct statement *st, struct prepared **out)
{
    const char *text = text_of(k, st);
    size_t n = strlen(text) + 1;
    struct prepared *p = mem_resize(NULL, sizeof *p);
    enum rc rc;

    memset(p, 0, sizeof *p);
    p->st = st;
    p->text = mem_resize(NULL, n);
    memcpy(p->text, text, n);
    rc = k->make(k->conn, st, p);
    if (rc != RC_OK) {
        mem_free(p->text);
        mem_free(p);
        return rc;
    }
    *out = p;
    return RC_OK;
}

enum rc cache_get(struct cache *k, const struct statement *st, struct prepared **out)
{
    size_t i = place_of(k, st);
    struct prepared *p = k->slot[i];

    if (p && strcmp(p->text, text_of(k, st)) != 0) {
        take_out(k, i);
        p = NULL;
    }
    if (!p || p->busy) {
        bool keep = !p;
        enum rc rc = make(k, st, &p);
        if (rc != RC_OK)
            return rc;
        p->kept = keep;
        if (keep) {
            make_room(k);
            k->slot[place_of(k, st)] = p;
            k->n++;
        }
    }
    p->used = ++k->clock;
    p->busy = true;
    *out = p;
    return RC_OK;
}

void cache_done(struct cache *k, struct prepared *p)
{
    assert(p->busy);
    p->busy = false;
    if (!p->kept)
        destroy(k, p);
}
