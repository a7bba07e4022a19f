/* What can be printed of a text. */
#include <hb.h>

#include "paper/inside.h"

/* Unseen: controls, marks of direction (which could turn a number round), joiners, variation selectors. */
static bool unseen(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xAD || cp == 0x61C ||
           (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF ||
           (cp >= 0xFFF9 && cp <= 0xFFFC) || cp >= 0xE0000;
}

static bool line_end(uint32_t cp)
{
    return cp == '\n' || cp == 0x0B || cp == 0x0C || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* The next character that is seen, or \n, or 0 at the end. */
static uint32_t next(str s, size_t *at)
{
    while (*at < s.n) {
        uint32_t cp = utf8_next(s, at);
        if (cp == '\r') {
            if (*at < s.n && s.p[*at] == '\n')
                ++*at;
            return '\n';
        }
        if (line_end(cp))
            return '\n';
        if (cp == '\t' || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200A))
            return ' ';
        /* Private use in the planes at the end is a character that somebody typed: shown as lacking. */
        if (cp >= 0xF0000 && cp <= 0x10FFFD)
            return cp;
        if (!unseen(cp))
            return cp;
    }
    return 0;
}

static void lack(struct lacks *l, uint32_t cp)
{
    if (l->seen == NULL)
        l->seen = hb_set_create();
    if (hb_set_has(l->seen, cp))
        return;
    hb_set_add(l->seen, cp);
    if (l->n < TEXT_LACKS_SHOWN)
        l->cp[l->n] = cp;
    l->n++;
}

str text_clean(const struct fonts *f, str raw, struct arena *a, struct lacks *lacks)
{
    /* A byte that isn't UTF-8 becomes three, nothing else grows. */
    char *out = arena_alloc_raw(a, raw.n * 3 + 1, 1);
    size_t n = 0, at = 0;
    for (uint32_t cp; (cp = next(raw, &at)) != 0;) {
        if (cp != '\n' && !fonts_have(f, cp)) {
            lack(lacks, cp);
            cp = 0x3013; /* of TEXT_STAND_IN */
        }
        n += utf8_put(cp, out + n);
    }
    return (str){out, n};
}

void text_collect(void *set, str raw)
{
    size_t at = 0;
    for (uint32_t cp; (cp = next(raw, &at)) != 0;)
        if (cp != '\n')
            hb_set_add(set, cp);
}

str text_lacks_note(const struct lacks *l, struct arena *a)
{
    str note = S("〓 处为字库没有的字：");
    for (size_t i = 0; i < l->n && i < TEXT_LACKS_SHOWN; i++)
        note = str_fmt(a, "%.*s%sU+%04X", STR_ARG(note), i > 0 ? "、" : "", (unsigned)l->cp[i]);
    if (l->n > TEXT_LACKS_SHOWN)
        note = str_fmt(a, "%.*s 等 %zu 字", STR_ARG(note), l->n);
    return note;
}
