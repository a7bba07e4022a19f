/*
 * From a changed fact to the household's new outcome, stored: changes arrive at a steady rate while the
 * worker of the server runs in the same process.
 *
 *   build/bench/continuous --db sqlite:CITY.db --today 2020-12-21 [--rate 50] [--seconds 60]
 *       [--writers 4] [--seed 1]
 *
 * The changes are those of the household's page (people/edit.h), each checked and with its audit entry: nine of
 * ten an income, else a birth. They are made in households drawn from the whole
 * city, at set times: who is late does not slow the others down. The time is from the return of the change's
 * commit to when the outcome can be read (looked for every 5 ms). Without a worker (--plain) it prints
 * the changes' own times alone. The exit status is 1 when the 99th percentile is above one second, or an outcome is missing
 * in the end.
 *
 * The store must have been determined once (huimin determine).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/continuous_job.h"
#include "pay/decide.h"
#include "people/edit.h"

enum {
    HOUSEHOLDS = 20000,
    COUNTIES_MOST = 64,
    WRITERS_MOST = 32,
    LOOK_MS = 5,
    SEEN = 4096,
    WAIT_MOST_S = 30,
    PER_MILLE = 1000
};

struct subject {
    int64_t county, household, person;
};
struct made {
    int64_t county, household, position;
    int64_t at_us;   /* committed */
    int64_t took_us; /* by the change */
    int64_t late_us; /* from commit to outcome; -1: not yet */
};

static struct city *city;
static day today;
static struct subject subjects[HOUSEHOLDS];
static size_t n_subjects;
static struct made *made;
static size_t n_made, first_open; /* behind lock */
/* Outcomes that were seen last: one may be there before who made the change has noted it. Behind lock. */
static struct {
    int64_t county, household, position, at_us;
} seen[SEEN];
static size_t n_seen;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool writing = true;
static atomic_int refused;
static int rate = 50, seconds = 60, writers = 4, seed = 1;
static bool plain;
static int64_t begin_us;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void sleep_us(int64_t us)
{
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    if (us > 0)
        nanosleep(&t, NULL);
}

static void die(const char *what, const struct err *err)
{
    fprintf(stderr, "continuous: %s: %s\n", what, err->text);
    exit(2);
}

static uint64_t hash(uint64_t n)
{
    n = (n + (uint64_t)seed) * UINT64_C(0x9e3779b97f4a7c15);
    n ^= n >> 29;
    n *= UINT64_C(0xbf58476d1ce4e5b9);
    return n ^ n >> 32;
}

/* ---- whom it is about ------------------------------------------------------------------------ */

/* Spread over the ids of each county. */
static void draw_households(void)
{
    static const struct statement next = {
        .name = "bench_next",
        .sql = "SELECT household_id, head_id FROM household WHERE county_code = $1 AND "
               "household_id > $2 AND valid_from <= $3 AND valid_to > $3 "
               "ORDER BY household_id LIMIT 1",
        .reads = true,
        .n_params = 3};
    static const struct statement last = {
        .name = "bench_last",
        .sql = "SELECT min(household_id), max(household_id) FROM household WHERE county_code = $1",
        .reads = true,
        .n_params = 1};
    struct err err = {0};
    struct arena a = {0};
    struct conn *c = NULL;
    int64_t *counties = NULL;
    size_t n = 0;
    char on[11];

    date_text(today, on);
    if (store_reader(city->store, &c, &err) != RC_OK ||
        division_counties(c, str_from(on), &a, &counties, &n, &err) != RC_OK)
        die("counties", &err);
    n = n < COUNTIES_MOST ? n : COUNTIES_MOST;
    for (size_t i = 0; i < HOUSEHOLDS; i++) {
        static int64_t bounds[COUNTIES_MOST][2];
        size_t k = i % n;
        int64_t county = counties[k];
        const struct value v = V_INT(county);
        struct query *q = NULL;
        if (i < n) {
            if (query(c, &last, &v, 1, &q, &err) != RC_OK)
                die("households", &err);
            if (query_next(q)) {
                bounds[k][0] = query_int(q, 0);
                bounds[k][1] = query_int(q, 1);
            }
            if (query_end(q, &err) != RC_OK)
                die("households", &err);
        }
        int64_t lo = bounds[k][0], hi = bounds[k][1];
        if (hi == 0)
            continue;
        int64_t from = lo + (int64_t)(hash(i) % (uint64_t)(hi - lo + 1));
        const struct value w[] = {v, V_INT(from), V_TEXT(str_from(on))};
        if (query(c, &next, w, 3, &q, &err) != RC_OK)
            die("households", &err);
        if (query_next(q))
            subjects[n_subjects++] = (struct subject){county, query_int(q, 0), query_int(q, 1)};
        if (query_end(q, &err) != RC_OK)
            die("households", &err);
    }
    store_reader_done(c);
    arena_deinit(&a);
}

/* ---- changes --------------------------------------------------------------------------------- */

static const struct field *person_field(const char *name)
{
    const struct field *f = reg_field(rules_reg(city->rules, S("person")), str_from(name));
    if (f == NULL) {
        fprintf(stderr, "continuous: the rules have no %s of a person\n", name);
        exit(2);
    }
    return f;
}

static void make_change(size_t k)
{
    const struct subject *s = &subjects[hash(k + HOUSEHOLDS) % n_subjects];
    uint64_t dice = hash(k * 3 + 1);
    struct err err = {0};
    struct edit_fact fact = {.field = person_field("income"),
                             .person = s->person,
                             .value = V_INT((int64_t)(dice % 20) * 10000 + (int64_t)k + 1)};
    struct edit_person child = {
        .name = S("新生"), .relation = S("20"), .sex = (int)(dice % 2) + 1, .birth = today - 5};
    struct household_edit e = {.city = city,
                               .kind = EDIT_FACT,
                               .county = s->county,
                               .household = s->household,
                               .who = S("bench"),
                               .day = today - (day)(dice % 40),
                               .today = today,
                               .evidence = S("核对报告"),
                               .person = s->person,
                               .facts = &fact,
                               .n_facts = 1};
    uint64_t kind = hash(k * 7 + 5) % PER_MILLE;
    if (kind < 100) {
        e.kind = EDIT_BORN;
        e.day = child.birth;
        e.people = &child;
        e.n_people = 1;
        e.n_facts = 0;
    }
    struct edit_result out = {0};
    int64_t from = now_us();
    enum rc rc = household_edit(&e, &out, &err);
    int64_t at = now_us();
    if (rc != RC_OK) {
        if (atomic_fetch_add(&refused, 1) == 0)
            fprintf(stderr, "continuous: a change was refused: %s\n", err.text);
        return;
    }
    struct made m = {s->county, s->household, out.version, at, at - from, plain ? 0 : -1};
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_seen && i < SEEN && m.late_us < 0; i++)
        if (seen[i].county == m.county && seen[i].household == m.household &&
            seen[i].position >= m.position)
            m.late_us = seen[i].at_us > at ? seen[i].at_us - at : 0;
    made[n_made++] = m;
    pthread_mutex_unlock(&lock);
}

static void *write_some(void *arg)
{
    size_t me = *(const size_t *)arg, all = (size_t)rate * (size_t)seconds;
    for (size_t k = me; k < all; k += (size_t)writers) {
        sleep_us(begin_us + (int64_t)k * 1000000 / rate - now_us());
        make_change(k);
    }
    return NULL;
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static void take(int64_t county, int64_t household, int64_t position, int64_t at)
{
    pthread_mutex_lock(&lock);
    size_t slot = n_seen++ % SEEN;
    seen[slot].county = county;
    seen[slot].household = household;
    seen[slot].position = position;
    seen[slot].at_us = at;
    while (first_open < n_made && made[first_open].late_us >= 0)
        first_open++;
    for (size_t i = first_open; i < n_made; i++) {
        struct made *m = &made[i];
        if (m->late_us < 0 && m->county == county && m->household == household &&
            m->position <= position)
            m->late_us = at > m->at_us ? at - m->at_us : 0;
    }
    pthread_mutex_unlock(&lock);
}

static bool all_there(void)
{
    bool there = true;
    pthread_mutex_lock(&lock);
    for (size_t i = first_open; i < n_made; i++)
        there = there && made[i].late_us >= 0;
    pthread_mutex_unlock(&lock);
    return there;
}

static void look(struct conn *c, int64_t county, int64_t *since)
{
    /* Several changes may be determined at one position, one after the other. */
    static const struct statement news = {
        .name = "bench_news",
        .sql = "SELECT household_id, position FROM present_household WHERE county_code = $1 AND "
               "position >= $2 ORDER BY position",
        .reads = true,
        .n_params = 2};
    const struct value v[] = {V_INT(county), V_INT(*since)};
    struct err err = {0};
    struct query *q = NULL;
    if (query(c, &news, v, 2, &q, &err) != RC_OK)
        die("outcomes", &err);
    int64_t at = now_us();
    while (query_next(q)) {
        take(county, query_int(q, 0), query_int(q, 1), at);
        *since = query_int(q, 1);
    }
    if (query_end(q, &err) != RC_OK)
        die("outcomes", &err);
}

static void watch(void)
{
    struct err err = {0};
    struct arena a = {0};
    struct conn *c = NULL;
    int64_t *counties = NULL, since[COUNTIES_MOST] = {0}, end_us = 0;
    size_t n = 0;
    char on[11];

    date_text(today, on);
    if (store_reader(city->store, &c, &err) != RC_OK ||
        division_counties(c, str_from(on), &a, &counties, &n, &err) != RC_OK)
        die("outcomes", &err);
    for (size_t i = 0; i < n && i < COUNTIES_MOST; i++)
        if (change_position(c, counties[i], &since[i], &err) != RC_OK)
            die("outcomes", &err);
    for (;;) {
        bool done = !atomic_load(&writing);
        if (done && end_us == 0)
            end_us = now_us() + (int64_t)WAIT_MOST_S * 1000000;
        for (size_t i = 0; i < n && i < COUNTIES_MOST && !plain; i++)
            look(c, counties[i], &since[i]);
        if (done && (all_there() || now_us() > end_us))
            break;
        sleep_us(LOOK_MS * 1000);
    }
    store_reader_done(c);
    arena_deinit(&a);
}

static void *watching(void *arg)
{
    (void)arg;
    watch();
    return NULL;
}

/* ---- figures --------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t print_times(const char *what, int64_t *list, size_t n)
{
    if (n == 0)
        return 0;
    qsort(list, n, sizeof *list, by_size);
    printf("%-28s %8zu  %10.1f %10.1f %10.1f\n", what, n, (double)list[n / 2] / 1000,
           (double)list[n * 99 / 100] / 1000, (double)list[n - 1] / 1000);
    return list[n * 99 / 100];
}

static int print_all(void)
{
    int64_t *list = calloc(n_made + 1, sizeof *list);
    size_t n = 0, missing = 0;

    if (list == NULL)
        return 2;
    printf("%-28s %8s  %10s %10s %10s\n", "milliseconds", "n", "median", "99 %", "most");
    for (size_t i = 0; i < n_made; i++)
        list[n++] = made[i].took_us;
    print_times("a change, till committed", list, n);
    n = 0;
    for (size_t i = 0; i < n_made; i++) {
        if (made[i].late_us >= 0)
            list[n++] = made[i].late_us;
        else
            missing++;
    }
    int64_t p99 = plain ? 0 : print_times("from there to the outcome", list, n);
    if (missing > 0 || atomic_load(&refused) > 0)
        printf("%zu outcomes are missing, %d changes were refused\n", missing,
               atomic_load(&refused));
    free(list);
    return missing > 0 || p99 > 1000000 ? 1 : 0;
}

static const char *option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}

static void number(int argc, char **argv, const char *name, int most, int *out)
{
    const char *text = option(argc, argv, name);
    int64_t n = 0;
    if (text == NULL)
        return;
    if (!str_int(str_from(text), &n) || n < 1 || n > most) {
        fprintf(stderr, "continuous: %s: expected 1 to %d\n", name, most);
        exit(2);
    }
    *out = (int)n;
}

int main(int argc, char **argv)
{
    static size_t numbers[WRITERS_MOST];
    pthread_t threads[WRITERS_MOST], watcher;
    struct err err = {0};
    struct arena a = {0};
    const char *db = option(argc, argv, "--db"), *on = option(argc, argv, "--today");

    number(argc, argv, "--rate", 10000, &rate);
    number(argc, argv, "--seconds", 3600, &seconds);
    number(argc, argv, "--writers", WRITERS_MOST, &writers);
    number(argc, argv, "--seed", 1000000, &seed);
    plain = argc > 1 && strcmp(argv[argc - 1], "--plain") == 0;
    if (db == NULL || on == NULL || !date_parse(str_from(on), &today)) {
        fprintf(stderr, "usage: continuous --db URL --today DAY [--rate N] [--seconds N] "
                        "[--writers N] [--seed N] [--plain]\n");
        return 2;
    }
    if (city_open(db, NULL, "bench", &a, &city, &err) != RC_OK)
        die("store", &err);
    pay_tie();
    draw_households();
    made = calloc((size_t)rate * (size_t)seconds + 1, sizeof *made);
    struct api api = {.city = city, .today = today, .continuous = !plain, .night_off = true};
    if (made == NULL || continuous_start(&api, &err) != RC_OK)
        die("worker", &err);
    if (pthread_create(&watcher, NULL, watching, NULL) != 0)
        return 2;
    begin_us = now_us() + 500000;
    for (int i = 0; i < writers; i++) {
        numbers[i] = (size_t)i;
        if (pthread_create(&threads[i], NULL, write_some, &numbers[i]) != 0)
            return 2;
    }
    for (int i = 0; i < writers; i++)
        pthread_join(threads[i], NULL);
    atomic_store(&writing, false);
    pthread_join(watcher, NULL);
    continuous_park(&api);
    int status = print_all();
    city_close(city);
    arena_deinit(&a);
    return status;
}
