/* Accounts of the staff, their relatives on record, who looks after a household, and numbers shown. */
#include "guard/account.h"
#include "api/handlers.h"
#include "api/leaving_json.h"
#include "guard/reveal.h"

/* ---- accounts: out --------------------------------------------------------------------------- */

static void write_brief(struct json *j, int64_t id, str login, str name)
{
    json_obj(j);
    json_key(j, "id");
    json_id(j, id);
    JSON_STR(j, "login", login);
    JSON_STR(j, "name", name);
    json_obj_end(j);
}

MUST_CHECK static enum rc write_division(struct call *c, struct conn *conn, int64_t division,
                                         struct err *err)
{
    char on[11];
    struct json *j = &c->json;
    struct division_info info = {0};
    enum rc rc =
        division_find(conn, division, str_from(date_text(c->today, on)), c->arena, &info, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    json_key(j, "division");
    json_obj(j);
    json_key(j, "code");
    json_division(j, division);
    JSON_STR(j, "name", info.name);
    json_obj_end(j);
    return RC_OK;
}

static void write_roles(struct json *j, const struct account *a)
{
    json_key(j, "roles");
    json_arr(j);
    for (size_t i = 0; i < a->n_roles; i++) {
        enum role r = a->role[i].role;
        const struct label label = {.zh = str_from(role_label(r, false)),
                                    .en = str_from(role_label(r, true))};
        json_obj(j);
        JSON_STR(j, "role", str_from(role_code(r)));
        JSON_STR(j, "line", a->role[i].line);
        json_key(j, "label");
        json_label(j, &label);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* `password` empty: none is shown. */
MUST_CHECK static enum rc write_account(struct call *c, struct conn *conn, const struct account *a,
                                        str password, struct err *err)
{
    struct json *j = &c->json;
    json_obj(j);
    json_key(j, "id");
    json_id(j, a->account_id);
    JSON_STR(j, "login", a->login);
    JSON_STR(j, "name", a->name);
    TRY(write_division(c, conn, a->division, err));
    JSON_STR(j, "state", a->active ? S("active") : S("closed"));
    JSON_BOOL(j, "must_change", a->must_change);
    JSON_BOOL(j, "demo", a->demo);
    write_roles(j, a);
    json_key(j, "person");
    json_ref(j, a->person_county, a->person_id);
    JSON_INT(j, "version", a->version);
    if (password.n > 0)
        JSON_STR(j, "password", password);
    json_obj_end(j);
    return RC_OK;
}

/* The account as it is now, as the reply. */
MUST_CHECK static enum rc reply_account(struct call *c, int64_t id, str password, struct err *err)
{
    struct account account;
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = account_get(c->scope, conn, id, c->arena, &account, err);
    if (rc == RC_OK)
        rc = write_account(c, conn, &account, password, err);
    store_reader_done(conn);
    return rc;
}

MUST_CHECK static enum rc read_division(struct call *c, str text, const char *field, int64_t *out,
                                        struct err *err)
{
    if (text.n == 12 && str_int(text, out) && *out > 0)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, field, "take the code from the list of divisions", err,
                      "%s: found “%.*s”, expected twelve digits", field,
                      STR_ARG(str_sub(text, 0, 40)));
}

MUST_CHECK static enum rc list_accounts(struct call *c, struct conn *conn, int64_t division,
                                        const struct page *page, struct err *err)
{
    struct json *j = &c->json;
    struct account *list = NULL;
    size_t n = 0;
    int64_t all = 0;
    str after = page->cursor_n > 0 ? page->cursor[0] : S("");
    TRY(account_list(c->scope, conn, division, after, page->limit + 1, c->arena, &list, &n, err));
    TRY(account_count(c->scope, conn, division, &all, err));
    bool more = n > (size_t)page->limit;
    n = more ? n - 1 : n;
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(write_account(c, conn, &list[i], S(""), err));
    json_arr_end(j);
    page_next(c, more, n > 0 ? &list[n - 1].login : NULL, n > 0);
    page_count(j, all, true);
    json_obj_end(j);
    return RC_OK;
}

enum rc accounts_list(struct call *c, struct err *err)
{
    struct page page;
    struct conn *conn = NULL;
    int64_t division = c->scope->division;
    str text = query_of(c, "division");
    TRY(call_page(c, &page, err));
    if (text.n > 0)
        TRY(read_division(c, text, "division", &division, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = list_accounts(c, conn, division, &page, err);
    store_reader_done(conn);
    return rc;
}

/* ---- accounts: in ---------------------------------------------------------------------------- */

/* [{role, line}]; *out stays NULL when there is none in the body. */
MUST_CHECK static enum rc body_roles(struct call *c, bool must, struct scope_role **out, size_t *n,
                                     struct err *err)
{
    json_t *list = json_object_get(c->body, "roles");
    if (list == NULL && !must)
        return RC_OK;
    if (!json_is_array(list) || json_array_size(list) == 0 ||
        json_array_size(list) > ACCOUNT_ROLES_MOST)
        return call_wrong(c, RC_BAD_INPUT, "roles", "give at least one role", err,
                          "roles: expected a list of 1 to %d", ACCOUNT_ROLES_MOST);
    *n = json_array_size(list);
    *out = NEW_N(c->arena, struct scope_role, *n);
    for (size_t i = 0; i < *n; i++) {
        json_t *one = json_array_get(list, i);
        const char *role = json_string_value(json_object_get(one, "role"));
        const char *line = json_string_value(json_object_get(one, "line"));
        (*out)[i] = (struct scope_role){role_find(str_from(role)), str_from(line)};
        if (role == NULL || (*out)[i].role == ROLE__COUNT)
            return call_wrong(c, RC_BAD_INPUT, "roles", "choose one of the list of roles", err,
                              "roles: found “%.40s”, expected one of the roles",
                              role != NULL ? role : "");
    }
    return RC_OK;
}

static enum rc needs_body(struct call *c, struct err *err)
{
    return c->body != NULL ? RC_OK : err_set(err, RC_BAD_INPUT, "the body: expected an object");
}

enum rc accounts_add(struct call *c, struct err *err)
{
    struct account_new spec = {0};
    struct scope_role *role = NULL;
    str division = {0};
    str password = {0};
    int64_t id = 0;
    TRY(needs_body(c, err));
    TRY(body_text(c, "login", true, &spec.login, err));
    TRY(body_text(c, "name", true, &spec.name, err));
    TRY(body_text(c, "division", true, &division, err));
    TRY(read_division(c, division, "division", &spec.division, err));
    TRY(body_roles(c, true, &role, &spec.n_roles, err));
    TRY(body_ref(c, "person", false, &spec.person_county, &spec.person_id, err));
    spec.role = role;
    enum rc rc = account_make(c->city, c->scope, &spec, c->arena, &id, &password, err);
    if (rc == RC_CONFLICT)
        c->field = S("login");
    TRY(rc);
    call_created(c, str_fmt(c->arena, "/api/v1/accounts/%lld", (long long)id));
    return reply_account(c, id, password, err);
}

MUST_CHECK static enum rc read_state(struct call *c, bool *room, const bool **out, struct err *err)
{
    str state = {0};
    TRY(body_text(c, "state", false, &state, err));
    if (state.n == 0)
        return RC_OK;
    *room = str_eq(state, S("active"));
    *out = room;
    if (*room || str_eq(state, S("closed")))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "state", NULL, err,
                      "state: found “%.*s”, expected active or closed",
                      STR_ARG(str_sub(state, 0, 40)));
}

/* A reference, or null for none. */
MUST_CHECK static enum rc read_person(struct call *c, struct scope_ref *room,
                                      const struct scope_ref **out, struct err *err)
{
    if (json_object_get(c->body, "person") == NULL)
        return RC_OK;
    *out = room;
    return body_ref(c, "person", false, &room->county, &room->id, err);
}

enum rc accounts_change(struct call *c, struct err *err)
{
    struct account_change x = {0};
    struct scope_ref person = {0};
    struct scope_role *role = NULL;
    int64_t id = 0;
    int64_t division = 0;
    bool active = true;
    str name = {0};
    str division_text = {0};
    str password = {0};
    TRY(needs_body(c, err));
    TRY(body_text(c, "name", false, &name, err));
    TRY(body_text(c, "division", false, &division_text, err));
    if (division_text.n > 0)
        TRY(read_division(c, division_text, "division", &division, err));
    TRY(read_state(c, &active, &x.active, err));
    TRY(body_roles(c, false, &role, &x.n_roles, err));
    TRY(read_person(c, &person, &x.person, err));
    TRY(body_flag(c, "new_password", false, &x.new_password, err));
    TRY(call_version(c, &x.version, err));
    x.name = name.n > 0 ? &name : NULL;
    x.division = division != 0 ? &division : NULL;
    x.role = role;
    if (!str_int(c->at[0], &id))
        return err_set(err, RC_NOT_FOUND, "no account “%.*s” that may be seen",
                       STR_ARG(str_sub(c->at[0], 0, 40)));
    struct leaving_choice choice;
    TRY(leaving_choice_read(c, &choice, err));
    x.closing = leaving_settle;
    x.closing_ctx = &choice;
    enum rc rc = account_alter(c->city, c->scope, id, &x, c->arena, &password, err);
    if (choice.refused) {
        leaving_refused(c, &choice.found);
        c->field = S("successor");
    }
    TRY(rc);
    return reply_account(c, id, password, err);
}

/* ---- relatives ------------------------------------------------------------------------------- */

static void write_relative(struct json *j, const struct relative *r)
{
    json_obj(j);
    json_key(j, "account");
    write_brief(j, r->account_id, r->login, r->name);
    json_key(j, "person");
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, r->county, r->person_id);
    JSON_STR(j, "name", r->person);
    json_obj_end(j);
    JSON_STR(j, "relation", r->relation);
    JSON_STR(j, "since", r->since);
    json_obj_end(j);
}

enum rc relatives_list(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct page page;
    struct relative after = {.login = S("")};
    struct relative *list = NULL;
    size_t n = 0;
    struct conn *conn = NULL;
    TRY(call_page(c, &page, err));
    if (page.cursor_n > 0)
        after.login = page.cursor[0];
    if (page.cursor_n > 1)
        TRY(call_ref(c, page.cursor[1], "cursor", &after.county, &after.person_id, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = relative_list(c->scope, conn, &after, page.limit + 1, c->arena, &list, &n, err);
    store_reader_done(conn);
    TRY(rc);
    bool more = n > (size_t)page.limit;
    n = more ? n - 1 : n;
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        write_relative(j, &list[i]);
    json_arr_end(j);
    str key[2] = {{0}};
    if (n > 0) {
        key[0] = list[n - 1].login;
        key[1] = str_fmt(c->arena, "%06lld-%lld", (long long)list[n - 1].county,
                         (long long)list[n - 1].person_id);
    }
    page_next(c, more, key, 2);
    json_obj_end(j);
    return RC_OK;
}

/* By reference, or by identity number: an administrator of accounts searches no persons. */
MUST_CHECK static enum rc relative_person(struct call *c, struct relative *r, struct err *err)
{
    str typed = {0};
    char id[19];
    struct conn *conn = NULL;
    TRY(body_ref(c, "person", false, &r->county, &r->person_id, err));
    TRY(body_text(c, "id_number", r->person_id == 0, &typed, err));
    if (r->person_id != 0)
        return RC_OK;
    enum rc rc = id_number_read(typed, c->today, id, err);
    if (rc != RC_OK) {
        c->field = S("id_number");
        return rc;
    }
    TRY(store_reader(c->city->store, &conn, err));
    rc = person_by_number(conn, c->city->vault, NUMBER_IDENTITY, str_from(id), &r->county,
                          &r->person_id, err);
    store_reader_done(conn);
    return rc;
}

enum rc relatives_add(struct call *c, struct err *err)
{
    struct relative r = {0};
    struct account account;
    str id = {0};
    day since = c->today;
    char text[11];
    struct conn *conn = NULL;
    TRY(needs_body(c, err));
    TRY(body_text(c, "account", true, &id, err));
    TRY(body_text(c, "relation", true, &r.relation, err));
    TRY(body_day(c, "since", false, &since, err));
    if (!str_int(id, &r.account_id))
        return call_wrong(c, RC_BAD_INPUT, "account", NULL, err,
                          "account: found “%.*s”, expected an account's id",
                          STR_ARG(str_sub(id, 0, 40)));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = account_get(c->scope, conn, r.account_id, c->arena, &account, err);
    store_reader_done(conn);
    TRY(rc);
    TRY(relative_person(c, &r, err));
    r.since = str_from(date_text(since, text));
    TRY(relative_add(c->city, c->scope, &r, err));
    c->reply->status = 201;
    r.login = account.login;
    r.name = account.name;
    write_relative(&c->json, &r);
    return RC_OK;
}

/* ---- numbers in full ------------------------------------------------------------------------- */

enum rc reveal_make(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    int64_t county = 0;
    int64_t person = 0;
    str kind_text = {0};
    str why = {0};
    str number = {0};
    enum number_kind kind = NUMBER_IDENTITY;
    TRY(call_ref(c, c->at[0], "person", &county, &person, err));
    TRY(body_text(c, "kind", true, &kind_text, err));
    TRY(body_text(c, "why", true, &why, err));
    if (!reveal_kind(kind_text, &kind))
        return call_wrong(c, RC_BAD_INPUT, "kind", NULL, err,
                          "kind: found “%.*s”, expected id_number, phone or card",
                          STR_ARG(str_sub(kind_text, 0, 40)));
    enum rc rc =
        reveal_number(c->city, c->scope, county, person, kind, why, c->arena, &number, err);
    if (rc == RC_BAD_INPUT)
        c->field = S("why");
    TRY(rc);
    json_obj(j);
    JSON_STR(j, "kind", kind_text);
    JSON_STR(j, "value", number);
    json_obj_end(j);
    return RC_OK;
}

enum rc reveal_list(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct page page;
    struct reveal *list = NULL;
    size_t n = 0;
    int64_t county = 0;
    int64_t person = 0;
    int64_t before = 0;
    struct conn *conn = NULL;
    TRY(call_ref(c, c->at[0], "person", &county, &person, err));
    TRY(call_page(c, &page, err));
    if (page.cursor_n > 0 && !str_int(page.cursor[0], &before))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin with the first page again", err,
                          "cursor: expected the text that the last page gave as next");
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = reveal_read(c->scope, conn, county, person, before, page.limit + 1, c->arena,
                             &list, &n, err);
    store_reader_done(conn);
    TRY(rc);
    bool more = n > (size_t)page.limit;
    n = more ? n - 1 : n;
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", list[i].kind);
        JSON_STR(j, "who", list[i].who);
        JSON_STR(j, "why", list[i].why);
        JSON_INT(j, "at_ms", list[i].at_ms);
        json_obj_end(j);
    }
    json_arr_end(j);
    str key = n > 0 ? str_fmt(c->arena, "%lld", (long long)list[n - 1].reveal_id) : S("0");
    page_next(c, more, &key, 1);
    json_obj_end(j);
    return RC_OK;
}

/* ---- village workers of a household ---------------------------------------------------------- */

/* Those who look after it, and those of its village who could. */
MUST_CHECK static enum rc write_workers(struct call *c, struct conn *conn, int64_t county,
                                        int64_t household, struct err *err)
{
    enum { COULD_MOST = 200 };
    char on[11];
    struct json *j = &c->json;
    struct division_info info = {0};
    struct account *now = NULL;
    struct account *could = NULL;
    size_t n_now = 0;
    size_t n_could = 0;
    str today = str_from(date_text(c->today, on));
    TRY(scope_household(c->scope, conn, county, household, err));
    TRY(assigned_read(conn, county, household, c->arena, &now, &n_now, err));
    enum rc rc = household_division(conn, county, household, today, c->arena, &info, err);
    if (rc == RC_OK)
        rc = account_list(c->scope, conn, info.division, S(""), COULD_MOST, c->arena, &could,
                          &n_could, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
        return rc;
    json_obj(j);
    json_key(j, "assigned");
    json_arr(j);
    for (size_t i = 0; i < n_now; i++)
        write_brief(j, now[i].account_id, now[i].login, now[i].name);
    json_arr_end(j);
    json_key(j, "workers");
    json_arr(j);
    for (size_t i = 0; i < n_could; i++)
        if (could[i].active)
            write_brief(j, could[i].account_id, could[i].login, could[i].name);
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc workers_get(struct call *c, struct err *err)
{
    int64_t county = 0;
    int64_t household = 0;
    struct conn *conn = NULL;
    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_workers(c, conn, county, household, err);
    store_reader_done(conn);
    return rc;
}

enum rc workers_put(struct call *c, struct err *err)
{
    enum { WORKERS_MOST = 20 };
    int64_t county = 0;
    int64_t household = 0;
    int64_t accounts[WORKERS_MOST];
    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(needs_body(c, err));
    json_t *list = json_object_get(c->body, "accounts");
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > WORKERS_MOST)
        return call_wrong(c, RC_BAD_INPUT, "accounts", NULL, err,
                          "accounts: expected a list of at most %d ids", WORKERS_MOST);
    for (size_t i = 0; i < n; i++)
        if (!str_int(str_from(json_string_value(json_array_get(list, i))), &accounts[i]))
            return call_wrong(c, RC_BAD_INPUT, "accounts", NULL, err,
                              "accounts: expected ids of accounts as text");
    TRY(assigned_put(c->city, c->scope, county, household, accounts, n, err));
    return workers_get(c, err);
}
