/* Papers: every document of every service, made of a case; numbers, what stays, who may, what the public sees. */
#include "unit/test_case_town.h"

#include <unistd.h>

#include "guard/leak.h"
#include "work/paper.h"

#define URL      "https://minzheng.example"
#define IDENTITY "990102198006150012"
#define PHONE    "13812341234"

/* ---- one paper --------------------------------------------------------------------------------- */

static struct paper_wanted of_case(int64_t id, enum document_form form)
{
    return (struct paper_wanted){
        .county = CASE_COUNTY, .case_id = id, .form = form, .public_url = S(URL), .text = S("")};
}

static struct paper_row made_of(struct town *t, struct scope s, struct paper_wanted w)
{
    struct paper_row r = {0};
    check_ok(paper_make(t->c, &s, &w, &t->a, &r, err));
    return r;
}

static struct paper content_of(struct town *t, const struct paper_row *r)
{
    struct conn *c = NULL;
    struct paper p;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(paper_content(c, r->county_code, r->paper_id, &t->a, &p, err));
    store_reader_done(c);
    return p;
}

static void add_text(void *with, str text)
{
    sbuf_add(with, text);
    sbuf_addc(with, '\n');
}

/* All that stands on it, a line a text. */
static str texts_of(struct town *t, const struct paper *p)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 20);
    paper_texts(p, add_text, &out);
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static str paper_text(struct town *t, const struct paper_row *r)
{
    struct paper p = content_of(t, r);
    return texts_of(t, &p);
}

static void has(str text, const char *words)
{
    if (str_find(text, str_from(words)) < 0)
        fail_msg("found “%.*s”, expected it to have “%s”", STR_ARG(text), words);
}

static void has_not(str text, const char *words)
{
    if (str_find(text, str_from(words)) >= 0)
        fail_msg("found “%s” in “%.*s”", words, STR_ARG(text));
}

static int64_t count_of(struct town *t, const char *sql)
{
    int64_t n = -1;
    assert_true(str_int(rows_of(t->c, sql, "i", &t->a), &n));
    return n;
}

static struct err failure(struct town *t, struct scope s, struct paper_wanted w)
{
    struct err err = {0};
    struct paper_row r;
    enum rc rc = paper_make(t->c, &s, &w, &t->a, &r, &err);
    assert_int_equal(rc, err.rc);
    return err;
}

#define check_refused(t, s, w, code, words)                                                        \
    do {                                                                                           \
        struct err e_ = failure(t, s, w);                                                          \
        assert_int_equal(e_.rc, code);                                                             \
        has(str_from(e_.text), words);                                                             \
    } while (0)

/* ---- a case, walked to its decision --------------------------------------------------------------- */

static void step(struct town *t, int64_t id, const struct step_state *at, bool grant)
{
    const char *later = "2020-11-24";
    const char *on = at->opened > day_at("2020-11-16") ? later : "2020-11-16";
    static const char *const yes = "{\"grant\":true}", *const no = "{\"grant\":false}";
    struct case_whole k = whole(t, id);
    struct scope s =
        case_step_level(&k, at) == AT_COUNTY
            ? at_county(at->step->form == STEP_DECIDE ? ROLE_DECIDER : ROLE_VERIFIER, on)
            : at_town(on);
    const char *name = str_z(&t->a, at->step->name.text);
    switch (at->step->form) {
    case STEP_OPINION:
        event_ok(t, s, id, "opinion", name, "情况属实", grant ? yes : no);
        return;
    case STEP_POSTING:
        if (k.ground.service->form == SERVICE_REVIEW && grant) { /* nothing ends */
            event_ok(t, s, id, "posting_ended", name, "", "{\"not_posted\":\"stays\"}");
            return;
        }
        event_ok(t, s, id, "posting_began", name, "", "{\"place\":\"村务公开栏\"}");
        event_ok(t, at_town(later), id, "posting_ended", name, "", "{}");
        return;
    case STEP_DECIDE:
        event_ok(t, s, id, "decided", name, grant ? "" : "家庭状况核对不符", grant ? yes : no);
        return;
    default:
        event_ok(t, s, id, "step_done", name, "", "{}");
    }
}

static void decide(struct town *t, int64_t id, bool grant)
{
    struct case_whole k = whole(t, id);
    for (int round = 0; k.state->decision.seq == 0 && round < 12; round++, k = whole(t, id))
        step(t, id, case_first_open(k.state), grant);
    assert_int_not_equal(k.state->decision.seq, 0);
}

static int64_t open_one(struct town *t, const char *service, int64_t person, const char *facts)
{
    struct scope s = at_town("2020-11-16");
    bool elsewhere = strcmp(service, "disability_elsewhere") == 0;
    const struct case_wanted wanted = {str_from(service), person};
    struct case_new n = {.county = CASE_COUNTY,
                         .household = CASE_FAMILY,
                         .services = &wanted,
                         .n_services = 1,
                         .applicant = S("张三"),
                         .relation = S("本人"),
                         .registered = elsewhere ? S("云南省昭通市") : S(""),
                         .note = S(""),
                         .facts = json_of(t, facts)};
    struct case_made made;
    check_ok(case_open(t->c, &s, &n, &t->a, &made, err));
    return made.cases[0].case_id;
}

static enum rc numbers(struct change *c, void *ctx, struct err *err)
{
    struct city *city = ctx;
    TRY(person_number_put(c, city->vault, CASE_HEAD, NUMBER_IDENTITY, S(IDENTITY), err));
    return person_number_put(c, city->vault, CASE_HEAD, NUMBER_PHONE, S(PHONE), err);
}

static struct town town_with_numbers(void *state)
{
    struct town t = case_begin(state);
    check_ok(change_in(t.c, CASE_COUNTY, numbers, t.c, NULL, err));
    return t;
}

/* ---- tests ----------------------------------------------------------------------------------------- */

static void a_paper_has_a_number_and_stays(void **state)
{
    struct town t = town_with_numbers(*state);
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    struct paper_row r = made_of(&t, at_town("2020-11-16"), of_case(id, DOCUMENT_RECEIPT));
    check_text(r.number, "990102-2020-P000001");
    assert_int_equal(r.code.n, PAPER_CODE);
    assert_int_equal(r.digest.n, 64);
    check_text(r.form, "receipt");
    assert_int_not_equal(r.notice_id, 0);
    struct paper p = content_of(&t, &r);
    check_text(p.number, "990102-2020-P000001");
    check_text(p.qr, str_fmt(&t.a, URL "/check/990102-2020-P000001?code=%.*s", STR_ARG(r.code)).p);
    str text = texts_of(&t, &p);
    has(text, "受理回执");
    has(text, "990102-2020-000001");
    has(text, "138****1234");
    has(text, "低保申请书");
    has_not(text, PHONE);
    has_not(text, IDENTITY);
    has_not(text, "{");
    /* Made for a notice it is the same ever after, whoever asks, whatever happens. */
    event_ok(&t, at_town("2020-11-16"), id, "paper", "", "",
             "{\"paper\":\"application\",\"have\":\"yes\"}");
    struct paper_row again =
        made_of(&t, at_county(ROLE_DECIDER, "2020-11-18"), of_case(id, DOCUMENT_RECEIPT));
    assert_int_equal(again.paper_id, r.paper_id);
    check_text(again.number, "990102-2020-P000001");
    struct paper_wanted w = {
        .county = CASE_COUNTY, .notice_id = r.notice_id, .public_url = S("https://other")};
    again = made_of(&t, at_town("2020-11-18"), w);
    assert_int_equal(again.paper_id, r.paper_id);
    assert_true(str_eq(paper_text(&t, &again), text));
    assert_int_equal(count_of(&t, "SELECT count(*) FROM paper"), 1);
    town_done(&t);
}

static void what_says_something_else_replaces(void **state)
{
    struct town t = town_with_numbers(*state);
    struct scope s = at_town("2020-11-16");
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    struct paper_row first = made_of(&t, s, of_case(id, DOCUMENT_SURVEY));
    struct paper_row same = made_of(&t, at_town("2020-11-17"), of_case(id, DOCUMENT_SURVEY));
    assert_int_equal(first.paper_id, same.paper_id);
    has(paper_text(&t, &first), "9901**********0012");
    has(paper_text(&t, &first), "1980-06-15");
    has(paper_text(&t, &first), "家庭财产");
    event_ok(&t, s, id, "fact", "", "",
             "{\"facts\":[{\"person\":null,\"field\":\"assets\",\"value\":123400}]}");
    struct paper_row second = made_of(&t, s, of_case(id, DOCUMENT_SURVEY));
    assert_int_not_equal(second.paper_id, first.paper_id);
    check_text(second.number, "990102-2020-P000002");
    has(paper_text(&t, &second), "1,234.00");
    check_text(rows_of(t.c, "SELECT number, state FROM paper ORDER BY number", "tt", &t.a),
               "990102-2020-P000001|replaced\n990102-2020-P000002|valid");
    /* The old one can still be printed as it was. */
    has_not(paper_text(&t, &first), "1,234.00");
    town_done(&t);
}

static void only_what_is_so_can_be_made(void **state)
{
    struct town t = town_with_numbers(*state);
    struct scope s = at_town("2020-11-16");
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    check_refused(&t, s, of_case(id, DOCUMENT_MISSING), RC_RULE, "no papers were asked for");
    check_refused(&t, s, of_case(id, DOCUMENT_GRANT), RC_RULE, "nothing is decided");
    check_refused(&t, s, of_case(id, DOCUMENT_STOP), RC_RULE, "granted or refused");
    check_refused(&t, s, of_case(id, DOCUMENT_TRANSFER), RC_RULE, "not transferred");
    check_refused(&t, s, of_case(id, DOCUMENT_POSTING), RC_RULE, "its own step");
    check_refused(&t, s, of_case(id, DOCUMENT_AUTHORISATION), RC_BAD_INPUT, "who signs");
    check_refused(&t, s, of_case(999, DOCUMENT_RECEIPT), RC_NOT_FOUND, "there is none");
    event_ok(&t, s, id, "supplement_asked", "", "请本人到窗口补交",
             "{\"papers\":[\"application\",\"authorisation\",\"commitment\"]}");
    struct paper_row r = made_of(&t, s, of_case(id, DOCUMENT_MISSING));
    str text = paper_text(&t, &r);
    has(text, "授权核对书");
    has(text, "请本人到窗口补交");
    has(text, "2020年11月30日");
    has_not(text, "户口簿");
    event_ok(&t, s, id, "supplement_given", "", "",
             "{\"papers\":[\"application\",\"authorisation\",\"commitment\"]}");
    decide(&t, id, false);
    check_refused(&t, s, of_case(id, DOCUMENT_GRANT), RC_RULE, "not a grant");
    town_done(&t);
}

/* An adult signs, each on a paper of their own. */
static void adults_sign(void **state)
{
    struct town t = town_with_numbers(*state);
    struct scope s = at_town("2020-11-16");
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    joins(t.c, CASE_FAMILY, 1501);
    check_ok(put_person(t.c, (struct person_row){1502, S("小明"), 1, S("2010-01-15"), S("")}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){CASE_FAMILY, 1502, S("2019-01-01"), S(DAY_OPEN), S("20")},
        err));
    struct paper_wanted w = of_case(id, DOCUMENT_AUTHORISATION);
    w.person_id = 1501;
    struct paper_row r = made_of(&t, s, w);
    has(paper_text(&t, &r), "李四");
    assert_int_equal(r.person_id, 1501);
    w.person_id = CASE_HEAD;
    struct paper_row other = made_of(&t, s, w);
    assert_int_not_equal(other.paper_id, r.paper_id);
    w.person_id = 1502;
    check_refused(&t, s, w, RC_RULE, "under 18");
    w.person_id = 77;
    check_refused(&t, s, w, RC_BAD_INPUT, "a member of the household");
    assert_int_equal(count_of(&t, "SELECT count(*) FROM paper WHERE state = 'valid'"), 2);
    struct conn *c = NULL;
    struct paper_offer *offers = NULL;
    size_t n = 0, signers = 0;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(paper_offers(t.c, &s, c, CASE_COUNTY, id, &t.a, &offers, &n, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++)
        if (offers[i].document->form == DOCUMENT_AUTHORISATION) {
            assert_int_not_equal(offers[i].person_id, 1502);
            assert_int_not_equal(offers[i].paper_id, 0);
            signers++;
        }
    assert_int_equal(signers, 2);
    town_done(&t);
}

static void whoever_sees_the_case_with_its_reasons(void **state)
{
    struct town t = town_with_numbers(*state);
    struct scope s = at_town("2020-11-16"), hills = clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-16"),
                 payer = at_county(ROLE_PAYER, "2020-11-16");
    struct conn *c = NULL;
    struct paper_row found;
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    struct paper_row r = made_of(&t, s, of_case(id, DOCUMENT_RECEIPT));
    struct paper_wanted cover = {
        .county = CASE_COUNTY, .household_id = CASE_FAMILY, .form = DOCUMENT_COVER};
    struct paper_wanted notice = {.county = CASE_COUNTY, .notice_id = r.notice_id};
    check_refused(&t, hills, of_case(id, DOCUMENT_RECEIPT), RC_NOT_FOUND, "");
    check_refused(&t, hills, notice, RC_NOT_FOUND, "");
    check_refused(&t, hills, cover, RC_NOT_FOUND, "");
    check_refused(&t, payer, of_case(id, DOCUMENT_SURVEY), RC_FORBIDDEN, "");
    check_refused(&t, payer, cover, RC_FORBIDDEN, "");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(paper_find(t.c, &s, c, CASE_COUNTY, r.paper_id, &t.a, &found, err));
    check_fails(paper_find(t.c, &hills, c, CASE_COUNTY, r.paper_id, &t.a, &found, err),
                RC_NOT_FOUND, "");
    check_fails(paper_find(t.c, &payer, c, CASE_COUNTY, r.paper_id, &t.a, &found, err),
                RC_FORBIDDEN, "");
    check_fails(paper_find(t.c, &s, c, CASE_COUNTY, 5, &t.a, &found, err), RC_NOT_FOUND, "");
    store_reader_done(c);
    struct paper_row covered = made_of(&t, s, cover);
    has(paper_text(&t, &covered), "9901**********0012");
    town_done(&t);
}

static void the_public_checks_by_number_and_code(void **state)
{
    struct town t = town_with_numbers(*state);
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    struct paper_row r = made_of(&t, at_town("2020-11-16"), of_case(id, DOCUMENT_RECEIPT)), found;
    struct conn *c = NULL;
    char lower[PAPER_CODE + 1] = {0}, wrong[PAPER_CODE + 1] = {0};
    for (size_t i = 0; i < PAPER_CODE; i++) {
        lower[i] = (char)(r.code.p[i] >= 'A' ? r.code.p[i] - 'A' + 'a' : r.code.p[i]);
        wrong[i] = r.code.p[i];
    }
    wrong[PAPER_CODE - 1] = wrong[PAPER_CODE - 1] == 'A' ? 'B' : 'A';
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(paper_check(c, r.number, r.code, &t.a, &found, err));
    check_text(found.title, "受理回执");
    check_text(found.subject, str_z(&t.a, mask_name(whole(&t, id).row.subject, &t.a)));
    has_not(found.subject, str_z(&t.a, whole(&t, id).row.subject));
    check_ok(paper_check(c, r.number, str_from(lower), &t.a, &found, err));
    const char *const codes[] = {wrong, "", "--------", "AAAAAAAAA"};
    struct err first = {0}, other = {0};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        first = (struct err){0};
        assert_int_equal(paper_check(c, r.number, str_from(codes[i]), &t.a, &found, &first),
                         RC_NOT_FOUND);
    }
    const char *const none[] = {"990102-2020-P000002",  "990103-2020-P000001", "", "x", "-1",
                                "99010220201P0001 OR 1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        other = (struct err){0};
        assert_int_equal(paper_check(c, str_from(none[i]), r.code, &t.a, &found, &other),
                         RC_NOT_FOUND);
        assert_string_equal(first.text, other.text); /* one isn't told which was wrong */
    }
    store_reader_done(c);
    town_done(&t);
}

/* Seen before it is decided: nothing is stored, no number, no code. */
static void a_letter_before_the_decision(void **state)
{
    struct town t = town_with_numbers(*state);
    struct scope s = at_county(ROLE_DECIDER, "2020-11-24");
    struct conn *c = NULL;
    struct paper p;
    int64_t id = open_one(&t, "dibao_application", 0, "[]");
    struct paper_wanted w = of_case(id, DOCUMENT_GRANT);
    w.decision = json_of(&t, "{\"grant\":true}");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(paper_preview(t.c, &s, c, &w, &t.a, &p, err));
    check_text(p.mark, "预览");
    check_text(p.number, "");
    check_text(p.qr, "");
    has(texts_of(&t, &p), "610.00元");
    has(texts_of(&t, &p), "2020年12月");
    w.decision = json_of(&t, "{\"grant\":false}");
    check_fails(paper_preview(t.c, &s, c, &w, &t.a, &p, err), RC_RULE, "needs reasons in words");
    w.text = S("与事实不符");
    check_fails(paper_preview(t.c, &s, c, &w, &t.a, &p, err), RC_RULE, "not a grant");
    w.form = DOCUMENT_REFUSAL;
    check_ok(paper_preview(t.c, &s, c, &w, &t.a, &p, err));
    has(texts_of(&t, &p), "与事实不符");
    has(texts_of(&t, &p), "人民政府申请行政复议");
    has(texts_of(&t, &p), "六个月");
    store_reader_done(c);
    assert_int_equal(count_of(&t, "SELECT count(*) FROM paper"), 0);
    town_done(&t);
}

/* ---- all of them ------------------------------------------------------------------------------------- */

struct walked {
    const char *service;
    int64_t person;
    const char *facts;
    const char *before; /* enrolled in it already */
    int64_t enrolled;   /* for whom */
};

static const char fire[] = "[{\"person\":null,\"field\":\"event_month\",\"value\":\"2020-11\"},"
                           "{\"person\":null,\"field\":\"event_kind\",\"value\":\"accident\"},"
                           "{\"person\":null,\"field\":\"event_persons\",\"value\":1},"
                           "{\"person\":null,\"field\":\"hardship\",\"value\":\"heavy\"}]";
static const char bills[] = "[{\"person\":null,\"field\":\"expense_month\",\"value\":\"2020-11\"},"
                            "{\"person\":null,\"field\":\"necessary_expenses\",\"value\":5000000},"
                            "{\"person\":null,\"field\":\"hardship\",\"value\":\"heavy\"}]";
static const char graded[] =
    "[{\"person\":\"990102-1500\",\"field\":\"disability_grade\",\"value\":\"1\"}]";
static const char destitute[] =
    "[{\"person\":\"990102-1500\",\"field\":\"destitute\",\"value\":true}]";
static const char earning[] = "[{\"person\":\"990102-1500\",\"field\":\"income\",\"value\":80000}]";

static const struct walked all[] = {
    {"dibao_application", 0, "[]", NULL, 0},
    {"dibao_review", 0, "[]", "dibao", 0},
    {"change_report", 0, "[]", "dibao", 0},
    {"tekun_application", CASE_HEAD, destitute, NULL, 0},
    {"tekun_review", CASE_HEAD, destitute, "tekun", CASE_HEAD},
    {"disability_application", CASE_HEAD, graded, NULL, 0},
    {"disability_elsewhere", CASE_HEAD, graded, NULL, 0},
    {"edge_application", 0, earning, NULL, 0},
    {"urgent_relief", 0, fire, NULL, 0},
    {"expense_relief", 0, bills, NULL, 0},
};
enum { SERVICES = sizeof all / sizeof *all };

struct collected {
    struct town *t;
    struct paper papers[64];
    struct paper_row rows[64];
    size_t n;
};

/* Every paper that the case offers now and that isn't there yet. */
static void collect(struct collected *x, int64_t id)
{
    struct scope s = at_county(ROLE_DECIDER, "2020-11-25");
    struct conn *c = NULL;
    struct paper_offer *offers = NULL;
    size_t n = 0;
    check_ok(store_reader(x->t->c->store, &c, err));
    check_ok(paper_offers(x->t->c, &s, c, CASE_COUNTY, id, &x->t->a, &offers, &n, err));
    store_reader_done(c);
    for (size_t i = 0; i < n; i++) {
        struct paper_wanted w = of_case(id, offers[i].document->form);
        if (!offers[i].can || offers[i].paper_id != 0)
            continue;
        w.person_id = offers[i].person_id;
        assert_true(x->n < 64);
        x->rows[x->n] = made_of(x->t, s, w);
        x->papers[x->n] = content_of(x->t, &x->rows[x->n]);
        x->n++;
    }
}

/* The data of a supplement: all that the applicant must bring; empty: nothing. */
static str missing_papers(struct town *t, const struct service *s)
{
    str list = S("");
    for (size_t i = 0; i < s->n_papers; i++)
        if (s->papers[i].source != PAPER_OFFICE && s->papers[i].only_for.zh.n == 0 &&
            !s->papers[i].may_follow)
            list = str_fmt(&t->a, "%.*s%s\"%.*s\"", STR_ARG(list), list.n > 0 ? "," : "",
                           STR_ARG(s->papers[i].name.text));
    return list.n > 0 ? str_fmt(&t->a, "{\"papers\":[%.*s]}", STR_ARG(list)) : list;
}

static void walk(struct collected *x, const struct walked *w, bool grant)
{
    struct scope s = at_town("2020-11-16");
    struct town *t = x->t;
    int64_t id = open_one(t, w->service, w->person, w->facts);
    const struct service *service = whole(t, id).ground.service;
    str missing = missing_papers(t, service);
    if (missing.n > 0 && service->supplement_within.n > 0) {
        event_ok(t, s, id, "supplement_asked", "", "", missing.p);
        collect(x, id);
        event_ok(t, s, id, "supplement_given", "", "", missing.p);
    }
    collect(x, id);
    decide(t, id, grant);
    collect(x, id);
}

/* A pdftotext of all of them bound into one file. */
static str drawn(struct town *t, const struct paper *papers, size_t n)
{
    char folder[] = "/tmp/huimin-paper-XXXXXX";
    int pages = 0;
    size_t done = 0;
    str text;
    assert_non_null(mkdtemp(folder));
    const char *pdf = str_fmt(&t->a, "%s/all.pdf", folder).p;
    const char *txt = str_fmt(&t->a, "%s/all.txt", folder).p;
    (void)pages;
    check_ok(papers_book(NULL, papers, n, pdf, &done, err));
    assert_int_equal(done, n);
    assert_int_equal(system(str_fmt(&t->a, "pdftotext -layout %s %s", pdf, txt).p), 0);
    check_ok(file_read(txt, 8 << 20, &t->a, &text, err));
    remove(pdf);
    remove(txt);
    rmdir(folder);
    return text;
}

static void every_document_of_every_service(void **state)
{
    struct collected *x = calloc(1, sizeof *x);
    bool seen[SERVICES][DOCUMENT__COUNT] = {{0}};
    for (size_t i = 0; i < SERVICES; i++)
        for (int grant = 0; grant < 2; grant++) {
            struct town t = town_with_numbers(*state);
            x->t = &t;
            x->n = 0;
            if (all[i].before != NULL)
                enrol(t.c, CASE_FAMILY, all[i].enrolled, all[i].before, DAY_OPEN);
            walk(x, &all[i], grant);
            str text = drawn(&t, x->papers, x->n);
            for (size_t k = 0; k < x->n; k++) {
                enum document_form f = document_form_find(x->rows[k].form);
                seen[i][f] = true;
                str said = texts_of(&t, &x->papers[k]);
                has(text, str_z(&t.a, x->rows[k].number));
                has_not(said, "{");
                has_not(said, IDENTITY);
                has_not(said, PHONE);
                for (size_t b = 0; b < k; b++)
                    assert_false(str_eq(x->rows[b].number, x->rows[k].number));
            }
            has_not(text, IDENTITY);
            has_not(text, PHONE);
            int64_t checked = 0;
            check_ok(audit_verify(t.c->store, &checked, err));
            town_done(&t);
        }
    static const enum document_form first[] = {DOCUMENT_RECEIPT, DOCUMENT_GRANT, DOCUMENT_REFUSAL};
    for (size_t i = 0; i < SERVICES; i++) {
        bool review = all[i].before != NULL;
        for (size_t k = 0; !review && k < 3; k++)
            if (!seen[i][first[k]])
                fail_msg("%s has no %s", all[i].service, document_form_word(first[k]));
        if (review && (!seen[i][DOCUMENT_CHANGE] || !seen[i][DOCUMENT_STOP]))
            fail_msg("%s: change %d, stop %d", all[i].service, seen[i][DOCUMENT_CHANGE],
                     seen[i][DOCUMENT_STOP]);
        assert_true(seen[i][DOCUMENT_AUTHORISATION] || i == 6);
    }
    free(x);
}

/* Each service of the shipped lines has the documents that its course can need. */
static void nothing_is_undeclared(void **state)
{
    struct town t = case_begin(*state);
    const struct rules *r = t.c->rules;
    assert_int_equal(r->services.n, SERVICES);
    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];
        for (enum document_form f = 0; f < DOCUMENT__COUNT; f++) {
            bool first = f == DOCUMENT_GRANT || f == DOCUMENT_REFUSAL || f == DOCUMENT_RECEIPT;
            bool later = f == DOCUMENT_CHANGE || f == DOCUMENT_STOP;
            bool application = s->form == SERVICE_APPLICATION;
            bool wanted = (first && application) || (later && !application) ||
                          f == DOCUMENT_SURVEY || f == DOCUMENT_AUTHORISATION ||
                          f == DOCUMENT_TRANSFER || f == DOCUMENT_MISSING;
            if (wanted && rules_document(r, s, f) == NULL)
                fail_msg("%.*s has no %s", STR_ARG(s->name.text), document_form_word(f));
        }
    }
    for (size_t i = 0; i < r->documents.n; i++) {
        const struct document *d = r->documents.at[i];
        assert_int_equal(d->is_public, d->form == DOCUMENT_POSTING);
        for (size_t k = 0; d->is_public && k < d->n_parts; k++) {
            assert_int_equal(leak_find(d->parts[k].text.zh).kind, LEAK_NONE);
            assert_int_equal(leak_find(d->parts[k].text.en).kind, LEAK_NONE);
        }
    }
    town_done(&t);
}

/* ---- notices of no case --------------------------------------------------------------------------- */

struct telling {
    struct city *city;
    struct notice notice;
};

static enum rc tell(struct change *c, void *ctx, struct err *err)
{
    struct telling *t = ctx;
    return notice_put(c, &t->city->ids, &t->notice, err);
}

static int64_t told(struct town *t, int64_t household, const char *kind,
                    const struct notice_about *about)
{
    struct telling x = {t->c,
                        {.household_id = household,
                         .division = CASE_TOWN_1,
                         .kind = str_from(kind),
                         .title = S("增发通知书"),
                         .text = S("王五：自2020年12月起改为每月610.00元。"),
                         .channels = BY_PAPER | BY_PAGE,
                         .made = day_at("2020-11-25"),
                         .line = S("assistance"),
                         .subject = S("王五"),
                         .about = about}};
    check_ok(change_in(t->c, CASE_COUNTY, tell, &x, NULL, err));
    return x.notice.notice_id;
}

/* The amount that a month found, with its calculation as long as that comes to what was decided. */
static void a_notice_of_no_case(void **state)
{
    struct town t = case_begin(*state);
    struct scope s = at_county(ROLE_DECIDER, "2020-11-25");
    struct notice_about about = {.programme = S("dibao"),
                                 .from = month_at("2020-12"),
                                 .old_fen = 40000,
                                 .fen = 61000,
                                 .reasons = S("提高标准"),
                                 .rule_hash = str_from(t.c->rule_hash)};
    enrol(t.c, CASE_FAMILY, 0, "dibao", DAY_OPEN);
    struct paper_wanted w = {.county = CASE_COUNTY,
                             .notice_id = told(&t, CASE_FAMILY, "change", &about)};
    struct paper_row r = made_of(&t, s, w);
    str text = paper_text(&t, &r);
    has(text, "由每月400.00元调整为每月610.00元");
    has(text, "提高标准");
    has(text, "计算和认定过程");
    check_text(r.title, "救助金增发减发通知书");
    about.fen = 50000; /* not what the rules give: no calculation that says otherwise */
    w.notice_id = told(&t, CASE_FAMILY, "change", &about);
    r = made_of(&t, s, w);
    has(paper_text(&t, &r), "调整为每月500.00元");
    has_not(paper_text(&t, &r), "计算和认定过程");
    /* Nothing kept, or of a kind without a document: its text as it was decided. */
    w.notice_id = told(&t, CASE_FAMILY, "grant", NULL);
    r = made_of(&t, s, w);
    check_text(r.title, "增发通知书");
    has(paper_text(&t, &r), "自2020年12月起改为每月610.00元");
    town_done(&t);
}

static bool count_slices(void *ctx, size_t done)
{
    size_t *last = ctx;
    assert_true(done > *last);
    *last = done;
    return true;
}

static bool stop_at_once(void *ctx, size_t done)
{
    (void)ctx;
    (void)done;
    return false;
}

/* Two hundred and fifty, in the order given; asked again the same. */
static void many_at_once(void **state)
{
    enum { MANY = 250 };
    struct town t = case_begin(*state);
    struct scope s = at_county(ROLE_DECIDER, "2020-11-25"),
                 hills = clerk(CASE_TOWN_R, ROLE_CLERK, "2020-11-25");
    struct paper_ref refs[MANY + 1];
    struct paper_row *rows = NULL, *again = NULL;
    size_t last = 0;
    for (size_t i = 0; i < MANY; i++)
        refs[i] = (struct paper_ref){CASE_COUNTY, told(&t, CASE_FAMILY, "change", NULL)};
    refs[MANY] = refs[0]; /* twice in the list, and one paper */
    struct paper_many m = {
        .notices = refs, .n = MANY + 1, .public_url = S(URL), .go_on = stop_at_once, .ctx = &last};
    check_fails(papers_of_notices(t.c, &s, &m, &t.a, &rows, err), RC_INTERRUPTED, "100 of 251");
    assert_int_equal(count_of(&t, "SELECT count(*) FROM paper"), 100);
    m.go_on = count_slices;
    check_ok(papers_of_notices(t.c, &s, &m, &t.a, &rows, err));
    assert_int_equal(last, 200);
    assert_int_equal(count_of(&t, "SELECT count(*) FROM paper"), MANY);
    assert_int_equal(count_of(&t, "SELECT count(DISTINCT number) FROM paper"), MANY);
    assert_int_equal(count_of(&t, "SELECT count(DISTINCT code) FROM paper"), MANY);
    last = 0;
    check_ok(papers_of_notices(t.c, &s, &m, &t.a, &again, err));
    for (size_t i = 0; i <= MANY; i++) {
        assert_int_equal(rows[i].notice_id, refs[i].id);
        assert_int_equal(again[i].paper_id, rows[i].paper_id);
        assert_int_equal(rows[i].number.n, 19);
    }
    assert_int_equal(rows[MANY].paper_id, rows[0].paper_id);
    check_fails(papers_of_notices(t.c, &hills, &m, &t.a, &rows, err), RC_NOT_FOUND, "");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_paper_has_a_number_and_stays),
        BOTH(what_says_something_else_replaces),
        BOTH(only_what_is_so_can_be_made),
        BOTH(adults_sign),
        BOTH(whoever_sees_the_case_with_its_reasons),
        BOTH(the_public_checks_by_number_and_code),
        BOTH(a_letter_before_the_decision),
        BOTH(every_document_of_every_service),
        BOTH(nothing_is_undeclared),
        BOTH(a_notice_of_no_case),
        BOTH(many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
