/*
 * Logging in. A session is a token of 32 random bytes: its owner has the token, the store only its
 * SM3. It ends 12 hours after its last use, a day after it began, with its account's closing, and with
 * a new password. What wrong guesses cost is kept in the store, by login and by address.
 */
#ifndef HUIMIN_GUARD_SESSION_H
#define HUIMIN_GUARD_SESSION_H

#include "guard/guard.h"

enum {
    SESSION_IDLE_S = 12 * 3600,
    SESSION_WHOLE_S = 24 * 3600,
    SESSION_TOUCH_S = 300, /* its last use is known to this */
};

/*
 * Check login and password and make a session. `remote` is the peer's address. In the arena: *token,
 * 64 hexadecimal digits, for the cookie; *name, by which the store knows it, for session_csrf() and
 * session_finish(). It takes the same time whether the login exists or not.
 * RC_NO_SESSION: login or password is wrong, or the account is closed, which all look the same.
 * RC_TOO_MANY: after several failures; the text says how many seconds to wait.
 */
MUST_CHECK enum rc session_login(struct city *city, str login, str password, str remote,
                                 struct arena *a, str *token, str *name, struct err *err);

/*
 * The scope of a token that came with a request, and its name, both in the arena. With `needs_csrf`
 * the request must also bring session_csrf() of it (RC_FORBIDDEN). RC_NO_SESSION: no such session, or
 * over. A scope with must_change may do nothing but look at its session, end it and change its
 * password.
 */
MUST_CHECK enum rc session_find(struct city *city, str token, str csrf, bool needs_csrf, day today,
                                struct arena *a, struct scope **out, str *name, struct err *err);

/* What a page sends back with each write: follows from the session's name. In the arena. */
str session_csrf(str name, struct arena *a);

/* End one session; no error when it is over already. */
MUST_CHECK enum rc session_finish(struct city *city, str name, struct err *err);

/*
 * A new password of one's own, given the old one; every other session of the account ends. RC_FORBIDDEN:
 * the old one is wrong. RC_TOO_MANY as session_login(). RC_BAD_INPUT: password_check().
 */
MUST_CHECK enum rc session_renew(struct city *city, const struct scope *s, str name, str old,
                                 str fresh, struct err *err);

#endif
