/* A case load into the store; last month's amounts of it as awards of one job of that month. */
#include "pay/past.h"

#include <stdio.h>
#include <string.h>

#include "pay/pay_sql.h"
#include "people/touched.h"

struct past {
    struct change *c;
    const struct city *city;
    char month[8];
    int64_t job_id;
    bool decided;
};

/* The county's job of that month; made when the month has none. */
MUST_CHECK static enum rc find_job(struct past *p, struct id_source *ids, struct err *err)
{
    static const char no_digest[VAULT_HASH];
    const struct value county = V_INT(p->c->county_code);
    const struct value of[] = {county, V_TEXT(str_from(p->month))};
    enum rc rc = query_one(p->c->conn, &stmt_past_job, of, 2, &p->job_id, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    p->job_id = id_next(ids);
    const struct value job[] = {county,
                                V_INT(p->job_id),
                                of[1],
                                V_INT(p->c->position),
                                V_TEXT(str_from(p->city->rule_hash)),
                                V_TEXT(p->c->who),
                                V_INT(p->c->at_ms),
                                V_BLOB(((str){no_digest, VAULT_HASH}))};
    const struct value run[] = {county, of[1], V_INT(p->job_id)};
    TRY(exec(p->c->conn, &stmt_past_job_add, job, 8, NULL, err));
    return exec(p->c->conn, &stmt_past_month_add, run, 3, NULL, err);
}

MUST_CHECK static enum rc put(struct past *p, const struct load_award *a, struct err *err)
{
    static const char no_hash[VAULT_HASH];
    char since[8];
    char carried[40] = "";
    if (a->first_above != 0)
        snprintf(carried, sizeof carried, "first_month_above=%s",
                 month_text(a->first_above, since));
    const struct value key[] = {V_INT(p->c->county_code),     V_TEXT(str_from(p->month)),
                                V_INT(a->household_id),       V_INT(a->person_id),
                                V_TEXT(a->policy->name.text), V_INT(p->job_id)};
    struct value v[9];
    memcpy(v, key, sizeof key);
    v[6] = V_INT(a->fen);
    v[7] = V_TEXT(str_from(carried));
    v[8] = V_BLOB(((str){no_hash, VAULT_HASH}));
    TRY(exec(p->c->conn, &stmt_past_determination_add, v, 9, NULL, err));
    TRY(household_touched(p->c, a->household_id, err));
    v[7] = V_TEXT(p->c->who);
    change_note(p->c, "award", v, 7);
    const struct value decided[] = {key[0],
                                    key[2],
                                    key[3],
                                    key[4],
                                    V_INT(p->c->position),
                                    key[1],
                                    V_INT(a->fen),
                                    V_TEXT(S("import")),
                                    V_TEXT(p->c->who)};
    if (p->decided)
        TRY(exec(p->c->conn, &stmt_decided_put, decided, 9, NULL, err));
    return a->fen > 0 ? exec(p->c->conn, &stmt_past_award_add, v, 8, NULL, err) : RC_OK;
}

enum rc past_awards_put(struct change *c, struct city *city, month m, bool decided,
                        const struct load_award *list, size_t n, struct err *err)
{
    struct past p = {.c = c, .city = city, .decided = decided};
    month_text(m, p.month);
    TRY(find_job(&p, &city->ids, err));
    for (size_t i = 0; i < n; i++) {
        enum rc rc = put(&p, &list[i], err);
        if (rc == RC_CONFLICT)
            return err_set(err, rc,
                           "household %lld-%lld has an amount of %.*s for %s already: leave the "
                           "column last_amount out",
                           (long long)c->county_code, (long long)list[i].household_id,
                           STR_ARG(list[i].policy->label.zh), p.month);
        TRY(rc);
    }
    return RC_OK;
}

/* ---- all of it ------------------------------------------------------------------------------ */

struct storing {
    const struct past_spec *spec;
    struct load *load;
    bool last;
};

static enum rc store_county(struct change *c, void *ctx, struct err *err)
{
    struct storing *s = ctx;
    struct arena a = {0};
    struct load_award *awards = NULL;
    size_t n = 0;
    TRY(load_put(s->load, c, err));
    load_awards(s->load, c->county_code, &a, &awards, &n);
    enum rc rc = RC_OK;
    if (n > 0)
        rc = past_awards_put(c, s->spec->city, s->spec->month, true, awards, n, err);
    arena_deinit(&a);
    if (rc == RC_OK && s->last && s->spec->last != NULL)
        rc = s->spec->last(c, s->spec->ctx, err);
    return rc;
}

enum rc past_store(const struct past_spec *spec, struct load *l, struct err *err)
{
    struct storing s = {spec, l, false};
    struct arena a = {0};
    int64_t *counties = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;
    load_counties(l, &a, &counties, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct change_spec change = {.store = spec->city->store,
                                           .county_code = counties[i],
                                           .who = spec->city->who,
                                           .why = spec->why};
        s.last = i + 1 == n;
        rc = change_write(&change, store_county, &s, NULL, err);
        if (rc != RC_OK)
            err_prefix(err, "county %lld, after %zu of %zu counties were stored",
                       (long long)counties[i], i, n);
    }
    arena_deinit(&a);
    return rc;
}
