/* Versions of the rules, and what one changed against another, declaration by declaration. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "lang/parts.h"
#include "people/rule_text.h"

enum { VERSIONS_SHOWN = 500 };

/* ---- which there are ------------------------------------------------------------------------ */

enum rc rules_versions(struct call *c, struct err *err)
{
    struct json *j = &c->json;
    struct release_row *list = NULL;
    struct conn *conn = NULL;
    size_t n = 0;

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = rule_releases(conn, VERSIONS_SHOWN, c->arena, &list, &n, err);
    store_reader_done(conn);
    TRY(rc);
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_INT(j, "number", list[i].number);
        JSON_STR(j, "hash", list[i].rule_hash);
        JSON_STR(j, "place", list[i].place);
        JSON_INT(j, "released_ms", list[i].released_ms);
        JSON_STR(j, "who", list[i].who);
        JSON_BOOL(j, "in_force", i == 0);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

/* ---- two of them ---------------------------------------------------------------------------- */

typedef VEC(struct rule_part) parts;

MUST_CHECK static enum rc number_of(struct call *c, const char *field, str text,
                                    const struct release_row *of, size_t n, size_t *out,
                                    struct err *err)
{
    int64_t number = 0;

    if (str_int(text, &number))
        for (*out = 0; *out < n; ++*out)
            if (of[*out].number == number)
                return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, field, NULL, err,
                      "%s: found “%.*s”, expected the number of a version", field,
                      STR_ARG(str_sub(text, 0, 20)));
}

MUST_CHECK static enum rc parts_of(struct call *c, struct conn *conn, str hash, parts *out,
                                   struct err *err)
{
    struct rule_file *files = NULL;
    size_t n = 0;

    TRY(rule_files(conn, hash, c->arena, &files, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct rule_part *list = NULL;
        size_t n_list = 0;
        rule_parts(files[i].path, files[i].text, c->arena, &list, &n_list);
        for (size_t k = 0; k < n_list; k++)
            *VEC_PUSH(c->arena, out) = list[k];
    }
    return RC_OK;
}

static const struct rule_part *find(const parts *in, const struct rule_part *like)
{
    for (size_t i = 0; i < in->n; i++)
        if (rule_part_same(&in->at[i], like))
            return &in->at[i];
    return NULL;
}

static void text_or_null(struct json *j, const char *key, const struct rule_part *p)
{
    json_key(j, key);
    if (p != NULL)
        json_str(j, p->text);
    else
        json_nil(j);
}

static void change_json(struct call *c, const struct rule_part *was, const struct rule_part *is)
{
    const struct rule_part *p = is != NULL ? is : was;
    struct json *j = &c->json;

    json_obj(j);
    JSON_STR(j, "change", was == NULL ? S("added") : is == NULL ? S("removed") : S("changed"));
    JSON_STR(j, "kind", p->kind);
    JSON_STR(j, "name", p->name);
    people_both(j, "label", p->zh, p->en);
    JSON_STR(j, "file", p->file);
    text_or_null(j, "before", was);
    text_or_null(j, "after", is);
    json_obj_end(j);
}

static void diff_json(struct call *c, const parts *from, const parts *to)
{
    json_key(&c->json, "items");
    json_arr(&c->json);
    for (size_t i = 0; i < to->n; i++) {
        const struct rule_part *was = find(from, &to->at[i]);
        if (was == NULL || !str_eq(was->text, to->at[i].text))
            change_json(c, was, &to->at[i]);
    }
    for (size_t i = 0; i < from->n; i++)
        if (find(to, &from->at[i]) == NULL)
            change_json(c, &from->at[i], NULL);
    json_arr_end(&c->json);
}

MUST_CHECK static enum rc diff(struct call *c, struct conn *conn, struct err *err)
{
    struct release_row *list = NULL;
    size_t n = 0, from = 0, to = 0;
    parts was = {0}, is = {0};

    TRY(rule_releases(conn, VERSIONS_SHOWN, c->arena, &list, &n, err));
    TRY(number_of(c, "from", query_of(c, "from"), list, n, &from, err));
    TRY(number_of(c, "to", query_of(c, "to"), list, n, &to, err));
    TRY(parts_of(c, conn, list[from].rule_hash, &was, err));
    TRY(parts_of(c, conn, list[to].rule_hash, &is, err));
    json_obj(&c->json);
    JSON_INT(&c->json, "from", list[from].number);
    JSON_INT(&c->json, "to", list[to].number);
    diff_json(c, &was, &is);
    json_obj_end(&c->json);
    return RC_OK;
}

enum rc rules_diff(struct call *c, struct err *err)
{
    struct conn *conn = NULL;

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = diff(c, conn, err);
    store_reader_done(conn);
    return rc;
}
