/*
 * sqlgen OUT TABLES FILE...: makes OUT/MODULE/MODULE_sql.{h,c} for the module folder that each file
 * stands in, and OUT/catalogue.c; prints mistakes and exits 1 if there are any. TABLES lists tables
 * that are not spread by county_code and not marked so in their own file.
 */
#include "sqlgen/sqlgen.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

enum { FILE_MAX = 1 << 20, OUT_MAX = 1 << 26 };

/* Lines "TABLE reference REASON" or "TABLE COLUMN REASON". */
static void read_tables(struct sqlgen *g, const char *path, str text)
{
    str line, rest = text, name, how, reason;
    bool more = true;

    for (int n = 1; more; n++) {
        bool found = false;
        more = str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        if (line.n == 0 || str_starts(line, S("#")))
            continue;
        str_cut(line, ' ', &name, &how);
        str_cut(how, ' ', &how, &reason);
        for (size_t i = 0; i < g->blocks.n; i++) {
            struct block *b = &g->blocks.at[i];
            if (!b->is_schema || !str_eq(b->name, name))
                continue;
            found = true;
            b->reference = str_eq(how, S("reference"));
            if (!b->reference)
                b->spread = how;
        }
        if (!found || str_trim(reason).n == 0)
            say(g, str_from(path), n, "\"%.*s\": expected a schema block's name, how, and a reason",
                STR_ARG(line));
    }
}

/* Write a file only when its text changes, so that nothing is compiled again without need. */
static enum rc put(const char *path, const struct sbuf *text, struct arena *a, struct err *err)
{
    struct file_out f;
    str old;

    if (text->failed)
        return err_set(err, RC_LIMIT, "%s: too large", path);
    if (file_read(path, OUT_MAX, a, &old, NULL) == RC_OK && str_eq(old, sbuf_str(text)))
        return RC_OK;
    TRY(file_out_open(&f, path, err));
    file_out_str(&f, sbuf_str(text));
    return file_out_commit(&f, err);
}

static enum rc write_all(const struct sqlgen *g, const char *out, struct err *err)
{
    struct sbuf text;
    enum rc rc = RC_OK;

    sbuf_init(&text, OUT_MAX);
    for (size_t i = 0; i < g->modules.n && rc == RC_OK; i++) {
        str m = g->modules.at[i];
        const char *folder = str_fmt(g->arena, "%s/%.*s", out, STR_ARG(m)).p;
        mkdir(folder, 0777);
        sbuf_clear(&text);
        write_header(g, m, &text);
        rc = put(str_fmt(g->arena, "%s/%.*s_sql.h", folder, STR_ARG(m)).p, &text, g->arena, err);
        sbuf_clear(&text);
        write_source(g, m, &text);
        if (rc == RC_OK)
            rc =
                put(str_fmt(g->arena, "%s/%.*s_sql.c", folder, STR_ARG(m)).p, &text, g->arena, err);
    }
    sbuf_clear(&text);
    write_catalogue(g, &text);
    if (rc == RC_OK)
        rc = put(str_fmt(g->arena, "%s/catalogue.c", out).p, &text, g->arena, err);
    sbuf_deinit(&text);
    return rc;
}

static enum rc read_all(struct sqlgen *g, int argc, char **argv, struct err *err)
{
    str text, path;

    for (int i = 3; i < argc; i++) {
        str module;
        long slash;
        TRY(file_read(argv[i], FILE_MAX, g->arena, &text, err));
        path = str_from(argv[i]);
        slash = (long)path.n;
        while (slash > 0 && path.p[slash - 1] != '/')
            slash--;
        module = str_sub(path, 0, slash ? (size_t)slash - 1 : 0);
        while ((slash = str_find(module, S("/"))) >= 0)
            module = str_sub(module, (size_t)slash + 1, module.n);
        read_sql(g, module, path, text);
    }
    TRY(file_read(argv[2], FILE_MAX, g->arena, &text, err));
    read_tables(g, argv[2], text);
    return RC_OK;
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct sqlgen g = {.arena = &arena};
    struct err err = {0};
    int status = 1;

    if (argc < 3) {
        fputs("usage: sqlgen OUT TABLES FILE...\n", stderr);
        return 2;
    }
    sbuf_init(&g.said, 1 << 20);
    if (read_all(&g, argc, argv, &err) == RC_OK) {
        check_tables(&g);
        check_statements(&g);
        status = g.n_said == 0 && write_all(&g, argv[1], &err) == RC_OK ? 0 : 1;
    }
    if (g.n_said)
        fputs(g.said.p, stderr);
    if (err.rc != RC_OK)
        fprintf(stderr, "sqlgen: %s\n", err.text);
    sbuf_deinit(&g.said);
    arena_deinit(&arena);
    return status;
}
