/* Restoring a backup: the file is proven whole first, then read again into an empty store. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/backup_file.h"
#include "people/load.h"
#include "people/people_sql.h"
#include "store/migrate.h"

enum { BUFFER = 1 << 20, VALUE_MAX = 1 << 28 };
static const char FORM[] = BACKUP_FORM;
enum { FORM_BYTES = sizeof FORM - 1 };

struct reading {
    int fd;
    const char *path;
    struct arena *arena;
    char *buffer; /* in the arena */
    size_t at, n;
    bool bad; /* cut off, or nothing that a backup has */
    struct sbuf row;
    int64_t rows;
    int version;
    const struct backup_progress *progress;
};

/* ---- bytes ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc io_failed(const struct reading *r, struct err *err)
{
    return err_set(err, RC_IO, "%s: %s", r->path, strerror(errno));
}

static bool more(struct reading *r)
{
    if (r->at < r->n)
        return true;
    ssize_t got = read(r->fd, r->buffer, BUFFER);
    r->at = 0;
    r->n = got > 0 ? (size_t)got : 0;
    r->bad = r->bad || got <= 0;
    return got > 0;
}

static unsigned char get_byte(struct reading *r)
{
    return more(r) ? (unsigned char)r->buffer[r->at++] : 0;
}

static int64_t get_number(struct reading *r)
{
    uint64_t z = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char c = get_byte(r);
        if (shift > 63 || (shift == 63 && c > 1))
            r->bad = true;
        if (r->bad)
            return 0;
        z |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            break;
    }
    return (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
}

/* Appended to `out`; its length, or 0 when something is wrong. */
static size_t get_bytes(struct reading *r, struct sbuf *out)
{
    int64_t n = get_number(r);
    size_t left = n >= 0 && n <= VALUE_MAX ? (size_t)n : 0;
    r->bad = r->bad || n < 0 || n > VALUE_MAX;
    while (left > 0 && !r->bad && more(r)) {
        size_t here = r->n - r->at < left ? r->n - r->at : left;
        sbuf_add(out, (str){r->buffer + r->at, here});
        r->at += here;
        left -= here;
    }
    r->bad = r->bad || out->failed;
    return r->bad ? 0 : (size_t)n;
}

static str get_text(struct reading *r)
{
    sbuf_clear(&r->row);
    get_bytes(r, &r->row);
    r->bad = r->bad || !utf8_valid(sbuf_str(&r->row), NULL);
    return r->bad ? S("") : str_dup(r->arena, sbuf_str(&r->row));
}

/* ---- is it whole? --------------------------------------------------------------------------- */

MUST_CHECK static enum rc not_whole(const struct reading *r, const char *what, struct err *err)
{
    return err_set(err, RC_BAD_INPUT, "%s: %s; nothing was restored", r->path, what);
}

/* The last bytes are the SM3 of all before them. */
MUST_CHECK static enum rc prove(struct reading *r, struct err *err)
{
    uint8_t found[VAULT_HASH];
    uint8_t expected[VAULT_HASH];
    off_t size = lseek(r->fd, 0, SEEK_END);
    if (size < 0 || lseek(r->fd, 0, SEEK_SET) != 0)
        return io_failed(r, err);
    if (size < (off_t)(FORM_BYTES + VAULT_HASH))
        return not_whole(r, "too short for a backup", err);
    struct sm3 *hash = sm3_open();
    for (off_t left = size - VAULT_HASH; left > 0 && more(r);) {
        size_t here = r->n - r->at;
        here = (off_t)here < left ? here : (size_t)left;
        sm3_add(hash, r->buffer + r->at, here);
        r->at += here;
        left -= (off_t)here;
    }
    for (size_t i = 0; i < VAULT_HASH; i++)
        found[i] = get_byte(r);
    sm3_end(hash, expected);
    sm3_close(hash);
    if (r->bad || memcmp(found, expected, VAULT_HASH) != 0)
        return not_whole(r, "cut off or changed since it was written: its SM3 is another", err);
    r->at = r->n = 0;
    return lseek(r->fd, 0, SEEK_SET) == 0 ? RC_OK : io_failed(r, err);
}

MUST_CHECK static enum rc read_head(struct reading *r, struct err *err)
{
    int known = schema_version(catalogue, catalogue_n);
    for (size_t i = 0; i < FORM_BYTES; i++)
        if (get_byte(r) != (unsigned char)FORM[i])
            return not_whole(r, "not a backup of Huimin, or of a newer form", err);
    int64_t version = get_number(r);
    if (version > known)
        return err_set(err, RC_RULE,
                       "%s is of schema version %lld, this program knows up to %d: use the newer "
                       "program that made it",
                       r->path, (long long)version, known);
    if (r->bad || version < 1)
        return not_whole(r, "not a backup of Huimin", err);
    r->version = (int)version;
    return RC_OK;
}

/* ---- tables --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_table(struct reading *r, struct whole_table *t, struct err *err)
{
    enum { TABLE_COLUMNS_MAX = 256 };
    *t = (struct whole_table){.name = get_text(r)};
    t->generated = get_number(r) != 0;
    int64_t n = get_number(r);
    if (r->bad || n < 1 || n > TABLE_COLUMNS_MAX)
        return not_whole(r, "a table that can't be read", err);
    t->n_columns = (size_t)n;
    t->columns = NEW_N(r->arena, struct column_info, t->n_columns);
    for (size_t i = 0; i < t->n_columns; i++) {
        t->columns[i].name = get_text(r);
        unsigned char type = get_byte(r);
        t->columns[i].is_text = type == 2;
        t->columns[i].is_blob = type == 3;
        t->columns[i].not_null = get_byte(r) != 0;
    }
    return r->bad ? not_whole(r, "a table that can't be read", err) : RC_OK;
}

/* A table of the .sql files is there already and must have the same columns. */
MUST_CHECK static enum rc same_columns(struct reading *r, struct conn *c,
                                       const struct whole_table *t, struct err *err)
{
    struct column_info *here = NULL;
    size_t n = 0;
    TRY(store_columns(c, t->name, r->arena, &here, &n, err));
    bool same = n == t->n_columns;
    for (size_t i = 0; same && i < n; i++)
        same = str_eq(here[i].name, t->columns[i].name) &&
               here[i].is_text == t->columns[i].is_text && here[i].is_blob == t->columns[i].is_blob;
    return same ? RC_OK
                : err_set(err, RC_BAD_INPUT,
                          "%s: table %.*s has other columns than this program makes", r->path,
                          STR_ARG(t->name));
}

static void put_value(struct bulk *b, unsigned char kind, int64_t number, str text)
{
    if (kind == 1)
        bulk_int(b, number);
    else if (kind == 2)
        bulk_text(b, text);
    else if (kind == 3)
        bulk_blob(b, text);
    else
        bulk_null(b);
}

/* One row's values into r->row, then into the bulk: text must not move while it is handed over. */
MUST_CHECK static enum rc read_row(struct reading *r, const struct whole_table *t, struct bulk *b,
                                   bool of_meta, struct err *err)
{
    struct {
        int64_t number;
        size_t from, n;
        unsigned char kind;
    } values[256];
    sbuf_clear(&r->row);
    for (size_t i = 0; i < t->n_columns; i++) {
        unsigned char kind = get_byte(r);
        values[i].kind = kind;
        values[i].number = kind == 1 ? get_number(r) : 0;
        values[i].from = r->row.n;
        values[i].n = kind == 2 || kind == 3 ? get_bytes(r, &r->row) : 0;
        if (r->bad || kind > 3)
            return not_whole(r, "a row that can't be read", err);
    }
    /* How far the schema is stands there already. */
    str first = {r->row.p + values[0].from, values[0].n};
    if (of_meta && str_eq(first, S("schema_version")))
        return RC_OK;
    for (size_t i = 0; i < t->n_columns; i++)
        put_value(b, values[i].kind, values[i].number,
                  (str){r->row.p != NULL ? r->row.p + values[i].from : "", values[i].n});
    return bulk_row(b, err);
}

MUST_CHECK static enum rc read_rows(struct reading *r, const struct whole_table *t, struct bulk *b,
                                    struct err *err)
{
    bool of_meta = str_eq(t->name, S("meta"));
    int64_t rows = 0;
    for (;; rows++) {
        unsigned char what = get_byte(r);
        if (what == 'E' && get_number(r) == rows && !r->bad)
            return RC_OK;
        if (what != 'R' || r->bad)
            return not_whole(r, "a table that does not end as it should", err);
        TRY(read_row(r, t, b, of_meta, err));
        if (++r->rows % PROGRESS_ROWS == 0 && r->progress != NULL)
            r->progress->rows(r->progress->ctx, r->rows);
    }
}

MUST_CHECK static enum rc restore_table(struct reading *r, struct conn *c, struct err *err)
{
    struct whole_table t;
    struct bulk *b = NULL;
    TRY(read_table(r, &t, err));
    if (t.generated)
        TRY(whole_table_make(c, &t, err));
    else
        TRY(same_columns(r, c, &t, err));
    str *columns = NEW_N(r->arena, str, t.n_columns);
    for (size_t i = 0; i < t.n_columns; i++)
        columns[i] = str_fmt(r->arena, "\"%.*s\"", STR_ARG(t.columns[i].name));
    str name = str_fmt(r->arena, "\"%.*s\"", STR_ARG(t.name));
    TRY(bulk_open(c, name, columns, t.n_columns, &b, err));
    enum rc rc = read_rows(r, &t, b, err);
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

static enum rc restore_all(struct conn *c, void *ctx, struct err *err)
{
    struct reading *r = ctx;
    /* It may be run again from its start. */
    r->at = r->n = 0;
    r->rows = 0;
    if (lseek(r->fd, 0, SEEK_SET) != 0)
        return io_failed(r, err);
    TRY(read_head(r, err));
    TRY(indexes_drop(c, err));
    for (;;) {
        unsigned char what = get_byte(r);
        if (what == 'Z' && !r->bad)
            break;
        if (what != 'T' || r->bad)
            return not_whole(r, "what stands between its tables can't be read", err);
        TRY(restore_table(r, c, err));
    }
    return indexes_make(c, err);
}

/* ---- the store ------------------------------------------------------------------------------ */

/* The tables as they were in the backup's version; newer ones come with `huimin init`. */
MUST_CHECK static enum rc make_tables(const struct reading *r, struct store *s, struct err *err)
{
    const struct module_sql **modules = NEW_N(r->arena, const struct module_sql *, catalogue_n);
    for (size_t m = 0; m < catalogue_n; m++) {
        struct module_sql *copy = NEW(r->arena, struct module_sql);
        struct schema *blocks = NEW_N(r->arena, struct schema, catalogue[m]->n_schema + 1);
        *copy = *catalogue[m];
        copy->n_schema = 0;
        copy->schema = blocks;
        for (size_t i = 0; i < catalogue[m]->n_schema; i++)
            if (catalogue[m]->schema[i].since <= r->version)
                blocks[copy->n_schema++] = catalogue[m]->schema[i];
        modules[m] = copy;
    }
    return schema_up(s, modules, catalogue_n, err);
}

MUST_CHECK static enum rc empty_check(struct store *s, struct err *err)
{
    struct conn *c = NULL;
    int64_t rows = 0;
    int version = 0;
    TRY(schema_found(s, &version, err));
    if (version == 0)
        return RC_OK;
    TRY(store_reader(s, &c, err));
    enum rc rc = query_one(c, &stmt_store_any, NULL, 0, &rows, err);
    store_reader_done(c);
    if (rc == RC_OK && rows > 0)
        rc = err_set(err, RC_CONFLICT,
                     "%s is not empty: a backup goes into a new file or an empty database",
                     store_url(s));
    return rc;
}

MUST_CHECK static enum rc restore_into(struct reading *r, const char *url, struct err *err)
{
    struct store_options options = {.create = true};
    struct store *s = NULL;
    TRY(store_open(url, &options, &s, err));
    enum rc rc = empty_check(s, err);
    if (rc == RC_OK)
        rc = make_tables(r, s, err);
    if (rc == RC_OK)
        rc = store_write(s, restore_all, r, err);
    store_close(s);
    return rc;
}

enum rc backup_restore(const char *path, const char *url, const struct backup_progress *p,
                       int64_t *rows, struct err *err)
{
    struct arena a = {0};
    struct reading r = {.path = path, .arena = &a, .progress = p};
    r.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (r.fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", path,
                       strerror(errno));
    r.buffer = arena_alloc_raw(&a, BUFFER, 64);
    sbuf_init(&r.row, (size_t)VALUE_MAX * 2);
    enum rc rc = prove(&r, err);
    if (rc == RC_OK)
        rc = read_head(&r, err);
    if (rc == RC_OK)
        rc = restore_into(&r, url, err);
    *rows = r.rows;
    sbuf_deinit(&r.row);
    close(r.fd);
    arena_deinit(&a);
    return rc;
}
