/* Copies of a SQLite store that is being written. */
#include "store/harness.h"

#include <inttypes.h>
#include <pthread.h>
#include "base/file.h"

static const char thing_ddl[] = "CREATE TABLE thing (\n"
                                "    county_code BIGINT NOT NULL,\n"
                                "    id BIGINT NOT NULL,\n"
                                "    n BIGINT NOT NULL,\n"
                                "    note TEXT NOT NULL,\n"
                                "    PRIMARY KEY (county_code, id)\n"
                                ") -- clustered";
static const struct statement move = {
    .name = "move",
    .sql = "UPDATE thing SET n = n + $2 WHERE county_code = 1 AND id = $1",
    .n_params = 2};
static const struct statement all = {
    .name = "all",
    .sql = "SELECT id, n, note FROM thing WHERE county_code = 1 ORDER BY id",
    .reads = true};

enum { ROWS = 100000 };

static enum rc fill(struct conn *c, void *ctx, struct err *err)
{
    static const str columns[] = {S("county_code"), S("id"), S("n"), S("note")};
    struct arena a = {0};
    struct bulk *b;
    enum rc rc = RC_OK;

    (void)ctx;
    TRY(bulk_open(c, S("thing"), columns, 4, &b, err));
    for (int64_t i = 0; i < ROWS && rc == RC_OK; i++) {
        arena_reset(&a);
        bulk_int(b, 1);
        bulk_int(b, i);
        bulk_int(b, i);
        bulk_text(b, str_fmt(&a, "note %" PRId64 " of a length that fills a few pages", i * 7919));
        rc = bulk_row(b, err);
    }
    arena_deinit(&a);
    return rc ? bulk_close(b, NULL) : bulk_close(b, err);
}

struct mover {
    struct store *s;
    _Atomic int stop;
    _Atomic int64_t moves;
    bool failed;
};

/* Takes from one row what it gives to another: the sum stays, whatever moment is copied. */
static enum rc move_one(struct conn *c, void *ctx, struct err *err)
{
    const struct mover *m = ctx;
    int64_t from = m->moves * 31 % ROWS, to = m->moves * 17 % ROWS;

    TRY(exec(c, &move, (struct value[]){V_INT(from), V_INT(-1)}, 2, NULL, err));
    return exec(c, &move, (struct value[]){V_INT(to), V_INT(1)}, 2, NULL, err);
}

static void *keep_moving(void *p)
{
    struct mover *m = p;

    while (!m->stop && !m->failed) {
        m->failed = store_write(m->s, move_one, m, NULL) != RC_OK;
        m->moves++;
    }
    return NULL;
}

struct told {
    struct mover *mover;
    int times, last;
    int64_t moves;
};

static void progress(void *ctx, int per_cent)
{
    struct told *t = ctx;

    assert_true(per_cent >= t->last && per_cent <= 100);
    t->times++;
    t->last = per_cent;
    t->moves = t->mover->moves;
    usleep(2000); /* so that others write meanwhile */
}

static void change(int64_t *n, int64_t by, int64_t *differ)
{
    *differ -= *n != 0;
    *n += by;
    *differ += *n != 0;
}

/* Undo the moves one by one: at some point no row differs from the beginning. */
static void undo_moves(int64_t *n)
{
    int64_t differ = 0, m = 0;

    for (int64_t i = 0; i < ROWS; i++)
        differ += n[i] != 0;
    assert_true(differ > 0);
    for (; differ > 0 && m < 1000000; m++) {
        change(&n[m * 31 % ROWS], 1, &differ);
        change(&n[m * 17 % ROWS], -1, &differ);
    }
    if (differ > 0)
        fail_msg("the copy is of no moment: %" PRId64 " rows differ", differ);
}

/* The copy is the state after some number of moves: that number makes every row come out equal. */
static void compare_rows(struct store *copy, struct arena *a)
{
    int64_t *n = NEW_N(a, int64_t, ROWS), sum = 0, i = 0;
    struct query *q;
    struct conn *c;

    check_ok(store_reader(copy, &c, err));
    check_ok(query(c, &all, NULL, 0, &q, err));
    for (; query_next(q) && i < ROWS; i++) {
        struct arena one = {0};
        str note = str_fmt(&one, "note %" PRId64 " of a length that fills a few pages", i * 7919);
        assert_int_equal(query_int(q, 0), i);
        if (!str_eq(query_text(q, 2), note))
            fail_msg("row %" PRId64 " has another text", i);
        n[i] = query_int(q, 1) - i;
        sum += n[i];
        arena_deinit(&one);
    }
    check_ok(query_end(q, err));
    store_reader_done(c);
    assert_int_equal(i, ROWS);
    assert_int_equal(sum, 0);
    undo_moves(n);
}

static void a_copy_is_of_one_moment(void **state)
{
    struct store *s = fresh_store(*state), *copy;
    struct arena a = {0};
    const char *path = fresh_path(*state, &a, "copy.db");
    struct mover m = {.s = s};
    struct told told = {.mover = &m};
    pthread_t thread;

    check_ok(fresh_define(s, thing_ddl, err));
    check_ok(store_write(s, fill, NULL, err));
    assert_int_equal(pthread_create(&thread, NULL, keep_moving, &m), 0);
    /* A machine that is busy may take its time to start the thread. */
    while (m.moves < 3 && !m.failed)
        usleep(2000);
    check_ok(store_copy(s, path, progress, &told, err));
    m.stop = 1;
    pthread_join(thread, NULL);
    assert_false(m.failed);
    assert_int_equal(told.last, 100);
    assert_true(told.times > 1 && told.moves > 0);
    check_ok(store_open(str_fmt(&a, "sqlite:%s", path).p, NULL, &copy, err));
    compare_rows(copy, &a);
    store_close(copy);
    check_fails(store_copy(s, path, NULL, NULL, err), RC_CONFLICT, "is there already");
    arena_deinit(&a);
}

static void a_copy_without_room_leaves_nothing(void **state)
{
    struct store *s = fresh_store(*state);
    struct arena a = {0};
    const char *path = fresh_path(*state, &a, "copy.db");
    struct rlimit old, small;

    check_ok(fresh_define(s, thing_ddl, err));
    check_ok(store_write(s, fill, NULL, err));
    check_fails(store_copy(s, fresh_path(*state, &a, "no/copy.db"), NULL, NULL, err), RC_IO,
                "can't be made");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1 << 20, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    check_fails(store_copy(s, path, NULL, NULL, err), RC_IO, "no room for the whole copy");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(path_exists(path));
    assert_false(path_exists(str_fmt(&a, "%s.part", path).p));
    check_ok(store_copy(s, path, NULL, NULL, err));
    arena_deinit(&a);
}

static void postgres_has_its_own(void **state)
{
    check_fails(store_copy(fresh_store(*state), "/nowhere/x", NULL, NULL, err), RC_BAD_INPUT,
                "pg_dump");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(a_copy_is_of_one_moment),
        ON_SQLITE(a_copy_without_room_leaves_nothing),
        ON_POSTGRES(postgres_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
