/* What a run of the month before would have left in the tables of pay.sql, in bulk. */
#ifndef HUIMIN_CMD_SYNTH_PAY_H
#define HUIMIN_CMD_SYNTH_PAY_H

#include "people/people.h"

struct synth_result {
    const struct policy *policy;
    int64_t household, person; /* person 0: the household's */
    int64_t payee, division;
    uint8_t outcome;
    uint64_t reasons;
    int64_t fen; /* to the household, or the person */
    month above_since;
    int64_t persons;
    int64_t paid; /* of this and its members, so far */
};

struct synth_pay;
MUST_CHECK enum rc synth_pay_open(struct change *c, const struct city *city, month m,
                                  int64_t job_id, struct synth_pay **out, struct err *err);
MUST_CHECK enum rc synth_pay_determination(struct synth_pay *p, struct synth_result *r,
                                           struct err *err);
/* An amount paid to a member of the household that was determined last. */
MUST_CHECK enum rc synth_pay_member(struct synth_pay *p, struct synth_result *r, int64_t person,
                                    int64_t fen, struct err *err);
MUST_CHECK enum rc synth_pay_payment(struct synth_pay *p, const struct synth_result *r,
                                     struct err *err);
MUST_CHECK enum rc synth_pay_close(struct synth_pay *p, struct err *err);

#endif
