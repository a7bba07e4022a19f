/* huimin: finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

const struct command commands[] = {
    {"check", "compile lines/ and places/ and run their examples", cmd_check},
    {"fmt", "bring definition files into their one layout", cmd_fmt},
    {"eval", "determine the households of a file under a place's rules", cmd_eval},
    {"init", "make a store for a place, or bring one up to date", cmd_init},
    {"synth", "fill a store with a made-up population", cmd_synth},
    {"serve", "the pages and the API, until it is told to stop", cmd_serve},
    {"run", "the month: determinations, awards, the list of payments", cmd_run},
    {"pay", "the list frozen, the bank's file, its answer", cmd_pay},
    {"arrears", "back-pay and recovery for months that are paid", cmd_arrears},
    {"explain", "prove and explain what is stored of a household", cmd_explain},
    {"import", "take households, persons and cases from CSV files", cmd_import},
    {"export", "write them to CSV files, or their empty templates", cmd_export},
    {"backup", "copy a whole store into one file", cmd_backup},
    {"restore", "bring such a copy back, on either database", cmd_restore},
    {"audit", "prove the audit chains whole", cmd_audit},
    {"user", "the accounts of the staff", cmd_user},
    {"notice", "short messages of the outbox, into a file", cmd_notice},
    {"figures", "the statutory figures of a month, as a workbook", cmd_figures},
    {"review", "regular reviews that fall due, onto the desks", cmd_review},
    {"retention", "how long what is on record is kept; clear what is due", cmd_retention},
    {"posting", "public postings that end by themselves", cmd_posting},
    {"determine", "everybody determined again, or whom changes touched", cmd_determine},
    {"paper", "papers from lines of JSON, as PDF", cmd_paper},
    {NULL, NULL, NULL},
};

static void help_print(FILE *out)
{
    fputs("Huimin (惠民): a city's rules as text, compiled, proven and explained.\n\n"
          "usage: huimin COMMAND [OPTION...]\n\n",
          out);
    for (const struct command *c = commands; c->name != NULL; c++)
        fprintf(out, "  %-9s %s\n", c->name, c->summary);
    fputs("\n`huimin COMMAND --help` says more.\n", out);
}

int main(int argc, char **argv)
{
    /* A full disk under a size limit should be an error that is reported, not a death. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        help_print(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help_print(stdout);
        return EXIT_DONE;
    }
    for (const struct command *c = commands; c->name != NULL; c++) {
        if (strcmp(argv[1], c->name) != 0)
            continue;
        int status = c->run(argc - 1, argv + 1);
        if (fflush(stdout) != 0 && status == EXIT_DONE) {
            complain("standard output: can't be written");
            status = EXIT_MISTAKE;
        }
        return status;
    }
    complain("there is no command “%s”", argv[1]);
    help_print(stderr);
    return EXIT_USAGE;
}
