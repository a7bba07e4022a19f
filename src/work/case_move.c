/* Which event may follow in which state: the table case_move.def and its guards. */
#include "work/case_in.h"

enum guard {
    GUARD_ALWAYS,
    GUARD_STEP_OPEN,
    GUARD_LAST_STEP,
    GUARD_FIRST_TIME,
    GUARD_NOT_POSTED,
    GUARD_LONG_ENOUGH,
    GUARD_NOT_FOR_POSTING,
    GUARD_POSTED,
    GUARD_SURVEYED,
    GUARD_STOPS,
    GUARD_EXTENDS,
    GUARD_OUTSIDE,
    GUARD_WAS_REFUSED,
    GUARD_VISITED
};

static const struct move {
    enum case_status from;
    enum event_kind kind;
    enum guard guard;
    enum case_status to;
} moves[] = {
#define MOVE(from, event, guard, to) {CASE_##from, EVENT_##event, GUARD_##guard, CASE_##to},
#include "work/case_move.def"
#undef MOVE
};
enum { N_MOVES = sizeof moves / sizeof moves[0] };

bool case_nothing_left(const struct case_state *s)
{
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].status == STEP_WAITING || s->steps[i].status == STEP_OPEN)
            return false;
    return s->papers_due == 0;
}

bool case_is_outside(const json_t *data)
{
    return case_flag(data, "outside", false);
}

/* ---- guards: NULL, or why not --------------------------------------------------------------- */

static const char *no_step(enum event_kind kind)
{
    switch (kind) {
    case EVENT_OPINION:
        return "no opinion is due now: steps before it are still to be done";
    case EVENT_POSTING_BEGAN:
    case EVENT_POSTING_ENDED:
        return "no posting is due now: steps before it are still to be done";
    case EVENT_DECIDED:
        return "a decision is not due now: steps before it are still to be done";
    case EVENT_PAID:
        return "no payment is due now";
    case EVENT_TOLD:
        return "there is nothing to tell the applicant now";
    default:
        return "this step is not open: expected one that is to be done now";
    }
}

static const char *long_enough(const struct case_ground *g, const struct case_state *s,
                               const struct case_try *t)
{
    if (t->step == NULL)
        return no_step(t->kind);
    if (s->posted == 0)
        return "nothing was posted yet";
    day last = deadline_due(g->calendar, s->posted, &t->step->step->lasts, NULL);
    return last != 0 && t->day < last ? "the posting has not hung out as long as it must" : NULL;
}

/* What may not be posted: about a child, or nothing that the village must read (posting_forbidden()). */
static const char *not_for_posting(const struct case_state *s, const struct case_try *t)
{
    if (t->step == NULL)
        return no_step(t->kind);
    if (s->posted != 0)
        return "it is posted already";
    return case_text(t->data, "not_posted").n > 0 ? NULL : "nothing was posted yet";
}

/* Has the step of that form been done, and not undone? */
static bool was_done(const struct case_state *s, enum step_form form)
{
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].step->form == form && s->steps[i].status == STEP_DONE)
            return true;
    return false;
}

static const char *guard_of_event(const struct case_ground *g, const struct case_state *s,
                                  enum guard guard)
{
    switch (guard) {
    case GUARD_FIRST_TIME:
        return s->supplement_used ? "papers were asked for already: it is done once, with the "
                                    "whole list"
                                  : NULL;
    case GUARD_POSTED:
        return s->posted != 0 || was_done(s, STEP_POSTING)
                   ? NULL
                   : "nothing was posted that could be objected to";
    case GUARD_SURVEYED:
        return was_done(s, STEP_SURVEY) || was_done(s, STEP_OPINION)
                   ? NULL
                   : "nothing was surveyed yet that could be done again";
    case GUARD_STOPS:
        return g->service->stops_for_letter ? NULL
                                            : "the clock of this service stops for no letter";
    case GUARD_EXTENDS:
        if (g->service->extended.n == 0)
            return "the limit of this service can't be extended";
        return s->extended ? "the limit was extended already: once is all that the law gives"
                           : NULL;
    case GUARD_VISITED:
        return g->service->visits_at.to > 0 ? NULL : "this service has no home visit by the county";
    case GUARD_WAS_REFUSED:
        return s->decision.seq != 0 && !s->decision.grant
                   ? NULL
                   : "what was granted is changed by a new case, not by taking this one up again";
    default:
        return NULL;
    }
}

static const char *guard_fails(const struct case_ground *g, const struct case_state *s,
                               const struct case_try *t, enum guard guard)
{
    switch (guard) {
    case GUARD_ALWAYS:
        return NULL;
    case GUARD_STEP_OPEN:
        return t->step == NULL ? no_step(t->kind) : NULL;
    case GUARD_NOT_POSTED:
        if (t->step == NULL)
            return no_step(t->kind);
        return s->posted != 0 ? "it is posted already" : NULL;
    case GUARD_LONG_ENOUGH:
        return long_enough(g, s, t);
    case GUARD_NOT_FOR_POSTING:
        return not_for_posting(s, t);
    case GUARD_OUTSIDE:
        if (t->data == NULL) /* asked in general: to some place it can go */
            return NULL;
        return case_is_outside(t->data)
                   ? NULL
                   : "while the clock stands the case can go to a place outside only: expected it to "
                     "go on first";
    default:
        return guard_of_event(g, s, guard);
    }
}

const char *case_move_refuses(const struct case_ground *g, const struct case_state *s,
                              const struct case_try *t)
{
    const char *why = "";
    for (size_t i = 0; i < N_MOVES; i++) {
        const struct move *m = &moves[i];
        if (m->from != s->status || m->kind != t->kind || m->guard == GUARD_LAST_STEP)
            continue;
        why = guard_fails(g, s, t, m->guard);
        if (why == NULL)
            return NULL;
    }
    /* Payment and telling stand behind a decision: say that, not that there is no such thing. */
    if (why[0] == '\0' && s->status == CASE_OPEN &&
        (t->kind == EVENT_PAID || t->kind == EVENT_TOLD))
        return no_step(t->kind);
    return why;
}

enum case_status case_move_to(const struct case_ground *g, const struct case_state *was,
                              const struct case_state *now, const struct case_try *t)
{
    for (size_t i = 0; i < N_MOVES; i++) {
        const struct move *m = &moves[i];
        if (m->from != was->status || m->kind != t->kind)
            continue;
        if (m->guard == GUARD_LAST_STEP ? case_nothing_left(now)
                                        : guard_fails(g, was, t, m->guard) == NULL)
            return m->to;
    }
    return was->status;
}
