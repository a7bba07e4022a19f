/* Inside guard: what is asked of an account that is made or altered. */
#ifndef HUIMIN_GUARD_ACCOUNT_IN_H
#define HUIMIN_GUARD_ACCOUNT_IN_H

#include "guard/account.h"
#include "guard/password.h"

/* RC_FORBIDDEN: not an administrator of accounts. */
MUST_CHECK enum rc account_keeper_check(const struct scope *by, struct err *err);
MUST_CHECK enum rc account_name_check(str name, struct err *err);
MUST_CHECK enum rc account_roles_check(const struct city *city, const struct scope_role *role,
                                       size_t n, int64_t division, struct err *err);
/* RC_NOT_FOUND: there is no such division today, or not within the scope. */
MUST_CHECK enum rc account_division_check(const struct scope *by, struct conn *c, int64_t division,
                                          struct err *err);
/* RC_NOT_FOUND: nobody of that reference. */
MUST_CHECK enum rc account_person_check(struct conn *c, int64_t county, int64_t person,
                                        struct err *err);

/* These roles in place of those it had. */
MUST_CHECK enum rc account_roles_write(struct change *c, int64_t id, const struct scope_role *role,
                                       size_t n, struct err *err);

#endif
