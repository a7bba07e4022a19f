/*
 * Passwords: argon2id with the limits that libsodium calls interactive (64 MB, a fifth of a second), two
 * at once in a process.
 */
#ifndef HUIMIN_GUARD_PASSWORD_H
#define HUIMIN_GUARD_PASSWORD_H

#include "base/arena.h"
#include "base/err.h"

enum { PASSWORD_HASH = 128, PASSWORD_LEAST = 10, PASSWORD_MOST = 128 };

/* RC_BAD_INPUT: shorter than 10 characters, longer than 128 bytes, holds the login or is held by it, all
 * of one character or of a run of the keyboard, or one of those that everybody tries. */
MUST_CHECK enum rc password_check(str password, str login, struct err *err);

/* A terminated text for the store. RC_INTERRUPTED: too many wait already. */
MUST_CHECK enum rc password_hash(str password, char out[PASSWORD_HASH], struct err *err);

/* Does it fit? A `hash` that is no hash takes as long as one that doesn't fit. */
MUST_CHECK enum rc password_fits(str password, str hash, bool *out, struct err *err);

/* Sixteen characters that are not mistaken for one another, in four groups: "k7mp-x2wd-9tqf-hn4c". */
str password_make(struct arena *a);

/* n bytes of the system's randomness. */
void guard_random(void *p, size_t n);

#endif
