/*
 * Everybody of a county, slice after slice: each read in a snapshot of its own, since a household depends on no
 * other; what differs from what is stored is written in short changes. The pass stands in the store
 * and goes on behind its last slice.
 */
#include <string.h>

#include "pay/continuous_in.h"
#include "pay/pay_sql.h"

enum { STORE_AT_ONCE = 128 };

/* A pass as it stands in the store. */
struct stored_pass {
    int64_t id, last_job, position, next, households, differing;
    str kind, rule_hash, engine, state;
    month month;
};

struct passing {
    struct continuous *w;
    int64_t county;
    struct stored_pass pass;
    struct pass_done *out;
    struct arena arena;
};

static const char *const kinds[] = {"first", "month", "rules", "run", "load", "check"};

static const char *kind_of(str word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(word, str_from(kinds[i])))
            return kinds[i];
    return "first";
}

MUST_CHECK static enum rc pass_read(struct conn *c, int64_t county, const struct statement *st,
                                    struct arena *a, struct stored_pass *out, struct err *err)
{
    const struct value v = V_INT(county);
    struct query *q = NULL;

    *out = (struct stored_pass){0};
    TRY(query(c, st, &v, 1, &q, err));
    if (query_next(q)) {
        *out = (struct stored_pass){.id = query_int(q, 0),
                                    .kind = str_dup(a, query_text(q, 1)),
                                    .rule_hash = str_dup(a, query_text(q, 3)),
                                    .engine = str_dup(a, query_text(q, 4)),
                                    .last_job = query_int(q, 5),
                                    .state = str_dup(a, query_text(q, 6)),
                                    .position = query_int(q, 7),
                                    .next = query_int(q, 8),
                                    .households = query_int(q, 9),
                                    .differing = query_int(q, 10)};
        if (!month_parse(query_text(q, 2), &out->month))
            out->month = 0;
    }
    return query_end(q, err);
}

/* ---- beginning, going on --------------------------------------------------------------------- */

static bool same_rules(const struct passing *p, const struct stored_pass *s)
{
    return str_eq(s->rule_hash, str_from(p->w->spec.city->rule_hash)) &&
           str_eq(s->engine, S(ENGINE_VERSION));
}

/* What is different from when everybody was last determined. */
MUST_CHECK static enum rc kind_now(struct passing *p, const struct look *l, const char **out,
                                   struct err *err)
{
    const struct value v[] = {V_INT(p->county), V_INT(0)};
    struct stored_pass done;
    int64_t position = 0;

    TRY(pass_read(l->conn, p->county, &stmt_pass_done_last, &p->arena, &done, err));
    *out = done.id == 0                   ? "first"
           : done.month != l->month       ? "month"
           : !same_rules(p, &done)        ? "rules"
           : done.last_job != l->last_job ? "run"
                                          : "check";
    enum rc rc = query_one(l->conn, &stmt_touched_of, v, 2, &position, err);
    if (rc == RC_OK && strcmp(*out, "check") == 0)
        *out = "load";
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

struct beginning {
    struct passing *p;
    const struct look *look;
    const char *kind;
};

MUST_CHECK static enum rc mark_own(struct change *c, struct err *err)
{
    const struct value own[] = {V_INT(c->county_code), V_INT(c->position), V_INT(0)};

    return exec(c->conn, &stmt_run_change_add, own, 3, NULL, err);
}

static enum rc begin_once(struct change *c, void *ctx, struct err *err)
{
    struct beginning *b = ctx;
    struct passing *p = b->p;
    char text[8];
    struct stored_pass last;
    const struct value county = V_INT(c->county_code);

    TRY(pass_read(c->conn, p->county, &stmt_pass_last, &p->arena, &last, err));
    TRY(exec(c->conn, &stmt_pass_drop, &county, 1, NULL, err));
    p->pass = (struct stored_pass){.id = last.id + 1,
                                   .kind = str_from(b->kind),
                                   .month = b->look->month,
                                   .rule_hash = str_from(p->w->spec.city->rule_hash),
                                   .engine = S(ENGINE_VERSION),
                                   .last_job = b->look->last_job,
                                   .position = b->look->position};
    const struct value v[] = {county,
                              V_INT(p->pass.id),
                              V_TEXT(p->pass.kind),
                              V_TEXT(str_from(month_text(p->pass.month, text))),
                              V_TEXT(p->pass.rule_hash),
                              V_TEXT(p->pass.engine),
                              V_INT(p->pass.last_job),
                              V_INT(p->pass.position),
                              V_INT(c->at_ms),
                              V_TEXT(c->who)};
    change_note(c, "determine_pass", v, 10);
    TRY(exec(c->conn, &stmt_pass_add, v, 10, NULL, err));
    return mark_own(c, err);
}

static struct change_spec change_of(const struct passing *p)
{
    return (struct change_spec){.store = p->w->spec.city->store,
                                .county_code = p->county,
                                .who = p->w->spec.city->who,
                                .why = S("everybody determined")};
}

/* The one that was stopped when it still holds, else a new one. */
MUST_CHECK static enum rc pass_begin(struct passing *p, const struct look *l, const char *kind,
                                     const struct stored_pass *last, struct err *err)
{
    struct beginning b = {.p = p, .look = l, .kind = kind};
    const struct change_spec change = change_of(p);

    if (str_eq(last->state, S("running")) && last->month == l->month && same_rules(p, last) &&
        last->last_job == l->last_job) {
        p->pass = *last;
        return RC_OK;
    }
    return change_write(&change, begin_once, &b, NULL, err);
}

/* ---- one slice ------------------------------------------------------------------------------- */

struct slice {
    struct passing *p;
    struct look look;
    struct now now;
    renewals differing;
    bool wrong; /* an error of a rule in it */
    int64_t upto;
};

/* Out with those that are marked: their own determination is on its way. */
MUST_CHECK static enum rc leave_marked(struct slice *s, struct err *err)
{
    const struct value v[] = {V_INT(s->look.county), V_INT(s->p->pass.next), V_INT(s->upto)};
    struct query *q = NULL;
    size_t at = 0, kept = 0;

    TRY(query(s->look.conn, &stmt_touched_range, v, 3, &q, err));
    while (query_next(q)) {
        int64_t marked = query_int(q, 0);
        while (at < s->differing.n && s->differing.at[at].household < marked)
            s->differing.at[kept++] = s->differing.at[at++];
        if (at < s->differing.n && s->differing.at[at].household == marked)
            at++;
    }
    TRY(query_end(q, err));
    while (at < s->differing.n)
        s->differing.at[kept++] = s->differing.at[at++];
    s->differing.n = kept;
    return RC_OK;
}

/* The last id of the slice that could not be determined as a whole: as many as one would hold. */
MUST_CHECK static enum rc find_upto(struct slice *s, struct err *err)
{
    const struct value v[] = {V_INT(s->look.county), V_INT(s->p->pass.next), V_INT(FACTS_SLICE)};
    struct query *q = NULL;
    int64_t n = 0;

    s->upto = HOUSEHOLD_MOST;
    TRY(query(s->look.conn, &stmt_pass_ids, v, 3, &q, err));
    while (query_next(q)) {
        s->upto = query_int(q, 0);
        n++;
    }
    if (n < FACTS_SLICE)
        s->upto = HOUSEHOLD_MOST;
    return query_end(q, err);
}

MUST_CHECK static enum rc slice_read(struct slice *s, struct conn *c, struct err *err)
{
    struct passing *p = s->p;
    struct err own = {0};

    TRY(look_open(p->w, c, p->county, &s->look, err));
    s->now = (struct now){.a = &p->w->batch};
    enum rc rc = now_range(&s->look, p->pass.next, &s->now, &own);
    if (rc == RC_RULE || rc == RC_LIMIT) {
        s->wrong = true;
        return find_upto(s, err);
    }
    if (rc != RC_OK)
        return err_set(err, rc, "%s", own.text);
    s->upto = s->now.last ? HOUSEHOLD_MOST : s->now.upto;
    TRY(now_compare(&s->look, &s->now, p->pass.next, s->upto, &p->w->batch, &s->differing, err));
    return leave_marked(s, err);
}

/* ---- written --------------------------------------------------------------------------------- */

static enum rc moved_on(const struct passing *p, struct err *err)
{
    return err_set(err, RC_CONFLICT, "county %lld: another program goes on with this pass",
                   (long long)p->county);
}

/* How many of them differed, counted where they are written. */
static enum rc count_once(struct change *c, void *ctx, int64_t written, struct err *err)
{
    struct slice *s = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(s->p->pass.id), V_INT(s->p->pass.next),
                              V_INT(written)};
    int64_t changed = 0;

    change_note(c, "determine_pass", v, 4);
    TRY(exec(c->conn, &stmt_pass_count, v, 4, &changed, err));
    return changed == 1 ? RC_OK : moved_on(s->p, err);
}

static enum rc advance_once(struct change *c, void *ctx, struct err *err)
{
    struct slice *s = ctx;
    struct passing *p = s->p;
    bool last = s->upto == HOUSEHOLD_MOST;
    char on[11];
    const struct value v[] = {V_INT(c->county_code), V_INT(p->pass.id), V_INT(p->pass.next),
                              V_INT(last ? HOUSEHOLD_MOST : s->upto + 1), V_INT(s->now.households)};
    const struct value done[] = {v[0], v[1], V_INT(c->at_ms)};
    const struct value mark[] = {v[0], V_INT(0), V_INT(p->pass.position)};
    int64_t changed = 0;

    change_note(c, "determine_pass", v, 5);
    TRY(exec(c->conn, &stmt_pass_advance, v, 5, &changed, err));
    if (changed != 1)
        return moved_on(p, err);
    /* Somebody's facts are wrong: each of the slice by itself, and that one keeps its mark. */
    const struct value those[] = {v[0],
                                  v[2],
                                  V_INT(s->upto),
                                  V_TEXT(str_from(date_text(p->w->spec.today, on))),
                                  V_INT(c->position),
                                  V_INT(c->at_ms)};
    if (s->wrong)
        TRY(exec(c->conn, &stmt_touched_those, those, 6, NULL, err));
    if (last) {
        TRY(exec(c->conn, &stmt_pass_done, done, 3, NULL, err));
        TRY(exec(c->conn, &stmt_touched_take, mark, 3, NULL, err));
    }
    return mark_own(c, err);
}

MUST_CHECK static enum rc slice_write(struct slice *s, struct err *err)
{
    struct passing *p = s->p;
    const struct change_spec change = change_of(p);

    for (size_t i = 0; i < s->differing.n; i += STORE_AT_ONCE) {
        size_t left = s->differing.n - i;
        struct storing store = {.look = &s->look,
                                .at = &s->differing.at[i],
                                .n = left < STORE_AT_ONCE ? left : STORE_AT_ONCE,
                                .also = count_once,
                                .ctx = s};
        TRY(now_store(&store, "everybody determined", err));
        p->out->differing += store.own.households;
    }
    TRY(change_write(&change, advance_once, s, NULL, err));
    p->out->households += s->now.households;
    p->pass.next = s->upto == HOUSEHOLD_MOST ? HOUSEHOLD_MOST : s->upto + 1;
    return RC_OK;
}

/* *turned: the month at hand is another by now, and what was done is of the one before. */
MUST_CHECK static enum rc one_slice(struct passing *p, bool *last, bool *turned, struct err *err)
{
    struct slice s = {.p = p};
    struct conn *c = NULL;

    arena_reset(&p->w->batch);
    TRY(store_reader(p->w->spec.city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = slice_read(&s, c, err);
    read_end(c);
    store_reader_done(c);
    TRY(rc);
    *turned = s.look.month != p->pass.month || s.look.last_job != p->pass.last_job;
    if (*turned)
        return RC_OK;
    TRY(slice_write(&s, err));
    *last = s.upto == HOUSEHOLD_MOST;
    return RC_OK;
}

/* ---- the county ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc open_pass(struct passing *p, struct err *err)
{
    struct look l;
    struct stored_pass last;
    const char *kind = NULL;
    struct conn *c = NULL;

    TRY(store_reader(p->w->spec.city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = look_open(p->w, c, p->county, &l, err);
    if (rc == RC_OK)
        rc = kind_now(p, &l, &kind, err);
    if (rc == RC_OK)
        rc = pass_read(c, p->county, &stmt_pass_last, &p->arena, &last, err);
    read_end(c);
    store_reader_done(c);
    TRY(rc);
    TRY(pass_begin(p, &l, kind, &last, err));
    *p->out = (struct pass_done){.county = p->county,
                                 .kind = kind_of(p->pass.kind),
                                 .month = p->pass.month,
                                 .households = p->pass.households,
                                 .differing = p->pass.differing};
    return RC_OK;
}

MUST_CHECK static enum rc failed_now(struct passing *p, struct err *err)
{
    const struct value v = V_INT(p->county);
    struct conn *c = NULL;

    TRY(store_reader(p->w->spec.city->store, &c, err));
    enum rc rc = query_one(c, &stmt_touched_failed, &v, 1, &p->out->failed, err);
    store_reader_done(c);
    return rc;
}

enum rc pass_county(struct continuous *w, int64_t county, struct pass_done *out, struct err *err)
{
    struct passing p = {.w = w, .county = county, .out = out};
    bool last = false, turned = false;

    enum rc rc = open_pass(&p, err);
    while (rc == RC_OK && !last) {
        struct continuous_done marks = {0};
        if (continuous_stopping(w)) {
            rc = err_set(err, RC_INTERRUPTED, "stopped");
            break;
        }
        rc = one_slice(&p, &last, &turned, err);
        if (rc == RC_OK && turned)
            rc = open_pass(&p, err);
        /* Who was touched meanwhile does not wait for the rest of the county. */
        if (rc == RC_OK)
            rc = marks_take(w, &marks, err);
        if (rc == RC_OK && w->spec.progress != NULL)
            w->spec.progress(w->spec.ctx, out->households);
    }
    if (rc == RC_OK)
        rc = failed_now(&p, err);
    out->missed = strcmp(out->kind, "check") == 0 ? out->differing : 0;
    arena_deinit(&p.arena);
    return rc;
}
