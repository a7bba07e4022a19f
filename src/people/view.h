/*
 * One household as its page shows it: where it lives, who lives in it, what is known of them and since
 * when, what they are enrolled in; and what happened, in words.
 */
#ifndef HUIMIN_PEOPLE_VIEW_H
#define HUIMIN_PEOPLE_VIEW_H

#include "people/registers.h"

struct view_member {
    int64_t person;
    str name;
    int sex;
    str birth, death;          /* days; death empty: alive */
    str relation;              /* GB/T 4761, two digits */
    str from, to;              /* of the membership; to 9999-12-31: lives here */
    bool here;                 /* on the day asked for */
    str identity, phone, card; /* in the clear, for masking; empty: none */
};
/* A fact that holds on the day. */
struct view_fact {
    const struct field *field;
    int64_t person;     /* 0: the household's */
    struct value value; /* as stored; VALUE_NULL: known to be unknown */
    str from;           /* since when it has been so */
    int64_t position;   /* the change that recorded it */
};
struct view_enrolment {
    int64_t person; /* 0: the household */
    str programme, from, to, cause;
};
struct household_view {
    int64_t county, household, version; /* version: the last change that touched it */
    int64_t division, head;
    str from, to; /* since when it is as it is; of the row of the day */
    bool over;    /* there is no such household on the day any more: the last row is shown */
    VEC(struct view_member) members; /* those of the day by relation to the head, then the former */
    VEC(struct view_fact) facts;
    VEC(struct view_enrolment) enrolments;
};
/* Everything in the arena. RC_NOT_FOUND. `numbers`: the members' numbers are opened too. */
MUST_CHECK enum rc household_view(const struct city *city, struct conn *c, int64_t county,
                                  int64_t household, day on, bool numbers, struct arena *a,
                                  struct household_view *out, struct err *err);

/* The same as it was believed at a change position; 0: now. Numbers have no past: they are today's.
 * RC_NOT_FOUND: no such household was known then. */
MUST_CHECK enum rc household_view_then(const struct city *city, struct conn *c, int64_t county,
                                       int64_t household, day on, int64_t position, bool numbers,
                                       struct arena *a, struct household_view *out,
                                       struct err *err);

/* A value as people write it: 1,250.00, 是, 重病. */
str fact_shown(const struct field *f, const struct value *v, bool english, struct arena *a);
/* 户主, 配偶: the label of a relation; the digits when it is none that is known. */
str relation_label(str digits, bool english);

struct view_event {
    str day; /* from which it holds */
    const char
        *kind; /* began, ended, joined, left, moved, head, died, fact, enrolled, stopped, change */
    str what[2]; /* Chinese, English */
    str who;
    int64_t at_ms;
    const struct field *field; /* fact: of which, so that what is sensitive can be left out */
};
/* Newest first, at most `most`. RC_NOT_FOUND. */
MUST_CHECK enum rc household_story(const struct city *city, struct conn *c, int64_t county,
                                   int64_t household, size_t most, struct arena *a,
                                   struct view_event **out, size_t *n, struct err *err);
/* The same as told at a change position, by what was believed then; 0: now. */
MUST_CHECK enum rc household_story_then(const struct city *city, struct conn *c, int64_t county,
                                        int64_t household, int64_t position, size_t most,
                                        struct arena *a, struct view_event **out, size_t *n,
                                        struct err *err);

#endif
