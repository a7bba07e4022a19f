/*
 * Reading proposals. A list over several counties, or over some of the programmes only, is merged from
 * one list for each, every one of them read off an index.
 */
#include "pay/proposal.h"

#include "pay/batch.h"
#include "pay/pay_sql.h"

enum { ROWS_MOST = 201 };

/* ---- rows ----------------------------------------------------------------------------------- */

static struct proposal row_of(const struct query *q, int64_t county, struct arena *a)
{
    struct proposal p = {.county_code = county,
                         .proposal_id = query_int(q, 0),
                         .household_id = query_int(q, 2),
                         .person_id = query_int(q, 3),
                         .programme = str_dup(a, query_text(q, 4)),
                         .kind = str_dup(a, query_text(q, 5)),
                         .old_fen = query_int(q, 6),
                         .new_fen = query_int(q, 7),
                         .difference = query_int(q, 8),
                         .amounts = str_dup(a, query_text(q, 9)),
                         .outcome = str_dup(a, query_text(q, 10)),
                         .reasons = str_dup(a, query_text(q, 11)),
                         .division = query_int(q, 12),
                         .state = str_dup(a, query_text(q, 13)),
                         .batch = query_int(q, 14) != 0,
                         .job_id = query_int(q, 15),
                         .decided_by = str_dup(a, query_text(q, 16)),
                         .words = str_dup(a, query_text(q, 18))};

    if (!month_parse(query_text(q, 1), &p.month))
        p.month = 0;
    if (!date_parse(query_text(q, 17), &p.decided_on))
        p.decided_on = 0;
    return p;
}

/* Whose household it is, and of whom it is about. */
MUST_CHECK static enum rc names_of(struct conn *c, struct proposal *p, struct arena *a,
                                   struct err *err)
{
    const struct value head[] = {V_INT(p->county_code), V_INT(p->household_id)};
    const struct value person[] = {V_INT(p->county_code), V_INT(p->person_id)};
    struct query *q = NULL;

    TRY(query(c, &stmt_proposal_head, head, 2, &q, err));
    if (query_next(q)) {
        p->head_id = query_int(q, 0);
        p->head = str_dup(a, query_text(q, 1));
    }
    TRY(query_end(q, err));
    if (p->person_id == 0)
        return RC_OK;
    TRY(query(c, &stmt_proposal_person, person, 2, &q, err));
    if (query_next(q))
        p->person = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

enum rc proposal_find(struct conn *c, int64_t county, int64_t id, struct arena *a,
                      struct proposal *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    struct query *q = NULL;

    TRY(query(c, &stmt_proposal_find, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        *out = row_of(q, county, a);
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "no proposal %lld-%lld that may be seen",
                       (long long)county, (long long)id);
    return names_of(c, out, a, err);
}

enum rc proposal_begins(struct conn *c, const struct proposal *p, month *out, struct err *err)
{
    bool frozen = true;

    for (*out = p->month - 1; frozen;) {
        ++*out;
        TRY(batch_frozen(c, p->county_code, *out, &frozen, err));
    }
    return RC_OK;
}

int64_t proposal_value(const struct proposal *p, enum proposal_order order)
{
    switch (order) {
    case PROPOSALS_BY_DIFFERENCE:
        return p->difference;
    case PROPOSALS_BY_DIVISION:
        return p->division;
    case PROPOSALS_BY_ID:
        break;
    }
    return p->proposal_id;
}

/* ---- what is asked for ---------------------------------------------------------------------- */

/* One index read off: a county, and all programmes or one. */
struct stream {
    int64_t county;
    str programme;         /* empty: all */
    struct proposal *rows; /* room for so many as are asked for */
    size_t n, at;
};

struct asking {
    const struct proposal_query *q;
    struct conn *conn;
    struct arena *a;
    int64_t lo, hi; /* divisions */
    char from[8];
    size_t ask; /* rows of a stream at once */
    struct stream *streams;
    size_t n_streams;
    struct scope_ref *assigned;
    size_t n_assigned;
};

#define ALL_ROLES ((1U << ROLE__COUNT) - 1)

/* Programmes that it has a role for; *all: every one. */
MUST_CHECK static enum rc programmes_of(const struct asking *s, str **out, size_t *n, bool *all)
{
    const struct rules *r = s->q->city->rules;

    *out = NEW_N(s->a, str, r->policies.n + 1);
    *n = 0;
    for (size_t i = 0; i < r->policies.n; i++)
        if (scope_acts(s->q->scope, ALL_ROLES, r->policies.at[i]->line))
            (*out)[(*n)++] = r->policies.at[i]->name.text;
    *all = *n == r->policies.n;
    return RC_OK;
}

static void add_stream(struct asking *s, int64_t county, str programme)
{
    s->streams[s->n_streams++] = (struct stream){.county = county, .programme = programme};
}

static void streams_of_county(struct asking *s, int64_t county, const str *programmes, size_t n,
                              bool all)
{
    bool wanted = s->q->programme.n > 0;

    if (all) {
        add_stream(s, county, s->q->programme);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (!wanted || str_eq(programmes[i], s->q->programme))
            add_stream(s, county, programmes[i]);
}

MUST_CHECK static enum rc ask_open(struct asking *s, const struct proposal_query *q, struct conn *c,
                                   struct arena *a, struct err *err)
{
    const struct scope *scope = q->scope;
    char today[11];
    int64_t *counties = NULL;
    str *programmes = NULL;
    size_t n = 0, n_programmes = 0;
    bool all = false;

    *s = (struct asking){.q = q, .conn = c, .a = a, .lo = scope->lo, .hi = scope->hi};
    s->ask = q->limit > 0 && q->limit < ROWS_MOST ? (size_t)q->limit + 1 : ROWS_MOST;
    if (q->division != 0) {
        int64_t lo = 0, hi = 0;
        division_bounds(q->division, &lo, &hi);
        s->lo = lo > s->lo ? lo : s->lo;
        s->hi = hi < s->hi ? hi : s->hi;
    }
    month_text(q->month, s->from);
    TRY(division_counties(c, str_from(date_text(scope->today, today)), a, &counties, &n, err));
    TRY(programmes_of(s, &programmes, &n_programmes, &all));
    s->streams = NEW_N(a, struct stream, n * (n_programmes + 1) + 1);
    for (size_t i = 0; i < n; i++)
        if (scope->county_code == 0 || scope->county_code == counties[i])
            streams_of_county(s, counties[i], programmes, n_programmes, all);
    return scope->assigned_only ? scope_assigned(scope, c, a, &s->assigned, &s->n_assigned, err)
                                : RC_OK;
}

static bool may_see(const struct asking *s, const struct proposal *p)
{
    if (!s->q->scope->assigned_only)
        return true;
    for (size_t i = 0; i < s->n_assigned; i++)
        if (s->assigned[i].county == p->county_code && s->assigned[i].id == p->household_id)
            return true;
    return false;
}

/* The first ten parameters that all lists have. */
static void filters(const struct asking *s, const struct stream *t, struct value v[13])
{
    const struct proposal_query *q = s->q;
    bool any_month = q->month == 0;
    str last = S("~"); /* behind every name */

    v[0] = V_INT(t->county);
    v[1] = V_TEXT(q->state.n > 0 ? q->state : S("open"));
    v[2] = V_TEXT(any_month ? S("") : str_from(s->from));
    v[3] = V_TEXT(any_month ? last : str_from(s->from));
    v[4] = V_TEXT(t->programme);
    v[5] = V_TEXT(t->programme.n > 0 ? t->programme : last);
    v[6] = V_TEXT(q->kind);
    v[7] = V_TEXT(q->kind.n > 0 ? q->kind : last);
    v[8] = V_INT(s->lo);
    v[9] = V_INT(s->hi);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static const struct statement *list_of(const struct proposal_query *q)
{
    static const struct statement *const lists[][2] = {
        [PROPOSALS_BY_ID] = {&stmt_proposal_by_id, &stmt_proposal_by_id_down},
        [PROPOSALS_BY_DIFFERENCE] = {&stmt_proposal_by_difference,
                                     &stmt_proposal_by_difference_down},
        [PROPOSALS_BY_DIVISION] = {&stmt_proposal_by_division, &stmt_proposal_by_division_down},
    };
    return lists[q->order][q->down];
}

/* Rows of one stream behind a key of all: those with the same value are ordered by county, then id. */
static void key_of(const struct asking *s, const struct stream *t, int64_t *value, int64_t *id)
{
    const struct proposal_query *q = s->q;
    int64_t first = q->down ? INT64_MAX : -1, last = q->down ? -1 : INT64_MAX;

    *value = first;
    *id = first;
    if (!q->behind)
        return;
    *value = q->after_value;
    bool done = q->down ? t->county > q->after_county : t->county < q->after_county;
    *id = t->county == q->after_county ? q->after_id : done ? last : first;
}

MUST_CHECK static enum rc fill(const struct asking *s, struct stream *t, int64_t value, int64_t id,
                               struct err *err)
{
    struct value v[13];
    struct query *q = NULL;

    filters(s, t, v);
    v[10] = V_INT(value);
    v[11] = V_INT(id);
    v[12] = V_INT(s->ask);
    if (t->rows == NULL)
        t->rows = NEW_N(s->a, struct proposal, s->ask);
    t->n = t->at = 0;
    TRY(query(s->conn, list_of(s->q), v, 13, &q, err));
    while (t->n < s->ask && query_next(q))
        t->rows[t->n++] = row_of(q, t->county, s->a);
    return query_end(q, err);
}

/* The next row that may be seen; false: the stream is at its end. */
MUST_CHECK static enum rc peek(const struct asking *s, struct stream *t,
                               const struct proposal **out, struct err *err)
{
    *out = NULL;
    for (;;) {
        while (t->at < t->n && !may_see(s, &t->rows[t->at]))
            t->at++;
        if (t->at < t->n) {
            *out = &t->rows[t->at];
            return RC_OK;
        }
        if (t->n < s->ask)
            return RC_OK;
        const struct proposal *p = &t->rows[t->n - 1];
        TRY(fill(s, t, proposal_value(p, s->q->order), p->proposal_id, err));
    }
}

static bool before(const struct proposal *a, const struct proposal *b,
                   const struct proposal_query *q)
{
    int64_t x[] = {proposal_value(a, q->order), a->county_code, a->proposal_id};
    int64_t y[] = {proposal_value(b, q->order), b->county_code, b->proposal_id};

    for (size_t i = 0; i < 3; i++)
        if (x[i] != y[i])
            return q->down ? x[i] > y[i] : x[i] < y[i];
    return false;
}

MUST_CHECK static enum rc take_first(const struct asking *s, const struct proposal **out,
                                     struct err *err)
{
    struct stream *first = NULL;

    *out = NULL;
    for (size_t i = 0; i < s->n_streams; i++) {
        const struct proposal *p = NULL;
        TRY(peek(s, &s->streams[i], &p, err));
        if (p != NULL && (*out == NULL || before(p, *out, s->q))) {
            *out = p;
            first = &s->streams[i];
        }
    }
    if (first != NULL)
        first->at++;
    return RC_OK;
}

enum rc proposals_read(const struct proposal_query *q, struct conn *c, struct arena *a,
                       struct proposal **out, size_t *n, bool *more, struct err *err)
{
    struct asking s;
    const struct proposal *next = NULL;

    TRY(ask_open(&s, q, c, a, err));
    for (size_t i = 0; i < s.n_streams; i++) {
        int64_t value = 0, id = 0;
        key_of(&s, &s.streams[i], &value, &id);
        TRY(fill(&s, &s.streams[i], value, id, err));
    }
    *out = NEW_N(a, struct proposal, q->limit + 1);
    *n = 0;
    for (;;) {
        TRY(take_first(&s, &next, err));
        *more = next != NULL && *n == (size_t)q->limit;
        if (next == NULL || *more)
            break;
        (*out)[(*n)++] = *next;
    }
    for (size_t i = 0; i < *n; i++)
        TRY(names_of(c, &(*out)[i], a, err));
    return RC_OK;
}

enum rc proposals_count(const struct proposal_query *q, struct conn *c, int64_t *n, bool *exact,
                        struct err *err)
{
    struct asking s;
    struct arena a = {0};
    enum rc rc = ask_open(&s, q, c, &a, err);
    const struct proposal *next = NULL;

    *n = 0;
    for (size_t i = 0; rc == RC_OK && i < s.n_streams && *n <= PROPOSALS_COUNT_MOST; i++) {
        struct value v[13];
        int64_t one = 0;
        if (q->scope->assigned_only) {
            int64_t first = q->down ? INT64_MAX : -1;
            rc = fill(&s, &s.streams[i], first, first, err);
            continue;
        }
        filters(&s, &s.streams[i], v);
        v[10] = V_INT(PROPOSALS_COUNT_MOST + 1);
        rc = query_one(c, &stmt_proposal_count, v, 11, &one, err);
        *n += one;
    }
    while (rc == RC_OK && q->scope->assigned_only && *n <= PROPOSALS_COUNT_MOST) {
        rc = take_first(&s, &next, err);
        if (next == NULL)
            break;
        ++*n;
    }
    arena_deinit(&a);
    *exact = *n <= PROPOSALS_COUNT_MOST;
    *n = *exact ? *n : PROPOSALS_COUNT_MOST;
    return rc;
}

/* ---- sums ----------------------------------------------------------------------------------- */

static int64_t part_of(int64_t division)
{
    enum place_level level = division_level(division);

    return level == AT_CITY ? 1000000 : level == AT_COUNTY ? 1000 : 1;
}

enum rc proposals_sums(const struct proposal_query *q, struct conn *c, struct arena *a,
                       struct proposal_sum **out, size_t *n, struct err *err)
{
    VEC(struct proposal_sum) list = {0};
    struct asking s;

    TRY(ask_open(&s, q, c, a, err));
    for (size_t i = 0; i < s.n_streams; i++) {
        struct value v[13];
        struct query *rows = NULL;
        filters(&s, &s.streams[i], v);
        v[10] = V_INT(part_of(q->division != 0 ? q->division : q->scope->division));
        TRY(query(c, &stmt_proposal_sums, v, 11, &rows, err));
        while (query_next(rows))
            *VEC_PUSH(a, &list) =
                (struct proposal_sum){.division = query_int(rows, 0),
                                      .programme = str_dup(a, query_text(rows, 1)),
                                      .kind = str_dup(a, query_text(rows, 2)),
                                      .n = query_int(rows, 3),
                                      .old_fen = query_int(rows, 4),
                                      .new_fen = query_int(rows, 5)};
        TRY(query_end(rows, err));
    }
    *out = list.at;
    *n = list.n;
    return RC_OK;
}
