/*
 * What a store holds, going out. Table by table, for copies that do not depend on the database and
 * for comparing two stores, without looking at the rules; and as files that people read.
 */
#ifndef HUIMIN_PEOPLE_DUMP_H
#define HUIMIN_PEOPLE_DUMP_H

#include "base/file.h"
#include "people/load_file.h"

struct whole_table {
    str name;
    struct column_info *columns;
    size_t n_columns;
    bool generated;            /* declared by a line (registers.h) */
    struct statement read_all; /* all columns of all rows, in the order of the key */
};

/* All tables, by name. */
MUST_CHECK enum rc whole_tables(struct conn *c, struct arena *a, struct whole_table **out,
                                size_t *n, struct err *err);

/* Make a generated table in another store, from its columns. RC_BAD_INPUT: not such a table. Inside
 * of store_write(). */
MUST_CHECK enum rc whole_table_make(struct conn *c, const struct whole_table *t, struct err *err);

/* ---- as files ------------------------------------------------------------------------------- */

/* What was paid last, in the order of household, person and programme. */
struct dump_amount {
    int64_t household_id, person_id;
    str programme;
    int64_t fen;
};
struct dump_spec {
    const struct city *city;
    enum load_kind kind;
    day on_day; /* who and what there is on it */
    /* As known at this time; 0: now. Numbers have no past and go out as they are. RC_BAD_INPUT: it is to come,
     * or before anything was known; a county of which nothing was known has no rows. */
    int64_t known_at_ms;
    int64_t division; /* only what lies below; 0: all */
    bool labels;      /* header and codes in Chinese; else names */
    bool full;        /* personal numbers unmasked: for who has recorded a reason */
    /* The amounts of a county's households from `first` to `last`; NULL: none are wanted. */
    enum rc (*amounts)(void *ctx, struct conn *c, int64_t county, int64_t first, int64_t last,
                       struct arena *a, struct dump_amount **out, size_t *n, struct err *err);
    /* The last look at every name and free text that goes out unless `full`: not RC_OK ends it there. `what`
     * names row and column. NULL: nobody looks. */
    enum rc (*look)(str text, const char *what, struct err *err);
    void *ctx;
};

/* Rows of one kind as CSV, with its header: what load_read() takes again. */
MUST_CHECK enum rc dump_file(const struct dump_spec *spec, struct file_out *f, int64_t *rows,
                             struct err *err);
/* Only the header. */
MUST_CHECK enum rc dump_template(const struct dump_spec *spec, struct file_out *f, struct err *err);

#endif
