/* Families: who lives together, how old they are and what they are to each other. */
#include <assert.h>
#include <string.h>

#include "cmd/synth.h"

/* Relations to the head (GB/T 4761). */
enum {
    HEAD = 2,
    SPOUSE = 10,
    SON = 20,
    DAUGHTER = 30,
    GRANDSON = 41,
    GRANDDAUGHTER = 42,
    FATHER = 51,
    MOTHER = 52,
    BROTHER = 73,
    SISTER = 77,
};
enum { NEWBORN_DAYS = 40 };

struct family {
    struct synth_household *h;
    struct rng *r;
    day today;
    size_t room; /* no more members than that */
};

static struct synth_person *add(struct family *f, int sex, int age, int relation)
{
    if (f->h->n >= f->room)
        return NULL;
    struct synth_person *p = &f->h->members[f->h->n++];
    *p = (struct synth_person){.sex = (uint8_t)sex, .relation = (uint8_t)relation};
    int y = 0;
    int m = 0;
    int d = 0;
    date_civil(f->today, &y, &m, &d);
    p->birth = date_day(y - age, m, d) - rng_between(f->r, 1, 365);
    if (p->birth > f->today - NEWBORN_DAYS)
        p->birth = f->today - NEWBORN_DAYS;
    return p;
}

static int any_sex(struct rng *r)
{
    return rng_chance(r, 5120) ? MALE : FEMALE;
}

static void add_head(struct family *f, int lo, int hi)
{
    add(f, any_sex(f->r), rng_between(f->r, lo, hi), HEAD);
}

static int age_of(const struct family *f, size_t i)
{
    return date_years(f->h->members[i].birth, f->today);
}

static void add_spouse(struct family *f)
{
    bool male = f->h->members[0].sex == MALE;
    int age = age_of(f, 0) + rng_between(f->r, -3, 3) + (male ? -2 : 2);
    add(f, male ? FEMALE : MALE, age < 20 ? 20 : age, SPOUSE);
}

/* Children between two ages, as far as the parents' age allows. */
static void add_children(struct family *f, int n, int lo, int hi)
{
    int most = age_of(f, 0) - 21;
    if (f->h->n > 1 && f->h->members[1].relation == SPOUSE && age_of(f, 1) - 21 < most)
        most = age_of(f, 1) - 21;
    if (most < hi)
        hi = most;
    for (int i = 0; i < n && hi >= lo; i++) {
        int sex = any_sex(f->r);
        add(f, sex, rng_between(f->r, lo, hi), sex == MALE ? SON : DAUGHTER);
    }
}

static void add_parents(struct family *f, int n)
{
    int age = age_of(f, 0) + rng_between(f->r, 22, 31);
    bool mother_alone = rng_chance(f->r, 6500);
    if (n == 2 || mother_alone)
        add(f, FEMALE, age, MOTHER);
    if (n == 2 || !mother_alone)
        add(f, MALE, age + rng_between(f->r, 0, 4), FATHER);
}

static void add_grandchildren(struct family *f, int n)
{
    int hi = age_of(f, 0) - 42;
    hi = hi > 16 ? 16 : hi < 3 ? 3 : hi;
    for (int i = 0; i < n; i++) {
        int sex = any_sex(f->r);
        add(f, sex, rng_between(f->r, 1, hi), sex == MALE ? GRANDSON : GRANDDAUGHTER);
    }
}

/* ---- ordinary families ---------------------------------------------------------------------- */

enum form {
    ONE_YOUNG,
    ONE_MIDDLE,
    ONE_OLD,
    TWO_YOUNG,
    TWO_MIDDLE,
    TWO_OLD,
    WITH_CHILDREN,
    WITH_GROWN,
    ONE_PARENT,
    THREE_GENERATIONS,
    WITH_A_PARENT,
    GRANDPARENTS,
    FORMS
};
/* How common each is among families of town and country registration. */
static const uint16_t FORM_WEIGHTS[2][FORMS] = {
    {45, 85, 90, 45, 115, 115, 150, 150, 35, 90, 45, 30},
    {115, 95, 85, 70, 100, 105, 165, 125, 40, 50, 35, 10},
};

static int few(struct rng *r, uint16_t one, uint16_t two, uint16_t three)
{
    const uint16_t weights[] = {one, two, three};
    return 1 + (int)rng_pick(r, weights, 3);
}

static void compose(struct family *f, enum form form)
{
    struct rng *r = f->r;
    switch (form) {
    case ONE_YOUNG:
        add_head(f, 18, 39);
        break;
    case ONE_MIDDLE:
        add_head(f, 40, 59);
        break;
    case ONE_OLD:
        add_head(f, 60, rng_chance(r, 7000) ? 78 : 95);
        break;
    case TWO_YOUNG:
        add_head(f, 23, 39);
        add_spouse(f);
        break;
    case TWO_MIDDLE:
        add_head(f, 40, 59);
        add_spouse(f);
        break;
    case TWO_OLD:
        add_head(f, 60, rng_chance(r, 7500) ? 75 : 88);
        add_spouse(f);
        break;
    case WITH_CHILDREN:
        add_head(f, 25, 48);
        add_spouse(f);
        add_children(f, few(r, 72, 25, 3), 0, 17);
        break;
    case WITH_GROWN:
        add_head(f, 44, 66);
        add_spouse(f);
        add_children(f, few(r, 82, 17, 1), 18, 36);
        break;
    case ONE_PARENT:
        add_head(f, 28, 54);
        add_children(f, few(r, 75, 23, 2), 1, 20);
        break;
    case THREE_GENERATIONS:
        add_head(f, 28, 46);
        add_spouse(f);
        add_children(f, few(r, 68, 28, 4), 0, 17);
        add_parents(f, rng_chance(r, 5500) ? 2 : 1);
        break;
    case WITH_A_PARENT:
        add_head(f, 32, 62);
        add_parents(f, 1);
        break;
    default:
        add_head(f, 52, 72);
        if (rng_chance(r, 6500))
            add_spouse(f);
        add_grandchildren(f, few(r, 65, 30, 5));
        break;
    }
}

/* ---- families of a given size --------------------------------------------------------------- */

static void compose_two(struct family *f)
{
    static const uint16_t weights[] = {38, 14, 28, 20};
    switch (rng_pick(f->r, weights, 4)) {
    case 0:
        compose(f, TWO_OLD);
        break;
    case 1:
        compose(f, TWO_MIDDLE);
        break;
    case 2:
        add_head(f, 38, 62);
        add_parents(f, 1);
        break;
    default:
        add_head(f, 30, 52);
        add_children(f, 1, 3, 19);
        break;
    }
}

/* A couple or one parent with children, and parents where there are many. */
static void compose_more(struct family *f)
{
    bool couple = rng_chance(f->r, 7000) || f->room > 4;
    add_head(f, 34, 50);
    if (couple)
        add_spouse(f);
    if (f->room >= 4 && rng_chance(f->r, 6000))
        add_parents(f, 1);
    add_children(f, (int)(f->room - f->h->n), 2, 20);
}

static void compose_sized(struct family *f)
{
    static const uint16_t lonely[] = {3, 45, 52};
    if (f->room == 1)
        compose(f, (enum form)(ONE_YOUNG + (int)rng_pick(f->r, lonely, 3)));
    else if (f->room == 2)
        compose_two(f);
    else if (f->room == 3 && rng_chance(f->r, 1500))
        compose(f, GRANDPARENTS);
    else
        compose_more(f);
    while (f->h->n < f->room) {
        int sex = any_sex(f->r);
        int age = age_of(f, 0) - rng_between(f->r, 0, 6);
        add(f, sex, age < 18 ? 18 : age, sex == MALE ? BROTHER : SISTER);
    }
}

/* ---- names ---------------------------------------------------------------------------------- */

/* Children and the father's side carry the father's name; husband and wife each their own. */
static void name_all(struct family *f)
{
    struct synth_household *h = f->h;
    size_t own = surname_pick(f->r);
    size_t other = surname_pick(f->r);
    bool father_is_spouse =
        h->n > 1 && h->members[1].relation == SPOUSE && h->members[0].sex == FEMALE;
    for (size_t i = 0; i < h->n; i++) {
        struct synth_person *p = &h->members[i];
        size_t surname = own;
        if (p->relation == SPOUSE ||
            (father_is_spouse && (p->relation == SON || p->relation == DAUGHTER)))
            surname = other;
        else if (p->relation == MOTHER)
            surname = surname_pick(f->r);
        name_make(f->r, surname, p->sex, p->name);
    }
}

void family_make(struct synth_household *h, struct rng *r, day today, size_t room)
{
    struct family f = {.h = h, .r = r, .today = today, .room = room};
    if (f.room > SYNTH_FAMILY_MAX)
        f.room = SYNTH_FAMILY_MAX;
    h->n = 0;
    compose(&f, (enum form)rng_pick(r, FORM_WEIGHTS[h->urban], FORMS));
    name_all(&f);
}

void family_of(struct synth_household *h, struct rng *r, day today, size_t n)
{
    struct family f = {.h = h, .r = r, .today = today, .room = n};
    assert(n > 0 && n <= SYNTH_FAMILY_MAX);
    h->n = 0;
    compose_sized(&f);
    assert(h->n == n);
    name_all(&f);
}

void person_aged(struct rng *r, struct synth_household *h, day today, int lo, int hi)
{
    struct family f = {.h = h, .r = r, .today = today, .room = 1};
    h->n = 0;
    add_head(&f, lo, hi);
    name_all(&f);
}
