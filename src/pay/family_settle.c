/*
 * What follows from an act, done with it: decided amounts, ended enrolments and notices of what the scope
 * decides; proposals of the rest; the offices told that must look at somebody now.
 */
#include "pay/decide.h"
#include "pay/family_in.h"
#include "work/over.h"

struct settling {
    struct family *f;
    struct change *c;
    struct proposal_tasks own, *tasks;
};

static str words_of(const struct family *f)
{
    return str_fmt(f->a, "家庭变动：%s", family_kind_label(f->act->kind, false));
}

/* The unit as it is paid here, whoever is told. */
static struct proposal unit_of(const struct settling *g, const struct family_row *r)
{
    const struct family_home *h = &g->f->homes.at[r->home];
    struct proposal p = r->found;
    p.county_code = h->county;
    p.household_id = h->household;
    p.person_id = r->person;
    p.division = h->division;
    return p;
}

MUST_CHECK static enum rc decide(struct settling *g, const struct family_row *r, struct err *err)
{
    struct family *f = g->f;
    const struct family_act *act = f->act;
    struct proposal p = unit_of(g, r);
    bool made = false;
    int notices = 0;
    p.state = S("accepted");
    p.decided_by = act->scope->login;
    p.decided_on = act->today;
    p.words = words_of(f);
    TRY(proposal_put(g->c, act->city->rules, g->tasks, &p, act->today, &made, err));
    f->out->decided += made;
    if (r->told_county == 0) {
        TRY(proposal_take(g->c, act->city, &p, act->today, &notices, err));
        f->out->notices += notices;
        return RC_OK;
    }
    const struct amount_decision nothing = {
        .household_id = p.household_id,
        .person_id = p.person_id,
        .programme = p.programme,
        .from = p.month,
        .cause =
            str_fmt(f->a, "proposal %lld-%lld", (long long)p.county_code, (long long)p.proposal_id),
        .who = g->c->who};
    return amount_stop(g->c, &nothing, err);
}

MUST_CHECK static enum rc propose(struct settling *g, const struct family_row *r, struct err *err)
{
    struct family *f = g->f;
    struct proposal p = unit_of(g, r);
    bool made = false;
    p.state = S("open");
    TRY(proposal_put(g->c, f->act->city->rules, g->tasks, &p, f->act->today, &made, err));
    f->out->proposed += made;
    return RC_OK;
}

MUST_CHECK static enum rc row(struct settling *g, const struct family_row *r, struct err *err)
{
    const struct family_home *h = &g->f->homes.at[r->home];
    if (r->by == BY_ACT)
        return decide(g, r, err);
    if (r->by != BY_NOBODY)
        return propose(g, r, err);
    /* What was proposed before holds no more. */
    if (r->means == MEANS_SAME || r->means == MEANS_ENDS)
        return proposal_drop_from(g->c, g->f->act->city->rules, g->tasks, h->household, r->person,
                                  r->policy->name.text, r->month, g->f->act->today, err);
    return RC_OK;
}

MUST_CHECK static enum rc tell(struct settling *g, const struct family_row *r, struct err *err)
{
    const struct family_act *act = g->f->act;
    int made = 0;
    TRY(proposal_notice(g->c, act->city, &r->found, act->today, &made, err));
    g->f->out->notices += made;
    return RC_OK;
}

static enum rc settle_county(struct change *c, void *ctx, struct err *err)
{
    struct family *f = ctx;
    struct settling g = {.f = f, .c = c};
    g.tasks = c == f->c ? &f->tasks : &g.own;
    for (size_t i = 0; i < f->rows.n; i++) {
        const struct family_row *r = &f->rows.at[i];
        if (f->homes.at[r->home].county == c->county_code)
            TRY(row(&g, r, err));
        if (r->told_county == c->county_code)
            TRY(tell(&g, r, err));
    }
    struct over_ctx over = {f->act->city->rules, f->act->today, f->a};
    for (size_t i = 0; i < f->overs.n; i++) {
        if (f->overs.at[i].county != c->county_code || f->overs.at[i].paid)
            continue;
        TRY(over_task(c, &over, &f->overs.at[i].o, err));
        f->out->reviews++;
    }
    return RC_OK;
}

/* Is there anything for the county to write? */
static bool concerned(const struct family *f, int64_t county)
{
    for (size_t i = 0; i < f->rows.n; i++) {
        const struct family_row *r = &f->rows.at[i];
        if (r->told_county == county ||
            (f->homes.at[r->home].county == county &&
             (r->by != BY_NOBODY || r->means == MEANS_SAME || r->means == MEANS_ENDS)))
            return true;
    }
    for (size_t i = 0; i < f->overs.n; i++)
        if (f->overs.at[i].county == county)
            return true;
    return false;
}

enum rc family_settle(struct family *f, struct err *err)
{
    for (size_t i = 0; i < f->homes.n; i++) {
        int64_t county = f->homes.at[i].county;
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before |= f->homes.at[k].county == county;
        if (!before && concerned(f, county))
            TRY(family_within(f, county, settle_county, f, err));
    }
    return RC_OK;
}
