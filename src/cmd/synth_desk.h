/*
 * Work in progress for a demonstration: made-up applications of the last weeks, at every stage, and
 * facts of enrolled families that have changed since. Everything goes through the case engine as a
 * clerk's clicks would; nobody in it exists.
 */
#ifndef HUIMIN_CMD_SYNTH_DESK_H
#define HUIMIN_CMD_SYNTH_DESK_H

#include "cmd/synth.h"
#include "work/case.h"

struct synth_desk {
    struct city *city;
    int64_t cases;
    day today;
    str seed;
    void (*progress)(void *ctx, int64_t done);
    void *ctx;
};
struct synth_desk_counts {
    int64_t cases, done, events, changed;
};
/* RC_NOT_FOUND: the store has no accounts of a demonstration. */
MUST_CHECK enum rc synth_desk(const struct synth_desk *d, struct synth_desk_counts *out,
                              struct err *err);

#endif
