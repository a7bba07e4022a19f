/*
 * Money that was paid too much: a policy that speaks of it says for each cause, once, whether it is taken
 * back; so a cause that is added later is thought about by each of them.
 */
#include "lang/check.h"

#define CAUSES "overpayment_cause"

/* How often the policy speaks of the cause before this one: `upto`, then `k`. */
static bool spoken_of(const struct policy *p, size_t upto, size_t k, str cause)
{
    for (size_t i = 0; i <= upto; i++) {
        size_t n = i == upto ? k : p->takings[i].n_causes;
        for (size_t c = 0; c < n; c++)
            if (str_eq(p->takings[i].causes[c].text, cause))
                return true;
    }
    return false;
}

static void check_causes(struct check *c, const struct policy *p, const struct code *code)
{
    for (size_t i = 0; i < p->n_takings; i++)
        for (size_t k = 0; k < p->takings[i].n_causes; k++) {
            const struct ident *id = &p->takings[i].causes[k];
            if (code_index(code, id->text) < 0)
                diag_add(c->d, R_NO_VALUE, id->at, "%.*s has no value %.*s",
                         STR_ARG(code->name.text), STR_ARG(id->text));
            else if (spoken_of(p, i, k, id->text))
                diag_add(c->d, R_TWICE, id->at, "%.*s is spoken of for the second time",
                         STR_ARG(id->text));
        }
}

/* Every value, so that none is forgotten. */
static void check_covered(struct check *c, const struct policy *p, const struct code *code)
{
    for (size_t v = 0; v < code->n_values; v++) {
        str name = code_name(code, v);
        if (policy_taking(p, name) != NULL)
            continue;
        struct diag *g = diag_add(c->d, R_KEYS, p->takings[p->n_takings - 1].at,
                                  "%.*s does not say what happens to money paid too much when %.*s",
                                  STR_ARG(p->name.text), STR_ARG(name));
        diag_help(g, c->d, "takes back when %.*s, or leaves with the family when %.*s",
                  STR_ARG(name), STR_ARG(name));
    }
}

void check_takings(struct check *c)
{
    const struct code *code = rules_code(c->r, S(CAUSES));

    for (size_t i = 0; i < c->r->policies.n; i++) {
        const struct policy *p = c->r->policies.at[i];
        if (p->n_takings == 0)
            continue;
        if (code == NULL) {
            diag_add(c->d, R_UNKNOWN, p->takings[0].at, "no code list is called " CAUSES);
            continue;
        }
        check_causes(c, p, code);
        check_covered(c, p, code);
        for (size_t k = 0; k < p->n_takings; k++)
            if (p->takings[k].basis == NULL)
                diag_add(c->d, R_BASIS, p->takings[k].at,
                         "what happens to money that %.*s paid too much has no basis",
                         STR_ARG(p->name.text));
    }
}
