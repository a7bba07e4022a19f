/*
 * CSV in and out (RFC 4180), by columns. It knows nothing of what the columns mean.
 *
 * Reading: describe the columns wanted, open, match the header, then read blocks of rows straight
 * into typed arrays of the caller's:
 *
 *     struct csv_column cols[] = {
 *         {.names = CSV_NAMES(S("household_id"), S("家庭编号")), .type = CSV_TEXT, .required = true},
 *         {.names = CSV_NAMES(S("assets_fen")), .type = CSV_FEN},
 *     };
 *     csv_open(arena, &(struct csv_options){.path = "households.csv"}, &r, err);
 *     csv_header(r, cols, 2, err);
 *     do { cols[0].out.text = ...; csv_read(r, at, room, &got, err); at += got; } while (got > 0);
 *
 * Values are taken strictly: no blanks around them, no thousands separators, no "+", no exponent.
 * What does not fit is a *mistake*, collected as data with row, line, column, found and expected,
 * so that a clerk can mend fifty of them in one go. Mistakes never pass unseen: the csv_read() that
 * meets the end of a file with mistakes returns RC_BAD_INPUT.
 *
 * A reader is one thread's at a time and has no global state; several may run side by side.
 */
#ifndef HUIMIN_SHEET_CSV_H
#define HUIMIN_SHEET_CSV_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"

enum csv_type {
    CSV_SKIP,  /* recognised, not read */
    CSV_FEN,   /* whole fen, "-1234" -> int64_t */
    CSV_YUAN,  /* yuan with up to two decimals, "12.5" -> 1250 fen, int64_t */
    CSV_COUNT, /* whole number -> int32_t */
    CSV_DATE,  /* YYYY-MM-DD -> day, int32_t */
    CSV_MONTH, /* YYYY-MM -> month, int32_t */
    CSV_FLAG,  /* 0/1, 否/是, no/yes, false/true (also No, NO ...) -> uint8_t */
    CSV_CODE,  /* one of a list of spellings -> uint8_t */
    CSV_TEXT,  /* any text -> str, unquoted; valid until the next csv_read() or csv_close() */
};

/* One accepted spelling of a code, without quotes in it. S("") makes an empty field a value instead of unknown. */
struct csv_code {
    str text;
    uint8_t value;
};

enum {
    CSV_NAMES_MAX = 4,
    CSV_READ_MAX = 65536,     /* rows of one csv_read() */
    CSV_SPELLINGS_MAX = 1024, /* of one CSV_CODE column */
};

/* Header names accepted for a column, the first being the one shown in messages. */
struct csv_names {
    str at[CSV_NAMES_MAX];
};
/* An initializer: .names = CSV_NAMES(S("member"), S("成员序号")) */
#define CSV_NAMES(...)                                                                             \
    {                                                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/*
 * A column: the first part is the caller's and must live as long as the reader; `out` and `nulls`
 * may be moved between reads. The second part is set by csv_header() and csv_read().
 */
struct csv_column {
    struct csv_names names;
    enum csv_type type;
    bool required;                /* an empty field is a mistake; else it is unknown */
    bool may_lack;                /* the file may do without the column: all rows unknown */
    int64_t min, max;             /* bounds of the value; both 0 = those of the type */
    const struct csv_code *codes; /* borrowed; CSV_CODE only; 1 to CSV_SPELLINGS_MAX */
    size_t code_count;

    union {
        int64_t *i64; /* CSV_FEN, CSV_YUAN */
        int32_t *i32; /* CSV_COUNT, CSV_DATE, CSV_MONTH */
        uint8_t *u8;  /* CSV_FLAG, CSV_CODE */
        str *text;    /* CSV_TEXT; an unknown text is the empty one */
    } out;            /* borrowed; room for at + max_rows of csv_read(); unknown slots get 0 */
    uint8_t *nulls;   /* borrowed; 1 = unknown, else 0. May be NULL: then only null_count tells */

    bool present;      /* the file has the column */
    size_t null_count; /* unknown values of the last csv_read() */
    int64_t low, high; /* smallest and largest known number, day or month of the last
                             csv_read(); low > high when there was none */
};

enum csv_encoding {
    CSV_DETECT, /* BOM, else UTF-8, else GB18030 */
    CSV_UTF8,
    CSV_UTF16LE,
    CSV_UTF16BE,
    CSV_GB18030,
};

struct csv_options {
    const char *path; /* "-" is standard input */
    const char *name; /* for messages; NULL = the last part of path */
    str bytes;        /* read these instead when path is NULL; borrowed until csv_close() */
    enum csv_encoding encoding;
    /* Called with things a person should see but that are no mistakes: encoding, ignored columns. */
    void (*note)(void *ctx, str text);
    void *note_ctx;
    size_t chunk;  /* bytes read at a time; 0 = the usual (tests force small ones) */
    bool portable; /* leave out the vector unit (tests compare both) */
};

/* A mistake in the file. Row 1 is the header; `line` differs where quoted line breaks precede. */
struct csv_mistake {
    int64_t row, line;
    str column;   /* header name; empty when the row as a whole is meant */
    str found;    /* “the text in the file, shortened”, or a phrase: nothing; 12 fields */
    str expected; /* what would have been right: a date like 2015-02-28 that exists */
};

/* All are in the reader's arena and stay until it ends. */
struct csv_mistakes {
    VEC(struct csv_mistake) list; /* in file order; at most LIMIT_CSV_ERRORS */
    bool more;                    /* reading stopped there: the rest was not looked at */
};

struct csv_reader;

/* Everything of the reader is in `a`; a file left open is closed when `a` ends. RC_NOT_FOUND, RC_IO. */
MUST_CHECK enum rc csv_open(struct arena *a, const struct csv_options *options,
                            struct csv_reader **out, struct err *err);
void csv_close(struct csv_reader *r);

/*
 * Read row 1 and find the columns in it, in any order. RC_BAD_INPUT: an empty file, a column that
 * is missing or there twice, something that is not CSV; the mistakes say which, *err the first.
 * Columns of the file that nobody asked for are named in a note. Also RC_IO.
 */
MUST_CHECK enum rc csv_header(struct csv_reader *r, struct csv_column *columns, size_t count,
                              struct err *err);

/*
 * Append at most max_rows (> 0) rows at index `at` of every column's arrays and say how many it were.
 * It may be fewer than asked for (a read never spans two chunks of the file, nor CSV_READ_MAX
 * rows); 0 is the end of the file. A row that is not CSV or has the wrong number of fields is left
 * out, a wrong value is left unknown; both are mistakes. RC_BAD_INPUT: the end was reached and
 * there were mistakes, or reading cannot go on (the encoding, an open quote, too many mistakes);
 * *err then is the first mistake and how many more there are. Also RC_IO. Then *got is 0.
 */
MUST_CHECK enum rc csv_read(struct csv_reader *r, size_t at, size_t max_rows, size_t *got,
                            struct err *err);

/* Have the last `rows` rows of the last csv_read() read again by the next one. */
void csv_give_back(struct csv_reader *r, size_t rows);

/* The number of the row that stands in the file at index i of the last read, for messages. */
int64_t csv_row_number(const struct csv_reader *r, size_t i);

/* Add a mistake that only the caller can see, e.g. an id that stands twice. `i` as above. */
void csv_mistake_add(struct csv_reader *r, size_t i, const struct csv_column *column, str found,
                     str expected);

const struct csv_mistakes *csv_mistakes(const struct csv_reader *r);
const char *csv_name(const struct csv_reader *r); /* of the file, for messages */

/* persons.csv row 17, column birth_date: found “2015-02-30”, expected a date like 2015-02-28 ... */
str csv_mistake_text(const struct csv_reader *r, const struct csv_mistake *m, struct arena *a);

/*
 * For small files: all fields of one row at a time, as text. csv_rows_begin() stands for
 * csv_header(); *n fields a row. csv_row() gives *fields = NULL at the end; the texts live until
 * the next csv_row(). The same codes as csv_header() and csv_read().
 */
MUST_CHECK enum rc csv_rows_begin(struct csv_reader *r, const str **names, size_t *n,
                                  struct err *err);
MUST_CHECK enum rc csv_row(struct csv_reader *r, const str **fields, struct err *err);
/* csv_rows_begin(), and in which field each of `n` columns stands. RC_BAD_INPUT: one is not there; names it and all. */
MUST_CHECK enum rc csv_rows_columns(struct csv_reader *r, const char *const *columns, size_t n,
                                    size_t *at, struct err *err);

/*
 * Writing, over a struct file_out, which keeps the first failure: field after field, then
 * csv_out_end(). Lines end in LF. A text is quoted when it has a comma, quote, line break or blank
 * at an end, or begins like a spreadsheet formula (= + - @); it is never altered.
 */
struct csv_out {
    struct file_out *f; /* borrowed */
    size_t fields;      /* of the row so far */
    bool bare;          /* the row is one empty field so far */
};

/* `bom` for files that people open with a double click: Excel takes others for GBK. */
void csv_out_init(struct csv_out *o, struct file_out *f, bool bom);
void csv_out_text(struct csv_out *o, str s);
void csv_out_plain(struct csv_out *o, str s); /* asserted: needs no quoting, at most 60,000 bytes */
void csv_out_int(struct csv_out *o, int64_t v);
void csv_out_date(struct csv_out *o, day d);
void csv_out_month(struct csv_out *o, month m);
void csv_out_empty(struct csv_out *o);
void csv_out_end(struct csv_out *o);

#endif
