/* Batches and their lines as they stand. */
#include <stdlib.h>

#include "pay/batch_in.h"

#include "pay/payee.h"
#include "pay/pay_sql.h"

#define TEXT_LAST "\xf4\x8f\xbf\xbf" /* behind every text that begins alike */

struct batch batch_row(const struct query *q, int64_t county, struct arena *a)
{
    struct batch b = {.county_code = county,
                      .batch_id = query_int(q, 0),
                      .number = str_dup(a, query_text(q, 1)),
                      .kind = str_dup(a, query_text(q, 3)),
                      .state = str_dup(a, query_text(q, 4)),
                      .rows = query_int(q, 5),
                      .fen = query_int(q, 6),
                      .held_rows = query_int(q, 7),
                      .held_fen = query_int(q, 8),
                      .paid_rows = query_int(q, 9),
                      .paid_fen = query_int(q, 10),
                      .failed_rows = query_int(q, 11),
                      .failed_fen = query_int(q, 12),
                      .digest = str_dup(a, query_text(q, 13)),
                      .frozen_by = str_dup(a, query_text(q, 15)),
                      .version = query_int(q, 16)};

    if (!month_parse(query_text(q, 2), &b.month))
        b.month = 0;
    if (!date_parse(query_text(q, 14), &b.frozen_on))
        b.frozen_on = 0;
    return b;
}

MUST_CHECK static enum rc one_batch(struct conn *c, const struct statement *st, int64_t county,
                                    struct value key, struct arena *a, struct batch *out,
                                    struct err *err)
{
    const struct value v[] = {V_INT(county), key};
    struct query *q = NULL;

    TRY(query(c, st, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        *out = batch_row(q, county, a);
    TRY(query_end(q, err));
    return found ? RC_OK : err_set(err, RC_NOT_FOUND, "no such batch that may be seen");
}

enum rc batch_find(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                   struct batch *out, struct err *err)
{
    return one_batch(c, &stmt_batch_find, county, V_INT(batch_id), a, out, err);
}

enum rc batch_read(const struct scope *s, struct conn *c, int64_t county, int64_t batch_id,
                   struct arena *a, struct batch *out, struct err *err)
{
    if (!batch_sees(s, county))
        return err_set(err, RC_NOT_FOUND, "no such batch that may be seen");
    return batch_find(c, county, batch_id, a, out, err);
}

enum rc batch_by_number(const struct scope *s, struct conn *c, str number, struct arena *a,
                        struct batch *out, struct err *err)
{
    int64_t county = 0;

    if (!str_int(str_sub(number, 0, 6), &county) || !batch_sees(s, county))
        return err_set(err, RC_NOT_FOUND, "no such batch that may be seen");
    return one_batch(c, &stmt_batch_by_number, county, V_TEXT(number), a, out, err);
}

/* ---- the list -------------------------------------------------------------------------------- */

static int newest_first(const void *x, const void *y)
{
    const struct batch *a = x, *b = y;
    return (b->batch_id > a->batch_id) - (b->batch_id < a->batch_id);
}

/* Counties of a list: the one asked for or the scope's, else all. */
MUST_CHECK static enum rc counties_of(const struct batch_query *q, struct conn *c, struct arena *a,
                                      int64_t **out, size_t *n, struct err *err)
{
    const struct scope *s = q->scope;
    char on[11];
    int64_t one = q->county != 0 ? q->county : s->county_code;

    *n = 0;
    if (s->level > AT_COUNTY || (q->county != 0 && !batch_sees(s, q->county)))
        return RC_OK;
    if (one == 0)
        return division_counties(c, str_from(date_text(s->today, on)), a, out, n, err);
    *out = NEW(a, int64_t);
    **out = one;
    *n = 1;
    return RC_OK;
}

static void months_of(const struct batch_query *q, char text[8], str *from, str *to)
{
    *from = q->month != 0 ? str_from(month_text(q->month, text)) : S("");
    *to = q->month != 0 ? *from : S("9999");
}

enum rc batches_read(const struct batch_query *q, struct conn *c, struct arena *a,
                     struct batch **out, size_t *n, bool *more, struct err *err)
{
    VEC(struct batch) list = {0};
    int64_t *counties = NULL;
    size_t n_counties = 0;
    char text[8];
    str from, to;

    months_of(q, text, &from, &to);
    TRY(counties_of(q, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++) {
        const struct value v[] = {V_INT(counties[i]), V_INT(q->before != 0 ? q->before : INT64_MAX),
                                  V_TEXT(from), V_TEXT(to), V_INT(q->limit + 1)};
        struct query *rows = NULL;
        TRY(query(c, &stmt_batch_list, v, 5, &rows, err));
        while (query_next(rows))
            *VEC_PUSH(a, &list) = batch_row(rows, counties[i], a);
        TRY(query_end(rows, err));
    }
    if (list.n > 1)
        qsort(list.at, list.n, sizeof *list.at, newest_first);
    *more = list.n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : list.n;
    *out = list.at;
    return RC_OK;
}

enum rc batches_count(const struct batch_query *q, struct conn *c, int64_t *n, struct err *err)
{
    struct arena a = {0};
    int64_t *counties = NULL, one = 0;
    size_t n_counties = 0;
    char text[8];
    str from, to;

    *n = 0;
    months_of(q, text, &from, &to);
    enum rc rc = counties_of(q, c, &a, &counties, &n_counties, err);
    for (size_t i = 0; rc == RC_OK && i < n_counties; i++) {
        const struct value v[] = {V_INT(counties[i]), V_TEXT(from), V_TEXT(to)};
        rc = query_one(c, &stmt_batch_list_count, v, 3, &one, err);
        *n += one;
    }
    arena_deinit(&a);
    return rc;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* All but the account, whose sealed text is given back. */
static struct batch_line line_row(const struct query *q, struct arena *a, str *sealed)
{
    struct batch_line l = {.seq = query_int(q, 0),
                           .household_id = query_int(q, 1),
                           .payee_id = query_int(q, 2),
                           .person_id = query_int(q, 3),
                           .programme = str_dup(a, query_text(q, 4)),
                           .kind = str_dup(a, query_text(q, 6)),
                           .fen = query_int(q, 7),
                           .division = query_int(q, 8),
                           .name = str_dup(a, query_text(q, 9)),
                           .account_kind = str_dup(a, query_text(q, 10)),
                           .holder = str_dup(a, query_text(q, 11)),
                           .bank = str_dup(a, query_text(q, 12)),
                           .state = str_dup(a, query_text(q, 14)),
                           .reason_code = str_dup(a, query_text(q, 15)),
                           .reason = str_dup(a, query_text(q, 16)),
                           .words = str_dup(a, query_text(q, 18)),
                           .again_batch = query_int(q, 19),
                           .again_seq = query_int(q, 20),
                           .from_batch = query_int(q, 21),
                           .from_seq = query_int(q, 22),
                           .deducted_fen = query_int(q, 23),
                           .arrears_job = query_int(q, 24)};

    *sealed = query_null(q, 13) ? S("") : str_dup(a, query_blob(q, 13));
    if (!month_parse(query_text(q, 5), &l.month))
        l.month = 0;
    if (!date_parse(query_text(q, 17), &l.settled))
        l.settled = 0;
    return l;
}

MUST_CHECK static enum rc mask_line(const struct city *city, struct conn *c, int64_t county,
                                    str sealed, struct arena *a, struct batch_line *l,
                                    struct err *err)
{
    l->account = S("");
    if (sealed.n == 0)
        return RC_OK;
    return payee_masked(city, c, county, l->payee_id, sealed, a, &l->account, err);
}

/* Filters as ranges: state, division, programme, name; each one that is not given takes everything. */
MUST_CHECK static enum rc line_ranges(const struct line_query *q, struct arena *a,
                                      struct value v[8], struct err *err)
{
    const struct scope *s = q->scope;
    int64_t lo = s->lo, hi = s->hi;

    if (s->assigned_only || (s->county_code != 0 && s->county_code != q->county))
        return err_set(err, RC_NOT_FOUND, "no such batch that may be seen");
    if (q->division != 0) {
        int64_t from = 0, to = 0;
        division_bounds(q->division, &from, &to);
        lo = from > lo ? from : lo;
        hi = to < hi ? to : hi;
    }
    v[0] = V_TEXT(q->state);
    v[1] = V_TEXT(q->state.n > 0 ? q->state : S("~"));
    v[2] = V_INT(lo);
    v[3] = V_INT(hi);
    v[4] = V_TEXT(q->programme);
    v[5] = V_TEXT(q->programme.n > 0 ? q->programme : S("~"));
    v[6] = V_TEXT(q->q);
    v[7] = V_TEXT(str_fmt(a, "%.*s" TEXT_LAST, STR_ARG(q->q)));
    return RC_OK;
}

enum rc batch_lines(const struct line_query *q, struct conn *c, struct arena *a,
                    struct batch_line **out, size_t *n, bool *more, struct err *err)
{
    struct value v[12] = {V_INT(q->county), V_INT(q->batch_id), V_INT(q->after)};
    struct query *rows = NULL;
    struct batch b;
    str *sealed = NEW_N(a, str, q->limit + 1);

    TRY(line_ranges(q, a, v + 3, err));
    TRY(batch_find(c, q->county, q->batch_id, a, &b, err));
    v[11] = V_INT(q->limit + 1);
    *out = NEW_N(a, struct batch_line, q->limit + 1);
    *n = 0;
    TRY(query(c, &stmt_batch_lines, v, 12, &rows, err));
    while (*n <= (size_t)q->limit && query_next(rows)) {
        (*out)[*n] = line_row(rows, a, &sealed[*n]);
        ++*n;
    }
    TRY(query_end(rows, err));
    *more = *n > (size_t)q->limit;
    *n = *more ? (size_t)q->limit : *n;
    for (size_t i = 0; i < *n; i++)
        TRY(mask_line(q->city, c, q->county, sealed[i], a, &(*out)[i], err));
    return RC_OK;
}

enum rc batch_lines_count(const struct line_query *q, struct conn *c, int64_t *n, int64_t *fen,
                          struct err *err)
{
    struct arena a = {0};
    struct value v[10] = {V_INT(q->county), V_INT(q->batch_id)};
    struct query *rows = NULL;
    enum rc rc = line_ranges(q, &a, v + 2, err);

    *n = *fen = 0;
    if (rc == RC_OK)
        rc = query(c, &stmt_batch_lines_count, v, 10, &rows, err);
    if (rc == RC_OK && query_next(rows)) {
        *n = query_int(rows, 0);
        *fen = query_int(rows, 1);
    }
    if (rows != NULL)
        rc = query_end(rows, err);
    arena_deinit(&a);
    return rc;
}

enum rc batch_of_household(const struct city *city, const struct scope *s, struct conn *c,
                           int64_t county, int64_t household, month from, month to, struct arena *a,
                           struct household_line **out, size_t *n, struct err *err)
{
    enum { MOST = 60 };
    char first[8], last[8];
    const struct value v[] = {V_INT(county), V_INT(household),
                              V_TEXT(from != 0 ? str_from(month_text(from, first)) : S("")),
                              V_TEXT(to != 0 ? str_from(month_text(to, last)) : S("9999")),
                              V_INT(MOST)};
    str sealed[MOST];
    struct query *q = NULL;

    *out = NEW_N(a, struct household_line, MOST);
    *n = 0;
    TRY(scope_household(s, c, county, household, err));
    TRY(query(c, &stmt_batch_household_lines, v, 5, &q, err));
    while (*n < MOST && query_next(q)) {
        struct household_line *l = &(*out)[*n];
        l->line = line_row(q, a, &sealed[*n]);
        l->batch_id = query_int(q, 25);
        l->number = str_dup(a, query_text(q, 26));
        l->batch_state = str_dup(a, query_text(q, 27));
        l->again_number = str_dup(a, query_text(q, 28));
        ++*n;
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < *n; i++)
        TRY(mask_line(city, c, county, sealed[i], a, &(*out)[i].line, err));
    return RC_OK;
}

enum rc batch_back_count(const struct scope *s, struct conn *c, int64_t county,
                         struct batch_back *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(s->lo), V_INT(s->hi)};
    struct query *q = NULL;

    *out = (struct batch_back){0};
    if (s->assigned_only || (s->county_code != 0 && s->county_code != county))
        return RC_OK;
    TRY(query(c, &stmt_batch_back_now, v, 3, &q, err));
    while (query_next(q)) {
        str state = query_text(q, 0);
        bool failed = str_eq(state, S("failed")), held = str_eq(state, S("held"));
        *(failed ? &out->failed : held ? &out->held : &out->mended) = query_int(q, 1);
        *(failed ? &out->failed_fen : held ? &out->held_fen : &out->mended_fen) = query_int(q, 2);
    }
    return query_end(q, err);
}

enum rc batch_states(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                     struct batch_state **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch_id)};
    VEC(struct batch_state) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_batch_states, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) =
            (struct batch_state){str_dup(a, query_text(q, 0)), query_int(q, 1), query_int(q, 2)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc batch_kinds(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                    struct batch_kind **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch_id)};
    VEC(struct batch_kind) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_batch_kinds, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct batch_kind){str_dup(a, query_text(q, 0)), query_int(q, 1),
                                                  query_int(q, 2), query_int(q, 3)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc batch_papers(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                     struct batch_made **made, size_t *n_made, struct batch_answered **answered,
                     size_t *n_answered, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(batch_id)};
    VEC(struct batch_made) files = {0};
    VEC(struct batch_answered) answers = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_batch_files, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &files) = (struct batch_made){.no = query_int(q, 0),
                                                   .layout = str_dup(a, query_text(q, 1)),
                                                   .hash = str_dup(a, query_text(q, 2)),
                                                   .bytes = query_int(q, 3),
                                                   .who = str_dup(a, query_text(q, 4)),
                                                   .why = str_dup(a, query_text(q, 5)),
                                                   .made_ms = query_int(q, 6)};
    TRY(query_end(q, err));
    TRY(query(c, &stmt_batch_answers, v, 2, &q, err));
    while (query_next(q)) {
        struct batch_answered *w = VEC_PUSH(a, &answers);
        *w = (struct batch_answered){.no = query_int(q, 0),
                                     .layout = str_dup(a, query_text(q, 1)),
                                     .hash = str_dup(a, query_text(q, 2)),
                                     .rows = query_int(q, 3),
                                     .paid = query_int(q, 4),
                                     .failed = query_int(q, 5),
                                     .news = query_int(q, 6),
                                     .who = str_dup(a, query_text(q, 8)),
                                     .read_ms = query_int(q, 9)};
        if (!date_parse(query_text(q, 7), &w->on))
            w->on = 0;
    }
    *made = files.at;
    *n_made = files.n;
    *answered = answers.at;
    *n_answered = answers.n;
    return query_end(q, err);
}
