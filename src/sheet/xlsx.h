/*
 * Spreadsheets (.xlsx) in and out, row by row in bounded memory. It knows nothing of what the columns mean.
 *
 * Writing: cells of a row from left to right, rows from top to bottom; a number is a number there, an amount has
 * two decimals and thousands separators, text is always text (a leading = is no formula).
 *
 * Reading: whatever a spreadsheet program made of it: shared and inline strings, dates as serial numbers (1900
 * and 1904), merged cells (the value is the first cell's), formulas (their last value; never worked out).
 * Limits hold against bombs: bytes unpacked, rows, columns, strings; no entity is expanded.
 */
#ifndef HUIMIN_SHEET_XLSX_H
#define HUIMIN_SHEET_XLSX_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"

/* ---- out ------------------------------------------------------------------------------------ */

enum xlsx_look { XLSX_PLAIN, XLSX_HEAD, XLSX_WRONG, XLSX_NOTE, XLSX_SUM };

struct xlsx_out;
/* Written beside `path` and renamed by xlsx_close(). RC_IO. */
MUST_CHECK enum rc xlsx_create(const char *path, struct xlsx_out **out, struct err *err);
struct xlsx_column {
    str title;
    int width;        /* characters; 0: 12 */
    const str *picks; /* a list to choose from in the cells below; NULL: none */
    size_t n_picks;
    str note;  /* what the column is for: a comment on its head; empty: none */
    bool text; /* what people type below stays text: 18 digits of a number keep them all */
};
/*
 * A sheet with its head row, which stays while one scrolls; lines before the first cell stand above it.
 * Name: at most 31 characters, shortened; what a name can't hold is left out, a second one of the same
 * name gets a number. Beyond 1,048,576 rows the sheet goes on in another with the same head.
 * Columns of which none has a title: no head row.
 */
MUST_CHECK enum rc xlsx_sheet(struct xlsx_out *x, str name, const struct xlsx_column *columns,
                              size_t n, struct err *err);
/* A line over the whole width above or between, before any cell of its row. */
void xlsx_line(struct xlsx_out *x, str text, enum xlsx_look look);
void xlsx_text(struct xlsx_out *x, str text, enum xlsx_look look);
void xlsx_fen(struct xlsx_out *x, int64_t fen, enum xlsx_look look); /* shown as yuan */
void xlsx_count(struct xlsx_out *x, int64_t n, enum xlsx_look look);
/* A number as decimal text, e.g. of a cell that was read: stays one. Other text is written as text. */
void xlsx_number(struct xlsx_out *x, str text, enum xlsx_look look);
void xlsx_day(struct xlsx_out *x, day d, enum xlsx_look look); /* 0: empty */
void xlsx_empty(struct xlsx_out *x);
/* What is wrong with the cell written last: it is marked, and says so when one points at it. */
void xlsx_comment(struct xlsx_out *x, str text);
void xlsx_end_row(struct xlsx_out *x);
/* The file is whole under its name, or isn't there. Frees x. RC_LIMIT: a text of more than 32,767
 * characters, a cell beyond the columns; RC_IO. */
MUST_CHECK enum rc xlsx_close(struct xlsx_out *x, struct err *err);
void xlsx_abandon(struct xlsx_out *x);

/* ---- in ------------------------------------------------------------------------------------- */

enum xlsx_kind { XLSX_NONE, XLSX_TEXT, XLSX_NUMBER, XLSX_FLAG, XLSX_DAY, XLSX_ERROR };
struct xlsx_cell {
    enum xlsx_kind kind;
    str text; /* as people see it: 410.00 is "410", a day "2020-12-01"; exact for whole numbers to
                     15 digits; until the next xlsx_row() */
    day day;  /* XLSX_DAY */
    bool formula; /* its value is a formula's */
    bool merged;  /* repeats the first cell of a merged range */
};

struct xlsx_in;
/* RC_BAD_INPUT: no spreadsheet, an old .xls, encrypted, over a limit; says which. */
MUST_CHECK enum rc xlsx_open(const char *path, struct xlsx_in **out, struct err *err);
size_t xlsx_sheets(const struct xlsx_in *x);
str xlsx_sheet_name(const struct xlsx_in *x, size_t sheet);
bool xlsx_sheet_hidden(const struct xlsx_in *x, size_t sheet);
MUST_CHECK enum rc xlsx_use(struct xlsx_in *x, size_t sheet, struct err *err);
/* The next row that has a cell; *n cells from column A on; *row its number, from 1; *n 0: no more. */
MUST_CHECK enum rc xlsx_row(struct xlsx_in *x, const struct xlsx_cell **cells, size_t *n, int *row,
                            struct err *err);
bool xlsx_row_hidden(const struct xlsx_in *x); /* is the last row one that people don't see? */
void xlsx_shut(struct xlsx_in *x);             /* NULL: nothing */

#endif
