/* What the parts of edit.h share: edit.c says what each kind does, edit_put.c how it is written. */
#ifndef HUIMIN_PEOPLE_EDIT_IN_H
#define HUIMIN_PEOPLE_EDIT_IN_H

#include "people/edit.h"

struct editing {
    const struct household_edit *e;
    struct edit_result *out;
    struct change *c;
    struct arena *a;
    struct household_view v; /* as it is on the day */
    str on, after;           /* the day, and the one after it */
    struct edit_overs *over; /* enrolments that ended, or that some leave behind */
};
struct edit_overs {
    VEC(struct edit_over) list; /* household 0, division 0 until they are told */
};

/* RC_... with the member of the request that is wrong. */
enum rc edit_wrong(struct editing *g, enum rc rc, const char *field, struct err *err,
                   const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Two digits of a relation as typed. */
MUST_CHECK enum rc edit_relation(struct editing *g, str typed, str *out, struct err *err);
/* The relation to a new head of somebody whose relation to the old one is known. */
str edit_relation_to(const struct editing *g, const struct view_member *who,
                     const struct view_member *new_head);

/* The member living there on the day; RC_NOT_FOUND. */
MUST_CHECK enum rc edit_member(struct editing *g, int64_t person, const char *field,
                               struct view_member **out, struct err *err);
size_t edit_living(const struct editing *g); /* members on the day */

/* A new person with numbers; checks the identity number against what else is said. */
MUST_CHECK enum rc edit_person_new(struct editing *g, const struct edit_person *p, int64_t *out,
                                   struct err *err);
MUST_CHECK enum rc edit_numbers(struct editing *g, int64_t person, const struct edit_person *p,
                                struct err *err);
MUST_CHECK enum rc edit_join(struct editing *g, int64_t household, int64_t person, str from,
                             str relation, struct err *err);
/* The membership ends; the member is not there on `on` any more. */
MUST_CHECK enum rc edit_leave(struct editing *g, const struct view_member *m, str on,
                              struct err *err);
/* Another head from a day on: relations to him follow. Those who leave are passed over. */
MUST_CHECK enum rc edit_new_head(struct editing *g, int64_t head, str from, struct err *err);
/* The household is no more from a day on. */
MUST_CHECK enum rc edit_end(struct editing *g, str on, struct err *err);
/* Facts from the day to the next that is recorded. ids[-1 - person] for people of EDIT_NEW. */
MUST_CHECK enum rc edit_facts(struct editing *g, const int64_t *ids, struct err *err);
/* The household's enrolments end with the month of the day: all of them, or one member's own. */
enum { EDIT_ALL = -1 };
MUST_CHECK enum rc edit_stop(struct editing *g, int64_t person, struct err *err);
/* Those of the whole household go on for who stays; who leaves must be told. */
MUST_CHECK enum rc edit_left_behind(struct editing *g, str name, struct err *err);
/* Tell of what ended, for who lives in this household and division now; inside change `c`. */
MUST_CHECK enum rc edit_tell(const struct editing *g, struct change *c, int64_t household,
                             int64_t division, struct err *err);
/* The values of the day of a household or person, from the day on, of another in the change of `there`. */
MUST_CHECK enum rc edit_facts_carry(const struct editing *g, struct editing *there, int64_t old_id,
                                    int64_t new_id, struct err *err);
/* Whose relative, or own person, somebody is stays known under the id that he gets in another county. */
MUST_CHECK enum rc edit_ties_carry(const struct editing *g, struct editing *there, int64_t old_id,
                                   int64_t new_id, struct err *err);
/* A village or community in force on the day. */
MUST_CHECK enum rc edit_village(struct editing *g, int64_t division, struct division_info *out,
                                struct err *err);
/* The head goes: who else is it? Asked only when somebody stays; else the household is over. */
MUST_CHECK enum rc edit_head_follows(struct editing *g, const struct view_member *gone, str from,
                                     struct err *err);
MUST_CHECK enum rc edit_cross(struct editing *g, struct err *err);
/* Everything of the household into another county. */
MUST_CHECK enum rc edit_move_away(struct editing *g, const struct division_info *to,
                                  struct err *err);

#endif
