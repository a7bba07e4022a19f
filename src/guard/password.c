/* Passwords: what is accepted, and the slow hash of it. */
#include "guard/password.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

enum { AT_ONCE = 2, WAIT_S = 10 };
_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash fits");

static pthread_once_t ready_once = PTHREAD_ONCE_INIT;
static sem_t places;
/* Of a password that nobody has: what a login that doesn't exist is measured against. */
static char nobody[crypto_pwhash_STRBYTES];

static void get_ready(void)
{
    uint8_t secret[32];
    if (sodium_init() < 0 || sem_init(&places, 0, AT_ONCE) != 0)
        mem_out(sizeof places);
    randombytes_buf(secret, sizeof secret);
    if (crypto_pwhash_str(nobody, (const char *)secret, sizeof secret,
                          crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        mem_out(crypto_pwhash_MEMLIMIT_INTERACTIVE);
    sodium_memzero(secret, sizeof secret);
}

MUST_CHECK static enum rc take_place(struct err *err)
{
    struct timespec until;
    pthread_once(&ready_once, get_ready);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    while (sem_timedwait(&places, &until) != 0)
        if (errno != EINTR)
            return err_set(err, RC_INTERRUPTED,
                           "too many log in at this moment: try again in a few seconds");
    return RC_OK;
}

/* ---- what is accepted ------------------------------------------------------------------------ */

/* Longer words that everybody tries; what is short or made of runs is refused without a list. */
static const char *const tried[] = {
    "password12",    "password123", "passw0rd123",  "p@ssw0rd123", "admin12345",   "admin123456",
    "administrator", "qwertyuiop",  "1qaz2wsx3edc", "qwerty12345", "iloveyou12",   "welcome123",
    "woaini1314",    "woaini520",   "a123456789",   "aa123456789", "abc1234567",   "asd123456789",
    "wang123456",    "li123456789", "minzheng123",  "huimin12345", "panzhihua123", "5201314520",
    "1q2w3e4r5t",    "q1w2e3r4t5",  "zhongguo123",  "changeme123", "letmein1234",  "test123456",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(str a, const char *z)
{
    size_t n = strlen(z);
    bool same = a.n == n;
    for (size_t i = 0; same && i < n; i++)
        same = lower(a.p[i]) == z[i];
    return same;
}

static bool holds(str text, str part)
{
    for (size_t at = 0; part.n >= 3 && at + part.n <= text.n; at++) {
        size_t i = 0;
        while (i < part.n && lower(text.p[at + i]) == lower(part.p[i]))
            i++;
        if (i == part.n)
            return true;
    }
    return false;
}

/* Every character follows the one before by the same step: aaaaaaaaaa, 1234567890, jihgfedcba. */
static bool one_run(str s)
{
    int step = s.n > 1 ? s.p[1] - s.p[0] : 0;
    bool run = step >= -1 && step <= 1;
    for (size_t i = 2; run && i < s.n; i++)
        run = s.p[i] - s.p[i - 1] == step || (s.p[i] == '0' && s.p[i - 1] == '9' && step == 1);
    return run;
}

enum rc password_check(str password, str login, struct err *err)
{
    size_t chars = utf8_count(password);
    if (!utf8_valid(password, NULL))
        return err_set(err, RC_BAD_INPUT, "the password is not UTF-8 text");
    if (chars < PASSWORD_LEAST)
        return err_set(err, RC_BAD_INPUT,
                       "the password has %zu characters, expected at least %d: a short sentence is "
                       "easy to remember",
                       chars, PASSWORD_LEAST);
    if (password.n > PASSWORD_MOST)
        return err_set(err, RC_BAD_INPUT, "the password has %zu bytes, expected at most %d",
                       password.n, PASSWORD_MOST);
    if (holds(password, login) || holds(login, password))
        return err_set(err, RC_BAD_INPUT, "the password holds the login: expected another one");
    bool known = one_run(password);
    for (size_t i = 0; !known && i < sizeof tried / sizeof tried[0]; i++)
        known = same_word(password, tried[i]);
    if (known)
        return err_set(err, RC_BAD_INPUT,
                       "the password is one of those that are tried first: expected another one");
    return RC_OK;
}

/* ---- the hash -------------------------------------------------------------------------------- */

enum rc password_hash(str password, char out[PASSWORD_HASH], struct err *err)
{
    TRY(take_place(err));
    memset(out, 0, PASSWORD_HASH);
    int failed = crypto_pwhash_str(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                   crypto_pwhash_MEMLIMIT_INTERACTIVE);
    sem_post(&places);
    return failed == 0 ? RC_OK
                       : err_set(err, RC_INTERRUPTED, "no memory to hash a password: try again");
}

enum rc password_fits(str password, str hash, bool *out, struct err *err)
{
    char room[crypto_pwhash_STRBYTES] = {0};
    TRY(take_place(err));
    bool real = hash.n > 0 && hash.n < sizeof room;
    memcpy(room, real ? hash.p : nobody, real ? hash.n : sizeof nobody);
    int failed = crypto_pwhash_str_verify(room, password.p, password.n);
    sem_post(&places);
    *out = real && failed == 0;
    return RC_OK;
}

str password_make(struct arena *a)
{
    static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789";
    enum { SIGNS = sizeof signs - 1, GROUP = 4, LENGTH = 19 };
    char *p = arena_alloc(a, LENGTH + 1, 1);
    pthread_once(&ready_once, get_ready);
    for (int i = 0; i < LENGTH; i++)
        p[i] = i % (GROUP + 1) == GROUP ? '-' : signs[randombytes_uniform(SIGNS)];
    return (str){p, LENGTH};
}

void guard_random(void *p, size_t n)
{
    pthread_once(&ready_once, get_ready);
    randombytes_buf(p, n);
}
