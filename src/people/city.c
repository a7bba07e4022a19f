/* Opening a store for work: everything that could be wrong with it is found here and said. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "people/people_sql.h"
#include "people/registers.h"
#include "people/rule_text.h"

str system_user(struct arena *a)
{
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwuid_r(geteuid(), &entry, room, sizeof room, &found) == 0 && found != NULL)
        return str_dup(a, str_from(found->pw_name));
    return str_fmt(a, "uid %ld", (long)geteuid());
}

enum rc city_key_path(const char *url, const char *given, struct arena *a, const char **out,
                      struct err *err)
{
    str u = str_from(url);
    if (given == NULL)
        given = getenv("HUIMIN_KEY");
    if (given != NULL && *given != '\0') {
        *out = str_z(a, str_from(given));
        return RC_OK;
    }
    if (!str_starts(u, S("sqlite:")))
        return err_set(err, RC_BAD_INPUT,
                       "no key file is named: say --key FILE or HUIMIN_KEY, as PostgreSQL has no "
                       "file beside which it could lie");
    *out = str_z(a, str_fmt(a, "%.*s.key", STR_ARG(str_sub(u, 7, u.n))));
    return RC_OK;
}

MUST_CHECK static enum rc compile_rules(struct city *c, struct err *err)
{
    struct conn *conn = NULL;
    struct release release;
    c->rules = NEW(c->arena, struct rules);
    rules_init(c->rules, c->arena);
    TRY(store_reader(c->store, &conn, err));
    enum rc rc = rule_release_read(conn, c->arena, &release, err);
    if (rc == RC_OK && release.number == 0)
        rc = err_set(err, RC_RULE, "%s has no rules in force: finish it with `huimin init`",
                     store_url(c->store));
    if (rc == RC_OK) {
        memcpy(c->rule_hash, release.rule_hash, sizeof c->rule_hash);
        rc = rule_text_compile(conn, c->rule_hash, c->rules, err);
        if (rc == RC_RULE && err != NULL)
            err_prefix(err,
                       "the rules in force (release %lld) do not compile with this program; mend "
                       "them and release them with `huimin init`",
                       (long long)release.number);
    }
    store_reader_done(conn);
    TRY(rc);
    c->place = rules_place(c->rules, release.place);
    if (c->place == NULL)
        return err_set(err, RC_RULE, "the rules in force have no place %.*s",
                       STR_ARG(release.place));
    return registers_of(c->rules, c->arena, &c->registers, err);
}

MUST_CHECK static enum rc open_all(struct city *c, const char *url, const char *key_path,
                                   struct err *err)
{
    const char *key = NULL;
    TRY(city_key_path(url, key_path, c->arena, &key, err));
    TRY(store_open(url, NULL, &c->store, err));
    TRY(schema_check(c->store, catalogue, catalogue_n, err));
    TRY(vault_open(key, &c->vault, err));
    enum rc rc = vault_check(c->vault, c->store, err);
    if (rc == RC_BAD_INPUT && err != NULL)
        return err_prefix(err, "%s", key);
    TRY(rc);
    return compile_rules(c, err);
}

enum rc city_open(const char *url, const char *key_path, const char *who, struct arena *a,
                  struct city **out, struct err *err)
{
    struct city *c = NEW(a, struct city);
    c->arena = a;
    c->who = who != NULL ? str_dup(a, str_from(who)) : system_user(a);
    *out = NULL;
    enum rc rc = open_all(c, url, key_path, err);
    if (rc != RC_OK) {
        city_close(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}

void city_close(struct city *c)
{
    if (c == NULL)
        return;
    vault_close(c->vault);
    store_close(c->store);
    c->vault = NULL;
    c->store = NULL;
}
