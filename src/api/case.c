/* Cases: taken, moved on, decided in batches; drafts and files. The page of one is case_page.c. */
#include "api/case_json.h"
#include "api/handlers.h"
#include "work/files.h"
#include "work/posting.h"
#include "work/online.h"

/* ---- the list ------------------------------------------------------------------------------- */

/* The filters behind a report's numbers; each has an order of its own. */
MUST_CHECK static enum rc read_clock(struct call *c, struct case_query *q, struct err *err)
{
    static const char *const clocks[] = {"", "late", "warned", "due_today", "paused"};
    str clock = query_of(c, "clock"), closed = query_of(c, "closed"),
        in_time = query_of(c, "in_time"), office = query_of(c, "office");
    while (q->clock <= CLOCK_PAUSED && !str_eq(clock, str_from(clocks[q->clock])))
        q->clock++;
    if (q->clock > CLOCK_PAUSED)
        return call_wrong(c, RC_BAD_INPUT, "clock", NULL, err,
                          "clock: found “%.*s”, expected late, warned, due_today or paused",
                          STR_ARG(str_sub(clock, 0, 40)));
    if (closed.n > 0 && !month_parse(closed, &q->closed))
        return call_wrong(c, RC_BAD_INPUT, "closed", NULL, err,
                          "closed: found “%.*s”, expected a month like 2020-12",
                          STR_ARG(str_sub(closed, 0, 40)));
    if (office.n > 0 && (!str_int(office, &q->office) || office.n != 12))
        return call_wrong(c, RC_BAD_INPUT, "office", NULL, err,
                          "office: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(office, 0, 40)));
    q->in_time = str_eq(in_time, S("yes"))  ? IN_TIME_YES
                 : str_eq(in_time, S("no")) ? IN_TIME_NO
                                            : IN_TIME_ANY;
    if (in_time.n > 0 && (q->in_time == IN_TIME_ANY || q->closed == 0))
        return call_wrong(c, RC_BAD_INPUT, "in_time", NULL, err,
                          "in_time: found “%.*s”, expected yes or no, beside a month `closed`",
                          STR_ARG(str_sub(in_time, 0, 40)));
    if ((q->clock != CLOCK_ANY || q->closed != 0) && q->order != CASE_BY_DUE)
        return call_wrong(c, RC_BAD_INPUT, "sort", NULL, err,
                          "sort: expected none beside clock and closed, which have their own");
    if (q->clock != CLOCK_ANY && q->closed != 0)
        return call_wrong(c, RC_BAD_INPUT, "clock", NULL, err,
                          "clock: found beside closed, expected one of them");
    if (q->closed != 0)
        q->order = CASE_BY_CLOSED;
    return RC_OK;
}

MUST_CHECK static enum rc read_query(struct call *c, const struct page *page, struct case_query *q,
                                     struct err *err)
{
    str sort = query_of(c, "sort"), order = query_of(c, "order"),
        division = query_of(c, "division");
    *q = (struct case_query){.scope = c->scope,
                             .state = query_of(c, "state"),
                             .service = query_of(c, "service"),
                             .step = query_of(c, "step"),
                             .number = str_trim(query_of(c, "q")),
                             .after_key = S(""),
                             .limit = page->limit};
    if (sort.n == 0 || str_eq(sort, S("due")))
        q->order = CASE_BY_DUE;
    else if (str_eq(sort, S("accepted")))
        q->order = CASE_BY_ACCEPTED;
    else if (str_eq(sort, S("number")))
        q->order = CASE_BY_NUMBER;
    else
        return call_wrong(c, RC_BAD_INPUT, "sort", "due, accepted or number", err,
                          "found “%.*s”, expected due, accepted or number", STR_ARG(sort));
    q->desc = str_eq(order, S("desc"));
    TRY(read_clock(c, q, err));
    if (division.n > 0 && (!str_int(division, &q->division) || division.n != 12))
        return call_wrong(c, RC_BAD_INPUT, "division", "twelve digits", err,
                          "found “%.*s”, expected a division of twelve digits", STR_ARG(division));
    if (page->cursor_n > 0 && (page->cursor_n != 3 || !str_int(page->cursor[1], &q->after_county) ||
                               !str_int(page->cursor[2], &q->after_id)))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "as the last page gave it", err,
                          "the cursor is of another list");
    if (page->cursor_n > 0)
        q->after_key = page->cursor[0];
    return RC_OK;
}

MUST_CHECK static enum rc write_list(struct call *c, struct conn *conn, const struct case_query *q,
                                     struct err *err)
{
    struct json *j = &c->json;
    struct calendar *calendar = NULL;
    struct case_row *rows = NULL;
    size_t n = 0;
    bool more = false;
    int64_t count = 0;
    TRY(calendar_read(conn, c->arena, &calendar, err));
    TRY(case_list(c->city, q, conn, c->arena, &rows, &n, &more, err));
    TRY(case_count(c->city, q, conn, c->arena, &count, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(json_case_brief(c, conn, calendar, &rows[i], err));
    json_arr_end(j);
    str key[3] = {S(""), S(""), S("")};
    if (n > 0) {
        const struct case_row *last = &rows[n - 1];
        day d = q->order == CASE_BY_ACCEPTED ? last->accepted
                : q->order == CASE_BY_CLOSED ? last->closed
                                             : last->due;
        char text[11];
        key[0] = d != 0 ? str_dup(c->arena, str_from(date_text(d, text))) : S("9999-12-31");
        key[1] = str_fmt(c->arena, "%lld", (long long)last->county_code);
        key[2] = str_fmt(c->arena, "%lld", (long long)last->case_id);
    }
    page_next(c, more, key, 3);
    page_count(j, count > 10000 ? 10000 : count, count <= 10000);
    json_obj_end(j);
    return RC_OK;
}

enum rc cases_list(struct call *c, struct err *err)
{
    struct page page;
    struct case_query q;
    struct conn *conn = NULL;
    TRY(call_page(c, &page, err));
    TRY(read_query(c, &page, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_list(c, conn, &q, err);
    store_reader_done(conn);
    return rc;
}

/* ---- taking one in -------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_services(struct call *c, struct case_new *n, struct err *err)
{
    const json_t *list = json_object_get(c->body, "services");
    size_t count = json_array_size(list);
    struct case_wanted *wanted = NEW_N(c->arena, struct case_wanted, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i), *person = json_object_get(one, "person");
        const json_t *name = json_is_object(one) ? json_object_get(one, "service") : one;
        int64_t county = 0;
        if (!json_is_string(name))
            return call_wrong(c, RC_BAD_INPUT, "services", "{service, person}", err,
                              "expected an array of {service, person}");
        wanted[i].service = (str){json_string_value(name), json_string_length(name)};
        if (json_is_string(person))
            TRY(call_ref(c, str_from(json_string_value(person)), "services", &county,
                         &wanted[i].person, err));
    }
    if (count == 0 || count > 16)
        return call_wrong(c, RC_BAD_INPUT, "services", "at least one", err,
                          "found %zu services, expected 1 to 16", count);
    n->services = wanted;
    n->n_services = count;
    return RC_OK;
}

MUST_CHECK static enum rc read_new(struct call *c, struct case_new *n, struct err *err)
{
    int64_t county = 0;
    const json_t *who = json_object_get(c->body, "applicant");
    *n = (struct case_new){.applicant = S(""),
                           .relation = S(""),
                           .registered = S(""),
                           .note = S(""),
                           .facts = json_object_get(c->body, "facts"),
                           .papers = json_object_get(c->body, "papers")};
    TRY(body_ref(c, "household", true, &n->county, &n->household, err));
    TRY(body_day(c, "day", false, &n->day, err));
    TRY(body_text(c, "note", false, &n->note, err));
    TRY(body_text(c, "registered", false, &n->registered, err));
    if (json_is_object(who)) {
        const json_t *ref = json_object_get(who, "ref"), *name = json_object_get(who, "name"),
                     *relation = json_object_get(who, "relation");
        if (json_is_string(ref))
            TRY(call_ref(c, str_from(json_string_value(ref)), "applicant", &county,
                         &n->applicant_id, err));
        if (json_is_string(name))
            n->applicant = str_from(json_string_value(name));
        if (json_is_string(relation))
            n->relation = str_from(json_string_value(relation));
    }
    return read_services(c, n, err);
}

/* The application made on a phone that is taken now: one that waits, of the same county. */
MUST_CHECK static enum rc read_online(struct call *c, int64_t county, int64_t *out, struct err *err)
{
    struct conn *conn = NULL;
    struct online o = {0};
    int64_t its = 0;
    TRY(body_ref(c, "online", false, &its, out, err));
    if (*out == 0)
        return RC_OK;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = online_find(c->city, c->scope, conn, its, *out, false, c->arena, &o, err);
    store_reader_done(conn);
    TRY(rc);
    if (its != county)
        return call_wrong(c, RC_BAD_INPUT, "online", NULL, err,
                          "the family lives in another county than the application was sent to");
    if (!str_eq(o.state, S("waiting")))
        return err_set(err, RC_CONFLICT, "the application %.*s was answered already: %.*s",
                       STR_ARG(o.number), STR_ARG(o.state));
    return RC_OK;
}

enum rc cases_open(struct call *c, struct err *err)
{
    struct case_new n;
    int64_t online = 0;
    struct case_made made;
    struct json *j = &c->json;
    TRY(read_new(c, &n, err));
    TRY(read_online(c, n.county, &online, err));
    TRY(case_open(c->city, c->scope, &n, c->arena, &made, err));
    if (online != 0)
        TRY(online_answer(c->city, c->scope, n.county, online, S(""), &made, err));
    call_created(c, str_fmt(c->arena, "/api/v1/cases/%06lld-%lld", (long long)n.county,
                            (long long)made.cases[0].case_id));
    json_obj(j);
    JSON_STR(j, "number", made.number);
    json_key(j, "cases");
    json_arr(j);
    for (size_t i = 0; i < made.n; i++) {
        json_obj(j);
        json_key(j, "ref");
        json_ref(j, n.county, made.cases[i].case_id);
        JSON_STR(j, "number", made.cases[i].number);
        JSON_STR(j, "service", made.cases[i].service);
        JSON_STR(j, "state", S("open"));
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

/* ---- what happened next --------------------------------------------------------------------- */

/* What stands now, and what happened since the caller looked. */
static void write_current(struct call *c, int64_t county, int64_t case_id, int64_t version)
{
    struct err none = {0};
    struct conn *conn = NULL;
    struct case_whole k;
    if (store_reader(c->city->store, &conn, &none) != RC_OK)
        return;
    if (case_load(c->city, c->scope, conn, county, case_id, c->arena, &k, &none) == RC_OK) {
        struct json *j = call_current(c);
        json_obj(j);
        JSON_INT(j, "version", k.state->version);
        JSON_STR(j, "state", str_from(case_status_word(k.state->status)));
        json_key(j, "story");
        json_arr(j);
        for (size_t i = 0; i < k.n_events; i++)
            if (k.events[i].seq > version)
                json_event(j, &k, &k.events[i], c->arena);
        json_arr_end(j);
        json_obj_end(j);
    }
    store_reader_done(conn);
}

static void write_version(struct call *c, int64_t version)
{
    json_obj(&c->json);
    JSON_INT(&c->json, "version", version);
    json_obj_end(&c->json);
}

enum rc cases_event(struct call *c, struct err *err)
{
    struct case_act act = {.step = S(""), .text = S("")};
    int64_t county = 0, id = 0, version = 0;
    str word = S("");
    TRY(call_ref(c, c->at[0], "case", &county, &id, err));
    TRY(body_text(c, "event", true, &word, err));
    TRY(body_text(c, "step", false, &act.step, err));
    TRY(body_text(c, "text", false, &act.text, err));
    TRY(body_day(c, "day", false, &act.day, err));
    TRY(call_version(c, &act.version, err));
    act.kind = event_find(word);
    if (act.kind == EVENT__COUNT)
        return call_wrong(c, RC_BAD_INPUT, "event", "see actions of the case", err,
                          "“%.*s” is no event of a case", STR_ARG(word));
    if (act.version == 0)
        return call_wrong(c, RC_BAD_INPUT, "If-Match", "the version that was read", err,
                          "expected the case's version in If-Match");
    act.data = json_object_get(c->body, "data");
    if (act.data == NULL || json_is_null(act.data))
        act.data = c->body;
    else if (!json_is_object(act.data))
        return call_wrong(c, RC_BAD_INPUT, "data", "an object", err, "data: expected an object");
    enum rc rc = case_do(c->city, c->scope, county, id, &act, c->arena, &version, err);
    if (rc == RC_CONFLICT)
        write_current(c, county, id, act.version);
    TRY(rc);
    write_version(c, version);
    return RC_OK;
}

enum rc cases_draft(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0, version = 0, now = 0;
    TRY(call_ref(c, c->at[0], "case", &county, &id, err));
    TRY(call_version(c, &version, err));
    if (!json_is_object(c->body))
        return call_wrong(c, RC_BAD_INPUT, "", "an object", err, "expected an object");
    char *text = json_dumps(c->body, JSON_COMPACT);
    str draft = str_dup(c->arena, str_from(text));
    free(text); /* tidy: raw memory, because jansson made it */
    TRY(case_draft_put(c->city, c->scope, county, id, draft, version, &now, err));
    write_version(c, now);
    return RC_OK;
}

/* ---- several decisions ---------------------------------------------------------------------- */

MUST_CHECK static enum rc decide_one(struct call *c, json_t *one, int64_t *county, int64_t *id,
                                     int64_t *version, struct err *err)
{
    const json_t *ref = json_is_object(one) ? json_object_get(one, "case") : one;
    const json_t *text = json_object_get(one, "text");
    struct case_act act = {.kind = EVENT_DECIDED, .step = S(""), .text = S("")};
    if (!json_is_string(ref))
        return err_set(err, RC_BAD_INPUT, "case: expected a reference");
    TRY(call_ref(c, str_from(json_string_value(ref)), "case", county, id, err));
    if (!json_is_string(text))
        text = json_object_get(c->body, "text");
    if (json_is_string(text))
        act.text = str_from(json_string_value(text));
    act.version = json_integer_value(json_object_get(one, "version"));
    act.data = json_object_get(one, "grant") != NULL ? one : c->body;
    return case_do(c->city, c->scope, *county, *id, &act, c->arena, version, err);
}

/* Each case is a change of its own: one that can't be decided does not keep the others. */
enum rc decisions_make(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    const json_t *list = json_object_get(c->body, "cases");
    int64_t decided = 0, failed = 0;
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > 200)
        return call_wrong(c, RC_BAD_INPUT, "cases", "1 to 200 cases", err,
                          "expected 1 to 200 cases");
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct err own = {0};
        int64_t county = 0, id = 0, version = 0;
        enum rc rc = decide_one(c, json_array_get(list, i), &county, &id, &version, &own);
        json_obj(j);
        json_key(j, "case");
        json_ref(j, county, id);
        JSON_BOOL(j, "decided", rc == RC_OK);
        if (rc == RC_OK) {
            JSON_INT(j, "version", version);
            decided++;
        } else {
            JSON_STR(j, "code", str_from(rc_code(rc)));
            JSON_STR(j, "detail", str_from(own.text));
            failed++;
        }
        json_obj_end(j);
    }
    json_arr_end(j);
    JSON_INT(j, "decided", decided);
    JSON_INT(j, "failed", failed);
    json_obj_end(j);
    return RC_OK;
}

/* ---- files ---------------------------------------------------------------------------------- */

/* A case that the caller sees; else as if there were none. */
MUST_CHECK static enum rc see_case(struct call *c, struct conn *conn, int64_t *county, int64_t *id,
                                   struct case_whole *k, struct err *err)
{
    TRY(call_ref(c, c->at[0], "case", county, id, err));
    return case_load(c->city, c->scope, conn, *county, *id, c->arena, k, err);
}

struct taking {
    struct call *c;
    struct case_file file;
};

static enum rc take(struct change *change, void *ctx, struct err *err)
{
    struct taking *t = ctx;
    TRY(file_take(change, t->c->api->files, t->c->request->body_file, &t->file, t->c->arena, err));
    return str_eq(t->file.paper, S(POSTING_PHOTO))
               ? posting_photo(change, t->file.case_id, t->file.file_id, t->c->today, err)
               : RC_OK;
}

MUST_CHECK static enum rc check_taking(struct call *c, struct taking *t, int64_t *county,
                                       struct err *err)
{
    struct conn *conn = NULL;
    struct case_whole k;
    int64_t id = 0;
    str paper = query_of(c, "paper");
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = see_case(c, conn, county, &id, &k, err);
    store_reader_done(conn);
    TRY(rc);
    bool known = paper.n == 0 || str_eq(paper, S(POSTING_PHOTO));
    for (size_t i = 0; i < k.ground.service->n_papers; i++)
        known |= str_eq(k.ground.service->papers[i].name.text, paper);
    if (!known)
        return call_wrong(c, RC_BAD_INPUT, "paper", "a paper of the service", err,
                          "“%.*s” is none of the service's papers", STR_ARG(paper));
    t->file = (struct case_file){.case_id = id, .paper = paper, .name = query_of(c, "name")};
    return RC_OK;
}

enum rc files_add(struct call *c, struct err *err)
{
    struct taking t = {.c = c};
    struct json *j = &c->json;
    int64_t county = 0;
    TRY(check_taking(c, &t, &county, err));
    if (c->request->body_file == NULL)
        return call_wrong(c, RC_BAD_INPUT, "", "the file as the body", err, "no file was sent");
    const struct change_spec spec = {.store = c->city->store,
                                     .county_code = county,
                                     .who = c->scope->login,
                                     .why = S("a file of a case")};
    TRY(change_write(&spec, take, &t, NULL, err));
    call_created(c, str_fmt(c->arena, "/api/v1/cases/%.*s/files/%lld", STR_ARG(c->at[0]),
                            (long long)t.file.file_id));
    json_obj(j);
    json_key(j, "id");
    json_id(j, t.file.file_id);
    JSON_STR(j, "name", t.file.name);
    JSON_STR(j, "type", t.file.type);
    JSON_INT(j, "bytes", t.file.bytes);
    JSON_STR(j, "paper", t.file.paper);
    JSON_BOOL(j, "renamed", t.file.renamed);
    json_obj_end(j);
    return RC_OK;
}

enum rc files_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct case_whole k;
    struct case_file file;
    int64_t county = 0, id = 0, file_id = 0;
    int fd = -1;
    if (!str_int(c->at[1], &file_id) || file_id <= 0)
        return call_wrong(c, RC_BAD_INPUT, "file", "its id", err, "found “%.*s”, expected an id",
                          STR_ARG(c->at[1]));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = see_case(c, conn, &county, &id, &k, err);
    if (rc == RC_OK)
        rc = file_open(conn, c->api->files, county, id, file_id, c->arena, &file, &fd, err);
    store_reader_done(conn);
    TRY(rc);
    call_file(c, fd, file.bytes, file.type, file.name);
    return RC_OK;
}
