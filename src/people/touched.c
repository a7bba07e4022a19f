/* See touched.h. */
#include "people/touched.h"

#include "people/people_sql.h"

MUST_CHECK static enum rc put(struct change *c, int64_t household, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(household), V_INT(c->position),
                              V_INT(c->at_ms)};

    return exec(c->conn, &stmt_touched_put, v, 4, NULL, err);
}

enum rc household_touched(struct change *c, int64_t household, struct err *err)
{
    if (c->touched_all || c->touched_household == household)
        return RC_OK;
    c->touched_household = household;
    return put(c, household, err);
}

enum rc person_touched(struct change *c, int64_t person, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person), V_INT(c->position),
                              V_INT(c->at_ms)};

    if (c->touched_all || c->touched_person == person)
        return RC_OK;
    c->touched_person = person;
    return exec(c->conn, &stmt_touched_person, v, 4, NULL, err);
}

enum rc county_touched(struct change *c, struct err *err)
{
    if (c->touched_all)
        return RC_OK;
    c->touched_all = true;
    return put(c, 0, err);
}
