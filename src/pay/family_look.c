/*
 * A household determined as it stands in the act's transaction: month after month from the last that was run,
 * so that "paid last month" is what would be paid, up to the first month that the act may change and the
 * one behind it.
 */
#include "pay/family_in.h"
#include "pay/pay_sql.h"

enum { BACK_MOST = 12 }; /* months without a run, between the last one and the act's */

/* ---- which months --------------------------------------------------------------------------- */

MUST_CHECK static enum rc paid_last(struct conn *c, int64_t county, month *out, struct err *err)
{
    const struct value v = V_INT(county);
    struct query *q = NULL;
    *out = 0;
    TRY(query(c, &stmt_family_paid_last, &v, 1, &q, err));
    if (query_next(q) && !month_parse(query_text(q, 0), out))
        *out = 0;
    return query_end(q, err);
}

MUST_CHECK static enum rc run_before(struct conn *c, struct plan *p, struct err *err)
{
    char upto[8], from[8];
    const struct value v[] = {V_INT(p->county), V_TEXT(str_from(month_text(p->month, upto))),
                              V_TEXT(str_from(month_text(p->month - BACK_MOST, from)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_family_run_before, v, 3, &q, err));
    if (query_next(q)) {
        p->base_job = query_int(q, 1);
        if (!month_parse(query_text(q, 0), &p->base))
            p->base = 0;
    }
    return query_end(q, err);
}

enum rc family_plan(struct family *f, int64_t county, const struct plan **out, struct err *err)
{
    const struct family_act *act = f->act;
    month of_day = date_month(act->day);
    for (size_t i = 0; i < f->plans.n; i++)
        if (f->plans.at[i].county == county) {
            *out = &f->plans.at[i];
            return RC_OK;
        }
    struct plan p = {.county = county};
    /* Facts of a month are those of its first day. */
    p.changes = act->day == month_first(of_day) ? of_day : of_day + 1;
    TRY(paid_last(f->c->conn, county, &p.paid, err));
    p.month = p.paid != 0 ? p.paid + 1 : date_month(act->today);
    if (p.changes > p.month)
        p.month = p.changes;
    TRY(run_before(f->c->conn, &p, err));
    *VEC_PUSH(f->a, &f->plans) = p;
    *out = &f->plans.at[f->plans.n - 1];
    return RC_OK;
}

/* ---- one month ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc program_for(struct family *f, int64_t county, month m,
                                      struct determiner **out, struct err *err)
{
    const struct city *city = f->act->city;
    for (size_t i = 0; i < f->programs.n; i++)
        if (f->programs.at[i].county == county && f->programs.at[i].month == m) {
            *out = f->programs.at[i].determiner;
            return RC_OK;
        }
    /* Whose household is no more is found as such. */
    const struct determiner_spec spec = {.rules = city->rules,
                                         .place = city->place,
                                         .rule_hash = city->rule_hash,
                                         .county = county,
                                         .month = m,
                                         .decide = DECIDE_NONE,
                                         .whole_county = true};
    TRY(determiner_open(&spec, out, err));
    *VEC_PUSH(f->a, &f->programs) = (struct program_of){county, m, *out};
    return RC_OK;
}

void family_close(struct family *f)
{
    for (size_t i = 0; i < f->programs.n; i++)
        determiner_close(f->programs.at[i].determiner);
    f->programs.n = 0;
}

struct looking {
    struct family *f;
    const struct plan *plan;
    int64_t household, position;
    struct intake_last last; /* what the month before left; n 0: nothing */
    struct look *out;
};

/* What this month leaves to the next. */
static void keep_last(struct looking *g, const struct found *found)
{
    struct arena *a = g->f->a;
    struct unit_amount *awards = NEW_N(a, struct unit_amount, found->awards.n + 1);
    struct intake_carried *carried = NEW_N(a, struct intake_carried, found->units.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < found->awards.n; i++) {
        const struct found_award *w = &found->awards.at[i];
        awards[i] = (struct unit_amount){w->household, w->person, w->policy, w->fen};
    }
    for (size_t i = 0; i < found->units.n; i++) {
        const struct found_unit *u = &found->units.at[i];
        if (u->carried.n > 0)
            carried[n++] = (struct intake_carried){
                .person = u->person, .policy = u->policy, .text = u->carried};
    }
    g->last = (struct intake_last){awards, found->awards.n, carried, n};
}

MUST_CHECK static enum rc keep_look(struct looking *g, struct determiner *d,
                                    const struct intake *in, struct err *err)
{
    struct arena *a = g->f->a;
    struct look *out = g->out;
    const struct facts_slice *s = &in->slice;
    const struct zone *zone = NULL;
    struct enrolled *enrolled = NEW_N(a, struct enrolled, in->enrolled.n + 1);
    for (size_t i = 0; i < in->enrolled.n; i++)
        enrolled[i] = in->enrolled.at[i];
    out->enrolled = enrolled;
    out->n_enrolled = in->enrolled.n;
    out->there = s->block.n > 0;
    if (!out->there)
        return RC_OK;
    out->division = s->divisions[0];
    out->members = s->block.n_members;
    int64_t *persons = NEW_N(a, int64_t, out->members + 1);
    for (size_t i = 0; i < out->members; i++)
        persons[i] = s->persons[i];
    out->persons = persons;
    out->n_persons = out->members;
    TRY(determiner_zone(d, out->division, &zone, err));
    return trace_build(program_binding(zone->program), &s->block, 0, a, &out->trace, err);
}

MUST_CHECK static enum rc look_at(struct looking *g, month m, struct err *err)
{
    struct determiner *d = NULL;
    struct intake in = {0};
    struct found *found = NEW(g->f->a, struct found);
    const struct plan *p = g->plan;
    bool first = p->base != 0 && m == p->base + 1;
    const struct intake_spec spec = {.city = g->f->act->city,
                                     .rules = g->f->act->city->rules,
                                     .county = p->county,
                                     .month = m,
                                     .position = g->position,
                                     .last_job = first ? p->base_job : 0,
                                     .only_household = g->household,
                                     .last = first ? NULL : &g->last,
                                     .conn = g->f->c->conn};
    TRY(program_for(g->f, p->county, m, &d, err));
    enum rc rc = intake_open(&spec, &in, err);
    if (rc == RC_OK)
        rc = intake_read(&spec, &in, g->household, err);
    if (rc == RC_OK)
        rc = determine_slice(d, &in, g->f->a, found, err);
    if (rc == RC_OK && m == p->month)
        rc = keep_look(g, d, &in, err);
    intake_close(&in);
    TRY(rc);
    keep_last(g, found);
    if (m == p->month)
        g->out->found = *found;
    else if (m > p->month)
        g->out->next = *found;
    return RC_OK;
}

enum rc family_look(struct family *f, size_t home, struct look *out, struct err *err)
{
    const struct family_home *h = &f->homes.at[home];
    struct looking g = {.f = f, .household = h->household, .out = out};
    *out = (struct look){0};
    TRY(family_plan(f, h->county, &g.plan, err));
    TRY(change_position(f->c->conn, h->county, &g.position, err));
    for (month m = g.plan->base != 0 ? g.plan->base + 1 : g.plan->month; m <= g.plan->month + 1;
         m++)
        TRY(look_at(&g, m, err));
    return RC_OK;
}
