/*
 * The key file and the keys under it.
 *
 *     huimin key 1
 *     <64 hexadecimal digits>      the master key
 *
 * From the master key three keys are derived with HMAC-SM3 over fixed words: one that wraps
 * persons' keys, one for look-ups, and a check value that ties a store to its key without telling
 * anything of it. Sealing is AES-256-GCM; what it is bound to (county, person, kind) is its
 * additional data, so that a sealed number moved to another row does not open.
 */
#include <fcntl.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/vault_sql.h"
#include "vault/sm3.h"

enum { KEY = 32, NONCE = 12, TAG = 16 };
static const char KEY_HEAD[] = "huimin key 1\n";

struct vault {
    uint8_t wrap[KEY];  /* seals persons' keys */
    uint8_t check[KEY]; /* stored with the store */
    struct hmac lookup; /* for the indexes */
    EVP_CIPHER *cipher; /* owned; fetched once, as that takes longer than to seal a number */
    bool seeded;        /* for synthetic stores: "random" bytes follow from what they are for */
};

/* ---- AES-256-GCM ---------------------------------------------------------------------------- */

static void random_bytes(uint8_t *p, size_t n)
{
    if (RAND_bytes(p, (int)n) != 1)
        mem_out(n);
}

/*
 * Bytes for one use, at most 32. In a seeded vault they follow from the key and the use, so that a
 * synthetic population comes out the same; each use there is sealed once.
 */
static void fresh_bytes(const struct vault *v, uint8_t use, str bound, uint8_t *p, size_t n)
{
    uint8_t mac[KEY];
    if (!v->seeded) {
        random_bytes(p, n);
        return;
    }
    hmac_once(&v->lookup, use, bound, mac);
    memcpy(p, mac, n);
}

/* out: nonce (given), the text's bytes, tag. */
static void seal(const EVP_CIPHER *cipher, const uint8_t key[KEY], str bound, str text,
                 uint8_t *out)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int got = 0;
    if (c == NULL || EVP_EncryptInit_ex2(c, cipher, key, out, NULL) != 1 ||
        EVP_EncryptUpdate(c, NULL, &got, (const uint8_t *)bound.p, (int)bound.n) != 1 ||
        EVP_EncryptUpdate(c, out + NONCE, &got, (const uint8_t *)text.p, (int)text.n) != 1 ||
        EVP_EncryptFinal_ex(c, out + NONCE + got, &got) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + text.n) != 1)
        mem_out(text.n);
    EVP_CIPHER_CTX_free(c);
}

/* False: another key, another row, or changed bytes. out holds sealed.n - NONCE - TAG bytes. */
MUST_CHECK static bool unseal(const EVP_CIPHER *cipher, const uint8_t key[KEY], str bound,
                              str sealed, uint8_t *out)
{
    if (sealed.n < NONCE + TAG)
        return false;
    const uint8_t *p = (const uint8_t *)sealed.p;
    size_t n = sealed.n - NONCE - TAG;
    uint8_t tag[TAG];
    memcpy(tag, p + NONCE + n, TAG);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int got = 0;
    bool ok = c != NULL && EVP_DecryptInit_ex2(c, cipher, key, p, NULL) == 1 &&
              EVP_DecryptUpdate(c, NULL, &got, (const uint8_t *)bound.p, (int)bound.n) == 1 &&
              EVP_DecryptUpdate(c, out, &got, p + NONCE, (int)n) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
              EVP_DecryptFinal_ex(c, out + got, &got) == 1;
    EVP_CIPHER_CTX_free(c);
    return ok;
}

/* What a sealed text is bound to. */
struct bound {
    char text[64];
    size_t n;
};
static struct bound bound_to(int64_t county, int64_t person, int kind)
{
    struct bound b;
    b.n = (size_t)snprintf(b.text, sizeof b.text, "%lld/%lld/%d", (long long)county,
                           (long long)person, kind);
    return b;
}

/* ---- the key file --------------------------------------------------------------------------- */

static void hex_write(const uint8_t *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
}

static bool hex_read(str s, uint8_t *out, size_t n)
{
    if (s.n != 2 * n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = s.p[i] != '\0' ? strchr(digits, s.p[i]) : NULL;
        if (at == NULL)
            return false;
        uint8_t d = (uint8_t)(at - digits);
        out[i / 2] = (uint8_t)(i % 2 == 0 ? d << 4 : out[i / 2] | d);
    }
    return true;
}

enum rc vault_make_key(const char *path, const str *seed, struct err *err)
{
    uint8_t key[KEY];
    char line[2 * KEY + 1];
    if (seed != NULL)
        sm3_once(seed->p, seed->n, key);
    else
        random_bytes(key, sizeof key);
    hex_write(key, sizeof key, line);
    line[2 * KEY] = '\n';
    OPENSSL_cleanse(key, sizeof key);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, errno == EEXIST ? RC_CONFLICT : RC_IO, "%s: key file: %s", path,
                       strerror(errno));
    size_t head = sizeof KEY_HEAD - 1;
    bool ok = write(fd, KEY_HEAD, head) == (ssize_t)head &&
              write(fd, line, sizeof line) == (ssize_t)sizeof line && fsync(fd) == 0;
    int failed = errno;
    ok = close(fd) == 0 && ok;
    OPENSSL_cleanse(line, sizeof line);
    if (ok)
        return RC_OK;
    unlink(path);
    return err_set(err, RC_IO, "%s: key file: %s", path, strerror(failed));
}

enum rc vault_open(const char *path, struct vault **out, struct err *err)
{
    struct arena a = {0};
    str text = {0};
    uint8_t master[KEY];
    enum rc rc = file_read(path, 4096, &a, &text, err);
    if (rc == RC_OK &&
        (!str_starts(text, S("huimin key 1\n")) ||
         !hex_read(str_trim(str_sub(text, sizeof KEY_HEAD - 1, text.n)), master, KEY)))
        rc = err_set(err, RC_BAD_INPUT,
                     "%s: found no key file, expected “huimin key 1” and 64 hexadecimal digits",
                     path);
    if (text.n > 0)
        OPENSSL_cleanse((void *)(uintptr_t)text.p, text.n);
    arena_deinit(&a);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND
                   ? err_set(
                         err, rc,
                         "%s: there is no key file; say --key FILE or HUIMIN_KEY, or bring it "
                         "back from where it is kept: without it no personal number can be read",
                         path)
                   : rc;
    struct vault *v = mem_resize(NULL, sizeof *v);
    struct hmac m;
    uint8_t lookup[KEY];
    hmac_key(&m, master, KEY);
    hmac_once(&m, 'w', S("wrap"), v->wrap);
    hmac_once(&m, 'l', S("lookup"), lookup);
    hmac_once(&m, 'c', S("check"), v->check);
    hmac_key(&v->lookup, lookup, KEY);
    v->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    v->seeded = false;
    if (v->cipher == NULL)
        mem_out(sizeof *v);
    OPENSSL_cleanse(&m, sizeof m);
    OPENSSL_cleanse(master, sizeof master);
    OPENSSL_cleanse(lookup, sizeof lookup);
    *out = v;
    return RC_OK;
}

void vault_seeded(struct vault *v)
{
    v->seeded = true;
}

void vault_close(struct vault *v)
{
    if (v == NULL)
        return;
    EVP_CIPHER_free(v->cipher);
    OPENSSL_cleanse(v, sizeof *v);
    mem_free(v);
}

/* ---- the key and the store ------------------------------------------------------------------ */

enum rc vault_bind(struct vault *v, struct conn *c, struct err *err)
{
    char text[2 * KEY];
    hex_write(v->check, KEY, text);
    const struct value values[] = {V_TEXT(S("key_check")), V_TEXT(((str){text, sizeof text}))};
    return exec(c, &stmt_meta_put, values, 2, NULL, err);
}

enum rc vault_check(struct vault *v, struct store *s, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(s, &c, err));
    char text[2 * KEY];
    hex_write(v->check, KEY, text);
    const struct value name = V_TEXT(S("key_check"));
    struct query *q = NULL;
    enum rc rc = query(c, &stmt_meta_get, &name, 1, &q, err);
    bool found = false;
    bool same = false;
    if (rc == RC_OK) {
        found = query_next(q);
        same = found && str_eq(query_text(q, 0), (str){text, sizeof text});
        rc = query_end(q, err);
    }
    store_reader_done(c);
    if (rc == RC_OK && !same)
        rc = err_set(err, RC_BAD_INPUT,
                     found ? "the key file belongs to another store; say --key with this one's"
                           : "the store was not made by `huimin init`: it has no key check");
    return rc;
}

/* ---- numbers of persons --------------------------------------------------------------------- */

void person_key_make(struct vault *v, int64_t county, int64_t person, struct person_key *out)
{
    struct bound b = bound_to(county, person, 0);
    fresh_bytes(v, 'k', (str){b.text, b.n}, out->key, KEY);
    fresh_bytes(v, 'n', (str){b.text, b.n}, out->wrapped, NONCE);
    seal(v->cipher, v->wrap, (str){b.text, b.n}, (str){(const char *)out->key, KEY}, out->wrapped);
}

enum rc person_key_open(struct vault *v, int64_t county, int64_t person, str wrapped,
                        struct person_key *out, struct err *err)
{
    struct bound b = bound_to(county, person, 0);
    if (wrapped.n != VAULT_WRAPPED ||
        !unseal(v->cipher, v->wrap, (str){b.text, b.n}, wrapped, out->key))
        return err_set(err, RC_BAD_INPUT, "the key of person %lld does not open",
                       (long long)person);
    memcpy(out->wrapped, wrapped.p, VAULT_WRAPPED);
    return RC_OK;
}

str number_seal(struct vault *v, const struct person_key *k, enum number_kind kind, str number,
                struct arena *a)
{
    struct bound b = bound_to(0, 0, (int)kind);
    uint8_t *out = arena_alloc(a, NONCE + number.n + TAG, 1);
    /* Of the number too: in a seeded vault another number must not meet the same nonce. */
    char *use = arena_alloc_raw(a, VAULT_WRAPPED + number.n, 1);
    memcpy(use, k->wrapped, VAULT_WRAPPED);
    memcpy(use + VAULT_WRAPPED, number.p, number.n);
    fresh_bytes(v, (uint8_t)(0x40 | kind), (str){use, VAULT_WRAPPED + number.n}, out, NONCE);
    OPENSSL_cleanse(use, VAULT_WRAPPED + number.n);
    seal(v->cipher, k->key, (str){b.text, b.n}, number, out);
    return (str){(const char *)out, NONCE + number.n + TAG};
}

enum rc number_open(struct vault *v, const struct person_key *k, enum number_kind kind, str sealed,
                    struct arena *a, str *out, struct err *err)
{
    struct bound b = bound_to(0, 0, (int)kind);
    uint8_t *text = arena_alloc(a, sealed.n + 1, 1);
    if (!unseal(v->cipher, k->key, (str){b.text, b.n}, sealed, text))
        return err_set(err, RC_BAD_INPUT, "the sealed number does not open");
    *out = (str){(const char *)text, sealed.n - NONCE - TAG};
    return RC_OK;
}

void number_lookup(const struct vault *v, enum number_kind kind, str number,
                   uint8_t out[VAULT_LOOKUP])
{
    uint8_t mac[KEY];
    hmac_once(&v->lookup, (uint8_t)kind, number, mac);
    memcpy(out, mac, VAULT_LOOKUP);
}

void number_ending(const struct vault *v, enum number_kind kind, str number,
                   uint8_t out[VAULT_ENDING])
{
    uint8_t mac[KEY];
    str last = number.n > 4 ? str_sub(number, number.n - 4, number.n) : number;
    hmac_once(&v->lookup, (uint8_t)(0x80 | kind), last, mac);
    memcpy(out, mac, VAULT_ENDING);
}

str number_masked(enum number_kind kind, str number, struct arena *a)
{
    size_t head = kind == NUMBER_PHONE ? 3 : kind == NUMBER_CARD ? 4 : 4;
    size_t tail = 4;
    if (number.n < head + tail + 1)
        return S("****");
    char *p = arena_alloc(a, number.n + 1, 1);
    memcpy(p, number.p, number.n);
    memset(p + head, '*', number.n - head - tail);
    return (str){p, number.n};
}
