/*
 * How many people live where, and how many of them are on assistance: the figures that Panzhihua
 * prints for the end of 2020, scaled from its 1.21 million residents and spread over the villages by
 * their size.
 */
#include <string.h>

#include "cmd/synth.h"

#define CITY_PERSONS INT64_C(1210000)

enum {
    VILLAGE_PERSONS_MIN = 400, /* fewer people than that a village: fewer villages */
    TOWN_WEIGHT = 48,          /* a community of residents has so many times … */
    COUNTRY_WEIGHT = 10,       /* … the people of a village of so many */
};

/* Households, for tekun persons: rural, urban. */
static const int64_t CITY_CASES[CASES][2] = {
    [CASE_DIBAO] = {9384, 4483}, [CASE_NEAR_DIBAO] = {610, 291}, [CASE_EDGE] = {3300, 1500},
    [CASE_TEKUN] = {2563, 402},  [CASE_NEAR_TEKUN] = {103, 16},
};

struct candidate {
    const struct division_info *division;
    uint32_t weight;
    uint32_t urban_of_10000;
};

/* ---- villages ------------------------------------------------------------------------------- */

static const struct division_info *parent_of(const struct division_info *list, size_t n,
                                             int64_t code)
{
    size_t lo = 0;
    size_t hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (list[mid].division < code)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && list[lo].division == code ? &list[lo] : NULL;
}

static size_t find_villages(const struct division_info *list, size_t n, uint64_t seed,
                            struct candidate *out)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        bool town = str_eq(list[i].kind, S("residents_committee"));
        if (!town && !str_eq(list[i].kind, S("villagers_committee")))
            continue;
        const struct division_info *above = parent_of(list, n, list[i].parent);
        bool street = above != NULL && str_eq(above->kind, S("subdistrict"));
        struct rng r = rng_of(seed, 'v', (uint64_t)list[i].division);
        uint32_t size = (uint32_t)rng_between(&r, 55, 165);
        out[found++] = (struct candidate){
            .division = &list[i],
            .weight = (town ? TOWN_WEIGHT : COUNTRY_WEIGHT) * size,
            .urban_of_10000 = !town    ? 350
                              : street ? 9300
                                       : 6200,
        };
    }
    return found;
}

/* Few people live in few villages, which lie evenly among all. */
static size_t thin_out(struct candidate *list, size_t n, int64_t persons)
{
    size_t wanted = (size_t)(persons / VILLAGE_PERSONS_MIN);
    wanted = wanted < 1 ? 1 : wanted;
    if (wanted >= n)
        return n;
    for (size_t i = 0; i < wanted; i++)
        list[i] = list[i * n / wanted];
    return wanted;
}

/* ---- shares --------------------------------------------------------------------------------- */

/* Gives a whole number out by weights: each gets its share up to here less what was given before. */
struct shares {
    int64_t whole, weights, so_far, given;
};

static uint32_t share_next(struct shares *s, int64_t weight)
{
    s->so_far += weight;
    int64_t up_to = s->weights > 0 ? s->whole * s->so_far / s->weights : 0;
    int64_t mine = up_to - s->given;
    s->given = up_to;
    return (uint32_t)mine;
}

static int64_t case_weight(const struct candidate *c, int urban)
{
    return (int64_t)c->weight * (urban ? c->urban_of_10000 : 10000 - c->urban_of_10000);
}

static void share_out(struct synth_plan *p, const struct candidate *list, size_t n)
{
    struct shares persons = {.whole = p->persons};
    struct shares cases[CASES][2] = {0};
    for (size_t i = 0; i < n; i++) {
        persons.weights += list[i].weight;
        for (int k = 0; k < 2 * CASES; k++)
            cases[k / 2][k % 2].weights += case_weight(&list[i], k % 2);
    }
    for (int k = 0; k < 2 * CASES; k++)
        cases[k / 2][k % 2].whole =
            (CITY_CASES[k / 2][k % 2] * p->persons + CITY_PERSONS / 2) / CITY_PERSONS;
    for (size_t i = 0; i < n; i++) {
        struct synth_village *v = &p->villages[i];
        *v = (struct synth_village){.division = list[i].division->division,
                                    .county = list[i].division->county_code,
                                    .persons = share_next(&persons, list[i].weight),
                                    .urban_of_10000 = list[i].urban_of_10000};
        for (int k = 0; k < 2 * CASES; k++)
            v->cases[k / 2][k % 2] = share_next(&cases[k / 2][k % 2], case_weight(&list[i], k % 2));
    }
}

static void list_counties(struct synth_plan *p, struct arena *a)
{
    p->counties = NEW_N(a, int64_t, p->n + 1);
    for (size_t i = 0; i < p->n; i++)
        if (i == 0 || p->villages[i].county != p->villages[i - 1].county)
            p->counties[p->n_counties++] = p->villages[i].county;
}

enum rc synth_plan_make(const struct division_info *divisions, size_t n, int64_t persons,
                        uint64_t seed, struct arena *a, struct synth_plan *out, struct err *err)
{
    struct candidate *list = NEW_N(a, struct candidate, n + 1);
    size_t found = find_villages(divisions, n, seed, list);
    if (found == 0)
        return err_set(err, RC_NOT_FOUND,
                       "the place's divisions.csv has no villages: expected rows of level village");
    found = thin_out(list, found, persons);
    *out = (struct synth_plan){.persons = persons, .n = persons > 0 ? found : 0};
    out->villages = NEW_N(a, struct synth_village, out->n + 1);
    if (out->n > 0)
        share_out(out, list, found);
    list_counties(out, a);
    return RC_OK;
}
