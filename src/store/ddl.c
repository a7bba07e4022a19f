/* Definition text for both databases made into the text of one. */
#include "store/engine.h"

#include <string.h>

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool same(str a, const char *upper)
{
    if (a.n != strlen(upper))
        return false;
    for (size_t i = 0; i < a.n; i++) {
        char c = a.p[i] >= 'a' && a.p[i] <= 'z' ? (char)(a.p[i] - 32) : a.p[i];
        if (c != upper[i])
            return false;
    }
    return true;
}

/* The byte after the comment or quoted text that starts at `at`; `at` when none does. */
static size_t past_text(str s, size_t at)
{
    size_t i = at;

    if (s.p[i] == '-' && i + 1 < s.n && s.p[i + 1] == '-') {
        while (i < s.n && s.p[i] != '\n')
            i++;
    } else if (s.p[i] == '\'' || s.p[i] == '"') {
        for (i++; i < s.n && s.p[i] != s.p[at]; i++)
            ;
        i += i < s.n;
    }
    return i;
}

/* What follows the columns of a table that end before `at`. */
static const char *table_options(str s, size_t at)
{
    str line, rest;

    str_cut(str_sub(s, at, s.n), '\n', &line, &rest);
    line = str_trim(line);
    if (str_starts(line, S(";")))
        line = str_trim(str_sub(line, 1, line.n));
    return str_eq(line, S("-- clustered")) ? " STRICT, WITHOUT ROWID" : " STRICT";
}

/* Where the scan of a text stands. */
struct scan {
    enum store_kind kind;
    size_t words; /* of the statement at hand so far */
    size_t depth; /* of brackets */
    bool defines; /* the statement begins with CREATE or ALTER */
    bool table;   /* ... with CREATE TABLE */
    str before;   /* the word just before; empty after a sign */
};

/* A name may be a type's only where a type can stand: behind a column's name. */
static bool type_here(const struct scan *s)
{
    return s->defines && s->before.n > 0 && !same(s->before, "COLUMN") && !same(s->before, "AS") &&
           !same(s->before, "TO");
}

static void put_name(struct sbuf *out, const struct scan *s, str name)
{
    bool sqlite = s->kind == STORE_SQLITE, type = type_here(s);

    if (type && sqlite && same(name, "BIGINT"))
        sbuf_addz(out, "INTEGER");
    else if (type && sqlite && same(name, "BYTEA"))
        sbuf_addz(out, "BLOB");
    else if (type && !sqlite && same(name, "TEXT"))
        sbuf_addz(out, "TEXT COLLATE \"C\"");
    else
        sbuf_add(out, name);
}

static void scan_name(struct scan *s, struct sbuf *out, str name)
{
    s->words++;
    if (s->words == 1)
        s->defines = same(name, "CREATE") || same(name, "ALTER");
    if (s->words <= 2)
        s->table = s->words == 2 && s->defines && same(name, "TABLE");
    put_name(out, s, name);
    s->before = name;
}

/* A sign that ends before `to`. */
static void scan_sign(struct scan *s, struct sbuf *out, char c, str ddl, size_t to)
{
    sbuf_addc(out, c);
    if (c == '(') {
        s->depth++;
    } else if (c == ')' && s->depth > 0) {
        s->depth--;
        if (s->depth == 0 && s->table && s->kind == STORE_SQLITE)
            sbuf_addz(out, table_options(ddl, to));
    } else if (c == ';' && s->depth == 0) {
        s->words = 0;
    }
    if (c != ' ' && c != '\n' && c != '\t')
        s->before = (str){0};
}

str ddl_for(enum store_kind kind, str ddl, struct arena *a)
{
    struct scan s = {.kind = kind};
    struct sbuf out;
    size_t at = 0;
    str done;

    sbuf_init(&out, 16 * ddl.n + 64);
    while (at < ddl.n) {
        size_t to = past_text(ddl, at);
        if (to > at) {
            sbuf_add(&out, str_sub(ddl, at, to));
        } else if (name_char(ddl.p[at])) {
            while (to < ddl.n && name_char(ddl.p[to]))
                to++;
            scan_name(&s, &out, str_sub(ddl, at, to));
        } else {
            to = at + 1;
            scan_sign(&s, &out, ddl.p[at], ddl, to);
        }
        at = to;
    }
    done = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return done;
}
