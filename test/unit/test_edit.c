/* What happens to a household, recorded and read back; what is refused; and that the words people are
 * found by are those that would be made from scratch. */
#include "unit/test_run_case.h"

#include "people/edit.h"
#include "people/search.h"
#include "people/view.h"

#define TODAY date_day(2020, 12, 21)

struct edit_case {
    struct town t;
    struct household_edit e;
    struct edit_result r;
};

static struct edit_case begin(void *state)
{
    struct edit_case k = {.t = town_begin(state)};
    k.e = (struct household_edit){.city = k.t.c,
                                  .county = CASE_COUNTY,
                                  .who = S("clerk"),
                                  .day = TODAY,
                                  .today = TODAY,
                                  .evidence = S("户口簿"),
                                  .division = VILLAGE_1};
    return k;
}

static str id_of(struct arena *a, const char *first17)
{
    return str_fmt(a, "%s%c", first17, id_number_check(first17));
}

/* What `edit` says of a request: the code, and the member that is wrong behind it. */
static str said(struct edit_case *k)
{
    struct err err = {0};
    enum rc rc = household_edit(&k->e, &k->r, &err);
    return str_fmt(&k->t.a, "%s %s", rc_code(rc), k->r.field != NULL ? k->r.field : "-");
}

static void done(struct edit_case *k)
{
    check_ok(household_edit(&k->e, &k->r, err));
    assert_null(k->r.field);
}

static struct household_view view_on(struct edit_case *k, int64_t county, int64_t household, day on)
{
    struct household_view v;
    struct conn *c = NULL;
    check_ok(store_reader(k->t.c->store, &c, err));
    check_ok(household_view(k->t.c, c, county, household, on, true, &k->t.a, &v, err));
    store_reader_done(c);
    return v;
}

static struct household_view view_of(struct edit_case *k, int64_t household)
{
    return view_on(k, CASE_COUNTY, household, TODAY);
}

/* "李一 02, 李三 20; gone 李二": who lives there, and who did. */
static str people_of(struct edit_case *k, const struct household_view *v)
{
    str out = S("");
    for (int here = 1; here >= 0; here--)
        for (size_t i = 0; i < v->members.n; i++) {
            const struct view_member *m = &v->members.at[i];
            if (m->here == (here == 1))
                out = str_fmt(&k->t.a, "%.*s%s%s%.*s %.*s", STR_ARG(out), out.n > 0 ? ", " : "",
                              here == 1 ? "" : "gone ", STR_ARG(m->name), STR_ARG(m->relation));
        }
    return out;
}

static str words(struct edit_case *k)
{
    str rows = rows_of(k->t.c,
                       "SELECT county_code, area, token, person_id, household_id, division, sex, "
                       "birth, gone FROM person_token ORDER BY county_code, area, token, person_id",
                       "iitiiiiii", &k->t.a);
    str counts = rows_of(k->t.c,
                         "SELECT county_code, division, households, persons FROM people_count "
                         "WHERE persons <> 0 OR households <> 0 ORDER BY county_code, division",
                         "iiii", &k->t.a);
    return str_fmt(&k->t.a, "%.*s\n--\n%.*s", STR_ARG(rows), STR_ARG(counts));
}

/* As kept up change by change, and as made from nothing. */
static void check_words(struct edit_case *k)
{
    static const char *const tables[] = {"person_token", "person_index", "people_count"};
    str kept = words(k);
    int64_t made = 0;
    for (size_t i = 0; i < 3; i++) {
        struct statement st = {.name = tables[i],
                               .sql = str_fmt(&k->t.a, "DELETE FROM %s", tables[i]).p};
        check_ok(fresh_exec(k->t.c->store, &st, NULL, 0, err));
    }
    struct statement flag = {.name = "flag", .sql = "DELETE FROM meta WHERE name = 'person_words'"};
    check_ok(fresh_exec(k->t.c->store, &flag, NULL, 0, err));
    check_ok(search_fill(k->t.c, &made, err));
    assert_true(made > 0);
    check_text(words(k), kept.p);
    check_ok(search_fill(k->t.c, &made, err));
    assert_int_equal(made, 0);
}

/* 李一, born 1950, his wife 王二 and their son 李三 and his wife 赵四. */
static int64_t the_lis(struct edit_case *k, int64_t persons[4])
{
    const struct edit_person people[] = {
        {.name = S("李一"),
         .identity = id_of(&k->t.a, "99010219500102001"),
         .sex = -1,
         .birth = BIRTH_NOT_TOLD},
        {.name = S("王二"), .birth = date_day(1970, 1, 1), .sex = 2, .relation = S("妻")},
        {.name = S("李三"), .birth = date_day(1980, 5, 6), .sex = 1, .relation = S("子")},
        {.name = S("赵四"), .birth = date_day(1982, 7, 8), .sex = 2, .relation = S("儿媳")},
    };
    const struct reg *household = rules_reg(k->t.c->rules, S("household"));
    const struct reg *person = rules_reg(k->t.c->rules, S("person"));
    const struct edit_fact facts[] = {
        {reg_field(household, S("hukou_type")), 0, V_TEXT(S("rural"))},
        {reg_field(person, S("income")), -3, V_INT(123400)},
    };
    k->e.kind = EDIT_NEW;
    k->e.day = date_day(2020, 2, 1);
    k->e.people = people;
    k->e.n_people = 4;
    k->e.facts = facts;
    k->e.n_facts = 2;
    done(k);
    k->e.n_facts = k->e.n_people = 0;
    k->e.day = TODAY;
    k->e.household = k->r.household;
    struct household_view v = view_of(k, k->r.household);
    static const char *const names[] = {"李一", "王二", "李三", "赵四"};
    for (size_t i = 0; i < 4; i++)
        for (size_t m = 0; m < v.members.n; m++)
            if (str_eq(v.members.at[m].name, str_from(names[i])))
                persons[i] = v.members.at[m].person;
    return k->r.household;
}

static void a_new_family(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    struct household_view v = view_of(&k, h);
    check_text(people_of(&k, &v), "李一 02, 王二 12, 李三 20, 赵四 38");
    assert_int_equal(v.version, k.r.version);
    assert_int_equal(v.head, p[0]);
    check_text(v.members.at[0].birth, "1950-01-02");
    assert_int_equal(v.members.at[0].sex, 1);
    check_text(v.members.at[0].identity, id_of(&k.t.a, "99010219500102001").p);
    bool income = false;
    for (size_t i = 0; i < v.facts.n; i++)
        if (v.facts.at[i].person == p[2] && str_eq(v.facts.at[i].field->name.text, S("income"))) {
            income = true;
            assert_int_equal(v.facts.at[i].value.i, 123400);
            check_text(v.facts.at[i].from, "2020-02-01");
        }
    assert_true(income);

    /* The same number is no second person's. */
    const struct edit_person again = {.name = S("李壹"),
                                      .identity = id_of(&k.t.a, "99010219500102001"),
                                      .sex = -1,
                                      .birth = BIRTH_NOT_TOLD};
    k.e.kind = EDIT_NEW;
    k.e.people = &again;
    k.e.n_people = 1;
    check_text(said(&k), "conflict id_number");
    check_words(&k);
    town_done(&k.t);
}

static void death_of_the_head(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    k.e.kind = EDIT_DIED;
    k.e.person = p[0];
    k.e.day = date_day(2020, 11, 30);
    check_text(said(&k), "bad_input head");
    k.e.head = p[0];
    check_text(said(&k), "bad_input head");
    k.e.head = p[2];
    done(&k);
    struct household_view v = view_of(&k, h);
    check_text(people_of(&k, &v), "李三 02, 赵四 10, 王二 52, gone 李一 02");
    assert_int_equal(v.head, p[2]);
    check_text(v.members.at[3].death, "2020-11-30");
    /* On the day itself he was there. */
    v = view_on(&k, CASE_COUNTY, h, date_day(2020, 11, 30));
    check_text(people_of(&k, &v), "李一 02, 王二 12, 李三 20, 赵四 38");

    /* Twice is once too often. */
    check_text(said(&k), "conflict person");
    k.e.day = TODAY;
    check_text(said(&k), "not_found person");
    check_words(&k);
    town_done(&k.t);
}

static void born_and_left(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    const struct edit_person child = {.name = S("李五"), .sex = 1, .relation = S("孙子")};
    k.e.kind = EDIT_BORN;
    k.e.day = date_day(2020, 10, 9);
    k.e.people = &child;
    k.e.n_people = 1;
    done(&k);
    struct household_view v = view_of(&k, h);
    check_text(people_of(&k, &v), "李一 02, 王二 12, 李三 20, 赵四 38, 李五 41");
    check_text(v.members.at[4].birth, "2020-10-09");

    k.e.kind = EDIT_OUT;
    k.e.day = date_day(2020, 12, 1);
    k.e.person = p[3];
    done(&k);
    v = view_of(&k, h);
    check_text(people_of(&k, &v), "李一 02, 王二 12, 李三 20, 李五 41, gone 赵四 38");

    /* She lives nowhere, and comes into another household. */
    family(k.t.c, 500, VILLAGE_2);
    k.e.kind = EDIT_IN;
    k.e.household = 500;
    k.e.person = p[3];
    check_text(said(&k), "bad_input relation");
    k.e.relation = S("女");
    done(&k);
    k.e.household = h;
    k.e.relation = S("儿媳");
    check_text(said(&k), "conflict person");
    check_words(&k);
    town_done(&k.t);
}

static void the_last_one_leaves(void **state)
{
    struct edit_case k = begin(*state);
    family(k.t.c, 500, VILLAGE_2);
    k.e.kind = EDIT_OUT;
    k.e.household = 500;
    k.e.person = 1500;
    done(&k);
    struct household_view v = view_of(&k, 500);
    assert_true(v.over);
    check_text(v.to, "2020-12-21");
    check_text(said(&k), "rule day");
    check_words(&k);
    town_done(&k.t);
}

static void moved_within_the_county(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    k.e.kind = EDIT_MOVED;
    k.e.division = 990102001000;
    check_text(said(&k), "bad_input division");
    k.e.division = VILLAGE_1;
    check_text(said(&k), "bad_input division");
    k.e.division = VILLAGE_R;
    k.e.day = date_day(2020, 9, 1);
    done(&k);
    struct household_view v = view_of(&k, h);
    assert_true(v.division == VILLAGE_R);
    v = view_on(&k, CASE_COUNTY, h, date_day(2020, 8, 31));
    assert_true(v.division == VILLAGE_1);
    check_words(&k);
    town_done(&k.t);
}

static void moved_to_another_county(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4], checked = 0, county = 0, person = 0;
    int64_t h = the_lis(&k, p);
    k.e.kind = EDIT_MOVED;
    k.e.division = VILLAGE_W;
    done(&k);
    assert_int_equal(k.r.county, CASE_OTHER);
    assert_int_not_equal(k.r.household, h);
    struct household_view v = view_on(&k, CASE_OTHER, k.r.household, TODAY);
    check_text(people_of(&k, &v), "李一 02, 王二 12, 李三 20, 赵四 38");
    assert_int_equal(v.version, k.r.version);
    check_text(v.members.at[0].identity, id_of(&k.t.a, "99010219500102001").p);
    bool income = false;
    for (size_t i = 0; i < v.facts.n; i++)
        income = income || (str_eq(v.facts.at[i].field->name.text, S("income")) &&
                            v.facts.at[i].value.i == 123400);
    assert_true(income);
    assert_true(view_of(&k, h).over);

    /* Whoever asks by number finds the one in the new county only. */
    struct conn *c = NULL;
    check_ok(store_reader(k.t.c->store, &c, err));
    check_ok(person_by_number(c, k.t.c->vault, NUMBER_IDENTITY, id_of(&k.t.a, "99010219500102001"),
                              &county, &person, err));
    store_reader_done(c);
    assert_int_equal(county, CASE_OTHER);
    assert_int_equal(person, v.head);
    check_ok(audit_verify(k.t.c->store, &checked, err));
    check_words(&k);
    town_done(&k.t);
}

static void split_and_joined(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    k.e.kind = EDIT_SPLIT;
    k.e.division = 0;
    k.e.persons = (const int64_t[]){p[2], p[3]};
    k.e.n_persons = 2;
    check_text(said(&k), "bad_input head");
    k.e.head = p[2];
    k.e.persons = (const int64_t[]){p[0], p[2]};
    check_text(said(&k), "bad_input persons");
    k.e.persons = (const int64_t[]){p[2], p[3]};
    k.e.day = date_day(2020, 12, 10);
    done(&k);
    assert_int_equal(k.r.household, h);
    struct household_view young = view_of(&k, k.r.made), old = view_of(&k, h);
    check_text(people_of(&k, &young), "李三 02, 赵四 10");
    check_text(people_of(&k, &old), "李一 02, 王二 12, gone 李三 20, gone 赵四 38");
    check_words(&k);

    k.e.kind = EDIT_JOINED;
    k.e.day = TODAY;
    k.e.other = k.r.made;
    k.e.relation = S("20");
    done(&k);
    old = view_of(&k, h);
    check_text(people_of(&k, &old), "李一 02, 王二 12, 李三 20, 赵四 97");
    assert_true(view_of(&k, k.e.other).over);
    check_text(said(&k), "bad_input household");
    check_words(&k);
    town_done(&k.t);
}

/* ---- enrolments ----------------------------------------------------------------------------- */

struct told {
    struct edit_case *k;
    str text;
};

/* "county programme name, of a member": where somebody must look, and whether ids are of that county. */
static enum rc tell(struct change *c, void *ctx, const struct edit_over *o, struct err *err)
{
    struct told *t = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(o->household), V_INT(o->person)};
    int64_t n = 1;
    if (o->person != 0)
        TRY(query_one(c->conn,
                      &(struct statement){.name = "lives",
                                          .sql = "SELECT count(*) FROM membership WHERE "
                                                 "county_code = $1 AND household_id = $2 AND "
                                                 "person_id = $3 AND valid_to = '9999-12-31'",
                                          .n_params = 3,
                                          .reads = true},
                      v, 3, &n, err));
    assert_true(n == 1 && o->division / 1000000 == c->county_code);
    t->text =
        str_fmt(&t->k->t.a, "%.*s%lld %.*s %.*s%s\n", STR_ARG(t->text), (long long)c->county_code,
                STR_ARG(o->programme), STR_ARG(o->name), o->person != 0 ? ", of a member" : "");
    return RC_OK;
}

static str enrolments(struct edit_case *k)
{
    return rows_of(k->t.c,
                   "SELECT person_id, programme, valid_from, valid_to FROM enrolment "
                   "ORDER BY programme, person_id, valid_from",
                   "ittt", &k->t.a);
}

/* On dibao since 2019; a member on care, who will have living money from January. */
static int64_t enrolled(struct edit_case *k, int64_t persons[4])
{
    int64_t h = the_lis(k, persons);
    enrol(k->t.c, h, 0, "dibao", DAY_OPEN);
    enrol(k->t.c, h, persons[2], "disability_care", DAY_OPEN);
    check_ok(put_enrolment(k->t.c,
                           (struct enrolment_row){.household_id = h,
                                                  .person_id = persons[2],
                                                  .programme = S("disability_living"),
                                                  .valid_from = S("2021-01-01"),
                                                  .valid_to = S(DAY_OPEN),
                                                  .cause = S("test")},
                           err));
    return h;
}

static void money_ends_with_the_month_of_a_move(void **state)
{
    struct edit_case k = begin(*state);
    struct told told = {&k, S("")};
    int64_t p[4], past = 0;
    (void)enrolled(&k, p);
    k.e.kind = EDIT_MOVED;
    k.e.division = VILLAGE_W;
    k.e.over = tell;
    k.e.over_ctx = &told;
    done(&k);
    check_text(told.text, str_fmt(&k.t.a,
                                  "%d dibao 李一\n%d disability_care 李三, of a member\n"
                                  "%d disability_living 李三, of a member\n",
                                  (int)CASE_OTHER, (int)CASE_OTHER, (int)CASE_OTHER)
                              .p);
    check_text(enrolments(&k), str_fmt(&k.t.a,
                                       "0|dibao|2019-01-01|2021-01-01\n"
                                       "%lld|disability_care|2019-01-01|2021-01-01",
                                       (long long)p[2])
                                   .p);
    str text = rows_of(k.t.c, "SELECT count(*) FROM enrolment_past", "i", &k.t.a);
    assert_true(str_int(text, &past) && past == 3);
    check_words(&k);
    town_done(&k.t);
}

static void who_splits_off_is_looked_at(void **state)
{
    struct edit_case k = begin(*state);
    struct told told = {&k, S("")};
    int64_t p[4];
    (void)enrolled(&k, p);
    k.e.kind = EDIT_SPLIT;
    k.e.division = 0;
    k.e.persons = (const int64_t[]){p[2], p[3]};
    k.e.n_persons = 2;
    k.e.head = p[3];
    k.e.over = tell;
    k.e.over_ctx = &told;
    done(&k);
    check_text(told.text, str_fmt(&k.t.a,
                                  "%d disability_care 李三, of a member\n"
                                  "%d disability_living 李三, of a member\n%d dibao 赵四\n",
                                  (int)CASE_COUNTY, (int)CASE_COUNTY, (int)CASE_COUNTY)
                              .p);
    check_text(enrolments(&k), str_fmt(&k.t.a,
                                       "0|dibao|2019-01-01|9999-12-31\n"
                                       "%lld|disability_care|2019-01-01|2021-01-01",
                                       (long long)p[2])
                                   .p);

    check_words(&k);

    /* Together again: the money of those who come in ends, the other's goes on. */
    told.text = S("");
    enrol(k.t.c, k.r.made, 0, "tekun", DAY_OPEN);
    k.e.kind = EDIT_JOINED;
    k.e.day = TODAY;
    k.e.household = k.r.household;
    k.e.other = k.r.made;
    k.e.relation = S("20");
    k.e.day = TODAY;
    check_text(said(&k), "rule day"); /* they live there since today only */
    assert_true(told.text.n == 0);
    town_done(&k.t);
}

static void nobody_is_left(void **state)
{
    struct edit_case k = begin(*state);
    family(k.t.c, 500, VILLAGE_2);
    enrol(k.t.c, 500, 0, "dibao", DAY_OPEN);
    k.e.kind = EDIT_OUT;
    k.e.household = 500;
    k.e.person = 1500;
    k.e.day = date_day(2020, 11, 30);
    done(&k); /* nobody is told: none asked for it */
    check_text(enrolments(&k), "0|dibao|2019-01-01|2020-12-01");
    check_words(&k);
    town_done(&k.t);
}

/* A fact from a day on leaves what was said of later days, and of other facts. */
static void facts_through_time(void **state)
{
    struct edit_case k = begin(*state);
    const struct reg *person = rules_reg(k.t.c->rules, S("person"));
    family(k.t.c, 500, VILLAGE_1);
    person_from(k.t.c, 1500, "2020-10-01", "income 50000 wage 40000");
    struct edit_fact f = {reg_field(person, S("income")), 1500, V_INT(30000)};
    k.e.kind = EDIT_FACT;
    k.e.household = 500;
    k.e.facts = &f;
    k.e.n_facts = 1;
    k.e.day = date_day(2020, 6, 1);
    done(&k);
    check_text(rows_of(k.t.c,
                       "SELECT valid_from, valid_to, income, wage FROM x_assistance_person "
                       "WHERE person_id = 1500 ORDER BY valid_from",
                       "ttii", &k.t.a),
               "2019-01-01|2020-06-01|0|0\n2020-06-01|2020-10-01|30000|0\n"
               "2020-10-01|9999-12-31|50000|40000");
    struct household_view v = view_of(&k, 500);
    for (size_t i = 0; i < v.facts.n; i++)
        if (str_eq(v.facts.at[i].field->name.text, S("wage")))
            check_text(v.facts.at[i].from, "2020-10-01");

    /* Said again it changes nothing, the version neither. */
    int64_t version = k.r.version;
    done(&k);
    assert_int_equal(k.r.version, version);
    assert_int_equal(view_of(&k, 500).version, version);

    f.value = V_INT(-1);
    struct edit_fact age = {reg_field(person, S("age")), 1500, V_INT(3)};
    k.e.facts = &age;
    check_text(said(&k), "bad_input facts");
    struct edit_fact name = {
        .field = reg_field(person, S("birth_date")), 1500, V_TEXT(S("1981-06-15"))};
    k.e.facts = &name;
    done(&k);
    check_text(view_of(&k, 500).members.at[0].birth, "1981-06-15");
    check_words(&k);
    town_done(&k.t);
}

static void who_comes_second_is_told(void **state)
{
    struct edit_case k = begin(*state);
    family(k.t.c, 500, VILLAGE_1);
    int64_t seen = view_of(&k, 500).version;
    const struct edit_person phone = {.phone = S("13812345678")};
    k.e.kind = EDIT_NUMBERS;
    k.e.household = 500;
    k.e.version = seen;
    k.e.person = 1500;
    k.e.people = &phone;
    k.e.n_people = 1;
    done(&k);
    assert_true(k.r.version > seen);
    check_text(view_of(&k, 500).members.at[0].phone, "13812345678");
    check_fails(household_edit(&k.e, &k.r, err), RC_CONFLICT, "changed meanwhile");
    assert_null(k.r.field);
    town_done(&k.t);
}

/* Changing one is for the household's accounts, with a second person. */
static void a_card_is_given_once(void **state)
{
    struct edit_case k = begin(*state);
    family(k.t.c, 500, VILLAGE_1);
    struct edit_person card = {.card = S("6217003670000001231")};
    k.e.kind = EDIT_NUMBERS;
    k.e.household = 500;
    k.e.person = 1500;
    k.e.people = &card;
    k.e.n_people = 1;
    done(&k);
    done(&k); /* the same again is no change */
    card.card = S("6217003670000001249");
    check_text(said(&k), "rule card");
    check_text(view_of(&k, 500).members.at[0].card, "6217003670000001231");
    town_done(&k.t);
}

static void refused(void **state)
{
    struct edit_case k = begin(*state);
    family(k.t.c, 500, VILLAGE_1);
    struct edit_person p = {.name = S("张三"), .sex = -1, .birth = BIRTH_NOT_TOLD};
    k.e.kind = EDIT_IN;
    k.e.household = 500;
    k.e.relation = S("妻");
    k.e.people = &p;
    k.e.n_people = 1;
    check_text(said(&k), "bad_input birth");
    p.identity = S("990102198005060019");
    check_text(said(&k), "bad_input id_number"); /* its check character is another */
    p.identity = id_of(&k.t.a, "99010219800506001");
    p.birth = date_day(1980, 5, 7);
    check_text(said(&k), "bad_input birth");
    p.birth = BIRTH_NOT_TOLD;
    p.sex = 2;
    check_text(said(&k), "bad_input sex");
    p.sex = -1;
    p.phone = S("12345");
    check_text(said(&k), "bad_input phone");
    p.phone = S("");
    p.card = S("6217000000000000000");
    check_text(said(&k), "bad_input card");
    p.card = S("");
    k.e.relation = S("户主");
    check_text(said(&k), "bad_input relation");
    k.e.relation = S("妻");
    k.e.evidence = S(" ");
    check_text(said(&k), "bad_input evidence");
    k.e.evidence = S("结婚证");
    k.e.day = TODAY + 1;
    check_text(said(&k), "bad_input day");
    k.e.day = date_day(2018, 1, 1);
    check_text(said(&k), "rule day");
    k.e.day = TODAY;
    k.e.household = 77;
    check_text(said(&k), "not_found -");
    /* Nothing of it was stored. */
    k.e.household = 500;
    assert_int_equal(view_of(&k, 500).members.n, 1);
    done(&k);
    assert_int_equal(view_of(&k, 500).members.n, 2);
    town_done(&k.t);
}

static void the_story_of_it(void **state)
{
    struct edit_case k = begin(*state);
    int64_t p[4];
    int64_t h = the_lis(&k, p);
    k.e.kind = EDIT_DIED;
    k.e.person = p[0];
    k.e.head = p[1];
    k.e.day = date_day(2020, 11, 30);
    k.e.evidence = S("死亡医学证明");
    done(&k);
    struct view_event *list = NULL;
    size_t n = 0;
    struct conn *c = NULL;
    check_ok(store_reader(k.t.c->store, &c, err));
    check_ok(household_story(k.t.c, c, CASE_COUNTY, h, 100, &k.t.a, &list, &n, err));
    store_reader_done(c);
    bool died = false, head = false, why = false;
    for (size_t i = 0; i < n; i++) {
        died =
            died || (strcmp(list[i].kind, "died") == 0 && str_eq(list[i].what[0], S("李一 死亡")) &&
                     str_eq(list[i].day, S("2020-11-30")) && str_eq(list[i].who, S("clerk")));
        head = head ||
               (strcmp(list[i].kind, "head") == 0 && str_eq(list[i].what[0], S("户主变更为 王二")));
        why = why || str_eq(list[i].what[0], S("死亡：死亡医学证明"));
        if (i > 0)
            assert_true(str_cmp(list[i - 1].day, list[i].day) >= 0);
    }
    assert_true(died);
    assert_true(head);
    assert_true(why);
    town_done(&k.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_new_family),
        BOTH(death_of_the_head),
        BOTH(born_and_left),
        BOTH(the_last_one_leaves),
        BOTH(moved_within_the_county),
        BOTH(moved_to_another_county),
        BOTH(split_and_joined),
        BOTH(money_ends_with_the_month_of_a_move),
        BOTH(who_splits_off_is_looked_at),
        BOTH(nobody_is_left),
        BOTH(facts_through_time),
        BOTH(who_comes_second_is_told),
        BOTH(a_card_is_given_once),
        BOTH(refused),
        BOTH(the_story_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
