/*
 * What the tests of finding back-pay and recovery share: months that are paid, rules released again with
 * other values, and what a finding has written.
 */
#ifndef HUIMIN_UNIT_TEST_ARREARS_CASE_H
#define HUIMIN_UNIT_TEST_ARREARS_CASE_H

#include "unit/test_bank_case.h"

#include "pay/arrears.h"

/* A month's list is frozen in the county. */
static inline void freeze_at(struct town *t, const char *m)
{
    struct batch b;
    check_ok(batch_freeze(t->c, payer_of(t), CASE_COUNTY, month_at(m), &t->a, &b, err));
}

static inline void pay_months(struct town *t, const char *from, const char *to)
{
    char text[8];
    bank_of(t);
    for (month m = month_at(from); m <= month_at(to); m++) {
        run_of(t, month_text(m, text));
        freeze_at(t, month_text(m, text));
    }
}

/* The town's rules, with one more line of values. */
static inline void release(struct town *t, const void *state, const char *line)
{
    const struct fresh *f = state;
    home_put(&t->home, "places/town.hm", str_fmt(&t->a, "%s%s", run_place, line).p);
    struct init_spec spec = case_spec(state, &t->home, &t->a);
    city_close(t->c);
    check_ok(city_init(&spec, &t->a, err));
    check_ok(city_open(f->url, spec.key_path, "tester", &t->a, &t->c, err));
}

static inline struct arrears_spec arrears_spec_of(struct town *t, const char *from,
                                                  const char *upto)
{
    return (struct arrears_spec){.city = t->c,
                                 .division = INT64_C(990102000000),
                                 .from = month_at(from),
                                 .upto = month_at(upto),
                                 .why = S("test")};
}

static inline struct arrears_found find_in(struct town *t, const struct arrears_spec *spec)
{
    struct arrears_found *found = NULL;
    size_t n = 0;
    check_ok(arrears_find(spec, &t->a, &found, &n, err));
    assert_int_equal(n, 1);
    return found[0];
}

static inline struct arrears_found find(struct town *t, const char *from, const char *upto)
{
    const struct arrears_spec spec = arrears_spec_of(t, from, upto);
    return find_in(t, &spec);
}

/* Household, person, programme, month, paid, due, cause, reason, state; what is stale is left out. */
static inline str lines_found(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, person_id, programme, month, paid_fen, due_fen, cause, "
                   "reason, state FROM arrears_line WHERE state <> 'stale' "
                   "ORDER BY household_id, person_id, programme, month",
                   "iittiittt", &t->a);
}

static inline void sql_put(struct town *t, const char *sql)
{
    const struct statement st = {.name = "test_put", .sql = sql};
    check_ok(fresh_exec(t->c->store, &st, NULL, 0, err));
}

/* What is open is decided, as the deciding does it. */
static inline void decide_open(struct town *t)
{
    sql_put(t, "UPDATE arrears_line SET state = 'decided' WHERE state = 'open'");
}

#endif
