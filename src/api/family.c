/* A family change as one act: from the page into pay/family.h, and what it comes to out again. */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "api/preview_json.h"
#include "pay/family.h"

enum { PEOPLE_MOST = 30, FACTS_MOST = 100, LEFT_MOST = 60 };

struct asking {
    struct call *c;
    struct family_act act;
    struct family_result result;
    VEC(struct family_fact) facts;
    VEC(struct family_left) left;
};

/* ---- read ----------------------------------------------------------------------------------- */

static str text_of(struct call *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (!json_is_string(v))
        return S("");
    return str_dup(c->arena, str_trim((str){json_string_value(v), json_string_length(v)}));
}

/* One of the household's county; 0: not given. */
MUST_CHECK static enum rc read_own(struct asking *g, str text, const char *field, int64_t *out,
                                   struct err *err)
{
    int64_t county = 0;
    *out = 0;
    if (text.n == 0)
        return RC_OK;
    TRY(call_ref(g->c, text, field, &county, out, err));
    if (county != g->act.county)
        return call_wrong(g->c, RC_BAD_INPUT, field, NULL, err,
                          "%s: expected somebody of county %lld", field, (long long)g->act.county);
    return RC_OK;
}

MUST_CHECK static enum rc read_persons(struct asking *g, const char *field, int64_t county,
                                       struct family_side *side, struct err *err)
{
    const json_t *list = json_object_get(g->c->body, field);
    size_t n = json_is_array(list) ? json_array_size(list) : 0;
    if (n > PEOPLE_MOST)
        return call_wrong(g->c, RC_LIMIT, field, NULL, err, "%s: expected at most %d", field,
                          PEOPLE_MOST);
    int64_t *persons = NEW_N(g->c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, i);
        int64_t of = 0;
        str text = {json_is_string(v) ? json_string_value(v) : "",
                    json_is_string(v) ? json_string_length(v) : 0};
        TRY(call_ref(g->c, text, field, &of, &persons[i], err));
        if (of != county)
            return call_wrong(g->c, RC_BAD_INPUT, field, NULL, err,
                              "%s: expected somebody of county %lld", field, (long long)county);
    }
    side->persons = persons;
    side->n_persons = n;
    return RC_OK;
}

MUST_CHECK static enum rc read_child(struct asking *g, struct err *err)
{
    struct call *c = g->c;
    const json_t *sex = json_object_get(c->body, "sex");
    struct edit_person *p = &g->act.child;
    *p = (struct edit_person){.name = text_of(c, c->body, "name"),
                              .identity = text_of(c, c->body, "id_number"),
                              .relation = text_of(c, c->body, "relation"),
                              .sex = -1,
                              .birth = BIRTH_NOT_TOLD};
    if (json_is_integer(sex))
        p->sex = (int)json_integer_value(sex);
    else if (json_is_string(sex) && json_string_length(sex) == 1)
        p->sex = json_string_value(sex)[0] - '0';
    if (p->sex == -1 || p->sex == 0 || p->sex == 1 || p->sex == 2 || p->sex == 9)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "sex", NULL, err, "sex: expected 1 male or 2 female");
}

/* Somebody by his whole number, wherever he lives: who types it has it before him. Of a family that isn't
 * seen pay/family.h says no more than which office keeps it. */
MUST_CHECK static enum rc by_number(struct asking *g, const char *field, str typed, int64_t *county,
                                    int64_t *person, struct err *err)
{
    struct call *c = g->c;
    struct conn *conn = NULL;
    char id[19];
    if (id_number_read(typed, c->today, id, err) != RC_OK)
        return call_wrong(c, RC_BAD_INPUT, field, NULL, err, "%s: expected an identity number",
                          field);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc =
        person_by_number(conn, c->city->vault, NUMBER_IDENTITY, str_from(id), county, person, err);
    store_reader_done(conn);
    if (rc == RC_NOT_FOUND)
        return call_wrong(c, rc, field, "record the family of that person first", err,
                          "%s: nobody of that number is on record", field);
    return rc;
}

MUST_CHECK static enum rc read_partner(struct asking *g, struct err *err)
{
    struct call *c = g->c;
    struct family_side *p = &g->act.partner;
    struct conn *conn = NULL;
    str number = text_of(c, c->body, "partner_id"), where = text_of(c, c->body, "where");
    str head = text_of(c, c->body, "partner_head");
    int64_t county = 0;
    if (number.n > 0) {
        TRY(by_number(g, "partner_id", number, &p->county, &p->person, err));
    } else {
        TRY(body_ref(c, "partner", true, &p->county, &p->person, err));
        TRY(store_reader(c->city->store, &conn, err));
        enum rc rc = scope_person(c->scope, conn, p->county, p->person, err);
        store_reader_done(conn);
        TRY(rc);
    }
    if (head.n > 0)
        TRY(call_ref(c, head, "partner_head", &county, &p->head, err));
    TRY(read_persons(g, "partner_persons", p->county, p, err));
    if (str_eq(where, S("there")))
        g->act.where = FAMILY_THERE;
    else if (str_eq(where, S("new")))
        g->act.where = FAMILY_NEW;
    else if (where.n > 0 && !str_eq(where, S("here")))
        return call_wrong(c, RC_BAD_INPUT, "where", NULL, err,
                          "where: found “%.*s”, expected here, there or new",
                          STR_ARG(str_sub(where, 0, 20)));
    return RC_OK;
}

/* Back to a household that may be seen, or to that of somebody whose number is known. */
MUST_CHECK static enum rc read_back(struct asking *g, struct err *err)
{
    struct call *c = g->c;
    struct conn *conn = NULL;
    TRY(body_ref(c, "household", false, &g->act.to_county, &g->act.to_household, err));
    if (g->act.to_household == 0)
        return RC_OK;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = scope_household(c->scope, conn, g->act.to_county, g->act.to_household, err);
    store_reader_done(conn);
    return rc;
}

/* null: of the household; "new1": of the child; "made": of the household that is made; else of a person. */
MUST_CHECK static enum rc read_fact(struct asking *g, const json_t *o, struct err *err)
{
    struct call *c = g->c;
    struct family_fact *f = VEC_PUSH(c->arena, &g->facts);
    str name = text_of(c, o, "field"), whose = text_of(c, o, "person");
    bool unknown = false;
    int64_t column = 0;
    *f = (struct family_fact){.whose = OF_HOUSEHOLD};
    if (str_eq(whose, S("new1")))
        f->whose = OF_CHILD;
    else if (str_eq(whose, S("made")))
        f->whose = OF_MADE;
    else if (whose.n > 0) {
        f->whose = OF_PERSON;
        TRY(call_ref(c, whose, "facts", &f->county, &f->person, err));
        if (f->county != g->act.county && f->county != g->act.partner.county)
            return call_wrong(c, RC_BAD_INPUT, "facts", NULL, err,
                              "facts: expected somebody who takes part");
    }
    bool of_person = f->whose == OF_PERSON || f->whose == OF_CHILD;
    const struct reg *reg = rules_reg(c->city->rules, of_person ? S("person") : S("household"));
    f->field = reg != NULL ? reg_field(reg, name) : NULL;
    if (f->field == NULL || f->field->value != NULL || f->field->carried_by != NULL)
        return call_wrong(c, RC_BAD_INPUT, "facts", NULL, err,
                          "facts: found “%.*s”, expected a recorded fact of a %s",
                          STR_ARG(str_sub(name, 0, 60)), of_person ? "person" : "household");
    return people_value_read(c, f->field, json_object_get(o, "value"), &unknown, &column, &f->value,
                             err);
}

MUST_CHECK static enum rc read_facts(struct asking *g, struct err *err)
{
    const json_t *list = json_object_get(g->c->body, "facts");
    size_t n = json_is_array(list) ? json_array_size(list) : 0;
    if (n > FACTS_MOST)
        return call_wrong(g->c, RC_LIMIT, "facts", NULL, err, "facts: expected at most %d",
                          FACTS_MOST);
    for (size_t i = 0; i < n; i++)
        TRY(read_fact(g, json_array_get(list, i), err));
    g->act.facts = g->facts.at;
    g->act.n_facts = g->facts.n;
    return RC_OK;
}

MUST_CHECK static enum rc read_left(struct asking *g, struct err *err)
{
    const json_t *list = json_object_get(g->c->body, "undecided");
    size_t n = json_is_array(list) ? json_array_size(list) : 0;
    int64_t county = 0;
    for (size_t i = 0; i < n && i < LEFT_MOST; i++) {
        const json_t *o = json_array_get(list, i);
        struct family_left *l = VEC_PUSH(g->c->arena, &g->left);
        str household = text_of(g->c, o, "household");
        *l = (struct family_left){.programme = text_of(g->c, o, "programme")};
        if (household.n > 0)
            TRY(call_ref(g->c, household, "undecided", &county, &l->household, err));
    }
    g->act.left = g->left.at;
    g->act.n_left = g->left.n;
    return RC_OK;
}

MUST_CHECK static enum rc read_division(struct asking *g, struct err *err)
{
    str text = text_of(g->c, g->c->body, "division");
    if (text.n > 0 && (text.n != 12 || !str_int(text, &g->act.division)))
        return call_wrong(g->c, RC_BAD_INPUT, "division", NULL, err,
                          "division: expected the twelve digits of a village or community");
    return RC_OK;
}

MUST_CHECK static enum rc read_act(struct asking *g, bool preview, struct err *err)
{
    struct call *c = g->c;
    struct family_act *a = &g->act;
    str kind = S("");
    TRY(body_text(c, "kind", true, &kind, err));
    a->kind = family_kind_find(kind);
    if (a->kind == FAMILY_KINDS)
        return call_wrong(c, RC_BAD_INPUT, "kind", NULL, err,
                          "kind: found “%.*s”, expected birth, death, marriage, divorce, move, job "
                          "or disability",
                          STR_ARG(str_sub(kind, 0, 30)));
    a->city = c->city;
    a->scope = c->scope;
    a->today = a->day = c->today;
    TRY(call_version(c, &a->version, err));
    TRY(body_day(c, "day", false, &a->day, err));
    TRY(body_text(c, "evidence", !preview, &a->evidence, err));
    /* What it rests on is typed last: it is shown before. */
    if (preview && a->evidence.n < 2)
        a->evidence = S("预览");
    a->own.county = a->county;
    TRY(read_own(g, text_of(c, c->body, "person"), "person", &a->own.person, err));
    TRY(read_own(g, text_of(c, c->body, "head"), "head", &a->own.head, err));
    TRY(read_persons(g, "persons", a->county, &a->own, err));
    a->relation = text_of(c, c->body, "relation");
    TRY(read_division(g, err));
    if (a->kind == FAMILY_BIRTH)
        TRY(read_child(g, err));
    if (a->kind == FAMILY_MARRIAGE)
        TRY(read_partner(g, err));
    if (a->kind == FAMILY_DIVORCE)
        TRY(read_back(g, err));
    TRY(read_facts(g, err));
    TRY(read_left(g, err));
    return body_flag(c, "traces", false, &a->traces, err);
}

/* ---- written -------------------------------------------------------------------------------- */

/* As it can be named in a request; in a preview who is made has no name yet. */
static void person_ref(struct asking *g, const char *key, int64_t county, int64_t person,
                       bool preview)
{
    struct json *j = &g->c->json;
    json_key(j, key);
    for (size_t i = 0; preview && person > 0 && i < g->result.n_renamed; i++) {
        const struct family_renamed *x = &g->result.renamed[i];
        if (x->new_county != county || x->new_person != person)
            continue;
        county = x->county;
        person = x->person != 0 ? x->person : -1;
        break;
    }
    if (person < 0)
        json_str(j, S("new1"));
    else
        json_ref(j, county, person);
}

static void write_needs(struct asking *g, const struct family_row *r)
{
    struct json *j = &g->c->json;
    json_key(j, "needs");
    json_arr(j);
    for (size_t i = 0; i < r->n_needs; i++) {
        const struct family_need *n = &r->needs[i];
        json_obj(j);
        JSON_STR(j, "field", n->field->name.text);
        JSON_STR(j, "register", n->field->reg->name.text);
        person_ref(g, "person", n->county, n->person, true);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_letter(struct asking *g, const struct proposal_letter *l)
{
    struct json *j = &g->c->json;
    json_key(j, "letter");
    if (l->text.n == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    people_both(j, "title", l->title, l->title_en);
    JSON_STR(j, "text", l->text);
    json_obj_end(j);
}

/* By which service it is applied for. */
static str service_for(const struct rules *rules, const struct policy *p)
{
    for (size_t i = 0; i < rules->services.n; i++) {
        const struct service *s = rules->services.at[i];
        for (size_t k = 0; s->form == SERVICE_APPLICATION && k < s->n_decides; k++)
            if (s->policies[k] == p)
                return s->name.text;
    }
    return S("");
}

static void write_fen(struct json *j, const char *key, int64_t fen)
{
    json_key(j, key);
    if (fen == AMOUNT_OPEN)
        json_nil(j);
    else
        json_int(j, fen);
}

static void write_sides(struct asking *g, const struct family_row *r)
{
    struct json *j = &g->c->json;
    json_key(j, "enrolled");
    json_arr(j);
    json_bool(j, r->enrolled[0]);
    json_bool(j, r->enrolled[1]);
    json_arr_end(j);
    write_fen(j, "before_fen", r->fen[0]);
    write_fen(j, "after_fen", r->fen[1]);
    write_fen(j, "next_fen", r->next_fen);
    people_both(j, "before", r->outcome[0], r->outcome_en[0]);
    people_both(j, "after", r->outcome[1], r->outcome_en[1]);
    people_both(j, "reasons", r->reasons[1], r->reasons_en[1]);
}

MUST_CHECK static enum rc write_row(struct asking *g, struct conn *conn, const struct family_row *r,
                                    bool preview, struct err *err)
{
    struct json *j = &g->c->json;
    const struct family_home *h = &g->result.homes[r->home];
    str service = service_for(g->c->city->rules, r->policy);
    json_obj(j);
    JSON_STR(j, "programme", r->policy->name.text);
    json_key(j, "label");
    json_label(j, &r->policy->label);
    /* Who moves to another county has no name there yet. */
    bool nameless = preview && h->made && g->act.kind == FAMILY_MOVE && h->county != g->act.county;
    person_ref(g, "person", h->county, nameless ? 0 : r->person, preview);
    JSON_STR(j, "name", r->name);
    JSON_STR(j, "means", str_from(family_means_word(r->means)));
    JSON_STR(j, "by", str_from(family_by_word(r->by)));
    json_key(j, "month");
    json_month(j, r->month);
    write_sides(g, r);
    json_key(j, "paid");
    if (r->paid_from == 0) {
        json_nil(j);
    } else {
        json_obj(j);
        json_key(j, "from");
        json_month(j, r->paid_from);
        json_key(j, "upto");
        json_month(j, r->paid_upto);
        json_obj_end(j);
    }
    TRY(people_division(g->c, conn, "review", r->review, err));
    json_key(j, "service");
    if (service.n > 0)
        json_str(j, service);
    else
        json_nil(j);
    write_needs(g, r);
    write_letter(g, &r->letter);
    json_obj_end(j);
    return RC_OK;
}

static void write_trace(struct asking *g, const char *key, const struct family_home *h,
                        const struct preview *p)
{
    struct json *j = &g->c->json;
    json_key(j, key);
    if (p->trace == NULL) {
        json_nil(j);
        return;
    }
    json_obj(j);
    preview_write(g->c, h->county, p, 0);
    json_obj_end(j);
}

MUST_CHECK static enum rc write_home(struct asking *g, struct conn *conn, size_t at, bool preview,
                                     struct err *err)
{
    struct json *j = &g->c->json;
    const struct family_home *h = &g->result.homes[at];
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, h->county, h->made && preview ? 0 : h->household);
    JSON_BOOL(j, "made", h->made);
    JSON_BOOL(j, "over", h->over);
    JSON_BOOL(j, "related", h->related);
    JSON_STR(j, "head", h->head);
    JSON_INT(j, "members", h->members);
    TRY(people_division(g->c, conn, "division", h->division, err));
    JSON_INT(j, "before_fen", h->fen[0]);
    JSON_INT(j, "after_fen", h->fen[1]);
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < g->result.n_rows; i++)
        if (g->result.rows[i].home == at)
            TRY(write_row(g, conn, &g->result.rows[i], preview, err));
    json_arr_end(j);
    write_trace(g, "trace_before", h, &h->trace[0]);
    write_trace(g, "trace_after", h, &h->trace[1]);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_result(struct asking *g, struct conn *conn, bool preview,
                                       struct err *err)
{
    struct json *j = &g->c->json;
    const struct family_result *r = &g->result;
    int64_t unseen = 0;
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, preview ? g->act.county : r->county, preview ? g->act.household : r->household);
    JSON_INT(j, "version", preview ? g->act.version : r->version);
    json_key(j, "household");
    json_ref(j, r->made_county, preview ? 0 : r->made);
    json_key(j, "month");
    json_month(j, r->month);
    JSON_INT(j, "decided", r->decided);
    JSON_INT(j, "proposed", r->proposed);
    JSON_INT(j, "notices", r->notices);
    JSON_INT(j, "reviews", r->reviews);
    json_key(j, "households");
    json_arr(j);
    for (size_t i = 0; i < r->n_homes; i++) {
        if (r->kept_by == 0 && r->homes[i].seen)
            TRY(write_home(g, conn, i, preview, err));
        else if (!r->homes[i].seen)
            unseen++;
    }
    json_arr_end(j);
    JSON_INT(j, "unseen", unseen);
    TRY(people_division(g->c, conn, "kept_by", r->kept_by, err));
    json_obj_end(j);
    return RC_OK;
}

/* ---- both ----------------------------------------------------------------------------------- */

/* What stands now, for whoever saw an earlier version. */
static void write_current(struct asking *g)
{
    struct json *j = call_current(g->c);
    struct household_view v = {0};
    struct conn *conn = NULL;
    struct err ignored;
    if (store_reader(g->c->city->store, &conn, &ignored) != RC_OK)
        return;
    enum rc rc = household_view(g->c->city, conn, g->act.county, g->act.household, g->c->today,
                                false, g->c->arena, &v, &ignored);
    store_reader_done(conn);
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, g->act.county, g->act.household);
    JSON_INT(j, "version", rc == RC_OK ? v.version : 0);
    json_obj_end(j);
}

MUST_CHECK static enum rc seen(struct asking *g, struct err *err)
{
    struct call *c = g->c;
    struct conn *conn = NULL;
    TRY(call_ref(c, c->at[0], "household", &g->act.county, &g->act.household, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = scope_household(c->scope, conn, g->act.county, g->act.household, err);
    store_reader_done(conn);
    return rc;
}

MUST_CHECK static enum rc run(struct call *c, bool preview, struct err *err)
{
    struct asking g = {.c = c};
    struct conn *conn = NULL;
    TRY(seen(&g, err));
    TRY(read_act(&g, preview, err));
    enum rc rc = preview ? family_preview(&g.act, c->arena, &g.result, err)
                         : family_decide(&g.act, c->arena, &g.result, err);
    if (rc != RC_OK) {
        if (rc == RC_CONFLICT && g.result.field == NULL)
            write_current(&g);
        if (g.result.field != NULL)
            c->field = str_from(g.result.field);
        return rc;
    }
    if (!preview)
        call_header(c, "ETag", str_fmt(c->arena, "\"%lld\"", (long long)g.result.version));
    TRY(store_reader(c->city->store, &conn, err));
    rc = write_result(&g, conn, preview, err);
    store_reader_done(conn);
    return rc;
}

enum rc family_changes_preview(struct call *c, struct err *err)
{
    return run(c, true, err);
}

enum rc family_changes_make(struct call *c, struct err *err)
{
    return run(c, false, err);
}
