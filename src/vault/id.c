/* Ids: 41 bits of milliseconds since 2020-01-01, 22 bits that count. */
#include <time.h>

#include "vault/vault.h"

enum { ID_COUNT_BITS = 22 };
#define ID_EPOCH_MS 1577836800000 /* 2020-01-01 UTC */

int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * The next id is the time's first one, or one past the last given: so a clock set back, or more than
 * four million ids in a millisecond, only run ahead of the clock.
 */
int64_t id_next(struct id_source *s)
{
    int64_t ms = (s->now_ms != NULL ? s->now_ms(s->ctx) : clock_ms()) - ID_EPOCH_MS;
    int64_t first = ms > 0 ? ms << ID_COUNT_BITS : 0;
    int64_t last = __atomic_load_n(&s->last, __ATOMIC_RELAXED);
    for (;;) {
        int64_t next = last >= first ? last + 1 : first;
        if (__atomic_compare_exchange_n(&s->last, &last, next, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return next;
    }
}

int64_t id_ms(int64_t id)
{
    return (id >> ID_COUNT_BITS) + ID_EPOCH_MS;
}
