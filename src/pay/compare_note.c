/*
 * What a slice finds beside its awards for people to look at: which households are paid otherwise than
 * the month before, and who qualifies without being enrolled.
 */
#include "pay/determine_in.h"

struct both_sums {
    int64_t old_fen, new_fen;
    size_t n_old, n_new;
};

static struct both_sums sums_of(const struct here *h, size_t first, const struct policy *p)
{
    struct both_sums s = {0};

    for (size_t i = 0; i < h->n_last; i++)
        if (h->last[i].policy == p) {
            s.old_fen += h->last[i].fen;
            s.n_old++;
        }
    for (size_t i = first; i < h->out->awards.n; i++)
        if (h->out->awards.at[i].policy == p) {
            s.new_fen += h->out->awards.at[i].fen;
            s.n_new++;
        }
    return s;
}

/* The same sum: to the same persons as well? */
static bool same_persons(const struct here *h, size_t first, const struct policy *p)
{
    for (size_t i = first; i < h->out->awards.n; i++) {
        const struct found_award *a = &h->out->awards.at[i];
        bool found = a->policy != p;
        for (size_t k = 0; k < h->n_last && !found; k++)
            found = h->last[k].policy == p && h->last[k].person == a->person &&
                    h->last[k].fen == a->fen;
        if (!found)
            return false;
    }
    return true;
}

static void add_change(struct found *out, const struct found_change *c)
{
    *VEC_PUSH(out->a, &out->changes) = *c;
}

void note_changes(struct here *h, size_t first)
{
    if (!h->d->spec.compare || (h->n_last == 0 && first == h->out->awards.n))
        return;
    for (size_t k = 0; k < h->d->n_wanted; k++) {
        const struct policy *p = h->d->wanted[k];
        const struct both_sums s = sums_of(h, first, p);
        struct found_change c = {.household = h->household,
                                 .division = h->division,
                                 .policy = p,
                                 .old_fen = s.old_fen,
                                 .new_fen = s.new_fen};
        if (s.n_old == 0 && s.n_new == 0)
            continue;
        if (s.n_old == 0 || s.n_new == 0)
            c.kind = s.n_old == 0 ? "new" : "gone";
        else if (s.new_fen != s.old_fen)
            c.kind = s.new_fen > s.old_fen ? "more" : "less";
        else if (s.n_old != s.n_new || !same_persons(h, first, p))
            c.kind = "other";
        if (c.kind != NULL)
            add_change(h->out, &c);
    }
}

/* Their village is found when the run becomes visible; till then they stand at the county's own code. */
void note_gone(struct determiner *d, struct found *out, const struct unit_amount *last, size_t from,
               size_t to)
{
    /* A run of a part sees awards of the other parts as well: those are not its own. */
    if (!d->spec.compare || !d->spec.whole_county)
        return;
    for (size_t i = from; i < to; i++) {
        struct found_change c = {.household = last[i].household,
                                 .division = d->spec.county * 1000000,
                                 .policy = last[i].policy,
                                 .kind = "gone"};
        bool wanted = false, again = false;
        for (size_t k = 0; k < d->n_wanted; k++)
            wanted |= d->wanted[k] == c.policy;
        for (size_t k = from; k < i; k++)
            again |= last[k].household == c.household && last[k].policy == c.policy;
        for (size_t k = i; k < to; k++)
            if (last[k].household == c.household && last[k].policy == c.policy)
                c.old_fen += last[k].fen;
        if (wanted && !again)
            add_change(out, &c);
    }
}

/* What the rules would give the unit a month. */
static int64_t unit_fen(const struct here *h, const struct policy *p, size_t member)
{
    const struct policy_result *r = &h->d->results[h->bind->position[p->index]];

    if (p->of_member)
        return r->member_fen[member];
    int64_t fen = r->subject_fen[h->row];
    for (size_t m = h->b->first[h->row]; m < h->b->first[h->row + 1]; m++) {
        if (fen == AMOUNT_OPEN || r->member_fen[m] == AMOUNT_OPEN)
            return AMOUNT_OPEN;
        fen += r->member_fen[m];
    }
    return fen;
}

void note_candidate(const struct here *h, size_t k, size_t member)
{
    const struct policy *p = h->d->wanted[k];
    const struct policy_result *r = &h->d->results[h->bind->position[p->index]];

    count_at(h->d, h->out, h->division, k)->not_enrolled++;
    *VEC_PUSH(h->out->a, &h->out->candidates) = (struct found_candidate){
        .household = h->household,
        .person = p->of_member ? here_person(h, member) : 0,
        .division = h->division,
        .policy = p,
        .fen = unit_fen(h, p, member),
        .outcome = code_name(&p->outcome_code, r->outcome[p->of_member ? member : h->row])};
}
