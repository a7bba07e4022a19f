/*
 * How a field of a register stands in a CSV file: under its name or its Chinese label; money in
 * yuan, or in whole fen under its name with _fen behind it; codes by name, number or label. One list
 * for every file that has registers' fields in it.
 */
#ifndef HUIMIN_PEOPLE_LOAD_COLUMNS_H
#define HUIMIN_PEOPLE_LOAD_COLUMNS_H

#include "lang/rules.h"
#include "sheet/csv.h"

/* A few words in both languages, for whoever reads them. */
struct told {
    str en, zh;
};
#define TOLD(e, z) ((struct told){S(e), S(z)})

/* Every accepted spelling of a code's values. */
const struct csv_code *code_spellings(struct arena *a, const struct code *c, size_t *n);

/* The column of a field. CSV_TEXT for words, CSV_SKIP for what no file holds (a list, a place). */
struct csv_column field_column(struct arena *a, const struct field *f);
/* The one in fen, for a field whose own is CSV_YUAN. */
struct csv_column field_column_fen(struct arena *a, const struct field *f,
                                   const struct csv_column *own);

/*
 * One value as text: *out is fen, a number, a day, a month, 0/1 or the code's index. False: it is
 * none, and *expected says what would have been right, in the words of csv.h. Not for CSV_TEXT.
 */
bool column_value(const struct csv_column *c, str text, struct arena *a, int64_t *out,
                  struct told *expected);

#endif
