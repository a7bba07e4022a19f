/*
 * The schema of all modules and its versions. The .sql files' schema blocks carry the number of the
 * version that brought them (1 where nothing is said); bringing a store up runs, version by
 * version and each in a transaction of its own, the blocks of that version in the order of the
 * modules. The table meta holds how far a store is, under the name schema_version. There is no way
 * down: a copy made before is.
 */
#ifndef HUIMIN_STORE_MIGRATE_H
#define HUIMIN_STORE_MIGRATE_H

#include "store/store.h"

/* One schema block: definition text for both databases. */
struct schema {
    const char *name; /* of the table or index */
    const char *ddl;
    /* The column by which a cluster spreads the table's rows; NULL: a small table that every node
     * holds whole, or not a new table. */
    const char *spread;
    int since; /* version */
};

/* What tools/sqlgen made of src/MODULE/ *.sql; each has its own header MODULE/MODULE_sql.h. */
struct module_sql {
    const char *module;
    const struct schema *schema;
    size_t n_schema;
    const struct statement *const *statements;
    size_t n_statements;
};

/* Every module's, those below first; generated. */
extern const struct module_sql *const catalogue[];
extern const size_t catalogue_n;

/* The newest version among them. */
int schema_version(const struct module_sql *const *modules, size_t n);

/* The store's version; 0: a database with nothing in it. RC_BAD_INPUT: something else is in it. */
MUST_CHECK enum rc schema_found(struct store *s, int *version, struct err *err);

/* Bring the store up to the newest version. RC_RULE: it is of a newer one than this program knows. */
MUST_CHECK enum rc schema_up(struct store *s, const struct module_sql *const *modules, size_t n,
                             struct err *err);

/* RC_RULE unless the store has exactly the newest version: the text says which command helps. */
MUST_CHECK enum rc schema_check(struct store *s, const struct module_sql *const *modules, size_t n,
                                struct err *err);

/* Have the database check every statement, so that none that does not fit reaches a request. */
MUST_CHECK enum rc schema_prepare(struct store *s, const struct module_sql *const *modules,
                                  size_t n, struct err *err);

#endif
