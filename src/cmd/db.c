/* Shared by the commands that work with a store: its URL, mistakes of the call, progress. */
#include "cmd/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vault/vault.h"

enum { SHOW_EVERY_MS = 200 };

const char *db_url(const char *given)
{
    const char *url = given != NULL ? given : getenv("HUIMIN_DB");
    return url != NULL && *url != '\0' ? url : NULL;
}

int usage_wrong(const struct usage *u, const char *what)
{
    complain("%s", what);
    fprintf(stderr, "usage: huimin %s\n", u->synopsis);
    return EXIT_USAGE;
}

void progress_show(struct progress *p, int64_t n)
{
    int64_t now = clock_ms();
    if (now - p->shown_ms < SHOW_EVERY_MS || !isatty(STDERR_FILENO))
        return;
    p->shown_ms = now;
    p->any = true;
    if (p->total > 0)
        fprintf(stderr, "\r%lld of %lld %s, %d %%", (long long)n, (long long)p->total, p->what,
                (int)(100 * n / p->total));
    else
        fprintf(stderr, "\r%lld %s", (long long)n, p->what);
}

void progress_end(struct progress *p)
{
    if (p->any)
        fputs("\r\033[K", stderr);
    p->any = false;
}
