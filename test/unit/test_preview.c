/* What every programme would say with other facts: the same as if they had been stored. */
#include "unit/test_run_case.h"

#include "people/preview.h"

enum { HOUSEHOLD = 500, HEAD = 1500, SECOND = 1501 };

static const struct field *field_of(const struct city *c, const char *reg, const char *name)
{
    const struct field *f = reg_field(rules_reg(c->rules, str_from(reg)), str_from(name));
    assert_non_null(f);
    return f;
}

static struct preview_spec spec_of(struct town *t)
{
    return (struct preview_spec){
        .city = t->c, .county = CASE_COUNTY, .household = HOUSEHOLD, .month = month_at("2020-12")};
}

static struct preview made(struct town *t, const struct preview_spec *spec)
{
    struct preview out = {0};
    struct conn *c = NULL;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(preview_make(spec, c, &t->a, &out, err));
    store_reader_done(c);
    return out;
}

/* The whole trace as text. */
static str told(struct town *t, const struct preview_spec *spec)
{
    struct preview p = made(t, spec);
    struct sbuf text;
    struct json j;
    sbuf_init(&text, 1 << 20);
    json_init(&j, &text);
    trace_json(p.trace, &j);
    str out = str_dup(&t->a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

static const struct trace_unit *unit_of(const struct preview *p, const char *policy, size_t unit)
{
    for (size_t i = 0; i < p->trace->n_policies; i++)
        if (str_eq(p->trace->policies[i].policy->name.text, str_from(policy)))
            return &p->trace->policies[i].units[unit];
    fail_msg("no policy %s", policy);
    return NULL;
}

static void over_the_store_or_in_it(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, HOUSEHOLD, VILLAGE_1);
    joins(t.c, HOUSEHOLD, SECOND);
    struct preview_spec spec = spec_of(&t);
    struct preview before = made(&t, &spec);
    assert_int_equal(before.n_persons, 2);
    assert_int_equal(before.persons[0], HEAD);
    assert_int_equal(unit_of(&before, "dibao", 0)->d.subject_fen, 130000);

    const struct preview_fact over[] = {
        {field_of(t.c, "person", "income"), HEAD, false, 90000},
        {field_of(t.c, "person", "disability_grade"), SECOND, false, 2},
        {field_of(t.c, "household", "vehicles"), 0, true, 0},
    };
    spec.facts = over;
    spec.n_facts = 3;
    str with = told(&t, &spec);
    struct preview changed = made(&t, &spec);
    assert_true(unit_of(&changed, "dibao", 0)->d.undecided);

    /* The same facts in the store, and nothing over them. */
    person_from(t.c, HEAD, "2020-12-01", "income 90000");
    grade_from(t.c, SECOND, "2020-12-01", 2);
    facts_from(t.c, "x_assistance_household", HOUSEHOLD, "2020-12-01", "vehicles ?");
    spec.n_facts = 0;
    check_text(told(&t, &spec), with.p);

    /* In the month before they don't hold yet. */
    spec.month = month_at("2020-11");
    struct preview last = made(&t, &spec);
    assert_int_equal(unit_of(&last, "dibao", 0)->d.subject_fen, 130000);
    town_done(&t);
}

static void who_joins_and_who_is_left_out(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, HOUSEHOLD, VILLAGE_1);
    joins(t.c, HOUSEHOLD, SECOND);
    struct preview_spec spec = spec_of(&t);
    const int64_t without[] = {SECOND};
    spec.without = without;
    spec.n_without = 1;
    struct preview alone = made(&t, &spec);
    assert_int_equal(alone.n_persons, 1);
    assert_int_equal(unit_of(&alone, "dibao", 0)->d.subject_fen, 65000);

    /* Of one who is added nothing is known; then what the form says. */
    spec.n_added = 1;
    struct preview open = made(&t, &spec);
    assert_int_equal(open.n_persons, 2);
    assert_int_equal(open.persons[1], -1);
    assert_true(unit_of(&open, "dibao", 0)->d.undecided);
    static const char *const zero[] = {"income",  "wage",         "employed",         "disease",
                                       "student", "second_house", "disability_grade", "destitute"};
    struct preview_fact facts[16];
    size_t n = 0;
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
        facts[n++] = (struct preview_fact){field_of(t.c, "person", zero[i]), -1, false, 0};
    facts[n++] = (struct preview_fact){field_of(t.c, "person", "lost_only_child"), -1, false, 0};
    facts[n++] = (struct preview_fact){field_of(t.c, "person", "birth_date"), -1, false,
                                       date_day(1985, 3, 1)};
    spec.facts = facts;
    spec.n_facts = n;
    struct preview both = made(&t, &spec);
    assert_false(unit_of(&both, "dibao", 0)->d.undecided);
    assert_int_equal(unit_of(&both, "dibao", 0)->d.subject_fen, 130000);
    town_done(&t);
}

static void a_household_that_is_not_stored(void **state)
{
    struct town t = town_begin(*state);
    struct preview_spec spec = spec_of(&t);
    spec.household = 0;
    spec.division = VILLAGE_R; /* in the hills: 300.00 */
    spec.n_added = 1;
    const struct preview_fact facts[] = {
        {field_of(t.c, "household", "hukou_type"), 0, false, 0},
        {field_of(t.c, "person", "income"), -1, false, 30001},
        {field_of(t.c, "person", "employed"), -1, false, 0},
        {field_of(t.c, "person", "destitute"), -1, false, 0},
        {field_of(t.c, "person", "disease"), -1, false, 0},
        {field_of(t.c, "person", "disability_grade"), -1, false, 0},
    };
    spec.facts = facts;
    spec.n_facts = 6;
    struct preview p = made(&t, &spec);
    assert_false(unit_of(&p, "dibao", 0)->d.undecided); /* above the line, whatever the rest is */
    assert_true(p.trace->division == VILLAGE_R);
    town_done(&t);
}

static void refused(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, HOUSEHOLD, VILLAGE_1);
    struct preview_spec spec = spec_of(&t);
    struct preview out;
    struct conn *c = NULL;
    check_ok(store_reader(t.c->store, &c, err));
    struct preview_fact f = {field_of(t.c, "person", "age"), HEAD, false, 3};
    spec.facts = &f;
    spec.n_facts = 1;
    check_fails(preview_make(&spec, c, &t.a, &out, err), RC_BAD_INPUT, "age: expected a fact");
    f = (struct preview_fact){field_of(t.c, "person", "disease"), HEAD, false, 99};
    check_fails(preview_make(&spec, c, &t.a, &out, err), RC_BAD_INPUT, "disease: found 99");
    f = (struct preview_fact){field_of(t.c, "person", "income"), 0, false, 99};
    check_fails(preview_make(&spec, c, &t.a, &out, err), RC_BAD_INPUT,
                "income: expected the person");
    f = (struct preview_fact){field_of(t.c, "household", "assets"), HEAD, false, 99};
    check_fails(preview_make(&spec, c, &t.a, &out, err), RC_BAD_INPUT,
                "assets: expected no person");
    spec.n_facts = 0;
    spec.household = 77;
    check_fails(preview_make(&spec, c, &t.a, &out, err), RC_NOT_FOUND, "no household 77");
    store_reader_done(c);
    town_done(&t);
}

static enum rc inside_once(struct change *c, void *ctx, struct err *err)
{
    struct town *t = ctx;
    struct preview p;
    struct preview_spec spec = spec_of(t);
    const struct fact_table *facts = registers_table(t->c->registers, S("x_assistance_person"));
    struct value v[40];
    for (size_t i = 0; i < facts->n_fields; i++)
        v[i] = fact_of(facts->fields[i],
                       str_eq(facts->fields[i]->name.text, S("income")) ? S("10000") : S(""));
    TRY(facts_put(c, facts, HEAD, S("2020-06-01"), S(DAY_OPEN), v, err));
    TRY(preview_make(&spec, c->conn, &t->a, &p, err));
    assert_int_equal(unit_of(&p, "dibao", 0)->d.subject_fen, 55000);
    return RC_OK;
}

/* What the change itself wrote is seen, without waiting for another connection. */
static void inside_a_change(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, HOUSEHOLD, VILLAGE_1);
    check_ok(change_in(t.c, CASE_COUNTY, inside_once, &t, NULL, err));
    town_done(&t);
}

static enum rc paid_before(const struct rules *rules, struct conn *c, int64_t county,
                           int64_t household, month m, const int64_t *job, struct arena *a,
                           struct preview_last *out, struct err *err)
{
    (void)c, (void)err;
    assert_null(job);
    assert_int_equal(county, CASE_COUNTY);
    assert_int_equal(household, HOUSEHOLD);
    assert_int_equal(m, month_at("2020-12"));
    out->paid = NEW(a, struct preview_paid);
    out->paid[0] = (struct preview_paid){rules_policy(rules, S("dibao")), 0, 21000};
    out->n_paid = 1;
    out->carried = NEW(a, struct preview_fact);
    out->carried[0] =
        (struct preview_fact){reg_field(rules_reg(rules, S("household")), S("first_month_above")),
                              0, false, month_at("2020-10")};
    out->n_carried = 1;
    return RC_OK;
}

/* A family whose income rose keeps last month's amount for a while: only known from last month. */
static void what_last_month_left(void **state)
{
    static const struct preview_hook hook = {paid_before};
    struct town t = town_begin(*state);
    family(t.c, HOUSEHOLD, VILLAGE_1);
    person_from(t.c, HEAD, "2020-10-01", "income 66000");
    struct preview_spec spec = spec_of(&t);
    struct preview without = made(&t, &spec);
    preview_register(&hook);
    struct preview with = made(&t, &spec);
    preview_register(NULL);
    assert_int_equal(unit_of(&without, "dibao", 0)->d.subject_fen, 0);
    assert_int_equal(unit_of(&with, "dibao", 0)->d.subject_fen, 21000);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(over_the_store_or_in_it),
        BOTH(who_joins_and_who_is_left_out),
        BOTH(a_household_that_is_not_stored),
        BOTH(refused),
        BOTH(inside_a_change),
        BOTH(what_last_month_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
