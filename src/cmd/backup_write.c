/* Writing a backup: one snapshot, table after table. */
#include <string.h>

#include "base/file.h"
#include "cmd/backup_file.h"
#include "store/migrate.h"

enum { FLUSH = 1 << 16, CHUNK_MAX = 1 << 30 };

struct writing {
    struct file_out file;
    struct sm3 *hash;
    struct sbuf chunk;
    int64_t rows;
};

static void flush(struct writing *w)
{
    sm3_add(w->hash, w->chunk.p, w->chunk.n);
    file_out_str(&w->file, sbuf_str(&w->chunk));
    sbuf_clear(&w->chunk);
}

static void put_number(struct writing *w, int64_t v)
{
    uint64_t z = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
    for (; z >= 0x80; z >>= 7)
        sbuf_addc(&w->chunk, (char)(z | 0x80));
    sbuf_addc(&w->chunk, (char)z);
}

static void put_text(struct writing *w, str s)
{
    put_number(w, (int64_t)s.n);
    sbuf_add(&w->chunk, s);
}

static void put_table(struct writing *w, const struct whole_table *t)
{
    sbuf_addc(&w->chunk, 'T');
    put_text(w, t->name);
    put_number(w, t->generated);
    put_number(w, (int64_t)t->n_columns);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column_info *c = &t->columns[i];
        put_text(w, c->name);
        sbuf_addc(&w->chunk, c->is_text ? 2 : c->is_blob ? 3 : 1);
        sbuf_addc(&w->chunk, c->not_null);
    }
}

static void put_row(struct writing *w, const struct whole_table *t, const struct query *q)
{
    sbuf_addc(&w->chunk, 'R');
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column_info *c = &t->columns[i];
        char kind = query_null(q, i) ? 0 : c->is_text ? 2 : c->is_blob ? 3 : 1;
        sbuf_addc(&w->chunk, kind);
        if (kind == 1)
            put_number(w, query_int(q, i));
        else if (kind != 0)
            put_text(w, kind == 2 ? query_text(q, i) : query_blob(q, i));
    }
    if (w->chunk.n >= FLUSH)
        flush(w);
}

MUST_CHECK static enum rc write_table(struct writing *w, struct conn *c,
                                      const struct whole_table *t, const struct backup_progress *p,
                                      struct err *err)
{
    struct query *q = NULL;
    int64_t rows = 0;
    put_table(w, t);
    TRY(query(c, &t->read_all, NULL, 0, &q, err));
    while (query_next(q)) {
        put_row(w, t, q);
        rows++;
        if (++w->rows % PROGRESS_ROWS == 0 && p != NULL)
            p->rows(p->ctx, w->rows);
    }
    TRY(query_end(q, err));
    sbuf_addc(&w->chunk, 'E');
    put_number(w, rows);
    return RC_OK;
}

MUST_CHECK static enum rc write_tables(struct writing *w, struct conn *c,
                                       const struct backup_progress *p, struct err *err)
{
    struct arena a = {0};
    struct whole_table *list = NULL;
    size_t n = 0;
    uint8_t digest[VAULT_HASH];
    sbuf_addz(&w->chunk, BACKUP_FORM);
    put_number(w, schema_version(catalogue, catalogue_n));
    enum rc rc = whole_tables(c, &a, &list, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = write_table(w, c, &list[i], p, err);
    sbuf_addc(&w->chunk, 'Z');
    flush(w);
    sm3_end(w->hash, digest);
    file_out_write(&w->file, (const char *)digest, sizeof digest);
    arena_deinit(&a);
    return rc;
}

enum rc backup_write(struct store *s, const char *path, const struct backup_progress *p,
                     int64_t *rows, struct err *err)
{
    struct writing w = {0};
    struct conn *c = NULL;
    TRY(file_out_open(&w.file, path, err));
    w.hash = sm3_open();
    sbuf_init(&w.chunk, CHUNK_MAX);
    enum rc rc = store_reader(s, &c, err);
    if (rc == RC_OK) {
        rc = read_begin(c, err);
        if (rc == RC_OK)
            rc = write_tables(&w, c, p, err);
        read_end(c);
    }
    store_reader_done(c);
    if (rc == RC_OK && w.chunk.failed)
        rc = err_set(err, RC_LIMIT, "a row is larger than a backup can hold");
    if (rc == RC_OK)
        rc = file_out_commit(&w.file, err);
    file_out_abort(&w.file);
    sm3_close(w.hash);
    sbuf_deinit(&w.chunk);
    *rows = w.rows;
    return rc;
}
