/*
 * How long what is on record of people is kept. What holds it is declared where the data is (`kept` of a
 * service, a policy, a register); a person whom nothing holds any more is due, and is cleared by an act of
 * somebody with his reason: the personal key is destroyed, so that numbers and accounts open nowhere; the
 * name is gone wherever it stood; when everybody of a household is cleared, the words of its cases, notices
 * and papers go too, and photos and scans leave the disk. Days, amounts, codes, hashes stay under a number:
 * lists, sums, the audit chain and what was determined can still be proven. See docs/retention.md.
 */
#ifndef HUIMIN_PAY_RETENTION_H
#define HUIMIN_PAY_RETENTION_H

#include "guard/guard.h"

/* The first day on which what lasted to `end`, its last day, is held no more. INT32_MAX: it has no end. */
day keep_until(const struct keep *k, day end);

enum hold {
    HOLD_NOTHING,
    HOLD_HOME,       /* lives in a household on record */
    HOLD_REGISTER,   /* since the last membership or death: register's `kept` */
    HOLD_ENROLLED,   /* is enrolled */
    HOLD_POLICY,     /* was enrolled or paid: policy's `kept` */
    HOLD_OPEN_CASE,  /* a case is open */
    HOLD_SERVICE,    /* a case was closed: service's `kept` */
    HOLD_MONEY,      /* a payment or arrears are not settled */
    HOLD_STAFF,      /* has an account, or is a relative of somebody who has */
    HOLD_UNDECLARED, /* what it was is declared no more, or without an end: kept */
    HOLD__COUNT
};
const char *hold_word(enum hold h); /* "home", "register", ... */
const char *hold_label(enum hold h, bool english);

/* What holds people longest, and how many. */
struct retention_ground {
    enum hold hold;
    str name;        /* of the register, policy, service; else empty */
    str label[2];    /* Chinese, English */
    int64_t persons; /* whom nothing holds longer */
    day first, last; /* when the first and the last of them are held no more; 0: has no end */
};
struct retention_kept { /* of kept.def */
    const char *name, *zh, *en;
    int days;
    int64_t due;
};
struct retention {
    int64_t persons, cleared; /* on record; of these already cleared */
    int64_t due;              /* held by nothing on the day */
    VEC(struct retention_ground) grounds;
    VEC(struct retention_kept) kept;
};
struct retention_spec {
    struct city *city;
    int64_t county; /* 0: all */
    day upto;       /* who is held by nothing on this day; not after the clock's day when cleared */
    day today;
    str why;           /* of who has them cleared */
    const char *files; /* folder of photos and scans; NULL: there is none */
    void (*progress)(void *ctx, int64_t persons);
    bool (*stop)(void *ctx);
    void *ctx;
};
/* What there is and what is due: nothing is written. In the arena. */
MUST_CHECK enum rc retention_read(const struct retention_spec *spec, struct arena *a,
                                  struct retention *out, struct err *err);
/*
 * Clear who is due, some dozens a change, each looked at again in it; killed or stopped it is gone on with
 * by the next call. Contents of files are removed behind the change that lets them go. RC_BAD_INPUT: no
 * reason, or a day that is not over.
 */
MUST_CHECK enum rc retention_do(const struct retention_spec *spec, int64_t *cleared,
                                struct err *err);
/* What kept.def names, where its time is over; nobody has to ask. Counts rows. */
MUST_CHECK enum rc retention_daily(const struct retention_spec *spec, int64_t *rows,
                                   struct err *err);

/* When everybody of the household was cleared; 0: somebody is not. */
MUST_CHECK enum rc household_cleared_on(struct conn *c, int64_t county, int64_t household, day *out,
                                        struct err *err);

/*
 * Prove the lists that the bank had: of each batch sums and digest over its lines as they were when it was
 * frozen. A cleared line stands in by its hash. RC_RULE names the batch.
 */
MUST_CHECK enum rc batches_verify(struct city *city, int64_t county, int64_t *checked,
                                  struct err *err);

#endif
