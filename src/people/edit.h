/*
 * What happens to a household, recorded: somebody is born, dies, comes, leaves; it moves, splits or is
 * joined by another; a fact of it changes. Each is one change with its reason, checked as a whole before
 * anything is written. Nothing earlier is overwritten: days before stay as they were recorded.
 */
#ifndef HUIMIN_PEOPLE_EDIT_H
#define HUIMIN_PEOPLE_EDIT_H

#include "people/view.h"

enum edit_kind {
    EDIT_NEW,   /* a household that is not on record yet: people[0] is its head */
    EDIT_BORN,  /* people[0], on the day */
    EDIT_DIED,  /* person; head: who is it now, when the head died and others live there */
    EDIT_IN,    /* person of the register, or people[0]; with a relation */
    EDIT_OUT,   /* person; head as above */
    EDIT_MOVED, /* division; of another county: new rows there, these end */
    EDIT_SPLIT, /* persons form a household of their own, `head` among them; division 0: the same */
    EDIT_JOINED,  /* household `other` comes in, its head with `relation` to this one's */
    EDIT_FACT,    /* facts, from the day on */
    EDIT_NUMBERS, /* people[0]'s phone, card or identity number, of `person` */
    EDIT_CROSSED, /* persons leave and come into household `other` of `other_county`, with relations; other
                     0: a new one of theirs at `division`, persons[0] its head; head: as for EDIT_OUT */
    EDIT_KINDS
};
/* "died"; EDIT_KINDS: there is none of that word. */
enum edit_kind edit_kind_find(str word);

/* 1970-01-01 is day 0, and somebody's birthday. */
#define BIRTH_NOT_TOLD INT32_MIN

struct edit_person {
    str name, identity, phone, card; /* empty: not given */
    str relation;                    /* GB/T 4761 or a word; empty: not told */
    int sex;                         /* -1: not told; follows from the number */
    day birth;                       /* BIRTH_NOT_TOLD: follows from the number */
};
struct edit_fact {
    const struct field *field;
    int64_t person; /* 0: the household's; -1 ...: people[0] ... of EDIT_NEW */
    struct value value;
};
/*
 * An enrolment that goes no further where it was, as the family or one of its members lives elsewhere
 * now: it ends with the month of the edit, or it stays with those who stay. Whoever lives at `division`
 * from now on must be looked at there.
 */
struct edit_over {
    int64_t household,
        person; /* as they are now, of the change's county; person 0: the household */
    int64_t division;
    str name; /* the person's, or the head's */
    str programme;
};
struct household_edit {
    struct city *city;
    enum edit_kind kind;
    int64_t county, household; /* EDIT_NEW: county of the division; household 0 */
    int64_t version;           /* the one that was seen; 0: not looked at */
    str who;
    day day, today;
    str evidence; /* what it rests on; at least two characters */
    int64_t person, head, other, division;
    int64_t other_county; /* of `other`; 0: the same */
    str relation;
    const int64_t *persons;
    size_t n_persons;
    const str
        *relations; /* by persons: to the head of `other`; NULL or empty: made of what they were */
    int64_t *arrived; /* room for who they are there, by persons; or NULL */
    const struct edit_person *people;
    size_t n_people;
    const struct edit_fact *facts;
    size_t n_facts;
    /* Called for each of these inside the change of the county where they live now; NULL: nobody is told. */
    enum rc (*over)(struct change *c, void *ctx, const struct edit_over *o, struct err *err);
    void *over_ctx;
};
struct edit_result {
    int64_t county, household, version; /* as it is now; of a move to another county: the new one */
    int64_t made;                       /* the new household of a split or crossing; 0 */
    int64_t made_county;                /* of it, or of the household that was crossed into; 0 */
    const char *field; /* which member of the request was wrong; NULL: none in particular */
};
/*
 * RC_BAD_INPUT and RC_RULE: what is wrong and what to do about it, `field` says where. RC_CONFLICT:
 * the version is over, or a number is another person's. RC_NOT_FOUND: no such household or person.
 * Whether `who` may do it, and in which divisions, was asked before.
 */
MUST_CHECK enum rc household_edit(const struct household_edit *e, struct edit_result *out,
                                  struct err *err);
/* The same within a change of e->county: several of these may be one act. Refused, it may have written
 * some of it already: the change must fail. */
MUST_CHECK enum rc household_edit_in(struct change *c, const struct household_edit *e,
                                     struct edit_result *out, struct err *err);

#endif
