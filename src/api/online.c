/* The clerk's side of what citizens send: an application made on a phone, a question, an appeal. */
#include "api/case_json.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "work/files.h"
#include "work/online.h"

static void write_raw(struct json *j, const json_t *v)
{
    char *text = v != NULL ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    if (text == NULL)
        json_nil(j);
    else
        json_raw(j, str_from(text));
    free(text); /* tidy: raw memory, because jansson made it */
}

/* The numbers in it as they are shown by default. */
static json_t *masked_content(struct call *c, const json_t *content)
{
    static const struct {
        const char *key;
        enum number_kind kind;
    } of[] = {{"id_number", NUMBER_IDENTITY}, {"phone", NUMBER_PHONE}};
    json_t *copy = json_deep_copy(content), *list = json_object_get(copy, "members");

    if (copy == NULL)
        return NULL;
    arena_on_reset(c->arena, (void (*)(void *))json_decref, copy);
    for (size_t i = 0; i <= json_array_size(list); i++)
        for (size_t k = 0; k < 2; k++) {
            json_t *o = i < json_array_size(list) ? json_array_get(list, i) : copy;
            const char *number = json_string_value(json_object_get(o, of[k].key));
            if (number != NULL)
                json_object_set_new(
                    o, of[k].key,
                    json_string(
                        str_z(c->arena, mask_number(of[k].kind, str_from(number), c->arena))));
        }
    return copy;
}

/* Is who applied on record already, where this account may see it? By the identity number. */
MUST_CHECK static enum rc write_found(struct call *c, struct conn *conn, const struct online *o,
                                      struct err *err)
{
    struct json *j = &c->json;
    const json_t *first = json_array_get(json_object_get(o->content, "members"), 0);
    const char *id = json_string_value(json_object_get(first, "id_number"));
    int64_t county = 0, person = 0, household = 0;

    enum rc rc = id == NULL ? RC_NOT_FOUND
                            : person_by_number(conn, c->city->vault, NUMBER_IDENTITY, str_from(id),
                                               &county, &person, err);
    if (rc == RC_OK)
        rc = scope_person(c->scope, conn, county, person, err);
    if (rc == RC_OK)
        rc = online_household(conn, county, person, c->today, &household, err);
    if (rc == RC_NOT_FOUND)
        county = person = household = 0;
    else
        TRY(rc);
    json_key(j, "person");
    json_ref(j, county, person);
    json_key(j, "household");
    json_ref(j, county, household);
    return RC_OK;
}

static void write_files(struct json *j, const struct case_file *f, size_t n)
{
    json_key(j, "files");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        json_key(j, "id");
        json_id(j, f[i].file_id);
        JSON_STR(j, "name", f[i].name);
        JSON_STR(j, "type", f[i].type);
        JSON_INT(j, "bytes", f[i].bytes);
        JSON_STR(j, "paper", f[i].paper);
        json_obj_end(j);
    }
    json_arr_end(j);
}

MUST_CHECK static enum rc write_online(struct call *c, struct conn *conn, const struct online *all,
                                       bool masked, struct err *err)
{
    struct json *j = &c->json;
    const struct online o = *all;
    struct case_file *files = NULL;
    size_t n = 0;
    int64_t county = o.county_code, id = o.online_id;

    TRY(files_of(conn, county, id, c->arena, &files, &n, err));
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, county, id);
    JSON_STR(j, "number", o.number);
    JSON_STR(j, "state", o.state);
    JSON_STR(j, "applicant", o.applicant);
    JSON_STR(j, "line", o.line);
    json_day_or_null(j, "made", o.made);
    json_day_or_null(j, "due", o.due);
    json_day_or_null(j, "answered", o.answered);
    JSON_STR(j, "answered_by", o.answered_by);
    JSON_STR(j, "words", o.words);
    json_key(j, "case");
    json_ref(j, county, o.case_id);
    JSON_STR(j, "case_number", o.case_number);
    TRY(people_division(c, conn, "division", o.division, err));
    TRY(people_division(c, conn, "office", o.office, err));
    TRY(write_found(c, conn, &o, err));
    write_files(j, files, n);
    json_key(j, "content");
    write_raw(j, masked ? masked_content(c, o.content) : o.content);
    json_obj_end(j);
    return RC_OK;
}

enum rc online_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct online o;
    int64_t county = 0, id = 0;

    TRY(call_ref(c, c->at[0], "online", &county, &id, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = online_find(c->city, c->scope, conn, county, id, true, c->arena, &o, err);
    if (rc == RC_OK)
        rc = write_online(c, conn, &o, true, err);
    store_reader_done(conn);
    return rc;
}

enum rc online_show(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct online o;
    int64_t county = 0, id = 0;
    str why = S("");

    TRY(call_ref(c, c->at[0], "online", &county, &id, err));
    TRY(body_text(c, "why", true, &why, err));
    TRY(online_reveal(c->city, c->scope, county, id, why, c->arena, &o, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_online(c, conn, &o, false, err);
    store_reader_done(conn);
    return rc;
}

enum rc online_file(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct online o;
    struct case_file f = {0};
    int64_t county = 0, id = 0, file = 0;
    int fd = -1;

    TRY(call_ref(c, c->at[0], "online", &county, &id, err));
    if (!str_int(c->at[1], &file))
        return call_wrong(c, RC_BAD_INPUT, "file", NULL, err, "file: expected digits");
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = online_find(c->city, c->scope, conn, county, id, false, c->arena, &o, err);
    if (rc == RC_OK)
        rc = file_open(conn, c->api->files, county, id, file, c->arena, &f, &fd, err);
    store_reader_done(conn);
    TRY(rc);
    call_file(c, fd, f.bytes, f.type, f.name);
    return RC_OK;
}

enum rc online_return(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0;
    str text = S("");

    TRY(call_ref(c, c->at[0], "online", &county, &id, err));
    TRY(body_text(c, "text", true, &text, err));
    TRY(online_answer(c->city, c->scope, county, id, text, NULL, err));
    call_nothing(c);
    return RC_OK;
}

/* ---- messages -------------------------------------------------------------------------------- */

enum rc messages_get(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    struct message m;
    struct json *j = &c->json;
    int64_t county = 0, id = 0;

    TRY(call_ref(c, c->at[0], "message", &county, &id, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = message_find(c->scope, conn, county, id, c->arena, &m, err);
    store_reader_done(conn);
    TRY(rc);
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, county, id);
    json_key(j, "case");
    json_ref(j, county, m.case_id);
    JSON_STR(j, "kind", m.kind);
    JSON_STR(j, "text", m.text);
    json_day_or_null(j, "made", m.made);
    json_day_or_null(j, "due", m.due);
    JSON_STR(j, "answer", m.answer);
    json_day_or_null(j, "answered", m.answered);
    JSON_STR(j, "answered_by", m.answered_by);
    json_obj_end(j);
    return RC_OK;
}

enum rc messages_answer(struct call *c, struct err *err)
{
    int64_t county = 0, id = 0;
    str text = S("");

    TRY(call_ref(c, c->at[0], "message", &county, &id, err));
    TRY(body_text(c, "text", true, &text, err));
    TRY(message_answer(c->city, c->scope, county, id, text, err));
    call_nothing(c);
    return RC_OK;
}
