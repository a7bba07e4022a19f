/* Inside of a family change: family.c runs it, family_edit.c says what each kind does to households,
 * family_look.c determines them, family_rows.c compares, family_settle.c decides. */
#ifndef HUIMIN_PAY_FAMILY_IN_H
#define HUIMIN_PAY_FAMILY_IN_H

#include "pay/determine.h"
#include "pay/family.h"

/* A household at one time: as determined for the month, and for the next. */
struct look {
    bool there; /* lived in on the first of the month */
    int64_t division;
    struct found found, next;
    const struct enrolled *enrolled;
    size_t n_enrolled;
    size_t members;
    struct trace *trace; /* of the month; NULL: nobody lives there */
    const int64_t *persons;
    size_t n_persons;
};
/* From which months a county's households are reckoned. */
struct plan {
    int64_t county;
    month month;      /* the first that is not paid and may change */
    month changes;    /* the first that may change, paid or not */
    month paid;       /* the last that is paid; 0: none */
    month base;       /* run last before it; 0: none */
    int64_t base_job; /* by that job */
};
struct program_of { /* kept, since before and after ask for the same */
    int64_t county;
    month month;
    struct determiner *determiner;
};
struct over_of {
    struct edit_over o;
    int64_t county;
    bool paid; /* the household that they came into has it already */
};
struct family_went { /* somebody left this household for that one */
    int64_t county, household, to_county, to_household;
};
struct family {
    const struct family_act *act;
    struct family_result *out;
    struct arena *a;
    struct change *c; /* of the county that it begins in */
    bool preview, done;
    VEC(struct family_home) homes;
    VEC(struct family_row) rows;
    VEC(struct look) before; /* by home; of one that is made: nothing */
    VEC(struct look) after;
    VEC(struct plan) plans;
    VEC(struct program_of) programs;
    VEC(struct over_of) overs;
    VEC(struct family_renamed) renamed;
    VEC(struct family_went) went;
    int64_t partner_household;
    struct proposal_tasks tasks; /* of the change c */
};

enum rc family_wrong(struct family *f, enum rc rc, const char *field, struct err *err,
                     const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Within a change of that county: c, or one beside it. */
MUST_CHECK enum rc family_within(struct family *f, int64_t county,
                                 enum rc (*fn)(struct change *c, void *ctx, struct err *err),
                                 void *ctx, struct err *err);

/* family_edit.c: which county the act begins in, whose homes it touches, and doing it. */
MUST_CHECK enum rc family_begins(struct family *f, struct conn *c, int64_t *county,
                                 struct err *err);
MUST_CHECK enum rc family_touch(struct family *f, struct err *err);
MUST_CHECK enum rc family_edit(struct family *f, struct err *err);
/* After it: which homes are those of the scope's own people? Who came there, and whoever left is. */
MUST_CHECK enum rc family_relate(struct family *f, struct err *err);
/* A home that is not seen and that the act doesn't make; SIZE_MAX: none. */
size_t family_unseen(const struct family *f);
/* The place in homes; SIZE_MAX: none. */
size_t family_home_of(const struct family *f, int64_t county, int64_t household);
size_t family_home_add(struct family *f, int64_t county, int64_t household, bool made);

/* family_look.c */
MUST_CHECK enum rc family_plan(struct family *f, int64_t county, const struct plan **out,
                               struct err *err);
MUST_CHECK enum rc family_look(struct family *f, size_t home, struct look *out, struct err *err);
void family_close(struct family *f);

/* family_rows.c */
MUST_CHECK enum rc family_rows(struct family *f, struct err *err);

/* family_settle.c: amounts, enrolments, notices and proposals of the rows. */
MUST_CHECK enum rc family_settle(struct family *f, struct err *err);

#endif
