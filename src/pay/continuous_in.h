/* Inside of continuous determination: what its files share. */
#ifndef HUIMIN_PAY_CONTINUOUS_IN_H
#define HUIMIN_PAY_CONTINUOUS_IN_H

#include "pay/continuous.h"
#include "pay/determine.h"

enum { MONTHS = 2 /* the month at hand and the next */ };

/* The programs of one county, kept from one look to the next. */
struct bench {
    int64_t county;
    month month;
    struct determiner *of[MONTHS]; /* owned */
    bool rights;                   /* some came or went since the villages were told */
};

struct continuous {
    struct continuous_spec spec;
    struct arena arena;
    VEC(struct bench) benches;
    struct arena batch; /* what is being determined */
    int64_t told_ms;    /* when villages were told last */
};

/* A county as one snapshot shows it. */
struct look {
    struct continuous *w;
    struct conn *conn;
    int64_t county, position;
    month month;      /* the month at hand */
    int64_t last_job; /* whose amounts are last month's */
    struct bench *bench;
};

/* A stored result, or one that is to be stored; in the order of household, person, programme, month. */
struct now_row {
    int64_t household, person;
    str programme;
    month month;
    str outcome, reasons;
    int64_t fen; /* AMOUNT_OPEN */
    bool enrolled, qualifies;
    int64_t division; /* of one that is determined */
};
struct now_right {
    int64_t household, person;
    str programme;
    int64_t division;
    month month;
    int64_t fen;
};
struct now_finding {
    month month;
    const struct found_finding *f;
};
struct now {
    struct arena *a; /* borrowed; everything in it */
    VEC(struct now_row) rows;
    VEC(struct now_right) rights;
    VEC(struct now_finding) findings;
    int64_t upto, households; /* of a range: ids that it covers */
    bool last;                /* nobody is behind it */
};

/* What a county is looked at with: position, month at hand, last month's job, programs. */
MUST_CHECK enum rc look_open(struct continuous *w, struct conn *c, int64_t county, struct look *out,
                             struct err *err);

/* Read and determined for both months: one household, or those from an id on (now->upto). RC_RULE: a rule's error; the
 * text names household and month. */
MUST_CHECK enum rc now_one(const struct look *l, struct intake in[MONTHS], int64_t household,
                           struct now *out, struct err *err);
MUST_CHECK enum rc now_range(const struct look *l, int64_t from, struct now *out, struct err *err);
/* The readers for now_one(). */
MUST_CHECK enum rc now_open(const struct look *l, struct intake in[MONTHS], struct err *err);

/* ---- what differs from what is stored (continuous_store.c) ---------------------------------- */

/* One household to be written. */
struct renewal {
    int64_t household;
    VEC(struct now_row) put, gone;
    VEC(struct now_right) right_put, right_gone;
    VEC(struct now_finding) findings;
    bool proposals; /* they differ, as far as one can tell without writing */
    str error;      /* a rule's; nothing else is written then */
};
typedef VEC(struct renewal) renewals;

/* Hold [from, upto] against the store in the look's snapshot; *out in the order of ids: households
 * that differ. */
MUST_CHECK enum rc now_compare(const struct look *l, const struct now *now, int64_t from,
                               int64_t upto, struct arena *a, renewals *out, struct err *err);

/* Some of them in one change. */
struct storing {
    const struct look *look;
    struct renewal *at;
    size_t n;
    bool
        marked; /* each has a mark, which goes with it; else only those are written that have none */
    /* Called within the change with how many were written. */
    enum rc (*also)(struct change *c, void *ctx, int64_t written, struct err *err);
    void *ctx;
    struct continuous_done own; /* of the change that is being made */
};
MUST_CHECK enum rc now_store(struct storing *s, const char *why, struct err *err);

/* ---- passes (continuous_pass.c) --------------------------------------------------------------- */

/* All of a county, with the marks that come in between. */
/* The villages' tasks of rights that nobody claims, where some came or went; not too often. */
MUST_CHECK enum rc rights_tell(struct continuous *w, struct err *err);
MUST_CHECK enum rc pass_county(struct continuous *w, int64_t county, struct pass_done *out,
                               struct err *err);
/* The marks of single households, of all counties (continuous.c). */
MUST_CHECK enum rc marks_take(struct continuous *w, struct continuous_done *out, struct err *err);
bool continuous_stopping(const struct continuous *w);

#endif
