/*
 * Expressions: each gets an exact kind and a level (whose value it is), each name what it stands
 * for. Sets of members, and what is said over them, are in check_set.c.
 */
#include "lang/check.h"

static const struct type t_none = {.kind = K_NONE}, t_bool = {.kind = K_BOOL};

void number_expr(struct scope *s, struct expr *e)
{
    e->id = s->c->r->n_exprs++;
}

static enum level higher(enum level a, enum level b)
{
    return a > b ? a : b;
}

/* Where the operator of a + b stands: between its two sides. */
static struct span op_span(const struct check *c, const struct expr *e)
{
    struct span at = e->at;
    const char *op = op_text(e);
    str between;
    long found;

    if (!e->a || !e->b || e->a->at.to == 0 || e->b->at.from < e->a->at.to)
        return at;
    between = check_text(c, (struct span){at.file, e->a->at.to, e->b->at.from});
    found = str_find(between, str_from(op));
    if (found < 0)
        return at;
    at.from = e->a->at.to + (uint32_t)found;
    at.to = at.from + (uint32_t)str_from(op).n;
    return at;
}

/* ---- what does not go together --------------------------------------------------------------- */

static void help_join(struct check *c, struct diag *g, const struct expr *e)
{
    enum kind a = e->a->type.kind, b = e->b->type.kind;
    str left = check_text(c, e->a->at), right = check_text(c, e->b->at);
    bool arithmetic = e->op == E_ADD || e->op == E_SUB;

    if (arithmetic && (a == K_RATE || b == K_RATE))
        diag_help(g, c->d, "a rate multiplies: %.*s * %.*s", STR_ARG(left), STR_ARG(right));
    else if ((a == K_COUNT && b == K_MONTHS && e->a->op == E_LIT) ||
             (b == K_COUNT && a == K_MONTHS && e->b->op == E_LIT))
        diag_help(g, c->d, "months are written %.*s months", STR_ARG(a == K_COUNT ? left : right));
    else if (a == K_MONEY && b == K_MONEY_MONTH)
        diag_help(g, c->d, "money per month is multiplied by months: %.*s * 12 months",
                  STR_ARG(right));
    else if (a == K_MONEY_MONTH && b == K_MONEY)
        diag_help(g, c->d, "money per month is multiplied by months: %.*s * 12 months",
                  STR_ARG(left));
    else if (e->op == E_REL && (a == K_DATE || a == K_MONTH))
        diag_help(g, c->d, "dates and months are compared by before and after");
}

static void cannot(struct scope *s, struct expr *e, int code, const char *verb)
{
    struct check *c = s->c;
    struct diag *g =
        diag_add(c->d, code, op_span(c, e), "“%s” can't %s %.*s and %.*s", op_text(e), verb,
                 STR_ARG(check_phrase(c, e->a->type)), STR_ARG(check_phrase(c, e->b->type)));

    help_join(c, g, e);
    e->type = t_none;
}

/* A yes or no, or a value of a code list, is not reckoned with. */
static bool reckoned(struct scope *s, const struct expr *e, const struct expr *side)
{
    struct check *c = s->c;
    str text = check_text(c, side->at);

    if (side->type.kind == K_BOOL) {
        diag_help(diag_add(c->d, R_YES_NO, side->at, "a yes or no is compared with nothing"), c->d,
                  "say %.*s, or not %.*s", STR_ARG(text), STR_ARG(text));
        return false;
    }
    if (side->type.kind == K_CODE && e->op == E_REL) {
        diag_help(diag_add(c->d, R_IS, op_span(c, e), "“%s” is not for a value of %.*s", op_text(e),
                           STR_ARG(side->type.code->name.text)),
                  c->d, "say %.*s is …", STR_ARG(text));
        return false;
    }
    return true;
}

/* ---- operators ------------------------------------------------------------------------------- */

static void join_sides(struct scope *s, struct expr *e, int code, const char *verb)
{
    struct type one;

    if (!reckoned(s, e, e->a) || !reckoned(s, e, e->b)) {
        e->type = t_none;
        return;
    }
    if (!type_join(e->a, e->b, &one)) {
        cannot(s, e, code, verb);
        return;
    }
    if (one.kind == K_NONE || one.kind == K_ZERO) {
        e->type = one;
        return;
    }
    e->type = (struct type){.kind = type_of_op(e->op, one.kind, one.kind)};
    if (e->type.kind == K_NONE)
        cannot(s, e, code, verb);
}

static void check_sum(struct scope *s, struct expr *e)
{
    check_expr(s, e->a);
    check_expr(s, e->b);
    join_sides(s, e, R_JOIN, "join");
}

static void check_bound(struct scope *s, struct expr *e)
{
    check_expr(s, e->a);
    check_expr(s, e->b);
    join_sides(s, e, R_BOUND, "join");
}

static void check_product(struct scope *s, struct expr *e)
{
    const struct type count = {.kind = K_COUNT};

    check_expr(s, e->a);
    check_expr(s, e->b);
    if (!reckoned(s, e, e->a) || !reckoned(s, e, e->b)) {
        e->type = t_none;
        return;
    }
    if (e->op == E_DIV && e->b->op == E_LIT && e->b->lit.i == 0 && e->b->lit.num == 0) {
        diag_add(s->c->d, R_BY_ZERO, e->b->at, "nothing is divided by 0");
        e->type = t_none;
        return;
    }
    type_settle(e->a, count);
    type_settle(e->b, count);
    e->type = t_none;
    if (e->a->type.kind == K_NONE || e->b->type.kind == K_NONE)
        return;
    e->type.kind = type_of_op(e->op, e->a->type.kind, e->b->type.kind);
    if (e->type.kind == K_NONE)
        cannot(s, e, R_PRODUCT, e->op == E_MUL ? "multiply" : "divide");
}

/* 0 on all sides: of some kind they must be. */
static void settle_counts(struct expr *e)
{
    const struct type count = {.kind = K_COUNT};

    type_settle(e->a, count);
    type_settle(e->b, count);
    if (e->c)
        type_settle(e->c, count);
}

/* a rel b, or a rel b rel2 c: each pair is of one kind. */
static void check_rel(struct scope *s, struct expr *e)
{
    struct expr second = *e;

    check_expr(s, e->a);
    check_expr(s, e->b);
    if (e->c)
        check_expr(s, e->c);
    join_sides(s, e, R_COMPARE, "compare");
    if (e->c && e->type.kind != K_NONE) {
        second.a = e->b;
        second.b = e->c;
        second.rel = e->rel2;
        join_sides(s, &second, R_COMPARE, "compare");
        e->type = second.type;
        /* What the third side says of a written-out number holds for the first as well. */
        if (e->type.kind != K_NONE)
            join_sides(s, e, R_COMPARE, "compare");
    }
    if (e->type.kind == K_ZERO) {
        settle_counts(e);
        e->type = t_bool;
    }
}

static void check_when(struct scope *s, struct expr *e)
{
    enum kind a, b;

    check_expr(s, e->a);
    check_expr(s, e->b);
    a = e->a->type.kind;
    b = e->b->type.kind;
    e->type = t_bool;
    if (a == K_NONE || b == K_NONE || type_of_op(e->op, a, b) != K_NONE)
        return;
    diag_add(s->c->d, R_BEFORE, op_span(s->c, e),
             "“%s” stands between two dates or two months, not %.*s and %.*s", op_text(e),
             STR_ARG(check_phrase(s->c, e->a->type)), STR_ARG(check_phrase(s->c, e->b->type)));
}

static void check_is(struct scope *s, struct expr *e)
{
    struct check *c = s->c;

    check_expr(s, e->a);
    e->type = t_bool;
    if (e->a->type.kind == K_CODE) {
        for (size_t i = 0; i < e->n_args; i++) {
            resolve_code(s, e->args[i], e->a->type.code);
            for (size_t k = 0; e->args[i]->op == E_CODE && k < i; k++)
                if (e->args[k]->op == E_CODE && e->args[k]->lit.i == e->args[i]->lit.i)
                    diag_add(c->d, R_TWICE, e->args[i]->at, "“%.*s” is named twice",
                             STR_ARG(check_text(c, e->args[i]->at)));
        }
        return;
    }
    if (e->a->type.kind == K_NONE)
        return;
    if (e->a->type.kind == K_BOOL)
        reckoned(s, e, e->a);
    else
        diag_help(diag_add(c->d, R_IS, e->a->at, "“is” is for a value of a code list, this is %.*s",
                           STR_ARG(check_phrase(c, e->a->type))),
                  c->d,
                  kind_numeric(e->a->type.kind) ? "numbers are compared by = and <"
                                                : "dates are compared by before and after");
}

static int64_t bound_number(const struct expr *e)
{
    return e->type.kind == K_ZERO ? 0 : e->lit.i;
}

static bool in_numbered(struct scope *s, struct expr *e, const struct code *code)
{
    struct check *c = s->c;
    bool within = false;

    for (size_t i = 0; i < code->n_values; i++) {
        if (!code->values[i].has_number) {
            diag_add(c->d, R_IN, e->at, "the values of %.*s have no numbers",
                     STR_ARG(code->name.text));
            return false;
        }
        within = within || (code->values[i].number >= bound_number(e->b) &&
                            code->values[i].number <= bound_number(e->c));
    }
    if (!within)
        diag_add(c->d, R_RANGE, e->b->at, "no value of %.*s is in %lld..%lld",
                 STR_ARG(code->name.text), (long long)bound_number(e->b),
                 (long long)bound_number(e->c));
    return within;
}

static void check_in(struct scope *s, struct expr *e)
{
    const struct type count = {.kind = K_COUNT};
    struct check *c = s->c;

    check_expr(s, e->a);
    check_expr(s, e->b);
    check_expr(s, e->c);
    e->type = t_bool;
    type_settle(e->a, count);
    if (e->a->type.kind == K_NONE || e->b->type.kind == K_NONE || e->c->type.kind == K_NONE)
        return;
    if (bound_number(e->b) > bound_number(e->c)) {
        diag_add(c->d, R_RANGE, e->b->at, "nothing is in %lld..%lld", (long long)bound_number(e->b),
                 (long long)bound_number(e->c));
        return;
    }
    type_settle(e->b, count);
    type_settle(e->c, count);
    if (e->a->type.kind == K_CODE) {
        in_numbered(s, e, e->a->type.code);
        return;
    }
    if (e->a->type.kind == K_BOOL)
        reckoned(s, e, e->a);
    else if (e->a->type.kind != K_COUNT)
        diag_help(diag_add(c->d, R_IN, e->a->at,
                           "“in” is for a count or a numbered code, this is %.*s",
                           STR_ARG(check_phrase(c, e->a->type))),
                  c->d, "a range of other kinds is written a <= x <= b");
}

static void check_since(struct scope *s, struct expr *e)
{
    static const enum kind results[] = {
        [SINCE_DAYS] = K_DAYS, [SINCE_MONTHS] = K_MONTHS, [SINCE_YEARS] = K_COUNT};
    static const char *const words[] = {
        [SINCE_DAYS] = "days", [SINCE_MONTHS] = "months", [SINCE_YEARS] = "years"};
    enum kind k;

    check_expr(s, e->a);
    k = e->a->type.kind;
    e->type = (struct type){.kind = results[e->since]};
    if (k == K_NONE || k == K_DATE || (k == K_MONTH && e->since == SINCE_MONTHS))
        return;
    diag_add(s->c->d, R_SINCE, e->a->at, "“%s since” counts from a date%s, this is %.*s",
             words[e->since], e->since == SINCE_MONTHS ? " or a month" : "",
             STR_ARG(check_phrase(s->c, e->a->type)));
}

static void check_round(struct scope *s, struct expr *e)
{
    check_expr(s, e->a);
    e->type = e->a->type;
    if (e->type.kind == K_NONE || e->type.kind == K_ZERO || kind_money(e->type.kind))
        return;
    diag_add(s->c->d, R_ROUND, e->a->at, "only money is rounded to fen, jiao or yuan, this is %.*s",
             STR_ARG(check_phrase(s->c, e->type)));
    e->type = t_none;
}

/* …, taken as b when unknown / none: of one kind with what it stands for. */
static void check_taken(struct scope *s, struct expr *e)
{
    struct scope inner = *s;
    bool direct = e->op == E_IF_NONE && (e->a->op == E_HIGHEST || e->a->op == E_LOWEST);
    struct check *c = s->c;
    size_t errors = c->d->errors;

    inner.under = direct ? e->a : NULL;
    check_expr(&inner, e->a);
    if (e->op == E_IF_NONE && !direct && c->d->errors == errors)
        diag_add(c->d, R_NONE, e->at, "“when none” belongs to highest of or lowest of");
    check_value(s, e->b, e->a->type.kind == K_CODE ? e->a->type.code : NULL);
    if (!type_join(e->a, e->b, &e->type)) {
        diag_add(c->d, R_TAKEN, e->b->at, "%.*s can't be taken as %.*s",
                 STR_ARG(check_phrase(c, e->a->type)), STR_ARG(check_phrase(c, e->b->type)));
        e->type = t_none;
    }
}

static void check_logic(struct scope *s, struct expr *e)
{
    for (size_t i = 0; i < e->n_args; i++)
        check_condition(s, e->args[i]);
    if (e->a)
        check_condition(s, e->a);
    e->type = t_bool;
}

static void check_paid_last(struct scope *s, struct expr *e)
{
    e->type = (struct type){.kind = K_MONEY_MONTH};
    if (!s->policy) {
        diag_add(s->c->d, R_IN_REGISTER, e->at, "paid last month is a policy's word");
        return;
    }
    e->level = s->policy->of_member ? LEVEL_MEMBER : LEVEL_SUBJECT;
    e->policy = s->policy;
}

void check_condition(struct scope *s, struct expr *e)
{
    check_expr(s, e);
    if (e->type.kind != K_BOOL && e->type.kind != K_NONE)
        diag_add(s->c->d, R_CONDITION, e->at, "expected a yes or no, this is %.*s",
                 STR_ARG(check_phrase(s->c, e->type)));
}

void check_value(struct scope *s, struct expr *e, struct code *code)
{
    struct word w;

    if (!code || e->op != E_NAME || e->qual.text.n) {
        check_expr(s, e);
        return;
    }
    /* A word of the policy comes before a value, unless only the value can be meant. */
    w = find_word(s, e->name.text);
    if (w.form == WORD_NONE ||
        (names_value(e, code) && w.form == WORD_FIELD && w.field->type.kind != K_CODE))
        resolve_code(s, e, code);
    else
        check_expr(s, e);
}

static void lift(enum level *level, const struct expr *e)
{
    if (e)
        *level = higher(*level, e->level);
}

static void lift_parts(struct expr *e)
{
    lift(&e->level, e->a);
    lift(&e->level, e->b);
    lift(&e->level, e->c);
    for (size_t i = 0; i < e->n_args; i++)
        lift(&e->level, e->args[i]);
}

static void check_parts(struct scope *s, struct expr *e)
{
    static void (*const checks[])(struct scope *, struct expr *) = {
        [E_ADD] = check_sum,     [E_SUB] = check_sum,        [E_MUL] = check_product,
        [E_DIV] = check_product, [E_REL] = check_rel,        [E_IS] = check_is,
        [E_IN] = check_in,       [E_BEFORE] = check_when,    [E_AFTER] = check_when,
        [E_AND] = check_logic,   [E_OR] = check_logic,       [E_NOT] = check_logic,
        [E_SINCE] = check_since, [E_AT_LEAST] = check_bound, [E_AT_MOST] = check_bound,
        [E_ROUND] = check_round, [E_IF_NONE] = check_taken,  [E_IF_UNKNOWN] = check_taken,
    };

    checks[e->op](s, e);
    lift_parts(e);
}

void check_expr(struct scope *s, struct expr *e)
{
    struct scope inner = *s;

    number_expr(s, e);
    e->level = LEVEL_CONST;
    if (++s->c->depth > CHECK_DEPTH) {
        if (!s->c->deep)
            diag_add(s->c->d, R_TOO_MANY, e->at, "this is more than %d steps deep", CHECK_DEPTH);
        s->c->deep = true;
        e->op = E_BAD;
    }
    if (s->under != e)
        inner.under = NULL;
    switch (e->op) {
    case E_BAD:
        e->type = t_none;
        break;
    case E_LIT:
        break;
    case E_THIS_MONTH:
        e->type = (struct type){.kind = K_MONTH};
        break;
    case E_NAME:
    case E_OUTCOME:
    case E_GETS:
        check_name_expr(&inner, e);
        break;
    case E_PAID_LAST:
        check_paid_last(&inner, e);
        break;
    case E_ANY:
    case E_NO:
    case E_EVERY:
    case E_COUNT:
    case E_SUM:
    case E_HIGHEST:
    case E_LOWEST:
        check_set_expr(&inner, e);
        break;
    case E_FIELD:
    case E_DEF:
    case E_PARAM:
    case E_CODE:
        break;
    default:
        check_parts(&inner, e);
    }
    s->c->depth--;
}
