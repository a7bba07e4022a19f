/* huimin figures: the statutory figures of a month as a workbook. */
#include <stdio.h>

#include "cmd/db.h"
#include "pay/figures_book.h"
#include "work/clock.h"

static const char *opt_db, *opt_month, *opt_to, *opt_division, *opt_lang, *opt_key, *opt_as;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"month", "YYYY-MM", "of which month", &opt_month, NULL},
    {"to", "FILE.xlsx", "the workbook", &opt_to, NULL},
    {"division", "CODE", "twelve digits: only this part (else the whole city)", &opt_division,
     NULL},
    {"lang", "zh|en", "language of the workbook (zh)", &opt_lang, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "figures --db URL --month YYYY-MM --to FILE.xlsx",
    "The statutory figures of a month: by city, county, township and village, and by programme, how many\n"
    "households and persons there were, came in and went out, who they are, and what was paid; why units\n"
    "were stopped; and what the lists don't agree in. It names nobody. As is known now: what is\n"
    "recorded later changes the months that it is about.",
    opts,
    sizeof opts / sizeof opts[0],
};

struct taking {
    struct city *city;
    struct scope *scope;
    struct figures_query q;
    struct arena *a;
    int64_t rows, gaps;
};

static enum rc record(struct change *c, void *ctx, struct err *err)
{
    const struct taking *t = ctx;
    const struct value v[] = {V_INT(t->q.division), V_INT(t->q.month), V_INT(t->rows)};
    (void)err;
    change_note(c, "figures", v, 3);
    return RC_OK;
}

MUST_CHECK static enum rc write_book(struct taking *t, struct err *err)
{
    struct figures f;
    struct xlsx_out *x = NULL;
    char text[8];
    bool english = opt_lang != NULL && str_eq(str_from(opt_lang), S("en"));
    TRY(figures_read(&t->q, t->a, &f, err));
    for (size_t i = 0; i < f.n_lines; i++)
        for (enum figure_gap g = 0; g < GAP__COUNT; g++)
            t->gaps += f.lines[i].gap[g];
    struct figures_book book = {
        .city = t->city, .figures = &f, .division = t->q.division, .english = english};
    month_text(t->q.month, text);
    book.mark = str_fmt(t->a, "%s %s · %.*s", english ? "figures of" : "统计月报", text,
                        STR_ARG(t->scope->name));
    TRY(xlsx_create(opt_to, &x, err));
    enum rc rc = figures_book_write(&book, x, t->a, &t->rows, err);
    if (rc != RC_OK) {
        xlsx_abandon(x);
        return rc;
    }
    TRY(xlsx_close(x, err));
    const struct change_spec spec = {
        .store = t->city->store,
        .county_code = t->city->place->division / 1000000,
        .who = t->city->who,
        .why = str_fmt(t->a, "taken as a spreadsheet: figures of %s", text)};
    return change_write(&spec, record, t, NULL, err);
}

static int take(struct taking *t)
{
    struct err err = {0};
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, t->a, &t->city, &err);
    if (rc == RC_OK) {
        t->scope = scope_system(t->city, program_day(0), t->a);
        t->q.city = t->city;
        t->q.scope = t->scope;
        if (t->q.division == 0)
            t->q.division = t->city->place->division;
        rc = write_book(t, &err);
    }
    if (t->city != NULL)
        city_close(t->city);
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%s: %lld lines, %lld differences\n", opt_to, (long long)t->rows, (long long)t->gaps);
    return EXIT_DONE;
}

int cmd_figures(int argc, char **argv)
{
    int rest = 0, status = EXIT_DONE;
    struct arena a = {0};
    struct taking t = {.a = &a};
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || db_url(opt_db) == NULL || opt_month == NULL || opt_to == NULL)
        return usage_wrong(&usage, "--db, --month and --to are needed");
    if (!month_parse(str_from(opt_month), &t.q.month))
        return usage_wrong(&usage, "--month: expected a month like 2020-12");
    str division = str_from(opt_division);
    if (division.n > 0 && (division.n != 12 || !str_int(division, &t.q.division)))
        return usage_wrong(&usage, "--division: expected twelve digits");
    if (opt_lang != NULL && !str_eq(str_from(opt_lang), S("en")) &&
        !str_eq(str_from(opt_lang), S("zh")))
        return usage_wrong(&usage, "--lang: expected zh or en");
    status = take(&t);
    arena_deinit(&a);
    return status;
}
