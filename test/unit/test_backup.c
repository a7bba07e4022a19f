/* A whole store in one file: the same rows on either database, and nothing from a damaged file. */
#include "store/harness.h"
#include "store/synth_city.inc"

enum { PERSONS = 3000 };

/* From SQLite to the case's database and back: every row the same, and it works as a store. */
static void every_row_comes_back(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    struct city *copy = NULL;
    int64_t rows = 0;
    int64_t checked = 0;
    const char *key = fresh_path(f, &a, "key");
    const char *from = str_fmt(&a, "sqlite:%s", fresh_path(f, &a, "from.db")).p;
    const char *back = str_fmt(&a, "sqlite:%s", fresh_path(f, &a, "back.db")).p;
    struct city *city = synth_city(from, key, PERSONS, "x", &a, &n);
    str first = whole_store(f, city->store, "first", &a);
    check_ok(backup_restore(fresh_path(f, &a, "first"), f->url, NULL, &rows, err));
    str second = whole_store(f, fresh_reopen(f, NULL), "second", &a);
    assert_true(str_eq(first, second));
    check_ok(backup_restore(fresh_path(f, &a, "second"), back, NULL, &rows, err));
    check_ok(city_open(back, key, NULL, &a, &copy, err));
    assert_true(str_eq(first, whole_store(f, copy->store, "third", &a)));
    assert_int_equal(one_number(copy->store, "SELECT count(*) FROM person"), PERSONS);
    check_ok(audit_verify(copy->store, &checked, err));
    /* The indexes are there again: this one is asked for by name. */
    assert_int_equal(one_number(copy->store, "SELECT count(*) FROM membership INDEXED BY "
                                             "membership_person WHERE county_code = 510402") > 0,
                     1);
    city_close(city);
    city_close(copy);
    arena_deinit(&a);
}

static enum rc nothing(struct change *c, void *ctx, struct err *err)
{
    (void)c;
    (void)ctx;
    (void)err;
    return RC_OK;
}

/* Called in the middle of a copy: others go on writing. */
static void write_meanwhile(void *ctx, int64_t rows)
{
    const struct change_spec spec = {
        .store = ctx, .county_code = 510402, .who = S("clerk"), .why = S("meanwhile")};
    (void)rows;
    check_ok(change_write(&spec, nothing, NULL, NULL, err));
}

static void a_copy_is_of_its_beginning(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    int64_t rows = 0;
    int64_t checked = 0;
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), PERSONS, "x", &a, &n);
    const struct backup_progress p = {write_meanwhile, city->store};
    const char *busy = fresh_path(f, &a, "busy");
    str quiet = whole_store(f, city->store, "quiet", &a);
    str bytes = {0};
    check_ok(backup_write(city->store, busy, &p, &rows, err));
    check_ok(file_read(busy, (size_t)1 << 30, &a, &bytes, err));
    assert_true(str_eq(quiet, bytes));
    assert_false(str_eq(quiet, whole_store(f, city->store, "after", &a)));
    check_ok(audit_verify(city->store, &checked, err));
    city_close(city);
    arena_deinit(&a);
}

static void only_into_an_empty_store(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    int64_t rows = 0;
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), 50, "x", &a, &n);
    str before = whole_store(f, city->store, "copy", &a);
    check_fails(backup_restore(fresh_path(f, &a, "copy"), f->url, NULL, &rows, err), RC_CONFLICT,
                "is not empty");
    assert_true(str_eq(before, whole_store(f, city->store, "after", &a)));
    city_close(city);
    arena_deinit(&a);
}

static void put_bytes(const char *path, str bytes)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    fclose(out);
}

/* Cut off anywhere, or with any byte changed, nothing is made at all. */
static void a_damaged_file_is_refused(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    int64_t rows = 0;
    const char *path = fresh_path(f, &a, "copy");
    const char *bad = fresh_path(f, &a, "bad");
    const char *target = fresh_path(f, &a, "target.db");
    const char *url = str_fmt(&a, "sqlite:%s", target).p;
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), 50, "x", &a, &n);
    str whole = whole_store(f, city->store, "copy", &a);
    char *changed = arena_alloc(&a, whole.n, 1);
    for (size_t i = 0; i < 100; i++) {
        put_bytes(bad, str_sub(whole, 0, whole.n * i / 100));
        check_fails(backup_restore(bad, url, NULL, &rows, err), RC_BAD_INPUT,
                    "nothing was restored");
        memcpy(changed, whole.p, whole.n);
        changed[whole.n * i / 100] ^= 0x20;
        put_bytes(bad, (str){changed, whole.n});
        check_fails(backup_restore(bad, url, NULL, &rows, err), RC_BAD_INPUT,
                    "nothing was restored");
        assert_false(path_exists(target));
    }
    check_ok(backup_restore(path, url, NULL, &rows, err));
    check_fails(backup_restore(fresh_path(f, &a, "none"), url, NULL, &rows, err), RC_NOT_FOUND,
                "none");
    city_close(city);
    arena_deinit(&a);
}

/* A file that says of itself that it is whole, but is not what it says. */
static void a_forged_file_is_refused(void **state)
{
    static const struct {
        str body;
        enum rc rc;
        const char *words;
    } cases[] = {
        {{BACKUP_FORM "\xfe\x01", 18}, RC_RULE, "newer program"},
        {{BACKUP_FORM "\x02T", 18}, RC_BAD_INPUT, "can't be read"},
        {{BACKUP_FORM "\x02T\x0esqlite_schema\x02\x02\x02"
                      "a\x01\x01"
                      "E\x00Z",
          40},
         RC_BAD_INPUT,
         ""},
        {{"huimin backup 9\n\x02Z", 18}, RC_BAD_INPUT, "newer form"},
    };
    struct fresh *f = *state;
    struct arena a = {0};
    int64_t rows = 0;
    const char *bad = fresh_path(f, &a, "bad");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bytes = arena_alloc(&a, cases[i].body.n + VAULT_HASH, 1);
        const char *url = str_fmt(&a, "sqlite:%s/%zu.db", f->folder, i).p;
        memcpy(bytes, cases[i].body.p, cases[i].body.n);
        sm3_once(bytes, cases[i].body.n, (uint8_t *)bytes + cases[i].body.n);
        put_bytes(bad, (str){bytes, cases[i].body.n + VAULT_HASH});
        check_fails(backup_restore(bad, url, NULL, &rows, err), cases[i].rc, cases[i].words);
    }
    arena_deinit(&a);
}

/* A database that fails in the middle leaves an empty store, into which it can be restored again. */
static void a_failure_leaves_nothing(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    int64_t rows = 0;
    const char *from = str_fmt(&a, "sqlite:%s", fresh_path(f, &a, "from.db")).p;
    struct city *city = synth_city(from, fresh_path(f, &a, "key"), 200, "x", &a, &n);
    str whole = whole_store(f, city->store, "copy", &a);
    struct err e = {0};
    enum rc rc = RC_IO;
    int failures = 0;
    for (int64_t after = 3; rc != RC_OK; after += after / 3 + 1, failures++) {
        store_fail_after(after);
        rc = backup_restore(fresh_path(f, &a, "copy"), f->url, NULL, &rows, &e);
        store_fail_after(-1);
        assert_true(rc == RC_OK || rc == RC_IO);
    }
    assert_true(failures > 10);
    assert_true(str_eq(whole, whole_store(f, fresh_reopen(f, NULL), "again", &a)));
    city_close(city);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_row_comes_back),          BOTH(a_copy_is_of_its_beginning),
        BOTH(only_into_an_empty_store),      ON_SQLITE(a_damaged_file_is_refused),
        ON_SQLITE(a_forged_file_is_refused), BOTH(a_failure_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
