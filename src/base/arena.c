/* The bump allocator of arena.h, and the few calls by which base itself owns memory. */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_FIRST = 4096, CHUNK_MAX = 1 << 20, ALIGN_MAX = 64 };

struct arena_chunk {
    struct arena_chunk *next; /* owned */
    size_t cap, used;         /* bytes of data[] */
    unsigned char data[];
};

struct arena_undo {
    struct arena_undo *next; /* in the same arena */
    void (*fn)(void *);
    void *p;
};

_Noreturn void mem_out(size_t wanted)
{
    fprintf(stderr, "huimin: out of memory: %zu more bytes were needed\n", wanted);
    exit(70);
}

void *mem_resize(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);

    if (!p)
        mem_out(size);
    return p;
}

void mem_free(void *p)
{
    free(p);
}

void arena_init(struct arena *a, size_t soft_max)
{
    *a = (struct arena){.soft_max = soft_max};
}

/* What the undo functions release may lie in the arena, so they run while it is still whole. */
static void run_undo(struct arena *a)
{
    while (a->undo) {
        struct arena_undo *u = a->undo;
        a->undo = u->next;
        u->fn(u->p);
    }
}

static void free_chunks(struct arena_chunk *c)
{
    while (c) {
        struct arena_chunk *next = c->next;
        free(c);
        c = next;
    }
}

void arena_reset(struct arena *a)
{
    run_undo(a);
#ifdef ARENA_MALLOC
    free_chunks(a->chunk);
    a->chunk = NULL;
#else
    if (a->chunk) {
        free_chunks(a->chunk->next);
        a->chunk->next = NULL;
        a->chunk->used = 0;
    }
#endif
    a->used = 0;
    a->over = false;
}

void arena_deinit(struct arena *a)
{
    arena_reset(a);
    free_chunks(a->chunk);
    *a = (struct arena){0};
}

static struct arena_chunk *chunk_new(size_t cap)
{
    struct arena_chunk *c;

    if (cap > SIZE_MAX / 2)
        mem_out(cap);
    c = mem_resize(NULL, sizeof *c + cap);
    c->next = NULL;
    c->cap = cap;
    c->used = 0;
    return c;
}

/* An aligned piece of the chunk, or NULL when it does not fit. */
static void *chunk_take(struct arena_chunk *c, size_t size, size_t align)
{
    size_t gap = (size_t)(-((uintptr_t)c->data + c->used) & (align - 1));

    if (c->cap - c->used < gap || c->cap - c->used - gap < size)
        return NULL;
    c->used += gap + size;
    return c->data + (c->used - size);
}

/*
 * Put a chunk in that is large enough. A large object gets one of its own *behind* the newest
 * chunk, whose rest stays in use.
 */
static struct arena_chunk *chunk_add(struct arena *a, size_t size, size_t align)
{
    struct arena_chunk *c;
    size_t next_cap = CHUNK_FIRST;

    if (a->chunk)
        next_cap = a->chunk->cap < CHUNK_MAX / 2 ? a->chunk->cap * 2 : CHUNK_MAX;
#ifdef ARENA_MALLOC
    next_cap = 0;
#endif
    if (size > SIZE_MAX / 2)
        mem_out(size);
    if (size + align <= next_cap / 4 || !a->chunk) {
        c = chunk_new(size + align > next_cap ? size + align : next_cap);
        c->next = a->chunk;
        a->chunk = c;
    } else {
        c = chunk_new(size + align);
        c->next = a->chunk->next;
        a->chunk->next = c;
    }
    return c;
}

void *arena_alloc_raw(struct arena *a, size_t size, size_t align)
{
    void *p = NULL;

    assert(align > 0 && align <= ALIGN_MAX && (align & (align - 1)) == 0);
#ifndef ARENA_MALLOC
    if (a->chunk)
        p = chunk_take(a->chunk, size, align);
#endif
    if (!p)
        p = chunk_take(chunk_add(a, size, align), size, align);
    a->used += size;
    if (a->soft_max && a->used > a->soft_max)
        a->over = true;
    return p;
}

void *arena_alloc(struct arena *a, size_t size, size_t align)
{
    return memset(arena_alloc_raw(a, size, align), 0, size);
}

void *arena_alloc_n(struct arena *a, size_t n, size_t size, size_t align)
{
    size_t total;

    if (__builtin_mul_overflow(n, size, &total))
        mem_out(SIZE_MAX);
    return arena_alloc(a, total, align);
}

void arena_on_reset(struct arena *a, void (*fn)(void *), void *p)
{
    struct arena_undo *u = NEW(a, struct arena_undo);

    u->fn = fn;
    u->p = p;
    u->next = a->undo;
    a->undo = u;
}

void *arena_grow(struct arena *a, const void *old, size_t size, size_t n, size_t *cap)
{
    size_t more = *cap ? *cap * 2 : 8;
    char *p = arena_alloc_n(a, more, size, _Alignof(max_align_t));

    if (n)
        memcpy(p, old, n * size);
    *cap = more;
    return p;
}
