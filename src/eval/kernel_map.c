/* Element-wise kernels: see kernel.h and ir.def. */
#include "eval/kernel_clones.h"

#include "base/date.h"

/* One kernel over T (unsigned: W) for a value of type D. */
#define LOOP(name, D, T_, W_, value)                                                               \
    KERNEL static size_t name(KERNEL_ARGS)                                                         \
    {                                                                                              \
        typedef T_ T;                                                                              \
        typedef W_ W;                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        const T *restrict b = bv;                                                                  \
        T k = (T)kc->k, k2 = (T)kc->k2;                                                            \
        (void)b, (void)cv, (void)k, (void)k2, (void)sizeof(W);                                     \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (D)(value);                                                                     \
        return 0;                                                                                  \
    }

#define LOOPS_U8(op, v) LOOP(op##_u8, uint8_t, uint8_t, uint8_t, v)
#define LOOPS_WIDE(op, v)                                                                          \
    LOOP(op##_i32, int32_t, int32_t, uint32_t, v)                                                  \
    LOOP(op##_i64, int64_t, int64_t, uint64_t, v)
#define LOOPS_NUM(op, v) LOOPS_U8(op, v) LOOPS_WIDE(op, v)
#define TESTS_U8(op, v)  LOOP(op##_u8, uint8_t, uint8_t, uint8_t, -(v))
#define TESTS_WIDE(op, v)                                                                          \
    LOOP(op##_i32, uint8_t, int32_t, uint32_t, -(v))                                               \
    LOOP(op##_i64, uint8_t, int64_t, uint64_t, -(v))
#define TESTS_NUM(op, v) TESTS_U8(op, v) TESTS_WIDE(op, v)

#define NODE(op)
#define MAP2(op, types, v)  LOOPS_##types(op, v)
#define MAPK(op, types, v)  LOOPS_##types(op, v)
#define TEST2(op, types, v) TESTS_##types(op, v)
#define TESTK(op, types, v) TESTS_##types(op, v)
#include "eval/ir.def"
#undef NODE
#undef MAP2
#undef MAPK
#undef TEST2
#undef TESTK

kernel_fn *kernel_map(enum ir_op op, enum elem type)
{
#define ROW_U8(op)   [IR_##op] = {[EL_U8] = op##_u8},
#define ROW_WIDE(op) [IR_##op] = {[EL_I32] = op##_i32, [EL_I64] = op##_i64},
#define ROW_NUM(op)  [IR_##op] = {[EL_U8] = op##_u8, [EL_I32] = op##_i32, [EL_I64] = op##_i64},
#define NODE(op)
#define MAP2(op, types, v) ROW_##types(op)
#define MAPK               MAP2
#define TEST2              MAP2
#define TESTK              MAP2
    static kernel_fn *const table[IR__COUNT][EL__COUNT] = {
#include "eval/ir.def"
    };
#undef NODE
#undef MAP2
#undef MAPK
#undef TEST2
#undef TESTK

    return table[op][type];
}

/* ---- conversions, choices, tables ----------------------------------------------------------- */

#define CONVERT(to, D, from, T)                                                                    \
    KERNEL static size_t from##_##to(KERNEL_ARGS)                                                  \
    {                                                                                              \
        D *restrict d = dv;                                                                        \
        const T *restrict a = av;                                                                  \
        (void)bv, (void)cv, (void)kc;                                                              \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (D)a[i];                                                                        \
        return 0;                                                                                  \
    }

CONVERT(u8, uint8_t, i32, int32_t)
CONVERT(u8, uint8_t, i64, int64_t)
CONVERT(i32, int32_t, u8, uint8_t)
CONVERT(i32, int32_t, i64, int64_t)
CONVERT(i64, int64_t, u8, uint8_t)
CONVERT(i64, int64_t, i32, int32_t)

kernel_fn *kernel_convert(enum elem to, enum elem from)
{
    static kernel_fn *const table[EL__COUNT][EL__COUNT] = {
        [EL_U8] = {[EL_I32] = i32_u8, [EL_I64] = i64_u8},
        [EL_I32] = {[EL_U8] = u8_i32, [EL_I64] = i64_i32},
        [EL_I64] = {[EL_U8] = u8_i64, [EL_I32] = i32_i64},
    };

    return table[to][from];
}

/*
 * A mask byte spreads over T by its sign. LUT reads a table that has a place for every byte; where
 * the key is 0 or 1, two values are mixed instead, which vectorises.
 */
#define CHOICES(T, W, S, name)                                                                     \
    KERNEL static size_t fill_##name(KERNEL_ARGS)                                                  \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        T k = (T)kc->k;                                                                            \
        (void)av, (void)bv, (void)cv;                                                              \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = k;                                                                              \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t select_##name(KERNEL_ARGS)                                                \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const int8_t *restrict m = av;                                                             \
        const T *restrict a = bv;                                                                  \
        const T *restrict b = cv;                                                                  \
        (void)kc;                                                                                  \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (T)(b[i] ^ ((a[i] ^ b[i]) & (T)(S)m[i]));                                       \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t masked_##name(KERNEL_ARGS)                                                \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const int8_t *restrict m = av;                                                             \
        const T *restrict b = bv;                                                                  \
        (void)cv, (void)kc;                                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (T)(b[i] & (T)(S)m[i]);                                                         \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t pick_##name(KERNEL_ARGS)                                                  \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const int8_t *restrict m = av;                                                             \
        T k = (T)kc->k2, x = (T)((T)kc->k ^ (T)kc->k2);                                            \
        (void)bv, (void)cv;                                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (T)(k ^ (x & (T)(S)m[i]));                                                      \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t lut_##name(KERNEL_ARGS)                                                   \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const uint8_t *restrict a = av;                                                            \
        const T *restrict t = kc->table;                                                           \
        (void)bv, (void)cv;                                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = t[a[i]];                                                                        \
        return 0;                                                                                  \
    }                                                                                              \
    KERNEL static size_t lut2_##name(KERNEL_ARGS)                                                  \
    {                                                                                              \
        T *restrict d = dv;                                                                        \
        const uint8_t *restrict a = av;                                                            \
        const T *restrict t = kc->table;                                                           \
        T k = t[0], x = (T)(t[0] ^ t[1]);                                                          \
        (void)bv, (void)cv;                                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
            d[i] = (T)(k ^ (x & (T) - (S)(a[i] != 0)));                                            \
        return 0;                                                                                  \
    }

CHOICES(uint8_t, uint8_t, int8_t, u8)
CHOICES(int32_t, uint32_t, int32_t, i32)
CHOICES(int64_t, uint64_t, int64_t, i64)

#define BY_TYPE(fn) [EL_U8] = fn##_u8, [EL_I32] = fn##_i32, [EL_I64] = fn##_i64

kernel_fn *kernel_fill(enum elem type)
{
    static kernel_fn *const table[] = {BY_TYPE(fill)};
    return table[type];
}

kernel_fn *kernel_select(enum elem type)
{
    static kernel_fn *const table[] = {BY_TYPE(select)};
    return table[type];
}

kernel_fn *kernel_masked(enum elem type)
{
    static kernel_fn *const table[] = {BY_TYPE(masked)};
    return table[type];
}

kernel_fn *kernel_pick(enum elem type)
{
    static kernel_fn *const table[] = {BY_TYPE(pick)};
    return table[type];
}

kernel_fn *kernel_lut(enum elem type, bool two)
{
    static kernel_fn *const table[2][EL__COUNT] = {{BY_TYPE(lut)}, {BY_TYPE(lut2)}};
    return table[two][type];
}

/* ---- dates, division ------------------------------------------------------------------------ */

/* Both are rare: comparisons with a fixed number of years became comparisons of days. */
size_t kernel_years(KERNEL_ARGS)
{
    int32_t *restrict d = dv;
    const int32_t *restrict a = av;
    (void)bv, (void)cv;

    for (size_t i = 0; i < n; i++)
        d[i] = date_years(a[i], (day)kc->k);
    return 0;
}

size_t kernel_months(KERNEL_ARGS)
{
    int32_t *restrict d = dv;
    const int32_t *restrict a = av;
    (void)bv, (void)cv;

    for (size_t i = 0; i < n; i++)
        d[i] = date_months(a[i], (day)kc->k);
    return 0;
}

/* Rows with a divisor of 0 are redone exactly; here they must only not trap. */
static int64_t floor_div(int64_t a, int64_t b)
{
    if (b <= 0)
        return 0;
    int64_t q = a / b;
    return q - (a % b < 0);
}

size_t kernel_floor(KERNEL_ARGS)
{
    int64_t *restrict d = dv;
    const int64_t *restrict a = av;
    const int64_t *restrict b = bv;
    (void)cv, (void)kc;

    for (size_t i = 0; i < n; i++)
        d[i] = floor_div(a[i], b[i]);
    return 0;
}

size_t kernel_floor_k(KERNEL_ARGS)
{
    int64_t *restrict d = dv;
    const int64_t *restrict a = av;
    (void)bv, (void)cv;

    for (size_t i = 0; i < n; i++)
        d[i] = floor_div(a[i], kc->k);
    return 0;
}
