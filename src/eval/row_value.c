/*
 * Arithmetic of the row form: exact fractions, ranges while a fact is varied, unknown and errors.
 * Nearly all values are whole numbers of 64 bits, so those go past the fractions' common factors.
 */
#include "eval/row.h"

#include <assert.h>

struct need_node *row_need_join(struct row *r, struct need_node *a, struct need_node *b)
{
    struct need_node *n;

    if (!a || a == b)
        return b;
    if (!b)
        return a;
    n = NEW(r->a, struct need_node);
    n->left = a;
    n->right = b;
    return n;
}

bool val_same(struct val a, struct val b)
{
    if (a.form != b.form)
        return false;
    if (a.form == VAL_PLAIN)
        return a.plain == b.plain;
    return a.form == VAL_NUMBER && a.num.num == b.num.num && a.num.den == b.num.den;
}

struct val row_unknown2(struct row *r, struct val a, struct val b)
{
    struct need_node *x = a.form == VAL_UNKNOWN ? a.needs : NULL;
    struct need_node *y = b.form == VAL_UNKNOWN ? b.needs : NULL;

    return val_unknown(row_need_join(r, x, y),
                       (a.form == VAL_UNKNOWN && a.open) || (b.form == VAL_UNKNOWN && b.open));
}

struct val row_error(struct row *r, const char *what)
{
    str *text = NEW(r->a, str);
    const struct def *d = r->def;

    if (d && d->policy)
        *text = str_fmt(r->a, "%.*s.%.*s (“%.*s”): %s", STR_ARG(d->policy->name.text),
                        STR_ARG(d->name.text), STR_ARG(d->label.zh), what);
    else if (r->named)
        *text = str_fmt(r->a, "%.*s (“%.*s”): %s", STR_ARG(r->named->name.text),
                        STR_ARG(r->named->label.zh), what);
    else
        *text = str_from(what);
    return (struct val){.form = VAL_ERROR, .error = text};
}

/* ---- exact numbers -------------------------------------------------------------------------- */

static bool whole64(rat v)
{
    return v.den == 1 && (int64_t)v.num == v.num;
}

static bool small(rat v)
{
    return (int64_t)v.num == v.num && (int64_t)v.den == v.den;
}

static int compare(rat a, rat b)
{
    int c = 0;
    bool fits;

    if (a.den == b.den)
        return (a.num > b.num) - (a.num < b.num);
    if (small(a) && small(b)) {
        i128 x = a.num * b.den, y = b.num * a.den;
        return (x > y) - (x < y);
    }
    fits = rat_cmp(a, b, &c);
    assert(fits);
    return c;
}

/* false: it doesn't fit, or a division by zero. */
static bool exact(enum expr_op op, rat a, rat b, rat *out)
{
    bool whole = whole64(a) && whole64(b);

    switch (op) {
    case E_ADD:
        if (!whole)
            return rat_add(a, b, out);
        *out = (rat){a.num + b.num, 1};
        return true;
    case E_SUB:
        if (!whole)
            return rat_sub(a, b, out);
        *out = (rat){a.num - b.num, 1};
        return true;
    case E_MUL:
        if (!whole)
            return rat_mul(a, b, out);
        *out = (rat){a.num * b.num, 1};
        return true;
    case E_DIV:
        if (b.num == 1 && b.den == 1) {
            *out = a;
            return true;
        }
        return rat_div(a, b, out);
    case E_AT_LEAST:
        *out = compare(a, b) >= 0 ? a : b;
        return true;
    case E_AT_MOST:
        *out = compare(a, b) <= 0 ? a : b;
        return true;
    default:
        assert(op == E_ADD); /* nothing else is arithmetic of two values */
        return false;
    }
}

/* ---- ranges --------------------------------------------------------------------------------- */

static struct val_range range_of(struct val v)
{
    return v.form == VAL_RANGE ? *v.range : (struct val_range){v.num, v.num};
}

static struct val range_val(struct row *r, rat lo, rat hi)
{
    struct val_range *range;

    if (compare(lo, hi) == 0)
        return val_number(lo);
    range = NEW(r->a, struct val_range);
    *range = (struct val_range){lo, hi};
    return (struct val){.form = VAL_RANGE, .range = range};
}

/*
 * Each operation is monotone in each operand on either side of zero, so the ends of the result are
 * among the results of the ends. Where some value of the range would be an error nothing is known.
 */
static struct val range_arith(struct row *r, enum expr_op op, struct val a, struct val b)
{
    struct val_range x = range_of(a), y = range_of(b);
    rat all[4], lo, hi;

    if (op == E_DIV && y.lo.num <= 0 && y.hi.num >= 0)
        return val_unknown(NULL, true);
    if (!exact(op, x.lo, y.lo, &all[0]) || !exact(op, x.lo, y.hi, &all[1]) ||
        !exact(op, x.hi, y.lo, &all[2]) || !exact(op, x.hi, y.hi, &all[3]))
        return val_unknown(NULL, true);
    lo = hi = all[0];
    for (size_t i = 1; i < 4; i++) {
        if (compare(all[i], lo) < 0)
            lo = all[i];
        if (compare(all[i], hi) > 0)
            hi = all[i];
    }
    return range_val(r, lo, hi);
}

/* ---- values --------------------------------------------------------------------------------- */

struct val row_arith(struct row *r, enum expr_op op, struct val a, struct val b)
{
    rat out;

    if (a.form == VAL_NUMBER && b.form == VAL_NUMBER) {
        if (exact(op, a.num, b.num, &out))
            return val_number(out);
        if (op == E_DIV && b.num.num == 0)
            return row_error(r, "division by zero");
        return row_error(r, "the number is too large");
    }
    if (a.form == VAL_ERROR)
        return a;
    if (b.form == VAL_ERROR)
        return b;
    if (a.form == VAL_UNKNOWN || b.form == VAL_UNKNOWN)
        return row_unknown2(r, a, b);
    return range_arith(r, op, a, b);
}

struct val row_round(struct row *r, struct val a, enum rounding how, int64_t unit_fen)
{
    struct val_range x;
    rat lo, hi;

    if (a.form == VAL_NUMBER) {
        if (unit_fen == 1 && a.num.den == 1)
            return a;
        if (!rat_round(a.num, how, unit_fen, &lo))
            return row_error(r, "the number is too large");
        return val_number(lo);
    }
    if (a.form != VAL_RANGE)
        return a;
    x = range_of(a);
    if (!rat_round(x.lo, how, unit_fen, &lo) || !rat_round(x.hi, how, unit_fen, &hi))
        return val_unknown(NULL, true);
    return range_val(r, lo, hi);
}

static bool holds(enum rel rel, int c)
{
    switch (rel) {
    case REL_LT:
        return c < 0;
    case REL_LE:
        return c <= 0;
    case REL_EQ:
        return c == 0;
    case REL_NE:
        return c != 0;
    case REL_GE:
        return c >= 0;
    case REL_GT:
    default:
        return c > 0;
    }
}

/* Over ranges: decided when the least and the greatest possible order say the same. */
static struct val range_compare(enum rel rel, struct val a, struct val b)
{
    struct val_range x = range_of(a), y = range_of(b);
    int least = compare(x.lo, y.hi), most = compare(x.hi, y.lo);

    if (least > 0 || most < 0)
        return val_plain(holds(rel, least > 0 ? 1 : -1));
    if (least == 0 && (rel == REL_GE || rel == REL_LT))
        return val_plain(rel == REL_GE);
    if (most == 0 && (rel == REL_LE || rel == REL_GT))
        return val_plain(rel == REL_LE);
    return val_unknown(NULL, true);
}

struct val row_compare(struct row *r, enum rel rel, struct val a, struct val b)
{
    if (a.form == VAL_NUMBER && b.form == VAL_NUMBER)
        return val_plain(holds(rel, compare(a.num, b.num)));
    if (a.form == VAL_ERROR)
        return a;
    if (b.form == VAL_ERROR)
        return b;
    if (a.form == VAL_UNKNOWN || b.form == VAL_UNKNOWN)
        return row_unknown2(r, a, b);
    if (a.form == VAL_PLAIN)
        return val_plain(holds(rel, (a.plain > b.plain) - (a.plain < b.plain)));
    return range_compare(rel, a, b);
}
