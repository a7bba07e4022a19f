/*
 * What a slice gave, written in one short change under the job's number, with the job moved on in the
 * same transaction. Sums are asserted before: awards, payment lines and counts are one amount.
 */
#include <assert.h>
#include <string.h>

#include "pay/batch.h"
#include "pay/job_in.h"
#include "pay/pay_sql.h"

/* One change being made; run again from its start when the database asks for it. */
struct writing {
    struct job *job;
    const struct found *found;
    uint8_t digest[VAULT_HASH]; /* of the job behind it */
};

static str bytes(const uint8_t hash[VAULT_HASH])
{
    return (str){(const char *)hash, VAULT_HASH};
}

static void sums_agree(const struct found *f)
{
    int64_t awards = 0, payments = 0, counts = 0;

    for (size_t i = 0; i < f->awards.n; i++)
        awards += f->awards.at[i].fen;
    for (size_t i = 0; i < f->payments.n; i++)
        payments += f->payments.at[i].fen;
    for (size_t i = 0; i < f->counts.n; i++)
        counts += f->counts.at[i].fen;
    assert(awards == payments && awards == counts);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Values go to the table and into the digest of the change. */
struct put {
    struct change *c;
    struct bulk *bulk;
    struct value v[12];
    size_t n;
};

MUST_CHECK static enum rc put_open(struct put *p, struct change *c, str table, const str *columns,
                                   size_t n, struct err *err)
{
    *p = (struct put){.c = c};
    return bulk_open(c->conn, table, columns, n, &p->bulk, err);
}

static void put_value(struct put *p, struct value v)
{
    p->v[p->n++] = v;
}

MUST_CHECK static enum rc put_row(struct put *p, const char *table, struct err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct value *v = &p->v[i];
        if (v->kind == VALUE_INT)
            bulk_int(p->bulk, v->i);
        else if (v->kind == VALUE_TEXT)
            bulk_text(p->bulk, v->s);
        else if (v->kind == VALUE_BLOB)
            bulk_blob(p->bulk, v->s);
        else
            bulk_null(p->bulk);
    }
    change_note(p->c, table, p->v, p->n);
    p->n = 0;
    return bulk_row(p->bulk, err);
}

/* What the keys of all three tables begin with. */
static void put_key(struct put *p, const struct job *j, int64_t household, int64_t person,
                    const struct policy *policy)
{
    put_value(p, V_INT(j->county));
    put_value(p, V_TEXT(str_from(j->month_text)));
    put_value(p, V_INT(household));
    put_value(p, V_INT(person));
    put_value(p, V_TEXT(policy->name.text));
}

#define COLUMNS(...) ((const str[]){__VA_ARGS__}), sizeof((const str[]){__VA_ARGS__}) / sizeof(str)

MUST_CHECK static enum rc put_units(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->units.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("determination"),
                 COLUMNS(S("county_code"), S("month"), S("household_id"), S("person_id"),
                         S("programme"), S("job_id"), S("outcome"), S("reasons"), S("amount_fen"),
                         S("carried"), S("input_hash"), S("made_by")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->units.n; i++) {
        const struct found_unit *u = &f->units.at[i];
        put_key(&p, w->job, u->household, u->person, u->policy);
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_TEXT(u->outcome));
        put_value(&p, V_TEXT(u->reasons));
        put_value(&p, u->fen == AMOUNT_OPEN ? V_NULL : V_INT(u->fen));
        put_value(&p, V_TEXT(u->carried));
        put_value(&p, V_BLOB(bytes(u->hash)));
        put_value(&p, V_INT(0));
        rc = put_row(&p, "determination", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

MUST_CHECK static enum rc put_awards(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->awards.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("award"),
                 COLUMNS(S("county_code"), S("month"), S("household_id"), S("person_id"),
                         S("programme"), S("job_id"), S("amount_fen"), S("ground"), S("who")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->awards.n; i++) {
        const struct found_award *a = &f->awards.at[i];
        put_key(&p, w->job, a->household, a->person, a->policy);
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_INT(a->fen));
        put_value(&p, V_TEXT(ground_words[a->ground]));
        put_value(&p, V_TEXT(w->job->who));
        rc = put_row(&p, "award", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

MUST_CHECK static enum rc put_payments(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->payments.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("payment"),
                 COLUMNS(S("county_code"), S("month"), S("household_id"), S("payee_id"),
                         S("programme"), S("kind"), S("job_id"), S("amount_fen"), S("division")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->payments.n; i++) {
        const struct found_payment *y = &f->payments.at[i];
        put_key(&p, w->job, y->household, y->payee, y->policy);
        put_value(&p, V_TEXT(S("month")));
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_INT(y->fen));
        put_value(&p, V_INT(y->division));
        rc = put_row(&p, "payment", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* Differences from what is decided, and what the run decides: staged until it is visible. */
MUST_CHECK static enum rc put_findings(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->findings.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("run_finding"),
                 COLUMNS(S("county_code"), S("job_id"), S("household_id"), S("person_id"),
                         S("programme"), S("kind"), S("old_fen"), S("new_fen"), S("amounts"),
                         S("outcome"), S("reasons"), S("division")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->findings.n; i++) {
        const struct found_finding *d = &f->findings.at[i];
        put_value(&p, V_INT(w->job->county));
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_INT(d->household));
        put_value(&p, V_INT(d->person));
        put_value(&p, V_TEXT(d->policy->name.text));
        put_value(&p, V_TEXT(str_from(d->kind)));
        put_value(&p, V_INT(d->old_fen));
        put_value(&p, V_INT(d->new_fen));
        put_value(&p, V_TEXT(d->amounts));
        put_value(&p, V_TEXT(d->outcome));
        put_value(&p, V_TEXT(d->reasons));
        put_value(&p, V_INT(d->division));
        rc = put_row(&p, "run_finding", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* Whom it pays otherwise than the month before. */
MUST_CHECK static enum rc put_changes(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->changes.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("award_change"),
                 COLUMNS(S("county_code"), S("job_id"), S("division"), S("household_id"),
                         S("programme"), S("kind"), S("old_fen"), S("new_fen")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->changes.n; i++) {
        const struct found_change *d = &f->changes.at[i];
        put_value(&p, V_INT(w->job->county));
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_INT(d->division));
        put_value(&p, V_INT(d->household));
        put_value(&p, V_TEXT(d->policy->name.text));
        put_value(&p, V_TEXT(str_from(d->kind)));
        put_value(&p, V_INT(d->old_fen));
        put_value(&p, V_INT(d->new_fen));
        rc = put_row(&p, "award_change", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

MUST_CHECK static enum rc put_candidates(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    struct put p;
    enum rc rc = RC_OK;

    if (f->candidates.n == 0)
        return RC_OK;
    TRY(put_open(&p, c, S("run_candidate"),
                 COLUMNS(S("county_code"), S("job_id"), S("division"), S("household_id"),
                         S("person_id"), S("programme"), S("amount_fen")),
                 err));
    for (size_t i = 0; rc == RC_OK && i < f->candidates.n; i++) {
        const struct found_candidate *d = &f->candidates.at[i];
        put_value(&p, V_INT(w->job->county));
        put_value(&p, V_INT(w->job->job_id));
        put_value(&p, V_INT(d->division));
        put_value(&p, V_INT(d->household));
        put_value(&p, V_INT(d->person));
        put_value(&p, V_TEXT(d->policy->name.text));
        put_value(&p, d->fen == AMOUNT_OPEN ? V_NULL : V_INT(d->fen));
        rc = put_row(&p, "run_candidate", err);
    }
    enum rc closed = bulk_close(p.bulk, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* A village's households may stand in several slices: counts are added to what is there. */
MUST_CHECK static enum rc put_counts(const struct writing *w, struct change *c, struct err *err)
{
    for (size_t i = 0; i < w->found->counts.n; i++) {
        const struct found_count *n = &w->found->counts.at[i];
        const struct value v[] = {V_INT(w->job->county), V_INT(w->job->job_id),
                                  V_INT(n->division),    V_TEXT(n->policy->name.text),
                                  V_INT(n->households),  V_INT(n->persons),
                                  V_INT(n->fen),         V_INT(n->not_enrolled),
                                  V_INT(n->no_more),     V_INT(n->undecided),
                                  V_INT(n->payments)};
        if ((n->households | n->persons | n->not_enrolled | n->no_more | n->undecided) == 0)
            continue;
        change_note(c, "run_count", v, 11);
        TRY(exec(c->conn, &stmt_run_count_add, v, 11, NULL, err));
    }
    return RC_OK;
}

/* ---- the job ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc advance(const struct writing *w, struct change *c, int64_t to,
                                  struct err *err)
{
    const struct job *j = w->job;
    const struct value v[] = {V_INT(j->county), V_INT(j->job_id), V_INT(j->next), V_INT(to),
                              V_BLOB(bytes(w->digest))};
    int64_t changed = 0;

    TRY(exec(c->conn, &stmt_run_job_advance, v, 5, &changed, err));
    if (changed == 1)
        return job_mark(c, j->job_id, err);
    return err_set(err, RC_CONFLICT, "county %lld, %s: another run went on with this job",
                   (long long)j->county, j->month_text);
}

MUST_CHECK static enum rc put_slice(const struct writing *w, struct change *c, struct err *err)
{
    const struct found *f = w->found;
    const struct value v[] = {V_INT(w->job->county), V_INT(w->job->job_id), V_INT(f->first),
                              V_INT(f->last),        V_INT(f->households),  V_INT(f->persons),
                              V_BLOB(bytes(f->hash))};

    change_note(c, "run_slice", v, 7);
    return exec(c->conn, &stmt_run_slice_add, v, 7, NULL, err);
}

static enum rc slice_once(struct change *c, void *ctx, struct err *err)
{
    const struct writing *w = ctx;

    TRY(advance(w, c, w->found->last + 1, err));
    TRY(put_units(w, c, err));
    TRY(put_awards(w, c, err));
    TRY(put_payments(w, c, err));
    TRY(put_findings(w, c, err));
    TRY(put_changes(w, c, err));
    TRY(put_candidates(w, c, err));
    TRY(put_counts(w, c, err));
    return put_slice(w, c, err);
}

enum rc job_slice(struct job *j, const struct found *f, struct err *err)
{
    struct writing w = {.job = j, .found = f};
    const struct change_spec change = job_change(j);
    uint8_t both[2 * VAULT_HASH];

    sums_agree(f);
    memcpy(both, j->digest, VAULT_HASH);
    memcpy(both + VAULT_HASH, f->hash, VAULT_HASH);
    sm3_once(both, sizeof both, w.digest);
    TRY(change_write(&change, slice_once, &w, NULL, err));
    memcpy(j->digest, w.digest, VAULT_HASH);
    j->next = f->last + 1;
    return RC_OK;
}

/* The run was of a part of the county: what stands of the rest is taken over as it is. */
MUST_CHECK static enum rc take_over(const struct writing *w, struct change *c, struct err *err)
{
    const struct job *j = w->job;
    char first_day[11];
    int64_t lo = 0, hi = 0;

    division_span(j->division, &lo, &hi);
    date_text(month_first(j->month), first_day);
    const struct value rows[] = {V_INT(j->county),
                                 V_TEXT(str_from(j->month_text)),
                                 V_INT(j->visible),
                                 V_INT(j->job_id),
                                 V_INT(lo),
                                 V_INT(hi),
                                 V_TEXT(str_from(first_day)),
                                 V_INT(j->position),
                                 V_INT(j->visible_position)};
    const struct value counts[] = {V_INT(j->county), V_INT(j->visible), V_INT(j->job_id), V_INT(lo),
                                   V_INT(hi)};
    change_note(c, "run_job", rows, 9);
    TRY(exec(c->conn, &stmt_run_take_determinations, rows, 9, NULL, err));
    TRY(exec(c->conn, &stmt_run_take_awards, rows, 9, NULL, err));
    TRY(exec(c->conn, &stmt_run_take_payments, rows, 9, NULL, err));
    TRY(exec(c->conn, &stmt_run_take_changes, counts, 5, NULL, err));
    TRY(exec(c->conn, &stmt_run_take_candidates, counts, 5, NULL, err));
    return exec(c->conn, &stmt_run_take_counts, counts, 5, NULL, err);
}

/*
 * Asked once more in the change that shows the run: on PostgreSQL the lock is a session's, which may be
 * lost while the writing one goes on, and then the list may have been frozen meanwhile.
 */
MUST_CHECK static enum rc not_frozen(struct change *c, const struct job *j, struct err *err)
{
    bool frozen = false;

    TRY(batch_frozen(c->conn, j->county, j->month, &frozen, err));
    if (!frozen)
        return RC_OK;
    return err_set(err, RC_CONFLICT, "county %lld: the list of %s was frozen while the run went on",
                   (long long)j->county, j->month_text);
}

static enum rc finish_once(struct change *c, void *ctx, struct err *err)
{
    const struct writing *w = ctx;
    const struct job *j = w->job;
    const struct value done[] = {V_INT(j->county), V_INT(j->job_id), V_INT(c->at_ms)};
    const struct value replaced[] = {V_INT(j->county), V_INT(j->visible), V_TEXT(S("replaced"))};
    const struct value shown[] = {V_INT(j->county), V_TEXT(str_from(j->month_text)),
                                  V_INT(j->job_id)};

    TRY(not_frozen(c, j, err));
    TRY(advance(w, c, HOUSEHOLD_MOST, err));
    TRY(put_findings(w, c, err));
    TRY(put_changes(w, c, err));
    TRY(put_counts(w, c, err));
    TRY(job_settle(c, j, err));
    if (j->division != 0 && j->visible != 0)
        TRY(take_over(w, c, err));
    TRY(compare_settle(c, j, err));
    TRY(exec(c->conn, &stmt_run_job_done, done, 3, NULL, err));
    if (j->visible != 0)
        TRY(exec(c->conn, &stmt_run_job_state, replaced, 3, NULL, err));
    change_note(c, "month_run", shown, 3);
    return exec(c->conn, &stmt_run_month_put, shown, 3, NULL, err);
}

enum rc job_finish(struct job *j, const struct found *f, struct err *err)
{
    struct writing w = {.job = j, .found = f};
    const struct change_spec change = job_change(j);

    memcpy(w.digest, j->digest, VAULT_HASH);
    return change_write(&change, finish_once, &w, NULL, err);
}
