/* What the commands that work with a store have in common. */
#ifndef HUIMIN_CMD_DB_H
#define HUIMIN_CMD_DB_H

#include "cmd/cmd.h"

/* The store's URL: the one given, else HUIMIN_DB; NULL: neither. */
const char *db_url(const char *given);

/* Say what is wrong with the call and how it would be right; EXIT_USAGE. */
int usage_wrong(const struct usage *u, const char *what);

/* A count that grows, on a terminal only and in one line; `what` is what is counted. */
struct progress {
    const char *what;
    int64_t total; /* 0: not known */
    int64_t shown_ms;
    bool any;
};
void progress_show(struct progress *p, int64_t n);
void progress_end(struct progress *p); /* the line is cleared */

#endif
