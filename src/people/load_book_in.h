/* What the parts of load_book.h share: load_book.c reads, load_book_mark.c gives back, load_template.c makes
 * the empty one. */
#ifndef HUIMIN_PEOPLE_LOAD_BOOK_IN_H
#define HUIMIN_PEOPLE_LOAD_BOOK_IN_H

#include "people/load_book.h"
#include "people/load_in.h"
#include "sheet/xlsx.h"

struct book_sheet {
    bool there;
    size_t sheet; /* of the workbook */
    int head_row; /* from 1 */
    str *heads;   /* by column, as matched: without blanks and marks */
    size_t columns;
};

struct load_book {
    struct city *city;
    struct arena *arena; /* borrowed */
    struct xlsx_in *in;  /* owned: let go with the arena */
    struct book_sheet of[LOAD_KINDS];
    struct load_rows rows[LOAD_KINDS];
    struct book_source {
        struct load_book *b;
        enum load_kind kind;
    } sources[LOAD_KINDS];
    struct load *load; /* that reads */
    struct arena row;  /* owned: texts of the row at hand */
    VEC(struct load_warning) warnings;
    int64_t n_warnings;
};

extern const struct told book_sheet_names[LOAD_KINDS];

/* "C7"; "7" without a column (-1). */
str book_cell(struct arena *a, int64_t row, int column);

#endif
