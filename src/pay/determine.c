/* See determine.h: programs, slices, and the counts of those who are not enrolled. */
#include "pay/determine_in.h"

#include <string.h>

#include "eval/slice.h"

enum { ZONES_MAX = 4096, COUNT_SLOTS = 16384 };

const str ground_words[GROUND__COUNT] = {[GROUND_DECIDED] = {"decided", 7},
                                         [GROUND_DETERMINED] = {"determined", 10},
                                         [GROUND_KEPT] = {"kept", 4}};

/* ---- which policies ------------------------------------------------------------------------- */

enum rc wanted_policies(const struct rules *rules, const struct place *place, month m,
                        struct arena *a, struct policy ***out, size_t *n, struct err *err)
{
    const struct reg *household = rules_reg(rules, S("household"));
    char text[8];

    *out = NEW_N(a, struct policy *, rules->policies.n + 1);
    *n = 0;
    for (size_t i = 0; i < rules->policies.n; i++) {
        struct policy *p = rules->policies.at[i];
        if (p->subject == household && p->list != NULL && place_line_on(place, p->line, m) &&
            !p->on_application)
            (*out)[(*n)++] = p;
    }
    if (*n > 0)
        return RC_OK;
    return err_set(err, RC_NOT_FOUND, "in %.*s no line with a programme is switched on in %s",
                   STR_ARG(place->name.text), month_text(m, text));
}

/* ---- programs ------------------------------------------------------------------------------- */

/* By outcome of a policy: do the alternatives of that name pay? A list that pays nobody has on it
 * whomever another alternative than the last one names. */
static uint8_t *pays_of(const struct policy *p, struct arena *a)
{
    uint8_t *out = NEW_N(a, uint8_t, p->outcome_code.n_values + 1);
    size_t any = 0;

    for (size_t i = 0; i < p->n_alts; i++)
        any += p->alts[i].n_pays;
    for (size_t v = 0; any == 0 && v < p->outcome_code.n_values; v++)
        out[v] = v == p->alts[p->n_alts - 1].value ? PAYS_NOTHING : PAYS_ALWAYS;
    if (any == 0)
        return out;

    for (size_t v = 0; v < p->outcome_code.n_values; v++) {
        size_t all = 0, paying = 0;
        for (size_t i = 0; i < p->n_alts; i++) {
            all += p->alts[i].value == v;
            paying += p->alts[i].value == v && p->alts[i].n_pays > 0;
        }
        out[v] = paying == 0 ? PAYS_NOTHING : paying == all ? PAYS_ALWAYS : PAYS_PERHAPS;
    }
    return out;
}

enum rc determiner_open(const struct determiner_spec *spec, struct determiner **out,
                        struct err *err)
{
    const struct rules *rules = spec->rules;
    struct determiner *d = mem_resize(NULL, sizeof *d);

    *d = (struct determiner){.spec = *spec};
    *out = NULL;
    enum rc rc =
        wanted_policies(rules, spec->place, spec->month, &d->arena, &d->wanted, &d->n_wanted, err);
    if (rc != RC_OK) {
        arena_deinit(&d->arena);
        mem_free(d);
        return rc;
    }
    d->pays = NEW_N(&d->arena, uint8_t *, rules->policies.n + 1);
    for (size_t i = 0; i < rules->policies.n; i++)
        d->pays[i] = pays_of(rules->policies.at[i], &d->arena);
    d->zones = NEW_N(&d->arena, struct zone, ZONES_MAX);
    d->results = NEW_N(&d->arena, struct policy_result, rules->policies.n + 1);
    d->n_results = rules->policies.n;
    d->scratch = scratch_open();
    d->slice_hash = sm3_open();
    d->hash = sm3_open();
    *out = d;
    return RC_OK;
}

void determiner_close(struct determiner *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n_results; i++) {
        mem_free(d->results[i].outcome);
        mem_free(d->results[i].reasons);
        mem_free(d->results[i].subject_fen);
        mem_free(d->results[i].member_fen);
    }
    scratch_close(d->scratch);
    sm3_close(d->slice_hash);
    sm3_close(d->hash);
    arena_deinit(&d->arena);
    mem_free(d);
}

enum rc determiner_zone(struct determiner *d, int64_t division, const struct zone **out,
                        struct err *err)
{
    uint32_t number = param_zone(d->spec.rules, division);

    for (size_t i = 0; i < d->n_zones; i++)
        if (d->zones[i].number == number) {
            *out = &d->zones[i];
            return RC_OK;
        }
    if (d->n_zones == ZONES_MAX)
        return err_set(err, RC_LIMIT, "more than %d areas with values of their own", ZONES_MAX);
    struct zone *z = &d->zones[d->n_zones];
    const struct binding_spec spec = {.rules = d->spec.rules,
                                      .policies = d->wanted,
                                      .n_policies = d->n_wanted,
                                      .division = division,
                                      .month = d->spec.month};
    TRY(program_bind(&spec, &d->arena, &z->program, err));
    z->number = number;
    canon_binding(d->hash, program_binding(z->program), z->hash);
    d->n_zones++;
    *out = z;
    return RC_OK;
}

/* Room in every result for so many households or members. */
static void results_reserve(struct determiner *d, size_t n)
{
    if (n <= d->cap)
        return;
    d->cap = n + n / 2;
    for (size_t i = 0; i < d->n_results; i++) {
        struct policy_result *r = &d->results[i];
        *r = (struct policy_result){mem_resize(r->outcome, d->cap),
                                    mem_resize(r->reasons, d->cap * sizeof *r->reasons),
                                    mem_resize(r->subject_fen, d->cap * sizeof *r->subject_fen),
                                    mem_resize(r->member_fen, d->cap * sizeof *r->member_fen)};
    }
}

/* ---- counts --------------------------------------------------------------------------------- */

struct found_count *count_at(struct determiner *d, struct found *out, int64_t division, size_t k)
{
    uint64_t hash = (uint64_t)division * UINT64_C(0x9e3779b97f4a7c15);
    size_t slot = hash >> 50; /* COUNT_SLOTS is 2^14 */

    for (;; slot = (slot + 1) % COUNT_SLOTS) {
        uint32_t at = out->count_slots[slot];
        if (at != 0 && out->counts.at[at - 1].division == division)
            return &out->counts.at[at - 1 + k];
        if (at != 0)
            continue;
        at = (uint32_t)out->counts.n + 1;
        out->count_slots[slot] = at;
        for (size_t i = 0; i < d->n_wanted; i++) {
            struct found_count *c = VEC_PUSH(out->a, &out->counts);
            c->division = division;
            c->policy = d->wanted[i];
        }
        return &out->counts.at[at - 1 + k];
    }
}

bool unit_qualifies(const struct here *h, const struct policy *p, size_t member)
{
    const struct policy_result *r = &h->d->results[h->bind->position[p->index]];
    uint8_t outcome = r->outcome[p->of_member ? member : h->row];

    if (outcome == OUTCOME_UNDECIDED)
        return false;
    enum pays pays = h->d->pays[p->index][outcome];
    if (pays != PAYS_PERHAPS)
        return pays == PAYS_ALWAYS;
    if (p->of_member)
        return r->member_fen[member] > 0;
    bool any = r->subject_fen[h->row] > 0;
    for (size_t m = h->b->first[h->row]; m < h->b->first[h->row + 1]; m++)
        any |= r->member_fen[m] > 0;
    return any;
}

/* Nobody here is enrolled in anything: only who could be is counted. */
static void count_others(const struct here *h)
{
    struct determiner *d = h->d;

    for (size_t k = 0; k < d->n_wanted; k++) {
        const struct policy *p = d->wanted[k];
        size_t from = p->of_member ? h->b->first[h->row] : h->row;
        size_t to = p->of_member ? h->b->first[h->row + 1] : h->row + 1;
        for (size_t u = from; u < to; u++)
            if (unit_qualifies(h, p, u))
                note_candidate(h, k, u);
    }
}

/* Enrolled, but on this day no household of the county. */
static void count_stray(struct determiner *d, const struct intake *in, struct found *out,
                        const struct enrolled *e)
{
    const int64_t division = d->spec.county * 1000000;

    for (size_t k = 0; d->spec.whole_county && k < d->n_wanted; k++) {
        if (d->wanted[k] != e->policy)
            continue;
        count_at(d, out, division, k)->no_more++;
        if (d->spec.decide == DECIDE_NONE || d->spec.decide == DECIDE_FIRST)
            note_stray(out, e, division, in);
    }
}

/* ---- a slice -------------------------------------------------------------------------------- */

/* How far the rows beside the households have been taken. */
struct beside {
    size_t enrolled, last, decided;
};

static void take_enrolled(struct here *h, struct beside *at)
{
    const struct intake *in = h->in;

    for (; at->enrolled < in->enrolled.n; at->enrolled++) {
        const struct enrolled *e = &in->enrolled.at[at->enrolled];
        if (e->household >= h->household)
            break;
        count_stray(h->d, in, h->out, e);
    }
    h->enrolled = in->enrolled.n > 0 ? &in->enrolled.at[at->enrolled] : NULL;
    h->n_enrolled = 0;
    while (at->enrolled < in->enrolled.n &&
           in->enrolled.at[at->enrolled].household == h->household) {
        at->enrolled++;
        h->n_enrolled++;
    }
}

/* The household's own among rows in the order of households. */
static size_t take_amounts(const struct unit_amount *rows, size_t n, size_t *at, int64_t household,
                           const struct unit_amount **out)
{
    while (*at < n && rows[*at].household < household)
        ++*at;
    size_t first = *at;
    *out = n > 0 ? &rows[first] : NULL;
    while (*at < n && rows[*at].household == household)
        ++*at;
    return *at - first;
}

/* Last month's awards of the household; those of who is not there any more are passed by. */
static void take_last(struct here *h, struct beside *at)
{
    const struct intake *in = h->in;
    size_t from = at->last;

    while (at->last < in->awards.n && in->awards.at[at->last].household < h->household)
        at->last++;
    note_gone(h->d, h->out, in->awards.at, from, at->last);
    h->n_last = take_amounts(in->awards.at, in->awards.n, &at->last, h->household, &h->last);
}

MUST_CHECK static enum rc determine_household(struct here *h, struct beside *at, struct err *err)
{
    enum rc rc = RC_OK;

    const struct intake *in = h->in;
    size_t first = h->out->awards.n;

    take_enrolled(h, at);
    take_last(h, at);
    if (h->n_enrolled == 0) {
        count_others(h);
        note_changes(h, first);
        return RC_OK;
    }
    h->n_decided =
        take_amounts(in->decided.at, in->decided.n, &at->decided, h->household, &h->decided);
    h->has_facts = false;
    for (size_t k = 0; rc == RC_OK && k < h->d->n_wanted; k++)
        rc = award_policy(h, k, err);
    if (rc == RC_OK)
        note_changes(h, first);
    return rc;
}

static enum rc name_household(const struct determiner *d, int64_t household, struct err *err)
{
    char m[8];

    return err_prefix(err, "household %lld-%lld, %s", (long long)d->spec.county,
                      (long long)household, month_text(d->spec.month, m));
}

/* Households [from, to) of the slice, all in one zone. */
MUST_CHECK static enum rc determine_zone(struct determiner *d, const struct intake *in, size_t from,
                                         size_t to, struct beside *at, struct found *out,
                                         struct err *err)
{
    const struct facts_slice *s = &in->slice;
    const struct zone *zone = NULL;
    struct arena a = {0};
    size_t failed = 0;

    TRY(determiner_zone(d, s->divisions[from], &zone, err));
    const struct binding *bind = program_binding(zone->program);
    struct block b = block_slice(bind, &s->block, from, to, &a);
    results_reserve(d, b.n > b.n_members ? b.n : b.n_members);
    enum rc rc = program_run(zone->program, &b, d->results, d->scratch, &failed, err);
    if (rc == RC_OK)
        canon_block(d->slice_hash, bind, &b, d->results, s->households + from);
    else if (rc == RC_RULE)
        name_household(d, s->households[from + failed], err);
    struct here h = {.d = d, .in = in, .out = out, .zone = zone, .bind = bind, .b = &b};
    for (size_t i = from; rc == RC_OK && i < to; i++) {
        h.at = i;
        h.row = i - from;
        h.household = s->households[i];
        h.division = s->divisions[i];
        rc = determine_household(&h, at, err);
        if (rc == RC_RULE)
            name_household(d, h.household, err);
    }
    arena_deinit(&a);
    return rc;
}

enum rc determine_slice(struct determiner *d, const struct intake *in, struct arena *a,
                        struct found *out, struct err *err)
{
    const struct facts_slice *s = &in->slice;
    struct beside at = {0};

    *out = (struct found){.a = a, .first = in->from, .last = in->upto};
    out->households = (int64_t)s->block.n;
    out->persons = (int64_t)s->block.n_members;
    out->count_slots = NEW_N(a, uint32_t, COUNT_SLOTS);
    sm3_reset(d->slice_hash);
    for (size_t from = 0, to = 0; from < s->block.n; from = to) {
        uint32_t zone = param_zone(d->spec.rules, s->divisions[from]);
        for (to = from + 1; to < s->block.n; to++)
            if (s->divisions[to] != s->divisions[to - 1] &&
                param_zone(d->spec.rules, s->divisions[to]) != zone)
                break;
        TRY(determine_zone(d, in, from, to, &at, out, err));
    }
    for (; at.enrolled < in->enrolled.n; at.enrolled++)
        count_stray(d, in, out, &in->enrolled.at[at.enrolled]);
    note_gone(d, out, in->awards.at, at.last, in->awards.n);
    sm3_end(d->slice_hash, out->hash);
    return RC_OK;
}
