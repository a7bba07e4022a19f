/* The state of a case from its events: what each one does. */
#include <string.h>

#include "work/case_in.h"

static bool is_closed(enum step_status s)
{
    return s == STEP_DONE || s == STEP_SKIPPED;
}

/* ---- which step an event is about ----------------------------------------------------------- */

static bool form_fits(enum event_kind kind, enum step_form form)
{
    switch (kind) {
    case EVENT_OPINION:
        return form == STEP_OPINION;
    case EVENT_POSTING_BEGAN:
    case EVENT_POSTING_ENDED:
        return form == STEP_POSTING;
    case EVENT_DECIDED:
        return form == STEP_DECIDE;
    case EVENT_PAID:
        return form == STEP_PAY;
    case EVENT_TOLD:
        return form == STEP_TELL;
    case EVENT_STEP_DONE:
        return form != STEP_OPINION && form != STEP_POSTING && form != STEP_DECIDE;
    default:
        return false;
    }
}

struct step_state *case_step_for(struct case_state *s, enum event_kind kind, str name)
{
    for (size_t i = 0; i < s->service->n_steps; i++) {
        struct step_state *t = &s->steps[i];
        if (t->status == STEP_OPEN && form_fits(kind, t->step->form) &&
            (name.n == 0 || str_eq(name, t->step->name.text)))
            return t;
    }
    return NULL;
}

const struct step_state *case_first_open(const struct case_state *s)
{
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].status == STEP_OPEN)
            return &s->steps[i];
    return NULL;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* What an office elsewhere does is only for those registered there, and the other way round. */
static bool is_for(const struct case_ground *g, const struct service_step *step)
{
    if (step->at == AT_NONE || step->form == STEP_SEND)
        return g->elsewhere;
    if (!g->elsewhere)
        return true;
    return step->form == STEP_ACCEPT || step->form == STEP_DECIDE || step->form == STEP_TELL ||
           step->form == STEP_TASK;
}

static bool may_open(const struct case_state *s, size_t i)
{
    const struct service_step *step = s->steps[i].step;
    for (size_t k = 0; k < step->n_after_steps; k++)
        if (!is_closed(s->steps[step->after_steps[k]].status))
            return false;
    return true;
}

/* A skipped step is passed over only when what it waits for is closed, so once from the top is enough
 * unless a step waits for a later one: until nothing moves. */
static void steps_open(const struct case_ground *g, struct case_state *s, day on)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < s->service->n_steps; i++) {
            struct step_state *t = &s->steps[i];
            if (t->status != STEP_WAITING || !may_open(s, i))
                continue;
            bool refused = s->decision.seq != 0 && !s->decision.grant;
            bool skip = !is_for(g, t->step) || (refused && t->step->form == STEP_PAY) ||
                        (s->service->of_child && t->step->form == STEP_POSTING);
            t->status = skip ? STEP_SKIPPED : STEP_OPEN;
            t->opened = on;
            moved = true;
        }
    }
}

static void step_done(struct step_state *t, const struct case_event *e, str result)
{
    t->status = STEP_DONE;
    t->done = e->day;
    t->by = e->who;
    t->result = result;
    t->times++;
    t->due = t->warn = 0;
}

/* Step `i` and all that comes after it, back to the beginning. */
static void steps_back(struct case_state *s, size_t i)
{
    struct step_state *t = &s->steps[i];
    t->status = STEP_WAITING;
    t->opened = t->done = t->due = t->warn = 0;
    t->result = S("");
    for (size_t k = 0; k < s->service->n_steps; k++) {
        const struct service_step *step = s->steps[k].step;
        bool after = false;
        for (size_t m = 0; m < step->n_after_steps; m++)
            after |= step->after_steps[m] == i;
        if (after && k != i && s->steps[k].status != STEP_WAITING)
            steps_back(s, k);
    }
}

static size_t step_of_form(const struct case_state *s, enum step_form form)
{
    size_t i = 0;
    while (i < s->service->n_steps &&
           (s->steps[i].step->form != form || s->steps[i].status == STEP_SKIPPED))
        i++;
    return i;
}

/* The survey again, or what there is of opinion and posting; and all that builds on it. */
static void again(struct case_state *s)
{
    static const enum step_form from[] = {STEP_SURVEY, STEP_OPINION, STEP_POSTING};
    for (size_t f = 0; f < sizeof from / sizeof from[0]; f++) {
        size_t i = step_of_form(s, from[f]);
        if (i == s->service->n_steps)
            continue;
        steps_back(s, i);
        s->opinion = (struct case_opinion){0};
        s->posted = 0;
        return;
    }
}

/* ---- data ----------------------------------------------------------------------------------- */

static void read_papers(const struct case_ground *g, struct case_state *s, const json_t *papers)
{
    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *p = json_array_get(papers, i);
        bool named = json_is_string(p), known = named;
        str name =
            named ? (str){json_string_value(p), json_string_length(p)} : case_text(p, "paper");
        enum paper_have have = named ? PAPER_THERE : paper_have_find(case_text(p, "have"), &known);
        for (size_t k = 0; known && k < g->service->n_papers; k++)
            if (str_eq(g->service->papers[k].name.text, name))
                s->papers[k] = have;
    }
}

static void read_facts(struct case_state *s, const struct case_event *e, struct arena *a)
{
    const json_t *facts = json_object_get(e->data, "facts");
    day from = 0;
    str given = case_text(e->data, "from");
    if (!date_parse(given, &from))
        from = month_first(date_month(e->day));
    for (size_t i = 0; i < json_array_size(facts); i++) {
        const json_t *f = json_array_get(facts, i);
        struct case_fact new = {.seq = e->seq,
                                .person_id = case_ref_id(json_object_get(f, "person")),
                                .field = case_text(f, "field"),
                                .value = json_object_get(f, "value"),
                                .from = from};
        struct case_fact *at = NULL;
        for (size_t k = 0; k < s->facts.n; k++)
            if (s->facts.at[k].person_id == new.person_id &&
                str_eq(s->facts.at[k].field, new.field))
                at = &s->facts.at[k];
        if (at == NULL)
            at = VEC_PUSH(a, &s->facts);
        *at = new;
    }
}

static struct case_opinion read_opinion(const struct case_event *e, struct arena *a)
{
    const json_t *lines = json_object_get(e->data, "programmes");
    struct case_opinion o = {.seq = e->seq,
                             .grant = case_flag(e->data, "grant", false),
                             .day = e->day,
                             .who = e->who,
                             .text = e->text,
                             .n_lines = json_array_size(lines),
                             .position = e->position};
    o.lines = NEW_N(a, struct case_line, o.n_lines + 1);
    for (size_t i = 0; i < o.n_lines; i++) {
        const json_t *l = json_array_get(lines, i);
        o.lines[i] =
            (struct case_line){case_text(l, "programme"), case_ref_id(json_object_get(l, "person")),
                               case_flag(l, "grant", o.grant), case_int(l, "fen")};
    }
    return o;
}

static void read_asked(struct case_state *s, const json_t *papers, struct arena *a)
{
    s->n_asked = json_array_size(papers);
    s->asked = NEW_N(a, str, s->n_asked + 1);
    for (size_t i = 0; i < s->n_asked; i++) {
        const json_t *p = json_array_get(papers, i);
        s->asked[i] = (str){json_string_value(p), json_string_length(p)};
    }
}

/* ---- what each event does ------------------------------------------------------------------- */

static void apply_accepted(const struct case_ground *g, const struct case_event *e,
                           struct case_state *s, struct arena *a)
{
    s->accepted = e->day;
    s->owner = g->division;
    read_papers(g, s, json_object_get(e->data, "papers"));
    read_facts(s, e, a);
    steps_open(g, s, e->day);
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].status == STEP_OPEN && s->steps[i].step->form == STEP_ACCEPT)
            step_done(&s->steps[i], e, S(""));
}

static void facts_in(struct case_state *s, int64_t seq)
{
    for (size_t i = 0; i < s->facts.n; i++)
        if (s->facts.at[i].applied == 0)
            s->facts.at[i].applied = seq;
}

static void apply_to_step(const struct case_event *e, struct case_state *s, struct step_state *t,
                          struct arena *a)
{
    switch (e->kind) {
    case EVENT_STEP_DONE:
        read_facts(s, e, a);
        step_done(t, e, case_text(e->data, "result"));
        if (t->step->form == STEP_SURVEY)
            case_go(s, STOP_OBJECTION, e->day, a);
        break;
    case EVENT_OPINION:
        s->opinion = read_opinion(e, a);
        step_done(t, e, s->opinion.grant ? S("grant") : S("refuse"));
        break;
    case EVENT_POSTING_BEGAN:
        s->posted = e->day;
        s->posted_at = case_text(e->data, "place");
        if (s->service->stops_for_posting)
            case_stop(s, STOP_POSTING, e->day);
        break;
    case EVENT_POSTING_ENDED:
        s->posted = 0;
        case_go(s, STOP_POSTING, e->day, a);
        step_done(t, e, case_text(e->data, "not_posted"));
        break;
    case EVENT_DECIDED:
        s->decision = read_opinion(e, a);
        step_done(t, e, s->decision.grant ? S("grant") : S("refuse"));
        break;
    case EVENT_PAID:
        s->paid = e->day;
        s->paid_fen += case_int(e->data, "fen");
        step_done(t, e, S(""));
        break;
    case EVENT_TOLD:
        step_done(t, e, case_text(e->data, "channel"));
        break;
    default:
        break;
    }
    if (case_records(s->service, e->kind, t->step, s->decision.grant))
        facts_in(s, e->seq);
}

static void apply_objection(const struct case_event *e, struct case_state *s, struct arena *a)
{
    if (e->kind == EVENT_OBJECTION) {
        s->objections++;
        s->visit_owed |= s->service->visits_for_objection;
        if (s->service->stops_for_objection)
            case_stop(s, STOP_OBJECTION, e->day);
    }
    case_go(s, STOP_POSTING, e->day, a);
    again(s);
}

static void apply_transferred(const struct case_event *e, struct case_state *s)
{
    if (case_is_outside(e->data)) {
        s->sent_to = case_text(e->data, "to");
        return;
    }
    s->raised = case_flag(e->data, "raised", false);
    if (!s->raised)
        s->owner = case_int(e->data, "division");
}

/* Withdrawn or sent away: the time in between does not count. After a refusal: decided anew. */
static void apply_reopened(const struct case_event *e, struct case_state *s, struct arena *a)
{
    s->stops = 0;
    s->supplement_until = 0;
    s->sent_to = S("");
    case_pause_add(s, s->closed != 0 ? s->closed + 1 : e->day, e->day + 1, a);
    s->closed = 0;
    if (s->decision.seq != 0) {
        size_t i = step_of_form(s, STEP_DECIDE);
        s->decision = (struct case_opinion){0};
        if (i < s->service->n_steps)
            steps_back(s, i);
    }
}

static void apply_other(const struct case_ground *g, const struct case_event *e,
                        struct case_state *s, struct arena *a)
{
    json_t *papers = json_object_get(e->data, "papers");
    switch (e->kind) {
    case EVENT_SUPPLEMENT_ASKED:
        s->supplement_used = true;
        read_asked(s, papers, a);
        if (!date_parse(case_text(e->data, "until"), &s->supplement_until))
            s->supplement_until = 0;
        if (s->service->stops_for_supplement)
            case_stop(s, STOP_SUPPLEMENT, e->day);
        break;
    case EVENT_SUPPLEMENT_GIVEN:
        read_papers(g, s, papers);
        case_go(s, STOP_SUPPLEMENT, e->day, a);
        s->supplement_until = 0;
        break;
    case EVENT_COMPLAINT:
        s->visit_owed |= s->service->visits_for_complaint;
        break;
    case EVENT_COUNTY_VISIT:
        s->visit_owed = false;
        s->visits++;
        break;
    case EVENT_OBJECTION:
    case EVENT_RESURVEY:
        apply_objection(e, s, a);
        break;
    case EVENT_PAUSED:
        case_stop(s, STOP_LETTER, e->day);
        break;
    case EVENT_RESUMED:
        case_go(s, STOP_LETTER, e->day, a);
        break;
    case EVENT_EXTENDED:
        s->extended = true;
        break;
    case EVENT_TRANSFERRED:
        apply_transferred(e, s);
        break;
    case EVENT_PAPER: {
        bool known = false;
        enum paper_have have = paper_have_find(case_text(e->data, "have"), &known);
        for (size_t k = 0; known && k < g->service->n_papers; k++)
            if (str_eq(g->service->papers[k].name.text, case_text(e->data, "paper")))
                s->papers[k] = have;
        break;
    }
    case EVENT_FACT:
        read_facts(s, e, a);
        break;
    case EVENT_REOPENED:
        apply_reopened(e, s, a);
        break;
    default: /* notes and the like change nothing */
        break;
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static const char *refused(const struct case_state *s, const char *why)
{
    if (why == NULL || why[0] != '\0')
        return why;
    switch (s->status) {
    case CASE_SUPPLEMENT:
        return "the case waits for papers: expected them to be brought first";
    case CASE_PAUSED:
        return "the clock of the case is stopped: expected it to go on first";
    case CASE_DECIDED:
        return "the case is decided";
    case CASE_DONE:
        return "the case is done";
    case CASE_WITHDRAWN:
        return "the case was withdrawn: expected it to be taken up again first";
    case CASE_TRANSFERRED:
        return "the case was sent to another place: expected it to be taken up again first";
    default:
        return "this does not follow here";
    }
}

const char *case_refuses(const struct case_ground *g, const struct case_state *s,
                         enum event_kind kind, const struct step_state *step, day on)
{
    const struct case_try t = {.kind = kind, .step = step, .day = on};
    return refused(s, case_move_refuses(g, s, &t));
}

const char *case_try_refuses(const struct case_ground *g, const struct case_state *s,
                             const struct case_try *t)
{
    return refused(s, case_move_refuses(g, s, t));
}

enum rc case_apply(const struct case_ground *g, const struct case_event *e, struct arena *a,
                   struct case_state *s, struct err *err)
{
    struct step_state *t = case_step_for(s, e->kind, e->step);
    const struct case_state was = *s;
    const struct case_try try = {e->kind, t, e->day, e->data};

    const char *why = refused(s, case_move_refuses(g, s, &try));
    if (why != NULL)
        return err_set(err, RC_RULE, "%s", why);
    if (e->kind != EVENT_ACCEPTED && e->day < s->accepted)
        return err_set(err, RC_BAD_INPUT, "the day is before the acceptance");
    if (e->kind == EVENT_ACCEPTED)
        apply_accepted(g, e, s, a);
    else if (t != NULL)
        apply_to_step(e, s, t, a);
    else
        apply_other(g, e, s, a);
    steps_open(g, s, e->day);
    case_clock(g, s);
    s->status = case_move_to(g, &was, s, &try);
    if (!case_status_open(s->status) && s->closed == 0)
        s->closed = e->day;
    s->version = e->seq;
    return RC_OK;
}

enum rc case_fold(const struct case_ground *g, const struct case_event *events, size_t n,
                  struct arena *a, struct case_state **out, struct err *err)
{
    struct case_state *s = NEW(a, struct case_state);
    s->service = g->service;
    s->steps = NEW_N(a, struct step_state, g->service->n_steps + 1);
    s->papers = NEW_N(a, enum paper_have, g->service->n_papers + 1);
    for (size_t i = 0; i < g->service->n_steps; i++)
        s->steps[i].step = &g->service->steps[i];
    for (size_t i = 0; i < n; i++)
        if (case_apply(g, &events[i], a, s, err) != RC_OK)
            return err_prefix(err, "event %lld", (long long)events[i].seq);
    *out = s;
    return RC_OK;
}
