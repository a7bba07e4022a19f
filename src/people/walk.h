/*
 * Going through the words of people in order (tokens.h), over all townships between two division codes:
 * a page of them costs about the same for a village and for the city. Inside people/ only, for search
 * and lists.
 */
#ifndef HUIMIN_PEOPLE_WALK_H
#define HUIMIN_PEOPLE_WALK_H

#include "people/list.h"

#define TOKEN_END "\xf4\x8f\xbf\xbf" /* behind every text that begins with what stands before it */

struct token_row {
    int64_t county;
    str token;
    int64_t person, household, division;
    int sex;
    day birth;
    bool gone;
};

struct token_walk {
    int64_t lo, hi; /* divisions */
    str from, to; /* words from `from` on and before `to`; both begin with the letter of the kind */
    bool down;    /* from the last to the first */
    str after;    /* n > 0: only behind this word ... */
    int64_t after_person; /* ... of this person */
    bool gone;            /* also the dead and those who moved away */
    day birth_from, birth_to;
    int sex_from, sex_to;
    str like;     /* n > 0: only words that end on this pattern of LIKE, escaped with '!' */
    bool limited; /* only of these households, in order of county and id */
    const struct household_key *only;
    size_t n_only;
    int limit;
};
/* Everybody: any day of birth, any sex. */
void token_walk_init(struct token_walk *w, int64_t lo, int64_t hi);

/* What begins with, or has a name or reading that begins with, what was typed: for `like`. */
str token_like(str typed, struct arena *a);

/* The rows in order, at most `limit`; in the arena. *more: there are others behind them. */
MUST_CHECK enum rc token_walk(const struct token_walk *w, struct conn *c, struct arena *a,
                              struct token_row **out, size_t *n, bool *more, struct err *err);
/* All rows in any order, at most `most` and in the arena: for those who sort them otherwise. The page's
 * position, direction and limit don't matter. */
MUST_CHECK enum rc token_gather(const struct token_walk *w, struct conn *c, int64_t most,
                                struct arena *a, struct token_row **out, size_t *n,
                                struct err *err);
/* How many there are, counted up to `most`; the page's position and direction don't matter. */
MUST_CHECK enum rc token_count(const struct token_walk *w, struct conn *c, int64_t most,
                               int64_t *out, struct err *err);

#endif
