/* SM3 over OpenSSL, with the encodings that every hash of Huimin uses. */
#include <openssl/evp.h>
#include <string.h>

#include "vault/vault.h"

struct sm3 {
    EVP_MD_CTX *ctx; /* owned */
};

struct sm3 *sm3_open(void)
{
    struct sm3 *h = mem_resize(NULL, sizeof *h);
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL)
        mem_out(sizeof(void *));
    sm3_reset(h);
    return h;
}

void sm3_reset(struct sm3 *h)
{
    if (EVP_DigestInit_ex(h->ctx, EVP_sm3(), NULL) != 1)
        mem_out(sizeof(void *));
}

void sm3_add(struct sm3 *h, const void *p, size_t n)
{
    if (n > 0 && EVP_DigestUpdate(h->ctx, p, n) != 1)
        mem_out(n);
}

void sm3_int(struct sm3 *h, int64_t v)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
    sm3_add(h, b, sizeof b);
}

void sm3_str(struct sm3 *h, str s)
{
    sm3_int(h, (int64_t)s.n);
    sm3_add(h, s.p, s.n);
}

void sm3_end(struct sm3 *h, uint8_t out[VAULT_HASH])
{
    unsigned n = VAULT_HASH;
    if (EVP_DigestFinal_ex(h->ctx, out, &n) != 1)
        mem_out(VAULT_HASH);
}

void sm3_close(struct sm3 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    mem_free(h);
}

void sm3_once(const void *p, size_t n, uint8_t out[VAULT_HASH])
{
    struct sm3 *h = sm3_open();
    sm3_add(h, p, n);
    sm3_end(h, out);
    sm3_close(h);
}

str hash_text(const uint8_t hash[VAULT_HASH], struct arena *a)
{
    static const char hex[] = "0123456789abcdef";
    char *p = arena_alloc(a, 2 * VAULT_HASH + 1, 1);
    for (size_t i = 0; i < VAULT_HASH; i++) {
        p[2 * i] = hex[hash[i] >> 4];
        p[2 * i + 1] = hex[hash[i] & 15];
    }
    return (str){p, (size_t)2 * VAULT_HASH};
}
