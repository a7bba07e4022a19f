/* See office.h. */
#include "work/office.h"

#include "base/file.h"
#include "sheet/csv.h"
#include "vault/vault_sql.h"
#include "work/work_sql.h"

enum { FILE_MAX = 1 << 20, ROWS_MAX = 5000, TEXT_MAX = 300 };
enum col { COL_DIVISION, COL_NAME, COL_PHONE, COL_ADDRESS, COL_HOURS, COL_COUNT };
static const char *const col_names[COL_COUNT] = {"division", "name", "phone", "address", "hours"};

struct office {
    int64_t division;
    str text[COL_COUNT];
};
typedef VEC(struct office) office_list;

struct reading {
    struct arena *a;
    struct csv_reader *csv;
    size_t at[COL_COUNT];
    int64_t row;
    const str *fields;
    office_list list;
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
    struct office o = {0};

    for (int c = 0; c < COL_COUNT; c++) {
        o.text[c] = str_dup(r->a, str_trim(r->fields[r->at[c]]));
        if (utf8_count(o.text[c]) > TEXT_MAX)
            return mistake(r, (enum col)c, err, "at most 300 characters");
    }
    str code = o.text[COL_DIVISION];
    if (code.n > 0 && (code.n != 12 || !str_int(code, &o.division) || o.division <= 0))
        return mistake(r, COL_DIVISION, err, "twelve digits, or nothing");
    if (o.text[COL_NAME].n == 0)
        return mistake(r, COL_NAME, err, "the name of the office");
    if (r->list.n == ROWS_MAX)
        return mistake(r, COL_DIVISION, err, "at most 5000 rows");
    *VEC_PUSH(r->a, &r->list) = o;
    return RC_OK;
}

MUST_CHECK static enum rc file_rows(const char *path, struct arena *a, office_list *out,
                                    struct err *err)
{
    struct reading r = {.a = a, .row = 1};

    TRY(csv_open(a, &(struct csv_options){.path = path}, &r.csv, err));
    enum rc rc = csv_rows_columns(r.csv, col_names, COL_COUNT, r.at, err);
    while (rc == RC_OK && (rc = csv_row(r.csv, &r.fields, err)) == RC_OK && r.fields != NULL) {
        r.row++;
        rc = row_read(&r, err);
    }
    csv_close(r.csv);
    *out = r.list;
    return rc;
}

struct bringing {
    const office_list *list;
    str hash;
};

static enum rc bring(struct change *c, void *ctx, struct err *err)
{
    const struct bringing *b = ctx;
    const struct value hash[] = {V_TEXT(S("offices_hash")), V_TEXT(b->hash)};

    TRY(exec(c->conn, &stmt_office_contacts_drop, NULL, 0, NULL, err));
    for (size_t i = 0; i < b->list->n; i++) {
        const struct office *o = &b->list->at[i];
        const struct value v[] = {V_INT(o->division),           V_INT((int64_t)i),
                                  V_TEXT(o->text[COL_NAME]),    V_TEXT(o->text[COL_PHONE]),
                                  V_TEXT(o->text[COL_ADDRESS]), V_TEXT(o->text[COL_HOURS])};
        change_note(c, "office_contact", v, 6);
        TRY(exec(c->conn, &stmt_office_contact_put, v, 6, NULL, err));
    }
    change_note(c, "meta", hash, 2);
    return exec(c->conn, &stmt_meta_put, hash, 2, NULL, err);
}

MUST_CHECK static enum rc hash_was(struct store *s, struct arena *a, str *out, struct err *err)
{
    const struct value v = V_TEXT(S("offices_hash"));
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
    uint8_t hash[VAULT_HASH];
    office_list list = {0};
    str text, was;

    TRY(file_read(path, FILE_MAX, a, &text, err));
    sm3_once(text.p, text.n, hash);
    struct bringing b = {&list, hash_text(hash, a)};
    TRY(hash_was(city->store, a, &was, err));
    if (str_eq(was, b.hash))
        return RC_OK;
    TRY(file_rows(path, a, &list, err));
    const struct change_spec spec = {.store = city->store,
                                     .county_code = city->place->division / 1000000,
                                     .who = city->who,
                                     .why = S("init: how citizens reach the offices"),
                                     .at_ms = at_ms};
    return change_write(&spec, bring, &b, NULL, err);
}

enum rc office_init(struct city *city, const char *home, int64_t at_ms, struct err *err)
{
    struct arena a = {0};
    const char *path =
        str_z(&a, str_fmt(&a, "%s/places/%.*s/offices.csv", home, STR_ARG(city->place->name.text)));
    enum rc rc = path_exists(path) ? init_with(city, path, at_ms, &a, err) : RC_OK;

    arena_deinit(&a);
    return rc;
}
