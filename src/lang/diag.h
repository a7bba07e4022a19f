/*
 * Mistakes as data: a stable code, a place, what was found and expected, a help line. Passes add
 * them and go on; nothing here prints. diag_render() writes one as file:line:column with the source
 * line and a caret. Columns count characters; the caret line counts two for a wide one.
 */
#ifndef HUIMIN_LANG_DIAG_H
#define HUIMIN_LANG_DIAG_H

#include "lang/ast.h"
#include "lang/source.h"

/* R0100 to R0199 reading, R0200 to R0299 meaning, R0300 examples, R0400 layout. */
struct diag {
    int code; /* 201 for R0201 */
    bool warning;
    struct span at;
    str text; /* lower case, no full stop */
    str help; /* empty: none */
};

struct diags {
    struct arena *arena; /* borrowed */
    VEC(struct diag) list;
    size_t errors; /* all, those past LIMIT_DIAGS included, which are counted only */
};

void diags_init(struct diags *d, struct arena *a);
/* Returns the entry so that help can be set; never NULL (past the limit, a scratch one). */
struct diag *diag_add(struct diags *d, int code, struct span at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void diag_help(struct diag *g, struct diags *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* By file, then place, keeping the order of equals. */
void diags_sort(struct diags *d);
void diag_render(struct sbuf *out, const struct sources *s, const struct diag *g);
/* The nearest of `names` within a third of the length (at least 1 edit), or an empty str. */
str nearest_name(str found, const str *names, size_t n);

#endif
