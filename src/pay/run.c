/*
 * The month's run: county after county, each a job; in it slice after slice, read ahead by one
 * thread, determined and written by this one.
 */
#include "pay/run.h"

#include "pay/batch.h"
#include "pay/job.h"
#include "pay/lock.h"

struct running {
    const struct run_spec *spec;
    struct determiner *determiner;
    struct job job;
    struct arena slice;  /* what a slice gave */
    int64_t *households; /* done so far, of all counties */
};

/* ---- one county ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc run_slices(struct running *r, struct ring *ring, struct err *err)
{
    for (;;) {
        struct intake *in = NULL;
        struct found found;
        TRY(ring_take(ring, &in, err));
        arena_reset(&r->slice);
        TRY(determine_slice(r->determiner, in, &r->slice, &found, err));
        if (in->last)
            return job_finish(&r->job, &found, err);
        TRY(job_slice(&r->job, &found, err));
        ring_give(ring);
        *r->households += found.households;
        if (r->spec->progress != NULL)
            r->spec->progress(r->spec->progress_ctx, *r->households);
        if (r->spec->stop != NULL && r->spec->stop(r->spec->progress_ctx))
            return err_set(err, RC_INTERRUPTED, "the run was stopped");
    }
}

MUST_CHECK static enum rc run_job(struct running *r, struct err *err)
{
    const struct city *city = r->spec->city;
    const struct determiner_spec determiner = {.rules = city->rules,
                                               .place = city->place,
                                               .rule_hash = city->rule_hash,
                                               .county = r->job.county,
                                               .month = r->job.month,
                                               .decide = r->job.decide,
                                               .whole_county = r->job.division == 0,
                                               .compare = r->job.last_job != 0};
    const struct intake_spec intake = {.city = city,
                                       .rules = city->rules,
                                       .county = r->job.county,
                                       .division = r->job.division,
                                       .month = r->job.month,
                                       .position = r->job.position,
                                       .last_job = r->job.last_job};
    struct ring *ring = NULL;

    TRY(determiner_open(&determiner, &r->determiner, err));
    enum rc rc = ring_open(&intake, r->job.next, &ring, err);
    if (rc == RC_OK)
        rc = run_slices(r, ring, err);
    ring_close(ring);
    determiner_close(r->determiner);
    arena_deinit(&r->slice);
    return rc;
}

/* A rule's error ends the job, as it would find the same facts again; a fault only stops it. */
static enum rc stopped(const struct running *r, enum rc rc, struct err *err)
{
    struct err second = {0};
    struct err first = *err;

    if (rc == RC_RULE && job_drop(&r->job, &second) == RC_OK)
        return rc;
    if (rc == RC_CONFLICT)
        return rc;
    return err_set(err, rc,
                   "%s; county %lld stands before household %lld: start the run again and it goes "
                   "on from there",
                   first.text, (long long)r->job.county, (long long)r->job.next);
}

MUST_CHECK static enum rc is_frozen(const struct job_spec *spec, bool *out, struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = batch_frozen(c, spec->county, spec->month, out, err);
    store_reader_done(c);
    return rc;
}

/*
 * What is on its way to the bank is what the month was: a county whose list is frozen is not run again,
 * and what changed goes with the next month. Asked behind the lock: freezing takes it too.
 */
MUST_CHECK static enum rc run_county(struct running *r, const struct job_spec *spec,
                                     struct arena *a, bool *unchanged, bool *frozen,
                                     struct err *err)
{
    struct run_lock lock;

    TRY(run_lock(spec->city->store, spec->county, &lock, err));
    enum rc rc = is_frozen(spec, frozen, err);
    if (rc == RC_OK && !*frozen)
        rc = job_begin(spec, a, &r->job, unchanged, err);
    if (rc == RC_OK && !*frozen && !*unchanged) {
        rc = run_job(r, err);
        if (rc != RC_OK)
            rc = stopped(r, rc, err);
    }
    run_unlock(&lock);
    return rc;
}

/* ---- which counties ------------------------------------------------------------------------- */

enum rc run_counties(struct conn *c, const struct run_spec *spec, struct arena *a,
                     struct run_counties *out, struct err *err)
{
    char first_day[11];
    struct division_info info;

    date_text(month_first(spec->month), first_day);
    *out = (struct run_counties){0};
    TRY(division_counties(c, str_from(first_day), a, &out->counties, &out->n, err));
    if (spec->division == 0)
        return RC_OK;
    TRY(division_find(c, spec->division, str_from(first_day), a, &info, err));
    if (str_eq(info.kind, S("city")))
        return RC_OK;
    out->counties[0] = info.county_code;
    out->n = 1;
    /* A county's own code may be another than the one that its rows were given at birth. */
    if (info.division % 1000000 != 0)
        out->division = info.division;
    return RC_OK;
}

/* The day in China (UTC+8). */
static day today_of(const struct run_spec *spec)
{
    int64_t ms = spec->at_ms != 0 ? spec->at_ms : clock_ms();
    return spec->today != 0 ? spec->today : (day)((ms + INT64_C(8) * 3600000) / 86400000);
}

static enum rc all_frozen(const struct run_spec *spec, int64_t county, struct err *err)
{
    char text[8];

    return err_set(err, RC_CONFLICT,
                   "county %lld: the list of %s is frozen; what changes goes with the next month",
                   (long long)county, month_text(spec->month, text));
}

enum rc run_month(const struct run_spec *spec, struct arena *a, struct run_result *out,
                  struct err *err)
{
    struct run_counties e = {0};
    struct conn *c = NULL;
    int64_t households = 0, last = 0;
    size_t n_frozen = 0; /* of several counties the others are run */
    bool all_unchanged = true;
    struct err own = {0};

    err = err != NULL ? err : &own; /* its text is read and added to */
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = run_counties(c, spec, a, &e, err);
    store_reader_done(c);
    for (size_t i = 0; rc == RC_OK && i < e.n; i++) {
        struct running r = {.spec = spec, .households = &households};
        const struct job_spec job = {.city = spec->city,
                                     .county = e.counties[i],
                                     .division = e.division,
                                     .month = spec->month,
                                     .at_ms = spec->at_ms,
                                     .number = (int64_t)i,
                                     .decide = spec->decide,
                                     .today = today_of(spec)};
        bool unchanged = false, frozen = false;
        rc = run_county(&r, &job, a, &unchanged, &frozen, err);
        n_frozen += frozen;
        last = frozen ? e.counties[i] : last;
        all_unchanged = all_unchanged && (unchanged || frozen);
    }
    TRY(rc);
    if (e.n > 0 && n_frozen == e.n)
        return all_frozen(spec, last, err);
    TRY(run_read(spec->city, spec->month, a, out, err));
    out->unchanged = all_unchanged;
    return RC_OK;
}
