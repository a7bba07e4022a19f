/*
 * Policies: whom they are about, their parameters and definitions. Heads of all policies come
 * first, so that bodies may use any policy's words in any order; a definition gets its type when
 * it is first read.
 */
#include "lang/check.h"

enum { DEF_UNTYPED, DEF_RUNNING, DEF_TYPED };

/* ---- heads ----------------------------------------------------------------------------------- */

static size_t count_lists(const struct reg *reg, struct field **only)
{
    size_t n = 0;

    for (size_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i]->type.kind == K_LIST) {
            *only = reg->fields[i];
            n++;
        }
    return n;
}

/* `for each member` alone: of the only register that has exactly one list. */
static struct reg *only_subject(struct check *c, const struct policy *p)
{
    struct reg *found = NULL;
    struct field *list;
    size_t n = 0;

    for (size_t i = 0; i < c->r->regs.n; i++)
        if (count_lists(c->r->regs.at[i], &list) == 1) {
            found = c->r->regs.at[i];
            n++;
        }
    if (n == 1)
        return found;
    if (n == 0)
        diag_add(c->d, R_HEAD, p->name.at, "no register has a list of members");
    else
        diag_help(diag_add(c->d, R_HEAD, p->name.at, "%zu registers have members", n), c->d,
                  "say for each member of %.*s", STR_ARG(found->name.text));
    return NULL;
}

static void find_subject(struct check *c, struct policy *p)
{
    str *names;

    if (!p->subject_name.text.n) {
        p->subject = only_subject(c, p);
        return;
    }
    p->subject = rules_reg(c->r, p->subject_name.text);
    if (p->subject)
        return;
    names = NEW_N(c->a, str, c->r->regs.n);
    for (size_t i = 0; i < c->r->regs.n; i++)
        names[i] = c->r->regs.at[i]->name.text;
    unknown_among(c, &p->subject_name, names, NULL, c->r->regs.n);
}

static void find_list(struct check *c, struct policy *p)
{
    struct field *only = NULL;
    size_t n = count_lists(p->subject, &only);

    if (p->list_name.text.n) {
        p->list = reg_field(p->subject, p->list_name.text);
        if (!p->list) {
            unknown_field(c, &p->list_name, p->subject);
        } else if (p->list->type.kind != K_LIST) {
            diag_add(c->d, R_HEAD, p->list_name.at, "%.*s is not a list",
                     STR_ARG(check_named(c, p->list->name.text, &p->list->label)));
            p->list = NULL;
        }
        return;
    }
    p->list = n == 1 ? only : NULL;
    if (n > 1)
        diag_help(diag_add(c->d, R_HEAD, p->subject_name.at, "%.*s has %zu lists of members",
                           STR_ARG(p->subject->name.text), n),
                  c->d, "say for each %.*s with %.*s", STR_ARG(p->subject->name.text),
                  STR_ARG(only->name.text));
    else if (n == 0 && p->of_member)
        diag_add(c->d, R_HEAD, p->subject_name.at, "%.*s has no list of members",
                 STR_ARG(p->subject->name.text));
}

/* No parameter or definition has the name of a field of subject or members. */
static void check_word(struct check *c, struct policy *p, struct ident *name)
{
    struct scope s = scope_of_policy(c, p, true);
    const struct word w = find_policy_word(p, name->text);
    const struct ident *first = w.form == WORD_DEF ? &w.def->name : &w.param->name;
    struct word field;

    for (size_t i = 0; i < p->n_params; i++)
        if (str_eq(p->params[i]->name.text, name->text) && &p->params[i]->name != name &&
            p->params[i]->name.at.from < name->at.from)
            first = &p->params[i]->name;
    if (first != name && first->at.from < name->at.from)
        name_twice(c, name, first);
    s.policy = NULL;
    field = find_word(&s, name->text);
    if (field.form == WORD_FIELD)
        diag_add(c->d, R_FIELD_NAME, name->at, "%.*s is a field of %.*s already",
                 STR_ARG(check_named(c, name->text, &field.field->label)),
                 STR_ARG(field.field->reg->name.text));
}

static void find_by(struct check *c, struct policy *p, struct param *param)
{
    struct scope s = scope_of_policy(c, p, true);
    struct word w = find_word(&s, param->by.text);

    param->n_keys = 1;
    if (!param->by.text.n || !p->subject)
        return;
    if (w.form == WORD_FIELD && w.field->type.kind == K_CODE && !w.both)
        param->by_field = w.field;
    else if (w.form == WORD_DEF && w.def->form != DEF_GROUP)
        param->by_def = w.def;
    else if (w.form == WORD_NONE)
        unknown_name(&s, &param->by);
    else if (w.form != WORD_FIELD || w.field->type.kind != K_NONE)
        diag_help(diag_add(c->d, R_BY, param->by.at, "a parameter can't be by %.*s",
                           STR_ARG(param->by.text)),
                  c->d, "it is by a field or definition of a code list, or by a list of grounds");
}

/* `unit "…" = members` was read as a value; what it names is a group. */
static bool alias_group(struct check *c, struct policy *p, struct def *def)
{
    struct scope s = scope_of_policy(c, p, false);
    struct expr *e = def->value;
    struct word w;

    if (def->form != DEF_VALUE || !e || e->op != E_NAME || e->qual.text.n)
        return false;
    w = find_word(&s, e->name.text);
    if (!(w.form == WORD_FIELD && w.field == p->list && p->list) &&
        !(w.form == WORD_DEF && w.def->form == DEF_GROUP))
        return false;
    def->form = DEF_GROUP;
    def->group = NEW(c->a, struct set);
    *def->group = (struct set){.form = SET_NAME, .name = e->name, .at = e->at};
    return true;
}

static void head_of_def(struct check *c, struct policy *p, struct def *def)
{
    bool group = def->form == DEF_GROUP;

    def->level = !group && (def->of_member || p->of_member) ? LEVEL_MEMBER : LEVEL_SUBJECT;
    if (!def->of_member || !p->subject)
        return;
    if (group || p->of_member || !p->list)
        diag_add(c->d, R_OF_MEMBER, def->name.at, "%s",
                 group ? "a group is never of a member"
                 : p->of_member
                     ? "every word of this policy is the member's, “of member” is too much"
                     : "the policy speaks of no members");
}

static void check_head(struct check *c, struct policy *p)
{
    bool again = true;

    find_subject(c, p);
    if (p->subject)
        find_list(c, p);
    for (size_t i = 0; i < p->n_params; i++) {
        p->params[i]->policy = p;
        p->params[i]->index = c->r->params.n;
        *VEC_PUSH(c->a, &c->r->params) = p->params[i];
        check_word(c, p, &p->params[i]->name);
    }
    for (size_t i = 0; i < p->n_defs; i++) {
        p->defs[i]->policy = p;
        p->defs[i]->index = c->r->defs.n;
        *VEC_PUSH(c->a, &c->r->defs) = p->defs[i];
        check_word(c, p, &p->defs[i]->name);
    }
    while (again) {
        again = false;
        for (size_t i = 0; i < p->n_defs; i++)
            again = alias_group(c, p, p->defs[i]) || again;
    }
    for (size_t i = 0; i < p->n_defs; i++)
        head_of_def(c, p, p->defs[i]);
    for (size_t i = 0; i < p->n_params; i++)
        find_by(c, p, p->params[i]);
    check_outcome_names(c, p);
}

void check_policy_heads(struct check *c)
{
    c->r->params.n = 0;
    c->r->defs.n = 0;
    for (size_t i = 0; i < c->r->policies.n; i++)
        check_head(c, c->r->policies.at[i]);
    c->def_state = NEW_N(c->a, uint8_t, c->r->defs.n);
}

/* ---- definitions ----------------------------------------------------------------------------- */

static bool bare_value(struct scope *s, const struct expr *e)
{
    return e->op == E_NAME && !e->qual.text.n && find_word(s, e->name.text).form == WORD_NONE;
}

/* The only code list that has all values which the branches name; NULL: none, or several. */
static struct code *code_of_branches(struct scope *s, const struct def *def, size_t *n_codes)
{
    const struct rules *r = s->c->r;
    struct code *found = NULL;

    *n_codes = 0;
    for (size_t i = 0; i < r->codes.n; i++) {
        bool all = true;

        for (size_t k = 0; all && k < def->n_cases; k++)
            if (bare_value(s, def->cases[k].value))
                all = names_value(def->cases[k].value, r->codes.at[i]);
        if (!all)
            continue;
        found = r->codes.at[i];
        ++*n_codes;
    }
    return *n_codes == 1 ? found : NULL;
}

/* A branch names what is no value of the list that the first such branch names. */
static void unknown_branch(struct scope *s, const struct def *def)
{
    const struct rules *r = s->c->r;
    struct code *code = NULL;

    for (size_t i = 0; i < def->n_cases; i++) {
        struct expr *e = def->cases[i].value;

        if (!bare_value(s, e))
            continue;
        for (size_t k = 0; !code && k < r->codes.n; k++)
            code = names_value(e, r->codes.at[k]) ? r->codes.at[k] : NULL;
        if (!code) {
            unknown_name(s, &e->name);
            return;
        }
        if (!names_value(e, code)) {
            resolve_code(s, e, code);
            return;
        }
    }
}

static void check_branch_values(struct scope *s, struct def *def, struct code *code)
{
    size_t n_codes = 0;

    if (!code)
        code = code_of_branches(s, def, &n_codes);
    if (!code && n_codes == 0)
        unknown_branch(s, def);
    for (size_t i = 0; i < def->n_cases; i++) {
        struct expr *e = def->cases[i].value;

        if (!bare_value(s, e))
            continue;
        if (code) {
            resolve_code(s, e, code);
            continue;
        }
        if (n_codes > 1)
            diag_add(s->c->d, R_WHICH_CODE, e->at, "“%.*s” is a value of several code lists",
                     STR_ARG(e->name.text));
        n_codes = 0;
        number_expr(s, e);
        e->op = E_BAD;
    }
}

static void check_choice(struct scope *s, struct def *def)
{
    struct check *c = s->c;
    struct code *code = NULL;
    struct type one = {.kind = K_NONE};
    bool bare = false;

    for (size_t i = 0; i < def->n_cases; i++) {
        struct expr *e = def->cases[i].value;

        if (def->cases[i].when)
            check_condition(s, def->cases[i].when);
        if (bare_value(s, e)) {
            bare = true;
            continue;
        }
        check_expr(s, e);
        code = !code && e->type.kind == K_CODE ? e->type.code : code;
    }
    if (bare)
        check_branch_values(s, def, code);
    /* Twice, for a branch that comes late may be the first to say which kind a bare 0 has. */
    for (size_t i = 0; i < 2 * def->n_cases; i++) {
        struct expr *first = def->cases[0].value, *e = def->cases[i % def->n_cases].value;

        if (type_join(first, e, &one))
            continue;
        diag_add(c->d, R_CHOICE, e->at, "this branch gives %.*s, the first one %.*s",
                 STR_ARG(check_phrase(c, e->type)), STR_ARG(check_phrase(c, first->type)));
        one.kind = K_NONE;
        break;
    }
    def->type = one;
}

static void check_grounds(struct scope *s, struct def *def)
{
    for (size_t i = 0; i < def->n_grounds; i++) {
        struct named *g = &def->grounds[i];

        for (size_t k = 0; k < i; k++)
            if (str_eq(def->grounds[k].name.text, g->name.text)) {
                name_twice(s->c, &g->name, &def->grounds[k].name);
                break;
            }
        check_condition(s, g->expr);
    }
    if (def->n_grounds > LIMIT_CONDITIONS)
        diag_add(s->c->d, R_TOO_MANY, def->name.at, "%.*s has %zu grounds; at most %d are possible",
                 STR_ARG(def->name.text), def->n_grounds, LIMIT_CONDITIONS);
}

static void settle_zero(struct type *t, struct expr *e)
{
    const struct type count = {.kind = K_COUNT};

    if (e && t->kind == K_ZERO)
        type_settle(e, count);
    if (t->kind == K_ZERO)
        *t = count;
}

void check_def(struct check *c, struct def *def)
{
    struct scope s = scope_of_policy(c, def->policy, def->of_member);

    /* A running one is a circle; order.c reports it. */
    if (c->def_state[def->index] != DEF_UNTYPED)
        return;
    c->def_state[def->index] = DEF_RUNNING;
    switch (def->form) {
    case DEF_VALUE:
        check_expr(&s, def->value);
        def->type = def->value->type;
        settle_zero(&def->type, def->value);
        break;
    case DEF_GROUP:
        check_set(&s, def->group);
        break;
    case DEF_CHOICE:
        check_choice(&s, def);
        for (size_t i = 0; i < def->n_cases; i++)
            settle_zero(&def->cases[i].value->type, def->cases[i].value);
        settle_zero(&def->type, NULL);
        break;
    case DEF_GROUNDS:
        check_grounds(&s, def);
        break;
    }
    def->whole = def_whole(def);
    c->def_state[def->index] = DEF_TYPED;
}

/* ---- what a parameter is read by ------------------------------------------------------------- */

static void check_key_range(struct check *c, struct param *p, const struct code *code)
{
    bool within = false;

    for (size_t i = 0; i < code->n_values; i++) {
        if (!code->values[i].has_number) {
            diag_add(c->d, R_IN, p->by.at, "the values of %.*s have no numbers",
                     STR_ARG(code->name.text));
            return;
        }
        within = within ||
                 (code->values[i].number >= p->range_lo && code->values[i].number <= p->range_hi);
    }
    if (!within)
        diag_add(c->d, R_RANGE, p->by.at, "no value of %.*s is in %lld..%lld",
                 STR_ARG(code->name.text), (long long)p->range_lo, (long long)p->range_hi);
}

static void check_by(struct check *c, struct param *p)
{
    const struct code *code = NULL;

    if (p->by_field) {
        code = p->by_field->type.code;
    } else if (p->by_def && p->by_def->form != DEF_GROUNDS) {
        code = p->by_def->type.code;
        if (p->by_def->type.kind != K_CODE && p->by_def->type.kind != K_NONE)
            diag_help(diag_add(c->d, R_BY, p->by.at, "a parameter can't be by %.*s, it is %.*s",
                               STR_ARG(p->by.text), STR_ARG(check_phrase(c, p->by_def->type))),
                      c->d,
                      "it is by a field or definition of a code list, or by a list of grounds");
    } else if (p->by_def) {
        p->n_keys = p->by_def->n_grounds;
        if (p->has_range)
            diag_add(c->d, R_IN, p->by.at, "a list of grounds has no range");
    }
    if (!code)
        return;
    p->n_keys = code->n_values;
    if (p->has_range)
        check_key_range(c, p, code);
}

void check_policy_bodies(struct check *c)
{
    for (size_t i = 0; i < c->r->policies.n; i++)
        if (c->r->policies.at[i]->subject)
            for (size_t k = 0; k < c->r->policies.at[i]->n_defs; k++)
                check_def(c, c->r->policies.at[i]->defs[k]);
    for (size_t i = 0; i < c->r->params.n; i++)
        check_by(c, c->r->params.at[i]);
    for (size_t i = 0; i < c->r->policies.n; i++)
        if (c->r->policies.at[i]->subject) {
            check_outcome(c, c->r->policies.at[i]);
            check_carries(c, c->r->policies.at[i]);
        }
}
