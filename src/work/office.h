/* How citizens reach the offices: a place's own file, in the store for whoever asks where to go. */
#ifndef HUIMIN_WORK_OFFICE_H
#define HUIMIN_WORK_OFFICE_H

#include "guard/guard.h"

/*
 * places/PLACE/offices.csv below `home` into the store, in a change of its own, when it is another file than
 * the one taken last; without a file nothing is done. Columns division (twelve digits; empty: of
 * everybody), name, phone, address, hours. RC_BAD_INPUT names row, column, found and expected.
 * at_ms: the change's time, 0 the clock's.
 */
MUST_CHECK enum rc office_init(struct city *city, const char *home, int64_t at_ms, struct err *err);

#endif
