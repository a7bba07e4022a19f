/* The figures of a month as a workbook: a sheet for each level from the division down, why units were
 * stopped, and what the lists don't agree in. */
#ifndef HUIMIN_PAY_FIGURES_BOOK_H
#define HUIMIN_PAY_FIGURES_BOOK_H

#include "pay/figures.h"
#include "sheet/xlsx.h"

struct figures_book {
    const struct city *city;
    const struct figures *figures;
    int64_t division;
    bool english;
    str mark; /* the first line of each sheet: who took it when; empty: none */
};
/* Into an open workbook. *rows: lines written, of all sheets. */
MUST_CHECK enum rc figures_book_write(const struct figures_book *b, struct xlsx_out *x,
                                      struct arena *a, int64_t *rows, struct err *err);

#endif
