/*
 * Strings: a pointer and a length. A `str` borrows: it is valid as long as what it points into, is
 * not terminated, and is never freed. All text is UTF-8, checked once where it enters
 * (utf8_valid); lengths shown to people count characters (utf8_count) or columns (utf8_width).
 * Growing text is a struct sbuf with a stated maximum and a sticky failure.
 */
#ifndef HUIMIN_BASE_STR_H
#define HUIMIN_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

typedef struct {
    const char *p;
    size_t n;
} str;

#define S(lit)     ((str){"" lit, sizeof(lit) - 1})
#define STR_ARG(s) (int)(s).n, (s).p /* for %.*s */

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_CHECK        __attribute__((warn_unused_result))

str str_from(const char *z); /* borrow a C string; NULL gives "" */
bool str_eq(str a, str b);
int str_cmp(str a, str b); /* byte order, as strcmp */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
str str_sub(str s, size_t from, size_t to);             /* [from, to), clamped */
str str_trim(str s);                                    /* ASCII spaces, tabs, CR, LF */
bool str_cut(str s, char sep, str *before, str *after); /* at the first sep; false: before = s */
long str_find(str s, str what);                         /* byte offset or -1 */
uint64_t str_hash(str s);                               /* FNV-1a; not for hostile keys */
str str_dup(struct arena *a, str s);                    /* a copy, NUL behind it as a courtesy */
const char *str_z(struct arena *a, str s);              /* a terminated copy */
str str_fmt(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool str_int(str s, int64_t *out); /* optional '-', digits only, no overflow */

/* UTF-8. utf8_next() reads one character at *at and moves it; U+FFFD and one byte on bad input. */
bool utf8_valid(str s, size_t *bad_at); /* bad_at may be NULL */
uint32_t utf8_next(str s, size_t *at);
size_t utf8_put(uint32_t cp, char out[4]); /* bytes written */
size_t utf8_count(str s);                  /* characters */
size_t utf8_width(str s);                  /* terminal columns: CJK and full-width 2 */
bool utf8_is_wide(uint32_t cp);

struct sbuf {
    char *p; /* owned, NUL-terminated once anything was added */
    size_t n, cap;
    size_t max;  /* bytes */
    bool failed; /* max was passed: the text is cut there and stays so */
};

void sbuf_init(struct sbuf *b, size_t max);
void sbuf_deinit(struct sbuf *b);
void sbuf_clear(struct sbuf *b);
void sbuf_add(struct sbuf *b, str s);
void sbuf_addc(struct sbuf *b, char c);
void sbuf_addz(struct sbuf *b, const char *z);
void sbuf_add_n(struct sbuf *b, char c, size_t times);
void sbuf_fmt(struct sbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sbuf_vfmt(struct sbuf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
str sbuf_str(const struct sbuf *b); /* borrowed until the next change */

#endif
