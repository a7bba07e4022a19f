/* Inside pay/: what the figures of a county are made of. */
#ifndef HUIMIN_PAY_FIGURES_IN_H
#define HUIMIN_PAY_FIGURES_IN_H

#include "pay/figures.h"

/* An enrolment, a stay, a membership, a sum: rows of a county by household. */
struct figure_unit {
    int64_t household, person;
    const struct policy *policy;
    day from, to; /* holds up to, not including */
};
struct figure_place {
    int64_t household, division;
    day from, to;
};
struct figure_member {
    int64_t household, person;
    day from, to, birth, death; /* 0: not known; alive */
    int sex;
};
struct figure_sum {
    int64_t household;
    const struct policy *policy;
    int64_t n, fen;
};

struct figure_county {
    int64_t county;
    day eve, last; /* the two days that are compared */
    bool run;      /* a run of the month is visible */
    VEC(struct figure_unit) units;
    VEC(struct figure_place) places;
    VEC(struct figure_member) members;
    VEC(struct figure_sum) awards, once;
    VEC(int64_t) disabled, rural; /* ids in order, on the last day: persons, households */
};
MUST_CHECK enum rc figure_county_read(const struct city *city, struct conn *c, int64_t county,
                                      month m, struct arena *a, struct figure_county *out,
                                      struct err *err);

#endif
