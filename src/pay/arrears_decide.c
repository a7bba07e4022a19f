/*
 * Arrears decided, in slices of short changes, a household whole in one of them. Each line is taken only
 * while it is open and what is paid is still what it was found with, in the same transaction as what
 * follows from it: so twice is once, and what was stopped half-way goes on.
 */
#include "pay/arrears_money.h"

#include "pay/pay_sql.h"
#include "work/notice.h"

enum { SLICE = 40 }; /* households of a change */

struct family {
    int64_t division, household;
};
struct deciding {
    const struct arrears_choice *choice;
    const struct family *families;
    size_t n;
    bool last;                 /* nothing is left behind this slice */
    struct arrears_result own; /* of this slice */
    struct arena a;
};
typedef VEC(struct arrears_line) line_list;

/* ---- one household ---------------------------------------------------------------------------- */

/* Paid otherwise by now: it is not decided, and found again by the next finding. */
MUST_CHECK static enum rc mark_stale(struct change *c, struct deciding *d, int64_t household,
                                     const struct arrears_line *l, struct err *err)
{
    char on[11], text[8];
    const struct value v[] = {
        V_INT(c->county_code),    V_INT(household),
        V_INT(d->choice->job_id), V_INT(l->person_id),
        V_TEXT(l->programme),     V_TEXT(str_from(month_text(l->month, text))),
        V_TEXT(c->who),           V_TEXT(str_from(date_text(d->choice->today, on)))};

    change_note(c, "arrears_line", v, 8);
    d->own.stale++;
    return exec(c->conn, &stmt_arrears_stale, v, 8, NULL, err);
}

static struct arrears_line line_of(const struct query *q, int64_t household, struct arena *a)
{
    struct arrears_line l = {.household_id = household,
                             .programme = str_dup(a, query_text(q, 0)),
                             .person_id = query_int(q, 2),
                             .division = query_int(q, 3),
                             .paid_fen = query_int(q, 4),
                             .due_fen = query_int(q, 5),
                             .cause = str_dup(a, query_text(q, 6)),
                             .reason = str_dup(a, query_text(q, 7))};

    if (!month_parse(query_text(q, 1), &l.month))
        l.month = 0;
    return l;
}

/* Its open lines by programme, month and person; *now has what is paid of each by now. */
MUST_CHECK static enum rc open_lines(struct conn *c, const struct arrears_choice *k,
                                     int64_t household, struct arena *a, line_list *out,
                                     int64_t **now, struct err *err)
{
    str programme = k->programme;
    const struct value v[] = {V_INT(k->county), V_INT(household), V_INT(k->job_id),
                              V_TEXT(programme), V_TEXT(programme.n > 0 ? programme : S("~"))};
    VEC(int64_t) paid = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_arrears_open_lines, v, 5, &q, err));
    while (query_next(q)) {
        *VEC_PUSH(a, out) = line_of(q, household, a);
        *VEC_PUSH(a, &paid) = query_int(q, 8);
    }
    *now = paid.at;
    return query_end(q, err);
}

/* What becomes of a line: its state, and its cause as decided. */
static str state_of(const struct arrears_choice *k, struct arrears_line *l)
{
    const struct policy *p = rules_policy(k->city->rules, l->programme);

    if (!k->accept)
        return S("rejected");
    if (l->due_fen >= l->paid_fen)
        return S("decided");
    if (k->cause.n > 0)
        l->cause = k->cause;
    return p != NULL && policy_takes_back(p, l->cause) ? S("decided") : S("left");
}

static str words_of(const struct arrears_choice *k, str state, struct arena *a)
{
    if (!str_eq(state, S("left")))
        return k->words;
    return k->words.n > 0 ? str_fmt(a, "按规定不予追回：%.*s", STR_ARG(k->words))
                          : S("按规定不予追回");
}

/* All lines of one programme that were found with one cause; *n of them are in `lines`. */
MUST_CHECK static enum rc decide_alike(struct change *c, struct deciding *d, int64_t household,
                                       str found, const struct arrears_line *l, str state,
                                       int64_t expected, struct err *err)
{
    const struct arrears_choice *k = d->choice;
    char on[11];
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(household),
                              V_INT(k->job_id),
                              V_TEXT(l->programme),
                              V_TEXT(found),
                              V_TEXT(state),
                              V_TEXT(l->cause),
                              V_TEXT(c->who),
                              V_TEXT(str_from(date_text(k->today, on))),
                              V_TEXT(words_of(k, state, &d->a))};
    int64_t changed = 0;

    change_note(c, "arrears_line", v, 10);
    TRY(exec(c->conn, &stmt_arrears_decide, v, 10, &changed, err));
    if (changed == expected)
        return RC_OK;
    return err_set(err, RC_RULE, "household %lld-%lld: %lld lines were open, %lld are decided",
                   (long long)c->county_code, (long long)household, (long long)expected,
                   (long long)changed);
}

static void count_line(struct arrears_result *r, const struct arrears_line *l, str state)
{
    int64_t fen = l->due_fen - l->paid_fen;

    if (str_eq(state, S("rejected"))) {
        r->rejected++;
    } else if (str_eq(state, S("left"))) {
        r->left++;
        r->left_fen -= fen;
    } else {
        r->decided++;
        *(fen > 0 ? &r->backpay_fen : &r->recovery_fen) += fen > 0 ? fen : -fen;
    }
}

/* The lines of one programme; those that are decided stay in `lines`, for the notice. */
MUST_CHECK static enum rc decide_lines(struct change *c, struct deciding *d, int64_t household,
                                       struct arrears_line *lines, size_t n, size_t *kept,
                                       struct err *err)
{
    str *found = NEW_N(&d->a, str, n + 1), *state = NEW_N(&d->a, str, n + 1);

    *kept = 0;
    for (size_t i = 0; i < n; i++) {
        found[i] = lines[i].cause;
        state[i] = state_of(d->choice, &lines[i]);
        count_line(&d->own, &lines[i], state[i]);
    }
    for (size_t i = 0; i < n; i++) {
        int64_t alike = 0;
        bool before = false;
        for (size_t k = 0; k < n; k++) {
            alike += str_eq(found[k], found[i]);
            before |= k < i && str_eq(found[k], found[i]);
        }
        if (!before)
            TRY(decide_alike(c, d, household, found[i], &lines[i], state[i], alike, err));
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq(state[i], S("decided")))
            lines[(*kept)++] = lines[i];
    return RC_OK;
}

/* What follows from it: the family is told, and asked when nothing can be deducted. */
MUST_CHECK static enum rc tell(struct change *c, struct deciding *d, int64_t household,
                               const struct arrears_line *lines, size_t n, struct err *err)
{
    const struct arrears_choice *k = d->choice;
    struct arrears_told told = {.county = c->county_code,
                                .household = household,
                                .programme = lines[0].programme,
                                .lines = lines,
                                .n = n,
                                .words = k->words,
                                .today = k->today};
    bool paid = true, none = false;
    struct notice notice;

    TRY(arrears_lines_paid(c->conn, c->county_code, household, told.programme, lines, n, &paid,
                           err));
    told.asked = !paid;
    if (told.asked)
        TRY(arrears_ask(c, k->city, household, told.programme, k->today, err));
    TRY(arrears_notice(c->conn, k->city, &told, &d->a, &notice, &none, err));
    if (none)
        return RC_OK;
    d->own.notices++;
    return notice_put(c, &k->city->ids, &notice, err);
}

MUST_CHECK static enum rc may_decide(const struct arrears_choice *k, const struct family *f,
                                     str programme, struct err *err)
{
    const struct policy *p = rules_policy(k->city->rules, programme);

    if (!scope_covers(k->scope, f->division))
        return err_set(err, RC_NOT_FOUND, "no household %lld-%lld that may be seen",
                       (long long)k->county, (long long)f->household);
    if (k->scope->level <= AT_COUNTY &&
        scope_acts(k->scope, ROLE_BIT(ROLE_DECIDER), p != NULL ? p->line : S("")))
        return RC_OK;
    return err_set(err, RC_FORBIDDEN,
                   "%.*s of county %lld is decided by a decider of the county for that line",
                   STR_ARG(programme), (long long)k->county);
}

MUST_CHECK static enum rc decide_family(struct change *c, struct deciding *d,
                                        const struct family *f, struct err *err)
{
    const struct arrears_choice *k = d->choice;
    line_list lines = {0};
    int64_t *now = NULL;
    bool related = false, any = false;
    size_t fresh = 0;

    TRY(scope_related(k->scope, c->conn, c->county_code, f->household, &related, err));
    if (related) {
        d->own.related++;
        return RC_OK;
    }
    TRY(open_lines(c->conn, k, f->household, &d->a, &lines, &now, err));
    for (size_t i = 0; i < lines.n; i++) {
        TRY(may_decide(k, f, lines.at[i].programme, err));
        if (k->accept && now[i] != lines.at[i].paid_fen)
            TRY(mark_stale(c, d, f->household, &lines.at[i], err));
        else
            lines.at[fresh++] = lines.at[i];
    }
    for (size_t i = 0, end; i < fresh; i = end) {
        size_t kept = 0;
        for (end = i + 1; end < fresh && str_eq(lines.at[end].programme, lines.at[i].programme);)
            end++;
        TRY(decide_lines(c, d, f->household, &lines.at[i], end - i, &kept, err));
        if (kept > 0)
            TRY(tell(c, d, f->household, &lines.at[i], kept, err));
        any = true;
    }
    d->own.households += any;
    return RC_OK;
}

/* ---- the job ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc job_of(struct conn *c, int64_t county, int64_t job_id, struct arena *a,
                                 struct arrears_job *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(job_id)};
    struct query *q = NULL;

    TRY(query(c, &stmt_arrears_job_find, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        *out = arrears_job_row(q, county, a);
    TRY(query_end(q, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "no arrears %lld-%lld that may be seen",
                           (long long)county, (long long)job_id);
}

MUST_CHECK static enum rc put_task(struct change *c, const struct city *city,
                                   const struct arrears_job *j, int64_t n, day today,
                                   struct arena *a, struct err *err)
{
    const struct policy *p = rules_policy(city->rules, j->programme);
    char from[8], upto[8];
    struct task t = {.kind = S("arrears"),
                     .ref_id = j->job_id,
                     .step = S(""),
                     .household_id = j->household,
                     .division = c->county_code * 1000000,
                     .role = ROLE_DECIDER,
                     .line = p != NULL ? p->line : S(""),
                     .subject = j->why,
                     .opened = today,
                     .batch = n};

    month_text(j->from, from);
    month_text(j->upto, upto);
    t.title = str_fmt(a, "裁决补发追回：%s至%s，%lld笔", from, upto, (long long)n);
    t.title_en =
        str_fmt(a, "Decide back-pay and recovery: %s to %s, %lld lines", from, upto, (long long)n);
    return task_put(c, &t, err);
}

enum rc arrears_task(struct change *c, const struct city *city, int64_t job_id, day today,
                     struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(job_id)};
    struct arrears_job j;
    struct arena a = {0};
    int64_t n = 0;
    enum rc rc = query_one(c->conn, &stmt_arrears_open_count, v, 2, &n, err);

    if (rc == RC_OK)
        rc = job_of(c->conn, c->county_code, job_id, &a, &j, err);
    if (rc == RC_OK && n > 0)
        rc = put_task(c, city, &j, n, today, &a, err);
    if (rc == RC_OK && n == 0) {
        change_note(c, "arrears_job", v, 2);
        rc = exec(c->conn, &stmt_arrears_job_close, v, 2, NULL, err);
    }
    if (rc == RC_OK && n == 0)
        rc = task_end(c, S("arrears"), 0, job_id, S(""), today, err);
    arena_deinit(&a);
    return rc;
}

static enum rc decide_slice(struct change *c, void *ctx, struct err *err)
{
    struct deciding *d = ctx;

    d->own = (struct arrears_result){0};
    arena_reset(&d->a);
    for (size_t i = 0; i < d->n; i++)
        TRY(decide_family(c, d, &d->families[i], err));
    /* Looking through a job's lines takes long when there are many: between slices the task's number may be
     * old, and a job of which nothing is open be open. */
    if (d->last)
        return arrears_task(c, d->choice->city, d->choice->job_id, d->choice->today, err);
    return RC_OK;
}

/* ---- slices ----------------------------------------------------------------------------------- */

static void add(struct arrears_result *to, const struct arrears_result *r)
{
    to->decided += r->decided;
    to->rejected += r->rejected;
    to->left += r->left;
    to->stale += r->stale;
    to->related += r->related;
    to->households += r->households;
    to->notices += r->notices;
    to->backpay_fen += r->backpay_fen;
    to->recovery_fen += r->recovery_fen;
    to->left_fen += r->left_fen;
}

/* The next households behind *key; one more than a slice tells whether more follow. */
MUST_CHECK static enum rc next_families(const struct arrears_choice *k, const struct family *key,
                                        struct family out[SLICE + 1], size_t *n, struct err *err)
{
    int64_t lo = k->scope->lo, hi = k->scope->hi;
    struct conn *c = NULL;
    struct query *q = NULL;

    if (k->division != 0) {
        int64_t from = 0, to = 0;
        division_bounds(k->division, &from, &to);
        lo = from > lo ? from : lo;
        hi = to < hi ? to : hi;
    }
    const struct value v[] = {V_INT(k->county),
                              V_INT(k->job_id),
                              V_INT(lo),
                              V_INT(hi),
                              V_INT(k->household),
                              V_INT(k->household != 0 ? k->household : INT64_MAX),
                              V_TEXT(k->programme),
                              V_TEXT(k->programme.n > 0 ? k->programme : S("~")),
                              V_INT(key->division),
                              V_INT(key->household),
                              V_INT(SLICE + 1)};
    *n = 0;
    TRY(store_reader(k->city->store, &c, err));
    enum rc rc = query(c, &stmt_arrears_open_households, v, 11, &q, err);
    while (rc == RC_OK && *n <= SLICE && query_next(q)) {
        out[(*n)++] = (struct family){query_int(q, 0), query_int(q, 1)};
    }
    if (rc == RC_OK)
        rc = query_end(q, err);
    store_reader_done(c);
    return rc;
}

MUST_CHECK static enum rc run_slice(const struct arrears_choice *k, const struct family *families,
                                    size_t n, bool last, struct arrears_result *out,
                                    struct err *err)
{
    struct deciding d = {.choice = k, .families = families, .n = n, .last = last};
    const struct change_spec spec = {.store = k->city->store,
                                     .county_code = k->county,
                                     .who = k->scope->login,
                                     .why = k->accept ? S("back-pay and recovery decided")
                                                      : S("back-pay and recovery rejected")};
    enum rc rc = change_write(&spec, decide_slice, &d, NULL, err);

    if (rc == RC_OK)
        add(out, &d.own);
    arena_deinit(&d.a);
    return rc;
}

MUST_CHECK static enum rc check_choice(const struct arrears_choice *k, struct arena *a, bool *open,
                                       struct err *err)
{
    struct arrears_job j;
    struct conn *c = NULL;

    if (k->scope->county_code != 0 && k->scope->county_code != k->county)
        return err_set(err, RC_NOT_FOUND, "no arrears %lld-%lld that may be seen",
                       (long long)k->county, (long long)k->job_id);
    if (k->cause.n > 0 && !arrears_cause_known(k->city->rules, k->cause))
        return err_set(err, RC_BAD_INPUT, "cause: found “%.*s”, expected one of overpayment_cause",
                       STR_ARG(str_sub(k->cause, 0, 40)));
    if (!k->accept && str_trim(k->words).n == 0)
        return err_set(err, RC_BAD_INPUT, "words: say why it is rejected");
    TRY(store_reader(k->city->store, &c, err));
    enum rc rc = job_of(c, k->county, k->job_id, a, &j, err);
    store_reader_done(c);
    TRY(rc);
    if (str_eq(j.state, S("running")) || str_eq(j.state, S("dropped")))
        return err_set(err, RC_CONFLICT, "arrears %lld-%lld are %.*s: nothing can be decided",
                       (long long)k->county, (long long)k->job_id, STR_ARG(j.state));
    *open = str_eq(j.state, S("open"));
    return RC_OK;
}

enum rc arrears_settle(const struct arrears_choice *choice, struct arena *a,
                       struct arrears_result *out, struct err *err)
{
    struct family page[SLICE + 1], key = {0, 0};
    size_t n = 0;
    bool open = false;

    *out = (struct arrears_result){0};
    TRY(check_choice(choice, a, &open, err));
    do {
        TRY(next_families(choice, &key, page, &n, err));
        size_t now = n > SLICE ? SLICE : n;
        /* Nothing is left of what was stopped, or changed since: the job is still to be closed. */
        if (now == 0 && open && choice->scope->level <= AT_COUNTY &&
            scope_acts(choice->scope, ROLE_BIT(ROLE_DECIDER), S("")))
            TRY(run_slice(choice, page, 0, true, out, err));
        if (now == 0)
            break;
        TRY(run_slice(choice, page, now, n <= SLICE, out, err));
        key = page[now - 1];
        if (choice->go_on != NULL && !choice->go_on(choice->ctx, out->decided + out->rejected))
            return err_set(err, RC_INTERRUPTED, "stopped after %lld lines",
                           (long long)(out->decided + out->rejected));
    } while (n > SLICE);
    if (out->related > 0 && out->households == 0 && out->stale == 0)
        return err_set(err, RC_RULE,
                       "one's own household, or a relative's, is decided by somebody else");
    return RC_OK;
}

/* ---- the letter ------------------------------------------------------------------------------- */

enum rc arrears_letter(const struct arrears_choice *choice, struct conn *c, struct arena *a,
                       struct arrears_letter *out, struct err *err)
{
    line_list lines = {0};
    int64_t *now = NULL;
    size_t kept = 0;
    bool paid = true, none = false;
    struct notice n;

    *out = (struct arrears_letter){0};
    TRY(scope_household(choice->scope, c, choice->county, choice->household, err));
    TRY(open_lines(c, choice, choice->household, a, &lines, &now, err));
    for (size_t i = 0; i < lines.n; i++) {
        struct arrears_line *l = &lines.at[i];
        if (!arrears_sees(choice->scope, choice->city->rules, l->programme))
            return err_set(err, RC_NOT_FOUND, "no such arrears that may be seen");
        if (now[i] != l->paid_fen || !str_eq(state_of(choice, l), S("decided")))
            continue;
        lines.at[kept++] = *l;
    }
    if (kept == 0)
        return RC_OK;
    TRY(arrears_lines_paid(c, choice->county, choice->household, choice->programme, lines.at, kept,
                           &paid, err));
    const struct arrears_told told = {.county = choice->county,
                                      .household = choice->household,
                                      .programme = choice->programme,
                                      .lines = lines.at,
                                      .n = kept,
                                      .words = choice->words,
                                      .asked = !paid,
                                      .today = choice->today};
    TRY(arrears_notice(c, choice->city, &told, a, &n, &none, err));
    if (!none)
        *out = (struct arrears_letter){n.title, n.title_en, n.text, n.channels};
    return RC_OK;
}
