/* Accounts, what the scope of one covers, and the two registers that hang on it. */
#include "test_guard_hall.h"

#include "guard/demo.h"
#include "vault/vault.h"

/* ---- accounts -------------------------------------------------------------------------------- */

static enum rc make(struct hall *h, const struct scope *by, const char *login, enum role role,
                    const char *line, int64_t division, struct err *err)
{
    const struct scope_role one = {role, str_from(line)};
    const struct account_new spec = {.login = str_from(login),
                                     .name = S("某人"),
                                     .division = division,
                                     .role = &one,
                                     .n_roles = 1};
    str password = {0};
    int64_t id = 0;
    return account_make(h->city, by, &spec, &h->a, &id, &password, err);
}

static void accounts_have_their_rules(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *keeper = scope_as(&h, "keeper", ROLE_ADMIN, COUNTY);
    struct scope *clerk = scope_as(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    check_fails(make(&h, clerk, "li", ROLE_CLERK, "", TOWNSHIP, err), RC_FORBIDDEN,
                "administrators");
    check_fails(make(&h, keeper, "l", ROLE_CLERK, "", TOWNSHIP, err), RC_BAD_INPUT, "login");
    check_fails(make(&h, keeper, "李", ROLE_CLERK, "", TOWNSHIP, err), RC_BAD_INPUT, "login");
    check_fails(make(&h, keeper, "Clerk", ROLE_CLERK, "", TOWNSHIP, err), RC_CONFLICT, "taken");
    check_fails(make(&h, keeper, "li", ROLE_CLERK, "nix", TOWNSHIP, err), RC_BAD_INPUT, "line");
    check_fails(make(&h, keeper, "li", ROLE_CLERK, "", VILLAGE_1, err), RC_BAD_INPUT,
                "the only role that a village has");
    check_fails(make(&h, keeper, "li", ROLE_CLERK, "", 990102009000, err), RC_NOT_FOUND,
                "no division");
    /* What is beyond the keeper's own division looks as if it were not there. */
    check_fails(make(&h, keeper, "li", ROLE_CLERK, "", 990103001000, err), RC_NOT_FOUND,
                "no division");
    check_fails(make(&h, keeper, "li", ROLE_OFFICER, "", CITY, err), RC_NOT_FOUND, "no division");
    check_ok(make(&h, keeper, "li", ROLE_CLERK, "care", TOWNSHIP, err));
    const struct scope_role both[] = {{ROLE_ADMIN, S("")}, {ROLE_CLERK, S("")}};
    const struct account_new mixed = {
        .login = S("mixed"), .name = S("某人"), .division = TOWNSHIP, .role = both, .n_roles = 2};
    str password = {0};
    int64_t id = 0;
    check_fails(account_make(h.city, keeper, &mixed, &h.a, &id, &password, err), RC_BAD_INPUT,
                "handles no cases");
    str whys = rows_of(h.city,
                       "SELECT who, why FROM audit_entry WHERE county_code = 990100 AND who = "
                       "'keeper' AND why <> 'login'",
                       "tt", &h.a);
    check_str(whys, "keeper|account li made");
    int64_t checked = 0;
    check_ok(audit_verify(h.city->store, &checked, err));
    hall_drop(&h);
}

static enum rc alter(struct hall *h, const struct scope *by, int64_t id, struct account_change x,
                     struct err *err)
{
    str password = {0};
    return account_alter(h->city, by, id, &x, &h->a, &password, err);
}

static void accounts_are_altered_within_bounds(void **state)
{
    struct hall h = hall_make(*state);
    const bool closed = false;
    const str name = S("新名");
    const int64_t elsewhere = 990103001000;
    const struct scope_role clerk = {ROLE_CLERK, S("")};
    int64_t first = staff(&h, "first", ROLE_ADMIN, CITY);
    struct scope *keeper = scope_as(&h, "keeper", ROLE_ADMIN, COUNTY);
    int64_t li = staff(&h, "li", ROLE_CLERK, TOWNSHIP);
    int64_t wu = staff(&h, "wu", ROLE_CLERK, elsewhere);
    check_ok(alter(&h, keeper, li, (struct account_change){.name = &name, .version = 1}, err));
    check_fails(alter(&h, keeper, li, (struct account_change){.name = &name, .version = 1}, err),
                RC_CONFLICT, "version 2 stands");
    check_fails(alter(&h, keeper, wu, (struct account_change){.name = &name}, err), RC_NOT_FOUND,
                "no account");
    check_fails(alter(&h, keeper, 12345, (struct account_change){.name = &name}, err), RC_NOT_FOUND,
                "no account");
    check_fails(alter(&h, keeper, first, (struct account_change){.active = &closed}, err),
                RC_NOT_FOUND, "no account");
    check_fails(alter(&h, keeper, li, (struct account_change){.division = &elsewhere}, err),
                RC_NOT_FOUND, "no division");
    check_fails(
        alter(&h, keeper, keeper->account_id, (struct account_change){.active = &closed}, err),
        RC_FORBIDDEN, "nobody changes the own");
    check_fails(alter(&h, keeper, keeper->account_id,
                      (struct account_change){.role = &clerk, .n_roles = 1}, err),
                RC_FORBIDDEN, "nobody changes the own");
    check_fails(alter(&h, h.top, first, (struct account_change){.active = &closed}, err), RC_RULE,
                "last administrator");
    check_fails(alter(&h, h.top, first, (struct account_change){.role = &clerk, .n_roles = 1}, err),
                RC_RULE, "last administrator");
    staff(&h, "second", ROLE_ADMIN, CITY);
    check_ok(alter(&h, h.top, first, (struct account_change){.active = &closed}, err));
    hall_drop(&h);
}

static void accounts_are_listed_by_division(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *keeper = scope_as(&h, "keeper", ROLE_ADMIN, COUNTY);
    struct account *list = NULL;
    struct account one;
    size_t n = 0;
    int64_t count = 0;
    struct conn *c = NULL;
    staff(&h, "a.one", ROLE_CLERK, TOWNSHIP);
    staff(&h, "b.two", ROLE_CLERK, 990103001000);
    staff(&h, "c.three", ROLE_VILLAGE, VILLAGE_1);
    check_ok(store_reader(h.city->store, &c, err));
    check_ok(account_list(keeper, c, keeper->division, S(""), 10, &h.a, &list, &n, err));
    assert_int_equal(n, 3);
    check_str(list[0].login, "a.one");
    check_str(list[1].login, "c.three");
    check_str(list[2].login, "keeper");
    assert_int_equal(list[1].role[0].role, ROLE_VILLAGE);
    check_ok(account_list(keeper, c, keeper->division, S("a.one"), 1, &h.a, &list, &n, err));
    assert_int_equal(n, 1);
    check_str(list[0].login, "c.three");
    check_ok(account_list(keeper, c, CITY, S(""), 10, &h.a, &list, &n, err));
    assert_int_equal(n, 3);
    check_ok(account_list(keeper, c, 990103000000, S(""), 10, &h.a, &list, &n, err));
    assert_int_equal(n, 0);
    check_ok(account_count(keeper, c, TOWNSHIP, &count, err));
    assert_int_equal(count, 2);
    check_ok(account_count(keeper, c, 990103000000, &count, err));
    assert_int_equal(count, 0);
    check_fails(account_find(keeper, c, S("b.two"), &h.a, &one, err), RC_NOT_FOUND, "b.two");
    check_fails(account_find(keeper, c, S("b.six"), &h.a, &one, err), RC_NOT_FOUND, "b.six");
    store_reader_done(c);
    hall_drop(&h);
}

static void a_store_gets_one_first_administrator(void **state)
{
    struct hall h = hall_make(*state);
    str login = {0};
    str password = {0};
    str token = {0};
    str name = {0};
    check_ok(account_first(h.city, &h.a, &login, &password, err));
    check_str(login, "admin");
    check_ok(session_login(h.city, login, password, S(ANYWHERE), &h.a, &token, &name, err));
    struct scope *s = scope_of(&h, token);
    assert_true(s->must_change);
    assert_int_equal(s->roles, ROLE_BIT(ROLE_ADMIN));
    assert_int_equal(s->division, CITY);
    check_ok(account_first(h.city, &h.a, &login, &password, err));
    assert_int_equal(password.n, 0);
    hall_drop(&h);
}

/* ---- what may be seen ------------------------------------------------------------------------ */

static void a_scope_covers_its_division(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *clerk = scope_as(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    struct scope *river = scope_as(&h, "river", ROLE_CLERK, 990102100000);
    struct scope *county = scope_as(&h, "county", ROLE_DECIDER, COUNTY);
    struct scope *other = scope_as(&h, "other", ROLE_DECIDER, 990103000000);
    struct scope *city = scope_as(&h, "city", ROLE_OFFICER, CITY);
    settle(h.city, 100, VILLAGE_1);
    settle(h.city, 200, VILLAGE_R);
    const struct {
        const struct scope *s;
        bool sees[2];
    } who[] = {{clerk, {true, false}},  {river, {false, true}}, {county, {true, true}},
               {other, {false, false}}, {city, {true, true}},   {h.top, {true, true}}};
    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++)
        for (int k = 0; k < 2; k++) {
            enum rc wanted = who[i].sees[k] ? RC_OK : RC_NOT_FOUND;
            int64_t id = 100 * (k + 1);
            assert_int_equal(see_household(&h, who[i].s, CASE_COUNTY, id, NULL), wanted);
            assert_int_equal(see_person(&h, who[i].s, CASE_COUNTY, id + 1000, NULL), wanted);
            assert_int_equal(see_household(&h, who[i].s, CASE_OTHER, id, NULL), RC_NOT_FOUND);
        }
    /* Not there and not one's own: the same words. */
    struct err there = {0};
    struct err not_there = {0};
    assert_int_equal(see_household(&h, other, CASE_COUNTY, 100, &there), RC_NOT_FOUND);
    assert_int_equal(see_household(&h, other, CASE_COUNTY, 101, &not_there), RC_NOT_FOUND);
    assert_string_equal(there.text, "no household 990102-100 that may be seen");
    assert_string_equal(not_there.text, "no household 990102-101 that may be seen");
    hall_drop(&h);
}

static void who_has_moved_is_seen_where_he_lives(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *clerk = scope_as(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    struct scope *river = scope_as(&h, "river", ROLE_CLERK, 990102100000);
    struct scope *county = scope_as(&h, "county", ROLE_DECIDER, COUNTY);
    settle(h.city, 100, VILLAGE_1);
    check_ok(put_household(
        h.city, (struct household_row){100, S("2020-06-01"), S(DAY_OPEN), VILLAGE_R, 1100}, err));
    assert_int_equal(see_household(&h, clerk, CASE_COUNTY, 100, NULL), RC_NOT_FOUND);
    assert_int_equal(see_person(&h, clerk, CASE_COUNTY, 1100, NULL), RC_NOT_FOUND);
    check_ok(see_household(&h, river, CASE_COUNTY, 100, err));
    check_ok(see_person(&h, river, CASE_COUNTY, 1100, err));
    /* One that will move next year is still here; one that has ended is seen where it was last. */
    check_ok(put_household(
        h.city, (struct household_row){100, S("2021-06-01"), S(DAY_OPEN), VILLAGE_1, 1100}, err));
    check_ok(see_household(&h, river, CASE_COUNTY, 100, err));
    assert_int_equal(see_household(&h, clerk, CASE_COUNTY, 100, NULL), RC_NOT_FOUND);
    settle(h.city, 300, VILLAGE_1);
    check_ok(put_household(
        h.city, (struct household_row){300, S("2020-01-01"), S("2020-03-01"), VILLAGE_1, 1300},
        err));
    check_ok(see_household(&h, clerk, CASE_COUNTY, 300, err));
    /* Somebody of no household is the county's. */
    check_ok(
        put_person(h.city, (struct person_row){77, S("李四"), 1, S("1980-01-01"), S("")}, err));
    check_ok(see_person(&h, county, CASE_COUNTY, 77, err));
    assert_int_equal(see_person(&h, clerk, CASE_COUNTY, 77, NULL), RC_NOT_FOUND);
    assert_int_equal(see_person(&h, county, CASE_COUNTY, 78, NULL), RC_NOT_FOUND);
    hall_drop(&h);
}

static enum rc assign(struct hall *h, const struct scope *by, int64_t household, int64_t account,
                      struct err *err)
{
    return assigned_put(h->city, by, CASE_COUNTY, household, &account, 1, err);
}

static void a_village_worker_sees_what_is_assigned(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *clerk = scope_as(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    struct scope *worker = scope_as(&h, "worker", ROLE_VILLAGE, VILLAGE_1);
    struct scope *river = scope_as(&h, "river", ROLE_CLERK, 990102100000);
    int64_t far = staff(&h, "far", ROLE_VILLAGE, VILLAGE_2);
    struct scope_ref *refs = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    settle(h.city, 100, VILLAGE_1);
    settle(h.city, 200, VILLAGE_1);
    assert_true(worker->assigned_only);
    assert_int_equal(see_household(&h, worker, CASE_COUNTY, 100, NULL), RC_NOT_FOUND);
    check_fails(assign(&h, worker, 100, worker->account_id, err), RC_FORBIDDEN, "township");
    check_fails(assign(&h, river, 100, worker->account_id, err), RC_NOT_FOUND, "no household");
    check_fails(assign(&h, clerk, 100, far, err), RC_BAD_INPUT, "far looks after no household");
    check_fails(assign(&h, clerk, 100, clerk->account_id, err), RC_BAD_INPUT, "no household there");
    check_fails(assign(&h, clerk, 100, 5, err), RC_NOT_FOUND, "no account");
    check_ok(assign(&h, clerk, 100, worker->account_id, err));
    check_ok(see_household(&h, worker, CASE_COUNTY, 100, err));
    check_ok(see_person(&h, worker, CASE_COUNTY, 1100, err));
    assert_int_equal(see_household(&h, worker, CASE_COUNTY, 200, NULL), RC_NOT_FOUND);
    assert_int_equal(see_person(&h, worker, CASE_COUNTY, 1200, NULL), RC_NOT_FOUND);
    check_ok(store_reader(h.city->store, &c, err));
    check_ok(scope_assigned(worker, c, &h.a, &refs, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 1);
    assert_int_equal(refs[0].county, CASE_COUNTY);
    assert_int_equal(refs[0].id, 100);
    check_ok(assigned_put(h.city, clerk, CASE_COUNTY, 100, NULL, 0, err));
    assert_int_equal(see_household(&h, worker, CASE_COUNTY, 100, NULL), RC_NOT_FOUND);
    hall_drop(&h);
}

static void nobody_is_his_own_clerk(void **state)
{
    struct hall h = hall_make(*state);
    str password = {0};
    settle(h.city, 100, VILLAGE_1);
    settle(h.city, 200, VILLAGE_1);
    settle(h.city, 300, VILLAGE_1);
    int64_t id = staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    struct scope *keeper = scope_as(&h, "keeper", ROLE_ADMIN, COUNTY);
    assert_false(related(&h, scope_of(&h, token), 100));
    const struct scope_ref self = {CASE_COUNTY, 1100};
    check_ok(account_alter(h.city, keeper, id, &(struct account_change){.person = &self}, &h.a,
                           &password, err));
    assert_true(related(&h, scope_of(&h, token), 100));
    assert_false(related(&h, scope_of(&h, token), 200));
    struct relative r = {.account_id = id,
                         .county = CASE_COUNTY,
                         .person_id = 1200,
                         .relation = S("妻弟"),
                         .since = S("2020-01-01")};
    check_fails(relative_add(h.city, scope_of(&h, token), &r, err), RC_FORBIDDEN, "administrators");
    check_ok(relative_add(h.city, keeper, &r, err));
    assert_true(related(&h, scope_of(&h, token), 200));
    assert_false(related(&h, scope_of(&h, token), 300));
    /* Also of a household that the relative has left. */
    check_ok(put_membership(
        h.city, (struct membership_row){200, 1200, S("2020-01-01"), S("2020-06-01"), S("02")},
        err));
    assert_true(related(&h, scope_of(&h, token), 200));
    assert_false(related(&h, keeper, 100));
    r.person_id = 9999;
    check_fails(relative_add(h.city, keeper, &r, err), RC_NOT_FOUND, "no person");
    r = (struct relative){.account_id = 5,
                          .county = CASE_COUNTY,
                          .person_id = 1200,
                          .relation = S("弟"),
                          .since = S("2020-01-01")};
    check_fails(relative_add(h.city, keeper, &r, err), RC_NOT_FOUND, "no account");
    r.account_id = id;
    r.since = S("2020-13-01");
    check_fails(relative_add(h.city, keeper, &r, err), RC_BAD_INPUT, "since");
    struct relative *list = NULL;
    size_t n = 0;
    struct conn *c = NULL;
    check_ok(store_reader(h.city->store, &c, err));
    check_ok(
        relative_list(keeper, c, &(struct relative){.login = S("")}, 10, &h.a, &list, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 1);
    check_str(list[0].login, "clerk");
    check_str(list[0].person, "张*");
    check_str(list[0].relation, "妻弟");
    hall_drop(&h);
}

/* ---- a demonstration ------------------------------------------------------------------------- */

static void a_made_up_city_gets_every_role(void **state)
{
    struct hall h = hall_make(*state);
    struct demo_account *list = NULL;
    struct scope_ref *refs = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    size_t n_refs = 0;
    unsigned roles = 0;
    settle(h.city, 100, VILLAGE_1);
    settle(h.city, 200, VILLAGE_1);
    check_ok(put_enrolment(h.city,
                           (struct enrolment_row){.household_id = 100,
                                                  .programme = S("care"),
                                                  .valid_from = S("2020-01-01"),
                                                  .valid_to = S(DAY_OPEN),
                                                  .cause = S("test")},
                           err));
    check_fails(demo_accounts(h.city, h.top, &h.a, NULL, NULL, &list, &n, err), RC_RULE,
                "was not made by");
    change_row(&h, "INSERT INTO meta (name, value) VALUES ('synthetic', '1')", NULL, 0);
    check_ok(demo_accounts(h.city, h.top, &h.a, NULL, NULL, &list, &n, err));
    assert_int_equal(n, 2 * 6 + 3);
    check_str(list[0].login, "village.dongjiedao");
    check_str(list[3].login, "verifier.jiaqu");
    for (size_t i = 0; i < n; i++) {
        str token = {0};
        str name = {0};
        check_ok(session_login(h.city, list[i].login, list[i].password, S(ANYWHERE), &h.a, &token,
                               &name, err));
        struct scope *s = scope_of(&h, token);
        assert_false(s->must_change);
        assert_int_equal(s->roles, ROLE_BIT(list[i].role));
        roles |= s->roles;
        if (i > 0)
            continue;
        check_ok(store_reader(h.city->store, &c, err));
        check_ok(scope_assigned(s, c, &h.a, &refs, &n_refs, err));
        store_reader_done(c);
        assert_int_equal(n_refs, 1);
        assert_int_equal(refs[0].id, 100);
    }
    assert_int_equal(roles, ROLE_BIT(ROLE__COUNT) - 1);
    /* A real account, and there is no more of that. */
    staff(&h, "real", ROLE_CLERK, TOWNSHIP);
    check_fails(demo_accounts(h.city, h.top, &h.a, NULL, NULL, &list, &n, err), RC_RULE,
                "no demonstration's");
    hall_drop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(accounts_have_their_rules),
        BOTH(accounts_are_altered_within_bounds),
        BOTH(accounts_are_listed_by_division),
        BOTH(a_store_gets_one_first_administrator),
        BOTH(a_scope_covers_its_division),
        BOTH(who_has_moved_is_seen_where_he_lives),
        BOTH(a_village_worker_sees_what_is_assigned),
        BOTH(nobody_is_his_own_clerk),
        BOTH(a_made_up_city_gets_every_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
