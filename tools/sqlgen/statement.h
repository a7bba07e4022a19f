/* What the checks of one statement share. */
#ifndef HUIMIN_TOOLS_SQLGEN_STATEMENT_H
#define HUIMIN_TOOLS_SQLGEN_STATEMENT_H

#include "sqlgen.h"

struct check {
    struct sqlgen *g;
    const struct block *b;
    struct word *w;
    int n;
    bool is_pg;
    const struct table *target; /* of INSERT and UPDATE */
};

/* FILE:LINE: statement: "word": expected ... */
void complain_at(struct check *c, int at, const char *expected);

/* The brackets at `open` hold that name. An empty name is held by all. */
bool names_in(const struct check *c, int open, str name);

/* scope.c */
void check_scopes(struct check *c);

#endif
