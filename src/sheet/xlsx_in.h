/*
 * What the parts of the spreadsheet reader share: the package (xlsx_zip.c), what the workbook says of
 * its sheets, styles and strings (xlsx_book.c), rows (xlsx_read.c), numbers (xlsx_number.c). Not for
 * anyone outside this folder.
 */
#ifndef HUIMIN_SHEET_XLSX_IN_H
#define HUIMIN_SHEET_XLSX_IN_H

#include <expat.h>
#include <zip.h>

#include "base/limits.h"
#include "sheet/xlsx.h"

enum {
    XLSX_ROWS = 1048576,
    XLSX_COLUMNS = 16384,
    XLSX_CELL_CHARS = 32767, /* UTF-16 units of a cell's text */
    XLSX_CELL_BYTES = 8 * XLSX_CELL_CHARS,
    XLSX_EPOCH_1900 = -25569, /* the day that has serial number 0, from 1900-03-01 on */
    XLSX_EPOCH_1904 = -24107,
};

/* ---- one part of the package as XML ---------------------------------------------------------- */

struct xlsx_part {
    const char *file, *name; /* borrowed */
    zip_file_t *zip;         /* owned */
    XML_Parser xml;          /* owned */
    uint64_t packed, unpacked;
    size_t idle; /* bytes since anything was seen */
    int depth;
    bool suspended, finished;
    struct err refused; /* why parsing was stopped; rc RC_OK: it was not */

    /* Local names, without a namespace's prefix; atts as expat has them. Any may be NULL. */
    void (*start)(void *ctx, const char *name, const char **atts);
    void (*end)(void *ctx, const char *name);
    void (*chars)(void *ctx, const char *s, int n);
    void *ctx;
};

/* RC_NOT_FOUND: there is no such part. */
MUST_CHECK enum rc xlsx_part_open(struct xlsx_part *p, const char *file, zip_t *zip,
                                  const char *name, struct err *err);
/* Some more of it, until its end (`finished`) or a pause. RC_BAD_INPUT, RC_IO. */
MUST_CHECK enum rc xlsx_part_step(struct xlsx_part *p, struct err *err);
MUST_CHECK enum rc xlsx_part_all(struct xlsx_part *p, struct err *err);
void xlsx_part_close(struct xlsx_part *p); /* zeroed: nothing */
/* From within a handler. */
void xlsx_part_pause(struct xlsx_part *p);
void xlsx_part_refuse(struct xlsx_part *p, const char *what);

const char *xlsx_att(const char **atts, const char *name); /* by local name; NULL: there is none */

/* ---- the workbook ------------------------------------------------------------------------------ */

struct xlsx_sheet_in {
    str name;
    const char *part; /* NULL: told of, but not in the file */
    bool hidden;
};

/* Texts that cells share, one behind the other. */
struct xlsx_strings {
    char *bytes;  /* owned */
    uint32_t *at; /* owned; n + 1 beginnings */
    size_t n, used, cap, cap_at;
};

struct xlsx_merge {
    int r1, c1, r2, c2; /* from 0; all within */
    struct xlsx_cell cell;
};

struct xlsx_row_in; /* of xlsx_read.c */

struct xlsx_in {
    struct arena arena;
    const char *file; /* last part of the path, for messages */
    zip_t *zip;       /* owned */
    VEC(struct xlsx_sheet_in) sheets;
    bool from_1904;
    VEC(uint8_t) dated; /* by style: 1 a day, 2 a month */
    struct xlsx_strings strings;
    struct xlsx_row_in *rows; /* of the sheet at hand; owned */
};

MUST_CHECK enum rc xlsx_package_open(struct xlsx_in *x, const char *path, struct err *err);
MUST_CHECK enum rc xlsx_book_read(struct xlsx_in *x, struct err *err);
void xlsx_rows_end(struct xlsx_in *x);

/* _x000D_ stands for a character; written over the text itself. Returns its new length. */
size_t xlsx_unescape(char *s, size_t n);

/* ---- numbers ------------------------------------------------------------------------------------ */

enum { XLSX_NUMBER_TEXT = 64 };
/*
 * Decimal text of a file, "4.1E2" or "410.09999999999997", as spreadsheets show it: rounded to 15
 * digits, without exponent where 40 characters do. False: it is no number.
 */
bool xlsx_number_text(str s, char out[XLSX_NUMBER_TEXT]);
/* The day of a serial number's text as xlsx_number_text() gives it. False: there is none. */
bool xlsx_serial_day(const char *number, bool from_1904, day *out);
/* Does a number format show a day (1), a month (2: no day in it) or neither (0)? */
int xlsx_format_dated(str format);
int xlsx_builtin_dated(int id);

#endif
