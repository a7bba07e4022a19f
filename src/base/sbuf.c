/* Growing text with a stated maximum and a failure that is asked for once, at the end. */
#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"

void sbuf_init(struct sbuf *b, size_t max)
{
    assert(max < SIZE_MAX);
    *b = (struct sbuf){.max = max};
}

void sbuf_deinit(struct sbuf *b)
{
    mem_free(b->p);
    *b = (struct sbuf){0};
}

void sbuf_clear(struct sbuf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = '\0';
}

/* Room for n more bytes and the NUL; n was checked against max. */
static void reserve(struct sbuf *b, size_t n)
{
    size_t need = b->n + n + 1, cap = b->cap < 64 ? 64 : b->cap;

    if (need <= b->cap)
        return;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    b->p = mem_resize(b->p, cap);
    b->cap = cap;
}

/* How much of s still fits, cut between characters so that the text stays UTF-8. */
static size_t fitting(const struct sbuf *b, str s)
{
    size_t n = b->max - b->n;

    if (s.n <= n)
        return s.n;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return n;
}

void sbuf_add(struct sbuf *b, str s)
{
    size_t n;

    if (b->failed)
        return;
    n = fitting(b, s);
    b->failed = n < s.n;
    reserve(b, n);
    if (n)
        memcpy(b->p + b->n, s.p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void sbuf_addc(struct sbuf *b, char c)
{
    sbuf_add(b, (str){&c, 1});
}

void sbuf_addz(struct sbuf *b, const char *z)
{
    sbuf_add(b, str_from(z));
}

void sbuf_add_n(struct sbuf *b, char c, size_t times)
{
    if (b->failed)
        return;
    if (times > b->max - b->n) {
        times = b->max - b->n;
        b->failed = true;
    }
    reserve(b, times);
    memset(b->p + b->n, c, times);
    b->n += times;
    b->p[b->n] = '\0';
}

void sbuf_fmt(struct sbuf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    sbuf_vfmt(b, fmt, ap);
    va_end(ap);
}

void sbuf_vfmt(struct sbuf *b, const char *fmt, va_list ap)
{
    va_list again;
    char few[256];
    int n;

    va_copy(again, ap);
    n = vsnprintf(few, sizeof few, fmt, ap);
    assert(n >= 0);
    if ((size_t)n < sizeof few) {
        sbuf_add(b, (str){few, (size_t)n});
    } else {
        char *p = mem_resize(NULL, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, again);
        sbuf_add(b, (str){p, (size_t)n});
        mem_free(p);
    }
    va_end(again);
}

str sbuf_str(const struct sbuf *b)
{
    return b->p ? (str){b->p, b->n} : (str){"", 0};
}
