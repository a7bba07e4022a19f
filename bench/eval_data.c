/*
 * The population: families of one to eight, incomes spread around the lines, a tenth with a
 * disability, one in a hundred destitute. About an eighth of the households come out as regular.
 */
#include "eval_data.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/date.h"

static uint64_t next(uint64_t *s)
{
    uint64_t z = (*s += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 .. n - 1 */
static int64_t below(uint64_t *s, int64_t n)
{
    return (int64_t)(next(s) % (uint64_t)n);
}

static uint8_t chance(uint64_t *s, int64_t in_1000)
{
    return below(s, 1000) < in_1000;
}

/* One of the first numbers whose shares (of 1000) are given. */
static uint8_t pick(uint64_t *s, const int *shares)
{
    int64_t x = below(s, 1000);
    uint8_t i = 0;

    for (; x >= shares[i]; i++)
        x -= shares[i];
    return i;
}

static void *column(size_t n, size_t size)
{
    void *p = mem_resize(NULL, (n + 1) * size);

    for (size_t i = 0; i < (n + 1) * size; i++)
        ((char *)p)[i] = 0;
    return p;
}

static void make_person(struct people *p, size_t i, uint64_t *s, bool head)
{
    static const int grades[] = {900, 15, 25, 30, 30}, diseases[] = {880, 90, 30},
                     care[] = {300, 300, 400};
    int64_t age = head ? 25 + below(s, 65) : below(s, 92);
    int64_t earner = age >= 18 && age < 65;

    p->birth_date[i] = (day)(date_day(2020, 12, 1) - age * 365 - age / 4 - below(s, 365));
    p->employed[i] = earner && chance(s, 620);
    if (p->employed[i])
        p->wage[i] = 90000 + below(s, 410000);
    p->income[i] = p->wage[i];
    if (chance(s, 550))
        p->income[i] += below(s, age >= 60 ? 320000 : 110000);
    if (chance(s, 4))
        p->income[i] -= below(s, 100000);
    p->grade[i] = pick(s, grades);
    p->disease[i] = pick(s, diseases);
    p->student[i] = age >= 6 && age < 23 && chance(s, 850);
    p->lost_only_child[i] = age >= 50 && chance(s, 5);
    p->second_house[i] = age >= 30 && chance(s, 50);
    p->destitute[i] = age >= 16 && chance(s, 10);
    p->no_self_care[i] = !p->destitute[i] || chance(s, 200);
    if (!p->no_self_care[i])
        p->self_care[i] = pick(s, care);
}

static void make_household(struct people *p, size_t i, uint64_t *s)
{
    static const int cars[] = {780, 190, 28, 2};

    p->hukou_type[i] = chance(s, 450);
    p->assets[i] = chance(s, 60) ? below(s, 60000000) : below(s, 2000000);
    p->vehicles[i] = pick(s, cars);
    p->disability_vehicle[i] = p->vehicles[i] && chance(s, 60);
    p->no_month_above[i] = !chance(s, 50);
    if (!p->no_month_above[i])
        p->first_month_above[i] = month_of(2020, 12) - (month)below(s, 18);
    p->paid_last[i] = chance(s, 120) ? 5000 + below(s, 200000) : 0;
}

struct people *people_new(size_t households, uint64_t seed)
{
    static const int sizes[] = {380, 340, 160, 80, 25, 10, 4, 1};
    struct people *p = column(1, sizeof *p);
    size_t n = households, m = 0;
    uint64_t s = seed;

    p->n = n;
    p->first = column(n + 1, sizeof *p->first);
    for (size_t i = 0; i < n; i++) {
        p->first[i] = (uint32_t)m;
        m += (size_t)pick(&s, sizes) + 1;
    }
    p->first[n] = (uint32_t)m;
    p->n_members = m;
    uint8_t **bytes[] = {&p->employed,  &p->grade,           &p->disease,
                         &p->student,   &p->lost_only_child, &p->second_house,
                         &p->destitute, &p->self_care,       &p->no_self_care};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++)
        *bytes[i] = column(m, 1);
    p->birth_date = column(m, sizeof *p->birth_date);
    p->income = column(m, sizeof *p->income);
    p->wage = column(m, sizeof *p->wage);
    p->hukou_type = column(n, 1);
    p->disability_vehicle = column(n, 1);
    p->no_month_above = column(n, 1);
    p->assets = column(n, sizeof *p->assets);
    p->paid_last = column(n, sizeof *p->paid_last);
    p->vehicles = column(n, sizeof *p->vehicles);
    p->first_month_above = column(n, sizeof *p->first_month_above);
    for (size_t i = 0; i < n; i++) {
        make_household(p, i, &s);
        for (size_t k = p->first[i]; k < p->first[i + 1]; k++)
            make_person(p, k, &s, k == p->first[i]);
    }
    return p;
}

void people_free(struct people *p)
{
    void *all[] = {p->first,
                   p->hukou_type,
                   p->disability_vehicle,
                   p->no_month_above,
                   p->assets,
                   p->paid_last,
                   p->vehicles,
                   p->first_month_above,
                   p->birth_date,
                   p->income,
                   p->wage,
                   p->employed,
                   p->grade,
                   p->disease,
                   p->student,
                   p->lost_only_child,
                   p->second_house,
                   p->destitute,
                   p->self_care,
                   p->no_self_care,
                   p};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(all[i]);
}
