/* See then.h: rule sets by their hash, kept by the process. */
#include "people/then.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "people/people_sql.h"
#include "people/rule_text.h"

/* A rule set is the text under its hash, whichever store it comes from, and never changes. */
struct kept_rules {
    char hash[65];
    struct arena arena;
    struct rules rules;
    struct kept_rules *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_rules *all_rules;

static struct kept_rules *kept(str hash)
{
    struct kept_rules *k = all_rules;

    while (k != NULL && !str_eq(str_from(k->hash), hash))
        k = k->next;
    return k;
}

MUST_CHECK static enum rc compile(struct conn *c, str hash, struct kept_rules **out,
                                  struct err *err)
{
    struct kept_rules *k = mem_resize(NULL, sizeof *k);

    *k = (struct kept_rules){0};
    snprintf(k->hash, sizeof k->hash, "%.*s", STR_ARG(hash));
    arena_init(&k->arena, 0);
    rules_init(&k->rules, &k->arena);
    enum rc rc = rule_text_compile(c, k->hash, &k->rules, err);
    if (rc == RC_OK && k->rules.sources.list.n == 0)
        rc = err_set(err, RC_NOT_FOUND, "the store has no rules with the hash %s", k->hash);
    if (rc != RC_OK) {
        arena_deinit(&k->arena);
        mem_free(k);
        return rc;
    }
    k->next = all_rules;
    all_rules = k;
    *out = k;
    return RC_OK;
}

enum rc rules_then(struct conn *c, str rule_hash, const struct rules **out, struct err *err)
{
    pthread_mutex_lock(&lock);
    struct kept_rules *k = kept(rule_hash);
    enum rc rc = k == NULL ? compile(c, rule_hash, &k, err) : RC_OK;
    pthread_mutex_unlock(&lock);
    if (rc == RC_OK)
        *out = &k->rules;
    return rc;
}

/* ---- the tables ----------------------------------------------------------------------------- */

struct column_is {
    str table, column, kind;
};

struct columns {
    struct arena *a;
    VEC(struct column_is) list;
};

static bool same_kind(void *ctx, str table, const struct field *f)
{
    const struct columns *have = ctx;

    for (size_t i = 0; i < have->list.n; i++) {
        const struct column_is *is = &have->list.at[i];
        if (str_eq(is->table, table) && str_eq(is->column, f->name.text))
            return str_eq(is->kind, field_kind_text(f, have->a));
    }
    return false;
}

enum rc registers_then(struct conn *c, const struct rules *r, struct arena *a,
                       struct registers **out, struct err *err)
{
    struct columns have = {.a = a};
    struct query *q = NULL;

    TRY(query(c, &stmt_register_columns, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &have.list) = (struct column_is){.table = str_dup(a, query_text(q, 0)),
                                                      .column = str_dup(a, query_text(q, 1)),
                                                      .kind = str_dup(a, query_text(q, 2))};
    TRY(query_end(q, err));
    TRY(registers_where(r, same_kind, &have, a, out, err));
    (*out)->then = true;
    return RC_OK;
}

enum rc city_then(const struct city *now, struct conn *c, str rule_hash, struct arena *a,
                  struct city *out, struct err *err)
{
    const struct rules *rules = NULL;

    *out = *now;
    if (str_eq(rule_hash, str_from(now->rule_hash)))
        return RC_OK;
    TRY(rules_then(c, rule_hash, &rules, err));
    out->rules = (struct rules *)(uintptr_t)rules; /* only read */
    snprintf(out->rule_hash, sizeof out->rule_hash, "%.*s", STR_ARG(rule_hash));
    out->place = rules_place(rules, now->place->name.text);
    if (out->place == NULL)
        return err_set(err, RC_RULE, "the rules of then (%.*s) have no place %.*s",
                       STR_ARG(str_sub(rule_hash, 0, 12)), STR_ARG(now->place->name.text));
    return registers_then(c, rules, a, &out->registers, err);
}
