/* Facts of a household from a day on: what else is known of that day stays, and so do later days. */
#include <string.h>

#include "people/edit_in.h"
#include "people/people_sql.h"
#include "people/versioned.h"

/* The row of the day (all unknown when there is none) and the day on which what comes later begins. */
MUST_CHECK static enum rc read_row(struct editing *g, const struct fact_table *t, int64_t id,
                                   struct value *values, str *to, struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(id), V_TEXT(g->on),
                              V_TEXT(S("9999-12-31"))};
    struct query *q = NULL;
    bool first = true;
    for (size_t i = 0; i < t->n_fields; i++)
        values[i] = V_NULL;
    *to = S(DAY_OPEN);
    TRY(query(g->c->conn, &t->overlap, v, 4, &q, err));
    while (first && query_next(q)) {
        first = false;
        if (str_cmp(query_text(q, 0), g->on) > 0) {
            *to = str_dup(g->a, query_text(q, 0));
            continue;
        }
        *to = str_dup(g->a, query_text(q, 1));
        for (size_t i = 0; i < t->n_fields; i++)
            if (!query_null(q, 3 + i))
                values[i] = t->versions->types[i] == 'i'
                                ? V_INT(query_int(q, 3 + i))
                                : V_TEXT(str_dup(g->a, query_text(q, 3 + i)));
    }
    while (query_next(q)) {
    }
    return query_end(q, err);
}

static int64_t whose(const struct editing *g, const int64_t *ids, const struct edit_fact *f)
{
    return f->person == 0 ? g->v.household : f->person > 0 ? f->person : ids[-1 - f->person];
}

/* Name, sex, birth and death are the person's own row. */
MUST_CHECK static enum rc put_core(struct editing *g, const struct edit_fact *f, int64_t person,
                                   struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(person)};
    struct person_row row = {.person_id = person};
    struct query *q = NULL;
    int64_t sex = 0;
    TRY(query(g->c->conn, &stmt_person_current, v, 2, &q, err));
    if (query_next(q)) {
        row.name = str_dup(g->a, query_text(q, 1));
        row.sex = (int)query_int(q, 2);
        row.birth_date = str_dup(g->a, query_text(q, 3));
        row.death_date = str_dup(g->a, query_text(q, 4));
    }
    TRY(query_end(q, err));
    switch (core_field(f->field)) {
    case CORE_NAME:
        row.name = f->value.s;
        break;
    case CORE_SEX:
        if (str_int(f->value.s, &sex))
            row.sex = (int)sex;
        break;
    case CORE_BIRTH:
        row.birth_date = f->value.s;
        break;
    default:
        return edit_wrong(g, RC_BAD_INPUT, "facts", err,
                          "%.*s: a death is recorded as such, with its day",
                          STR_ARG(f->field->name.text));
    }
    if (f->value.kind == VALUE_NULL || (row.name.n == 0))
        return edit_wrong(g, RC_BAD_INPUT, "facts", err, "%.*s: expected a value",
                          STR_ARG(f->field->name.text));
    return person_put(g->c, &row, err);
}

/* All facts of one table and subject that were given, from number `at` on. */
MUST_CHECK static enum rc put_table(struct editing *g, const int64_t *ids, size_t at,
                                    const struct fact_table *t, bool *done, struct err *err)
{
    int64_t id = whose(g, ids, &g->e->facts[at]);
    struct value *values = NEW_N(g->a, struct value, t->n_fields + 1);
    str to = {0};
    TRY(read_row(g, t, id, values, &to, err));
    for (size_t i = at; i < g->e->n_facts; i++) {
        const struct edit_fact *f = &g->e->facts[i];
        size_t k = 0;
        if (whose(g, ids, f) != id || registers_table_of(g->e->city->registers, f->field, &k) != t)
            continue;
        done[i] = true;
        values[k] = f->value;
    }
    enum rc rc = facts_put(g->c, t, id, g->on, to, values, err);
    if (rc == RC_BAD_INPUT)
        g->out->field = "facts";
    return rc;
}

enum rc edit_facts(struct editing *g, const int64_t *ids, struct err *err)
{
    bool *done = NEW_N(g->a, bool, g->e->n_facts + 1);
    for (size_t i = 0; i < g->e->n_facts; i++) {
        const struct edit_fact *f = &g->e->facts[i];
        struct view_member *m = NULL;
        size_t at = 0;
        if (done[i])
            continue;
        if (f->person > 0)
            TRY(edit_member(g, f->person, "facts", &m, err));
        const struct fact_table *t = registers_table_of(g->e->city->registers, f->field, &at);
        if (core_field(f->field) != CORE_NONE && f->person != 0)
            TRY(put_core(g, f, whose(g, ids, f), err));
        else if (t == NULL)
            return edit_wrong(g, RC_BAD_INPUT, "facts", err,
                              "%.*s: it is not recorded but follows from other facts",
                              STR_ARG(f->field->name.text));
        else
            TRY(put_table(g, ids, i, t, done, err));
    }
    return RC_OK;
}
