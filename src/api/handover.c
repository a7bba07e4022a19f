/*
 * What a successor must know, read off in a morning: the open cases of an office with their next step,
 * why a clock stands still, what was promised, what is risky, which notices are still here.
 */
#include "api/desk_json.h"
#include "api/handover_more.h"
#include "api/handlers.h"
#include "guard/account.h"
#include "work/case.h"

enum { CASES_MOST = 200, NOTICES_MOST = 200 };

/* One thing to know about a case. */
struct remark {
    const char *kind; /* papers, promise, extended; late, objection, unsure, related */
    int64_t county, case_id;
    str number, subject;
    day due;
    str zh, en;
};
typedef VEC(struct remark) remark_list;

struct handover {
    struct call *c;
    struct conn *conn;
    struct desk_json json;
    struct scope scope;      /* the reader's, within the division asked for */
    struct account *account; /* NULL: whoever works there */
    VEC(struct case_whole) cases;
    bool more;
    remark_list promises, risks;
    struct notice *notices;
    size_t n_notices;
    int late, due_today, paused, papers, objections;
};

/* ---- whose ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc account_of(struct handover *h, str login, struct err *err)
{
    struct call *c = h->c;
    h->account = NEW(c->arena, struct account);
    enum rc rc = account_find(c->scope, h->conn, login, c->arena, h->account, err);
    if (rc == RC_NOT_FOUND)
        return call_wrong(c, RC_NOT_FOUND, "account", NULL, err,
                          "account: no “%.*s” that may be seen", STR_ARG(str_sub(login, 0, 60)));
    return rc;
}

/* The division asked for, the account's, or the reader's own. */
MUST_CHECK static enum rc narrow(struct handover *h, struct err *err)
{
    struct call *c = h->c;
    str asked = query_of(c, "division"), login = query_of(c, "account");
    int64_t division = c->scope->division;
    h->scope = *c->scope;
    if (login.n > 0) {
        TRY(account_of(h, login, err));
        division = h->account->division;
    }
    if (asked.n > 0 && (asked.n != 12 || !str_int(asked, &division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(asked, 0, 40)));
    if (!scope_covers(c->scope, division))
        return call_wrong(c, RC_NOT_FOUND, "division", NULL, err,
                          "division: no %lld that may be seen", (long long)division);
    h->scope.division = division;
    h->scope.level = division_level(division);
    division_bounds(division, &h->scope.lo, &h->scope.hi);
    if (h->scope.county_code == 0 && h->scope.level != AT_CITY)
        h->scope.county_code = division / 1000000;
    return RC_OK;
}

/* Is the line the reader's, and has the account anything to do with it? */
static bool works_on(const struct handover *h, str line)
{
    if (!scope_acts(h->c->scope, ~0u, line))
        return false;
    if (h->account == NULL)
        return true;
    for (size_t i = 0; i < h->account->n_roles; i++)
        if (h->account->role[i].line.n == 0 || str_eq(h->account->role[i].line, line))
            return true;
    return false;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static struct remark *remark(struct handover *h, remark_list *list, const char *kind,
                             const struct case_whole *k)
{
    struct remark *r = VEC_PUSH(h->c->arena, list);
    *r = (struct remark){.kind = kind,
                         .county = k->row.county_code,
                         .case_id = k->row.case_id,
                         .number = k->row.number,
                         .subject = k->row.subject};
    return r;
}

static void remark_papers(struct handover *h, const struct case_whole *k)
{
    const struct service *s = k->state->service;
    struct arena *a = h->c->arena;
    struct remark *r;
    h->papers += k->state->papers_due != 0;
    if (k->state->papers_due != 0) {
        r = remark(h, &h->promises, "papers", k);
        r->due = k->state->papers_due;
        r->zh = S("先行救助，材料待补交");
        r->en = S("paid first, papers still to come");
    }
    for (size_t i = 0; i < s->n_papers; i++) {
        if (k->state->papers[i] != PAPER_PROMISED)
            continue;
        r = remark(h, &h->promises, "promise", k);
        r->zh = str_fmt(a, "以书面承诺代替：%.*s", STR_ARG(s->papers[i].label.zh));
        r->en = str_fmt(a, "promised in writing instead of: %.*s", STR_ARG(s->papers[i].label.en));
    }
    if (k->state->extended) {
        r = remark(h, &h->promises, "extended", k);
        r->due = k->state->due;
        r->zh = S("办理期限已延长");
        r->en = S("the limit was extended");
    }
}

static void remark_risks(struct handover *h, const struct case_whole *k)
{
    const struct case_row *row = &k->row;
    day today = h->c->today;
    struct remark *r;
    if (light_of(today, row->warn, row->due, row->paused) == LIGHT_RED) {
        r = remark(h, &h->risks, "late", k);
        r->due = row->due;
        r->zh = S("已超过办理期限");
        r->en = S("the limit is over");
        h->late++;
    }
    if (k->state->objections > 0) {
        r = remark(h, &h->risks, "objection", k);
        r->zh = str_fmt(h->c->arena, "公示期间收到异议 %d 次", k->state->objections);
        r->en = str_fmt(h->c->arena, "objections received: %d", k->state->objections);
        h->objections++;
    }
    if (row->unsure) {
        r = remark(h, &h->risks, "unsure", k);
        r->due = row->due;
        r->zh = S("期限跨入尚未公布节假日安排的年份，届时须复核");
        r->en = S("the limit runs into a year without a published calendar: look again then");
    }
    h->paused += row->paused;
    h->due_today += !row->paused && row->due == today;
}

/* Why the clock stands still. */
static void write_why(struct handover *h, const struct case_whole *k)
{
    static const struct {
        enum case_stop bit;
        const char *zh, *en;
    } whys[] = {
        {STOP_SUPPLEMENT, "等待补正材料", "waiting for papers"},
        {STOP_POSTING, "公示期间", "while it is posted"},
        {STOP_OBJECTION, "异议核查期间", "while an objection is looked into"},
        {STOP_LETTER, "等待来函或核查结果", "waiting for an answer"},
    };
    struct json *j = &h->c->json;
    const struct case_state *s = k->state;
    json_key(j, "why");
    if (s->stops == 0) {
        json_nil(j);
        return;
    }
    for (int en = 0; en < 2; en++) {
        str text = S("");
        for (size_t i = 0; i < sizeof whys / sizeof *whys; i++)
            if (s->stops & whys[i].bit)
                text = str_fmt(h->c->arena, "%.*s%s%s", STR_ARG(text),
                               text.n == 0 ? ""
                               : en        ? ", "
                                           : "、",
                               en ? whys[i].en : whys[i].zh);
        if (en == 0)
            json_obj(j);
        json_key(j, en ? "en" : "zh");
        json_str(j, text);
    }
    json_obj_end(j);
}

static void write_case(struct handover *h, const struct case_whole *k)
{
    struct json *j = &h->c->json;
    const struct case_row *row = &k->row;
    const struct step_state *step = case_first_open(k->state);
    day today = h->c->today;
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, row->county_code, row->case_id);
    JSON_STR(j, "number", row->number);
    JSON_STR(j, "service", row->service);
    json_key(j, "label");
    json_label(j, &k->state->service->label);
    JSON_STR(j, "subject", row->subject);
    json_key(j, "household");
    json_ref(j, row->county_code, row->household_id);
    json_key(j, "step");
    if (step == NULL) {
        json_nil(j);
    } else {
        json_obj(j);
        JSON_STR(j, "name", step->step->name.text);
        json_key(j, "label");
        json_label(j, &step->step->label);
        json_key(j, "due");
        json_day(j, step->due);
        json_obj_end(j);
    }
    JSON_STR(j, "state", str_from(case_status_word(row->status)));
    json_key(j, "accepted");
    json_day(j, row->accepted);
    json_key(j, "due");
    json_day(j, row->due);
    json_key(j, "left");
    if (row->due == 0 || row->paused)
        json_nil(j);
    else
        json_int(j,
                 deadline_left(h->json.calendar, today, row->due, k->state->service->within.unit));
    JSON_STR(j, "light", str_from(light_name(light_of(today, row->warn, row->due, row->paused))));
    JSON_BOOL(j, "paused", row->paused);
    write_why(h, k);
    json_obj_end(j);
}

MUST_CHECK static enum rc remark_related(struct handover *h, const struct case_whole *k,
                                         struct err *err)
{
    struct staff_tie *ties = NULL;
    struct arena *a = h->c->arena;
    size_t n = 0;
    TRY(household_related(h->conn, k->row.county_code, k->row.household_id, h->c->today, a, &ties,
                          &n, err));
    for (size_t i = 0; i < n; i++) {
        struct remark *r = remark(h, &h->risks, "related", k);
        r->zh = str_fmt(a, "家庭成员是工作人员%.*s的%.*s，须回避", STR_ARG(ties[i].name),
                        STR_ARG(ties[i].relation));
        r->en = str_fmt(a, "a member is related to %.*s of the staff (%.*s), who must not act",
                        STR_ARG(ties[i].name), STR_ARG(ties[i].relation));
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_cases(struct handover *h, struct err *err)
{
    struct call *c = h->c;
    struct case_query q = {.scope = &h->scope, .state = S("open"), .limit = CASES_MOST};
    struct case_row *rows = NULL;
    size_t n = 0;
    TRY(case_list(c->city, &q, h->conn, c->arena, &rows, &n, &h->more, err));
    for (size_t i = 0; i < n; i++) {
        struct case_whole whole;
        if (!works_on(h, rows[i].line))
            continue;
        enum rc rc = case_load(c->city, &h->scope, h->conn, rows[i].county_code, rows[i].case_id,
                               c->arena, &whole, err);
        if (rc == RC_NOT_FOUND) /* closed, or moved away, since the list was read */
            continue;
        TRY(rc);
        *VEC_PUSH(c->arena, &h->cases) = whole;
        remark_papers(h, &whole);
        remark_risks(h, &whole);
        TRY(remark_related(h, &whole, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_notices(struct handover *h, struct err *err)
{
    struct notice_query q = {.scope = &h->scope, .limit = NOTICES_MOST};
    bool more = false;
    TRY(notice_list(&q, h->conn, h->c->arena, &h->notices, &h->n_notices, &more, err));
    h->more = h->more || more;
    return RC_OK;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_remarks(struct handover *h, const char *key, const remark_list *list)
{
    struct json *j = &h->c->json;
    json_key(j, key);
    json_arr(j);
    for (size_t i = 0; i < list->n; i++) {
        const struct remark *r = &list->at[i];
        json_obj(j);
        JSON_STR(j, "kind", str_from(r->kind));
        json_key(j, "case");
        json_ref(j, r->county, r->case_id);
        JSON_STR(j, "number", r->number);
        JSON_STR(j, "subject", r->subject);
        json_key(j, "due");
        json_day(j, r->due);
        json_key(j, "text");
        json_label(j, &(struct label){.zh = r->zh, .en = r->en});
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_words(struct handover *h)
{
    struct json *j = &h->c->json;
    struct arena *a = h->c->arena;
    int cases = (int)h->cases.n, notices = (int)h->n_notices;
    int risks = (int)h->risks.n, promises = (int)h->promises.n;
    const struct label words[] = {
        {.zh = str_fmt(a, "在办 %d 件：超期 %d 件，今日到期 %d 件，中止计时 %d 件。", cases,
                       h->late, h->due_today, h->paused),
         .en = str_fmt(a, "%d cases under way: %d late, %d due today, %d with the clock stopped.",
                       cases, h->late, h->due_today, h->paused)},
        {.zh = str_fmt(a, "已作承诺 %d 项，其中先行救助待补材料 %d 件。", promises, h->papers),
         .en =
             str_fmt(a, "%d promises, %d of them papers that must still come after urgent relief.",
                     promises, h->papers)},
        {.zh = str_fmt(a, "需留意 %d 项，其中有异议的 %d 件。", risks, h->objections),
         .en = str_fmt(a, "%d things to look after, %d cases with objections among them.", risks,
                       h->objections)},
        {.zh = str_fmt(a, "待送达文书 %d 份。", notices),
         .en = str_fmt(a, "%d notices still to go out.", notices)},
    };
    json_key(j, "words");
    json_arr(j);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        json_label(j, &words[i]);
    json_arr_end(j);
}

MUST_CHECK static enum rc write_all(struct handover *h, struct err *err)
{
    struct json *j = &h->c->json;
    json_obj(j);
    json_key(j, "account");
    if (h->account == NULL) {
        json_nil(j);
    } else {
        json_obj(j);
        JSON_STR(j, "login", h->account->login);
        JSON_STR(j, "name", h->account->name);
        json_obj_end(j);
    }
    json_key(j, "division");
    TRY(desk_json_place(&h->json, h->scope.division, err));
    json_key(j, "today");
    json_day(j, h->c->today);
    json_key(j, "cases");
    json_arr(j);
    for (size_t i = 0; i < h->cases.n; i++)
        write_case(h, &h->cases.at[i]);
    json_arr_end(j);
    write_remarks(h, "promises", &h->promises);
    write_remarks(h, "risks", &h->risks);
    json_key(j, "notices");
    json_arr(j);
    for (size_t i = 0; i < h->n_notices; i++)
        TRY(desk_json_notice(&h->json, &h->notices[i], err));
    json_arr_end(j);
    write_words(h);
    TRY(handover_more(&h->json, &h->scope, h->account, err));
    JSON_BOOL(j, "more", h->more);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc hand_over(struct handover *h, struct err *err)
{
    TRY(narrow(h, err));
    TRY(desk_json_begin(h->c, h->conn, &h->json, err));
    TRY(read_cases(h, err));
    TRY(read_notices(h, err));
    return write_all(h, err);
}

enum rc desk_handover(struct call *c, struct err *err)
{
    struct handover h = {.c = c};
    TRY(store_reader(c->city->store, &h.conn, err));
    enum rc rc = hand_over(&h, err);
    store_reader_done(h.conn);
    return rc;
}
