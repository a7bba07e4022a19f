/* Accounts: other roles, another office, closed, a new password. */
#include <string.h>

#include "guard/account_in.h"
#include "guard/guard_sql.h"

enum rc account_person_check(struct conn *c, int64_t county, int64_t person, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    int64_t n = 0;
    TRY(query_one(c, &stmt_scope_person_known, v, 2, &n, err));
    return n > 0 ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "no person %lld-%lld in the register",
                           (long long)county, (long long)person);
}

struct altering {
    struct city *city;
    const struct scope *by;
    const struct account_change *what;
    int64_t id;
    char hash[PASSWORD_HASH]; /* "": the old password holds */
    struct arena *a;
};

static bool administers(const struct scope_role *role, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (role[i].role == ROLE_ADMIN)
            return true;
    return false;
}

/* The whole city is never without somebody who can make accounts. */
MUST_CHECK static enum rc keep_one(const struct altering *w, struct conn *c,
                                   const struct account *was, const struct account *is,
                                   struct err *err)
{
    int64_t city = w->city->place->division;
    const struct value v[] = {V_INT(city), V_INT(w->id)};
    int64_t others = 0;
    bool did = was->active && was->division == city && administers(was->role, was->n_roles);
    bool does = is->active && is->division == city && administers(is->role, is->n_roles);
    if (!did || does)
        return RC_OK;
    TRY(query_one(c, &stmt_account_admins, v, 2, &others, err));
    return others > 0 ? RC_OK
                      : err_set(err, RC_RULE,
                                "it is the last administrator of the whole city: expected "
                                "another one first");
}

/* What it will be, checked. */
MUST_CHECK static enum rc become(const struct altering *w, struct conn *c,
                                 const struct account *was, struct account *is, struct err *err)
{
    const struct account_change *x = w->what;
    *is = *was;
    if (x->version != 0 && x->version != was->version)
        return err_set(err, RC_CONFLICT, "the account was changed meanwhile: version %lld stands",
                       (long long)was->version);
    if (w->id == w->by->account_id &&
        (x->division != NULL || x->active != NULL || x->role != NULL || x->person != NULL))
        return err_set(err, RC_FORBIDDEN, "nobody changes the own account's roles or office");
    if (x->name != NULL) {
        TRY(account_name_check(*x->name, err));
        is->name = str_trim(*x->name);
    }
    if (x->division != NULL) {
        TRY(account_division_check(w->by, c, *x->division, err));
        is->division = *x->division;
    }
    if (x->active != NULL)
        is->active = *x->active;
    if (x->role != NULL) {
        is->role = NEW_N(w->a, struct scope_role, x->n_roles);
        if (x->n_roles > 0)
            memcpy(is->role, x->role, x->n_roles * sizeof *x->role);
        is->n_roles = x->n_roles;
    }
    if (x->role != NULL || x->division != NULL)
        TRY(account_roles_check(w->city, is->role, is->n_roles, is->division, err));
    if (x->person != NULL) {
        is->person_county = x->person->county;
        is->person_id = x->person->id;
        if (is->person_id != 0)
            TRY(account_person_check(c, is->person_county, is->person_id, err));
    }
    return keep_one(w, c, was, is, err);
}

static enum rc alter(struct change *c, void *ctx, struct err *err)
{
    const struct altering *w = ctx;
    struct account was;
    struct account is;
    TRY(account_get(w->by, c->conn, w->id, w->a, &was, err));
    TRY(become(w, c->conn, &was, &is, err));
    const struct value row[] = {V_INT(w->id),
                                V_TEXT(is.name),
                                V_INT(is.division),
                                V_TEXT(is.active ? S("active") : S("closed")),
                                V_INT(is.person_id != 0 ? is.person_county : 0),
                                V_INT(is.person_id),
                                V_INT(c->at_ms)};
    if (was.active && !is.active && w->what->closing != NULL)
        TRY(w->what->closing(c, &was, w->what->closing_ctx, err));
    change_note(c, "account", row, 6);
    TRY(exec(c->conn, &stmt_account_set, row, 7, NULL, err));
    if (w->what->role != NULL)
        TRY(account_roles_write(c, w->id, is.role, is.n_roles, err));
    if (w->hash[0] != '\0') {
        const struct value fresh[] = {V_INT(w->id), V_TEXT(str_from(w->hash)),
                                      V_INT(!w->what->keep_password), V_INT(c->at_ms)};
        TRY(exec(c->conn, &stmt_account_password, fresh, 4, NULL, err));
    }
    if (!is.active || w->hash[0] != '\0') {
        const struct value all[] = {V_INT(w->id), V_BLOB(S(""))};
        TRY(exec(c->conn, &stmt_session_remove_all, all, 2, NULL, err));
    }
    return RC_OK;
}

static str say_why(const struct account_change *x, str login, struct arena *a)
{
    return str_fmt(a, "account %.*s:%s%s%s%s%s%s", STR_ARG(login), x->name != NULL ? " name" : "",
                   x->division != NULL ? " division" : "",
                   x->active == NULL ? ""
                   : *x->active      ? " opened again"
                                     : " closed",
                   x->role != NULL ? " roles" : "", x->person != NULL ? " person" : "",
                   x->new_password ? " new password" : "");
}

enum rc account_alter(struct city *city, const struct scope *by, int64_t id,
                      const struct account_change *what, struct arena *a, str *password,
                      struct err *err)
{
    struct altering w = {.city = city, .by = by, .what = what, .id = id, .a = a};
    struct account was;
    struct account is;
    struct conn *c = NULL;
    *password = (str){0};
    TRY(account_keeper_check(by, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = account_get(by, c, id, a, &was, err);
    if (rc == RC_OK)
        rc = become(&w, c, &was, &is, err); /* before a hash is made of it */
    store_reader_done(c);
    TRY(rc);
    if (what->new_password) {
        *password = password_make(a);
        TRY(password_hash(*password, w.hash, err));
    }
    const struct change_spec change = {.store = city->store,
                                       .county_code = city->place->division / 1000000,
                                       .who = by->login,
                                       .why = say_why(what, was.login, a)};
    return change_write(&change, alter, &w, NULL, err);
}
