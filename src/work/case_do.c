/* The next thing that happened to a case: whose it is to record, what it must say, what it does. */
#include "work/case_facts.h"
#include "work/case_in.h"
#include "work/case_prepare.h"
#include "work/effect.h"

/* ---- whose it is ---------------------------------------------------------------------------- */

/* An account of that office, or of one above it, with one of the roles. */
static bool at_office(const struct scope *s, int64_t base, enum place_level level, unsigned roles,
                      str line)
{
    if (level == AT_NONE)
        level = AT_TOWNSHIP;
    return scope_acts(s, roles, line) && scope_covers(s, base) &&
           division_level(s->division) <= level;
}

static bool does_step(const struct scope *s, const struct case_whole *k, const struct step_state *t)
{
    enum place_level level = step_level(&k->ground, k->state, t->step);
    int64_t base = k->ground.elsewhere ? k->row.office : k->state->owner;
    if (at_office(s, base, level, step_roles(level, t->step), k->row.line))
        return true;
    if (t->step->form == STEP_TELL && /* whoever took it in may hand the answer over */
        at_office(s, k->row.office, AT_TOWNSHIP, step_roles(AT_TOWNSHIP, t->step), k->row.line))
        return true;
    /* What is the township's up to a sum is the county's at any sum. */
    return t->step->up_to_param != NULL &&
           at_office(s, base, t->step->at, step_roles(t->step->at, t->step), k->row.line);
}

const char *case_not_theirs(const struct scope *s, const struct case_whole *k, enum event_kind kind,
                            const struct step_state *step)
{
    unsigned roles = event_roles(kind);
    if (kind == EVENT_ACCEPTED || kind == EVENT_BLOCKED)
        return "this is recorded by the program itself";
    if (roles == 0)
        return step == NULL || does_step(s, k, step)
                   ? NULL
                   : "this step is done by another office or role";
    if (!scope_acts(s, roles, k->row.line))
        return "this is recorded by another role";
    return scope_covers(s, k->state->owner) || scope_covers(s, k->row.office)
               ? NULL
               : "this is recorded by the office that has the case";
}

/* ---- doing ---------------------------------------------------------------------------------- */

struct doing {
    struct city *city;
    const struct scope *scope;
    int64_t county, case_id;
    const struct case_act *act;
    struct arena *a;
    int64_t version;
    bool blocked; /* only record that it was refused to a relative */
};

MUST_CHECK static enum rc check_version(const struct doing *d, const struct case_whole *k,
                                        struct err *err)
{
    if (d->act->version == 0 || d->act->version == k->state->version)
        return RC_OK;
    const struct case_event *last = &k->events[k->n_events - 1];
    return err_set(
        err, RC_CONFLICT,
        "the case went on in the meantime: %.*s recorded “%s” (version %lld, found %lld)",
        STR_ARG(last->who), event_word(last->kind), (long long)k->state->version,
        (long long)d->act->version);
}

MUST_CHECK static enum rc check_act(const struct doing *d, struct conn *c, struct case_whole *k,
                                    struct step_state **step, struct err *err)
{
    const struct case_act *act = d->act;
    const json_t *data = NULL;
    day on = act->day != 0 ? act->day : d->scope->today;
    *step = case_step_for(k->state, act->kind, act->step);
    if (on > d->scope->today)
        return err_set(err, RC_BAD_INPUT, "day: it is after today");
    if (on < k->row.accepted)
        return err_set(err, RC_BAD_INPUT, "day: it is before the acceptance");
    if (*step != NULL && on < (*step)->opened)
        return err_set(err, RC_BAD_INPUT, "day: it is before the step was open");
    if (act->step.n > 0 && event_roles(act->kind) == 0 && *step == NULL) {
        bool known = false;
        for (size_t i = 0; i < k->ground.service->n_steps; i++)
            known |= str_eq(k->ground.service->steps[i].name.text, act->step);
        if (!known)
            return err_set(err, RC_BAD_INPUT, "step: “%.*s”: the service has none of this name",
                           STR_ARG(act->step));
    }
    TRY(case_try_data(c, k, act, on, d->a, &data, err));
    const struct case_try try = {act->kind, *step, on, data};
    const char *why = case_try_refuses(&k->ground, k->state, &try);
    if (why == NULL)
        why = case_not_theirs(d->scope, k, act->kind, *step);
    return why != NULL ? err_set(err, RC_RULE, "%s", why) : RC_OK;
}

/* The state before, to compare with: what later events change in place is copied. */
static struct case_state state_before(const struct case_state *s, struct arena *a)
{
    struct case_state was = *s;
    was.steps = NEW_N(a, struct step_state, s->service->n_steps + 1);
    for (size_t i = 0; i < s->service->n_steps; i++)
        was.steps[i] = s->steps[i];
    return was;
}

static bool has_new_facts(const struct case_state *s)
{
    for (size_t i = 0; i < s->facts.n; i++)
        if (s->facts.at[i].applied == s->version)
            return true;
    return false;
}

MUST_CHECK static enum rc append(struct change *c, struct doing *d, struct case_whole *k,
                                 struct case_event *e, struct err *err)
{
    const struct case_state was = state_before(k->state, d->a);
    TRY(case_apply(&k->ground, e, d->a, k->state, err));
    TRY(case_event_put(c, d->case_id, e, d->a, err));
    TRY(case_state_put(c, k, e->day, err));
    TRY(step_tasks(c, k, &was, e->day, err));
    if (has_new_facts(k->state))
        TRY(case_facts_record(c, d->city, k, d->a, err));
    d->version = e->seq;
    return RC_OK;
}

/* What the law wants of the county first. */
MUST_CHECK static enum rc check_visit(const struct doing *d, struct conn *c,
                                      const struct case_whole *k, struct err *err)
{
    struct case_words why;
    if (d->act->kind != EVENT_DECIDED)
        return RC_OK;
    TRY(case_visit_missing(c, k, d->scope->today, &why, err));
    return why.en == NULL ? RC_OK : err_set(err, RC_RULE, "%s", why.en);
}

static enum rc do_once(struct change *c, void *ctx, struct err *err)
{
    struct doing *d = ctx;
    struct case_whole k;
    struct step_state *step = NULL;
    const struct case_act *act = d->act;

    TRY(case_load(d->city, d->scope, c->conn, d->county, d->case_id, d->a, &k, err));
    struct case_event e = {.seq = k.state->version + 1,
                           .kind = d->blocked ? EVENT_BLOCKED : act->kind,
                           .step = S(""),
                           .day = act->day != 0 && !d->blocked ? act->day : d->scope->today,
                           .who = c->who,
                           .text = act->text,
                           .position = c->position};
    if (d->blocked) {
        e.text = str_from(event_word(act->kind));
        return append(c, d, &k, &e, err);
    }
    TRY(check_version(d, &k, err));
    TRY(check_act(d, c->conn, &k, &step, err));
    TRY(check_visit(d, c->conn, &k, err));
    if (step != NULL)
        e.step = step->step->name.text;
    struct prepared p = {.city = d->city,
                         .scope = d->scope,
                         .change = c,
                         .k = &k,
                         .act = act,
                         .step = step,
                         .on = e.day,
                         .a = d->a};
    TRY(case_prepare(&p, err));
    e.data = p.data;
    TRY(append(c, d, &k, &e, err));
    return case_follow(&p, err);
}

/* What nobody does in a case of their own or of a relative. */
static bool is_judging(enum event_kind k)
{
    return k == EVENT_OPINION || k == EVENT_DECIDED || k == EVENT_PAID;
}

MUST_CHECK static enum rc find_related(struct doing *d, bool *related, struct err *err)
{
    struct conn *c = NULL;
    struct case_whole k;
    *related = false;
    if (!is_judging(d->act->kind))
        return RC_OK;
    TRY(store_reader(d->city->store, &c, err));
    enum rc rc = case_load(d->city, d->scope, c, d->county, d->case_id, d->a, &k, err);
    if (rc == RC_OK)
        rc = scope_related(d->scope, c, d->county, k.row.household_id, related, err);
    store_reader_done(c);
    return rc;
}

enum rc case_do(struct city *city, const struct scope *s, int64_t county, int64_t case_id,
                const struct case_act *act, struct arena *a, int64_t *version, struct err *err)
{
    struct doing d = {
        .city = city, .scope = s, .county = county, .case_id = case_id, .act = act, .a = a};
    const struct change_spec spec = {
        .store = city->store,
        .county_code = county,
        .who = s->login,
        .why = str_fmt(a, "case %lld: %s", (long long)case_id, event_word(act->kind))};
    TRY(find_related(&d, &d.blocked, err));
    TRY(change_write(&spec, do_once, &d, NULL, err));
    *version = d.version;
    if (d.blocked)
        return err_set(err, RC_RULE,
                       "you or a relative of yours live in this household: somebody else must do "
                       "this (回避); the attempt is recorded");
    return RC_OK;
}
