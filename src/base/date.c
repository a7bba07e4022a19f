/* Calendar arithmetic on counted days. */
#include "base/date.h"

#include <assert.h>
#include <string.h>

enum { YEAR_FAR = 5000000 };

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[m - 1] + (m == 2 && leap(y));
}

bool date_valid(int y, int m, int d)
{
    return y >= DATE_YEAR_MIN && y <= DATE_YEAR_MAX && m >= 1 && m <= 12 && d >= 1 &&
           d <= month_days(y, m);
}

/*
 * Counted in years that begin on 1 March, so that the leap day is the last of its year, within
 * eras of 400 years, which are all alike. Years outside the accepted range are right as well, up to
 * where a day would no longer fit.
 */
static day count_days(int64_t y, int m, int d)
{
    int year = (int)(y < -YEAR_FAR ? -YEAR_FAR : y > YEAR_FAR ? YEAR_FAR : y) - (m <= 2);
    int era = (year >= 0 ? year : year - 399) / 400;
    int yoe = year - era * 400;
    int doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

day date_day(int y, int m, int d)
{
    assert(date_valid(y, m, d));
    return count_days(y, m, d);
}

void date_civil(day d, int *y, int *m, int *dd)
{
    int64_t z = (int64_t)d + 719468;
    int era = (int)((z >= 0 ? z : z - 146096) / 146097);
    int doe = (int)(z - (int64_t)era * 146097);
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    *dd = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

/* n digits at s.p + at, and nothing else. */
static bool digits(str s, size_t at, size_t n, int *out)
{
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return true;
}

bool date_parse(str s, day *out)
{
    int y, m, d;

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s, 0, 4, &y) ||
        !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d) || !date_valid(y, m, d))
        return false;
    *out = count_days(y, m, d);
    return true;
}

bool month_parse(str s, month *out)
{
    int y, m;

    if (s.n != 7 || s.p[4] != '-' || !digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) ||
        !date_valid(y, m, 1))
        return false;
    *out = month_of(y, m);
    return true;
}

day month_first(month m)
{
    return count_days(month_year(m), month_number(m), 1);
}

month date_month(day d)
{
    int y, m, dd;

    date_civil(d, &y, &m, &dd);
    return month_of(y, m);
}

month month_of(int y, int m)
{
    return y * 12 + (m - 1);
}

int month_year(month m)
{
    return (m >= 0 ? m : m - 11) / 12;
}

int month_number(month m)
{
    return m - month_year(m) * 12 + 1;
}

/* n digits of v, with zeros before it. */
static void put(char *out, int v, int n)
{
    while (n-- > 0) {
        out[n] = (char)('0' + v % 10);
        v /= 10;
    }
}

char *date_text(day d, char out[11])
{
    int y, m, dd;

    date_civil(d, &y, &m, &dd);
    memcpy(out, "(no date)", 10);
    if (y >= 0 && y <= 9999) {
        memcpy(out, "0000-00-00", 11);
        put(out, y, 4);
        put(out + 5, m, 2);
        put(out + 8, dd, 2);
    }
    return out;
}

char *month_text(month m, char out[8])
{
    int y = month_year(m);

    memcpy(out, "(none)", 7);
    if (y >= 0 && y <= 9999) {
        memcpy(out, "0000-00", 8);
        put(out, y, 4);
        put(out + 5, month_number(m), 2);
    }
    return out;
}

int date_months(day from, day at)
{
    int y1, m1, d1, y2, m2, d2;

    date_civil(from, &y1, &m1, &d1);
    date_civil(at, &y2, &m2, &d2);
    return (y2 - y1) * 12 + (m2 - m1) - (d2 < d1);
}

int date_years(day from, day at)
{
    int months = date_months(from, at);

    return (months >= 0 ? months : months - 11) / 12;
}

day date_add_years(day from, int years)
{
    int y, m, d;

    date_civil(from, &y, &m, &d);
    /* 29 February of a common year is counted as the day behind the 28th, which is 1 March. */
    return count_days((int64_t)y + years, m, d);
}
