/*
 * Back-pay and recovery against a second store that knew everything from the start: a small town, random
 * facts that come late, months that are paid in between. What was paid and what is found must come to what the
 * other store paid; and a finding that is killed, or whose database goes away, comes to the same.
 */
#include "unit/test_arrears_case.h"

enum { FAMILIES = 24, MONTHS = 9, CHANGES = 8, TOWNS = 6 };

/* ---- a town in which things happen ---------------------------------------------------------------- */

struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *d, uint64_t n)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (d->state >> 33) % n;
}

static const char *first_day(month m, char text[11])
{
    return date_text(month_first(m), text);
}

static void begin(struct town *t, struct dice *d)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    for (int64_t h = 1; h <= FAMILIES; h++) {
        char facts[80];
        family(t->c, h, villages[roll(d, 3)]);
        if (roll(d, 3) == 0)
            joins(t->c, h, 2000 + h);
        snprintf(facts, sizeof facts, "income %d", (int)roll(d, 8) * 10000);
        person_from(t->c, 1000 + h, "2019-01-01", facts);
        if (roll(d, 3) == 0)
            grade_from(t->c, 1000 + h, "2019-01-01", 1 + (int)roll(d, 3));
        if (roll(d, 5) != 0)
            enrol(t->c, h, 0, "dibao", DAY_OPEN);
        if (roll(d, 2) == 0)
            enrol(t->c, h, 1000 + h, "disability_care", DAY_OPEN);
    }
}

/* One thing that comes to be known, from a first of a month of the span on. */
static void happens(struct town *t, struct dice *d, month first)
{
    char from[11], facts[80];
    int64_t h = 1 + (int64_t)roll(d, FAMILIES), person = 1000 + h;
    first_day(first + (month)roll(d, MONTHS), from);
    switch (roll(d, 7)) {
    case 0:
    case 1:
    case 2:
        snprintf(facts, sizeof facts, "income %d disease %s", (int)roll(d, 9) * 10000,
                 roll(d, 3) == 0 ? "severe" : "none");
        person_from(t->c, person, from, roll(d, 9) == 0 ? "income ?" : facts);
        break;
    case 3:
        grade_from(t->c, person, from, (int)roll(d, 5));
        break;
    case 4:
        check_ok(put_person(
            t->c, (struct person_row){person, S("张三"), 1, S("1980-06-15"), str_from(from)}, err));
        break;
    case 5:
        enrol(t->c, h, 0, "dibao", roll(d, 2) == 0 ? DAY_OPEN : from);
        break;
    default:
        enrol(t->c, h, person, "disability_care", roll(d, 2) == 0 ? DAY_OPEN : from);
        break;
    }
}

static const char higher[] =
    "  set dibao.standard          from 2020-09: 690.00 for urban, 470.00 for rural\n"
    "  set disability_care.amount  from 2020-10: 90.00 for 1, 60.00 for 2\n";

/* ---- what each of the two paid --------------------------------------------------------------------- */

static str paid_in(struct town *t)
{
    return rows_of(t->c,
                   "SELECT a.household_id, a.person_id, a.programme, a.month, a.amount_fen "
                   "FROM award AS a JOIN month_run AS m ON m.county_code = a.county_code "
                   "AND m.month = a.month AND m.job_id = a.job_id "
                   "WHERE a.ground <> 'kept' ORDER BY 1, 2, 3, 4",
                   "iitti", &t->a);
}

/* Awards with the differences found; what nobody could tell in the other store is left out of both. */
static str put_right(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, person_id, programme, month, CAST(sum(fen) AS BIGINT) "
                   "FROM (SELECT a.household_id, a.person_id, a.programme, a.month, "
                   "a.amount_fen AS fen FROM award AS a JOIN month_run AS m "
                   "ON m.county_code = a.county_code AND m.month = a.month AND m.job_id = a.job_id "
                   "UNION ALL SELECT household_id, person_id, programme, month, due_fen - paid_fen "
                   "FROM arrears_line WHERE state <> 'stale') AS s "
                   "WHERE NOT EXISTS (SELECT 1 FROM test_open AS o "
                   "WHERE o.household_id = s.household_id AND o.programme = s.programme "
                   "AND o.month = s.month AND (o.person_id = 0 OR o.person_id = s.person_id)) "
                   "GROUP BY 1, 2, 3, 4 HAVING sum(fen) <> 0 ORDER BY 1, 2, 3, 4",
                   "iitti", &t->a);
}

/* Of whom the store that knew everything could not tell. */
static void mark_open(struct town *from, struct town *to)
{
    str rows = rows_of(from->c,
                       "SELECT d.household_id, d.person_id, d.programme, d.month "
                       "FROM determination AS d JOIN month_run AS m "
                       "ON m.county_code = d.county_code AND m.month = d.month "
                       "AND m.job_id = d.job_id WHERE d.amount_fen IS NULL",
                       "iitt", &from->a);
    str line, h, p, programme;
    check_ok(fresh_define(to->c->store,
                          "CREATE TABLE test_open (household_id BIGINT NOT NULL, person_id BIGINT "
                          "NOT NULL, programme TEXT NOT NULL, month TEXT NOT NULL)",
                          err));
    while (rows.n > 0) {
        if (!str_cut(rows, '\n', &line, &rows))
            rows = S("");
        assert_true(str_cut(line, '|', &h, &line) && str_cut(line, '|', &p, &line) &&
                    str_cut(line, '|', &programme, &line));
        sql_put(to, str_fmt(&to->a, "INSERT INTO test_open VALUES (%.*s, %.*s, '%.*s', '%.*s')",
                            STR_ARG(h), STR_ARG(p), STR_ARG(programme), STR_ARG(line))
                        .p);
    }
}

/* In both stores the same is put, in the same order; in one of them months are paid in between. */
static void live(struct town *t, const void *state, uint64_t seed, bool pays)
{
    struct dice d = {seed};
    char text[8];
    month first = month_at("2020-06");
    begin(t, &d);
    for (month m = first; m < first + MONTHS; m++) {
        if (pays) {
            run_of(t, month_text(m, text));
            freeze_at(t, text);
        }
        for (int i = 0; i < CHANGES; i++)
            happens(t, &d, first);
    }
    release(t, state, higher);
    for (month m = first; !pays && m < first + MONTHS; m++)
        run_of(t, month_text(m, text));
}

static void as_if_all_was_known(void **state)
{
    const struct fresh *f = *state;
    for (uint64_t seed = 1; seed <= TOWNS; seed++) {
        static enum store_kind kinds[2];
        void *one = &kinds[0], *two = &kinds[1];
        kinds[0] = kinds[1] = f->kind;
        assert_int_equal(fresh_open(&one), 0);
        assert_int_equal(fresh_open(&two), 0);
        struct town late = town_begin(one), knew = town_begin(two);
        pay_tie();
        bank_of(&late);
        live(&knew, two, seed, false);
        live(&late, one, seed, true);
        mark_open(&knew, &late);
        struct arrears_found r = find(&late, "2020-06", "2021-02");
        assert_true(r.lines > 20);
        check_text(put_right(&late), str_z(&knew.a, paid_in(&knew)));
        decide_open(&late);
        person_from(late.c, 1001, "2022-01-01", "income 0");
        assert_int_equal(find(&late, "2020-06", "2021-02").lines, 0);
        town_done(&late);
        town_done(&knew);
        assert_int_equal(fresh_close(&one), 0);
        assert_int_equal(fresh_close(&two), 0);
    }
}

/* ---- stopped ---------------------------------------------------------------------------------------- */

enum { MANY = 5000 };

/* Families of one with an income that is found late, put by a statement each table. */
static void many_families(struct town *t)
{
    static const char *const statements[] = {
        "INSERT INTO household (county_code, household_id, valid_from, valid_to, position, division,"
        " head_id) SELECT 990102, i, '2019-01-01', '9999-12-31', 1, 990102001001 + i % 2, i + 100000"
        " FROM n",
        "INSERT INTO person (county_code, person_id, position, name, sex, birth_date) SELECT 990102,"
        " i + 100000, 1, 'x', 1 + i % 2, '1970-01-01' FROM n",
        "INSERT INTO membership (county_code, household_id, person_id, valid_from, valid_to,"
        " position, relation) SELECT 990102, i, i + 100000, '2019-01-01', '9999-12-31', 1, '02'"
        " FROM n",
        "INSERT INTO x_people_household (county_code, household_id, valid_from, valid_to, position,"
        " hukou_type) SELECT 990102, i, '2019-01-01', '9999-12-31', 1, 'urban' FROM n",
        "INSERT INTO x_assistance_household (county_code, household_id, valid_from, valid_to,"
        " position, assets, vehicles, disability_vehicle) SELECT 990102, i, '2019-01-01',"
        " '9999-12-31', 1, 0, 0, 0 FROM n",
        "INSERT INTO x_assistance_person (county_code, person_id, valid_from, valid_to, position,"
        " income, wage, disease, employed, student, second_house, lost_only_child, destitute)"
        " SELECT 990102, i + 100000, '2019-01-01', '9999-12-31', 1, i % 50 * 1000, 0, 'none', 0, 0,"
        " 0, 0, 0 FROM n",
        "INSERT INTO x_disability_person (county_code, person_id, valid_from, valid_to, position,"
        " disability_grade) SELECT 990102, i + 100000, '2019-01-01', '9999-12-31', 1, 'none' FROM n",
        "INSERT INTO enrolment (county_code, household_id, person_id, programme, valid_from,"
        " valid_to, position, cause, account_id) SELECT 990102, i, 0, 'dibao', '2019-01-01',"
        " '9999-12-31', 1, 'test', 0 FROM n",
    };
    family(t->c, MANY + 1, VILLAGE_R); /* so that there is a first change */
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        sql_put(t, str_fmt(&t->a,
                           "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL "
                           "SELECT i + 1 FROM n WHERE i < %d) %s",
                           MANY, statements[i])
                       .p);
    bank_of(t);
    run_of(t, "2020-12");
    sql_put(t,
            "INSERT INTO batch (county_code, batch_id, number, month, kind, state, line_rows, fen, "
            "held_rows, held_fen, paid_rows, paid_fen, failed_rows, failed_fen, digest, frozen_on, "
            "frozen_by, version) VALUES (990102, 1, 'n', '2020-12', 'month', 'frozen', 0, 0, 0, 0, "
            "0, 0, 0, 0, '', '2020-12-20', 'x', 1)");
}

static str sums(struct town *t)
{
    return rows_of(t->c,
                   "SELECT state, count(*), count(DISTINCT household_id), "
                   "CAST(sum(due_fen - paid_fen) AS BIGINT), CAST(sum(household_id) AS BIGINT) "
                   "FROM arrears_line GROUP BY state",
                   "tiiii", &t->a);
}

static str jobs(struct town *t)
{
    return rows_of(
        t->c, "SELECT state, line_rows, backpay_fen, households FROM arrears_job ORDER BY job_id",
        "tiii", &t->a);
}

static bool after_the_second(void *ctx)
{
    int *n = ctx;
    return ++*n == 2;
}

static void stopped_it_goes_on(void **state)
{
    struct town t = town_begin(*state);
    struct arrears_found *found = NULL;
    size_t n = 0;
    int asked = 0;
    pay_tie();
    many_families(&t);
    release(&t, *state, "  set dibao.standard from 2020-12: 700.00 for urban, 500.00 for rural\n");
    struct arrears_spec spec = arrears_spec_of(&t, "2020-12", "2020-12");
    spec.stop = after_the_second;
    spec.ctx = &asked;
    check_fails(arrears_find(&spec, &t.a, &found, &n, err), RC_INTERRUPTED, "goes on from there");
    check_text(jobs(&t), "running|4096|20480000|4096");
    spec.stop = NULL;
    struct arrears_found f = find_in(&t, &spec);
    assert_int_equal(f.lines, MANY);
    check_text(jobs(&t), "open|5000|25000000|5000");
    check_text(sums(&t), "open|5000|5000|25000000|12502500");
    town_done(&t);
}

/* At whatever statement the database goes away, and at whatever moment the program is killed. */
static void broken_off_it_comes_to_the_same(void **state)
{
    struct town t = town_begin(*state);
    struct arrears_found *found = NULL;
    size_t n = 0;
    int64_t refused = 0;
    pay_tie();
    many_families(&t);
    release(&t, *state, "  set dibao.standard from 2020-12: 700.00 for urban, 500.00 for rural\n");
    const struct arrears_spec spec = arrears_spec_of(&t, "2020-12", "2020-12");
    for (int64_t after = 0; after < 9000; after += 1 + after / 3) {
        store_fail_after(after);
        enum rc rc = arrears_find(&spec, &t.a, &found, &n, NULL);
        store_fail_after(-1);
        refused += rc != RC_OK;
        if (rc == RC_OK)
            break;
    }
    assert_true(refused > 5);
    find_in(&t, &spec);
    check_text(sums(&t), "open|5000|5000|25000000|12502500");
    check_text(rows_of(t.c, "SELECT count(*) FROM arrears_job WHERE state IN ('open', 'running')",
                       "i", &t.a),
               "1");
    town_done(&t);
}

/* Other rules meanwhile: what was begun is dropped, and all of it found anew. */
static void begun_under_other_rules(void **state)
{
    struct town t = town_begin(*state);
    struct arrears_found *found = NULL;
    size_t n = 0;
    int asked = 1;
    pay_tie();
    many_families(&t);
    release(&t, *state, "  set dibao.standard from 2020-12: 700.00 for urban, 500.00 for rural\n");
    struct arrears_spec spec = arrears_spec_of(&t, "2020-12", "2020-12");
    spec.stop = after_the_second;
    spec.ctx = &asked;
    check_fails(arrears_find(&spec, &t.a, &found, &n, err), RC_INTERRUPTED, "goes on from there");
    release(&t, *state, "  set dibao.standard from 2020-12: 660.00 for urban, 500.00 for rural\n");
    find(&t, "2020-12", "2020-12");
    check_text(jobs(&t), "dropped|2048|10240000|2048\nopen|5000|5000000|5000");
    check_text(sums(&t), "open|5000|5000|5000000|12502500");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(as_if_all_was_known),
        BOTH(stopped_it_goes_on),
        BOTH(broken_off_it_comes_to_the_same),
        BOTH(begun_under_other_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
