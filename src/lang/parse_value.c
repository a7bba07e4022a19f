/*
 * Values: sums, products, what applies to all before a comma; and what all of the reading of
 * expressions stands on. Conditions are in parse_expr.c.
 */
#include "lang/parse.h"

#include "base/limits.h"

static struct expr *value(struct parser *p);
static struct expr *primary(struct parser *p);

/* ---- common ground --------------------------------------------------------------------------- */

/* A node that ends with the last token taken. */
struct expr *parse_node(struct parser *p, enum expr_op op, size_t first)
{
    struct expr *e = NEW(p->a, struct expr);
    e->op = op;
    e->at = span_from(p, first);
    return e;
}

struct expr *bad_expr(struct parser *p)
{
    struct expr *e = NEW(p->a, struct expr);
    e->op = E_BAD;
    e->at = span_here(p);
    return e;
}

/* One level deeper; false (and reported) when that is too deep. Undone by p->depth--. */
bool parse_deeper(struct parser *p)
{
    if (++p->depth <= LIMIT_NESTING)
        return true;
    struct diag *g =
        parse_error(p, 108, span_here(p), "more than %d brackets within brackets", LIMIT_NESTING);
    diag_help(g, p->d, "give the inner part a name of its own");
    return false;
}

void parse_count_term(struct parser *p)
{
    if (++p->terms <= PARSE_TERMS)
        return;
    struct diag *g =
        parse_error(p, 108, span_here(p), "more than %d terms in one value", PARSE_TERMS);
    diag_help(g, p->d, "give parts of it names of their own");
}

void parse_not_closed(struct parser *p, size_t open)
{
    const struct token *t = &p->toks[open];
    parse_error(p, 100, (struct span){p->file, t->from, t->to}, "this bracket is not closed");
}

/* Nothing is carried over from a value that was given up. */
void parse_begin(struct parser *p)
{
    p->terms = 0;
    p->depth = 0;
    p->in_group = false;
}

/* ---- sums and products ---------------------------------------------------------------------- */

static struct expr *two(struct parser *p, enum expr_op op, size_t first, struct expr *a,
                        struct expr *b)
{
    struct expr *e = parse_node(p, op, first);
    e->a = a;
    e->b = b;
    return e;
}

/*
 *| product  = primary { ( "*" | "/" ) primary }
 */
static struct expr *product(struct parser *p)
{
    size_t first = p->pos;
    struct expr *a = primary(p);
    while (peek(p) == T_STAR || peek(p) == T_SLASH) {
        enum expr_op op = take(p)->kind == T_STAR ? E_MUL : E_DIV;
        parse_count_term(p);
        struct expr *b = primary(p);
        a = two(p, op, first, a, b);
    }
    return a;
}

/*
 *| sum      = product { ( "+" | "-" ) product }
 */
struct expr *parse_inner_sum(struct parser *p)
{
    size_t first = p->pos;
    struct expr *a = product(p);
    while (peek(p) == T_PLUS || peek(p) == T_MINUS) {
        enum expr_op op = take(p)->kind == T_PLUS ? E_ADD : E_SUB;
        parse_count_term(p);
        struct expr *b = product(p);
        a = two(p, op, first, a, b);
    }
    return a;
}

static struct expr *bracket(struct parser *p)
{
    if (!parse_deeper(p))
        return bad_expr(p);
    size_t open = p->pos;
    take(p);
    struct expr *e = value(p);
    p->depth--;
    if (!p->panic && peek(p) == T_END) {
        parse_not_closed(p, open);
        return e;
    }
    want(p, T_CLOSE);
    return e;
}

/* count of S; sum of x over S */
static struct expr *over_set(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = take(p)->kind;
    struct expr *a = NULL;
    if (!parse_deeper(p))
        return bad_expr(p);
    want(p, W_OF);
    if (t != W_COUNT) {
        a = parse_inner_sum(p);
        want(p, W_OVER);
    }
    struct set *set = parse_inner_set(p);
    p->depth--;
    struct expr *e = parse_node(p,
                                t == W_COUNT     ? E_COUNT
                                : t == W_SUM     ? E_SUM
                                : t == W_HIGHEST ? E_HIGHEST
                                                 : E_LOWEST,
                                first);
    e->a = a;
    e->set = set;
    return e;
}

static struct expr *since(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = take(p)->kind;
    if (!parse_deeper(p))
        return bad_expr(p);
    want(p, W_SINCE);
    struct expr *a = primary(p);
    p->depth--;
    struct expr *e = parse_node(p, E_SINCE, first);
    e->a = a;
    e->since = t == W_MONTHS ? SINCE_MONTHS : t == W_YEARS ? SINCE_YEARS : SINCE_DAYS;
    return e;
}

/* a name, policy.name, policy.outcome */
static struct expr *name(struct parser *p)
{
    size_t first = p->pos;
    struct ident id = take_ident(p), qual = {0};
    enum expr_op op = E_NAME;
    if (got(p, T_DOT)) {
        qual = id;
        id = (struct ident){0};
        if (got(p, W_OUTCOME))
            op = E_OUTCOME;
        else
            id = take_name(p, "a name of that policy");
    }
    struct expr *e = parse_node(p, p->panic ? E_BAD : op, first);
    e->name = id;
    e->qual = qual;
    return e;
}

static struct expr *no_value(struct parser *p)
{
    enum tok t = peek(p);
    struct diag *g;
    if (t == T_MINUS) {
        g = parse_error(p, 107, span_here(p), "minus stands between two values");
        diag_help(g, p->d, "write 0 - x");
    } else {
        g = expected(p, "a value");
        if (t == W_YES || (t == W_NO && peek_at(p, 1) != W_MEMBER))
            diag_help(g, p->d, "a yes or no stands by itself: employed, not employed");
        else if (t == W_MEMBER)
            diag_help(g, p->d, "of the member spoken of one says: member gets …");
    }
    return bad_expr(p);
}

/*
 *| primary  = literal | "(" value ")" | NAME [ "." ( NAME | "outcome" ) ] | "outcome"
 *|          | "paid" "last" "month" | "this" "month" | "count" "of" set
 *|          | ( "sum" | "highest" | "lowest" ) "of" sum "over" set
 *|          | ( "months" | "years" | "days" ) "since" primary
 */
static struct expr *primary(struct parser *p)
{
    size_t first = p->pos;
    switch (peek(p)) {
    case T_OPEN:
        return bracket(p);
    case T_NAME:
        return name(p);
    case W_OUTCOME:
        take(p);
        return parse_node(p, E_OUTCOME, first);
    case W_PAID:
        take(p);
        want_word(p, "last");
        want(p, W_MONTH);
        return parse_node(p, E_PAID_LAST, first);
    case W_THIS:
        take(p);
        want(p, W_MONTH);
        return parse_node(p, E_THIS_MONTH, first);
    case W_COUNT:
    case W_SUM:
    case W_HIGHEST:
    case W_LOWEST:
        return over_set(p);
    case W_MONTHS:
    case W_YEARS:
    case W_DAYS:
        return since(p);
    default:
        break;
    }
    if (!at_literal(p))
        return no_value(p);
    struct type type;
    struct literal lit;
    take_literal(p, &type, &lit);
    struct expr *e = parse_node(p, type.kind == K_NONE ? E_BAD : E_LIT, first);
    e->type = type;
    e->lit = lit;
    return e;
}

/* ---- values --------------------------------------------------------------------------------- */

static struct expr *rounded(struct parser *p, struct expr *a, size_t first)
{
    enum rounding how = ROUND_HALF_UP;
    if (got_word(p, "half"))
        want_word(p, "up");
    else if (got_word(p, "up"))
        how = ROUND_UP;
    else if (got_word(p, "down"))
        how = ROUND_DOWN;
    else
        expected(p, "half up, up or down");
    want(p, W_TO);
    int64_t unit = 1;
    if (got_word(p, "jiao"))
        unit = 10;
    else if (got_word(p, "yuan"))
        unit = 100;
    else if (!got_word(p, "fen"))
        expected(p, "fen, jiao or yuan");
    struct expr *e = parse_node(p, E_ROUND, first);
    e->a = a;
    e->round = how;
    e->unit_fen = unit;
    return e;
}

static struct expr *taken_as(struct parser *p, struct expr *a, size_t first)
{
    want(p, W_AS);
    struct expr *b = parse_inner_sum(p);
    want(p, W_WHEN);
    enum expr_op op = E_IF_UNKNOWN;
    if (got_word(p, "none"))
        op = E_IF_NONE;
    else if (!got(p, W_UNKNOWN))
        expected(p, "unknown or none");
    return two(p, op, first, a, b);
}

static struct expr *bound(struct parser *p, struct expr *a, size_t first)
{
    enum expr_op op = E_AT_LEAST;
    if (got_word(p, "most"))
        op = E_AT_MOST;
    else if (!got_word(p, "least"))
        expected(p, "least or most");
    struct expr *b = parse_inner_sum(p);
    return two(p, op, first, a, b);
}

/*
 *| value    = expr { "," ( "at" ( "least" | "most" ) sum
 *|                       | "rounded" ( "half" "up" | "up" | "down" ) "to" ( "fen" | "jiao" | "yuan" )
 *|                       | "taken" "as" sum "when" ( "unknown" | "none" ) ) }
 */
static struct expr *value(struct parser *p)
{
    size_t first = p->pos;
    struct expr *a = parse_inner_expr(p);
    for (;;) {
        enum tok t = peek(p) == T_COMMA ? peek_at(p, 1) : T_END;
        if (t != W_AT && t != W_ROUNDED && t != W_TAKEN)
            break;
        take(p);
        take(p);
        parse_count_term(p);
        a = t == W_AT        ? bound(p, a, first)
            : t == W_ROUNDED ? rounded(p, a, first)
                             : taken_as(p, a, first);
    }
    if (peek(p) == W_AT || peek(p) == W_ROUNDED || peek(p) == W_TAKEN) {
        struct diag *g =
            parse_error(p, 100, span_here(p), "expected “,” before “%s”", tok_text(peek(p)));
        diag_help(g, p->d, "it applies to all that stands before the comma");
    }
    return a;
}

struct expr *parse_value(struct parser *p)
{
    parse_begin(p);
    return value(p);
}

struct expr *parse_sum(struct parser *p)
{
    parse_begin(p);
    return parse_inner_sum(p);
}
