/* Cases from acceptance to what their decision does. */
#include "unit/test_case_town.h"

static void dibao_is_granted(void **state)
{
    struct town t = case_begin(*state);
    const struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application",
                        "[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":32000}]");
    check_text(steps_of(&t, id), "open: accept done survey open verify open");
    check_text(due_of(&t, id, NULL), "2020-12-14");
    check_text(due_of(&t, id, "survey"), "2020-11-05");
    check_text(tasks_of(&t, id), "step|survey|990102001000|clerk|2020-11-05|0\n"
                                 "step|verify|990102000000|verifier|2020-11-05|0");
    check_text(notices_for(&t, id), "accept");
    event_ok(
        &t, at_town("2020-11-04"), id, "step_done", "survey", "两人入户，情况属实",
        "{\"result\":\"属实\",\"facts\":[{\"person\":null,\"field\":\"assets\",\"value\":50000}]}");
    check_text(rows_of(t.c,
                       "SELECT valid_from, income FROM x_assistance_person ORDER BY valid_from",
                       "ti", &t.a),
               "2019-01-01|0\n2020-11-01|32000");
    check_text(rows_of(t.c,
                       "SELECT valid_from, assets FROM x_assistance_household ORDER BY "
                       "valid_from",
                       "ti", &t.a),
               "2019-01-01|0\n2020-11-01|50000");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-05"), id, "step_done", "verify", "", "{}");
    event_ok(&t, at_town("2020-11-06"), id, "opinion", "", "拟同意", "{\"grant\":true}");
    event_ok(&t, at_town("2020-11-09"), id, "posting_began", "", "", "{\"place\":\"社区公告栏\"}");
    event_fails(&t, at_town("2020-11-15"), id, "posting_ended", "", "", "{}", RC_RULE,
                "hung out as long");
    event_ok(&t, at_town("2020-11-16"), id, "posting_ended", "", "", "{}");
    check_text(tasks_of(&t, id), "step|decide|990102000000|decider|2020-11-30|0");
    check_text(money_taken(), "");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "",
             "{\"grant\":true,\"programmes\":[{\"programme\":\"dibao\",\"person\":null,"
             "\"grant\":true,\"fen\":29000}]}");
    check_text(money_taken(), "500/0 dibao 2020-12 29000; ");
    check_text(steps_of(&t, id),
               "decided: accept done survey done verify done opinion done posting done decide done "
               "tell open");
    check_text(notices_for(&t, id), "accept grant");
    event_ok(&t, at_town("2020-11-18"), id, "told", "", "", "{\"channel\":\"本人签收\"}");
    struct case_whole k = whole(&t, id);
    assert_int_equal(k.state->status, CASE_DONE);
    check_text(enrolments(&t),
               str_z(&t.a, str_fmt(&t.a, "500|0|dibao|2020-12-01|9999-12-31|case %.*s",
                                   STR_ARG(k.row.number))));
    check_text(k.row.number, "990102-2020-000001");
    check_text(tasks_of(&t, id), "");
    town_done(&t);
}

/* Up to the decision, with a certain income; as far as the posting when `posted`. */
static int64_t on_the_way(struct town *t, const char *income, const char *opinion)
{
    const struct scope s = at_town("2020-11-02");
    const char *fact =
        str_fmt(&t->a, "[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":%s}]", income)
            .p;
    int64_t id = opened(t, &s, "dibao_application", fact);
    event_ok(t, at_town("2020-11-04"), id, "step_done", "survey", "", "{}");
    event_ok(t, at_county(ROLE_VERIFIER, "2020-11-05"), id, "step_done", "verify", "", "{}");
    event_ok(t, at_town("2020-11-06"), id, "opinion", "", "", opinion);
    event_ok(t, at_town("2020-11-09"), id, "posting_began", "", "", "{\"place\":\"公告栏\"}");
    return id;
}

static struct notice notice_of(struct town *t, int64_t id, const char *kind)
{
    struct conn *c = NULL;
    struct notice *n = NULL, found = {0};
    size_t count = 0;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(notices_of_case(c, CASE_COUNTY, id, &t->a, &n, &count, err));
    store_reader_done(c);
    for (size_t i = 0; i < count; i++)
        if (str_eq(n[i].kind, str_from(kind)))
            found = n[i];
    if (found.notice_id == 0)
        fail_msg("no notice of %s", kind);
    return found;
}

static void has_words(str text, const char *words)
{
    if (str_find(text, str_from(words)) < 0)
        fail_msg("found “%.*s”, expected it to have “%s”", STR_ARG(text), words);
}

/* Refused by the rules: nobody can grant it, and the family is told why and where to turn. */
static void dibao_is_refused(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = on_the_way(&t, "61240", "{\"grant\":false}");
    event_ok(&t, at_town("2020-11-17"), id, "posting_ended", "", "", "{}");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "do not give dibao");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "", "{}",
                RC_BAD_INPUT, "grant");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "", "{\"grant\":false}");
    check_text(enrolments(&t), "");
    check_text(money_taken(), "");
    struct notice n = notice_of(&t, id, "refusal");
    has_words(n.text, "612.40");
    has_words(n.text, "610.00");
    has_words(n.text, "六十日内申请行政复议");
    has_words(n.text, "甲区民政局");
    assert_int_equal(n.due, day_at("2020-11-20"));
    check_text(steps_of(&t, id),
               "decided: accept done survey done verify done opinion done posting done decide done "
               "tell open");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-18"), id, "withdrawn", "", "", "{}", RC_RULE,
                "decided");
    /* Reconsideration: the county takes it up again and decides anew. */
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-18"), id, "reopened", "", "复议决定撤销", "{}");
    event_ok(&t, at_town("2020-11-18"), id, "fact", "", "",
             "{\"facts\":[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":50000}]}");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-18"), id, "decided", "", "", "{\"grant\":true}");
    check_text(money_taken(), "500/0 dibao 2020-12 11000; ");
    town_done(&t);
}

/* An amount that the rules don't give, and a refusal of what they give without a word. */
static void amounts_come_from_the_rules(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = on_the_way(&t, "32000", "{\"grant\":true}");
    event_ok(&t, at_town("2020-11-17"), id, "posting_ended", "", "", "{}");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "",
                "{\"grant\":true,\"programmes\":[{\"programme\":\"dibao\",\"person\":null,"
                "\"grant\":true,\"fen\":30000}]}",
                RC_RULE, "expected 290.00");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "",
                "{\"grant\":true,\"programmes\":[{\"programme\":\"tekun\",\"grant\":true}]}",
                RC_BAD_INPUT, "not decided on in this case");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", " ",
                "{\"grant\":false}", RC_RULE, "needs reasons");
    check_text(money_taken(), "");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "隐瞒一处房产",
             "{\"grant\":false}");
    has_words(notice_of(&t, id, "refusal").text, "隐瞒一处房产");
    check_text(enrolments(&t), "");
    town_done(&t);
}

/* A wage not known: neither opinion nor decision can grant. */
static void what_is_open_cant_be_granted(void **state)
{
    struct town t = case_begin(*state);
    const struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application",
                        "[{\"person\":\"990102-1500\",\"field\":\"employed\",\"value\":true},"
                        "{\"person\":\"990102-1500\",\"field\":\"wage\",\"value\":null}]");
    event_ok(&t, at_town("2020-11-04"), id, "step_done", "survey", "", "{}");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-05"), id, "step_done", "verify", "", "{}");
    event_fails(&t, at_town("2020-11-06"), id, "opinion", "", "", "{\"grant\":true}", RC_RULE,
                "need more");
    event_ok(&t, at_town("2020-11-06"), id, "opinion", "", "", "{\"grant\":false}");
    town_done(&t);
}

/* Asked once, with the whole list, never for what the office has; the clock stands meanwhile. */
static void supplement_stops_the_clock(void **state)
{
    struct town t = case_begin(*state);
    const struct scope s = at_town("2020-11-02");
    int64_t id = opened(&t, &s, "dibao_application", "[]");
    event_fails(&t, s, id, "supplement_asked", "", "", "{\"papers\":[\"authorisation\"]}", RC_RULE,
                "“commitment” is missing too");
    event_fails(&t, s, id, "supplement_asked", "", "", "{\"papers\":[\"hukou_book\"]}", RC_RULE,
                "fetched by the office");
    event_fails(&t, s, id, "supplement_asked", "", "", "{\"papers\":[\"application\"]}", RC_RULE,
                "is there already");
    event_fails(&t, s, id, "supplement_asked", "", "", "{\"papers\":[\"passport\"]}", RC_BAD_INPUT,
                "none of the service's papers");
    event_fails(&t, at_town("2020-11-04"), id, "supplement_asked", "", "",
                "{\"papers\":[\"authorisation\",\"commitment\"],\"until\":\"2020-11-17\"}", RC_RULE,
                "expected 2020-11-18 or later");
    event_ok(&t, at_town("2020-11-04"), id, "supplement_asked", "", "",
             "{\"papers\":[\"authorisation\",\"commitment\"]}");
    has_words(notice_of(&t, id, "supplement").text, "授权核对书、如实申报承诺书");
    has_words(notice_of(&t, id, "supplement").text, "2020年11月18日");
    check_text(tasks_of(&t, id), "papers|supplement|990102001000|clerk|2020-11-18|0\n"
                                 "step|survey|990102001000|clerk|2020-11-05|1\n"
                                 "step|verify|990102000000|verifier|2020-11-05|1");
    event_fails(&t, at_town("2020-11-05"), id, "step_done", "survey", "", "{}", RC_RULE,
                "waits for papers");
    event_ok(&t, at_town("2020-11-11"), id, "supplement_given", "", "",
             "{\"papers\":[\"authorisation\",\"commitment\"]}");
    check_text(tasks_of(&t, id), "step|survey|990102001000|clerk|2020-11-12|0\n"
                                 "step|verify|990102000000|verifier|2020-11-12|0");
    /* Asked on the 4th, given on the 11th: the working days 5, 6, 9, 10, 11 do not count. */
    check_text(due_of(&t, id, NULL), "2020-12-21");
    check_text(due_of(&t, id, "survey"), "2020-11-12");
    event_fails(&t, at_town("2020-11-12"), id, "supplement_asked", "", "",
                "{\"papers\":[\"proxy\"]}", RC_RULE, "asked for already");
    town_done(&t);
}

/* Objection: what was surveyed, held and posted is done again, and the clock stands for the survey. */
static void objection_brings_a_new_survey(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = on_the_way(&t, "32000", "{\"grant\":true}");
    event_fails(&t, at_town("2020-11-10"), id, "objection", "", "", "{}", RC_BAD_INPUT, "words");
    event_ok(&t, at_town("2020-11-10"), id, "objection", "", "邻居反映有出租房",
             "{\"by\":\"匿名\"}");
    check_text(steps_of(&t, id), "open: accept done survey open verify done");
    check_text(rows_of(t.c,
                       "SELECT step, title, paused FROM task WHERE ended = '' AND kind = 'step'",
                       "tti", &t.a),
               "survey|重新入户调查（有异议）|0");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "not due now");
    event_ok(&t, at_town("2020-11-13"), id, "step_done", "survey", "出租属实",
             "{\"facts\":[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":52000}]}");
    check_text(due_of(&t, id, NULL), "2020-12-17"); /* 11, 12 and 13 November stood still */
    event_ok(&t, at_town("2020-11-13"), id, "opinion", "", "", "{\"grant\":true}");
    event_ok(&t, at_town("2020-11-13"), id, "posting_began", "", "", "{\"place\":\"公告栏\"}");
    event_ok(&t, at_town("2020-11-20"), id, "posting_ended", "", "", "{}");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-20"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "an objection or a complaint: the county visits");
    event_fails(&t, at_town("2020-11-20"), id, "county_visit", "", "看过", "{}", RC_RULE,
                "another role");
    event_fails(&t, at_county(ROLE_VERIFIER, "2020-11-20"), id, "county_visit", "", "", "{}",
                RC_BAD_INPUT, "words");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-20"), id, "county_visit", "", "房已出租，属实",
             "{}");
    check_text(tasks_of(&t, id), "step|decide|990102000000|decider|2020-12-04|0");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-20"), id, "decided", "", "", "{\"grant\":true}");
    check_text(money_taken(), "500/0 dibao 2020-12 9000; ");
    town_done(&t);
}

static void staff_put(struct city *c, const char *sql)
{
    const struct statement st = {.name = "test_staff", .sql = sql};
    check_ok(fresh_exec(c->store, &st, NULL, 0, err));
}

/* Somebody of the staff has a relative there: the county goes and looks, whoever decides. */
static void relatives_of_staff_are_visited(void **state)
{
    struct town t = case_begin(*state);
    struct case_words why;
    struct conn *c = NULL;
    struct case_whole k;
    int64_t id = on_the_way(&t, "32000", "{\"grant\":true}");
    staff_put(t.c,
              "INSERT INTO account VALUES (77, 'li', '李办', 990102001000, 'active', 'x', 0, 0, "
              "0, 0, 0, 0, 1)");
    staff_put(t.c, "INSERT INTO staff_relative VALUES (77, 990102, 1500, '父亲', '2020-01-01', 0)");
    event_ok(&t, at_town("2020-11-17"), id, "posting_ended", "", "", "{}");
    check_text(tasks_of(&t, id), "step|county_visit|990102000000|verifier|2020-12-01|0\n"
                                 "step|decide|990102000000|decider|2020-12-01|0");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-18"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "a relative on record: the county visits");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-19"), id, "county_visit", "", "属实", "{}");
    k = whole(&t, id);
    has_words(case_story(&k, &k.events[k.n_events - 1], false, &t.a), "县级入户核查。属实");
    /* What comes up afterwards has to be looked into again. */
    event_ok(&t, at_town("2020-11-19"), id, "complaint", "", "另有房产", "{\"by\":\"热线\"}");
    k = whole(&t, id);
    has_words(case_story(&k, &k.events[k.n_events - 1], false, &t.a),
              "收到投诉举报（热线）。另有房产");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(case_visit_missing(c, &k, day_at("2020-11-19"), &why, err));
    store_reader_done(c);
    has_words(str_from(why.zh), "投诉举报");
    event_fails(&t, at_county(ROLE_DECIDER, "2020-11-19"), id, "decided", "", "",
                "{\"grant\":true}", RC_RULE, "complaint");
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-20"), id, "county_visit", "", "查无", "{}");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-20"), id, "decided", "", "", "{\"grant\":true}");
    town_done(&t);
}

/* What comes to light after the decision changes nothing of what it was decided on. */
static void a_decision_is_shown_as_it_was(void **state)
{
    struct town t = case_begin(*state);
    struct case_proposal p;
    struct conn *c = NULL;
    int64_t id = on_the_way(&t, "32000", "{\"grant\":true}");
    event_ok(&t, at_town("2020-11-17"), id, "posting_ended", "", "", "{}");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-18"), id, "decided", "", "", "{\"grant\":true}");
    check_text(money_taken(), "500/0 dibao 2020-12 29000; ");
    const struct scope later = at_town("2020-11-20");
    int64_t review = opened(&t, &later, "dibao_review", "[]");
    event_ok(&t, later, review, "step_done", "survey", "",
             "{\"facts\":[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":99000}]}");
    struct case_whole k = whole(&t, id), of_review = whole(&t, review);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(case_propose(t.c, c, &k, k.state->decision.day, &t.a, &p, err));
    assert_int_equal(p.n, 1);
    assert_true(p.units[0].fits);
    assert_int_equal(p.units[0].fen, 29000);
    /* The review, which nobody decided on yet, sees what is known now. */
    check_ok(case_preview(t.c, c, &of_review, later.today, &t.a, &p.preview, err));
    store_reader_done(c);
    const struct trace *now = p.preview.trace;
    for (size_t i = 0; i < now->n_policies; i++)
        if (str_eq(now->policies[i].policy->name.text, S("dibao")))
            assert_true(now->policies[i].policy->alts[now->policies[i].units[0].d.alt].otherwise);
    town_done(&t);
}

/* The county's decider works on what the township saw, and is told what is different since. */
static void changes_since_the_opinion_are_shown(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = on_the_way(&t, "32000", "{\"grant\":true}");
    struct case_difference *all = NULL;
    struct case_proposal p;
    struct conn *c = NULL;
    struct case_whole k = whole(&t, id);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(case_propose(t.c, c, &k, day_at("2020-11-17"), &t.a, &p, err));
    assert_int_equal(case_changed(&k, &p, &t.a, &all), 0);
    store_reader_done(c);
    event_ok(&t, at_county(ROLE_VERIFIER, "2020-11-17"), id, "fact", "", "核对回函",
             "{\"facts\":[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":40000}]}");
    k = whole(&t, id);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(case_propose(t.c, c, &k, day_at("2020-11-17"), &t.a, &p, err));
    store_reader_done(c);
    assert_true(case_changed(&k, &p, &t.a, &all) > 1);
    has_words(all[0].zh, "初审时290.00元，现为210.00元");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(dibao_is_granted),
        BOTH(dibao_is_refused),
        BOTH(amounts_come_from_the_rules),
        BOTH(what_is_open_cant_be_granted),
        BOTH(supplement_stops_the_clock),
        BOTH(objection_brings_a_new_survey),
        BOTH(relatives_of_staff_are_visited),
        BOTH(a_decision_is_shown_as_it_was),
        BOTH(changes_since_the_opinion_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
