/* Masks, and what goes between subjects and members: see ir.h. */
#include "eval/ir.h"

#include <inttypes.h>

/* ---- tests ---------------------------------------------------------------------------------- */

node_id ir_truth(struct ir *ir, bool v)
{
    int64_t k = v ? 255 : 0;

    return ir_make(ir, (struct node){.op = IR_CONST, .mask = true, .k = k, .lo = k, .hi = k});
}

static node_id mask_node(struct ir *ir, enum ir_op op, node_id a, node_id b, int64_t k, int64_t k2)
{
    return ir_elementwise(
        ir, (struct node){.op = op, .mask = true, .a = a, .b = b, .k = k, .k2 = k2, .hi = 255});
}

static int64_t key_value(const int64_t *v, size_t n, int64_t key)
{
    return (size_t)key < n ? v[key] : 0;
}

/* A mask by key, from 0 and 1 by key. */
static node_id mask_lut(struct ir *ir, node_id key, int64_t *v, size_t n)
{
    const struct node *x = ir_at(ir, key);
    int64_t all = 1, any = 0;

    for (int64_t i = (int64_t)x->lo; i <= (int64_t)x->hi; i++) {
        all &= key_value(v, n, i);
        any |= key_value(v, n, i);
    }
    if (all || !any)
        return ir_truth(ir, all);
    /* One run of keys, or all but one run, is a comparison, and comparisons are seen through. */
    int64_t lo = (int64_t)x->lo, hi = (int64_t)x->hi, from, to;
    for (int yes = 1; yes >= 0; yes--) {
        for (from = lo; key_value(v, n, from) != yes;)
            from++;
        for (to = from; to < hi && key_value(v, n, to + 1) == yes;)
            to++;
        bool rest = false;
        for (int64_t i = to + 1; i <= hi; i++)
            rest |= key_value(v, n, i) == yes;
        if (!rest) {
            node_id in = ir_range(ir, key, from, to);
            return yes ? in : ir_not(ir, in);
        }
    }
    struct lut *lut = arena_alloc(ir->arena, sizeof *lut + n * sizeof *v, _Alignof(struct lut));
    lut->n = n;
    for (size_t i = 0; i < n; i++)
        lut->v[i] = v[i] ? 255 : 0;
    return ir_make(
        ir, (struct node){
                .op = IR_LUT, .mask = true, .level = x->level, .a = key, .lut = lut, .hi = 255});
}

static bool fold_lt(int64_t a, int64_t b, int64_t *out)
{
    *out = a < b;
    return true;
}

static bool fold_eq(int64_t a, int64_t b, int64_t *out)
{
    *out = a == b;
    return true;
}

/* A test of two tables by one key, or of a table and a constant, is a table. 0: not so. */
static node_id fold_test(struct ir *ir, node_id ia, node_id ib, ir_fold *fn)
{
    const struct node *a = ir_at(ir, ia), *b = ir_at(ir, ib);
    bool spread = a->op == IR_BCAST || b->op == IR_BCAST;
    node_id key;
    int64_t *v;
    size_t n;

    if (!ir_tabulate(ir, a->op == IR_BCAST ? a->a : ia, b->op == IR_BCAST ? b->a : ib, fn, &key, &v,
                     &n))
        return 0;
    if (!key)
        return ir_truth(ir, v[0]);
    if (spread && ir_at(ir, key)->level == LEVEL_MEMBER)
        return 0;
    node_id t = mask_lut(ir, key, v, n);
    return spread ? ir_spread(ir, t) : t;
}

enum { CHOICES_PUSHED = 4 }; /* one within the other; each level doubles the tests */

/* a < k for a that is worked out from something simpler: the test is made of that. 0: it is not. */
static node_id lt_pushed(struct ir *ir, const struct node *x, int64_t k)
{
    node_id a, b;
    int64_t t;

    switch ((int)x->op) {
    case IR_BCAST:
        return ir_spread(ir, ir_lt(ir, x->a, ir_const(ir, k)));
    case IR_MAXK: /* neither end decides, or the ranges had told: k is on x's side of the bound */
    case IR_MINK:
        return ir_lt(ir, x->a, ir_const(ir, k));
    case IR_CVT:
        return ir_lt(ir, x->a, ir_const(ir, k));
    case IR_ADDK:
        return __builtin_sub_overflow(k, x->k, &t) ? 0 : ir_lt(ir, x->a, ir_const(ir, t));
    case IR_RSUBK:
        if (__builtin_sub_overflow(x->k, k, &t) || t == INT64_MAX)
            return 0;
        return ir_not(ir, ir_lt(ir, x->a, ir_const(ir, t + 1)));
    case IR_MULK:
        if (x->k <= 0)
            return 0;
        return ir_lt(ir, x->a, ir_const(ir, k / x->k + (k % x->k > 0)));
    case IR_PICK:
        return ir_select(ir, x->a, ir_truth(ir, x->k < k), ir_truth(ir, x->k2 < k));
    case IR_SEL: /* two tests and bytes are less than a choice between wide numbers */
        if (x->type == EL_U8 || ir->choices >= CHOICES_PUSHED)
            return 0;
        ir->choices++;
        a = ir_lt(ir, x->b, ir_const(ir, k));
        b = ir_lt(ir, x->c, ir_const(ir, k));
        ir->choices--;
        return ir_select(ir, x->a, a, b);
    case IR_MASKED:
        return ir_select(ir, x->a, ir_lt(ir, x->b, ir_const(ir, k)), ir_truth(ir, 0 < k));
    default:
        return 0;
    }
}

/*
 * Completed years (months) since d fall below k just after some day: the last one with k of them.
 * The longer ago d is, the more there are, so it is found by halving.
 */
static node_id lt_since(struct ir *ir, const struct node *x, int64_t k)
{
    int (*fn)(day, day) = x->op == IR_YEARS ? date_years : date_months;
    const struct node *d = ir_at(ir, x->a);
    int64_t lo = (int64_t)d->lo, hi = (int64_t)d->hi + 1; /* fn(lo) >= k, fn(hi) < k */

    if (fn((day)lo, (day)x->k) < k) /* even the longest ago has fewer */
        return ir_truth(ir, true);
    while (hi - lo > 1) {
        int64_t mid = lo + (hi - lo) / 2;
        if (fn((day)mid, (day)x->k) >= k)
            lo = mid;
        else
            hi = mid;
    }
    return ir_not(ir, ir_lt(ir, x->a, ir_const(ir, hi)));
}

/* a = k for a that is worked out from something simpler. 0: it is not. */
static node_id eq_pushed(struct ir *ir, const struct node *x, int64_t k)
{
    node_id a, b;
    int64_t t;

    switch ((int)x->op) {
    case IR_BCAST:
        return ir_spread(ir, ir_eq(ir, x->a, ir_const(ir, k)));
    case IR_CVT:
        return ir_eq(ir, x->a, ir_const(ir, k));
    case IR_ADDK:
        return __builtin_sub_overflow(k, x->k, &t) ? 0 : ir_eq(ir, x->a, ir_const(ir, t));
    case IR_RSUBK:
        return __builtin_sub_overflow(x->k, k, &t) ? 0 : ir_eq(ir, x->a, ir_const(ir, t));
    case IR_PICK:
        return ir_select(ir, x->a, ir_truth(ir, x->k == k), ir_truth(ir, x->k2 == k));
    case IR_SEL:
        if (x->type == EL_U8 || ir->choices >= CHOICES_PUSHED)
            return 0;
        ir->choices++;
        a = ir_eq(ir, x->b, ir_const(ir, k));
        b = ir_eq(ir, x->c, ir_const(ir, k));
        ir->choices--;
        return ir_select(ir, x->a, a, b);
    case IR_MASKED:
        return ir_select(ir, x->a, ir_eq(ir, x->b, ir_const(ir, k)), ir_truth(ir, k == 0));
    case IR_MAXK: /* at its bound a is anything on that side */
        t = x->k == k;
        return t ? ir_lt(ir, x->a, ir_const(ir, k + 1)) : ir_eq(ir, x->a, ir_const(ir, k));
    case IR_MINK:
        t = x->k == k;
        return t ? ir_not(ir, ir_lt(ir, x->a, ir_const(ir, k))) : ir_eq(ir, x->a, ir_const(ir, k));
    case IR_YEARS:
    case IR_MONTHS:
        return ir_and(ir, lt_since(ir, x, k + 1), ir_not(ir, lt_since(ir, x, k)));
    default:
        return 0;
    }
}

node_id ir_lt(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f;

    if (a == b || x.lo >= y.hi)
        return ir_truth(ir, false);
    if (x.hi < y.lo)
        return ir_truth(ir, true);
    if ((f = fold_test(ir, a, b, fold_lt)))
        return f;
    if (x.op == IR_CONST)
        return ir_not(ir, ir_lt(ir, b, ir_const(ir, x.k + 1)));
    if (y.op == IR_CONST) {
        if (x.op == IR_YEARS || x.op == IR_MONTHS)
            return lt_since(ir, &x, y.k);
        if (y.k == x.lo + 1)
            return ir_eq(ir, a, ir_const(ir, y.k - 1));
        if ((f = lt_pushed(ir, &x, y.k)))
            return f;
        struct node n = {.op = IR_LTK, .mask = true, .a = a, .k = y.k, .hi = 255};
        return ir_elementwise(ir, n);
    }
    enum elem t = x.type > y.type ? x.type : y.type;
    struct node n = {
        .op = IR_LT, .mask = true, .a = ir_as(ir, a, t), .b = ir_as(ir, b, t), .hi = 255};
    return ir_elementwise(ir, n);
}

node_id ir_eq(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f;

    if (a == b)
        return ir_truth(ir, true);
    if (x.hi < y.lo || y.hi < x.lo)
        return ir_truth(ir, false);
    if ((f = fold_test(ir, a, b, fold_eq)))
        return f;
    if (x.op == IR_CONST)
        return ir_eq(ir, b, a);
    if (y.op == IR_CONST) {
        if ((f = eq_pushed(ir, &x, y.k)))
            return f;
        return mask_node(ir, IR_EQK, a, 0, y.k, 0);
    }
    enum elem t = x.type > y.type ? x.type : y.type;
    return mask_node(ir, IR_EQ, ir_as(ir, a, t), ir_as(ir, b, t), 0, 0);
}

node_id ir_range(struct ir *ir, node_id a, int64_t lo, int64_t hi)
{
    struct node x = *ir_at(ir, a);
    bool plain = x.op == IR_FACT || x.op == IR_COUNT || x.op == IR_SIZE;

    if (lo > hi)
        return ir_truth(ir, false);
    if (lo == hi && plain)
        return ir_eq(ir, a, ir_const(ir, lo));
    if (plain && x.type == EL_U8 && lo > x.lo && hi < x.hi)
        return mask_node(ir, IR_RANGEK, a, 0, lo, hi - lo);
    node_id below = ir_lt(ir, a, ir_const(ir, lo));
    node_id within = hi >= x.hi ? ir_truth(ir, true) : ir_lt(ir, a, ir_const(ir, hi + 1));
    return ir_and(ir, within, ir_not(ir, below));
}

/* ---- logic ---------------------------------------------------------------------------------- */

/* Does a hold only where `of` has the answer `yes`? Looks into "and" and "not" for a few steps. */
static bool implies(const struct ir *ir, node_id a, node_id of, bool yes, int *steps)
{
    const struct node *x = ir_at(ir, a), *y;

    if (a == of)
        return yes;
    if (--*steps < 0)
        return false;
    switch ((int)x->op) {
    case IR_NOT: /* not (p or q): neither p nor q */
        y = ir_at(ir, x->a);
        if (x->a == of)
            return !yes;
        return y->op == IR_OR && !yes && (y->a == of || y->b == of);
    case IR_AND:
        return implies(ir, x->a, of, yes, steps) || implies(ir, x->b, of, yes, steps);
    case IR_ANDN:
        return (x->b == of && !yes) || implies(ir, x->a, of, yes, steps);
    case IR_BCAST:
        y = ir_at(ir, of);
        return y->op == IR_BCAST && implies(ir, x->a, y->a, yes, steps);
    default:
        return false;
    }
}

/* Does a hold only where b has the answer `yes`, b perhaps a negation? */
static bool settles(const struct ir *ir, node_id a, node_id b, bool yes)
{
    const struct node *y = ir_at(ir, b);
    int steps = 40;

    return y->op == IR_NOT ? implies(ir, a, y->a, !yes, &steps) : implies(ir, a, b, yes, &steps);
}

node_id ir_not(struct ir *ir, node_id a)
{
    struct node x = *ir_at(ir, a);

    if (x.op == IR_CONST)
        return ir_truth(ir, !x.k);
    if (x.op == IR_NOT)
        return x.a;
    if (x.op == IR_LUT) {
        int64_t *v = NEW_N(ir->arena, int64_t, x.lut->n);
        for (size_t i = 0; i < x.lut->n; i++)
            v[i] = !x.lut->v[i];
        return mask_lut(ir, x.a, v, x.lut->n);
    }
    return mask_node(ir, IR_NOT, a, 0, 0, 0);
}

node_id ir_and(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (x.op == IR_CONST)
        return x.k ? b : a;
    if (y.op == IR_CONST)
        return y.k ? a : b;
    if (settles(ir, a, b, true))
        return a;
    if (settles(ir, b, a, true))
        return b;
    if (settles(ir, a, b, false) || settles(ir, b, a, false))
        return ir_truth(ir, false);
    if (x.op == IR_NOT && y.op == IR_NOT)
        return ir_not(ir, ir_or(ir, x.a, y.a));
    if (y.op == IR_NOT)
        return mask_node(ir, IR_ANDN, a, y.a, 0, 0);
    if (x.op == IR_NOT)
        return mask_node(ir, IR_ANDN, b, x.a, 0, 0);
    return mask_node(ir, IR_AND, a < b ? a : b, a < b ? b : a, 0, 0);
}

node_id ir_or(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (x.op == IR_CONST)
        return x.k ? a : b;
    if (y.op == IR_CONST)
        return y.k ? b : a;
    if (settles(ir, a, b, true))
        return b;
    if (settles(ir, b, a, true))
        return a;
    if (x.op == IR_NOT || y.op == IR_NOT)
        return ir_not(ir, ir_and(ir, ir_not(ir, a), ir_not(ir, b)));
    return mask_node(ir, IR_OR, a < b ? a : b, a < b ? b : a, 0, 0);
}

node_id ir_bit(struct ir *ir, node_id mask, uint8_t bits)
{
    if (ir_is_const(ir, mask) || bits == 0)
        return ir_const(ir, bits ? ir_at(ir, mask)->k & bits : 0);
    return ir_elementwise(ir, (struct node){.op = IR_ANDK, .a = mask, .k = bits, .hi = bits});
}

node_id ir_merge(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (x.op == IR_CONST && x.k == 0)
        return b;
    if (y.op == IR_CONST && y.k == 0)
        return a;
    if (x.op == IR_CONST && y.op == IR_CONST)
        return ir_const(ir, x.k | y.k);
    return ir_elementwise(ir, (struct node){.op = IR_OR, .a = a, .b = b, .hi = 255});
}

/* ---- subjects and members ------------------------------------------------------------------- */

node_id ir_unknown(struct ir *ir, uint32_t leaf, enum level level)
{
    node_id raw = ir_make(ir, (struct node){.op = IR_UNKNOWN, .level = level, .k = leaf, .hi = 1});

    return ir_eq(ir, raw, ir_const(ir, 1));
}

node_id ir_spread(struct ir *ir, node_id a)
{
    struct node x = *ir_at(ir, a);

    if (x.level != LEVEL_SUBJECT)
        return a;
    x.op = IR_BCAST;
    x.level = LEVEL_MEMBER;
    x.a = a;
    x.b = x.c = 0;
    x.k = x.k2 = 0;
    x.lut = NULL;
    return ir_make(ir, x);
}

static node_id anybody(struct ir *ir)
{
    return ir_not(ir, ir_eq(ir, ir_size(ir), ir_const(ir, 0)));
}

/*
 * What a mask (yes), or its opposite, asks of the member himself; what it asks of his family as a
 * whole is added to *family.
 */
static node_id split_family(struct ir *ir, node_id mask, bool yes, node_id *family)
{
    struct node x = *ir_at(ir, mask);

    if (x.op == IR_BCAST) {
        *family = ir_and(ir, *family, yes ? x.a : ir_not(ir, x.a));
        return ir_truth(ir, true);
    }
    if (x.op == IR_NOT)
        return split_family(ir, x.a, !yes, family);
    if (x.op == (yes ? IR_AND : IR_OR) || (x.op == IR_ANDN && yes)) {
        node_id a = split_family(ir, x.a, yes, family);
        return ir_and(ir, a, split_family(ir, x.b, yes && x.op != IR_ANDN, family));
    }
    return yes ? mask : ir_not(ir, mask);
}

node_id ir_any(struct ir *ir, node_id mask)
{
    struct node x = *ir_at(ir, mask);
    node_id family = ir_truth(ir, true), rest;

    if (x.op == IR_CONST && !x.k)
        return mask;
    if (x.level != LEVEL_MEMBER)
        return ir_and(ir, mask, anybody(ir));
    rest = split_family(ir, mask, true, &family);
    if (!ir_is_const(ir, family))
        return ir_and(ir, family, ir_any(ir, rest));
    return ir_make(
        ir,
        (struct node){.op = IR_ANY, .mask = true, .level = LEVEL_SUBJECT, .a = mask, .hi = 255});
}

node_id ir_count(struct ir *ir, node_id mask)
{
    struct node x = *ir_at(ir, mask), size = *ir_at(ir, ir_size(ir));

    if (x.level != LEVEL_MEMBER)
        return ir_select(ir, mask, ir_size(ir), ir_const(ir, 0));
    return ir_make(ir, (struct node){.op = IR_COUNT,
                                     .type = size.type,
                                     .level = LEVEL_SUBJECT,
                                     .a = mask,
                                     .hi = ir->size_max});
}

/* Without the width that only a product around it asked for. */
static node_id narrowed(struct ir *ir, node_id a)
{
    struct node x = *ir_at(ir, a);
    enum elem t = ir_type_for(x.lo, x.hi);

    if (x.op == IR_BCAST)
        return ir_spread(ir, narrowed(ir, x.a));
    if (x.op == IR_CVT && ir_at(ir, x.a)->type < x.type)
        return x.a;
    if (x.op == IR_LUT)
        return ir_as(ir, a, t);
    return x.op == IR_FACT && x.type == EL_I64 && t != EL_I64 ? ir_as(ir, a, EL_I32) : a;
}

node_id ir_sum(struct ir *ir, node_id in, node_id a)
{
    a = narrowed(ir, a);
    struct node x = *ir_at(ir, a);

    if (x.level != LEVEL_MEMBER)
        return ir_mul(ir, ir_count(ir, in), a);
    if (x.op == IR_BCAST)
        return ir_mul(ir, ir_count(ir, in), x.a);
    if (x.op == IR_MULK)
        return ir_mulk(ir, ir_sum(ir, in, x.a), x.k);
    if (x.op == IR_MUL && ir_at(ir, x.b)->op == IR_BCAST)
        return ir_mul(ir, ir_sum(ir, in, x.a), narrowed(ir, ir_at(ir, x.b)->a));
    if (x.op == IR_MUL && ir_at(ir, x.a)->op == IR_BCAST)
        return ir_mul(ir, ir_sum(ir, in, x.b), narrowed(ir, ir_at(ir, x.a)->a));
    node_id each = ir_spread(ir, ir_select(ir, in, a, ir_const(ir, 0)));
    x = *ir_at(ir, each);
    if (x.level != LEVEL_MEMBER)
        return ir_mul(ir, ir_size(ir), each);
    struct node n = {.op = IR_SUM, .level = LEVEL_SUBJECT, .a = each};
    n.lo = x.lo < 0 ? x.lo * ir->size_max : 0;
    n.hi = x.hi > 0 ? x.hi * ir->size_max : 0;
    if (n.lo < INT64_MIN || n.hi > INT64_MAX)
        return ir_too_large(ir);
    n.type = ir_type_for(n.lo, n.hi) == EL_I64 || x.type == EL_I64 ? EL_I64 : EL_I32;
    return ir_make(ir, n);
}

node_id ir_extreme(struct ir *ir, bool highest, node_id in, node_id a, node_id none)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, none), who = *ir_at(ir, in);

    if (who.op == IR_CONST && !who.k)
        return none;
    if (x.level != LEVEL_MEMBER)
        return ir_select(ir, ir_any(ir, in), a, none);
    /* One that can't win stands for who is not in, and for nobody. */
    int64_t end = (int64_t)(highest ? x.lo : x.hi);
    bool covers = y.op == IR_CONST && (highest ? y.k <= end : y.k >= end);
    end = covers ? y.k : end;
    node_id each = ir_spread(ir, ir_select(ir, in, a, ir_const(ir, end)));
    x = *ir_at(ir, each);
    if (x.level != LEVEL_MEMBER)
        return ir_select(ir, anybody(ir), each, none);
    struct node n = {.op = highest ? IR_HIGH : IR_LOW,
                     .type = x.type,
                     .level = LEVEL_SUBJECT,
                     .a = each,
                     .k = end,
                     .lo = x.lo < end ? x.lo : end,
                     .hi = x.hi > end ? x.hi : end};
    enum elem t = ir_type_for(n.lo, n.hi);
    if (t > n.type) {
        n.type = t;
        n.a = ir_as(ir, each, t);
    }
    node_id best = ir_make(ir, n);
    return covers ? best : ir_select(ir, ir_any(ir, in), best, none);
}

/* ---- as text -------------------------------------------------------------------------------- */

void ir_dump(const struct ir *ir, node_id id, struct sbuf *out)
{
#define NODE(op)           #op,
#define MAP2(op, types, v) #op,
#define MAPK               MAP2
#define TEST2              MAP2
#define TESTK              MAP2
    static const char *const names[] = {
#include "eval/ir.def"
    };
#undef NODE
#undef MAP2
#undef MAPK
#undef TEST2
#undef TESTK
    static const char types[] = "bil", levels[] = "-sm";
    const struct node *n = ir_at(ir, id);

    sbuf_fmt(out, "%s%c%c", names[n->op], levels[n->level], n->mask ? 'm' : types[n->type]);
    if (n->k || n->k2)
        sbuf_fmt(out, "[%" PRId64 ",%" PRId64 "]", n->k, n->k2);
    for (size_t i = 0; n->lut && i < n->lut->n; i++)
        sbuf_fmt(out, "%c%" PRId64, i ? ',' : '{', n->lut->v[i]);
    sbuf_addz(out, n->lut ? "}" : "");
    const node_id args[] = {n->a, n->b, n->c};
    for (size_t i = 0; i < 3 && args[i]; i++) {
        sbuf_addz(out, i ? ", " : "(");
        ir_dump(ir, args[i], out);
    }
    sbuf_addz(out, n->a ? ")" : "");
}
