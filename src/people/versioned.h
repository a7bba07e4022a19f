/*
 * Rows with a valid time, the same way for every table that has one: household, membership,
 * enrolment and the generated tables of facts. Inside people/ only; what is put, and what a put does
 * to the rows that are there, is told in people.h.
 */
#ifndef HUIMIN_PEOPLE_VERSIONED_H
#define HUIMIN_PEOPLE_VERSIONED_H

#include "people/people.h"

enum { VERSION_KEYS_MAX = 3, VERSION_VALUES_MAX = 200 };

/*
 * A table of versions. Parameters of its statements, `county` and the keys first in all of them:
 *     overlap  …, from, to -> valid_from, valid_to, position, values …
 *     move     …, valid_from, past_position
 *     remove   …, valid_from
 *     insert   …, valid_from, valid_to, position, values …
 */
struct versioned {
    const char *table;
    size_t n_keys; /* besides the county */
    size_t n_values;
    const char *types; /* of the values, a letter each: i whole number, t text */
    const struct statement *overlap, *move, *remove, *insert;
    enum { TOUCHES_NOBODY, TOUCHES_HOUSEHOLD, TOUCHES_PERSON } touches; /* what its first key is */
};

struct version {
    const struct value *keys;
    str valid_from, valid_to;
    const struct value *values;
};

MUST_CHECK enum rc versioned_put(struct change *c, const struct versioned *t,
                                 const struct version *v, struct err *err);

/* RC_BAD_INPUT unless both are days and `from` is before `to`. */
MUST_CHECK enum rc valid_time_check(str from, str to, struct err *err);

/* Null and the same kind with the same content are the same. */
bool value_same(const struct value *a, const struct value *b);

#endif
