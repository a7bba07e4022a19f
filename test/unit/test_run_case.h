/*
 * What the tests of pay/ share: a made-up town under the rules that are shipped, with values of its
 * own in two areas, and families put into it in one line each.
 */
#ifndef HUIMIN_UNIT_TEST_RUN_CASE_H
#define HUIMIN_UNIT_TEST_RUN_CASE_H

#include "unit/test_people_case.h"

#include "pay/run.h"

#ifndef HUIMIN_SRC /* the build says where the sources are */
#define HUIMIN_SRC "."
#endif

static const char run_place[] =
    "place town \"试城\" / \"Town\", division 990100000000\n"
    "  lines assistance, disability from 2019-01\n"
    "  assumed \"试\"\n"
    "  area hills \"山区\" / \"hills\" = 990102100000\n"
    "  set dibao.standard          from 2019-01: 600.00 for urban, 400.00 for rural\n"
    "  set dibao.standard          from 2020-07: 650.00 for urban, 450.00 for rural\n"
    "  set dibao.standard in hills from 2019-01: 300.00\n"
    "  set dibao.base              from 2019-01: 500.00 for urban, 310.00 for rural\n"
    "  set dibao.exit_months       from 2019-01: 12 months\n"
    "  set dibao.job_cost_rate     from 2019-01: 20%\n"
    "  set dibao.asset_months      from 2019-01: 24 months\n"
    "  set dibao.edge_rate         from 2019-01: 1.5 times\n"
    "  set dibao.uplift_share      from 2019-01: 10%\n"
    "  set tekun.multiple          from 2019-01: 1.3 times\n"
    "  set tekun.floor             from 2019-01: 800.00 for urban, 580.00 for rural\n"
    "  set tekun.care              from 2019-01: 120.00 for full, 80.00 for half, 50.00 for self\n"
    "  set disability_living.amount from 2019-01: 100.00\n"
    "  set disability_care.amount  from 2019-01: 80.00 for 1, 50.00 for 2\n";

struct town {
    struct arena a;
    struct home home;
    struct city *c;
};

/* The shipped lines, whose examples need the place that they name. */
static inline struct home town_home(void)
{
    struct home h = {"/tmp/huimin-town-XXXXXX"};
    char link[128];
    assert_non_null(mkdtemp(h.path));
    home_put(&h, "places/town.hm", run_place);
    home_put(&h, "places/town/divisions.csv", case_divisions);
    snprintf(link, sizeof link, "%s/lines", h.path);
    assert_int_equal(symlink(HUIMIN_SRC "/lines", link), 0);
    snprintf(link, sizeof link, "%s/places/panzhihua.hm", h.path);
    assert_int_equal(symlink(HUIMIN_SRC "/places/panzhihua.hm", link), 0);
    return h;
}

static inline struct town town_begin(void *state)
{
    struct town t = {.home = town_home()};
    t.c = case_city(state, &t.home, &t.a);
    return t;
}

static inline void town_done(struct town *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

/* ---- facts in one line ---------------------------------------------------------------------- */

/* "income" in "income 40000 wage 0": its word; "" when it is not there. */
static inline str word_behind(str facts, str name)
{
    str word, value;
    while (facts.n > 0) {
        if (!str_cut(facts, ' ', &word, &facts))
            return S("");
        if (!str_cut(facts, ' ', &value, &facts))
            facts = S("");
        if (str_eq(word, name))
            return value;
    }
    return S("");
}

static inline struct value fact_of(const struct field *f, str given)
{
    int64_t n = 0;
    if (str_eq(given, S("?")))
        return V_NULL;
    if (f->type.kind == K_CODE)
        return V_TEXT(given.n > 0 ? given : code_name(f->type.code, 0));
    if (given.n > 0)
        assert_true(str_int(given, &n));
    return V_INT(n);
}

/* Facts of one table from a day on: those named, the others nothing (0, the code's first value). */
static inline void facts_from(struct city *c, const char *table, int64_t id, const char *from,
                              const char *facts)
{
    const struct fact_table *t = registers_table(c->registers, str_from(table));
    struct value v[40];
    assert_non_null(t);
    for (size_t i = 0; i < t->n_fields; i++)
        v[i] = fact_of(t->fields[i], word_behind(str_from(facts), t->fields[i]->name.text));
    check_ok(put_facts(c, table, id, str_from(from), S(DAY_OPEN), v, err));
}

static inline void person_from(struct city *c, int64_t id, const char *from, const char *facts)
{
    facts_from(c, "x_assistance_person", id, from, facts);
}

static inline void grade_from(struct city *c, int64_t id, const char *from, int grade)
{
    char facts[40] = "disability_grade none";
    if (grade > 0)
        snprintf(facts, sizeof facts, "disability_grade %d", grade);
    facts_from(c, "x_disability_person", id, from, facts);
}

/* One person of 40, urban, without income; person is household + 1000. */
static inline void family(struct city *c, int64_t household, int64_t division)
{
    settle(c, household, division);
    facts_from(c, "x_people_household", household, "2019-01-01", "hukou_type urban");
    facts_from(c, "x_assistance_household", household, "2019-01-01", "");
    person_from(c, household + 1000, "2019-01-01", "");
    grade_from(c, household + 1000, "2019-01-01", 0);
}

/* One more, of 30. */
static inline void joins(struct city *c, int64_t household, int64_t person)
{
    check_ok(put_person(c, (struct person_row){person, S("李四"), 2, S("1990-01-15"), S("")}, err));
    check_ok(put_membership(
        c, (struct membership_row){household, person, S("2019-01-01"), S(DAY_OPEN), S("10")}, err));
    person_from(c, person, "2019-01-01", "");
    grade_from(c, person, "2019-01-01", 0);
}

static inline void enrol(struct city *c, int64_t household, int64_t person, const char *programme,
                         const char *to)
{
    check_ok(put_enrolment(c,
                           (struct enrolment_row){.household_id = household,
                                                  .person_id = person,
                                                  .programme = str_from(programme),
                                                  .valid_from = S("2019-01-01"),
                                                  .valid_to = str_from(to),
                                                  .cause = S("test")},
                           err));
}

/* ---- runs ----------------------------------------------------------------------------------- */

static inline month month_at(const char *text)
{
    month m = 0;
    assert_true(month_parse(str_from(text), &m));
    return m;
}

/* At a time of its own for each month, so that two equal stores run to equal rows; what it finds counts
 * as decided. */
static inline struct run_spec run_spec_of(struct city *c, month m)
{
    return (struct run_spec){.city = c,
                             .month = m,
                             .at_ms = INT64_C(1700000000000) + (int64_t)m * 1000,
                             .decide = DECIDE_ALL};
}

static inline struct run_result run_of(struct town *t, const char *text)
{
    const struct run_spec spec = run_spec_of(t->c, month_at(text));
    struct run_result r;
    check_ok(run_month(&spec, &t->a, &r, err));
    return r;
}

/* Each of these months; the last one's result. */
static inline struct run_result run_months(struct town *t, const char *from, const char *to)
{
    struct run_result r = {0};
    char text[8];
    for (month m = month_at(from); m <= month_at(to); m++)
        r = run_of(t, month_text(m, text));
    return r;
}

/* What stands of a household for a programme: month, person, outcome, reasons, amount, carried. */
static inline str story(struct town *t, int64_t household, const char *programme)
{
    char sql[1000];
    snprintf(sql, sizeof sql,
             "SELECT d.month, d.person_id, d.outcome, d.reasons, d.amount_fen, "
             "d.carried FROM determination d JOIN month_run m ON m.county_code = d.county_code "
             "AND m.month = d.month AND m.job_id = d.job_id WHERE d.household_id = %lld "
             "AND d.programme = '%s' ORDER BY d.month, d.person_id",
             (long long)household, programme);
    return rows_of(t->c, sql, "tittit", &t->a);
}

static inline str awards(struct town *t, int64_t household, const char *programme)
{
    char sql[1000];
    snprintf(sql, sizeof sql,
             "SELECT d.month, d.person_id, d.amount_fen, d.ground FROM award d JOIN month_run m "
             "ON m.county_code = d.county_code AND m.month = d.month AND m.job_id = d.job_id "
             "WHERE d.household_id = %lld AND d.programme = '%s' ORDER BY d.month, d.person_id",
             (long long)household, programme);
    return rows_of(t->c, sql, "tiit", &t->a);
}

/* The row of a county (0: the city) and programme. */
static inline const struct run_row *row_of(const struct run_result *r, int64_t county,
                                           const char *programme)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->rows[i].county_code == county && str_eq(r->rows[i].policy, str_from(programme)))
            return &r->rows[i];
    fail_msg("no row of %lld %s", (long long)county, programme);
    return NULL;
}

#define check_text(found, expected)                                                                \
    do {                                                                                           \
        str found_ = (found), expected_ = str_from(expected);                                      \
        if (!str_eq(found_, expected_))                                                            \
            fail_msg("%s: found\n%.*s\nexpected\n%.*s", #found, STR_ARG(found_),                   \
                     STR_ARG(expected_));                                                          \
    } while (0)

#endif
