/*
 * How long the four programmes take for everybody, against the yardstick. Variants take turns inside
 * one process, and a figure is the median of the rounds' ratios. First all results are compared.
 *
 *     bench_eval [households] [rounds] [block] [home]
 *     bench_eval scale [rounds]      ten million households against the first million of them
 */
#include "eval_data.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>

#include "eval/eval.h"

enum { PROGRAMMES = 4, VARIANTS = 7, ROUNDS_MAX = 201 };
static const char *const names[PROGRAMMES] = {"dibao", "tekun", "disability_living",
                                              "disability_care"};

struct world {
    struct arena arena;
    struct rules rules;
    struct diags diags;
    struct binding_spec spec;
    struct policy *wanted[PROGRAMMES];
    struct program *program;
    size_t position[PROGRAMMES]; /* of each programme among the results */
    struct people *people;
    struct standards standards;
    struct column *subject, *member, *paid;
    size_t block;
};

static void die(const char *what)
{
    fprintf(stderr, "bench_eval: %s\n", what);
    exit(1);
}

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the population as columns -------------------------------------------------------------- */

static void bounds(struct column *c, size_t width, size_t n)
{
    c->min = INT64_MAX;
    c->max = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        int64_t v = width == 1   ? ((const uint8_t *)c->at)[i]
                    : width == 4 ? ((const int32_t *)c->at)[i]
                                 : ((const int64_t *)c->at)[i];
        c->min = v < c->min ? v : c->min;
        c->max = v > c->max ? v : c->max;
    }
}

static void set(struct column *columns, struct reg *reg, const char *name, const void *at,
                const uint8_t *unknown, size_t n)
{
    struct field *f = reg_field(reg, str_from(name));

    if (!f)
        die(name);
    columns[f->slot] = (struct column){.at = at, .unknown = unknown};
    bounds(&columns[f->slot], column_width(f->type), n);
}

static void set_columns(struct world *w)
{
    struct people *p = w->people;
    struct reg *h = rules_reg(&w->rules, S("household")), *m = rules_reg(&w->rules, S("person"));

    w->subject = NEW_N(&w->arena, struct column, h->n_slots);
    w->member = NEW_N(&w->arena, struct column, m->n_slots);
    w->paid = NEW_N(&w->arena, struct column, w->rules.policies.n);
    set(w->subject, h, "hukou_type", p->hukou_type, NULL, p->n);
    set(w->subject, h, "assets", p->assets, NULL, p->n);
    set(w->subject, h, "vehicles", p->vehicles, NULL, p->n);
    set(w->subject, h, "disability_vehicle", p->disability_vehicle, NULL, p->n);
    set(w->subject, h, "first_month_above", p->first_month_above, p->no_month_above, p->n);
    set(w->member, m, "birth_date", p->birth_date, NULL, p->n_members);
    set(w->member, m, "income", p->income, NULL, p->n_members);
    set(w->member, m, "wage", p->wage, NULL, p->n_members);
    set(w->member, m, "employed", p->employed, NULL, p->n_members);
    set(w->member, m, "disability_grade", p->grade, NULL, p->n_members);
    set(w->member, m, "disease", p->disease, NULL, p->n_members);
    set(w->member, m, "student", p->student, NULL, p->n_members);
    set(w->member, m, "lost_only_child", p->lost_only_child, NULL, p->n_members);
    set(w->member, m, "second_house", p->second_house, NULL, p->n_members);
    set(w->member, m, "destitute", p->destitute, NULL, p->n_members);
    set(w->member, m, "self_care", p->self_care, p->no_self_care, p->n_members);
    w->paid[w->wanted[0]->index].at = p->paid_last;
    bounds(&w->paid[w->wanted[0]->index], 8, p->n);
}

static void world_open(struct world *w, size_t households, size_t block, const char *home)
{
    struct err err;

    rules_init(&w->rules, &w->arena);
    diags_init(&w->diags, &w->arena);
    if (rules_load(&w->rules, home, &w->diags, &err) != RC_OK)
        die(err.text);
    for (size_t i = 0; i < PROGRAMMES; i++)
        if (!(w->wanted[i] = rules_policy(&w->rules, str_from(names[i]))))
            die(names[i]);
    w->spec = (struct binding_spec){.rules = &w->rules,
                                    .policies = w->wanted,
                                    .n_policies = PROGRAMMES,
                                    .division = rules_place(&w->rules, S("panzhihua"))->division,
                                    .month = month_of(2020, 12)};
    if (program_bind(&w->spec, &w->arena, &w->program, &err) != RC_OK)
        die(err.text);
    struct policy *const *order;
    size_t n = program_policies(w->program, &order);
    for (size_t i = 0; i < PROGRAMMES; i++)
        for (size_t k = 0; k < n; k++)
            if (order[k] == w->wanted[i])
                w->position[i] = k;
    w->standards = (struct standards){.standard = {61000, 41000},
                                      .base = {50000, 31000},
                                      .floor = {80000, 58000},
                                      .care = {12000, 8000, 5000},
                                      .living = 10000,
                                      .nursing = {8000, 5000},
                                      .exit_months = 12,
                                      .asset_months = 24};
    w->people = people_new(households, 20201201);
    w->block = block;
    set_columns(w);
}

/* ---- results -------------------------------------------------------------------------------- */

static void *filled(size_t n, size_t size)
{
    void *p = mem_resize(NULL, (n + 1) * size);

    memset(p, 1, (n + 1) * size);
    return p;
}

static struct awards awards_new(size_t n, size_t members)
{
    struct awards a;

    a.subject_fen = filled(n, 8);
    for (size_t i = 0; i < PROGRAMMES; i++) {
        a.outcome[i] = filled(i ? members : n, 1);
        a.reasons[i] = filled(i ? members : n, 8);
        a.member_fen[i] = filled(members, 8);
    }
    return a;
}

/* Members of the block with the most of them. */
static size_t members_most(const struct world *w)
{
    size_t most = 0;

    for (size_t from = 0; from < w->people->n; from += w->block) {
        size_t to = from + w->block < w->people->n ? from + w->block : w->people->n;
        size_t m = w->people->first[to] - w->people->first[from];
        most = m > most ? m : most;
    }
    return most;
}

/* ---- the evaluator -------------------------------------------------------------------------- */

static void shift(struct column *to, const struct column *from, size_t n, const size_t *width,
                  size_t by)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i];
        if (to[i].at)
            to[i].at = (const char *)to[i].at + by * width[i];
        if (to[i].unknown)
            to[i].unknown += by;
    }
}

static void widths(const struct reg *reg, size_t *out)
{
    for (size_t i = 0; i < reg->n_slots; i++)
        out[i] = column_width(reg->slots[i]->type);
}

struct job {
    struct world *w;
    struct program *program;
    struct scratch *scratch;
    struct awards *awards;
    size_t from, to; /* households, whole blocks */
    bool reasons;
    size_t exact;
    int64_t cost[PROGRAMMES], heads[PROGRAMMES];
    bool totals;
};

static void add_up(struct job *j, size_t n, size_t members)
{
    for (size_t i = 0; i < PROGRAMMES; i++) {
        int64_t cost = 0, heads = 0;
        for (size_t k = 0; k < members; k++) {
            cost += j->awards->member_fen[i][k];
            heads += j->awards->member_fen[i][k] != 0;
        }
        for (size_t k = 0; i == 0 && k < n; k++) {
            cost += j->awards->subject_fen[k];
            heads += j->awards->subject_fen[k] != 0;
        }
        j->cost[i] += cost;
        j->heads[i] += heads;
    }
}

static void *evaluate(void *arg)
{
    struct job *j = arg;
    struct world *w = j->w;
    const struct people *p = w->people;
    const struct reg *h = rules_reg(&w->rules, S("household")),
                     *m = rules_reg(&w->rules, S("person"));
    struct column subject[64], member[64], paid[64];
    size_t hw[64], mw[64], pw[64], row;
    struct policy_result results[PROGRAMMES];
    struct err err;

    widths(h, hw);
    widths(m, mw);
    for (size_t i = 0; i < 64; i++)
        pw[i] = 8;
    for (size_t i = 0; i < PROGRAMMES; i++)
        results[w->position[i]] = (struct policy_result){
            j->awards->outcome[i], j->reasons ? j->awards->reasons[i] : NULL,
            i == 0 ? j->awards->subject_fen : NULL, j->awards->member_fen[i]};
    for (size_t from = j->from; from < j->to; from += w->block) {
        size_t n = j->to - from < w->block ? j->to - from : w->block;
        uint32_t base = p->first[from], first[65537];
        struct block b = {.n = n,
                          .n_members = p->first[from + n] - base,
                          .first = p->first + from,
                          .subject = subject,
                          .member = member,
                          .paid_last = paid};
        shift(subject, w->subject, h->n_slots, hw, from);
        shift(member, w->member, m->n_slots, mw, base);
        shift(paid, w->paid, w->rules.policies.n, pw, from);
        for (size_t i = 0; i <= n; i++)
            first[i] = p->first[from + i] - base;
        b.first = first;
        if (program_run(j->program, &b, results, j->scratch, &row, &err) != RC_OK)
            die(err.text);
        j->exact += scratch_exact_rows(j->scratch);
        if (j->totals)
            add_up(j, n, b.n_members);
    }
    return NULL;
}

static void hand_written(struct world *w, struct awards *a, bool reasons)
{
    for (size_t from = 0; from < w->people->n; from += w->block) {
        size_t to = from + w->block < w->people->n ? from + w->block : w->people->n;
        yardstick(w->people, &w->standards, from, to, month_first(w->spec.month), w->spec.month,
                  reasons, a);
    }
}

/* ---- equality ------------------------------------------------------------------------------- */

static void same(const void *a, const void *b, size_t bytes, const char *what, size_t from)
{
    if (memcmp(a, b, bytes) == 0)
        return;
    for (size_t i = 0; i < bytes; i++)
        if (((const char *)a)[i] != ((const char *)b)[i]) {
            fprintf(stderr, "bench_eval: %s differ in the block from %zu, byte %zu\n", what, from,
                    i);
            exit(1);
        }
}

/* Every outcome, reason and fen of everybody. */
static void compare(struct world *w, struct job *j, struct awards *hand)
{
    const struct people *p = w->people;
    size_t counts[8] = {0};

    for (size_t from = 0; from < p->n; from += w->block) {
        size_t to = from + w->block < p->n ? from + w->block : p->n;
        size_t n = to - from, m = p->first[to] - p->first[from];
        yardstick(p, &w->standards, from, to, month_first(w->spec.month), w->spec.month, 1, hand);
        j->from = from;
        j->to = to;
        j->reasons = true;
        evaluate(j);
        for (size_t i = 0; i < PROGRAMMES; i++) {
            same(hand->outcome[i], j->awards->outcome[i], i ? m : n, "outcomes", from);
            same(hand->reasons[i], j->awards->reasons[i], 8 * (i ? m : n), "reasons", from);
            same(hand->member_fen[i], j->awards->member_fen[i], 8 * m, "payments to members", from);
        }
        same(hand->subject_fen, j->awards->subject_fen, 8 * n, "payments to households", from);
        for (size_t i = 0; i < n; i++)
            counts[hand->outcome[0][i] & 7]++;
    }
    printf(
        "%zu households, %zu members: all results equal; regular %.1f %%, gradual %.1f %%, single "
        "persons %.1f %%; %zu rows exactly\n",
        p->n, p->n_members, 100.0 * (double)counts[1] / (double)p->n,
        100.0 * (double)counts[2] / (double)p->n, 100.0 * (double)counts[3] / (double)p->n,
        j->exact);
}

/* ---- rounds --------------------------------------------------------------------------------- */

enum { HAND, HAND_REASONS, ONE, ONE_REASONS, TWO, WHAT_IF, ONE_TOTALS };
static const char *const titles[VARIANTS] = {
    "hand-written", "hand-written, reasons", "one core", "one core, reasons", "two cores",
    "what if",      "one core, totals"};
/* On the clock, and of this thread alone: the latter is what a busy machine leaves unharmed. */
enum { WALL, CPU };
static double seconds[2][VARIANTS][ROUNDS_MAX];

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_ratio(int clock, int of, int by, size_t rounds)
{
    double r[ROUNDS_MAX];

    for (size_t i = 0; i < rounds; i++)
        r[i] = seconds[clock][of][i] / (by < 0 ? 1 : seconds[clock][by][i]);
    qsort(r, rounds, sizeof *r, by_size);
    return r[rounds / 2];
}

static void two_cores(struct world *w, struct job *a, struct job *b, size_t households)
{
    pthread_t t;
    size_t half = households / 2 / w->block * w->block;

    a->from = 0;
    a->to = b->from = half;
    b->to = households;
    if (pthread_create(&t, NULL, evaluate, b))
        die("no thread");
    evaluate(a);
    pthread_join(t, NULL);
}

/* Bound again with another standard, run, differences with what was. */
static void what_if(struct world *w, struct job *j, const struct job *before, int64_t *more)
{
    struct arena arena = {0};
    struct param *standard = w->wanted[0]->params[0];
    struct override o = {standard, 0, {.i = 64000, .num = 64000, .den = 1}};
    struct binding_spec spec = w->spec;
    struct err err;

    spec.overrides = &o;
    spec.n_overrides = 1;
    if (program_bind(&spec, &arena, &j->program, &err) != RC_OK)
        die(err.text);
    memset(j->cost, 0, sizeof j->cost);
    memset(j->heads, 0, sizeof j->heads);
    j->totals = true;
    evaluate(j);
    for (size_t i = 0; i < PROGRAMMES; i++)
        *more += j->cost[i] - before->cost[i];
    arena_deinit(&arena);
}

static void rounds_run(struct world *w, size_t rounds, struct awards *hand, struct job *jobs)
{
    int64_t more = 0;

    for (size_t r = 0; r < rounds; r++) {
        for (int v = 0; v < VARIANTS; v++) {
            struct job *j = &jobs[0];
            *j = (struct job){.w = w,
                              .program = w->program,
                              .scratch = j->scratch,
                              .awards = j->awards,
                              .to = w->people->n};
            jobs[1].program = w->program;
            j->reasons = v == ONE_REASONS;
            j->totals = v == ONE_TOTALS;
            double t = now(CLOCK_MONOTONIC), c = now(CLOCK_THREAD_CPUTIME_ID);
            if (v == HAND || v == HAND_REASONS)
                hand_written(w, hand, v == HAND_REASONS);
            else if (v == TWO)
                two_cores(w, &jobs[0], &jobs[1], w->people->n);
            else if (v == WHAT_IF)
                what_if(w, j, &jobs[2], &more);
            else
                evaluate(j);
            seconds[WALL][v][r] = now(CLOCK_MONOTONIC) - t;
            seconds[CPU][v][r] = now(CLOCK_THREAD_CPUTIME_ID) - c;
            if (v == ONE_TOTALS)
                jobs[2] = *j;
        }
    }
}

static void report(size_t households, size_t rounds)
{
    static const struct {
        const char *title;
        int of, by;
    } ratios[] = {
        {"one core / hand-written", ONE, HAND},
        {"with reasons: one core / hand-written", ONE_REASONS, HAND_REASONS},
        {"one core with reasons / hand-written without", ONE_REASONS, HAND},
        {"two cores / one core", TWO, ONE},
        {"two cores / hand-written", TWO, HAND},
        {"what if / one core", WHAT_IF, ONE},
    };

    printf("%-46s %8s %8s\n", "nanoseconds a household", "clock", "thread");
    for (int v = 0; v < VARIANTS; v++)
        printf("%-46s %8.1f %8.1f\n", titles[v],
               1e9 * median_ratio(WALL, v, -1, rounds) / (double)households,
               1e9 * median_ratio(CPU, v, -1, rounds) / (double)households);
    printf("medians of the rounds' ratios\n");
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        printf("%-46s %8.3f %8.3f\n", ratios[i].title,
               median_ratio(WALL, ratios[i].of, ratios[i].by, rounds),
               median_ratio(CPU, ratios[i].of, ratios[i].by, rounds));
}

/* ---- ten million ---------------------------------------------------------------------------- */

static long peak_kb(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
}

/*
 * All ten million lie in memory, since what is asked is what evaluating costs and not what reading does.
 * The million is passed over ten times in each round, so that both do the same work.
 */
static int scale(size_t rounds)
{
    static struct world w;
    enum { MILLION = 1000000, TIMES = 10 };
    struct job jobs[2] = {0};
    double *small = seconds[WALL][0], *large = seconds[WALL][1];

    world_open(&w, (size_t)TIMES * MILLION, 4096, ".");
    size_t most = members_most(&w);
    long loaded = peak_kb();
    struct awards own[2] = {awards_new(w.block, most), awards_new(w.block, most)};
    for (size_t i = 0; i < 2; i++)
        jobs[i] = (struct job){.w = &w,
                               .program = w.program,
                               .scratch = scratch_open(),
                               .awards = &own[i],
                               .reasons = true};
    two_cores(&w, &jobs[0], &jobs[1], MILLION);
    for (size_t r = 0; r < rounds; r++) {
        double t = now(CLOCK_MONOTONIC);
        for (int i = 0; i < TIMES; i++)
            two_cores(&w, &jobs[0], &jobs[1], MILLION);
        small[r] = now(CLOCK_MONOTONIC) - t;
        t = now(CLOCK_MONOTONIC);
        two_cores(&w, &jobs[0], &jobs[1], w.people->n);
        large[r] = now(CLOCK_MONOTONIC) - t;
    }
    printf("%zu households, %zu members, with reasons, two cores\n", w.people->n,
           w.people->n_members);
    printf("nanoseconds a household: of one million %.1f, of ten %.1f; median ratio %.3f\n",
           1e2 * median_ratio(WALL, 0, -1, rounds), 1e2 * median_ratio(WALL, 1, -1, rounds),
           median_ratio(WALL, 1, 0, rounds));
    printf("memory: %ld MB of columns; evaluating took %ld KB more\n", loaded / 1024,
           peak_kb() - loaded);
    return 0;
}

int main(int argc, char **argv)
{
    static struct world w;
    if (argc > 1 && strcmp(argv[1], "scale") == 0)
        return scale(argc > 2 ? (size_t)atol(argv[2]) : 7);
    size_t households = argc > 1 ? (size_t)atol(argv[1]) : 1000000;
    size_t rounds = argc > 2 ? (size_t)atol(argv[2]) : 15;
    struct job jobs[3] = {0};
    struct rusage use;

    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
    world_open(&w, households, argc > 3 ? (size_t)atol(argv[3]) : 4096, argc > 4 ? argv[4] : ".");
    size_t most = members_most(&w);
    struct awards hand = awards_new(w.block, most),
                  own[2] = {awards_new(w.block, most), awards_new(w.block, most)};
    for (size_t i = 0; i < 2; i++)
        jobs[i] = (struct job){
            .w = &w, .program = w.program, .scratch = scratch_open(), .awards = &own[i]};
    compare(&w, &jobs[0], &hand);
    rounds_run(&w, rounds, &hand, jobs);
    report(households, rounds);
    getrusage(RUSAGE_SELF, &use);
    printf("memory                                     %ld MB\n", use.ru_maxrss / 1024);
    return 0;
}
