/*
 * What a slice of households is determined from: facts as they hold on the first of the month, who
 * is enrolled on that day, what last month's run left (amounts paid and what is carried over) and
 * which amounts are decided.
 * Inside pay/ only.
 */
#ifndef HUIMIN_PAY_INTAKE_H
#define HUIMIN_PAY_INTAKE_H

#include "people/facts_read.h"

#define HOUSEHOLD_MOST INT64_MAX

/* An amount of last month's, or one that is decided. person 0: the household's. */
struct unit_amount {
    int64_t household, person;
    const struct policy *policy;
    int64_t fen; /* decided: 0 is nothing */
};

/* What the month before left, where no run has left it in the store; in the order of households. */
struct intake_carried {
    int64_t person; /* 0: the household */
    const struct policy *policy;
    str text;          /* as in determination.carried */
    int64_t household; /* 0: only_household */
};
struct intake_last {
    const struct unit_amount *awards;
    size_t n_awards;
    const struct intake_carried *carried;
    size_t n_carried;
};

/* Everything that a reader of slices needs to know. */
struct intake_spec {
    const struct city *city;
    const struct rules *rules; /* by which the amounts and facts are named */
    int64_t county;
    int64_t division; /* 0: the whole county */
    month month;
    day on_day; /* facts and enrolments as on this day; 0: the first of the month */
    int64_t position;
    int64_t last_job;               /* whose amounts are last month's; 0: nobody's */
    int64_t only_household;         /* 0: all */
    const struct intake_last *last; /* in place of last_job; NULL: none is given */
    struct conn *conn; /* on which it is read; NULL: others of the pool, each in a snapshot */
};

struct enrolled {
    int64_t household, person; /* person 0: the household itself */
    const struct policy *policy;
    int64_t account; /* whose account is paid; 0: the head's */
};

/* One slice: facts with paid_last and carried fields filled in. Households in the order of ids. */
struct intake {
    struct facts_reader *facts; /* owned */
    struct arena arena;         /* of this slice */
    struct facts_slice slice;
    int64_t from, upto; /* ids that it covers, those of nobody included */
    bool last;          /* nobody is left behind it */
    VEC(struct enrolled) enrolled;
    VEC(struct unit_amount) awards;  /* of last month */
    VEC(struct unit_amount) decided; /* last, as known at the position: one a person and policy */
};

MUST_CHECK enum rc intake_open(const struct intake_spec *spec, struct intake *in, struct err *err);
/* The slice that begins with this id. */
MUST_CHECK enum rc intake_read(const struct intake_spec *spec, struct intake *in, int64_t from,
                               struct err *err);
/* Just this one: nobody else's rows are read, and it is enough to have opened with only_household. */
MUST_CHECK enum rc intake_one(const struct intake_spec *spec, struct intake *in, int64_t household,
                              struct err *err);
void intake_close(struct intake *in);

/* ---- a few of them, read ahead by a thread of their own (ring.c) ----------------------------- */

struct ring;
MUST_CHECK enum rc ring_open(const struct intake_spec *spec, int64_t from, struct ring **out,
                             struct err *err);
/* The next slice; `last` is the one that covers the rest of the ids and has no household, and is not
 * asked beyond. It holds until ring_give(). */
MUST_CHECK enum rc ring_take(struct ring *g, struct intake **out, struct err *err);
void ring_give(struct ring *g);
void ring_close(struct ring *g);

#endif
