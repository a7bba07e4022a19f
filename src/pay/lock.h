/*
 * That a county is being run, for as long as the process lives: a second run finds out at once, and
 * a run that was killed leaves nothing behind. SQLite: a lock on a byte of the file PATH.run (the
 * byte is the county's); PostgreSQL: an advisory lock of a session. Inside pay/ only.
 */
#ifndef HUIMIN_PAY_LOCK_H
#define HUIMIN_PAY_LOCK_H

#include "store/store.h"

struct run_lock {
    struct conn *conn; /* PostgreSQL: the session that has it */
    int64_t county;
    int fd; /* SQLite; -1: none */
};

/* RC_CONFLICT: another run has it. */
MUST_CHECK enum rc run_lock(struct store *s, int64_t county, struct run_lock *out, struct err *err);
void run_unlock(struct run_lock *l);

#endif
