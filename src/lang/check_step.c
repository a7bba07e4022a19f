/*
 * The steps of a service: each found those it waits for, no circle, and an order in which what is
 * found out comes before what is decided, and what is decided before what is paid and told.
 */
#include "lang/check.h"

#include "base/map.h"

enum { STEPS_MOST = 60 }; /* bits of a word */

/* Which steps are done before each, as bits; and by which each form is taken. */
struct steps {
    struct check *c;
    struct service *s;
    uint64_t *before;
};

/* ---- names ----------------------------------------------------------------------------------- */

static size_t find_step(struct check *c, const struct service *s, const struct ident *name)
{
    str *names = NEW_N(c->a, str, s->n_steps);
    const struct label **labels = NEW_N(c->a, const struct label *, s->n_steps);

    for (size_t i = 0; i < s->n_steps; i++) {
        if (str_eq(s->steps[i].name.text, name->text))
            return i;
        names[i] = s->steps[i].name.text;
        labels[i] = &s->steps[i].label;
    }
    unknown_among(c, name, names, labels, s->n_steps);
    return SIZE_MAX;
}

static void find_after(struct check *c, struct service *s, size_t at)
{
    struct service_step *t = &s->steps[at];
    size_t n = 0;

    t->after_steps = NEW_N(c->a, size_t, t->n_after + 1);
    for (size_t i = 0; i < t->n_after; i++) {
        size_t k = find_step(c, s, &t->after[i]);

        if (k != SIZE_MAX)
            t->after_steps[n++] = k;
        for (size_t j = 0; j < i; j++)
            if (str_eq(t->after[i].text, t->after[j].text))
                name_twice(c, &t->after[i], &t->after[j]);
    }
    /* Not said: the one written before it. */
    if (!t->n_after && at > 0)
        t->after_steps[n++] = at - 1;
    t->n_after_steps = n;
    if (t->since.text.n)
        t->since_step = find_step(c, s, &t->since);
}

static void find_role(struct check *c, const struct service_step *t)
{
    static const char *const roles[] = {
#define SERVICE_ROLE(word) word,
#include "lang/role.def"
#undef SERVICE_ROLE
    };
    enum { ROLES = sizeof roles / sizeof *roles };
    str names[ROLES];

    if (!t->role.text.n)
        return;
    for (size_t i = 0; i < ROLES; i++) {
        names[i] = str_from(roles[i]);
        if (str_eq(names[i], t->role.text))
            return;
    }
    unknown_among(c, &t->role, names, NULL, ROLES);
}

/* The sum up to which the township decides. */
static void find_up_to(struct check *c, struct service_step *t)
{
    struct scope scope = {.c = c};
    struct policy *p;
    struct word w;

    if (!t->up_to.text.n || !t->up_to_name.text.n)
        return;
    p = find_policy(&scope, &t->up_to);
    if (!p)
        return;
    w = find_policy_word(p, t->up_to_name.text);
    if (w.form == WORD_NONE) {
        scope.policy = p;
        unknown_name(&scope, &t->up_to_name);
        return;
    }
    if (w.form == WORD_PARAM && w.param->type.kind == K_NONE)
        return;
    t->up_to_param = w.param;
    if (w.form == WORD_PARAM && kind_money(w.param->type.kind) && !w.param->by.text.n)
        return;
    diag_help(diag_add(c->d, R_UP_TO, t->up_to_name.at,
                       "%.*s.%.*s is no sum of money that the place sets", STR_ARG(p->name.text),
                       STR_ARG(t->up_to_name.text)),
              c->d, "name a parameter of money, the same for all");
}

static void find_names(struct check *c, struct service *s)
{
    struct map names, labels;

    map_init(&names, c->a);
    map_init(&labels, c->a);
    for (size_t i = 0; i < s->n_steps; i++) {
        struct service_step *t = &s->steps[i];

        check_name_once(c, &names, &t->name);
        check_label_once(c, &labels, &t->label, &t->name);
        find_after(c, s, i);
        find_role(c, t);
        find_up_to(c, t);
    }
}

/* ---- who waits for whom ---------------------------------------------------------------------- */

/*
 * Bits of all that is done before each step: grown until nothing is added, which is when there are
 * as many rounds as steps at the latest. A step before itself is a circle.
 */
static bool find_order(struct steps *x)
{
    const struct service *s = x->s;
    bool grew = true, well = true;

    x->before = NEW_N(x->c->a, uint64_t, s->n_steps);
    while (grew) {
        grew = false;
        for (size_t i = 0; i < s->n_steps; i++) {
            uint64_t was = x->before[i];

            for (size_t k = 0; k < s->steps[i].n_after_steps; k++) {
                size_t j = s->steps[i].after_steps[k];

                x->before[i] |= UINT64_C(1) << j | x->before[j];
            }
            grew = grew || x->before[i] != was;
        }
    }
    for (size_t i = 0; i < s->n_steps && well; i++)
        if (x->before[i] >> i & 1) {
            diag_add(x->c->d, R_STEP_CIRCLE, s->steps[i].name.at,
                     "%.*s waits for itself, or for a step that waits for it",
                     STR_ARG(s->steps[i].name.text));
            well = false;
        }
    return well;
}

static bool is_before(const struct steps *x, size_t i, size_t j)
{
    return x->before[j] >> i & 1;
}

/* The first step of a form; SIZE_MAX: there is none. More than one of it is reported. */
static size_t only_step(const struct steps *x, enum step_form form, const char *what)
{
    const struct service *s = x->s;
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < s->n_steps; i++) {
        if (s->steps[i].form != form)
            continue;
        if (found == SIZE_MAX)
            found = i;
        else
            diag_add(x->c->d, R_STEP_TWICE, s->steps[i].name.at, "%.*s is a second %s",
                     STR_ARG(s->steps[i].name.text), what);
    }
    if (found == SIZE_MAX)
        diag_add(x->c->d, R_NO_STEP, s->name.at, "%.*s has no %s", STR_ARG(s->name.text), what);
    return found;
}

static void wrong_order(const struct steps *x, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void wrong_order(const struct steps *x, size_t at, const char *fmt, ...)
{
    va_list ap;
    struct sbuf text;

    sbuf_init(&text, 4096);
    va_start(ap, fmt);
    sbuf_vfmt(&text, fmt, ap);
    va_end(ap);
    diag_add(x->c->d, R_STEP_ORDER, x->s->steps[at].name.at, "%.*s", STR_ARG(sbuf_str(&text)));
    sbuf_deinit(&text);
}

/* Does the step stand on the wrong side of the decision? */
static bool is_misplaced(const struct steps *x, size_t i, size_t decision)
{
    switch (x->s->steps[i].form) {
    case STEP_SURVEY:
    case STEP_VERIFY:
    case STEP_OPINION:
    case STEP_SEND:
        return !is_before(x, i, decision);
    case STEP_PAY:
    case STEP_TELL:
        return !is_before(x, decision, i);
    case STEP_POSTING:
        return !is_before(x, i, decision) && !is_before(x, decision, i);
    default:
        return false;
    }
}

/* Of several that follow from one mistake the last is told: where it waits, the others do too. */
static bool is_told(const struct steps *x, uint64_t misplaced, size_t i)
{
    for (size_t k = 0; k < x->s->n_steps; k++)
        if (misplaced >> k & 1 && is_before(x, i, k))
            return false;
    return true;
}

/* What must come before the decision, what behind it. */
static void check_around(const struct steps *x, size_t decision)
{
    uint64_t misplaced = 0;

    for (size_t i = 0; i < x->s->n_steps; i++)
        if (i != decision && is_misplaced(x, i, decision))
            misplaced |= UINT64_C(1) << i;
    for (size_t i = 0; i < x->s->n_steps; i++) {
        str name = x->s->steps[i].name.text;
        enum step_form form = x->s->steps[i].form;

        if (!(misplaced >> i & 1) || !is_told(x, misplaced, i))
            continue;
        if (form == STEP_PAY || form == STEP_TELL)
            wrong_order(x, i, "%.*s does not wait for the decision", STR_ARG(name));
        else if (form == STEP_POSTING)
            wrong_order(x, i, "neither does the decision wait for %.*s nor it for the decision",
                        STR_ARG(name));
        else
            wrong_order(x, i, "the decision does not wait for %.*s", STR_ARG(name));
    }
}

/* All others come after the first step, for who names none to wait for waits for the one before. */
static void check_acceptance(const struct steps *x, size_t accept)
{
    if (x->before[accept])
        wrong_order(x, accept, "the acceptance comes first, before all other steps");
}

static void check_tellings(const struct steps *x, size_t decision)
{
    for (size_t i = 0; i < x->s->n_steps; i++)
        if (x->s->steps[i].form == STEP_TELL)
            return;
    diag_help(diag_add(x->c->d, R_NO_STEP, x->s->steps[decision].name.at,
                       "there is a decision, but no telling"),
              x->c->d, "who applied must be told: step tell \"…\" telling at township");
}

/* ---- each step ------------------------------------------------------------------------------- */

static void check_posting(struct check *c, const struct service_step *t)
{
    if (t->form == STEP_POSTING && !t->lasts.n)
        diag_help(diag_add(c->d, R_LASTS, t->name.at, "the posting %.*s lasts nothing",
                           STR_ARG(t->name.text)),
                  c->d, "write e.g. lasts 7 days");
    else if (t->form != STEP_POSTING && t->lasts.n)
        diag_add(c->d, R_LASTS, t->lasts.at, "only a posting lasts");
    else if (t->lasts.n && t->lasts.unit == IN_MONTHS)
        diag_add(c->d, R_LASTS, t->lasts.at, "a posting lasts days or workdays, not months");
}

static void check_office(struct check *c, const struct service *s, const struct service_step *t)
{
    bool decides = t->form == STEP_DECIDE;

    if (t->at == AT_NONE && !s->elsewhere)
        diag_add(c->d, R_OFFICE, t->name.at,
                 "%.*s is done elsewhere, but nobody registered elsewhere may apply",
                 STR_ARG(t->name.text));
    else if (t->at == AT_NONE && t->form == STEP_ACCEPT)
        diag_add(c->d, R_OFFICE, t->name.at, "what is accepted elsewhere is no case of this place");
    if (decides && t->at == AT_VILLAGE)
        diag_add(c->d, R_OFFICE, t->name.at, "a village or community decides nothing");
    if ((t->may_delegate || t->up_to.text.n) && (!decides || t->at != AT_COUNTY))
        diag_help(diag_add(c->d, R_DELEGATED, t->name.at,
                           "%.*s is no decision of the county that a township could take",
                           STR_ARG(t->name.text)),
                  c->d, "only a decision at county goes on with “or township …”");
}

static void check_each(const struct steps *x)
{
    for (size_t i = 0; i < x->s->n_steps; i++) {
        const struct service_step *t = &x->s->steps[i];

        check_posting(x->c, t);
        check_office(x->c, x->s, t);
        if (t->since_step < x->s->n_steps && !is_before(x, t->since_step, i))
            diag_add(x->c->d, R_STEP_ORDER, t->since.at, "%.*s does not wait for %.*s",
                     STR_ARG(t->name.text), STR_ARG(t->since.text));
    }
}

void check_steps(struct check *c, struct service *s)
{
    struct steps x = {.c = c, .s = s};
    size_t accept, decision, before = c->d->errors;

    if (s->n_steps > STEPS_MOST) {
        diag_add(c->d, R_TOO_MANY, s->name.at, "more than %d steps", STEPS_MOST);
        return;
    }
    find_names(c, s);
    /* A name that means nothing leaves a hole in the order, which is not another mistake. */
    if (s->unread || c->d->errors > before || !find_order(&x))
        return;
    check_each(&x);
    accept = only_step(&x, STEP_ACCEPT, "acceptance");
    decision = only_step(&x, STEP_DECIDE, "decision");
    if (accept != SIZE_MAX)
        check_acceptance(&x, accept);
    if (decision == SIZE_MAX)
        return;
    check_around(&x, decision);
    check_tellings(&x, decision);
}
