/*
 * What households come to by all that is known now: determined for the month at hand, then for the next one
 * as if the first had been run with what was found for it; both put together.
 */
#include <stdlib.h>

#include "pay/batch.h"
#include "pay/continuous_in.h"
#include "pay/pay_sql.h"

/* ---- the county ------------------------------------------------------------------------------ */

/* Frozen, or taken over with its amounts. *job: the run that is visible; 0: none. */
MUST_CHECK static enum rc month_stands(struct conn *c, int64_t county, month m, int64_t *job,
                                       bool *paid, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(month_text(m, text)))};
    struct query *q = NULL;
    bool past = false;

    *job = 0;
    TRY(query(c, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q)) {
        *job = query_int(q, 0);
        past =
            str_eq(query_text(q, 3), S("import")) || decide_find(query_text(q, 7)) == DECIDE_PAST;
    }
    TRY(query_end(q, err));
    TRY(batch_frozen(c, county, m, paid, err));
    *paid = *paid || past;
    return RC_OK;
}

enum rc month_at_hand(struct conn *c, int64_t county, day today, month *out, struct err *err)
{
    bool paid = true;
    int64_t job = 0;

    for (*out = date_month(today) - 1; paid;) {
        ++*out;
        TRY(month_stands(c, county, *out, &job, &paid, err));
    }
    return RC_OK;
}

static struct bench *bench_of(struct continuous *w, int64_t county)
{
    for (size_t i = 0; i < w->benches.n; i++)
        if (w->benches.at[i].county == county)
            return &w->benches.at[i];
    struct bench *b = VEC_PUSH(&w->arena, &w->benches);
    b->county = county;
    return b;
}

/* The programs of the months at hand; those of other months go. */
MUST_CHECK static enum rc bench_set(struct look *l, struct err *err)
{
    const struct city *city = l->w->spec.city;
    struct bench *b = bench_of(l->w, l->county);

    l->bench = b;
    if (b->of[0] != NULL && b->month == l->month)
        return RC_OK;
    for (int i = 0; i < MONTHS; i++) {
        determiner_close(b->of[i]);
        b->of[i] = NULL;
    }
    b->month = l->month;
    for (int i = 0; i < MONTHS; i++) {
        const struct determiner_spec spec = {.rules = city->rules,
                                             .place = city->place,
                                             .rule_hash = city->rule_hash,
                                             .county = l->county,
                                             .month = l->month + i,
                                             .decide = DECIDE_NONE,
                                             .whole_county = true};
        enum rc rc = determiner_open(&spec, &b->of[i], err);
        if (rc != RC_OK) {
            determiner_close(b->of[0]);
            b->of[0] = NULL;
            return rc;
        }
    }
    return RC_OK;
}

enum rc look_open(struct continuous *w, struct conn *c, int64_t county, struct look *out,
                  struct err *err)
{
    bool paid = false;

    *out = (struct look){.w = w, .conn = c, .county = county};
    TRY(change_position(c, county, &out->position, err));
    TRY(month_at_hand(c, county, w->spec.today, &out->month, err));
    TRY(month_stands(c, county, out->month - 1, &out->last_job, &paid, err));
    return bench_set(out, err);
}

/* ---- reading and determining ----------------------------------------------------------------- */

static struct intake_spec spec_of(const struct look *l, int which)
{
    const struct city *city = l->w->spec.city;

    return (struct intake_spec){.city = city,
                                .rules = city->rules,
                                .county = l->county,
                                .month = l->month + which,
                                .position = l->position,
                                .last_job = which == 0 ? l->last_job : 0,
                                .conn = l->conn};
}

/* What was found for the month at hand is what the next one calls last month's. */
static struct intake_last last_of(const struct found *f, int64_t upto, struct arena *a)
{
    struct unit_amount *awards = NEW_N(a, struct unit_amount, f->awards.n + 1);
    struct intake_carried *carried = NEW_N(a, struct intake_carried, f->units.n + 1);
    struct intake_last last = {.awards = awards, .carried = carried};

    for (size_t i = 0; i < f->awards.n; i++) {
        const struct found_award *w = &f->awards.at[i];
        if (w->household <= upto)
            awards[last.n_awards++] =
                (struct unit_amount){w->household, w->person, w->policy, w->fen};
    }
    for (size_t i = 0; i < f->units.n; i++) {
        const struct found_unit *u = &f->units.at[i];
        if (u->household <= upto && u->carried.n > 0)
            carried[last.n_carried++] =
                (struct intake_carried){u->person, u->policy, u->carried, u->household};
    }
    return last;
}

/* ---- both months together -------------------------------------------------------------------- */

static int by_unit(int64_t h1, int64_t p1, str n1, int64_t h2, int64_t p2, str n2)
{
    if (h1 != h2)
        return h1 < h2 ? -1 : 1;
    if (p1 != p2)
        return p1 < p2 ? -1 : 1;
    return str_cmp(n1, n2);
}

static int row_order(const void *x, const void *y)
{
    const struct now_row *a = x, *b = y;
    int by = by_unit(a->household, a->person, a->programme, b->household, b->person, b->programme);

    return by != 0 ? by : (a->month > b->month) - (a->month < b->month);
}

static int right_order(const void *x, const void *y)
{
    const struct now_right *a = x, *b = y;

    return by_unit(a->household, a->person, a->programme, b->household, b->person, b->programme);
}

typedef VEC(struct now_row) row_list;

/* A month's rows of households up to one id, in order. */
static void rows_of(const struct found *f, month m, int64_t upto, struct arena *a, row_list *out)
{
    for (size_t i = 0; i < f->units.n; i++) {
        const struct found_unit *u = &f->units.at[i];
        if (u->household <= upto)
            *VEC_PUSH(a, out) = (struct now_row){.household = u->household,
                                                 .person = u->person,
                                                 .programme = u->policy->name.text,
                                                 .month = m,
                                                 .outcome = u->outcome,
                                                 .reasons = u->reasons,
                                                 .fen = u->all_fen,
                                                 .enrolled = true,
                                                 .qualifies = u->qualifies,
                                                 .division = u->division};
    }
    for (size_t i = 0; i < f->candidates.n; i++) {
        const struct found_candidate *k = &f->candidates.at[i];
        if (k->household <= upto)
            *VEC_PUSH(a, out) = (struct now_row){.household = k->household,
                                                 .person = k->person,
                                                 .programme = k->policy->name.text,
                                                 .month = m,
                                                 .outcome = k->outcome,
                                                 .reasons = S(""),
                                                 .fen = k->fen,
                                                 .qualifies = true,
                                                 .division = k->division};
    }
    /* Whoever is enrolled and there no more has no determination. */
    for (size_t i = 0; i < f->findings.n; i++) {
        const struct found_finding *g = &f->findings.at[i];
        if (g->household <= upto && str_eq(g->outcome, S("gone")))
            *VEC_PUSH(a, out) = (struct now_row){.household = g->household,
                                                 .person = g->person,
                                                 .programme = g->policy->name.text,
                                                 .month = m,
                                                 .outcome = g->outcome,
                                                 .reasons = S(""),
                                                 .enrolled = true};
    }
    if (out->n > 1)
        qsort(out->at, out->n, sizeof *out->at, row_order);
}

static bool row_same(const struct now_row *a, const struct now_row *b)
{
    return str_eq(a->outcome, b->outcome) && str_eq(a->reasons, b->reasons) && a->fen == b->fen &&
           a->enrolled == b->enrolled && a->qualifies == b->qualifies;
}

/* The same unit in both, one in now only, one in next only: < 0, > 0 as in an order. */
static int which_first(const struct now_row *a, const struct now_row *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? 1 : -1;
    return by_unit(a->household, a->person, a->programme, b->household, b->person, b->programme);
}

/* A right that nobody claims. Who is enrolled from next month on has claimed it. */
static void add_right(struct now *out, const struct now_row *r)
{
    *VEC_PUSH(out->a, &out->rights) = (struct now_right){.household = r->household,
                                                         .person = r->person,
                                                         .programme = r->programme,
                                                         .division = r->division,
                                                         .month = r->month,
                                                         .fen = r->fen};
}

static bool is_right(const struct now_row *r)
{
    return r != NULL && r->qualifies && !r->enrolled;
}

static bool enrolled_after(const row_list *next, size_t at, const struct now_row *r)
{
    /* The household itself or one of it: rows of a household lie together. */
    for (size_t i = at; i < next->n && next->at[i].household == r->household; i++)
        if (next->at[i].enrolled && str_eq(next->at[i].programme, r->programme) &&
            (next->at[i].person == r->person || next->at[i].person == 0 || r->person == 0))
            return true;
    for (size_t i = at; i-- > 0 && next->at[i].household == r->household;)
        if (next->at[i].enrolled && str_eq(next->at[i].programme, r->programme) &&
            (next->at[i].person == r->person || next->at[i].person == 0 || r->person == 0))
            return true;
    return false;
}

static void merge_rows(struct now *out, const struct found f[MONTHS], month at_hand, int64_t upto)
{
    row_list now = {0}, next = {0};

    rows_of(&f[0], at_hand, upto, out->a, &now);
    rows_of(&f[1], at_hand + 1, upto, out->a, &next);
    for (size_t i = 0, k = 0; i < now.n || k < next.n;) {
        const struct now_row *a = i < now.n ? &now.at[i] : NULL;
        const struct now_row *b = k < next.n ? &next.at[k] : NULL;
        int order = which_first(a, b);
        a = order <= 0 ? a : NULL;
        b = order >= 0 ? b : NULL;
        if (a != NULL)
            *VEC_PUSH(out->a, &out->rows) = *a;
        if (a != NULL && b == NULL)
            *VEC_PUSH(out->a, &out->rows) = (struct now_row){.household = a->household,
                                                             .person = a->person,
                                                             .programme = a->programme,
                                                             .month = at_hand + 1,
                                                             .outcome = S(""),
                                                             .reasons = S("")};
        else if (b != NULL && (a == NULL || !row_same(a, b)))
            *VEC_PUSH(out->a, &out->rows) = *b;
        if (is_right(a) && !enrolled_after(&next, k, a))
            add_right(out, a);
        else if (!is_right(a) && is_right(b))
            add_right(out, b);
        i += a != NULL;
        k += b != NULL;
    }
    if (out->rights.n > 1)
        qsort(out->rights.at, out->rights.n, sizeof *out->rights.at, right_order);
}

/* A unit's difference of the month at hand, else that of the next one. */
static void merge_findings(struct now *out, const struct found f[MONTHS], month at_hand,
                           int64_t upto)
{
    size_t from = 0;

    for (size_t i = 0; i < f[0].findings.n; i++)
        if (f[0].findings.at[i].household <= upto)
            *VEC_PUSH(out->a, &out->findings) = (struct now_finding){at_hand, &f[0].findings.at[i]};
    size_t n = out->findings.n;
    for (size_t i = 0; i < f[1].findings.n; i++) {
        const struct found_finding *g = &f[1].findings.at[i];
        bool found = false;
        if (g->household > upto)
            continue;
        while (from < n && out->findings.at[from].f->household < g->household)
            from++;
        for (size_t k = from; k < n && out->findings.at[k].f->household == g->household; k++) {
            const struct found_finding *h = out->findings.at[k].f;
            found |= h->person == g->person && h->policy == g->policy;
        }
        if (!found)
            *VEC_PUSH(out->a, &out->findings) = (struct now_finding){at_hand + 1, g};
    }
}

static int finding_order(const void *x, const void *y)
{
    const struct now_finding *a = x, *b = y;

    return by_unit(a->f->household, a->f->person, a->f->policy->name.text, b->f->household,
                   b->f->person, b->f->policy->name.text);
}

static void put_together(const struct look *l, const struct found f[MONTHS], int64_t upto,
                         struct now *out)
{
    merge_rows(out, f, l->month, upto);
    merge_findings(out, f, l->month, upto);
    if (out->findings.n > 1)
        qsort(out->findings.at, out->findings.n, sizeof *out->findings.at, finding_order);
}

/* ---- one, and many --------------------------------------------------------------------------- */

enum rc now_open(const struct look *l, struct intake in[MONTHS], struct err *err)
{
    for (int i = 0; i < MONTHS; i++) {
        struct intake_spec spec = spec_of(l, i);
        spec.only_household = 1;
        enum rc rc = intake_open(&spec, &in[i], err);
        if (rc != RC_OK) {
            if (i > 0)
                intake_close(&in[0]);
            return rc;
        }
    }
    return RC_OK;
}

enum rc now_one(const struct look *l, struct intake in[MONTHS], int64_t household, struct now *out,
                struct err *err)
{
    struct found *f = NEW_N(out->a, struct found, MONTHS);
    struct intake_last last;

    for (int i = 0; i < MONTHS; i++) {
        struct intake_spec spec = spec_of(l, i);
        if (i > 0) {
            last = last_of(&f[0], household, out->a);
            spec.last = &last;
        }
        TRY(intake_one(&spec, &in[i], household, err));
        TRY(determine_slice(l->bench->of[i], &in[i], out->a, &f[i], err));
    }
    put_together(l, f, household, out);
    out->upto = household;
    out->households = 1;
    return RC_OK;
}

/* One month from an id on. */
MUST_CHECK static enum rc slice_of(const struct look *l, int which, int64_t from,
                                   const struct intake_last *last, struct intake *in,
                                   struct found *out, struct arena *a, struct err *err)
{
    struct intake_spec spec = spec_of(l, which);

    spec.last = last;
    TRY(intake_open(&spec, in, err));
    enum rc rc = intake_read(&spec, in, from, err);
    if (rc == RC_OK)
        rc = determine_slice(l->bench->of[which], in, a, out, err);
    return rc;
}

enum rc now_range(const struct look *l, int64_t from, struct now *out, struct err *err)
{
    struct found *f = NEW_N(out->a, struct found, MONTHS);
    struct intake in[MONTHS] = {0};
    struct intake_last last;

    enum rc rc = slice_of(l, 0, from, NULL, &in[0], &f[0], out->a, err);
    if (rc == RC_OK) {
        last = last_of(&f[0], HOUSEHOLD_MOST, out->a);
        rc = slice_of(l, 1, from, &last, &in[1], &f[1], out->a, err);
    }
    if (rc == RC_OK) {
        /* Who comes or goes in between makes the two slices end elsewhere. */
        out->upto = in[0].upto < in[1].upto ? in[0].upto : in[1].upto;
        out->last = in[0].last && in[1].last;
        for (size_t i = 0; i < in[0].slice.block.n; i++)
            out->households += in[0].slice.households[i] <= out->upto;
        put_together(l, f, out->upto, out);
    }
    for (int i = 0; i < MONTHS; i++)
        if (in[i].facts != NULL)
            intake_close(&in[i]);
    return rc;
}
