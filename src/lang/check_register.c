/*
 * Registers: computed fields and bounds, what they show to whom, facts supposed; and that lines
 * don't lean on one another in a circle.
 */
#include "lang/check.h"

/* ---- values of fields ------------------------------------------------------------------------ */

void check_field_type(struct check *c, struct field *f)
{
    struct scope s = scope_of_reg(c, f->reg);
    const struct type count = {.kind = K_COUNT};

    /* A running one is a circle; order.c reports it. */
    if (f->slot != SLOT_UNTYPED)
        return;
    f->slot = SLOT_RUNNING;
    check_expr(&s, f->value);
    type_settle(f->value, count);
    f->type = f->value->type;
    f->whole = expr_whole(f->value);
    f->slot = SLOT_COMPUTED;
}

static void check_bound(struct scope *s, struct field *f, struct expr *bound)
{
    struct check *c = s->c;

    if (!bound)
        return;
    check_expr(s, bound);
    if (f->type.kind == K_NONE)
        return;
    if (kind_numeric(f->type.kind) && type_fits(bound, f->type)) {
        type_settle(bound, f->type);
        return;
    }
    diag_add(c->d, R_BOUND, bound->at, "%.*s is %.*s, it can't be bounded by %.*s",
             STR_ARG(check_named(c, f->name.text, &f->label)), STR_ARG(check_phrase(c, f->type)),
             STR_ARG(check_phrase(c, bound->type)));
}

/* ---- what is shown --------------------------------------------------------------------------- */

/* Looking for what is personal below a computed field; each field is looked into once. */
struct taint {
    struct check *c;
    const struct field *found;
    VEC(const struct field *) seen;
};

static void find_personal(struct expr *e, void *ctx)
{
    struct taint *t = ctx;
    const struct field *f = e->field;

    if (e->op != E_FIELD || t->found)
        return;
    if (f->sensitive || f->type.kind == K_ID_NUMBER || f->type.kind == K_BANK_CARD) {
        t->found = f;
        return;
    }
    for (size_t i = 0; i < t->seen.n; i++)
        if (t->seen.at[i] == f)
            return;
    if (!f->value || t->seen.n >= CHECK_DEPTH)
        return;
    *VEC_PUSH(t->c->a, &t->seen) = f;
    walk_expr(f->value, find_personal, ctx);
}

static void check_public(struct check *c, const struct ident *name, struct field *f)
{
    struct taint t = {.c = c};
    const char *why = NULL;

    if (f->sensitive)
        why = "is sensitive";
    else if (f->type.kind == K_ID_NUMBER)
        why = "is an identity number";
    else if (f->type.kind == K_BANK_CARD)
        why = "is a bank card";
    if (why) {
        diag_add(c->d, R_PUBLIC, name->at, "%.*s %s, it can't be public",
                 STR_ARG(check_named(c, f->name.text, &f->label)), why);
        return;
    }
    if (f->value)
        walk_expr(f->value, find_personal, &t);
    if (t.found)
        diag_add(c->d, R_PUBLIC, name->at, "%.*s is worked out from %.*s, which can't be public",
                 STR_ARG(check_named(c, f->name.text, &f->label)),
                 STR_ARG(check_named(c, t.found->name.text, &t.found->label)));
}

static struct field *listed_field(struct check *c, const struct reg *reg, const struct ident *name)
{
    struct field *f = reg_field(reg, name->text);

    if (f && str_eq(f->name.text, name->text))
        return f;
    unknown_field(c, name, reg);
    return NULL;
}

static void check_names(struct check *c, const struct reg *reg, const struct field_list *list,
                        bool public)
{
    for (size_t i = 0; i < list->n; i++) {
        struct field *f = listed_field(c, reg, &list->names[i]);

        for (size_t k = 0; f && k < i; k++)
            if (str_eq(list->names[k].text, list->names[i].text)) {
                name_twice(c, &list->names[i], &list->names[k]);
                f = NULL;
            }
        if (f && public)
            check_public(c, &list->names[i], f);
    }
}

static void check_sorted(struct check *c, const struct reg *reg)
{
    struct field *f;

    if (!reg->sorted_by.text.n)
        return;
    f = listed_field(c, reg, &reg->sorted_by);
    if (f && (f->type.kind == K_LIST || f->type.kind == K_FILE || f->type.kind == K_POINT))
        diag_add(c->d, R_SORTED, reg->sorted_by.at, "nothing is sorted by %.*s",
                 STR_ARG(check_phrase(c, f->type)));
}

static void check_suppose(struct check *c, struct reg *reg)
{
    for (size_t i = 0; i < reg->n_suppose; i++) {
        check_fact(c, &reg->suppose[i], reg, false);
        for (size_t k = 0; k < i; k++)
            if (reg->suppose[k].field && reg->suppose[k].field == reg->suppose[i].field) {
                name_twice(c, &reg->suppose[i].name, &reg->suppose[k].name);
                break;
            }
    }
}

static void check_register(struct check *c, struct reg *reg)
{
    struct scope s = scope_of_reg(c, reg);

    for (size_t i = 0; i < reg->n_fields; i++) {
        if (reg->fields[i]->value)
            check_field_type(c, reg->fields[i]);
        check_bound(&s, reg->fields[i], reg->fields[i]->at_least);
        check_bound(&s, reg->fields[i], reg->fields[i]->at_most);
    }
    check_suppose(c, reg);
    check_names(c, reg, &reg->public_fields, true);
    check_names(c, reg, &reg->list_fields, false);
    for (size_t i = 0; i < reg->n_forms; i++)
        check_names(c, reg, &reg->forms[i], false);
    check_sorted(c, reg);
}

void check_registers(struct check *c)
{
    for (size_t i = 0; i < c->r->regs.n; i++)
        check_register(c, c->r->regs.at[i]);
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct lean {
    size_t from, to;
    struct span at;
};

/* Which line's facts stand on which other line's. */
struct lines {
    struct check *c;
    VEC(str) names;
    VEC(struct lean) leans;
    uint8_t *state; /* 0 not seen, 1 on the way, 2 done */
    size_t *way, n_way;
    const struct field *reader; /* whose expression is being walked */
};

static size_t line_number(struct lines *l, str name)
{
    for (size_t i = 0; i < l->names.n; i++)
        if (str_eq(l->names.at[i], name))
            return i;
    *VEC_PUSH(l->c->a, &l->names) = name;
    return l->names.n - 1;
}

static void lean(struct lines *l, str from, str to, struct span at)
{
    size_t a = line_number(l, from), b = line_number(l, to);

    if (a == b || !from.n || !to.n)
        return;
    for (size_t i = 0; i < l->leans.n; i++)
        if (l->leans.at[i].from == a && l->leans.at[i].to == b)
            return;
    *VEC_PUSH(l->c->a, &l->leans) = (struct lean){a, b, at};
}

static void lean_expr(struct expr *e, void *ctx)
{
    struct lines *l = ctx;

    if (e->op == E_FIELD)
        lean(l, l->reader->line, e->field->line, e->at);
}

static void lean_field(struct lines *l, const struct reg *reg, struct field *f)
{
    struct span at = f->type_name.text.n ? f->type_name.at : f->name.at;

    lean(l, f->line, reg->line, f->name.at);
    if (f->type.kind == K_CODE && f->type_name.text.n)
        lean(l, f->line, f->type.code->line, at);
    if (f->type.kind == K_LIST || f->type.kind == K_REF)
        lean(l, f->line, f->type.reg->line, at);
    l->reader = f;
    walk_expr(f->value, lean_expr, l);
    walk_expr(f->at_least, lean_expr, l);
    walk_expr(f->at_most, lean_expr, l);
}

static void report_lines(struct lines *l, size_t start, const struct lean *last)
{
    struct check *c = l->c;
    str way = S("");
    size_t i = 0;

    while (l->way[i] != start)
        i++;
    for (; i < l->n_way; i++)
        way = str_fmt(c->a, "%.*s%.*s -> ", STR_ARG(way), STR_ARG(l->names.at[l->way[i]]));
    diag_add(c->d, R_LINES, last->at, "lines stand on one another's facts in a circle: %.*s%.*s",
             STR_ARG(way), STR_ARG(l->names.at[start]));
}

static void visit_line(struct lines *l, size_t at)
{
    l->state[at] = 1;
    l->way[l->n_way++] = at;
    for (size_t i = 0; i < l->leans.n; i++) {
        const struct lean *x = &l->leans.at[i];

        if (x->from != at)
            continue;
        if (l->state[x->to] == 1)
            report_lines(l, x->to, x);
        else if (l->state[x->to] == 0)
            visit_line(l, x->to);
    }
    l->n_way--;
    l->state[at] = 2;
}

void check_lines(struct check *c)
{
    struct lines l = {.c = c};

    for (size_t i = 0; i < c->r->regs.n; i++)
        for (size_t k = 0; k < c->r->regs.at[i]->n_fields; k++)
            lean_field(&l, c->r->regs.at[i], c->r->regs.at[i]->fields[k]);
    l.state = NEW_N(c->a, uint8_t, l.names.n);
    l.way = NEW_N(c->a, size_t, l.names.n);
    for (size_t i = 0; i < l.names.n; i++)
        if (l.state[i] == 0)
            visit_line(&l, i);
}
