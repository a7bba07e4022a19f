/* The law of the day of acceptance: rule sets by their hash, kept by the process. */
#include <stdio.h>
#include <pthread.h>

#include "people/rule_text.h"
#include "work/case_in.h"

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

enum rc case_rules(struct city *city, struct conn *c, str hash, const struct rules **out,
                   struct err *err)
{
    if (str_eq(hash, str_from(city->rule_hash))) {
        *out = city->rules;
        return RC_OK;
    }
    pthread_mutex_lock(&lock);
    struct kept_rules *k = kept(hash);
    enum rc rc = k == NULL ? compile(c, hash, &k, err) : RC_OK;
    pthread_mutex_unlock(&lock);
    if (rc == RC_OK)
        *out = &k->rules;
    return rc;
}
