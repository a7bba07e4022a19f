/* Parameters, outcomes, reasons, payments: rules 7 to 10 and 13 of section 4. See oracle.h. */
#include "oracle.h"
#include "value.h"

#include <assert.h>

/* ---- rule 13 -------------------------------------------------------------------------------- */

/* Of one place (or one of its areas, `area` not empty): the last `from` not after m. */
static const struct place_set *last_set(const struct place *pl, str area, const struct param *p,
                                        month m)
{
    const struct place_set *best = NULL;
    for (size_t i = 0; i < pl->n_sets; i++) {
        const struct place_set *s = &pl->sets[i];
        if (s->param == p && str_eq(s->area.text, area) && s->from <= m &&
            (best == NULL || s->from > best->from))
            best = s;
    }
    return best;
}

/* What the set found gives; NULL: its `through` is over or it says nothing of the key. */
static const struct literal *value_in(const struct place_set *s, size_t key, month m)
{
    if (s == NULL || m > s->through)
        return NULL;
    for (size_t i = 0; i < s->n_values; i++) {
        const struct set_value *v = &s->values[i];
        if (v->key_is_number ? v->key_index == key : v->key.text.n == 0 || v->key_index == key)
            return &v->lit;
    }
    return NULL;
}

static bool area_names(const struct place_area *a, int64_t division, int64_t county)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->divisions[i] == division || a->divisions[i] == county)
            return true;
    return false;
}

/* `by grade in 1..2`: there is nothing for other grades, however the value was set. */
static bool key_has_value(const struct param *p, size_t key)
{
    const struct code *code = p->by_field != NULL ? p->by_field->type.code
                              : p->by_def != NULL ? p->by_def->type.code
                                                  : NULL;
    if (!p->has_range || code == NULL)
        return true;
    const struct code_value *v = &code->values[key];
    return v->has_number && p->range_lo <= v->number && v->number <= p->range_hi;
}

const struct literal *oracle_param_value(const struct rules *r, const struct param *p, size_t key,
                                         int64_t division, month m)
{
    if (!key_has_value(p, key))
        return NULL;
    int64_t county = division / 1000000 * 1000000;
    const struct literal *lit = NULL;
    for (size_t i = 0; i < r->places.n && lit == NULL; i++) {
        const struct place *pl = r->places.at[i];
        for (size_t k = 0; k < pl->n_areas && lit == NULL; k++)
            if (area_names(&pl->areas[k], division, county))
                lit = value_in(last_set(pl, pl->areas[k].name.text, p, m), key, m);
    }
    const int64_t above[] = {county, division / 100000000 * 100000000,
                             division / 10000000000 * 10000000000, 0};
    for (size_t k = 0; k < sizeof above / sizeof above[0] && lit == NULL; k++) {
        if (k > 0 && above[k] == above[k - 1])
            continue;
        for (size_t i = 0; i < r->places.n && lit == NULL; i++)
            if (r->places.at[i]->division == above[k])
                lit = value_in(last_set(r->places.at[i], S(""), p, m), key, m);
    }
    return lit;
}

/* ---- rules 7, 9, 11 ------------------------------------------------------------------------- */

/* Rule 7: all conditions are worked out; a no makes it fail whatever else is unknown. */
static struct val alternative_holds(struct walk *w, const struct alternative *a,
                                    const struct who *who)
{
    struct val all = val_bool(true), failed = val_bool(false);
    bool no = false;
    for (size_t i = 0; i < a->n_conds; i++) {
        struct val v = eval(w, a->conds[i].expr, who);
        if (v.state == ERROR && failed.state != ERROR)
            failed = v;
        no = no || val_no(v);
        all = val_join(w, all, v);
    }
    if (failed.state == ERROR)
        return failed;
    return no ? val_bool(false) : all;
}

static struct who unit_of(const struct policy *p, const struct who *who)
{
    assert(!p->of_member || who->member >= 0);
    return (struct who){.member = p->of_member ? who->member : -1};
}

/* Rule 7: from the top; rule 11: an undecided alternative ends the search. */
struct decision decide(struct walk *w, const struct policy *p, const struct who *who)
{
    struct who unit = unit_of(p, who);
    for (size_t i = 0; i < p->n_alts; i++) {
        struct val v = alternative_holds(w, &p->alts[i], &unit);
        if (val_no(v))
            continue;
        return (struct decision){.state = v.state, .alt = i, .needs = v.needs, .error = v.error};
    }
    assert(false); /* `otherwise` has no conditions */
    return (struct decision){0};
}

/* Rule 9: a payment for them, be it 0.00; of a set, whether they belong decides. */
struct val gets(struct walk *w, const struct policy *p, bool of_member, const struct who *who)
{
    if (p->of_member && !of_member)
        return val_bool(false); /* such a policy never pays the subject itself */
    struct decision d = decide(w, p, who);
    if (d.state == ERROR)
        return val_error(d.error);
    if (d.state == UNKNOWN)
        return val_unknown(d.needs);
    const struct alternative *a = &p->alts[d.alt];
    struct val got = val_bool(false);
    for (size_t i = 0; i < a->n_pays; i++) {
        const struct pay *pay = &a->pays[i];
        if (pay->form == PAY_EACH ? !of_member : of_member != p->of_member)
            continue;
        struct who one = {.member = who->member};
        struct val in = pay->form == PAY_EACH ? eval_member_of(w, pay->set, &one) : val_bool(true);
        if (in.state == ERROR || val_yes(in))
            return in;
        if (in.state == UNKNOWN)
            got = val_unknown(facts_union(w->a, got.needs, in.needs));
    }
    return got;
}

/* ---- one unit ------------------------------------------------------------------------------- */

struct unit {
    struct walk *w;
    const struct policy *p;
    struct who who;
    struct determination *d;
    struct facts needs;
    enum oracle_error error; /* the first met; ORACLE_FINE: none */
};

static void unit_error(struct unit *u, enum oracle_error error)
{
    if (u->error == ORACLE_FINE)
        u->error = error;
}

static void unit_needs(struct unit *u, struct facts needs)
{
    u->needs = facts_union(u->w->a, u->needs, needs);
}

/* yes: the reason is given; unknown: it is open and its facts are named. */
static void give(struct unit *u, size_t reason, struct val v)
{
    if (v.state == ERROR)
        unit_error(u, v.error);
    else if (v.state == UNKNOWN)
        unit_needs(u, v.needs);
    else if (val_yes(v))
        u->d->reasons |= (uint64_t)1 << reason;
}

static struct val no_longer(struct val v)
{
    return v.state == KNOWN ? val_bool(val_no(v)) : v;
}

/* Rule 8, `only c failed in A`: all of A's conditions held but c. */
static struct val only_failed(struct unit *u, const struct because *b)
{
    const struct alternative *a = &u->p->alts[b->alt];
    struct val all = val_bool(true);
    bool no = false;
    for (size_t i = 0; i < a->n_conds; i++) {
        struct val v = eval(u->w, a->conds[i].expr, &u->who);
        if (i == b->cond)
            v = no_longer(v);
        no = no || val_no(v);
        all = val_join(u->w, all, v);
    }
    return no ? val_bool(false) : all;
}

/* Rule 8. The alternatives looked at were tried, so their conditions met no error. */
static void because(struct unit *u, const struct because *b)
{
    if (b->form == BECAUSE_WHEN)
        give(u, b->reason, eval(u->w, b->when, &u->who));
    if (b->form == BECAUSE_ONLY)
        give(u, b->reason, only_failed(u, b));
    if (b->form != BECAUSE_FAILED)
        return;
    const struct alternative *a = &u->p->alts[b->alt];
    for (size_t i = 0; i < a->n_conds; i++)
        give(u, a->first_cond + i, no_longer(eval(u->w, a->conds[i].expr, &u->who)));
}

/* The amount in fen, AMOUNT_OPEN when it waits; `in` is whether the payee belongs. */
static int64_t amount(struct unit *u, const struct pay *pay, const struct who *who, struct val in)
{
    struct val v = eval(u->w, pay->value, who);
    if (in.state == UNKNOWN && v.state == ERROR)
        v = in;
    if (v.state == ERROR) {
        unit_error(u, v.error);
        return 0;
    }
    unit_needs(u, facts_union(u->w->a, in.needs, v.needs));
    if (in.state == UNKNOWN || v.state == UNKNOWN)
        return AMOUNT_OPEN;
    assert(mpz_cmp_ui(mpq_denref(v.q), 1) == 0); /* the checker refuses parts of a fen */
    if (mpq_sgn(v.q) < 0)
        unit_error(u, ORACLE_NEGATIVE);
    if (!mpz_fits_slong_p(mpq_numref(v.q))) {
        unit_error(u, ORACLE_OVERFLOW);
        return 0;
    }
    return mpz_get_si(mpq_numref(v.q));
}

/* Several payments to one add up; an open one leaves the whole open. */
static void add(struct unit *u, int64_t *to, int64_t fen)
{
    if (*to == AMOUNT_OPEN || fen == AMOUNT_OPEN)
        *to = AMOUNT_OPEN;
    else if (__builtin_add_overflow(*to, fen, to))
        unit_error(u, ORACLE_OVERFLOW);
}

static void pay_each(struct unit *u, const struct pay *pay)
{
    const struct block *b = u->w->block;
    for (size_t i = 0; i < members_of(b, u->w->row); i++) {
        struct who one = {.member = (long)i};
        struct val in = eval_member_of(u->w, pay->set, &one);
        if (in.state == ERROR)
            unit_error(u, in.error);
        if (in.state == ERROR || val_no(in))
            continue;
        int64_t fen = amount(u, pay, &one, in);
        size_t at = 0;
        while (at < u->d->n_member_pays && u->d->member_pays[at].member != i)
            at++;
        if (at == u->d->n_member_pays)
            u->d->member_pays[u->d->n_member_pays++] = (struct member_pay){.member = (uint32_t)i};
        add(u, &u->d->member_pays[at].fen, fen);
    }
}

static void pay(struct unit *u, const struct pay *pay)
{
    if (pay->form == PAY_EACH) {
        pay_each(u, pay);
        return;
    }
    u->d->has_subject_pay = true;
    add(u, &u->d->subject_fen, amount(u, pay, &u->who, val_bool(true)));
}

/* Rule 8: an alternative that pays nothing gives its conditions' names. */
static void give_own(struct unit *u, const struct alternative *a)
{
    for (size_t i = 0; a->n_pays == 0 && i < a->n_conds; i++)
        u->d->reasons |= (uint64_t)1 << (a->first_cond + i);
}

static void determine_unit(struct unit *u, size_t n_members)
{
    struct determination *d = u->d;
    *d = (struct determination){.policy = u->p, .outcome = OUTCOME_UNDECIDED};
    d->member = u->who.member < 0 ? UINT32_MAX : (uint32_t)u->who.member;
    d->member_pays = NEW_N(u->w->a, struct member_pay, n_members + 1);
    struct decision found = decide(u->w, u->p, &u->who);
    d->alt = found.alt;
    if (found.state == ERROR) {
        unit_error(u, found.error);
        return;
    }
    d->undecided = found.state == UNKNOWN;
    u->needs = found.needs;
    if (!d->undecided) {
        const struct alternative *a = &u->p->alts[found.alt];
        d->outcome = (uint8_t)a->value;
        give_own(u, a);
        for (size_t i = 0; i < a->n_because; i++)
            because(u, &a->because[i]);
        for (size_t i = 0; i < a->n_pays; i++)
            pay(u, &a->pays[i]);
    }
    d->needs = u->needs.at;
    d->n_needs = u->needs.n;
}

/* What outlives the walk moves to the caller's arena. */
static void keep(struct determination *d, struct arena *a)
{
    struct need *needs = NEW_N(a, struct need, d->n_needs + 1);
    struct member_pay *pays = NEW_N(a, struct member_pay, d->n_member_pays + 1);
    for (size_t i = 0; i < d->n_needs; i++)
        needs[i] = d->needs[i];
    for (size_t i = 0; i < d->n_member_pays; i++)
        pays[i] = d->member_pays[i];
    d->needs = needs;
    d->member_pays = pays;
}

void oracle_determine(const struct oracle_case *o, const struct block *b, size_t row,
                      struct arena *a, struct oracle_counts *counts, struct oracle_result *out)
{
    struct oracle_counts nobody_asks = {0};
    static struct arena temp; /* kept for the next subject: programs are many, memory is slow */
    struct walk w = {o, b, row, &temp, counts == NULL ? &nobody_asks : counts, false};
    size_t members = members_of(b, row);
    value_memory(&temp);
    *out = (struct oracle_result){0};
    for (size_t i = 0; i < o->n_policies; i++)
        out->n += o->policies[i]->of_member ? members : 1;
    out->at = NEW_N(a, struct determination, out->n + 1);
    size_t at = 0;
    for (size_t i = 0; i < o->n_policies; i++) {
        const struct policy *p = o->policies[i];
        for (size_t k = 0; k < (p->of_member ? members : 1); k++) {
            struct unit u = {.w = &w, .p = p, .who.member = p->of_member ? (long)k : -1};
            u.d = &out->at[at++];
            determine_unit(&u, members);
            keep(u.d, a);
            w.counts->errors[u.error]++;
            if (u.error != ORACLE_FINE)
                out->errors |= 1U << u.error;
        }
    }
    out->big = w.big;
    arena_reset(&temp);
}
