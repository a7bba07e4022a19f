/* What each event must say, and what it does besides the case's own state. */
#include "work/case_prepare.h"

#include "people/people.h"
#include "work/case_facts.h"
#include "work/case_in.h"
#include "work/notice.h"
#include "work/posting.h"

static void keep(struct prepared *p, const char *key)
{
    json_t *v = json_object_get(p->act->data, key);
    if (v != NULL)
        json_object_set(p->data, key, v);
}

static void set_text(struct prepared *p, const char *key, str text)
{
    json_object_set_new(p->data, key, json_stringn(text.p, text.n));
}

MUST_CHECK static enum rc want_words(str text, const char *what, struct err *err)
{
    return str_trim(text).n > 0
               ? RC_OK
               : err_set(err, RC_BAD_INPUT, "%s: expected words that say why", what);
}

/* ---- papers --------------------------------------------------------------------------------- */

static const struct service_paper *paper_find(const struct service *s, str name, size_t *at)
{
    for (size_t i = 0; i < s->n_papers; i++)
        if (str_eq(s->papers[i].name.text, name)) {
            *at = i;
            return &s->papers[i];
        }
    return NULL;
}

MUST_CHECK static enum rc read_names(struct prepared *p, bool *named, struct err *err)
{
    const struct service *s = p->k->ground.service;
    const json_t *papers = json_object_get(p->act->data, "papers");
    p->papers = S("");
    if (!json_is_array(papers))
        return err_set(err, RC_BAD_INPUT, "papers: expected an array of the papers' names");
    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *one = json_array_get(papers, i);
        str name = {json_string_value(one), json_string_length(one)};
        size_t at = 0;
        const struct service_paper *paper = json_is_string(one) ? paper_find(s, name, &at) : NULL;
        if (paper == NULL)
            return err_set(err, RC_BAD_INPUT, "papers: “%.*s” is none of the service's papers",
                           STR_ARG(name));
        named[at] = true;
        p->papers = p->papers.n == 0
                        ? paper->label.zh
                        : str_fmt(p->a, "%.*s、%.*s", STR_ARG(p->papers), STR_ARG(paper->label.zh));
    }
    keep(p, "papers");
    return RC_OK;
}

/* The service's time, unless the clerk gives another day; never less than the service gives. */
MUST_CHECK static enum rc supplement_until(struct prepared *p, struct err *err)
{
    const struct case_ground *g = &p->k->ground;
    str given = case_text(p->act->data, "until");
    char text[11];
    day least = deadline_due(g->calendar, p->on, &g->service->supplement_within, NULL);
    p->until = least;
    if (given.n > 0 && (!date_parse(given, &p->until) || p->until < p->on))
        return err_set(err, RC_BAD_INPUT,
                       "until: expected a day that is not over, like 2020-12-31");
    if (p->until == 0)
        return err_set(
            err, RC_BAD_INPUT,
            "until: expected a day: the service has no time of its own for a supplement");
    if (p->until < least)
        return err_set(err, RC_RULE,
                       "until: found %.*s, expected %s or later: the applicant has it",
                       STR_ARG(given), date_text(least, text));
    set_text(p, "until", str_from(date_text(p->until, text)));
    return RC_OK;
}

/* Asked once, so the list must be whole; and never for what the office can get itself. */
MUST_CHECK static enum rc prepare_supplement(struct prepared *p, struct err *err)
{
    const struct service *s = p->k->ground.service;
    bool *named = NEW_N(p->a, bool, s->n_papers + 1);
    TRY(read_names(p, named, err));
    if (p->papers.n == 0)
        return err_set(err, RC_BAD_INPUT, "papers: expected at least one that is missing");
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *paper = &s->papers[i];
        if (named[i] && paper->source == PAPER_OFFICE)
            return err_set(
                err, RC_RULE,
                "papers: “%.*s” is fetched by the office itself and may not be asked for",
                STR_ARG(paper->name.text));
        if (named[i] && p->k->state->papers[i] != PAPER_MISSING)
            return err_set(err, RC_RULE, "papers: “%.*s” is there already",
                           STR_ARG(paper->name.text));
    }
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *paper = &s->papers[i];
        if (p->k->state->papers[i] == PAPER_MISSING && !named[i] && paper->source != PAPER_OFFICE &&
            paper->only_for.zh.n == 0 && !paper->may_follow)
            return err_set(err, RC_RULE,
                           "papers: “%.*s” is missing too: papers are asked for once, with the "
                           "whole list",
                           STR_ARG(paper->name.text));
    }
    return supplement_until(p, err);
}

MUST_CHECK static enum rc prepare_given(struct prepared *p, struct err *err)
{
    bool *named = NEW_N(p->a, bool, p->k->ground.service->n_papers + 1);
    return read_names(p, named, err);
}

MUST_CHECK static enum rc prepare_paper(struct prepared *p, struct err *err)
{
    size_t at = 0;
    bool known = false;
    str name = case_text(p->act->data, "paper"), have = case_text(p->act->data, "have");
    (void)paper_have_find(have, &known);
    if (paper_find(p->k->ground.service, name, &at) == NULL)
        return err_set(err, RC_BAD_INPUT, "paper: “%.*s” is none of the service's papers",
                       STR_ARG(name));
    if (!known)
        return err_set(err, RC_BAD_INPUT,
                       "have: found “%.*s”, expected yes, no, promised or fetched", STR_ARG(have));
    keep(p, "paper");
    keep(p, "have");
    return RC_OK;
}

/* ---- facts ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc prepare_facts(struct prepared *p, bool must, struct err *err)
{
    const json_t *facts = json_object_get(p->act->data, "facts");
    str from = case_text(p->act->data, "from");
    day d;
    if (must && json_array_size(facts) == 0)
        return err_set(err, RC_BAD_INPUT, "facts: expected at least one");
    if (from.n > 0 && !date_parse(from, &d))
        return err_set(err, RC_BAD_INPUT, "from: expected a day like 2020-12-01");
    keep(p, "facts");
    keep(p, "from");
    return case_facts_check(p->city, p->change->conn, p->k->row.county_code, p->k->row.household_id,
                            facts, p->on, err);
}

/* ---- to somebody else ----------------------------------------------------------------------- */

/* A division of the county, whose offices the case can go to with its record; 0: anything else. */
MUST_CHECK static enum rc find_office(struct conn *c, int64_t county, str to, day on,
                                      struct arena *a, int64_t *out, str *name, struct err *err)
{
    int64_t division = 0;
    char text[11];
    struct division_info info = {0};
    struct err own = {0};
    *out = 0;
    *name = to;
    if (!str_int(to, &division))
        return RC_OK;
    enum rc rc = division_find(c, division, str_from(date_text(on, text)), a, &info, &own);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", own.text);
    *name = info.name;
    *out = info.county_code == county ? division : 0;
    return RC_OK;
}

static str wanted_office(const struct case_act *act)
{
    return str_trim(case_text(act->data, "to"));
}

enum rc case_try_data(struct conn *c, const struct case_whole *k, const struct case_act *act,
                      day on, struct arena *a, const json_t **out, struct err *err)
{
    int64_t division = 0;
    str to = wanted_office(act), name;
    *out = act->data;
    if (act->kind != EVENT_TRANSFERRED || to.n == 0)
        return RC_OK;
    TRY(find_office(c, k->row.county_code, to, on, a, &division, &name, err));
    *out = case_json(division == 0 ? S("{\"outside\":true}") : S("{}"), a);
    return RC_OK;
}

MUST_CHECK static enum rc prepare_transfer(struct prepared *p, struct err *err)
{
    str to = wanted_office(p->act);
    int64_t division = 0;
    TRY(want_words(p->act->text, "text", err));
    if (to.n == 0)
        return err_set(err, RC_BAD_INPUT, "to: expected a division's code, or the office's name");
    TRY(find_office(p->change->conn, p->k->row.county_code, to, p->on, p->a, &division, &p->office,
                    err));
    set_text(p, "to", p->office);
    if (division == 0) { /* its rows are kept by another county, or by nobody here */
        json_object_set_new(p->data, "outside", json_true());
        return RC_OK;
    }
    if (division == p->k->state->owner)
        return err_set(err, RC_RULE, "the case is with %.*s already", STR_ARG(p->office));
    if (division_level(division) <= AT_COUNTY) {
        if (p->k->state->raised)
            return err_set(err, RC_RULE, "the case is with the county already");
        json_object_set_new(p->data, "raised", json_true());
    }
    json_object_set_new(p->data, "division", json_integer(division));
    return RC_OK;
}

/* ---- opinion, decision, payment ------------------------------------------------------------- */

/* What the rules' calculation showed, so that whoever decides later sees what is different. */
static void keep_seen(struct prepared *p)
{
    json_t *seen = json_array();
    json_object_set_new(p->data, "seen", seen);
    for (size_t i = 0; i < p->proposal.n; i++) {
        const struct case_unit *u = &p->proposal.units[i];
        for (size_t k = 0; k < u->unit->steps.n; k++) {
            const struct trace_step *s = &u->unit->steps.at[k];
            str key = case_seen_key(u, k, p->a);
            if (key.n == 0)
                continue;
            json_t *one = json_object();
            json_object_set_new(one, "key", json_stringn(key.p, key.n));
            json_object_set_new(one, "zh", json_stringn(s->text[0].p, s->text[0].n));
            json_object_set_new(one, "en", json_stringn(s->text[1].p, s->text[1].n));
            json_array_append_new(seen, one);
        }
    }
}

MUST_CHECK static enum rc judge(struct prepared *p, struct err *err)
{
    TRY(case_propose(p->city, p->change->conn, p->k, p->on, p->a, &p->proposal, err));
    TRY(case_judge(p->k, &p->proposal, p->act->data, p->act->text, p->a, &p->verdict, err));
    p->data = case_verdict_json(p->k, &p->proposal, &p->verdict, p->a);
    return RC_OK;
}

MUST_CHECK static enum rc prepare_opinion(struct prepared *p, struct err *err)
{
    TRY(judge(p, err));
    keep_seen(p);
    return RC_OK;
}

static bool by_county(const struct prepared *p)
{
    return division_level(p->scope->division) <= AT_COUNTY;
}

MUST_CHECK static enum rc prepare_decided(struct prepared *p, struct err *err)
{
    const struct service_step *step = p->step->step;
    if (p->k->ground.elsewhere) { /* told by those who decide */
        if (!json_is_boolean(json_object_get(p->act->data, "grant")))
            return err_set(err, RC_BAD_INPUT, "grant: expected true or false");
        keep(p, "grant");
        return case_flag(p->act->data, "grant", false) ? RC_OK
                                                       : want_words(p->act->text, "text", err);
    }
    TRY(judge(p, err));
    int64_t most = step_ceiling(&p->k->ground, step, p->k->row.accepted);
    if (step->up_to_param != NULL && !by_county(p) && p->verdict.fen > most)
        return err_set(
            err, RC_RULE,
            "found %.*s, expected no more than %.*s: above that the county decides; hand "
            "it over to the county",
            STR_ARG(fen_text(p->verdict.fen, p->a)), STR_ARG(fen_text(most, p->a)));
    return effect_decided(p->change, p->k, &p->proposal, &p->verdict, p->on, err);
}

/* The language has payments behind decisions only: this says that what was decided was handed over. */
MUST_CHECK static enum rc prepare_paid(struct prepared *p, struct err *err)
{
    const struct case_opinion *o = &p->k->state->decision;
    int64_t fen = case_int(p->act->data, "fen"), decided = 0;
    for (size_t i = 0; i < o->n_lines; i++)
        decided += o->lines[i].grant ? o->lines[i].fen : 0;
    json_object_set_new(p->data, "fen", json_integer(fen));
    return fen == decided ? RC_OK
                          : err_set(err, RC_RULE, "found %.*s, expected %.*s as decided",
                                    STR_ARG(fen_text(fen, p->a)), STR_ARG(fen_text(decided, p->a)));
}

/* ---- posting ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc prepare_posted(struct prepared *p, struct err *err)
{
    str place = case_text(p->act->data, "place");
    int64_t sheet = case_int(p->act->data, "sheet");
    keep(p, "place");
    TRY(want_words(place, "place", err));
    return posting_begin(p->change, p->city, p->k, place, sheet, p->on, p->a, err);
}

/* Closed without having hung out: only what may not, and the program looks whether that is so. */
MUST_CHECK static enum rc prepare_posting_ended(struct prepared *p, struct err *err)
{
    struct posting_bar bar;
    str word = case_text(p->act->data, "not_posted");
    if (word.n == 0)
        return RC_OK;
    TRY(posting_forbidden(p->change->conn, p->k, p->on, &bar, err));
    if (bar.word == NULL)
        return err_set(err, RC_RULE,
                       "not_posted: the case is about nobody under 18, and the law has "
                       "it posted: expected posting_began");
    set_text(p, "not_posted", str_from(bar.word));
    return RC_OK;
}

/* ---- all ------------------------------------------------------------------------------------ */

enum rc case_prepare(struct prepared *p, struct err *err)
{
    p->data = case_json(S("{}"), p->a);
    switch (p->act->kind) {
    case EVENT_STEP_DONE:
        keep(p, "result");
        return prepare_facts(p, false, err);
    case EVENT_FACT:
        return prepare_facts(p, true, err);
    case EVENT_SUPPLEMENT_ASKED:
        return prepare_supplement(p, err);
    case EVENT_SUPPLEMENT_GIVEN:
        return prepare_given(p, err);
    case EVENT_PAPER:
        return prepare_paper(p, err);
    case EVENT_OPINION:
        return prepare_opinion(p, err);
    case EVENT_DECIDED:
        return prepare_decided(p, err);
    case EVENT_PAID:
        return prepare_paid(p, err);
    case EVENT_TRANSFERRED:
        return prepare_transfer(p, err);
    case EVENT_POSTING_BEGAN:
        return prepare_posted(p, err);
    case EVENT_POSTING_ENDED:
        return prepare_posting_ended(p, err);
    case EVENT_TOLD:
        keep(p, "channel");
        return want_words(case_text(p->act->data, "channel"), "channel", err);
    case EVENT_PAUSED:
        keep(p, "why");
        return want_words(case_text(p->act->data, "why"), "why", err);
    case EVENT_OBJECTION:
    case EVENT_COMPLAINT:
        keep(p, "by");
        return want_words(p->act->text, "text", err);
    case EVENT_REOPENED:
        TRY(want_words(p->act->text, "text", err));
        return case_not_open_yet(p->change, &p->k->row, err);
    case EVENT_RESURVEY:
    case EVENT_EXTENDED:
    case EVENT_COUNTY_VISIT:
    case EVENT_NOTE:
        return want_words(p->act->text, "text", err);
    default:
        return RC_OK;
    }
}

MUST_CHECK static enum rc tell(struct prepared *p, enum notice_event on, struct err *err)
{
    bool judged = p->verdict.granted != NULL;
    const struct case_told told = {.on = on,
                                   .proposal = judged ? &p->proposal : NULL,
                                   .verdict = judged ? &p->verdict : NULL,
                                   .text = p->act->text,
                                   .papers = p->papers,
                                   .until = p->until,
                                   .office = p->office};
    return case_tell(p->change, p->city, p->k, &told, p->on, p->a, err);
}

enum rc case_follow(struct prepared *p, struct err *err)
{
    bool application = p->k->ground.service->form == SERVICE_APPLICATION;
    TRY(posting_follow(p->change, p->city, p->k, p->act->kind, p->on, p->a, err));
    switch (p->act->kind) {
    case EVENT_SUPPLEMENT_ASKED:
        return tell(p, ON_SUPPLEMENT, err);
    case EVENT_TRANSFERRED:
        return p->k->state->status == CASE_TRANSFERRED ? tell(p, ON_TRANSFER, err) : RC_OK;
    case EVENT_DECIDED:
        if (p->verdict.granted == NULL) /* elsewhere: what their letter says */
            return tell(p, case_flag(p->data, "grant", false) ? ON_GRANT : ON_REFUSAL, err);
        TRY(tell(p, application ? ON_GRANT : ON_CHANGE, err));
        return tell(p, application ? ON_REFUSAL : ON_STOP, err);
    case EVENT_TOLD:
        return notice_told(p->change, p->k->row.case_id, case_text(p->act->data, "channel"), p->on,
                           p->act->text, err);
    default:
        return RC_OK;
    }
}
