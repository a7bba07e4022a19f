/*
 * What a service asks and says: the form's fields, each of which some programme decided on reads;
 * the papers; and the notices, whose texts name only what the program can fill in.
 */
#include "lang/check.h"

#include "base/map.h"

/* ---- what the programmes read ---------------------------------------------------------------- */

/* Lists of what is still to be looked through, so that recursion is never deep. */
struct reads {
    struct check *c;
    uint8_t *defs, *policies; /* by index: seen */
    VEC(struct def *) new_defs;
    VEC(struct policy *) new_policies;
    VEC(struct field *) fields; /* all read, those worked out included */
};

static void read_def(struct reads *x, struct def *def)
{
    if (!def || x->defs[def->index])
        return;
    x->defs[def->index] = 1;
    *VEC_PUSH(x->c->a, &x->new_defs) = def;
}

static void read_policy(struct reads *x, struct policy *p)
{
    if (!p || x->policies[p->index])
        return;
    x->policies[p->index] = 1;
    *VEC_PUSH(x->c->a, &x->new_policies) = p;
}

static bool is_read(const struct reads *x, const struct field *f)
{
    for (size_t i = 0; i < x->fields.n; i++)
        if (x->fields.at[i] == f)
            return true;
    return false;
}

static void read_field(struct reads *x, struct field *f)
{
    if (f && !is_read(x, f))
        *VEC_PUSH(x->c->a, &x->fields) = f;
}

static void read_set(struct reads *x, const struct set *set)
{
    for (; set; set = set->base)
        read_def(x, set->def);
}

static void read_expr(struct expr *e, void *ctx)
{
    struct reads *x = ctx;

    read_def(x, e->def);
    read_field(x, e->field);
    if (e->param) {
        read_def(x, e->param->by_def);
        read_field(x, e->param->by_field);
    }
    if (e->op == E_OUTCOME || e->op == E_GETS)
        read_policy(x, e->policy);
    read_set(x, e->set);
}

static void look_through_def(struct reads *x, struct def *def)
{
    walk_expr(def->value, read_expr, x);
    walk_set(def->group, read_expr, x);
    read_set(x, def->group);
    for (size_t i = 0; i < def->n_cases; i++) {
        walk_expr(def->cases[i].when, read_expr, x);
        walk_expr(def->cases[i].value, read_expr, x);
    }
    for (size_t i = 0; i < def->n_grounds; i++)
        walk_expr(def->grounds[i].expr, read_expr, x);
}

static void look_through_policy(struct reads *x, const struct policy *p)
{
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];

        for (size_t k = 0; k < alt->n_conds; k++)
            walk_expr(alt->conds[k].expr, read_expr, x);
        for (size_t k = 0; k < alt->n_because; k++)
            walk_expr(alt->because[k].when, read_expr, x);
        for (size_t k = 0; k < alt->n_pays; k++) {
            walk_set(alt->pays[k].set, read_expr, x);
            read_set(x, alt->pays[k].set);
            walk_expr(alt->pays[k].value, read_expr, x);
        }
    }
}

/* What was named so far is looked through, and what that names, until nothing is new. */
static void read_on(struct reads *x)
{
    size_t defs = 0, policies = 0, fields = 0;

    for (;;) {
        if (policies < x->new_policies.n)
            look_through_policy(x, x->new_policies.at[policies++]);
        else if (defs < x->new_defs.n)
            look_through_def(x, x->new_defs.at[defs++]);
        else if (fields < x->fields.n)
            walk_expr(x->fields.at[fields++]->value, read_expr, x);
        else
            return;
    }
}

static struct reads reads_of(struct check *c)
{
    struct reads x = {.c = c};

    x.defs = NEW_N(c->a, uint8_t, c->r->defs.n);
    x.policies = NEW_N(c->a, uint8_t, c->r->policies.n);
    return x;
}

void check_reads(struct check *c)
{
    struct reads x = reads_of(c);

    for (size_t i = 0; i < c->r->policies.n; i++)
        if (!c->r->policies.at[i]->on_application)
            read_policy(&x, c->r->policies.at[i]);
    read_on(&x);
    for (size_t i = 0; i < x.fields.n; i++)
        x.fields.at[i]->read_monthly = true;
}

/* ---- the form -------------------------------------------------------------------------------- */

/* The registers whose facts a form may ask: the programmes' subject and its members. */
struct asked {
    const struct reg *regs[2];
    size_t n;
};

static void ask_of(struct asked *q, const struct reg *reg)
{
    for (size_t i = 0; i < q->n; i++)
        if (q->regs[i] == reg)
            return;
    if (reg && q->n < 2)
        q->regs[q->n++] = reg;
}

static struct field *asked_field(const struct asked *q, str name)
{
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; k < q->regs[i]->n_fields; k++)
            if (str_eq(q->regs[i]->fields[k]->name.text, name))
                return q->regs[i]->fields[k];
    return NULL;
}

static void unknown_asked(struct check *c, const struct asked *q, const struct ident *name)
{
    size_t n = 0;
    str *names;
    const struct label **labels;

    for (size_t i = 0; i < q->n; i++)
        n += q->regs[i]->n_fields;
    names = NEW_N(c->a, str, n);
    labels = NEW_N(c->a, const struct label *, n);
    n = 0;
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; k < q->regs[i]->n_fields; k++, n++) {
            names[n] = q->regs[i]->fields[k]->name.text;
            labels[n] = &q->regs[i]->fields[k]->label;
        }
    unknown_among(c, name, names, labels, n);
}

static void check_asked(struct check *c, const struct reads *x, const struct ident *name,
                        const struct field *f)
{
    str called = check_named(c, name->text, &f->label);

    if (f->value)
        diag_add(c->d, R_ASKED, name->at, "%.*s is worked out, it can't be asked", STR_ARG(called));
    else if (f->type.kind == K_LIST)
        diag_add(c->d, R_ASKED, name->at, "%.*s is a list, it can't be asked", STR_ARG(called));
    else if (f->carried_by)
        diag_add(c->d, R_ASKED, name->at, "%.*s is remembered by %.*s, it can't be asked",
                 STR_ARG(called), STR_ARG(f->carried_by->name.text));
    else if (f->type.kind != K_NONE && !is_read(x, f))
        diag_help(diag_add(c->d, R_NOT_NEEDED, name->at, "no programme decided here reads %.*s",
                           STR_ARG(called)),
                  c->d, "leave it out: what decides nothing is not asked");
}

static void check_fields(struct check *c, const struct service *s)
{
    struct reads x = reads_of(c);
    struct asked q = {.n = 0};
    struct map names;

    map_init(&names, c->a);
    for (size_t i = 0; i < s->n_decides; i++)
        read_policy(&x, s->policies[i]);
    read_def(&x, s->every_def);
    read_on(&x);
    for (size_t i = 0; i < s->n_decides; i++) {
        const struct policy *p = s->policies[i];

        if (!p)
            return; /* what it would read is not known */
        ask_of(&q, p->subject);
        ask_of(&q, p->list ? p->list->type.reg : NULL);
    }
    for (size_t i = 0; i < s->n_forms; i++)
        for (size_t k = 0; k < s->forms[i].n; k++) {
            struct ident *name = &s->forms[i].names[k];
            struct field *f = asked_field(&q, name->text);

            check_name_once(c, &names, name);
            if (f)
                check_asked(c, &x, name, f);
            else
                unknown_asked(c, &q, name);
        }
}

/* ---- papers ---------------------------------------------------------------------------------- */

static void check_papers(struct check *c, const struct service *s)
{
    struct map names, labels;
    bool later = false;

    map_init(&names, c->a);
    map_init(&labels, c->a);
    for (size_t i = 0; i < s->n_papers; i++) {
        struct service_paper *p = &s->papers[i];

        check_name_once(c, &names, &p->name);
        check_label_once(c, &labels, &p->label, &p->name);
        later = later || p->may_follow;
        if (p->may_follow && !s->papers_within.n && !s->unread)
            diag_help(diag_add(c->d, R_LATER, p->name.at, "until when may %.*s follow?",
                               STR_ARG(p->name.text)),
                      c->d, "write e.g. papers may follow within 10 workdays");
    }
    if (s->papers_within.n && !later && !s->unread)
        diag_add(c->d, R_LATER, s->papers_within.at, "no paper of %.*s may follow",
                 STR_ARG(s->name.text));
}

/* ---- notices --------------------------------------------------------------------------------- */

/* Where the byte of a text is that was joined from the strings of a notice is lost: the name. */
static void check_words(struct check *c, const struct service_notice *n)
{
    static const char *const known[] = {"household", "case",   "programme", "amount",
                                        "reasons",   "papers", "due",       "office"};
    enum { KNOWN = sizeof known / sizeof *known };
    str names[KNOWN];

    for (size_t i = 0; i < KNOWN; i++)
        names[i] = str_from(known[i]);
    for (size_t i = 0; i < n->text.n; i++) {
        size_t end = i + 1;
        bool found = false;
        str word;

        if (n->text.p[i] != '{' && n->text.p[i] != '}')
            continue;
        while (end < n->text.n && n->text.p[end] != '}' && n->text.p[end] != '{')
            end++;
        word = str_sub(n->text, i + 1, end);
        if (n->text.p[i] == '}' || end == n->text.n || n->text.p[end] == '{') {
            diag_add(c->d, R_NOTICE_WORD, n->name.at, "a “%c” without its other half in the text",
                     n->text.p[i]);
            return;
        }
        for (size_t k = 0; k < KNOWN; k++)
            found = found || str_eq(word, names[k]);
        if (!found)
            diag_help(diag_add(c->d, R_NOTICE_WORD, n->name.at,
                               "nothing can be put for “{%.*s}” in the text", STR_ARG(word)),
                      c->d, "there is %.*s", STR_ARG(names_listed(c->a, names, KNOWN)));
        i = end;
    }
}

static const char *const event_words[] = {"acceptance", "supplement", "grant",   "refusal",
                                          "change",     "stop",       "transfer"};

static void must_tell(struct check *c, const struct service *s, enum notice_event on)
{
    for (size_t i = 0; i < s->n_notices; i++)
        if (s->notices[i].on == on)
            return;
    diag_add(c->d, R_NO_NOTICE, s->name.at, "%.*s has no notice on %s", STR_ARG(s->name.text),
             event_words[on]);
}

static void check_notices(struct check *c, const struct service *s)
{
    struct map names;
    bool brought = false;

    map_init(&names, c->a);
    for (size_t i = 0; i < s->n_notices; i++) {
        struct service_notice *n = &s->notices[i];

        check_name_once(c, &names, &n->name);
        check_words(c, n);
        for (size_t k = 0; !s->unread && k < i; k++)
            if (s->notices[k].on == n->on) {
                diag_add(c->d, R_NOTICE_TWICE, n->name.at, "%.*s is a second notice on %s",
                         STR_ARG(n->name.text), event_words[n->on]);
                break;
            }
    }
    if (s->unread)
        return;
    for (size_t i = 0; i < s->n_papers; i++)
        brought = brought || s->papers[i].source == PAPER_APPLICANT;
    if (s->form == SERVICE_APPLICATION) {
        must_tell(c, s, ON_GRANT);
        must_tell(c, s, ON_REFUSAL);
    } else {
        must_tell(c, s, ON_CHANGE);
        must_tell(c, s, ON_STOP);
    }
    if (brought)
        must_tell(c, s, ON_SUPPLEMENT);
}

void check_form(struct check *c, struct service *s)
{
    check_fields(c, s);
    check_papers(c, s);
    check_notices(c, s);
}
