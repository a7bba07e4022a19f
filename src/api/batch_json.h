/* What the handlers of batches and payees write alike; inside api/ only. */
#ifndef HUIMIN_API_BATCH_JSON_H
#define HUIMIN_API_BATCH_JSON_H

#include "api/api.h"
#include "pay/batch.h"

/* The members of a batch's object. */
MUST_CHECK enum rc json_batch(struct call *c, struct conn *conn, const struct batch *b,
                              struct err *err);
/* The members of a line's object. */
MUST_CHECK enum rc json_batch_line(struct call *c, struct conn *conn, int64_t county,
                                   const struct batch_line *l, struct err *err);
/* The streamed body as text in the request's arena. RC_BAD_INPUT: none was sent. */
MUST_CHECK enum rc call_upload(struct call *c, str *out, struct err *err);

#endif
