/* huimin arrears: back-pay and recovery found, what was found shown and decided. */
#include <stdio.h>

#include "cmd/db.h"
#include "pay/arrears.h"
#include "pay/decide.h"
#include "work/clock.h"

enum { LINES_MOST = 1000, JOBS_MOST = 50 };

static const char *opt_db, *opt_key, *opt_as, *opt_today, *opt_from, *opt_upto, *opt_division,
    *opt_programme, *opt_household, *opt_why, *opt_job, *opt_county, *opt_cause, *opt_words;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"from", "YYYY-MM", "the first month looked at (find)", &opt_from, NULL},
    {"upto", "YYYY-MM", "the last one (find)", &opt_upto, NULL},
    {"division", "CODE", "only what lives below it (12 digits; else the whole city)", &opt_division,
     NULL},
    {"programme", "NAME", "only this one, by its policy's name", &opt_programme, NULL},
    {"household", "COUNTY-ID", "only this one; show: its lines", &opt_household, NULL},
    {"why", "TEXT", "what is looked for, in words; recorded (find)", &opt_why, NULL},
    {"job", "COUNTY-ID", "which finding (show: else all of them)", &opt_job, NULL},
    {"county", "CODE", "six digits (show: only this county's findings)", &opt_county, NULL},
    {"cause", "NAME", "why too much was paid, by overpayment_cause (decide: else as it was found)",
     &opt_cause, NULL},
    {"words", "TEXT", "into the notices (decide); why not (reject)", &opt_words, NULL},
    {"today", "DAY", "the day that is recorded (else the clock's)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "arrears find|show|decide|reject --db URL",
    "find   for every month that is paid (its list frozen, or taken over) from --from up to --upto: what\n"
    "       was paid beside what should have been, by the rules in force and all that is known now; the\n"
    "       difference of each household, programme and month as a line that people decide. Stopped and\n"
    "       started again it goes on where it stood; found again when nothing has changed it changes\n"
    "       nothing. Needs --from, --upto and --why.\n"
    "show   findings, the newest first; with --job by division and programme, with --household its\n"
    "       lines month by month\n"
    "decide all open lines of --job, or those of a --division, --programme or --household: each family\n"
    "       gets its notice, and the next list that is frozen takes what was decided. Twice is once\n"
    "reject the same, without money and notices; needs --words",
    opts,
    sizeof opts / sizeof opts[0],
};

struct ref {
    int64_t county, id;
};

struct work {
    struct city *city;
    struct scope *by;
    struct arena *a;
    struct arrears_spec spec;
    struct ref job, household;
    int64_t county;
    struct progress progress;
};

/* ---- find --------------------------------------------------------------------------------------- */

static void progress(void *ctx, int64_t household_months)
{
    progress_show(ctx, household_months);
}

static void print_found(const struct arrears_found *f)
{
    char back[32], taken[32], left[32];

    printf(
        "%lld-%lld  %lld households, %lld household-months, %lld lines: back-pay %s yuan, recovery "
        "%s yuan",
        (long long)f->county, (long long)f->job_id, (long long)f->households, (long long)f->months,
        (long long)f->lines, money_text(f->backpay_fen, true, back),
        money_text(f->recovery_fen, true, taken));
    if (f->left_fen > 0)
        printf(", left with the families %s yuan", money_text(f->left_fen, true, left));
    if (f->undecided > 0)
        printf(", undecided %lld household-months", (long long)f->undecided);
    putchar('\n');
}

static enum rc do_find(struct work *w, struct err *err)
{
    struct arrears_found *found = NULL;
    size_t n = 0;

    w->spec.city = w->city;
    w->spec.progress = progress;
    w->spec.ctx = &w->progress;
    enum rc rc = arrears_find(&w->spec, w->a, &found, &n, err);
    progress_end(&w->progress);
    for (size_t i = 0; i < n; i++)
        print_found(&found[i]);
    return rc;
}

/* ---- show --------------------------------------------------------------------------------------- */

static void print_job(const struct arrears_job *j)
{
    char from[8], upto[8], back[32], taken[32], left[32];

    printf(
        "%lld-%lld  %s..%s  %-6.*s  %lld lines, %lld open: back-pay %s yuan, recovery %s yuan, left "
        "%s yuan  %.*s\n",
        (long long)j->county, (long long)j->job_id, month_text(j->from, from),
        month_text(j->upto, upto), STR_ARG(j->state), (long long)j->lines, (long long)j->open_lines,
        money_text(j->backpay_fen, true, back), money_text(j->recovery_fen, true, taken),
        money_text(j->left_fen, true, left), STR_ARG(j->why));
}

static enum rc show_jobs(struct work *w, struct conn *c, struct err *err)
{
    const struct arrears_job_query q = {
        .scope = w->by, .rules = w->city->rules, .county = w->county, .limit = JOBS_MOST};
    struct arrears_job *jobs = NULL;
    size_t n = 0;
    bool more = false;

    TRY(arrears_jobs_read(&q, c, w->a, &jobs, &n, &more, err));
    for (size_t i = 0; i < n; i++)
        print_job(&jobs[i]);
    if (more)
        printf("…\n");
    return RC_OK;
}

/* Where a household is told of and no finding, its newest. */
MUST_CHECK static enum rc which_job(struct work *w, struct conn *c, struct err *err)
{
    const struct arrears_job_query q = {
        .scope = w->by, .rules = w->city->rules, .county = w->household.county, .limit = 1};
    struct arrears_job *jobs = NULL;
    size_t n = 0;
    bool more = false;

    if (w->job.id != 0)
        return RC_OK;
    TRY(arrears_jobs_read(&q, c, w->a, &jobs, &n, &more, err));
    if (n == 0)
        return err_set(err, RC_NOT_FOUND, "nothing was looked for in county %lld yet",
                       (long long)w->household.county);
    w->job = (struct ref){jobs[0].county, jobs[0].job_id};
    return RC_OK;
}

static struct arrears_line_query query_of(const struct work *w)
{
    return (struct arrears_line_query){.scope = w->by,
                                       .rules = w->city->rules,
                                       .county = w->job.county,
                                       .job_id = w->job.id,
                                       .programme = w->spec.programme,
                                       .division = w->spec.division,
                                       .household = w->household.id,
                                       .limit = LINES_MOST};
}

static enum rc show_lines(struct work *w, struct conn *c, struct err *err)
{
    struct arrears_line_query q = query_of(w);
    struct arrears_line *lines = NULL;
    size_t n = 0;
    bool more = false;
    char m[8], paid[32], due[32];

    TRY(arrears_lines_read(&q, c, w->a, &lines, &n, &more, err));
    for (size_t i = 0; i < n; i++) {
        const struct arrears_line *l = &lines[i];
        printf("%s  %-12.*s", month_text(l->month, m), STR_ARG(l->programme));
        if (l->person_id != 0)
            printf("  person %lld", (long long)l->person_id);
        printf("  paid %s due %s  %.*s, %.*s  %.*s\n", money_text(l->paid_fen, true, paid),
               money_text(l->due_fen, true, due), STR_ARG(l->reason), STR_ARG(l->cause),
               STR_ARG(l->state));
    }
    if (n == 0)
        printf("no line\n");
    if (more)
        printf("…\n");
    return RC_OK;
}

static enum rc show_sums(struct work *w, struct conn *c, struct err *err)
{
    const struct arrears_line_query q = query_of(w);
    struct arrears_job job;
    struct arrears_sum *sums = NULL;
    size_t n = 0;
    char back[32], taken[32], left[32];

    TRY(arrears_job_read(w->by, w->city->rules, c, w->job.county, w->job.id, w->a, &job, err));
    print_job(&job);
    TRY(arrears_sums(&q, c, w->a, &sums, &n, err));
    for (size_t i = 0; i < n; i++)
        printf(
            "  %012lld  %-12.*s  %lld households, %lld lines: back-pay %s yuan, recovery %s yuan, "
            "left %s yuan\n",
            (long long)sums[i].division, STR_ARG(sums[i].programme), (long long)sums[i].households,
            (long long)sums[i].lines, money_text(sums[i].backpay_fen, true, back),
            money_text(sums[i].recovery_fen, true, taken),
            money_text(sums[i].left_fen, true, left));
    return RC_OK;
}

static enum rc show_in(struct work *w, struct conn *c, struct err *err)
{
    if (w->household.id != 0) {
        TRY(which_job(w, c, err));
        return show_lines(w, c, err);
    }
    return w->job.id != 0 ? show_sums(w, c, err) : show_jobs(w, c, err);
}

static enum rc do_show(struct work *w, struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(w->city->store, &c, err));
    enum rc rc = show_in(w, c, err);
    store_reader_done(c);
    return rc;
}

/* ---- decide ------------------------------------------------------------------------------------- */

static enum rc settle(struct work *w, bool accept, struct err *err)
{
    const struct arrears_choice k = {.city = w->city,
                                     .scope = w->by,
                                     .county = w->job.county,
                                     .job_id = w->job.id,
                                     .division = w->spec.division,
                                     .household = w->household.id,
                                     .programme = w->spec.programme,
                                     .accept = accept,
                                     .cause = str_from(opt_cause),
                                     .words = str_trim(str_from(opt_words)),
                                     .today = w->by->today};
    struct arrears_result r;
    char back[32], taken[32], left[32];
    enum rc rc = arrears_settle(&k, w->a, &r, err);

    if (rc != RC_OK)
        return rc;
    printf("%lld lines decided, %lld rejected: back-pay %s yuan, recovery %s yuan; %lld notices\n",
           (long long)r.decided, (long long)r.rejected, money_text(r.backpay_fen, true, back),
           money_text(r.recovery_fen, true, taken), (long long)r.notices);
    if (r.left > 0)
        printf("%lld lines, %s yuan, left with the families by a rule\n", (long long)r.left,
               money_text(r.left_fen, true, left));
    if (r.stale > 0)
        printf("%lld lines were paid otherwise since they were found\n", (long long)r.stale);
    return RC_OK;
}

static enum rc do_decide(struct work *w, struct err *err)
{
    return settle(w, true, err);
}

static enum rc do_reject(struct work *w, struct err *err)
{
    return settle(w, false, err);
}

/* ---- the call ----------------------------------------------------------------------------------- */

static int run(enum rc (*verb)(struct work *, struct err *), struct work *w, day today)
{
    struct arena a = {0};
    struct err err = {0};
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, &a, &w->city, &err);

    w->a = &a;
    pay_tie();
    if (rc == RC_OK) {
        w->by = scope_system(w->city, program_day(today), &a);
        rc = verb(w, &err);
        city_close(w->city);
    }
    if (rc != RC_OK)
        complain("%s", err.text);
    arena_deinit(&a);
    return rc == RC_OK ? EXIT_DONE : EXIT_MISTAKE;
}

/* "510402-7". */
static bool ref_read(const char *given, struct ref *out)
{
    str county, id;

    return given == NULL ||
           (str_cut(str_from(given), '-', &county, &id) && str_int(county, &out->county) &&
            str_int(id, &out->id) && out->county > 0 && out->id > 0);
}

/* What is wrong with the call; NULL: nothing. */
static const char *read_call(struct work *w, bool finds)
{
    struct arrears_spec *s = &w->spec;

    if (db_url(opt_db) == NULL)
        return "--db is needed";
    if (finds && (opt_from == NULL || opt_upto == NULL || opt_why == NULL))
        return "--from, --upto and --why are needed";
    if (opt_from != NULL && !month_parse(str_from(opt_from), &s->from))
        return "--from: expected a month like 2020-12";
    if (opt_upto != NULL && !month_parse(str_from(opt_upto), &s->upto))
        return "--upto: expected a month like 2020-12";
    if (opt_division != NULL &&
        (str_from(opt_division).n != 12 || !str_int(str_from(opt_division), &s->division) ||
         s->division <= 0))
        return "--division: expected twelve digits";
    if (opt_county != NULL && (str_from(opt_county).n != 6 ||
                               !str_int(str_from(opt_county), &w->county) || w->county <= 0))
        return "--county: expected six digits";
    if (!ref_read(opt_household, &w->household))
        return "--household: expected county and number like 510402-7";
    if (!ref_read(opt_job, &w->job))
        return "--job: expected county and number like 510402-7";
    s->programme = str_from(opt_programme);
    s->why = str_from(opt_why);
    if (finds && w->household.id != 0) {
        s->household = w->household.id;
        s->division = s->division != 0 ? s->division : w->household.county * 1000000;
    }
    return NULL;
}

int cmd_arrears(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct work w = {.progress = {.what = "household-months"}};
    day today = 0;

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    str verb = argc - rest == 1 ? str_from(argv[rest]) : S("");
    bool finds = str_eq(verb, S("find")), decides = str_eq(verb, S("decide"));
    bool settles = decides || str_eq(verb, S("reject"));
    if (!finds && !settles && !str_eq(verb, S("show")))
        return usage_wrong(&usage, "expected one of find, show, decide, reject");
    const char *wrong = read_call(&w, finds);
    if (wrong != NULL)
        return usage_wrong(&usage, wrong);
    if (settles && w.job.id == 0)
        return usage_wrong(&usage, "--job is needed");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    if (settles)
        return run(decides ? do_decide : do_reject, &w, today);
    return run(finds ? do_find : do_show, &w, today);
}
