/* Random numbers that are the same everywhere (splitmix64): a seed is a test case. */
#ifndef HUIMIN_TEST_RNG_H
#define HUIMIN_TEST_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

/* 0 … n - 1; n > 0. */
static inline int rng_below(struct rng *r, int n)
{
    return (int)(rng_next(r) % (uint64_t)n);
}

static inline bool rng_percent(struct rng *r, int p)
{
    return rng_below(r, 100) < p;
}

#endif
