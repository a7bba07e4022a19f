/* Inside guard: is it this login's password, and what failing costs. */
#ifndef HUIMIN_GUARD_LOGIN_H
#define HUIMIN_GUARD_LOGIN_H

#include "guard/guard.h"

enum { LOGIN_MOST = 40 };

/* As it is kept: lower case. In the arena. */
str login_plain(str typed, struct arena *a);
/* 2 to 40 of a-z 0-9 . _ -, beginning with a letter or digit. */
bool login_valid(str login);

/* Seconds to wait after so many failures in a row. */
int login_wait_s(int64_t failures, bool of_address);

/* RC_NO_SESSION, and the failure is counted; RC_TOO_MANY: not even looked at. `remote` empty: only
 * the login's failures count. */
MUST_CHECK enum rc login_prove(struct city *city, str login, str password, str remote,
                               struct arena *a, int64_t *account_id, struct err *err);

/* It was opened from `remote` (empty: not told): its failures are forgotten, everybody's that are an hour
 * old too, and the address is known for some months. In a writing transaction. */
MUST_CHECK enum rc login_forgive(struct conn *c, str login, str remote, int64_t at_ms,
                                 struct arena *a, struct err *err);

/*
 * The same for what else is guessed at without an account: `name` is no login ("case 510402-2020-000001"),
 * `remote` the address that guesses; empty: not known, and not counted. guess_allowed(): RC_TOO_MANY while
 * one must wait, else nothing is counted yet. guess_wrong() counts; guess_right() forgets, and knows the
 * address from now on. Both look again first: of many guesses at once, all allowed, those behind the third
 * wrong one get RC_TOO_MANY, right or wrong.
 */
MUST_CHECK enum rc guess_allowed(struct city *city, str name, str remote, struct arena *a,
                                 struct err *err);
MUST_CHECK enum rc guess_wrong(struct city *city, str name, str remote, struct arena *a,
                               struct err *err);
MUST_CHECK enum rc guess_right(struct city *city, str name, str remote, struct arena *a,
                               struct err *err);

#endif
