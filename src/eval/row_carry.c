/* See carry.h: the choice of a `carry`, worked out on the row form. */
#include "eval/carry.h"
#include "eval/row.h"

/* The first case that holds; `unknown` written out is known to be nothing. */
enum found { FOUND_VALUE, FOUND_NOTHING, FOUND_OPEN };

static enum found choose(struct row *r, const struct carry *y, struct row_at at, struct val *out)
{
    for (size_t i = 0; i < y->n_cases; i++) {
        const struct choice_case *c = &y->cases[i];
        struct val w = c->when ? row_value(r, c->when, at) : val_plain(1);

        if (w.form == VAL_ERROR || w.form == VAL_UNKNOWN) {
            *out = w;
            return w.form == VAL_ERROR ? FOUND_VALUE : FOUND_OPEN;
        }
        if (!w.plain)
            continue;
        if (!c->value)
            return FOUND_NOTHING;
        *out = row_value(r, c->value, at);
        return out->form == VAL_UNKNOWN ? FOUND_OPEN : FOUND_VALUE;
    }
    return FOUND_NOTHING;
}

/* As an element of the field's column, or the error that it is none. */
static struct val as_element(struct row *r, const struct field *f, struct val v, int64_t *out)
{
    int64_t most = column_width(f->type) == 4 ? INT32_MAX : INT64_MAX;

    if (v.form == VAL_PLAIN)
        *out = v.plain;
    else if (v.form == VAL_NUMBER && v.num.den != 1)
        return row_error(r, "what is carried over is no whole number");
    else if (v.form == VAL_NUMBER && (!rat_fen(v.num, out) || *out > most || *out < -most))
        return row_error(r, "the number is too large");
    return v;
}

static struct val carry_one(struct row *r, const struct carry *y, struct row_at at,
                            struct carried *out)
{
    struct val v = val_plain(0);
    enum found found = choose(r, y, at, &v);

    out->field = y->field;
    if (found == FOUND_OPEN)
        v = row_field(r, y->field, at.who);
    out->known = found != FOUND_NOTHING && v.form != VAL_UNKNOWN;
    if (!out->known)
        return val_plain(0);
    return as_element(r, y->field, v, &out->value);
}

enum rc row_carry(const struct binding *bind, const struct block *b, size_t row,
                  const struct policy *p, uint32_t member, struct arena *a, struct carried **out,
                  struct err *err)
{
    struct row r;
    struct row_at at = row_unit_at(p, member);

    *out = NEW_N(a, struct carried, p->n_carries + 1);
    if (p->n_carries == 0)
        return RC_OK;
    row_open(&r, bind, b, row, a);
    for (size_t i = 0; i < p->n_carries; i++) {
        const struct named where = {.name = p->carries[i].name,
                                    .label = p->carries[i].field->label};
        r.named = &where;
        struct val v = carry_one(&r, &p->carries[i], at, &(*out)[i]);
        r.named = NULL;
        if (v.form == VAL_ERROR)
            return row_rule_error(p, v.error, err);
    }
    return RC_OK;
}

size_t row_covered(const struct binding *bind, const struct block *b, size_t row,
                   const struct policy *p, struct arena *a)
{
    struct set set = {.form = SET_DEF};
    struct row r;
    size_t n = 0;

    row_open(&r, bind, b, row, a);
    for (size_t i = 0; i < p->n_defs; i++)
        if (p->defs[i]->form == DEF_GROUP && str_eq(p->defs[i]->name.text, S("unit")))
            set.def = p->defs[i];
    if (!set.def)
        return r.n_members;
    for (size_t i = 0; i < r.n_members; i++)
        n += !val_is(row_set_has(&r, &set, i, row_unit_at(p, ROW_SUBJECT)), 0);
    return n;
}
