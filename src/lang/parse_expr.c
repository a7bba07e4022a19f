/*
 * Values: expressions, sentences about members, groups. Nothing is resolved or typed here.
 */
#include "lang/parse.h"

#include "base/limits.h"

static struct expr *value(struct parser *p);
static struct expr *whole_expr(struct parser *p);
static struct expr *negation(struct parser *p);
static struct expr *sum(struct parser *p);
static struct expr *primary(struct parser *p);
static struct expr *test(struct parser *p);
static struct set *parse_set(struct parser *p);

/* A node that ends with the last token taken. */
static struct expr *node(struct parser *p, enum expr_op op, size_t first)
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
static bool deeper(struct parser *p)
{
    if (++p->depth <= LIMIT_NESTING)
        return true;
    struct diag *g =
        parse_error(p, 108, span_here(p), "more than %d brackets within brackets", LIMIT_NESTING);
    diag_help(g, p->d, "give the inner part a name of its own");
    return false;
}

static void count_term(struct parser *p)
{
    if (++p->terms <= PARSE_TERMS)
        return;
    struct diag *g =
        parse_error(p, 108, span_here(p), "more than %d terms in one value", PARSE_TERMS);
    diag_help(g, p->d, "give parts of it names of their own");
}

static struct ident ident_taken(struct parser *p)
{
    const struct token *t = take(p);
    return (struct ident){t->text, {p->file, t->from, t->to}};
}

/* ---- and, or, not --------------------------------------------------------------------------- */

static bool accept_verb(struct parser *p)
{
    return accept(p, W_IS) || accept(p, W_ARE) || accept(p, W_HAS) || accept(p, W_HAVE);
}

/*
 *| verb     = "is" | "are" | "has" | "have"
 */
static void expect_verb(struct parser *p)
{
    if (!accept_verb(p))
        expected(p, "is, are, has or have");
}

/* Does the part that begins at the token say something of members, without brackets around it? */
static bool is_bare_sentence(const struct parser *p, size_t first)
{
    for (;; first++) {
        switch (p->toks[first].kind) {
        case W_ANY:
        case W_NO:
        case W_EVERY:
            return true;
        case W_NOT:
        case W_WHO:
        case W_WHOSE:
        case W_IS:
        case W_ARE:
        case W_HAS:
        case W_HAVE:
            break;
        default:
            return false;
        }
    }
}

static void mixed(struct parser *p, enum tok now, enum tok before)
{
    struct diag *g = parse_fault(p, 106, span_here(p), "“%s” after “%s”: which of them first?",
                                 tok_text(now), tok_text(before));
    diag_help(g, p->d, "bracket what belongs together: (a and b) or c, a and (b or c)");
}

static void bare_sentence(struct parser *p)
{
    const char *joint = tok_text(peek(p));
    struct diag *g = parse_fault(p, 106, span_here(p),
                                 "is what follows “%s” said of the member, or for itself?", joint);
    diag_help(g, p->d, "bracket one of them: … has (a %s b), or: (… has a) %s b", joint, joint);
}

/*
 *| expr     = not { "and" not } | not { "or" not }     -- never mixed without brackets
 */
static struct expr *whole_expr(struct parser *p)
{
    size_t first = p->pos, part = first;
    struct expr *a = negation(p);
    enum tok joint = peek(p);
    bool told = false;
    while ((peek(p) == W_AND || peek(p) == W_OR) && !p->panic) {
        VEC(struct expr *) args = {0};
        *VEC_PUSH(p->a, &args) = a;
        if (peek(p) != joint && !told) {
            mixed(p, peek(p), joint);
            told = true;
        }
        joint = peek(p);
        while (peek(p) == joint) {
            if (is_bare_sentence(p, part) && !told) {
                bare_sentence(p);
                told = true;
            }
            take(p);
            count_term(p);
            part = p->pos;
            *VEC_PUSH(p->a, &args) = negation(p);
        }
        a = node(p, joint == W_AND ? E_AND : E_OR, first);
        a->args = args.at;
        a->n_args = args.n;
    }
    return a;
}

/*
 *| not      = "not" not | test
 */
static struct expr *negation(struct parser *p)
{
    size_t first = p->pos;
    if (p->in_group) {
        bool whose = accept(p, W_WHOSE);
        if (!whose && accept(p, W_WHO))
            expect_verb(p);
        else if (!whose)
            accept_verb(p);
    }
    if (peek(p) != W_NOT)
        return test(p);
    if (!deeper(p))
        return bad_expr(p);
    take(p);
    struct expr *a = negation(p);
    p->depth--;
    struct expr *e = node(p, E_NOT, first);
    e->a = a;
    return e;
}

/* ---- comparisons and sentences -------------------------------------------------------------- */

/* any member of S has …: the verb, then what is said of the member. */
static struct expr *sentence(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = take(p)->kind;
    if (!deeper(p))
        return bad_expr(p);
    expect(p, W_MEMBER);
    expect(p, W_OF);
    struct set *set = parse_set(p);
    expect_verb(p);
    bool in_group = p->in_group;
    p->in_group = false;
    struct expr *a = negation(p);
    p->in_group = in_group;
    p->depth--;
    struct expr *e = node(p, t == W_ANY ? E_ANY : t == W_NO ? E_NO : E_EVERY, first);
    e->a = a;
    e->set = set;
    return e;
}

/* household gets P: the word used is in `qual`, the policy in `name`. */
static struct expr *gets(struct parser *p)
{
    size_t first = p->pos;
    bool of_member = peek(p) == W_MEMBER;
    struct ident who = ident_taken(p);
    take(p);
    struct ident policy = take_name(p, "the policy's name");
    struct expr *e = node(p, E_GETS, first);
    e->of_member = of_member;
    e->qual = who;
    e->name = policy;
    return e;
}

/* What `is` compares with: a value of a code, by its name or number. */
static struct expr *code_name_or_number(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = peek(p);
    if (t == T_NAME) {
        struct ident name = ident_taken(p);
        struct expr *e = node(p, E_NAME, first);
        e->name = name;
        return e;
    }
    if (t == T_INT && peek_at(p, 1) != T_DOTDOT) {
        int64_t value = take(p)->value;
        struct expr *e = node(p, E_LIT, first);
        e->type.kind = value == 0 ? K_ZERO : K_COUNT;
        e->lit = (struct literal){.i = value, .den = 1};
        return e;
    }
    struct diag *g;
    if (t == W_YES || t == W_NO) {
        g = parse_error(p, 107, span_here(p), "a yes or no is compared with nothing");
        diag_help(g, p->d, "it stands by itself: employed, not employed");
    } else if (t == T_INT) {
        g = parse_error(p, 107, span_here(p), "“is” names values one by one");
        diag_help(g, p->d, "for a range write in %s", "1..2");
    } else if (t == W_IN) {
        g = parse_error(p, 107, span_here(p), "“is in” is for rolls, not part of the language yet");
        diag_help(g, p->d, "for a range leave out “is”: age in 70..79");
    } else {
        g = expected(p, "the name or number of a code's value");
        if (t == T_STRING)
            diag_help(g, p->d, "a value is called by its name here, not by its label");
    }
    return bad_expr(p);
}

static struct expr *is_one_of(struct parser *p, struct expr *a, size_t first)
{
    VEC(struct expr *) vals = {0};
    take(p);
    bool negated = accept(p, W_NOT);
    if (accept(p, W_ONE)) {
        expect(p, W_OF);
        do
            *VEC_PUSH(p->a, &vals) = code_name_or_number(p);
        while ((peek_at(p, 1) == T_NAME || peek_at(p, 1) == T_INT) && accept(p, T_COMMA));
    } else {
        *VEC_PUSH(p->a, &vals) = code_name_or_number(p);
    }
    struct expr *e = node(p, E_IS, first);
    e->a = a;
    e->args = vals.at;
    e->n_args = vals.n;
    e->negated = negated;
    return e;
}

static struct expr *whole_number(struct parser *p, int64_t value, struct span at)
{
    struct expr *e = NEW(p->a, struct expr);
    e->op = E_LIT;
    e->at = at;
    e->type.kind = value == 0 ? K_ZERO : K_COUNT;
    e->lit = (struct literal){.i = value, .den = 1};
    return e;
}

static struct expr *in_range(struct parser *p, struct expr *a, size_t first)
{
    take(p);
    size_t range = p->pos;
    int64_t lo = 0, hi = 0;
    take_range(p, &lo, &hi);
    if (p->panic)
        return bad_expr(p);
    struct expr *e = node(p, E_IN, first);
    e->a = a;
    e->b = whole_number(p, lo, span_from(p, range));
    e->c = whole_number(p, hi, span_from(p, range));
    return e;
}

static bool rel_of(enum tok t, enum rel *out)
{
    switch (t) {
    case T_LT:
        *out = REL_LT;
        return true;
    case T_LE:
        *out = REL_LE;
        return true;
    case T_EQ:
        *out = REL_EQ;
        return true;
    case T_NE:
        *out = REL_NE;
        return true;
    case T_GE:
        *out = REL_GE;
        return true;
    case T_GT:
        *out = REL_GT;
        return true;
    default:
        return false;
    }
}

static bool upward(enum rel r)
{
    return r == REL_LT || r == REL_LE;
}

static bool downward(enum rel r)
{
    return r == REL_GT || r == REL_GE;
}

static struct expr *comparison(struct parser *p, struct expr *a, size_t first, enum rel rel)
{
    struct expr *b = sum(p), *c = NULL;
    enum rel rel2 = REL_LT, rel3;
    size_t second = p->pos;
    if (rel_of(peek(p), &rel2)) {
        take(p);
        c = sum(p);
        if (!(upward(rel) && upward(rel2)) && !(downward(rel) && downward(rel2))) {
            struct diag *g = parse_fault(p, 106, span_from(p, second),
                                         "a chain of comparisons goes one way: a <= b < c");
            diag_help(g, p->d, "join two comparisons with and");
        }
    }
    struct expr *e = node(p, E_REL, first);
    if (rel_of(peek(p), &rel3)) {
        struct diag *g =
            parse_error(p, 106, span_here(p), "a comparison has three parts at most: a <= b < c");
        diag_help(g, p->d, "join two comparisons with and");
    }
    e->a = a;
    e->b = b;
    e->c = c;
    e->rel = rel;
    e->rel2 = rel2;
    return e;
}

/*
 *| test     = ( "any" | "no" | "every" ) "member" "of" set verb not
 *|          | ( NAME | "member" ) "gets" NAME          -- the subject's register, then a policy
 *|          | sum [ "is" [ "not" ] ( VAL | "one" "of" VAL { "," VAL } )
 *|                | "in" range
 *|                | REL sum [ REL sum ]
 *|                | ( "before" | "after" ) sum ]
 *| VAL      = NAME | INT
 *| REL      = "<" | "<=" | "=" | "<>" | ">=" | ">"
 */
static struct expr *test(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = peek(p);
    if (t == W_ANY || t == W_NO || t == W_EVERY)
        return sentence(p);
    if ((t == T_NAME || t == W_MEMBER) && peek_at(p, 1) == W_GETS)
        return gets(p);
    struct expr *a = sum(p);
    enum rel rel;
    t = peek(p);
    if (t == W_IS)
        return is_one_of(p, a, first);
    if (t == W_IN)
        return in_range(p, a, first);
    if (rel_of(t, &rel)) {
        take(p);
        return comparison(p, a, first, rel);
    }
    if (t != W_BEFORE && t != W_AFTER)
        return a;
    take(p);
    struct expr *b = sum(p);
    struct expr *e = node(p, t == W_BEFORE ? E_BEFORE : E_AFTER, first);
    e->a = a;
    e->b = b;
    return e;
}

/* ---- sums and products ---------------------------------------------------------------------- */

static struct expr *two(struct parser *p, enum expr_op op, size_t first, struct expr *a,
                        struct expr *b)
{
    struct expr *e = node(p, op, first);
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
        count_term(p);
        struct expr *b = primary(p);
        a = two(p, op, first, a, b);
    }
    return a;
}

/*
 *| sum      = product { ( "+" | "-" ) product }
 */
static struct expr *sum(struct parser *p)
{
    size_t first = p->pos;
    struct expr *a = product(p);
    while (peek(p) == T_PLUS || peek(p) == T_MINUS) {
        enum expr_op op = take(p)->kind == T_PLUS ? E_ADD : E_SUB;
        count_term(p);
        struct expr *b = product(p);
        a = two(p, op, first, a, b);
    }
    return a;
}

static void not_closed(struct parser *p, size_t open)
{
    const struct token *t = &p->toks[open];
    parse_error(p, 100, (struct span){p->file, t->from, t->to}, "this bracket is not closed");
}

static struct expr *bracket(struct parser *p)
{
    if (!deeper(p))
        return bad_expr(p);
    size_t open = p->pos;
    take(p);
    struct expr *e = value(p);
    p->depth--;
    if (!p->panic && peek(p) == T_END) {
        not_closed(p, open);
        return e;
    }
    expect(p, T_CLOSE);
    return e;
}

/* count of S; sum of x over S */
static struct expr *over_set(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = take(p)->kind;
    struct expr *a = NULL;
    if (!deeper(p))
        return bad_expr(p);
    expect(p, W_OF);
    if (t != W_COUNT) {
        a = sum(p);
        expect(p, W_OVER);
    }
    struct set *set = parse_set(p);
    p->depth--;
    struct expr *e = node(p,
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
    if (!deeper(p))
        return bad_expr(p);
    expect(p, W_SINCE);
    struct expr *a = primary(p);
    p->depth--;
    struct expr *e = node(p, E_SINCE, first);
    e->a = a;
    e->since = t == W_MONTHS ? SINCE_MONTHS : t == W_YEARS ? SINCE_YEARS : SINCE_DAYS;
    return e;
}

/* a name, policy.name, policy.outcome */
static struct expr *name(struct parser *p)
{
    size_t first = p->pos;
    struct ident id = ident_taken(p), qual = {0};
    enum expr_op op = E_NAME;
    if (accept(p, T_DOT)) {
        qual = id;
        id = (struct ident){0};
        if (accept(p, W_OUTCOME))
            op = E_OUTCOME;
        else
            id = take_name(p, "a name of that policy");
    }
    struct expr *e = node(p, p->panic ? E_BAD : op, first);
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
        return node(p, E_OUTCOME, first);
    case W_PAID:
        take(p);
        expect_word(p, "last");
        expect(p, W_MONTH);
        return node(p, E_PAID_LAST, first);
    case W_THIS:
        take(p);
        expect(p, W_MONTH);
        return node(p, E_THIS_MONTH, first);
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
    struct expr *e = node(p, type.kind == K_NONE ? E_BAD : E_LIT, first);
    e->type = type;
    e->lit = lit;
    return e;
}

/* ---- values --------------------------------------------------------------------------------- */

static struct expr *rounded(struct parser *p, struct expr *a, size_t first)
{
    enum rounding how = ROUND_HALF_UP;
    if (accept_word(p, "half"))
        expect_word(p, "up");
    else if (accept_word(p, "up"))
        how = ROUND_UP;
    else if (accept_word(p, "down"))
        how = ROUND_DOWN;
    else
        expected(p, "half up, up or down");
    expect(p, W_TO);
    int64_t unit = 1;
    if (accept_word(p, "jiao"))
        unit = 10;
    else if (accept_word(p, "yuan"))
        unit = 100;
    else if (!accept_word(p, "fen"))
        expected(p, "fen, jiao or yuan");
    struct expr *e = node(p, E_ROUND, first);
    e->a = a;
    e->round = how;
    e->unit_fen = unit;
    return e;
}

static struct expr *taken_as(struct parser *p, struct expr *a, size_t first)
{
    expect(p, W_AS);
    struct expr *b = sum(p);
    expect(p, W_WHEN);
    enum expr_op op = E_IF_UNKNOWN;
    if (accept_word(p, "none"))
        op = E_IF_NONE;
    else if (!accept(p, W_UNKNOWN))
        expected(p, "unknown or none");
    return two(p, op, first, a, b);
}

static struct expr *bound(struct parser *p, struct expr *a, size_t first)
{
    enum expr_op op = E_AT_LEAST;
    if (accept_word(p, "most"))
        op = E_AT_MOST;
    else if (!accept_word(p, "least"))
        expected(p, "least or most");
    struct expr *b = sum(p);
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
    struct expr *a = whole_expr(p);
    for (;;) {
        enum tok t = peek(p) == T_COMMA ? peek_at(p, 1) : T_END;
        if (t != W_AT && t != W_ROUNDED && t != W_TAKEN)
            break;
        take(p);
        take(p);
        count_term(p);
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

/* Nothing is carried over from a value that was given up. */
static void begin(struct parser *p)
{
    p->terms = 0;
    p->depth = 0;
    p->in_group = false;
}

struct expr *parse_value(struct parser *p)
{
    begin(p);
    return value(p);
}

struct expr *parse_expr(struct parser *p)
{
    begin(p);
    return whole_expr(p);
}

struct expr *parse_sum(struct parser *p)
{
    begin(p);
    return sum(p);
}

/* ---- sets and groups ------------------------------------------------------------------------ */

bool at_group(const struct parser *p)
{
    size_t k = peek_at(p, 1) == T_DOT ? 3 : 1;
    enum tok t = peek(p) == T_NAME ? peek_at(p, k) : T_END;
    return t == W_WHO || t == W_WHOSE;
}

/* NAME or policy.NAME */
static struct set *set_name(struct parser *p)
{
    size_t first = p->pos;
    struct set *s = NEW(p->a, struct set);
    s->form = SET_NAME;
    s->name = take_name(p, "a list or group of members");
    if (accept(p, T_DOT)) {
        s->qual = s->name;
        s->name = take_name(p, "a name of that policy");
    }
    s->at = span_from(p, first);
    return s;
}

/*
 *| group    = NAME [ "." NAME ] [ ( "who" verb | "whose" ) expr ]
 *|                                -- a part of that expr may begin with [ "who" ] verb, or "whose"
 */
static struct set *group(struct parser *p)
{
    size_t first = p->pos;
    struct set *base = set_name(p);
    if (peek(p) != W_WHO && peek(p) != W_WHOSE)
        return base;
    struct set *s = NEW(p->a, struct set);
    bool in_group = p->in_group;
    p->in_group = true;
    s->form = SET_WHO;
    s->base = base;
    s->who = whole_expr(p);
    s->at = span_from(p, first);
    p->in_group = in_group;
    return s;
}

struct set *parse_group(struct parser *p)
{
    begin(p);
    return group(p);
}

/*
 *| set      = NAME [ "." NAME ] | "(" group ")"
 */
static struct set *parse_set(struct parser *p)
{
    if (peek(p) != T_OPEN) {
        struct set *s = set_name(p);
        enum tok t = peek(p);
        if (t == W_WHO || t == W_WHOSE) {
            struct diag *g =
                parse_error(p, 106, span_here(p), "a group inside a sentence stands in brackets");
            diag_help(g, p->d, "write (%.*s %s …)", STR_ARG(s->name.text), tok_text(t));
        }
        return s;
    }
    size_t open = p->pos;
    take(p);
    struct set *s = deeper(p) ? group(p) : NEW(p->a, struct set);
    p->depth--;
    if (!p->panic && peek(p) == T_END) {
        not_closed(p, open);
        return s;
    }
    expect(p, T_CLOSE);
    s->at = span_from(p, open);
    return s;
}
