/*
 * Examples: their place, facts and results can be of their policy. Whether the results are right is
 * found by running them (eval/example.h).
 */
#include "lang/check.h"

static void check_place_name(struct check *c, const struct example *x)
{
    const struct rules *r = c->r;
    str *names = NEW_N(c->a, str, r->places.n);
    const struct label **labels = NEW_N(c->a, const struct label *, r->places.n);

    for (size_t i = 0; i < r->places.n; i++) {
        names[i] = r->places.at[i]->name.text;
        labels[i] = &r->places.at[i]->label;
        if (str_eq(names[i], x->place.text))
            return;
    }
    unknown_among(c, &x->place, names, labels, r->places.n);
}

static void check_facts(struct check *c, struct fact *facts, size_t n, const struct reg *reg,
                        bool paid_last)
{
    for (size_t i = 0; i < n; i++) {
        check_fact(c, &facts[i], reg, paid_last);
        for (size_t k = 0; k < i; k++)
            if ((facts[i].field && facts[k].field == facts[i].field) ||
                (facts[i].paid_last && facts[k].paid_last)) {
                diag_add(c->d, R_TWICE, facts[i].at, "this fact is given already");
                break;
            }
    }
}

static void check_member(struct check *c, const struct example *x, size_t member, struct span at)
{
    if (member > x->n_members)
        diag_add(c->d, R_EXAMPLE, at, "there is no member %zu, the example has %zu", member,
                 x->n_members);
}

static void check_outcome_name(struct check *c, const struct policy *p, const struct expect *w)
{
    const struct code *code = &p->outcome_code;
    str *names = NEW_N(c->a, str, code->n_values);
    const struct label **labels = NEW_N(c->a, const struct label *, code->n_values);

    if (w->undecided)
        return;
    for (size_t i = 0; i < code->n_values; i++) {
        names[i] = code->values[i].name.text;
        labels[i] = &code->values[i].label;
        if (str_eq(names[i], w->outcome.text))
            return;
    }
    unknown_among(c, &w->outcome, names, labels, code->n_values);
}

static void check_reasons(struct check *c, const struct policy *p, const struct expect *w)
{
    str *names = NEW_N(c->a, str, p->n_reasons);
    const struct label **labels = NEW_N(c->a, const struct label *, p->n_reasons);

    for (size_t i = 0; i < p->n_reasons; i++) {
        names[i] = p->reason_names[i].text;
        labels[i] = &p->reason_labels[i];
    }
    for (size_t i = 0; i < w->n_because; i++) {
        bool found = false;

        for (size_t k = 0; k < p->n_reasons; k++)
            found = found || str_eq(names[k], w->because[i].text);
        if (!found)
            unknown_among(c, &w->because[i], names, labels, p->n_reasons);
        for (size_t k = 0; k < i; k++)
            if (str_eq(w->because[k].text, w->because[i].text)) {
                name_twice(c, &w->because[i], &w->because[k]);
                break;
            }
    }
}

static void check_needs(struct check *c, const struct policy *p, const struct example *x,
                        const struct expect *w)
{
    for (size_t i = 0; i < w->n_needs; i++) {
        const struct expect_need *need = &w->needs[i];
        const struct reg *reg = need->member && p->list ? p->list->type.reg : p->subject;
        const struct field *f = reg_field(reg, need->name.text);

        check_member(c, x, need->member, need->name.at);
        if (!f || !str_eq(f->name.text, need->name.text))
            unknown_field(c, &need->name, reg);
        else if (f->value)
            diag_add(c->d, R_EXAMPLE, need->name.at, "%.*s is worked out, it is never needed",
                     STR_ARG(check_named(c, f->name.text, &f->label)));
    }
}

static bool pays_as(const struct policy *p, str outcome, bool member)
{
    for (size_t i = 0; i < p->n_alts; i++)
        for (size_t k = 0; str_eq(p->alts[i].name.text, outcome) && k < p->alts[i].n_pays; k++)
            if ((p->alts[i].pays[k].form == PAY_EACH) == member)
                return true;
    return false;
}

static void check_expected_pays(struct check *c, const struct policy *p, const struct example *x,
                                const struct expect *w)
{
    for (size_t i = 0; i < w->n_pays; i++) {
        size_t member = w->pays[i].member;

        check_member(c, x, member, w->at);
        if (p->of_member && member) {
            diag_add(c->d, R_EXAMPLE, w->at, "%.*s pays the member itself, “to member” is too much",
                     STR_ARG(p->name.text));
            continue;
        }
        if (!w->undecided && !pays_as(p, w->outcome.text, member > 0))
            diag_add(c->d, R_EXAMPLE, w->at, "%.*s pays %s nothing", STR_ARG(w->outcome.text),
                     member         ? "a member"
                     : p->of_member ? "the member"
                                    : "the household");
        for (size_t k = 0; k < i; k++)
            if (w->pays[k].member == member)
                diag_add(c->d, R_EXAMPLE, w->at, "a payment is expected twice");
    }
}

static void check_expect(struct check *c, const struct policy *p, const struct example *x,
                         const struct expect *w)
{
    if (w->member && !p->of_member)
        diag_add(c->d, R_EXAMPLE, w->at, "%.*s is for each %.*s, its result is not a member's",
                 STR_ARG(p->name.text), STR_ARG(p->subject->name.text));
    else if (w->member)
        check_member(c, x, w->member, w->at);
    else if (p->of_member && x->n_members != 1)
        diag_add(c->d, R_EXAMPLE, w->at, "of which member? The example has %zu", x->n_members);
    check_outcome_name(c, p, w);
    check_reasons(c, p, w);
    check_expected_pays(c, p, x, w);
    check_needs(c, p, x, w);
}

static void check_example(struct check *c, struct policy *p, struct example *x)
{
    struct reg *members = p->list ? p->list->type.reg : NULL;

    check_place_name(c, x);
    check_facts(c, x->subject, x->n_subject, p->subject, !p->of_member);
    for (size_t i = 0; members && i < x->n_members; i++)
        check_facts(c, x->members[i].facts, x->members[i].n, members, p->of_member);
    if (!members && x->n_members)
        diag_add(c->d, R_EXAMPLE, x->at, "%.*s has no members", STR_ARG(p->subject->name.text));
    if (x->n_expects == 0 && !c->unread)
        diag_add(c->d, R_EXAMPLE, x->at, "the example expects nothing");
    for (size_t i = 0; i < x->n_expects; i++) {
        check_expect(c, p, x, &x->expects[i]);
        for (size_t k = 0; k < i; k++)
            if (x->expects[k].member == x->expects[i].member) {
                diag_add(c->d, R_EXAMPLE, x->expects[i].at, "the same result is expected twice");
                break;
            }
    }
}

void check_examples(struct check *c)
{
    for (size_t i = 0; i < c->r->policies.n; i++)
        if (c->r->policies.at[i]->subject)
            for (size_t k = 0; k < c->r->policies.at[i]->n_examples; k++)
                check_example(c, c->r->policies.at[i], &c->r->policies.at[i]->examples[k]);
}
