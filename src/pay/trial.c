/*
 * A month on trial: the same slices as a run's, determined the same way, counted and not written. So it goes
 * beside a frozen month, as of another day, and with what was known, and which rules were in force, at an
 * earlier time.
 */
#include "pay/job.h"
#include "pay/pay_sql.h"
#include "people/rule_text.h"
#include "people/then.h"

struct trial {
    const struct run_spec *spec;
    const struct instant *at;
    struct conn *conn; /* for what is read once a county */
    struct arena *a;
    struct city city; /* with the rules that were in force */
    struct run_counties counties;
    size_t n_wanted;
    struct run_result *out;
    struct arena slice;
    int64_t households; /* done so far */
};

enum rc run_job_then(struct conn *c, int64_t county, month m, int64_t known_at_ms, int64_t *job,
                     struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(month_text(m, text))),
                              V_INT(known_at_ms)};
    enum rc rc = known_at_ms != 0 ? query_one(c, &stmt_trial_visible, v, 3, job, err)
                                  : query_one(c, &stmt_run_visible, v, 2, job, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    *job = 0;
    return RC_OK;
}

/* ---- counting ------------------------------------------------------------------------------- */

static struct run_row *row_of(struct run_row *rows, size_t n, const struct policy *p)
{
    for (size_t k = 0; k < n; k++)
        if (str_eq(rows[k].policy, p->name.text))
            return &rows[k];
    return NULL;
}

/* Every difference is one here: which of them stay open is decided only with a run that is written. */
static void count_slice(struct trial *t, struct run_row *rows, const struct found *f)
{
    for (size_t i = 0; i < f->counts.n; i++) {
        const struct found_count *c = &f->counts.at[i];
        struct run_row *row = row_of(rows, t->n_wanted, c->policy);
        if (row == NULL)
            continue;
        row->households += c->households;
        row->persons += c->persons;
        row->fen += c->fen;
        row->not_enrolled += c->not_enrolled;
        row->no_more += c->no_more;
        row->undecided += c->undecided;
        t->out->payments += c->payments;
        t->out->payment_fen += c->fen;
    }
    for (size_t i = 0; i < f->findings.n; i++) {
        const struct found_finding *d = &f->findings.at[i];
        struct run_row *row = row_of(rows, t->n_wanted, d->policy);
        if (row != NULL && !str_eq(str_from(d->kind), S("decide")))
            row->proposals++;
    }
}

MUST_CHECK static enum rc try_slices(struct trial *t, struct ring *ring, struct determiner *d,
                                     struct run_row *rows, struct err *err)
{
    for (bool last = false; !last;) {
        struct intake *in = NULL;
        struct found found;
        TRY(ring_take(ring, &in, err));
        last = in->last;
        arena_reset(&t->slice);
        TRY(determine_slice(d, in, &t->slice, &found, err));
        count_slice(t, rows, &found);
        t->households += found.households;
        if (!last)
            ring_give(ring);
        if (t->spec->progress != NULL)
            t->spec->progress(t->spec->progress_ctx, t->households);
        if (t->spec->stop != NULL && t->spec->stop(t->spec->progress_ctx))
            return err_set(err, RC_INTERRUPTED, "the trial was stopped");
    }
    return RC_OK;
}

/* ---- one county ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc position_of(struct trial *t, int64_t county, int64_t *out,
                                      struct err *err)
{
    if (t->at->known_at_ms == 0)
        return change_position(t->conn, county, out, err);
    return change_position_at(t->conn, county, t->at->known_at_ms, out, err);
}

MUST_CHECK static enum rc try_county(struct trial *t, int64_t county, int64_t position,
                                     struct run_row *rows, struct err *err)
{
    struct determiner_spec determiner = {.rules = t->city.rules,
                                         .place = t->city.place,
                                         .rule_hash = t->city.rule_hash,
                                         .county = county,
                                         .month = t->spec->month,
                                         .decide = t->spec->decide,
                                         .whole_county = t->counties.division == 0};
    struct intake_spec intake = {.city = &t->city,
                                 .rules = t->city.rules,
                                 .county = county,
                                 .division = t->counties.division,
                                 .month = t->spec->month,
                                 .on_day = t->at->as_of,
                                 .position = position};
    struct ring *ring = NULL;
    struct determiner *d = NULL;

    TRY(run_job_then(t->conn, county, t->spec->month - 1, t->at->known_at_ms, &intake.last_job,
                     err));
    TRY(determiner_open(&determiner, &d, err));
    enum rc rc = ring_open(&intake, 0, &ring, err);
    if (rc == RC_OK)
        rc = try_slices(t, ring, d, rows, err);
    ring_close(ring);
    determiner_close(d);
    return rc;
}

MUST_CHECK static enum rc try_counties(struct trial *t, struct err *err)
{
    int64_t *positions = NEW_N(t->a, int64_t, t->counties.n + 1);
    bool known = false;

    for (size_t i = 0; i < t->counties.n; i++) {
        TRY(position_of(t, t->counties.counties[i], &positions[i], err));
        known = known || positions[i] > 0;
    }
    if (!known && t->counties.n > 0)
        TRY(instant_position(t->conn, t->counties.counties[0], t->at->known_at_ms, &positions[0],
                             err));
    for (size_t i = 0; i < t->counties.n; i++)
        if (positions[i] > 0)
            TRY(try_county(t, t->counties.counties[i], positions[i], t->out->rows + i * t->n_wanted,
                           err));
    return RC_OK;
}

/* ---- the whole ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc rules_of(struct trial *t, struct err *err)
{
    struct release_row release = {0};

    t->city = *t->spec->city;
    if (t->at->known_at_ms == 0)
        return RC_OK;
    TRY(instant_check(t->at->known_at_ms, err));
    TRY(rule_release_at(t->conn, t->at->known_at_ms, t->a, &release, err));
    return city_then(t->spec->city, t->conn, release.rule_hash, t->a, &t->city, err);
}

MUST_CHECK static enum rc try_month(struct trial *t, struct err *err)
{
    TRY(rules_of(t, err));
    TRY(run_counties(t->conn, t->spec, t->a, &t->counties, err));
    TRY(run_rows_name(&t->city, t->conn, t->spec->month, &t->counties, t->a, t->out, &t->n_wanted,
                      err));
    TRY(try_counties(t, err));
    run_rows_sum(t->out, t->n_wanted);
    return RC_OK;
}

enum rc run_trial(const struct run_spec *spec, const struct instant *at, struct arena *a,
                  struct run_result *out, struct err *err)
{
    struct trial t = {.spec = spec, .at = at, .a = a, .out = out};

    *out = (struct run_result){0};
    TRY(store_reader(spec->city->store, &t.conn, err));
    enum rc rc = try_month(&t, err);
    store_reader_done(t.conn);
    arena_deinit(&t.slice);
    return rc;
}
