/*
 * The smallest single changes that would turn a refusal. Nothing is assumed of how the outcome
 * depends on a fact: the outcome is worked out for whole ranges of the fact's values at once, a range
 * that is refused throughout is left, one that is mixed is halved, the nearer half first. So what is
 * found is the nearest value, and where nothing is found there is none.
 */
#include "eval/row.h"

#include <assert.h>
#include <stdlib.h>
#include "base/limits.h"

enum {
    BUDGET = 4000,       /* outcomes worked out for one fact */
    BEYOND_BUDGET = 400, /* of these for what lies beyond the value found */
    COUNT_MAX = 1000000, /* of counts, months and days without a declared bound */
    WORK_MAX = 2000000,  /* members looked at in all: a subject of thousands stays answerable */
};

struct search {
    const struct binding *bind;
    const struct block *block;
    size_t row;
    const struct policy *policy;
    uint32_t who;
    uint64_t paying; /* alternatives that pay */
    struct arena *a; /* results */
    struct arena scratch;
    struct row_vary vary;
    size_t probes, work; /* outcomes worked out: for this fact; by members, for all */
    bool cut;
    VEC(struct change_found) found;
};

enum verdict { REFUSED, PAID, MIXED };

/* The outcome for every value of the varied fact from lo to hi. */
static enum verdict probe(struct search *s, int64_t lo, int64_t hi, uint64_t *possible)
{
    const struct row_unit *u;
    struct row r;

    s->probes++;
    s->vary.lo = lo;
    s->vary.hi = hi;
    arena_reset(&s->scratch);
    row_open(&r, s->bind, s->block, s->row, &s->scratch);
    r.vary = &s->vary;
    s->work += (size_t)r.n_members + 1;
    u = row_unit(&r, s->policy, s->who);
    *possible = u->possible;
    if (u->error || (u->undecided && !u->open) || !(u->possible & s->paying))
        return REFUSED;
    if (!u->undecided || (!(u->possible & ~s->paying) && !u->may_stay_undecided))
        return PAID;
    return MIXED;
}

/* ---- nearest value -------------------------------------------------------------------------- */

struct stretch {
    int64_t lo, hi;
};

/* Halves, without an overflow of the difference. */
static int64_t middle(struct stretch x)
{
    return x.lo + (int64_t)(((uint64_t)x.hi - (uint64_t)x.lo) / 2);
}

/* In [lo, hi] the paying value nearest to the low end (up) or to the high end. */
static bool nearest(struct search *s, int64_t lo, int64_t hi, bool up, int64_t *out)
{
    struct stretch todo[70];
    size_t n = 0;
    uint64_t possible;

    if (lo > hi)
        return false;
    todo[n++] = (struct stretch){lo, hi};
    while (n) {
        struct stretch x = todo[--n];
        enum verdict v;
        int64_t mid;
        if (s->probes >= BUDGET || s->work >= WORK_MAX) {
            s->cut = true;
            return false;
        }
        v = probe(s, x.lo, x.hi, &possible);
        if (v == PAID) {
            *out = up ? x.lo : x.hi;
            return true;
        }
        if (v == REFUSED || x.lo == x.hi)
            continue;
        mid = middle(x);
        assert(n + 2 <= sizeof todo / sizeof *todo); /* each halving keeps one half back */
        todo[n++] = up ? (struct stretch){mid + 1, x.hi} : (struct stretch){x.lo, mid};
        todo[n++] = up ? (struct stretch){x.lo, mid} : (struct stretch){mid + 1, x.hi};
    }
    return false;
}

/* Does every value in [lo, hi] give this outcome? false also when it would take too long to tell. */
static bool all_give(struct search *s, int64_t lo, int64_t hi, uint8_t outcome)
{
    struct stretch todo[70];
    size_t n = 0, limit = s->probes + BEYOND_BUDGET;

    todo[n++] = (struct stretch){lo, hi};
    while (n) {
        struct stretch x = todo[--n];
        uint64_t possible;
        enum verdict v = probe(s, x.lo, x.hi, &possible);
        bool same = v == PAID;
        for (size_t i = 0; same && i < s->policy->n_alts; i++)
            same = !(possible >> i & 1) || s->policy->alts[i].value == outcome;
        if (same)
            continue;
        if (v == REFUSED || x.lo == x.hi || s->probes >= limit || s->work >= WORK_MAX)
            return false;
        assert(n + 2 <= sizeof todo / sizeof *todo);
        todo[n++] = (struct stretch){x.lo, middle(x)};
        todo[n++] = (struct stretch){middle(x) + 1, x.hi};
    }
    return true;
}

/* ---- one fact ------------------------------------------------------------------------------- */

static bool is_money(enum kind k)
{
    return k == K_MONEY || k == K_MONEY_MONTH || k == K_MONEY_YEAR;
}

/* A declared bound as a whole number inside it. */
static bool bound(struct row *r, const struct expr *e, uint32_t who, enum rounding how,
                  int64_t *out)
{
    struct val v;
    rat whole;

    if (!e)
        return false;
    v = row_value(r, e, (struct row_at){who, 0, NULL});
    return v.form == VAL_NUMBER && rat_round(v.num, how, 1, &whole) && rat_fen(whole, out);
}

static struct stretch search_range(struct row *r, const struct row_read *fact)
{
    const struct field *f = fact->field;
    bool money = is_money(f->type.kind);
    struct stretch all = {money ? -LIMIT_FEN : 0, money ? LIMIT_FEN : COUNT_MAX};

    bound(r, f->at_least, fact->member, ROUND_UP, &all.lo);
    bound(r, f->at_most, fact->member, ROUND_DOWN, &all.hi);
    return all;
}

static struct change_found *add(struct search *s, const struct row_read *fact, bool was_unknown,
                                int64_t from, int64_t to)
{
    struct change_found *c;
    const struct row_unit *u;
    struct row r;

    s->vary.lo = s->vary.hi = to;
    arena_reset(&s->scratch);
    row_open(&r, s->bind, s->block, s->row, &s->scratch);
    r.vary = &s->vary;
    u = row_unit(&r, s->policy, s->who);
    c = VEC_PUSH(s->a, &s->found);
    c->change = (struct turn){.field = fact->field,
                              .member = fact->member,
                              .was_unknown = was_unknown,
                              .from = from,
                              .to = to,
                              .outcome = (uint8_t)s->policy->alts[u->alt].value};
    return c;
}

static void search_number(struct search *s, struct row *now, const struct row_read *fact,
                          bool unknown, int64_t from)
{
    struct stretch all = search_range(now, fact);
    int64_t up = 0, down = 0, least = all.lo;
    struct change_found *c;
    bool found_up, found;

    found_up = nearest(s, from + !unknown > all.lo ? from + !unknown : all.lo, all.hi, true, &up);
    /* Downwards only what is nearer still is of interest. */
    if (found_up && from - (up - from) + 1 > least)
        least = from - (up - from) + 1;
    found = nearest(s, least, from - 1 < all.hi ? from - 1 : all.hi, false, &down);
    if (!found && !found_up)
        return;
    c = add(s, fact, unknown, from, found ? down : up);
    c->beyond = found ? all_give(s, all.lo, down, c->change.outcome)
                      : all_give(s, up, all.hi, c->change.outcome);
}

static void search_values(struct search *s, const struct row_read *fact, bool unknown, int64_t from)
{
    int64_t n = fact->field->type.kind == K_BOOL ? 2 : (int64_t)fact->field->type.code->n_values;
    uint64_t possible;

    s->cut |= s->work >= WORK_MAX;
    for (int64_t v = 0; v < n && s->work < WORK_MAX; v++)
        if ((unknown || v != from) && probe(s, v, v, &possible) == PAID)
            add(s, fact, unknown, from, v);
}

static void search_fact(struct search *s, struct row *now, const struct row_read *fact)
{
    struct val v = row_field(now, fact->field, fact->member);
    bool unknown = v.form == VAL_UNKNOWN;
    int64_t from = 0;

    s->vary = (struct row_vary){.field = fact->field, .member = fact->member};
    s->probes = 0;
    switch (fact->field->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        if (!unknown)
            from = (int64_t)v.num.num;
        search_number(s, now, fact, unknown, from);
        break;
    case K_BOOL:
    case K_CODE:
        search_values(s, fact, unknown, unknown ? 0 : v.plain);
        break;
    default:
        break; /* nobody can be told to have been born on another day */
    }
}

/* ---- which facts ---------------------------------------------------------------------------- */

static int read_order(const void *pa, const void *pb)
{
    const struct row_read *a = pa, *b = pb;
    /* The subject's own number is the largest; one more wraps it to the front. */
    uint32_t x = a->member + 1, y = b->member + 1;

    if (x != y)
        return x < y ? -1 : 1;
    return (a->field->slot > b->field->slot) - (a->field->slot < b->field->slot);
}

/* Facts that a condition reads, whatever was remembered before. */
static void read_by(struct search *s, const struct expr *cond, struct row *all)
{
    struct row r;

    arena_reset(&s->scratch);
    row_open(&r, s->bind, s->block, s->row, &s->scratch);
    r.recording = true;
    row_value(&r, cond, row_unit_at(s->policy, s->who));
    for (size_t i = 0; i < r.reads.n; i++)
        *VEC_PUSH(s->a, &all->reads) = r.reads.at[i];
}

/*
 * Only a condition that failed can let somebody in, and only one of the alternative that decided
 * can give way: all others change nothing by changing.
 */
static void facts_that_matter(struct search *s, const struct row_unit *u, struct row *all)
{
    const struct policy *p = s->policy;
    size_t n = 0;

    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];
        if (!(u->tried >> i & 1))
            continue;
        for (size_t k = 0; k < alt->n_conds; k++)
            if (i == u->alt || (u->failed >> (alt->first_cond + k) & 1))
                read_by(s, alt->conds[k].expr, all);
    }
    if (all->reads.n)
        qsort(all->reads.at, all->reads.n, sizeof *all->reads.at, read_order);
    for (size_t i = 0; i < all->reads.n; i++)
        if (n == 0 || read_order(&all->reads.at[n - 1], &all->reads.at[i]) != 0)
            all->reads.at[n++] = all->reads.at[i];
    all->reads.n = n;
}

enum rc row_changes_bound(const struct binding *bind, const struct block *b, size_t row,
                          const struct determination *d, struct arena *a, struct change_found **out,
                          size_t *n, bool *complete, struct err *err)
{
    struct search s = {.bind = bind, .block = b, .row = row, .policy = d->policy, .a = a};
    const struct row_unit *u;
    struct row now;

    *out = NULL;
    *n = 0;
    *complete = true;
    s.who = d->member;
    if (d->undecided || d->policy->alts[d->alt].n_pays)
        return RC_OK;
    for (size_t i = 0; i < d->policy->n_alts; i++)
        if (d->policy->alts[i].n_pays)
            s.paying |= UINT64_C(1) << i;
    arena_init(&s.scratch, 0);
    row_open(&now, bind, b, row, a);
    u = row_unit(&now, d->policy, d->member);
    if (u->error) {
        arena_deinit(&s.scratch);
        return err_set(err, RC_RULE, "%.*s", STR_ARG(*u->error));
    }
    facts_that_matter(&s, u, &now);
    for (size_t i = 0; i < now.reads.n; i++)
        search_fact(&s, &now, &now.reads.at[i]);
    arena_deinit(&s.scratch);
    *out = s.found.at;
    *n = s.found.n;
    *complete = !s.cut;
    return RC_OK;
}

enum rc row_changes(struct program *p, const struct block *b, size_t row,
                    const struct determination *d, struct arena *a, struct turn **out, size_t *n,
                    bool *complete, struct err *err)
{
    struct change_found *found;

    *out = NULL;
    TRY(row_changes_bound(program_binding(p), b, row, d, a, &found, n, complete, err));
    *out = NEW_N(a, struct turn, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = found[i].change;
    return RC_OK;
}
