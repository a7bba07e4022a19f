/* A service's form on paper: what is known stands there, the rest is room to write. */
#include "work/case_facts.h"
#include "work/paper_in.h"

enum { MEMBERS_A_TABLE = 5, NOTE_ROWS = 6 };

/* The value of a field: what waits with the case, else what is on record. Empty: not known. */
MUST_CHECK static enum rc value_of(const struct paper_ground *g, const struct field *f,
                                   int64_t person, str *out, struct err *err)
{
    bool seen = scope_sees(g->scope, g->rules, f);
    struct value v = V_NULL;
    *out = S("");
    for (size_t i = 0; i < g->home.facts.n; i++)
        if (g->home.facts.at[i].person == person &&
            str_eq(g->home.facts.at[i].field->name.text, f->name.text))
            v = g->home.facts.at[i].value;
    for (size_t i = 0; g->k != NULL && i < g->k->state->facts.n; i++) {
        const struct case_fact *c = &g->k->state->facts.at[i];
        if (c->applied == 0 && c->person_id == person && str_eq(c->field, f->name.text))
            TRY(case_fact_value(f, c->value, &v, err));
    }
    if (v.kind != VALUE_NULL && seen)
        *out = fact_shown(f, &v, false, g->a);
    const struct view_member *m = person != 0 ? paper_member(g, person) : NULL;
    if (out->n == 0 && m != NULL && str_eq(f->name.text, S("birth_date")))
        *out = m->birth; /* of the person's own row */
    return RC_OK;
}

static str label_of(const struct paper_ground *g, const struct field *f)
{
    enum kind k = f->type.kind;
    bool money = k == K_MONEY || k == K_MONEY_MONTH || k == K_MONEY_YEAR;
    return money ? str_fmt(g->a, "%.*s（元%s）", STR_ARG(f->label.zh),
                           k == K_MONEY_MONTH  ? "/月"
                           : k == K_MONEY_YEAR ? "/年"
                                               : "")
                 : f->label.zh;
}

static const struct field *form_field(const struct paper_ground *g, str name, bool *of_person)
{
    const struct field *f = case_field(g->rules, name, false);
    *of_person = f == NULL;
    return f != NULL ? f : case_field(g->rules, name, true);
}

/* Of the household, and of the one person where the service is for one. */
MUST_CHECK static enum rc add_pairs(const struct paper_ground *g, const struct field_list *form,
                                    bool of_person, paper_blocks *out, struct err *err)
{
    struct paper_pair *pairs = NEW_N(g->a, struct paper_pair, form->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < form->n; i++) {
        bool theirs = false;
        const struct field *f = form_field(g, form->names[i].text, &theirs);
        if (f == NULL || theirs != of_person)
            continue;
        pairs[n].label = label_of(g, f);
        TRY(value_of(g, f, of_person ? g->person : 0, &pairs[n].value, err));
        n++;
    }
    if (n > 0)
        *VEC_PUSH(g->a, out) =
            (struct paper_block){.kind = PAPER_PAIRS, .pairs = pairs, .n_pairs = n};
    return RC_OK;
}

struct grid {
    const struct view_member **members;
    size_t n_members;
    const struct field **fields;
    size_t n_fields;
};

/* A line for each field, a column for each member; so many members beside each other as fit. */
MUST_CHECK static enum rc add_grid(const struct paper_ground *g, const struct grid *x, size_t from,
                                   paper_blocks *out, struct err *err)
{
    size_t n = x->n_members - from < MEMBERS_A_TABLE ? x->n_members - from : MEMBERS_A_TABLE;
    struct paper_block b = {.kind = PAPER_TABLE,
                            .head = NEW_N(g->a, str, n + 1),
                            .widths = NEW_N(g->a, int, n + 1),
                            .n_columns = n + 1,
                            .n_rows = x->n_fields,
                            .cells = NEW_N(g->a, struct paper_cell, (n + 1) * x->n_fields)};
    b.head[0] = S("项目");
    b.widths[0] = 4;
    for (size_t m = 0; m < n; m++) {
        b.head[m + 1] = x->members[from + m]->name;
        b.widths[m + 1] = 3;
    }
    for (size_t i = 0; i < x->n_fields; i++) {
        b.cells[i * (n + 1)].text = label_of(g, x->fields[i]);
        for (size_t m = 0; m < n; m++)
            TRY(value_of(g, x->fields[i], x->members[from + m]->person,
                         &b.cells[i * (n + 1) + m + 1].text, err));
    }
    *VEC_PUSH(g->a, out) = b;
    return RC_OK;
}

MUST_CHECK static enum rc add_members(const struct paper_ground *g, const struct field_list *form,
                                      paper_blocks *out, struct err *err)
{
    struct grid x = {.members = NEW_N(g->a, const struct view_member *, g->home.members.n + 1),
                     .fields = NEW_N(g->a, const struct field *, form->n + 1)};
    for (size_t i = 0; i < g->home.members.n; i++)
        if (g->home.members.at[i].here)
            x.members[x.n_members++] = &g->home.members.at[i];
    for (size_t i = 0; i < form->n; i++) {
        bool theirs = false;
        const struct field *f = form_field(g, form->names[i].text, &theirs);
        if (f != NULL && theirs)
            x.fields[x.n_fields++] = f;
    }
    if (x.n_fields == 0)
        return RC_OK;
    for (size_t from = 0; from < x.n_members; from += MEMBERS_A_TABLE)
        TRY(add_grid(g, &x, from, out, err));
    return RC_OK;
}

enum rc paper_form(const struct paper_ground *g, paper_blocks *out, struct err *err)
{
    const struct service *s = g->service;
    for (size_t i = 0; s != NULL && i < s->n_forms; i++) {
        paper_heading(g, out, s->forms[i].label.zh);
        TRY(add_pairs(g, &s->forms[i], false, out, err));
        if (g->person != 0)
            TRY(add_pairs(g, &s->forms[i], true, out, err));
        else
            TRY(add_members(g, &s->forms[i], out, err));
    }
    if (g->doc->form == DOCUMENT_SURVEY)
        *VEC_PUSH(g->a, out) = (struct paper_block){
            .kind = PAPER_BOX, .text = S("调查时间、地点和所见情况"), .rows = NOTE_ROWS};
    return RC_OK;
}
