/* Lists of households and persons. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "people/list.h"

/* ---- asked for ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc read_number(struct call *c, const char *name, int64_t lo, int64_t hi,
                                      int *out, struct err *err)
{
    str given = query_of(c, name);
    int64_t n = 0;
    if (given.n == 0)
        return RC_OK;
    if (!str_int(given, &n) || n < lo || n > hi)
        return call_wrong(c, RC_BAD_INPUT, name, NULL, err, "%s: expected %lld to %lld", name,
                          (long long)lo, (long long)hi);
    *out = (int)n;
    return RC_OK;
}

MUST_CHECK static enum rc read_order(struct call *c, bool persons, struct list_spec *s,
                                     struct err *err)
{
    str sort = query_of(c, "sort"), order = query_of(c, "order");
    static const struct {
        const char *name;
        enum list_order order;
        bool persons, households; /* whose lists have it */
    } sorts[] = {{"name", LIST_BY_NAME, true, true},
                 {"division", LIST_BY_DIVISION, false, true},
                 {"newest", LIST_NEWEST, false, true},
                 {"birth", LIST_BY_BIRTH, true, false}};
    bool found = sort.n == 0;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (str_eq(sort, str_from(sorts[i].name)) &&
            (persons ? sorts[i].persons : sorts[i].households)) {
            s->order = sorts[i].order;
            found = true;
        }
    if (!found)
        return call_wrong(c, RC_BAD_INPUT, "sort", NULL, err,
                          persons ? "sort: expected name or birth"
                                  : "sort: expected name, division or newest");
    s->down = str_eq(order, S("desc")) || (s->order == LIST_NEWEST && order.n == 0);
    if (order.n > 0 && !str_eq(order, S("desc")) && !str_eq(order, S("asc")))
        return call_wrong(c, RC_BAD_INPUT, "order", NULL, err, "order: expected asc or desc");
    return RC_OK;
}

MUST_CHECK static enum rc read_after(struct call *c, struct list_spec *s, struct err *err)
{
    struct page page;
    TRY(call_page(c, &page, err));
    s->limit = page.limit;
    if (page.cursor_n == 0)
        return RC_OK;
    s->after.given = true;
    s->after.word = page.cursor[0];
    if (page.cursor_n != 3 || !str_int(page.cursor[1], &s->after.number) ||
        !str_int(page.cursor[2], &s->after.id))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin with the first page again", err,
                          "cursor: expected the text that the last page gave as next");
    return RC_OK;
}

MUST_CHECK static enum rc read_spec(struct call *c, struct conn *conn, bool persons,
                                    struct list_spec *s, struct err *err)
{
    *s = (struct list_spec){.sex = -1, .age_from = -1, .age_to = -1, .today = c->today};
    s->programme = query_of(c, "programme");
    s->typed = query_of(c, "q");
    if (s->programme.n > 0 && rules_policy(c->city->rules, s->programme) == NULL)
        return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err,
                          "programme: there is none called “%.*s”",
                          STR_ARG(str_sub(s->programme, 0, 60)));
    TRY(request_instant(c, &s->at, err));
    TRY(people_bounds(c, &s->lo, &s->hi, err));
    s->seen_lo = c->scope->lo; /* who lives elsewhere now has no past here */
    s->seen_hi = c->scope->hi;
    TRY(read_number(c, "sex", 0, 9, &s->sex, err));
    TRY(read_number(c, "age_from", 0, 150, &s->age_from, err));
    TRY(read_number(c, "age_to", 0, 150, &s->age_to, err));
    TRY(read_order(c, persons, s, err));
    TRY(people_limit(c, conn, s, err));
    return read_after(c, s, err);
}

static void write_end(struct call *c, const struct list_after *next, const struct list_count *n)
{
    struct json *j = &c->json;
    const str parts[] = {next->word, str_fmt(c->arena, "%lld", (long long)next->number),
                         str_fmt(c->arena, "%lld", (long long)next->id)};
    json_arr_end(j);
    page_next(c, next->given, parts, 3);
    page_count(j, n->n, n->exact);
    json_obj_end(j);
}

static void write_begin(struct call *c)
{
    json_obj(&c->json);
    json_key(&c->json, "items");
    json_arr(&c->json);
}

/* ---- households ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_household(struct call *c, struct conn *conn,
                                          const struct household_item *h, struct err *err)
{
    struct json *j = &c->json;
    int64_t open_cases = 0;
    TRY(people_open_cases(c, conn, h->county, h->household, &open_cases, err));
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, h->county, h->household);
    json_key(j, "head");
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, h->county, h->head);
    JSON_STR(j, "name", h->head_name);
    json_obj_end(j);
    JSON_INT(j, "members", h->members);
    TRY(people_division(c, conn, "division", h->division, err));
    people_names(j, "programmes", h->programmes);
    JSON_INT(j, "open_cases", open_cases);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc households(struct call *c, struct conn *conn, struct err *err)
{
    struct list_spec s;
    struct household_item *items = NULL;
    struct list_after next;
    struct list_count count;
    size_t n = 0;
    TRY(read_spec(c, conn, false, &s, err));
    TRY(list_households(&s, conn, c->arena, &items, &n, &next, err));
    TRY(list_count(&s, false, conn, &count, err));
    write_begin(c);
    for (size_t i = 0; i < n; i++)
        TRY(write_household(c, conn, &items[i], err));
    write_end(c, &next, &count);
    return RC_OK;
}

enum rc households_list(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = households(c, conn, err);
    store_reader_done(conn);
    return rc;
}

/* ---- persons -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_person(struct call *c, struct conn *conn,
                                       const struct person_item *p, day on, struct err *err)
{
    struct json *j = &c->json;
    char birth[11];
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, p->county, p->person);
    JSON_STR(j, "name", p->name);
    JSON_INT(j, "sex", p->sex);
    JSON_STR(j, "birth", str_from(date_text(p->birth, birth)));
    JSON_INT(j, "age", date_years(p->birth, on));
    JSON_BOOL(j, "gone", p->gone);
    json_key(j, "household");
    json_ref(j, p->county, p->household);
    TRY(people_division(c, conn, "division", p->division, err));
    people_names(j, "programmes", p->programmes);
    TRY(people_id_number(c, conn, p->county, p->person, err));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc persons(struct call *c, struct conn *conn, struct err *err)
{
    struct list_spec s;
    struct person_item *items = NULL;
    struct list_after next;
    struct list_count count;
    size_t n = 0;
    TRY(read_spec(c, conn, true, &s, err));
    TRY(list_persons(&s, conn, c->arena, &items, &n, &next, err));
    TRY(list_count(&s, true, conn, &count, err));
    write_begin(c);
    for (size_t i = 0; i < n; i++)
        TRY(write_person(c, conn, &items[i], s.at.as_of != 0 ? s.at.as_of : c->today, err));
    write_end(c, &next, &count);
    return RC_OK;
}

enum rc persons_list(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = persons(c, conn, err);
    store_reader_done(conn);
    return rc;
}
