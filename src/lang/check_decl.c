/*
 * Declarations outside policies: names told apart, `extend`s merged into their registers, types of
 * fields found, and facts given in `suppose` and examples read as their field's kind.
 */
#include "lang/check.h"

#include "base/map.h"

static str line_of(const struct check *c, struct span at)
{
    return at.file < c->r->sources.list.n ? c->r->sources.list.at[at.file].line : S("");
}

void check_name_once(struct check *c, struct map *names, struct ident *name)
{
    if (!map_put(names, name->text, name))
        name_twice(c, name, map_get(names, name->text));
}

void check_label_once(struct check *c, struct map *labels, const struct label *l,
                      struct ident *name)
{
    const struct ident *first;

    if (!l->zh.n || map_put(labels, l->zh, name))
        return;
    first = map_get(labels, l->zh);
    if (str_eq(first->text, name->text))
        return;
    diag_add(c->d, R_LABEL_TWICE, l->at, "“%.*s” is the label of %.*s already", STR_ARG(l->zh),
             STR_ARG(first->text));
}

static void check_code(struct check *c, struct code *code)
{
    struct map names, labels;

    map_init(&names, c->a);
    map_init(&labels, c->a);
    code->line = line_of(c, code->name.at);
    for (size_t i = 0; i < code->n_values; i++) {
        struct code_value *v = &code->values[i];

        check_name_once(c, &names, &v->name);
        check_label_once(c, &labels, &v->label, &v->name);
        for (size_t k = 0; v->has_number && k < i; k++)
            if (code->values[k].has_number && code->values[k].number == v->number &&
                !str_eq(code->values[k].name.text, v->name.text))
                diag_add(c->d, R_TWICE, v->name.at, "%.*s has the number %lld already",
                         STR_ARG(code->values[k].name.text), (long long)v->number);
    }
}

/* Does the field's type name a code or a register? The words of both are one kind of name. */
static void find_field_type(struct check *c, struct field *f)
{
    const struct rules *r = c->r;
    struct code *code;
    struct reg *reg;
    size_t n = 0;
    str *names;

    if (!f->type_name.text.n)
        return;
    code = rules_code(r, f->type_name.text);
    reg = rules_reg(r, f->type_name.text);
    if (f->type.kind != K_LIST && code) {
        f->type = (struct type){.kind = K_CODE, .code = code};
        return;
    }
    if (reg) {
        f->type.kind = f->type.kind == K_LIST ? K_LIST : K_REF;
        f->type.reg = reg;
        return;
    }
    names = NEW_N(c->a, str, r->codes.n + r->regs.n);
    for (size_t i = 0; f->type.kind != K_LIST && i < r->codes.n; i++)
        names[n++] = r->codes.at[i]->name.text;
    for (size_t i = 0; i < r->regs.n; i++)
        names[n++] = r->regs.at[i]->name.text;
    unknown_among(c, &f->type_name, names, NULL, n);
    f->type = (struct type){.kind = K_NONE};
}

static void *joined(struct check *c, void *a, size_t n, void *b, size_t m, size_t size)
{
    char *all = arena_alloc_n(c->a, n + m, size, 16);

    for (size_t i = 0; i < n * size; i++)
        all[i] = ((char *)a)[i];
    for (size_t i = 0; i < m * size; i++)
        all[n * size + i] = ((char *)b)[i];
    return all;
}

static void join_list(struct check *c, struct field_list *to, const struct field_list *from)
{
    if (!from->n)
        return;
    if (!to->n)
        to->at = from->at;
    to->names = joined(c, to->names, to->n, from->names, from->n, sizeof *to->names);
    to->n += from->n;
}

static void merge_extend(struct check *c, struct reg *x)
{
    struct reg *reg = rules_reg(c->r, x->name.text);

    if (!reg) {
        str *names = NEW_N(c->a, str, c->r->regs.n);

        for (size_t i = 0; i < c->r->regs.n; i++)
            names[i] = c->r->regs.at[i]->name.text;
        unknown_among(c, &x->name, names, NULL, c->r->regs.n);
        return;
    }
    reg->fields = joined(c, reg->fields, reg->n_fields, x->fields, x->n_fields, sizeof *x->fields);
    reg->n_fields += x->n_fields;
    reg->suppose =
        joined(c, reg->suppose, reg->n_suppose, x->suppose, x->n_suppose, sizeof *x->suppose);
    reg->n_suppose += x->n_suppose;
    reg->forms = joined(c, reg->forms, reg->n_forms, x->forms, x->n_forms, sizeof *x->forms);
    reg->n_forms += x->n_forms;
    join_list(c, &reg->public_fields, &x->public_fields);
    join_list(c, &reg->list_fields, &x->list_fields);
    if (!reg->sorted_by.text.n)
        reg->sorted_by = x->sorted_by;
}

static void settle_fields(struct check *c, struct reg *reg)
{
    struct map names, labels;

    map_init(&names, c->a);
    map_init(&labels, c->a);
    reg->slots = NEW_N(c->a, struct field *, reg->n_fields);
    reg->n_slots = 0;
    for (size_t i = 0; i < reg->n_fields; i++) {
        struct field *f = reg->fields[i];

        check_name_once(c, &names, &f->name);
        check_label_once(c, &labels, &f->label, &f->name);
        f->line = line_of(c, f->name.at);
        f->reg = reg;
        find_field_type(c, f);
        if (f->value) {
            f->slot = SLOT_UNTYPED;
            continue;
        }
        f->slot = reg->n_slots;
        reg->slots[reg->n_slots++] = f;
    }
}

void check_declarations(struct check *c)
{
    struct rules *r = c->r;
    struct map types, policies, places;

    map_init(&types, c->a);
    map_init(&policies, c->a);
    map_init(&places, c->a);
    for (size_t i = 0; i < r->codes.n; i++) {
        check_name_once(c, &types, &r->codes.at[i]->name);
        check_code(c, r->codes.at[i]);
    }
    for (size_t i = 0; i < r->regs.n; i++) {
        check_name_once(c, &types, &r->regs.at[i]->name);
        r->regs.at[i]->index = i;
        r->regs.at[i]->line = line_of(c, r->regs.at[i]->name.at);
    }
    for (size_t i = 0; i < r->extends.n; i++) {
        r->extends.at[i]->line = line_of(c, r->extends.at[i]->name.at);
        merge_extend(c, r->extends.at[i]);
    }
    for (size_t i = 0; i < r->regs.n; i++)
        settle_fields(c, r->regs.at[i]);
    for (size_t i = 0; i < r->policies.n; i++) {
        check_name_once(c, &policies, &r->policies.at[i]->name);
        r->policies.at[i]->index = i;
        r->policies.at[i]->line = line_of(c, r->policies.at[i]->name.at);
    }
    for (size_t i = 0; i < r->places.n; i++)
        check_name_once(c, &places, &r->places.at[i]->name);
}

/* ---- facts given ----------------------------------------------------------------------------- */

static void fact_code(struct check *c, struct fact *f)
{
    const struct code *code = f->type.code;
    str text = f->is_name ? f->code.text : str_fmt(c->a, "%lld", (long long)f->lit.i);
    long index = code_index(code, text);
    struct ident name = {.text = text, .at = f->is_name ? f->code.at : f->at};
    str *names;

    if (index >= 0) {
        f->lit.i = index;
        return;
    }
    names = NEW_N(c->a, str, code->n_values);
    for (size_t i = 0; i < code->n_values; i++)
        names[i] = code->values[i].name.text;
    diag_help(diag_add(c->d, R_NO_VALUE, name.at, "%.*s has no value “%.*s”",
                       STR_ARG(code->name.text), STR_ARG(text)),
              c->d, "it has %.*s", STR_ARG(names_listed(c->a, names, code->n_values)));
}

static bool fact_fits(struct check *c, struct fact *f, struct type want)
{
    struct type have = f->type;

    f->type = want;
    if (f->unknown || want.kind == K_NONE)
        return true;
    if (want.kind == K_CODE) {
        if (!f->is_name && have.kind != K_COUNT && have.kind != K_ZERO)
            return false;
        fact_code(c, f);
        return true;
    }
    return !f->is_name && literal_fits(&have, &f->lit, want);
}

void check_fact(struct check *c, struct fact *f, const struct reg *reg, bool paid_last_fits)
{
    struct type want = {.kind = K_MONEY_MONTH};
    str name = f->paid_last ? S("paid last month") : f->name.text;

    if (f->paid_last && !paid_last_fits) {
        diag_add(c->d, R_FACT, f->at, "paid last month is not a fact of %.*s here",
                 STR_ARG(reg->name.text));
        return;
    }
    if (!f->paid_last) {
        f->field = reg_field(reg, name);
        if (f->field && !str_eq(f->field->name.text, name))
            f->field = NULL;
        if (!f->field) {
            unknown_field(c, &f->name, reg);
            return;
        }
        if (f->field->value) {
            diag_add(c->d, R_FACT, f->name.at, "%.*s is worked out, it can't be given",
                     STR_ARG(check_named(c, name, &f->field->label)));
            return;
        }
        want = f->field->type;
    }
    if (!fact_fits(c, f, want))
        diag_add(c->d, R_FACT_KIND, f->is_name ? f->code.at : f->at, "%.*s is %.*s, this is not",
                 STR_ARG(name), STR_ARG(check_phrase(c, want)));
}
