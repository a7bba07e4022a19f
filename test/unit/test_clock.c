/* The legal clock: the calendar from its file, limits, pauses, warnings, what is left. */
#include "unit/test_people_case.h"
#include "work/clock.h"

#define PLACES HUIMIN_SRC "/places/calendar.csv"

struct at {
    struct arena a;
    struct home home;
    struct city *c;
    struct calendar *cal;
};

static enum rc load(struct change *c, void *ctx, struct err *err)
{
    return calendar_load(c, ctx, err);
}

static enum rc load_file(struct city *c, const char *path, struct err *err)
{
    char name[300];
    snprintf(name, sizeof name, "%s", path);
    return change_in(c, CASE_CITY, load, name, NULL, err);
}

static struct calendar *read_back(struct at *t)
{
    struct conn *conn = NULL;
    struct calendar *cal = NULL;
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(calendar_read(conn, &t->a, &cal, err));
    store_reader_done(conn);
    return cal;
}

/* With the calendar that the tree ships. */
static struct at begin(void *state)
{
    struct at t = {.home = home_make()};
    t.c = case_city(state, &t.home, &t.a);
    check_ok(load_file(t.c, PLACES, err));
    t.cal = read_back(&t);
    return t;
}

static void done(struct at *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

static day on(const char *text)
{
    day d = 0;
    if (!date_parse(str_from(text), &d))
        fail_msg("%s is no day", text);
    return d;
}

#define check_day(got, text)                                                                       \
    do {                                                                                           \
        char found_[11];                                                                           \
        assert_string_equal(date_text((got), found_), text);                                       \
    } while (0)

static day due(const struct at *t, const char *start, int n, enum deadline_unit unit, bool *unsure)
{
    struct deadline d = {.n = n, .unit = unit};
    return deadline_due(t->cal, on(start), &d, unsure);
}

/* ---- limits --------------------------------------------------------------------------------- */

static void working_days_of_the_law(void **state)
{
    static const struct {
        const char *start;
        int n;
        const char *due;
    } rows[] = {
        {"2026-09-18", 3, "2026-09-22"},  {"2026-09-24", 3, "2026-09-30"},
        {"2026-09-30", 3, "2026-10-10"},  {"2026-09-01", 30, "2026-10-19"},
        {"2026-09-01", 45, "2026-11-09"}, {"2026-02-13", 3, "2026-02-25"},
        {"2026-02-13", 15, "2026-03-12"}, {"2025-09-26", 5, "2025-10-10"},
        {"2020-12-21", 3, "2020-12-24"}, /* the demo's day; Monday */
        {"2020-12-31", 1, "2021-01-04"}, /* New Year, then a weekend */
    };
    struct at t = begin(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool unsure = true;
        check_day(due(&t, rows[i].start, rows[i].n, IN_WORKDAYS, &unsure), rows[i].due);
        assert_false(unsure);
    }
    done(&t);
}

static void days_and_months(void **state)
{
    struct at t = begin(*state);
    bool unsure = true;
    check_day(due(&t, "2020-12-21", 7, IN_DAYS, &unsure), "2020-12-28");
    assert_false(unsure);
    check_day(due(&t, "2027-02-01", 30, IN_DAYS, &unsure), "2027-03-03");
    assert_false(unsure); /* no calendar is asked */
    check_day(due(&t, "2020-11-15", 3, IN_MONTHS, NULL), "2021-02-15");
    check_day(due(&t, "2020-12-31", 2, IN_MONTHS, NULL), "2021-02-28");
    check_day(due(&t, "2019-12-31", 2, IN_MONTHS, NULL), "2020-02-29");
    check_day(due(&t, "2020-08-31", 1, IN_MONTHS, NULL), "2020-09-30");
    check_day(due(&t, "2020-08-31", 12, IN_MONTHS, NULL), "2021-08-31");
    assert_int_equal(due(&t, "2020-12-21", 0, IN_WORKDAYS, &unsure), 0); /* there is no limit */
    done(&t);
}

static void a_year_without_a_calendar(void **state)
{
    struct at t = begin(*state);
    bool unsure = false;
    assert_true(calendar_published(t.cal, 2026));
    assert_false(calendar_published(t.cal, 2027));
    assert_false(calendar_published(t.cal, 1500));
    check_day(due(&t, "2026-12-30", 1, IN_WORKDAYS, &unsure), "2026-12-31");
    assert_false(unsure);
    /* By weekdays alone: New Year's Day 2027 is a Friday like others. */
    check_day(due(&t, "2026-12-30", 2, IN_WORKDAYS, &unsure), "2027-01-01");
    assert_true(unsure);
    check_day(due(&t, "2027-03-05", 1, IN_WORKDAYS, &unsure), "2027-03-08");
    assert_true(unsure);
    done(&t);
}

/* ---- pauses --------------------------------------------------------------------------------- */

static void a_pause_moves_the_end(void **state)
{
    struct at t = begin(*state);
    bool unsure = true;
    /* Wednesday to Sunday are still; Sunday the 20th is worked: four working days. */
    check_day(deadline_moved(t.cal, on("2026-09-18"), IN_WORKDAYS, on("2026-09-16"),
                             on("2026-09-21"), &unsure),
              "2026-09-23");
    assert_false(unsure);
    check_day(
        deadline_moved(t.cal, on("2026-09-18"), IN_DAYS, on("2026-09-16"), on("2026-09-21"), NULL),
        "2026-09-23");
    /* What was over when the clock stopped is as late as before when it goes on. */
    check_day(deadline_moved(t.cal, on("2020-12-14"), IN_WORKDAYS, on("2020-12-21"),
                             on("2020-12-23"), NULL),
              "2020-12-16");
    /* Over the end of the published years. */
    check_day(deadline_moved(t.cal, on("2026-12-31"), IN_WORKDAYS, on("2026-12-30"),
                             on("2026-12-31"), &unsure),
              "2027-01-01");
    assert_true(unsure);
    done(&t);
}

static void a_clock_set_back_moves_nothing(void **state)
{
    struct at t = begin(*state);
    bool unsure = true;
    day d = on("2020-12-24");
    assert_int_equal(
        deadline_moved(t.cal, d, IN_WORKDAYS, on("2020-12-22"), on("2020-12-22"), &unsure), d);
    assert_false(unsure);
    assert_int_equal(
        deadline_moved(t.cal, d, IN_WORKDAYS, on("2020-12-22"), on("2020-12-01"), NULL), d);
    assert_int_equal(
        deadline_moved(t.cal, 0, IN_WORKDAYS, on("2020-12-22"), on("2020-12-24"), NULL), 0);
    /* More is left, nothing is late, and nothing warns. */
    assert_int_equal(deadline_left(t.cal, on("2020-12-14"), d, IN_WORKDAYS), 8);
    done(&t);
}

/* ---- warnings and what is left -------------------------------------------------------------- */

static void four_fifths(void **state)
{
    struct at t = begin(*state);
    day start = on("2026-09-01");
    check_day(deadline_warn(t.cal, start, on("2026-10-19"), IN_WORKDAYS), "2026-10-10");
    assert_int_equal(deadline_left(t.cal, on("2026-10-10"), on("2026-10-19"), IN_WORKDAYS), 6);
    check_day(deadline_warn(t.cal, on("2020-12-01"), on("2020-12-11"), IN_DAYS), "2020-12-09");
    check_day(deadline_warn(t.cal, on("2020-12-21"), on("2020-12-24"), IN_WORKDAYS), "2020-12-24");
    check_day(deadline_warn(t.cal, on("2020-12-21"), on("2020-12-22"), IN_WORKDAYS), "2020-12-22");
    check_day(deadline_warn(t.cal, on("2020-12-21"), on("2020-12-21"), IN_DAYS), "2020-12-21");
    done(&t);
}

static void what_is_left(void **state)
{
    struct at t = begin(*state);
    day d = on("2020-12-25"); /* a Friday */
    assert_int_equal(deadline_left(t.cal, on("2020-12-21"), d, IN_WORKDAYS), 4);
    assert_int_equal(deadline_left(t.cal, on("2020-12-25"), d, IN_WORKDAYS), 0);
    assert_int_equal(deadline_left(t.cal, on("2020-12-26"), d, IN_WORKDAYS), -1); /* a Saturday */
    assert_int_equal(deadline_left(t.cal, on("2020-12-28"), d, IN_WORKDAYS), -1);
    assert_int_equal(deadline_left(t.cal, on("2020-12-29"), d, IN_WORKDAYS), -2);
    assert_int_equal(deadline_left(t.cal, on("2020-12-21"), d, IN_DAYS), 4);
    assert_int_equal(deadline_left(t.cal, on("2020-12-28"), d, IN_DAYS), -3);
    done(&t);
}

static void the_programs_day(void **state)
{
    (void)state;
    assert_int_equal(program_day(on("2020-12-21")), on("2020-12-21"));
    int64_t before = (clock_ms() + 8 * 3600000) / 86400000;
    day now = program_day(0);
    int64_t after = (clock_ms() + 8 * 3600000) / 86400000;
    assert_true(now >= before && now <= after);
}

/* ---- the file ------------------------------------------------------------------------------- */

static int64_t rows_in(struct at *t)
{
    static const struct statement count = {
        .name = "test_count", .sql = "SELECT count(*) FROM calendar_day", .reads = true};
    return fresh_int(t->c->store, &count, NULL, 0);
}

static void a_file_is_taken_and_taken_over(void **state)
{
    struct at t = begin(*state);
    home_put(&t.home, "a.csv",
             "day,kind,name\n2030-01-01,year,\n2030-01-01,off,元旦\n"
             "2030-01-05,work,元旦\n");
    home_put(&t.home, "b.csv", "kind,name,day\nyear,,2030-01-01\noff,元旦节,2030-01-01\n");
    char path[128];
    snprintf(path, sizeof path, "%s/a.csv", t.home.path);
    check_ok(load_file(t.c, path, err));
    assert_int_equal(rows_in(&t), 3);
    struct calendar *cal = read_back(&t);
    assert_true(calendar_published(cal, 2030));
    assert_false(calendar_published(cal, 2020));
    assert_false(calendar_workday(cal, on("2030-01-01")));
    assert_true(calendar_workday(cal, on("2030-01-02")));
    assert_true(calendar_workday(cal, on("2030-01-05"))); /* a Saturday */
    assert_false(calendar_workday(cal, on("2030-01-12")));
    assert_true(calendar_workday(cal, on("1969-12-31"))); /* a Wednesday */
    assert_false(calendar_workday(cal, on("1969-12-28")));
    snprintf(path, sizeof path, "%s/b.csv", t.home.path);
    check_ok(load_file(t.c, path, err));
    check_str(
        rows_of(t.c, "SELECT day, kind, name FROM calendar_day ORDER BY day, kind", "ttt", &t.a),
        "2030-01-01|off|元旦节\n2030-01-01|year|");
    done(&t);
}

static void a_wrong_file_is_refused_whole(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"day,kind\n", "found no column name, expected day, kind, name"},
        {"day,kind,name\n2020-02-30,off,x\n", "row 2, column day: found “2020-02-30”"},
        {"day,kind,name\n2020-01-01,year,\n2020-02-03,holiday,x\n",
         "row 3, column kind: found “holiday”, expected off, work or year"},
        {"day,kind,name\n2020-02-01,year,\n", "expected the first of January"},
        {"day,kind,name\n2020-02-03,off,x\n2020-02-03,work,y\n",
         "row 3, column day: found “2020-02-03”, expected a day that is not there already"},
        {"", "empty"},
    };
    struct at t = begin(*state);
    int64_t was = rows_in(&t);
    char path[128];
    snprintf(path, sizeof path, "%s/a.csv", t.home.path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        home_put(&t.home, "a.csv", rows[i].text);
        check_fails(load_file(t.c, path, err), RC_BAD_INPUT, rows[i].words);
        assert_int_equal(rows_in(&t), was);
    }
    check_fails(load_file(t.c, "/nowhere/calendar.csv", err), RC_NOT_FOUND, "calendar.csv");
    done(&t);
}

static void init_brings_it_once(void **state)
{
    struct at t = begin(*state);
    int64_t position = position_now(t.c, CASE_CITY);
    check_ok(calendar_init(t.c, t.home.path, 0, err)); /* no file: as it is */
    assert_int_equal(position_now(t.c, CASE_CITY), position);
    home_put(&t.home, "places/calendar.csv", "day,kind,name\n2030-01-01,year,\n");
    check_ok(calendar_init(t.c, t.home.path, 0, err));
    check_ok(calendar_init(t.c, t.home.path, 0, err));
    assert_int_equal(position_now(t.c, CASE_CITY), position + 1);
    assert_int_equal(rows_in(&t), 1);
    /* The place's own goes before the common one. */
    home_put(&t.home, "places/town/calendar.csv",
             "day,kind,name\n2031-01-01,year,\n2030-01-01,year,\n");
    check_ok(calendar_init(t.c, t.home.path, 0, err));
    assert_int_equal(position_now(t.c, CASE_CITY), position + 2);
    assert_int_equal(rows_in(&t), 2);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(working_days_of_the_law),
        ON_SQLITE(days_and_months),
        ON_SQLITE(a_year_without_a_calendar),
        ON_SQLITE(a_pause_moves_the_end),
        ON_SQLITE(a_clock_set_back_moves_nothing),
        ON_SQLITE(four_fifths),
        ON_SQLITE(what_is_left),
        cmocka_unit_test(the_programs_day),
        BOTH(a_file_is_taken_and_taken_over),
        BOTH(a_wrong_file_is_refused_whole),
        BOTH(init_brings_it_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
