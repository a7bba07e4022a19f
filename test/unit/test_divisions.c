/* Divisions through time: read from the file, as in force on a day, and what became of them. */
#include "unit/test_people_case.h"

#include "people/division_load.h"

/* Merged, renamed, given a new code, split up, split off from, and a county with a new code. */
static const char history[] =
    "code,name,level,parent,kind,from,to,becomes,how,county\n"
    "990100000000,试城,city,990000000000,city,,,,,\n"
    "990102000000,甲区,county,990100000000,district,,,,,\n"
    "990102001000,东街道,township,990102000000,subdistrict,,,,,\n"
    "990102001001,一社区,village,990102001000,residents_committee,,2020-06-01,990102001003,merge,\n"
    "990102001002,二社区,village,990102001000,residents_committee,,2020-06-01,990102001003,merge,\n"
    "990102001003,一二社区,village,990102001000,residents_committee,2020-06-01,2021-03-01,"
    "990102001013,recode,\n"
    "990102001013,一二社区,village,990102001000,residents_committee,2021-03-01,,,,\n"
    "990102001004,旧名社区,village,990102001000,residents_committee,,2020-07-01,990102001004,"
    "rename,\n"
    "990102001004,新名社区,village,990102001000,residents_committee,2020-07-01,,,,\n"
    "990102001007,大社区,village,990102001000,residents_committee,2018-01-01,2020-09-01,"
    "990102001008 990102001009,split,\n"
    "990102001008,大一社区,village,990102001000,residents_committee,2020-09-01,,,,\n"
    "990102001009,大二社区,village,990102001000,residents_committee,2020-09-01,,,,\n"
    "990102001010,老社区,village,990102001000,residents_committee,,2020-10-01,"
    "990102001010 990102001011,split,\n"
    "990102001010,老社区,village,990102001000,residents_committee,2020-10-01,,,,\n"
    "990102001011,新社区,village,990102001000,residents_committee,2020-10-01,,,,\n"
    "990103000000,乙县,county,990100000000,county,,2021-01-01,990104000000,recode,\n"
    "990104000000,乙区,county,990100000000,district,2021-01-01,,,,990103\n"
    "990103001000,西街道,township,990103000000,subdistrict,,2021-01-01,990104001000,recode,\n"
    "990104001000,西街道,township,990104000000,subdistrict,2021-01-01,,,,990103\n"
    "990103001001,西社区,village,990103001000,residents_committee,,2021-01-01,990104001001,"
    "recode,\n"
    "990104001001,西社区,village,990104001000,residents_committee,2021-01-01,,,,990103\n";

struct at {
    struct arena a;
    struct home home;
    struct city *c;
    struct conn *conn;
};

static struct at begin(void *state, const char *divisions)
{
    struct at t = {.home = home_make()};
    home_put(&t.home, "places/town/divisions.csv", divisions);
    t.c = case_city(state, &t.home, &t.a);
    check_ok(store_reader(t.c->store, &t.conn, err));
    return t;
}

static void done(struct at *t)
{
    store_reader_done(t->conn);
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

/* ---- the file ------------------------------------------------------------------------------- */

static void file_is(const char *text, enum rc rc, const char *words)
{
    struct home h = home_make();
    struct arena a = {0};
    struct division_file f;
    char path[128];
    home_put(&h, "places/town/divisions.csv", text);
    snprintf(path, sizeof path, "%s/places/town/divisions.csv", h.path);
    if (rc == RC_OK)
        check_ok(division_file_read(path, &a, &f, err));
    else
        check_fails(division_file_read(path, &a, &f, err), rc, words);
    home_drop(&h);
    arena_deinit(&a);
}

#define HEAD      "code,name,level,parent,kind\n"
#define HEAD_LONG "code,name,level,parent,kind,from,to,becomes,how\n"
#define CITY      "990100000000,试城,city,990000000000,city\n"
#define CITY_LONG "990100000000,试城,city,990000000000,city,,,,\n"

static void files_with_mistakes(void **state)
{
    (void)state;
    file_is(case_divisions, RC_OK, "");
    file_is(history, RC_OK, "");
    file_is(HEAD "99010000000,试城,city,990000000000,city\n", RC_BAD_INPUT,
            "row 2, column code: found “99010000000”, expected 12 digits");
    file_is(HEAD "990100000000,,city,990000000000,city\n", RC_BAD_INPUT, "column name");
    file_is(HEAD "990100000000,试城,town,990000000000,city\n", RC_BAD_INPUT,
            "column level: found “town”, expected city");
    file_is(HEAD "990100000000,试城,city,99,city\n", RC_BAD_INPUT, "column parent");
    file_is(HEAD "990100000000,试城,city,990000000000,市\n", RC_BAD_INPUT, "column kind");
    file_is(HEAD CITY "990102000001,甲区,county,990100000000,district\n", RC_BAD_INPUT,
            "row 3, column code: found “990102000001”, expected zeros");
    file_is(HEAD CITY "990102001000,东街道,township,990102000000,subdistrict\n", RC_BAD_INPUT,
            "the parent 990102000000 of 990102001000 东街道 has no row");
    file_is(HEAD CITY CITY, RC_BAD_INPUT, "there twice");
    file_is(HEAD, RC_BAD_INPUT, "no row of level city");
    file_is("code,name,level,parent\n", RC_BAD_INPUT, "found no column kind");
    file_is(HEAD_LONG "990100000000,试城,city,990000000000,city,2020-02-30,,,\n", RC_BAD_INPUT,
            "column from");
    file_is(HEAD_LONG "990100000000,试城,city,990000000000,city,2020-02-01,2020-02-01,,\n",
            RC_BAD_INPUT, "column to");
    file_is(HEAD_LONG CITY_LONG "990102000000,甲区,county,990100000000,district,,2020-01-01,"
                                "990103000000,eaten\n",
            RC_BAD_INPUT, "column how: found “eaten”");
    file_is(HEAD_LONG CITY_LONG "990102000000,甲区,county,990100000000,district,,,"
                                "990103000000,merge\n",
            RC_BAD_INPUT, "column to");
    file_is(HEAD_LONG CITY_LONG "990102000000,甲区,county,990100000000,district,,2020-01-01,"
                                "990103000000,merge\n",
            RC_BAD_INPUT, "990103000000, which 990102000000 becomes, has no row");
    file_is(HEAD_LONG CITY_LONG "990102000000,甲区,county,990100000000,district,,2020-01-01,,"
                                "merge\n",
            RC_BAD_INPUT, "column how");
}

static void file_of_panzhihua(void **state)
{
    struct arena a = {0};
    struct division_file f;
    size_t kinds[4] = {0};
    (void)state;
    check_ok(division_file_read(HUIMIN_SRC "/places/panzhihua/divisions.csv", &a, &f, err));
    assert_int_equal(f.n, 391);
    assert_int_equal(f.n_successions, 0);
    for (size_t i = 0; i < f.n; i++) {
        kinds[0] += str_eq(f.rows[i].kind, S("subdistrict"));
        kinds[1] += str_eq(f.rows[i].kind, S("town")) || str_eq(f.rows[i].kind, S("township"));
        kinds[2] += str_eq(f.rows[i].kind, S("residents_committee"));
        kinds[3] += str_eq(f.rows[i].kind, S("villagers_committee"));
        check_str(f.rows[i].valid_from, "");
        check_str(f.rows[i].valid_to, DAY_OPEN);
    }
    assert_int_equal(kinds[0], 11);
    assert_int_equal(kinds[1], 38);
    assert_int_equal(kinds[2], 106);
    assert_int_equal(kinds[3], 230);
    arena_deinit(&a);
}

/* ---- on a day ------------------------------------------------------------------------------- */

static void found_as_in_force(void **state)
{
    struct at t = begin(*state, history);
    struct division_info d;
    check_ok(division_find(t.conn, 990102001004, S("2020-06-30"), &t.a, &d, err));
    check_str(d.name, "旧名社区");
    check_str(d.kind, "residents_committee");
    assert_int_equal(d.parent, 990102001000);
    assert_int_equal(d.county_code, CASE_COUNTY);
    check_ok(division_find(t.conn, 990102001004, S("2020-07-01"), &t.a, &d, err));
    check_str(d.name, "新名社区");
    check_ok(division_find(t.conn, 990102001001, S("1949-10-01"), &t.a, &d, err));
    check_fails(division_find(t.conn, 990102001001, S("2020-06-01"), &t.a, &d, err), RC_NOT_FOUND,
                "990102001001 on 2020-06-01");
    check_fails(division_find(t.conn, 990102001003, S("2020-05-31"), &t.a, &d, err), RC_NOT_FOUND,
                "990102001003");
    done(&t);
}

static void becomes(struct at *t, int64_t division, const char *on_day, int64_t expected)
{
    struct division_info d;
    check_ok(division_now(t->conn, division, str_from(on_day), &t->a, &d, err));
    assert_int_equal(d.division, expected);
}

static void succession(void **state)
{
    struct at t = begin(*state, history);
    struct division_info d;
    becomes(&t, 990102001001, "2020-05-31", 990102001001);
    becomes(&t, 990102001001, "2020-06-01", 990102001003); /* merged */
    becomes(&t, 990102001002, "2020-06-01", 990102001003);
    becomes(&t, 990102001001, "2021-03-01", 990102001013); /* and then a new code */
    becomes(&t, 990102001004, "2020-07-01", 990102001004); /* renamed */
    becomes(&t, 990102001010, "2020-10-01", 990102001010); /* a part split off */
    becomes(&t, 990103001001, "2020-12-31", 990103001001);
    becomes(&t, 990103001001, "2021-01-01", 990104001001); /* the whole county's codes */
    becomes(&t, 990103000000, "2021-01-01", 990104000000);
    check_fails(division_now(t.conn, 990102001007, S("2020-09-01"), &t.a, &d, err), RC_CONFLICT,
                "990102001007 was split into 990102001008, 990102001009");
    becomes(&t, 990102001007, "2020-08-31", 990102001007);
    check_fails(division_now(t.conn, 990102001007, S("2017-12-31"), &t.a, &d, err), RC_NOT_FOUND,
                "990102001007");
    check_fails(division_now(t.conn, 990102009999, S("2020-09-01"), &t.a, &d, err), RC_NOT_FOUND,
                "990102009999");
    done(&t);
}

static void counties_that_keep_rows(void **state)
{
    struct at t = begin(*state, history);
    int64_t *codes = NULL;
    size_t n = 0;
    /* The second has another code from 2021 on; its rows stay where they are. */
    const str days[] = {S("2020-12-01"), S("2021-01-01")};
    for (size_t i = 0; i < 2; i++) {
        check_ok(division_counties(t.conn, days[i], &t.a, &codes, &n, err));
        assert_int_equal(n, 2);
        assert_int_equal(codes[0], CASE_COUNTY);
        assert_int_equal(codes[1], CASE_OTHER);
    }
    done(&t);
}

static void division_of_a_household(void **state)
{
    struct at t = begin(*state, history);
    struct division_info d;
    struct household_row h = {5, S("2020-01-01"), S(DAY_OPEN), 990102001001, 50};
    check_ok(put_household(t.c, h, err));
    check_ok(household_division(t.conn, CASE_COUNTY, 5, S("2020-02-01"), &t.a, &d, err));
    assert_int_equal(d.division, 990102001001);
    check_ok(household_division(t.conn, CASE_COUNTY, 5, S("2020-12-01"), &t.a, &d, err));
    assert_int_equal(d.division, 990102001003);
    check_str(d.name, "一二社区");
    /* It moves into one that is to be split, and says where it is when that has happened. */
    h.valid_from = S("2020-08-01");
    h.division = 990102001007;
    check_ok(put_household(t.c, h, err));
    check_ok(household_division(t.conn, CASE_COUNTY, 5, S("2020-08-31"), &t.a, &d, err));
    assert_int_equal(d.division, 990102001007);
    check_fails(household_division(t.conn, CASE_COUNTY, 5, S("2020-09-01"), &t.a, &d, err),
                RC_CONFLICT, "was split");
    h.valid_from = S("2020-09-01");
    h.division = 990102001009;
    check_ok(put_household(t.c, h, err));
    check_ok(household_division(t.conn, CASE_COUNTY, 5, S("2020-12-01"), &t.a, &d, err));
    assert_int_equal(d.division, 990102001009);
    check_fails(household_division(t.conn, CASE_COUNTY, 5, S("2019-12-31"), &t.a, &d, err),
                RC_NOT_FOUND, "no household 5 on 2019-12-31");
    /* A division that is no more takes nobody in. */
    h.valid_from = S("2020-12-01");
    h.division = 990102001002;
    check_fails(put_household(t.c, h, err), RC_BAD_INPUT, "division 990102001002");
    done(&t);
}

/* ---- a place that changes ------------------------------------------------------------------- */

static enum rc init_again(void *state, struct at *t, const char *divisions, struct err *err)
{
    struct init_spec spec = case_spec(state, &t->home, &t->a);
    home_put(&t->home, "places/town/divisions.csv", divisions);
    return city_init(&spec, &t->a, err);
}

#define TOWN                                                                                       \
    HEAD_LONG CITY_LONG "990102000000,甲区,county,990100000000,district,,,,\n"                   \
                        "990102001000,东街道,township,990102000000,subdistrict,,,,\n"

static void lived_in_is_not_lost(void **state)
{
    struct at t = begin(*state, case_divisions);
    int64_t before;
    settle(t.c, 1, VILLAGE_1);
    settle(t.c, 2, VILLAGE_1);
    settle(t.c, 3, VILLAGE_2);
    before = position_now(t.c, CASE_CITY);
    check_fails(
        init_again(*state, &t, TOWN, err), RC_RULE,
        "has lost 2 divisions of 3 households: 一社区 990102001001 (2), 二社区 990102001002 "
        "(1)");
    /* Ended, and nothing became of it. */
    check_fails(init_again(*state, &t,
                           TOWN
                           "990102001001,一社区,village,990102001000,residents_committee,,"
                           "2020-06-01,,\n"
                           "990102001002,二社区,village,990102001000,residents_committee,,,,\n",
                           err),
                RC_RULE, "has lost 1 division of 2 households: 一社区 990102001001 (2)");
    assert_int_equal(position_now(t.c, CASE_CITY), before);
    check_str(rows_of(t.c, "SELECT count(*) FROM division", "i", &t.a), "10");
    /* With what became of it: taken, and the village nobody lived in is gone. */
    check_ok(init_again(*state, &t,
                        TOWN
                        "990102001001,一社区,village,990102001000,residents_committee,,2020-06-01,"
                        "990102001002,merge\n"
                        "990102001002,二社区,village,990102001000,residents_committee,,,,\n",
                        err));
    check_str(rows_of(t.c, "SELECT count(*) FROM division", "i", &t.a), "5");
    check_str(rows_of(t.c,
                      "SELECT old_division, new_division, on_day, how FROM division_succession",
                      "iitt", &t.a),
              "990102001001|990102001002|2020-06-01|merge");
    assert_int_equal(position_now(t.c, CASE_CITY), before + 1);
    becomes(&t, VILLAGE_1, "2020-12-01", VILLAGE_2);
    done(&t);
}

static void the_same_file_changes_nothing(void **state)
{
    struct at t = begin(*state, history);
    int64_t before = position_now(t.c, CASE_CITY);
    assert_int_equal(before, 1);
    check_ok(init_again(*state, &t, history, err));
    assert_int_equal(position_now(t.c, CASE_CITY), before);
    done(&t);
}

static void only_what_differs_is_written(void **state)
{
    struct at t = begin(*state, TOWN "990102001001,一社区,village,990102001000,"
                                     "residents_committee,,,,\n");
    check_ok(init_again(*state, &t,
                        TOWN "990102001001,壹社区,village,990102001000,residents_committee,,,,\n"
                             "990102001002,二社区,village,990102001000,residents_committee,,,,\n",
                        err));
    check_str(rows_of(t.c,
                      "SELECT division, name FROM division WHERE parent = 990102001000 ORDER BY "
                      "division",
                      "it", &t.a),
              "990102001001|壹社区\n990102001002|二社区");
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_with_mistakes),
        cmocka_unit_test(file_of_panzhihua),
        BOTH(found_as_in_force),
        BOTH(succession),
        BOTH(counties_that_keep_rows),
        BOTH(division_of_a_household),
        BOTH(lived_in_is_not_lost),
        BOTH(the_same_file_changes_nothing),
        BOTH(only_what_differs_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
