/* An ordinary family's facts. What they live on is always above the edge line: families below it
 * are counted one by one in synth_plan.c and made in synth_cases.c. */
#include "cmd/synth.h"

enum { SCHOOL_AGE = 6 };

void maker_init(struct synth_maker *m, const struct synth_rules *rules, uint64_t seed,
                int64_t county)
{
    struct rng r = rng_of(seed, 'm', (uint64_t)county);
    struct even *all[] = {&m->disabled,   &m->severe,  &m->grade,    &m->poor_disabled,
                          &m->poor_grade, &m->size[0], &m->size[1],  &m->story,
                          &m->living,     &m->care,    &m->self_care};
    *m = (struct synth_maker){.rules = rules, .today = month_first(rules->month)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all[i]->at = (uint32_t)rng_next(&r);
}

struct facts_of_person person_blank(const struct synth_rules *s)
{
    struct facts_of_person f = {.unknown = 1U << P_SELF_CARE};
    f.value[P_DISEASE] = s->no_disease;
    f.value[P_DISABILITY] = s->grade[0];
    f.value[P_SELF_CARE] = s->care_self;
    return f;
}

void household_blank(const struct synth_rules *s, struct synth_household *h)
{
    h->now = (struct facts_of_household){.unknown = 1U << H_FIRST_ABOVE};
    h->now.value[H_HUKOU] = h->urban ? s->urban : s->rural;
}

int64_t net_income(const struct synth_rules *s, const struct synth_household *h)
{
    int64_t net = 0;
    for (size_t i = 0; i < h->n; i++) {
        const int64_t *v = h->members[i].now.value;
        int64_t cost = v[P_EMPLOYED] ? v[P_WAGE] * s->job_cost_num / s->job_cost_den : 0;
        net += v[P_INCOME] - (cost < s->standard[h->urban] ? cost : s->standard[h->urban]);
    }
    return net;
}

bool gravely_affected(const struct synth_rules *s, const struct synth_person *p)
{
    return severely_disabled(s, p) || p->now.value[P_DISEASE] == s->severe;
}

/* ---- health --------------------------------------------------------------------------------- */

/* About six in a hundred have a certificate, one in seven of them of grade 1 or 2. */
static void health(struct synth_maker *m, struct rng *r, struct synth_person *p, int age)
{
    const struct synth_rules *s = m->rules;
    int64_t *v = p->now.value;
    if (even_chance(&m->disabled, age < 15 ? 120 : age < 60 ? 440 : 1250)) {
        if (even_chance(&m->severe, 1358))
            v[P_DISABILITY] = s->grade[rng_chance(r, 3800) ? 1 : 2];
        else
            v[P_DISABILITY] = s->grade[rng_chance(r, 4300) ? 3 : 4];
    }
    if (rng_chance(r, age < 45 ? 20 : age < 65 ? 110 : 240))
        v[P_DISEASE] = s->severe;
    else if (rng_chance(r, age < 45 ? 280 : age < 65 ? 1300 : 2600))
        v[P_DISEASE] = s->chronic;
}

bool severely_disabled(const struct synth_rules *s, const struct synth_person *p)
{
    int64_t grade = p->now.value[P_DISABILITY];
    return grade == s->grade[1] || grade == s->grade[2];
}

/* The first of a month some years back, but not before birth. */
day since_make(struct synth_maker *m, struct rng *r, const struct synth_person *p, int months_min,
               int months_max)
{
    day since = month_first(m->rules->month - rng_between(r, months_min, months_max));
    return since > p->birth ? since : month_first(date_month(p->birth) + 1);
}

void care_enrol(struct synth_maker *m, struct rng *r, struct synth_person *p)
{
    p->enrolled[CARE] = severely_disabled(m->rules, p) && even_chance(&m->care, 9400);
    p->since[CARE] = since_make(m, r, p, 2, 58);
}

/* ---- work and income ------------------------------------------------------------------------ */

static bool in_school(struct rng *r, int age)
{
    return rng_chance(r, age < SCHOOL_AGE ? 0
                         : age < 16       ? 9930
                         : age < 19       ? 9000
                         : age < 23       ? 4500
                         : age < 26       ? 700
                                          : 0);
}

static int64_t whole_ten_yuan(int64_t fen)
{
    return fen / (10 * YUAN) * (10 * YUAN);
}

static void town_income(struct rng *r, int64_t *v, int age, bool male)
{
    if (age >= (male ? 60 : 55)) {
        if (rng_chance(r, 8800))
            v[P_INCOME] = whole_ten_yuan(rng_shaped(r, 2300 * YUAN, SHAPE_NARROW));
        else
            v[P_INCOME] = rng_between(r, 12, 60) * 10 * YUAN;
    } else if (rng_chance(r, male ? 8400 : 7300)) {
        v[P_EMPLOYED] = 1;
        if (rng_chance(r, 9100)) {
            v[P_WAGE] = whole_ten_yuan(rng_shaped(r, 3600 * YUAN, SHAPE_MIDDLE));
            v[P_INCOME] = v[P_WAGE];
        } else {
            v[P_INCOME] = whole_ten_yuan(rng_shaped(r, 4200 * YUAN, SHAPE_WIDE));
        }
    }
}

static void country_income(struct rng *r, int64_t *v, int age)
{
    if (age >= 60) {
        v[P_INCOME] = rng_between(r, 105, 300) * YUAN;
        if (age < 76)
            v[P_INCOME] += whole_ten_yuan(rng_shaped(r, 520 * YUAN, SHAPE_WIDEST));
    } else if (rng_chance(r, 8700)) {
        v[P_EMPLOYED] = 1;
        if (rng_chance(r, age < 45 ? 6500 : 3500)) {
            v[P_WAGE] = whole_ten_yuan(rng_shaped(r, 2800 * YUAN, SHAPE_MIDDLE));
            v[P_INCOME] = v[P_WAGE];
        } else {
            v[P_INCOME] = whole_ten_yuan(rng_shaped(r, 1300 * YUAN, SHAPE_WIDE));
        }
    }
}

static void work(struct synth_maker *m, struct rng *r, const struct synth_household *h,
                 struct synth_person *p, int age)
{
    const struct synth_rules *s = m->rules;
    int64_t *v = p->now.value;
    if (in_school(r, age)) {
        v[P_STUDENT] = 1;
        return;
    }
    if (age < ADULT)
        return;
    bool hindered = (v[P_DISABILITY] == s->grade[1] && !rng_chance(r, 600)) ||
                    (v[P_DISABILITY] == s->grade[2] && !rng_chance(r, 2500));
    if (hindered && age < 60)
        v[P_INCOME] = h->urban ? rng_between(r, 0, 80) * 10 * YUAN : 0;
    else if (h->urban)
        town_income(r, v, age, p->sex == MALE);
    else
        country_income(r, v, age);
}

/* What relatives give lifts a family that would else be below the line. */
static void lift(const struct synth_rules *s, struct rng *r, struct synth_household *h)
{
    int64_t line = s->edge[h->urban] * (int64_t)h->n;
    int64_t net = net_income(s, h);
    if (net >= line * 103 / 100)
        return;
    int64_t want = line * rng_between(r, 104, 190) / 100;
    h->members[0].now.value[P_INCOME] += whole_ten_yuan(want - net) + 10 * YUAN;
}

/* ---- property ------------------------------------------------------------------------------- */

static void property(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    int64_t *v = h->now.value;
    int64_t median = (h->urban ? 42000 : 17000) * (int64_t)YUAN;
    v[H_ASSETS] = whole_ten_yuan(rng_shaped(r, median, SHAPE_WIDEST)) * (h->n > 1 ? 2 : 1);
    if (h->n > 1 || rng_chance(r, 4000))
        v[H_VEHICLES] = rng_chance(r, h->urban ? 4200 : 3000) ? 1 : 0;
    if (v[H_VEHICLES] == 1 && rng_chance(r, 900))
        v[H_VEHICLES] = 2;
    h->members[0].now.value[P_SECOND_HOUSE] = rng_chance(r, h->urban ? 900 : 450);
    for (size_t i = 0; i < h->n; i++)
        if (v[H_VEHICLES] > 0 && rng_chance(r, 600) &&
            h->members[i].now.value[P_DISABILITY] != m->rules->grade[0])
            v[H_DISABILITY_VEHICLE] = 1;
}

static void lost_child(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    bool old = date_years(h->members[0].birth, m->today) >= 49;
    if (!old || h->n > 2 || !rng_chance(r, 45))
        return;
    for (size_t i = 0; i < h->n; i++)
        if (date_years(h->members[i].birth, m->today) >= 47)
            h->members[i].now.value[P_LOST_CHILD] = 1;
}

/* Of few an income is simply not known. */
static void blind_spot(struct rng *r, struct synth_household *h)
{
    if (rng_chance(r, 2))
        h->members[0].now.unknown |= 1U << P_INCOME;
}

/* ---- numbers -------------------------------------------------------------------------------- */

void numbers_make(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    for (size_t i = 0; i < h->n; i++) {
        struct synth_person *p = &h->members[i];
        int age = date_years(p->birth, m->today);
        bool paid = i == 0 && h->enrolled;
        for (size_t k = 0; k < PROGRAMMES; k++)
            paid |= p->enrolled[k];
        if (age >= 16 && rng_chance(r, 7200))
            phone_make(r, p->phone);
        if ((i == 0 && (h->story != ORDINARY || paid)) || (age >= ADULT && paid) ||
            (age >= ADULT && rng_chance(r, 2000)))
            card_make(r, p->card);
    }
}

void household_ordinary(struct synth_maker *m, struct rng *r, struct synth_household *h,
                        size_t room)
{
    h->story = ORDINARY;
    household_blank(m->rules, h);
    family_make(h, r, m->today, room);
    for (size_t i = 0; i < h->n; i++) {
        struct synth_person *p = &h->members[i];
        int age = date_years(p->birth, m->today);
        p->now = person_blank(m->rules);
        health(m, r, p, age);
        work(m, r, h, p, age);
        care_enrol(m, r, p);
    }
    lift(m->rules, r, h);
    property(m, r, h);
    lost_child(m, r, h);
    blind_spot(r, h);
}
