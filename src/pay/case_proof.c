/* See case_proof.h. */
#include "pay/case_proof.h"

#include <string.h>

#include "pay/canon.h"
#include "pay/determine.h"
#include "pay/pay_sql.h"
#include "work/case_facts.h"
#include "work/effect.h"

/* ---- what a unit came to -------------------------------------------------------------------- */

struct proof {
    str outcome, reasons;
    int64_t fen; /* in all; AMOUNT_OPEN: open */
    uint8_t hash[VAULT_HASH];
};

/* To single members of the household, in their order. */
static int64_t *member_amounts(const struct preview *p, const struct determination *d,
                               struct arena *a)
{
    int64_t *fen = NEW_N(a, int64_t, p->n_persons + 1);

    for (size_t i = 0; i < d->n_member_pays; i++)
        fen[d->member_pays[i].member] = d->member_pays[i].fen;
    return fen;
}

static void proof_of(const struct preview *p, const struct case_unit *u, int64_t county,
                     int64_t household, month m, str rule_hash, struct arena *a, struct proof *out)
{
    const struct determination *d = &u->unit->d;
    uint8_t binding[VAULT_HASH], facts[VAULT_HASH];
    struct sm3 *h = sm3_open();
    const struct canon_household k = {.bind = p->bind,
                                      .block = p->block,
                                      .county = county,
                                      .household = household,
                                      .persons = p->persons};

    *out =
        (struct proof){.outcome = u->undecided && d->undecided ? S("undecided")
                                                               : d->policy->alts[d->alt].name.text,
                       .reasons = policy_reasons(d->policy, d->reasons, a),
                       .fen = u->undecided ? AMOUNT_OPEN : u->fen};
    canon_binding(h, p->bind, binding);
    canon_facts(h, &k, facts);
    const struct canon_result r = {.rule_hash = str_z(a, rule_hash),
                                   .binding = binding,
                                   .facts = facts,
                                   .month = m,
                                   .programme = u->policy->name.text,
                                   .person = u->person_id,
                                   .outcome = out->outcome,
                                   .reasons = out->reasons,
                                   .carried = S(""),
                                   .fen = out->fen,
                                   .member_fen =
                                       u->policy->of_member ? NULL : member_amounts(p, d, a),
                                   .n_members = p->n_persons};
    canon_result(h, &r, out->hash);
    sm3_close(h);
}

enum rc case_proof_put(struct change *c, const struct money_determined *d, struct err *err)
{
    char decided[11], of_month[8];
    struct arena a = {0};
    struct proof p;

    proof_of(d->preview, d->unit, c->county_code, d->household_id, d->month, d->rule_hash, &a, &p);
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(d->case_id),
                              V_INT(d->seq),
                              V_INT(d->unit->person_id),
                              V_TEXT(d->unit->policy->name.text),
                              V_INT(c->position - 1),
                              V_TEXT(str_from(date_text(d->decided, decided))),
                              V_INT(d->household_id),
                              V_TEXT(str_from(month_text(d->month, of_month))),
                              V_INT(d->preview->last_job),
                              V_TEXT(d->rule_hash),
                              V_TEXT(S(ENGINE_VERSION)),
                              V_TEXT(p.outcome),
                              V_TEXT(p.reasons),
                              p.fen == AMOUNT_OPEN ? V_NULL : V_INT(p.fen),
                              V_BLOB(((str){(const char *)p.hash, VAULT_HASH}))};
    change_note(c, "case_determination", v, 16);
    enum rc rc = exec(c->conn, &stmt_case_determination_add, v, 16, NULL, err);
    arena_deinit(&a);
    return rc;
}

/* ---- proven --------------------------------------------------------------------------------- */

/* As it is stored. */
struct stored {
    int64_t case_id, seq, person, position, household, last_job;
    str programme, rule_hash, engine, outcome, reasons;
    month month;
    int64_t fen;
    uint8_t hash[VAULT_HASH];
    size_t n_hash;
};

struct proving {
    struct city *city;
    const struct case_asked *asked;
    struct conn *conn;
    struct arena *a;  /* the result's */
    struct arena own; /* the case's */
    struct case_proven *out;
    VEC(struct stored) list;
    str number;
};

static void differs(struct proving *p, const struct stored *s, str what)
{
    if (p->out->differences++ > 0)
        return;
    p->out->first = s->person != 0
                        ? str_fmt(p->a, "case %.*s, %.*s of person %lld: %.*s", STR_ARG(p->number),
                                  STR_ARG(s->programme), (long long)s->person, STR_ARG(what))
                        : str_fmt(p->a, "case %.*s, %.*s: %.*s", STR_ARG(p->number),
                                  STR_ARG(s->programme), STR_ARG(what));
}

static str yuan(struct proving *p, int64_t fen)
{
    char text[32];

    return fen == AMOUNT_OPEN ? S("open")
                              : str_dup(&p->own, str_from(money_text(fen, false, text)));
}

static str difference(struct proving *p, const struct stored *s, const struct proof *now)
{
    if (!str_eq(s->outcome, now->outcome))
        return str_fmt(&p->own, "stored outcome %.*s, recomputed %.*s", STR_ARG(s->outcome),
                       STR_ARG(now->outcome));
    if (s->fen != now->fen)
        return str_fmt(&p->own, "stored amount %.*s, recomputed %.*s", STR_ARG(yuan(p, s->fen)),
                       STR_ARG(yuan(p, now->fen)));
    if (!str_eq(s->reasons, now->reasons))
        return str_fmt(&p->own, "stored reasons “%.*s”, recomputed “%.*s”", STR_ARG(s->reasons),
                       STR_ARG(now->reasons));
    if (s->n_hash == VAULT_HASH && memcmp(s->hash, now->hash, VAULT_HASH) == 0)
        return S("");
    return str_fmt(&p->own,
                   "stored hash %.*s, recomputed %.*s: what it follows from is not what it was",
                   STR_ARG(hash_text(s->hash, &p->own)), STR_ARG(hash_text(now->hash, &p->own)));
}

/* The case as it stood before the event that decided it. */
MUST_CHECK static enum rc case_before(struct proving *p, const struct stored *s,
                                      struct case_whole *k, struct err *err)
{
    size_t n = 0;

    while (n < k->n_events && k->events[n].seq < s->seq)
        n++;
    return case_fold(&k->ground, k->events, n, &p->own, &k->state, err);
}

/* NULL: the rules of then say nothing of it. */
static const struct trace_unit *unit_for(const struct preview *p, const struct stored *s,
                                         const struct trace_policy **policy)
{
    for (size_t i = 0; i < p->trace->n_policies; i++) {
        const struct trace_policy *t = &p->trace->policies[i];
        for (size_t m = 0; str_eq(t->policy->name.text, s->programme) && m < t->n_units; m++) {
            *policy = t;
            if (!t->policy->of_member || p->persons[t->units[m].d.member] == s->person)
                return &t->units[m];
        }
    }
    return NULL;
}

MUST_CHECK static enum rc recompute(struct proving *p, const struct stored *s, struct case_whole *k,
                                    struct err *err)
{
    const struct trace_policy *policy = NULL;
    struct preview_fact *facts = NULL;
    struct preview preview;
    struct proof now;
    size_t n = 0;

    TRY(case_before(p, s, k, err));
    TRY(case_facts_waiting(k, &p->own, &facts, &n, err));
    const struct preview_spec spec = {.city = p->city,
                                      .county = p->asked->county,
                                      .household = s->household,
                                      .division = k->row.division,
                                      .month = s->month,
                                      .facts = facts,
                                      .n_facts = n,
                                      .rules = k->ground.rules,
                                      .position = s->position,
                                      .last_job = &s->last_job};
    TRY(preview_make(&spec, p->conn, &p->own, &preview, err));
    const struct trace_unit *u = unit_for(&preview, s, &policy);
    if (u == NULL) {
        differs(p, s, S("stored a determination, recomputed none"));
        return RC_OK;
    }
    const struct case_unit unit = case_unit_of(policy, u, preview.persons);
    proof_of(&preview, &unit, p->asked->county, s->household, s->month, s->rule_hash, &p->own,
             &now);
    str what = difference(p, s, &now);
    if (what.n > 0)
        differs(p, s, what);
    p->out->compared++;
    return RC_OK;
}

MUST_CHECK static enum rc prove_one(struct proving *p, const struct stored *s, struct err *err)
{
    struct case_whole k;
    struct err found = {0};

    TRY(case_load(p->city, NULL, p->conn, p->asked->county, s->case_id, &p->own, &k, err));
    if (k.row.division < p->asked->lo || k.row.division > p->asked->hi)
        return RC_OK;
    p->number = k.row.number;
    if (!str_eq(s->engine, S(ENGINE_VERSION))) {
        p->out->foreign++;
        p->out->engine = str_dup(p->a, s->engine);
        return RC_OK;
    }
    if (!str_eq(k.row.rule_hash, s->rule_hash)) {
        differs(p, s, S("stored under other rules than those of its day"));
        return RC_OK;
    }
    enum rc rc = recompute(p, s, &k, &found);
    if (rc == RC_OK)
        return RC_OK;
    if (rc != RC_RULE && rc != RC_NOT_FOUND)
        return err_set(err, rc, "case %.*s: %s", STR_ARG(k.row.number), found.text);
    differs(p, s, str_fmt(&p->own, "can't be recomputed: %s", found.text));
    return RC_OK;
}

/* ---- which ---------------------------------------------------------------------------------- */

static void take(struct proving *p, const struct query *q)
{
    str hash = query_blob(q, 13);
    struct stored s = {.case_id = query_int(q, 0),
                       .seq = query_int(q, 1),
                       .person = query_int(q, 2),
                       .programme = str_dup(p->a, query_text(q, 3)),
                       .position = query_int(q, 4),
                       .household = query_int(q, 5),
                       .last_job = query_int(q, 7),
                       .rule_hash = str_dup(p->a, query_text(q, 8)),
                       .engine = str_dup(p->a, query_text(q, 9)),
                       .outcome = str_dup(p->a, query_text(q, 10)),
                       .reasons = str_dup(p->a, query_text(q, 11)),
                       .fen = query_null(q, 12) ? AMOUNT_OPEN : query_int(q, 12),
                       .n_hash = hash.n};

    (void)month_parse(query_text(q, 6), &s.month);
    memcpy(s.hash, hash.p, hash.n < VAULT_HASH ? hash.n : VAULT_HASH);
    if (p->asked->programme.n == 0 || str_eq(p->asked->programme, s.programme))
        *VEC_PUSH(p->a, &p->list) = s;
}

MUST_CHECK static enum rc read_stored(struct proving *p, struct err *err)
{
    char from[11], upto[11];
    const struct case_asked *asked = p->asked;
    struct case_row row = {0};
    struct query *q = NULL;

    if (asked->number.n > 0)
        TRY(case_find(NULL, p->conn, asked->number, p->a, &row, err));
    const struct value one[] = {V_INT(asked->county), V_INT(row.case_id)};
    const struct value days[] = {V_INT(asked->county),
                                 V_TEXT(str_from(date_text(asked->from, from))),
                                 V_TEXT(str_from(date_text(asked->upto, upto)))};
    if (asked->number.n > 0)
        TRY(query(p->conn, &stmt_case_determinations_of, one, 2, &q, err));
    else
        TRY(query(p->conn, &stmt_case_determinations_on, days, 3, &q, err));
    while (query_next(q))
        take(p, q);
    TRY(query_end(q, err));
    if (asked->number.n > 0 && p->list.n == 0)
        return err_set(err, RC_NOT_FOUND,
                       "case %.*s keeps no determination: it is not decided, or was by an older "
                       "program",
                       STR_ARG(asked->number));
    return RC_OK;
}

MUST_CHECK static enum rc prove(struct proving *p, struct err *err)
{
    TRY(read_stored(p, err));
    for (size_t i = 0; i < p->list.n; i++) {
        arena_reset(&p->own);
        TRY(prove_one(p, &p->list.at[i], err));
    }
    return RC_OK;
}

enum rc case_prove(const struct city *city, const struct case_asked *asked, struct arena *a,
                   struct case_proven *out, struct err *err)
{
    struct proving p = {.city = (struct city *)(uintptr_t)city, /* only read */
                        .asked = asked,
                        .a = a,
                        .out = out};

    *out = (struct case_proven){0};
    TRY(store_reader(city->store, &p.conn, err));
    enum rc rc = read_begin(p.conn, err);
    if (rc == RC_OK)
        rc = prove(&p, err);
    read_end(p.conn);
    store_reader_done(p.conn);
    arena_deinit(&p.own);
    return rc;
}
