/*
 * huimin eval: a file of households in, their lawful awards out. No store: whoever qualifies is
 * awarded. One thread reads ahead while this one determines and writes.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/awards.h"
#include "cmd/cmd.h"
#include "eval/slice.h"

static const char *opt_home, *opt_place, *opt_month, *opt_subjects, *opt_members, *opt_awards,
    *opt_decisions, *opt_explain, *opt_lang, *opt_policy;
static bool opt_json, opt_exact;
static const struct opt opts[] = {
    {"place", "NAME", "whose values hold, e.g. panzhihua", &opt_place, NULL},
    {"month", "YYYY-MM", "the month determined", &opt_month, NULL},
    {"households", "FILE", "the subjects, one a row (\"-\": standard input)", &opt_subjects, NULL},
    {"persons", "FILE", "their members, in the same order", &opt_members, NULL},
    {"awards", "FILE", "write every award of at least one fen", &opt_awards, NULL},
    {"decisions", "FILE", "write one household policy's decisions", &opt_decisions, NULL},
    {"policy", "NAME", "the policy of --decisions (else the first of households)", &opt_policy,
     NULL},
    {"explain", "ID", "print how this household's results come about", &opt_explain, NULL},
    {"lang", "zh|en", "language of table and explanation (zh)", &opt_lang, NULL},
    {"json", NULL, "the totals as JSON", NULL, &opt_json},
    {"exact", NULL, "every row the slow, exact way (to compare)", NULL, &opt_exact},
    {"home", "DIR", "the folder that holds lines/ and places/", &opt_home, NULL},
};
static const struct usage usage = {
    "eval --place NAME --month YYYY-MM --households FILE --persons FILE [--awards FILE]",
    "Determines every household of the files under all policies of the lines that are switched on\n"
    "in the place (all policies where none is on), and prints awards by programme and outcome.\n"
    "Columns carry the fields' names; money is in yuan, or in whole fen with _fen behind the name.\n"
    "Files are written beside and renamed: after a mistake there is none.",
    opts,
    sizeof opts / sizeof opts[0],
};

/* ---- reading ahead -------------------------------------------------------------------------- */

enum { RING = 3, ZONES_MAX = 4096 };

struct ring {
    struct population *population;
    struct population_block *blocks[RING];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t filled, taken; /* blocks ever filled and given back */
    bool stop;            /* the taker gave up */
    enum rc rc;           /* of the last fill */
    struct err err;
};

static void *ring_fill(void *arg)
{
    struct ring *g = arg;
    for (bool more = true; more;) {
        pthread_mutex_lock(&g->lock);
        while (g->filled - g->taken == RING && !g->stop)
            pthread_cond_wait(&g->moved, &g->lock);
        bool stop = g->stop;
        pthread_mutex_unlock(&g->lock);
        if (stop)
            break;
        struct population_block *b = g->blocks[g->filled % RING];
        enum rc rc = population_next(g->population, b, &g->err);
        more = rc == RC_OK && b->facts.n > 0;
        pthread_mutex_lock(&g->lock);
        g->rc = rc;
        g->filled++;
        pthread_cond_signal(&g->moved);
        pthread_mutex_unlock(&g->lock);
    }
    return NULL;
}

/* The next block, or NULL at the end (g->rc says of which kind). */
static struct population_block *ring_take(struct ring *g)
{
    pthread_mutex_lock(&g->lock);
    while (g->filled == g->taken)
        pthread_cond_wait(&g->moved, &g->lock);
    struct population_block *b = g->blocks[g->taken % RING];
    bool last = g->filled - g->taken == 1 && g->rc != RC_OK;
    pthread_mutex_unlock(&g->lock);
    return last || b->facts.n == 0 ? NULL : b;
}

static void ring_give(struct ring *g, bool stop)
{
    pthread_mutex_lock(&g->lock);
    g->taken++;
    g->stop |= stop;
    pthread_cond_signal(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

/* ---- determining ---------------------------------------------------------------------------- */

struct job {
    struct arena *arena;
    struct rules *rules;
    struct place *place;
    month month;
    struct policy **policies; /* as bound */
    size_t n_policies;
    struct reg *subject;
    struct field *list;
    struct zone {
        uint32_t number;
        struct program *program;
    } * zones;
    size_t n_zones;
    struct scratch *scratch;
    struct policy_result *results;
    size_t cap; /* subjects or members that the results have room for */
    struct awards out;
    enum explain_lang lang;
    int64_t subjects, members, undecided;
    bool explained;
    struct sbuf explanation;
};

static enum rc zone_program(struct job *j, int64_t division, struct program **out, struct err *err)
{
    uint32_t number = param_zone(j->rules, division);
    for (size_t i = 0; i < j->n_zones; i++)
        if (j->zones[i].number == number) {
            *out = j->zones[i].program;
            return RC_OK;
        }
    if (j->n_zones == ZONES_MAX)
        return err_set(err, RC_LIMIT, "more than %d areas with values of their own", ZONES_MAX);
    struct binding_spec spec = {.rules = j->rules,
                                .policies = j->policies,
                                .n_policies = j->n_policies,
                                .division = division,
                                .month = j->month};
    TRY(program_bind(&spec, j->arena, out, err));
    program_exact_only(*out, opt_exact);
    j->zones[j->n_zones++] = (struct zone){number, *out};
    return RC_OK;
}

/* Room in every result for so many subjects and members. */
static void results_reserve(struct job *j, size_t n)
{
    if (n <= j->cap)
        return;
    j->cap = n + n / 2;
    for (size_t i = 0; i < j->n_policies; i++) {
        struct policy_result *r = &j->results[i];
        *r = (struct policy_result){mem_resize(r->outcome, j->cap),
                                    mem_resize(r->reasons, j->cap * sizeof *r->reasons),
                                    mem_resize(r->subject_fen, j->cap * sizeof *r->subject_fen),
                                    mem_resize(r->member_fen, j->cap * sizeof *r->member_fen)};
    }
}

static void results_free(struct job *j)
{
    for (size_t i = 0; i < j->n_policies; i++) {
        mem_free(j->results[i].outcome);
        mem_free(j->results[i].reasons);
        mem_free(j->results[i].subject_fen);
        mem_free(j->results[i].member_fen);
    }
}

/* "household 27, 2020-12: dibao is undecided; still needed: 其中工资 of member 1" */
static void undecided_print(struct job *j, struct program *program, const struct block *b,
                            size_t row, str id, struct arena *a)
{
    struct determination *d = NULL;
    size_t n = 0;
    struct err err = {0};
    char text[8];
    if (row_determine(program, b, row, a, &d, &n, &err) != RC_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        if (d[i].n_needs == 0)
            continue;
        fprintf(stderr, "%.*s %.*s, %s: %.*s %s; still needed:", STR_ARG(j->subject->name.text),
                STR_ARG(id), month_text(j->month, text), STR_ARG(d[i].policy->name.text),
                d[i].undecided ? "is undecided" : "is decided, its amount or reasons are open");
        for (size_t k = 0; k < d[i].n_needs; k++) {
            const struct need *need = &d[i].needs[k];
            const struct label *l = &need->field->label;
            fprintf(stderr, "%s %.*s", k > 0 ? "," : "",
                    STR_ARG(j->lang == EXPLAIN_EN && l->en.n > 0 ? l->en : l->zh));
            if (need->member != UINT32_MAX)
                fprintf(stderr, " of member %u", need->member + 1);
        }
        fputc('\n', stderr);
    }
}

/* Is a result of this subject open in any policy? */
static bool row_open(const struct job *j, const struct block *b, size_t i)
{
    size_t m0 = b->first != NULL ? b->first[i] : 0;
    size_t m1 = b->first != NULL ? b->first[i + 1] : 0;
    for (size_t k = 0; k < j->n_policies; k++) {
        const struct policy_result *r = &j->results[k];
        bool of_member = j->policies[k]->of_member;
        if (!of_member && (r->outcome[i] == OUTCOME_UNDECIDED || r->subject_fen[i] == AMOUNT_OPEN))
            return true;
        for (size_t m = m0; m < m1; m++)
            if ((of_member && r->outcome[m] == OUTCOME_UNDECIDED) ||
                r->member_fen[m] == AMOUNT_OPEN)
                return true;
    }
    return false;
}

static void undecided_count(struct job *j, struct program *program, const struct block *b,
                            const str *ids)
{
    enum { SHOWN = 10 };
    for (size_t i = 0; i < b->n; i++) {
        if (!row_open(j, b, i))
            continue;
        struct arena a = {0};
        if (j->undecided++ < SHOWN && opt_explain == NULL)
            undecided_print(j, program, b, i, ids[i], &a);
        arena_deinit(&a);
    }
}

static enum rc explain_if_asked(struct job *j, struct program *program, const struct block *b,
                                const str *ids, struct err *err)
{
    for (size_t i = 0; opt_explain != NULL && !j->explained && i < b->n; i++) {
        if (!str_eq(ids[i], str_from(opt_explain)))
            continue;
        j->explained = true;
        const struct label *l = &j->subject->label;
        str who =
            str_fmt(j->arena, "%.*s %s",
                    STR_ARG(j->lang == EXPLAIN_EN && l->en.n > 0 ? l->en : l->zh), opt_explain);
        TRY(explain_text(program, b, i, who, j->lang, &j->explanation, err));
    }
    return RC_OK;
}

/* Subjects [from, to) of the block, all in one zone. */
static enum rc determine(struct job *j, const struct population_block *pb, size_t from, size_t to,
                         struct err *err)
{
    struct arena a = {0};
    struct program *program = NULL;
    size_t row = 0;
    char m[8];
    TRY(zone_program(j, pb->divisions[from], &program, err));
    struct block b = block_slice(program_binding(program), &pb->facts, from, to, &a);
    results_reserve(j, b.n > b.n_members ? b.n : b.n_members);
    enum rc rc = program_run(program, &b, j->results, j->scratch, &row, err);
    if (rc != RC_OK)
        err_prefix(err, "%.*s %.*s, %s", STR_ARG(j->subject->name.text),
                   STR_ARG(pb->ids[from + row]), month_text(j->month, m));
    if (rc == RC_OK)
        rc = explain_if_asked(j, program, &b, pb->ids + from, err);
    int64_t open_before = awards_open_count(&j->out);
    if (rc == RC_OK)
        rc = awards_block(&j->out, pb, from, &b, j->results, err);
    if (rc == RC_OK && awards_open_count(&j->out) > open_before)
        undecided_count(j, program, &b, pb->ids + from);
    arena_deinit(&a);
    return rc;
}

static enum rc determine_block(struct job *j, const struct population_block *b, struct err *err)
{
    for (size_t from = 0, to = 0; from < b->facts.n; from = to) {
        uint32_t zone = param_zone(j->rules, b->divisions[from]);
        for (to = from + 1; to < b->facts.n; to++)
            if (b->divisions[to] != b->divisions[from] &&
                param_zone(j->rules, b->divisions[to]) != zone)
                break;
        TRY(determine(j, b, from, to, err));
    }
    j->subjects += (int64_t)b->facts.n;
    j->members += (int64_t)b->facts.n_members;
    return RC_OK;
}

static void progress(const struct job *j, bool last)
{
    static int64_t shown;
    if (!isatty(STDERR_FILENO) || (!last && j->subjects - shown < 250000))
        return;
    if (!last || shown > 0)
        fprintf(stderr, "\r%lld %.*s%s", (long long)j->subjects, STR_ARG(j->subject->label.zh),
                last ? "\n" : "");
    shown = j->subjects;
}

static enum rc determine_all(struct job *j, struct population *population, struct err *err)
{
    struct ring g = {.population = population};
    pthread_t reader;
    pthread_mutex_init(&g.lock, NULL);
    pthread_cond_init(&g.moved, NULL);
    for (size_t i = 0; i < RING; i++)
        g.blocks[i] = population_block(population);
    enum rc rc = RC_OK;
    if (pthread_create(&reader, NULL, ring_fill, &g) != 0)
        rc = err_set(err, RC_LIMIT, "no thread can be started");
    if (rc == RC_OK) {
        struct population_block *b = NULL;
        while (rc == RC_OK && (b = ring_take(&g)) != NULL) {
            rc = determine_block(j, b, err);
            ring_give(&g, rc != RC_OK);
            progress(j, false);
        }
        pthread_join(reader, NULL);
        if (rc == RC_OK && g.rc != RC_OK)
            rc = err_set(err, g.rc, "%s", g.err.text);
        progress(j, true);
    }
    for (size_t i = 0; i < RING; i++)
        population_block_free(g.blocks[i]);
    pthread_mutex_destroy(&g.lock);
    pthread_cond_destroy(&g.moved);
    return rc;
}

/* ---- the call ------------------------------------------------------------------------------- */

/* The policies of the lines that are on; all where none is. They share the subject of the first. */
static enum rc choose_policies(struct job *j, struct err *err)
{
    const struct rules *r = j->rules;
    bool any_on = false;
    for (size_t i = 0; i < r->policies.n; i++)
        any_on |= place_line_on(j->place, r->policies.at[i]->line, j->month);
    j->policies = NEW_N(j->arena, struct policy *, r->policies.n + 1);
    for (size_t i = 0; i < r->policies.n; i++) {
        struct policy *p = r->policies.at[i];
        if (p->on_application || (any_on && !place_line_on(j->place, p->line, j->month)))
            continue;
        if (j->n_policies > 0 && p->subject != j->policies[0]->subject)
            continue;
        j->policies[j->n_policies++] = p;
    }
    if (j->n_policies == 0)
        return err_set(err, RC_NOT_FOUND, "there is no policy to evaluate");
    j->subject = j->policies[0]->subject;
    j->list = j->policies[0]->list;
    /* The program determines those that they use as well: bind once to know them all. */
    struct program *program = NULL;
    TRY(zone_program(j, j->place->division, &program, err));
    struct policy *const *bound = NULL;
    j->n_policies = program_policies(program, &bound);
    memcpy(j->policies, bound, j->n_policies * sizeof *bound);
    j->results = NEW_N(j->arena, struct policy_result, j->n_policies);
    return RC_OK;
}

static enum rc choose_decided(struct job *j, size_t *out, struct err *err)
{
    *out = SIZE_MAX;
    for (size_t i = 0; i < j->n_policies; i++) {
        const struct policy *p = j->policies[i];
        if (opt_policy != NULL ? str_eq(p->name.text, str_from(opt_policy)) : !p->of_member) {
            *out = i;
            break;
        }
    }
    if (*out == SIZE_MAX && opt_policy != NULL)
        return err_set(err, RC_NOT_FOUND, "there is no policy “%s” among those evaluated",
                       opt_policy);
    if (*out != SIZE_MAX && j->policies[*out]->of_member)
        return err_set(err, RC_BAD_INPUT, "--decisions is about a policy of the %.*s, “%s” is not",
                       STR_ARG(j->subject->name.text), opt_policy);
    if (*out == SIZE_MAX && opt_decisions != NULL)
        return err_set(err, RC_NOT_FOUND, "no policy evaluated is one of the %.*s",
                       STR_ARG(j->subject->name.text));
    return RC_OK;
}

static enum rc read_call(struct job *j, struct err *err)
{
    if (opt_place == NULL || opt_month == NULL || opt_subjects == NULL)
        return err_set(err, RC_BAD_INPUT, "--place, --month and --households are needed");
    if (!month_parse(str_from(opt_month), &j->month))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month);
    if (opt_lang != NULL && strcmp(opt_lang, "zh") != 0 && strcmp(opt_lang, "en") != 0)
        return err_set(err, RC_BAD_INPUT, "--lang: found “%s”, expected zh or en", opt_lang);
    j->lang = opt_lang != NULL && strcmp(opt_lang, "en") == 0 ? EXPLAIN_EN : EXPLAIN_ZH;
    return RC_OK;
}

static enum rc find_place(struct job *j, struct err *err)
{
    j->place = rules_place(j->rules, str_from(opt_place));
    if (j->place != NULL)
        return RC_OK;
    str *names = NEW_N(j->arena, str, j->rules->places.n + 1);
    for (size_t i = 0; i < j->rules->places.n; i++)
        names[i] = j->rules->places.at[i]->name.text;
    str near = nearest_name(str_from(opt_place), names, j->rules->places.n);
    return err_set(err, RC_NOT_FOUND, "there is no place “%s” below places/%s%.*s%s", opt_place,
                   near.n > 0 ? "; did you mean " : "", STR_ARG(near), near.n > 0 ? "?" : "");
}

static void note_print(void *ctx, str text)
{
    (void)ctx;
    fprintf(stderr, "note: %.*s\n", STR_ARG(text));
}

static void print_results(struct job *j)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    char m[8];
    if (opt_json) {
        awards_json(&j->out, &out);
    } else if (opt_explain != NULL) {
        sbuf_add(&out, sbuf_str(&j->explanation));
    } else {
        bool en = j->lang == EXPLAIN_EN;
        const struct label *l = &j->place->label;
        const struct label *subject = &j->subject->label;
        sbuf_fmt(&out, "%.*s %s: %.*s %lld", STR_ARG(en ? l->en : l->zh), month_text(j->month, m),
                 STR_ARG(en ? subject->en : subject->zh), (long long)j->subjects);
        if (j->list != NULL)
            sbuf_fmt(&out, ", %.*s %lld", STR_ARG(en ? j->list->label.en : j->list->label.zh),
                     (long long)j->members);
        sbuf_addc(&out, '\n');
        awards_table(&j->out, j->lang, &out);
    }
    fwrite(out.p != NULL ? out.p : "", 1, out.n, stdout);
    sbuf_deinit(&out);
}

/* Run the job over the files; *p tells of their mistakes. */
static enum rc run_job(struct job *j, struct population **p, struct arena *reader_arena,
                       struct err *err)
{
    size_t decided = SIZE_MAX;
    TRY(find_place(j, err));
    TRY(choose_policies(j, err));
    TRY(choose_decided(j, &decided, err));
    if (j->list != NULL && opt_members == NULL)
        return err_set(err, RC_BAD_INPUT,
                       "--persons is needed: the %.*s of these policies have %.*s",
                       STR_ARG(j->subject->name.text), STR_ARG(j->list->name.text));
    struct population_spec spec = {.rules = j->rules,
                                   .subject = j->subject,
                                   .list = j->list,
                                   .division = j->place->division,
                                   .subjects_path = opt_subjects,
                                   .members_path = opt_members,
                                   .note = note_print};
    *p = population_open(&spec, reader_arena, err);
    if (*p == NULL)
        return err->rc;
    enum rc rc = awards_open(&j->out, j->arena, j->policies, j->n_policies, opt_awards,
                             opt_decisions, decided, err);
    if (rc == RC_OK)
        rc = determine_all(j, *p, err);
    if (rc == RC_OK && opt_explain != NULL && !j->explained)
        rc = err_set(err, RC_NOT_FOUND, "%.*s “%s” is not in %s", STR_ARG(j->subject->name.text),
                     opt_explain, opt_subjects);
    if (rc == RC_OK)
        rc = awards_commit(&j->out, err);
    else
        awards_abort(&j->out);
    return rc;
}

static void print_mistakes(const struct population *p)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    population_mistakes(p, &out);
    fwrite(out.p != NULL ? out.p : "", 1, out.n, stderr);
    sbuf_deinit(&out);
}

static int eval_with_rules(struct job *j)
{
    struct arena reader_arena = {0};
    struct population *p = NULL;
    struct err err = {0};
    j->zones = NEW_N(j->arena, struct zone, ZONES_MAX);
    j->scratch = scratch_open();
    sbuf_init(&j->explanation, 1 << 20);
    enum rc rc = run_job(j, &p, &reader_arena, &err);
    if (rc == RC_OK) {
        print_results(j);
        if (j->undecided > 0 && opt_explain == NULL)
            fprintf(stderr, "of %lld %.*s rows, %lld wait for facts\n", (long long)j->subjects,
                    STR_ARG(j->subject->name.text), (long long)j->undecided);
    } else {
        if (p != NULL)
            print_mistakes(p);
        complain("%s", err.text);
    }
    if (p != NULL)
        population_close(p);
    results_free(j);
    sbuf_deinit(&j->explanation);
    scratch_close(j->scratch);
    arena_deinit(&reader_arena);
    return rc == RC_OK ? EXIT_DONE : EXIT_MISTAKE;
}

int cmd_eval(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    struct arena a = {0};
    struct rules rules;
    struct err err = {0};
    struct job j = {.arena = &a, .rules = &rules};
    if (rest < argc || read_call(&j, &err) != RC_OK) {
        complain("%s", rest < argc ? "eval takes options only" : err.text);
        fprintf(stderr, "usage: huimin %s\n", usage.synopsis);
        return EXIT_USAGE;
    }
    rules_init(&rules, &a);
    const char *home = home_find(&a, opt_home);
    if (home == NULL) {
        complain("no lines/ folder found; say --home DIR or set HUIMIN_HOME");
        status = EXIT_MISTAKE;
    } else {
        status = home_load(&rules, home) ? eval_with_rules(&j) : EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
