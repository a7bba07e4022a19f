/*
 * Finding persons by what is typed into one box: a name or its beginning, its reading or initials, an
 * identity, phone or card number, the last four characters of one; and places by name. Only what lives
 * between two division codes is found; who may see which of those is decided above (guard).
 */
#ifndef HUIMIN_PEOPLE_SEARCH_H
#define HUIMIN_PEOPLE_SEARCH_H

#include "people/people.h"

struct found_person {
    int64_t county, person, household; /* household 0: lives in none */
    int64_t division;
    str name, reading; /* zhangxiaoming; empty: it can't be read */
    day birth;
    int sex;
    bool gone; /* dead, or moved away */
    bool head;
    str own, every; /* programmes, by blanks: of the person; of a head's household */
};
struct search_spec {
    struct vault *vault;
    int64_t lo, hi; /* divisions */
    str typed;
    int limit; /* 1 to 200 */
};
/* Exact ones first, then in order of reading or name. In the arena. */
MUST_CHECK enum rc search_persons(const struct search_spec *s, struct conn *c, struct arena *a,
                                  struct found_person **out, size_t *n, struct err *err);
/* Divisions in force on the day, whose name has the typed text in it or whose code begins with it. */
MUST_CHECK enum rc search_divisions(const struct search_spec *s, day today, struct conn *c,
                                    struct arena *a, struct division_info **out, size_t *n,
                                    struct err *err);

/* One person as kept for lists. RC_NOT_FOUND. */
MUST_CHECK enum rc found_person_read(struct conn *c, int64_t county, int64_t person,
                                     struct arena *a, struct found_person *out, struct err *err);

/*
 * Words for people of a store that had them before there were words for them: what is missing is made,
 * county by county, some thousand persons a change. Nothing is done where it was done already.
 */
MUST_CHECK enum rc search_fill(struct city *city, int64_t *made, struct err *err);

#endif
