/*
 * Conditions: sentences about members, comparisons, groups. What they compare is in
 * parse_value.c. Nothing is resolved or typed here.
 */
#include "lang/parse.h"

static struct expr *negation(struct parser *p);
static struct expr *test(struct parser *p);

/* ---- and, or, not --------------------------------------------------------------------------- */

static bool got_verb(struct parser *p)
{
    return got(p, W_IS) || got(p, W_ARE) || got(p, W_HAS) || got(p, W_HAVE);
}

/*
 *| verb     = "is" | "are" | "has" | "have"
 */
static void want_verb(struct parser *p)
{
    if (!got_verb(p))
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
struct expr *parse_inner_expr(struct parser *p)
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
            parse_count_term(p);
            part = p->pos;
            *VEC_PUSH(p->a, &args) = negation(p);
        }
        a = parse_node(p, joint == W_AND ? E_AND : E_OR, first);
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
        bool whose = got(p, W_WHOSE);
        if (!whose && got(p, W_WHO))
            want_verb(p);
        else if (!whose)
            got_verb(p);
    }
    if (peek(p) != W_NOT)
        return test(p);
    if (!parse_deeper(p))
        return bad_expr(p);
    take(p);
    struct expr *a = negation(p);
    p->depth--;
    struct expr *e = parse_node(p, E_NOT, first);
    e->a = a;
    return e;
}

/* ---- comparisons and sentences -------------------------------------------------------------- */

/* any member of S has …: the verb, then what is said of the member. */
static struct expr *sentence(struct parser *p)
{
    size_t first = p->pos;
    enum tok t = take(p)->kind;
    if (!parse_deeper(p))
        return bad_expr(p);
    want(p, W_MEMBER);
    want(p, W_OF);
    struct set *set = parse_inner_set(p);
    want_verb(p);
    bool in_group = p->in_group;
    p->in_group = false;
    struct expr *a = negation(p);
    p->in_group = in_group;
    p->depth--;
    struct expr *e = parse_node(p, t == W_ANY ? E_ANY : t == W_NO ? E_NO : E_EVERY, first);
    e->a = a;
    e->set = set;
    return e;
}

/* household gets P: the word used is in `qual`, the policy in `name`. */
static struct expr *gets_policy(struct parser *p)
{
    size_t first = p->pos;
    bool of_member = peek(p) == W_MEMBER;
    struct ident who = take_ident(p);
    take(p);
    struct ident policy = take_name(p, "the policy's name");
    struct expr *e = parse_node(p, E_GETS, first);
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
        struct ident name = take_ident(p);
        struct expr *e = parse_node(p, E_NAME, first);
        e->name = name;
        return e;
    }
    if (t == T_INT && peek_at(p, 1) != T_DOTDOT) {
        int64_t value = take(p)->value;
        struct expr *e = parse_node(p, E_LIT, first);
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
    bool negated = got(p, W_NOT);
    if (got(p, W_ONE)) {
        want(p, W_OF);
        do
            *VEC_PUSH(p->a, &vals) = code_name_or_number(p);
        while ((peek_at(p, 1) == T_NAME || peek_at(p, 1) == T_INT) && got(p, T_COMMA));
    } else {
        *VEC_PUSH(p->a, &vals) = code_name_or_number(p);
    }
    struct expr *e = parse_node(p, E_IS, first);
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
    struct expr *e = parse_node(p, E_IN, first);
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
    struct expr *b = parse_inner_sum(p), *c = NULL;
    enum rel rel2 = REL_LT, rel3;
    size_t second = p->pos;
    if (rel_of(peek(p), &rel2)) {
        take(p);
        c = parse_inner_sum(p);
        if (!(upward(rel) && upward(rel2)) && !(downward(rel) && downward(rel2))) {
            struct diag *g = parse_fault(p, 106, span_from(p, second),
                                         "a chain of comparisons goes one way: a <= b < c");
            diag_help(g, p->d, "join two comparisons with and");
        }
    }
    struct expr *e = parse_node(p, E_REL, first);
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
        return gets_policy(p);
    struct expr *a = parse_inner_sum(p);
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
    struct expr *b = parse_inner_sum(p);
    struct expr *e = parse_node(p, t == W_BEFORE ? E_BEFORE : E_AFTER, first);
    e->a = a;
    e->b = b;
    return e;
}

struct expr *parse_expr(struct parser *p)
{
    parse_begin(p);
    return parse_inner_expr(p);
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
    if (got(p, T_DOT)) {
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
    s->who = parse_inner_expr(p);
    s->at = span_from(p, first);
    p->in_group = in_group;
    return s;
}

struct set *parse_group(struct parser *p)
{
    parse_begin(p);
    return group(p);
}

/*
 *| set      = NAME [ "." NAME ] | "(" group ")"
 */
struct set *parse_inner_set(struct parser *p)
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
    struct set *s = parse_deeper(p) ? group(p) : NEW(p->a, struct set);
    p->depth--;
    if (!p->panic && peek(p) == T_END) {
        parse_not_closed(p, open);
        return s;
    }
    want(p, T_CLOSE);
    s->at = span_from(p, open);
    return s;
}
