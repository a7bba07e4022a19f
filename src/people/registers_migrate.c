/*
 * Bringing the generated tables to what is declared. The database knows only text and whole numbers,
 * so the table register_column keeps what each column was declared as.
 */
#include <string.h>

#include "people/people_sql.h"
#include "people/registers.h"
#include "people/versioned.h"

/* A column as it was declared when it was last brought up. */
struct column_was {
    str table, column, kind, values;
    bool declared; /* and still is */
};

struct migration {
    struct conn *c;
    const struct registers *r;
    struct arena *a;
    VEC(struct column_was) was;
};

MUST_CHECK static enum rc read_was(struct migration *m, struct err *err)
{
    struct query *q = NULL;
    TRY(query(m->c, &stmt_register_columns, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(m->a, &m->was) = (struct column_was){
            .table = str_dup(m->a, query_text(q, 0)),
            .column = str_dup(m->a, query_text(q, 1)),
            .kind = str_dup(m->a, query_text(q, 2)),
            .values = str_dup(m->a, query_text(q, 3)),
        };
    return query_end(q, err);
}

static struct column_was *was_find(const struct migration *m, str table, str column)
{
    for (size_t i = 0; i < m->was.n; i++)
        if (str_eq(m->was.at[i].table, table) && str_eq(m->was.at[i].column, column))
            return &m->was.at[i];
    return NULL;
}

static str values_text(const struct migration *m, const struct field *f)
{
    struct sbuf out;
    if (f->type.kind != K_CODE)
        return S("");
    sbuf_init(&out, 1 << 16);
    for (size_t i = 0; i < f->type.code->n_values; i++)
        sbuf_fmt(&out, "%.*s\n", STR_ARG(code_name(f->type.code, i)));
    str text = str_dup(m->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

MUST_CHECK static enum rc record(const struct migration *m, const struct fact_table *t,
                                 const struct field *f, struct err *err)
{
    const struct value v[] = {V_TEXT(t->name), V_TEXT(f->name.text),
                              V_TEXT(field_kind_text(f, m->a)), V_TEXT(values_text(m, f))};
    return exec(m->c, &stmt_register_column_put, v, 4, NULL, err);
}

/* How many rows, past ones included, hold a value of the column (or this value of it). */
MUST_CHECK static enum rc count_rows(const struct migration *m, str table, str column,
                                     const str *value, int64_t *out, struct err *err)
{
    *out = 0;
    for (int past = 0; past < 2; past++) {
        int64_t n = 0;
        struct statement st = {.name = "register_count", .reads = true, .n_params = value != NULL};
        st.sql =
            str_fmt(m->a, "SELECT count(*) FROM \"%.*s%s\" WHERE \"%.*s\" %s", STR_ARG(table),
                    past ? "_past" : "", STR_ARG(column), value != NULL ? "= $1" : "IS NOT NULL")
                .p;
        const struct value v = V_TEXT(value != NULL ? *value : S(""));
        TRY(query_one(m->c, &st, &v, st.n_params, &n, err));
        *out += n;
    }
    return RC_OK;
}

MUST_CHECK static enum rc define_both(const struct migration *m, str table, const char *form,
                                      str column, const char *type, struct err *err)
{
    for (int past = 0; past < 2; past++)
        TRY(store_define(m->c,
                         str_fmt(m->a, "ALTER TABLE \"%.*s%s\" %s \"%.*s\"%s", STR_ARG(table),
                                 past ? "_past" : "", form, STR_ARG(column), type),
                         err));
    return RC_OK;
}

MUST_CHECK static enum rc add_column(const struct migration *m, const struct fact_table *t,
                                     size_t i, struct err *err)
{
    const char *type = t->versions->types[i] == 'i' ? " BIGINT" : " TEXT";
    TRY(define_both(m, t->name, "ADD", t->fields[i]->name.text, type, err));
    return record(m, t, t->fields[i], err);
}

/* A changed kind is a new column, which only an empty one makes way for. */
MUST_CHECK static enum rc change_kind(const struct migration *m, const struct fact_table *t,
                                      size_t i, str was, struct err *err)
{
    int64_t rows = 0;
    const struct field *f = t->fields[i];
    TRY(count_rows(m, t->name, f->name.text, NULL, &rows, err));
    if (rows > 0)
        return err_set(err, RC_RULE,
                       "%.*s.%.*s (lines/%.*s) was declared as %.*s and is now %.*s, but %lld rows "
                       "hold a value; declare a new field beside it",
                       STR_ARG(t->reg->name.text), STR_ARG(f->name.text), STR_ARG(t->line),
                       STR_ARG(was), STR_ARG(field_kind_text(f, m->a)), (long long)rows);
    TRY(define_both(m, t->name, "DROP COLUMN", f->name.text, "", err));
    return add_column(m, t, i, err);
}

/* Every value that was in the code list and is no more must be held by nobody. */
MUST_CHECK static enum rc check_values(const struct migration *m, const struct fact_table *t,
                                       const struct field *f, str values, struct err *err)
{
    str name, rest = values;
    while (str_cut(rest, '\n', &name, &rest)) {
        int64_t rows = 0;
        bool there = false;
        for (size_t i = 0; i < f->type.code->n_values; i++)
            there = there || str_eq(code_name(f->type.code, i), name);
        if (!there)
            TRY(count_rows(m, t->name, f->name.text, &name, &rows, err));
        if (rows > 0)
            return err_set(err, RC_RULE,
                           "code %.*s has no value “%.*s” any more, but %lld rows of %.*s.%.*s "
                           "(lines/%.*s) hold it; put it back",
                           STR_ARG(f->type.code->name.text), STR_ARG(name), (long long)rows,
                           STR_ARG(t->reg->name.text), STR_ARG(f->name.text), STR_ARG(t->line));
    }
    return RC_OK;
}

MUST_CHECK static enum rc bring_up(const struct migration *m, const struct fact_table *t,
                                   struct err *err)
{
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct field *f = t->fields[i];
        struct column_was *was = was_find(m, t->name, f->name.text);
        if (was == NULL) {
            TRY(add_column(m, t, i, err));
            continue;
        }
        was->declared = true;
        if (!str_eq(was->kind, field_kind_text(f, m->a))) {
            TRY(change_kind(m, t, i, was->kind, err));
        } else if (!str_eq(was->values, values_text(m, f))) {
            TRY(check_values(m, t, f, was->values, err));
            TRY(record(m, t, f, err));
        }
    }
    return RC_OK;
}

MUST_CHECK static enum rc make_tables(const struct migration *m, const struct fact_table *t,
                                      struct err *err)
{
    TRY(store_define(m->c, fact_table_ddl(t, false, m->a), err));
    TRY(store_define(m->c, fact_table_ddl(t, true, m->a), err));
    for (size_t i = 0; i < t->n_fields; i++)
        TRY(add_column(m, t, i, err));
    return RC_OK;
}

/* What is declared no more stays, as long as nobody's value is lost sight of. */
MUST_CHECK static enum rc check_left(const struct migration *m, struct err *err)
{
    for (size_t i = 0; i < m->was.n; i++) {
        const struct column_was *was = &m->was.at[i];
        int64_t rows = 0;
        if (was->declared)
            continue;
        TRY(count_rows(m, was->table, was->column, NULL, &rows, err));
        if (rows > 0)
            return err_set(err, RC_RULE,
                           "“%.*s” of %.*s is declared no more, but %lld rows hold a value of it; "
                           "put the field back",
                           STR_ARG(was->column), STR_ARG(was->table), (long long)rows);
    }
    return RC_OK;
}

enum rc registers_migrate(struct conn *c, const struct registers *r, struct err *err)
{
    struct arena a = {0};
    struct migration m = {.c = c, .r = r, .a = &a};
    enum rc rc = read_was(&m, err);
    for (size_t i = 0; rc == RC_OK && i < r->n; i++) {
        struct column_info *columns = NULL;
        size_t n = 0;
        rc = store_columns(c, r->tables[i].name, &a, &columns, &n, err);
        if (rc == RC_OK)
            rc = n == 0 ? make_tables(&m, &r->tables[i], err) : bring_up(&m, &r->tables[i], err);
    }
    if (rc == RC_OK)
        rc = check_left(&m, err);
    arena_deinit(&a);
    return rc;
}
