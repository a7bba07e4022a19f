/* One household: its page, its history, what the programmes would say. */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "api/preview_json.h"
#include "pay/amounts.h"
#include "pay/retention.h"
#include "people/list.h"
#include "people/rule_text.h"

enum { AWARDS_SHOWN = 60, STORY_SHOWN = 500 };

/* The time that is asked for, of one household. */
struct looking {
    struct instant at;
    int64_t position; /* 0: as believed now */
    day on;
};

/* Is the household of the path one that may be seen? */
MUST_CHECK static enum rc seen(struct call *c, struct conn *conn, int64_t *county,
                               int64_t *household, struct err *err)
{
    TRY(call_ref(c, c->at[0], "household", county, household, err));
    return scope_household(c->scope, conn, *county, *household, err);
}

/*
 * The time that the query asks for. Who may see the household now sees its past, whoever kept it then; who
 * may not sees none of it, though it lived in their village once: `seen` before this.
 */
MUST_CHECK static enum rc look(struct call *c, struct conn *conn, int64_t county,
                               struct looking *out, struct err *err)
{
    TRY(request_instant(c, &out->at, err));
    out->on = out->at.as_of != 0 ? out->at.as_of : c->today;
    return request_position(c, conn, county, &out->at, &out->position, err);
}

static struct amounts_then money_of(const struct looking *l)
{
    return (struct amounts_then){date_month(l->on), l->position, l->at.known_at_ms};
}

/* ---- the page ------------------------------------------------------------------------------- */

static void add_facts(struct call *c, const struct household_view *v, int64_t person)
{
    struct json *j = &c->json;
    json_key(j, "facts");
    json_obj(j);
    for (size_t i = 0; i < v->facts.n; i++) {
        const struct view_fact *f = &v->facts.at[i];
        if (f->person != person || !scope_sees(c->scope, c->city->rules, f->field))
            continue;
        json_key(j, str_z(c->arena, f->field->name.text));
        people_value(j, f->field, &f->value);
    }
    json_obj_end(j);
}

static void add_known(struct call *c, const struct household_view *v)
{
    struct json *j = &c->json;
    json_key(j, "known");
    json_arr(j);
    for (size_t i = 0; i < v->facts.n; i++) {
        const struct view_fact *f = &v->facts.at[i];
        if (!scope_sees(c->scope, c->city->rules, f->field))
            continue;
        json_obj(j);
        JSON_STR(j, "field", f->field->name.text);
        json_key(j, "person");
        json_ref(j, v->county, f->person);
        JSON_STR(j, "from", f->from);
        JSON_INT(j, "position", f->position);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void add_number(struct call *c, const char *key, enum number_kind kind, str number)
{
    json_key(&c->json, key);
    if (number.n == 0)
        json_nil(&c->json);
    else
        json_str(&c->json, mask_number(kind, number, c->arena));
}

static void add_member(struct call *c, const struct household_view *v, const struct view_member *m,
                       day on)
{
    struct json *j = &c->json;
    day birth = 0, death = 0;
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, v->county, m->person);
    JSON_STR(j, "name", m->name);
    JSON_INT(j, "sex", m->sex);
    JSON_STR(j, "birth", m->birth);
    bool dead = date_parse(m->death, &death);
    json_key(j, "age");
    if (date_parse(m->birth, &birth))
        json_int(j, date_years(birth, dead && death < on ? death : on));
    else
        json_nil(j);
    json_key(j, "death");
    if (dead)
        json_str(j, m->death);
    else
        json_nil(j);
    JSON_STR(j, "relation", m->relation);
    people_both(j, "relation_label", relation_label(m->relation, false),
                relation_label(m->relation, true));
    JSON_STR(j, "from", m->from);
    JSON_STR(j, "to", m->here ? S("") : m->to);
    add_number(c, "id_number", NUMBER_IDENTITY, m->identity);
    add_number(c, "phone", NUMBER_PHONE, m->phone);
    add_number(c, "card", NUMBER_CARD, m->card);
    add_facts(c, v, m->person);
    json_obj_end(j);
}

/* Everybody in it was cleared by the end of the time that it is kept. */
MUST_CHECK static enum rc add_cleared(struct call *c, struct conn *conn,
                                      const struct household_view *v, struct err *err)
{
    day on = 0;
    TRY(household_cleared_on(conn, v->county, v->household, &on, err));
    json_key(&c->json, "cleared_on");
    json_day(&c->json, on);
    return RC_OK;
}

static void add_members(struct call *c, const struct household_view *v, day on)
{
    struct json *j = &c->json;
    json_key(j, "members");
    json_arr(j);
    for (size_t i = 0; i < v->members.n; i++)
        if (v->members.at[i].here)
            add_member(c, v, &v->members.at[i], on);
    json_arr_end(j);
    json_key(j, "former");
    json_arr(j);
    for (size_t i = 0; i < v->members.n; i++)
        if (!v->members.at[i].here)
            add_member(c, v, &v->members.at[i], on);
    json_arr_end(j);
}

MUST_CHECK static enum rc add_enrolments(struct call *c, struct conn *conn,
                                         const struct household_view *v, const struct looking *l,
                                         struct err *err)
{
    struct json *j = &c->json;
    const struct amounts_then then = money_of(l);
    struct decided_amount *amounts = NULL;
    size_t n = 0;
    char on[11];
    date_text(l->on, on);
    TRY(amounts_of_household_then(conn, v->county, v->household, &then, c->arena, &amounts, &n,
                                  err));
    json_key(j, "enrolments");
    json_arr(j);
    for (size_t i = 0; i < v->enrolments.n; i++) {
        const struct view_enrolment *e = &v->enrolments.at[i];
        bool open = str_eq(e->to, S(DAY_OPEN));
        json_obj(j);
        JSON_STR(j, "programme", e->programme);
        json_key(j, "person");
        json_ref(j, v->county, e->person);
        JSON_STR(j, "from", e->from);
        json_key(j, "to");
        if (open)
            json_nil(j);
        else
            json_str(j, e->to);
        JSON_STR(j, "cause", e->cause);
        JSON_BOOL(j, "now",
                  str_cmp(e->from, str_from(on)) <= 0 && str_cmp(e->to, str_from(on)) > 0);
        JSON_INT(j, "amount_fen", amounts_sum(amounts, n, e->programme, e->person));
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc add_awards(struct call *c, struct conn *conn,
                                     const struct household_view *v, const struct looking *l,
                                     struct err *err)
{
    struct json *j = &c->json;
    const struct amounts_then then = money_of(l);
    struct month_award *list = NULL;
    size_t n = 0;
    if (request_then(&l->at))
        TRY(awards_of_household_then(conn, v->county, v->household, &then, AWARDS_SHOWN, c->arena,
                                     &list, &n, err));
    else
        TRY(awards_of_household(conn, v->county, v->household, AWARDS_SHOWN, c->arena, &list, &n,
                                err));
    json_key(j, "awards");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        json_key(j, "month");
        json_month(j, list[i].month);
        JSON_STR(j, "programme", list[i].programme);
        json_key(j, "person");
        json_ref(j, v->county, list[i].person_id);
        JSON_INT(j, "amount_fen", list[i].fen);
        JSON_STR(j, "ground", list[i].ground);
        JSON_STR(j, "cause", list[i].cause);
        json_key(j, "paid");
        json_day(j, list[i].paid);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

static str hukou_of(const struct household_view *v)
{
    for (size_t i = 0; i < v->facts.n; i++)
        if (v->facts.at[i].person == 0 &&
            str_eq(v->facts.at[i].field->name.text, S("hukou_type")) &&
            v->facts.at[i].value.kind == VALUE_TEXT)
            return v->facts.at[i].value.s;
    return S("");
}

static str name_of(const struct household_view *v, int64_t person)
{
    for (size_t i = 0; i < v->members.n; i++)
        if (v->members.at[i].person == person)
            return v->members.at[i].name;
    return S("");
}

MUST_CHECK static enum rc add_place(struct call *c, struct conn *conn,
                                    const struct household_view *v, struct err *err)
{
    struct json *j = &c->json;
    str village = {0};
    TRY(people_division(c, conn, "division", v->division, err));
    TRY(division_name(c, conn, v->division, &village, err));
    JSON_STR(j, "address", mask_address(village, c->arena));
    JSON_STR(j, "hukou_type", hukou_of(v));
    JSON_STR(j, "from", v->from);
    JSON_BOOL(j, "over", v->over);
    return RC_OK;
}

MUST_CHECK static enum rc write_page(struct call *c, struct conn *conn,
                                     const struct household_view *v, const struct looking *l,
                                     struct err *err)
{
    struct json *j = &c->json;
    bool related = false;
    TRY(scope_related(c->scope, conn, v->county, v->household, &related, err));
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, v->county, v->household);
    JSON_INT(j, "version", v->version);
    json_key(j, "head");
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, v->county, v->head);
    JSON_STR(j, "name", name_of(v, v->head));
    json_obj_end(j);
    TRY(add_place(c, conn, v, err));
    json_key(j, "as_of");
    json_day(j, l->on);
    json_key(j, "known_at");
    json_known_at(j, l->at.known_at_ms);
    TRY(add_cleared(c, conn, v, err));
    add_members(c, v, l->on);
    add_facts(c, v, 0);
    add_known(c, v);
    TRY(add_enrolments(c, conn, v, l, err));
    TRY(add_awards(c, conn, v, l, err));
    TRY(people_cases(c, conn, v->county, v->household, err));
    JSON_BOOL(j, "related", related);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc read_page(struct call *c, struct conn *conn, struct err *err)
{
    int64_t county = 0, household = 0;
    struct household_view v;
    struct looking l;
    TRY(seen(c, conn, &county, &household, err));
    TRY(look(c, conn, county, &l, err));
    TRY(household_view_then(c->city, conn, county, household, l.on, l.position, true, c->arena, &v,
                            err));
    /* A version is of now: what is changed is changed against it. */
    if (!request_then(&l.at))
        call_header(c, "ETag", str_fmt(c->arena, "\"%lld\"", (long long)v.version));
    return write_page(c, conn, &v, &l, err);
}

/* Run a reader on one snapshot. */
MUST_CHECK static enum rc on_snapshot(struct call *c,
                                      enum rc (*fn)(struct call *c, struct conn *conn,
                                                    struct err *err),
                                      struct err *err)
{
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = fn(c, conn, err);
    read_end(conn);
    store_reader_done(conn);
    return rc;
}

enum rc households_get(struct call *c, struct err *err)
{
    return on_snapshot(c, read_page, err);
}

/* ---- what happened -------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_story(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    int64_t county = 0, household = 0;
    struct view_event *list = NULL;
    struct looking l;
    size_t n = 0;
    TRY(seen(c, conn, &county, &household, err));
    TRY(look(c, conn, county, &l, err));
    TRY(household_story_then(c->city, conn, county, household, l.position, STORY_SHOWN, c->arena,
                             &list, &n, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        if (list[i].field != NULL && !scope_sees(c->scope, c->city->rules, list[i].field))
            continue;
        json_obj(j);
        JSON_STR(j, "day", list[i].day);
        JSON_STR(j, "kind", str_from(list[i].kind));
        if (strcmp(list[i].kind, "change") == 0 && !scope_reasons(c->scope))
            people_both(j, "what", S("家庭情况有变动"), S("something of the family changed"));
        else
            people_both(j, "what", list[i].what[0], list[i].what[1]);
        JSON_STR(j, "who", list[i].who);
        JSON_INT(j, "at_ms", list[i].at_ms);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc households_history(struct call *c, struct err *err)
{
    return on_snapshot(c, write_story, err);
}

/* ---- what the programmes would say ---------------------------------------------------------- */

static void add_service(struct json *j, const struct service *s, const struct preview *p)
{
    enum preview_fits fits = FITS_NO;
    const struct trace_unit *said = NULL;
    static const char *const words[] = {[FITS_NO] = "no", [FITS_YES] = "yes", [FITS_OPEN] = "open"};
    for (size_t i = 0; i < p->trace->n_policies; i++) {
        const struct trace_policy *t = &p->trace->policies[i];
        bool decided = false;
        for (size_t k = 0; k < s->n_decides; k++)
            decided = decided || s->policies[k] == t->policy;
        for (size_t k = 0; decided && k < t->n_units; k++) {
            enum preview_fits is = preview_fits(&t->units[k]);
            bool better = is == FITS_YES ? fits != FITS_YES : is == FITS_OPEN && fits == FITS_NO;
            if (said == NULL || better)
                said = &t->units[k];
            if (better)
                fits = is;
        }
    }
    json_obj(j);
    JSON_STR(j, "service", s->name.text);
    JSON_STR(j, "fits", str_from(said == NULL ? "open" : words[fits]));
    if (said == NULL)
        people_both(j, "why", S("由经办人审核"), S("for the office to judge"));
    else if (fits == FITS_OPEN)
        people_both(j, "why", said->needs[0].n > 0 ? said->needs[0] : said->result[0],
                    said->needs[1].n > 0 ? said->needs[1] : said->result[1]);
    else
        people_both(j, "why", said->result[0], said->result[1]);
    json_obj_end(j);
}

MUST_CHECK static enum rc new_division(struct call *c, struct conn *conn, struct preview_spec *spec,
                                       struct err *err)
{
    char on[11];
    str text = {0};
    struct division_info info;
    TRY(body_text(c, "division", true, &text, err));
    if (!str_int(text, &spec->division) || !scope_covers(c->scope, spec->division))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: expected twelve digits of a village of your own");
    enum rc rc = division_find(conn, spec->division, str_from(date_text(c->today, on)), c->arena,
                               &info, err);
    spec->county = info.county_code;
    return rc;
}

MUST_CHECK static enum rc make_preview(struct call *c, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct preview_spec spec = {.month = date_month(c->today)};
    struct release_row release;
    struct looking l;
    struct preview p;
    char m[8];
    if (str_eq(c->at[0], S("new")))
        TRY(new_division(c, conn, &spec, err));
    else
        TRY(seen(c, conn, &spec.county, &spec.household, err));
    TRY(look(c, conn, spec.county, &l, err));
    TRY(request_rules(c, conn, &l.at, &release, err));
    spec.city = c->city;
    spec.position = l.position;
    if (l.at.as_of != 0)
        spec.month = date_month(l.at.as_of);
    TRY(preview_read(c, c->body, &spec, err));
    TRY(preview_make(&spec, conn, c->arena, &p, err));
    json_obj(j);
    JSON_STR(j, "month", str_from(month_text(spec.month, m)));
    preview_write(c, spec.county, &p, 0);
    json_key(j, "services");
    json_arr(j);
    for (size_t i = 0; i < c->city->rules->services.n; i++) {
        const struct service *s = c->city->rules->services.at[i];
        if (place_line_on(c->city->place, s->line, spec.month))
            add_service(j, s, &p);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc households_preview(struct call *c, struct err *err)
{
    return on_snapshot(c, make_preview, err);
}
