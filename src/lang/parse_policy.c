/*
 * Policies: the head, parameters, definitions. Outcomes and examples are in files of their own.
 */
#include "lang/parse.h"

/* ---- parameters ----------------------------------------------------------------------------- */

/*
 *| param    = "parameter" NAME label type [ "by" NAME [ "in" range ] ] {basis}
 */
static struct param *parse_param(struct parser *p)
{
    struct param *q = NEW(p->a, struct param);
    mark_line(p, 2, TABLE_PARAM);
    take(p);
    q->name = declared_name(p, "the parameter's name");
    mark_column(p, COLUMN_LABEL);
    q->label = take_label(p);
    mark_column(p, COLUMN_SAID);
    parse_type(p, &q->type, NULL);
    if (q->type.kind >= K_TEXT && !p->panic) {
        parse_fault(p, 107, span_from(p, p->pos - 1), "a parameter can't be a text");
        q->type.kind = K_NONE;
    }
    if (got(p, W_BY)) {
        q->by = take_name(p, "what the parameter is read by");
        if (got(p, W_IN)) {
            q->has_range = true;
            take_range(p, &q->range_lo, &q->range_hi);
        }
    }
    take_basis(p, &q->basis, BESIDE);
    return q;
}

/* ---- conditions and grounds ----------------------------------------------------------------- */

/*
 *| named    = NAME label ":" expr {basis}
 */
void parse_named(struct parser *p, struct named *out)
{
    out->name = declared_name(p, "a condition's name");
    mark_column(p, COLUMN_LABEL);
    out->label = take_label(p);
    want(p, T_COLON);
    mark_column(p, COLUMN_SAID);
    out->expr = p->panic ? bad_expr(p) : parse_expr(p);
    take_basis(p, &out->basis, BESIDE);
}

bool at_alternative(const struct parser *p)
{
    size_t k = 1;
    if (!at_declared(p))
        return false;
    if (peek_at(p, k) == T_STRING)
        k++;
    if (peek_at(p, k) == T_SLASH && peek_at(p, k + 1) == T_STRING)
        k += 2;
    return peek_at(p, k) == W_WHEN;
}

void parse_grounds(struct parser *p, struct named **out, size_t *n, int indent)
{
    VEC(struct named) list = {0};
    do {
        struct item it = item_begin(p);
        mark_line(p, indent, TABLE_NAMED);
        if (at_declared(p) && (list.n == 0 || begins_item(p))) {
            struct named *c = VEC_PUSH(p->a, &list);
            parse_named(p, c);
            list.n -= c->name.text.n == 0;
        } else {
            expected_item(p, "a name, a label, “:” and a condition", NULL, 0);
        }
        item_end(p, &it, RECOVER_LABEL);
    } while (at_declared(p) && !at_alternative(p));
    *out = list.at;
    *n = list.n;
}

/* ---- definitions ---------------------------------------------------------------------------- */

static void parse_case(struct parser *p, struct choice_case *c, bool of_carry)
{
    struct item it = item_begin(p);
    mark_line(p, 4, TABLE_NONE);
    if (take(p)->kind == W_WHEN)
        c->when = parse_expr(p);
    want(p, T_COLON);
    if (!of_carry || p->panic || !got(p, W_UNKNOWN))
        c->value = p->panic ? bad_expr(p) : parse_value(p);
    item_end(p, &it, RECOVER_LINE);
}

/*
 *| choice   = "when" expr ":" value { "when" expr ":" value } "otherwise" ":" value
 */
static void parse_choice(struct parser *p, struct choice_case **out, size_t *n, bool of_carry)
{
    VEC(struct choice_case) cases = {0};
    size_t errors = p->d->errors;
    while (peek(p) == W_WHEN || adopt(p, W_WHEN))
        parse_case(p, VEC_PUSH(p->a, &cases), of_carry);
    if (peek(p) == W_OTHERWISE || adopt(p, W_OTHERWISE)) {
        parse_case(p, VEC_PUSH(p->a, &cases), of_carry);
    } else {
        /* A mistake in a case may have swallowed it. */
        if (p->d->errors == errors)
            expected(p, "when or otherwise");
        VEC_PUSH(p->a, &cases)->value = bad_expr(p);
    }
    *out = cases.at;
    *n = cases.n;
}

static void def_value(struct parser *p, struct def *d)
{
    take(p);
    if (at_group(p)) {
        d->form = DEF_GROUP;
        d->group = parse_group(p);
    } else {
        d->form = DEF_VALUE;
        d->value = parse_value(p);
    }
}

/*
 *| def      = NAME [ "of" "member" ] label
 *|            ( "=" ( value | group ) | choice | "any" "of" named { named } ) {basis}
 */
static struct def *parse_def(struct parser *p)
{
    struct def *d = NEW(p->a, struct def);
    struct token *line = &p->toks[p->pos];
    mark_line(p, 2, TABLE_DEF);
    d->name = declared_name(p, "a definition's name");
    if (got(p, W_OF)) {
        want(p, W_MEMBER);
        d->of_member = true;
    }
    mark_column(p, COLUMN_LABEL);
    d->label = take_label(p);
    mark_column(p, COLUMN_SAID);
    if (peek(p) == T_EQ) {
        def_value(p, d);
    } else if (peek(p) == W_WHEN) {
        line->layout.table = TABLE_NONE;
        d->form = DEF_CHOICE;
        parse_choice(p, &d->cases, &d->n_cases, false);
    } else if (peek(p) == W_ANY && peek_at(p, 1) == W_OF) {
        line->layout.table = TABLE_NONE;
        take(p);
        take(p);
        d->form = DEF_GROUNDS;
        parse_grounds(p, &d->grounds, &d->n_grounds, 4);
    } else {
        if (!p->panic)
            expected(p, "“=”, when or any of");
        d->value = bad_expr(p);
    }
    bool one_line = d->form == DEF_VALUE || d->form == DEF_GROUP;
    take_basis(p, &d->basis, one_line ? BESIDE : 4);
    return d;
}

/* ---- what is carried over ------------------------------------------------------------------- */

/*
 *| carry    = "carry" NAME "when" expr ":" carried { "when" expr ":" carried }
 *|            "otherwise" ":" carried {basis}    -- NAME: a fact of the one it is for
 *| carried  = value | "unknown"
 */
static void parse_carry(struct parser *p, struct carry *c)
{
    mark_line(p, 2, TABLE_NONE);
    take(p);
    c->name = take_name(p, "the name of a fact");
    if (!p->panic)
        parse_choice(p, &c->cases, &c->n_cases, true);
    take_basis(p, &c->basis, 4);
}

/* ---- the policy ----------------------------------------------------------------------------- */

/*
 *| subject  = "for" "each" ( NAME | "member" [ "of" NAME ] ) [ "with" NAME ] ","
 *|            ( "each" "month" | "on" "application" )
 *|                                -- the register spoken of; `with`: which list its members are
 */
static void parse_subject(struct parser *p, struct policy *y)
{
    mark_line(p, 2, TABLE_NONE);
    if (!want(p, W_FOR))
        return;
    want(p, W_EACH);
    if (got(p, W_MEMBER)) {
        y->of_member = true;
        if (got(p, W_OF))
            y->subject_name = take_name(p, "the name of a register");
    } else {
        y->subject_name = take_name(p, "the name of a register, or member");
    }
    if (got(p, W_WITH))
        y->list_name = take_name(p, "the name of a list of members");
    want(p, T_COMMA);
    if (got_word(p, "on")) {
        y->on_application = want_word(p, "application");
        return;
    }
    want(p, W_EACH);
    want(p, W_MONTH);
}

struct policy_lists {
    VEC(struct param *) params;
    VEC(struct def *) defs;
    VEC(struct carry) carries;
    VEC(struct taking_back) takings;
    VEC(struct example) examples;
    bool has_outcome;
};

static void parse_part(struct parser *p, struct policy *y, struct policy_lists *l)
{
    static const char *const words[] = {"parameter", "carry", "outcome",
                                        "example",   "basis", "assumed"};
    enum { WORDS = sizeof words / sizeof *words };
    struct item it = item_begin(p);
    if (at_basis(p)) {
        take_basis(p, &y->basis, 2);
    } else if (at_kept(p)) {
        parse_kept(p, &y->kept);
    } else if (at_taking(p)) {
        parse_taking(p, VEC_PUSH(p->a, &l->takings));
    } else if (peek(p) == W_PARAMETER) {
        struct param *q = parse_param(p);
        if (q->name.text.n)
            *VEC_PUSH(p->a, &l->params) = q;
    } else if (peek(p) == W_CARRY) {
        struct carry *c = VEC_PUSH(p->a, &l->carries);
        parse_carry(p, c);
        l->carries.n -= c->name.text.n == 0;
    } else if (peek(p) == W_OUTCOME) {
        if (l->has_outcome)
            parse_fault(p, 109, span_here(p), "the policy has an outcome already");
        l->has_outcome = true;
        parse_outcome(p, y);
    } else if (peek(p) == W_EXAMPLE) {
        parse_example(p, VEC_PUSH(p->a, &l->examples), y);
    } else if (at_declared(p) && begins_item(p) && !is_misspelt(p, words, WORDS)) {
        struct def *d = parse_def(p);
        if (d->name.text.n)
            *VEC_PUSH(p->a, &l->defs) = d;
    } else {
        expected_item(p, "a parameter, a definition, an outcome or an example", words, WORDS);
    }
    item_end(p, &it, RECOVER_LABEL);
}

/*
 *| policy   = "policy" NAME label subject { basis | kept | taking | param | def | carry | outcome
 *|            | example }
 */
void parse_policy(struct parser *p)
{
    struct policy *y = NEW(p->a, struct policy);
    struct policy_lists l = {0};
    size_t first = p->pos;
    bool told = false;
    take(p);
    y->line = p->src->line;
    y->name = declared_name(p, "the name of the policy");
    y->label = take_label(p);
    y->at = span_from(p, first);
    bool well = !p->panic;
    head_end(p);
    /* A head that could not be read may have swallowed it. */
    if (well || peek(p) == W_FOR)
        parse_subject(p, y);
    head_end(p);
    while (body_goes_on(p, &told, "policy", y->name))
        parse_part(p, y, &l);
    y->params = l.params.at;
    y->n_params = l.params.n;
    y->defs = l.defs.at;
    y->n_defs = l.defs.n;
    y->carries = l.carries.at;
    y->n_carries = l.carries.n;
    y->takings = l.takings.at;
    y->n_takings = l.takings.n;
    y->examples = l.examples.at;
    y->n_examples = l.examples.n;
    if (y->name.text.n)
        *VEC_PUSH(p->a, &p->r->policies) = y;
}
