/* Finding and loading the rules that the commands work with. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cmd/cmd.h"

static bool has_lines(struct arena *a, str dir)
{
    str lines = str_fmt(a, "%.*s/lines", STR_ARG(dir));
    return path_is_dir(lines.p);
}

const char *home_find(struct arena *a, const char *given)
{
    if (given == NULL)
        given = getenv("HUIMIN_HOME");
    if (given != NULL)
        return has_lines(a, str_from(given)) ? given : NULL;
    if (has_lines(a, S(".")))
        return ".";
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);
    str dir = {exe, n > 0 ? (size_t)n : 0};
    for (int up = 0; up < 2 && dir.n > 0; up++) {
        while (dir.n > 0 && dir.p[dir.n - 1] != '/')
            dir.n--;
        if (dir.n > 1)
            dir.n--;
        if (has_lines(a, dir))
            return str_z(a, dir);
    }
    return NULL;
}

void diags_print(const struct rules *r, struct diags *d)
{
    diags_sort(d);
    struct sbuf text;
    sbuf_init(&text, (size_t)LIMIT_DIAGS * 8192);
    for (size_t i = 0; i < d->list.n; i++)
        diag_render(&text, &r->sources, &d->list.at[i]);
    fwrite(text.p != NULL ? text.p : "", 1, text.n, stderr);
    sbuf_deinit(&text);
    if (d->errors > LIMIT_DIAGS)
        fprintf(stderr, "… and %zu more mistakes\n", d->errors - LIMIT_DIAGS);
}

bool home_load(struct rules *r, const char *home)
{
    struct err err = {0};
    struct diags d;
    diags_init(&d, r->arena);
    enum rc rc = rules_load(r, home, &d, &err);
    diags_print(r, &d);
    if (rc != RC_OK && d.errors == 0)
        complain("%s", err.text);
    else if (rc != RC_OK)
        complain("the rules below %s don't compile; `huimin check` shows the same", home);
    return rc == RC_OK;
}
