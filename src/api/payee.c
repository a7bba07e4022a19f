/* Payees: whose money goes to which account, and what became of a household's payments. */
#include "api/batch_json.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "pay/bank_layout.h"
#include "pay/payee.h"

/* ---- a household's ------------------------------------------------------------------------------ */

static void day_or_nil(struct json *j, const char *key, day d)
{
    json_key(j, key);
    json_day(j, d);
}

static void account_json(struct call *c, const struct payee *p)
{
    struct json *j = &c->json;

    json_obj(j);
    json_key(j, "id");
    json_ref(j, p->county_code, p->payee_account_id);
    json_key(j, "person");
    json_ref(j, p->county_code, p->person_id);
    JSON_STR(j, "programme", p->programme);
    JSON_STR(j, "kind", p->kind);
    JSON_STR(j, "holder", p->holder);
    JSON_STR(j, "account", p->account);
    JSON_STR(j, "bank", p->bank);
    JSON_STR(j, "branch", p->branch);
    day_or_nil(j, "from", p->from);
    JSON_STR(j, "state", p->state);
    JSON_STR(j, "name_check", p->name_check);
    JSON_STR(j, "bank_check", p->bank_check);
    JSON_STR(j, "reason", p->reason);
    JSON_STR(j, "proof", p->proof);
    JSON_STR(j, "recorded_by", p->recorded_by);
    day_or_nil(j, "recorded_on", p->recorded);
    JSON_STR(j, "settled_by", p->settled_by);
    day_or_nil(j, "settled_on", p->settled);
    JSON_STR(j, "words", p->words);
    JSON_BOOL(j, "own", str_eq(p->recorded_by, c->scope->login));
    json_obj_end(j);
}

static void now_json(struct call *c, int64_t county, const struct payee_now *n)
{
    struct json *j = &c->json;
    str rest = n->programmes, one;

    json_obj(j);
    json_key(j, "person");
    json_ref(j, county, n->person_id);
    JSON_STR(j, "name", n->name);
    json_key(j, "programmes");
    json_arr(j);
    while (rest.n > 0) {
        if (!str_cut(rest, '+', &one, &rest))
            rest = S("");
        json_str(j, one);
    }
    json_arr_end(j);
    JSON_STR(j, "account", n->account);
    JSON_BOOL(j, "card", n->card);
    json_obj_end(j);
}

/* Another office's family is a number only. */
MUST_CHECK static enum rc shared_json(struct call *c, struct conn *conn, int64_t county,
                                      const struct payee_shared *s, struct err *err)
{
    struct json *j = &c->json;
    struct err unseen = {0};
    enum rc rc = scope_household(c->scope, conn, county, s->household_id, &unseen);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return err_set(err, rc, "%s", unseen.text);
    json_obj(j);
    json_key(j, "household");
    if (rc == RC_OK)
        json_ref(j, county, s->household_id);
    else
        json_nil(j);
    JSON_STR(j, "name", rc == RC_OK ? s->name : S(""));
    JSON_STR(j, "account", s->account);
    json_obj_end(j);
    return RC_OK;
}

static void banks_json(struct json *j, const struct bank *bank)
{
    json_key(j, "banks");
    json_arr(j);
    for (size_t i = 0; i < bank->n_banks; i++) {
        json_obj(j);
        JSON_STR(j, "code", bank->banks[i].code);
        JSON_STR(j, "name", bank->banks[i].text);
        json_obj_end(j);
    }
    json_arr_end(j);
}

MUST_CHECK static enum rc view_json(struct call *c, struct conn *conn, int64_t county,
                                    int64_t household, struct err *err)
{
    struct json *j = &c->json;
    struct payee_view v;
    struct bank bank;

    TRY(payee_read(c->city, c->scope, conn, county, household, c->arena, &v, err));
    TRY(bank_known(conn, c->arena, &bank, err));
    json_obj(j);
    json_key(j, "now");
    json_arr(j);
    for (size_t i = 0; i < v.n_now; i++)
        now_json(c, county, &v.now[i]);
    json_arr_end(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < v.n; i++)
        account_json(c, &v.list[i]);
    json_arr_end(j);
    json_key(j, "shared");
    json_arr(j);
    for (size_t i = 0; i < v.n_shared; i++)
        TRY(shared_json(c, conn, county, &v.shared[i], err));
    json_arr_end(j);
    banks_json(j, &bank);
    json_obj_end(j);
    return RC_OK;
}

enum rc payees_list(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    int64_t county = 0, household = 0;

    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = view_json(c, conn, county, household, err);
    store_reader_done(conn);
    return rc;
}

/* ---- put on record, confirmed ------------------------------------------------------------------- */

MUST_CHECK static enum rc new_read(struct call *c, struct payee_new *n, struct err *err)
{
    int64_t county = 0;

    *n = (struct payee_new){
        .programme = S(""), .bank = S(""), .branch = S(""), .reason = S(""), .proof = S("")};
    TRY(call_ref(c, c->at[0], "household", &n->county, &n->household, err));
    TRY(body_ref(c, "person", true, &county, &n->person, err));
    if (county != n->county)
        return call_wrong(c, RC_BAD_INPUT, "person", NULL, err,
                          "person: is no member of the household");
    TRY(body_text(c, "kind", true, &n->kind, err));
    TRY(body_text(c, "holder", true, &n->holder, err));
    TRY(body_text(c, "account", true, &n->account, err));
    TRY(body_text(c, "programme", false, &n->programme, err));
    TRY(body_text(c, "bank", false, &n->bank, err));
    TRY(body_text(c, "branch", false, &n->branch, err));
    TRY(body_text(c, "reason", false, &n->reason, err));
    TRY(body_text(c, "proof", false, &n->proof, err));
    return body_day(c, "from", false, &n->from, err);
}

enum rc payees_add(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct payee_new n;
    struct payee_made made;

    TRY(new_read(c, &n, err));
    enum rc rc = payee_put(c->city, c->scope, &n, &made, err);
    if (rc != RC_OK && made.field != NULL)
        return call_wrong(c, rc, made.field, NULL, err, "%s", str_z(c->arena, str_from(err->text)));
    TRY(rc);
    c->reply->status = 201;
    json_obj(j);
    json_key(j, "id");
    json_ref(j, n.county, made.payee_account_id);
    JSON_BOOL(j, "waits", made.waits);
    JSON_BOOL(j, "luhn", made.luhn);
    JSON_INT(j, "shared", made.shared);
    JSON_INT(j, "mended", made.mended);
    json_obj_end(j);
    return RC_OK;
}

enum rc payees_settle(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    int64_t county = 0, id = 0, mended = 0;
    bool confirm = false;
    str words = S("");

    TRY(call_ref(c, c->at[0], "payee", &county, &id, err));
    TRY(body_flag(c, "confirm", true, &confirm, err));
    TRY(body_text(c, "text", false, &words, err));
    TRY(payee_settle(c->city, c->scope, county, id, confirm, words, &mended, err));
    json_obj(j);
    JSON_INT(j, "mended", mended);
    json_obj_end(j);
    return RC_OK;
}

enum rc payees_names(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct payee_names n;
    int64_t county = c->scope->county_code;
    str text = query_of(c, "county"), bytes = S("");

    if (text.n > 0 && (text.n != 12 || !str_int(text, &county) || county % 1000000 != 0))
        return call_wrong(c, RC_BAD_INPUT, "county", "a county's twelve digits", err,
                          "county: found “%.*s”, expected a county's twelve digits",
                          STR_ARG(str_sub(text, 0, 20)));
    county = text.n > 0 ? county / 1000000 : county;
    if (county == 0)
        return call_wrong(c, RC_BAD_INPUT, "county", "a county's twelve digits", err,
                          "county: say of which");
    TRY(call_upload(c, &bytes, err));
    TRY(payee_names_read(c->city, c->scope, county, bytes, &n, err));
    json_obj(j);
    JSON_INT(j, "rows", n.rows);
    JSON_INT(j, "ok", n.ok);
    JSON_INT(j, "differs", n.differs);
    JSON_INT(j, "unknown", n.unknown);
    json_obj_end(j);
    return RC_OK;
}

/* ---- what was paid ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc payments_json(struct call *c, struct conn *conn, int64_t county,
                                        int64_t household, month m, struct err *err)
{
    struct json *j = &c->json;
    struct household_line *list = NULL;
    size_t n = 0;

    TRY(batch_of_household(c->city, c->scope, conn, county, household, m, m, c->arena, &list, &n,
                           err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(json_batch_line(c, conn, county, &list[i].line, err));
        json_key(j, "batch");
        json_ref(j, county, list[i].batch_id);
        JSON_STR(j, "number", list[i].number);
        JSON_STR(j, "batch_state", list[i].batch_state);
        JSON_STR(j, "again_number", list[i].again_number);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc households_payments(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    int64_t county = 0, household = 0;
    str text = query_of(c, "month");
    month m = 0;

    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    if (text.n > 0 && !month_parse(text, &m))
        return call_wrong(c, RC_BAD_INPUT, "month", "a month like 2020-12", err,
                          "month: found “%.*s”, expected a month like 2020-12",
                          STR_ARG(str_sub(text, 0, 20)));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = payments_json(c, conn, county, household, m, err);
    store_reader_done(conn);
    return rc;
}
