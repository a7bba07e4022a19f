/* Rows in bulk: one bulk a table, all open side by side, and the identity numbers claimed last. */
#include <stdlib.h>
#include <string.h>

#include "people/tokens.h"
#include "people/touched.h"

enum table { HOUSEHOLD, PERSON, PERSON_KEY, PERSON_NUMBER, MEMBERSHIP, ENROLMENT, TABLES };

enum { COLUMNS_MAX = 9 };
static const struct {
    const char *name;
    const char *columns[COLUMNS_MAX + 1];
} tables[TABLES] = {
    [HOUSEHOLD] = {"household",
                   {"county_code", "household_id", "valid_from", "valid_to", "position", "division",
                    "head_id"}},
    [PERSON] = {"person",
                {"county_code", "person_id", "position", "name", "sex", "birth_date",
                 "death_date"}},
    [PERSON_KEY] = {"person_key", {"county_code", "person_id", "wrapped"}},
    [PERSON_NUMBER] = {"person_number",
                       {"county_code", "person_id", "kind", "sealed", "lookup", "ending",
                        "position"}},
    [MEMBERSHIP] = {"membership",
                    {"county_code", "household_id", "person_id", "valid_from", "valid_to",
                     "position", "relation"}},
    [ENROLMENT] = {"enrolment",
                   {"county_code", "household_id", "person_id", "programme", "valid_from",
                    "valid_to", "position", "cause", "account_id"}},
};

struct claim {
    uint8_t lookup[VAULT_LOOKUP];
    int64_t person;
};

struct loader {
    struct change *change;
    const struct registers *registers;
    struct arena arena;
    struct bulk *bulks[TABLES];
    struct bulk **facts;  /* by table of the registers; opened when the first row comes */
    struct claim *claims; /* owned */
    size_t n_claims, cap_claims;
    struct token_load *tokens;
    int64_t touched[TOUCHED_SINGLE]; /* households, while there are no more */
    size_t n_households;
};

/* ---- numbers -------------------------------------------------------------------------------- */

void numbers_ready(struct vault *v, int64_t county, int64_t person,
                   const str numbers[NUMBER_CARD + 1], struct arena *a, struct ready_numbers *out)
{
    *out = (struct ready_numbers){0};
    person_key_make(v, county, person, &out->key);
    for (int k = NUMBER_IDENTITY; k <= NUMBER_CARD; k++) {
        enum number_kind kind = (enum number_kind)k;
        if (numbers[k].n == 0)
            continue;
        out->of[k].sealed = number_seal(v, &out->key, kind, numbers[k], a);
        number_lookup(v, kind, numbers[k], out->of[k].lookup);
        number_ending(v, kind, numbers[k], out->of[k].ending);
    }
}

static void claim_note(struct loader *l, const uint8_t lookup[VAULT_LOOKUP], int64_t person)
{
    if (l->n_claims == l->cap_claims) {
        l->cap_claims = l->cap_claims > 0 ? 2 * l->cap_claims : 4096;
        l->claims = mem_resize(l->claims, l->cap_claims * sizeof *l->claims);
    }
    struct claim *c = &l->claims[l->n_claims++];
    memcpy(c->lookup, lookup, VAULT_LOOKUP);
    c->person = person;
}

static int claim_order(const void *a, const void *b)
{
    return memcmp(a, b, VAULT_LOOKUP);
}

/* In the order of their key, which is as good as random to the order of the persons. */
MUST_CHECK static enum rc claims_write(struct loader *l, struct err *err)
{
    const str columns[] = {S("lookup"), S("county_code"), S("person_id")};
    struct bulk *b = NULL;
    if (l->n_claims == 0)
        return RC_OK;
    qsort(l->claims, l->n_claims, sizeof *l->claims, claim_order);
    TRY(bulk_open(l->change->conn, S("id_registry"), columns, 3, &b, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < l->n_claims; i++) {
        bulk_blob(b, (str){(const char *)l->claims[i].lookup, VAULT_LOOKUP});
        bulk_int(b, l->change->county_code);
        bulk_int(b, l->claims[i].person);
        rc = bulk_row(b, err);
    }
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* ---- tables --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc table_open(struct loader *l, enum table t, struct err *err)
{
    str columns[COLUMNS_MAX];
    size_t n = 0;
    if (l->bulks[t] != NULL)
        return RC_OK;
    while (n < COLUMNS_MAX && tables[t].columns[n] != NULL) {
        columns[n] = str_from(tables[t].columns[n]);
        n++;
    }
    return bulk_open(l->change->conn, str_from(tables[t].name), columns, n, &l->bulks[t], err);
}

enum rc loader_open(struct change *c, const struct registers *r, struct loader **out,
                    struct err *err)
{
    struct loader *l = mem_resize(NULL, sizeof *l);
    *l = (struct loader){.change = c, .registers = r};
    l->facts = NEW_N(&l->arena, struct bulk *, r->n + 1);
    l->tokens = token_load_open(c);
    *out = NULL;
    for (int t = 0; t < TABLES; t++) {
        enum rc rc = table_open(l, (enum table)t, err);
        if (rc != RC_OK) {
            enum rc closed = loader_close(l, NULL);
            return closed != RC_OK ? closed : rc;
        }
    }
    *out = l;
    return RC_OK;
}

MUST_CHECK static enum rc facts_open(struct loader *l, size_t table, struct err *err)
{
    enum { FIXED = 5 };
    const struct fact_table *t = &l->registers->tables[table];
    if (l->facts[table] != NULL)
        return RC_OK;
    str *columns = NEW_N(&l->arena, str, FIXED + t->n_fields);
    const str fixed[FIXED] = {S("county_code"), str_fmt(&l->arena, "\"%.*s\"", STR_ARG(t->key)),
                              S("valid_from"), S("valid_to"), S("position")};
    memcpy(columns, fixed, sizeof fixed);
    /* Quoted: a field may be called like a word of SQL. */
    for (size_t i = 0; i < t->n_fields; i++)
        columns[FIXED + i] = str_fmt(&l->arena, "\"%.*s\"", STR_ARG(t->fields[i]->name.text));
    str name = str_fmt(&l->arena, "\"%.*s\"", STR_ARG(t->name));
    return bulk_open(l->change->conn, name, columns, FIXED + t->n_fields, &l->facts[table], err);
}

enum rc loader_household(struct loader *l, const struct household_row *r, struct err *err)
{
    struct bulk *b = l->bulks[HOUSEHOLD];
    token_load_household(l->tokens, r);
    if (l->n_households < TOUCHED_SINGLE)
        l->touched[l->n_households] = r->household_id;
    l->n_households++;
    bulk_int(b, l->change->county_code);
    bulk_int(b, r->household_id);
    bulk_text(b, r->valid_from);
    bulk_text(b, r->valid_to);
    bulk_int(b, l->change->position);
    bulk_int(b, r->division);
    bulk_int(b, r->head_id);
    return bulk_row(b, err);
}

enum rc loader_person(struct loader *l, const struct person_row *r, struct err *err)
{
    struct bulk *b = l->bulks[PERSON];
    token_load_person(l->tokens, r);
    bulk_int(b, l->change->county_code);
    bulk_int(b, r->person_id);
    bulk_int(b, l->change->position);
    bulk_text(b, r->name);
    bulk_int(b, r->sex);
    bulk_text(b, r->birth_date);
    if (r->death_date.n > 0)
        bulk_text(b, r->death_date);
    else
        bulk_null(b);
    return bulk_row(b, err);
}

enum rc loader_numbers(struct loader *l, int64_t person, const struct ready_numbers *n,
                       struct err *err)
{
    struct bulk *b = l->bulks[PERSON_KEY];
    bool any = false;
    for (int k = NUMBER_IDENTITY; k <= NUMBER_CARD; k++)
        any |= n->of[k].sealed.n > 0;
    if (!any)
        return RC_OK;
    bulk_int(b, l->change->county_code);
    bulk_int(b, person);
    bulk_blob(b, (str){(const char *)n->key.wrapped, VAULT_WRAPPED});
    TRY(bulk_row(b, err));
    b = l->bulks[PERSON_NUMBER];
    for (int k = NUMBER_IDENTITY; k <= NUMBER_CARD; k++) {
        if (n->of[k].sealed.n == 0)
            continue;
        bulk_int(b, l->change->county_code);
        bulk_int(b, person);
        bulk_int(b, k);
        bulk_blob(b, n->of[k].sealed);
        bulk_blob(b, (str){(const char *)n->of[k].lookup, VAULT_LOOKUP});
        bulk_blob(b, (str){(const char *)n->of[k].ending, VAULT_ENDING});
        bulk_int(b, l->change->position);
        TRY(bulk_row(b, err));
    }
    if (n->of[NUMBER_IDENTITY].sealed.n > 0)
        claim_note(l, n->of[NUMBER_IDENTITY].lookup, person);
    return RC_OK;
}

enum rc loader_membership(struct loader *l, const struct membership_row *r, struct err *err)
{
    struct bulk *b = l->bulks[MEMBERSHIP];
    token_load_membership(l->tokens, r);
    bulk_int(b, l->change->county_code);
    bulk_int(b, r->household_id);
    bulk_int(b, r->person_id);
    bulk_text(b, r->valid_from);
    bulk_text(b, r->valid_to);
    bulk_int(b, l->change->position);
    bulk_text(b, r->relation);
    return bulk_row(b, err);
}

enum rc loader_enrolment(struct loader *l, const struct enrolment_row *r, struct err *err)
{
    struct bulk *b = l->bulks[ENROLMENT];
    token_load_enrolment(l->tokens, r);
    bulk_int(b, l->change->county_code);
    bulk_int(b, r->household_id);
    bulk_int(b, r->person_id);
    bulk_text(b, r->programme);
    bulk_text(b, r->valid_from);
    bulk_text(b, r->valid_to);
    bulk_int(b, l->change->position);
    bulk_text(b, r->cause);
    bulk_int(b, r->account_id);
    return bulk_row(b, err);
}

static void put_value(struct bulk *b, const struct value *v)
{
    if (v->kind == VALUE_INT)
        bulk_int(b, v->i);
    else if (v->kind == VALUE_TEXT)
        bulk_text(b, v->s);
    else
        bulk_null(b);
}

enum rc loader_facts(struct loader *l, size_t table, int64_t id, str valid_from, str valid_to,
                     const struct value *values, struct err *err)
{
    TRY(facts_open(l, table, err));
    struct bulk *b = l->facts[table];
    bulk_int(b, l->change->county_code);
    bulk_int(b, id);
    bulk_text(b, valid_from);
    bulk_text(b, valid_to);
    bulk_int(b, l->change->position);
    for (size_t i = 0; i < l->registers->tables[table].n_fields; i++)
        put_value(b, &values[i]);
    return bulk_row(b, err);
}

/* New people: few are determined one by one, many with their county. */
MUST_CHECK static enum rc touch_loaded(struct loader *l, struct err *err)
{
    if (l->n_households > TOUCHED_SINGLE)
        return county_touched(l->change, err);
    for (size_t i = 0; i < l->n_households; i++)
        TRY(household_touched(l->change, l->touched[i], err));
    return RC_OK;
}

enum rc loader_close(struct loader *l, struct err *err)
{
    enum rc rc = RC_OK;
    if (l == NULL)
        return RC_OK;
    for (size_t i = 0; i < TABLES + l->registers->n; i++) {
        struct bulk *b = i < TABLES ? l->bulks[i] : l->facts[i - TABLES];
        enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
        rc = rc == RC_OK ? closed : rc;
    }
    if (rc == RC_OK)
        rc = claims_write(l, err);
    if (rc == RC_OK)
        rc = token_load_write(l->tokens, err);
    if (rc == RC_OK)
        rc = touch_loaded(l, err);
    token_load_close(l->tokens);
    mem_free(l->claims);
    arena_deinit(&l->arena);
    mem_free(l);
    return rc;
}
