/*
 * Proposals outside a run: put one by one as somebody's situation changes, and what taking one does.
 */
#include <string.h>

#include "pay/decide.h"
#include "pay/pay_sql.h"
#include "pay/proposal.h"

/* ---- what an acceptance does ---------------------------------------------------------------- */

static str cause_of(const struct proposal *p, struct arena *a)
{
    return str_fmt(a, "proposal %lld-%lld", (long long)p->county_code, (long long)p->proposal_id);
}

/* Its lines from its month on; whoever had one and has none now gets nothing. */
MUST_CHECK static enum rc decide_lines(struct change *c, struct arena *a, const struct proposal *p,
                                       struct err *err)
{
    str rest = p->amounts, one, person, fen;
    struct amount_decision line = {.household_id = p->household_id,
                                   .person_id = p->person_id,
                                   .programme = p->programme,
                                   .from = p->month,
                                   .cause = cause_of(p, a),
                                   .who = c->who};

    TRY(amount_stop(c, &line, err));
    while (rest.n > 0) {
        if (!str_cut(rest, '+', &one, &rest))
            rest = S("");
        bool read = str_cut(one, '=', &person, &fen) && str_int(person, &line.person_id) &&
                    str_int(fen, &line.fen);
        if (!read)
            return err_set(err, RC_IO, "proposal %lld-%lld: “%.*s” are no amounts",
                           (long long)p->county_code, (long long)p->proposal_id,
                           STR_ARG(p->amounts));
        TRY(amount_decide(c, &line, err));
    }
    return RC_OK;
}

/* On the first of its month, or before it began when that is later. */
MUST_CHECK static enum rc end_enrolment(struct change *c, struct arena *a, const struct proposal *p,
                                        struct err *err)
{
    char first[11];
    str end = str_from(date_text(month_first(p->month), first));
    const struct value v[] = {V_INT(p->county_code), V_INT(p->household_id), V_INT(p->person_id),
                              V_TEXT(p->programme), V_TEXT(end)};
    VEC(struct enrolment_row) rows = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_proposal_enrolment, v, 5, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &rows) = (struct enrolment_row){.household_id = p->household_id,
                                                     .person_id = p->person_id,
                                                     .programme = p->programme,
                                                     .valid_from = str_dup(a, query_text(q, 0)),
                                                     .valid_to = end,
                                                     .cause = str_dup(a, query_text(q, 1)),
                                                     .account_id = query_int(q, 2)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < rows.n; i++)
        if (str_cmp(rows.at[i].valid_from, end) < 0)
            TRY(enrolment_put(c, &rows.at[i], err));
    return RC_OK;
}

enum rc proposal_take(struct change *c, struct city *city, const struct proposal *p, day today,
                      int *notices, struct err *err)
{
    struct arena a = {0};
    enum rc rc = decide_lines(c, &a, p, err);

    *notices = 0;
    if (rc == RC_OK && str_eq(p->kind, S("stop")))
        rc = end_enrolment(c, &a, p, err);
    arena_deinit(&a);
    TRY(rc);
    return proposal_notice(c, city, p, today, notices, err);
}

/* ---- what lies open ------------------------------------------------------------------------- */

struct open_one {
    int64_t id, person;
    str programme, kind, amounts, seen;
    bool batch;
};
typedef VEC(struct open_one) open_ones;

MUST_CHECK static enum rc open_read(struct change *c, int64_t household, struct arena *a,
                                    open_ones *out, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(household)};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_proposal_open_of, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, out) = (struct open_one){.id = query_int(q, 0),
                                              .person = query_int(q, 1),
                                              .programme = str_dup(a, query_text(q, 2)),
                                              .kind = str_dup(a, query_text(q, 3)),
                                              .amounts = str_dup(a, query_text(q, 4)),
                                              .batch = query_int(q, 5) != 0,
                                              .seen = str_dup(a, query_text(q, 6))};
    return query_end(q, err);
}

MUST_CHECK static enum rc make_void(struct change *c, const struct rules *r,
                                    struct proposal_tasks *ids, const struct open_one *o, day today,
                                    struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(o->id)};

    change_note(c, "proposal", v, 2);
    TRY(exec(c->conn, &stmt_proposal_void, v, 2, NULL, err));
    if (o->batch)
        return proposal_batch_task(c, r, ids, o->programme, o->kind, today, err);
    return proposal_task_end(c, o->programme, o->kind, o->id, today, err);
}

enum rc proposal_drop_from(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                           int64_t household, int64_t person, str programme, month from, day today,
                           struct err *err)
{
    struct arena a = {0};
    char text[8];
    str first = from != 0 ? str_from(month_text(from, text)) : S("");
    open_ones open = {0};
    enum rc rc = open_read(c, household, &a, &open, err);

    for (size_t i = 0; rc == RC_OK && i < open.n; i++)
        if (open.at[i].person == person && str_eq(open.at[i].programme, programme) &&
            str_cmp(open.at[i].seen, first) >= 0)
            rc = make_void(c, r, ids, &open.at[i], today, err);
    arena_deinit(&a);
    return rc;
}

enum rc proposal_drop(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                      int64_t household, int64_t person, str programme, day today, struct err *err)
{
    return proposal_drop_from(c, r, ids, household, person, programme, 0, today, err);
}

/* ---- one more ------------------------------------------------------------------------------- */

struct putting {
    struct change *c;
    const struct rules *rules;
    struct proposal_tasks *ids;
    struct proposal *p;
    day today;
    struct arena a;
    char month[8];
};

MUST_CHECK static enum rc keep(struct putting *g, int64_t id, struct err *err)
{
    struct proposal *p = g->p;
    const struct value v[] = {V_INT(g->c->county_code), V_INT(id),
                              V_INT(p->old_fen),        V_INT(p->difference),
                              V_TEXT(p->outcome),       V_TEXT(p->reasons),
                              V_INT(p->division),       V_TEXT(str_from(g->month))};

    p->proposal_id = id;
    change_note(g->c, "proposal", v, 8);
    return exec(g->c->conn, &stmt_proposal_keep, v, 8, NULL, err);
}

/* Refused for this month already: not asked again. */
MUST_CHECK static enum rc refused(struct putting *g, bool *out, struct err *err)
{
    const struct proposal *p = g->p;
    int64_t id = 0;
    const struct value v[] = {V_INT(g->c->county_code),   V_INT(p->household_id),
                              V_INT(p->person_id),        V_TEXT(p->programme),
                              V_TEXT(str_from(g->month)), V_TEXT(p->kind),
                              V_TEXT(p->amounts)};
    enum rc rc = query_one(g->c->conn, &stmt_proposal_refused, v, 7, &id, err);

    *out = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

MUST_CHECK static enum rc add(struct putting *g, struct err *err)
{
    struct proposal *p = g->p;
    const struct value county = V_INT(g->c->county_code);
    char on[11] = "";
    int64_t last = 0;
    enum rc rc = query_one(g->c->conn, &stmt_proposal_last, &county, 1, &last, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    p->proposal_id = last + 1;
    p->county_code = g->c->county_code;
    if (p->decided_on != 0)
        date_text(p->decided_on, on);
    const struct value v[] = {county,
                              V_INT(p->proposal_id),
                              V_TEXT(str_from(g->month)),
                              V_INT(p->household_id),
                              V_INT(p->person_id),
                              V_TEXT(p->programme),
                              V_TEXT(p->kind),
                              V_INT(p->old_fen),
                              V_INT(p->new_fen),
                              V_INT(p->difference),
                              V_TEXT(p->amounts),
                              V_TEXT(p->outcome),
                              V_TEXT(p->reasons),
                              V_INT(p->division),
                              V_TEXT(p->state),
                              V_INT(p->batch),
                              V_TEXT(p->decided_by),
                              V_TEXT(str_from(on)),
                              V_TEXT(p->words)};
    change_note(g->c, "proposal", v, 19);
    return exec(g->c->conn, &stmt_proposal_add, v, 19, NULL, err);
}

/* One of a kind that is decided as a batch belongs to it; else it is a task of its own. */
MUST_CHECK static enum rc open_task(struct putting *g, struct err *err)
{
    struct proposal *p = g->p;

    if (p->batch)
        return proposal_batch_task(g->c, g->rules, g->ids, p->programme, p->kind, g->today, err);
    struct proposal whole;
    TRY(proposal_find(g->c->conn, g->c->county_code, p->proposal_id, &g->a, &whole, err));
    return proposal_task(g->c, g->rules, g->ids, &whole, g->today, err);
}

MUST_CHECK static enum rc in_batch(struct putting *g, bool *out, struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_TEXT(g->p->programme),
                              V_TEXT(g->p->kind)};
    struct query *q = NULL;

    *out = false;
    TRY(query(g->c->conn, &stmt_proposal_group, v, 3, &q, err));
    if (query_next(q))
        *out = query_int(q, 0) > 0;
    return query_end(q, err);
}

MUST_CHECK static enum rc put(struct putting *g, bool *made, struct err *err)
{
    struct proposal *p = g->p;
    bool open = str_eq(p->state, S("open")), no = false;
    open_ones before = {0};

    TRY(open_read(g->c, p->household_id, &g->a, &before, err));
    for (size_t i = 0; i < before.n; i++) {
        const struct open_one *o = &before.at[i];
        if (o->person != p->person_id || !str_eq(o->programme, p->programme))
            continue;
        if (open && str_eq(o->kind, p->kind) && str_eq(o->amounts, p->amounts))
            return keep(g, o->id, err);
        TRY(make_void(g->c, g->rules, g->ids, o, g->today, err));
    }
    if (open)
        TRY(refused(g, &no, err));
    if (no)
        return RC_OK;
    p->batch = false;
    if (open)
        TRY(in_batch(g, &p->batch, err));
    TRY(add(g, err));
    *made = true;
    return open ? open_task(g, err) : RC_OK;
}

enum rc proposal_put(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                     struct proposal *p, day today, bool *made, struct err *err)
{
    struct putting g = {.c = c, .rules = r, .ids = ids, .p = p, .today = today};

    *made = false;
    p->difference = p->new_fen > p->old_fen ? p->new_fen - p->old_fen : p->old_fen - p->new_fen;
    month_text(p->month, g.month);
    enum rc rc = put(&g, made, err);
    arena_deinit(&g.a);
    return rc;
}
