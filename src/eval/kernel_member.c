/*
 * Kernels between subjects and members: aggregates, broadcasts, picking rows out. A subject's
 * members are looked at through a window of eight bytes where there are no more of them, which is
 * nearly always; a loop serves the rest.
 */
#include "eval/kernel_clones.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define ONES 0x0101010101010101u

/* Members who go into one window; larger families are kept out of the way. */
#define FEW(n) __builtin_expect((n) <= 8, 1)

/* The first n bytes of a window, n at most 8. */
static const uint64_t first_bytes[9] = {
    0,
    0xff,
    0xffff,
    0xffffff,
    0xffffffff,
    0xffffffffff,
    0xffffffffffff,
    0xffffffffffffff,
    0xffffffffffffffff,
};

static inline uint64_t window(const uint8_t *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

static inline uint8_t any_of(const uint8_t *a, uint32_t n)
{
    if (FEW(n))
        return (uint8_t) - ((window(a) & first_bytes[n]) != 0);
    uint8_t any = 0;
    for (uint32_t j = 0; j < n; j++)
        any |= a[j];
    return any;
}

static inline uint32_t count_of(const uint8_t *a, uint32_t n)
{
    if (FEW(n))
        return (uint32_t)(((window(a) & first_bytes[n] & ONES) * ONES) >> 56);
    uint32_t count = 0;
    for (uint32_t j = 0; j < n; j++)
        count += a[j] & 1;
    return count;
}

/* Both forms of an aggregate: over all subjects in order, and over those picked. */
#define AGGREGATE(name, D, T, value)                                                               \
    KERNEL static size_t name(KERNEL_ARGS)                                                         \
    {                                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict first = bv;                                                       \
        (void)a, (void)cv, (void)kc;                                                               \
        for (size_t i = 0; i < n; i++) {                                                           \
            const uint32_t f = first[i], m = first[i + 1] - f;                                     \
            d[i] = (D)(value);                                                                     \
        }                                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t name##_picked(KERNEL_ARGS)                                                \
    {                                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict first = bv;                                                       \
        const uint32_t *restrict pick = cv;                                                        \
        (void)a, (void)kc;                                                                         \
        for (size_t i = 0; i < n; i++) {                                                           \
            const uint32_t f = first[pick[i]], m = first[pick[i] + 1] - f;                         \
            d[i] = (D)(value);                                                                     \
        }                                                                                          \
        return 0;                                                                                  \
    }

AGGREGATE(any, uint8_t, uint8_t, any_of(a + f, m))
AGGREGATE(count_u8, uint8_t, uint8_t, count_of(a + f, m))
AGGREGATE(count_i32, int32_t, uint8_t, count_of(a + f, m))
AGGREGATE(size_u8, uint8_t, uint8_t, ((void)f, m))
AGGREGATE(size_i32, int32_t, uint8_t, ((void)f, m))

kernel_fn *kernel_any(bool picked)
{
    return picked ? any_picked : any;
}

kernel_fn *kernel_count(enum elem to, bool picked)
{
    if (to == EL_U8)
        return picked ? count_u8_picked : count_u8;
    return picked ? count_i32_picked : count_i32;
}

kernel_fn *kernel_size(enum elem to, bool picked)
{
    if (to == EL_U8)
        return picked ? size_u8_picked : size_u8;
    return picked ? size_i32_picked : size_i32;
}

/* ---- sums ----------------------------------------------------------------------------------- */

/* Eight bytes at a time: pairs are added, then the four sums by one multiplication. */
static inline uint32_t sum_of_window(const void *a, uint32_t n)
{
    uint64_t w = window(a) & first_bytes[n];

    w = (w & 0x00ff00ff00ff00ff) + (w >> 8 & 0x00ff00ff00ff00ff);
    return (uint32_t)((w * 0x0001000100010001) >> 48);
}

#define SUM(to, D, W, from, T)                                                                     \
    static inline D sum_of_##from##_##to(const T *a, uint32_t n)                                   \
    {                                                                                              \
        W sum = 0;                                                                                 \
        if (sizeof(T) == 1 && FEW(n))                                                              \
            return (D)sum_of_window(a, n);                                                         \
        for (uint32_t j = 0; j < n; j++)                                                           \
            sum += (W)(D)a[j];                                                                     \
        return (D)sum;                                                                             \
    }                                                                                              \
    KERNEL static size_t sum_##from##_##to##_picked(KERNEL_ARGS)                                   \
    {                                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict first = bv;                                                       \
        const uint32_t *restrict pick = cv;                                                        \
        (void)kc;                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint32_t f = first[pick[i]];                                                           \
            d[i] = sum_of_##from##_##to(a + f, first[pick[i] + 1] - f);                            \
        }                                                                                          \
        return 0;                                                                                  \
    }

SUM(i32, int32_t, uint32_t, u8, uint8_t)
SUM(i32, int32_t, uint32_t, i32, int32_t)
SUM(i64, int64_t, uint64_t, u8, uint8_t)
SUM(i64, int64_t, uint64_t, i32, int32_t)
SUM(i64, int64_t, uint64_t, i64, int64_t)

kernel_fn *kernel_sum_picked(enum elem to, enum elem from)
{
    static kernel_fn *const table[EL__COUNT][EL__COUNT] = {
        [EL_I32] = {[EL_U8] = sum_u8_i32_picked, [EL_I32] = sum_i32_i32_picked},
        [EL_I64] = {[EL_U8] = sum_u8_i64_picked,
                    [EL_I32] = sum_i32_i64_picked,
                    [EL_I64] = sum_i64_i64_picked},
    };

    return table[to][from];
}

/*
 * d[i] = a[0] + … + a[i - 1], wrapping: a difference of two is right when the sum itself fits.
 * n + 1 elements are written.
 */
#define RUNNING(to, D, W, from, T)                                                                 \
    KERNEL static size_t running_##from##_##to(KERNEL_ARGS)                                        \
    {                                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        W sum = 0;                                                                                 \
        (void)bv, (void)cv, (void)kc;                                                              \
        d[0] = 0;                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                           \
            sum += (W)(D)a[i];                                                                     \
            d[i + 1] = (D)sum;                                                                     \
        }                                                                                          \
        return 0;                                                                                  \
    }

RUNNING(i32, int32_t, uint32_t, u8, uint8_t)
RUNNING(i32, int32_t, uint32_t, i32, int32_t)
RUNNING(i64, int64_t, uint64_t, u8, uint8_t)
RUNNING(i64, int64_t, uint64_t, i32, int32_t)
RUNNING(i64, int64_t, uint64_t, i64, int64_t)

kernel_fn *kernel_running(enum elem to, enum elem from)
{
    static kernel_fn *const table[EL__COUNT][EL__COUNT] = {
        [EL_I32] = {[EL_U8] = running_u8_i32, [EL_I32] = running_i32_i32},
        [EL_I64] =
            {[EL_U8] = running_u8_i64, [EL_I32] = running_i32_i64, [EL_I64] = running_i64_i64},
    };

    return table[to][from];
}

#define DIFFERENCE(name, T, W)                                                                     \
    KERNEL static size_t name(KERNEL_ARGS)                                                         \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict first = bv;                                                       \
        W before = (W)a[first[0]];                                                                 \
        (void)cv, (void)kc;                                                                        \
        for (size_t i = 0; i < n; i++) {                                                           \
            W after = (W)a[first[i + 1]];                                                          \
            d[i] = (T)(after - before);                                                            \
            before = after;                                                                        \
        }                                                                                          \
        return 0;                                                                                  \
    }

DIFFERENCE(difference_i32, int32_t, uint32_t)
DIFFERENCE(difference_i64, int64_t, uint64_t)

kernel_fn *kernel_difference(enum elem type)
{
    return type == EL_I32 ? difference_i32 : difference_i64;
}

/* ---- highest and lowest --------------------------------------------------------------------- */

#define EXTREME(name, T, better)                                                                   \
    static inline T name##_of(const T *a, uint32_t n, T best)                                      \
    {                                                                                              \
        for (uint32_t j = 0; j < n; j++)                                                           \
            best = a[j] better best ? a[j] : best;                                                 \
        return best;                                                                               \
    }                                                                                              \
    AGGREGATE(name, T, T, name##_of(a + f, m, (T)kc->k))

EXTREME(high_u8, uint8_t, >)
EXTREME(high_i32, int32_t, >)
EXTREME(high_i64, int64_t, >)
EXTREME(low_u8, uint8_t, <)
EXTREME(low_i32, int32_t, <)
EXTREME(low_i64, int64_t, <)

#define BY_TYPE(fn)                                                                                \
    {                                                                                              \
        fn##_u8, fn##_i32, fn##_i64                                                                \
    }
#define BY_TYPE_PICKED(fn)                                                                         \
    {                                                                                              \
        fn##_u8_picked, fn##_i32_picked, fn##_i64_picked                                           \
    }

kernel_fn *kernel_extreme(enum ir_op op, enum elem type, bool picked)
{
    static kernel_fn *const table[2][2][EL__COUNT] = {
        {BY_TYPE(high), BY_TYPE_PICKED(high)},
        {BY_TYPE(low), BY_TYPE_PICKED(low)},
    };

    return table[op == IR_LOW][picked][type];
}

/* ---- from subjects to members --------------------------------------------------------------- */

/*
 * Eight copies are written at each subject's first member, and the next subject writes over what
 * was too many.
 */
static inline void eight_u8(uint8_t *d, uint8_t x)
{
    uint64_t eight = x * ONES;

    memcpy(d, &eight, sizeof eight);
}

static inline void eight_i32(int32_t *d, int32_t x)
{
    int32_t eight[8] = {x, x, x, x, x, x, x, x};

    memcpy(d, eight, sizeof eight);
}

static inline void eight_i64(int64_t *d, int64_t x)
{
    int64_t eight[8] = {x, x, x, x, x, x, x, x};

    memcpy(d, eight, sizeof eight);
}

#define BCAST(name, T)                                                                             \
    KERNEL static size_t bcast_##name(KERNEL_ARGS)                                                 \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict first = bv;                                                       \
        (void)cv, (void)kc;                                                                        \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint32_t f = first[i], m = first[i + 1] - f;                                           \
            T x = a[i];                                                                            \
            eight_##name(d + f, x);                                                                \
            for (uint32_t j = 8; !FEW(m) && j < m; j++)                                            \
                d[f + j] = x;                                                                      \
        }                                                                                          \
        return 0;                                                                                  \
    }

BCAST(u8, uint8_t)
BCAST(i32, int32_t)
BCAST(i64, int64_t)

kernel_fn *kernel_bcast(enum elem type)
{
    static kernel_fn *const table[] = BY_TYPE(bcast);
    return table[type];
}

/* ---- rows picked out ------------------------------------------------------------------------ */

/* The flags of 64 masks as bits. */
static inline uint64_t mask_bits(const uint8_t *a)
{
    uint64_t bits = 0;

#ifdef __SSE2__
    for (unsigned j = 0; j < 4; j++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a + 16 * j));
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << (16 * j);
    }
#else
    for (unsigned j = 0; j < 8; j++)
        bits |= ((window(a + 8 * j) & ONES) * 0x0102040810204080u >> 56) << (8 * j);
#endif
    return bits;
}

/* Sixty-four at a time; then only the ones that are set cost. */
KERNEL static size_t compact(KERNEL_ARGS)
{
    uint32_t *restrict d = dv;
    const uint8_t *restrict a = av;
    size_t found = 0;
    (void)bv, (void)cv, (void)kc;

    for (size_t i = 0; i < n; i += 64) {
        uint64_t bits = mask_bits(a + i);
        if (n - i < 64)
            bits &= ((uint64_t)1 << (n - i)) - 1;
        for (; bits; bits &= bits - 1)
            d[found++] = (uint32_t)i + (uint32_t)__builtin_ctzll(bits);
    }
    return found;
}

/* Members come in order, so that their subjects are met in order too. */
size_t kernel_owner(KERNEL_ARGS)
{
    uint32_t *restrict d = dv;
    const uint32_t *restrict a = av;
    const uint32_t *restrict first = bv;
    size_t subjects = (size_t)kc->k, s = 0;
    (void)cv;

    for (size_t i = 0; i < n; i++) {
        size_t step = 1;
        while (s + step < subjects && first[s + step] <= a[i]) {
            s += step;
            step *= 2;
        }
        for (; step; step /= 2)
            if (s + step < subjects && first[s + step] <= a[i])
                s += step;
        d[i] = (uint32_t)s;
    }
    return 0;
}

#define GATHER(name, T)                                                                            \
    KERNEL static size_t name(KERNEL_ARGS)                                                         \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const uint32_t *restrict pick = bv;                                                        \
        (void)cv, (void)kc;                                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = a[pick[i]];                                                                     \
        return 0;                                                                                  \
    }

GATHER(gather_u8, uint8_t)
GATHER(gather_i32, int32_t)
GATHER(gather_i64, int64_t)

kernel_fn *kernel_gather(enum elem type)
{
    static kernel_fn *const table[] = BY_TYPE(gather);
    return table[type];
}

size_t kernel_mark(KERNEL_ARGS)
{
    uint8_t *restrict d = dv;
    const uint8_t *restrict a = av;
    const uint32_t *restrict pick = bv;
    (void)cv, (void)kc;

    for (size_t i = 0; i < n; i++)
        d[pick[i]] |= a[i] & 1;
    return 0;
}

/* ---- results -------------------------------------------------------------------------------- */

size_t kernel_add_at(KERNEL_ARGS)
{
    int64_t *restrict d = dv;
    const int64_t *restrict a = av;
    const uint32_t *restrict pick = bv;
    (void)cv, (void)kc;

    for (size_t i = 0; i < n; i++)
        d[pick[i]] += a[i];
    return 0;
}

KERNEL static size_t out_const(KERNEL_ARGS)
{
    int64_t *restrict d = dv;
    const int8_t *restrict a = av;
    int64_t k = kc->k;
    (void)bv, (void)cv;

    for (size_t i = 0; i < n; i++)
        d[i] = k & a[i];
    return 0;
}

size_t kernel_out_zero(KERNEL_ARGS)
{
    (void)av, (void)bv, (void)cv, (void)kc;
    memset(dv, 0, n * sizeof(int64_t));
    return 0;
}

size_t kernel_out_bytes(KERNEL_ARGS)
{
    (void)bv, (void)cv, (void)kc;
    memcpy(dv, av, n);
    return 0;
}

KERNEL static size_t out_bits(KERNEL_ARGS)
{
    uint64_t *restrict d = dv;
    const uint8_t *restrict a = av;
    (void)bv, (void)cv, (void)kc;

    for (size_t i = 0; i < n; i++)
        d[i] = a[i];
    return 0;
}

KERNEL static size_t out_bits2(KERNEL_ARGS)
{
    uint64_t *restrict d = dv;
    const uint8_t *restrict a = av;
    const uint8_t *restrict b = bv;
    (void)cv, (void)kc;

    for (size_t i = 0; i < n; i++)
        d[i] = (uint64_t)a[i] | (uint64_t)b[i] << 8;
    return 0;
}

KERNEL static size_t or_bits(KERNEL_ARGS)
{
    uint64_t *restrict d = dv;
    const uint8_t *restrict a = av;
    int64_t k = kc->k;
    (void)bv, (void)cv;

    for (size_t i = 0; i < n; i++)
        d[i] |= (uint64_t)a[i] << k;
    return 0;
}

/* clang gives clones a name of their own, which other files wouldn't find. */
#define EXPORT(name)                                                                               \
    size_t kernel_##name(KERNEL_ARGS)                                                              \
    {                                                                                              \
        return name(n, dv, av, bv, cv, kc);                                                        \
    }

EXPORT(compact)
EXPORT(out_const)
EXPORT(out_bits)
EXPORT(out_bits2)
EXPORT(or_bits)

#ifndef HUIMIN_KERNEL_FLAGS
#define HUIMIN_KERNEL_FLAGS ""
#endif

const char *kernels_built_with(void)
{
    return HUIMIN_KERNEL_FLAGS;
}
