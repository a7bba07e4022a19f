/* Which households a village worker looks after, and the relatives that staff have on record. */
#include "guard/account_in.h"
#include "guard/guard_sql.h"

/* ---- households of a village worker ---------------------------------------------------------- */

struct assigning {
    const struct scope *by;
    int64_t household;
    const int64_t *accounts;
    size_t n;
    struct arena *a;
};

/* Somebody who works in the village, or in one of those, where the household lives. */
MUST_CHECK static enum rc check_worker(const struct assigning *w, struct conn *c, int64_t county,
                                       int64_t id, struct err *err)
{
    struct account account;
    int64_t lo = 0;
    int64_t hi = 0;
    bool village = false;
    char on[11];
    struct division_info info;
    TRY(account_get(w->by, c, id, w->a, &account, err));
    TRY(household_division(c, county, w->household, str_from(date_text(w->by->today, on)), w->a,
                           &info, err));
    division_bounds(account.division, &lo, &hi);
    for (size_t i = 0; i < account.n_roles; i++)
        village |= account.role[i].role == ROLE_VILLAGE;
    if (!account.active || !village || info.division < lo || info.division > hi)
        return err_set(err, RC_BAD_INPUT,
                       "%.*s looks after no household there: expected a village worker of %.*s",
                       STR_ARG(account.login), STR_ARG(info.name));
    return RC_OK;
}

static enum rc assign(struct change *c, void *ctx, struct err *err)
{
    const struct assigning *w = ctx;
    const struct value of[] = {V_INT(c->county_code), V_INT(w->household)};
    TRY(scope_household(w->by, c->conn, c->county_code, w->household, err));
    for (size_t i = 0; i < w->n; i++)
        TRY(check_worker(w, c->conn, c->county_code, w->accounts[i], err));
    change_note(c, "account_household", of, 2);
    TRY(exec(c->conn, &stmt_assigned_clear, of, 2, NULL, err));
    for (size_t i = 0; i < w->n; i++) {
        const struct value row[] = {of[0], of[1], V_INT(w->accounts[i]), V_INT(c->at_ms)};
        change_note(c, "account_household", row, 3);
        TRY(exec(c->conn, &stmt_assigned_add, row, 4, NULL, err));
    }
    return RC_OK;
}

enum rc assigned_put(struct city *city, const struct scope *by, int64_t county, int64_t household,
                     const int64_t *accounts, size_t n, struct err *err)
{
    struct arena a = {0};
    struct conn *c = NULL;
    struct assigning w = {by, household, accounts, n, &a};
    const struct change_spec change = {.store = city->store,
                                       .county_code = county,
                                       .who = by->login,
                                       .why = S("village workers of a household")};
    if (!scope_acts(by, ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD), (str){0}))
        return err_set(err, RC_FORBIDDEN, "households are assigned by the township");
    TRY(store_reader(city->store, &c, err));
    enum rc rc = scope_household(by, c, county, household, err);
    store_reader_done(c);
    if (rc == RC_OK)
        rc = change_write(&change, assign, &w, NULL, err);
    arena_deinit(&a);
    return rc;
}

enum rc assigned_read(struct conn *c, int64_t county, int64_t household, struct arena *a,
                      struct account **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    VEC(struct account) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_assigned_of, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct account){.account_id = query_int(q, 0),
                                               .login = str_dup(a, query_text(q, 1)),
                                               .name = str_dup(a, query_text(q, 2))};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

struct village {
    int64_t division, account;
};

static enum rc assign_village(struct change *c, void *ctx, struct err *err)
{
    const struct village *w = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(w->division), V_INT(w->account),
                              V_INT(c->at_ms)};
    change_note(c, "account_household", v, 3);
    return exec(c->conn, &stmt_assigned_village, v, 4, NULL, err);
}

enum rc assigned_of_village(struct city *city, const struct scope *by, int64_t village,
                            int64_t account, struct err *err)
{
    char on[11];
    struct arena a = {0};
    struct conn *c = NULL;
    struct division_info info;
    struct village w = {village, account};
    TRY(store_reader(city->store, &c, err));
    enum rc rc = division_find(c, village, str_from(date_text(by->today, on)), &a, &info, err);
    store_reader_done(c);
    if (rc == RC_OK) {
        const struct change_spec change = {.store = city->store,
                                           .county_code = info.county_code,
                                           .who = by->login,
                                           .why = S("a village's households to one worker")};
        rc = change_write(&change, assign_village, &w, NULL, err);
    }
    arena_deinit(&a);
    return rc;
}

/* ---- relatives ------------------------------------------------------------------------------- */

static enum rc put_relative(struct change *c, void *ctx, struct err *err)
{
    const struct relative *r = ctx;
    const struct value row[] = {V_INT(r->account_id), V_INT(r->county),
                                V_INT(r->person_id),  V_TEXT(str_trim(r->relation)),
                                V_TEXT(r->since),     V_INT(c->at_ms)};
    change_note(c, "staff_relative", row, 5);
    return exec(c->conn, &stmt_relative_put, row, 6, NULL, err);
}

enum rc relative_add(struct city *city, const struct scope *by, const struct relative *r,
                     struct err *err)
{
    enum { RELATION_MOST = 20 };
    struct arena a = {0};
    struct account account;
    struct conn *c = NULL;
    day since;
    size_t chars = utf8_count(str_trim(r->relation));
    TRY(account_keeper_check(by, err));
    if (chars == 0 || chars > RELATION_MOST)
        return err_set(err, RC_BAD_INPUT, "the relation has %zu characters, expected 1 to %d",
                       chars, RELATION_MOST);
    if (!date_parse(r->since, &since))
        return err_set(err, RC_BAD_INPUT, "since “%.*s”: expected a day like 2020-12-21",
                       STR_ARG(str_sub(r->since, 0, 20)));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = account_get(by, c, r->account_id, &a, &account, err);
    if (rc == RC_OK)
        rc = account_person_check(c, r->county, r->person_id, err);
    store_reader_done(c);
    if (rc == RC_OK) {
        struct relative row = *r;
        const struct change_spec change = {
            .store = city->store,
            .county_code = city->place->division / 1000000,
            .who = by->login,
            .why = str_fmt(&a, "a relative of %.*s on record", STR_ARG(account.login))};
        rc = change_write(&change, put_relative, &row, NULL, err);
    }
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc masked_name(struct conn *c, int64_t county, int64_t person,
                                      struct arena *a, str *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c, &stmt_person_name, v, 2, &q, err));
    if (query_next(q))
        *out = mask_name(query_text(q, 0), a);
    return query_end(q, err);
}

enum rc relative_list(const struct scope *by, struct conn *c, const struct relative *after,
                      int limit, struct arena *a, struct relative **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(by->lo),        V_INT(by->hi),           V_TEXT(after->login),
                              V_INT(after->county), V_INT(after->person_id), V_INT(limit)};
    VEC(struct relative) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_relative_page, v, 6, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct relative){.login = str_dup(a, query_text(q, 0)),
                                                .name = str_dup(a, query_text(q, 1)),
                                                .division = query_int(q, 2),
                                                .account_id = query_int(q, 3),
                                                .county = query_int(q, 4),
                                                .person_id = query_int(q, 5),
                                                .relation = str_dup(a, query_text(q, 6)),
                                                .since = str_dup(a, query_text(q, 7))};
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++)
        TRY(masked_name(c, list.at[i].county, list.at[i].person_id, a, &list.at[i].person, err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}
