/* The graph itself, and its numbers: see ir.h. Masks and aggregates are in ir_mask.c. */
#include "eval/ir.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ---- equal nodes are one -------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t node_hash(const struct node *n)
{
    uint64_t h = mix(mix((uint64_t)n->op << 8 | (uint64_t)n->type, n->a), n->b);

    h = mix(mix(mix(h, n->c), (uint64_t)n->k), (uint64_t)n->k2);
    h = mix(h, (uint64_t)n->level << 1 | n->mask);
    for (size_t i = 0; n->lut && i < n->lut->n; i++)
        h = mix(h, (uint64_t)n->lut->v[i]);
    return h;
}

static bool lut_equal(const struct lut *a, const struct lut *b)
{
    if (!a || !b)
        return a == b;
    return a->n == b->n && memcmp(a->v, b->v, a->n * sizeof *a->v) == 0;
}

static bool node_equal(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->type == b->type && a->level == b->level && a->mask == b->mask &&
           a->a == b->a && a->b == b->b && a->c == b->c && a->k == b->k && a->k2 == b->k2 &&
           lut_equal(a->lut, b->lut);
}

static void slots_insert(struct ir *ir, node_id id)
{
    size_t at = node_hash(ir_at(ir, id)) & (ir->n_slots - 1);

    while (ir->slots[at])
        at = (at + 1) & (ir->n_slots - 1);
    ir->slots[at] = id;
}

void ir_init(struct ir *ir, struct arena *a, int64_t size_max)
{
    *ir = (struct ir){.arena = a, .size_max = size_max, .n_slots = 512};
    ir->slots = NEW_N(a, uint32_t, ir->n_slots);
    VEC_PUSH(a, &ir->nodes);
}

node_id ir_make(struct ir *ir, struct node n)
{
    size_t at = node_hash(&n) & (ir->n_slots - 1);

    for (; ir->slots[at]; at = (at + 1) & (ir->n_slots - 1))
        if (node_equal(ir_at(ir, ir->slots[at]), &n))
            return ir->slots[at];
    node_id id = (node_id)ir->nodes.n;
    *VEC_PUSH(ir->arena, &ir->nodes) = n;
    if (ir->nodes.n * 2 > ir->n_slots) {
        ir->n_slots *= 2;
        ir->slots = NEW_N(ir->arena, uint32_t, ir->n_slots);
        for (node_id i = 1; i < id; i++)
            slots_insert(ir, i);
    }
    slots_insert(ir, id);
    return id;
}

/* ---- ranges and types ----------------------------------------------------------------------- */

enum elem ir_type_for(i128 lo, i128 hi)
{
    if (lo >= 0 && hi <= UINT8_MAX)
        return EL_U8;
    return lo >= INT32_MIN && hi <= INT32_MAX ? EL_I32 : EL_I64;
}

static bool fits(i128 lo, i128 hi)
{
    return lo >= INT64_MIN && hi <= INT64_MAX;
}

node_id ir_too_large(struct ir *ir)
{
    ir->overflow = true;
    return ir_const(ir, 0);
}

bool ir_is_const(const struct ir *ir, node_id a)
{
    return ir_at(ir, a)->op == IR_CONST;
}

node_id ir_const(struct ir *ir, int64_t k)
{
    return ir_make(
        ir, (struct node){.op = IR_CONST, .type = ir_type_for(k, k), .k = k, .lo = k, .hi = k});
}

node_id ir_as(struct ir *ir, node_id a, enum elem type)
{
    struct node n = *ir_at(ir, a);

    if (n.type == type || n.op == IR_CONST)
        return a;
    if (n.op == IR_LUT) {
        n.type = type;
        return ir_make(ir, n);
    }
    if (n.op == IR_BCAST)
        return ir_spread(ir, ir_as(ir, n.a, type));
    if (n.op == IR_CVT && ir_at(ir, n.a)->type == type)
        return n.a;
    return ir_make(
        ir, (struct node){
                .op = IR_CVT, .type = type, .level = n.level, .a = a, .lo = n.lo, .hi = n.hi});
}

node_id ir_fact(struct ir *ir, uint32_t leaf, enum elem type, enum level level, int64_t lo,
                int64_t hi)
{
    enum elem narrow = ir_type_for(lo, hi);
    node_id id = ir_make(
        ir,
        (struct node){.op = IR_FACT, .type = type, .level = level, .k = leaf, .lo = lo, .hi = hi});

    if (lo == hi)
        return ir_const(ir, lo);
    return type == EL_I64 && narrow != EL_I64 ? ir_as(ir, id, EL_I32) : id;
}

node_id ir_size(struct ir *ir)
{
    return ir_make(ir, (struct node){.op = IR_SIZE,
                                     .type = ir_type_for(0, ir->size_max) == EL_U8 ? EL_U8 : EL_I32,
                                     .level = LEVEL_SUBJECT,
                                     .hi = ir->size_max});
}

/* ---- what all element-wise makers do -------------------------------------------------------- */

static enum elem wider(enum elem a, enum elem b)
{
    return a > b ? a : b;
}

/* A node over a and perhaps b; done by subject when both are the same for a whole family. */
node_id ir_elementwise(struct ir *ir, struct node n)
{
    struct node a = *ir_at(ir, n.a), b = *ir_at(ir, n.b);
    bool two = n.b != 0;

    if (a.op == IR_BCAST && (!two || b.op == IR_BCAST)) {
        n.a = a.a;
        n.b = two ? b.a : 0;
        n.level = LEVEL_SUBJECT;
        return ir_spread(ir, ir_make(ir, n));
    }
    n.level = two && b.level > a.level ? b.level : a.level;
    if (n.level == LEVEL_MEMBER) {
        n.a = ir_spread(ir, n.a);
        n.b = two ? ir_spread(ir, n.b) : 0;
    }
    return ir_make(ir, n);
}

/* Numbers: the type holds operands and result. */
static node_id arith(struct ir *ir, struct node n, enum elem least)
{
    if (!fits(n.lo, n.hi))
        return ir_too_large(ir);
    n.type = wider(wider(ir_type_for(n.lo, n.hi), ir_at(ir, n.a)->type), least);
    if (n.b)
        n.type = wider(n.type, ir_at(ir, n.b)->type);
    n.a = ir_as(ir, n.a, n.type);
    if (n.b)
        n.b = ir_as(ir, n.b, n.type);
    return ir_elementwise(ir, n);
}

static bool fold_add(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static bool fold_sub(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_sub_overflow(a, b, out);
}

static bool fold_mul(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static bool fold_min(int64_t a, int64_t b, int64_t *out)
{
    *out = a < b ? a : b;
    return true;
}

static bool fold_max(int64_t a, int64_t b, int64_t *out)
{
    *out = a > b ? a : b;
    return true;
}

bool ir_tabulate(struct ir *ir, node_id ia, node_id ib, ir_fold *fn, node_id *key, int64_t **v,
                 size_t *n)
{
    struct node a = *ir_at(ir, ia), b = *ir_at(ir, ib);
    bool table_a = a.op == IR_LUT, table_b = b.op == IR_LUT;

    if ((!table_a && a.op != IR_CONST) || (!table_b && b.op != IR_CONST))
        return false;
    if (table_a && table_b && (a.a != b.a || a.lut->n != b.lut->n))
        return false;
    *key = table_a ? a.a : table_b ? b.a : 0;
    *n = table_a ? a.lut->n : table_b ? b.lut->n : 1;
    *v = NEW_N(ir->arena, int64_t, *n);
    for (size_t i = 0; i < *n; i++)
        if (!fn(table_a ? a.lut->v[i] : a.k, table_b ? b.lut->v[i] : b.k, &(*v)[i]))
            ir->overflow = true;
    return true;
}

/*
 * Constants, and tables with constants or with tables by the same key, fold into one constant or
 * table. 0: nothing to fold.
 */
static node_id fold(struct ir *ir, node_id ia, node_id ib, ir_fold *fn)
{
    struct node a = *ir_at(ir, ia), b = *ir_at(ir, ib);
    bool spread = a.op == IR_BCAST || b.op == IR_BCAST;
    node_id key;
    int64_t *v;
    size_t n;

    if (spread && a.op != IR_BCAST && a.op != IR_CONST)
        return 0;
    if (spread && b.op != IR_BCAST && b.op != IR_CONST)
        return 0;
    if (!ir_tabulate(ir, a.op == IR_BCAST ? a.a : ia, b.op == IR_BCAST ? b.a : ib, fn, &key, &v,
                     &n))
        return 0;
    node_id folded = key ? ir_lut(ir, key, v, n) : ir_const(ir, v[0]);
    return spread ? ir_spread(ir, folded) : folded;
}

/* ---- sums and products ---------------------------------------------------------------------- */

/* A sum over members, perhaps times a constant: its members' column with the constant in it. */
static node_id under_sum(struct ir *ir, node_id a)
{
    struct node n = *ir_at(ir, a);

    if (n.op == IR_CVT)
        return under_sum(ir, n.a);
    if (n.op == IR_SUM)
        return n.a;
    if (n.op != IR_MULK)
        return 0;
    node_id x = under_sum(ir, n.a);
    return x ? ir_mulk(ir, x, n.k) : 0;
}

/* Two sums over members are one sum of what is added by member: one pass less over the families. */
static node_id join_sums(struct ir *ir, node_id a, node_id b, bool minus)
{
    node_id x = under_sum(ir, a), y = x ? under_sum(ir, b) : 0;

    if (!x || !y)
        return 0;
    node_id each = minus ? ir_sub(ir, x, y) : ir_add(ir, x, y);
    return ir->overflow ? 0 : ir_sum(ir, ir_truth(ir, true), each);
}

/* Both masked alike: the masking is done once, after the arithmetic. */
static node_id join_masked(struct ir *ir, node_id a, node_id b, bool minus)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (x.op == IR_CVT)
        x = *ir_at(ir, x.a);
    if (y.op == IR_CVT)
        y = *ir_at(ir, y.a);
    if (x.op != IR_MASKED || y.op != IR_MASKED || x.a != y.a)
        return 0;
    return ir_select(ir, x.a, minus ? ir_sub(ir, x.b, y.b) : ir_add(ir, x.b, y.b), ir_const(ir, 0));
}

node_id ir_add(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f = fold(ir, a, b, fold_add);

    if (f)
        return f;
    if (x.op == IR_CONST)
        return ir_add(ir, b, a);
    if (y.op == IR_CONST && y.k == 0)
        return a;
    if ((f = join_masked(ir, a, b, false)) || (f = join_sums(ir, a, b, false)))
        return f;
    struct node n = {.op = IR_ADD, .a = a, .b = b, .lo = x.lo + y.lo, .hi = x.hi + y.hi};
    if (y.op == IR_CONST) {
        n.op = IR_ADDK;
        n.b = 0;
        n.k = y.k;
    }
    return arith(ir, n, EL_U8);
}

node_id ir_sub(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f = fold(ir, a, b, fold_sub);

    if (f)
        return f;
    if (y.op == IR_CONST && y.k != INT64_MIN)
        return ir_add(ir, a, ir_const(ir, -y.k));
    if ((f = join_masked(ir, a, b, true)) || (f = join_sums(ir, a, b, true)))
        return f;
    struct node n = {.op = IR_SUB, .a = a, .b = b, .lo = x.lo - y.hi, .hi = x.hi - y.lo};
    if (x.op == IR_CONST) {
        n.op = IR_RSUBK;
        n.a = b;
        n.b = 0;
        n.k = x.k;
    }
    return arith(ir, n, EL_U8);
}

/* Products of 64-bit ends fit 128 bits. */
static void product_range(const struct node *x, const struct node *y, i128 *lo, i128 *hi)
{
    i128 p[4] = {x->lo * y->lo, x->lo * y->hi, x->hi * y->lo, x->hi * y->hi};

    *lo = *hi = p[0];
    for (size_t i = 1; i < 4; i++) {
        if (p[i] < *lo)
            *lo = p[i];
        if (p[i] > *hi)
            *hi = p[i];
    }
}

node_id ir_mulk(struct ir *ir, node_id a, int64_t k)
{
    return ir_mul(ir, a, ir_const(ir, k));
}

/* A constant goes into a factor that can take it in. 0: there is none. */
static node_id absorb_factor(struct ir *ir, const struct node *x, node_id k)
{
    if (x->op == IR_CVT)
        return absorb_factor(ir, ir_at(ir, x->a), k);
    if (x->op == IR_MULK)
        return ir_mul(ir, x->a, ir_mul(ir, ir_const(ir, x->k), k));
    if (x->op == IR_MASKED)
        return ir_select(ir, x->a, ir_mul(ir, x->b, k), ir_const(ir, 0));
    if (x->op == IR_MUL && ir_at(ir, x->b)->op == IR_LUT)
        return ir_mul(ir, x->a, ir_mul(ir, x->b, k));
    return 0;
}

node_id ir_mul(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f = fold(ir, a, b, fold_mul);

    if (f)
        return f;
    /* Two tables by different keys stay as they are: turning them round would not end. */
    if (x.op == IR_CONST || (x.op == IR_LUT && y.op != IR_CONST && y.op != IR_LUT))
        return ir_mul(ir, b, a);
    struct node n = {.op = IR_MUL, .a = a, .b = b};
    if (y.op == IR_CONST) {
        if (y.k == 0 || y.k == 1)
            return y.k ? a : b;
        if ((f = absorb_factor(ir, &x, b)))
            return f;
        n.op = IR_MULK;
        n.b = 0;
        n.k = y.k;
    }
    product_range(&x, &y, &n.lo, &n.hi);
    return arith(ir, n, EL_I32);
}

int64_t ir_content(const struct ir *ir, node_id a)
{
    const struct node *n = ir_at(ir, a);
    int64_t g = 0, x;

    switch ((int)n->op) {
    case IR_CONST:
        return n->k == INT64_MIN ? 1 : n->k < 0 ? -n->k : n->k;
    case IR_CVT:
    case IR_BCAST:
        return ir_content(ir, n->a);
    case IR_MULK:
        return n->k > 0 ? n->k : 1;
    case IR_MUL:
        return ir_at(ir, n->b)->op == IR_LUT ? ir_content(ir, n->b) : 1;
    case IR_LUT:
        for (size_t i = 0; i < n->lut->n; i++)
            for (x = n->lut->v[i] < 0 ? -(n->lut->v[i] + 1) + 1 : n->lut->v[i]; x;) {
                int64_t t = g % x;
                g = x;
                x = t;
            }
        return g;
    default:
        return 1;
    }
}

node_id ir_divide_exactly(struct ir *ir, node_id a, int64_t k)
{
    struct node n = *ir_at(ir, a);

    if (k == 1)
        return a;
    switch ((int)n.op) {
    case IR_CONST:
        return ir_const(ir, n.k / k);
    case IR_CVT:
        return ir_divide_exactly(ir, n.a, k);
    case IR_BCAST:
        return ir_spread(ir, ir_divide_exactly(ir, n.a, k));
    case IR_MULK:
        return ir_mulk(ir, n.a, n.k / k);
    case IR_MUL:
        return ir_mul(ir, n.a, ir_divide_exactly(ir, n.b, k));
    default:
        break;
    }
    assert(n.op == IR_LUT);
    int64_t *v = NEW_N(ir->arena, int64_t, n.lut->n);
    for (size_t i = 0; i < n.lut->n; i++)
        v[i] = n.lut->v[i] / k;
    return ir_lut(ir, n.a, v, n.lut->n);
}

static node_id extreme_of_two(struct ir *ir, node_id a, node_id b, bool max)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);
    node_id f = fold(ir, a, b, max ? fold_max : fold_min);

    if (f)
        return f;
    if (x.op == IR_CONST)
        return extreme_of_two(ir, b, a, max);
    if (a == b || (max ? x.lo >= y.hi : x.hi <= y.lo))
        return a;
    if (max ? y.lo >= x.hi : y.hi <= x.lo)
        return b;
    struct node n = {.op = max ? IR_MAX : IR_MIN, .a = a, .b = b};
    if (y.op == IR_CONST) {
        n.op = max ? IR_MAXK : IR_MINK;
        n.b = 0;
        n.k = y.k;
    }
    n.lo = max == (x.lo > y.lo) ? x.lo : y.lo;
    n.hi = max == (x.hi > y.hi) ? x.hi : y.hi;
    return arith(ir, n, EL_U8);
}

node_id ir_min(struct ir *ir, node_id a, node_id b)
{
    return extreme_of_two(ir, a, b, false);
}

node_id ir_max(struct ir *ir, node_id a, node_id b)
{
    return extreme_of_two(ir, a, b, true);
}

static i128 floor_div(i128 a, i128 b)
{
    i128 q = a / b;

    return q - (a % b < 0);
}

node_id ir_floor(struct ir *ir, node_id a, node_id b)
{
    struct node x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (y.op == IR_CONST && y.k == 1)
        return a;
    if (y.op == IR_CONST && y.k <= 0)
        return ir_too_large(ir);
    i128 d = y.lo > 0 ? y.lo : 1;
    struct node n = {.op = IR_FLOOR, .type = EL_I64, .a = ir_as(ir, a, EL_I64)};
    n.lo = x.lo < 0 ? floor_div(x.lo, d) : 0;
    n.hi = x.hi > 0 ? x.hi / d : 0;
    if (y.op == IR_CONST) {
        if (x.op == IR_CONST)
            return ir_const(ir, (int64_t)floor_div(x.k, y.k));
        n.op = IR_FLOORK;
        n.k = y.k;
    } else {
        n.b = ir_as(ir, b, EL_I64);
    }
    return ir_elementwise(ir, n);
}

node_id ir_since(struct ir *ir, enum since how, node_id date, day at)
{
    struct node x = *ir_at(ir, date);
    int (*fn)(day, day) = how == SINCE_YEARS ? date_years : date_months;

    if (how == SINCE_DAYS)
        return ir_sub(ir, ir_const(ir, at), date);
    if (x.op == IR_CONST)
        return ir_const(ir, fn((day)x.k, at));
    return ir_elementwise(ir, (struct node){.op = how == SINCE_YEARS ? IR_YEARS : IR_MONTHS,
                                            .type = EL_I32,
                                            .a = date,
                                            .k = at,
                                            .lo = fn((day)x.hi, at),
                                            .hi = fn((day)x.lo, at)});
}

/* ---- choices -------------------------------------------------------------------------------- */

static node_id select_masks(struct ir *ir, node_id mask, node_id a, node_id b)
{
    return ir_or(ir, ir_and(ir, mask, a), ir_and(ir, b, ir_not(ir, mask)));
}

node_id ir_select(struct ir *ir, node_id mask, node_id a, node_id b)
{
    struct node m = *ir_at(ir, mask), x = *ir_at(ir, a), y = *ir_at(ir, b);

    if (m.op == IR_CONST || a == b)
        return m.k || a == b ? a : b;
    if (m.op == IR_NOT && !(y.op == IR_CONST && y.k == 0))
        return ir_select(ir, m.a, b, a);
    if (x.mask && y.mask)
        return select_masks(ir, mask, a, b);
    if (x.op == IR_CONST && x.k == 0 && y.op != IR_CONST)
        return ir_select(ir, ir_not(ir, mask), b, a);
    struct node n = {.op = IR_SEL, .a = mask, .b = a, .c = b};
    n.lo = x.lo < y.lo ? x.lo : y.lo;
    n.hi = x.hi > y.hi ? x.hi : y.hi;
    n.type = wider(ir_type_for(n.lo, n.hi), wider(x.type, y.type));
    n.level = x.level > y.level ? x.level : y.level;
    n.level = m.level > n.level ? m.level : n.level;
    if (x.op == IR_CONST && y.op == IR_CONST) {
        n.op = IR_PICK;
        n.b = n.c = 0;
        n.k = x.k;
        n.k2 = y.k;
        return m.op == IR_BCAST
                   ? (n.a = m.a, n.level = LEVEL_SUBJECT, ir_spread(ir, ir_make(ir, n)))
                   : ir_make(ir, n);
    }
    n.b = ir_as(ir, a, n.type);
    n.c = ir_as(ir, b, n.type);
    if (y.op == IR_CONST && y.k == 0) {
        n.op = IR_MASKED;
        n.c = 0;
    }
    if (n.level == LEVEL_MEMBER) {
        n.a = ir_spread(ir, n.a);
        n.b = ir_spread(ir, n.b);
        n.c = n.c ? ir_spread(ir, n.c) : 0;
    }
    return ir_make(ir, n);
}

node_id ir_lut(struct ir *ir, node_id key, const int64_t *v, size_t n)
{
    struct node x = *ir_at(ir, key);
    size_t lo = (size_t)x.lo, hi = (size_t)x.hi;
    bool same = true;

    if (x.op == IR_BCAST)
        return ir_spread(ir, ir_lut(ir, x.a, v, n));
    if (x.op == IR_CONST)
        return ir_const(ir, lo < n ? v[lo] : 0);
    struct lut *lut = arena_alloc(ir->arena, sizeof *lut + n * sizeof *v, _Alignof(struct lut));
    lut->n = n;
    struct node m = {.op = IR_LUT, .level = x.level, .a = key, .lut = lut};
    m.lo = m.hi = lo < n ? v[lo] : 0;
    for (size_t i = 0; i < n; i++)
        lut->v[i] = v[i];
    for (size_t i = lo; i <= hi; i++) {
        int64_t value = i < n ? v[i] : 0;
        same = same && value == m.lo;
        if (value < m.lo)
            m.lo = value;
        if (value > m.hi)
            m.hi = value;
    }
    if (same)
        return ir_const(ir, (int64_t)m.lo);
    m.type = ir_type_for(m.lo, m.hi);
    return ir_make(ir, m);
}
