/*
 * How a Chinese name is read: for finding people by what is typed on a keyboard. The first character
 * is read as a surname is (单 shan, not dan), and so are surnames of two characters (尉迟 yuchi). One
 * reading a character; ü is u.
 */
#ifndef HUIMIN_PEOPLE_PINYIN_H
#define HUIMIN_PEOPLE_PINYIN_H

#include "base/arena.h"
#include "base/str.h"

enum { PINYIN_MOST = 200 };

struct pinyin {
    char whole[PINYIN_MOST]; /* zhangxiaoming: a to z and 0 to 9 only, NUL-terminated */
    char initials[40];       /* zxm */
};

/* Any thread. A name that has nothing readable in it gives empty texts; a long one is cut. */
void pinyin_of(str name, struct pinyin *out);

/* What was typed, as it is looked up: lower case, without spaces and marks, lü and lv as lu. Empty:
 * it is not Latin. `out` holds PINYIN_MOST bytes. */
void pinyin_typed(str typed, char *out);

#endif
