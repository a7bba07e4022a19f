/*
 * The rules of definitions: types that both databases have, keys that begin with the column which
 * spreads the rows over a cluster, nothing that a cluster refuses. Notes what tables and columns
 * there are.
 */
#include "sqlgen.h"

#include <string.h>

/* One statement of a definition block: words [at, end). */
struct ddl {
    struct sqlgen *g;
    const struct block *b;
    const struct word *w;
    int at, end;
};

struct table *table_find(const struct sqlgen *g, str name)
{
    for (size_t i = 0; i < g->tables.n; i++) {
        if (same_name(g->tables.at[i].name, name))
            return &g->tables.at[i];
    }
    return NULL;
}

static void complain(struct ddl *d, int at, const char *expected)
{
    say(d->g, d->b->file, d->w[at].line, "%.*s: \"%.*s\": expected %s", STR_ARG(d->b->name),
        STR_ARG(d->w[at].text), expected);
}

/* The names in the brackets at `open` begin with the table's spreading column. */
static void key_begins(struct ddl *d, int open, const struct table *t)
{
    if (!is(&d->w[open], "("))
        complain(d, open, "a list of columns in brackets");
    else if (t && t->spread.n && !same_name(d->w[open + 1].text, t->spread))
        say(d->g, d->b->file, d->w[open].line,
            "%.*s: a key that begins with %.*s: expected %.*s first, as a cluster wants it in every "
            "key (or a line \"-- reference\" in the block of a small shared table)",
            STR_ARG(d->b->name), STR_ARG(d->w[open + 1].text), STR_ARG(t->spread));
}

static void check_foreign(struct ddl *d, int at, int end, const struct table *t)
{
    const struct table *to = NULL;
    int open = at + 2;

    for (int i = at; i < end; i++) {
        if (is(&d->w[i], "REFERENCES")) {
            to = table_find(d->g, d->w[i + 1].text);
            if (!to)
                complain(d, i + 1, "a table of a schema block");
        }
        if (is(&d->w[i], "SET"))
            complain(d, i, "no SET NULL: it would take the column that spreads the rows");
    }
    if (to && to->spread.n && !t->spread.n)
        complain(d, at, "no reference from a shared table to one that is spread");
    else if (to && to->spread.n)
        key_begins(d, open, t);
}

static void check_column(struct ddl *d, int at, int end, struct table *t, bool first_pass)
{
    struct column c = {.name = d->w[at].text, .nullable = true};

    for (int i = at + 2; i < end; i++) {
        if (is(&d->w[i], "NULL") && is(&d->w[i - 1], "NOT"))
            c.nullable = false;
        if (!first_pass && is_one_of(&d->w[i], "primary unique references generated collate"))
            complain(d, i, "keys and references below the columns, and no other clause");
        if (is(&d->w[i], "("))
            i = d->w[i].close;
    }
    if (first_pass)
        *VEC_PUSH(d->g->arena, &t->columns) = c;
    else if (!is_one_of(&d->w[at + 1], "text bigint bytea"))
        complain(d, at + 1, "TEXT, BIGINT or BYTEA: the types that are the same on both databases");
}

static void check_item(struct ddl *d, int at, int end, struct table *t, bool first_pass)
{
    if (is(&d->w[at], "CONSTRAINT"))
        at += 2;
    if (d->w[at].kind == W_NAME && !is_one_of(&d->w[at], "primary unique foreign check"))
        check_column(d, at, end, t, first_pass);
    else if (first_pass)
        return;
    else if (is(&d->w[at], "PRIMARY"))
        key_begins(d, at + 2, t);
    else if (is(&d->w[at], "UNIQUE"))
        key_begins(d, at + 1, t);
    else if (is(&d->w[at], "FOREIGN"))
        check_foreign(d, at, end, t);
    else if (!is(&d->w[at], "CHECK"))
        complain(d, at, "a column or a constraint");
}

static void create_table(struct ddl *d, bool first_pass)
{
    int name = d->at + 2, open, from, close;
    bool keyed = false;
    struct table *t;

    if (is(&d->w[name], "IF"))
        name += 3;
    open = name + 1;
    close = d->w[open].close;
    if (close < 0) {
        if (first_pass)
            complain(d, open, "columns in brackets");
        return;
    }
    if (first_pass) {
        t = VEC_PUSH(d->g->arena, &d->g->tables);
        t->name = d->w[name].text;
        t->spread = d->b->reference ? S("") : d->b->spread;
    } else {
        t = table_find(d->g, d->w[name].text);
        if (!str_eq(d->b->name, t->name))
            complain(d, name, "the table of the block's name");
        if (close + 1 != d->end)
            complain(d, close + 1, "nothing behind the columns");
    }
    from = open + 1;
    for (int i = from; i <= close; i++) {
        if (i == close || is(&d->w[i], ",")) {
            check_item(d, from, i, t, first_pass);
            keyed = keyed || is(&d->w[from], "PRIMARY") || is(&d->w[from + 2], "PRIMARY");
            from = i + 1;
        } else if (is(&d->w[i], "(")) {
            i = d->w[i].close;
        }
    }
    if (!first_pass && !keyed)
        complain(d, name, "a PRIMARY KEY");
}

static void create_index(struct ddl *d)
{
    bool unique = is(&d->w[d->at + 1], "UNIQUE");
    int name = d->at + 2 + unique;
    const struct table *t;

    if (is(&d->w[name], "IF"))
        name += 3;
    t = table_find(d->g, d->w[name + 2].text);
    if (!str_eq(d->b->name, d->w[name].text))
        complain(d, name, "the index of the block's name");
    if (!is(&d->w[name + 1], "ON") || !t)
        complain(d, name + 2, "ON and a table of a schema block");
    else if (unique)
        key_begins(d, name + 3, t);
}

static void alter_table(struct ddl *d, bool first_pass)
{
    struct table *t = table_find(d->g, d->w[d->at + 2].text);
    int what = d->at + 3;

    if (!t) {
        if (first_pass)
            complain(d, d->at + 2, "a table of a schema block before this one");
    } else if (is(&d->w[what], "ADD") && is(&d->w[what + 1], "COLUMN")) {
        check_column(d, what + 2, d->end, t, first_pass);
    } else if (is(&d->w[what], "RENAME") && is(&d->w[what + 1], "COLUMN")) {
        if (first_pass)
            *VEC_PUSH(d->g->arena, &t->columns) =
                (struct column){.name = d->w[what + 4].text, .nullable = true};
    } else if (!is(&d->w[what], "DROP") && !first_pass) {
        complain(d, what, "ADD COLUMN, RENAME COLUMN or DROP COLUMN: all that both databases have");
    }
}

static void check_definition(struct ddl *d, bool first_pass)
{
    const struct word *w = &d->w[d->at];

    if (is(w, "CREATE") && is(w + 1, "TABLE"))
        create_table(d, first_pass);
    else if (is(w, "ALTER") && is(w + 1, "TABLE"))
        alter_table(d, first_pass);
    else if (first_pass)
        return;
    else if (is(w, "CREATE") && (is(w + 1, "INDEX") || is(w + 1, "UNIQUE")))
        create_index(d);
    else if (!is_one_of(w, "drop insert update delete"))
        complain(d, d->at, "CREATE TABLE, CREATE INDEX, ALTER TABLE, DROP or a change of rows");
}

static void pass(struct sqlgen *g, const struct block *b, bool first_pass)
{
    struct word *w;
    int n;
    struct ddl d = {.g = g, .b = b};

    if (!words_of(g->arena, b->sql.text, b->sql.line, &w, &n)) {
        if (first_pass)
            say(g, b->file, b->line, "%.*s: expected brackets and quotes to be closed",
                STR_ARG(b->name));
        return;
    }
    d.w = w;
    for (int i = 0; i <= n; i++) {
        if (i < n && !is(&w[i], ";"))
            continue;
        d.end = i;
        if (d.end > d.at)
            check_definition(&d, first_pass);
        d.at = i + 1;
    }
}

void check_tables(struct sqlgen *g)
{
    for (size_t i = 0; i < g->blocks.n; i++) {
        if (g->blocks.at[i].is_schema)
            pass(g, &g->blocks.at[i], true);
    }
    for (size_t i = 0; i < g->blocks.n; i++) {
        if (g->blocks.at[i].is_schema)
            pass(g, &g->blocks.at[i], false);
    }
}
