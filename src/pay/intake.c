/* See intake.h. */
#include "pay/intake.h"

#include <string.h>

#include "pay/carried.h"
#include "pay/pay_sql.h"

enum { PAD = 64 }; /* elements behind a column's end that may be read, never used */

static day day_of(const struct intake_spec *spec)
{
    return spec->on_day != 0 ? spec->on_day : month_first(spec->month);
}

/* ---- where a row of the store belongs ------------------------------------------------------- */

/* Rows come by household; households stand in the block in the same order. */
struct cursor {
    const struct intake *in;
    size_t at;
};

static bool find_household(struct cursor *c, int64_t household, size_t *row)
{
    const struct facts_slice *s = &c->in->slice;

    while (c->at < s->block.n && s->households[c->at] < household)
        c->at++;
    *row = c->at;
    return c->at < s->block.n && s->households[c->at] == household;
}

static bool find_member(const struct facts_slice *s, size_t row, int64_t person, size_t *member)
{
    for (size_t m = s->block.first[row]; m < s->block.first[row + 1]; m++)
        if (s->persons[m] == person) {
            *member = m;
            return true;
        }
    return false;
}

/* The place of a policy's unit in the columns of its level; false: it is not in the block. */
static bool find_unit(struct cursor *c, const struct policy *p, int64_t household, int64_t person,
                      size_t *unit)
{
    size_t row = 0;

    if (p->of_member != (person != 0) || !find_household(c, household, &row))
        return false;
    *unit = row;
    return !p->of_member || find_member(&c->in->slice, row, person, unit);
}

/* ---- enrolments ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_enrolled(const struct intake_spec *spec, struct intake *in,
                                        struct conn *conn, struct err *err)
{
    char day_text[11];
    date_text(day_of(spec), day_text);
    const struct value v[] = {V_INT(spec->county), V_INT(in->from), V_INT(in->upto),
                              V_TEXT(str_from(day_text)), V_INT(spec->position)};
    struct query *q = NULL;
    TRY(query(conn, &stmt_run_enrolments, v, 5, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(spec->rules, query_text(q, 2));
        if (p == NULL)
            continue;
        *VEC_PUSH(&in->arena, &in->enrolled) =
            (struct enrolled){query_int(q, 0), query_int(q, 1), p, query_int(q, 3)};
    }
    return query_end(q, err);
}

/* ---- last month ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_awards(const struct intake_spec *spec, struct intake *in,
                                      struct conn *conn, struct err *err)
{
    char month_before[8];
    month_text(spec->month - 1, month_before);
    const struct value v[] = {V_INT(spec->county), V_TEXT(str_from(month_before)), V_INT(in->from),
                              V_INT(in->upto), V_INT(spec->last_job)};
    struct query *q = NULL;
    TRY(query(conn, &stmt_run_last_awards, v, 5, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(spec->rules, query_text(q, 2));
        if (p == NULL)
            continue;
        *VEC_PUSH(&in->arena, &in->awards) =
            (struct unit_amount){query_int(q, 0), query_int(q, 1), p, query_int(q, 3)};
    }
    return query_end(q, err);
}

/* ---- decisions ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc read_decided(const struct intake_spec *spec, struct intake *in,
                                       struct conn *conn, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(spec->county), V_INT(in->from), V_INT(in->upto),
                              V_TEXT(str_from(month_text(spec->month, text))),
                              V_INT(spec->position)};
    struct query *q = NULL;
    TRY(query(conn, &stmt_run_decided, v, 5, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(spec->rules, query_text(q, 2));
        const struct unit_amount now = {query_int(q, 0), query_int(q, 1), p, query_int(q, 3)};
        struct unit_amount *last = in->decided.n > 0 ? &in->decided.at[in->decided.n - 1] : NULL;
        if (p == NULL)
            continue;
        if (last != NULL && last->household == now.household && last->person == now.person &&
            last->policy == p)
            last->fen = now.fen;
        else
            *VEC_PUSH(&in->arena, &in->decided) = now;
    }
    return query_end(q, err);
}

/* Household awards only for a policy of households: those to single persons are no "paid last". */
static void fill_paid(const struct intake_spec *spec, struct intake *in)
{
    const struct rules *rules = spec->rules;
    struct column *paid = NEW_N(&in->arena, struct column, rules->policies.n + 1);
    int64_t **room = NEW_N(&in->arena, int64_t *, rules->policies.n + 1);
    struct cursor c = {in, 0};

    for (size_t i = 0; i < in->awards.n; i++) {
        const struct unit_amount *a = &in->awards.at[i];
        const struct policy *p = a->policy;
        size_t unit = 0;
        if (!find_unit(&c, p, a->household, a->person, &unit))
            continue;
        if (room[p->index] == NULL) {
            size_t n = p->of_member ? in->slice.block.n_members : in->slice.block.n;
            room[p->index] = NEW_N(&in->arena, int64_t, n + PAD);
            paid[p->index].at = room[p->index];
        }
        room[p->index][unit] = a->fen;
        if (a->fen > paid[p->index].max)
            paid[p->index].max = a->fen;
    }
    in->slice.block.paid_last = paid;
}

/* The column of a carried field, nobody's value known, when it is first needed. */
static struct column *carried_column(struct intake *in, const struct policy *p,
                                     const struct field *f)
{
    struct column *c = p->of_member ? &in->slice.member[f->slot] : &in->slice.subject[f->slot];
    size_t n = p->of_member ? in->slice.block.n_members : in->slice.block.n;

    if (c->at == NULL) {
        uint8_t *unknown = NEW_N(&in->arena, uint8_t, n + PAD);
        memset(unknown, 1, n);
        *c = (struct column){
            .at = arena_alloc(&in->arena, (n + PAD) * column_width(f->type), 16),
            .unknown = unknown,
        };
    }
    return c;
}

/* The storage is this slice's own. */
static void carried_put(struct column *c, struct type t, size_t unit, int64_t v)
{
    void *at = (void *)(uintptr_t)c->at;
    uint8_t *unknown = (uint8_t *)(uintptr_t)c->unknown;

    unknown[unit] = 0;
    if (column_width(t) == 1)
        ((uint8_t *)at)[unit] = (uint8_t)v;
    else if (column_width(t) == 4)
        ((int32_t *)at)[unit] = (int32_t)v;
    else
        ((int64_t *)at)[unit] = v;
    c->min = v < c->min ? v : c->min;
    c->max = v > c->max ? v : c->max;
}

MUST_CHECK static enum rc take_carried(struct intake *in, struct cursor *c, const struct policy *p,
                                       int64_t household, int64_t person, str text, struct err *err)
{
    struct carried *list = NULL;
    size_t unit = 0;

    if (!find_unit(c, p, household, person, &unit))
        return RC_OK;
    if (!carried_parse(p, text, &in->arena, &list))
        return err_set(err, RC_IO, "household %lld: “%.*s” is nothing that %.*s carries over",
                       (long long)household, STR_ARG(text), STR_ARG(p->name.text));
    for (size_t i = 0; i < p->n_carries; i++)
        if (list[i].known)
            carried_put(carried_column(in, p, list[i].field), list[i].field->type, unit,
                        list[i].value);
    return RC_OK;
}

MUST_CHECK static enum rc read_carried(const struct intake_spec *spec, struct intake *in,
                                       struct conn *conn, struct err *err)
{
    char month_before[8];
    month_text(spec->month - 1, month_before);
    const struct value v[] = {V_INT(spec->county), V_TEXT(str_from(month_before)), V_INT(in->from),
                              V_INT(in->upto), V_INT(spec->last_job)};
    struct cursor c = {in, 0};
    struct err found = {0};
    struct query *q = NULL;
    TRY(query(conn, &stmt_run_last_carried, v, 5, &q, err));
    while (found.rc == RC_OK && query_next(q)) {
        const struct policy *p = rules_policy(spec->rules, query_text(q, 2));
        if (p != NULL && take_carried(in, &c, p, query_int(q, 0), query_int(q, 1), query_text(q, 3),
                                      &found) != RC_OK)
            break;
    }
    TRY(query_end(q, err));
    return found.rc == RC_OK ? RC_OK : err_set(err, found.rc, "%s", found.text);
}

/* What the caller says that the month before left. */
MUST_CHECK static enum rc take_given(const struct intake_spec *spec, struct intake *in,
                                     struct err *err)
{
    const struct intake_last *last = spec->last;
    struct cursor c = {in, 0};

    for (size_t i = 0; i < last->n_awards; i++)
        *VEC_PUSH(&in->arena, &in->awards) = last->awards[i];
    for (size_t i = 0; i < last->n_carried; i++) {
        const struct intake_carried *k = &last->carried[i];
        int64_t household = k->household != 0 ? k->household : spec->only_household;
        TRY(take_carried(in, &c, k->policy, household, k->person, k->text, err));
    }
    return RC_OK;
}

/* ---- a slice -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_beside(const struct intake_spec *spec, struct intake *in,
                                      struct conn *conn, struct err *err)
{
    TRY(read_enrolled(spec, in, conn, err));
    if (spec->last != NULL)
        TRY(take_given(spec, in, err));
    if (spec->last == NULL && spec->last_job != 0) {
        TRY(read_awards(spec, in, conn, err));
        TRY(read_carried(spec, in, conn, err));
    }
    TRY(read_decided(spec, in, conn, err));
    fill_paid(spec, in);
    return RC_OK;
}

/* One snapshot for all of it. */
MUST_CHECK static enum rc read_snapshot(const struct intake_spec *spec, struct intake *in,
                                        struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(spec->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = read_beside(spec, in, conn, err);
    read_end(conn);
    store_reader_done(conn);
    return rc;
}

enum rc intake_open(const struct intake_spec *spec, struct intake *in, struct err *err)
{
    const struct facts_spec facts = {.city = spec->city,
                                     .county_code = spec->county,
                                     .division = spec->division,
                                     .on_day = day_of(spec),
                                     .position = spec->position,
                                     .only_household = spec->only_household,
                                     .conn = spec->conn};
    *in = (struct intake){0};
    return facts_open(&facts, &in->facts, err);
}

static void forget(struct intake *in)
{
    arena_reset(&in->arena);
    in->enrolled.n = in->enrolled.cap = 0;
    in->awards.n = in->awards.cap = 0;
    in->decided.n = in->decided.cap = 0;
}

enum rc intake_one(const struct intake_spec *spec, struct intake *in, int64_t household,
                   struct err *err)
{
    forget(in);
    facts_one(in->facts, household);
    TRY(facts_next(in->facts, &in->slice, err));
    in->from = in->upto = household;
    in->last = false;
    return spec->conn != NULL ? read_beside(spec, in, spec->conn, err)
                              : read_snapshot(spec, in, err);
}

enum rc intake_read(const struct intake_spec *spec, struct intake *in, int64_t from,
                    struct err *err)
{
    forget(in);
    facts_seek(in->facts, from);
    TRY(facts_next(in->facts, &in->slice, err));
    in->from = from;
    in->last = in->slice.block.n == 0;
    in->upto = in->last ? HOUSEHOLD_MOST : in->slice.households[in->slice.block.n - 1];
    if (spec->only_household != 0)
        in->upto = spec->only_household;
    return spec->conn != NULL ? read_beside(spec, in, spec->conn, err)
                              : read_snapshot(spec, in, err);
}

void intake_close(struct intake *in)
{
    facts_close(in->facts);
    arena_deinit(&in->arena);
    *in = (struct intake){0};
}
