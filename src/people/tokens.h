/*
 * The words by which people are found and listed (tables person_token, person_index, people_count of
 * search.sql). Inside people/ only: what writes persons, households, memberships and enrolments calls
 * this, so that the words are always those of what is stored. Kinds, by their first letter:
 *
 *     n name:reading, p reading:name, i initials (zxm)                everybody
 *     b birth:reading:name                                            everybody
 *     u sex, birth:reading:name                                       whose sex isn't known
 *     q PROGRAMME:reading:name, s PROGRAMME/birth:reading:name        on it, or whose household is
 *     h reading:name, k name, e household, d division household       heads: the households
 *     g PROGRAMME:reading:name                                        households where anybody is on it
 *
 * A name that can't be read has the reading ~, behind all that can. A word of one order has in it what
 * the others sort by, so that a few people found by one can be put into another order without a look.
 */
#ifndef HUIMIN_PEOPLE_TOKENS_H
#define HUIMIN_PEOPLE_TOKENS_H

#include "people/load.h"

/* Make the person's words anew if they changed; nothing for one who is not stored. */
MUST_CHECK enum rc tokens_person(struct change *c, int64_t person, struct err *err);
/* Of everybody who ever lived in the household. */
MUST_CHECK enum rc tokens_household(struct change *c, int64_t household, struct err *err);

/* ---- in bulk: told of the rows that a loader takes, in their order; written at its end ---------- */

struct token_load;
struct token_load *token_load_open(struct change *c);
void token_load_household(struct token_load *l, const struct household_row *r);
void token_load_person(struct token_load *l, const struct person_row *r);
void token_load_membership(struct token_load *l, const struct membership_row *r);
void token_load_enrolment(struct token_load *l, const struct enrolment_row *r);
/* After the rows themselves. */
MUST_CHECK enum rc token_load_write(struct token_load *l, struct err *err);
void token_load_close(struct token_load *l);

/* ---- shared by both ----------------------------------------------------------------------------- */

struct token_state {
    int64_t household, division;
    str name, reading, initials;
    day birth;
    int sex;
    bool gone, head;
    str own, every; /* programmes, by blanks */
};
/* The words, by kind: each in the arena. */
struct token_words {
    str at[64];
    size_t n;
};
void token_words_of(const struct token_state *s, struct arena *a, struct token_words *out);
/* reading:name, as it stands in the words. */
str token_body(str reading, str name, struct arena *a);
/* Words by which households are put into order. */
str token_newest(int64_t household, struct arena *a);
str token_division(int64_t division, int64_t household, struct arena *a);
/* Reading and name out of a word of p, n, b, u, q or s. */
void token_parts(str word, str *reading, str *name);
/* Reading and initials of s->name. */
void token_read_name(struct token_state *s, struct arena *a);

#endif
