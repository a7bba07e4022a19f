/* The clock of a case: what stops it, and when the whole and each step are due. */
#include "work/case_in.h"

/*
 * It stands still from the day after the one on which it was stopped up to and with the day on which
 * it goes on: as time is counted from the next day, both days themselves were worked on.
 */
void case_stop(struct case_state *s, unsigned why, day on)
{
    if (s->stops == 0)
        s->stopped = on + 1;
    s->stops |= why;
}

void case_pause_add(struct case_state *s, day from, day to, struct arena *a)
{
    day before = s->n_pauses > 0 ? s->pauses[s->n_pauses - 1].to : from;
    if (from < before)
        from = before;
    if (to <= from)
        return;
    struct case_pause *all = NEW_N(a, struct case_pause, s->n_pauses + 1);
    for (size_t i = 0; i < s->n_pauses; i++)
        all[i] = s->pauses[i];
    all[s->n_pauses++] = (struct case_pause){from, to};
    s->pauses = all;
}

void case_go(struct case_state *s, unsigned why, day on, struct arena *a)
{
    if ((s->stops & why) == 0)
        return;
    s->stops &= ~why;
    if (s->stops == 0) {
        case_pause_add(s, s->stopped, on + 1, a);
        s->stopped = 0;
    }
}

struct limit {
    day due, warn;
    bool unsure;
};

static struct limit limit_of(const struct case_ground *g, const struct case_state *s, day start,
                             const struct deadline *d)
{
    struct limit l = {0};
    day began = start; /* moved along, so that the warning comes at 80 % of what really runs */
    l.due = deadline_due(g->calendar, start, d, &l.unsure);
    if (l.due == 0)
        return l;
    for (size_t i = 0; i < s->n_pauses; i++) {
        const struct case_pause *p = &s->pauses[i];
        bool unsure = false;
        day from = p->from > start ? p->from : start + 1;
        if (from >= p->to)
            continue;
        l.due = deadline_moved(g->calendar, l.due, d->unit, from, p->to, &unsure);
        l.unsure |= unsure;
        began = deadline_moved(g->calendar, began, d->unit, from, p->to, NULL);
    }
    l.warn = deadline_warn(g->calendar, began, l.due, d->unit);
    return l;
}

static void clock_step(const struct case_ground *g, struct case_state *s, struct step_state *t)
{
    const struct service_step *step = t->step;
    struct limit l = {0};
    day start = t->opened;

    if (t->status != STEP_OPEN)
        return;
    if (step->form == STEP_POSTING && s->posted != 0) {
        l.due = deadline_due(g->calendar, s->posted, &step->lasts, &l.unsure);
        l.warn = l.due;
    } else {
        if (step->since.text.n > 0 && step->since_step < g->service->n_steps &&
            s->steps[step->since_step].status == STEP_DONE)
            start = s->steps[step->since_step].done;
        l = limit_of(g, s, start, &step->within);
    }
    t->due = l.due;
    t->warn = l.warn;
    t->unsure = l.unsure;
}

static day papers_start(const struct case_state *s)
{
    if (s->paid != 0)
        return s->paid;
    return s->decision.seq != 0 && s->decision.grant ? s->decision.day : 0;
}

static void clock_papers(const struct case_ground *g, struct case_state *s)
{
    day start = papers_start(s);
    s->papers_due = 0;
    for (size_t i = 0; start != 0 && i < g->service->n_papers; i++)
        if (g->service->papers[i].may_follow &&
            (s->papers[i] == PAPER_MISSING || s->papers[i] == PAPER_PROMISED))
            s->papers_due = deadline_due(g->calendar, start, &g->service->papers_within, NULL);
}

/*
 * The law's limit of the whole ends with the decision. What still runs behind it are the limits of the
 * steps and papers that are left; a case that is over keeps the limit that it is judged by.
 */
static void clock_decided(const struct case_ground *g, struct case_state *s)
{
    struct limit next = {s->papers_due, s->papers_due, false};
    bool left = s->papers_due != 0;

    if (s->decision.seq == 0)
        return;
    for (size_t i = 0; i < g->service->n_steps; i++) {
        const struct step_state *t = &s->steps[i];
        left |= t->status == STEP_OPEN;
        if (t->status == STEP_OPEN && t->due != 0 && (next.due == 0 || t->due < next.due))
            next = (struct limit){t->due, t->warn, t->unsure};
    }
    if (!left)
        return;
    s->due = next.due;
    s->warn = next.warn;
    s->unsure = next.unsure;
}

void case_clock(const struct case_ground *g, struct case_state *s)
{
    const struct deadline *d = &g->service->within;
    if (g->delegated && g->service->delegated.n > 0)
        d = &g->service->delegated;
    if (s->extended)
        d = &g->service->extended;
    struct limit l = limit_of(g, s, s->accepted, d);
    s->due = l.due;
    s->warn = l.warn;
    s->unsure = l.unsure;
    for (size_t i = 0; i < g->service->n_steps; i++)
        clock_step(g, s, &s->steps[i]);
    clock_papers(g, s);
    clock_decided(g, s);
}
