/*
 * Identity, phone and card numbers of persons: sealed under the person's own key, found through
 * the keyed indexes, an identity number claimed once in the whole city.
 */
#include <string.h>

#include "people/put.h"
#include "vault/vault_sql.h"

MUST_CHECK static enum rc find_key(struct conn *c, int64_t county, int64_t person, struct arena *a,
                                   str *wrapped, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c, &stmt_person_key_find, v, 2, &q, err));
    if (query_next(q))
        *wrapped = str_dup(a, query_blob(q, 0));
    return query_end(q, err);
}

enum rc person_key_of(struct change *c, struct vault *v, int64_t person, struct person_key *out,
                      struct err *err)
{
    struct arena a = {0};
    str wrapped = {0};
    enum rc rc = find_key(c->conn, c->county_code, person, &a, &wrapped, err);
    if (rc == RC_OK && wrapped.n > 0) {
        rc = person_key_open(v, c->county_code, person, wrapped, out, err);
    } else if (rc == RC_OK) {
        person_key_make(v, c->county_code, person, out);
        const struct value row[] = {V_INT(c->county_code), V_INT(person),
                                    V_BLOB(((str){(const char *)out->wrapped, VAULT_WRAPPED}))};
        rc = exec(c->conn, &stmt_person_key_add, row, 3, NULL, err);
    }
    arena_deinit(&a);
    return rc;
}

/* The look-up of the number that is stored of this kind; n == 0: none. */
MUST_CHECK static enum rc stored_lookup(struct change *c, int64_t person, int64_t kind,
                                        struct arena *a, str *out, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person), V_INT(kind)};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_person_number_find, v, 3, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_blob(q, 1));
    return query_end(q, err);
}

/* Claim an identity number for the person; `old` is the one he had. */
MUST_CHECK static enum rc claim(struct change *c, int64_t person, str lookup, str old,
                                struct err *err)
{
    const struct value v[] = {V_BLOB(lookup), V_INT(c->county_code), V_INT(person)};
    struct query *q = NULL;
    int64_t county = c->county_code;
    int64_t holder = person;
    TRY(exec(c->conn, &stmt_registry_claim, v, 3, NULL, err));
    TRY(query(c->conn, &stmt_registry_find, v, 1, &q, err));
    if (query_next(q)) {
        county = query_int(q, 0);
        holder = query_int(q, 1);
    }
    TRY(query_end(q, err));
    if (county != c->county_code || holder != person)
        return err_set(err, RC_CONFLICT,
                       "the identity number belongs to person %lld of county %lld already",
                       (long long)holder, (long long)county);
    if (old.n == 0)
        return RC_OK;
    const struct value gone[] = {V_BLOB(old), v[1], v[2]};
    return exec(c->conn, &stmt_registry_release, gone, 3, NULL, err);
}

enum rc number_check(enum number_kind kind, str number, struct err *err)
{
    size_t most = kind == NUMBER_CARD ? 32 : 24;
    if (number.n == 0 || number.n > most || !utf8_valid(number, NULL))
        return err_set(err, RC_BAD_INPUT, "a personal number: expected 1 to %zu characters", most);
    return RC_OK;
}

enum rc person_number_put(struct change *c, struct vault *v, int64_t person_id,
                          enum number_kind kind, str number, struct err *err)
{
    uint8_t lookup[VAULT_LOOKUP];
    uint8_t ending[VAULT_ENDING];
    struct arena a = {0};
    struct person_key key;
    str old = {0};
    TRY(number_check(kind, number, err));
    number_lookup(v, kind, number, lookup);
    number_ending(v, kind, number, ending);
    str found_by = {(const char *)lookup, VAULT_LOOKUP};
    enum rc rc = stored_lookup(c, person_id, kind, &a, &old, err);
    if (rc == RC_OK && !str_eq(old, found_by)) {
        if (kind == NUMBER_IDENTITY)
            rc = claim(c, person_id, found_by, old, err);
        if (rc == RC_OK)
            rc = person_key_of(c, v, person_id, &key, err);
        if (rc == RC_OK) {
            const struct value row[] = {
                V_INT(c->county_code), V_INT(person_id),
                V_INT(kind),           V_BLOB(number_seal(v, &key, kind, number, &a)),
                V_BLOB(found_by),      V_BLOB(((str){(const char *)ending, VAULT_ENDING})),
                V_INT(c->position)};
            change_note(c, "person_number", row, 5);
            rc = exec(c->conn, &stmt_person_number_store, row, 7, NULL, err);
        }
    }
    arena_deinit(&a);
    return rc;
}

enum rc person_key_get(struct conn *c, struct vault *v, int64_t county, int64_t person,
                       struct person_key *out, struct err *err)
{
    struct arena a = {0};
    str wrapped = {0};
    enum rc rc = find_key(c, county, person, &a, &wrapped, err);
    if (rc == RC_OK)
        rc = wrapped.n > 0
                 ? person_key_open(v, county, person, wrapped, out, err)
                 : err_set(err, RC_NOT_FOUND, "person %lld has no numbers", (long long)person);
    arena_deinit(&a);
    return rc;
}

enum rc person_number_get(struct conn *c, struct vault *v, int64_t county, int64_t person,
                          enum number_kind kind, struct arena *a, str *out, struct err *err)
{
    const struct value values[] = {V_INT(county), V_INT(person), V_INT(kind)};
    struct person_key key;
    str wrapped = {0};
    str sealed = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_person_number_find, values, 3, &q, err));
    if (query_next(q))
        sealed = str_dup(a, query_blob(q, 0));
    TRY(query_end(q, err));
    TRY(find_key(c, county, person, a, &wrapped, err));
    if (sealed.n == 0 || wrapped.n == 0)
        return err_set(err, RC_NOT_FOUND, "person %lld has no such number", (long long)person);
    TRY(person_key_open(v, county, person, wrapped, &key, err));
    return number_open(v, &key, kind, sealed, a, out, err);
}

enum rc person_by_number(struct conn *c, struct vault *v, enum number_kind kind, str number,
                         int64_t *county, int64_t *person, struct err *err)
{
    uint8_t lookup[VAULT_LOOKUP];
    number_lookup(v, kind, number, lookup);
    str found_by = {(const char *)lookup, VAULT_LOOKUP};
    const struct value registry = V_BLOB(found_by);
    const struct value others[] = {V_INT(kind), registry};
    struct query *q = NULL;
    if (kind == NUMBER_IDENTITY)
        TRY(query(c, &stmt_registry_find, &registry, 1, &q, err));
    else
        TRY(query(c, &stmt_person_number_by_lookup, others, 2, &q, err));
    bool found = query_next(q);
    if (found) {
        *county = query_int(q, 0);
        *person = query_int(q, 1);
    }
    TRY(query_end(q, err));
    return found ? RC_OK : err_set(err, RC_NOT_FOUND, "nobody has this number");
}

enum rc person_numbers_forget(struct change *c, int64_t person_id, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person_id)};
    struct arena a = {0};
    str lookup = {0};
    enum rc rc = stored_lookup(c, person_id, NUMBER_IDENTITY, &a, &lookup, err);
    if (rc == RC_OK && lookup.n > 0) {
        const struct value gone[] = {V_BLOB(lookup), v[0], v[1]};
        rc = exec(c->conn, &stmt_registry_release, gone, 3, NULL, err);
    }
    arena_deinit(&a);
    TRY(rc);
    change_note(c, "person_key", v, 2);
    TRY(exec(c->conn, &stmt_person_number_remove, v, 2, NULL, err));
    return exec(c->conn, &stmt_person_key_remove, v, 2, NULL, err);
}
