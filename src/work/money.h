/*
 * What a decision does to money, for work/ to call and for pay/ to do: pay stands above work, so what is
 * registered here by name at start (money_register, called by whoever ties the program together).
 */
#ifndef HUIMIN_WORK_MONEY_H
#define HUIMIN_WORK_MONEY_H

#include "guard/guard.h"

struct money_decision {
    int64_t household_id, person_id; /* person 0: the household */
    str programme;                   /* the policy's name */
    month from;                      /* first month it is paid for */
    bool once;   /* one sum for that month: paid beside the monthly list, and now */
    int64_t fen; /* 0: nothing from that month on (a stop) */
    str cause;   /* "case 510402-2020-000123" */
    str who;
    int64_t account_id; /* whose card; 0: the head's */
    day today;
};
/* Whose amount, in which month. */
struct money_asked {
    int64_t county, household_id, person_id; /* person 0: the household with its members */
    str programme;
    month month;
};
/* What the rules gave of a unit when its case was decided, and what that follows from: whose proof is kept. */
struct case_unit;
struct preview;
struct money_determined {
    int64_t case_id, seq; /* seq: the event that decides */
    int64_t household_id;
    day decided;
    month month; /* that was looked at */
    str rule_hash;
    const struct preview *preview;
    const struct case_unit *unit;
};
struct money_hook {
    /* Inside the change that decides. RC_CONFLICT: such a sum was decided already. */
    enum rc (*decide)(struct change *c, const struct money_decision *d, struct err *err);
    /* What is decided to be paid, see money_decided(); NULL: nobody tells. */
    enum rc (*decided)(struct conn *c, const struct money_asked *q, int64_t *fen, struct err *err);
    /* Inside the change that decides, before it changes anything else; NULL: no proof is kept. */
    enum rc (*determined)(struct change *c, const struct money_determined *d, struct err *err);
};
void money_register(const struct money_hook *hook);
/* Calls it; an assert that somebody is registered. */
/* The amount last decided that holds in the month; -1: none is on record. */
MUST_CHECK enum rc money_decided(struct conn *c, const struct money_asked *q, int64_t *fen,
                                 struct err *err);
MUST_CHECK enum rc money_decide(struct change *c, const struct money_decision *d, struct err *err);
MUST_CHECK enum rc money_determined(struct change *c, const struct money_determined *d,
                                    struct err *err);

#endif
