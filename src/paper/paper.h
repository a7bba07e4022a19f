/*
 * Paper: A4 pages as PDF, with Chinese text that can be selected, page numbers and a QR code. It is told what
 * stands on a page, block by block, and knows nothing of what it means; nor does the caller know
 * anything of fonts and places.
 *
 * The libraries that draw never run in a process that answers others: papers_make() starts a helper
 * (`huimin paper`, the program itself), gives it the papers as lines of JSON and waits for the files. A
 * paper that can't be drawn ends that helper, and nothing else.
 */
#ifndef HUIMIN_PAPER_PAPER_H
#define HUIMIN_PAPER_PAPER_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"

enum paper_block_kind {
    /* Paragraphs, one a line of the text, their first lines indented by two characters. One that
       ends with a colon and fits into a line is an address: not indented. */
    PAPER_TEXT,
    PAPER_HEADING, /* a small heading inside */
    PAPER_PAIRS,   /* label and value, two of them in a row where they fit; ruled */
    PAPER_TABLE,   /* ruled; its head repeats on every page */
    PAPER_LINES,   /* a calculation: a sentence, an amount on the right, the source small below */
    PAPER_SIGN,    /* lines to sign: label, room, date */
    PAPER_SEAL,    /* office and day on the right, room for a seal */
    PAPER_BOX,     /* an empty or filled box with a label, for a long text */
    PAPER_NOTE, /* small print, paragraphs as PAPER_TEXT; on a posting nearly as large as the rest */
    PAPER_BREAK, /* what follows begins a new page */
    PAPER_BLOCK__COUNT
};

struct paper_pair {
    str label, value; /* value empty: room to fill in */
};
struct paper_line {
    str text, amount, source; /* amount and source may be empty */
    int depth;                /* indented so far; 0 */
    bool strong;              /* a result */
};
struct paper_cell {
    str text;
    bool right; /* a number */
};
struct paper_block {
    enum paper_block_kind kind;
    str text; /* PAPER_TEXT, PAPER_HEADING, PAPER_NOTE, PAPER_BOX's label, PAPER_SEAL's office */
    str more; /* PAPER_BOX's text, PAPER_SEAL's day in words */
    int rows; /* PAPER_BOX: lines of room at least */
    struct paper_pair *pairs;
    size_t n_pairs; /* PAPER_PAIRS, PAPER_SIGN (value: a name printed already) */
    str *head;      /* PAPER_TABLE: as many as columns */
    int *widths;    /* shares of the width */
    size_t n_columns;
    struct paper_cell *cells; /* row by row */
    size_t n_rows;
    struct paper_line *lines;
    size_t n_lines;
};

enum paper_look {
    PAPER_LETTER,  /* a notice, decision, form */
    PAPER_POSTING, /* read from a wall: larger type, no small print */
    PAPER_COVER,   /* of a file: title in the middle of the page */
    PAPER_LOOK__COUNT
};

struct paper {
    enum paper_look look;
    str number; /* 510402-2020-P000123; top right, and on every page's foot */
    str office; /* at the head, above the title */
    str title, subtitle;
    str qr;      /* what the code opens; empty: no code */
    str qr_text; /* beside it: 扫码核验 */
    str foot;    /* a line at the foot of each page */
    str mark;    /* pale, across each page: 预览; empty: none */
    struct paper_block *blocks;
    size_t n_blocks;
};

/* What a paper may hold; more is refused with RC_LIMIT. */
enum {
    PAPER_MAX_BLOCKS = 2000,
    PAPER_MAX_COLUMNS = 20,
    PAPER_MAX_TEXT = 4 << 20, /* bytes of all its texts */
    PAPER_MAX_QR = 300,       /* bytes: more makes a code too fine to be read from paper */
    PAPER_MAX_PAGES = 2000
};

/*
 * As one JSON object, and back; everything in the arena. Members that are not said are empty.
 * RC_BAD_INPUT: what is not one, with the member that is wrong; RC_LIMIT.
 */
void paper_write(const struct paper *p, struct json *j);
MUST_CHECK enum rc paper_read(const json_t *from, struct arena *a, struct paper *out,
                              struct err *err);

/* Show every text that will stand on it, but that of the code, to see(with, text). */
void paper_texts(const struct paper *p, void (*see)(void *with, str text), void *with);

/*
 * Draw many in a helper process: papers[i] into paths[i], in their order; it stops at the first that can't be
 * drawn. `program` is huimin itself (NULL: this process's own file, or the one beside or above it).
 * *done: how many were finished, also after a failure: paths[0] to paths[*done - 1] stand, of the others
 * there is nothing. The same call gives the same bytes; among other papers one may get other font tags.
 * RC_BAD_INPUT or RC_LIMIT: a paper that can't be drawn; RC_IO: the helper could not be started, died or was
 * too slow. The message names the paper that it was at.
 */
MUST_CHECK enum rc papers_make(const char *program, const struct paper *papers,
                               const char *const *paths, size_t n, size_t *done, struct err *err);

/* The same into one file, paper after paper, each with its own page numbers; nothing after a failure. */
MUST_CHECK enum rc papers_book(const char *program, const struct paper *papers, size_t n,
                               const char *path, size_t *done, struct err *err);

/*
 * The helper's side: papers as lines of JSON from the file `in`, each with a member "file", drawn below `to`
 * (NULL: "file" is a path; else a plain name). With `book` all go into that one file instead. For
 * each paper a line of JSON is written to `out`: {"file": …, "pages": …}. Fails with the first that can't be drawn;
 * the message names its line and number. *status: what the helper's process is to exit with.
 */
MUST_CHECK enum rc papers_serve(int in, FILE *out, const char *to, const char *book, int *status,
                                struct err *err);

#endif
