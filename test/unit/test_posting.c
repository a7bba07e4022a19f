/* What is posted, how long, what it says and never says; objections; children. */
#include "unit/test_case_town.h"

#include "guard/leak.h"
#include "work/posting.h"

#define PLACE    "{\"place\":\"社区公告栏\"}"
#define PLANTED  "510402199003070019"
#define VILLAGE1 990102001001

/* A dibao case of a family, just before it is posted. */
static int64_t before_posting(struct town *t, int64_t household, const char *opinion)
{
    const struct scope s = at_town("2020-11-02");
    struct case_made made;
    char fact[120];
    snprintf(fact, sizeof fact,
             "[{\"person\":\"990102-%lld\",\"field\":\"income\",\"value\":32000}]",
             (long long)household + 1000);
    check_ok(try_open(t, &s, household, 0, "dibao_application", fact,
                      "[{\"paper\":\"application\",\"have\":\"yes\"}]", &made, err));
    int64_t id = made.cases[0].case_id;
    event_ok(t, at_town("2020-11-04"), id, "step_done", "survey", "", "{}");
    event_ok(t, at_county(ROLE_VERIFIER, "2020-11-05"), id, "step_done", "verify", "", "{}");
    event_ok(t, at_town("2020-11-06"), id, "opinion", "", "", opinion);
    return id;
}

static int64_t posted(struct town *t)
{
    int64_t id = before_posting(t, CASE_FAMILY, "{\"grant\":true}");
    event_ok(t, at_town("2020-11-09"), id, "posting_began", "", "", PLACE);
    return id;
}

static struct posting newest(struct town *t, int64_t case_id)
{
    struct conn *c = NULL;
    struct posting *all = NULL;
    size_t n = 0;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(postings_of_case(c, CASE_COUNTY, case_id, &t->a, &all, &n, err));
    store_reader_done(c);
    assert_true(n > 0);
    return all[0];
}

/* What everybody sees on a day: "户主姓名=张三 …" of each, one a line. */
static str seen_by_all(struct town *t, enum posting_kind kind, int64_t division, const char *today)
{
    struct conn *c = NULL;
    struct posting *all = NULL;
    size_t n = 0;
    bool more = false;
    struct sbuf out;
    struct posting_public_query q = {.kind = kind, .division = division, .limit = 50};
    sbuf_init(&out, 8000);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(posting_public_list(&q, c, day_at(today), &t->a, &all, &n, &more, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++) {
        struct posting_content content;
        check_ok(posting_content_read(all[i].content, &t->a, &content, err));
        for (size_t k = 0; k < content.n_lines; k++)
            sbuf_fmt(&out, "%s%.*s=%.*s",
                     k > 0   ? " "
                     : i > 0 ? "\n"
                             : "",
                     STR_ARG(content.lines[k].label.zh), STR_ARG(content.lines[k].value));
    }
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static struct posting_ends ended_on(struct town *t, const char *today)
{
    struct posting_ends ends = {0};
    check_ok(postings_end_all(t->c, day_at(today), END_CASES | END_RESULTS, &ends, err));
    return ends;
}

/* ---- what it says ------------------------------------------------------------------------------ */

static void it_says_what_the_law_posts(void **state)
{
    struct town t = case_begin(*state);
    joins(t.c, CASE_FAMILY, 1700);
    int64_t id = posted(&t);
    const struct posting p = newest(&t, id);
    check_text(p.place, "社区公告栏");
    assert_int_equal(p.begins, day_at("2020-11-09"));
    assert_int_equal(p.ends, day_at("2020-11-16"));
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-09"),
               "姓名=张三 家庭人口=2人 村（社区）=一社区 金额=每月900.00元 结果=拟同意");
    /* Within the days, in that village, township and county; nowhere else, and at no other time. */
    assert_true(seen_by_all(&t, POSTING_CASE, CASE_TOWN_1, "2020-11-16").n > 0);
    assert_true(seen_by_all(&t, POSTING_CASE, 990102000000, "2020-11-16").n > 0);
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-17"), "");
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-08"), "");
    check_text(seen_by_all(&t, POSTING_CASE, 990102001002, "2020-11-10"), "");
    check_text(seen_by_all(&t, POSTING_CASE, 990103000000, "2020-11-10"), "");
    check_text(seen_by_all(&t, POSTING_RESULT, VILLAGE1, "2020-11-10"), "");
    /* The other member's name and every number stay inside. */
    assert_true(str_find(p.content, S("李四")) < 0);
    assert_true(str_find(p.content, S("1980")) < 0);
    struct posting_content content;
    check_ok(posting_content_read(p.content, &t.a, &content, err));
    assert_true(content.n_says > 0);
    assert_true(str_find(content.says[content.n_says - 1].zh, S("2020年11月16日")) >= 0);
    town_done(&t);
}

static void where_must_be_said(void **state)
{
    struct town t = case_begin(*state);
    struct conn *c = NULL;
    struct posting *all = NULL;
    size_t n = 0;
    bool more = false;
    struct posting_public_query q = {.limit = 10, .division = 990100000000};
    check_ok(store_reader(t.c->store, &c, err));
    check_fails(posting_public_list(&q, c, day_at("2020-11-10"), &t.a, &all, &n, &more, err),
                RC_BAD_INPUT, "county, township or village");
    q.division = 0;
    check_fails(posting_public_list(&q, c, day_at("2020-11-10"), &t.a, &all, &n, &more, err),
                RC_BAD_INPUT, "division");
    q.division = 990102777000;
    check_fails(posting_public_list(&q, c, day_at("2020-11-10"), &t.a, &all, &n, &more, err),
                RC_BAD_INPUT, "there is none");
    store_reader_done(c);
    town_done(&t);
}

/* ---- it ends by itself -------------------------------------------------------------------------- */

static void it_ends_by_itself(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = posted(&t);
    check_text(tasks_of(&t, id), "posting|photo|990102001000|clerk|2020-11-16|0\n"
                                 "step|posting|990102001001|clerk|2020-11-16|0");
    assert_int_equal(ended_on(&t, "2020-11-16").ended, 0); /* the last day hangs to its end */
    struct posting_ends ends = ended_on(&t, "2020-11-19");
    assert_int_equal(ends.ended, 1);
    assert_int_equal(ends.failed, 0);
    struct case_whole k = whole(&t, id);
    const struct case_event *last = &k.events[k.n_events - 1];
    assert_int_equal(last->kind, EVENT_POSTING_ENDED);
    assert_int_equal(last->day, day_at("2020-11-16"));
    assert_true(str_eq(last->who, t.c->who));
    check_text(tasks_of(&t, id), "step|decide|990102000000|decider|2020-11-30|0");
    assert_int_equal(newest(&t, id).state, POSTING_ENDED);
    assert_int_equal(ended_on(&t, "2020-11-19").ended, 0);
    town_done(&t);
}

/* A case that stands still keeps its posting; the others end all the same. */
static void withdrawn_cases_are_taken_down(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = posted(&t);
    event_ok(&t, at_town("2020-11-11"), id, "withdrawn", "", "不申请了", "{}");
    assert_int_equal(newest(&t, id).state, POSTING_WITHDRAWN);
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-11"), "");
    assert_int_equal(ended_on(&t, "2020-11-30").ended, 0);
    town_done(&t);
}

/* ---- children ----------------------------------------------------------------------------------- */

static void born(struct town *t, const char *birth)
{
    check_ok(put_person(t->c, (struct person_row){CASE_HEAD, S("张三"), 1, str_from(birth), S("")},
                        err));
}

static void children_are_never_posted(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = before_posting(&t, CASE_FAMILY, "{\"grant\":true}");
    event_fails(&t, at_town("2020-11-09"), id, "posting_ended", "", "",
                "{\"not_posted\":\"child\"}", RC_RULE, "about nobody under 18");
    born(&t, "2003-01-01");
    event_fails(&t, at_town("2020-11-09"), id, "posting_began", "", "", PLACE, RC_RULE,
                "children are never posted");
    assert_int_equal(ended_on(&t, "2020-12-30").ended, 0);
    event_ok(&t, at_town("2020-11-09"), id, "posting_ended", "", "", "{\"not_posted\":\"child\"}");
    check_text(steps_of(&t, id), "open: accept done survey done verify done opinion done posting "
                                 "done decide open");
    struct case_whole k = whole(&t, id);
    check_text(case_story(&k, &k.events[k.n_events - 1], false, &t.a), "不公示：涉及未成年人");
    event_ok(&t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "", "{\"grant\":true}");
    event_ok(&t, at_town("2020-11-18"), id, "told", "", "", "{\"channel\":\"本人签收\"}");
    check_text(rows_of(t.c, "SELECT posting_id FROM posting", "i", &t.a), "");
    town_done(&t);
}

/* Whose age nobody knows is taken for a child; with eighteen years it is over. */
static void the_day_of_the_eighteenth_birthday(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = before_posting(&t, CASE_FAMILY, "{\"grant\":true}");
    born(&t, "2002-11-10");
    event_fails(&t, at_town("2020-11-09"), id, "posting_began", "", "", PLACE, RC_RULE, "under 18");
    event_ok(&t, at_town("2020-11-10"), id, "posting_began", "", "", PLACE);
    town_done(&t);
}

/* A service about children has no step of posting at all, whatever its text says. */
static void services_of_children_skip_it(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = before_posting(&t, CASE_FAMILY, "{\"grant\":true}");
    struct case_whole k = whole(&t, id);
    struct service of_child = *k.ground.service;
    struct case_state *s = NULL;
    of_child.of_child = true;
    k.ground.service = &of_child;
    check_ok(case_fold(&k.ground, k.events, k.n_events, &t.a, &s, err));
    for (size_t i = 0; i < of_child.n_steps; i++) {
        if (of_child.steps[i].form == STEP_POSTING)
            assert_int_equal(s->steps[i].status, STEP_SKIPPED);
        if (of_child.steps[i].form == STEP_DECIDE)
            assert_int_equal(s->steps[i].status, STEP_OPEN);
    }
    assert_non_null(case_refuses(&k.ground, s, EVENT_POSTING_BEGAN,
                                 case_step_for(s, EVENT_POSTING_BEGAN, S("")),
                                 day_at("2020-11-09")));
    town_done(&t);
}

/* ---- nothing leaks ------------------------------------------------------------------------------- */

/* In every service that is posted: a number in the name, in the place; in what is not shown it stays. */
static void planted_numbers_are_refused(void **state)
{
    struct town t = case_begin(*state);
    const struct rules *rules = t.c->rules;
    int64_t id = before_posting(&t, CASE_FAMILY, "{\"grant\":true}");
    size_t tried = 0;
    for (size_t i = 0; i < rules->services.n; i++) {
        const struct service *service = rules->services.at[i];
        const struct document *d = rules_document(rules, service, DOCUMENT_POSTING);
        bool posts = false;
        for (size_t s = 0; s < service->n_steps; s++)
            posts |= service->steps[s].form == STEP_POSTING;
        assert_true(!posts || (d != NULL && d->is_public));
        if (!posts)
            continue;
        struct case_whole k = whole(&t, id);
        struct conn *c = NULL;
        struct posting p;
        struct posting_content content;
        k.ground.service = service;
        k.row.note = S(PLANTED);
        k.row.applicant = S("王" PLANTED);
        k.state->opinion.text = S("电话13812341234");
        check_ok(store_reader(t.c->store, &c, err));
        bool ends = service->form == SERVICE_REVIEW;
        k.state->opinion.grant = !ends;
        check_ok(posting_preview(c, &k, POSTING_CASE, S("公告栏"), day_at("2020-11-09"), &t.a, &p,
                                 &content, err));
        assert_int_equal(leak_find(p.content).kind, LEAK_NONE);
        assert_true(content.n_lines >= 3);
        check_fails(posting_preview(c, &k, POSTING_CASE, S("公告栏 138 1234 1234"),
                                    day_at("2020-11-09"), &t.a, &p, &content, err),
                    RC_RULE, "公示地点 place");
        k.row.number = S(PLANTED); /* not shown, or refused: never out */
        struct err own = {0};
        if (posting_preview(c, &k, POSTING_CASE, S("公告栏"), day_at("2020-11-09"), &t.a, &p,
                            &content, &own) == RC_OK)
            assert_true(str_find(p.content, S(PLANTED)) < 0);
        store_reader_done(c);
        tried++;
    }
    assert_true(tried >= 5);
    /* A name that has a number in it, as somebody typed it at the window years ago. */
    check_ok(put_person(
        t.c, (struct person_row){CASE_HEAD, S("王" PLANTED), 1, S("1980-06-15"), S("")}, err));
    event_fails(&t, at_town("2020-11-09"), id, "posting_began", "", "", PLACE, RC_RULE,
                "identity number");
    event_fails(&t, at_town("2020-11-09"), id, "posting_began", "", "", PLACE, RC_RULE, "姓名");
    town_done(&t);
}

/* What came into the store by another way is not shown, whatever its state says. */
static void it_is_looked_at_again_when_shown(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = posted(&t);
    static const struct statement plant = {
        .name = "plant",
        .sql = "UPDATE posting SET content = replace(content, '张三', '张6217003670001231')"};
    check_ok(fresh_exec(t.c->store, &plant, NULL, 0, err));
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-10"), "");
    struct conn *c = NULL;
    struct posting p;
    check_ok(store_reader(t.c->store, &c, err));
    check_fails(posting_public_get(c, CASE_COUNTY, newest(&t, id).posting_id, day_at("2020-11-10"),
                                   &t.a, &p, err),
                RC_NOT_FOUND, "there is none");
    store_reader_done(c);
    town_done(&t);
}

/* ---- objections ---------------------------------------------------------------------------------- */

static void an_objection_brings_the_survey_back(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = posted(&t), objection = 0, none = 0;
    const struct posting p = newest(&t, id);
    const struct scope *program = scope_system(t.c, day_at("2020-11-11"), &t.a);
    const struct posting_said said = {S("他家有两套房子"), S(""), S("13812341234")};
    const struct posting_said empty = {S(" "), S(""), S("")};
    check_fails(posting_object(t.c, program, CASE_COUNTY, p.posting_id, &empty, &t.a, &none, err),
                RC_BAD_INPUT, "text");
    check_ok(posting_object(t.c, program, CASE_COUNTY, p.posting_id, &said, &t.a, &objection, err));
    check_text(steps_of(&t, id), "open: accept done survey open verify done");
    check_text(
        rows_of(t.c, "SELECT division, role, title FROM task WHERE ended = '' AND step = 'survey'",
                "itt", &t.a),
        "990102001000|clerk|重新入户调查（有异议）");
    assert_int_equal(newest(&t, id).state, POSTING_WITHDRAWN);
    check_text(seen_by_all(&t, POSTING_CASE, VILLAGE1, "2020-11-11"), "");
    struct case_whole k = whole(&t, id);
    const struct case_event *last = &k.events[k.n_events - 1];
    check_text(last->text, "他家有两套房子");
    check_text(case_story(&k, last, false, &t.a), "收到异议（匿名）。他家有两套房子");

    /* The contact: sealed, masked, in full for a reason. */
    struct conn *c = NULL;
    struct posting_objection *all = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(posting_objections(c, CASE_COUNTY, p.posting_id, &t.a, &all, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 1);
    check_text(all[0].contact, "138****1234");
    assert_int_equal(all[0].event, k.n_events);
    str contact = S("");
    const struct scope s = at_town("2020-11-12"),
                       other = clerk(990103001000, ROLE_CLERK, "2020-11-12");
    check_fails(posting_contact(t.c, &s, CASE_COUNTY, p.posting_id, objection, S("想"), &t.a,
                                &contact, err),
                RC_BAD_INPUT, "why");
    check_fails(posting_contact(t.c, &other, CASE_COUNTY, p.posting_id, objection, S("回复异议人"),
                                &t.a, &contact, err),
                RC_NOT_FOUND, "there is none");
    check_ok(posting_contact(t.c, &s, CASE_COUNTY, p.posting_id, objection, S("回复异议人"), &t.a,
                             &contact, err));
    check_text(contact, "13812341234");
    check_text(
        rows_of(t.c, "SELECT count(*) FROM audit_entry WHERE why LIKE '%回复异议人%'", "i", &t.a),
        "1");
    check_ok(posting_answer(t.c, &s, CASE_COUNTY, p.posting_id, objection, S("已核实"), err));
    check_fails(posting_answer(t.c, &s, CASE_COUNTY, p.posting_id, objection, S("再次"), err),
                RC_CONFLICT, "answered already");
    /* It does not hang out any more: nobody can object to it again. */
    check_fails(posting_object(t.c, program, CASE_COUNTY, p.posting_id, &said, &t.a, &none, err),
                RC_NOT_FOUND, "there is none");
    town_done(&t);
}

/* ---- results ------------------------------------------------------------------------------------- */

static int64_t told(struct town *t)
{
    int64_t id = posted(t);
    assert_int_equal(ended_on(t, "2020-11-17").ended, 1);
    event_ok(t, at_county(ROLE_DECIDER, "2020-11-17"), id, "decided", "", "", "{\"grant\":true}");
    check_text(seen_by_all(t, POSTING_RESULT, VILLAGE1, "2020-11-17"), "");
    event_ok(t, at_town("2020-11-18"), id, "told", "", "", "{\"channel\":\"本人签收\"}");
    return id;
}

static void what_was_decided_is_posted(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = told(&t), objection = 0;
    const struct posting p = newest(&t, id);
    assert_int_equal(p.kind, POSTING_RESULT);
    check_text(p.place, "社区公告栏");
    assert_int_equal(p.ends, 0);
    check_text(seen_by_all(&t, POSTING_RESULT, VILLAGE1, "2021-06-30"),
               "姓名=张三 家庭人口=1人 村（社区）=一社区 金额=每月290.00元 结果=同意 "
               "项目=最低生活保障 起始月份=2020年12月");
    assert_int_equal(ended_on(&t, "2021-06-30").results, 0);
    /* Decided already: an objection is a task of its own. */
    const struct scope *program = scope_system(t.c, day_at("2021-06-30"), &t.a);
    const struct posting_said said = {S("他有工作"), S("李某"), S("")};
    check_ok(posting_object(t.c, program, CASE_COUNTY, p.posting_id, &said, &t.a, &objection, err));
    check_text(
        rows_of(t.c,
                "SELECT step, division, subject FROM task WHERE kind = 'posting' AND ended = ''",
                "tit", &t.a),
        "objection|990102001000|张三");
    const struct scope s = at_town("2021-07-01");
    check_ok(posting_answer(t.c, &s, CASE_COUNTY, p.posting_id, objection, S("工作已停"), err));
    check_text(
        rows_of(t.c, "SELECT step FROM task WHERE kind = 'posting' AND ended = ''", "t", &t.a), "");
    /* With the enrolment it goes. */
    check_ok(put_enrolment(t.c,
                           (struct enrolment_row){.household_id = CASE_FAMILY,
                                                  .programme = S("dibao"),
                                                  .valid_from = S("2020-12-01"),
                                                  .valid_to = S("2021-08-01"),
                                                  .cause = S("test")},
                           err));
    assert_int_equal(ended_on(&t, "2021-07-31").results, 0);
    assert_int_equal(ended_on(&t, "2021-08-01").results, 1);
    assert_int_equal(newest(&t, id).state, POSTING_ENDED);
    town_done(&t);
}

static void a_result_is_taken_down(void **state)
{
    struct town t = case_begin(*state);
    int64_t id = told(&t);
    const struct posting p = newest(&t, id);
    const struct scope s = at_town("2020-12-01");
    check_fails(posting_stop(t.c, &s, CASE_COUNTY, p.posting_id, S(""), &t.a, err), RC_BAD_INPUT,
                "text");
    check_ok(posting_stop(t.c, &s, CASE_COUNTY, p.posting_id, S("本人要求隐去"), &t.a, err));
    check_fails(posting_stop(t.c, &s, CASE_COUNTY, p.posting_id, S("再次"), &t.a, err), RC_RULE,
                "any more");
    check_text(seen_by_all(&t, POSTING_RESULT, VILLAGE1, "2020-12-01"), "");
    town_done(&t);
}

/* ---- lists and photo ----------------------------------------------------------------------------- */

MUST_CHECK static size_t listed(struct town *t, struct scope s, bool no_photo, const char *until,
                                int64_t *count)
{
    struct posting_query q = {.scope = &s,
                              .line = S(""),
                              .no_photo = no_photo,
                              .limit = 1,
                              .until = until != NULL ? day_at(until) : 0};
    struct conn *c = NULL;
    bool more = true, exact = false;
    size_t all = 0;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(posting_count(&q, c, &t->a, count, &exact, err));
    while (more) {
        struct posting *rows = NULL;
        size_t n = 0;
        check_ok(posting_list(&q, c, &t->a, &rows, &n, &more, err));
        all += n;
        if (n > 0) {
            q.after_county = rows[n - 1].county_code;
            q.after_division = rows[n - 1].division;
            q.after_id = rows[n - 1].posting_id;
        }
    }
    store_reader_done(c);
    assert_true(exact);
    return all;
}

struct shot {
    int64_t case_id;
};
static enum rc take_shot(struct change *c, void *ctx, struct err *err)
{
    const struct shot *s = ctx;
    return posting_photo(c, s->case_id, 77, day_at("2020-11-10"), err);
}

static void offices_see_their_own(void **state)
{
    struct town t = case_begin(*state);
    int64_t first = posted(&t), count = 0;
    family(t.c, 510, 990102001002);
    int64_t second = before_posting(&t, 510, "{\"grant\":true}");
    struct shot shot = {second};
    check_fails(change_in(t.c, CASE_COUNTY, take_shot, &shot, NULL, err), RC_RULE, "posted");
    event_ok(&t, at_town("2020-11-11"), second, "posting_began", "", "", PLACE);
    assert_int_equal(listed(&t, at_town("2020-11-11"), false, NULL, &count), 2);
    assert_int_equal(count, 2);
    assert_int_equal(listed(&t, at_town("2020-11-11"), false, "2020-11-16", &count), 1);
    assert_int_equal(count, 1);
    assert_int_equal(listed(&t, clerk(990102001002, ROLE_CLERK, "2020-11-11"), false, NULL, &count),
                     1);
    assert_int_equal(listed(&t, clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-11"), false, NULL, &count),
                     0);
    assert_int_equal(count, 0);
    assert_int_equal(listed(&t, at_town("2020-11-11"), true, NULL, &count), 2);
    shot.case_id = first;
    check_ok(change_in(t.c, CASE_COUNTY, take_shot, &shot, NULL, err));
    assert_int_equal(listed(&t, at_town("2020-11-11"), true, NULL, &count), 1);
    assert_int_equal(count, 1);
    assert_int_equal(newest(&t, first).photo, 77);
    check_text(
        rows_of(t.c, "SELECT step FROM task WHERE kind = 'posting' AND ended = ''", "t", &t.a),
        "photo");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(it_says_what_the_law_posts),
        BOTH(where_must_be_said),
        BOTH(it_ends_by_itself),
        BOTH(withdrawn_cases_are_taken_down),
        BOTH(children_are_never_posted),
        BOTH(the_day_of_the_eighteenth_birthday),
        BOTH(services_of_children_skip_it),
        BOTH(planted_numbers_are_refused),
        BOTH(it_is_looked_at_again_when_shown),
        BOTH(an_objection_brings_the_survey_back),
        BOTH(what_was_decided_is_posted),
        BOTH(a_result_is_taken_down),
        BOTH(offices_see_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
