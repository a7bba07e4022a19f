/*
 * Outcomes: alternatives in the order in which they are tried, their reasons and payments.
 */
#include "lang/parse.h"

/* ---- reasons -------------------------------------------------------------------------------- */

/* The next NAME failed: is it `because NAME failed`? Anything else than a label behind it is. */
static void because_failed(struct parser *p, struct because *b, struct ident name)
{
    b->form = BECAUSE_FAILED;
    b->alternative = name;
    if (!got_word(p, "failed"))
        expected(p, "failed, or a label and when");
}

/*
 *| because  = "because" ( NAME "failed"
 *|                      | NAME label "when" ( "only" NAME "failed" "in" NAME | expr ) )
 */
static void parse_because(struct parser *p, struct because *b)
{
    size_t first = p->pos;
    take(p);
    struct ident name = declared_name(p, "an alternative's or reason's name");
    if (peek(p) != T_STRING) {
        because_failed(p, b, name);
        b->at = span_from(p, first);
        return;
    }
    b->form = BECAUSE_WHEN;
    b->name = name;
    b->label = take_label(p);
    want(p, W_WHEN);
    if (got(p, W_ONLY)) {
        b->form = BECAUSE_ONLY;
        b->only = take_name(p, "a condition's name");
        want_word(p, "failed");
        want(p, W_IN);
        b->alternative = take_name(p, "an alternative's name");
    } else {
        b->when = p->panic ? bad_expr(p) : parse_expr(p);
    }
    b->at = span_from(p, first);
}

/* ---- payments ------------------------------------------------------------------------------- */

/*
 *| pays     = "pays" ( NAME | "member" | "each" "member" "of" group ) ":" value
 *|                                -- NAME: the policy's subject
 */
static void parse_pays(struct parser *p, struct pay *y)
{
    size_t first = p->pos;
    take(p);
    if (peek(p) == W_MEMBER) {
        y->form = PAY_MEMBER;
        y->whom = take_ident(p);
    } else if (got(p, W_EACH)) {
        y->form = PAY_EACH;
        if (peek(p) == W_MEMBER)
            y->whom = take_ident(p);
        else
            want(p, W_MEMBER);
        want(p, W_OF);
        y->set = parse_group(p);
    } else {
        y->form = PAY_SUBJECT;
        y->whom = take_name(p, "who is paid: the policy's subject, member or each member of");
    }
    want(p, T_COLON);
    y->value = p->panic ? bad_expr(p) : parse_value(p);
    y->at = span_from(p, first);
}

/*
 *| then     = { because | pays }
 */
static void parse_then(struct parser *p, struct alternative *alt)
{
    VEC(struct because) because = {0};
    VEC(struct pay) pays = {0};
    for (;;) {
        bool reason = peek(p) == W_BECAUSE || adopt(p, W_BECAUSE);
        if (!reason && peek(p) != W_PAYS && !adopt(p, W_PAYS))
            break;
        struct item it = item_begin(p);
        mark_line(p, 6, TABLE_NONE);
        if (reason) {
            struct because *b = VEC_PUSH(p->a, &because);
            parse_because(p, b);
            because.n -= p->panic && b->name.text.n == 0;
        } else {
            parse_pays(p, VEC_PUSH(p->a, &pays));
        }
        item_end(p, &it, RECOVER_LINE);
    }
    alt->because = because.at;
    alt->n_because = because.n;
    alt->pays = pays.at;
    alt->n_pays = pays.n;
}

/* ---- alternatives --------------------------------------------------------------------------- */

/* One condition stands behind `when` if there is room; several have a line each. */
static void lay_out_conditions(struct token *first, size_t n)
{
    if (n != 1)
        return;
    first->layout.indent = -1;
    first->layout.table = TABLE_NONE;
    first->layout.soft = 8;
}

/*
 *| choosing = NAME [ label ] "when" named { named } then
 *| final    = "otherwise" NAME [ label ] then
 */
static void parse_alternative(struct parser *p, struct alternative *alt)
{
    mark_line(p, 4, TABLE_NONE);
    alt->otherwise = got(p, W_OTHERWISE);
    alt->name = declared_name(p, "an outcome's name");
    if (peek(p) == T_STRING)
        alt->label = take_label(p);
    if (!alt->otherwise) {
        if (!want(p, W_WHEN))
            return;
        struct token *cond = &p->toks[p->pos];
        parse_grounds(p, &alt->conds, &alt->n_conds, 8);
        lay_out_conditions(cond, alt->n_conds);
    }
    parse_then(p, alt);
}

static const char *const words[] = {"otherwise", "pays", "because"};

static bool begins_alternative(const struct parser *p)
{
    if (peek(p) == W_OTHERWISE || at_alternative(p))
        return true;
    return at_declared(p) && begins_item(p) && !is_misspelt(p, words, 3);
}

/*
 *| outcome  = "outcome" label { choosing } final
 */
void parse_outcome(struct parser *p, struct policy *y)
{
    VEC(struct alternative) alts = {0};
    mark_line(p, 2, TABLE_NONE);
    take(p);
    y->outcome_label = take_label(p);
    head_end(p);
    while (peek(p) != T_END || adopt(p, W_OTHERWISE)) {
        struct item it = item_begin(p);
        if (begins_alternative(p)) {
            struct alternative *alt = VEC_PUSH(p->a, &alts);
            parse_alternative(p, alt);
            alts.n -= alt->name.text.n == 0;
        } else {
            expected_item(p, "an alternative: a name, a label, when; or otherwise", words, 3);
        }
        item_end(p, &it, RECOVER_LINE);
    }
    y->alts = alts.at;
    y->n_alts = alts.n;
}
