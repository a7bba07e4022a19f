/*
 * Readings by ICU's transliterators. One character costs it some microseconds and a city has a million
 * names, so what each character of the main block is read as is remembered, once as a surname and once
 * as anything else.
 */
#include "people/pinyin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { BLOCK_FIRST = 0x4e00, BLOCK_LAST = 0x9fff, READING = 8, UNITS = 256 };
enum way { AS_SURNAME, AS_OTHER, WAYS };

static char readings[WAYS][BLOCK_LAST - BLOCK_FIRST + 1][READING];
static atomic_uchar known[WAYS][BLOCK_LAST - BLOCK_FIRST + 1];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *transliterators[WAYS]; /* under the lock; live as long as the process */

static UTransliterator *transliterator(enum way way)
{
    static const char *const ids[WAYS] = {"Han-Latin/Names; Latin-ASCII; Lower",
                                          "Han-Latin; Latin-ASCII; Lower"};
    if (transliterators[way] == NULL) {
        UErrorCode e = U_ZERO_ERROR;
        UChar id[64];
        u_uastrcpy(id, ids[way]);
        transliterators[way] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    }
    return transliterators[way];
}

/* The text in Latin letters with a blank between syllables; empty when it has none. */
static void read_text(str text, enum way way, char *out, size_t room)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar units[UNITS];
    int32_t n = 0, written = 0;
    out[0] = '\0';
    u_strFromUTF8(units, UNITS / 4, &n, text.p, (int32_t)text.n, &e);
    if (U_FAILURE(e))
        return;
    pthread_mutex_lock(&lock);
    UTransliterator *t = transliterator(way);
    int32_t limit = n;
    if (t != NULL)
        utrans_transUChars(t, units, &n, UNITS, 0, &limit, &e);
    pthread_mutex_unlock(&lock);
    u_strToUTF8(out, (int32_t)room - 1, &written, units, n, &e);
    out[t == NULL || U_FAILURE(e) ? 0 : written] = '\0';
}

/* What one character is read as: letters only, "" when it is none that is read. */
static const char *reading(uint32_t c, enum way way, char own[READING])
{
    char utf8[4], text[64];
    size_t at = 0;
    bool in_block = c >= BLOCK_FIRST && c <= BLOCK_LAST;
    if (in_block && atomic_load_explicit(&known[way][c - BLOCK_FIRST], memory_order_acquire) != 0)
        return readings[way][c - BLOCK_FIRST];
    read_text((str){utf8, utf8_put(c, utf8)}, way, text, sizeof text);
    for (const char *p = text; *p != '\0' && at < READING - 1; p++)
        if (*p >= 'a' && *p <= 'z')
            own[at++] = *p;
    own[at] = '\0';
    if (!in_block)
        return own;
    pthread_mutex_lock(&lock);
    memcpy(readings[way][c - BLOCK_FIRST], own, READING);
    atomic_store_explicit(&known[way][c - BLOCK_FIRST], 1, memory_order_release);
    pthread_mutex_unlock(&lock);
    return readings[way][c - BLOCK_FIRST];
}

static void add_syllable(struct pinyin *out, const char *syllable)
{
    size_t have = strlen(out->whole), n = strlen(syllable), letters = strlen(out->initials);
    if (n == 0 || have + n >= PINYIN_MOST || letters + 1 >= sizeof out->initials)
        return;
    memcpy(out->whole + have, syllable, n + 1);
    out->initials[letters] = syllable[0];
    out->initials[letters + 1] = '\0';
}

/* A surname of two characters: how many bytes of the name it has; 0: the first character is it. */
static size_t double_surname(str name)
{
    static const char *const all[] = {"欧阳", "司马", "上官", "诸葛", "尉迟", "万俟",
                                      "单于", "澹台", "宇文", "长孙", "慕容", "司徒",
                                      "司空", "皇甫", "夏侯", "公孙", "令狐", "轩辕",
                                      "端木", "东方", "独孤", "南宫", "呼延", "闻人"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_starts(name, str_from(all[i])) && name.n > strlen(all[i]))
            return strlen(all[i]);
    return 0;
}

void pinyin_of(str name, struct pinyin *out)
{
    char own[READING], two[128];
    size_t at = double_surname(name);
    bool first = at == 0;
    *out = (struct pinyin){.whole = ""};
    if (at > 0) {
        char *rest = NULL;
        read_text(str_sub(name, 0, at), AS_SURNAME, two, sizeof two);
        for (char *p = strtok_r(two, " ", &rest); p != NULL; p = strtok_r(NULL, " ", &rest))
            add_syllable(out, p);
    }
    while (at < name.n) {
        uint32_t c = utf8_next(name, &at);
        if (c < 0x80) {
            char one[2] = {(char)c, '\0'};
            one[0] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            if ((one[0] >= 'a' && one[0] <= 'z') || (one[0] >= '0' && one[0] <= '9'))
                add_syllable(out, one);
        } else {
            add_syllable(out, reading(c, first ? AS_SURNAME : AS_OTHER, own));
        }
        first = false;
    }
}

void pinyin_typed(str typed, char *out)
{
    size_t at = 0, n = 0;
    out[0] = '\0';
    while (at < typed.n && n + 1 < PINYIN_MOST) {
        uint32_t c = utf8_next(typed, &at);
        char before = n > 0 ? out[n - 1] : ' ';
        if (c >= 'A' && c <= 'Z')
            c += 32;
        if (c == 0xfc || c == 0xdc || (c == 'v' && (before == 'l' || before == 'n')))
            c = 'u';
        if (c == ' ' || c == '\'' || c == '-')
            continue;
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
            out[0] = '\0';
            return;
        }
        out[n++] = (char)c;
        out[n] = '\0';
    }
}
