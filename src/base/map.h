/*
 * A hash map from text to pointer, in an arena. Keys are borrowed: they must live as long as the
 * map. Iteration order is insertion order.
 */
#ifndef HUIMIN_BASE_MAP_H
#define HUIMIN_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct map_entry {
    str key;
    void *value;
};

struct map {
    struct arena *arena; /* borrowed */
    VEC(struct map_entry) entries;
    uint32_t *slots;   /* index into entries + 1; 0 = free */
    size_t slot_count; /* a power of two, or 0 */
};

void map_init(struct map *m, struct arena *a);
void *map_get(const struct map *m, str key);       /* NULL when absent */
bool map_put(struct map *m, str key, void *value); /* false: key was there, unchanged */

#endif
