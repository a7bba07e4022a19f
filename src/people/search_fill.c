/* Words for a population that was stored before there were any. */
#include "people/people_sql.h"
#include "people/search.h"
#include "people/tokens.h"
#include "vault/vault_sql.h"

enum { STEP = 2000 };

struct filling {
    int64_t after;
    int64_t *persons;
    size_t n;
};

/* Its text would not outlive the row. */
static str end_of(str valid_to)
{
    return str_eq(valid_to, S(DAY_OPEN)) ? S(DAY_OPEN) : S("");
}

static enum rc fill_step(struct change *c, void *ctx, struct err *err)
{
    const struct filling *f = ctx;
    const struct value note[] = {V_INT(f->persons[0]), V_INT(f->persons[f->n - 1])};
    change_note(c, "person_token", note, 2);
    for (size_t i = 0; i < f->n; i++)
        TRY(tokens_person(c, f->persons[i], err));
    return RC_OK;
}

/* The persons behind one, a step of them. */
MUST_CHECK static enum rc next_persons(struct conn *c, int64_t county, struct filling *f,
                                       struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(f->after), V_INT(STEP)};
    struct query *q = NULL;
    f->n = 0;
    TRY(query(c, &stmt_person_ids, v, 3, &q, err));
    while (f->n < STEP && query_next(q))
        f->persons[f->n++] = query_int(q, 0);
    return query_end(q, err);
}

/* ---- a county that has none ----------------------------------------------------------------- */

MUST_CHECK static enum rc load_persons(struct change *c, struct token_load *l, struct err *err)
{
    const struct value v = V_INT(c->county_code);
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_fill_persons, &v, 1, &q, err));
    while (query_next(q)) {
        const struct person_row row = {query_int(q, 0), query_text(q, 1), (int)query_int(q, 2),
                                       query_text(q, 3), query_text(q, 4)};
        token_load_person(l, &row);
    }
    return query_end(q, err);
}

/* Of a household's rows the last one counts, and so of a person's memberships. */
MUST_CHECK static enum rc load_households(struct change *c, struct token_load *l, struct err *err)
{
    const struct value v = V_INT(c->county_code);
    struct household_row last = {0};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_fill_households, &v, 1, &q, err));
    while (query_next(q)) {
        if (last.household_id != 0 && last.household_id != query_int(q, 0))
            token_load_household(l, &last);
        last = (struct household_row){.household_id = query_int(q, 0),
                                      .division = query_int(q, 1),
                                      .head_id = query_int(q, 2),
                                      .valid_to = end_of(query_text(q, 3))};
    }
    if (last.household_id != 0)
        token_load_household(l, &last);
    return query_end(q, err);
}

MUST_CHECK static enum rc load_memberships(struct change *c, struct token_load *l, struct err *err)
{
    const struct value v = V_INT(c->county_code);
    struct membership_row last = {0};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_fill_memberships, &v, 1, &q, err));
    while (query_next(q)) {
        if (last.person_id != 0 && last.person_id != query_int(q, 0))
            token_load_membership(l, &last);
        last = (struct membership_row){.person_id = query_int(q, 0),
                                       .household_id = query_int(q, 1),
                                       .valid_to = end_of(query_text(q, 2))};
    }
    if (last.person_id != 0)
        token_load_membership(l, &last);
    return query_end(q, err);
}

MUST_CHECK static enum rc load_enrolments(struct change *c, struct token_load *l, struct err *err)
{
    const struct value v = V_INT(c->county_code);
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_fill_enrolments, &v, 1, &q, err));
    while (query_next(q)) {
        const struct enrolment_row row = {.household_id = query_int(q, 0),
                                          .person_id = query_int(q, 1),
                                          .programme = query_text(q, 2),
                                          .valid_to = query_text(q, 3)};
        token_load_enrolment(l, &row);
    }
    return query_end(q, err);
}

static enum rc fill_at_once(struct change *c, void *ctx, struct err *err)
{
    struct token_load *l = token_load_open(c);
    const struct value note = V_INT(c->county_code);
    (void)ctx;
    change_note(c, "person_token", &note, 1);
    enum rc rc = load_persons(c, l, err);
    if (rc == RC_OK)
        rc = load_households(c, l, err);
    if (rc == RC_OK)
        rc = load_memberships(c, l, err);
    if (rc == RC_OK)
        rc = load_enrolments(c, l, err);
    if (rc == RC_OK)
        rc = token_load_write(l, err);
    token_load_close(l);
    return rc;
}

MUST_CHECK static enum rc count_one(struct city *city, const struct statement *st, int64_t county,
                                    int64_t *out, struct err *err)
{
    struct conn *c = NULL;
    const struct value v = V_INT(county);
    TRY(store_reader(city->store, &c, err));
    enum rc rc = query_one(c, st, &v, 1, out, err);
    store_reader_done(c);
    return rc;
}

MUST_CHECK static enum rc fill_county(struct city *city, int64_t county, struct filling *f,
                                      int64_t *made, struct err *err)
{
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = city->who,
                                     .why = S("words to find people by")};
    int64_t any = 0;
    TRY(count_one(city, &stmt_fill_any, county, &any, err));
    if (any == 0) {
        TRY(change_write(&spec, fill_at_once, NULL, NULL, err));
        TRY(count_one(city, &stmt_person_count, county, &any, err));
        *made += any;
        return RC_OK;
    }
    f->after = 0;
    for (;;) {
        struct conn *c = NULL;
        TRY(store_reader(city->store, &c, err));
        enum rc rc = next_persons(c, county, f, err);
        store_reader_done(c);
        TRY(rc);
        if (f->n == 0)
            return RC_OK;
        TRY(change_write(&spec, fill_step, f, NULL, err));
        *made += (int64_t)f->n;
        f->after = f->persons[f->n - 1];
    }
}

/* The last person of the county has words: all before him have. */
MUST_CHECK static enum rc is_filled(struct city *city, int64_t county, bool *out, struct err *err)
{
    struct conn *c = NULL;
    const struct value v = V_INT(county);
    int64_t n = 0;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = query_one(c, &stmt_person_index_lacking, &v, 1, &n, err);
    store_reader_done(c);
    *out = n == 0;
    return rc;
}

/* Whether it was done is remembered, as looking takes seconds in a city. */
MUST_CHECK static enum rc done_before(struct conn *c, bool *out, struct err *err)
{
    const struct value v = V_TEXT(S("person_words"));
    struct query *q = NULL;
    TRY(query(c, &stmt_meta_get, &v, 1, &q, err));
    *out = query_next(q);
    return query_end(q, err);
}

static enum rc remember(struct change *c, void *ctx, struct err *err)
{
    const struct value v[] = {V_TEXT(S("person_words")), V_TEXT(S("1"))};
    (void)ctx;
    change_note(c, "meta", v, 2);
    return exec(c->conn, &stmt_meta_put, v, 2, NULL, err);
}

MUST_CHECK static enum rc fill_all(struct city *city, const int64_t *counties, size_t n,
                                   struct arena *a, int64_t *made, struct err *err)
{
    struct filling f = {.persons = NEW_N(a, int64_t, STEP)};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = city->place->division / 1000000,
                                     .who = city->who,
                                     .why = S("words to find people by: all there")};
    for (size_t i = 0; i < n; i++) {
        bool filled = false;
        TRY(is_filled(city, counties[i], &filled, err));
        if (!filled)
            TRY(fill_county(city, counties[i], &f, made, err));
    }
    return change_write(&spec, remember, NULL, NULL, err);
}

enum rc search_fill(struct city *city, int64_t *made, struct err *err)
{
    struct arena a = {0};
    struct conn *c = NULL;
    int64_t *counties = NULL;
    size_t n = 0;
    bool done = false;
    *made = 0;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = done_before(c, &done, err);
    if (rc == RC_OK && !done)
        rc = division_counties(c, S("2999-01-01"), &a, &counties, &n, err);
    store_reader_done(c);
    if (rc == RC_OK && !done)
        rc = fill_all(city, counties, n, &a, made, err);
    arena_deinit(&a);
    return rc;
}
