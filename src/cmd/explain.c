/* huimin explain: what is stored of a household for a month, proven by its hashes and told. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/db.h"
#include "pay/run.h"

static const char *opt_db, *opt_key, *opt_as, *opt_household, *opt_month, *opt_known, *opt_as_of,
    *opt_lang;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"household", "COUNTY-ID", "the household; its id alone when only one county has it",
     &opt_household, NULL},
    {"month", "YYYY-MM", "the month that was run", &opt_month, NULL},
    {"known-at", "TIME", "with what was known then: 2021-03-01, or 2021-03-01T17:30", &opt_known,
     NULL},
    {"as-of", "DAY", "with facts and enrolments as on that day (else the month's first)",
     &opt_as_of, NULL},
    {"lang", "zh|en", "language of the explanation (zh)", &opt_lang, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "explain --db URL --household COUNTY-ID --month YYYY-MM [--known-at TIME] [--as-of DAY]",
    "Recomputes the household's determinations from the facts that the run read and the rules that\n"
    "were in force, compares them and their hashes with what is stored, and prints how they come\n"
    "about. With another time it says what would be determined otherwise with what was known then and\n"
    "the rules then in force (China Standard Time; a day is taken to its end), with another day what\n"
    "would be otherwise by the facts of that day.",
    opts,
    sizeof opts / sizeof opts[0],
};

/* COUNTY-ID or ID. */
static bool read_household(str text, int64_t *county, int64_t *household)
{
    str before, after;

    *county = 0;
    if (!str_cut(text, '-', &before, &after))
        return str_int(text, household) && *household > 0;
    return before.n == 6 && str_int(before, county) && *county > 0 && str_int(after, household) &&
           *household > 0;
}

static enum rc read_call(struct explain_spec *c, bool more, struct err *err)
{
    if (more)
        return err_set(err, RC_BAD_INPUT, "explain takes options only");
    if (db_url(opt_db) == NULL || opt_household == NULL || opt_month == NULL)
        return err_set(err, RC_BAD_INPUT, "--db, --household and --month are needed");
    if (!month_parse(str_from(opt_month), &c->month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month);
    if (!read_household(str_from(opt_household), &c->county, &c->household))
        return err_set(err, RC_BAD_INPUT,
                       "--household: found “%s”, expected its county and number like 510402-1234",
                       opt_household);
    if (opt_known != NULL && !known_at_read(str_from(opt_known), &c->known_at_ms))
        return err_set(err, RC_BAD_INPUT,
                       "--known-at: found “%s”, expected 2021-03-01 or 2021-03-01T17:30",
                       opt_known);
    if (opt_as_of != NULL && !date_parse(str_from(opt_as_of), &c->as_of))
        return err_set(err, RC_BAD_INPUT, "--as-of: found “%s”, expected a day like 2021-03-15",
                       opt_as_of);
    if (opt_lang != NULL && strcmp(opt_lang, "zh") != 0 && strcmp(opt_lang, "en") != 0)
        return err_set(err, RC_BAD_INPUT, "--lang: found “%s”, expected zh or en", opt_lang);
    c->lang = opt_lang != NULL && strcmp(opt_lang, "en") == 0 ? EXPLAIN_EN : EXPLAIN_ZH;
    return RC_OK;
}

MUST_CHECK static enum rc explain(struct explain_spec *c, struct arena *a, struct err *err)
{
    struct city *city = NULL;
    struct sbuf out;

    TRY(city_open(db_url(opt_db), opt_key, opt_as, a, &city, err));
    c->city = city;
    sbuf_init(&out, 1 << 22);
    enum rc rc = explain_stored(c, &out, err);
    if (rc == RC_OK)
        fwrite(out.p != NULL ? out.p : "", 1, out.n, stdout);
    sbuf_deinit(&out);
    city_close(city);
    return rc;
}

int cmd_explain(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    struct err err = {0};
    struct explain_spec c = {0};

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (read_call(&c, rest < argc, &err) != RC_OK) {
        status = usage_wrong(&usage, err.text);
    } else if (explain(&c, &a, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
