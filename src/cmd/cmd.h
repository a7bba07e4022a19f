/*
 * The commands: arguments in, text out. Each has one file here; main.c only finds it in the list.
 * Results go to standard output, everything else to standard error. The return value is the exit
 * status: 0 only when what was asked was done, 1 for a mistake in what was given, 2 for a call that
 * can't be understood.
 */
#ifndef HUIMIN_CMD_CMD_H
#define HUIMIN_CMD_CMD_H

#include "lang/rules.h"

enum { EXIT_DONE = 0, EXIT_MISTAKE = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *summary; /* one line for `huimin --help` */
    int (*run)(int argc, char **argv);
};

/* The list of commands, ended by a NULL name. */
extern const struct command commands[];

int cmd_check(int argc, char **argv);
int cmd_fmt(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_synth(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_pay(int argc, char **argv);
int cmd_arrears(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_audit_replay(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_notice(int argc, char **argv);
int cmd_figures(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_retention(int argc, char **argv);
int cmd_posting(int argc, char **argv);
int cmd_determine(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_paper(int argc, char **argv);

/* ---- options -------------------------------------------------------------------------------- */

/* One `--name VALUE` or, with value NULL, one `--flag`. */
struct opt {
    const char *name;
    const char *arg;    /* the value's name in the help, e.g. "FILE"; NULL: a flag */
    const char *help;   /* one line */
    const char **value; /* where the value goes */
    bool *flag;
};

struct usage {
    const char *synopsis; /* after "huimin " */
    const char *text;     /* a paragraph or two; may be empty */
    const struct opt *opts;
    size_t n_opts;
};

/*
 * Read the options; what is left over stays behind argv[*rest]. False: the call is over (help was
 * printed, or a mistake reported) and *status is what to exit with.
 */
bool opts_read(const struct usage *u, int argc, char **argv, int *rest, int *status);

/* ---- where the rules are -------------------------------------------------------------------- */

/*
 * The folder that holds lines/ and places/: `given` (--home), else HUIMIN_HOME, else the working
 * directory, else beside the program or one above it. NULL when none of them has a lines/.
 */
const char *home_find(struct arena *a, const char *given);

/*
 * Load and check all rules below home. Mistakes are printed; false means there were any, or that
 * the files could not be read.
 */
bool home_load(struct rules *r, const char *home);

/* Print every diagnostic, then "N mistakes" when there were more than fitted. */
void diags_print(const struct rules *r, struct diags *d);

/* "huimin: text" on standard error. */
void complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
