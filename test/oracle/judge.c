/* Who agrees with whom: see judge.h. */
#include "judge.h"
#include "gen.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ---- texts ---------------------------------------------------------------------------------- */

static const struct {
    const char *said;
    const char *name;
} errors[ORACLE__ERRORS] = {
    [ORACLE_FINE] = {NULL, "none"},
    [ORACLE_ZERO] = {"division by zero", "division by zero"},
    [ORACLE_NO_VALUE] = {"has no value", "no value"},
    [ORACLE_NEGATIVE] = {"negative", "negative payment"},
    [ORACLE_OVERFLOW] = {"too large", "overflow"},
};

enum oracle_error error_kind(const char *text)
{
    for (unsigned e = ORACLE_FINE + 1; e < ORACLE__ERRORS; e++)
        if (strstr(text, errors[e].said) != NULL)
            return (enum oracle_error)e;
    return ORACLE__ERRORS;
}

const char *error_name(enum oracle_error e)
{
    return errors[e].name;
}

static void fen_text(struct sbuf *out, int64_t fen)
{
    if (fen == AMOUNT_OPEN)
        sbuf_addz(out, "open");
    else
        sbuf_fmt(out, "%" PRId64, fen);
}

void determination_text(struct sbuf *out, const struct determination *d)
{
    sbuf_fmt(out, "    %.*s", STR_ARG(d->policy->name.text));
    if (d->member != UINT32_MAX)
        sbuf_fmt(out, " of member %" PRIu32, d->member + 1);
    sbuf_fmt(out, ": alternative %zu, outcome %u%s, reasons %" PRIx64, d->alt + 1, d->outcome,
             d->undecided ? " (undecided)" : "", d->reasons);
    if (d->has_subject_pay) {
        sbuf_addz(out, ", pays ");
        fen_text(out, d->subject_fen);
    }
    for (size_t i = 0; i < d->n_member_pays; i++) {
        sbuf_fmt(out, ", pays member %" PRIu32 " ", d->member_pays[i].member + 1);
        fen_text(out, d->member_pays[i].fen);
    }
    for (size_t i = 0; i < d->n_needs; i++) {
        sbuf_fmt(out, ", needs %.*s", STR_ARG(d->needs[i].field->name.text));
        if (d->needs[i].member != UINT32_MAX)
            sbuf_fmt(out, " of %" PRIu32, d->needs[i].member + 1);
    }
    sbuf_addc(out, '\n');
}

static void column_text(struct sbuf *out, const struct column *c, const struct field *f, size_t i)
{
    size_t width = column_width(f->type);
    sbuf_fmt(out, " %.*s", STR_ARG(f->name.text));
    if (width == 0)
        sbuf_addz(out, " -");
    else if (c->at == NULL || (c->unknown != NULL && c->unknown[i]))
        sbuf_addz(out, " unknown");
    else if (f->type.kind == K_CODE)
        sbuf_fmt(out, " %.*s", STR_ARG(code_name(f->type.code, ((const uint8_t *)c->at)[i])));
    else if (f->type.kind == K_DATE)
        sbuf_fmt(out, " %s", date_text(((const int32_t *)c->at)[i], (char[11]){0}));
    else if (f->type.kind == K_MONTH)
        sbuf_fmt(out, " %s", month_text(((const int32_t *)c->at)[i], (char[8]){0}));
    else if (width == 1)
        sbuf_fmt(out, " %s", ((const uint8_t *)c->at)[i] ? "yes" : "no");
    else if (width == 4)
        sbuf_fmt(out, " %" PRId32, ((const int32_t *)c->at)[i]);
    else
        sbuf_fmt(out, " %" PRId64 "fen", ((const int64_t *)c->at)[i]);
}

void facts_text(struct sbuf *out, const struct judged *j, size_t row)
{
    const struct block *b = j->block;
    const struct reg *members = NULL;
    sbuf_addz(out, "    subject:");
    for (size_t i = 0; i < j->subject->n_slots; i++)
        if (j->subject->slots[i]->type.kind != K_LIST)
            column_text(out, &b->subject[i], j->subject->slots[i], row);
        else
            members = j->subject->slots[i]->type.reg;
    for (size_t i = 0; i < j->subject->n_fields && members == NULL; i++)
        if (j->subject->fields[i]->type.kind == K_LIST)
            members = j->subject->fields[i]->type.reg;
    for (uint32_t m = members_from(b, row);
         members != NULL && m < members_from(b, row) + members_of(b, row); m++) {
        sbuf_fmt(out, "\n    member %u:", m - members_from(b, row) + 1);
        for (size_t i = 0; i < members->n_slots; i++)
            column_text(out, &b->member[i], members->slots[i], m);
    }
    for (size_t i = 0; i < j->o.n_policies; i++) {
        const struct policy *p = j->o.policies[i];
        const struct column *c = b->paid_last == NULL ? NULL : &b->paid_last[p->index];
        uint32_t from = p->of_member ? members_from(b, row) : (uint32_t)row;
        uint32_t to = p->of_member ? from + members_of(b, row) : (uint32_t)row + 1;
        sbuf_fmt(out, "\n    %.*s paid last month:", STR_ARG(p->name.text));
        for (uint32_t k = from; c != NULL && c->at != NULL && k < to; k++)
            sbuf_fmt(out, " %" PRId64, ((const int64_t *)c->at)[k]);
    }
    sbuf_addc(out, '\n');
}

/* ---- rows ----------------------------------------------------------------------------------- */

static bool same_needs(struct arena *a, const struct determination *x,
                       const struct determination *y)
{
    if (x->n_needs != y->n_needs)
        return false;
    uint8_t *seen = NEW_N(a, uint8_t, x->n_needs + 1);
    for (size_t i = 0; i < x->n_needs; i++) {
        size_t k = 0;
        while (k < y->n_needs && (seen[k] || x->needs[i].field != y->needs[k].field ||
                                  x->needs[i].member != y->needs[k].member))
            k++;
        if (k == y->n_needs)
            return false;
        seen[k] = 1;
    }
    return true;
}

static bool same_determination(struct arena *a, const struct determination *x,
                               const struct determination *y)
{
    if (x->policy != y->policy || x->member != y->member || x->undecided != y->undecided ||
        x->alt != y->alt || x->outcome != y->outcome || x->reasons != y->reasons ||
        x->has_subject_pay != y->has_subject_pay || x->n_member_pays != y->n_member_pays)
        return false;
    if (x->has_subject_pay && x->subject_fen != y->subject_fen)
        return false;
    for (size_t i = 0; i < x->n_member_pays; i++)
        if (x->member_pays[i].member != y->member_pays[i].member ||
            x->member_pays[i].fen != y->member_pays[i].fen)
            return false;
    return same_needs(a, x, y);
}

struct judging {
    const struct judged *j;
    struct arena *a;
    struct judge_stats *stats;
    struct sbuf *why;
    size_t *row;
    struct oracle_result *results; /* by subject of the whole block */
    bool *overflowed;              /* the row form gave up a subject that is big: so may columns */
};

static void all_text(struct judging *g, const char *who, const struct determination *at, size_t n)
{
    sbuf_fmt(g->why, "  %s:\n", who);
    for (size_t i = 0; i < n; i++)
        determination_text(g->why, &at[i]);
}

static bool judge_error(struct judging *g, size_t row, const struct err *err)
{
    const struct oracle_result *right = &g->results[row];
    enum oracle_error kind = error_kind(err->text);
    if (kind == ORACLE_OVERFLOW && right->big) {
        g->overflowed[row] = true;
        return true;
    }
    if (kind != ORACLE__ERRORS && (right->errors & (1U << kind)) != 0)
        return true;
    sbuf_fmt(g->why, "  rows say “%s”; the oracle's errors: %x\n", err->text, right->errors);
    all_text(g, "oracle", right->at, right->n);
    return false;
}

/*
 * Behind an open guard an overflow of 128 bits leaves the whole open, where the oracle,
 * which never overflows, may see further. To wait for a fact is then no mistake; to say something
 * else is.
 */
static bool waits_instead(const struct determination *right, const struct determination *d)
{
    if (d->n_needs == 0 || d->policy != right->policy || d->member != right->member)
        return false;
    if (d->undecided)
        return true;
    if (d->outcome != right->outcome || (d->reasons & ~right->reasons) != 0 ||
        d->n_member_pays != right->n_member_pays)
        return false;
    if (d->subject_fen != right->subject_fen && d->subject_fen != AMOUNT_OPEN)
        return false;
    for (size_t i = 0; i < d->n_member_pays; i++)
        if (d->member_pays[i].fen != right->member_pays[i].fen &&
            d->member_pays[i].fen != AMOUNT_OPEN)
            return false;
    return true;
}

static bool judge_row(struct judging *g, size_t row)
{
    const struct oracle_result *right = &g->results[row];
    struct determination *at = NULL;
    size_t n = 0;
    struct err err = {0};
    if (row_determine(g->j->program, g->j->block, row, g->a, &at, &n, &err) != RC_OK)
        return judge_error(g, row, &err);
    bool same = n == right->n && right->errors == 0;
    for (size_t i = 0; same && i < n; i++)
        same = same_determination(g->a, &right->at[i], &at[i]);
    if (same)
        return true;
    bool waits = right->big && right->errors == 0 && n == right->n;
    for (size_t i = 0; waits && i < n; i++)
        waits =
            same_determination(g->a, &right->at[i], &at[i]) || waits_instead(&right->at[i], &at[i]);
    if (waits) {
        g->overflowed[row] = true;
        return true;
    }
    if (right->errors != 0)
        sbuf_fmt(g->why, "  the oracle's errors: %x; rows find none\n", right->errors);
    all_text(g, "oracle", right->at, right->n);
    all_text(g, "rows", at, n);
    return false;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* Filled with what a result left untouched would show; some arrays are not wanted. */
static struct policy_result *results_new(struct judging *g, const struct block *b)
{
    struct policy_result *r = NEW_N(g->a, struct policy_result, g->j->o.n_policies);
    for (size_t i = 0; i < g->j->o.n_policies; i++) {
        bool of_member = g->j->o.policies[i]->of_member;
        size_t units = of_member ? b->n_members : b->n;
        r[i].outcome = NEW_N(g->a, uint8_t, units + 1);
        r[i].reasons = NEW_N(g->a, uint64_t, units + 1);
        r[i].member_fen = NEW_N(g->a, int64_t, b->n_members + 1);
        memset(r[i].outcome, 0xa5, units);
        memset(r[i].reasons, 0xa5, units * sizeof(uint64_t));
        memset(r[i].member_fen, 0xa5, b->n_members * sizeof(int64_t));
        if (!of_member) {
            r[i].subject_fen = NEW_N(g->a, int64_t, units + 1);
            memset(r[i].subject_fen, 0xa5, units * sizeof(int64_t));
        }
        switch ((b->n + i) % 16) {
        case 0:
            r[i].outcome = NULL;
            break;
        case 1:
            r[i].reasons = NULL;
            break;
        case 2:
            r[i].subject_fen = NULL;
            break;
        case 3:
            r[i].member_fen = NULL;
            break;
        default:
            break;
        }
    }
    return r;
}

/* One unit of policy i: what the columns gave against what is right. */
static bool same_unit(const struct block *b, const struct policy_result *r,
                      const struct determination *d, size_t row)
{
    size_t unit = d->member == UINT32_MAX ? row : members_from(b, row) + d->member;
    if (r->outcome != NULL && r->outcome[unit] != d->outcome)
        return false;
    if (r->reasons != NULL && r->reasons[unit] != d->reasons)
        return false;
    if (d->member != UINT32_MAX)
        return r->member_fen == NULL || r->member_fen[unit] == d->subject_fen;
    if (r->subject_fen != NULL && r->subject_fen[unit] != d->subject_fen)
        return false;
    if (r->member_fen == NULL)
        return true;
    for (uint32_t m = members_from(b, row); m < members_from(b, row) + members_of(b, row); m++) {
        int64_t fen = 0;
        for (size_t i = 0; i < d->n_member_pays; i++)
            if (d->member_pays[i].member == m - members_from(b, row))
                fen = d->member_pays[i].fen;
        if (r->member_fen[m] != fen)
            return false;
    }
    return true;
}

static void unit_text(struct sbuf *out, const struct block *b, const struct policy_result *r,
                      const struct determination *d, size_t row)
{
    size_t unit = d->member == UINT32_MAX ? row : members_from(b, row) + d->member;
    sbuf_fmt(out, "    %.*s: outcome %d, reasons %" PRIx64, STR_ARG(d->policy->name.text),
             r->outcome == NULL ? -1 : r->outcome[unit], r->reasons == NULL ? 0 : r->reasons[unit]);
    if (r->subject_fen != NULL) {
        sbuf_addz(out, ", pays ");
        fen_text(out, r->subject_fen[row]);
    }
    sbuf_addz(out, ", members ");
    uint32_t from = members_from(b, row), to = from + members_of(b, row);
    for (uint32_t m = from; r->member_fen != NULL && m < to; m++) {
        sbuf_addc(out, ' ');
        fen_text(out, r->member_fen[m]);
    }
    sbuf_addc(out, '\n');
}

static bool same_columns(struct judging *g, const struct block *b, const size_t *rows,
                         const struct policy_result *r, const char *form)
{
    for (size_t row = 0; row < b->n; row++) {
        const struct oracle_result *right = &g->results[rows[row]];
        size_t at = 0;
        bool same = true;
        for (size_t i = 0; i < g->j->o.n_policies; i++) {
            size_t units = g->j->o.policies[i]->of_member ? members_of(b, row) : 1;
            for (size_t u = 0; u < units; u++, at++) {
                if (same_unit(b, &r[i], &right->at[at], row))
                    continue;
                sbuf_fmt(g->why, "  %s differ from the oracle:\n", form);
                unit_text(g->why, b, &r[i], &right->at[at], row);
                same = false;
            }
        }
        if (same)
            continue;
        all_text(g, "oracle", right->at, right->n);
        *g->row = rows[row];
        return false;
    }
    return true;
}

/* A run that ended with an error: of a subject that has one, or of a big one. */
static bool judge_run_error(struct judging *g, size_t row, const struct err *err, const char *form)
{
    const struct oracle_result *right = &g->results[row];
    enum oracle_error kind = error_kind(err->text);
    if (kind != ORACLE__ERRORS && (right->errors & (1U << kind)) != 0)
        return true;
    if (kind == ORACLE_OVERFLOW && right->big)
        return true;
    sbuf_fmt(g->why, "  %s end with “%s”; the oracle's errors there: %x\n", form, err->text,
             right->errors);
    all_text(g, "oracle", right->at, right->n);
    *g->row = row;
    return false;
}

/*
 * Run a block whose subject i is `rows[i]` of the whole. `errors_due`: at least one must end it. In
 * a block without, only big ones may; they are dropped (*dropped) and the caller starts again.
 */
static bool judge_run(struct judging *g, const struct block *b, const size_t *rows, bool errors_due,
                      const char *form, size_t *dropped)
{
    struct scratch *s = scratch_open();
    struct policy_result *r = results_new(g, b);
    struct err err = {0};
    size_t row = SIZE_MAX;
    enum rc rc = program_run(g->j->program, b, r, s, &row, &err);
    bool fine = true;
    *dropped = SIZE_MAX;
    if (rc == RC_OK) {
        g->stats->dense_rows += b->n;
        g->stats->exact_rows += scratch_exact_rows(s);
    }
    scratch_close(s);
    if (rc == RC_OK && errors_due) {
        sbuf_fmt(g->why, "  %s end well although a subject has an error\n", form);
        for (*g->row = 0; g->results[*g->row].errors == 0; ++*g->row)
            ;
        return false;
    }
    if (rc == RC_OK)
        return same_columns(g, b, rows, r, form);
    if (row >= b->n) {
        sbuf_fmt(g->why, "  %s end with “%s” and no subject\n", form, err.text);
        *g->row = 0;
        return false;
    }
    fine = judge_run_error(g, rows[row], &err, form);
    *dropped = row;
    return fine;
}

/* Columns over the whole block, then over what is left without errors. */
static bool judge_columns(struct judging *g, const char *form)
{
    const struct block *b = g->j->block;
    uint8_t *keep = NEW_N(g->a, uint8_t, b->n + 1);
    size_t *rows = NEW_N(g->a, size_t, b->n + 1), n = 0, dropped;
    for (size_t i = 0; i < b->n; i++) {
        rows[i] = i;
        keep[i] = g->results[i].errors == 0 && !g->overflowed[i];
        n += keep[i];
    }
    bool due = false;
    for (size_t i = 0; i < b->n; i++)
        due = due || g->results[i].errors != 0;
    if (n < b->n && due && !judge_run(g, b, rows, due, form, &dropped))
        return false;
    for (;;) {
        struct block left;
        n = 0;
        for (size_t i = 0; i < b->n; i++)
            if (keep[i])
                rows[n++] = i;
        block_pick(b, g->j->o.rules, g->j->subject, keep, g->a, &left);
        if (!judge_run(g, &left, rows, false, form, &dropped))
            return false;
        if (dropped == SIZE_MAX)
            return true;
        keep[rows[dropped]] = 0;
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

static void note_stats(struct judge_stats *s, const struct oracle_result *r)
{
    s->subjects++;
    s->big += r->big;
    s->erring += r->errors != 0;
    for (size_t i = 0; i < r->n && r->errors == 0; i++) {
        const struct determination *d = &r->at[i];
        s->units++;
        s->undecided += d->undecided;
        s->waiting += !d->undecided && d->n_needs > 0;
        s->open += d->subject_fen == AMOUNT_OPEN;
        s->paid += d->has_subject_pay || d->n_member_pays > 0;
        if (!d->undecided)
            s->alternatives[d->alt < 7 ? d->alt : 7]++;
    }
}

bool judge_block(const struct judged *j, struct arena *a, struct judge_stats *stats, size_t *row,
                 struct sbuf *why)
{
    struct judging g = {.j = j, .a = a, .stats = stats, .why = why, .row = row};
    size_t n = j->block->n;
    g.results = NEW_N(a, struct oracle_result, n + 1);
    g.overflowed = NEW_N(a, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        oracle_determine(&j->o, j->block, i, a, &stats->counts, &g.results[i]);
        note_stats(stats, &g.results[i]);
    }
    for (*row = 0; *row < n; ++*row)
        if (!judge_row(&g, *row))
            return false;
    if (!judge_columns(&g, "columns"))
        return false;
    struct judge_stats aside = {0};
    g.stats = &aside; /* the share of exact rows is of the run as it comes */
    program_exact_only(j->program, true);
    bool same = judge_columns(&g, "exact columns");
    program_exact_only(j->program, false);
    return same;
}
