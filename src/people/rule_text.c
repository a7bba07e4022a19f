/* The rules in force are text in the store: nothing is decided by a file that somebody may edit. */
#include <string.h>

#include "people/people_sql.h"
#include "people/rule_text.h"

void rule_text_hash(const struct rules *r, char out[65])
{
    uint8_t hash[VAULT_HASH];
    struct arena a = {0};
    struct sm3 *h = sm3_open();
    for (size_t i = 0; i < r->sources.list.n; i++) {
        sm3_str(h, r->sources.list.at[i].path);
        sm3_str(h, r->sources.list.at[i].text);
    }
    sm3_end(h, hash);
    sm3_close(h);
    memcpy(out, hash_text(hash, &a).p, 64);
    out[64] = '\0';
    arena_deinit(&a);
}

enum rc rule_release_read(struct conn *c, struct arena *a, struct release *out, struct err *err)
{
    struct query *q = NULL;
    *out = (struct release){0};
    TRY(query(c, &stmt_rule_in_force, NULL, 0, &q, err));
    if (query_next(q)) {
        str hash = query_text(q, 1);
        out->number = query_int(q, 0);
        memcpy(out->rule_hash, hash.p, hash.n < 64 ? hash.n : 64);
        out->place = str_dup(a, query_text(q, 2));
    }
    return query_end(q, err);
}

enum rc rule_release(struct change *c, const struct rules *r, const struct release *before,
                     str place, struct err *err)
{
    char hash[65];
    rule_text_hash(r, hash);
    str h = {hash, 64};
    const struct value set[] = {V_TEXT(h), V_INT(c->at_ms)};
    TRY(exec(c->conn, &stmt_rule_set_put, set, 2, NULL, err));
    for (size_t i = 0; i < r->sources.list.n; i++) {
        const struct source *s = &r->sources.list.at[i];
        const struct value file[] = {V_TEXT(h), V_TEXT(s->path), V_TEXT(s->text)};
        TRY(exec(c->conn, &stmt_rule_file_put, file, 3, NULL, err));
    }
    const struct value release[] = {V_INT(before->number + 1), V_TEXT(h), V_TEXT(place),
                                    V_INT(c->at_ms), V_TEXT(c->who)};
    change_note(c, "rule_release", release, 5);
    return exec(c->conn, &stmt_rule_release_put, release, 5, NULL, err);
}

enum rc rule_mistakes(const struct rules *r, struct diags *d, struct err *err)
{
    struct sbuf text;
    if (d->errors == 0)
        return RC_OK;
    diags_sort(d);
    sbuf_init(&text, 800);
    for (size_t i = 0; i < d->list.n && text.n == 0; i++)
        if (!d->list.at[i].warning)
            diag_render(&text, &r->sources, &d->list.at[i]);
    err_set(err, RC_RULE, "%zu %s, the first:\n%.*s", d->errors,
            d->errors == 1 ? "mistake" : "mistakes", STR_ARG(str_trim(sbuf_str(&text))));
    sbuf_deinit(&text);
    return RC_RULE;
}

enum rc rule_text_compile(struct conn *c, const char *rule_hash, struct rules *r, struct err *err)
{
    const struct value v = V_TEXT(str_from(rule_hash));
    struct diags d;
    struct query *q = NULL;
    TRY(query(c, &stmt_rule_files, &v, 1, &q, err));
    while (query_next(q))
        source_add(&r->sources, str_dup(r->arena, query_text(q, 0)),
                   str_dup(r->arena, query_text(q, 1)));
    TRY(query_end(q, err));
    diags_init(&d, r->arena);
    rules_parse(r, &d);
    rules_check(r, &d);
    return rule_mistakes(r, &d, err);
}

enum rc rule_releases(struct conn *c, int most, struct arena *a, struct release_row **out,
                      size_t *n, struct err *err)
{
    const struct value v = V_INT(most);
    VEC(struct release_row) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_rule_releases, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct release_row){.number = query_int(q, 0),
                                                   .rule_hash = str_dup(a, query_text(q, 1)),
                                                   .place = str_dup(a, query_text(q, 2)),
                                                   .released_ms = query_int(q, 3),
                                                   .who = str_dup(a, query_text(q, 4))};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc rule_release_at(struct conn *c, int64_t ms, struct arena *a, struct release_row *out,
                        struct err *err)
{
    const struct value v = V_INT(ms != 0 ? ms : INT64_MAX);
    struct query *q = NULL;
    TRY(query(c, &stmt_rule_released_by, &v, 1, &q, err));
    bool found = query_next(q);
    if (found)
        *out = (struct release_row){.number = query_int(q, 0),
                                    .rule_hash = str_dup(a, query_text(q, 1)),
                                    .place = str_dup(a, query_text(q, 2)),
                                    .released_ms = query_int(q, 3),
                                    .who = str_dup(a, query_text(q, 4))};
    TRY(query_end(q, err));
    return found ? RC_OK : err_set(err, RC_NOT_FOUND, "no rules were ever released in this store");
}

enum rc rule_files(struct conn *c, str rule_hash, struct arena *a, struct rule_file **out,
                   size_t *n, struct err *err)
{
    const struct value v = V_TEXT(rule_hash);
    VEC(struct rule_file) list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_rule_files, &v, 1, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) =
            (struct rule_file){str_dup(a, query_text(q, 0)), str_dup(a, query_text(q, 1))};
    TRY(query_end(q, err));
    *out = list.at;
    *n = list.n;
    return list.n > 0 ? RC_OK
                      : err_set(err, RC_NOT_FOUND, "the store has no rules %.*s",
                                STR_ARG(str_sub(rule_hash, 0, 12)));
}
