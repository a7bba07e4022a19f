/*
 * Programs by columns against the row form, over made-up families under the golden rules: sizes
 * around the edges of runs and windows, unknown facts, large amounts, columns that aren't there. The
 * oracle's random programs cover what can be said; this covers what blocks can look like.
 */
#include "test_row_case.h"
#include "base/limits.h"
#include "eval/eval.h"

#include <pthread.h>

enum { POLICIES = 4 };

struct town_plan {
    size_t n;
    uint32_t family_max;
    int unknown_percent;
    int64_t money_max; /* fen */
};

struct town {
    struct facts_side subject, member;
    struct column *paid;
    struct block b;
};

static uint64_t dice(uint64_t *s, uint64_t sides)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return (*s >> 33) % sides;
}

static int64_t random_value(const struct field *f, const struct town_plan *plan, uint64_t *s)
{
    switch (f->type.kind) {
    case K_BOOL:
        return dice(s, 5) == 0;
    case K_CODE:
        return (int64_t)(dice(s, 3) ? 0 : dice(s, f->type.code->n_values));
    case K_DATE:
        return date_day(1925 + (int)dice(s, 96), 1 + (int)dice(s, 12), 1 + (int)dice(s, 28));
    case K_MONTH:
        return month_of(2019, 1) + (month)dice(s, 26);
    case K_COUNT:
        return (int64_t)dice(s, 3);
    default:
        /* Small amounts are the likelier ones, so that all outcomes are met. */
        return (int64_t)(dice(s, (uint64_t)plan->money_max) >> dice(s, 12)) -
               (int64_t)(dice(s, 8) == 0) * 100;
    }
}

static void side_random(struct facts_side *side, const struct town_plan *plan, uint64_t *s)
{
    for (size_t k = 0; k < side->reg->n_slots; k++) {
        const struct field *f = side->reg->slots[k];
        if (column_width(f->type) == 0)
            continue;
        for (size_t i = 0; i < side->rows; i++)
            if ((int)dice(s, 100) >= plan->unknown_percent)
                side_put(side, i, f, random_value(f, plan, s));
    }
}

/* What a loader knows of its columns. */
static void side_bounds(struct facts_side *side)
{
    for (size_t k = 0; k < side->reg->n_slots; k++) {
        struct column *c = &side->columns[k];
        size_t width = column_width(side->reg->slots[k]->type);
        c->min = INT64_MAX;
        c->max = INT64_MIN;
        for (size_t i = 0; i < side->rows && width > 1; i++) {
            int64_t v = width == 4 ? ((int32_t *)side->at[k])[i] : ((int64_t *)side->at[k])[i];
            if (side->unknown[k][i])
                continue;
            c->min = v < c->min ? v : c->min;
            c->max = v > c->max ? v : c->max;
        }
    }
}

static struct town town_make(struct world *w, const struct town_plan *plan, uint64_t seed)
{
    struct town t = {0};
    uint32_t *first = NEW_N(&w->a, uint32_t, plan->n + 1);
    int64_t *last = NEW_N(&w->a, int64_t, plan->n + 1);
    const struct policy *dibao = rules_policy(&w->rules, S("dibao"));

    for (size_t i = 0; i < plan->n; i++) {
        first[i + 1] = first[i] + (uint32_t)dice(&seed, plan->family_max + 1);
        last[i] = dice(&seed, 3) ? 0 : (int64_t)dice(&seed, 100000);
    }
    t.b.n = plan->n;
    t.b.n_members = first[plan->n];
    t.subject = side_open(&w->a, rules_reg(&w->rules, S("household")), t.b.n);
    t.member = side_open(&w->a, rules_reg(&w->rules, S("person")), t.b.n_members);
    side_random(&t.subject, plan, &seed);
    side_random(&t.member, plan, &seed);
    side_bounds(&t.subject);
    side_bounds(&t.member);
    t.paid = NEW_N(&w->a, struct column, w->rules.policies.n);
    t.paid[dibao->index] = (struct column){.at = last, .max = 100000};
    t.b.first = first;
    t.b.subject = t.subject.columns;
    t.b.member = t.member.columns;
    t.b.paid_last = t.paid;
    return t;
}

static struct program *bound(struct world *w, const char *place, const struct override *o)
{
    static const char *const names[POLICIES] = {"dibao", "tekun", "disability_living",
                                                "disability_care"};
    struct policy *wanted[POLICIES];
    struct binding_spec spec = {.rules = &w->rules, .policies = wanted, .n_policies = POLICIES};
    struct program *p;
    struct err err;

    for (size_t i = 0; i < POLICIES; i++)
        wanted[i] = rules_policy(&w->rules, str_from(names[i]));
    spec.division = rules_place(&w->rules, str_from(place))->division;
    spec.month = month_of(2020, 12);
    spec.overrides = o;
    spec.n_overrides = o ? 1 : 0;
    if (program_bind(&spec, &w->a, &p, &err) != RC_OK)
        fail_msg("%s", err.text);
    return p;
}

/* ---- results -------------------------------------------------------------------------------- */

struct results {
    struct policy_result at[POLICIES];
    size_t n, members;
};

static struct results results_new(struct world *w, const struct program *p, const struct block *b)
{
    struct results r = {.n = b->n, .members = b->n_members};
    struct policy *const *policies;
    size_t n = program_policies(p, &policies);

    for (size_t i = 0; i < n; i++) {
        size_t units = policies[i]->of_member ? b->n_members : b->n;
        r.at[i] = (struct policy_result){
            NEW_N(&w->a, uint8_t, units + 1), NEW_N(&w->a, uint64_t, units + 1),
            NEW_N(&w->a, int64_t, b->n + 1), NEW_N(&w->a, int64_t, b->n_members + 1)};
        memset(r.at[i].outcome, 77, units + 1);
        memset(r.at[i].reasons, 77, (units + 1) * 8);
        memset(r.at[i].member_fen, 77, (b->n_members + 1) * 8);
        if (!policies[i]->of_member)
            memset(r.at[i].subject_fen, 77, (b->n + 1) * 8);
    }
    return r;
}

static void check_same(const struct program *p, const struct results *x, const struct results *y)
{
    struct policy *const *policies;
    size_t n = program_policies(p, &policies);

    for (size_t i = 0; i < n; i++) {
        const struct policy_result *a = &x->at[i], *b = &y->at[i];
        size_t units = policies[i]->of_member ? x->members : x->n;
        /* One more than there are: nothing may be written behind the end. */
        assert_memory_equal(a->outcome, b->outcome, units + 1);
        assert_memory_equal(a->reasons, b->reasons, (units + 1) * 8);
        assert_memory_equal(a->member_fen, b->member_fen, (x->members + 1) * 8);
        if (!policies[i]->of_member)
            assert_memory_equal(a->subject_fen, b->subject_fen, (x->n + 1) * 8);
    }
}

static size_t run(struct program *p, const struct block *b, struct results *r)
{
    struct scratch *s = scratch_open();
    struct err err;
    size_t row, exact;

    if (program_run(p, b, r->at, s, &row, &err) != RC_OK)
        fail_msg("household %zu: %s", row, err.text);
    exact = scratch_exact_rows(s);
    scratch_close(s);
    return exact;
}

/* By columns and all rows exactly; returns how many rows the columns left to the exact form. */
static size_t check_town(struct world *w, struct program *p, const struct block *b)
{
    struct results columns = results_new(w, p, b), rows = results_new(w, p, b);
    size_t exact = run(p, b, &columns);

    program_exact_only(p, true);
    assert_int_equal(run(p, b, &rows), b->n);
    program_exact_only(p, false);
    check_same(p, &columns, &rows);
    return exact;
}

static size_t check_plan(const struct town_plan *plan, uint64_t seed)
{
    struct world w;

    world_golden(&w);
    struct town t = town_make(&w, plan, seed);
    size_t exact = check_town(&w, bound(&w, "panzhihua", NULL), &t.b);
    world_close(&w);
    return exact;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void blocks_of_any_length(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 63, 64, 65, 127, 1000, 4095, 4096, 4097, 9000};

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct town_plan plan = {lengths[i], 5, 0, 1000000};
        assert_int_equal(check_plan(&plan, i + 1), 0);
    }
}

static void families_of_any_size(void **state)
{
    static const struct town_plan plans[] = {
        {500, 0, 0, 300000},  {500, 1, 0, 300000},  {500, 8, 0, 300000}, {500, 9, 0, 300000},
        {500, 17, 0, 300000}, {300, 70, 0, 300000}, {100, 300, 0, 3000}, {40, 2000, 0, 3000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        check_plan(&plans[i], 100 + i);
}

static void one_family_larger_than_a_run(void **state)
{
    struct world w;
    struct town_plan plan = {3, 30000, 0, 3000};
    uint64_t seed = 8;

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, seed);
    while (t.b.n_members < 40000)
        t = town_make(&w, &plan, ++seed);
    check_town(&w, bound(&w, "panzhihua", NULL), &t.b);
    world_close(&w);
}

static void unknown_facts(void **state)
{
    (void)state;
    for (int percent = 1; percent < 100; percent += 14) {
        struct town_plan plan = {700, 5, percent, 400000};
        size_t exact = check_plan(&plan, (uint64_t)percent);
        assert_true(exact > 0 && exact <= 700);
    }
}

/* Wider and wider elements, up to where 64 bits don't hold the products. */
static void amounts_of_any_size(void **state)
{
    (void)state;
    for (int64_t most = 10; most <= LIMIT_FEN; most *= 10) {
        struct town_plan plan = {300, 4, 0, most};
        check_plan(&plan, (uint64_t)most);
    }
}

static void set_column(struct facts_side *side, const char *name, int64_t v, bool unknown)
{
    const struct field *f = reg_field(side->reg, str_from(name));

    for (size_t i = 0; i < side->rows; i++) {
        side_put(side, i, f, v);
        side->unknown[f->slot][i] = unknown;
    }
}

/* A fact that isn't asked for in a household sends nobody down the slow path. */
static void only_facts_that_matter(void **state)
{
    struct world w;
    struct town_plan plan = {2000, 5, 0, 400000};

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, 5);
    struct program *p = bound(&w, "panzhihua", NULL);
    const struct field *employed = reg_field(t.member.reg, S("employed")),
                       *wage = reg_field(t.member.reg, S("wage")),
                       *destitute = reg_field(t.member.reg, S("destitute"));
    const uint8_t *works = t.member.at[employed->slot], *poor = t.member.at[destitute->slot];
    set_column(&t.subject, "first_month_above", 0, true);
    set_column(&t.member, "self_care", 0, true);
    for (size_t i = 0; i < t.b.n_members; i++)
        t.member.unknown[wage->slot][i] = !works[i];
    assert_int_equal(check_town(&w, p, &t.b), 0);
    size_t row = 0, m = 0;
    while (!works[m] || poor[m])
        m++;
    while (t.b.first[row + 1] <= m)
        row++;
    t.member.unknown[wage->slot][m] = 1;
    assert_int_equal(check_town(&w, p, &t.b), 1);
    world_close(&w);
}

static void columns_that_are_not_there(void **state)
{
    static const char *const names[] = {"self_care", "second_house", "income", "birth_date"};
    struct world w;
    struct town_plan plan = {400, 4, 0, 400000};

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, 6);
    struct program *p = bound(&w, "panzhihua", NULL);
    t.b.paid_last = NULL;
    assert_int_equal(check_town(&w, p, &t.b), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct field *f = reg_field(t.member.reg, str_from(names[i]));
        t.member.columns[f->slot] = (struct column){0};
        check_town(&w, p, &t.b);
    }
    t.b.member = NULL;
    check_town(&w, p, &t.b);
    world_close(&w);
}

static void results_that_are_not_wanted(void **state)
{
    struct world w;
    struct town_plan plan = {500, 5, 3, 400000};

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, 7);
    struct program *p = bound(&w, "panzhihua", NULL);
    struct results all = results_new(&w, p, &t.b);
    run(p, &t.b, &all);
    for (unsigned without = 0; without < 16; without++) {
        struct results some = results_new(&w, p, &t.b), whole = some;
        for (size_t i = 0; i < POLICIES; i++) {
            struct policy_result *r = &some.at[i], *full = &whole.at[i], *right = &all.at[i];
            if (without & 1)
                r->outcome = NULL, full->outcome = right->outcome;
            if (without & 2)
                r->reasons = NULL, full->reasons = right->reasons;
            if (without & 4)
                r->subject_fen = NULL, full->subject_fen = right->subject_fen;
            if (without & 8)
                r->member_fen = NULL, full->member_fen = right->member_fen;
        }
        run(p, &t.b, &some);
        check_same(p, &whole, &all);
    }
    world_close(&w);
}

/* Chengdu has a standard but no limit of months: the first family with anybody to cover shows it. */
static void error_names_the_first_row(void **state)
{
    struct world w;
    struct town_plan plan = {6000, 3, 0, 400000};
    struct scratch *s = scratch_open();
    struct err columns, rows;
    size_t row = 0, exact_row = 0;

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, 9);
    set_column(&t.member, "destitute", 1, false);
    const struct field *destitute = reg_field(t.member.reg, S("destitute"));
    ((uint8_t *)t.member.at[destitute->slot])[t.b.first[5000]] = 0;
    struct program *p = bound(&w, "chengdu", NULL);
    struct results r = results_new(&w, p, &t.b);
    assert_int_equal(program_run(p, &t.b, r.at, s, &row, &columns), RC_RULE);
    program_exact_only(p, true);
    assert_int_equal(program_run(p, &t.b, r.at, s, &exact_row, &rows), RC_RULE);
    assert_int_equal(row, exact_row);
    assert_string_equal(columns.text, rows.text);
    scratch_close(s);
    world_close(&w);
}

static void other_values(void **state)
{
    struct world w;
    struct town_plan plan = {1000, 5, 0, 400000};

    (void)state;
    world_golden(&w);
    struct town t = town_make(&w, &plan, 10);
    const struct policy *dibao = rules_policy(&w.rules, S("dibao"));
    for (size_t i = 0; i < dibao->n_params; i++) {
        const struct param *param = dibao->params[i];
        struct override o = {param, param->n_keys - 1, {.i = 7, .num = 7, .den = 3}};
        check_town(&w, bound(&w, "panzhihua", &o), &t.b);
        o.key = SIZE_MAX;
        check_town(&w, bound(&w, "panzhihua", &o), &t.b);
    }
    world_close(&w);
}

struct half {
    struct program *p;
    const struct block *b;
    struct results r;
};

static void *run_half(void *arg)
{
    struct half *h = arg;

    for (int i = 0; i < 20; i++)
        run(h->p, h->b, &h->r);
    return NULL;
}

static void threads_share_a_program(void **state)
{
    struct world w;
    struct town_plan plan = {5000, 5, 1, 400000};
    struct half h[2];
    pthread_t t[2];

    (void)state;
    world_golden(&w);
    struct town town = town_make(&w, &plan, 11);
    struct program *p = bound(&w, "panzhihua", NULL);
    for (size_t i = 0; i < 2; i++)
        h[i] = (struct half){p, &town.b, results_new(&w, p, &town.b)};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&t[i], NULL, run_half, &h[i]), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    check_same(p, &h[0].r, &h[1].r);
    world_close(&w);
}

static void too_many_policies(void **state)
{
    struct world w;
    struct sbuf text;
    struct policy *wanted[65];
    struct binding_spec spec = {.rules = &w.rules, .policies = wanted, .n_policies = 65};
    struct program *p;
    struct err err;

    (void)state;
    world_open(&w);
    sbuf_init(&text, 1 << 20);
    sbuf_addz(&text, "register home \"家\", at village\n  poor \"贫\" yes or no\n");
    for (int i = 0; i < 65; i++)
        sbuf_fmt(&text,
                 "policy p%d \"策%d\"\n  for each home, each month\n  basis \"法\"\n"
                 "  outcome \"结论\"\n    yes%d \"是\" when poor%d \"贫\": poor\n"
                 "    otherwise no%d \"否\"\n",
                 i, i, i, i, i);
    source_add(&w.rules.sources, S("lines/x/x.hm"), sbuf_str(&text));
    world_check(&w);
    for (size_t i = 0; i < 65; i++)
        wanted[i] = w.rules.policies.at[i];
    spec.month = month_of(2020, 12);
    assert_int_equal(program_bind(&spec, &w.a, &p, &err), RC_LIMIT);
    spec.n_policies = 64;
    assert_int_equal(program_bind(&spec, &w.a, &p, &err), RC_OK);
    sbuf_deinit(&text);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_any_length),
        cmocka_unit_test(families_of_any_size),
        cmocka_unit_test(one_family_larger_than_a_run),
        cmocka_unit_test(unknown_facts),
        cmocka_unit_test(amounts_of_any_size),
        cmocka_unit_test(only_facts_that_matter),
        cmocka_unit_test(columns_that_are_not_there),
        cmocka_unit_test(results_that_are_not_wanted),
        cmocka_unit_test(error_names_the_first_row),
        cmocka_unit_test(other_values),
        cmocka_unit_test(threads_share_a_program),
        cmocka_unit_test(too_many_policies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
