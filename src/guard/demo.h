/*
 * Accounts for a demonstration: one for each role, in every county, with logins that stay the same
 * (clerk.bingcaogang) and passwords that are made anew each time. Only in a store of people who do
 * not exist.
 */
#ifndef HUIMIN_GUARD_DEMO_H
#define HUIMIN_GUARD_DEMO_H

#include "guard/account.h"

struct demo_account {
    str login, name, password;
    enum role role;
    int64_t division;
    str place; /* "东区 炳草岗街道" */
};

/* Made by `huimin synth`? */
MUST_CHECK enum rc demo_store(struct conn *c, bool *out, struct err *err);

/*
 * The list, in the arena; the families of a village that are on a programme go to its worker.
 * `progress` (may be NULL) is told how many are done. RC_RULE: the store is not made up, or it has
 * accounts that are real.
 */
MUST_CHECK enum rc demo_accounts(struct city *city, const struct scope *by, struct arena *a,
                                 void (*progress)(void *ctx, size_t done, size_t of), void *ctx,
                                 struct demo_account **out, size_t *n, struct err *err);

#endif
