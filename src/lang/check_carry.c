/* What a policy remembers from month to month: a stored fact of the one it is for. */
#include "lang/check.h"

static bool kind_carried(enum kind k)
{
    return kind_money(k) || k == K_COUNT || k == K_MONTHS || k == K_DAYS || k == K_DATE ||
           k == K_MONTH || k == K_BOOL || k == K_CODE;
}

static struct field *carried_field(struct check *c, struct policy *p, struct carry *y)
{
    const struct reg *reg = p->of_member && p->list ? p->list->type.reg : p->subject;
    struct field *f = NULL;

    for (size_t i = 0; i < reg->n_fields && !f; i++)
        if (str_eq(reg->fields[i]->name.text, y->name.text))
            f = reg->fields[i];
    if (!f) {
        unknown_field(c, &y->name, reg);
        return NULL;
    }
    if (f->type.kind == K_NONE)
        return NULL;
    if (f->value || !kind_carried(f->type.kind)) {
        diag_help(diag_add(c->d, R_CARRY, y->name.at, "%.*s can't be carried over",
                           STR_ARG(check_named(c, f->name.text, &f->label))),
                  c->d, "a stored amount, number, date, month, code or yes-or-no can");
        return NULL;
    }
    if (f->required) {
        diag_add(c->d, R_CARRY, y->name.at, "%.*s is required, but what is carried may be unknown",
                 STR_ARG(check_named(c, f->name.text, &f->label)));
        return NULL;
    }
    if (f->carried_by) {
        diag_add(c->d, R_CARRY, y->name.at, "%.*s is carried over by %.*s already",
                 STR_ARG(check_named(c, f->name.text, &f->label)),
                 STR_ARG(f->carried_by->name.text));
        return NULL;
    }
    f->carried_by = p;
    return f;
}

static void check_carried(struct scope *s, struct carry *y, struct expr *e)
{
    check_value(s, e, y->field && y->field->type.kind == K_CODE ? y->field->type.code : NULL);
    if (!y->field || e->type.kind == K_NONE)
        return;
    if (!type_fits(e, y->field->type)) {
        diag_add(s->c->d, R_CARRY_KIND, e->at, "%.*s is %.*s, this is %.*s",
                 STR_ARG(y->field->name.text), STR_ARG(check_phrase(s->c, y->field->type)),
                 STR_ARG(check_phrase(s->c, e->type)));
        return;
    }
    type_settle(e, y->field->type);
    if (kind_money(e->type.kind) && !expr_whole(e))
        diag_add(s->c->d, R_CARRY_KIND, e->at, "%.*s would have parts of a fen",
                 STR_ARG(y->field->name.text));
}

void check_carries(struct check *c, struct policy *p)
{
    struct scope s = scope_of_policy(c, p, p->of_member);

    for (size_t i = 0; i < p->n_carries; i++) {
        struct carry *y = &p->carries[i];

        y->field = carried_field(c, p, y);
        for (size_t k = 0; k < y->n_cases; k++) {
            if (y->cases[k].when)
                check_condition(&s, y->cases[k].when);
            if (y->cases[k].value)
                check_carried(&s, y, y->cases[k].value);
        }
    }
}
