/*
 * What the tests of the case share: a made-up town with all lines on and its calendar, families, clerks
 * of every level, a keeper of money that writes down what it is told, and events in one line each.
 */
#ifndef HUIMIN_UNIT_TEST_CASE_TOWN_H
#define HUIMIN_UNIT_TEST_CASE_TOWN_H

#include "unit/test_run_case.h"

#include "base/file.h"
#include "work/case.h"
#include "work/clock.h"
#include "work/effect.h"
#include "work/money.h"
#include "work/notice.h"

/* The values of the shipped place, for a town of its own. */
static inline void town_place(const struct home *h)
{
    struct arena a = {0};
    str text, first, rest;
    check_ok(file_read(HUIMIN_SRC "/places/panzhihua.hm", 1 << 20, &a, &text, err));
    assert_true(str_cut(text, '\n', &first, &rest));
    home_put(h, "places/town.hm",
             str_fmt(&a,
                     "place town \"试城\" / \"Town\", division 990100000000\n%.*s"
                     "  area hills \"山区\" / \"hills\" = 990102100000\n"
                     "  delegate dibao_application in hills to township from 2020-01 assumed "
                     "\"试\"\n",
                     STR_ARG(rest))
                 .p);
    arena_deinit(&a);
}

#define CASE_TOWN_1 990102001000
#define CASE_TOWN_R 990102100000
enum { CASE_FAMILY = 500, CASE_HEAD = 1500 };

static inline day day_at(const char *text)
{
    day d = 0;
    assert_true(date_parse(str_from(text), &d));
    return d;
}

/* ---- money that is only written down -------------------------------------------------------- */

static struct {
    char text[4000];
    size_t n;
} money_told;

static enum rc money_note(struct change *c, const struct money_decision *d, struct err *err)
{
    char m[8];
    (void)c;
    (void)err;
    money_told.n += (size_t)snprintf(
        money_told.text + money_told.n, sizeof money_told.text - money_told.n,
        "%lld/%lld %.*s %s%s %lld; ", (long long)d->household_id, (long long)d->person_id,
        STR_ARG(d->programme), month_text(d->from, m), d->once ? " once" : "", (long long)d->fen);
    return RC_OK;
}

/* What was told since the last look. */
static inline str money_taken(void)
{
    static char last[4000];
    memcpy(last, money_told.text, sizeof last);
    money_told.n = 0;
    money_told.text[0] = '\0';
    return str_from(last);
}

/* ---- the town ------------------------------------------------------------------------------- */

static inline struct home case_home(void)
{
    struct home h = {"/tmp/huimin-case-XXXXXX"};
    char link[128];
    assert_non_null(mkdtemp(h.path));
    town_place(&h);
    home_put(&h, "places/town/divisions.csv", case_divisions);
    snprintf(link, sizeof link, "%s/lines", h.path);
    assert_int_equal(symlink(HUIMIN_SRC "/lines", link), 0);
    snprintf(link, sizeof link, "%s/places/panzhihua.hm", h.path);
    assert_int_equal(symlink(HUIMIN_SRC "/places/panzhihua.hm", link), 0);
    snprintf(link, sizeof link, "%s/places/calendar.csv", h.path);
    assert_int_equal(symlink(HUIMIN_SRC "/places/calendar.csv", link), 0);
    return h;
}

static inline struct town case_begin(void *state)
{
    static const struct money_hook hook = {.decide = money_note};
    struct town t = {.home = case_home()};
    t.c = case_city(state, &t.home, &t.a);
    check_ok(calendar_init(t.c, t.home.path, 0, err));
    money_register(&hook);
    money_told.n = 0;
    family(t.c, CASE_FAMILY, VILLAGE_1);
    return t;
}

static inline struct scope clerk(int64_t division, enum role role, const char *today)
{
    static struct scope_role roles[16];
    static size_t used;
    struct scope_role *r = &roles[used++ % 16];
    *r = (struct scope_role){role, S("")};
    return scope_office(division, r, str_from(role_code(role)), day_at(today));
}

/* The clerk of the town, the verifier and the decider of the county. */
static inline struct scope at_town(const char *today)
{
    return clerk(CASE_TOWN_1, ROLE_CLERK, today);
}
static inline struct scope at_county(enum role role, const char *today)
{
    return clerk(990102000000, role, today);
}

/* ---- events --------------------------------------------------------------------------------- */

static inline json_t *json_of(struct town *t, const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    if (j == NULL)
        fail_msg("not JSON: %s", text);
    arena_on_reset(&t->a, (void (*)(void *))json_decref, j);
    return j;
}

/* One case for one service; its id. */
static inline enum rc try_open(struct town *t, const struct scope *s, int64_t household,
                               int64_t person, const char *service, const char *facts,
                               const char *papers, struct case_made *made, struct err *err)
{
    const struct case_wanted wanted = {str_from(service), person};
    struct case_new n = {.county = CASE_COUNTY,
                         .household = household,
                         .services = &wanted,
                         .n_services = 1,
                         .applicant = S("张三"),
                         .relation = S("本人"),
                         .registered = S(""),
                         .note = S(""),
                         .facts = json_of(t, facts),
                         .papers = json_of(t, papers)};
    return case_open(t->c, s, &n, &t->a, made, err);
}

static inline int64_t opened(struct town *t, const struct scope *s, const char *service,
                             const char *facts)
{
    struct case_made made;
    bool review = strcmp(service, "dibao_review") == 0;
    check_ok(try_open(t, s, CASE_FAMILY, 0, service, facts,
                      review ? "[]" : "[{\"paper\":\"application\",\"have\":\"yes\"}]", &made,
                      err));
    return made.cases[0].case_id;
}

static inline struct case_whole whole(struct town *t, int64_t id)
{
    struct case_whole k = {0};
    struct conn *c = NULL;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(case_load(t->c, NULL, c, CASE_COUNTY, id, &t->a, &k, err));
    store_reader_done(c);
    return k;
}

static inline enum rc try_event(struct town *t, const struct scope *s, int64_t id,
                                const char *event, const char *step, const char *text,
                                const char *data, int64_t version, struct err *err)
{
    int64_t now = 0;
    const struct case_act act = {.kind = event_find(str_from(event)),
                                 .step = str_from(step),
                                 .text = str_from(text),
                                 .data = json_of(t, data),
                                 .version = version};
    assert_int_not_equal(act.kind, EVENT__COUNT);
    return case_do(t->c, s, CASE_COUNTY, id, &act, &t->a, &now, err);
}

#define event_ok(t, s, id, event, step, text, data)                                                \
    do {                                                                                           \
        const struct scope s_ = (s);                                                               \
        check_ok(try_event(t, &s_, id, event, step, text, data, 0, err));                          \
        check_kept(t, id);                                                                         \
    } while (0)
#define event_fails(t, s, id, event, step, text, data, code, words)                                \
    do {                                                                                           \
        const struct scope s_ = (s);                                                               \
        check_fails(try_event(t, &s_, id, event, step, text, data, 0, err), code, words);          \
        check_kept(t, id);                                                                         \
    } while (0)

/* The row says what the events say. */
static inline void check_kept(struct town *t, int64_t id)
{
    struct case_whole k = whole(t, id);
    const struct step_state *first = case_first_open(k.state);
    bool open = case_status_open(k.state->status);
    assert_int_equal(k.row.status, k.state->status);
    assert_int_equal(k.row.version, k.state->version);
    assert_int_equal(k.row.version, k.n_events);
    assert_int_equal(k.row.due, k.state->due);
    assert_int_equal(k.row.warn, k.state->warn);
    assert_int_equal(k.row.closed, k.state->closed);
    assert_int_equal(k.row.owner, k.state->owner);
    check_text(k.row.step, open && first != NULL ? str_z(&t->a, first->step->name.text) : "");
}

/* "accept done, survey open …" */
static inline str steps_of(struct town *t, int64_t id)
{
    struct case_whole k = whole(t, id);
    struct sbuf out;
    sbuf_init(&out, 4000);
    sbuf_fmt(&out, "%s:", case_status_word(k.state->status));
    for (size_t i = 0; i < k.ground.service->n_steps; i++)
        if (k.state->steps[i].status != STEP_WAITING)
            sbuf_fmt(&out, " %.*s %s", STR_ARG(k.state->steps[i].step->name.text),
                     step_status_word(k.state->steps[i].status));
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static inline str due_of(struct town *t, int64_t id, const char *step)
{
    struct case_whole k = whole(t, id);
    char text[11];
    if (step == NULL)
        return str_dup(&t->a, str_from(date_text(k.state->due, text)));
    for (size_t i = 0; i < k.ground.service->n_steps; i++)
        if (str_eq(k.ground.service->steps[i].name.text, str_from(step)))
            return str_dup(&t->a, str_from(date_text(k.state->steps[i].due, text)));
    return S("no such step");
}

/* Open tasks: "step survey 990102001000 clerk 2020-12-24; …" */
static inline str tasks_of(struct town *t, int64_t id)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "SELECT kind, step, division, role, due, paused FROM task WHERE case_id = %lld AND "
             "ended = '' AND kind <> 'notice' ORDER BY step, kind",
             (long long)id);
    return rows_of(t->c, sql, "ttitti", &t->a);
}

static inline str notices_for(struct town *t, int64_t id)
{
    struct conn *c = NULL;
    struct notice *n = NULL;
    size_t count = 0;
    struct sbuf out;
    sbuf_init(&out, 8000);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(notices_of_case(c, CASE_COUNTY, id, &t->a, &n, &count, err));
    store_reader_done(c);
    for (size_t i = 0; i < count; i++)
        sbuf_fmt(&out, "%s%.*s", i == 0 ? "" : " ", STR_ARG(n[i].kind));
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static inline str enrolments(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, person_id, programme, valid_from, valid_to, cause FROM "
                   "enrolment ORDER BY programme, person_id, valid_from",
                   "iitttt", &t->a);
}

#endif
