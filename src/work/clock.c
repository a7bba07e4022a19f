/* Counting time limits in working days, days and months. */
#include "work/calendar.h"

#include <limits.h>

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000 };

day program_day(day fixed)
{
    return fixed != 0 ? fixed : (day)((clock_ms() + CHINA_MS) / DAY_MS);
}

bool calendar_published(const struct calendar *c, int year)
{
    return year >= DATE_YEAR_MIN && year <= DATE_YEAR_MAX && c->published[year - DATE_YEAR_MIN];
}

bool calendar_workday(const struct calendar *c, day d)
{
    if (d >= c->first && d - c->first < c->n && c->kind[d - c->first] != DAY_USUAL)
        return c->kind[d - c->first] == DAY_WORKED;
    int week = (int)((d % 7 + 7 + 3) % 7); /* 0: Monday; 1970-01-01 was a Thursday */
    return week < 5;
}

/* ---- spans ---------------------------------------------------------------------------------- */

/* Units in (from, to]; to >= from. */
static int count(const struct calendar *c, enum deadline_unit unit, day from, day to)
{
    int n = 0;
    if (unit != IN_WORKDAYS)
        return (int)(to - from);
    for (day d = from + 1; d <= to; d++)
        n += calendar_workday(c, d);
    return n;
}

/* The n-th unit after `from`; `from` itself when n is 0. */
static day forward(const struct calendar *c, enum deadline_unit unit, day from, int n)
{
    if (unit != IN_WORKDAYS)
        return from + n;
    while (n > 0)
        n -= calendar_workday(c, ++from);
    return from;
}

static bool runs_into_unpublished(const struct calendar *c, day from, day to)
{
    int first, last, month_, day_;
    date_civil(from, &first, &month_, &day_);
    date_civil(to, &last, &month_, &day_);
    for (int y = first; y <= last; y++)
        if (!calendar_published(c, y))
            return true;
    return false;
}

static void say_unsure(const struct calendar *c, enum deadline_unit unit, day from, day to,
                       bool *unsure)
{
    if (unsure != NULL)
        *unsure = unit == IN_WORKDAYS && runs_into_unpublished(c, from, to);
}

/* The same day n months on; a month without it gives its last day. */
static day add_months(day start, int n)
{
    int y, m, d;
    date_civil(start, &y, &m, &d);
    month then = month_of(y, m) + n;
    while (!date_valid(month_year(then), month_number(then), d))
        d--;
    return date_day(month_year(then), month_number(then), d);
}

/* ---- limits --------------------------------------------------------------------------------- */

day deadline_due(const struct calendar *c, day start, const struct deadline *d, bool *unsure)
{
    if (unsure != NULL)
        *unsure = false;
    if (d->n <= 0)
        return 0;
    if (d->unit == IN_MONTHS)
        return add_months(start, d->n);
    day due = forward(c, d->unit, start, d->n);
    say_unsure(c, d->unit, start + 1, due, unsure);
    return due;
}

day deadline_moved(const struct calendar *c, day due, enum deadline_unit unit, day from, day to,
                   bool *unsure)
{
    if (unsure != NULL)
        *unsure = false;
    if (due == 0 || to <= from)
        return due;
    day moved = forward(c, unit, due, count(c, unit, from - 1, to - 1));
    say_unsure(c, unit, from < due ? from : due, moved, unsure);
    return moved;
}

day deadline_warn(const struct calendar *c, day start, day due, enum deadline_unit unit)
{
    if (due <= start)
        return due;
    int n = count(c, unit, start, due);
    day warn = forward(c, unit, start, (4 * n + 4) / 5);
    return warn < due ? warn : due;
}

int deadline_left(const struct calendar *c, day today, day due, enum deadline_unit unit)
{
    if (today <= due)
        return count(c, unit, today, due);
    /* A weekend may pass without a working day that is lost, but the limit is over all the same. */
    int late = count(c, unit, due, today);
    return late > 0 ? -late : -1;
}
