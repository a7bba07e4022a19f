/*
 * Households, persons and cases in one workbook, a sheet each: the template that people fill, reading it
 * with the checks of load_file.h, and the same workbook given back with what is wrong marked in its cells.
 *
 *     load_book_open()     which sheet is which, by its name or its head
 *     load_book_rows()     let a load_spec read from it; then load_read()
 *     load_book_marked()   the workbook again, mistakes marked, listed on a first sheet
 *
 * A spreadsheet is taken as people fill it: blanks around a value, days as numbers or in other writings
 * (2020/12/1, 2020年12月1日), thousands separators, a household's number merged over its members. A formula
 * is its last value, which a warning tells.
 */
#ifndef HUIMIN_PEOPLE_LOAD_BOOK_H
#define HUIMIN_PEOPLE_LOAD_BOOK_H

#include "people/load_file.h"

struct load_book;

/* In the arena; what it holds beside is let go when the arena ends. RC_BAD_INPUT: no spreadsheet
 * (xlsx_open), or no sheet of the template in it; RC_NOT_FOUND, RC_IO. */
MUST_CHECK enum rc load_book_open(struct city *city, const char *path, struct arena *a,
                                  struct load_book **out, struct err *err);
void load_book_rows(struct load_book *b, struct load_spec *spec);

/* "C7", or "7" for a row as a whole; empty where a mistake has no place. In the arena. */
str load_book_cell(const struct load_book *b, const struct load_mistake *m);
str load_book_sheet(const struct load_book *b, enum load_kind kind); /* empty: there is none */

/* What was taken, and should be looked at: a formula's value, a hidden row. The first hundred. */
struct load_warning {
    enum load_kind kind;
    int64_t row;
    str cell;
    struct told text;
};
int64_t load_book_warnings(const struct load_book *b, const struct load_warning **out, size_t *n);

/* Sheets, rows and cells stand where they stood; looks of the original are not kept. */
MUST_CHECK enum rc load_book_marked(struct load_book *b, const struct load *l, const char *path,
                                    struct err *err);

MUST_CHECK enum rc load_book_template(struct city *city, const char *path, struct err *err);

/* What is wrong with a file as a whole, in words for people, from the message of load_book_open() or
 * load_read(). */
struct told load_book_refusal(const struct err *e, struct arena *a);

#endif
