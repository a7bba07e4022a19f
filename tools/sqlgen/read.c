/*
 * A .sql file cut into blocks. A line "-- schema: NAME [since N]" starts a definition, a line
 * "-- name: NAME read|write" a statement, and "-- dialect: pg REASON" its text for PostgreSQL. Lines
 * that say "-- reference", "-- spread: COLUMN" or "-- fan-out: REASON" belong to their block.
 */
#include "sqlgen.h"

#include <stdio.h>

void say(struct sqlgen *g, str file, int line, const char *fmt, ...)
{
    va_list ap;

    sbuf_fmt(&g->said, "%.*s:%d: ", STR_ARG(file), line);
    va_start(ap, fmt);
    sbuf_vfmt(&g->said, fmt, ap);
    va_end(ap);
    sbuf_addc(&g->said, '\n');
    g->n_said++;
}

struct reader {
    struct sqlgen *g;
    struct block *block;
    struct part *part; /* that lines are added to */
    str module, file;
    int line;
};

static bool good_name(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && c != '_' && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return s.n > 0;
}

/* Close the text of a part: it ends with its last line that is not all comment. */
static void end_part(struct reader *r)
{
    if (!r->part)
        return;
    while (str_ends(r->part->text, S(";")))
        r->part->text = str_trim(str_sub(r->part->text, 0, r->part->text.n - 1));
    if (r->part->text.n == 0)
        say(r->g, r->file, r->line, "%.*s has no text: expected SQL below its marker",
            STR_ARG(r->block->name));
    r->part = NULL;
}

static void start_block(struct reader *r, bool is_schema, str rest)
{
    struct block *b;
    str name, more;
    int64_t since = 1;

    end_part(r);
    str_cut(str_trim(rest), ' ', &name, &more);
    more = str_trim(more);
    b = VEC_PUSH(r->g->arena, &r->g->blocks);
    *b = (struct block){.is_schema = is_schema,
                        .module = r->module,
                        .file = r->file,
                        .name = name,
                        .line = r->line,
                        .spread = S("county_code")};
    r->block = b;
    r->part = &b->sql;
    if (!good_name(name))
        say(r->g, r->file, r->line, "name \"%.*s\": expected small letters, digits and _",
            STR_ARG(name));
    if (is_schema && more.n > 0 &&
        (!str_starts(more, S("since ")) || !str_int(str_trim(str_sub(more, 6, more.n)), &since) ||
         since < 1 || since > 100000)) {
        say(r->g, r->file, r->line, "\"%.*s\": expected \"since\" and a version, or nothing",
            STR_ARG(more));
        since = 1;
    }
    b->since = (int)since;
    b->reads = str_eq(more, S("read"));
    if (!is_schema && !b->reads && !str_eq(more, S("write")))
        say(r->g, r->file, r->line, "\"%.*s\": expected read or write", STR_ARG(more));
}

static void start_dialect(struct reader *r, str rest)
{
    str which, reason;

    str_cut(str_trim(rest), ' ', &which, &reason);
    if (!r->block || r->block->is_schema || r->block->pg.text.p)
        say(r->g, r->file, r->line, "a dialect block: expected it once, below a statement");
    if (!str_eq(which, S("pg")))
        say(r->g, r->file, r->line, "dialect \"%.*s\": expected pg", STR_ARG(which));
    if (str_trim(reason).n == 0)
        say(r->g, r->file, r->line, "dialect without a reason: expected it on the marker's line");
    if (!r->block)
        return;
    end_part(r);
    r->part = &r->block->pg;
    r->part->text = S("");
}

/* A comment line that means something. */
static bool marker(struct reader *r, str line)
{
    struct block *b = r->block;

    if (str_starts(line, S("-- schema:"))) {
        start_block(r, true, str_sub(line, 10, line.n));
    } else if (str_starts(line, S("-- name:"))) {
        start_block(r, false, str_sub(line, 8, line.n));
    } else if (str_starts(line, S("-- dialect:"))) {
        start_dialect(r, str_sub(line, 11, line.n));
    } else if (b && !b->is_schema && str_starts(line, S("-- fan-out:"))) {
        b->fan_out = true;
        if (str_trim(str_sub(line, 11, line.n)).n == 0)
            say(r->g, r->file, r->line, "fan-out without a reason: expected it after the colon");
    } else if (b && b->is_schema &&
               (str_eq(line, S("-- reference")) || str_starts(line, S("-- reference:")))) {
        b->reference = true;
    } else if (b && b->is_schema && str_starts(line, S("-- spread:"))) {
        b->spread = str_trim(str_sub(line, 10, line.n));
    } else {
        return false;
    }
    return true;
}

void read_sql(struct sqlgen *g, str module, str file, str text)
{
    struct reader r = {.g = g, .module = module, .file = file};
    str line, rest = text;
    bool more = true, known = false;

    for (size_t i = 0; i < g->modules.n; i++)
        known = known || str_eq(g->modules.at[i], module);
    if (!known)
        *VEC_PUSH(g->arena, &g->modules) = module;
    while (more) {
        more = str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        r.line++;
        if (line.n == 0 || marker(&r, line) || str_starts(line, S("--")))
            continue;
        if (!r.part) {
            say(g, file, r.line, "\"%.*s\": expected a marker before it (-- schema: or -- name:)",
                STR_ARG(line));
            return;
        }
        if (r.part->text.n == 0) {
            r.part->text.p = line.p;
            r.part->line = r.line;
        }
        r.part->text.n = (size_t)(line.p + line.n - r.part->text.p);
    }
    end_part(&r);
}
