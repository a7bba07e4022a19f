/*
 * Whose: sets of members or of grounds, what is said over them, and who may be spoken of where.
 * Also outcomes of policies, which belong to the subject or to each member.
 */
#include "lang/check.h"

static const struct type t_none = {.kind = K_NONE}, t_bool = {.kind = K_BOOL};

struct scope scope_of_policy(struct check *c, struct policy *p, bool of_member)
{
    return (struct scope){
        .c = c,
        .policy = p,
        .subject = p->subject,
        .member = p->list ? p->list->type.reg : NULL,
        .list = p->list,
        .self = LEVEL_SUBJECT,
        .of_member = of_member || p->of_member,
    };
}

/* Is the register some register's list of members? Then its records are met as members. */
static bool listed(const struct check *c, const struct reg *reg)
{
    for (size_t i = 0; i < c->r->regs.n; i++)
        for (size_t k = 0; k < c->r->regs.at[i]->n_fields; k++) {
            const struct type *t = &c->r->regs.at[i]->fields[k]->type;

            if (t->kind == K_LIST && t->reg == reg)
                return true;
        }
    return false;
}

struct scope scope_of_reg(struct check *c, struct reg *reg)
{
    return (struct scope){
        .c = c,
        .subject = reg,
        .self = listed(c, reg) ? LEVEL_MEMBER : LEVEL_SUBJECT,
    };
}

bool check_whose(struct scope *s, enum level level, struct span at, str name,
                 const struct label *label, enum kind kind)
{
    struct check *c = s->c;
    struct diag *g;
    str list = s->list ? s->list->name.text : S("members");

    if (level < LEVEL_MEMBER || s->of_member)
        return true;
    g = diag_add(c->d, R_WHOSE, at, "%.*s is said of each member, this sentence is about the %.*s",
                 STR_ARG(check_named(c, name, label)), STR_ARG(s->subject->name.text));
    if (kind == K_BOOL)
        diag_help(g, c->d, "say any member of %.*s has %.*s", STR_ARG(list), STR_ARG(name));
    else if (kind == K_CODE)
        diag_help(g, c->d, "say any member of %.*s has (%.*s is …)", STR_ARG(list), STR_ARG(name));
    else if (kind_numeric(kind))
        diag_help(g, c->d, "say sum of %.*s over %.*s, or any member of %.*s has (%.*s …)",
                  STR_ARG(name), STR_ARG(list), STR_ARG(list), STR_ARG(name));
    return false;
}

/* ---- sets ------------------------------------------------------------------------------------ */

static bool set_of_def(struct scope *s, struct set *set, struct def *def)
{
    if (def->form == DEF_GROUP || def->form == DEF_GROUNDS) {
        check_def(s->c, def);
        set->form = def->form == DEF_GROUP ? SET_DEF : SET_GROUNDS;
        set->def = def;
        return true;
    }
    diag_add(s->c->d, R_NOT_SET, set->name.at, "%.*s is a value, not a group of members",
             STR_ARG(check_named(s->c, def->name.text, &def->label)));
    return false;
}

static void unknown_set(struct scope *s, const struct ident *name)
{
    const struct policy *p = s->policy;
    struct check *c = s->c;
    size_t n = 0, most = (p ? p->n_defs : 0) + (s->subject ? s->subject->n_fields : 0);
    str *names = NEW_N(c->a, str, most);
    const struct label **labels = NEW_N(c->a, const struct label *, most);

    for (size_t i = 0; p && i < p->n_defs; i++)
        if (p->defs[i]->form == DEF_GROUP || p->defs[i]->form == DEF_GROUNDS) {
            labels[n] = &p->defs[i]->label;
            names[n++] = p->defs[i]->name.text;
        }
    for (size_t i = 0; s->subject && i < s->subject->n_fields; i++)
        if (s->subject->fields[i]->type.kind == K_LIST) {
            labels[n] = &s->subject->fields[i]->label;
            names[n++] = s->subject->fields[i]->name.text;
        }
    unknown_among(c, name, names, labels, n);
}

static bool set_of_name(struct scope *s, struct set *set)
{
    struct word w;
    struct policy *q = NULL;

    if (set->qual.text.n) {
        q = find_policy(s, &set->qual);
        if (!q || !same_subject(s, q, set->qual.at, true))
            return false;
        w = find_policy_word(q, set->name.text);
        if (w.form == WORD_NONE) {
            diag_add(s->c->d, R_UNKNOWN, set->name.at, "%.*s has nothing called “%.*s”",
                     STR_ARG(q->name.text), STR_ARG(set->name.text));
            return false;
        }
    } else {
        w = find_word(s, set->name.text);
    }
    if (w.form == WORD_DEF)
        return set_of_def(s, set, w.def);
    if (w.form == WORD_FIELD && !w.of_member && w.field->type.kind == K_LIST &&
        (!s->policy || w.field == s->list)) {
        set->form = SET_LIST;
        set->list = w.field;
        return true;
    }
    if (w.form == WORD_NONE)
        unknown_set(s, &set->name);
    else if (w.form != WORD_FIELD || w.field->type.kind != K_NONE)
        diag_add(s->c->d, R_NOT_SET, set->name.at, "%.*s is not a group of the members spoken of",
                 STR_ARG(set->name.text));
    return false;
}

/* The register whose records a checked set holds; NULL for grounds. */
static struct reg *set_reg(const struct scope *s, const struct set *set)
{
    while (set->form == SET_WHO)
        set = set->base;
    if (set->form == SET_LIST)
        return set->list->type.reg;
    return set->form == SET_DEF ? s->member : NULL;
}

static struct scope scope_of_set(const struct scope *s, const struct set *set)
{
    struct scope inner = *s;

    inner.of_member = true;
    inner.grounds = NULL;
    inner.under = NULL;
    inner.member = set_reg(s, set);
    return inner;
}

bool check_set(struct scope *s, struct set *set)
{
    struct scope inner;

    if (set->form != SET_WHO)
        return set_of_name(s, set);
    if (!check_set(s, set->base))
        return false;
    if (set->base->form == SET_GROUNDS) {
        diag_add(s->c->d, R_NOT_SET, set->base->at,
                 "%.*s is a list of grounds, nobody is picked from it",
                 STR_ARG(set->base->name.text));
        return false;
    }
    inner = scope_of_set(s, set);
    check_condition(&inner, set->who);
    return true;
}

/* ---- what is said over a set ----------------------------------------------------------------- */

static const char *set_word(const struct expr *e)
{
    switch (e->op) {
    case E_COUNT:
        return "count of";
    case E_SUM:
        return "sum of";
    case E_HIGHEST:
        return "highest of";
    case E_LOWEST:
        return "lowest of";
    case E_ANY:
        return "any";
    case E_NO:
        return "no";
    default:
        return "every";
    }
}

/* Of a member too when what is said over the grounds is. */
static void find_member(struct expr *e, void *ctx)
{
    if (e->level == LEVEL_MEMBER)
        *(enum level *)ctx = LEVEL_MEMBER;
}

static void check_over_grounds(struct scope *s, struct expr *e)
{
    struct def *grounds = e->set->def;
    struct scope inner = *s;

    e->level = grounds->level;
    if (e->op == E_ANY || e->op == E_NO || e->op == E_EVERY) {
        diag_add(s->c->d, R_NOT_SET, e->set->at, "%.*s is a list of grounds, not of members",
                 STR_ARG(grounds->name.text));
        e->type = t_none;
        return;
    }
    if (!check_whose(s, grounds->level, e->set->at, grounds->name.text, &grounds->label, K_NONE))
        e->type = t_none;
    inner.grounds = grounds;
    if (!e->a)
        return;
    check_expr(&inner, e->a);
    walk_expr(e->a, find_member, &e->level);
}

static void check_over_members(struct scope *s, struct expr *e)
{
    struct scope inner = scope_of_set(s, e->set);

    e->level = s->self;
    if (!e->a)
        return;
    if (e->op == E_ANY || e->op == E_NO || e->op == E_EVERY)
        check_condition(&inner, e->a);
    else
        check_expr(&inner, e->a);
}

void check_set_expr(struct scope *s, struct expr *e)
{
    struct check *c = s->c;

    e->type = e->op == E_COUNT ? (struct type){.kind = K_COUNT} : t_bool;
    if (!check_set(s, e->set)) {
        e->type = e->op == E_COUNT || e->op == E_ANY || e->op == E_NO || e->op == E_EVERY ? e->type
                                                                                          : t_none;
        return;
    }
    if (e->set->form == SET_GROUNDS)
        check_over_grounds(s, e);
    else
        check_over_members(s, e);
    if ((e->op == E_HIGHEST || e->op == E_LOWEST) && s->under != e)
        diag_help(diag_add(c->d, R_NONE, e->at, "%s must say what holds for nobody", set_word(e)),
                  c->d, "add “, taken as … when none”");
    if (e->op != E_SUM && e->op != E_HIGHEST && e->op != E_LOWEST)
        return;
    if (e->type.kind != K_NONE)
        e->type = e->a->type;
    if (e->type.kind != K_NONE && !kind_numeric(e->type.kind)) {
        diag_add(c->d, R_SUM, e->a->at, "“%s” is for numbers, this is %.*s", set_word(e),
                 STR_ARG(check_phrase(c, e->a->type)));
        e->type = t_none;
    }
}

/* ---- names and outcomes ---------------------------------------------------------------------- */

static bool pays_form(const struct policy *p, bool to_member)
{
    for (size_t i = 0; i < p->n_alts; i++)
        for (size_t k = 0; k < p->alts[i].n_pays; k++)
            if ((p->alts[i].pays[k].form != PAY_SUBJECT) == to_member)
                return true;
    return false;
}

static void check_gets(struct scope *s, struct expr *e)
{
    struct policy *q = find_policy(s, &e->name);
    str who = e->of_member ? S("member") : s->subject ? s->subject->name.text : S("");

    e->type = t_bool;
    if (!q || !same_subject(s, q, e->at, e->of_member))
        return;
    if (!e->of_member && !str_eq(e->qual.text, s->subject->name.text)) {
        diag_add(s->c->d, R_UNKNOWN, e->qual.at, "the policy does not speak of “%.*s”",
                 STR_ARG(e->qual.text));
        return;
    }
    e->policy = q;
    e->level = e->of_member ? LEVEL_MEMBER : LEVEL_SUBJECT;
    if (!s->c->unread && !pays_form(q, e->of_member))
        diag_add(s->c->d, R_NEVER_PAYS, e->at, "%.*s never pays a %.*s",
                 STR_ARG(check_named(s->c, q->name.text, &q->label)), STR_ARG(who));
    else if (e->of_member && !s->of_member)
        check_whose(s, LEVEL_MEMBER, e->at,
                    str_fmt(s->c->a, "member gets %.*s", STR_ARG(q->name.text)), NULL, K_BOOL);
}

static void check_outcome_of(struct scope *s, struct expr *e)
{
    struct policy *q = s->policy;

    e->type = t_none;
    if (e->qual.text.n)
        q = find_policy(s, &e->qual);
    else if (!q)
        diag_add(s->c->d, R_IN_REGISTER, e->at, "outcome is a policy's word");
    if (!q || !same_subject(s, q, e->at, q->of_member))
        return;
    e->level = q->of_member ? LEVEL_MEMBER : LEVEL_SUBJECT;
    if (!check_whose(s, e->level, e->at, str_fmt(s->c->a, "%.*s.outcome", STR_ARG(q->name.text)),
                     NULL, K_CODE))
        return;
    e->policy = q;
    e->type = (struct type){.kind = K_CODE, .code = &q->outcome_code};
}

void check_name_expr(struct scope *s, struct expr *e)
{
    if (e->op == E_NAME)
        resolve_name(s, e);
    else if (e->op == E_GETS)
        check_gets(s, e);
    else
        check_outcome_of(s, e);
}
