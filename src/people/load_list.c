/* What whole loads need to know of a store, and the indexes that they do without. */
#include <string.h>

#include "people/load.h"
#include "people/people_sql.h"
#include "store/migrate.h"

/* ---- indexes -------------------------------------------------------------------------------- */

static bool is_index(const struct schema *s)
{
    return strncmp(s->ddl, "CREATE INDEX ", 13) == 0;
}

enum way { DROP, MAKE };

MUST_CHECK static enum rc indexes(struct conn *c, enum way way, struct err *err)
{
    for (size_t m = 0; m < catalogue_n; m++)
        for (size_t i = 0; i < catalogue[m]->n_schema; i++) {
            const struct schema *s = &catalogue[m]->schema[i];
            if (!is_index(s))
                continue;
            struct arena a = {0};
            str ddl = way == DROP ? str_fmt(&a, "DROP INDEX IF EXISTS %s", s->name)
                                  : str_fmt(&a, "CREATE INDEX IF NOT EXISTS %s", s->ddl + 13);
            enum rc rc = store_define(c, ddl, err);
            arena_deinit(&a);
            TRY(rc);
        }
    return RC_OK;
}

enum rc indexes_drop(struct conn *c, struct err *err)
{
    return indexes(c, DROP, err);
}

enum rc indexes_make(struct conn *c, struct err *err)
{
    return indexes(c, MAKE, err);
}

/* ---- what is there -------------------------------------------------------------------------- */

enum rc division_list(struct conn *c, str on_day, struct arena *a, struct division_info **out,
                      size_t *n, struct err *err)
{
    VEC(struct division_info) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_division_all, NULL, 0, &q, err));
    while (query_next(q)) {
        str from = query_text(q, 5);
        str to = query_text(q, 6);
        if (str_cmp(from, on_day) > 0 || str_cmp(to, on_day) <= 0)
            continue;
        *VEC_PUSH(a, &list) = (struct division_info){.division = query_int(q, 0),
                                                     .parent = query_int(q, 1),
                                                     .county_code = query_int(q, 2),
                                                     .name = str_dup(a, query_text(q, 3)),
                                                     .kind = str_dup(a, query_text(q, 4)),
                                                     .valid_from = str_dup(a, from),
                                                     .valid_to = str_dup(a, to)};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc population_any(struct conn *c, bool *out, struct err *err)
{
    int64_t n = 0;
    TRY(query_one(c, &stmt_household_any, NULL, 0, &n, err));
    *out = n > 0;
    return RC_OK;
}
