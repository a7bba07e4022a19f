/* The tables of a store, those of the .sql files and those that lines declare alike. */
#include "people/dump.h"

#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"
#include "store/migrate.h"

enum { SQL_MAX = 1 << 16, NAME_BYTES_MAX = 63 };

struct listing {
    struct conn *conn;
    struct arena *a;
    VEC(struct whole_table) tables;
};

/* ---- keys ----------------------------------------------------------------------------------- */

/* The columns of a table's key, as its definition has them between the brackets. */
static str key_in(const char *ddl)
{
    str text = str_from(ddl);
    str before, after, key;
    long at = str_find(text, S("PRIMARY KEY ("));
    if (at < 0)
        return S("");
    str_cut(str_sub(text, (size_t)at, text.n), '(', &before, &after);
    str_cut(after, ')', &key, &before);
    return key;
}

/* A generated table's: county, subject, first day; of past rows also the position. */
static str key_of_generated(const struct whole_table *t, struct arena *a)
{
    bool past = str_ends(t->name, S("_past"));
    if (t->n_columns < 5)
        return S("county_code");
    return str_fmt(a, "county_code, \"%.*s\", valid_from%s", STR_ARG(t->columns[1].name),
                   past ? ", position" : "");
}

/* ---- listing -------------------------------------------------------------------------------- */

static void make_statement(struct listing *l, struct whole_table *t, str key)
{
    struct sbuf sql;
    sbuf_init(&sql, SQL_MAX);
    sbuf_addz(&sql, "SELECT ");
    for (size_t i = 0; i < t->n_columns; i++)
        sbuf_fmt(&sql, "%s\"%.*s\"", i > 0 ? ", " : "", STR_ARG(t->columns[i].name));
    sbuf_fmt(&sql, " FROM \"%.*s\" ORDER BY %.*s", STR_ARG(t->name), STR_ARG(key));
    t->read_all = (struct statement){.name = str_fmt(l->a, "%.*s_whole", STR_ARG(t->name)).p,
                                     .sql = str_dup(l->a, sbuf_str(&sql)).p,
                                     .reads = true};
    sbuf_deinit(&sql);
}

MUST_CHECK static enum rc list_table(struct listing *l, str name, str key, struct err *err)
{
    struct whole_table t = {.name = name, .generated = key.n == 0};
    TRY(store_columns(l->conn, name, l->a, &t.columns, &t.n_columns, err));
    if (t.n_columns == 0)
        return RC_OK;
    make_statement(l, &t, key.n > 0 ? key : key_of_generated(&t, l->a));
    *VEC_PUSH(l->a, &l->tables) = t;
    return RC_OK;
}

MUST_CHECK static enum rc list_generated(struct listing *l, struct err *err)
{
    VEC(str) names = {0};
    struct query *q = NULL;
    TRY(query(l->conn, &stmt_register_tables, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(l->a, &names) = str_dup(l->a, query_text(q, 0));
    TRY(query_end(q, err));
    for (size_t i = 0; i < names.n; i++) {
        TRY(list_table(l, names.at[i], S(""), err));
        TRY(list_table(l, str_fmt(l->a, "%.*s_past", STR_ARG(names.at[i])), S(""), err));
    }
    return RC_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct whole_table *x = a;
    const struct whole_table *y = b;
    return str_cmp(x->name, y->name);
}

enum rc whole_tables(struct conn *c, struct arena *a, struct whole_table **out, size_t *n,
                     struct err *err)
{
    struct listing l = {.conn = c, .a = a};
    for (size_t m = 0; m < catalogue_n; m++)
        for (size_t i = 0; i < catalogue[m]->n_schema; i++) {
            const struct schema *s = &catalogue[m]->schema[i];
            str key = key_in(s->ddl);
            if (key.n > 0)
                TRY(list_table(&l, str_from(s->name), key, err));
        }
    TRY(list_generated(&l, err));
    if (l.tables.n > 0)
        qsort(l.tables.at, l.tables.n, sizeof *l.tables.at, by_name);
    *out = l.tables.at;
    *n = l.tables.n;
    return RC_OK;
}

/* ---- making --------------------------------------------------------------------------------- */

/* Letters, digits and _ of any script: what may stand between quotes in SQL. */
static bool name_fits(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!letter && c != '_' && !(c >= '0' && c <= '9'))
            return false;
    }
    return s.n > 0 && s.n <= NAME_BYTES_MAX && utf8_valid(s, NULL);
}

static const char *type_of(const struct column_info *c)
{
    return c->is_text ? "TEXT" : c->is_blob ? "BYTEA" : "BIGINT";
}

/* Those that every generated table begins with; what a line declares may be null. */
static size_t fixed_columns(const struct whole_table *t)
{
    size_t n = str_ends(t->name, S("_past")) ? 6 : 5;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].not_null != (i < n) || !name_fits(t->columns[i].name))
            return 0;
    return t->n_columns >= n && str_eq(t->columns[0].name, S("county_code")) ? n : 0;
}

/* As registers_migrate() does it: the fixed columns first, the others added. */
enum rc whole_table_make(struct conn *c, const struct whole_table *t, struct err *err)
{
    struct arena a = {0};
    struct sbuf ddl;
    size_t fixed = fixed_columns(t);
    if (fixed == 0 || !name_fits(t->name) || !str_starts(t->name, S("x_")))
        return err_set(err, RC_BAD_INPUT, "table “%.*s” is not one that a line declares",
                       STR_ARG(t->name));
    sbuf_init(&ddl, SQL_MAX);
    sbuf_fmt(&ddl, "CREATE TABLE \"%.*s\" (\n", STR_ARG(t->name));
    for (size_t i = 0; i < fixed; i++)
        sbuf_fmt(&ddl, "    %.*s %s NOT NULL,\n", STR_ARG(t->columns[i].name),
                 type_of(&t->columns[i]));
    sbuf_fmt(&ddl, "    PRIMARY KEY (%.*s)\n) -- clustered", STR_ARG(key_of_generated(t, &a)));
    enum rc rc = store_define(c, sbuf_str(&ddl), err);
    for (size_t i = fixed; rc == RC_OK && i < t->n_columns; i++)
        rc = store_define(c,
                          str_fmt(&a, "ALTER TABLE \"%.*s\" ADD \"%.*s\" %s", STR_ARG(t->name),
                                  STR_ARG(t->columns[i].name), type_of(&t->columns[i])),
                          err);
    sbuf_deinit(&ddl);
    arena_deinit(&a);
    return rc;
}
