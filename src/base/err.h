/*
 * Errors. Three kinds, never mixed: a bug is an assert (NDEBUG is never defined); an expected
 * failure is an `enum rc` returned together with a `struct err` that the caller owns, always the
 * last parameter, filled exactly when rc != RC_OK; at start-up main.c alone may exit.
 *
 * A message is lower case, without a full stop, says what was found and what was expected, and
 * adds nothing that the caller knows already.
 */
#ifndef HUIMIN_BASE_ERR_H
#define HUIMIN_BASE_ERR_H

#include "base/str.h"

enum rc {
    RC_OK = 0,
#define RC(name, http, code, en, zh) RC_##name,
#include "base/rc.def"
#undef RC
    RC__COUNT
};

struct err {
    enum rc rc;
    char text[1024]; /* NUL-terminated UTF-8, cut at a character */
};

/* Fill *err (NULL is allowed) and return rc, so that `return err_set(...)` reads well. */
enum rc err_set(struct err *err, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Put text and ": " before the message that is there; returns err->rc. */
enum rc err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The stable code, e.g. "not_found"; "ok" for RC_OK. */
const char *rc_code(enum rc rc);

#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum rc try_rc_ = (call);                                                                  \
        if (try_rc_ != RC_OK)                                                                      \
            return try_rc_;                                                                        \
    } while (0)

#endif
