/* Parts of the hand-over; inside api/ only. */
#ifndef HUIMIN_API_HANDOVER_MORE_H
#define HUIMIN_API_HANDOVER_MORE_H

#include "api/desk_json.h"
#include "guard/account.h"

/* Members week, week_more, open, open_more, people, into an open object: of the scope's offices; with
 * `who` (NULL: whoever works there) only what is that account's to do. */
MUST_CHECK enum rc handover_more(struct desk_json *d, const struct scope *scope,
                                 const struct account *who, struct err *err);

#endif
