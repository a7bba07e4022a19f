/*
 * Showing a number of a person in full: for a reason, to those whose work needs it, and never without a
 * record that stays with the person.
 */
#ifndef HUIMIN_GUARD_REVEAL_H
#define HUIMIN_GUARD_REVEAL_H

#include "guard/guard.h"

enum { REVEAL_WHY_LEAST = 4, REVEAL_WHY_MOST = 200 };

/* id_number, phone, card; false: another text. */
bool reveal_kind(str text, enum number_kind *out);
const char *reveal_kind_text(enum number_kind kind);

/* May the scope's roles see such numbers at all? */
bool reveal_may(const struct scope *s, enum number_kind kind);

/* The number, in the arena; recorded in the same transaction. RC_BAD_INPUT: no reason. RC_FORBIDDEN:
 * not with these roles. RC_NOT_FOUND: no such person that may be seen, or it has no such number. */
MUST_CHECK enum rc reveal_number(struct city *city, const struct scope *s, int64_t county,
                                 int64_t person, enum number_kind kind, str why, struct arena *a,
                                 str *number, struct err *err);

struct reveal {
    int64_t reveal_id, at_ms;
    str kind, who, why;
};
/* Newest first, before `before` (0: from the newest); in the arena. RC_NOT_FOUND as above. */
MUST_CHECK enum rc reveal_read(const struct scope *s, struct conn *c, int64_t county,
                               int64_t person, int64_t before, int limit, struct arena *a,
                               struct reveal **out, size_t *n, struct err *err);

#endif
