/*
 * Examples beside a rule: the facts given and the result expected.
 */
#include "lang/parse.h"

struct expect_lists {
    VEC(struct expect_pay) pays;
    VEC(struct expect_need) needs;
};

/* member INT: 1-based */
static size_t member_number(struct parser *p)
{
    want(p, W_MEMBER);
    size_t at = p->pos;
    int64_t n = take_int(p, "the member's number");
    if (!p->panic && (n < 1 || n > INT32_MAX)) {
        struct diag *g = parse_fault(p, 107, span_from(p, at), "there is no such member");
        diag_help(g, p->d, "members are counted from 1, in the order of their lines");
        n = 1;
    }
    return (size_t)n;
}

/* The subject may only be called by the name that the policy's head has for it. */
static void check_subject(struct parser *p, struct ident word, const struct policy *y)
{
    struct ident subject = y->subject_name;
    if (subject.text.n == 0 || word.text.n == 0 || str_eq(subject.text, word.text))
        return;
    struct diag *g =
        parse_fault(p, 107, word.at, "the policy does not speak of “%.*s”", STR_ARG(word.text));
    diag_help(g, p->d, "its subject is %.*s", STR_ARG(subject.text));
}

static void parse_need(struct parser *p, struct expect_need *need, const struct policy *y)
{
    need->name = take_name(p, "the fact that is needed");
    want(p, W_OF);
    if (peek(p) == W_MEMBER) {
        need->member = member_number(p);
        return;
    }
    check_subject(p, take_name(p, "whose fact: the policy's subject, or member and number"), y);
}

static void parse_amount(struct parser *p, struct expect_pay *pay)
{
    size_t at = p->pos;
    struct type type;
    struct literal lit;
    take_literal(p, &type, &lit);
    if (!p->panic && type.kind != K_MONEY && type.kind != K_NONE)
        parse_fault(p, 107, span_from(p, at), "an amount in yuan has two decimals: 610.00");
    pay->fen = lit.i;
    if (got(p, W_TO))
        pay->member = member_number(p);
}

/*
 *| need     = NAME "of" ( NAME | "member" INT )
 *| result   = ( NAME [ "because" names ] | "undecided" )
 *|            { "," ( AMOUNT [ "to" "member" INT ] | "needs" need { "," need } ) }
 */
static void parse_result(struct parser *p, struct expect *e, const struct policy *y)
{
    struct expect_lists l = {0};
    if (got(p, W_UNDECIDED)) {
        e->undecided = true;
    } else {
        e->outcome = take_name(p, "an outcome's name, or undecided");
        if (got(p, W_BECAUSE)) {
            VEC(struct ident) because = {0};
            do
                *VEC_PUSH(p->a, &because) = take_name(p, "a reason's name");
            while (peek_at(p, 1) == T_NAME && got(p, T_COMMA));
            e->because = because.at;
            e->n_because = because.n;
        }
    }
    bool needs = false;
    while (got(p, T_COMMA)) {
        needs = got(p, W_NEEDS) || (needs && peek(p) == T_NAME);
        if (needs)
            parse_need(p, VEC_PUSH(p->a, &l.needs), y);
        else if (at_literal(p))
            parse_amount(p, VEC_PUSH(p->a, &l.pays));
        else
            expected(p, "an amount, or needs");
    }
    e->pays = l.pays.at;
    e->n_pays = l.pays.n;
    e->needs = l.needs.at;
    e->n_needs = l.needs.n;
}

/*
 *| expect   = "expect" [ "member" INT ] result
 */
static void parse_expect(struct parser *p, struct expect *e, const struct policy *y)
{
    size_t first = p->pos;
    take(p);
    e->given = true;
    if (peek(p) == W_MEMBER)
        e->member = member_number(p);
    parse_result(p, e, y);
    e->at = span_from(p, first);
}

struct example_lists {
    VEC(struct example_member) members;
    VEC(struct expect) expects;
};

static void parse_line(struct parser *p, struct example *x, const struct policy *y,
                       struct example_lists *l)
{
    static const char *const words[] = {"member", "expect"};
    mark_line(p, 4, TABLE_NONE);
    if (peek(p) == W_EXPECT) {
        struct expect *e = VEC_PUSH(p->a, &l->expects);
        parse_expect(p, e, y);
        l->expects.n -= p->panic;
    } else if (got(p, W_MEMBER)) {
        struct example_member *m = VEC_PUSH(p->a, &l->members);
        want(p, T_COLON);
        parse_facts(p, &m->facts, &m->n);
    } else if (peek(p) == T_NAME && peek_at(p, 1) == T_COLON) {
        check_subject(p, take_name(p, "the policy's subject"), y);
        take(p);
        parse_facts(p, &x->subject, &x->n_subject);
    } else {
        expected_item(p, "facts of the subject or of a member, or expect", words, 2);
    }
}

/*
 *| example  = "example" STRING "in" NAME "," MONTH
 *|            { ( NAME | "member" ) ":" facts | expect }       -- NAME: the policy's subject
 */
void parse_example(struct parser *p, struct example *x, const struct policy *y)
{
    struct example_lists l = {0};
    size_t first = p->pos;
    mark_line(p, 2, TABLE_NONE);
    take(p);
    if (peek(p) == T_STRING)
        x->title = take(p)->text;
    else
        expected(p, "in quotes what the example shows");
    want(p, W_IN);
    x->place = take_name(p, "a place's name");
    want(p, T_COMMA);
    x->month = p->panic ? 0 : take_month(p);
    x->at = span_from(p, first);
    head_end(p);
    while (peek(p) != T_END || adopt(p, W_EXPECT) || adopt(p, W_MEMBER)) {
        struct item it = item_begin(p);
        parse_line(p, x, y, &l);
        item_end(p, &it, RECOVER_LINE);
    }
    x->members = l.members.at;
    x->n_members = l.members.n;
    x->expects = l.expects.at;
    x->n_expects = l.expects.n;
}
