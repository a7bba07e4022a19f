/*
 * Accounts: who works where, with which roles. Plain rows, each change of which is one change of the
 * city's chain. An account is closed, never deleted: what it did stays its own.
 *
 * `by` is who does it. It works within its own division only: what lies outside looks as if it were
 * not there. Nobody changes the own account's roles, division or state. An administrator of accounts
 * handles no cases: that role goes with no other.
 */
#ifndef HUIMIN_GUARD_ACCOUNT_H
#define HUIMIN_GUARD_ACCOUNT_H

#include "guard/guard.h"

struct account {
    int64_t account_id;
    str login, name;
    int64_t division;
    bool active, must_change, demo;
    int64_t person_county, person_id; /* 0: not known */
    int64_t made_ms, version;
    struct scope_role *role;
    size_t n_roles;
};

enum { ACCOUNT_ROLES_MOST = 64, ACCOUNT_NAME_MOST = 64 };

/* ---- reading: in the arena ------------------------------------------------------------------- */

/* RC_NOT_FOUND: there is none, or not within the scope. */
MUST_CHECK enum rc account_get(const struct scope *by, struct conn *c, int64_t id, struct arena *a,
                               struct account *out, struct err *err);
MUST_CHECK enum rc account_find(const struct scope *by, struct conn *c, str login, struct arena *a,
                                struct account *out, struct err *err);
/* What whoever did something is called, for a story of it: the login where no account has it. Of anybody: it
 * tells nothing but a name. */
MUST_CHECK enum rc account_called(struct conn *c, str login, struct arena *a, str *out,
                                  struct err *err);
/* Those of a division and below, by login, behind `after`; at most `limit`. */
MUST_CHECK enum rc account_list(const struct scope *by, struct conn *c, int64_t division, str after,
                                int limit, struct arena *a, struct account **out, size_t *n,
                                struct err *err);
MUST_CHECK enum rc account_count(const struct scope *by, struct conn *c, int64_t division,
                                 int64_t *out, struct err *err);

/* ---- writing --------------------------------------------------------------------------------- */

struct account_new {
    str login, name;
    int64_t division;
    const struct scope_role *role;
    size_t n_roles;
    int64_t person_county, person_id; /* 0: not known */
    str password;                     /* empty: one is made */
    bool keep_password;               /* its owner need not change it */
    bool demo;
};

/*
 * *password, in the arena, is the one that holds; it is nowhere else. RC_BAD_INPUT: login, name,
 * division, roles, password. RC_CONFLICT: the login is taken. RC_NOT_FOUND: the division is not within
 * the scope. RC_FORBIDDEN: `by` may not give this.
 */
MUST_CHECK enum rc account_make(struct city *city, const struct scope *by,
                                const struct account_new *spec, struct arena *a, int64_t *id,
                                str *password, struct err *err);

/* What is to be other; NULL leaves it as it is. */
struct account_change {
    const str *name;
    const int64_t *division;
    const bool *active;
    const struct scope_role *role; /* NULL: as they are */
    size_t n_roles;
    const struct scope_ref *person; /* id 0: not known */
    bool new_password;              /* one is made; it must be changed at the next login */
    bool keep_password;             /* it need not */
    int64_t version;                /* the one that the change was made on; 0: whichever */
    /* Called within the change that closes an account in use, for what would be without anybody: see
     * work/leaving.h. NULL: nothing is looked at. */
    enum rc (*closing)(struct change *c, const struct account *was, void *ctx, struct err *err);
    void *closing_ctx;
};

/* RC_CONFLICT: another version. Closing and a new password end the account's sessions at once. The
 * last administrator of the whole city stays. *password as account_make(); empty: the old one holds. */
MUST_CHECK enum rc account_alter(struct city *city, const struct scope *by, int64_t id,
                                 const struct account_change *what, struct arena *a, str *password,
                                 struct err *err);

/* A line that the rules in force know, or "" for every one. */
bool account_line_known(const struct city *city, str line);

/* The number of accounts, and of those that are real: neither administrators nor a demonstration's. */
MUST_CHECK enum rc account_totals(struct conn *c, int64_t *all, int64_t *real, struct err *err);

/* The first administrator, when there is no account at all: *password is empty when there was one. */
MUST_CHECK enum rc account_first(struct city *city, struct arena *a, str *login, str *password,
                                 struct err *err);

/* ---- villages -------------------------------------------------------------------------------- */

/*
 * The village workers who look after a household from now on, by their accounts, in place of those who
 * did. RC_NOT_FOUND: the household or an account is not within the scope; RC_BAD_INPUT: an account
 * that is closed or is no village worker whose village it is in.
 */
MUST_CHECK enum rc assigned_put(struct city *city, const struct scope *by, int64_t county,
                                int64_t household, const int64_t *accounts, size_t n,
                                struct err *err);
MUST_CHECK enum rc assigned_read(struct conn *c, int64_t county, int64_t household, struct arena *a,
                                 struct account **out, size_t *n, struct err *err);
/* The households of a village that are on a programme, to one account, for a demonstration. */
MUST_CHECK enum rc assigned_of_village(struct city *city, const struct scope *by, int64_t village,
                                       int64_t account, struct err *err);

/* ---- relatives on record --------------------------------------------------------------------- */

struct relative {
    int64_t account_id;
    str login, name; /* of the account */
    int64_t division;
    int64_t county, person_id;
    str person; /* the relative's name, masked */
    str relation, since;
};
/* RC_NOT_FOUND: no such account within the scope, or no such person. RC_BAD_INPUT: relation, day. */
MUST_CHECK enum rc relative_add(struct city *city, const struct scope *by, const struct relative *r,
                                struct err *err);
/* Those of the scope's accounts, by login and person, behind `after` (n == 0: from the start). */
MUST_CHECK enum rc relative_list(const struct scope *by, struct conn *c,
                                 const struct relative *after, int limit, struct arena *a,
                                 struct relative **out, size_t *n, struct err *err);

#endif
