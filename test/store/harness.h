/*
 * For tests that need a store: each case gets one of its own, empty, on each engine. A test that
 * includes this header is given a PostgreSQL server by CTest (test/pg.sh); run by hand it wants
 * HUIMIN_PG_URL, a URL with %s where the name of the database goes.
 *
 *   static void rows_come_back(void **state)
 *   {
 *       struct store *s = fresh_store(*state);
 *       ...
 *   }
 *   const struct CMUnitTest tests[] = {BOTH(rows_come_back)};
 *   return cmocka_run_group_tests(tests, NULL, NULL);
 */
#ifndef HUIMIN_TEST_STORE_HARNESS_H
#define HUIMIN_TEST_STORE_HARNESS_H

#include "unit/test.h"
#include "store/migrate.h"
#include "store/store.h"

struct fresh {
    enum store_kind kind;
    struct store *store;
    char url[400];
    char folder[64];   /* of its own, for files */
    char database[64]; /* PostgreSQL's name for it */
};

extern enum store_kind fresh_sqlite, fresh_postgres;

/* Set-up and tear-down of a case; *state is one of the two above before, a struct fresh after. */
int fresh_open(void **state);
int fresh_close(void **state);

#define ON_SQLITE(f)                                                                               \
    {                                                                                              \
#f " on sqlite", f, fresh_open, fresh_close, &fresh_sqlite                                 \
    }
#define ON_POSTGRES(f)                                                                             \
    {                                                                                              \
#f " on postgres", f, fresh_open, fresh_close, &fresh_postgres                             \
    }
#define BOTH(f) ON_SQLITE(f), ON_POSTGRES(f)

struct store *fresh_store(const void *state);

/* A file's name in the case's folder, in the arena. */
const char *fresh_path(const void *state, struct arena *a, const char *name);

/* Close the store and open it again, with these options (NULL: none). */
struct store *fresh_reopen(void *state, const struct store_options *o);

/* Run SQL on the case's PostgreSQL database through a connection beside the store; one value back. */
str fresh_sql(const void *state, struct arena *a, const char *sql);

/* The call gives RC_OK; else the test fails and shows the message. */
#define check_ok(call)                                                                             \
    do {                                                                                           \
        struct err err_ = {0};                                                                     \
        struct err *err = &err_;                                                                   \
        enum rc rc_ = (call);                                                                      \
        if (rc_ != RC_OK)                                                                          \
            fail_msg("%s: %s: %s", #call, rc_code(rc_), err_.text);                                \
    } while (0)

/* It gives another code, with a message that has these words in it. */
#define check_fails(call, code, words)                                                             \
    do {                                                                                           \
        struct err err_ = {0};                                                                     \
        struct err *err = &err_;                                                                   \
        enum rc rc_ = (call);                                                                      \
        if (rc_ != (code) || !strstr(err_.text, words))                                            \
            fail_msg("%s: found %s \"%s\", expected %s with \"%s\"", #call, rc_code(rc_),          \
                     err_.text, rc_code(code), words);                                             \
    } while (0)

/* Run definition text in a transaction of its own. */
enum rc fresh_define(struct store *s, const char *ddl, struct err *err);

/* Run one statement in a transaction of its own. */
enum rc fresh_exec(struct store *s, const struct statement *st, const struct value *v, size_t n,
                   struct err *err);

/* One number, on a reading connection. */
int64_t fresh_int(struct store *s, const struct statement *st, const struct value *v, size_t n);

/* Every row of a query as text: values joined by "|", rows by "\n"; in the arena. */
str fresh_rows(struct store *s, const struct statement *st, const struct value *v, size_t n,
               const char *types, struct arena *a);

#endif
