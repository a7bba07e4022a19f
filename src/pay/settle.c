/*
 * A run becomes visible: what it decided is decided from its month on, and what it found otherwise is
 * proposed. A proposal that it finds again stays as it is; one that it does not find, or finds with
 * another amount, is void.
 */
#include <string.h>

#include "pay/continuous.h"
#include "pay/job_in.h"
#include "pay/pay_sql.h"
#include "pay/proposal.h"
#include "people/touched.h"

/* The part of the county that the run was about. */
static void span_of(const struct job *j, int64_t *lo, int64_t *hi)
{
    *lo = 0;
    *hi = INT64_MAX;
    if (j->division != 0)
        division_span(j->division, lo, hi);
}

/* Open proposals of one programme and kind. */
struct group {
    str programme, kind;
    int64_t n, batch;
    bool still; /* there are some after the run too */
};
typedef VEC(struct group) groups;

MUST_CHECK static enum rc groups_read(struct change *c, struct arena *a, groups *out,
                                      struct err *err)
{
    const struct value county = V_INT(c->county_code);
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_proposal_groups, &county, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, out) = (struct group){.programme = str_dup(a, query_text(q, 0)),
                                           .kind = str_dup(a, query_text(q, 1)),
                                           .n = query_int(q, 2),
                                           .batch = query_int(q, 3)};
    return query_end(q, err);
}

/* The tasks of single proposals that this run does not find any more. */
MUST_CHECK static enum rc end_voided(struct change *c, const struct job *j,
                                     const struct value *span, struct arena *a, struct err *err)
{
    VEC(struct proposal) gone = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_run_void_single, span, 5, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &gone) = (struct proposal){.proposal_id = query_int(q, 0),
                                                .programme = str_dup(a, query_text(q, 1)),
                                                .kind = str_dup(a, query_text(q, 2))};
    TRY(query_end(q, err));
    for (size_t i = 0; i < gone.n; i++)
        TRY(proposal_task_end(c, gone.at[i].programme, gone.at[i].kind, gone.at[i].proposal_id,
                              j->today, err));
    return RC_OK;
}

/* Putting the tasks of what this run found. */
struct putting {
    struct change *c;
    const struct rules *rules;
    day today;
    struct arena *a;
    int64_t known; /* proposals up to this one have their task */
    struct proposal_tasks *ids;
};

/* A group that grew too large for tasks of their own: those are ended. */
MUST_CHECK static enum rc single_tasks(struct putting *p, const struct group *g, bool batch,
                                       struct err *err)
{
    const struct value v[] = {V_INT(p->c->county_code), V_TEXT(g->programme), V_TEXT(g->kind)};
    VEC(int64_t) ids = {0};
    struct query *q = NULL;

    TRY(query(p->c->conn, &stmt_proposal_singles, v, 3, &q, err));
    while (query_next(q))
        if (batch == (query_int(q, 0) <= p->known))
            *VEC_PUSH(p->a, &ids) = query_int(q, 0);
    TRY(query_end(q, err));
    for (size_t i = 0; i < ids.n; i++) {
        struct proposal one;
        if (batch) {
            TRY(proposal_task_end(p->c, g->programme, g->kind, ids.at[i], p->today, err));
            continue;
        }
        TRY(proposal_find(p->c->conn, p->c->county_code, ids.at[i], p->a, &one, err));
        TRY(proposal_task(p->c, p->rules, p->ids, &one, p->today, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc group_tasks(struct putting *p, const struct group *g, struct err *err)
{
    const struct value v[] = {V_INT(p->c->county_code), V_TEXT(g->programme), V_TEXT(g->kind)};
    bool batch = g->batch > 0 || g->n > PROPOSALS_SINGLE;

    TRY(single_tasks(p, g, batch, err));
    if (!batch)
        return RC_OK;
    TRY(exec(p->c->conn, &stmt_proposal_batch_group, v, 3, NULL, err));
    return proposal_batch_task(p->c, p->rules, p->ids, g->programme, g->kind, p->today, err);
}

MUST_CHECK static enum rc put_tasks(struct putting *p, groups *before, struct err *err)
{
    groups now = {0};

    TRY(groups_read(p->c, p->a, &now, err));
    for (size_t i = 0; i < now.n; i++) {
        TRY(group_tasks(p, &now.at[i], err));
        for (size_t k = 0; k < before->n; k++)
            before->at[k].still |= str_eq(before->at[k].programme, now.at[i].programme) &&
                                   str_eq(before->at[k].kind, now.at[i].kind);
    }
    for (size_t k = 0; k < before->n; k++)
        if (before->at[k].batch > 0 && !before->at[k].still)
            TRY(proposal_task_end(p->c, before->at[k].programme, before->at[k].kind, 0, p->today,
                                  err));
    return RC_OK;
}

enum rc proposals_gather(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                         day today, struct err *err)
{
    struct arena a = {0};
    struct putting put = {
        .c = c, .rules = r, .today = today, .a = &a, .known = INT64_MAX, .ids = ids};
    groups now = {0};
    enum rc rc = groups_read(c, &a, &now, err);

    for (size_t i = 0; rc == RC_OK && i < now.n; i++)
        if (now.at[i].batch == 0 && now.at[i].n > PROPOSALS_SINGLE)
            rc = group_tasks(&put, &now.at[i], err);
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc propose(struct change *c, const struct job *j, struct arena *a,
                                  struct err *err)
{
    const struct value county = V_INT(j->county);
    int64_t last = 0, lo = 0, hi = 0;
    groups before = {0};

    span_of(j, &lo, &hi);
    enum rc rc = query_one(c->conn, &stmt_proposal_last, &county, 1, &last, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    last = last > j->job_id ? last : j->job_id;
    const struct value span[] = {county,         V_INT(j->job_id), V_TEXT(str_from(j->month_text)),
                                 V_INT(lo),      V_INT(hi),        V_INT(c->position),
                                 V_INT(c->at_ms)};
    const struct value made[] = {county, V_INT(j->job_id), V_TEXT(str_from(j->month_text)),
                                 V_INT(last), V_INT(j->position)};
    change_note(c, "proposal", made, 5);
    TRY(groups_read(c, a, &before, err));
    TRY(end_voided(c, j, span, a, err));
    TRY(exec(c->conn, &stmt_run_void_touch, span, 7, NULL, err));
    TRY(exec(c->conn, &stmt_run_void, span, 5, NULL, err));
    TRY(exec(c->conn, &stmt_run_keep, span, 3, NULL, err));
    TRY(exec(c->conn, &stmt_run_propose, made, 5, NULL, err));
    struct proposal_tasks ids = {0};
    struct putting put = {
        .c = c, .rules = j->city->rules, .today = j->today, .a = a, .known = last, .ids = &ids};
    return put_tasks(&put, &before, err);
}

MUST_CHECK static enum rc decide(struct change *c, const struct job *j, int64_t *n, struct err *err)
{
    const struct value v[] = {
        V_INT(j->county),   V_INT(j->job_id),   V_TEXT(str_from(j->month_text)),
        V_INT(c->position), V_INT(j->position), V_TEXT(str_from(j->why)),
        V_TEXT(j->who)};

    change_note(c, "decided_amount", v, 7);
    return exec(c->conn, &stmt_run_decide, v, 7, n, err);
}

/*
 * What the run did to continuous determination: what was determined since the run's position is held
 * against its proposals again; what it decided, or left for the month at hand to go on from, concerns everybody.
 */
MUST_CHECK static enum rc touch(struct change *c, const struct job *j, bool decided,
                                struct err *err)
{
    const struct value since[] = {V_INT(j->county), V_INT(j->position), V_INT(c->position),
                                  V_INT(c->at_ms)};
    month at_hand = 0;

    TRY(month_at_hand(c->conn, j->county, j->today, &at_hand, err));
    if (decided || j->month + 1 == at_hand)
        return county_touched(c, err);
    return exec(c->conn, &stmt_touched_again, since, 4, NULL, err);
}

enum rc job_settle(struct change *c, const struct job *j, struct err *err)
{
    const struct value of_job[] = {V_INT(j->county), V_INT(j->job_id)};

    int64_t decided = 0;
    struct arena a = {0};
    enum rc rc = propose(c, j, &a, err);
    arena_deinit(&a);
    TRY(rc);
    TRY(decide(c, j, &decided, err));
    TRY(touch(c, j, decided > 0, err));
    return exec(c->conn, &stmt_run_drop_findings, of_job, 2, NULL, err);
}
