/*
 * Awards of the enrolled: a determination for each unit, what it is paid, to whom: the amount last
 * decided, to those who are still there. A household that is undecided, or whose amount is, keeps what
 * is decided, or was paid last month where nothing is.
 */
#include "pay/determine_in.h"

#include "eval/carry.h"
#include "pay/carried.h"

#define WHOLE_HOUSEHOLD SIZE_MAX /* where else a member's place in the block stands */

/* What a household is awarded under one policy, all its units together. */
struct tally {
    int64_t persons, fen;
    bool any, whole; /* whole: the household itself, and with it all whom that covers */
};

static const struct policy_result *result_of(const struct here *h, const struct policy *p)
{
    return &h->d->results[h->bind->position[p->index]];
}

static size_t first_member(const struct here *h)
{
    return h->b->first[h->row];
}

static size_t end_member(const struct here *h)
{
    return h->b->first[h->row + 1];
}

int64_t here_person(const struct here *h, size_t member)
{
    const struct facts_slice *s = &h->in->slice;

    return s->persons[s->block.first[h->at] + (member - first_member(h))];
}

/* SIZE_MAX: the person is not of the household on this day. */
static size_t member_of(const struct here *h, int64_t person)
{
    for (size_t m = first_member(h); m < end_member(h); m++)
        if (here_person(h, m) == person)
            return m;
    return SIZE_MAX;
}

/* ---- what a unit came to -------------------------------------------------------------------- */

struct unit {
    const struct policy *p;
    const struct enrolled *e;
    size_t member; /* place in the block; WHOLE_HOUSEHOLD */
    uint8_t outcome;
    uint64_t reasons;
    int64_t fen; /* to the household itself, or the person */
    bool open;   /* undecided, or an amount is */
    bool qualifies;
};

static struct unit unit_of(const struct here *h, const struct policy *p, const struct enrolled *e,
                           size_t member)
{
    const struct policy_result *r = result_of(h, p);
    size_t at = p->of_member ? member : h->row;
    struct unit u = {.p = p, .e = e, .member = member};

    u.outcome = r->outcome[at];
    u.reasons = r->reasons[at];
    u.fen = member == WHOLE_HOUSEHOLD ? r->subject_fen[h->row] : r->member_fen[member];
    u.open = u.outcome == OUTCOME_UNDECIDED || u.fen == AMOUNT_OPEN;
    for (size_t m = first_member(h); member == WHOLE_HOUSEHOLD && m < end_member(h); m++)
        u.open |= r->member_fen[m] == AMOUNT_OPEN;
    /* One person enrolled in a programme of households: is he himself paid? */
    u.qualifies =
        !p->of_member && member != WHOLE_HOUSEHOLD ? u.fen > 0 : unit_qualifies(h, p, member);
    return u;
}

str policy_reasons(const struct policy *p, uint64_t reasons, struct arena *a)
{
    struct sbuf text;

    sbuf_init(&text, 1 << 14);
    for (size_t i = 0; i < p->n_reasons; i++)
        if (reasons >> i & 1)
            sbuf_fmt(&text, "%s%.*s", text.n > 0 ? "+" : "", STR_ARG(p->reason_names[i].text));
    str out = str_dup(a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

/* The hash of the household's facts, once for all its determinations. */
static const uint8_t *facts_hash(struct here *h)
{
    const struct facts_slice *s = &h->in->slice;
    const struct canon_household k = {.bind = h->bind,
                                      .block = h->b,
                                      .row = h->row,
                                      .county = h->d->spec.county,
                                      .household = h->household,
                                      .persons = s->persons + s->block.first[h->at]};

    if (!h->has_facts)
        canon_facts(h->d->hash, &k, h->facts);
    h->has_facts = true;
    return h->facts;
}

MUST_CHECK static enum rc add_unit(struct here *h, const struct unit *u, struct err *err)
{
    struct arena *a = h->out->a;
    bool whole = u->member == WHOLE_HOUSEHOLD;
    uint32_t number = whole ? UINT32_MAX : (uint32_t)(u->member - first_member(h));
    struct carried *carried = NULL;

    struct found_unit *f = VEC_PUSH(a, &h->out->units);
    f->household = h->household;
    f->person = whole ? 0 : here_person(h, u->member);
    f->policy = u->p;
    f->outcome = u->outcome == OUTCOME_UNDECIDED ? S("undecided")
                                                 : code_name(&u->p->outcome_code, u->outcome);
    f->reasons = policy_reasons(u->p, u->reasons, a);
    f->fen = u->open ? AMOUNT_OPEN : u->fen;
    f->all_fen = f->fen;
    for (size_t m = first_member(h); whole && !u->open && m < end_member(h); m++)
        f->all_fen += result_of(h, u->p)->member_fen[m];
    f->division = h->division;
    f->qualifies = !u->open && u->qualifies;
    f->carried = S("");
    /* What a household's programme remembers belongs to the household. */
    if (u->p->n_carries > 0 && (whole || u->p->of_member)) {
        TRY(row_carry(h->bind, h->b, h->row, u->p, number, a, &carried, err));
        f->carried = carried_text(u->p, carried, a);
    }
    const struct canon_result r = {
        .rule_hash = h->d->spec.rule_hash,
        .binding = h->zone->hash,
        .facts = facts_hash(h),
        .month = h->d->spec.month,
        .programme = u->p->name.text,
        .person = f->person,
        .outcome = f->outcome,
        .reasons = f->reasons,
        .carried = f->carried,
        .fen = f->fen,
        .member_fen = whole ? result_of(h, u->p)->member_fen + first_member(h) : NULL,
        .n_members = end_member(h) - first_member(h),
    };
    canon_result(h->d->hash, &r, f->hash);
    return RC_OK;
}

/* ---- amounts -------------------------------------------------------------------------------- */

static void pay(struct here *h, const struct policy *p, const struct enrolled *e, int64_t fen,
                size_t first)
{
    int64_t payee = e->account != 0 ? e->account : h->in->slice.heads[h->at];

    for (size_t i = first; i < h->out->payments.n; i++)
        if (h->out->payments.at[i].payee == payee) {
            h->out->payments.at[i].fen += fen;
            return;
        }
    *VEC_PUSH(h->out->a, &h->out->payments) =
        (struct found_payment){h->household, payee, h->division, p, fen};
}

/* An amount of less than one fen is no award. Payments from `first` on are this policy's. */
static void add_award(struct here *h, const struct unit *u, int64_t person, int64_t fen,
                      enum ground ground, size_t first, struct tally *t)
{
    if (fen <= 0)
        return;
    *VEC_PUSH(h->out->a, &h->out->awards) =
        (struct found_award){h->household, person, u->p, fen, ground};
    pay(h, u->p, u->e, fen, first);
    t->any = true;
    t->fen += fen;
    t->whole |= person == 0;
    if (person != 0)
        t->persons += !t->whole;
    else
        t->persons += (int64_t)row_covered(h->bind, h->b, h->row, u->p, h->out->a);
}

static void add_line(struct here *h, struct difference *d, int64_t person, int64_t fen)
{
    struct unit_amount *lines = (struct unit_amount *)(uintptr_t)d->lines; /* add_lines() made it */

    if (fen > 0)
        lines[d->n++] = (struct unit_amount){h->household, person, d->policy, fen};
}

/* What the rules give, person by person. */
static struct difference difference_of(struct here *h, const struct unit *u)
{
    const struct policy_result *r = result_of(h, u->p);
    size_t size = end_member(h) - first_member(h);
    struct difference d = {.policy = u->p,
                           .lines = NEW_N(h->out->a, struct unit_amount, size + 1),
                           .qualifies = u->qualifies,
                           .stops = !u->qualifies};

    d.outcome = h->out->units.at[h->out->units.n - 1].outcome;
    d.reasons = h->out->units.at[h->out->units.n - 1].reasons;
    if (u->member != WHOLE_HOUSEHOLD) {
        d.person = here_person(h, u->member);
        add_line(h, &d, d.person, u->fen);
        return d;
    }
    add_line(h, &d, 0, u->fen);
    for (size_t m = first_member(h); m < end_member(h); m++)
        add_line(h, &d, here_person(h, m), r->member_fen[m]);
    return d;
}

/* Those lines whose person is there; the household's own while anybody is. */
static void award_lines(struct here *h, const struct unit *u, const struct unit_amount *lines,
                        size_t n, enum ground ground, size_t first, struct tally *t)
{
    for (size_t i = 0; i < n; i++) {
        bool there = lines[i].person == 0 ? end_member(h) > first_member(h)
                                          : member_of(h, lines[i].person) != SIZE_MAX;
        if (there)
            add_award(h, u, lines[i].person, lines[i].fen, ground, first, t);
    }
}

/* Undecided: what is decided, else what was paid last month, goes on. */
static void award_kept(struct here *h, const struct unit *u, int64_t person, size_t first,
                       struct tally *t)
{
    enum decide decide = h->d->spec.decide;
    struct unit_amount *lines = NULL;
    size_t n = 0;

    unit_lines(h->decided, h->n_decided, u->p, person, h->out->a, &lines, &n);
    if (n > 0) {
        award_lines(h, u, lines, n, GROUND_KEPT, first, t);
        return;
    }
    unit_lines(h->last, h->n_last, u->p, person, h->out->a, &lines, &n);
    award_lines(h, u, lines, n, GROUND_KEPT, first, t);
    if (n > 0 && (decide == DECIDE_FIRST || decide == DECIDE_ALL))
        note_decision(h, u->p, person, lines, n);
}

/* The unit's amount: what the run finds where that counts as decided, else the one last decided. */
static void award_decided(struct here *h, const struct unit *u, int64_t person, size_t first,
                          struct tally *t)
{
    enum decide decide = h->d->spec.decide;
    const struct difference d = difference_of(h, u);
    struct unit_amount *lines = NULL;
    size_t n = 0;

    unit_lines(h->decided, h->n_decided, u->p, person, h->out->a, &lines, &n);
    if (decide == DECIDE_NONE || (decide == DECIDE_FIRST && n > 0)) {
        award_lines(h, u, lines, n, GROUND_DECIDED, first, t);
        note_difference(h, &d);
        return;
    }
    award_lines(h, u, d.lines, d.n, GROUND_DETERMINED, first, t);
    if (decide != DECIDE_PAST)
        note_decision(h, u->p, person, d.lines, d.n);
    if (decide == DECIDE_FIRST && d.stops)
        note_difference(h, &d);
}

MUST_CHECK static enum rc award_unit(struct here *h, size_t k, const struct unit *u, size_t first,
                                     struct tally *t, struct err *err)
{
    int64_t person = u->member == WHOLE_HOUSEHOLD ? 0 : here_person(h, u->member);

    TRY(add_unit(h, u, err));
    if (u->open) {
        count_at(h->d, h->out, h->division, k)->undecided++;
        award_kept(h, u, person, first, t);
        return RC_OK;
    }
    award_decided(h, u, person, first, t);
    if (!u->qualifies)
        count_at(h->d, h->out, h->division, k)->no_more++;
    return RC_OK;
}

/* ---- one policy ----------------------------------------------------------------------------- */

static const struct enrolled *enrolment_of(const struct here *h, const struct policy *p,
                                           int64_t person)
{
    for (size_t i = 0; i < h->n_enrolled; i++)
        if (h->enrolled[i].policy == p && h->enrolled[i].person == person)
            return &h->enrolled[i];
    return NULL;
}

/* Nothing is paid; that the enrolment ends is proposed. */
static void person_gone(struct here *h, const struct enrolled *e)
{
    const struct difference d = {.policy = e->policy,
                                 .person = e->person,
                                 .outcome = S("gone"),
                                 .reasons = S(""),
                                 .stops = true};

    if (h->d->spec.decide == DECIDE_NONE || h->d->spec.decide == DECIDE_FIRST)
        note_difference(h, &d);
}

/* Persons enrolled one by one. Who is not of the household any more qualifies no more. */
MUST_CHECK static enum rc award_persons(struct here *h, size_t k, size_t first, struct tally *t,
                                        size_t *enrolled, struct err *err)
{
    const struct policy *p = h->d->wanted[k];

    for (size_t i = 0; i < h->n_enrolled; i++) {
        const struct enrolled *e = &h->enrolled[i];
        if (e->policy != p)
            continue;
        ++*enrolled;
        size_t member = e->person == 0 ? SIZE_MAX : member_of(h, e->person);
        if (member == SIZE_MAX) {
            count_at(h->d, h->out, h->division, k)->no_more++;
            person_gone(h, e);
            continue;
        }
        const struct unit u = unit_of(h, p, e, member);
        TRY(award_unit(h, k, &u, first, t, err));
    }
    return RC_OK;
}

static void count_members(struct here *h, size_t k)
{
    const struct policy *p = h->d->wanted[k];

    for (size_t m = first_member(h); m < end_member(h); m++)
        if (unit_qualifies(h, p, m) && enrolment_of(h, p, here_person(h, m)) == NULL)
            note_candidate(h, k, m);
}

enum rc award_policy(struct here *h, size_t k, struct err *err)
{
    const struct policy *p = h->d->wanted[k];
    const struct enrolled *e = p->of_member ? NULL : enrolment_of(h, p, 0);
    size_t first = h->out->payments.n, persons = 0;
    struct tally t = {0};

    if (e != NULL) {
        const struct unit u = unit_of(h, p, e, WHOLE_HOUSEHOLD);
        TRY(award_unit(h, k, &u, first, &t, err));
    } else {
        TRY(award_persons(h, k, first, &t, &persons, err));
        if (p->of_member)
            count_members(h, k);
        else if (persons == 0 && unit_qualifies(h, p, 0))
            note_candidate(h, k, 0);
    }
    if (!t.any)
        return RC_OK;
    struct found_count *c = count_at(h->d, h->out, h->division, k);
    c->households++;
    c->persons += t.persons;
    c->fen += t.fen;
    c->payments += (int64_t)(h->out->payments.n - first);
    return RC_OK;
}
