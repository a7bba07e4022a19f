/*
 * What differs from what is stored, and the change that stores it. Held against the store in the snapshot it was
 * determined from; written only for households that nothing has touched since.
 */
#include "pay/continuous_in.h"
#include "pay/pay_sql.h"
#include "pay/proposal.h"
#include "people/people_sql.h"

/* ---- comparing ------------------------------------------------------------------------------- */

struct comparing {
    const struct look *look;
    const struct now *now;
    struct arena *a;
    renewals *out;
    int64_t from, upto;
    VEC(struct now_row) rows; /* as stored */
    VEC(struct now_right) rights;
    struct open_proposal {
        int64_t household, person;
        str programme, kind, amounts, outcome, reasons;
        month month, seen;
        int64_t division, old_fen;
    } * open;
    size_t n_open;
};

static month month_in(str text)
{
    month m = 0;
    return month_parse(text, &m) ? m : 0;
}

/* Asked for in ascending order. */
static struct renewal *renewal_of(struct comparing *g, int64_t household)
{
    size_t at = g->out->n;

    while (at > 0 && g->out->at[at - 1].household > household)
        at--;
    if (at > 0 && g->out->at[at - 1].household == household)
        return &g->out->at[at - 1];
    VEC_PUSH(g->a, g->out);
    for (size_t i = g->out->n - 1; i > at; i--)
        g->out->at[i] = g->out->at[i - 1];
    g->out->at[at] = (struct renewal){.household = household, .error = S("")};
    return &g->out->at[at];
}

MUST_CHECK static enum rc read_rows(struct comparing *g, const struct value v[3], struct err *err)
{
    struct query *q = NULL;

    TRY(query(g->look->conn, &stmt_present_range, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &g->rows) =
            (struct now_row){.household = query_int(q, 0),
                             .person = query_int(q, 1),
                             .programme = str_dup(g->a, query_text(q, 2)),
                             .month = month_in(query_text(q, 3)),
                             .outcome = str_dup(g->a, query_text(q, 4)),
                             .reasons = str_dup(g->a, query_text(q, 5)),
                             .fen = query_null(q, 6) ? AMOUNT_OPEN : query_int(q, 6),
                             .enrolled = query_int(q, 7) != 0,
                             .qualifies = query_int(q, 8) != 0};
    return query_end(q, err);
}

MUST_CHECK static enum rc read_rights(struct comparing *g, const struct value v[3], struct err *err)
{
    struct query *q = NULL;

    TRY(query(g->look->conn, &stmt_unclaimed_range, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &g->rights) =
            (struct now_right){.household = query_int(q, 0),
                               .person = query_int(q, 1),
                               .programme = str_dup(g->a, query_text(q, 2)),
                               .division = query_int(q, 3),
                               .month = month_in(query_text(q, 4)),
                               .fen = query_null(q, 5) ? AMOUNT_OPEN : query_int(q, 5)};
    return query_end(q, err);
}

typedef VEC(struct open_proposal) open_list;

MUST_CHECK static enum rc open_read(struct conn *c, const struct value v[3], struct arena *a,
                                    open_list *out, struct err *err)
{
    struct query *q = NULL;

    TRY(query(c, &stmt_proposal_open_range, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, out) = (struct open_proposal){.household = query_int(q, 0),
                                                   .person = query_int(q, 1),
                                                   .programme = str_dup(a, query_text(q, 2)),
                                                   .kind = str_dup(a, query_text(q, 3)),
                                                   .amounts = str_dup(a, query_text(q, 4)),
                                                   .month = month_in(query_text(q, 5)),
                                                   .seen = month_in(query_text(q, 6)),
                                                   .old_fen = query_int(q, 9),
                                                   .outcome = str_dup(a, query_text(q, 10)),
                                                   .reasons = str_dup(a, query_text(q, 11)),
                                                   .division = query_int(q, 12)};
    return query_end(q, err);
}

static bool row_same(const struct now_row *a, const struct now_row *b)
{
    return str_eq(a->outcome, b->outcome) && str_eq(a->reasons, b->reasons) && a->fen == b->fen &&
           a->enrolled == b->enrolled && a->qualifies == b->qualifies;
}

static int row_order(const struct now_row *a, const struct now_row *b)
{
    if (a->household != b->household)
        return a->household < b->household ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    int by = str_cmp(a->programme, b->programme);
    return by != 0 ? by : (a->month > b->month) - (a->month < b->month);
}

static void compare_rows(struct comparing *g)
{
    for (size_t i = 0, k = 0; i < g->now->rows.n || k < g->rows.n;) {
        const struct now_row *is = i < g->now->rows.n ? &g->now->rows.at[i] : NULL;
        const struct now_row *was = k < g->rows.n ? &g->rows.at[k] : NULL;
        int order = is == NULL ? 1 : was == NULL ? -1 : row_order(is, was);
        if (order < 0 || (order == 0 && !row_same(is, was)))
            *VEC_PUSH(g->a, &renewal_of(g, is->household)->put) = *is;
        else if (order > 0)
            *VEC_PUSH(g->a, &renewal_of(g, was->household)->gone) = *was;
        i += order <= 0;
        k += order >= 0;
    }
}

static int right_order(const struct now_right *a, const struct now_right *b)
{
    if (a->household != b->household)
        return a->household < b->household ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return str_cmp(a->programme, b->programme);
}

static void compare_rights(struct comparing *g)
{
    for (size_t i = 0, k = 0; i < g->now->rights.n || k < g->rights.n;) {
        const struct now_right *is = i < g->now->rights.n ? &g->now->rights.at[i] : NULL;
        const struct now_right *was = k < g->rights.n ? &g->rights.at[k] : NULL;
        int order = is == NULL ? 1 : was == NULL ? -1 : right_order(is, was);
        bool same = order == 0 && is->division == was->division && is->month == was->month &&
                    is->fen == was->fen;
        if (order <= 0 && !same)
            *VEC_PUSH(g->a, &renewal_of(g, is->household)->right_put) = *is;
        else if (order > 0)
            *VEC_PUSH(g->a, &renewal_of(g, was->household)->right_gone) = *was;
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- proposals ------------------------------------------------------------------------------- */

/* What was found for a month that is paid by now goes on as one of the month at hand. */
static bool says_the_same(const struct open_proposal *p, const struct now_finding *f, month at_hand)
{
    month from = p->month > at_hand ? p->month : at_hand;

    return p->person == f->f->person && str_eq(p->programme, f->f->policy->name.text) &&
           str_eq(p->kind, str_from(f->f->kind)) && str_eq(p->amounts, f->f->amounts) &&
           from == f->month;
}

/* A later month's run stands: what it proposes is not for the months at hand to judge. */
static bool is_later(const struct open_proposal *p, month at_hand)
{
    return p->seen >= at_hand + MONTHS;
}

/* Findings of one household against what lies open: is there anything to do? */
static bool proposals_differ(const struct open_proposal *open, size_t n_open,
                             const struct now_finding *f, size_t n, month at_hand)
{
    for (size_t i = 0; i < n_open; i++) {
        bool kept = is_later(&open[i], at_hand);
        for (size_t k = 0; k < n && !kept; k++)
            kept = says_the_same(&open[i], &f[k], at_hand) && open[i].old_fen == f[k].f->old_fen &&
                   str_eq(open[i].outcome, f[k].f->outcome) &&
                   str_eq(open[i].reasons, f[k].f->reasons) && open[i].division == f[k].f->division;
        if (!kept)
            return true;
    }
    for (size_t k = 0; k < n; k++) {
        bool there = false;
        for (size_t i = 0; i < n_open; i++)
            there |= open[i].person == f[k].f->person &&
                     str_eq(open[i].programme, f[k].f->policy->name.text);
        if (!there)
            return true;
    }
    return false;
}

/* Was it rejected for that month already? Then nothing is to be done about it. */
MUST_CHECK static enum rc is_rejected(struct conn *c, int64_t county, const struct now_finding *f,
                                      bool *out, struct err *err)
{
    char text[8];
    int64_t id = 0;
    const struct value v[] = {V_INT(county),
                              V_INT(f->f->household),
                              V_INT(f->f->person),
                              V_TEXT(f->f->policy->name.text),
                              V_TEXT(str_from(month_text(f->month, text))),
                              V_TEXT(str_from(f->f->kind)),
                              V_TEXT(f->f->amounts)};
    enum rc rc = query_one(c, &stmt_proposal_refused, v, 7, &id, err);

    *out = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Findings of one household without those that were rejected. */
MUST_CHECK static enum rc take_findings(struct comparing *g, struct now_finding *f, size_t n,
                                        const struct open_proposal *open, size_t n_open,
                                        struct err *err)
{
    struct now_finding *left = NEW_N(g->a, struct now_finding, n + 1);
    size_t n_left = 0;

    for (size_t i = 0; i < n; i++) {
        bool no = false;
        TRY(is_rejected(g->look->conn, g->look->county, &f[i], &no, err));
        if (!no)
            left[n_left++] = f[i];
    }
    if (!proposals_differ(open, n_open, left, n_left, g->look->month))
        return RC_OK;
    struct renewal *r = renewal_of(g, n > 0 ? f[0].f->household : open[0].household);
    r->proposals = true;
    r->findings.at = left;
    r->findings.n = r->findings.cap = n_left;
    return RC_OK;
}

MUST_CHECK static enum rc compare_proposals(struct comparing *g, struct err *err)
{
    const struct now *now = g->now;

    for (size_t i = 0, k = 0; i < now->findings.n || k < g->n_open;) {
        int64_t household = INT64_MAX;
        size_t i_from = i, k_from = k;
        if (i < now->findings.n)
            household = now->findings.at[i].f->household;
        if (k < g->n_open && g->open[k].household < household)
            household = g->open[k].household;
        while (i < now->findings.n && now->findings.at[i].f->household == household)
            i++;
        while (k < g->n_open && g->open[k].household == household)
            k++;
        TRY(take_findings(g, now->findings.at + i_from, i - i_from, g->open + k_from, k - k_from,
                          err));
    }
    return RC_OK;
}

enum rc now_compare(const struct look *l, const struct now *now, int64_t from, int64_t upto,
                    struct arena *a, renewals *out, struct err *err)
{
    struct comparing g = {.look = l, .now = now, .a = a, .out = out, .from = from, .upto = upto};
    const struct value v[] = {V_INT(l->county), V_INT(from), V_INT(upto)};
    open_list open = {0};

    TRY(read_rows(&g, v, err));
    TRY(read_rights(&g, v, err));
    TRY(open_read(l->conn, v, a, &open, err));
    g.open = open.at;
    g.n_open = open.n;
    compare_rows(&g);
    compare_rights(&g);
    return compare_proposals(&g, err);
}

/* ---- writing --------------------------------------------------------------------------------- */

struct writing {
    struct storing *s;
    struct change *c;
    struct proposal_tasks ids;
    bool proposed;
};

static struct value fen_value(int64_t fen)
{
    return fen == AMOUNT_OPEN ? V_NULL : V_INT(fen);
}

MUST_CHECK static enum rc put_rows(struct writing *g, const struct renewal *r, struct err *err)
{
    char text[8];
    int64_t county = g->c->county_code;

    for (size_t i = 0; i < r->gone.n; i++) {
        const struct now_row *w = &r->gone.at[i];
        const struct value v[] = {V_INT(county), V_INT(w->household), V_INT(w->person),
                                  V_TEXT(w->programme),
                                  V_TEXT(str_from(month_text(w->month, text)))};
        change_note(g->c, "present_determination", v, 5);
        TRY(exec(g->c->conn, &stmt_present_remove, v, 5, NULL, err));
    }
    for (size_t i = 0; i < r->put.n; i++) {
        const struct now_row *w = &r->put.at[i];
        const struct value v[] = {V_INT(county),
                                  V_INT(w->household),
                                  V_INT(w->person),
                                  V_TEXT(w->programme),
                                  V_TEXT(str_from(month_text(w->month, text))),
                                  V_TEXT(w->outcome),
                                  V_TEXT(w->reasons),
                                  fen_value(w->fen),
                                  V_INT(w->enrolled),
                                  V_INT(w->qualifies),
                                  V_INT(g->s->look->position)};
        change_note(g->c, "present_determination", v, 11);
        TRY(exec(g->c->conn, &stmt_present_put, v, 11, NULL, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc put_rights(struct writing *g, const struct renewal *r, struct err *err)
{
    char text[8], on[11];
    int64_t county = g->c->county_code;

    for (size_t i = 0; i < r->right_gone.n; i++) {
        const struct now_right *w = &r->right_gone.at[i];
        const struct value v[] = {V_INT(county), V_INT(w->household), V_INT(w->person),
                                  V_TEXT(w->programme)};
        change_note(g->c, "unclaimed_right", v, 4);
        TRY(exec(g->c->conn, &stmt_unclaimed_remove, v, 4, NULL, err));
    }
    for (size_t i = 0; i < r->right_put.n; i++) {
        const struct now_right *w = &r->right_put.at[i];
        const struct value v[] = {V_INT(county),
                                  V_INT(w->household),
                                  V_INT(w->person),
                                  V_TEXT(w->programme),
                                  V_INT(w->division),
                                  V_TEXT(str_from(month_text(w->month, text))),
                                  fen_value(w->fen),
                                  V_TEXT(str_from(date_text(g->s->look->w->spec.today, on))),
                                  V_INT(g->s->look->position)};
        change_note(g->c, "unclaimed_right", v, 9);
        TRY(exec(g->c->conn, &stmt_unclaimed_put, v, 9, NULL, err));
    }
    return RC_OK;
}

/* What lies open and is found no more, or for another month, is void; the rest is put. */
MUST_CHECK static enum rc put_proposals(struct writing *g, const struct renewal *r, struct arena *a,
                                        struct err *err)
{
    const struct continuous_spec *spec = &g->s->look->w->spec;
    const struct value v[] = {V_INT(g->c->county_code), V_INT(r->household), V_INT(r->household)};
    month at_hand = g->s->look->month;
    open_list open = {0};

    TRY(open_read(g->c->conn, v, a, &open, err));
    for (size_t i = 0; i < open.n; i++) {
        const struct open_proposal *p = &open.at[i];
        bool kept = is_later(p, at_hand);
        for (size_t k = 0; k < r->findings.n && !kept; k++)
            kept = says_the_same(p, &r->findings.at[k], at_hand);
        if (kept)
            continue;
        TRY(proposal_drop(g->c, spec->city->rules, &g->ids, p->household, p->person, p->programme,
                          spec->today, err));
        g->s->own.voided++;
    }
    for (size_t k = 0; k < r->findings.n; k++) {
        const struct found_finding *f = r->findings.at[k].f;
        bool later = false, made = false;
        for (size_t i = 0; i < open.n; i++)
            later |= is_later(&open.at[i], at_hand) && open.at[i].person == f->person &&
                     str_eq(open.at[i].programme, f->policy->name.text);
        if (later)
            continue;
        struct proposal p = {.county_code = g->c->county_code,
                             .month = r->findings.at[k].month,
                             .household_id = f->household,
                             .person_id = f->person,
                             .programme = f->policy->name.text,
                             .kind = str_from(f->kind),
                             .old_fen = f->old_fen,
                             .new_fen = f->new_fen,
                             .amounts = f->amounts,
                             .outcome = f->outcome,
                             .reasons = f->reasons,
                             .division = f->division,
                             .state = S("open")};
        TRY(proposal_put(g->c, spec->city->rules, &g->ids, &p, spec->today, &made, err));
        g->s->own.proposals += made;
        g->proposed |= made;
    }
    return RC_OK;
}

/* Its mark, which goes with what is stored. False: it was touched since, or somebody else was here. */
MUST_CHECK static enum rc take_mark(struct writing *g, const struct renewal *r, bool *mine,
                                    struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(r->household),
                              V_INT(g->s->look->position), V_TEXT(r->error)};
    int64_t changed = 0;

    if (r->error.n > 0)
        TRY(exec(g->c->conn, &stmt_touched_fail, v, 4, &changed, err));
    else
        TRY(exec(g->c->conn, &stmt_touched_take, v, 3, &changed, err));
    *mine = changed == 1;
    return RC_OK;
}

/* Nothing has touched it, and no mark's determination is newer. */
MUST_CHECK static enum rc is_quiet(struct writing *g, const struct renewal *r, bool *quiet,
                                   struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(r->household)};
    int64_t position = 0;

    *quiet = false;
    enum rc rc = query_one(g->c->conn, &stmt_touched_of, v, 2, &position, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = query_one(g->c->conn, &stmt_present_household_of, v, 2, &position, err);
    *quiet = rc == RC_NOT_FOUND || position <= g->s->look->position;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

MUST_CHECK static enum rc put_household(struct writing *g, const struct renewal *r, struct arena *a,
                                        bool *written, struct err *err)
{
    char text[8];
    const struct value v[] = {
        V_INT(g->c->county_code), V_INT(r->household), V_INT(g->s->look->position),
        V_TEXT(str_from(month_text(g->s->look->month, text))), V_INT(g->c->at_ms)};

    if (g->s->marked)
        TRY(take_mark(g, r, written, err));
    else
        TRY(is_quiet(g, r, written, err));
    if (!*written)
        return RC_OK;
    g->s->own.households++;
    if (r->error.n > 0) {
        g->s->own.failed++;
        return RC_OK;
    }
    g->s->own.results += (r->put.n | r->gone.n | r->right_put.n | r->right_gone.n) > 0;
    TRY(put_rows(g, r, err));
    TRY(put_rights(g, r, err));
    if (r->proposals)
        TRY(put_proposals(g, r, a, err));
    return exec(g->c->conn, &stmt_present_household_put, v, 5, NULL, err);
}

static enum rc store_once(struct change *c, void *ctx, struct err *err)
{
    struct storing *s = ctx;
    struct writing g = {.s = s, .c = c};
    const struct continuous_spec *spec = &s->look->w->spec;
    const struct value own[] = {V_INT(c->county_code), V_INT(c->position), V_INT(0)};
    struct arena a = {0};
    int64_t n = 0;
    enum rc rc = RC_OK;

    s->own = (struct continuous_done){0};
    for (size_t i = 0; rc == RC_OK && i < s->n; i++) {
        bool written = false;
        rc = put_household(&g, &s->at[i], &a, &written, err);
        n += written;
    }
    arena_deinit(&a);
    TRY(rc);
    if (g.proposed)
        TRY(proposals_gather(c, spec->city->rules, &g.ids, spec->today, err));
    if (s->also != NULL)
        TRY(s->also(c, s->ctx, n, err));
    /* None of what a run reads has changed. */
    return exec(c->conn, &stmt_run_change_add, own, 3, NULL, err);
}

enum rc now_store(struct storing *s, const char *why, struct err *err)
{
    const struct city *city = s->look->w->spec.city;
    const struct change_spec change = {.store = city->store,
                                       .county_code = s->look->county,
                                       .who = city->who,
                                       .why = str_from(why)};

    TRY(change_write(&change, store_once, s, NULL, err));
    for (size_t i = 0; i < s->n; i++)
        s->look->bench->rights |= (s->at[i].right_put.n | s->at[i].right_gone.n) > 0;
    return RC_OK;
}
