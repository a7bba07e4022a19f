/*
 * Lists of households and persons, a page at a time: in a declared order, within two division codes,
 * filtered, and always through an index. A page of a million rows takes milliseconds.
 */
#ifndef HUIMIN_PEOPLE_LIST_H
#define HUIMIN_PEOPLE_LIST_H

#include "people/instant.h"

enum { LIST_EXACT = 10000 }; /* up to so many are counted */

enum list_order {
    LIST_BY_NAME,     /* reading of the person's, of a household its head's name */
    LIST_BY_DIVISION, /* households: village, then when they came */
    LIST_NEWEST,      /* households, by when they came on record; down: the last first */
    LIST_BY_BIRTH,    /* persons */
};

/* Where a page ended: text and number, to go on behind. */
struct list_after {
    bool given;
    str word;
    int64_t number, id;
};

/* One household of a county. */
struct household_key {
    int64_t county, household;
};

struct list_spec {
    int64_t lo, hi; /* divisions */
    bool limited;   /* only of these households, in order of county and id */
    const struct household_key *only;
    size_t n_only;
    enum list_order order;
    bool down;
    str programme;        /* on it; empty: all */
    str typed;            /* name, its beginning, or reading; empty: all */
    int sex;              /* persons; -1: any */
    int age_from, age_to; /* completed years today; -1: any */
    bool gone;            /* persons: also the dead and those who moved away */
    day today;
    int limit; /* 1 to 200 */
    struct list_after after;
    /* As of another day than today, as known at another time than now: such a list goes through the rows of
     * then, a page in about the time that reading all households takes, and its count is exact. */
    struct instant at;
    /* And of those only who lives, or lived last, between these today; 0: anybody. */
    int64_t seen_lo, seen_hi;
};

struct household_item {
    int64_t county, household, head, division;
    str head_name;
    int64_t members; /* who live there today */
    str programmes;  /* on today, by blanks */
};
struct person_item {
    int64_t county, person, household, division;
    str name;
    int sex;
    day birth;
    bool gone, head;
    str programmes;
};
struct list_count {
    int64_t n;
    bool exact;
};

/* Every order goes with every filter. RC_BAD_INPUT: an order that such a list does not have. Everything in the arena. *next.given: there is
 * more, and `next` says where it goes on. */
MUST_CHECK enum rc list_households(const struct list_spec *s, struct conn *c, struct arena *a,
                                   struct household_item **out, size_t *n, struct list_after *next,
                                   struct err *err);
MUST_CHECK enum rc list_persons(const struct list_spec *s, struct conn *c, struct arena *a,
                                struct person_item **out, size_t *n, struct list_after *next,
                                struct err *err);
/* How many there are: exact up to LIST_EXACT; beyond, the kept counter where nothing is filtered. */
MUST_CHECK enum rc list_count(const struct list_spec *s, bool persons, struct conn *c,
                              struct list_count *out, struct err *err);
/* One household as such an item. */
MUST_CHECK enum rc household_item_read(struct conn *c, int64_t county, int64_t household, day today,
                                       struct arena *a, struct household_item *out,
                                       struct err *err);
/* The same as of a day, as believed at a change position; 0: now. */
MUST_CHECK enum rc household_item_read_then(struct conn *c, int64_t county, int64_t household,
                                            day on, int64_t position, struct arena *a,
                                            struct household_item *out, struct err *err);

#endif
