/* Inside of explaining a stored month: what explain.c proves and explain_tell.c tells. */
#ifndef HUIMIN_PAY_EXPLAIN_IN_H
#define HUIMIN_PAY_EXPLAIN_IN_H

#include "pay/determine.h"

/* The run that determined the household. */
struct made_by {
    int64_t job_id, position, last_job;
    str rule_hash, engine;
    enum decide decide;
};

struct telling {
    const struct explain_spec *spec;
    struct arena a;
    struct conn *conn;
    int64_t county, visible;
    char month_text[8], first_day[11];
    struct made_by source;
    struct city city; /* as it was: rules and tables of then */
    struct determiner *determiner;
    VEC(struct found_unit) units; /* as stored */
    VEC(struct found_award) awards;
    struct intake in; /* what the trace is of: as the run read it, or otherwise */
    struct found now; /* recomputed from it */
    int64_t later;    /* the position of what is told otherwise; 0: nothing was asked for */
};

/* The stored unit like this one, or a recomputed one; NULL: there is none. */
const struct found_unit *unit_like(const struct found_unit *list, size_t n,
                                   const struct found_unit *u);
/* The first difference in words; empty: none. */
str unit_difference(const struct found_unit *stored, const struct found_unit *now, struct arena *a);

/* As text for people, as JSON for pages; after everything was proven. */
MUST_CHECK enum rc tell_text(struct telling *t, struct sbuf *out, struct err *err);
MUST_CHECK enum rc tell_json(struct telling *t, struct json *j, struct err *err);

#endif
