/*
 * See replay.h: county after county, in it each run of which something stands, slice after slice; one thread
 * reads ahead, this one determines and compares.
 */
#include "pay/replay_in.h"

#include <string.h>

#include "pay/case_proof.h"
#include "pay/pay_sql.h"
#include "people/then.h"

/* ---- which runs ----------------------------------------------------------------------------- */

static void extent_of(int64_t division, int64_t *lo, int64_t *hi)
{
    *lo = 0;
    *hi = INT64_MAX;
    if (division != 0)
        division_span(division, lo, hi);
}

/* Nothing stands there of older runs: a newer one determined all of it. */
static bool is_over(const struct replay_job *newer, size_t n, int64_t lo, int64_t hi)
{
    for (size_t i = 0; i < n; i++)
        if (lo >= newer[i].lo && hi <= newer[i].hi)
            return true;
    return false;
}

/* From the visible one back to the one that determined the whole county. */
MUST_CHECK static enum rc read_jobs(struct replaying *r, struct conn *c, struct err *err)
{
    const struct value v[] = {V_INT(r->out->county), V_TEXT(str_from(r->month_text)),
                              V_INT(r->visible)};
    VEC(struct replay_job) jobs = {0};
    struct query *q = NULL;
    bool more = true;

    TRY(query(c, &stmt_replay_jobs, v, 3, &q, err));
    while (more && query_next(q)) {
        struct replay_job j = {.job_id = query_int(q, 0),
                               .position = query_int(q, 1),
                               .division = query_int(q, 2),
                               .last_job = query_int(q, 3),
                               .rule_hash = str_dup(&r->own, query_text(q, 4)),
                               .engine = str_dup(&r->own, query_text(q, 5)),
                               .decide = decide_find(query_text(q, 6))};
        str digest = query_blob(q, 7);
        memcpy(j.digest, digest.p, digest.n < VAULT_HASH ? digest.n : VAULT_HASH);
        extent_of(j.division, &j.lo, &j.hi);
        if (!is_over(r->jobs, r->n_jobs, j.lo, j.hi))
            *VEC_PUSH(&r->own, &jobs) = j;
        r->jobs = jobs.at;
        r->n_jobs = jobs.n;
        more = j.division != 0;
    }
    TRY(query_end(q, err));
    if (r->n_jobs == 0 || r->jobs[0].job_id != r->visible)
        replay_differs(r, 0, 0, S(""), S("the run that the month shows is missing"));
    return RC_OK;
}

MUST_CHECK static enum rc read_blocks(struct replaying *r, struct conn *c, struct err *err)
{
    const struct value v[] = {V_INT(r->out->county), V_INT(r->jobs[r->at].job_id)};
    VEC(struct replay_block) blocks = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_replay_blocks, v, 2, &q, err));
    while (query_next(q)) {
        struct replay_block *b = VEC_PUSH(&r->own, &blocks);
        str hash = query_blob(q, 4);
        *b = (struct replay_block){.first = query_int(q, 0),
                                   .last = query_int(q, 1),
                                   .households = query_int(q, 2),
                                   .persons = query_int(q, 3)};
        memcpy(b->hash, hash.p, hash.n < VAULT_HASH ? hash.n : VAULT_HASH);
    }
    r->blocks = blocks.at;
    r->n_blocks = blocks.n;
    return query_end(q, err);
}

/* ---- one of them ---------------------------------------------------------------------------- */

MUST_CHECK static enum rc replay_slices(struct replaying *r, struct ring *ring,
                                        struct determiner *d, struct err *err)
{
    for (;;) {
        struct intake *in = NULL;
        struct found now;
        TRY(ring_take(ring, &in, err));
        arena_reset(&r->slice);
        TRY(determine_slice(d, in, &r->slice, &now, err));
        TRY(replay_compare(r, in, &now, err));
        if (in->last)
            return RC_OK;
        ring_give(ring);
        r->out->n.households += now.households;
        r->households += now.households;
        if (r->spec->progress != NULL)
            r->spec->progress(r->spec->progress_ctx, r->households);
    }
}

static void end_of_blocks(struct replaying *r)
{
    if (!r->whole)
        return;
    if (r->block < r->n_blocks)
        replay_differs(
            r, 0, 0, S(""),
            str_fmt(&r->own, "stored %zu blocks, recomputed %zu", r->n_blocks, r->block));
    else if (memcmp(r->digest, r->jobs[r->at].digest, VAULT_HASH) != 0)
        replay_differs(r, 0, 0, S(""),
                       S("the digest of the run is not that of its blocks one after another"));
}

/* `division`: what of it is read; 0: the whole county. */
MUST_CHECK static enum rc replay_with(struct replaying *r, const struct city *then,
                                      int64_t division, struct err *err)
{
    const struct replay_job *j = &r->jobs[r->at];
    const struct determiner_spec determiner = {.rules = then->rules,
                                               .place = then->place,
                                               .rule_hash = then->rule_hash,
                                               .county = r->out->county,
                                               .month = r->spec->month,
                                               .decide = j->decide,
                                               .whole_county = j->division == 0};
    const struct intake_spec intake = {.city = then,
                                       .rules = then->rules,
                                       .county = r->out->county,
                                       .division = division,
                                       .month = r->spec->month,
                                       .position = j->position,
                                       .last_job = j->last_job};
    struct determiner *d = NULL;
    struct ring *ring = NULL;

    TRY(determiner_open(&determiner, &d, err));
    enum rc rc = ring_open(&intake, 0, &ring, err);
    if (rc == RC_OK)
        rc = replay_slices(r, ring, d, err);
    ring_close(ring);
    determiner_close(d);
    if (rc == RC_OK)
        end_of_blocks(r);
    return rc;
}

MUST_CHECK static enum rc prepare(struct replaying *r, struct city *then, struct err *err)
{
    struct conn *c = NULL;

    r->blocks = NULL;
    r->n_blocks = r->block = 0;
    memset(r->digest, 0, sizeof r->digest);
    TRY(store_reader(r->spec->city->store, &c, err));
    enum rc rc = city_then(r->spec->city, c, r->jobs[r->at].rule_hash, &r->own, then, err);
    if (rc == RC_OK && r->whole)
        rc = read_blocks(r, c, err);
    store_reader_done(c);
    return rc;
}

/* Another engine's are only counted. */
MUST_CHECK static enum rc count_foreign(struct replaying *r, int64_t *out, struct err *err)
{
    const struct value v[] = {V_INT(r->out->county), V_TEXT(str_from(r->month_text)),
                              V_INT(r->visible), V_INT(r->jobs[r->at].job_id),
                              V_TEXT(r->spec->programme)};
    struct conn *c = NULL;
    int64_t n = 0;

    TRY(store_reader(r->spec->city->store, &c, err));
    enum rc rc = query_one(c, &stmt_replay_determination_count, v, 5, &n, err);
    store_reader_done(c);
    *out += n;
    return rc;
}

/* A rule's error is a difference: the run found none. */
MUST_CHECK static enum rc replay_job(struct replaying *r, int64_t asked, struct err *err)
{
    const struct replay_job *j = &r->jobs[r->at];
    int64_t lo = 0, hi = 0;
    struct err found = {0};
    struct city then;

    extent_of(asked, &lo, &hi);
    if (lo > j->hi || hi < j->lo || is_over(r->jobs, r->at, lo, hi))
        return RC_OK;
    if (str_eq(j->engine, S("import")) || !str_eq(j->engine, S(ENGINE_VERSION))) {
        bool import = str_eq(j->engine, S("import"));
        if (!import)
            r->out->engine = str_dup(r->a, j->engine);
        r->known |= import;
        return count_foreign(r, import ? &r->out->n.taken_over : &r->out->n.foreign, err);
    }
    r->whole = lo <= j->lo && hi >= j->hi;
    enum rc rc = prepare(r, &then, &found);
    if (rc == RC_OK) {
        r->known |= rules_policy(then.rules, r->spec->programme) != NULL;
        rc = replay_with(r, &then, r->whole ? j->division : asked, &found);
    }
    if (rc != RC_RULE)
        return rc == RC_OK
                   ? RC_OK
                   : err_set(err, rc, "county %lld: %s", (long long)r->out->county, found.text);
    replay_differs(r, 0, 0, S(""), str_fmt(&r->own, "can't be recomputed: %s", found.text));
    return RC_OK;
}

/* Cases decided in the month; `asked` as below. */
MUST_CHECK static enum rc replay_cases(struct replaying *r, int64_t asked, struct err *err)
{
    struct replay_county *o = r->out;
    struct case_asked cases = {.county = o->county,
                               .from = month_first(r->spec->month),
                               .upto = month_first(r->spec->month + 1) - 1,
                               .programme = r->spec->programme};
    struct case_proven proven;

    extent_of(asked, &cases.lo, &cases.hi);
    TRY(case_prove(r->spec->city, &cases, r->a, &proven, err));
    o->n.cases = proven.compared;
    o->n.foreign += proven.foreign;
    if (proven.foreign > 0)
        o->engine = proven.engine;
    if (o->first.n == 0)
        o->first = proven.first;
    o->n.differences += proven.differences;
    return RC_OK;
}

/* ---- counties ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc replay_county(struct replaying *r, int64_t asked, struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(r->spec->city->store, &c, err));
    enum rc rc = read_jobs(r, c, err);
    store_reader_done(c);
    for (r->at = 0; rc == RC_OK && r->at < r->n_jobs; r->at++)
        rc = replay_job(r, asked, err);
    if (rc == RC_OK && asked == 0 && r->out->n.foreign + r->out->n.taken_over == 0)
        rc = replay_totals(r, err);
    return rc == RC_OK ? replay_cases(r, asked, err) : rc;
}

MUST_CHECK static enum rc county_name(struct conn *c, int64_t county, str first_day,
                                      struct arena *a, str *out, struct err *err)
{
    struct division_info info;
    enum rc rc = division_find(c, county * 1000000, first_day, a, &info, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    *out = rc == RC_OK ? info.name : S("");
    return RC_OK;
}

/* What is asked for, and the counties of it that were run. *part: a division below a county's. */
struct asked {
    int64_t county, part;
    VEC(struct replay_county) counties;
    VEC(int64_t) jobs;
};

MUST_CHECK static enum rc find_counties(const struct replay_spec *spec, struct conn *c,
                                        struct arena *a, struct asked *out, struct err *err)
{
    char first_day[11], text[8];
    const struct value v = V_TEXT(str_from(month_text(spec->month, text)));
    struct division_info info;
    struct query *q = NULL;

    date_text(month_first(spec->month), first_day);
    if (spec->division != 0) {
        TRY(division_find(c, spec->division, str_from(first_day), a, &info, err));
        out->county = str_eq(info.kind, S("city")) ? 0 : info.county_code;
        /* A county's own code may be another than the one that its rows were given at birth. */
        out->part = out->county != 0 && info.division % 1000000 != 0 ? info.division : 0;
    }
    TRY(query(c, &stmt_replay_counties, &v, 1, &q, err));
    while (query_next(q)) {
        if (out->county != 0 && query_int(q, 0) != out->county)
            continue;
        VEC_PUSH(a, &out->counties)->county = query_int(q, 0);
        *VEC_PUSH(a, &out->jobs) = query_int(q, 1);
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < out->counties.n; i++)
        TRY(county_name(c, out->counties.at[i].county, str_from(first_day), a,
                        &out->counties.at[i].name, err));
    return out->counties.n > 0 ? RC_OK : err_set(err, RC_NOT_FOUND, "%s was not run", text);
}

enum rc replay_month(const struct replay_spec *spec, struct arena *a, struct replay_county **out,
                     size_t *n, struct err *err)
{
    struct asked asked = {0};
    struct conn *c = NULL;
    int64_t households = 0;
    bool known = spec->programme.n == 0;

    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = find_counties(spec, c, a, &asked, err);
    store_reader_done(c);
    for (size_t i = 0; rc == RC_OK && i < asked.counties.n; i++) {
        struct replaying r = {.spec = spec,
                              .out = &asked.counties.at[i],
                              .a = a,
                              .visible = asked.jobs.at[i],
                              .households = households};
        month_text(spec->month, r.month_text);
        rc = replay_county(&r, asked.part, err);
        households = r.households;
        known |= r.known;
        arena_deinit(&r.slice);
        arena_deinit(&r.own);
    }
    TRY(rc);
    *out = asked.counties.at;
    *n = asked.counties.n;
    return known ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "the rules of that month have no programme “%.*s”",
                           STR_ARG(spec->programme));
}

void replay_add(struct replay_sums *sum, const struct replay_sums *n)
{
    sum->households += n->households;
    sum->determinations += n->determinations;
    sum->awards += n->awards;
    sum->blocks += n->blocks;
    sum->payments += n->payments;
    sum->fen += n->fen;
    sum->cases += n->cases;
    sum->taken_over += n->taken_over;
    sum->foreign += n->foreign;
    sum->differences += n->differences;
}
