/*
 * Both times: what held on a day, as it was believed at a time. A history with corrections and its four
 * questions; and random changes, after which everything that was looked at in between is found again as it
 * was: households, stories, lists in every order, files byte for byte.
 */
#include "unit/test_run_case.h"

#include <stdlib.h>

#include "guard/guard.h"
#include "people/dump.h"
#include "people/list.h"
#include "people/records.h"
#include "people/rule_text.h"
#include "people/view.h"

/* When what is put next is recorded. */
static int64_t at_ms;

static int64_t ms_of(const char *text)
{
    int64_t ms = 0;
    assert_true(known_at_read(str_from(text), &ms));
    return ms;
}

static void at(const char *text)
{
    at_ms = ms_of(text);
}

static enum rc put_at(struct city *c, change_fn *fn, void *ctx, struct err *err)
{
    const struct change_spec spec = {.store = c->store,
                                     .county_code = CASE_COUNTY,
                                     .who = S("tester"),
                                     .why = S("登记"),
                                     .at_ms = at_ms};
    return change_write(&spec, fn, ctx, NULL, err);
}

static void home_at(struct city *c, int64_t household, const char *from, int64_t division,
                    int64_t head)
{
    struct household_row r = {household, str_from(from), S(DAY_OPEN), division, head};
    check_ok(put_at(c, household_once, &r, err));
}

static void person_at(struct city *c, int64_t person, const char *name, int sex, const char *birth,
                      const char *death)
{
    struct person_row r = {person, str_from(name), sex, str_from(birth), str_from(death)};
    check_ok(put_at(c, person_once, &r, err));
}

static void member_at(struct city *c, int64_t household, int64_t person, const char *from,
                      const char *to, const char *relation)
{
    struct membership_row r = {household, person, str_from(from), str_from(to), str_from(relation)};
    check_ok(put_at(c, membership_once, &r, err));
}

static void enrol_at(struct city *c, int64_t household, int64_t person, const char *programme,
                     const char *from, const char *to)
{
    struct enrolment_row r = {household, person, str_from(programme), str_from(from), str_from(to),
                              S("登记"), 0};
    check_ok(put_at(c, enrolment_once, &r, err));
}

static void facts_at(struct city *c, const char *table, int64_t id, const char *from,
                     const char *to, const char *facts)
{
    const struct fact_table *t = registers_table(c->registers, str_from(table));
    struct value v[40];
    struct fact_row r = {t, id, str_from(from), str_from(to), v};
    assert_non_null(t);
    for (size_t i = 0; i < t->n_fields; i++)
        v[i] = fact_of(t->fields[i], word_behind(str_from(facts), t->fields[i]->name.text));
    check_ok(put_at(c, facts_once, &r, err));
}

static void family_at(struct city *c, int64_t household, int64_t division, const char *name,
                      const char *birth)
{
    int64_t person = household + 1000;
    home_at(c, household, "2020-01-01", division, person);
    person_at(c, person, name, 1, birth, "");
    member_at(c, household, person, "2020-01-01", DAY_OPEN, "02");
    facts_at(c, "x_people_household", household, "2019-01-01", DAY_OPEN, "hukou_type urban");
    facts_at(c, "x_assistance_household", household, "2019-01-01", DAY_OPEN, "");
    facts_at(c, "x_assistance_person", person, "2019-01-01", DAY_OPEN, "");
    facts_at(c, "x_disability_person", person, "2019-01-01", DAY_OPEN, "disability_grade none");
}

/* ---- what was known when ---------------------------------------------------------------------- */

static int64_t position_at(struct city *c, const char *known)
{
    struct conn *conn = NULL;
    int64_t position = 0;
    check_ok(store_reader(c->store, &conn, err));
    check_ok(instant_position(conn, CASE_COUNTY, ms_of(known), &position, err));
    store_reader_done(conn);
    return position;
}

/* The income of a household's only member on a day; known NULL: as believed now. */
static int64_t income_of(struct town *t, int64_t household, const char *on, const char *known)
{
    struct household_view v;
    struct conn *conn = NULL;
    day of_day = 0;
    int64_t position = known != NULL ? position_at(t->c, known) : 0, income = -1;
    assert_true(date_parse(str_from(on), &of_day));
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(household_view_then(t->c, conn, CASE_COUNTY, household, of_day, position, false, &t->a,
                                 &v, err));
    store_reader_done(conn);
    for (size_t i = 0; i < v.facts.n; i++)
        if (str_eq(v.facts.at[i].field->name.text, S("income")) && v.facts.at[i].person != 0)
            income = v.facts.at[i].value.i;
    return income;
}

/* What March gives: awarded by a run, or on trial at a point in time. */
static int64_t trial_fen(struct town *t, const char *text, const char *known, const char *as_of)
{
    const struct run_spec spec = {
        .city = t->c, .month = month_at(text), .decide = DECIDE_ALL, .today = date_day(2021, 6, 1)};
    struct instant i = {0};
    struct run_result r;
    if (known != NULL)
        i.known_at_ms = ms_of(known);
    if (as_of != NULL)
        assert_true(date_parse(str_from(as_of), &i.as_of));
    check_ok(run_trial(&spec, &i, &t->a, &r, err));
    return row_of(&r, CASE_COUNTY, "dibao")->fen;
}

static int64_t run_fen(struct town *t, const char *text, const char *known)
{
    const struct run_spec spec = {.city = t->c,
                                  .month = month_at(text),
                                  .decide = DECIDE_ALL,
                                  .at_ms = ms_of(known),
                                  .today = date_day(2021, 6, 1)};
    struct run_result r;
    check_ok(run_month(&spec, &t->a, &r, err));
    return row_of(&r, CASE_COUNTY, "dibao")->fen;
}

static void explained(struct town *t, const char *known, day as_of, const char *words)
{
    const struct explain_spec spec = {.city = t->c,
                                      .household = 1,
                                      .month = month_at("2021-03"),
                                      .known_at_ms = known != NULL ? ms_of(known) : 0,
                                      .as_of = as_of,
                                      .lang = EXPLAIN_EN};
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    check_ok(explain_stored(&spec, &out, err));
    if (str_find(sbuf_str(&out), str_from(words)) < 0)
        fail_msg("no “%s” in:\n%.*s", words, STR_ARG(sbuf_str(&out)));
    sbuf_deinit(&out);
}

/* An income of January is told in March, told otherwise in May; another holds since April. */
static struct town history(void *state)
{
    struct town t = town_begin(state);
    at("2020-12-15");
    family_at(t.c, 1, VILLAGE_1, "张三", "1980-06-15");
    facts_at(t.c, "x_assistance_person", 1001, "2020-01-01", DAY_OPEN, "income 60000");
    enrol_at(t.c, 1, 0, "dibao", "2020-01-01", DAY_OPEN);
    at("2021-03-10");
    facts_at(t.c, "x_assistance_person", 1001, "2021-01-01", DAY_OPEN, "income 50000");
    assert_int_equal(run_fen(&t, "2021-03", "2021-03-20"), 15000);
    at("2021-04-15");
    facts_at(t.c, "x_assistance_person", 1001, "2021-04-01", DAY_OPEN, "income 20000");
    at("2021-05-20");
    facts_at(t.c, "x_assistance_person", 1001, "2021-01-01", "2021-04-01", "income 30000");
    return t;
}

static void four_questions(void **state)
{
    struct town t = history(*state);
    /* What holds now; what held in March; what we believed on 3 April, of that day and of March. */
    assert_int_equal(income_of(&t, 1, "2021-06-01", NULL), 20000);
    assert_int_equal(income_of(&t, 1, "2021-03-15", NULL), 30000);
    assert_int_equal(income_of(&t, 1, "2021-04-03", "2021-04-03"), 50000);
    assert_int_equal(income_of(&t, 1, "2021-03-15", "2021-04-03"), 50000);
    assert_int_equal(income_of(&t, 1, "2021-04-03", "2021-04-15"), 20000);
    assert_int_equal(income_of(&t, 1, "2021-01-31", "2021-03-09T23:59"), 60000);
    assert_int_equal(income_of(&t, 1, "2020-12-31", "2021-05-20"), 60000);
    /* What we would have paid in March had we known; and what we paid, as we knew it. */
    assert_int_equal(trial_fen(&t, "2021-03", NULL, NULL), 35000);
    assert_int_equal(trial_fen(&t, "2021-03", "2021-05-20", NULL), 35000);
    assert_int_equal(trial_fen(&t, "2021-03", "2021-04-03", NULL), 15000);
    assert_int_equal(trial_fen(&t, "2021-03", "2021-03-09", NULL), 5000);
    assert_int_equal(trial_fen(&t, "2021-03", NULL, "2021-04-02"), 45000);
    assert_int_equal(trial_fen(&t, "2021-03", "2021-04-03", "2021-04-02"), 15000);
    explained(&t, NULL, 0, "covered at the standard, 150.00");
    explained(&t, "2021-04-03", 0, "nothing would be determined otherwise");
    explained(&t, "2021-05-20", 0, "stored amount 150.00, recomputed 350.00");
    explained(&t, "2021-03-09", 0, "stored amount 150.00, recomputed 50.00");
    explained(&t, "2021-05-20", date_day(2021, 4, 2), "stored amount 150.00, recomputed 450.00");
    explained(&t, NULL, date_day(2020, 6, 1), "stored amount 150.00, recomputed 50.00");
    town_done(&t);
}

/* A trial leaves no row anywhere; the run behind it gives what it gave. */
static void trial_writes_nothing(void **state)
{
    struct town t = history(*state);
    int64_t before = position_now(t.c, CASE_COUNTY);
    int64_t fen = trial_fen(&t, "2021-03", NULL, NULL);
    assert_int_equal(trial_fen(&t, "2021-04", NULL, NULL), 45000);
    assert_int_equal(position_now(t.c, CASE_COUNTY), before);
    check_text(rows_of(t.c, "SELECT count(*) FROM run_job", "i", &t.a), "2");
    assert_int_equal(run_fen(&t, "2021-03", "2021-06-01"), fen);
    /* The run of March that stood in April still does, for that time. */
    assert_int_equal(trial_fen(&t, "2021-04", "2021-04-20", NULL), 45000);
    town_done(&t);
}

static void times_refused(void **state)
{
    struct town t = history(*state);
    struct conn *conn = NULL;
    struct run_result r;
    int64_t p = 0, ms = 0;
    const struct run_spec spec = {.city = t.c, .month = month_at("2021-03")};
    struct instant early = {.known_at_ms = ms_of("2020-12-01")};
    struct instant to_come = {.known_at_ms = clock_ms() + INT64_C(2) * 86400000};
    struct list_spec list = {.lo = 0,
                             .hi = INT64_MAX,
                             .sex = -1,
                             .age_from = -1,
                             .age_to = -1,
                             .limit = 10,
                             .at = early};
    struct household_item *items = NULL;
    struct list_after next;
    size_t n = 0;
    char text[17];
    assert_false(known_at_read(S("2021-02-30"), &ms));
    assert_false(known_at_read(S("2021-02-03T24:00"), &ms));
    assert_false(known_at_read(S("2021-02-03 10:00"), &ms));
    assert_true(known_at_read(S("2021-02-03T08:00"), &ms));
    assert_int_equal(ms, INT64_C(1612310400000) + 59999);
    check_text(str_from(known_at_text(ms, text)), "2021-02-03T08:00");
    check_ok(store_reader(t.c->store, &conn, err));
    check_fails(instant_position(conn, CASE_COUNTY, early.known_at_ms, &p, err), RC_BAD_INPUT,
                "nothing was known of county 990102 yet; expected 2020-12-15T23:59 or later");
    check_fails(instant_position(conn, 990199, early.known_at_ms, &p, err), RC_BAD_INPUT,
                "nothing was ever recorded of county 990199");
    check_fails(instant_position(conn, CASE_COUNTY, to_come.known_at_ms, &p, err), RC_BAD_INPUT,
                "is to come");
    check_fails(list_households(&list, conn, &t.a, &items, &n, &next, err), RC_BAD_INPUT,
                "nothing was");
    check_ok(instant_position(conn, CASE_COUNTY, clock_ms(), &p, err));
    assert_int_equal(p, position_now(t.c, CASE_COUNTY));
    store_reader_done(conn);
    check_fails(run_trial(&spec, &early, &t.a, &r, err), RC_BAD_INPUT, "nothing was");
    check_fails(run_trial(&spec, &to_come, &t.a, &r, err), RC_BAD_INPUT, "is to come");
    town_done(&t);
}

/* A higher standard is released in June: whoever asks as known in May gets the lower one. */
static void rules_of_then(void **state)
{
    struct town t = history(*state);
    struct release_row release;
    struct conn *conn = NULL;
    struct init_spec init = case_spec(*state, &t.home, &t.a);
    init.at_ms = INT64_C(4102444800000); /* behind the clock's, at which the first was released */
    home_put(&t.home, "places/town.hm",
             str_fmt(&t.a,
                     "%s  set dibao.standard from 2021-01: 700.00 for urban, 500.00 for rural\n",
                     run_place)
                 .p);
    city_close(t.c);
    check_ok(city_init(&init, &t.a, err));
    check_ok(city_open(init.url, init.key_path, "tester", &t.a, &t.c, err));
    check_ok(store_reader(t.c->store, &conn, err));
    check_ok(rule_release_at(conn, 0, &t.a, &release, err));
    assert_int_equal(release.number, 2);
    check_ok(rule_release_at(conn, clock_ms(), &t.a, &release, err));
    assert_int_equal(release.number, 1);
    check_ok(rule_release_at(conn, 1, &t.a, &release, err));
    assert_int_equal(release.number, 1);
    store_reader_done(conn);
    assert_int_equal(trial_fen(&t, "2021-03", NULL, NULL), 40000);
    assert_int_equal(trial_fen(&t, "2021-03", "2021-05-20", NULL), 35000);
    explained(&t, "2021-05-20", 0, "stored amount 150.00, recomputed 350.00");
    town_done(&t);
}

/* ---- everything as it was ---------------------------------------------------------------------- */

enum { FAMILIES = 40 };

struct looking {
    struct town *t;
    struct conn *conn;
    struct sbuf out;
    struct instant when; /* 0: as it is now, on `today` */
    day today;
};

static void look_at_home(struct looking *k, int64_t household, int64_t position)
{
    struct household_view v;
    struct view_event *e = NULL;
    size_t n = 0;
    struct err none = {0};
    struct arena *a = &k->t->a;
    enum rc rc = household_view_then(k->t->c, k->conn, CASE_COUNTY, household, k->today, position,
                                     false, a, &v, &none);
    if (rc == RC_NOT_FOUND)
        return;
    assert_int_equal(rc, RC_OK);
    sbuf_fmt(&k->out, "home %lld at %lld of %lld %.*s-%.*s %d version %lld\n", (long long)household,
             (long long)v.division, (long long)v.head, STR_ARG(v.from), STR_ARG(v.to), v.over,
             (long long)v.version);
    for (size_t i = 0; i < v.members.n; i++) {
        const struct view_member *m = &v.members.at[i];
        sbuf_fmt(&k->out, "  %lld %.*s %d %.*s %.*s %.*s %.*s %.*s %d\n", (long long)m->person,
                 STR_ARG(m->name), m->sex, STR_ARG(m->birth), STR_ARG(m->death),
                 STR_ARG(m->relation), STR_ARG(m->from), STR_ARG(m->to), m->here);
    }
    for (size_t i = 0; i < v.facts.n; i++) {
        const struct view_fact *f = &v.facts.at[i];
        sbuf_fmt(&k->out, "  %lld %.*s %.*s %.*s %lld\n", (long long)f->person,
                 STR_ARG(f->field->name.text), STR_ARG(fact_shown(f->field, &f->value, false, a)),
                 STR_ARG(f->from), (long long)f->position);
    }
    for (size_t i = 0; i < v.enrolments.n; i++) {
        const struct view_enrolment *e_ = &v.enrolments.at[i];
        sbuf_fmt(&k->out, "  on %.*s %lld %.*s-%.*s\n", STR_ARG(e_->programme),
                 (long long)e_->person, STR_ARG(e_->from), STR_ARG(e_->to));
    }
    check_ok(household_story_then(k->t->c, k->conn, CASE_COUNTY, household, position, 1000, a, &e,
                                  &n, err));
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&k->out, "  told %.*s %s %.*s %.*s %lld\n", STR_ARG(e[i].day), e[i].kind,
                 STR_ARG(e[i].what[0]), STR_ARG(e[i].who), (long long)e[i].at_ms);
}

static void add_households(struct looking *k, const struct list_spec *s, size_t *n,
                           struct list_after *next)
{
    struct household_item *h = NULL;
    check_ok(list_households(s, k->conn, &k->t->a, &h, n, next, err));
    for (size_t i = 0; i < *n; i++)
        sbuf_fmt(&k->out, "%lld %lld %.*s at %lld: %lld, %.*s\n", (long long)h[i].household,
                 (long long)h[i].head, STR_ARG(h[i].head_name), (long long)h[i].division,
                 (long long)h[i].members, STR_ARG(h[i].programmes));
}

static void add_persons(struct looking *k, const struct list_spec *s, size_t *n,
                        struct list_after *next)
{
    struct person_item *p = NULL;
    check_ok(list_persons(s, k->conn, &k->t->a, &p, n, next, err));
    for (size_t i = 0; i < *n; i++)
        sbuf_fmt(&k->out, "%lld %.*s %d %d in %lld at %lld %d%d, %.*s\n", (long long)p[i].person,
                 STR_ARG(p[i].name), p[i].sex, p[i].birth, (long long)p[i].household,
                 (long long)p[i].division, p[i].gone, p[i].head, STR_ARG(p[i].programmes));
}

/* Page by page to the end, then how many there are. */
static void look_at_list(struct looking *k, struct list_spec s, bool persons, const char *called)
{
    struct list_after next = {.given = true};
    struct list_count count;
    size_t pages = 0;
    s.today = k->today;
    s.at = k->when;
    s.limit = 7;
    sbuf_fmt(&k->out, "list %s\n", called);
    for (; next.given; s.after = next, pages++) {
        size_t n = 0;
        assert_true(pages < 100);
        if (persons)
            add_persons(k, &s, &n, &next);
        else
            add_households(k, &s, &n, &next);
    }
    check_ok(list_count(&s, persons, k->conn, &count, err));
    sbuf_fmt(&k->out, "list %s: %lld\n", called, (long long)count.n);
}

static void look_at_lists(struct looking *k)
{
    static const enum list_order orders[] = {LIST_BY_NAME, LIST_BY_DIVISION, LIST_NEWEST,
                                             LIST_BY_BIRTH};
    static const char *const typed[] = {"", "wang", "张"};
    static const int64_t bounds[][2] = {
        {990100000000, 990199999999}, {990102001000, 990102001999}, {VILLAGE_R, VILLAGE_R}};
    char called[100];
    for (size_t i = 0; i < 4 * 3 * 2 * 3 * 2; i++) {
        struct list_spec s = {.order = orders[i % 4],
                              .typed = str_from(typed[i / 4 % 3]),
                              .programme = i / 12 % 2 ? S("dibao") : S(""),
                              .lo = bounds[i / 24 % 3][0],
                              .hi = bounds[i / 24 % 3][1],
                              .down = i / 72 % 2,
                              .sex = -1,
                              .age_from = -1,
                              .age_to = -1};
        snprintf(called, sizeof called, "%zu", i);
        if (s.order != LIST_BY_BIRTH)
            look_at_list(k, s, false, called);
        if (s.order == LIST_BY_NAME || s.order == LIST_BY_BIRTH) {
            look_at_list(k, s, true, called);
            s.gone = s.programme.n == 0;
            s.sex = 2;
            s.age_from = 20;
            s.age_to = 60;
            look_at_list(k, s, true, called);
        }
    }
}

static void look_at_file(struct looking *k, enum load_kind kind, const void *state)
{
    const char *path = fresh_path(state, &k->t->a, "out.csv");
    const struct dump_spec spec = {
        .city = k->t->c, .kind = kind, .on_day = k->today, .known_at_ms = k->when.known_at_ms};
    struct file_out f;
    int64_t rows = 0;
    str text = {0};
    check_ok(file_out_open(&f, path, err));
    check_ok(dump_file(&spec, &f, &rows, err));
    check_ok(file_out_commit(&f, err));
    check_ok(file_read(path, 1 << 22, &k->t->a, &text, err));
    assert_true(rows > 0);
    sbuf_add(&k->out, text);
}

/* All there is to see on a day: now, or as known at a time. */
static str look(struct town *t, const void *state, day today, int64_t known_at_ms)
{
    struct looking k = {.t = t, .today = today};
    int64_t position = 0;
    if (known_at_ms != 0)
        k.when = (struct instant){today, known_at_ms};
    sbuf_init(&k.out, 1 << 24);
    check_ok(store_reader(t->c->store, &k.conn, err));
    if (known_at_ms != 0)
        check_ok(instant_position(k.conn, CASE_COUNTY, known_at_ms, &position, err));
    for (int64_t h = 1; h <= FAMILIES; h++)
        look_at_home(&k, h, position);
    look_at_lists(&k);
    store_reader_done(k.conn);
    for (int kind = 0; kind < LOAD_KINDS; kind++)
        look_at_file(&k, (enum load_kind)kind, state);
    str text = str_dup(&t->a, sbuf_str(&k.out));
    sbuf_deinit(&k.out);
    return text;
}

static void check_same(str then, str now)
{
    size_t line = 1, from = 0;
    if (str_eq(then, now))
        return;
    for (size_t i = 0; i < then.n && i < now.n && then.p[i] == now.p[i]; i++)
        if (then.p[i] == '\n') {
            line++;
            from = i + 1;
        }
    fail_msg("line %zu: then\n%.*s\nnow\n%.*s", line, STR_ARG(str_sub(then, from, from + 400)),
             STR_ARG(str_sub(now, from, from + 400)));
}

static const char *const names[] = {"王小明", "张三", "李四",     "欧阳娜",
                                    "王芳",   "张伟", "阿依古丽", "单于飞"};

static unsigned below(unsigned *seed, unsigned n)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % n;
}

/* A day from `first` on, up to today. */
static const char *some_day(unsigned *seed, day first, day today, char out[11])
{
    return date_text(first + (day)below(seed, (unsigned)(today - first + 1)), out);
}

/* One thing of one family is told, or told otherwise, as of some day up to today. */
static void some_change(struct town *t, unsigned *seed, day today)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    struct city *c = t->c;
    int64_t household = 1 + below(seed, FAMILIES), person = household + 1000,
            child = household + 2000;
    char from[11], facts[80], birth[11];
    some_day(seed, date_day(2020, 1, 2), today, from);
    date_text(date_day(1950, 1, 1) + (day)below(seed, 20000), birth);
    const char *name = names[below(seed, sizeof names / sizeof *names)];
    snprintf(facts, sizeof facts, "income %u", below(seed, 9) * 10000);
    switch (below(seed, 8)) {
    case 0:
        home_at(c, household, from, villages[below(seed, 3)], person);
        break;
    case 1:
        person_at(c, person, name, 1 + (int)below(seed, 2), birth, "");
        break;
    case 2:
        person_at(c, child, name, 2, "2001-02-03", below(seed, 3) == 0 ? from : "");
        member_at(c, household, child, "2020-01-01", DAY_OPEN, "20");
        break;
    case 3: /* left, and nobody says that it died */
        person_at(c, child, name, 2, "2001-02-03", "");
        member_at(c, household, child, "2020-01-01", from, "20");
        break;
    case 4:
        enrol_at(c, household, 0, "dibao", "2020-01-01", below(seed, 2) ? from : DAY_OPEN);
        break;
    case 5:
        enrol_at(c, household, person, "tekun", "2020-01-01", below(seed, 2) ? from : DAY_OPEN);
        break;
    default:
        facts_at(c, "x_assistance_person", person, from, DAY_OPEN, facts);
    }
}

static void found_again(void **state)
{
    enum { TIMES = 4, CHANGES = 60 };
    struct town t = town_begin(*state);
    unsigned seed = 20210403;
    str then[TIMES];
    day days[TIMES];
    char text[11];
    at("2020-12-15");
    for (int64_t h = 1; h <= FAMILIES; h++)
        family_at(t.c, h, VILLAGE_1, names[h % 8], "1980-06-15");
    for (int i = 0; i < TIMES; i++) {
        days[i] = date_day(2021, 1 + i, 5);
        at(date_text(days[i], text));
        for (int k = 0; k < CHANGES; k++)
            some_change(&t, &seed, days[i]);
        then[i] = look(&t, *state, days[i], 0);
    }
    for (int i = 0; i < TIMES; i++)
        check_same(then[i], look(&t, *state, days[i], ms_of(date_text(days[i], text))));
    for (int i = 1; i < TIMES; i++)
        assert_false(str_eq(then[i - 1], then[i]));
    town_done(&t);
}

/* ---- records of a register --------------------------------------------------------------------- */

static int64_t clue_put(struct town *t, int64_t record, const char *found_on, const char *state)
{
    const struct reg *reg = rules_reg(t->c->rules, S("clue"));
    const struct {
        const char *name, *value;
    } given[] = {{"about", "老王"},      {"spot", "东楼"},     {"kind", "illness"},
                 {"found_on", found_on}, {"reporter", "grid"}, {"urgency", "usual"},
                 {"state", state}};
    enum { GIVEN = sizeof given / sizeof *given };
    struct record_value values[GIVEN];
    struct record_row row;
    const struct record_edit e = {.city = t->c,
                                  .reg = reg,
                                  .county = CASE_COUNTY,
                                  .record = record,
                                  .division = record == 0 ? VILLAGE_1 : 0,
                                  .day = date_day(2020, 12, 20),
                                  .who = S("tester"),
                                  .values = values,
                                  .n = GIVEN};
    for (size_t i = 0; i < GIVEN; i++)
        for (size_t k = 0; k < reg->n_fields; k++)
            if (str_eq(reg->fields[k]->name.text, str_from(given[i].name)))
                values[i] = (struct record_value){reg->fields[k], V_TEXT(str_from(given[i].value))};
    check_ok(record_edit(&e, &row, err));
    return row.record;
}

/* The records in their order, by day of finding and state; known_at_ms 0: as of the day, known now. */
static str clues(struct town *t, int64_t known_at_ms)
{
    const struct reg *reg = rules_reg(t->c->rules, S("clue"));
    struct list_spec s = {.hi = INT64_MAX,
                          .sex = -1,
                          .age_from = -1,
                          .age_to = -1,
                          .today = date_day(2020, 12, 31),
                          .limit = 2,
                          .at = {date_day(2020, 12, 31), known_at_ms}};
    struct list_after next = {.given = true};
    struct list_count count = {0};
    struct conn *conn = NULL;
    str text = S("");
    check_ok(store_reader(t->c->store, &conn, err));
    for (; next.given; s.after = next) {
        struct record_row *rows = NULL;
        size_t n = 0;
        int64_t position = 0;
        check_ok(
            record_list_then(t->c->registers, &s, reg, conn, &t->a, &rows, &n, &next, &count, err));
        check_ok(instant_position(conn, CASE_COUNTY, known_at_ms, &position, err));
        for (size_t i = 0; i < n; i++) {
            struct view_fact *v = NULL;
            size_t n_values = 0;
            check_ok(record_values_then(t->c->registers, reg, conn, CASE_COUNTY, rows[i].record,
                                        s.at.as_of, position, &t->a, &v, &n_values, err));
            for (size_t k = 0; k < n_values; k++)
                if (str_eq(v[k].field->name.text, S("found_on")) ||
                    str_eq(v[k].field->name.text, S("state")))
                    text = str_fmt(&t->a, "%.*s%.*s ", STR_ARG(text), STR_ARG(v[k].value.s));
        }
    }
    store_reader_done(conn);
    return str_fmt(&t->a, "%.*s(%lld)", STR_ARG(text), (long long)count.n);
}

/* The clock's next millisecond, so that what follows is later than what was. */
static int64_t now_is_past(void)
{
    int64_t ms = clock_ms();
    while (clock_ms() == ms)
        continue;
    return ms;
}

static void records_of_then(void **state)
{
    struct town t = town_begin(*state);
    const struct reg *reg = rules_reg(t.c->rules, S("clue"));
    struct record_row row;
    struct record_version *history = NULL;
    struct conn *conn = NULL;
    size_t n = 0;
    int64_t first = clue_put(&t, 0, "2020-12-03", "new");
    clue_put(&t, 0, "2020-12-11", "new");
    int64_t two = now_is_past();
    int64_t before = position_now(t.c, CASE_COUNTY);
    int64_t third = clue_put(&t, 0, "2020-12-07", "new");
    int64_t three = now_is_past();
    clue_put(&t, first, "2020-12-15", "visited");
    check_text(clues(&t, two), "2020-12-03 new 2020-12-11 new (2)");
    check_text(clues(&t, three), "2020-12-03 new 2020-12-07 new 2020-12-11 new (3)");
    check_text(clues(&t, 0), "2020-12-07 new 2020-12-11 new 2020-12-15 visited (3)");
    check_ok(store_reader(t.c->store, &conn, err));
    check_fails(
        record_read_then(t.c->registers, reg, conn, CASE_COUNTY, third, before, &t.a, &row, err),
        RC_NOT_FOUND, "on record then");
    check_ok(
        record_read_then(t.c->registers, reg, conn, CASE_COUNTY, first, before, &t.a, &row, err));
    assert_true(row.version > 0 && row.version <= before);
    check_ok(record_read_then(t.c->registers, reg, conn, CASE_COUNTY, first, 0, &t.a, &row, err));
    assert_true(row.version > before);
    check_ok(record_history_then(t.c->registers, reg, conn, CASE_COUNTY, first, before, &t.a,
                                 &history, &n, err));
    assert_int_equal(n, 1);
    store_reader_done(conn);
    town_done(&t);
}

/* ---- who sees what ---------------------------------------------------------------------------- */

static void seen_where_it_lived(void **state)
{
    struct town t = town_begin(*state);
    struct conn *conn = NULL;
    day march = date_day(2021, 3, 1);
    at("2021-01-10");
    family_at(t.c, 1, VILLAGE_R, "张三", "1980-06-15");
    family_at(t.c, 2, VILLAGE_1, "李四", "1980-06-15");
    at("2021-04-10");
    home_at(t.c, 1, "2021-04-01", VILLAGE_1, 1001);
    check_ok(store_reader(t.c->store, &conn, err));
    struct list_spec s = {.lo = VILLAGE_R,
                          .hi = VILLAGE_R,
                          .sex = -1,
                          .age_from = -1,
                          .age_to = -1,
                          .today = date_day(2021, 6, 1),
                          .limit = 10,
                          .at = {.as_of = march}};
    struct household_item *items = NULL;
    struct list_after next;
    size_t n = 0;
    check_ok(list_households(&s, conn, &t.a, &items, &n, &next, err));
    assert_int_equal(n, 1);
    assert_int_equal(items[0].household, 1);
    /* Only what is seen where it lives today. */
    s.seen_lo = 990102100000;
    s.seen_hi = 990102199999;
    check_ok(list_households(&s, conn, &t.a, &items, &n, &next, err));
    assert_int_equal(n, 0);
    s.seen_lo = 990102001000;
    s.seen_hi = 990102001999;
    check_ok(list_households(&s, conn, &t.a, &items, &n, &next, err));
    assert_int_equal(n, 1);
    store_reader_done(conn);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(four_questions),      BOTH(trial_writes_nothing), BOTH(times_refused),
        BOTH(rules_of_then),       BOTH(found_again),          BOTH(records_of_then),
        BOTH(seen_where_it_lived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
