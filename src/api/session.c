/* Who is there: logging in and out, and a password of one's own. */
#include "api/handlers.h"
#include "guard/session.h"

static const char *const level_text[] = {[AT_NONE] = "",
                                         [AT_CITY] = "city",
                                         [AT_COUNTY] = "county",
                                         [AT_TOWNSHIP] = "township",
                                         [AT_VILLAGE] = "village"};

MUST_CHECK static enum rc division_name(struct call *c, int64_t division, str *out, struct err *err)
{
    char on[11];
    struct division_info info = {0};
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc =
        division_find(conn, division, str_from(date_text(c->today, on)), c->arena, &info, err);
    store_reader_done(conn);
    *out = info.name;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void write_roles(struct json *j, const struct scope *s)
{
    json_key(j, "roles");
    json_arr(j);
    for (size_t i = 0; i < s->n_roles; i++) {
        enum role r = s->role[i].role;
        const struct label label = {.zh = str_from(role_label(r, false)),
                                    .en = str_from(role_label(r, true))};
        json_obj(j);
        JSON_STR(j, "role", str_from(role_code(r)));
        JSON_STR(j, "line", s->role[i].line);
        json_key(j, "label");
        json_label(j, &label);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_place(struct json *j, const struct place *p)
{
    json_key(j, "place");
    json_obj(j);
    JSON_STR(j, "name", p->name.text);
    json_key(j, "label");
    json_label(j, &p->label);
    json_obj_end(j);
}

MUST_CHECK static enum rc write_session(struct call *c, const struct scope *s, str name,
                                        struct err *err)
{
    struct json *j = &c->json;
    str division = {0};
    TRY(division_name(c, s->division, &division, err));
    json_obj(j);
    json_key(j, "account");
    json_obj(j);
    json_key(j, "id");
    json_id(j, s->account_id);
    JSON_STR(j, "login", s->login);
    JSON_STR(j, "name", s->name);
    json_obj_end(j);
    json_key(j, "division");
    json_obj(j);
    json_key(j, "code");
    json_division(j, s->division);
    JSON_STR(j, "name", division);
    JSON_STR(j, "level", str_from(level_text[s->level]));
    json_obj_end(j);
    write_roles(j, s);
    JSON_STR(j, "csrf", session_csrf(name, c->arena));
    json_key(j, "today");
    json_day(j, c->today);
    JSON_BOOL(j, "demo", c->api->demo);
    JSON_BOOL(j, "must_change", s->must_change);
    write_place(j, c->city->place);
    json_obj_end(j);
    return RC_OK;
}

static void set_cookie(struct call *c, str token)
{
    str line =
        str_fmt(c->arena, "huimin=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", STR_ARG(token),
                token.n == 0 ? "; Max-Age=0" : "", c->request->secure ? "; Secure" : "");
    call_header(c, "Set-Cookie", line);
}

enum rc session_open(struct call *c, struct err *err)
{
    str login = {0};
    str password = {0};
    str token = {0};
    str name = {0};
    struct scope *scope = NULL;
    TRY(body_text(c, "login", true, &login, err));
    TRY(body_text(c, "password", true, &password, err));
    TRY(session_login(c->city, login, password, c->request->remote, c->arena, &token, &name, err));
    TRY(session_find(c->city, token, S(""), false, c->today, c->arena, &scope, &name, err));
    set_cookie(c, token);
    return write_session(c, scope, name, err);
}

enum rc session_get(struct call *c, struct err *err)
{
    return write_session(c, c->scope, c->session, err);
}

enum rc session_end(struct call *c, struct err *err)
{
    TRY(session_finish(c->city, c->session, err));
    set_cookie(c, (str){0});
    call_nothing(c);
    return RC_OK;
}

enum rc session_change(struct call *c, struct err *err)
{
    str old = {0};
    str fresh = {0};
    TRY(body_text(c, "old", true, &old, err));
    TRY(body_text(c, "new", true, &fresh, err));
    enum rc rc = session_renew(c->city, c->scope, c->session, old, fresh, err);
    if (rc == RC_BAD_INPUT)
        c->field = S("new");
    if (rc == RC_FORBIDDEN)
        c->field = S("old");
    TRY(rc);
    call_nothing(c);
    return RC_OK;
}
