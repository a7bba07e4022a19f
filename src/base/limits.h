/*
 * What is bounded, and by how much. Every limit has a test. Widen one here and nowhere else.
 */
#ifndef HUIMIN_BASE_LIMITS_H
#define HUIMIN_BASE_LIMITS_H

enum {
    LIMIT_SOURCE_BYTES = 1 << 20, /* one definition file */
    LIMIT_SOURCE_FILES = 4096,    /* files of one tree */
    LIMIT_DIAGS = 50,             /* mistakes shown in one go */
    LIMIT_NESTING = 64,           /* brackets within brackets */
    LIMIT_NAME_CHARS = 64,        /* characters of a name */
    LIMIT_TEXT_CHARS = 1000,      /* characters of a quoted text */
    LIMIT_CODE_VALUES = 254,      /* values of one code list: they fit a byte beside "unknown" */
    LIMIT_MEMBERS = 10000,        /* members of one subject, e.g. of a household */
    LIMIT_ALTERNATIVES = 62,      /* alternatives of one outcome */
    LIMIT_CONDITIONS = 62,        /* conditions and reasons of one policy: bits of a word */
    LIMIT_CSV_FIELD = 1 << 16,    /* bytes of one field */
    LIMIT_CSV_COLUMNS = 512,
    LIMIT_CSV_ERRORS = 50, /* mistakes shown in one go */
};

/* Amounts typed or imported: a thousand billion yuan either way. Beyond it is a slip of the keys. */
#define LIMIT_FEN 100000000000000 /* 10^14 fen */

#endif
