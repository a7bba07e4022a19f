/*
 * A run that is stopped: by a kill at any moment, a database out of reach, a full disk, a second run,
 * a rule's error. Nothing half-done is seen, and started again it ends as if nothing had been.
 */
#include "unit/test_run_case.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "pay/lock.h"
#include "people/dump.h"

enum { FAMILIES = 9000, KILLS = 50 };

/* ---- a county of three slices --------------------------------------------------------------- */

/* Families of one, every ninth of them enrolled; incomes from nothing to above the edge line. */
static void many_families(struct town *t)
{
    static const char *const statements[] = {
        "INSERT INTO household (county_code, household_id, valid_from, valid_to, position, division,"
        " head_id) SELECT 990102, i, '2019-01-01', '9999-12-31', 1, 990102001001 + i % 2, i + 100000"
        " FROM n",
        "INSERT INTO person (county_code, person_id, position, name, sex, birth_date) SELECT 990102,"
        " i + 100000, 1, 'x', 1 + i % 2, '1970-01-01' FROM n",
        "INSERT INTO membership (county_code, household_id, person_id, valid_from, valid_to,"
        " position, relation) SELECT 990102, i, i + 100000, '2019-01-01', '9999-12-31', 1, '02'"
        " FROM n",
        "INSERT INTO x_people_household (county_code, household_id, valid_from, valid_to, position,"
        " hukou_type) SELECT 990102, i, '2019-01-01', '9999-12-31', 1, 'urban' FROM n",
        "INSERT INTO x_assistance_household (county_code, household_id, valid_from, valid_to,"
        " position, assets, vehicles, disability_vehicle) SELECT 990102, i, '2019-01-01',"
        " '9999-12-31', 1, 0, 0, 0 FROM n",
        "INSERT INTO x_assistance_person (county_code, person_id, valid_from, valid_to, position,"
        " income, wage, disease, employed, student, second_house, lost_only_child, destitute)"
        " SELECT 990102, i + 100000, '2019-01-01', '9999-12-31', 1, i % 97 * 1000, 0, 'none', 0, 0,"
        " 0, 0, 0 FROM n",
        "INSERT INTO x_disability_person (county_code, person_id, valid_from, valid_to, position,"
        " disability_grade) SELECT 990102, i + 100000, '2019-01-01', '9999-12-31', 1, 'none' FROM n",
        "INSERT INTO enrolment (county_code, household_id, person_id, programme, valid_from,"
        " valid_to, position, cause, account_id) SELECT 990102, i, 0, 'dibao', '2019-01-01',"
        " '9999-12-31', 1, 'test', 0 FROM n WHERE i % 9 = 0",
    };
    family(t->c, FAMILIES + 1, VILLAGE_R); /* so that there is a first change */
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        str sql = str_fmt(&t->a,
                          "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL "
                          "SELECT i + 1 FROM n WHERE i < %d) %s",
                          FAMILIES, statements[i]);
        /* WITH stands before INSERT on both databases. */
        check_ok(fresh_exec(t->c->store, &(struct statement){.name = "many", .sql = sql.p}, NULL, 0,
                            err));
    }
}

/* ---- everything in the store as one hash ---------------------------------------------------- */

static void add_cell(struct sm3 *h, const struct query *q, const struct column_info *c, size_t i)
{
    sm3_int(h, query_null(q, i));
    if (query_null(q, i))
        return;
    if (c->is_text || c->is_blob)
        sm3_str(h, c->is_text ? query_text(q, i) : query_blob(q, i));
    else
        sm3_int(h, query_int(q, i));
}

static str digest_of(struct town *t)
{
    struct whole_table *tables = NULL;
    struct conn *c = NULL;
    struct query *q = NULL;
    struct sm3 *h = sm3_open();
    uint8_t hash[VAULT_HASH];
    size_t n = 0;
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(whole_tables(c, &t->a, &tables, &n, err));
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        sm3_str(h, tables[i].name);
        check_ok(query(c, &tables[i].read_all, NULL, 0, &q, err));
        while (query_next(q))
            for (size_t f = 0; f < tables[i].n_columns; f++)
                add_cell(h, q, &tables[i].columns[f], f);
        check_ok(query_end(q, err));
    }
    store_reader_done(c);
    sm3_end(h, hash);
    sm3_close(h);
    return hash_text(hash, &t->a);
}

/* As if no run had ever been made: the changes of runs are the last of each county. */
static void forget_runs(struct town *t)
{
    static const char *const statements[] = {
        "DELETE FROM run_job",
        "DELETE FROM run_slice",
        "DELETE FROM run_change",
        "DELETE FROM run_count",
        "DELETE FROM run_candidate",
        "DELETE FROM award_change",
        "DELETE FROM month_run",
        "DELETE FROM award",
        "DELETE FROM payment",
        "DELETE FROM determination",
        "DELETE FROM run_finding",
        "DELETE FROM proposal",
        "DELETE FROM decided_amount",
        "DELETE FROM audit_entry WHERE why LIKE 'run %'",
        "DELETE FROM county WHERE county_code = 990103",
        "UPDATE county SET position = (SELECT max(a.position) FROM audit_entry a "
        "WHERE a.county_code = county.county_code) WHERE county_code = 990102",
        "UPDATE county SET audit_hash = (SELECT a.hash FROM audit_entry a WHERE a.county_code = "
        "county.county_code AND a.position = county.position) WHERE county_code = 990102",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        check_ok(fresh_exec(t->c->store,
                            &(struct statement){.name = "forget", .sql = statements[i]}, NULL, 0,
                            err));
}

/* ---- in a process of its own ---------------------------------------------------------------- */

struct child {
    const char *url, *key;
    month month;
    rlim_t file_max; /* 0: none */
    int told;        /* where its message goes; -1: nowhere */
};

/* Only in the child: no assertion of the test's may leave it. */
static int child_run(const struct child *k)
{
    struct arena a = {0};
    struct city *c = NULL;
    struct run_result r;
    struct err err = {0};
    if (k->file_max > 0) {
        const struct rlimit limit = {k->file_max, k->file_max};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    enum rc rc = city_open(k->url, k->key, "tester", &a, &c, &err);
    if (rc == RC_OK) {
        const struct run_spec spec = run_spec_of(c, k->month);
        rc = run_month(&spec, &a, &r, &err);
    }
    if (rc != RC_OK && k->told >= 0 && write(k->told, err.text, strlen(err.text)) < 0)
        rc = RC_IO;
    return (int)rc;
}

static pid_t child_start(const struct child *k)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child_run(k));
    return pid;
}

/* True: it was killed; else *status is its exit status. */
static bool child_killed(pid_t pid, int *status)
{
    int how = 0;
    while (waitpid(pid, &how, 0) < 0)
        assert_int_equal(errno, EINTR);
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    return WIFSIGNALED(how);
}

static void sleep_us(int64_t us)
{
    const struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The month until it is done; each try is killed after a random while, but for one in ten. */
static int month_with_kills(const struct child *k, int64_t longest_us, uint64_t *chance)
{
    int kills = 0, status = 0;
    for (int tries = 0; tries < 200; tries++) {
        pid_t pid = child_start(k);
        *chance = *chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        sleep_us((int64_t)(*chance >> 33) % longest_us);
        if (tries % 10 != 9)
            kill(pid, SIGKILL);
        if (child_killed(pid, &status))
            kills++;
        else if (status == RC_OK)
            return kills;
        else /* the database has not noticed yet that the one before is dead */
            assert_int_equal(status, RC_CONFLICT);
    }
    fail_msg("a month was not done in 200 tries");
    return kills;
}

static void killed_at_any_moment(void **state)
{
    struct town t = town_begin(*state);
    many_families(&t);
    const struct fresh *f = *state;
    struct child k = {.url = f->url, .key = case_key(*state, &t.a), .told = -1};
    int status = 0, kills = 0;
    uint64_t chance = 1;
    city_close(t.c);

    k.month = month_at("2020-01");
    int64_t began = now_us();
    assert_false(child_killed(child_start(&k), &status));
    assert_int_equal(status, RC_OK);
    int64_t longest_us = now_us() - began;
    while (kills < KILLS) {
        k.month++;
        kills += month_with_kills(&k, longest_us, &chance);
    }
    check_ok(city_open(k.url, k.key, "tester", &t.a, &t.c, err));
    str killed = digest_of(&t);
    int64_t checked = 0;
    check_ok(audit_verify(t.c->store, &checked, err));

    /* The same months, undisturbed, from the same beginnings. */
    forget_runs(&t);
    char text[8];
    run_months(&t, "2020-01", month_text(k.month, text));
    check_text(digest_of(&t), killed.p);
    town_done(&t);
}

/* ---- out of reach, full --------------------------------------------------------------------- */

static void out_of_reach(void **state)
{
    struct town t = town_begin(*state);
    many_families(&t);
    const struct run_spec spec = run_spec_of(t.c, month_at("2020-01"));
    struct run_result r;
    int failed = 0;
    enum rc rc = RC_IO;
    /* Further each time; the run goes on where it stood, so that it comes to its end. */
    for (int after = 5; after < 100000; after += after / 2) {
        struct run_result standing;
        store_fail_after(after);
        rc = run_month(&spec, &t.a, &r, NULL);
        store_fail_after(-1);
        if (rc == RC_OK)
            break;
        failed++;
        assert_int_equal(rc, RC_IO);
        check_fails(run_read(t.c, spec.month, &t.a, &standing, err), RC_NOT_FOUND, "was not run");
    }
    assert_true(failed > 5);
    assert_int_equal(rc, RC_OK);
    assert_true(row_of(&r, CASE_COUNTY, "dibao")->fen > 0);
    assert_int_equal(r.payment_fen, row_of(&r, 0, "dibao")->fen);
    town_done(&t);
}

static void says_how_to_go_on(void **state)
{
    struct town t = town_begin(*state);
    many_families(&t);
    const struct run_spec spec = run_spec_of(t.c, month_at("2020-01"));
    struct run_result r;
    bool said = false;
    for (int after = 20; !said && after < 60000; after += 20) {
        struct err err = {0};
        store_fail_after(after);
        enum rc rc = run_month(&spec, &t.a, &r, &err);
        store_fail_after(-1);
        said = rc == RC_IO && strstr(err.text, "start the run again and it goes on from there");
        if (rc == RC_OK)
            break;
    }
    assert_true(said);
    town_done(&t);
}

static void disk_full(void **state)
{
    struct town t = town_begin(*state);
    many_families(&t);
    const struct fresh *f = *state;
    int pipe_of[2], status = 0;
    char said[2048] = "";
    assert_int_equal(pipe(pipe_of), 0);
    struct child k = {.url = f->url,
                      .key = case_key(*state, &t.a),
                      .month = month_at("2020-01"),
                      .file_max = 100000,
                      .told = pipe_of[1]};
    city_close(t.c);
    assert_false(child_killed(child_start(&k), &status));
    close(pipe_of[1]);
    ssize_t n = read(pipe_of[0], said, sizeof said - 1);
    close(pipe_of[0]);
    assert_true(n > 0);
    assert_int_equal(status, RC_IO);
    assert_non_null(strstr(said, "start the run again and it goes on from there"));
    check_ok(city_open(k.url, k.key, "tester", &t.a, &t.c, err));
    struct run_result r;
    check_fails(run_read(t.c, k.month, &t.a, &r, err), RC_NOT_FOUND, "was not run");
    r = run_of(&t, "2020-01");
    assert_true(row_of(&r, CASE_COUNTY, "dibao")->fen > 0);
    town_done(&t);
}

/* ---- asked to stop -------------------------------------------------------------------------- */

struct asked {
    int64_t slices, stop_at;
};

static void slice_done(void *ctx, int64_t households)
{
    struct asked *a = ctx;
    (void)households;
    a->slices++;
}

static bool stop_there(void *ctx)
{
    const struct asked *a = ctx;
    return a->slices == a->stop_at;
}

/* It parks between two slices, and goes on there: each is done once. */
static void parked_and_gone_on(void **state)
{
    struct town t = town_begin(*state);
    many_families(&t);
    struct asked asked = {.stop_at = 1};
    struct run_spec spec = run_spec_of(t.c, month_at("2020-01"));
    struct run_result r;
    spec.progress = slice_done;
    spec.progress_ctx = &asked;
    spec.stop = stop_there;
    check_fails(run_month(&spec, &t.a, &r, err), RC_INTERRUPTED, "goes on from there");
    check_fails(run_read(t.c, spec.month, &t.a, &r, err), RC_NOT_FOUND, "was not run");
    check_text(rows_of(t.c, "SELECT count(*) FROM decided_amount", "i", &t.a), "0");
    asked = (struct asked){.stop_at = -1};
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(rows_of(t.c, "SELECT state FROM run_job WHERE county_code = 990102", "t", &t.a),
               "done");
    check_text(rows_of(t.c, "SELECT CAST(sum(households) AS BIGINT) FROM run_slice", "i", &t.a),
               "9001");
    check_text(rows_of(t.c, "SELECT count(*) FROM run_finding", "i", &t.a), "0");
    check_text(rows_of(t.c, "SELECT count(*) FROM decided_amount", "i", &t.a), "1000");
    town_done(&t);
}

/* ---- two at once, rules that fail ----------------------------------------------------------- */

static void two_at_once(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 1, VILLAGE_1);
    const struct run_spec spec = run_spec_of(t.c, month_at("2020-01"));
    struct run_lock lock;
    struct run_result r;
    check_ok(run_lock(t.c->store, CASE_COUNTY, &lock, err));
    check_fails(run_month(&spec, &t.a, &r, err), RC_CONFLICT, "county 990102 is being run already");
    run_unlock(&lock);
    check_ok(run_month(&spec, &t.a, &r, err));
    town_done(&t);
}

static const char grant[] = "extend household\n"
                            "  spent \"已用\" money per month, over time\n"
                            "\n"
                            "policy grant \"补助\"\n"
                            "  for each household, each month\n"
                            "  assumed \"试\"\n"
                            "  outcome \"结论\"\n"
                            "    given \"给\" when any_spent \"有\": spent > 0.00\n"
                            "      pays household: 100.00 - spent\n"
                            "    otherwise none \"不给\"\n";

/* It names whom it was about and leaves nothing; the next run reads the facts anew. */
static void a_rule_that_fails(void **state)
{
    struct town t = {.home = home_make()};
    struct run_result r;
    home_put(&t.home, "lines/care/care.hm", grant);
    home_put(&t.home, "places/town.hm",
             "place town \"试城\", division 990100000000\n  lines care from 2020-01\n");
    t.c = case_city(*state, &t.home, &t.a);
    settle(t.c, 1, VILLAGE_1);
    facts_from(t.c, "x_people_household", 1, "2020-01-01", "hukou_type urban");
    facts_from(t.c, "x_care_household", 1, "2020-01-01", "spent 10001");
    enrol(t.c, 1, 0, "grant", DAY_OPEN);
    const struct run_spec spec = run_spec_of(t.c, month_at("2020-02"));
    check_fails(run_month(&spec, &t.a, &r, err), RC_RULE,
                "household 990102-1, 2020-02: grant: given");
    check_text(rows_of(t.c, "SELECT state FROM run_job ORDER BY job_id", "t", &t.a), "dropped");
    check_fails(run_read(t.c, spec.month, &t.a, &r, err), RC_NOT_FOUND, "was not run");
    facts_from(t.c, "x_care_household", 1, "2020-01-01", "spent 4000");
    check_ok(run_month(&spec, &t.a, &r, err));
    check_text(awards(&t, 1, "grant"), "2020-02|0|6000|determined");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(parked_and_gone_on),   BOTH(two_at_once),       BOTH(a_rule_that_fails),
        BOTH(out_of_reach),         BOTH(says_how_to_go_on), ON_SQLITE(disk_full),
        BOTH(killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
