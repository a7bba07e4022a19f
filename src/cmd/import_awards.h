/* The amounts that a case load brings along for the month before: they stand in the store as awards
 * of that month, so that the next run knows what was paid last. */
#ifndef HUIMIN_CMD_IMPORT_AWARDS_H
#define HUIMIN_CMD_IMPORT_AWARDS_H

#include "people/load_file.h"

/* decided: they are the amounts decided from that month on as well, so that later runs pay them. */
MUST_CHECK enum rc import_awards(struct change *c, struct city *city, month m, bool decided,
                                 const struct load_award *list, size_t n, struct err *err);

#endif
