/*
 * How a bank's files look: data of the place, places/PLACE/bank.json. `huimin check` reads it, `huimin
 * init` takes it into the store. Files are text in records: a header, a row for each line, a trailer; fields of
 * a fixed width in bytes (flat), or with commas (csv).
 */
#ifndef HUIMIN_PAY_BANK_LAYOUT_H
#define HUIMIN_PAY_BANK_LAYOUT_H

#include "people/people.h"

enum bank_field {
#define FIELD(name, text, records, answer) BANK_##name,
#include "pay/bank_field.def"
#undef FIELD
    BANK__COUNT
};
enum bank_record { BANK_HEADER, BANK_ROW, BANK_TRAILER, BANK_RECORDS };
enum bank_long { LONG_REFUSE, LONG_CUT };

struct bank_column {
    enum bank_field field;
    str value; /* of a constant; a title otherwise */
    str title; /* of a csv row: for the line of titles */
    int width; /* bytes, flat only */
    int most;  /* characters; 0: as many as there is room for */
    bool right;
    char pad;
    bool yuan; /* yuan with two decimals instead of fen */
    enum bank_long too_long;
    str mark;    /* put behind a text that was cut */
    bool dashed; /* a month 2020-12 and a day 2020-12-21 instead of 202012, 20201221 */
};
struct bank_columns {
    struct bank_column *at;
    size_t n, bytes; /* of a flat record */
};
struct bank_code {
    str code, text;
};
struct bank_layout {
    str name;
    struct label label;
    bool csv, gb18030, crlf, titles;
    str file_name;                            /* {number} stands for the batch's */
    struct bank_columns record[BANK_RECORDS]; /* n 0: the file has none */
    /* Of an answer: which states mean paid, and the words of the others. */
    str *paid;
    size_t n_paid;
    struct bank_code *reasons;
    size_t n_reasons;
};
struct bank {
    str bank; /* its code */
    struct label label;
    str assumed;             /* why the layout is an assumption; empty: it was published */
    struct bank_code *banks; /* that a payee may choose */
    size_t n_banks;
    struct bank_code *items; /* programme: its name in a remark */
    size_t n_items;
    str remark; /* {item}{month} */
    struct bank_layout *files, *answers;
    size_t n_files, n_answers;
};

/* Of the text of a bank.json; in the arena. RC_BAD_INPUT names what is wrong and where. */
MUST_CHECK enum rc bank_parse(str text, struct arena *a, struct bank *out, struct err *err);
/* places/PLACE/bank.json below `home` into the store; where there is none nothing is done. */
MUST_CHECK enum rc bank_init(struct city *city, const char *home, int64_t at_ms, struct err *err);
/* The store's. RC_NOT_FOUND: the place has none. */
MUST_CHECK enum rc bank_read(struct conn *c, struct arena *a, struct bank *out, struct err *err);
/* The same where it does not matter whether there is one: banks, items are empty then. */
MUST_CHECK enum rc bank_known(struct conn *c, struct arena *a, struct bank *out, struct err *err);

/* Empty name: the first. NULL: there is none. */
const struct bank_layout *bank_layout_find(const struct bank_layout *list, size_t n, str name);
/* Empty: no such code. */
str bank_code_text(const struct bank_code *list, size_t n, str code);
/* Every bank.json below home/places. Mistakes are told to `say`. */
MUST_CHECK enum rc bank_check(const char *home, size_t *files, struct err *err);

#endif
