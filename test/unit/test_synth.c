/* A synthetic population: the same from the same seed, of any size, like a real city's. */
#include "store/harness.h"
#include "store/synth_city.inc"

#include "people/facts_read.h"

enum { SMALL = 5000, LARGE = 121000 };

/* ---- the same again ------------------------------------------------------------------------- */

/* On both databases, byte by byte what SQLite gives for the same seed; another seed is another. */
static void a_seed_makes_one_store(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    struct city *here = synth_city(f->url, fresh_path(f, &a, "here.key"), 2000, "x", &a, &n);
    const char *url = str_fmt(&a, "sqlite:%s", fresh_path(f, &a, "there.db")).p;
    struct city *there = synth_city(url, fresh_path(f, &a, "there.key"), 2000, "x", &a, &n);
    const char *url2 = str_fmt(&a, "sqlite:%s", fresh_path(f, &a, "other.db")).p;
    struct city *other = synth_city(url2, fresh_path(f, &a, "other.key"), 2000, "y", &a, &n);
    str one = whole_store(f, here->store, "one", &a);
    str two = whole_store(f, there->store, "two", &a);
    str three = whole_store(f, other->store, "three", &a);
    assert_true(str_eq(one, two));
    assert_false(str_eq(two, three));
    city_close(here);
    city_close(there);
    city_close(other);
    arena_deinit(&a);
}

static void people_are_not_put_twice(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), 50, "x", &a, &n);
    const struct synth_spec again = {
        .city = city, .persons = 50, .seed = S("x"), .month = month_of(2020, 12)};
    check_fails(synth_write(&again, &n, err), RC_CONFLICT, "has people in it");
    assert_int_equal(one_number(city->store, "SELECT count(*) FROM person"), 50);
    city_close(city);
    arena_deinit(&a);
}

/* ---- what must hold of everybody ------------------------------------------------------------ */

/* Each identity number is valid, and tells the person's day of birth and sex. */
static void check_identities(struct city *city)
{
    static const struct statement all = {
        .name = "test_everybody",
        .sql = "SELECT p.county_code, p.person_id, p.sex, p.birth_date, n.sealed, k.wrapped "
               "FROM person p JOIN person_number n ON n.county_code = p.county_code AND "
               "n.person_id = p.person_id AND n.kind = 1 JOIN person_key k ON k.county_code = "
               "p.county_code AND k.person_id = p.person_id",
        .reads = true};
    struct arena a = {0};
    struct conn *c = NULL;
    struct query *q = NULL;
    struct person_key key;
    char id[19];
    char birth[11];
    check_ok(store_reader(city->store, &c, err));
    check_ok(query(c, &all, NULL, 0, &q, err));
    while (query_next(q)) {
        str number = {0};
        int64_t county = query_int(q, 0);
        arena_reset(&a);
        check_ok(
            person_key_open(city->vault, county, query_int(q, 1), query_blob(q, 5), &key, err));
        check_ok(
            number_open(city->vault, &key, NUMBER_IDENTITY, query_blob(q, 4), &a, &number, err));
        check_ok(id_number_read(number, date_day(2020, 12, 1), id, err));
        assert_int_equal(id_number_sex(id), query_int(q, 2));
        assert_true(str_eq(str_from(date_text(id_number_birth(id), birth)), query_text(q, 3)));
        assert_true(str_starts(number, str_fmt(&a, "%lld", (long long)county)));
    }
    check_ok(query_end(q, err));
    store_reader_done(c);
    arena_deinit(&a);
}

static void check_whole(struct city *city, int64_t persons)
{
    struct store *s = city->store;
    int64_t checked = 0;
    assert_int_equal(one_number(s, "SELECT count(*) FROM person"), persons);
    assert_int_equal(one_number(s, "SELECT count(*) FROM membership"), persons);
    assert_int_equal(one_number(s, "SELECT count(*) FROM id_registry"), persons);
    assert_int_equal(one_number(s, "SELECT count(*) FROM person_number WHERE kind = 1"), persons);
    /* Nobody lives in two households, and no household is empty or without its head. */
    assert_int_equal(one_number(s, "SELECT count(*) FROM (SELECT DISTINCT county_code, person_id "
                                   "FROM membership) AS x"),
                     persons);
    assert_int_equal(one_number(s, "SELECT count(*) FROM household h WHERE NOT EXISTS (SELECT 1 "
                                   "FROM membership m WHERE m.county_code = h.county_code AND "
                                   "m.household_id = h.household_id AND m.person_id = h.head_id "
                                   "AND m.relation = '02')"),
                     0);
    /* A household's registration, and every line's facts of everybody, are known. */
    assert_int_equal(one_number(s, "SELECT count(*) FROM (SELECT DISTINCT county_code, person_id "
                                   "FROM x_assistance_person) AS x"),
                     persons);
    assert_int_equal(one_number(s, "SELECT count(*) FROM household h WHERE NOT EXISTS (SELECT 1 "
                                   "FROM x_people_household x WHERE x.county_code = h.county_code "
                                   "AND x.household_id = h.household_id)"),
                     0);
    assert_int_equal(one_number(s, "SELECT count(*) FROM household h WHERE NOT EXISTS (SELECT 1 "
                                   "FROM division d WHERE d.division = h.division AND d.kind IN "
                                   "('residents_committee', 'villagers_committee'))"),
                     0);
    check_identities(city);
    check_ok(audit_verify(s, &checked, err));
    assert_true(checked > 0);
}

static void any_size_is_whole(void **state)
{
    static const int64_t sizes[] = {0, 1, 50, SMALL};
    struct fresh *f = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct arena a = {0};
        struct synth_counts n;
        const char *url = str_fmt(&a, "sqlite:%s/%zu.db", f->folder, i).p;
        struct city *city =
            synth_city(url, str_fmt(&a, "%s/%zu.key", f->folder, i).p, sizes[i], "x", &a, &n);
        assert_int_equal(n.persons, sizes[i]);
        check_whole(city, sizes[i]);
        city_close(city);
        arena_deinit(&a);
    }
}

/* ---- like a real city ----------------------------------------------------------------------- */

static void check_about(const char *what, int64_t found, int64_t expected)
{
    if (found < expected * 9 / 10 || found > expected * 11 / 10)
        fail_msg("%s: found %lld, expected about %lld", what, (long long)found,
                 (long long)expected);
}

static void check_between(const char *what, int64_t found, int64_t lo, int64_t hi)
{
    if (found < lo || found > hi)
        fail_msg("%s: found %lld, expected %lld to %lld", what, (long long)found, (long long)lo,
                 (long long)hi);
}

/* The printed figures for 1.21 million residents, at a tenth of the size. */
static void check_figures(const struct synth_counts *n)
{
    check_about("urban dibao households", n->enrolled[DIBAO][1], 448);
    check_about("rural dibao households", n->enrolled[DIBAO][0], 938);
    check_about("urban dibao persons", n->dibao_persons[1], 624);
    check_about("rural dibao persons", n->dibao_persons[0], 2236);
    check_about("urban tekun", n->enrolled[TEKUN][1], 40);
    check_about("rural tekun", n->enrolled[TEKUN][0], 256);
    check_about("living", n->enrolled[LIVING][0] + n->enrolled[LIVING][1], 569);
    check_about("care", n->enrolled[CARE][0] + n->enrolled[CARE][1], 997);
}

static void check_ages(struct store *s)
{
    int64_t young = one_number(s, "SELECT count(*) FROM person WHERE birth_date > '2005-12-01'");
    int64_t old = one_number(s, "SELECT count(*) FROM person WHERE birth_date <= '1960-12-01'");
    int64_t disabled = one_number(s, "SELECT count(*) FROM x_disability_person WHERE valid_to = "
                                     "'9999-12-31' AND disability_grade <> 'none'");
    int64_t women = one_number(s, "SELECT count(*) FROM person WHERE sex = 2");
    check_between("under 15, per 1000", young * 1000 / LARGE, 120, 155);
    check_between("60 and over, per 1000", old * 1000 / LARGE, 195, 245);
    check_between("disabled, per 1000", disabled * 1000 / LARGE, 54, 66);
    check_between("women, per 1000", women * 1000 / LARGE, 480, 520);
}

struct found {
    int64_t regular, none, exits, undecided; /* of the enrolled */
    int64_t not_enrolled;                    /* qualify */
};

static bool is_enrolled(const int64_t *ids, size_t n, int64_t id)
{
    size_t lo = 0;
    size_t hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ids[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && ids[lo] == id;
}

/* Households enrolled in dibao, and what each was paid in November, by id. */
static size_t read_enrolled(struct store *s, struct arena *a, int64_t **ids, int64_t **paid)
{
    static const struct statement all = {
        .name = "test_enrolled",
        .sql = "SELECT e.household_id, a.amount_fen FROM enrolment e LEFT JOIN award a ON "
               "a.county_code = e.county_code AND a.household_id = e.household_id AND a.person_id "
               "= 0 AND a.programme = 'dibao' AND a.month = '2020-11' WHERE e.programme = 'dibao' "
               "ORDER BY e.household_id",
        .reads = true};
    VEC(int64_t) list = {0};
    VEC(int64_t) amounts = {0};
    struct conn *c = NULL;
    struct query *q = NULL;
    check_ok(store_reader(s, &c, err));
    check_ok(query(c, &all, NULL, 0, &q, err));
    while (query_next(q)) {
        *VEC_PUSH(a, &list) = query_int(q, 0);
        *VEC_PUSH(a, &amounts) = query_int(q, 1);
    }
    check_ok(query_end(q, err));
    store_reader_done(c);
    *ids = list.at;
    *paid = amounts.at;
    return list.n;
}

struct judging {
    struct synth_rules rules;
    struct program *program;
    int64_t *enrolled, *paid;
    size_t n_enrolled;
    uint8_t regular, none, exits;
    struct found found;
};

static size_t result_of(const struct program *p, const struct policy *policy)
{
    struct policy *const *bound = NULL;
    size_t n = program_policies(p, &bound);
    size_t i = 0;
    while (i < n && bound[i] != policy)
        i++;
    assert_true(i < n);
    return i;
}

static void judge_slice(struct judging *j, struct facts_slice *slice, struct scratch *scratch)
{
    struct arena a = {0};
    struct policy *const *bound = NULL;
    size_t n = program_policies(j->program, &bound);
    size_t units = slice->block.n + slice->block.n_members;
    size_t row = 0;
    int64_t *paid = NEW_N(&a, int64_t, slice->block.n + 64);
    struct column *columns = NEW_N(&a, struct column, j->rules.rules->policies.n + 1);
    struct policy_result *r = NEW_N(&a, struct policy_result, n);
    for (size_t i = 0; i < n; i++)
        r[i] = (struct policy_result){NEW_N(&a, uint8_t, units), NEW_N(&a, uint64_t, units),
                                      NEW_N(&a, int64_t, units), NEW_N(&a, int64_t, units)};
    for (size_t i = 0; i < slice->block.n; i++)
        for (size_t k = 0; k < j->n_enrolled; k++)
            if (j->enrolled[k] == slice->households[i])
                paid[i] = j->paid[k];
    columns[j->rules.policy[DIBAO]->index] = (struct column){.at = paid, .min = 0, .max = 1 << 30};
    slice->block.paid_last = columns;
    check_ok(program_run(j->program, &slice->block, r, scratch, &row, err));
    const uint8_t *outcome = r[result_of(j->program, j->rules.policy[DIBAO])].outcome;
    for (size_t i = 0; i < slice->block.n; i++) {
        bool in = is_enrolled(j->enrolled, j->n_enrolled, slice->households[i]);
        j->found.regular += in && outcome[i] == j->regular;
        j->found.exits += in && outcome[i] == j->exits;
        j->found.none += in && outcome[i] == j->none;
        j->found.undecided += in && outcome[i] == OUTCOME_UNDECIDED;
        j->found.not_enrolled += !in && outcome[i] != j->none && outcome[i] != OUTCOME_UNDECIDED;
    }
    arena_deinit(&a);
}

/* Everybody determined for December by the rules in force. */
static void judge(struct city *city, struct arena *a, struct judging *j)
{
    struct scratch *scratch = scratch_open();
    int64_t *counties = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    check_ok(synth_rules_of(city->rules, city->place, month_of(2020, 12), &j->rules, err));
    const struct binding_spec spec = {.rules = city->rules,
                                      .policies = j->rules.policy,
                                      .n_policies = PROGRAMMES,
                                      .division = city->place->division,
                                      .month = month_of(2020, 12)};
    check_ok(program_bind(&spec, a, &j->program, err));
    const struct code *outcomes = &j->rules.policy[DIBAO]->outcome_code;
    j->regular = (uint8_t)code_index(outcomes, S("regular"));
    j->exits = (uint8_t)code_index(outcomes, S("gradual_exit"));
    j->none = (uint8_t)code_index(outcomes, S("none"));
    j->n_enrolled = read_enrolled(city->store, a, &j->enrolled, &j->paid);
    check_ok(store_reader(city->store, &c, err));
    check_ok(division_counties(c, S("2020-12-01"), a, &counties, &n, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++) {
        struct facts_reader *reader = NULL;
        struct facts_slice slice;
        const struct facts_spec from = {.city = city,
                                        .county_code = counties[i],
                                        .on_day = date_day(2020, 12, 1),
                                        .position = INT64_MAX};
        check_ok(facts_open(&from, &reader, err));
        for (;;) {
            check_ok(facts_next(reader, &slice, err));
            if (slice.block.n == 0)
                break;
            judge_slice(j, &slice, scratch);
        }
        facts_close(reader);
    }
    scratch_close(scratch);
}

static void a_large_one_is_like_the_city(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    struct judging j = {0};
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), LARGE, "x", &a, &n);
    assert_int_equal(n.persons, LARGE);
    check_figures(&n);
    check_ages(city->store);
    judge(city, &a, &j);
    int64_t all = (int64_t)j.n_enrolled;
    check_between("enrolled that qualify, per 1000", j.found.regular * 1000 / all, 910, 970);
    check_between("enrolled in gradual exit, per 1000", j.found.exits * 1000 / all, 10, 45);
    check_between("enrolled that qualify no more, per 1000", j.found.none * 1000 / all, 10, 45);
    check_between("enrolled undecided, per 1000", j.found.undecided * 1000 / all, 3, 20);
    check_between("not enrolled that qualify, per 1000", j.found.not_enrolled * 1000 / all, 50, 80);
    city_close(city);
    arena_deinit(&a);
}

/* ---- what the past month left --------------------------------------------------------------- */

static void november_was_paid(void **state)
{
    struct fresh *f = *state;
    struct arena a = {0};
    struct synth_counts n;
    struct city *city = synth_city(f->url, fresh_path(f, &a, "key"), 20000, "x", &a, &n);
    struct store *s = city->store;
    assert_int_equal(one_number(s, "SELECT count(*) FROM month_run WHERE month = '2020-11'"), 5);
    /* Everybody enrolled was determined, and the list pays what was awarded. */
    assert_int_equal(one_number(s, "SELECT count(*) FROM enrolment"),
                     one_number(s, "SELECT count(*) FROM determination WHERE month = '2020-11' AND "
                                   "outcome NOT IN ('none', 'undecided')"));
    assert_int_equal(one_number(s, "SELECT CAST(sum(amount_fen) AS BIGINT) FROM award WHERE month "
                                   "= '2020-11'"),
                     one_number(s, "SELECT CAST(sum(amount_fen) AS BIGINT) FROM payment"));
    /* Families in gradual exit are paid what they were paid in the month before. */
    int64_t exits = one_number(s, "SELECT count(*) FROM determination WHERE month = '2020-11' AND "
                                  "outcome = 'gradual_exit' AND carried LIKE "
                                  "'first_month_above=20%'");
    assert_true(exits > 0);
    assert_int_equal(exits, one_number(s, "SELECT count(*) FROM award x JOIN award y ON "
                                          "y.county_code = x.county_code AND y.household_id = "
                                          "x.household_id AND y.person_id = 0 AND y.programme = "
                                          "x.programme AND y.amount_fen = x.amount_fen WHERE "
                                          "x.month = '2020-10' AND y.month = '2020-11'"));
    city_close(city);
    arena_deinit(&a);
}

/* ---- chance --------------------------------------------------------------------------------- */

static void numbers_are_well_formed(void **state)
{
    struct rng r = rng_of(1, 2, 3);
    (void)state;
    for (int i = 0; i < 2000; i++) {
        char phone[12];
        char card[20];
        char name[16];
        phone_make(&r, phone);
        card_make(&r, card);
        name_make(&r, surname_pick(&r), 1 + i % 2, name);
        assert_true(mobile_valid(str_from(phone)));
        assert_true(card_luhn(str_from(card)));
        assert_true(utf8_valid(str_from(name), NULL));
        assert_in_range(utf8_count(str_from(name)), 2, 3);
    }
}

/* A day on which 500 of a sex were born gives the next one the day before. */
static void a_full_day_hands_on(void **state)
{
    struct arena a = {0};
    struct identity_book book;
    struct synth_person p = {0};
    (void)state;
    identity_book_init(&book, &a);
    for (int i = 0; i < 501; i++) {
        p = (struct synth_person){.sex = 1, .birth = date_day(1990, 3, 1)};
        assert_true(identity_make(&book, 510402, &p));
    }
    assert_int_equal(p.birth, date_day(1990, 2, 28));
    assert_true(str_starts(str_from(p.identity), S("51040219900228")));
    arena_deinit(&a);
}

static void shares_add_up(void **state)
{
    struct shares s = {.whole = 17, .weights = 100};
    uint32_t sum = 0;
    (void)state;
    for (int i = 0; i < 100; i++)
        sum += share_next(&s, 1);
    assert_int_equal(sum, 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_well_formed),
        cmocka_unit_test(a_full_day_hands_on),
        cmocka_unit_test(shares_add_up),
        BOTH(a_seed_makes_one_store),
        BOTH(people_are_not_put_twice),
        ON_SQLITE(any_size_is_whole),
        BOTH(november_was_paid),
        ON_SQLITE(a_large_one_is_like_the_city),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
