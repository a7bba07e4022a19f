/*
 * What the reader's parts share: bytes (csv_source.c), separators (csv_scan.c), columns
 * (csv_column.c), single values (csv_value.c), mistakes (csv_mistake.c), rows (csv_read.c). Not for
 * anyone outside this folder.
 */
#ifndef HUIMIN_SHEET_CSV_IN_H
#define HUIMIN_SHEET_CSV_IN_H

#include <endian.h>
#include <string.h>
#include "base/limits.h"
#include "sheet/csv.h"

/* Readable bytes before and behind the text in the buffer, so that wide loads need no check. */
enum { CSV_PAD = 64 };

static inline uint64_t csv_load8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* ---- bytes: any encoding in, valid UTF-8 out ---- */

struct csv_source {
    int fd; /* -1 when reading `bytes` */
    bool close_fd;
    str bytes;                  /* borrowed; what is left of csv_options.bytes */
    size_t chunk;               /* most bytes of one read */
    enum csv_encoding encoding; /* CSV_DETECT as long as there was only ASCII */
    struct arena *arena;        /* borrowed */
    char *stage;                /* in arena; bytes read but not yet converted: [at, n) of it */
    size_t at, n, cap;
    bool started;            /* the byte order mark was looked at */
    bool end;                /* read() said so */
    struct UConverter *conv; /* owned; GB18030 only */
    uint16_t high;           /* first half of a surrogate pair, or 0 */
    bool fault;              /* bytes that are no text: nothing comes after */
    char fault_found[64];
    const char *fault_expected;
    const char *name; /* borrowed */
    void (*note)(void *ctx, str text);
    void *note_ctx;
};

MUST_CHECK enum rc csv_source_open(struct csv_source *s, struct arena *a,
                                   const struct csv_options *o, struct err *err);
void csv_source_close(struct csv_source *s);

/* Up to `room` (at least CSV_PAD) bytes of text to `to`; *got = 0 at the end or before a fault. */
MUST_CHECK enum rc csv_source_fill(struct csv_source *s, char *to, size_t room, size_t *got,
                                   struct err *err);

/* Length of the valid start of p[0..n); *cut when what follows is a character that goes on. */
size_t csv_utf8_prefix(const char *p, size_t n, bool *cut);

/* ---- separators ---- */

struct csv_seen {
    size_t line_ends; /* separators that are line ends */
    bool quotes;      /* any quote */
    bool odd;         /* a quote where none may be */
    bool nul;
};

/*
 * Offsets from `base` of the commas and line ends outside of quotes in [from, to), `from` being the
 * beginning of a field, until there are at least `want`. `seps` has room for want + 2 * CSV_PAD.
 */
typedef size_t csv_scan_fn(const char *base, size_t from, size_t to, size_t want, uint32_t *seps,
                           struct csv_seen *seen);
csv_scan_fn csv_scan_portable;
csv_scan_fn *csv_scan_best(void); /* for this processor */

/* ---- columns ---- */

/* A code list as a hash table of the spellings that fit, zero padded. */
struct csv_slot {
    uint64_t k0, k1;
    uint8_t value, null, used;
};

struct csv_bound {
    struct csv_column *col;       /* borrowed; NULL: nobody asked for this field */
    str header;                   /* in the reader's arena */
    int64_t min, max;             /* effective bounds */
    struct csv_slot *slots;       /* in the reader's arena; CSV_CODE, CSV_FLAG */
    unsigned shift;               /* 64 - log2 of their number */
    uint16_t *single;             /* in the reader's arena; by byte, above 255: no spelling */
    const struct csv_code *codes; /* the caller's, or those of CSV_FLAG */
    size_t code_count;
};

/* Where one field of a block of rows stands, and where its values go. */
struct csv_span {
    const char *base;
    const uint32_t *starts; /* starts[i * start_step] + start_add */
    size_t start_step;
    uint32_t start_add;
    const uint32_t *ends; /* ends[i * end_step] */
    size_t end_step;
    size_t rows;
    size_t out;   /* index of the first row in the caller's arrays */
    size_t first; /* index of the first row in this csv_read() */
    bool quoted;  /* there may be quotes */
};

static inline str csv_span_field(const struct csv_span *s, size_t i)
{
    uint32_t from = s->starts[i * s->start_step] + s->start_add;
    return (str){s->base + from, s->ends[i * s->end_step] - from};
}

struct csv_reader;

void csv_bind(struct csv_reader *r, struct csv_bound *b);
void csv_column_read(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s);
void csv_column_lacking(struct csv_column *c, size_t at, size_t rows);

/* ---- one value the long way: quotes, signs, mistakes ---- */

void csv_value_read(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s, size_t i);
/* Say that the value, read and stored, is outside of the column's bounds; it becomes unknown. */
void csv_value_outside(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s,
                       size_t i);
/* The text of a field that is well formed; in `a` where quotes within had to be undone. */
str csv_unquote(str raw, struct arena *a);
/* Length of a spelling that a slot can hold. */
enum { CSV_SLOT_BYTES = 16 };
/* The entry of a spelling of at most CSV_SLOT_BYTES, or NULL. Reads CSV_SLOT_BYTES at p. */
const struct csv_slot *csv_slot_find(const struct csv_bound *b, const char *p, size_t n);

/* ---- the reader ---- */

struct csv_reader {
    struct arena *arena; /* borrowed */
    struct arena texts;  /* owned; unquoted texts of the last csv_read() */
    const char *name;
    struct csv_source source;
    csv_scan_fn *scan;

    char *buf; /* in arena; text is [pos, end), CSV_PAD bytes around it */
    size_t cap, pos, end;
    bool closed; /* a line end was put behind the last line */
    bool ended;  /* nothing more will be read */

    struct csv_bound *bounds; /* in arena; one a field of the file */
    size_t fields;
    struct csv_column *columns; /* borrowed */
    size_t column_count;
    const int32_t *month_days; /* in arena; day number of the first of each month */

    size_t block;      /* rows taken in one go */
    uint32_t *seps;    /* in arena; block * fields + 2 * CSV_PAD, one more in front */
    uint32_t *row_at;  /* in arena; CSV_READ_MAX + 1 beginnings of rows */
    uint8_t *no_nulls; /* in arena; `block` bytes for columns without `nulls` */

    int64_t row, line; /* of the text at `base` */
    size_t base;       /* where this csv_read() began */
    size_t got;        /* rows of it so far */
    struct {
        size_t before, rows; /* so many were left out before that row of this csv_read() */
    } skips[LIMIT_CSV_ERRORS + 2];
    size_t skip_count;
    bool plain;                    /* no line break but the row ends since `base` */
    int64_t seen_row;              /* mistakes up to this row are reported already */
    int64_t blank_row, blank_line; /* first of the empty lines just before; 0 = none */

    struct csv_mistakes mistakes;

    str *row_fields; /* in arena; the row of csv_row() */
};

/* `row` and `line` of the i-th row of this read. */
int64_t csv_line_number(const struct csv_reader *r, size_t i);

/* Remember a mistake, unless its row was read before; column may be empty. Texts are copied. */
void csv_mistake_put(struct csv_reader *r, int64_t row, int64_t line, str column, str found,
                     str expected);
/* “text”, shortened, control characters made visible. */
str csv_shown(struct arena *a, str text);
void csv_mistakes_sort(struct csv_reader *r);
/* RC_BAD_INPUT with the first mistake in *err. */
enum rc csv_mistakes_err(const struct csv_reader *r, struct err *err);

/* What is wrong with one row (without its line end) as CSV; the first thing that is. */
enum csv_fault {
    CSV_ROW_GOOD,
    CSV_ROW_BLANK,
    CSV_ROW_FIELDS,
    CSV_ROW_QUOTE,
    CSV_ROW_AFTER_QUOTE,
    CSV_ROW_NUL,
    CSV_ROW_LONG,
};
struct csv_row_check {
    enum csv_fault fault;
    size_t fields;  /* fields found */
    size_t field;   /* the first at fault */
    str text;       /* of it */
    size_t longest; /* bytes of the longest field */
};
struct csv_row_check csv_row_check(str row, size_t fields);
/* Report what csv_row_check() found. */
void csv_row_report(struct csv_reader *r, const struct csv_row_check *c, int64_t row, int64_t line);

#endif
