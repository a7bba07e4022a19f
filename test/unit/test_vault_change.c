/* The change that every write is: its position, its audit entry, the proof; the key's tie. */
#include "store/harness.h"

#include <pthread.h>
#include "vault/vault.h"

enum { COUNTY = 510402, OTHER = 510403 };

static const struct statement put_meta = {
    .name = "test_put", .sql = "INSERT INTO meta (name, value) VALUES ($1, $2)", .n_params = 2};

static struct store *with_tables(void *state)
{
    struct store *s = fresh_store(state);
    check_ok(schema_up(s, catalogue, catalogue_n, err));
    return s;
}

static struct change_spec spec_of(struct store *s, int64_t county, int64_t at_ms)
{
    return (struct change_spec){
        .store = s, .county_code = county, .who = S("张三"), .why = S("因为"), .at_ms = at_ms};
}

static enum rc put_number(struct change *c, void *ctx, struct err *err)
{
    const struct value v[] = {V_TEXT(str_from(ctx)), V_TEXT(S("x"))};
    change_note(c, "meta", v, 2);
    return exec(c->conn, &put_meta, v, 2, NULL, err);
}

static enum rc nothing(struct change *c, void *ctx, struct err *err)
{
    (void)c;
    (void)ctx;
    (void)err;
    return RC_OK;
}

static enum rc fails(struct change *c, void *ctx, struct err *err)
{
    struct value v[] = {V_TEXT(S("lost")), V_TEXT(S("x"))};
    (void)ctx;
    TRY(exec(c->conn, &put_meta, v, 2, NULL, err));
    return err_set(err, RC_RULE, "not allowed");
}

static int64_t position_of(struct store *s, int64_t county)
{
    struct conn *c = NULL;
    int64_t p = -1;
    check_ok(store_reader(s, &c, err));
    check_ok(change_position(c, county, &p, err));
    store_reader_done(c);
    return p;
}

static int64_t position_at(struct store *s, int64_t at_ms)
{
    struct conn *c = NULL;
    int64_t p = -1;
    check_ok(store_reader(s, &c, err));
    check_ok(change_position_at(c, COUNTY, at_ms, &p, err));
    store_reader_done(c);
    return p;
}

static void some_changes(struct store *s, int64_t county, int n)
{
    for (int i = 0; i < n; i++) {
        struct change_spec w = spec_of(s, county, 1000 * (i + 1));
        check_ok(change_write(&w, nothing, NULL, NULL, err));
    }
}

/* ---- positions ------------------------------------------------------------------------------ */

static void positions_count_by_county(void **state)
{
    struct store *s = with_tables(*state);
    struct change_spec w = spec_of(s, COUNTY, 0);
    struct change_spec o = spec_of(s, OTHER, 0);
    int64_t p = 0;
    char a[] = "a", b[] = "b";
    assert_int_equal(position_of(s, COUNTY), 0);
    check_ok(change_write(&w, put_number, a, &p, err));
    assert_int_equal(p, 1);
    check_ok(change_write(&w, put_number, b, &p, err));
    assert_int_equal(p, 2);
    check_ok(change_write(&o, nothing, NULL, &p, err));
    assert_int_equal(p, 1);
    assert_int_equal(position_of(s, COUNTY), 2);
}

static void failed_change_leaves_nothing(void **state)
{
    static const struct statement count = {.name = "test_count",
                                           .sql = "SELECT count(*) FROM meta WHERE name = 'lost'",
                                           .reads = true};
    struct store *s = with_tables(*state);
    struct change_spec w = spec_of(s, COUNTY, 0);
    int64_t checked = 0;
    check_fails(change_write(&w, fails, NULL, NULL, err), RC_RULE, "not allowed");
    assert_int_equal(position_of(s, COUNTY), 0);
    assert_int_equal(fresh_int(s, &count, NULL, 0), 0);
    check_ok(audit_verify(s, &checked, err));
    assert_int_equal(checked, 0);
}

static void position_by_time(void **state)
{
    struct store *s = with_tables(*state);
    some_changes(s, COUNTY, 3);
    assert_int_equal(position_at(s, 999), 0);
    assert_int_equal(position_at(s, 1000), 1);
    assert_int_equal(position_at(s, 2999), 2);
    assert_int_equal(position_at(s, 999999), 3);
}

static void time_is_the_clocks(void **state)
{
    static const struct statement at = {
        .name = "test_at",
        .sql = "SELECT at_ms FROM audit_entry WHERE county_code = 510402",
        .reads = true};
    struct store *s = with_tables(*state);
    struct change_spec w = spec_of(s, COUNTY, 0);
    int64_t before = clock_ms();
    check_ok(change_write(&w, nothing, NULL, NULL, err));
    int64_t then = fresh_int(s, &at, NULL, 0);
    assert_true(then >= before && then <= clock_ms());
}

enum { THREADS = 4, EACH = 10 };

static void *write_some(void *p)
{
    struct change_spec w = spec_of(p, COUNTY, 0);
    for (int i = 0; i < EACH; i++)
        check_ok(change_write(&w, nothing, NULL, NULL, err));
    return NULL;
}

static void writers_take_turns(void **state)
{
    struct store *s = with_tables(*state);
    pthread_t t[THREADS];
    int64_t checked = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, write_some, s), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(position_of(s, COUNTY), THREADS * EACH);
    check_ok(audit_verify(s, &checked, err));
    assert_int_equal(checked, THREADS * EACH);
}

/* ---- what an entry says --------------------------------------------------------------------- */

static void entry_tells_who_why_and_what(void **state)
{
    static const struct statement all = {
        .name = "test_all",
        .sql = "SELECT position, at_ms, who, why FROM audit_entry WHERE county_code = 510402 "
               "ORDER BY position",
        .reads = true};
    static const struct statement digests = {
        .name = "test_digests",
        .sql = "SELECT count(DISTINCT digest) FROM audit_entry WHERE county_code = 510402",
        .reads = true};
    struct store *s = with_tables(*state);
    struct arena a = {0};
    struct change_spec w = spec_of(s, COUNTY, 77);
    char one[] = "one", two[] = "two";
    check_ok(change_write(&w, put_number, one, NULL, err));
    check_ok(change_write(&w, put_number, two, NULL, err));
    check_str(fresh_rows(s, &all, NULL, 0, "iitt", &a), "1|77|张三|因为\n2|77|张三|因为");
    assert_int_equal(fresh_int(s, &digests, NULL, 0), 2);
    arena_deinit(&a);
}

/* What is noted in parts is not what is noted otherwise cut. */
static enum rc note_parts(struct change *c, void *ctx, struct err *err)
{
    const struct value ab[] = {V_TEXT(S("a")), V_TEXT(S("b"))};
    const struct value joined[] = {V_TEXT(S("ab")), V_NULL};
    const struct value blob[] = {V_BLOB(S("a")), V_TEXT(S("b"))};
    const struct value *const all[] = {ab, joined, blob};
    int which = *(const int *)ctx;
    (void)err;
    change_note(c, "t", all[which], 2);
    return RC_OK;
}

static void digest_keeps_parts_apart(void **state)
{
    static const struct statement digests = {
        .name = "test_digests",
        .sql = "SELECT count(DISTINCT digest) FROM audit_entry WHERE county_code = 510402",
        .reads = true};
    struct store *s = with_tables(*state);
    struct change_spec w = spec_of(s, COUNTY, 1);
    for (int i = 0; i < 3; i++)
        check_ok(change_write(&w, note_parts, &i, NULL, err));
    assert_int_equal(fresh_int(s, &digests, NULL, 0), 3);
}

/* ---- the proof ------------------------------------------------------------------------------ */

static void whole_chains_are_proved(void **state)
{
    struct store *s = with_tables(*state);
    int64_t checked = 0;
    some_changes(s, COUNTY, 5);
    some_changes(s, OTHER, 3);
    check_ok(audit_verify(s, &checked, err));
    assert_int_equal(checked, 8);
}

static void finds(void *state, const char *sql, const char *words)
{
    struct store *s = with_tables(state);
    const struct statement tamper = {.name = "test_tamper", .sql = sql};
    int64_t checked = 0;
    some_changes(s, OTHER, 2);
    some_changes(s, COUNTY, 5);
    check_ok(audit_verify(s, &checked, err));
    check_ok(fresh_exec(s, &tamper, NULL, 0, err));
    check_fails(audit_verify(s, &checked, err), RC_RULE, words);
}

static void finds_text_changed(void **state)
{
    finds(*state,
          "UPDATE audit_entry SET why = 'other' WHERE county_code = 510402 AND position = 3",
          "county 510402, audit entry 3: its text was changed");
}

static void finds_who_and_why_run_together(void **state)
{
    finds(*state,
          "UPDATE audit_entry SET who = '张三因', why = '为' WHERE county_code = 510402 AND "
          "position = 2",
          "audit entry 2: its text was changed");
}

static void finds_time_changed(void **state)
{
    finds(*state,
          "UPDATE audit_entry SET at_ms = at_ms + 1 WHERE county_code = 510402 AND position = 5",
          "audit entry 5: its text was changed");
}

static void finds_digest_changed(void **state)
{
    finds(*state,
          "UPDATE audit_entry SET digest = prior WHERE county_code = 510402 AND position = 4",
          "audit entry 4: its text was changed");
}

static void finds_entry_removed_within(void **state)
{
    finds(*state, "DELETE FROM audit_entry WHERE county_code = 510402 AND position = 3",
          "audit entry 3: an entry is missing");
}

static void finds_entry_removed_at_the_beginning(void **state)
{
    finds(*state, "DELETE FROM audit_entry WHERE county_code = 510402 AND position = 1",
          "audit entry 1: an entry is missing");
}

static void finds_entry_removed_at_the_end(void **state)
{
    finds(*state, "DELETE FROM audit_entry WHERE county_code = 510402 AND position = 5",
          "entries are missing at the end");
}

static void finds_all_removed(void **state)
{
    finds(*state, "DELETE FROM audit_entry WHERE county_code = 510402",
          "audit entry 1: the chain's head is another");
}

static void finds_head_set_back(void **state)
{
    finds(*state, "UPDATE county SET position = 4 WHERE county_code = 510402",
          "the chain's head is another");
}

static void finds_entry_put_behind(void **state)
{
    finds(*state,
          "INSERT INTO audit_entry (county_code, position, at_ms, who, why, digest, prior, hash) "
          "SELECT county_code, 6, at_ms, who, why, digest, hash, hash FROM audit_entry "
          "WHERE county_code = 510402 AND position = 5",
          "audit entry 6: its text was changed");
}

/* Two entries change places, each made to look right by itself but for the link. */
static void finds_reordered(void **state)
{
    static const struct statement away = {
        .name = "test_away",
        .sql = "UPDATE audit_entry SET position = 100 WHERE county_code = 510402 AND position = 2"};
    static const struct statement down = {
        .name = "test_down",
        .sql = "UPDATE audit_entry SET position = 2 WHERE county_code = 510402 AND position = 3"};
    static const struct statement back = {
        .name = "test_back",
        .sql = "UPDATE audit_entry SET position = 3 WHERE county_code = 510402 AND position = 100"};
    struct store *s = with_tables(*state);
    int64_t checked = 0;
    some_changes(s, COUNTY, 5);
    check_ok(fresh_exec(s, &away, NULL, 0, err));
    check_ok(fresh_exec(s, &down, NULL, 0, err));
    check_ok(fresh_exec(s, &back, NULL, 0, err));
    check_fails(audit_verify(s, &checked, err), RC_RULE,
                "audit entry 2: it does not follow from the entry before");
}

/* An entry of another county's chain, with county and position made to fit. */
static void finds_chain_of_another_county(void **state)
{
    finds(*state,
          "UPDATE audit_entry SET hash = (SELECT b.hash FROM audit_entry b WHERE b.county_code = "
          "510403 AND b.position = 1), prior = (SELECT b.prior FROM audit_entry b WHERE "
          "b.county_code = 510403 AND b.position = 1) WHERE county_code = 510402 AND position = 1",
          "county 510402, audit entry 1: its text was changed");
}

/* ---- the key and its store ------------------------------------------------------------------ */

static enum rc bind_key(struct conn *c, void *ctx, struct err *err)
{
    return vault_bind(ctx, c, err);
}

static void key_belongs_to_its_store(void **state)
{
    struct store *s = with_tables(*state);
    struct arena a = {0};
    const char *mine = fresh_path(*state, &a, "mine.key");
    const char *other = fresh_path(*state, &a, "other.key");
    struct vault *v = NULL, *w = NULL;
    check_ok(vault_make_key(mine, NULL, err));
    check_ok(vault_make_key(other, NULL, err));
    check_ok(vault_open(mine, &v, err));
    check_ok(vault_open(other, &w, err));
    check_fails(vault_check(v, s, err), RC_BAD_INPUT, "huimin init");
    check_ok(store_write(s, bind_key, v, err));
    check_ok(vault_check(v, s, err));
    check_fails(vault_check(w, s, err), RC_BAD_INPUT, "another store");
    vault_close(v);
    vault_close(w);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(positions_count_by_county),
        BOTH(failed_change_leaves_nothing),
        BOTH(position_by_time),
        BOTH(time_is_the_clocks),
        BOTH(writers_take_turns),
        BOTH(entry_tells_who_why_and_what),
        BOTH(digest_keeps_parts_apart),
        BOTH(whole_chains_are_proved),
        BOTH(finds_text_changed),
        BOTH(finds_who_and_why_run_together),
        BOTH(finds_time_changed),
        BOTH(finds_digest_changed),
        BOTH(finds_entry_removed_within),
        BOTH(finds_entry_removed_at_the_beginning),
        BOTH(finds_entry_removed_at_the_end),
        BOTH(finds_all_removed),
        BOTH(finds_head_set_back),
        BOTH(finds_entry_put_behind),
        BOTH(finds_reordered),
        BOTH(finds_chain_of_another_county),
        BOTH(key_belongs_to_its_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
