/*
 * Lists as spreadsheets: the list's own handler is asked for page after page, in the caller's scope, with
 * its filters and in its order, and the rows of its JSON become rows of a sheet by export.def. So a sheet
 * holds what the list shows, masked as it is there. Each is an entry of the audit chain: who took how
 * many rows of what.
 */
#ifndef HUIMIN_API_EXPORT_H
#define HUIMIN_API_EXPORT_H

#include "api/api_in.h"
#include "sheet/xlsx.h"

enum {
    EXPORT_ROWS_MOST = 200000, /* a list that is longer is refused */
    EXPORT_PAGE = 2000,        /* rows asked for at once */
    EXPORTS_AT_ONCE = 3,
};

enum export_how {
    EXPORT_TEXT,
    EXPORT_WORD,
    EXPORT_WORDS,
    EXPORT_LABEL,
    EXPORT_LABELS,
    EXPORT_NAMES,
    EXPORT_PROGRAMME,
    EXPORT_ROLES,
    EXPORT_COUNT,
    EXPORT_FEN,
    EXPORT_DAY,
    EXPORT_MONTH,
    EXPORT_TIME,
    EXPORT_FLAG,
    EXPORT_CODE, /* a value of the field's code list */
};

struct export_list {
    const char *operation, *rows, *zh, *en;
};
struct export_column {
    const char *operation, *path;
    enum export_how how;
    int width;
    str zh, en;
    const struct field *field; /* EXPORT_CODE */
};

/* NULL: the operation gives no list that goes out. */
const struct export_list *export_find(const char *operation);
/* Has the request asked for a spreadsheet? RC_BAD_INPUT: for something else than json or xlsx. */
MUST_CHECK enum rc export_asked(struct call *c, bool *out, struct err *err);
/* The whole list as the reply. */
MUST_CHECK enum rc export_run(struct call *c, struct err *err);

/* The columns of the call's list. In the arena. */
MUST_CHECK enum rc export_columns(struct call *c, const struct export_list *l,
                                  struct export_column **out, size_t *n, struct err *err);

/*
 * One sheet being made in the folder of files, with the line that says who took it and what was asked.
 * For handlers that make a sheet of their own too (figures).
 */
struct export_file {
    struct call *c;
    struct xlsx_out *x;
    const char *path;
    bool english;
    str title;
    int64_t rows;
    int covered; /* numbers that were found in texts and made unreadable */
};
MUST_CHECK enum rc export_begin(struct call *c, str title, struct export_file *out,
                                struct err *err);
str export_says(const struct export_file *f, const char *zh, const char *en);
/* "张三（zhang）导出 · 东街道 · 2020-12-21 · 条件" : the first line of a sheet. In the call's arena. */
str export_mark(const struct export_file *f, struct err *err);
/* A text with numbers of persons made unreadable. */
void export_text(struct export_file *f, str text, enum xlsx_look look);
void export_cell(struct export_file *f, const struct export_column *col, json_t *row);
/* Closed, recorded in the audit chain, and the reply. Ends f also on failure. */
MUST_CHECK enum rc export_send(struct export_file *f, struct err *err);
void export_drop(struct export_file *f);

#endif
