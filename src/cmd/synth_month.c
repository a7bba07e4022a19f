/*
 * The month before: the enrolled are determined by the rules over the facts that held then, and
 * what comes of it is stored as a run of that month would have left it, so that the first run of a
 * synthetic store finds last month's amounts and families in the middle of a gradual exit.
 */
#include <string.h>

#include "cmd/synth.h"
#include "cmd/synth_pay.h"
#include "eval/eval.h"

enum { ZONES_MAX = 256 };

struct zone {
    uint32_t number;
    struct program *program;
};

/* The enrolled households of a batch that stand in one zone, as a block. */
struct block_store {
    struct block block;
    size_t *households; /* their places in the batch */
    uint32_t *first;
    struct column *subject, *member, *paid;
    struct policy_result *results;
};

struct synth_month {
    struct change *change;
    const struct city *city;
    const struct synth_rules *rules;
    month month;
    struct arena arena; /* programs */
    struct arena batch; /* of the batch at hand */
    struct zone zones[ZONES_MAX];
    size_t n_zones;
    struct scratch *scratch;
    struct synth_pay *pay;
};

enum rc synth_month_open(struct change *c, const struct city *city, const struct synth_rules *rules,
                         struct id_source *ids, struct synth_month **out, struct err *err)
{
    struct synth_month *m = mem_resize(NULL, sizeof *m);
    *m = (struct synth_month){.change = c, .city = city, .rules = rules, .month = rules->month - 1};
    enum rc rc = synth_pay_open(c, city, m->month, id_next(ids), &m->pay, err);
    if (rc != RC_OK) {
        mem_free(m);
        return rc;
    }
    m->scratch = scratch_open();
    *out = m;
    return RC_OK;
}

enum rc synth_month_close(struct synth_month *m, struct err *err)
{
    if (m == NULL)
        return RC_OK;
    enum rc rc = synth_pay_close(m->pay, err);
    scratch_close(m->scratch);
    arena_deinit(&m->batch);
    arena_deinit(&m->arena);
    mem_free(m);
    return rc;
}

MUST_CHECK static enum rc program_for(struct synth_month *m, int64_t division, struct program **out,
                                      struct err *err)
{
    uint32_t number = param_zone(m->rules->rules, division);
    for (size_t i = 0; i < m->n_zones; i++)
        if (m->zones[i].number == number) {
            *out = m->zones[i].program;
            return RC_OK;
        }
    if (m->n_zones == ZONES_MAX)
        return err_set(err, RC_LIMIT, "more than %d areas with values of their own", ZONES_MAX);
    struct binding_spec spec = {.rules = m->rules->rules,
                                .policies = m->rules->policy,
                                .n_policies = PROGRAMMES,
                                .division = division,
                                .month = m->month};
    TRY(program_bind(&spec, &m->arena, out, err));
    m->zones[m->n_zones++] = (struct zone){number, *out};
    return RC_OK;
}

/* ---- the block ------------------------------------------------------------------------------ */

static bool anybody_enrolled(const struct synth_household *h)
{
    bool any = h->enrolled;
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < PROGRAMMES; k++)
            any |= h->members[i].enrolled[k];
    return any;
}

static void put(struct column *c, size_t width, size_t row, int64_t v, bool unknown)
{
    char *at = (char *)(uintptr_t)c->at;
    uint8_t *flags = (uint8_t *)(uintptr_t)c->unknown;
    v = unknown ? 0 : v;
    flags[row] = unknown;
    if (width == 1)
        ((uint8_t *)at)[row] = (uint8_t)v;
    else if (width == 4)
        memcpy(at + 4 * row, &(int32_t){(int32_t)v}, 4);
    else
        memcpy(at + 8 * row, &v, 8);
    c->min = v < c->min ? v : c->min;
    c->max = v > c->max ? v : c->max;
}

static struct column column_new(struct arena *a, size_t width, size_t rows)
{
    enum { PADDING = 64 };
    return (struct column){.at = arena_alloc(a, width * rows + PADDING, 16),
                           .unknown = arena_alloc(a, rows + PADDING, 16)};
}

static void fill_household(const struct synth_rules *s, const struct synth_household *h, size_t row,
                           struct column *columns)
{
    const struct facts_of_household *f = h->changed ? &h->before : &h->now;
    for (size_t k = 0; k < H__COUNT; k++) {
        const struct field *field = s->household[k];
        bool unknown = f->unknown >> k & 1;
        int64_t v = f->value[k];
        if (k == H_FIRST_ABOVE && h->above_since != 0) {
            unknown = false;
            v = h->above_since;
        }
        put(&columns[field->slot], column_width(field->type), row, v, unknown);
    }
}

static void fill_person(const struct synth_rules *s, const struct synth_household *h,
                        const struct synth_person *p, size_t row, struct column *columns)
{
    const struct facts_of_person *f = h->changed ? &p->before : &p->now;
    for (size_t k = 0; k < P__COUNT; k++) {
        const struct field *field = s->person[k];
        put(&columns[field->slot], column_width(field->type), row, f->value[k],
            f->unknown >> k & 1);
    }
    put(&columns[s->birth->slot], 4, row, p->birth, false);
}

static void block_columns(struct synth_month *m, struct block_store *t)
{
    const struct synth_rules *s = m->rules;
    struct arena *a = &m->batch;
    t->subject = NEW_N(a, struct column, s->household_reg->n_slots + 1);
    t->member = NEW_N(a, struct column, s->person_reg->n_slots + 1);
    t->paid = NEW_N(a, struct column, s->rules->policies.n + 1);
    for (size_t k = 0; k < H__COUNT; k++)
        t->subject[s->household[k]->slot] =
            column_new(a, column_width(s->household[k]->type), t->block.n);
    for (size_t k = 0; k < P__COUNT; k++)
        t->member[s->person[k]->slot] =
            column_new(a, column_width(s->person[k]->type), t->block.n_members);
    t->member[s->birth->slot] = column_new(a, 4, t->block.n_members);
    t->paid[s->policy[DIBAO]->index] = column_new(a, 8, t->block.n);
}

static void block_fill(struct synth_month *m, const struct synth_batch *b, struct block_store *t)
{
    const struct synth_rules *s = m->rules;
    struct column *paid = &t->paid[s->policy[DIBAO]->index];
    size_t row = 0;
    for (size_t i = 0; i < t->block.n; i++) {
        const struct synth_household *h = &b->households[t->households[i]];
        fill_household(s, h, i, t->subject);
        put(paid, 8, i, h->paid_before, false);
        t->first[i] = (uint32_t)row;
        for (size_t k = 0; k < h->n; k++)
            fill_person(s, h, &h->members[k], row++, t->member);
    }
    t->first[t->block.n] = (uint32_t)row;
    paid->unknown = NULL;
    t->block.first = t->first;
    t->block.subject = t->subject;
    t->block.member = t->member;
    t->block.paid_last = t->paid;
}

static void results_make(struct synth_month *m, struct block_store *t, size_t n_policies)
{
    size_t units = t->block.n > t->block.n_members ? t->block.n : t->block.n_members;
    t->results = NEW_N(&m->batch, struct policy_result, n_policies);
    for (size_t i = 0; i < n_policies; i++)
        t->results[i] = (struct policy_result){
            NEW_N(&m->batch, uint8_t, units), NEW_N(&m->batch, uint64_t, units),
            NEW_N(&m->batch, int64_t, t->block.n), NEW_N(&m->batch, int64_t, t->block.n_members)};
}

/* ---- what comes of it ----------------------------------------------------------------------- */

static size_t result_of(const struct program *p, const struct policy *policy)
{
    struct policy *const *bound = NULL;
    size_t n = program_policies(p, &bound);
    for (size_t i = 0; i < n; i++)
        if (bound[i] == policy)
            return i;
    return 0;
}

MUST_CHECK static enum rc dibao_result(struct synth_month *m, const struct block_store *t,
                                       const struct program *p, const struct synth_household *h,
                                       size_t i, struct err *err)
{
    const struct policy *policy = m->rules->policy[DIBAO];
    const struct policy_result *r = &t->results[result_of(p, policy)];
    struct synth_result out = {.policy = policy,
                               .household = h->id,
                               .payee = h->members[0].id,
                               .division = h->division,
                               .outcome = r->outcome[i],
                               .reasons = r->reasons[i],
                               .fen = r->subject_fen[i],
                               .above_since = h->above_since,
                               .persons = (int64_t)h->n};
    TRY(synth_pay_determination(m->pay, &out, err));
    for (size_t k = 0; k < h->n; k++)
        TRY(synth_pay_member(m->pay, &out, h->members[k].id, r->member_fen[t->first[i] + k], err));
    return synth_pay_payment(m->pay, &out, err);
}

MUST_CHECK static enum rc person_result(struct synth_month *m, const struct block_store *t,
                                        const struct program *p, const struct synth_household *h,
                                        size_t i, size_t k, enum programme programme,
                                        struct err *err)
{
    const struct policy *policy = m->rules->policy[programme];
    const struct policy_result *r = &t->results[result_of(p, policy)];
    const struct synth_person *member = &h->members[k];
    size_t unit = t->first[i] + k;
    bool own = member->card[0] != '\0';
    struct synth_result out = {.policy = policy,
                               .household = h->id,
                               .person = member->id,
                               .payee = own ? member->id : h->members[0].id,
                               .division = h->division,
                               .outcome = r->outcome[unit],
                               .reasons = r->reasons[unit],
                               .fen = r->member_fen[unit],
                               .persons = 1};
    TRY(synth_pay_determination(m->pay, &out, err));
    return synth_pay_payment(m->pay, &out, err);
}

MUST_CHECK static enum rc household_results(struct synth_month *m, const struct block_store *t,
                                            const struct program *p,
                                            const struct synth_household *h, size_t i,
                                            struct err *err)
{
    if (h->enrolled)
        TRY(dibao_result(m, t, p, h, i, err));
    for (size_t k = 0; k < h->n; k++)
        for (int programme = TEKUN; programme < PROGRAMMES; programme++)
            if (h->members[k].enrolled[programme])
                TRY(person_result(m, t, p, h, i, k, (enum programme)programme, err));
    return RC_OK;
}

/* The households from `at` on that stand in one zone with the first of them. */
static void block_take(struct synth_month *m, const struct synth_batch *b, size_t *at,
                       struct block_store *t, int64_t *division)
{
    uint32_t zone = 0;
    *t = (struct block_store){.households = NEW_N(&m->batch, size_t, b->n),
                              .first = NEW_N(&m->batch, uint32_t, b->n + 1)};
    for (; *at < b->n; ++*at) {
        const struct synth_household *h = &b->households[*at];
        if (!anybody_enrolled(h))
            continue;
        uint32_t its = param_zone(m->rules->rules, h->division);
        if (t->block.n > 0 && its != zone)
            break;
        zone = its;
        *division = h->division;
        t->households[t->block.n++] = *at;
        t->block.n_members += h->n;
    }
}

enum rc synth_month_batch(struct synth_month *m, const struct synth_batch *b, struct err *err)
{
    for (size_t at = 0; at < b->n;) {
        struct block_store t;
        struct program *program = NULL;
        struct policy *const *bound = NULL;
        int64_t division = 0;
        size_t row = 0;
        arena_reset(&m->batch);
        block_take(m, b, &at, &t, &division);
        if (t.block.n == 0)
            break;
        TRY(program_for(m, division, &program, err));
        block_columns(m, &t);
        block_fill(m, b, &t);
        results_make(m, &t, program_policies(program, &bound));
        TRY(program_run(program, &t.block, t.results, m->scratch, &row, err));
        for (size_t i = 0; i < t.block.n; i++)
            TRY(household_results(m, &t, program, &b->households[t.households[i]], i, err));
    }
    return RC_OK;
}
