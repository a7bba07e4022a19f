/*
 * Proving a login. Waits grow with failures in a row: of a login from the third on, of an address
 * (behind which a whole office may sit) from the twentieth. A login that nobody has is counted and
 * hashed like one that somebody has, so that neither words nor time tell them apart.
 *
 * Failures elsewhere must not keep somebody out of the own office: an address from which the login was
 * opened lately is known, its failures are counted apart, and only those make it wait.
 */
#include "guard/login.h"

#include "guard/guard_sql.h"
#include "guard/password.h"

enum {
    FORGOTTEN_MS = 3600 * 1000,
    LOGIN_FREE = 3,
    LOGIN_FIRST_S = 5,
    LOGIN_MOST_S = 900,
    ADDRESS_FREE = 20,
    ADDRESS_FIRST_S = 2,
    ADDRESS_MOST_S = 300,
    KNOWN_DAYS = 90
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

/* Who is counted: the login (as a whole, or at its known address) and the address. */
struct subjects {
    str login, address; /* address empty: not known */
    bool known;         /* the login was opened from the address lately */
};

/* "login:somebody", "login:somebody@10.1.2.3"; `what` is "login" or "known". In the arena. */
static str subject_of(const char *what, str login, str remote, struct arena *a)
{
    return str_fmt(a, "%s:%.*s%s%.*s", what, STR_ARG(login), remote.n > 0 ? "@" : "",
                   STR_ARG(remote));
}

MUST_CHECK static enum rc find_subjects(struct conn *c, str login, str remote, struct arena *a,
                                        struct subjects *s, struct err *err)
{
    const struct value v = V_TEXT(subject_of("known", login, remote, a));
    struct query *q = NULL;
    *s = (struct subjects){0};
    if (remote.n > 0) {
        s->address = str_fmt(a, "address:%.*s", STR_ARG(remote));
        TRY(query(c, &stmt_login_wait_read, &v, 1, &q, err));
        s->known = query_next(q) && query_int(q, 1) > clock_ms();
        TRY(query_end(q, err));
    }
    s->login = subject_of("login", login, s->known ? remote : (str){0}, a);
    return RC_OK;
}

MUST_CHECK static enum rc count_one(struct conn *c, str subject, struct err *err)
{
    int64_t now = clock_ms();
    int64_t failures = 0;
    int64_t last_ms = 0;
    if (subject.n == 0)
        return RC_OK;
    TRY(failures_of(c, subject, now, &failures, &last_ms, err));
    const struct value v[] = {V_TEXT(subject), V_INT(failures + 1), V_INT(now)};
    return exec(c, &stmt_login_wait_put, v, 3, NULL, err);
}

static enum rc count_up(struct conn *c, void *ctx, struct err *err)
{
    const struct subjects *s = ctx;
    TRY(count_one(c, s->login, err));
    return count_one(c, s->address, err);
}

enum rc login_forgive(struct conn *c, str login, str remote, int64_t at_ms, struct arena *a,
                      struct err *err)
{
    struct subjects s;
    TRY(find_subjects(c, login, remote, a, &s, err));
    const struct value v = V_TEXT(s.login);
    const struct value old = V_INT(at_ms - FORGOTTEN_MS);
    /* Until when it is known: so it stays when what is over goes. */
    const struct value known[] = {V_TEXT(subject_of("known", login, remote, a)), V_INT(0),
                                  V_INT(at_ms + (int64_t)KNOWN_DAYS * 24 * 3600 * 1000)};
    TRY(exec(c, &stmt_login_wait_remove, &v, 1, NULL, err));
    TRY(exec(c, &stmt_login_wait_remove_old, &old, 1, NULL, err));
    return remote.n > 0 ? exec(c, &stmt_login_wait_put, known, 3, NULL, err) : RC_OK;
}

/* ---- proving -------------------------------------------------------------------------------- */

struct known {
    int64_t account_id;
    bool active;
    str hash; /* empty: there is no such login */
};

MUST_CHECK static enum rc wait_of(struct conn *c, const struct subjects *s, struct err *err)
{
    int seconds = 0;
    TRY(look(c, s->login, false, &seconds, err));
    if (s->address.n > 0)
        TRY(look(c, s->address, true, &seconds, err));
    if (seconds == 0)
        return RC_OK;
    return err_set(err, RC_TOO_MANY, "several tries have failed: wait %d seconds, then try again",
                   seconds);
}

MUST_CHECK static enum rc read_known(struct conn *c, str login, str remote, struct arena *a,
                                     struct subjects *s, struct known *out, struct err *err)
{
    const struct value v = V_TEXT(login);
    struct query *q = NULL;
    TRY(find_subjects(c, login, remote, a, s, err));
    TRY(wait_of(c, s, err));
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
    struct subjects s = {0};
    struct known known = {0};
    struct conn *c = NULL;
    bool fits = false;
    /* What can't be a login is not kept by name: anything could be typed there. */
    if (!login_valid(plain))
        plain = S("-");
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_known(c, plain, remote, a, &s, &known, err);
    store_reader_done(c);
    TRY(rc);
    TRY(password_fits(password.n <= PASSWORD_MOST ? password : S(""), known.hash, &fits, err));
    /* Many guesses at once all find no failure before; once hashed, they find each other's. */
    TRY(store_reader(city->store, &c, err));
    rc = wait_of(c, &s, err);
    store_reader_done(c);
    TRY(rc);
    if (!fits || !known.active) {
        TRY(store_write(city->store, count_up, &s, err));
        return err_set(err, RC_NO_SESSION, "login or password is wrong");
    }
    *account_id = known.account_id;
    return RC_OK;
}

/* ---- guesses without an account -------------------------------------------------------------- */

/* An address from which citizens guess must not make an office behind it wait for its logins: it is counted
 * by itself. */
MUST_CHECK static enum rc guess_subjects(struct conn *c, str name, str remote, struct arena *a,
                                         struct subjects *s, struct err *err)
{
    TRY(find_subjects(c, name, remote, a, s, err));
    if (s->address.n > 0)
        s->address = str_fmt(a, "visitor:%.*s", STR_ARG(remote));
    return RC_OK;
}

enum rc guess_allowed(struct city *city, str name, str remote, struct arena *a, struct err *err)
{
    struct subjects s = {0};
    struct conn *c = NULL;

    TRY(store_reader(city->store, &c, err));
    enum rc rc = guess_subjects(c, name, remote, a, &s, err);
    if (rc == RC_OK)
        rc = wait_of(c, &s, err);
    store_reader_done(c);
    return rc;
}

struct guess {
    str name, remote;
    struct arena *a;
};

static enum rc count_guess(struct conn *c, void *ctx, struct err *err)
{
    const struct guess *g = ctx;
    struct subjects s = {0};

    TRY(guess_subjects(c, g->name, g->remote, g->a, &s, err));
    TRY(wait_of(c, &s, err));
    return count_up(c, &s, err);
}

static enum rc forgive_guess(struct conn *c, void *ctx, struct err *err)
{
    const struct guess *g = ctx;
    struct subjects s = {0};

    TRY(guess_subjects(c, g->name, g->remote, g->a, &s, err));
    TRY(wait_of(c, &s, err));
    return login_forgive(c, g->name, g->remote, clock_ms(), g->a, err);
}

enum rc guess_wrong(struct city *city, str name, str remote, struct arena *a, struct err *err)
{
    struct guess g = {name, remote, a};

    return store_write(city->store, count_guess, &g, err);
}

enum rc guess_right(struct city *city, str name, str remote, struct arena *a, struct err *err)
{
    struct guess g = {name, remote, a};

    return store_write(city->store, forgive_guess, &g, err);
}
