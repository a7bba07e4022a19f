/*
 * Marks: which households a change touched, so that they are determined again at once (pay/continuous.h).
 * Written in the change itself by whatever puts a row that a policy can read: the puts of people.h and
 * registers.h, loaders, and decided amounts. Policies read a household and its members, nothing beyond;
 * so a person touches the households it belongs or belonged to, and no register of records touches any.
 */
#ifndef HUIMIN_PEOPLE_TOUCHED_H
#define HUIMIN_PEOPLE_TOUCHED_H

#include "vault/vault.h"

/* Above so many at once the county is marked as a whole. */
enum { TOUCHED_SINGLE = 500 };

MUST_CHECK enum rc household_touched(struct change *c, int64_t household, struct err *err);
MUST_CHECK enum rc person_touched(struct change *c, int64_t person, struct err *err);
/* Everybody of the county: for loads and runs. Single marks of the same change are then left out. */
MUST_CHECK enum rc county_touched(struct change *c, struct err *err);

#endif
