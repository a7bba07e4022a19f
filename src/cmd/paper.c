/* huimin paper: papers from lines of JSON, as PDF; also the helper that papers_make() starts. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "paper/paper.h"

static const char *opt_to, *opt_book;
static const struct opt opts[] = {
    {"to", "DIR", "the folder that the files go to (else \"file\" is a path)", &opt_to, NULL},
    {"book", "FILE", "all papers into this one file, each with its own page numbers", &opt_book,
     NULL},
};
static const struct usage usage = {
    "paper [--to DIR | --book FILE] < LINES",
    "Draws papers: each line of standard input is one, a JSON object as src/paper/README.md\n"
    "describes, with its file's name as member \"file\". For each a line says file and pages. It stops\n"
    "at the first that can't be drawn; no file is ever half written. Fonts: Noto Serif CJK and Noto\n"
    "Sans CJK, in their usual folder or in that of HUIMIN_FONTS, whose other fonts are asked for\n"
    "characters that those lack.",
    opts,
    sizeof opts / sizeof opts[0],
};

int cmd_paper(int argc, char **argv)
{
    int rest = 0, status = EXIT_DONE;
    struct err err = {0};
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || (opt_to != NULL && opt_book != NULL)) {
        complain(rest < argc ? "“%s” is not expected here" : "--to and --book exclude each other",
                 argv[rest < argc ? rest : 0]);
        return EXIT_USAGE;
    }
    if (opt_to != NULL && !path_is_dir(opt_to)) {
        complain("%s: no such folder", opt_to);
        return EXIT_MISTAKE;
    }
    if (papers_serve(STDIN_FILENO, stdout, opt_to, opt_book, &status, &err) != RC_OK)
        complain("%s", err.text);
    fflush(stdout);
    /* The drawing libraries keep tables until the end of the process, which is now. */
    _exit(status);
}
