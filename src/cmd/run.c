/* huimin run: the month's run, and what stands in the store of it. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/db.h"
#include "pay/decide.h"
#include "pay/run.h"

static const char *opt_db, *opt_key, *opt_as, *opt_month, *opt_division, *opt_lang, *opt_decide,
    *opt_today, *opt_known, *opt_as_of;
static bool opt_json, opt_show, opt_trial;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"month", "YYYY-MM", "the month determined", &opt_month, NULL},
    {"division", "CODE", "only what lives below it (12 digits; else the whole city)", &opt_division,
     NULL},
    {"decide", "none|first|all",
     "what counts as decided without a decision: nothing (none), amounts of whom none is decided yet "
     "(first), everything that is found (all)",
     &opt_decide, NULL},
    {"today", "DAY", "the day on which its proposals come up on the desk (the clock's)", &opt_today,
     NULL},
    {"trial", NULL, "write nothing: print what a run would give, also of a frozen month", NULL,
     &opt_trial},
    {"known-at", "TIME",
     "a trial with what was known then, by the rules in force then: 2021-03-01, or 2021-03-01T17:30",
     &opt_known, NULL},
    {"as-of", "DAY", "a trial with facts and enrolments as on that day (else the month's first)",
     &opt_as_of, NULL},
    {"show", NULL, "run nothing: print what stands in the store", NULL, &opt_show},
    {"lang", "zh|en", "language of the table (zh)", &opt_lang, NULL},
    {"json", NULL, "the table as JSON", NULL, &opt_json},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "run --db URL --month YYYY-MM [--division CODE] [--trial] [--known-at TIME] [--as-of DAY]",
    "Determines every household under the lines that are switched on, awards those enrolled the amount\n"
    "last decided, proposes what is found otherwise, counts who qualifies and is not enrolled, and\n"
    "makes the month's list of payments.\n"
    "Run again when nothing has changed it changes nothing; stopped at any moment and started\n"
    "again it goes on where it stood; run again after changes it replaces what stands there.\n"
    "A trial writes nothing and changes nothing; its table says so.",
    opts,
    sizeof opts / sizeof opts[0],
};

struct call {
    month month;
    int64_t division;
    enum explain_lang lang;
    enum decide decide;
    day today;
    struct instant at;
    struct progress progress;
};

static void progress(void *ctx, int64_t households)
{
    progress_show(ctx, households);
}

static void row_json(struct json *j, const struct run_row *row)
{
    json_obj(j);
    json_key(j, "county_code");
    if (row->county_code != 0)
        json_int(j, row->county_code);
    else
        json_nil(j);
    json_key(j, "county");
    json_str(j, row->county);
    json_key(j, "programme");
    json_str(j, row->policy);
    json_key(j, "label");
    json_str(j, row->programme);
    const struct {
        const char *key;
        int64_t n;
    } numbers[] = {{"households", row->households},
                   {"persons", row->persons},
                   {"fen", row->fen},
                   {"not_enrolled", row->not_enrolled},
                   {"no_more", row->no_more},
                   {"undecided", row->undecided},
                   {"proposals", row->proposals}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_key(j, numbers[i].key);
        json_int(j, numbers[i].n);
    }
    json_obj_end(j);
}

/* What was tried: null where it is what stands in the store. */
static void trial_json(struct json *j, const struct instant *at)
{
    char text[17];

    json_key(j, "trial");
    if (!opt_trial) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "as_of");
    if (at->as_of != 0)
        json_str(j, str_from(date_text(at->as_of, text)));
    else
        json_nil(j);
    json_key(j, "known_at");
    if (at->known_at_ms != 0)
        json_str(j, str_from(known_at_text(at->known_at_ms, text)));
    else
        json_nil(j);
    json_obj_end(j);
}

static void trial_text(const struct call *c, struct sbuf *out)
{
    bool en = c->lang == EXPLAIN_EN;
    char text[17];

    sbuf_addz(out, en ? "TRIAL, nothing was written" : "试算，未写入任何数据");
    if (c->at.as_of != 0)
        sbuf_fmt(out, en ? "; as of %s" : "；按 %s 的情况", date_text(c->at.as_of, text));
    if (c->at.known_at_ms != 0)
        sbuf_fmt(out, en ? "; as known at %s" : "；按 %s 时所知",
                 known_at_text(c->at.known_at_ms, text));
    sbuf_addc(out, '\n');
}

static void result_json(const struct run_result *r, month m, const struct instant *at,
                        struct sbuf *out)
{
    struct json j;
    char text[8];

    json_init(&j, out);
    json_obj(&j);
    json_key(&j, "month");
    json_str(&j, str_from(month_text(m, text)));
    trial_json(&j, at);
    json_key(&j, "rows");
    json_arr(&j);
    for (size_t i = 0; i < r->n; i++)
        row_json(&j, &r->rows[i]);
    json_arr_end(&j);
    json_key(&j, "payments");
    json_int(&j, r->payments);
    json_key(&j, "payment_fen");
    json_int(&j, r->payment_fen);
    json_obj_end(&j);
    sbuf_addc(out, '\n');
}

static void print(const struct call *c, const struct run_result *r)
{
    struct sbuf out;

    sbuf_init(&out, 1 << 22);
    if (opt_json)
        result_json(r, c->month, &c->at, &out);
    else if (opt_trial)
        trial_text(c, &out);
    if (!opt_json)
        run_table(r, c->month, c->lang, &out);
    fwrite(out.p != NULL ? out.p : "", 1, out.n, stdout);
    sbuf_deinit(&out);
}

MUST_CHECK static enum rc run(struct call *c, struct arena *a, struct err *err)
{
    struct city *city = NULL;
    struct run_result result;

    pay_tie();
    TRY(city_open(db_url(opt_db), opt_key, opt_as, a, &city, err));
    const struct run_spec spec = {.city = city,
                                  .month = c->month,
                                  .division = c->division,
                                  .decide = c->decide,
                                  .today = c->today,
                                  .progress = progress,
                                  .progress_ctx = &c->progress};
    c->progress.what = "households";
    enum rc rc = opt_show    ? run_read(city, c->month, a, &result, err)
                 : opt_trial ? run_trial(&spec, &c->at, a, &result, err)
                             : run_month(&spec, a, &result, err);
    progress_end(&c->progress);
    if (rc == RC_OK) {
        if (!opt_show && !opt_trial && result.unchanged)
            fputs("nothing has changed since the last run\n", stderr);
        print(c, &result);
    }
    city_close(city);
    return rc;
}

/* Another point in time is always a trial. */
static enum rc read_instant(struct call *c, struct err *err)
{
    if (opt_known != NULL && !known_at_read(str_from(opt_known), &c->at.known_at_ms))
        return err_set(err, RC_BAD_INPUT,
                       "--known-at: found “%s”, expected 2021-03-01 or 2021-03-01T17:30",
                       opt_known);
    if (opt_as_of != NULL && !date_parse(str_from(opt_as_of), &c->at.as_of))
        return err_set(err, RC_BAD_INPUT, "--as-of: found “%s”, expected a day like 2021-03-15",
                       opt_as_of);
    opt_trial = opt_trial || opt_known != NULL || opt_as_of != NULL;
    if (opt_trial && opt_show)
        return err_set(err, RC_BAD_INPUT,
                       "--show prints what stands in the store: expected it without --trial, "
                       "--known-at and --as-of");
    return RC_OK;
}

static enum rc read_call(struct call *c, bool more, struct err *err)
{
    if (more)
        return err_set(err, RC_BAD_INPUT, "run takes options only");
    if (db_url(opt_db) == NULL || opt_month == NULL)
        return err_set(err, RC_BAD_INPUT, "--db and --month are needed");
    if (!month_parse(str_from(opt_month), &c->month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month);
    if (opt_division != NULL &&
        (strlen(opt_division) != 12 || !str_int(str_from(opt_division), &c->division)))
        return err_set(err, RC_BAD_INPUT,
                       "--division: found “%s”, expected twelve digits like 510402000000",
                       opt_division);
    c->decide = opt_decide != NULL ? decide_find(str_from(opt_decide)) : DECIDE_NONE;
    if (c->decide == DECIDE_PAST || c->decide == DECIDE__COUNT)
        return err_set(err, RC_BAD_INPUT, "--decide: found “%s”, expected none, first or all",
                       opt_decide);
    if (opt_today != NULL && !date_parse(str_from(opt_today), &c->today))
        return err_set(err, RC_BAD_INPUT, "--today: found “%s”, expected a day like 2020-12-21",
                       opt_today);
    TRY(read_instant(c, err));
    if (opt_lang != NULL && strcmp(opt_lang, "zh") != 0 && strcmp(opt_lang, "en") != 0)
        return err_set(err, RC_BAD_INPUT, "--lang: found “%s”, expected zh or en", opt_lang);
    c->lang = opt_lang != NULL && strcmp(opt_lang, "en") == 0 ? EXPLAIN_EN : EXPLAIN_ZH;
    return RC_OK;
}

int cmd_run(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    struct err err = {0};
    struct call c = {0};

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (read_call(&c, rest < argc, &err) != RC_OK) {
        status = usage_wrong(&usage, err.text);
    } else if (run(&c, &a, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
