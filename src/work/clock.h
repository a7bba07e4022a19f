/*
 * The legal clock: working days and time limits. The calendar is data of the place (days off on
 * weekdays, working days at weekends, year by year); a limit is counted from the day after the one
 * that starts it. A year whose calendar is not published is reckoned by weekdays alone, and said so.
 */
#ifndef HUIMIN_WORK_CLOCK_H
#define HUIMIN_WORK_CLOCK_H

#include "guard/guard.h"

struct calendar;
/* The store's calendar, put there by init. In the arena; read only afterwards, by any thread. */
MUST_CHECK enum rc calendar_read(struct conn *c, struct arena *a, struct calendar **out,
                                 struct err *err);
bool calendar_workday(const struct calendar *c, day d);
bool calendar_published(const struct calendar *c, int year);

/*
 * The last day of a limit that `start` starts, counted from the day after it; 0 when d has none.
 * Days and months are counted as they come, also when the last one is a holiday: the earlier day is
 * the safe one to show. A month that ends short gives its last day. *unsure (may be NULL, like all of
 * them here): working days run into a year without a calendar.
 */
day deadline_due(const struct calendar *c, day start, const struct deadline *d, bool *unsure);
/*
 * `due` moved by a pause from one day (that on which the clock stood still first) to another (the first
 * that counts again). Months are moved by days. Unchanged when `to` is not after `from`. `start` can be
 * moved the same way, for deadline_warn().
 */
day deadline_moved(const struct calendar *c, day due, enum deadline_unit unit, day from, day to,
                   bool *unsure);
/* The day with which 80 % of the days after `start` up to `due` are used up, as all are with `due`. */
day deadline_warn(const struct calendar *c, day start, day due, enum deadline_unit unit);
/* Working days (or days) left: 0 on the last one, negative from the day after it. */
int deadline_left(const struct calendar *c, day today, day due, enum deadline_unit unit);

/* The program's day: `fixed`, or the clock's in China's time (UTC+8) when that is 0. */
day program_day(day fixed);

/*
 * calendar.csv into the store, inside a change of the city's own county; what is there already is not
 * written again. Columns day, kind (off: nobody works; work: a weekend that is worked; year: that year's
 * calendar is published) and name. RC_BAD_INPUT names row, found and expected.
 */
MUST_CHECK enum rc calendar_load(struct change *c, const char *path, struct err *err);
/*
 * The same as init does it: places/PLACE/calendar.csv below `home` where there is one, else
 * places/calendar.csv, in a change of its own, and only when the file is not the one loaded last. With
 * neither file the store's calendar stays. at_ms: the change's time, 0 the clock's.
 */
MUST_CHECK enum rc calendar_init(struct city *city, const char *home, int64_t at_ms,
                                 struct err *err);

#endif
