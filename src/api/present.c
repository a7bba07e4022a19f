/* What a household comes to now, as continuous determination stored it. */
#include "api/handlers.h"
#include "pay/continuous.h"
#include "pay/proposal.h"

static void both_json(struct json *j, str zh, str en)
{
    const struct label l = {.zh = zh, .en = en};

    json_label(j, &l);
}

static void unit_json(struct call *c, int64_t county, int64_t household,
                      const struct present_unit *u)
{
    const struct rules *r = c->city->rules;
    const struct policy *policy = rules_policy(r, u->programme);
    const struct proposal p = {.programme = u->programme,
                               .outcome = u->outcome,
                               .reasons = u->reasons,
                               .household_id = household};
    struct json *j = &c->json;

    json_obj(j);
    json_key(j, "person");
    json_ref(j, county, u->person);
    JSON_STR(j, "programme", u->programme);
    json_key(j, "label");
    if (policy != NULL)
        json_label(j, &policy->label);
    else
        both_json(j, u->programme, u->programme);
    json_key(j, "month");
    json_month(j, u->month);
    json_key(j, "outcome");
    both_json(j, proposal_outcome(r, &p, false, c->arena), proposal_outcome(r, &p, true, c->arena));
    json_key(j, "reasons");
    both_json(j, proposal_reasons(r, &p, false, S("、"), c->arena),
              proposal_reasons(r, &p, true, S(", "), c->arena));
    json_key(j, "fen");
    if (u->fen >= 0)
        json_int(j, u->fen);
    else
        json_nil(j);
    JSON_BOOL(j, "enrolled", u->enrolled);
    JSON_BOOL(j, "qualifies", u->qualifies);
    json_obj_end(j);
}

MUST_CHECK static enum rc write_present(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct present p;
    month at_hand = 0;
    int64_t county = 0, household = 0;

    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(scope_household(c->scope, conn, county, household, err));
    TRY(present_of_household(conn, county, household, c->arena, &p, err));
    TRY(month_at_hand(conn, county, c->today, &at_hand, err));
    json_obj(j);
    json_key(j, "month");
    json_month(j, at_hand);
    JSON_BOOL(j, "waiting", p.waiting);
    JSON_BOOL(j, "failed", p.error.n > 0);
    json_key(j, "at_ms");
    if (p.at_ms > 0)
        json_int(j, p.at_ms);
    else
        json_nil(j);
    json_key(j, "units");
    json_arr(j);
    for (size_t i = 0; i < p.n_units; i++)
        unit_json(c, county, household, &p.units[i]);
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc households_present(struct call *c, struct err *err)
{
    struct conn *conn = NULL;

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = write_present(c, conn, err);
    read_end(conn);
    store_reader_done(conn);
    return rc;
}
