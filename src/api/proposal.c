/* Amounts that a month found otherwise: listed and decided. */
#include "api/handlers.h"
#include "pay/proposal.h"

enum { IDS_MOST = 500 };

/* ---- what is asked for ---------------------------------------------------------------------- */

static const char *const kinds[] = {"add", "raise", "cut", "stop"};
static const char *const states[] = {"open", "accepted", "rejected", "void"};

MUST_CHECK static enum rc one_of(struct call *c, const char *field, str value,
                                 const char *const words[4], struct err *err)
{
    if (value.n == 0)
        return RC_OK;
    for (int i = 0; i < 4; i++)
        if (str_eq(value, str_from(words[i])))
            return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, field, NULL, err,
                      "%s: found “%.*s”, expected %s, %s, %s or %s", field,
                      STR_ARG(str_sub(value, 0, 20)), words[0], words[1], words[2], words[3]);
}

/* The filters that a list and a decision have in common, from text. */
struct filter_text {
    str month, programme, kind, division;
};

MUST_CHECK static enum rc filter_read(struct call *c, const struct filter_text *t,
                                      struct proposal_query *q, struct err *err)
{
    q->city = c->city;
    q->scope = c->scope;
    q->programme = t->programme;
    q->kind = t->kind;
    TRY(one_of(c, "kind", t->kind, kinds, err));
    if (t->month.n > 0 && !month_parse(t->month, &q->month))
        return call_wrong(c, RC_BAD_INPUT, "month", NULL, err,
                          "month: found “%.*s”, expected a month like 2020-12",
                          STR_ARG(str_sub(t->month, 0, 20)));
    if (t->division.n > 0 && (t->division.n != 12 || !str_int(t->division, &q->division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(t->division, 0, 20)));
    if (t->programme.n > 0 && rules_policy(c->city->rules, t->programme) == NULL)
        return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err, "programme: there is no “%.*s”",
                          STR_ARG(str_sub(t->programme, 0, 60)));
    return RC_OK;
}

MUST_CHECK static enum rc order_read(struct call *c, struct proposal_query *q, struct err *err)
{
    str sort = query_of(c, "sort"), order = query_of(c, "order");

    q->order = PROPOSALS_BY_DIFFERENCE;
    if (str_eq(sort, S("division")))
        q->order = PROPOSALS_BY_DIVISION;
    else if (str_eq(sort, S("id")))
        q->order = PROPOSALS_BY_ID;
    else if (sort.n > 0 && !str_eq(sort, S("difference")))
        return call_wrong(c, RC_BAD_INPUT, "sort", NULL, err,
                          "sort: found “%.*s”, expected difference, division or id",
                          STR_ARG(str_sub(sort, 0, 20)));
    q->down = order.n == 0 ? q->order == PROPOSALS_BY_DIFFERENCE : str_eq(order, S("desc"));
    if (order.n > 0 && !str_eq(order, S("desc")) && !str_eq(order, S("asc")))
        return call_wrong(c, RC_BAD_INPUT, "order", NULL, err,
                          "order: found “%.*s”, expected asc or desc",
                          STR_ARG(str_sub(order, 0, 20)));
    return RC_OK;
}

MUST_CHECK static enum rc page_read(struct call *c, struct proposal_query *q, struct err *err)
{
    struct page page;

    TRY(call_page(c, &page, err));
    q->limit = page.limit;
    q->behind = page.cursor_n > 0;
    if (!q->behind)
        return RC_OK;
    if (page.cursor_n == 3 && str_int(page.cursor[0], &q->after_value) &&
        str_int(page.cursor[1], &q->after_county) && str_int(page.cursor[2], &q->after_id))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                      "cursor: it is none of this list's");
}

/* ---- list ----------------------------------------------------------------------------------- */

static void both_json(struct json *j, str zh, str en)
{
    const struct label l = {.zh = zh, .en = en};

    json_label(j, &l);
}

static void reasons_json(struct call *c, const struct proposal *p)
{
    const struct rules *r = c->city->rules;
    str rest = p->reasons, name;
    struct json *j = &c->json;

    json_arr(j);
    while (rest.n > 0) {
        if (!str_cut(rest, '+', &name, &rest))
            rest = S("");
        struct proposal one = *p;
        one.reasons = name;
        both_json(j, proposal_reasons(r, &one, false, S(""), c->arena),
                  proposal_reasons(r, &one, true, S(""), c->arena));
    }
    json_arr_end(j);
}

static void person_json(struct json *j, int64_t county, int64_t id, str name)
{
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

MUST_CHECK static enum rc place_json(struct call *c, struct conn *conn, int64_t division,
                                     struct err *err)
{
    struct division_info info = {0};
    char on[11];
    enum rc rc =
        division_find(conn, division, str_from(date_text(c->today, on)), c->arena, &info, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    json_obj(&c->json);
    json_key(&c->json, "code");
    json_division(&c->json, division);
    JSON_STR(&c->json, "name", info.name);
    json_obj_end(&c->json);
    return RC_OK;
}

/* The notice as it would be sent; null when nobody is left to tell. */
MUST_CHECK static enum rc letter_json(struct call *c, struct conn *conn, const struct proposal *p,
                                      struct err *err)
{
    struct json *j = &c->json;
    struct proposal_letter letter;

    TRY(proposal_letter(conn, c->city, p, c->today, c->arena, &letter, err));
    json_key(j, "letter");
    if (letter.text.n == 0) {
        json_nil(j);
        return RC_OK;
    }
    json_obj(j);
    json_key(j, "title");
    both_json(j, letter.title, letter.title_en);
    JSON_STR(j, "text", letter.text);
    json_key(j, "channels");
    json_arr(j);
    if (letter.channels & BY_PAPER)
        json_str(j, S("paper"));
    if (letter.channels & BY_PAGE)
        json_str(j, S("page"));
    if (letter.channels & BY_MESSAGE)
        json_str(j, S("message"));
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc item_json(struct call *c, struct conn *conn, const struct proposal *p,
                                    struct err *err)
{
    const struct rules *r = c->city->rules;
    const struct policy *policy = rules_policy(r, p->programme);
    struct json *j = &c->json;

    json_obj(j);
    json_key(j, "id");
    json_ref(j, p->county_code, p->proposal_id);
    json_key(j, "month");
    json_month(j, p->month);
    json_key(j, "household");
    json_ref(j, p->county_code, p->household_id);
    json_key(j, "head");
    person_json(j, p->county_code, p->head_id, p->head);
    json_key(j, "person");
    person_json(j, p->county_code, p->person_id, p->person);
    JSON_STR(j, "programme", p->programme);
    json_key(j, "label");
    both_json(j, policy != NULL ? policy->label.zh : p->programme,
              policy != NULL ? policy->label.en : p->programme);
    JSON_STR(j, "kind", p->kind);
    json_key(j, "kind_label");
    both_json(j, str_from(proposal_kind_label(p->kind, false)),
              str_from(proposal_kind_label(p->kind, true)));
    JSON_INT(j, "old_fen", p->old_fen);
    JSON_INT(j, "new_fen", p->new_fen);
    json_key(j, "outcome");
    both_json(j, proposal_outcome(r, p, false, c->arena), proposal_outcome(r, p, true, c->arena));
    json_key(j, "reasons");
    reasons_json(c, p);
    JSON_STR(j, "state", p->state);
    JSON_BOOL(j, "batch", p->batch);
    json_key(j, "decided_on");
    json_day(j, p->decided_on);
    JSON_STR(j, "decided_by", p->decided_by);
    JSON_STR(j, "text", p->words);
    json_key(j, "division");
    TRY(place_json(c, conn, p->division, err));
    if (str_eq(query_of(c, "letters"), S("true")))
        TRY(letter_json(c, conn, p, err));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc list_json(struct call *c, struct conn *conn,
                                    const struct proposal_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct proposal *list = NULL;
    size_t n = 0;
    int64_t count = 0;
    bool more = false, exact = true;

    TRY(proposals_read(q, conn, c->arena, &list, &n, &more, err));
    TRY(proposals_count(q, conn, &count, &exact, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(item_json(c, conn, &list[i], err));
    json_arr_end(j);
    const struct proposal *last = n > 0 ? &list[n - 1] : NULL;
    str key[3] = {0};
    if (last != NULL) {
        key[0] = str_fmt(c->arena, "%lld", (long long)proposal_value(last, q->order));
        key[1] = str_fmt(c->arena, "%lld", (long long)last->county_code);
        key[2] = str_fmt(c->arena, "%lld", (long long)last->proposal_id);
    }
    page_next(c, more, key, 3);
    page_count(j, count, exact);
    json_obj_end(j);
    return RC_OK;
}

enum rc proposals_list(struct call *c, struct err *err)
{
    const struct filter_text t = {query_of(c, "month"), query_of(c, "programme"),
                                  query_of(c, "kind"), query_of(c, "division")};
    struct proposal_query q = {.state = query_of(c, "state")};
    struct conn *conn = NULL;

    TRY(filter_read(c, &t, &q, err));
    TRY(one_of(c, "state", q.state, states, err));
    TRY(order_read(c, &q, err));
    TRY(page_read(c, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = list_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- sums ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc sums_json(struct call *c, struct conn *conn,
                                    const struct proposal_query *q, struct err *err)
{
    struct json *j = &c->json;
    struct proposal_sum *list = NULL;
    size_t n = 0;

    TRY(proposals_sums(q, conn, c->arena, &list, &n, err));
    json_obj(j);
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        const struct policy *policy = rules_policy(c->city->rules, list[i].programme);
        json_obj(j);
        json_key(j, "division");
        TRY(place_json(c, conn, list[i].division, err));
        JSON_STR(j, "programme", list[i].programme);
        json_key(j, "label");
        both_json(j, policy != NULL ? policy->label.zh : list[i].programme,
                  policy != NULL ? policy->label.en : list[i].programme);
        JSON_STR(j, "kind", list[i].kind);
        json_key(j, "kind_label");
        both_json(j, str_from(proposal_kind_label(list[i].kind, false)),
                  str_from(proposal_kind_label(list[i].kind, true)));
        JSON_INT(j, "n", list[i].n);
        JSON_INT(j, "old_fen", list[i].old_fen);
        JSON_INT(j, "new_fen", list[i].new_fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc proposals_sums_get(struct call *c, struct err *err)
{
    const struct filter_text t = {query_of(c, "month"), query_of(c, "programme"),
                                  query_of(c, "kind"), query_of(c, "division")};
    struct proposal_query q = {0};
    struct conn *conn = NULL;

    TRY(filter_read(c, &t, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = sums_json(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- deciding ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc ids_read(struct call *c, const json_t *ids, struct proposal_ref **out,
                                   size_t *n, struct err *err)
{
    *n = json_array_size(ids);
    if (!json_is_array(ids) || *n == 0 || *n > IDS_MOST)
        return call_wrong(c, RC_BAD_INPUT, "ids", "for more use a filter", err,
                          "ids: expected 1 to %d references", IDS_MOST);
    *out = NEW_N(c->arena, struct proposal_ref, *n);
    for (size_t i = 0; i < *n; i++) {
        const json_t *one = json_array_get(ids, i);
        str text = json_is_string(one) ? str_from(json_string_value(one)) : S("");
        TRY(call_ref(c, text, "ids", &(*out)[i].county, &(*out)[i].id, err));
    }
    return RC_OK;
}

static str member_text(const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? str_from(json_string_value(v)) : S("");
}

/* A decision over a list names what it is about: all that is open is nothing to decide at once. */
MUST_CHECK static enum rc filter_body(struct call *c, const json_t *o, struct proposal_query *q,
                                      struct err *err)
{
    const struct filter_text t = {member_text(o, "month"), member_text(o, "programme"),
                                  member_text(o, "kind"), member_text(o, "division")};

    if (!json_is_object(o) || t.programme.n == 0 || t.kind.n == 0)
        return call_wrong(c, RC_BAD_INPUT, "filter", NULL, err,
                          "expected ids, or a filter with a programme and a kind");
    return filter_read(c, &t, q, err);
}

enum rc proposals_decide(struct call *c, struct err *err)
{
    const json_t *ids = json_object_get(c->body, "ids");
    struct proposal_query filter = {0};
    struct proposal_ref *refs = NULL;
    struct proposal_result done;
    struct proposal_choice choice = {
        .city = c->city, .scope = c->scope, .filter = &filter, .today = c->today, .words = S("")};
    struct json *j = &c->json;

    TRY(body_flag(c, "accept", true, &choice.accept, err));
    TRY(body_text(c, "text", !choice.accept, &choice.words, err));
    if (ids != NULL)
        TRY(ids_read(c, ids, &refs, &choice.n, err));
    else
        TRY(filter_body(c, json_object_get(c->body, "filter"), &filter, err));
    choice.refs = refs;
    TRY(proposals_settle(&choice, c->arena, &done, err));
    json_obj(j);
    JSON_INT(j, "decided", done.decided);
    JSON_INT(j, "notices", done.notices);
    JSON_INT(j, "fen", done.fen);
    JSON_INT(j, "settled", done.settled);
    JSON_INT(j, "related", done.related);
    json_obj_end(j);
    return RC_OK;
}
