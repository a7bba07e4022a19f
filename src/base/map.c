/* Open addressing over a list of entries, so that iteration follows insertion. */
#include "base/map.h"

#include <assert.h>
#include <string.h>

void map_init(struct map *m, struct arena *a)
{
    *m = (struct map){.arena = a};
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *slot_of(const struct map *m, str key)
{
    uint64_t h = str_hash(key);
    size_t i = (size_t)(h ^ h >> 32) & (m->slot_count - 1);

    while (m->slots[i] && !str_eq(m->entries.at[m->slots[i] - 1].key, key))
        i = (i + 1) & (m->slot_count - 1);
    return &m->slots[i];
}

void *map_get(const struct map *m, str key)
{
    uint32_t *slot = m->slot_count ? slot_of(m, key) : NULL;

    return slot && *slot ? m->entries.at[*slot - 1].value : NULL;
}

static void widen(struct map *m)
{
    m->slot_count = m->slot_count ? m->slot_count * 2 : 16;
    m->slots = NEW_N(m->arena, uint32_t, m->slot_count);
    for (size_t i = 0; i < m->entries.n; i++)
        *slot_of(m, m->entries.at[i].key) = (uint32_t)i + 1;
}

bool map_put(struct map *m, str key, void *value)
{
    struct map_entry *e;
    uint32_t *slot;

    /* At most two thirds full: runs of occupied slots stay short. */
    if (m->entries.n * 3 >= m->slot_count * 2)
        widen(m);
    slot = slot_of(m, key);
    if (*slot)
        return false;
    assert(m->entries.n < UINT32_MAX);
    e = VEC_PUSH(m->arena, &m->entries);
    e->key = key;
    e->value = value;
    *slot = (uint32_t)m->entries.n;
    return true;
}
