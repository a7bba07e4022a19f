/* huimin synth: makes a store and fills it with people who do not exist. */
#include <stdio.h>
#include <string.h>

#include "cmd/db.h"
#include "cmd/synth_desk.h"
#include "pay/bank_layout.h"
#include "pay/decide.h"
#include "work/clock.h"
#include "work/office.h"

static const char *opt_db, *opt_place, *opt_persons, *opt_seed, *opt_month, *opt_key, *opt_home,
    *opt_as, *opt_lang, *opt_cases, *opt_today;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"place", "NAME", "over whose villages, e.g. panzhihua", &opt_place, NULL},
    {"persons", "N", "how many people", &opt_persons, NULL},
    {"seed", "S", "a text from which everything follows (1)", &opt_seed, NULL},
    {"month", "YYYY-MM", "the month that is still to be run (2020-12)", &opt_month, NULL},
    {"cases", "N", "instead: applications in progress, in a store that has people", &opt_cases,
     NULL},
    {"today", "DAY", "the day up to which they have come (2020-12-21)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"home", "DIR", "the folder that holds lines/ and places/", &opt_home, NULL},
    {"as", "USER", "as whom it is recorded (else “synth”)", &opt_as, NULL},
    {"lang", "zh|en", "language of what is printed (zh)", &opt_lang, NULL},
};
static const struct usage usage = {
    "synth --db URL (--place NAME --persons N [--month YYYY-MM] | --cases N [--today DAY]) [--seed S]",
    "Makes the store if need be, as `huimin init` does, and fills it with a made-up population:\n"
    "families, incomes, health, enrolments as a real city has them, with the awards of the month\n"
    "before. Two stores from one seed are the same, with their ids, times and sealed numbers; so is\n"
    "the key file, which is why it protects nothing. For tests and demonstrations only.\n\n"
    "With --cases it gives the accounts of `huimin user demo` their work: applications of the last\n"
    "weeks at every stage, and facts of families on assistance that have changed since.",
    opts,
    sizeof opts / sizeof opts[0],
};

enum { PERSONS_MAX = 100000000, CASES_MAX = 1000000 };

struct call {
    int64_t persons;
    month month;
    str seed;
};

static bool read_call(struct call *c, struct err *err)
{
    *c = (struct call){.seed = str_from(opt_seed != NULL ? opt_seed : "1")};
    if (opt_place == NULL || opt_persons == NULL || db_url(opt_db) == NULL)
        return err_set(err, RC_BAD_INPUT, "--db, --place and --persons are needed") == RC_OK;
    if (!str_int(str_from(opt_persons), &c->persons) || c->persons < 0 || c->persons > PERSONS_MAX)
        return err_set(err, RC_BAD_INPUT, "--persons: found “%s”, expected a number up to %d",
                       opt_persons, PERSONS_MAX) == RC_OK;
    if (opt_lang != NULL && strcmp(opt_lang, "zh") != 0 && strcmp(opt_lang, "en") != 0)
        return err_set(err, RC_BAD_INPUT, "--lang: found “%s”, expected zh or en", opt_lang) ==
               RC_OK;
    if (!month_parse(str_from(opt_month != NULL ? opt_month : "2020-12"), &c->month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month) == RC_OK;
    return true;
}

static void show(void *ctx, int64_t persons)
{
    progress_show(ctx, persons);
}

/* By programme, and in town and country as households are registered. */
static void print_counts(const struct city *city, const struct synth_rules *s,
                         const struct synth_counts *c)
{
    bool en = opt_lang != NULL && strcmp(opt_lang, "en") == 0;
    const struct code *hukou = s->household[H_HUKOU]->type.code;
    const struct label *of[] = {&hukou->values[s->rural].label, &hukou->values[s->urban].label};
    const struct label *place = &city->place->label;
    printf(en ? "%.*s: %lld persons in %lld households\n" : "%.*s：%lld 人，%lld 户\n",
           STR_ARG(en ? place->en : place->zh), (long long)c->persons, (long long)c->households);
    for (size_t k = 0; k < PROGRAMMES; k++) {
        const struct label *l = &s->policy[k]->label;
        printf("%.*s%s", STR_ARG(en ? l->en : l->zh), en ? ":" : "：");
        for (int urban = 1; urban >= 0; urban--) {
            str what = en ? of[urban]->en : of[urban]->zh;
            printf(en ? " %.*s %lld" : "%.*s %lld", STR_ARG(what),
                   (long long)c->enrolled[k][urban]);
            if (k == DIBAO)
                printf(en ? " (%lld persons)" : "（%lld 人）", (long long)c->dibao_persons[urban]);
            if (urban)
                fputs(en ? "," : "，", stdout);
        }
        putchar('\n');
    }
}

MUST_CHECK static enum rc synth(const struct call *call, const char *home, struct arena *a,
                                struct err *err)
{
    struct city *city = NULL;
    struct synth_rules rules;
    struct synth_counts counts;
    const char *who = opt_as != NULL ? opt_as : "synth";
    const struct init_spec init = {.url = db_url(opt_db),
                                   .key_path = opt_key,
                                   .home = home,
                                   .place = opt_place,
                                   .who = who,
                                   .seed = &call->seed,
                                   .at_ms = synth_time(call->seed, call->month)};
    struct progress progress = {.what = "人", .total = call->persons};
    TRY(city_init(&init, a, err));
    TRY(city_open(init.url, opt_key, who, a, &city, err));
    vault_seeded(city->vault);
    const struct synth_spec spec = {.city = city,
                                    .persons = call->persons,
                                    .seed = call->seed,
                                    .month = call->month,
                                    .progress = show,
                                    .ctx = &progress};
    enum rc rc = calendar_init(city, home, init.at_ms, err);
    if (rc == RC_OK)
        rc = office_init(city, home, init.at_ms, err);
    if (rc == RC_OK)
        rc = bank_init(city, home, init.at_ms, err);
    if (rc == RC_OK)
        rc = synth_write(&spec, &counts, err);
    progress_end(&progress);
    if (rc == RC_OK)
        rc = synth_rules_of(city->rules, city->place, call->month, &rules, err);
    if (rc == RC_OK)
        print_counts(city, &rules, &counts);
    city_close(city);
    return rc;
}

/* Work for the accounts of a demonstration, in a store that is there. */
MUST_CHECK static enum rc cases(struct arena *a, struct err *err)
{
    struct city *city = NULL;
    struct synth_desk_counts n = {0};
    struct progress progress = {.what = "cases"};
    struct synth_desk d = {
        .seed = str_from(opt_seed != NULL ? opt_seed : "1"), .progress = show, .ctx = &progress};
    const char *today = opt_today != NULL ? opt_today : "2020-12-21";
    if (!str_int(str_from(opt_cases), &d.cases) || d.cases < 1 || d.cases > CASES_MAX)
        return err_set(err, RC_BAD_INPUT, "--cases: found “%s”, expected a number up to %d",
                       opt_cases, CASES_MAX);
    if (!date_parse(str_from(today), &d.today))
        return err_set(err, RC_BAD_INPUT, "--today: found “%s”, expected a day like 2020-12-21",
                       today);
    progress.total = d.cases;
    TRY(city_open(db_url(opt_db), opt_key, opt_as != NULL ? opt_as : "synth", a, &city, err));
    d.city = city;
    pay_tie();
    enum rc rc = synth_desk(&d, &n, err);
    progress_end(&progress);
    if (rc == RC_OK)
        printf("%lld cases, %lld events; %lld families changed\n", (long long)n.cases,
               (long long)n.events, (long long)n.changed);
    city_close(city);
    return rc;
}

int cmd_synth(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct call call;
    struct err err = {0};
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest == argc && opt_cases != NULL && db_url(opt_db) != NULL) {
        struct arena a = {0};
        if (cases(&a, &err) != RC_OK) {
            complain("%s", err.text);
            status = EXIT_MISTAKE;
        }
        arena_deinit(&a);
        return status;
    }
    if (rest < argc || !read_call(&call, &err))
        return usage_wrong(&usage, rest < argc ? "synth takes options only" : err.text);
    struct arena a = {0};
    const char *home = home_find(&a, opt_home);
    if (home == NULL) {
        complain("no lines/ folder found; say --home DIR or set HUIMIN_HOME");
        status = EXIT_MISTAKE;
    } else if (synth(&call, home, &a, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
