/*
 * See facts_span.h. Each table's rows stand as they came, by id and day, those that are believed before
 * those that are no more; an index says where an id's rows begin. A day is made of them by picking for
 * each household and member the row that holds, then copying column by column.
 */
#include "people/facts_span.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "people/facts_columns.h"
#include "people/people_sql.h"

enum {
    STEPS_SQLITE = 8,
    STEPS_POSTGRES = 1024,
    FIELDS_MOST = 256,
    KINDS = 2, /* of rows: believed, believed no more */
};
#define NO_ROW UINT32_MAX

struct row {
    int64_t position, past; /* known from, until before */
    day from, to;           /* holds from, until before */
};
/* The rows of one table: rows of ids[i] of a kind are [first[kind][i], first[kind][i + 1]). */
struct rows {
    struct row *at; /* owned */
    size_t n, room;
    uint32_t *first[KINDS]; /* owned */
};

/* A table of facts, or what is known of persons themselves. */
struct table {
    const struct fact_table *t; /* NULL: persons themselves */
    struct rows rows;
    struct fact_column *from[FIELDS_MOST]; /* by its fields; NULL: no policy reads it */
    struct fact_column *to[FIELDS_MOST];
    size_t n;
    bool of_person;
};

struct place_row { /* where a household lived, or (division) a person in it */
    int64_t value, head;
};

struct ids {
    int64_t *at; /* owned */
    size_t n, room;
};

struct facts_span {
    struct arena arena;
    struct span_spec spec;
    char first[11], last[11];
    struct ids households, persons;
    struct rows lived, members;
    struct place_row *lived_at, *member_at; /* owned; by row */
    size_t lived_room, member_room;
    struct table core;
    VEC(struct table) tables;
    struct fact_columns all[2], day[2]; /* household, person: every version; one day */
    day *died;                          /* owned; by row of core; INT32_MAX: alive */
    size_t died_room;
    /* Of the day at hand; owned. */
    uint32_t *numbers, *person_of, *block_first, *picked;
    int64_t *ids, *divisions, *heads, *person_ids;
    size_t member_cap;
};

/* ---- one ordered pass ----------------------------------------------------------------------- */

typedef bool take_fn(struct facts_span *s, void *ctx, size_t i, const struct query *q);

struct pass {
    const struct statement *st;
    const struct value *v; /* the first and last id are put in */
    take_fn *take;
    void *ctx;
    struct rows *rows;
    int kind;
};

enum went { WENT_ON, WENT_STOPPED, WENT_SEEK };

/* Rows of ids up to and including i are complete. */
static void begin_id(const struct pass *p, size_t *done, size_t i)
{
    while (*done <= i)
        p->rows->first[p->kind][(*done)++] = (uint32_t)p->rows->n;
}

static enum went pass_rows(struct facts_span *s, const struct pass *p, const struct ids *w,
                           size_t *at, size_t *done, struct query *q)
{
    int steps = store_kind(s->spec.city->store) == STORE_SQLITE ? STEPS_SQLITE : STEPS_POSTGRES;
    int passed = 0;
    size_t i = *at;

    while (query_next(q)) {
        int64_t id = query_int(q, 0);
        while (i < w->n && w->at[i] < id)
            i++;
        if (i == w->n)
            break;
        *at = i;
        if (w->at[i] == id) {
            passed = 0;
            begin_id(p, done, i);
            if (!p->take(s, p->ctx, i, q))
                return WENT_STOPPED;
        } else if (++passed > steps) {
            return WENT_SEEK;
        }
    }
    return WENT_ON;
}

MUST_CHECK static enum rc pass_over(struct facts_span *s, struct conn *c, struct pass *p,
                                    const struct ids *w, struct err *err)
{
    size_t at = 0, done = 0;
    enum went went = w->n > 0 ? WENT_SEEK : WENT_ON;

    p->rows->first[p->kind] =
        mem_resize(p->rows->first[p->kind], (w->n + 1) * sizeof **p->rows->first);
    while (went == WENT_SEEK) {
        struct value v[6];
        struct query *q = NULL;
        memcpy(v, p->v, sizeof v);
        v[1] = V_INT(w->at[at]);
        v[2] = V_INT(w->at[w->n - 1]);
        TRY(query(c, p->st, v, p->st->n_params, &q, err));
        went = pass_rows(s, p, w, &at, &done, q);
        TRY(query_end(q, err));
    }
    if (went == WENT_STOPPED)
        return err_set(err, RC_IO, "%s: a day or value of %lld is nothing that Huimin writes",
                       p->st->name, (long long)w->at[at]);
    begin_id(p, &done, w->n);
    return RC_OK;
}

static struct row *new_row(struct rows *rows)
{
    if (rows->n == rows->room) {
        rows->room = 2 * rows->room + 1024;
        rows->at = mem_resize(rows->at, rows->room * sizeof *rows->at);
    }
    return &rows->at[rows->n++];
}

static bool day_of(str text, day *out)
{
    if (str_eq(text, S(DAY_OPEN))) {
        *out = INT32_MAX;
        return true;
    }
    return date_parse(text, out);
}

/* Columns 1 to 4: from, to, position, past position. */
static bool take_row(struct rows *rows, const struct query *q)
{
    struct row *r = new_row(rows);

    r->position = query_int(q, 3);
    r->past = query_int(q, 4) != 0 ? query_int(q, 4) : INT64_MAX;
    return day_of(query_text(q, 1), &r->from) && day_of(query_text(q, 2), &r->to);
}

/* ---- what is taken of each ------------------------------------------------------------------ */

static void place_room(struct place_row **at, size_t *room, size_t n)
{
    if (n < *room)
        return;
    *room = 2 * n + 1024;
    *at = mem_resize(*at, *room * sizeof **at);
}

static bool take_lived(struct facts_span *s, void *ctx, size_t i, const struct query *q)
{
    (void)ctx;
    (void)i;
    place_room(&s->lived_at, &s->lived_room, s->lived.n);
    s->lived_at[s->lived.n] = (struct place_row){query_int(q, 5), query_int(q, 6)};
    return take_row(&s->lived, q);
}

static bool take_member(struct facts_span *s, void *ctx, size_t i, const struct query *q)
{
    (void)ctx;
    (void)i;
    place_room(&s->member_at, &s->member_room, s->members.n);
    s->member_at[s->members.n] = (struct place_row){.value = query_int(q, 5)};
    return take_row(&s->members, q);
}

/* Columns of span_persons: id, position, past position, sex, birth, death. */
enum { PERSON_SEX = 3, PERSON_BIRTH, PERSON_DEATH };

static bool take_person(struct facts_span *s, void *ctx, size_t i, const struct query *q)
{
    struct table *t = ctx;
    size_t at = t->rows.n;
    struct row *r = new_row(&t->rows);
    bool ok = true;

    (void)i;
    *r = (struct row){query_int(q, 1), query_int(q, 2) != 0 ? query_int(q, 2) : INT64_MAX,
                      INT32_MIN, INT32_MAX};
    fact_columns_room(&s->all[1], at + 1);
    if (at >= s->died_room) {
        s->died_room = 2 * at + 1024;
        s->died = mem_resize(s->died, s->died_room * sizeof *s->died);
    }
    s->died[at] = INT32_MAX;
    if (!query_null(q, PERSON_DEATH))
        ok = date_parse(query_text(q, PERSON_DEATH), &s->died[at]);
    for (size_t k = 0; k < t->n; k++)
        if (t->from[k] != NULL)
            ok = fact_column_take(t->from[k], at, q, PERSON_SEX + k) && ok;
    return ok;
}

static bool take_facts(struct facts_span *s, void *ctx, size_t i, const struct query *q)
{
    struct table *t = ctx;
    size_t at = t->rows.n;
    bool ok = take_row(&t->rows, q);

    (void)i;
    fact_columns_room(&s->all[t->of_person], at + 1);
    for (size_t k = 0; ok && k < t->n; k++)
        if (t->from[k] != NULL)
            ok = fact_column_take(t->from[k], at, q, 5 + k);
    return ok;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Whoever is known to have lived in one of the households. */
static void find_persons(struct facts_span *s)
{
    struct ids *p = &s->persons;
    size_t n = 0;

    if (s->members.n + 1 > p->room) {
        p->room = 2 * s->members.n + 1;
        p->at = mem_resize(p->at, p->room * sizeof *p->at);
    }
    for (size_t i = 0; i < s->members.n; i++)
        p->at[i] = s->member_at[i].value;
    if (s->members.n > 0)
        qsort(p->at, s->members.n, sizeof *p->at, by_id);
    for (size_t i = 0; i < s->members.n; i++)
        if (i == 0 || p->at[i] != p->at[n - 1])
            p->at[n++] = p->at[i];
    p->n = n;
    for (size_t i = 0; i < s->members.n; i++) {
        const int64_t *at = bsearch(&s->member_at[i].value, p->at, n, sizeof *p->at, by_id);
        s->member_at[i].head = at - p->at; /* the person's number */
    }
}

/* Believed, then believed no more. */
MUST_CHECK static enum rc read_both(struct facts_span *s, struct conn *c, struct pass p,
                                    const struct statement *past, const struct value *past_v,
                                    const struct ids *w, struct err *err)
{
    p.rows->n = 0;
    p.kind = 0;
    TRY(pass_over(s, c, &p, w, err));
    p.st = past;
    p.v = past_v;
    p.kind = 1;
    return pass_over(s, c, &p, w, err);
}

enum rc facts_span_read(struct facts_span *s, struct conn *c, const int64_t *households, size_t n,
                        struct err *err)
{
    const struct value v[6] = {V_INT(s->spec.county_code),
                               V_INT(0),
                               V_INT(0),
                               V_TEXT(str_from(s->first)),
                               V_TEXT(str_from(s->last)),
                               V_INT(s->spec.since)};
    const struct value since[6] = {v[0], v[1], v[2], v[5], V_NULL, V_NULL};

    memcpy(s->households.at, households, n * sizeof *households);
    s->households.n = n;
    TRY(read_both(s, c, (struct pass){&stmt_span_households, v, take_lived, NULL, &s->lived, 0},
                  &stmt_span_households_past, v, &s->households, err));
    TRY(read_both(s, c, (struct pass){&stmt_span_members, v, take_member, NULL, &s->members, 0},
                  &stmt_span_members_past, v, &s->households, err));
    find_persons(s);
    fact_columns_clear(&s->all[0], s->all[0].room > 64 ? s->all[0].room - 64 : 0);
    fact_columns_clear(&s->all[1], s->all[1].room > 64 ? s->all[1].room - 64 : 0);
    TRY(read_both(s, c,
                  (struct pass){&stmt_span_persons, v, take_person, &s->core, &s->core.rows, 0},
                  &stmt_span_persons_past, since, &s->persons, err));
    for (size_t i = 0; i < s->tables.n; i++) {
        struct table *t = &s->tables.at[i];
        TRY(read_both(s, c, (struct pass){&t->t->span, v, take_facts, t, &t->rows, 0},
                      &t->t->span_past, v, t->of_person ? &s->persons : &s->households, err));
    }
    return RC_OK;
}

/* ---- which row holds ------------------------------------------------------------------------ */

static bool row_known(const struct row *r, int64_t position)
{
    return r->position <= position && r->past > position;
}

/* Of id number i, on a day, as known at a position. */
static uint32_t row_at(const struct rows *rows, size_t i, day on, int64_t position)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (uint32_t k = rows->first[kind][i]; k < rows->first[kind][i + 1]; k++)
            if (rows->at[k].from <= on && rows->at[k].to > on && row_known(&rows->at[k], position))
                return k;
    return NO_ROW;
}

/* Alive on the day, or died on it: as facts_read.c has it. */
static bool lives(const struct facts_span *s, size_t person, day on, int64_t position)
{
    uint32_t row = row_at(&s->core.rows, person, on, position);

    return row != NO_ROW && s->died[row] >= on;
}

/* Numbers of the persons of household number i, ascending; how many. */
static size_t members_at(const struct facts_span *s, size_t i, day on, int64_t position,
                         uint32_t out[LIMIT_MEMBERS + 1])
{
    size_t n = 0;

    for (int kind = 0; kind < KINDS; kind++)
        for (uint32_t k = s->members.first[kind][i]; k < s->members.first[kind][i + 1]; k++) {
            const struct row *r = &s->members.at[k];
            uint32_t person = (uint32_t)s->member_at[k].head;
            if (r->from > on || r->to <= on || !row_known(r, position) ||
                !lives(s, person, on, position))
                continue;
            if (n > LIMIT_MEMBERS)
                return n;
            size_t at = n++;
            for (; at > 0 && out[at - 1] > person; at--)
                out[at] = out[at - 1];
            out[at] = person;
        }
    return n;
}

/* ---- a day ---------------------------------------------------------------------------------- */

static void day_room(struct facts_span *s, size_t members)
{
    if (members <= s->member_cap)
        return;
    s->member_cap = 2 * members;
    size_t n = s->member_cap > FACTS_SLICE ? s->member_cap : FACTS_SLICE;
    s->person_of = mem_resize(s->person_of, s->member_cap * sizeof *s->person_of);
    s->person_ids = mem_resize(s->person_ids, s->member_cap * sizeof *s->person_ids);
    s->picked = mem_resize(s->picked, n * sizeof *s->picked);
}

MUST_CHECK static enum rc who_is_there(struct facts_span *s, day on, size_t *n, size_t *n_members,
                                       struct err *err)
{
    *n = *n_members = 0;
    for (size_t i = 0; i < s->households.n; i++) {
        uint32_t lived = row_at(&s->lived, i, on, s->spec.position);
        if (lived == NO_ROW)
            continue;
        day_room(s, *n_members + LIMIT_MEMBERS + 1);
        size_t m = members_at(s, i, on, s->spec.position, s->person_of + *n_members);
        if (m > LIMIT_MEMBERS)
            return err_set(err, RC_LIMIT, "household %lld has more than %d members",
                           (long long)s->households.at[i], LIMIT_MEMBERS);
        s->numbers[*n] = (uint32_t)i;
        s->ids[*n] = s->households.at[i];
        s->divisions[*n] = s->lived_at[lived].value;
        s->heads[*n] = s->lived_at[lived].head;
        s->block_first[(*n)++] = (uint32_t)*n_members;
        for (size_t k = 0; k < m; k++)
            s->person_ids[*n_members + k] = s->persons.at[s->person_of[*n_members + k]];
        *n_members += m;
    }
    s->block_first[*n] = (uint32_t)*n_members;
    return RC_OK;
}

#define GATHER(type)                                                                               \
    do {                                                                                           \
        const type *from = f->at;                                                                  \
        type *to = d->at;                                                                          \
        for (size_t i = 0; i < n; i++)                                                             \
            to[i] = picked[i] == NO_ROW ? 0 : from[picked[i]];                                     \
    } while (0)

static void gather(const struct fact_column *f, struct fact_column *d, const uint32_t *picked,
                   size_t n)
{
    size_t unknown = 0;

    for (size_t i = 0; i < n; i++) {
        d->unknown[i] = picked[i] == NO_ROW ? 1 : f->unknown[picked[i]];
        unknown += d->unknown[i];
    }
    d->known = n - unknown;
    if (f->width == 1)
        GATHER(uint8_t);
    else if (f->width == 4)
        GATHER(int32_t);
    else
        GATHER(int64_t);
}

static void fill_table(struct facts_span *s, const struct table *t, day on, size_t n)
{
    const uint32_t *ids = t->of_person ? s->person_of : s->numbers;

    for (size_t i = 0; i < n; i++)
        s->picked[i] = row_at(&t->rows, ids[i], on, s->spec.position);
    for (size_t k = 0; k < t->n; k++)
        if (t->from[k] != NULL)
            gather(t->from[k], t->to[k], s->picked, n);
}

enum rc facts_span_on(struct facts_span *s, day on, struct facts_slice *slice,
                      const uint32_t **numbers, struct err *err)
{
    size_t n = 0, n_members = 0;

    TRY(who_is_there(s, on, &n, &n_members, err));
    day_room(s, n_members + 1);
    fact_columns_room(&s->day[0], n + 1);
    fact_columns_room(&s->day[1], n_members + 1);
    fill_table(s, &s->core, on, n_members);
    for (size_t i = 0; i < s->tables.n; i++)
        fill_table(s, &s->tables.at[i], on, s->tables.at[i].of_person ? n_members : n);
    fact_columns_finish(&s->day[0], n);
    fact_columns_finish(&s->day[1], n_members);
    *slice = (struct facts_slice){.block = {.n = n,
                                            .n_members = n_members,
                                            .first = s->block_first,
                                            .subject = s->day[0].columns,
                                            .member = s->day[1].columns},
                                  .subject = s->day[0].columns,
                                  .member = s->day[1].columns,
                                  .households = s->ids,
                                  .divisions = s->divisions,
                                  .heads = s->heads,
                                  .persons = s->person_ids};
    if (numbers != NULL)
        *numbers = s->numbers;
    return RC_OK;
}

/* ---- then and now --------------------------------------------------------------------------- */

int64_t facts_span_division(const struct facts_span *s, size_t i)
{
    const struct rows *r = &s->lived;
    int64_t division = 0;

    for (uint32_t k = r->first[0][i]; k < r->first[0][i + 1]; k++)
        if (row_known(&r->at[k], s->spec.position))
            division = s->lived_at[k].value;
    return division;
}

static bool same_values(const struct table *t, uint32_t a, uint32_t b)
{
    for (size_t k = 0; k < t->n; k++) {
        const struct fact_column *f = t->from[k];
        if (f == NULL)
            continue;
        const uint8_t *at = f->at;
        bool no_a = a == NO_ROW || f->unknown[a], no_b = b == NO_ROW || f->unknown[b];
        if (no_a != no_b || (!no_a && memcmp(at + a * f->width, at + b * f->width, f->width) != 0))
            return false;
    }
    return true;
}

static bool same_facts(const struct facts_span *s, const struct table *t, size_t i, day on,
                       int64_t then)
{
    uint32_t now = row_at(&t->rows, i, on, s->spec.position);
    uint32_t was = row_at(&t->rows, i, on, then);

    return now == was || same_values(t, now, was);
}

static bool somebody_died(const struct facts_span *s, const uint32_t *was, size_t n, day on)
{
    for (size_t i = 0; i < n; i++)
        if (!lives(s, was[i], on, s->spec.position))
            return true;
    return false;
}

enum span_differs facts_span_differs(struct facts_span *s, size_t i, day on, int64_t then)
{
    uint32_t now[LIMIT_MEMBERS + 1], was[LIMIT_MEMBERS + 1];
    size_t n = members_at(s, i, on, s->spec.position, now), m = members_at(s, i, on, then, was);

    if (somebody_died(s, was, m, on))
        return SPAN_DEATH;
    if (n != m || memcmp(now, was, n * sizeof *now) != 0)
        return SPAN_FACTS;
    uint32_t lived = row_at(&s->lived, i, on, s->spec.position);
    uint32_t lived_then = row_at(&s->lived, i, on, then);
    if ((lived == NO_ROW) != (lived_then == NO_ROW) ||
        (lived != NO_ROW && s->lived_at[lived].value != s->lived_at[lived_then].value))
        return SPAN_FACTS;
    for (size_t k = 0; k < n; k++)
        if (!same_facts(s, &s->core, now[k], on, then))
            return SPAN_FACTS;
    for (size_t t = 0; t < s->tables.n; t++) {
        const struct table *table = &s->tables.at[t];
        if (!table->of_person && !same_facts(s, table, i, on, then))
            return SPAN_FACTS;
        for (size_t k = 0; table->of_person && k < n; k++)
            if (!same_facts(s, table, now[k], on, then))
                return SPAN_FACTS;
    }
    return SPAN_SAME;
}

bool facts_span_dead(const struct facts_span *s, int64_t person, day on)
{
    const int64_t *at = s->persons.n == 0
                            ? NULL
                            : bsearch(&person, s->persons.at, s->persons.n, sizeof person, by_id);
    if (at == NULL)
        return false;
    uint32_t row = row_at(&s->core.rows, (size_t)(at - s->persons.at), on, s->spec.position);
    return row != NO_ROW && s->died[row] < on;
}

/* ---- opening -------------------------------------------------------------------------------- */

static struct fact_column *column_of(struct fact_columns *c, const struct field *f)
{
    struct fact_column *slot = &c->slots[f->slot];

    return slot->field != NULL ? slot : NULL;
}

static void plan_core(struct facts_span *s, const struct reg *person)
{
    static const enum core_field cores[] = {CORE_SEX, CORE_BIRTH, CORE_DEATH};

    s->core.of_person = true;
    s->core.n = 3;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < person->n_slots; i++)
            if (core_field(person->slots[i]) == cores[k]) {
                s->core.from[k] = column_of(&s->all[1], person->slots[i]);
                s->core.to[k] = column_of(&s->day[1], person->slots[i]);
            }
}

static void plan_tables(struct facts_span *s, const struct reg *household)
{
    const struct registers *all = s->spec.city->registers;

    for (size_t i = 0; i < all->n; i++) {
        const struct fact_table *t = &all->tables[i];
        struct table plan = {.t = t, .of_person = t->of_person, .n = t->n_fields};
        bool any = false;
        if ((!t->of_person && t->reg != household) || t->n_fields > FIELDS_MOST)
            continue;
        for (size_t k = 0; k < t->n_fields; k++) {
            plan.from[k] = column_of(&s->all[t->of_person], t->fields[k]);
            plan.to[k] = column_of(&s->day[t->of_person], t->fields[k]);
            any |= plan.from[k] != NULL;
        }
        if (any)
            *VEC_PUSH(&s->arena, &s->tables) = plan;
    }
}

enum rc facts_span_open(const struct span_spec *spec, struct facts_span **out, struct err *err)
{
    const struct reg *household = rules_reg(spec->city->rules, S("household"));
    const struct reg *person = rules_reg(spec->city->rules, S("person"));

    *out = NULL;
    if (household == NULL || person == NULL)
        return err_set(err, RC_RULE, "the rules in force have no register household or person");
    struct facts_span *s = mem_resize(NULL, sizeof *s);
    *s = (struct facts_span){.spec = *spec};
    date_text(spec->first, s->first);
    date_text(spec->last, s->last);
    s->households.at = mem_resize(NULL, FACTS_SLICE * sizeof *s->households.at);
    s->numbers = mem_resize(NULL, FACTS_SLICE * sizeof *s->numbers);
    s->ids = mem_resize(NULL, FACTS_SLICE * sizeof *s->ids);
    s->divisions = mem_resize(NULL, FACTS_SLICE * sizeof *s->divisions);
    s->heads = mem_resize(NULL, FACTS_SLICE * sizeof *s->heads);
    s->block_first = mem_resize(NULL, (FACTS_SLICE + 64) * sizeof *s->block_first);
    bool then = spec->city->registers->then;
    for (int i = 0; i < 2; i++) {
        fact_columns_init(&s->all[i], i == 0 ? household : person, then, &s->arena);
        fact_columns_init(&s->day[i], i == 0 ? household : person, then, &s->arena);
        fact_columns_clear(&s->all[i], FACTS_SLICE);
        fact_columns_clear(&s->day[i], FACTS_SLICE);
    }
    plan_core(s, person);
    plan_tables(s, household);
    *out = s;
    return RC_OK;
}

static void rows_close(struct rows *r)
{
    mem_free(r->at);
    for (int kind = 0; kind < KINDS; kind++)
        mem_free(r->first[kind]);
}

void facts_span_close(struct facts_span *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        fact_columns_deinit(&s->all[i]);
        fact_columns_deinit(&s->day[i]);
    }
    rows_close(&s->lived);
    rows_close(&s->members);
    rows_close(&s->core.rows);
    for (size_t i = 0; i < s->tables.n; i++)
        rows_close(&s->tables.at[i].rows);
    void *const owned[] = {s->households.at, s->persons.at, s->lived_at,  s->member_at,
                           s->died,          s->numbers,    s->person_of, s->picked,
                           s->ids,           s->divisions,  s->heads,     s->person_ids,
                           s->block_first};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    arena_deinit(&s->arena);
    mem_free(s);
}
