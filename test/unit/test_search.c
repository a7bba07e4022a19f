/* Finding people: readings, words, numbers, places; only within the divisions asked for. */
#include "unit/test_run_case.h"

#include "people/pinyin.h"
#include "people/search.h"

#define TODAY date_day(2020, 12, 21)

static void readings(void **state)
{
    static const struct {
        const char *name, *whole, *initials;
    } cases[] = {
        {"张晓明", "zhangxiaoming", "zxm"},
        {"单田芳", "shantianfang", "stf"},
        {"曾单", "zengdan", "zd"},
        {"尉迟恭", "yuchigong", "ycg"},
        {"欧阳修", "ouyangxiu", "oyx"},
        {"吕布", "lubu", "lb"},
        {"解放", "xiefang", "xf"},
        {"", "", ""},
        {"？！", "", ""},
        {"Mary", "mary", "mary"},
    };
    struct pinyin p;
    char typed[PINYIN_MOST];
    (void)state;
    for (int twice = 0; twice < 2; twice++) /* remembered, the second time */
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            pinyin_of(str_from(cases[i].name), &p);
            assert_string_equal(p.whole, cases[i].whole);
            assert_string_equal(p.initials, cases[i].initials);
        }
    pinyin_typed(S("Zhang Xiao'ming"), typed);
    assert_string_equal(typed, "zhangxiaoming");
    pinyin_typed(S("lv bu"), typed);
    assert_string_equal(typed, "lubu");
    pinyin_typed(S("张"), typed);
    assert_string_equal(typed, "");

    /* As long as a name may be, and longer. */
    struct sbuf b;
    sbuf_init(&b, 10000);
    for (int i = 0; i < 500; i++)
        sbuf_addz(&b, "庄");
    pinyin_of(sbuf_str(&b), &p);
    assert_true(strlen(p.whole) < PINYIN_MOST && strlen(p.whole) > 100);
    sbuf_deinit(&b);
}

static void one(struct city *c, int64_t household, int64_t division, const char *name)
{
    int64_t person = household + 1000;
    check_ok(put_household(
        c, (struct household_row){household, S("2020-01-01"), S(DAY_OPEN), division, person}, err));
    check_ok(
        put_person(c, (struct person_row){person, str_from(name), 1, S("1980-06-15"), S("")}, err));
    check_ok(put_membership(
        c, (struct membership_row){household, person, S("2020-01-01"), S(DAY_OPEN), S("02")}, err));
}

/* "张三 张晓明": who is found between two divisions. */
static str found(struct town *t, const char *typed, int64_t lo, int64_t hi)
{
    const struct search_spec s = {
        .vault = t->c->vault, .lo = lo, .hi = hi, .typed = str_from(typed), .limit = 20};
    struct found_person *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    str out = S("");
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(search_persons(&s, c, &t->a, &list, &n, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        out = str_fmt(&t->a, "%.*s%s%.*s", STR_ARG(out), i > 0 ? " " : "", STR_ARG(list[i].name));
    return out;
}

#define ALL INT64_C(990100000000), INT64_C(990199999999)

struct number_row {
    int64_t person;
    enum number_kind kind;
    str number;
    struct vault *vault;
};
static enum rc number_once(struct change *c, void *ctx, struct err *err)
{
    const struct number_row *r = ctx;
    return person_number_put(c, r->vault, r->person, r->kind, r->number, err);
}

static void by_name_and_number(void **state)
{
    struct town t = town_begin(*state);
    one(t.c, 1, VILLAGE_1, "张晓明");
    one(t.c, 2, VILLAGE_2, "章小敏");
    one(t.c, 3, VILLAGE_R, "张晓");
    one(t.c, 4, VILLAGE_R, "单雄信");
    check_text(found(&t, "张晓", ALL), "张晓 张晓明");
    check_text(found(&t, "晓明", ALL), "");
    check_text(found(&t, "zhangxiao", ALL), "张晓 章小敏 张晓明");
    check_text(found(&t, "ZHANG xiaoming", ALL), "张晓明");
    check_text(found(&t, "zxm", ALL), "张晓明 章小敏");
    check_text(found(&t, "zx", ALL), "张晓");
    check_text(found(&t, "shan", ALL), "单雄信");
    check_text(found(&t, "dan", ALL), "");
    check_text(found(&t, "  ", ALL), "");
    check_text(found(&t, "zhang%", ALL), "");
    /* Only within. */
    check_text(found(&t, "张晓", VILLAGE_1, VILLAGE_1), "张晓明");
    check_text(found(&t, "zxm", VILLAGE_2, VILLAGE_2), "章小敏");
    check_text(found(&t, "张晓", 990103000000, 990103999999), "");

    const char id17[] = "99010219800615001";
    str id = str_fmt(&t.a, "%s%c", id17, id_number_check(id17));
    struct number_row rows[] = {{1001, NUMBER_IDENTITY, id, t.c->vault},
                                {1002, NUMBER_PHONE, S("13812344321"), t.c->vault}};
    for (size_t i = 0; i < 2; i++)
        check_ok(change_in(t.c, CASE_COUNTY, number_once, &rows[i], NULL, err));
    check_text(found(&t, id.p, ALL), "张晓明");
    check_text(found(&t, str_sub(id, 14, 18).p, ALL), "张晓明");
    check_text(found(&t, "13812344321", ALL), "章小敏");
    check_text(found(&t, "4321", ALL), "章小敏");
    check_text(found(&t, "4321", VILLAGE_1, VILLAGE_1), "");
    check_text(found(&t, "13812344322", ALL), "");

    /* A new name takes the place of the old one; the dead are found as such. */
    check_ok(put_person(
        t.c, (struct person_row){1001, S("李晓明"), 1, S("1980-06-15"), S("2020-12-01")}, err));
    check_text(found(&t, "zxm", ALL), "章小敏");
    check_text(found(&t, "李", ALL), "李晓明");
    town_done(&t);
}

static void places(void **state)
{
    struct town t = town_begin(*state);
    const struct search_spec s = {
        .lo = INT64_C(990102000000), .hi = INT64_C(990102999999), .typed = S("社区"), .limit = 20};
    struct division_info *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(search_divisions(&s, TODAY, c, &t.a, &list, &n, err));
    assert_int_equal(n, 2); /* 一社区, 二社区; 西社区 is another county's */
    check_text(list[1].name, "二社区");
    struct search_spec by_code = s;
    by_code.typed = S("990102100");
    check_ok(search_divisions(&by_code, TODAY, c, &t.a, &list, &n, err));
    assert_int_equal(n, 2); /* 河镇 and 河村 */
    store_reader_done(c);
    town_done(&t);
}

/* The same name a few hundred times over all villages: never more than asked for, none twice. */
static void many_of_one_name(void **state)
{
    struct town t = town_begin(*state);
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    for (int i = 0; i < 60; i++)
        one(t.c, 10 + i, villages[i % 3], "王伟");
    const struct search_spec s = {
        .vault = t.c->vault, .lo = VILLAGE_1, .hi = VILLAGE_R, .typed = S("wangwei"), .limit = 50};
    struct found_person *list = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(search_persons(&s, c, &t.a, &list, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 50);
    for (size_t i = 1; i < n; i++)
        assert_true(list[i - 1].person < list[i].person);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings),
        BOTH(by_name_and_number),
        BOTH(places),
        BOTH(many_of_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
