/*
 * A whole store in one file that does not depend on the database: from SQLite to PostgreSQL and
 * back. Two stores with the same rows give the same file.
 *
 *     "huimin backup 1\n"
 *     number of the schema's version
 *     a table:  'T', text name, number 0 or 1 (declared by a line), number of columns;
 *               a column: text name, byte type, byte whether it may not be null
 *     a row:    'R', its values in the order of the columns
 *               a value: byte 0 null, 1 number, 2 text, 3 bytes, and what it is
 *     its end:  'E', number of rows
 *     the end:  'Z', SM3 of everything before it, 32 bytes
 *
 * Numbers are LEB128 of the zigzag form; texts and bytes have their length before them. Tables are
 * by name, rows by key. Personal numbers stand in it sealed, as in the store; the key file does not.
 */
#ifndef HUIMIN_CMD_BACKUP_FILE_H
#define HUIMIN_CMD_BACKUP_FILE_H

#include "people/dump.h"

#define BACKUP_FORM "huimin backup 1\n"

struct backup_progress {
    void (*rows)(void *ctx, int64_t rows);
    void *ctx;
};
enum { PROGRESS_ROWS = 4096 }; /* told after so many */

/* The store as it is at the start, while others read and write. */
MUST_CHECK enum rc backup_write(struct store *s, const char *path, const struct backup_progress *p,
                                int64_t *rows, struct err *err);

/*
 * Into an empty store, made if it is not there. RC_BAD_INPUT: the file is cut off, changed or none
 * of these; RC_RULE: it is of a newer program; RC_CONFLICT: the store is not empty. All is looked at
 * before anything is made.
 */
MUST_CHECK enum rc backup_restore(const char *path, const char *url,
                                  const struct backup_progress *p, int64_t *rows, struct err *err);

#endif
