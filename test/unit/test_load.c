/* Files of people into a store and out again, on both databases; what the command says of them is
 * tested in test/cli/import.sh. */
#include "store/harness.h"

#include "pay/past.h"
#include "people/dump.h"

static const char households[] = "household,division,hukou_type,assets,vehicles\n"
                                 "a,510402001002,urban,100.50,0\n"
                                 "b,510411001001,rural,,1\n"
                                 "c,510402001004,urban,5,0\n";
static const char persons[] =
    "household,person,name,sex,birth_date,death_date,relation,id_number,phone,card,income,disease\n"
    "a,1,张三,男,,,户主,510402199003070019,13812345678,6217003670000001231,300.00,none\n"
    "a,2,李四,女,,,配偶,510411195506150027,,,0,severe\n"
    "b,1,王五,,,,户主,510402550615002,,,1000,\n"
    "c,1,赵六,男,1950-01-01,2020-03-05,户主,,,,,chronic\n"
    "c,2,赵七,女,2020-11-20,,女,,,,0,none\n";
static const char cases[] =
    "household,person,programme,since,last_amount,account,first_month_above\n"
    "a,,dibao,2019-05-01,720.00,6217003670000001231,\n"
    "a,2,disability_care,2020-02-01,50.00,,\n"
    "b,,dibao,2020-03-01,88.80,622848000000000018,2020-09\n";

/* ---- a store and its files ------------------------------------------------------------------ */

struct town {
    struct fresh *f;
    struct arena a;
    struct city *city;
    struct load_spec spec;
};

static void town_open(struct town *t, void *state)
{
    *t = (struct town){.f = state};
    const char *key = fresh_path(t->f, &t->a, "key");
    const struct init_spec init = {.url = t->f->url,
                                   .key_path = key,
                                   .home = HUIMIN_SRC,
                                   .place = "panzhihua",
                                   .who = "tester"};
    check_ok(city_init(&init, &t->a, err));
    check_ok(city_open(t->f->url, key, "tester", &t->a, &t->city, err));
    t->spec = (struct load_spec){.city = t->city,
                                 .from = date_day(2020, 1, 1),
                                 .today = date_day(2020, 12, 24),
                                 .month = month_of(2020, 11)};
}

static void town_close(struct town *t)
{
    city_close(t->city);
    arena_deinit(&t->a);
}

static void file_put(struct town *t, enum load_kind kind, const char *text)
{
    static const char *const names[] = {"h.csv", "p.csv", "c.csv"};
    const char *path = fresh_path(t->f, &t->a, names[kind]);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    fclose(out);
    t->spec.path[kind] = path;
}

static enum rc put_county(struct change *c, void *ctx, struct err *err)
{
    struct load_award *awards = NULL;
    struct town *t = ((void **)ctx)[0];
    struct load *l = ((void **)ctx)[1];
    size_t n = 0;
    TRY(load_put(l, c, err));
    load_awards(l, c->county_code, &t->a, &awards, &n);
    return n > 0 ? past_awards_put(c, t->city, t->spec.month, true, awards, n, err) : RC_OK;
}

static enum rc take_in(struct town *t, struct err *err)
{
    struct load *l = NULL;
    int64_t *counties = NULL;
    size_t n = 0;
    TRY(load_read(&t->spec, &t->a, &l, err));
    load_counties(l, &t->a, &counties, &n);
    for (size_t i = 0; i < n; i++) {
        void *ctx[] = {t, l};
        const struct change_spec change = {.store = t->city->store,
                                           .county_code = counties[i],
                                           .who = S("tester"),
                                           .why = S("files")};
        TRY(change_write(&change, put_county, ctx, NULL, err));
    }
    return RC_OK;
}

static void all_in(struct town *t)
{
    file_put(t, LOAD_HOUSEHOLDS, households);
    file_put(t, LOAD_PERSONS, persons);
    file_put(t, LOAD_CASES, cases);
    check_ok(take_in(t, err));
    memset(t->spec.path, 0, sizeof t->spec.path);
}

/* A kind as exported on a day, without the references that differ from store to store. */
static str out_on(struct town *t, enum load_kind kind, day on, bool full)
{
    const char *path = fresh_path(t->f, &t->a, "out.csv");
    const struct dump_spec spec = {.city = t->city, .kind = kind, .on_day = on, .full = full};
    struct file_out f;
    int64_t rows = 0;
    str text = {0};
    check_ok(file_out_open(&f, path, err));
    check_ok(dump_file(&spec, &f, &rows, err));
    check_ok(file_out_commit(&f, err));
    check_ok(file_read(path, 1 << 20, &t->a, &text, err));
    return text;
}

static int64_t number(struct town *t, const char *sql)
{
    struct statement st = {.name = sql, .sql = sql, .reads = true};
    return fresh_int(t->city->store, &st, NULL, 0);
}

static bool has(str text, const char *words)
{
    if (str_find(text, str_from(words)) >= 0)
        return true;
    print_message("no “%s” in:\n%.*s\n", words, STR_ARG(text));
    return false;
}

/* ---- in and out ----------------------------------------------------------------------------- */

static void files_come_back(void **state)
{
    struct town t;
    town_open(&t, *state);
    all_in(&t);
    str p = out_on(&t, LOAD_PERSONS, date_day(2020, 12, 1), true);
    assert_true(has(p, ",张三,男,1990-03-07,,02,510402199003070019,13812345678,6217003670000001231"
                       ",,300.00,"));
    assert_true(has(p, ",王五,女,1955-06-15,,02,510402195506150020,,622848000000000018,,1000.00,"));
    assert_true(has(p, ",赵六,男,1950-01-01,2020-03-05,02,"));
    str masked = out_on(&t, LOAD_PERSONS, date_day(2020, 12, 1), false);
    assert_true(has(masked, "5104**********0019,138****5678,6217***********1231"));
    assert_true(str_find(masked, S("510402199003070019")) < 0);
    str h = out_on(&t, LOAD_HOUSEHOLDS, date_day(2020, 12, 1), false);
    assert_true(has(h, ",510402001002,,urban,100.50,0,"));
    /* The newborn is nobody before birth, and has facts since then. */
    assert_int_equal(number(&t, "SELECT count(*) FROM membership WHERE valid_from = '2020-11-20'"),
                     1);
    assert_int_equal(
        number(&t, "SELECT count(*) FROM x_assistance_person WHERE valid_from = '2020-11-20'"), 1);
    town_close(&t);
}

static void cases_bring_last_amounts(void **state)
{
    struct town t;
    town_open(&t, *state);
    all_in(&t);
    assert_int_equal(number(&t, "SELECT count(*) FROM enrolment"), 3);
    assert_int_equal(number(&t, "SELECT CAST(sum(amount_fen) AS BIGINT) FROM award WHERE month = "
                                "'2020-11' AND ground = 'imported'"),
                     85880);
    assert_int_equal(number(&t, "SELECT count(*) FROM determination WHERE carried = "
                                "'first_month_above=2020-09'"),
                     1);
    /* One job a county, and the month's results are its. */
    assert_int_equal(number(&t, "SELECT count(*) FROM month_run m JOIN run_job j ON j.county_code "
                                "= m.county_code AND j.job_id = m.job_id WHERE j.state = 'done'"),
                     2);
    /* The account is the holder's: one who had it, one who has it from now on. */
    assert_int_equal(number(&t, "SELECT count(*) FROM enrolment e JOIN person_number n ON "
                                "n.county_code = e.county_code AND n.person_id = e.account_id AND "
                                "n.kind = 3"),
                     2);
    town_close(&t);
}

/* A second township's cases join the month that the first brought; the same case twice does not. */
static void a_month_is_taken_over_in_parts(void **state)
{
    struct town t;
    town_open(&t, *state);
    all_in(&t);
    file_put(&t, LOAD_CASES,
             "id_number,programme,since,last_amount\n"
             "510411195506150027,disability_living,2020-05-01,100\n");
    check_ok(take_in(&t, err));
    assert_int_equal(number(&t, "SELECT count(*) FROM run_job"), 2);
    assert_int_equal(number(&t, "SELECT count(*) FROM award"), 4);
    file_put(&t, LOAD_CASES,
             "id_number,programme,since,last_amount\n"
             "510411195506150027,disability_living,2020-05-01,101\n");
    check_fails(take_in(&t, err), RC_CONFLICT, "leave the column last_amount out");
    assert_int_equal(number(&t, "SELECT count(*) FROM award"), 4);
    town_close(&t);
}

/* What was exported and comes in again changes nothing; a changed fact holds from its day on. */
static void a_change_leaves_the_past(void **state)
{
    struct town t;
    town_open(&t, *state);
    all_in(&t);
    str out = str_dup(&t.a, out_on(&t, LOAD_PERSONS, date_day(2020, 12, 1), false));
    t.spec.from = date_day(2020, 12, 1);
    file_put(&t, LOAD_PERSONS, str_z(&t.a, out));
    check_ok(take_in(&t, err));
    assert_int_equal(number(&t, "SELECT count(*) FROM x_assistance_person"), 5);
    assert_int_equal(number(&t, "SELECT count(*) FROM person_past"), 0);
    long at = str_find(out, S("300.00"));
    assert_true(at > 0);
    str changed = str_fmt(&t.a, "%.*s999.99%s", (int)at, out.p, out.p + at + 6);
    file_put(&t, LOAD_PERSONS, str_z(&t.a, changed));
    check_ok(take_in(&t, err));
    assert_true(has(out_on(&t, LOAD_PERSONS, date_day(2020, 12, 1), false), "999.99"));
    assert_true(has(out_on(&t, LOAD_PERSONS, date_day(2020, 11, 30), false), "300.00"));
    assert_int_equal(number(&t, "SELECT count(*) FROM x_assistance_person"), 6);
    town_close(&t);
}

/* ---- whole or not at all -------------------------------------------------------------------- */

static void a_mistake_stores_nothing(void **state)
{
    struct town t;
    struct err e = {0};
    town_open(&t, *state);
    file_put(&t, LOAD_HOUSEHOLDS, households);
    file_put(&t, LOAD_PERSONS,
             "household,name,birth_date,income\na,张三,1990-03-07,1\n"
             "b,李四,1990-03-07,x\nc,王五,1990-03-07,1\n");
    assert_int_equal(take_in(&t, &e), RC_BAD_INPUT);
    assert_int_equal(number(&t, "SELECT count(*) FROM household"), 0);
    t.spec.good_rows = true;
    check_ok(take_in(&t, err));
    assert_int_equal(number(&t, "SELECT count(*) FROM household"), 2);
    assert_int_equal(number(&t, "SELECT count(*) FROM person"), 2);
    town_close(&t);
}

/* However soon the database fails, a county is stored whole or not at all. */
static void a_failure_leaves_no_half_county(void **state)
{
    struct town t;
    enum rc rc = RC_IO;
    int failures = 0;
    town_open(&t, *state);
    file_put(&t, LOAD_HOUSEHOLDS, "household,division,hukou_type\na,510402001002,urban\n");
    file_put(&t, LOAD_PERSONS,
             "household,name,birth_date,income,phone\n"
             "a,张三,1990-03-07,1,13812345678\na,李四,1990-03-07,1,\n");
    file_put(&t, LOAD_CASES, "household,programme,since,last_amount\na,dibao,2020-01-01,5\n");
    for (int64_t after = 0; rc != RC_OK; after++, failures++) {
        struct err e = {0};
        store_fail_after(after);
        rc = take_in(&t, &e);
        store_fail_after(-1);
        assert_true(rc == RC_OK || rc == RC_IO);
        assert_int_equal(number(&t, "SELECT count(*) FROM person"), rc == RC_OK ? 2 : 0);
        assert_int_equal(number(&t, "SELECT count(*) FROM award"), rc == RC_OK ? 1 : 0);
    }
    assert_true(failures > 20);
    int64_t checked = 0;
    check_ok(audit_verify(t.city->store, &checked, err));
    town_close(&t);
}

/* ---- small parts ---------------------------------------------------------------------------- */

static void relations_have_words(void **state)
{
    char digits[3] = "";
    (void)state;
    assert_true(relation_read(S("配偶"), digits));
    assert_string_equal(digits, "10");
    assert_true(relation_read(S("73"), digits));
    check_str(relation_word(str_from(digits)), "弟");
    check_str(relation_word(S("98")), "98");
    assert_false(relation_read(S("邻居"), digits));
    assert_false(relation_read(S("7"), digits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relations_have_words), BOTH(files_come_back),
        BOTH(cases_bring_last_amounts),         BOTH(a_month_is_taken_over_in_parts),
        BOTH(a_change_leaves_the_past),         BOTH(a_mistake_stores_nothing),
        BOTH(a_failure_leaves_no_half_county),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
