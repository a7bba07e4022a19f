/* See canon.h. */
#include "pay/canon.h"

#include <string.h>

#include "pay/run.h"

/* ---- values that hold ----------------------------------------------------------------------- */

/* The facts that stand in a household's encoding, by name and kind, in their order there. */
static void canon_layout(struct sm3 *h, const struct reg *reg)
{
    struct sbuf kind;

    sbuf_init(&kind, 1 << 10);
    sm3_str(h, reg->name.text);
    for (size_t i = 0; i < reg->n_slots; i++) {
        const struct field *f = reg->slots[i];
        if (column_width(f->type) == 0)
            continue;
        sbuf_clear(&kind);
        type_text(&kind, f->type);
        sm3_str(h, f->name.text);
        sm3_str(h, sbuf_str(&kind));
    }
    sbuf_deinit(&kind);
}

void canon_binding(struct sm3 *h, const struct binding *bind, uint8_t out[VAULT_HASH])
{
    const struct rules *rules = bind->rules;

    sm3_reset(h);
    sm3_int(h, bind->month);
    canon_layout(h, bind->subject);
    canon_layout(h, bind->list->type.reg);
    for (size_t i = 0; i < rules->params.n; i++) {
        const struct param *p = rules->params.at[i];
        const struct bound_param *bp = &bind->params[p->index];
        if (bind->position[p->policy->index] == SIZE_MAX)
            continue;
        sm3_str(h, p->policy->name.text);
        sm3_str(h, p->name.text);
        sm3_int(h, (int64_t)p->n_keys);
        for (size_t k = 0; k < p->n_keys; k++) {
            const struct literal *v = bp->values[k];
            sm3_int(h, v != NULL);
            if (v == NULL)
                continue;
            sm3_int(h, p->type.kind == K_RATE ? v->num : v->i);
            if (p->type.kind == K_RATE)
                sm3_int(h, v->den);
        }
    }
    sm3_end(h, out);
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* Bytes gathered, so that the hash is given them in large pieces. */
struct pieces {
    struct sm3 *h;
    uint8_t at[4096];
    size_t n;
};

static uint8_t *room(struct pieces *p, size_t n)
{
    if (p->n + n > sizeof p->at) {
        sm3_add(p->h, p->at, p->n);
        p->n = 0;
    }
    p->n += n;
    return p->at + p->n - n;
}

static void put_int(struct pieces *p, int64_t v)
{
    uint8_t *at = room(p, 8);

    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

/* The number of its bytes in two, big end first, and they. */
static void put_name(struct pieces *p, str name)
{
    uint8_t *at = room(p, name.n + 2);

    at[0] = (uint8_t)(name.n >> 8);
    at[1] = (uint8_t)name.n;
    memcpy(at + 2, name.p, name.n);
}

/* A byte that says whether the fact is known, and then its value: a code by its name. */
static void put_fact(struct pieces *p, const struct column *c, struct type t, size_t i)
{
    bool known = c->at != NULL && (c->unknown == NULL || c->unknown[i] == 0);

    *room(p, 1) = known;
    if (!known)
        return;
    if (t.kind == K_CODE)
        put_name(p, code_name(t.code, ((const uint8_t *)c->at)[i]));
    else if (column_width(t) == 1)
        put_int(p, ((const uint8_t *)c->at)[i]);
    else if (column_width(t) == 4)
        put_int(p, ((const int32_t *)c->at)[i]);
    else
        put_int(p, ((const int64_t *)c->at)[i]);
}

static void put_row(struct pieces *p, const struct reg *reg, const struct column *columns, size_t i)
{
    for (size_t k = 0; k < reg->n_slots; k++)
        if (column_width(reg->slots[k]->type) > 0)
            put_fact(p, &columns[k], reg->slots[k]->type, i);
}

/* In the order of the policies, which the rules give. */
static void put_paid(struct pieces *out, const struct canon_household *k)
{
    const struct binding *bind = k->bind;
    const struct block *b = k->block;

    for (size_t i = 0; i < bind->n_policies; i++) {
        const struct policy *p = bind->policies[i];
        const struct column *c = &b->paid_last[p->index];
        size_t from = p->of_member ? b->first[k->row] : k->row;
        size_t to = p->of_member ? b->first[k->row + 1] : k->row + 1;
        for (size_t u = from; u < to; u++)
            put_int(out, c->at == NULL ? 0 : ((const int64_t *)c->at)[u]);
    }
}

void canon_facts(struct sm3 *h, const struct canon_household *k, uint8_t out[VAULT_HASH])
{
    const struct block *b = k->block;
    size_t first = b->first[k->row], end = b->first[k->row + 1];
    struct pieces p = {.h = h};

    sm3_reset(h);
    put_int(&p, k->county);
    put_int(&p, k->household);
    put_row(&p, k->bind->subject, b->subject, k->row);
    put_int(&p, (int64_t)(end - first));
    for (size_t m = first; m < end; m++) {
        put_int(&p, k->persons[m - first]);
        put_row(&p, k->bind->list->type.reg, b->member, m);
    }
    put_paid(&p, k);
    sm3_add(h, p.at, p.n);
    sm3_end(h, out);
}

/* ---- results -------------------------------------------------------------------------------- */

static void canon_amount(struct sm3 *h, int64_t fen)
{
    sm3_int(h, fen != AMOUNT_OPEN);
    if (fen != AMOUNT_OPEN)
        sm3_int(h, fen);
}

void canon_result(struct sm3 *h, const struct canon_result *r, uint8_t out[VAULT_HASH])
{
    sm3_reset(h);
    sm3_str(h, S(ENGINE_VERSION));
    sm3_str(h, str_from(r->rule_hash));
    sm3_add(h, r->binding, VAULT_HASH);
    sm3_add(h, r->facts, VAULT_HASH);
    sm3_int(h, r->month);
    sm3_str(h, r->programme);
    sm3_int(h, r->person);
    sm3_str(h, r->outcome);
    sm3_str(h, r->reasons);
    canon_amount(h, r->fen);
    for (size_t m = 0; r->member_fen != NULL && m < r->n_members; m++)
        canon_amount(h, r->member_fen[m]);
    sm3_str(h, r->carried);
    sm3_end(h, out);
}

/* Few have an amount: each stands with its place, and the number of them behind. */
static void put_amounts(struct pieces *p, const int64_t *fen, size_t n)
{
    int64_t some = 0;

    for (size_t i = 0; i < n; i++) {
        if (fen[i] == 0)
            continue;
        put_int(p, (int64_t)i);
        put_int(p, fen[i]);
        some++;
    }
    put_int(p, some);
}

/* Only the bytes that can be set, lowest first. */
static void put_reasons(struct pieces *p, const struct policy *policy, const uint64_t *reasons,
                        size_t n)
{
    size_t width = (policy->n_reasons + 7) / 8;

    for (size_t i = 0; i < n; i++) {
        uint8_t *at = room(p, width);
        for (size_t k = 0; k < width; k++)
            at[k] = (uint8_t)(reasons[i] >> 8 * k);
    }
}

void canon_block(struct sm3 *h, const struct binding *bind, const struct block *b,
                 const struct policy_result *results, const int64_t *households)
{
    struct pieces p = {.h = h};

    for (size_t i = 0; i < b->n; i++)
        put_int(&p, households[i]);
    for (size_t i = 0; i < bind->n_policies; i++) {
        const struct policy *policy = bind->policies[i];
        const struct policy_result *r = &results[i];
        size_t units = policy->of_member ? b->n_members : b->n;
        for (size_t u = 0; u < units; u++)
            *room(&p, 1) = r->outcome[u];
        put_reasons(&p, policy, r->reasons, units);
        if (!policy->of_member)
            put_amounts(&p, r->subject_fen, b->n);
        put_amounts(&p, r->member_fen, b->n_members);
    }
    sm3_add(h, p.at, p.n);
}
