/*
 * The one layout of definition files: one item a line, two spaces a level, conditions eight, names
 * and labels in columns, 120 columns wide where the texts allow it. Signs, digits and quotes get
 * their plain forms; comments stay, and of empty lines one. What a file says is not changed, and
 * what was laid out once stays as it is.
 */
#ifndef HUIMIN_LANG_FMT_H
#define HUIMIN_LANG_FMT_H

#include "lang/diag.h"
#include "lang/source.h"

enum { FMT_WIDTH = 120 };

/*
 * Lay out one file of `s` and add it to out. RC_RULE: it could not be read, its mistakes are in d
 * and nothing was added. RC_LIMIT: out is full. Tokens and the like go into the arena `scratch`.
 */
MUST_CHECK enum rc fmt_source(const struct sources *s, size_t file, struct arena *scratch,
                              struct diags *d, struct sbuf *out, struct err *err);

#endif
