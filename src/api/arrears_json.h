/* What the handlers of arrears share; inside api/ only. */
#ifndef HUIMIN_API_ARREARS_JSON_H
#define HUIMIN_API_ARREARS_JSON_H

#include "api/api.h"
#include "pay/arrears.h"

MUST_CHECK enum rc arrears_of_path(struct call *c, int64_t *county, int64_t *job, struct err *err);
/* Twelve digits; empty: 0. */
MUST_CHECK enum rc arrears_division(struct call *c, str text, int64_t *out, struct err *err);
/* Empty, or a policy's name. */
MUST_CHECK enum rc arrears_programme(struct call *c, str text, struct err *err);
/* Of a household's reference: its county (0: none was given) is the finding's. */
MUST_CHECK enum rc arrears_same_county(struct call *c, int64_t household, int64_t county,
                                       struct err *err);
/* What this server is finding, or how the last of it ended; null. */
MUST_CHECK enum rc arrears_progress_json(struct call *c, struct conn *conn, struct err *err);

#endif
