/* Sessions: opened with a password, found with each request, closed. */
#include "guard/session.h"

#include <sodium.h>
#include <string.h>

#include "guard/guard_sql.h"
#include "guard/login.h"
#include "guard/password.h"

enum { TOKEN = 32, TOKEN_TEXT = 2 * TOKEN };

static str hex(const uint8_t *p, size_t n, struct arena *a)
{
    char *text = arena_alloc(a, 2 * n + 1, 1);
    sodium_bin2hex(text, 2 * n + 1, p, n);
    return (str){text, 2 * n};
}

/* What the store calls a session: the bytes of its name. False: not a name. */
static bool name_bytes(str name, uint8_t out[VAULT_HASH])
{
    size_t n = 0;
    return name.n == 2 * VAULT_HASH &&
           sodium_hex2bin(out, VAULT_HASH, name.p, name.n, NULL, &n, NULL) == 0 && n == VAULT_HASH;
}

#define V_HASH(h) V_BLOB(((str){(const char *)(h), VAULT_HASH}))

str session_csrf(str name, struct arena *a)
{
    uint8_t out[VAULT_HASH];
    str text = str_fmt(a, "huimin csrf %.*s", STR_ARG(name));
    sm3_once(text.p, text.n, out);
    return hex(out, VAULT_HASH / 2, a);
}

/* ---- logging in ------------------------------------------------------------------------------ */

struct opening {
    int64_t account_id, at_ms;
    str login, remote;
    struct arena *a;
    uint8_t name[VAULT_HASH];
};

static enum rc open_one(struct change *c, void *ctx, struct err *err)
{
    const struct opening *o = ctx;
    const struct value row[] = {V_HASH(o->name), V_INT(o->account_id), V_INT(o->at_ms),
                                V_TEXT(o->remote)};
    const struct value old[] = {V_INT(o->at_ms - (int64_t)SESSION_IDLE_S * 1000),
                                V_INT(o->at_ms - (int64_t)SESSION_WHOLE_S * 1000)};
    change_note(c, "session", row + 1, 3);
    TRY(exec(c->conn, &stmt_session_remove_old, old, 2, NULL, err));
    TRY(login_forgive(c->conn, o->login, o->remote, o->at_ms, o->a, err));
    return exec(c->conn, &stmt_session_put, row, 4, NULL, err);
}

enum rc session_login(struct city *city, str login, str password, str remote, struct arena *a,
                      str *token, str *name, struct err *err)
{
    uint8_t secret[TOKEN];
    struct opening o = {.remote = remote.n > 64 ? str_sub(remote, 0, 64) : remote};
    TRY(login_prove(city, login, password, o.remote, a, &o.account_id, err));
    guard_random(secret, sizeof secret);
    *token = hex(secret, sizeof secret, a);
    sm3_once(token->p, token->n, o.name);
    *name = hex(o.name, VAULT_HASH, a);
    o.at_ms = clock_ms();
    o.login = login_plain(login, a);
    o.a = a;
    const struct change_spec spec = {.store = city->store,
                                     .county_code = city->place->division / 1000000,
                                     .who = o.login,
                                     .why = S("login")};
    return change_write(&spec, open_one, &o, NULL, err);
}

/* ---- with each request ----------------------------------------------------------------------- */

struct found {
    bool there, closed;
    int64_t made_ms, touched_ms;
};

static void take_role(struct arena *a, struct scope *s, const struct query *q, size_t *cap)
{
    enum role r = role_find(query_text(q, 10));
    if (query_null(q, 10) || r == ROLE__COUNT)
        return;
    if (s->n_roles == *cap)
        s->role = arena_grow(a, s->role, sizeof *s->role, s->n_roles, cap);
    s->role[s->n_roles++] = (struct scope_role){r, str_dup(a, query_text(q, 11))};
    s->roles |= ROLE_BIT(r);
}

MUST_CHECK static enum rc read_scope(struct conn *c, const uint8_t name[VAULT_HASH],
                                     struct arena *a, struct scope *s, struct found *f,
                                     struct err *err)
{
    const struct value v = V_HASH(name);
    size_t cap = 0;
    struct query *q = NULL;
    TRY(query(c, &stmt_session_read, &v, 1, &q, err));
    while (query_next(q)) {
        if (!f->there) {
            f->there = true;
            s->account_id = query_int(q, 0);
            f->made_ms = query_int(q, 1);
            f->touched_ms = query_int(q, 2);
            s->login = str_dup(a, query_text(q, 3));
            s->name = str_dup(a, query_text(q, 4));
            s->division = query_int(q, 5);
            f->closed = !str_eq(query_text(q, 6), S("active"));
            s->must_change = query_int(q, 7) != 0;
            s->person_county = query_int(q, 8);
            s->person_id = query_int(q, 9);
        }
        take_role(a, s, q, &cap);
    }
    return query_end(q, err);
}

/* Where the account's office is today, and with it what lies within. */
MUST_CHECK static enum rc place_scope(struct conn *c, struct arena *a, struct scope *s,
                                      struct err *err)
{
    char on[11];
    struct division_info now = {0};
    enum rc rc = division_now(c, s->division, str_from(date_text(s->today, on)), a, &now, err);
    if (rc == RC_NOT_FOUND || rc == RC_CONFLICT)
        return err_set(err, RC_FORBIDDEN,
                       "the division %lld of the account is no more: an administrator must give "
                       "it another",
                       (long long)s->division);
    TRY(rc);
    s->division = now.division;
    s->level = division_level(now.division);
    s->county_code = s->level <= AT_CITY ? 0 : now.county_code;
    s->assigned_only = s->roles == ROLE_BIT(ROLE_VILLAGE);
    division_bounds(s->division, &s->lo, &s->hi);
    return RC_OK;
}

static enum rc touch(struct conn *c, void *ctx, struct err *err)
{
    const struct value *v = ctx;
    return exec(c, &stmt_session_touch, v, 2, NULL, err);
}

/* That it was used is written once in some minutes; failing to is no reason to refuse a request. */
static void keep_alive(struct city *city, const uint8_t name[VAULT_HASH], int64_t touched_ms)
{
    int64_t now = clock_ms();
    struct value v[] = {V_HASH(name), V_INT(now)};
    if (now - touched_ms >= (int64_t)SESSION_TOUCH_S * 1000 || touched_ms > now)
        (void)!store_write(city->store, touch, v, NULL);
}

static bool is_over(const struct found *f)
{
    int64_t now = clock_ms();
    return !f->there || f->closed || now - f->touched_ms > (int64_t)SESSION_IDLE_S * 1000 ||
           now - f->made_ms > (int64_t)SESSION_WHOLE_S * 1000;
}

static bool csrf_fits(str name, str csrf, struct arena *a)
{
    str expected = session_csrf(name, a);
    return csrf.n == expected.n && sodium_memcmp(csrf.p, expected.p, csrf.n) == 0;
}

enum rc session_find(struct city *city, str token, str csrf, bool needs_csrf, day today,
                     struct arena *a, struct scope **out, str *name, struct err *err)
{
    uint8_t hash[VAULT_HASH];
    struct found f = {0};
    struct scope *s = NEW(a, struct scope);
    struct conn *c = NULL;
    s->today = today;
    if (token.n != TOKEN_TEXT)
        return err_set(err, RC_NO_SESSION,
                       token.n == 0 ? "no session came with the request"
                                    : "the session is over: log in again");
    sm3_once(token.p, token.n, hash);
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_scope(c, hash, a, s, &f, err);
    if (rc == RC_OK && !is_over(&f))
        rc = place_scope(c, a, s, err);
    store_reader_done(c);
    TRY(rc);
    if (is_over(&f))
        return err_set(err, RC_NO_SESSION, "the session is over: log in again");
    *name = hex(hash, VAULT_HASH, a);
    if (needs_csrf && !csrf_fits(*name, csrf, a))
        return err_set(err, RC_FORBIDDEN,
                       "the header X-CSRF does not fit the session: load the page again");
    keep_alive(city, hash, f.touched_ms);
    *out = s;
    return RC_OK;
}

static enum rc close_one(struct conn *c, void *ctx, struct err *err)
{
    return exec(c, &stmt_session_remove, ctx, 1, NULL, err);
}

enum rc session_finish(struct city *city, str name, struct err *err)
{
    uint8_t hash[VAULT_HASH];
    if (!name_bytes(name, hash))
        return RC_OK;
    struct value v = V_HASH(hash);
    return store_write(city->store, close_one, &v, err);
}

/* ---- a new password of one's own ------------------------------------------------------------- */

struct renewal {
    int64_t account_id;
    char hash[PASSWORD_HASH];
    uint8_t name[VAULT_HASH];
};

static enum rc renew(struct change *c, void *ctx, struct err *err)
{
    const struct renewal *r = ctx;
    const struct value row[] = {V_INT(r->account_id), V_TEXT(str_from(r->hash)), V_INT(0),
                                V_INT(c->at_ms)};
    const struct value others[] = {V_INT(r->account_id), V_HASH(r->name)};
    change_note(c, "account", row, 1);
    TRY(exec(c->conn, &stmt_account_password, row, 4, NULL, err));
    return exec(c->conn, &stmt_session_remove_all, others, 2, NULL, err);
}

enum rc session_renew(struct city *city, const struct scope *s, str name, str old, str fresh,
                      struct err *err)
{
    struct renewal r = {.account_id = s->account_id};
    struct arena a = {0};
    int64_t proven = 0;
    enum rc rc = password_check(fresh, s->login, err);
    if (rc == RC_OK && str_eq(old, fresh))
        rc = err_set(err, RC_BAD_INPUT, "the new password is the old one: expected another");
    if (rc == RC_OK && !name_bytes(name, r.name))
        rc = err_set(err, RC_NO_SESSION, "the session is over: log in again");
    if (rc == RC_OK)
        rc = login_prove(city, s->login, old, (str){0}, &a, &proven, err);
    if (rc == RC_NO_SESSION && err != NULL && proven == 0)
        rc = err_set(err, RC_FORBIDDEN, "the old password is wrong");
    if (rc == RC_OK)
        rc = password_hash(fresh, r.hash, err);
    arena_deinit(&a);
    TRY(rc);
    const struct change_spec spec = {.store = city->store,
                                     .county_code = city->place->division / 1000000,
                                     .who = s->login,
                                     .why = S("a new password of one's own")};
    return change_write(&spec, renew, &r, NULL, err);
}
