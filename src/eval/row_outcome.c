/*
 * Outcomes of the row form: alternatives tried from the top, reasons, payments, the facts that are
 * still needed; and determinations of a whole subject made of them.
 */
#include "eval/row.h"

#include <assert.h>
#include <stdlib.h>

struct row_at row_unit_at(const struct policy *p, uint32_t who)
{
    return (struct row_at){p->of_member ? who : ROW_SUBJECT, 0, p};
}

/* ---- which alternative ---------------------------------------------------------------------- */

/* What all the conditions of one alternative came to. */
struct attempt {
    bool failed, unknown, open;
    struct need_node *needs;
};

static void keep_unknown(struct row *r, struct row_unit *u, const struct policy *p, size_t number,
                         struct need_node *needs)
{
    if (!u->unknown)
        u->unknown = NEW_N(r->a, struct need_node *, p->n_reasons + 1);
    u->unknown[number] = needs;
}

static struct attempt try_alternative(struct row *r, const struct policy *p, struct row_unit *u,
                                      const struct alternative *alt, struct row_at at)
{
    struct attempt t = {0};

    for (size_t i = 0; i < alt->n_conds && !u->error; i++) {
        size_t number = alt->first_cond + i;
        struct val v;
        r->named = &alt->conds[i];
        v = row_value(r, alt->conds[i].expr, at);
        if (v.form == VAL_ERROR) {
            u->error = v.error;
        } else if (v.form == VAL_UNKNOWN) {
            t.unknown = true;
            t.open |= v.open;
            t.needs = row_need_join(r, t.needs, v.needs);
            keep_unknown(r, u, p, number, v.needs);
        } else if (v.plain) {
            u->held |= UINT64_C(1) << number;
        } else {
            u->failed |= UINT64_C(1) << number;
            t.failed = true;
        }
    }
    return t;
}

/*
 * An undecided alternative ends the search. While a fact is varied, one that only the varied values
 * leave open doesn't: what may come behind it is gathered as possible.
 */
static void try_all(struct row *r, const struct policy *p, struct row_unit *u, struct row_at at)
{
    for (size_t i = 0; i < p->n_alts; i++) {
        struct attempt t = try_alternative(r, p, u, &p->alts[i], at);
        if (u->error) {
            /* Behind an open alternative it is an error at some of the varied values only. */
            if (u->undecided)
                u->error = NULL;
            u->may_stay_undecided |= u->undecided;
            return;
        }
        u->tried |= UINT64_C(1) << i;
        if (t.failed)
            continue;
        u->possible |= UINT64_C(1) << i;
        if (!t.unknown) {
            if (!u->undecided)
                u->alt = i;
            return;
        }
        if (!u->undecided) {
            u->undecided = true;
            u->open = t.open;
            u->alt = i;
            u->needs = t.needs;
        }
        u->may_stay_undecided |= t.needs != NULL || !t.open;
        if (!t.open)
            return;
    }
}

const struct row_unit *row_unit(struct row *r, const struct policy *p, uint32_t who)
{
    size_t position = r->bind->position[p->index];
    const struct def *def = r->def;
    const struct named *named = r->named;
    struct row_unit *u;

    assert(position != SIZE_MAX);
    if (!r->units[position])
        r->units[position] =
            NEW_N(r->a, struct row_unit, p->of_member ? (size_t)r->n_members + 1 : 1);
    u = &r->units[position][p->of_member ? who : 0];
    if (u->done)
        return u;
    assert(!u->begun); /* the checker refuses circles */
    u->begun = true;
    r->def = NULL;
    try_all(r, p, u, row_unit_at(p, who));
    u->done = true;
    r->def = def;
    r->named = named;
    return u;
}

/* ---- who gets something --------------------------------------------------------------------- */

/* Does this alternative have a payment for them, be it 0.00? */
static struct val pays_whom(struct row *r, const struct policy *p, const struct alternative *alt,
                            uint32_t who)
{
    struct val any = val_plain(0);

    for (size_t i = 0; i < alt->n_pays; i++) {
        const struct pay *pay = &alt->pays[i];
        struct val v = val_plain(0);
        if (pay->form == PAY_SUBJECT)
            v = val_plain(who == ROW_SUBJECT);
        else if (pay->form == PAY_MEMBER)
            v = val_plain(who != ROW_SUBJECT);
        else if (who != ROW_SUBJECT)
            v = row_set_has(r, pay->set, who, row_unit_at(p, ROW_SUBJECT));
        if (v.form == VAL_ERROR || val_is(v, 1))
            return v;
        if (v.form == VAL_UNKNOWN)
            any = row_unknown2(r, any, v);
    }
    return any;
}

struct val row_gets(struct row *r, const struct policy *p, uint32_t who)
{
    const struct row_unit *u;
    struct val all = val_plain(0);
    bool first = true;

    /* A member's policy pays no household; a household's is asked about the household's outcome. */
    if (p->of_member && who == ROW_SUBJECT)
        return val_plain(0);
    u = row_unit(r, p, who);
    if (u->error)
        return (struct val){.form = VAL_ERROR, .error = u->error};
    if (!u->undecided)
        return pays_whom(r, p, &p->alts[u->alt], who);
    if (!u->open || u->may_stay_undecided)
        return val_unknown(u->needs, u->open);
    /* Only the varied fact leaves it open: what all possible alternatives say is so. */
    for (size_t i = 0; i < p->n_alts; i++) {
        struct val v;
        if (!(u->possible >> i & 1))
            continue;
        v = pays_whom(r, p, &p->alts[i], who);
        if (v.form != VAL_PLAIN || (!first && !val_same(all, v)))
            return val_unknown(NULL, true);
        all = v;
        first = false;
    }
    return all;
}

/* ---- needs ---------------------------------------------------------------------------------- */

static int need_order(const void *pa, const void *pb)
{
    const struct need *a = pa, *b = pb;

    if (a->member != b->member) {
        if (a->member == ROW_SUBJECT || b->member == ROW_SUBJECT)
            return a->member == ROW_SUBJECT ? -1 : 1;
        return a->member < b->member ? -1 : 1;
    }
    return (a->field->slot > b->field->slot) - (a->field->slot < b->field->slot);
}

struct need *row_needs(struct row *r, struct need_node *needs, size_t *n)
{
    VEC(struct need_node *) todo = {0};
    VEC(struct need) all = {0};

    *n = 0;
    if (!needs)
        return NULL;
    r->stamp++;
    *VEC_PUSH(r->a, &todo) = needs;
    while (todo.n) {
        struct need_node *x = todo.at[--todo.n];
        if (x->seen == r->stamp)
            continue;
        x->seen = r->stamp;
        if (x->field) {
            *VEC_PUSH(r->a, &all) = (struct need){x->field, x->member};
            continue;
        }
        *VEC_PUSH(r->a, &todo) = x->left;
        *VEC_PUSH(r->a, &todo) = x->right;
    }
    qsort(all.at, all.n, sizeof *all.at, need_order);
    for (size_t i = 0; i < all.n; i++)
        if (*n == 0 || need_order(&all.at[*n - 1], &all.at[i]) != 0)
            all.at[(*n)++] = all.at[i];
    return all.at;
}

/* ---- reasons -------------------------------------------------------------------------------- */

/* The numbers of an alternative's conditions, as bits. */
static uint64_t cond_bits(const struct alternative *alt)
{
    uint64_t ones = alt->n_conds >= 64 ? UINT64_MAX : (UINT64_C(1) << alt->n_conds) - 1;

    return alt->n_conds ? ones << alt->first_cond : 0;
}

static struct need_node *unknown_of(struct row *r, const struct row_unit *u, uint64_t bits)
{
    struct need_node *needs = NULL;

    for (size_t i = 0; u->unknown && i < 64; i++)
        if (bits >> i & 1)
            needs = row_need_join(r, needs, u->unknown[i]);
    return needs;
}

/* All of the alternative's conditions held but one. */
static struct val only_failed(struct row *r, const struct policy *p, const struct row_unit *u,
                              const struct because *b)
{
    const struct alternative *alt = &p->alts[b->alt];
    uint64_t all = cond_bits(alt), one = UINT64_C(1) << (alt->first_cond + b->cond);
    uint64_t open = all & ~(u->held | u->failed);

    if (!(u->tried >> b->alt & 1) || (u->failed & all & ~one) || (u->held & one))
        return val_plain(0);
    return open ? val_unknown(unknown_of(r, u, open), false) : val_plain(1);
}

/* Adds to *reasons and *needs; an error of a `when` is returned. */
static const str *reasons_of(struct row *r, const struct policy *p, const struct row_unit *u,
                             struct row_at at, uint64_t *reasons, struct need_node **needs)
{
    const struct alternative *alt = &p->alts[u->alt];

    if (alt->lists_own)
        *reasons |= cond_bits(alt);
    for (size_t i = 0; i < alt->n_because; i++) {
        const struct because *b = &alt->because[i];
        struct val v;
        if (b->form == BECAUSE_FAILED) {
            uint64_t bits = cond_bits(&p->alts[b->alt]);
            if (!(u->tried >> b->alt & 1))
                continue;
            *reasons |= u->failed & bits;
            *needs = row_need_join(r, *needs, unknown_of(r, u, bits & ~(u->failed | u->held)));
            continue;
        }
        v = b->form == BECAUSE_ONLY ? only_failed(r, p, u, b) : row_value(r, b->when, at);
        if (v.form == VAL_ERROR)
            return v.error;
        if (v.form == VAL_UNKNOWN)
            *needs = row_need_join(r, *needs, v.needs);
        else if (v.plain)
            *reasons |= UINT64_C(1) << b->reason;
    }
    return NULL;
}

/* ---- payments ------------------------------------------------------------------------------- */

/* An amount to pay, or AMOUNT_OPEN. Adds to *needs. */
static const str *amount(struct row *r, struct val v, int64_t *fen, struct need_node **needs)
{
    if (v.form == VAL_NUMBER && v.num.num < 0)
        v = row_error(r, "the payment is negative");
    else if (v.form == VAL_NUMBER && v.num.den != 1)
        v = row_error(r, "the payment has parts of a fen");
    else if (v.form == VAL_NUMBER && !rat_fen(v.num, fen))
        v = row_error(r, "the number is too large");
    if (v.form == VAL_ERROR)
        return v.error;
    if (v.form == VAL_UNKNOWN) {
        *fen = AMOUNT_OPEN;
        *needs = row_need_join(r, *needs, v.needs);
    }
    return NULL;
}

static const str *amounts_add(struct row *r, int64_t *sum, int64_t fen)
{
    if (*sum == AMOUNT_OPEN || fen == AMOUNT_OPEN)
        *sum = AMOUNT_OPEN;
    else if (__builtin_add_overflow(*sum, fen, sum))
        return row_error(r, "the number is too large").error;
    return NULL;
}

static const str *pay_each(struct row *r, const struct pay *pay, struct row_at at,
                           struct determination *d, struct need_node **needs)
{
    const str *error = NULL;

    if (!d->member_pays)
        d->member_pays = NEW_N(r->a, struct member_pay, (size_t)r->n_members + 1);
    for (uint32_t m = 0; m < r->n_members && !error; m++) {
        struct val in = row_set_has(r, pay->set, m, at), v;
        size_t i = 0;
        int64_t fen = 0;
        if (in.form == VAL_ERROR)
            return in.error;
        if (val_is(in, 0))
            continue;
        v = row_value(r, pay->value, row_set_at(pay->set, m, at));
        if (in.form == VAL_UNKNOWN)
            v = row_unknown2(r, in, v);
        error = amount(r, v, &fen, needs);
        /* Several `pays each` may name one member; within one the members come in order. */
        if (d->n_member_pays && d->member_pays[d->n_member_pays - 1].member < m)
            i = d->n_member_pays;
        while (i < d->n_member_pays && d->member_pays[i].member != m)
            i++;
        if (i < d->n_member_pays)
            error = error ? error : amounts_add(r, &d->member_pays[i].fen, fen);
        else
            d->member_pays[d->n_member_pays++] = (struct member_pay){m, fen};
    }
    return error;
}

static const str *payments(struct row *r, const struct alternative *alt, struct row_at at,
                           struct determination *d, struct need_node **needs)
{
    const str *error = NULL;

    for (size_t i = 0; i < alt->n_pays && !error; i++) {
        const struct pay *pay = &alt->pays[i];
        int64_t fen = 0;
        if (pay->form == PAY_EACH) {
            error = pay_each(r, pay, at, d, needs);
            continue;
        }
        error = amount(r, row_value(r, pay->value, at), &fen, needs);
        if (!error)
            error = amounts_add(r, &d->subject_fen, fen);
        d->has_subject_pay = true;
    }
    return error;
}

/* ---- determinations ------------------------------------------------------------------------- */

/* Messages of values without a value name the parameter and its place; the others the policy. */
enum rc row_rule_error(const struct policy *p, const str *text, struct err *err)
{
    str prefix = p->name.text;
    const char *dot = text->n > prefix.n ? text->p + prefix.n : NULL;

    if (str_ends(*text, S(" has no value")) || (str_starts(*text, prefix) && dot && *dot == '.'))
        return err_set(err, RC_RULE, "%.*s", STR_ARG(*text));
    return err_set(err, RC_RULE, "%.*s: %.*s", STR_ARG(prefix), STR_ARG(*text));
}

enum rc row_determination(struct row *r, const struct policy *p, uint32_t who,
                          struct determination *d, struct err *err)
{
    const struct row_unit *u = row_unit(r, p, who);
    struct row_at at = row_unit_at(p, who);
    struct need_node *needs = u->needs;
    const str *error = u->error;

    *d = (struct determination){.policy = p, .member = p->of_member ? who : ROW_SUBJECT};
    d->undecided = u->undecided;
    d->alt = u->alt;
    d->outcome = u->undecided ? OUTCOME_UNDECIDED : (uint8_t)p->alts[u->alt].value;
    if (!error && !u->undecided) {
        const struct alternative *alt = &p->alts[u->alt];
        const struct named paid = {.name = alt->name,
                                   .label = p->outcome_code.values[alt->value].label};
        error = reasons_of(r, p, u, at, &d->reasons, &needs);
        r->named = &paid;
        if (!error)
            error = payments(r, alt, at, d, &needs);
        r->named = NULL;
    }
    if (error)
        return row_rule_error(p, error, err);
    d->needs = row_needs(r, needs, &d->n_needs);
    return RC_OK;
}

static enum rc determine_all(struct row *r, struct determination **out, size_t *n, struct err *err)
{
    const struct binding *bind = r->bind;
    size_t total = 0;

    for (size_t i = 0; i < bind->n_policies; i++)
        total += bind->policies[i]->of_member ? r->n_members : 1;
    *out = NEW_N(r->a, struct determination, total + 1);
    *n = 0;
    for (size_t i = 0; i < bind->n_policies; i++) {
        const struct policy *p = bind->policies[i];
        uint32_t units = p->of_member ? r->n_members : 1;
        for (uint32_t who = 0; who < units; who++)
            TRY(row_determination(r, p, p->of_member ? who : ROW_SUBJECT, &(*out)[(*n)++], err));
    }
    return RC_OK;
}

enum rc row_determine_bound(const struct binding *bind, const struct block *b, size_t row,
                            struct arena *a, struct determination **out, size_t *n, struct err *err)
{
    struct row r;

    row_open(&r, bind, b, row, a);
    return determine_all(&r, out, n, err);
}

enum rc row_determine(struct program *p, const struct block *b, size_t row, struct arena *a,
                      struct determination **out, size_t *n, struct err *err)
{
    return row_determine_bound(program_binding(p), b, row, a, out, n, err);
}

/* ---- into columns --------------------------------------------------------------------------- */

static void fill_one(const struct row *r, const struct determination *d, struct policy_result *out)
{
    bool member = d->policy->of_member;
    size_t unit = member ? r->first + d->member : r->row;

    if (out->outcome)
        out->outcome[unit] = d->outcome;
    if (out->reasons)
        out->reasons[unit] = d->reasons;
    if (member) {
        if (out->member_fen)
            out->member_fen[unit] = d->subject_fen;
        return;
    }
    if (out->subject_fen)
        out->subject_fen[unit] = d->subject_fen;
    if (!out->member_fen)
        return;
    for (size_t m = 0; m < r->n_members; m++)
        out->member_fen[r->first + m] = 0;
    for (size_t i = 0; i < d->n_member_pays; i++)
        out->member_fen[r->first + d->member_pays[i].member] = d->member_pays[i].fen;
}

enum rc row_fill(const struct binding *bind, const struct block *b, size_t row,
                 struct arena *scratch, struct policy_result *results, struct err *err)
{
    struct determination *d;
    struct row r;
    size_t n;

    row_open(&r, bind, b, row, scratch);
    TRY(determine_all(&r, &d, &n, err));
    for (size_t i = 0; i < n; i++)
        fill_one(&r, &d[i], &results[bind->position[d[i].policy->index]]);
    return RC_OK;
}
