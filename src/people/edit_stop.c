/*
 * Enrolments when a household goes to another county, splits, is joined to another or is left by its
 * people. Money is decided for a family in a place: it is neither carried over unseen nor paid in two
 * places. It ends with the month, and whoever serves the family now is told of it.
 */
#include "people/edit_in.h"
#include "people/people_sql.h"
#include "people/tokens.h"

struct row {
    int64_t person, account;
    str programme, from, cause;
};

struct rows {
    VEC(struct row) list;
};

MUST_CHECK static enum rc read_rows(struct editing *g, str from, struct rows *out, struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(g->v.household), V_TEXT(from)};
    struct query *q = NULL;
    TRY(query(g->c->conn, &stmt_enrolment_beyond, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &out->list) = (struct row){.person = query_int(q, 0),
                                                   .programme = str_dup(g->a, query_text(q, 1)),
                                                   .from = str_dup(g->a, query_text(q, 2)),
                                                   .cause = str_dup(g->a, query_text(q, 3)),
                                                   .account = query_int(q, 4)};
    return query_end(q, err);
}

/* One that was to begin later: it never held. */
MUST_CHECK static enum rc take_back(struct editing *g, const struct row *r, struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(g->v.household),
                              V_INT(r->person),         V_TEXT(r->programme),
                              V_TEXT(r->from),          V_INT(g->c->position)};
    change_note(g->c, "enrolment", v, 6);
    TRY(exec(g->c->conn, &stmt_enrolment_move, v, 6, NULL, err));
    return exec(g->c->conn, &stmt_enrolment_remove, v, 5, NULL, err);
}

static str name_of(const struct editing *g, int64_t person)
{
    int64_t whose = person != 0 ? person : g->v.head;
    for (size_t i = 0; i < g->v.members.n; i++)
        if (g->v.members.at[i].person == whose)
            return g->v.members.at[i].name;
    return S("");
}

/* Once for a programme and person, however many rows. */
static void note_over(struct editing *g, const struct row *r, str name)
{
    for (size_t i = 0; i < g->over->list.n; i++) {
        const struct edit_over *o = &g->over->list.at[i];
        if (o->person == r->person && str_eq(o->programme, r->programme))
            return;
    }
    *VEC_PUSH(g->a, &g->over->list) =
        (struct edit_over){.person = r->person, .name = name, .programme = r->programme};
}

enum rc edit_stop(struct editing *g, int64_t person, struct err *err)
{
    char text[11];
    str end = str_from(date_text(month_first(date_month(g->e->day) + 1), text));
    struct rows rows = {0};
    TRY(read_rows(g, end, &rows, err));
    for (size_t i = 0; i < rows.list.n; i++) {
        const struct row *r = &rows.list.at[i];
        const struct enrolment_row put = {.household_id = g->v.household,
                                          .person_id = r->person,
                                          .programme = r->programme,
                                          .valid_from = r->from,
                                          .valid_to = end,
                                          .cause = r->cause,
                                          .account_id = r->account};
        if (person != EDIT_ALL && r->person != person)
            continue;
        note_over(g, r, name_of(g, r->person));
        if (str_cmp(r->from, end) >= 0)
            TRY(take_back(g, r, err));
        else
            TRY(enrolment_put(g->c, &put, err));
    }
    return tokens_household(g->c, g->v.household, err);
}

enum rc edit_left_behind(struct editing *g, str name, struct err *err)
{
    struct rows rows = {0};
    TRY(read_rows(g, g->on, &rows, err));
    for (size_t i = 0; i < rows.list.n; i++)
        if (rows.list.at[i].person == 0)
            note_over(g, &rows.list.at[i], name);
    return RC_OK;
}

enum rc edit_tell(const struct editing *g, struct change *c, int64_t household, int64_t division,
                  struct err *err)
{
    for (size_t i = 0; i < g->over->list.n && g->e->over != NULL; i++) {
        struct edit_over o = g->over->list.at[i];
        o.household = household;
        o.division = division;
        TRY(g->e->over(c, g->e->over_ctx, &o, err));
    }
    return RC_OK;
}
