/* What goes wrong outside the program: files, disks, servers and connections. */
#include "store/harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include "base/file.h"

static const char thing_ddl[] = "CREATE TABLE thing (\n"
                                "    county_code BIGINT NOT NULL,\n"
                                "    id BIGINT NOT NULL,\n"
                                "    n BIGINT NOT NULL,\n"
                                "    text TEXT NOT NULL,\n"
                                "    PRIMARY KEY (county_code, id)\n"
                                ") -- clustered";
static const struct statement put = {
    .name = "put",
    .sql = "INSERT INTO thing (county_code, id, n, text) VALUES (1, $1, $2, '')",
    .n_params = 2};
static const struct statement add = {
    .name = "add",
    .sql = "UPDATE thing SET n = n + 1 WHERE county_code = 1 AND id = $1",
    .n_params = 1};
static const struct statement sum = {
    .name = "sum",
    .sql = "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM thing WHERE county_code = 1",
    .reads = true};
static const struct statement all = {
    .name = "all", .sql = "SELECT id, n, text FROM thing ORDER BY county_code, id", .reads = true};

static struct store *with_thing(void **state)
{
    struct store *s = fresh_store(*state);

    check_ok(fresh_define(s, thing_ddl, err));
    for (int64_t i = 1; i <= 2; i++)
        check_ok(fresh_exec(s, &put, (struct value[]){V_INT(i), V_INT(0)}, 2, err));
    return s;
}

/* ---- opening -------------------------------------------------------------------------------- */

static enum rc open_at(const char *url, bool create, struct err *err)
{
    struct store_options o = {.create = create, .busy_ms = 100};
    struct store *s;
    enum rc rc = store_open(url, &o, &s, err);

    store_close(s);
    return rc;
}

static void write_text(const char *path, const char *text)
{
    struct file_out f;

    check_ok(file_out_open(&f, path, err));
    for (int i = 0; i < 100; i++)
        file_out_str(&f, str_from(text));
    check_ok(file_out_commit(&f, err));
}

static void bad_places_are_named(void **state)
{
    struct arena a = {0};
    const char *text = fresh_path(*state, &a, "text.db"), *folder = fresh_path(*state, &a, "");
    const char *new = str_fmt(&a, "sqlite:%s", fresh_path(*state, &a, "new.db")).p;
    struct stat st;

    check_fails(open_at("huimin.db", true, err), RC_BAD_INPUT, "expected sqlite:PATH");
    check_fails(open_at("sqlite:", true, err), RC_BAD_INPUT, "expected sqlite:PATH");
    check_fails(open_at(new, false, err), RC_NOT_FOUND, "huimin init --db sqlite:");
    assert_false(path_exists(new + 7));
    check_fails(open_at(str_fmt(&a, "sqlite:%s", folder).p, true, err), RC_BAD_INPUT, "folder");
    check_fails(open_at(str_fmt(&a, "%s/x.db", new).p, true, err), RC_NOT_FOUND, "no such folder");
    write_text(text, "county,name\n");
    check_fails(open_at(str_fmt(&a, "sqlite:%s", text).p, true, err), RC_BAD_INPUT, "not a store");
    check_ok(open_at(new, true, err));
    assert_int_equal(stat(new + 7, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    check_ok(open_at(new, false, err));
    remove(new + 7);
    arena_deinit(&a);
}

static void bad_servers_are_named(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    str before, after;

    check_fails(open_at("postgresql://u@127.0.0.1:1/x", false, err), RC_IO,
                "is the server running");
    check_fails(open_at("postgresql://u@/x?host=/nowhere", false, err), RC_IO, "no connection");
    check_fails(open_at("postgresql://u@/x?colour=red", false, err), RC_IO, "colour");
    str_cut(str_from(f->url), '?', &before, &after);
    check_fails(open_at(str_fmt(&a, "%.*s_no?%.*s", STR_ARG(before), STR_ARG(after)).p, false, err),
                RC_NOT_FOUND, "no such database");
    fresh_sql(f, NULL, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    check_fails(
        open_at(str_fmt(&a, "postgresql://tester@/latin?%.*s", STR_ARG(after)).p, false, err),
        RC_BAD_INPUT, "expected UTF8");
    fresh_sql(f, NULL, "DROP DATABASE latin WITH (FORCE)");
    arena_deinit(&a);
}

static void passwords_are_not_shown(void **state)
{
    struct store_options o = {0};
    struct fresh *f = *state;
    struct arena a = {0};
    str before, after;
    struct store *s;
    str url;

    str_cut(str_from(f->url), '@', &before, &after);
    url = str_fmt(&a, "%.*s:s3:cret@%.*s&password=s3cret&application_name=x", STR_ARG(before),
                  STR_ARG(after));
    check_ok(store_open(url.p, &o, &s, err));
    assert_null(strstr(store_url(s), "cret"));
    assert_non_null(strstr(store_url(s), "tester@"));
    assert_non_null(strstr(store_url(s), "&application_name=x"));
    store_close(s);
    arena_deinit(&a);
}

/* ---- locks ---------------------------------------------------------------------------------- */

static void open_meanwhile(const char *url)
{
    struct store_options o = {.busy_ms = 100};
    struct store *other;

    check_ok(store_open(url, &o, &other, err));
    check_fails(fresh_exec(other, &add, &V_INT(1), 1, err), RC_IO, "locked");
    assert_int_equal(fresh_int(other, &sum, NULL, 0), 0);
    store_close(other);
}

static enum rc write_meanwhile(struct conn *c, void *ctx, struct err *err)
{
    TRY(exec(c, &add, &V_INT(1), 1, NULL, err));
    open_meanwhile(ctx);
    return RC_OK;
}

static void a_locked_store_is_named(void **state)
{
    struct store *s = with_thing(state);

    check_ok(store_write(s, write_meanwhile, ((struct fresh *)*state)->url, err));
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 1);
}

/* Processes that write to one store wait for one another. */
static void processes_take_turns(void **state)
{
    struct fresh *f = *state;
    struct store *s;
    pid_t child[3];
    int status;

    with_thing(state);
    store_close(f->store);
    f->store = NULL;
    for (int k = 0; k < 3; k++) {
        child[k] = fork();
        assert_true(child[k] >= 0);
        if (child[k] == 0) {
            int bad = store_open(f->url, NULL, &s, NULL) != RC_OK;
            for (int i = 0; !bad && i < 40; i++)
                bad = fresh_exec(s, &add, &V_INT(1), 1, NULL) != RC_OK;
            _exit(bad);
        }
    }
    for (int k = 0; k < 3; k++) {
        assert_int_equal(waitpid(child[k], &status, 0), child[k]);
        assert_int_equal(status, 0);
    }
    check_ok(store_open(f->url, NULL, &f->store, err));
    assert_int_equal(fresh_int(f->store, &sum, NULL, 0), 120);
}

static enum rc add_both(struct conn *c, void *ctx, struct err *err)
{
    const int64_t *order = ctx;

    TRY(exec(c, &add, &V_INT(order[0]), 1, NULL, err));
    usleep(2000);
    return exec(c, &add, &V_INT(order[1]), 1, NULL, err);
}

static void *add_crosswise(void *p)
{
    struct store *s = p;
    int64_t order[] = {2, 1};

    for (int i = 0; i < 20; i++)
        check_ok(store_write(s, add_both, order, err));
    return NULL;
}

static void deadlocks_are_run_again(void **state)
{
    struct store *s = with_thing(state);
    int64_t order[] = {1, 2};
    pthread_t other;

    assert_int_equal(pthread_create(&other, NULL, add_crosswise, s), 0);
    for (int i = 0; i < 20; i++)
        check_ok(store_write(s, add_both, order, err));
    pthread_join(other, NULL);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 80);
}

/* ---- disks ---------------------------------------------------------------------------------- */

static enum rc load_much(struct conn *c, void *ctx, struct err *err)
{
    static const str columns[] = {S("county_code"), S("id"), S("n"), S("text")};
    static char text[1000];
    struct bulk *b;
    enum rc rc = RC_OK;

    (void)ctx;
    memset(text, 'x', sizeof text);
    TRY(bulk_open(c, S("thing"), columns, 4, &b, err));
    for (int64_t i = 0; rc == RC_OK && i < 30000; i++) {
        bulk_int(b, 1);
        bulk_int(b, 10 + i);
        bulk_int(b, 1);
        bulk_text(b, (str){text, sizeof text});
        rc = bulk_row(b, err);
    }
    if (rc == RC_OK)
        return bulk_close(b, err);
    assert_int_equal(bulk_close(b, NULL), rc);
    return rc;
}

static void a_full_disk_is_told_and_harmless(void **state)
{
    struct store *s = with_thing(state);
    struct rlimit old, small;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1 << 20, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    check_fails(store_write(s, load_much, NULL, err), RC_IO, "nothing of this change was stored");
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 0);
    check_ok(fresh_exec(s, &add, &V_INT(1), 1, err));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    check_ok(fresh_exec(s, &add, &V_INT(1), 1, err));
    s = fresh_reopen(*state, NULL);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 2);
}

/* A process killed at any moment leaves whole transactions only. */
static void a_kill_leaves_whole_transactions(void **state)
{
    struct fresh *f = *state;
    int64_t order[] = {1, 2};
    struct arena a = {0};
    struct store *s;

    with_thing(state);
    store_close(f->store);
    f->store = NULL;
    for (int round = 0; round < 5; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            if (store_open(f->url, NULL, &s, NULL) != RC_OK)
                _exit(1);
            while (store_write(s, add_both, order, NULL) == RC_OK)
                ;
            _exit(1);
        }
        usleep(30000u + (unsigned)round * 3000u);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    check_ok(store_open(f->url, NULL, &f->store, err));
    usleep(200000); /* the server notices that its client has gone */
    assert_int_equal(fresh_int(f->store, &sum, NULL, 0) % 2, 0);
    assert_true(fresh_int(f->store, &sum, NULL, 0) > 0);
    arena_deinit(&a);
}

/* ---- connections ---------------------------------------------------------------------------- */

static void cut_all(const void *state)
{
    fresh_sql(state, NULL,
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
              "current_database() AND pid <> pg_backend_pid()");
}

struct cut {
    const void *state;
    int runs, cuts;
};

static enum rc cut_within(struct conn *c, void *ctx, struct err *err)
{
    struct cut *k = ctx;

    k->runs++;
    TRY(exec(c, &add, &V_INT(1), 1, NULL, err));
    if (k->runs <= k->cuts)
        cut_all(k->state);
    return exec(c, &add, &V_INT(2), 1, NULL, err);
}

static void a_lost_write_is_run_again(void **state)
{
    struct store *s = with_thing(state);
    struct cut k = {*state, 0, 2}, always = {*state, 0, 100};

    check_ok(store_write(s, cut_within, &k, err));
    assert_int_equal(k.runs, 3);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 2);
    check_fails(store_write(s, cut_within, &always, err), RC_IO, "tried 10 times");
    assert_int_equal(always.runs, 10);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 2);
}

static void a_lost_commit_is_told(void **state)
{
    struct store *s = with_thing(state);
    struct cut k = {*state, 0, 0};

    fresh_sql(*state, NULL,
              "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
              "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
              "CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON thing DEFERRABLE INITIALLY DEFERRED "
              "FOR EACH ROW EXECUTE FUNCTION cut()");
    check_fails(store_write(s, cut_within, &k, err), RC_IO, "nobody knows");
    assert_int_equal(k.runs, 1);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 0);
}

static enum rc load_and_cut(struct conn *c, void *ctx, struct err *err)
{
    struct cut *k = ctx;

    if (k->runs++ == 0)
        cut_all(k->state);
    return load_much(c, NULL, err);
}

static void a_lost_bulk_is_run_again(void **state)
{
    struct store *s = with_thing(state);
    struct cut k = {*state, 0, 1};

    check_ok(store_write(s, load_and_cut, &k, err));
    assert_int_equal(k.runs, 2);
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 30000);
}

static void lost_reads(void **state)
{
    struct store *s = with_thing(state);
    struct query *q;
    struct conn *c;
    int64_t n;

    check_ok(store_write(s, load_much, NULL, err));
    check_ok(store_reader(s, &c, err));
    check_ok(query_one(c, &sum, NULL, 0, &n, err));
    cut_all(*state);
    /* Nothing was under way: asked again on a new connection. */
    check_ok(query_one(c, &sum, NULL, 0, &n, err));
    cut_all(*state);
    check_ok(read_begin(c, err));
    check_ok(query_one(c, &sum, NULL, 0, &n, err));
    cut_all(*state);
    /* The snapshot has gone with the connection. */
    check_fails(query_one(c, &sum, NULL, 0, &n, err), RC_IO, "connection was lost");
    check_fails(query_one(c, &sum, NULL, 0, &n, err), RC_IO, "connection was lost");
    read_end(c);
    check_ok(query(c, &all, NULL, 0, &q, err));
    assert_true(query_next(q));
    cut_all(*state);
    while (query_next(q))
        n++;
    check_fails(query_end(q, err), RC_IO, "connection was lost");
    store_reader_done(c);
    check_ok(store_reader(s, &c, err));
    check_ok(query_one(c, &sum, NULL, 0, &n, err));
    assert_int_equal(n, 30000);
    store_reader_done(c);
}

/* ---- injected ------------------------------------------------------------------------------- */

static enum rc several(struct conn *c, void *ctx, struct err *err)
{
    static const str columns[] = {S("county_code"), S("id"), S("n"), S("text")};
    const int64_t *id = ctx;
    struct bulk *b;
    enum rc rc;

    TRY(exec(c, &add, &V_INT(1), 1, NULL, err));
    TRY(bulk_open(c, S("thing"), columns, 4, &b, err));
    bulk_int(b, 1);
    bulk_int(b, *id);
    bulk_int(b, 1);
    bulk_text(b, S(""));
    rc = bulk_row(b, err);
    if (rc != RC_OK)
        return bulk_close(b, NULL);
    TRY(bulk_close(b, err));
    return exec(c, &add, &V_INT(2), 1, NULL, err);
}

static void every_statement_may_fail(void **state)
{
    struct store *s = with_thing(state);
    int64_t id = 100;
    enum rc rc = RC_IO;
    int after;

    for (after = 0; rc != RC_OK; after++) {
        struct err err;
        store_fail_after(after);
        rc = store_write(s, several, &id, &err);
        store_fail_after(-1);
        if (rc != RC_OK) {
            assert_int_equal(rc, RC_IO);
            assert_non_null(strstr(err.text, "out of reach"));
            assert_int_equal(fresh_int(s, &sum, NULL, 0), 0);
        }
    }
    assert_int_equal(after, 7); /* begin, 2 exec, bulk and its row, commit; then it passes */
    assert_int_equal(fresh_int(s, &sum, NULL, 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(bad_places_are_named),
        ON_POSTGRES(bad_servers_are_named),
        ON_POSTGRES(passwords_are_not_shown),
        ON_SQLITE(a_locked_store_is_named),
        BOTH(processes_take_turns),
        BOTH(deadlocks_are_run_again),
        ON_SQLITE(a_full_disk_is_told_and_harmless),
        BOTH(a_kill_leaves_whole_transactions),
        ON_POSTGRES(a_lost_write_is_run_again),
        ON_POSTGRES(a_lost_commit_is_told),
        ON_POSTGRES(a_lost_bulk_is_run_again),
        ON_POSTGRES(lost_reads),
        BOTH(every_statement_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
