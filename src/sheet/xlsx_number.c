/* Numbers and days as spreadsheets store them, by their decimal digits alone. */
#include <stdio.h>
#include <string.h>

#include "sheet/xlsx_in.h"

enum { DIGITS = 15, PLAIN = 40, SERIAL_MOST = 2958465 /* 9999-12-31 */ };

struct decimal {
    bool negative;
    char digit[DIGITS + 2]; /* without zeros in front or behind */
    int n;
    int point; /* digits before the point; may be negative or beyond n */
};

static bool digits_take(str s, size_t *at, struct decimal *d, bool *any, bool *more)
{
    bool fraction = false;
    for (; *at < s.n; ++*at) {
        char c = s.p[*at];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        *any = true;
        if (d->n == 0 && c == '0') {
            d->point -= fraction;
            continue;
        }
        if (d->n <= DIGITS)
            d->digit[d->n++] = c;
        else
            *more = *more || c != '0';
        d->point += !fraction;
    }
    return *any;
}

static bool exponent_take(str s, size_t *at, int *out)
{
    int64_t e = 0;
    *out = 0;
    if (*at == s.n)
        return true;
    if (s.p[*at] != 'e' && s.p[*at] != 'E')
        return false;
    size_t from = *at + 1;
    if (from < s.n && s.p[from] == '+')
        from++;
    if (s.n - from > 6 || !str_int(str_sub(s, from, s.n), &e))
        return false;
    *out = (int)e;
    return true;
}

/* To 15 digits, half up, as they are shown. */
static void round_off(struct decimal *d)
{
    if (d->n > DIGITS) {
        bool up = d->digit[DIGITS] >= '5';
        d->n = DIGITS;
        for (int i = DIGITS - 1; up && i >= 0; i--) {
            up = d->digit[i] == '9';
            d->digit[i] = up ? '0' : (char)(d->digit[i] + 1);
        }
        if (up) {
            d->digit[0] = '1';
            d->point++;
        }
    }
    while (d->n > 0 && d->digit[d->n - 1] == '0')
        d->n--;
}

static void plain_write(const struct decimal *d, char *out)
{
    char *o = out;
    if (d->negative)
        *o++ = '-';
    if (d->point <= 0)
        *o++ = '0';
    for (int i = 0; i < d->point; i++)
        *o++ = i < d->n ? d->digit[i] : '0';
    if (d->n > d->point) {
        *o++ = '.';
        for (int i = d->point; i < d->n; i++)
            *o++ = i < 0 ? '0' : d->digit[i];
    }
    *o = '\0';
}

bool xlsx_number_text(str s, char out[XLSX_NUMBER_TEXT])
{
    struct decimal d = {0};
    size_t at = 0;
    int e = 0;
    bool any = false;
    bool more = false;
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        d.negative = s.p[0] == '-';
        at = 1;
    }
    if (!digits_take(s, &at, &d, &any, &more) || !exponent_take(s, &at, &e))
        return false;
    d.point += e;
    round_off(&d);
    if (d.n == 0) {
        memcpy(out, "0", 2);
        return true;
    }
    if (d.point <= PLAIN && d.n - d.point <= PLAIN && d.point > -PLAIN)
        plain_write(&d, out);
    else
        snprintf(out, XLSX_NUMBER_TEXT, "%s%c.%.*sE%d", d.negative ? "-" : "", d.digit[0], d.n - 1,
                 d.digit + 1, d.point - 1);
    return true;
}

bool xlsx_serial_day(const char *number, bool from_1904, day *out)
{
    int64_t serial = 0;
    str whole = {0};
    str rest = {0};
    str_cut(str_from(number), '.', &whole, &rest);
    if (!str_int(whole, &serial) || serial < (from_1904 ? 0 : 1) || serial > SERIAL_MOST)
        return false;
    if (from_1904)
        *out = (day)serial + XLSX_EPOCH_1904;
    else if (serial == 60)
        return false; /* 29 February 1900, which spreadsheets have and nobody else */
    else
        *out = (day)serial + XLSX_EPOCH_1900 + (serial < 60);
    return true;
}

/* ---- formats -------------------------------------------------------------------------------- */

int xlsx_builtin_dated(int id)
{
    if (id == 17 || id == 55)
        return 2;
    return (id >= 14 && id <= 16) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
                   (id >= 50 && id <= 54) || (id >= 56 && id <= 58)
               ? 1
               : 0;
}

/* The letters of a format that stand for parts of a day; what is quoted or in brackets is none. */
struct letters {
    int year, month, day, time;
};

static size_t skip_to(str s, size_t at, char end)
{
    while (at < s.n && s.p[at] != end)
        at++;
    return at;
}

static struct letters letters_of(str s)
{
    struct letters l = {0};
    for (size_t i = 0; i < s.n && s.p[i] != ';'; i++) {
        char c = s.p[i];
        if (c == '"') {
            i = skip_to(s, i + 1, '"');
        } else if (c == '[') {
            /* [h] is hours that go on beyond a day; [Red] and the like are no part of it. */
            l.time += i + 1 < s.n && strchr("hHmMsS", s.p[i + 1]) != NULL &&
                      (i + 2 == s.n || s.p[i + 2] == ']' || s.p[i + 2] == s.p[i + 1]);
            i = skip_to(s, i, ']');
        } else if (c == '\\' || c == '_' || c == '*')
            i++;
        else if (c == 'y' || c == 'Y')
            l.year++;
        else if (c == 'm' || c == 'M')
            l.month++;
        else if (c == 'd' || c == 'D')
            l.day++;
        else if (c == 'h' || c == 'H' || c == 's' || c == 'S')
            l.time++;
    }
    return l;
}

int xlsx_format_dated(str format)
{
    struct letters l = letters_of(format);
    if (str_starts(format, S("General")) || str_starts(format, S("GENERAL")))
        return 0;
    if (l.day > 0 || (l.year > 0 && l.month == 0))
        return 1;
    if (l.month > 0 && (l.year > 0 || l.time == 0))
        return 2;
    return 0;
}
