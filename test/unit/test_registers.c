/* Tables of what is declared: made, brought up, refused when a value would be lost; facts in them. */
#include "unit/test_people_case.h"

struct at {
    void *state;
    struct arena a;
    struct home home;
    struct city *c;
};

static struct at begin(void *state)
{
    struct at t = {.state = state, .home = home_make()};
    t.c = case_city(state, &t.home, &t.a);
    return t;
}

static void done(struct at *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

/* Other text for the line "care", taken into the store. */
static enum rc declare(struct at *t, const char *care, struct err *err)
{
    struct init_spec spec = case_spec(t->state, &t->home, &t->a);
    home_put(&t->home, "lines/care/care.hm", care);
    return city_init(&spec, &t->a, err);
}

/* Open the city again, with what is declared now. */
static void reopen(struct at *t)
{
    city_close(t->c);
    check_ok(city_open(((struct fresh *)t->state)->url, case_key(t->state, &t->a), "tester", &t->a,
                       &t->c, err));
}

static str columns_of(struct at *t, const char *table)
{
    struct column_info *columns = NULL;
    size_t n = 0;
    struct conn *c = NULL;
    struct sbuf out;
    sbuf_init(&out, 2000);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(store_columns(c, str_from(table), &t->a, &columns, &n, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&out, "%s%.*s%s", i > 0 ? " " : "", STR_ARG(columns[i].name),
                 columns[i].is_text ? "" : "#");
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

/* ---- tables --------------------------------------------------------------------------------- */

static void tables_of_what_is_declared(void **state)
{
    struct at t = begin(*state);
    assert_int_equal(t.c->registers->n, 3);
    check_str(columns_of(&t, "x_people_household"),
              "county_code# household_id# valid_from valid_to position# hukou_type");
    check_str(columns_of(&t, "x_care_person"),
              "county_code# person_id# valid_from valid_to position# income# disease employed# "
              "visits# checked remark");
    check_str(
        columns_of(&t, "x_care_person_past"),
        "county_code# person_id# valid_from valid_to position# past_position# income# disease "
        "employed# visits# checked remark");
    check_str(columns_of(&t, "x_care_household"),
              "county_code# household_id# valid_from valid_to position# assets# began");
    /* A birth date is the core's, an age is worked out, a phone is sealed. */
    check_str(columns_of(&t, "x_people_person"), "");
    size_t at = 99;
    struct reg *person = rules_reg(t.c->rules, S("person"));
    assert_int_equal(core_field(reg_field(person, S("birth_date"))), CORE_BIRTH);
    assert_null(registers_table_of(t.c->registers, reg_field(person, S("birth_date")), &at));
    assert_null(registers_table_of(t.c->registers, reg_field(person, S("phone")), &at));
    struct fact_table *care = registers_table(t.c->registers, S("x_care_person"));
    assert_ptr_equal(registers_table_of(t.c->registers, reg_field(person, S("disease")), &at),
                     care);
    assert_int_equal(at, 1);
    assert_null(registers_table(t.c->registers, S("x_none_person")));
    done(&t);
}

static void statements_are_accepted(void **state)
{
    struct at t = begin(*state);
    struct conn *c = NULL;
    check_ok(store_reader(t.c->store, &c, err));
    for (size_t i = 0; i < t.c->registers->n; i++) {
        check_ok(store_prepare(c, &t.c->registers->tables[i].now, err));
        check_ok(store_prepare(c, &t.c->registers->tables[i].then, err));
        check_ok(store_prepare(c, &t.c->registers->tables[i].past, err));
        check_ok(store_prepare(c, &t.c->registers->tables[i].overlap, err));
    }
    store_reader_done(c);
    done(&t);
}

/* PostgreSQL itself refuses a key that lacks the column by which a cluster spreads the rows. */
static void tables_can_be_spread(void **state)
{
    struct at t = begin(*state);
    for (size_t i = 0; i < t.c->registers->n; i++) {
        for (int past = 0; past < 2; past++) {
            str ddl = fact_table_ddl(&t.c->registers->tables[i], past, &t.a);
            str head, rest;
            str_cut(ddl, '"', &head, &rest);
            long end = str_find(rest, S("-- clustered"));
            assert_true(end > 0);
            str text = str_fmt(&t.a, "CREATE TABLE \"spread_%.*s PARTITION BY HASH (county_code)",
                               (int)end, rest.p);
            fresh_sql(*state, &t.a, text.p);
        }
    }
    done(&t);
}

static void names_of_sql_and_of_china(void **state)
{
    static const char care[] = "extend person\n"
                               "  order \"次序\" count\n"
                               "  group \"小组\" text\n"
                               "  select \"选择\" yes or no\n"
                               "  民族 \"民族\" text\n";
    struct at t = begin(*state);
    check_ok(declare(&t, care, err));
    reopen(&t);
    settle(t.c, 1, VILLAGE_1);
    const struct value v[] = {V_INT(3), V_TEXT(S("甲")), V_INT(1), V_TEXT(S("彝族"))};
    check_ok(put_facts(t.c, "x_care_person", 1001, S("2020-01-01"), S(DAY_OPEN), v, err));
    check_str(rows_of(t.c, "SELECT \"order\", \"group\", \"select\", \"民族\" FROM x_care_person",
                      "itit", &t.a),
              "3|甲|1|彝族");
    done(&t);
}

static void what_cannot_be_stored(void **state)
{
    struct at t = begin(*state);
    check_fails(declare(&t, "extend household\n  phone \"电话\" phone\n", err), RC_RULE,
                "lines/care: household.phone: a personal number is kept, sealed, with a person");
    check_fails(declare(&t, "extend household\n  spot \"位置\" point\n", err), RC_RULE,
                "lines/care: household.spot: a field of this kind can't be stored");
    check_fails(declare(&t, "extend household\n  position \"位置\" text\n", err), RC_RULE,
                "lines/care: household.position: the name is too long or one that every table has");
    check_fails(declare(&t, "extend person\n  death_date \"死亡\" text\n", err), RC_RULE,
                "lines/care: person.death_date: the register's own column is of another kind");
    done(&t);
}

static void registers_of_a_lines_own(void **state)
{
    struct at t = begin(*state);
    check_ok(declare(&t,
                     "register home \"养老院\", at county\n"
                     "  beds \"床位\" count\n"
                     "  opened \"开办日期\" date\n",
                     err));
    reopen(&t);
    check_str(columns_of(&t, "x_care_home"),
              "county_code# subject_id# valid_from valid_to position# beds# opened");
    const struct value v[] = {V_INT(120), V_TEXT(S("2001-09-01"))};
    check_ok(put_facts(t.c, "x_care_home", 5, S("2020-01-01"), S(DAY_OPEN), v, err));
    done(&t);
}

/* What a policy carries from month to month is kept with its determinations. */
static void a_carried_field_has_no_column(void **state)
{
    struct at t = begin(*state);
    struct registers *r = NULL;
    struct policy policy = {0};
    size_t at = 0;
    struct field *began = reg_field(rules_reg(t.c->rules, S("household")), S("began"));
    began->carried_by = &policy;
    check_ok(registers_of(t.c->rules, &t.a, &r, err));
    assert_null(registers_table_of(r, began, &at));
    assert_int_equal(registers_table(r, S("x_care_household"))->n_fields, 1);
    done(&t);
}

/* ---- changes of what is declared ------------------------------------------------------------ */

#define DISEASE "code disease \"病情\"\n  none \"无\"\n  chronic \"慢性病\"\n  severe \"重病\"\n\n"

static void put_one(struct at *t)
{
    settle(t->c, 1, VILLAGE_1);
    const struct value v[] = {V_INT(123400), V_TEXT(S("chronic")), V_INT(1), V_NULL, V_NULL,
                              V_NULL};
    check_ok(put_facts(t->c, "x_care_person", 1001, S("2020-01-01"), S(DAY_OPEN), v, err));
}

static void a_new_column_and_a_new_line(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    char care[2000];
    snprintf(care, sizeof care, "%s  shoes \"鞋码\" count\n", case_care);
    home_put(&t.home, "lines/more/more.hm", "extend person\n  hat \"帽\" yes or no\n");
    check_ok(declare(&t, care, err));
    reopen(&t);
    assert_int_equal(t.c->registers->n, 4);
    check_str(columns_of(&t, "x_care_person"),
              "county_code# person_id# valid_from valid_to position# income# disease employed# "
              "visits# checked remark shoes#");
    check_str(columns_of(&t, "x_more_person_past"),
              "county_code# person_id# valid_from valid_to position# past_position# hat#");
    check_str(rows_of(t.c, "SELECT income, disease, shoes FROM x_care_person", "iti", &t.a),
              "123400|chronic|null");
    done(&t);
}

static void a_column_with_values_is_kept(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    check_fails(declare(&t, DISEASE "extend person\n  disease \"病情\" disease\n", err), RC_RULE,
                "“employed” of x_care_person is declared no more, but 1 rows hold a value");
    /* Those without values may go: remark, visits, checked, and both of the household. */
    check_ok(declare(&t,
                     DISEASE "extend person\n  income \"月收入\" money per month\n"
                             "  disease \"病情\" disease\n  employed \"在业\" yes or no\n",
                     err));
    reopen(&t);
    check_str(columns_of(&t, "x_care_person"),
              "county_code# person_id# valid_from valid_to position# income# disease employed# "
              "visits# checked remark");
    const struct value v[] = {V_INT(99), V_TEXT(S("none")), V_INT(0)};
    check_ok(put_facts(t.c, "x_care_person", 1001, S("2020-06-01"), S(DAY_OPEN), v, err));
    done(&t);
}

static void a_value_of_the_past_counts(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    const struct value v[] = {V_NULL, V_NULL, V_NULL, V_NULL, V_NULL, V_NULL};
    check_ok(put_facts(t.c, "x_care_person", 1001, S("2020-01-01"), S(DAY_OPEN), v, err));
    check_fails(declare(&t, DISEASE "extend person\n  disease \"病情\" disease\n", err), RC_RULE,
                "“employed” of x_care_person is declared no more, but 1 rows");
    done(&t);
}

static void a_line_with_values_is_kept(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    check_fails(declare(&t, "extend household\n  cars \"车\" count\n", err), RC_RULE,
                "of x_care_person is declared no more");
    done(&t);
}

static void a_changed_kind(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    check_fails(declare(&t,
                        DISEASE "extend person\n  income \"月收入\" money per year\n"
                                "  disease \"病情\" disease\n  employed \"在业\" yes or no\n",
                        err),
                RC_RULE,
                "person.income (lines/care) was declared as money per month and is now money per "
                "year, but 1 rows hold a value");
    check_fails(declare(&t,
                        DISEASE "extend person\n  income \"月收入\" money per month\n"
                                "  disease \"病情\" text\n  employed \"在业\" yes or no\n",
                        err),
                RC_RULE, "was declared as code disease and is now text");
    /* An empty column changes its kind. */
    check_ok(declare(&t,
                     DISEASE "extend person\n  income \"月收入\" money per month\n"
                             "  disease \"病情\" disease\n  employed \"在业\" yes or no\n"
                             "  visits \"探访\" text\n",
                     err));
    check_str(columns_of(&t, "x_care_person"),
              "county_code# person_id# valid_from valid_to position# income# disease employed# "
              "checked remark visits");
    done(&t);
}

static void a_value_taken_from_a_code(void **state)
{
    static const char rest[] = "extend person\n  income \"月收入\" money per month\n"
                               "  disease \"病情\" disease\n  employed \"在业\" yes or no\n";
    struct at t = begin(*state);
    char care[1000];
    put_one(&t);
    snprintf(care, sizeof care, "code disease \"病情\"\n  none \"无\"\n  severe \"重病\"\n\n%s",
             rest);
    check_fails(declare(&t, care, err), RC_RULE,
                "code disease has no value “chronic” any more, but 1 rows of person.disease");
    snprintf(
        care, sizeof care,
        "code disease \"病情\"\n  rare \"罕见病\"\n  chronic \"慢性病\"\n  severe \"重病\"\n\n%s",
        rest);
    check_ok(declare(&t, care, err));
    done(&t);
}

static void a_refused_change_leaves_all_as_it_was(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    str before = rows_of(t.c, "SELECT release_no, rule_hash FROM rule_release", "it", &t.a);
    int64_t position = position_now(t.c, CASE_CITY);
    check_fails(declare(&t,
                        DISEASE "extend person\n  disease \"病情\" disease\n  tail \"尾\" count\n",
                        err),
                RC_RULE, "declared no more");
    assert_true(
        str_eq(before, rows_of(t.c, "SELECT release_no, rule_hash FROM rule_release", "it", &t.a)));
    assert_int_equal(position_now(t.c, CASE_CITY), position);
    check_str(columns_of(&t, "x_care_person"),
              "county_code# person_id# valid_from valid_to position# income# disease employed# "
              "visits# checked remark");
    done(&t);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static void facts_have_versions(void **state)
{
    struct at t = begin(*state);
    put_one(&t);
    const struct value v[] = {V_INT(50000), V_TEXT(S("severe")), V_NULL, V_NULL, V_NULL, V_NULL};
    check_ok(put_facts(t.c, "x_care_person", 1001, S("2020-07-01"), S(DAY_OPEN), v, err));
    check_str(
        rows_of(t.c,
                "SELECT valid_from, valid_to, position, income, disease, employed FROM "
                "x_care_person ORDER BY valid_from",
                "ttiiti", &t.a),
        "2020-01-01|2020-07-01|5|123400|chronic|1\n2020-07-01|9999-12-31|5|50000|severe|null");
    check_str(rows_of(t.c,
                      "SELECT valid_from, valid_to, position, past_position, income FROM "
                      "x_care_person_past",
                      "ttiii", &t.a),
              "2020-01-01|9999-12-31|4|5|123400");
    done(&t);
}

static void values_are_checked(void **state)
{
    static const struct {
        int field;
        struct value v;
        const char *words;
    } wrong[] = {
        {0, {.kind = VALUE_TEXT, .s = {"12", 2}}, "income: found “12”, expected a whole number"},
        {1, {.kind = VALUE_TEXT, .s = {"flu", 3}}, "disease: found “flu”, expected a value of its"},
        {1, {.kind = VALUE_INT, .i = 1}, "disease: found “1”, expected a text"},
        {2, {.kind = VALUE_INT, .i = 2}, "employed: found “2”, expected 0 or 1"},
        {3, {.kind = VALUE_INT, .i = 3000000000}, "visits: found “3000000000”"},
        {4,
         {.kind = VALUE_TEXT, .s = {"2020-2-1", 8}},
         "checked: found “2020-2-1”, expected a day"},
        {5, {.kind = VALUE_TEXT, .s = {"\xff", 1}}, "remark"},
    };
    struct at t = begin(*state);
    put_one(&t);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct value v[] = {V_NULL, V_NULL, V_NULL, V_NULL, V_NULL, V_NULL};
        v[wrong[i].field] = wrong[i].v;
        check_fails(put_facts(t.c, "x_care_person", 1001, S("2020-07-01"), S(DAY_OPEN), v, err),
                    RC_BAD_INPUT, wrong[i].words);
    }
    const struct value none = V_NULL;
    check_fails(put_facts(t.c, "x_people_household", 1, S("2020-07-01"), S(DAY_OPEN), &none, err),
                RC_BAD_INPUT, "hukou_type: found “nothing”, expected a value");
    const struct value month_wrong[] = {V_INT(1), V_TEXT(S("2020-13"))};
    check_fails(
        put_facts(t.c, "x_care_household", 1, S("2020-07-01"), S(DAY_OPEN), month_wrong, err),
        RC_BAD_INPUT, "began: found “2020-13”, expected a month");
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(tables_of_what_is_declared),   BOTH(statements_are_accepted),
        ON_POSTGRES(tables_can_be_spread),  BOTH(names_of_sql_and_of_china),
        ON_SQLITE(what_cannot_be_stored),   ON_SQLITE(a_carried_field_has_no_column),
        BOTH(registers_of_a_lines_own),     BOTH(a_new_column_and_a_new_line),
        BOTH(a_column_with_values_is_kept), BOTH(a_value_of_the_past_counts),
        BOTH(a_line_with_values_is_kept),   BOTH(a_changed_kind),
        BOTH(a_value_taken_from_a_code),    BOTH(a_refused_change_leaves_all_as_it_was),
        BOTH(facts_have_versions),          BOTH(values_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
