/*
 * The tables of one SELECT, UPDATE or DELETE, and the equalities that hold them together. In a
 * cluster a statement is cheap, and often possible at all, only if every table that is spread is tied
 * to a value of its spreading column, or to another table that is.
 *
 * Each table and derived table of a scope is a node, and one more node stands for "a bound value";
 * equalities in ON and WHERE join nodes. Every spread table must end in the node of the bound value,
 * or, where the statement is marked as fan-out, all of them together in any one. An equality beside
 * an OR or behind a NOT counts for nothing.
 */
#include "statement.h"

enum { NODES = 32, BOUND = 0 };

struct node {
    str name;                  /* alias, else the table's name */
    const struct table *table; /* NULL: derived, or the bound value */
    int at;                    /* word, for messages */
    int joined;                /* index of a node it is joined to; itself when it is none's */
};

struct scope {
    struct check *c;
    struct scope *outer;
    struct node node[NODES];
    int n;
};

void complain_at(struct check *c, int at, const char *expected)
{
    say(c->g, c->b->file, c->w[at].line, "%.*s: \"%.*s\": expected %s", STR_ARG(c->b->name),
        STR_ARG(c->w[at].text), expected);
}

bool names_in(const struct check *c, int open, str name)
{
    for (int i = open + 1; i < c->w[open].close; i++) {
        if (c->w[i].kind == W_NAME && same_name(c->w[i].text, name))
            return true;
    }
    return name.n == 0;
}

static int root(const struct scope *s, int i)
{
    while (s->node[i].joined != i)
        i = s->node[i].joined;
    return i;
}

static void join(struct scope *s, int a, int b)
{
    int x = root(s, a), y = root(s, b);

    /* The bound value stays a root. */
    if (x < y)
        s->node[y].joined = x;
    else
        s->node[x].joined = y;
}

static bool spread(const struct node *n)
{
    return n->table && n->table->spread.n > 0;
}

static bool has_column(const struct table *t, str name)
{
    for (size_t i = 0; i < t->columns.n; i++) {
        if (same_name(t->columns.at[i].name, name))
            return true;
    }
    return false;
}

/* Some table of the statement is spread by a column of that name. */
static bool spreads_something(const struct check *c, str name)
{
    for (size_t i = 0; i < c->g->tables.n; i++) {
        if (c->g->tables.at[i].spread.n && same_name(c->g->tables.at[i].spread, name))
            return true;
    }
    return false;
}

/* ---- what the tables are -------------------------------------------------------------------- */

static bool is_cte(const struct check *c, str name)
{
    for (int i = 0; i < c->n; i++) {
        bool starts = i > 0 && (is(&c->w[i - 1], "WITH") || is(&c->w[i - 1], "RECURSIVE") ||
                                is(&c->w[i - 1], ","));
        if (starts && c->w[i].kind == W_NAME && same_name(c->w[i].text, name) &&
            (is(&c->w[i + 1], "AS") ||
             (is(&c->w[i + 1], "(") && is(&c->w[c->w[i + 1].close + 1], "AS"))))
            return true;
    }
    return false;
}

/* The table or bracketed query at `at` with its alias becomes a node; returns the word after it. */
static int add_table(struct scope *s, int at)
{
    struct check *c = s->c;
    struct node *n = &s->node[s->n];
    bool derived = is(&c->w[at], "(");

    if (s->n == NODES) {
        complain_at(c, at, "fewer tables in one query");
        return at + 1;
    }
    *n = (struct node){.name = c->w[at].text, .at = at, .joined = s->n};
    s->n++;
    if (derived) {
        at = c->w[at].close;
    } else if (!is_cte(c, n->name)) {
        n->table = table_find(c->g, n->name);
        if (!n->table)
            complain_at(c, at, "a table of a schema block");
    }
    /* What a derived table holds has been tied in its own scope. */
    if (!n->table)
        n->joined = BOUND;
    at++;
    if (is(&c->w[at], "AS"))
        at++;
    if (c->w[at].kind == W_NAME &&
        !is_one_of(&c->w[at], "where on set join inner left cross natural full using group order "
                              "having limit offset union except intersect returning window for "
                              "right values select not default do"))
        n->name = c->w[at++].text;
    return at;
}

/* ---- equalities ----------------------------------------------------------------------------- */

/* The node whose spreading column is named by the words that end before `end`; -1: none is. */
static int node_of(struct scope *s, int from, int end)
{
    const struct word *w = s->c->w;
    str column = w[end - 1].text, alias = {0};

    if (end - from < 1 || w[end - 1].kind != W_NAME || !spreads_something(s->c, column))
        return -1;
    if (end - from >= 3 && is(&w[end - 2], "."))
        alias = w[end - 3].text;
    for (struct scope *o = s; o; o = o->outer) {
        for (int i = 1; i < o->n; i++) {
            const struct node *n = &o->node[i];
            if (alias.n ? !same_name(n->name, alias) : !(n->table && has_column(n->table, column)))
                continue;
            if (n->table && !same_name(n->table->spread, column))
                return -1;
            if (o == s)
                return i;
            /* A table of the query around this one: as good as what it is tied to. */
            return root(o, i) == BOUND || s->c->b->fan_out ? BOUND : -1;
        }
    }
    return -1;
}

/* One side of an equality that starts at `at`: a node, BOUND for a value, -1 for anything else. */
static int right_side(struct scope *s, int at)
{
    const struct word *w = s->c->w;

    if (w[at].kind == W_PARAM || w[at].kind == W_NUMBER || w[at].kind == W_STRING)
        return BOUND;
    if (is(&w[at], "CAST") && w[at + 2].kind == W_PARAM)
        return BOUND;
    if (is(&w[at + 1], "."))
        return node_of(s, at, at + 3);
    return is(&w[at + 1], "(") ? -1 : node_of(s, at, at + 1);
}

static int left_side(struct scope *s, int end)
{
    const struct word *w = s->c->w;

    if (end > 0 && w[end - 1].kind == W_PARAM)
        return BOUND;
    if (end > 2 && is(&w[end - 2], "."))
        return node_of(s, end - 3, end);
    return end > 0 ? node_of(s, end - 1, end) : -1;
}

/* (a, b) = (c, d): item by item. */
static void join_rows(struct scope *s, int left, int right)
{
    const struct word *w = s->c->w;
    int i = left + 1, k = right + 1;

    while (i < w[left].close && k < w[right].close) {
        int end = i, x, y;
        while (!is(&w[end], ",") && !is(&w[end], ")"))
            end++;
        x = left_side(s, end);
        y = right_side(s, k);
        if (x >= 0 && y >= 0)
            join(s, x, y);
        while (!is(&w[k], ",") && !is(&w[k], ")"))
            k++;
        i = end + 1;
        k++;
    }
}

static void join_at(struct scope *s, int at)
{
    const struct word *w = s->c->w;
    int x, y;

    if (is(&w[at], "=") && is(&w[at - 1], ")") && is(&w[at + 1], "(")) {
        int open = at - 1;
        while (open > 0 && w[open].close != at - 1)
            open--;
        join_rows(s, open, at + 1);
    } else if (is(&w[at], "=")) {
        x = left_side(s, at);
        y = right_side(s, at + 1);
        if (x >= 0 && y >= 0)
            join(s, x, y);
    } else if (is(&w[at], "IN") && is(&w[at + 1], "(")) {
        x = left_side(s, at);
        if (x >= 0 && (w[at + 2].kind == W_PARAM || w[at + 2].kind == W_NUMBER))
            join(s, x, BOUND);
    } else if (is(&w[at], "USING") && is(&w[at + 1], "(")) {
        for (int i = 1; i < s->n - 1; i++) {
            if (spread(&s->node[i]) && names_in(s->c, at + 1, s->node[i].table->spread))
                join(s, i, s->n - 1);
        }
    }
}

/* ---- the walk ------------------------------------------------------------------------------- */

static void walk_scope(struct check *c, struct scope *outer, int from, int to);

/* An OR directly in words [from, to), up to the next clause; brackets and CASE are passed over. */
static bool has_or(const struct check *c, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (is(&c->w[i], "OR"))
            return true;
        if (is_one_of(&c->w[i], "where group order join limit returning union"))
            return false;
        if (is(&c->w[i], "("))
            i = c->w[i].close;
        while (is(&c->w[i], "CASE") && i < to)
            while (i < to && !is(&c->w[i], "END"))
                i++;
    }
    return false;
}

/* Words of a condition: [from, to), ending where the next clause starts. Returns that place. */
static int walk_condition(struct scope *s, int from, int to, bool counts)
{
    struct check *c = s->c;
    int i;

    counts = counts && !has_or(c, from, to);
    for (i = from; i < to; i++) {
        const struct word *w = &c->w[i];
        if (is_one_of(w, "where group order having limit join inner left cross returning union "
                         "except intersect window"))
            break;
        if (is(w, "ON") || (is(w, "SET") && !is(w - 1, "AS")))
            break;
        if (is(w, "(") && is_one_of(w + 1, "select with")) {
            walk_scope(c, s, i + 1, w->close);
            if (counts && is(w - 1, "IN"))
                join_at(s, i - 1);
            i = w->close;
        } else if (is(w, "(")) {
            walk_condition(s, i + 1, w->close, counts && !is(w - 1, "NOT"));
            i = w->close;
        }
        if (counts)
            join_at(s, i);
        if (counts && is(&c->w[i], ")") && is(&c->w[i + 1], "="))
            join_at(s, i + 1);
    }
    return i;
}

static void end_scope(struct scope *s)
{
    const struct node *first = NULL;

    for (int i = 1; i < s->n; i++) {
        const struct node *n = &s->node[i];
        if (!spread(n))
            continue;
        if (!s->c->b->fan_out && root(s, i) != BOUND)
            say(s->c->g, s->c->b->file, s->c->w[n->at].line,
                "%.*s: %.*s is not tied to one shard: expected %.*s = ... in WHERE or ON, or a line "
                "\"-- fan-out: REASON\"",
                STR_ARG(s->c->b->name), STR_ARG(n->name), STR_ARG(n->table->spread));
        else if (first && root(s, i) != root(s, (int)(first - s->node)))
            say(s->c->g, s->c->b->file, s->c->w[n->at].line,
                "%.*s: %.*s and %.*s are not joined by what spreads them: expected an equality of it",
                STR_ARG(s->c->b->name), STR_ARG(first->name), STR_ARG(n->name));
        first = n;
    }
}

/* A clause other than conditions and table lists: queries in brackets are scopes of their own. */
static int walk_other(struct scope *s, int i)
{
    struct check *c = s->c;
    const struct word *w = &c->w[i];

    if (is(w, "(") && is_one_of(w + 1, "select with values")) {
        walk_scope(c, s, i + 1, w->close);
        return w->close;
    }
    return i;
}

/* The first pass finds the tables, the second what joins them. */
static void walk_tables(struct scope *s, int from, int to)
{
    struct check *c = s->c;
    bool in_from = false;

    for (int i = from; i < to; i++) {
        const struct word *w = &c->w[i];
        bool table = (is(w, "FROM") && !is(w - 1, "DISTINCT")) || is(w, "JOIN") ||
                     (is(w, "UPDATE") && !is(w - (i > 0), "DO") && !is(w - (i > 0), "FOR")) ||
                     (is(w, ",") && in_from);
        if (is_one_of(w, "where group order set on select"))
            in_from = false;
        if (table) {
            in_from = !is(w, "UPDATE");
            i = add_table(s, i + 1) - 1;
        } else if (is(w, "(")) {
            i = w->close;
        }
    }
}

static void walk_query(struct check *c, struct scope *outer, int from, int to)
{
    struct scope s = {.c = c, .outer = outer, .n = 1};

    walk_tables(&s, from, to);
    for (int i = from; i < to; i++) {
        const struct word *w = &c->w[i];
        if (is(w, "WHERE") || (is(w, "ON") && !is(w + 1, "CONFLICT")))
            i = walk_condition(&s, i + 1, to, true) - 1;
        else if (is(w, "USING"))
            join_at(&s, i);
        else if (is(w, "CONFLICT"))
            break;
        else
            i = walk_other(&s, i);
    }
    end_scope(&s);
}

/* [from, to) may be several queries with UNION and the like between them. */
static void walk_scope(struct check *c, struct scope *outer, int from, int to)
{
    int start = from;

    for (int i = from; i <= to; i++) {
        bool cut = i == to || is_one_of(&c->w[i], "union except intersect");
        if (cut) {
            walk_query(c, outer, start, i);
            start = i + 1;
        } else if (is(&c->w[i], "(")) {
            i = c->w[i].close;
        }
    }
}

void check_scopes(struct check *c)
{
    walk_scope(c, NULL, 0, c->n);
}
