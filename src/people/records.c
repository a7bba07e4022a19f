/* See records.h. */
#include "people/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/list_then.h"
#include "people/people_sql.h"
#include "people/versioned.h"
#include "people/walk.h"

#define DAY_LAST "9999-12-31"

bool record_own(const struct reg *r)
{
    return !str_eq(r->name.text, S("household")) && !str_eq(r->name.text, S("person"));
}

enum rc record_read(struct conn *c, const struct reg *r, int64_t county, int64_t record,
                    struct arena *a, struct record_row *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(r->name.text), V_INT(record)};
    struct query *q = NULL;
    TRY(query(c, &stmt_record_find, v, 3, &q, err));
    bool found = query_next(q);
    if (found)
        *out = (struct record_row){.county = county,
                                   .record = record,
                                   .division = query_int(q, 0),
                                   .created_ms = query_int(q, 1),
                                   .who = str_dup(a, query_text(q, 2)),
                                   .version = query_int(q, 3)};
    TRY(query_end(q, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "no %.*s %lld-%lld", STR_ARG(r->name.text),
                           (long long)county, (long long)record);
}

/* ---- values --------------------------------------------------------------------------------- */

static struct value value_of(const struct fact_table *t, size_t i, const struct query *q,
                             struct arena *a)
{
    if (query_null(q, 3 + i))
        return V_NULL;
    return t->versions->types[i] == 'i' ? V_INT(query_int(q, 3 + i))
                                        : V_TEXT(str_dup(a, query_text(q, 3 + i)));
}

struct reading {
    const struct registers *all;
    const struct reg *reg;
    struct conn *c;
    struct arena *a;
    int64_t county, record;
    int64_t position; /* as believed then; 0: now */
};

MUST_CHECK static enum rc versions_of(const struct reading *g, const struct fact_table *t,
                                      struct record_version **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_INT(g->record), V_TEXT(S("")),
                              V_TEXT(S(DAY_LAST))};
    const struct value then[] = {v[0], v[1], V_INT(g->position)};
    VEC(struct record_version) list = {0};
    struct query *q = NULL;
    TRY(g->position == 0 ? query(g->c, &t->overlap, v, 4, &q, err)
                         : query(g->c, &t->versions_then, then, 3, &q, err));
    while (query_next(q)) {
        struct record_version *r = VEC_PUSH(g->a, &list);
        *r = (struct record_version){.from = str_dup(g->a, query_text(q, 0)),
                                     .to = str_dup(g->a, query_text(q, 1)),
                                     .position = query_int(q, 2),
                                     .values = NEW_N(g->a, struct view_fact, t->n_fields + 1),
                                     .n = t->n_fields};
        for (size_t i = 0; i < t->n_fields; i++)
            r->values[i] =
                (struct view_fact){t->fields[i], 0, value_of(t, i, q, g->a), r->from, r->position};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

/* Each of its tables has a row from the change on that recorded it. */
enum rc record_read_then(const struct registers *all, const struct reg *r, struct conn *c,
                         int64_t county, int64_t record, int64_t position, struct arena *a,
                         struct record_row *out, struct err *err)
{
    const struct reading g = {all, r, c, a, county, record, position};
    int64_t version = 0;
    TRY(record_read(c, r, county, record, a, out, err));
    for (size_t i = 0; position != 0 && i < all->n; i++) {
        struct record_version *v = NULL;
        size_t n = 0;
        if (all->tables[i].reg != r)
            continue;
        TRY(versions_of(&g, &all->tables[i], &v, &n, err));
        for (size_t k = 0; k < n; k++)
            version = v[k].position > version ? v[k].position : version;
    }
    if (position == 0)
        return RC_OK;
    out->version = version;
    return version != 0 ? RC_OK
                        : err_set(err, RC_NOT_FOUND, "no %.*s %lld-%lld was on record then",
                                  STR_ARG(r->name.text), (long long)county, (long long)record);
}

enum rc record_values(const struct registers *all, const struct reg *r, struct conn *c,
                      int64_t county, int64_t record, day on, struct arena *a,
                      struct view_fact **out, size_t *n, struct err *err)
{
    return record_values_then(all, r, c, county, record, on, 0, a, out, n, err);
}

enum rc record_values_then(const struct registers *all, const struct reg *r, struct conn *c,
                           int64_t county, int64_t record, day on, int64_t position,
                           struct arena *a, struct view_fact **out, size_t *n, struct err *err)
{
    const struct reading g = {all, r, c, a, county, record, position};
    VEC(struct view_fact) list = {0};
    char day_text[11];
    str today = str_from(date_text(on, day_text));
    for (size_t i = 0; i < all->n; i++) {
        struct record_version *v = NULL;
        size_t versions = 0;
        if (all->tables[i].reg != r)
            continue;
        TRY(versions_of(&g, &all->tables[i], &v, &versions, err));
        for (size_t k = 0; k < versions; k++)
            if (str_cmp(v[k].from, today) <= 0 && str_cmp(v[k].to, today) > 0)
                for (size_t f = 0; f < v[k].n; f++)
                    *VEC_PUSH(a, &list) = v[k].values[f];
    }
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

MUST_CHECK static enum rc who_made(const struct reading *g, struct record_version *v,
                                   struct err *err)
{
    const struct value p[] = {V_INT(g->county), V_INT(v->position)};
    struct query *q = NULL;
    TRY(query(g->c, &stmt_view_change, p, 2, &q, err));
    if (query_next(q)) {
        v->at_ms = query_int(q, 0);
        v->who = str_dup(g->a, query_text(q, 1));
        v->why = str_dup(g->a, query_text(q, 2));
    }
    return query_end(q, err);
}

enum rc record_history(const struct registers *all, const struct reg *r, struct conn *c,
                       int64_t county, int64_t record, struct arena *a, struct record_version **out,
                       size_t *n, struct err *err)
{
    return record_history_then(all, r, c, county, record, 0, a, out, n, err);
}

enum rc record_history_then(const struct registers *all, const struct reg *r, struct conn *c,
                            int64_t county, int64_t record, int64_t position, struct arena *a,
                            struct record_version **out, size_t *n, struct err *err)
{
    const struct reading g = {all, r, c, a, county, record, position};
    VEC(struct record_version) list = {0};
    for (size_t i = 0; i < all->n; i++) {
        struct record_version *v = NULL;
        size_t versions = 0;
        if (all->tables[i].reg != r)
            continue;
        TRY(versions_of(&g, &all->tables[i], &v, &versions, err));
        for (size_t k = versions; k-- > 0;)
            *VEC_PUSH(a, &list) = v[k];
    }
    for (size_t i = 0; i < list.n; i++)
        TRY(who_made(&g, &list.at[i], err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* A value as text that sorts as it does; the unknown at the end. */
static str sort_text(const struct field *f, const struct value *v, struct arena *a)
{
    if (v->kind == VALUE_NULL)
        return S("~");
    if (v->kind == VALUE_INT) /* beyond the lowest, so that none is negative */
        return str_fmt(a, "%020llu", (unsigned long long)v->i + (1ull << 63));
    if (f->type.kind == K_CODE)
        for (size_t i = 0; i < f->type.code->n_values; i++)
            if (str_eq(code_name(f->type.code, i), v->s))
                return str_fmt(a, "%03zu", i);
    return str_sub(v->s, 0, 200);
}

static void walk_of(const struct list_spec *s, const struct reg *r, struct arena *a,
                    struct token_walk *w)
{
    token_walk_init(w, s->lo, s->hi);
    w->from = str_fmt(a, "r%.*s:", STR_ARG(r->name.text));
    w->to = str_fmt(a, "%.*s" TOKEN_END, STR_ARG(w->from));
    w->down = s->down;
    w->limit = s->limit;
    if (s->after.given) {
        w->after = s->after.word;
        w->after_person = s->after.id;
    }
}

enum rc record_list(const struct list_spec *s, const struct reg *r, struct conn *c, struct arena *a,
                    struct record_row **out, size_t *n, struct list_after *next, struct err *err)
{
    struct token_walk w;
    struct token_row *rows = NULL;
    bool more = false;
    walk_of(s, r, a, &w);
    TRY(token_walk(&w, c, a, &rows, n, &more, err));
    *out = NEW_N(a, struct record_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        TRY(record_read(c, r, rows[i].county, rows[i].person, a, &(*out)[i], err));
    *next = (struct list_after){.given = more};
    if (more && *n > 0) {
        next->word = rows[*n - 1].token;
        next->id = rows[*n - 1].person;
    }
    return RC_OK;
}

enum rc record_count(const struct list_spec *s, const struct reg *r, struct conn *c,
                     struct list_count *out, struct err *err)
{
    struct arena a = {0};
    struct token_walk w;
    walk_of(s, r, &a, &w);
    enum rc rc = token_count(&w, c, LIST_EXACT + 1, &out->n, err);
    arena_deinit(&a);
    out->exact = out->n <= LIST_EXACT;
    if (!out->exact)
        out->n = LIST_EXACT;
    return rc;
}

/* ---- lists of then --------------------------------------------------------------------------- */

struct then_record {
    struct record_row row;
    str word;
    bool down;
};

static int then_order(const void *a, const void *b)
{
    const struct then_record *x = a, *y = b;
    int order = str_cmp(x->word, y->word);
    if (order == 0)
        order = (x->row.record > y->row.record) - (x->row.record < y->row.record);
    return x->down ? -order : order;
}

struct listing {
    const struct registers *all;
    const struct list_spec *s;
    const struct reg *reg;
    struct conn *c;
    struct arena *a;
    VEC(struct then_record) list;
};

/* Its word in the order of the list, by the values of then. */
MUST_CHECK static enum rc word_then(struct listing *l, const struct record_row *row,
                                    int64_t position, str *out, struct err *err)
{
    struct view_fact *values = NULL;
    size_t n = 0;
    day on = l->s->at.as_of != 0 ? l->s->at.as_of : l->s->today;
    str key = str_fmt(l->a, "%020lld", (long long)row->record);
    if (l->reg->sorted_by.text.n > 0)
        key = S("~");
    TRY(record_values_then(l->all, l->reg, l->c, row->county, row->record, on, position, l->a,
                           &values, &n, err));
    for (size_t i = 0; i < n; i++)
        if (str_eq(values[i].field->name.text, l->reg->sorted_by.text))
            key = sort_text(values[i].field, &values[i].value, l->a);
    *out = str_fmt(l->a, "r%.*s:%.*s", STR_ARG(l->reg->name.text), STR_ARG(key));
    return RC_OK;
}

MUST_CHECK static enum rc read_ids(struct listing *l, int64_t county, int64_t behind, int64_t *ids,
                                   size_t most, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county),   V_TEXT(l->reg->name.text), V_INT(behind),
                              V_INT(l->s->lo), V_INT(l->s->hi),           V_INT((int64_t)most)};
    struct query *q = NULL;
    *n = 0;
    TRY(query(l->c, &stmt_time_records, v, 6, &q, err));
    while (*n < most && query_next(q))
        ids[(*n)++] = query_int(q, 0);
    return query_end(q, err);
}

MUST_CHECK static enum rc gather_county(struct listing *l, const struct county_then *at,
                                        struct err *err)
{
    enum { BATCH = 500 };
    int64_t ids[BATCH], behind = INT64_MIN;
    size_t n = BATCH;
    while (n == BATCH) {
        TRY(read_ids(l, at->county, behind, ids, BATCH, &n, err));
        for (size_t i = 0; i < n; i++) {
            struct then_record r = {.down = l->s->down};
            struct err none = {0};
            enum rc rc = record_read_then(l->all, l->reg, l->c, at->county, ids[i], at->position,
                                          l->a, &r.row, &none);
            behind = ids[i];
            if (rc == RC_NOT_FOUND)
                continue;
            if (rc != RC_OK)
                return err_set(err, rc, "%s", none.text);
            TRY(word_then(l, &r.row, at->position, &r.word, err));
            *VEC_PUSH(l->a, &l->list) = r;
        }
    }
    return RC_OK;
}

enum rc record_list_then(const struct registers *all, const struct list_spec *s,
                         const struct reg *r, struct conn *c, struct arena *a,
                         struct record_row **out, size_t *n, struct list_after *next,
                         struct list_count *count, struct err *err)
{
    struct listing l = {.all = all, .s = s, .reg = r, .c = c, .a = a};
    const struct then_record after = {
        .row = {.record = s->after.id}, .word = s->after.word, .down = s->down};
    struct county_then *counties = NULL;
    size_t n_counties = 0;
    TRY(counties_then(s, c, a, &counties, &n_counties, err));
    for (size_t i = 0; i < n_counties; i++)
        if (counties[i].position > 0)
            TRY(gather_county(&l, &counties[i], err));
    if (l.list.n > 0)
        qsort(l.list.at, l.list.n, sizeof *l.list.at, then_order);
    *count = (struct list_count){(int64_t)l.list.n, true};
    *next = (struct list_after){0};
    *out = NEW_N(a, struct record_row, s->limit + 1);
    *n = 0;
    for (size_t i = 0; i < l.list.n && !next->given; i++) {
        const struct then_record *at = &l.list.at[i];
        if (s->after.given && then_order(at, &after) <= 0)
            continue;
        next->given = *n == (size_t)s->limit;
        if (next->given)
            continue;
        (*out)[(*n)++] = at->row;
        next->word = at->word;
        next->id = at->row.record;
    }
    return RC_OK;
}

/* ---- put ------------------------------------------------------------------------------------ */

struct putting {
    const struct record_edit *e;
    struct record_row *out;
    struct change *c;
    struct arena *a;
    str on, sort_key;
};

MUST_CHECK static enum rc put_word(const struct putting *p, const char *what, str key,
                                   int64_t division, struct err *err)
{
    str token = str_fmt(p->a, "r%.*s:%.*s", STR_ARG(p->e->reg->name.text), STR_ARG(key));
    const struct value v[] = {V_INT(p->c->county_code),
                              V_INT(division / 1000),
                              V_TEXT(token),
                              V_INT(p->out->record),
                              V_INT(0),
                              V_INT(division),
                              V_INT(0),
                              V_INT(0),
                              V_INT(0)};
    bool add = strcmp(what, "add") == 0;
    return exec(p->c->conn, add ? &stmt_token_add : &stmt_token_remove, v, add ? 9 : 4, NULL, err);
}

/* The values of one table that hold on the day, with those given put over them. */
MUST_CHECK static enum rc put_table(struct putting *p, const struct fact_table *t, struct err *err)
{
    const struct reading g = {p->e->city->registers, p->e->reg,      p->c->conn, p->a,
                              p->c->county_code,     p->out->record, 0};
    struct record_version *v = NULL;
    struct value *values = NEW_N(p->a, struct value, t->n_fields + 1);
    size_t n = 0;
    str to = S(DAY_OPEN);
    TRY(versions_of(&g, t, &v, &n, err));
    for (size_t k = 0; k < n; k++) {
        if (str_cmp(v[k].from, p->on) > 0 && str_cmp(v[k].from, to) < 0)
            to = v[k].from;
        if (str_cmp(v[k].from, p->on) > 0 || str_cmp(v[k].to, p->on) <= 0)
            continue;
        to = v[k].to;
        for (size_t i = 0; i < t->n_fields; i++)
            values[i] = v[k].values[i].value;
    }
    for (size_t i = 0; i < p->e->n; i++)
        for (size_t k = 0; k < t->n_fields; k++)
            if (t->fields[k] == p->e->values[i].field)
                values[k] = p->e->values[i].value;
    for (size_t k = 0; k < t->n_fields; k++)
        if (str_eq(t->fields[k]->name.text, p->e->reg->sorted_by.text))
            p->sort_key = sort_text(t->fields[k], &values[k], p->a);
    return facts_put(p->c, t, p->out->record, p->on, to, values, err);
}

MUST_CHECK static enum rc find_old(struct putting *p, str *sort_key, struct err *err)
{
    const struct value v[] = {V_INT(p->c->county_code), V_TEXT(p->e->reg->name.text),
                              V_INT(p->e->record)};
    struct query *q = NULL;
    TRY(record_read(p->c->conn, p->e->reg, p->c->county_code, p->e->record, p->a, p->out, err));
    if (p->e->version != 0 && p->out->version != p->e->version)
        return err_set(err, RC_CONFLICT,
                       "the record was changed meanwhile (version %lld, expected %lld): look at it "
                       "again",
                       (long long)p->out->version, (long long)p->e->version);
    TRY(query(p->c->conn, &stmt_record_find, v, 3, &q, err));
    if (query_next(q))
        *sort_key = str_dup(p->a, query_text(q, 4));
    return query_end(q, err);
}

MUST_CHECK static enum rc put_all(struct putting *p, struct err *err)
{
    const struct record_edit *e = p->e;
    const struct registers *all = e->city->registers;
    str old_key = {0};
    int64_t old_division = 0;
    if (e->record != 0) {
        TRY(find_old(p, &old_key, err));
        old_division = p->out->division;
    } else {
        *p->out = (struct record_row){.county = p->c->county_code,
                                      .record = id_next(&e->city->ids),
                                      .created_ms = p->c->at_ms};
    }
    if (e->division != 0)
        p->out->division = e->division;
    for (size_t i = 0; i < all->n; i++)
        if (all->tables[i].reg == e->reg)
            TRY(put_table(p, &all->tables[i], err));
    if (e->reg->sorted_by.text.n == 0)
        p->sort_key = str_fmt(p->a, "%020lld", (long long)p->out->record);
    p->out->version = p->c->position;
    const struct value row[] = {V_INT(p->c->county_code),  V_TEXT(e->reg->name.text),
                                V_INT(p->out->record),     V_INT(p->out->division),
                                V_INT(p->out->created_ms), V_TEXT(e->who),
                                V_INT(p->out->version),    V_TEXT(p->sort_key)};
    change_note(p->c, "record", row, 8);
    TRY(exec(p->c->conn, &stmt_record_put, row, 8, NULL, err));
    if (e->record != 0)
        TRY(put_word(p, "remove", old_key, old_division, err));
    return put_word(p, "add", p->sort_key, p->out->division, err);
}

static enum rc put_once(struct change *c, void *ctx, struct err *err)
{
    struct putting *p = ctx;
    struct arena a = {0};
    char on[11];
    p->c = c;
    p->a = &a;
    p->on = str_from(date_text(p->e->day, on));
    enum rc rc = put_all(p, err);
    p->out->who = S("");
    arena_deinit(&a);
    return rc;
}

enum rc record_edit(const struct record_edit *e, struct record_row *out, struct err *err)
{
    struct arena a = {0};
    struct putting p = {.e = e, .out = out};
    const struct change_spec spec = {
        .store = e->city->store,
        .county_code = e->county,
        .who = e->who,
        .why = str_fmt(&a, "%.*s：%s",
                       STR_ARG(e->reg->label.zh.n > 0 ? e->reg->label.zh : e->reg->name.text),
                       e->record == 0 ? "登记" : "更新")};
    enum rc rc = change_write(&spec, put_once, &p, NULL, err);
    arena_deinit(&a);
    return rc;
}
