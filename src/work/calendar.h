/* The calendar in memory; inside work/ only. clock.h has what others use. */
#ifndef HUIMIN_WORK_CALENDAR_H
#define HUIMIN_WORK_CALENDAR_H

#include "base/arena.h"
#include "sheet/csv.h"
#include "work/clock.h"

enum day_kind { DAY_USUAL, DAY_OFF, DAY_WORKED };

struct calendar {
    day first;           /* of kind[0] */
    int32_t n;           /* days in kind */
    const uint8_t *kind; /* enum day_kind; NULL when n is 0 */
    bool published[DATE_YEAR_MAX - DATE_YEAR_MIN + 1];
};

/* A row of calendar.csv. */
struct calendar_row {
    str day, kind, name;
    day at; /* the same as `day` */
};
typedef VEC(struct calendar_row) calendar_rows;
/* The rows of the file, in the arena, none twice. RC_BAD_INPUT names row, found and expected. */
MUST_CHECK enum rc calendar_rows_read(const struct csv_options *options, struct arena *a,
                                      calendar_rows *out, struct err *err);

#endif
