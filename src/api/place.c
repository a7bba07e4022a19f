/* Divisions, and one box that finds persons, households, cases and places. */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "people/list.h"
#include "people/people_sql.h"
#include "work/case.h"

enum { FOUND_USUAL = 12, FOUND_MOST = 50 };

/* ---- divisions ------------------------------------------------------------------------------ */

static void add_child(struct json *j, const struct query *q)
{
    json_obj(j);
    json_key(j, "code");
    json_division(j, query_int(q, 0));
    JSON_STR(j, "name", query_text(q, 1));
    JSON_STR(j, "kind", query_text(q, 2));
    json_key(j, "parent");
    json_division(j, query_int(q, 3));
    JSON_BOOL(j, "has_children", query_int(q, 4) > 0);
    json_obj_end(j);
}

/* Below one, or where the account's own view begins. */
MUST_CHECK static enum rc write_children(struct call *c, struct conn *conn, int64_t parent,
                                         struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(parent), V_TEXT(str_from(date_text(c->today, on)))};
    struct query *q = NULL;
    TRY(query(conn, &stmt_division_children, v, 2, &q, err));
    while (query_next(q))
        add_child(&c->json, q);
    return query_end(q, err);
}

enum rc divisions_list(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    str given = query_of(c, "parent");
    int64_t parent = c->city->place->division;
    if (given.n > 0 && (!str_int(given, &parent) || given.n != 12))
        return call_wrong(c, RC_BAD_INPUT, "parent", NULL, err,
                          "parent: expected the twelve digits of a division");
    json_obj(&c->json);
    json_key(&c->json, "items");
    json_arr(&c->json);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_children(c, conn, parent, err);
    store_reader_done(conn);
    json_arr_end(&c->json);
    json_obj_end(&c->json);
    return rc;
}

/* ---- search --------------------------------------------------------------------------------- */

struct finding {
    struct call *c;
    struct conn *conn;
    str typed;
    int limit;
    struct scope_ref *assigned; /* of an assigned_only scope */
    size_t n_assigned;
};

static bool may_show(const struct finding *f, int64_t county, int64_t household)
{
    if (!f->c->scope->assigned_only)
        return true;
    for (size_t i = 0; i < f->n_assigned; i++)
        if (f->assigned[i].county == county && f->assigned[i].id == household)
            return true;
    return false;
}

static str sex_word(int sex)
{
    return sex == 1 ? S("男") : sex == 2 ? S("女") : S("");
}

MUST_CHECK static enum rc add_person(struct finding *f, const struct found_person *p,
                                     struct err *err)
{
    struct json *j = &f->c->json;
    str place = S("");
    if (p->division != 0)
        TRY(division_name(f->c, f->conn, p->division, &place, err));
    json_obj(j);
    JSON_STR(j, "kind", S("person"));
    json_key(j, "ref");
    json_ref(j, p->county, p->person);
    JSON_STR(j, "title", p->name);
    JSON_STR(j, "detail",
             str_fmt(f->c->arena, "%.*s%s%d岁 · %.*s%s%s", STR_ARG(sex_word(p->sex)),
                     sex_word(p->sex).n > 0 ? " · " : "", date_years(p->birth, f->c->today),
                     STR_ARG(place), p->head ? " · 户主" : "", p->gone ? " · 已迁出或死亡" : ""));
    json_key(j, "household");
    json_ref(j, p->county, p->household);
    TRY(people_division(f->c, f->conn, "division", p->division, err));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc find_persons(struct finding *f, const struct search_spec *s,
                                       struct err *err)
{
    struct found_person *found = NULL;
    size_t n = 0;
    int shown = 0;
    TRY(search_persons(s, f->conn, f->c->arena, &found, &n, err));
    for (size_t i = 0; i < n && shown < f->limit; i++) {
        if (!may_show(f, found[i].county, found[i].household))
            continue;
        TRY(add_person(f, &found[i], err));
        shown++;
    }
    return RC_OK;
}

MUST_CHECK static enum rc find_household(struct finding *f, struct err *err)
{
    struct json *j = &f->c->json;
    struct household_item h;
    str county_text, id_text;
    int64_t county = 0, id = 0;
    if (!str_cut(f->typed, '-', &county_text, &id_text) || !str_int(county_text, &county) ||
        !str_int(id_text, &id) || id_text.n < 12)
        return RC_OK;
    enum rc rc = scope_household(f->c->scope, f->conn, county, id, err);
    if (rc == RC_OK)
        rc = household_item_read(f->conn, county, id, f->c->today, f->c->arena, &h, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    TRY(rc);
    json_obj(j);
    JSON_STR(j, "kind", S("household"));
    json_key(j, "ref");
    json_ref(j, county, id);
    JSON_STR(j, "title", str_fmt(f->c->arena, "%.*s家庭", STR_ARG(h.head_name)));
    JSON_STR(j, "detail", str_fmt(f->c->arena, "%lld人", (long long)h.members));
    json_key(j, "household");
    json_ref(j, county, id);
    TRY(people_division(f->c, f->conn, "division", h.division, err));
    json_obj_end(j);
    return RC_OK;
}

static bool is_case_number(str s)
{
    bool dash = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '-')
            dash = true;
        else if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n >= 6 && (dash || s.n <= 14);
}

MUST_CHECK static enum rc find_cases(struct finding *f, struct err *err)
{
    struct json *j = &f->c->json;
    const struct case_query q = {
        .scope = f->c->scope, .order = CASE_BY_NUMBER, .number = f->typed, .limit = f->limit};
    struct case_row *rows = NULL;
    size_t n = 0;
    bool more = false;
    if (!is_case_number(f->typed))
        return RC_OK;
    TRY(case_list(f->c->city, &q, f->conn, f->c->arena, &rows, &n, &more, err));
    for (size_t i = 0; i < n; i++) {
        const struct case_row *r = &rows[i];
        const struct service *s = rules_service(f->c->city->rules, r->service);
        json_obj(j);
        JSON_STR(j, "kind", S("case"));
        json_key(j, "ref");
        json_ref(j, r->county_code, r->case_id);
        JSON_STR(j, "title", r->number);
        JSON_STR(j, "detail",
                 str_fmt(f->c->arena, "%.*s · %.*s · %s", STR_ARG(r->subject),
                         STR_ARG(s != NULL ? s->label.zh : r->service),
                         case_status_label(r->status, false)));
        json_key(j, "household");
        json_ref(j, r->county_code, r->household_id);
        TRY(people_division(f->c, f->conn, "division", r->division, err));
        json_obj_end(j);
    }
    return RC_OK;
}

MUST_CHECK static enum rc find_divisions(struct finding *f, const struct search_spec *s,
                                         struct err *err)
{
    struct json *j = &f->c->json;
    struct division_info *list = NULL;
    size_t n = 0;
    TRY(search_divisions(s, f->c->today, f->conn, f->c->arena, &list, &n, err));
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", S("division"));
        json_key(j, "ref");
        json_division(j, list[i].division);
        JSON_STR(j, "title", list[i].name);
        JSON_STR(j, "detail", S(""));
        json_key(j, "household");
        json_nil(j);
        json_key(j, "division");
        json_obj(j);
        json_key(j, "code");
        json_division(j, list[i].division);
        JSON_STR(j, "name", list[i].name);
        json_obj_end(j);
        json_obj_end(j);
    }
    return RC_OK;
}

MUST_CHECK static enum rc find_all(struct finding *f, struct err *err)
{
    const struct scope *s = f->c->scope;
    const struct search_spec spec = {.vault = f->c->city->vault,
                                     .lo = s->lo,
                                     .hi = s->hi,
                                     .typed = f->typed,
                                     .limit = s->assigned_only ? 200 : f->limit};
    if (s->assigned_only)
        TRY(scope_assigned(s, f->conn, f->c->arena, &f->assigned, &f->n_assigned, err));
    TRY(find_cases(f, err));
    TRY(find_household(f, err));
    TRY(find_persons(f, &spec, err));
    return find_divisions(f, &spec, err);
}

enum rc search_get(struct call *c, struct err *err)
{
    struct finding f = {.c = c, .typed = str_trim(query_of(c, "q")), .limit = FOUND_USUAL};
    str limit = query_of(c, "limit");
    int64_t n = FOUND_USUAL;
    if (limit.n > 0 && (!str_int(limit, &n) || n < 1 || n > FOUND_MOST))
        return call_wrong(c, RC_BAD_INPUT, "limit", NULL, err, "limit: expected 1 to %d",
                          FOUND_MOST);
    if (utf8_count(f.typed) > 60)
        return call_wrong(c, RC_BAD_INPUT, "q", NULL, err, "q: expected at most 60 characters");
    f.limit = (int)n;
    json_obj(&c->json);
    json_key(&c->json, "items");
    json_arr(&c->json);
    enum rc rc = RC_OK;
    if (f.typed.n > 0) {
        TRY(store_reader(c->city->store, &f.conn, err));
        rc = find_all(&f, err);
        store_reader_done(f.conn);
    }
    json_arr_end(&c->json);
    json_obj_end(&c->json);
    return rc;
}
