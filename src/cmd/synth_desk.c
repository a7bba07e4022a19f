/*
 * Applications in progress (synth_desk.h). Each is taken some weeks ago for a household drawn by
 * chance, with the facts that its kind of application tells, and carried on day by day by the roles of
 * its steps, until it is done or today has come; one in five is left lying where it was.
 */
#include "cmd/synth_desk.h"

#include <jansson.h>
#include <stdio.h>

#include "guard/account.h"
#include "people/edit.h"
#include "people/list.h"
#include "work/clock.h"
#include "work/effect.h"

enum { TOWNS_MAX = 512, LIST_PAGE = 100, TRIES = 40, STEPS_MOST = 40, LEFT_LYING = 20 };

struct town {
    int64_t division, county;     /* twelve digits; of the county */
    str clerk, verifier, decider; /* logins */
};

struct maker {
    const struct synth_desk *d;
    struct synth_desk_counts *n;
    struct arena *a;  /* of the whole */
    struct arena one; /* of one case */
    struct rng rng;
    struct calendar *calendar;
    VEC(struct town) towns;
};

/* ---- who works there ------------------------------------------------------------------------- */

static str login_at(const struct account *list, size_t n, int64_t division, enum role role)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].division == division && list[i].n_roles > 0 && list[i].role[0].role == role)
            return list[i].login;
    return (str){0};
}

/* The townships that have a clerk's account. */
MUST_CHECK static enum rc towns_read(struct maker *m, struct conn *c, struct err *err)
{
    struct account *list = NULL;
    size_t n = 0;
    const struct scope *by = scope_system(m->d->city, m->d->today, m->a);
    TRY(account_list(by, c, m->d->city->place->division, S(""), 200, m->a, &list, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (!list[i].demo || list[i].n_roles == 0 || list[i].role[0].role != ROLE_CLERK)
            continue;
        const int64_t county = list[i].division / 1000000 * 1000000;
        *VEC_PUSH(m->a, &m->towns) =
            (struct town){.division = list[i].division,
                          .county = county,
                          .clerk = list[i].login,
                          .verifier = login_at(list, n, county, ROLE_VERIFIER),
                          .decider = login_at(list, n, county, ROLE_DECIDER)};
    }
    if (m->towns.n == 0)
        return err_set(err, RC_NOT_FOUND,
                       "there are no accounts of a demonstration: expected "
                       "`huimin user demo` to have been run before");
    return RC_OK;
}

static struct scope scope_at(struct maker *m, int64_t division, enum role role, str login,
                             day today)
{
    struct scope_role *r = NEW(&m->one, struct scope_role);
    *r = (struct scope_role){role, S("")};
    return scope_office(division, r, login, today);
}

/* ---- for whom -------------------------------------------------------------------------------- */

/* A household of the township drawn by chance; on the programme, when one is named. */
MUST_CHECK static enum rc household_draw(struct maker *m, struct conn *c, const struct town *t,
                                         const char *programme, struct household_view *out,
                                         bool *found, struct err *err)
{
    struct household_item *list = NULL;
    struct list_after next = {0};
    size_t n = 0;
    struct list_spec spec = {.order = LIST_BY_DIVISION,
                             .programme = str_from(programme),
                             .sex = -1,
                             .age_from = -1,
                             .age_to = -1,
                             .today = m->d->today,
                             .limit = LIST_PAGE};
    division_bounds(t->division, &spec.lo, &spec.hi);
    *found = false;
    if (*programme == '\0')
        spec.lo += rng_below(&m->rng, 12); /* somewhere among its villages, numbered from 1 */
    else
        spec.order = LIST_BY_NAME;
    TRY(list_households(&spec, c, &m->one, &list, &n, &next, err));
    if (n == 0)
        return RC_OK;
    const struct household_item *h = &list[rng_below(&m->rng, (uint32_t)n)];
    TRY(household_view(m->d->city, c, h->county, h->household, m->d->today, false, &m->one, out,
                       err));
    *found = !out->over && out->members.n > 0 && out->members.n <= 5;
    return RC_OK;
}

static bool is_here(const struct maker *m, const struct view_member *v)
{
    (void)m;
    return v->here && v->death.n == 0;
}

static bool enrolled_in(const struct household_view *v, str programme)
{
    for (size_t i = 0; i < v->enrolments.n; i++)
        if (str_eq(v->enrolments.at[i].programme, programme) &&
            str_eq(v->enrolments.at[i].to, str_from(DAY_OPEN)))
            return true;
    return false;
}

/* ---- what they tell -------------------------------------------------------------------------- */

static json_t *fact(int64_t county, int64_t person, const char *field, json_t *value)
{
    char ref[48];
    if (person == 0)
        return json_pack("{s:n,s:s,s:o}", "person", "field", field, "value", value);
    snprintf(ref, sizeof ref, "%lld-%lld", (long long)county, (long long)person);
    return json_pack("{s:s,s:s,s:o}", "person", ref, "field", field, "value", value);
}

/* Incomes of all, whole yuan between two bounds; nobody is in work. */
static json_t *incomes(struct maker *m, const struct household_view *v, int lo, int hi)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->members.n; i++) {
        const struct view_member *p = &v->members.at[i];
        if (!is_here(m, p))
            continue;
        const json_int_t fen = (json_int_t)rng_between(&m->rng, lo, hi) * YUAN;
        json_array_append_new(list, fact(v->county, p->person, "income", json_integer(fen)));
        json_array_append_new(list, fact(v->county, p->person, "wage", json_integer(0)));
        json_array_append_new(list, fact(v->county, p->person, "employed", json_false()));
    }
    json_array_append_new(list,
                          fact(v->county, 0, "assets",
                               json_integer((json_int_t)rng_between(&m->rng, 5, 90) * 100 * YUAN)));
    return list;
}

static json_t *month_now(const struct maker *m)
{
    char text[8];
    return json_string(month_text(date_month(m->d->today), text));
}

static json_t *tell_poor(struct maker *m, const struct household_view *v, int64_t *person)
{
    *person = 0;
    return incomes(m, v, 0, 900);
}

static json_t *tell_edge(struct maker *m, const struct household_view *v, int64_t *person)
{
    *person = 0;
    return incomes(m, v, 560, 880);
}

static json_t *tell_destitute(struct maker *m, const struct household_view *v, int64_t *person)
{
    static const char *const care[] = {"full", "half", "self"};
    json_t *list = json_array();
    *person = v->head;
    json_array_append_new(list, fact(v->county, *person, "destitute", json_true()));
    json_array_append_new(
        list, fact(v->county, *person, "self_care", json_string(care[rng_below(&m->rng, 3)])));
    return list;
}

static json_t *tell_disabled(struct maker *m, const struct household_view *v, int64_t *person)
{
    static const char *const grade[] = {"1", "2", "3", "4"};
    json_t *list = incomes(m, v, 100, 1100);
    *person = v->members.at[rng_below(&m->rng, (uint32_t)v->members.n)].person;
    json_array_append_new(list, fact(v->county, *person, "disability_grade",
                                     json_string(grade[rng_below(&m->rng, 4)])));
    return list;
}

static json_t *tell_emergency(struct maker *m, const struct household_view *v, int64_t *person)
{
    static const char *const kind[] = {"accident", "illness", "other"};
    static const char *const degree[] = {"slight", "heavy", "grave"};
    json_t *list = json_array();
    *person = 0;
    json_array_append_new(list, fact(v->county, 0, "event_month", month_now(m)));
    json_array_append_new(
        list, fact(v->county, 0, "event_kind", json_string(kind[rng_below(&m->rng, 3)])));
    json_array_append_new(
        list, fact(v->county, 0, "event_persons", json_integer((json_int_t)v->members.n)));
    json_array_append_new(
        list, fact(v->county, 0, "hardship", json_string(degree[rng_below(&m->rng, 3)])));
    return list;
}

static json_t *tell_expenses(struct maker *m, const struct household_view *v, int64_t *person)
{
    static const char *const degree[] = {"slight", "heavy", "grave"};
    json_t *list = incomes(m, v, 600, 1900);
    *person = 0;
    json_array_append_new(list, fact(v->county, 0, "expense_month", month_now(m)));
    json_array_append_new(
        list, fact(v->county, 0, "necessary_expenses",
                   json_integer((json_int_t)rng_between(&m->rng, 8, 60) * 1000 * YUAN)));
    json_array_append_new(
        list, fact(v->county, 0, "hardship", json_string(degree[rng_below(&m->rng, 3)])));
    return list;
}

/* Kinds of application, how often of 100, of whom, how many days ago at most. */
static const struct application {
    const char *service;
    uint16_t weight;
    const char *programme; /* of those enrolled in it; "": of anybody */
    int days_most;
    json_t *(*tell)(struct maker *m, const struct household_view *v, int64_t *person);
} kinds[] = {
    {"dibao_application", 34, "", 44, tell_poor},
    {"disability_application", 16, "", 30, tell_disabled},
    {"dibao_review", 14, "dibao", 30, tell_poor},
    {"urgent_relief", 10, "", 10, tell_emergency},
    {"edge_application", 8, "", 40, tell_edge},
    {"expense_relief", 8, "", 18, tell_expenses},
    {"tekun_application", 6, "", 44, tell_destitute},
    {"change_report", 4, "dibao", 25, tell_poor},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- day by day ------------------------------------------------------------------------------ */

static const char *const surveyed[] = {"两人入户，情况与申报一致", "入户见到本人，邻里证实",
                                       "入户核实，住房、家电与申报一致"};

/* Whose step it is: at the township, else at the county. */
static struct scope scope_of_step(struct maker *m, const struct town *t,
                                  const struct service_step *s, bool delegated, day today)
{
    const bool town = s->at == AT_TOWNSHIP || s->at == AT_VILLAGE ||
                      (s->form == STEP_DECIDE && delegated) || s->form == STEP_PAY;
    if (town)
        return scope_at(m, t->division, ROLE_CLERK, t->clerk, today);
    if (s->form == STEP_VERIFY)
        return scope_at(m, t->county, ROLE_VERIFIER, t->verifier, today);
    return scope_at(m, t->county, ROLE_DECIDER, t->decider, today);
}

/* What the rules say: granted when anything fits. */
MUST_CHECK static enum rc verdict(struct maker *m, struct conn *c, const struct case_whole *k,
                                  day on, json_t **data, int64_t *fen, bool *open, struct err *err)
{
    struct case_proposal p = {0};
    bool grant = false;
    TRY(case_propose(m->d->city, c, k, on, &m->one, &p, err));
    *fen = 0;
    *open = false;
    for (size_t i = 0; i < p.n; i++) {
        grant |= p.units[i].fits;
        *open |= p.units[i].undecided;
        if (p.units[i].fits && p.units[i].fen > 0)
            *fen += p.units[i].fen;
    }
    *data = json_pack("{s:b}", "grant", grant);
    return RC_OK;
}

/* The event that the open step waits for. *wait: days until it can be recorded at the earliest. */
MUST_CHECK static enum rc next_event(struct maker *m, struct conn *c, const struct case_whole *k,
                                     const struct step_state *s, day on, struct case_act *act,
                                     bool *stuck, struct err *err)
{
    int64_t fen = 0;
    *act = (struct case_act){.kind = EVENT_STEP_DONE,
                             .step = s->step->name.text,
                             .day = on,
                             .version = k->state->version};
    switch (s->step->form) {
    case STEP_SURVEY:
        act->text = str_from(surveyed[rng_below(&m->rng, 3)]);
        return RC_OK;
    case STEP_VERIFY:
        act->text = S("各部门复函与申报一致");
        return RC_OK;
    case STEP_OPINION:
        act->kind = EVENT_OPINION;
        act->text = S("情况属实，按规定提出意见");
        return verdict(m, c, k, on, &act->data, &fen, stuck, err);
    case STEP_DECIDE:
        act->kind = EVENT_DECIDED;
        act->text = S("经审核确认");
        return verdict(m, c, k, on, &act->data, &fen, stuck, err);
    case STEP_POSTING:
        act->kind = k->state->posted == 0 ? EVENT_POSTING_BEGAN : EVENT_POSTING_ENDED;
        if (act->kind == EVENT_POSTING_BEGAN)
            act->data = json_pack("{s:s}", "place", "村（社区）公告栏");
        return RC_OK;
    case STEP_PAY:
        act->kind = EVENT_PAID;
        TRY(verdict(m, c, k, on, &act->data, &fen, stuck, err));
        json_decref(act->data);
        act->data = json_pack("{s:I}", "fen", (json_int_t)fen);
        *stuck |= fen == 0;
        return RC_OK;
    case STEP_TELL:
        act->kind = EVENT_TOLD;
        act->data = json_pack("{s:s}", "channel", "paper");
        return RC_OK;
    default:
        return RC_OK;
    }
}

/* One event of a case on its day. *on moves; *over: it is done, or it stays where it is. */
MUST_CHECK static enum rc carry_on(struct maker *m, struct conn *c, const struct town *t,
                                   int64_t county, int64_t id, day *on, bool *over, struct err *err)
{
    struct case_whole k = {0};
    struct case_act act;
    int64_t version = 0;
    bool stuck = false;
    *over = true;
    TRY(case_load(m->d->city, NULL, c, county, id, &m->one, &k, err));
    const struct step_state *s = case_first_open(k.state);
    if (!case_status_open(k.state->status) || s == NULL)
        return RC_OK;
    const bool hangs = s->step->form == STEP_POSTING && k.state->posted != 0;
    *on += hangs ? s->step->lasts.n + 1 : rng_between(&m->rng, 0, 4);
    while (!calendar_workday(m->calendar, *on))
        (*on)++;
    if (*on > m->d->today || rng_below(&m->rng, 100) < LEFT_LYING / 4)
        return RC_OK;
    TRY(next_event(m, c, &k, s, *on, &act, &stuck, err));
    if (act.data != NULL)
        arena_on_reset(&m->one, (void (*)(void *))json_decref, act.data);
    if (stuck)
        return RC_OK;
    const struct scope by = scope_of_step(m, t, s->step, k.ground.delegated, *on);
    enum rc rc = case_do(m->d->city, &by, county, id, &act, &m->one, &version, err);
    *over =
        rc == RC_RULE || rc == RC_FORBIDDEN; /* the county's, or something is missing: it waits */
    m->n->events += rc == RC_OK;
    return *over ? RC_OK : rc;
}

/* What was brought; now and then one is missing. */
static json_t *papers_of(struct maker *m, const struct service *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *p = &s->papers[i];
        const char *have = p->source == PAPER_PROMISE ? "promised" : "yes";
        if (p->source == PAPER_OFFICE || p->may_follow || p->only_for.zh.n > 0 ||
            rng_below(&m->rng, 100) < 6)
            continue;
        json_array_append_new(
            list, json_pack("{s:s%,s:s}", "paper", p->name.text.p, p->name.text.n, "have", have));
    }
    arena_on_reset(&m->one, (void (*)(void *))json_decref, list);
    return list;
}

MUST_CHECK static enum rc one_case(struct maker *m, struct conn *c, struct err *err)
{
    uint16_t weights[KINDS];
    struct household_view v = {0};
    struct case_made made = {0};
    int64_t person = 0;
    bool found = false;
    for (size_t i = 0; i < KINDS; i++)
        weights[i] = kinds[i].weight;
    const struct application *kind = &kinds[rng_pick(&m->rng, weights, KINDS)];
    const struct service *service = rules_service(m->d->city->rules, str_from(kind->service));
    const struct town *t = &m->towns.at[rng_below(&m->rng, (uint32_t)m->towns.n)];
    if (service == NULL)
        return RC_OK;
    TRY(household_draw(m, c, t, kind->programme, &v, &found, err));
    if (!found || (kind->programme[0] == '\0' && enrolled_in(&v, S("dibao"))))
        return RC_OK;
    day on = m->d->today - rng_between(&m->rng, 0, kind->days_most);
    while (!calendar_workday(m->calendar, on))
        on--;
    const struct scope by = scope_at(m, t->division, ROLE_CLERK, t->clerk, on);
    json_t *facts = kind->tell(m, &v, &person);
    const struct case_wanted wanted = {.service = str_from(kind->service),
                                       .person = service->of_member ? person : 0};
    arena_on_reset(&m->one, (void (*)(void *))json_decref, facts);
    const struct case_new n = {.county = v.county,
                               .household = v.household,
                               .services = &wanted,
                               .n_services = 1,
                               .applicant_id = v.head,
                               .day = on,
                               .facts = facts,
                               .papers = papers_of(m, service)};
    enum rc rc = case_open(m->d->city, &by, &n, &m->one, &made, err);
    if (rc == RC_CONFLICT || rc == RC_RULE)
        return RC_OK; /* has such a case already, or it is not for them */
    if (rc != RC_OK)
        return rc;
    m->n->cases++;
    bool over = rng_below(&m->rng, 100) < LEFT_LYING;
    for (int i = 0; i < STEPS_MOST && !over; i++)
        TRY(carry_on(m, c, t, v.county, made.cases[0].case_id, &on, &over, err));
    return RC_OK;
}

/* ---- what changed in families on assistance --------------------------------------------------- */

/* An income that came to light: the month will find another amount. */
MUST_CHECK static enum rc one_change(struct maker *m, struct conn *c, struct err *err)
{
    struct household_view v = {0};
    struct edit_result done = {0};
    bool found = false;
    const struct town *t = &m->towns.at[rng_below(&m->rng, (uint32_t)m->towns.n)];
    const struct reg *reg = rules_reg(m->d->city->rules, S("person"));
    const struct field *income = reg != NULL ? reg_field(reg, S("income")) : NULL;
    TRY(household_draw(m, c, t, "dibao", &v, &found, err));
    if (!found || income == NULL)
        return RC_OK;
    const struct edit_fact fact = {income, v.head,
                                   V_INT((int64_t)rng_between(&m->rng, 0, 1500) * YUAN)};
    const struct household_edit e = {.city = m->d->city,
                                     .kind = EDIT_FACT,
                                     .county = v.county,
                                     .household = v.household,
                                     .who = t->clerk,
                                     .day = month_first(date_month(m->d->today)),
                                     .today = m->d->today,
                                     .evidence = S("入户走访"),
                                     .facts = &fact,
                                     .n_facts = 1};
    TRY(household_edit(&e, &done, err));
    m->n->changed++;
    return RC_OK;
}

MUST_CHECK static enum rc make_all(struct maker *m, struct conn *c, struct err *err)
{
    TRY(towns_read(m, c, err));
    TRY(calendar_read(c, m->a, &m->calendar, err));
    for (int64_t i = 0; i < m->d->cases * 2 && m->n->cases < m->d->cases; i++) {
        TRY(one_case(m, c, err));
        arena_reset(&m->one);
        if (m->d->progress != NULL)
            m->d->progress(m->d->ctx, m->n->cases);
    }
    for (int64_t i = 0; i < m->d->cases / 5; i++) {
        TRY(one_change(m, c, err));
        arena_reset(&m->one);
    }
    return RC_OK;
}

enum rc synth_desk(const struct synth_desk *d, struct synth_desk_counts *out, struct err *err)
{
    struct arena a = {0};
    struct conn *c = NULL;
    *out = (struct synth_desk_counts){0};
    struct maker m = {.d = d, .n = out, .a = &a, .rng = rng_of(0, 0, 0)};
    for (size_t i = 0; i < d->seed.n; i++)
        m.rng = rng_of(rng_next(&m.rng), (uint64_t)(unsigned char)d->seed.p[i], i);
    enum rc rc = store_reader(d->city->store, &c, err);
    if (rc == RC_OK)
        rc = make_all(&m, c, err);
    if (c != NULL)
        store_reader_done(c);
    arena_deinit(&m.one);
    arena_deinit(&a);
    return rc;
}
