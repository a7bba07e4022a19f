/*
 * The rule set as the layers above see it: made, loaded, asked by name. The passes are elsewhere:
 * reading in parse*.c, meaning in check*.c, values of parameters in params.c.
 */
#include "lang/rules.h"

void rules_init(struct rules *r, struct arena *a)
{
    *r = (struct rules){.arena = a};
    sources_init(&r->sources, a);
}

enum rc rules_load(struct rules *r, const char *home, struct diags *d, struct err *err)
{
    TRY(sources_read(&r->sources, home, err));
    rules_parse(r, d);
    rules_check(r, d);
    diags_sort(d);
    if (d->errors)
        return err_set(err, RC_RULE, "%zu %s in the definitions", d->errors,
                       d->errors == 1 ? "mistake" : "mistakes");
    return RC_OK;
}

struct policy *rules_policy(const struct rules *r, str name)
{
    for (size_t i = 0; i < r->policies.n; i++)
        if (str_eq(r->policies.at[i]->name.text, name))
            return r->policies.at[i];
    return NULL;
}

struct reg *rules_reg(const struct rules *r, str name)
{
    for (size_t i = 0; i < r->regs.n; i++)
        if (str_eq(r->regs.at[i]->name.text, name))
            return r->regs.at[i];
    return NULL;
}

struct code *rules_code(const struct rules *r, str name)
{
    for (size_t i = 0; i < r->codes.n; i++)
        if (str_eq(r->codes.at[i]->name.text, name))
            return r->codes.at[i];
    return NULL;
}

struct place *rules_place(const struct rules *r, str name)
{
    for (size_t i = 0; i < r->places.n; i++)
        if (str_eq(r->places.at[i]->name.text, name))
            return r->places.at[i];
    return NULL;
}

const struct taking_back *policy_taking(const struct policy *p, str cause)
{
    for (size_t i = 0; i < p->n_takings; i++)
        for (size_t k = 0; k < p->takings[i].n_causes; k++)
            if (str_eq(p->takings[i].causes[k].text, cause))
                return &p->takings[i];
    return NULL;
}

bool policy_takes_back(const struct policy *p, str cause)
{
    const struct taking_back *t = policy_taking(p, cause);

    return t != NULL && !t->left;
}

struct service *rules_service(const struct rules *r, str name)
{
    for (size_t i = 0; i < r->services.n; i++)
        if (str_eq(r->services.at[i]->name.text, name))
            return r->services.at[i];
    return NULL;
}

const struct document *rules_document(const struct rules *r, const struct service *s,
                                      enum document_form form)
{
    const struct document *of_line = NULL;

    for (size_t i = 0; i < r->documents.n; i++) {
        const struct document *d = r->documents.at[i];
        if (d->form != form)
            continue;
        for (size_t j = 0; j < d->n_of; j++)
            if (d->services[j] == s)
                return d;
        if (d->n_of == 0 && str_eq(d->line, s->line))
            of_line = d;
    }
    return of_line;
}

struct field *reg_field(const struct reg *reg, str name)
{
    for (size_t i = 0; i < reg->n_fields; i++)
        if (str_eq(reg->fields[i]->name.text, name))
            return reg->fields[i];
    for (size_t i = 0; i < reg->n_fields; i++)
        if (reg->fields[i]->label.zh.n && str_eq(reg->fields[i]->label.zh, name))
            return reg->fields[i];
    return NULL;
}

long code_index(const struct code *c, str text)
{
    int64_t number;
    bool numeric = str_int(text, &number);

    for (size_t i = 0; i < c->n_values; i++)
        if (c->values[i].name.text.n && str_eq(c->values[i].name.text, text))
            return (long)i;
    for (size_t i = 0; i < c->n_values; i++)
        if (numeric && c->values[i].has_number && c->values[i].number == number)
            return (long)i;
    for (size_t i = 0; i < c->n_values; i++)
        if (c->values[i].label.zh.n && str_eq(c->values[i].label.zh, text))
            return (long)i;
    return -1;
}

str code_name(const struct code *c, size_t index)
{
    return c->values[index].name.text;
}

bool place_line_on(const struct place *p, str line, month m)
{
    for (size_t i = 0; i < p->n_lines; i++)
        for (size_t k = 0; k < p->lines[i].n; k++)
            if (p->lines[i].from <= m && str_eq(p->lines[i].names[k].text, line))
                return true;
    return false;
}
