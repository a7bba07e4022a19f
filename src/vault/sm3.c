/*
 * SM3 (GB/T 32905-2016), its HMAC, and the encodings that every hash of Huimin uses. Its own code
 * and not a library's, because it is called for every row that is written: a running hash is a few
 * words that can be copied, and nothing is allocated or looked up by name. The tests hold it equal
 * to OpenSSL's.
 */
#include <string.h>

#include "vault/sm3.h"

static const uint32_t begin[8] = {0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
                                  0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E};

static inline uint32_t rol(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static inline uint32_t p0(uint32_t x)
{
    return x ^ rol(x, 9) ^ rol(x, 17);
}

static inline uint32_t p1(uint32_t x)
{
    return x ^ rol(x, 15) ^ rol(x, 23);
}

static inline uint32_t load(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

static inline void store(uint8_t *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(p, &v, sizeof v);
}

/* T(j) turned left by j: 79CC4519 for the first 16 rounds, 7A879D8A for the rest. */
static inline uint32_t constant(unsigned j)
{
    uint32_t t = j < 16 ? 0x79CC4519 : 0x7A879D8A;
    return j % 32 == 0 ? t : rol(t, j % 32);
}

/* Word j of the message; of the later ones, sixteen at a time, each takes the place of the one that
 * is sixteen before it. */
#define W(j) w[(j) % 16]
#define EXPAND(j)                                                                                  \
    W(j) = p1(W(j) ^ W((j) + 7) ^ rol(W((j) + 13), 15)) ^ rol(W((j) + 3), 7) ^ W((j) + 10)

/*
 * One round of the compression. The registers are named by the caller, who turns them by one place a
 * round instead of moving their values.
 */
#define ROUND(A, B, C, D, E, F, G, H, j, FF, GG)                                                   \
    do {                                                                                           \
        uint32_t a12 = rol(A, 12);                                                                 \
        uint32_t ss1 = rol(a12 + (E) + constant(j), 7);                                            \
        uint32_t tt1 = (FF) + (D) + (ss1 ^ a12) + (W(j) ^ W((j) + 4));                             \
        uint32_t tt2 = (GG) + (H) + ss1 + W(j);                                                    \
        (B) = rol(B, 9);                                                                           \
        (D) = tt1;                                                                                 \
        (F) = rol(F, 19);                                                                          \
        (H) = p0(tt2);                                                                             \
    } while (0)
#define EARLY(A, B, C, D, E, F, G, H, j)                                                           \
    ROUND(A, B, C, D, E, F, G, H, j, (A) ^ (B) ^ (C), (E) ^ (F) ^ (G))
#define LATE(A, B, C, D, E, F, G, H, j)                                                            \
    ROUND(A, B, C, D, E, F, G, H, j, ((A) & (B)) | (((A) | (B)) & (C)), (((F) ^ (G)) & (E)) ^ (G))
#define FOUR(R, j)                                                                                 \
    R(a, b, c, d, e, f, g, h, j);                                                                  \
    R(d, a, b, c, h, e, f, g, (j) + 1);                                                            \
    R(c, d, a, b, g, h, e, f, (j) + 2);                                                            \
    R(b, c, d, a, f, g, h, e, (j) + 3)
/* From round 12 on, a round's second word is a new one. */
#define EXPANDED(A, B, C, D, E, F, G, H, j)                                                        \
    EXPAND((j) + 4);                                                                               \
    LATE(A, B, C, D, E, F, G, H, j)
#define EARLY_EXPANDED(A, B, C, D, E, F, G, H, j)                                                  \
    EXPAND((j) + 4);                                                                               \
    EARLY(A, B, C, D, E, F, G, H, j)

static void compress(uint32_t v[8], const uint8_t *p)
{
    uint32_t w[16];
    for (unsigned j = 0; j < 16; j++)
        w[j] = load(p + 4 * j);
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3];
    uint32_t e = v[4], f = v[5], g = v[6], h = v[7];
    FOUR(EARLY, 0);
    FOUR(EARLY, 4);
    FOUR(EARLY, 8);
    FOUR(EARLY_EXPANDED, 12);
    FOUR(EXPANDED, 16);
    FOUR(EXPANDED, 20);
    FOUR(EXPANDED, 24);
    FOUR(EXPANDED, 28);
    FOUR(EXPANDED, 32);
    FOUR(EXPANDED, 36);
    FOUR(EXPANDED, 40);
    FOUR(EXPANDED, 44);
    FOUR(EXPANDED, 48);
    FOUR(EXPANDED, 52);
    FOUR(EXPANDED, 56);
    FOUR(EXPANDED, 60);
    v[0] ^= a;
    v[1] ^= b;
    v[2] ^= c;
    v[3] ^= d;
    v[4] ^= e;
    v[5] ^= f;
    v[6] ^= g;
    v[7] ^= h;
}

/* ---- a running hash ------------------------------------------------------------------------- */

void sm3_reset(struct sm3 *h)
{
    memcpy(h->v, begin, sizeof begin);
    h->n = 0;
}

struct sm3 *sm3_open(void)
{
    struct sm3 *h = mem_resize(NULL, sizeof *h);
    sm3_reset(h);
    return h;
}

void sm3_add(struct sm3 *h, const void *data, size_t n)
{
    const uint8_t *p = data;
    size_t have = h->n % SM3_BLOCK;
    h->n += n;
    if (have > 0) {
        size_t want = SM3_BLOCK - have;
        size_t part = n < want ? n : want;
        if (part > 0)
            memcpy(h->rest + have, p, part);
        if (part < want)
            return;
        compress(h->v, h->rest);
        p += part;
        n -= part;
    }
    for (; n >= SM3_BLOCK; n -= SM3_BLOCK, p += SM3_BLOCK)
        compress(h->v, p);
    if (n > 0)
        memcpy(h->rest, p, n);
}

void sm3_int(struct sm3 *h, int64_t v)
{
    uint8_t b[8];
    store(b, (uint32_t)((uint64_t)v >> 32));
    store(b + 4, (uint32_t)v);
    sm3_add(h, b, sizeof b);
}

void sm3_str(struct sm3 *h, str s)
{
    sm3_int(h, (int64_t)s.n);
    sm3_add(h, s.p, s.n);
}

/* A bit 1, bits 0 up to eight bytes before the end of a block, and the number of bits. */
void sm3_end(struct sm3 *h, uint8_t out[VAULT_HASH])
{
    uint64_t bits = 8 * h->n;
    size_t have = h->n % SM3_BLOCK;
    h->rest[have++] = 0x80;
    if (have > SM3_BLOCK - 8) {
        memset(h->rest + have, 0, SM3_BLOCK - have);
        compress(h->v, h->rest);
        have = 0;
    }
    memset(h->rest + have, 0, SM3_BLOCK - 8 - have);
    store(h->rest + SM3_BLOCK - 8, (uint32_t)(bits >> 32));
    store(h->rest + SM3_BLOCK - 4, (uint32_t)bits);
    compress(h->v, h->rest);
    for (int i = 0; i < 8; i++)
        store(out + 4 * i, h->v[i]);
}

void sm3_close(struct sm3 *h)
{
    mem_free(h);
}

void sm3_once(const void *p, size_t n, uint8_t out[VAULT_HASH])
{
    struct sm3 h;
    sm3_reset(&h);
    sm3_add(&h, p, n);
    sm3_end(&h, out);
}

/* ---- HMAC (RFC 2104) ------------------------------------------------------------------------ */

void hmac_key(struct hmac *m, const void *key, size_t n)
{
    uint8_t block[SM3_BLOCK] = {0};
    if (n > SM3_BLOCK)
        sm3_once(key, n, block);
    else
        memcpy(block, key, n);
    for (size_t i = 0; i < SM3_BLOCK; i++)
        block[i] ^= 0x36;
    sm3_reset(&m->inner);
    sm3_add(&m->inner, block, sizeof block);
    for (size_t i = 0; i < SM3_BLOCK; i++)
        block[i] ^= 0x36 ^ 0x5C;
    sm3_reset(&m->outer);
    sm3_add(&m->outer, block, sizeof block);
    explicit_bzero(block, sizeof block);
}

void hmac_once(const struct hmac *m, uint8_t tag, str text, uint8_t out[VAULT_HASH])
{
    struct sm3 h = m->inner;
    uint8_t hash[VAULT_HASH];
    sm3_add(&h, &tag, 1);
    sm3_add(&h, text.p, text.n);
    sm3_end(&h, hash);
    h = m->outer;
    sm3_add(&h, hash, sizeof hash);
    sm3_end(&h, out);
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
