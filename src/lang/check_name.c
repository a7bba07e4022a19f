/*
 * Names: what a word means where it stands, and what was meant when it means nothing.
 *
 * In a policy a word is a field of the subject, a field of its members, a parameter or a
 * definition; elsewhere a policy's word is policy.name. A value of a code list is never a word by
 * itself: the other side of `is` says which list is meant.
 */
#include "lang/check.h"

static struct field *own_field(const struct reg *reg, str name)
{
    for (size_t i = 0; reg && i < reg->n_fields; i++)
        if (str_eq(reg->fields[i]->name.text, name))
            return reg->fields[i];
    return NULL;
}

struct word find_policy_word(const struct policy *p, str name)
{
    for (size_t i = 0; i < p->n_defs; i++)
        if (str_eq(p->defs[i]->name.text, name))
            return (struct word){.form = WORD_DEF, .def = p->defs[i]};
    for (size_t i = 0; i < p->n_params; i++)
        if (str_eq(p->params[i]->name.text, name))
            return (struct word){.form = WORD_PARAM, .param = p->params[i]};
    return (struct word){.form = WORD_NONE};
}

struct word find_word(const struct scope *s, str name)
{
    struct field *own = own_field(s->subject, name);
    struct field *theirs = s->member != s->subject ? own_field(s->member, name) : NULL;
    struct word w = {.form = WORD_NONE};

    if (s->policy)
        w = find_policy_word(s->policy, name);
    if (w.form != WORD_NONE || (!own && !theirs))
        return w;
    w.form = WORD_FIELD;
    w.field = own ? own : theirs;
    w.of_member = !own;
    w.both = own && theirs;
    return w;
}

/* ---- what was meant -------------------------------------------------------------------------- */

struct candidates {
    struct arena *a;
    VEC(str) names;
    VEC(const struct label *) labels;
};

static void candidate(struct candidates *k, str name, const struct label *l)
{
    *VEC_PUSH(k->a, &k->names) = name;
    *VEC_PUSH(k->a, &k->labels) = l;
}

static void candidate_fields(struct candidates *k, const struct reg *reg)
{
    for (size_t i = 0; reg && i < reg->n_fields; i++)
        candidate(k, reg->fields[i]->name.text, &reg->fields[i]->label);
}

static void candidate_words(struct candidates *k, const struct policy *p)
{
    for (size_t i = 0; i < p->n_defs; i++)
        candidate(k, p->defs[i]->name.text, &p->defs[i]->label);
    for (size_t i = 0; i < p->n_params; i++)
        candidate(k, p->params[i]->name.text, &p->params[i]->label);
}

/* Its label first, then the nearest name; -1: nothing is near. */
static long meant(const struct candidates *k, str found)
{
    str near;

    for (size_t i = 0; i < k->names.n; i++)
        if (k->labels.at[i] && (str_eq(k->labels.at[i]->zh, found) ||
                                (k->labels.at[i]->en.n && str_eq(k->labels.at[i]->en, found))))
            return (long)i;
    near = nearest_name(found, k->names.at, k->names.n);
    for (size_t i = 0; near.n && i < k->names.n; i++)
        if (str_eq(k->names.at[i], near))
            return (long)i;
    return -1;
}

static bool suggest(struct check *c, struct diag *g, const struct candidates *k, str found)
{
    long i = g ? meant(k, found) : -1;

    if (i < 0)
        return false;
    diag_help(g, c->d, "did you mean %.*s?",
              STR_ARG(check_named(c, k->names.at[i], k->labels.at[i])));
    return true;
}

static void suggest_policy(struct check *c, struct diag *g, str found)
{
    for (size_t i = 0; i < c->r->policies.n; i++) {
        const struct policy *p = c->r->policies.at[i];
        struct word w = find_policy_word(p, found);
        const struct label *l = NULL;

        if (w.form == WORD_NONE)
            continue;
        l = w.form == WORD_DEF ? &w.def->label : &w.param->label;
        diag_help(g, c->d, "did you mean %.*s.%.*s?", STR_ARG(p->name.text),
                  STR_ARG(check_named(c, found, l)));
        return;
    }
}

/* NULL for a name that could not be read: that was reported. */
static struct diag *nothing_called(struct check *c, const struct ident *name)
{
    if (!name->text.n)
        return NULL;
    return diag_add(c->d, R_UNKNOWN, name->at, "there is nothing called “%.*s” here",
                    STR_ARG(name->text));
}

void unknown_name(struct scope *s, const struct ident *name)
{
    struct candidates k = {.a = s->c->a};
    struct diag *g = nothing_called(s->c, name);

    if (s->policy)
        candidate_words(&k, s->policy);
    candidate_fields(&k, s->subject);
    if (s->member != s->subject)
        candidate_fields(&k, s->member);
    if (g && !suggest(s->c, g, &k, name->text) && s->policy)
        suggest_policy(s->c, g, name->text);
}

void unknown_among(struct check *c, const struct ident *name, const str *names,
                   const struct label *const *labels, size_t n)
{
    struct candidates k = {.a = c->a};

    for (size_t i = 0; i < n; i++)
        candidate(&k, names[i], labels ? labels[i] : NULL);
    suggest(c, nothing_called(c, name), &k, name->text);
}

void unknown_field(struct check *c, const struct ident *name, const struct reg *reg)
{
    struct candidates k = {.a = c->a};

    candidate_fields(&k, reg);
    suggest(c, nothing_called(c, name), &k, name->text);
}

void name_twice(struct check *c, const struct ident *name, const struct ident *first)
{
    const struct source *s = &c->r->sources.list.at[first->at.file];
    size_t line, column;

    if (!name->text.n)
        return;
    source_position(s, first->at.from, &line, &column);
    diag_add(c->d, R_TWICE, name->at, "there is another “%.*s” already, at %.*s:%zu:%zu",
             STR_ARG(name->text), STR_ARG(s->path), line, column);
}

str names_listed(struct arena *a, const str *names, size_t n)
{
    str all = S("nothing");

    for (size_t i = 0; i < n && i < 12; i++)
        all = i ? str_fmt(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(names[i])) : names[i];
    return n > 12 ? str_fmt(a, "%.*s and %zu more", STR_ARG(all), n - 12) : all;
}

/* ---- policies -------------------------------------------------------------------------------- */

struct policy *find_policy(struct scope *s, const struct ident *name)
{
    struct check *c = s->c;
    struct policy *p = rules_policy(c->r, name->text);
    struct candidates k = {.a = c->a};

    if (p)
        return p;
    for (size_t i = 0; i < c->r->policies.n; i++)
        candidate(&k, c->r->policies.at[i]->name.text, &c->r->policies.at[i]->label);
    suggest(c, nothing_called(c, name), &k, name->text);
    return NULL;
}

bool same_subject(struct scope *s, const struct policy *q, struct span at, bool members)
{
    if (!s->policy) {
        diag_add(s->c->d, R_IN_REGISTER, at, "a register's field can't read the policy %.*s",
                 STR_ARG(q->name.text));
        return false;
    }
    if (!q->subject || !s->subject)
        return false;
    if (q->subject != s->subject) {
        diag_add(s->c->d, R_SUBJECT, at, "%.*s is about each %.*s, %.*s about each %.*s",
                 STR_ARG(q->name.text), STR_ARG(q->subject->name.text),
                 STR_ARG(s->policy->name.text), STR_ARG(s->subject->name.text));
        return false;
    }
    if (members && q->list != s->list) {
        diag_add(s->c->d, R_SUBJECT, at, "%.*s speaks of other members of %.*s than %.*s",
                 STR_ARG(q->name.text), STR_ARG(s->subject->name.text),
                 STR_ARG(s->policy->name.text));
        return false;
    }
    return true;
}

/* ---- E_NAME ---------------------------------------------------------------------------------- */

bool names_value(const struct expr *e, const struct code *code)
{
    for (size_t i = 0; code && e->op == E_NAME && !e->qual.text.n && i < code->n_values; i++)
        if (str_eq(code->values[i].name.text, e->name.text))
            return true;
    return false;
}

void resolve_code(struct scope *s, struct expr *e, struct code *code)
{
    struct check *c = s->c;
    bool number = e->op == E_LIT && (e->type.kind == K_COUNT || e->type.kind == K_ZERO);
    str text = e->op == E_NAME && !e->qual.text.n ? e->name.text : check_text(c, e->at);
    long index = -1;
    str *names;

    number_expr(s, e);
    e->level = LEVEL_CONST;
    if (e->op == E_BAD)
        return;
    for (size_t i = 0; i < code->n_values; i++)
        if (number ? code->values[i].has_number && code->values[i].number == e->lit.i
                   : e->op == E_NAME && !e->qual.text.n && str_eq(code->values[i].name.text, text))
            index = (long)i;
    if (index >= 0) {
        e->op = E_CODE;
        e->lit = (struct literal){.i = index};
        e->type = (struct type){.kind = K_CODE, .code = code};
        return;
    }
    names = NEW_N(c->a, str, code->n_values);
    for (size_t i = 0; i < code->n_values; i++)
        names[i] = code->values[i].name.text;
    diag_help(diag_add(c->d, R_NO_VALUE, e->at, "%.*s has no value “%.*s”",
                       STR_ARG(code->name.text), STR_ARG(text)),
              c->d, "it has %.*s", STR_ARG(names_listed(c->a, names, code->n_values)));
    e->op = E_BAD;
    e->type = (struct type){.kind = K_NONE};
}

/* What a register holds but no policy reads: it has no value to reckon with. */
static bool readable(struct scope *s, struct expr *e, const struct field *f)
{
    enum kind k = f->type.kind;
    bool rate = k == K_RATE && !f->value;

    if (k == K_LIST) {
        diag_help(diag_add(s->c->d, R_NOT_READ, e->at, "%.*s is a list, not a value",
                           STR_ARG(check_named(s->c, f->name.text, &f->label))),
                  s->c->d, "count of %.*s is how many they are", STR_ARG(f->name.text));
        return false;
    }
    if (k != K_REF && k < K_TEXT && !rate)
        return true;
    diag_add(s->c->d, R_NOT_READ, e->at, "%.*s is %.*s, which no rule can read",
             STR_ARG(check_named(s->c, f->name.text, &f->label)),
             STR_ARG(check_phrase(s->c, f->type)));
    return false;
}

static bool use_field(struct scope *s, struct expr *e, const struct word *w)
{
    struct field *f = w->field;

    if (w->both && s->member) {
        diag_add(s->c->d, R_AMBIGUOUS, e->at, "both %.*s and %.*s have a field %.*s",
                 STR_ARG(s->subject->name.text), STR_ARG(s->member->name.text),
                 STR_ARG(f->name.text));
        return false;
    }
    if (f->value)
        check_field_type(s->c, f);
    if (!readable(s, e, f))
        return false;
    e->op = E_FIELD;
    e->field = f;
    e->type = f->type;
    e->level = w->of_member ? LEVEL_MEMBER : s->self;
    if (!w->of_member && !s->policy)
        return true;
    return check_whose(s, e->level, e->at, f->name.text, &f->label, f->type.kind);
}

static bool use_def(struct scope *s, struct expr *e, struct def *def)
{
    if (def->form == DEF_GROUP || def->form == DEF_GROUNDS) {
        const char *what = def->form == DEF_GROUP ? "a group of members" : "a list of grounds";

        diag_add(s->c->d, R_NOT_READ, e->at, "%.*s is %s, not a value",
                 STR_ARG(check_named(s->c, def->name.text, &def->label)), what);
        return false;
    }
    check_def(s->c, def);
    e->op = E_DEF;
    e->def = def;
    e->type = def->type;
    e->level = def->level;
    return check_whose(s, e->level, e->at, def->name.text, &def->label, def->type.kind);
}

static bool use_param(struct scope *s, struct expr *e, struct param *p)
{
    e->op = E_PARAM;
    e->param = p;
    e->type = p->type;
    e->level = LEVEL_CONST;
    if (p->by_field)
        e->level = p->by_field->reg == p->policy->subject ? LEVEL_SUBJECT : LEVEL_MEMBER;
    if (p->by_def && p->by_def->form == DEF_GROUNDS) {
        e->level = LEVEL_GROUND;
        if (s->grounds == p->by_def)
            return true;
        diag_help(diag_add(s->c->d, R_GROUND, e->at, "%.*s has a value for each %.*s",
                           STR_ARG(check_named(s->c, p->name.text, &p->label)),
                           STR_ARG(p->by_def->name.text)),
                  s->c->d, "say highest of %.*s over %.*s, taken as … when none",
                  STR_ARG(p->name.text), STR_ARG(p->by_def->name.text));
        return false;
    }
    if (p->by_def)
        e->level = p->by_def->level;
    return check_whose(s, e->level, e->at, p->name.text, &p->label, p->type.kind);
}

static bool use_word(struct scope *s, struct expr *e, const struct word *w)
{
    switch (w->form) {
    case WORD_FIELD:
        return use_field(s, e, w);
    case WORD_DEF:
        return use_def(s, e, w->def);
    case WORD_PARAM:
        return use_param(s, e, w->param);
    default:
        return false;
    }
}

static bool resolve_qualified(struct scope *s, struct expr *e)
{
    struct policy *q = find_policy(s, &e->qual);
    struct candidates k = {.a = s->c->a};
    struct word w;
    bool members;

    if (!q)
        return false;
    w = find_policy_word(q, e->name.text);
    if (w.form == WORD_NONE) {
        candidate_words(&k, q);
        suggest(s->c,
                diag_add(s->c->d, R_UNKNOWN, e->name.at, "%.*s has nothing called “%.*s”",
                         STR_ARG(q->name.text), STR_ARG(e->name.text)),
                &k, e->name.text);
        return false;
    }
    members = w.form == WORD_DEF ? w.def->level >= LEVEL_MEMBER
                                 : (w.param->by_field && w.param->by_field->reg != q->subject) ||
                                       (w.param->by_def && w.param->by_def->level >= LEVEL_MEMBER);
    return same_subject(s, q, e->qual.at, members) && use_word(s, e, &w);
}

void resolve_name(struct scope *s, struct expr *e)
{
    bool good;

    if (e->qual.text.n) {
        good = resolve_qualified(s, e);
    } else {
        struct word w = find_word(s, e->name.text);

        if (w.form == WORD_NONE)
            unknown_name(s, &e->name);
        good = use_word(s, e, &w);
    }
    if (!good) {
        e->op = E_BAD;
        e->type = (struct type){.kind = K_NONE};
        e->level = LEVEL_CONST;
    }
}
