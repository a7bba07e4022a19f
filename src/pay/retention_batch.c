/*
 * Lists that the bank had, after payees were cleared. A batch's digest goes over its lines as they were
 * frozen, the account's name among them. Before the first of its lines loses that, the digest is proven
 * once more, and a chain over the hash of each line is stored; a line that is cleared leaves its hash
 * behind. The account's keyed index is part of it, so that nobody can find the name by trying.
 */
#include <string.h>

#include "pay/batch_in.h"
#include "pay/pay_sql.h"
#include "pay/retention_in.h"

struct line_hash {
    int64_t seq, household;
    uint8_t hash[VAULT_HASH];
};
struct proof {
    VEC(struct line_hash) lines;
    str digest; /* the batch's own, as its lines are now */
    int64_t rows, fen, held_rows, held_fen;
};

/* What has no account was held; what nothing was left of for the bank stays so; all others went out. */
static str frozen_state(const struct query *q)
{
    if (str_eq(query_text(q, 12), S("deducted")))
        return S("deducted");
    return query_text(q, 9).n == 0 ? S("held") : S("frozen");
}

MUST_CHECK static enum rc read_lines(struct conn *c, int64_t county, int64_t batch, struct arena *a,
                                     struct proof *p, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch)};
    uint8_t hash[VAULT_HASH];
    struct sm3 *all = sm3_open(), *one = sm3_open();
    struct query *q = NULL;
    enum rc rc = query(c, &stmt_batch_digest_lines, v, 2, &q, err);
    while (rc == RC_OK && query_next(q)) {
        struct line_hash *l = VEC_PUSH(a, &p->lines);
        str state = frozen_state(q);
        bool held = str_eq(state, S("held"));
        l->seq = query_int(q, 0);
        l->household = query_int(q, 1);
        sm3_reset(one);
        batch_hash_line(one, q, state);
        batch_hash_line(all, q, state);
        sm3_end(one, l->hash);
        if (str_eq(state, S("deducted")))
            continue;
        *(held ? &p->held_rows : &p->rows) += 1;
        *(held ? &p->held_fen : &p->fen) += query_int(q, 7);
    }
    if (rc == RC_OK)
        rc = query_end(q, err);
    sm3_end(all, hash);
    sm3_close(all);
    sm3_close(one);
    p->digest = hash_text(hash, a);
    return rc;
}

/* The hashes that cleared lines left behind, in place of theirs. */
MUST_CHECK static enum rc stand_in(struct conn *c, int64_t county, int64_t batch, struct proof *p,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch)};
    struct query *q = NULL;
    size_t i = 0;
    TRY(query(c, &stmt_batch_line_cleared_all, v, 2, &q, err));
    while (query_next(q)) {
        str hash = query_blob(q, 1);
        while (i < p->lines.n && p->lines.at[i].seq < query_int(q, 0))
            i++;
        if (i < p->lines.n && p->lines.at[i].seq == query_int(q, 0) && hash.n == VAULT_HASH)
            memcpy(p->lines.at[i].hash, hash.p, VAULT_HASH);
    }
    return query_end(q, err);
}

static str chain_of(const struct proof *p, struct arena *a)
{
    uint8_t hash[VAULT_HASH];
    struct sm3 *h = sm3_open();
    for (size_t i = 0; i < p->lines.n; i++)
        sm3_add(h, p->lines.at[i].hash, VAULT_HASH);
    sm3_end(h, hash);
    sm3_close(h);
    return hash_text(hash, a);
}

MUST_CHECK static enum rc stored_chain(struct conn *c, int64_t county, int64_t batch,
                                       struct arena *a, str *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch)};
    struct query *q = NULL;
    *out = (str){0};
    TRY(query(c, &stmt_batch_cleared_find, v, 2, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

static enum rc differs(const struct batch *b, const char *what, struct err *err)
{
    return err_set(err, RC_RULE, "batch %.*s: its %s is not what it was when it was frozen",
                   STR_ARG(b->number), what);
}

MUST_CHECK static enum rc verify_one(struct conn *c, int64_t county, const struct batch *b,
                                     struct proof *p, str chain, struct arena *a, struct err *err)
{
    TRY(read_lines(c, county, b->batch_id, a, p, err));
    if (p->rows != b->rows || p->fen != b->fen || p->held_rows != b->held_rows ||
        p->held_fen != b->held_fen)
        return differs(b, "sum", err);
    if (chain.n == 0)
        return str_eq(p->digest, b->digest) ? RC_OK : differs(b, "digest", err);
    TRY(stand_in(c, county, b->batch_id, p, err));
    return str_eq(chain_of(p, a), chain) ? RC_OK : differs(b, "chain of lines", err);
}

MUST_CHECK static enum rc seal_one(struct change *c, int64_t batch_id, int64_t household,
                                   struct arena *a, struct err *err)
{
    struct batch b = {0};
    struct proof p = {0};
    str chain;
    TRY(batch_find(c->conn, c->county_code, batch_id, a, &b, err));
    TRY(stored_chain(c->conn, c->county_code, batch_id, a, &chain, err));
    TRY(verify_one(c->conn, c->county_code, &b, &p, chain, a, err));
    if (chain.n == 0) {
        const struct value v[] = {V_INT(c->county_code), V_INT(batch_id), V_TEXT(chain_of(&p, a)),
                                  V_INT(c->position), V_TEXT(b.digest)};
        change_note(c, "batch_cleared", v, 5);
        TRY(exec(c->conn, &stmt_batch_cleared_put, v, 4, NULL, err));
    }
    for (size_t i = 0; i < p.lines.n; i++) {
        if (p.lines.at[i].household != household)
            continue;
        const struct value v[] = {V_INT(c->county_code), V_INT(batch_id), V_INT(p.lines.at[i].seq),
                                  V_BLOB(((str){(const char *)p.lines.at[i].hash, VAULT_HASH}))};
        TRY(exec(c->conn, &stmt_batch_line_cleared_put, v, 4, NULL, err));
    }
    return RC_OK;
}

enum rc batches_seal(struct change *c, int64_t household, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(household)};
    struct arena a = {0};
    VEC(int64_t) list = {0};
    struct query *q = NULL;
    enum rc rc = query(c->conn, &stmt_retention_batches, v, 2, &q, err);
    if (rc == RC_OK) {
        while (query_next(q))
            *VEC_PUSH(&a, &list) = query_int(q, 0);
        rc = query_end(q, err);
    }
    for (size_t i = 0; rc == RC_OK && i < list.n; i++)
        rc = seal_one(c, list.at[i], household, &a, err);
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc verify_all(struct conn *c, int64_t county, struct arena *a,
                                     int64_t *checked, struct err *err)
{
    const struct value v = V_INT(county);
    VEC(struct batch) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_batch_all, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct batch){.batch_id = query_int(q, 0),
                                             .number = str_dup(a, query_text(q, 1)),
                                             .digest = str_dup(a, query_text(q, 2)),
                                             .rows = query_int(q, 3),
                                             .fen = query_int(q, 4),
                                             .held_rows = query_int(q, 5),
                                             .held_fen = query_int(q, 6)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++) {
        struct arena one = {0};
        struct proof p = {0};
        str chain;
        enum rc rc = stored_chain(c, county, list.at[i].batch_id, &one, &chain, err);
        if (rc == RC_OK)
            rc = verify_one(c, county, &list.at[i], &p, chain, &one, err);
        arena_deinit(&one);
        TRY(rc);
        *checked += 1;
    }
    return RC_OK;
}

enum rc batches_verify(struct city *city, int64_t county, int64_t *checked, struct err *err)
{
    struct conn *c = NULL;
    struct arena a = {0};
    *checked = 0;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK) {
        rc = verify_all(c, county, &a, checked, err);
        read_end(c);
    }
    store_reader_done(c);
    arena_deinit(&a);
    return rc;
}
