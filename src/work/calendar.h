/* The calendar in memory; inside work/ only. clock.h has what others use. */
#ifndef HUIMIN_WORK_CALENDAR_H
#define HUIMIN_WORK_CALENDAR_H

#include "work/clock.h"

enum day_kind { DAY_USUAL, DAY_OFF, DAY_WORKED };

struct calendar {
    day first;           /* of kind[0] */
    int32_t n;           /* days in kind */
    const uint8_t *kind; /* enum day_kind; NULL when n is 0 */
    bool published[DATE_YEAR_MAX - DATE_YEAR_MIN + 1];
};

#endif
