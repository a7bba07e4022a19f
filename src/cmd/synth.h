/*
 * The parts of `huimin synth`: a made-up population over the real villages of a place, the same for
 * the same seed. Nobody in it exists.
 *
 *     synth_numbers.c   chance, identity, phone and card numbers, names
 *     synth_people.c    who lives together: ages, sexes, relations
 *     synth_facts.c     health, work, income and property of an ordinary family
 *     synth_cases.c     families on assistance, and those just beside it
 *     synth_plan.c      how many of each there are, and in which village
 *     synth_month.c     what the rules gave the enrolled in the month before
 *     synth_write.c     into the store
 *     synth.c           the command
 *
 * Everything follows from the seed and whole-number arithmetic: no clock, no floating point.
 */
#ifndef HUIMIN_CMD_SYNTH_H
#define HUIMIN_CMD_SYNTH_H

#include "people/people.h"
#include "people/registers.h"

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

enum { SYNTH_FAMILY_MAX = 12 };

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
enum household_fact { H_HUKOU, H_ASSETS, H_VEHICLES, H_DISABILITY_VEHICLE, H_FIRST_ABOVE, H__COUNT };

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
    char name[16]; /* UTF-8 */
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
    bool urban;     /* by registration, not by where they live */
    bool changed;   /* facts `before` held until the first of the month */
    bool has_phone_of_head;
    bool enrolled;  /* dibao */
    day since;
    month above_since;   /* DIBAO_EXITING, DIBAO_EXPIRED */
    int64_t paid_before; /* the same: fen paid month after month */
    struct facts_of_household now, before;
    size_t n;
    struct synth_person *members; /* the first is the head */
};

/* ---- what the rules say --------------------------------------------------------------------- */

/* Where the facts are declared, and the values that families are made around. */
struct synth_rules {
    const struct rules *rules;
    const struct place *place;
    month month; /* that the population is made for: December 2020 */
    struct policy *policy[PROGRAMMES];
    struct field *person[P__COUNT], *household[H__COUNT], *birth;
    struct reg *household_reg, *person_reg;
    int64_t urban, rural;                            /* indices of codes */
    int64_t no_disease, chronic, severe;
    int64_t care_full, care_half, care_self;
    int64_t grade[5]; /* none, 1 … 4 */
    int64_t standard[2], edge[2]; /* fen; [1]: urban */
    int64_t job_cost_num, job_cost_den;
    int64_t asset_months, exit_months;
};
/* RC_RULE: the rules in force lack something that a synthetic population is made of. */
MUST_CHECK enum rc synth_rules_of(const struct rules *r, const struct place *p, month m,
                                  struct synth_rules *out, struct err *err);
