/*
 * Memory by lifetime. An arena is a bump allocator for everything that ends at the same time: one
 * for the process, one for a compiled rule set, one for a request, one for a batch. Nothing in it
 * is freed alone; arena_reset() and arena_deinit() end all of it at once, after running what was
 * registered with arena_on_reset().
 *
 * Running out of real memory ends the process (with a message and exit status 70): there is no
 * state that would be worth saving, and the store is safe by its transactions. A *soft maximum* is
 * for bounding what a hostile or broken input may use: past it `over` is set and stays set, and the
 * owner asks once, before committing to a result.
 *
 * Build with -DARENA_MALLOC to give every object a malloc of its own, for Valgrind and ASan.
 */
#ifndef HUIMIN_BASE_ARENA_H
#define HUIMIN_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena {
    struct arena_chunk *chunk; /* owned; newest first */
    struct arena_undo *undo;   /* in the arena itself; newest first */
    size_t used;               /* bytes handed out since init or reset */
    size_t soft_max;           /* bytes; 0 = none */
    bool over;                 /* soft_max was passed */
};

/* Prepare caller's storage. `soft_max` in bytes, 0 for no limit. A zeroed struct is also valid. */
void arena_init(struct arena *a, size_t soft_max);

/*
 * Run the undo functions newest first, then free everything but the newest chunk. `used` and
 * `over` start again from nothing.
 */
void arena_reset(struct arena *a);

/* Reset and give all memory back. The struct may be used again after arena_init(). */
void arena_deinit(struct arena *a);

/* `size` zeroed bytes aligned to `align` (a power of two up to 64). Never NULL. */
void *arena_alloc(struct arena *a, size_t size, size_t align);

/* As arena_alloc() but not zeroed: for large buffers that are filled at once. */
void *arena_alloc_raw(struct arena *a, size_t size, size_t align);

/* `n` times `size` zeroed bytes; a product that does not fit ends the process like real want. */
void *arena_alloc_n(struct arena *a, size_t n, size_t size, size_t align);

/* Have fn(p) called at the next reset or deinit: for handles, never for memory. */
void arena_on_reset(struct arena *a, void (*fn)(void *), void *p);

#define NEW(a, type)      ((type *)arena_alloc((a), sizeof(type), _Alignof(type)))
#define NEW_N(a, type, n) ((type *)arena_alloc_n((a), (size_t)(n), sizeof(type), _Alignof(type)))

/*
 * A growing array in an arena: struct { T *at; size_t n, cap; }. VEC_PUSH gives the address of a
 * zeroed new last element. Old storage stays in the arena until it ends, which is at most as much
 * again as the array itself.
 */
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t n, cap;                                                                             \
    }
#define VEC_PUSH(a, v)                                                                             \
    (((v)->n == (v)->cap                                                                           \
          ? (void)((v)->at = arena_grow((a), (v)->at, sizeof *(v)->at, (v)->n, &(v)->cap))         \
          : (void)0),                                                                              \
     &(v)->at[(v)->n++])

/* Behind VEC_PUSH: a copy of `n` elements of `size` bytes with room for more, the rest zeroed. */
void *arena_grow(struct arena *a, const void *old, size_t size, size_t n, size_t *cap);

/*
 * Memory that one owner holds and gives back by hand: growing text, file buffers. mem_resize() is
 * realloc() that never fails (old NULL starts new, not zeroed); mem_out() is how the process ends
 * when there is no more: a message and exit status 70.
 */
void *mem_resize(void *old, size_t size);
void mem_free(void *p);
_Noreturn void mem_out(size_t wanted);

#endif
