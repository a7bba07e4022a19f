/* From the store to columns: what holds on a day, what was believed at a position, slice by slice. */
#include "unit/test_people_case.h"

#include <inttypes.h>

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

static struct facts_spec spec_of(struct at *t, const char *on_day, int64_t position)
{
    struct facts_spec s = {.city = t->c, .county_code = CASE_COUNTY, .position = position};
    assert_true(date_parse(str_from(on_day), &s.on_day));
    if (position < 0)
        s.position = position_now(t->c, CASE_COUNTY);
    return s;
}

/* ---- a block as text ------------------------------------------------------------------------ */

static void add_value(struct sbuf *out, const struct column *c, struct type type, size_t row)
{
    char text[16];
    if (c->at == NULL || (c->unknown != NULL && c->unknown[row])) {
        sbuf_addz(out, "?");
        return;
    }
    int64_t v = column_width(type) == 1   ? ((const uint8_t *)c->at)[row]
                : column_width(type) == 4 ? ((const int32_t *)c->at)[row]
                                          : ((const int64_t *)c->at)[row];
    assert_true(c->min <= v && v <= c->max);
    if (type.kind == K_DATE)
        sbuf_addz(out, date_text((day)v, text));
    else if (type.kind == K_MONTH)
        sbuf_addz(out, month_text((month)v, text));
    else if (type.kind == K_CODE)
        sbuf_add(out, code_name(type.code, (size_t)v));
    else
        sbuf_fmt(out, "%" PRId64, v);
}

static void add_row(struct sbuf *out, const struct reg *reg, const struct column *columns,
                    size_t row)
{
    for (size_t i = 0; i < reg->n_slots; i++) {
        struct type type = reg->slots[i]->type;
        assert_true(column_width(type) > 0 || columns[i].at == NULL);
        if (column_width(type) == 0)
            continue;
        sbuf_addc(out, ' ');
        add_value(out, &columns[i], type, row);
    }
}

/* All slices: a line a household, "id division: facts", then a line a member, "  id: facts". */
static str read_all(struct at *t, struct facts_spec spec)
{
    const struct reg *household = rules_reg(t->c->rules, S("household"));
    const struct reg *person = rules_reg(t->c->rules, S("person"));
    struct facts_reader *r = NULL;
    struct facts_slice s;
    struct sbuf out;
    sbuf_init(&out, 1 << 24);
    check_ok(facts_open(&spec, &r, err));
    for (;;) {
        check_ok(facts_next(r, &s, err));
        if (s.block.n == 0)
            break;
        assert_int_equal(s.block.first[0], 0);
        assert_int_equal(s.block.first[s.block.n], s.block.n_members);
        for (size_t i = 0; i < s.block.n; i++) {
            sbuf_fmt(&out, "%s%" PRId64 " %" PRId64 " %" PRId64 ":", out.n > 0 ? "\n" : "",
                     s.households[i], s.divisions[i] % 1000000, s.heads[i]);
            add_row(&out, household, s.block.subject, i);
            for (size_t m = s.block.first[i]; m < s.block.first[i + 1]; m++) {
                sbuf_fmt(&out, "\n  %" PRId64 ":", s.persons[m]);
                add_row(&out, person, s.block.member, m);
            }
        }
    }
    facts_close(r);
    assert_false(out.failed);
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

/* ---- on a day ------------------------------------------------------------------------------- */

static void columns_of_all_kinds(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    settle(t.c, 2, VILLAGE_R);
    const struct value rural = V_TEXT(S("rural"));
    const struct value care[] = {V_INT(-500), V_TEXT(S("2019-07"))};
    const struct value facts[] = {V_INT(8000000000), V_TEXT(S("severe")),     V_INT(1),
                                  V_INT(7),          V_TEXT(S("1969-12-31")), V_TEXT(S("…"))};
    check_ok(put_facts(t.c, "x_people_household", 2, S("2020-01-01"), S(DAY_OPEN), &rural, err));
    check_ok(put_facts(t.c, "x_care_household", 1, S("2020-01-01"), S(DAY_OPEN), care, err));
    check_ok(put_facts(t.c, "x_care_person", 1002, S("2020-01-01"), S(DAY_OPEN), facts, err));
    check_str(read_all(&t, spec_of(&t, "2020-12-01", -1)),
              "1 1001 1001: ? -500 2019-07\n  1001: 1980-06-15 ? ? ? ? ?\n"
              "2 100201 1002: rural ? ?\n  1002: 1980-06-15 8000000000 severe 1 7 1969-12-31");
    /* Known of all: no bytes to look at; of nobody: no column. */
    struct facts_spec spec = spec_of(&t, "2020-12-01", -1);
    struct facts_reader *r = NULL;
    struct facts_slice s;
    const struct reg *person = rules_reg(t.c->rules, S("person"));
    size_t birth = reg_field(person, S("birth_date"))->slot;
    size_t income = reg_field(person, S("income"))->slot;
    size_t remark = reg_field(person, S("remark"))->slot;
    check_ok(facts_open(&spec, &r, err));
    check_ok(facts_next(r, &s, err));
    assert_non_null(s.block.member[birth].at);
    assert_null(s.block.member[birth].unknown);
    assert_int_equal(s.block.member[birth].min, date_day(1980, 6, 15));
    assert_non_null(s.block.member[income].unknown);
    assert_null(s.block.member[remark].at);
    facts_close(r);
    done(&t);
}

/* The column of a carried field is left to the caller. */
static void carried_fields_are_left_empty(void **state)
{
    struct at t = begin(*state);
    struct facts_reader *r = NULL;
    struct facts_slice s;
    struct policy policy = {0};
    const struct value care[] = {V_INT(1), V_TEXT(S("2019-07"))};
    const int32_t mine[1] = {7};
    settle(t.c, 1, VILLAGE_1);
    check_ok(put_facts(t.c, "x_care_household", 1, S("2020-01-01"), S(DAY_OPEN), care, err));
    struct field *began = reg_field(rules_reg(t.c->rules, S("household")), S("began"));
    struct field *assets = reg_field(rules_reg(t.c->rules, S("household")), S("assets"));
    began->carried_by = &policy;
    check_ok(registers_of(t.c->rules, &t.a, &t.c->registers, err));
    struct facts_spec spec = spec_of(&t, "2020-12-01", -1);
    check_ok(facts_open(&spec, &r, err));
    check_ok(facts_next(r, &s, err));
    assert_null(s.block.subject[began->slot].at);
    assert_non_null(s.block.subject[assets->slot].at);
    s.subject[began->slot] = (struct column){.at = mine, .min = 7, .max = 7};
    assert_ptr_equal(s.block.subject[began->slot].at, mine);
    facts_close(r);
    done(&t);
}

static void facts_hold_from_their_day(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    const struct value urban = V_TEXT(S("urban"));
    const struct value rural = V_TEXT(S("rural"));
    check_ok(put_facts(t.c, "x_people_household", 1, S("2020-02-01"), S(DAY_OPEN), &urban, err));
    check_ok(
        put_facts(t.c, "x_people_household", 1, S("2020-06-01"), S("2020-09-01"), &rural, err));
    check_str(read_all(&t, spec_of(&t, "2019-12-31", -1)), "");
    check_str(read_all(&t, spec_of(&t, "2020-01-31", -1)),
              "1 1001 1001: ? ? ?\n  1001: 1980-06-15 ? ? ? ? ?");
    check_str(read_all(&t, spec_of(&t, "2020-05-31", -1)),
              "1 1001 1001: urban ? ?\n  1001: 1980-06-15 ? ? ? ? ?");
    check_str(read_all(&t, spec_of(&t, "2020-06-01", -1)),
              "1 1001 1001: rural ? ?\n  1001: 1980-06-15 ? ? ? ? ?");
    check_str(read_all(&t, spec_of(&t, "2020-09-01", -1)),
              "1 1001 1001: urban ? ?\n  1001: 1980-06-15 ? ? ? ? ?");
    done(&t);
}

static void who_lives_there(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    settle(t.c, 2, VILLAGE_2);
    /* Somebody with a small id joins the second; the first member of it dies; a household without
     * anybody is there. */
    check_ok(put_person(t.c, (struct person_row){5, S("王五"), 2, S("2015-01-01"), S("")}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){2, 5, S("2020-03-01"), S("2020-11-01"), S("20")}, err));
    check_ok(put_person(
        t.c, (struct person_row){1002, S("张三"), 1, S("1980-06-15"), S("2020-10-01")}, err));
    check_ok(put_household(
        t.c, (struct household_row){3, S("2020-01-01"), S(DAY_OPEN), VILLAGE_1, 9}, err));
    check_str(read_all(&t, spec_of(&t, "2020-10-01", -1)),
              "1 1001 1001: ? ? ?\n  1001: 1980-06-15 ? ? ? ? ?\n"
              "2 1002 1002: ? ? ?\n  5: 2015-01-01 ? ? ? ? ?\n  1002: 1980-06-15 ? ? ? ? ?\n"
              "3 1001 9: ? ? ?");
    check_str(read_all(&t, spec_of(&t, "2020-10-02", -1)),
              "1 1001 1001: ? ? ?\n  1001: 1980-06-15 ? ? ? ? ?\n"
              "2 1002 1002: ? ? ?\n  5: 2015-01-01 ? ? ? ? ?\n3 1001 9: ? ? ?");
    check_str(read_all(&t, spec_of(&t, "2020-11-01", -1)),
              "1 1001 1001: ? ? ?\n  1001: 1980-06-15 ? ? ? ? ?\n2 1002 1002: ? ? ?\n"
              "3 1001 9: ? ? ?");
    done(&t);
}

static void facts_stay_with_the_living(void **state)
{
    struct at t = begin(*state);
    const struct value ill[] = {V_INT(1), V_TEXT(S("severe")), V_NULL, V_NULL, V_NULL, V_NULL};
    const struct value well[] = {V_INT(2), V_TEXT(S("none")), V_NULL, V_NULL, V_NULL, V_NULL};
    for (int i = 1; i <= 4; i++) {
        settle(t.c, i, VILLAGE_1);
        check_ok(put_facts(t.c, "x_care_person", 1000 + i, S("2020-01-01"), S(DAY_OPEN),
                           i % 2 ? ill : well, err));
    }
    for (int i = 1; i <= 4; i += 2)
        check_ok(put_person(
            t.c, (struct person_row){1000 + i, S("张"), 1, S("1980-06-15"), S("2020-06-01")}, err));
    check_str(read_all(&t, spec_of(&t, "2020-12-01", -1)),
              "1 1001 1001: ? ? ?\n2 1001 1002: ? ? ?\n  1002: 1980-06-15 2 none ? ? ?\n"
              "3 1001 1003: ? ? ?\n4 1001 1004: ? ? ?\n  1004: 1980-06-15 2 none ? ? ?");
    done(&t);
}

static void parts_of_a_county(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1, VILLAGE_1);
    settle(t.c, 2, VILLAGE_2);
    settle(t.c, 3, VILLAGE_R);
    struct facts_spec s = spec_of(&t, "2020-12-01", -1);
    s.division = VILLAGE_2;
    check_str(read_all(&t, s), "2 1002 1002: ? ? ?\n  1002: 1980-06-15 ? ? ? ? ?");
    s.division = 990102001000; /* a township */
    check_str(read_all(&t, s), "1 1001 1001: ? ? ?\n  1001: 1980-06-15 ? ? ? ? ?\n"
                               "2 1002 1002: ? ? ?\n  1002: 1980-06-15 ? ? ? ? ?");
    str all = read_all(&t, spec_of(&t, "2020-12-01", -1));
    s.division = 990102000000; /* the county, the city */
    assert_true(str_eq(read_all(&t, s), all));
    s.division = 990100000000;
    assert_true(str_eq(read_all(&t, s), all));
    s.division = 990103000000;
    check_str(read_all(&t, s), "");
    s.division = 0;
    s.from_household = 3;
    check_str(read_all(&t, s), "3 100201 1003: ? ? ?\n  1003: 1980-06-15 ? ? ? ? ?");
    s.from_household = 0;
    s.only_household = 2;
    check_str(read_all(&t, s), "2 1002 1002: ? ? ?\n  1002: 1980-06-15 ? ? ? ? ?");
    s.only_household = 9;
    check_str(read_all(&t, s), "");
    done(&t);
}

/* ---- as believed then ----------------------------------------------------------------------- */

struct rng {
    uint64_t state;
};

static unsigned below(struct rng *r, unsigned n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((r->state >> 33) % n);
}

static str random_day(struct rng *r, struct arena *a)
{
    char text[11];
    return str_dup(a, str_from(date_text(date_day(2020, 1, 1) + (day)below(r, 400), text)));
}

enum { HOUSEHOLDS = 6, PERSONS = 12 };

/* One put of any kind; refused ones (a person in two households) change nothing. */
static enum rc random_put(struct at *t, struct rng *r, struct err *err)
{
    static const char *const diseases[] = {"none", "chronic", "severe"};
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    str from = random_day(r, &t->a);
    str to = below(r, 6) == 0 ? random_day(r, &t->a) : S(DAY_OPEN);
    int64_t h = 1 + below(r, HOUSEHOLDS);
    int64_t p = 101 + below(r, PERSONS);
    struct value v[6] = {V_NULL, V_NULL, V_NULL, V_NULL, V_NULL, V_NULL};
    if (str_cmp(from, to) >= 0)
        to = S(DAY_OPEN);
    switch (below(r, 6)) {
    case 0:
        return put_household(t->c, (struct household_row){h, from, to, villages[below(r, 3)], p},
                             err);
    case 1: {
        str death = below(r, 3) ? S("") : random_day(r, &t->a);
        return put_person(t->c, (struct person_row){p, S("某"), 1, S("1970-01-01"), death}, err);
    }
    case 2:
        return put_membership(t->c, (struct membership_row){h, p, from, to, S("20")}, err);
    case 3:
        v[0] = V_TEXT(below(r, 2) ? S("urban") : S("rural"));
        return put_facts(t->c, "x_people_household", h, from, to, v, err);
    case 4:
        if (below(r, 4))
            v[0] = V_INT(below(r, 1000));
        return put_facts(t->c, "x_care_household", h, from, to, v, err);
    default:
        v[0] = below(r, 4) ? V_INT(below(r, 1000)) : V_NULL;
        v[1] = V_TEXT(str_from(diseases[below(r, 3)]));
        return put_facts(t->c, "x_care_person", p, from, to, v, err);
    }
}

/* What was read when a position was the last is read of it ever after. */
static void the_past_stays_as_it_was(void **state)
{
    enum { STEPS = 150 };
    static const char *const days[] = {"2020-03-01", "2020-09-15", "2021-01-01"};
    struct at t = begin(*state);
    struct rng r = {.state = 20201201};
    str *seen = NEW_N(&t.a, str, (STEPS + 10) * 3);
    int64_t last = 0;
    for (int i = 0; i < STEPS; i++) {
        struct err err = {0};
        enum rc rc = random_put(&t, &r, &err);
        if (rc != RC_OK && rc != RC_CONFLICT && rc != RC_BAD_INPUT)
            fail_msg("%s", err.text);
        last = position_now(t.c, CASE_COUNTY);
        if (rc == RC_OK)
            for (int k = 0; k < 3; k++)
                seen[3 * last + k] = read_all(&t, spec_of(&t, days[k], last));
    }
    size_t shown = 0;
    for (int64_t i = 0; i < 3 * last + 3; i++)
        shown += seen[i].n;
    assert_true(last > STEPS / 2);
    assert_true(shown > (size_t)STEPS * 100);
    for (int64_t p = 1; p <= last; p++)
        for (int k = 0; k < 3; k++) {
            str now = read_all(&t, spec_of(&t, days[k], p));
            if (!str_eq(now, seen[3 * p + k]))
                fail_msg("position %" PRId64 " on %s:\n%.*s\nwas:\n%.*s", p, days[k], STR_ARG(now),
                         STR_ARG(seen[3 * p + k]));
        }
    done(&t);
}

/* A clerk writes while a run reads: the run goes on with what was believed when it began. */
static void changes_between_slices(void **state)
{
    struct at t = begin(*state);
    struct facts_reader *r = NULL;
    struct facts_slice s;
    for (int i = 1; i <= 3; i++)
        settle(t.c, i, VILLAGE_1);
    struct facts_spec spec = spec_of(&t, "2020-12-01", -1);
    str before = read_all(&t, spec);
    check_ok(facts_open(&spec, &r, err));
    check_ok(put_person(t.c, (struct person_row){1002, S("张"), 1, S("1990-01-01"), S("")}, err));
    check_ok(put_household(
        t.c, (struct household_row){2, S("2020-01-01"), S("2020-02-01"), VILLAGE_1, 1002}, err));
    settle(t.c, 4, VILLAGE_1);
    check_ok(facts_next(r, &s, err));
    assert_int_equal(s.block.n, 3);
    assert_int_equal(s.block.n_members, 3);
    facts_close(r);
    assert_true(str_eq(read_all(&t, spec), before));
    assert_false(str_eq(read_all(&t, spec_of(&t, "2020-12-01", -1)), before));
    done(&t);
}

/* ---- many ----------------------------------------------------------------------------------- */

struct many {
    int64_t households, members; /* each */
    bool scattered;              /* ids of persons far from those of their household */
};

static int64_t person_of(const struct many *m, int64_t h, int64_t k)
{
    return m->scattered ? 1000000 + (h * 7919 + k * 104729) % 1000003 : 1000000 + h * 100 + k;
}

static enum rc fill_many(struct change *c, void *ctx, struct err *err)
{
    static const str hc[] = {{"county_code", 11}, {"household_id", 12}, {"valid_from", 10},
                             {"valid_to", 8},     {"position", 8},      {"division", 8},
                             {"head_id", 7}};
    static const str mc[] = {{"county_code", 11}, {"household_id", 12}, {"person_id", 9},
                             {"valid_from", 10},  {"valid_to", 8},      {"position", 8},
                             {"relation", 8}};
    static const str pc[] = {{"county_code", 11}, {"person_id", 9}, {"position", 8},
                             {"name", 4},         {"sex", 3},       {"birth_date", 10}};
    static const str fc[] = {{"county_code", 11}, {"person_id", 9}, {"valid_from", 10},
                             {"valid_to", 8},     {"position", 8},  {"income", 6}};
    const struct many *m = ctx;
    struct bulk *b[4] = {0};
    TRY(bulk_open(c->conn, S("household"), hc, 7, &b[0], err));
    TRY(bulk_open(c->conn, S("membership"), mc, 7, &b[1], err));
    TRY(bulk_open(c->conn, S("person"), pc, 6, &b[2], err));
    TRY(bulk_open(c->conn, S("x_care_person"), fc, 6, &b[3], err));
    for (int64_t h = 1; h <= m->households; h++) {
        const int64_t start[] = {CASE_COUNTY, h};
        for (int i = 0; i < 2; i++)
            bulk_int(b[0], start[i]);
        bulk_text(b[0], S("2020-01-01"));
        bulk_text(b[0], S(DAY_OPEN));
        bulk_int(b[0], c->position);
        bulk_int(b[0], h % 10 ? VILLAGE_1 : VILLAGE_2);
        bulk_int(b[0], 0);
        TRY(bulk_row(b[0], err));
        for (int64_t k = 0; k < m->members; k++) {
            int64_t p = person_of(m, h, k);
            for (int i = 0; i < 2; i++)
                bulk_int(b[1], start[i]);
            bulk_int(b[1], p);
            bulk_text(b[1], S("2020-01-01"));
            bulk_text(b[1], S(DAY_OPEN));
            bulk_int(b[1], c->position);
            bulk_text(b[1], S("20"));
            TRY(bulk_row(b[1], err));
            bulk_int(b[2], CASE_COUNTY);
            bulk_int(b[2], p);
            bulk_int(b[2], c->position);
            bulk_text(b[2], S("某"));
            bulk_int(b[2], 1);
            bulk_text(b[2], S("1970-01-01"));
            TRY(bulk_row(b[2], err));
            bulk_int(b[3], CASE_COUNTY);
            bulk_int(b[3], p);
            bulk_text(b[3], S("2020-01-01"));
            bulk_text(b[3], S(DAY_OPEN));
            bulk_int(b[3], c->position);
            bulk_int(b[3], p * 3);
            TRY(bulk_row(b[3], err));
        }
    }
    for (int i = 0; i < 4; i++)
        TRY(bulk_close(b[i], err));
    return RC_OK;
}

/* Every household once and in order, every member with the facts of his own. */
static void read_many(struct at *t, const struct many *m, struct facts_spec spec, int64_t expected)
{
    size_t income = reg_field(rules_reg(t->c->rules, S("person")), S("income"))->slot;
    struct facts_reader *r = NULL;
    struct facts_slice s;
    int64_t n = 0, last = 0;
    check_ok(facts_open(&spec, &r, err));
    for (;;) {
        check_ok(facts_next(r, &s, err));
        if (s.block.n == 0)
            break;
        assert_true(s.block.n <= FACTS_SLICE);
        assert_int_equal(s.block.n_members, s.block.n * (size_t)m->members);
        const int64_t *v = s.block.member[income].at;
        assert_null(s.block.member[income].unknown);
        for (size_t i = 0; i < s.block.n; i++) {
            assert_true(s.households[i] > last);
            last = s.households[i];
            assert_int_equal(s.block.first[i], i * (size_t)m->members);
        }
        for (size_t i = 0; i < s.block.n_members; i++)
            if (v[i] != s.persons[i] * 3)
                fail_msg("person %" PRId64 " has %" PRId64, s.persons[i], v[i]);
        n += (int64_t)s.block.n;
    }
    facts_close(r);
    assert_int_equal(n, expected);
}

static void more_than_a_slice(void **state)
{
    struct many m = {.households = 2 * FACTS_SLICE + 100, .members = 2};
    struct at t = begin(*state);
    check_ok(change_in(t.c, CASE_COUNTY, fill_many, &m, NULL, err));
    read_many(&t, &m, spec_of(&t, "2020-12-01", -1), m.households);
    struct facts_spec s = spec_of(&t, "2020-12-01", -1);
    s.division = VILLAGE_2; /* every tenth: what lies between is passed over or sought past */
    read_many(&t, &m, s, m.households / 10);
    s.from_household = 5000;
    read_many(&t, &m, s, m.households / 10 - 499);
    done(&t);
}

static void ids_far_apart(void **state)
{
    struct many m = {.households = FACTS_SLICE + 10, .members = 3, .scattered = true};
    struct at t = begin(*state);
    check_ok(change_in(t.c, CASE_COUNTY, fill_many, &m, NULL, err));
    read_many(&t, &m, spec_of(&t, "2020-12-01", -1), m.households);
    struct facts_spec s = spec_of(&t, "2020-12-01", -1);
    s.division = VILLAGE_2;
    read_many(&t, &m, s, m.households / 10);
    done(&t);
}

static void a_slice_of_many_members_ends_early(void **state)
{
    struct many m = {.households = 900, .members = 90};
    struct at t = begin(*state);
    check_ok(change_in(t.c, CASE_COUNTY, fill_many, &m, NULL, err));
    read_many(&t, &m, spec_of(&t, "2020-12-01", -1), m.households);
    done(&t);
}

/* ---- what others wrote ---------------------------------------------------------------------- */

static void a_value_of_no_code_is_named(void **state)
{
    static const struct statement spoil = {.name = "test_spoil",
                                           .sql = "UPDATE x_care_person SET disease = 'flu'"};
    struct at t = begin(*state);
    struct facts_reader *r = NULL;
    struct facts_slice s;
    const struct value v[] = {V_NULL, V_TEXT(S("none")), V_NULL, V_NULL, V_NULL, V_NULL};
    settle(t.c, 1, VILLAGE_1);
    check_ok(put_facts(t.c, "x_care_person", 1001, S("2020-01-01"), S(DAY_OPEN), v, err));
    check_ok(fresh_exec(t.c->store, &spoil, NULL, 0, err));
    struct facts_spec spec = spec_of(&t, "2020-12-01", -1);
    check_ok(facts_open(&spec, &r, err));
    check_fails(facts_next(r, &s, err), RC_IO, "disease of person 1001: “flu”");
    facts_close(r);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(columns_of_all_kinds),
        ON_SQLITE(carried_fields_are_left_empty),
        BOTH(facts_hold_from_their_day),
        BOTH(who_lives_there),
        BOTH(facts_stay_with_the_living),
        BOTH(parts_of_a_county),
        BOTH(the_past_stays_as_it_was),
        BOTH(changes_between_slices),
        BOTH(more_than_a_slice),
        BOTH(ids_far_apart),
        BOTH(a_slice_of_many_members_ends_early),
        BOTH(a_value_of_no_code_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
