/* What stands beside the facts of a slice: who was enrolled, what was paid, what was settled before. */
#include "pay/arrears_in.h"

#include <stdlib.h>
#include <string.h>

#include "pay/carried.h"
#include "pay/pay_sql.h"

/* Rows come by household, in the order of the slice; those of nobody in it are passed over. */
struct rows {
    const struct hunt *h;
    struct hunt_slice *s;
    struct query *q;
    size_t at;
    const struct policy *policy; /* of the row before */
    str name;
    char text[128];
};

static bool next_row(struct rows *r)
{
    while (query_next(r->q)) {
        int64_t id = query_int(r->q, 0);
        while (r->at < r->s->n && r->s->ids[r->at] < id)
            r->at++;
        if (r->at < r->s->n && r->s->ids[r->at] == id)
            return true;
    }
    return false;
}

/* Most rows are of the programme of the row before. */
static const struct policy *policy_of(struct rows *r, size_t col)
{
    str name = query_text(r->q, col);

    if (name.n > 0 && str_eq(name, r->name))
        return r->policy;
    r->policy = rules_policy(r->h->city->rules, name);
    r->name = S("");
    if (name.n <= sizeof r->text) {
        memcpy(r->text, name.p, name.n);
        r->name = (str){r->text, name.n};
    }
    return r->policy;
}

static bool day_of(str text, day *out)
{
    if (str_eq(text, S(DAY_OPEN))) {
        *out = INT32_MAX;
        return true;
    }
    return date_parse(text, out);
}

/* ---- which households ----------------------------------------------------------------------- */

MUST_CHECK static enum rc ids_of(struct conn *c, const struct statement *st,
                                 const struct value v[4], int64_t *out, size_t *n, struct err *err)
{
    struct query *q = NULL;

    *n = 0;
    TRY(query(c, st, v, 4, &q, err));
    while (*n < ARREARS_SLICE && query_next(q))
        out[(*n)++] = query_int(q, 0);
    return query_end(q, err);
}

enum rc hunt_ids(const struct hunt *h, struct conn *c, int64_t from, struct hunt_slice *s,
                 struct err *err)
{
    int64_t now[ARREARS_SLICE], past[ARREARS_SLICE];
    int64_t only = h->spec->household;
    size_t n = 0, m = 0, i = 0, k = 0;
    const struct value v[4] = {V_INT(h->county), V_INT(only > from ? only : from),
                               V_INT(only != 0 ? only : INT64_MAX), V_INT(ARREARS_SLICE)};

    s->n = 0;
    TRY(ids_of(c, &stmt_arrears_enrolled_ids, v, now, &n, err));
    TRY(ids_of(c, &stmt_arrears_enrolled_ids_past, v, past, &m, err));
    while (s->n < ARREARS_SLICE && (i < n || k < m)) {
        int64_t id = k == m || (i < n && now[i] <= past[k]) ? now[i] : past[k];
        i += i < n && now[i] == id;
        k += k < m && past[k] == id;
        s->ids[s->n++] = id;
    }
    s->upto = s->n == ARREARS_SLICE ? s->ids[s->n - 1] : INT64_MAX;
    return RC_OK;
}

/* ---- enrolments ----------------------------------------------------------------------------- */

bool hunt_enrolled(const struct hunt_enrolment *e, day on, int64_t position)
{
    return e->from <= on && e->to > on && e->position <= position && e->past > position;
}

MUST_CHECK static enum rc take_enrolments(struct rows *r, struct conn *c,
                                          const struct statement *st, const struct value *v,
                                          struct err *err)
{
    bool ok = true;

    r->at = 0;
    TRY(query(c, st, v, st->n_params, &r->q, err));
    while (ok && next_row(r)) {
        const struct policy *p = policy_of(r, 2);
        if (p == NULL)
            continue;
        struct hunt_enrolment *e = VEC_PUSH(&r->s->a, &r->s->enrolments);
        *e = (struct hunt_enrolment){.number = (uint32_t)r->at,
                                     .person = query_int(r->q, 1),
                                     .policy = p,
                                     .position = query_int(r->q, 5),
                                     .past =
                                         query_int(r->q, 6) != 0 ? query_int(r->q, 6) : INT64_MAX};
        ok = day_of(query_text(r->q, 3), &e->from) && day_of(query_text(r->q, 4), &e->to);
    }
    TRY(query_end(r->q, err));
    return ok ? RC_OK
              : err_set(err, RC_IO, "an enrolment of household %lld-%lld has no days",
                        (long long)r->h->county, (long long)r->s->ids[r->at]);
}

static int by_number(const void *a, const void *b)
{
    const struct hunt_enrolment *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);

    if (order == 0)
        order = (x->person > y->person) - (x->person < y->person);
    return order;
}

MUST_CHECK static enum rc read_enrolments(struct rows *r, struct conn *c, struct err *err)
{
    const struct hunt *h = r->h;
    char first[11], last[11];
    const struct value v[6] = {
        V_INT(h->county),
        V_INT(r->s->ids[0]),
        V_INT(r->s->ids[r->s->n - 1]),
        V_TEXT(str_from(date_text(month_first(h->months[0].month), first))),
        V_TEXT(str_from(date_text(month_first(h->months[h->n_months - 1].month), last))),
        V_INT(h->since)};

    TRY(take_enrolments(r, c, &stmt_arrears_enrolments, v, err));
    size_t n = r->s->enrolments.n;
    TRY(take_enrolments(r, c, &stmt_arrears_enrolments_past, v, err));
    if (r->s->enrolments.n > n)
        qsort(r->s->enrolments.at, r->s->enrolments.n, sizeof *r->s->enrolments.at, by_number);
    return RC_OK;
}

/* ---- amounts -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_awards(struct rows *r, struct conn *c, month m, int64_t run,
                                      hunt_amounts *out, struct err *err)
{
    char text[8];
    const struct value v[5] = {V_INT(r->h->county), V_TEXT(str_from(month_text(m, text))),
                               V_INT(r->s->ids[0]), V_INT(r->s->ids[r->s->n - 1]), V_INT(run)};

    r->at = 0;
    TRY(query(c, &stmt_run_last_awards, v, 5, &r->q, err));
    while (next_row(r))
        *VEC_PUSH(&r->s->a, out) = (struct hunt_amount){(uint32_t)r->at, query_int(r->q, 1),
                                                        policy_of(r, 2), query_int(r->q, 3)};
    return query_end(r->q, err);
}

/* Of one key the last row holds. */
MUST_CHECK static enum rc read_decided(struct rows *r, struct conn *c, struct err *err)
{
    char text[8];
    const struct value v[5] = {
        V_INT(r->h->county), V_INT(r->s->ids[0]), V_INT(r->s->ids[r->s->n - 1]),
        V_TEXT(str_from(month_text(r->h->months[0].month - 1, text))), V_INT(r->h->position)};
    hunt_amounts *out = &r->s->decided;

    r->at = 0;
    TRY(query(c, &stmt_run_decided, v, 5, &r->q, err));
    while (next_row(r)) {
        const struct hunt_amount now = {(uint32_t)r->at, query_int(r->q, 1), policy_of(r, 2),
                                        query_int(r->q, 3)};
        struct hunt_amount *last = out->n > 0 ? &out->at[out->n - 1] : NULL;
        if (last != NULL && last->number == now.number && last->person == now.person &&
            last->policy == now.policy)
            last->fen = now.fen;
        else
            *VEC_PUSH(&r->s->a, out) = now;
    }
    return query_end(r->q, err);
}

MUST_CHECK static enum rc read_carried(struct rows *r, struct conn *c, struct err *err)
{
    struct hunt_slice *s = r->s;
    char text[8];
    const struct value v[5] = {V_INT(r->h->county),
                               V_TEXT(str_from(month_text(r->h->months[0].month - 1, text))),
                               V_INT(s->ids[0]), V_INT(s->ids[s->n - 1]), V_INT(r->h->before_run)};
    bool ok = true;

    r->at = 0;
    TRY(query(c, &stmt_run_last_carried, v, 5, &r->q, err));
    while (ok && next_row(r)) {
        const struct policy *p = policy_of(r, 2);
        struct carried *list = NULL;
        if (p == NULL)
            continue;
        ok = carried_parse(p, query_text(r->q, 3), &s->a, &list);
        for (size_t i = 0; ok && i < p->n_carries; i++)
            if (list[i].known)
                *VEC_PUSH(&s->a, &s->carried) = (struct hunt_carried){
                    (uint32_t)r->at, query_int(r->q, 1), p, list[i].field, list[i].value};
    }
    TRY(query_end(r->q, err));
    return ok ? RC_OK
              : err_set(err, RC_IO, "household %lld-%lld: what was carried over can't be read",
                        (long long)r->h->county, (long long)s->ids[r->at]);
}

/* ---- settled before ------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_before(struct rows *r, struct conn *c, struct err *err)
{
    struct hunt_slice *s = r->s;
    char from[8], upto[8];
    const struct value v[5] = {
        V_INT(r->h->county), V_INT(s->ids[0]), V_INT(s->ids[s->n - 1]),
        V_TEXT(str_from(month_text(r->h->months[0].month - 1, from))),
        V_TEXT(str_from(month_text(r->h->months[r->h->n_months - 1].month, upto)))};

    r->at = 0;
    TRY(query(c, &stmt_arrears_before, v, 5, &r->q, err));
    while (next_row(r)) {
        str state = query_text(r->q, 4);
        struct hunt_before b = {.number = (uint32_t)r->at,
                                .person = query_int(r->q, 1),
                                .policy = policy_of(r, 2),
                                .settled =
                                    str_eq(state, S("decided")) || str_eq(state, S("listed")),
                                .paid = query_int(r->q, 5),
                                .due = query_int(r->q, 6)};
        if (month_parse(query_text(r->q, 3), &b.month))
            *VEC_PUSH(&s->a, &s->before) = b;
    }
    return query_end(r->q, err);
}

MUST_CHECK static enum rc read_rejected(struct rows *r, struct conn *c, struct err *err)
{
    struct hunt_slice *s = r->s;
    char from[8], upto[8];
    const struct value v[5] = {
        V_INT(r->h->county), V_INT(s->ids[0]), V_INT(s->ids[s->n - 1]),
        V_TEXT(str_from(month_text(r->h->months[0].month - 1, from))),
        V_TEXT(str_from(month_text(r->h->months[r->h->n_months - 1].month, upto)))};

    r->at = 0;
    TRY(query(c, &stmt_arrears_rejected, v, 5, &r->q, err));
    while (next_row(r)) {
        struct hunt_rejected p = {.number = (uint32_t)r->at,
                                  .person = query_int(r->q, 1),
                                  .policy = policy_of(r, 2),
                                  .amounts = str_dup(&s->a, query_text(r->q, 4))};
        if (month_parse(query_text(r->q, 3), &p.month))
            *VEC_PUSH(&s->a, &s->rejected) = p;
    }
    return query_end(r->q, err);
}

static bool behind(const struct hunt_amount *l, const struct hunt_before *b)
{
    return l->number > b->number || (l->number == b->number && l->person > b->person);
}

/* What was put right since counts as paid last month, also of whom nothing was paid then. */
static void add_settled(struct hunt_slice *s, month m)
{
    for (size_t i = 0; i < s->before.n; i++) {
        const struct hunt_before *b = &s->before.at[i];
        struct hunt_amount *found = NULL;
        if (!b->settled || b->month != m)
            continue;
        for (size_t k = 0; k < s->last.n; k++) {
            struct hunt_amount *l = &s->last.at[k];
            if (l->number == b->number && l->person == b->person && l->policy == b->policy)
                found = l;
        }
        if (found != NULL) {
            found->fen += b->due - b->paid;
            continue;
        }
        const struct hunt_amount one = {b->number, b->person, b->policy, b->due - b->paid};
        size_t at = s->last.n;
        *VEC_PUSH(&s->a, &s->last) = one;
        for (; at > 0 && behind(&s->last.at[at - 1], b); at--)
            s->last.at[at] = s->last.at[at - 1];
        s->last.at[at] = one;
    }
}

enum rc hunt_take(const struct hunt *h, struct conn *c, struct hunt_slice *s, struct err *err)
{
    struct rows r = {.h = h, .s = s};

    s->enrolments.n = s->enrolments.cap = 0;
    s->last.n = s->last.cap = s->decided.n = s->decided.cap = 0;
    s->carried.n = s->carried.cap = s->before.n = s->before.cap = 0;
    s->rejected.n = s->rejected.cap = 0;
    s->paid = NEW_N(&s->a, hunt_amounts, h->n_months);
    TRY(read_enrolments(&r, c, err));
    for (size_t i = 0; i < h->n_months; i++)
        if (h->months[i].paid)
            TRY(read_awards(&r, c, h->months[i].month, h->months[i].run, &s->paid[i], err));
    if (h->before_run != 0) {
        TRY(read_awards(&r, c, h->months[0].month - 1, h->before_run, &s->last, err));
        TRY(read_carried(&r, c, err));
    }
    TRY(read_decided(&r, c, err));
    TRY(read_before(&r, c, err));
    add_settled(s, h->months[0].month - 1);
    return read_rejected(&r, c, err);
}
