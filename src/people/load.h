/*
 * Many people at once. A loader puts new households, persons, their numbers and facts into the
 * tables in bulk, inside one change of their county: for a population that is made or taken over,
 * not for changes to people who are there (people.h). Rows of a table come in the order of its key;
 * who loads has checked them (the maker of a synthetic population).
 */
#ifndef HUIMIN_PEOPLE_LOAD_H
#define HUIMIN_PEOPLE_LOAD_H

#include "people/registers.h"

/* ---- in bulk -------------------------------------------------------------------------------- */

/* A number ready for the store. It can be made in another thread: number_ready(). */
struct ready_number {
    str sealed; /* n == 0: there is none */
    uint8_t lookup[VAULT_LOOKUP], ending[VAULT_ENDING];
};
struct ready_numbers {
    struct person_key key;
    struct ready_number of[NUMBER_CARD + 1]; /* by enum number_kind */
};
/* numbers[kind] in the clear (n == 0: none), by enum number_kind; sealed in the arena. */
void numbers_ready(struct vault *v, int64_t county, int64_t person,
                   const str numbers[NUMBER_CARD + 1], struct arena *a, struct ready_numbers *out);

struct loader;
MUST_CHECK enum rc loader_open(struct change *c, const struct registers *r, struct loader **out,
                               struct err *err);
MUST_CHECK enum rc loader_household(struct loader *l, const struct household_row *r,
                                    struct err *err);
MUST_CHECK enum rc loader_person(struct loader *l, const struct person_row *r, struct err *err);
MUST_CHECK enum rc loader_numbers(struct loader *l, int64_t person, const struct ready_numbers *n,
                                  struct err *err);
MUST_CHECK enum rc loader_membership(struct loader *l, const struct membership_row *r,
                                     struct err *err);
MUST_CHECK enum rc loader_enrolment(struct loader *l, const struct enrolment_row *r,
                                    struct err *err);
/* Values by position in the fields of registers->tables[table]. */
MUST_CHECK enum rc loader_facts(struct loader *l, size_t table, int64_t id, str valid_from,
                                str valid_to, const struct value *values, struct err *err);
/* The rows are in the store, or told to be wrong, after this; also after a failure. Claims the
 * identity numbers: RC_CONFLICT when one of them is somebody else's. */
MUST_CHECK enum rc loader_close(struct loader *l, struct err *err);

/* ---- indexes -------------------------------------------------------------------------------- */

/* Drop every index that is no key, before a load of a whole city, and make them again after. Inside
 * of store_write(). */
MUST_CHECK enum rc indexes_drop(struct conn *c, struct err *err);
MUST_CHECK enum rc indexes_make(struct conn *c, struct err *err);

/* ---- what is there -------------------------------------------------------------------------- */

/* All divisions in force on a day, by code. */
MUST_CHECK enum rc division_list(struct conn *c, str on_day, struct arena *a,
                                 struct division_info **out, size_t *n, struct err *err);
/* Is there anybody at all, in any county? */
MUST_CHECK enum rc population_any(struct conn *c, bool *out, struct err *err);

#endif
