/*
 * Who may do what, and see what. An account is a person of an office: it belongs to one division and
 * has roles, each for a line of business or for all. A `struct scope` is what a session may see; every
 * function that reads for somebody takes one, and nothing above this module decides about seeing:
 *
 *     scope_covers()      is a division within the account's own?
 *     scope_household()   may it see this household? (a village worker: assigned ones only)
 *     scope_acts()        has it a role for a line?
 *     scope_related()     is it its own case, or a relative's? Then it decides nothing.
 *     mask_*()            numbers as shown by default; reveal() shows one, for a reason, recorded
 */
#ifndef HUIMIN_GUARD_GUARD_H
#define HUIMIN_GUARD_GUARD_H

#include "people/people.h"

enum role {
#define ROLE(name, at, code, en, zh) ROLE_##name,
#include "guard/roles.def"
#undef ROLE
    ROLE__COUNT
};
#define ROLE_BIT(r) (1u << (r))

const char *role_code(enum role r); /* "clerk" */
const char *role_label(enum role r, bool english);
/* ROLE__COUNT: there is none of that code. */
enum role role_find(str code);

struct scope_role {
    enum role role;
    str line; /* "assistance"; empty: every line */
};

/* What one account may see and do, for the length of a request. Everything in one arena. */
struct scope {
    int64_t account_id;
    str login, name;
    int64_t division;    /* twelve digits */
    int64_t lo, hi;      /* all codes within it: the bounds of every list */
    int64_t county_code; /* the county that keeps the division's rows; 0: the whole city */
    enum place_level level;
    unsigned roles; /* ROLE_BITs of all lines together */
    struct scope_role *role;
    size_t n_roles;
    bool assigned_only;               /* nothing but village roles: sees assigned households only */
    int64_t person_county, person_id; /* who it is in the register of persons; 0: not known */
    day today;
    bool must_change; /* the password was given by somebody else: nothing before a new one */
};

/* The scope of the program itself, acting for the city: commands, jobs. In the arena. */
struct scope *scope_system(const struct city *city, day today, struct arena *a);
/* That of an office doing the work of one role, as no account of the store: made-up work and tests.
 * `role` and `login` are borrowed. */
struct scope scope_office(int64_t division, struct scope_role *role, str login, day today);

/* Is the division within the scope's? */
bool scope_covers(const struct scope *s, int64_t division);
/* Has it one of the roles (ROLE_BITs) for the line? An empty line asks for any. */
bool scope_acts(const struct scope *s, unsigned roles, str line);
/*
 * Does it see values of the field? Of a sensitive one (illness, disability) whoever handles cases does
 * (village worker to decider, not payer, officer, auditor), with a role for the line that declares it
 * or for one whose forms ask for it. Lists show sensitive values to nobody.
 */
bool scope_sees(const struct scope *s, const struct rules *rules, const struct field *f);
/* Does it see calculations and drafts, which may name an illness? Not who only pays. */
bool scope_reasons(const struct scope *s);
/* RC_NOT_FOUND when the household doesn't exist or may not be seen: both look the same. */
MUST_CHECK enum rc scope_household(const struct scope *s, struct conn *c, int64_t county,
                                   int64_t household, struct err *err);
MUST_CHECK enum rc scope_person(const struct scope *s, struct conn *c, int64_t county,
                                int64_t person, struct err *err);
/* Is a member of the household the account itself or one of its relatives on record (近亲属备案)? */
MUST_CHECK enum rc scope_related(const struct scope *s, struct conn *c, int64_t county,
                                 int64_t household, bool *out, struct err *err);

/* Households assigned to the account, in the arena, in the order of county and id: with them lists
 * of an `assigned_only` scope are made. */
struct scope_ref {
    int64_t county, id;
};
MUST_CHECK enum rc scope_assigned(const struct scope *s, struct conn *c, struct arena *a,
                                  struct scope_ref **out, size_t *n, struct err *err);

/* The level of a division by its code: 510402001000 is a township's. */
enum place_level division_level(int64_t division);
/* All codes within it: itself and what lies below. */
void division_bounds(int64_t division, int64_t *lo, int64_t *hi);

/* ---- as shown by default: in the arena ------------------------------------------------------- */

/* "510402********0019" is never shown: 5104**********0019, 138****1234, 6217********1231. */
str mask_number(enum number_kind kind, str number, struct arena *a);
/* 张*, 欧*娜; for those who don't handle the case. */
str mask_name(str name, struct arena *a);
/* The village, and no more. */
str mask_address(str village, struct arena *a);

#endif
