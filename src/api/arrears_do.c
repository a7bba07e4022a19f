/* Arrears found, decided, told and paid back. */
#include "api/arrears_job.h"
#include "api/arrears_json.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "work/notice.h"

/* ---- finding ------------------------------------------------------------------------------------ */

MUST_CHECK static enum rc month_asked(struct call *c, const char *field, month *out,
                                      struct err *err)
{
    str text = S("");

    TRY(body_text(c, field, true, &text, err));
    if (month_parse(text, out))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, field, "a month like 2020-12", err,
                      "%s: found “%.*s”, expected a month like 2020-12", field,
                      STR_ARG(str_sub(text, 0, 20)));
}

/* Within the account's own; the county's or city's office. */
MUST_CHECK static enum rc extent_of(struct call *c, struct arrears_order *o, struct err *err)
{
    str division = S("");
    int64_t county = 0;

    if (c->scope->level > AT_COUNTY)
        return err_set(err, RC_FORBIDDEN, "arrears are found by the county or the city");
    TRY(body_text(c, "division", false, &division, err));
    TRY(arrears_division(c, division, &o->division, err));
    TRY(body_ref(c, "household", false, &county, &o->household, err));
    if (o->division == 0)
        o->division = county != 0 ? county * 1000000 : c->scope->county_code * 1000000;
    TRY(arrears_same_county(c, county, o->division / 1000000, err));
    if (o->division != 0 && !scope_covers(c->scope, o->division))
        return call_wrong(c, RC_NOT_FOUND, "division", NULL, err,
                          "division: no such division that may be seen");
    return RC_OK;
}

MUST_CHECK static enum rc order_of(struct call *c, struct arrears_order *o, struct err *err)
{
    TRY(month_asked(c, "from", &o->from, err));
    TRY(month_asked(c, "upto", &o->upto, err));
    if (o->upto < o->from)
        return call_wrong(c, RC_BAD_INPUT, "upto", NULL, err, "upto: it lies before from");
    TRY(extent_of(c, o, err));
    TRY(body_text(c, "programme", false, &o->programme, err));
    TRY(arrears_programme(c, o->programme, err));
    if (!arrears_sees(c->scope, c->city->rules, o->programme))
        return err_set(err, RC_FORBIDDEN,
                       o->programme.n > 0 ? "the account has no role for that programme"
                                          : "an account of one line names its programme");
    TRY(body_text(c, "why", true, &o->why, err));
    o->why = str_trim(o->why);
    if (o->why.n == 0 || o->why.n > 300)
        return call_wrong(c, RC_BAD_INPUT, "why", NULL, err,
                          "why: say in some words what is looked for");
    return RC_OK;
}

enum rc arrears_find_post(struct call *c, struct err *err)
{
    struct arrears_order o = {.programme = S(""), .who = c->scope->login};
    struct conn *conn = NULL;

    TRY(order_of(c, &o, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = o.household != 0
                     ? scope_household(c->scope, conn, o.division / 1000000, o.household, err)
                     : RC_OK;
    if (rc == RC_OK)
        rc = arrears_begin(c->api, &o, err);
    if (rc == RC_OK) {
        call_created(c, S("/api/v1/arrears"));
        rc = arrears_progress_json(c, conn, err);
    }
    store_reader_done(conn);
    return rc;
}

/* ---- deciding ----------------------------------------------------------------------------------- */

static bool go_on(void *ctx, int64_t lines)
{
    const struct call *c = ctx;

    (void)lines;
    return !api_stopping(c->api);
}

MUST_CHECK static enum rc choice_of(struct call *c, struct arrears_choice *k, struct err *err)
{
    str division = S("");
    int64_t county = 0;

    *k = (struct arrears_choice){.city = c->city,
                                 .scope = c->scope,
                                 .programme = S(""),
                                 .cause = S(""),
                                 .words = S(""),
                                 .today = c->today,
                                 .go_on = go_on,
                                 .ctx = c};
    TRY(arrears_of_path(c, &k->county, &k->job_id, err));
    TRY(body_flag(c, "accept", true, &k->accept, err));
    TRY(body_text(c, "cause", false, &k->cause, err));
    TRY(body_text(c, "text", false, &k->words, err));
    TRY(body_text(c, "programme", false, &k->programme, err));
    TRY(arrears_programme(c, k->programme, err));
    TRY(body_text(c, "division", false, &division, err));
    TRY(arrears_division(c, division, &k->division, err));
    TRY(body_ref(c, "household", false, &county, &k->household, err));
    TRY(arrears_same_county(c, county, k->county, err));
    k->words = str_trim(k->words);
    return RC_OK;
}

enum rc arrears_settle_post(struct call *c, struct err *err)
{
    struct arrears_choice k;
    struct arrears_result r;
    struct json *j = &c->json;

    TRY(choice_of(c, &k, err));
    TRY(arrears_settle(&k, c->arena, &r, err));
    json_obj(j);
    JSON_INT(j, "decided", r.decided);
    JSON_INT(j, "rejected", r.rejected);
    JSON_INT(j, "left", r.left);
    JSON_INT(j, "stale", r.stale);
    JSON_INT(j, "related", r.related);
    JSON_INT(j, "households", r.households);
    JSON_INT(j, "notices", r.notices);
    JSON_INT(j, "backpay_fen", r.backpay_fen);
    JSON_INT(j, "recovery_fen", r.recovery_fen);
    JSON_INT(j, "left_fen", r.left_fen);
    json_obj_end(j);
    return RC_OK;
}

/* ---- the letter --------------------------------------------------------------------------------- */

static void letter_json(struct json *j, const struct arrears_letter *l)
{
    static const unsigned channels[] = {BY_PAPER, BY_PAGE, BY_MESSAGE};

    json_obj(j);
    json_key(j, "letter");
    if (l->text.n == 0) {
        json_nil(j);
        json_obj_end(j);
        return;
    }
    json_obj(j);
    people_both(j, "title", l->title, l->title_en);
    JSON_STR(j, "text", l->text);
    json_key(j, "channels");
    json_arr(j);
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        if (l->channels & channels[i])
            json_str(j, str_from(notice_channel_name(channels[i])));
    json_arr_end(j);
    json_obj_end(j);
    json_obj_end(j);
}

enum rc arrears_letter_get(struct call *c, struct err *err)
{
    struct arrears_choice k = {.city = c->city,
                               .scope = c->scope,
                               .programme = query_of(c, "programme"),
                               .accept = true,
                               .cause = query_of(c, "cause"),
                               .words = str_trim(query_of(c, "text")),
                               .today = c->today};
    struct arrears_letter letter;
    struct conn *conn = NULL;
    int64_t county = 0;

    TRY(arrears_of_path(c, &k.county, &k.job_id, err));
    TRY(call_ref(c, query_of(c, "household"), "household", &county, &k.household, err));
    TRY(arrears_same_county(c, county, k.county, err));
    TRY(arrears_programme(c, k.programme, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = arrears_letter(&k, conn, c->arena, &letter, err);
    store_reader_done(conn);
    TRY(rc);
    letter_json(&c->json, &letter);
    return RC_OK;
}

/* ---- one household ------------------------------------------------------------------------------ */

static void programme_json(struct call *c, str name)
{
    const struct policy *p = rules_policy(c->city->rules, name);

    JSON_STR(&c->json, "programme", name);
    people_both(&c->json, "label", p != NULL ? p->label.zh : name, p != NULL ? p->label.en : name);
}

MUST_CHECK static enum rc household_json(struct call *c, struct conn *conn, int64_t county,
                                         int64_t household, struct err *err)
{
    struct json *j = &c->json;
    struct arrears_owed *owed = NULL;
    struct arrears_repaid *back = NULL;
    size_t n_owed = 0, n_back = 0;

    TRY(arrears_of_household(c->scope, conn, county, household, c->arena, &owed, &n_owed, &back,
                             &n_back, err));
    json_obj(j);
    json_key(j, "owed");
    json_arr(j);
    for (size_t i = 0; i < n_owed; i++) {
        json_obj(j);
        programme_json(c, owed[i].programme);
        JSON_INT(j, "fen", owed[i].fen);
        JSON_BOOL(j, "deducted", owed[i].deducted);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "paid_back");
    json_arr(j);
    for (size_t i = 0; i < n_back; i++) {
        json_obj(j);
        programme_json(c, back[i].programme);
        JSON_INT(j, "fen", back[i].fen);
        json_key(j, "on");
        json_day(j, back[i].on);
        JSON_STR(j, "text", back[i].words);
        JSON_STR(j, "who", back[i].who);
        JSON_INT(j, "at_ms", back[i].at_ms);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc households_arrears(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    int64_t county = 0, household = 0;

    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = household_json(c, conn, county, household, err);
    store_reader_done(conn);
    return rc;
}

enum rc households_paid_back(struct call *c, struct err *err)
{
    struct arrears_back b = {.city = c->city, .scope = c->scope, .on = c->today};
    struct json *j = &c->json;
    int64_t left = 0;

    TRY(call_ref(c, c->at[0], "household", &b.county, &b.household, err));
    TRY(body_text(c, "programme", true, &b.programme, err));
    TRY(body_int(c, "fen", true, &b.fen, err));
    TRY(body_day(c, "on", false, &b.on, err));
    TRY(body_text(c, "text", true, &b.words, err));
    TRY(arrears_paid_back(&b, &left, err));
    json_obj(j);
    JSON_INT(j, "left_fen", left);
    json_obj_end(j);
    return RC_OK;
}
