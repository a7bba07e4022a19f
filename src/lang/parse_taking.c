/*
 * What a policy takes back of what it paid too much, and what it leaves.
 */
#include "lang/parse.h"

bool at_taking(const struct parser *p)
{
    return (at_word(p, "takes") && ahead_word(p, 1, "back")) ||
           (at_word(p, "leaves") && peek_at(p, 1) == W_WITH);
}

/* Nothing kept back would be no taking back, and more than a payment can't be. */
static void take_most(struct parser *p, struct taking_back *t)
{
    struct literal lit = {.den = 1};
    struct type type = {0};
    size_t first = p->pos;

    take(p); /* at */
    if (!want_word(p, "most"))
        return;
    take_literal(p, &type, &lit);
    if (!p->panic && (type.kind != K_RATE || lit.num <= 0 || lit.num > lit.den))
        parse_fault(p, 107, span_from(p, first),
                    "expected a share of a payment: above 0%%, at most 100%%");
    if (type.kind == K_RATE && lit.num > 0 && lit.num <= lit.den) {
        t->most_num = lit.num;
        t->most_den = lit.den;
    }
    if (want(p, W_OF) && want_word(p, "a"))
        want_word(p, "payment");
}

/*
 *| taking   = ( "takes" "back" | "leaves" "with" "the" "family" ) "when" NAME { "," NAME }
 *|            [ "," "at" "most" ( INT | DECIMAL ) "%" "of" "a" "payment" ] {basis}
 *|                                -- NAME: a value of the code overpayment_cause; what takes back says
 *|                                -- how much of one payment is kept back at most
 */
void parse_taking(struct parser *p, struct taking_back *t)
{
    VEC(struct ident) causes = {0};
    size_t first = p->pos;

    mark_line(p, 2, TABLE_NONE);
    t->left = at_word(p, "leaves");
    take(p);
    take(p);
    if (t->left && want_word(p, "the"))
        want_word(p, "family");
    if (!p->panic && want(p, W_WHEN)) {
        do {
            if (!t->left && peek(p) == W_AT && causes.n > 0) {
                take_most(p, t);
                break;
            }
            struct ident id = take_name(p, "a cause, a value of overpayment_cause");
            if (id.text.n)
                *VEC_PUSH(p->a, &causes) = id;
        } while (!p->panic && got(p, T_COMMA));
    }
    t->causes = causes.at;
    t->n_causes = causes.n;
    t->at = span_from(p, first);
    take_basis(p, &t->basis, BESIDE);
}
