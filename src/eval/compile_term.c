/* Exact fractions over nodes: see compile.h. They are divided only where an amount is rounded. */
#include "eval/compile.h"

#include <string.h>

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

static int64_t times(struct ir *ir, int64_t a, int64_t b)
{
    int64_t out;

    if (!__builtin_mul_overflow(a, b, &out))
        return out;
    ir->overflow = true;
    return 1;
}

struct term term_node(node_id n)
{
    return (struct term){.n = n, .den = 1};
}

/* In lowest terms, as far as is known of the numerator. */
static struct term reduced(struct ir *ir, struct term t)
{
    int64_t content = ir_content(ir, t.n);

    if (content == 0)
        return term_node(t.n);
    int64_t g = gcd(content, t.den);
    t.n = ir_divide_exactly(ir, t.n, g);
    t.den /= g;
    return t;
}

struct term term_const(struct ir *ir, int64_t num, int64_t den)
{
    return reduced(ir, (struct term){.n = ir_const(ir, num), .den = den});
}

static bool has_divisor(const struct term *t, node_id by)
{
    for (size_t i = 0; i < t->n_by; i++)
        if (t->by[i] == by)
            return true;
    return false;
}

static void divisor_add(struct ir *ir, struct term *t, node_id by)
{
    if (t->n_by == TERM_DIVISORS)
        ir->overflow = true;
    else
        t->by[t->n_by++] = by;
}

/* How often is `by` among the divisors? */
static size_t divisor_times(const struct term *t, node_id by)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n_by; i++)
        n += t->by[i] == by;
    return n;
}

/* Multiply the numerator by the divisors that t lacks against `other`, and take them on. */
static void take_on(struct ir *ir, struct term *t, const struct term *other)
{
    for (size_t i = 0; i < other->n_by; i++) {
        if (divisor_times(t, other->by[i]) >= divisor_times(other, other->by[i]))
            continue;
        t->n = ir_mul(ir, t->n, other->by[i]);
        divisor_add(ir, t, other->by[i]);
    }
}

void term_common(struct ir *ir, struct term *a, struct term *b)
{
    int64_t g = gcd(a->den, b->den), fa = b->den / g, fb = a->den / g;

    a->n = ir_mulk(ir, a->n, fa);
    b->n = ir_mulk(ir, b->n, fb);
    a->den = times(ir, a->den, fa);
    b->den = a->den;
    take_on(ir, a, b);
    take_on(ir, b, a);
}

struct term term_add(struct ir *ir, struct term a, struct term b, bool minus)
{
    term_common(ir, &a, &b);
    a.n = minus ? ir_sub(ir, a.n, b.n) : ir_add(ir, a.n, b.n);
    return reduced(ir, a);
}

/* a times the node: a divisor that it is falls away. */
static struct term times_node(struct ir *ir, struct term a, node_id n)
{
    for (size_t i = 0; i < a.n_by; i++) {
        if (a.by[i] != n)
            continue;
        a.by[i] = a.by[--a.n_by];
        return a;
    }
    a.n = ir_mul(ir, a.n, n);
    return a;
}

struct term term_mul(struct ir *ir, struct term a, struct term b)
{
    struct term t;

    if (has_divisor(&b, a.n)) {
        t = a;
        a = b;
        b = t;
    }
    t = times_node(ir, a, b.n);
    t.den = times(ir, a.den, b.den);
    for (size_t i = 0; i < b.n_by; i++)
        divisor_add(ir, &t, b.by[i]);
    return reduced(ir, t);
}

struct term term_div(struct ir *ir, struct term a, struct term b)
{
    struct node n = *ir_at(ir, b.n);
    int64_t content = ir_content(ir, b.n);

    if (content == 0 || n.hi <= 0) {
        if (n.op != IR_CONST || n.k == 0 || n.k == INT64_MIN) {
            ir->overflow = true;
            return a;
        }
    }
    /* Upside down. */
    struct term inverse = term_const(ir, n.op == IR_CONST && n.k < 0 ? -b.den : b.den, content);
    for (size_t i = 0; i < b.n_by; i++)
        inverse.n = ir_mul(ir, inverse.n, b.by[i]);
    if (n.op != IR_CONST)
        divisor_add(ir, &inverse, ir_divide_exactly(ir, b.n, content));
    return term_mul(ir, a, inverse);
}

struct term term_extreme(struct ir *ir, struct term a, struct term b, bool highest)
{
    term_common(ir, &a, &b);
    a.n = highest ? ir_max(ir, a.n, b.n) : ir_min(ir, a.n, b.n);
    return reduced(ir, a);
}

/* A divisor of 0 is sent elsewhere where its own value counts; it must not spoil the others. */
struct term term_guarded(struct ir *ir, struct term t)
{
    for (size_t i = 0; i < t.n_by; i++)
        t.by[i] = ir_max(ir, t.by[i], ir_const(ir, 1));
    return t;
}

struct term term_select(struct ir *ir, node_id mask, struct term a, struct term b)
{
    a = term_guarded(ir, a);
    b = term_guarded(ir, b);
    term_common(ir, &a, &b);
    a.n = ir_select(ir, mask, a.n, b.n);
    return reduced(ir, a);
}

struct term term_round(struct ir *ir, struct term a, enum rounding how, int64_t unit)
{
    node_id by = ir_const(ir, times(ir, a.den, unit)), n = a.n;

    if (a.den == 1 && a.n_by == 0 && unit == 1)
        return a;
    for (size_t i = 0; i < a.n_by; i++)
        by = ir_mul(ir, by, a.by[i]);
    if (how == ROUND_HALF_UP) {
        n = ir_add(ir, ir_mulk(ir, n, 2), by);
        by = ir_mulk(ir, by, 2);
    } else if (how == ROUND_UP) {
        n = ir_add(ir, n, ir_sub(ir, by, ir_const(ir, 1)));
    }
    return term_node(ir_mulk(ir, ir_floor(ir, n, by), unit));
}

node_id term_compare(struct ir *ir, enum rel rel, struct term a, struct term b)
{
    term_common(ir, &a, &b);
    int64_t g = gcd(ir_content(ir, a.n), ir_content(ir, b.n));
    if (g > 1) {
        a.n = ir_divide_exactly(ir, a.n, g);
        b.n = ir_divide_exactly(ir, b.n, g);
    }
    switch (rel) {
    case REL_LT:
        return ir_lt(ir, a.n, b.n);
    case REL_GE:
        return ir_not(ir, ir_lt(ir, a.n, b.n));
    case REL_GT:
        return ir_lt(ir, b.n, a.n);
    case REL_LE:
        return ir_not(ir, ir_lt(ir, b.n, a.n));
    case REL_EQ:
        return ir_eq(ir, a.n, b.n);
    case REL_NE:
    default:
        return ir_not(ir, ir_eq(ir, a.n, b.n));
    }
}

struct term term_table(struct ir *ir, node_id key, const int64_t *num, const int64_t *den, size_t n)
{
    struct term t = {.den = 1};
    int64_t *v = NEW_N(ir->arena, int64_t, n);

    for (size_t i = 0; i < n; i++)
        t.den = times(ir, t.den, den[i] / gcd(t.den, den[i]));
    for (size_t i = 0; i < n; i++)
        v[i] = times(ir, num[i], t.den / den[i]);
    t.n = ir_lut(ir, key, v, n);
    return reduced(ir, t);
}
