/* See leaving.h. */
#include "work/leaving.h"

#include "work/work_sql.h"

enum { TASKS_MOST = 10000 };

/* ---- what is in hand ------------------------------------------------------------------------- */

MUST_CHECK static enum rc counties_of(struct conn *c, day today, struct arena *a, int64_t **out,
                                      size_t *n, struct err *err)
{
    char on[11];
    return division_counties(c, str_from(date_text(today, on)), a, out, n, err);
}

static void count_village(struct leaving *l, struct arena *a, size_t *cap, int64_t division)
{
    size_t i = 0;
    while (i < l->n_villages && l->villages[i].division != division)
        i++;
    if (i == l->n_villages) {
        if (l->n_villages == *cap)
            l->villages = arena_grow(a, l->villages, sizeof *l->villages, l->n_villages, cap);
        l->villages[l->n_villages++] = (struct leaving_village){.division = division};
    }
    l->villages[i].households++;
    l->households++;
}

MUST_CHECK static enum rc read_households(struct conn *c, const struct account *who, day today,
                                          struct arena *a, struct leaving *l, struct err *err)
{
    const struct scope s = {.account_id = who->account_id};
    struct scope_ref *list = NULL;
    size_t n = 0, cap = 0;
    char on[11];
    date_text(today, on);
    TRY(scope_assigned(&s, c, a, &list, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct division_info info = {0};
        enum rc rc = household_division(c, list[i].county, list[i].id, str_from(on), a, &info, err);
        if (rc != RC_OK && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
            return rc;
        count_village(l, a, &cap, rc == RC_OK ? info.division : 0);
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_drafts(struct conn *c, const struct account *who, day today,
                                      struct arena *a, struct leaving *l, struct err *err)
{
    int64_t *counties = NULL;
    size_t n = 0;
    VEC(struct leaving_draft) list = {0};
    TRY(counties_of(c, today, a, &counties, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct value v[] = {V_INT(counties[i]), V_TEXT(who->login)};
        struct query *q = NULL;
        TRY(query(c, &stmt_leaving_drafts, v, 2, &q, err));
        while (query_next(q))
            *VEC_PUSH(a, &list) =
                (struct leaving_draft){counties[i], query_int(q, 0), str_dup(a, query_text(q, 1)),
                                       str_dup(a, query_text(q, 2))};
        TRY(query_end(q, err));
    }
    l->drafts = list.at;
    l->n_drafts = list.n;
    return RC_OK;
}

/* Its own desk: what lies there for its roles. */
MUST_CHECK static enum rc read_tasks(struct conn *c, const struct account *who, day today,
                                     struct arena *a, struct leaving *l, struct err *err)
{
    if (who->n_roles == 0)
        return RC_OK;
    struct scope s = scope_office(who->division, who->role, who->login, today);
    bool others = false;
    s.account_id = who->account_id;
    s.n_roles = who->n_roles;
    s.roles = 0;
    for (size_t i = 0; i < who->n_roles; i++) {
        s.roles |= ROLE_BIT(who->role[i].role);
        others |= who->role[i].role != ROLE_VILLAGE;
    }
    s.assigned_only = !others;
    struct desk_query q = {.scope = &s, .mine_only = true, .limit = TASKS_MOST};
    struct task *tasks = NULL;
    size_t n = 0;
    bool more = false;
    TRY(desk_read(&q, c, a, &tasks, &n, &more, err));
    for (size_t i = 0; i < n; i++)
        l->late += light_of(today, tasks[i].warn, tasks[i].due, tasks[i].paused) == LIGHT_RED;
    l->tasks = (int64_t)n;
    return RC_OK;
}

MUST_CHECK static enum rc read_roles(struct conn *c, const struct account *who, struct arena *a,
                                     struct leaving *l, struct err *err)
{
    l->roles = NEW_N(a, struct leaving_role, who->n_roles + 1);
    for (size_t i = 0; i < who->n_roles; i++) {
        struct leaving_role *r = &l->roles[l->n_roles++];
        *r = (struct leaving_role){.role = who->role[i].role, .line = who->role[i].line};
        const struct value v[] = {V_INT(who->division), V_INT(who->account_id),
                                  V_TEXT(str_from(role_code(r->role))), V_TEXT(r->line)};
        TRY(query_one(c, &stmt_leaving_others, v, 4, &r->others, err));
    }
    return RC_OK;
}

enum rc leaving_read(struct conn *c, const struct account *who, day today, struct arena *a,
                     struct leaving *out, struct err *err)
{
    *out = (struct leaving){0};
    TRY(read_households(c, who, today, a, out, err));
    TRY(read_drafts(c, who, today, a, out, err));
    TRY(read_tasks(c, who, today, a, out, err));
    return read_roles(c, who, a, out, err);
}

bool leaving_any(const struct leaving *l)
{
    return l->households > 0 || l->n_drafts > 0 || l->tasks > 0;
}

/* ---- who can go on --------------------------------------------------------------------------- */

static bool has_role(const struct account *who, const struct leaving_role *r)
{
    for (size_t i = 0; i < who->n_roles; i++)
        if (who->role[i].role == r->role &&
            (who->role[i].line.n == 0 || str_eq(who->role[i].line, r->line)))
            return true;
    return false;
}

MUST_CHECK static enum rc check_villages(const struct leaving *l, const struct account *to,
                                         struct err *err)
{
    const struct leaving_role village = {.role = ROLE_VILLAGE};
    int64_t lo = 0, hi = 0, beyond = 0;
    bool works = false;
    division_bounds(to->division, &lo, &hi);
    for (size_t i = 0; i < to->n_roles; i++)
        works |= to->role[i].role == village.role;
    for (size_t i = 0; i < l->n_villages; i++)
        if (!works || l->villages[i].division < lo || l->villages[i].division > hi)
            beyond += l->villages[i].households;
    if (beyond == 0)
        return RC_OK;
    return err_set(
        err, RC_BAD_INPUT,
        "successor: %.*s is no village worker where %lld of the households are; expected "
        "one who is, or assign these first",
        STR_ARG(to->login), (long long)beyond);
}

MUST_CHECK static enum rc check_successor(const struct leaving_choice *w, struct conn *c,
                                          const struct account *was, struct account *to,
                                          struct err *err)
{
    TRY(account_get(w->by, c, w->successor, w->arena, to, err));
    if (!to->active || to->account_id == was->account_id)
        return err_set(err, RC_BAD_INPUT, "successor: expected another account that is in use");
    TRY(check_villages(&w->found, to, err));
    int64_t lo = 0, hi = 0;
    division_bounds(to->division, &lo, &hi);
    for (size_t i = 0; w->found.tasks > 0 && i < w->found.n_roles; i++)
        if (!has_role(to, &w->found.roles[i]) || was->division < lo || was->division > hi)
            return err_set(err, RC_BAD_INPUT,
                           "successor: %.*s has not the role %s in that office; give it first, or "
                           "leave the open tasks with the office",
                           STR_ARG(to->login), role_label(w->found.roles[i].role, true));
    return RC_OK;
}

/* ---- moved ----------------------------------------------------------------------------------- */

struct moving {
    const struct account *was;
    int64_t successor;
    str login; /* the successor's; empty: the office */
    struct arena *a;
};

static enum rc move_county(struct change *c, void *ctx, struct err *err)
{
    const struct moving *m = ctx;
    const struct value of[] = {V_INT(c->county_code), V_INT(m->was->account_id)};
    const struct value to[] = {of[0], of[1], V_INT(m->successor), V_INT(c->at_ms)};
    const struct value drafts[] = {of[0], V_TEXT(m->was->login), V_TEXT(m->login)};
    struct query *q = NULL;
    VEC(int64_t) list = {0};
    TRY(query(c->conn, &stmt_leaving_households, of, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(m->a, &list) = query_int(q, 0);
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++) {
        const struct value row[] = {of[0], V_INT(list.at[i]), of[1], V_INT(m->successor)};
        change_note(c, "account_household", row, 4);
    }
    if (m->successor != 0 && list.n > 0)
        TRY(exec(c->conn, &stmt_leaving_households_add, to, 4, NULL, err));
    if (list.n > 0)
        TRY(exec(c->conn, &stmt_leaving_households_drop, of, 2, NULL, err));
    change_note(c, "draft_by", drafts, 3);
    return exec(c->conn, &stmt_leaving_drafts_move, drafts, 3, NULL, err);
}

/* The counties where there is something to move. */
MUST_CHECK static enum rc touched(const struct leaving_choice *w, struct conn *c,
                                  const struct account *was, int64_t **out, size_t *n,
                                  struct err *err)
{
    const struct scope s = {.account_id = was->account_id};
    struct scope_ref *list = NULL;
    size_t n_list = 0;
    VEC(int64_t) all = {0};
    TRY(scope_assigned(&s, c, w->arena, &list, &n_list, err));
    for (size_t i = 0; i < n_list + w->found.n_drafts; i++) {
        int64_t county = i < n_list ? list[i].county : w->found.drafts[i - n_list].county;
        size_t k = 0;
        while (k < all.n && all.at[k] != county)
            k++;
        if (k == all.n)
            *VEC_PUSH(w->arena, &all) = county;
    }
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

enum rc leaving_settle(struct change *c, const struct account *was, void *choice, struct err *err)
{
    struct leaving_choice *w = choice;
    struct moving m = {.was = was, .successor = w->successor, .login = S(""), .a = w->arena};
    int64_t *counties = NULL;
    size_t n = 0;
    TRY(leaving_read(c->conn, was, w->by->today, w->arena, &w->found, err));
    w->refused = !w->given && leaving_any(&w->found);
    if (w->refused)
        return err_set(err, RC_CONFLICT,
                       "found %lld households, %zu drafts and %lld open tasks in hand, expected a "
                       "successor or that they stay with the office",
                       (long long)w->found.households, w->found.n_drafts,
                       (long long)w->found.tasks);
    if (w->given && w->successor != 0) {
        struct account to;
        TRY(check_successor(w, c->conn, was, &to, err));
        m.login = to.login;
    }
    TRY(touched(w, c->conn, was, &counties, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(counties[i] == c->county_code ? move_county(c, &m, err)
                                          : change_beside(c, counties[i], move_county, &m, err));
    return RC_OK;
}
