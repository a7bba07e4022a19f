/*
 * Arrears on the next list. Back-pay is a line of its own; a recovery is kept back from what the same
 * payee gets for the same household and programme, part by part, and is a line of its own as well that
 * says how much of which month. What the list can't take of it waits for the next one; where nothing is
 * paid any more the township asks the family.
 */
#include "pay/arrears_money.h"

#include "pay/pay_sql.h"

/* ---- what is owed, and what it can be kept back from --------------------------------------------- */

struct owed {
    int64_t job, household, person, since, rest, payee;
    str programme, month, cause;
};
struct payout {
    int64_t household, payee, person, job, fen, taken;
    str programme, kind, month;
};
struct deducting {
    struct change *c;
    struct arrears_listing *l;
    struct arena a;
    VEC(struct owed) owed;
    VEC(struct payout) sources;
    struct bulk *parts;
    int64_t n;
};

MUST_CHECK static enum rc read_owed(struct deducting *d, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(d->c->county_code),
                              V_TEXT(str_from(date_text(month_first(d->l->month), on)))};
    struct query *q = NULL;

    TRY(query(d->c->conn, &stmt_arrears_owed, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(&d->a, &d->owed) = (struct owed){.job = query_int(q, 0),
                                                   .household = query_int(q, 1),
                                                   .person = query_int(q, 2),
                                                   .programme = str_dup(&d->a, query_text(q, 3)),
                                                   .month = str_dup(&d->a, query_text(q, 4)),
                                                   .since = query_int(q, 5),
                                                   .rest = query_int(q, 6),
                                                   .payee = query_int(q, 7),
                                                   .cause = str_dup(&d->a, query_text(q, 8))};
    return query_end(q, err);
}

MUST_CHECK static enum rc read_sources(struct deducting *d, struct err *err)
{
    char text[8], on[11];
    const struct value v[] = {V_INT(d->c->county_code),
                              V_TEXT(str_from(month_text(d->l->month, text))), V_INT(d->l->job),
                              V_TEXT(str_from(date_text(month_first(d->l->month), on)))};
    struct query *q = NULL;

    TRY(query(d->c->conn, &stmt_arrears_sources, v, 4, &q, err));
    while (query_next(q))
        *VEC_PUSH(&d->a, &d->sources) =
            (struct payout){.household = query_int(q, 0),
                            .programme = str_dup(&d->a, query_text(q, 1)),
                            .payee = query_int(q, 2),
                            .kind = str_dup(&d->a, query_text(q, 3)),
                            .month = str_dup(&d->a, query_text(q, 4)),
                            .person = query_int(q, 5),
                            .job = query_int(q, 6),
                            .fen = query_int(q, 7)};
    return query_end(q, err);
}

/* ---- kept back ------------------------------------------------------------------------------- */

static bool alike(int64_t household, str programme, const struct payout *s)
{
    return s->household == household && str_eq(s->programme, programme);
}

/*
 * Whose money it is kept back from: the payee's. What a household owes as a whole may also be kept back
 * from the only one who is paid for it now, when the head is another than before.
 */
static int64_t payee_on_list(const struct owed *o, const struct payout *s, size_t n)
{
    bool one = true;

    for (size_t i = 0; i < n; i++) {
        if (s[i].payee == o->payee)
            return o->payee;
        one &= s[i].payee == s[0].payee;
    }
    return o->person == 0 && one && n > 0 ? s[0].payee : o->payee;
}

MUST_CHECK static enum rc put_part(struct deducting *d, struct owed *o, struct payout *s,
                                   int64_t fen, struct err *err)
{
    const struct value v[] = {
        V_INT(d->c->county_code), V_INT(o->job),    V_INT(o->household), V_INT(o->person),
        V_TEXT(o->programme),     V_TEXT(o->month), V_INT(o->since),     V_INT(fen),
        V_INT(d->l->batch_id),    V_INT(0),         V_INT(s->payee),     V_TEXT(s->kind),
        V_TEXT(s->month),         V_INT(s->person), V_INT(s->job)};

    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        if (v[i].kind == VALUE_INT)
            bulk_int(d->parts, v[i].i);
        else
            bulk_text(d->parts, v[i].s);
    }
    change_note(d->c, "arrears_part", v, sizeof v / sizeof *v);
    o->since += fen;
    o->rest -= fen;
    s->taken += fen;
    d->n++;
    return bulk_row(d->parts, err);
}

/* One recovery, from the lines of its payee in their order, while there is room. */
MUST_CHECK static enum rc keep_back(struct deducting *d, struct owed *o, struct payout *s, size_t n,
                                    struct err *err)
{
    int64_t payee = payee_on_list(o, s, n), total = 0, taken = 0;

    for (size_t i = 0; i < n; i++) {
        total += s[i].payee == payee ? s[i].fen : 0;
        taken += s[i].payee == payee ? s[i].taken : 0;
    }
    const struct policy *p = rules_policy(d->l->city->rules, o->programme);
    int64_t room = arrears_most(p, o->cause, total) - taken;
    for (size_t i = 0; i < n && o->rest > 0 && room > 0; i++) {
        int64_t fen = s[i].fen - s[i].taken;
        if (s[i].payee != payee || fen == 0)
            continue;
        fen = fen < o->rest ? fen : o->rest;
        fen = fen < room ? fen : room;
        TRY(put_part(d, o, &s[i], fen, err));
        room -= fen;
    }
    return RC_OK;
}

/* Both lists are ordered by household and programme. */
MUST_CHECK static enum rc keep_back_all(struct deducting *d, struct err *err)
{
    size_t at = 0;

    for (size_t i = 0; i < d->owed.n; i++) {
        struct owed *o = &d->owed.at[i];
        size_t n = 0;
        while (at < d->sources.n && (d->sources.at[at].household < o->household ||
                                     (d->sources.at[at].household == o->household &&
                                      str_cmp(d->sources.at[at].programme, o->programme) < 0)))
            at++;
        while (at + n < d->sources.n && alike(o->household, o->programme, &d->sources.at[at + n]))
            n++;
        if (n > 0)
            TRY(keep_back(d, o, &d->sources.at[at], n, err));
    }
    return RC_OK;
}

enum rc arrears_deduct(struct change *c, struct arrears_listing *l, struct err *err)
{
    static const char *const columns[] = {"county_code", "job_id",      "household_id", "person_id",
                                          "programme",   "month",       "since_fen",    "fen",
                                          "batch_id",    "back_no",     "payee_id",     "from_kind",
                                          "from_month",  "from_person", "from_job"};
    enum { N = sizeof columns / sizeof *columns };
    struct deducting d = {.c = c, .l = l};
    str names[N];
    const struct value v = V_INT(c->county_code);
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_arrears_backpay_sum, &v, 1, &q, err));
    if (query_next(q)) {
        l->backpay_rows = query_int(q, 0);
        l->backpay_fen = query_int(q, 1);
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < N; i++)
        names[i] = str_from(columns[i]);
    enum rc rc = read_owed(&d, err);
    if (rc == RC_OK && d.owed.n > 0)
        rc = read_sources(&d, err);
    if (rc == RC_OK && d.sources.n > 0)
        rc = bulk_open(c->conn, S("arrears_part"), names, N, &d.parts, err);
    if (rc == RC_OK && d.parts != NULL) {
        rc = keep_back_all(&d, err);
        enum rc closed = bulk_close(d.parts, rc == RC_OK ? err : NULL);
        rc = rc != RC_OK ? rc : closed;
    }
    l->recovery_fen = 0;
    for (size_t i = 0; i < d.sources.n; i++)
        l->recovery_fen += d.sources.at[i].taken;
    arena_deinit(&d.a);
    return rc;
}

/* ---- on the list ------------------------------------------------------------------------------ */

/* Of all recoveries that are not settled whole: nothing more can be deducted of one of them. */
MUST_CHECK static enum rc ask_back(struct change *c, const struct arrears_listing *l,
                                   struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(l->batch_id)};
    struct family {
        int64_t household;
        str programme;
    };
    VEC(struct family) list = {0};
    struct arena a = {0};
    struct query *q = NULL;
    enum rc rc = query(c->conn, &stmt_arrears_ask_read, v, 2, &q, err);

    while (rc == RC_OK && query_next(q))
        *VEC_PUSH(&a, &list) = (struct family){query_int(q, 0), str_dup(&a, query_text(q, 1))};
    if (rc == RC_OK)
        rc = query_end(q, err);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++)
        rc = arrears_ask_again(c, l->city, list.at[i].household, list.at[i].programme, l->today,
                               err);
    arena_deinit(&a);
    return rc;
}

/* Each line of arrears has its line of the list, and what is deducted here is owed there. */
MUST_CHECK static enum rc sums_agree(struct change *c, const struct arrears_listing *l,
                                     int64_t listed, int64_t deducted, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(l->batch_id)};
    int64_t n[5] = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_arrears_list_sums, v, 2, &q, err));
    if (query_next(q))
        for (size_t i = 0; i < 5; i++)
            n[i] = query_int(q, i);
    TRY(query_end(q, err));
    if (n[0] == l->backpay_rows && n[1] == l->backpay_fen && n[0] == listed &&
        n[2] == l->recovery_rows && n[2] == deducted && n[3] == -l->recovery_fen && n[4] == 0)
        return RC_OK;
    return err_set(
        err, RC_RULE,
        "arrears don't add up: %lld lines of back-pay with %lld fen, %lld on the list with "
        "%lld; %lld fen deducted, recoveries on the list of %lld",
        (long long)l->backpay_rows, (long long)l->backpay_fen, (long long)n[0], (long long)n[1],
        (long long)l->recovery_fen, (long long)-n[3]);
}

enum rc arrears_list(struct change *c, struct arrears_listing *l, int64_t last_seq, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(l->batch_id), V_INT(last_seq)};
    int64_t listed = 0, deducted = 0;

    TRY(exec(c->conn, &stmt_arrears_list_recoveries, v, 3, &l->recovery_rows, err));
    TRY(exec(c->conn, &stmt_arrears_list_backpay, v, 2, &listed, err));
    TRY(exec(c->conn, &stmt_arrears_list_deducted, v, 2, &deducted, err));
    change_note(c, "arrears_line", v, 2);
    TRY(sums_agree(c, l, listed, deducted, err));
    return ask_back(c, l, err);
}
