/* huimin determine: everybody determined again, or those whom changes touched; for a timer and by hand. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cmd/db.h"
#include "pay/continuous.h"
#include "pay/decide.h"
#include "work/clock.h"

static const char *opt_db, *opt_today, *opt_key, *opt_as;
static bool opt_pending, opt_json;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"pending", NULL, "only whom a change has touched since", NULL, &opt_pending},
    {"today", "DAY", "the day that it is (else the clock's)", &opt_today, NULL},
    {"json", NULL, "the figures as JSON", NULL, &opt_json},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "determine --db URL [--pending]",
    "Determines everybody for the month at hand (the first that is not paid) and the next one, by all that\n"
    "is known now. What comes out otherwise than it is stored is stored, becomes a proposal where it\n"
    "differs from what is decided, and a right that nobody claims where somebody qualifies and is\n"
    "not enrolled. The server does the same for whomever a change touches, at once, and for everybody at\n"
    "night; then nothing should differ, unless the month, the rules or last month's run are others.\n"
    "Stopped at any moment and started again it goes on where it stood.",
    opts,
    sizeof opts / sizeof opts[0],
};

static void progress(void *ctx, int64_t households)
{
    progress_show(ctx, households);
}

/* Names and whole numbers, one object. */
struct figure {
    const char *key;
    int64_t n;
};

static void figures_json(struct json *j, const struct figure *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_key(j, f[i].key);
        json_int(j, f[i].n);
    }
}

static void pending_print(const struct continuous_done *d)
{
    const struct figure figures[] = {{"households", d->households},
                                     {"differing", d->results},
                                     {"proposals", d->proposals},
                                     {"voided", d->voided},
                                     {"failed", d->failed}};
    struct sbuf out;
    struct json j;

    if (opt_json) {
        sbuf_init(&out, 4096);
        json_init(&j, &out);
        json_obj(&j);
        figures_json(&j, figures, sizeof figures / sizeof *figures);
        json_obj_end(&j);
        printf("%.*s\n", STR_ARG(sbuf_str(&out)));
        sbuf_deinit(&out);
        return;
    }
    printf("%lld households determined, %lld with another result; %lld proposals made, %lld void\n",
           (long long)d->households, (long long)d->results, (long long)d->proposals,
           (long long)d->voided);
    if (d->failed > 0)
        printf("%lld could not be determined: a rule's error\n", (long long)d->failed);
}

static const char *why(const char *kind)
{
    static const char *const words[][2] = {{"first", "determined for the first time"},
                                           {"month", "the month is another"},
                                           {"rules", "the rules are others"},
                                           {"run", "last month was run again"},
                                           {"load", "loaded since, or a run decided"},
                                           {"check", "missed by continuous determination"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], kind) == 0)
            return words[i][1];
    return kind;
}

static void pass_json(struct json *j, const struct pass_done *d)
{
    char text[8];
    const struct figure figures[] = {{"households", d->households},
                                     {"differing", d->differing},
                                     {"missed", d->missed},
                                     {"failed", d->failed}};

    json_obj(j);
    json_key(j, "county_code");
    json_int(j, d->county);
    json_key(j, "month");
    json_str(j, str_from(month_text(d->month, text)));
    json_key(j, "kind");
    json_str(j, str_from(d->kind));
    figures_json(j, figures, sizeof figures / sizeof *figures);
    json_obj_end(j);
}

static void pass_line(const struct pass_done *d)
{
    char text[8];

    printf("%lld  %s  %lld households, %lld with another result", (long long)d->county,
           month_text(d->month, text), (long long)d->households, (long long)d->differing);
    if (d->differing > 0)
        printf(" (%s)", why(d->kind));
    if (d->failed > 0)
        printf(", %lld could not be determined: a rule's error", (long long)d->failed);
    printf("\n");
}

static void all_print(const struct pass_done *list, size_t n)
{
    struct sbuf out;
    struct json j;

    if (!opt_json) {
        for (size_t i = 0; i < n; i++)
            pass_line(&list[i]);
        return;
    }
    sbuf_init(&out, 1 << 20);
    json_init(&j, &out);
    json_obj(&j);
    json_key(&j, "counties");
    json_arr(&j);
    for (size_t i = 0; i < n; i++)
        pass_json(&j, &list[i]);
    json_arr_end(&j);
    json_obj_end(&j);
    printf("%.*s\n", STR_ARG(sbuf_str(&out)));
    sbuf_deinit(&out);
}

MUST_CHECK static enum rc work(struct continuous *w, struct progress *p, struct arena *a,
                               struct err *err)
{
    struct continuous_done done = {0};
    struct pass_done *list = NULL;
    size_t n = 0;

    if (opt_pending) {
        TRY(continuous_pending(w, &done, err));
        progress_end(p);
        pending_print(&done);
        return RC_OK;
    }
    TRY(continuous_all(w, a, &list, &n, err));
    progress_end(p);
    all_print(list, n);
    return RC_OK;
}

static int determine(day today, struct arena *a)
{
    struct err err = {0};
    struct city *city = NULL;
    struct progress p = {.what = "households"};

    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, a, &city, &err);
    if (rc == RC_OK) {
        const struct continuous_spec spec = {
            .city = city, .today = today, .progress = progress, .ctx = &p};
        pay_tie();
        struct continuous *w = continuous_open(&spec);
        rc = work(w, &p, a, &err);
        continuous_close(w);
        city_close(city);
    }
    progress_end(&p);
    if (rc == RC_OK)
        return EXIT_DONE;
    complain("%s", err.text);
    return EXIT_MISTAKE;
}

int cmd_determine(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    day today = 0;

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    status = determine(program_day(today), &a);
    arena_deinit(&a);
    return status;
}
