/*
 * The change that every write is: a position of the county's sequence and one audit entry, chained
 * by SM3, in the transaction of the write itself. county_next locks the county's row, so the changes
 * of a county are one after the other.
 */
#include <pthread.h>
#include <string.h>

#include "vault/vault_sql.h"
#include "vault/vault.h"

struct running {
    const struct change_spec *spec;
    enum rc (*fn)(struct change *c, void *ctx, struct err *err);
    void *ctx;
    int64_t position;
};

/* The hash of an audit entry over everything in it. */
static void entry_hash(struct sm3 *h, int64_t county, int64_t position, int64_t at_ms, str who,
                       str why, str digest, str prior, uint8_t out[VAULT_HASH])
{
    sm3_reset(h);
    sm3_int(h, county);
    sm3_int(h, position);
    sm3_int(h, at_ms);
    sm3_str(h, who);
    sm3_str(h, why);
    sm3_str(h, digest);
    sm3_str(h, prior);
    sm3_end(h, out);
}

MUST_CHECK static enum rc take_position(struct conn *c, int64_t county, int64_t *position,
                                        uint8_t prior[VAULT_HASH], struct err *err)
{
    static const char zero[VAULT_HASH];
    const struct value v[] = {V_INT(county), V_BLOB(((str){zero, VAULT_HASH}))};
    struct query *q = NULL;
    TRY(query(c, &stmt_county_next, v, 2, &q, err));
    bool found = query_next(q);
    if (found) {
        *position = query_int(q, 0);
        str hash = query_blob(q, 1);
        memcpy(prior, hash.p, hash.n < VAULT_HASH ? hash.n : VAULT_HASH);
    }
    TRY(query_end(q, err));
    return found ? RC_OK : err_set(err, RC_IO, "county %lld has no counter", (long long)county);
}

MUST_CHECK static enum rc append_entry(struct change *c, const uint8_t prior[VAULT_HASH],
                                       struct err *err)
{
    uint8_t digest[VAULT_HASH];
    uint8_t hash[VAULT_HASH];
    sm3_end(c->digest, digest);
    str d = {(const char *)digest, VAULT_HASH};
    str p = {(const char *)prior, VAULT_HASH};
    str h = {(const char *)hash, VAULT_HASH};
    entry_hash(c->digest, c->county_code, c->position, c->at_ms, c->who, c->why, d, p, hash);
    const struct value entry[] = {
        V_INT(c->county_code), V_INT(c->position), V_INT(c->at_ms), V_TEXT(c->who),
        V_TEXT(c->why),        V_BLOB(d),          V_BLOB(p),       V_BLOB(h)};
    TRY(exec(c->conn, &stmt_audit_add, entry, 8, NULL, err));
    const struct value head[] = {V_INT(c->county_code), V_BLOB(h)};
    return exec(c->conn, &stmt_county_head, head, 2, NULL, err);
}

static _Thread_local struct {
    enum rc (*fn)(struct change *c, void *ctx, struct err *err);
    void *ctx;
} witness;

void change_witness(enum rc (*fn)(struct change *c, void *ctx, struct err *err), void *ctx)
{
    witness.fn = fn;
    witness.ctx = ctx;
}

static enum rc change_once(struct conn *conn, void *ctx, struct err *err)
{
    struct running *r = ctx;
    uint8_t prior[VAULT_HASH] = {0};
    struct change c = {.conn = conn,
                       .county_code = r->spec->county_code,
                       .at_ms = r->spec->at_ms != 0 ? r->spec->at_ms : clock_ms(),
                       .who = r->spec->who,
                       .why = r->spec->why};
    TRY(take_position(conn, c.county_code, &c.position, prior, err));
    c.digest = sm3_open();
    enum rc rc = r->fn(&c, r->ctx, err);
    if (rc == RC_OK)
        rc = append_entry(&c, prior, err);
    if (rc == RC_OK && witness.fn != NULL)
        rc = witness.fn(&c, witness.ctx, err);
    sm3_close(c.digest);
    r->position = c.position;
    return rc;
}

static struct {
    pthread_mutex_t lock;
    void (*fn)(void *ctx);
    void *ctx;
} listener = {.lock = PTHREAD_MUTEX_INITIALIZER};

void change_listen(void (*fn)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&listener.lock);
    listener.fn = fn;
    listener.ctx = ctx;
    pthread_mutex_unlock(&listener.lock);
}

static void tell_listener(void)
{
    pthread_mutex_lock(&listener.lock);
    if (listener.fn != NULL)
        listener.fn(listener.ctx);
    pthread_mutex_unlock(&listener.lock);
}

enum rc change_write(const struct change_spec *spec,
                     enum rc (*fn)(struct change *c, void *ctx, struct err *err), void *ctx,
                     int64_t *position, struct err *err)
{
    struct running r = {.spec = spec, .fn = fn, .ctx = ctx};
    TRY(store_write(spec->store, change_once, &r, err));
    tell_listener();
    if (position != NULL)
        *position = r.position;
    return RC_OK;
}

enum rc change_beside(struct change *c, int64_t county,
                      enum rc (*fn)(struct change *c, void *ctx, struct err *err), void *ctx,
                      struct err *err)
{
    const struct change_spec spec = {
        .county_code = county, .who = c->who, .why = c->why, .at_ms = c->at_ms};
    struct running r = {.spec = &spec, .fn = fn, .ctx = ctx};
    /* The whole has one witness, told at its end. */
    enum rc (*told)(struct change * c, void *ctx, struct err *err) = witness.fn;
    witness.fn = NULL;
    enum rc rc = change_once(c->conn, &r, err);
    witness.fn = told;
    return rc;
}

void change_note(struct change *c, const char *table, const struct value *v, size_t n)
{
    sm3_str(c->digest, str_from(table));
    sm3_int(c->digest, (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        sm3_int(c->digest, v[i].kind);
        if (v[i].kind == VALUE_INT)
            sm3_int(c->digest, v[i].i);
        else if (v[i].kind != VALUE_NULL)
            sm3_str(c->digest, v[i].s);
    }
}

enum rc change_position(struct conn *c, int64_t county, int64_t *out, struct err *err)
{
    const struct value v = V_INT(county);
    enum rc rc = query_one(c, &stmt_county_position, &v, 1, out, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    *out = 0;
    return RC_OK;
}

enum rc change_position_at(struct conn *c, int64_t county, int64_t at_ms, int64_t *out,
                           struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(at_ms)};
    enum rc rc = query_one(c, &stmt_audit_position_at, v, 2, out, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    *out = 0;
    return RC_OK;
}

/* ---- the proof ------------------------------------------------------------------------------ */

struct chain {
    int64_t county, position;
    uint8_t head[VAULT_HASH];
};

MUST_CHECK static enum rc chain_verify(struct conn *c, const struct chain *chain, struct sm3 *h,
                                       int64_t *checked, struct err *err)
{
    uint8_t prior[VAULT_HASH] = {0};
    uint8_t hash[VAULT_HASH];
    int64_t expected = 1;
    const char *wrong = NULL;
    const struct value v = V_INT(chain->county);
    struct query *q = NULL;
    TRY(query(c, &stmt_audit_all, &v, 1, &q, err));
    while (wrong == NULL && query_next(q)) {
        str prior_text = {(const char *)prior, VAULT_HASH};
        entry_hash(h, chain->county, query_int(q, 0), query_int(q, 1), query_text(q, 2),
                   query_text(q, 3), query_blob(q, 4), query_blob(q, 5), hash);
        if (query_int(q, 0) != expected)
            wrong = "an entry is missing before it or is there twice";
        else if (!str_eq(query_blob(q, 5), prior_text))
            wrong = "it does not follow from the entry before";
        else if (!str_eq(query_blob(q, 6), (str){(const char *)hash, VAULT_HASH}))
            wrong = "its text was changed";
        memcpy(prior, hash, VAULT_HASH);
        if (wrong == NULL) {
            expected++;
            ++*checked;
        }
    }
    TRY(query_end(q, err));
    if (wrong == NULL &&
        (expected - 1 != chain->position || memcmp(prior, chain->head, VAULT_HASH) != 0))
        wrong = "the chain's head is another: entries are missing at the end";
    if (wrong != NULL)
        return err_set(err, RC_RULE, "county %lld, audit entry %lld: %s", (long long)chain->county,
                       (long long)expected, wrong);
    return RC_OK;
}

MUST_CHECK static enum rc chains_read(struct conn *c, struct arena *a, struct chain **out,
                                      size_t *n, struct err *err)
{
    VEC(struct chain) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_county_all, NULL, 0, &q, err));
    while (query_next(q)) {
        struct chain *chain = VEC_PUSH(a, &list);
        chain->county = query_int(q, 0);
        chain->position = query_int(q, 1);
        str head = query_blob(q, 2);
        memcpy(chain->head, head.p, head.n < VAULT_HASH ? head.n : VAULT_HASH);
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc audit_verify(struct store *s, int64_t *checked, struct err *err)
{
    struct conn *c = NULL;
    struct arena a = {0};
    struct chain *chains = NULL;
    size_t n = 0;
    *checked = 0;
    TRY(store_reader(s, &c, err));
    struct sm3 *h = sm3_open();
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = chains_read(c, &a, &chains, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = chain_verify(c, &chains[i], h, checked, err);
    read_end(c);
    store_reader_done(c);
    sm3_close(h);
    arena_deinit(&a);
    return rc;
}
