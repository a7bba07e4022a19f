/*
 * What should have been paid: month after month, by the rules in force and what is known now, to whoever
 * was enrolled. What a month leaves to the next (amounts, facts that are carried over, what goes on while
 * nobody can tell) comes from the month as it should have been, not from the one that was.
 */
#include <string.h>

#include "eval/carry.h"
#include "eval/slice.h"
#include "pay/arrears_in.h"

enum { PAD = 64, ZONES_MOST = 4096 };
#define WHOLE_HOUSEHOLD SIZE_MAX

/* The program of an area with values of its own, in one month. */
struct zone {
    uint32_t number;
    struct program *program;
};
struct zones {
    VEC(struct zone) all;
};
typedef VEC(struct hunt_carried) carried_list;

struct reckoner {
    const struct hunt *h;
    struct arena programs;
    struct arena months[2]; /* of the month at hand and the one before, in turns */
    struct facts_span *span;
    struct zones *zones; /* by month */
    struct policy_result *results;
    size_t n_results, room;
    struct scratch *scratch;
    /* Of the slice at hand. */
    struct hunt_slice *slice;
    hunt_amounts last;
    carried_list carried;
    hunt_amounts *kept; /* by household: what was last decided */
    struct reckoned now;
};

/* One household of a month. */
struct here {
    struct reckoner *r;
    const struct hunt_month *month;
    struct arena *a; /* of the month */
    const struct facts_slice *s;
    const struct binding *bind;
    const struct block *b;
    size_t at, row; /* in the slice of the day; in the block */
    uint32_t number;
    const struct hunt_enrolment *enrolled; /* its own */
    size_t n_enrolled;
    day on;
    hunt_amounts *last; /* of this month, for the next */
    carried_list *carried;
};

/* ---- what last month left ------------------------------------------------------------------- */

static bool find_member(const struct facts_slice *s, size_t row, int64_t person, size_t *out)
{
    for (size_t m = s->block.first[row]; m < s->block.first[row + 1]; m++)
        if (s->persons[m] == person) {
            *out = m;
            return true;
        }
    return false;
}

/* The place of a policy's unit in the columns of its level; rows come in the order of households. */
static bool find_unit(const struct facts_slice *s, const uint32_t *numbers, size_t *at,
                      const struct policy *p, uint32_t number, int64_t person, size_t *unit)
{
    while (*at < s->block.n && numbers[*at] < number)
        ++*at;
    if (p == NULL || p->of_member != (person != 0) || *at == s->block.n || numbers[*at] != number)
        return false;
    *unit = *at;
    return !p->of_member || find_member(s, *at, person, unit);
}

static void fill_paid(struct reckoner *r, struct facts_slice *s, const uint32_t *numbers,
                      struct arena *a)
{
    const struct rules *rules = r->h->city->rules;
    struct column *paid = NEW_N(a, struct column, rules->policies.n + 1);
    int64_t **room = NEW_N(a, int64_t *, rules->policies.n + 1);
    size_t at = 0, unit = 0;

    for (size_t i = 0; i < r->last.n; i++) {
        const struct hunt_amount *l = &r->last.at[i];
        const struct policy *p = l->policy;
        if (!find_unit(s, numbers, &at, p, l->number, l->person, &unit))
            continue;
        if (room[p->index] == NULL) {
            size_t n = p->of_member ? s->block.n_members : s->block.n;
            room[p->index] = NEW_N(a, int64_t, n + PAD);
            paid[p->index].at = room[p->index];
        }
        room[p->index][unit] = l->fen;
        if (l->fen > paid[p->index].max)
            paid[p->index].max = l->fen;
    }
    s->block.paid_last = paid;
}

static struct column *carried_column(struct facts_slice *s, const struct policy *p,
                                     const struct field *f, struct arena *a)
{
    struct column *c = p->of_member ? &s->member[f->slot] : &s->subject[f->slot];
    size_t n = p->of_member ? s->block.n_members : s->block.n;

    if (c->at == NULL) {
        uint8_t *unknown = NEW_N(a, uint8_t, n + PAD);
        memset(unknown, 1, n);
        *c = (struct column){.at = arena_alloc(a, (n + PAD) * column_width(f->type), 16),
                             .unknown = unknown};
    }
    return c;
}

static void fill_carried(struct reckoner *r, struct facts_slice *s, const uint32_t *numbers,
                         struct arena *a)
{
    size_t at = 0, unit = 0;

    for (size_t i = 0; i < r->carried.n; i++) {
        const struct hunt_carried *k = &r->carried.at[i];
        if (!find_unit(s, numbers, &at, k->policy, k->number, k->person, &unit))
            continue;
        struct column *c = carried_column(s, k->policy, k->field, a);
        void *to = (void *)(uintptr_t)c->at; /* the storage is this month's own */
        ((uint8_t *)(uintptr_t)c->unknown)[unit] = 0;
        if (column_width(k->field->type) == 1)
            ((uint8_t *)to)[unit] = (uint8_t)k->value;
        else if (column_width(k->field->type) == 4)
            ((int32_t *)to)[unit] = (int32_t)k->value;
        else
            ((int64_t *)to)[unit] = k->value;
        c->min = k->value < c->min ? k->value : c->min;
        c->max = k->value > c->max ? k->value : c->max;
    }
}

/* ---- a unit --------------------------------------------------------------------------------- */

static const struct policy_result *result_of(const struct here *h, const struct policy *p)
{
    return &h->r->results[h->bind->position[p->index]];
}

static int64_t person_of(const struct here *h, size_t member)
{
    return h->s->persons[h->s->block.first[h->at] + (member - h->b->first[h->row])];
}

static bool is_open(const struct here *h, const struct policy *p, size_t member)
{
    const struct policy_result *r = result_of(h, p);
    bool whole = member == WHOLE_HOUSEHOLD;

    if (r->outcome[p->of_member ? member : h->row] == OUTCOME_UNDECIDED)
        return true;
    if (!whole)
        return r->member_fen[member] == AMOUNT_OPEN;
    bool open = r->subject_fen[h->row] == AMOUNT_OPEN;
    for (size_t m = h->b->first[h->row]; m < h->b->first[h->row + 1]; m++)
        open |= r->member_fen[m] == AMOUNT_OPEN;
    return open;
}

static void put_amount(struct arena *a, hunt_amounts *list, const struct hunt_amount *x)
{
    if (x->fen > 0)
        *VEC_PUSH(a, list) = *x;
}

/* The unit's amounts are decided as they are now: those of who is named no more are nothing. */
static void keep(struct here *h, const struct policy *p, int64_t person, size_t from)
{
    hunt_amounts *kept = &h->r->kept[h->number];
    size_t n = kept->n;

    for (size_t i = 0; i < n; i++)
        if (kept->at[i].policy == p && (person == 0 || kept->at[i].person == person))
            kept->at[i].fen = 0;
    bool any = false;
    for (size_t i = from; i < h->r->now.due.n; i++) {
        const struct hunt_amount *d = &h->r->now.due.at[i];
        size_t k = 0;
        while (k < kept->n && (kept->at[k].policy != p || kept->at[k].person != d->person))
            k++;
        if (k == kept->n)
            *VEC_PUSH(&h->r->slice->a, kept) = *d;
        kept->at[k].fen = d->fen;
        any = true;
    }
    for (size_t i = 0; i < kept->n; i++)
        any |= kept->at[i].policy == p && (person == 0 || kept->at[i].person == person);
    if (!any) /* that it gets nothing is decided as well */
        *VEC_PUSH(&h->r->slice->a, kept) = (struct hunt_amount){h->number, person, p, 0};
}

static bool is_there(const struct here *h, int64_t person)
{
    size_t member = 0;

    if (person == 0)
        return h->b->first[h->row + 1] > h->b->first[h->row];
    return find_member(h->s, h->at, person, &member);
}

/* Where the household's begin; they are in the order of households. */
static size_t first_of(const hunt_amounts *list, uint32_t number)
{
    size_t lo = 0, hi = list->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (list->at[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What goes on while nobody can tell: what was decided, else what was paid last. */
static void go_on(struct here *h, const struct policy *p, int64_t person)
{
    const hunt_amounts *of[2] = {&h->r->kept[h->number], &h->r->last};
    size_t n = 0;

    for (size_t k = 0; k < 2 && n == 0; k++)
        for (size_t i = first_of(of[k], h->number); i < of[k]->n; i++) {
            const struct hunt_amount *x = &of[k]->at[i];
            if (x->number != h->number)
                break;
            if (x->policy != p || (person != 0 && x->person != person))
                continue;
            n++;
            if (is_there(h, x->person))
                put_amount(h->a, h->last, x);
        }
}

MUST_CHECK static enum rc carry(struct here *h, const struct policy *p, size_t member,
                                struct err *err)
{
    bool whole = member == WHOLE_HOUSEHOLD;
    struct carried *list = NULL;

    if (p->n_carries == 0 || (!whole && !p->of_member))
        return RC_OK;
    TRY(row_carry(h->bind, h->b, h->row, p,
                  whole ? UINT32_MAX : (uint32_t)(member - h->b->first[h->row]), h->a, &list, err));
    for (size_t i = 0; i < p->n_carries; i++)
        if (list[i].known)
            *VEC_PUSH(h->a, h->carried) = (struct hunt_carried){
                h->number, whole ? 0 : person_of(h, member), p, list[i].field, list[i].value};
    return RC_OK;
}

MUST_CHECK static enum rc reckon_unit(struct here *h, const struct policy *p, size_t member,
                                      struct err *err)
{
    const struct policy_result *r = result_of(h, p);
    bool whole = member == WHOLE_HOUSEHOLD;
    int64_t person = whole ? 0 : person_of(h, member);
    hunt_amounts *due = &h->r->now.due;
    size_t from = due->n;

    TRY(carry(h, p, member, err));
    if (is_open(h, p, member)) {
        *VEC_PUSH(h->a, &h->r->now.open) = (struct hunt_open){h->number, person, p};
        go_on(h, p, person);
        return RC_OK;
    }
    struct hunt_amount one = {h->number, person, p,
                              whole ? r->subject_fen[h->row] : r->member_fen[member]};
    put_amount(h->a, due, &one);
    for (size_t m = h->b->first[h->row]; whole && m < h->b->first[h->row + 1]; m++) {
        one.person = person_of(h, m);
        one.fen = r->member_fen[m];
        put_amount(h->a, due, &one);
    }
    keep(h, p, person, from);
    for (size_t i = from; i < due->n; i++)
        put_amount(h->a, h->last, &due->at[i]);
    return RC_OK;
}

/* As award.c: the household as a whole, else persons one by one who are there. */
MUST_CHECK static enum rc reckon_policy(struct here *h, const struct policy *p, struct err *err)
{
    size_t member = 0;
    int64_t before = -1;

    for (size_t i = 0; !p->of_member && i < h->n_enrolled; i++)
        if (h->enrolled[i].policy == p && h->enrolled[i].person == 0 &&
            hunt_enrolled(&h->enrolled[i], h->on, h->r->h->position))
            return reckon_unit(h, p, WHOLE_HOUSEHOLD, err);
    for (size_t i = 0; i < h->n_enrolled; i++) {
        const struct hunt_enrolment *e = &h->enrolled[i];
        if (e->policy != p || e->person == 0 || e->person == before ||
            !hunt_enrolled(e, h->on, h->r->h->position) ||
            !find_member(h->s, h->at, e->person, &member))
            continue;
        before = e->person;
        TRY(reckon_unit(h, p, member - h->s->block.first[h->at] + h->b->first[h->row], err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc reckon_household(struct here *h, size_t *at, struct err *err)
{
    const struct hunt_slice *s = h->r->slice;

    while (*at < s->enrolments.n && s->enrolments.at[*at].number < h->number)
        ++*at;
    h->enrolled = &s->enrolments.at[*at];
    h->n_enrolled = 0;
    while (*at < s->enrolments.n && s->enrolments.at[*at].number == h->number) {
        ++*at;
        h->n_enrolled++;
    }
    for (size_t k = 0; h->n_enrolled > 0 && k < h->month->n_wanted; k++)
        TRY(reckon_policy(h, h->month->wanted[k], err));
    return RC_OK;
}

/* ---- a month -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc zone_of(struct reckoner *r, size_t k, int64_t division,
                                  struct program **out, struct err *err)
{
    const struct hunt_month *m = &r->h->months[k];
    uint32_t number = param_zone(r->h->city->rules, division);
    struct zones *z = &r->zones[k];

    for (size_t i = 0; i < z->all.n; i++)
        if (z->all.at[i].number == number) {
            *out = z->all.at[i].program;
            return RC_OK;
        }
    if (z->all.n == ZONES_MOST)
        return err_set(err, RC_LIMIT, "more than %d areas with values of their own", ZONES_MOST);
    const struct binding_spec spec = {.rules = r->h->city->rules,
                                      .policies = m->wanted,
                                      .n_policies = m->n_wanted,
                                      .division = division,
                                      .month = m->month};
    TRY(program_bind(&spec, &r->programs, out, err));
    *VEC_PUSH(&r->programs, &z->all) = (struct zone){number, *out};
    return RC_OK;
}

static void room_for(struct reckoner *r, size_t n)
{
    if (n <= r->room)
        return;
    r->room = n + n / 2;
    for (size_t i = 0; i < r->n_results; i++) {
        struct policy_result *o = &r->results[i];
        *o = (struct policy_result){mem_resize(o->outcome, r->room),
                                    mem_resize(o->reasons, r->room * sizeof *o->reasons),
                                    mem_resize(o->subject_fen, r->room * sizeof *o->subject_fen),
                                    mem_resize(o->member_fen, r->room * sizeof *o->member_fen)};
    }
}

static enum rc name_household(const struct here *h, int64_t household, struct err *err)
{
    return err_prefix(err, "household %lld-%lld, %s", (long long)h->r->h->county,
                      (long long)household, h->month->text);
}

/* Households [from, to) of the day, all with the same values. */
MUST_CHECK static enum rc reckon_zone(struct here *h, const uint32_t *numbers, size_t from,
                                      size_t to, size_t *at, struct err *err)
{
    struct reckoner *r = h->r;
    struct program *program = NULL;
    size_t failed = 0;

    TRY(zone_of(r, (size_t)(h->month - r->h->months), h->s->divisions[from], &program, err));
    h->bind = program_binding(program);
    struct block b = block_slice(h->bind, &h->s->block, from, to, h->a);
    h->b = &b;
    room_for(r, b.n > b.n_members ? b.n : b.n_members);
    enum rc rc = program_run(program, &b, r->results, r->scratch, &failed, err);
    if (rc == RC_RULE)
        name_household(h, h->s->households[from + failed], err);
    for (size_t i = from; rc == RC_OK && i < to; i++) {
        h->at = i;
        h->row = i - from;
        h->number = numbers[i];
        rc = reckon_household(h, at, err);
        if (rc == RC_RULE)
            name_household(h, h->s->households[i], err);
    }
    return rc;
}

enum rc reckon_month(struct reckoner *r, size_t k, const struct reckoned **out, struct err *err)
{
    const struct hunt_month *m = &r->h->months[k];
    struct arena *a = &r->months[k % 2];
    struct facts_slice s;
    const uint32_t *numbers = NULL;
    hunt_amounts last = {0};
    carried_list carried = {0};
    size_t at = 0;

    arena_reset(a);
    r->now = (struct reckoned){0};
    *out = &r->now;
    TRY(facts_span_on(r->span, month_first(m->month), &s, &numbers, err));
    fill_paid(r, &s, numbers, a);
    fill_carried(r, &s, numbers, a);
    struct here h = {.r = r,
                     .month = m,
                     .a = a,
                     .s = &s,
                     .on = month_first(m->month),
                     .last = &last,
                     .carried = &carried};
    for (size_t from = 0, to = 0; m->n_wanted > 0 && from < s.block.n; from = to) {
        uint32_t zone = param_zone(r->h->city->rules, s.divisions[from]);
        for (to = from + 1; to < s.block.n; to++)
            if (s.divisions[to] != s.divisions[to - 1] &&
                param_zone(r->h->city->rules, s.divisions[to]) != zone)
                break;
        TRY(reckon_zone(&h, numbers, from, to, &at, err));
    }
    r->last = last;
    r->carried = carried;
    return RC_OK;
}

/* ---- a slice -------------------------------------------------------------------------------- */

enum rc reckon_read(struct reckoner *r, struct conn *c, struct hunt_slice *s, struct err *err)
{
    r->slice = s;
    r->last = s->last;
    r->carried = (carried_list){s->carried.at, s->carried.n, s->carried.cap};
    r->kept = NEW_N(&s->a, hunt_amounts, s->n);
    for (size_t i = 0; i < s->decided.n; i++)
        if (s->decided.at[i].policy != NULL)
            *VEC_PUSH(&s->a, &r->kept[s->decided.at[i].number]) = s->decided.at[i];
    return facts_span_read(r->span, c, s->ids, s->n, err);
}

struct facts_span *reckoner_span(struct reckoner *r)
{
    return r->span;
}

enum rc reckoner_open(const struct hunt *h, struct reckoner **out, struct err *err)
{
    const struct span_spec span = {.city = h->city,
                                   .county_code = h->county,
                                   .first = month_first(h->months[0].month),
                                   .last = month_first(h->months[h->n_months - 1].month),
                                   .position = h->position,
                                   .since = h->since};
    struct reckoner *r = mem_resize(NULL, sizeof *r);

    *r = (struct reckoner){.h = h, .n_results = h->city->rules->policies.n};
    *out = r;
    r->zones = NEW_N(&r->programs, struct zones, h->n_months);
    r->results = NEW_N(&r->programs, struct policy_result, r->n_results + 1);
    r->scratch = scratch_open();
    return facts_span_open(&span, &r->span, err);
}

void reckoner_close(struct reckoner *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_results; i++) {
        mem_free(r->results[i].outcome);
        mem_free(r->results[i].reasons);
        mem_free(r->results[i].subject_fen);
        mem_free(r->results[i].member_fen);
    }
    scratch_close(r->scratch);
    facts_span_close(r->span);
    arena_deinit(&r->months[0]);
    arena_deinit(&r->months[1]);
    arena_deinit(&r->programs);
    mem_free(r);
}
