/* See figures.h. A household after the other: where and who it was on the eve, where and who on the last day. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pay/figures_in.h"
#include "pay/pay_sql.h"
#include "pay/proposal.h"

/* ---- words ----------------------------------------------------------------------------------- */

static const struct {
    const char *word, *zh, *en;
    enum figure_kind kind;
} figure_words[] = {
#define FIGURE(name, kind, zh, en) {#name, zh, en, FIGURE_##kind},
#include "pay/figure.def"
#undef FIGURE
};

static const struct {
    const char *word, *zh, *en;
} gap_words[] = {
#define GAP(name, zh, en) {#name, zh, en},
#include "pay/figure_gap.def"
#undef GAP
};

const char *figure_word(enum figure f)
{
    return figure_words[f].word;
}

const char *figure_label(enum figure f, bool english)
{
    return english ? figure_words[f].en : figure_words[f].zh;
}

enum figure_kind figure_kind(enum figure f)
{
    return figure_words[f].kind;
}

enum figure figure_find(str word)
{
    enum figure f = 0;
    while (f < FIGURE__COUNT && !str_eq(word, str_from(figure_words[f].word)))
        f++;
    return f;
}

const char *figure_gap_word(enum figure_gap g)
{
    return gap_words[g].word;
}

const char *figure_gap_label(enum figure_gap g, bool english)
{
    return english ? gap_words[g].en : gap_words[g].zh;
}

enum figure_gap figure_gap_find(str word)
{
    enum figure_gap g = 0;
    while (g < GAP__COUNT && !str_eq(word, str_from(gap_words[g].word)))
        g++;
    return g;
}

bool figure_adds_up(const struct figure_line *l)
{
    const int64_t *n = l->n;
    return n[FIGURE_households_start] + n[FIGURE_households_new] + n[FIGURE_households_moved_in] -
                   n[FIGURE_households_stopped] - n[FIGURE_households_moved_out] -
                   n[FIGURE_households_dead] ==
               n[FIGURE_households_end] &&
           n[FIGURE_persons_start] + n[FIGURE_persons_new] + n[FIGURE_persons_moved_in] +
                   n[FIGURE_persons_joined] - n[FIGURE_persons_stopped] -
                   n[FIGURE_persons_moved_out] - n[FIGURE_persons_dead] - n[FIGURE_persons_left] ==
               n[FIGURE_persons_end];
}

/* ---- what is being counted ------------------------------------------------------------------- */

struct place_now {
    int64_t recorded, now;
};

struct stopped {
    int64_t household, persons;
    const struct policy *policy;
};

struct counting {
    const struct figures_query *q;
    struct conn *c;
    struct arena *a;
    int64_t lo, hi;
    struct figure_county k;
    VEC(struct figure_line) lines;
    size_t *slots; /* by village and programme: index + 1 */
    size_t n_slots;
    VEC(struct place_now) places;
    VEC(struct stopped) stopped;
    VEC(struct figure_stop) stops;
};

/* A person of a household on the two days. */
struct head {
    const struct figure_member *m;
    bool eve, last; /* lives there, and lives */
};

/* One household of the county. */
struct house {
    int64_t household, eve_at, last_at; /* villages; 0: nowhere */
    struct head *heads;
    size_t n;
    const struct figure_unit *units;
    size_t n_units;
    const struct figure_sum *awards, *once;
    size_t n_awards, n_once;
};

/* One programme of it. */
struct share {
    const struct policy *policy;
    bool *eve, *last; /* by head */
    int64_t n_eve, n_last;
    bool listed_eve, listed_last; /* an enrolment holds, whoever lives */
    bool listed;                  /* on any of the days */
    struct figure_line at_eve, at_last;
};

static bool holds(day from, day to, day on)
{
    return from <= on && to > on;
}

static bool has_id(const int64_t *list, size_t n, int64_t id)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (list[mid] == id)
            return true;
        if (list[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static size_t slot_of(const struct counting *w, int64_t division, const struct policy *p)
{
    uint64_t h = (uint64_t)division * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)p * 0xff51afd7u;
    size_t at = (size_t)(h >> 20) & (w->n_slots - 1);
    while (w->slots[at] != 0) {
        const struct figure_line *l = &w->lines.at[w->slots[at] - 1];
        if (l->division == division && l->policy == p)
            break;
        at = (at + 1) & (w->n_slots - 1);
    }
    return at;
}

static void grow_slots(struct counting *w)
{
    w->n_slots = w->n_slots == 0 ? 1024 : w->n_slots * 2;
    w->slots = NEW_N(w->a, size_t, w->n_slots);
    for (size_t i = 0; i < w->lines.n; i++)
        w->slots[slot_of(w, w->lines.at[i].division, w->lines.at[i].policy)] = i + 1;
}

static int rank(const struct rules *r, const struct policy *p)
{
    size_t i = 0;
    while (i < r->policies.n && r->policies.at[i] != p)
        i++;
    return (int)i;
}

static struct figure_line *line_of(struct counting *w, int64_t division, const struct policy *p)
{
    if (w->lines.n * 2 >= w->n_slots)
        grow_slots(w);
    size_t at = slot_of(w, division, p);
    if (w->slots[at] == 0) {
        struct figure_line *l = VEC_PUSH(w->a, &w->lines);
        l->division = division;
        l->policy = p;
        l->rank = rank(w->q->city->rules, p);
        w->slots[at] = w->lines.n;
    }
    return &w->lines.at[w->slots[at] - 1];
}

static void add(struct figure_line *to, const struct figure_line *from)
{
    for (int i = 0; i < FIGURE__COUNT; i++)
        to->n[i] += from->n[i];
    for (int i = 0; i < GAP__COUNT; i++)
        to->gap[i] += from->gap[i];
}

static bool is_zero(const struct figure_line *l)
{
    const struct figure_line zero = {0};
    return memcmp(l->n, zero.n, sizeof l->n) == 0 && memcmp(l->gap, zero.gap, sizeof l->gap) == 0;
}

static void give(struct counting *w, const struct house *h, const struct share *s, int64_t division,
                 const struct figure_line *l)
{
    const struct figure_item item = {.county = w->k.county,
                                     .household = h->household,
                                     .division = division,
                                     .policy = s->policy,
                                     .n = l->n,
                                     .gap = l->gap};
    if (division < w->lo || division > w->hi || is_zero(l))
        return;
    assert(figure_adds_up(l));
    add(line_of(w, division, s->policy), l);
    if (w->q->item != NULL)
        w->q->item(w->q->ctx, &item);
}

/* What the village's code stands for on the last day. */
MUST_CHECK static enum rc village_now(struct counting *w, int64_t recorded, int64_t *out,
                                      struct err *err)
{
    char on[11];
    struct division_info info = {.division = recorded};
    *out = recorded;
    if (recorded == 0)
        return RC_OK;
    for (size_t i = 0; i < w->places.n; i++)
        if (w->places.at[i].recorded == recorded) {
            *out = w->places.at[i].now;
            return RC_OK;
        }
    date_text(w->k.last, on);
    enum rc rc = division_now(w->c, recorded, str_from(on), w->a, &info, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
        return rc;
    *out = rc == RC_OK ? info.division : recorded;
    *VEC_PUSH(w->a, &w->places) = (struct place_now){recorded, *out};
    return RC_OK;
}

/* ---- one programme of a household ------------------------------------------------------------ */

static void find_share(const struct counting *w, const struct house *h, struct share *s)
{
    for (size_t i = 0; i < h->n_units; i++) {
        const struct figure_unit *u = &h->units[i];
        if (u->policy != s->policy)
            continue;
        bool eve = holds(u->from, u->to, w->k.eve), last = holds(u->from, u->to, w->k.last);
        s->listed = true;
        s->listed_eve |= eve;
        s->listed_last |= last;
        for (size_t m = 0; m < h->n; m++) {
            if (u->person != 0 && u->person != h->heads[m].m->person)
                continue;
            s->eve[m] |= eve && h->heads[m].eve && h->eve_at != 0;
            s->last[m] |= last && h->heads[m].last && h->last_at != 0;
        }
    }
    for (size_t m = 0; m < h->n; m++) {
        s->n_eve += s->eve[m];
        s->n_last += s->last[m];
    }
}

static bool is_dead(const struct counting *w, const struct figure_member *m)
{
    return m->death != 0 && m->death <= w->k.last;
}

enum way { WAY_STAYS, WAY_STOPPED, WAY_MOVED, WAY_DEAD };

/* How a household that was there on the eve isn't on the last day. */
static enum way way_out(const struct counting *w, const struct house *h, const struct share *s)
{
    bool all_dead = true;
    for (size_t m = 0; m < h->n; m++)
        all_dead &= !s->eve[m] || is_dead(w, h->heads[m].m);
    if (s->n_last > 0)
        return WAY_STAYS;
    if (all_dead)
        return WAY_DEAD;
    return h->last_at == 0 || s->listed_last ? WAY_MOVED : WAY_STOPPED;
}

static void count_households(const struct house *h, struct share *s, enum way way)
{
    struct figure_line *from = &s->at_eve, *to = &s->at_last;
    bool was = s->n_eve > 0, is = s->n_last > 0;
    from->n[FIGURE_households_start] += was;
    to->n[FIGURE_households_end] += is;
    if (was && is && h->eve_at != h->last_at) {
        from->n[FIGURE_households_moved_out]++;
        to->n[FIGURE_households_moved_in]++;
    }
    to->n[FIGURE_households_new] += is && !was;
    from->n[FIGURE_households_stopped] += was && way == WAY_STOPPED;
    from->n[FIGURE_households_moved_out] += was && way == WAY_MOVED;
    from->n[FIGURE_households_dead] += was && way == WAY_DEAD;
}

static void count_ground(const struct counting *w, const struct house *h,
                         const struct figure_member *m, struct figure_line *to)
{
    enum { ADULT = 18, ELDER = 60 };
    int age = m->birth != 0 ? date_years(m->birth, w->k.last) : -1;
    to->n[FIGURE_women] += m->sex == 2;
    to->n[FIGURE_minors] += age >= 0 && age < ADULT;
    to->n[FIGURE_elders] += age >= ELDER;
    to->n[FIGURE_disabled] += has_id(w->k.disabled.at, w->k.disabled.n, m->person);
    to->n[FIGURE_rural] += has_id(w->k.rural.at, w->k.rural.n, h->household);
}

static void count_persons(const struct counting *w, const struct house *h, struct share *s,
                          enum way way)
{
    struct figure_line *from = &s->at_eve, *to = &s->at_last;
    for (size_t i = 0; i < h->n; i++) {
        const struct figure_member *m = h->heads[i].m;
        bool was = s->eve[i], is = s->last[i], moved = was && is && h->eve_at != h->last_at;
        from->n[FIGURE_persons_start] += was;
        to->n[FIGURE_persons_end] += is;
        from->n[FIGURE_persons_moved_out] += moved;
        to->n[FIGURE_persons_moved_in] += moved;
        if (is)
            count_ground(w, h, m, to);
        to->n[FIGURE_persons_joined] += is && !was && s->n_eve > 0;
        to->n[FIGURE_persons_new] += is && !was && s->n_eve == 0;
        if (!was || is)
            continue;
        from->n[is_dead(w, m)        ? FIGURE_persons_dead
                : way == WAY_STAYS   ? FIGURE_persons_left
                : way == WAY_STOPPED ? FIGURE_persons_stopped
                                     : FIGURE_persons_moved_out]++;
    }
}

static void count_paid(const struct counting *w, const struct house *h, struct share *s)
{
    struct figure_line *to = &s->at_last;
    int64_t fen = 0;
    for (size_t i = 0; i < h->n_awards; i++)
        if (h->awards[i].policy == s->policy)
            fen += h->awards[i].fen;
    if (fen > 0) {
        to->n[FIGURE_paid_households]++;
        to->n[FIGURE_paid_persons] += s->n_last > 0 ? s->n_last : s->n_eve;
    }
    to->n[FIGURE_fen] += fen;
    for (size_t i = 0; i < h->n_once; i++)
        if (h->once[i].policy == s->policy) {
            to->n[FIGURE_once_households] += h->once[i].n;
            to->n[FIGURE_once_fen] += h->once[i].fen;
        }
    to->gap[GAP_paid_not_enrolled] += fen > 0 && !s->listed;
    to->gap[GAP_enrolled_not_paid] += fen == 0 && s->n_last > 0 && w->k.run;
    to->gap[GAP_in_and_out] += s->listed && !s->listed_eve && !s->listed_last;
    to->gap[GAP_nobody_alive] += s->listed_last && h->last_at != 0 && s->n_last == 0;
    to->gap[GAP_no_place] += s->listed_last && h->last_at == 0;
}

/* Where a household that lives nowhere on the last day is counted. */
MUST_CHECK static enum rc lived(struct counting *w, const struct house *h, int64_t *out,
                                struct err *err)
{
    char on[11];
    int64_t recorded = 0;
    const struct value v[] = {V_INT(w->k.county), V_INT(h->household),
                              V_TEXT(str_from(date_text(w->k.last, on)))};
    *out = h->last_at != 0 ? h->last_at : h->eve_at;
    if (*out != 0)
        return RC_OK;
    enum rc rc = query_one(w->c, &stmt_figures_lived, v, 3, &recorded, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (rc == RC_NOT_FOUND)
        recorded = w->k.county * 1000000;
    return village_now(w, recorded, out, err);
}

MUST_CHECK static enum rc count_share(struct counting *w, const struct house *h,
                                      const struct policy *policy, struct arena *scratch,
                                      struct err *err)
{
    struct share s = {.policy = policy,
                      .eve = NEW_N(scratch, bool, h->n + 1),
                      .last = NEW_N(scratch, bool, h->n + 1)};
    int64_t at = 0;
    find_share(w, h, &s);
    enum way way = way_out(w, h, &s);
    count_households(h, &s, way);
    count_persons(w, h, &s, way);
    count_paid(w, h, &s);
    TRY(lived(w, h, &at, err));
    if (s.at_eve.n[FIGURE_households_stopped] > 0 && h->eve_at >= w->lo && h->eve_at <= w->hi)
        *VEC_PUSH(w->a, &w->stopped) =
            (struct stopped){h->household, s.at_eve.n[FIGURE_persons_stopped], policy};
    if (h->eve_at == at || h->eve_at == 0) {
        add(&s.at_last, &s.at_eve);
        give(w, h, &s, at, &s.at_last);
        return RC_OK;
    }
    give(w, h, &s, h->eve_at, &s.at_eve);
    give(w, h, &s, at, &s.at_last);
    return RC_OK;
}

/* ---- one household after the other ----------------------------------------------------------- */

/* Where the next household's rows begin. */
struct cursor {
    size_t unit, place, member, award, once;
};

#define SPAN(list, first, id, count)                                                               \
    do {                                                                                           \
        while ((first) < (list).n && (list).at[first].household < (id))                            \
            (first)++;                                                                             \
        (count) = 0;                                                                               \
        while ((first) + (count) < (list).n && (list).at[(first) + (count)].household == (id))     \
            (count)++;                                                                             \
    } while (0)

static int64_t next_household(const struct figure_county *k, const struct cursor *at)
{
    int64_t id = INT64_MAX;
    if (at->unit < k->units.n)
        id = k->units.at[at->unit].household;
    if (at->award < k->awards.n && k->awards.at[at->award].household < id)
        id = k->awards.at[at->award].household;
    if (at->once < k->once.n && k->once.at[at->once].household < id)
        id = k->once.at[at->once].household;
    return id;
}

/* A person is there once, however often it came and went. */
static void find_heads(const struct counting *w, const struct figure_member *list, size_t n,
                       struct house *h, struct arena *scratch)
{
    h->heads = NEW_N(scratch, struct head, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct figure_member *m = &list[i];
        bool again = h->n > 0 && h->heads[h->n - 1].m->person == m->person;
        struct head *head = again ? &h->heads[h->n - 1] : &h->heads[h->n++];
        head->m = m;
        head->eve |= holds(m->from, m->to, w->k.eve) && (m->death == 0 || m->death > w->k.eve);
        head->last |= holds(m->from, m->to, w->k.last) && (m->death == 0 || m->death > w->k.last);
    }
}

MUST_CHECK static enum rc find_house(struct counting *w, int64_t id, struct cursor *at,
                                     struct house *h, struct arena *scratch, struct err *err)
{
    const struct figure_county *k = &w->k;
    size_t n = 0;
    *h = (struct house){.household = id};
    SPAN(k->units, at->unit, id, h->n_units);
    SPAN(k->awards, at->award, id, h->n_awards);
    SPAN(k->once, at->once, id, h->n_once);
    h->units = k->units.at + at->unit;
    h->awards = k->awards.at + at->award;
    h->once = k->once.at + at->once;
    SPAN(k->places, at->place, id, n);
    for (size_t i = at->place; i < at->place + n; i++) {
        const struct figure_place *p = &k->places.at[i];
        if (holds(p->from, p->to, k->eve))
            TRY(village_now(w, p->division, &h->eve_at, err));
        if (holds(p->from, p->to, k->last))
            TRY(village_now(w, p->division, &h->last_at, err));
    }
    SPAN(k->members, at->member, id, n);
    find_heads(w, k->members.at + at->member, n, h, scratch);
    at->unit += h->n_units;
    at->award += h->n_awards;
    at->once += h->n_once;
    return RC_OK;
}

static bool concerns(const struct house *h, const struct policy *p)
{
    bool yes = false;
    for (size_t i = 0; i < h->n_units; i++)
        yes |= h->units[i].policy == p;
    for (size_t i = 0; i < h->n_awards; i++)
        yes |= h->awards[i].policy == p;
    for (size_t i = 0; i < h->n_once; i++)
        yes |= h->once[i].policy == p;
    return yes;
}

MUST_CHECK static enum rc count_house(struct counting *w, const struct house *h,
                                      struct arena *scratch, struct err *err)
{
    const struct rules *r = w->q->city->rules;
    for (size_t i = 0; i < r->policies.n; i++) {
        const struct policy *p = r->policies.at[i];
        if ((w->q->only != NULL && p != w->q->only) || !scope_acts(w->q->scope, ~0u, p->line))
            continue;
        if (concerns(h, p))
            TRY(count_share(w, h, p, scratch, err));
    }
    return RC_OK;
}

/* ---- why units were stopped ------------------------------------------------------------------ */

MUST_CHECK static enum rc stop_words(struct counting *w, const struct stopped *s, str *zh, str *en,
                                     struct err *err)
{
    const struct rules *r = w->q->city->rules;
    const struct value v[] = {V_INT(w->k.county), V_INT(s->household),
                              V_TEXT(s->policy->name.text)};
    struct proposal p = {.programme = s->policy->name.text, .kind = S("stop")};
    struct query *q = NULL;
    *zh = *en = S("");
    TRY(query(w->c, &stmt_figures_stop, v, 3, &q, err));
    bool found = query_next(q);
    if (found) {
        p.outcome = str_dup(w->a, query_text(q, 0));
        p.reasons = str_dup(w->a, query_text(q, 1));
    }
    TRY(query_end(q, err));
    if (!found)
        return RC_OK;
    *zh = proposal_reasons(r, &p, false, S("、"), w->a);
    *en = proposal_reasons(r, &p, true, S(", "), w->a);
    if (zh->n == 0)
        *zh = proposal_outcome(r, &p, false, w->a);
    if (en->n == 0)
        *en = proposal_outcome(r, &p, true, w->a);
    return RC_OK;
}

MUST_CHECK static enum rc count_stops(struct counting *w, struct err *err)
{
    for (size_t i = 0; i < w->stopped.n; i++) {
        const struct stopped *s = &w->stopped.at[i];
        str zh, en;
        size_t k = 0;
        TRY(stop_words(w, s, &zh, &en, err));
        while (k < w->stops.n &&
               (w->stops.at[k].county != w->k.county || w->stops.at[k].policy != s->policy ||
                !str_eq(w->stops.at[k].zh, zh)))
            k++;
        if (k == w->stops.n)
            *VEC_PUSH(w->a, &w->stops) = (struct figure_stop){
                .county = w->k.county, .policy = s->policy, .zh = zh, .en = en};
        w->stops.at[k].households++;
        w->stops.at[k].persons += s->persons;
    }
    w->stopped.n = 0;
    return RC_OK;
}

/* ---- counties -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc count_county(struct counting *w, int64_t county, struct figures *out,
                                       struct err *err)
{
    struct arena rows = {0}, scratch = {0};
    struct cursor at = {0};
    enum rc rc = figure_county_read(w->q->city, w->c, county, w->q->month, &rows, &w->k, err);
    for (int64_t id = 0; rc == RC_OK && (id = next_household(&w->k, &at)) != INT64_MAX;) {
        struct house h;
        arena_reset(&scratch);
        rc = find_house(w, id, &at, &h, &scratch, err);
        if (rc == RC_OK)
            rc = count_house(w, &h, &scratch, err);
    }
    if (rc == RC_OK)
        rc = count_stops(w, err);
    out->counties++;
    out->not_run += !w->k.run;
    arena_deinit(&rows);
    arena_deinit(&scratch);
    return rc;
}

static int line_order(const void *x, const void *y)
{
    const struct figure_line *a = x, *b = y;
    if (a->division != b->division)
        return a->division < b->division ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static void sort_lines(struct figure_line *lines, size_t n)
{
    if (n > 0)
        qsort(lines, n, sizeof *lines, line_order);
}

MUST_CHECK static enum rc count_all(struct counting *w, struct figures *out, struct err *err)
{
    char on[11];
    int64_t *counties = NULL;
    size_t n = 0;
    date_text(month_first(w->q->month + 1) - 1, on);
    TRY(division_counties(w->c, str_from(on), w->a, &counties, &n, err));
    if (division_level(w->q->division) >= AT_COUNTY) {
        struct division_info info;
        TRY(division_find(w->c, w->q->division, str_from(on), w->a, &info, err));
        counties[0] = info.county_code;
        n = 1;
    }
    for (size_t i = 0; i < n; i++)
        TRY(count_county(w, counties[i], out, err));
    return RC_OK;
}

enum rc figures_read(const struct figures_query *q, struct arena *a, struct figures *out,
                     struct err *err)
{
    struct counting w = {.q = q, .a = a};
    *out = (struct figures){.month = q->month};
    if (!scope_covers(q->scope, q->division))
        return err_set(err, RC_NOT_FOUND, "no division %lld that may be seen",
                       (long long)q->division);
    if (q->scope->assigned_only)
        return err_set(err, RC_FORBIDDEN,
                       "who looks after assigned households only sees no figures of a division");
    division_bounds(q->division, &w.lo, &w.hi);
    TRY(store_reader(q->city->store, &w.c, err));
    enum rc rc = read_begin(w.c, err);
    if (rc == RC_OK) {
        rc = count_all(&w, out, err);
        read_end(w.c);
    }
    store_reader_done(w.c);
    TRY(rc);
    sort_lines(w.lines.at, w.lines.n);
    out->lines = w.lines.at;
    out->n_lines = w.lines.n;
    out->stops = w.stops.at;
    out->n_stops = w.stops.n;
    return RC_OK;
}

/* ---- sums ------------------------------------------------------------------------------------ */

static int64_t above(int64_t village, enum place_level level)
{
    static const int64_t below[] = {[AT_NONE] = 1,
                                    [AT_CITY] = 100000000,
                                    [AT_COUNTY] = 1000000,
                                    [AT_TOWNSHIP] = 1000,
                                    [AT_VILLAGE] = 1};
    return village / below[level] * below[level];
}

size_t figures_sum(const struct figures *f, enum place_level level, struct arena *a,
                   struct figure_line **out)
{
    VEC(struct figure_line) sums = {0};
    size_t first = 0; /* of the division at hand */
    int64_t parts[FIGURE__COUNT] = {0}, all[FIGURE__COUNT] = {0};
    for (size_t i = 0; i < f->n_lines; i++) {
        const struct figure_line *l = &f->lines[i];
        int64_t division = above(l->division, level);
        if (sums.n > 0 && sums.at[sums.n - 1].division != division &&
            sums.at[first].division != division)
            first = sums.n;
        size_t k = first;
        while (k < sums.n && sums.at[k].policy != l->policy)
            k++;
        if (k == sums.n)
            *VEC_PUSH(a, &sums) =
                (struct figure_line){.division = division, .policy = l->policy, .rank = l->rank};
        add(&sums.at[k], l);
        for (int n = 0; n < FIGURE__COUNT; n++)
            parts[n] += l->n[n];
    }
    for (size_t i = 0; i < sums.n; i++) {
        assert(figure_adds_up(&sums.at[i]));
        for (int n = 0; n < FIGURE__COUNT; n++)
            all[n] += sums.at[i].n[n];
    }
    assert(memcmp(parts, all, sizeof all) == 0); /* a part is in one sum, once */
    sort_lines(sums.at, sums.n);
    *out = sums.at;
    return sums.n;
}
