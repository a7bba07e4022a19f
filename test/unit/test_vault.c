/* Keys, sealing, indexes, masks, ids and SM3; nothing here needs a store. */
#include "unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "vault/sm3.h"

/* ---- key files ------------------------------------------------------------------------------ */

struct folder {
    char path[64], key[80];
};

static int folder_make(void **state)
{
    struct folder *f = mem_resize(NULL, sizeof *f);
    snprintf(f->path, sizeof f->path, "/tmp/huimin-vault-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    snprintf(f->key, sizeof f->key, "%s/k", f->path);
    *state = f;
    return 0;
}

static int folder_drop(void **state)
{
    struct folder *f = *state;
    unlink(f->key);
    rmdir(f->path);
    mem_free(f);
    return 0;
}

static struct vault *vault_of(const char *seed, const char *path)
{
    struct err err = {0};
    struct vault *v = NULL;
    str s = str_from(seed);
    unlink(path);
    if (vault_make_key(path, &s, &err) != RC_OK || vault_open(path, &v, &err) != RC_OK)
        fail_msg("%s", err.text);
    return v;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void key_is_made_once(void **state)
{
    struct folder *f = *state;
    struct err err = {0};
    struct stat st;
    char before[128] = {0};
    char after[128] = {0};
    umask(0);
    assert_int_equal(vault_make_key(f->key, NULL, &err), RC_OK);
    assert_int_equal(stat(f->key, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    FILE *k = fopen(f->key, "r");
    assert_int_equal(fread(before, 1, sizeof before, k), 13 + 65);
    fclose(k);
    assert_int_equal(vault_make_key(f->key, NULL, &err), RC_CONFLICT);
    assert_non_null(strstr(err.text, f->key));
    k = fopen(f->key, "r");
    assert_int_equal(fread(after, 1, sizeof after, k), 13 + 65);
    fclose(k);
    assert_string_equal(before, after);
}

static void keys_differ_unless_seeded(void **state)
{
    struct folder *f = *state;
    uint8_t a[VAULT_LOOKUP], b[VAULT_LOOKUP], c[VAULT_LOOKUP];
    struct vault *one = vault_of("seed", f->key);
    struct vault *two = vault_of("seed", f->key);
    struct vault *three = vault_of("another", f->key);
    number_lookup(one, NUMBER_IDENTITY, S("510402199003070019"), a);
    number_lookup(two, NUMBER_IDENTITY, S("510402199003070019"), b);
    number_lookup(three, NUMBER_IDENTITY, S("510402199003070019"), c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    vault_close(one);
    vault_close(two);
    vault_close(three);
    vault_close(NULL);
}

static void missing_key_says_what_to_do(void **state)
{
    struct folder *f = *state;
    struct err err = {0};
    struct vault *v = NULL;
    assert_int_equal(vault_open(f->key, &v, &err), RC_NOT_FOUND);
    assert_non_null(strstr(err.text, f->key));
    assert_non_null(strstr(err.text, "--key FILE"));
}

static void other_files_are_no_keys(void **state)
{
    static const char *const texts[] = {
        "",
        "huimin key 1\n",
        "huimin key 2\n0000000000000000000000000000000000000000000000000000000000000000\n",
        "huimin key 1\n000000000000000000000000000000000000000000000000000000000000000\n",
        "huimin key 1\n000000000000000000000000000000000000000000000000000000000000000g\n",
        "huimin key 1\n0000000000000000000000000000000000000000000000000000000000000000 0\n",
    };
    struct folder *f = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct err err = {0};
        struct vault *v = NULL;
        write_file(f->key, texts[i]);
        assert_int_equal(vault_open(f->key, &v, &err), RC_BAD_INPUT);
        assert_non_null(strstr(err.text, "64 hexadecimal digits"));
    }
}

static void key_in_no_folder(void **state)
{
    struct err err = {0};
    (void)state;
    assert_int_equal(vault_make_key("/nonexistent/huimin/k", NULL, &err), RC_IO);
    assert_non_null(strstr(err.text, "/nonexistent/huimin/k"));
}

/* ---- sealing -------------------------------------------------------------------------------- */

static str wrapped_of(const struct person_key *k)
{
    return (str){(const char *)k->wrapped, VAULT_WRAPPED};
}

static void sealed_comes_back(void **state)
{
    struct folder *f = *state;
    struct vault *v = vault_of("s", f->key);
    struct arena a = {0};
    struct err err = {0};
    struct person_key k, again;
    str clear = {0};
    person_key_make(v, 510402, 7, &k);
    str sealed = number_seal(v, &k, NUMBER_IDENTITY, S("510402199003070019"), &a);
    assert_int_equal(sealed.n, 18 + 28);
    assert_int_equal(str_find(sealed, S("5104")), -1);
    assert_int_equal(person_key_open(v, 510402, 7, wrapped_of(&k), &again, &err), RC_OK);
    assert_int_equal(number_open(v, &again, NUMBER_IDENTITY, sealed, &a, &clear, &err), RC_OK);
    check_str(clear, "510402199003070019");
    /* The same number twice looks different. */
    str other = number_seal(v, &k, NUMBER_IDENTITY, S("510402199003070019"), &a);
    assert_false(str_eq(sealed, other));
    arena_deinit(&a);
    vault_close(v);
}

static void moved_or_changed_does_not_open(void **state)
{
    struct folder *f = *state;
    struct vault *v = vault_of("s", f->key);
    struct arena a = {0};
    struct err err = {0};
    struct person_key k, other;
    str clear = {0};
    person_key_make(v, 510402, 7, &k);
    person_key_make(v, 510402, 8, &other);
    /* A key moved to another person or county. */
    assert_int_equal(person_key_open(v, 510402, 8, wrapped_of(&k), &other, &err), RC_BAD_INPUT);
    assert_int_equal(person_key_open(v, 510403, 7, wrapped_of(&k), &other, &err), RC_BAD_INPUT);
    assert_int_equal(person_key_open(v, 510402, 7, str_sub(wrapped_of(&k), 0, 59), &other, &err),
                     RC_BAD_INPUT);
    /* A number moved to another person or kind, cut short or with a bit turned. */
    str sealed = number_seal(v, &k, NUMBER_PHONE, S("13812341234"), &a);
    person_key_make(v, 510402, 8, &other);
    assert_int_equal(number_open(v, &other, NUMBER_PHONE, sealed, &a, &clear, &err), RC_BAD_INPUT);
    assert_int_equal(number_open(v, &k, NUMBER_CARD, sealed, &a, &clear, &err), RC_BAD_INPUT);
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(number_open(v, &k, NUMBER_PHONE, str_sub(sealed, 0, n), &a, &clear, &err),
                         RC_BAD_INPUT);
    for (size_t i = 0; i < sealed.n; i++) {
        char copy[64];
        memcpy(copy, sealed.p, sealed.n);
        copy[i] = (char)(copy[i] ^ 1);
        assert_int_equal(number_open(v, &k, NUMBER_PHONE, (str){copy, sealed.n}, &a, &clear, &err),
                         RC_BAD_INPUT);
    }
    arena_deinit(&a);
    vault_close(v);
}

static void another_master_key_opens_nothing(void **state)
{
    struct folder *f = *state;
    struct vault *v = vault_of("s", f->key);
    struct vault *w = vault_of("t", f->key);
    struct err err = {0};
    struct person_key k, again;
    person_key_make(v, 510402, 7, &k);
    assert_int_equal(person_key_open(w, 510402, 7, wrapped_of(&k), &again, &err), RC_BAD_INPUT);
    vault_close(v);
    vault_close(w);
}

static void seeded_comes_out_the_same(void **state)
{
    struct folder *f = *state;
    struct vault *v = vault_of("s", f->key);
    struct vault *w = vault_of("s", f->key);
    struct arena a = {0};
    struct person_key k, l;
    vault_seeded(v);
    vault_seeded(w);
    person_key_make(v, 510402, 7, &k);
    person_key_make(w, 510402, 7, &l);
    assert_memory_equal(k.wrapped, l.wrapped, VAULT_WRAPPED);
    str one = number_seal(v, &k, NUMBER_CARD, S("6217003670000001231"), &a);
    str two = number_seal(w, &l, NUMBER_CARD, S("6217003670000001231"), &a);
    assert_true(str_eq(one, two));
    /* Two numbers never share a nonce. */
    str three = number_seal(w, &l, NUMBER_CARD, S("6217003670000001249"), &a);
    assert_memory_not_equal(one.p, three.p, 12);
    person_key_make(w, 510402, 8, &l);
    assert_memory_not_equal(k.key, l.key, sizeof k.key);
    arena_deinit(&a);
    vault_close(v);
    vault_close(w);
}

/* ---- indexes and masks ---------------------------------------------------------------------- */

static void indexes_tell_numbers_apart(void **state)
{
    struct folder *f = *state;
    struct vault *v = vault_of("s", f->key);
    uint8_t a[VAULT_LOOKUP], b[VAULT_LOOKUP], e1[VAULT_ENDING], e2[VAULT_ENDING];
    number_lookup(v, NUMBER_CARD, S("6217003670000001231"), a);
    number_lookup(v, NUMBER_CARD, S("6217003670000001231"), b);
    assert_memory_equal(a, b, sizeof a);
    number_lookup(v, NUMBER_CARD, S("6217003670000001232"), b);
    assert_memory_not_equal(a, b, sizeof a);
    number_lookup(v, NUMBER_PHONE, S("6217003670000001231"), b);
    assert_memory_not_equal(a, b, sizeof a);
    number_ending(v, NUMBER_CARD, S("6217003670000001231"), e1);
    number_ending(v, NUMBER_CARD, S("1231"), e2);
    assert_memory_equal(e1, e2, sizeof e1);
    number_ending(v, NUMBER_CARD, S("6217003670000001232"), e2);
    assert_memory_not_equal(e1, e2, sizeof e1);
    number_ending(v, NUMBER_PHONE, S("6217003670000001231"), e2);
    assert_memory_not_equal(e1, e2, sizeof e1);
    /* The ending of a number of four is not its look-up. */
    number_lookup(v, NUMBER_CARD, S("1231"), b);
    assert_memory_not_equal(e1, b, sizeof e1);
    vault_close(v);
}

static void masks_show_little(void **state)
{
    struct arena a = {0};
    (void)state;
    check_str(number_masked(NUMBER_IDENTITY, S("510402199003070019"), &a), "5104**********0019");
    check_str(number_masked(NUMBER_PHONE, S("13812341234"), &a), "138****1234");
    check_str(number_masked(NUMBER_CARD, S("6217003670000001231"), &a), "6217***********1231");
    check_str(number_masked(NUMBER_CARD, S("62170036"), &a), "****");
    check_str(number_masked(NUMBER_PHONE, S("2220812"), &a), "****");
    check_str(number_masked(NUMBER_PHONE, S(""), &a), "****");
    arena_deinit(&a);
}

/* ---- ids ------------------------------------------------------------------------------------ */

static int64_t given_ms(void *ctx)
{
    return *(int64_t *)ctx;
}

static void ids_follow_the_clock(void **state)
{
    struct id_source s = {0};
    (void)state;
    int64_t before = clock_ms();
    int64_t id = id_next(&s);
    assert_true(id > 0);
    assert_true(id_ms(id) >= before && id_ms(id) <= clock_ms());
}

static void ids_ascend_whatever_the_clock_does(void **state)
{
    int64_t ms = 1606780800000;
    struct id_source s = {.now_ms = given_ms, .ctx = &ms};
    (void)state;
    int64_t last = id_next(&s);
    assert_int_equal(id_ms(last), ms);
    /* More than fit in a millisecond: they run ahead of the clock. */
    for (int i = 0; i < 5000000; i++) {
        int64_t id = id_next(&s);
        if (id <= last)
            fail_msg("%lld after %lld", (long long)id, (long long)last);
        last = id;
    }
    assert_int_equal(id_ms(last), ms + 1);
    /* Set back by a day, and before the beginning of time. */
    ms -= 86400000;
    for (int i = 0; i < 1000; i++) {
        int64_t id = id_next(&s);
        assert_true(id > last);
        last = id;
    }
    ms = -5;
    assert_true(id_next(&s) > last);
    ms = 1606780800000 + 86400000;
    assert_int_equal(id_ms(id_next(&s)), ms);
}

enum { THREADS = 4, EACH = 200000 };
struct drawer {
    struct id_source *s;
    int64_t *ids;
};

static void *draw(void *p)
{
    struct drawer *d = p;
    for (int i = 0; i < EACH; i++)
        d->ids[i] = id_next(d->s);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void ids_of_threads_are_distinct(void **state)
{
    int64_t ms = 1606780800000;
    struct id_source s = {.now_ms = given_ms, .ctx = &ms};
    pthread_t threads[THREADS];
    struct drawer drawers[THREADS];
    int64_t *ids = mem_resize(NULL, sizeof *ids * THREADS * EACH);
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        drawers[i] = (struct drawer){&s, ids + (size_t)i * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, draw, &drawers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int k = 1; k < EACH; k++)
            assert_true(drawers[i].ids[k - 1] < drawers[i].ids[k]);
    qsort(ids, (size_t)THREADS * EACH, sizeof *ids, by_size);
    for (size_t i = 1; i < (size_t)THREADS * EACH; i++)
        assert_true(ids[i - 1] < ids[i]);
    mem_free(ids);
}

/* ---- SM3 ------------------------------------------------------------------------------------ */

static void sm3_of_the_standard(void **state)
{
    struct arena a = {0};
    uint8_t hash[VAULT_HASH];
    (void)state;
    sm3_once("abc", 3, hash);
    check_str(hash_text(hash, &a),
              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    struct sm3 *h = sm3_open();
    for (int i = 0; i < 16; i++)
        sm3_add(h, "abcd", 4);
    sm3_end(h, hash);
    check_str(hash_text(hash, &a),
              "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    /* Used again after a reset, in pieces; the empty text. */
    sm3_reset(h);
    sm3_add(h, "a", 1);
    sm3_add(h, "", 0);
    sm3_add(h, "bc", 2);
    sm3_end(h, hash);
    check_str(hash_text(hash, &a),
              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    sm3_reset(h);
    sm3_end(h, hash);
    check_str(hash_text(hash, &a),
              "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    sm3_close(h);
    arena_deinit(&a);
}

/* Every length up to some blocks, in one piece and in all pairs of pieces around a block's end. */
static void sm3_is_that_of_openssl(void **state)
{
    enum { LONGEST = 300 };
    uint8_t text[LONGEST], mine[VAULT_HASH], theirs[VAULT_HASH];
    (void)state;
    for (int i = 0; i < LONGEST; i++)
        text[i] = (uint8_t)(i * 131 + 7);
    struct sm3 *h = sm3_open();
    for (size_t n = 0; n <= LONGEST; n++) {
        assert_int_equal(EVP_Digest(text, n, theirs, NULL, EVP_sm3(), NULL), 1);
        sm3_once(text, n, mine);
        assert_memory_equal(mine, theirs, sizeof mine);
        for (size_t cut = n > 130 ? n - 130 : 0; cut <= n; cut++) {
            sm3_reset(h);
            sm3_add(h, text, cut);
            sm3_add(h, text + cut, n - cut);
            sm3_end(h, mine);
            assert_memory_equal(mine, theirs, sizeof mine);
        }
    }
    sm3_close(h);
}

static void hmac_is_that_of_openssl(void **state)
{
    enum { LONGEST = 150 };
    uint8_t text[LONGEST], mine[VAULT_HASH], theirs[VAULT_HASH];
    struct hmac m;
    unsigned n = 0;
    (void)state;
    for (int i = 0; i < LONGEST; i++)
        text[i] = (uint8_t)(i * 29 + 1);
    for (int key = 1; key <= LONGEST; key += 7) {
        hmac_key(&m, text, (size_t)key);
        for (size_t len = 0; len < LONGEST; len++) {
            str rest = {(const char *)text + 1, len};
            hmac_once(&m, text[0], rest, mine);
            assert_non_null(HMAC(EVP_sm3(), text, key, text, len + 1, theirs, &n));
            assert_memory_equal(mine, theirs, sizeof mine);
        }
    }
}

static void encodings_keep_parts_apart(void **state)
{
    uint8_t a[VAULT_HASH], b[VAULT_HASH];
    struct sm3 *h = sm3_open();
    (void)state;
    sm3_str(h, S("ab"));
    sm3_str(h, S("c"));
    sm3_end(h, a);
    sm3_reset(h);
    sm3_str(h, S("a"));
    sm3_str(h, S("bc"));
    sm3_end(h, b);
    assert_memory_not_equal(a, b, sizeof a);
    sm3_reset(h);
    sm3_int(h, 0x0102030405060708);
    sm3_end(h, a);
    sm3_once("\1\2\3\4\5\6\7\10", 8, b);
    assert_memory_equal(a, b, sizeof a);
    sm3_close(h);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(key_is_made_once),
        IN_FOLDER(keys_differ_unless_seeded),
        IN_FOLDER(missing_key_says_what_to_do),
        IN_FOLDER(other_files_are_no_keys),
        cmocka_unit_test(key_in_no_folder),
        IN_FOLDER(sealed_comes_back),
        IN_FOLDER(moved_or_changed_does_not_open),
        IN_FOLDER(another_master_key_opens_nothing),
        IN_FOLDER(seeded_comes_out_the_same),
        IN_FOLDER(indexes_tell_numbers_apart),
        cmocka_unit_test(masks_show_little),
        cmocka_unit_test(ids_follow_the_clock),
        cmocka_unit_test(ids_ascend_whatever_the_clock_does),
        cmocka_unit_test(ids_of_threads_are_distinct),
        cmocka_unit_test(sm3_of_the_standard),
        cmocka_unit_test(sm3_is_that_of_openssl),
        cmocka_unit_test(hmac_is_that_of_openssl),
        cmocka_unit_test(encodings_keep_parts_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
