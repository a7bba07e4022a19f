/* Borrowed strings: comparing, cutting, copying into an arena. */
#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"

str str_from(const char *z)
{
    return z ? (str){z, strlen(z)} : (str){"", 0};
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, s.n), suffix);
}

str str_sub(str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (str){from ? s.p + from : s.p, to - from};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    size_t from = 0, to = s.n;

    while (from < to && is_blank(s.p[from]))
        from++;
    while (to > from && is_blank(s.p[to - 1]))
        to--;
    return str_sub(s, from, to);
}

bool str_cut(str s, char sep, str *before, str *after)
{
    const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;
    size_t i = at ? (size_t)(at - s.p) : s.n;

    *before = str_sub(s, 0, i);
    *after = str_sub(s, at ? i + 1 : i, s.n);
    return at != NULL;
}

long str_find(str s, str what)
{
    size_t from = 0;

    if (what.n == 0)
        return 0;
    while (s.n - from >= what.n) {
        const char *at = memchr(s.p + from, what.p[0], s.n - from - what.n + 1);
        if (!at)
            break;
        if (memcmp(at, what.p, what.n) == 0)
            return (long)(at - s.p);
        from = (size_t)(at - s.p) + 1;
    }
    return -1;
}

uint64_t str_hash(str s)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

str str_dup(struct arena *a, str s)
{
    char *p = arena_alloc_raw(a, s.n + 1, 1);

    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (str){p, s.n};
}

const char *str_z(struct arena *a, str s)
{
    return str_dup(a, s).p;
}

str str_fmt(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    int n;
    char *p;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    p = arena_alloc_raw(a, (size_t)n + 1, 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (str){p, (size_t)n};
}

bool str_int(str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    int64_t v = 0;

    if (s.n == (size_t)minus)
        return false;
    /* Built up below zero, where there is one value more. */
    for (size_t i = minus; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(v, (int64_t)10, &v) ||
            __builtin_sub_overflow(v, (int64_t)(s.p[i] - '0'), &v))
            return false;
    }
    if (!minus && __builtin_sub_overflow((int64_t)0, v, &v))
        return false;
    *out = v;
    return true;
}
