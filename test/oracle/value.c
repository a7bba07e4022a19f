/* Fractions, facts waited for, errors: see value.h. */
#include "value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct arena *memory; /* GMP's allocation functions take no context */

static void *gmp_alloc(size_t size)
{
    return arena_alloc_raw(memory, size, 16);
}

static void *gmp_resize(void *old, size_t old_size, size_t size)
{
    void *p = arena_alloc_raw(memory, size, 16);
    memcpy(p, old, old_size < size ? old_size : size);
    return p;
}

static void gmp_free(void *p, size_t size)
{
    (void)p;
    (void)size;
}

void value_memory(struct arena *a)
{
    memory = a;
    mp_set_memory_functions(gmp_alloc, gmp_resize, gmp_free);
}

/* GMP's set functions take a long. */
static_assert(sizeof(long) == sizeof(int64_t), "amounts are passed to GMP as long");

struct val val_int(int64_t n)
{
    struct val v = {.state = KNOWN};
    mpq_init(v.q);
    mpq_set_si(v.q, n, 1);
    return v;
}

struct val val_bool(bool yes)
{
    return val_int(yes ? 1 : 0);
}

struct val val_unknown(struct facts needs)
{
    assert(needs.n > 0);
    return (struct val){.state = UNKNOWN, .needs = needs};
}

struct val val_error(enum oracle_error error)
{
    return (struct val){.state = ERROR, .error = error};
}

bool val_yes(struct val v)
{
    return v.state == KNOWN && mpq_sgn(v.q) != 0;
}

bool val_no(struct val v)
{
    return v.state == KNOWN && mpq_sgn(v.q) == 0;
}

int64_t val_index(struct val v)
{
    assert(v.state == KNOWN && mpz_cmp_ui(mpq_denref(v.q), 1) == 0);
    return mpz_get_si(mpq_numref(v.q));
}

int need_cmp(const struct need *x, const struct need *y)
{
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    if (x->field->reg != y->field->reg)
        return x->field->reg->index < y->field->reg->index ? -1 : 1;
    if (x->field->slot != y->field->slot)
        return x->field->slot < y->field->slot ? -1 : 1;
    return 0;
}

struct facts facts_one(struct arena *a, const struct field *f, uint32_t member)
{
    struct facts x = {NEW(a, struct need), 1};
    x.at[0] = (struct need){f, member};
    return x;
}

struct facts facts_union(struct arena *a, struct facts x, struct facts y)
{
    struct facts out = {NEW_N(a, struct need, x.n + y.n + 1), 0};
    size_t i = 0, k = 0;
    while (i < x.n || k < y.n) {
        int order = i == x.n ? 1 : k == y.n ? -1 : need_cmp(&x.at[i], &y.at[k]);
        out.at[out.n++] = order <= 0 ? x.at[i] : y.at[k];
        i += order <= 0;
        k += order >= 0;
    }
    return out;
}

struct val val_join(struct walk *w, struct val x, struct val y)
{
    if (x.state == ERROR)
        return x;
    if (y.state == ERROR)
        return y;
    if (x.state == UNKNOWN || y.state == UNKNOWN)
        return val_unknown(facts_union(w->a, x.needs, y.needs));
    return val_bool(true);
}

/* Would a product of these parts be near the end of 128 bits? */
static void notice_big(struct walk *w, mpz_srcptr x, mpz_srcptr y)
{
    if (mpz_sizeinbase(x, 2) + mpz_sizeinbase(y, 2) > 120)
        w->big = true;
}

static void notice_all(struct walk *w, mpq_srcptr x, mpq_srcptr y)
{
    notice_big(w, mpq_numref(x), mpq_numref(y));
    notice_big(w, mpq_numref(x), mpq_denref(y));
    notice_big(w, mpq_denref(x), mpq_numref(y));
    notice_big(w, mpq_denref(x), mpq_denref(y));
}

/* Rule 4 and "Values are exact fractions": + - * /; only a division by zero goes wrong. */
struct val val_arith(struct walk *w, enum expr_op op, struct val x, struct val y)
{
    struct val v = val_int(0);
    assert(x.state == KNOWN && y.state == KNOWN);
    if (op == E_MUL || op == E_DIV)
        notice_all(w, x.q, y.q);
    if (op == E_DIV && mpq_sgn(y.q) == 0)
        return val_error(ORACLE_ZERO);
    switch (op) {
    case E_ADD:
        mpq_add(v.q, x.q, y.q);
        break;
    case E_SUB:
        mpq_sub(v.q, x.q, y.q);
        break;
    case E_MUL:
        mpq_mul(v.q, x.q, y.q);
        break;
    default:
        assert(op == E_DIV);
        mpq_div(v.q, x.q, y.q);
    }
    if (op == E_ADD || op == E_SUB) {
        notice_big(w, mpq_numref(x.q), mpq_denref(y.q));
        notice_big(w, mpq_denref(x.q), mpq_numref(y.q));
        notice_big(w, mpq_denref(x.q), mpq_denref(y.q));
    }
    return v;
}

int val_cmp(struct walk *w, struct val x, struct val y)
{
    notice_big(w, mpq_numref(x.q), mpq_denref(y.q));
    notice_big(w, mpq_denref(x.q), mpq_numref(y.q));
    int order = mpq_cmp(x.q, y.q);
    return (order > 0) - (order < 0);
}

/* "rounded half up to fen (also up, down; jiao, yuan); a tie goes up": towards +infinity. */
struct val val_round(struct walk *w, struct val x, enum rounding how, int64_t unit)
{
    struct val v = val_int(0), half = val_int(1), units = val_int(unit);
    mpz_t whole;
    mpz_init(whole);
    notice_all(w, x.q, units.q);
    mpq_div(v.q, x.q, units.q);
    mpq_set_si(half.q, 1, 2);
    if (how == ROUND_HALF_UP)
        mpq_add(v.q, v.q, half.q);
    if (how == ROUND_UP)
        mpz_cdiv_q(whole, mpq_numref(v.q), mpq_denref(v.q));
    else
        mpz_fdiv_q(whole, mpq_numref(v.q), mpq_denref(v.q));
    mpq_set_z(v.q, whole);
    mpq_mul(v.q, v.q, units.q);
    return v;
}
