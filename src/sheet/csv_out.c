/* Writing CSV. Numbers go straight into the file's buffer; texts are looked at once for quoting. */
#include <assert.h>
#include <string.h>
#include "sheet/csv.h"

enum { INT_ROOM = 24 };

void csv_out_init(struct csv_out *o, struct file_out *f, bool bom)
{
    *o = (struct csv_out){.f = f};
    if (bom)
        file_out_str(f, S("\xef\xbb\xbf"));
}

static void separate(struct csv_out *o)
{
    if (o->fields++ > 0)
        file_out_write(o->f, ",", 1);
    o->bare = false;
}

/*
 * Blanks at an end would get lost in some programs, and = + - @ at the beginning make a formula of
 * a text in a spreadsheet. Quotes do not stop every spreadsheet from that, but altering the text
 * would stop us from reading back what we wrote.
 */
static bool needs_quotes(str s)
{
    if (s.n == 0)
        return false;
    if (memchr("=+-@ \t", s.p[0], 6) != NULL || memchr(" \t", s.p[s.n - 1], 2) != NULL)
        return true;
    return memchr(s.p, ',', s.n) != NULL || memchr(s.p, '"', s.n) != NULL ||
           memchr(s.p, '\n', s.n) != NULL || memchr(s.p, '\r', s.n) != NULL;
}

void csv_out_text(struct csv_out *o, str s)
{
    if (s.n == 0) {
        csv_out_empty(o);
        return;
    }
    separate(o);
    if (!needs_quotes(s)) {
        file_out_str(o->f, s);
        return;
    }
    file_out_write(o->f, "\"", 1);
    str part, rest = s;
    while (str_cut(rest, '"', &part, &rest)) {
        file_out_str(o->f, part);
        file_out_write(o->f, "\"\"", 2);
    }
    file_out_str(o->f, part);
    file_out_write(o->f, "\"", 1);
}

void csv_out_plain(struct csv_out *o, str s)
{
    assert(s.n < 60000 && !needs_quotes(s));
    char *to = file_out_room(o->f, s.n + 1);
    size_t n = 0;
    if (o->fields++ > 0)
        to[n++] = ',';
    if (s.n > 0)
        memcpy(to + n, s.p, s.n);
    o->bare = s.n == 0 && o->fields == 1;
    file_out_used(o->f, n + s.n);
}

static const char two_digits[] = "0001020304050607080910111213141516171819"
                                 "2021222324252627282930313233343536373839"
                                 "4041424344454647484950515253545556575859"
                                 "6061626364656667686970717273747576777879"
                                 "8081828384858687888990919293949596979899";

void csv_out_int(struct csv_out *o, int64_t v)
{
    char digits[INT_ROOM], *p = digits + sizeof digits;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    for (; u >= 100; u /= 100) {
        p -= 2;
        memcpy(p, two_digits + u % 100 * 2, 2);
    }
    if (u >= 10) {
        p -= 2;
        memcpy(p, two_digits + u * 2, 2);
    } else {
        *--p = (char)('0' + u);
    }
    if (v < 0)
        *--p = '-';
    size_t n = (size_t)(digits + sizeof digits - p), used = 0;
    char *to = file_out_room(o->f, INT_ROOM + 1);
    if (o->fields++ > 0)
        to[used++] = ',';
    memcpy(to + used, p, n);
    o->bare = false;
    file_out_used(o->f, used + n);
}

void csv_out_date(struct csv_out *o, day d)
{
    char text[11];
    csv_out_plain(o, str_from(date_text(d, text)));
}

void csv_out_month(struct csv_out *o, month m)
{
    char text[8];
    csv_out_plain(o, str_from(month_text(m, text)));
}

void csv_out_empty(struct csv_out *o)
{
    separate(o);
    o->bare = o->fields == 1;
}

void csv_out_end(struct csv_out *o)
{
    /* a row of one empty field would be an empty line, which is no row */
    if (o->bare && o->fields == 1)
        file_out_write(o->f, "\"\"", 2);
    file_out_write(o->f, "\n", 1);
    o->fields = 0;
    o->bare = false;
}
