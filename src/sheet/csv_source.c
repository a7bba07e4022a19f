/*
 * Bytes in, UTF-8 out. UTF-8 goes through as it is, checked; UTF-16 is converted here, GB18030 by
 * ICU. As long as all is ASCII nothing is decided: the first other byte opens a window on what
 * follows, and that window is judged as a whole, so that the verdict does not hang on how the bytes
 * arrived.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <unicode/ucnv.h>
#include "sheet/csv_in.h"

enum { WINDOW = 1 << 16, UNITS = 4096, BAD_SHOWN = 4 };

static enum rc raw_read(struct csv_source *s, char *to, size_t room, size_t *got, struct err *err)
{
    size_t most = room < s->chunk ? room : s->chunk;
    *got = 0;
    if (s->end || most == 0)
        return RC_OK;
    if (s->fd < 0) {
        *got = most < s->bytes.n ? most : s->bytes.n;
        if (*got > 0)
            memcpy(to, s->bytes.p, *got);
        s->bytes = str_sub(s->bytes, *got, s->bytes.n);
    } else {
        ssize_t n;
        do
            n = read(s->fd, to, most);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            return err_set(err, RC_IO, "%s cannot be read: %s", s->name, strerror(errno));
        *got = (size_t)n;
    }
    s->end = *got == 0;
    return RC_OK;
}

static void stage_need(struct csv_source *s)
{
    if (s->stage == NULL) {
        s->cap = (s->chunk > WINDOW ? s->chunk : WINDOW) + WINDOW;
        s->stage = arena_alloc_raw(s->arena, s->cap, 64);
    }
}

/* Read until at least `least` bytes are staged or the end is reached. */
static enum rc stage_fill(struct csv_source *s, size_t least, struct err *err)
{
    stage_need(s);
    if (s->at > 0) {
        memmove(s->stage, s->stage + s->at, s->n - s->at);
        s->n -= s->at;
        s->at = 0;
    }
    while (s->n < least && !s->end) {
        size_t got;
        TRY(raw_read(s, s->stage + s->n, s->cap - s->n, &got, err));
        s->n += got;
    }
    return RC_OK;
}

/* Staged bytes first, then, if they were only a stub, freshly read ones. */
static enum rc take(struct csv_source *s, char *to, size_t room, size_t *n, struct err *err)
{
    *n = s->n - s->at < room ? s->n - s->at : room;
    if (*n > 0)
        memcpy(to, s->stage + s->at, *n);
    s->at += *n;
    if (s->at == s->n && *n < 4) {
        size_t got;
        TRY(raw_read(s, to + *n, room - *n, &got, err));
        *n += got;
    }
    return RC_OK;
}

/* Put back what take() gave last. */
static void untake(struct csv_source *s, const char *p, size_t n)
{
    stage_need(s);
    if (s->at == s->n)
        s->at = s->n = 0;
    if (s->at >= n) {
        s->at -= n;
    } else {
        memmove(s->stage + n, s->stage + s->at, s->n - s->at);
        s->n += n - s->at;
        s->at = 0;
    }
    memcpy(s->stage + s->at, p, n);
}

static void fault(struct csv_source *s, const char *p, size_t n, const char *expected)
{
    const char *what = n == 0 ? "half a character" : n == 1 ? "the byte" : "the bytes";
    size_t len = (size_t)snprintf(s->fault_found, sizeof s->fault_found, "%s", what);
    for (size_t i = 0; i < n && i < BAD_SHOWN; i++)
        len += (size_t)snprintf(s->fault_found + len, sizeof s->fault_found - len, " %02X",
                                (unsigned)(unsigned char)p[i]);
    s->fault_expected = expected;
    s->fault = true;
}

static size_t ascii_prefix(const char *p, size_t n)
{
    const uint64_t high = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        if (((csv_load8(p + i) | csv_load8(p + i + 8) | csv_load8(p + i + 16) |
              csv_load8(p + i + 24)) &
             high) != 0)
            break;
    while (i < n && (unsigned char)p[i] < 0x80)
        i++;
    return i;
}

/* Bytes of the character that begins with c and the range of its second byte; 0: none begins so. */
static size_t utf8_shape(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    *high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    return c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
}

size_t csv_utf8_prefix(const char *p, size_t n, bool *cut)
{
    size_t i = 0;
    *cut = false;
    while (i < n) {
        unsigned char c = (unsigned char)p[i], low, high;
        if (c < 0x80) {
            i += ascii_prefix(p + i, n - i);
            continue;
        }
        size_t len = utf8_shape(c, &low, &high), have = 1;
        while (have < len && i + have < n) {
            unsigned char d = (unsigned char)p[i + have];
            if (d < (have == 1 ? low : 0x80) || d > (have == 1 ? high : 0xbf))
                return i;
            have++;
        }
        if (have < len || len == 0) {
            *cut = len != 0;
            return i;
        }
        i += len;
    }
    return i;
}

/* How much of p[0..n), which is no character, belongs together. */
static size_t bad_length(const char *p, size_t n)
{
    bool cut;
    size_t len = 1;
    while (len < n && (csv_utf8_prefix(p, len + 1, &cut), cut))
        len++;
    return len;
}

/*
 * UTF-8 if it is that from end to end of the window. Damaged UTF-8 is still UTF-8: most pairs of
 * bytes mean something in GB18030, and taking it for that would change names without a word. Text
 * that is GB18030 has hardly any stretch that looks like a three-byte character.
 */
static bool looks_like_utf8(const struct csv_source *s)
{
    const char *p = s->stage + s->at;
    size_t n = s->n - s->at, good = 0, bad = 0;
    for (size_t i = 0; i < n;) {
        bool cut;
        size_t ok = csv_utf8_prefix(p + i, n - i, &cut);
        for (size_t j = i; j < i + ok; j++)
            good += (unsigned char)p[j] >= 0xe0;
        i += ok;
        if (i == n || (cut && !s->end))
            break;
        bad++;
        i++;
    }
    return bad == 0 || good > bad * 2;
}

static enum rc open_gb18030(struct csv_source *s, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    s->conv = ucnv_open("gb18030", &status);
    if (U_SUCCESS(status))
        ucnv_setToUCallBack(s->conv, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    if (U_FAILURE(status))
        return err_set(err, RC_IO, "ICU cannot convert GB18030: %s", u_errorName(status));
    return RC_OK;
}

static void note_encoding(const struct csv_source *s, const char *encoding)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%s: read as %s", s->name, encoding);
    if (s->note != NULL)
        s->note(s->note_ctx, (str){text, n < (int)sizeof text ? (size_t)n : sizeof text - 1});
}

static enum rc set_encoding(struct csv_source *s, enum csv_encoding encoding, struct err *err)
{
    s->encoding = encoding;
    if (encoding == CSV_UTF16LE || encoding == CSV_UTF16BE)
        note_encoding(s, "UTF-16");
    if (encoding != CSV_GB18030)
        return RC_OK;
    note_encoding(s, "GB18030");
    return open_gb18030(s, err);
}

static enum rc start(struct csv_source *s, struct err *err)
{
    static const struct {
        str bom;
        enum csv_encoding encoding;
    } boms[] = {
        {S("\xef\xbb\xbf"), CSV_UTF8},
        {S("\xff\xfe"), CSV_UTF16LE},
        {S("\xfe\xff"), CSV_UTF16BE},
        {S("\x84\x31\x95\x33"), CSV_GB18030},
    };
    enum csv_encoding encoding = s->encoding;
    s->started = true;
    TRY(stage_fill(s, 4, err));
    str head = {s->stage, s->n};
    for (size_t i = 0; i < sizeof boms / sizeof *boms; i++)
        if ((encoding == CSV_DETECT || encoding == boms[i].encoding) &&
            str_starts(head, boms[i].bom)) {
            encoding = boms[i].encoding;
            s->at = boms[i].bom.n;
            break;
        }
    return set_encoding(s, encoding, err);
}

/* ASCII so far: pass it on, and decide on the encoding at the first byte that is not. */
static enum rc fill_ascii(struct csv_source *s, char *to, size_t room, size_t *got, struct err *err)
{
    size_t n;
    TRY(take(s, to, room, &n, err));
    *got = ascii_prefix(to, n);
    if (*got == n)
        return RC_OK;
    untake(s, to + *got, n - *got);
    TRY(stage_fill(s, WINDOW, err));
    return set_encoding(s, looks_like_utf8(s) ? CSV_UTF8 : CSV_GB18030, err);
}

static enum rc fill_utf8(struct csv_source *s, char *to, size_t room, size_t *got, struct err *err)
{
    size_t n;
    bool cut;
    TRY(take(s, to, room, &n, err));
    *got = csv_utf8_prefix(to, n, &cut);
    if (*got == n)
        return RC_OK;
    if (cut && !(s->end && s->at == s->n))
        untake(s, to + *got, n - *got);
    else
        fault(s, to + *got, bad_length(to + *got, n - *got), "UTF-8, as the rest of the file");
    return RC_OK;
}

/*
 * UTF-16 to UTF-8. A pair of surrogates may come in two calls. False: half of one stands alone at
 * units[*used].
 */
static bool put_units(struct csv_source *s, const UChar *units, size_t n, size_t *used, char **to)
{
    for (*used = 0; *used < n; ++*used) {
        uint32_t c = units[*used];
        bool second = (c & 0xfc00) == 0xdc00;
        if (second != (s->high != 0))
            return false;
        if ((c & 0xfc00) == 0xd800) {
            s->high = (uint16_t)c;
            continue;
        }
        if (second)
            c = 0x10000 + (((uint32_t)s->high & 0x3ff) << 10) + (c & 0x3ff);
        s->high = 0;
        *to += utf8_put(c, *to);
    }
    return true;
}

static enum rc fill_utf16(struct csv_source *s, char *to, size_t room, size_t *got, struct err *err)
{
    UChar units[UNITS];
    char *next = to;
    size_t used;
    TRY(stage_fill(s, 2, err));
    size_t n = (s->n - s->at) / 2, most = room / 4 < UNITS ? room / 4 : UNITS;
    n = n < most ? n : most;
    const unsigned char *p = (const unsigned char *)s->stage + s->at;
    bool little = s->encoding == CSV_UTF16LE;
    for (size_t i = 0; i < n; i++)
        units[i] = (UChar)(p[2 * i + little] << 8 | p[2 * i + !little]);
    bool ok = put_units(s, units, n, &used, &next);
    *got = (size_t)(next - to);
    s->at += used * 2;
    if (!ok)
        fault(s, s->stage + s->at, 2, "UTF-16, with surrogates in pairs");
    else if (s->end && s->n - s->at < 2 && (s->n > s->at || s->high != 0))
        fault(s, s->stage + s->at, s->n - s->at, "UTF-16, with a whole last character");
    return RC_OK;
}

static enum rc fill_gb18030(struct csv_source *s, char *to, size_t room, size_t *got,
                            struct err *err)
{
    UChar units[UNITS], *unit = units;
    UErrorCode status = U_ZERO_ERROR;
    char *next = to;
    size_t used, most = room / 4 < UNITS ? room / 4 : UNITS;
    TRY(stage_fill(s, 1, err));
    const char *from = s->stage + s->at;
    ucnv_toUnicode(s->conv, &unit, units + most, &from, s->stage + s->n, NULL, s->end, &status);
    s->at = (size_t)(from - s->stage);
    (void)put_units(s, units, (size_t)(unit - units), &used, &next);
    *got = (size_t)(next - to);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) {
        char bad[32];
        int8_t n = sizeof bad;
        UErrorCode ignored = U_ZERO_ERROR;
        ucnv_getInvalidChars(s->conv, bad, &n, &ignored);
        fault(s, bad, n > 0 ? (size_t)n : 0, "UTF-8 or GB18030");
    }
    return RC_OK;
}

enum rc csv_source_fill(struct csv_source *s, char *to, size_t room, size_t *got, struct err *err)
{
    *got = 0;
    if (!s->started)
        TRY(start(s, err));
    while (*got == 0 && !s->fault) {
        bool last = s->end && s->at == s->n;
        switch (s->encoding) {
        case CSV_DETECT:
            TRY(fill_ascii(s, to, room, got, err));
            break;
        case CSV_UTF8:
            TRY(fill_utf8(s, to, room, got, err));
            break;
        case CSV_UTF16LE:
        case CSV_UTF16BE:
            TRY(fill_utf16(s, to, room, got, err));
            break;
        case CSV_GB18030:
            TRY(fill_gb18030(s, to, room, got, err));
            break;
        }
        if (last)
            break;
    }
    return RC_OK;
}

enum rc csv_source_open(struct csv_source *s, struct arena *a, const struct csv_options *o,
                        struct err *err)
{
    s->arena = a;
    s->fd = -1;
    s->chunk = o->chunk;
    s->encoding = o->encoding;
    s->note = o->note;
    s->note_ctx = o->note_ctx;
    s->bytes = o->bytes;
    if (o->path == NULL)
        return RC_OK;
    if (str_eq(str_from(o->path), S("-"))) {
        s->fd = STDIN_FILENO;
        return RC_OK;
    }
    s->fd = open(o->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s cannot be opened: %s",
                       o->path, strerror(errno));
    s->close_fd = true;
    (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return RC_OK;
}

void csv_source_close(struct csv_source *s)
{
    if (s->close_fd)
        close(s->fd);
    s->close_fd = false;
    s->fd = -1;
    s->bytes = (str){0};
    s->end = true;
    if (s->conv != NULL)
        ucnv_close(s->conv);
    s->conv = NULL;
}
