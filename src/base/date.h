/*
 * Days and months of the proleptic Gregorian calendar. A day is the number of days since
 * 1970-01-01; a month is year * 12 + (month - 1). Both are plain int32, range checked when parsed:
 * years 1800 to 2199. No clock is read here.
 */
#ifndef HUIMIN_BASE_DATE_H
#define HUIMIN_BASE_DATE_H

#include "base/str.h"

typedef int32_t day;
typedef int32_t month;

enum { DATE_YEAR_MIN = 1800, DATE_YEAR_MAX = 2199 };

bool date_valid(int y, int m, int d); /* 30 February is not */
day date_day(int y, int m, int d);    /* must be valid */
void date_civil(day d, int *y, int *m, int *dd);
bool date_parse(str s, day *out);    /* YYYY-MM-DD only */
bool month_parse(str s, month *out); /* YYYY-MM only */
day month_first(month m);
month date_month(day d);
month month_of(int y, int m);
int month_year(month m);
int month_number(month m); /* 1..12 */
/* Both return out; a year that has not four digits gives "(no date)" and "(none)". */
char *date_text(day d, char out[11]);
char *month_text(month m, char out[8]);

/*
 * Completed years and months from `from` to `at`; negative when at < from (the day before is -1).
 * Somebody born on 29 February completes a year on 1 March of a common year.
 */
int date_years(day from, day at);
int date_months(day from, day at);

/* The first day on which date_years(from, day) >= years. Nothing goes beyond year 5,000,000. */
day date_add_years(day from, int years);

#endif
