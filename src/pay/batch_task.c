/* What comes back: tasks of the townships, and lines that can be paid again. */
#include "pay/batch_in.h"

#include "pay/pay_sql.h"
#include "work/desk.h"

/* More lines of a township in one batch are one task, with the list behind it. */
enum { SINGLE_MOST = 20 };

struct back {
    int64_t seq, household, payee, fen, division;
    str programme, name, reason;
    month month;
};
typedef VEC(struct back) back_list;

MUST_CHECK static enum rc back_read(struct conn *c, int64_t county, int64_t batch_id,
                                    const char *state, struct arena *a, back_list *out,
                                    struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch_id), V_TEXT(str_from(state))};
    struct query *q = NULL;

    TRY(query(c, &stmt_batch_back, v, 3, &q, err));
    while (query_next(q)) {
        struct back b = {.seq = query_int(q, 0),
                         .household = query_int(q, 1),
                         .payee = query_int(q, 2),
                         .programme = str_dup(a, query_text(q, 3)),
                         .fen = query_int(q, 4),
                         .division = query_int(q, 5),
                         .name = str_dup(a, query_text(q, 6)),
                         .reason = str_dup(a, query_text(q, 7))};
        if (!month_parse(query_text(q, 8), &b.month))
            b.month = 0;
        *VEC_PUSH(a, out) = b;
    }
    return query_end(q, err);
}

static int64_t township_of(int64_t division)
{
    return division / 1000 * 1000;
}

static struct task task_base(int64_t batch_id, str step, int64_t division, day today)
{
    return (struct task){.kind = S("payment"),
                         .ref_id = batch_id,
                         .step = step,
                         .division = division,
                         .role = ROLE_CLERK,
                         .opened = today};
}

/* 发放失败（账户已销户，请换一个账户）：更正收款账户 */
MUST_CHECK static enum rc single_task(struct change *c, const struct city *city, int64_t batch_id,
                                      const struct back *b, bool held, day today, struct arena *a,
                                      struct err *err)
{
    const struct policy *p = rules_policy(city->rules, b->programme);
    struct task t =
        task_base(batch_id, str_fmt(a, "%lld", (long long)b->seq), township_of(b->division), today);

    t.household_id = b->household;
    t.person_id = b->payee;
    t.line = p != NULL ? p->line : S("");
    t.subject = b->name;
    t.title = held ? S("没有收款账户：登记账户后重发")
                   : str_fmt(a, "发放未成功（%.*s）：更正后重发", STR_ARG(b->reason));
    t.title_en = held ? S("no account: record one, then it is paid")
                      : S("the bank could not pay: put the account right");
    return task_put(c, &t, err);
}

/* "township:510402001000" is the step of a task for many. */
static str group_step(int64_t division, struct arena *a)
{
    return str_fmt(a, "township:%lld", (long long)township_of(division));
}

MUST_CHECK static enum rc group_task(struct change *c, int64_t batch_id, str number,
                                     const struct back *first, size_t n, bool held, day today,
                                     struct arena *a, struct err *err)
{
    struct task t =
        task_base(batch_id, group_step(first->division, a), township_of(first->division), today);

    t.line = S("");
    t.subject = str_fmt(a, "批次 %.*s", STR_ARG(number));
    t.title =
        str_fmt(a, held ? "%zu 笔没有收款账户：登记账户后重发" : "%zu 笔发放未成功：更正后重发", n);
    t.title_en = str_fmt(
        a, held ? "%zu payments without an account" : "%zu payments that the bank could not make",
        n);
    return task_put(c, &t, err);
}

enum rc batch_tasks(struct change *c, const struct city *city, int64_t batch_id, str number,
                    const char *state, day today, struct err *err)
{
    struct arena a = {0};
    back_list list = {0};
    bool held = str_eq(str_from(state), S("held"));
    enum rc rc = back_read(c->conn, c->county_code, batch_id, state, &a, &list, err);

    for (size_t i = 0, end; rc == RC_OK && i < list.n; i = end) {
        end = i + 1;
        while (end < list.n &&
               township_of(list.at[end].division) == township_of(list.at[i].division))
            end++;
        if (end - i > SINGLE_MOST) {
            rc = group_task(c, batch_id, number, &list.at[i], end - i, held, today, &a, err);
            continue;
        }
        for (size_t k = i; rc == RC_OK && k < end; k++)
            rc = single_task(c, city, batch_id, &list.at[k], held, today, &a, err);
    }
    arena_deinit(&a);
    return rc;
}

enum rc batch_task_end(struct change *c, int64_t batch_id, int64_t seq, int64_t division, day today,
                       struct err *err)
{
    struct arena a = {0};
    int64_t township = township_of(division), left = 0;
    const struct value v[] = {V_INT(c->county_code), V_INT(batch_id), V_INT(township),
                              V_INT(township % 1000000 == 0 ? township + 999999 : township + 999)};
    enum rc rc =
        task_end(c, S("payment"), 0, batch_id, str_fmt(&a, "%lld", (long long)seq), today, err);

    if (rc == RC_OK)
        rc = query_one(c->conn, &stmt_batch_back_left, v, 4, &left, err);
    if (rc == RC_OK && left == 0)
        rc = task_end(c, S("payment"), 0, batch_id, group_step(division, &a), today, err);
    arena_deinit(&a);
    return rc;
}

/* ---- mended ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc mend_line(struct change *c, int64_t batch_id, int64_t seq,
                                    int64_t division, str words, day today, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(batch_id), V_INT(seq), V_TEXT(words)};
    int64_t changed = 0;

    change_note(c, "batch_line", v, 4);
    TRY(exec(c->conn, &stmt_batch_mend, v, 4, &changed, err));
    if (changed == 0)
        return err_set(err, RC_CONFLICT, "line %lld is not one that failed or is held",
                       (long long)seq);
    return batch_task_end(c, batch_id, seq, division, today, err);
}

enum rc batch_mend_payee(struct change *c, int64_t payee_id, str programme, day today,
                         int64_t *mended, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(payee_id)};
    struct arena a = {0};
    struct open {
        int64_t batch, seq, division;
    };
    VEC(struct open) list = {0};
    struct query *q = NULL;
    enum rc rc = query(c->conn, &stmt_batch_back_of_payee, v, 2, &q, err);

    *mended = 0;
    while (rc == RC_OK && query_next(q)) {
        if (programme.n > 0 && !str_eq(programme, query_text(q, 3)))
            continue;
        *VEC_PUSH(&a, &list) = (struct open){query_int(q, 0), query_int(q, 1), query_int(q, 4)};
    }
    if (rc == RC_OK)
        rc = query_end(q, err);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++) {
        rc = mend_line(c, list.at[i].batch, list.at[i].seq, list.at[i].division,
                       S("收款账户已更正"), today, err);
        ++*mended;
    }
    arena_deinit(&a);
    return rc;
}

struct mending {
    const struct scope *s;
    int64_t batch_id, seq;
    str words;
};

MUST_CHECK static enum rc line_open(const struct mending *m, struct change *c, int64_t *division,
                                    struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(m->batch_id), V_INT(m->seq)};
    struct arena a = {0};
    int64_t household = 0, payee = 0, has = 0, waits = 0;
    str programme = S("");
    struct query *q = NULL;
    bool found = false;

    TRY(query(c->conn, &stmt_batch_line_find, v, 3, &q, err));
    found = query_next(q);
    if (found) {
        household = query_int(q, 1);
        payee = query_int(q, 2);
        programme = str_dup(&a, query_text(q, 4));
        *division = query_int(q, 8);
    }
    enum rc rc = query_end(q, err);
    if (rc == RC_OK && !found)
        rc = err_set(err, RC_NOT_FOUND, "no line %lld of the batch that may be seen",
                     (long long)m->seq);
    if (rc == RC_OK)
        rc = scope_household(m->s, c->conn, c->county_code, household, err);
    if (rc == RC_NOT_FOUND)
        rc = err_set(err, rc, "no line %lld of the batch that may be seen", (long long)m->seq);
    const struct value who[] = {V_INT(c->county_code), V_INT(payee), V_TEXT(programme)};
    if (rc == RC_OK)
        rc = query_one(c->conn, &stmt_batch_account_now, who, 3, &has, err);
    if (rc == RC_OK && has == 0)
        rc = err_set(err, RC_RULE, "the payee has no account yet: record one first");
    if (rc == RC_OK)
        rc = query_one(c->conn, &stmt_payee_waits, who, 3, &waits, err);
    if (rc == RC_OK && waits > 0)
        rc = err_set(err, RC_RULE, "the payee has a new account that nobody has confirmed yet");
    arena_deinit(&a);
    return rc;
}

static enum rc mend_once(struct change *c, void *ctx, struct err *err)
{
    const struct mending *m = ctx;
    int64_t division = 0;

    TRY(line_open(m, c, &division, err));
    return mend_line(c, m->batch_id, m->seq, division, m->words, m->s->today, err);
}

enum rc batch_mend(struct city *city, const struct scope *s, int64_t county, int64_t batch_id,
                   int64_t seq, str words, struct err *err)
{
    struct mending m = {s, batch_id, seq, str_trim(words)};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("a failed payment can be made again")};

    if (s->county_code != 0 && s->county_code != county)
        return err_set(err, RC_NOT_FOUND, "no line %lld of the batch that may be seen",
                       (long long)seq);
    if (m.words.n == 0)
        return err_set(err, RC_BAD_INPUT, "say what was done, as the family or the bank told it");
    return change_write(&spec, mend_once, &m, NULL, err);
}
