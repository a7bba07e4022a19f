/* Postings in the store: rows, lists of the staff, what everybody may read. */
#include <string.h>

#include "work/desk_in.h"
#include "work/posting_in.h"
#include "work/work_sql.h"

#define NO_END DAY_OPEN
enum { COUNTED_MOST = 10000, AT_ONCE = 200 };

static const char *const kinds[] = {"case", "result"};
static const char *const states[] = {"open", "ended", "withdrawn"};
enum { KINDS = sizeof kinds / sizeof *kinds, STATES = sizeof states / sizeof *states };

const char *posting_kind_word(enum posting_kind k)
{
    return kinds[k];
}

const char *posting_state_word(enum posting_state s)
{
    return states[s];
}

static bool word_find(str word, const char *const *words, size_t n, size_t *out)
{
    for (*out = 0; *out < n; (*out)++)
        if (str_eq(word, str_from(words[*out])))
            return true;
    return false;
}

bool posting_kind_find(str word, enum posting_kind *out)
{
    size_t i = 0;
    bool found = word_find(word, kinds, KINDS, &i);
    if (found)
        *out = (enum posting_kind)i;
    return found;
}

bool posting_state_find(str word, enum posting_state *out)
{
    size_t i = 0;
    bool found = word_find(word, states, STATES, &i);
    if (found)
        *out = (enum posting_state)i;
    return found;
}

/* ---- rows ------------------------------------------------------------------------------------- */

static day day_read(str text)
{
    day d = 0;
    return !str_eq(text, S(NO_END)) && date_parse(text, &d) ? d : 0;
}

void posting_read(const struct query *q, int64_t county, struct arena *a, struct posting *p)
{
    *p = (struct posting){.county_code = county,
                          .posting_id = query_int(q, 0),
                          .sheet_id = query_int(q, 3),
                          .case_id = query_int(q, 4),
                          .household_id = query_int(q, 5),
                          .person_id = query_int(q, 6),
                          .service = str_dup(a, query_text(q, 7)),
                          .line = str_dup(a, query_text(q, 8)),
                          .programme = str_dup(a, query_text(q, 9)),
                          .division = query_int(q, 10),
                          .place = str_dup(a, query_text(q, 11)),
                          .begins = day_read(query_text(q, 12)),
                          .ends = day_read(query_text(q, 13)),
                          .content = str_dup(a, query_text(q, 14)),
                          .photo = query_int(q, 15),
                          .made_ms = query_int(q, 16),
                          .who = str_dup(a, query_text(q, 17)),
                          .ended = day_read(query_text(q, 18)),
                          .why = str_dup(a, query_text(q, 19))};
    (void)posting_kind_find(query_text(q, 1), &p->kind);
    (void)posting_state_find(query_text(q, 2), &p->state);
}

enum rc posting_put(struct change *c, struct id_source *ids, struct posting *p, struct err *err)
{
    char begins[11], ends[11];
    p->county_code = c->county_code;
    p->posting_id = id_next(ids);
    p->sheet_id = p->sheet_id != 0 ? p->sheet_id : p->posting_id;
    p->made_ms = c->at_ms;
    p->who = c->who;
    const struct value v[] = {V_INT(p->county_code),
                              V_INT(p->posting_id),
                              V_INT(c->position),
                              V_TEXT(str_from(posting_kind_word(p->kind))),
                              V_INT(p->sheet_id),
                              V_INT(p->case_id),
                              V_INT(p->household_id),
                              V_INT(p->person_id),
                              V_TEXT(p->service),
                              V_TEXT(p->line),
                              V_TEXT(p->programme),
                              V_INT(p->division),
                              V_TEXT(p->place),
                              V_TEXT(str_from(date_text(p->begins, begins))),
                              V_TEXT(p->ends != 0 ? str_from(date_text(p->ends, ends)) : S(NO_END)),
                              V_TEXT(p->content),
                              V_INT(p->made_ms),
                              V_TEXT(p->who)};
    change_note(c, "posting", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_posting_insert, v, sizeof v / sizeof v[0], NULL, err);
}

enum rc posting_close(struct change *c, int64_t posting_id, enum posting_state state, day on,
                      str why, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(posting_id),
                              V_TEXT(str_from(posting_state_word(state))),
                              V_TEXT(str_from(date_text(on, text))),
                              V_TEXT(why),
                              V_INT(c->position)};
    change_note(c, "posting", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_posting_close, v, sizeof v / sizeof v[0], NULL, err);
}

MUST_CHECK static enum rc read_all(struct conn *c, const struct statement *st, int64_t county,
                                   int64_t of, struct arena *a, struct posting **out, size_t *n,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(of)};
    VEC(struct posting) all = {0};
    struct query *q = NULL;
    TRY(query(c, st, v, 2, &q, err));
    while (query_next(q))
        posting_read(q, county, a, VEC_PUSH(a, &all));
    TRY(query_end(q, err));
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

enum rc postings_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                         struct posting **out, size_t *n, struct err *err)
{
    return read_all(c, &stmt_posting_of_case, county, case_id, a, out, n, err);
}

/* Its division and line; a village worker those of assigned households. */
MUST_CHECK static enum rc seen(const struct scope *s, struct conn *c, const struct posting *p,
                               bool *out, struct err *err)
{
    struct err own = {0};
    *out = s == NULL;
    if (s == NULL || !scope_acts(s, ~0u, p->line))
        return RC_OK;
    *out = !s->assigned_only && scope_covers(s, p->division);
    if (*out)
        return RC_OK;
    enum rc rc = scope_household(s, c, p->county_code, p->household_id, &own);
    *out = rc == RC_OK;
    return rc == RC_OK || rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", own.text);
}

static enum rc none(int64_t county, int64_t id, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "posting %lld of county %lld: there is none", (long long)id,
                   (long long)county);
}

enum rc posting_find(const struct scope *s, struct conn *c, int64_t county, int64_t id,
                     struct arena *a, struct posting *out, struct err *err)
{
    struct posting *all = NULL;
    size_t n = 0;
    bool may = false;
    TRY(read_all(c, &stmt_posting_one, county, id, a, &all, &n, err));
    if (n > 0)
        TRY(seen(s, c, &all[0], &may, err));
    if (!may)
        return none(county, id, err);
    *out = all[0];
    return RC_OK;
}

enum rc postings_of_sheet(const struct scope *s, struct conn *c, int64_t county, int64_t sheet,
                          struct arena *a, struct posting **out, size_t *n, struct err *err)
{
    size_t all = 0;
    TRY(read_all(c, &stmt_posting_of_sheet, county, sheet, a, out, &all, err));
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        bool may = false;
        TRY(seen(s, c, &(*out)[i], &may, err));
        if (may)
            (*out)[(*n)++] = (*out)[i];
    }
    return *n > 0 ? RC_OK : none(county, sheet, err);
}

/* ---- lists ------------------------------------------------------------------------------------ */

/* One run of rows: a county, a kind and state, divisions, in the order of the index. */
struct run {
    enum posting_kind kind;
    enum posting_state state;
    int64_t county, lo, hi, after_division, after_id;
    day begun, ends_from, until; /* 0: whenever */
    str line;
    bool no_photo;
    int limit;
};

MUST_CHECK static enum rc read_run(struct conn *c, const struct run *r, struct arena *a,
                                   struct posting **out, size_t *n, struct err *err)
{
    char begun[11], from[11], until[11];
    const struct value v[] = {
        V_INT(r->county),
        V_TEXT(str_from(posting_kind_word(r->kind))),
        V_TEXT(str_from(posting_state_word(r->state))),
        V_INT(r->after_division > r->lo ? r->after_division
                                        : r->lo), /* no village before is read */
        V_INT(r->hi),
        V_INT(r->after_division),
        V_INT(r->after_id),
        V_TEXT(r->begun != 0 ? str_from(date_text(r->begun, begun)) : S(NO_END)),
        V_TEXT(r->ends_from != 0 ? str_from(date_text(r->ends_from, from)) : S("")),
        V_TEXT(r->until != 0 ? str_from(date_text(r->until, until)) : S(NO_END)),
        V_TEXT(r->line),
        V_INT(r->no_photo),
        V_INT(r->limit)};
    VEC(struct posting) all = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_postings, v, sizeof v / sizeof v[0], &q, err));
    while (query_next(q))
        posting_read(q, r->county, a, VEC_PUSH(a, &all));
    TRY(query_end(q, err));
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

static void bounds_of(const struct posting_query *q, int64_t *lo, int64_t *hi)
{
    *lo = q->scope->lo;
    *hi = q->scope->hi;
    if (q->division == 0)
        return;
    int64_t own_lo, own_hi;
    division_bounds(q->division, &own_lo, &own_hi);
    *lo = own_lo > *lo ? own_lo : *lo;
    *hi = own_hi < *hi ? own_hi : *hi;
}

/* The lines in which it may look; none: an empty list. */
static bool line_seen(const struct posting_query *q, str line)
{
    return scope_acts(q->scope, ~0u, line) && (q->line.n == 0 || str_eq(q->line, line));
}

/* Rows of one county that the scope sees, until there are enough. */
MUST_CHECK static enum rc read_county(const struct posting_query *q, struct conn *c,
                                      struct run *run, size_t most, struct arena *a,
                                      struct posting *out, size_t *n, struct err *err)
{
    size_t found = AT_ONCE;
    while (*n < most && found == (size_t)run->limit) {
        struct posting *rows = NULL;
        TRY(read_run(c, run, a, &rows, &found, err));
        for (size_t i = 0; i < found && *n < most; i++) {
            bool may = line_seen(q, rows[i].line);
            if (may && q->scope->assigned_only)
                TRY(seen(q->scope, c, &rows[i], &may, err));
            if (may)
                out[(*n)++] = rows[i];
        }
        if (found > 0) {
            run->after_division = rows[found - 1].division;
            run->after_id = rows[found - 1].posting_id;
        }
    }
    return RC_OK;
}

enum rc posting_list(const struct posting_query *q, struct conn *c, struct arena *a,
                     struct posting **out, size_t *n, bool *more, struct err *err)
{
    size_t counties_n = 0, most = (size_t)q->limit + 1;
    int64_t *counties = NULL;
    struct run run = {.kind = q->kind,
                      .state = q->state,
                      .until = q->until,
                      .line = q->line,
                      .no_photo = q->no_photo,
                      .limit = AT_ONCE};
    bounds_of(q, &run.lo, &run.hi);
    *n = 0;
    *more = false;
    *out = NEW_N(a, struct posting, most);
    TRY(desk_counties(q->scope, c, a, &counties, &counties_n, err));
    for (size_t i = 0; i < counties_n && *n < most; i++) {
        bool on = q->after_id != 0 && counties[i] == q->after_county;
        if (q->after_id != 0 && counties[i] < q->after_county)
            continue;
        run.county = counties[i];
        run.after_division = on ? q->after_division : 0;
        run.after_id = on ? q->after_id : 0;
        TRY(read_county(q, c, &run, most, a, *out, n, err));
    }
    *more = *n == most;
    *n = *more ? most - 1 : *n;
    return RC_OK;
}

enum rc posting_count(const struct posting_query *q, struct conn *c, struct arena *a, int64_t *n,
                      bool *exact, struct err *err)
{
    char until[11];
    size_t counties_n = 0;
    int64_t *counties = NULL, lo, hi;
    str *lines = NULL;
    size_t lines_n = desk_lines(q->scope, q->line, a, &lines);
    bounds_of(q, &lo, &hi);
    *n = 0;
    *exact = true;
    TRY(desk_counties(q->scope, c, a, &counties, &counties_n, err));
    for (size_t i = 0; i < counties_n * lines_n; i++) {
        const struct value v[] = {
            V_INT(counties[i / lines_n]),
            V_TEXT(str_from(posting_kind_word(q->kind))),
            V_TEXT(str_from(posting_state_word(q->state))),
            V_INT(lo),
            V_INT(hi),
            V_TEXT(S("")),
            V_TEXT(q->until != 0 ? str_from(date_text(q->until, until)) : S(NO_END)),
            V_TEXT(lines[i % lines_n]),
            V_INT(q->no_photo),
            V_INT(COUNTED_MOST + 1)};
        struct query *found = NULL;
        TRY(query(c, &stmt_postings_count, v, sizeof v / sizeof v[0], &found, err));
        int64_t some = query_next(found) ? query_int(found, 0) : 0;
        TRY(query_end(found, err));
        *exact &= some <= COUNTED_MOST;
        *n += some > COUNTED_MOST ? COUNTED_MOST : some;
    }
    return RC_OK;
}

/* ---- for everybody ---------------------------------------------------------------------------- */

/* It hangs out today, and nothing in it looks like a number by what the scan knows now. */
MUST_CHECK static enum rc shown(const struct posting *p, day today, struct arena *a, bool *out,
                                struct err *err)
{
    struct posting_content content;
    struct err own = {0};
    *out = p->state == POSTING_OPEN && p->begins <= today && (p->ends == 0 || today <= p->ends);
    if (!*out)
        return RC_OK;
    TRY(posting_content_read(p->content, a, &content, err));
    *out = posting_scan(&content, p->place, &own) == RC_OK;
    return RC_OK;
}

enum rc posting_public_list(struct posting_public_query *q, struct conn *c, day today,
                            struct arena *a, struct posting **out, size_t *n, bool *more,
                            struct err *err)
{
    char text[11];
    struct division_info info = {0};
    enum place_level level = division_level(q->division);
    struct run run = {.kind = q->kind,
                      .state = POSTING_OPEN,
                      .after_division = q->after_division,
                      .after_id = q->after_id,
                      .begun = today,
                      .ends_from = today,
                      .line = S(""),
                      .limit = q->limit + 1};
    if (q->division <= 0 || level < AT_COUNTY)
        return err_set(err, RC_BAD_INPUT,
                       "division: expected twelve digits of a county, township or village");
    if (division_find(c, q->division, str_from(date_text(today, text)), a, &info, err) != RC_OK)
        return err_set(err, RC_BAD_INPUT, "division: there is none with this code");
    run.county = info.county_code;
    division_bounds(q->division, &run.lo, &run.hi);
    TRY(read_run(c, &run, a, out, n, err));
    *more = *n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : *n;
    size_t kept = 0;
    if (*n > 0) {
        q->after_division = (*out)[*n - 1].division;
        q->after_id = (*out)[*n - 1].posting_id;
    }
    for (size_t i = 0; i < *n; i++) {
        bool may = false;
        TRY(shown(&(*out)[i], today, a, &may, err));
        if (may)
            (*out)[kept++] = (*out)[i];
    }
    *n = kept;
    return RC_OK;
}

enum rc posting_public_get(struct conn *c, int64_t county, int64_t id, day today, struct arena *a,
                           struct posting *out, struct err *err)
{
    bool may = false;
    TRY(posting_find(NULL, c, county, id, a, out, err));
    TRY(shown(out, today, a, &may, err));
    return may ? RC_OK : none(county, id, err);
}
