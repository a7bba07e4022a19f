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
    LIMIT_CSV_ERRORS = 50,         /* mistakes shown in one go */
    LIMIT_XLSX_BYTES = 1 << 27,    /* a spreadsheet file */
    LIMIT_XLSX_ENTRIES = 10000,    /* files packed into it */
    LIMIT_XLSX_UNPACKED = 1 << 30, /* bytes of one of them, unpacked */
    LIMIT_XLSX_RATIO = 200,        /* bytes unpacked from one, beyond the first 16 MB */
    LIMIT_XLSX_DEPTH = 64,         /* elements within elements */
    LIMIT_XLSX_SHEETS = 1000,
    LIMIT_XLSX_STYLES = 1 << 16,
    LIMIT_XLSX_STRINGS = 1 << 22,      /* texts that cells share */
    LIMIT_XLSX_STRING_BYTES = 1 << 26, /* of all of them */
    LIMIT_XLSX_ROW_BYTES = 1 << 22,    /* texts of one row */
    LIMIT_XLSX_MERGED = 1 << 22,       /* cells within merged ranges */
};

/* Amounts typed or imported: a thousand billion yuan either way. Beyond it is a slip of the keys. */
#define LIMIT_FEN 100000000000000 /* 10^14 fen */

#endif
