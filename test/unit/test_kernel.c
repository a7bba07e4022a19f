/*
 * Kernels one by one against plain loops: lengths that are no multiple of anything, families of
 * every size about the window of eight, and that they were built so that they are fast.
 */
#include "test.h"
#include "base/date.h"
#include "eval/kernel.h"

#include <time.h>

enum { ROOM = 600 };

static uint64_t seed;

static uint64_t dice(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

/* Columns with room behind them, and a pattern there. */
static uint8_t a8[ROOM], b8[ROOM], d8[ROOM], m8[ROOM];
static int32_t a32[ROOM], b32[ROOM], d32[ROOM];
static int64_t a64[ROOM], b64[ROOM], d64[ROOM];
static uint32_t first[ROOM], rows[ROOM], picked[ROOM];

static void columns_random(void)
{
    for (size_t i = 0; i < ROOM; i++) {
        a8[i] = (uint8_t)dice();
        b8[i] = dice() % 3 ? (uint8_t)dice() : a8[i];
        a32[i] = (int32_t)(dice() >> (32 + dice() % 30));
        b32[i] = dice() % 3 ? (int32_t)dice() : a32[i];
        a64[i] = (int64_t)dice() >> (dice() % 60);
        b64[i] = dice() % 3 ? (int64_t)dice() : a64[i];
        m8[i] = dice() % 3 ? 0 : 255;
        d8[i] = 99;
        d32[i] = 99;
        d64[i] = 99;
    }
}

static const size_t lengths[] = {1, 2, 7, 31, 32, 63, 64, 65, 100, 255, 500};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* The kernel of one operation and type, and the values that it must give. */
#define CHECK_MAP(op, el, a, b, d, k_, value)                                                      \
    for (size_t l = 0; l < LENGTHS; l++) {                                                         \
        size_t n = lengths[l];                                                                     \
        struct kernel_const kc = {.k = (k_)};                                                      \
        columns_random();                                                                          \
        kernel_map(op, el)(n, d, a, b, NULL, &kc);                                                 \
        for (size_t i = 0; i < n; i++)                                                             \
            assert_int_equal(d[i], value);                                                         \
        assert_int_equal(d[n], 99);                                                                \
    }

static void arithmetic(void **state)
{
    (void)state;
    CHECK_MAP(IR_ADD, EL_U8, a8, b8, d8, 0, (uint8_t)(a8[i] + b8[i]))
    CHECK_MAP(IR_ADD, EL_I32, a32, b32, d32, 0, (int32_t)((uint32_t)a32[i] + (uint32_t)b32[i]))
    CHECK_MAP(IR_ADD, EL_I64, a64, b64, d64, 0, (int64_t)((uint64_t)a64[i] + (uint64_t)b64[i]))
    CHECK_MAP(IR_SUB, EL_I64, a64, b64, d64, 0, (int64_t)((uint64_t)a64[i] - (uint64_t)b64[i]))
    CHECK_MAP(IR_MUL, EL_I32, a32, b32, d32, 0, (int32_t)((uint32_t)a32[i] * (uint32_t)b32[i]))
    CHECK_MAP(IR_MUL, EL_I64, a64, b64, d64, 0, (int64_t)((uint64_t)a64[i] * (uint64_t)b64[i]))
    CHECK_MAP(IR_MIN, EL_I32, a32, b32, d32, 0, a32[i] < b32[i] ? a32[i] : b32[i])
    CHECK_MAP(IR_MAX, EL_U8, a8, b8, d8, 0, a8[i] > b8[i] ? a8[i] : b8[i])
    CHECK_MAP(IR_ADDK, EL_I32, a32, b32, d32, -5, (int32_t)((uint32_t)a32[i] - 5u))
    CHECK_MAP(IR_RSUBK, EL_I64, a64, b64, d64, 24251, (int64_t)(24251u - (uint64_t)a64[i]))
    CHECK_MAP(IR_MULK, EL_I64, a64, b64, d64, 61000, (int64_t)((uint64_t)a64[i] * 61000u))
    CHECK_MAP(IR_MINK, EL_I64, a64, b64, d64, 700, a64[i] < 700 ? a64[i] : 700)
    CHECK_MAP(IR_MAXK, EL_I32, a32, b32, d32, 0, a32[i] > 0 ? a32[i] : 0)
}

static void tests(void **state)
{
    (void)state;
    CHECK_MAP(IR_LT, EL_U8, a8, b8, d8, 0, a8[i] < b8[i] ? 255 : 0)
    CHECK_MAP(IR_LT, EL_I32, a32, b32, d8, 0, a32[i] < b32[i] ? 255 : 0)
    CHECK_MAP(IR_LT, EL_I64, a64, b64, d8, 0, a64[i] < b64[i] ? 255 : 0)
    CHECK_MAP(IR_EQ, EL_I32, a32, b32, d8, 0, a32[i] == b32[i] ? 255 : 0)
    CHECK_MAP(IR_EQ, EL_I64, a64, b64, d8, 0, a64[i] == b64[i] ? 255 : 0)
    CHECK_MAP(IR_LTK, EL_I32, a32, b32, d8, 1000, a32[i] < 1000 ? 255 : 0)
    CHECK_MAP(IR_EQK, EL_U8, a8, b8, d8, 3, a8[i] == 3 ? 255 : 0)
    CHECK_MAP(IR_AND, EL_U8, a8, b8, d8, 0, a8[i] & b8[i])
    CHECK_MAP(IR_ANDN, EL_U8, a8, b8, d8, 0, a8[i] & ~b8[i] & 255)
    CHECK_MAP(IR_OR, EL_U8, a8, b8, d8, 0, a8[i] | b8[i])
    CHECK_MAP(IR_NOT, EL_U8, a8, b8, d8, 0, ~a8[i] & 255)
    for (unsigned lo = 0; lo < 250; lo += 7) {
        struct kernel_const kc = {.k = lo, .k2 = 5};
        columns_random();
        kernel_map(IR_RANGEK, EL_U8)(200, d8, a8, NULL, NULL, &kc);
        for (size_t i = 0; i < 200; i++)
            assert_int_equal(d8[i], a8[i] >= lo && a8[i] <= lo + 5 ? 255 : 0);
    }
}

static void choices(void **state)
{
    int32_t table[KERNEL_TABLE];
    uint8_t flag[ROOM];
    struct kernel_const kc = {.k = 41000, .k2 = -61000, .table = table};

    (void)state;
    for (size_t i = 0; i < KERNEL_TABLE; i++)
        table[i] = (int32_t)dice();
    for (size_t l = 0; l < LENGTHS; l++) {
        size_t n = lengths[l];
        columns_random();
        kernel_select(EL_I64)(n, d64, m8, a64, b64, &kc);
        kernel_masked(EL_I32)(n, d32, m8, a32, NULL, &kc);
        for (size_t i = 0; i < n; i++) {
            assert_true(d64[i] == (m8[i] ? a64[i] : b64[i]));
            assert_int_equal(d32[i], m8[i] ? a32[i] : 0);
            flag[i] = m8[i] & 1;
        }
        kernel_pick(EL_I64)(n, d64, m8, NULL, NULL, &kc);
        kernel_lut(EL_I32, false)(n, d32, a8, NULL, NULL, &kc);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(d64[i], m8[i] ? 41000 : -61000);
            assert_int_equal(d32[i], table[a8[i]]);
        }
        kernel_lut(EL_I32, true)(n, d32, flag, NULL, NULL, &kc);
        kernel_fill(EL_U8)(n, d8, NULL, NULL, NULL, &(struct kernel_const){.k = 7});
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(d32[i], table[flag[i]]);
            assert_int_equal(d8[i], 7);
        }
        assert_int_equal(d64[n], 99);
        assert_int_equal(d32[n], 99);
        assert_int_equal(d8[n], 99);
    }
}

static void conversions_division_dates(void **state)
{
    struct kernel_const kc = {.k = 40};

    (void)state;
    columns_random();
    kernel_convert(EL_I32, EL_I64)(500, d32, a64, NULL, NULL, &kc);
    kernel_convert(EL_I64, EL_U8)(500, d64, a8, NULL, NULL, &kc);
    kernel_convert(EL_U8, EL_I32)(500, d8, a32, NULL, NULL, &kc);
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(d32[i], (int32_t)a64[i]);
        assert_int_equal(d64[i], a8[i]);
        assert_int_equal(d8[i], (uint8_t)a32[i]);
    }
    kernel_floor_k(500, d64, a64, NULL, NULL, &kc);
    for (size_t i = 0; i < 500; i++) {
        int64_t rest = (int64_t)((uint64_t)a64[i] - (uint64_t)d64[i] * 40u);
        assert_in_range(rest, 0, 39);
    }
    b64[0] = 0;
    kernel_floor(1, d64, a64, b64, NULL, &kc); /* must only not trap */
    kc.k = date_day(2020, 12, 1);
    for (size_t i = 0; i < 500; i++)
        a32[i] = (int32_t)(dice() % 60000) - 30000;
    kernel_years(500, d32, a32, NULL, NULL, &kc);
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(d32[i], date_years(a32[i], (day)kc.k));
    kernel_months(500, d32, a32, NULL, NULL, &kc);
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(d32[i], date_months(a32[i], (day)kc.k));
}

/* ---- families ------------------------------------------------------------------------------- */

/* Families until ROOM - 64 members: returns how many; some or all of them picked. */
static size_t families_random(uint32_t size_max, size_t *n_picked)
{
    size_t n = 0;

    first[0] = 0;
    *n_picked = 0;
    while (n < 200) {
        uint32_t m = (uint32_t)(dice() % (size_max + 1));
        if (first[n] + m > ROOM - 64)
            break;
        first[n + 1] = first[n] + m;
        if (dice() % 2)
            picked[(*n_picked)++] = (uint32_t)n;
        n++;
    }
    return n;
}

struct family {
    uint8_t any, high8;
    int32_t count, sum8, sum32, low32;
    int64_t sum64, high64;
};

static struct family family_of(size_t s)
{
    struct family f = {.low32 = INT32_MAX, .high64 = INT64_MIN};

    for (uint32_t m = first[s]; m < first[s + 1]; m++) {
        f.any |= m8[m];
        f.count += m8[m] & 1;
        f.sum8 += a8[m];
        f.sum32 = (int32_t)((uint32_t)f.sum32 + (uint32_t)a32[m]);
        f.sum64 = (int64_t)((uint64_t)f.sum64 + (uint64_t)a64[m]);
        f.high8 = a8[m] > f.high8 ? a8[m] : f.high8;
        f.low32 = a32[m] < f.low32 ? a32[m] : f.low32;
        f.high64 = a64[m] > f.high64 ? a64[m] : f.high64;
    }
    return f;
}

static void check_aggregates(size_t n, bool some)
{
    const uint32_t *c = some ? picked : NULL;
    struct kernel_const none = {0}, low = {.k = INT32_MAX}, high = {.k = INT64_MIN};

    kernel_any(some)(n, d8, m8, first, c, &none);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(d8[i], family_of(some ? picked[i] : i).any);
    kernel_count(EL_U8, some)(n, d8, m8, first, c, &none);
    kernel_count(EL_I32, some)(n, d32, m8, first, c, &none);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(d8[i], (uint8_t)family_of(some ? picked[i] : i).count);
        assert_int_equal(d32[i], family_of(some ? picked[i] : i).count);
    }
    kernel_size(EL_I32, some)(n, d32, NULL, first, c, &none);
    for (size_t i = 0; i < n; i++) {
        size_t s = some ? picked[i] : i;
        assert_int_equal(d32[i], first[s + 1] - first[s]);
    }
    kernel_extreme(IR_HIGH, EL_U8, some)(n, d8, a8, first, c, &none);
    kernel_extreme(IR_LOW, EL_I32, some)(n, d32, a32, first, c, &low);
    kernel_extreme(IR_HIGH, EL_I64, some)(n, d64, a64, first, c, &high);
    for (size_t i = 0; i < n; i++) {
        struct family f = family_of(some ? picked[i] : i);
        assert_int_equal(d8[i], f.high8);
        assert_int_equal(d32[i], f.low32);
        assert_true(d64[i] == f.high64);
    }
}

static void check_sums(size_t n, size_t n_picked)
{
    static int32_t run32[ROOM];
    static int64_t run64[ROOM];
    struct kernel_const none = {0};

    kernel_running(EL_I32, EL_I32)(first[n], run32, a32, NULL, NULL, &none);
    kernel_difference(EL_I32)(n, d32, run32, first, NULL, &none);
    kernel_running(EL_I64, EL_I64)(first[n], run64, a64, NULL, NULL, &none);
    kernel_difference(EL_I64)(n, d64, run64, first, NULL, &none);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(d32[i], family_of(i).sum32);
        assert_true(d64[i] == family_of(i).sum64);
    }
    kernel_sum_picked(EL_I32, EL_U8)(n_picked, d32, a8, first, picked, &none);
    kernel_sum_picked(EL_I64, EL_I64)(n_picked, d64, a64, first, picked, &none);
    for (size_t i = 0; i < n_picked; i++) {
        assert_int_equal(d32[i], family_of(picked[i]).sum8);
        assert_true(d64[i] == family_of(picked[i]).sum64);
    }
}

static void families(void **state)
{
    struct kernel_const none = {0};
    size_t some;

    (void)state;
    for (uint32_t size = 0; size < 40; size++) {
        columns_random();
        size_t n = families_random(size, &some);
        check_aggregates(n, false);
        check_aggregates(some, true);
        check_sums(n, some);
        kernel_bcast(EL_U8)(n, d8, a8, first, NULL, &none);
        kernel_bcast(EL_I64)(n, d64, a64, first, NULL, &none);
        for (size_t s = 0; s < n; s++)
            for (uint32_t m = first[s]; m < first[s + 1]; m++) {
                assert_int_equal(d8[m], a8[s]);
                assert_true(d64[m] == a64[s]);
            }
    }
}

static void rows_picked(void **state)
{
    struct kernel_const none = {0};
    size_t some;

    (void)state;
    for (size_t round = 0; round < 200; round++) {
        columns_random();
        size_t n = families_random(1 + (uint32_t)(round % 12), &some), members = first[n];
        for (size_t i = n + 1; i < ROOM; i++)
            first[i] = UINT32_MAX;
        size_t found = kernel_compact(members, rows, m8, NULL, NULL, &none), k = 0;
        for (size_t m = 0; m < members; m++)
            if (m8[m])
                assert_int_equal(rows[k++], m);
        assert_int_equal(found, k);
        kernel_owner(found, picked, rows, first, NULL, &(struct kernel_const){.k = ROOM - 1});
        for (size_t i = 0; i < found; i++)
            assert_true(first[picked[i]] <= rows[i] && rows[i] < first[picked[i] + 1]);
        kernel_gather(EL_I32)(found, d32, a32, rows, NULL, &none);
        memset(d64, 0, sizeof d64);
        memset(d8, 0, sizeof d8);
        kernel_add_at(found, d64, a64, rows, NULL, &none);
        kernel_mark(found, d8, a8, rows, NULL, &none);
        for (size_t i = 0; i < found; i++) {
            assert_int_equal(d32[i], a32[rows[i]]);
            assert_true(d64[rows[i]] == a64[i]);
            assert_int_equal(d8[rows[i]], a8[i] & 1);
        }
    }
}

static void results(void **state)
{
    struct kernel_const kc = {.k = 10000};

    (void)state;
    for (size_t l = 0; l < LENGTHS; l++) {
        size_t n = lengths[l];
        columns_random();
        kernel_out_const(n, d64, m8, NULL, NULL, &kc);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(d64[i], m8[i] ? 10000 : 0);
        assert_int_equal(d64[n], 99);
        kernel_out_bits2(n, d64, a8, b8, NULL, &kc);
        kernel_or_bits(n, d64, m8, NULL, NULL, &(struct kernel_const){.k = 16});
        for (size_t i = 0; i < n; i++)
            assert_true(d64[i] == (a8[i] | b8[i] << 8 | m8[i] << 16));
        kernel_out_bits(n, d64, a8, NULL, NULL, &kc);
        kernel_out_bytes(n, d8, a8, NULL, NULL, &kc);
        for (size_t i = 0; i < n; i++)
            assert_true(d64[i] == a8[i] && d8[i] == a8[i]);
        kernel_out_zero(n, d64, NULL, NULL, NULL, &kc);
        for (size_t i = 0; i < n; i++)
            assert_true(d64[i] == 0);
        assert_int_equal(d64[n], 99);
        assert_int_equal(d8[n], 99);
    }
}

/* ---- speed ---------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

enum { SPEED_ROWS = 4096, SPEED_ROUNDS = 300 };

static double cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* One element after the other: the barrier keeps the compiler from taking several at once. */
static size_t add_singly(size_t n, void *restrict dv, const void *restrict av,
                         const void *restrict bv, const void *restrict cv,
                         const struct kernel_const *k)
{
    int32_t *d = dv;
    const int32_t *a = av, *b = bv;

    (void)cv, (void)k;
    for (size_t i = 0; i < n; i++) {
        d[i] = a[i] + b[i];
        __asm__ volatile("" ::: "memory");
    }
    return 0;
}

static double best_time(kernel_fn *fn)
{
    static int32_t a[SPEED_ROWS], b[SPEED_ROWS], d[SPEED_ROWS];
    struct kernel_const none = {0};
    double best = 1;

    for (int i = 0; i < SPEED_ROUNDS; i++) {
        double from = cpu_now();
        for (int k = 0; k < 10; k++)
            fn(SPEED_ROWS, d, a, b, NULL, &none);
        double took = cpu_now() - from;
        best = took < best ? took : best;
    }
    return best;
}

/*
 * Without -O3 gcc leaves these loops as they stand, three to four times slower, and nothing but the
 * clock would tell. The best of many rounds is compared, so that a busy machine makes no difference.
 */
static void built_to_be_fast(void **state)
{
    const char *flags = kernels_built_with();

    (void)state;
    if (SANITIZED || strstr(flags, "-fsanitize"))
        skip();
    if (*flags && !strstr(flags, "-O3"))
        fail_msg("the kernels were built with \"%s\", without -O3", flags);
    double singly = best_time(add_singly), kernel = best_time(kernel_map(IR_ADD, EL_I32));
    if (kernel > 0.6 * singly)
        fail_msg("an addition takes %.2f of one element after the other: built without -O3?",
                 kernel / singly);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(arithmetic), cmocka_unit_test(tests),
        cmocka_unit_test(choices),    cmocka_unit_test(conversions_division_dates),
        cmocka_unit_test(families),   cmocka_unit_test(rows_picked),
        cmocka_unit_test(results),    cmocka_unit_test(built_to_be_fast),
    };

    seed = 88172645463325252u;
    return cmocka_run_group_tests(all, NULL, NULL);
}
