/* Putting a row with a valid time: what overlaps is superseded, what it leaves open is kept. */
#include <assert.h>
#include <string.h>

#include "people/touched.h"
#include "people/versioned.h"

/* A row that is there and holds on some of the days. */
struct old {
    str valid_from, valid_to;
    int64_t position;
    struct value *values;
};

struct put {
    struct change *c;
    const struct versioned *t;
    const struct version *v;
    struct arena arena;
    VEC(struct old) olds;
};

enum rc valid_time_check(str from, str to, struct err *err)
{
    day a, b;
    if (!date_parse(from, &a))
        return err_set(err, RC_BAD_INPUT, "valid from “%.*s”: expected a day like 2020-12-01",
                       STR_ARG(from));
    if (!str_eq(to, S(DAY_OPEN)) && !date_parse(to, &b))
        return err_set(err, RC_BAD_INPUT, "valid to “%.*s”: expected a day like 2020-12-01",
                       STR_ARG(to));
    if (str_cmp(from, to) >= 0)
        return err_set(err, RC_BAD_INPUT,
                       "valid from %.*s to %.*s: expected an end after the beginning",
                       STR_ARG(from), STR_ARG(to));
    return RC_OK;
}

bool value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == VALUE_NULL || (a->kind == VALUE_INT ? a->i == b->i : str_eq(a->s, b->s));
}

static bool values_same(const struct versioned *t, const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < t->n_values; i++)
        if (!value_same(&a[i], &b[i]))
            return false;
    return true;
}

/* County and keys; returns how many that is. */
static size_t put_keys(const struct put *p, struct value *out)
{
    out[0] = V_INT(p->c->county_code);
    memcpy(out + 1, p->v->keys, p->t->n_keys * sizeof *out);
    return p->t->n_keys + 1;
}

MUST_CHECK static enum rc read_olds(struct put *p, struct err *err)
{
    struct value params[VERSION_KEYS_MAX + 3];
    size_t n = put_keys(p, params);
    params[n++] = V_TEXT(p->v->valid_from);
    params[n++] = V_TEXT(p->v->valid_to);
    struct query *q = NULL;
    TRY(query(p->c->conn, p->t->overlap, params, n, &q, err));
    while (query_next(q)) {
        struct old *o = VEC_PUSH(&p->arena, &p->olds);
        o->valid_from = str_dup(&p->arena, query_text(q, 0));
        o->valid_to = str_dup(&p->arena, query_text(q, 1));
        o->position = query_int(q, 2);
        o->values = NEW_N(&p->arena, struct value, p->t->n_values + 1);
        for (size_t i = 0; i < p->t->n_values; i++) {
            if (query_null(q, 3 + i))
                o->values[i] = V_NULL;
            else if (p->t->types[i] == 'i')
                o->values[i] = V_INT(query_int(q, 3 + i));
            else
                o->values[i] = V_TEXT(str_dup(&p->arena, query_text(q, 3 + i)));
        }
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc insert_row(const struct put *p, str from, str to,
                                     const struct value *values, struct err *err)
{
    struct value params[VERSION_KEYS_MAX + 4 + VERSION_VALUES_MAX];
    size_t n = put_keys(p, params);
    params[n++] = V_TEXT(from);
    params[n++] = V_TEXT(to);
    params[n++] = V_INT(p->c->position);
    memcpy(params + n, values, p->t->n_values * sizeof *values);
    return exec(p->c->conn, p->t->insert, params, n + p->t->n_values, NULL, err);
}

/* A row of this same change was never believed by anybody: it goes without a trace. */
MUST_CHECK static enum rc supersede(const struct put *p, const struct old *o, struct err *err)
{
    struct value params[VERSION_KEYS_MAX + 3];
    size_t n = put_keys(p, params);
    params[n++] = V_TEXT(o->valid_from);
    params[n] = V_INT(p->c->position);
    if (o->position != p->c->position)
        TRY(exec(p->c->conn, p->t->move, params, n + 1, NULL, err));
    return exec(p->c->conn, p->t->remove, params, n, NULL, err);
}

/* The row of the same beginning is replaced whole; of others the days outside are kept. */
MUST_CHECK static enum rc make_way(const struct put *p, const struct old *o, struct err *err)
{
    TRY(supersede(p, o, err));
    if (str_eq(o->valid_from, p->v->valid_from))
        return RC_OK;
    if (str_cmp(o->valid_from, p->v->valid_from) < 0)
        TRY(insert_row(p, o->valid_from, p->v->valid_from, o->values, err));
    if (str_cmp(o->valid_to, p->v->valid_to) > 0)
        TRY(insert_row(p, p->v->valid_to, o->valid_to, o->values, err));
    return RC_OK;
}

/* Is it believed already, day for day? */
static bool is_known(const struct put *p)
{
    if (p->olds.n != 1 || !values_same(p->t, p->olds.at[0].values, p->v->values))
        return false;
    const struct old *o = &p->olds.at[0];
    int ends = str_cmp(o->valid_to, p->v->valid_to);
    return str_eq(o->valid_from, p->v->valid_from)
               ? ends == 0
               : ends >= 0 && str_cmp(o->valid_from, p->v->valid_from) < 0;
}

static void note(const struct put *p)
{
    struct value params[VERSION_KEYS_MAX + 3 + VERSION_VALUES_MAX];
    size_t n = put_keys(p, params);
    params[n++] = V_TEXT(p->v->valid_from);
    params[n++] = V_TEXT(p->v->valid_to);
    memcpy(params + n, p->v->values, p->t->n_values * sizeof *params);
    change_note(p->c, p->t->table, params, n + p->t->n_values);
}

MUST_CHECK static enum rc touch(const struct put *p, struct err *err)
{
    if (p->t->touches == TOUCHES_NOBODY)
        return RC_OK;
    return p->t->touches == TOUCHES_HOUSEHOLD ? household_touched(p->c, p->v->keys[0].i, err)
                                              : person_touched(p->c, p->v->keys[0].i, err);
}

enum rc versioned_put(struct change *c, const struct versioned *t, const struct version *v,
                      struct err *err)
{
    assert(t->n_keys <= VERSION_KEYS_MAX && t->n_values <= VERSION_VALUES_MAX);
    struct put p = {.c = c, .t = t, .v = v};
    enum rc rc = valid_time_check(v->valid_from, v->valid_to, err);
    if (rc == RC_OK)
        rc = read_olds(&p, err);
    if (rc == RC_OK && !is_known(&p)) {
        note(&p);
        for (size_t i = 0; rc == RC_OK && i < p.olds.n; i++)
            rc = make_way(&p, &p.olds.at[i], err);
        if (rc == RC_OK)
            rc = insert_row(&p, v->valid_from, v->valid_to, v->values, err);
        if (rc == RC_OK)
            rc = touch(&p, err);
    }
    arena_deinit(&p.arena);
    return rc;
}
