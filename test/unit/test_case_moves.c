/* The table of moves: every state can be reached, and what is not in the table cannot happen. */
#include "unit/test_case_town.h"

static const struct move {
    enum case_status from;
    enum event_kind kind;
    enum case_status to;
} moves[] = {
#define MOVE(from, event, guard, to) {CASE_##from, EVENT_##event, CASE_##to},
#include "work/case_move.def"
#undef MOVE
};
enum { N_MOVES = sizeof moves / sizeof moves[0] };

/* A service, its calendar, and events one after another. */
struct tale {
    struct town t;
    struct case_ground g;
    struct case_event events[40];
    size_t n;
    day today;
};

static struct tale tale_begin(void *state, const char *service, const char *today)
{
    struct tale x = {.t = case_begin(state), .today = day_at(today)};
    struct conn *c = NULL;
    struct calendar *calendar = NULL;
    check_ok(store_reader(x.t.c->store, &c, err));
    check_ok(calendar_read(c, &x.t.a, &calendar, err));
    store_reader_done(c);
    x.g = (struct case_ground){.rules = x.t.c->rules,
                               .service = rules_service(x.t.c->rules, str_from(service)),
                               .calendar = calendar,
                               .division = VILLAGE_1};
    assert_non_null(x.g.service);
    return x;
}

static void add(struct tale *x, enum event_kind kind, const char *step, const char *data)
{
    struct case_event *e = &x->events[x->n++];
    *e = (struct case_event){.seq = (int64_t)x->n,
                             .kind = kind,
                             .step = str_from(step),
                             .day = x->today,
                             .who = S("tester"),
                             .text = S("…"),
                             .data = json_of(&x->t, data)};
}

static enum rc folded(struct tale *x, struct case_state **out, struct err *err)
{
    return case_fold(&x->g, x->events, x->n, &x->t.a, out, err);
}

static struct case_state *state_of(struct tale *x)
{
    struct case_state *s = NULL;
    check_ok(folded(x, &s, err));
    return s;
}

/* Shortest ways into each state. */
static void into(struct tale *x, enum case_status status)
{
    x->n = 0;
    if (status == CASE_NEW)
        return;
    add(x, EVENT_ACCEPTED, "", "{}");
    switch (status) {
    case CASE_SUPPLEMENT:
        add(x, EVENT_SUPPLEMENT_ASKED, "", "{\"papers\":[\"application\"]}");
        break;
    case CASE_PAUSED:
        add(x, EVENT_PAUSED, "", "{\"why\":\"函\"}");
        break;
    case CASE_WITHDRAWN:
        add(x, EVENT_WITHDRAWN, "", "{}");
        break;
    case CASE_TRANSFERRED:
        add(x, EVENT_TRANSFERRED, "", "{\"outside\":true,\"to\":\"乙县\"}");
        break;
    case CASE_DECIDED:
    case CASE_DONE:
        add(x, EVENT_STEP_DONE, "survey", "{}");
        add(x, EVENT_STEP_DONE, "verify", "{}");
        add(x, EVENT_OPINION, "", "{\"grant\":false}");
        add(x, EVENT_POSTING_BEGAN, "", "{\"place\":\"栏\"}");
        x->today += 7;
        add(x, EVENT_POSTING_ENDED, "", "{}");
        add(x, EVENT_DECIDED, "", "{\"grant\":false}");
        if (status == CASE_DONE)
            add(x, EVENT_TOLD, "", "{\"channel\":\"当面\"}");
        break;
    default:
        break;
    }
}

static bool in_table(enum case_status from, enum event_kind kind)
{
    for (size_t i = 0; i < N_MOVES; i++)
        if (moves[i].from == from && moves[i].kind == kind)
            return true;
    return false;
}

/* The service for the test stops its clock for letters, which none of the shipped ones does. */
static void letters_stop(struct tale *x, struct service *copy)
{
    *copy = *x->g.service;
    copy->stops_for_letter = true;
    x->g.service = copy;
}

static void what_is_not_in_the_table_cannot_happen(void **state)
{
    struct tale x = tale_begin(*state, "dibao_application", "2020-11-02");
    struct service copy;
    letters_stop(&x, &copy);
    for (enum case_status s = CASE_NEW; s < CASE__COUNT; s++) {
        into(&x, s);
        struct case_state *at = state_of(&x);
        assert_int_equal(at->status, s);
        size_t n = x.n;
        for (enum event_kind k = 0; k < EVENT__COUNT; k++) {
            struct case_state *none = NULL;
            if (in_table(s, k))
                continue;
            x.n = n;
            add(&x, k, "", "{}");
            check_fails(folded(&x, &none, err), RC_RULE, "");
            assert_true(case_refuses(&x.g, at, k, case_step_for(at, k, S("")), x.today) != NULL);
        }
        x.today = day_at("2020-11-02");
    }
    town_done(&x.t);
}

/* One case in which everything happens that can: after each event it is in the state expected. */
static void everything_in_one_case(void **state)
{
    static const struct {
        enum event_kind kind;
        const char *step, *data;
        enum case_status to;
    } all[] = {
        {EVENT_ACCEPTED, "", "{}", CASE_OPEN},
        {EVENT_NOTE, "", "{}", CASE_OPEN},
        {EVENT_FACT, "", "{\"facts\":[]}", CASE_OPEN},
        {EVENT_PAPER, "", "{\"paper\":\"proxy\",\"have\":\"yes\"}", CASE_OPEN},
        {EVENT_SUPPLEMENT_ASKED, "", "{\"papers\":[\"application\"]}", CASE_SUPPLEMENT},
        {EVENT_EXTENDED, "", "{}", CASE_SUPPLEMENT},
        {EVENT_SUPPLEMENT_GIVEN, "", "{\"papers\":[\"application\"]}", CASE_OPEN},
        {EVENT_PAUSED, "", "{\"why\":\"函\"}", CASE_PAUSED},
        {EVENT_RESUMED, "", "{}", CASE_OPEN},
        {EVENT_TRANSFERRED, "", "{\"division\":990102001002}", CASE_OPEN},
        {EVENT_STEP_DONE, "survey", "{}", CASE_OPEN},
        {EVENT_STEP_DONE, "verify", "{}", CASE_OPEN},
        {EVENT_OPINION, "", "{\"grant\":true}", CASE_OPEN},
        {EVENT_POSTING_BEGAN, "", "{\"place\":\"栏\"}", CASE_OPEN},
        {EVENT_OBJECTION, "", "{}", CASE_OPEN},
        {EVENT_STEP_DONE, "survey", "{}", CASE_OPEN},
        {EVENT_OPINION, "", "{\"grant\":true}", CASE_OPEN},
        {EVENT_RESURVEY, "", "{}", CASE_OPEN},
        {EVENT_STEP_DONE, "survey", "{}", CASE_OPEN},
        {EVENT_OPINION, "", "{\"grant\":false}", CASE_OPEN},
        {EVENT_POSTING_BEGAN, "", "{\"place\":\"栏\"}", CASE_OPEN},
        {EVENT_BLOCKED, "", "{}", CASE_OPEN},
        {EVENT_COMPLAINT, "", "{}", CASE_OPEN},
        {EVENT_COUNTY_VISIT, "", "{}", CASE_OPEN},
        {EVENT_WITHDRAWN, "", "{}", CASE_WITHDRAWN},
        {EVENT_REOPENED, "", "{}", CASE_OPEN},
        {EVENT_POSTING_ENDED, "", "{}", CASE_OPEN},
        {EVENT_DECIDED, "", "{\"grant\":false}", CASE_DECIDED},
        {EVENT_REOPENED, "", "{}", CASE_OPEN},
        {EVENT_TRANSFERRED, "", "{\"outside\":true,\"to\":\"乙县\"}", CASE_TRANSFERRED},
        {EVENT_REOPENED, "", "{}", CASE_OPEN},
        {EVENT_DECIDED, "", "{\"grant\":false}", CASE_DECIDED},
        {EVENT_TOLD, "", "{\"channel\":\"当面\"}", CASE_DONE},
        {EVENT_NOTE, "", "{}", CASE_DONE},
    };
    struct tale x = tale_begin(*state, "dibao_application", "2020-11-02");
    struct service copy;
    bool seen[CASE__COUNT] = {[CASE_NEW] = true}, kinds[EVENT__COUNT] = {[EVENT_PAID] = true};
    letters_stop(&x, &copy);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].kind == EVENT_POSTING_ENDED)
            x.today += 7;
        add(&x, all[i].kind, all[i].step, all[i].data);
        struct case_state *s = state_of(&x);
        if (s->status != all[i].to)
            fail_msg("event %zu %s: found %s, expected %s", i + 1, event_word(all[i].kind),
                     case_status_word(s->status), case_status_word(all[i].to));
        assert_int_equal(s->version, i + 1);
        seen[s->status] = true;
        kinds[all[i].kind] = true;
    }
    for (enum case_status s = 0; s < CASE__COUNT; s++)
        assert_true(seen[s]);
    for (enum event_kind k = 0; k < EVENT__COUNT; k++) /* paid has its test with urgent relief */
        assert_true(kinds[k]);
    assert_int_equal(state_of(&x)->owner, 990102001002);
    town_done(&x.t);
}

/* Stopped by a letter: the clock stands, and the state with it. */
static void a_letter_stops_the_clock(void **state)
{
    struct tale x = tale_begin(*state, "dibao_application", "2020-11-02");
    struct service copy;
    letters_stop(&x, &copy);
    into(&x, CASE_PAUSED);
    day due = state_of(&x)->due;
    assert_int_equal(state_of(&x)->stops, STOP_LETTER);
    x.today = day_at("2020-11-09");
    add(&x, EVENT_RESUMED, "", "{}");
    struct case_state *s = state_of(&x);
    assert_int_equal(s->status, CASE_OPEN);
    assert_int_equal(s->stops, 0);
    assert_int_equal(due, day_at("2020-12-14"));
    assert_int_equal(s->due, day_at("2020-12-21")); /* five working days later */
    town_done(&x.t);
}

/* Steps beside one another; what waits for both opens with the second. */
static void parallel_steps(void **state)
{
    struct tale x = tale_begin(*state, "dibao_application", "2020-11-02");
    into(&x, CASE_OPEN);
    assert_non_null(case_step_for(state_of(&x), EVENT_STEP_DONE, S("survey")));
    assert_non_null(case_step_for(state_of(&x), EVENT_STEP_DONE, S("verify")));
    add(&x, EVENT_STEP_DONE, "verify", "{}");
    assert_null(case_step_for(state_of(&x), EVENT_OPINION, S("")));
    add(&x, EVENT_STEP_DONE, "survey", "{}");
    assert_non_null(case_step_for(state_of(&x), EVENT_OPINION, S("")));
    /* An opinion is no step_done, and one done is not done again. */
    add(&x, EVENT_STEP_DONE, "opinion", "{}");
    struct case_state *none = NULL;
    check_fails(folded(&x, &none, err), RC_RULE, "event 4: this step is not open");
    x.n--;
    add(&x, EVENT_STEP_DONE, "survey", "{}");
    check_fails(folded(&x, &none, err), RC_RULE, "not open");
    town_done(&x.t);
}

/* Done again after the opinion, without anybody's objection; the check of the county stays. */
static void resurvey(void **state)
{
    struct tale x = tale_begin(*state, "dibao_application", "2020-11-02");
    struct case_state *none = NULL;
    into(&x, CASE_OPEN);
    add(&x, EVENT_RESURVEY, "", "{}");
    check_fails(folded(&x, &none, err), RC_RULE, "nothing was surveyed");
    x.n--;
    add(&x, EVENT_STEP_DONE, "survey", "{}");
    add(&x, EVENT_STEP_DONE, "verify", "{}");
    add(&x, EVENT_OPINION, "", "{\"grant\":true}");
    add(&x, EVENT_RESURVEY, "", "{}");
    struct case_state *s = state_of(&x);
    assert_int_equal(s->opinion.seq, 0);
    assert_int_equal(s->steps[1].status, STEP_OPEN);
    assert_int_equal(s->steps[2].status, STEP_DONE);
    assert_int_equal(s->steps[3].status, STEP_WAITING);
    town_done(&x.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(what_is_not_in_the_table_cannot_happen),
        ON_SQLITE(everything_in_one_case),
        ON_SQLITE(a_letter_stops_the_clock),
        ON_SQLITE(parallel_steps),
        ON_SQLITE(resurvey),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
