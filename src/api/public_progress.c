/*
 * How far an application is, for whom it is about: steps in words and days, papers that are missing, what was
 * decided and how each yuan came about, what was paid, what can be done against it. Names are masked,
 * identity numbers never told; a pass opens the cases of one acceptance only.
 */
#include <string.h>

#include "api/api_in.h"
#include "api/api_sql.h"
#include "api/case_json.h"
#include "api/handlers.h"
#include "api/paper_pdf.h"
#include "api/people_json.h"
#include "api/preview_json.h"
#include "api/public_in.h"
#include "pay/amounts.h"
#include "work/effect.h"
#include "work/notice.h"
#include "work/paper.h"

enum {
    CASES_MOST = 20,
    AWARDS_MOST = 120,
    PAYMENT_MONTHS = 24,
    REVIEW_DAYS = 60, /* 行政复议法 article 20: from the day one knew */
    COURT_MONTHS = 6  /* 行政诉讼法 article 46 */
};

struct bank_line {
    month month;
    str programme, kind;
    int64_t person_id;
    str state, reason, settled;
    int64_t fen, kept; /* what the bank pays; kept back of it, of a recovery negative */
};

struct progress {
    struct call *c;
    struct conn *conn;
    struct case_whole k;
    struct case_proposal proposal;
    bool asked;
    str names[32]; /* to be masked in texts: applicant, subject, members */
    int64_t ids[32];
    size_t n_names;
    VEC(struct bank_line) lines;
};

static void add_name(struct progress *p, int64_t person, str name)
{
    if (name.n == 0 || p->n_names == sizeof p->names / sizeof *p->names)
        return;
    p->ids[p->n_names] = person;
    p->names[p->n_names++] = name;
}

static str masked(const struct progress *p, str text)
{
    return public_masked(text, p->names, p->n_names, p->c->arena);
}

static str name_of(const struct progress *p, int64_t person)
{
    for (size_t i = 0; i < p->n_names; i++)
        if (p->ids[i] == person && person != 0)
            return mask_name(p->names[i], p->c->arena);
    return S("");
}

/* ---- head ------------------------------------------------------------------------------------ */

static enum deadline_unit unit_of(const struct case_whole *k)
{
    const struct service *s = k->ground.service;

    if (k->state->extended)
        return s->extended.unit;
    return k->ground.delegated && s->delegated.n > 0 ? s->delegated.unit : s->within.unit;
}

static const struct {
    unsigned stop;
    const char *zh, *en;
} stops[] = {
    {STOP_SUPPLEMENT, "等您补材料，这段时间不算在办理期限里",
     "waiting for your papers; this time is not counted"},
    {STOP_POSTING, "正在公示，这段时间不算在办理期限里", "being posted; this time is not counted"},
    {STOP_OBJECTION, "有人提出异议，正在核实，这段时间不算在办理期限里",
     "an objection is being looked into; this time is not counted"},
    {STOP_LETTER, "等外地回复，这段时间不算在办理期限里",
     "waiting for an answer from elsewhere; this time is not counted"},
};

static void write_stop(struct json *j, unsigned why)
{
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (why & stops[i].stop) {
            json_words(j, "stopped", stops[i].zh, stops[i].en);
            return;
        }
    json_key(j, "stopped");
    json_nil(j);
}

MUST_CHECK static enum rc write_head(struct progress *p, struct err *err)
{
    struct json *j = &p->c->json;
    const struct case_row *r = &p->k.row;
    const struct case_state *s = p->k.state;
    bool open = case_status_open(s->status);

    JSON_STR(j, "number", r->number);
    json_key(j, "service");
    json_label(j, &p->k.ground.service->label);
    JSON_STR(j, "subject", mask_name(r->subject, p->c->arena));
    JSON_STR(j, "applicant", mask_name(r->applicant, p->c->arena));
    JSON_STR(j, "state", str_from(case_status_word(s->status)));
    json_words(j, "state_label", case_status_label(s->status, false),
               case_status_label(s->status, true));
    json_day_or_null(j, "accepted", s->accepted);
    json_day_or_null(j, "closed", s->closed);
    json_clock(j, p->k.ground.calendar, open ? p->c->today : s->closed, s->warn, s->due,
               unit_of(&p->k), s->stops != 0 || !open, s->unsure);
    write_stop(j, open ? s->stops : 0);
    TRY(people_division(p->c, p->conn, "office", r->office, err));
    return people_division(p->c, p->conn, "owner", s->owner, err);
}

/* ---- steps and papers ------------------------------------------------------------------------ */

static str form_word(enum step_form f)
{
    static const char *const words[] = {
#define STEP_FORM(name, word, en, zh) word,
#include "lang/step_form.def"
#undef STEP_FORM
    };
    return str_from(words[f]);
}

static void write_steps(struct progress *p)
{
    static const char *const at[] = {"elsewhere", "city", "county", "township", "village"};
    struct json *j = &p->c->json;
    bool open = case_status_open(p->k.state->status);

    json_key(j, "steps");
    json_arr(j);
    for (size_t i = 0; i < p->k.ground.service->n_steps; i++) {
        const struct step_state *t = &p->k.state->steps[i];
        /* What a closed case never came to is not waited for. */
        bool over = !open && t->status != STEP_DONE;
        if (over || t->status == STEP_SKIPPED)
            continue;
        json_obj(j);
        json_key(j, "label");
        json_label(j, &t->step->label);
        JSON_STR(j, "form", form_word(t->step->form));
        JSON_STR(j, "at", str_from(at[case_step_level(&p->k, t)]));
        JSON_STR(j, "state", str_from(step_status_word(t->status)));
        json_clock(j, p->k.ground.calendar, p->c->today, t->warn, t->due, t->step->within.unit,
                   t->status != STEP_OPEN || case_step_paused(p->k.state, t), t->unsure);
        json_day_or_null(j, "done", t->done);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static bool asked_for(const struct case_state *s, str paper)
{
    for (size_t i = 0; i < s->n_asked; i++)
        if (str_eq(s->asked[i], paper))
            return true;
    return false;
}

static void write_papers(struct progress *p)
{
    static const char *const source[] = {"applicant", "office", "promise"};
    struct json *j = &p->c->json;
    const struct service *s = p->k.ground.service;

    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < s->n_papers; i++) {
        json_obj(j);
        json_key(j, "label");
        json_label(j, &s->papers[i].label);
        JSON_STR(j, "source", str_from(source[s->papers[i].source]));
        json_key(j, "only_for");
        if (s->papers[i].only_for.zh.n > 0)
            json_label(j, &s->papers[i].only_for);
        else
            json_nil(j);
        JSON_STR(j, "have", str_from(paper_have_word(p->k.state->papers[i])));
        JSON_BOOL(j, "asked", asked_for(p->k.state, s->papers[i].name.text));
        json_obj_end(j);
    }
    json_arr_end(j);
    json_day_or_null(j, "papers_until",
                     p->k.state->supplement_until != 0 ? p->k.state->supplement_until
                                                       : p->k.state->papers_due);
}

/* ---- what was decided ------------------------------------------------------------------------ */

static const struct policy *policy_of(const struct progress *p, str name)
{
    const struct service *s = p->k.ground.service;

    for (size_t i = 0; i < s->n_decides; i++)
        if (str_eq(s->decides[i].text, name))
            return s->policies[i];
    return NULL;
}

static void write_decision(struct progress *p)
{
    struct json *j = &p->c->json;
    const struct case_opinion *o = &p->k.state->decision;

    json_key(j, "decision");
    if (o->seq == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_BOOL(j, "grant", o->grant);
    JSON_STR(j, "text", masked(p, o->text));
    json_day_or_null(j, "day", o->day);
    json_key(j, "programmes");
    json_arr(j);
    for (size_t i = 0; i < o->n_lines; i++) {
        const struct policy *policy = policy_of(p, o->lines[i].programme);
        const struct label own = {.zh = o->lines[i].programme, .en = o->lines[i].programme};
        json_obj(j);
        json_key(j, "label");
        json_label(j, policy != NULL ? &policy->label : &own);
        JSON_STR(j, "person", name_of(p, o->lines[i].person_id));
        JSON_BOOL(j, "grant", o->lines[i].grant);
        JSON_INT(j, "fen", o->lines[i].fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
}

/* The way against a decision: how long, from the day it was told, else from that on which it was made. */
static void write_appeal(struct progress *p)
{
    struct json *j = &p->c->json;
    const struct case_state *s = p->k.state;
    day from = s->decision.day;
    const struct deadline court = {.n = COURT_MONTHS, .unit = IN_MONTHS};

    json_key(j, "appeal");
    if (s->decision.seq == 0) {
        json_nil(j);
        return;
    }
    for (size_t i = 0; i < p->k.n_events; i++)
        if (p->k.events[i].kind == EVENT_TOLD && p->k.events[i].seq > s->decision.seq)
            from = p->k.events[i].day;
    json_obj(j);
    json_day_or_null(j, "from", from);
    json_day_or_null(j, "review_until", from + REVIEW_DAYS);
    json_day_or_null(j, "court_until", deadline_due(p->k.ground.calendar, from, &court, NULL));
    json_obj_end(j);
}

static void write_unit(struct progress *p, const struct case_unit *u)
{
    struct json *j = &p->c->json;
    const struct trace_unit *t = u->unit;

    json_obj(j);
    json_key(j, "label");
    json_label(j, &u->policy->label);
    JSON_STR(j, "person", name_of(p, u->person_id));
    JSON_STR(j, "fits", u->undecided ? S("open") : u->fits ? S("yes") : S("no"));
    json_key(j, "fen");
    if (u->undecided)
        json_nil(j);
    else
        json_int(j, u->fen);
    people_both(j, "result", t->result[EXPLAIN_ZH], t->result[EXPLAIN_EN]);
    people_both(j, "needs", t->needs[EXPLAIN_ZH], t->needs[EXPLAIN_EN]);
    json_key(j, "steps");
    trace_steps_json(t, j);
    json_obj_end(j);
}

/* The sum itself and each of its lines, by the rules of the day; only once it is decided: before, what comes
 * out is not sure, and a promise that nobody made. */
static void write_calculation(struct progress *p)
{
    struct json *j = &p->c->json;

    json_key(j, "calculation");
    json_arr(j);
    for (size_t i = 0; p->asked && i < p->proposal.n; i++)
        write_unit(p, &p->proposal.units[i]);
    json_arr_end(j);
    json_key(j, "members");
    json_arr(j);
    for (size_t i = 0; p->asked && i < p->proposal.preview.n_persons; i++)
        json_str(j, name_of(p, p->proposal.preview.persons[i]));
    json_arr_end(j);
}

/* ---- notices and messages -------------------------------------------------------------------- */

MUST_CHECK static enum rc write_notices(struct progress *p, struct err *err)
{
    struct json *j = &p->c->json;
    struct notice *list = NULL;
    size_t n = 0;

    TRY(notices_of_case(p->conn, p->k.row.county_code, p->k.row.case_id, p->c->arena, &list, &n,
                        err));
    json_key(j, "notices");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", list[i].kind);
        JSON_STR(j, "title", list[i].title);
        JSON_STR(j, "text", masked(p, list[i].text));
        json_day_or_null(j, "made", list[i].made);
        struct paper_row paper;
        TRY(paper_of_notice(p->conn, list[i].county_code, list[i].notice_id, p->c->arena, &paper,
                            err));
        json_key(j, "paper");
        if (paper.paper_id != 0)
            json_str(j, paper.number);
        else
            json_nil(j);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_messages(struct progress *p, struct err *err)
{
    struct json *j = &p->c->json;
    struct message *list = NULL;
    size_t n = 0;

    TRY(messages_of(p->conn, p->k.row.county_code, p->k.row.case_id, p->c->arena, &list, &n, err));
    json_key(j, "messages");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", list[i].kind);
        JSON_STR(j, "text", list[i].text);
        json_day_or_null(j, "made", list[i].made);
        json_day_or_null(j, "due", list[i].due);
        JSON_STR(j, "answer", list[i].answer);
        json_day_or_null(j, "answered", list[i].answered);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

/* ---- money ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_lines(struct progress *p, month from, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(p->k.row.county_code), V_INT(p->k.row.household_id),
                              V_TEXT(str_from(month_text(from, text)))};
    struct arena *a = p->c->arena;
    struct query *q = NULL;

    TRY(query(p->conn, &stmt_public_payments, v, 3, &q, err));
    while (query_next(q)) {
        struct bank_line *l = VEC_PUSH(a, &p->lines);
        *l = (struct bank_line){.programme = str_dup(a, query_text(q, 1)),
                                .kind = str_dup(a, query_text(q, 2)),
                                .person_id = query_int(q, 3),
                                .state = str_dup(a, query_text(q, 4)),
                                .reason = str_dup(a, query_text(q, 5)),
                                .settled = str_dup(a, query_text(q, 6)),
                                .fen = query_int(q, 7),
                                .kept = query_int(q, 8)};
        if (!month_parse(query_text(q, 0), &l->month))
            l->month = 0;
    }
    return query_end(q, err);
}

static str payment_kind(const struct month_award *a)
{
    return str_eq(a->ground, S("once")) ? S("once") : S("month");
}

/* What the bank said to it: the last line that pays it. */
static const struct bank_line *line_of(const struct progress *p, const struct month_award *a)
{
    const struct bank_line *found = NULL;
    str kind = payment_kind(a);

    for (size_t i = 0; i < p->lines.n; i++) {
        const struct bank_line *l = &p->lines.at[i];
        if (l->month == a->month && str_eq(l->programme, a->programme) && str_eq(l->kind, kind))
            found = l;
    }
    return found;
}

/* What all payments say; the state and day follow. */
static void write_sum(struct progress *p, month m, str programme, int64_t person, str kind,
                      int64_t fen, int64_t kept)
{
    struct json *j = &p->c->json;

    json_key(j, "month");
    json_month(j, m);
    json_key(j, "label");
    json_label(j, &policy_of(p, programme)->label);
    JSON_STR(j, "person", name_of(p, person));
    JSON_STR(j, "kind", kind);
    JSON_INT(j, "fen", fen);
    JSON_INT(j, "kept_fen", kept);
}

static void write_payment(struct progress *p, const struct month_award *a)
{
    struct json *j = &p->c->json;
    const struct bank_line *l = line_of(p, a);

    json_obj(j);
    write_sum(p, a->month, a->programme, a->person_id, payment_kind(a), a->fen,
              l != NULL ? l->kept : 0);
    JSON_STR(j, "state", l != NULL ? l->state : a->paid != 0 ? S("paid") : S("awarded"));
    JSON_STR(j, "reason", l != NULL ? l->reason : S(""));
    json_key(j, "day");
    if (l != NULL && l->settled.n > 0)
        json_str(j, l->settled);
    else
        json_day(j, l == NULL ? a->paid : 0);
    json_obj_end(j);
}

/*
 * Back-pay, and what is taken back: lines of their own, of the month that they belong to. One that failed
 * and is paid again is told once, by the line that pays it again.
 */
static void write_arrears(struct progress *p, const struct bank_line *l)
{
    struct json *j = &p->c->json;
    bool back = str_eq(l->kind, S("recovery"));

    json_obj(j);
    write_sum(p, l->month, l->programme, l->person_id, l->kind, l->fen + l->kept,
              back ? 0 : l->kept);
    JSON_STR(j, "state", l->state);
    JSON_STR(j, "reason", l->reason);
    json_key(j, "day");
    if (l->settled.n > 0)
        json_str(j, l->settled);
    else
        json_day(j, 0);
    json_obj_end(j);
}

static bool is_arrears(const struct progress *p, const struct bank_line *l)
{
    int64_t person = p->k.row.person_id;

    return (str_eq(l->kind, S("backpay")) || str_eq(l->kind, S("recovery"))) &&
           !str_eq(l->state, S("again")) && policy_of(p, l->programme) != NULL &&
           (person == 0 || l->person_id == person);
}

/* Of the programmes that the case decides, for whom it is about. */
MUST_CHECK static enum rc write_payments(struct progress *p, struct err *err)
{
    struct json *j = &p->c->json;
    const struct case_row *r = &p->k.row;
    struct month_award *list = NULL;
    size_t n = 0;
    month from = date_month(p->c->today) - PAYMENT_MONTHS;
    bool granted = p->k.state->decision.seq != 0 && p->k.state->decision.grant;

    if (granted) {
        TRY(awards_of_household(p->conn, r->county_code, r->household_id, AWARDS_MOST, p->c->arena,
                                &list, &n, err));
        TRY(read_lines(p, from, err));
    }
    json_key(j, "payments");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        if (list[i].month >= from && policy_of(p, list[i].programme) != NULL &&
            (r->person_id == 0 || list[i].person_id == r->person_id))
            write_payment(p, &list[i]);
    for (size_t i = 0; i < p->lines.n; i++)
        if (is_arrears(p, &p->lines.at[i]))
            write_arrears(p, &p->lines.at[i]);
    json_arr_end(j);
    return RC_OK;
}

/* ---- one case -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_case(struct progress *p, int64_t county, int64_t id, struct err *err)
{
    struct household_view v;
    struct err none = {0};

    TRY(case_load(p->c->city, NULL, p->conn, county, id, p->c->arena, &p->k, err));
    const struct case_row *r = &p->k.row;
    p->n_names = 0;
    p->lines.n = 0;
    add_name(p, r->applicant_id, r->applicant);
    add_name(p, r->person_id, r->subject);
    enum rc rc = household_view(p->c->city, p->conn, county, r->household_id, p->c->today, false,
                                p->c->arena, &v, &none);
    for (size_t i = 0; rc == RC_OK && i < v.members.n; i++)
        add_name(p, v.members.at[i].person, v.members.at[i].name);
    p->asked = p->k.state->decision.seq != 0 && !p->k.ground.elsewhere &&
               case_propose(p->c->city, p->conn, &p->k, p->k.state->decision.day, p->c->arena,
                            &p->proposal, &none) == RC_OK;
    return none.rc == RC_IO ? err_set(err, none.rc, "%s", none.text) : RC_OK;
}

MUST_CHECK static enum rc write_case(struct progress *p, int64_t county, int64_t id,
                                     struct err *err)
{
    TRY(read_case(p, county, id, err));
    json_obj(&p->c->json);
    TRY(write_head(p, err));
    write_steps(p);
    write_papers(p);
    write_decision(p);
    write_appeal(p);
    write_calculation(p);
    TRY(write_notices(p, err));
    TRY(write_payments(p, err));
    TRY(write_messages(p, err));
    json_obj_end(&p->c->json);
    return RC_OK;
}

/* The number without what tells the cases of one acceptance apart. */
static str acceptance(str number)
{
    return str_sub(number, 0, number.n > 18 ? 18 : number.n);
}

MUST_CHECK static enum rc write_cases(struct progress *p, const struct pass *pass, struct err *err)
{
    struct scope *all = scope_system(p->c->city, p->c->today, p->c->arena);
    struct case_whole first;
    struct case_row *rows = NULL;
    size_t n = 0;

    TRY(case_load(p->c->city, NULL, p->conn, pass->county, pass->id, p->c->arena, &first, err));
    str number = acceptance(first.row.number);
    TRY(cases_of_household(all, p->conn, pass->county, first.row.household_id, p->c->arena, &rows,
                           &n, err));
    JSON_STR(&p->c->json, "number", number);
    json_key(&p->c->json, "cases");
    json_arr(&p->c->json);
    for (size_t i = n; i-- > 0;)
        if (str_eq(acceptance(rows[i].number), number))
            TRY(write_case(p, pass->county, rows[i].case_id, err));
    json_arr_end(&p->c->json);
    json_key(&p->c->json, "application");
    json_nil(&p->c->json);
    return RC_OK;
}

/* ---- an application that is no case yet ------------------------------------------------------ */

MUST_CHECK static enum rc write_online(struct progress *p, const struct pass *pass, struct err *err)
{
    struct json *j = &p->c->json;
    struct online o;
    int64_t files = 0, bytes = 0;
    str one, rest;

    TRY(online_find(p->c->city, NULL, p->conn, pass->county, pass->id, false, p->c->arena, &o,
                    err));
    TRY(online_files(p->conn, pass->county, pass->id, &files, &bytes, err));
    JSON_STR(j, "number", o.number);
    json_key(j, "cases");
    json_arr(j);
    json_arr_end(j);
    json_key(j, "application");
    json_obj(j);
    JSON_STR(j, "applicant", mask_name(o.applicant, p->c->arena));
    json_key(j, "services");
    json_arr(j);
    for (rest = o.services; rest.n > 0;) {
        if (!str_cut(rest, ',', &one, &rest))
            rest = S("");
        const struct service *s = rules_service(p->c->city->rules, one);
        const struct label own = {.zh = one, .en = one};
        json_label(j, s != NULL ? &s->label : &own);
    }
    json_arr_end(j);
    JSON_STR(j, "state", o.state);
    json_day_or_null(j, "made", o.made);
    json_day_or_null(j, "due", o.due);
    json_day_or_null(j, "answered", o.answered);
    JSON_STR(j, "words", o.words);
    JSON_STR(j, "case_number", o.case_number);
    JSON_INT(j, "files", files);
    TRY(people_division(p->c, p->conn, "office", o.office, err));
    json_obj_end(j);
    return RC_OK;
}

enum rc public_progress(struct call *c, struct err *err)
{
    struct progress *p = NEW(c->arena, struct progress);
    struct pass pass;

    p->c = c;
    TRY(pass_read(c, &pass, err));
    TRY(store_reader(c->city->store, &p->conn, err));
    json_obj(&c->json);
    JSON_INT(&c->json, "until_ms", pass.until_ms);
    json_key(&c->json, "today");
    json_day(&c->json, c->today);
    enum rc rc = pass.kind == PASS_CASE ? write_cases(p, &pass, err) : write_online(p, &pass, err);
    store_reader_done(p->conn);
    json_obj_end(&c->json);
    return rc;
}

/* ---- a letter as it was printed --------------------------------------------------------------- */

/* A paper of a case of the pass, by its number; others look as if they were not there. */
MUST_CHECK static enum rc find_paper(struct progress *p, const struct pass *pass, str number,
                                     struct paper *out, struct err *err)
{
    struct paper_row *papers = NULL;
    struct case_whole first;
    struct case_row *rows = NULL;
    size_t n = 0, n_papers = 0;
    struct scope *all = scope_system(p->c->city, p->c->today, p->c->arena);

    TRY(case_load(p->c->city, NULL, p->conn, pass->county, pass->id, p->c->arena, &first, err));
    TRY(cases_of_household(all, p->conn, pass->county, first.row.household_id, p->c->arena, &rows,
                           &n, err));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(acceptance(rows[i].number), acceptance(first.row.number)))
            continue;
        TRY(papers_of_case(p->conn, pass->county, rows[i].case_id, p->c->arena, &papers, &n_papers,
                           err));
        for (size_t k = 0; k < n_papers; k++)
            if (papers[k].notice_id != 0 && str_eq(papers[k].number, number))
                return paper_content(p->conn, pass->county, papers[k].paper_id, p->c->arena, out,
                                     err);
    }
    return err_set(err, RC_NOT_FOUND, "there is no such paper");
}

enum rc public_paper(struct call *c, struct err *err)
{
    struct progress *p = NEW(c->arena, struct progress);
    struct pass pass;
    struct paper paper;
    struct pdf pdf;

    p->c = c;
    TRY(pass_read(c, &pass, err));
    if (pass.kind != PASS_CASE)
        return err_set(err, RC_NOT_FOUND, "there is no such paper");
    /* Drawing is dear: it has the pace of guesses. */
    str who = rate_address(c->request->remote, c->arena);
    if (!rate_take(&c->api->insides->tries, who.n > 0 ? who : c->request->remote,
                   &c->insides->wait_s))
        return err_set(err, RC_TOO_MANY, "found too many requests, expected one a second");
    TRY(store_reader(c->city->store, &p->conn, err));
    enum rc rc = find_paper(p, &pass, c->at[0], &paper, err);
    store_reader_done(p->conn);
    TRY(rc);
    TRY(pdf_draw(&paper, 1, &pdf, err));
    pdf_reply(c, &pdf, c->at[0]);
    return RC_OK;
}

/* ---- a question, an appeal ------------------------------------------------------------------- */

/* The case of the acceptance that was named; else that of the pass. */
MUST_CHECK static enum rc case_meant(struct call *c, const struct pass *pass, str number,
                                     int64_t *out, struct err *err)
{
    struct scope *all = scope_system(c->city, c->today, c->arena);
    struct conn *conn = NULL;
    struct case_whole k;
    struct case_row r = {0};

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = case_load(c->city, NULL, conn, pass->county, pass->id, c->arena, &k, err);
    if (rc == RC_OK)
        rc = case_find(all, conn, number, c->arena, &r, err);
    store_reader_done(conn);
    TRY(rc);
    *out = r.case_id;
    return r.county_code == pass->county && str_eq(acceptance(r.number), acceptance(k.row.number))
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "this case is not one of the application");
}

enum rc public_message(struct call *c, struct err *err)
{
    struct pass pass;
    str kind = S(""), text = S(""), number = S("");
    int64_t since = clock_ms(), case_id = 0, id = 0;

    TRY(pass_read(c, &pass, err));
    if (pass.kind != PASS_CASE)
        return err_set(err, RC_RULE, "the office has to take the application first");
    TRY(public_texts(c, err));
    TRY(body_text(c, "kind", true, &kind, err));
    TRY(body_text(c, "text", true, &text, err));
    TRY(body_text(c, "number", true, &number, err));
    TRY(case_meant(c, &pass, number, &case_id, err));
    enum rc rc =
        message_take(c->city, pass.county, case_id, kind, text, c->today, c->arena, &id, err);
    public_wait(since, PUBLIC_SLOW_MS);
    TRY(rc);
    c->reply->status = 201;
    json_obj(&c->json);
    JSON_BOOL(&c->json, "taken", true);
    json_obj_end(&c->json);
    return RC_OK;
}
