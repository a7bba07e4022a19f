/*
 * Proving a login. Waits grow with failures in a row: of a login from the third on, of an address
 * (behind which a whole office may sit) from the twentieth. A login that nobody has is counted and
 * hashed like one that somebody has, so that neither words nor time tell them apart.
 */
#include "guard/login.h"

#include <stdio.h>
#include <string.h>

#include "guard/guard_sql.h"
#include "guard/password.h"

enum {
    FORGOTTEN_MS = 3600 * 1000,
    LOGIN_FREE = 3,
    LOGIN_FIRST_S = 5,
    LOGIN_MOST_S = 900,
    ADDRESS_FREE = 20,
    ADDRESS_FIRST_S = 2,
    ADDRESS_MOST_S = 300
};

str login_plain(str typed, struct arena *a)
{
    str s = str_trim(typed);
    char *p = arena_alloc(a, s.n + 1, 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    return (str){p, s.n};
}

bool login_valid(str login)
{
    bool fits = login.n >= 2 && login.n <= LOGIN_MOST;
    for (size_t i = 0; fits && i < login.n; i++) {
        char c = login.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        fits = plain || (i > 0 && (c == '.' || c == '_' || c == '-'));
    }
    return fits;
}

int login_wait_s(int64_t failures, bool of_address)
{
    int64_t beyond = failures - (of_address ? ADDRESS_FREE : LOGIN_FREE);
    int64_t most = of_address ? ADDRESS_MOST_S : LOGIN_MOST_S;
    int64_t wait = of_address ? ADDRESS_FIRST_S : LOGIN_FIRST_S;
    if (beyond < 0)
        return 0;
    for (; beyond > 0 && wait < most; beyond--)
        wait *= 2;
    return (int)(wait < most ? wait : most);
}

/* ---- failures ------------------------------------------------------------------------------- */

/* Failures in a row that are not forgotten, and the last one's time. */
MUST_CHECK static enum rc failures_of(struct conn *c, str subject, int64_t now, int64_t *failures,
                                      int64_t *last_ms, struct err *err)
{
    const struct value v = V_TEXT(subject);
    struct query *q = NULL;
    *failures = 0;
    *last_ms = 0;
    TRY(query(c, &stmt_login_wait_read, &v, 1, &q, err));
    if (query_next(q) && now - query_int(q, 1) < FORGOTTEN_MS) {
        *failures = query_int(q, 0);
        *last_ms = query_int(q, 1);
    }
    return query_end(q, err);
}

/* A clock that was set back makes nobody wait longer than the wait itself. */
MUST_CHECK static enum rc look(struct conn *c, str subject, bool of_address, int *seconds,
                               struct err *err)
{
    int64_t now = clock_ms();
    int64_t failures = 0;
    int64_t last_ms = 0;
    TRY(failures_of(c, subject, now, &failures, &last_ms, err));
    int whole = login_wait_s(failures, of_address);
    int64_t left = (last_ms + (int64_t)whole * 1000 - now + 999) / 1000;
    left = left > whole ? whole : left;
    if (left > *seconds)
        *seconds = (int)left;
    return RC_OK;
}

struct subjects {
    str of[2]; /* the login's, the address's */
    size_t n;
};

static enum rc count_up(struct conn *c, void *ctx, struct err *err)
{
    const struct subjects *s = ctx;
    int64_t now = clock_ms();
    for (size_t i = 0; i < s->n; i++) {
        int64_t failures = 0;
        int64_t last_ms = 0;
        TRY(failures_of(c, s->of[i], now, &failures, &last_ms, err));
        const struct value v[] = {V_TEXT(s->of[i]), V_INT(failures + 1), V_INT(now)};
        TRY(exec(c, &stmt_login_wait_put, v, 3, NULL, err));
    }
    return RC_OK;
}

enum rc login_forgive(struct conn *c, str login, int64_t at_ms, struct err *err)
{
    char subject[LOGIN_MOST + 16];
    snprintf(subject, sizeof subject, "login:%.*s", STR_ARG(login));
    const struct value v = V_TEXT(str_from(subject));
    const struct value old = V_INT(at_ms - FORGOTTEN_MS);
    TRY(exec(c, &stmt_login_wait_remove, &v, 1, NULL, err));
    return exec(c, &stmt_login_wait_remove_old, &old, 1, NULL, err);
}

/* ---- proving -------------------------------------------------------------------------------- */

struct known {
    int64_t account_id;
    bool active;
    str hash; /* empty: there is no such login */
};

MUST_CHECK static enum rc read_known(struct conn *c, str login, const struct subjects *s,
                                     struct arena *a, struct known *out, int *seconds,
                                     struct err *err)
{
    const struct value v = V_TEXT(login);
    struct query *q = NULL;
    for (size_t i = 0; i < s->n; i++)
        TRY(look(c, s->of[i], i > 0, seconds, err));
    TRY(query(c, &stmt_account_by_login, &v, 1, &q, err));
    if (query_next(q)) {
        out->account_id = query_int(q, 0);
        out->hash = str_dup(a, query_text(q, 1));
        out->active = str_eq(query_text(q, 2), S("active"));
    }
    return query_end(q, err);
}

enum rc login_prove(struct city *city, str login, str password, str remote, struct arena *a,
                    int64_t *account_id, struct err *err)
{
    str plain = login_plain(login, a);
    struct subjects s = {.n = 0};
    struct known known = {0};
    struct conn *c = NULL;
    int seconds = 0;
    bool fits = false;
    /* What can't be a login is not kept by name: anything could be typed there. */
    if (!login_valid(plain))
        plain = S("-");
    s.of[s.n++] = str_fmt(a, "login:%.*s", STR_ARG(plain));
    if (remote.n > 0)
        s.of[s.n++] = str_fmt(a, "address:%.*s", STR_ARG(remote));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_known(c, plain, &s, a, &known, &seconds, err);
    store_reader_done(c);
    TRY(rc);
    if (seconds > 0)
        return err_set(err, RC_TOO_MANY,
                       "several logins have failed: wait %d seconds, then try again", seconds);
    TRY(password_fits(password.n <= PASSWORD_MOST ? password : S(""), known.hash, &fits, err));
    if (!fits || !known.active) {
        TRY(store_write(city->store, count_up, &s, err));
        return err_set(err, RC_NO_SESSION, "login or password is wrong");
    }
    *account_id = known.account_id;
    return RC_OK;
}
