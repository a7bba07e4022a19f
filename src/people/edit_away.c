/*
 * A household that moves to another county gets rows of its own there, and ends here, in one
 * transaction: its people keep their numbers, and what is known of them goes along.
 */
#include "people/edit_in.h"
#include "people/people_sql.h"

struct away {
    struct editing *g;
    const struct division_info *to;
    int64_t household;
    int64_t *ids; /* by member of the view */
};

MUST_CHECK static enum rc put_members(struct away *w, struct editing *there, struct err *err)
{
    const struct household_view *v = &w->g->v;
    for (size_t i = 0; i < v->members.n; i++) {
        const struct view_member *m = &v->members.at[i];
        const struct edit_person numbers = {
            .identity = m->identity, .phone = m->phone, .card = m->card};
        if (!m->here)
            continue;
        const struct person_row row = {w->ids[i], m->name, m->sex, m->birth, m->death};
        TRY(person_put(there->c, &row, err));
        TRY(edit_numbers(there, w->ids[i], &numbers, err));
        TRY(edit_ties_carry(w->g, there, m->person, w->ids[i], err));
        TRY(edit_join(there, w->household, w->ids[i], w->g->on, m->relation, err));
    }
    return RC_OK;
}

enum rc edit_ties_carry(const struct editing *g, struct editing *there, int64_t old_id,
                        int64_t new_id, struct err *err)
{
    const struct value of[] = {V_INT(g->c->county_code), V_INT(old_id), V_TEXT(g->on)};
    struct tie {
        int64_t account;
        str relation, since;
    };
    VEC(struct tie) ties = {0};
    struct query *q = NULL;
    TRY(query(there->c->conn, &stmt_edit_ties, of, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &ties) = (struct tie){query_int(q, 0), str_dup(g->a, query_text(q, 1)),
                                              str_dup(g->a, query_text(q, 2))};
    TRY(query_end(q, err));
    for (size_t i = 0; i < ties.n; i++) {
        const struct tie *t = &ties.at[i];
        const struct value row[] = {V_INT(t->account), V_INT(there->c->county_code),
                                    V_INT(new_id),     V_TEXT(t->relation),
                                    V_TEXT(t->since),  V_INT(there->c->at_ms)};
        change_note(there->c, "staff_relative", row, 5);
        TRY(exec(there->c->conn, &stmt_edit_tie_put, row, 6, NULL, err));
    }
    return RC_OK;
}

enum rc edit_facts_carry(const struct editing *g, struct editing *there, int64_t old_id,
                         int64_t new_id, struct err *err)
{
    const struct registers *r = g->e->city->registers;
    for (size_t k = 0; k < r->n; k++) {
        const struct fact_table *t = &r->tables[k];
        struct value *values = NEW_N(g->a, struct value, t->n_fields + 1);
        bool any = false;
        for (size_t i = 0; i < g->v.facts.n; i++) {
            size_t at = 0;
            const struct view_fact *f = &g->v.facts.at[i];
            if (f->person != old_id || registers_table_of(r, f->field, &at) != t)
                continue;
            values[at] = f->value;
            any = true;
        }
        if (any)
            TRY(facts_put(there->c, t, new_id, g->on, S(DAY_OPEN), values, err));
    }
    return RC_OK;
}

static enum rc arrive(struct change *c, void *ctx, struct err *err)
{
    struct away *w = ctx;
    struct editing there = *w->g;
    int64_t head = 0;
    there.c = c;
    for (size_t i = 0; i < w->g->v.members.n; i++) {
        w->ids[i] = id_next(&w->g->e->city->ids);
        if (w->g->v.members.at[i].person == w->g->v.head)
            head = w->ids[i];
    }
    w->household = id_next(&w->g->e->city->ids);
    const struct household_row row = {w->household, w->g->on, S(DAY_OPEN), w->to->division, head};
    TRY(household_put(c, &row, err));
    TRY(put_members(w, &there, err));
    TRY(edit_facts_carry(w->g, &there, 0, w->household, err));
    for (size_t i = 0; i < w->g->v.members.n; i++)
        if (w->g->v.members.at[i].here)
            TRY(edit_facts_carry(w->g, &there, w->g->v.members.at[i].person, w->ids[i], err));
    for (size_t i = 0; i < w->g->over->list.n; i++)
        for (size_t k = 0; k < w->g->v.members.n; k++)
            if (w->g->over->list.at[i].person == w->g->v.members.at[k].person) {
                w->g->over->list.at[i].person = w->ids[k];
                break;
            }
    TRY(edit_tell(w->g, c, w->household, w->to->division, err));
    w->g->out->county = c->county_code;
    w->g->out->household = w->household;
    w->g->out->version = c->position;
    return RC_OK;
}

enum rc edit_move_away(struct editing *g, const struct division_info *to, struct err *err)
{
    struct away w = {.g = g, .to = to};
    w.ids = NEW_N(g->a, int64_t, g->v.members.n + 1);
    for (size_t i = 0; i < g->v.members.n; i++) {
        const struct view_member *m = &g->v.members.at[i];
        if (!m->here)
            continue;
        TRY(edit_leave(g, m, g->on, err));
        TRY(person_numbers_forget(g->c, m->person, err));
    }
    TRY(edit_stop(g, EDIT_ALL, err));
    TRY(edit_end(g, g->on, err));
    return change_beside(g->c, to->county_code, arrive, &w, err);
}
