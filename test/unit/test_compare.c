/*
 * A month beside the month before: who is new, gone, paid more, less or to others, who moved; why; who
 * qualifies and is not enrolled; the payments as a list; and a month whose list is frozen.
 */
#include "unit/test_run_case.h"

#include "pay/batch.h"
#include "pay/compare.h"
#include "pay/decide.h"
#include "pay/proposal.h"

#define CITY   990100000000
#define COUNTY 990102000000
#define EAST   990102001000

static day today(void)
{
    day d = 0;
    assert_true(date_parse(S("2020-03-21"), &d));
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

static void enrol_from(struct town *t, int64_t household, int64_t person, const char *programme,
                       const char *from, const char *to)
{
    check_ok(put_enrolment(t->c,
                           (struct enrolment_row){.household_id = household,
                                                  .person_id = person,
                                                  .programme = str_from(programme),
                                                  .valid_from = str_from(from),
                                                  .valid_to = str_from(to),
                                                  .cause = S("case 990102-2020-000007")},
                           err));
}

/* Families 1 to 8 of which 1 to 6 are on dibao: 650.00 less an income of 500.00, so 150.00 each. */
static struct town some_families(void *state)
{
    struct town t = town_begin(state);
    pay_tie();
    for (int64_t h = 1; h <= 8; h++) {
        family(t.c, h, h % 2 == 1 ? VILLAGE_1 : VILLAGE_2);
        person_from(t.c, 1000 + h, "2019-01-01", h <= 7 ? "income 50000" : "income 99900");
        if (h <= 6)
            enrol(t.c, h, 0, "dibao", DAY_OPEN);
    }
    /* Of January, before the standard rose: 600.00 less 500.00. */
    run_with(&t, "2020-01", DECIDE_ALL);
    return t;
}

static str changes_text(struct town *t, const struct month_query *q)
{
    struct month_line *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    struct sbuf out;
    sbuf_init(&out, 1 << 16);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(month_list(q, MONTH_CHANGES, c, &t->a, &list, &n, &more, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&out, "%s%lld %lld %.*s %.*s %lld %lld", i > 0 ? "\n" : "",
                 (long long)list[i].division, (long long)list[i].household_id,
                 STR_ARG(list[i].programme), STR_ARG(list[i].kind), (long long)list[i].old_fen,
                 (long long)list[i].new_fen);
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static struct month_query query_of_month(struct town *t, const struct scope *s, const char *m)
{
    return (struct month_query){.city = t->c, .scope = s, .month = month_at(m), .limit = 50};
}

static struct compare compare_of(struct town *t, const struct scope *s, const char *m,
                                 int64_t division)
{
    const struct compare_spec spec = {
        .city = t->c, .scope = s, .month = month_at(m), .division = division};
    struct conn *c = NULL;
    struct compare found;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(compare_read(&spec, c, &t->a, &found, err));
    store_reader_done(c);
    return found;
}

static const struct compare_row *part_of(const struct compare *f, int64_t division,
                                         const char *programme)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].division == division && str_eq(f->rows[i].programme, str_from(programme)))
            return &f->rows[i];
    fail_msg("no row of %lld %s", (long long)division, programme);
    return NULL;
}

/* Of every part the month adds up: what was, less the gone and who went, and the new and who came. */
static void adds_up(const struct compare *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct compare_row *r = &f->rows[i];
        assert_int_equal(r->now.households,
                         r->was.households + r->began - r->ended + r->came - r->went);
        assert_int_equal(r->now.households, r->same + r->began + r->more + r->less + r->other);
    }
}

/* 1 as it was; 2 less income; 3 more; 4 is off; 5 moved to the river; 6 is gone for good; 7 is new. */
static void what_happens(struct town *t)
{
    person_from(t->c, 1002, "2020-02-01", "income 40000");
    person_from(t->c, 1003, "2020-02-01", "income 55000");
    enrol_from(t, 4, 0, "dibao", "2019-01-01", "2020-02-01");
    check_ok(put_household(
        t->c, (struct household_row){5, S("2020-01-20"), S(DAY_OPEN), VILLAGE_2, 1005}, err));
    check_ok(put_membership(
        t->c, (struct membership_row){6, 1006, S("2020-01-01"), S("2020-01-25"), S("02")}, err));
    check_ok(put_household(
        t->c, (struct household_row){6, S("2020-01-01"), S("2020-01-25"), VILLAGE_2, 1006}, err));
    enrol_from(t, 7, 0, "dibao", "2020-02-01", DAY_OPEN);
}

static const char february[] = "990102001001 3 dibao less 10000 5000\n"
                               "990102001001 5 dibao went 10000 10000\n"
                               "990102001001 7 dibao new 0 10000\n"
                               "990102001002 2 dibao more 10000 20000\n"
                               "990102001002 4 dibao gone 10000 0\n"
                               "990102001002 5 dibao came 10000 10000\n"
                               "990102001002 6 dibao gone 10000 0";

static void a_month_is_compared(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    what_happens(&t);
    run_with(&t, "2020-02", DECIDE_ALL);
    struct month_query q = query_of_month(&t, s, "2020-02");
    check_text(changes_text(&t, &q), february);
    /* By county, township and village. */
    struct compare f = compare_of(&t, s, "2020-02", 0);
    assert_true(f.any && f.each);
    adds_up(&f);
    const struct compare_row *r = part_of(&f, COUNTY, "dibao");
    assert_int_equal(r->was.households, 6);
    assert_int_equal(r->now.households, 5);
    assert_int_equal(r->was.fen, 60000);
    assert_int_equal(r->now.fen, 55000);
    assert_int_equal(r->now.payments, 5);
    assert_int_equal(r->began, 1);
    assert_int_equal(r->ended, 2);
    assert_int_equal(r->more, 1);
    assert_int_equal(r->less, 1);
    assert_int_equal(r->same, 2);
    f = compare_of(&t, s, "2020-02", COUNTY);
    assert_int_equal(part_of(&f, EAST, "dibao")->now.households, 5);
    f = compare_of(&t, s, "2020-02", EAST);
    adds_up(&f);
    assert_int_equal(part_of(&f, VILLAGE_1, "dibao")->went, 1);
    assert_int_equal(part_of(&f, VILLAGE_2, "dibao")->came, 1);
    assert_int_equal(part_of(&f, VILLAGE_2, "dibao")->ended, 2);
    /* Filters and pages. */
    q.kind = S("gone");
    check_text(changes_text(&t, &q), "990102001002 4 dibao gone 10000 0\n"
                                     "990102001002 6 dibao gone 10000 0");
    q.kind = S("");
    q.division = VILLAGE_1;
    check_text(changes_text(&t, &q), "990102001001 3 dibao less 10000 5000\n"
                                     "990102001001 5 dibao went 10000 10000\n"
                                     "990102001001 7 dibao new 0 10000");
    q.limit = 1;
    q.behind = true;
    q.after_division = VILLAGE_1;
    q.after_household = 3;
    q.after_programme = S("dibao");
    q.after_kind = S("less");
    check_text(changes_text(&t, &q), "990102001001 5 dibao went 10000 10000");
    town_done(&t);
}

/* The first month that is run has nothing beside it. */
static void the_first_month_is_beside_nothing(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    const struct month_query q = query_of_month(&t, s, "2020-01");
    check_text(changes_text(&t, &q), "");
    struct compare f = compare_of(&t, s, "2020-01", 0);
    assert_false(f.any);
    assert_int_equal(part_of(&f, COUNTY, "dibao")->now.households, 6);
    assert_int_equal(part_of(&f, COUNTY, "dibao")->was.households, 0);
    town_done(&t);
}

/* Run again, or a part of it, the rows are those of the run that stands, none twice. */
static void run_again_it_is_compared_anew(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    const struct month_query q = query_of_month(&t, s, "2020-02");
    what_happens(&t);
    run_with(&t, "2020-02", DECIDE_ALL);
    person_from(t.c, 1001, "2020-02-01", "income 45000");
    run_with(&t, "2020-02", DECIDE_ALL);
    str whole = changes_text(&t, &q);
    check_text(whole, str_fmt(&t.a, "990102001001 1 dibao more 10000 15000\n%s", february).p);
    check_text(rows_of(t.c, "SELECT count(DISTINCT job_id) FROM award_change", "i", &t.a), "1");
    /* Of one village: the other's rows are taken over. */
    person_from(t.c, 1001, "2020-02-01", "income 50000");
    struct run_spec spec = run_spec_of(t.c, month_at("2020-02"));
    struct run_result r;
    spec.division = VILLAGE_1;
    spec.at_ms += 5000;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(changes_text(&t, &q), february);
    struct compare f = compare_of(&t, s, "2020-02", EAST);
    adds_up(&f);
    assert_int_equal(r.payments, 5);
    town_done(&t);
}

/* The same sum to another of the family is a change as well; so is that it goes to two. */
static void the_same_sum_to_others(void **state)
{
    struct town t = town_begin(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    pay_tie();
    family(t.c, 1, VILLAGE_1);
    joins(t.c, 1, 2001);
    grade_from(t.c, 1001, "2019-01-01", 1);
    grade_from(t.c, 2001, "2019-01-01", 1);
    enrol_from(&t, 1, 1001, "disability_care", "2019-01-01", "2020-02-01");
    enrol_from(&t, 1, 2001, "disability_care", "2020-02-01", DAY_OPEN);
    run_with(&t, "2020-01", DECIDE_ALL);
    run_with(&t, "2020-02", DECIDE_ALL);
    const struct month_query q = query_of_month(&t, s, "2020-02");
    check_text(changes_text(&t, &q), "990102001001 1 disability_care other 8000 8000");
    town_done(&t);
}

/* ---- why ------------------------------------------------------------------------------------ */

static str why_of(struct town *t, const struct month_query *q, int64_t household, bool english)
{
    struct month_line *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    struct sbuf out;
    sbuf_init(&out, 1 << 16);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(month_list(q, MONTH_CHANGES, c, &t->a, &list, &n, &more, err));
    for (size_t i = 0; i < n; i++) {
        struct change_why *why = NULL;
        size_t n_why = 0;
        if (list[i].household_id != household)
            continue;
        check_ok(change_whys(t->c, c, q->month, &list[i], &t->a, &why, &n_why, err));
        for (size_t k = 0; k < n_why; k++)
            sbuf_fmt(&out, "%s%s: %.*s", out.n > 0 ? "\n" : "", why[k].kind,
                     STR_ARG(why[k].text[english]));
        break;
    }
    store_reader_done(c);
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void accept_all(struct town *t, const struct scope *s)
{
    static const char *const kinds[] = {"add", "raise", "cut", "stop"};
    for (size_t i = 0; i < 4; i++) {
        struct proposal_query q = {
            .city = t->c, .scope = s, .programme = S("dibao"), .kind = str_from(kinds[i])};
        const struct proposal_choice choice = {.city = t->c,
                                               .scope = s,
                                               .filter = &q,
                                               .accept = true,
                                               .words = S("同意"),
                                               .today = today()};
        struct proposal_result done;
        check_ok(proposals_settle(&choice, &t->a, &done, err));
    }
}

static void each_change_has_its_reason(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    what_happens(&t);
    /* What is found is proposed, decided by somebody, and paid by the next run. */
    run_with(&t, "2020-02", DECIDE_NONE);
    accept_all(&t, s);
    run_with(&t, "2020-02", DECIDE_NONE);
    const struct month_query q = query_of_month(&t, s, "2020-02");
    check_text(changes_text(&t, &q), february);
    check_text(why_of(&t, &q, 2, false), "proposal: 按变动决定增发：按标施保（tester）");
    check_text(why_of(&t, &q, 7, false), "proposal: 按变动决定新增：按标施保（tester）\n"
                                         "enrolled: 2020-02-01 纳入最低生活保障");
    check_text(why_of(&t, &q, 4, false), "stopped: 2020-02-01 退出最低生活保障");
    assert_true(why_of(&t, &q, 6, true).n > 0);
    /* A standard that rises is told with both values. */
    run_with(&t, "2020-06", DECIDE_ALL);
    run_with(&t, "2020-07", DECIDE_ALL);
    const struct month_query july = query_of_month(&t, s, "2020-07");
    check_text(why_of(&t, &july, 1, false), "run: 2020-07 计算认定：按标施保\n"
                                            "standard: 低保标准 城市：600.00 → 650.00\n"
                                            "standard: 低保标准 农村：400.00 → 450.00");
    check_text(why_of(&t, &july, 1, true),
               "run: the run of 2020-07 found: covered at the standard\n"
               "standard: dibao standard urban: 600.00 → 650.00\n"
               "standard: dibao standard rural: 400.00 → 450.00");
    town_done(&t);
}

/* ---- who could be enrolled, and the payments ------------------------------------------------ */

static str lines_text(struct town *t, const struct month_query *q, enum month_list_kind what)
{
    struct month_line *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    struct sbuf out;
    sbuf_init(&out, 1 << 16);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(month_list(q, what, c, &t->a, &list, &n, &more, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&out, "%s%lld %lld %.*s %lld %.*s", i > 0 ? "\n" : "",
                 (long long)list[i].household_id, (long long)list[i].person_id,
                 STR_ARG(list[i].programme), (long long)list[i].new_fen, STR_ARG(list[i].head));
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void who_qualifies_is_named(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    const struct month_query q = query_of_month(&t, s, "2020-01");
    struct conn *c = NULL;
    int64_t n = 0, fen = 0;
    /* Family 7 would get 100.00; a disabled person is named by name. */
    check_text(lines_text(&t, &q, MONTH_CANDIDATES), "7 0 dibao 10000 张三");
    grade_from(t.c, 1008, "2020-01-01", 1);
    run_with(&t, "2020-01", DECIDE_ALL);
    check_text(lines_text(&t, &q, MONTH_CANDIDATES), "7 0 dibao 10000 张三\n"
                                                     "8 1008 disability_care 8000 张三");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(month_list_sums(&q, MONTH_CANDIDATES, c, &n, &fen, err));
    assert_int_equal(n, 2);
    check_ok(month_list_sums(&q, MONTH_PAYMENTS, c, &n, &fen, err));
    assert_int_equal(n, 6);
    assert_int_equal(fen, 60000);
    store_reader_done(c);
    struct month_query village = q;
    village.division = VILLAGE_2;
    check_text(lines_text(&t, &village, MONTH_PAYMENTS), "2 1002 dibao 10000 张三\n"
                                                         "4 1004 dibao 10000 张三\n"
                                                         "6 1006 dibao 10000 张三");
    /* Whoever works for another line sees nothing of this one. */
    struct scope_role role = {ROLE_PAYER, S("disability")};
    const struct scope other = scope_office(COUNTY, &role, S("payer"), today());
    struct month_query theirs = q;
    theirs.scope = &other;
    check_text(lines_text(&t, &theirs, MONTH_PAYMENTS), "");
    check_text(lines_text(&t, &theirs, MONTH_CANDIDATES), "8 1008 disability_care 8000 张三");
    /* Nor does another county. */
    role.line = S("");
    const struct scope away = scope_office(990103000000, &role, S("payer"), today());
    theirs.scope = &away;
    check_text(lines_text(&t, &theirs, MONTH_PAYMENTS), "");
    check_text(lines_text(&t, &theirs, MONTH_CANDIDATES), "");
    town_done(&t);
}

/* ---- frozen --------------------------------------------------------------------------------- */

static void freeze(struct town *t, const char *m)
{
    struct scope_role role = {ROLE_PAYER, S("")};
    const struct scope payer = scope_office(COUNTY, &role, S("payer"), today());
    struct batch batch;
    check_ok(batch_freeze(t->c, &payer, CASE_COUNTY, month_at(m), &t->a, &batch, err));
    assert_int_equal(batch.fen + batch.held_fen, 60000);
}

static void what_is_frozen_stays(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    struct run_spec spec = run_spec_of(t.c, month_at("2020-01"));
    struct run_result r;
    struct err own;
    freeze(&t, "2020-01");
    str before = awards(&t, 2, "dibao");
    person_from(t.c, 1002, "2020-01-01", "income 40000");
    spec.division = COUNTY;
    assert_int_equal(run_month(&spec, &t.a, &r, &own), RC_CONFLICT);
    assert_non_null(strstr(own.text, "the list of 2020-01 is frozen"));
    /* Of the whole city the other county is run, and this one stays. */
    spec.division = 0;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(awards(&t, 2, "dibao"), before.p);
    assert_int_equal(r.payments, 6);
    /* The next month finds it, and an acceptance decides from there. */
    run_with(&t, "2020-02", DECIDE_NONE);
    accept_all(&t, s);
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(awards(&t, 2, "dibao"), "2020-01|0|10000|determined\n2020-02|0|20000|decided");
    town_done(&t);
}

/* A proposal of a month that was frozen afterwards is decided from the first that is not. */
static void a_decision_on_a_frozen_month_begins_later(void **state)
{
    struct town t = some_families(*state);
    const struct scope *s = scope_system(t.c, today(), &t.a);
    person_from(t.c, 1002, "2020-01-01", "income 40000");
    run_with(&t, "2020-01", DECIDE_NONE);
    freeze(&t, "2020-01");
    const struct proposal_query q = {.city = t.c, .scope = s, .limit = 10};
    struct proposal *list = NULL;
    struct proposal_letter letter;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(proposals_read(&q, c, &t.a, &list, &n, &more, err));
    assert_int_equal(n, 1);
    check_ok(proposal_letter(c, t.c, &list[0], today(), &t.a, &letter, err));
    store_reader_done(c);
    assert_true(str_find(letter.text, S("2020年2月")) >= 0);
    accept_all(&t, s);
    check_text(rows_of(t.c,
                       "SELECT from_month, amount_fen FROM decided_amount WHERE household_id = 2 "
                       "ORDER BY position",
                       "ti", &t.a),
               "2020-01|10000\n2020-02|20000");
    check_text(rows_of(t.c, "SELECT count(*) FROM notice WHERE household_id = 2", "i", &t.a), "1");
    town_done(&t);
}

/* An earlier month run after a later one proposes too, unless the later one's proposal lies open. */
static void an_earlier_month_after_a_later_one(void **state)
{
    struct town t = some_families(*state);
    run_with(&t, "2020-03", DECIDE_ALL);
    /* Found for March first: that proposal is the open one, of which there is one a unit. */
    person_from(t.c, 1002, "2020-02-01", "income 40000");
    person_from(t.c, 1003, "2020-02-01", "income 45000");
    person_from(t.c, 1003, "2020-03-01", "income 50000");
    run_with(&t, "2020-03", DECIDE_NONE);
    run_with(&t, "2020-02", DECIDE_NONE);
    check_text(rows_of(t.c,
                       "SELECT month, household_id, kind, old_fen, new_fen FROM proposal "
                       "WHERE state = 'open' ORDER BY household_id",
                       "titii", &t.a),
               "2020-03|2|raise|10000|20000\n2020-02|3|raise|10000|15000");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_month_is_compared),
        BOTH(the_first_month_is_beside_nothing),
        BOTH(run_again_it_is_compared_anew),
        BOTH(the_same_sum_to_others),
        BOTH(each_change_has_its_reason),
        BOTH(who_qualifies_is_named),
        BOTH(what_is_frozen_stays),
        BOTH(a_decision_on_a_frozen_month_begins_later),
        BOTH(an_earlier_month_after_a_later_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
