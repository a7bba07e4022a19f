/*
 * What the files of this module share. Lengths are Pango units, 1,024 to a point (1/72 inch), whole numbers
 * throughout; y grows downwards from the top of the sheet.
 */
#ifndef HUIMIN_PAPER_INSIDE_H
#define HUIMIN_PAPER_INSIDE_H

#include "paper/paper.h"

/* Of the drawing libraries; whoever needs more of them includes their headers. */
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoLayoutLine PangoLayoutLine;
typedef struct _PangoFontMap PangoFontMap;
typedef struct _PangoContext PangoContext;
typedef struct _cairo cairo_t;
typedef struct hb_set_t hb_set_t;

#define POINT(n) ((n)*1024)
#define MM(n)    ((n)*2903)

enum { SHEET_WIDTH = 609562, SHEET_HEIGHT = 862088 }; /* A4 */

/* ---- fonts: fonts.c ------------------------------------------------------------------------- */

enum face { FACE_SERIF, FACE_BOLD, FACE_SANS, FACE__COUNT };

/*
 * The fonts of one run, cut down to the characters that it needs: of 90 MB of outlines some kilobytes are left, so
 * that all that follows is quick and the files are small. System settings, caches and other fonts play no part.
 */
struct fonts {
    struct arena *a;
    struct font_file *file; /* opened font files: FACE__COUNT, then those of HUIMIN_FONTS */
    size_t n_files;
    void *config; /* FcConfig */
    PangoFontMap *map;
    PangoContext *context;
};

/*
 * Once in a process: cairo knows fonts by their files' names, and those of a second run would be the same.
 * Find the files, take what `wanted` has from them. RC_NOT_FOUND: a file, with the folder expected.
 */
MUST_CHECK enum rc fonts_open(struct fonts *f, struct arena *a, const hb_set_t *wanted,
                              struct err *err);
void fonts_close(struct fonts *f);
bool fonts_have(const struct fonts *f, uint32_t cp);

/* ---- text: text.c --------------------------------------------------------------------------- */

enum { TEXT_LACKS_SHOWN = 6 };
#define TEXT_STAND_IN S("〓")
/* Every letter that stands on papers beside the callers' own; the ASCII ones are always there. */
#define TEXT_OWN S("第页共日期年月：、等〓处为字库没有的")

/* Characters that no font has, in the order met, each once. */
struct lacks {
    uint32_t cp[TEXT_LACKS_SHOWN];
    size_t n; /* all of them; only the first TEXT_LACKS_SHOWN are kept */
    hb_set_t *seen;
};

/*
 * What can be printed of a text: controls, marks of direction and variation selectors go, a tab becomes a blank,
 * all line ends become \n, what no font has becomes TEXT_STAND_IN and is added to *lacks.
 */
str text_clean(const struct fonts *f, str raw, struct arena *a, struct lacks *lacks);
/* Adds to a set (hb_set_t) what text_clean() would let stand, fonts aside. */
void text_collect(void *set, str raw);
/* "字库缺字：U+2B8F7、U+30021 等 9 字" */
str text_lacks_note(const struct lacks *lacks, struct arena *a);

/* ---- the code: qr.c ------------------------------------------------------------------------- */

struct qr {
    int n; /* modules on a side, without the quiet zone; 0: none */
    unsigned char *dark;
};
/* RC_LIMIT above PAPER_MAX_QR bytes. */
MUST_CHECK enum rc qr_make(str text, struct arena *a, struct qr *out, struct err *err);

/* ---- strips: what is laid out, from top to bottom ------------------------------------------- */

struct type {
    enum face face;
    int size, pitch; /* of letters; from line to line */
};

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

/* A text broken into lines of at most `width`. */
struct laid {
    PangoLayoutLine **line;
    int n;
    int width, indent; /* the indent is of the first line */
    enum align align;
    struct type type;
};

/* One line at its place in a strip: y is that of the baseline. */
struct piece {
    PangoLayoutLine *line;
    int x, y;
};
struct stroke {
    int x, y, x2, y2; /* level or upright */
    int width;        /* below 0: grey */
};
struct strip {
    int gap, height; /* before it, left out at the top of a page; of itself */
    bool keep;       /* not parted from the next one */
    bool fresh;      /* begins a page */
    bool under;  /* of a table: where it is the first of a page, `head` is drawn again above it */
    size_t head; /* index of a strip */
    VEC(struct piece) pieces;
    VEC(struct stroke) strokes;
};

/* The measures of a look. */
struct look {
    int left, right, top, bottom; /* margins */
    struct type office, title, subtitle, text, heading, label, cell, line, source, sign, note, foot;
    int pad;   /* inside of cells */
    bool pair; /* two pairs in a row */
};
/* `tight`: what is used where it saves a page that would be nearly empty; NULL where there is none. */
const struct look *look_of(enum paper_look look, bool tight);

/* One paper on its way to pages. */
struct flow {
    struct arena *a;
    const struct fonts *fonts;
    const struct paper *paper;
    const struct look *look;
    int width; /* of the text */
    int room;  /* for text on a page that isn't the first, at least */
    int after; /* gap that the next strip has at least */
    struct lacks lacks;
    VEC(struct strip) strips;
    VEC(PangoLayout *) layouts;   /* to be given back */
    VEC(PangoLayoutLine *) lines; /* of the text being laid out */
};

/* A strip at the end; the address holds until the next. */
struct strip *flow_strip(struct flow *w, int gap, int height);
void flow_level(struct flow *w, struct strip *s, int x, int x2, int y, int width);
void flow_upright(struct flow *w, struct strip *s, int x, int y, int y2, int width);
/* Break a text into lines; width 0: into as many as it has line ends, as wide as they are. */
struct laid flow_lay(struct flow *w, str text, struct type type, int width);
int flow_line_width(PangoLayoutLine *line);
int flow_laid_width(const struct laid *t); /* of its widest line */
/* Lines `first` to first + n - 1 of it, those that it has, from (x, y) down. */
void flow_put(struct flow *w, struct strip *s, const struct laid *t, int first, int n, int x,
              int y);
/* A text as strips of a line each, not parted after the first nor before the last. */
void flow_text(struct flow *w, const struct laid *t, int gap, int x);
/* The last n strips stay with what comes next. */
void flow_hold(struct flow *w, size_t n);
/* So many of them that at least two lines of text stand above what comes next. */
void flow_hold_some(struct flow *w);
/* A row of ruled cells, `x` with n + 1 edges; cut into strips only where it is higher than a page. */
void flow_row(struct flow *w, const struct laid *cells, const int *x, size_t n, int gap, int least);

void flow_pairs(struct flow *w, const struct paper_block *b);
void flow_table(struct flow *w, const struct paper_block *b);
void flow_lines(struct flow *w, const struct paper_block *b);
void flow_sign(struct flow *w, const struct paper_block *b);
void flow_seal(struct flow *w, const struct paper_block *b);
void flow_box(struct flow *w, const struct paper_block *b);
void flow_blocks(struct flow *w);

/* ---- pages: page.c -------------------------------------------------------------------------- */

/* Lay out and draw one paper on a PDF surface. *pages: how many were added. */
MUST_CHECK enum rc page_paper(const struct fonts *f, const struct paper *p, cairo_t *cr, int *pages,
                              struct err *err);

/* ---- the rest ------------------------------------------------------------------------------- */

/* The members of paper_write(), into an object that is open. */
void paper_write_members(const struct paper *p, struct json *j);

/* What the helper's exit status says beside 0, and 1 for a failed file. */
enum { HELPER_REFUSED = 3, HELPER_LIMIT = 4 };

/* How papers_make() is started; the tests make it hasty. */
struct helper {
    const char *program; /* NULL: found */
    const char *book;    /* NULL: each into its own file */
    int idle_ms;         /* longest time without a paper done */
};
MUST_CHECK enum rc helper_run(const struct helper *h, const struct paper *papers,
                              const char *const *paths, size_t n, size_t *done, int *pages,
                              struct err *err);

#endif
