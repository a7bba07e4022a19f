/* huimin check: compile a tree of definitions, run its examples, report every mistake. */
#include <stdio.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "eval/example.h"
#include "pay/bank_layout.h"

static const char *opt_home;
static bool opt_quiet;
static const struct opt opts[] = {
    {"home", "DIR", "the folder that holds lines/ and places/", &opt_home, NULL},
    {"quiet", NULL, "print nothing when all is well", NULL, &opt_quiet},
};
static const struct usage usage = {
    "check [--home DIR] [DIR...]",
    "Compiles every *.hm below lines/ and places/ (or below each DIR), reports all mistakes with\n"
    "file, line, column and caret, and runs every example. Exit status 1 when there is one.",
    opts,
    sizeof opts / sizeof opts[0],
};

/* Sources from the folders named, or from the home. */
static enum rc read_sources(struct rules *r, struct arena *a, int argc, char **argv, int rest,
                            struct err *err)
{
    for (int i = rest; i < argc; i++)
        TRY(sources_read_path(&r->sources, argv[i], err));
    if (rest < argc)
        return RC_OK;
    const char *home = home_find(a, opt_home);
    if (home == NULL)
        return err_set(err, RC_NOT_FOUND,
                       "no lines/ folder in %s; say --home DIR or set HUIMIN_HOME",
                       opt_home != NULL ? opt_home : "the working directory or beside the program");
    return sources_read(&r->sources, home, err);
}

int cmd_check(int argc, char **argv)
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
    size_t examples = 0;
    if (read_sources(&r, &a, argc, argv, rest, &err) != RC_OK) {
        complain("%s", err.text);
        arena_deinit(&a);
        return EXIT_MISTAKE;
    }
    r.require_english = true;
    rules_parse(&r, &d);
    rules_check(&r, &d);
    if (d.errors == 0)
        examples = examples_run(&r, &d);
    diags_print(&r, &d);
    const char *home = rest == argc ? home_find(&a, opt_home) : NULL;
    size_t layouts = 0;
    bool banks = home == NULL || bank_check(home, &layouts, &err) == RC_OK;
    if (!banks)
        complain("%s", err.text);
    if (d.errors > 0) {
        complain("%zu mistake%s; %zu file%s read", d.errors, d.errors == 1 ? "" : "s",
                 r.sources.list.n, r.sources.list.n == 1 ? "" : "s");
        status = EXIT_MISTAKE;
    } else if (!banks) {
        status = EXIT_MISTAKE;
    } else if (!opt_quiet) {
        printf("no mistake. files %zu, registers %zu, policies %zu, places %zu, examples run %zu\n",
               r.sources.list.n, r.regs.n, r.policies.n, r.places.n, examples);
    }
    arena_deinit(&a);
    return status;
}
