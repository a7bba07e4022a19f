/*
 * A finding as a job of one county: begun at a position, moved on slice by slice, made visible, each a
 * change of its own. Killed between two of them it goes on where it stood, as long as it would find the
 * same: by the same rules, of the same runs.
 */
#include <stdio.h>

#include "pay/arrears_in.h"
#include "pay/batch.h"
#include "pay/job_in.h"
#include "pay/pay_sql.h"

/* A job of the same question. */
struct standing {
    int64_t job_id, position, next;
    bool running, same; /* same: the rules and runs it was found by are those of now */
    struct arrears_found found;
};

/* ---- which months --------------------------------------------------------------------------- */

MUST_CHECK static enum rc month_read(struct hunt *h, struct conn *c, month m,
                                     struct hunt_month *out, struct err *err)
{
    struct query *q = NULL;
    bool frozen = false, over = false;

    *out = (struct hunt_month){.month = m};
    month_text(m, out->text);
    const struct value v[] = {V_INT(h->county), V_TEXT(str_from(out->text))};
    TRY(batch_frozen(c, h->county, m, &frozen, err));
    TRY(query(c, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q)) {
        out->run = query_int(q, 0);
        /* Of a part that was taken over the oldest position counts. */
        out->position = query_int(q, 6) != 0 ? query_int(q, 6) : query_int(q, 1);
        out->other_rules = !str_eq(query_text(q, 2), str_from(h->city->rule_hash));
        over =
            str_eq(query_text(q, 3), S("import")) || decide_find(query_text(q, 7)) == DECIDE_PAST;
    }
    out->paid = out->run != 0 && (frozen || over);
    return query_end(q, err);
}

MUST_CHECK static enum rc months_read(struct hunt *h, struct conn *c, struct err *err)
{
    const struct arrears_spec *spec = h->spec;
    VEC(struct hunt_month) all = {0};
    struct hunt_month before;
    size_t n = 0;

    for (month m = spec->from; m <= spec->upto; m++) {
        struct hunt_month one;
        TRY(month_read(h, c, m, &one, err));
        if (!one.paid && all.n == 0)
            continue;
        *VEC_PUSH(h->a, &all) = one;
        n = one.paid ? all.n : n;
    }
    h->months = all.at;
    h->n_months = n;
    if (n == 0)
        return RC_OK;
    TRY(month_read(h, c, h->months[0].month - 1, &before, err));
    h->before_run = before.run;
    return RC_OK;
}

/* By the rules in force. A month in which no line is switched on has none. */
MUST_CHECK static enum rc month_policies(struct hunt *h, struct hunt_month *m, struct err *err)
{
    enum rc rc = wanted_policies(h->city->rules, h->city->place, m->month, h->a, &m->wanted,
                                 &m->n_wanted, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static str runs_text(const struct hunt *h)
{
    struct sbuf text;

    sbuf_init(&text, 1 << 16);
    for (size_t i = 0; i < h->n_months; i++)
        if (h->months[i].paid)
            sbuf_fmt(&text, "%s%s=%lld", text.n > 0 ? "+" : "", h->months[i].text,
                     (long long)h->months[i].run);
    str out = str_dup(h->a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

enum rc hunt_months(struct hunt *h, struct err *err)
{
    struct conn *c = NULL;

    month_text(h->spec->from, h->from);
    month_text(h->spec->upto, h->upto);
    snprintf(h->why, sizeof h->why, "arrears %s..%s", h->from, h->upto);
    TRY(store_reader(h->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = months_read(h, c, err);
    read_end(c);
    store_reader_done(c);
    TRY(rc);
    h->since = INT64_MAX;
    for (size_t i = 0; i < h->n_months; i++) {
        struct hunt_month *m = &h->months[i];
        TRY(month_policies(h, m, err));
        if (m->run != 0 && m->position < h->since)
            h->since = m->position;
    }
    h->runs = runs_text(h);
    return h->n_months > 0
               ? RC_OK
               : err_set(err, RC_NOT_FOUND,
                         "county %lld: no month from %s to %s is paid (its list frozen, or "
                         "taken over)",
                         (long long)h->county, h->from, h->upto);
}

/* ---- beginning ------------------------------------------------------------------------------ */

static struct change_spec change_of(const struct hunt *h)
{
    return (struct change_spec){.store = h->city->store,
                                .county_code = h->county,
                                .who = h->city->who,
                                .why = str_from(h->why),
                                .at_ms = h->spec->at_ms};
}

typedef VEC(struct standing) standings;

MUST_CHECK static enum rc standing_read(const struct hunt *h, struct conn *c, standings *out,
                                        struct err *err)
{
    const struct value v[] = {V_INT(h->county),          V_INT(h->division),
                              V_INT(h->spec->household), V_TEXT(h->spec->programme),
                              V_TEXT(str_from(h->from)), V_TEXT(str_from(h->upto))};
    struct query *q = NULL;

    TRY(query(c, &stmt_arrears_same, v, 6, &q, err));
    while (query_next(q))
        *VEC_PUSH(h->a, out) =
            (struct standing){.job_id = query_int(q, 0),
                              .running = str_eq(query_text(q, 1), S("running")),
                              .position = query_int(q, 2),
                              .same = str_eq(query_text(q, 3), str_from(h->city->rule_hash)) &&
                                      str_eq(query_text(q, 4), S(ENGINE_VERSION)) &&
                                      str_eq(query_text(q, 5), h->runs),
                              .next = query_int(q, 6),
                              .found = {.county = h->county,
                                        .job_id = query_int(q, 0),
                                        .households = query_int(q, 7),
                                        .months = query_int(q, 8),
                                        .lines = query_int(q, 9),
                                        .backpay_fen = query_int(q, 10),
                                        .recovery_fen = query_int(q, 11),
                                        .left_fen = query_int(q, 12),
                                        .undecided = query_int(q, 13)}};
    return query_end(q, err);
}

/* Nothing but runs and findings changed the county since. */
MUST_CHECK static enum rc nothing_since(const struct hunt *h, struct conn *c, int64_t position,
                                        bool *out, struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(position)};
    int64_t now = 0, own = 0;

    TRY(change_position(c, h->county, &now, err));
    TRY(query_one(c, &stmt_run_change_count, v, 2, &own, err));
    *out = now - position == own;
    return RC_OK;
}

MUST_CHECK static enum rc drop_job(struct change *c, int64_t job_id, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(job_id)};
    const struct value state[] = {v[0], v[1], V_TEXT(S("dropped")), V_INT(0)};

    TRY(exec(c->conn, &stmt_arrears_drop_lines, v, 2, NULL, err));
    TRY(exec(c->conn, &stmt_arrears_drop_counts, v, 2, NULL, err));
    change_note(c, "arrears_job", state, 3);
    return exec(c->conn, &stmt_arrears_job_show, state, 4, NULL, err);
}

static enum rc begin_once(struct change *c, void *ctx, struct err *err)
{
    struct hunt *h = ctx;
    standings all = {0};
    const struct value v[] = {V_INT(h->county),
                              V_INT(h->job_id),
                              V_INT(h->division),
                              V_INT(h->spec->household),
                              V_TEXT(h->spec->programme),
                              V_TEXT(str_from(h->from)),
                              V_TEXT(str_from(h->upto)),
                              V_TEXT(h->spec->why),
                              V_TEXT(c->who),
                              V_INT(c->at_ms),
                              V_INT(c->position - 1),
                              V_TEXT(str_from(h->city->rule_hash)),
                              V_TEXT(S(ENGINE_VERSION)),
                              V_TEXT(h->runs)};

    h->position = c->position - 1;
    TRY(standing_read(h, c->conn, &all, err));
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i].running)
            TRY(drop_job(c, all.at[i].job_id, err));
    TRY(exec(c->conn, &stmt_arrears_job_add, v, 14, NULL, err));
    change_note(c, "arrears_job", v, 14);
    return job_mark(c, h->job_id, err);
}

static int64_t given_ms(void *ctx)
{
    const int64_t *ms = ctx;
    return *ms;
}

MUST_CHECK static enum rc begin_new(struct hunt *h, int64_t newest, struct err *err)
{
    int64_t ms = h->spec->at_ms != 0 ? h->spec->at_ms : clock_ms();
    struct id_source ids = {.now_ms = given_ms, .ctx = &ms};
    const struct change_spec change = change_of(h);

    h->job_id = id_next(&ids);
    if (h->job_id <= newest)
        h->job_id = newest + 1;
    h->next = 0;
    h->found = (struct arrears_found){.county = h->county, .job_id = h->job_id};
    return change_write(&change, begin_once, h, NULL, err);
}

MUST_CHECK static enum rc look(struct hunt *h, struct conn *c, bool *on, bool *done,
                               int64_t *newest, struct err *err)
{
    const struct value county = V_INT(h->county);
    standings all = {0};
    bool same = false;

    enum rc rc = query_one(c, &stmt_arrears_job_last, &county, 1, newest, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    TRY(standing_read(h, c, &all, err));
    for (size_t i = 0; i < all.n && !*on && !*done; i++) {
        const struct standing *s = &all.at[i];
        if (!s->same)
            continue;
        if (!s->running)
            TRY(nothing_since(h, c, s->position, &same, err));
        *on = s->running;
        *done = !s->running && same;
        if (!*on && !*done)
            return RC_OK; /* of those that stand only the newest counts */
        h->job_id = s->job_id;
        h->position = s->position;
        h->next = s->next;
        h->found = s->found;
    }
    return RC_OK;
}

enum rc hunt_begin(struct hunt *h, bool *done, struct err *err)
{
    struct conn *c = NULL;
    bool on = false;
    int64_t newest = 0;

    *done = false;
    TRY(store_reader(h->city->store, &c, err));
    enum rc rc = read_begin(c, err);
    if (rc == RC_OK)
        rc = look(h, c, &on, done, &newest, err);
    read_end(c);
    store_reader_done(c);
    TRY(rc);
    return on || *done ? RC_OK : begin_new(h, newest, err);
}

/* ---- a slice -------------------------------------------------------------------------------- */

struct writing {
    struct hunt *h;
    const struct hunt_result *r;
    struct arrears_found sum; /* of the slice */
};

#define COLUMNS(...) ((const str[]){__VA_ARGS__}), sizeof((const str[]){__VA_ARGS__}) / sizeof(str)

/* Months in a row with the same amounts are one note: from the line's month up to `last`. */
static void note_lines(struct change *c, const struct hunt_line *l, month last)
{
    const struct value v[] = {V_INT(l->household),
                              V_INT(l->person),
                              V_TEXT(l->policy->name.text),
                              V_INT(l->month),
                              V_INT(last),
                              V_INT(l->paid),
                              V_INT(l->due),
                              V_TEXT(str_from(l->state))};

    change_note(c, "arrears_line", v, 8);
}

static bool goes_on(const struct hunt_line *l, const struct hunt_line *next)
{
    return next->household == l->household && next->person == l->person &&
           next->policy == l->policy && next->month == l->month + 1 && next->paid == l->paid &&
           next->due == l->due && next->state == l->state;
}

static void note_all(struct change *c, const struct hunt_result *r)
{
    for (size_t i = 0, end = 0; i < r->lines.n; i = end) {
        for (end = i + 1; end < r->lines.n; end++)
            if (!goes_on(&r->lines.at[end - 1], &r->lines.at[end]))
                break;
        note_lines(c, &r->lines.at[i], r->lines.at[end - 1].month);
    }
}

MUST_CHECK static enum rc put_lines(const struct writing *w, struct change *c, struct err *err)
{
    const struct hunt_result *r = w->r;
    struct bulk *b = NULL;
    enum rc rc = RC_OK;
    char text[8];

    if (r->lines.n == 0)
        return RC_OK;
    note_all(c, r);
    TRY(bulk_open(c->conn, S("arrears_line"),
                  COLUMNS(S("county_code"), S("job_id"), S("household_id"), S("person_id"),
                          S("programme"), S("month"), S("division"), S("paid_fen"), S("due_fen"),
                          S("cause"), S("reason"), S("state")),
                  &b, err));
    for (size_t i = 0; rc == RC_OK && i < r->lines.n; i++) {
        const struct hunt_line *l = &r->lines.at[i];
        bulk_int(b, w->h->county);
        bulk_int(b, w->h->job_id);
        bulk_int(b, l->household);
        bulk_int(b, l->person);
        bulk_text(b, l->policy->name.text);
        bulk_text(b, str_from(month_text(l->month, text)));
        bulk_int(b, l->division);
        bulk_int(b, l->paid);
        bulk_int(b, l->due);
        bulk_text(b, str_from(l->cause));
        bulk_text(b, str_from(l->reason));
        bulk_text(b, str_from(l->state));
        rc = bulk_row(b, err);
    }
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

MUST_CHECK static enum rc put_counts(const struct writing *w, struct change *c, struct err *err)
{
    for (size_t i = 0; i < w->r->counts.n; i++) {
        const struct hunt_count *k = &w->r->counts.at[i];
        const struct value v[] = {V_INT(w->h->county),  V_INT(w->h->job_id),
                                  V_INT(k->division),   V_TEXT(k->policy->name.text),
                                  V_INT(k->households), V_INT(k->lines),
                                  V_INT(k->backpay),    V_INT(k->recovery),
                                  V_INT(k->left)};
        TRY(exec(c->conn, &stmt_arrears_count_add, v, 9, NULL, err));
    }
    return RC_OK;
}

static int64_t behind(const struct hunt_result *r)
{
    return r->upto == INT64_MAX ? INT64_MAX : r->upto + 1;
}

static enum rc write_once(struct change *c, void *ctx, struct err *err)
{
    const struct writing *w = ctx;
    const struct arrears_found *s = &w->sum;
    const struct value v[] = {V_INT(w->h->county), V_INT(w->h->job_id),   V_INT(w->h->next),
                              V_INT(behind(w->r)), V_INT(s->households),  V_INT(s->months),
                              V_INT(s->lines),     V_INT(s->backpay_fen), V_INT(s->recovery_fen),
                              V_INT(s->left_fen),  V_INT(s->undecided)};
    int64_t changed = 0;

    TRY(exec(c->conn, &stmt_arrears_job_advance, v, 11, &changed, err));
    if (changed != 1)
        return err_set(err, RC_CONFLICT, "somebody else went on with finding %lld of county %lld",
                       (long long)w->h->job_id, (long long)w->h->county);
    change_note(c, "arrears_job", v, 11);
    TRY(put_lines(w, c, err));
    TRY(put_counts(w, c, err));
    return job_mark(c, w->h->job_id, err);
}

enum rc hunt_write(struct hunt *h, const struct hunt_result *r, struct err *err)
{
    struct writing w = {.h = h, .r = r};
    const struct change_spec change = change_of(h);
    struct arrears_found *f = &h->found;

    w.sum.households = r->households;
    w.sum.months = r->months;
    w.sum.undecided = r->undecided;
    w.sum.lines = (int64_t)r->lines.n;
    for (size_t i = 0; i < r->counts.n; i++) {
        w.sum.backpay_fen += r->counts.at[i].backpay;
        w.sum.recovery_fen += r->counts.at[i].recovery;
        w.sum.left_fen += r->counts.at[i].left;
    }
    TRY(change_write(&change, write_once, &w, NULL, err));
    h->next = behind(r);
    f->households += w.sum.households;
    f->months += w.sum.months;
    f->lines += w.sum.lines;
    f->undecided += w.sum.undecided;
    f->backpay_fen += w.sum.backpay_fen;
    f->recovery_fen += w.sum.recovery_fen;
    f->left_fen += w.sum.left_fen;
    return RC_OK;
}

/* ---- the end -------------------------------------------------------------------------------- */

/* What an older job found of the same months and nobody has decided. */
MUST_CHECK static enum rc make_stale(const struct hunt *h, struct change *c, int64_t job_id,
                                     struct err *err)
{
    const struct arrears_spec *s = h->spec;
    int64_t lo = 0, hi = INT64_MAX;

    if (h->division != 0)
        division_span(h->division, &lo, &hi);
    const struct value v[] = {V_INT(h->county),
                              V_INT(job_id),
                              V_INT(lo),
                              V_INT(hi),
                              V_INT(s->household),
                              V_INT(s->household != 0 ? s->household : INT64_MAX),
                              V_TEXT(s->programme),
                              V_TEXT(s->programme.n > 0 ? s->programme : S("~")),
                              V_TEXT(str_from(h->from)),
                              V_TEXT(str_from(h->upto))};
    change_note(c, "arrears_line", v, 10);
    return exec(c->conn, &stmt_arrears_make_stale, v, 10, NULL, err);
}

/* The older jobs, with their tasks: the number of lines that are still open; without any a job is closed. */
MUST_CHECK static enum rc renew_older(const struct hunt *h, struct change *c, day today,
                                      struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(h->job_id)};
    VEC(int64_t) jobs = {0};
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_arrears_jobs_open, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(h->a, &jobs) = query_int(q, 0);
    TRY(query_end(q, err));
    for (size_t i = 0; i < jobs.n; i++) {
        TRY(make_stale(h, c, jobs.at[i], err));
        TRY(arrears_task(c, h->city, jobs.at[i], today, err));
    }
    return RC_OK;
}

static enum rc finish_once(struct change *c, void *ctx, struct err *err)
{
    const struct hunt *h = ctx;
    const struct value job[] = {V_INT(h->county), V_INT(h->job_id)};
    int64_t open = 0;

    enum rc rc = query_one(c->conn, &stmt_arrears_job_open_lines, job, 2, &open, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    const struct value v[] = {job[0], job[1], V_TEXT(open != 0 ? S("open") : S("closed")),
                              V_INT(c->at_ms)};
    TRY(exec(c->conn, &stmt_arrears_job_show, v, 4, NULL, err));
    change_note(c, "arrears_job", v, 4);
    day today = (day)((c->at_ms + INT64_C(8) * 3600000) / 86400000); /* in China (UTC+8) */
    TRY(renew_older(h, c, today, err));
    TRY(arrears_task(c, h->city, h->job_id, today, err));
    return job_mark(c, h->job_id, err);
}

enum rc hunt_finish(struct hunt *h, struct err *err)
{
    const struct change_spec change = change_of(h);

    return change_write(&change, finish_once, h, NULL, err);
}

static enum rc drop_once(struct change *c, void *ctx, struct err *err)
{
    const struct hunt *h = ctx;

    TRY(drop_job(c, h->job_id, err));
    return job_mark(c, h->job_id, err);
}

enum rc hunt_drop(const struct hunt *h, struct err *err)
{
    struct hunt copy = *h;
    const struct change_spec change = change_of(h);

    return change_write(&change, drop_once, &copy, NULL, err);
}
