/*
 * What a run pays when people decide: the amount last decided; what the month finds otherwise is a
 * proposal, that is accepted or rejected once, alone or with many; and sums that are paid once.
 */
#include "unit/test_run_case.h"

#include "pay/amounts.h"
#include "pay/decide.h"
#include "pay/proposal.h"

#define TODAY "2020-12-21"

static day today(void)
{
    day d = 0;
    assert_true(date_parse(S(TODAY), &d));
    return d;
}

static struct run_result run_with(struct town *t, const char *text, enum decide decide)
{
    struct run_spec spec = run_spec_of(t->c, month_at(text));
    struct run_result r;
    spec.decide = decide;
    spec.today = today();
    check_ok(run_month(&spec, &t->a, &r, err));
    return r;
}

/* Family 1 on dibao with 100.00 a month decided in January. */
static struct town one_family(void *state)
{
    struct town t = town_begin(state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_with(&t, "2020-01", DECIDE_FIRST);
    return t;
}

/* month, programme, kind, old, new, amounts, outcome, reasons, state. */
static str proposals(struct town *t)
{
    return rows_of(t->c,
                   "SELECT month, person_id, programme, kind, old_fen, new_fen, amounts, outcome, "
                   "reasons, state FROM proposal ORDER BY proposal_id",
                   "tittiitttt", &t->a);
}

static str open_tasks(struct town *t)
{
    return rows_of(t->c,
                   "SELECT kind, step, role, household_id, subject, batch, title FROM task "
                   "WHERE ended = '' AND kind = 'proposal' ORDER BY step, household_id",
                   "tttitit", &t->a);
}

static str decided(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, person_id, programme, from_month, amount_fen, cause, who "
                   "FROM decided_amount ORDER BY household_id, person_id, programme, position",
                   "iittitt", &t->a);
}

static struct proposal_query whole_query(struct town *t, const struct scope *s)
{
    return (struct proposal_query){.city = t->c, .scope = s, .limit = 50};
}

static struct proposal_ref only_open(struct town *t)
{
    const struct scope *s = scope_system(t->c, today(), &t->a);
    const struct proposal_query q = whole_query(t, s);
    struct proposal *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(proposals_read(&q, c, &t->a, &list, &n, &more, err));
    store_reader_done(c);
    assert_int_equal(n, 1);
    assert_false(more);
    return (struct proposal_ref){list[0].county_code, list[0].proposal_id};
}

static enum rc settle_by(struct town *t, const struct scope *s, struct proposal_ref ref,
                         bool accept, struct proposal_result *out, struct err *err)
{
    const struct proposal_choice choice = {.city = t->c,
                                           .scope = s,
                                           .refs = &ref,
                                           .n = 1,
                                           .accept = accept,
                                           .words = S("测试"),
                                           .today = today()};
    return proposals_settle(&choice, &t->a, out, err);
}

static struct proposal_result settle_one(struct town *t, struct proposal_ref ref, bool accept)
{
    const struct scope *s = scope_system(t->c, today(), &t->a);
    struct proposal_result out;
    check_ok(settle_by(t, s, ref, accept, &out, err));
    return out;
}

/* ---- what is paid --------------------------------------------------------------------------- */

static void the_amount_last_decided_is_paid(void **state)
{
    struct town t = one_family(*state);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined");
    check_text(decided(&t), "1|0|dibao|2020-01|10000|run 2020-01|tester");
    person_from(t.c, 1001, "2020-02-01", "income 40000");
    struct run_result r = run_with(&t, "2020-02", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|10000|decided");
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||open");
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->proposals, 1);
    assert_int_equal(row_of(&r, 0, "dibao")->proposals, 1);
    check_text(open_tasks(&t),
               "proposal|dibao:raise|decider|1|张三|0|裁决增发：最低生活保障 2020-02");
    /* Run again, and next month, it is the same proposal. */
    r = run_with(&t, "2020-02", DECIDE_NONE);
    assert_true(r.unchanged);
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||open");
    /* It is no more when the month finds what is decided. */
    person_from(t.c, 1001, "2020-03-01", "income 50000");
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||void");
    check_text(open_tasks(&t), "");
    /* Another amount is another proposal. */
    person_from(t.c, 1001, "2020-03-01", "income 55000");
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||void\n"
                              "2020-03|0|dibao|cut|10000|5000|0=5000|regular||open");
    town_done(&t);
}

static void nobody_decided_nobody_is_paid(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    struct run_result r = run_with(&t, "2020-01", DECIDE_NONE);
    assert_int_equal(row_of(&r, 0, "dibao")->fen, 0);
    assert_int_equal(row_of(&r, 0, "dibao")->households, 0);
    assert_int_equal(r.payments, 0);
    check_text(awards(&t, 1, "dibao"), "");
    check_text(decided(&t), "");
    check_text(proposals(&t), "2020-01|0|dibao|add|0|60000|0=60000|regular||open");
    /* The same month, taken as decided. */
    r = run_with(&t, "2020-01", DECIDE_FIRST);
    assert_false(r.unchanged);
    assert_int_equal(row_of(&r, 0, "dibao")->fen, 60000);
    check_text(proposals(&t), "2020-01|0|dibao|add|0|60000|0=60000|regular||void");
    r = run_with(&t, "2020-01", DECIDE_NONE);
    assert_true(r.unchanged);
    town_done(&t);
}

static void undecided_keeps_what_is_decided(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2020-02-01", "income ?");
    struct run_result r = run_with(&t, "2020-02", DECIDE_NONE);
    assert_int_equal(row_of(&r, CASE_COUNTY, "dibao")->undecided, 1);
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|10000|kept\n"
                                       "2020-03|0|10000|kept");
    check_text(proposals(&t), "");
    town_done(&t);
}

/* Who is dead is not paid, before anybody decided the stop. */
static void the_dead_are_held(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    family(t.c, 2, VILLAGE_1);
    person_from(t.c, 1002, "2019-01-01", "destitute 1 self_care full");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    enrol(t.c, 2, 1002, "tekun", DAY_OPEN);
    run_with(&t, "2020-01", DECIDE_FIRST);
    for (int64_t p = 1001; p <= 1002; p++)
        check_ok(put_person(
            t.c, (struct person_row){p, S("张三"), 1, S("1980-06-15"), S("2020-01-20")}, err));
    struct run_result r = run_with(&t, "2020-02", DECIDE_NONE);
    assert_int_equal(r.payments, 0);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|60000|determined");
    check_text(awards(&t, 2, "tekun"), "2020-01|1002|92000|determined");
    check_text(proposals(&t), "2020-02|0|dibao|stop|60000|0||none|no_unit|open\n"
                              "2020-02|1002|tekun|stop|92000|0||gone||open");
    town_done(&t);
}

static void single_persons_each_have_theirs(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    joins(t.c, 1, 2001);
    facts_from(t.c, "x_assistance_household", 1, "2019-01-01", "assets 9999999");
    person_from(t.c, 1001, "2019-01-01", "disease severe");
    person_from(t.c, 2001, "2019-01-01", "disease severe");
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_with(&t, "2020-01", DECIDE_FIRST);
    check_text(decided(&t), "1|1001|dibao|2020-01|60000|run 2020-01|tester\n"
                            "1|2001|dibao|2020-01|60000|run 2020-01|tester");
    person_from(t.c, 2001, "2020-02-01", "disease none");
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(proposals(&t),
               "2020-02|0|dibao|cut|120000|60000|1001=60000|single_person|assets|open");
    struct proposal_result done = settle_one(&t, only_open(&t), true);
    assert_int_equal(done.fen, -60000);
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|1001|60000|determined\n"
                                       "2020-01|2001|60000|determined\n"
                                       "2020-02|1001|60000|decided");
    town_done(&t);
}

/* What people decided while the run went on is not proposed again, nor overwritten. */
static void taken_over_with_a_case_load(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    run_with(&t, "2020-01", DECIDE_PAST);
    check_text(decided(&t), "");
    check_text(awards(&t, 1, "dibao"), "2020-01|0|60000|determined");
    /* Run again it stays what it was: a month of before. */
    person_from(t.c, 1001, "2019-01-01", "income 10000");
    run_with(&t, "2020-01", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|50000|determined");
    run_with(&t, "2020-02", DECIDE_FIRST);
    check_text(decided(&t), "1|0|dibao|2020-02|50000|run 2020-02|tester");
    town_done(&t);
}

/* ---- deciding ------------------------------------------------------------------------------- */

static void accepted_once(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2020-02-01", "income 40000");
    run_with(&t, "2020-02", DECIDE_NONE);
    const struct proposal_ref ref = only_open(&t);
    struct proposal_result done = settle_one(&t, ref, true);
    assert_int_equal(done.decided, 1);
    assert_int_equal(done.notices, 1);
    assert_int_equal(done.fen, 10000);
    check_text(open_tasks(&t), "");
    int64_t position = position_now(t.c, CASE_COUNTY);
    str before = decided(&t);
    done = settle_one(&t, ref, true);
    assert_int_equal(done.decided, 0);
    assert_int_equal(done.settled, 1);
    done = settle_one(&t, ref, false);
    assert_int_equal(done.settled, 1);
    check_text(decided(&t), before.p);
    assert_true(position_now(t.c, CASE_COUNTY) >= position);
    check_text(rows_of(t.c, "SELECT kind, household_id, content FROM notice", "tit", &t.a),
               "change|1|张三：自2020年2月起，你户的最低生活保障由每月100.00元改为每月200.00元。"
               "依据：按标施保。\n甲区民政局");
    /* The month, run again, pays it; the next one too. */
    struct run_result r = run_with(&t, "2020-02", DECIDE_NONE);
    assert_false(r.unchanged);
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|20000|decided\n"
                                       "2020-03|0|20000|decided");
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||accepted");
    town_done(&t);
}

static void a_stop_ends_the_enrolment(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2020-01-15", "income 99900");
    facts_from(t.c, "x_assistance_household", 1, "2020-01-15", "assets 9999999");
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|10000|decided");
    check_text(proposals(&t), "2020-02|0|dibao|stop|10000|0||none|income+assets|open");
    struct proposal_result done = settle_one(&t, only_open(&t), true);
    assert_int_equal(done.notices, 1);
    check_text(rows_of(t.c, "SELECT valid_from, valid_to, cause FROM enrolment", "ttt", &t.a),
               "2019-01-01|2020-02-01|test");
    struct run_result r = run_with(&t, "2020-02", DECIDE_NONE);
    assert_int_equal(row_of(&r, 0, "dibao")->no_more, 0);
    assert_int_equal(r.payments, 0);
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined");
    check_text(rows_of(t.c, "SELECT kind, title FROM notice", "tt", &t.a), "stop|停发通知书");
    int64_t checked = 0;
    check_ok(audit_verify(t.c->store, &checked, err));
    town_done(&t);
}

static void rejected_is_not_proposed_again(void **state)
{
    struct town t = one_family(*state);
    person_from(t.c, 1001, "2020-02-01", "income 40000");
    run_with(&t, "2020-02", DECIDE_NONE);
    struct proposal_result done = settle_one(&t, only_open(&t), false);
    assert_int_equal(done.decided, 1);
    assert_int_equal(done.notices, 0);
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||rejected");
    check_text(awards(&t, 1, "dibao"), "2020-01|0|10000|determined\n2020-02|0|10000|decided");
    /* Next month it is a new question. */
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||rejected\n"
                              "2020-03|0|dibao|raise|10000|20000|0=20000|regular||open");
    town_done(&t);
}

static struct scope decider_of(struct scope_role *role, int64_t division, const char *line)
{
    *role = (struct scope_role){ROLE_DECIDER, str_from(line)};
    struct scope s = {.login = S("decider"),
                      .division = division,
                      .level = division_level(division),
                      .county_code = CASE_COUNTY,
                      .roles = ROLE_BIT(ROLE_DECIDER),
                      .role = role,
                      .n_roles = 1,
                      .today = today()};
    division_bounds(division, &s.lo, &s.hi);
    return s;
}

static void who_may_decide(void **state)
{
    struct town t = one_family(*state);
    struct scope_role role;
    struct proposal_result out;
    person_from(t.c, 1001, "2020-02-01", "income 40000");
    run_with(&t, "2020-02", DECIDE_NONE);
    const struct proposal_ref ref = only_open(&t);

    struct scope s = decider_of(&role, 990102000000, "disability");
    check_fails(settle_by(&t, &s, ref, true, &out, err), RC_FORBIDDEN, "for that line");
    s = decider_of(&role, 990102001000, "");
    check_fails(settle_by(&t, &s, ref, true, &out, err), RC_FORBIDDEN, "decider of the county");
    s = decider_of(&role, 990103000000, "");
    s.county_code = 990103;
    check_fails(settle_by(&t, &s, ref, true, &out, err), RC_NOT_FOUND, "may be seen");
    /* On one's own household nobody decides. */
    s = decider_of(&role, 990102000000, "assistance");
    s.person_county = CASE_COUNTY;
    s.person_id = 1001;
    check_fails(settle_by(&t, &s, ref, true, &out, err), RC_RULE, "by somebody else");
    check_text(proposals(&t), "2020-02|0|dibao|raise|10000|20000|0=20000|regular||open");
    s.person_id = 0;
    check_ok(settle_by(&t, &s, ref, true, &out, err));
    assert_int_equal(out.decided, 1);
    check_text(rows_of(t.c, "SELECT decided_by, decided_on, words FROM proposal", "ttt", &t.a),
               "decider|" TODAY "|测试");
    town_done(&t);
}

/* ---- many at once --------------------------------------------------------------------------- */

enum { MANY = 130 };

static void settle_families(struct town *t)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    pay_tie();
    for (int64_t h = 1; h <= MANY; h++) {
        char facts[40];
        family(t->c, h, villages[h % 3]);
        snprintf(facts, sizeof facts, "income %d", (int)h * 100);
        person_from(t->c, 1000 + h, "2019-01-01", facts);
        enrol(t->c, h, 0, "dibao", DAY_OPEN);
    }
    run_with(t, "2020-06", DECIDE_FIRST);
}

static int64_t number(struct town *t, const char *sql)
{
    const struct statement st = {.name = "number", .sql = sql, .reads = true};
    return fresh_int(t->c->store, &st, NULL, 0);
}

struct halt {
    int64_t at;
};

static bool until(void *ctx, int64_t n)
{
    const struct halt *h = ctx;
    return n < h->at;
}

/* The standard rises in July for two villages of three: one task, one decision, stopped half-way. */
static void a_new_standard(void **state)
{
    struct town t = town_begin(*state);
    settle_families(&t);
    /* In the third some get less: a batch of its own. */
    for (int64_t h = 2; h <= MANY; h += 3) {
        char facts[40];
        snprintf(facts, sizeof facts, "income %d", (int)h * 100 + 1000);
        person_from(t.c, 1000 + h, "2020-07-01", facts);
    }
    struct run_result r = run_with(&t, "2020-07", DECIDE_NONE);
    int64_t cut = number(&t, "SELECT count(*) FROM proposal WHERE kind = 'cut'");
    assert_int_equal(cut, MANY / 3 + (MANY % 3 == 2));
    int64_t raised = number(&t, "SELECT count(*) FROM proposal WHERE kind = 'raise'");
    assert_int_equal(raised, MANY - MANY / 3 - (MANY % 3 == 2));
    assert_int_equal(row_of(&r, 0, "dibao")->proposals, raised + cut);
    char task_text[400];
    snprintf(
        task_text, sizeof task_text,
        "proposal|dibao:cut|decider|0||%lld|批量裁决减发：最低生活保障 "
        "2020-07，%lld 户次\nproposal|dibao:raise|decider|0||%lld|批量裁决增发：最低生活保障 2020-07，%lld 户次",
        (long long)cut, (long long)cut, (long long)raised, (long long)raised);
    str task = str_from(task_text);
    check_text(open_tasks(&t), task.p);

    const struct scope *s = scope_system(t.c, today(), &t.a);
    struct proposal_query filter = whole_query(&t, s);
    struct halt halt = {10};
    struct proposal_result out;
    filter.programme = S("dibao");
    filter.kind = S("raise");
    struct proposal_choice choice = {.city = t.c,
                                     .scope = s,
                                     .filter = &filter,
                                     .accept = true,
                                     .words = S("新标准"),
                                     .today = today(),
                                     .go_on = until,
                                     .ctx = &halt};
    int64_t before = row_of(&r, 0, "dibao")->fen;
    check_fails(proposals_settle(&choice, &t.a, &out, err), RC_INTERRUPTED, "stopped after");
    int64_t first = out.decided;
    assert_true(first >= 10 && first < raised);
    assert_int_equal(number(&t, "SELECT batch FROM task WHERE ended = '' AND step = 'dibao:raise'"),
                     raised - first);
    choice.go_on = NULL;
    check_ok(proposals_settle(&choice, &t.a, &out, err));
    assert_int_equal(out.decided, raised - first);
    check_ok(proposals_settle(&choice, &t.a, &out, err));
    assert_int_equal(out.decided, 0);
    task = str_fmt(
        &t.a, "proposal|dibao:cut|decider|0||%lld|批量裁决减发：最低生活保障 2020-07，%lld 户次",
        (long long)cut, (long long)cut);
    check_text(open_tasks(&t), task.p);
    assert_int_equal(number(&t, "SELECT count(*) FROM notice WHERE kind = 'change'"), raised);
    r = run_with(&t, "2020-07", DECIDE_NONE);
    assert_int_equal(row_of(&r, 0, "dibao")->fen, before + raised * 5000);
    assert_int_equal(row_of(&r, 0, "dibao")->proposals, cut);
    town_done(&t);
}

/* The same list whichever order and page size. */
static void pages_of_a_list(void **state)
{
    struct town t = town_begin(*state);
    settle_families(&t);
    run_with(&t, "2020-07", DECIDE_NONE);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    int64_t all = number(&t, "SELECT count(*) FROM proposal WHERE state = 'open'");
    struct conn *c = NULL;
    check_ok(store_reader(t.c->store, &c, err));
    for (int order = PROPOSALS_BY_ID; order <= PROPOSALS_BY_DIVISION; order++)
        for (int down = 0; down < 2; down++) {
            struct proposal_query q = whole_query(&t, s);
            struct proposal *list = NULL;
            size_t n = 0;
            int64_t seen = 0, last = 0, count = 0;
            bool more = true, exact = false;
            q.order = (enum proposal_order)order;
            q.down = down != 0;
            q.limit = 7;
            while (more) {
                check_ok(proposals_read(&q, c, &t.a, &list, &n, &more, err));
                for (size_t i = 0; i < n; i++) {
                    int64_t v = proposal_value(&list[i], q.order);
                    assert_true(seen == 0 || (q.down ? v <= last : v >= last));
                    last = v;
                    seen++;
                }
                q.behind = true;
                q.after_value = proposal_value(&list[n - 1], q.order);
                q.after_county = list[n - 1].county_code;
                q.after_id = list[n - 1].proposal_id;
            }
            assert_int_equal(seen, all);
            check_ok(proposals_count(&q, c, &count, &exact, err));
            assert_int_equal(count, all);
            assert_true(exact);
        }
    struct proposal_query q = whole_query(&t, s);
    int64_t count = 0;
    bool exact = false;
    q.division = 990102001001;
    check_ok(proposals_count(&q, c, &count, &exact, err));
    assert_int_equal(count, number(&t, "SELECT count(*) FROM proposal WHERE state = 'open' "
                                       "AND division = 990102001001"));
    q.kind = S("cut");
    check_ok(proposals_count(&q, c, &count, &exact, err));
    assert_int_equal(count, 0);
    store_reader_done(c);
    town_done(&t);
}

/* ---- cases ---------------------------------------------------------------------------------- */

static enum rc decide_once(struct change *c, void *ctx, struct err *err)
{
    return money_decide(c, ctx, err);
}

static enum rc decide_money(struct town *t, struct money_decision d, struct err *err)
{
    return change_in(t->c, CASE_COUNTY, decide_once, &d, NULL, err);
}

static void a_case_decides(void **state)
{
    struct town t = town_begin(*state);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    enrol(t.c, 1, 0, "dibao", DAY_OPEN);
    struct money_decision d = {.household_id = 1,
                               .programme = S("dibao"),
                               .from = month_at("2020-02"),
                               .fen = 60000,
                               .cause = S("case 990102-2020-000001"),
                               .who = S("decider"),
                               .today = today()};
    check_ok(decide_money(&t, d, err));
    run_with(&t, "2020-01", DECIDE_NONE);
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-02|0|60000|decided");
    d.from = month_at("2020-03");
    d.fen = 0;
    check_ok(decide_money(&t, d, err));
    run_with(&t, "2020-03", DECIDE_NONE);
    check_text(awards(&t, 1, "dibao"), "2020-02|0|60000|decided");
    check_text(decided(&t), "1|0|dibao|2020-02|60000|case 990102-2020-000001|decider\n"
                            "1|0|dibao|2020-03|0|case 990102-2020-000001|decider");
    d.fen = -1;
    check_fails(decide_money(&t, d, err), RC_BAD_INPUT, "expected 0 or more");
    town_done(&t);
}

static void once_is_paid_once(void **state)
{
    struct town t = town_begin(*state);
    struct month_award *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    struct money_decision d = {.household_id = 1,
                               .programme = S("temporary_relief"),
                               .from = month_at("2020-12"),
                               .once = true,
                               .fen = 150000,
                               .cause = S("case 990102-2020-000002"),
                               .who = S("decider"),
                               .today = today()};
    check_ok(decide_money(&t, d, err));
    check_fails(decide_money(&t, d, err), RC_CONFLICT,
                "paid to household 990102-1 already: 1,500.00 yuan on 2020-12-21 (case "
                "990102-2020-000002)");
    d.from++;
    d.fen = 0;
    check_fails(decide_money(&t, d, err), RC_BAD_INPUT, "expected more than 0");
    assert_int_equal(number(&t, "SELECT count(*) FROM one_off"), 1);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(awards_of_household(c, CASE_COUNTY, 1, 100, &t.a, &list, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 1);
    check_text(list[0].ground, "once");
    check_text(list[0].cause, "case 990102-2020-000002");
    assert_int_equal(list[0].fen, 150000);
    assert_int_equal(list[0].paid, today());
    town_done(&t);
}

static void amounts_on_the_page(void **state)
{
    struct town t = one_family(*state);
    struct month_award *list = NULL;
    struct decided_amount *amounts = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    run_with(&t, "2020-02", DECIDE_NONE);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(awards_of_household(c, CASE_COUNTY, 1, 100, &t.a, &list, &n, err));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].month, month_at("2020-02"));
    check_text(list[0].ground, "decided");
    check_ok(amounts_of_household(c, CASE_COUNTY, 1, month_at("2020-03"), &t.a, &amounts, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(amounts[0].fen, 10000);
    assert_int_equal(amounts[0].from, month_at("2020-01"));
    assert_int_equal(amounts_sum(amounts, n, S("dibao"), 0), 10000);
    check_ok(amounts_of_household(c, CASE_COUNTY, 1, month_at("2019-12"), &t.a, &amounts, &n, err));
    assert_int_equal(n, 0);
    store_reader_done(c);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_amount_last_decided_is_paid),
        BOTH(nobody_decided_nobody_is_paid),
        BOTH(undecided_keeps_what_is_decided),
        BOTH(the_dead_are_held),
        BOTH(single_persons_each_have_theirs),
        BOTH(taken_over_with_a_case_load),
        BOTH(accepted_once),
        BOTH(a_stop_ends_the_enrolment),
        BOTH(rejected_is_not_proposed_again),
        BOTH(who_may_decide),
        BOTH(a_new_standard),
        BOTH(pages_of_a_list),
        BOTH(a_case_decides),
        BOTH(once_is_paid_once),
        BOTH(amounts_on_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
