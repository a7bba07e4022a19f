/* The rules in force, now or at another time: what there is, one of them; made-up facts tried on them. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "api/preview_json.h"
#include "api/rules_json.h"
#include "people/rule_text.h"

/* The release and the month that are asked for; c->city has its rules from here on. */
struct looking {
    struct instant at;
    struct release_row release;
    month month;
};

MUST_CHECK static enum rc look(struct call *c, struct looking *out, struct err *err)
{
    struct conn *conn = NULL;

    TRY(request_instant(c, &out->at, err));
    out->month = date_month(out->at.as_of != 0 ? out->at.as_of : c->today);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = request_rules(c, conn, &out->at, &out->release, err);
    store_reader_done(conn);
    return rc;
}

static void head_json(struct call *c, const struct policy *p, month m)
{
    struct json *j = &c->json;

    rules_named(j, p->name.text, &p->label);
    JSON_STR(j, "line", p->line);
    JSON_BOOL(j, "of_member", p->of_member);
    JSON_BOOL(j, "on_application", p->on_application);
    JSON_BOOL(j, "on", place_line_on(c->city->place, p->line, m));
    rules_basis(j, p->basis);
}

enum rc rules_list(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct looking l;

    TRY(look(c, &l, err));
    const struct rules *r = c->city->rules;
    json_obj(j);
    JSON_STR(j, "hash", str_from(c->city->rule_hash));
    JSON_INT(j, "release", l.release.number);
    JSON_INT(j, "released_ms", l.release.released_ms);
    json_key(j, "month");
    json_month(j, l.month);
    json_key(j, "place");
    json_obj(j);
    rules_named(j, c->city->place->name.text, &c->city->place->label);
    json_key(j, "division");
    json_division(j, c->city->place->division);
    json_obj_end(j);
    json_key(j, "policies");
    json_arr(j);
    for (size_t i = 0; i < r->policies.n; i++) {
        json_obj(j);
        head_json(c, r->policies.at[i], l.month);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "services");
    json_arr(j);
    for (size_t i = 0; i < r->services.n; i++) {
        json_obj(j);
        rules_named(j, r->services.at[i]->name.text, &r->services.at[i]->label);
        JSON_STR(j, "line", r->services.at[i]->line);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

static bool decides(const struct service *s, str policy)
{
    for (size_t i = 0; i < s->n_decides; i++)
        if (str_eq(s->decides[i].text, policy))
            return true;
    return false;
}

static void services_of(struct call *c, str name)
{
    const struct rules *r = c->city->rules;

    json_key(&c->json, "services");
    json_arr(&c->json);
    for (size_t i = 0; i < r->services.n; i++)
        if (str_eq(r->services.at[i]->name.text, name) || decides(r->services.at[i], name))
            rules_service_json(c, r->services.at[i]);
    json_arr_end(&c->json);
}

enum rc rules_get(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct looking l;

    TRY(look(c, &l, err));
    struct policy *p = rules_policy(c->city->rules, c->at[0]);
    if (p == NULL && rules_service(c->city->rules, c->at[0]) == NULL)
        return err_set(err, RC_NOT_FOUND, "there is no policy or service “%.*s”",
                       STR_ARG(str_sub(c->at[0], 0, 60)));
    json_obj(j);
    json_key(j, "policy");
    if (p == NULL) {
        json_nil(j);
    } else {
        json_obj(j);
        head_json(c, p, l.month);
        rules_policy_json(c, p);
        rules_parameters_json(c, p, l.month);
        TRY(rules_examples_json(c, p, err));
        rules_source_json(c, S("policy"), p->name.text);
        json_obj_end(j);
    }
    services_of(c, c->at[0]);
    json_obj_end(j);
    return RC_OK;
}

/* ---- made-up facts -------------------------------------------------------------------------- */

MUST_CHECK static enum rc place_of_body(struct call *c, struct conn *conn, int64_t *out,
                                        struct err *err)
{
    str text = S("");
    char on[11];
    struct division_info info;

    *out = c->city->place->division;
    TRY(body_text(c, "division", false, &text, err));
    if (text.n == 0)
        return RC_OK;
    enum rc rc = RC_NOT_FOUND;
    if (text.n == 12 && str_int(text, out))
        rc = division_find(conn, *out, str_from(date_text(c->today, on)), c->arena, &info, err);
    if (rc == RC_NOT_FOUND)
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits of one that exists",
                          STR_ARG(str_sub(text, 0, 20)));
    return rc;
}

/* Nobody is touched and nothing is kept: a household that is in no store. */
enum rc rules_try(struct call *c, struct err *err)
{
    struct preview_spec spec = {.city = c->city, .month = date_month(c->today)};
    struct json *j = &c->json;
    struct preview preview;
    struct conn *conn = NULL;

    TRY(preview_read(c, c->body, &spec, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = place_of_body(c, conn, &spec.division, err);
    if (rc == RC_OK)
        rc = preview_make(&spec, conn, c->arena, &preview, err);
    store_reader_done(conn);
    TRY(rc);
    json_obj(j);
    json_key(j, "month");
    json_month(j, spec.month);
    TRY(store_reader(c->city->store, &conn, err));
    rc = people_division(c, conn, "division", spec.division, err);
    store_reader_done(conn);
    TRY(rc);
    preview_write(c, 0, &preview, 0);
    json_obj_end(j);
    return RC_OK;
}
