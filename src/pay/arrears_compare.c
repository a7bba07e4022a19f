/* What was paid beside what should have been: the lines of a slice, month after month. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pay/arrears_in.h"

/* One amount of a household's month. */
struct pair {
    int64_t person;
    const struct policy *policy;
    int64_t paid, due;
};

/* What differs from then, worked out once for each household and month, when it is asked for. */
struct differs {
    size_t asked; /* months up to this one */
    bool before;  /* something differed in a month before it */
    enum span_differs last;
};

struct comparing {
    const struct hunt *h;
    struct reckoner *r;
    struct hunt_slice *s;
    struct hunt_result *out;
    struct differs *differs; /* by household */
    int64_t *divisions;      /* by household; -1: not looked at */
    size_t enrolled;         /* where the household's rows begin */
    /* Of the month at hand. */
    size_t month;
    const struct reckoned *due;
    size_t at_paid, at_due, at_open;
    VEC(struct pair) pairs;
    uint32_t number;
};

/* ---- one household's month ------------------------------------------------------------------ */

static struct pair *pair_of(struct comparing *c, const struct policy *p, int64_t person)
{
    for (size_t i = 0; i < c->pairs.n; i++)
        if (c->pairs.at[i].policy == p && c->pairs.at[i].person == person)
            return &c->pairs.at[i];
    struct pair *x = VEC_PUSH(&c->s->a, &c->pairs);
    *x = (struct pair){.policy = p, .person = person};
    return x;
}

static bool is_wanted(const struct comparing *c, const struct policy *p)
{
    const struct hunt_month *m = &c->h->months[c->month];

    for (size_t k = 0; k < m->n_wanted; k++)
        if (m->wanted[k] == p)
            return true;
    return false;
}

static bool asked_for(const struct comparing *c, const struct policy *p)
{
    str programme = c->h->spec->programme;

    return programme.n == 0 || (p != NULL && str_eq(p->name.text, programme));
}

/* Awards of the month, what should have been, and what was settled before. False: some of it belongs to a
 * programme that isn't in force, so that nobody can tell. */
static bool gather(struct comparing *c)
{
    const hunt_amounts *paid = &c->s->paid[c->month], *due = &c->due->due;
    bool known = true;

    c->pairs.n = 0;
    while (c->at_paid < paid->n && paid->at[c->at_paid].number < c->number)
        c->at_paid++;
    for (; c->at_paid < paid->n && paid->at[c->at_paid].number == c->number; c->at_paid++) {
        const struct hunt_amount *x = &paid->at[c->at_paid];
        if (!asked_for(c, x->policy))
            continue;
        if (x->policy != NULL && is_wanted(c, x->policy))
            pair_of(c, x->policy, x->person)->paid += x->fen;
        else
            known = false;
    }
    while (c->at_due < due->n && due->at[c->at_due].number < c->number)
        c->at_due++;
    for (; c->at_due < due->n && due->at[c->at_due].number == c->number; c->at_due++) {
        const struct hunt_amount *x = &due->at[c->at_due];
        if (asked_for(c, x->policy))
            pair_of(c, x->policy, x->person)->due += x->fen;
    }
    return known;
}

/* Rows of `before` are by household. */
static void add_settled(struct comparing *c, size_t from, size_t to)
{
    month m = c->h->months[c->month].month;

    for (size_t i = from; i < to; i++) {
        const struct hunt_before *b = &c->s->before.at[i];
        if (b->settled && b->month == m && b->policy != NULL && asked_for(c, b->policy) &&
            is_wanted(c, b->policy))
            pair_of(c, b->policy, b->person)->paid += b->due - b->paid;
    }
}

/* Takes out what belongs to a unit of which nobody can tell. */
static bool take_out_open(struct comparing *c)
{
    bool any = false;

    while (c->at_open < c->due->open.n && c->due->open.at[c->at_open].number < c->number)
        c->at_open++;
    for (; c->at_open < c->due->open.n && c->due->open.at[c->at_open].number == c->number;
         c->at_open++) {
        const struct hunt_open *o = &c->due->open.at[c->at_open];
        any |= asked_for(c, o->policy);
        for (size_t i = 0; i < c->pairs.n; i++)
            if (c->pairs.at[i].policy == o->policy &&
                (o->person == 0 || c->pairs.at[i].person == o->person))
                c->pairs.at[i].due = c->pairs.at[i].paid;
    }
    return any;
}

/* ---- decided otherwise ---------------------------------------------------------------------- */

static int by_person(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    return (x->person > y->person) - (x->person < y->person);
}

/* What the rules give to the unit, as a proposal writes it: by person. */
static bool same_amounts(struct comparing *c, const struct hunt_rejected *r)
{
    struct sbuf text;

    if (c->pairs.n > 0)
        qsort(c->pairs.at, c->pairs.n, sizeof *c->pairs.at, by_person);
    sbuf_init(&text, 1 << 16);
    for (size_t i = 0; i < c->pairs.n; i++) {
        const struct pair *x = &c->pairs.at[i];
        if (x->policy == r->policy && x->due > 0 && (r->person == 0 || r->person == x->person))
            sbuf_fmt(&text, "%s%" PRId64 "=%" PRId64, text.n > 0 ? "+" : "", x->person, x->due);
    }
    bool same = str_eq(sbuf_str(&text), r->amounts);
    sbuf_deinit(&text);
    return same;
}

/* Somebody looked at just this for the month and rejected it in words: that decision stays. */
static void leave_rejected(struct comparing *c)
{
    month m = c->h->months[c->month].month;

    for (size_t k = 0; k < c->s->rejected.n; k++) {
        const struct hunt_rejected *r = &c->s->rejected.at[k];
        if (r->number != c->number || r->month != m || !same_amounts(c, r))
            continue;
        for (size_t i = 0; i < c->pairs.n; i++)
            if (c->pairs.at[i].policy == r->policy &&
                (r->person == 0 || c->pairs.at[i].person == r->person))
                c->pairs.at[i].due = c->pairs.at[i].paid;
    }
}

/* ---- why ------------------------------------------------------------------------------------ */

static bool enrolled_at(const struct comparing *c, const struct pair *x, int64_t position)
{
    day on = month_first(c->h->months[c->month].month);

    for (size_t i = c->enrolled; i < c->s->enrolments.n; i++) {
        const struct hunt_enrolment *e = &c->s->enrolments.at[i];
        if (e->number != c->number)
            break;
        if (e->policy == x->policy && (e->person == 0 || e->person == x->person) &&
            hunt_enrolled(e, on, position))
            return true;
    }
    return false;
}

static enum span_differs differs_in(struct comparing *c, size_t k)
{
    const struct hunt_month *m = &c->h->months[k];

    return m->run == 0 ? SPAN_SAME
                       : facts_span_differs(reckoner_span(c->r), c->number, month_first(m->month),
                                            m->position);
}

/* Up to the month at hand. */
static const struct differs *look_back(struct comparing *c)
{
    struct differs *d = &c->differs[c->number];

    for (; d->asked <= c->month; d->asked++) {
        d->before |= d->last != SPAN_SAME;
        d->last = differs_in(c, d->asked);
    }
    return d;
}

static const char *reason_of(struct comparing *c, const struct pair *x)
{
    const struct hunt_month *m = &c->h->months[c->month];
    const struct differs *d = look_back(c);
    bool death = d->last == SPAN_DEATH;

    if (death && x->person != 0)
        death = facts_span_dead(reckoner_span(c->r), x->person, month_first(m->month));
    if (death)
        return "death";
    if (enrolled_at(c, x, c->h->position) != enrolled_at(c, x, m->position))
        return "enrolment";
    if (d->last != SPAN_SAME || (d->before && x->policy->n_carries > 0))
        return "facts";
    return m->other_rules ? "standard" : "decision";
}

static const char *cause_of(const struct pair *x, const char *reason)
{
    if (x->due > x->paid)
        return "underpaid";
    if (strcmp(reason, "death") == 0)
        return "death";
    return strcmp(reason, "facts") == 0 || strcmp(reason, "enrolment") == 0 ? "unreported"
                                                                            : "office_error";
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Left with the family, or rejected, when just this was found before. */
static bool told_before(const struct comparing *c, const struct pair *x, size_t from, size_t to)
{
    month m = c->h->months[c->month].month;

    for (size_t i = from; i < to; i++) {
        const struct hunt_before *b = &c->s->before.at[i];
        if (!b->settled && b->month == m && b->policy == x->policy && b->person == x->person &&
            b->paid == x->paid && b->due == x->due)
            return true;
    }
    return false;
}

static void add_line(struct comparing *c, const struct pair *x)
{
    struct hunt_result *out = c->out;
    struct hunt_line *l = VEC_PUSH(&out->a, &out->lines);

    *l = (struct hunt_line){.household = c->s->ids[c->number],
                            .person = x->person,
                            .division = c->divisions[c->number],
                            .policy = x->policy,
                            .month = c->h->months[c->month].month,
                            .paid = x->paid,
                            .due = x->due,
                            .reason = reason_of(c, x),
                            .state = "open"};
    l->cause = cause_of(x, l->reason);
    if (x->due < x->paid && !policy_takes_back(x->policy, str_from(l->cause)))
        l->state = "left";
}

/* Rows of what was found before that are the household's: [*from, *to). */
static void before_of(const struct comparing *c, size_t *from, size_t *to)
{
    const struct hunt_slice *s = c->s;

    while (*from < s->before.n && s->before.at[*from].number < c->number)
        ++*from;
    *to = *from;
    while (*to < s->before.n && s->before.at[*to].number == c->number)
        ++*to;
}

static void compare_household(struct comparing *c, size_t *from)
{
    size_t to = 0;
    bool known = gather(c);

    before_of(c, from, &to);
    add_settled(c, *from, to);
    known = !take_out_open(c) && known;
    if (c->divisions[c->number] < 0)
        return;
    c->out->months += c->pairs.n > 0 || !known;
    c->out->undecided += !known;
    leave_rejected(c);
    for (size_t i = 0; i < c->pairs.n; i++) {
        const struct pair *x = &c->pairs.at[i];
        if (x->paid != x->due && !told_before(c, x, *from, to))
            add_line(c, x);
    }
}

static void compare_month(struct comparing *c)
{
    const struct hunt_slice *s = c->s;
    size_t before = 0;

    c->at_paid = c->at_due = c->at_open = c->enrolled = 0;
    for (size_t i = 0; i < s->n; i++) {
        c->number = (uint32_t)i;
        while (c->enrolled < s->enrolments.n && s->enrolments.at[c->enrolled].number < i)
            c->enrolled++;
        compare_household(c, &before);
    }
}

/* ---- sums ----------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct hunt_line *x = a, *y = b;

    if (x->household != y->household)
        return x->household < y->household ? -1 : 1;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->policy != y->policy)
        return str_cmp(x->policy->name.text, y->policy->name.text);
    return (x->month > y->month) - (x->month < y->month);
}

static struct hunt_count *count_of(struct hunt_result *out, const struct hunt_line *l)
{
    for (size_t i = out->counts.n; i > 0; i--)
        if (out->counts.at[i - 1].division == l->division &&
            out->counts.at[i - 1].policy == l->policy)
            return &out->counts.at[i - 1];
    struct hunt_count *c = VEC_PUSH(&out->a, &out->counts);
    *c = (struct hunt_count){.division = l->division, .policy = l->policy};
    return c;
}

/* Is there a line of the household and programme before line i? Lines are by household and person. */
static bool is_first(const struct hunt_result *out, size_t i)
{
    const struct hunt_line *l = &out->lines.at[i];

    for (size_t k = i; k > 0 && out->lines.at[k - 1].household == l->household; k--)
        if (out->lines.at[k - 1].policy == l->policy)
            return false;
    return true;
}

static void count_lines(struct hunt_result *out)
{
    for (size_t i = 0; i < out->lines.n; i++) {
        const struct hunt_line *l = &out->lines.at[i];
        struct hunt_count *c = count_of(out, l);
        c->households += is_first(out, i);
        c->lines++;
        if (l->due > l->paid)
            c->backpay += l->due - l->paid;
        else if (strcmp(l->state, "left") == 0)
            c->left += l->paid - l->due;
        else
            c->recovery += l->paid - l->due;
    }
}

enum rc hunt_compare(const struct hunt *h, struct reckoner *r, struct hunt_slice *s,
                     struct hunt_result *out, struct err *err)
{
    struct comparing c = {.h = h, .r = r, .s = s, .out = out};
    int64_t lo = 0, hi = INT64_MAX;

    if (h->division != 0)
        division_span(h->division, &lo, &hi);
    c.differs = NEW_N(&s->a, struct differs, s->n);
    c.divisions = NEW_N(&s->a, int64_t, s->n);
    for (size_t i = 0; i < s->n; i++) {
        int64_t division = facts_span_division(reckoner_span(r), i);
        bool within = division >= lo && division <= hi;
        c.divisions[i] = within ? division : -1;
        out->households += within;
    }
    for (c.month = 0; c.month < h->n_months; c.month++) {
        TRY(reckon_month(r, c.month, &c.due, err));
        if (h->months[c.month].paid)
            compare_month(&c);
    }
    if (out->lines.n > 0)
        qsort(out->lines.at, out->lines.n, sizeof *out->lines.at, by_key);
    count_lines(out);
    return RC_OK;
}
