/* huimin review: regular reviews that fall due this month, onto the desks of the townships. */
#include <stdio.h>

#include "cmd/db.h"
#include "work/clock.h"
#include "work/review.h"

enum { REVIEWS_MOST = 2000 };

static const char *opt_db, *opt_county, *opt_today, *opt_most, *opt_key, *opt_as;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"county", "CODE", "six digits: only this county's (else all)", &opt_county, NULL},
    {"today", "DAY", "the day that it is (else the clock's)", &opt_today, NULL},
    {"most", "N", "tasks of a county in one call (else 2000); those due first", &opt_most, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "review --db URL",
    "Puts a task on the township's desk for every enrolled household or person whose regular review\n"
    "falls due by the end of the month: as many months as the service says after it was decided last,\n"
    "or after the enrolment began. A task ends when the review is taken up, or the enrolment is over.\n"
    "To be called once a day; called again it changes nothing.",
    opts,
    sizeof opts / sizeof opts[0],
};

MUST_CHECK static enum rc read_counties(struct city *city, int64_t only, day today, struct arena *a,
                                        int64_t **out, size_t *n, struct err *err)
{
    char text[11];
    struct conn *c = NULL;
    if (only != 0) {
        *out = NEW(a, int64_t);
        **out = only;
        *n = 1;
        return RC_OK;
    }
    TRY(store_reader(city->store, &c, err));
    enum rc rc = division_counties(c, str_from(date_text(today, text)), a, out, n, err);
    store_reader_done(c);
    return rc;
}

static int put_tasks(struct review_spec *spec, struct arena *a)
{
    struct err err = {0};
    struct city *city = NULL;
    struct review_count count = {0};
    int64_t *counties = NULL;
    size_t n = 0;
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, a, &city, &err);
    if (rc == RC_OK)
        rc = read_counties(city, spec->county, spec->today, a, &counties, &n, &err);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct review_count one = {0};
        spec->county = counties[i];
        rc = review_tasks(city, spec, &one, &err);
        count.enrolled += one.enrolled;
        count.put += one.put;
        count.there += one.there;
        count.ended += one.ended;
        count.left += one.left;
        count.unknown += one.unknown;
    }
    if (city != NULL)
        city_close(city);
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%lld enrolled; %lld reviews put on desks, %lld were there, %lld ended, %lld left for "
           "the next call\n",
           (long long)count.enrolled, (long long)count.put, (long long)count.there,
           (long long)count.ended, (long long)count.left);
    if (count.unknown > 0)
        printf("%lld have facts missing that tell how often: taken as once a year\n",
               (long long)count.unknown);
    return EXIT_DONE;
}

int cmd_review(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct review_spec spec = {.most = REVIEWS_MOST};
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
    if (opt_most != NULL && (!str_int(str_from(opt_most), &spec.most) || spec.most < 1))
        return usage_wrong(&usage, "--most: expected a number from 1");
    spec.today = program_day(today);
    status = put_tasks(&spec, &a);
    arena_deinit(&a);
    return status;
}
