/*
 * Payees: whose money goes to which account. Money belongs to a person (payment.payee_id); it goes to
 * the person's own account, to a guardian's, or to an institution's. Without a row here it goes to
 * the card that is on record with the person.
 *
 * Accounts are sealed under the key of the person whose money it is. Nothing is written over: a new
 * account replaces the one before, which stays in the history. A first account of one's own whose name
 * fits holds at once; every other one waits until somebody else has confirmed it, and what held
 * before is paid meanwhile.
 */
#ifndef HUIMIN_PAY_PAYEE_H
#define HUIMIN_PAY_PAYEE_H

#include "guard/guard.h"

struct payee {
    int64_t county_code, payee_account_id, household_id, person_id;
    str programme; /* empty: all */
    str kind;      /* person, guardian, institution */
    str holder;    /* the account's name */
    str account;   /* read: masked */
    str bank, branch;
    day from;
    str state;      /* waiting, valid, replaced, refused */
    str name_check; /* ok, differs: the holder's name and the person's */
    str bank_check; /* empty, ok, differs: what the bank said of the name */
    str reason, proof, recorded_by;
    day recorded;
    str settled_by, words; /* who confirmed or refused it */
    day settled;
};

struct payee_new {
    int64_t county, household, person;
    str programme, kind, holder, account, bank, branch;
    str reason; /* why the name differs, or why the account changes */
    str proof;  /* which papers were seen; needed for a guardian and an institution */
    day from;   /* 0: today */
};
struct payee_made {
    int64_t payee_account_id;
    bool waits;        /* for somebody else to confirm it */
    bool luhn;         /* the check digit fits; passbooks and social cards need not */
    int64_t shared;    /* other households paid to this account */
    int64_t mended;    /* lines that can be paid again now */
    const char *field; /* which was wrong; NULL: none */
};
/*
 * Put on record by whoever handles the household. RC_BAD_INPUT with out->field: not 16 to 19 digits, an unknown
 * bank or programme, no proof or reason where one is needed, somebody who is not of the household.
 */
MUST_CHECK enum rc payee_put(struct city *city, const struct scope *s, const struct payee_new *n,
                             struct payee_made *out, struct err *err);
/*
 * Confirm or refuse (words needed) one that waits. RC_FORBIDDEN: by who recorded it himself, or one's
 * own or a relative's. RC_CONFLICT: it does not wait any more. *mended: lines that can be paid again.
 */
MUST_CHECK enum rc payee_settle(struct city *city, const struct scope *s, int64_t county,
                                int64_t payee_account_id, bool confirm, str words, int64_t *mended,
                                struct err *err);

struct payee_shared {
    int64_t household_id, person_id; /* of another household */
    str name;
    str account; /* masked */
};
/* Whose money a member's is, as it would be paid today. */
struct payee_now {
    int64_t person_id;
    str name;
    str programmes; /* that pay it, joined by '+'; empty: none does */
    str account;    /* masked: of the own card, or of the account for all programmes; empty: none */
    bool card;      /* it is the card on record with the person */
};
struct payee_view {
    struct payee *list; /* newest first, history included */
    size_t n;
    struct payee_now *now; /* members, those who are paid first */
    size_t n_now;
    struct payee_shared *shared; /* warnings: accounts that other households are paid to as well */
    size_t n_shared;
};
/* RC_NOT_FOUND: no such household that may be seen. In the arena. */
MUST_CHECK enum rc payee_read(const struct city *city, const struct scope *s, struct conn *c,
                              int64_t county, int64_t household, struct arena *a,
                              struct payee_view *out, struct err *err);

/*
 * What the bank said of names, from a CSV file with the columns account, result (ok or differs; 一致,
 * 不一致): each goes to the accounts of the county with that number. Whole or not at all.
 */
struct payee_names {
    int64_t rows, ok, differs, unknown;
};
MUST_CHECK enum rc payee_names_read(struct city *city, const struct scope *s, int64_t county,
                                    str bytes, struct payee_names *out, struct err *err);

/* ---- names and numbers ------------------------------------------------------------------------- */

/* The same name? Blanks, dots between names, full width, traditional characters make no difference. */
bool payee_name_same(str a, str b);
/* 16 to 19 digits, blanks taken out; RC_BAD_INPUT. In the arena. */
MUST_CHECK enum rc payee_account_take(str typed, struct arena *a, str *out, struct err *err);
/* Of a sealed account of a person, masked; in the arena. */
MUST_CHECK enum rc payee_masked(const struct city *city, struct conn *c, int64_t county,
                                int64_t person, str sealed, struct arena *a, str *out,
                                struct err *err);

#endif
