/* See walk.h: each township is a stream in order of its own; the streams are merged. */
#include "people/walk.h"

#include <stdlib.h>

#include "people/people_sql.h"

enum { BATCH = 2000 }; /* rows read at once, where most of them are passed over here */

/* Before 1 and after 9999: a day of birth that is none. */
enum { DAY_LOWEST = INT32_MIN, DAY_HIGHEST = INT32_MAX };

struct stream {
    int64_t county, area;
    struct token_row *rows; /* in the arena */
    size_t n, at;
    bool done; /* no more rows behind those that were read */
    str last;
    int64_t last_person;
};

struct walking {
    const struct token_walk *w;
    struct conn *c;
    struct arena *a;
    struct stream *streams;
    size_t n;
    int chunk;
};

void token_walk_init(struct token_walk *w, int64_t lo, int64_t hi)
{
    *w = (struct token_walk){.lo = lo,
                             .hi = hi,
                             .birth_from = DAY_LOWEST,
                             .birth_to = DAY_HIGHEST,
                             .sex_from = 0,
                             .sex_to = 9,
                             .like = S(""),
                             .limit = 50};
}

str token_like(str typed, struct arena *a)
{
    struct sbuf b;
    sbuf_init(&b, 2 * typed.n + 8);
    sbuf_add(&b, S(":"));
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == '%' || typed.p[i] == '_' || typed.p[i] == '!')
            sbuf_add(&b, S("!"));
        sbuf_add(&b, str_sub(typed, i, i + 1));
    }
    sbuf_add(&b, S("%"));
    str text = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return text;
}

MUST_CHECK static enum rc find_areas(struct walking *g, struct err *err)
{
    const struct value v[] = {V_INT(g->w->lo), V_INT(g->w->hi)};
    VEC(struct stream) list = {0};
    struct query *q = NULL;
    TRY(query(g->c, &stmt_division_areas, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &list) =
            (struct stream){.county = query_int(q, 0), .area = query_int(q, 1)};
    g->streams = list.at;
    g->n = list.n;
    return query_end(q, err);
}

/* Where the page begins, for all streams. */
static void first_position(struct walking *g)
{
    const struct token_walk *w = g->w;
    for (size_t i = 0; i < g->n; i++) {
        struct stream *s = &g->streams[i];
        s->last = w->after.n > 0 ? w->after : w->down ? w->to : w->from;
        s->last_person = w->after.n > 0 ? w->after_person : INT64_MIN;
    }
    g->chunk = g->n > 0 ? w->limit / (int)g->n + 4 : w->limit;
    if (g->chunk > w->limit + 1)
        g->chunk = w->limit + 1;
}

static int key_order(const void *a, const void *b)
{
    const struct household_key *x = a, *y = b;
    if (x->county != y->county)
        return x->county < y->county ? -1 : 1;
    return (x->household > y->household) - (x->household < y->household);
}

static bool is_wanted(const struct token_walk *w, int64_t county, int64_t household)
{
    const struct household_key key = {county, household};
    return !w->limited ||
           (w->n_only > 0 && bsearch(&key, w->only, w->n_only, sizeof key, key_order) != NULL);
}

/* Rows behind s->last, of which those wanted are kept: up to `room` in s->rows. */
MUST_CHECK static enum rc read_batch(struct walking *g, struct stream *s, int room, struct err *err)
{
    const struct token_walk *w = g->w;
    const struct value v[] = {V_INT(s->county),
                              V_INT(s->area),
                              V_TEXT(s->last),
                              V_INT(s->last_person),
                              V_TEXT(w->down ? w->from : w->to),
                              V_INT(w->lo),
                              V_INT(w->hi),
                              V_INT(w->gone),
                              V_INT(w->birth_from),
                              V_INT(w->birth_to),
                              V_INT(w->sex_from),
                              V_INT(w->sex_to),
                              V_INT(room),
                              V_TEXT(w->like)};
    struct query *q = NULL;
    int seen = 0;
    s->n = s->at = 0;
    TRY(query(g->c, w->down ? &stmt_token_page_down : &stmt_token_page, v, 14, &q, err));
    while (seen < room && query_next(q)) {
        bool wanted = is_wanted(w, s->county, query_int(q, 2));
        if (++seen < room && !wanted)
            continue;
        s->last = str_dup(g->a, query_text(q, 0));
        s->last_person = query_int(q, 1);
        if (wanted)
            s->rows[s->n++] = (struct token_row){.county = s->county,
                                                 .token = s->last,
                                                 .person = s->last_person,
                                                 .household = query_int(q, 2),
                                                 .division = query_int(q, 3),
                                                 .sex = (int)query_int(q, 4),
                                                 .birth = (day)query_int(q, 5),
                                                 .gone = query_int(q, 6) != 0};
    }
    s->done = seen < room;
    return query_end(q, err);
}

MUST_CHECK static enum rc read_chunk(struct walking *g, struct stream *s, struct err *err)
{
    int room = g->w->limited ? BATCH : g->chunk;
    if (s->rows == NULL)
        s->rows = NEW_N(g->a, struct token_row, room);
    do
        TRY(read_batch(g, s, room, err));
    while (s->n == 0 && !s->done);
    return RC_OK;
}

static int row_order(const struct token_row *a, const struct token_row *b)
{
    int order = str_cmp(a->token, b->token);
    return order != 0 ? order : (a->person > b->person) - (a->person < b->person);
}

/* The stream whose next row comes first; NULL: all are at their end. */
MUST_CHECK static enum rc next_stream(struct walking *g, struct stream **out, struct err *err)
{
    *out = NULL;
    for (size_t i = 0; i < g->n; i++) {
        struct stream *s = &g->streams[i];
        if (s->at == s->n && !s->done)
            TRY(read_chunk(g, s, err));
        if (s->at == s->n)
            continue;
        int order = *out == NULL ? -1 : row_order(&s->rows[s->at], &(*out)->rows[(*out)->at]);
        if (*out == NULL || (g->w->down ? order > 0 : order < 0))
            *out = s;
    }
    return RC_OK;
}

enum rc token_walk(const struct token_walk *w, struct conn *c, struct arena *a,
                   struct token_row **out, size_t *n, bool *more, struct err *err)
{
    struct walking g = {.w = w, .c = c, .a = a};
    *out = NEW_N(a, struct token_row, w->limit + 1);
    *n = 0;
    TRY(find_areas(&g, err));
    first_position(&g);
    for (;;) {
        struct stream *s = NULL;
        TRY(next_stream(&g, &s, err));
        *more = s != NULL;
        if (s == NULL || *n == (size_t)w->limit)
            return RC_OK;
        (*out)[(*n)++] = s->rows[s->at++];
    }
}

/* One stream after the other; `out` NULL: only counted. */
MUST_CHECK static enum rc all_rows(struct walking *g, int64_t most, struct token_row *out,
                                   int64_t *n, struct err *err)
{
    struct stream all = {.rows = NEW_N(g->a, struct token_row, BATCH)};
    for (size_t i = 0; i < g->n && *n < most; i++) {
        struct stream *s = &all;
        *s = (struct stream){.county = g->streams[i].county,
                             .area = g->streams[i].area,
                             .rows = all.rows,
                             .last = g->w->from,
                             .last_person = INT64_MIN};
        while (!s->done && *n < most) {
            TRY(read_batch(g, s, BATCH, err));
            for (size_t k = 0; k < s->n && *n < most; k++, (*n)++)
                if (out != NULL)
                    out[*n] = s->rows[k];
        }
    }
    return RC_OK;
}

enum rc token_gather(const struct token_walk *w, struct conn *c, int64_t most, struct arena *a,
                     struct token_row **out, size_t *n, struct err *err)
{
    struct token_walk up = *w;
    struct walking g = {.w = &up, .c = c, .a = a};
    int64_t found = 0;
    up.down = false;
    TRY(find_areas(&g, err));
    *out = NEW_N(a, struct token_row, most + 1);
    enum rc rc = all_rows(&g, most, *out, &found, err);
    *n = (size_t)found;
    return rc;
}

MUST_CHECK static enum rc count_areas(struct walking *g, int64_t most, int64_t *out,
                                      struct err *err)
{
    const struct token_walk *w = g->w;
    for (size_t i = 0; i < g->n && *out < most; i++) {
        int64_t found = 0;
        const struct value v[] = {V_INT(g->streams[i].county),
                                  V_INT(g->streams[i].area),
                                  V_TEXT(w->from),
                                  V_TEXT(w->to),
                                  V_INT(w->lo),
                                  V_INT(w->hi),
                                  V_INT(w->birth_from),
                                  V_INT(w->birth_to),
                                  V_INT(w->sex_from),
                                  V_INT(w->sex_to),
                                  V_INT(most - *out),
                                  V_INT(w->gone),
                                  V_TEXT(w->like)};
        TRY(query_one(g->c, &stmt_token_count, v, 13, &found, err));
        *out += found;
    }
    return RC_OK;
}

enum rc token_count(const struct token_walk *w, struct conn *c, int64_t most, int64_t *out,
                    struct err *err)
{
    struct arena a = {0};
    struct token_walk up = *w;
    struct walking g = {.w = &up, .c = c, .a = &a};
    up.down = false;
    *out = 0;
    enum rc rc = find_areas(&g, err);
    if (rc == RC_OK)
        rc = w->limited ? all_rows(&g, most, NULL, out, err) : count_areas(&g, most, out, err);
    arena_deinit(&a);
    return rc;
}
