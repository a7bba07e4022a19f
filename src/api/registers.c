/*
 * Records of any register, by its declaration alone: one handler each for listing, reading, adding and
 * changing. Households and persons are read here like the rest; what happens to them is recorded at
 * their own addresses, since it is more than new values.
 */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "people/records.h"

enum { VALUES_MOST = 400 };

struct recording {
    struct call *c;
    struct conn *conn;
    const struct reg *reg;
    int64_t county, record;
    struct instant at; /* the time that is asked for */
    day on;
    struct { /* of the county met last */
        int64_t county, position;
    } then;
};

MUST_CHECK static enum rc read_time(struct recording *r, struct err *err)
{
    TRY(request_instant(r->c, &r->at, err));
    r->on = r->at.as_of != 0 ? r->at.as_of : r->c->today;
    return RC_OK;
}

/* The position of that time in a county; 0: as believed now. */
MUST_CHECK static enum rc position_in(struct recording *r, int64_t county, int64_t *out,
                                      struct err *err)
{
    if (r->then.county != county)
        TRY(request_position(r->c, r->conn, county, &r->at, &r->then.position, err));
    r->then.county = county;
    *out = r->then.position;
    return RC_OK;
}

MUST_CHECK static enum rc find_register(struct call *c, const struct reg **out, struct err *err)
{
    *out = rules_reg(c->city->rules, c->at[0]);
    /* Households and persons are every line's; other registers those of their own. */
    if (*out != NULL && record_own(*out) && !scope_acts(c->scope, ~0u, (*out)->line))
        return err_set(err, RC_FORBIDDEN, "%.*s belongs to a line that is not yours",
                       STR_ARG((*out)->name.text));
    if (*out != NULL)
        return RC_OK;
    return call_wrong(c, RC_NOT_FOUND, "register", NULL, err, "there is no register “%.*s”",
                      STR_ARG(str_sub(c->at[0], 0, 60)));
}

/* ---- out ------------------------------------------------------------------------------------ */

/* What is sensitive stands in no list, and beside one record for those who handle it. */
static void write_values(struct call *c, const struct view_fact *values, size_t n, bool in_list)
{
    struct json *j = &c->json;
    json_key(j, "values");
    json_obj(j);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = values[i].field;
        if (in_list ? f->sensitive : !scope_sees(c->scope, c->city->rules, f))
            continue;
        json_key(j, str_z(c->arena, f->name.text));
        people_value(j, values[i].field, &values[i].value);
    }
    json_obj_end(j);
}

/* What a person's record has beside the declared values. */
MUST_CHECK static enum rc write_name(struct recording *r, const struct record_row *row,
                                     struct err *err)
{
    struct json *j = &r->c->json;
    struct found_person p;
    char birth[11];
    TRY(found_person_read(r->conn, row->county, row->record, r->c->arena, &p, err));
    JSON_STR(j, "name", p.name);
    JSON_INT(j, "sex", p.sex);
    JSON_STR(j, "birth", str_from(date_text(p.birth, birth)));
    json_key(j, "household");
    json_ref(j, p.county, p.household);
    return RC_OK;
}

MUST_CHECK static enum rc write_record(struct recording *r, const struct record_row *row,
                                       bool history, struct err *err)
{
    struct call *c = r->c;
    struct json *j = &c->json;
    struct view_fact *values = NULL;
    struct record_version *versions = NULL;
    int64_t position = 0;
    size_t n = 0;
    TRY(position_in(r, row->county, &position, err));
    TRY(record_values_then(c->city->registers, r->reg, r->conn, row->county, row->record, r->on,
                           position, c->arena, &values, &n, err));
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, row->county, row->record);
    TRY(people_division(c, r->conn, "division", row->division, err));
    JSON_INT(j, "created_ms", row->created_ms);
    JSON_STR(j, "who", row->who);
    JSON_INT(j, "version", row->version);
    write_values(c, values, n, !history);
    if (str_eq(r->reg->name.text, S("person")))
        TRY(write_name(r, row, err));
    if (history) {
        TRY(record_history_then(c->city->registers, r->reg, r->conn, row->county, row->record,
                                position, c->arena, &versions, &n, err));
        json_key(j, "history");
        json_arr(j);
        for (size_t i = 0; i < n; i++) {
            json_obj(j);
            JSON_STR(j, "from", versions[i].from);
            JSON_STR(j, "to", str_eq(versions[i].to, S(DAY_OPEN)) ? S("") : versions[i].to);
            JSON_STR(j, "who", versions[i].who);
            JSON_STR(j, "why", versions[i].why);
            JSON_INT(j, "at_ms", versions[i].at_ms);
            write_values(c, versions[i].values, versions[i].n, false);
            json_obj_end(j);
        }
        json_arr_end(j);
    }
    json_obj_end(j);
    return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* The order is the declared one; ?order=desc turns it round. */
MUST_CHECK static enum rc read_list(struct recording *r, struct list_spec *s, struct err *err)
{
    struct call *c = r->c;
    struct page page;
    str order = query_of(c, "order");
    *s =
        (struct list_spec){.sex = -1, .age_from = -1, .age_to = -1, .today = c->today, .at = r->at};
    TRY(people_bounds(c, &s->lo, &s->hi, err));
    s->seen_lo = c->scope->lo; /* who lives elsewhere now has no past here */
    s->seen_hi = c->scope->hi;
    if (!record_own(r->reg))
        TRY(people_limit(c, r->conn, s, err));
    TRY(call_page(c, &page, err));
    s->limit = page.limit;
    s->down = str_eq(order, S("desc"));
    s->typed = record_own(r->reg) ? S("") : query_of(c, "q");
    if (page.cursor_n == 0)
        return RC_OK;
    s->after.given = true;
    s->after.word = page.cursor[0];
    if (page.cursor_n != 2 || !str_int(page.cursor[1], &s->after.id))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin with the first page again", err,
                          "cursor: expected the text that the last page gave as next");
    return RC_OK;
}

/* Households and persons in the order of their names, as rows of a register. */
MUST_CHECK static enum rc list_people(struct recording *r, const struct list_spec *s,
                                      struct record_row **out, size_t *n, struct list_after *next,
                                      struct list_count *count, struct err *err)
{
    struct call *c = r->c;
    bool persons = str_eq(r->reg->name.text, S("person"));
    struct person_item *p = NULL;
    struct household_item *h = NULL;
    if (persons)
        TRY(list_persons(s, r->conn, c->arena, &p, n, next, err));
    else
        TRY(list_households(s, r->conn, c->arena, &h, n, next, err));
    *out = NEW_N(c->arena, struct record_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = persons ? (struct record_row){.county = p[i].county,
                                                  .record = p[i].person,
                                                  .division = p[i].division}
                            : (struct record_row){.county = h[i].county,
                                                  .record = h[i].household,
                                                  .division = h[i].division};
    return list_count(s, persons, r->conn, count, err);
}

MUST_CHECK static enum rc write_list(struct recording *r, struct err *err)
{
    struct call *c = r->c;
    struct json *j = &c->json;
    struct list_spec s;
    struct list_after next = {0};
    struct list_count count = {0};
    struct record_row *rows = NULL;
    size_t n = 0;
    TRY(read_list(r, &s, err));
    if (!record_own(r->reg)) {
        TRY(list_people(r, &s, &rows, &n, &next, &count, err));
    } else if (request_then(&r->at)) {
        TRY(record_list_then(c->city->registers, &s, r->reg, r->conn, c->arena, &rows, &n, &next,
                             &count, err));
    } else {
        TRY(record_list(&s, r->reg, r->conn, c->arena, &rows, &n, &next, err));
        TRY(record_count(&s, r->reg, r->conn, &count, err));
    }
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(write_record(r, &rows[i], false, err));
    json_arr_end(j);
    const str parts[] = {next.word, str_fmt(c->arena, "%lld", (long long)next.id)};
    page_next(c, next.given, parts, 2);
    page_count(j, count.n, count.exact);
    json_obj_end(j);
    return RC_OK;
}

enum rc records_list(struct call *c, struct err *err)
{
    struct recording r = {.c = c};
    TRY(find_register(c, &r.reg, err));
    TRY(read_time(&r, err));
    TRY(store_reader(c->city->store, &r.conn, err));
    enum rc rc = write_list(&r, err);
    store_reader_done(r.conn);
    return rc;
}

/* ---- one ------------------------------------------------------------------------------------ */

/* A record that may be seen; what may not looks as if it were not there. */
MUST_CHECK static enum rc find_record(struct recording *r, struct record_row *out, struct err *err)
{
    struct call *c = r->c;
    TRY(call_ref(c, c->at[1], "record", &r->county, &r->record, err));
    if (record_own(r->reg)) {
        int64_t position = 0;
        TRY(position_in(r, r->county, &position, err));
        TRY(record_read_then(c->city->registers, r->reg, r->conn, r->county, r->record, position,
                             c->arena, out, err));
        if (scope_covers(c->scope, out->division))
            return RC_OK;
        return err_set(err, RC_NOT_FOUND, "no %.*s %lld-%lld", STR_ARG(r->reg->name.text),
                       (long long)r->county, (long long)r->record);
    }
    *out = (struct record_row){.county = r->county, .record = r->record};
    if (str_eq(r->reg->name.text, S("household"))) {
        struct household_item h;
        TRY(scope_household(c->scope, r->conn, r->county, r->record, err));
        TRY(household_item_read(r->conn, r->county, r->record, c->today, c->arena, &h, err));
        out->division = h.division;
        return RC_OK;
    }
    struct found_person p;
    TRY(scope_person(c->scope, r->conn, r->county, r->record, err));
    TRY(found_person_read(r->conn, r->county, r->record, c->arena, &p, err));
    out->division = p.division;
    return RC_OK;
}

MUST_CHECK static enum rc write_one(struct recording *r, struct err *err)
{
    struct record_row row = {0};
    TRY(find_record(r, &row, err));
    if (record_own(r->reg) && !request_then(&r->at))
        call_header(r->c, "ETag", str_fmt(r->c->arena, "\"%lld\"", (long long)row.version));
    return write_record(r, &row, true, err);
}

enum rc records_get(struct call *c, struct err *err)
{
    struct recording r = {.c = c};
    TRY(find_register(c, &r.reg, err));
    TRY(read_time(&r, err));
    TRY(store_reader(c->city->store, &r.conn, err));
    enum rc rc = write_one(&r, err);
    store_reader_done(r.conn);
    return rc;
}

/* ---- in ------------------------------------------------------------------------------------- */

MUST_CHECK static enum rc not_here(struct call *c, const struct reg *reg, struct err *err)
{
    if (record_own(reg))
        return RC_OK;
    return call_wrong(c, RC_RULE, "register",
                      "POST /api/v1/households, or /api/v1/households/{household}/changes", err,
                      "what happens to a %.*s is recorded with the household",
                      STR_ARG(reg->name.text));
}

/* All wrong values are told, not only the first. */
MUST_CHECK static enum rc read_values(struct recording *r, bool is_new, struct record_edit *e,
                                      struct err *err)
{
    struct call *c = r->c;
    json_t *given = json_object_get(c->body, "values");
    VEC(struct record_value) list = {0};
    const char *name;
    json_t *value;
    if (!json_is_object(given) || json_object_size(given) > VALUES_MOST)
        return call_wrong(c, RC_BAD_INPUT, "values", NULL, err, "values: expected an object");
    json_object_foreach(given, name, value)
    {
        struct err one = {0};
        bool unknown = false;
        int64_t column = 0;
        struct field *f = reg_field(r->reg, str_from(name));
        struct record_value v = {.field = f};
        if (f == NULL || f->value != NULL || !str_eq(f->name.text, str_from(name)))
            call_error(c, name, "there is no such value to be recorded");
        else if (people_value_read(c, f, value, &unknown, &column, &v.value, &one) != RC_OK)
            call_error(c, name, "%s", one.text);
        else
            *VEC_PUSH(c->arena, &list) = v;
    }
    for (size_t i = 0; i < r->reg->n_fields; i++) {
        const struct field *f = r->reg->fields[i];
        const json_t *v = json_object_get(given, str_z(c->arena, f->name.text));
        bool empty = v == NULL
                         ? is_new
                         : json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0);
        if (f->required && f->value == NULL && empty)
            call_error(c, str_z(c->arena, f->name.text), "expected a value");
    }
    TRY(call_errors(c, err));
    e->values = list.at;
    e->n = list.n;
    return RC_OK;
}

MUST_CHECK static enum rc read_division(struct recording *r, struct record_edit *e, struct err *err)
{
    struct call *c = r->c;
    char on[11];
    str text = {0};
    struct division_info info;
    TRY(body_text(c, "division", true, &text, err));
    enum rc rc = RC_NOT_FOUND;
    if (text.n == 12 && str_int(text, &e->division) && scope_covers(c->scope, e->division)) {
        TRY(store_reader(c->city->store, &r->conn, err));
        rc = division_find(r->conn, e->division, str_from(date_text(c->today, on)), c->arena, &info,
                           err);
        store_reader_done(r->conn);
    }
    if (rc == RC_NOT_FOUND || (rc == RC_OK && division_level(e->division) != r->reg->at))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: expected the code of a %s of your own",
                          r->reg->at == AT_VILLAGE    ? "village or community"
                          : r->reg->at == AT_TOWNSHIP ? "township or subdistrict"
                          : r->reg->at == AT_COUNTY   ? "county or district"
                                                      : "city");
    e->county = rc == RC_OK ? info.county_code : 0;
    return rc;
}

MUST_CHECK static enum rc put(struct recording *r, struct record_edit *e, struct record_row *row,
                              struct err *err)
{
    struct call *c = r->c;
    e->city = c->city;
    e->reg = r->reg;
    e->who = c->scope->login;
    e->day = c->today;
    TRY(body_day(c, "day", false, &e->day, err));
    if (e->day > c->today)
        return call_wrong(c, RC_BAD_INPUT, "day", NULL, err, "day: expected no later than today");
    TRY(read_values(r, e->record == 0, e, err));
    TRY(record_edit(e, row, err));
    call_header(c, "ETag", str_fmt(c->arena, "\"%lld\"", (long long)row->version));
    json_obj(&c->json);
    json_key(&c->json, "ref");
    json_ref(&c->json, row->county, row->record);
    JSON_INT(&c->json, "version", row->version);
    json_obj_end(&c->json);
    return RC_OK;
}

enum rc records_add(struct call *c, struct err *err)
{
    struct recording r = {.c = c};
    struct record_edit e = {0};
    struct record_row row;
    TRY(find_register(c, &r.reg, err));
    TRY(not_here(c, r.reg, err));
    TRY(read_division(&r, &e, err));
    TRY(put(&r, &e, &row, err));
    call_created(c, str_fmt(c->arena, "/api/v1/registers/%.*s/%lld-%lld", STR_ARG(r.reg->name.text),
                            (long long)row.county, (long long)row.record));
    return RC_OK;
}

/* What stands now, for whoever saw an earlier version. */
static void write_current(struct recording *r)
{
    struct json *j = call_current(r->c);
    struct record_row now = {0};
    struct err ignored;
    if (store_reader(r->c->city->store, &r->conn, &ignored) != RC_OK)
        return;
    enum rc rc = record_read(r->conn, r->reg, r->county, r->record, r->c->arena, &now, &ignored);
    store_reader_done(r->conn);
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, r->county, r->record);
    JSON_INT(j, "version", rc == RC_OK ? now.version : 0);
    json_obj_end(j);
}

enum rc records_put(struct call *c, struct err *err)
{
    struct recording r = {.c = c};
    struct record_edit e = {0};
    struct record_row row = {0};
    TRY(find_register(c, &r.reg, err));
    TRY(not_here(c, r.reg, err));
    TRY(store_reader(c->city->store, &r.conn, err));
    enum rc rc = find_record(&r, &row, err);
    store_reader_done(r.conn);
    TRY(rc);
    e.county = r.county;
    e.record = r.record;
    TRY(call_version(c, &e.version, err));
    rc = put(&r, &e, &row, err);
    if (rc == RC_CONFLICT)
        write_current(&r);
    return rc;
}
