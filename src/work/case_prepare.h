/* What an event must say, checked, and what it does besides the case's own state; inside work/ only. */
#ifndef HUIMIN_WORK_CASE_PREPARE_H
#define HUIMIN_WORK_CASE_PREPARE_H

#include "work/effect.h"

struct prepared {
    struct city *city;
    const struct scope *scope;
    struct change *change;
    struct case_whole *k;
    const struct case_act *act;
    const struct step_state *step; /* NULL: none */
    day on;
    struct arena *a;
    /* out: */
    json_t *data; /* of the event */
    struct case_proposal proposal;
    struct case_verdict verdict;
    day until;
    str papers; /* their labels */
    str office; /* transferred to */
};
/*
 * What the moves are asked with before the event is prepared: the data said, and of a transfer whether
 * it leaves the county. Into the arena, or borrowed from the act.
 */
MUST_CHECK enum rc case_try_data(struct conn *c, const struct case_whole *k,
                                 const struct case_act *act, day on, struct arena *a,
                                 const json_t **out, struct err *err);
/* Before the event is recorded: RC_BAD_INPUT, RC_RULE; enrolments and money are done here. */
MUST_CHECK enum rc case_prepare(struct prepared *p, struct err *err);
/* After it: notices. */
MUST_CHECK enum rc case_follow(struct prepared *p, struct err *err);

#endif
