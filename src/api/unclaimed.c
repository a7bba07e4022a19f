/* Rights that nobody claims: the list for whoever goes to see the families, and what came of a visit. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "pay/unclaimed.h"

static const char *const states[] = {"visited", "wants", "declined", "away"};

/* ---- what is asked for ---------------------------------------------------------------------- */

MUST_CHECK static enum rc cursor_read(struct call *c, const struct page *page,
                                      struct unclaimed_after *out, struct err *err)
{
    if (page->cursor_n == 0)
        return RC_OK;
    out->programme = page->cursor[1];
    if (page->cursor_n == 4 && str_int(page->cursor[0], &out->division) &&
        str_int(page->cursor[2], &out->household) && str_int(page->cursor[3], &out->person)) {
        out->county = out->division / 1000000;
        return RC_OK;
    }
    return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                      "cursor: it is none of this list's");
}

MUST_CHECK static enum rc query_read(struct call *c, struct unclaimed_query *q, struct err *err)
{
    str division = query_of(c, "division"), declined = query_of(c, "declined");
    struct page page;
    *q = (struct unclaimed_query){
        .city = c->city, .scope = c->scope, .programme = query_of(c, "programme")};
    if (division.n > 0 && (division.n != 12 || !str_int(division, &q->division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(division, 0, 20)));
    if (q->programme.n > 0 && rules_policy(c->city->rules, q->programme) == NULL)
        return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err, "programme: there is no “%.*s”",
                          STR_ARG(str_sub(q->programme, 0, 60)));
    if (declined.n > 0 && !str_eq(declined, S("true")) && !str_eq(declined, S("false")))
        return call_wrong(c, RC_BAD_INPUT, "declined", NULL, err,
                          "declined: found “%.*s”, expected true or false",
                          STR_ARG(str_sub(declined, 0, 20)));
    q->declined = str_eq(declined, S("true"));
    TRY(call_page(c, &page, err));
    q->limit = page.limit;
    return cursor_read(c, &page, &q->after, err);
}

/* ---- the list ------------------------------------------------------------------------------- */

static void named_json(struct json *j, const char *key, int64_t county, int64_t id, str name)
{
    json_key(j, key);
    if (id == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, county, id);
    JSON_STR(j, "name", name);
    json_obj_end(j);
}

static void papers_json(struct json *j, const struct unclaimed *u)
{
    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < u->papers.n; i++) {
        const struct unclaimed_paper *p = &u->papers.at[i];
        json_obj(j);
        JSON_STR(j, "paper", p->paper->name.text);
        json_key(j, "label");
        json_label(j, &p->paper->label);
        JSON_STR(j, "way", str_from(paper_way_word(p->way)));
        json_key(j, "since");
        json_day(j, p->since);
        json_key(j, "only_for");
        if (p->paper->only_for.zh.n > 0)
            json_label(j, &p->paper->only_for);
        else
            json_nil(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void facts_json(struct call *c, const struct unclaimed *u)
{
    struct json *j = &c->json;
    json_key(j, "facts");
    json_arr(j);
    for (size_t i = 0; i < u->facts.n; i++) {
        const struct unclaimed_fact *f = &u->facts.at[i];
        if (!scope_sees(c->scope, c->city->rules, f->field))
            continue;
        json_obj(j);
        JSON_STR(j, "field", f->field->name.text);
        json_key(j, "label");
        json_label(j, &f->field->label);
        JSON_INT(j, "members", f->members);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* One text for a spreadsheet's cell: papers to be brought, with a mark for those of some only. */
static void bring_json(struct call *c, const struct unclaimed *u)
{
    struct json *j = &c->json;
    str text[2] = {S(""), S("")};
    for (size_t i = 0; i < u->papers.n; i++) {
        const struct label *l = &u->papers.at[i].paper->label;
        if (u->papers.at[i].way != PAPER_BROUGHT && u->papers.at[i].way != PAPER_PROMISED)
            continue;
        const char *const some[] = {u->papers.at[i].paper->only_for.zh.n > 0 ? "（部分人员）" : "",
                                    u->papers.at[i].paper->only_for.zh.n > 0 ? " (some)" : ""};
        text[0] = str_fmt(c->arena, "%.*s%s%.*s%s", STR_ARG(text[0]), text[0].n > 0 ? "、" : "",
                          STR_ARG(l->zh), some[0]);
        text[1] = str_fmt(c->arena, "%.*s%s%.*s%s", STR_ARG(text[1]), text[1].n > 0 ? ", " : "",
                          STR_ARG(l->en.n > 0 ? l->en : l->zh), some[1]);
    }
    people_both(j, "bring", text[0], text[1]);
}

static void visit_json(struct json *j, const struct unclaimed *u)
{
    json_key(j, "visit");
    if (u->state.n == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_STR(j, "state", u->state);
    JSON_STR(j, "text", u->words);
    json_key(j, "until");
    json_day(j, u->until);
    json_key(j, "day");
    json_day(j, u->on);
    JSON_STR(j, "who", u->who);
    json_obj_end(j);
}

MUST_CHECK static enum rc item_json(struct call *c, struct conn *conn, struct unclaimed *u,
                                    struct err *err)
{
    const struct policy *p = rules_policy(c->city->rules, u->programme);
    struct json *j = &c->json;
    TRY(unclaimed_detail(c->city, conn, c->today, c->arena, u, err));
    json_obj(j);
    json_key(j, "household");
    json_ref(j, u->county, u->household);
    named_json(j, "head", u->county, u->head_id, u->head);
    named_json(j, "person", u->county, u->person, u->name);
    JSON_INT(j, "members", u->members);
    TRY(people_division(c, conn, "division", u->division, err));
    JSON_STR(j, "programme", u->programme);
    json_key(j, "label");
    json_label(j, &p->label);
    json_key(j, "month");
    json_month(j, u->month);
    json_key(j, "fen");
    if (u->fen < 0)
        json_nil(j);
    else
        json_int(j, u->fen);
    json_key(j, "since");
    json_day(j, u->since);
    JSON_STR(j, "service", u->service != NULL ? u->service->name.text : S(""));
    json_key(j, "service_label");
    if (u->service != NULL)
        json_label(j, &u->service->label);
    else
        json_nil(j);
    papers_json(j, u);
    facts_json(c, u);
    bring_json(c, u);
    JSON_INT(j, "version", u->version);
    JSON_STR(j, "state", u->state.n > 0 ? u->state : S("none"));
    visit_json(j, u);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc villages_json(struct call *c, struct conn *conn,
                                        const struct unclaimed_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct unclaimed_count *list = NULL;
    int64_t all = 0, unvisited = 0;
    size_t n = 0;
    TRY(unclaimed_counts(q, conn, c->arena, &list, &n, err));
    json_key(j, "villages");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        all += list[i].n;
        unvisited += list[i].unvisited;
        json_obj(j);
        TRY(people_division(c, conn, "division", list[i].division, err));
        JSON_INT(j, "n", list[i].n);
        JSON_INT(j, "unvisited", list[i].unvisited);
        json_obj_end(j);
    }
    json_arr_end(j);
    JSON_INT(j, "unvisited", unvisited);
    page_count(j, all, true);
    return RC_OK;
}

MUST_CHECK static enum rc list_json(struct call *c, struct conn *conn,
                                    const struct unclaimed_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct unclaimed *list = NULL;
    size_t n = 0;
    bool more = false;
    str key[4] = {0};
    TRY(unclaimed_read(q, conn, c->arena, &list, &n, &more, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(item_json(c, conn, &list[i], err));
    json_arr_end(j);
    if (n > 0) {
        key[0] = str_fmt(c->arena, "%lld", (long long)list[n - 1].division);
        key[1] = list[n - 1].programme;
        key[2] = str_fmt(c->arena, "%lld", (long long)list[n - 1].household);
        key[3] = str_fmt(c->arena, "%lld", (long long)list[n - 1].person);
    }
    page_next(c, more, key, 4);
    TRY(villages_json(c, conn, q, err));
    json_obj_end(j);
    return RC_OK;
}

enum rc unclaimed_list(struct call *c, struct err *err)
{
    struct unclaimed_query q;
    struct conn *conn = NULL;
    TRY(query_read(c, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = list_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- a visit -------------------------------------------------------------------------------- */

enum rc unclaimed_visits_add(struct call *c, struct err *err)
{
    struct unclaimed_said said = {.words = S("")};
    int64_t county = 0, version = 0;
    bool known = false;
    TRY(call_ref(c, c->at[0], "household", &said.county, &said.household, err));
    TRY(body_text(c, "programme", true, &said.programme, err));
    TRY(body_text(c, "state", true, &said.state, err));
    TRY(body_text(c, "text", false, &said.words, err));
    TRY(body_int(c, "version", true, &said.version, err));
    const json_t *person = json_object_get(c->body, "person");
    if (person != NULL && !json_is_null(person))
        TRY(body_ref(c, "person", true, &county, &said.person, err));
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        known = known || str_eq(said.state, str_from(states[i]));
    if (!known)
        return call_wrong(c, RC_BAD_INPUT, "state", NULL, err,
                          "state: found “%.*s”, expected visited, wants, declined or away",
                          STR_ARG(str_sub(said.state, 0, 20)));
    if (str_eq(said.state, S("declined")) && str_trim(said.words).n == 0)
        return call_wrong(c, RC_BAD_INPUT, "text", NULL, err,
                          "who does not want to says why, in a few words");
    TRY(unclaimed_visit(c->city, c->scope, &said, &version, err));
    json_obj(&c->json);
    JSON_INT(&c->json, "version", version);
    json_obj_end(&c->json);
    return RC_OK;
}
