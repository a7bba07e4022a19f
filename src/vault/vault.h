/*
 * The vault: ids, sealed personal numbers, and the change that every write is. Three things that
 * must never be forgotten by anybody above are done here once:
 *
 *   - a write is a `struct change`: it takes the next position of its county's change sequence and
 *     appends one entry to the county's audit chain, in the same transaction (change_write);
 *   - identity, phone and card numbers are stored only sealed, under a key of the person's own that
 *     is itself wrapped by the master key; they are found through keyed indexes;
 *   - the master key lies in a file outside the store.
 *
 * Algorithms: AES-256-GCM (OpenSSL 3), SM3 and HMAC-SM3 (own code, tested equal to OpenSSL's).
 */
#ifndef HUIMIN_VAULT_VAULT_H
#define HUIMIN_VAULT_VAULT_H

#include "store/store.h"

/* ---- ids ------------------------------------------------------------------------------------ */

/*
 * 63 bits, ascending in time: 41 bits of milliseconds since 2020-01-01, 22 bits that count within
 * one. `now_ms` lets a synthetic population make its own times; NULL is the clock. Thread-safe.
 * A clock set back does not make ids go back.
 */
struct id_source {
    int64_t (*now_ms)(void *ctx);
    void *ctx;
    int64_t last; /* atomic */
};
int64_t id_next(struct id_source *s);
int64_t id_ms(int64_t id); /* milliseconds since 1970 */
int64_t clock_ms(void);    /* milliseconds since 1970 */

/* ---- keys ----------------------------------------------------------------------------------- */

struct vault;

enum { VAULT_HASH = 32, VAULT_LOOKUP = 16, VAULT_ENDING = 8, VAULT_WRAPPED = 60 };

/* Make a key file (mode 0600) from the system's randomness; RC_CONFLICT when it is there. `seed`
 * (NULL: none) makes it from a seed instead, for synthetic stores that must come out equal. */
MUST_CHECK enum rc vault_make_key(const char *path, const str *seed, struct err *err);

/* RC_NOT_FOUND, RC_BAD_INPUT (not a key file). vault_check() compares it with the store's meta row
 * `key_check`, written by vault_bind() at init: RC_BAD_INPUT when it is another store's key. */
MUST_CHECK enum rc vault_open(const char *path, struct vault **out, struct err *err);
void vault_close(struct vault *v);
/* For synthetic stores: sealing is made to come out the same from the same key and person. */
void vault_seeded(struct vault *v);
MUST_CHECK enum rc vault_bind(struct vault *v, struct conn *c, struct err *err);
MUST_CHECK enum rc vault_check(struct vault *v, struct store *s, struct err *err);

/* ---- numbers of persons --------------------------------------------------------------------- */

enum number_kind {
    NUMBER_IDENTITY = 1,
    NUMBER_PHONE = 2,
    NUMBER_CARD = 3,
    NUMBER_TEXT = 4 /* sealed only: a whole text with such numbers in it, of any length */
};

struct person_key {
    uint8_t key[32];
    uint8_t
        wrapped[VAULT_WRAPPED]; /* as stored: nonce, sealed key, tag; bound to county and person */
};
void person_key_make(struct vault *v, int64_t county, int64_t person, struct person_key *out);
MUST_CHECK enum rc person_key_open(struct vault *v, int64_t county, int64_t person, str wrapped,
                                   struct person_key *out, struct err *err);

/* Nonce, text, tag: n + 28 bytes in the arena; bound to the kind of number and the person. */
str number_seal(struct vault *v, const struct person_key *k, enum number_kind kind, str number,
                struct arena *a);
MUST_CHECK enum rc number_open(struct vault *v, const struct person_key *k, enum number_kind kind,
                               str sealed, struct arena *a, str *out, struct err *err);

/* The keyed indexes: the whole number; its last four characters. */
void number_lookup(const struct vault *v, enum number_kind kind, str number,
                   uint8_t out[VAULT_LOOKUP]);
void number_ending(const struct vault *v, enum number_kind kind, str number,
                   uint8_t out[VAULT_ENDING]);

/* 5104**********0019, 138****1234, 6217********1231: for screens. */
str number_masked(enum number_kind kind, str number, struct arena *a);

/* ---- the change that every write is --------------------------------------------------------- */

struct change {
    struct conn *conn; /* in its writing transaction */
    int64_t county_code;
    int64_t position; /* the one this change makes */
    int64_t at_ms;
    str who, why;
    struct sm3 *digest; /* of what change_note() was told */
    /* Whose marks it has written already (people/touched.h). */
    int64_t touched_household, touched_person;
    bool touched_all;
};

struct change_spec {
    struct store *store;
    int64_t county_code;
    str who, why;
    int64_t at_ms; /* 0: the clock's */
};

/*
 * Run fn in a writing transaction that takes the county's next position and appends the audit
 * entry. fn may run again from its start (see store_write). *position may be NULL.
 */
MUST_CHECK enum rc change_write(const struct change_spec *spec,
                                enum rc (*fn)(struct change *c, void *ctx, struct err *err),
                                void *ctx, int64_t *position, struct err *err);

/*
 * From now on every change of this thread calls fn as its last act, in its transaction: for what must
 * be recorded exactly when a change is. NULL: nobody. fn may run again, as the change may.
 */
void change_witness(enum rc (*fn)(struct change *c, void *ctx, struct err *err), void *ctx);

/*
 * From now on fn is told of every change of the process once it is committed, by the thread that made it:
 * for who waits for changes. It returns at once. NULL: nobody.
 */
void change_listen(void (*fn)(void *ctx), void *ctx);

/*
 * A change of another county within this one's transaction: for what goes from one county to another
 * and may not be lost or doubled between them. It takes a position and appends an entry of its own.
 */
MUST_CHECK enum rc change_beside(struct change *c, int64_t county,
                                 enum rc (*fn)(struct change *c, void *ctx, struct err *err),
                                 void *ctx, struct err *err);

/* Tell the digest what is being changed: table and key as text, then the values. No number of a
 * person in the clear goes in here. */
void change_note(struct change *c, const char *table, const struct value *v, size_t n);

/* The county's position now; 0 when nothing was ever written. */
MUST_CHECK enum rc change_position(struct conn *c, int64_t county, int64_t *out, struct err *err);
/* The last position whose time is not after at_ms. */
MUST_CHECK enum rc change_position_at(struct conn *c, int64_t county, int64_t at_ms, int64_t *out,
                                      struct err *err);

/*
 * Prove the chains of all counties whole: every entry's hash, its link to the one before, positions
 * without a gap, the head. *checked counts entries. RC_RULE: broken, *err names county and position.
 */
MUST_CHECK enum rc audit_verify(struct store *s, int64_t *checked, struct err *err);

/* ---- SM3 ------------------------------------------------------------------------------------ */

struct sm3; /* a running hash */
struct sm3 *sm3_open(void);
void sm3_reset(struct sm3 *h);
void sm3_add(struct sm3 *h, const void *p, size_t n);
void sm3_int(struct sm3 *h, int64_t v); /* eight bytes, big end first */
void sm3_str(struct sm3 *h, str s);     /* its length as sm3_int(), then its bytes */
void sm3_end(struct sm3 *h, uint8_t out[VAULT_HASH]);
void sm3_close(struct sm3 *h);
void sm3_once(const void *p, size_t n, uint8_t out[VAULT_HASH]);
str hash_text(const uint8_t hash[VAULT_HASH], struct arena *a); /* lower-case hexadecimal */

#endif
