/* A month proven from the store: after corrections, part runs and releases it is as it was; whatever is touched
 * behind its back is found and named. */
#include "unit/test_run_case.h"

#include "pay/replay.h"
#include "people/preview.h"
#include "people/then.h"

static void check_first(str first, const char *words)
{
    if (str_find(first, str_from(words)) < 0)
        fail_msg("no “%s” in “%.*s”", words, STR_ARG(first));
}

static void tamper(struct town *t, const char *sql)
{
    check_ok(
        fresh_exec(t->c->store, &(struct statement){.name = "tamper", .sql = sql}, NULL, 0, err));
}

/* The only county that was run. */
static struct replay_county replay_of(struct town *t, const char *text, int64_t division,
                                      const char *programme)
{
    const struct replay_spec spec = {.city = t->c,
                                     .month = month_at(text),
                                     .division = division,
                                     .programme = str_from(programme)};
    struct replay_county *list = NULL;
    size_t n = 0;
    check_ok(replay_month(&spec, &t->a, &list, &n, err));
    for (size_t i = 0; i < n; i++)
        if (list[i].county == CASE_COUNTY)
            return list[i];
    fail_msg("county %d was not run", CASE_COUNTY);
    return (struct replay_county){0};
}

static struct replay_sums proven(struct town *t, const char *text)
{
    struct replay_county c = replay_of(t, text, 0, "");
    if (c.n.differences != 0)
        fail_msg("%s: %lld differences: %.*s", text, (long long)c.n.differences, STR_ARG(c.first));
    assert_int_equal(c.first.n, 0);
    return c.n;
}

/* Four families in dibao, two in the part that is run by itself; one in its gradual exit. */
static struct town some_months(void *state)
{
    struct town t = town_begin(state);
    for (int64_t i = 1; i <= 6; i++)
        family(t.c, i, i % 2 == 0 ? VILLAGE_1 : VILLAGE_2);
    family(t.c, 7, VILLAGE_R);
    joins(t.c, 3, 3001);
    person_from(t.c, 1001, "2019-01-01", "income 50000");
    person_from(t.c, 1001, "2020-02-01", "income 70000");
    person_from(t.c, 1002, "2019-01-01", "income 20000");
    person_from(t.c, 1004, "2019-01-01", "income 90000");
    grade_from(t.c, 3001, "2019-01-01", 2);
    for (int64_t i = 1; i <= 4; i++)
        enrol(t.c, i, 0, "dibao", DAY_OPEN);
    enrol(t.c, 7, 0, "dibao", DAY_OPEN);
    enrol(t.c, 3, 3001, "disability_care", DAY_OPEN);
    run_months(&t, "2020-01", "2020-03");
    return t;
}

static void months_and_corrections(void **state)
{
    struct town t = some_months(*state);
    struct replay_sums n = proven(&t, "2020-03");
    assert_int_equal(n.households, 7);
    assert_int_equal(n.determinations, 6);
    assert_int_equal(n.blocks, 1);
    assert_true(n.awards >= 4 && n.payments >= 4 && n.fen > 0);
    /* Known later: an income, a death, a move, an end, in the order in which people forget them. */
    person_from(t.c, 1002, "2020-01-01", "income 10000");
    check_ok(put_person(
        t.c, (struct person_row){3001, S("李四"), 2, S("1990-01-15"), S("2020-01-20")}, err));
    check_ok(put_household(
        t.c, (struct household_row){7, S("2020-01-01"), S(DAY_OPEN), VILLAGE_1, 1007}, err));
    enrol(t.c, 1, 0, "dibao", "2020-02-01");
    run_months(&t, "2020-04", "2020-05");
    for (month m = month_at("2020-01"); m <= month_at("2020-05"); m++) {
        char text[8];
        n = proven(&t, month_text(m, text));
        assert_int_equal(n.determinations, m < month_at("2020-04") ? 6 : 4);
    }
    /* What was changed since makes another month of it when it is run again, and that is proven as well. */
    run_of(&t, "2020-03");
    assert_int_equal(proven(&t, "2020-03").determinations, 4);
    proven(&t, "2020-04");
    town_done(&t);
}

static void part_by_part(void **state)
{
    struct town t = some_months(*state);
    struct run_spec spec = run_spec_of(t.c, month_at("2020-03"));
    struct run_result r;
    struct replay_sums n;
    person_from(t.c, 1002, "2020-01-01", "income 10000");
    person_from(t.c, 1003, "2020-01-01", "income 10000");
    spec.division = VILLAGE_1;
    check_ok(run_month(&spec, &t.a, &r, err));
    n = proven(&t, "2020-03");
    assert_int_equal(n.determinations, 6);
    assert_int_equal(n.households, 7 + 3);
    assert_int_equal(n.blocks, 2);
    spec.division = VILLAGE_2;
    spec.at_ms += 5000;
    check_ok(run_month(&spec, &t.a, &r, err));
    n = proven(&t, "2020-03");
    assert_int_equal(n.determinations, 6);
    assert_int_equal(n.households, 7 + 3 + 3);
    /* Both again by one run of the street: nothing of the two stands any more. */
    person_from(t.c, 1003, "2020-01-01", "income 12000");
    spec.division = 990102001000;
    spec.at_ms += 5000;
    check_ok(run_month(&spec, &t.a, &r, err));
    n = proven(&t, "2020-03");
    assert_int_equal(n.determinations, 6);
    assert_int_equal(n.households, 7 + 6);
    /* Only what lives there; blocks only where all of one is read. */
    n = replay_of(&t, "2020-03", VILLAGE_1, "").n;
    assert_int_equal(n.differences, 0);
    assert_int_equal(n.households, 3);
    assert_int_equal(n.determinations, 2);
    assert_int_equal(n.blocks, 0);
    n = replay_of(&t, "2020-03", 990102001000, "").n;
    assert_int_equal(n.blocks, 1);
    assert_int_equal(n.determinations, 5);
    n = replay_of(&t, "2020-03", VILLAGE_R, "").n;
    assert_int_equal(n.determinations, 1);
    n = replay_of(&t, "2020-03", 0, "disability_care").n;
    assert_int_equal(n.differences, 0);
    assert_int_equal(n.determinations, 1);
    /* A line of another part, touched. */
    tamper(&t, "UPDATE determination SET amount_fen = 1 WHERE household_id = 7");
    check_first(replay_of(&t, "2020-03", 0, "").first,
                "household 990102-7, 2020-03, dibao: stored amount 0.01, recomputed");
    assert_int_equal(replay_of(&t, "2020-03", VILLAGE_1, "").n.differences, 0);
    assert_int_equal(replay_of(&t, "2020-03", 0, "disability_care").n.differences, 0);
    assert_int_equal(replay_of(&t, "2020-03", VILLAGE_R, "").n.differences, 1);
    town_done(&t);
}

static const struct {
    const char *sql, *back, *says;
} touches[] = {
    {"UPDATE determination SET amount_fen = amount_fen + 100 WHERE household_id = 1 AND month = '2020-03'",
     "UPDATE determination SET amount_fen = amount_fen - 100 WHERE household_id = 1 AND month = '2020-03'",
     "household 990102-1, 2020-03, dibao: stored amount 101.00, recomputed 100.00"},
    {"UPDATE determination SET outcome = 'none' WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE determination SET outcome = 'regular' WHERE household_id = 2 AND month = '2020-03'",
     "stored outcome none, recomputed regular"},
    {"UPDATE determination SET carried = '' WHERE household_id = 1 AND month = '2020-03'",
     "UPDATE determination SET carried = 'first_month_above=2020-02' WHERE household_id = 1 "
     "AND month = '2020-03'",
     "stored carried over “”, recomputed “first_month_above=2020-02”"},
    {"UPDATE determination SET made_by = 77 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE determination SET made_by = 0 WHERE household_id = 2 AND month = '2020-03'",
     "stored as made by job 77"},
    {"UPDATE determination SET household_id = 5 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE determination SET household_id = 2 WHERE household_id = 5 AND month = '2020-03'",
     "household 990102-5, 2020-03, dibao: stored a determination, recomputed none"},
    {"UPDATE award SET amount_fen = 5 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE award SET amount_fen = 40000 WHERE household_id = 2 AND month = '2020-03'",
     "stored award 0.05 (determined), recomputed 400.00 (determined)"},
    {"UPDATE award SET household_id = 99 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE award SET household_id = 2 WHERE household_id = 99 AND month = '2020-03'",
     "household 990102-2, 2020-03, dibao: stored no award, recomputed one"},
    {"UPDATE payment SET amount_fen = 5 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE payment SET amount_fen = 40000 WHERE household_id = 2 AND month = '2020-03'",
     "stored payment 0.05, recomputed 400.00"},
    {"UPDATE payment SET payee_id = 1004 WHERE household_id = 2 AND month = '2020-03'",
     "UPDATE payment SET payee_id = 1002 WHERE household_id = 2 AND month = '2020-03'",
     "dibao of person 1004: stored payment 400.00, recomputed none"},
    /* A fact of somebody who is enrolled; of somebody who is not; one that is past. */
    {"UPDATE x_assistance_person SET income = 20001 WHERE person_id = 1002",
     "UPDATE x_assistance_person SET income = 20000 WHERE person_id = 1002",
     "household 990102-2, 2020-03, dibao: stored amount 400.00, recomputed 399.99"},
    {"UPDATE x_assistance_person SET income = 99900 WHERE person_id = 1006",
     "UPDATE x_assistance_person SET income = 0 WHERE person_id = 1006",
     "households from 0 to 7: stored hash of everybody's results"},
    {"UPDATE x_assistance_person_past SET income = 5000 WHERE person_id = 1003",
     "UPDATE x_assistance_person_past SET income = 0 WHERE person_id = 1003",
     "household 990102-3, 2020-03, dibao: stored amount"},
    {"UPDATE membership SET valid_to = '2020-02-01' WHERE household_id = 6",
     "UPDATE membership SET valid_to = '9999-12-31' WHERE household_id = 6",
     "stored 7 households and 8 persons, recomputed 7 and 7"},
    {"UPDATE run_count SET not_enrolled = not_enrolled + 3 WHERE programme = 'dibao' AND division = "
     "990102001002 AND job_id IN (SELECT job_id FROM month_run WHERE month = '2020-03')",
     "UPDATE run_count SET not_enrolled = not_enrolled - 3 WHERE programme = 'dibao' AND division = "
     "990102001002 AND job_id IN (SELECT job_id FROM month_run WHERE month = '2020-03')",
     "2020-03, dibao: counted 4 households"},
    {"UPDATE run_slice SET households = 6 WHERE job_id IN (SELECT job_id FROM month_run "
     "WHERE month = '2020-03')",
     "UPDATE run_slice SET households = 7", "stored 6 households"},
    {"UPDATE run_job SET digest = (SELECT input_hash FROM determination LIMIT 1) WHERE month = '2020-03'",
     NULL, "the digest of the run is not that of its blocks"},
};

static void what_was_touched(void **state)
{
    struct town t = some_months(*state);
    /* Corrected since, so that what the run read is past. */
    person_from(t.c, 1003, "2019-01-01", "income 7000");
    proven(&t, "2020-03");
    for (size_t i = 0; i < sizeof touches / sizeof *touches; i++) {
        tamper(&t, touches[i].sql);
        struct replay_county c = replay_of(&t, "2020-03", 0, "");
        if (c.n.differences == 0)
            fail_msg("not found: %s", touches[i].sql);
        check_first(c.first, touches[i].says);
        if (touches[i].back != NULL) {
            tamper(&t, touches[i].back);
            proven(&t, "2020-03");
        }
    }
    town_done(&t);
}

/* Lines that hang on nobody: only the sums tell. */
static void what_nobody_has(void **state)
{
    struct town t = some_months(*state);
    tamper(
        &t,
        "INSERT INTO payment (county_code, month, household_id, payee_id, programme, kind, job_id, "
        "amount_fen, division) SELECT county_code, month, 555, 1, 'dibao', 'month', job_id, 700, 0 "
        "FROM month_run WHERE month = '2020-03'");
    check_first(replay_of(&t, "2020-03", 0, "").first, "payments of");
    town_done(&t);
}

static void not_proven(void **state)
{
    struct town t = some_months(*state);
    const struct replay_spec none = {.city = t.c, .month = month_at("2020-09"), .programme = S("")};
    const struct replay_spec other = {
        .city = t.c, .month = month_at("2020-03"), .programme = S("heating")};
    struct replay_county *list = NULL;
    size_t n = 0;
    check_fails(replay_month(&none, &t.a, &list, &n, err), RC_NOT_FOUND, "2020-09 was not run");
    check_fails(replay_month(&other, &t.a, &list, &n, err), RC_NOT_FOUND, "no programme “heating”");
    tamper(&t, "UPDATE run_job SET engine = 'huimin-eval-0' WHERE month = '2020-02'");
    struct replay_county c = replay_of(&t, "2020-02", 0, "");
    assert_int_equal(c.n.foreign, 6);
    assert_int_equal(c.n.determinations, 0);
    check_text(c.engine, "huimin-eval-0");
    tamper(&t, "UPDATE run_job SET engine = 'import' WHERE month = '2020-02'");
    c = replay_of(&t, "2020-02", 0, "");
    assert_int_equal(c.n.taken_over, 6);
    assert_int_equal(c.n.foreign + c.n.differences, 0);
    town_done(&t);
}

/* ---- releases ------------------------------------------------------------------------------- */

/* The shipped lines beside one of its own. */
static void release(struct town *t, void *state, const char *line, const char *place)
{
    struct init_spec spec = case_spec(state, &t->home, &t->a);
    char text[sizeof run_place + 400];
    if (t->c != NULL)
        city_close(t->c);
    snprintf(text, sizeof text, "%s%s", run_place, place);
    home_put(&t->home, "places/town.hm", text);
    home_put(&t->home, "lines/extra/extra.hm", line);
    check_ok(city_init(&spec, &t->a, err));
    check_ok(city_open(spec.url, spec.key_path, "tester", &t->a, &t->c, err));
}

static struct town town_of_lines(void)
{
    static const char *const lines[] = {"people", "assistance", "disability", "relief"};
    struct town t = {.home = town_home()};
    char link[128], to[512];
    snprintf(link, sizeof link, "%s/lines", t.home.path);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(mkdir(link, 0777), 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(link, sizeof link, "%s/lines/%s", t.home.path, lines[i]);
        snprintf(to, sizeof to, "%s/lines/%s", HUIMIN_SRC, lines[i]);
        assert_int_equal(symlink(to, link), 0);
    }
    return t;
}

#define EXTRA_CODE(values) "code trade \"行业\" / \"trade\"\n" values "\n"
#define EXTRA_POLICY(condition, pays)                                                              \
    "policy extra \"补充补贴\" / \"extra subsidy\"\n"                                          \
    "  for each member of household, each month\n"                                                 \
    "  basis \"试\"\n"                                                                            \
    "  parameter amount \"标准\" / \"amount\" money per month\n"                                 \
    "  outcome \"认定结论\" / \"decision\"\n"                                                  \
    "    granted \"发放\" / \"granted\" when suits \"符合\" / \"suits\": " condition "\n"          \
    "      pays member: " pays "\n"                                                                \
    "    otherwise none \"不发放\" / \"not granted\"\n"                                         \
    "      because granted failed\n"

/* 1: a code of two values, a count. */
static const char extra_1[] =
    EXTRA_CODE("  farm \"务农\" / \"farming\"\n"
               "  shop \"经商\" / \"trading\"\n") "extend person\n"
                                                  "  trade \"行业\" / \"trade\" trade, over time\n"
                                                  "  terms \"期数\" / \"terms\" count, over time\n"
                                                  "  spare \"备用\" / \"spare\" count, over time\n"
                                                  "  suppose: trade farm, terms 0, spare 0\n"
                                                  "\n" EXTRA_POLICY("trade is farm", "amount");
/* 2: one more value, one more field, `terms` not used any more: its successor is `seasons`. */
static const char extra_2[] = EXTRA_CODE(
    "  farm \"务农\" / \"farming\"\n"
    "  shop \"经商\" / \"trading\"\n"
    "  fish \"打鱼\" / \"fishing\"\n") "extend person\n"
                                       "  trade \"行业\" / \"trade\" trade, over time\n"
                                       "  terms \"期数\" / \"terms\" count, over time\n"
                                       "  seasons \"季数\" / \"seasons\" count, over time\n"
                                       "  spare \"备用\" / \"spare\" count, over time\n"
                                       "  suppose: trade farm, terms 0, seasons 4, spare 0\n"
                                       "\n" EXTRA_POLICY(
                                           "trade is one of fish, farm\n        long \"年长\" / \"long\": seasons >= 2",
                                           "amount");
/* 3: `spare`, of which nobody has a value, becomes a date, and the value `shop`, which nobody has, goes. */
static const char extra_3[] = EXTRA_CODE(
    "  farm \"务农\" / \"farming\"\n"
    "  fish \"打鱼\" / \"fishing\"\n") "extend person\n"
                                       "  trade \"行业\" / \"trade\" trade, over time\n"
                                       "  terms \"期数\" / \"terms\" count, over time\n"
                                       "  seasons \"季数\" / \"seasons\" count, over time\n"
                                       "  spare \"备用\" / \"spare\" date, over time\n"
                                       "  suppose: trade farm, terms 0, seasons 4\n"
                                       "\n" EXTRA_POLICY("trade is fish", "amount");

static const char extra_place[] = "  lines extra from 2019-01\n"
                                  "  set extra.amount from 2019-01: 30.00\n";
static const char extra_more[] = "  lines extra from 2019-01\n"
                                 "  set extra.amount from 2019-01: 33.00\n";

/* Values by name, "trade farm"; others unknown. */
static void extra_from(struct town *t, int64_t person, const char *from, const char *facts)
{
    const struct fact_table *f = registers_table(t->c->registers, S("x_extra_person"));
    struct value v[10];
    assert_non_null(f);
    for (size_t i = 0; i < f->n_fields; i++) {
        str given = word_behind(str_from(facts), f->fields[i]->name.text);
        int64_t n = 0;
        v[i] = given.n == 0 ? V_NULL : str_int(given, &n) ? V_INT(n) : V_TEXT(given);
    }
    check_ok(put_facts(t->c, "x_extra_person", person, str_from(from), S(DAY_OPEN), v, err));
}

/* By the rules of a release, what is known now: a value that they don't have is unknown, and so is a column that
 * is something else now. */
static void by_rules_of_then(struct town *t)
{
    static const char *const outcomes[3][4] = {
        {"granted", "undecided", "undecided", "undecided"},
        {"granted", "granted", "none", "granted"},
        {"none", "granted", "granted", "granted"},
    };
    struct conn *c = NULL;
    check_ok(store_reader(t->c->store, &c, err));
    str rest = rows_of(t->c, "SELECT rule_hash FROM rule_release ORDER BY release_no", "t", &t->a);
    for (size_t i = 0; i < 3; i++) {
        struct city then;
        str hash;
        if (!str_cut(rest, '\n', &hash, &rest))
            rest = S("");
        check_ok(city_then(t->c, c, hash, &t->a, &then, err));
        assert_int_equal(then.registers->then, i < 2);
        for (int64_t k = 0; k < 4; k++) {
            const struct preview_spec spec = {.city = &then,
                                              .county = CASE_COUNTY,
                                              .household = 1 + k,
                                              .month = month_at("2020-02")};
            struct preview p;
            check_ok(preview_make(&spec, c, &t->a, &p, err));
            for (size_t n = 0; n < p.trace->n_policies; n++) {
                const struct trace_policy *q = &p.trace->policies[n];
                if (!str_eq(q->policy->name.text, S("extra")))
                    continue;
                const struct determination *d = &q->units[0].d;
                check_text(d->undecided ? S("undecided") : q->policy->alts[d->alt].name.text,
                           outcomes[i][k]);
            }
        }
    }
    store_reader_done(c);
}

static void several_releases(void **state)
{
    struct town t = town_of_lines();
    release(&t, *state, extra_1, extra_place);
    for (int64_t i = 1; i <= 4; i++) {
        family(t.c, i, VILLAGE_1);
        enrol(t.c, i, 0, "dibao", DAY_OPEN);
        enrol(t.c, i, 1000 + i, "extra", DAY_OPEN);
    }
    extra_from(&t, 1001, "2019-01-01", "trade farm terms 3");
    extra_from(&t, 1002, "2019-01-01", "trade farm");
    run_months(&t, "2020-01", "2020-02");

    release(&t, *state, extra_2, extra_place);
    extra_from(&t, 1002, "2020-01-01", "trade fish seasons 3");
    extra_from(&t, 1003, "2019-01-01", "trade fish seasons 1");
    run_of(&t, "2020-03");

    release(&t, *state, extra_3, extra_more);
    extra_from(&t, 1004, "2019-01-01", "trade fish seasons 2 spare 2020-03-01");
    extra_from(&t, 1001, "2019-01-01", "trade farm seasons 3 spare 2020-03-01");
    run_of(&t, "2020-04");

    /* Each month under the rules of its own. */
    for (month m = month_at("2020-01"); m <= month_at("2020-04"); m++) {
        char text[8];
        assert_int_equal(proven(&t, month_text(m, text)).determinations, 8);
    }
    check_text(awards(&t, 1, "extra"),
               "2020-01|1001|3000|determined\n2020-02|1001|3000|determined\n"
               "2020-03|1001|3000|kept");
    check_text(awards(&t, 2, "extra"),
               "2020-01|1002|3000|determined\n2020-02|1002|3000|determined\n"
               "2020-03|1002|3000|determined\n2020-04|1002|3300|determined");
    by_rules_of_then(&t);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(months_and_corrections), BOTH(part_by_part), BOTH(what_was_touched),
        BOTH(what_nobody_has),        BOTH(not_proven),   BOTH(several_releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
