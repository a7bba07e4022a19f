/* The lists of a month: changes, candidates, payments. See compare.h. */
#include <string.h>

#include "pay/compare.h"
#include "pay/pay_sql.h"

#define ALL_ROLES ((1U << ROLE__COUNT) - 1)
#define LAST      S("~") /* behind every name */

struct listing {
    const struct month_query *q;
    enum month_list_kind what;
    struct conn *conn;
    struct arena *a;
    int64_t lo, hi;
    char month[8];
    int64_t *counties;
    size_t n_counties;
};

static bool concerns(const struct listing *l, int64_t county)
{
    const struct scope *s = l->q->scope;

    return (s->county_code == 0 || s->county_code == county) && county * 1000000 <= l->hi &&
           county * 1000000 + 999999 >= l->lo;
}

static bool sees(const struct month_query *q, str programme)
{
    const struct policy *p = rules_policy(q->city->rules, programme);

    return p != NULL && scope_acts(q->scope, ALL_ROLES, p->line);
}

MUST_CHECK static enum rc listing_open(struct listing *l, struct err *err)
{
    const struct month_query *q = l->q;
    const struct scope *s = q->scope;
    char text[11];

    l->lo = s->lo;
    l->hi = s->hi;
    if (q->division != 0) {
        int64_t lo = 0, hi = 0;
        division_bounds(q->division, &lo, &hi);
        l->lo = lo > l->lo ? lo : l->lo;
        l->hi = hi < l->hi ? hi : l->hi;
    }
    month_text(q->month, l->month);
    return division_counties(l->conn, str_from(date_text(month_first(q->month), text)), l->a,
                             &l->counties, &l->n_counties, err);
}

/* 0: the county was not run. */
MUST_CHECK static enum rc visible_job(const struct listing *l, int64_t county, int64_t *job,
                                      struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(str_from(l->month))};
    enum rc rc = query_one(l->conn, &stmt_run_visible, v, 2, job, err);

    if (rc == RC_NOT_FOUND)
        *job = 0;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Where the list goes on within a county. */
struct key {
    int64_t division, household, id;
    str programme, kind;
};

static struct month_line line_of(const struct listing *l, const struct query *q, int64_t county)
{
    struct month_line m = {.county_code = county,
                           .division = query_int(q, 0),
                           .household_id = query_int(q, 1),
                           .kind = S("")};

    switch (l->what) {
    case MONTH_CHANGES:
        m.programme = str_dup(l->a, query_text(q, 2));
        m.kind = str_dup(l->a, query_text(q, 3));
        m.old_fen = query_int(q, 4);
        m.new_fen = query_int(q, 5);
        break;
    case MONTH_CANDIDATES:
        m.person_id = query_int(q, 2);
        m.programme = str_dup(l->a, query_text(q, 3));
        m.amount_open = query_null(q, 4);
        m.new_fen = query_int(q, 4);
        break;
    case MONTH_PAYMENTS:
        m.programme = str_dup(l->a, query_text(q, 2));
        m.person_id = query_int(q, 3);
        m.new_fen = query_int(q, 4);
        break;
    }
    return m;
}

MUST_CHECK static enum rc ask(const struct listing *l, int64_t county, int64_t job,
                              const struct key *k, int limit, struct query **out, struct err *err)
{
    const struct month_query *q = l->q;
    struct value v[13] = {V_INT(county), V_INT(job), V_INT(l->lo), V_INT(l->hi)};
    const struct statement *st = NULL;
    size_t n = 4;

    if (l->what == MONTH_PAYMENTS)
        v[n++] = V_TEXT(str_from(l->month));
    v[n++] = V_TEXT(q->programme);
    v[n++] = V_TEXT(q->programme.n > 0 ? q->programme : LAST);
    if (l->what == MONTH_CHANGES) {
        v[n++] = V_TEXT(q->kind);
        v[n++] = V_TEXT(q->kind.n > 0 ? q->kind : LAST);
    }
    v[n++] = V_INT(k->division);
    v[n++] = V_INT(k->household);
    switch (l->what) {
    case MONTH_CHANGES:
        st = &stmt_change_list;
        v[n++] = V_TEXT(k->programme);
        v[n++] = V_TEXT(k->kind);
        break;
    case MONTH_CANDIDATES:
        st = &stmt_candidate_list;
        v[n++] = V_INT(k->id);
        v[n++] = V_TEXT(k->programme);
        break;
    case MONTH_PAYMENTS:
        st = &stmt_payment_list;
        v[n++] = V_TEXT(k->programme);
        v[n++] = V_INT(k->id);
        break;
    }
    v[n++] = V_INT(limit);
    return query(l->conn, st, v, n, out, err);
}

static struct key key_of(const struct month_line *m)
{
    return (struct key){m->division, m->household_id, m->person_id, m->programme, m->kind};
}

/* The county's rows behind the key that may be seen, until `limit` stand in the list. */
MUST_CHECK static enum rc take_county(const struct listing *l, int64_t county, struct key k,
                                      struct month_line *list, size_t limit, size_t *n,
                                      struct err *err)
{
    int64_t job = 0;
    bool last = false;

    TRY(visible_job(l, county, &job, err));
    while (job != 0 && !last && *n < limit) {
        struct query *q = NULL;
        size_t got = 0, room = limit - *n;
        TRY(ask(l, county, job, &k, (int)room, &q, err));
        while (query_next(q)) {
            struct month_line m = line_of(l, q, county);
            got++;
            k = key_of(&m);
            if (sees(l->q, m.programme))
                list[(*n)++] = m;
        }
        TRY(query_end(q, err));
        last = got < room;
    }
    return RC_OK;
}

/* Whose household it is, and whose name belongs to the person. */
MUST_CHECK static enum rc names_of(struct conn *c, struct month_line *m, struct arena *a,
                                   struct err *err)
{
    const struct value head[] = {V_INT(m->county_code), V_INT(m->household_id)};
    const struct value person[] = {V_INT(m->county_code), V_INT(m->person_id)};
    struct query *q = NULL;

    m->head = m->person = S("");
    TRY(query(c, &stmt_proposal_head, head, 2, &q, err));
    if (query_next(q)) {
        m->head_id = query_int(q, 0);
        m->head = str_dup(a, query_text(q, 1));
    }
    TRY(query_end(q, err));
    if (m->person_id == 0 || m->person_id == m->head_id) {
        m->person = m->person_id != 0 ? m->head : m->person;
        return RC_OK;
    }
    TRY(query(c, &stmt_proposal_person, person, 2, &q, err));
    if (query_next(q))
        m->person = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

enum rc month_list(const struct month_query *q, enum month_list_kind what, struct conn *c,
                   struct arena *a, struct month_line **out, size_t *n, bool *more, struct err *err)
{
    struct listing l = {.q = q, .what = what, .conn = c, .a = a};
    size_t most = (size_t)q->limit + 1;

    *out = NEW_N(a, struct month_line, most);
    *n = 0;
    TRY(listing_open(&l, err));
    for (size_t i = 0; i < l.n_counties && *n < most; i++) {
        struct key k = {.division = -1, .household = -1, .id = -1};
        if (!concerns(&l, l.counties[i]))
            continue;
        /* Counties stand in the order of their codes, as their divisions do. */
        if (q->behind && l.counties[i] < q->after_division / 1000000)
            continue;
        if (q->behind && l.counties[i] == q->after_division / 1000000)
            k = (struct key){q->after_division, q->after_household, q->after_id, q->after_programme,
                             q->after_kind};
        TRY(take_county(&l, l.counties[i], k, *out, most, n, err));
    }
    *more = *n == most;
    if (*more)
        --*n;
    for (size_t i = 0; i < *n; i++)
        TRY(names_of(c, &(*out)[i], a, err));
    return RC_OK;
}

enum rc month_payments_of(const struct month_query *q, int64_t county, int64_t household,
                          struct conn *c, struct arena *a, struct month_line **out, size_t *n,
                          struct err *err)
{
    const struct listing l = {.q = q, .what = MONTH_PAYMENTS, .conn = c, .a = a};
    VEC(struct month_line) list = {0};
    struct query *rows = NULL;
    char text[8];
    int64_t job = 0;

    month_text(q->month, text);
    const struct value of[] = {V_INT(county), V_TEXT(str_from(text))};
    *out = NULL;
    *n = 0;
    enum rc rc = query_one(c, &stmt_run_visible, of, 2, &job, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    const struct value v[] = {V_INT(county), V_TEXT(str_from(text)), V_INT(household), V_INT(job)};
    TRY(query(c, &stmt_payment_of_household, v, 4, &rows, err));
    while (query_next(rows)) {
        struct month_line m = line_of(&l, rows, county);
        if (sees(q, m.programme) && (q->programme.n == 0 || str_eq(q->programme, m.programme)))
            *VEC_PUSH(a, &list) = m;
    }
    TRY(query_end(rows, err));
    for (size_t i = 0; i < list.n; i++)
        TRY(names_of(c, &list.at[i], a, err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

/* ---- sums ----------------------------------------------------------------------------------- */

static int64_t changes_of(const struct query *q, str kind)
{
    static const struct {
        const char *kind;
        size_t column;
    } columns[] = {{"new", 7},    {"gone", 8},  {"more", 9}, {"less", 10},
                   {"other", 11}, {"came", 12}, {"went", 13}};
    int64_t n = 0;

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (kind.n == 0 || str_eq(kind, str_from(columns[i].kind)))
            n += query_int(q, columns[i].column);
    return n;
}

enum rc month_list_sums(const struct month_query *q, enum month_list_kind what, struct conn *c,
                        int64_t *n, int64_t *fen, struct err *err)
{
    struct arena a = {0};
    struct listing l = {.q = q, .what = what, .conn = c, .a = &a};
    enum rc rc = listing_open(&l, err);

    *n = *fen = 0;
    for (size_t i = 0; rc == RC_OK && i < l.n_counties; i++) {
        int64_t job = 0;
        struct query *rows = NULL;
        if (!concerns(&l, l.counties[i]))
            continue;
        rc = visible_job(&l, l.counties[i], &job, err);
        const struct value v[] = {V_INT(l.counties[i]), V_INT(job), V_INT(l.lo), V_INT(l.hi),
                                  V_INT(1000000)};
        if (rc == RC_OK && job != 0)
            rc = query(c, &stmt_compare_counts, v, 5, &rows, err);
        if (rc != RC_OK || job == 0)
            continue;
        while (query_next(rows)) {
            str programme = query_text(rows, 1);
            if (!sees(q, programme) || (q->programme.n > 0 && !str_eq(q->programme, programme)))
                continue;
            *n += what == MONTH_PAYMENTS     ? query_int(rows, 5)
                  : what == MONTH_CANDIDATES ? query_int(rows, 6)
                                             : changes_of(rows, q->kind);
            *fen += what == MONTH_PAYMENTS ? query_int(rows, 4) : 0;
        }
        rc = query_end(rows, err);
    }
    arena_deinit(&a);
    return rc;
}
