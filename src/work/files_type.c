/*
 * What a file is, and whether its end is there. Marks are followed from one to the next, since a photo
 * has small pictures with ends of their own inside, and phones add things behind the end.
 */
#include <string.h>

#include "work/files.h"

static unsigned byte_at(str s, size_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

/* JPEG: segments with their length up to the start of a scan, then coded bytes up to the next mark. */
static bool jpeg_whole(str s)
{
    size_t i = 2;
    while (i + 1 < s.n) {
        unsigned mark = byte_at(s, i + 1);
        if (byte_at(s, i) != 0xff || mark == 0xff) { /* coded bytes, padding */
            i++;
        } else if (mark == 0xd9) {
            return true;
        } else if (mark == 0 || mark == 1 || (mark >= 0xd0 && mark <= 0xd8)) {
            i += 2;
        } else {
            if (i + 3 >= s.n)
                return false;
            i += 2 + (byte_at(s, i + 2) << 8 | byte_at(s, i + 3));
        }
    }
    return false;
}

/* PNG: chunks of a length and four bytes of check; the last is IEND. */
static bool png_whole(str s)
{
    size_t i = 8;
    while (i + 12 <= s.n) {
        size_t n = (size_t)byte_at(s, i) << 24 | byte_at(s, i + 1) << 16 | byte_at(s, i + 2) << 8 |
                   byte_at(s, i + 3);
        if (n > s.n - i - 12)
            return false;
        if (str_starts(str_sub(s, i + 4, s.n), S("IEND")))
            return true;
        i += n + 12;
    }
    return false;
}

/* PDF: its last lines are a mark; a few bytes behind it are common. */
static bool pdf_whole(str s)
{
    str tail = str_sub(s, s.n > 1024 ? s.n - 1024 : 0, s.n);
    return str_find(tail, S("%%EOF")) >= 0 && str_find(tail, S("startxref")) >= 0;
}

const char *file_type(str s, bool *whole)
{
    *whole = false;
    if (str_starts(s, S("\xff\xd8\xff"))) {
        *whole = jpeg_whole(s);
        return "image/jpeg";
    }
    if (str_starts(s, S("\x89PNG\r\n\x1a\n"))) {
        *whole = png_whole(s);
        return "image/png";
    }
    if (str_starts(s, S("%PDF-"))) {
        *whole = pdf_whole(s);
        return "application/pdf";
    }
    return NULL;
}
