/*
 * Making a store, or bringing one up: whatever can be refused is looked at before the first thing is
 * made; then tables, key file, and one change with all the rest. Run again it does what is missing.
 */
#include <string.h>

#include "base/file.h"
#include "people/division_load.h"
#include "people/people_sql.h"
#include "people/registers.h"
#include "people/rule_text.h"
#include "vault/vault_sql.h"

struct making {
    const struct init_spec *spec;
    struct arena *a;
    const char *key_path;
    struct rules rules;
    struct place *place;
    struct registers *registers;
    struct division_file divisions;
    char rule_hash[65];
    struct store *store;
    struct vault *vault;
    /* What the store says of itself so far. */
    struct release release;
    str place_was, key_was, divisions_was;
};

/* ---- before anything is made ---------------------------------------------------------------- */

MUST_CHECK static enum rc find_place(struct making *m, struct err *err)
{
    struct sbuf names;
    m->place = rules_place(&m->rules, str_from(m->spec->place));
    if (m->place != NULL && m->place->division != 0)
        return RC_OK;
    sbuf_init(&names, 400);
    for (size_t i = 0; i < m->rules.places.n; i++)
        if (m->rules.places.at[i]->division != 0)
            sbuf_fmt(&names, "%s%.*s", names.n > 0 ? ", " : "",
                     STR_ARG(m->rules.places.at[i]->name.text));
    err_set(err, RC_NOT_FOUND, "no place %s below %s/places, expected one of: %.*s", m->spec->place,
            m->spec->home, STR_ARG(sbuf_str(&names)));
    sbuf_deinit(&names);
    return RC_NOT_FOUND;
}

MUST_CHECK static enum rc look_at_home(struct making *m, struct err *err)
{
    struct diags d;
    diags_init(&d, m->a);
    rules_init(&m->rules, m->a);
    enum rc rc = rules_load(&m->rules, m->spec->home, &d, err);
    if (rc == RC_RULE && rule_mistakes(&m->rules, &d, err) != RC_OK && err != NULL)
        err_prefix(err, "the rules below %s do not compile, see `huimin check`", m->spec->home);
    TRY(rc);
    rule_text_hash(&m->rules, m->rule_hash);
    TRY(find_place(m, err));
    TRY(registers_of(&m->rules, m->a, &m->registers, err));
    const char *csv =
        str_z(m->a, str_fmt(m->a, "%s/places/%s/divisions.csv", m->spec->home, m->spec->place));
    return division_file_read(csv, m->a, &m->divisions, err);
}

/* ---- store and key -------------------------------------------------------------------------- */

MUST_CHECK static enum rc meta_read(struct making *m, struct conn *c, str name, str *out,
                                    struct err *err)
{
    const struct value v = V_TEXT(name);
    struct query *q = NULL;
    TRY(query(c, &stmt_meta_get, &v, 1, &q, err));
    if (query_next(q))
        *out = str_dup(m->a, query_text(q, 0));
    return query_end(q, err);
}

MUST_CHECK static enum rc read_state(struct making *m, struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(m->store, &c, err));
    enum rc rc = rule_release_read(c, m->a, &m->release, err);
    if (rc == RC_OK)
        rc = meta_read(m, c, S("place"), &m->place_was, err);
    if (rc == RC_OK)
        rc = meta_read(m, c, S("key_check"), &m->key_was, err);
    if (rc == RC_OK)
        rc = meta_read(m, c, S("divisions_hash"), &m->divisions_was, err);
    store_reader_done(c);
    return rc;
}

/* A store that is bound to a key never gets another; a new one takes a key that lies there. */
MUST_CHECK static enum rc open_key(struct making *m, struct err *err)
{
    bool bound = m->key_was.n > 0;
    if (!bound && !path_exists(m->key_path))
        TRY(vault_make_key(m->key_path, m->spec->seed, err));
    TRY(vault_open(m->key_path, &m->vault, err));
    if (!bound)
        return RC_OK;
    enum rc rc = vault_check(m->vault, m->store, err);
    return rc == RC_BAD_INPUT && err != NULL ? err_prefix(err, "%s", m->key_path) : rc;
}

/* ---- the change ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc meta_put(struct change *c, str name, str value, struct err *err)
{
    const struct value v[] = {V_TEXT(name), V_TEXT(value)};
    change_note(c, "meta", v, 2);
    return exec(c->conn, &stmt_meta_put, v, 2, NULL, err);
}

static bool rules_differ(const struct making *m)
{
    return m->release.number == 0 || strcmp(m->release.rule_hash, m->rule_hash) != 0;
}

static bool divisions_differ(const struct making *m)
{
    return !str_eq(m->divisions_was, str_from(m->divisions.hash));
}

static enum rc fill(struct change *c, void *ctx, struct err *err)
{
    struct making *m = ctx;
    str place = m->place->name.text;
    if (m->key_was.n == 0)
        TRY(vault_bind(m->vault, c->conn, err));
    if (m->place_was.n == 0)
        TRY(meta_put(c, S("place"), place, err));
    if (divisions_differ(m)) {
        TRY(division_load(c, &m->divisions, err));
        TRY(meta_put(c, S("divisions_hash"), str_from(m->divisions.hash), err));
    }
    if (rules_differ(m)) {
        TRY(registers_migrate(c->conn, m->registers, err));
        TRY(rule_release(c, &m->rules, &m->release, place, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc fill_store(struct making *m, struct err *err)
{
    struct change_spec spec = {
        .store = m->store,
        .county_code = m->place->division / 1000000,
        .who = m->spec->who != NULL ? str_from(m->spec->who) : system_user(m->a),
        .why = m->release.number == 0 ? S("init") : S("init: brought up to date"),
        .at_ms = m->spec->at_ms,
    };
    if (m->place_was.n > 0 && !str_eq(m->place_was, m->place->name.text))
        return err_set(err, RC_CONFLICT, "%s is the store of %.*s, expected %.*s",
                       store_url(m->store), STR_ARG(m->place_was), STR_ARG(m->place->name.text));
    TRY(open_key(m, err));
    if (m->key_was.n > 0 && m->place_was.n > 0 && !divisions_differ(m) && !rules_differ(m))
        return RC_OK;
    return change_write(&spec, fill, m, NULL, err);
}

enum rc city_init(const struct init_spec *spec, struct arena *a, struct err *err)
{
    struct making m = {.spec = spec, .a = a};
    struct store_options options = {.create = true};
    TRY(city_key_path(spec->url, spec->key_path, a, &m.key_path, err));
    TRY(look_at_home(&m, err));
    TRY(store_open(spec->url, &options, &m.store, err));
    enum rc rc = schema_up(m.store, catalogue, catalogue_n, err);
    if (rc == RC_OK)
        rc = read_state(&m, err);
    if (rc == RC_OK)
        rc = fill_store(&m, err);
    vault_close(m.vault);
    store_close(m.store);
    return rc;
}
