/* A preview asked for and told, as docs/api.md has it; inside api/ only. The window and the case use it. */
#ifndef HUIMIN_API_PREVIEW_JSON_H
#define HUIMIN_API_PREVIEW_JSON_H

#include "api/api.h"
#include "people/preview.h"

/*
 * A body's (or a draft's) facts, added and without into the spec; its month is left as it is unless the
 * body has one. Everything in the request's arena. RC_BAD_INPUT names the field.
 */
MUST_CHECK enum rc preview_read(struct call *c, const json_t *body, struct preview_spec *spec,
                                struct err *err);
/* The members "programmes" and "members" of an object. `person`: only units of this one; 0: all. */
void preview_write(struct call *c, int64_t county, const struct preview *p, int64_t person);

enum preview_fits { FITS_NO, FITS_YES, FITS_OPEN };
/* Does a unit get the programme? */
enum preview_fits preview_fits(const struct trace_unit *u);
/* What it is paid in all, fen a month; AMOUNT_OPEN. */
int64_t preview_fen(const struct trace_unit *u);

#endif
