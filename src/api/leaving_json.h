/* What an account has in hand, as JSON; inside api/ only. */
#ifndef HUIMIN_API_LEAVING_JSON_H
#define HUIMIN_API_LEAVING_JSON_H

#include "api/api.h"
#include "work/leaving.h"

MUST_CHECK enum rc leaving_json(struct call *c, struct conn *conn, const struct leaving *l,
                                struct json *j, struct err *err);
/* `successor` of the body: an account's id, office, or nothing said. */
MUST_CHECK enum rc leaving_choice_read(struct call *c, struct leaving_choice *out, struct err *err);
/* The problem's `current`: what is in hand. */
void leaving_refused(struct call *c, const struct leaving *l);

#endif
