/*
 * Amounts decided by people: by a case (work/money.h), by an accepted proposal, by a case load taken
 * over. Nothing is overwritten: the decision last made holds for every month from its own on.
 */
#ifndef HUIMIN_PAY_DECIDE_H
#define HUIMIN_PAY_DECIDE_H

#include "work/money.h"

/* What cases decide is written here from now on. Called once by each command that decides or serves;
 * calling it again changes nothing. */
void pay_tie(void);

/* One amount, inside a change. person 0: the household's. Decided twice in one change for the same
 * month the last holds. */
struct amount_decision {
    int64_t household_id, person_id;
    str programme;
    month from;
    int64_t fen;
    str cause, who;
};
MUST_CHECK enum rc amount_decide(struct change *c, const struct amount_decision *d,
                                 struct err *err);
/* Nothing from that month on: every amount of the unit (person 0: of all its members too) becomes 0. */
MUST_CHECK enum rc amount_stop(struct change *c, const struct amount_decision *d, struct err *err);

#endif
