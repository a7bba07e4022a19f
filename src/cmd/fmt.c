/* huimin fmt: definition files in their one layout, in place or only compared. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "cmd/cmd.h"
#include "lang/fmt.h"

static const char *opt_home;
static bool opt_check;
static const struct opt opts[] = {
    {"check", NULL, "write nothing; exit status 1 when a file would change", NULL, &opt_check},
    {"home", "DIR", "the folder that holds lines/ and places/", &opt_home, NULL},
};
static const struct usage usage = {
    "fmt [--check] [FILE...]",
    "Lays out the files named, or every *.hm below lines/ and places/. Comments stay; a file with\n"
    "a mistake is left as it is.",
    opts,
    sizeof opts / sizeof opts[0],
};

MUST_CHECK static enum rc write_back(const struct source *s, str text, struct arena *a,
                                     struct err *err)
{
    struct file_out f;
    TRY(file_out_open(&f, str_z(a, s->path), err));
    file_out_str(&f, text);
    enum rc rc = file_out_commit(&f, err);
    file_out_abort(&f);
    return rc;
}

/* One file; *changed says that its layout was another. */
MUST_CHECK static enum rc fmt_one(struct rules *r, size_t i, struct diags *d, bool *changed,
                                  struct err *err)
{
    const struct source *s = &r->sources.list.at[i];
    struct arena scratch = {0};
    struct sbuf out;
    sbuf_init(&out, (size_t)4 * LIMIT_SOURCE_BYTES);
    enum rc rc = fmt_source(&r->sources, i, &scratch, d, &out, err);
    *changed = rc == RC_OK && !str_eq(sbuf_str(&out), s->text);
    if (*changed && opt_check)
        fprintf(stderr, "%.*s: not in the one layout; `huimin fmt` would change it\n",
                STR_ARG(s->path));
    else if (*changed)
        rc = write_back(s, sbuf_str(&out), &scratch, err);
    sbuf_deinit(&out);
    arena_deinit(&scratch);
    return rc;
}

static enum rc fmt_read(struct rules *r, struct arena *a, int argc, char **argv, int rest,
                        struct err *err)
{
    for (int i = rest; i < argc; i++)
        TRY(sources_read_path(&r->sources, argv[i], err));
    if (rest < argc)
        return RC_OK;
    const char *home = home_find(a, opt_home);
    if (home == NULL)
        return err_set(err, RC_NOT_FOUND,
                       "no lines/ folder found; name the files or say --home DIR");
    return sources_read(&r->sources, home, err);
}

int cmd_fmt(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    struct arena a = {0};
    struct rules r;
    struct diags d;
    struct err err = {0};
    rules_init(&r, &a);
    diags_init(&d, &a);
    if (fmt_read(&r, &a, argc, argv, rest, &err) != RC_OK) {
        complain("%s", err.text);
        arena_deinit(&a);
        return EXIT_MISTAKE;
    }
    size_t changes = 0;
    for (size_t i = 0; i < r.sources.list.n; i++) {
        bool changed = false;
        enum rc rc = fmt_one(&r, i, &d, &changed, &err);
        changes += changed;
        if (rc != RC_OK)
            status = EXIT_MISTAKE;
        if (rc != RC_OK && rc != RC_RULE)
            complain("%s", err.text);
    }
    diags_print(&r, &d);
    if (opt_check && changes > 0)
        status = EXIT_MISTAKE;
    else if (changes > 0)
        printf("%zu of %zu files laid out anew\n", changes, r.sources.list.n);
    arena_deinit(&a);
    return status;
}
