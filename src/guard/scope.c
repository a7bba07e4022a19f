/* What a scope may see: one place for all that read. */
#include "guard/guard.h"
#include "guard/guard_sql.h"
#include "people/people_sql.h"

/* Ids of accounts count from 2020 in milliseconds: nobody has this one. */
enum { NO_ACCOUNT = 1, CODES_BELOW_COUNTY = 1000000 };

struct scope *scope_system(const struct city *city, day today, struct arena *a)
{
    struct scope *s = NEW(a, struct scope);
    struct scope_role *r = NEW_N(a, struct scope_role, ROLE__COUNT);
    *s = (struct scope){.login = str_dup(a, city->who),
                        .name = str_dup(a, city->who),
                        .division = city->place->division,
                        .level = division_level(city->place->division),
                        .role = r,
                        .n_roles = ROLE__COUNT,
                        .today = today};
    division_bounds(s->division, &s->lo, &s->hi);
    for (enum role i = 0; i < ROLE__COUNT; i++) {
        r[i].role = i;
        s->roles |= ROLE_BIT(i);
    }
    return s;
}

struct scope scope_office(int64_t division, struct scope_role *role, str login, day today)
{
    const enum place_level level = division_level(division);
    struct scope s = {.account_id = NO_ACCOUNT,
                      .login = login,
                      .name = login,
                      .division = division,
                      .level = level,
                      .roles = ROLE_BIT(role->role),
                      .role = role,
                      .n_roles = 1,
                      .today = today,
                      .county_code = level == AT_CITY ? 0 : division / CODES_BELOW_COUNTY};
    division_bounds(division, &s.lo, &s.hi);
    return s;
}

bool scope_covers(const struct scope *s, int64_t division)
{
    return division >= s->lo && division <= s->hi;
}

bool scope_acts(const struct scope *s, unsigned roles, str line)
{
    for (size_t i = 0; i < s->n_roles; i++) {
        const struct scope_role *r = &s->role[i];
        if ((ROLE_BIT(r->role) & roles) != 0 &&
            (line.n == 0 || r->line.n == 0 || str_eq(r->line, line)))
            return true;
    }
    return false;
}

#define HANDLERS                                                                                   \
    (ROLE_BIT(ROLE_VILLAGE) | ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) |                         \
     ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_DECIDER))

static bool asks_for(const struct service *service, str field)
{
    for (size_t i = 0; i < service->n_forms; i++)
        for (size_t k = 0; k < service->forms[i].n; k++)
            if (str_eq(service->forms[i].names[k].text, field))
                return true;
    return false;
}

bool scope_sees(const struct scope *s, const struct rules *rules, const struct field *f)
{
    if (!f->sensitive || scope_acts(s, HANDLERS, f->line))
        return true;
    for (size_t i = 0; i < rules->services.n; i++) {
        const struct service *one = rules->services.at[i];
        if (scope_acts(s, HANDLERS, one->line) && asks_for(one, f->name.text))
            return true;
    }
    return false;
}

bool scope_reasons(const struct scope *s)
{
    return (s->roles & ~(ROLE_BIT(ROLE_PAYER) | ROLE_BIT(ROLE_ADMIN))) != 0;
}

/* The same words for what is not there and what may not be seen. */
static enum rc unseen(const char *what, int64_t county, int64_t id, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "no %s %lld-%lld that may be seen", what, (long long)county,
                   (long long)id);
}

MUST_CHECK static enum rc is_assigned(const struct scope *s, struct conn *c, int64_t county,
                                      int64_t household, bool *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(s->account_id)};
    int64_t n = 0;
    TRY(query_one(c, &stmt_scope_is_assigned, v, 3, &n, err));
    *out = n > 0;
    return RC_OK;
}

/* A household of this county that lives, or lived last, in this division. */
MUST_CHECK static enum rc may_see(const struct scope *s, struct conn *c, int64_t county,
                                  int64_t household, int64_t division, bool *out, struct err *err)
{
    char on[11];
    struct arena a = {0};
    struct division_info now = {.division = division};
    *out = false;
    if (s->county_code != 0 && s->county_code != county)
        return RC_OK;
    /* A code that is no more stands for what became of it; one that was split stays as it was. */
    enum rc rc = division_now(c, division, str_from(date_text(s->today, on)), &a, &now, err);
    arena_deinit(&a);
    if (rc != RC_OK && rc != RC_CONFLICT && rc != RC_NOT_FOUND)
        return rc;
    *out = scope_covers(s, rc == RC_OK ? now.division : division);
    if (*out && s->assigned_only)
        return is_assigned(s, c, county, household, out, err);
    return RC_OK;
}

enum rc scope_household(const struct scope *s, struct conn *c, int64_t county, int64_t household,
                        struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(county), V_INT(household),
                              V_TEXT(str_from(date_text(s->today, on)))};
    int64_t division = 0;
    bool seen = false;
    enum rc rc = query_one(c, &stmt_scope_household_at, v, 3, &division, err);
    if (rc == RC_OK)
        rc = may_see(s, c, county, household, division, &seen, err);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !seen))
        return unseen("household", county, household, err);
    return rc;
}

enum rc scope_person(const struct scope *s, struct conn *c, int64_t county, int64_t person,
                     struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(county), V_INT(person),
                              V_TEXT(str_from(date_text(s->today, on)))};
    int64_t household = 0;
    int64_t division = 0;
    int64_t n = 0;
    bool seen = false;
    struct query *q = NULL;
    TRY(query(c, &stmt_scope_person_at, v, 3, &q, err));
    bool lives = query_next(q);
    if (lives) {
        household = query_int(q, 0);
        division = query_int(q, 1);
    }
    TRY(query_end(q, err));
    if (lives) {
        TRY(may_see(s, c, county, household, division, &seen, err));
    } else if (s->level <= AT_COUNTY && (s->county_code == 0 || s->county_code == county)) {
        /* Somebody of no household belongs to the county that keeps the row. */
        TRY(query_one(c, &stmt_scope_person_known, v, 2, &n, err));
        seen = n > 0;
    }
    return seen ? RC_OK : unseen("person", county, person, err);
}

enum rc scope_assigned(const struct scope *s, struct conn *c, struct arena *a,
                       struct scope_ref **out, size_t *n, struct err *err)
{
    const struct value v = V_INT(s->account_id);
    VEC(struct scope_ref) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_scope_assigned_list, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct scope_ref){query_int(q, 0), query_int(q, 1)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

/* ---- one's own case, or a relative's --------------------------------------------------------- */

/* The account's own person and its relatives. */
MUST_CHECK static enum rc near_ones(const struct scope *s, struct conn *c, struct arena *a,
                                    struct scope_ref **out, size_t *n, struct err *err)
{
    const struct value v = V_INT(s->account_id);
    VEC(struct scope_ref) list = {0};
    struct query *q = NULL;
    if (s->person_id != 0)
        *VEC_PUSH(a, &list) = (struct scope_ref){s->person_county, s->person_id};
    TRY(query(c, &stmt_relatives_of, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct scope_ref){query_int(q, 0), query_int(q, 1)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc scope_related(const struct scope *s, struct conn *c, int64_t county, int64_t household,
                      bool *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    struct scope_ref *near = NULL;
    size_t n = 0;
    struct arena a = {0};
    struct query *q = NULL;
    *out = false;
    enum rc rc = near_ones(s, c, &a, &near, &n, err);
    if (rc == RC_OK && n > 0)
        rc = query(c, &stmt_scope_members, v, 2, &q, err);
    if (q != NULL) {
        while (query_next(q))
            for (size_t i = 0; i < n; i++)
                *out |= near[i].county == county && near[i].id == query_int(q, 0);
        rc = query_end(q, err);
    }
    arena_deinit(&a);
    return rc;
}
