/* The rules that tools/sqlgen holds the .sql files to: for each, what is let through and what is not. */
#include "unit/test.h"
#include "sqlgen/sqlgen.h"

/* Tables that the statements below are about. */
static const char tables[] =
    "-- schema: person\n"
    "-- One line about it.\n"
    "CREATE TABLE person (\n"
    "    county_code BIGINT NOT NULL, -- six digits; the first\n"
    "    person_id BIGINT NOT NULL,\n"
    "    name TEXT,\n"
    "    lookup BYTEA,\n"
    "    PRIMARY KEY (county_code, person_id)\n"
    ") -- clustered\n"
    "-- schema: card\n"
    "CREATE TABLE card (county_code BIGINT NOT NULL, card_id BIGINT NOT NULL,\n"
    "    person_id BIGINT NOT NULL, PRIMARY KEY (county_code, card_id),\n"
    "    FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, person_id))\n"
    "-- schema: card_person\n"
    "CREATE INDEX card_person ON card (county_code, person_id)\n"
    "-- schema: place\n"
    "-- reference\n"
    "CREATE TABLE place (code BIGINT NOT NULL, county_code BIGINT NOT NULL, PRIMARY KEY (code))\n"
    "-- schema: registry\n"
    "-- spread: lookup\n"
    "CREATE TABLE registry (lookup BYTEA NOT NULL, person_id BIGINT NOT NULL, PRIMARY KEY (lookup))\n";

/* What sqlgen says of a text behind the tables: in the arena, "" for nothing. */
static str said(struct arena *a, const char *text)
{
    struct sqlgen g = {.arena = a};
    str all;

    sbuf_init(&g.said, 1 << 16);
    read_sql(&g, S("m"), S("tables.sql"), str_from(tables));
    read_sql(&g, S("m"), S("x.sql"), str_from(text));
    check_tables(&g);
    check_statements(&g);
    all = str_dup(a, sbuf_str(&g.said));
    sbuf_deinit(&g.said);
    return all;
}

static void check_said(const char *text, const char *expected)
{
    struct arena a = {0};
    str got = said(&a, text);

    if (!expected && got.n > 0)
        fail_msg("%s\nfound: %.*sexpected nothing", text, STR_ARG(got));
    if (expected && (got.n == 0 || !strstr(got.p, expected)))
        fail_msg("%s\nfound: %.*s\nexpected: %s", text, STR_ARG(got), expected);
    arena_deinit(&a);
}

/* One statement under a marker; `kind` is read or write. */
static void statement(const char *kind, const char *sql, const char *expected)
{
    struct arena a = {0};

    check_said(str_fmt(&a, "-- name: it %s\n%s\n", kind, sql).p, expected);
    arena_deinit(&a);
}

static void tables_pass(void **state)
{
    (void)state;
    check_said("", NULL);
}

static void lines_are_told(void **state)
{
    (void)state;
    check_said("\n-- name: a read\nSELECT name\nFROM person\nWHERE person_id = $1\n",
               "x.sql:4: a: person is not tied to one shard: expected county_code = ...");
    check_said("SELECT 1", "x.sql:1: \"SELECT 1\": expected a marker before it");
    check_said("-- name: a\nSELECT 1", "x.sql:1: \"\": expected read or write");
    check_said("-- name: A read\nSELECT 1", "x.sql:1: name \"A\": expected small letters");
    check_said("-- name: a read\n-- name: b read\nSELECT 1", "a has no text");
    check_said("-- name: a read\nSELECT (1", "expected brackets and quotes to be closed");
    check_said("-- name: a read\nSELECT 'x", "expected brackets and quotes to be closed");
    check_said("-- name: a read\nSELECT 1\n-- name: a read\nSELECT 2",
               "x.sql:3: a: also in x.sql:1");
    check_said("-- name: a read\nSELECT 1\n-- dialect: pg\nSELECT 2", "x.sql:3: dialect without a");
    check_said("-- name: a read\nSELECT 1\n-- dialect: my reason\nSELECT 2", "expected pg");
    check_said("-- schema: t since x\nDROP TABLE t", "expected \"since\" and a version");
}

static void shards(void **state)
{
    (void)state;
    statement("read", "SELECT name FROM person WHERE county_code = $1", NULL);
    statement("read", "SELECT p.name FROM person AS p WHERE p.county_code = $1", NULL);
    statement("read", "SELECT name FROM person WHERE $1 = county_code", NULL);
    statement("read", "SELECT name FROM person WHERE county_code = CAST($1 AS BIGINT)", NULL);
    statement("read", "SELECT name FROM person WHERE county_code IN ($1, $2)", NULL);
    statement("read", "SELECT name FROM person WHERE (county_code, person_id) = ($1, $2)", NULL);
    statement("read", "SELECT code FROM place WHERE code = $1", NULL);
    statement("read", "SELECT person_id FROM registry WHERE lookup = $1", NULL);
    statement("read", "-- fan-out: the city's whole count\nSELECT count(*) FROM person", NULL);
    statement("read", "-- fan-out:\nSELECT count(*) FROM person", "fan-out without a reason");

    statement("read", "SELECT name FROM person", "not tied to one shard");
    statement("read", "SELECT name FROM person WHERE county_code > $1", "not tied");
    statement("read", "SELECT name FROM person WHERE county_code = $1 OR name = $2", "not tied");
    statement("read", "SELECT name FROM person WHERE NOT (county_code = $1)", "not tied");
    statement("read", "SELECT county_code = $1 FROM person", "not tied");
    statement("read", "SELECT name FROM person WHERE lookup = $1", "not tied");
    statement("read", "SELECT person_id FROM registry WHERE person_id = $1", "not tied");
    statement("write", "DELETE FROM person WHERE person_id = $1", "not tied");
    statement("write", "UPDATE person SET name = $1 WHERE person_id = $2", "not tied");
    statement("read", "SELECT name FROM persons WHERE county_code = $1", "\"persons\": expected a");
}

static void joins(void **state)
{
    (void)state;
    statement("read",
              "SELECT p.name FROM person p JOIN card c ON c.county_code = p.county_code AND "
              "c.person_id = p.person_id WHERE p.county_code = $1",
              NULL);
    statement("read",
              "SELECT p.name FROM person p LEFT JOIN card c USING (county_code, person_id) "
              "WHERE p.county_code = $1",
              NULL);
    statement("read",
              "SELECT p.name FROM person p, card c WHERE p.county_code = $1 AND c.county_code = $1 "
              "AND c.person_id = p.person_id",
              NULL);
    statement("read",
              "SELECT p.name FROM person p JOIN place l ON l.code = p.person_id WHERE "
              "(p.county_code = $1 AND (l.code = $2 OR l.code = $3))",
              NULL);
    statement("read",
              "-- fan-out: all of them\nSELECT p.name FROM person p JOIN card c ON "
              "c.county_code = p.county_code AND c.person_id = p.person_id",
              NULL);

    statement("read",
              "SELECT p.name FROM person p JOIN card c ON c.person_id = p.person_id "
              "WHERE p.county_code = $1",
              "c is not tied");
    statement("read",
              "-- fan-out: all of them\nSELECT p.name FROM person p JOIN card c ON "
              "c.person_id = p.person_id",
              "p and c are not joined by what spreads them");
    statement("read", "SELECT p.name FROM person p JOIN place l ON l.county_code = p.county_code",
              "p is not tied");
}

static void queries_within(void **state)
{
    (void)state;
    statement("read",
              "SELECT name FROM person p WHERE p.county_code = $1 AND EXISTS (SELECT 1 FROM card c "
              "WHERE c.county_code = p.county_code AND c.person_id = p.person_id)",
              NULL);
    statement("read",
              "WITH mine (id) AS (SELECT person_id FROM card WHERE county_code = $1) "
              "SELECT p.name FROM person p JOIN mine m ON m.id = p.person_id "
              "WHERE p.county_code = $1",
              NULL);
    statement("read",
              "SELECT name FROM person WHERE county_code = $1 UNION ALL "
              "SELECT name FROM person WHERE county_code = $2",
              NULL);

    statement("read",
              "SELECT name FROM person p WHERE p.county_code = $1 AND EXISTS (SELECT 1 FROM card c "
              "WHERE c.person_id = p.person_id)",
              "c is not tied");
    statement("read",
              "WITH mine (id) AS (SELECT person_id FROM card) SELECT p.name FROM person p "
              "JOIN mine m ON m.id = p.person_id WHERE p.county_code = $1",
              "card is not tied");
    statement("read",
              "SELECT name FROM person WHERE county_code = $1 UNION ALL SELECT name FROM person",
              "person is not tied");
    statement("read",
              "SELECT code FROM place l WHERE EXISTS (SELECT 1 FROM person p "
              "WHERE p.county_code = l.county_code)",
              "p is not tied");
    statement("read", "SELECT (SELECT name FROM person WHERE person_id = $1)",
              "person is not tied");
}

static void writes(void **state)
{
    (void)state;
    statement(
        "write",
        "INSERT INTO person (county_code, person_id, name) VALUES ($1, $2, $3) "
        "ON CONFLICT (county_code, person_id) DO UPDATE SET name = coalesce(excluded.name, '') "
        "WHERE person.name <> excluded.name RETURNING person_id",
        NULL);
    statement(
        "write",
        "INSERT INTO card (county_code, card_id, person_id) SELECT county_code, $2, person_id "
        "FROM person WHERE county_code = $1",
        NULL);
    statement("write", "UPDATE person SET name = lower(name) WHERE county_code = $1", NULL);

    statement("write", "INSERT INTO person (person_id) VALUES ($1)", "column that spreads");
    statement("write", "INSERT INTO person VALUES ($1)", "the columns in brackets");
    statement("write", "INSERT INTO person (county_code, person_id) VALUES ($1, (SELECT 2)) ",
              "no query within VALUES");
    statement("write",
              "INSERT INTO person (county_code, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
              "ON CONFLICT (key)");
    statement("write",
              "INSERT INTO person (county_code, person_id, name) VALUES ($1, $2, $3) ON CONFLICT "
              "(county_code, person_id) DO UPDATE SET name = lower(excluded.name)",
              "no function in DO UPDATE SET");
    statement("write", "UPDATE person SET county_code = $2 WHERE county_code = $1",
              "a delete and an insert");
    statement("read", "DELETE FROM person WHERE county_code = $1",
              "\"write\" on the marker's line");
    statement("write", "SELECT 1", "\"read\" on the marker's line");
    statement("write", "MERGE INTO person", "SELECT, INSERT, UPDATE or DELETE");
}

static void words_of_one_database(void **state)
{
    (void)state;
    statement("read", "SELECT CAST(sum(card_id) AS BIGINT) FROM card WHERE county_code = $1", NULL);
    statement("read", "SELECT sum(card_id) FROM card WHERE county_code = $1", "CAST(sum(...)");
    statement("read", "SELECT * FROM card WHERE county_code = $1", "the columns by name");
    statement("read", "SELECT c.* FROM card c WHERE county_code = $1", "the columns by name");
    statement("read", "SELECT 2 * card_id FROM card WHERE county_code = $1", NULL);
    statement("read", "SELECT now()", "a bound value");
    statement("read", "SELECT avg(card_id) FROM card WHERE county_code = $1", "a sum and a count");
    statement("read", "SELECT name FROM person WHERE county_code = ?", "$1, $2");
    statement("read", "SELECT name FROM person WHERE county_code = $1 AND name ILIKE $2", "LIKE");
    statement("read", "SELECT 1; SELECT 2", "one statement a block");
    statement("read", "SELECT name FROM person WHERE county_code = $2", "$1 is not used");
    statement("write", "INSERT OR REPLACE INTO place (code) VALUES ($1)", "ON CONFLICT DO UPDATE");
    statement("read", "SELECT card_id FROM card WHERE county_code = $1 FOR UPDATE", "dialect: pg");
    statement("read",
              "SELECT card_id FROM card WHERE county_code = $1\n-- dialect: pg locks\n"
              "SELECT card_id FROM card WHERE county_code = $1 FOR UPDATE SKIP LOCKED",
              NULL);
    statement("read", "SELECT 'now() * ILIKE ?' -- avg(", NULL);
}

static void order_of_nulls(void **state)
{
    (void)state;
    statement("read", "SELECT name FROM person WHERE county_code = $1 ORDER BY person_id, 1", NULL);
    statement("read",
              "SELECT name FROM person p WHERE county_code = $1 ORDER BY p.name DESC NULLS LAST, "
              "person_id",
              NULL);
    statement("read", "SELECT name FROM person WHERE county_code = $1 ORDER BY name",
              "\"name\": expected NULLS LAST");
    statement("read",
              "SELECT name FROM person p WHERE county_code = $1 ORDER BY person_id, p.name ASC",
              "\"name\": expected NULLS LAST");
    statement("read", "SELECT row_number() OVER (ORDER BY name) FROM person WHERE county_code = $1",
              "\"name\": expected NULLS LAST");
}

static void definitions(void **state)
{
    (void)state;
    check_said("-- schema: t\nCREATE TABLE t (id BIGINT NOT NULL, PRIMARY KEY (id))",
               "x.sql:2: t: a key that begins with id: expected county_code first");
    check_said("-- schema: t\nCREATE TABLE t (county_code BIGINT NOT NULL)",
               "expected a PRIMARY KEY");
    check_said("-- schema: t\nCREATE TABLE t (county_code INTEGER, PRIMARY KEY (county_code))",
               "expected TEXT, BIGINT or BYTEA");
    check_said("-- schema: t\nCREATE TABLE u (county_code BIGINT, PRIMARY KEY (county_code))",
               "\"u\": expected the table of the block's name");
    check_said("-- schema: t\nCREATE TABLE t (county_code BIGINT PRIMARY KEY)",
               "keys and references below the columns");
    check_said("-- schema: t\nCREATE TABLE t (county_code BIGINT, a BIGINT, UNIQUE (a), "
               "PRIMARY KEY (county_code))",
               "a key that begins with a");
    check_said("-- schema: t\nCREATE TABLE t (county_code BIGINT, a BIGINT, PRIMARY KEY "
               "(county_code), FOREIGN KEY (a) REFERENCES person (person_id))",
               "a key that begins with a");
    check_said("-- schema: t\n-- reference\nCREATE TABLE t (county_code BIGINT, PRIMARY KEY "
               "(county_code), FOREIGN KEY (county_code) REFERENCES person (county_code))",
               "no reference from a shared table");
    check_said("-- schema: i\nCREATE UNIQUE INDEX i ON person (name)",
               "a key that begins with name");
    check_said("-- schema: i\nCREATE INDEX i ON person (name)", NULL);
    check_said("-- schema: i\nCREATE INDEX i ON nothing (name)", "a table of a schema block");
    check_said("-- schema: i since 2\nALTER TABLE person ADD COLUMN note TEXT", NULL);
    check_said("-- schema: i since 2\nALTER TABLE person ADD COLUMN note DATE", "TEXT, BIGINT or");
    check_said("-- schema: i since 2\nALTER TABLE person ADD CONSTRAINT x", "ADD COLUMN");
    check_said("-- schema: i\nCREATE TRIGGER x", "expected CREATE TABLE, CREATE INDEX");
}

static void made_text(void **state)
{
    struct arena a = {0};
    struct sqlgen g = {.arena = &a};
    struct sbuf out;

    (void)state;
    sbuf_init(&g.said, 1000);
    sbuf_init(&out, 1 << 16);
    read_sql(&g, S("m"), S("x.sql"), str_from(tables));
    read_sql(&g, S("m"), S("x.sql"),
             S("-- name: find read\n-- why\nSELECT name AS \"n\"\nFROM person\n"
               "WHERE county_code = $2 AND person_id = $1;\n\n"));
    check_tables(&g);
    check_statements(&g);
    check_str(sbuf_str(&g.said), "");
    write_header(&g, S("m"), &out);
    assert_non_null(strstr(out.p, "extern const struct statement stmt_find; /* read, 2 */"));
    sbuf_clear(&out);
    write_source(&g, S("m"), &out);
    assert_non_null(strstr(out.p,
                           "        \"SELECT name AS \\\"n\\\"\\n\"\n        \"FROM person\\n\"\n"
                           "        \"WHERE county_code = $2 AND person_id = $1\",\n"));
    assert_non_null(strstr(out.p, "-- six digits; the first\\n"));
    assert_non_null(strstr(out.p, ") -- clustered\",\n        .spread = \"county_code\""));
    sbuf_deinit(&out);
    sbuf_deinit(&g.said);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_pass),
        cmocka_unit_test(lines_are_told),
        cmocka_unit_test(shards),
        cmocka_unit_test(joins),
        cmocka_unit_test(queries_within),
        cmocka_unit_test(writes),
        cmocka_unit_test(words_of_one_database),
        cmocka_unit_test(order_of_nulls),
        cmocka_unit_test(definitions),
        cmocka_unit_test(made_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
