/* Result codes and the messages that go with them. */
#include "base/err.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Take `text` of length n (as vsnprintf counted it) into err, cut between characters. */
static void keep(struct err *err, const char *text, size_t n)
{
    if (n >= sizeof err->text) {
        n = sizeof err->text - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(err->text, text, n);
    err->text[n] = '\0';
}

enum rc err_set(struct err *err, enum rc rc, const char *fmt, ...)
{
    /* A longer buffer than err->text: the cut then sees whether a character follows, and an
     * argument may be the old err->text. */
    char text[sizeof err->text + 8];
    va_list ap;
    int n;

    assert(rc != RC_OK);
    if (!err)
        return rc;
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    err->rc = rc;
    keep(err, text, (size_t)n);
    return rc;
}

enum rc err_prefix(struct err *err, const char *fmt, ...)
{
    char text[2 * sizeof err->text + 8];
    va_list ap;
    int n, m;

    assert(err && err->rc != RC_OK);
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof err->text + 4, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    /* A prefix that fills the whole text leaves nothing of the old message. */
    m = 0;
    if ((size_t)n < sizeof err->text)
        m = snprintf(text + n, sizeof text - (size_t)n, ": %s", err->text);
    keep(err, text, (size_t)n + (size_t)m);
    return err->rc;
}

const char *rc_code(enum rc rc)
{
    static const char *const code[RC__COUNT] = {
        [RC_OK] = "ok",
#define RC(name, http, text, en, zh) [RC_##name] = text,
#include "base/rc.def"
#undef RC
    };

    assert(rc < RC__COUNT);
    return code[rc];
}
