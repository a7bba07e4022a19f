/* See job.h: how jobs begin, end and are given up. What a slice writes is in write.c. */
#include "pay/job.h"

#include <stdio.h>
#include <string.h>

#include "pay/job_in.h"
#include "pay/pay_sql.h"
#include "pay/run.h"

enum { RUNNING_MOST = 64 };

/* A job as it stands in the store. */
struct stored {
    int64_t job_id, position, division, last_job, since, next;
    str rule_hash, engine, who;
    enum decide decide;
    uint8_t digest[VAULT_HASH];
};

struct standing {
    struct stored visible; /* job_id 0: none */
    struct stored *running;
    size_t n_running;
    int64_t position;      /* the county's now */
    int64_t last_job;      /* visible of the month before */
    int64_t newest;        /* job of the county */
    int64_t since_visible; /* changes by runs since the visible job's position */
};

/* ---- what there is -------------------------------------------------------------------------- */

MUST_CHECK static enum rc visible_read(struct conn *c, int64_t county, str of_month,
                                       struct arena *a, struct stored *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(of_month)};
    struct query *q = NULL;
    *out = (struct stored){0};
    TRY(query(c, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q))
        *out = (struct stored){.job_id = query_int(q, 0),
                               .position = query_int(q, 1),
                               .rule_hash = str_dup(a, query_text(q, 2)),
                               .engine = str_dup(a, query_text(q, 3)),
                               .division = query_int(q, 4),
                               .last_job = query_int(q, 5),
                               .since = query_int(q, 6),
                               .decide = decide_find(query_text(q, 7))};
    return query_end(q, err);
}

MUST_CHECK static enum rc running_read(struct conn *c, const struct job *j, struct arena *a,
                                       struct standing *out, struct err *err)
{
    const struct value v[] = {V_INT(j->county), V_TEXT(str_from(j->month_text))};
    struct query *q = NULL;
    out->running = NEW_N(a, struct stored, RUNNING_MOST);
    TRY(query(c, &stmt_run_running, v, 2, &q, err));
    while (out->n_running < RUNNING_MOST && query_next(q)) {
        struct stored *s = &out->running[out->n_running++];
        *s = (struct stored){.job_id = query_int(q, 0),
                             .position = query_int(q, 1),
                             .rule_hash = str_dup(a, query_text(q, 2)),
                             .engine = str_dup(a, query_text(q, 3)),
                             .division = query_int(q, 4),
                             .last_job = query_int(q, 5),
                             .who = str_dup(a, query_text(q, 6)),
                             .next = query_int(q, 7),
                             .decide = decide_find(query_text(q, 9))};
        str digest = query_blob(q, 8);
        memcpy(s->digest, digest.p, digest.n < VAULT_HASH ? digest.n : VAULT_HASH);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc standing_in(struct conn *c, const struct job *j, struct arena *a,
                                      struct standing *out, struct err *err)
{
    const struct value county = V_INT(j->county);
    struct stored last;
    char before[8];

    *out = (struct standing){0};
    TRY(change_position(c, j->county, &out->position, err));
    TRY(visible_read(c, j->county, str_from(j->month_text), a, &out->visible, err));
    TRY(visible_read(c, j->county, str_from(month_text(j->month - 1, before)), a, &last, err));
    out->last_job = last.job_id;
    TRY(running_read(c, j, a, out, err));
    enum rc rc = query_one(c, &stmt_run_job_last, &county, 1, &out->newest, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    const struct value since[] = {county, V_INT(out->visible.position)};
    return query_one(c, &stmt_run_change_count, since, 2, &out->since_visible, err);
}

MUST_CHECK static enum rc standing_read(const struct job *j, struct arena *a, struct standing *out,
                                        struct err *err)
{
    struct conn *c = NULL;
    TRY(store_reader(j->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = standing_in(c, j, a, out, err);
    read_end(c);
    store_reader_done(c);
    return rc;
}

static bool same_rules(const struct job *j, const struct stored *s)
{
    return str_eq(s->rule_hash, str_from(j->city->rule_hash)) &&
           str_eq(s->engine, S(ENGINE_VERSION));
}

/* Nothing that it came from has changed. The whole county's run stands for each of its parts. */
static bool still_true(const struct job *j, const struct standing *s)
{
    const struct stored *v = &s->visible;
    return v->job_id != 0 && same_rules(j, v) && (v->division == 0 || v->division == j->division) &&
           v->decide >= j->decide && v->last_job == s->last_job &&
           s->position - v->position == s->since_visible;
}

/* ---- what counts as decided ----------------------------------------------------------------- */

static const char *const decide_words[] = {
    [DECIDE_NONE] = "none", [DECIDE_FIRST] = "first", [DECIDE_ALL] = "all", [DECIDE_PAST] = "past"};

const char *decide_word(enum decide d)
{
    return decide_words[d];
}

enum decide decide_find(str word)
{
    for (int i = 0; i < DECIDE__COUNT; i++)
        if (str_eq(word, str_from(decide_words[i])))
            return (enum decide)i;
    return DECIDE__COUNT;
}

/* ---- beginning ------------------------------------------------------------------------------ */

/* Those that were stopped and can't go on: other rules, or a newer run stands. */
MUST_CHECK static enum rc remove_running(struct change *c, const struct job *j, struct err *err)
{
    struct standing s = {0};
    struct arena a = {0};
    enum rc rc = running_read(c->conn, j, &a, &s, err);

    for (size_t i = 0; rc == RC_OK && i < s.n_running; i++)
        rc = job_remove(c, j, s.running[i].job_id, err);
    arena_deinit(&a);
    return rc;
}

static enum rc begin_once(struct change *c, void *ctx, struct err *err)
{
    static const uint8_t none[VAULT_HASH];
    struct job *j = ctx;
    const struct value v[] = {V_INT(j->county),
                              V_INT(j->job_id),
                              V_TEXT(str_from(j->month_text)),
                              V_INT(c->position - 1),
                              V_TEXT(str_from(j->city->rule_hash)),
                              V_TEXT(S(ENGINE_VERSION)),
                              V_TEXT(c->who),
                              V_INT(c->at_ms),
                              V_BLOB(((str){(const char *)none, VAULT_HASH})),
                              V_INT(j->division),
                              V_INT(j->last_job),
                              V_INT(j->division != 0 ? j->visible_position : 0),
                              V_TEXT(str_from(decide_word(j->decide)))};

    j->position = c->position - 1;
    TRY(remove_running(c, j, err));
    TRY(exec(c->conn, &stmt_run_job_add, v, 13, NULL, err));
    change_note(c, "run_job", v, 13);
    return job_mark(c, j->job_id, err);
}

static int64_t given_ms(void *ctx)
{
    const int64_t *ms = ctx;
    return *ms;
}

/* The same id for the same time and state, so that a run may be repeated to the byte. */
static int64_t new_id(const struct job *j, const struct job_spec *spec, const struct standing *s)
{
    int64_t ms = j->at_ms != 0 ? j->at_ms : clock_ms();
    struct id_source ids = {.now_ms = given_ms, .ctx = &ms};
    int64_t first = id_next(&ids) + spec->number;
    return first > s->newest ? first : s->newest + 1;
}

MUST_CHECK static enum rc begin_new(struct job *j, const struct job_spec *spec,
                                    const struct standing *s, struct err *err)
{
    j->job_id = new_id(j, spec, s);
    j->last_job = s->last_job;
    j->who = j->city->who;
    const struct change_spec change = job_change(j);
    return change_write(&change, begin_once, j, NULL, err);
}

static bool can_go_on(const struct job *j, const struct standing *s, const struct stored *r)
{
    return same_rules(j, r) && r->division == j->division && r->decide == j->decide &&
           r->position >= s->visible.position;
}

static void go_on(struct job *j, const struct stored *s)
{
    j->job_id = s->job_id;
    j->position = s->position;
    j->last_job = s->last_job;
    j->next = s->next;
    j->who = s->who;
    memcpy(j->digest, s->digest, VAULT_HASH);
}

/* Who moved in or out of the part since the run that stands would be in both, or in neither. */
MUST_CHECK static enum rc nobody_crossed(const struct job *j, int64_t position, struct err *err)
{
    char first_day[11];
    int64_t lo = 0, hi = 0, household = 0;
    struct conn *c = NULL;

    division_span(j->division, &lo, &hi);
    date_text(month_first(j->month), first_day);
    const struct value v[] = {V_INT(j->county),
                              V_TEXT(str_from(first_day)),
                              V_INT(j->visible_position),
                              V_INT(position),
                              V_INT(lo),
                              V_INT(hi)};
    TRY(store_reader(j->city->store, &c, err));
    enum rc rc = query_one(c, &stmt_run_crossed, v, 6, &household, err);
    store_reader_done(c);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    return err_set(err, RC_CONFLICT,
                   "household %lld-%lld moved over the border of %lld since %s was last run; run "
                   "the county as a whole",
                   (long long)j->county, (long long)household, (long long)j->division,
                   j->month_text);
}

enum rc job_begin(const struct job_spec *spec, struct arena *a, struct job *out, bool *unchanged,
                  struct err *err)
{
    struct job *j = out;
    struct standing s;

    *j = (struct job){.city = spec->city,
                      .county = spec->county,
                      .month = spec->month,
                      .at_ms = spec->at_ms,
                      .division = spec->division,
                      .decide = spec->decide,
                      .today = spec->today};
    month_text(j->month, j->month_text);
    snprintf(j->why, sizeof j->why, "run %s", j->month_text);
    *unchanged = false;
    TRY(standing_read(j, a, &s, err));
    j->visible = s.visible.job_id;
    /* A month that was taken over stays one when it is run again. */
    if (s.visible.job_id != 0 && s.visible.decide == DECIDE_PAST)
        j->decide = DECIDE_PAST;
    j->visible_position = s.visible.since != 0 ? s.visible.since : s.visible.position;
    if (str_eq(s.visible.engine, S("import")))
        return err_set(err, RC_CONFLICT,
                       "county %lld: %s was taken over from elsewhere with its amounts; it can't "
                       "be run here",
                       (long long)j->county, j->month_text);
    for (size_t i = 0; i < s.n_running; i++)
        if (can_go_on(j, &s, &s.running[i])) {
            go_on(j, &s.running[i]);
            return RC_OK;
        }
    *unchanged = still_true(j, &s);
    if (!*unchanged && j->division != 0 && j->visible != 0)
        TRY(nobody_crossed(j, s.position, err));
    return *unchanged ? RC_OK : begin_new(j, spec, &s, err);
}

/* ---- giving up ------------------------------------------------------------------------------ */

enum rc job_remove(struct change *c, const struct job *j, int64_t job_id, struct err *err)
{
    const struct value of_month[] = {V_INT(j->county), V_TEXT(str_from(j->month_text)),
                                     V_INT(job_id)};
    const struct value of_job[] = {V_INT(j->county), V_INT(job_id)};
    const struct value state[] = {V_INT(j->county), V_INT(job_id), V_TEXT(S("dropped"))};

    TRY(exec(c->conn, &stmt_run_drop_determinations, of_month, 3, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_awards, of_month, 3, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_payments, of_month, 3, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_slices, of_job, 2, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_counts, of_job, 2, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_findings, of_job, 2, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_changes, of_job, 2, NULL, err));
    TRY(exec(c->conn, &stmt_run_drop_candidates, of_job, 2, NULL, err));
    change_note(c, "run_job", state, 3);
    return exec(c->conn, &stmt_run_job_state, state, 3, NULL, err);
}

static enum rc drop_once(struct change *c, void *ctx, struct err *err)
{
    const struct job *j = ctx;
    TRY(job_remove(c, j, j->job_id, err));
    return job_mark(c, j->job_id, err);
}

enum rc job_drop(const struct job *j, struct err *err)
{
    struct job copy = *j;
    const struct change_spec change = job_change(j);
    return change_write(&change, drop_once, &copy, NULL, err);
}

/* ---- what all its changes have in common ---------------------------------------------------- */

struct change_spec job_change(const struct job *j)
{
    return (struct change_spec){.store = j->city->store,
                                .county_code = j->county,
                                .who = j->city->who,
                                .why = str_from(j->why),
                                .at_ms = j->at_ms};
}

enum rc job_mark(struct change *c, int64_t job_id, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(c->position), V_INT(job_id)};
    return exec(c->conn, &stmt_run_change_add, v, 3, NULL, err);
}
