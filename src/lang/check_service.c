/*
 * Services: for whom they are, what they decide, in which time. The steps are in check_step.c, what
 * is asked and told in check_form.c.
 */
#include "lang/check.h"

#include "base/map.h"

/* ---- whose service it is, and what it decides ------------------------------------------------- */

static struct reg *find_reg(struct check *c, const struct ident *name)
{
    struct reg *reg = rules_reg(c->r, name->text);
    str *names;

    if (reg || !name->text.n)
        return reg;
    names = NEW_N(c->a, str, c->r->regs.n);
    for (size_t i = 0; i < c->r->regs.n; i++)
        names[i] = c->r->regs.at[i]->name.text;
    unknown_among(c, name, names, NULL, c->r->regs.n);
    return NULL;
}

static const struct reg *members_of(const struct policy *p)
{
    return p->list ? p->list->type.reg : NULL;
}

/* A household's service may decide on each of its members, a member's not on the household. */
static void check_decided(struct check *c, const struct service *s, const struct reg *reg,
                          const struct policy *p, const struct ident *name)
{
    bool fits = reg == p->subject || (p->of_member && reg == members_of(p));

    if (!reg || !p->subject || fits)
        return;
    diag_add(c->d, R_SERVICE_FOR, name->at, "%.*s is for each %.*s, this service for a %.*s",
             STR_ARG(name->text), STR_ARG(p->subject->name.text), STR_ARG(s->subject_name.text));
}

static void check_decides(struct check *c, struct service *s)
{
    struct scope scope = {.c = c};
    struct reg *reg = find_reg(c, &s->subject_name);

    s->policies = NEW_N(c->a, struct policy *, s->n_decides);
    for (size_t i = 0; i < s->n_decides; i++) {
        struct policy *p = find_policy(&scope, &s->decides[i]);

        s->policies[i] = p;
        for (size_t k = 0; p && k < i; k++)
            if (s->policies[k] == p)
                name_twice(c, &s->decides[i], &s->decides[k]);
        if (!p)
            continue;
        check_decided(c, s, reg, p, &s->decides[i]);
        s->of_member = s->of_member || (reg && p->subject != reg && reg == members_of(p));
    }
}

/* A review comes round after months that a definition tells. */
static void check_every(struct check *c, struct service *s)
{
    struct scope scope = {.c = c};
    struct policy *p;
    struct word w;
    struct diag *g;

    if (s->form != SERVICE_REVIEW || !s->every.text.n || !s->every_name.text.n)
        return;
    p = find_policy(&scope, &s->every);
    if (!p)
        return;
    w = find_policy_word(p, s->every_name.text);
    if (w.form == WORD_NONE) {
        scope.policy = p;
        unknown_name(&scope, &s->every_name);
        return;
    }
    if (w.form == WORD_DEF && w.def->type.kind == K_NONE && w.def->form != DEF_GROUP &&
        w.def->form != DEF_GROUNDS)
        return;
    s->every_def = w.def;
    if (w.form == WORD_DEF && w.def->type.kind == K_MONTHS && (p->of_member || !w.def->of_member))
        return;
    g = diag_add(c->d, R_EVERY, s->every_name.at,
                 "%.*s.%.*s does not tell after how many months the review comes round",
                 STR_ARG(p->name.text), STR_ARG(s->every_name.text));
    diag_help(g, c->d, "define a word of %.*s that is a number of months, not one of a member",
              STR_ARG(p->name.text));
}

/* ---- limits ---------------------------------------------------------------------------------- */

static const char *unit_word(enum deadline_unit unit)
{
    return unit == IN_WORKDAYS ? "workdays" : unit == IN_DAYS ? "days" : "months";
}

static void check_limit(struct check *c, const struct service *s, const struct deadline *d,
                        bool longer, const char *when)
{
    if (!d->n || !s->within.n)
        return;
    if (d->unit == s->within.unit && (longer ? d->n > s->within.n : d->n < s->within.n))
        return;
    diag_help(diag_add(c->d, R_LIMIT, d->at, "when %s there would be %d %s instead of %d %s", when,
                       d->n, unit_word(d->unit), s->within.n, unit_word(s->within.unit)),
              c->d, "%s, in the same unit", longer ? "it must be more" : "it must be less");
}

static void check_limits(struct check *c, const struct service *s)
{
    bool may = false;

    if (!s->within.n) {
        diag_help(diag_add(c->d, R_LIMIT, s->name.at, "%.*s does not say within which time it ends",
                           STR_ARG(s->name.text)),
                  c->d, "write e.g. within 30 workdays");
    }
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct service_step *t = &s->steps[i];

        may = may || t->may_delegate;
        if (t->within.n && t->within.unit == s->within.unit && s->within.n &&
            t->within.n > s->within.n && t->form != STEP_TASK)
            diag_add(c->d, R_LIMIT, t->within.at, "this step may take longer than the %d %s of all",
                     s->within.n, unit_word(s->within.unit));
    }
    check_limit(c, s, &s->delegated, false, "delegated");
    check_limit(c, s, &s->extended, true, "extended");
    if (s->delegated.n && !may)
        diag_help(diag_add(c->d, R_DELEGATED, s->delegated.at,
                           "no decision of %.*s can be given to the township",
                           STR_ARG(s->name.text)),
                  c->d, "the step says so: decision at county or township when delegated");
}

static void check_head(struct check *c, const struct service *s)
{
    bool posting = false;

    for (size_t i = 0; i < s->n_steps; i++)
        posting = posting || s->steps[i].form == STEP_POSTING;
    if (s->stops_for_posting && !posting)
        diag_add(c->d, R_CLOCK, s->clock_at, "the clock stops for a posting that there isn't");
    if (s->stops_for_supplement && !s->supplement_within.n)
        diag_help(diag_add(c->d, R_LIMIT, s->clock_at,
                           "the clock stops for a supplement that may take for ever"),
                  c->d, "write e.g. supplement within 10 workdays");
    if (s->visits_for_objection && !posting)
        diag_add(c->d, R_CLOCK, s->visits_at, "there is no posting that could be objected to");
    if (s->form == SERVICE_APPLICATION && !s->grants_at.to)
        diag_help(diag_add(c->d, R_GRANTS, s->name.at, "%.*s does not say from when it grants",
                           STR_ARG(s->name.text)),
                  c->d, "write grants from next month, from month of application, or once");
    if (s->form == SERVICE_APPLICATION && !s->applicant.zh.n)
        diag_help(diag_add(c->d, R_APPLICANT, s->name.at, "%.*s does not say who may apply",
                           STR_ARG(s->name.text)),
                  c->d, "write open to \"…\"");
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool may_delegate(const struct service *s)
{
    for (size_t i = 0; i < s->n_steps; i++)
        if (s->steps[i].may_delegate)
            return true;
    return false;
}

static bool same_delegate(const struct place_delegate *a, const struct place_delegate *b)
{
    return str_eq(a->service.text, b->service.text) && a->from == b->from &&
           str_eq(a->area.text, b->area.text);
}

void check_place_delegates(struct check *c, struct place *p)
{
    const struct rules *r = c->r;
    str *names = NEW_N(c->a, str, r->services.n);

    for (size_t i = 0; i < r->services.n; i++)
        names[i] = r->services.at[i]->name.text;
    for (size_t i = 0; i < p->n_delegates; i++) {
        struct place_delegate *d = &p->delegates[i];

        check_area_name(c, p, &d->area);
        d->decided = rules_service(r, d->service.text);
        if (!d->decided)
            unknown_among(c, &d->service, names, NULL, r->services.n);
        else if (!d->decided->unread && !may_delegate(d->decided))
            diag_add(c->d, R_DELEGATED, d->service.at,
                     "no decision of %.*s can be given to the township", STR_ARG(d->service.text));
        for (size_t k = 0; k < i; k++)
            if (same_delegate(&p->delegates[k], d)) {
                diag_add(c->d, R_SET_TWICE, d->service.at, "%.*s is given to the township already",
                         STR_ARG(d->service.text));
                break;
            }
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void name_services(struct check *c)
{
    struct map names, labels;

    map_init(&names, c->a);
    map_init(&labels, c->a);
    for (size_t i = 0; i < c->r->services.n; i++) {
        struct service *s = c->r->services.at[i];

        s->index = i;
        check_name_once(c, &names, &s->name);
        check_label_once(c, &labels, &s->label, &s->name);
    }
}

void check_services(struct check *c)
{
    name_services(c);
    for (size_t i = 0; i < c->r->services.n; i++) {
        struct service *s = c->r->services.at[i];

        check_decides(c, s);
        check_every(c, s);
        check_steps(c, s);
        check_form(c, s);
        if (s->unread)
            continue;
        check_limits(c, s);
        check_head(c, s);
    }
}
