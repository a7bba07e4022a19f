/*
 * A synthetic city for tests: the parts of `huimin synth` in this translation unit, so that a test
 * can make stores without the program. Include it once.
 */
#ifndef HUIMIN_TEST_STORE_SYNTH_CITY_H
#define HUIMIN_TEST_STORE_SYNTH_CITY_H

#include "store/harness.h"

#include "cmd/synth_batch.c"
#include "cmd/synth_cases.c"
#include "cmd/synth_facts.c"
#include "cmd/synth_month.c"
#include "cmd/synth_numbers.c"
#include "cmd/synth_pay.c"
#include "cmd/synth_people.c"
#include "cmd/synth_plan.c"
#include "cmd/synth_rules.c"
#include "cmd/synth_write.c"

#include "cmd/backup_read.c"
#include "cmd/backup_write.c"

/* Make the store at `url`, with its key in `key`, of so many people before December 2020; the open
 * city is in the arena. */
static inline struct city *synth_city(const char *url, const char *key, int64_t persons,
                                      const char *seed, struct arena *a,
                                      struct synth_counts *counts)
{
    month m = month_of(2020, 12);
    str s = str_from(seed);
    struct city *city = NULL;
    struct init_spec init = {.url = url,
                             .key_path = key,
                             .home = HUIMIN_SRC,
                             .place = "panzhihua",
                             .who = "synth",
                             .seed = &s,
                             .at_ms = synth_time(s, m)};
    check_ok(city_init(&init, a, err));
    check_ok(city_open(url, key, "synth", a, &city, err));
    vault_seeded(city->vault);
    const struct synth_spec spec = {.city = city, .persons = persons, .seed = s, .month = m};
    check_ok(synth_write(&spec, counts, err));
    return city;
}

/* One number of a store, by SQL of the test's own. */
static inline int64_t one_number(struct store *s, const char *sql)
{
    struct statement st = {.name = sql, .sql = sql, .reads = true};
    return fresh_int(s, &st, NULL, 0);
}

/* The whole store as `huimin backup` writes it, in the arena. */
static inline str whole_store(const void *state, struct store *s, const char *name, struct arena *a)
{
    const char *path = fresh_path(state, a, name);
    str bytes = {0};
    int64_t rows = 0;
    check_ok(backup_write(s, path, NULL, &rows, err));
    check_ok(file_read(path, (size_t)1 << 30, a, &bytes, err));
    return bytes;
}

#endif
