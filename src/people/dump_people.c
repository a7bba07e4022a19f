/*
 * Households, persons and cases as CSV: some hundred households at a time, so that memory does not
 * grow with the city. A row's cells are filled table by table, each read in the order of the rows.
 * The column valid_from stays empty: a file that comes back changed must not change the past.
 */
#include <string.h>

#include "base/money.h"
#include "people/dump.h"
#include "people/instant.h"
#include "people/load_in.h"
#include "people/people_sql.h"

enum { SLICE = 512, SQL_MAX = 1 << 16 };

struct dump_row {
    int64_t household, person; /* person 0: the household's own row */
    int64_t head;
    str *cells; /* by place in dump.columns */
};

struct dump_column {
    const struct load_column *column;
    const struct field *field; /* NULL: of the core */
};

/* A generated table of which columns are wanted. */
struct dump_table {
    const struct fact_table *t;
    struct statement by_household; /* persons: through their memberships */
    struct statement then, past;   /* the same as believed earlier */
    size_t *column;                /* by place in t->fields; SIZE_MAX: not wanted */
};

struct dump {
    const struct dump_spec *spec;
    struct load columns_of; /* only for its table of columns */
    struct arena arena, slice;
    VEC(struct dump_column) columns;
    VEC(struct dump_table) tables;
    size_t core[COL__COUNT]; /* place of a core column; SIZE_MAX: the kind has none */
    struct conn *conn;
    int64_t county;
    int64_t position; /* as believed then; 0: now */
    char on_day[11];
    VEC(struct dump_row) rows;
    struct csv_out csv;
    int64_t written;
};

/* ---- what is wanted ------------------------------------------------------------------------- */

static void list_columns(struct dump *d)
{
    struct load_table *t = &d->columns_of.tables[d->spec->kind];
    d->columns_of.arena = &d->arena;
    /* Only the registers are looked at, which nobody changes. */
    d->columns_of.spec.city = (struct city *)(uintptr_t)d->spec->city;
    load_table_init(&d->columns_of, d->spec->kind);
    for (size_t k = 0; k < COL__COUNT; k++)
        d->core[k] = SIZE_MAX;
    for (size_t i = 0; i < t->columns.n; i++) {
        const struct load_column *c = &t->columns.at[i];
        if (c->csv.type == CSV_FEN)
            continue;
        if (c->core < COL__COUNT)
            d->core[c->core] = d->columns.n;
        *VEC_PUSH(&d->arena, &d->columns) =
            (struct dump_column){c, c->core == COL_FACT ? t->facts.at[c->fact].field : NULL};
    }
}

/* Persons' facts in the order of their households. */
static struct statement by_household(struct dump *d, const struct fact_table *t)
{
    struct sbuf sql;
    sbuf_init(&sql, SQL_MAX);
    sbuf_addz(&sql, "SELECT m.household_id, m.person_id");
    for (size_t i = 0; i < t->n_fields; i++)
        sbuf_fmt(&sql, ", f.\"%.*s\"", STR_ARG(t->fields[i]->name.text));
    sbuf_fmt(&sql,
             " FROM membership AS m JOIN \"%.*s\" AS f ON f.county_code = m.county_code AND "
             "f.person_id = m.person_id WHERE m.county_code = $1 AND m.household_id >= $2 AND "
             "m.household_id <= $3 AND m.valid_from <= $4 AND m.valid_to > $4 AND f.valid_from <= "
             "$4 AND f.valid_to > $4 ORDER BY m.household_id, m.person_id",
             STR_ARG(t->name));
    struct statement s = {.name = str_fmt(&d->arena, "%.*s_dump", STR_ARG(t->name)).p,
                          .sql = str_dup(&d->arena, sbuf_str(&sql)).p,
                          .reads = true,
                          .n_params = 4};
    sbuf_deinit(&sql);
    return s;
}

/* The same as believed at $5: who was a member then, and what is believed of them still or is no more. */
static struct statement by_household_then(struct dump *d, const struct fact_table *t, bool past)
{
    static const char of_members[] =
        " FROM (SELECT county_code, household_id, person_id FROM membership WHERE county_code = $1 "
        "AND household_id >= $2 AND household_id <= $3 AND valid_from <= $4 AND valid_to > $4 AND "
        "position <= $5 UNION ALL SELECT county_code, household_id, person_id FROM membership_past "
        "WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 AND valid_from <= $4 "
        "AND valid_to > $4 AND position <= $5 AND past_position > $5) AS m";
    struct sbuf sql;
    sbuf_init(&sql, SQL_MAX);
    sbuf_addz(&sql, "SELECT m.household_id, m.person_id");
    for (size_t i = 0; i < t->n_fields; i++)
        sbuf_fmt(&sql, ", f.\"%.*s\"", STR_ARG(t->fields[i]->name.text));
    sbuf_fmt(&sql,
             "%s JOIN \"%.*s%s\" AS f ON f.county_code = m.county_code AND f.person_id = "
             "m.person_id WHERE f.county_code = $1 AND f.valid_from <= $4 AND f.valid_to > $4 AND "
             "f.position <= $5%s ORDER BY m.household_id, m.person_id",
             of_members, STR_ARG(t->name), past ? "_past" : "",
             past ? " AND f.past_position > $5" : "");
    struct statement s = {
        .name = str_fmt(&d->arena, "%.*s_dump_%s", STR_ARG(t->name), past ? "past" : "then").p,
        .sql = str_dup(&d->arena, sbuf_str(&sql)).p,
        .reads = true,
        .n_params = 5};
    sbuf_deinit(&sql);
    return s;
}

static void list_tables(struct dump *d)
{
    const struct registers *r = d->spec->city->registers;
    for (size_t i = 0; i < r->n; i++) {
        struct dump_table t = {.t = &r->tables[i]};
        bool any = false;
        t.column = NEW_N(&d->arena, size_t, t.t->n_fields + 1);
        for (size_t k = 0; k < t.t->n_fields; k++) {
            t.column[k] = SIZE_MAX;
            for (size_t c = 0; c < d->columns.n; c++)
                if (d->columns.at[c].field == t.t->fields[k]) {
                    t.column[k] = c;
                    any = true;
                }
        }
        if (!any)
            continue;
        if (t.t->of_person) {
            t.by_household = by_household(d, t.t);
            t.then = by_household_then(d, t.t, false);
            t.past = by_household_then(d, t.t, true);
        }
        *VEC_PUSH(&d->arena, &d->tables) = t;
    }
}

/* ---- cells ---------------------------------------------------------------------------------- */

static void set(struct dump *d, struct dump_row *row, enum load_core core, str text)
{
    if (d->core[core] != SIZE_MAX)
        row->cells[d->core[core]] = str_dup(&d->slice, text);
}

static str code_text(const struct dump *d, const struct code *c, str name)
{
    long i = code_index(c, name);
    return d->spec->labels && i >= 0 ? c->values[i].label.zh : name;
}

static str fact_text(struct dump *d, const struct field *f, const struct query *q, size_t col)
{
    char money[32];
    int64_t v = 0;
    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        return str_dup(&d->slice, str_from(money_text(query_int(q, col), false, money)));
    case K_BOOL:
        v = query_int(q, col);
        return d->spec->labels ? (v ? S("是") : S("否")) : (v ? S("1") : S("0"));
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        return str_fmt(&d->slice, "%lld", (long long)query_int(q, col));
    case K_CODE:
        return str_dup(&d->slice, code_text(d, f->type.code, query_text(q, col)));
    default:
        return str_dup(&d->slice, query_text(q, col));
    }
}

static struct dump_row *row_new(struct dump *d, int64_t household, int64_t person)
{
    struct dump_row *row = VEC_PUSH(&d->slice, &d->rows);
    row->household = household;
    row->person = person;
    row->cells = NEW_N(&d->slice, str, d->columns.n + 1);
    set(d, row, COL_HOUSEHOLD,
        str_fmt(&d->slice, "%06lld-%lld", (long long)d->county, (long long)household));
    if (person != 0)
        set(d, row, COL_PERSON,
            str_fmt(&d->slice, "%06lld-%lld", (long long)d->county, (long long)person));
    return row;
}

/* The row of a household and person from `*at` on; rows and queries go the same way. */
static struct dump_row *row_at(struct dump *d, size_t *at, int64_t household, int64_t person)
{
    while (*at < d->rows.n &&
           (d->rows.at[*at].household < household ||
            (d->rows.at[*at].household == household && d->rows.at[*at].person < person)))
        ++*at;
    if (*at == d->rows.n || d->rows.at[*at].household != household ||
        d->rows.at[*at].person != person)
        return NULL;
    return &d->rows.at[*at];
}

/* ---- reading a slice ------------------------------------------------------------------------ */

struct slice {
    int64_t *households, *heads; /* in the order of their ids */
    int64_t *divisions;
    size_t n;
};

MUST_CHECK static enum rc read_households(struct dump *d, int64_t from, struct slice *s,
                                          struct err *err)
{
    int64_t lo = d->spec->division;
    int64_t hi = lo;
    int64_t scale = 1;
    while (lo > 0 && lo / scale % 10 == 0)
        scale *= 10;
    /* Levels have two or three digits each: what ends in zeros stands for all below. */
    scale = scale >= 1000000 ? 1000000 : scale >= 1000 ? 1000 : 1;
    if (lo % 100000000 == 0 && lo > 0)
        scale = 100000000;
    hi = lo > 0 ? lo / scale * scale + scale - 1 : INT64_MAX;
    const struct value v[] = {V_INT(d->county), V_INT(from), V_TEXT(str_from(d->on_day)),
                              V_INT(lo),        V_INT(hi),   V_INT(SLICE)};
    const struct value then[] = {v[0], v[1], V_INT(INT64_MAX),  v[2], v[3],
                                 v[4], v[5], V_INT(d->position)};
    struct query *q = NULL;
    *s = (struct slice){.households = NEW_N(&d->slice, int64_t, SLICE),
                        .heads = NEW_N(&d->slice, int64_t, SLICE),
                        .divisions = NEW_N(&d->slice, int64_t, SLICE)};
    TRY(d->position == 0 ? query(d->conn, &stmt_dump_households, v, 6, &q, err)
                         : query(d->conn, &stmt_household_read_then, then, 8, &q, err));
    while (query_next(q)) {
        s->households[s->n] = query_int(q, 0);
        s->divisions[s->n] = query_int(q, 1);
        s->heads[s->n] = query_int(q, 2);
        s->n++;
    }
    return query_end(q, err);
}

/* County, first and last household, day; then the position, which statements of now don't take. */
static void slice_params(const struct dump *d, const struct slice *s, struct value v[5])
{
    v[0] = V_INT(d->county);
    v[1] = V_INT(s->households[0]);
    v[2] = V_INT(s->households[s->n - 1]);
    v[3] = V_TEXT(str_from(d->on_day));
    v[4] = V_INT(d->position);
}

/* The statement of now, or the one of then. */
static const struct statement *at_time(const struct dump *d, const struct statement *now,
                                       const struct statement *then)
{
    return d->position == 0 ? now : then;
}

static void household_rows(struct dump *d, const struct slice *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct dump_row *row = row_new(d, s->households[i], 0);
        set(d, row, COL_DIVISION, str_fmt(&d->slice, "%012lld", (long long)s->divisions[i]));
    }
}

static bool in_slice(const struct slice *s, size_t *at, int64_t household)
{
    while (*at < s->n && s->households[*at] < household)
        ++*at;
    return *at < s->n && s->households[*at] == household;
}

static str sex_text(const struct dump *d, int64_t sex)
{
    if (sex == 1 || sex == 2)
        return sex == 1 ? S("男") : S("女");
    return d->spec->labels ? (sex == 9 ? S("未说明") : S("未知")) : (sex == 9 ? S("9") : S("0"));
}

MUST_CHECK static enum rc person_rows(struct dump *d, const struct slice *s, struct err *err)
{
    struct value v[5];
    struct query *q = NULL;
    size_t at = 0;
    slice_params(d, s, v);
    const struct statement *st = at_time(d, &stmt_dump_members, &stmt_time_dump_members);
    TRY(query(d->conn, st, v, st->n_params, &q, err));
    while (query_next(q)) {
        if (!in_slice(s, &at, query_int(q, 0)))
            continue;
        struct dump_row *row = row_new(d, query_int(q, 0), query_int(q, 1));
        set(d, row, COL_RELATION,
            d->spec->labels ? relation_word(query_text(q, 2)) : query_text(q, 2));
        set(d, row, COL_NAME, query_text(q, 3));
        set(d, row, COL_SEX, sex_text(d, query_int(q, 4)));
        set(d, row, COL_BIRTH_DATE, query_text(q, 5));
        set(d, row, COL_DEATH_DATE, query_text(q, 6));
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc facts_by(struct dump *d, const struct slice *s,
                                   const struct dump_table *t, const struct statement *st,
                                   struct err *err)
{
    struct value v[5];
    struct query *q = NULL;
    size_t at = 0;
    size_t ids = t->t->of_person ? 2 : 1;
    slice_params(d, s, v);
    TRY(query(d->conn, st, v, st->n_params, &q, err));
    while (query_next(q)) {
        struct dump_row *row =
            row_at(d, &at, query_int(q, 0), t->t->of_person ? query_int(q, 1) : 0);
        for (size_t i = 0; row != NULL && i < t->t->n_fields; i++)
            if (t->column[i] != SIZE_MAX && !query_null(q, ids + i))
                row->cells[t->column[i]] = fact_text(d, t->t->fields[i], q, ids + i);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc facts(struct dump *d, const struct slice *s, const struct dump_table *t,
                                struct err *err)
{
    bool person = t->t->of_person;
    if (d->position == 0)
        return facts_by(d, s, t, person ? &t->by_household : &t->t->now, err);
    TRY(facts_by(d, s, t, person ? &t->then : &t->t->then, err));
    return facts_by(d, s, t, person ? &t->past : &t->t->past, err);
}

static str number_text(const struct dump *d, enum number_kind kind, str number, struct arena *a)
{
    return d->spec->full ? number : number_masked(kind, number, a);
}

MUST_CHECK static enum rc numbers(struct dump *d, const struct slice *s, struct err *err)
{
    static const enum load_core cores[] = {
        [NUMBER_IDENTITY] = COL_IDENTITY, [NUMBER_PHONE] = COL_PHONE, [NUMBER_CARD] = COL_CARD};
    struct vault *vault = d->spec->city->vault;
    struct value v[5];
    struct query *q = NULL;
    struct person_key key;
    int64_t key_of = 0;
    size_t at = 0;
    enum rc rc = RC_OK;
    slice_params(d, s, v);
    const struct statement *st = at_time(d, &stmt_dump_numbers, &stmt_time_dump_numbers);
    TRY(query(d->conn, st, v, st->n_params, &q, err));
    while (rc == RC_OK && query_next(q)) {
        int64_t person = query_int(q, 1);
        int64_t kind = query_int(q, 2);
        struct dump_row *row = row_at(d, &at, query_int(q, 0), person);
        str number = {0};
        if (row == NULL || kind < NUMBER_IDENTITY || kind > NUMBER_CARD)
            continue;
        if (person != key_of)
            rc = person_key_open(vault, d->county, person, query_blob(q, 4), &key, err);
        key_of = person;
        if (rc == RC_OK)
            rc = number_open(vault, &key, (enum number_kind)kind, query_blob(q, 3), &d->slice,
                             &number, err);
        if (rc == RC_OK)
            set(d, row, cores[kind], number_text(d, (enum number_kind)kind, number, &d->slice));
    }
    enum rc ended = query_end(q, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : ended;
}

/* ---- cases ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc one_number(struct dump *d, struct dump_row *row, int64_t person,
                                     enum number_kind kind, enum load_core core, struct err *err)
{
    struct err none = {0};
    str number = {0};
    enum rc rc = person_number_get(d->conn, d->spec->city->vault, d->county, person, kind,
                                   &d->slice, &number, &none);
    if (rc == RC_OK)
        set(d, row, core, number_text(d, kind, number, &d->slice));
    return rc == RC_OK || rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", none.text);
}

struct case_keys {
    int64_t person, account;
    str programme;
};

static void programme_set(struct dump *d, struct dump_row *row, str name)
{
    const struct policy *p = rules_policy(d->spec->city->rules, name);
    set(d, row, COL_PROGRAMME, d->spec->labels && p != NULL ? p->label.zh : name);
}

MUST_CHECK static enum rc amounts_fill(struct dump *d, const struct slice *s,
                                       const struct case_keys *keys, struct err *err)
{
    struct dump_amount *list = NULL;
    size_t n = 0;
    size_t at = 0;
    char text[32];
    if (d->spec->amounts == NULL)
        return RC_OK;
    TRY(d->spec->amounts(d->spec->ctx, d->conn, d->county, s->households[0],
                         s->households[s->n - 1], &d->slice, &list, &n, err));
    for (size_t i = 0; i < d->rows.n; i++) {
        struct dump_row *row = &d->rows.at[i];
        while (at < n && list[at].household_id < row->household)
            at++;
        for (size_t k = at; k < n && list[k].household_id == row->household; k++)
            if (list[k].person_id == keys[i].person && str_eq(list[k].programme, keys[i].programme))
                set(d, row, COL_AMOUNT, str_from(money_text(list[k].fen, false, text)));
    }
    return RC_OK;
}

MUST_CHECK static enum rc case_rows(struct dump *d, const struct slice *s, struct err *err)
{
    VEC(struct case_keys) keys = {0};
    struct value v[5];
    struct query *q = NULL;
    size_t at = 0;
    slice_params(d, s, v);
    const struct statement *st = at_time(d, &stmt_dump_cases, &stmt_time_dump_cases);
    TRY(query(d->conn, st, v, st->n_params, &q, err));
    while (query_next(q)) {
        if (!in_slice(s, &at, query_int(q, 0)))
            continue;
        struct dump_row *row = row_new(d, query_int(q, 0), 0);
        row->head = s->heads[at];
        if (query_int(q, 1) != 0)
            set(d, row, COL_PERSON,
                str_fmt(&d->slice, "%06lld-%lld", (long long)d->county,
                        (long long)query_int(q, 1)));
        programme_set(d, row, query_text(q, 2));
        set(d, row, COL_SINCE, query_text(q, 3));
        *VEC_PUSH(&d->slice, &keys) = (struct case_keys){query_int(q, 1), query_int(q, 4),
                                                         str_dup(&d->slice, query_text(q, 2))};
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < d->rows.n; i++) {
        struct dump_row *row = &d->rows.at[i];
        int64_t who = keys.at[i].person != 0 ? keys.at[i].person : row->head;
        int64_t account = keys.at[i].account != 0 ? keys.at[i].account : row->head;
        TRY(one_number(d, row, who, NUMBER_IDENTITY, COL_IDENTITY, err));
        TRY(one_number(d, row, account, NUMBER_CARD, COL_ACCOUNT, err));
    }
    return amounts_fill(d, s, keys.at, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_header(struct dump *d)
{
    for (size_t i = 0; i < d->columns.n; i++) {
        const struct csv_names *names = &d->columns.at[i].column->csv.names;
        csv_out_text(&d->csv, d->spec->labels && names->at[1].n > 0 ? names->at[1] : names->at[0]);
    }
    csv_out_end(&d->csv);
}

/* What somebody typed may hold a number that the masks don't know of. */
MUST_CHECK static enum rc look_at(const struct dump *d, size_t row, struct err *err)
{
    char what[160];
    for (size_t c = 0; c < d->columns.n; c++) {
        const struct load_column *column = d->columns.at[c].column;
        str text = d->rows.at[row].cells[c];
        bool typed =
            column->core == COL_NAME || (column->core == COL_FACT && column->csv.type == CSV_TEXT);
        if (!typed || text.n == 0)
            continue;
        snprintf(what, sizeof what, "row %lld, column %.*s",
                 (long long)d->written + (long long)row + 1, STR_ARG(column->csv.names.at[0]));
        TRY(d->spec->look(text, what, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc write_rows(struct dump *d, struct err *err)
{
    for (size_t i = 0; i < d->rows.n; i++) {
        if (d->spec->look != NULL && !d->spec->full)
            TRY(look_at(d, i, err));
        for (size_t c = 0; c < d->columns.n; c++)
            csv_out_text(&d->csv, d->rows.at[i].cells[c]);
        csv_out_end(&d->csv);
    }
    d->written += (int64_t)d->rows.n;
    return RC_OK;
}

MUST_CHECK static enum rc dump_slice(struct dump *d, const struct slice *s, struct err *err)
{
    memset(&d->rows, 0, sizeof d->rows);
    if (d->spec->kind == LOAD_HOUSEHOLDS)
        household_rows(d, s);
    else if (d->spec->kind == LOAD_PERSONS)
        TRY(person_rows(d, s, err));
    else
        TRY(case_rows(d, s, err));
    for (size_t i = 0; i < d->tables.n; i++)
        TRY(facts(d, s, &d->tables.at[i], err));
    if (d->spec->kind == LOAD_PERSONS)
        TRY(numbers(d, s, err));
    return write_rows(d, err);
}

MUST_CHECK static enum rc dump_county(struct dump *d, struct err *err)
{
    for (int64_t from = 0;;) {
        struct slice s;
        arena_reset(&d->slice);
        TRY(read_households(d, from, &s, err));
        if (s.n == 0)
            return RC_OK;
        from = s.households[s.n - 1] + 1;
        TRY(dump_slice(d, &s, err));
    }
}

/* Of one county at least something must have been known then. */
MUST_CHECK static enum rc is_known(struct dump *d, const int64_t *counties, size_t n,
                                   struct err *err)
{
    int64_t position = 0;
    if (d->spec->known_at_ms == 0 || n == 0)
        return RC_OK;
    for (size_t i = 0; i < n && position == 0; i++)
        TRY(change_position_at(d->conn, counties[i], d->spec->known_at_ms, &position, err));
    return position != 0
               ? instant_check(d->spec->known_at_ms, err)
               : instant_position(d->conn, counties[0], d->spec->known_at_ms, &position, err);
}

MUST_CHECK static enum rc dump_counties(struct dump *d, struct err *err)
{
    int64_t *counties = NULL;
    size_t n = 0;
    TRY(division_counties(d->conn, str_from(d->on_day), &d->arena, &counties, &n, err));
    TRY(is_known(d, counties, n, err));
    for (size_t i = 0; i < n; i++) {
        d->county = counties[i];
        d->position = 0;
        if (d->spec->known_at_ms != 0)
            TRY(change_position_at(d->conn, d->county, d->spec->known_at_ms, &d->position, err));
        if (d->spec->known_at_ms == 0 || d->position != 0)
            TRY(dump_county(d, err));
    }
    return RC_OK;
}

static void dump_begin(struct dump *d, const struct dump_spec *spec, struct file_out *f)
{
    *d = (struct dump){.spec = spec};
    date_text(spec->on_day, d->on_day);
    csv_out_init(&d->csv, f, spec->labels);
    list_columns(d);
    list_tables(d);
    write_header(d);
}

static void dump_end(struct dump *d)
{
    arena_deinit(&d->slice);
    arena_deinit(&d->arena);
}

enum rc dump_template(const struct dump_spec *spec, struct file_out *f, struct err *err)
{
    struct dump d;
    (void)err;
    dump_begin(&d, spec, f);
    dump_end(&d);
    return RC_OK;
}

enum rc dump_file(const struct dump_spec *spec, struct file_out *f, int64_t *rows, struct err *err)
{
    struct dump d;
    dump_begin(&d, spec, f);
    enum rc rc = store_reader(spec->city->store, &d.conn, err);
    if (rc == RC_OK) {
        rc = read_begin(d.conn, err);
        if (rc == RC_OK)
            rc = dump_counties(&d, err);
        read_end(d.conn);
        store_reader_done(d.conn);
    }
    *rows = d.written;
    dump_end(&d);
    return rc;
}
