/* Who does a step: level, office, roles; and its task on the desk. */
#include "work/case_in.h"

#include "people/people.h"

/* ---- level ---------------------------------------------------------------------------------- */

int64_t step_ceiling(const struct case_ground *g, const struct service_step *step, day on)
{
    if (step->up_to_param == NULL)
        return -1;
    const struct literal *l =
        param_value(g->rules, step->up_to_param, 0, g->division, date_month(on), NULL);
    return l != NULL ? l->i : -1;
}

/* What it is about, as the opinion has it; -1: not known. */
static int64_t sum_known(const struct case_state *s)
{
    int64_t sum = 0;
    if (s->opinion.seq == 0)
        return -1;
    for (size_t i = 0; i < s->opinion.n_lines; i++)
        sum += s->opinion.lines[i].grant ? s->opinion.lines[i].fen : 0;
    return sum;
}

enum place_level step_level(const struct case_ground *g, const struct case_state *s,
                            const struct service_step *step)
{
    if (g->elsewhere && step->form == STEP_DECIDE)
        return AT_NONE;
    if (step->may_delegate && g->delegated)
        return AT_TOWNSHIP;
    if (step->up_to_param == NULL || s->raised)
        return step->at;
    int64_t sum = sum_known(s);
    return sum < 0 || sum <= step_ceiling(g, step, s->accepted) ? AT_TOWNSHIP : step->at;
}

unsigned step_roles(enum place_level level, const struct service_step *step)
{
    enum role named = step->role.text.n > 0 ? role_find(step->role.text) : ROLE__COUNT;
    unsigned desk = ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD);
    bool decides = step->form == STEP_DECIDE;

    if (named < ROLE__COUNT)
        return ROLE_BIT(named);
    switch (level) {
    case AT_VILLAGE:
        return desk | ROLE_BIT(ROLE_VILLAGE);
    case AT_COUNTY:
        if (decides)
            return ROLE_BIT(ROLE_DECIDER);
        if (step->form == STEP_PAY)
            return ROLE_BIT(ROLE_PAYER) | ROLE_BIT(ROLE_DECIDER);
        return ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_DECIDER);
    case AT_CITY:
        return ROLE_BIT(ROLE_OFFICER);
    case AT_TOWNSHIP:
        return decides && step->may_delegate ? ROLE_BIT(ROLE_HEAD) : desk;
    default: /* elsewhere: whoever took the application keeps the record */
        return desk;
    }
}

/* Whose desk it lies on first. */
static enum role first_role(enum place_level level, const struct service_step *step)
{
    unsigned roles = step_roles(level, step);
    if (level == AT_VILLAGE && (roles & ROLE_BIT(ROLE_VILLAGE)) != 0)
        return step->form == STEP_POSTING ? ROLE_CLERK : ROLE_VILLAGE;
    if (level == AT_COUNTY && step->form == STEP_PAY)
        return ROLE_PAYER;
    for (enum role r = 0; r < ROLE__COUNT; r++)
        if ((roles & ROLE_BIT(r)) != 0)
            return r;
    return ROLE_CLERK;
}

enum place_level case_step_level(const struct case_whole *k, const struct step_state *t)
{
    return step_level(&k->ground, k->state, t->step);
}

enum role case_step_role(const struct case_whole *k, const struct step_state *t)
{
    return first_role(case_step_level(k, t), t->step);
}

/* ---- office --------------------------------------------------------------------------------- */

enum rc office_at(struct conn *c, int64_t division, enum place_level level, day on, int64_t *out,
                  struct err *err)
{
    char text[11];
    struct arena a = {0};
    enum rc rc = RC_OK;

    date_text(on, text);
    /* The levels grow downwards: from the village up until the office's own. */
    while (rc == RC_OK && division_level(division) > level) {
        struct division_info info;
        rc = division_find(c, division, str_from(text), &a, &info, err);
        if (rc == RC_OK && (info.parent == 0 || info.parent == division))
            rc = err_set(err, RC_NOT_FOUND, "division %lld: there is no office above it",
                         (long long)division);
        division = info.parent;
    }
    arena_deinit(&a);
    *out = division;
    return rc;
}

bool case_step_paused(const struct case_state *s, const struct step_state *t)
{
    unsigned stops = s->stops & ~(unsigned)STOP_POSTING;
    if (t->step->form == STEP_SURVEY)
        stops &= ~(unsigned)STOP_OBJECTION;
    return stops != 0;
}

enum rc step_office(struct conn *c, const struct case_whole *k, const struct service_step *step,
                    day on, int64_t *out, struct err *err)
{
    enum place_level level = step_level(&k->ground, k->state, step);
    bool window = step->form == STEP_ACCEPT || step->form == STEP_SEND || step->form == STEP_TELL;
    int64_t division = k->state->owner;

    /* Whoever took it in sends it on and tells the applicant. */
    if (k->ground.elsewhere || (window && level == AT_TOWNSHIP && k->state->service->elsewhere))
        division = k->row.office;
    if (level == AT_NONE)
        level = AT_TOWNSHIP;
    return office_at(c, division, level, on, out, err);
}

/* ---- tasks ---------------------------------------------------------------------------------- */

static void task_title(const struct case_state *s, const struct step_state *t, struct task *task)
{
    const struct label *l = &t->step->label;
    task->title = l->zh;
    task->title_en = l->en.n > 0 ? l->en : t->step->name.text;
    if (t->step->form == STEP_POSTING && s->posted != 0) {
        task->title = S("结束公示");
        task->title_en = S("end of the posting");
    } else if (t->step->form == STEP_SURVEY && s->objections > 0) {
        task->title = S("重新入户调查（有异议）");
        task->title_en = S("survey again: there was an objection");
    }
}

/* Decisions on one service lie together, so that a list of them can be decided at once. */
static int64_t batch_of(const struct case_whole *k, const struct step_state *t)
{
    return t->step->form == STEP_DECIDE ? (int64_t)(str_hash(k->row.service) & 0x7fffffff) : 0;
}

MUST_CHECK static enum rc put_step(struct change *c, const struct case_whole *k,
                                   const struct step_state *t, day on, struct err *err)
{
    struct task task = {.kind = S("step"),
                        .case_id = k->row.case_id,
                        .step = t->step->name.text,
                        .household_id = k->row.household_id,
                        .person_id = k->row.person_id,
                        .line = k->row.line,
                        .subject = k->row.subject,
                        .opened = t->opened,
                        .due = t->due,
                        .warn = t->warn,
                        .unsure = t->unsure,
                        .unit = t->step->within.unit,
                        .batch = batch_of(k, t)};
    /* A step without a limit of its own is due with the whole. */
    if (task.due == 0) {
        task.due = k->state->due;
        task.warn = k->state->warn;
        task.unsure = k->state->unsure;
        task.unit = k->state->service->within.unit;
    }
    task.paused = case_step_paused(k->state, t);
    task.role = first_role(step_level(&k->ground, k->state, t->step), t->step);
    TRY(step_office(c->conn, k, t->step, on, &task.division, err));
    task_title(k->state, t, &task);
    return task_put(c, &task, err);
}

MUST_CHECK static enum rc put_papers(struct change *c, const struct case_whole *k, day on,
                                     struct err *err)
{
    struct task task = {.kind = S("papers"),
                        .case_id = k->row.case_id,
                        .step = S(""),
                        .household_id = k->row.household_id,
                        .person_id = k->row.person_id,
                        .role = ROLE_CLERK,
                        .line = k->row.line,
                        .title = S("补齐材料"),
                        .title_en = S("papers that must follow"),
                        .subject = k->row.subject,
                        .opened = on,
                        .due = k->state->papers_due,
                        .warn = k->state->papers_due,
                        .unit = k->state->service->papers_within.unit};
    TRY(office_at(c->conn, k->row.office, AT_TOWNSHIP, on, &task.division, err));
    return task_put(c, &task, err);
}

/* The papers asked for: a task while they are awaited, so that nobody forgets whom the clock waits for. */
MUST_CHECK static enum rc put_awaited(struct change *c, const struct case_whole *k, day on,
                                      struct err *err)
{
    struct task task = {.kind = S("papers"),
                        .case_id = k->row.case_id,
                        .step = S("supplement"),
                        .household_id = k->row.household_id,
                        .person_id = k->row.person_id,
                        .role = ROLE_CLERK,
                        .line = k->row.line,
                        .title = S("等待补正材料"),
                        .title_en = S("papers asked for"),
                        .subject = k->row.subject,
                        .opened = on,
                        .due = k->state->supplement_until,
                        .warn = k->state->supplement_until,
                        .unit = k->state->service->supplement_within.unit};
    TRY(office_at(c->conn, k->row.office, AT_TOWNSHIP, on, &task.division, err));
    return task_put(c, &task, err);
}

MUST_CHECK static enum rc awaited_task(struct change *c, const struct case_whole *k,
                                       const struct case_state *was, day on, struct err *err)
{
    if (k->state->supplement_until != 0)
        return put_awaited(c, k, on, err);
    if (was != NULL && was->supplement_until != 0)
        return task_end(c, S("papers"), k->row.case_id, 0, S("supplement"), on, err);
    return RC_OK;
}

/* The county's visit, from when the decision waits for it. */
MUST_CHECK static enum rc visit_task(struct change *c, const struct case_whole *k, day on,
                                     struct err *err)
{
    const struct step_state *decide = NULL;
    struct case_words why;
    for (size_t i = 0; i < k->state->service->n_steps; i++)
        if (k->state->steps[i].step->form == STEP_DECIDE && k->state->steps[i].status == STEP_OPEN)
            decide = &k->state->steps[i];
    if (k->state->service->visits_at.to == 0)
        return RC_OK;
    TRY(case_visit_missing(c->conn, k, on, &why, err));
    if (decide == NULL || why.zh == NULL)
        return task_end(c, S("step"), k->row.case_id, 0, S("county_visit"), on, err);
    struct task task = {.kind = S("step"),
                        .case_id = k->row.case_id,
                        .step = S("county_visit"),
                        .household_id = k->row.household_id,
                        .person_id = k->row.person_id,
                        .role = ROLE_VERIFIER,
                        .line = k->row.line,
                        .title = S("县级入户核查"),
                        .title_en = S("home visit by the county"),
                        .subject = k->row.subject,
                        .opened = decide->opened,
                        .due = decide->due != 0 ? decide->due : k->state->due,
                        .warn = decide->due != 0 ? decide->warn : k->state->warn,
                        .unit = decide->step->within.unit};
    TRY(office_at(c->conn, k->state->owner, AT_COUNTY, on, &task.division, err));
    return task_put(c, &task, err);
}

enum rc step_tasks(struct change *c, const struct case_whole *k, const struct case_state *was,
                   day on, struct err *err)
{
    const struct case_state *s = k->state;
    if (!case_status_open(s->status))
        return task_end_case(c, k->row.case_id, on, err);
    for (size_t i = 0; i < s->service->n_steps; i++) {
        const struct step_state *t = &s->steps[i];
        if (t->status == STEP_OPEN)
            TRY(put_step(c, k, t, on, err));
        else if (was != NULL && was->steps[i].status == STEP_OPEN)
            TRY(task_end(c, S("step"), k->row.case_id, 0, t->step->name.text, on, err));
    }
    TRY(awaited_task(c, k, was, on, err));
    TRY(visit_task(c, k, on, err));
    if (s->papers_due != 0)
        return put_papers(c, k, on, err);
    if (was != NULL && was->papers_due != 0)
        return task_end(c, S("papers"), k->row.case_id, 0, S(""), on, err);
    return RC_OK;
}
