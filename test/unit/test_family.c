/*
 * A family change as one act, under the values of Panzhihua: what it comes to before and after, to the fen; that
 * a preview writes nothing; that it is decided once, by whom may, and else proposed.
 */
#include "unit/test_run_case.h"

#include <pthread.h>

#include "pay/batch.h"
#include "pay/decide.h"
#include "pay/family.h"

#define TODAY     date_day(2020, 12, 21)
#define VILLAGE_X VILLAGE_W /* of the other county */

static const char family_place[] =
    "place town \"试城\" / \"Town\", division 990100000000\n"
    "  lines assistance, disability from 2019-01\n"
    "  assumed \"试\"\n"
    "  set dibao.standard           from 2019-01: 610.00 for urban, 410.00 for rural\n"
    "  set dibao.base               from 2019-01: 500.00 for urban, 310.00 for rural\n"
    "  set dibao.exit_months        from 2019-01: 12 months\n"
    "  set dibao.job_cost_rate      from 2019-01: 20%\n"
    "  set dibao.asset_months       from 2019-01: 24 months\n"
    "  set dibao.edge_rate          from 2019-01: 1.5 times\n"
    "  set dibao.uplift_share       from 2019-01: 30% for severe_disease, 15% for chronic_disease, "
    "50% for grade_1, 40% for grade_2, 20% for grade_3_4, 40% for aged_80, 20% for aged_70, 20% for "
    "minor, 15% for in_school, 100% for lost_child\n"
    "  set tekun.multiple           from 2019-01: 1.3 times\n"
    "  set tekun.floor              from 2019-01: 800.00 for urban, 580.00 for rural\n"
    "  set tekun.care               from 2019-01: 120.00 for full, 80.00 for half, 50.00 for self\n"
    "  set disability_living.amount from 2019-01: 100.00\n"
    "  set disability_care.amount   from 2019-01: 80.00 for 1, 50.00 for 2\n";

struct family_case {
    struct town t;
    struct family_act act;
    struct family_result r;
};

/* A decider of the county, for every line. */
static struct family_case begin(void *state)
{
    struct family_case k = {.t = {.home = town_home()}};
    home_put(&k.t.home, "places/town.hm", family_place);
    k.t.c = case_city(state, &k.t.home, &k.t.a);
    pay_tie();
    k.act = (struct family_act){.city = k.t.c,
                                .county = CASE_COUNTY,
                                .household = 1,
                                .day = TODAY,
                                .today = TODAY,
                                .evidence = S("户口簿")};
    return k;
}

static void end(struct family_case *k)
{
    town_done(&k->t);
}

static void as(struct family_case *k, int64_t division, enum role role)
{
    struct scope_role *r = NEW(&k->t.a, struct scope_role);
    struct scope *s = NEW(&k->t.a, struct scope);
    *r = (struct scope_role){.role = role, .line = S("")};
    *s = scope_office(division, r, S("wang"), TODAY);
    k->act.scope = s;
}

static void run_month_of(struct family_case *k, const char *text, enum decide decide)
{
    struct run_spec spec = run_spec_of(k->t.c, month_at(text));
    struct run_result r;
    spec.decide = decide;
    spec.today = TODAY;
    check_ok(run_month(&spec, &k->t.a, &r, err));
}

static str fen_text(struct family_case *k, int64_t fen)
{
    return fen == AMOUNT_OPEN ? S("open") : str_fmt(&k->t.a, "%lld", (long long)fen);
}

/* "0 dibao: raise 121000>182000 act 2021-01": home, programme, whose, what it means, amounts, who decides. */
static str rows(struct family_case *k)
{
    str out = S("");
    for (size_t i = 0; i < k->r.n_rows; i++) {
        const struct family_row *r = &k->r.rows[i];
        char m[8];
        out = str_fmt(&k->t.a, "%.*s%s%zu %.*s%s%.*s: %s %.*s>%.*s %s %s", STR_ARG(out),
                      i > 0 ? "\n" : "", r->home, STR_ARG(r->policy->name.text),
                      r->name.n > 0 ? " " : "", STR_ARG(r->name), family_means_word(r->means),
                      STR_ARG(fen_text(k, r->fen[0])), STR_ARG(fen_text(k, r->fen[1])),
                      family_by_word(r->by), month_text(r->month, m));
        if (r->paid_from != 0)
            out = str_fmt(&k->t.a, "%.*s paid %s", STR_ARG(out), month_text(r->paid_from, m));
        if (r->review != 0)
            out = str_fmt(&k->t.a, "%.*s review", STR_ARG(out));
        if (r->n_needs > 0)
            out = str_fmt(&k->t.a, "%.*s needs %.*s", STR_ARG(out),
                          STR_ARG(r->needs[0].field->name.text));
    }
    return out;
}

static void show(struct family_case *k)
{
    check_ok(family_preview(&k->act, &k->t.a, &k->r, err));
    assert_null(k->r.field);
}

static void make(struct family_case *k)
{
    check_ok(family_decide(&k->act, &k->t.a, &k->r, err));
    assert_null(k->r.field);
}

static str decided(struct family_case *k)
{
    return rows_of(k->t.c,
                   "SELECT d.county_code, CASE WHEN d.household_id > 1000000 THEN 0 ELSE "
                   "d.household_id END, d.person_id, d.programme, d.from_month, "
                   "d.amount_fen FROM decided_amount d WHERE d.cause LIKE 'proposal%' ORDER BY "
                   "d.county_code, d.household_id, d.programme, d.person_id",
                   "iiitti", &k->t.a);
}

static str proposals(struct family_case *k)
{
    return rows_of(
        k->t.c,
        "SELECT county_code, CASE WHEN household_id > 1000000 THEN 0 ELSE household_id END, "
        "programme, kind, old_fen, new_fen, amounts, "
        "state, month FROM proposal ORDER BY county_code, proposal_id",
        "iittiittt", &k->t.a);
}

static str notices(struct family_case *k)
{
    return rows_of(k->t.c,
                   "SELECT county_code, kind, content FROM notice ORDER BY county_code, notice_id",
                   "itt", &k->t.a);
}

/* A single parent of 40 with a child of 10, on dibao with what December gives. */
static struct family_case on_dibao(void *state)
{
    struct family_case k = begin(state);
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    joins(k.t.c, 1, 2001);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    return k;
}

/* ---- facts ---------------------------------------------------------------------------------- */

static const struct field *fact(struct family_case *k, const char *reg, const char *name)
{
    const struct field *f = reg_field(rules_reg(k->t.c->rules, str_from(reg)), str_from(name));
    assert_non_null(f);
    return f;
}

/* What is asked of everybody, as nothing. */
static void nothing_of(struct family_case *k, enum family_whose whose)
{
    static const char *const person[] = {
        "income",  "wage",    "employed",        "destitute",       "second_house",
        "student", "disease", "lost_only_child", "disability_grade"};
    static const char *const household[] = {"hukou_type", "assets", "vehicles",
                                            "disability_vehicle"};
    const char *const *names = whose == OF_MADE ? household : person;
    size_t n = whose == OF_MADE ? 4 : 9;
    struct family_fact *list = NEW_N(&k->t.a, struct family_fact, n);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = fact(k, whose == OF_MADE ? "household" : "person", names[i]);
        struct value v = V_INT(0);
        if (f->type.kind == K_CODE)
            v = V_TEXT(whose == OF_MADE ? S("urban") : S("none"));
        list[i] = (struct family_fact){f, whose, 0, 0, v};
    }
    k->act.facts = list;
    k->act.n_facts = n;
}

static void person_facts(struct family_case *k, struct family_fact *list, size_t n, int64_t person)
{
    for (size_t i = 0; i < n; i++) {
        list[i].whose = OF_PERSON;
        list[i].county = CASE_COUNTY;
        list[i].person = person;
    }
    k->act.own.person = person;
    k->act.facts = list;
    k->act.n_facts = n;
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static void a_child_is_born(void **state)
{
    struct family_case k = on_dibao(*state);
    k.act.kind = FAMILY_BIRTH;
    k.act.child = (struct edit_person){
        .name = S("张小"), .sex = 2, .birth = BIRTH_NOT_TOLD, .relation = S("女")};
    show(&k); /* what nobody knows of the child is asked */
    check_text(rows(&k), "0 dibao: open 122000>122000 nobody 2021-01 needs destitute");
    nothing_of(&k, OF_CHILD);
    k.act.n_facts = 5; /* it qualifies, and nobody can tell for how much */
    show(&k);
    check_text(rows(&k), "0 dibao: open 122000>122000 nobody 2021-01 needs disease");
    nothing_of(&k, OF_CHILD);
    show(&k);
    check_text(rows(&k), "0 dibao: raise 122000>193000 act 2021-01");
    make(&k);
    check_text(decided(&k), "990102|1|0|dibao|2021-01|193000");
    check_text(proposals(&k), "990102|1|dibao|raise|122000|193000|0=193000|accepted|2021-01");
    check_text(
        notices(&k),
        "990102|change|张三：自下月起，你户的最低生活保障改为每月1,930.00元。理由：按标施保。\n"
        "甲区民政局");
    end(&k);
}

static void the_head_dies(void **state)
{
    struct family_case k = on_dibao(*state);
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 1001;
    check_fails(family_preview(&k.act, &k.t.a, &k.r, err), RC_BAD_INPUT, "李四");
    assert_string_equal(k.r.field, "head");
    k.act.own.head = 2001;
    show(&k);
    check_text(rows(&k), "0 dibao: cut 122000>61000 act 2021-01");
    make(&k);
    check_text(decided(&k), "990102|1|0|dibao|2021-01|61000");
    check_text(
        notices(&k),
        "990102|change|李四：自下月起，你户的最低生活保障改为每月610.00元。理由：按标施保。\n"
        "甲区民政局");
    end(&k);
}

/* Of whom nobody is left there is nobody to tell. */
static void who_was_alone_dies(void **state)
{
    struct family_case k = begin(*state);
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    person_from(k.t.c, 1001, "2019-01-01", "destitute 1");
    enrol(k.t.c, 1, 1001, "tekun", DAY_OPEN);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 1001;
    show(&k);
    check_text(rows(&k), "0 tekun 张三: stop 92000>0 act 2021-01");
    make(&k);
    assert_true(k.r.homes[0].over);
    check_text(decided(&k), "990102|1|1001|tekun|2021-01|0");
    check_text(notices(&k), "");
    check_text(rows_of(k.t.c, "SELECT valid_from, valid_to FROM enrolment", "tt", &k.t.a),
               "2019-01-01|2021-01-01");
    end(&k);
}

static void a_member_in_tekun_dies(void **state)
{
    struct family_case k = begin(*state);
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    joins(k.t.c, 1, 2001);
    person_from(k.t.c, 2001, "2019-01-01", "destitute 1");
    enrol(k.t.c, 1, 2001, "tekun", DAY_OPEN);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    show(&k);
    check_text(rows(&k), "0 dibao: same 61000>61000 nobody 2021-01\n"
                         "0 tekun 李四: stop 92000>0 act 2021-01");
    make(&k);
    check_text(decided(&k), "990102|1|2001|tekun|2021-01|0");
    check_text(
        notices(&k),
        "990102|stop|张三：自下月起停发你户的特困人员救助供养。理由：已不在该户（去世、迁出）。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "甲区民政局");
    end(&k);
}

/* Household 1 of one on dibao; household 2 of one with 1,000.00 a month. */
static struct family_case two_families(void *state, const char *income)
{
    char facts[40];
    struct family_case k = begin(state);
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    family(k.t.c, 2, VILLAGE_2);
    snprintf(facts, sizeof facts, "income %s", income);
    person_from(k.t.c, 1002, "2019-01-01", facts);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    k.act.kind = FAMILY_MARRIAGE;
    k.act.own.person = 1001;
    k.act.partner = (struct family_side){.county = CASE_COUNTY, .person = 1002};
    return k;
}

static void they_marry(void **state)
{
    struct family_case k = two_families(*state, "200000");
    k.act.where = FAMILY_HERE;
    show(&k);
    check_text(rows(&k), "0 dibao: stop 61000>0 act 2021-01");
    assert_int_equal(k.r.n_homes, 2);
    assert_true(k.r.homes[1].over);
    k.act.where = FAMILY_THERE;
    show(&k);
    check_text(rows(&k), "0 dibao: ends 61000>0 act 2021-01\n"
                         "1 dibao: elsewhere 0>0 nobody 2021-01 review");
    make(&k);
    check_text(decided(&k), "990102|1|0|dibao|2021-01|0");
    check_text(proposals(&k), "990102|1|dibao|stop|61000|0||accepted|2021-01");
    check_text(
        notices(&k),
        "990102|stop|张三：自下月起停发你户的最低生活保障。理由：已不在该户（去世、迁出）。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "甲区民政局");
    assert_int_equal(k.r.reviews, 1);
    end(&k);
}

static void they_found_a_household(void **state)
{
    struct family_case k = two_families(*state, "100000");
    k.act.where = FAMILY_NEW;
    show(&k);
    check_text(rows(&k), "0 dibao: ends 61000>0 act 2021-01\n"
                         "2 dibao: open 0>open nobody 2021-01 review needs hukou_type");
    nothing_of(&k, OF_MADE);
    show(&k);
    check_text(rows(&k), "0 dibao: ends 61000>0 act 2021-01\n"
                         "2 dibao: unclaimed 0>22000 nobody 2021-01 review");
    make(&k);
    assert_true(k.r.made != 0);
    check_text(rows_of(k.t.c,
                       "SELECT m.relation, p.name FROM membership m JOIN person p ON p.person_id = "
                       "m.person_id WHERE m.valid_to = '9999-12-31' ORDER BY m.relation",
                       "tt", &k.t.a),
               "02|张三\n10|张三");
    end(&k);
}

static enum rc enrol_there(struct change *c, void *ctx, struct err *err)
{
    return enrolment_put(c, ctx, err);
}

/* A mother with her child in the other county, on dibao there. */
static int64_t across(struct family_case *k, int64_t persons[2])
{
    const struct edit_person people[] = {
        {.name = S("王五"),
         .identity =
             str_fmt(&k->t.a, "%s%c", "99010319850102002", id_number_check("99010319850102002")),
         .sex = -1,
         .birth = BIRTH_NOT_TOLD},
        {.name = S("王六"), .birth = date_day(2012, 3, 4), .sex = 1, .relation = S("子")},
    };
    struct edit_fact facts[22];
    struct household_edit e = {.city = k->t.c,
                               .kind = EDIT_NEW,
                               .county = CASE_OTHER,
                               .division = VILLAGE_X,
                               .who = S("clerk"),
                               .day = date_day(2020, 2, 1),
                               .today = TODAY,
                               .evidence = S("户口簿"),
                               .people = people,
                               .n_people = 2,
                               .facts = facts};
    struct edit_result r;
    nothing_of(k, OF_MADE);
    for (size_t i = 0; i < k->act.n_facts; i++)
        facts[e.n_facts++] = (struct edit_fact){k->act.facts[i].field, 0, k->act.facts[i].value};
    nothing_of(k, OF_CHILD);
    for (int whose = -1; whose >= -2; whose--)
        for (size_t i = 0; i < k->act.n_facts; i++)
            facts[e.n_facts++] =
                (struct edit_fact){k->act.facts[i].field, whose, k->act.facts[i].value};
    k->act.n_facts = 0;
    check_ok(household_edit(&e, &r, err));
    struct enrolment_row row = {.household_id = r.household,
                                .programme = S("dibao"),
                                .valid_from = S("2020-02-01"),
                                .valid_to = S(DAY_OPEN),
                                .cause = S("test")};
    check_ok(change_in(k->t.c, CASE_OTHER, enrol_there, &row, NULL, err));
    struct household_view v;
    struct conn *c = NULL;
    check_ok(store_reader(k->t.c->store, &c, err));
    check_ok(household_view(k->t.c, c, CASE_OTHER, r.household, TODAY, false, &k->t.a, &v, err));
    store_reader_done(c);
    persons[0] = v.members.at[0].person;
    persons[1] = v.members.at[1].person;
    return r.household;
}

/* An office that sees both families records it. */
static void they_marry_across_counties(void **state)
{
    struct family_case k = begin(*state);
    int64_t p[2];
    as(&k, 990100000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    int64_t there = across(&k, p);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    k.act.kind = FAMILY_MARRIAGE;
    k.act.own.person = 1001;
    k.act.where = FAMILY_HERE;
    k.act.partner =
        (struct family_side){.county = CASE_OTHER, .person = p[0], .persons = p, .n_persons = 2};
    show(&k);
    check_text(rows(&k), "0 dibao: raise 61000>193000 act 2021-01\n"
                         "1 dibao: ends 132000>0 act 2021-01");
    assert_true(k.r.homes[0].seen && k.r.homes[1].seen && k.r.homes[1].over);
    make(&k);
    check_text(decided(&k), "990102|1|0|dibao|2021-01|193000\n"
                            "990103|0|0|dibao|2021-01|0");
    check_text(proposals(&k), "990102|1|dibao|raise|61000|193000|0=193000|accepted|2021-01\n"
                              "990103|0|dibao|stop|132000|0||accepted|2021-01");
    check_text(
        notices(&k),
        "990102|change|张三：自下月起，你户的最低生活保障改为每月1,930.00元。理由：按标施保。\n"
        "甲区民政局\n"
        "990102|stop|张三：自下月起停发你户的最低生活保障。理由：已不在该户（去世、迁出）。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "乙县民政局");
    check_text(rows_of(k.t.c,
                       "SELECT m.county_code, m.relation, p.name FROM membership m JOIN person p "
                       "ON p.county_code = m.county_code AND p.person_id = m.person_id "
                       "WHERE m.valid_to = '9999-12-31' ORDER BY m.relation",
                       "itt", &k.t.a),
               "990102|02|张三\n990102|10|王五\n990102|27|王六");
    int64_t checked = 0;
    check_ok(audit_verify(k.t.c->store, &checked, err));
    (void)there;
    end(&k);
}

/* A county does nothing to a family of another one, and learns no more than who keeps it. */
static void a_family_of_another_county(void **state)
{
    struct family_case k = begin(*state);
    int64_t p[2];
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    int64_t there = across(&k, p);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    struct family_fact facts[] = {{.field = fact(&k, "person", "income"),
                                   .whose = OF_PERSON,
                                   .county = CASE_OTHER,
                                   .person = p[1],
                                   .value = V_INT(900000)}};
    k.act.kind = FAMILY_MARRIAGE;
    k.act.own.person = 1001;
    k.act.partner = (struct family_side){.county = CASE_OTHER, .person = p[0]};
    k.act.facts = facts;
    k.act.n_facts = 1;
    k.act.traces = true;
    for (int where = FAMILY_HERE; where <= FAMILY_NEW; where++) {
        int64_t before[] = {position_now(k.t.c, CASE_COUNTY), position_now(k.t.c, CASE_OTHER)};
        k.act.where = (enum family_where)where;
        show(&k);
        check_text(rows(&k), "");
        assert_int_equal(k.r.kept_by, 990103001000);
        assert_int_equal(k.r.month, month_at("2021-01"));
        for (size_t i = 0; i < k.r.n_homes; i++)
            assert_null(k.r.homes[i].trace[1].trace);
        check_fails(family_decide(&k.act, &k.t.a, &k.r, err), RC_RULE, "another office keeps");
        assert_string_equal(k.r.field, "partner");
        assert_int_equal(position_now(k.t.c, CASE_COUNTY), before[0]);
        assert_int_equal(position_now(k.t.c, CASE_OTHER), before[1]);
    }
    /* There it is recorded that they leave, for a household here; then it is one county's. */
    k.act.n_facts = 0;
    struct family_act leaves = {.city = k.t.c,
                                .kind = FAMILY_MOVE,
                                .county = CASE_OTHER,
                                .division = VILLAGE_2,
                                .day = TODAY,
                                .today = TODAY,
                                .evidence = S("准迁证")};
    const struct family_act marriage = k.act;
    as(&k, 990103000000, ROLE_DECIDER);
    leaves.scope = k.act.scope;
    leaves.household = there;
    struct conn *c = NULL;
    k.act = leaves;
    make(&k);
    assert_int_equal(k.r.county, CASE_COUNTY);
    struct household_view now;
    check_ok(store_reader(k.t.c->store, &c, err));
    check_ok(household_view(k.t.c, c, CASE_COUNTY, k.r.household, TODAY, false, &k.t.a, &now, err));
    store_reader_done(c);
    k.act = marriage;
    k.act.where = FAMILY_THERE;
    k.act.partner = (struct family_side){.county = CASE_COUNTY, .person = now.head};
    show(&k);
    assert_int_equal(k.r.kept_by, 0);
    check_text(rows(&k), "0 dibao: ends 61000>0 act 2021-01\n"
                         "1 dibao: elsewhere 0>0 nobody 2021-01 review");
    end(&k);
}

static void they_part(void **state)
{
    struct family_case k = on_dibao(*state);
    const int64_t along[] = {3001};
    check_ok(
        put_person(k.t.c, (struct person_row){3001, S("张小"), 1, S("2012-05-01"), S("")}, err));
    check_ok(put_membership(
        k.t.c, (struct membership_row){1, 3001, S("2019-01-01"), S(DAY_OPEN), S("20")}, err));
    person_from(k.t.c, 3001, "2019-01-01", "");
    grade_from(k.t.c, 3001, "2019-01-01", 0);
    run_month_of(&k, "2020-12", DECIDE_ALL);
    k.act.kind = FAMILY_DIVORCE;
    k.act.own.person = 2001;
    k.act.own.persons = along;
    k.act.own.n_persons = 1;
    show(&k);
    check_text(rows(&k), "0 dibao: cut 193000>61000 act 2021-01\n"
                         "1 dibao: open 0>open nobody 2021-01 review needs hukou_type");
    nothing_of(&k, OF_MADE);
    show(&k);
    check_text(rows(&k), "0 dibao: cut 193000>61000 act 2021-01\n"
                         "1 dibao: unclaimed 0>132000 nobody 2021-01 review");
    make(&k);
    check_text(decided(&k), "990102|1|0|dibao|2021-01|61000");
    check_text(
        notices(&k),
        "990102|change|张三：自下月起，你户的最低生活保障改为每月610.00元。理由：按标施保。\n"
        "甲区民政局");
    end(&k);
}

static void somebody_works(void **state)
{
    struct family_case k = on_dibao(*state);
    struct family_fact facts[] = {{.field = fact(&k, "person", "employed"), .value = V_INT(1)},
                                  {.field = fact(&k, "person", "wage"), .value = V_INT(150000)},
                                  {.field = fact(&k, "person", "income"), .value = V_INT(150000)}};
    k.act.kind = FAMILY_JOB;
    person_facts(&k, facts, 3, 2001);
    show(&k);
    check_text(rows(&k), "0 dibao: cut 122000>2000 act 2021-01");
    facts[1].value.i = facts[2].value.i = 200000;
    show(&k); /* above the standard, below the edge line: kept for a year */
    check_text(rows(&k), "0 dibao: same 122000>122000 nobody 2021-01");
    facts[1].value.i = facts[2].value.i = 300000;
    make(&k);
    check_text(rows(&k), "0 dibao: stop 122000>0 act 2021-01");
    check_text(decided(&k), "990102|1|0|dibao|2021-01|0");
    check_text(notices(&k),
               "990102|stop|张三：自下月起停发你户的最低生活保障。理由：不予保障（收入）。\n"
               "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
               "甲区民政局");
    check_text(rows_of(k.t.c, "SELECT valid_from, valid_to FROM enrolment", "tt", &k.t.a),
               "2019-01-01|2021-01-01");
    end(&k);
}

static void somebody_is_disabled(void **state)
{
    struct family_case k = on_dibao(*state);
    struct family_fact facts[] = {
        {.field = fact(&k, "person", "disability_grade"), .value = V_TEXT(S("1"))}};
    k.act.kind = FAMILY_DISABILITY;
    person_facts(&k, facts, 1, 2001);
    make(&k);
    check_text(rows(&k), "0 dibao: raise 122000>147000 act 2021-01\n"
                         "0 disability_living 李四: unclaimed 0>10000 nobody 2021-01\n"
                         "0 disability_care 李四: unclaimed 0>8000 nobody 2021-01");
    check_text(decided(&k), "990102|1|0|dibao|2021-01|147000");
    end(&k);
}

static void they_move(void **state)
{
    struct family_case k = on_dibao(*state);
    k.act.kind = FAMILY_MOVE;
    k.act.division = VILLAGE_2;
    show(&k);
    check_text(rows(&k), "0 dibao: same 122000>122000 nobody 2021-01");
    k.act.division = VILLAGE_X;
    make(&k);
    check_text(rows(&k), "0 dibao: ends 122000>0 act 2021-01\n"
                         "1 dibao: unclaimed 0>122000 nobody 2021-01 review");
    check_text(decided(&k), "990102|1|0|dibao|2021-01|0");
    check_text(
        notices(&k),
        "990103|stop|张三：自下月起停发你户的最低生活保障。理由：已不在该户（去世、迁出）。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "甲区民政局");
    assert_int_equal(k.r.county, CASE_OTHER);
    end(&k);
}

/* ---- who decides ---------------------------------------------------------------------------- */

/* What ends with their going is recorded by a township, and decided by nobody. */
static void a_township_decides_no_end(void **state)
{
    struct family_case k = two_families(*state, "200000");
    as(&k, 990102001000, ROLE_CLERK);
    k.act.where = FAMILY_THERE;
    make(&k);
    check_text(rows(&k), "0 dibao: ends 61000>0 nobody 2021-01\n"
                         "1 dibao: elsewhere 0>0 nobody 2021-01 review");
    assert_int_equal(k.r.decided + k.r.proposed + k.r.notices, 0);
    check_text(decided(&k), "");
    check_text(proposals(&k), "");
    check_text(notices(&k), "");
    check_text(rows_of(k.t.c, "SELECT valid_from, valid_to FROM enrolment", "tt", &k.t.a),
               "2019-01-01|2021-01-01");
    run_month_of(&k, "2021-01", DECIDE_NONE);
    check_text(proposals(&k), "");
    end(&k);
}

/* Nor does it touch the family of the next township. */
static void a_township_and_the_next(void **state)
{
    struct family_case k = two_families(*state, "200000");
    k.act.own.person = 1002;
    k.act.household = 2;
    k.act.partner.person = 1001;
    family(k.t.c, 3, VILLAGE_R);
    as(&k, 990102001000, ROLE_CLERK);
    show(&k);
    assert_int_equal(k.r.kept_by, 0);
    k.act.partner.person = 1003;
    show(&k);
    assert_int_equal(k.r.kept_by, 990102100000);
    check_text(rows(&k), "");
    check_fails(family_decide(&k.act, &k.t.a, &k.r, err), RC_RULE, "another office keeps");
    as(&k, 990102000000, ROLE_DECIDER);
    show(&k);
    assert_int_equal(k.r.kept_by, 0);
    end(&k);
}

static void a_township_proposes(void **state)
{
    struct family_case k = on_dibao(*state);
    as(&k, 990102001000, ROLE_CLERK);
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    show(&k);
    check_text(rows(&k), "0 dibao: cut 122000>61000 proposal 2021-01");
    make(&k);
    check_text(decided(&k), "");
    check_text(proposals(&k), "990102|1|dibao|cut|122000|61000|0=61000|open|2021-01");
    check_text(notices(&k), "");
    check_text(rows_of(k.t.c,
                       "SELECT kind, step, household_id, title FROM task WHERE ended = '' ORDER BY "
                       "kind, step",
                       "ttit", &k.t.a),
               "proposal|dibao:cut|1|裁决减发：最低生活保障 2021-01");
    /* The month that is run then finds the same one. */
    run_month_of(&k, "2021-01", DECIDE_NONE);
    check_text(proposals(&k), "990102|1|dibao|cut|122000|61000|0=61000|open|2021-01");
    end(&k);
}

static void left_out_by_choice(void **state)
{
    struct family_case k = on_dibao(*state);
    const struct family_left left = {1, S("dibao")};
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    k.act.left = &left;
    k.act.n_left = 1;
    make(&k);
    check_text(rows(&k), "0 dibao: cut 122000>61000 choice 2021-01");
    check_text(proposals(&k), "990102|1|dibao|cut|122000|61000|0=61000|open|2021-01");
    end(&k);
}

/* In a county whose December is frozen, a death in October was paid for since. */
static void it_reaches_back(void **state)
{
    struct family_case k = begin(*state);
    struct batch b;
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    joins(k.t.c, 1, 2001);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    for (int m = 9; m <= 12; m++)
        run_month_of(&k, str_fmt(&k.t.a, "2020-%02d", m).p, DECIDE_FIRST);
    const struct scope *payer = scope_system(k.t.c, TODAY, &k.t.a);
    check_ok(batch_freeze(k.t.c, payer, CASE_COUNTY, month_at("2020-12"), &k.t.a, &b, err));
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    k.act.day = date_day(2020, 10, 15);
    show(&k);
    check_text(rows(&k), "0 dibao: cut 122000>61000 act 2021-01 paid 2020-11");
    assert_int_equal(k.r.rows[0].paid_upto, month_at("2020-12"));
    assert_int_equal(k.r.month, month_at("2021-01"));
    end(&k);
}

/* Without a run in between: what is paid last month is what would be. */
static void months_that_were_not_run(void **state)
{
    struct family_case k = begin(*state);
    as(&k, 990102000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    joins(k.t.c, 1, 2001);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    run_month_of(&k, "2020-10", DECIDE_FIRST);
    struct family_fact facts[] = {{.field = fact(&k, "person", "income"), .value = V_INT(160000)}};
    k.act.kind = FAMILY_JOB;
    person_facts(&k, facts, 1, 2001);
    show(&k); /* 800.00 a head: the gradual exit needs December's amount */
    check_text(rows(&k), "0 dibao: same 122000>122000 nobody 2021-01");
    end(&k);
}

/* One's own family is recorded, and decided by somebody else. */
static void ones_own_family(void **state)
{
    struct family_case k = on_dibao(*state);
    struct scope *s = NEW(&k.t.a, struct scope);
    *s = *k.act.scope;
    s->person_county = CASE_COUNTY;
    s->person_id = 2001;
    k.act.scope = s;
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    make(&k);
    check_text(rows(&k), "0 dibao: cut 122000>61000 kinship 2021-01");
    check_text(decided(&k), "");
    check_text(proposals(&k), "990102|1|dibao|cut|122000|61000|0=61000|open|2021-01");
    end(&k);
}

static void as_own(struct family_case *k, int64_t county, int64_t person)
{
    struct scope *s = NEW(&k->t.a, struct scope);
    *s = *k->act.scope;
    s->person_county = county;
    s->person_id = person;
    k->act.scope = s;
}

/* A household into which one's own people come is one's own from then on. */
static void ones_own_people_arrive(void **state)
{
    struct family_case k = two_families(*state, "200000");
    as_own(&k, CASE_COUNTY, 1002);
    k.act.where = FAMILY_HERE;
    show(&k);
    check_text(rows(&k), "0 dibao: stop 61000>0 kinship 2021-01");
    k.act.where = FAMILY_NEW;
    show(&k);
    assert_true(!k.r.homes[0].related && k.r.homes[1].related && k.r.homes[2].related);
    check_text(rows(&k), "0 dibao: ends 61000>0 act 2021-01\n"
                         "2 dibao: open 0>open nobody 2021-01 review needs hukou_type");
    /* An end of one's own is decided by nobody. */
    as_own(&k, CASE_COUNTY, 1001);
    k.act.where = FAMILY_THERE;
    make(&k);
    check_text(rows(&k), "0 dibao: ends 61000>0 nobody 2021-01\n"
                         "1 dibao: elsewhere 0>0 nobody 2021-01 review");
    assert_true(k.r.homes[1].related);
    check_text(decided(&k), "");
    end(&k);
}

/* In another county they have other numbers; the tie goes along. */
static void ones_own_people_arrive_from_another_county(void **state)
{
    struct family_case k = begin(*state);
    int64_t p[2];
    as(&k, 990100000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    across(&k, p);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    str sql = str_fmt(&k.t.a,
                      "INSERT INTO staff_relative VALUES (77, 990103, %lld, '母亲', "
                      "'2020-01-01', 0)",
                      (long long)p[0]);
    const struct statement st = {.name = "test_relative", .sql = str_z(&k.t.a, sql)};
    check_ok(fresh_exec(k.t.c->store, &st, NULL, 0, err));
    as_own(&k, 0, 0);
    struct scope *s = NEW(&k.t.a, struct scope);
    *s = *k.act.scope;
    s->account_id = 77;
    k.act.scope = s;
    k.act.kind = FAMILY_MARRIAGE;
    k.act.own.person = 1001;
    k.act.where = FAMILY_HERE;
    k.act.partner =
        (struct family_side){.county = CASE_OTHER, .person = p[0], .persons = p, .n_persons = 2};
    make(&k);
    check_text(rows(&k), "0 dibao: raise 61000>193000 kinship 2021-01\n"
                         "1 dibao: ends 132000>0 nobody 2021-01");
    check_text(decided(&k), "");
    check_text(rows_of(k.t.c,
                       "SELECT r.account_id, r.person_county, p.name, r.relation, r.since FROM "
                       "staff_relative r JOIN person p ON p.county_code = r.person_county AND "
                       "p.person_id = r.person_id ORDER BY r.person_county",
                       "iittt", &k.t.a),
               "77|990102|王五|母亲|2020-01-01\n77|990103|王五|母亲|2020-01-01");
    int64_t checked = 0;
    check_ok(audit_verify(k.t.c->store, &checked, err));
    end(&k);
}

static enum rc put_open(struct change *c, void *ctx, struct err *err)
{
    struct family_case *k = ctx;
    static const char *const months[] = {"2021-02", "2021-01", "2021-03"};
    struct proposal_tasks ids = {0};
    bool made = false;
    for (size_t i = 0; i < 3; i++) {
        struct proposal p = {.county_code = CASE_COUNTY,
                             .month = month_at(months[i]),
                             .household_id = 1,
                             .programme = S("dibao"),
                             .kind = S("cut"),
                             .old_fen = 122000,
                             .new_fen = 61000,
                             .amounts = S("0=61000"),
                             .outcome = S(""),
                             .reasons = S(""),
                             .division = VILLAGE_1,
                             .state = S("open")};
        TRY(proposal_put(c, k->t.c->rules, &ids, &p, TODAY, &made, err));
    }
    return RC_OK;
}

/* The same amounts, found for an earlier month too, hold from that month on. */
static void from_the_earlier_month(void **state)
{
    struct family_case k = on_dibao(*state);
    check_ok(change_in(k.t.c, CASE_COUNTY, put_open, &k, NULL, err));
    check_text(proposals(&k), "990102|1|dibao|cut|122000|61000|0=61000|open|2021-01");
    check_text(rows_of(k.t.c, "SELECT seen FROM proposal", "t", &k.t.a), "2021-03");
    end(&k);
}

/* A proposal that lay open is replaced by what the act decides. */
static void what_lay_open_is_void(void **state)
{
    struct family_case k = on_dibao(*state);
    person_from(k.t.c, 1001, "2020-12-05", "income 10000");
    run_month_of(&k, "2021-01", DECIDE_NONE);
    check_text(proposals(&k), "990102|1|dibao|cut|122000|112000|0=112000|open|2021-01");
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    make(&k);
    check_text(proposals(&k), "990102|1|dibao|cut|122000|112000|0=112000|void|2021-01\n"
                              "990102|1|dibao|cut|122000|51000|0=51000|accepted|2021-01");
    check_text(rows_of(k.t.c, "SELECT kind, step FROM task WHERE ended = '' AND kind = 'proposal'",
                       "tt", &k.t.a),
               "");
    end(&k);
}

/* The calculation before and after, for whoever asks. */
static void with_its_calculation(void **state)
{
    struct family_case k = on_dibao(*state);
    k.act.kind = FAMILY_DEATH;
    k.act.own.person = 2001;
    show(&k);
    assert_null(k.r.homes[0].trace[0].trace);
    k.act.traces = true;
    show(&k);
    for (int i = 0; i < 2; i++) {
        const struct preview *p = &k.r.homes[0].trace[i];
        assert_int_equal(p->n_persons, 2 - i);
        assert_int_equal(p->trace->month, month_at("2021-01"));
        assert_true(p->trace->n_policies > 3);
    }
    end(&k);
}

/* ---- nothing, once, at once ----------------------------------------------------------------- */

/* Everything that is stored, table by table. */
static str whole_store(struct family_case *k)
{
    bool pg = store_kind(k->t.c->store) == STORE_POSTGRES;
    str out = S(""),
        names =
            rows_of(k->t.c,
                    pg ? "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                         "'public' ORDER BY table_name"
                       : "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
                    "t", &k->t.a);
    str name;
    struct conn *c = NULL;
    check_ok(store_reader(k->t.c->store, &c, err));
    while (names.n > 0) {
        struct column_info *cols = NULL;
        size_t n = 0;
        if (!str_cut(names, '\n', &name, &names))
            names = S("");
        if (name.n == 0)
            continue;
        check_ok(store_columns(c, name, &k->t.a, &cols, &n, err));
        str row = S("''");
        for (size_t i = 0; i < n; i++)
            row = str_fmt(&k->t.a, "%.*s || ',' || COALESCE(%s%.*s%s, '-')", STR_ARG(row),
                          pg ? "CAST(" : "quote(", STR_ARG(cols[i].name), pg ? " AS TEXT)" : ")");
        str sql = str_fmt(&k->t.a, "SELECT %.*s FROM %.*s ORDER BY 1", STR_ARG(row), STR_ARG(name));
        out = str_fmt(&k->t.a, "%.*s\n%.*s:\n%.*s", STR_ARG(out), STR_ARG(name),
                      STR_ARG(rows_of(k->t.c, str_z(&k->t.a, sql), "t", &k->t.a)));
    }
    store_reader_done(c);
    return out;
}

static void a_preview_writes_nothing(void **state)
{
    struct family_case k = begin(*state);
    int64_t p[2];
    as(&k, 990100000000, ROLE_DECIDER);
    family(k.t.c, 1, VILLAGE_1);
    enrol(k.t.c, 1, 0, "dibao", DAY_OPEN);
    across(&k, p);
    run_month_of(&k, "2020-12", DECIDE_FIRST);
    str before = whole_store(&k);
    assert_true(before.n > 2000);
    k.act.kind = FAMILY_MARRIAGE;
    k.act.own.person = 1001;
    k.act.where = FAMILY_HERE;
    k.act.partner =
        (struct family_side){.county = CASE_OTHER, .person = p[0], .persons = p, .n_persons = 2};
    show(&k);
    assert_true(k.r.n_rows > 0);
    assert_true(str_eq(before, whole_store(&k)));
    /* Nor does one that is refused, when some of it was done already. */
    k.act.partner.n_persons = 0;
    check_fails(family_decide(&k.act, &k.t.a, &k.r, err), RC_BAD_INPUT, "王六");
    assert_string_equal(k.r.field, "partner_head");
    assert_true(str_eq(before, whole_store(&k)));
    end(&k);
}

static int64_t version(struct family_case *k)
{
    struct household_view v;
    struct conn *c = NULL;
    check_ok(store_reader(k->t.c->store, &c, err));
    check_ok(household_view(k->t.c, c, CASE_COUNTY, 1, TODAY, false, &k->t.a, &v, err));
    store_reader_done(c);
    return v.version;
}

struct racer {
    struct family_case k; /* an arena of its own */
    struct arena a;
    enum rc rc;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    struct err err;
    r->rc = family_decide(&r->k.act, &r->a, &r->k.r, &err);
    return NULL;
}

static void two_at_once_are_one(void **state)
{
    struct family_case k = on_dibao(*state);
    struct racer racers[2] = {{.k = k}, {.k = k}};
    pthread_t threads[2];
    k.act.version = version(&k);
    for (int i = 0; i < 2; i++) {
        racers[i].k.act = k.act;
        racers[i].k.act.kind = FAMILY_DEATH;
        racers[i].k.act.own.person = 2001;
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true((racers[0].rc == RC_OK && racers[1].rc == RC_CONFLICT) ||
                (racers[1].rc == RC_OK && racers[0].rc == RC_CONFLICT));
    check_text(decided(&k), "990102|1|0|dibao|2021-01|61000");
    for (int i = 0; i < 2; i++)
        arena_deinit(&racers[i].a);
    end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_child_is_born),
        BOTH(the_head_dies),
        BOTH(who_was_alone_dies),
        BOTH(a_member_in_tekun_dies),
        BOTH(they_marry),
        BOTH(they_found_a_household),
        BOTH(they_marry_across_counties),
        BOTH(a_family_of_another_county),
        BOTH(they_part),
        BOTH(somebody_works),
        BOTH(somebody_is_disabled),
        BOTH(they_move),
        BOTH(a_township_decides_no_end),
        BOTH(a_township_and_the_next),
        BOTH(a_township_proposes),
        BOTH(left_out_by_choice),
        BOTH(it_reaches_back),
        BOTH(months_that_were_not_run),
        BOTH(ones_own_family),
        BOTH(ones_own_people_arrive),
        BOTH(ones_own_people_arrive_from_another_county),
        BOTH(from_the_earlier_month),
        BOTH(what_lay_open_is_void),
        BOTH(with_its_calculation),
        BOTH(a_preview_writes_nothing),
        BOTH(two_at_once_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
