/* What the files of retention share. Inside pay/ only. */
#ifndef HUIMIN_PAY_RETENTION_IN_H
#define HUIMIN_PAY_RETENTION_IN_H

#include "pay/retention.h"

/* What holds one person longest, or held it last: nothing does when `until` is not after the day. */
struct held {
    enum hold hold;
    str name;  /* borrowed from the rules, or in the arena */
    day until; /* INT32_MAX: no end */
};
/* `death` 0: alive. */
MUST_CHECK enum rc person_held(const struct city *city, struct conn *c, int64_t county,
                               int64_t person, day death, day upto, struct arena *a,
                               struct held *out, struct err *err);

/* Clear one person, inside a change: without a look at what holds it. */
MUST_CHECK enum rc person_clear(struct change *c, const struct city *city, int64_t person,
                                const struct held *last, day today, struct err *err);

/* Before anything of a household's lines goes: their hashes, and of each batch the chain over them. */
MUST_CHECK enum rc batches_seal(struct change *c, int64_t household, struct err *err);

#endif
