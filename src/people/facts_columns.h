/*
 * Columns being filled from the store: the storage of a block's columns and how a value of a row
 * becomes an element. Inside people/ only, for facts_read.c.
 */
#ifndef HUIMIN_PEOPLE_FACTS_COLUMNS_H
#define HUIMIN_PEOPLE_FACTS_COLUMNS_H

#include "eval/facts.h"
#include "people/registers.h"

/* Beside the kinds of the language: a code that people.sql keeps as its number. */
enum { K_NUMBERED_CODE = K__COUNT };

/* The storage of one slot; reused from slice to slice. */
struct fact_column {
    const struct field *field; /* NULL: nothing is stored of this slot */
    size_t width;
    int kind;         /* enum kind of the field, or K_NUMBERED_CODE */
    void *at;         /* owned */
    uint8_t *unknown; /* owned */
    size_t known;     /* values of this slice */
    uint8_t last;     /* index of the code value read last */
    bool then;        /* a code's value that the list doesn't have is unknown, no failure */
};

/* The slots of one register. */
struct fact_columns {
    struct fact_column *slots; /* in the arena */
    struct column *columns;    /* as the block shows them; in the arena */
    size_t n, room;            /* slots; rows that there is room for */
};

/* Only slots that a policy can read, and that none carries, get a column. */
void fact_columns_init(struct fact_columns *c, const struct reg *reg, bool then, struct arena *a);
void fact_columns_deinit(struct fact_columns *c);
/* `rows` rows, nothing known. */
void fact_columns_clear(struct fact_columns *c, size_t rows);
/* Room for so many rows; what is there stays, what is new is not known. */
void fact_columns_room(struct fact_columns *c, size_t rows);
/* Take out the rows where keep[i] is 0, of which nothing was taken. */
void fact_columns_keep(struct fact_columns *c, const uint8_t *keep, size_t rows);
/* After the last value: bounds, and what is all known or all unknown. */
void fact_columns_finish(struct fact_columns *c, size_t rows);

/* Column `col` of the row where q stands, into a row of the column; null leaves it unknown. False:
 * the text or number is no value of the field (the store was written by something else). */
MUST_CHECK bool fact_column_take(struct fact_column *c, size_t row, const struct query *q,
                                 size_t col);

#endif
