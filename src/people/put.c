/* Writing persons, households, membership and enrolments, with what must hold between them. */
#include <string.h>

#include "people/people_sql.h"
#include "people/put.h"
#include "people/tokens.h"
#include "people/touched.h"
#include "people/versioned.h"

/* ---- households ----------------------------------------------------------------------------- */

static const struct versioned households = {
    .table = "household",
    .n_keys = 1,
    .n_values = 2,
    .types = "ii",
    .overlap = &stmt_household_overlap,
    .move = &stmt_household_move,
    .remove = &stmt_household_remove,
    .insert = &stmt_household_insert,
    .touches = TOUCHES_HOUSEHOLD,
};

enum rc household_place_check(struct conn *c, int64_t county, int64_t division, str on_day,
                              struct err *err)
{
    const struct value v[] = {V_INT(division), V_TEXT(on_day)};
    struct query *q = NULL;
    int64_t keeper = 0;
    TRY(query(c, &stmt_division_on, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        keeper = query_int(q, 2);
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_BAD_INPUT,
                       "division %lld: the place has none of this code on %.*s; see divisions.csv",
                       (long long)division, STR_ARG(on_day));
    if (keeper != county)
        return err_set(err, RC_BAD_INPUT, "division %lld belongs to county %lld, expected %lld",
                       (long long)division, (long long)keeper, (long long)county);
    return RC_OK;
}

enum rc household_put(struct change *c, const struct household_row *r, struct err *err)
{
    TRY(valid_time_check(r->valid_from, r->valid_to, err));
    TRY(household_place_check(c->conn, c->county_code, r->division, r->valid_from, err));
    const struct value keys[] = {V_INT(r->household_id)};
    const struct value values[] = {V_INT(r->division), V_INT(r->head_id)};
    const struct version v = {keys, r->valid_from, r->valid_to, values};
    TRY(versioned_put(c, &households, &v, err));
    return tokens_household(c, r->household_id, err);
}

/* ---- persons -------------------------------------------------------------------------------- */

enum rc person_check(const struct person_row *r, struct err *err)
{
    day born, died;
    if (r->sex != 0 && r->sex != 1 && r->sex != 2 && r->sex != 9)
        return err_set(err, RC_BAD_INPUT,
                       "sex %d: expected 0 unknown, 1 male, 2 female or 9 not stated", r->sex);
    if (!date_parse(r->birth_date, &born))
        return err_set(err, RC_BAD_INPUT, "date of birth “%.*s”: expected a day like 1980-06-15",
                       STR_ARG(r->birth_date));
    if (r->death_date.n == 0)
        return RC_OK;
    if (!date_parse(r->death_date, &died))
        return err_set(err, RC_BAD_INPUT, "date of death “%.*s”: expected a day like 2020-06-15",
                       STR_ARG(r->death_date));
    if (born > died)
        return err_set(err, RC_BAD_INPUT, "born on %.*s, after the death on %.*s",
                       STR_ARG(r->birth_date), STR_ARG(r->death_date));
    return RC_OK;
}

void person_values(const struct change *c, const struct person_row *r, struct value out[7])
{
    out[0] = V_INT(c->county_code);
    out[1] = V_INT(r->person_id);
    out[2] = V_INT(c->position);
    out[3] = V_TEXT(r->name);
    out[4] = V_INT(r->sex);
    out[5] = V_TEXT(r->birth_date);
    out[6] = r->death_date.n > 0 ? V_TEXT(r->death_date) : V_NULL;
}

enum rc person_put(struct change *c, const struct person_row *r, struct err *err)
{
    TRY(person_check(r, err));
    struct value v[7];
    person_values(c, r, v);
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_person_current, v, 2, &q, err));
    bool found = query_next(q);
    bool same = false;
    int64_t position = 0;
    if (found) {
        position = query_int(q, 0);
        same = str_eq(query_text(q, 1), r->name) && query_int(q, 2) == r->sex &&
               str_eq(query_text(q, 3), r->birth_date) && str_eq(query_text(q, 4), r->death_date);
    }
    TRY(query_end(q, err));
    if (same)
        return RC_OK;
    if (found && position != c->position) {
        const struct value move[] = {v[0], v[1], V_INT(c->position)};
        TRY(exec(c->conn, &stmt_person_move, move, 3, NULL, err));
    }
    change_note(c, "person", v, 7);
    TRY(exec(c->conn, &stmt_person_upsert, v, 7, NULL, err));
    TRY(person_touched(c, r->person_id, err));
    return tokens_person(c, r->person_id, err);
}

/* ---- membership ----------------------------------------------------------------------------- */

static const struct versioned memberships = {
    .table = "membership",
    .n_keys = 2,
    .n_values = 1,
    .types = "t",
    .overlap = &stmt_membership_overlap,
    .move = &stmt_membership_move,
    .remove = &stmt_membership_remove,
    .insert = &stmt_membership_insert,
    .touches = TOUCHES_HOUSEHOLD,
};

MUST_CHECK static enum rc known_check(struct change *c, const struct membership_row *r,
                                      struct err *err)
{
    const struct value household[] = {V_INT(c->county_code), V_INT(r->household_id)};
    const struct value person[] = {V_INT(c->county_code), V_INT(r->person_id)};
    int64_t n = 0;
    TRY(query_one(c->conn, &stmt_household_known, household, 2, &n, err));
    if (n == 0)
        return err_set(err, RC_BAD_INPUT, "no household %lld in county %lld",
                       (long long)r->household_id, (long long)c->county_code);
    enum rc rc = query_one(c->conn, &stmt_person_current, person, 2, &n, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_BAD_INPUT, "no person %lld in county %lld", (long long)r->person_id,
                       (long long)c->county_code);
    return rc;
}

/* Nobody lives in two households on one day. */
MUST_CHECK static enum rc elsewhere_check(struct change *c, const struct membership_row *r,
                                          struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(r->person_id), V_INT(r->household_id),
                              V_TEXT(r->valid_from), V_TEXT(r->valid_to)};
    struct query *q = NULL;
    struct err found = {0};
    TRY(query(c->conn, &stmt_membership_elsewhere, v, 5, &q, err));
    if (query_next(q)) {
        str from = query_text(q, 1);
        str to = query_text(q, 2);
        bool open = str_eq(to, S(DAY_OPEN));
        err_set(&found, RC_CONFLICT,
                "person %lld belongs to household %lld from %.*s%s%.*s: end that before household "
                "%lld from %.*s",
                (long long)r->person_id, (long long)query_int(q, 0), STR_ARG(from),
                open ? " on" : " to ", STR_ARG(open ? S("") : to), (long long)r->household_id,
                STR_ARG(r->valid_from));
    }
    TRY(query_end(q, err));
    return found.rc == RC_OK ? RC_OK : err_set(err, found.rc, "%s", found.text);
}

enum rc membership_put(struct change *c, const struct membership_row *r, struct err *err)
{
    TRY(valid_time_check(r->valid_from, r->valid_to, err));
    TRY(known_check(c, r, err));
    TRY(elsewhere_check(c, r, err));
    const struct value keys[] = {V_INT(r->household_id), V_INT(r->person_id)};
    const struct value values[] = {V_TEXT(r->relation)};
    const struct version v = {keys, r->valid_from, r->valid_to, values};
    TRY(versioned_put(c, &memberships, &v, err));
    return tokens_person(c, r->person_id, err);
}

/* ---- enrolments ----------------------------------------------------------------------------- */

static const struct versioned enrolments = {
    .table = "enrolment",
    .n_keys = 3,
    .n_values = 2,
    .types = "ti",
    .overlap = &stmt_enrolment_overlap,
    .move = &stmt_enrolment_move,
    .remove = &stmt_enrolment_remove,
    .insert = &stmt_enrolment_insert,
    .touches = TOUCHES_HOUSEHOLD,
};

enum rc enrolment_put(struct change *c, const struct enrolment_row *r, struct err *err)
{
    const struct value keys[] = {V_INT(r->household_id), V_INT(r->person_id), V_TEXT(r->programme)};
    const struct value values[] = {V_TEXT(r->cause), V_INT(r->account_id)};
    const struct version v = {keys, r->valid_from, r->valid_to, values};
    TRY(versioned_put(c, &enrolments, &v, err));
    return tokens_household(c, r->household_id, err);
}
