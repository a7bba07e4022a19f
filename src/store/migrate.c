/* Bringing a store to the newest version of the schema. */
#include "store/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include "store/engine.h"
#include "store/store_sql.h"

int schema_version(const struct module_sql *const *modules, size_t n)
{
    int newest = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < modules[i]->n_schema; k++) {
            if (modules[i]->schema[k].since > newest)
                newest = modules[i]->schema[k].since;
        }
    }
    return newest;
}

/* How many tables there are, of whatever name. */
static enum rc count_tables(struct conn *c, int64_t *n, struct err *err)
{
    static const struct statement count = {
        .name = "store_count_tables",
        .sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
        .pg = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND "
              "pg_table_is_visible(oid) AND relnamespace NOT IN (SELECT oid FROM pg_namespace "
              "WHERE nspname IN ('pg_catalog', 'information_schema'))",
        .reads = true,
    };

    return query_one(c, &count, NULL, 0, n, err);
}

static enum rc read_version(struct conn *c, int *version, struct err *err)
{
    struct query *q;
    int64_t v = -1;

    TRY(query(c, &stmt_schema_version_find, NULL, 0, &q, err));
    if (query_next(q) && !str_int(query_text(q, 0), &v))
        v = -1;
    TRY(query_end(q, err));
    if (v < 1 || v > INT32_MAX)
        return err_set(err, RC_BAD_INPUT,
                       "%s has a table meta without the version of a schema: it is another "
                       "program's database",
                       store_url(c->store));
    *version = (int)v;
    return RC_OK;
}

static enum rc version_in(struct conn *c, int *version, struct err *err)
{
    struct arena a = {0};
    struct column_info *columns;
    size_t n;
    int64_t tables = 0;
    enum rc rc = store_columns(c, S("meta"), &a, &columns, &n, err);

    arena_deinit(&a);
    *version = 0;
    if (rc != RC_OK || n > 0)
        return rc == RC_OK ? read_version(c, version, err) : rc;
    TRY(count_tables(c, &tables, err));
    if (tables > 0)
        return err_set(err, RC_BAD_INPUT,
                       "%s holds %" PRId64 " tables that are not Huimin's: expected an empty "
                       "database or a store",
                       store_url(c->store), tables);
    return RC_OK;
}

enum rc schema_found(struct store *s, int *version, struct err *err)
{
    struct conn *c;
    enum rc rc;

    TRY(store_reader(s, &c, err));
    rc = version_in(c, version, err);
    store_reader_done(c);
    return rc;
}

struct step {
    const struct module_sql *const *modules;
    size_t n;
    int from; /* the version found; one step goes on from it */
    bool raced;
};

/* One version's blocks and its number, in one transaction. */
static enum rc one_version(struct conn *c, void *ctx, struct err *err)
{
    struct step *step = ctx;
    char number[16];
    int found;

    TRY(version_in(c, &found, err));
    step->raced = found != step->from;
    if (step->raced)
        return RC_OK;
    for (size_t i = 0; i < step->n; i++) {
        const struct module_sql *m = step->modules[i];
        for (size_t k = 0; k < m->n_schema; k++) {
            enum rc rc = RC_OK;
            if (m->schema[k].since == found + 1)
                rc = store_define(c, str_from(m->schema[k].ddl), err);
            if (rc != RC_OK) {
                if (err)
                    err_prefix(err, "schema version %d, %s of %s.sql", found + 1, m->schema[k].name,
                               m->module);
                return rc;
            }
        }
    }
    snprintf(number, sizeof number, "%d", found + 1);
    return exec(c, &stmt_schema_version_put, &V_TEXT(str_from(number)), 1, NULL, err);
}

static enum rc too_new(struct store *s, int found, int known, struct err *err)
{
    return err_set(err, RC_RULE,
                   "%s is of schema version %d, this program knows up to %d: use the newer program "
                   "that made it",
                   store_url(s), found, known);
}

enum rc schema_up(struct store *s, const struct module_sql *const *modules, size_t n,
                  struct err *err)
{
    struct step step = {.modules = modules, .n = n};
    int known = schema_version(modules, n), was = -1;
    enum rc rc;

    for (int tries = 0;;) {
        TRY(schema_found(s, &step.from, err));
        if (step.from != was)
            tries = 0;
        was = step.from;
        if (step.from > known)
            return too_new(s, step.from, known, err);
        if (step.from == known)
            return RC_OK;
        rc = store_write(s, one_version, &step, err);
        /* Another process may be doing the same at this moment, version by version; then see how far
         * it came. */
        if (rc != RC_OK && (rc != RC_CONFLICT || ++tries == 3))
            return rc;
    }
}

enum rc schema_check(struct store *s, const struct module_sql *const *modules, size_t n,
                     struct err *err)
{
    int found, known = schema_version(modules, n);

    TRY(schema_found(s, &found, err));
    if (found > known)
        return too_new(s, found, known, err);
    if (found == 0)
        return err_set(err, RC_RULE, "%s is empty: make it a store with `huimin init --db %s`",
                       store_url(s), store_url(s));
    if (found < known)
        return err_set(err, RC_RULE,
                       "%s is of schema version %d, this program needs %d: bring it up with "
                       "`huimin init --db %s`, after making a copy",
                       store_url(s), found, known, store_url(s));
    return RC_OK;
}

static enum rc prepare_all(struct conn *c, const struct step *all, bool reads, struct err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct module_sql *m = all->modules[i];
        for (size_t k = 0; k < m->n_statements; k++) {
            enum rc rc = RC_OK;
            if (m->statements[k]->reads == reads)
                rc = store_prepare(c, m->statements[k], err);
            if (rc != RC_OK) {
                if (err)
                    err_prefix(err, "%s.sql", m->module);
                return rc;
            }
        }
    }
    return RC_OK;
}

static enum rc prepare_writes(struct conn *c, void *ctx, struct err *err)
{
    return prepare_all(c, ctx, false, err);
}

enum rc schema_prepare(struct store *s, const struct module_sql *const *modules, size_t n,
                       struct err *err)
{
    struct step all = {.modules = modules, .n = n};
    struct conn *c;
    enum rc rc;

    TRY(store_reader(s, &c, err));
    rc = prepare_all(c, &all, true, err);
    store_reader_done(c);
    if (rc == RC_OK)
        rc = store_write(s, prepare_writes, &all, err);
    return rc;
}
