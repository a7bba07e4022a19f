/*
 * Some of a household, or all of it, go over into another one or form one of their own: of the same county
 * or of another, where they get rows of their own. Who marries, who parts, who moves out.
 */
#include "people/edit_in.h"
#include "people/people_sql.h"

struct crossing {
    struct editing *g;
    int64_t county, household, division; /* there; household 0: a new one */
    struct view_member **who;            /* by persons: as they were here */
    int64_t *ids;                        /* and who they are there */
    bool away;                           /* in another county */
};

/* ---- here ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc find_who(struct crossing *x, struct err *err)
{
    struct editing *g = x->g;
    size_t n = g->e->n_persons;
    x->who = NEW_N(g->a, struct view_member *, n + 1);
    x->ids = NEW_N(g->a, int64_t, n + 1);
    if (n == 0)
        return edit_wrong(g, RC_BAD_INPUT, "persons", err, "persons: expected who goes over");
    for (size_t i = 0; i < n; i++) {
        TRY(edit_member(g, g->e->persons[i], "persons", &x->who[i], err));
        for (size_t k = 0; k < i; k++)
            if (x->who[k] == x->who[i])
                return edit_wrong(g, RC_BAD_INPUT, "persons", err,
                                  "persons: %.*s stands there twice", STR_ARG(x->who[i]->name));
    }
    return RC_OK;
}

MUST_CHECK static enum rc find_where(struct crossing *x, struct err *err)
{
    struct editing *g = x->g;
    struct division_info at = {0};
    x->county = g->e->other_county != 0 ? g->e->other_county : g->c->county_code;
    x->household = g->e->other;
    if (x->household == 0) {
        TRY(edit_village(g, g->e->division, &at, err));
        x->county = at.county_code;
        x->division = at.division;
    } else if (x->county == g->c->county_code && x->household == g->v.household) {
        return edit_wrong(g, RC_BAD_INPUT, "household", err,
                          "household: expected another one than they live in");
    }
    x->away = x->county != g->c->county_code;
    return RC_OK;
}

MUST_CHECK static enum rc leave(struct crossing *x, struct view_member *m, struct err *err)
{
    TRY(edit_leave(x->g, m, x->g->on, err));
    m->here = false;
    return x->away ? person_numbers_forget(x->g->c, m->person, err) : RC_OK;
}

/* The head last: who follows is asked when somebody stays. */
MUST_CHECK static enum rc leave_all(struct crossing *x, struct err *err)
{
    struct editing *g = x->g;
    struct view_member *head = NULL;
    bool all = g->e->n_persons == edit_living(g);
    if (all)
        TRY(edit_stop(g, EDIT_ALL, err));
    for (size_t i = 0; i < g->e->n_persons && !all; i++)
        TRY(edit_stop(g, x->who[i]->person, err));
    if (!all && x->household == 0)
        TRY(edit_left_behind(g, x->who[0]->name, err));
    for (size_t i = 0; i < g->e->n_persons; i++) {
        if (x->who[i]->person == g->v.head)
            head = x->who[i];
        else
            TRY(leave(x, x->who[i], err));
    }
    if (head == NULL)
        return RC_OK;
    TRY(edit_head_follows(g, head, g->on, err));
    return leave(x, head, err);
}

/* ---- there ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc check_other(struct crossing *x, struct editing *there, struct err *err)
{
    struct editing *g = x->g;
    enum rc rc = household_view(g->e->city, there->c->conn, x->county, x->household, g->e->day,
                                false, g->a, &there->v, err);
    if (rc == RC_NOT_FOUND)
        return edit_wrong(g, rc, "household", err, "household: there is none of that reference");
    TRY(rc);
    if (there->v.over || str_cmp(there->v.from, g->on) > 0)
        return edit_wrong(g, RC_RULE, "household", err, "there was no such household on %.*s",
                          STR_ARG(g->on));
    x->division = there->v.division;
    return RC_OK;
}

MUST_CHECK static enum rc put_persons(struct crossing *x, struct editing *there, struct err *err)
{
    for (size_t i = 0; i < x->g->e->n_persons; i++) {
        const struct view_member *m = x->who[i];
        x->ids[i] = m->person;
        if (!x->away)
            continue;
        x->ids[i] = id_next(&x->g->e->city->ids);
        const struct person_row row = {x->ids[i], m->name, m->sex, m->birth, m->death};
        const struct edit_person numbers = {
            .identity = m->identity, .phone = m->phone, .card = m->card};
        TRY(person_put(there->c, &row, err));
        TRY(edit_numbers(there, x->ids[i], &numbers, err));
        TRY(edit_ties_carry(x->g, there, m->person, x->ids[i], err));
        TRY(edit_facts_carry(x->g, there, m->person, x->ids[i], err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc relation_of(struct crossing *x, size_t i, bool made, str *out,
                                      struct err *err)
{
    const struct editing *g = x->g;
    str given = g->e->relations != NULL ? g->e->relations[i] : S("");
    *out = made ? S("02") : S("97");
    if (made && i == 0)
        return RC_OK;
    if (given.n > 0)
        return edit_relation(x->g, given, out, err);
    if (made)
        *out = edit_relation_to(g, x->who[i], x->who[0]);
    return RC_OK;
}

/* Whose enrolments ended is somebody else there. */
static void rename_over(struct crossing *x)
{
    struct edit_overs *over = x->g->over;
    for (size_t i = 0; i < over->list.n; i++)
        for (size_t k = 0; k < x->g->e->n_persons; k++)
            if (over->list.at[i].person == x->who[k]->person) {
                over->list.at[i].person = x->ids[k];
                break;
            }
}

static enum rc arrive(struct change *c, void *ctx, struct err *err)
{
    struct crossing *x = ctx;
    struct editing there = *x->g;
    bool made = x->household == 0;
    there.c = c;
    if (!made)
        TRY(check_other(x, &there, err));
    TRY(put_persons(x, &there, err));
    if (made) {
        x->household = id_next(&x->g->e->city->ids);
        const struct household_row row = {x->household, x->g->on, S(DAY_OPEN), x->division,
                                          x->ids[0]};
        TRY(household_put(c, &row, err));
    }
    for (size_t i = 0; i < x->g->e->n_persons; i++) {
        str relation = {0};
        TRY(relation_of(x, i, made, &relation, err));
        TRY(edit_join(&there, x->household, x->ids[i], x->g->on, relation, err));
        if (x->g->e->arrived != NULL)
            x->g->e->arrived[i] = x->ids[i];
    }
    rename_over(x);
    x->g->out->made = x->household;
    x->g->out->made_county = x->county;
    return edit_tell(x->g, c, x->household, x->division, err);
}

enum rc edit_cross(struct editing *g, struct err *err)
{
    struct crossing x = {.g = g};
    TRY(find_who(&x, err));
    TRY(find_where(&x, err));
    TRY(leave_all(&x, err));
    return x.away ? change_beside(g->c, x.county, arrive, &x, err) : arrive(g->c, &x, err);
}
