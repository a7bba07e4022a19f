/* See batch.h: freezing a month, and what failed once more. */
#include "pay/batch_in.h"

#include "pay/arrears_money.h"
#include "pay/lock.h"
#include "pay/pay_sql.h"
#include "pay/run.h"
#include "vault/sm3.h"

/* One batch being made; run again from its start when the database asks for it. */
struct freezing {
    struct city *city;
    const struct scope *s;
    struct arena *a;
    month month;
    int64_t job; /* the visible run's; of "again": 0 */
    bool again;
    struct batch made;
    int64_t deducted_rows; /* lines that the bank never sees */
    struct arrears_listing arrears;
};

/* ---- may, and may not ----------------------------------------------------------------------- */

bool batch_sees(const struct scope *s, int64_t county)
{
    return s->level <= AT_COUNTY && (s->county_code == 0 || s->county_code == county);
}

enum rc batch_may(const struct scope *s, unsigned roles, int64_t county, struct err *err)
{
    if (!batch_sees(s, county))
        return err_set(err, RC_NOT_FOUND, "no county %lld that may be seen", (long long)county);
    if (!scope_acts(s, roles, S("")))
        return err_set(err, RC_FORBIDDEN, "the bank's list is for whoever pays");
    return RC_OK;
}

enum rc batch_frozen(struct conn *c, int64_t county, month m, bool *out, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(month_text(m, text)))};
    int64_t id = 0;
    enum rc rc = query_one(c, &stmt_batch_of_month, v, 2, &id, err);

    *out = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- the batch's row ------------------------------------------------------------------------- */

/* 510402-202012-01 */
MUST_CHECK static enum rc number_next(struct conn *c, int64_t county, month m, struct arena *a,
                                      str *out, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(month_text(m, text)))};
    int64_t n = 0;

    TRY(query_one(c, &stmt_batch_count_month, v, 2, &n, err));
    *out = str_fmt(a, "%06lld-%04d%02d-%02lld", (long long)county, month_year(m), month_number(m),
                   (long long)n + 1);
    return RC_OK;
}

void batch_hash_line(struct sm3 *h, const struct query *q, str state)
{
    for (size_t i = 0; i < 4; i++)
        sm3_int(h, query_int(q, i));
    for (size_t i = 4; i < 7; i++)
        sm3_str(h, query_text(q, i));
    sm3_int(h, query_int(q, 7));
    for (size_t i = 8; i < 11; i++)
        sm3_str(h, query_text(q, i));
    sm3_str(h, query_blob(q, 11));
    sm3_str(h, state);
    /* Only where there are any: the digests of lists made before there were stay what they are. */
    if (query_int(q, 13) == 0 && query_int(q, 14) == 0)
        return;
    sm3_int(h, query_int(q, 13));
    sm3_int(h, query_int(q, 14));
}

/* Sums and digest of the lines as they stand now. */
MUST_CHECK static enum rc count_lines(struct freezing *f, struct conn *c, int64_t county,
                                      struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(f->made.batch_id)};
    uint8_t hash[VAULT_HASH];
    struct sm3 *h = sm3_open();
    struct query *q = NULL;
    struct batch *b = &f->made;

    b->rows = b->fen = b->held_rows = b->held_fen = f->deducted_rows = 0;
    enum rc rc = query(c, &stmt_batch_digest_lines, v, 2, &q, err);
    while (rc == RC_OK && query_next(q)) {
        bool held = str_eq(query_text(q, 12), S("held"));
        batch_hash_line(h, q, query_text(q, 12));
        if (str_eq(query_text(q, 12), S("deducted"))) {
            f->deducted_rows++;
            continue;
        }
        *(held ? &b->held_rows : &b->rows) += 1;
        *(held ? &b->held_fen : &b->fen) += query_int(q, 7);
    }
    if (rc == RC_OK)
        rc = query_end(q, err);
    sm3_end(h, hash);
    sm3_close(h);
    b->digest = hash_text(hash, f->a);
    return rc;
}

MUST_CHECK static enum rc put_batch(struct freezing *f, struct change *c, struct err *err)
{
    struct batch *b = &f->made;
    char text[8], on[11];
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(b->batch_id),
                              V_TEXT(b->number),
                              V_TEXT(str_from(month_text(b->month, text))),
                              V_TEXT(b->kind),
                              V_INT(b->rows),
                              V_INT(b->fen),
                              V_INT(b->held_rows),
                              V_INT(b->held_fen),
                              V_TEXT(b->digest),
                              V_TEXT(str_from(date_text(b->frozen_on, on))),
                              V_TEXT(b->frozen_by)};

    change_note(c, "batch", v, 12);
    return exec(c->conn, &stmt_batch_add, v, 12, NULL, err);
}

MUST_CHECK static enum rc begin(struct freezing *f, struct change *c, month m, struct err *err)
{
    f->made = (struct batch){.county_code = c->county_code,
                             .batch_id = id_next(&f->city->ids),
                             .month = m,
                             .kind = f->again ? S("again") : S("month"),
                             .state = S("frozen"),
                             .frozen_on = f->s->today,
                             .frozen_by = f->s->login,
                             .version = 1};
    return number_next(c->conn, c->county_code, m, f->a, &f->made.number, err);
}

/* ---- a month --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc frozen_already(struct freezing *f, struct change *c, struct err *err)
{
    bool frozen = false;
    char text[8];

    TRY(batch_frozen(c->conn, c->county_code, f->month, &frozen, err));
    if (!frozen)
        return RC_OK;
    return err_set(err, RC_CONFLICT, "%s of county %lld is frozen already",
                   month_text(f->month, text), (long long)c->county_code);
}

/* The run whose payments they are, and the rule that a month taken over was paid elsewhere. */
MUST_CHECK static enum rc visible_run(struct freezing *f, struct change *c, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(c->county_code), V_TEXT(str_from(month_text(f->month, text)))};
    struct query *q = NULL;
    bool past = false;

    f->job = 0;
    TRY(query(c->conn, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q)) {
        f->job = query_int(q, 0);
        past =
            str_eq(query_text(q, 3), S("import")) || decide_find(query_text(q, 7)) == DECIDE_PAST;
    }
    TRY(query_end(q, err));
    if (f->job == 0)
        return err_set(err, RC_NOT_FOUND, "%s was not run for county %lld", text,
                       (long long)c->county_code);
    if (past)
        return err_set(err, RC_RULE, "%s was taken over with the case load: it was paid elsewhere",
                       text);
    return RC_OK;
}

/* What the lines must come to. */
MUST_CHECK static enum rc wanted_sum(const struct freezing *f, struct change *c, int64_t *out,
                                     struct err *err)
{
    char text[8];
    str m = str_from(month_text(f->month, text));
    const struct value v[] = {V_INT(c->county_code), V_TEXT(m), V_INT(f->job)};
    int64_t once = 0;

    TRY(query_one(c->conn, &stmt_batch_month_sum, v, 3, out, err));
    TRY(query_one(c->conn, &stmt_batch_once_sum, v, 2, &once, err));
    *out += once + f->arrears.backpay_fen - f->arrears.recovery_fen;
    return RC_OK;
}

static enum rc freeze_once(struct change *c, void *ctx, struct err *err)
{
    struct freezing *f = ctx;
    char text[8], first[11];
    int64_t wanted = 0, rows = 0;

    TRY(frozen_already(f, c, err));
    TRY(visible_run(f, c, err));
    TRY(begin(f, c, f->month, err));
    f->arrears = (struct arrears_listing){.city = f->city,
                                          .batch_id = f->made.batch_id,
                                          .job = f->job,
                                          .month = f->month,
                                          .today = f->s->today};
    TRY(arrears_deduct(c, &f->arrears, err));
    const struct value v[] = {V_INT(c->county_code), V_INT(f->made.batch_id),
                              V_TEXT(str_from(month_text(f->month, text))), V_INT(f->job),
                              V_TEXT(str_from(date_text(month_first(f->month), first)))};
    TRY(wanted_sum(f, c, &wanted, err));
    TRY(exec(c->conn, &stmt_batch_freeze_payments, v, 5, &rows, err));
    TRY(arrears_list(c, &f->arrears, rows, err));
    TRY(count_lines(f, c->conn, c->county_code, err));
    if (f->made.fen + f->made.held_fen != wanted)
        return err_set(err, RC_RULE, "the lines come to %lld fen, the payments to %lld",
                       (long long)(f->made.fen + f->made.held_fen), (long long)wanted);
    if (f->made.rows + f->made.held_rows + f->deducted_rows == 0)
        return err_set(err, RC_NOT_FOUND, "nothing is to be paid in county %lld for %s",
                       (long long)c->county_code, text);
    TRY(exec(c->conn, &stmt_batch_claim, v, 2, NULL, err));
    TRY(put_batch(f, c, err));
    return batch_tasks(c, f->city, f->made.batch_id, f->made.number, "held", f->s->today, err);
}

enum rc batch_freeze(struct city *city, const struct scope *s, int64_t county, month m,
                     struct arena *a, struct batch *out, struct err *err)
{
    struct freezing f = {.city = city, .s = s, .a = a, .month = m};
    struct run_lock lock;
    char text[8];
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why =
                                         str_fmt(a, "%s frozen for the bank", month_text(m, text))};

    TRY(batch_may(s, PAYERS, county, err));
    /* A run that is alive would make other payments visible while these are frozen. */
    TRY(run_lock(city->store, county, &lock, err));
    enum rc rc = change_write(&spec, freeze_once, &f, NULL, err);
    run_unlock(&lock);
    TRY(rc);
    *out = f.made;
    return RC_OK;
}

/* ---- again ----------------------------------------------------------------------------------- */

/* Ends the tasks of held lines that have got an account by another way than the payees' page. */
MUST_CHECK static enum rc end_tasks(struct freezing *f, struct change *c, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(f->made.batch_id)};
    struct source {
        int64_t batch, seq, division;
    };
    VEC(struct source) list = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_batch_again_sources, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(f->a, &list) = (struct source){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++)
        TRY(batch_task_end(c, list.at[i].batch, list.at[i].seq, list.at[i].division, f->s->today,
                           err));
    return RC_OK;
}

/* Lines of one month stand in the batch of the latest of them. */
MUST_CHECK static enum rc latest_month(struct freezing *f, struct change *c, int64_t *rows,
                                       int64_t *fen, struct err *err)
{
    const struct value v = V_INT(c->county_code);
    struct query *q = NULL;

    *rows = *fen = 0;
    TRY(query(c->conn, &stmt_batch_again_open, &v, 1, &q, err));
    if (query_next(q)) {
        *rows = query_int(q, 0);
        *fen = query_int(q, 1);
        if (!month_parse(query_text(q, 2), &f->month))
            f->month = date_month(f->s->today);
    }
    TRY(query_end(q, err));
    if (*rows > 0)
        return RC_OK;
    return err_set(err, RC_CONFLICT, "nothing can be paid again in county %lld",
                   (long long)c->county_code);
}

static enum rc again_once(struct change *c, void *ctx, struct err *err)
{
    struct freezing *f = ctx;
    int64_t rows = 0, fen = 0, changed = 0, moved = 0, arrears = 0;

    TRY(latest_month(f, c, &rows, &fen, err));
    TRY(begin(f, c, f->month, err));
    const struct value v[] = {V_INT(c->county_code), V_INT(f->made.batch_id)};
    TRY(exec(c->conn, &stmt_batch_freeze_again, v, 2, NULL, err));
    TRY(exec(c->conn, &stmt_batch_again_from, v, 2, &changed, err));
    TRY(end_tasks(f, c, err));
    TRY(exec(c->conn, &stmt_batch_again_paid, v, 2, &moved, err));
    TRY(query_one(c->conn, &stmt_batch_arrears_rows, v, 2, &arrears, err));
    moved += arrears;
    TRY(count_lines(f, c->conn, c->county_code, err));
    if (f->made.rows != rows || f->made.fen != fen || changed != rows || moved != rows)
        return err_set(err, RC_RULE,
                       "%lld lines can be paid again, %lld are taken, %lld were live: nothing was "
                       "frozen",
                       (long long)rows, (long long)f->made.rows, (long long)moved);
    return put_batch(f, c, err);
}

enum rc batch_again(struct city *city, const struct scope *s, int64_t county, struct arena *a,
                    struct batch *out, struct err *err)
{
    struct freezing f = {.city = city, .s = s, .a = a, .again = true};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("failed payments once more")};

    TRY(batch_may(s, PAYERS, county, err));
    TRY(change_write(&spec, again_once, &f, NULL, err));
    *out = f.made;
    return RC_OK;
}
