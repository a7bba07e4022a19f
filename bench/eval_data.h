/*
 * A made-up population for the benchmark, in columns as the evaluator takes them. The same seed
 * gives the same people everywhere.
 */
#ifndef HUIMIN_BENCH_EVAL_DATA_H
#define HUIMIN_BENCH_EVAL_DATA_H

#include <stddef.h>
#include <stdint.h>

struct people {
    size_t n, n_members;
    uint32_t *first; /* n + 1 */
    /* by household */
    uint8_t *hukou_type, *disability_vehicle, *no_month_above;
    int64_t *assets, *paid_last;
    int32_t *vehicles, *first_month_above;
    /* by person */
    int32_t *birth_date;
    int64_t *income, *wage;
    uint8_t *employed, *grade, *disease, *student, *lost_only_child, *second_house, *destitute;
    uint8_t *self_care, *no_self_care;
};

/* About two members a household. */
struct people *people_new(size_t households, uint64_t seed);
void people_free(struct people *p);

/* What the yardstick and the evaluator fill: as struct policy_result, one programme after another. */
struct awards {
    uint8_t *outcome[4];
    uint64_t *reasons[4];
    int64_t *subject_fen; /* dibao */
    int64_t *member_fen[4];
};

/* The values that hold in the place, and those that a what-if takes instead. */
struct standards {
    int64_t standard[2], base[2], floor[2], care[3], living, nursing[2];
    int exit_months, asset_months;
};

/*
 * The four programmes, household after household, as one writes them by hand for these columns:
 * the households [from, to), results of the first at index 0. Outcomes and reasons are numbered as
 * in the rules. `reasons` false: none are written.
 */
void yardstick(const struct people *p, const struct standards *s, size_t from, size_t to,
               int32_t first_day, int32_t this_month, int reasons, struct awards *out);

#endif
