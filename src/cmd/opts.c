/* Options of the commands, over getopt_long: one table gives the parser and the help. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/cmd.h"

void complain(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("huimin: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static void help_print(const struct usage *u)
{
    printf("usage: huimin %s\n", u->synopsis);
    if (u->text[0] != '\0')
        printf("\n%s\n", u->text);
    printf("\noptions:\n");
    for (size_t i = 0; i < u->n_opts; i++) {
        char left[64];
        const struct opt *o = &u->opts[i];
        snprintf(left, sizeof left, "--%s %s", o->name, o->arg != NULL ? o->arg : "");
        printf("  %-24s %s\n", left, o->help);
    }
    printf("  %-24s %s\n", "--help", "this text");
}

/* The mistake in the call, and how to go on. */
static void wrong_option(const struct usage *u, char **argv, int opt)
{
    int at = optind > 1 ? optind - 1 : 1;
    if (opt == ':')
        complain("%s needs a value", argv[at]);
    else
        complain("there is no option %s here", argv[at]);
    fprintf(stderr, "usage: huimin %s\nsee huimin %.*s --help\n", u->synopsis,
            (int)strcspn(u->synopsis, " "), u->synopsis);
}

bool opts_read(const struct usage *u, int argc, char **argv, int *rest, int *status)
{
    enum { HELP = 1000 };
    struct arena a = {0};
    struct option *table = NEW_N(&a, struct option, u->n_opts + 2);
    for (size_t i = 0; i < u->n_opts; i++) {
        table[i].name = u->opts[i].name;
        table[i].has_arg = u->opts[i].arg != NULL ? required_argument : no_argument;
        table[i].val = (int)i;
    }
    table[u->n_opts] = (struct option){.name = "help", .val = HELP};
    bool go_on = true;
    opterr = 0;
    optind = 1;
    int opt = 0;
    while (go_on && (opt = getopt_long(argc, argv, ":", table, NULL)) != -1) {
        if (opt == HELP) {
            help_print(u);
            *status = EXIT_DONE;
            go_on = false;
        } else if (opt == '?' || opt == ':') {
            wrong_option(u, argv, opt);
            *status = EXIT_USAGE;
            go_on = false;
        } else if (u->opts[opt].arg != NULL) {
            *u->opts[opt].value = optarg;
        } else {
            *u->opts[opt].flag = true;
        }
    }
    *rest = optind;
    arena_deinit(&a);
    return go_on;
}
