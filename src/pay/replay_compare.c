/* A slice worked out again beside what the month shows of it: line by line, and the block as a whole. */
#include <inttypes.h>
#include <string.h>

#include "pay/pay_sql.h"
#include "pay/replay_in.h"

/* ---- a difference in words ------------------------------------------------------------------ */

void replay_differs(struct replaying *r, int64_t household, int64_t person, str programme, str what)
{
    struct replay_county *o = r->out;
    str where = S(""), whom = S(""), of = S("");

    if (o->n.differences++ > 0)
        return;
    if (household != 0)
        where = str_fmt(&r->slice, "household %" PRId64 "-%" PRId64 ", ", o->county, household);
    if (person != 0)
        whom = str_fmt(&r->slice, " of person %" PRId64, person);
    if (programme.n > 0)
        of = str_fmt(&r->slice, "%.*s%.*s: ", STR_ARG(programme), STR_ARG(whom));
    o->first = str_fmt(r->a, "%.*s%s, %.*s%.*s", STR_ARG(where), r->month_text, STR_ARG(of),
                       STR_ARG(what));
}

static str yuan(struct replaying *r, int64_t fen)
{
    char text[32];

    return fen == AMOUNT_OPEN ? S("open")
                              : str_dup(&r->slice, str_from(money_text(fen, false, text)));
}

/* ---- whose is it ---------------------------------------------------------------------------- */

static bool finds(const struct facts_slice *s, int64_t household, size_t *at)
{
    size_t lo = 0, hi = s->block.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->households[mid] < household)
            lo = mid + 1;
        else
            hi = mid;
    }
    *at = lo;
    return lo < s->block.n && s->households[lo] == household;
}

/* Where a newer run of a part stands, this one does not any more. */
static bool stands(const struct replaying *r, int64_t division)
{
    for (size_t i = 0; i < r->at; i++)
        if (division >= r->jobs[i].lo && division <= r->jobs[i].hi)
            return false;
    return true;
}

/* The household is of this slice, and what the month shows of it is the job's at hand. */
static bool is_mine(const struct replaying *r, const struct intake *in, int64_t household)
{
    size_t at = 0;

    return finds(&in->slice, household, &at) && (r->at == 0 || stands(r, in->slice.divisions[at]));
}

static bool is_asked(const struct replaying *r, str programme)
{
    return r->spec->programme.n == 0 || str_eq(r->spec->programme, programme);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* A line that came out; by household, as they were found. */
struct line {
    int64_t household, person;
    str programme;
    size_t index; /* in what was found */
    bool met;
};
struct lines {
    VEC(struct line) list;
    size_t from; /* the first of the household that was met last */
};

static void add_line(struct replaying *r, struct lines *l, const struct intake *in,
                     int64_t household, int64_t person, str programme, size_t index)
{
    if (is_asked(r, programme) && (r->at == 0 || is_mine(r, in, household)))
        *VEC_PUSH(&r->slice, &l->list) = (struct line){
            .household = household, .person = person, .programme = programme, .index = index};
}

/* Rows come in the order of households. NULL: nothing like it came out. */
static struct line *meet(struct lines *l, int64_t household, int64_t person, str programme)
{
    while (l->from < l->list.n && l->list.at[l->from].household < household)
        l->from++;
    for (size_t i = l->from; i < l->list.n && l->list.at[i].household == household; i++) {
        struct line *x = &l->list.at[i];
        if (x->person == person && str_eq(x->programme, programme)) {
            x->met = true;
            return x;
        }
    }
    return NULL;
}

static void tell_unmet(struct replaying *r, const struct lines *l, const char *what)
{
    for (size_t i = 0; i < l->list.n; i++)
        if (!l->list.at[i].met)
            replay_differs(r, l->list.at[i].household, l->list.at[i].person,
                           l->list.at[i].programme,
                           str_fmt(&r->slice, "stored no %s, recomputed one", what));
}

MUST_CHECK static enum rc rows_of(struct replaying *r, const struct intake *in,
                                  const struct statement *st, struct conn *c, struct query **q,
                                  struct err *err)
{
    const struct value v[] = {V_INT(r->out->county), V_TEXT(str_from(r->month_text)),
                              V_INT(in->from), V_INT(in->upto), V_INT(r->visible)};

    return query(c, st, v, 5, q, err);
}

/* ---- determinations ------------------------------------------------------------------------- */

static str unit_differs(struct replaying *r, const struct query *q, const struct found_unit *u)
{
    str outcome = query_text(q, 3), reasons = query_text(q, 4), carried = query_text(q, 6),
        hash = query_blob(q, 7);
    int64_t fen = query_null(q, 5) ? AMOUNT_OPEN : query_int(q, 5);

    if (!str_eq(outcome, u->outcome))
        return str_fmt(&r->slice, "stored outcome %.*s, recomputed %.*s", STR_ARG(outcome),
                       STR_ARG(u->outcome));
    if (fen != u->fen)
        return str_fmt(&r->slice, "stored amount %.*s, recomputed %.*s", STR_ARG(yuan(r, fen)),
                       STR_ARG(yuan(r, u->fen)));
    if (!str_eq(reasons, u->reasons))
        return str_fmt(&r->slice, "stored reasons “%.*s”, recomputed “%.*s”", STR_ARG(reasons),
                       STR_ARG(u->reasons));
    if (!str_eq(carried, u->carried))
        return str_fmt(&r->slice, "stored carried over “%.*s”, recomputed “%.*s”", STR_ARG(carried),
                       STR_ARG(u->carried));
    if (hash.n == VAULT_HASH && memcmp(hash.p, u->hash, VAULT_HASH) == 0)
        return S("");
    return str_fmt(&r->slice,
                   "stored hash %.*s, recomputed %.*s: what it follows from is not what it was",
                   STR_ARG(hash.n == VAULT_HASH ? hash_text((const uint8_t *)hash.p, &r->slice)
                                                : S("of another length")),
                   STR_ARG(hash_text(u->hash, &r->slice)));
}

static const struct replay_job *job_of(const struct replaying *r, int64_t job_id)
{
    for (size_t i = 0; i < r->n_jobs; i++)
        if (r->jobs[i].job_id == job_id)
            return &r->jobs[i];
    return NULL;
}

/* A stored determination that did not come out. */
static void tell_stranger(struct replaying *r, const struct intake *in, const struct query *q,
                          int64_t maker)
{
    int64_t household = query_int(q, 0), person = query_int(q, 1);
    str programme = query_text(q, 2);

    if (job_of(r, maker) == NULL)
        replay_differs(r, household, person, programme,
                       str_fmt(&r->slice,
                               "stored a determination by job %" PRId64
                               ", which is no run of the month",
                               maker));
    else if (is_mine(r, in, household) || (r->whole && maker == r->jobs[r->at].job_id))
        replay_differs(r, household, person, programme,
                       S("stored a determination, recomputed none"));
}

MUST_CHECK static enum rc compare_units(struct replaying *r, const struct intake *in,
                                        const struct found *now, struct conn *c, struct err *err)
{
    struct lines lines = {0};
    struct query *q = NULL;

    for (size_t i = 0; i < now->units.n; i++) {
        const struct found_unit *u = &now->units.at[i];
        add_line(r, &lines, in, u->household, u->person, u->policy->name.text, i);
    }
    TRY(rows_of(r, in, &stmt_replay_determinations, c, &q, err));
    while (query_next(q)) {
        int64_t maker = query_int(q, 8) != 0 ? query_int(q, 8) : r->visible;
        if (!is_asked(r, query_text(q, 2)))
            continue;
        const struct line *l = meet(&lines, query_int(q, 0), query_int(q, 1), query_text(q, 2));
        if (l == NULL) {
            tell_stranger(r, in, q, maker);
            continue;
        }
        str what = unit_differs(r, q, &now->units.at[l->index]);
        if (what.n == 0 && maker != r->jobs[r->at].job_id)
            what = str_fmt(&r->slice, "stored as made by job %" PRId64 ", recomputed by %" PRId64,
                           maker, r->jobs[r->at].job_id);
        if (what.n > 0)
            replay_differs(r, l->household, l->person, l->programme, what);
        r->out->n.determinations++;
    }
    TRY(query_end(q, err));
    tell_unmet(r, &lines, "determination");
    return RC_OK;
}

/* ---- awards and payments -------------------------------------------------------------------- */

MUST_CHECK static enum rc compare_awards(struct replaying *r, const struct intake *in,
                                         const struct found *now, struct conn *c, struct err *err)
{
    struct lines lines = {0};
    struct query *q = NULL;

    for (size_t i = 0; i < now->awards.n; i++) {
        const struct found_award *w = &now->awards.at[i];
        add_line(r, &lines, in, w->household, w->person, w->policy->name.text, i);
    }
    TRY(rows_of(r, in, &stmt_replay_awards, c, &q, err));
    while (query_next(q)) {
        int64_t household = query_int(q, 0), fen = query_int(q, 3);
        str ground = query_text(q, 4);
        if (!is_asked(r, query_text(q, 2)))
            continue;
        const struct line *l = meet(&lines, household, query_int(q, 1), query_text(q, 2));
        if (l == NULL) {
            if (is_mine(r, in, household))
                replay_differs(r, household, query_int(q, 1), query_text(q, 2),
                               str_fmt(&r->slice, "stored award %.*s, recomputed none",
                                       STR_ARG(yuan(r, fen))));
            continue;
        }
        const struct found_award *w = &now->awards.at[l->index];
        if (w->fen != fen || !str_eq(ground, ground_words[w->ground]))
            replay_differs(r, household, w->person, l->programme,
                           str_fmt(&r->slice, "stored award %.*s (%.*s), recomputed %.*s (%.*s)",
                                   STR_ARG(yuan(r, fen)), STR_ARG(ground), STR_ARG(yuan(r, w->fen)),
                                   STR_ARG(ground_words[w->ground])));
        r->out->n.awards++;
    }
    TRY(query_end(q, err));
    tell_unmet(r, &lines, "award");
    return RC_OK;
}

MUST_CHECK static enum rc compare_payments(struct replaying *r, const struct intake *in,
                                           const struct found *now, struct conn *c, struct err *err)
{
    struct lines lines = {0};
    struct query *q = NULL;

    for (size_t i = 0; i < now->payments.n; i++) {
        const struct found_payment *p = &now->payments.at[i];
        add_line(r, &lines, in, p->household, p->payee, p->policy->name.text, i);
    }
    TRY(rows_of(r, in, &stmt_replay_payments, c, &q, err));
    while (query_next(q)) {
        int64_t household = query_int(q, 0), payee = query_int(q, 1), fen = query_int(q, 3);
        if (!is_asked(r, query_text(q, 2)))
            continue;
        const struct line *l = meet(&lines, household, payee, query_text(q, 2));
        if (l == NULL) {
            if (is_mine(r, in, household))
                replay_differs(r, household, payee, query_text(q, 2),
                               str_fmt(&r->slice, "stored payment %.*s, recomputed none",
                                       STR_ARG(yuan(r, fen))));
            continue;
        }
        const struct found_payment *p = &now->payments.at[l->index];
        if (p->fen != fen)
            replay_differs(r, household, payee, l->programme,
                           str_fmt(&r->slice, "stored payment %.*s, recomputed %.*s",
                                   STR_ARG(yuan(r, fen)), STR_ARG(yuan(r, p->fen))));
        else if (query_int(q, 4) != 0 && query_int(q, 4) != p->division)
            replay_differs(r, household, payee, l->programme,
                           str_fmt(&r->slice,
                                   "stored payment in division %" PRId64 ", recomputed in %" PRId64,
                                   query_int(q, 4), p->division));
        r->out->n.payments++;
        r->out->n.fen += p->fen;
    }
    TRY(query_end(q, err));
    tell_unmet(r, &lines, "payment");
    return RC_OK;
}

/* ---- everybody ------------------------------------------------------------------------------ */

static void compare_block(struct replaying *r, const struct found *now)
{
    uint8_t both[2 * VAULT_HASH];

    memcpy(both, r->digest, VAULT_HASH);
    memcpy(both + VAULT_HASH, now->hash, VAULT_HASH);
    sm3_once(both, sizeof both, r->digest);
    if (r->block == r->n_blocks) {
        replay_differs(r, 0, 0, S(""),
                       str_fmt(&r->slice,
                               "households from %" PRId64 " to %" PRId64
                               ": stored no block, recomputed one",
                               now->first, now->last));
        return;
    }
    const struct replay_block *b = &r->blocks[r->block++];
    str what = S("");
    if (b->first != now->first || b->last != now->last)
        what = str_fmt(&r->slice, "stored up to %" PRId64, b->last);
    else if (b->households != now->households || b->persons != now->persons)
        what = str_fmt(&r->slice,
                       "stored %" PRId64 " households and %" PRId64 " persons, recomputed %" PRId64
                       " and %" PRId64,
                       b->households, b->persons, now->households, now->persons);
    else if (memcmp(b->hash, now->hash, VAULT_HASH) != 0)
        what = str_fmt(&r->slice, "stored hash of everybody's results %.*s, recomputed %.*s",
                       STR_ARG(hash_text(b->hash, &r->slice)),
                       STR_ARG(hash_text(now->hash, &r->slice)));
    if (what.n > 0)
        replay_differs(r, 0, 0, S(""),
                       str_fmt(&r->slice, "households from %" PRId64 " to %" PRId64 ": %.*s",
                               now->first, now->last, STR_ARG(what)));
    r->out->n.blocks++;
}

/* ---- counts --------------------------------------------------------------------------------- */

static struct replay_tally *tally_of(struct replaying *r, str programme)
{
    for (size_t i = 0; i < r->tallies.n; i++)
        if (str_eq(r->tallies.at[i].programme, programme))
            return &r->tallies.at[i];
    struct replay_tally *t = VEC_PUSH(&r->own, &r->tallies);
    *t = (struct replay_tally){.programme = str_dup(&r->own, programme)};
    return t;
}

static void count_up(struct replaying *r, const struct found *now)
{
    for (size_t i = 0; i < now->counts.n; i++) {
        const struct found_count *c = &now->counts.at[i];
        const int64_t n[REPLAY_COUNTS] = {c->households,   c->persons, c->fen,
                                          c->not_enrolled, c->no_more, c->undecided};
        if (!is_asked(r, c->policy->name.text) || !stands(r, c->division))
            continue;
        struct replay_tally *t = tally_of(r, c->policy->name.text);
        for (size_t k = 0; k < REPLAY_COUNTS; k++)
            t->n[k] += n[k];
    }
}

static str counts_text(struct replaying *r, const int64_t n[REPLAY_COUNTS])
{
    return str_fmt(&r->slice,
                   "%" PRId64 " households of %" PRId64 " persons with %.*s, %" PRId64
                   " not enrolled, %" PRId64 " no more, %" PRId64 " undecided",
                   n[0], n[1], STR_ARG(yuan(r, n[2])), n[3], n[4], n[5]);
}

/* By programme: what was counted by villages is one sum with what is stored. */
MUST_CHECK static enum rc compare_counts(struct replaying *r, struct conn *c, struct err *err)
{
    const struct value v[] = {V_INT(r->out->county), V_INT(r->visible), V_INT(0), V_INT(INT64_MAX)};
    struct query *q = NULL;

    TRY(query(c, &stmt_run_counts, v, 4, &q, err));
    while (query_next(q)) {
        int64_t stored[REPLAY_COUNTS];
        if (!is_asked(r, query_text(q, 0)))
            continue;
        struct replay_tally *t = tally_of(r, query_text(q, 0));
        for (size_t k = 0; k < REPLAY_COUNTS; k++)
            stored[k] = query_int(q, k + 1);
        if (memcmp(stored, t->n, sizeof stored) != 0)
            replay_differs(r, 0, 0, t->programme,
                           str_fmt(&r->slice, "counted %.*s, recomputed %.*s",
                                   STR_ARG(counts_text(r, stored)), STR_ARG(counts_text(r, t->n))));
        memset(t->n, 0, sizeof t->n); /* met */
    }
    TRY(query_end(q, err));
    static const int64_t none[REPLAY_COUNTS];
    for (size_t i = 0; i < r->tallies.n; i++)
        if (memcmp(r->tallies.at[i].n, none, sizeof none) != 0)
            replay_differs(r, 0, 0, r->tallies.at[i].programme,
                           str_fmt(&r->slice, "counted nothing, recomputed %.*s",
                                   STR_ARG(counts_text(r, r->tallies.at[i].n))));
    return RC_OK;
}

/* ---- a slice -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc compare_lines(struct replaying *r, const struct intake *in,
                                        const struct found *now, struct conn *c, struct err *err)
{
    TRY(compare_units(r, in, now, c, err));
    TRY(compare_awards(r, in, now, c, err));
    return compare_payments(r, in, now, c, err);
}

enum rc replay_compare(struct replaying *r, const struct intake *in, const struct found *now,
                       struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(r->spec->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = compare_lines(r, in, now, c, err);
    read_end(c);
    store_reader_done(c);
    if (rc == RC_OK && r->whole && !in->last)
        compare_block(r, now);
    count_up(r, now);
    return rc;
}

/* ---- the whole county ----------------------------------------------------------------------- */

MUST_CHECK static enum rc two_sums(struct conn *c, const struct statement *st,
                                   const struct value *v, int64_t out[2], struct err *err)
{
    struct query *q = NULL;

    TRY(query(c, st, v, 4, &q, err));
    if (query_next(q)) {
        out[0] = query_int(q, 0);
        out[1] = query_int(q, 1);
    }
    return query_end(q, err);
}

enum rc replay_totals(struct replaying *r, struct err *err)
{
    const struct replay_sums *n = &r->out->n;
    const struct value v[] = {V_INT(r->out->county), V_TEXT(str_from(r->month_text)),
                              V_INT(r->visible), V_TEXT(r->spec->programme)};
    const struct value units[] = {v[0], v[1], v[2], V_INT(0), v[3]};
    int64_t determinations = 0, awards[2] = {0}, payments[2] = {0};
    struct conn *c = NULL;

    TRY(store_reader(r->spec->city->store, &c, err));
    enum rc rc = query_one(c, &stmt_replay_determination_count, units, 5, &determinations, err);
    if (rc == RC_OK)
        rc = two_sums(c, &stmt_replay_award_count, v, awards, err);
    if (rc == RC_OK)
        rc = two_sums(c, &stmt_replay_payment_count, v, payments, err);
    if (rc == RC_OK)
        rc = compare_counts(r, c, err);
    store_reader_done(c);
    TRY(rc);
    if (n->differences > 0 || (determinations == n->determinations && awards[0] == n->awards &&
                               payments[0] == n->payments && payments[1] == n->fen))
        return RC_OK;
    replay_differs(r, 0, 0, r->spec->programme,
                   str_fmt(&r->slice,
                           "stored %" PRId64 " determinations, %" PRId64 " awards, %" PRId64
                           " payments of %.*s together, recomputed %" PRId64 ", %" PRId64
                           ", %" PRId64 " of %.*s",
                           determinations, awards[0], payments[0], STR_ARG(yuan(r, payments[1])),
                           n->determinations, n->awards, n->payments, STR_ARG(yuan(r, n->fen))));
    return RC_OK;
}
