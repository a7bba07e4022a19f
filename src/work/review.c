/* See review.h. */
#include "work/review.h"

#include <stdlib.h>

#include "eval/row.h"
#include "people/facts_read.h"
#include "work/case_in.h"
#include "work/work_sql.h"

enum { A_CHANGE = 200, WHEN_UNKNOWN = 12 };

struct enrolled {
    int64_t household, person; /* person 0: the household as a whole */
    day from;
};
struct due {
    int64_t household, person, division, head;
    day due;
};

struct reviewing {
    struct city *city;
    const struct review_spec *spec;
    struct review_count *out;
    const struct service *service;
    struct policy *policy;
    struct arena a; /* lists, for the length of one service */
    VEC(struct enrolled) enrolled;
    size_t at; /* in enrolled: the next one whose household was not met */
    VEC(struct due) due;
    size_t written;
};

/* ---- when ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_enrolled(struct reviewing *r, struct conn *c, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(r->spec->county), V_TEXT(r->policy->name.text),
                              V_TEXT(str_from(date_text(r->spec->today, text)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_review_enrolled, v, 3, &q, err));
    while (query_next(q)) {
        struct enrolled *e = VEC_PUSH(&r->a, &r->enrolled);
        *e = (struct enrolled){query_int(q, 0), query_int(q, 1), 0};
        (void)date_parse(query_text(q, 2), &e->from);
    }
    return query_end(q, err);
}

static bool decides(const struct reviewing *r, str service)
{
    const struct service *s = rules_service(r->city->rules, service);
    for (size_t i = 0; s != NULL && i < s->n_decides; i++)
        if (str_eq(s->decides[i].text, r->policy->name.text))
            return true;
    return false;
}

/* The day that the time is counted from; *open: they are being reviewed now. */
MUST_CHECK static enum rc read_last(struct reviewing *r, struct conn *c, const struct enrolled *e,
                                    day *last, bool *open, struct err *err)
{
    const struct value v[] = {V_INT(r->spec->county), V_INT(e->household)};
    struct query *q = NULL;
    *last = e->from;
    *open = false;
    TRY(query(c, &stmt_review_cases, v, 2, &q, err));
    while (query_next(q)) {
        str service = query_text(q, 0);
        int64_t person = query_int(q, 1);
        day decided = 0;
        if ((person != 0 && person != e->person) || !decides(r, service))
            continue;
        if (date_parse(query_text(q, 3), &decided) && decided > *last)
            *last = decided;
        *open |= query_int(q, 2) != 0 && decided == 0 && str_eq(service, r->service->name.text);
    }
    return query_end(q, err);
}

/* After how many months, as the policy's word tells for them. */
static int months_of(struct reviewing *r, const struct binding *bind, const struct facts_slice *s,
                     size_t row, int64_t person, struct arena *a)
{
    struct row one;
    uint32_t who = ROW_SUBJECT;
    int64_t n = 0;
    row_open(&one, bind, &s->block, row, a);
    for (uint32_t m = 0; r->policy->of_member && m < one.n_members; m++)
        if (s->persons[one.first + m] == person)
            who = m;
    if (r->policy->of_member && who == ROW_SUBJECT)
        return 0;
    struct val v = row_def(&one, r->service->every_def, row_unit_at(r->policy, who));
    if (v.form == VAL_NUMBER && rat_fen(v.num, &n) && n > 0 && n < 1200)
        return (int)n;
    return 0;
}

MUST_CHECK static enum rc look_at(struct reviewing *r, struct conn *c, const struct binding *bind,
                                  const struct facts_slice *s, size_t row, const struct enrolled *e,
                                  struct arena *a, struct err *err)
{
    struct deadline period = {.n = months_of(r, bind, s, row, e->person, a), .unit = IN_MONTHS};
    day end = month_first(date_month(r->spec->today) + 1) - 1, last = 0;
    bool open = false;
    r->out->enrolled++;
    if (period.n == 0) {
        r->out->unknown++;
        period.n = WHEN_UNKNOWN;
    }
    TRY(read_last(r, c, e, &last, &open, err));
    day due = deadline_due(NULL, last, &period, NULL);
    if (!open && due <= end)
        *VEC_PUSH(&r->a, &r->due) =
            (struct due){e->household, e->person, s->divisions[row], s->heads[row], due};
    return RC_OK;
}

/* One slice, its values bound anew where the division is another. */
MUST_CHECK static enum rc look_at_slice(struct reviewing *r, struct conn *c, struct facts_slice *s,
                                        struct arena *a, struct err *err)
{
    const struct binding *bind = NULL;
    struct binding_spec spec = {.rules = r->city->rules,
                                .policies = &r->policy,
                                .n_policies = 1,
                                .month = date_month(r->spec->today)};
    s->block.paid_last = NEW_N(a, struct column, r->city->rules->policies.n + 1);
    for (size_t i = 0; i < s->block.n; i++) {
        while (r->at < r->enrolled.n && r->enrolled.at[r->at].household < s->households[i])
            r->at++; /* enrolled, and not on record that day */
        for (; r->at < r->enrolled.n && r->enrolled.at[r->at].household == s->households[i];
             r->at++) {
            if (bind == NULL || spec.division != s->divisions[i]) {
                spec.division = s->divisions[i];
                TRY(bind_new(&spec, a, &bind, err));
            }
            TRY(look_at(r, c, bind, s, i, &r->enrolled.at[r->at], a, err));
        }
    }
    return RC_OK;
}

MUST_CHECK static enum rc look_at_all(struct reviewing *r, struct conn *c, struct err *err)
{
    struct arena a = {0};
    struct facts_reader *reader = NULL;
    struct facts_slice slice = {0};
    struct facts_spec spec = {.city = r->city,
                              .county_code = r->spec->county,
                              .on_day = month_first(date_month(r->spec->today))};
    TRY(change_position(c, r->spec->county, &spec.position, err));
    TRY(facts_open(&spec, &reader, err));
    enum rc rc = facts_next(reader, &slice, err);
    while (rc == RC_OK && slice.block.n > 0) {
        rc = look_at_slice(r, c, &slice, &a, err);
        arena_deinit(&a);
        a = (struct arena){0};
        if (rc == RC_OK)
            rc = facts_next(reader, &slice, err);
    }
    facts_close(reader);
    return rc;
}

/* ---- onto the desks ------------------------------------------------------------------------- */

static int by_day(const void *x, const void *y)
{
    const struct due *a = x, *b = y;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return (a->household > b->household) - (a->household < b->household);
}

static int64_t ref_of(const struct due *d)
{
    return d->person != 0 ? d->person : d->household;
}

/* *there: with that day it is on the desk already. */
MUST_CHECK static enum rc is_there(struct reviewing *r, struct conn *c, const struct due *d,
                                   bool *there, struct err *err)
{
    const struct value v[] = {V_INT(r->spec->county), V_INT(ref_of(d)),
                              V_TEXT(r->service->name.text)};
    char text[11];
    struct query *q = NULL;
    *there = false;
    TRY(query(c, &stmt_review_task, v, 3, &q, err));
    while (query_next(q))
        *there = str_eq(query_text(q, 0), str_from(date_text(d->due, text)));
    return query_end(q, err);
}

MUST_CHECK static enum rc put_one(struct reviewing *r, struct change *c, const struct due *d,
                                  struct arena *a, struct err *err)
{
    const struct label *l = &r->service->label;
    struct task task = {.kind = S("review"),
                        .ref_id = ref_of(d),
                        .step = r->service->name.text,
                        .household_id = d->household,
                        .person_id = d->person,
                        .role = ROLE_CLERK,
                        .line = r->service->line,
                        .title = l->zh,
                        .title_en = l->en.n > 0 ? l->en : r->service->name.text,
                        .opened = r->spec->today,
                        .due = d->due,
                        .warn = d->due,
                        .unit = IN_DAYS};
    task.task_id = id_next(&r->city->ids);
    TRY(office_at(c->conn, d->division, AT_TOWNSHIP, r->spec->today, &task.division, err));
    TRY(case_name_of(c->conn, c->county_code, d->person != 0 ? d->person : d->head, a,
                     &task.subject, err));
    return task_put(c, &task, err);
}

static enum rc put_some(struct change *c, void *ctx, struct err *err)
{
    struct reviewing *r = ctx;
    struct arena a = {0};
    enum rc rc = RC_OK;
    for (size_t i = r->written; rc == RC_OK && i < r->due.n && i < r->written + A_CHANGE; i++)
        rc = put_one(r, c, &r->due.at[i], &a, err);
    arena_deinit(&a);
    return rc;
}

struct over {
    struct reviewing *r;
    VEC(int64_t) refs;
};

static enum rc end_over(struct change *c, void *ctx, struct err *err)
{
    const struct over *o = ctx;
    for (size_t i = 0; i < o->refs.n; i++)
        TRY(task_end(c, S("review"), 0, o->refs.at[i], o->r->service->name.text, o->r->spec->today,
                     err));
    return RC_OK;
}

MUST_CHECK static enum rc take_away(struct reviewing *r, struct conn *c,
                                    const struct change_spec *change, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(r->spec->county), V_TEXT(r->service->name.text),
                              V_TEXT(r->policy->name.text),
                              V_TEXT(str_from(date_text(r->spec->today, text)))};
    struct over over = {.r = r};
    struct query *q = NULL;
    TRY(query(c, &stmt_review_tasks_over, v, 4, &q, err));
    while (query_next(q))
        *VEC_PUSH(&r->a, &over.refs) = query_int(q, 0);
    TRY(query_end(q, err));
    r->out->ended += (int64_t)over.refs.n;
    return over.refs.n == 0 ? RC_OK : change_write(change, end_over, &over, NULL, err);
}

MUST_CHECK static enum rc put_all(struct reviewing *r, struct conn *c, struct err *err)
{
    const struct change_spec change = {.store = r->city->store,
                                       .county_code = r->spec->county,
                                       .who = r->city->who,
                                       .why = S("regular reviews that fall due")};
    size_t kept = 0;
    TRY(take_away(r, c, &change, err));
    if (r->due.n > 1) /* none has no place in memory */
        qsort(r->due.at, r->due.n, sizeof *r->due.at, by_day);
    for (size_t i = 0; i < r->due.n; i++) {
        bool there = false;
        TRY(is_there(r, c, &r->due.at[i], &there, err));
        if (there)
            r->out->there++;
        else
            r->due.at[kept++] = r->due.at[i];
    }
    int64_t room = r->spec->most - r->out->put;
    room = room < 0 ? 0 : room;
    if ((int64_t)kept > room) {
        r->out->left += (int64_t)kept - room;
        kept = (size_t)room;
    }
    r->due.n = kept;
    for (r->written = 0; r->written < kept; r->written += A_CHANGE)
        TRY(change_write(&change, put_some, r, NULL, err));
    r->out->put += (int64_t)kept;
    return RC_OK;
}

/* ---- all ------------------------------------------------------------------------------------ */

MUST_CHECK static enum rc review_one(struct city *city, const struct review_spec *spec,
                                     const struct service *s, struct policy *p,
                                     struct review_count *out, struct err *err)
{
    struct reviewing r = {.city = city, .spec = spec, .out = out, .service = s, .policy = p};
    struct conn *c = NULL;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = read_enrolled(&r, c, err);
    if (rc == RC_OK && r.enrolled.n > 0)
        rc = look_at_all(&r, c, err);
    if (rc == RC_OK)
        rc = put_all(&r, c, err);
    store_reader_done(c);
    arena_deinit(&r.a);
    return rc;
}

enum rc review_tasks(struct city *city, const struct review_spec *spec, struct review_count *out,
                     struct err *err)
{
    const struct rules *rules = city->rules;
    for (size_t i = 0; i < rules->services.n; i++) {
        const struct service *s = rules->services.at[i];
        if (s->form != SERVICE_REVIEW || s->every_def == NULL ||
            !place_line_on(city->place, s->line, date_month(spec->today)))
            continue;
        for (size_t k = 0; k < s->n_decides; k++)
            if (s->policies[k] != NULL)
                TRY(review_one(city, spec, s, s->policies[k], out, err));
    }
    return RC_OK;
}

enum rc review_begun(struct change *c, const struct service *s, int64_t household, int64_t person,
                     day on, struct err *err)
{
    return task_end(c, S("review"), 0, person != 0 ? person : household, s->name.text, on, err);
}
