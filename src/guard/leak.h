/*
 * The last look at what leaves the office for the public or for many: does it hold a personal number? A text that
 * looks like an identity number, bank card or phone is refused, whether it is right by checksum or not,
 * in half or full width, with blanks or dashes between its digits.
 */
#ifndef HUIMIN_GUARD_LEAK_H
#define HUIMIN_GUARD_LEAK_H

#include "people/people.h"

enum leak_kind { LEAK_NONE, LEAK_ID_NUMBER, LEAK_CARD, LEAK_PHONE };
struct leak {
    enum leak_kind kind;
    size_t at, n; /* bytes in the text */
};
/* The first; kind LEAK_NONE: there is none. Case numbers, amounts, days and masked numbers are none. */
struct leak leak_find(str text);
const char *leak_word(enum leak_kind k, bool english);
/* RC_RULE: it holds one; says which kind and where (never the number), with `what` in front. */
MUST_CHECK enum rc leak_refuse(str text, const char *what, struct err *err);
/* Was the person under 18 on the day? What is about a child is never posted. Birth 0: not known, so yes. */
bool is_minor(day birth, day on);

#endif
