/*
 * Random programs over random facts: the oracle, rows and columns must agree bit by bit. A seed is
 * a case; a failure prints the seed and, cut down, all that is needed to see it.
 *
 *     prog_oracle [PROGRAMS [FIRST_SEED]]     ORACLE_PROGRAMS in the environment stands for PROGRAMS
 *
 * With a FIRST_SEED the program's text is printed too when nothing is wrong and PROGRAMS is 1.
 */
#include "oracle/gen.h"
#include "oracle/judge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Builds for sanitizers give each object a malloc of its own and are ten times slower. */
#ifdef ARENA_MALLOC
enum { PROGRAMS = 1000 };
#else
enum { PROGRAMS = 10000 };
#endif
enum { OP_LEAST = 100, REFUSED_SHOWN = 3 };

static struct {
    struct judge_stats stats;
    size_t passed, failed, refused;
} all;

/* ---- compile -------------------------------------------------------------------------------- */

struct compiled {
    struct gen_program text;
    struct rules rules;
    struct diags diags;
};

static bool compile(uint64_t seed, bool brackets, struct arena *a, struct compiled *c)
{
    gen_program(seed, brackets, a, &c->text);
    diags_init(&c->diags, a);
    rules_init(&c->rules, a);
    source_add(&c->rules.sources, S("lines/trial/trial.hm"), c->text.rules);
    source_add(&c->rules.sources, S("places/mid.hm"), c->text.places);
    rules_parse(&c->rules, &c->diags);
    rules_check(&c->rules, &c->diags);
    return c->diags.errors == 0;
}

static void show_refusal(uint64_t seed, struct compiled *c)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    diags_sort(&c->diags);
    for (size_t i = 0; i < c->diags.list.n && i < 5; i++)
        diag_render(&out, &c->rules.sources, &c->diags.list.at[i]);
    printf("seed %" PRIu64 ": refused\n%s\n", seed, out.p == NULL ? "" : out.p);
    sbuf_deinit(&out);
}

/* ---- one case ------------------------------------------------------------------------------- */

/* What a seed means once its program is compiled: where, when, which policies, which facts. */
struct trial {
    struct compiled *c;
    int64_t division;
    month month;
    struct policy *wanted[4];
    size_t n_wanted;
    struct override overrides[2];
    size_t n_overrides;
    struct block block;
};

static void trial_overrides(struct trial *t, struct rng *r)
{
    const struct rules *rules = &t->c->rules;
    while (t->n_overrides < 2 && rules->params.n > 0 && rng_percent(r, 15)) {
        struct override *o = &t->overrides[t->n_overrides++];
        o->param = rules->params.at[rng_below(r, (int)rules->params.n)];
        o->key = rng_percent(r, 40) ? SIZE_MAX : (size_t)rng_below(r, (int)o->param->n_keys);
        o->value = (struct literal){.i = rng_below(r, 30000), .num = rng_below(r, 300), .den = 100};
        if (o->param->type.kind == K_MONTH)
            o->value.i = month_of(2020, 1 + rng_below(r, 12));
    }
}

static void trial_policies(struct trial *t, struct rng *r)
{
    t->n_wanted = 0;
    while (t->n_wanted == 0)
        for (size_t i = 0; i < t->c->text.n_policies; i++)
            if (rng_percent(r, 70))
                t->wanted[t->n_wanted++] = rules_policy(&t->c->rules, t->c->text.policies[i]);
}

static void trial_init(struct trial *t, struct compiled *c, uint64_t seed, struct arena *a)
{
    static const int unknown[] = {0, 0, 0, 5, 5, 50};
    struct rng r = {seed ^ 0x5ca1ab1e};
    *t = (struct trial){.c = c, .division = gen_division(&r), .month = gen_month(&r)};
    trial_policies(t, &r);
    struct gen_options o = {.unknown_percent = unknown[rng_below(&r, 6)]};
    o.n = (size_t)(1 + rng_below(&r, rng_percent(&r, 4) ? 200 : 20));
    if (rng_below(&r, 400) == 0)
        o.n = 3000 + (size_t)rng_below(&r, 3000); /* more than columns take at once */
    o.huge = rng_percent(&r, 8);
    trial_overrides(t, &r);
    gen_block(&r, &c->rules, t->wanted[0]->subject, &o, a, &t->block);
}

static bool trial_run(struct trial *t, struct judge_stats *stats, struct arena *a, size_t *row,
                      struct sbuf *why)
{
    struct binding_spec spec = {.rules = &t->c->rules,
                                .policies = t->wanted,
                                .n_policies = t->n_wanted,
                                .division = t->division,
                                .month = t->month,
                                .overrides = t->overrides,
                                .n_overrides = t->n_overrides};
    struct judged j = {.subject = t->wanted[0]->subject, .block = &t->block};
    struct err err = {0};
    *row = 0;
    if (program_bind(&spec, a, &j.program, &err) != RC_OK) {
        sbuf_fmt(why, "  binding fails: %s\n", err.text);
        return false;
    }
    j.o = (struct oracle_case){.rules = &t->c->rules,
                               .division = t->division,
                               .month = t->month,
                               .overrides = t->overrides,
                               .n_overrides = t->n_overrides};
    j.o.n_policies = program_policies(j.program, &j.o.policies);
    if (judge_block(&j, a, stats, row, why))
        return true;
    sbuf_addz(why, "  facts:\n");
    facts_text(why, &j, *row);
    return false;
}

/* Does it still fail with this block and these policies? Then that is the case from now on. */
static bool still_fails(struct trial *t, const struct trial *less, struct arena *a, size_t *row,
                        struct sbuf *why)
{
    struct judge_stats aside = {0};
    struct trial smaller = *less;
    struct sbuf other;
    size_t at = 0;
    sbuf_init(&other, 1 << 20);
    bool fails = !trial_run(&smaller, &aside, a, &at, &other);
    if (fails) {
        *t = smaller;
        *row = at;
        sbuf_clear(why);
        sbuf_add(why, sbuf_str(&other));
    }
    sbuf_deinit(&other);
    return fails;
}

/* Leave out `count` subjects from `from` on. */
static bool fails_without(struct trial *t, size_t from, size_t count, struct arena *a, size_t *row,
                          struct sbuf *why)
{
    struct trial less = *t;
    uint8_t *keep = NEW_N(a, uint8_t, t->block.n + 1);
    for (size_t i = 0; i < t->block.n; i++)
        keep[i] = i < from || i >= from + count;
    block_pick(&t->block, &t->c->rules, t->wanted[0]->subject, keep, a, &less.block);
    return still_fails(t, &less, a, row, why);
}

/* The same failure with less: fewer subjects, by ever smaller runs of them; then fewer policies. */
static void shrink(struct trial *t, struct arena *a, size_t row, struct sbuf *why)
{
    if (t->block.n > 1) { /* the one that differs alone, if he does so alone */
        size_t n = t->block.n, at = row;
        if (fails_without(t, at + 1, n, a, &row, why) && row == at)
            (void)fails_without(t, 0, at, a, &row, why);
    }
    for (size_t run = t->block.n / 2; run > 0; run /= 2)
        for (size_t from = 0; from + run <= t->block.n && t->block.n > 1;)
            if (!fails_without(t, from, run, a, &row, why))
                from += run;
    for (size_t i = 0; i < t->n_wanted && t->n_wanted > 1; i++) {
        struct trial less = *t;
        less.wanted[0] = t->wanted[i];
        less.n_wanted = 1;
        (void)still_fails(t, &less, a, &row, why);
    }
}

static void show_trial(const struct trial *t)
{
    char when[8];
    printf("-- %" PRId64 ", %s; wanted:", t->division, month_text(t->month, when));
    for (size_t i = 0; i < t->n_wanted; i++)
        printf(" %.*s", STR_ARG(t->wanted[i]->name.text));
    printf("; %zu subjects, %zu members", t->block.n, t->block.n_members);
    for (size_t i = 0; i < t->n_overrides; i++)
        printf("; %.*s key %zd taken as %" PRId64 " (%" PRId64 "/100)",
               STR_ARG(t->overrides[i].param->name.text), (ssize_t)t->overrides[i].key,
               t->overrides[i].value.i, t->overrides[i].value.num);
    printf("\n");
    printf("%.*s\n%.*s\n", STR_ARG(t->c->text.rules), STR_ARG(t->c->text.places));
}

static void fail(uint64_t seed, struct trial *t, struct arena *a, size_t row, struct sbuf *why)
{
    all.failed++;
    shrink(t, a, row, why);
    printf("seed %" PRIu64 ": FAILED\n", seed);
    show_trial(t);
    printf("%s\n", why->p == NULL ? "" : why->p);
}

/* Do two determinations of one fact, from two texts of one program, say the same? */
static bool same_answer(const struct oracle_result *x, const struct oracle_result *y)
{
    if (x->errors != y->errors || x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n && x->errors == 0; i++)
        if (x->at[i].outcome != y->at[i].outcome || x->at[i].reasons != y->at[i].reasons ||
            x->at[i].subject_fen != y->at[i].subject_fen || x->at[i].n_needs != y->at[i].n_needs ||
            x->at[i].n_member_pays != y->at[i].n_member_pays)
            return false;
    return true;
}

/* All brackets written out: the reader must have seen the same sentences. */
static bool brackets_agree(uint64_t seed, const struct trial *t, struct arena *a)
{
    struct compiled full = {0};
    struct policy *wanted[4];
    if (!compile(seed, true, a, &full)) {
        show_refusal(seed, &full);
        return false;
    }
    for (size_t i = 0; i < t->n_wanted; i++)
        wanted[i] = rules_policy(&full.rules, t->wanted[i]->name.text);
    struct oracle_case x = {&t->c->rules, t->wanted, t->n_wanted, t->division, t->month, NULL, 0};
    struct oracle_case y = {&full.rules, wanted, t->n_wanted, t->division, t->month, NULL, 0};
    for (size_t row = 0; row < t->block.n && row < 5; row++) {
        struct oracle_result one, two;
        oracle_determine(&x, &t->block, row, a, NULL, &one);
        oracle_determine(&y, &t->block, row, a, NULL, &two);
        if (same_answer(&one, &two))
            continue;
        printf("seed %" PRIu64 ": FAILED, brackets change the meaning\n", seed);
        show_trial(t);
        printf("%.*s\n", STR_ARG(full.text.rules));
        return false;
    }
    return true;
}

static void run_seed(uint64_t seed, bool show)
{
    struct arena a;
    struct compiled c = {0};
    struct trial t;
    struct sbuf why;
    size_t row = 0;
    arena_init(&a, 0);
    sbuf_init(&why, 1 << 20);
    if (!compile(seed, false, &a, &c)) {
        if (show)
            printf("%.*s\n%.*s\n", STR_ARG(c.text.rules), STR_ARG(c.text.places));
        if (all.refused++ < REFUSED_SHOWN || show)
            show_refusal(seed, &c);
    } else {
        trial_init(&t, &c, seed, &a);
        if (show)
            show_trial(&t);
        if (!trial_run(&t, &all.stats, &a, &row, &why))
            fail(seed, &t, &a, row, &why);
        else if (seed % 8 == 0 && !brackets_agree(seed, &t, &a))
            all.failed++;
        else
            all.passed++;
    }
    sbuf_deinit(&why);
    arena_deinit(&a);
}

/* ---- the report ------------------------------------------------------------------------------ */

static const char *const op_names[] = {
    [E_FIELD] = "field",
    [E_DEF] = "definition",
    [E_PARAM] = "parameter",
    [E_CODE] = "code value",
    [E_LIT] = "literal",
    [E_OUTCOME] = "outcome",
    [E_PAID_LAST] = "paid last month",
    [E_THIS_MONTH] = "this month",
    [E_ADD] = "+",
    [E_SUB] = "-",
    [E_MUL] = "*",
    [E_DIV] = "/",
    [E_REL] = "comparison",
    [E_IS] = "is",
    [E_IN] = "in",
    [E_BEFORE] = "before",
    [E_AFTER] = "after",
    [E_AND] = "and",
    [E_OR] = "or",
    [E_NOT] = "not",
    [E_ANY] = "any member",
    [E_NO] = "no member",
    [E_EVERY] = "every member",
    [E_COUNT] = "count of",
    [E_SUM] = "sum of",
    [E_HIGHEST] = "highest of",
    [E_LOWEST] = "lowest of",
    [E_SINCE] = "since",
    [E_GETS] = "gets",
    [E_AT_LEAST] = "at least",
    [E_AT_MOST] = "at most",
    [E_ROUND] = "rounded",
    [E_IF_UNKNOWN] = "when unknown",
    [E_IF_NONE] = "when none",
};
static_assert(sizeof op_names / sizeof op_names[0] == E_IF_NONE + 1, "a name for each construct");

static double percent(uint64_t part, uint64_t of)
{
    return of == 0 ? 0 : 100.0 * (double)part / (double)of;
}

/* false: something was hardly worked out, so that its agreement says nothing. */
static bool report(bool enough)
{
    const struct judge_stats *s = &all.stats;
    bool covered = true;
    printf("constructs worked out (unknown):");
    for (size_t i = 0; i <= E_IF_NONE; i++) {
        if (op_names[i] == NULL)
            continue;
        bool seldom = s->counts.ops[i] < OP_LEAST;
        covered = covered && !seldom;
        printf("%s %s %" PRIu64 " (%" PRIu64 ")%s", i % 4 == 0 ? "\n " : ",", op_names[i],
               s->counts.ops[i], s->counts.unknown[i], seldom ? " TOO SELDOM" : "");
    }
    printf("\nsubjects %" PRIu64 ", with errors %.1f%%, beyond 120 bits %.1f%%\n", s->subjects,
           percent(s->erring, s->subjects), percent(s->big, s->subjects));
    printf("units %" PRIu64 ": undecided %.1f%%, waiting %.1f%%, paid %.1f%%; by alternative",
           s->units, percent(s->undecided, s->units), percent(s->waiting, s->units),
           percent(s->paid, s->units));
    for (size_t i = 0; i < 8; i++)
        printf(" %.1f%%", percent(s->alternatives[i], s->units));
    printf("\nerrors:");
    for (unsigned e = ORACLE_ZERO; e < ORACLE__ERRORS; e++) {
        printf(" %s %" PRIu64 ",", error_name((enum oracle_error)e), s->counts.errors[e]);
        covered = covered && s->counts.errors[e] > 0;
    }
    printf(" rows sent down the exact path %.1f%% of %" PRIu64 "\n",
           percent(s->exact_rows, s->dense_rows), s->dense_rows);
    if (2 * s->exact_rows > s->dense_rows) {
        printf("columns gave most rows away: their own answers were hardly tried\n");
        covered = false;
    }
    return covered || !enough;
}

static uint64_t number(const char *text, uint64_t other)
{
    char *end = NULL;
    if (text == NULL || *text == '\0')
        return other;
    uint64_t n = strtoull(text, &end, 10);
    return *end == '\0' ? n : other;
}

int main(int argc, char **argv)
{
    uint64_t programs = number(argc > 1 ? argv[1] : getenv("ORACLE_PROGRAMS"), PROGRAMS);
    uint64_t first = number(argc > 2 ? argv[2] : NULL, 1);
    for (uint64_t seed = first; seed < first + programs && all.failed < 5; seed++)
        run_seed(seed, argc > 2 && programs == 1);
    bool covered = report(programs >= 500);
    bool refused_few = all.refused * 100 <= programs;
    if (!refused_few)
        printf("%zu programs were refused: more than one in a hundred\n", all.refused);
    if (!covered)
        printf("something was hardly tried\n");
    size_t failed = all.failed + !refused_few + !covered;
    printf("%zu passed, %zu failed\n", all.passed, failed);
    return failed == 0 && all.passed > 0 ? 0 : 1;
}
