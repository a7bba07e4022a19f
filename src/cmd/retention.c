/* huimin retention: how long what is on record is kept, what is due, and clearing it. */
#include <stdio.h>

#include "cmd/db.h"
#include "pay/retention.h"
#include "work/clock.h"

static const char *opt_db, *opt_county, *opt_today, *opt_upto, *opt_why, *opt_files, *opt_key,
    *opt_as;
static bool opt_do, opt_english;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"county", "CODE", "six digits: only this county (else all)", &opt_county, NULL},
    {"upto", "DAY", "who is held by nothing on this day (else today)", &opt_upto, NULL},
    {"do", NULL, "clear who is due: keys destroyed, names and words gone; can't be undone", NULL,
     &opt_do},
    {"why", "TEXT", "with --do: on whose order and why, for the audit chain", &opt_why, NULL},
    {"files", "DIR", "photos and scans (else the SQLite file's name with .files added)", &opt_files,
     NULL},
    {"english", NULL, "names in English", NULL, &opt_english},
    {"today", "DAY", "the day that it is (else the clock's)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "retention --db URL [--upto DAY] [--do --why TEXT]",
    "Shows what holds the people on record and until when: what each line, policy and service declares\n"
    "with `kept`; how many nothing holds any more; and what the program keeps for itself. Nothing is\n"
    "written without --do. With it, those who are due are cleared: personal keys destroyed, names and\n"
    "words gone, photos and scans removed. Amounts, months and hashes stay, so that lists, sums, the\n"
    "audit chain and every determination can still be proven; they are checked at the end.\n"
    "Stopped or killed, it is gone on with by the same call.",
    opts,
    sizeof opts / sizeof opts[0],
};

static const char *day_shown(day d, char text[11])
{
    return d == 0 ? "-" : date_text(d, text);
}

static void print_grounds(const struct retention *r)
{
    char first[11], last[11];
    printf("held by\tpersons\tfirst until\tlast until\n");
    for (size_t i = 0; i < r->grounds.n; i++) {
        const struct retention_ground *g = &r->grounds.at[i];
        str label = g->label[opt_english ? 1 : 0];
        printf("%.*s\t%lld\t%s\t%s\n", STR_ARG(label), (long long)g->persons,
               day_shown(g->first, first), day_shown(g->last, last));
    }
    printf("kept by the program\trows due\tdays\n");
    for (size_t i = 0; i < r->kept.n; i++) {
        const struct retention_kept *k = &r->kept.at[i];
        printf("%s\t%lld\t%d\n", opt_english ? k->en : k->zh, (long long)k->due, k->days);
    }
}

MUST_CHECK static enum rc show(const struct retention_spec *spec, struct arena *a, struct err *err)
{
    struct retention r;
    char text[11];
    TRY(retention_read(spec, a, &r, err));
    print_grounds(&r);
    printf("%lld persons on record, %lld cleared before; on %s nothing holds %lld\n",
           (long long)r.persons, (long long)r.cleared, date_text(spec->upto, text),
           (long long)r.due);
    return RC_OK;
}

/* Chains and lists are whole behind it, or the call fails. */
MUST_CHECK static enum rc prove(const struct retention_spec *spec, struct arena *a, struct err *err)
{
    char text[11];
    int64_t entries = 0, *counties = NULL, batches = 0;
    size_t n = 0;
    struct conn *c = NULL;
    TRY(audit_verify(spec->city->store, &entries, err));
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc =
        division_counties(c, str_from(date_text(spec->today, text)), a, &counties, &n, err);
    store_reader_done(c);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        int64_t one = 0;
        rc = batches_verify(spec->city, counties[i], &one, err);
        batches += one;
    }
    if (rc == RC_OK)
        printf("%lld audit entries and %lld lists of the bank are whole\n", (long long)entries,
               (long long)batches);
    return rc;
}

MUST_CHECK static enum rc clear(const struct retention_spec *spec, struct arena *a, struct err *err)
{
    int64_t cleared = 0, rows = 0;
    TRY(retention_do(spec, &cleared, err));
    TRY(retention_daily(spec, &rows, err));
    printf("%lld persons cleared, %lld rows of the program's own\n", (long long)cleared,
           (long long)rows);
    return prove(spec, a, err);
}

/* Where the server keeps the files of this store. */
static const char *files_of(struct arena *a)
{
    str url = str_from(db_url(opt_db));
    if (opt_files != NULL)
        return opt_files;
    if (!str_starts(url, S("sqlite:")))
        return NULL;
    return str_z(a, str_fmt(a, "%.*s.files", STR_ARG(str_sub(url, 7, url.n))));
}

static int work(struct retention_spec *spec, struct arena *a)
{
    struct err err = {0};
    spec->files = files_of(a);
    if (opt_do && spec->files == NULL)
        return usage_wrong(&usage, "--files is needed: where photos and scans are kept");
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, a, &spec->city, &err);
    if (rc == RC_OK)
        rc = opt_do ? clear(spec, a, &err) : show(spec, a, &err);
    if (spec->city != NULL)
        city_close(spec->city);
    if (rc == RC_OK)
        return EXIT_DONE;
    complain("%s", err.text);
    return EXIT_MISTAKE;
}

int cmd_retention(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct retention_spec spec = {0};
    struct arena a = {0};
    day today = 0;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    str county = str_from(opt_county);
    if (county.n > 0 && (county.n != 6 || !str_int(county, &spec.county) || spec.county <= 0))
        return usage_wrong(&usage, "--county: expected six digits");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    spec.today = program_day(today);
    spec.upto = spec.today;
    if (opt_upto != NULL && !date_parse(str_from(opt_upto), &spec.upto))
        return usage_wrong(&usage, "--upto: expected a day like 2035-12-31");
    if (opt_do != (opt_why != NULL))
        return usage_wrong(&usage, "--do and --why go together");
    if (opt_do && spec.upto > spec.today)
        return usage_wrong(&usage, "--do: --upto can't be after today");
    spec.why = str_from(opt_why);
    status = work(&spec, &a);
    arena_deinit(&a);
    return status;
}
