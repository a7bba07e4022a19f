/* Lists of cases: of each county what is open and what is closed, merged in the order asked for. */
#include <string.h>

#include "people/people.h"
#include "work/case_in.h"
#include "work/work_sql.h"

enum { COUNT_MOST = 10001 };

struct from {
    int64_t county, town; /* town 0: the whole county */
    int64_t lo, hi;
};

struct listing {
    const struct case_query *q;
    struct arena *a;
    struct from *from;
    size_t n_from;
    const struct scope_ref *assigned;
    size_t n_assigned;
    str *lines; /* that the scope has to do with; one empty: all */
    size_t n_lines;
    VEC(struct case_row) rows;
};

/* ---- where to look -------------------------------------------------------------------------- */

MUST_CHECK static enum rc find_from(struct city *city, struct listing *l, struct conn *c,
                                    struct err *err)
{
    const struct scope *s = l->q->scope;
    int64_t division = l->q->office != 0     ? l->q->office
                       : l->q->division != 0 ? l->q->division
                                             : s->division;
    int64_t lo, hi, *counties = NULL;
    char text[11];
    size_t n = 0;
    (void)city;
    division_bounds(division, &lo, &hi);
    if (l->q->office != 0)
        lo = hi = l->q->office;
    lo = lo < s->lo ? s->lo : lo;
    hi = hi > s->hi ? s->hi : hi;
    TRY(division_counties(c, str_from(date_text(s->today, text)), l->a, &counties, &n, err));
    l->from = NEW_N(l->a, struct from, n + 1);
    if (division_level(division) >= AT_COUNTY) { /* the county that keeps its rows */
        struct division_info info;
        TRY(division_find(c, division, str_from(text), l->a, &info, err));
        int64_t town = 0;
        if (division_level(division) >= AT_TOWNSHIP)
            TRY(office_at(c, division, AT_TOWNSHIP, s->today, &town, err));
        l->from[l->n_from++] = (struct from){info.county_code, town, lo, hi};
        return RC_OK;
    }
    for (size_t i = 0; i < n; i++)
        l->from[l->n_from++] = (struct from){counties[i], 0, lo, hi};
    return RC_OK;
}

/* ---- order ---------------------------------------------------------------------------------- */

static str key_of(const struct case_query *q, const struct case_row *r, char buffer[11])
{
    day d = q->order == CASE_BY_DUE ? r->due : q->order == CASE_BY_CLOSED ? r->closed : r->accepted;
    return d != 0 ? str_from(date_text(d, buffer)) : S("9999-12-31");
}

/* Is `a` before `b`? By county and id where days are the same, so that no two are. */
static int compare(const struct case_query *q, const struct case_row *a, const struct case_row *b)
{
    char x[11], y[11];
    int c = q->order == CASE_BY_NUMBER ? 0 : str_cmp(key_of(q, a, x), key_of(q, b, y));
    if (c == 0 && q->order == CASE_BY_NUMBER)
        c = (a->county_code > b->county_code) - (a->county_code < b->county_code);
    if (c == 0)
        c = (a->case_id > b->case_id) - (a->case_id < b->case_id);
    if (c == 0)
        c = (a->county_code > b->county_code) - (a->county_code < b->county_code);
    return q->desc ? -c : c;
}

static const struct statement *statement_of(const struct case_query *q, bool town)
{
    static const struct statement *const all[2][3][2] = {
        {{&stmt_cases_due, &stmt_cases_due_down},
         {&stmt_cases_accepted, &stmt_cases_accepted_down},
         {&stmt_cases_made, &stmt_cases_made_down}},
        {{&stmt_cases_town_due, &stmt_cases_town_due_down},
         {&stmt_cases_town_accepted, &stmt_cases_town_accepted_down},
         {&stmt_cases_town_made, &stmt_cases_town_made_down}}};
    return all[town][q->order][q->desc];
}

/* ---- what is asked for ---------------------------------------------------------------------- */

/* "open" is every state in which something is still to be done. */
static bool is_whole(str state, int open)
{
    return state.n == 0 || (open == 1 && str_eq(state, S("open")));
}

static bool can_be(str state, int open)
{
    if (state.n == 0)
        return true;
    for (enum case_status s = CASE_NEW; s < CASE__COUNT; s++)
        if (str_eq(str_from(case_status_word(s)), state))
            return case_status_open(s) == (open == 1);
    return false;
}

struct values {
    struct value v[15];
    size_t n;
};

static void add(struct values *v, struct value one)
{
    v->v[v->n++] = one;
}

static struct values filters(const struct case_query *q, const struct from *f, int open, str line)
{
    struct values v = {.n = 0};
    add(&v, V_INT(f->county));
    if (f->town != 0)
        add(&v, V_INT(f->town));
    add(&v, V_INT(open));
    add(&v, V_INT(f->lo));
    add(&v, V_INT(f->hi));
    add(&v, V_TEXT(is_whole(q->state, open) ? S("") : q->state));
    add(&v, V_TEXT(q->service));
    add(&v, V_TEXT(q->step));
    add(&v, V_TEXT(line));
    return v;
}

/* Behind the last row shown; ids of another county with the same key are told apart by the merge. */
static void position(const struct listing *l, const struct from *f, struct values *v)
{
    const struct case_query *q = l->q;
    bool starts = q->after_id == 0;
    int64_t id = q->desc ? INT64_MAX : 0;
    if (q->order == CASE_BY_NUMBER) {
        bool passed = q->desc ? f->county > q->after_county : f->county < q->after_county;
        if (!starts)
            id = passed                         ? (q->desc ? 0 : INT64_MAX)
                 : f->county == q->after_county ? q->after_id
                                                : id;
        add(v, V_INT(id));
        return;
    }
    if (starts) {
        add(v, V_TEXT(q->desc ? S("99999") : S("")));
        add(v, V_INT(id));
        return;
    }
    add(v, V_TEXT(q->after_key));
    add(v, V_INT(q->after_id));
}

static bool is_assigned(const struct listing *l, const struct case_row *r)
{
    for (size_t i = 0; i < l->n_assigned; i++)
        if (l->assigned[i].county == r->county_code && l->assigned[i].id == r->household_id)
            return true;
    return false;
}

static bool is_wanted(const struct listing *l, const struct case_row *r)
{
    const struct case_query *q = l->q;
    if (q->number.n > 0 && !str_starts(r->number, q->number))
        return false;
    if (!scope_acts(q->scope, ~0u, r->line))
        return false;
    return !q->scope->assigned_only || is_assigned(l, r);
}

/* ---- by the clock, and what was closed -------------------------------------------------------- */

/* Those of the report's numbers: statements of their own, over the days asked for. */
static bool is_special(const struct case_query *q)
{
    return q->clock != CLOCK_ANY || q->closed != 0;
}

static bool special_fits(const struct case_query *q, int open)
{
    return !is_special(q) || (open == 1) == (q->closed == 0);
}

struct days {
    char from[11], to[11], warn[11];
};

static void days_of(const struct case_query *q, struct days *d)
{
    day today = q->scope->today;
    memcpy(d->from, "0000-00-00", 11);
    memcpy(d->to, DAY_OPEN, 11);
    memcpy(d->warn, DAY_OPEN, 11);
    if (q->closed != 0) {
        date_text(month_first(q->closed), d->from);
        date_text(month_first(q->closed + 1) - 1, d->to);
    } else if (q->clock == CLOCK_LATE) {
        date_text(today - 1, d->to);
    } else if (q->clock == CLOCK_WARNED) {
        date_text(today, d->from);
        date_text(today, d->warn);
    } else if (q->clock == CLOCK_DUE_TODAY) {
        date_text(today, d->from);
        date_text(today, d->to);
    }
}

static struct values special_filters(const struct case_query *q, const struct from *f, int open,
                                     str line, const struct days *d)
{
    static const char *const in_time[] = {"", "yes", "no"};
    struct values v = {.n = 0};
    add(&v, V_INT(f->county));
    add(&v, V_INT(f->lo));
    add(&v, V_INT(f->hi));
    add(&v, V_TEXT(is_whole(q->state, open) ? S("") : q->state));
    add(&v, V_TEXT(q->service));
    add(&v, V_TEXT(q->step));
    add(&v, V_TEXT(line));
    add(&v, V_TEXT(str_from(d->from)));
    add(&v, V_TEXT(str_from(d->to)));
    if (q->closed != 0) {
        add(&v, V_TEXT(str_from(in_time[q->in_time])));
    } else {
        add(&v, V_TEXT(str_from(d->warn)));
        add(&v, V_INT(q->clock == CLOCK_PAUSED));
    }
    return v;
}

static const struct statement *special_of(const struct case_query *q)
{
    if (q->closed != 0)
        return q->desc ? &stmt_cases_closed_down : &stmt_cases_closed;
    return q->desc ? &stmt_cases_clock_down : &stmt_cases_clock;
}

MUST_CHECK static enum rc read_one(struct listing *l, const struct from *f, int open, str line,
                                   struct conn *c, struct err *err)
{
    const struct case_query *q = l->q;
    struct days days;
    days_of(q, &days);
    struct values v =
        is_special(q) ? special_filters(q, f, open, line, &days) : filters(q, f, open, line);
    size_t taken = 0, most = (size_t)q->limit + 1;
    struct query *run = NULL;
    position(l, f, &v);
    /* A village worker's list is picked out of the village's. */
    add(&v, V_INT(q->scope->assigned_only ? 2000 : (int64_t)most));
    const struct statement *st = is_special(q) ? special_of(q) : statement_of(q, f->town != 0);
    TRY(query(c, st, v.v, v.n, &run, err));
    while (taken < most && query_next(run)) {
        struct case_row *r = VEC_PUSH(l->a, &l->rows);
        case_row_read(run, f->county, l->a, r);
        if (is_wanted(l, r))
            taken++;
        else
            l->rows.n--;
    }
    return query_end(run, err);
}

/* Merged: a page of an export has thousands, of which each county's part is in order already. */
static void sort(struct listing *l)
{
    size_t n = l->rows.n;
    struct case_row *from = l->rows.at, *to = NEW_N(l->a, struct case_row, n + 1);
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * run) {
            size_t mid = lo + run < n ? lo + run : n, hi = mid + run < n ? mid + run : n;
            size_t i = lo, k = mid;
            for (size_t at = lo; at < hi; at++)
                to[at] = i < mid && (k >= hi || compare(l->q, &from[i], &from[k]) <= 0) ? from[i++]
                                                                                        : from[k++];
        }
        struct case_row *other = from;
        from = to;
        to = other;
    }
    l->rows.at = from;
}

static void find_lines(struct listing *l)
{
    const struct scope *s = l->q->scope;
    l->lines = NEW_N(l->a, str, s->n_roles + 1);
    for (size_t i = 0; i < s->n_roles; i++) {
        bool known = false;
        for (size_t k = 0; k < l->n_lines; k++)
            known |= str_eq(l->lines[k], s->role[i].line);
        if (s->role[i].line.n == 0) {
            l->lines[0] = S("");
            l->n_lines = 1;
            return;
        }
        if (!known)
            l->lines[l->n_lines++] = s->role[i].line;
    }
}

MUST_CHECK static enum rc begin(struct listing *l, struct city *city, struct conn *c,
                                struct err *err)
{
    struct scope_ref *assigned = NULL;
    TRY(find_from(city, l, c, err));
    find_lines(l);
    if (l->q->scope->assigned_only)
        TRY(scope_assigned(l->q->scope, c, l->a, &assigned, &l->n_assigned, err));
    l->assigned = assigned;
    return RC_OK;
}

/* A number or the beginning of one is looked up as such: it names the county. */
MUST_CHECK static enum rc by_number(struct listing *l, struct conn *c, struct err *err)
{
    const struct case_query *q = l->q;
    str county_text, rest;
    int64_t county = 0;
    if (!str_cut(q->number, '-', &county_text, &rest))
        county_text = q->number;
    if (county_text.n != 6 || !str_int(county_text, &county))
        return RC_OK;
    const struct value v[] = {V_INT(county), V_TEXT(q->number),
                              V_TEXT(str_fmt(l->a, "%.*s~", STR_ARG(q->number))),
                              V_INT(q->limit + 1)};
    struct query *run = NULL;
    TRY(query(c, &stmt_case_by_number, v, 4, &run, err));
    while (query_next(run)) {
        struct case_row *r = VEC_PUSH(l->a, &l->rows);
        case_row_read(run, county, l->a, r);
        if (r->owner < q->scope->lo || r->owner > q->scope->hi || !is_wanted(l, r))
            l->rows.n--;
    }
    return query_end(run, err);
}

enum rc case_list(struct city *city, const struct case_query *q, struct conn *c, struct arena *a,
                  struct case_row **out, size_t *n, bool *more, struct err *err)
{
    struct listing l = {.q = q, .a = a};
    TRY(begin(&l, city, c, err));
    if (q->number.n > 0)
        TRY(by_number(&l, c, err));
    for (size_t i = 0; q->number.n == 0 && i < l.n_from; i++)
        for (int open = 0; open < 2; open++)
            for (size_t k = 0; can_be(q->state, open) && special_fits(q, open) && k < l.n_lines;
                 k++)
                TRY(read_one(&l, &l.from[i], open, l.lines[k], c, err));
    sort(&l);
    *more = l.rows.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : l.rows.n;
    *out = l.rows.at;
    return RC_OK;
}

MUST_CHECK static enum rc count_one(struct listing *l, const struct from *f, int open, str line,
                                    struct conn *c, int64_t *out, struct err *err)
{
    struct days days;
    days_of(l->q, &days);
    struct values v = is_special(l->q) ? special_filters(l->q, f, open, line, &days)
                                       : filters(l->q, f, open, line);
    const struct statement *st = l->q->closed != 0  ? &stmt_cases_closed_count
                                 : is_special(l->q) ? &stmt_cases_clock_count
                                 : f->town != 0     ? &stmt_cases_town_count
                                                    : &stmt_cases_count;
    int64_t some = 0;
    if (*out >= COUNT_MOST)
        return RC_OK;
    add(&v, V_INT(COUNT_MOST));
    TRY(query_one(c, st, v.v, v.n, &some, err));
    *out += some;
    return RC_OK;
}

enum rc case_count(struct city *city, const struct case_query *q, struct conn *c, struct arena *a,
                   int64_t *out, struct err *err)
{
    struct listing l = {.q = q, .a = a};
    *out = 0;
    TRY(begin(&l, city, c, err));
    if (q->number.n > 0 || q->scope->assigned_only) { /* few: counted as they are read */
        struct case_query whole = *q;
        struct case_row *rows;
        size_t n;
        bool more;
        whole.after_id = 0;
        whole.limit = 2000;
        TRY(case_list(city, &whole, c, a, &rows, &n, &more, err));
        *out = (int64_t)n;
        return RC_OK;
    }
    for (size_t i = 0; i < l.n_from; i++)
        for (int open = 0; open < 2; open++)
            for (size_t k = 0; can_be(q->state, open) && special_fits(q, open) && k < l.n_lines;
                 k++)
                TRY(count_one(&l, &l.from[i], open, l.lines[k], c, out, err));
    if (*out > COUNT_MOST)
        *out = COUNT_MOST;
    return RC_OK;
}
