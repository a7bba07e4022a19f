/* Papers drawn into files that have no name; inside api/ only. */
#ifndef HUIMIN_API_PAPER_PDF_H
#define HUIMIN_API_PAPER_PDF_H

#include "api/api.h"
#include "work/paper.h"

struct pdf {
    int fd; /* owned; its file is gone from the folder already */
    int64_t bytes;
};
/*
 * All of them in one file, in the folder for temporary files. RC_IO: it can't be written there, or the helper
 * failed; RC_BAD_INPUT, RC_LIMIT: a paper that can't be drawn.
 */
/* One of a few at a time draws: false when all places were taken for wait_ms. pdf_draw() of one paper does it
 * by itself. */
bool pdf_enter(int wait_ms);
void pdf_leave(void);
MUST_CHECK enum rc pdf_draw(const struct paper *papers, size_t n, struct pdf *out, struct err *err);
/* Reply with it: `name` without .pdf. Takes the file over. */
void pdf_reply(struct call *c, struct pdf *pdf, str name);

/*
 * Keep one for the account that asked, as what was printed is kept, and answer with its number. Takes the file
 * over. RC_TOO_MANY: all places are taken.
 */
MUST_CHECK enum rc print_keep(struct call *c, struct pdf *pdf, struct err *err);

/* Of the api_job: nothing is taken up, what is being printed stops, what was printed goes. */
MUST_CHECK enum rc prints_start(struct api *api, struct err *err);
void prints_park(struct api *api);

#endif
