/* Tasks put and ended; the desk read from them. */
#include <stdlib.h>
#include <unistd.h>

#include "work/desk_in.h"
#include "work/work_sql.h"

static const char *const kinds[] = {"step",    "proposal", "papers",   "notice",  "review",
                                    "online",  "message",  "posting",  "payment", "payee",
                                    "arrears", "recovery", "unclaimed"};
enum { KINDS = sizeof kinds / sizeof *kinds };

#define DUE_NONE DAY_OPEN /* sorts behind every day */

/* ---- lights --------------------------------------------------------------------------------- */

enum light light_of(day today, day warn, day due, bool paused)
{
    if (paused || due == 0)
        return LIGHT_GREY;
    return today > due ? LIGHT_RED : today >= warn ? LIGHT_AMBER : LIGHT_GREY;
}

const char *light_name(enum light l)
{
    static const char *const names[] = {"grey", "amber", "red"};
    return names[l];
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Ids of several processes must not meet: each counts from a place of its own within a millisecond. */
static int64_t task_id_next(void)
{
    static struct id_source ids;
    return id_next(&ids) + (((int64_t)getpid() & 0xff) << 13);
}

static str day_str(day d, const char *none, char text[11])
{
    return str_from(d == 0 ? none : date_text(d, text));
}

MUST_CHECK static enum rc check_kind(const struct task *t, struct err *err)
{
    for (size_t i = 0; i < KINDS; i++)
        if (str_eq(t->kind, str_from(kinds[i])))
            return RC_OK;
    return err_set(
        err, RC_BAD_INPUT,
        "task: found the kind “%.*s”, expected step, proposal, papers, notice, review, online or message",
        STR_ARG(t->kind));
}

enum rc task_put(struct change *c, struct task *t, struct err *err)
{
    char due[11], opened[11], warn[11];
    TRY(check_kind(t, err));
    if (t->task_id == 0)
        t->task_id = task_id_next();
    t->county_code = c->county_code;
    const struct value v[] = {
        V_INT(c->county_code),
        V_TEXT(day_str(t->due, DUE_NONE, due)),
        V_INT(t->task_id),
        V_TEXT(t->kind),
        V_INT(t->case_id),
        V_INT(t->ref_id),
        V_TEXT(t->step),
        V_INT(t->household_id),
        V_INT(t->person_id),
        V_INT(t->division),
        V_INT(t->division / 1000 * 1000),
        V_TEXT(str_from(role_code(t->role))),
        V_TEXT(t->line),
        V_TEXT(t->title),
        V_TEXT(t->title_en),
        V_TEXT(t->subject),
        V_TEXT(day_str(t->opened, "", opened)),
        V_TEXT(day_str(t->warn != 0 ? t->warn : t->due, DUE_NONE, warn)),
        V_INT(t->unit),
        V_INT(t->unsure),
        V_INT(t->paused),
        V_INT(t->batch),
        V_INT(c->position),
    };
    change_note(c, "task", v, sizeof v / sizeof *v);
    return query_one(c->conn, &stmt_task_put, v, sizeof v / sizeof *v, &t->task_id, err);
}

enum rc task_end(struct change *c, str kind, int64_t case_id, int64_t ref_id, str step, day ended,
                 struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(c->county_code), V_INT(case_id),
                              V_TEXT(kind),          V_INT(ref_id),
                              V_TEXT(step),          V_TEXT(str_from(date_text(ended, text))),
                              V_INT(c->position)};
    change_note(c, "task", v, 6);
    return exec(c->conn, &stmt_task_end, v, 7, NULL, err);
}

enum rc task_end_case(struct change *c, int64_t case_id, day ended, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(c->county_code), V_INT(case_id),
                              V_TEXT(str_from(date_text(ended, text))), V_INT(c->position)};
    change_note(c, "task", v, 3);
    return exec(c->conn, &stmt_task_end_case, v, 4, NULL, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef VEC(struct task) task_list;

static day day_or_none(str text)
{
    day d = 0;
    return !str_eq(text, S(DUE_NONE)) && date_parse(text, &d) ? d : 0;
}

static struct task task_row(const struct query *q, int64_t county, struct arena *a)
{
    return (struct task){
        .county_code = county,
        .task_id = query_int(q, 0),
        .kind = str_dup(a, query_text(q, 1)),
        .case_id = query_int(q, 2),
        .ref_id = query_int(q, 3),
        .step = str_dup(a, query_text(q, 4)),
        .household_id = query_int(q, 5),
        .person_id = query_int(q, 6),
        .division = query_int(q, 7),
        .role = role_find(query_text(q, 8)),
        .line = str_dup(a, query_text(q, 9)),
        .title = str_dup(a, query_text(q, 10)),
        .title_en = str_dup(a, query_text(q, 11)),
        .subject = str_dup(a, query_text(q, 12)),
        .opened = day_or_none(query_text(q, 13)),
        .due = day_or_none(query_text(q, 14)),
        .warn = day_or_none(query_text(q, 15)),
        .unit = (enum deadline_unit)query_int(q, 16),
        .unsure = query_int(q, 17) != 0,
        .paused = query_int(q, 18) != 0,
        .ended = day_or_none(query_text(q, 19)),
        .batch = query_int(q, 20),
    };
}

enum rc tasks_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                      struct task **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    task_list list = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_tasks_of_case, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = task_row(q, county, a);
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

/* ---- the desk: runs of rows in one order, merged -------------------------------------------- */

enum { CHUNK = 200, COUNT_MOST = 10000 };

/* What one index reads off in the desk's order. */
struct run {
    const struct statement *st;
    int64_t county;
    str line; /* empty: all */
    int64_t township;
    str role, kind; /* of stmt_desk_role */
};
typedef VEC(struct run) run_list;

enum rc desk_counties(const struct scope *s, struct conn *c, struct arena *a, int64_t **out,
                      size_t *n, struct err *err)
{
    char today[11];
    if (s->county_code == 0)
        return division_counties(c, str_from(date_text(s->today, today)), a, out, n, err);
    *out = NEW_N(a, int64_t, 1);
    (*out)[0] = s->county_code;
    *n = 1;
    return RC_OK;
}

size_t desk_lines(const struct scope *s, str wanted, struct arena *a, str **out)
{
    VEC(str) lines = {0};
    for (size_t i = 0; i < s->n_roles; i++) {
        str line = s->role[i].line.n == 0 ? wanted : s->role[i].line;
        bool there = wanted.n > 0 && !str_eq(line, wanted);
        if (line.n == 0) {
            lines.n = 0;
            *VEC_PUSH(a, &lines) = line;
            break;
        }
        for (size_t k = 0; k < lines.n; k++)
            there = there || str_eq(lines.at[k], line);
        if (!there)
            *VEC_PUSH(a, &lines) = line;
    }
    *out = lines.at;
    return lines.n;
}

/* The runs of one county and line. */
static void add_runs(const struct desk_query *q, int64_t county, str line, struct arena *a,
                     run_list *runs)
{
    const struct scope *s = q->scope;
    struct run run = {.county = county, .line = line};
    if (q->ended_today) {
        run.st = &stmt_desk_county;
        *VEC_PUSH(a, runs) = run;
        return;
    }
    if (scope_in_township(s)) {
        run.st = &stmt_desk_township;
        run.township = s->lo / 1000 * 1000;
        *VEC_PUSH(a, runs) = run;
        return;
    }
    if (!q->mine_only && q->kind.n == 0) {
        run.st = &stmt_desk_county;
        *VEC_PUSH(a, runs) = run;
        return;
    }
    run.st = &stmt_desk_role;
    for (int r = 0; r < ROLE__COUNT; r++) {
        if (q->mine_only && !(s->roles & ROLE_BIT(r)))
            continue;
        for (size_t k = 0; k < KINDS; k++) {
            run.role = str_from(role_code((enum role)r));
            run.kind = str_from(kinds[k]);
            if (q->kind.n == 0 || str_eq(q->kind, run.kind))
                *VEC_PUSH(a, runs) = run;
        }
    }
}

/* What was typed, anywhere in a text; what LIKE would read in it taken as it is. */
static str like_pattern(str q, struct arena *a)
{
    char *p = arena_alloc_n(a, 2 * q.n + 2, 1, 1);
    size_t n = 0;
    if (q.n == 0)
        return S("%");
    p[n++] = '%';
    for (size_t i = 0; i < q.n; i++) {
        if (q.p[i] == '%' || q.p[i] == '_' || q.p[i] == '\\')
            p[n++] = '\\';
        p[n++] = q.p[i];
    }
    p[n++] = '%';
    return (str){p, n};
}

MUST_CHECK static enum rc keep(const struct desk_query *q, struct conn *c, const struct task *t,
                               bool *out, struct err *err)
{
    const struct scope *s = q->scope;
    *out = false;
    if (q->kind.n > 0 && !str_eq(q->kind, t->kind))
        return RC_OK;
    if (q->mine_only && !scope_acts(s, ROLE_BIT(t->role), t->line))
        return RC_OK;
    if (s->assigned_only && t->household_id != 0) {
        enum rc rc = scope_household(s, c, t->county_code, t->household_id, err);
        if (rc != RC_OK)
            return rc == RC_NOT_FOUND ? RC_OK : rc;
    }
    *out = true;
    return RC_OK;
}

struct behind {
    str due;
    int64_t id;
};

/* Some rows of a run behind a task, whether the desk shows them or not. */
MUST_CHECK static enum rc run_chunk(const struct desk_query *q, const struct run *run,
                                    struct behind from, str pattern, int most, struct conn *c,
                                    struct arena *a, task_list *rows, struct err *err)
{
    char today[11];
    const struct scope *s = q->scope;
    str ended = q->ended_today ? str_from(date_text(s->today, today)) : S("");
    const struct value v[] = {V_INT(run->county), V_TEXT(ended),   V_TEXT(from.due),
                              V_INT(from.id),     V_INT(s->lo),    V_INT(s->hi),
                              V_TEXT(run->line),  V_TEXT(pattern), V_INT(most + 1)};
    /* Of a township or a role. */
    const struct value open[] = {V_INT(run->county),
                                 V_TEXT(from.due),
                                 V_INT(from.id),
                                 V_INT(s->lo),
                                 V_INT(s->hi),
                                 V_TEXT(run->line),
                                 V_TEXT(pattern),
                                 V_INT(most + 1),
                                 run->role.n > 0 ? V_TEXT(run->role) : V_INT(run->township),
                                 V_TEXT(run->kind)};
    struct query *query_ = NULL;
    TRY(query(c, run->st, run->st == &stmt_desk_county ? v : open, run->st->n_params, &query_,
              err));
    while (query_next(query_))
        *VEC_PUSH(a, rows) = task_row(query_, run->county, a);
    return query_end(query_, err);
}

/* The first limit + 1 tasks of a run that the desk shows. */
MUST_CHECK static enum rc run_read(const struct desk_query *q, const struct run *run, str pattern,
                                   struct conn *c, struct arena *a, task_list *out, struct err *err)
{
    char due[11];
    struct behind from = {.due = S(""), .id = 0};
    int taken = 0;
    int most = q->kind.n > 0 || q->mine_only || q->scope->assigned_only ? CHUNK : q->limit;
    if (q->after_id != 0)
        from = (struct behind){day_str(q->after_due, DUE_NONE, due), q->after_id};
    for (bool more = true; more && taken <= q->limit;) {
        task_list rows = {0};
        TRY(run_chunk(q, run, from, pattern, most, c, a, &rows, err));
        more = rows.n > (size_t)most;
        for (size_t i = 0; i < rows.n && taken <= q->limit; i++) {
            bool shown;
            if (q->until != 0 && (rows.at[i].due == 0 || rows.at[i].due > q->until))
                return RC_OK;
            TRY(keep(q, c, &rows.at[i], &shown, err));
            if (shown)
                *VEC_PUSH(a, out) = rows.at[i];
            taken += shown;
        }
        if (rows.n > 0)
            from = (struct behind){day_str(rows.at[rows.n - 1].due, DUE_NONE, due),
                                   rows.at[rows.n - 1].task_id};
    }
    return RC_OK;
}

static int task_order(const void *x, const void *y)
{
    const struct task *a = x, *b = y;
    if (a->due != b->due)
        return a->due == 0 ? 1 : b->due == 0 ? -1 : a->due < b->due ? -1 : 1;
    return a->task_id < b->task_id ? -1 : a->task_id > b->task_id;
}

enum rc desk_read(const struct desk_query *q, struct conn *c, struct arena *a, struct task **out,
                  size_t *n, bool *more, struct err *err)
{
    run_list runs = {0};
    task_list list = {0};
    int64_t *counties = NULL;
    size_t n_counties = 0;
    str *lines = NULL;
    size_t n_lines = desk_lines(q->scope, q->line, a, &lines);
    str pattern = like_pattern(q->q, a);
    TRY(desk_counties(q->scope, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        for (size_t k = 0; k < n_lines; k++)
            add_runs(q, counties[i], lines[k], a, &runs);
    for (size_t i = 0; i < runs.n; i++)
        TRY(run_read(q, &runs.at[i], pattern, c, a, &list, err));
    if (runs.n > 1 && list.n > 1)
        qsort(list.at, list.n, sizeof *list.at, task_order);
    *more = list.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : list.n;
    *out = list.at;
    return RC_OK;
}

/* ---- counts --------------------------------------------------------------------------------- */

static void count_task(const struct task *t, day today, struct desk_counts *out)
{
    enum light light = light_of(today, t->warn, t->due, t->paused);
    out->open++;
    out->warned += light == LIGHT_AMBER;
    out->late += light == LIGHT_RED;
    out->due_today += !t->paused && t->due == today;
    out->paused += t->paused;
}

/* Few people see so few tasks: they are read and counted one by one. */
MUST_CHECK static enum rc count_assigned(const struct scope *s, struct conn *c,
                                         struct desk_counts *out, struct err *err)
{
    struct arena a = {0};
    struct desk_query q = {.scope = s, .limit = COUNT_MOST};
    struct task *tasks = NULL;
    size_t n = 0;
    bool more = false;
    enum rc rc = desk_read(&q, c, &a, &tasks, &n, &more, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        count_task(&tasks[i], s->today, out);
    out->exact = !more;
    q.ended_today = true;
    if (rc == RC_OK)
        rc = desk_read(&q, c, &a, &tasks, &n, &more, err);
    out->done_today = (int64_t)n;
    out->exact = out->exact && !more;
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc count_run(const struct scope *s, int64_t county, str line, str ended,
                                    struct conn *c, struct desk_counts *out, struct err *err)
{
    char today[11];
    bool township = ended.n == 0 && scope_in_township(s);
    str day_ = str_from(date_text(s->today, today));
    const struct value all[] = {V_INT(county), V_TEXT(ended), V_INT(s->lo),         V_INT(s->hi),
                                V_TEXT(line),  V_TEXT(day_),  V_INT(COUNT_MOST + 1)};
    const struct value own[] = {V_INT(county),
                                V_INT(s->lo),
                                V_INT(s->hi),
                                V_TEXT(line),
                                V_TEXT(day_),
                                V_INT(COUNT_MOST + 1),
                                V_INT(s->lo / 1000 * 1000)};
    struct query *q = NULL;
    TRY(query(c, township ? &stmt_desk_count_township : &stmt_desk_count_county,
              township ? own : all, 7, &q, err));
    if (query_next(q)) {
        int64_t n = query_int(q, 0);
        out->exact = out->exact && n <= COUNT_MOST;
        out->done_today += ended.n > 0 ? n : 0;
        if (ended.n == 0) {
            out->open += n;
            out->warned += query_int(q, 1);
            out->late += query_int(q, 2);
            out->due_today += query_int(q, 3);
            out->paused += query_int(q, 4);
        }
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc count_all(const struct scope *s, struct conn *c, struct arena *a,
                                    struct desk_counts *out, struct err *err)
{
    char today[11];
    int64_t *counties = NULL;
    size_t n_counties = 0;
    str *lines = NULL;
    size_t n_lines = desk_lines(s, S(""), a, &lines);
    date_text(s->today, today);
    TRY(desk_counties(s, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        for (size_t k = 0; k < n_lines; k++) {
            TRY(count_run(s, counties[i], lines[k], S(""), c, out, err));
            TRY(count_run(s, counties[i], lines[k], str_from(today), c, out, err));
        }
    return RC_OK;
}

enum rc desk_count(const struct scope *s, struct conn *c, struct desk_counts *out, struct err *err)
{
    struct arena a = {0};
    *out = (struct desk_counts){.exact = true};
    enum rc rc = s->assigned_only ? count_assigned(s, c, out, err) : count_all(s, c, &a, out, err);
    arena_deinit(&a);
    return rc;
}

/* ---- relatives of the staff ----------------------------------------------------------------- */

enum rc household_related(struct conn *c, int64_t county, int64_t household, day on,
                          struct arena *a, struct staff_tie **out, size_t *n, struct err *err)
{
    char text[11];
    VEC(struct staff_tie) list = {0};
    const struct value v[] = {V_INT(county), V_INT(household),
                              V_TEXT(str_from(date_text(on, text)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_household_related, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct staff_tie){.relation = str_dup(a, query_text(q, 0)),
                                                 .name = str_dup(a, query_text(q, 1))};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}
