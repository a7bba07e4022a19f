/*
 * Manners: every rule and value names its basis, and where it is asked for every label its English.
 */
#include "lang/check.h"

/* ---- English --------------------------------------------------------------------------------- */

static void english(struct check *c, const struct label *l)
{
    if (l->zh.n && !l->en.n)
        diag_add(c->d, R_ENGLISH, l->at, "“%.*s” has no English beside it", STR_ARG(l->zh));
}

static void english_named(struct check *c, const struct named *n, size_t count)
{
    for (size_t i = 0; i < count; i++)
        english(c, &n[i].label);
}

static void english_reg(struct check *c, const struct reg *reg)
{
    english(c, &reg->label);
    for (size_t i = 0; i < reg->n_fields; i++)
        english(c, &reg->fields[i]->label);
    for (size_t i = 0; i < reg->n_forms; i++)
        english(c, &reg->forms[i].label);
}

static void english_policy(struct check *c, const struct policy *p)
{
    english(c, &p->label);
    english(c, &p->outcome_label);
    for (size_t i = 0; i < p->n_params; i++)
        english(c, &p->params[i]->label);
    for (size_t i = 0; i < p->n_defs; i++) {
        english(c, &p->defs[i]->label);
        english_named(c, p->defs[i]->grounds, p->defs[i]->n_grounds);
    }
    for (size_t i = 0; i < p->n_alts; i++) {
        english(c, &p->alts[i].label);
        english_named(c, p->alts[i].conds, p->alts[i].n_conds);
        for (size_t k = 0; k < p->alts[i].n_because; k++)
            english(c, &p->alts[i].because[k].label);
    }
}

static void english_service(struct check *c, const struct service *s)
{
    english(c, &s->label);
    english(c, &s->applicant);
    for (size_t i = 0; i < s->n_forms; i++)
        english(c, &s->forms[i].label);
    for (size_t i = 0; i < s->n_papers; i++) {
        english(c, &s->papers[i].label);
        english(c, &s->papers[i].only_for);
    }
    for (size_t i = 0; i < s->n_steps; i++)
        english(c, &s->steps[i].label);
    for (size_t i = 0; i < s->n_notices; i++)
        english(c, &s->notices[i].label);
}

static void english_document(struct check *c, const struct document *d)
{
    english(c, &d->label);
    for (size_t i = 0; i < d->n_parts; i++) {
        english(c, &d->parts[i].text);
        for (size_t k = 0; k < d->parts[i].n_signers; k++)
            english(c, &d->parts[i].signers[k]);
    }
}

static void english_lines(struct check *c)
{
    const struct rules *r = c->r;

    for (size_t i = 0; i < r->codes.n; i++) {
        english(c, &r->codes.at[i]->label);
        for (size_t k = 0; k < r->codes.at[i]->n_values; k++)
            english(c, &r->codes.at[i]->values[k].label);
    }
    for (size_t i = 0; i < r->regs.n; i++)
        english_reg(c, r->regs.at[i]);
    for (size_t i = 0; i < r->policies.n; i++)
        english_policy(c, r->policies.at[i]);
    for (size_t i = 0; i < r->services.n; i++)
        english_service(c, r->services.at[i]);
    for (size_t i = 0; i < r->documents.n; i++)
        english_document(c, r->documents.at[i]);
}

/* ---- basis ----------------------------------------------------------------------------------- */

/* The first item of a policy without a basis of its own; NULL: each has one. */
static const struct ident *without_basis(const struct policy *p)
{
    for (size_t i = 0; i < p->n_params; i++)
        if (!p->params[i]->basis)
            return &p->params[i]->name;
    for (size_t i = 0; i < p->n_defs; i++) {
        const struct def *def = p->defs[i];

        if (def->basis)
            continue;
        for (size_t k = 0; k < def->n_grounds; k++)
            if (!def->grounds[k].basis)
                return &def->grounds[k].name;
        if (!def->n_grounds)
            return &def->name;
    }
    for (size_t i = 0; i < p->n_alts; i++)
        for (size_t k = 0; k < p->alts[i].n_conds; k++)
            if (!p->alts[i].conds[k].basis)
                return &p->alts[i].conds[k].name;
    return NULL;
}

static void basis_of_services(struct check *c)
{
    const struct rules *r = c->r;

    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];

        if (!s->basis)
            diag_add(c->d, R_BASIS, s->name.at, "%.*s names no basis",
                     STR_ARG(check_named(c, s->name.text, &s->label)));
    }
    for (size_t i = 0; i < r->places.n; i++) {
        const struct place *p = r->places.at[i];

        for (size_t k = 0; !p->basis && k < p->n_delegates; k++)
            if (!p->delegates[k].basis)
                diag_add(c->d, R_BASIS, p->delegates[k].service.at,
                         "the delegation of %.*s has no basis, nor has %.*s as a whole",
                         STR_ARG(p->delegates[k].service.text), STR_ARG(p->name.text));
    }
}

static void check_basis(struct check *c)
{
    const struct rules *r = c->r;

    for (size_t i = 0; i < r->policies.n; i++) {
        const struct policy *p = r->policies.at[i];
        const struct ident *bare = p->basis ? NULL : without_basis(p);

        if (bare)
            diag_add(c->d, R_BASIS, bare->at, "%.*s has no basis, nor has %.*s as a whole",
                     STR_ARG(bare->text), STR_ARG(check_named(c, p->name.text, &p->label)));
    }
    for (size_t i = 0; i < r->places.n; i++) {
        const struct place *p = r->places.at[i];

        for (size_t k = 0; !p->basis && k < p->n_sets; k++)
            if (!p->sets[k].basis)
                diag_add(c->d, R_BASIS, p->sets[k].policy.at,
                         "%.*s.%.*s has no basis, nor has %.*s as a whole",
                         STR_ARG(p->sets[k].policy.text), STR_ARG(p->sets[k].name.text),
                         STR_ARG(p->name.text));
    }
}

/* How long something is kept is a rule of its own: no basis of the whole stands for it. */
static void basis_of_kept(struct check *c, const struct keep *k, const struct ident *name)
{
    if (k->n && !k->basis)
        diag_add(c->d, R_BASIS, k->at, "how long %.*s is kept has no basis", STR_ARG(name->text));
}

static void basis_of_keeping(struct check *c)
{
    const struct rules *r = c->r;

    for (size_t i = 0; i < r->regs.n; i++)
        basis_of_kept(c, &r->regs.at[i]->kept, &r->regs.at[i]->name);
    for (size_t i = 0; i < r->policies.n; i++)
        basis_of_kept(c, &r->policies.at[i]->kept, &r->policies.at[i]->name);
    for (size_t i = 0; i < r->services.n; i++)
        basis_of_kept(c, &r->services.at[i]->kept, &r->services.at[i]->name);
}

void check_manners(struct check *c)
{
    if (!c->unread) {
        basis_of_keeping(c);
        check_basis(c);
        basis_of_services(c);
    }
    if (c->r->require_english)
        english_lines(c);
}
