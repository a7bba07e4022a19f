/* An application from a phone: what was typed is checked and laid on the township's desk; its photos. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "api/public_in.h"
#include "work/files.h"

enum {
    SERVICES_MOST = 8,
    MEMBERS_MOST = 20,
    FACTS_MOST = 400,
    NAME_CHARS_MOST = 40,
    NOTE_CHARS = 1000
};

struct applying {
    struct call *c;
    struct online_new n;
    size_t members;
};

static str text_in(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    return json_is_string(v) ? str_trim((str){json_string_value(v), json_string_length(v)}) : S("");
}

/* "members.2.name": where a mistake is. In the arena. */
static const char *place_in(struct call *c, const char *list, size_t i, const char *key)
{
    return str_fmt(c->arena, "%s.%zu%s%s", list, i, key[0] != '\0' ? "." : "", key).p;
}

/* ---- services -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_services(struct applying *w, struct err *err)
{
    struct call *c = w->c;
    const json_t *list = json_object_get(c->body, "services");
    size_t n = json_array_size(list);
    struct sbuf *names = http_text(c->arena, 4096);
    str first = {0};

    if (n == 0 || n > SERVICES_MOST)
        return call_wrong(c, RC_BAD_INPUT, "services", "choose what help is needed", err,
                          "found %zu services, expected 1 to %d", n, SERVICES_MOST);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i);
        str name = text_in(one, "service");
        const struct service *s = rules_service(c->city->rules, name);
        const json_t *member = json_object_get(one, "member");
        if (s == NULL || !public_service(c, s))
            return call_wrong(c, RC_BAD_INPUT, "services", NULL, err,
                              "“%.*s” is nothing that can be applied for here",
                              STR_ARG(str_sub(name, 0, 60)));
        if (s->of_member && (!json_is_integer(member) || json_integer_value(member) < 0 ||
                             (size_t)json_integer_value(member) >= w->members))
            return call_wrong(c, RC_BAD_INPUT, "services", "say whom it is for", err,
                              "“%.*s” is for one person: expected which", STR_ARG(name));
        if (i == 0) {
            first = s->label.zh;
            w->n.line = s->line;
            w->n.title_en = str_fmt(c->arena, "online application: %.*s",
                                    STR_ARG(s->label.en.n > 0 ? s->label.en : s->label.zh));
        }
        sbuf_fmt(names, "%s%.*s", i == 0 ? "" : ",", STR_ARG(name));
    }
    w->n.services = sbuf_str(names);
    w->n.title = str_fmt(c->arena, "看网上申请：%.*s", STR_ARG(first));
    return RC_OK;
}

/* ---- members --------------------------------------------------------------------------------- */

static void check_number(struct applying *w, json_t *m, size_t i, bool must)
{
    struct call *c = w->c;
    str typed = text_in(m, "id_number");
    char id[19];
    struct err wrong = {0};

    if (typed.n == 0 && !must)
        return;
    if (id_number_read(typed, c->today, id, &wrong) != RC_OK) {
        call_error(c, place_in(c, "members", i, "id_number"), "%s", wrong.text);
        return;
    }
    json_object_set_new(m, "id_number", json_string(id));
    if (i == 0)
        w->n.identity = str_dup(c->arena, str_from(id));
    for (size_t k = 0; k < i; k++)
        if (str_eq(text_in(json_array_get(json_object_get(c->body, "members"), k), "id_number"),
                   str_from(id)))
            call_error(c, place_in(c, "members", i, "id_number"),
                       "the same number as of another member");
}

MUST_CHECK static enum rc read_members(struct applying *w, struct err *err)
{
    struct call *c = w->c;
    json_t *list = json_object_get(c->body, "members");
    size_t heads = 0;

    w->members = json_array_size(list);
    if (w->members == 0 || w->members > MEMBERS_MOST)
        return call_wrong(c, RC_BAD_INPUT, "members", "who lives in the household", err,
                          "found %zu members, expected 1 to %d", w->members, MEMBERS_MOST);
    for (size_t i = 0; i < w->members; i++) {
        json_t *m = json_array_get(list, i);
        str name = text_in(m, "name"), relation = text_in(m, "relation");
        if (!json_is_object(m))
            return call_wrong(c, RC_BAD_INPUT, "members", NULL, err, "members: expected objects");
        if (utf8_count(name) < 2 || utf8_count(name) > NAME_CHARS_MOST)
            call_error(c, place_in(c, "members", i, "name"), "expected a name of 2 to %d letters",
                       NAME_CHARS_MOST);
        if (relation.n != 2 || str_eq(relation_label(relation, false), relation))
            call_error(c, place_in(c, "members", i, "relation"),
                       "expected what the person is to the head of the family");
        heads += str_eq(relation, S("02"));
        check_number(w, m, i, i == 0);
    }
    if (heads > 1)
        call_error(c, "members", "found %zu heads of the family, expected one", heads);
    w->n.applicant = text_in(json_array_get(list, 0), "name");
    return RC_OK;
}

/* ---- facts ----------------------------------------------------------------------------------- */

/* A field that one of the chosen services asks for. */
static const struct field *field_asked(struct call *c, str services, str name, bool of_person)
{
    str one, rest = services;

    while (rest.n > 0) {
        if (!str_cut(rest, ',', &one, &rest))
            rest = S("");
        const struct service *s = rules_service(c->city->rules, one);
        for (size_t i = 0; s != NULL && i < s->n_forms; i++)
            for (size_t k = 0; k < s->forms[i].n; k++) {
                const struct field *f = public_field(c->city->rules, s, s->forms[i].names[k].text);
                if (f != NULL && str_eq(f->name.text, name) &&
                    str_eq(f->reg->name.text, S("person")) == of_person)
                    return f;
            }
    }
    return NULL;
}

MUST_CHECK static enum rc read_facts(struct applying *w, struct err *err)
{
    struct call *c = w->c;
    const json_t *list = json_object_get(c->body, "facts");
    size_t n = json_array_size(list);

    if (n > FACTS_MOST)
        return call_wrong(c, RC_LIMIT, "facts", NULL, err, "found %zu facts, expected at most %d",
                          n, FACTS_MOST);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i), *member = json_object_get(one, "member");
        bool of_person = json_is_integer(member);
        str name = text_in(one, "field");
        const struct field *f = field_asked(c, w->n.services, name, of_person);
        bool unknown = false;
        int64_t column = 0;
        struct value stored;
        if (f == NULL || (of_person && (json_integer_value(member) < 0 ||
                                        (size_t)json_integer_value(member) >= w->members)))
            return call_wrong(c, RC_BAD_INPUT, place_in(c, "facts", i, ""), NULL, err,
                              "“%.*s” is not asked for here", STR_ARG(str_sub(name, 0, 60)));
        TRY(people_value_read(c, f, json_object_get(one, "value"), &unknown, &column, &stored,
                              err));
    }
    return RC_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_rest(struct applying *w, struct err *err)
{
    struct call *c = w->c;
    str division = S(""), phone = S(""), note = S(""), by = S("");
    bool consent = false, truthful = false;

    TRY(body_text(c, "division", true, &division, err));
    TRY(body_text(c, "phone", true, &phone, err));
    TRY(body_text(c, "note", false, &note, err));
    TRY(body_text(c, "by", false, &by, err));
    TRY(body_flag(c, "consent", true, &consent, err));
    TRY(body_flag(c, "truthful", true, &truthful, err));
    if (division.n != 12 || !str_int(division, &w->n.division))
        call_error(c, "division", "expected where the family lives");
    if (!mobile_valid(phone))
        call_error(c, "phone", "expected a mobile number of eleven digits");
    if (utf8_count(note) > NOTE_CHARS || utf8_count(by) > NOTE_CHARS)
        call_error(c, "note", "expected at most %d characters", NOTE_CHARS);
    if (!consent)
        call_error(c, "consent", "without it nothing can be checked");
    if (!truthful)
        call_error(c, "truthful", "expected the promise that all of it is true");
    w->n.phone = phone;
    return RC_OK;
}

static void write_taken(struct call *c, const struct online *o, bool again)
{
    struct json *j = &c->json;
    int64_t until = 0;
    str pass = pass_make(c, PASS_ONLINE, o->county_code, o->online_id, &until);

    c->reply->status = 201;
    if (again)
        call_header(c, "Idempotency-Replayed", S("true"));
    json_obj(j);
    JSON_STR(j, "number", o->number);
    json_key(j, "made");
    json_day(j, o->made);
    json_key(j, "due");
    json_day(j, o->due);
    JSON_STR(j, "pass", pass);
    JSON_INT(j, "until_ms", until);
    json_obj_end(j);
}

enum rc public_apply(struct call *c, struct err *err)
{
    struct applying w = {.c = c, .n = {.today = c->today, .content = c->body}};
    struct online o = {0};
    int64_t since = clock_ms();
    bool again = false;

    w.n.key = http_header(c->request, "Idempotency-Key");
    TRY(public_texts(c, err));
    TRY(read_members(&w, err));
    TRY(read_services(&w, err));
    TRY(read_rest(&w, err));
    TRY(call_errors(c, err));
    TRY(read_facts(&w, err));
    enum rc rc = online_take(c->city, &w.n, c->arena, &o, &again, err);
    public_wait(since, PUBLIC_SLOW_MS);
    if (rc == RC_NOT_FOUND)
        return call_wrong(c, RC_BAD_INPUT, "division", "choose the village or community", err,
                          "there is no such place here");
    TRY(rc);
    write_taken(c, &o, again);
    return RC_OK;
}

/* ---- photos ---------------------------------------------------------------------------------- */

struct adding {
    struct call *c;
    struct pass pass;
    struct case_file file;
};

static enum rc add(struct change *change, void *ctx, struct err *err)
{
    struct adding *w = ctx;
    struct online o;
    int64_t n = 0, bytes = 0;

    TRY(online_find(w->c->city, NULL, change->conn, change->county_code, w->pass.id, false,
                    w->c->arena, &o, err));
    if (!str_eq(o.state, S("waiting")))
        return err_set(err, RC_RULE, "the office has looked at it already; bring it to the window");
    TRY(online_files(change->conn, change->county_code, w->pass.id, &n, &bytes, err));
    if (n >= ONLINE_FILES_MOST || bytes + w->c->request->body_file_bytes > ONLINE_FILES_BYTES)
        return err_set(err, RC_LIMIT, "found %lld photos, expected at most %d of %d MB together",
                       (long long)n + 1, ONLINE_FILES_MOST, ONLINE_FILES_BYTES >> 20);
    return file_take(change, w->c->api->files, w->c->request->body_file, &w->file, w->c->arena,
                     err);
}

MUST_CHECK static enum rc check_paper(struct call *c, const struct pass *pass, str paper,
                                      struct err *err)
{
    struct conn *conn = NULL;
    struct online o = {0};
    bool known = paper.n == 0;

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = online_find(c->city, NULL, conn, pass->county, pass->id, false, c->arena, &o, err);
    store_reader_done(conn);
    TRY(rc);
    for (str one, rest = o.services; rest.n > 0;) {
        if (!str_cut(rest, ',', &one, &rest))
            rest = S("");
        const struct service *s = rules_service(c->city->rules, one);
        for (size_t i = 0; s != NULL && i < s->n_papers; i++)
            known |= str_eq(s->papers[i].name.text, paper);
    }
    return known ? RC_OK
                 : call_wrong(c, RC_BAD_INPUT, "paper", "a paper of what is applied for", err,
                              "“%.*s” is none of the papers", STR_ARG(str_sub(paper, 0, 60)));
}

enum rc public_files(struct call *c, struct err *err)
{
    struct adding w = {.c = c};

    TRY(pass_read(c, &w.pass, err));
    if (w.pass.kind != PASS_ONLINE)
        return err_set(err, RC_NO_SESSION, "number and phone are needed again");
    if (c->request->body_file == NULL || c->request->body_file_bytes > ONLINE_FILE_BYTES)
        return call_wrong(c, RC_LIMIT, "file", "take the photo smaller", err,
                          "expected a photo of at most %d MB", ONLINE_FILE_BYTES >> 20);
    w.file = (struct case_file){
        .case_id = w.pass.id, .paper = query_of(c, "paper"), .name = query_of(c, "name")};
    TRY(check_paper(c, &w.pass, w.file.paper, err));
    const struct change_spec spec = {.store = c->city->store,
                                     .county_code = w.pass.county,
                                     .who = S("公众"),
                                     .why = S("a photo of an online application")};
    TRY(change_write(&spec, add, &w, NULL, err));
    c->reply->status = 201;
    json_obj(&c->json);
    JSON_STR(&c->json, "name", w.file.name);
    JSON_STR(&c->json, "paper", w.file.paper);
    JSON_INT(&c->json, "bytes", w.file.bytes);
    json_obj_end(&c->json);
    return RC_OK;
}
