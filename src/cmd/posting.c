/* huimin posting: those that have hung out as long as they must end; for a timer, beside or without the server. */
#include <stdio.h>

#include "cmd/db.h"
#include "work/clock.h"
#include "work/posting.h"

static const char *opt_db, *opt_today, *opt_key, *opt_as;
static bool opt_end;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"end", NULL, "end those whose last day is over", NULL, &opt_end},
    {"today", "DAY", "the day that it is (else the clock's)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "posting --end --db URL",
    "Ends the public postings that have hung out as long as the law wants: their cases go on to the\n"
    "decision, from the day with which the time was over. Posted results go when what was decided is\n"
    "not paid any more. The server does the same when it starts and every hour; a timer calls this\n"
    "where no server runs. Called again it changes nothing.",
    opts,
    sizeof opts / sizeof opts[0],
};

static int end_all(day today, struct arena *a)
{
    struct err err = {0};
    struct city *city = NULL;
    struct posting_ends ends = {0};
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, a, &city, &err);
    if (rc == RC_OK)
        rc = postings_end_all(city, today, END_CASES | END_RESULTS, &ends, &err);
    if (city != NULL)
        city_close(city);
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%lld postings ended, %lld results taken down\n", (long long)ends.ended,
           (long long)ends.results);
    if (ends.failed > 0)
        printf("%lld could not end: their cases stand still or wait for papers\n",
               (long long)ends.failed);
    return EXIT_DONE;
}

int cmd_posting(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    day today = 0;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    if (!opt_end)
        return usage_wrong(&usage, "expected --end");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    status = end_all(program_day(today), &a);
    arena_deinit(&a);
    return status;
}
