/*
 * Files of households, persons and the running case load into the store: read, checked against each
 * other and the store, and put, county by county, each in one change.
 *
 *     load_read()     all files, every mistake with its file, row, column, found and expected
 *     load_put()      what belongs to one county, inside a change of it
 *     load_bad_rows() rows with mistakes as a file, with a column that says why
 *
 * A reference like 510402-117533616560406529 (county and id) means a household or person of the
 * store; any other text ties rows of these files together and is not kept. A family is taken whole or
 * not at all: a mistake in one row of it keeps out all. docs/files.md has the columns.
 */
#ifndef HUIMIN_PEOPLE_LOAD_FILE_H
#define HUIMIN_PEOPLE_LOAD_FILE_H

#include "people/load.h"
#include "people/load_columns.h"

enum load_kind { LOAD_HOUSEHOLDS, LOAD_PERSONS, LOAD_CASES, LOAD_KINDS };

struct load;
/*
 * Rows from elsewhere than a CSV file: of a workbook (load_book.h). begin() gives the head, next() the
 * fields of a row with its number there (*bad: it told mistakes of it); *fields NULL at the end. Texts live until the next call.
 */
struct load_rows {
    const char *name; /* for messages */
    enum rc (*begin)(void *ctx, struct load *l, const str **names, size_t *n, struct err *err);
    enum rc (*next)(void *ctx, const str **fields, int64_t *row, bool *bad, struct err *err);
    void *ctx;
};

struct load_spec {
    struct city *city;
    const char *path[LOAD_KINDS];             /* NULL: there is none; "-" is standard input */
    const struct load_rows *rows[LOAD_KINDS]; /* instead of the path; NULL: the path */
    /* May households of this division be brought in or changed? NULL: all. */
    bool (*within)(void *ctx, int64_t division);
    /* May somebody be put on the policy by these rows, without a case of the desk? NULL: on all. */
    bool (*may_enrol)(void *ctx, const struct policy *p);
    void *within_ctx; /* of both */
    /* Called now and then with the rows read so far; false: stop (RC_INTERRUPTED). NULL: not called. */
    bool (*go_on)(void *ctx, int64_t rows);
    void *go_on_ctx;
    day from; /* facts hold from this day where a row does not say */
    day today;
    month month;    /* of the last amounts paid; 0: not told */
    bool good_rows; /* leave out what has mistakes, take the rest */
    void (*note)(void *ctx, str text);
    void *note_ctx;
};

/* A mistake, in both languages; column as in the file's head, empty when the row as a whole is meant. */
struct load_mistake {
    enum load_kind kind;
    int64_t row;
    str column;
    struct told found, expected;
};

struct load_counts {
    int64_t rows[LOAD_KINDS], bad[LOAD_KINDS]; /* read; left out */
    int64_t households, persons, cases;        /* to be put, new and changed */
};

/* RC_BAD_INPUT: there were mistakes (with good_rows: none of them in a row that could be left out).
 * *out is there all the same, for load_mistakes(). */
MUST_CHECK enum rc load_read(const struct load_spec *spec, struct arena *a, struct load **out,
                             struct err *err);
/* By kind and row, in `a`, texts borrowed from l: the first thousand. Returns how many there were. */
int64_t load_mistake_list(const struct load *l, struct arena *a, struct load_mistake **out,
                          size_t *n);
/* One line each, ready to print. */
void load_mistakes(const struct load *l, struct sbuf *out);
void load_counts(const struct load *l, struct load_counts *out);
/* RC_NOT_FOUND: no row of this kind was bad. */
MUST_CHECK enum rc load_bad_rows(const struct load *l, enum load_kind kind, const char *path,
                                 struct err *err);

/* The counties that rows belong to, in order. */
void load_counties(const struct load *l, struct arena *a, int64_t **out, size_t *n);
MUST_CHECK enum rc load_put(struct load *l, struct change *c, struct err *err);

/* The last amount of a case of one county, once load_put() has given everybody an id. */
struct load_award {
    const struct policy *policy;
    int64_t household_id, person_id; /* person 0: the household's */
    int64_t fen;
    month first_above; /* 0: none */
};
void load_awards(const struct load *l, int64_t county, struct arena *a, struct load_award **out,
                 size_t *n);

/* Names and labels of a kind's columns, as a file's header has them, for templates. */
struct load_header {
    str name, label;
};
void load_template(const struct city *city, enum load_kind kind, struct arena *a,
                   struct load_header **out, size_t *n);

/* A relation to the head (GB/T 4761) by its two digits or in Chinese words; false: it is none. */
bool relation_read(str text, char out[3]);
str relation_word(str digits); /* 户主; the digits themselves when there is no word for them */

#endif
