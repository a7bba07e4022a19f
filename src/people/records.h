/*
 * Records of any register, by what it declares: read, listed in the declared order, put with their
 * history. Households and persons are read through here like others; what happens to them is written by
 * edit.h.
 */
#ifndef HUIMIN_PEOPLE_RECORDS_H
#define HUIMIN_PEOPLE_RECORDS_H

#include "people/list.h"
#include "people/view.h"

struct record_row {
    int64_t county, record, division;
    int64_t created_ms; /* 0: not kept (households, persons) */
    str who;
    int64_t version;
};
/* Is it a register with records of its own: neither household nor person? */
bool record_own(const struct reg *r);
/* RC_NOT_FOUND. */
MUST_CHECK enum rc record_read(struct conn *c, const struct reg *r, int64_t county, int64_t record,
                               struct arena *a, struct record_row *out, struct err *err);

/* The values that hold on a day, one for each stored field, with since when; in the arena. */
MUST_CHECK enum rc record_values(const struct registers *all, const struct reg *r, struct conn *c,
                                 int64_t county, int64_t record, day on, struct arena *a,
                                 struct view_fact **out, size_t *n, struct err *err);
/*
 * As it was believed at a change position; 0: now. RC_NOT_FOUND: it was not on record then. Its division
 * and sort key have no past: they are today's.
 */
MUST_CHECK enum rc record_read_then(const struct registers *all, const struct reg *r,
                                    struct conn *c, int64_t county, int64_t record,
                                    int64_t position, struct arena *a, struct record_row *out,
                                    struct err *err);
MUST_CHECK enum rc record_values_then(const struct registers *all, const struct reg *r,
                                      struct conn *c, int64_t county, int64_t record, day on,
                                      int64_t position, struct arena *a, struct view_fact **out,
                                      size_t *n, struct err *err);
/* Which values held from when to when, the newest first. */
struct record_version {
    str from, to;
    int64_t position, at_ms;
    str who, why;
    struct view_fact *values;
    size_t n;
};
MUST_CHECK enum rc record_history(const struct registers *all, const struct reg *r, struct conn *c,
                                  int64_t county, int64_t record, struct arena *a,
                                  struct record_version **out, size_t *n, struct err *err);

/* The same as believed at a change position; 0: now. */
MUST_CHECK enum rc record_history_then(const struct registers *all, const struct reg *r,
                                       struct conn *c, int64_t county, int64_t record,
                                       int64_t position, struct arena *a,
                                       struct record_version **out, size_t *n, struct err *err);

/* Of a register of its own, in its declared order. s: bounds, down, limit, after. */
MUST_CHECK enum rc record_list(const struct list_spec *s, const struct reg *r, struct conn *c,
                               struct arena *a, struct record_row **out, size_t *n,
                               struct list_after *next, struct err *err);
MUST_CHECK enum rc record_count(const struct list_spec *s, const struct reg *r, struct conn *c,
                                struct list_count *out, struct err *err);

/* The same as of a day and as known at a time (s->at): of what was on record then, in the order of the values
 * of then; all of them are gone through for a page, and the count is exact. */
MUST_CHECK enum rc record_list_then(const struct registers *all, const struct list_spec *s,
                                    const struct reg *r, struct conn *c, struct arena *a,
                                    struct record_row **out, size_t *n, struct list_after *next,
                                    struct list_count *count, struct err *err);

struct record_value {
    const struct field *field;
    struct value value;
};
struct record_edit {
    struct city *city;
    const struct reg *reg;
    int64_t county, record; /* record 0: a new one */
    int64_t division;       /* of a new one; else 0: as it is */
    int64_t version;        /* that was seen; 0: not looked at */
    day day;                /* from which the values hold */
    str who;
    const struct record_value *values; /* those not named stay as they are */
    size_t n;
};
/* RC_BAD_INPUT: a required value is missing or one is not of its kind. RC_CONFLICT: the version is
 * over. RC_NOT_FOUND. */
MUST_CHECK enum rc record_edit(const struct record_edit *e, struct record_row *out,
                               struct err *err);

#endif
