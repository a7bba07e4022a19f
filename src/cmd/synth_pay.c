/* The rows of one job: determinations, awards, payments, counts by village and programme. */
#include "cmd/synth_pay.h"

#include <string.h>

#include "eval/eval.h"
#include "pay/run.h"

enum table { DETERMINATION, AWARD, PAYMENT, COUNT, JOB, MONTH_RUN, TABLES };

enum { COLUMNS_MAX = 11 };
static const struct {
    const char *name;
    const char *columns[COLUMNS_MAX + 1];
} tables[TABLES] = {
    [DETERMINATION] = {"determination",
                       {"county_code", "month", "household_id", "person_id", "programme", "job_id",
                        "outcome", "reasons", "amount_fen", "carried", "input_hash"}},
    [AWARD] = {"award",
               {"county_code", "month", "household_id", "person_id", "programme", "job_id",
                "amount_fen", "ground", "who"}},
    [PAYMENT] = {"payment",
                 {"county_code", "month", "household_id", "payee_id", "programme", "kind", "job_id",
                  "amount_fen"}},
    [COUNT] = {"run_count",
               {"county_code", "job_id", "division", "programme", "households", "persons",
                "amount_fen", "not_enrolled", "no_more", "undecided"}},
    [JOB] = {"run_job",
             {"county_code", "job_id", "month", "state", "position", "rule_hash", "engine", "who",
              "started_ms", "next_household", "digest"}},
    [MONTH_RUN] = {"month_run", {"county_code", "month", "job_id"}},
};

struct payment {
    const struct policy *policy;
    int64_t payee, fen;
};

struct synth_pay {
    struct change *change;
    const struct city *city;
    int64_t job_id;
    char month[8];
    struct bulk *bulks[TABLES];
    struct sm3 *hash, *all;
    /* Counts of the village at hand, by policy. */
    struct arena arena;
    struct {
        int64_t households, persons, fen;
    } * counts;
    int64_t division;
    int64_t last_household;
    /* Payments of the household at hand: several awards of a programme may go to one payee. */
    VEC(struct payment) payments;
};

static void begin(struct synth_pay *p, struct bulk *b, const struct synth_result *r, int64_t person)
{
    bulk_int(b, p->change->county_code);
    bulk_text(b, (str){p->month, 7});
    bulk_int(b, r->household);
    bulk_int(b, person);
    bulk_text(b, r->policy->name.text);
}

enum rc synth_pay_open(struct change *c, const struct city *city, month m, int64_t job_id,
                       struct synth_pay **out, struct err *err)
{
    struct synth_pay *p = mem_resize(NULL, sizeof *p);
    *p = (struct synth_pay){.change = c, .city = city, .job_id = job_id};
    month_text(m, p->month);
    p->hash = sm3_open();
    p->all = sm3_open();
    p->counts = arena_alloc_n(&p->arena, city->rules->policies.n + 1, sizeof *p->counts, 8);
    enum rc rc = RC_OK;
    for (size_t t = 0; rc == RC_OK && t < TABLES; t++) {
        str columns[COLUMNS_MAX];
        size_t n = 0;
        for (; n < COLUMNS_MAX && tables[t].columns[n] != NULL; n++)
            columns[n] = str_from(tables[t].columns[n]);
        rc = bulk_open(c->conn, str_from(tables[t].name), columns, n, &p->bulks[t], err);
    }
    *out = p;
    if (rc == RC_OK)
        return RC_OK;
    enum rc closed = synth_pay_close(p, NULL);
    return closed != RC_OK ? closed : rc;
}

/* ---- counts --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc counts_write(struct synth_pay *p, struct err *err)
{
    const struct rules *rules = p->city->rules;
    struct bulk *b = p->bulks[COUNT];
    for (size_t i = 0; i < rules->policies.n; i++) {
        if (p->counts[i].households == 0)
            continue;
        bulk_int(b, p->change->county_code);
        bulk_int(b, p->job_id);
        bulk_int(b, p->division);
        bulk_text(b, rules->policies.at[i]->name.text);
        bulk_int(b, p->counts[i].households);
        bulk_int(b, p->counts[i].persons);
        bulk_int(b, p->counts[i].fen);
        for (int k = 0; k < 3; k++)
            bulk_int(b, 0);
        TRY(bulk_row(b, err));
    }
    memset(p->counts, 0, (rules->policies.n + 1) * sizeof *p->counts);
    return RC_OK;
}

MUST_CHECK static enum rc count(struct synth_pay *p, const struct synth_result *r, struct err *err)
{
    if (r->division != p->division)
        TRY(counts_write(p, err));
    p->division = r->division;
    p->last_household = r->household;
    p->counts[r->policy->index].households++;
    p->counts[r->policy->index].persons += r->persons;
    p->counts[r->policy->index].fen += r->paid;
    return RC_OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void reasons_text(const struct policy *policy, uint64_t reasons, struct sbuf *out)
{
    for (size_t i = 0; i < policy->n_reasons; i++)
        if (reasons >> i & 1)
            sbuf_fmt(out, "%s%.*s", out->n > 0 ? "+" : "", STR_ARG(policy->reason_names[i].text));
}

MUST_CHECK static enum rc award(struct synth_pay *p, struct synth_result *r, int64_t person,
                                int64_t fen, struct err *err)
{
    struct bulk *b = p->bulks[AWARD];
    begin(p, b, r, person);
    bulk_int(b, p->job_id);
    bulk_int(b, fen);
    bulk_text(b, S("determined"));
    bulk_text(b, p->change->who);
    r->paid += fen;
    return bulk_row(b, err);
}

enum rc synth_pay_determination(struct synth_pay *p, struct synth_result *r, struct err *err)
{
    struct bulk *b = p->bulks[DETERMINATION];
    uint8_t hash[VAULT_HASH];
    struct sbuf reasons;
    bool open = r->outcome == OUTCOME_UNDECIDED;
    str outcome = open ? S("undecided") : r->policy->outcome_code.values[r->outcome].name.text;
    sbuf_init(&reasons, 8192);
    reasons_text(r->policy, r->reasons, &reasons);
    sm3_reset(p->hash);
    sm3_int(p->hash, r->household);
    sm3_int(p->hash, r->person);
    sm3_str(p->hash, outcome);
    sm3_int(p->hash, r->fen);
    sm3_end(p->hash, hash);
    sm3_add(p->all, hash, sizeof hash);
    begin(p, b, r, r->person);
    bulk_int(b, p->job_id);
    bulk_text(b, outcome);
    bulk_text(b, sbuf_str(&reasons));
    if (open || r->fen == AMOUNT_OPEN)
        bulk_null(b);
    else
        bulk_int(b, r->fen);
    char carried[40] = "first_month_above=";
    if (r->above_since != 0)
        month_text(r->above_since, carried + strlen(carried));
    bulk_text(b, r->above_since != 0 ? str_from(carried) : S(""));
    bulk_blob(b, (str){(const char *)hash, VAULT_HASH});
    enum rc rc = bulk_row(b, err);
    sbuf_deinit(&reasons);
    r->paid = 0;
    if (rc == RC_OK && !open && r->fen > 0)
        rc = award(p, r, r->person, r->fen, err);
    return rc;
}

enum rc synth_pay_member(struct synth_pay *p, struct synth_result *r, int64_t person, int64_t fen,
                         struct err *err)
{
    return fen > 0 ? award(p, r, person, fen, err) : RC_OK;
}

MUST_CHECK static enum rc payments_write(struct synth_pay *p, struct err *err)
{
    struct bulk *b = p->bulks[PAYMENT];
    for (size_t i = 0; i < p->payments.n; i++) {
        const struct payment *pay = &p->payments.at[i];
        bulk_int(b, p->change->county_code);
        bulk_text(b, (str){p->month, 7});
        bulk_int(b, p->last_household);
        bulk_int(b, pay->payee);
        bulk_text(b, pay->policy->name.text);
        bulk_text(b, S("month"));
        bulk_int(b, p->job_id);
        bulk_int(b, pay->fen);
        TRY(bulk_row(b, err));
    }
    p->payments.n = 0;
    return RC_OK;
}

enum rc synth_pay_payment(struct synth_pay *p, const struct synth_result *r, struct err *err)
{
    if (r->paid == 0)
        return RC_OK;
    if (r->household != p->last_household)
        TRY(payments_write(p, err));
    TRY(count(p, r, err));
    for (size_t i = 0; i < p->payments.n; i++)
        if (p->payments.at[i].policy == r->policy && p->payments.at[i].payee == r->payee) {
            p->payments.at[i].fen += r->paid;
            return RC_OK;
        }
    *VEC_PUSH(&p->arena, &p->payments) = (struct payment){r->policy, r->payee, r->paid};
    return RC_OK;
}

/* ---- the job -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc job_write(struct synth_pay *p, struct err *err)
{
    uint8_t digest[VAULT_HASH];
    struct bulk *b = p->bulks[JOB];
    sm3_end(p->all, digest);
    bulk_int(b, p->change->county_code);
    bulk_int(b, p->job_id);
    bulk_text(b, (str){p->month, 7});
    bulk_text(b, S("done"));
    bulk_int(b, p->change->position);
    bulk_text(b, str_from(p->city->rule_hash));
    bulk_text(b, S(ENGINE_VERSION));
    bulk_text(b, p->change->who);
    bulk_int(b, p->change->at_ms);
    bulk_int(b, p->last_household + 1);
    bulk_blob(b, (str){(const char *)digest, VAULT_HASH});
    TRY(bulk_row(b, err));
    b = p->bulks[MONTH_RUN];
    bulk_int(b, p->change->county_code);
    bulk_text(b, (str){p->month, 7});
    bulk_int(b, p->job_id);
    return bulk_row(b, err);
}

enum rc synth_pay_close(struct synth_pay *p, struct err *err)
{
    if (p == NULL)
        return RC_OK;
    bool opened = p->bulks[TABLES - 1] != NULL;
    enum rc rc = opened ? payments_write(p, err) : RC_OK;
    if (rc == RC_OK && opened)
        rc = counts_write(p, err);
    if (rc == RC_OK && opened)
        rc = job_write(p, err);
    for (size_t t = 0; t < TABLES; t++) {
        enum rc closed = bulk_close(p->bulks[t], rc == RC_OK ? err : NULL);
        rc = rc == RC_OK ? closed : rc;
    }
    sm3_close(p->hash);
    sm3_close(p->all);
    arena_deinit(&p->arena);
    mem_free(p);
    return rc;
}
