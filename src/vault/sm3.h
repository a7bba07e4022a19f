/* The insides of a running hash, and HMAC over it; inside vault/ only. vault.h has what others use. */
#ifndef HUIMIN_VAULT_SM3_H
#define HUIMIN_VAULT_SM3_H

#include "vault/vault.h"

enum { SM3_BLOCK = 64 };

/* Copied to go on from the same beginning. */
struct sm3 {
    uint32_t v[8];
    uint64_t n; /* bytes so far */
    uint8_t rest[SM3_BLOCK];
};

/* A key made ready: what is left is to go on from two states. Read only in use, by any thread. */
struct hmac {
    struct sm3 inner, outer;
};
void hmac_key(struct hmac *m, const void *key, size_t n);
/* HMAC of the byte `tag` and the text behind it. */
void hmac_once(const struct hmac *m, uint8_t tag, str text, uint8_t out[VAULT_HASH]);

#endif
