/* huimin import: households, persons and the running case load from CSV files or one workbook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/db.h"
#include "pay/past.h"
#include "people/load_book.h"

static const char *opt_db, *opt_from, *opt_month, *opt_marked, *opt_key, *opt_as;
static bool opt_good_rows, opt_check;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"from", "YYYY-MM-DD", "since when the facts hold (else the first of this month)", &opt_from,
     NULL},
    {"month", "YYYY-MM", "the month that the last amounts were paid for", &opt_month, NULL},
    {"good-rows", NULL, "take what is right, write the rest to FILE.bad.csv", NULL, &opt_good_rows},
    {"check", NULL, "only look for mistakes", NULL, &opt_check},
    {"marked", "FILE", "where a workbook with mistakes goes, marked (else FILE.marked.xlsx)",
     &opt_marked, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "import FILE.xlsx | households FILE persons FILE cases FILE --db URL",
    "Takes one, two or all three kinds in one call; rows are tied together by the references in\n"
    "them (`huimin export` has the templates, docs/files.md the columns). A file is taken whole or\n"
    "not at all; with --good-rows families without a mistake are taken and the other rows come back\n"
    "beside each file, with a column that says what is wrong. A workbook (`huimin export --template`)\n"
    "with mistakes comes back with its cells marked.",
    opts,
    sizeof opts / sizeof opts[0],
};

struct call {
    struct load_spec spec;
    const char *book; /* a workbook; NULL: CSV files */
    struct arena *arena;
};

static void note_print(void *ctx, str text)
{
    (void)ctx;
    fprintf(stderr, "note: %.*s\n", STR_ARG(text));
}

static day today(void)
{
    return (day)(clock_ms() / 86400000);
}

/* ---- the call ------------------------------------------------------------------------------- */

static const char *const kinds[LOAD_KINDS] = {"households", "persons", "cases"};

MUST_CHECK static enum rc read_files(struct call *c, int argc, char **argv, struct err *err)
{
    for (int i = 0; i < argc; i += 2) {
        int k = 0;
        while (k < LOAD_KINDS && strcmp(argv[i], kinds[k]) != 0)
            k++;
        if (k == LOAD_KINDS)
            return err_set(err, RC_BAD_INPUT, "found “%s”, expected households, persons or cases",
                           argv[i]);
        if (i + 1 == argc)
            return err_set(err, RC_BAD_INPUT, "%s needs a file", kinds[k]);
        if (c->spec.path[k] != NULL)
            return err_set(err, RC_BAD_INPUT, "%s stands there twice", kinds[k]);
        if (opt_good_rows && strcmp(argv[i + 1], "-") == 0)
            return err_set(err, RC_BAD_INPUT, "--good-rows reads a file twice: name it");
        c->spec.path[k] = argv[i + 1];
    }
    return argc > 0 ? RC_OK : err_set(err, RC_BAD_INPUT, "expected files to import");
}

MUST_CHECK static enum rc read_call(struct call *c, int argc, char **argv, struct err *err)
{
    c->spec.today = today();
    c->spec.from = month_first(date_month(c->spec.today));
    c->spec.good_rows = opt_good_rows;
    c->spec.note = note_print;
    if (argc == 1 && str_ends(str_from(argv[0]), S(".xlsx"))) {
        c->book = argv[0];
        if (opt_good_rows)
            return err_set(err, RC_BAD_INPUT,
                           "--good-rows is for CSV files: a workbook is taken whole");
    } else {
        TRY(read_files(c, argc, argv, err));
    }
    if (db_url(opt_db) == NULL)
        return err_set(err, RC_BAD_INPUT, "--db is needed");
    if (opt_from != NULL && !date_parse(str_from(opt_from), &c->spec.from))
        return err_set(err, RC_BAD_INPUT, "--from: found “%s”, expected a day like 2020-12-01",
                       opt_from);
    if (opt_month != NULL && !month_parse(str_from(opt_month), &c->spec.month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-11",
                       opt_month);
    return RC_OK;
}

/* ---- storing -------------------------------------------------------------------------------- */

/* FILE.csv becomes FILE.bad.csv, FILE.xlsx FILE.marked.xlsx. */
static const char *beside(struct arena *a, const char *path, const char *end, const char *other)
{
    str p = str_from(path);
    if (str_ends(p, str_from(end)))
        p.n -= strlen(end);
    return str_fmt(a, "%.*s%s", STR_ARG(p), other).p;
}

MUST_CHECK static enum rc write_bad(const struct call *call, const struct load *l,
                                    const struct load_counts *n, struct err *err)
{
    for (int k = 0; k < LOAD_KINDS; k++) {
        if (n->bad[k] == 0 || call->spec.path[k] == NULL)
            continue;
        const char *path = beside(call->arena, call->spec.path[k], ".csv", ".bad.csv");
        TRY(load_bad_rows(l, (enum load_kind)k, path, err));
        fprintf(stderr, "%s: %lld rows, with what is wrong in the column reason\n", path,
                (long long)n->bad[k]);
    }
    return RC_OK;
}

static void print_mistakes(const struct load *l)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    load_mistakes(l, &out);
    fwrite(out.p != NULL ? out.p : "", 1, out.n, stderr);
    sbuf_deinit(&out);
}

static void print_warnings(const struct load_book *b)
{
    const struct load_warning *w = NULL;
    size_t n = 0;
    int64_t all = load_book_warnings(b, &w, &n);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "note: %.*s %.*s: %.*s\n", STR_ARG(load_book_sheet(b, w[i].kind)),
                STR_ARG(w[i].cell), STR_ARG(w[i].text.en));
    if (all > (int64_t)n)
        fprintf(stderr, "note: … and %lld more\n", (long long)all - (long long)n);
}

/* A workbook with mistakes is given back, with its cells marked. */
MUST_CHECK static enum rc read_book(struct call *call, struct load **l, struct err *err)
{
    struct load_book *b = NULL;
    struct load_mistake *list = NULL;
    struct err read = {0};
    size_t n = 0;
    TRY(load_book_open(call->spec.city, call->book, call->arena, &b, err));
    load_book_rows(b, &call->spec);
    enum rc rc = load_read(&call->spec, call->arena, l, &read);
    print_warnings(b);
    if (rc == RC_BAD_INPUT && load_mistake_list(*l, call->arena, &list, &n) > 0) {
        const char *path = opt_marked != NULL
                               ? opt_marked
                               : beside(call->arena, call->book, ".xlsx", ".marked.xlsx");
        TRY(load_book_marked(b, *l, path, err));
        fprintf(stderr, "%s: the workbook with its mistakes marked\n", path);
    }
    return rc != RC_OK ? err_set(err, rc, "%s", read.text) : RC_OK;
}

MUST_CHECK static enum rc import(struct call *call, struct err *err)
{
    struct load *l = NULL;
    struct load_counts n = {0};
    TRY(city_open(db_url(opt_db), opt_key, opt_as, call->arena, &call->spec.city, err));
    enum rc rc = call->book != NULL ? read_book(call, &l, err)
                                    : load_read(&call->spec, call->arena, &l, err);
    if (l != NULL) {
        print_mistakes(l);
        load_counts(l, &n);
    }
    if (rc == RC_OK && opt_good_rows)
        rc = write_bad(call, l, &n, err);
    if (rc == RC_OK && !opt_check)
        rc = past_store(&(struct past_spec){.city = call->spec.city,
                                            .month = call->spec.month,
                                            .why = S("import of files")},
                        l, err);
    if (rc == RC_OK)
        printf("%s %lld households, %lld persons, %lld cases\n", opt_check ? "right:" : "stored",
               (long long)n.households, (long long)n.persons, (long long)n.cases);
    city_close(call->spec.city);
    return rc;
}

int cmd_import(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    struct err err = {0};
    struct call call = {.arena = &a};
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    umask(077); /* rows that come back are of people as well */
    if (read_call(&call, argc - rest, argv + rest, &err) != RC_OK) {
        status = usage_wrong(&usage, err.text);
    } else if (import(&call, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
