/* What a paper is made of: the case, the notice, the household on the day, what the rules say. */
#include "work/paper_in.h"

#include "people/preview.h"
#include "work/money.h"

/* ---- forms ----------------------------------------------------------------------------------- */

static const struct {
    const char *word, *en, *zh;
} forms[] = {
#define DOCUMENT_FORM(name, word, en, zh) [DOCUMENT_##name] = {word, en, zh},
#include "lang/document_form.def"
#undef DOCUMENT_FORM
};

const char *document_form_word(enum document_form f)
{
    return forms[f].word;
}

const char *document_form_label(enum document_form f, bool english)
{
    return english ? forms[f].en : forms[f].zh;
}

enum document_form document_form_find(str word)
{
    enum document_form f = 0;
    while (f < DOCUMENT__COUNT && !str_eq(str_from(forms[f].word), word))
        f++;
    return f;
}

/* Of a notice's kind. */
static enum document_form form_of_kind(str kind)
{
    if (str_eq(kind, S("accept")))
        return DOCUMENT_RECEIPT;
    return str_eq(kind, S("supplement")) ? DOCUMENT_MISSING : document_form_find(kind);
}

static bool notice_event_of(enum document_form f, enum notice_event *out)
{
    static const enum notice_event events[DOCUMENT__COUNT] = {
        [DOCUMENT_GRANT] = ON_GRANT,
        [DOCUMENT_REFUSAL] = ON_REFUSAL,
        [DOCUMENT_CHANGE] = ON_CHANGE,
        [DOCUMENT_STOP] = ON_STOP,
    };
    *out = events[f];
    return f == DOCUMENT_GRANT || f == DOCUMENT_REFUSAL || f == DOCUMENT_CHANGE ||
           f == DOCUMENT_STOP;
}

/* ---- which document -------------------------------------------------------------------------- */

const struct document *paper_document(const struct city *city, const struct case_whole *k,
                                      enum document_form form)
{
    const struct document *d = rules_document(k->ground.rules, k->ground.service, form);
    const struct service *now = rules_service(city->rules, k->row.service);
    /* Rules of before there were documents: the wording is that of today, the law that of the day. */
    return d == NULL && now != NULL ? rules_document(city->rules, now, form) : d;
}

const struct document *paper_cover(const struct rules *r)
{
    for (size_t i = 0; i < r->documents.n; i++)
        if (r->documents.at[i]->form == DOCUMENT_COVER)
            return r->documents.at[i];
    return NULL;
}

/* For a programme's notice of no case: of the service that comes round to it, else of any. */
static const struct document *document_of_programme(const struct rules *r, str programme, str line,
                                                    enum document_form form,
                                                    const struct service **service)
{
    const struct document *found = NULL;
    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];
        bool about = false;
        for (size_t k = 0; k < s->n_decides; k++)
            about |= str_eq(s->decides[k].text, programme);
        if (!about || !str_eq(s->line, line))
            continue;
        const struct document *d = rules_document(r, s, form);
        if (d == NULL || (found != NULL && s->form != SERVICE_REVIEW))
            continue;
        found = d;
        *service = s;
    }
    return found;
}

/* ---- when ------------------------------------------------------------------------------------ */

static bool was_transferred(const struct case_whole *k)
{
    for (size_t i = 0; i < k->n_events; i++)
        if (k->events[i].kind == EVENT_TRANSFERRED)
            return true;
    return false;
}

static void say(const char *why[2], const char *zh, const char *en)
{
    why[0] = zh;
    why[1] = en;
}

/* A form to fill in is of no use when all is over. */
static void refuses_form(const struct case_whole *k, enum document_form form, const char *why[2])
{
    const struct case_state *s = k->state;
    bool surveyed = form != DOCUMENT_SURVEY;
    for (size_t i = 0; !surveyed && i < s->service->n_steps; i++)
        surveyed = s->steps[i].step->form == STEP_SURVEY;
    if (!surveyed)
        say(why, "本事项不需要入户调查", "nothing is surveyed in this matter");
    else if (!case_status_open(s->status))
        say(why, "事项已经办结", "the case is closed");
}

static void refuses_decision(const struct case_whole *k, enum document_form form,
                             const char *why[2])
{
    const struct case_state *s = k->state;
    bool application = s->service->form == SERVICE_APPLICATION;
    bool first = form == DOCUMENT_GRANT || form == DOCUMENT_REFUSAL;
    if (application != first)
        say(why, application ? "申请只有同意或者不同意" : "本事项不是申请",
            application ? "an application is granted or refused" : "this is no application");
    else if (s->decision.seq == 0)
        say(why, "尚未作出决定", "nothing is decided yet");
}

void paper_refuses(const struct case_whole *k, enum document_form form, const char *why[2])
{
    say(why, NULL, NULL);
    switch (form) {
    case DOCUMENT_RECEIPT:
        if (k->ground.service->form == SERVICE_REVIEW)
            say(why, "核查由机关启动，没有申请", "a review is begun by the office: nobody applied");
        return;
    case DOCUMENT_MISSING:
        if (k->state->n_asked == 0)
            say(why, "没有要求补正的材料", "no papers were asked for");
        return;
    case DOCUMENT_SURVEY:
    case DOCUMENT_AUTHORISATION:
        refuses_form(k, form, why);
        return;
    case DOCUMENT_GRANT:
    case DOCUMENT_REFUSAL:
    case DOCUMENT_CHANGE:
    case DOCUMENT_STOP:
        refuses_decision(k, form, why);
        return;
    case DOCUMENT_TRANSFER:
        if (!was_transferred(k))
            say(why, "没有转办", "it was not transferred");
        return;
    case DOCUMENT_POSTING:
        say(why, "公示在公示环节制作", "a posting is made in its own step");
        return;
    default:
        return;
    }
}

/* The day that stands on it. */
static day day_of(const struct paper_ground *g)
{
    const struct case_whole *k = g->k;
    enum event_kind kind = g->doc->form == DOCUMENT_MISSING    ? EVENT_SUPPLEMENT_ASKED
                           : g->doc->form == DOCUMENT_TRANSFER ? EVENT_TRANSFERRED
                                                               : EVENT__COUNT;
    enum notice_event on;
    if (g->notice != NULL)
        return g->notice->made;
    if (k == NULL)
        return g->scope->today;
    for (size_t i = k->n_events; i > 0; i--)
        if (k->events[i - 1].kind == kind)
            return k->events[i - 1].day;
    if (g->doc->form == DOCUMENT_RECEIPT)
        return k->row.accepted;
    if (notice_event_of(g->doc->form, &on) && k->state->decision.seq != 0)
        return k->state->decision.day;
    return g->scope->today;
}

/*
 * A notice for which nothing is declared, or of which the figures are not on record any more: its text as it
 * was decided, with office and day.
 */
static void make_plain(struct paper_ground *g)
{
    struct document *d = NEW(g->a, struct document);
    struct document_part *parts = NEW_N(g->a, struct document_part, 2);
    parts[0] = (struct document_part){.kind = PART_SAYS, .text = {.zh = S("{text}")}};
    parts[1] = (struct document_part){.kind = PART_SEALED};
    *d = (struct document){.name = {.text = S("notice")},
                           .label = {.zh = g->notice->title, .en = g->notice->title},
                           .form = g->form,
                           .parts = parts,
                           .n_parts = 2,
                           .line = g->notice->line};
    g->doc = d;
    g->plain = true;
    g->told = (struct case_told){.verdict = NULL};
    g->proposal = NULL;
}

/* ---- what the rules say ---------------------------------------------------------------------- */

/* What was granted, by the lines of the decision. */
static void verdict_of(struct paper_ground *g)
{
    const struct case_opinion *d = &g->k->state->decision;
    struct case_verdict *v = &g->verdict;
    *v = (struct case_verdict){.grant = d->grant, .granted = NEW_N(g->a, bool, g->proposal->n + 1)};
    for (size_t i = 0; i < g->proposal->n; i++) {
        const struct case_unit *u = &g->proposal->units[i];
        v->granted[i] = d->n_lines == 0 && d->grant && u->fits;
        for (size_t l = 0; l < d->n_lines; l++)
            if (d->lines[l].person_id == u->person_id &&
                str_eq(d->lines[l].programme, u->policy->name.text))
                v->granted[i] = d->lines[l].grant;
        v->fen += v->granted[i] ? u->fen : 0;
    }
}

/* What was decided before: the amount of the month that the decision still left alone. */
MUST_CHECK static enum rc amounts_before(struct paper_ground *g, struct err *err)
{
    for (size_t i = 0; i < g->proposal->n; i++) {
        struct case_unit *u = &g->proposal->units[i];
        int64_t fen = -1;
        const struct money_asked q = {.county = g->county,
                                      .household_id = g->household,
                                      .person_id = u->person_id,
                                      .programme = u->policy->name.text,
                                      .month = date_month(g->on)};
        if (!u->enrolled)
            continue;
        TRY(money_decided(g->c, &q, &fen, err));
        if (fen >= 0)
            u->last_fen = fen;
    }
    return RC_OK;
}

MUST_CHECK static enum rc propose(struct paper_ground *g, enum notice_event on, struct err *err)
{
    struct err none = {0};
    bool decided = g->k->state->decision.seq != 0;
    g->proposal = NEW(g->a, struct case_proposal);
    enum rc rc = case_propose(g->city, g->c, g->k, g->on, g->a, g->proposal, &none);
    if (rc == RC_IO)
        return err_set(err, rc, "%s", none.text);
    if (rc != RC_OK) /* the family is gone: its letter has no calculation */
        *g->proposal = (struct case_proposal){0};
    if (decided)
        TRY(amounts_before(g, err));
    if (decided)
        verdict_of(g);
    else
        TRY(case_judge(g->k, g->proposal, g->want->decision, g->want->text, g->a, &g->verdict,
                       err));
    g->told = (struct case_told){.on = on,
                                 .proposal = g->proposal,
                                 .verdict = &g->verdict,
                                 .text = decided ? g->k->state->decision.text : g->want->text,
                                 .papers = S("")};
    bool any = g->proposal->n == 0 && g->verdict.grant == (on == ON_GRANT);
    for (size_t i = 0; i < g->proposal->n; i++)
        any |= case_concerns(&g->told, i);
    if (!any && g->notice != NULL)
        make_plain(g);
    else if (!any)
        return err_set(err, RC_RULE, "the decision is not a %s: there is nothing to write",
                       document_form_word(g->doc->form));
    return RC_OK;
}

/* The calculation of a notice of no case, if it still comes to what was decided. */
MUST_CHECK static enum rc calculate(struct paper_ground *g, struct err *err)
{
    const struct notice_about *t = &g->about;
    const struct rules *rules = NULL;
    struct case_proposal *p = NEW(g->a, struct case_proposal);
    struct case_unit *unit = NEW(g->a, struct case_unit);
    struct err none = {0};
    if (case_rules(g->city, g->c, t->rule_hash, &rules, &none) != RC_OK)
        return none.rc == RC_IO ? err_set(err, RC_IO, "%s", none.text) : RC_OK;
    const struct preview_spec spec = {.city = g->city,
                                      .county = g->county,
                                      .household = g->household,
                                      .month = t->from,
                                      .rules = rules,
                                      .position = t->position};
    enum rc rc = preview_make(&spec, g->c, g->a, &p->preview, &none);
    if (rc != RC_OK)
        return rc == RC_IO ? err_set(err, rc, "%s", none.text) : RC_OK;
    const struct trace *trace = p->preview.trace;
    for (size_t i = 0; i < trace->n_policies; i++) {
        const struct trace_policy *policy = &trace->policies[i];
        for (size_t u = 0; str_eq(policy->policy->name.text, t->programme) && u < policy->n_units;
             u++) {
            *unit = case_unit_of(policy, &policy->units[u], p->preview.persons);
            if (unit->person_id != g->notice->person_id && unit->person_id != 0)
                continue;
            p->units = unit;
            p->n = 1;
        }
    }
    bool agrees = p->n == 1 && (unit->fits ? unit->fen : 0) == t->fen;
    unit->last_fen = t->old_fen;
    unit->enrolled = true;
    g->proposal = agrees ? p : NULL;
    return RC_OK;
}

MUST_CHECK static enum rc of_no_case(struct paper_ground *g, enum notice_event on, struct err *err)
{
    if (g->about.programme.n == 0 || g->notice == NULL)
        return RC_OK;
    TRY(calculate(g, err));
    bool granted = on == ON_CHANGE || on == ON_GRANT;
    g->verdict = (struct case_verdict){
        .grant = granted, .granted = NEW_N(g->a, bool, 1), .fen = granted ? g->about.fen : 0};
    g->verdict.granted[0] = granted;
    g->told = (struct case_told){
        .on = on, .proposal = g->proposal, .verdict = &g->verdict, .text = S(""), .papers = S("")};
    return RC_OK;
}

/* ---- reading ---------------------------------------------------------------------------------- */

const struct view_member *paper_member(const struct paper_ground *g, int64_t person)
{
    for (size_t i = 0; i < g->home.members.n; i++)
        if (g->home.members.at[i].person == person)
            return &g->home.members.at[i];
    return NULL;
}

MUST_CHECK static enum rc read_notice(struct paper_ground *g, enum document_form *form,
                                      int64_t *case_id, struct err *err)
{
    bool seen = false;
    g->notice = NEW(g->a, struct notice);
    if (g->want->letter != NULL)
        *g->notice = *g->want->letter;
    else
        TRY(notice_find(g->c, g->county, g->want->notice_id, g->a, g->notice, err));
    /* Who asks through the case sees the case: its papers too, whichever office hands them over. */
    seen = g->notice->case_id != 0 && g->notice->case_id == g->want->case_id;
    if (!seen)
        TRY(notice_seen(g->scope, g->c, g->notice, &seen, err));
    if (!seen)
        return err_set(err, RC_NOT_FOUND, "no notice %lld-%lld that may be seen",
                       (long long)g->county, (long long)g->notice->notice_id);
    *form = form_of_kind(g->notice->kind);
    *case_id = g->notice->case_id;
    g->household = g->notice->household_id;
    g->person = g->notice->person_id;
    if (*form == DOCUMENT__COUNT)
        return err_set(err, RC_RULE, "a notice of the kind %.*s has no paper",
                       STR_ARG(g->notice->kind));
    if (g->notice->about != NULL) {
        g->about = *g->notice->about;
        return RC_OK;
    }
    return notice_about_read(g->c, g->county, g->notice->notice_id, g->a, &g->about, err);
}

MUST_CHECK static enum rc read_case(struct paper_ground *g, int64_t case_id,
                                    enum document_form form, struct err *err)
{
    const char *why[2];
    g->k = NEW(g->a, struct case_whole);
    TRY(case_load(g->city, g->scope, g->c, g->county, case_id, g->a, g->k, err));
    g->household = g->k->row.household_id;
    g->person = g->k->row.person_id;
    g->rules = g->k->ground.rules;
    g->service = g->k->ground.service;
    g->doc = paper_document(g->city, g->k, form);
    paper_refuses(g->k, form, why);
    if (why[0] != NULL && !(g->preview && g->k->state->decision.seq == 0 && g->want->decision))
        return err_set(err, RC_RULE, "%s: %s", document_form_label(form, true), why[1]);
    return RC_OK;
}

/* Who signs: an adult of the household. */
MUST_CHECK static enum rc read_signer(struct paper_ground *g, struct err *err)
{
    const struct view_member *m = paper_member(g, g->want->person_id);
    day born = 0;
    if (g->doc->form != DOCUMENT_AUTHORISATION)
        return RC_OK;
    if (m == NULL || !m->here)
        return err_set(err, RC_BAD_INPUT, "person: expected who signs, a member of the household");
    if (date_parse(m->birth, &born) && date_years(born, g->on) < 18)
        return err_set(err, RC_RULE, "%.*s is under 18: a minor does not sign", STR_ARG(m->name));
    g->person = m->person;
    return RC_OK;
}

enum rc paper_ground_read(struct paper_ground *g, struct err *err)
{
    enum document_form form = g->want->form;
    int64_t case_id = g->want->case_id;
    enum notice_event on;
    g->county = g->want->county;
    g->rules = g->city->rules;
    if (!scope_reasons(g->scope))
        return err_set(err, RC_FORBIDDEN, "papers are for those who work on cases");
    if (g->want->notice_id != 0 || g->want->letter != NULL)
        TRY(read_notice(g, &form, &case_id, err));
    if (case_id != 0) {
        TRY(read_case(g, case_id, form, err));
    } else if (g->notice != NULL) {
        g->doc =
            document_of_programme(g->rules, g->about.programme, g->notice->line, form, &g->service);
    } else {
        g->household = g->want->household_id;
        g->doc = form == DOCUMENT_COVER ? paper_cover(g->rules) : NULL;
        TRY(scope_household(g->scope, g->c, g->county, g->household, err));
    }
    g->form = form;
    if (g->doc == NULL && g->notice != NULL)
        make_plain(g);
    if (g->doc == NULL)
        return err_set(err, RC_RULE, "the rules declare no document for the %s here",
                       form < DOCUMENT__COUNT ? document_form_label(form, true) : "paper");
    g->on = day_of(g);
    TRY(household_view(g->city, g->c, g->county, g->household, g->on, true, g->a, &g->home, err));
    TRY(read_signer(g, err));
    if (!g->plain && notice_event_of(g->doc->form, &on))
        TRY(g->k != NULL ? propose(g, on, err) : of_no_case(g, on, err));
    return paper_words(g, err);
}
