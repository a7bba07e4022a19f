/* Cases that go another way: relief at once, delegated, handed over, withdrawn, two clerks at once. */
#include "unit/test_case_town.h"

enum { HILL_FAMILY = 600, HILL_HEAD = 1600 };

static void has_words(str text, const char *words)
{
    if (str_find(text, str_from(words)) < 0)
        fail_msg("found “%.*s”, expected it to have “%s”", STR_ARG(text), words);
}

static const char fire[] = "[{\"person\":null,\"field\":\"event_month\",\"value\":\"2020-11\"},"
                           "{\"person\":null,\"field\":\"event_kind\",\"value\":\"accident\"},"
                           "{\"person\":null,\"field\":\"event_persons\",\"value\":1},"
                           "{\"person\":null,\"field\":\"hardship\",\"value\":\"heavy\"}]";

/* Money within the township's limit in one day; the papers follow, counted down on the desk. */
static void urgent_relief_is_paid_at_once(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "urgent_relief", fire);
    event_fails(&t, s, id, "paid", "", "", "{\"fen\":122000}", RC_RULE, "no payment is due");
    event_ok(&t, s, id, "step_done", "survey", "现场属实", "{}");
    event_ok(&t, s, id, "decided", "", "", "{\"grant\":true}");
    check_text(money_taken(), "500/0 relief_urgent 2020-11 once 122000; ");
    event_fails(&t, s, id, "paid", "", "", "{\"fen\":100000}", RC_RULE, "expected 1220.00");
    event_ok(&t, s, id, "paid", "", "", "{\"fen\":122000}");
    check_text(money_taken(), "");
    check_text(enrolments(&t), "");
    check_text(tasks_of(&t, id), "papers||990102001000|clerk|2020-11-16|0\n"
                                 "step|complete|990102001000|clerk|2020-11-16|0\n"
                                 "step|tell|990102001000|clerk|2020-11-03|0");
    const day limit = date_day(2020, 11, 3), papers_by = date_day(2020, 11, 16);
    assert_int_equal(whole(&t, id).state->due, limit);
    event_ok(&t, s, id, "told", "", "", "{\"channel\":\"当面\"}");
    assert_int_equal(whole(&t, id).state->due, papers_by);
    event_ok(&t, s, id, "step_done", "complete", "", "{}");
    assert_int_equal(whole(&t, id).state->due, papers_by);
    assert_int_equal(whole(&t, id).state->status, CASE_DECIDED);
    static const char *const papers[] = {"id_card", "event_proof", "signatures"};
    for (size_t i = 0; i < 3; i++) {
        const char *data = str_fmt(&t.a, "{\"paper\":\"%s\",\"have\":\"yes\"}", papers[i]).p;
        event_ok(&t, s, id, "paper", "", "", data);
    }
    assert_int_equal(whole(&t, id).state->status, CASE_DONE);
    check_text(tasks_of(&t, id), "");
    town_done(&t);
}

/* Above the township's limit: it can't decide, hands the case up, and the county does. */
static void large_relief_is_the_countys(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    joins(t.c, CASE_FAMILY, 1501);
    const char *facts = "[{\"person\":null,\"field\":\"event_month\",\"value\":\"2020-11\"},"
                        "{\"person\":null,\"field\":\"event_kind\",\"value\":\"accident\"},"
                        "{\"person\":null,\"field\":\"event_persons\",\"value\":2},"
                        "{\"person\":null,\"field\":\"hardship\",\"value\":\"heavy\"}]";
    int64_t id = opened(&t, &s, "urgent_relief", facts);
    event_ok(&t, s, id, "step_done", "survey", "", "{}");
    event_fails(&t, s, id, "decided", "", "", "{\"grant\":true}", RC_RULE,
                "found 2440.00, expected no more than 2000.00");
    event_ok(&t, s, id, "transferred", "", "超过乡镇限额", "{\"to\":\"990102000000\"}");
    check_text(tasks_of(&t, id), "step|decide|990102000000|decider|2020-11-03|0");
    event_fails(&t, s, id, "decided", "", "", "{\"grant\":true}", RC_RULE, "another office");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-02"), id, "decided", "", "", "{\"grant\":true}");
    check_text(money_taken(), "500/0 relief_urgent 2020-11 once 244000; ");
    town_done(&t);
}

/* In the hills the township decides itself: its head, within twenty working days. */
static void delegated_decision(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-02");
    struct case_made made;
    family(t.c, HILL_FAMILY, VILLAGE_R);
    check_ok(try_open(&t, &s, HILL_FAMILY, 0, "dibao_application", "[]", "[]", &made, err));
    int64_t id = made.cases[0].case_id;
    check_text(due_of(&t, id, NULL), "2020-11-30");
    event_ok(&t, s, id, "step_done", "survey", "", "{}");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-03"), id, "step_done", "verify", "", "{}");
    event_ok(&t, clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-04"), id, "opinion", "", "",
             "{\"grant\":true}");
    event_ok(&t, clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-04"), id, "posting_began", "", "",
             "{\"place\":\"村务公开栏\"}");
    event_ok(&t, clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-11"), id, "posting_ended", "", "", "{}");
    check_text(tasks_of(&t, id), "step|decide|990102100000|township_head|2020-11-25|0");
    event_fails(&t, clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-12"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "another office or role");
    event_ok(&t, clerk(CASE_TOWN_R, ROLE_HEAD, "2020-11-12"), id, "decided", "", "",
             "{\"grant\":true}");
    check_text(money_taken(), "600/0 dibao 2020-12 61000; ");
    town_done(&t);
}

/* To another township of the county the case goes with its tasks; to another county its record ends. */
static void transfer(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02"), hills = clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-03");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_fails(&t, hills, id, "note", "", "看不到", "{}", RC_NOT_FOUND, "there is none");
    event_fails(&t, s, id, "transferred", "", "", "{\"to\":\"990102100201\"}", RC_BAD_INPUT,
                "words");
    event_ok(&t, s, id, "transferred", "", "户籍在河镇", "{\"to\":\"990102100201\"}");
    check_text(tasks_of(&t, id), "step|survey|990102100000|clerk|2020-11-05|0\n"
                                 "step|verify|990102000000|verifier|2020-11-05|0");
    event_ok(&t, hills, id, "step_done", "survey", "", "{}");
    event_fails(&t, hills, id, "transferred", "", "又转", "{\"to\":\"990102100201\"}", RC_RULE,
                "already");
    event_ok(&t, hills, id, "transferred", "", "已迁往乙县", "{\"to\":\"990103001001\"}");
    struct case_whole k = whole(&t, id);
    assert_int_equal(k.state->status, CASE_TRANSFERRED);
    check_text(k.state->sent_to, "西社区");
    check_text(tasks_of(&t, id), "");
    event_fails(&t, hills, id, "opinion", "", "", "{\"grant\":true}", RC_RULE, "another place");
    town_done(&t);
}

/* While the clock stands a case goes to no other desk of the county, but may leave it. */
static void sent_away_while_it_waits(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02"), later = at_town("2020-11-04");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_ok(&t, later, id, "supplement_asked", "", "",
             "{\"papers\":[\"authorisation\",\"commitment\"]}");
    event_fails(&t, later, id, "transferred", "", "户籍在河镇", "{\"to\":\"990102100201\"}",
                RC_RULE, "to a place outside only");
    event_fails(&t, later, id, "transferred", "", "户籍在外地",
                "{\"to\":\"990102100201\",\"outside\":true}", RC_RULE, "to a place outside only");
    event_ok(&t, later, id, "transferred", "", "户籍在外地", "{\"to\":\"昆明市民政局\"}");
    struct case_whole k = whole(&t, id);
    assert_int_equal(k.state->status, CASE_TRANSFERRED);
    check_text(k.state->sent_to, "昆明市民政局");
    check_text(tasks_of(&t, id), "");
    town_done(&t);
}

/* What lay between is no working time. */
static void withdrawn_and_taken_up_again(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_ok(&t, at_town("2020-11-03"), id, "withdrawn", "", "本人撤回", "{}");
    check_text(tasks_of(&t, id), "");
    event_fails(&t, at_town("2020-11-04"), id, "step_done", "survey", "", "{}", RC_RULE,
                "withdrawn");
    /* Another may be opened now, and then this one can't be taken up again beside it. */
    int64_t other = opened(&t, &s, "dibao_application", "[]");
    event_fails(&t, at_town("2020-11-06"), id, "reopened", "", "误撤", "{}", RC_CONFLICT,
                "under way already");
    event_ok(&t, at_town("2020-11-06"), other, "withdrawn", "", "", "{}");
    event_ok(&t, at_town("2020-11-06"), id, "reopened", "", "误撤", "{}");
    check_text(steps_of(&t, id), "open: accept done survey open verify open");
    check_text(due_of(&t, id, NULL), "2020-12-17"); /* 4, 5 and 6 November */
    town_done(&t);
}

/* The second of two clerks learns that the first was there. */
static void two_clerks_at_once(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    check_ok(try_event(&t, &s, id, "note", "", "甲", "{}", 1, err));
    check_fails(try_event(&t, &s, id, "note", "", "乙", "{}", 1, err), RC_CONFLICT, "version 2");
    check_ok(try_event(&t, &s, id, "note", "", "乙", "{}", 2, err));
    assert_int_equal(whole(&t, id).n_events, 3);
    struct case_made made;
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "dibao_application", "[]", "[]", &made, err),
                RC_CONFLICT, "under way already");
    int64_t now = 0;
    check_ok(case_draft_put(t.c, &s, CASE_COUNTY, id, S("{\"a\":1}"), 0, &now, err));
    assert_int_equal(now, 1);
    check_ok(case_draft_put(t.c, &s, CASE_COUNTY, id, S("{\"a\":2}"), 1, &now, err));
    check_fails(case_draft_put(t.c, &s, CASE_COUNTY, id, S("{\"a\":3}"), 1, &now, err), RC_CONFLICT,
                "newer");
    assert_int_equal(whole(&t, id).state->version, 3);
    town_done(&t);
}

/* It is the clerk's own family: refused, and the attempt is on record. */
static void nobody_judges_relatives(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02"), own = at_town("2020-11-04");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_ok(&t, s, id, "step_done", "survey", "", "{}");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-03"), id, "step_done", "verify", "", "{}");
    own.person_county = CASE_COUNTY;
    own.person_id = CASE_HEAD;
    event_fails(&t, own, id, "opinion", "", "", "{\"grant\":true}", RC_RULE, "relative");
    struct case_whole k = whole(&t, id);
    assert_int_equal(k.events[k.n_events - 1].kind, EVENT_BLOCKED);
    assert_int_equal(k.state->opinion.seq, 0);
    has_words(case_story(&k, &k.events[k.n_events - 1], false, &t.a), "回避");
    event_ok(&t, at_town("2020-11-04"), id, "opinion", "", "", "{\"grant\":true}");
    town_done(&t);
}

/* Each step is its office's and role's. */
static void steps_are_done_by_whom_they_belong_to(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_fails(&t, s, id, "step_done", "verify", "", "{}", RC_RULE, "another office or role");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-02"), id, "step_done", "survey", "", "{}",
                RC_RULE, "another office or role");
    event_fails(&t, at_county(ROLE_PAYER, "2020-11-02"), id, "withdrawn", "", "", "{}", RC_RULE,
                "another role");
    event_fails(&t, at_county(ROLE_VERIFIER, "2020-11-02"), id, "step_done", "nothing", "", "{}",
                RC_BAD_INPUT, "none of this name");
    event_fails(&t, clerk(990103000000, ROLE_DECIDER, "2020-11-02"), id, "note", "", "x", "{}",
                RC_NOT_FOUND, "there is none");
    struct scope tomorrow = at_town("2020-11-01");
    check_fails(try_event(&t, &tomorrow, id, "note", "", "x", "{}", 0, err), RC_BAD_INPUT,
                "before the acceptance");
    town_done(&t);
}

/* One acceptance, several services: one number with -1 and -2. */
static void one_number_for_several_services(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    const struct case_wanted names[] = {{S("dibao_application"), 0}, {S("edge_application"), 0}};
    struct case_new n = {.county = CASE_COUNTY,
                         .household = CASE_FAMILY,
                         .services = names,
                         .n_services = 2,
                         .applicant = S("张三"),
                         .relation = S("本人"),
                         .registered = S(""),
                         .note = S("")};
    struct case_made made;
    check_ok(case_open(t.c, &s, &n, &t.a, &made, err));
    check_text(made.number, "990102-2020-000001");
    check_text(made.cases[0].number, "990102-2020-000001-1");
    check_text(made.cases[1].number, "990102-2020-000001-2");
    struct case_row row;
    struct conn *c = NULL;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(case_find(&s, c, S("990102-2020-000001-2"), &t.a, &row, err));
    check_fails(case_find(&s, c, S("990102-2020-000002"), &t.a, &row, err), RC_NOT_FOUND, "none");
    store_reader_done(c);
    check_text(row.service, "edge_application");
    /* A case that can't be opened keeps the others from being half taken. */
    const struct case_wanted again[] = {{S("expense_relief"), 0}, {S("edge_application"), 0}};
    n.services = again;
    check_fails(case_open(t.c, &s, &n, &t.a, &made, err), RC_CONFLICT, "edge_application");
    check_text(rows_of(t.c, "SELECT count(*) FROM work_case", "i", &t.a), "2");
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "driving_licence", "[]", "[]", &made, err),
                RC_BAD_INPUT, "no such service");
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "disability_application", "[]", "[]", &made, err),
                RC_BAD_INPUT, "expected which");
    check_fails(try_open(&t, &s, 999, 0, "dibao_application", "[]", "[]", &made, err), RC_NOT_FOUND,
                "household");
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "expense_relief",
                         "[{\"person\":null,\"field\":\"shoe_size\",\"value\":44}]", "[]", &made,
                         err),
                RC_BAD_INPUT, "shoe_size");
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "expense_relief",
                         "[{\"person\":\"990102-9\",\"field\":\"income\",\"value\":1}]", "[]",
                         &made, err),
                RC_BAD_INPUT, "no member");
    check_fails(try_open(&t, &s, CASE_FAMILY, 0, "expense_relief",
                         "[{\"person\":null,\"field\":\"assets\",\"value\":\"much\"}]", "[]", &made,
                         err),
                RC_BAD_INPUT, "assets");
    town_done(&t);
}

/* The two subsidies: from the month of application, for one person. */
static void for_one_person(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-27");
    struct case_made made;
    check_ok(
        try_open(&t, &s, CASE_FAMILY, CASE_HEAD, "disability_application",
                 "[{\"person\":\"990102-1500\",\"field\":\"disability_grade\",\"value\":\"1\"}]",
                 "[]", &made, err));
    int64_t id = made.cases[0].case_id;
    event_ok(&t, at_town("2020-11-30"), id, "opinion", "", "", "{\"grant\":true}");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-12-01"), id, "step_done", "verify", "", "{}");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-12-02"), id, "decided", "", "",
             "{\"grant\":true,\"programmes\":[{\"programme\":\"disability_care\",\"person\":"
             "\"990102-1500\",\"grant\":true}]}");
    check_text(money_taken(), "500/1500 disability_care 2020-11 8000; ");
    check_text(rows_of(t.c, "SELECT person_id, programme, valid_from FROM enrolment", "itt", &t.a),
               "1500|disability_care|2020-11-01");
    check_text(rows_of(t.c,
                       "SELECT valid_from, disability_grade FROM x_disability_person ORDER BY "
                       "valid_from",
                       "tt", &t.a),
               "2019-01-01|none\n2020-11-01|1");
    town_done(&t);
}

/* Registered elsewhere: sent there, decided there, told here; nothing is paid from here. */
static void elsewhere(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    const struct case_wanted wanted = {S("disability_elsewhere"), CASE_HEAD};
    struct case_new n = {.county = CASE_COUNTY,
                         .household = CASE_FAMILY,
                         .services = &wanted,
                         .n_services = 1,
                         .applicant = S("张三"),
                         .relation = S("本人"),
                         .registered = S(""),
                         .note = S("")};
    struct case_made made;
    check_fails(case_open(t.c, &s, &n, &t.a, &made, err), RC_BAD_INPUT, "registered");
    n.registered = S("云南省昭通市");
    check_ok(case_open(t.c, &s, &n, &t.a, &made, err));
    int64_t id = made.cases[0].case_id;
    check_text(tasks_of(&t, id), "step|send|990102001000|clerk|2020-11-05|0");
    event_ok(&t, s, id, "step_done", "send", "", "{\"result\":\"已推送\"}");
    check_text(tasks_of(&t, id), "step|decide|990102001000|clerk|2020-11-16|0");
    event_fails(&t, at_town("2020-11-12"), id, "decided", "", "", "{\"grant\":false}", RC_BAD_INPUT,
                "words that say why");
    event_ok(&t, at_town("2020-11-12"), id, "decided", "", "户籍地来函", "{\"grant\":true}");
    check_text(money_taken(), "");
    check_text(enrolments(&t), "");
    check_text(notices_for(&t, id), "accept grant");
    check_text(tasks_of(&t, id), "step|tell|990102001000|clerk|2020-11-17|0");
    event_ok(&t, at_town("2020-11-12"), id, "told", "", "", "{\"channel\":\"当面送达\"}");
    assert_int_equal(whole(&t, id).state->status, CASE_DONE);
    check_text(due_of(&t, id, NULL), "2020-11-24");
    /* Refused there: the family is told why in writing, with where to turn. */
    check_ok(case_open(t.c, &s, &n, &t.a, &made, err));
    id = made.cases[0].case_id;
    event_ok(&t, s, id, "step_done", "send", "", "{}");
    event_ok(&t, at_town("2020-11-12"), id, "decided", "", "残疾人证已注销", "{\"grant\":false}");
    check_text(notices_for(&t, id), "accept refusal");
    check_text(rows_of(t.c,
                       "SELECT count(*) FROM notice WHERE kind = 'refusal' AND content LIKE "
                       "'%理由：残疾人证已注销%行政复议%'",
                       "i", &t.a),
               "1");
    town_done(&t);
}

/* The review of who is enrolled: another amount, then the end. */
static void review_cuts_and_stops(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    enrol(t.c, CASE_FAMILY, 0, "dibao", DAY_OPEN);
    for (int round = 0; round < 2; round++) {
        int64_t id = opened(&t, &s, "dibao_review", "[]");
        event_ok(
            &t, s, id, "step_done", "survey", "",
            str_fmt(&t.a,
                    "{\"facts\":[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":%d}]}",
                    round == 0 ? 30000 : 99000)
                .p);
        event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-03"), id, "step_done", "verify", "", "{}");
        event_ok(&t, at_town("2020-11-04"), id, "opinion", "", "",
                 round == 0 ? "{\"grant\":true}" : "{\"grant\":false}");
        event_ok(&t, at_county(ROLE_DECIDER, "2020-11-05"), id, "decided", "", "",
                 round == 0 ? "{\"grant\":true}" : "{\"grant\":false}");
        check_text(notices_for(&t, id), round == 0 ? "change" : "stop");
        event_ok(&t, at_town("2020-11-05"), id, "told", "", "", "{\"channel\":\"当面\"}");
    }
    check_text(money_taken(), "500/0 dibao 2020-12 31000; 500/0 dibao 2020-12 0; ");
    check_text(rows_of(t.c, "SELECT programme, valid_from, valid_to FROM enrolment", "ttt", &t.a),
               "dibao|2019-01-01|2020-12-01");
    town_done(&t);
}

/* A report of a change looks at what the family is enrolled in, and at nothing else. */
static void change_report(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    enrol(t.c, CASE_FAMILY, CASE_HEAD, "disability_care", DAY_OPEN);
    enrol(t.c, CASE_FAMILY, 0, "dibao", DAY_OPEN);
    grade_from(t.c, CASE_HEAD, "2019-01-01", 2);
    struct case_made made;
    check_ok(
        try_open(&t, &s, CASE_FAMILY, 0, "change_report",
                 "[{\"person\":\"990102-1500\",\"field\":\"disability_grade\",\"value\":\"3\"}]",
                 "[]", &made, err));
    int64_t id = made.cases[0].case_id;
    struct case_whole k = whole(&t, id);
    for (int round = 0; k.state->decision.seq == 0 && round < 9; round++, k = whole(&t, id)) {
        const struct step_state *at = case_first_open(k.state);
        struct scope who = at->step->at == AT_COUNTY ? at_county(ROLE_DECIDER, "2020-11-03")
                                                     : at_town("2020-11-03");
        const char *event = at->step->form == STEP_OPINION  ? "opinion"
                            : at->step->form == STEP_DECIDE ? "decided"
                                                            : "step_done";
        event_ok(&t, who, id, event, str_z(&t.a, at->step->name.text), "", "{\"grant\":true}");
    }
    assert_int_equal(k.state->decision.n_lines, 2);
    check_text(k.state->decision.lines[0].programme, "dibao");
    assert_true(k.state->decision.lines[0].grant);
    check_text(k.state->decision.lines[1].programme, "disability_care");
    assert_false(k.state->decision.lines[1].grant);
    check_text(
        rows_of(t.c, "SELECT programme, valid_to FROM enrolment ORDER BY programme", "tt", &t.a),
        "dibao|9999-12-31\ndisability_care|2020-12-01");
    check_text(notices_for(&t, id), "change stop");
    town_done(&t);
}

/* The law of the day of acceptance: a later release changes neither the case's limits nor its rules. */
static void rules_of_the_day_of_acceptance(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    struct conn *c = NULL;
    struct case_proposal p;
    int64_t old = opened(&t, &s, "dibao_application", "[]");
    family(t.c, HILL_FAMILY, VILLAGE_1);
    str text;
    char path[128];
    snprintf(path, sizeof path, "%s/places/town.hm", t.home.path);
    check_ok(file_read(path, 1 << 20, &t.a, &text, err));
    home_put(
        &t.home, "places/town.hm",
        str_z(&t.a, str_fmt(&t.a,
                            "%.*s  set dibao.standard from 2020-11: 700.00 for urban, 500.00 for "
                            "rural assumed \"试\"\n",
                            STR_ARG(text))));
    city_close(t.c);
    t.c = case_city(*state, &t.home, &t.a);
    struct case_made made;
    check_ok(try_open(&t, &s, HILL_FAMILY, 0, "dibao_application", "[]", "[]", &made, err));
    for (int i = 0; i < 2; i++) {
        struct case_whole k = whole(&t, i == 0 ? old : made.cases[0].case_id);
        assert_int_equal(k.ground.rules == t.c->rules, i == 1);
        check_ok(store_reader(t.c->store, &c, err));
        check_ok(case_propose(t.c, c, &k, s.today, &t.a, &p, err));
        store_reader_done(c);
        assert_int_equal(p.units[0].fen, i == 0 ? 61000 : 70000);
    }
    /* Its facts still go into the record of today. */
    event_ok(&t, s, old, "step_done", "survey", "",
             "{\"facts\":[{\"person\":null,\"field\":\"assets\",\"value\":700}]}");
    check_text(
        rows_of(t.c,
                "SELECT valid_from, assets FROM x_assistance_household WHERE household_id = 500 "
                "ORDER BY valid_from",
                "ti", &t.a),
        "2019-01-01|0\n2020-11-01|700");
    town_done(&t);
}

static void extended_once_for_a_reason(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_fails(&t, s, id, "extended", "", "", "{}", RC_BAD_INPUT, "words");
    event_ok(&t, s, id, "extended", "", "人户分离", "{}");
    check_text(due_of(&t, id, NULL), "2021-01-05"); /* 45 working days, over New Year */
    event_fails(&t, s, id, "extended", "", "再延", "{}", RC_RULE, "already");
    event_fails(&t, s, id, "paused", "", "", "{\"why\":\"等函\"}", RC_RULE, "stops for no letter");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(urgent_relief_is_paid_at_once),
        BOTH(large_relief_is_the_countys),
        BOTH(delegated_decision),
        BOTH(transfer),
        BOTH(sent_away_while_it_waits),
        BOTH(withdrawn_and_taken_up_again),
        BOTH(two_clerks_at_once),
        BOTH(nobody_judges_relatives),
        BOTH(steps_are_done_by_whom_they_belong_to),
        BOTH(one_number_for_several_services),
        BOTH(for_one_person),
        BOTH(elsewhere),
        BOTH(review_cuts_and_stops),
        BOTH(extended_once_for_a_reason),
        BOTH(change_report),
        BOTH(rules_of_the_day_of_acceptance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
