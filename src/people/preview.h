/*
 * What every programme would say of one household if some facts were others: those stored, with what a
 * form has put over them. Nothing is written. The window, the case and its decision use it alike.
 */
#ifndef HUIMIN_PEOPLE_PREVIEW_H
#define HUIMIN_PEOPLE_PREVIEW_H

#include "eval/trace.h"
#include "people/facts_read.h"

/* One fact put over what is stored. */
struct preview_fact {
    const struct field *field;
    int64_t person_id; /* 0: the household's; -1, -2 ...: a person whom the form adds */
    bool unknown;
    int64_t value; /* as in a column: fen, count, month, day, 0/1, index of the code's value */
};
struct preview_spec {
    const struct city *city;
    int64_t county, household; /* 0: a household that is not in the store yet */
    int64_t division;          /* where it lives; used for a new household */
    month month;
    const struct preview_fact *facts;
    size_t n_facts;
    const int64_t *without; /* members left out */
    size_t n_without;
    int n_added;               /* persons -1 to -n_added join it */
    const struct rules *rules; /* NULL: the city's, in force; the facts' fields are of these */
    int64_t position;          /* as believed at that change of the county; 0: as believed now */
    const int64_t *last_job;   /* the run that tells of the month before; NULL: the visible one */
};
struct preview {
    struct trace *trace;    /* all policies of the lines that are on */
    const int64_t *persons; /* ids of the members in the order of the trace; negative: added */
    size_t n_persons;
    const struct preview_paid *paid; /* in the month before, see preview_last below */
    size_t n_paid;
    int64_t last_job; /* whose they are; 0: nobody's */
    /* What the trace was made of. */
    const struct binding *bind;
    const struct block *block;
};
/*
 * Everything in the arena. The household is read as on the first of the month; one that came into
 * being later, as on the last. RC_NOT_FOUND: there is none on either day.
 */
MUST_CHECK enum rc preview_make(const struct preview_spec *spec, struct conn *c, struct arena *a,
                                struct preview *out, struct err *err);

/*
 * What the month before left behind, for `paid last month` and for facts that a policy carries: kept by
 * pay, which stands above and registers how to read it when the program starts. Without it nothing was
 * paid or carried.
 */
struct preview_last {
    struct preview_paid {
        const struct policy *policy;
        int64_t person_id; /* 0: the household */
        int64_t fen;
    } * paid;
    size_t n_paid;
    struct preview_fact *carried; /* fields of the policies that carry them */
    size_t n_carried;
    int64_t job; /* whose they are; 0: nobody's */
};
struct preview_hook {
    /* Of the month before `m`, by the run *job, or (NULL) the one that is visible; on the connection, in the
     * arena. */
    enum rc (*last)(const struct rules *rules, struct conn *c, int64_t county, int64_t household,
                    month m, const int64_t *job, struct arena *a, struct preview_last *out,
                    struct err *err);
};
void preview_register(const struct preview_hook *hook);

#endif
