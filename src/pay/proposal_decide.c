/*
 * Proposals decided, in slices of short changes. Each is taken only while it is open, in the same
 * transaction as what follows from it: so twice is once, and what was stopped half-way goes on.
 */
#include "pay/pay_sql.h"
#include "pay/proposal.h"

enum { SLICE = 50 };

struct deciding {
    const struct proposal_choice *choice;
    const struct proposal_ref *refs; /* of one county */
    size_t n;
    struct proposal_result own; /* of this slice */
    struct arena a;
};

/* ---- what an acceptance does ---------------------------------------------------------------- */

MUST_CHECK static enum rc accept(struct change *c, struct deciding *d, const struct proposal *found,
                                 struct err *err)
{
    struct proposal begins = *found;
    int made = 0;

    TRY(proposal_begins(c->conn, found, &begins.month, err));
    TRY(proposal_take(c, d->choice->city, &begins, d->choice->today, &made, err));
    d->own.notices += made;
    d->own.fen += begins.new_fen - begins.old_fen;
    return RC_OK;
}

/* ---- one proposal --------------------------------------------------------------------------- */

MUST_CHECK static enum rc may_decide(const struct deciding *d, const struct proposal *p,
                                     struct err *err)
{
    const struct scope *s = d->choice->scope;
    const struct policy *policy = rules_policy(d->choice->city->rules, p->programme);
    str line = policy != NULL ? policy->line : S("");

    if (!scope_covers(s, p->division))
        return err_set(err, RC_NOT_FOUND, "no proposal %lld-%lld that may be seen",
                       (long long)p->county_code, (long long)p->proposal_id);
    if (s->level > AT_COUNTY || !scope_acts(s, ROLE_BIT(ROLE_DECIDER), line))
        return err_set(err, RC_FORBIDDEN,
                       "%.*s of county %lld is decided by a decider of the county for that line",
                       STR_ARG(p->programme), (long long)p->county_code);
    return RC_OK;
}

MUST_CHECK static enum rc settle(struct change *c, struct deciding *d, const struct proposal *p,
                                 bool *first, struct err *err)
{
    char on[11];
    int64_t changed = 0;
    const struct value v[] = {V_INT(p->county_code),
                              V_INT(p->proposal_id),
                              V_TEXT(d->choice->accept ? S("accepted") : S("rejected")),
                              V_TEXT(c->who),
                              V_TEXT(str_from(date_text(d->choice->today, on))),
                              V_TEXT(d->choice->words)};

    change_note(c, "proposal", v, 6);
    TRY(exec(c->conn, &stmt_proposal_settle, v, 6, &changed, err));
    *first = changed == 1;
    return RC_OK;
}

MUST_CHECK static enum rc decide_one(struct change *c, struct deciding *d,
                                     const struct proposal_ref *ref, struct proposal *p,
                                     struct err *err)
{
    const struct proposal_choice *choice = d->choice;
    bool related = false, first = false;

    TRY(proposal_find(c->conn, ref->county, ref->id, &d->a, p, err));
    TRY(may_decide(d, p, err));
    TRY(scope_related(choice->scope, c->conn, p->county_code, p->household_id, &related, err));
    if (related) {
        d->own.related++;
        return RC_OK;
    }
    if (str_eq(p->state, S("open")))
        TRY(settle(c, d, p, &first, err));
    if (!first) {
        d->own.settled++;
        return RC_OK;
    }
    if (choice->accept)
        TRY(accept(c, d, p, err));
    if (!p->batch)
        TRY(proposal_task_end(c, p->programme, p->kind, p->proposal_id, choice->today, err));
    d->own.decided++;
    return RC_OK;
}

/* The batches that these belonged to: fewer now, or none left. */
MUST_CHECK static enum rc batch_tasks(struct change *c, const struct deciding *d,
                                      const struct proposal *list, size_t n, struct err *err)
{
    struct proposal_tasks ids = {0};

    for (size_t i = 0; i < n; i++) {
        bool again = !list[i].batch;
        for (size_t k = 0; k < i; k++)
            again |= list[k].batch && str_eq(list[k].programme, list[i].programme) &&
                     str_eq(list[k].kind, list[i].kind);
        if (!again)
            TRY(proposal_batch_task(c, d->choice->city->rules, &ids, list[i].programme,
                                    list[i].kind, d->choice->today, err));
    }
    return RC_OK;
}

static enum rc decide_slice(struct change *c, void *ctx, struct err *err)
{
    struct deciding *d = ctx;
    struct proposal list[SLICE];

    d->own = (struct proposal_result){0};
    arena_reset(&d->a);
    for (size_t i = 0; i < d->n; i++)
        TRY(decide_one(c, d, &d->refs[i], &list[i], err));
    return batch_tasks(c, d, list, d->n, err);
}

/* ---- slices --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc run_slice(const struct proposal_choice *choice,
                                    const struct proposal_ref *refs, size_t n,
                                    struct proposal_result *out, struct err *err)
{
    struct deciding d = {.choice = choice, .refs = refs, .n = n};
    const struct change_spec change = {.store = choice->city->store,
                                       .county_code = refs[0].county,
                                       .who = choice->scope->login,
                                       .why = choice->accept ? S("proposals accepted")
                                                             : S("proposals rejected")};
    enum rc rc = change_write(&change, decide_slice, &d, NULL, err);

    arena_deinit(&d.a);
    if (rc != RC_OK)
        return rc;
    out->decided += d.own.decided;
    out->notices += d.own.notices;
    out->fen += d.own.fen;
    out->settled += d.own.settled;
    out->related += d.own.related;
    return RC_OK;
}

MUST_CHECK static enum rc run_slices(const struct proposal_choice *choice,
                                     const struct proposal_ref *refs, size_t n,
                                     struct proposal_result *out, struct err *err)
{
    for (size_t from = 0, to = 0; from < n; from = to) {
        for (to = from + 1; to < n && to - from < SLICE && refs[to].county == refs[from].county;)
            to++;
        TRY(run_slice(choice, refs + from, to - from, out, err));
        if (choice->go_on != NULL && !choice->go_on(choice->ctx, out->decided))
            return err_set(err, RC_INTERRUPTED, "stopped after %lld", (long long)out->decided);
    }
    return RC_OK;
}

/* What the filter finds, page by page; all of it before the first is decided. */
MUST_CHECK static enum rc find_refs(const struct proposal_choice *choice, struct arena *a,
                                    struct proposal_ref **out, size_t *n, struct err *err)
{
    struct proposal_query q = *choice->filter;
    VEC(struct proposal_ref) refs = {0};
    struct conn *c = NULL;
    bool more = true;
    enum rc rc = RC_OK;

    q.city = choice->city;
    q.scope = choice->scope;
    q.state = S("open");
    q.order = PROPOSALS_BY_ID;
    q.limit = 200;
    q.down = q.behind = false;
    TRY(store_reader(choice->city->store, &c, err));
    while (rc == RC_OK && more) {
        struct arena page = {0};
        struct proposal *list = NULL;
        size_t found = 0;
        rc = proposals_read(&q, c, &page, &list, &found, &more, err);
        for (size_t i = 0; rc == RC_OK && i < found; i++)
            *VEC_PUSH(a, &refs) = (struct proposal_ref){list[i].county_code, list[i].proposal_id};
        more = more && found > 0;
        if (rc == RC_OK && found > 0) {
            q.behind = true;
            q.after_value = q.after_id = list[found - 1].proposal_id;
            q.after_county = list[found - 1].county_code;
        }
        arena_deinit(&page);
    }
    store_reader_done(c);
    *out = refs.at;
    *n = refs.n;
    return rc;
}

enum rc proposals_settle(const struct proposal_choice *choice, struct arena *a,
                         struct proposal_result *out, struct err *err)
{
    struct proposal_ref *found = NULL;
    const struct proposal_ref *refs = choice->refs;
    size_t n = choice->n;

    *out = (struct proposal_result){0};
    if (refs == NULL) {
        TRY(find_refs(choice, a, &found, &n, err));
        refs = found;
    }
    TRY(run_slices(choice, refs, n, out, err));
    if (out->related > 0 && out->decided + out->settled == 0)
        return err_set(err, RC_RULE,
                       "one's own household, or a relative's, is decided by somebody else");
    return RC_OK;
}
