/*
 * Exact arithmetic on 128-bit fractions. Products are formed from magnitudes (u128), because the
 * overflow builtins on signed 128-bit integers need a run-time library that not every compiler
 * brings along.
 */
#include "base/money.h"

#include <assert.h>
#include <string.h>
#include "base/arena.h"

#define I128_MAX ((i128)(~(u128)0 >> 1))

static u128 magnitude(i128 v)
{
    return v < 0 ? -(u128)v : (u128)v;
}

static u128 gcd(u128 a, u128 b)
{
    while (b) {
        u128 r;
        if (a >> 64 == 0 && b >> 64 == 0) {
            uint64_t x = (uint64_t)a, y = (uint64_t)b;
            while (y) {
                uint64_t z = x % y;
                x = y;
                y = z;
            }
            return x;
        }
        r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* The 256-bit product: *hi * 2^128 + the result. */
static u128 mul_wide(u128 a, u128 b, u128 *hi)
{
    u128 low = ~(u128)0 >> 64;
    u128 ll = (a & low) * (b & low), lh = (a & low) * (b >> 64);
    u128 hl = (a >> 64) * (b & low), hh = (a >> 64) * (b >> 64);
    u128 mid = (ll >> 64) + (lh & low) + (hl & low);

    *hi = hh + (lh >> 64) + (hl >> 64) + (mid >> 64);
    return mid << 64 | (ll & low);
}

static bool mul(u128 a, u128 b, u128 *out)
{
    u128 hi;

    *out = mul_wide(a, b, &hi);
    return hi == 0;
}

/* A signed value from its parts; false when it does not fit. */
static bool with_sign(bool minus, u128 v, i128 *out)
{
    if (v > (u128)I128_MAX + minus)
        return false;
    *out = minus ? (i128)-v : (i128)v;
    return true;
}

/* A fraction that is in lowest terms already; false when it does not fit. */
static bool make(bool minus, u128 num, u128 den, rat *out)
{
    rat r;

    if (!with_sign(minus, num, &r.num) || !with_sign(false, den, &r.den))
        return false;
    *out = r;
    return true;
}

rat rat_int(int64_t n)
{
    return (rat){n, 1};
}

rat rat_of(i128 num, i128 den)
{
    rat r = {0, 1};
    u128 g;
    bool fits;

    assert(den != 0);
    g = gcd(magnitude(num), magnitude(den));
    fits = make((num < 0) != (den < 0), magnitude(num) / g, magnitude(den) / g, &r);
    assert(fits);
    return r;
}

bool rat_add(rat a, rat b, rat *out)
{
    u128 g = gcd((u128)a.den, (u128)b.den);
    u128 x, y, num, den;
    bool minus = a.num < 0;

    if (!mul(magnitude(a.num), (u128)b.den / g, &x) || !mul(magnitude(b.num), (u128)a.den / g, &y))
        return false;
    if (minus == (b.num < 0)) {
        num = x + y;
        if (num < x)
            return false;
    } else if (x >= y) {
        num = x - y;
    } else {
        num = y - x;
        minus = !minus;
    }
    /* Only a factor of g can be left to cancel (Knuth, 4.5.1). */
    x = gcd(num, g);
    return mul((u128)a.den / g, (u128)b.den / x, &den) && make(minus, num / x, den, out);
}

bool rat_sub(rat a, rat b, rat *out)
{
    if (!with_sign(b.num >= 0, magnitude(b.num), &b.num))
        return false;
    return rat_add(a, b, out);
}

bool rat_mul(rat a, rat b, rat *out)
{
    u128 g = gcd(magnitude(a.num), (u128)b.den);
    u128 h = gcd(magnitude(b.num), (u128)a.den);
    u128 num, den;

    return mul(magnitude(a.num) / g, magnitude(b.num) / h, &num) &&
           mul((u128)a.den / h, (u128)b.den / g, &den) &&
           make((a.num < 0) != (b.num < 0), num, den, out);
}

bool rat_div(rat a, rat b, rat *out)
{
    rat inverse;

    if (b.num == 0 || !make(b.num < 0, (u128)b.den, magnitude(b.num), &inverse))
        return false;
    return rat_mul(a, inverse, out);
}

bool rat_cmp(rat a, rat b, int *out)
{
    u128 ah, al, bh, bl;
    int c;

    if ((a.num < 0) != (b.num < 0)) {
        *out = a.num < 0 ? -1 : 1;
        return true;
    }
    al = mul_wide(magnitude(a.num), (u128)b.den, &ah);
    bl = mul_wide(magnitude(b.num), (u128)a.den, &bh);
    c = ah != bh ? (ah > bh) - (ah < bh) : (al > bl) - (al < bl);
    *out = a.num < 0 ? -c : c;
    return true;
}

bool rat_is_int(rat a)
{
    return a.den == 1;
}

/* The quotient towards minus infinity, and what is left, in [0, b). */
static i128 floor_div(i128 a, i128 b, i128 *left)
{
    i128 q = a / b, r = a % b;

    if (r < 0) {
        q--;
        r += b;
    }
    *left = r;
    return q;
}

bool rat_round(rat a, enum rounding how, int64_t unit, rat *out)
{
    i128 part, rest, units;
    u128 v;
    bool up;

    assert(unit > 0);
    units = floor_div(floor_div(a.num, a.den, &part), unit, &rest);
    /* a = units * unit + rest + part / a.den, so nothing below can overflow but the last step. */
    switch (how) {
    case ROUND_UP:
        up = rest > 0 || part > 0;
        break;
    case ROUND_HALF_UP:
        up = 2 * rest + (part >= a.den - part) >= unit;
        break;
    case ROUND_DOWN:
    default:
        up = false;
        break;
    }
    units += up;
    *out = (rat){0, 1};
    return mul(magnitude(units), (u128)unit, &v) && with_sign(units < 0, v, &out->num);
}

bool rat_fen(rat a, int64_t *out)
{
    if (a.den != 1 || a.num < INT64_MIN || a.num > INT64_MAX)
        return false;
    *out = (int64_t)a.num;
    return true;
}

char *money_text(int64_t fen, bool group, char out[32])
{
    uint64_t v = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;
    char back[32];
    size_t n = 0, digits = 0;

    for (; digits < 3 || v; digits++, v /= 10) {
        if (digits == 2)
            back[n++] = '.';
        else if (group && digits > 2 && (digits - 2) % 3 == 0)
            back[n++] = ',';
        back[n++] = (char)('0' + v % 10);
    }
    if (fen < 0)
        back[n++] = '-';
    for (size_t i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    out[n] = '\0';
    return out;
}

bool money_parse(str s, int64_t *fen)
{
    str whole, part;
    char text[40];
    bool dot = str_cut(s, '.', &whole, &part);

    if (whole.n == 0 || whole.n > 32 || (dot && (part.n == 0 || part.n > 2)) ||
        whole.p[whole.n - 1] == '-')
        return false;
    /* The digits without the dot, filled up to fen, are the number. */
    memcpy(text, whole.p, whole.n);
    memcpy(text + whole.n, "00", 2);
    if (part.n)
        memcpy(text + whole.n, part.p, part.n);
    return str_int((str){text, whole.n + 2}, fen);
}

/* v in decimal at the end of out[64]; returns where it begins. */
static char *u128_text(u128 v, char out[64])
{
    char *p = out + 63;

    *p = '\0';
    do {
        *--p = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v);
    return p;
}

/* Whether a / den comes to an end in decimals; then how many there are. */
static bool ends(u128 den, size_t *decimals)
{
    size_t twos = 0, fives = 0;

    for (; den % 2 == 0; den /= 2)
        twos++;
    for (; den % 5 == 0; den /= 5)
        fives++;
    *decimals = twos > fives ? twos : fives;
    return den == 1;
}

/* Above this a remainder times ten might pass 128 bits: such a number is shown as a fraction. */
#define DECIMAL_DEN_MAX ((u128)1 << 120)

static str fraction_text(struct arena *a, rat v, bool mixed)
{
    const char *sign = v.num < 0 ? "-" : "";
    u128 num = magnitude(v.num), den = (u128)v.den, rest;
    char w[64], n[64], d[64], part[130];
    size_t decimals;

    if (den == 1)
        return str_fmt(a, "%s%s", sign, u128_text(num, w));
    if (den <= DECIMAL_DEN_MAX && ends(den, &decimals)) {
        rest = num % den;
        for (size_t i = 0; i < decimals; i++, rest %= den) {
            rest *= 10;
            part[i] = (char)('0' + (int)(rest / den));
        }
        return str_fmt(a, "%s%s.%.*s", sign, u128_text(num / den, w), (int)decimals, part);
    }
    if (mixed && num > den)
        return str_fmt(a, "%s%s %s/%s", sign, u128_text(num / den, w), u128_text(num % den, n),
                       u128_text(den, d));
    return str_fmt(a, "%s%s/%s", sign, u128_text(num, n), u128_text(den, d));
}

str rat_yuan_text(struct arena *a, rat fen)
{
    rat yuan;

    if (!rat_div(fen, rat_int(100), &yuan))
        return str_fmt(a, "%.*s/100", STR_ARG(fraction_text(a, fen, false)));
    return fraction_text(a, yuan, true);
}

str rat_text(struct arena *a, rat v)
{
    return fraction_text(a, v, false);
}
