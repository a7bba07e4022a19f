/*
 * The city as it was: rules of an earlier release, compiled from the store and kept by the process under their
 * hash, and the tables that they declare, as far as the store still has them so. A field whose column is of
 * another kind now, or isn't there, is unknown of everybody: a kind changes only while nobody has a value of
 * it. So is a value that the code lists of then don't have.
 */
#ifndef HUIMIN_PEOPLE_THEN_H
#define HUIMIN_PEOPLE_THEN_H

#include "people/registers.h"

/* Compiled once and never freed; of every store that has them. Any thread. RC_NOT_FOUND: the store has no
 * such rules; RC_RULE: they don't compile. */
MUST_CHECK enum rc rules_then(struct conn *c, str rule_hash, const struct rules **out,
                              struct err *err);
/* The tables that some rules declare, to be read only: statements that the store takes whatever was released
 * since. In the arena. */
MUST_CHECK enum rc registers_then(struct conn *c, const struct rules *r, struct arena *a,
                                  struct registers **out, struct err *err);
/*
 * The city with the rules, place and tables of a hash; store, vault, ids and who are its own still. The hash in
 * force gives the city itself. What *out points at lives as long as the arena and `now`. RC_RULE: the rules of
 * then have no such place.
 */
MUST_CHECK enum rc city_then(const struct city *now, struct conn *c, str rule_hash, struct arena *a,
                             struct city *out, struct err *err);

#endif
