/*
 * What is left of people whose time on record is over: days, amounts and codes, under a number, without a
 * name. Whose time is over is decided above (pay/retention.h).
 */
#ifndef HUIMIN_PEOPLE_FORGET_H
#define HUIMIN_PEOPLE_FORGET_H

#include "people/registers.h"

/* Stands where a name or words were. */
#define FORGOTTEN "（已按保存期限清除）"

/*
 * Destroy the person's key and numbers; put FORGOTTEN for the name, now and in the past, and for every
 * text and address among the facts; the words to be found by are made anew. Amounts, codes and days
 * stay: what was determined is worked out from them.
 */
MUST_CHECK enum rc person_forget(struct change *c, const struct registers *r, int64_t person,
                                 struct err *err);
/* The texts and addresses among a household's own facts. */
MUST_CHECK enum rc household_forget(struct change *c, const struct registers *r, int64_t household,
                                    struct err *err);

#endif
