/*
 * A clerk who leaves. Closing an account must lose no work: the households that a village worker looks
 * after and what was typed so far go to a successor, or stay with the office for whoever comes, as
 * somebody says; nothing is closed while there is such work and nobody said.
 */
#ifndef HUIMIN_WORK_LEAVING_H
#define HUIMIN_WORK_LEAVING_H

#include "guard/account.h"
#include "work/desk.h"

/* What an account has in hand. No names of families: who keeps accounts handles no cases. */
struct leaving {
    struct leaving_village {
        int64_t division, households;
    } * villages; /* where the households are that it looks after */
    size_t n_villages;
    int64_t households;
    struct leaving_draft {
        int64_t county, case_id;
        str number, service;
    } * drafts; /* typed and not yet recorded, of open cases */
    size_t n_drafts;
    int64_t tasks, late; /* open on its desk, for its roles; counted up to 10,000 */
    struct leaving_role {
        enum role role;
        str line;
        int64_t others; /* in use with this role in the same office */
    } * roles;
    size_t n_roles;
};
/* In the arena. `by` must cover the account. */
MUST_CHECK enum rc leaving_read(struct conn *c, const struct account *who, day today,
                                struct arena *a, struct leaving *out, struct err *err);
/* Would it be lost, or wait for nobody? */
bool leaving_any(const struct leaving *l);

struct leaving_choice {
    struct city *city;
    const struct scope *by;
    bool given;        /* somebody said who goes on */
    int64_t successor; /* account; 0: the office, whoever works there */
    struct arena *arena;
    struct leaving found; /* what was in hand, also when it was refused */
    bool refused;         /* there is work in hand and nothing was said */
};
/*
 * For account_change.closing, with a struct leaving_choice: moves what there is within the same change.
 * RC_CONFLICT and `refused`: nothing was said. RC_BAD_INPUT: the successor can't take it (closed, the same
 * account, no village worker where the households are, without a role that has open tasks).
 */
MUST_CHECK enum rc leaving_settle(struct change *c, const struct account *was, void *choice,
                                  struct err *err);

#endif
