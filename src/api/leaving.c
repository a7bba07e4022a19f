/* What an account has in hand, for who closes it. */
#include "work/leaving.h"
#include "api/handlers.h"
#include "api/leaving_json.h"
#include "api/people_json.h"

static void write_drafts(struct json *j, const struct leaving *l)
{
    json_key(j, "drafts");
    json_arr(j);
    for (size_t i = 0; i < l->n_drafts; i++) {
        json_obj(j);
        json_key(j, "case");
        json_ref(j, l->drafts[i].county, l->drafts[i].case_id);
        JSON_STR(j, "number", l->drafts[i].number);
        JSON_STR(j, "service", l->drafts[i].service);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_roles(struct json *j, const struct leaving *l)
{
    json_key(j, "roles");
    json_arr(j);
    for (size_t i = 0; i < l->n_roles; i++) {
        const struct leaving_role *r = &l->roles[i];
        const struct label label = {.zh = str_from(role_label(r->role, false)),
                                    .en = str_from(role_label(r->role, true))};
        json_obj(j);
        JSON_STR(j, "role", str_from(role_code(r->role)));
        JSON_STR(j, "line", r->line);
        json_key(j, "label");
        json_label(j, &label);
        JSON_INT(j, "others", r->others);
        json_obj_end(j);
    }
    json_arr_end(j);
}

enum rc leaving_json(struct call *c, struct conn *conn, const struct leaving *l, struct json *j,
                     struct err *err)
{
    json_obj(j);
    JSON_INT(j, "households", l->households);
    json_key(j, "villages");
    json_arr(j);
    for (size_t i = 0; i < l->n_villages; i++) {
        str name = {0};
        int64_t division = l->villages[i].division;
        if (division != 0)
            TRY(division_name(c, conn, division, &name, err));
        json_obj(j);
        json_key(j, "code");
        json_division(j, division);
        JSON_STR(j, "name", name);
        JSON_INT(j, "households", l->villages[i].households);
        json_obj_end(j);
    }
    json_arr_end(j);
    write_drafts(j, l);
    JSON_INT(j, "tasks", l->tasks);
    JSON_INT(j, "late", l->late);
    write_roles(j, l);
    JSON_BOOL(j, "any", leaving_any(l));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc read_work(struct call *c, struct conn *conn, int64_t id, struct err *err)
{
    struct account who;
    struct leaving found;
    TRY(account_get(c->scope, conn, id, c->arena, &who, err));
    TRY(leaving_read(conn, &who, c->today, c->arena, &found, err));
    return leaving_json(c, conn, &found, &c->json, err);
}

enum rc accounts_work(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    int64_t id = 0;
    if (!str_int(c->at[0], &id))
        return err_set(err, RC_NOT_FOUND, "no account “%.*s” that may be seen",
                       STR_ARG(str_sub(c->at[0], 0, 40)));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_work(c, conn, id, err);
    store_reader_done(conn);
    return rc;
}

/* ---- the choice ------------------------------------------------------------------------------ */

enum rc leaving_choice_read(struct call *c, struct leaving_choice *out, struct err *err)
{
    str to = {0};
    *out = (struct leaving_choice){.city = c->city, .by = c->scope, .arena = c->arena};
    TRY(body_text(c, "successor", false, &to, err));
    out->given = to.n > 0;
    if (to.n == 0 || str_eq(to, S("office")) ||
        (str_int(to, &out->successor) && out->successor > 0))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "successor", "an account's id, or office", err,
                      "successor: found “%.*s”, expected an account's id or office",
                      STR_ARG(str_sub(to, 0, 40)));
}

void leaving_refused(struct call *c, const struct leaving *l)
{
    struct err ignored = {0};
    struct conn *conn = NULL;
    struct json *j = call_current(c);
    if (store_reader(c->city->store, &conn, &ignored) != RC_OK)
        return;
    if (leaving_json(c, conn, l, j, &ignored) != RC_OK)
        (void)call_current(c); /* half of it is nothing */
    store_reader_done(conn);
}
