/* See continuous.h: the marks of single households, taken in order, some in one change. */
#include "pay/continuous.h"

#include "pay/continuous_in.h"
#include "pay/pay_sql.h"
#include "pay/unclaimed.h"
#include "people/people_sql.h"

enum { MARKS_AT_ONCE = 64, TELL_MS = 500 };

struct continuous *continuous_open(const struct continuous_spec *spec)
{
    struct continuous *w = mem_resize(NULL, sizeof *w);

    *w = (struct continuous){.spec = *spec};
    return w;
}

void continuous_close(struct continuous *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->benches.n; i++)
        for (int k = 0; k < MONTHS; k++)
            determiner_close(w->benches.at[i].of[k]);
    arena_deinit(&w->batch);
    arena_deinit(&w->arena);
    mem_free(w);
}

void continuous_day(struct continuous *w, day today)
{
    w->spec.today = today;
}

bool continuous_stopping(const struct continuous *w)
{
    return w->spec.stop != NULL && w->spec.stop(w->spec.ctx);
}

/* ---- some marks of a county ------------------------------------------------------------------ */

struct mark {
    int64_t household, position;
};

MUST_CHECK static enum rc marks_read(struct conn *c, int64_t county, struct mark *out, size_t *n,
                                     struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(MARKS_AT_ONCE)};
    struct query *q = NULL;

    *n = 0;
    TRY(query(c, &stmt_touched_first, v, 2, &q, err));
    while (*n < MARKS_AT_ONCE && query_next(q))
        out[(*n)++] = (struct mark){query_int(q, 0), query_int(q, 1)};
    return query_end(q, err);
}

/* Is it this household's facts that were wrong, and not the database that is out of reach? */
static bool is_its_own(const struct look *l, enum rc rc)
{
    int64_t position = 0;

    return rc == RC_RULE || rc == RC_LIMIT ||
           (rc == RC_IO && change_position(l->conn, l->county, &position, NULL) == RC_OK);
}

MUST_CHECK static enum rc renew_one(const struct look *l, struct intake in[MONTHS],
                                    int64_t household, renewals *out, struct err *err)
{
    struct arena *a = &l->w->batch;
    struct now now = {.a = a};
    struct err own = {0};
    size_t before = out->n;
    renewals mine = {0};

    enum rc rc = now_one(l, in, household, &now, &own);
    if (rc != RC_OK && is_its_own(l, rc)) {
        *VEC_PUSH(a, out) =
            (struct renewal){.household = household, .error = str_dup(a, str_from(own.text))};
        return RC_OK;
    }
    if (rc != RC_OK)
        return err_set(err, rc, "%s", own.text);
    TRY(now_compare(l, &now, household, household, a, &mine, err));
    if (mine.n > 0)
        *VEC_PUSH(a, out) = mine.at[0];
    if (out->n == before)
        *VEC_PUSH(a, out) = (struct renewal){.household = household, .error = S("")};
    return RC_OK;
}

/* Read and determined in one snapshot. */
MUST_CHECK static enum rc renew_marks(struct continuous *w, struct conn *c, int64_t county,
                                      struct look *l, renewals *out, struct err *err)
{
    struct mark marks[MARKS_AT_ONCE];
    struct intake in[MONTHS] = {0};
    size_t n = 0;

    TRY(marks_read(c, county, marks, &n, err));
    if (n == 0)
        return RC_OK;
    TRY(look_open(w, c, county, l, err));
    TRY(now_open(l, in, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = renew_one(l, in, marks[i].household, out, err);
    for (int i = 0; i < MONTHS; i++)
        intake_close(&in[i]);
    return rc;
}

static void add_done(struct continuous_done *to, const struct continuous_done *d)
{
    to->households += d->households;
    to->results += d->results;
    to->proposals += d->proposals;
    to->voided += d->voided;
    to->failed += d->failed;
}

/* *more: there were some; there may be others. */
MUST_CHECK static enum rc take_some(struct continuous *w, int64_t county,
                                    struct continuous_done *out, bool *more, struct err *err)
{
    struct look l = {0};
    renewals list = {0};
    struct conn *c = NULL;

    arena_reset(&w->batch);
    TRY(store_reader(w->spec.city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = renew_marks(w, c, county, &l, &list, err);
    read_end(c);
    store_reader_done(c);
    *more = list.n > 0;
    if (rc != RC_OK || list.n == 0)
        return rc;
    struct storing s = {.look = &l, .at = list.at, .n = list.n, .marked = true};
    TRY(now_store(&s, "continuous determination", err));
    add_done(out, &s.own);
    return RC_OK;
}

/* ---- all counties ---------------------------------------------------------------------------- */

enum { COUNTIES_MOST = 256 };

MUST_CHECK static enum rc marked_counties(struct continuous *w, int64_t *out, size_t *n,
                                          struct err *err)
{
    struct conn *c = NULL;
    struct query *q = NULL;

    *n = 0;
    TRY(store_reader(w->spec.city->store, &c, err));
    enum rc rc = query(c, &stmt_touched_counties, NULL, 0, &q, err);
    if (rc == RC_OK) {
        while (*n < COUNTIES_MOST && query_next(q))
            out[(*n)++] = query_int(q, 0);
        rc = query_end(q, err);
    }
    store_reader_done(c);
    return rc;
}

enum rc marks_take(struct continuous *w, struct continuous_done *out, struct err *err)
{
    int64_t counties[COUNTIES_MOST];
    size_t n = 0;

    for (bool any = true; any;) {
        any = false;
        TRY(marked_counties(w, counties, &n, err));
        for (size_t i = 0; i < n; i++) {
            bool more = false;
            if (continuous_stopping(w))
                return err_set(err, RC_INTERRUPTED, "stopped");
            TRY(take_some(w, counties[i], out, &more, err));
            any = any || more;
        }
    }
    return RC_OK;
}

enum rc rights_tell(struct continuous *w, struct err *err)
{
    bool any = false;

    for (size_t i = 0; i < w->benches.n; i++)
        any |= w->benches.at[i].rights;
    if (!any || clock_ms() - w->told_ms < TELL_MS)
        return RC_OK;
    w->told_ms = clock_ms();
    for (size_t i = 0; i < w->benches.n; i++) {
        struct bench *b = &w->benches.at[i];
        if (b->rights)
            TRY(unclaimed_tasks(w->spec.city, b->county, w->spec.today, err));
        b->rights = false;
    }
    return RC_OK;
}

/* Results by rules that are not in force any more would be wrong. */
MUST_CHECK static enum rc rules_hold(struct continuous *w, struct err *err)
{
    struct conn *c = NULL;
    struct query *q = NULL;
    bool same = true;

    TRY(store_reader(w->spec.city->store, &c, err));
    enum rc rc = query(c, &stmt_rule_in_force, NULL, 0, &q, err);
    if (rc == RC_OK) {
        if (query_next(q))
            same = str_eq(query_text(q, 1), str_from(w->spec.city->rule_hash));
        rc = query_end(q, err);
    }
    store_reader_done(c);
    TRY(rc);
    return same ? RC_OK
                : err_set(err, RC_CONFLICT,
                          "rules were released since this program opened the store; nobody is "
                          "determined until it is started again");
}

MUST_CHECK static enum rc is_marked(struct continuous *w, int64_t county, bool *out,
                                    struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(0)};
    int64_t position = 0;
    struct conn *c = NULL;

    TRY(store_reader(w->spec.city->store, &c, err));
    enum rc rc = query_one(c, &stmt_touched_of, v, 2, &position, err);
    store_reader_done(c);
    *out = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc continuous_pending(struct continuous *w, struct continuous_done *out, struct err *err)
{
    struct continuous_done own = {0};
    int64_t counties[COUNTIES_MOST];
    size_t n = 0;

    out = out != NULL ? out : &own;
    *out = own;
    TRY(marked_counties(w, counties, &n, err));
    if (n == 0)
        return rights_tell(w, err);
    TRY(rules_hold(w, err));
    TRY(marks_take(w, out, err));
    for (size_t i = 0; i < n; i++) {
        struct pass_done pass;
        bool marked = false;
        TRY(is_marked(w, counties[i], &marked, err));
        if (!marked)
            continue;
        TRY(pass_county(w, counties[i], &pass, err));
        out->households += pass.households;
        out->results += pass.differing;
        out->failed += pass.failed;
    }
    return rights_tell(w, err);
}

MUST_CHECK static enum rc counties_of(struct continuous *w, struct arena *a, int64_t **out,
                                      size_t *n, struct err *err)
{
    char on[11];
    struct conn *c = NULL;

    TRY(store_reader(w->spec.city->store, &c, err));
    enum rc rc = division_counties(c, str_from(date_text(w->spec.today, on)), a, out, n, err);
    store_reader_done(c);
    return rc;
}

enum rc continuous_all(struct continuous *w, struct arena *a, struct pass_done **out, size_t *n,
                       struct err *err)
{
    struct continuous_done marks = {0};
    int64_t *counties = NULL;

    TRY(rules_hold(w, err));
    TRY(counties_of(w, a, &counties, n, err));
    *out = NEW_N(a, struct pass_done, *n + 1);
    TRY(marks_take(w, &marks, err));
    for (size_t i = 0; i < *n; i++)
        TRY(pass_county(w, counties[i], &(*out)[i], err));
    /* Also what was found before and not told: whoever stored it may have been killed. */
    for (size_t i = 0; i < *n; i++)
        TRY(unclaimed_tasks(w->spec.city, counties[i], w->spec.today, err));
    return RC_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_units(struct conn *c, int64_t county, int64_t household,
                                     struct arena *a, struct present *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(household)};
    VEC(struct present_unit) units = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_present_range, v, 3, &q, err));
    while (query_next(q)) {
        struct present_unit *u = VEC_PUSH(a, &units);
        *u = (struct present_unit){.person = query_int(q, 1),
                                   .programme = str_dup(a, query_text(q, 2)),
                                   .outcome = str_dup(a, query_text(q, 4)),
                                   .reasons = str_dup(a, query_text(q, 5)),
                                   .fen = query_null(q, 6) ? -1 : query_int(q, 6),
                                   .enrolled = query_int(q, 7) != 0,
                                   .qualifies = query_int(q, 8) != 0};
        if (!month_parse(query_text(q, 3), &u->month))
            u->month = 0;
    }
    out->units = units.at;
    out->n_units = units.n;
    return query_end(q, err);
}

enum rc present_of_household(struct conn *c, int64_t county, int64_t household, struct arena *a,
                             struct present *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    struct query *q = NULL;

    *out = (struct present){.error = S("")};
    TRY(query(c, &stmt_touched_how, v, 2, &q, err));
    if (query_next(q)) {
        out->error = str_dup(a, query_text(q, 0));
        out->waiting = out->error.n == 0;
    }
    TRY(query_end(q, err));
    TRY(query(c, &stmt_present_household_of, v, 2, &q, err));
    if (query_next(q)) {
        out->position = query_int(q, 0);
        out->at_ms = query_int(q, 2);
        if (!month_parse(query_text(q, 1), &out->month))
            out->month = 0;
    }
    TRY(query_end(q, err));
    return read_units(c, county, household, a, out, err);
}
