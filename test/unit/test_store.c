/* What the store promises, on both engines: values, constraints, transactions, reads, bulk. */
#include "store/harness.h"

#include <inttypes.h>
#include <pthread.h>

static const char thing_ddl[] = "CREATE TABLE thing (\n"
                                "    county_code BIGINT NOT NULL,  -- BIGINT in a comment stays\n"
                                "    id BIGINT NOT NULL,\n"
                                "    name TEXT,\n"
                                "    bytes BYTEA,\n"
                                "    n BIGINT,\n"
                                "    CHECK (n > -10),\n"
                                "    PRIMARY KEY (county_code, id)\n"
                                ") -- clustered";

static const struct statement put = {
    .name = "put",
    .sql = "INSERT INTO thing (county_code, id, name, bytes, n) VALUES (1, $1, $2, $3, $4)",
    .n_params = 4};
static const struct statement all = {
    .name = "all",
    .sql = "SELECT id, name, bytes, n FROM thing WHERE county_code = 1 ORDER BY id",
    .reads = true};
static const struct statement names = {
    .name = "names",
    .sql = "SELECT name FROM thing WHERE county_code = 1 ORDER BY name NULLS LAST",
    .reads = true};
static const struct statement count = {
    .name = "count", .sql = "SELECT count(*) FROM thing WHERE county_code = 1", .reads = true};
static const struct statement n_of = {.name = "n_of",
                                      .sql =
                                          "SELECT n FROM thing WHERE id = $1 AND county_code = 1",
                                      .reads = true,
                                      .n_params = 1};
static const struct statement add = {
    .name = "add",
    .sql = "UPDATE thing SET n = n + $2 WHERE id = $1 AND county_code = 1",
    .n_params = 2};
static const struct statement remove_one = {
    .name = "remove_one",
    .sql = "DELETE FROM thing WHERE county_code = 1 AND id = $1 RETURNING n",
    .n_params = 1};

static struct store *with_thing(void **state)
{
    check_ok(fresh_define(fresh_store(*state), thing_ddl, err));
    return fresh_store(*state);
}

static enum rc put_one(struct store *s, int64_t id, struct value name, struct value bytes,
                       struct value n, struct err *err)
{
    struct value v[] = {V_INT(id), name, bytes, n};

    return fresh_exec(s, &put, v, 4, err);
}

static void values_come_back(void **state)
{
    struct store *s = with_thing(state);
    struct query *q;
    struct conn *c;

    check_ok(put_one(s, INT64_MIN, V_TEXT(S("")), V_BLOB(S("")), V_INT(INT64_MAX), err));
    check_ok(put_one(s, 0, V_NULL, V_NULL, V_NULL, err));
    check_ok(put_one(s, INT64_MAX, V_TEXT(S("低保 𠮷 ' \" \\ $1 \n%_")), V_BLOB(S("\0\xff\0'\\x")),
                     V_INT(-9), err));
    check_ok(store_reader(s, &c, err));
    check_ok(query(c, &all, NULL, 0, &q, err));

    assert_true(query_next(q));
    assert_true(query_int(q, 0) == INT64_MIN);
    assert_false(query_null(q, 1));
    assert_int_equal(query_text(q, 1).n, 0);
    assert_false(query_null(q, 2));
    assert_int_equal(query_blob(q, 2).n, 0);
    assert_true(query_int(q, 3) == INT64_MAX);

    assert_true(query_next(q));
    assert_true(query_null(q, 1) && query_null(q, 2) && query_null(q, 3));
    assert_int_equal(query_text(q, 1).n, 0);
    assert_int_equal(query_blob(q, 2).n, 0);
    assert_int_equal(query_int(q, 3), 0);

    assert_true(query_next(q));
    assert_true(query_int(q, 0) == INT64_MAX);
    check_str(query_text(q, 1), "低保 𠮷 ' \" \\ $1 \n%_");
    check_str(query_blob(q, 2), "\0\xff\0'\\x");
    assert_int_equal(query_int(q, 3), -9);
    assert_false(query_next(q));
    assert_false(query_next(q));
    check_ok(query_end(q, err));
    store_reader_done(c);
}

static void wrong_values_are_refused(void **state)
{
    struct store *s = with_thing(state);

    check_ok(put_one(s, 1, V_TEXT(S("a")), V_NULL, V_NULL, err));
    check_fails(put_one(s, 1, V_NULL, V_NULL, V_NULL, err), RC_CONFLICT, "key is there already");
    check_fails(put_one(s, 2, V_NULL, V_NULL, V_INT(-10), err), RC_BAD_INPUT, "put");
    check_fails(put_one(s, 2, V_TEXT(S("a\0b")), V_NULL, V_NULL, err), RC_BAD_INPUT, "NUL");
    check_fails(put_one(s, 2, V_NULL, V_NULL, V_TEXT(S("abc")), err), RC_BAD_INPUT, "put");
    check_fails(put_one(s, 2, V_NULL, V_TEXT(S("abc")), V_NULL, err), RC_BAD_INPUT, "put");
    check_fails(put_one(s, 2, V_BLOB(S("abc")), V_NULL, V_NULL, err), RC_BAD_INPUT, "put");
    assert_int_equal(fresh_int(s, &count, NULL, 0), 1);
}

static void references_are_kept(void **state)
{
    struct store *s = with_thing(state);
    static const struct statement child = {.name = "child",
                                           .sql =
                                               "INSERT INTO child (county_code, id) VALUES (1, $1)",
                                           .n_params = 1};

    check_ok(fresh_define(s,
                          "CREATE TABLE child (county_code BIGINT NOT NULL, id BIGINT NOT NULL, "
                          "PRIMARY KEY (county_code, id), FOREIGN KEY (county_code, id) REFERENCES "
                          "thing (county_code, id))",
                          err));
    check_ok(put_one(s, 1, V_NULL, V_NULL, V_NULL, err));
    check_ok(fresh_exec(s, &child, &V_INT(1), 1, err));
    check_fails(fresh_exec(s, &child, &V_INT(2), 1, err), RC_BAD_INPUT, "child");
    check_fails(fresh_exec(s, &child, &V_NULL, 1, err), RC_BAD_INPUT, "child");
    check_fails(fresh_exec(s, &remove_one, &V_INT(1), 1, err), RC_BAD_INPUT, "remove_one");
}

/* Parameters are named: any order, used twice, and of no type of their own. */
static void parameters_by_name(void **state)
{
    struct store *s = with_thing(state);
    struct arena a = {0};
    static const struct statement odd = {
        .name = "odd",
        .sql = "SELECT id, name FROM thing WHERE county_code = $3 AND id >= $2 AND id - $2 < $1 "
               "AND (CAST($4 AS TEXT) IS NULL OR name = $4) ORDER BY id LIMIT $5",
        .reads = true,
        .n_params = 5};
    struct value v[] = {V_INT(2), V_INT(2), V_INT(1), V_NULL, V_INT(10)};

    for (int i = 1; i < 6; i++)
        check_ok(put_one(s, i, V_TEXT(i % 2 ? S("odd") : S("even")), V_NULL, V_NULL, err));
    check_str(fresh_rows(s, &odd, v, 5, "it", &a), "2|even\n3|odd");
    v[3] = V_TEXT(S("odd"));
    check_str(fresh_rows(s, &odd, v, 5, "it", &a), "3|odd");
    v[4] = V_INT(0);
    check_str(fresh_rows(s, &odd, v, 5, "it", &a), "");
    arena_deinit(&a);
}

static void order_and_like_go_by_bytes(void **state)
{
    struct store *s = with_thing(state);
    struct arena a = {0};
    static const str text[] = {S("b"), S("B"), S("a b"), S("ab"), S("é"), S("低"), S("一")};
    static const struct statement like = {
        .name = "like",
        .sql = "SELECT name FROM thing WHERE county_code = 1 AND name LIKE 'b%' ORDER BY name",
        .reads = true};

    for (size_t i = 0; i < 7; i++)
        check_ok(put_one(s, (int64_t)i, V_TEXT(text[i]), V_NULL, V_NULL, err));
    check_ok(put_one(s, 7, V_NULL, V_NULL, V_NULL, err));
    check_str(fresh_rows(s, &names, NULL, 0, "t", &a), "B\na b\nab\nb\né\n一\n低\nnull");
    check_str(fresh_rows(s, &like, NULL, 0, "t", &a), "b");
    arena_deinit(&a);
}

/* ---- transactions --------------------------------------------------------------------------- */

static enum rc put_and_refuse(struct conn *c, void *ctx, struct err *err)
{
    struct value v[] = {V_INT(5), V_NULL, V_NULL, V_NULL};

    (void)ctx;
    TRY(exec(c, &put, v, 4, NULL, err));
    return err_set(err, RC_RULE, "not allowed");
}

static void own_failure_rolls_back(void **state)
{
    struct store *s = with_thing(state);

    check_fails(store_write(s, put_and_refuse, NULL, err), RC_RULE, "not allowed");
    assert_int_equal(fresh_int(s, &count, NULL, 0), 0);
}

static enum rc go_on_after_failure(struct conn *c, void *ctx, struct err *err)
{
    struct value v[] = {V_INT(5), V_NULL, V_NULL, V_NULL}, w[] = {V_INT(6), V_NULL, V_NULL, V_NULL};
    int64_t n;

    (void)ctx;
    TRY(exec(c, &put, v, 4, NULL, err));
    assert_int_equal(exec(c, &put, v, 4, NULL, err), RC_CONFLICT);
    assert_int_equal(exec(c, &put, w, 4, NULL, err), RC_CONFLICT);
    assert_int_equal(query_one(c, &count, NULL, 0, &n, err), RC_CONFLICT);
    return RC_OK;
}

static void a_failure_ends_the_transaction(void **state)
{
    struct store *s = with_thing(state);

    check_fails(store_write(s, go_on_after_failure, NULL, err), RC_CONFLICT, "key");
    assert_int_equal(fresh_int(s, &count, NULL, 0), 0);
}

static enum rc ask_for_nothing(struct conn *c, void *ctx, struct err *err)
{
    struct value v[] = {V_INT(5), V_NULL, V_NULL, V_NULL};
    int64_t n;

    (void)ctx;
    assert_int_equal(query_one(c, &n_of, &V_INT(77), 1, &n, err), RC_NOT_FOUND);
    return exec(c, &put, v, 4, NULL, err);
}

static void no_row_is_no_failure(void **state)
{
    struct store *s = with_thing(state);

    check_ok(store_write(s, ask_for_nothing, NULL, err));
    assert_int_equal(fresh_int(s, &count, NULL, 0), 1);
}

static enum rc change_some(struct conn *c, void *ctx, struct err *err)
{
    int64_t *changed = ctx;
    struct query *q;

    TRY(exec(c, &add, (struct value[]){V_INT(1), V_INT(1)}, 2, &changed[0], err));
    TRY(exec(c, &add, (struct value[]){V_INT(9), V_INT(1)}, 2, &changed[1], err));
    TRY(query(c, &remove_one, &V_INT(1), 1, &q, err));
    changed[2] = query_next(q) ? query_int(q, 0) : -1;
    assert_false(query_next(q));
    return query_end(q, err);
}

static void changes_are_counted_and_returned(void **state)
{
    struct store *s = with_thing(state);
    int64_t changed[3];

    check_ok(put_one(s, 1, V_NULL, V_NULL, V_INT(41), err));
    check_ok(store_write(s, change_some, changed, err));
    assert_int_equal(changed[0], 1);
    assert_int_equal(changed[1], 0);
    assert_int_equal(changed[2], 42);
    assert_int_equal(fresh_int(s, &count, NULL, 0), 0);
}

/* Reads n, lets others in, and writes what it read plus one: right only if run again on conflict. */
static enum rc read_then_write(struct conn *c, void *ctx, struct err *err)
{
    int64_t n, *runs = ctx;

    ++*runs;
    TRY(query_one(c, &n_of, &V_INT(1), 1, &n, err));
    usleep(200);
    return exec(c, &add, (struct value[]){V_INT(1), V_INT(1)}, 2, NULL, err);
}

struct writer {
    struct store *s;
    int64_t runs;
    int failures;
};

static void *write_many(void *p)
{
    struct writer *w = p;

    for (int i = 0; i < 50; i++)
        w->failures += store_write(w->s, read_then_write, &w->runs, NULL) != RC_OK;
    return NULL;
}

static void writers_do_not_lose_changes(void **state)
{
    struct store *s = with_thing(state);
    struct writer w[6] = {0};
    pthread_t thread[6];

    check_ok(put_one(s, 1, V_NULL, V_NULL, V_INT(0), err));
    for (size_t i = 0; i < 6; i++) {
        w[i].s = s;
        assert_int_equal(pthread_create(&thread[i], NULL, write_many, &w[i]), 0);
    }
    for (size_t i = 0; i < 6; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(w[i].failures, 0);
    }
    assert_int_equal(fresh_int(s, &n_of, &V_INT(1), 1), 300);
}

static void a_reader_sees_one_moment(void **state)
{
    struct store *s = with_thing(state);
    struct conn *c;
    int64_t n;

    check_ok(put_one(s, 1, V_NULL, V_NULL, V_NULL, err));
    check_ok(store_reader(s, &c, err));
    check_ok(read_begin(c, err));
    check_ok(put_one(s, 2, V_NULL, V_NULL, V_NULL, err));
    check_ok(query_one(c, &count, NULL, 0, &n, err));
    assert_int_equal(n, 1);
    check_ok(put_one(s, 3, V_NULL, V_NULL, V_NULL, err));
    check_ok(query_one(c, &count, NULL, 0, &n, err));
    assert_int_equal(n, 1);
    read_end(c);
    check_ok(query_one(c, &count, NULL, 0, &n, err));
    assert_int_equal(n, 3);
    store_reader_done(c);
}

/* ---- reads within reads --------------------------------------------------------------------- */

static void many_things(struct store *s, int64_t n);

static void queries_run_side_by_side(void **state)
{
    struct store *s = with_thing(state);
    struct query *a, *b;
    struct conn *c;
    int64_t n = 0, sum = 0, one;

    many_things(s, 1000);
    check_ok(store_reader(s, &c, err));
    check_ok(query(c, &all, NULL, 0, &a, err));
    assert_true(query_next(a));
    check_ok(query(c, &all, NULL, 0, &b, err)); /* the same statement a second time */
    while (query_next(b)) {
        sum += query_int(a, 0) + query_int(b, 0);
        check_ok(query_one(c, &n_of, &V_INT(query_int(b, 0)), 1, &one, err));
        assert_int_equal(one, 2 * query_int(b, 0));
        assert_true(++n == 1000 || query_next(a));
    }
    assert_int_equal(n, 1000);
    assert_int_equal(sum, 999 * 1000);
    assert_false(query_next(a));
    check_ok(query_end(b, err));
    check_ok(query_end(a, err));
    /* One that is left in its middle disturbs nobody. */
    check_ok(query(c, &all, NULL, 0, &a, err));
    assert_true(query_next(a));
    check_ok(query_end(a, err));
    check_ok(query_one(c, &count, NULL, 0, &n, err));
    assert_int_equal(n, 1000);
    store_reader_done(c);
}

/* Statements come and go; the same address may hold another text. */
static void statements_come_and_go(void **state)
{
    struct store *s = with_thing(state);
    struct arena a = {0};
    struct statement *st = NEW_N(&a, struct statement, 1200);
    struct conn *c;
    int64_t n;

    check_ok(store_reader(s, &c, err));
    for (int round = 0; round < 2; round++) {
        for (int64_t i = 0; i < 1200; i++) {
            st[i] = (struct statement){
                .name = "made",
                .sql = str_fmt(&a, "SELECT CAST(%d AS BIGINT)", (int)i + round).p,
                .reads = true};
            check_ok(query_one(c, &st[i], NULL, 0, &n, err));
            assert_int_equal(n, i + round);
        }
    }
    store_reader_done(c);
    arena_deinit(&a);
}

struct waiter {
    struct store *s;
    _Atomic int got;
};

static void *wait_for_reader(void *p)
{
    struct waiter *w = p;
    struct conn *c;

    if (store_reader(w->s, &c, NULL) == RC_OK) {
        w->got = 1;
        store_reader_done(c);
    }
    return NULL;
}

static void readers_wait_for_one_another(void **state)
{
    struct store_options o = {.readers = 2};
    struct waiter w = {0};
    struct conn *a, *b;
    pthread_t thread;

    with_thing(state);
    w.s = fresh_reopen(*state, &o);
    check_ok(store_reader(w.s, &a, err));
    check_ok(store_reader(w.s, &b, err));
    assert_int_equal(pthread_create(&thread, NULL, wait_for_reader, &w), 0);
    usleep(30000);
    assert_int_equal(w.got, 0);
    store_reader_done(a);
    pthread_join(thread, NULL);
    assert_int_equal(w.got, 1);
    store_reader_done(b);
}

/* ---- bulk ----------------------------------------------------------------------------------- */

struct load {
    int64_t from, n, conflict; /* one row is repeated at the end when conflict is set */
};

static enum rc load_rows(struct conn *c, void *ctx, struct err *err)
{
    const struct load *l = ctx;
    static const str columns[] = {S("id"), S("n"), S("county_code"), S("name"), S("bytes")};
    struct bulk *b;
    enum rc rc = RC_OK;

    TRY(bulk_open(c, S("thing"), columns, 5, &b, err));
    for (int64_t i = 0; rc == RC_OK && i < l->n + l->conflict; i++) {
        int64_t id = l->from + i % l->n;
        bulk_int(b, id);
        bulk_int(b, 2 * id);
        bulk_int(b, 1);
        if (i % 3)
            bulk_text(b, S("彝族"));
        else
            bulk_null(b);
        bulk_blob(b, S("\0\1\2"));
        rc = bulk_row(b, err);
    }
    if (rc != RC_OK) {
        assert_int_equal(bulk_close(b, NULL), rc);
        return rc;
    }
    return bulk_close(b, err);
}

static void many_things(struct store *s, int64_t n)
{
    struct load l = {0, n, 0};

    check_ok(store_write(s, load_rows, &l, err));
}

static void bulk_rows_come_back(void **state)
{
    struct store *s = with_thing(state);
    struct load twice = {100000, 1000, 1};
    struct query *q;
    struct conn *c;
    int64_t i = 0;

    many_things(s, 100000);
    check_fails(store_write(s, load_rows, &twice, err), RC_CONFLICT, "key is there already");
    check_ok(store_reader(s, &c, err));
    check_ok(query(c, &all, NULL, 0, &q, err));
    for (; query_next(q); i++) {
        if (query_int(q, 0) != i || query_int(q, 3) != 2 * i || query_null(q, 1) != (i % 3 == 0) ||
            (i % 3 && !str_eq(query_text(q, 1), S("彝族"))) ||
            !str_eq(query_blob(q, 2), S("\0\1\2")))
            fail_msg("row %" PRId64 " differs", i);
    }
    check_ok(query_end(q, err));
    assert_int_equal(i, 100000);
    store_reader_done(c);
}

/* Two bulks and single statements, turn by turn. */
static enum rc load_mixed(struct conn *c, void *ctx, struct err *err)
{
    static const str columns[] = {S("county_code"), S("id")};
    struct bulk *a, *b;

    (void)ctx;
    TRY(bulk_open(c, S("thing"), columns, 2, &a, err));
    TRY(bulk_open(c, S("thing"), columns, 2, &b, err));
    for (int64_t i = 0; i < 3000; i++) {
        struct value v[] = {V_INT(3 * i + 2), V_NULL, V_NULL, V_NULL};
        bulk_int(a, 1);
        bulk_int(a, 3 * i);
        TRY(bulk_row(a, err));
        bulk_int(b, 1);
        bulk_int(b, 3 * i + 1);
        TRY(bulk_row(b, err));
        if (i % 10 == 0)
            TRY(exec(c, &put, v, 4, NULL, err));
    }
    TRY(bulk_close(a, err));
    return bulk_close(b, err);
}

static void bulks_run_side_by_side(void **state)
{
    struct store *s = with_thing(state);

    check_ok(store_write(s, load_mixed, NULL, err));
    assert_int_equal(fresh_int(s, &count, NULL, 0), 6300);
}

static enum rc load_wrong(struct conn *c, void *ctx, struct err *err)
{
    static const str columns[] = {S("county_code"), S("id"), S("name"), S("n")};
    const struct value *v = ctx;
    struct bulk *b;
    enum rc rc;

    TRY(bulk_open(c, S("thing"), columns, 4, &b, err));
    bulk_int(b, 1);
    if (v[0].kind == VALUE_INT)
        bulk_int(b, v[0].i);
    else
        bulk_null(b);
    bulk_text(b, v[1].s);
    if (v[2].kind == VALUE_INT)
        bulk_int(b, v[2].i);
    else
        bulk_text(b, v[2].s);
    rc = bulk_row(b, err);
    if (rc == RC_OK)
        return bulk_close(b, err);
    assert_int_equal(bulk_close(b, NULL), rc);
    return rc;
}

static void wrong_bulk_values_are_refused(void **state)
{
    struct store *s = with_thing(state);
    struct value nul[] = {V_INT(1), V_TEXT(S("a\0")), V_INT(1)};
    struct value null[] = {V_NULL, V_TEXT(S("a")), V_INT(1)};
    struct value check[] = {V_INT(1), V_TEXT(S("a")), V_INT(-11)};
    struct value type[] = {V_INT(1), V_TEXT(S("a")), V_TEXT(S("abc"))};

    check_fails(store_write(s, load_wrong, nul, err), RC_BAD_INPUT, "NUL");
    check_fails(store_write(s, load_wrong, null, err), RC_BAD_INPUT, "bulk");
    check_fails(store_write(s, load_wrong, check, err), RC_BAD_INPUT, "bulk");
    check_fails(store_write(s, load_wrong, type, err), RC_BAD_INPUT, "bulk");
    assert_int_equal(fresh_int(s, &count, NULL, 0), 0);
}

/* ---- misuse --------------------------------------------------------------------------------- */

static enum rc write_within(struct conn *c, void *ctx, struct err *err)
{
    (void)c;
    return store_write(ctx, put_and_refuse, NULL, err);
}

static void nested_write(void *p)
{
    if (store_write(p, write_within, p, NULL))
        _exit(3);
}

static enum rc leave_running(struct conn *c, void *ctx, struct err *err)
{
    struct query *q;

    (void)ctx;
    return query(c, &all, NULL, 0, &q, err);
}

static void query_left_running(void *p)
{
    if (store_write(p, leave_running, NULL, NULL))
        _exit(3);
}

static void write_on_reader(void *p)
{
    struct value v[] = {V_INT(5), V_NULL, V_NULL, V_NULL};
    struct conn *c;

    if (store_reader(p, &c, NULL) == RC_OK && exec(c, &put, v, 4, NULL, NULL))
        _exit(3);
}

static void misuse_aborts(void **state)
{
    struct store *s = with_thing(state);

    check_aborts(nested_write, s);
    check_aborts(query_left_running, s);
    check_aborts(write_on_reader, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(values_come_back),
        BOTH(wrong_values_are_refused),
        BOTH(references_are_kept),
        BOTH(parameters_by_name),
        BOTH(order_and_like_go_by_bytes),
        BOTH(own_failure_rolls_back),
        BOTH(a_failure_ends_the_transaction),
        BOTH(no_row_is_no_failure),
        BOTH(changes_are_counted_and_returned),
        BOTH(writers_do_not_lose_changes),
        BOTH(a_reader_sees_one_moment),
        BOTH(queries_run_side_by_side),
        BOTH(statements_come_and_go),
        BOTH(readers_wait_for_one_another),
        BOTH(bulk_rows_come_back),
        BOTH(bulks_run_side_by_side),
        BOTH(wrong_bulk_values_are_refused),
        BOTH(misuse_aborts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
