/*
 * The yardstick of `huimin run` on SQLite: plainly read every row that a run reads, all columns, in
 * the order of the tables' keys, and write as many result rows in their key's order in one
 * transaction. Straight calls of the database library, no rules.
 *
 *     run_plain STORE MONTH
 *
 * STORE is a copy of a store whose month was run: the rows of that run are read, taken out, and
 * written again; only reading the facts and writing are timed. Prints milliseconds.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;
static int64_t sum; /* so that reading is not left out */

static void die(const char *what)
{
    fprintf(stderr, "run_plain: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *st;

    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die(sql);
    return st;
}

static void run_sql(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql);
}

static int64_t read_all(const char *sql)
{
    sqlite3_stmt *st = prepared(sql);
    int64_t rows = 0;

    while (sqlite3_step(st) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(st); c++)
            sum += sqlite3_column_type(st, c) == SQLITE_INTEGER
                       ? sqlite3_column_int64(st, c)
                       : sqlite3_column_bytes(st, c) + (sqlite3_column_text(st, c) != NULL);
        rows++;
    }
    sqlite3_finalize(st);
    return rows;
}

/* Every table of facts: the core's and those that lines declare. */
static int64_t read_facts(void)
{
    sqlite3_stmt *names =
        prepared("SELECT name FROM sqlite_master WHERE type = 'table' AND (name IN "
                 "('household', 'membership', 'person', 'enrolment') OR name GLOB "
                 "'x_*') AND name NOT GLOB '*_past' ORDER BY name");
    char sql[256];
    int64_t rows = 0;

    while (sqlite3_step(names) == SQLITE_ROW) {
        snprintf(sql, sizeof sql, "SELECT * FROM %s", (const char *)sqlite3_column_text(names, 0));
        rows += read_all(sql);
    }
    sqlite3_finalize(names);
    return rows;
}

static const char *const results[] = {"determination", "award", "payment"};
enum { RESULTS = sizeof results / sizeof results[0] };

/* The month's rows out of the table into memory. */
static int64_t take_out(const char *table, const char *month)
{
    char sql[512];

    snprintf(
        sql, sizeof sql,
        "CREATE TABLE kept.%s AS SELECT * FROM main.%s WHERE month = '%s'; DELETE FROM main.%s "
        "WHERE month = '%s'",
        table, table, month, table, month);
    run_sql(sql);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM kept.%s", table);
    sqlite3_stmt *st = prepared(sql);
    sqlite3_step(st);
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "run_plain STORE MONTH\n");
        return 2;
    }
    if (sqlite3_open(argv[1], &db) != SQLITE_OK)
        die(argv[1]);
    run_sql("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; ATTACH ':memory:' AS kept");
    int64_t written = 0;
    for (int i = 0; i < RESULTS; i++)
        written += take_out(results[i], argv[2]);
    run_sql("PRAGMA wal_checkpoint(TRUNCATE)");

    double from = now_ms();
    int64_t read = read_facts();
    double half = now_ms();
    run_sql("BEGIN IMMEDIATE");
    for (int i = 0; i < RESULTS; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "INSERT INTO main.%s SELECT * FROM kept.%s", results[i],
                 results[i]);
        run_sql(sql);
    }
    run_sql("COMMIT");
    double end = now_ms();
    printf("%.0f ms: %lld rows read in %.0f, %lld written in %.0f (%llx)\n", end - from,
           (long long)read, half - from, (long long)written, end - half, (unsigned long long)sum);
    sqlite3_close(db);
    return 0;
}
