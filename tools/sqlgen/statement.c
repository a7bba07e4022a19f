/*
 * The rules of statements. Words that only one database knows are refused wherever they stand. Then
 * every SELECT, UPDATE, DELETE with its own FROM is a scope (scope.c): its tables must be held
 * together, and tied to one shard, by equalities of the column that spreads them.
 */
#include "statement.h"

/* A word that must not stand in a statement, and what to write. */
struct refused {
    const char *names; /* as functions, when `call` */
    const char *expected;
    bool call;
};

static const struct refused refused[] = {
    {"ilike glob regexp similar match collate", "LIKE, lower() or a table of search words", false},
    {"numeric decimal boolean date timestamp timestamptz real float double uuid jsonb interval",
     "TEXT or BIGINT", false},
    {"merge truncate rollup cube grouping lateral", "ON CONFLICT, DELETE, UNION ALL", false},
    {"trigger sequence autoincrement serial identity", "the program to do it", false},
    {"current_timestamp current_date current_time localtimestamp", "a bound value", false},
    {"true false", "1 or 0", false},
    {"begin commit rollback savepoint pragma vacuum analyze create drop alter",
     "the store to do it", false},
    {"now clock_timestamp strftime datetime julianday date_trunc extract random gen_random_uuid",
     "a bound value", true},
    {"avg round", "a sum and a count, divided by the program", true},
    {"string_agg group_concat array_agg json_object json_extract json_each jsonb_set",
     "rows, put together by the program", true},
    {"concat left right lpad rpad instr strpos position iif ifnull greatest least printf format "
     "md5 octet_length total generate_series any typeof",
     "||, substr, coalesce, CASE or the program", true},
};

static void refused_words(struct check *c)
{
    for (int i = 0; i < c->n; i++) {
        const struct word *w = &c->w[i];
        for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
            if (is_one_of(w, refused[k].names) && (!refused[k].call || is(w + 1, "(")))
                complain_at(c, i, refused[k].expected);
        }
        if (is(w, "?") || is(w, "->") || is(w, "[") || is(w, ":"))
            complain_at(c, i, "$1, $2 ... and plain columns");
        if (is(w, ";"))
            complain_at(c, i, "one statement a block");
        if (is(w, "*") && (is(w - (i > 0), "SELECT") || is(w - (i > 0), ".")))
            complain_at(c, i, "the columns by name");
        if (is(w, "FOR") && is(w + 1, "UPDATE") && !c->is_pg)
            complain_at(c, i, "row locks in a \"-- dialect: pg\" block");
        if (is(w, "OR") && is(w + 1, "REPLACE"))
            complain_at(c, i + 1, "ON CONFLICT DO UPDATE");
        if (is(w, "DISTINCT") && is(w + 1, "ON"))
            complain_at(c, i + 1, "row_number() or GROUP BY");
        if (is(w, "sum") && is(w + 1, "(") && !is(w - (i > 0), "(") && !is(w - (i > 0), "HAVING"))
            complain_at(c, i, "CAST(sum(...) AS BIGINT), which is not NUMERIC on PostgreSQL");
    }
}

static bool nullable(const struct check *c, str column)
{
    for (int i = 0; i < c->n; i++) {
        const struct table *t = c->w[i].kind == W_NAME ? table_find(c->g, c->w[i].text) : NULL;
        for (size_t k = 0; t && k < t->columns.n; k++) {
            if (t->columns.at[k].nullable && same_name(t->columns.at[k].name, column))
                return true;
        }
    }
    return false;
}

/* Nulls come first on one database and last on the other, unless it is said. */
static void check_order(struct check *c)
{
    bool by = false;

    for (int i = 0; i < c->n; i++) {
        const struct word *w = &c->w[i];
        int behind = i + 1;
        if (is(w, "BY") && is(w - (i > 0), "ORDER"))
            by = true;
        else if (is(w, ")") || is_one_of(w, "limit offset rows range union"))
            by = false;
        if (!by || !(is(w, "BY") || is(w, ",")))
            continue;
        behind += is(&c->w[behind + 1], ".") ? 2 : 0;
        if (c->w[behind].kind != W_NAME || !nullable(c, c->w[behind].text))
            continue;
        i = behind++;
        behind += is_one_of(&c->w[behind], "asc desc");
        if (!is(&c->w[behind], "NULLS"))
            complain_at(c, i, "NULLS LAST or NULLS FIRST behind a column that may be null");
    }
}

/* What is set: not the column that spreads, and on conflict no function. */
static void check_set(struct check *c)
{
    bool conflict = false;

    for (int i = 0; i < c->n; i++) {
        if (is(&c->w[i], "CONFLICT"))
            conflict = true;
        if (!is(&c->w[i], "SET"))
            continue;
        for (int k = i + 1; k < c->n && !is_one_of(&c->w[k], "where from returning"); k++) {
            if (c->w[k].kind == W_NAME && is(&c->w[k + 1], "=") && c->target &&
                same_name(c->w[k].text, c->target->spread) && !is(&c->w[k - 1], "."))
                complain_at(c, k, "a delete and an insert: a cluster can't move a row");
            if (conflict && c->w[k].kind == W_NAME && is(&c->w[k + 1], "(") &&
                !is_one_of(&c->w[k], "coalesce nullif and or not when then else in"))
                complain_at(c, k, "no function in DO UPDATE SET");
        }
    }
}

/* INSERT INTO t (columns): the column that spreads is among them, and in the ON CONFLICT. */
static void check_insert(struct check *c, int into)
{
    const struct table *t = table_find(c->g, c->w[into + 1].text);
    int open = into + 2;

    c->target = t;
    if (!t) {
        complain_at(c, into + 1, "a table of a schema block");
        return;
    }
    if (!is(&c->w[open], "(")) {
        complain_at(c, open, "the columns in brackets");
        return;
    }
    if (!names_in(c, open, t->spread))
        complain_at(c, open, "the column that spreads the table among these");
    for (int i = c->w[open].close; i < c->n; i++) {
        if (is(&c->w[i], "VALUES"))
            for (int k = i + 1; k < c->n && !is(&c->w[k], "ON"); k++)
                if (is(&c->w[k], "SELECT"))
                    complain_at(c, k, "INSERT ... SELECT: no query within VALUES");
        if (is(&c->w[i], "CONFLICT") && (!is(&c->w[i + 1], "(") || !names_in(c, i + 1, t->spread)))
            complain_at(c, i, "ON CONFLICT (key), with the column that spreads the table");
    }
}

/* The first word says what kind of statement it is; a WITH is followed to the word after it. */
static int main_word(const struct check *c)
{
    int i = 0;

    if (!is(&c->w[0], "WITH"))
        return 0;
    while (i < c->n && !is_one_of(&c->w[i], "select insert update delete"))
        i = is(&c->w[i], "(") ? c->w[i].close + 1 : i + 1;
    return i;
}

static void check_kind(struct check *c)
{
    int m = main_word(c);
    bool reads = is(&c->w[m], "SELECT");

    if (!is_one_of(&c->w[m], "select insert update delete"))
        complain_at(c, m, "SELECT, INSERT, UPDATE or DELETE");
    if (reads != c->b->reads)
        complain_at(c, m,
                    reads ? "\"read\" on the marker's line" : "\"write\" on the marker's line");
    for (int i = 0; i < c->n; i++) {
        if (i != m && is_one_of(&c->w[i], "insert delete"))
            complain_at(c, i, "no change within another statement");
    }
    if (is(&c->w[m], "INSERT"))
        check_insert(c, m + 1);
    else if (is(&c->w[m], "UPDATE"))
        c->target = table_find(c->g, c->w[m + 1].text);
}

static void check_params(struct check *c, int most)
{
    bool used[256] = {false};

    if (most > 255) {
        complain_at(c, 0, "at most 255 parameters");
        return;
    }
    for (int i = 0; i < c->n; i++) {
        int64_t v;
        if (c->w[i].kind == W_PARAM && str_int(c->w[i].text, &v) && v >= 0 && v < 256)
            used[v] = true;
    }
    if (used[0])
        complain_at(c, 0, "parameters from $1 on");
    for (int v = 1; v <= most; v++) {
        if (!used[v])
            say(c->g, c->b->file, c->w[0].line, "%.*s: $%d is not used: expected every one from $1",
                STR_ARG(c->b->name), v);
    }
}

static void check_text(struct sqlgen *g, const struct block *b, const struct part *p, bool is_pg)
{
    struct check c = {.g = g, .b = b, .is_pg = is_pg};

    if (p->text.n == 0)
        return;
    if (!words_of(g->arena, p->text, p->line, &c.w, &c.n)) {
        say(g, b->file, b->line, "%.*s: expected brackets and quotes to be closed",
            STR_ARG(b->name));
        return;
    }
    refused_words(&c);
    check_kind(&c);
    check_set(&c);
    check_order(&c);
    check_params(&c, params_of(g->arena, b->sql.text));
    check_scopes(&c);
}

static void check_names(struct sqlgen *g)
{
    for (size_t i = 0; i < g->blocks.n; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct block *a = &g->blocks.at[k], *b = &g->blocks.at[i];
            if (a->is_schema == b->is_schema && str_eq(a->name, b->name))
                say(g, b->file, b->line, "%.*s: also in %.*s:%d: expected another name",
                    STR_ARG(b->name), STR_ARG(a->file), a->line);
        }
    }
}

void check_statements(struct sqlgen *g)
{
    check_names(g);
    for (size_t i = 0; i < g->blocks.n; i++) {
        const struct block *b = &g->blocks.at[i];
        if (b->is_schema)
            continue;
        check_text(g, b, &b->sql, false);
        check_text(g, b, &b->pg, true);
    }
}
