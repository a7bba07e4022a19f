/* The schema of all modules on both engines, and how a store is brought from version to version. */
#include "store/harness.h"

#include "store/engine.h"

/* ---- all modules ---------------------------------------------------------------------------- */

static void everything_is_made_and_prepares(void **state)
{
    struct store *s = fresh_store(*state);
    int version;

    check_ok(schema_found(s, &version, err));
    assert_int_equal(version, 0);
    check_fails(schema_check(s, catalogue, catalogue_n, err), RC_RULE, "is empty");
    check_ok(schema_up(s, catalogue, catalogue_n, err));
    check_ok(schema_up(s, catalogue, catalogue_n, err));
    check_ok(schema_check(s, catalogue, catalogue_n, err));
    check_ok(schema_found(s, &version, err));
    assert_int_equal(version, schema_version(catalogue, catalogue_n));
    check_ok(schema_prepare(s, catalogue, catalogue_n, err));
    s = fresh_reopen(*state, NULL);
    check_ok(schema_check(s, catalogue, catalogue_n, err));
    check_ok(schema_prepare(s, catalogue, catalogue_n, err));
}

static void describe(struct conn *c, const char *table, struct sbuf *out, struct arena *a)
{
    struct column_info *col;
    size_t n;

    check_ok(store_columns(c, str_from(table), a, &col, &n, err));
    if (n > 0)
        sbuf_fmt(out, "%s\n", table);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(out, "  %.*s %s%s\n", STR_ARG(col[i].name),
                 col[i].is_text   ? "text"
                 : col[i].is_blob ? "blob"
                                  : "int",
                 col[i].not_null ? " not null" : "");
}

/* Both engines say the same of every table. */
static void tables_are_the_same_on_both(void **state)
{
    static char first[1 << 16];
    struct store *s = fresh_store(*state);
    struct arena a = {0};
    struct sbuf out;
    struct conn *c;

    check_ok(schema_up(s, catalogue, catalogue_n, err));
    check_ok(store_reader(s, &c, err));
    sbuf_init(&out, sizeof first - 1);
    for (size_t i = 0; i < catalogue_n; i++) {
        for (size_t k = 0; k < catalogue[i]->n_schema; k++)
            describe(c, catalogue[i]->schema[k].name, &out, &a);
    }
    describe(c, "no_such_table", &out, &a);
    store_reader_done(c);
    assert_false(out.failed);
    assert_non_null(strstr(out.p, "meta\n  name text not null\n  value text not null\n"));
    if (first[0])
        assert_string_equal(first, out.p);
    memcpy(first, out.p, out.n + 1);
    sbuf_deinit(&out);
    arena_deinit(&a);
}

/* The same definition with its rows spread, as a cluster would: one part holds all of them here. */
static str partitioned(const struct schema *m, struct arena *a)
{
    str ddl = ddl_for(STORE_POSTGRES, str_from(m->ddl), a), body = ddl;

    while (body.n > 0 && body.p[body.n - 1] != ')')
        body.n--;
    if (!str_starts(ddl, S("CREATE TABLE")) || !m->spread)
        return ddl;
    return str_fmt(a,
                   "%.*s PARTITION BY HASH (%s); CREATE TABLE %s_part PARTITION OF %s FOR VALUES "
                   "WITH (MODULUS 1, REMAINDER 0)",
                   STR_ARG(body), m->spread, m->name, m->name);
}

/* PostgreSQL itself refuses a key of a spread table that lacks the column which spreads it. */
static void keys_hold_when_spread(void **state)
{
    struct store *s = fresh_store(*state);
    struct arena a = {0};

    for (size_t i = 0; i < catalogue_n; i++) {
        for (size_t k = 0; k < catalogue[i]->n_schema; k++)
            fresh_sql(*state, NULL, partitioned(&catalogue[i]->schema[k], &a).p);
    }
    check_ok(schema_prepare(s, catalogue, catalogue_n, err));
    arena_deinit(&a);
}

/* ---- definition text ------------------------------------------------------------------------ */

static void text_for_each_engine(void **state)
{
    struct arena a = {0};
    str ddl = S("CREATE TABLE t (\n  text TEXT NOT NULL, -- a TEXT (BIGINT)\n  bigint BIGINT,\n"
                "  b BYTEA, CHECK (text <> 'TEXT, BYTEA')\n) -- clustered\n;\n"
                "CREATE INDEX i ON t (text);\nCREATE TABLE u (a BIGINT);"
                "ALTER TABLE t ADD COLUMN text2 TEXT; UPDATE t SET text = text");

    (void)state;
    check_str(ddl_for(STORE_SQLITE, ddl, &a),
              "CREATE TABLE t (\n  text TEXT NOT NULL, -- a TEXT (BIGINT)\n  bigint INTEGER,\n"
              "  b BLOB, CHECK (text <> 'TEXT, BYTEA')\n) STRICT, WITHOUT ROWID -- clustered\n;\n"
              "CREATE INDEX i ON t (text);\nCREATE TABLE u (a INTEGER) STRICT;"
              "ALTER TABLE t ADD COLUMN text2 TEXT; UPDATE t SET text = text");
    check_str(ddl_for(STORE_POSTGRES, ddl, &a),
              "CREATE TABLE t (\n  text TEXT COLLATE \"C\" NOT NULL, -- a TEXT (BIGINT)\n"
              "  bigint BIGINT,\n"
              "  b BYTEA, CHECK (text <> 'TEXT, BYTEA')\n) -- clustered\n;\n"
              "CREATE INDEX i ON t (text);\nCREATE TABLE u (a BIGINT);"
              "ALTER TABLE t ADD COLUMN text2 TEXT COLLATE \"C\"; UPDATE t SET text = text");
    arena_deinit(&a);
}

/* ---- versions ------------------------------------------------------------------------------- */

static const struct schema low[] = {
    {.name = "meta",
     .ddl = "CREATE TABLE meta (name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name))",
     .since = 1},
    {.name = "low", .ddl = "CREATE TABLE low (id BIGINT NOT NULL, PRIMARY KEY (id))", .since = 1},
    {.name = "low_note", .ddl = "ALTER TABLE low ADD COLUMN note TEXT", .since = 2},
};
static const struct schema high[] = {
    {.name = "high",
     .ddl = "CREATE TABLE high (id BIGINT NOT NULL, PRIMARY KEY (id), "
            "FOREIGN KEY (id) REFERENCES low (id))",
     .since = 1},
    {.name = "low_rows",
     .ddl = "INSERT INTO low (id, note) VALUES (1, 'a'); UPDATE low SET note = 'b'",
     .since = 3},
};
static const struct schema broken[] = {
    {.name = "fine", .ddl = "CREATE TABLE fine (id BIGINT NOT NULL, PRIMARY KEY (id))", .since = 2},
    {.name = "broken", .ddl = "CREATE TABLE broken (id BIGINT NOT NULL, ,)", .since = 2},
};
static const struct statement count_low = {
    .name = "count_low", .sql = "SELECT count(*) FROM low WHERE note = 'b'", .reads = true};

static void up_from_every_version(void **state)
{
    struct store *s = fresh_store(*state);
    const struct module_sql m1 = {.module = "low", .schema = low, .n_schema = 2};
    const struct module_sql m2 = {.module = "low", .schema = low, .n_schema = 3};
    const struct module_sql m3 = {.module = "high", .schema = high, .n_schema = 2};
    const struct module_sql *const one[] = {&m1}, *const two[] = {&m2}, *const all[] = {&m2, &m3};
    int version;

    check_ok(schema_up(s, one, 1, err));
    check_fails(schema_check(s, two, 1, err), RC_RULE, "version 1, this program needs 2");
    check_ok(schema_up(s, two, 1, err));
    check_ok(schema_check(s, two, 1, err));
    check_fails(schema_check(s, one, 1, err), RC_RULE, "version 2, this program knows up to 1");
    check_fails(schema_up(s, one, 1, err), RC_RULE, "version 2, this program knows up to 1");
    check_ok(fresh_define(s, "CREATE TABLE high (id BIGINT NOT NULL, PRIMARY KEY (id))", err));
    check_ok(schema_up(s, all, 2, err));
    check_ok(schema_found(s, &version, err));
    assert_int_equal(version, 3);
    assert_int_equal(fresh_int(s, &count_low, NULL, 0), 1);
}

static void a_failed_version_leaves_the_one_before(void **state)
{
    struct store *s = fresh_store(*state);
    const struct module_sql m1 = {.module = "low", .schema = low, .n_schema = 2};
    const struct module_sql m2 = {.module = "bad", .schema = broken, .n_schema = 2};
    const struct module_sql *const all[] = {&m1, &m2};
    struct column_info *columns;
    struct arena a = {0};
    struct conn *c;
    size_t n;
    int version;

    check_fails(schema_up(s, all, 2, err), RC_IO, "schema version 2, broken of bad.sql");
    check_ok(schema_found(s, &version, err));
    assert_int_equal(version, 1);
    check_ok(store_reader(s, &c, err));
    check_ok(store_columns(c, S("fine"), &a, &columns, &n, err));
    assert_int_equal(n, 0);
    store_reader_done(c);
    arena_deinit(&a);
}

static void other_databases_are_left_alone(void **state)
{
    struct store *s = fresh_store(*state);

    check_ok(fresh_define(s, "CREATE TABLE song (id BIGINT NOT NULL, PRIMARY KEY (id))", err));
    check_fails(schema_up(s, catalogue, catalogue_n, err), RC_BAD_INPUT, "1 tables that are not");
    check_ok(fresh_define(s,
                          "CREATE TABLE meta (name TEXT NOT NULL, value TEXT NOT NULL, "
                          "PRIMARY KEY (name))",
                          err));
    check_fails(schema_up(s, catalogue, catalogue_n, err), RC_BAD_INPUT, "another program's");
}

/* Two processes that find an empty store at the same moment. */
static void two_may_do_it_at_once(void **state)
{
    struct fresh *f = *state;
    struct store *s;
    pid_t child[2];
    int status;

    store_close(f->store);
    f->store = NULL;
    for (int k = 0; k < 2; k++) {
        child[k] = fork();
        assert_true(child[k] >= 0);
        if (child[k] == 0) {
            struct err why = {0};
            bool failed = store_open(f->url, NULL, &s, &why) != RC_OK ||
                          schema_up(s, catalogue, catalogue_n, &why) != RC_OK;
            if (failed)
                fprintf(stderr, "%s\n", why.text);
            _exit(failed);
        }
    }
    for (int k = 0; k < 2; k++) {
        waitpid(child[k], &status, 0);
        assert_int_equal(status, 0);
    }
    check_ok(store_open(f->url, NULL, &f->store, err));
    check_ok(schema_check(f->store, catalogue, catalogue_n, err));
}

/* ---- statements that do not fit ------------------------------------------------------------- */

static const struct statement no_table = {
    .name = "no_table", .sql = "SELECT id FROM nothing_there", .reads = true};
static const struct statement no_type = {
    .name = "no_type", .sql = "SELECT sum(x) FROM (SELECT 1 AS x) AS y", .reads = true};

static void wrong_statements_are_named(void **state)
{
    struct store *s = fresh_store(*state);
    struct conn *c;

    check_ok(store_reader(s, &c, err));
    check_fails(store_prepare(c, &no_table, err), RC_IO, "no_table");
    if (store_kind(s) == STORE_POSTGRES) {
        static const struct statement numeric = {
            .name = "numeric_sum",
            .sql = "SELECT sum(CAST(x AS BIGINT)) FROM (SELECT 1 AS x) AS y",
            .reads = true};
        check_fails(store_prepare(c, &numeric, err), RC_IO, "expected it to be cast");
    }
    check_ok(store_prepare(c, &no_type, err));
    store_reader_done(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(everything_is_made_and_prepares), BOTH(tables_are_the_same_on_both),
        ON_POSTGRES(keys_hold_when_spread),    cmocka_unit_test(text_for_each_engine),
        BOTH(up_from_every_version),           BOTH(a_failed_version_leaves_the_one_before),
        BOTH(other_databases_are_left_alone),  BOTH(two_may_do_it_at_once),
        BOTH(wrong_statements_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
