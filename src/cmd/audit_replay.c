/* huimin audit replay: what is stored of a month is worked out again and compared. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/db.h"
#include "pay/case_proof.h"
#include "pay/decide.h"
#include "pay/replay.h"

static const char *opt_db, *opt_key, *opt_month, *opt_division, *opt_programme, *opt_case;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"month", "YYYY-MM", "the month that was run", &opt_month, NULL},
    {"division", "CODE", "only what lives below it (12 digits; else the whole city)", &opt_division,
     NULL},
    {"programme", "NAME", "only what is stored of it", &opt_programme, NULL},
    {"case", "NUMBER", "only what was decided in this case, in place of a month", &opt_case, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
};
static const struct usage usage = {
    "audit replay --db URL --month YYYY-MM [--division CODE] [--programme NAME]\n"
    "       huimin audit replay --db URL --case NUMBER",
    "Works every determination that is stored of the month out again, from the facts that its run read\n"
    "and the rules that were in force, and compares hashes, outcomes, amounts, awards and payments; of\n"
    "everybody else the hash of each block; of each case decided in the month what the rules gave.\n"
    "Prints how many were compared and the first difference of each county. Writes nothing. Ends with\n"
    "1 when anything differs or can't be proven.",
    opts,
    sizeof opts / sizeof opts[0],
};

static void progress(void *ctx, int64_t households)
{
    progress_show(ctx, households);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void print_row(const struct replay_county *c)
{
    char yuan[32], code[24] = "total ";

    if (c->county != 0)
        snprintf(code, sizeof code, "%" PRId64, c->county);
    printf("%s %10" PRId64 " %14" PRId64 " %9" PRId64 " %9" PRId64 " %15s %7" PRId64 " %6" PRId64
           " %11" PRId64 "  %.*s\n",
           code, c->n.households, c->n.determinations, c->n.awards, c->n.payments,
           money_text(c->n.fen, true, yuan), c->n.blocks, c->n.cases, c->n.differences,
           STR_ARG(c->name));
}

static void print_beside(const struct replay_county *c)
{
    if (c->first.n > 0)
        printf("%" PRId64 ": %" PRId64 " %s: %.*s\n", c->county, c->n.differences,
               c->n.differences == 1 ? "difference" : "differences, the first", STR_ARG(c->first));
    if (c->n.taken_over > 0)
        printf("%" PRId64 ": %" PRId64
               " determinations were taken over from elsewhere: there is nothing here that they "
               "follow from\n",
               c->county, c->n.taken_over);
    if (c->n.foreign > 0)
        printf("%" PRId64 ": %" PRId64
               " determinations are of %.*s: only that version can prove them\n",
               c->county, c->n.foreign, STR_ARG(c->engine));
}

/* The exit status. */
static int print(const struct replay_county *list, size_t n)
{
    struct replay_county sum = {0};

    printf("county households determinations    awards  payments            yuan  blocks  cases "
           "differences\n");
    for (size_t i = 0; i < n; i++) {
        print_row(&list[i]);
        replay_add(&sum.n, &list[i].n);
    }
    if (n > 1)
        print_row(&sum);
    for (size_t i = 0; i < n; i++)
        print_beside(&list[i]);
    int64_t checked = sum.n.determinations + sum.n.cases;
    if (sum.n.differences == 0 && sum.n.foreign == 0) {
        printf("%" PRId64 " determinations recomputed, every one as it is stored\n", checked);
        return EXIT_DONE;
    }
    printf("%" PRId64 " determinations recomputed, %" PRId64 " differences, %" PRId64
           " not proven\n",
           checked, sum.n.differences, sum.n.foreign);
    return EXIT_MISTAKE;
}

/* ---- the call ------------------------------------------------------------------------------- */

static enum rc read_call(struct replay_spec *c, struct err *err)
{
    if (db_url(opt_db) == NULL || (opt_month == NULL) == (opt_case == NULL))
        return err_set(err, RC_BAD_INPUT, "--db and either --month or --case are needed");
    if (opt_case != NULL && (opt_division != NULL || opt_programme != NULL))
        return err_set(err, RC_BAD_INPUT, "--case goes without --division and --programme");
    if (opt_month != NULL && !month_parse(str_from(opt_month), &c->month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month);
    if (opt_division != NULL &&
        (strlen(opt_division) != 12 || !str_int(str_from(opt_division), &c->division)))
        return err_set(err, RC_BAD_INPUT, "--division: found “%s”, expected 12 digits",
                       opt_division);
    c->programme = opt_programme != NULL ? str_from(opt_programme) : S("");
    return RC_OK;
}

/* 510402-2020-000123: the county first. */
MUST_CHECK static enum rc replay_case(const struct city *city, struct arena *a, int *status,
                                      struct err *err)
{
    struct case_asked asked = {.number = str_from(opt_case), .hi = INT64_MAX, .programme = S("")};
    struct case_proven p = {0};
    str county, rest;

    if (!str_cut(asked.number, '-', &county, &rest) || !str_int(county, &asked.county))
        return err_set(err, RC_BAD_INPUT,
                       "--case: found “%s”, expected a number like 510402-2020-000123", opt_case);
    TRY(case_prove(city, &asked, a, &p, err));
    if (p.first.n > 0)
        printf("%.*s\n", STR_ARG(p.first));
    if (p.foreign > 0)
        printf("%" PRId64 " determinations are of %.*s: only that version can prove them\n",
               p.foreign, STR_ARG(p.engine));
    *status = p.differences + p.foreign > 0 ? EXIT_MISTAKE : EXIT_DONE;
    printf("%" PRId64 " determinations of case %s recomputed, %s\n", p.compared, opt_case,
           *status == EXIT_DONE ? "every one as it is stored" : "not as they are stored");
    return RC_OK;
}

MUST_CHECK static enum rc replay(struct replay_spec *c, struct arena *a, int *status,
                                 struct err *err)
{
    struct city *city = NULL;
    struct replay_county *list = NULL;
    struct progress shown = {.what = "households"};
    size_t n = 0;

    pay_tie();
    TRY(city_open(db_url(opt_db), opt_key, NULL, a, &city, err));
    c->city = city;
    c->progress = progress;
    c->progress_ctx = &shown;
    enum rc rc =
        opt_case != NULL ? replay_case(city, a, status, err) : replay_month(c, a, &list, &n, err);
    progress_end(&shown);
    if (rc == RC_OK && opt_case == NULL)
        *status = print(list, n);
    city_close(city);
    return rc;
}

int cmd_audit_replay(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    struct err err = {0};
    struct replay_spec c = {0};

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest + 1 != argc || strcmp(argv[rest], "replay") != 0)
        status = usage_wrong(&usage, "expected `audit replay`");
    else if (read_call(&c, &err) != RC_OK) {
        status = usage_wrong(&usage, err.text);
    } else if (replay(&c, &a, &status, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
