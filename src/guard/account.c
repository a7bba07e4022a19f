/* Accounts: reading them, and making one. */
#include "guard/account.h"

#include <string.h>

#include "guard/account_in.h"
#include "guard/guard_sql.h"
#include "guard/login.h"

/* ---- reading --------------------------------------------------------------------------------- */

static void take_account(const struct query *q, struct arena *a, struct account *out)
{
    *out = (struct account){.account_id = query_int(q, 0),
                            .login = str_dup(a, query_text(q, 1)),
                            .name = str_dup(a, query_text(q, 2)),
                            .division = query_int(q, 3),
                            .active = str_eq(query_text(q, 4), S("active")),
                            .must_change = query_int(q, 5) != 0,
                            .demo = query_int(q, 6) != 0,
                            .person_county = query_int(q, 7),
                            .person_id = query_int(q, 8),
                            .made_ms = query_int(q, 9),
                            .version = query_int(q, 10)};
}

MUST_CHECK static enum rc read_roles(struct conn *c, struct arena *a, struct account *account,
                                     struct err *err)
{
    const struct value v = V_INT(account->account_id);
    VEC(struct scope_role) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_account_roles, &v, 1, &q, err));
    while (query_next(q)) {
        enum role r = role_find(query_text(q, 0));
        if (r < ROLE__COUNT)
            *VEC_PUSH(a, &list) = (struct scope_role){r, str_dup(a, query_text(q, 1))};
    }
    account->role = list.at;
    account->n_roles = list.n;
    return query_end(q, err);
}

enum rc account_get(const struct scope *by, struct conn *c, int64_t id, struct arena *a,
                    struct account *out, struct err *err)
{
    const struct value v = V_INT(id);
    struct query *q = NULL;
    TRY(query(c, &stmt_account_find, &v, 1, &q, err));
    bool found = query_next(q);
    if (found)
        take_account(q, a, out);
    TRY(query_end(q, err));
    if (!found || !scope_covers(by, out->division))
        return err_set(err, RC_NOT_FOUND, "no account %lld that may be seen", (long long)id);
    return read_roles(c, a, out, err);
}

enum rc account_find(const struct scope *by, struct conn *c, str login, struct arena *a,
                     struct account *out, struct err *err)
{
    const struct value v = V_TEXT(login_plain(login, a));
    int64_t id = 0;
    enum rc rc = query_one(c, &stmt_account_by_login, &v, 1, &id, err);
    if (rc == RC_OK)
        rc = account_get(by, c, id, a, out, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "no account “%.*s” that may be seen",
                       STR_ARG(str_sub(login, 0, LOGIN_MOST)));
    return rc;
}

/* What the division and the scope have in common; false: nothing. */
static bool common_bounds(const struct scope *by, int64_t division, int64_t *lo, int64_t *hi)
{
    division_bounds(division, lo, hi);
    *lo = *lo > by->lo ? *lo : by->lo;
    *hi = *hi < by->hi ? *hi : by->hi;
    return *lo <= *hi;
}

enum rc account_called(struct conn *c, str login, struct arena *a, str *out, struct err *err)
{
    const struct value v = V_TEXT(login);
    struct query *q = NULL;

    *out = login;
    TRY(query(c, &stmt_account_called, &v, 1, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

enum rc account_list(const struct scope *by, struct conn *c, int64_t division, str after, int limit,
                     struct arena *a, struct account **out, size_t *n, struct err *err)
{
    int64_t lo = 0;
    int64_t hi = 0;
    VEC(struct account) list = {0};
    struct query *q = NULL;
    *n = 0;
    if (!common_bounds(by, division, &lo, &hi))
        return RC_OK;
    const struct value v[] = {V_INT(lo), V_INT(hi), V_TEXT(after), V_INT(limit)};
    TRY(query(c, &stmt_account_page, v, 4, &q, err));
    while (query_next(q))
        take_account(q, a, VEC_PUSH(a, &list));
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++)
        TRY(read_roles(c, a, &list.at[i], err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

enum rc account_count(const struct scope *by, struct conn *c, int64_t division, int64_t *out,
                      struct err *err)
{
    int64_t lo = 0;
    int64_t hi = 0;
    *out = 0;
    if (!common_bounds(by, division, &lo, &hi))
        return RC_OK;
    const struct value v[] = {V_INT(lo), V_INT(hi)};
    return query_one(c, &stmt_account_count, v, 2, out, err);
}

enum rc account_totals(struct conn *c, int64_t *all, int64_t *real, struct err *err)
{
    TRY(query_one(c, &stmt_account_any, NULL, 0, all, err));
    return query_one(c, &stmt_account_real, NULL, 0, real, err);
}

/* ---- what is asked of one -------------------------------------------------------------------- */

bool account_line_known(const struct city *city, str line)
{
    const struct rules *r = city->rules;
    if (line.n == 0)
        return true;
    for (size_t i = 0; i < r->policies.n; i++)
        if (str_eq(r->policies.at[i]->line, line))
            return true;
    for (size_t i = 0; i < r->services.n; i++)
        if (str_eq(r->services.at[i]->line, line))
            return true;
    for (size_t i = 0; i < r->regs.n; i++)
        if (str_eq(r->regs.at[i]->line, line))
            return true;
    for (size_t i = 0; i < r->extends.n; i++)
        if (str_eq(r->extends.at[i]->line, line))
            return true;
    return false;
}

enum rc account_name_check(str name, struct err *err)
{
    size_t chars = utf8_count(str_trim(name));
    if (chars == 0 || chars > ACCOUNT_NAME_MOST || !utf8_valid(name, NULL))
        return err_set(err, RC_BAD_INPUT, "the name has %zu characters, expected 1 to %d", chars,
                       ACCOUNT_NAME_MOST);
    return RC_OK;
}

enum rc account_roles_check(const struct city *city, const struct scope_role *role, size_t n,
                            int64_t division, struct err *err)
{
    bool administers = false;
    bool village = division_level(division) == AT_VILLAGE;
    if (n == 0 || n > ACCOUNT_ROLES_MOST)
        return err_set(err, RC_BAD_INPUT, "%zu roles, expected 1 to %d", n, ACCOUNT_ROLES_MOST);
    for (size_t i = 0; i < n; i++) {
        if (role[i].role >= ROLE__COUNT)
            return err_set(err, RC_BAD_INPUT, "there is no such role");
        if (!account_line_known(city, role[i].line))
            return err_set(err, RC_BAD_INPUT,
                           "the rules in force have no line “%.*s”: expected one, or none for all",
                           STR_ARG(str_sub(role[i].line, 0, 64)));
        if (village && role[i].role != ROLE_VILLAGE)
            return err_set(err, RC_BAD_INPUT,
                           "%s in a village: expected %s, the only role that a village has",
                           role_code(role[i].role), role_code(ROLE_VILLAGE));
        administers |= role[i].role == ROLE_ADMIN;
    }
    for (size_t i = 0; administers && i < n; i++)
        if (role[i].role != ROLE_ADMIN)
            return err_set(err, RC_BAD_INPUT,
                           "%s beside %s: who keeps accounts handles no cases; expected two "
                           "accounts",
                           role_code(role[i].role), role_code(ROLE_ADMIN));
    return RC_OK;
}

enum rc account_division_check(const struct scope *by, struct conn *c, int64_t division,
                               struct err *err)
{
    char on[11];
    struct arena a = {0};
    struct division_info info;
    enum rc rc = division_find(c, division, str_from(date_text(by->today, on)), &a, &info, err);
    arena_deinit(&a);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !scope_covers(by, division)))
        return err_set(err, RC_NOT_FOUND, "no division %lld within one's own", (long long)division);
    return rc;
}

enum rc account_keeper_check(const struct scope *by, struct err *err)
{
    if (!scope_acts(by, ROLE_BIT(ROLE_ADMIN), (str){0}))
        return err_set(err, RC_FORBIDDEN, "accounts are kept by administrators");
    return RC_OK;
}

enum rc account_roles_write(struct change *c, int64_t id, const struct scope_role *role, size_t n,
                            struct err *err)
{
    const struct value v = V_INT(id);
    TRY(exec(c->conn, &stmt_account_roles_remove, &v, 1, NULL, err));
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= role[k].role == role[i].role && str_eq(role[k].line, role[i].line);
        const struct value row[] = {V_INT(id), V_TEXT(str_from(role_code(role[i].role))),
                                    V_TEXT(role[i].line)};
        if (again)
            continue;
        change_note(c, "account_role", row, 3);
        TRY(exec(c->conn, &stmt_account_role_add, row, 3, NULL, err));
    }
    return RC_OK;
}

/* ---- making one ------------------------------------------------------------------------------ */

struct making {
    const struct account_new *spec;
    int64_t id;
    str login;
    char hash[PASSWORD_HASH];
    bool must_change;
};

static enum rc make(struct change *c, void *ctx, struct err *err)
{
    const struct making *m = ctx;
    const struct account_new *s = m->spec;
    const struct value taken = V_TEXT(m->login);
    const struct value row[] = {
        V_INT(m->id),       V_TEXT(m->login),          V_TEXT(str_trim(s->name)),
        V_INT(s->division), V_TEXT(str_from(m->hash)), V_INT(m->must_change),
        V_INT(s->demo),     V_INT(s->person_county),   V_INT(s->person_id),
        V_INT(c->at_ms)};
    int64_t other = 0;
    enum rc rc = query_one(c->conn, &stmt_account_by_login, &taken, 1, &other, err);
    if (rc == RC_OK)
        return err_set(err, RC_CONFLICT, "the login “%.*s” is taken", STR_ARG(m->login));
    if (rc != RC_NOT_FOUND)
        return rc;
    change_note(c, "account", row, 4);
    change_note(c, "account person", row + 7, 2);
    TRY(exec(c->conn, &stmt_account_add, row, 10, NULL, err));
    return account_roles_write(c, m->id, s->role, s->n_roles, err);
}

MUST_CHECK static enum rc check_new(struct city *city, const struct scope *by,
                                    const struct account_new *spec, str login, struct err *err)
{
    struct conn *c = NULL;
    TRY(account_keeper_check(by, err));
    if (!login_valid(login))
        return err_set(err, RC_BAD_INPUT,
                       "the login is “%.*s”, expected 2 to %d of a-z, 0-9, dot, dash, underscore",
                       STR_ARG(str_sub(login, 0, LOGIN_MOST)), LOGIN_MOST);
    TRY(account_name_check(spec->name, err));
    if (spec->password.n > 0)
        TRY(password_check(spec->password, login, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = account_division_check(by, c, spec->division, err);
    if (rc == RC_OK && spec->person_id != 0)
        rc = account_person_check(c, spec->person_county, spec->person_id, err);
    store_reader_done(c);
    TRY(rc);
    return account_roles_check(city, spec->role, spec->n_roles, spec->division, err);
}

enum rc account_make(struct city *city, const struct scope *by, const struct account_new *spec,
                     struct arena *a, int64_t *id, str *password, struct err *err)
{
    struct making m = {
        .spec = spec, .login = login_plain(spec->login, a), .must_change = !spec->keep_password};
    TRY(check_new(city, by, spec, m.login, err));
    *password = spec->password.n > 0 ? str_dup(a, spec->password) : password_make(a);
    TRY(password_hash(*password, m.hash, err));
    m.id = *id = id_next(&city->ids);
    const struct change_spec change = {.store = city->store,
                                       .county_code = city->place->division / 1000000,
                                       .who = by->login,
                                       .why = str_fmt(a, "account %.*s made", STR_ARG(m.login))};
    return change_write(&change, make, &m, NULL, err);
}

enum rc account_first(struct city *city, struct arena *a, str *login, str *password,
                      struct err *err)
{
    static const struct scope_role administrator = {.role = ROLE_ADMIN};
    const struct account_new first = {.login = S("admin"),
                                      .name = S("系统管理员"),
                                      .division = city->place->division,
                                      .role = &administrator,
                                      .n_roles = 1};
    struct conn *c = NULL;
    int64_t all = 0;
    int64_t real = 0;
    int64_t id = 0;
    *login = first.login;
    *password = (str){0};
    TRY(store_reader(city->store, &c, err));
    enum rc rc = account_totals(c, &all, &real, err);
    store_reader_done(c);
    TRY(rc);
    if (all > 0)
        return RC_OK;
    day today = (day)(clock_ms() / 86400000);
    return account_make(city, scope_system(city, today, a), &first, a, &id, password, err);
}
