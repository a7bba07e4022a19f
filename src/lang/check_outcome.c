/*
 * Outcomes: alternatives from the top, their conditions and reasons numbered through the policy,
 * payments of the right kind to the right people.
 */
#include "lang/check.h"

/* ---- outcomes' and reasons' names ------------------------------------------------------------ */

static void outcome_value(struct check *c, struct policy *p, struct alternative *alt)
{
    struct code *code = &p->outcome_code;
    struct code_value *v;

    for (size_t i = 0; i < code->n_values; i++) {
        v = &code->values[i];
        if (!str_eq(v->name.text, alt->name.text))
            continue;
        alt->value = i;
        if (alt->label.zh.n && v->label.zh.n && !str_eq(alt->label.zh, v->label.zh))
            diag_add(c->d, R_OUTCOME_LABEL, alt->label.at,
                     "%.*s is labelled already, and differently",
                     STR_ARG(check_named(c, v->name.text, &v->label)));
        return;
    }
    alt->value = code->n_values;
    v = &code->values[code->n_values++];
    v->name = alt->name;
    v->label = alt->label;
    if (!alt->label.zh.n)
        diag_add(c->d, R_OUTCOME_LABEL, alt->name.at, "the outcome %.*s has no label",
                 STR_ARG(alt->name.text));
}

static void add_reason(struct check *c, struct policy *p, struct ident name, struct label label)
{
    for (size_t i = 0; i < p->n_reasons; i++)
        if (str_eq(p->reason_names[i].text, name.text)) {
            name_twice(c, &name, &p->reason_names[i]);
            break;
        }
    p->reason_names[p->n_reasons] = name;
    p->reason_labels[p->n_reasons] = label;
    p->n_reasons++;
}

static void number_reasons(struct check *c, struct policy *p)
{
    size_t most = 0;

    for (size_t i = 0; i < p->n_alts; i++)
        most += p->alts[i].n_conds + p->alts[i].n_because;
    p->reason_names = NEW_N(c->a, struct ident, most);
    p->reason_labels = NEW_N(c->a, struct label, most);
    p->n_reasons = 0;
    for (size_t i = 0; i < p->n_alts; i++) {
        struct alternative *alt = &p->alts[i];

        alt->first_cond = p->n_reasons;
        for (size_t k = 0; k < alt->n_conds; k++)
            add_reason(c, p, alt->conds[k].name, alt->conds[k].label);
    }
    for (size_t i = 0; i < p->n_alts; i++)
        for (size_t k = 0; k < p->alts[i].n_because; k++) {
            struct because *b = &p->alts[i].because[k];

            if (b->form == BECAUSE_FAILED)
                continue;
            b->reason = p->n_reasons;
            add_reason(c, p, b->name, b->label);
        }
    if (p->n_reasons > LIMIT_CONDITIONS)
        diag_add(c->d, R_TOO_MANY, p->name.at,
                 "%.*s has %zu conditions and reasons; at most %d are possible",
                 STR_ARG(p->name.text), p->n_reasons, LIMIT_CONDITIONS);
}

void check_outcome_names(struct check *c, struct policy *p)
{
    p->outcome_code = (struct code){
        .name = {.text = str_fmt(c->a, "%.*s.outcome", STR_ARG(p->name.text)), .at = p->name.at},
        .label = p->outcome_label,
        .line = p->line,
        .values = NEW_N(c->a, struct code_value, p->n_alts),
    };
    for (size_t i = 0; i < p->n_alts; i++) {
        outcome_value(c, p, &p->alts[i]);
        p->alts[i].lists_own = p->alts[i].n_pays == 0;
    }
    number_reasons(c, p);
}

/* ---- because --------------------------------------------------------------------------------- */

static void unknown_alternative(struct check *c, const struct policy *p, const struct ident *name)
{
    str *names = NEW_N(c->a, str, p->n_alts);
    const struct label **labels = NEW_N(c->a, const struct label *, p->n_alts);

    for (size_t i = 0; i < p->n_alts; i++) {
        names[i] = p->alts[i].name.text;
        labels[i] = &p->alts[i].label;
    }
    unknown_among(c, name, names, labels, p->n_alts);
}

/* The alternative spoken of: one that was tried before, and the only one of its name. */
static bool find_alternative(struct check *c, struct policy *p, size_t here, struct because *b)
{
    size_t before = 0, all = 0;

    for (size_t i = 0; i < p->n_alts; i++) {
        if (!str_eq(p->alts[i].name.text, b->alternative.text))
            continue;
        all++;
        if (i < here) {
            b->alt = i;
            before++;
        }
    }
    if (before == 1)
        return true;
    if (all == 0)
        unknown_alternative(c, p, &b->alternative);
    else if (before == 0)
        diag_add(c->d, R_BECAUSE, b->alternative.at,
                 "%.*s is not tried before this alternative, so it can't have failed",
                 STR_ARG(b->alternative.text));
    else
        diag_add(c->d, R_BECAUSE, b->alternative.at,
                 "several alternatives before this one are called %.*s",
                 STR_ARG(b->alternative.text));
    return false;
}

static void find_condition(struct check *c, const struct alternative *alt, struct because *b)
{
    str *names = NEW_N(c->a, str, alt->n_conds);
    const struct label **labels = NEW_N(c->a, const struct label *, alt->n_conds);

    for (size_t i = 0; i < alt->n_conds; i++) {
        if (str_eq(alt->conds[i].name.text, b->only.text)) {
            b->cond = i;
            return;
        }
        names[i] = alt->conds[i].name.text;
        labels[i] = &alt->conds[i].label;
    }
    unknown_among(c, &b->only, names, labels, alt->n_conds);
}

static void check_because(struct scope *s, struct policy *p, size_t here)
{
    struct alternative *alt = &p->alts[here];

    for (size_t i = 0; i < alt->n_because; i++) {
        struct because *b = &alt->because[i];

        if (b->form == BECAUSE_WHEN) {
            check_condition(s, b->when);
            continue;
        }
        if (!find_alternative(s->c, p, here, b))
            continue;
        if (b->form == BECAUSE_ONLY)
            find_condition(s->c, &p->alts[b->alt], b);
        for (size_t k = 0; b->form == BECAUSE_FAILED && k < i; k++)
            if (alt->because[k].form == BECAUSE_FAILED &&
                str_eq(alt->because[k].alternative.text, b->alternative.text))
                diag_add(s->c->d, R_TWICE, b->alternative.at,
                         "“because %.*s failed” stands here twice", STR_ARG(b->alternative.text));
    }
}

/* ---- payments -------------------------------------------------------------------------------- */

static bool check_payee(struct check *c, const struct policy *p, const struct pay *pay)
{
    str subject = p->subject->name.text;
    struct diag *g;

    if (p->of_member) {
        if (pay->form == PAY_MEMBER)
            return true;
        g = diag_add(c->d, R_PAYEE, pay->at, "%.*s is for each member, it pays only the member",
                     STR_ARG(p->name.text));
        diag_help(g, c->d, "say pays member: …");
        return false;
    }
    if (pay->form == PAY_EACH)
        return true;
    if (pay->form == PAY_SUBJECT && str_eq(pay->whom.text, subject))
        return true;
    g = diag_add(c->d, R_PAYEE, pay->whom.at.to ? pay->whom.at : pay->at,
                 "%.*s is for each %.*s, it can't pay “%.*s”", STR_ARG(p->name.text),
                 STR_ARG(subject), STR_ARG(pay->whom.text));
    diag_help(g, c->d, "say pays %.*s: …, or pays each member of …: …", STR_ARG(subject));
    return false;
}

/* Each month an amount a month; on application one sum. */
static void check_amount(struct scope *s, struct expr *e)
{
    const bool once = s->policy->on_application;
    const struct type wanted = {.kind = once ? K_MONEY : K_MONEY_MONTH};
    struct check *c = s->c;

    check_expr(s, e);
    if (!type_fits(e, wanted)) {
        struct diag *g = diag_add(c->d, R_AMOUNT, e->at, "a payment%s is %s, this is %.*s",
                                  once ? " on application" : "", once ? "money" : "money per month",
                                  STR_ARG(check_phrase(c, e->type)));

        if (!once && e->type.kind == K_MONEY)
            diag_help(g, c->d, "money / months is money per month");
        if (once && e->type.kind == K_MONEY_MONTH)
            diag_help(g, c->d, "money per month * months is money");
        return;
    }
    type_settle(e, wanted);
    if (e->type.kind != K_NONE && !expr_whole(e))
        diag_help(diag_add(c->d, R_PARTS, e->at, "this amount may have parts of a fen"), c->d,
                  "add “, rounded half up to fen”");
}

static void check_pay(struct scope *s, struct policy *p, struct pay *pay)
{
    struct scope each = *s;

    if (!check_payee(s->c, p, pay))
        return;
    if (pay->form == PAY_EACH) {
        if (!check_set(s, pay->set))
            return;
        if (pay->set->form == SET_GROUNDS) {
            diag_add(s->c->d, R_NOT_SET, pay->set->at,
                     "%.*s is a list of grounds, nobody in it is paid",
                     STR_ARG(pay->set->name.text));
            return;
        }
        each.of_member = true;
    }
    check_amount(&each, pay->value);
}

static void check_pays(struct scope *s, struct policy *p, struct alternative *alt)
{
    for (size_t i = 0; i < alt->n_pays; i++) {
        for (size_t k = 0; k < i; k++)
            if (alt->pays[k].form == alt->pays[i].form) {
                diag_add(s->c->d, R_PAYS_TWICE, alt->pays[i].at,
                         "%.*s pays them already, a line above", STR_ARG(alt->name.text));
                break;
            }
        check_pay(s, p, &alt->pays[i]);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

void check_outcome(struct check *c, struct policy *p)
{
    struct scope s = scope_of_policy(c, p, false);

    if (p->n_alts == 0 && !c->unread)
        diag_add(c->d, R_NO_OUTCOME, p->name.at, "%.*s has no outcome",
                 STR_ARG(check_named(c, p->name.text, &p->label)));
    for (size_t i = 0; i < p->n_alts; i++) {
        for (size_t k = 0; k < p->alts[i].n_conds; k++)
            check_condition(&s, p->alts[i].conds[k].expr);
        check_because(&s, p, i);
        check_pays(&s, p, &p->alts[i]);
    }
}
