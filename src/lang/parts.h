/*
 * A rule set as text, declaration by declaration: for showing where a rule stands, and for comparing
 * versions of which an older one need not be readable by this program any more. Nothing is checked.
 */
#ifndef HUIMIN_LANG_PARTS_H
#define HUIMIN_LANG_PARTS_H

#include "base/arena.h"
#include "base/str.h"

struct rule_part {
    str kind; /* code, register, extend, policy, service, document, place; value: of a place */
    str name; /* dibao; of a value dibao.standard, with its area behind it: dibao.standard in hills */
    str file;   /* lines/assistance/dibao.hm */
    str zh, en; /* its label; may be empty */
    str text;   /* whole lines, with the comments above it */
};

/*
 * The parts of one file, in its order. A place's values are parts of their own, all of one parameter and
 * area together, and what is left is the place itself. Texts are borrowed from `text` or in the arena.
 */
void rule_parts(str file, str text, struct arena *a, struct rule_part **out, size_t *n);
/* Do both speak of the same thing, whatever file it stands in (an extension, a value: in the same)? */
bool rule_part_same(const struct rule_part *a, const struct rule_part *b);

#endif
