/*
 * From the store to columns: the households of a county in the order of their ids, with their
 * members, as blocks for the evaluator: core columns and every line's facts alike, as they hold on a
 * day and as they were believed at a change position. Slices are read one after another, holding no
 * transaction between them; what a slice needs is read in key order and merged, so that a whole
 * county costs little more than reading its rows.
 */
#ifndef HUIMIN_PEOPLE_FACTS_READ_H
#define HUIMIN_PEOPLE_FACTS_READ_H

#include "eval/facts.h"
#include "people/registers.h"

enum { FACTS_SLICE = 4096 };

struct facts_spec {
    const struct city *city;
    int64_t county_code;
    int64_t division;       /* only households living below it; 0: the whole county */
    day on_day;             /* facts hold as on this day: the first of the month */
    int64_t position;       /* as believed then; the county's now (change_position) for "now" */
    int64_t from_household; /* start at this id; 0: the first */
    int64_t only_household; /* just this one; 0: all */
    struct conn *conn; /* read on it, as it stands (in a change, say); NULL: on one of the pool */
};

/* One slice. Arrays belong to the reader and hold until the next facts_next(). */
struct facts_slice {
    struct block block;     /* paid_last is for the caller to fill (pay) */
    struct column *subject; /* the block's columns again: those of fields that a policy carries */
    struct column *member;  /* from month to month are empty, for the caller to fill */
    const int64_t *households; /* ids */
    const int64_t *divisions;
    const int64_t *heads;
    const int64_t *persons; /* of the members, in the order of the block */
};

/* The codes of what lies within a division, itself included: its zeros at the end stand for anything. */
void division_span(int64_t division, int64_t *lo, int64_t *hi);

struct facts_reader;
MUST_CHECK enum rc facts_open(const struct facts_spec *spec, struct facts_reader **out,
                              struct err *err);
/* slice->block.n == 0 at the end. A household without members is a slice entry with none. */
MUST_CHECK enum rc facts_next(struct facts_reader *r, struct facts_slice *slice, struct err *err);
/* Go on with this id: for readers that take turns, each holding a slice of its own. */
void facts_seek(struct facts_reader *r, int64_t household);
/* Go on with just this one: for who reads single households one after another. */
void facts_one(struct facts_reader *r, int64_t household);
void facts_close(struct facts_reader *r);

#endif
