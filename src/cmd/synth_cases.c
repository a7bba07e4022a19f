/*
 * Families on assistance, and those just beside it: most of the enrolled qualify, a few no longer
 * do, a few wait for a fact, and some qualify whom nobody has enrolled. Where something changed on
 * the first of the month, `before` holds the facts until then.
 */
#include "cmd/synth.h"

enum { PENSION_AGE = 60 };

/* Out of a thousand families on dibao. */
static const uint16_t STORY_WEIGHTS[] = {
    [ON_DIBAO] = 935,    [DIBAO_EXITING] = 15, [DIBAO_ABOVE] = 10, [DIBAO_OUT] = 22,
    [DIBAO_EXPIRED] = 2, [DIBAO_SINGLE] = 8,   [DIBAO_OPEN] = 8,
};

enum story story_of_dibao(struct synth_maker *m)
{
    return (enum story)even_pick(&m->story, STORY_WEIGHTS,
                                 sizeof STORY_WEIGHTS / sizeof *STORY_WEIGHTS);
}

/* Sizes of families on dibao: 6,238 persons in 4,483 families of the town, 22,360 in 9,384 of the
 * country. */
static size_t size_of(struct synth_maker *m, bool urban, size_t room)
{
    static const uint16_t weights[2][5] = {{268, 319, 230, 129, 54}, {725, 178, 78, 19, 0}};
    size_t n = 1 + even_pick(&m->size[urban], weights[urban], 5);
    return n < room ? n : room;
}

/* ---- health --------------------------------------------------------------------------------- */

static bool not_grave(enum story story)
{
    return story == EDGE || story == DIBAO_OUT || story == DIBAO_EXPIRED || story == DIBAO_ABOVE;
}

static void poor_health(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    static const uint16_t grades[] = {0, 12, 18, 32, 38};
    static const uint16_t mild[] = {0, 0, 0, 45, 55};
    const struct synth_rules *s = m->rules;
    bool mildly = not_grave(h->story);
    for (size_t i = 0; i < h->n; i++) {
        int64_t *v = h->members[i].now.value;
        if (even_chance(&m->poor_disabled, h->story == EDGE ? 1220 : 1530))
            v[P_DISABILITY] = s->grade[even_pick(&m->poor_grade, mildly ? mild : grades, 5)];
        if (!mildly && rng_chance(r, 600))
            v[P_DISEASE] = s->severe;
        else if (rng_chance(r, 2200))
            v[P_DISEASE] = s->chronic;
    }
}

static void schooling(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    for (size_t i = 0; i < h->n; i++) {
        struct synth_person *p = &h->members[i];
        int age = date_years(p->birth, m->today);
        if (age >= 6 && age < 20 && rng_chance(r, age < 16 ? 9900 : 8500))
            p->now.value[P_STUDENT] = 1;
    }
}

/* ---- income --------------------------------------------------------------------------------- */

static bool can_work(struct synth_maker *m, const struct synth_person *p)
{
    int age = date_years(p->birth, m->today);
    return age >= ADULT && age < PENSION_AGE && p->now.value[P_STUDENT] == 0 &&
           !gravely_affected(m->rules, p);
}

/*
 * Incomes that come to so many thousandths of the standard a head after the costs of work: a wage
 * of one who can work, now and then, and the rest with the head.
 */
static void live_on(struct synth_maker *m, struct rng *r, struct synth_household *h,
                    int thousandths, bool wage)
{
    const struct synth_rules *s = m->rules;
    int64_t total = s->standard[h->urban] * (int64_t)h->n * thousandths / 1000;
    for (size_t i = 0; i < h->n; i++) {
        int64_t *v = h->members[i].now.value;
        v[P_INCOME] = v[P_WAGE] = v[P_EMPLOYED] = 0;
    }
    for (size_t i = 0; i < h->n && wage; i++) {
        int64_t *v = h->members[i].now.value;
        if (!can_work(m, &h->members[i]))
            continue;
        v[P_EMPLOYED] = 1;
        v[P_WAGE] = total * rng_between(r, 40, 95) / 100 / (10 * YUAN) * (10 * YUAN);
        v[P_INCOME] = v[P_WAGE];
        break;
    }
    h->members[0].now.value[P_INCOME] += total - net_income(s, h);
}

static int below(struct rng *r)
{
    return rng_between(r, 120, 940);
}

/* At or above the standard, below the edge line. */
static int between(struct rng *r)
{
    return rng_between(r, 1020, 1440);
}

/* ---- the stories ---------------------------------------------------------------------------- */

static int64_t asset_limit(const struct synth_rules *s, const struct synth_household *h)
{
    return s->standard[h->urban] * s->asset_months * (int64_t)h->n;
}

static void keep_before(struct synth_household *h)
{
    h->changed = true;
    h->before = h->now;
    for (size_t i = 0; i < h->n; i++)
        h->members[i].before = h->members[i].now;
}

/* Since the first of the month the family does not qualify any more, for one of four reasons. */
static void fall_out(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    static const uint16_t weights[] = {55, 15, 20, 10};
    switch (rng_pick(r, weights, 4)) {
    case 0:
        live_on(m, r, h, rng_between(r, 1560, 2600), true);
        break;
    case 1:
        h->now.value[H_VEHICLES] = 1;
        break;
    case 2:
        h->now.value[H_ASSETS] = asset_limit(m->rules, h) * rng_between(r, 105, 300) / 100;
        break;
    default:
        h->members[0].now.value[P_SECOND_HOUSE] = 1;
        break;
    }
}

/* From the first of the month one fact is not known that the decision needs. */
static void lose_sight(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (can_work(m, &h->members[i]) && rng_chance(r, 6000)) {
            h->members[i].now.value[P_EMPLOYED] = 1;
            h->members[i].now.value[P_WAGE] = 0;
            h->members[i].now.unknown |= 1U << P_WAGE;
            return;
        }
    h->members[0].now.value[P_INCOME] = 0;
    h->members[0].now.unknown |= 1U << P_INCOME;
}

/* In gradual exit: what was paid when the income was still below, `months` months ago. */
static void exiting_for(struct synth_maker *m, struct rng *r, struct synth_household *h, int months)
{
    const struct synth_rules *s = m->rules;
    live_on(m, r, h, between(r), true);
    h->above_since = s->month - months;
    h->paid_before =
        s->standard[h->urban] * (int64_t)h->n * rng_between(r, 100, 700) / 1000 / YUAN * YUAN;
}

static void on_dibao(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    live_on(m, r, h, below(r), rng_chance(r, 3500));
    h->now.value[H_ASSETS] = asset_limit(m->rules, h) * rng_between(r, 0, 80) / 100;
    if (h->story == DIBAO_SINGLE) {
        h->now.value[H_ASSETS] = asset_limit(m->rules, h) * rng_between(r, 105, 200) / 100;
        h->members[0].now.value[P_DISABILITY] = m->rules->grade[rng_between(r, 1, 2)];
    }
    /* A three-wheeled car adapted for a disabled person is not in the way. */
    if (h->members[0].now.value[P_DISABILITY] != m->rules->grade[0] && rng_chance(r, 300))
        h->now.value[H_VEHICLES] = h->now.value[H_DISABILITY_VEHICLE] = 1;
    switch (h->story) {
    case DIBAO_EXITING:
        exiting_for(m, r, h, rng_between(r, 1, (int)m->rules->exit_months - 3));
        break;
    case DIBAO_EXPIRED:
        exiting_for(m, r, h, (int)m->rules->exit_months);
        break;
    case DIBAO_ABOVE:
        keep_before(h);
        live_on(m, r, h, between(r), true);
        break;
    case DIBAO_OUT:
        keep_before(h);
        fall_out(m, r, h);
        break;
    case DIBAO_OPEN:
        keep_before(h);
        lose_sight(m, r, h);
        break;
    default:
        break;
    }
}

static void on_the_edge(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    live_on(m, r, h, between(r), rng_chance(r, 7500));
    h->now.value[H_ASSETS] = asset_limit(m->rules, h) * rng_between(r, 5, 90) / 100;
}

static void destitute(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    static const uint16_t care[] = {12, 18, 70};
    const struct synth_rules *s = m->rules;
    bool old = rng_chance(r, 8600);
    person_aged(r, h, m->today, old ? PENSION_AGE : 19, old ? 90 : 59);
    struct synth_person *p = &h->members[0];
    p->now = person_blank(s);
    int64_t *v = p->now.value;
    if (!old)
        v[P_DISABILITY] = s->grade[rng_between(r, 1, 2)];
    else if (rng_chance(r, 1800))
        v[P_DISABILITY] = s->grade[rng_between(r, 1, 4)];
    if (rng_chance(r, 3000))
        v[P_DISEASE] = rng_chance(r, 1500) ? s->severe : s->chronic;
    v[P_INCOME] = old ? rng_between(r, 0, 18) * 10 * YUAN : 0;
    v[P_DESTITUTE] = 1;
    const int64_t levels[] = {s->care_full, s->care_half, s->care_self};
    v[P_SELF_CARE] = levels[even_pick(&m->self_care, care, 3)];
    p->now.unknown &= ~(1U << P_SELF_CARE);
    h->now.value[H_ASSETS] = rng_between(r, 0, 30) * 100 * YUAN;
    p->enrolled[TEKUN] = h->story == DESTITUTE;
    p->since[TEKUN] = since_make(m, r, p, 2, 58);
}

/* ---- enrolment ------------------------------------------------------------------------------ */

static void enrol(struct synth_maker *m, struct rng *r, struct synth_household *h)
{
    const struct synth_rules *s = m->rules;
    bool exiting = h->story == DIBAO_EXITING || h->story == DIBAO_EXPIRED;
    h->enrolled = h->story >= ON_DIBAO && h->story <= DIBAO_OPEN;
    h->since = since_make(m, r, &h->members[0], exiting ? 20 : 2, 58);
    for (size_t i = 0; i < h->n; i++) {
        struct synth_person *p = &h->members[i];
        care_enrol(m, r, p);
        p->enrolled[LIVING] = p->now.value[P_DISABILITY] != s->grade[0] &&
                              even_chance(&m->living, h->story == NEAR_DIBAO ? 2000 : 9800);
        p->since[LIVING] = since_make(m, r, p, 2, 58);
    }
}

void household_of_story(struct synth_maker *m, struct rng *r, struct synth_household *h,
                        enum story story, size_t room)
{
    h->story = story;
    household_blank(m->rules, h);
    if (story == DESTITUTE || story == NEAR_TEKUN) {
        destitute(m, r, h);
        return;
    }
    family_of(h, r, m->today, size_of(m, story == EDGE ? false : h->urban, room));
    for (size_t i = 0; i < h->n; i++)
        h->members[i].now = person_blank(m->rules);
    poor_health(m, r, h);
    schooling(m, r, h);
    if (story == EDGE)
        on_the_edge(m, r, h);
    else
        on_dibao(m, r, h);
    enrol(m, r, h);
}
