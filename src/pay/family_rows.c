/*
 * What an act comes to: before and after compared, household by household, programme by programme, unit by
 * unit, and who decides it.
 */
#include <string.h>

#include "pay/amounts.h"
#include "pay/family_in.h"
#include "people/people_sql.h"

struct comparing {
    struct family *f;
    const struct plan *plan;
    size_t home;
    const struct look *before, *after;
    const struct policy *policy;
    const struct month_award *paid; /* of the household, the newest first */
    size_t n_paid;
};

/* ---- of one look ---------------------------------------------------------------------------- */

static bool is_enrolled(const struct look *l, const struct policy *p, int64_t person)
{
    for (size_t i = 0; i < l->n_enrolled; i++)
        if (l->enrolled[i].policy == p && l->enrolled[i].person == person)
            return true;
    return false;
}

static const struct found_unit *unit_in(const struct found *found, const struct policy *p,
                                        int64_t person)
{
    for (size_t i = 0; i < found->units.n; i++)
        if (found->units.at[i].policy == p && found->units.at[i].person == person)
            return &found->units.at[i];
    return NULL;
}

static const struct found_finding *finding_in(const struct found *found, const struct policy *p,
                                              int64_t person)
{
    for (size_t i = 0; i < found->findings.n; i++)
        if (found->findings.at[i].policy == p && found->findings.at[i].person == person)
            return &found->findings.at[i];
    return NULL;
}

static const struct found_candidate *candidate_in(const struct found *found, const struct policy *p,
                                                  int64_t person)
{
    for (size_t i = 0; i < found->candidates.n; i++)
        if (found->candidates.at[i].policy == p && found->candidates.at[i].person == person)
            return &found->candidates.at[i];
    return NULL;
}

/* To a household's unit belong the awards of its members as well. */
static int64_t awarded(const struct found *found, const struct policy *p, int64_t person)
{
    int64_t fen = 0;
    for (size_t i = 0; i < found->awards.n; i++)
        if (found->awards.at[i].policy == p &&
            (person == 0 || found->awards.at[i].person == person))
            fen += found->awards.at[i].fen;
    return fen;
}

/* What it is due by the rules; while nobody can tell, what is paid. */
static int64_t due(const struct found *found, const struct policy *p, int64_t person)
{
    const struct found_finding *d = finding_in(found, p, person);
    return d != NULL ? d->new_fen : awarded(found, p, person);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static struct family_row *row_new(struct comparing *g, int64_t person, enum family_means means)
{
    struct family_row *r = VEC_PUSH(g->f->a, &g->f->rows);
    *r = (struct family_row){.home = g->home,
                             .policy = g->policy,
                             .person = person,
                             .means = means,
                             .month = g->plan->month};
    return r;
}

MUST_CHECK static enum rc name_of(struct comparing *g, int64_t person, str *out, struct err *err)
{
    const struct value v[] = {V_INT(g->plan->county), V_INT(person)};
    struct query *q = NULL;
    *out = S("");
    if (person == 0)
        return RC_OK;
    TRY(query(g->f->c->conn, &stmt_person_current, v, 2, &q, err));
    if (query_next(q))
        *out = str_dup(g->f->a, query_text(q, 1));
    return query_end(q, err);
}

static void words_of(struct comparing *g, struct family_row *r, int side, str outcome, str reasons)
{
    const struct rules *rules = g->f->act->city->rules;
    const struct proposal p = {
        .programme = g->policy->name.text, .outcome = outcome, .reasons = reasons};
    if (str_eq(outcome, S("undecided"))) {
        r->outcome[side] = S("尚不能认定");
        r->outcome_en[side] = S("not yet decided");
        return;
    }
    if (outcome.n == 0)
        return;
    r->outcome[side] = proposal_outcome(rules, &p, false, g->f->a);
    r->outcome_en[side] = proposal_outcome(rules, &p, true, g->f->a);
    r->reasons[side] = proposal_reasons(rules, &p, false, S("、"), g->f->a);
    r->reasons_en[side] = proposal_reasons(rules, &p, true, S("; "), g->f->a);
}

static struct family_need need_of(const struct comparing *g, const struct field *field,
                                  int64_t person)
{
    const struct family *f = g->f;
    struct family_need need = {field, g->plan->county, person};
    for (size_t i = 0; i < f->renamed.n; i++) {
        const struct family_renamed *x = &f->renamed.at[i];
        if (person == 0 || x->new_county != need.county || x->new_person != person)
            continue;
        need.county = x->person != 0 ? x->county : need.county;
        need.person = x->person != 0 ? x->person : -1;
        break;
    }
    return need;
}

/* The facts that nobody knows yet, as its calculation names them. */
static void needs_of(struct comparing *g, struct family_row *r)
{
    const struct look *l = g->after;
    for (size_t i = 0; l->trace != NULL && i < l->trace->n_policies; i++) {
        const struct trace_policy *t = &l->trace->policies[i];
        for (size_t k = 0; t->policy == g->policy && k < t->n_units; k++) {
            const struct determination *d = &t->units[k].d;
            int64_t whose = d->member < l->n_persons ? l->persons[d->member] : 0;
            if (g->policy->of_member && whose != r->person)
                continue;
            r->needs = NEW_N(g->f->a, struct family_need, d->n_needs + 1);
            for (size_t n = 0; n < d->n_needs; n++) {
                uint32_t m = d->needs[n].member;
                int64_t person = m < l->n_persons ? l->persons[m] : 0;
                r->needs[r->n_needs++] = need_of(g, d->needs[n].field, person);
            }
            return;
        }
    }
}

/* Months that are paid and that it reaches back to. */
static void paid_of(struct comparing *g, struct family_row *r)
{
    const struct plan *p = g->plan;
    for (size_t i = 0; i < g->n_paid; i++) {
        const struct month_award *w = &g->paid[i];
        if (w->month < p->changes || w->month > p->paid || w->fen == 0 || w->cause.n > 0 ||
            !str_eq(w->programme, g->policy->name.text) ||
            (r->person != 0 && w->person_id != r->person))
            continue;
        r->paid_from = w->month;
        if (r->paid_upto == 0)
            r->paid_upto = w->month;
    }
}

static enum family_means means_of(const struct found_finding *d, const struct found_unit *u)
{
    if (d == NULL)
        return u != NULL && u->fen == AMOUNT_OPEN ? MEANS_OPEN : MEANS_SAME; /* outcome or amount */
    if (strcmp(d->kind, "stop") == 0)
        return MEANS_STOP;
    return strcmp(d->kind, "cut") == 0 ? MEANS_CUT : MEANS_RAISE;
}

static void proposed(struct comparing *g, struct family_row *r, const struct found_finding *d)
{
    const struct family_home *h = &g->f->homes.at[g->home];
    r->found = (struct proposal){.county_code = g->plan->county,
                                 .month = g->plan->month,
                                 .household_id = h->household,
                                 .person_id = r->person,
                                 .programme = g->policy->name.text,
                                 .kind = d != NULL ? str_from(d->kind) : S("stop"),
                                 .old_fen = d != NULL ? d->old_fen : r->fen[0],
                                 .new_fen = d != NULL ? d->new_fen : 0,
                                 .amounts = d != NULL ? d->amounts : S(""),
                                 .outcome = d != NULL ? d->outcome : S("gone"),
                                 .reasons = d != NULL ? d->reasons : S(""),
                                 .division = h->division,
                                 .head = h->head,
                                 .person = r->name};
    /* Nobody is left to be told. */
    if (h->over && g->f->act->kind == FAMILY_DEATH)
        r->found.head = r->found.person = S("");
}

MUST_CHECK static enum rc enrolled_row(struct comparing *g, int64_t person, struct err *err)
{
    const struct policy *p = g->policy;
    const struct found_unit *was = unit_in(&g->before->found, p, person);
    const struct found_unit *is = unit_in(&g->after->found, p, person);
    const struct found_finding *d = finding_in(&g->after->found, p, person);
    bool after = is_enrolled(g->after, p, person);
    struct family_row *r = row_new(g, person, after ? means_of(d, is) : MEANS_ENDS);
    TRY(name_of(g, person, &r->name, err));
    r->enrolled[0] = is_enrolled(g->before, p, person);
    r->enrolled[1] = after;
    r->fen[0] = awarded(&g->before->found, p, person);
    r->fen[1] = after ? due(&g->after->found, p, person) : 0;
    r->next_fen = is_enrolled(g->after, p, person) ? due(&g->after->next, p, person) : 0;
    if (was != NULL)
        words_of(g, r, 0, was->outcome, was->reasons);
    if (d != NULL)
        words_of(g, r, 1, d->outcome, d->reasons);
    else if (is != NULL && after)
        words_of(g, r, 1, is->outcome, is->reasons);
    else
        words_of(g, r, 1, S("gone"), S(""));
    if (r->means == MEANS_OPEN)
        needs_of(g, r);
    if (d != NULL || r->means == MEANS_ENDS) {
        proposed(g, r, d);
        paid_of(g, r);
    }
    return RC_OK;
}

MUST_CHECK static enum rc unclaimed_row(struct comparing *g, const struct found_candidate *k,
                                        struct err *err)
{
    if (candidate_in(&g->before->found, g->policy, k->person) != NULL)
        return RC_OK;
    struct family_row *r = row_new(g, k->person, MEANS_UNCLAIMED);
    TRY(name_of(g, k->person, &r->name, err));
    r->fen[1] = r->next_fen = k->fen;
    words_of(g, r, 1, k->outcome, S(""));
    needs_of(g, r);
    return RC_OK;
}

/* Somebody must look at it there: with what it would come to, where it comes to anything. */
MUST_CHECK static enum rc over_rows(struct comparing *g, size_t first, struct err *err)
{
    struct family *f = g->f;
    const struct family_home *h = &f->homes.at[g->home];
    for (size_t i = 0; i < f->overs.n; i++) {
        struct over_of *o = &f->overs.at[i];
        bool shown = false;
        if (o->county != h->county || o->o.household != h->household ||
            !str_eq(o->o.programme, g->policy->name.text))
            continue;
        for (size_t k = first; k < f->rows.n; k++) {
            struct family_row *r = &f->rows.at[k];
            if (r->policy != g->policy || r->person != o->o.person)
                continue;
            shown = true;
            o->paid = r->enrolled[1];
            r->review = o->paid ? 0 : o->o.division;
        }
        if (shown)
            continue;
        struct family_row *r = row_new(g, o->o.person, MEANS_ELSEWHERE);
        TRY(name_of(g, o->o.person, &r->name, err));
        needs_of(g, r);
        r->review = o->o.division;
    }
    return RC_OK;
}

/* Of a household that is made little is known: what is asked first is what it could have. */
static void open_row(struct comparing *g, size_t first)
{
    const struct trace *t = g->after->trace;
    if (!g->f->homes.at[g->home].made || g->policy->of_member || g->f->rows.n > first)
        return;
    for (size_t i = 0; t != NULL && i < t->n_policies; i++) {
        if (t->policies[i].policy != g->policy || !t->policies[i].units[0].d.undecided)
            continue;
        struct family_row *r = row_new(g, 0, MEANS_OPEN);
        r->fen[1] = r->next_fen = AMOUNT_OPEN;
        words_of(g, r, 1, S("undecided"), S(""));
        needs_of(g, r);
    }
}

MUST_CHECK static enum rc policy_rows(struct comparing *g, struct err *err)
{
    const struct look *sides[2] = {g->before, g->after};
    size_t first = g->f->rows.n;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->n_enrolled; i++) {
            const struct enrolled *e = &sides[s]->enrolled[i];
            if (e->policy != g->policy || (s == 1 && is_enrolled(g->before, g->policy, e->person)))
                continue;
            TRY(enrolled_row(g, e->person, err));
        }
    for (size_t i = 0; i < g->after->found.candidates.n; i++)
        if (g->after->found.candidates.at[i].policy == g->policy)
            TRY(unclaimed_row(g, &g->after->found.candidates.at[i], err));
    open_row(g, first);
    return over_rows(g, first, err);
}

/* ---- who decides ---------------------------------------------------------------------------- */

static bool left_out(const struct family *f, const struct family_home *h, const struct policy *p)
{
    for (size_t i = 0; i < f->act->n_left; i++)
        if (f->act->left[i].household == (h->made ? 0 : h->household) &&
            str_eq(f->act->left[i].programme, p->name.text))
            return true;
    return false;
}

static enum family_by by_of(const struct family *f, const struct family_row *r)
{
    const struct scope *s = f->act->scope;
    const struct family_home *h = &f->homes.at[r->home];
    bool decides = s->level <= AT_COUNTY && scope_covers(s, h->division) &&
                   scope_acts(s, ROLE_BIT(ROLE_DECIDER), r->policy->line);
    if (r->found.kind.n == 0)
        return BY_NOBODY;
    /* It ended as they went, and a proposal of it would be void with the next run. */
    if (r->means == MEANS_ENDS)
        return decides && !h->related ? BY_ACT : BY_NOBODY;
    if (h->related)
        return BY_KINSHIP;
    if (!decides)
        return BY_PROPOSAL;
    return left_out(f, h, r->policy) ? BY_CHOICE : BY_ACT;
}

/* Whoever is not here any more is told where he lives now. */
static void told_of(struct family *f, struct family_row *r)
{
    for (size_t i = 0; i < f->overs.n; i++) {
        const struct over_of *o = &f->overs.at[i];
        const struct family_home *h = &f->homes.at[r->home];
        if (!str_eq(o->o.programme, r->policy->name.text) ||
            (o->o.person == 0) != (r->person == 0) ||
            (r->person != 0 && !str_eq(o->o.name, r->name)) ||
            (o->county == h->county && o->o.household == h->household))
            continue;
        r->told_county = o->county;
        r->told = o->o;
        return;
    }
}

/* What is sent, as its receiver gets it. */
static struct proposal letter_of(const struct family *f, const struct family_row *r)
{
    struct proposal p = r->found;
    if (r->told_county == 0)
        return p;
    size_t at = family_home_of(f, r->told_county, r->told.household);
    p.household_id = r->told.household;
    p.person_id = r->told.person;
    p.division = r->told.division;
    p.head = at != SIZE_MAX ? f->homes.at[at].head : r->told.name;
    return p;
}

MUST_CHECK static enum rc finish_rows(struct family *f, struct err *err)
{
    for (size_t i = 0; i < f->rows.n; i++) {
        struct family_row *r = &f->rows.at[i];
        struct family_home *h = &f->homes.at[r->home];
        r->by = by_of(f, r);
        h->fen[0] += r->fen[0];
        if (r->means != MEANS_UNCLAIMED && r->fen[1] != AMOUNT_OPEN)
            h->fen[1] += r->fen[1];
        if (r->by != BY_ACT)
            continue;
        if (r->means == MEANS_ENDS)
            told_of(f, r);
        r->found = letter_of(f, r);
        enum rc rc = proposal_letter(f->c->conn, f->act->city, &r->found, f->act->today, f->a,
                                     &r->letter, err);
        TRY(rc);
    }
    return RC_OK;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void keep_trace(struct family *f, size_t at)
{
    const struct look *sides[2] = {&f->before.at[at], &f->after.at[at]};
    for (int s = 0; s < 2 && f->act->traces; s++)
        f->homes.at[at].trace[s] = (struct preview){.trace = sides[s]->trace,
                                                    .persons = sides[s]->persons,
                                                    .n_persons = sides[s]->n_persons};
}

/* Who lives in the act's household after a birth and did not before is the child. */
static void note_child(struct family *f)
{
    const struct look *was = &f->before.at[0], *is = &f->after.at[0];
    for (size_t i = 0; f->act->kind == FAMILY_BIRTH && i < is->n_persons; i++) {
        bool known = !was->there;
        for (size_t k = 0; k < was->n_persons; k++)
            known |= was->persons[k] == is->persons[i];
        if (!known)
            *VEC_PUSH(f->a, &f->renamed) =
                (struct family_renamed){0, 0, f->homes.at[0].county, is->persons[i]};
    }
}

enum rc family_rows(struct family *f, struct err *err)
{
    enum { PAID_MOST = 2000 };
    const struct rules *rules = f->act->city->rules;
    note_child(f);
    for (size_t i = 0; i < f->homes.n; i++) {
        struct family_home *h = &f->homes.at[i];
        struct comparing g = {
            .f = f, .home = i, .before = &f->before.at[i], .after = &f->after.at[i]};
        struct month_award *paid = NULL;
        TRY(family_plan(f, h->county, &g.plan, err));
        if (g.plan->paid >= g.plan->changes)
            TRY(awards_of_household(f->c->conn, h->county, h->household, PAID_MOST, f->a, &paid,
                                    &g.n_paid, err));
        g.paid = paid;
        keep_trace(f, i);
        for (size_t k = 0; k < rules->policies.n; k++) {
            g.policy = rules->policies.at[k];
            TRY(policy_rows(&g, err));
        }
    }
    return finish_rows(f, err);
}
