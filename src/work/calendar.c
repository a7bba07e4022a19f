/* The calendar: from its file into the store, and from there into memory. */
#include "work/calendar.h"

#include <string.h>
#include "base/file.h"
#include "vault/vault_sql.h"
#include "work/work_sql.h"

enum { FILE_MAX = 1 << 20, ROWS_MAX = 20000 };

/* ---- from the store ------------------------------------------------------------------------- */

MUST_CHECK static enum rc rows_read(struct conn *c, struct arena *a, calendar_rows *rows,
                                    struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, &stmt_calendar_days, NULL, 0, &q, err));
    while (query_next(q)) {
        struct calendar_row r = {.day = str_dup(a, query_text(q, 0)),
                                 .kind = str_dup(a, query_text(q, 1)),
                                 .name = str_dup(a, query_text(q, 2))};
        if (date_parse(r.day, &r.at))
            *VEC_PUSH(a, rows) = r;
    }
    return query_end(q, err);
}

enum rc calendar_read(struct conn *c, struct arena *a, struct calendar **out, struct err *err)
{
    calendar_rows rows = {0};
    struct calendar *cal = NEW(a, struct calendar);
    TRY(rows_read(c, a, &rows, err));
    if (rows.n > 0) {
        cal->first = rows.at[0].at;
        cal->n = rows.at[rows.n - 1].at - cal->first + 1;
        uint8_t *kind = NEW_N(a, uint8_t, cal->n);
        for (size_t i = 0; i < rows.n; i++) {
            const struct calendar_row *r = &rows.at[i];
            if (str_eq(r->kind, S("year")))
                cal->published[month_year(date_month(r->at)) - DATE_YEAR_MIN] = true;
            else
                kind[r->at - cal->first] = str_eq(r->kind, S("off")) ? DAY_OFF : DAY_WORKED;
        }
        cal->kind = kind;
    }
    *out = cal;
    return RC_OK;
}

/* ---- from the file -------------------------------------------------------------------------- */

enum col { COL_DAY, COL_KIND, COL_NAME, COL_COUNT };
static const char *const col_names[COL_COUNT] = {"day", "kind", "name"};

struct reading {
    struct arena *a;
    struct csv_reader *csv;
    size_t at[COL_COUNT]; /* the field that holds the column */
    int64_t row;
    const str *fields;
    calendar_rows rows;
};

MUST_CHECK static enum rc mistake(const struct reading *r, enum col c, struct err *err,
                                  const char *expected)
{
    return err_set(err, RC_BAD_INPUT, "%s row %lld, column %s: found “%.*s”, expected %s",
                   csv_name(r->csv), (long long)r->row, col_names[c], STR_ARG(r->fields[r->at[c]]),
                   expected);
}

MUST_CHECK static enum rc row_read(struct reading *r, struct err *err)
{
    struct calendar_row row = {.day = str_dup(r->a, r->fields[r->at[COL_DAY]]),
                               .kind = str_dup(r->a, r->fields[r->at[COL_KIND]]),
                               .name = str_dup(r->a, r->fields[r->at[COL_NAME]])};
    if (!date_parse(row.day, &row.at))
        return mistake(r, COL_DAY, err, "a day like 2020-12-01");
    bool year = str_eq(row.kind, S("year"));
    if (!year && !str_eq(row.kind, S("off")) && !str_eq(row.kind, S("work")))
        return mistake(r, COL_KIND, err, "off, work or year");
    if (year && !str_ends(row.day, S("-01-01")))
        return mistake(r, COL_DAY, err, "the first of January of the year that is published");
    for (size_t i = r->rows.n; i-- > 0;) {
        const struct calendar_row *was = &r->rows.at[i];
        if (was->at == row.at && (str_eq(was->kind, S("year")) == year))
            return mistake(r, COL_DAY, err, "a day that is not there already");
    }
    if (r->rows.n == ROWS_MAX)
        return mistake(r, COL_DAY, err, "at most 20000 rows");
    *VEC_PUSH(r->a, &r->rows) = row;
    return RC_OK;
}

enum rc calendar_rows_read(const struct csv_options *options, struct arena *a, calendar_rows *out,
                           struct err *err)
{
    struct reading r = {.a = a, .row = 1};
    TRY(csv_open(a, options, &r.csv, err));
    enum rc rc = csv_rows_columns(r.csv, col_names, COL_COUNT, r.at, err);
    while (rc == RC_OK && (rc = csv_row(r.csv, &r.fields, err)) == RC_OK && r.fields != NULL) {
        r.row++;
        rc = row_read(&r, err);
    }
    csv_close(r.csv);
    *out = r.rows;
    return rc;
}

/* ---- the store brought to the file ---------------------------------------------------------- */

static bool row_among(const calendar_rows *rows, const struct calendar_row *r)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->at[i].at == r->at && str_eq(rows->at[i].kind, r->kind) &&
            str_eq(rows->at[i].name, r->name))
            return true;
    return false;
}

MUST_CHECK static enum rc rows_bring(struct change *c, const calendar_rows *was,
                                     const calendar_rows *is, struct err *err)
{
    for (size_t i = 0; i < was->n; i++) {
        const struct calendar_row *r = &was->at[i];
        if (row_among(is, r))
            continue;
        const struct value v[] = {V_TEXT(r->day), V_TEXT(r->kind)};
        change_note(c, "calendar_day", v, 2);
        TRY(exec(c->conn, &stmt_calendar_day_drop, v, 2, NULL, err));
    }
    for (size_t i = 0; i < is->n; i++) {
        const struct calendar_row *r = &is->at[i];
        if (row_among(was, r))
            continue;
        const struct value v[] = {V_TEXT(r->day), V_TEXT(r->kind), V_TEXT(r->name)};
        change_note(c, "calendar_day", v, 3);
        TRY(exec(c->conn, &stmt_calendar_day_put, v, 3, NULL, err));
    }
    return RC_OK;
}

enum rc calendar_load(struct change *c, const char *path, struct err *err)
{
    struct arena a = {0};
    calendar_rows was = {0}, is = {0};
    enum rc rc = calendar_rows_read(&(struct csv_options){.path = path}, &a, &is, err);
    if (rc == RC_OK)
        rc = rows_read(c->conn, &a, &was, err);
    if (rc == RC_OK)
        rc = rows_bring(c, &was, &is, err);
    arena_deinit(&a);
    return rc;
}

/* ---- init ----------------------------------------------------------------------------------- */

struct bringing {
    const char *path;
    str hash; /* of the file */
};

static enum rc bring(struct change *c, void *ctx, struct err *err)
{
    const struct bringing *b = ctx;
    const struct value v[] = {V_TEXT(S("calendar_hash")), V_TEXT(b->hash)};
    TRY(calendar_load(c, b->path, err));
    change_note(c, "meta", v, 2);
    return exec(c->conn, &stmt_meta_put, v, 2, NULL, err);
}

MUST_CHECK static enum rc hash_was(struct store *s, struct arena *a, str *out, struct err *err)
{
    const struct value v = V_TEXT(S("calendar_hash"));
    struct conn *c = NULL;
    struct query *q = NULL;
    *out = S("");
    TRY(store_reader(s, &c, err));
    enum rc rc = query(c, &stmt_meta_get, &v, 1, &q, err);
    if (rc == RC_OK) {
        if (query_next(q))
            *out = str_dup(a, query_text(q, 0));
        rc = query_end(q, err);
    }
    store_reader_done(c);
    return rc;
}

MUST_CHECK static enum rc init_with(struct city *city, const char *path, int64_t at_ms,
                                    struct arena *a, struct err *err)
{
    struct bringing b = {.path = path};
    uint8_t hash[VAULT_HASH];
    str text, was;
    TRY(file_read(path, FILE_MAX, a, &text, err));
    sm3_once(text.p, text.n, hash);
    b.hash = hash_text(hash, a);
    TRY(hash_was(city->store, a, &was, err));
    if (str_eq(was, b.hash))
        return RC_OK;
    struct change_spec spec = {.store = city->store,
                               .county_code = city->place->division / 1000000,
                               .who = city->who,
                               .why = S("init: the calendar of working days"),
                               .at_ms = at_ms};
    return change_write(&spec, bring, &b, NULL, err);
}

enum rc calendar_init(struct city *city, const char *home, int64_t at_ms, struct err *err)
{
    struct arena a = {0};
    const char *own = str_z(
        &a, str_fmt(&a, "%s/places/%.*s/calendar.csv", home, STR_ARG(city->place->name.text)));
    const char *common = str_z(&a, str_fmt(&a, "%s/places/calendar.csv", home));
    const char *path = path_exists(own) ? own : path_exists(common) ? common : NULL;
    enum rc rc = path != NULL ? init_with(city, path, at_ms, &a, err) : RC_OK;
    arena_deinit(&a);
    return rc;
}
