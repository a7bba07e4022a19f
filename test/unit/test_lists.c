/*
 * Lists of a made-up city, page by page, held against the same rows sorted plainly; and the words that
 * were loaded in bulk against those made one by one.
 */
#include "store/harness.h"
#include "store/synth_city.inc"
#include "people/list.h"
#include "people/pinyin.h"
#include "people/search.h"

enum { PERSONS = 3000 };
#define TODAY   date_day(2020, 12, 21)
#define CITY_LO INT64_C(510400000000)
#define CITY_HI INT64_C(510499999999)

struct row {
    int64_t id, division, county, household;
    day birth;
    int sex;
    bool head, on_dibao;
    char name[32];
    char reading[PINYIN_MOST];
};

struct whole {
    struct arena a;
    struct city *c;
    struct row *rows;
    size_t n;
};

static struct whole city_begin(void *state)
{
    const struct fresh *f = state;
    struct whole w = {0};
    struct synth_counts counts;
    w.c = synth_city(f->url, fresh_path(state, &w.a, "key"), PERSONS, "lists", &w.a, &counts);
    str text = fresh_rows(
        w.c->store,
        &(struct statement){
            .name = "all",
            .sql = "SELECT p.person_id, h.division, p.birth_date, p.sex, h.head_id, p.name, "
                   "(SELECT count(*) FROM enrolment e WHERE e.county_code = h.county_code AND "
                   "e.household_id = h.household_id AND e.programme = 'dibao'), h.county_code, "
                   "h.household_id "
                   "FROM person p JOIN membership m ON m.county_code = p.county_code AND "
                   "m.person_id = p.person_id JOIN household h ON h.county_code = m.county_code "
                   "AND h.household_id = m.household_id ORDER BY p.person_id",
            .reads = true},
        NULL, 0, "iitiitiii", &w.a);
    w.rows = NEW_N(&w.a, struct row, PERSONS + 100);
    while (text.n > 0) {
        str line, cell[9];
        struct row *r = &w.rows[w.n++];
        struct pinyin p;
        int64_t head = 0, sex = 0, dibao = 0;
        if (!str_cut(text, '\n', &line, &text))
            text = S("");
        for (size_t i = 0; i < 9; i++)
            str_cut(line, '|', &cell[i], &line);
        assert_true(str_int(cell[0], &r->id) && str_int(cell[1], &r->division) &&
                    date_parse(cell[2], &r->birth) && str_int(cell[3], &sex) &&
                    str_int(cell[4], &head) && str_int(cell[6], &dibao) &&
                    str_int(cell[7], &r->county) && str_int(cell[8], &r->household));
        r->sex = (int)sex;
        r->head = head == r->id;
        r->on_dibao = dibao > 0;
        snprintf(r->name, sizeof r->name, "%.*s", STR_ARG(cell[5]));
        pinyin_of(cell[5], &p);
        memcpy(r->reading, p.whole, sizeof r->reading);
    }
    assert_true(w.n >= PERSONS);
    return w;
}

static void city_end(struct whole *w)
{
    city_close(w->c);
    arena_deinit(&w->a);
}

static struct list_spec spec_of(int64_t lo, int64_t hi)
{
    return (struct list_spec){
        .lo = lo, .hi = hi, .sex = -1, .age_from = -1, .age_to = -1, .today = TODAY, .limit = 37};
}

static int by_name(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->reading, y->reading);
    if (order == 0)
        order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_han(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_birth(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->birth != y->birth ? (x->birth > y->birth) - (x->birth < y->birth) : by_name(a, b);
}

static int by_newest(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return (x->household > y->household) - (x->household < y->household);
}

static int by_division(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->division != y->division ? (x->division > y->division) - (x->division < y->division)
                                      : by_newest(a, b);
}

static int key_order(const void *a, const void *b)
{
    const struct household_key *x = a, *y = b;
    if (x->county != y->county)
        return x->county < y->county ? -1 : 1;
    return (x->household > y->household) - (x->household < y->household);
}

static bool is_limited_out(const struct list_spec *s, const struct row *r)
{
    const struct household_key key = {r->county, r->household};
    return s->limited &&
           (s->n_only == 0 || bsearch(&key, s->only, s->n_only, sizeof key, key_order) == NULL);
}

static bool takes(const struct list_spec *s, bool persons, const struct row *r)
{
    int age = date_years(r->birth, TODAY);
    if (is_limited_out(s, r))
        return false;
    return r->division >= s->lo && r->division <= s->hi && (persons || r->head) &&
           (s->sex < 0 || r->sex == s->sex) && (s->age_from < 0 || age >= s->age_from) &&
           (s->age_to < 0 || age <= s->age_to) && (s->programme.n == 0 || r->on_dibao) &&
           (s->typed.n == 0 || strncmp(r->reading, s->typed.p, s->typed.n) == 0 ||
            strncmp(r->name, s->typed.p, s->typed.n) == 0);
}

/* All pages of a list give the rows expected, in that order. */
static void check_list(struct whole *w, struct list_spec s, bool persons)
{
    struct row *want = NEW_N(&w->a, struct row, w->n + 1);
    struct list_count count;
    struct conn *c = NULL;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < w->n; i++)
        if (takes(&s, persons, &w->rows[i]))
            want[n++] = w->rows[i];
    bool han = s.typed.n > 0 && (unsigned char)s.typed.p[0] >= 0x80;
    qsort(want, n, sizeof *want,
          s.order == LIST_BY_BIRTH      ? by_birth
          : s.order == LIST_NEWEST      ? by_newest
          : s.order == LIST_BY_DIVISION ? by_division
          : han && s.programme.n == 0   ? by_han
                                        : by_name);
    check_ok(store_reader(w->c->store, &c, err));
    do {
        struct list_after next;
        struct household_item *h = NULL;
        struct person_item *p = NULL;
        size_t got = 0;
        if (persons)
            check_ok(list_persons(&s, c, &w->a, &p, &got, &next, err));
        else
            check_ok(list_households(&s, c, &w->a, &h, &got, &next, err));
        assert_true(got == (size_t)s.limit || !next.given);
        for (size_t i = 0; i < got; i++, at++) {
            assert_true(at < n);
            const struct row *r = &want[s.down ? n - 1 - at : at];
            assert_int_equal(persons ? p[i].person : h[i].head, r->id);
            assert_int_equal(persons ? p[i].division : h[i].division, r->division);
        }
        s.after = next;
    } while (s.after.given);
    assert_int_equal(at, n);
    check_ok(list_count(&s, persons, c, &count, err));
    assert_int_equal(count.n, (int64_t)n);
    assert_true(count.exact);
    store_reader_done(c);
}

/* Every order with every filter, both ways, in a place of each level. */
static void check_all(struct whole *w, struct list_spec s, bool persons)
{
    static const enum list_order orders[2][3] = {{LIST_BY_NAME, LIST_BY_DIVISION, LIST_NEWEST},
                                                 {LIST_BY_NAME, LIST_BY_BIRTH, LIST_BY_BIRTH}};
    static const int64_t bounds[][2] = {
        {CITY_LO, CITY_HI},           {510402000000, 510402999999}, {510402002000, 510402002999},
        {510402002002, 510402002002}, {510499000000, 510499999999}, /* nothing */
    };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        for (int k = 0; k < (persons ? 2 : 3); k++)
            for (int down = 0; down < 2; down++) {
                s.lo = bounds[i][0];
                s.hi = bounds[i][1];
                s.order = orders[persons][k];
                s.down = down == 1;
                check_list(w, s, persons);
            }
}

static void pages(void **state)
{
    struct whole w = city_begin(*state);
    static const char *const typed[] = {"", "wang", "王", "张小", "zhangx", "100%", "nobody"};
    static const char *const programmes[] = {"", "dibao"};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        for (size_t k = 0; k < 2; k++) {
            struct list_spec s = spec_of(CITY_LO, CITY_HI);
            s.typed = str_from(typed[i]);
            s.programme = str_from(programmes[k]);
            check_all(&w, s, false);
            if (k > 0)
                continue; /* who is on a programme: a test of its own */
            check_all(&w, s, true);
            s.sex = 2;
            s.age_from = 60;
            s.age_to = 79;
            check_all(&w, s, true);
            s.age_from = s.age_to = 103;
            check_all(&w, s, true);
            s.age_from = s.age_to = -1;
            s.sex = 9;
            check_all(&w, s, true);
        }
    city_end(&w);
}

/* What somebody sees who has only some households. */
static void of_some_households(void **state)
{
    struct whole w = city_begin(*state);
    struct household_key *only = NEW_N(&w.a, struct household_key, w.n);
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++)
        if (w.rows[i].head && w.rows[i].id % 3 == 0)
            only[n++] = (struct household_key){w.rows[i].county, w.rows[i].household};
    assert_true(n > 100);
    qsort(only, n, sizeof *only, key_order);
    for (size_t k = 0; k < 3; k++) {
        struct list_spec s = spec_of(CITY_LO, CITY_HI);
        s.limited = true;
        s.only = only;
        s.n_only = k == 0 ? n : k == 1 ? 1 : 0;
        check_all(&w, s, false);
        check_all(&w, s, true);
        s.typed = S("li");
        check_all(&w, s, false);
        s.age_from = 70;
        check_all(&w, s, true);
    }
    city_end(&w);
}

/* Pages of persons on a programme: the same whichever words find them. */
static void on_a_programme(void **state)
{
    struct whole w = city_begin(*state);
    struct conn *c = NULL;
    struct list_spec s = spec_of(CITY_LO, CITY_HI);
    struct list_count count;
    day last = INT32_MIN;
    size_t seen = 0, on = 0;
    for (size_t i = 0; i < w.n; i++)
        on += w.rows[i].on_dibao;
    s.programme = S("dibao");
    check_ok(store_reader(w.c->store, &c, err));
    for (int by = 0; by < 2; by++) {
        s.order = by == 0 ? LIST_BY_NAME : LIST_BY_BIRTH;
        seen = 0;
        do {
            struct person_item *p = NULL;
            size_t n = 0;
            check_ok(list_persons(&s, c, &w.a, &p, &n, &s.after, err));
            for (size_t i = 0; i < n; i++) {
                assert_true(str_find(p[i].programmes, S("dibao")) >= 0);
                assert_true(by == 0 || p[i].birth >= last);
                last = p[i].birth;
            }
            seen += n;
        } while (s.after.given);
        assert_true(seen > 0 && seen <= on);
        check_ok(list_count(&s, true, c, &count, err));
        assert_int_equal(count.n, seen);
        last = INT32_MIN;
    }
    store_reader_done(c);
    city_end(&w);
}

static void refused(void **state)
{
    struct whole w = city_begin(*state);
    struct list_spec s = spec_of(CITY_LO, CITY_HI);
    struct household_item *h = NULL;
    struct person_item *p = NULL;
    struct list_after next;
    struct conn *c = NULL;
    size_t n = 0;
    check_ok(store_reader(w.c->store, &c, err));
    s.order = LIST_BY_BIRTH;
    check_fails(list_households(&s, c, &w.a, &h, &n, &next, err), RC_BAD_INPUT, "sort");
    s.order = LIST_NEWEST;
    check_fails(list_persons(&s, c, &w.a, &p, &n, &next, err), RC_BAD_INPUT, "sort");
    store_reader_done(c);
    city_end(&w);
}

static str rows_of(struct city *c, const char *sql, const char *types, struct arena *a)
{
    struct statement st = {.name = sql, .sql = sql, .reads = true};
    return fresh_rows(c->store, &st, NULL, 0, types, a);
}

static str words(struct whole *w)
{
    return str_fmt(
        &w->a, "%.*s\n--\n%.*s\n--\n%.*s",
        STR_ARG(
            rows_of(w->c,
                    "SELECT county_code, area, token, person_id, household_id, division, sex, "
                    "birth, gone FROM person_token ORDER BY county_code, area, token, person_id",
                    "iitiiiiii", &w->a)),
        STR_ARG(rows_of(w->c,
                        "SELECT county_code, person_id, household_id, division, name, reading, "
                        "initials, birth, sex, gone, head, own, every FROM person_index ORDER BY "
                        "county_code, person_id",
                        "iiiitttiiiitt", &w->a)),
        STR_ARG(rows_of(w->c,
                        "SELECT county_code, division, households, persons FROM people_count "
                        "ORDER BY county_code, division",
                        "iiii", &w->a)));
}

static void in_bulk_or_one_by_one(void **state)
{
    static const char *const gone[] = {"DELETE FROM person_token", "DELETE FROM person_index",
                                       "DELETE FROM people_count"};
    struct whole w = city_begin(*state);
    int64_t made = 0;
    str loaded = words(&w);
    for (size_t i = 0; i < 3; i++)
        check_ok(fresh_exec(w.c->store, &(struct statement){.name = gone[i], .sql = gone[i]}, NULL,
                            0, err));
    check_ok(search_fill(w.c, &made, err));
    assert_int_equal(made, (int64_t)w.n);
    assert_true(str_eq(words(&w), loaded));
    city_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(pages),   BOTH(of_some_households),    BOTH(on_a_programme),
        BOTH(refused), BOTH(in_bulk_or_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
