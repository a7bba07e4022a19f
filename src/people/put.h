/* What writing one row and loading many have in common. Inside people/ only. */
#ifndef HUIMIN_PEOPLE_PUT_H
#define HUIMIN_PEOPLE_PUT_H

#include "people/people.h"

/* RC_BAD_INPUT unless the division is in force on the day and kept by this county. */
MUST_CHECK enum rc household_place_check(struct conn *c, int64_t county, int64_t division,
                                         str on_day, struct err *err);
/* Sex, dates, and a birth that is not after the death. */
MUST_CHECK enum rc person_check(const struct person_row *r, struct err *err);
/* The row in the order of the table's columns. */
void person_values(const struct change *c, const struct person_row *r, struct value out[7]);
/* RC_BAD_INPUT: empty, or too long to be a number of this kind. */
MUST_CHECK enum rc number_check(enum number_kind kind, str number, struct err *err);

#endif
