/* What the tests of guard share: a made-up town with its administrator, staff who log in, and what a scope
 * then sees. */
#ifndef HUIMIN_UNIT_TEST_GUARD_HALL_H
#define HUIMIN_UNIT_TEST_GUARD_HALL_H

#include "test_people_case.h"

#include "guard/account.h"
#include "guard/session.h"

#define TOWNSHIP  990102001000
#define CITY      990100000000
#define COUNTY    990102000000
#define PASSWORD  "Ein langer Tag 2020"
#define ANYWHERE  "10.0.0.1"
#define FIRST_DAY "2020-12-21"

struct hall {
    struct home home;
    struct arena a;
    struct city *city;
    struct scope *top;
};

static inline day today(void)
{
    day d = 0;
    assert_true(date_parse(S(FIRST_DAY), &d));
    return d;
}

static inline struct hall hall_make(const void *state)
{
    struct hall h = {.home = home_make()};
    h.city = case_city(state, &h.home, &h.a);
    h.top = scope_system(h.city, today(), &h.a);
    return h;
}

static inline void hall_drop(struct hall *h)
{
    city_close(h->city);
    home_drop(&h->home);
    arena_deinit(&h->a);
}

static inline int64_t staff(struct hall *h, const char *login, enum role role, int64_t division)
{
    const struct scope_role one = {role, S("")};
    const struct account_new spec = {.login = str_from(login),
                                     .name = str_from(login),
                                     .division = division,
                                     .role = &one,
                                     .n_roles = 1,
                                     .password = S(PASSWORD),
                                     .keep_password = true};
    str password = {0};
    int64_t id = 0;
    check_ok(account_make(h->city, h->top, &spec, &h->a, &id, &password, err));
    check_str(password, PASSWORD);
    return id;
}

static inline str log_in(struct hall *h, const char *login)
{
    str token = {0};
    str name = {0};
    check_ok(session_login(h->city, str_from(login), S(PASSWORD), S(ANYWHERE), &h->a, &token, &name,
                           err));
    assert_int_equal(token.n, 64);
    return token;
}

static inline enum rc seek(struct hall *h, str token, struct scope **s, struct err *err)
{
    str name = {0};
    return session_find(h->city, token, S(""), false, today(), &h->a, s, &name, err);
}

static inline struct scope *scope_of(struct hall *h, str token)
{
    struct scope *s = NULL;
    check_ok(seek(h, token, &s, err));
    return s;
}

static inline struct scope *scope_as(struct hall *h, const char *login, enum role role,
                                     int64_t division)
{
    staff(h, login, role, division);
    return scope_of(h, log_in(h, login));
}

static inline enum rc see_household(struct hall *h, const struct scope *s, int64_t county,
                                    int64_t id, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(h->city->store, &c, err));
    enum rc rc = scope_household(s, c, county, id, err);
    store_reader_done(c);
    return rc;
}

static inline enum rc see_person(struct hall *h, const struct scope *s, int64_t county, int64_t id,
                                 struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(h->city->store, &c, err));
    enum rc rc = scope_person(s, c, county, id, err);
    store_reader_done(c);
    return rc;
}

static inline bool related(struct hall *h, const struct scope *s, int64_t household)
{
    struct conn *c = NULL;
    bool out = false;
    check_ok(store_reader(h->city->store, &c, err));
    check_ok(scope_related(s, c, CASE_COUNTY, household, &out, err));
    store_reader_done(c);
    return out;
}

static inline void change_row(struct hall *h, const char *sql, const struct value *v, size_t n)
{
    const struct statement st = {.name = "test_change", .sql = sql, .n_params = (uint8_t)n};
    check_ok(fresh_exec(h->city->store, &st, v, n, err));
}

#endif
