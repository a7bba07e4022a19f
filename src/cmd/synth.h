/*
 * The parts of `huimin synth`: a made-up population over the real villages of a place, the same for
 * the same seed. Nobody in it exists.
 *
 *     synth_numbers.c   chance, identity, phone and card numbers, names
 *     synth_people.c    who lives together: ages, sexes, relations
 *     synth_rules.c     the fields and values of the rules in force that they are made around
 *     synth_facts.c     health, work, income and property of an ordinary family
 *     synth_cases.c     families on assistance, and those just beside it
 *     synth_plan.c      how many of each there are, and in which village
 *     synth_batch.c     a county family by family, made and sealed in a thread of its own
 *     synth_write.c     into the store
 *     synth.c           the command
 *
 * Everything follows from the seed and whole-number arithmetic: no clock, no floating point.
 */
#ifndef HUIMIN_CMD_SYNTH_H
#define HUIMIN_CMD_SYNTH_H

#include "people/load.h"

/* ---- chance --------------------------------------------------------------------------------- */

struct rng {
    uint64_t state;
};
struct rng rng_of(uint64_t seed, uint64_t what, uint64_t number);
uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* 0 … n - 1; n > 0 */
int rng_between(struct rng *r, int lo, int hi);
bool rng_chance(struct rng *r, uint32_t of_10000);
/* The place of the one drawn in a list of weights. */
size_t rng_pick(struct rng *r, const uint16_t *weights, size_t n);
/* Around `median`, as incomes are: 17 points of a distribution's shape in thousandths. */
int64_t rng_shaped(struct rng *r, int64_t median, const uint16_t shape[17]);
extern const uint16_t SHAPE_NARROW[17], SHAPE_MIDDLE[17], SHAPE_WIDE[17], SHAPE_WIDEST[17];

/* Numbers that cover 0 … 2^32 evenly: shares come out nearly exact even for few. */
struct even {
    uint32_t at;
};
uint32_t even_next(struct even *e);
bool even_chance(struct even *e, uint32_t of_10000);
size_t even_pick(struct even *e, const uint16_t *weights, size_t n);

/* ---- people --------------------------------------------------------------------------------- */

enum { SYNTH_FAMILY_MAX = 12, MALE = 1, FEMALE = 2, ADULT = 18, YUAN = 100 };

/* Facts of a person, and of a household, as the lines declare them; see synth_rules. */
enum person_fact {
    P_INCOME,
    P_WAGE,
    P_DISEASE,
    P_EMPLOYED,
    P_STUDENT,
    P_SECOND_HOUSE,
    P_LOST_CHILD,
    P_DESTITUTE,
    P_SELF_CARE,
    P_DISABILITY,
    P__COUNT
};
enum household_fact {
    H_HUKOU,
    H_ASSETS,
    H_VEHICLES,
    H_DISABILITY_VEHICLE,
    H_FIRST_ABOVE,
    H__COUNT
};

struct facts_of_person {
    int64_t value[P__COUNT]; /* fen, 0/1, the code's index */
    uint32_t unknown;        /* by bit */
};
struct facts_of_household {
    int64_t value[H__COUNT];
    uint32_t unknown;
};

enum programme { DIBAO, TEKUN, LIVING, CARE, PROGRAMMES };

struct synth_person {
    int64_t id;
    char name[16];                          /* UTF-8 */
    char identity[19], phone[12], card[20]; /* empty: has none */
    uint8_t sex;                            /* 1 male, 2 female */
    uint8_t relation;                       /* GB/T 4761, two digits */
    day birth;
    struct facts_of_person now, before;
    bool enrolled[PROGRAMMES];
    day since[PROGRAMMES];
};

/* Why a family is as it is. */
enum story {
    ORDINARY,
    ON_DIBAO,      /* enrolled, and qualifies */
    DIBAO_EXITING, /* enrolled, in gradual exit for some months */
    DIBAO_ABOVE,   /* enrolled; from this month income is above the standard */
    DIBAO_OUT,     /* enrolled, qualifies no more from this month */
    DIBAO_EXPIRED, /* enrolled, gradual exit is over */
    DIBAO_SINGLE,  /* enrolled; property in the way, but a gravely ill or disabled member */
    DIBAO_OPEN,    /* enrolled; a fact is not known from this month */
    NEAR_DIBAO,    /* qualifies, is not enrolled */
    EDGE,          /* income between the standard and the edge line */
    DESTITUTE,     /* tekun, enrolled */
    NEAR_TEKUN,    /* destitute, not enrolled */
    STORIES
};

struct synth_household {
    int64_t id;
    int64_t division;
    enum story story;
    bool urban;    /* by registration, not by where they live */
    bool changed;  /* facts `before` held until the first of the month */
    bool enrolled; /* dibao */
    day since;
    month above_since;   /* DIBAO_EXITING, DIBAO_EXPIRED */
    int64_t paid_before; /* the same: fen paid month after month */
    struct facts_of_household now, before;
    size_t n;
    struct synth_person *members; /* the first is the head */
};

/*
 * An ordinary family with at most `room` members; one of exactly n; somebody alone. Ages as on
 * `today`. h->members has room for SYNTH_FAMILY_MAX.
 */
void family_make(struct synth_household *h, struct rng *r, day today, size_t room);
void family_of(struct synth_household *h, struct rng *r, day today, size_t n);
void person_aged(struct rng *r, struct synth_household *h, day today, int lo, int hi);

size_t surname_pick(struct rng *r);
void name_make(struct rng *r, size_t surname, int sex, char out[16]);
void phone_make(struct rng *r, char out[12]);
void card_make(struct rng *r, char out[20]);

/* Which identity numbers of one area are given out: how many a day of birth and sex. */
struct identity_book {
    day first;
    uint16_t *used; /* in the arena */
};
void identity_book_init(struct identity_book *b, struct arena *a);
void identity_book_clear(struct identity_book *b);
/* Gives the person a number of the area (six digits); moves the day of birth when that day has no
 * more numbers. False: there are none near it. */
MUST_CHECK bool identity_make(struct identity_book *b, int64_t area, struct synth_person *p);

/* ---- what the rules say --------------------------------------------------------------------- */

/* Where the facts are declared, and the values that families are made around. */
struct synth_rules {
    const struct rules *rules;
    const struct place *place;
    month month; /* that the population is made for: December 2020 */
    struct policy *policy[PROGRAMMES];
    struct field *person[P__COUNT], *household[H__COUNT], *birth;
    struct reg *household_reg, *person_reg;
    int64_t urban, rural; /* indices of codes */
    int64_t no_disease, chronic, severe;
    int64_t care_full, care_half, care_self;
    int64_t grade[5];             /* none, 1 … 4 */
    int64_t standard[2], edge[2]; /* fen; [1]: urban */
    int64_t job_cost_num, job_cost_den;
    int64_t asset_months, exit_months;
};
/* RC_RULE: the rules in force lack something that a synthetic population is made of. */
MUST_CHECK enum rc synth_rules_of(const struct rules *r, const struct place *p, month m,
                                  struct synth_rules *out, struct err *err);

/* ---- facts and stories ---------------------------------------------------------------------- */

/* What one county's families are made with. */
struct synth_maker {
    const struct synth_rules *rules;
    day today; /* the first of the month */
    struct even disabled, severe, grade, poor_disabled, poor_grade;
    struct even size[2], story, living, care, self_care;
};
void maker_init(struct synth_maker *m, const struct synth_rules *rules, uint64_t seed,
                int64_t county);

/* Ages, health, work, income and property of an ordinary family: above the edge line. */
void household_ordinary(struct synth_maker *m, struct rng *r, struct synth_household *h,
                        size_t room);
/* A family with a story of its own, of h->urban, with at most `room` members. */
void household_of_story(struct synth_maker *m, struct rng *r, struct synth_household *h,
                        enum story story, size_t room);
/* One of the stories of families on dibao. */
enum story story_of_dibao(struct synth_maker *m);

/* Inside synth_facts.c and synth_cases.c. */
struct facts_of_person person_blank(const struct synth_rules *s);
void household_blank(const struct synth_rules *s, struct synth_household *h);
/* Income of the household less the costs of work, in fen, by the rule dibao.job_cost. */
int64_t net_income(const struct synth_rules *s, const struct synth_household *h);
bool severely_disabled(const struct synth_rules *s, const struct synth_person *p);
bool gravely_affected(const struct synth_rules *s, const struct synth_person *p);
day since_make(struct synth_maker *m, struct rng *r, const struct synth_person *p, int months_min,
               int months_max);
void care_enrol(struct synth_maker *m, struct rng *r, struct synth_person *p);
void numbers_make(struct synth_maker *m, struct rng *r, struct synth_household *h);

/* ---- how many, and where -------------------------------------------------------------------- */

enum synth_case { CASE_DIBAO, CASE_NEAR_DIBAO, CASE_EDGE, CASE_TEKUN, CASE_NEAR_TEKUN, CASES };

struct synth_village {
    int64_t division, county;
    uint32_t persons;
    uint32_t urban_of_10000; /* of its ordinary families, by registration */
    uint32_t cases[CASES][2];
};
struct synth_plan {
    struct synth_village *villages; /* by code; only those with somebody in them */
    size_t n;
    int64_t *counties;
    size_t n_counties;
    int64_t persons;
};
/* RC_NOT_FOUND: the place has no villages. */
MUST_CHECK enum rc synth_plan_make(const struct division_info *divisions, size_t n, int64_t persons,
                                   uint64_t seed, struct arena *a, struct synth_plan *out,
                                   struct err *err);

/* ---- a county, family by family ------------------------------------------------------------- */

struct synth_batch {
    struct arena arena; /* sealed numbers */
    struct synth_household *households;
    size_t n;
    struct synth_person *persons; /* of all of them, in order */
    struct ready_numbers *numbers;
    size_t n_persons;
};

struct synth_source_spec {
    const struct synth_rules *rules;
    const struct synth_plan *plan;
    struct vault *vault;
    struct id_source *ids;
    uint64_t seed;
    int64_t county;
};
struct synth_source;
MUST_CHECK enum rc synth_source_open(const struct synth_source_spec *spec,
                                     struct synth_source **out, struct err *err);
/* The next batch, good until the next call; NULL at the end. */
MUST_CHECK enum rc synth_source_next(struct synth_source *s, struct synth_batch **out,
                                     struct err *err);
void synth_source_close(struct synth_source *s);

/* ---- into the store ------------------------------------------------------------------------- */

struct synth_counts {
    int64_t households, persons;
    int64_t enrolled[PROGRAMMES][2]; /* households or persons; [1]: urban */
    int64_t dibao_persons[2];
};
struct synth_spec {
    struct city *city;
    int64_t persons;
    str seed;
    month month; /* that is still to be run; the one before is run here */
    void (*progress)(void *ctx, int64_t persons);
    void *ctx;
};
/* RC_CONFLICT: there are people in the store already. */
MUST_CHECK enum rc synth_write(const struct synth_spec *spec, struct synth_counts *counts,
                               struct err *err);
/* The time that a seed's store is made at, in milliseconds since 1970; ids take theirs from it. */
int64_t synth_time(str seed, month m);

#endif
