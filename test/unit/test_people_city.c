/* Making and opening a store: what is done once, and everything that is refused. */
#include "unit/test_people_case.h"

struct at {
    void *state;
    struct arena a;
    struct home home;
    const char *url, *key;
};

static struct at begin(void *state)
{
    struct at t = {.state = state, .home = home_make(), .url = ((struct fresh *)state)->url};
    t.key = case_key(state, &t.a);
    return t;
}

static void done(struct at *t)
{
    home_drop(&t->home);
    arena_deinit(&t->a);
}

static enum rc init(struct at *t, struct err *err)
{
    struct init_spec spec = case_spec(t->state, &t->home, &t->a);
    return city_init(&spec, &t->a, err);
}

static enum rc try_open(struct at *t, struct err *err)
{
    struct city *c = NULL;
    enum rc rc = city_open(t->url, t->key, "tester", &t->a, &c, err);
    assert_true((c != NULL) == (rc == RC_OK));
    city_close(c);
    return rc;
}

static str all(struct at *t, const char *sql, const char *types)
{
    struct statement st = {.name = "test_all", .sql = sql, .reads = true};
    return fresh_rows(fresh_store(t->state), &st, NULL, 0, types, &t->a);
}

/* ---- made ----------------------------------------------------------------------------------- */

static void made_once(void **state)
{
    struct at t = begin(*state);
    struct city *c = NULL;
    struct stat st;
    check_ok(init(&t, err));
    assert_int_equal(stat(t.key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    check_str(all(&t, "SELECT county_code, position, who, why FROM audit_entry", "iitt"),
              "990100|1|tester|init");
    check_str(all(&t, "SELECT count(*) FROM rule_file", "i"), "3");
    check_ok(city_open(t.url, t.key, "somebody", &t.a, &c, err));
    check_str(c->who, "somebody");
    check_str(c->place->name.text, "town");
    assert_int_equal(strlen(c->rule_hash), 64);
    assert_int_equal(c->registers->n, 3);
    check_str(all(&t, "SELECT release_no, place, who FROM rule_release", "itt"), "1|town|tester");
    city_close(c);
    /* Again: nothing is missing, nothing is written. */
    check_ok(init(&t, err));
    check_str(all(&t, "SELECT count(*) FROM audit_entry", "i"), "1");
    int64_t checked = 0;
    check_ok(audit_verify(fresh_store(*state), &checked, err));
    assert_int_equal(checked, 1);
    done(&t);
}

static void rules_come_from_the_store(void **state)
{
    struct at t = begin(*state);
    struct city *c = NULL;
    char first[65];
    check_ok(init(&t, err));
    check_ok(city_open(t.url, t.key, NULL, &t.a, &c, err));
    memcpy(first, c->rule_hash, sizeof first);
    assert_true(c->who.n > 0);
    city_close(c);
    /* A file that is edited is in force when it is released, not before. */
    home_put(&t.home, "lines/care/care.hm", "extend person\n  hat \"帽\" yes or no\n");
    check_ok(city_open(t.url, t.key, NULL, &t.a, &c, err));
    assert_string_equal(c->rule_hash, first);
    assert_null(reg_field(rules_reg(c->rules, S("person")), S("hat")));
    city_close(c);
    check_ok(init(&t, err));
    check_ok(city_open(t.url, t.key, NULL, &t.a, &c, err));
    assert_string_not_equal(c->rule_hash, first);
    assert_non_null(reg_field(rules_reg(c->rules, S("person")), S("hat")));
    city_close(c);
    check_str(all(&t, "SELECT release_no FROM rule_release ORDER BY release_no", "i"), "1\n2");
    check_str(all(&t, "SELECT count(*) FROM rule_set", "i"), "2");
    /* Back to what was before: a release of its own, of text that is there. */
    home_put(&t.home, "lines/care/care.hm", case_care);
    check_ok(init(&t, err));
    check_ok(city_open(t.url, t.key, NULL, &t.a, &c, err));
    assert_string_equal(c->rule_hash, first);
    city_close(c);
    check_str(all(&t, "SELECT count(*) FROM rule_set", "i"), "2");
    check_str(all(&t, "SELECT max(release_no) FROM rule_release", "i"), "3");
    done(&t);
}

static void the_real_home(void **state)
{
    struct at t = begin(*state);
    struct city *c = NULL;
    struct init_spec spec = {.url = t.url,
                             .key_path = t.key,
                             .home = HUIMIN_SRC,
                             .place = "panzhihua",
                             .who = "tester",
                             .at_ms = 1606780800000};
    check_ok(city_init(&spec, &t.a, err));
    check_ok(city_open(t.url, t.key, "tester", &t.a, &c, err));
    assert_non_null(rules_policy(c->rules, S("dibao")));
    assert_non_null(registers_table(c->registers, S("x_assistance_person")));
    city_close(c);
    check_str(all(&t, "SELECT count(*) FROM division", "i"), "391");
    check_str(all(&t, "SELECT at_ms FROM audit_entry", "i"), "1606780800000");
    check_str(all(&t, "SELECT county_code FROM county", "i"), "510400");
    done(&t);
}

static void from_a_seed(void **state)
{
    struct at t = begin(*state);
    str seed = S("1");
    struct vault *v = NULL, *w = NULL;
    uint8_t a[VAULT_LOOKUP], b[VAULT_LOOKUP];
    struct init_spec spec = case_spec(t.state, &t.home, &t.a);
    const char *other = fresh_path(*state, &t.a, "other.key");
    spec.seed = &seed;
    check_ok(city_init(&spec, &t.a, err));
    check_ok(vault_make_key(other, &seed, err));
    check_ok(vault_open(t.key, &v, err));
    check_ok(vault_open(other, &w, err));
    number_lookup(v, NUMBER_PHONE, S("1"), a);
    number_lookup(w, NUMBER_PHONE, S("1"), b);
    assert_memory_equal(a, b, sizeof a);
    vault_close(v);
    vault_close(w);
    done(&t);
}

/* ---- refused by init ------------------------------------------------------------------------ */

static void init_looks_before_it_makes(void **state)
{
    struct at t = begin(*state);
    struct init_spec spec = case_spec(t.state, &t.home, &t.a);
    spec.place = "nowhere";
    check_fails(city_init(&spec, &t.a, err), RC_NOT_FOUND, "no place nowhere");
    check_fails(city_init(&spec, &t.a, err), RC_NOT_FOUND, "expected one of: town");
    home_put(&t.home, "places/town/divisions.csv", "code\n");
    check_fails(init(&t, err), RC_BAD_INPUT, "divisions.csv");
    home_put(&t.home, "places/town/divisions.csv", case_divisions);
    home_put(&t.home, "lines/care/care.hm", "extend person\n  income \"月收入\" moneys\n");
    check_fails(init(&t, err), RC_RULE, "lines/care/care.hm:2");
    home_put(&t.home, "lines/care/care.hm", case_care);
    /* Nothing was made. */
    assert_int_equal(access(t.key, F_OK), -1);
    int version = -1;
    check_ok(schema_found(fresh_store(*state), &version, err));
    assert_int_equal(version, 0);
    check_fails(try_open(&t, err), RC_RULE, "huimin init");
    done(&t);
}

static void a_store_keeps_its_place(void **state)
{
    struct at t = begin(*state);
    check_ok(init(&t, err));
    home_put(&t.home, "places/other.hm", "place other \"别城\", division 990200000000\n");
    home_put(&t.home, "places/other/divisions.csv",
             "code,name,level,parent,kind\n990200000000,别城,city,990000000000,city\n");
    struct init_spec spec = case_spec(t.state, &t.home, &t.a);
    spec.place = "other";
    check_fails(city_init(&spec, &t.a, err), RC_CONFLICT, "is the store of town, expected other");
    done(&t);
}

static void a_bound_store_gets_no_second_key(void **state)
{
    struct at t = begin(*state);
    check_ok(init(&t, err));
    assert_int_equal(unlink(t.key), 0);
    check_fails(init(&t, err), RC_NOT_FOUND, "there is no key file");
    assert_int_equal(access(t.key, F_OK), -1);
    check_ok(vault_make_key(t.key, NULL, err));
    check_fails(init(&t, err), RC_BAD_INPUT, "belongs to another store");
    done(&t);
}

/* ---- refused by open ------------------------------------------------------------------------ */

static void keys_missing_and_wrong(void **state)
{
    struct at t = begin(*state);
    check_ok(init(&t, err));
    check_ok(try_open(&t, err));
    assert_int_equal(unlink(t.key), 0);
    check_fails(try_open(&t, err), RC_NOT_FOUND, "bring it back from where it is kept");
    check_ok(vault_make_key(t.key, NULL, err));
    check_fails(try_open(&t, err), RC_BAD_INPUT, t.key);
    check_fails(try_open(&t, err), RC_BAD_INPUT, "belongs to another store");
    FILE *f = fopen(t.key, "w");
    fputs("hello\n", f);
    fclose(f);
    check_fails(try_open(&t, err), RC_BAD_INPUT, "64 hexadecimal digits");
    done(&t);
}

static void a_newer_store(void **state)
{
    static const struct statement newer = {
        .name = "test_newer", .sql = "UPDATE meta SET value = '999' WHERE name = 'schema_version'"};
    struct at t = begin(*state);
    check_ok(init(&t, err));
    check_ok(fresh_exec(fresh_store(*state), &newer, NULL, 0, err));
    check_fails(try_open(&t, err), RC_RULE, "schema version 999");
    check_fails(init(&t, err), RC_RULE, "schema version 999");
    done(&t);
}

static void rules_that_no_longer_compile(void **state)
{
    static const struct statement spoil = {
        .name = "test_spoil",
        .sql = "UPDATE rule_file SET content = 'extend person\n  income \"月收入\" moneys\n' WHERE "
               "path = 'lines/care/care.hm'"};
    struct at t = begin(*state);
    check_ok(init(&t, err));
    check_ok(fresh_exec(fresh_store(*state), &spoil, NULL, 0, err));
    check_fails(try_open(&t, err), RC_RULE, "(release 1) do not compile with this program");
    check_fails(try_open(&t, err), RC_RULE, "lines/care/care.hm:2");
    done(&t);
}

static void no_store_at_all(void **state)
{
    struct at t = begin(*state);
    struct city *c = NULL;
    char url[200];
    snprintf(url, sizeof url, "sqlite:%s/none.db", t.home.path);
    check_fails(city_open(url, t.key, NULL, &t.a, &c, err), RC_NOT_FOUND, "huimin init");
    check_fails(city_open("mysql://x", t.key, NULL, &t.a, &c, err), RC_BAD_INPUT, "sqlite:PATH");
    done(&t);
}

static void where_the_key_is(void **state)
{
    struct arena a = {0};
    const char *path = NULL;
    (void)state;
    unsetenv("HUIMIN_KEY");
    check_ok(city_key_path("sqlite:/x/huimin.db", NULL, &a, &path, err));
    assert_string_equal(path, "/x/huimin.db.key");
    check_ok(city_key_path("postgresql://h/d", "/k", &a, &path, err));
    assert_string_equal(path, "/k");
    check_fails(city_key_path("postgresql://h/d", NULL, &a, &path, err), RC_BAD_INPUT, "--key");
    setenv("HUIMIN_KEY", "/e", 1);
    check_ok(city_key_path("postgresql://h/d", NULL, &a, &path, err));
    assert_string_equal(path, "/e");
    unsetenv("HUIMIN_KEY");
    arena_deinit(&a);
}

/* ---- faults --------------------------------------------------------------------------------- */

/* Whichever statement fails, what is there afterwards is nothing or all of it. */
static void init_fails_at_every_statement(void **state)
{
    struct at t = begin(*state);
    int64_t after = 0;
    for (;; after++) {
        struct err failed = {0};
        store_fail_after(after);
        enum rc rc = init(&t, &failed);
        store_fail_after(-1);
        if (rc == RC_OK)
            break;
        assert_int_equal(rc, RC_IO);
        int version = -1;
        check_ok(schema_found(fresh_store(*state), &version, err));
        if (version > 0)
            check_str(all(&t, "SELECT count(*) FROM rule_release", "i"), "0");
    }
    assert_true(after > 50);
    check_ok(try_open(&t, err));
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(made_once),
        BOTH(rules_come_from_the_store),
        BOTH(the_real_home),
        ON_SQLITE(from_a_seed),
        BOTH(init_looks_before_it_makes),
        BOTH(a_store_keeps_its_place),
        BOTH(a_bound_store_gets_no_second_key),
        BOTH(keys_missing_and_wrong),
        BOTH(a_newer_store),
        BOTH(rules_that_no_longer_compile),
        ON_SQLITE(no_store_at_all),
        cmocka_unit_test(where_the_key_is),
        ON_SQLITE(init_fails_at_every_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
