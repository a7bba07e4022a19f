/* Putting persons, households, membership and enrolments: versions, what is believed, refusals. */
#include "unit/test_people_case.h"

/* A case's city; ended by done(). */
struct at {
    struct arena a;
    struct home home;
    struct city *c;
};

static struct at begin(void *state)
{
    struct at t = {.home = home_make()};
    t.c = case_city(state, &t.home, &t.a);
    return t;
}

static void done(struct at *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

#define HOUSEHOLD_NOW                                                                              \
    "SELECT household_id, valid_from, valid_to, position, division FROM household "                \
    "WHERE county_code = 990102 ORDER BY household_id, valid_from"
#define HOUSEHOLD_PAST                                                                             \
    "SELECT household_id, valid_from, valid_to, position, past_position, division FROM "           \
    "household_past WHERE county_code = 990102 ORDER BY household_id, valid_from, position"

static struct household_row household(str from, str to, int64_t division)
{
    return (struct household_row){7, from, to, division, 70};
}

/* ---- versions ------------------------------------------------------------------------------- */

static void a_row_from_a_day_on(void **state)
{
    struct at t = begin(*state);
    check_ok(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1), err));
    check_ok(put_household(t.c, household(S("2020-05-01"), S(DAY_OPEN), VILLAGE_2), err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a),
              "7|2020-01-01|2020-05-01|2|990102001001\n7|2020-05-01|9999-12-31|2|990102001002");
    check_str(rows_of(t.c, HOUSEHOLD_PAST, "ittiii", &t.a),
              "7|2020-01-01|9999-12-31|1|2|990102001001");
    done(&t);
}

static void the_same_beginning_is_replaced(void **state)
{
    struct at t = begin(*state);
    check_ok(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1), err));
    check_ok(put_household(t.c, household(S("2020-01-01"), S("2020-03-01"), VILLAGE_1), err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a), "7|2020-01-01|2020-03-01|2|990102001001");
    check_str(rows_of(t.c, HOUSEHOLD_PAST, "ittiii", &t.a),
              "7|2020-01-01|9999-12-31|1|2|990102001001");
    done(&t);
}

static void days_around_stay(void **state)
{
    struct at t = begin(*state);
    check_ok(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1), err));
    check_ok(put_household(t.c, household(S("2020-03-01"), S("2020-04-01"), VILLAGE_2), err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a),
              "7|2020-01-01|2020-03-01|2|990102001001\n7|2020-03-01|2020-04-01|2|990102001002\n"
              "7|2020-04-01|9999-12-31|2|990102001001");
    /* Over several rows: what lies within goes, what sticks out is cut. */
    check_ok(put_household(t.c, household(S("2020-02-01"), S("2020-05-01"), VILLAGE_R), err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a),
              "7|2020-01-01|2020-02-01|3|990102001001\n7|2020-02-01|2020-05-01|3|990102100201\n"
              "7|2020-05-01|9999-12-31|3|990102001001");
    check_str(rows_of(t.c, HOUSEHOLD_PAST, "ittiii", &t.a),
              "7|2020-01-01|9999-12-31|1|2|990102001001\n7|2020-01-01|2020-03-01|2|3|990102001001\n"
              "7|2020-03-01|2020-04-01|2|3|990102001002\n7|2020-04-01|9999-12-31|2|3|990102001001");
    done(&t);
}

static void what_is_known_is_not_written_again(void **state)
{
    struct at t = begin(*state);
    check_ok(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1), err));
    check_ok(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1), err));
    check_ok(put_household(t.c, household(S("2020-06-01"), S("2020-07-01"), VILLAGE_1), err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a), "7|2020-01-01|9999-12-31|1|990102001001");
    check_str(rows_of(t.c, HOUSEHOLD_PAST, "ittiii", &t.a), "");
    check_ok(put_person(t.c, (struct person_row){70, S("李四"), 2, S("1990-01-01"), S("")}, err));
    check_ok(put_person(t.c, (struct person_row){70, S("李四"), 2, S("1990-01-01"), S("")}, err));
    check_str(rows_of(t.c, "SELECT count(*) FROM person_past", "i", &t.a), "0");
    done(&t);
}

static enum rc twice(struct change *c, void *ctx, struct err *err)
{
    struct household_row r = household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_1);
    struct person_row p = {70, S("李四"), 2, S("1990-01-01"), S("")};
    (void)ctx;
    TRY(household_put(c, &r, err));
    TRY(person_put(c, &p, err));
    r.division = VILLAGE_2;
    p.name = S("李五");
    TRY(household_put(c, &r, err));
    return person_put(c, &p, err);
}

static void rows_of_one_change_leave_no_past(void **state)
{
    struct at t = begin(*state);
    check_ok(change_in(t.c, CASE_COUNTY, twice, NULL, NULL, err));
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a), "7|2020-01-01|9999-12-31|1|990102001002");
    check_str(rows_of(t.c, HOUSEHOLD_PAST, "ittiii", &t.a), "");
    check_str(rows_of(t.c, "SELECT name FROM person", "t", &t.a), "李五");
    check_str(rows_of(t.c, "SELECT count(*) FROM person_past", "i", &t.a), "0");
    done(&t);
}

static void persons_keep_their_past(void **state)
{
    struct at t = begin(*state);
    check_ok(put_person(t.c, (struct person_row){70, S("李四"), 2, S("1990-01-01"), S("")}, err));
    check_ok(put_person(
        t.c, (struct person_row){70, S("李四"), 2, S("1990-01-01"), S("2020-12-24")}, err));
    check_str(rows_of(t.c, "SELECT position, name, sex, birth_date, death_date FROM person",
                      "ititt", &t.a),
              "2|李四|2|1990-01-01|2020-12-24");
    check_str(
        rows_of(t.c,
                "SELECT position, past_position, name, birth_date, death_date FROM person_past",
                "iittt", &t.a),
        "1|2|李四|1990-01-01|null");
    done(&t);
}

static void enrolments_have_versions(void **state)
{
    struct at t = begin(*state);
    struct enrolment_row e = {7, 0, S("dibao"), S("2020-01-01"), S(DAY_OPEN), S("import"), 70};
    check_ok(put_enrolment(t.c, e, err));
    e.valid_from = S("2020-06-01");
    e.account_id = 71;
    check_ok(put_enrolment(t.c, e, err));
    e.programme = S("tekun");
    e.person_id = 71;
    check_ok(put_enrolment(t.c, e, err));
    check_str(rows_of(t.c,
                      "SELECT person_id, programme, valid_from, valid_to, position, cause, "
                      "account_id FROM enrolment ORDER BY person_id, programme, valid_from",
                      "itttiti", &t.a),
              "0|dibao|2020-01-01|2020-06-01|2|import|70\n"
              "0|dibao|2020-06-01|9999-12-31|2|import|71\n"
              "71|tekun|2020-06-01|9999-12-31|3|import|71");
    check_str(
        rows_of(t.c, "SELECT valid_from, position, past_position FROM enrolment_past", "tii", &t.a),
        "2020-01-01|1|2");
    done(&t);
}

/* ---- what must hold ------------------------------------------------------------------------- */

static void days_in_order(void **state)
{
    struct at t = begin(*state);
    check_fails(put_household(t.c, household(S("2020-05-01"), S("2020-05-01"), VILLAGE_1), err),
                RC_BAD_INPUT, "expected an end after the beginning");
    check_fails(put_household(t.c, household(S("2020-02-30"), S(DAY_OPEN), VILLAGE_1), err),
                RC_BAD_INPUT, "2020-02-30");
    check_fails(put_household(t.c, household(S(""), S(DAY_OPEN), VILLAGE_1), err), RC_BAD_INPUT,
                "expected a day");
    check_fails(put_household(t.c, household(S("2020-01-01"), S("never"), VILLAGE_1), err),
                RC_BAD_INPUT, "never");
    check_str(rows_of(t.c, HOUSEHOLD_NOW, "ittii", &t.a), "");
    done(&t);
}

static void a_division_of_the_county(void **state)
{
    struct at t = begin(*state);
    check_fails(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), 990102001009), err),
                RC_BAD_INPUT, "division 990102001009");
    check_fails(put_household(t.c, household(S("2020-01-01"), S(DAY_OPEN), VILLAGE_W), err),
                RC_BAD_INPUT, "belongs to county 990103");
    done(&t);
}

static void born_before_death(void **state)
{
    struct at t = begin(*state);
    check_fails(put_person(t.c,
                           (struct person_row){70, S("李四"), 2, S("1990-01-02"), S("1990-01-01")},
                           err),
                RC_BAD_INPUT, "born on 1990-01-02, after the death on 1990-01-01");
    check_ok(put_person(
        t.c, (struct person_row){70, S("李四"), 2, S("1990-01-02"), S("1990-01-02")}, err));
    check_fails(put_person(t.c, (struct person_row){71, S("李四"), 2, S("1990-13-01"), S("")}, err),
                RC_BAD_INPUT, "date of birth");
    check_fails(
        put_person(t.c, (struct person_row){71, S("李四"), 2, S("1990-01-01"), S("soon")}, err),
        RC_BAD_INPUT, "date of death");
    check_fails(put_person(t.c, (struct person_row){71, S("李四"), 3, S("1990-01-01"), S("")}, err),
                RC_BAD_INPUT, "sex 3");
    done(&t);
}

static void one_household_a_day(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    settle(t.c, 2, VILLAGE_2);
    check_fails(
        put_membership(t.c, (struct membership_row){2, 1001, S("2020-06-01"), S(DAY_OPEN), S("20")},
                       err),
        RC_CONFLICT, "person 1001 belongs to household 1 from 2020-01-01 on");
    /* He leaves the one on the day he comes to the other. */
    check_ok(put_membership(
        t.c, (struct membership_row){1, 1001, S("2020-01-01"), S("2020-06-01"), S("02")}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){2, 1001, S("2020-06-01"), S(DAY_OPEN), S("20")}, err));
    check_fails(
        put_membership(
            t.c, (struct membership_row){1, 1001, S("2020-01-01"), S("2020-06-02"), S("02")}, err),
        RC_CONFLICT, "household 2 from 2020-06-01");
    check_str(rows_of(t.c,
                      "SELECT household_id, valid_from, valid_to FROM membership WHERE person_id = "
                      "1001 ORDER BY household_id",
                      "itt", &t.a),
              "1|2020-01-01|2020-06-01\n2|2020-06-01|9999-12-31");
    done(&t);
}

static void members_are_known(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    check_fails(
        put_membership(t.c, (struct membership_row){9, 1001, S("2020-06-01"), S(DAY_OPEN), S("20")},
                       err),
        RC_BAD_INPUT, "no household 9");
    check_fails(
        put_membership(t.c, (struct membership_row){1, 9999, S("2020-06-01"), S(DAY_OPEN), S("20")},
                       err),
        RC_BAD_INPUT, "no person 9999");
    done(&t);
}

/* ---- numbers -------------------------------------------------------------------------------- */

struct number {
    struct vault *v;
    int64_t person;
    enum number_kind kind;
    str text;
};

static enum rc number_once(struct change *c, void *ctx, struct err *err)
{
    struct number *n = ctx;
    return person_number_put(c, n->v, n->person, n->kind, n->text, err);
}

static enum rc forget_once(struct change *c, void *ctx, struct err *err)
{
    return person_numbers_forget(c, *(int64_t *)ctx, err);
}

static enum rc put_number(struct at *t, int64_t county, int64_t person, enum number_kind kind,
                          str text, struct err *err)
{
    struct number n = {t->c->vault, person, kind, text};
    return change_in(t->c, county, number_once, &n, NULL, err);
}

static enum rc number_of(struct at *t, int64_t person, enum number_kind kind, str *out,
                         struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(t->c->store, &c, err));
    enum rc rc = person_number_get(c, t->c->vault, CASE_COUNTY, person, kind, &t->a, out, err);
    store_reader_done(c);
    return rc;
}

static enum rc who_has(struct at *t, enum number_kind kind, str text, int64_t *county,
                       int64_t *person, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(t->c->store, &c, err));
    enum rc rc = person_by_number(c, t->c->vault, kind, text, county, person, err);
    store_reader_done(c);
    return rc;
}

static void numbers_are_sealed_and_found(void **state)
{
    struct at t = begin(*state);
    str clear = {0};
    int64_t county = 0, person = 0;
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_IDENTITY, S("510402199003070019"), err));
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_CARD, S("6217003670000001231"), err));
    check_ok(number_of(&t, 70, NUMBER_IDENTITY, &clear, err));
    check_str(clear, "510402199003070019");
    check_ok(number_of(&t, 70, NUMBER_CARD, &clear, err));
    check_str(clear, "6217003670000001231");
    check_fails(number_of(&t, 70, NUMBER_PHONE, &clear, err), RC_NOT_FOUND, "no such number");
    check_ok(who_has(&t, NUMBER_IDENTITY, S("510402199003070019"), &county, &person, err));
    assert_int_equal(county, CASE_COUNTY);
    assert_int_equal(person, 70);
    check_ok(who_has(&t, NUMBER_CARD, S("6217003670000001231"), &county, &person, err));
    assert_int_equal(person, 70);
    check_fails(who_has(&t, NUMBER_CARD, S("6217003670000001249"), &county, &person, err),
                RC_NOT_FOUND, "nobody");
    check_str(rows_of(t.c, "SELECT count(*) FROM person_key", "i", &t.a), "1");
    done(&t);
}

static void an_identity_number_is_one_persons(void **state)
{
    struct at t = begin(*state);
    int64_t county = 0, person = 0;
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_IDENTITY, S("510402199003070019"), err));
    check_fails(put_number(&t, CASE_COUNTY, 71, NUMBER_IDENTITY, S("510402199003070019"), err),
                RC_CONFLICT, "person 70 of county 990102");
    check_fails(put_number(&t, CASE_OTHER, 71, NUMBER_IDENTITY, S("510402199003070019"), err),
                RC_CONFLICT, "person 70 of county 990102");
    /* The same again is nothing new; a mended number frees the wrong one. */
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_IDENTITY, S("510402199003070019"), err));
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_IDENTITY, S("510411195506150027"), err));
    check_ok(put_number(&t, CASE_OTHER, 71, NUMBER_IDENTITY, S("510402199003070019"), err));
    check_ok(who_has(&t, NUMBER_IDENTITY, S("510402199003070019"), &county, &person, err));
    assert_int_equal(county, CASE_OTHER);
    assert_int_equal(person, 71);
    /* A phone may be a whole family's. */
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_PHONE, S("13812341234"), err));
    check_ok(put_number(&t, CASE_COUNTY, 72, NUMBER_PHONE, S("13812341234"), err));
    check_fails(put_number(&t, CASE_COUNTY, 70, NUMBER_PHONE, S(""), err), RC_BAD_INPUT,
                "expected 1 to");
    done(&t);
}

static void a_number_moved_to_another_row_does_not_open(void **state)
{
    static const struct statement swap = {
        .name = "test_swap",
        .sql = "UPDATE person_number SET sealed = (SELECT b.sealed FROM person_number b WHERE "
               "b.person_id = 71 AND b.kind = 3) WHERE person_id = 70 AND kind = 3"};
    struct at t = begin(*state);
    str clear = {0};
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_CARD, S("6217003670000001231"), err));
    check_ok(put_number(&t, CASE_COUNTY, 71, NUMBER_CARD, S("6217003670000001249"), err));
    check_ok(fresh_exec(t.c->store, &swap, NULL, 0, err));
    check_fails(number_of(&t, 70, NUMBER_CARD, &clear, err), RC_BAD_INPUT, "does not open");
    done(&t);
}

static void a_destroyed_key_forgets(void **state)
{
    struct at t = begin(*state);
    struct arena *a = &t.a;
    str clear = {0};
    int64_t county = 0, person = 70;
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_IDENTITY, S("510402199003070019"), err));
    check_ok(put_number(&t, CASE_COUNTY, 70, NUMBER_PHONE, S("13812341234"), err));
    str copy = rows_of(t.c, "SELECT sealed FROM person_number WHERE kind = 1", "b", a);
    check_ok(change_in(t.c, CASE_COUNTY, forget_once, &person, NULL, err));
    check_fails(number_of(&t, 70, NUMBER_IDENTITY, &clear, err), RC_NOT_FOUND, "no such number");
    check_fails(who_has(&t, NUMBER_IDENTITY, S("510402199003070019"), &county, &person, err),
                RC_NOT_FOUND, "nobody");
    check_fails(who_has(&t, NUMBER_PHONE, S("13812341234"), &county, &person, err), RC_NOT_FOUND,
                "nobody");
    /* A copy of the sealed number does not open under the key that he would be given now. */
    struct person_key fresh_key;
    struct err e = {0};
    person_key_make(t.c->vault, CASE_COUNTY, 70, &fresh_key);
    assert_int_equal(number_open(t.c->vault, &fresh_key, NUMBER_IDENTITY, copy, a, &clear, &e),
                     RC_BAD_INPUT);
    check_ok(put_number(&t, CASE_OTHER, 71, NUMBER_IDENTITY, S("510402199003070019"), err));
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_row_from_a_day_on),
        BOTH(the_same_beginning_is_replaced),
        BOTH(days_around_stay),
        BOTH(what_is_known_is_not_written_again),
        BOTH(rows_of_one_change_leave_no_past),
        BOTH(persons_keep_their_past),
        BOTH(enrolments_have_versions),
        BOTH(days_in_order),
        BOTH(a_division_of_the_county),
        BOTH(born_before_death),
        BOTH(one_household_a_day),
        BOTH(members_are_known),
        BOTH(numbers_are_sealed_and_found),
        BOTH(an_identity_number_is_one_persons),
        BOTH(a_number_moved_to_another_row_does_not_open),
        BOTH(a_destroyed_key_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
