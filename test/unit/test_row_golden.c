/* The hundred golden households, one at a time by the row form. */
#include "test_row_case.h"

#include <time.h>

static str read_golden(struct world *w, const char *name)
{
    str path = str_fmt(&w->a, HUIMIN_SRC "/test/golden/%s", name), text;
    struct err err;

    if (file_read(path.p, 1 << 20, &w->a, &text, &err) != RC_OK)
        fail_msg("%s", err.text);
    return text;
}

struct table {
    str names[20];
    size_t n_names;
    VEC(str) rows;
};

/* These files have no quoted fields but the readers' notes. */
static struct table table_of(struct world *w, str text)
{
    struct table t = {0};
    str head, line;

    str_cut(text, '\n', &head, &text);
    while (head.n) {
        str name;
        if (!str_cut(head, ',', &name, &head))
            head = S("");
        t.names[t.n_names++] = name;
    }
    while (str_cut(text, '\n', &line, &text))
        *VEC_PUSH(&w->a, &t.rows) = line;
    return t;
}

static str cell(const struct table *t, size_t row, size_t column)
{
    str rest = t->rows.at[row], value = {0};

    for (size_t i = 0; i <= column; i++)
        if (!str_cut(rest, ',', &value, &rest))
            rest = S("");
    return value;
}

static const struct field *field_of(const struct reg *reg, str name)
{
    if (str_ends(name, S("_fen")))
        name = str_sub(name, 0, name.n - 4);
    return reg_field(reg, name);
}

struct golden {
    struct table households, persons;
    struct block block;
};

static struct golden golden_open(struct world *w)
{
    struct golden g = {0};
    struct facts_side subject, member;
    struct column *paid = NEW_N(&w->a, struct column, w->rules.policies.n);
    uint32_t *first;
    int64_t *last;
    size_t p = 0;

    g.households = table_of(w, read_golden(w, "households.csv"));
    g.persons = table_of(w, read_golden(w, "persons.csv"));
    g.block.n = g.households.rows.n;
    g.block.n_members = g.persons.rows.n;
    subject = side_open(&w->a, rules_reg(&w->rules, S("household")), g.block.n);
    member = side_open(&w->a, rules_reg(&w->rules, S("person")), g.block.n_members);
    first = NEW_N(&w->a, uint32_t, g.block.n + 1);
    last = NEW_N(&w->a, int64_t, g.block.n);
    for (size_t i = 0; i < g.block.n; i++) {
        for (size_t c = 1; c < g.households.n_names; c++) {
            const struct field *f = field_of(subject.reg, g.households.names[c]);
            if (f)
                side_text(&subject, i, f, cell(&g.households, i, c));
            else
                assert_true(str_int(cell(&g.households, i, c), &last[i]));
        }
        first[i] = (uint32_t)p;
        for (; p < g.block.n_members; p++) {
            if (!str_eq(cell(&g.persons, p, 0), cell(&g.households, i, 0)))
                break;
            for (size_t c = 3; c < g.persons.n_names; c++)
                side_text(&member, p, field_of(member.reg, g.persons.names[c]),
                          cell(&g.persons, p, c));
        }
    }
    first[g.block.n] = (uint32_t)p;
    paid[rules_policy(&w->rules, S("dibao"))->index].at = last;
    g.block.first = first;
    g.block.subject = subject.columns;
    g.block.member = member.columns;
    g.block.paid_last = paid;
    return g;
}

static const char *const ALL = "dibao tekun disability_living disability_care";

static void put_award(struct sbuf *out, str household, uint32_t member, str policy, int64_t fen)
{
    if (fen == 0)
        return;
    sbuf_fmt(out, "%.*s,", STR_ARG(household));
    if (member != ROW_SUBJECT)
        sbuf_fmt(out, "%u", member + 1);
    sbuf_fmt(out, ",%.*s,%lld\n", STR_ARG(policy), (long long)fen);
}

/* In the order of the file: the household's own, then by member and programme. */
static void put_awards(struct sbuf *out, str household, const struct determination *d, size_t n,
                       uint32_t n_members)
{
    static const char *const order[] = {"dibao", "disability_care", "disability_living", "tekun"};

    for (size_t i = 0; i < n; i++)
        if (d[i].member == ROW_SUBJECT)
            put_award(out, household, ROW_SUBJECT, d[i].policy->name.text, d[i].subject_fen);
    for (uint32_t m = 0; m < n_members; m++)
        for (size_t o = 0; o < 4; o++)
            for (size_t i = 0; i < n; i++) {
                if (!str_eq(d[i].policy->name.text, str_from(order[o])))
                    continue;
                if (d[i].member == m)
                    put_award(out, household, m, d[i].policy->name.text, d[i].subject_fen);
                for (size_t k = 0; k < d[i].n_member_pays; k++)
                    if (d[i].member_pays[k].member == m)
                        put_award(out, household, m, d[i].policy->name.text,
                                  d[i].member_pays[k].fen);
            }
}

static void put_decision(struct sbuf *out, str household, const struct determination *d)
{
    bool first = true;

    sbuf_fmt(out, "%.*s,", STR_ARG(household));
    sbuf_fmt(out, "%.*s,", STR_ARG(d->policy->alts[d->alt].name.text));
    for (size_t i = 0; i < d->policy->n_reasons; i++) {
        if (!(d->reasons >> i & 1))
            continue;
        sbuf_fmt(out, "%s%.*s", first ? "" : "+", STR_ARG(d->policy->reason_names[i].text));
        first = false;
    }
}

static void awards_are_right(void **state)
{
    struct world w;
    struct golden g;
    const struct binding *bind;
    struct sbuf awards;
    struct table decisions;
    struct arena scratch;

    (void)state;
    world_golden(&w);
    g = golden_open(&w);
    bind = world_bind(&w, ALL, "panzhihua", "2020-12");
    decisions = table_of(&w, read_golden(&w, "decisions.csv"));
    sbuf_init(&awards, 1 << 20);
    sbuf_addz(&awards, "household_id,member,programme,amount_fen\n");
    arena_init(&scratch, 0);
    for (size_t i = 0; i < g.block.n; i++) {
        str id = cell(&g.households, i, 0);
        struct determination *d;
        struct sbuf decision;
        struct err err;
        size_t n;
        arena_reset(&scratch);
        if (row_determine_bound(bind, &g.block, i, &scratch, &d, &n, &err) != RC_OK)
            fail_msg("household %.*s: %s", STR_ARG(id), err.text);
        put_awards(&awards, id, d, n, g.block.first[i + 1] - g.block.first[i]);
        sbuf_init(&decision, 1000);
        for (size_t k = 0; k < n; k++)
            if (str_eq(d[k].policy->name.text, S("dibao")))
                put_decision(&decision, id, &d[k]);
        if (!str_starts(decisions.rows.at[i], sbuf_str(&decision)))
            fail_msg("found %.*s, expected %.*s", STR_ARG(sbuf_str(&decision)),
                     STR_ARG(decisions.rows.at[i]));
        sbuf_deinit(&decision);
    }
    {
        str expected = read_golden(&w, "awards.csv"), got = sbuf_str(&awards), x, y;
        str_cut(expected, '\n', &x, &expected);
        str_cut(got, '\n', &y, &got);
        for (size_t n = 2; expected.n || got.n; n++) {
            str_cut(expected, '\n', &x, &expected);
            str_cut(got, '\n', &y, &got);
            if (!str_eq(x, y))
                fail_msg("line %zu: found %.*s, expected %.*s", n, STR_ARG(y), STR_ARG(x));
        }
    }
    sbuf_deinit(&awards);
    arena_deinit(&scratch);
    world_close(&w);
}

static void fill_writes_the_same(void **state)
{
    struct world w;
    struct golden g;
    const struct binding *bind;
    struct policy_result results[4];
    struct arena scratch;
    struct err err;

    (void)state;
    world_golden(&w);
    g = golden_open(&w);
    bind = world_bind(&w, ALL, "panzhihua", "2020-12");
    assert_int_equal(bind->n_policies, 4);
    for (size_t i = 0; i < 4; i++)
        results[i] = (struct policy_result){
            NEW_N(&w.a, uint8_t, g.block.n_members), NEW_N(&w.a, uint64_t, g.block.n_members),
            NEW_N(&w.a, int64_t, g.block.n), NEW_N(&w.a, int64_t, g.block.n_members)};
    arena_init(&scratch, 0);
    for (size_t i = 0; i < g.block.n; i++) {
        arena_reset(&scratch);
        assert_int_equal(row_fill(bind, &g.block, i, &scratch, results, &err), RC_OK);
    }
    for (size_t i = 0; i < g.block.n; i++) {
        struct determination *d;
        size_t n;
        assert_int_equal(row_determine_bound(bind, &g.block, i, &scratch, &d, &n, &err), RC_OK);
        for (size_t k = 0; k < n; k++) {
            struct policy_result *r = &results[bind->position[d[k].policy->index]];
            bool member = d[k].member != ROW_SUBJECT;
            size_t unit = member ? g.block.first[i] + d[k].member : i;
            assert_int_equal(r->outcome[unit], d[k].outcome);
            assert_int_equal(r->reasons[unit], d[k].reasons);
            assert_int_equal(member ? r->member_fen[unit] : r->subject_fen[unit], d[k].subject_fen);
            for (size_t m = 0; m < d[k].n_member_pays; m++)
                assert_int_equal(r->member_fen[g.block.first[i] + d[k].member_pays[m].member],
                                 d[k].member_pays[m].fen);
        }
    }
    arena_deinit(&scratch);
    world_close(&w);
}

static void examples_of_the_rules_hold(void **state)
{
    struct world w;

    (void)state;
    world_golden(&w);
    assert_int_equal(examples_run(&w.rules, &w.diags), 3);
    if (w.diags.errors)
        world_fail(&w);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awards_are_right),
        cmocka_unit_test(fill_writes_the_same),
        cmocka_unit_test(examples_of_the_rules_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
